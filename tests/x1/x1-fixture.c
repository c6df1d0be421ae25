/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "x1-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

X1Fixture *
x1_fixture_new (guint64 seed)
{
  X1Fixture *self = g_new0 (X1Fixture, 1);

  self->mesh = mesh_fixture_new (seed);
  self->x1s = g_ptr_array_new ();
  return self;
}

void
x1_drop (MeshNode *node)
{
  P2pX1 *x1 = node->node != NULL ? x1_of (node) : NULL;

  if (node->node == NULL)
    return;
  p2p_mesh_node_set_events (node->node, NULL, NULL);
  p2p_mesh_node_close (node->node);
  if (x1 != NULL)
    p2p_x1_free (x1);
  mesh_drop (node);
}

void
x1_fixture_free (X1Fixture *self)
{
  for (guint i = 0; i < self->mesh->nodes->len; i++)
    x1_drop (self->mesh->nodes->pdata[i]);
  mesh_fixture_free (self->mesh);
  g_ptr_array_unref (self->x1s);
  g_free (self);
}

MeshNode *
x1_add (X1Fixture *self, const char *name)
{
  MeshNode *node = mesh_add (self->mesh, name);

  g_assert_nonnull (p2p_x1_new (node->node));
  return node;
}

MeshNode *
x1_add_plain (X1Fixture *self, const char *name)
{
  MeshNode *node = mesh_add (self->mesh, name);

  p2p_mesh_node_set_own_frames (node->node, FALSE);
  p2p_mesh_node_set_max_outgoing (node->node, 0);
  return node;
}

P2pX1 *
x1_of (MeshNode *node)
{
  return p2p_x1_of (node->node);
}

P2pX1Stats
x1_stats (MeshNode *node)
{
  P2pX1Stats stats;

  p2p_x1_get_stats (x1_of (node), &stats);
  return stats;
}

guint
x1_heard (MeshNode *node, const char *text, gboolean verified)
{
  guint n = 0;

  for (guint i = 0; i < node->messages->len; i++)
    {
      P2pMessage *message = node->messages->pdata[i];
      g_autofree char *heard = p2p_message_dup_text (message);
      g_autoptr (GBytes) proof = p2p_message_get_proof (message);

      g_assert_true (p2p_message_get_verified (message) == (proof != NULL));
      n += g_strcmp0 (heard, text) == 0 && p2p_message_get_verified (message) == verified;
    }
  return n;
}

P2pIdentity *
x1_identity (const char *name)
{
  guint8 seed[P2P_IDENTITY_SEED_LENGTH];
  g_autoptr (GBytes) bytes = NULL;

  p2p_sha256 ((const guint8 *) name, strlen (name), seed);
  bytes = g_bytes_new (seed, sizeof seed);
  return p2p_identity_new_from_seed (bytes, NULL);
}

RawPeer *
x1_raw (X1Fixture *self, const char *name, MeshNode *to)
{
  RawPeer *raw = raw_dial (self->mesh, name, to);

  raw_handshake (raw);
  return raw;
}

P2pMessage *
x1_make (X1Fixture *self, const char *sender, gint64 offset, const char *text)
{
  g_autoptr (GVariant) packets = g_variant_ref_sink (g_variant_new_parsed ("[<@x 0>, <%s>]", text));

  return p2p_message_new (P2P_FLAG_BROADCAST, sender, mesh_now (self->mesh) + offset, packets, NULL);
}

P2pMessage *
x1_sign (X1Fixture *self, P2pIdentity *identity, const char *sender, P2pMessage **messages, guint n)
{
  g_autofree P2pLeaf *leaves = g_new0 (P2pLeaf, n);
  g_autofree GBytes **proofs = g_new0 (GBytes *, n);
  g_autofree char *id = p2p_identity_get_node_id (identity, self->mesh->protocol);
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GVariant) packets = NULL;
  P2pProofView view;

  for (guint i = 0; i < n; i++)
    memcpy (leaves[i].id, p2p_message_peek_id (messages[i]), sizeof leaves[i].id);
  g_assert_true (p2p_proof_sign (identity, P2P_PROOF_DOMAIN_MESSAGE, p2p_protocol_get_id (self->mesh->protocol), leaves, n, proofs));
  g_assert_true (p2p_proof_read (proofs[0], &view));
  packed = p2p_leaves_pack (leaves, n);
  packets = g_variant_ref_sink (g_variant_new_parsed ("[<@x 89>, <@x 1>, <%@ay>, <%@ay>, <%@ay>]",
    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, view.pub, 32, 1),
    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, view.signature, 64, 1),
    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), 1)));
  for (guint i = 0; i < n; i++)
    g_bytes_unref (proofs[i]);
  return p2p_message_new (P2P_FLAG_BROADCAST, sender != NULL ? sender : id, mesh_now (self->mesh), packets, NULL);
}

void
x1_give (RawPeer *raw, P2pMessage *message)
{
  own_give (raw, message);
}
