/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Internal: the children of an array or a tuple of any type, from anybody, one after the other, variants looked through. */
typedef struct {
  GVariant *list;
  gsize at;
  gsize n;
} P2pReader;

gboolean  p2p_reader_init        (P2pReader *self, GVariant *list);     /* not held. FALSE: there are no children */
GVariant *p2p_reader_take        (P2pReader *self);                     /* NULL: no more */
gboolean  p2p_reader_take_number (P2pReader *self, gint64 least, gint64 most, gint64 *number);
/* A copy: nothing of the message is held. NULL: no bin */
GBytes   *p2p_reader_take_bytes  (P2pReader *self);
GBytes   *p2p_read_bytes         (GVariant *child);                     /* child: nullable */

G_END_DECLS
