/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many are known, to come in when there is room; more are not counted. */
#define RT_LAN_MAX_LEFT_OUT 512u

/* RtLanLeftOut: an announcement that there was no room for. */
typedef struct {
  int    interface, protocol;
  char  *name, *domain;                 /* no more of them than shows that they are too long */
  guint  flags;
} RtLanLeftOut;

void     rt_lan_left_out_free   (gpointer left_out);
/* In a list of them, in the order in which they came. Who comes and goes is one, however often. */
void     rt_lan_left_out_add    (GPtrArray *list, int interface, int protocol, const char *name, const char *domain, guint flags);
/* TRUE: it was one of them. */
gboolean rt_lan_left_out_remove (GPtrArray *list, int interface, int protocol, const char *name, const char *domain);

G_END_DECLS
