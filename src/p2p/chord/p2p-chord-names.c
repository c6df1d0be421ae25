/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-chord-names.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-limits-private.h"
#include "../wire/p2p-types.h"

/* What a name costs beside its bytes, malloc and the index included: measured by tests/chord/test-names.c. */
#define NAME_BYTES 232u

typedef struct {
  P2pChordName name;            /* the first */
  guint64 digest;               /* of its state: what it adds to the sum */
  GSequenceIter *live;          /* NULL: it is deleted */
  guint bucket;
  gboolean disputed;            /* several proved that they said it in that second */
} Entry;

struct _P2pChordNames {
  P2pLimits limits;
  GPtrArray *buckets[P2P_CHORD_NAME_BUCKETS];   /* Entry, by the bytes of the keys */
  guint64 sums[P2P_CHORD_NAME_BUCKETS];
  GSequence *live;              /* by the bytes of the keys */
  GTree *deleted;               /* by the bytes of the keys */
  GTree *passing;               /* the same by time */
  guint n;
  guint64 bytes;
  P2pChordNameGoneFunc gone;
  gpointer gone_data;
};

/* ---- order ---- */

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  return g_bytes_compare (((const Entry *) a)->name.key, ((const Entry *) b)->name.key);
}

static int
compare_times (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  const Entry *one = a;
  const Entry *other = b;

  if (one->name.time != other->name.time)
    return one->name.time < other->name.time ? -1 : 1;
  return compare_keys (a, b, NULL);
}

static guint
bucket_of (const guint8 *key,
           gsize         length)
{
  return (guint) (p2p_sha256_number (key, length) >> 56);
}

/* Where in its bucket the key is, or would be. */
static guint
find_place (GPtrArray    *bucket,
            const guint8 *key,
            gsize         length,
            gboolean     *found)
{
  guint low = 0;
  guint high = bucket->len;

  *found = FALSE;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      const Entry *entry = g_ptr_array_index (bucket, middle);
      gsize size;
      const guint8 *bytes = g_bytes_get_data (entry->name.key, &size);
      int order = memcmp (bytes, key, MIN (size, length));

      if (order == 0 && size == length)
        {
          *found = TRUE;
          return middle;
        }
      if (order < 0 || (order == 0 && size < length))
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static Entry *
find (P2pChordNames *self,
      const guint8  *key,
      gsize          length)
{
  GPtrArray *bucket;
  gboolean found;
  guint place;

  if (length == 0)
    return NULL;
  bucket = self->buckets[bucket_of (key, length)];
  place = find_place (bucket, key, length, &found);
  return found ? g_ptr_array_index (bucket, place) : NULL;
}

/* ---- the index ---- */

/* time bigendian64, deleted byte, key */
static guint64
digest_name (const P2pChordName *name)
{
  gsize length;
  const guint8 *key = g_bytes_get_data (name->key, &length);
  g_autofree guint8 *bytes = g_malloc (9 + length);
  guint64 time = GUINT64_TO_BE ((guint64) name->time);

  memcpy (bytes, &time, sizeof time);
  bytes[8] = name->deleted;
  memcpy (bytes + 9, key, length);
  return p2p_sha256_number (bytes, 9 + length);
}

/* As its state is */
static void
take_in (P2pChordNames *self,
         Entry         *entry)
{
  entry->digest = digest_name (&entry->name);
  self->sums[entry->bucket] += entry->digest;
  if (!entry->name.deleted)
    {
      entry->live = g_sequence_insert_sorted (self->live, entry, compare_keys, NULL);
      return;
    }
  g_tree_insert (self->deleted, entry, entry);
  g_tree_insert (self->passing, entry, entry);
}

/* Before its state changes, by which it is in the index. */
static void
take_out (P2pChordNames *self,
          Entry         *entry)
{
  self->sums[entry->bucket] -= entry->digest;
  g_clear_pointer (&entry->live, g_sequence_remove);
  if (!entry->name.deleted)
    return;
  g_tree_remove (self->deleted, entry);
  g_tree_remove (self->passing, entry);
}

static gsize
count_author (const Entry *entry)
{
  return entry->name.author != NULL ? strlen (entry->name.author) + 1 : 0;
}

static void
forget_author (P2pChordNames *self,
               Entry         *entry)
{
  self->bytes -= count_author (entry);
  g_clear_pointer ((char **) &entry->name.author, g_free);
}

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  g_free ((char *) entry->name.author);
  g_bytes_unref (entry->name.key);
  g_free (entry);
}

