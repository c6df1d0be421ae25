/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-x1-proofs.h"

typedef struct {
  P2pX1Slot  slot;
  GBytes    *proof;
  P2pX1Link *link;              /* NULL: it is over */
  gint64     until;
  GList      all, own;          /* in that of the store; in that of the link, or among the orphans */
} Waiting;

struct _P2pX1Proofs {
  const P2pX1Salt *salt;
  GHashTable      *by_slot;
  GQueue           all;         /* the oldest first */
  GQueue           orphans;     /* those of links that are over */
  guint            max;
  gint64           max_age;
};

P2pX1Proofs *
p2p_x1_proofs_new (const P2pX1Salt *salt, guint max, gint64 max_age)
{
  P2pX1Proofs *self = g_new0 (P2pX1Proofs, 1);

  self->salt = salt;
  self->by_slot = g_hash_table_new (p2p_x1_slot_hash, p2p_x1_slot_equal);
  g_queue_init (&self->all);
  g_queue_init (&self->orphans);
  self->max = max;
  self->max_age = max_age;
  return self;
}

static void
drop (P2pX1Proofs *self, Waiting *waiting)
{
  g_hash_table_remove (self->by_slot, &waiting->slot);
  g_queue_unlink (&self->all, &waiting->all);
  g_queue_unlink (waiting->link != NULL ? &waiting->link->share.proofs : &self->orphans, &waiting->own);
  g_clear_pointer (&waiting->link, p2p_x1_link_unref);
  g_bytes_unref (waiting->proof);
  g_free (waiting);
}

void
p2p_x1_proofs_free (P2pX1Proofs *self)
{
  while (self->all.head != NULL)
    drop (self, self->all.head->data);
  g_hash_table_unref (self->by_slot);
  g_free (self);
}

void
p2p_x1_proofs_put (P2pX1Proofs *self, const guint8 id[32], const guint8 pub[32], GBytes *proof, P2pX1Link *link, gint64 now)
{
  GQueue *own = &link->share.proofs;
  Waiting *waiting = g_new0 (Waiting, 1);

  p2p_x1_slot_init (&waiting->slot, self->salt, id, pub);
  if (self->max < P2P_X1_LINK_SHARE || g_hash_table_contains (self->by_slot, &waiting->slot))
    {
      g_free (waiting);
      return;
    }
  while (self->all.head != NULL && ((Waiting *) self->all.head->data)->until <= now)
    drop (self, self->all.head->data);
  if (own->length >= self->max / P2P_X1_LINK_SHARE)
    drop (self, own->head->data);
  else if (self->all.length >= self->max)
    drop (self, self->all.head->data);

  waiting->proof = g_bytes_ref (proof);
  waiting->link = p2p_x1_link_ref (link);
  waiting->until = now + self->max_age;
  waiting->all.data = waiting->own.data = waiting;
  g_queue_push_tail_link (&self->all, &waiting->all);
  g_queue_push_tail_link (own, &waiting->own);
  g_hash_table_add (self->by_slot, &waiting->slot);
}

void
p2p_x1_proofs_orphan (P2pX1Proofs *self, P2pX1Link *link)
{
  GList *own;

  while ((own = g_queue_pop_head_link (&link->share.proofs)) != NULL)
    {
      Waiting *waiting = own->data;

      g_clear_pointer (&waiting->link, p2p_x1_link_unref);
      g_queue_push_tail_link (&self->orphans, own);
    }
  while (self->orphans.length > self->max / P2P_X1_LINK_SHARE)
    drop (self, self->orphans.head->data);
}

GBytes *
p2p_x1_proofs_take (P2pX1Proofs *self, const guint8 id[32], const guint8 pub[32], gint64 now)
{
  P2pX1Slot slot;
  Waiting *waiting;
  GBytes *proof;

  if (self->all.length == 0)
    return NULL;
  p2p_x1_slot_init (&slot, self->salt, id, pub);
  waiting = g_hash_table_lookup (self->by_slot, &slot);
  if (waiting == NULL)
    return NULL;
  proof = waiting->until > now ? g_bytes_ref (waiting->proof) : NULL;
  drop (self, waiting);
  return proof;
}

guint
p2p_x1_proofs_count (P2pX1Proofs *self)
{
  return self->all.length;
}
