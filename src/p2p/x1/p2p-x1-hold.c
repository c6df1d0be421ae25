/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Broadcasts of others and their side-cars (docs/x1.md). All of them were relayed when they come here: nobody else waits for what we
 * wait for. What is said under an id of which somebody showed the key is handled when its proof is there, or after a while without;
 * anything else at once, and it is remembered, as its proof may come.
 *
 * What has its proof waits for nothing. Links keep the order of what goes over them and nobody relays out of turn, so what somebody said
 * and signed earlier is here earlier, too; what is here and has no proof, when a later one of his has, is made up, or its way was cut. Whoever
 * makes things up in his name would delay him otherwise.
 */
#include "p2p-x1-hold.h"

#include "../mesh/p2p-mesh-layer.h"
#include "../wire/p2p-message-private.h"
#include "p2p-x1-proofs.h"
#include "p2p-x1-side-car.h"

/* A broadcast that waits for its proof, or that was handled without it. */
typedef struct {
  P2pX1Slot   slot;
  P2pMessage *message;
  P2pPeer    *source;           /* while it waits, as are these */
  P2pX1Link  *link;
  gboolean    settled;          /* it waits no more, and is in that queue */
  gint64      due;
  GList       all, own;         /* in held or told; in settled */
} Entry;

struct _P2pX1Holder {
  P2pX1       *x1;
  P2pX1Salt    salt;
  P2pX1Proofs *proofs;
  GHashTable  *entries;         /* by slot */
  GQueue       held;            /* as they came, which is the order of their being due */
  gsize        held_bytes;
  GQueue       told;            /* likewise */
  gsize        told_bytes;
  GQueue       settled;         /* of those that are held, as the side-car that just came tells them */
  guint64      timer;
};

P2pX1Holder *
p2p_x1_holder_new (P2pX1 *x1)
{
  P2pX1Holder *self = g_new0 (P2pX1Holder, 1);

  self->x1 = x1;
  p2p_x1_salt_init (&self->salt, x1->env->random);
  self->proofs = p2p_x1_proofs_new (&self->salt, x1->limits.held_proofs, x1->limits.proof_seconds * G_TIME_SPAN_SECOND);
  self->entries = g_hash_table_new (p2p_x1_slot_hash, p2p_x1_slot_equal);
  g_queue_init (&self->held);
  g_queue_init (&self->told);
  g_queue_init (&self->settled);
  return self;
}

/* ---- entries ---- */

static void
unhold (P2pX1Holder *self, Entry *entry)
{
  gsize length = p2p_message_get_length (entry->message);

  g_queue_unlink (&self->held, &entry->all);
  if (entry->settled)
    g_queue_unlink (&self->settled, &entry->own);
  self->held_bytes -= length;
  entry->link->share.messages--;
  entry->link->share.bytes -= length;
  g_clear_pointer (&entry->link, p2p_x1_link_unref);
  g_clear_pointer (&entry->source, p2p_peer_unref);
}

/* It waits for another, at whose expense. */
static void
hand_over (Entry *entry, P2pPeer *to)
{
  gsize length = p2p_message_get_length (entry->message);
  P2pX1Link *link = p2p_x1_link_ref (p2p_x1_link_of (to));

  entry->link->share.messages--;
  entry->link->share.bytes -= length;
  p2p_x1_link_unref (entry->link);
  entry->link = link;
  link->share.messages++;
  link->share.bytes += length;
  p2p_peer_unref (entry->source);
  entry->source = p2p_peer_ref (to);
}

static void
forget (P2pX1Holder *self, Entry *entry)
{
  if (entry->source != NULL)
    {
      unhold (self, entry);
    }
  else
    {
      g_queue_unlink (&self->told, &entry->all);
      self->told_bytes -= p2p_message_get_length (entry->message);
    }
  g_hash_table_remove (self->entries, &entry->slot);
  p2p_message_unref (entry->message);
  g_free (entry);
}

/* Takes the entry, which is in no queue. */
static void
remember (P2pX1Holder *self, Entry *entry, gint64 now)
{
  const P2pLimits *limits = &self->x1->limits;
  gsize length = p2p_message_get_length (entry->message);

  entry->due = now + limits->proof_seconds * G_TIME_SPAN_SECOND;
  g_queue_push_tail_link (&self->told, &entry->all);
  self->told_bytes += length;
  while (self->told.head != NULL && (self->told.length > limits->held_messages || self->told_bytes > limits->held_bytes ||
                                     ((Entry *) self->told.head->data)->due <= now))
    forget (self, self->told.head->data);
}

