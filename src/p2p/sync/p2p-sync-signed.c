/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Who signed what: what the table asks, and what the node does about it. Without x1/ there is nothing of it. */
#include "p2p-sync-node-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"
#include "../wire/p2p-message-private.h"
#include "../x1/p2p-x1.h"
#include "p2p-sync-proof.h"

/* However many ids somebody has whose keys he shows one after the other: all keys are looked through once in so long. */
#define PURGE_SPAN G_TIME_SPAN_SECOND
/* Keys that are told a link, or heard of it, in so long. */
#define KEY_SPAN (10 * G_TIME_SPAN_SECOND)
#define MOST_KEYS 64
/* Bytes of records of a link that wait for their signatures to be looked at */
#define MOST_LATE (4u << 20)
#define LATE_SPAN (100 * G_TIME_SPAN_MILLISECOND)

/* ---- what the table asks ---- */

static gboolean
is_certified_cb (const char *owner, gpointer data)
{
  P2pSyncNode *self = data;
  P2pX1 *x1 = p2p_x1_of (self->mesh);

  return x1 != NULL && p2p_x1_find_key (x1, owner) != NULL;
}

static P2pSyncVerdict
check_cb (const char *owner, const guint8 id[32], GBytes *proof, gpointer data)
{
  P2pSyncNode *self = data;
  P2pX1 *x1 = p2p_x1_of (self->mesh);

  if (x1 == NULL)
    return P2P_SYNC_FORGED;
  switch (p2p_x1_check (x1, self->teller, owner, id, proof))
    {
    case P2P_X1_GOOD:
      return P2P_SYNC_GOOD;
    case P2P_X1_LATER:
      return P2P_SYNC_LATER;
    case P2P_X1_FORGED:
    default:
      return P2P_SYNC_FORGED;
    }
}

static gboolean
learn_cb (const char *owner, const guint8 pub[32], gpointer data)
{
  P2pSyncNode *self = data;
  P2pX1 *x1 = p2p_x1_of (self->mesh);
  g_autofree char *id = p2p_key_to_node_id (pub, p2p_protocol_get_id (p2p_mesh_node_get_protocol (self->mesh)));

  /* There may be no room for it: it is his all the same. */
  if (strcmp (id, owner) != 0)
    return FALSE;
  if (x1 != NULL)
    p2p_x1_note_key (x1, pub, FALSE);
  return TRUE;
}

static gboolean
sign_cb (const guint8 *ids, GBytes * const *notes, guint n, GBytes **proofs, gpointer data)
{
  P2pSyncNode *self = data;
  g_autofree P2pLeaf *leaves = g_new0 (P2pLeaf, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (leaves[i].id, ids + i * P2P_LEAF_ID_LENGTH, P2P_LEAF_ID_LENGTH);
      if (notes[i] != NULL)
        leaves[i].note = g_bytes_get_data (notes[i], &leaves[i].note_length);
    }
  return p2p_proof_sign (p2p_mesh_node_get_identity (self->mesh), P2P_PROOF_DOMAIN_MESSAGE,
                         p2p_protocol_get_id (p2p_mesh_node_get_protocol (self->mesh)), leaves, n, proofs);
}

static const P2pSyncJudge judge = {
  .is_certified = is_certified_cb,
  .check = check_cb,
  .learn = learn_cb,
  .sign = sign_cb,
};

/* ---- a node without a key: it hears no signatures, and looks at those that it is told ---- */

static gboolean
is_nobody_certified_cb (const char *owner, gpointer data)
{
  return FALSE;
}

static P2pSyncVerdict
check_alone_cb (const char *owner, const guint8 id[32], GBytes *proof, gpointer data)
{
  P2pSyncNode *self = data;
  const char *network = p2p_protocol_get_id (p2p_mesh_node_get_protocol (self->mesh));
  double most = self->limits.signature_checks / 4.0;
  gint64 now = p2p_sync_now (self);

  if (p2p_verifier_knows (self->verifier, proof, P2P_PROOF_DOMAIN_MESSAGE, network, owner, id))
    return P2P_SYNC_GOOD;
  self->checks = self->checks_filled == 0 ? most : MIN (most, self->checks + (double) (now - self->checks_filled) * most / G_TIME_SPAN_SECOND);
  self->checks_filled = now;
  if (self->checks < 1)
    return P2P_SYNC_LATER;
  self->checks -= 1;
  return p2p_verifier_check (self->verifier, proof, P2P_PROOF_DOMAIN_MESSAGE, network, owner, id, NULL) ? P2P_SYNC_GOOD : P2P_SYNC_FORGED;
}

static gboolean
sign_nothing_cb (const guint8 *ids, GBytes * const *notes, guint n, GBytes **proofs, gpointer data)
{
  return FALSE;
}

