/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-limits.h"

G_BEGIN_DECLS

/* Internal: packed maps, read where they are. */
typedef struct {
  const guint8 *bytes;
  gsize length;
  gsize at;
  guint32 left;
} P2pMapIter;

gboolean p2p_map_iter_init (P2pMapIter *self, GBytes *map);     /* FALSE: it is none */
gboolean p2p_map_iter_next (P2pMapIter *self, const guint8 **name, gsize *name_length, const guint8 **value, gsize *value_length);
gboolean p2p_is_map        (GBytes *value);
void     p2p_map_append_head (GByteArray *into, guint n);
/* The pairs of base (nullable) in their order, those that delta has with its value, then what only delta has, in its order; each name once, of those that come twice the last value.
 * O(n log n), whoever chose the names. NULL: one of the two is no map. */
GBytes  *p2p_map_merge (GBytes *base, GBytes *delta);

G_END_DECLS