static Entry *
new_entry (P2pX1Holder *self, P2pMessage *message)
{
  Entry *entry = g_new0 (Entry, 1);

  p2p_x1_slot_init (&entry->slot, &self->salt, p2p_message_peek_id (message), NULL);
  entry->message = p2p_message_ref (message);
  entry->all.data = entry->own.data = entry;
  g_hash_table_replace (self->entries, &entry->slot, entry);
  return entry;
}

static Entry *
find_entry (P2pX1Holder *self, const guint8 *id)
{
  P2pX1Slot slot;

  p2p_x1_slot_init (&slot, &self->salt, id, NULL);
  return g_hash_table_lookup (self->entries, &slot);
}

void
p2p_x1_holder_clear (P2pX1Holder *self)
{
  while (self->held.head != NULL)
    forget (self, self->held.head->data);
  while (self->told.head != NULL)
    forget (self, self->told.head->data);
  p2p_clock_cancel (self->x1->env->clock, self->timer);
  self->timer = 0;
}

void
p2p_x1_holder_free (P2pX1Holder *self)
{
  p2p_x1_holder_clear (self);
  p2p_x1_proofs_free (self->proofs);
  g_hash_table_unref (self->entries);
  g_free (self);
}

guint
p2p_x1_holder_count (P2pX1Holder *self)
{
  return self->held.length;
}

/* ---- what is handled ---- */

static void
count (P2pX1Holder *self, P2pMessage *message)
{
  if (p2p_message_get_verified (message))
    self->x1->stats.verified++;
  else
    self->x1->stats.unverified++;
}

static void
release (P2pX1Holder *self, Entry *entry)
{
  g_autoptr (P2pPeer) source = p2p_peer_ref (entry->source);
  g_autoptr (P2pMessage) message = p2p_message_ref (entry->message);

  count (self, message);
  if (p2p_message_get_verified (message))
    {
      forget (self, entry);
    }
  else
    {
      unhold (self, entry);
      remember (self, entry, p2p_clock_now (self->x1->env->clock));
    }
  p2p_mesh_guard_release (self->x1->mesh, source, message);
}

/* What is handled may do anything: the queue is looked at anew each time. */
void
p2p_x1_holder_release (P2pX1Holder *self)
{
  while (self->settled.head != NULL)
    release (self, self->settled.head->data);
}

static void timeout_cb (gpointer data);

static void
arm (P2pX1Holder *self)
{
  P2pClock *clock = self->x1->env->clock;

  if (self->timer == 0 && self->held.head != NULL)
    self->timer = p2p_clock_schedule (clock, MAX (((Entry *) self->held.head->data)->due - p2p_clock_now (clock), 0), timeout_cb, self);
}

static void
timeout_cb (gpointer data)
{
  P2pX1Holder *self = data;
  P2pMeshNode *mesh = self->x1->mesh;
  gint64 now = p2p_clock_now (self->x1->env->clock);

  self->timer = 0;
  p2p_mesh_node_enter (mesh);
  while (self->held.head != NULL && ((Entry *) self->held.head->data)->due <= now)
    {
      self->x1->stats.overtime++;
      release (self, self->held.head->data);
    }
  arm (self);
  p2p_mesh_node_leave (mesh);
}

/* Of what one link may have. */
static gboolean
has_share (P2pX1Holder *self, P2pX1Link *link, gsize length)
{
  const P2pLimits *limits = &self->x1->limits;

  return link->share.messages < limits->held_messages / P2P_X1_LINK_SHARE &&
         link->share.bytes + length <= limits->held_bytes / P2P_X1_LINK_SHARE;
}

static gboolean
has_room (P2pX1Holder *self, P2pX1Link *link, gsize length)
{
  const P2pLimits *limits = &self->x1->limits;

  return self->held.length < limits->held_messages && self->held_bytes + length <= limits->held_bytes && has_share (self, link, length);
}

static void
hold (P2pX1Holder *self, P2pMessage *message, P2pPeer *source, gint64 now)
{
  Entry *entry = new_entry (self, message);
  gsize length = p2p_message_get_length (message);

  entry->source = p2p_peer_ref (source);
  entry->link = p2p_x1_link_ref (p2p_x1_link_of (source));
  entry->link->share.messages++;
  entry->link->share.bytes += length;
  entry->due = now + self->x1->limits.proof_milliseconds * G_TIME_SPAN_MILLISECOND;
  g_queue_push_tail_link (&self->held, &entry->all);
  self->held_bytes += length;
  arm (self);
}

/* ---- proofs ---- */

