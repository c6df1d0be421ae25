/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Nodes of ours compare their tables (docs/x1.md): DIGEST says what the whole amounts to. Who finds that his amounts to something else
 * answers by BUCKETS, of 256 parts each; then KEYS tells what the parts that differ hold, and RECORDS and WANT settle it (p2p-sync-serve.c).
 *
 * A frame of a few bytes may lead to many: so each link has credit. It is enough for the whole table when the link begins, grows by what
 * is new in the table since, and by eight times what the other says; without any, nothing is said until the next round.
 */
#include "p2p-sync-node-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"

#define BUCKET_BYTES 8
#define ROOT_BYTES 32
/* BUCKETS in answer to DIGEST, and DIGEST in answer to an equal one. */
#define ANSWER_SPAN (10 * G_TIME_SPAN_SECOND)
/* Bytes said for each that is heard. */
#define CREDIT_FACTOR 8
#define CREDIT_BASE (64 * 1024)
/* For a beginning: BUCKETS, and a few KEYS. */
#define CREDIT_FIRST (8 * 1024)
/* What telling a record takes besides its key and value; and how much larger maps of many fields are on their way than in the table. */
#define CREDIT_RECORD 512
#define CREDIT_SHARE 4

static gint64
get_most_credit (P2pSyncNode *self)
{
  return (gint64) p2p_sync_table_get_bytes (self->table) * CREDIT_SHARE + (gint64) p2p_sync_table_get_n_records (self->table) * CREDIT_RECORD + CREDIT_BASE;
}

/* Enough for the whole table, when there is time for it: else only for a beginning, and it is looked again at the next round. */
static void
give_credit (P2pSyncLink *link)
{
  link->given = p2p_sync_may_give (link->node, NULL);
  link->credit = link->given ? get_most_credit (link->node) : MAX (link->credit, CREDIT_FIRST);
}

static void
add_credit (P2pSyncLink *link, gint64 bytes)
{
  link->credit = MIN (link->credit + bytes, get_most_credit (link->node));
}

gboolean
p2p_sync_spend (P2pSyncLink *link, gsize bytes)
{
  if ((gint64) bytes <= link->credit)
    {
      link->credit -= (gint64) bytes;
      return TRUE;
    }
  p2p_sync_serve_clear (link);
  p2p_mesh_node_note_drop (link->node->mesh, link->peer, P2P_DROP_RATE, NULL);
  return FALSE;
}

void
p2p_sync_exchange_note (P2pSyncNode *self, gsize bytes)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pSyncLink *link = g_ptr_array_index (self->links, i);

      if (link->compares)
        add_credit (link, (gint64) bytes + CREDIT_RECORD);
    }
}

/* ---- DIGEST ---- */

static void
send_digest (P2pSyncLink *link)
{
  P2pSyncNode *self = link->node;
  guint8 root[ROOT_BYTES];
  GVariant *rest[2];

  p2p_sync_table_get_root (self->table, root);
  rest[0] = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, root, sizeof root, 1);
  rest[1] = g_variant_new_int64 (p2p_sync_table_get_n_keys (self->table));
  link->digest_sent = p2p_sync_now (self);
  link->expects_buckets = p2p_mesh_send_control (link->peer, P2P_CONTROL_DIGEST, rest, G_N_ELEMENTS (rest));
}

static void digest_cb (gpointer data);

/* Never at the same time as all the others. */
static void
plan_digests (P2pSyncNode *self)
{
  gint64 span = self->limits.table_digest_seconds * G_TIME_SPAN_SECOND;
  guint8 random;

  if (span == 0)
    return;
  p2p_random_fill (p2p_mesh_node_get_env (self->mesh)->random, &random, 1);
  self->digest_timer = p2p_clock_schedule (p2p_sync_clock (self), span * (896 + random) / 1024, digest_cb, self);
}