/* The oldest of the deleted, and older than time. FALSE: there is none */
static gboolean
forget_oldest (P2pChordNames *self,
               gint64         time)
{
  GTreeNode *node = g_tree_node_first (self->passing);
  Entry *entry = node != NULL ? g_tree_node_value (node) : NULL;
  g_autoptr (GBytes) key = NULL;
  gboolean found;
  gsize length;
  const guint8 *bytes;
  guint place;

  if (entry == NULL || entry->name.time >= time)
    return FALSE;
  key = g_bytes_ref (entry->name.key);
  bytes = g_bytes_get_data (key, &length);
  place = find_place (self->buckets[entry->bucket], bytes, length, &found);
  take_out (self, entry);
  self->n--;
  self->bytes -= NAME_BYTES + length + count_author (entry);
  g_ptr_array_remove_index (self->buckets[entry->bucket], place);
  if (self->gone != NULL)
    self->gone (key, self->gone_data);
  return TRUE;
}

/* ---- life ---- */

P2pChordNames *
p2p_chord_names_new (const P2pLimits *limits)
{
  P2pChordNames *self = g_new0 (P2pChordNames, 1);

  self->limits = *p2p_limits_or_default (limits);
  self->live = g_sequence_new (NULL);
  self->deleted = g_tree_new_full (compare_keys, NULL, NULL, NULL);
  self->passing = g_tree_new_full (compare_times, NULL, NULL, NULL);
  for (guint i = 0; i < P2P_CHORD_NAME_BUCKETS; i++)
    self->buckets[i] = g_ptr_array_new_with_free_func (free_entry);
  return self;
}

void
p2p_chord_names_free (P2pChordNames *self)
{
  g_sequence_free (self->live);
  g_tree_unref (self->deleted);
  g_tree_unref (self->passing);
  for (guint i = 0; i < P2P_CHORD_NAME_BUCKETS; i++)
    g_ptr_array_unref (self->buckets[i]);
  g_free (self);
}

void
p2p_chord_names_set_gone_func (P2pChordNames        *self,
                               P2pChordNameGoneFunc  func,
                               gpointer              data)
{
  self->gone = func;
  self->gone_data = data;
}

/* ---- writing ---- */

static gboolean
check_key (P2pChordNames *self,
           gsize          length,
           GError       **error)
{
  if (length > 0 && length <= self->limits.table_key)
    return TRUE;
  if (length == 0)
    g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "A key is not empty");
  else
    g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_KEY, "The key has %" G_GSIZE_FORMAT " bytes; %u are the most", length, self->limits.table_key);
  return FALSE;
}

static gboolean
make_room (P2pChordNames *self,
           gsize          length,
           gint64         time,
           GError       **error)
{
  gboolean fits;

  if (length + NAME_BYTES <= self->limits.chord_names_bytes)
    do
      {
        fits = self->n < self->limits.chord_names && self->bytes + NAME_BYTES + length <= self->limits.chord_names_bytes;
        if (fits)
          return TRUE;
      }
    while (forget_oldest (self, time));
  if (self->n >= self->limits.chord_names)
    g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL, "The list of keys is full: the limit of %u keys is reached", self->limits.chord_names);
  else
    g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL, "The list of keys is full: the limit of %u bytes is reached", self->limits.chord_names_bytes);
  return FALSE;
}

static gboolean
counts (const P2pChordName *known,
        gint64              time,
        gboolean            deleted,
        gboolean            heard)
{
  if (time != known->time)
    return time > known->time;
  return heard ? deleted != known->deleted : known->deleted && !deleted;
}

P2pChordNamed
p2p_chord_names_say (P2pChordNames *self,
                     const guint8  *key,
                     gsize          length,
                     gint64         time,
                     gboolean       deleted,
                     gboolean       heard,
                     gboolean       mine,
                     gint64         now,
                     GError       **error)
{
  gboolean found;
  gboolean was_there;
  GPtrArray *bucket;
  Entry *entry;
  guint number, place;

  if (!check_key (self, length, error))
    return P2P_CHORD_NAME_REFUSED;
  deleted = deleted != FALSE;
  time = CLAMP (time, 0, MAX (now, 0) + 60);
  number = bucket_of (key, length);
  bucket = self->buckets[number];
  place = find_place (bucket, key, length, &found);
  if (found)
    {
      entry = g_ptr_array_index (bucket, place);
      if (!counts (&entry->name, time, deleted, heard))
        {
          entry->name.mine |= mine && time == entry->name.time && deleted == entry->name.deleted;
          return P2P_CHORD_NAME_SAME;
        }
      was_there = !entry->name.deleted;
      take_out (self, entry);
    }
  else
    {
      if (deleted && time + self->limits.chord_tombstone_seconds <= now)
        return P2P_CHORD_NAME_SAME;
      if (!make_room (self, length, deleted ? time : G_MAXINT64, error))
        return P2P_CHORD_NAME_REFUSED;
      was_there = FALSE;
      entry = g_new0 (Entry, 1);
      entry->name.key = g_bytes_new (key, length);
      entry->bucket = number;
      g_ptr_array_insert (bucket, (int) find_place (bucket, key, length, &found), entry);
      self->n++;
      self->bytes += NAME_BYTES + length;
    }
  forget_author (self, entry);
  entry->disputed = FALSE;
  entry->name.time = time;
  entry->name.deleted = deleted;
  entry->name.mine = mine;
  take_in (self, entry);
  if (was_there == !deleted)
    return P2P_CHORD_NAME_SAME;
  return deleted ? P2P_CHORD_NAME_DELETED : P2P_CHORD_NAME_ADDED;
}

