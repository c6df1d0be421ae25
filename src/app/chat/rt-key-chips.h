/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/table/rt-table.h"

G_BEGIN_DECLS

/**
 * RtKeyChips: the keys of the shared table that a message cites, each with the value that it has now.
 * Property: n-chips (uint; notifies: keys come and go). Signal: key (string name: shall be shown).
 */
#define RT_TYPE_KEY_CHIPS (rt_key_chips_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyChips, rt_key_chips, RT, KEY_CHIPS, GtkWidget)

/* More of one message are in its text only. */
#define RT_KEY_CHIPS_MAX 4u

GtkWidget *rt_key_chips_new         (void);
/* table: nullable: there are none. */
void       rt_key_chips_set         (RtKeyChips *self, RtTable *table, const char *text);
guint      rt_key_chips_get_n_chips (RtKeyChips *self);

G_END_DECLS
