/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-sync-record-private.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-skim-private.h"

int
p2p_write_clock_compare (const P2pWriteClock *a,
                         const P2pWriteClock *b)
{
  if (a->time != b->time)
    return a->time < b->time ? -1 : 1;
  if (a->sequence != b->sequence)
    return a->sequence < b->sequence ? -1 : 1;
  return memcmp (a->id, b->id, sizeof a->id);
}

int
p2p_sync_owner_compare (const P2pSyncOwner *a,
                        const P2pSyncOwner *b)
{
  return a == b ? 0 : strcmp (a->name, b->name);
}

/* Of one owner by its clock; of two in one second the smaller one's is the greater. */
static int
compare_stamps (const P2pSyncStamp *a,
                const P2pSyncStamp *b)
{
  int order;

  if (a->clock.time != b->clock.time)
    return a->clock.time < b->clock.time ? -1 : 1;
  order = p2p_sync_owner_compare (a->owner, b->owner);
  return order != 0 ? -order : p2p_write_clock_compare (&a->clock, &b->clock);
}

/* One clock and two values is nobody's but a liar's, and still has to end the same everywhere. */
static int
compare_values (GBytes *a,
                GBytes *b)
{
  guint8 digests[2][P2P_SHA256_LENGTH] = { { 0 }, { 0 } };

  if (a == b || (a != NULL && b != NULL && g_bytes_equal (a, b)))
    return 0;
  if (a != NULL)
    p2p_sha256 (g_bytes_get_data (a, NULL), g_bytes_get_size (a), digests[0]);
  if (b != NULL)
    p2p_sha256 (g_bytes_get_data (b, NULL), g_bytes_get_size (b), digests[1]);
  return memcmp (digests[0], digests[1], P2P_SHA256_LENGTH);
}

static void
set_stamp (P2pSyncTable       *table,
           P2pSyncStamp       *self,
           const P2pSyncStamp *stamp)
{
  P2pSyncOwner *before = self->owner;

  *self = *stamp;
  p2p_sync_owner_ref (self->owner);
  if (before != NULL)
    p2p_sync_owner_unref (table, before);
}

/* ---- maps ---- */

gboolean
p2p_sync_map_iter_init (P2pSyncMapIter *self,
                        GBytes         *map)
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
skip_value (P2pSyncMapIter  *self,
            const guint8   **value,
            gsize           *length)
{
  *value = self->bytes + self->at;
  if (!p2p_skim_values (*value, self->length - self->at, 1, NULL, length, NULL))
    return FALSE;
  self->at += *length;
  return TRUE;
}

gboolean
p2p_sync_map_iter_next (P2pSyncMapIter  *self,
                        const guint8   **name,
                        gsize           *name_length,
                        const guint8   **value,
                        gsize           *value_length)
{
  if (self->left == 0)
    return FALSE;
  self->left--;
  return skip_value (self, name, name_length) && skip_value (self, value, value_length);
}

gboolean
p2p_sync_is_map (GBytes *value)
{
  P2pSyncMapIter iter;

  return p2p_sync_map_iter_init (&iter, value);
}