gboolean
p2p_chord_names_prove (P2pChordNames *self,
                       const guint8  *key,
                       gsize          length,
                       gint64         time,
                       gboolean       deleted,
                       const char    *author)
{
  Entry *entry = find (self, key, length);

  if (entry == NULL || entry->name.time != time || entry->name.deleted != (deleted != FALSE) || entry->disputed)
    return FALSE;
  if (entry->name.author != NULL && strcmp (entry->name.author, author) == 0)
    return TRUE;
  /* Which of the two was later nobody knows. */
  if (entry->name.author != NULL)
    {
      forget_author (self, entry);
      entry->disputed = TRUE;
      return FALSE;
    }
  if (self->bytes + strlen (author) + 1 > self->limits.chord_names_bytes)
    return FALSE;
  entry->name.author = g_strdup (author);
  self->bytes += count_author (entry);
  return TRUE;
}

guint
p2p_chord_names_expire (P2pChordNames *self,
                        gint64         now)
{
  guint n = 0;

  while (forget_oldest (self, now - self->limits.chord_tombstone_seconds + 1))
    n++;
  return n;
}

/* ---- reading ---- */

const P2pChordName *
p2p_chord_names_get (P2pChordNames *self,
                     const guint8  *key,
                     gsize          length)
{
  Entry *entry = find (self, key, length);

  return entry != NULL ? &entry->name : NULL;
}

gboolean
p2p_chord_names_contains (P2pChordNames *self,
                          const guint8  *key,
                          gsize          length)
{
  Entry *entry = find (self, key, length);

  return entry != NULL && !entry->name.deleted;
}

guint
p2p_chord_names_get_n (P2pChordNames *self)
{
  return (guint) g_sequence_get_length (self->live);
}

guint
p2p_chord_names_get_n_all (P2pChordNames *self)
{
  return self->n;
}

guint64
p2p_chord_names_get_n_bytes (P2pChordNames *self)
{
  return self->bytes;
}

const P2pChordName *
p2p_chord_names_nth (P2pChordNames *self,
                     guint          index)
{
  if (index >= p2p_chord_names_get_n (self))
    return NULL;
  return &((Entry *) g_sequence_get (g_sequence_get_iter_at_pos (self->live, (int) index)))->name;
}

gboolean
p2p_chord_names_get_index (P2pChordNames *self,
                           const guint8  *key,
                           gsize          length,
                           guint         *index)
{
  Entry *entry = find (self, key, length);

  if (entry == NULL || entry->live == NULL)
    return FALSE;
  *index = (guint) g_sequence_iter_get_position (entry->live);
  return TRUE;
}

const guint64 *
p2p_chord_names_get_sums (P2pChordNames *self)
{
  return self->sums;
}

const P2pChordName *
p2p_chord_names_walk (P2pChordNames      *self,
                      guint               bucket,
                      const P2pChordName *after)
{
  gboolean found;
  GPtrArray *names;
  guint place = 0;

  g_return_val_if_fail (bucket < P2P_CHORD_NAME_BUCKETS, NULL);

  names = self->buckets[bucket];
  if (after != NULL)
    {
      gsize length;
      const guint8 *key = g_bytes_get_data (after->key, &length);

      place = find_place (names, key, length, &found);
      place += found;
    }
  return place < names->len ? &((Entry *) g_ptr_array_index (names, place))->name : NULL;
}

const P2pChordName *
p2p_chord_names_next (P2pChordNames *self,
                      GBytes        *after)
{
  Entry sought = { .name.key = after };
  /* g_sequence_search(): behind one that is equal */
  GSequenceIter *iter = after != NULL ? g_sequence_search (self->live, &sought, compare_keys, NULL) : g_sequence_get_begin_iter (self->live);
  GTreeNode *node = after != NULL ? g_tree_upper_bound (self->deleted, &sought) : g_tree_node_first (self->deleted);
  Entry *live = g_sequence_iter_is_end (iter) ? NULL : g_sequence_get (iter);
  Entry *deleted = node != NULL ? g_tree_node_value (node) : NULL;

  if (live == NULL || (deleted != NULL && compare_keys (deleted, live, NULL) < 0))
    return deleted != NULL ? &deleted->name : NULL;
  return &live->name;
}
