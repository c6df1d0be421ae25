/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/*
 * What is shown of a connection, from its raw properties. Each can be a closure of a .ui file, whose first argument is then the
 * object it stands in (unused). All are transfer full and safe to show: what a peer says of itself is not trusted.
 */
char *format_peer_name         (gpointer unused, const char *id);
char *format_peer_address      (gpointer unused, const char *host, guint port);
char *format_direction         (gpointer unused, gboolean outgoing);
char *format_connection_state  (gpointer unused, int state);
char *format_connection_icon   (gpointer unused, int state);
char *format_connection_standing (gpointer unused, int state, gboolean verified);      /* also whether it is proved who is there */
char *format_connection_proof  (gpointer unused, int state, gboolean verified);         /* that alone; "" where nobody is there */
char *format_connection_icon_of (gpointer unused, int state, gboolean verified);
char *format_encryption        (gpointer unused, const char *encryption);
char *format_encryption_icon   (gpointer unused, const char *encryption);
char *format_compression       (gpointer unused, int method);
char *format_bytes             (gpointer unused, guint64 bytes);
char *format_since             (gpointer unused, gint64 utc_us);
char *format_moment            (gpointer unused, gint64 utc_us);     /* date and time in full */
/* The second and third line of a narrow row. */
char *format_connection_way    (gpointer unused, const char *host, guint port, gboolean outgoing);
char *format_connection_detail (gpointer unused, const char *encryption, int method, guint64 bytes_in, guint64 bytes_out, gint64 since);

/* All of them, for the templates that use them. */
void  rt_peer_format_bind (GtkWidgetClass *widget_class);

G_END_DECLS