static const P2pSyncJudge believer = {
  .believes = TRUE,
  .is_certified = is_nobody_certified_cb,
  .check = check_alone_cb,
  .learn = learn_cb,
  .sign = sign_nothing_cb,
};

void
p2p_sync_signed_start (P2pSyncNode *self)
{
  if (p2p_x1_of (self->mesh) != NULL)
    {
      p2p_sync_table_set_judge (self->table, &judge, self, p2p_mesh_node_get_id (self->mesh));
      return;
    }
  self->verifier = p2p_verifier_new ();
  p2p_sync_table_set_judge (self->table, &believer, self, NULL);
}

/* ---- whose key is known now ---- */

static void
purge (P2pSyncNode *self)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  self->purged = p2p_sync_now (self);
  p2p_sync_table_purge (self->table, p2p_sync_utc (self), changed);
  for (guint i = 0; i < changed->len; i++)
    {
      gsize length;
      const guint8 *key = g_bytes_get_data (g_ptr_array_index (changed, i), &length);

      p2p_mesh_node_note_drop (self->mesh, NULL, P2P_DROP_REFUSED, NULL);
      p2p_sync_note_merge (self, key, length, P2P_MERGE_CHANGED, FALSE, FALSE);
    }
}

static void
purge_cb (gpointer data)
{
  P2pSyncNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  self->purge_timer = 0;
  p2p_mesh_node_enter (mesh);
  purge (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* Somebody may be in the midst of a record: not at once. */
void
p2p_sync_purge_soon (P2pSyncNode *self)
{
  gint64 due = self->purged + PURGE_SPAN;
  gint64 now = p2p_sync_now (self);

  if (!self->table->purge_due || self->purge_timer != 0)
    return;
  self->purge_timer = p2p_clock_schedule (p2p_sync_clock (self), self->purged == 0 || due <= now ? 0 : due - now, purge_cb, self);
}

void
p2p_sync_certified (P2pSyncNode *self, const char *id)
{
  if (p2p_sync_table_certify (self->table, id))
    p2p_sync_purge_soon (self);
}

/* ---- KEY: what he told us is not signed, and his key is known ---- */

/* So many in so long. */
static gboolean
may_key (P2pSyncLink *link, P2pSyncKeys *keys)
{
  gint64 now = p2p_sync_now (link->node);

  if (keys->n == 0 || now - keys->since >= KEY_SPAN)
    {
      keys->since = now;
      keys->n = 0;
    }
  return keys->n < MOST_KEYS;
}

static void
tell_key (P2pSyncLink *link, const char *owner)
{
  P2pX1 *x1 = p2p_x1_of (link->node->mesh);
  const guint8 *pub = x1 != NULL ? p2p_x1_find_key (x1, owner) : NULL;
  guint64 digest = p2p_sync_key_digest ((const guint8 *) owner, strlen (owner));
  GVariant *rest;

  if (pub == NULL || !may_key (link, &link->keys_told))
    return;
  for (guint i = 0; i < link->keys_told.n; i++)
    if (link->keys_told.digests[i] == digest)
      return;
  link->keys_told.digests[link->keys_told.n++] = digest;
  rest = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, pub, 32, 1);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_KEY, &rest, 1);
}

/* Of whom we hold something. Of others nothing is to be had by knowing their keys, and there is room for so many only. */
void
p2p_sync_take_key (P2pSyncLink *link, P2pMessage *message)
{
  P2pSyncNode *self = link->node;
  P2pX1 *x1 = p2p_x1_of (self->mesh);
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST);
  g_autofree char *id = NULL;
  gsize length = 0;
  const guint8 *pub = NULL;

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    pub = g_variant_get_fixed_array (value, &length, 1);
  if (pub == NULL || length != 32)
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!may_key (link, &link->keys_heard))
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  link->keys_heard.n++;
  id = p2p_key_to_node_id (pub, p2p_protocol_get_id (p2p_mesh_node_get_protocol (self->mesh)));
  if (x1 != NULL && p2p_sync_table_has_owner (self->table, id))
    p2p_x1_note_key (x1, pub, FALSE);
}

/* ---- RECORDS ---- */

/* Of one frame: whoever sends many bad ones is not worth more words. */
#define MOST_REFUSALS 8

