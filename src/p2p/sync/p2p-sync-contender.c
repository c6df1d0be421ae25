/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What one owner wrote of a key. */
#include "p2p-sync-proof.h"

#include <string.h>

#include "../wire/p2p-digest.h"

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
int
p2p_sync_stamp_compare (const P2pSyncStamp *a,
                        const P2pSyncStamp *b)
{
  int order;

  if (a->clock.time != b->clock.time)
    return a->clock.time < b->clock.time ? -1 : 1;
  order = p2p_sync_owner_compare (a->owner, b->owner);
  return order != 0 ? -order : p2p_write_clock_compare (&a->clock, &b->clock);
}

/* One clock and two values is nobody's but a liar's, and still has to end the same everywhere. */
int
p2p_sync_value_compare (GBytes *a,
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

void
p2p_sync_stamp_clear (P2pSyncTable *table,
                      P2pSyncStamp *self)
{
  if (self->owner != NULL)
    p2p_sync_owner_unref (table, self->owner);
  if (self->proof != NULL)
    p2p_sync_proof_unref (self->proof);
  memset (self, 0, sizeof *self);
}

void
p2p_sync_stamp_set (P2pSyncTable       *table,
                    P2pSyncStamp       *self,
                    const P2pSyncStamp *stamp)
{
  P2pSyncStamp before = *self;

  *self = *stamp;
  p2p_sync_owner_ref (self->owner);
  if (self->proof != NULL)
    p2p_sync_proof_ref (self->proof);
  p2p_sync_stamp_clear (table, &before);
}

/* The same write, which is proved now. */
static gboolean
adopt_proof (P2pSyncStamp       *self,
             const P2pSyncStamp *stamp)
{
  if (self->proof != NULL || stamp->proof == NULL)
    return FALSE;
  self->proof = p2p_sync_proof_ref (stamp->proof);
  return TRUE;
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

/* The pairs of base in their order, with the fields in the place of theirs; then the others, by name. Those of from until before to. */
static GBytes *
merge_fields (const P2pSyncContender *self,
              GBytes                 *base,
              gint64                  from,
              gint64                  to)
{
  g_autoptr (GByteArray) pairs = g_byte_array_new ();
  g_autoptr (GByteArray) map = g_byte_array_new ();
  guint n_fields = self->fields != NULL ? self->fields->len : 0;
  g_autofree gboolean *placed = g_new0 (gboolean, n_fields);
  const guint8 *name, *value;
  gsize name_length, value_length;
  P2pMapIter iter;
  guint n = 0;

  for (guint i = 0; i < n_fields; i++)
    {
      const P2pSyncField *field = g_ptr_array_index (self->fields, i);

      placed[i] = field->stamp.clock.time < from || field->stamp.clock.time >= to;
    }
  if (p2p_map_iter_init (&iter, base))
    for (; p2p_map_iter_next (&iter, &name, &name_length, &value, &value_length); n++)
      {
        gboolean found;
        guint i = find_field (self, name, name_length, &found);

        g_byte_array_append (pairs, name, (guint) name_length);
        if (found && !placed[i])
          {
            P2pSyncField *field = g_ptr_array_index (self->fields, i);

            placed[i] = TRUE;
            value = g_bytes_get_data (field->value, &value_length);
          }
        g_byte_array_append (pairs, value, (guint) value_length);
      }
  for (guint i = 0; i < n_fields; i++)
    {
      P2pSyncField *field = g_ptr_array_index (self->fields, i);

      if (placed[i])
        continue;
      g_byte_array_append (pairs, g_bytes_get_data (field->name, NULL), (guint) g_bytes_get_size (field->name));
      g_byte_array_append (pairs, g_bytes_get_data (field->value, NULL), (guint) g_bytes_get_size (field->value));
      n++;
    }
  p2p_map_append_head (map, n);
  g_byte_array_append (map, pairs->data, pairs->len);
  return g_byte_array_free_to_bytes (g_steal_pointer (&map));
}

/* ---- contenders ---- */

P2pSyncContender *
p2p_sync_contender_new (P2pSyncOwner *owner)
{
  P2pSyncContender *self = g_new0 (P2pSyncContender, 1);

  self->newest.owner = p2p_sync_owner_ref (owner);
  return self;
}

static void
free_field (P2pSyncTable *table,
            P2pSyncField *self)
{
  g_bytes_unref (self->name);
  g_bytes_unref (self->value);
  p2p_sync_stamp_clear (table, &self->stamp);
  g_free (self);
}

static void
stop_paying (P2pSyncTable *table, P2pSyncContender *self)
{
  if (self->payer == NULL)
    return;
  self->payer->bytes -= self->paid;
  p2p_sync_owner_unref (table, self->payer);
  self->payer = NULL;
}

void
p2p_sync_contender_free (P2pSyncTable     *table,
                         P2pSyncContender *self)
{
  stop_paying (table, self);
  p2p_sync_stamp_clear (table, &self->newest);
  p2p_sync_stamp_clear (table, &self->base_stamp);
  g_clear_pointer (&self->base, g_bytes_unref);
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    free_field (table, g_ptr_array_index (self->fields, i));
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_free (self->marks);
  g_free (self);
}

gsize
p2p_sync_contender_size (const P2pSyncContender *self)
{
  gsize size = sizeof *self + self->n_marks * sizeof *self->marks + (self->base != NULL ? g_bytes_get_size (self->base) : 0);

  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    {
      P2pSyncField *field = g_ptr_array_index (self->fields, i);

      size += sizeof *field + g_bytes_get_size (field->name) + g_bytes_get_size (field->value);
    }
  return size;
}

/* Of many stamps that share one it counts once. */
static gsize
add_proof (P2pSyncProof *proof,
           gboolean      seen)
{
  gsize size = 0;

  if (proof == NULL)
    return 0;
  if (seen && !proof->seen)
    size = sizeof *proof + (proof->bytes != NULL ? g_bytes_get_size (proof->bytes) : P2P_PROOF_MIN_LENGTH) + p2p_sync_size (proof->map);
  proof->seen = seen;
  return size;
}

static gsize
add_proofs (const P2pSyncContender *self,
            gboolean                seen)
{
  gsize size = add_proof (self->newest.proof, seen) + add_proof (self->base_stamp.proof, seen);

  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    size += add_proof (((P2pSyncField *) g_ptr_array_index (self->fields, i))->stamp.proof, seen);
  return size;
}

gsize
p2p_sync_contender_cost (const P2pSyncContender *self)
{
  gsize size = p2p_sync_contender_size (self) + add_proofs (self, TRUE);

  add_proofs (self, FALSE);
  return size;
}

gsize
p2p_sync_contender_growth (const P2pSyncContender *self,
                           const P2pSyncContender *more)
{
  gsize size = p2p_sync_contender_cost (more);

  if (self == NULL)
    return size;
  if (self->base != NULL && more->base != NULL)
    size -= MIN (g_bytes_get_size (self->base), g_bytes_get_size (more->base));
  return size - sizeof *self - MIN (self->n_marks, more->n_marks) * sizeof *self->marks;
}

void
p2p_sync_contender_count (P2pSyncTable *table, P2pSyncContender *self, gsize bytes)
{
  P2pSyncOwner *payer = p2p_sync_owner_ref (self->newest.owner);

  stop_paying (table, self);
  self->payer = payer;
  self->paid = bytes;
  payer->bytes += bytes;
}

gboolean
p2p_sync_contender_is_deleted (const P2pSyncContender *self)
{
  return self->marks[self->n_marks - 1].deleted;
}

/* Does what it stored count, when it had the key from from until before to? Also its delete by which another had the key in that second. */
gboolean
p2p_sync_contender_base_counts (const P2pSyncContender *self,
                                gint64                  from,
                                gint64                  to)
{
  gint64 time = self->base_stamp.clock.time;

  return self->based && time >= from && (time < to || (time == to && self->base == NULL));
}

GBytes *
p2p_sync_contender_value (const P2pSyncContender *self,
                          GBytes                 *before,
                          gint64                  from,
                          gint64                  to)
{
  gboolean counts = p2p_sync_contender_base_counts (self, from, to);
  GBytes *base = counts ? self->base : before;

  /* A value that is no map stays what it is: the fields are for one that may come yet. */
  if (base != NULL && (self->fields == NULL || self->fields->len == 0 || !p2p_is_map (base)))
    return g_bytes_ref (base);
  return merge_fields (self, base, from, to);
}

/* ---- when it wrote ---- */

static int
compare_marks (const P2pSyncMark *a,
               const P2pSyncMark *b)
{
  if (a->sequence != b->sequence)
    return a->sequence < b->sequence ? -1 : 1;
  if (a->id != b->id)
    return a->id < b->id ? -1 : 1;
  return b->deleted - a->deleted;
}

/* Without the first one: what leads to the next is kept as long as there is no gap. */
static void
drop_first_mark (P2pSyncContender *self)
{
  const P2pSyncMark *first = &self->marks[0];

  if (first->deleted || first[1].time > first->time + P2P_LEASE_SECONDS)
    self->since = first[1].time;
  self->n_marks--;
  memmove (&self->marks[0], &self->marks[1], self->n_marks * sizeof *self->marks);
}

static gboolean
add_mark (P2pSyncContender  *self,
          const P2pSyncMark *mark)
{
  guint i = self->n_marks;

  while (i > 0 && self->marks[i - 1].time > mark->time)
    i--;
  if (i > 0 && self->marks[i - 1].time == mark->time)
    {
      if (compare_marks (mark, &self->marks[i - 1]) <= 0)
        return FALSE;
      self->marks[i - 1] = *mark;
      return TRUE;
    }
  if (i == 0 && self->n_marks == P2P_SYNC_MARKS)
    {
      /* There is no room for so early a one: it may still be where the row began. */
      if (mark->deleted || mark->time >= self->since || self->since > mark->time + P2P_LEASE_SECONDS)
        return FALSE;
      self->since = mark->time;
      return TRUE;
    }

  self->marks = g_renew (P2pSyncMark, self->marks, self->n_marks + 1);
  memmove (&self->marks[i + 1], &self->marks[i], (self->n_marks - i) * sizeof *self->marks);
  self->marks[i] = *mark;
  self->n_marks++;
  if (self->n_marks == 1 || mark->time < self->since)
    self->since = mark->time;
  if (self->n_marks > P2P_SYNC_MARKS)
    drop_first_mark (self);
  return TRUE;
}

gboolean
p2p_sync_contender_mark (P2pSyncTable       *table,
                         P2pSyncContender   *self,
                         const P2pSyncStamp *stamp,
                         gboolean            deleted,
                         gboolean            leasing)
{
  gboolean newer = self->n_marks == 0 || p2p_sync_stamp_compare (stamp, &self->newest) > 0;
  P2pSyncMark mark = { stamp->clock.time, 0, stamp->clock.sequence, deleted };
  guint64 id;

  memcpy (&id, stamp->clock.id, sizeof id);
  mark.id = GUINT64_FROM_BE (id);
  if (!leasing)
    {
      gboolean same = self->n_marks > 0 && p2p_sync_stamp_compare (stamp, &self->newest) == 0;

      if (same && adopt_proof (&self->newest, stamp))
        return TRUE;
      if (!newer && !(same && !deleted && self->marks[0].deleted))
        return FALSE;
      self->n_marks = 0;
    }
  if (newer)
    p2p_sync_stamp_set (table, &self->newest, stamp);
  return add_mark (self, &mark) || newer;
}

void
p2p_sync_contender_limit_row (P2pSyncContender *self)
{
  if (self->marks[0].time - self->since > P2P_SYNC_REACH_SECONDS)
    self->since = self->marks[0].time - P2P_SYNC_REACH_SECONDS / 2;
}

gboolean
p2p_sync_contender_merge_marks (P2pSyncTable           *table,
                                P2pSyncContender       *self,
                                const P2pSyncContender *other,
                                gboolean                leasing)
{
  const P2pSyncMark *first = &other->marks[0];
  gboolean changed = p2p_sync_contender_mark (table, self, &other->newest, p2p_sync_contender_is_deleted (other), leasing);

  if (!leasing)
    return changed;
  for (guint i = other->n_marks; i-- > 0;)
    changed |= add_mark (self, &other->marks[i]);
  /* Its row leads to its first mark; does that lead to ours? */
  if (other->since >= self->since || first->time + P2P_LEASE_SECONDS < self->since || (first->deleted && first->time < self->since))
    return changed;
  self->since = other->since;
  return TRUE;
}

void
p2p_sync_contender_drop_base (P2pSyncTable     *table,
                              P2pSyncContender *self)
{
  p2p_sync_stamp_clear (table, &self->base_stamp);
  g_clear_pointer (&self->base, g_bytes_unref);
  self->based = FALSE;
}

void
p2p_sync_contender_drop_field (P2pSyncTable     *table,
                               P2pSyncContender *self,
                               guint             i)
{
  free_field (table, g_ptr_array_index (self->fields, i));
  g_ptr_array_remove_index (self->fields, i);
}

/* Without what it wrote before time */
static void
cut_content (P2pSyncTable     *table,
             P2pSyncContender *self,
             gint64            time)
{
  if (self->based && self->base_stamp.clock.time < time)
    p2p_sync_contender_drop_base (table, self);
  for (guint i = self->fields != NULL ? self->fields->len : 0; i-- > 0;)
    {
      P2pSyncField *field = g_ptr_array_index (self->fields, i);

      if (field->stamp.clock.time >= time)
        continue;
      p2p_sync_contender_drop_field (table, self, i);
    }
}

gboolean
p2p_sync_contender_cut (P2pSyncTable     *table,
                        P2pSyncContender *self,
                        gint64            time)
{
  guint n = 0;

  while (n < self->n_marks && self->marks[n].time < time)
    n++;
  if (n == self->n_marks)
    return FALSE;
  self->n_marks -= n;
  memmove (&self->marks[0], &self->marks[n], self->n_marks * sizeof *self->marks);
  self->since = MAX (self->since, time);
  /* A row ends where its last mark was forgotten. */
  if (n > 0 && self->marks[0].time > time)
    self->since = self->marks[0].time;
  cut_content (table, self, time);
  return TRUE;
}

/* ---- what it wrote ---- */

gboolean
p2p_sync_contender_store (P2pSyncTable       *table,
                          P2pSyncContender   *self,
                          const P2pSyncStamp *stamp,
                          GBytes             *value)
{
  if (self->based)
    {
      int order = p2p_sync_stamp_compare (stamp, &self->base_stamp);
      int other = order == 0 ? p2p_sync_value_compare (value, self->base) : 0;

      if (order < 0 || other < 0)
        return FALSE;
      if (order == 0 && other == 0)
        return adopt_proof (&self->base_stamp, stamp);
    }
  self->based = TRUE;
  p2p_sync_stamp_set (table, &self->base_stamp, stamp);
  if (value != NULL)
    g_bytes_ref (value);
  g_clear_pointer (&self->base, g_bytes_unref);
  self->base = value;
  for (guint i = self->fields != NULL ? self->fields->len : 0; i-- > 0;)
    {
      P2pSyncField *field = g_ptr_array_index (self->fields, i);

      if (p2p_sync_stamp_compare (&field->stamp, stamp) > 0)
        continue;
      p2p_sync_contender_drop_field (table, self, i);
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

  if (self->based && p2p_sync_stamp_compare (stamp, &self->base_stamp) <= 0)
    return FALSE;
  if (self->fields == NULL)
    self->fields = g_ptr_array_new ();
  i = find_field (self, g_bytes_get_data (name, NULL), g_bytes_get_size (name), &found);
  if (found)
    {
      int order, other;

      field = g_ptr_array_index (self->fields, i);
      order = p2p_sync_stamp_compare (stamp, &field->stamp);
      other = order == 0 ? p2p_sync_value_compare (value, field->value) : 0;
      if (order < 0 || other < 0)
        return FALSE;
      if (order == 0 && other == 0)
        return adopt_proof (&field->stamp, stamp);
      g_bytes_unref (field->value);
    }
  else
    {
      field = g_new0 (P2pSyncField, 1);
      field->name = g_bytes_ref (name);
      g_ptr_array_insert (self->fields, (int) i, field);
    }
  field->value = g_bytes_ref (value);
  p2p_sync_stamp_set (table, &field->stamp, stamp);
  return TRUE;
}