static int
compare_bytes (const guint8 *a,
               gsize         a_length,
               const guint8 *b,
               gsize         b_length)
{
  int order = a_length == 0 || b_length == 0 ? 0 : memcmp (a, b, MIN (a_length, b_length));

  return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

/* Where the field of that name is, or would be. */
static guint
find_field (const P2pSyncContender *self,
            const guint8           *name,
            gsize                   length,
            gboolean               *found)
{
  guint low = 0;
  guint high = self->fields != NULL ? self->fields->len : 0;

  *found = FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      P2pSyncField *field = g_ptr_array_index (self->fields, middle);
      int order = compare_bytes (g_bytes_get_data (field->name, NULL), g_bytes_get_size (field->name), name, length);

      if (order == 0)
        {
          *found = TRUE;
          return middle;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
append_map_head (GByteArray *into,
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

/* The pairs of base in their order, with the fields in the place of theirs; then the others, by name. */
static GBytes *
merge_fields (const P2pSyncContender *self)
{
  g_autoptr (GByteArray) pairs = g_byte_array_new ();
  g_autoptr (GByteArray) map = g_byte_array_new ();
  g_autofree gboolean *placed = g_new0 (gboolean, self->fields->len);
  const guint8 *name, *value;
  gsize name_length, value_length;
  P2pSyncMapIter iter;
  guint n = 0;

  if (p2p_sync_map_iter_init (&iter, self->base))
    for (; p2p_sync_map_iter_next (&iter, &name, &name_length, &value, &value_length); n++)
      {
        gboolean found;
        guint i = find_field (self, name, name_length, &found);

        g_byte_array_append (pairs, name, (guint) name_length);
        if (found)
          {
            P2pSyncField *field = g_ptr_array_index (self->fields, i);

            placed[i] = TRUE;
            value = g_bytes_get_data (field->value, &value_length);
          }
        g_byte_array_append (pairs, value, (guint) value_length);
      }
  for (guint i = 0; i < self->fields->len; i++)
    {
      P2pSyncField *field = g_ptr_array_index (self->fields, i);

      if (placed[i])
        continue;
      g_byte_array_append (pairs, g_bytes_get_data (field->name, NULL), (guint) g_bytes_get_size (field->name));
      g_byte_array_append (pairs, g_bytes_get_data (field->value, NULL), (guint) g_bytes_get_size (field->value));
      n++;
    }
  append_map_head (map, n);
  g_byte_array_append (map, pairs->data, pairs->len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&map));
}

/* ---- contenders ---- */

P2pSyncContender *
p2p_sync_contender_new (P2pSyncOwner *owner)
{
  P2pSyncContender *self = g_new0 (P2pSyncContender, 1);

  self->newest.owner = p2p_sync_owner_ref (owner);
  self->newest.clock.time = G_MININT64;
  return self;
}

static void
free_field (P2pSyncTable *table,
            P2pSyncField *self)
{
  g_bytes_unref (self->name);
  g_bytes_unref (self->value);
  p2p_sync_owner_unref (table, self->stamp.owner);
  g_free (self);
}

void
p2p_sync_contender_free (P2pSyncTable     *table,
                         P2pSyncContender *self)
{
  p2p_sync_owner_unref (table, self->newest.owner);
  if (self->based)
    p2p_sync_owner_unref (table, self->base_stamp.owner);
  g_clear_pointer (&self->base, g_bytes_unref);
  g_clear_pointer (&self->value, g_bytes_unref);
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    free_field (table, g_ptr_array_index (self->fields, i));
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_free (self);
}

gsize
p2p_sync_contender_size (const P2pSyncContender *self)
{
  gsize size = sizeof *self + (self->base != NULL ? g_bytes_get_size (self->base) : 0);

  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    {
      P2pSyncField *field = g_ptr_array_index (self->fields, i);

      size += sizeof *field + g_bytes_get_size (field->name) + g_bytes_get_size (field->value);
    }
  return size;
}

gboolean
p2p_sync_contender_is_deleted (const P2pSyncContender *self)
{
  return self->based && self->base == NULL && (self->fields == NULL || self->fields->len == 0);
}

GBytes *
p2p_sync_contender_get_value (P2pSyncContender *self)
{
  if (self->fields == NULL || self->fields->len == 0)
    return self->base;
  /* A value that is no map stays what it is: the fields are for one that may come yet. */
  if (self->base != NULL && !p2p_sync_is_map (self->base))
    return self->base;
  if (self->value == NULL)
    self->value = merge_fields (self);
  return self->value;
}

/* There was a write, or were writes since start without a gap longer than a lease. TRUE: that is news. */
gboolean
p2p_sync_contender_note (P2pSyncTable       *table,
                         P2pSyncContender   *self,
                         const P2pSyncStamp *stamp,
                         gint64              start)
{
  gboolean first = self->newest.clock.time == G_MININT64;
  gint64 start_before = self->start;
  gboolean later = first || compare_stamps (stamp, &self->newest) > 0;

  if (first)
    self->start = start;
  else if (start <= self->newest.clock.time + P2P_LEASE_SECONDS && self->start <= stamp->clock.time + P2P_LEASE_SECONDS)
    self->start = MIN (self->start, start);
  else if (later)
    self->start = start;
  if (later)
    set_stamp (table, &self->newest, stamp);
  return later || self->start != start_before;
}

gboolean
p2p_sync_contender_store (P2pSyncTable       *table,
                          P2pSyncContender   *self,
                          const P2pSyncStamp *stamp,
                          GBytes             *value)
{
  if (self->based)
    {
      int order = compare_stamps (stamp, &self->base_stamp);

      if (order < 0 || (order == 0 && compare_values (value, self->base) <= 0))
        return FALSE;
    }
  self->based = TRUE;
  set_stamp (table, &self->base_stamp, stamp);
  g_clear_pointer (&self->base, g_bytes_unref);
  self->base = value != NULL ? g_bytes_ref (value) : NULL;
  g_clear_pointer (&self->value, g_bytes_unref);
  for (guint i = self->fields != NULL ? self->fields->len : 0; i-- > 0;)
    {
      P2pSyncField *field = g_ptr_array_index (self->fields, i);

      if (compare_stamps (&field->stamp, stamp) > 0)
        continue;
      free_field (table, field);
      g_ptr_array_remove_index (self->fields, i);
    }
  return TRUE;
}

gboolean
p2p_sync_contender_set_field (P2pSyncTable       *table,
                              P2pSyncContender   *self,
                              const P2pSyncStamp *stamp,
                              GBytes             *name,
                              GBytes             *value)
{
  P2pSyncField *field;
  gboolean found;
  guint i;

  if (self->based && compare_stamps (stamp, &self->base_stamp) <= 0)
    return FALSE;
  if (self->fields == NULL)
    self->fields = g_ptr_array_new ();
  i = find_field (self, g_bytes_get_data (name, NULL), g_bytes_get_size (name), &found);
  if (found)
    {
      int order;

      field = g_ptr_array_index (self->fields, i);
      order = compare_stamps (stamp, &field->stamp);
      if (order < 0 || (order == 0 && compare_values (value, field->value) <= 0))
        return FALSE;
      g_bytes_unref (field->value);
    }
  else
    {
      field = g_new0 (P2pSyncField, 1);
      field->name = g_bytes_ref (name);
      g_ptr_array_insert (self->fields, (int) i, field);
    }
  field->value = g_bytes_ref (value);
  set_stamp (table, &field->stamp, stamp);
  g_clear_pointer (&self->value, g_bytes_unref);
  return TRUE;
}

/* ---- records ---- */

P2pSyncRecord *
p2p_sync_record_new (GBytes  *key,
                     guint64  key_digest)
{
  P2pSyncRecord *self = g_new0 (P2pSyncRecord, 1);

  self->key = g_bytes_ref (key);
  self->key_digest = key_digest;
  self->contenders = g_ptr_array_new ();
  return self;
}

void
p2p_sync_record_free (P2pSyncTable  *table,
                      P2pSyncRecord *self)
{
  for (guint i = 0; i < self->contenders->len; i++)
    p2p_sync_contender_free (table, g_ptr_array_index (self->contenders, i));
  g_ptr_array_unref (self->contenders);
  if (self->counted != NULL)
    p2p_sync_owner_unref (table, self->counted);
  g_bytes_unref (self->key);
  g_free (self);
}

P2pSyncContender *
p2p_sync_record_find (P2pSyncRecord      *self,
                      const P2pSyncOwner *owner,
                      gboolean            leasing)
{
  for (guint i = 0; i < self->contenders->len; i++)
    {
      P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);

      if (!leasing || contender->newest.owner == owner)
        return contender;
    }
  return NULL;
}

/* By (start, owner) */
static int
compare_contenders (gconstpointer a,
                    gconstpointer b)
{
  const P2pSyncContender *one = *(P2pSyncContender *const *) a;
  const P2pSyncContender *other = *(P2pSyncContender *const *) b;

  if (one->start != other->start)
    return one->start < other->start ? -1 : 1;
  return p2p_sync_owner_compare (one->newest.owner, other->newest.owner);
}

static gboolean
takes_over (const P2pSyncContender *self,
            const P2pSyncContender *holder)
{
  gint64 time = holder->newest.clock.time;

  return self->newest.clock.time > time + P2P_LEASE_SECONDS ||
         (p2p_sync_contender_is_deleted (holder) && self->newest.clock.time >= time);
}

void
p2p_sync_record_resolve (P2pSyncTable  *table,
                         P2pSyncRecord *self,
                         gboolean       leasing,
                         guint          max_contenders)
{
  gboolean moved = TRUE;

  g_ptr_array_sort (self->contenders, compare_contenders);
  self->holder = g_ptr_array_index (self->contenders, 0);
  /* Of those who did not come before, the ones further on were tried already: each of them is looked at once. */
  for (guint rounds = 0; moved && rounds < self->contenders->len; rounds++)
    {
      moved = FALSE;
      for (guint i = 0; i < self->contenders->len && !moved; i++)
        {
          P2pSyncContender *other = g_ptr_array_index (self->contenders, i);

          if (other != self->holder && takes_over (other, self->holder))
            {
              self->holder = other;
              moved = TRUE;
            }
        }
    }
  while (self->contenders->len > MAX (max_contenders, 1))
    {
      guint worst = self->contenders->len - 1;

      if (g_ptr_array_index (self->contenders, worst) == self->holder)
        worst--;
      p2p_sync_contender_free (table, g_ptr_array_remove_index (self->contenders, worst));
    }
}
