/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-map-private.h"

#include <string.h>

#include "p2p-skim-private.h"

gboolean
p2p_map_iter_init (P2pMapIter *self,
                   GBytes     *map)
{
  P2pToken token;

  if (map == NULL)
    return FALSE;
  self->bytes = g_bytes_get_data (map, &self->length);
  if (!p2p_skim_token (self->bytes, self->length, &token) || token.kind != P2P_TOKEN_MAP)
    return FALSE;
  self->at = token.head;
  self->left = token.length;
  return TRUE;
}

static gboolean
skip_value (P2pMapIter    *self,
            const guint8 **value,
            gsize         *length)
{
  *value = self->bytes + self->at;
  if (!p2p_skim_values (*value, self->length - self->at, 1, NULL, length, NULL))
    return FALSE;
  self->at += *length;
  return TRUE;
}

gboolean
p2p_map_iter_next (P2pMapIter    *self,
                   const guint8 **name,
                   gsize         *name_length,
                   const guint8 **value,
                   gsize         *value_length)
{
  if (self->left == 0)
    return FALSE;
  self->left--;
  return skip_value (self, name, name_length) && skip_value (self, value, value_length);
}

gboolean
p2p_is_map (GBytes *value)
{
  P2pMapIter iter;

  return p2p_map_iter_init (&iter, value);
}

void
p2p_map_append_head (GByteArray *into,
                     guint       n)
{
  guint8 head[5] = { 0x80 | (guint8) n };
  guint length = 1;

  if (n > 0xffff)
    {
      head[0] = 0xdf;
      head[1] = (guint8) (n >> 24);
      head[2] = (guint8) (n >> 16);
      head[3] = (guint8) (n >> 8);
      head[4] = (guint8) n;
      length = 5;
    }
  else if (n > 0x0f)
    {
      head[0] = 0xde;
      head[1] = (guint8) (n >> 8);
      head[2] = (guint8) n;
      length = 3;
    }
  g_byte_array_append (into, head, length);
}

/* ---- merging ---- */

typedef struct {
  const guint8 *name, *value;
  gsize name_length, value_length;
  guint place;                  /* among all, those of the delta behind those of the base */
} Pair;

static int
compare_names (const Pair *a,
               const Pair *b)
{
  int order = memcmp (a->name, b->name, MIN (a->name_length, b->name_length));

  return order != 0 ? order : (a->name_length > b->name_length) - (a->name_length < b->name_length);
}

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  const Pair *one = a;
  const Pair *other = b;

  return (one->place > other->place) - (one->place < other->place);
}

static int
compare_pairs (gconstpointer a,
               gconstpointer b)
{
  int order = compare_names (a, b);

  return order != 0 ? order : compare_places (a, b);
}

static gboolean
collect (GArray *pairs,
         GBytes *map)
{
  P2pMapIter iter;
  Pair pair = { 0 };

  if (!p2p_map_iter_init (&iter, map))
    return FALSE;
  for (guint n = iter.left; n > 0; n--)
    {
      if (!p2p_map_iter_next (&iter, &pair.name, &pair.name_length, &pair.value, &pair.value_length))
        return FALSE;
      pair.place = pairs->len;
      g_array_append_val (pairs, pair);
    }
  return TRUE;
}

GBytes *
p2p_map_merge (GBytes *base,
               GBytes *delta)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_autoptr (GByteArray) map = NULL;
  guint n = 0;

  if ((base != NULL && !collect (pairs, base)) || !collect (pairs, delta))
    return NULL;
  g_array_sort (pairs, compare_pairs);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      Pair *last = n > 0 ? &g_array_index (pairs, Pair, n - 1) : NULL;

      if (last != NULL && compare_names (last, pair) == 0)
        {
          last->value = pair->value;
          last->value_length = pair->value_length;
        }
      else
        g_array_index (pairs, Pair, n++) = *pair;
    }
  g_array_set_size (pairs, n);
  g_array_sort (pairs, compare_places);
  map = g_byte_array_sized_new ((guint) (g_bytes_get_size (delta) + (base != NULL ? g_bytes_get_size (base) : 0) + 5));
  p2p_map_append_head (map, n);
  for (guint i = 0; i < n; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);

      g_byte_array_append (map, pair->name, (guint) pair->name_length);
      g_byte_array_append (map, pair->value, (guint) pair->value_length);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&map));
}
