/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/network/rt-network.h"

G_BEGIN_DECLS

/**
 * RtLab: what is made worse in a network on purpose, on this computer, to see what becomes of it. All of it is off at first, is never kept, and is over when the network goes off.
 * Properties (they notify): delay, jitter (uint milliseconds, at most RT_LAB_MAX_DELAY; each way), loss (uint percent, each way), split-all (boolean), on (boolean, read only),
 * words ("Lab mode: 300 ms delay, 5 % loss", nullable, read only).
 * Signal: sides-changed (): who can be on the other side, and who is, is another.
 */
#define RT_TYPE_LAB (rt_lab_get_type ())
G_DECLARE_FINAL_TYPE (RtLab, rt_lab, RT, LAB, GObject)

#define RT_LAB_MAX_DELAY 10000u

/* The same object for the network's life. Transfer none. */
RtLab      *rt_network_get_lab (RtNetwork *network);
gboolean    rt_lab_get_on      (RtLab *self);
const char *rt_lab_get_words   (RtLab *self);
/* Ids of those who are linked, and of those on the other side, in the order in which they came. Transfer full. */
char      **rt_lab_dup_sides   (RtLab *self);
gboolean    rt_lab_is_split    (RtLab *self, const char *id);
void        rt_lab_set_split   (RtLab *self, const char *id, gboolean split);
void        rt_lab_stop        (RtLab *self);

G_END_DECLS