/* A record that says what we knew from an earlier run makes it new, which is to be told. */
static gboolean
is_old (P2pSyncNode *self, GVariant *record)
{
  g_autoptr (GVariant) key = self->any_old ? p2p_mesh_value_get_child (record, 0) : NULL;
  P2pSyncState state;
  gsize length;
  const guint8 *bytes;

  if (key == NULL || !g_variant_is_of_type (key, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  bytes = g_variant_get_fixed_array (key, &length, 1);
  return p2p_sync_table_lookup (self->table, bytes, length, &state) && state.old;
}

/* Of some owners what he told was not taken. */
static void
note_refusals (P2pSyncLink *link, GBytes *key, GPtrArray *refused, guint *refusals)
{
  P2pSyncNode *self = link->node;
  gsize length = 0;
  const guint8 *bytes = key != NULL ? g_bytes_get_data (key, &length) : NULL;

  for (guint i = 0; i < refused->len; i++)
    {
      const P2pSyncRefusal *refusal = g_ptr_array_index (refused, i);
      g_autoptr (GError) error = NULL;

      p2p_mesh_node_note_drop (self->mesh, link->peer, refusal->forged ? P2P_DROP_FORGED_SIGNATURE : P2P_DROP_REFUSED, NULL);
      if (!refusal->forged)
        tell_key (link, refusal->owner);
      if ((*refusals)++ >= MOST_REFUSALS || bytes == NULL)
        continue;
      p2p_sync_refuse_unsigned (refusal->owner, refusal->forged, &error);
      p2p_sync_note_refused (self, bytes, length, p2p_peer_get_id (link->peer), error);
    }
}

/* FALSE: it is to be looked at later. */
static gboolean
take_record (P2pSyncLink *link, GVariant *record, guint *refusals)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GPtrArray) refused = g_ptr_array_new_with_free_func (p2p_sync_refusal_free);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GError) error = NULL;
  gboolean old = is_old (self, record);
  P2pMerge merge = p2p_sync_table_merge_told (self->table, record, FALSE, p2p_sync_utc (self), &key, refused, &error);
  gsize length = 0;
  const guint8 *bytes = key != NULL ? g_bytes_get_data (key, &length) : NULL;

  if (merge == P2P_MERGE_WAIT)
    return FALSE;
  note_refusals (link, key, refused, refusals);
  if (merge != P2P_MERGE_REFUSED)
    {
      p2p_sync_note_merge (self, bytes, length, merge, FALSE, TRUE);
      if (old && merge != P2P_MERGE_CHANGED)
        p2p_sync_note_confirmed (self, key);
    }
  else if (refused->len == 0)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_REFUSED, NULL);
      if ((*refusals)++ < MOST_REFUSALS && key != NULL)
        p2p_sync_note_refused (self, bytes, length, p2p_peer_get_id (link->peer), error);
    }
  return TRUE;
}

/* From one on. FALSE: from *at on it is to be looked at later. */
static gboolean
take_list (P2pSyncLink *link, P2pMessage *message, gsize *at)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GVariant) list = p2p_message_get_packet (message, P2P_CONTROL_REST);
  gsize n = g_variant_n_children (list);
  guint refusals = 0;
  gboolean done = TRUE;

  self->teller = link->peer;
  for (; *at < n && done; *at += done)
    {
      g_autoptr (GVariant) record = p2p_mesh_value_get_child (list, *at);

      done = take_record (link, record, &refusals);
    }
  self->teller = NULL;
  /* Who signed a record is known by it, also where there is no room for his key. */
  p2p_sync_purge_soon (self);
  return done;
}

static void
late_cb (gpointer data)
{
  P2pSyncLink *link = data;
  P2pSyncNode *self = link->node;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  link->late_timer = 0;
  p2p_mesh_node_enter (mesh);
  while (!g_queue_is_empty (&link->late) && take_list (link, g_queue_peek_head (&link->late), &link->late_at))
    {
      g_autoptr (P2pMessage) message = g_queue_pop_head (&link->late);

      link->late_bytes -= p2p_message_get_length (message);
      link->late_at = 0;
    }
  if (!g_queue_is_empty (&link->late))
    link->late_timer = p2p_clock_schedule (p2p_sync_clock (self), LATE_SPAN, late_cb, link);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* Signatures are looked at as fast as signature-checks lets us; what is more than is kept until then comes in another round. */
void
p2p_sync_take_signed (P2pSyncLink *link, P2pMessage *message)
{
  P2pSyncNode *self = link->node;
  gsize length = p2p_message_get_length (message);
  gsize at = 0;

  if (g_queue_is_empty (&link->late) && take_list (link, message, &at))
    return;
  if (link->late_bytes + length > MOST_LATE)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, NULL);
      return;
    }
  if (g_queue_is_empty (&link->late))
    link->late_at = at;
  g_queue_push_tail (&link->late, p2p_message_ref (message));
  link->late_bytes += length;
  if (link->late_timer == 0)
    link->late_timer = p2p_clock_schedule (p2p_sync_clock (self), LATE_SPAN, late_cb, link);
}

void
p2p_sync_signed_end (P2pSyncLink *link)
{
  p2p_clock_cancel (p2p_sync_clock (link->node), link->late_timer);
  link->late_timer = 0;
  g_queue_clear_full (&link->late, (GDestroyNotify) p2p_message_unref);
}