void
p2p_x1_holder_prove (P2pX1Holder *self, const guint8 id[32], const guint8 pub[32], const char *sender,
                       P2pProofBatch *batch, guint index, P2pPeer *source)
{
  Entry *entry = find_entry (self, id);

  if (entry == NULL || strcmp (p2p_message_get_sender (entry->message), sender) != 0)
    {
      g_autoptr (GBytes) proof = p2p_proof_batch_make (batch, index);

      p2p_x1_proofs_put (self->proofs, id, pub, proof, p2p_x1_link_of (source), p2p_clock_now (self->x1->env->clock));
    }
  else if (entry->source == NULL)
    {
      g_autoptr (P2pMessage) message = p2p_message_ref (entry->message);
      g_autoptr (GBytes) proof = p2p_proof_batch_make (batch, index);

      forget (self, entry);
      self->x1->stats.proved++;
      p2p_mesh_guard_prove (self->x1->mesh, message, proof);
    }
  else if (!entry->settled)
    {
      p2p_message_set_provable (entry->message, &p2p_x1_prover, batch, index);
      entry->settled = TRUE;
      g_queue_push_tail_link (&self->settled, &entry->own);
    }
}

/* ---- in ---- */

P2pGuardVerdict
p2p_x1_holder_check (P2pX1Holder *self, P2pMessage *message, P2pPeer *source)
{
  P2pX1 *x1 = self->x1;
  gint64 now = p2p_clock_now (x1->env->clock);
  g_autoptr (GBytes) proof = NULL;
  const guint8 *pub;

  if (!p2p_mesh_node_get_own_frames (x1->mesh))
    return P2P_GUARD_GO;
  if (p2p_message_get_subflag (message) == P2P_SUBFLAG_SIDE_CAR)
    {
      p2p_x1_take_side_car (x1, message, source);
      return P2P_GUARD_REFUSE;
    }
  if (!p2p_x1_is_signed (message))
    return P2P_GUARD_GO;

  pub = p2p_x1_find_key (x1, p2p_message_get_sender (message));
  proof = pub != NULL ? p2p_x1_proofs_take (self->proofs, p2p_message_peek_id (message), pub, now) : NULL;
  if (proof != NULL)
    {
      p2p_message_set_verified (message, proof);
      count (self, message);
      return P2P_GUARD_GO;
    }
  if (pub != NULL && x1->limits.proof_milliseconds > 0)
    {
      if (has_room (self, p2p_x1_link_of (source), p2p_message_get_length (message)))
        {
          hold (self, message, source, now);
          return P2P_GUARD_WAIT;
        }
      x1->stats.unheld++;
      p2p_mesh_node_note_drop (x1->mesh, source, P2P_DROP_TOO_MANY, NULL);
    }
  count (self, message);
  remember (self, new_entry (self, message), now);
  return P2P_GUARD_GO;
}

void
p2p_x1_holder_moved (P2pX1Holder *self, P2pPeer *from, P2pPeer *to)
{
  for (GList *l = self->held.head; l != NULL; l = l->next)
    {
      Entry *entry = l->data;

      if (entry->source == from)
        hand_over (entry, to);
    }
}

/* What it brought waits on for another that is linked, as far as that one's share goes; where there is none, nothing comes that could prove it. */
void
p2p_x1_holder_removed (P2pX1Holder *self, P2pPeer *peer)
{
  P2pMeshNode *mesh = self->x1->mesh;
  P2pPeer *other = NULL;

  if (p2p_peer_get_guard_data (peer) != NULL)
    p2p_x1_proofs_orphan (self->proofs, p2p_x1_link_of (peer));
  if (self->held.head == NULL)
    return;
  for (guint i = 0; i < p2p_mesh_node_get_n_peers (mesh) && (other == NULL || other == peer); i++)
    other = p2p_mesh_node_get_peer (mesh, i);
  if (p2p_peer_get_id (peer) != NULL)
    {
      P2pPeer *same = p2p_mesh_node_find_peer (mesh, p2p_peer_get_id (peer));

      other = same != NULL && same != peer ? same : other;
    }
  for (GList *l = self->held.head; l != NULL; l = l->next)
    {
      Entry *entry = l->data;

      if (entry->source != peer || other == NULL || other == peer ||
          !has_share (self, p2p_x1_link_of (other), p2p_message_get_length (entry->message)))
        continue;
      hand_over (entry, other);
    }
  /* What is handled may do anything: the queue is looked at anew each time. */
  for (GList *l = self->held.head; l != NULL; )
    {
      Entry *entry = l->data;

      l = l->next;
      if (entry->source != peer)
        continue;
      release (self, entry);
      l = self->held.head;
    }
}
