/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-seen-set.h"

#include <string.h>

#define SMALLEST_BITS 6
#define INDEX_BITS 24
#define INDEX_MASK ((1u << INDEX_BITS) - 1)

/*
 * Ids lie densely in the order of their arrival. A slot of the hash holds an id's number, from 1, and above it eight further bits of its
 * hash: an id that is not there is told from the others without touching their memory, which is what a lookup would cost.
 */
typedef struct {
  guint8 (*ids)[P2P_SEEN_ID_LENGTH];
  guint32 *slots;
  guint n_ids;
  guint n_allocated;
  guint bits;
  gint64 began;
} Generation;

struct _P2pSeenSet {
  Generation now;
  Generation before;
  guint generation_capacity;
  gint64 max_age;
  guint64 key[2];
};

static void
generation_init (Generation *self, gint64 began)
{
  *self = (Generation) { .bits = SMALLEST_BITS, .began = began };
}

static void
generation_clear (Generation *self)
{
  g_free (self->ids);
  g_free (self->slots);
}

/* Keyed, as whoever makes a message has some choice about the bits of its id. */
static inline guint64
hash_id (const P2pSeenSet *self, const guint8 *id)
{
  guint64 words[2];

  memcpy (words, id, sizeof words);
  return (words[0] ^ self->key[0]) * ((words[1] ^ self->key[1]) | 1);
}

/* The slot that holds the id, or the free one where it would go; tag: what is to stand above the number in it. */
static guint32 *
generation_find (Generation *generation, const guint8 *id, guint64 hash, guint32 *tag)
{
  guint mask = (1u << generation->bits) - 1;
  guint at = (guint) (hash >> (64 - generation->bits));
  guint32 *slot;

  *tag = (guint32) (hash >> (56 - generation->bits)) << INDEX_BITS;
  for (slot = &generation->slots[at]; *slot != 0; at = (at + 1) & mask, slot = &generation->slots[at])
    if ((*slot & ~INDEX_MASK) == *tag && memcmp (generation->ids[(*slot & INDEX_MASK) - 1], id, P2P_SEEN_ID_LENGTH) == 0)
      break;
  return slot;
}

static gboolean
generation_contains (Generation *generation, const guint8 *id, guint64 hash)
{
  guint32 tag;

  return generation->slots != NULL && *generation_find (generation, id, hash, &tag) != 0;
}

static void
generation_put (const P2pSeenSet *self, Generation *generation, guint32 index)
{
  const guint8 *id = generation->ids[index];
  guint32 tag;
  guint32 *slot = generation_find (generation, id, hash_id (self, id), &tag);

  *slot = tag | (index + 1);
}

static void
generation_grow (const P2pSeenSet *self, Generation *generation)
{
  if (generation->slots == NULL || generation->n_ids * 4 >= (3u << generation->bits))
    {
      if (generation->slots != NULL)
        generation->bits++;
      g_free (generation->slots);
      generation->slots = g_new0 (guint32, 1u << generation->bits);
      for (guint i = 0; i < generation->n_ids; i++)
        generation_put (self, generation, i);
    }
  if (generation->n_ids == generation->n_allocated)
    {
      generation->n_allocated = MAX (48, MIN (generation->n_allocated * 2, self->generation_capacity));
      generation->ids = g_realloc_n (generation->ids, generation->n_allocated, P2P_SEEN_ID_LENGTH);
    }
}

P2pSeenSet *
p2p_seen_set_new (P2pRandom *random, guint capacity, gint64 max_age)
{
  P2pSeenSet *self = g_new0 (P2pSeenSet, 1);

  generation_init (&self->now, 0);
  generation_init (&self->before, 0);
  self->generation_capacity = CLAMP (capacity / 2, 48, INDEX_MASK - 1);
  self->max_age = max_age;
  p2p_random_fill (random, (guint8 *) self->key, sizeof self->key);
  return self;
}

void
p2p_seen_set_free (P2pSeenSet *self)
{
  generation_clear (&self->now);
  generation_clear (&self->before);
  g_free (self);
}

static void
turn (P2pSeenSet *self, gint64 now)
{
  if (now - self->now.began < self->max_age && self->now.n_ids < self->generation_capacity)
    return;
  /* In a flood one full generation follows another: the memory of the oldest is that of the newest. */
  if (now - self->now.began < self->max_age && self->before.n_allocated == self->now.n_allocated)
    {
      Generation oldest = self->before;

      memset (oldest.slots, 0, sizeof *oldest.slots << oldest.bits);
      oldest.n_ids = 0;
      oldest.began = now;
      self->before = self->now;
      self->now = oldest;
      return;
    }
  generation_clear (&self->before);
  /* After a long silence what was the present is too old as well. */
  if (now - self->now.began >= 2 * self->max_age && self->now.n_ids < self->generation_capacity)
    {
      generation_clear (&self->now);
      generation_init (&self->before, now);
    }
  else
    self->before = self->now;
  generation_init (&self->now, now);
}

gboolean
p2p_seen_set_contains (P2pSeenSet *self, const guint8 *id, gint64 now)
{
  guint64 hash = hash_id (self, id);

  turn (self, now);
  return generation_contains (&self->now, id, hash) || generation_contains (&self->before, id, hash);
}

gboolean
p2p_seen_set_add (P2pSeenSet *self, const guint8 *id, gint64 now)
{
  Generation *generation = &self->now;

  if (p2p_seen_set_contains (self, id, now))
    return FALSE;
  generation_grow (self, generation);
  memcpy (generation->ids[generation->n_ids], id, P2P_SEEN_ID_LENGTH);
  generation_put (self, generation, generation->n_ids++);
  return TRUE;
}

guint
p2p_seen_set_get_size (P2pSeenSet *self)
{
  return self->now.n_ids + self->before.n_ids;
}