static void
digest_cb (gpointer data)
{
  P2pSyncNode *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);
  gint64 now = p2p_sync_now (self);
  gint64 span = self->limits.table_digest_seconds * G_TIME_SPAN_SECOND;

  self->digest_timer = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pSyncLink *link = g_ptr_array_index (self->links, i);

      if (link->compares && !link->given)
        give_credit (link);
      if (link->compares && (link->digest_sent == 0 || now - link->digest_sent >= span / 2))
        send_digest (link);
    }
  plan_digests (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_sync_exchange_start (P2pSyncNode *self)
{
  plan_digests (self);
}

/* Credit is not to be had by coming again. */
void
p2p_sync_exchange_begin (P2pSyncLink *link)
{
  P2pSyncNode *self = link->node;
  P2pSyncMemory *memory = p2p_sync_remember (self, p2p_peer_get_id (link->peer));
  gint64 now = p2p_sync_now (self);

  if (memory != NULL && now - memory->since < self->limits.table_dump_seconds * G_TIME_SPAN_SECOND)
    {
      link->since = memory->since;
      link->credit = memory->credit;
      link->given = memory->given;
    }
  else
    {
      link->since = now;
      give_credit (link);
    }
  /* One of the two begins. */
  if (strcmp (p2p_mesh_node_get_id (self->mesh), p2p_peer_get_id (link->peer)) < 0)
    send_digest (link);
}

static const guint8 *
peek_bytes (GVariant *value, gsize *length)
{
  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return NULL;
  return g_variant_get_fixed_array (value, length, 1);
}

static gboolean
may_again (P2pSyncLink *link, gint64 last)
{
  return last == 0 || p2p_sync_now (link->node) - last >= ANSWER_SPAN;
}

static void
send_buckets (P2pSyncLink *link)
{
  P2pSyncTable *table = link->node->table;
  guint64 sums[P2P_TABLE_BUCKETS];
  GVariant *rest;

  if (!p2p_sync_spend (link, sizeof sums + P2P_SYNC_FRAME_OVERHEAD))
    return;
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    sums[i] = GUINT64_TO_BE (p2p_sync_table_get_bucket (table, i));
  rest = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, sums, sizeof sums, 1);
  link->buckets_sent = p2p_sync_now (link->node);
  if (!p2p_mesh_send_control (link->peer, P2P_CONTROL_BUCKETS, &rest, 1))
    return;
  memset (link->keys_open, 0xff, sizeof link->keys_open);
  g_clear_pointer (&link->keys_next, g_free);
}

static void
take_digest (P2pSyncLink *link, P2pMessage *message)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST);
  guint8 root[ROOT_BYTES];
  gsize length = 0;
  const guint8 *theirs = peek_bytes (value, &length);

  if (theirs == NULL || length != sizeof root)
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  p2p_sync_table_get_root (self->table, root);
  if (memcmp (theirs, root, sizeof root) == 0)
    {
      p2p_sync_confirm_all (self);
      if (may_again (link, link->digest_sent))
        send_digest (link);
    }
  else if (may_again (link, link->buckets_sent))
    send_buckets (link);
  else
    p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
}

/* ---- BUCKETS ---- */

static void
take_buckets (P2pSyncLink *link, P2pMessage *message)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST);
  gsize length = 0;
  const guint8 *theirs = peek_bytes (value, &length);

  if (theirs == NULL || length != P2P_TABLE_BUCKETS * BUCKET_BYTES)
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!link->expects_buckets)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  link->expects_buckets = FALSE;
  link->keys_from = 0;
  memset (link->keys_due, 0, sizeof link->keys_due);
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    {
      guint64 sum;

      memcpy (&sum, theirs + i * BUCKET_BYTES, sizeof sum);
      if (GUINT64_FROM_BE (sum) != p2p_sync_table_get_bucket (self->table, i))
        link->keys_due[i / 32] |= 1u << i % 32;
    }
  p2p_sync_link_wake (link);
}

/* ---- all of them ---- */

gboolean
p2p_sync_control (P2pSyncNode *self, P2pPeer *peer, gint64 op, P2pMessage *message)
{
  P2pSyncLink *link = p2p_sync_find_link (self, peer);

  if (op != P2P_CONTROL_KEY && (op < P2P_CONTROL_DIGEST || op > P2P_CONTROL_RECORDS))
    return FALSE;
  if (link == NULL || !link->compares)
    {
      /* A link that lost against another may have it on its way. */
      p2p_mesh_node_note_drop (self->mesh, peer, P2P_DROP_UNEXPECTED, message);
      return TRUE;
    }
  if (op == P2P_CONTROL_KEY)
    {
      p2p_sync_take_key (link, message);
      return TRUE;
    }
  add_credit (link, (gint64) p2p_message_get_length (message) * CREDIT_FACTOR);
  switch (op)
    {
    case P2P_CONTROL_DIGEST:
      take_digest (link, message);
      break;
    case P2P_CONTROL_BUCKETS:
      take_buckets (link, message);
      break;
    case P2P_CONTROL_KEYS:
      p2p_sync_take_keys (link, message);
      break;
    case P2P_CONTROL_WANT:
      p2p_sync_take_want (link, message);
      break;
    default:
      p2p_sync_take_records (link, message);
      break;
    }
  return TRUE;
}
