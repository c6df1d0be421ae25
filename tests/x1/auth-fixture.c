/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

MeshFixture *
auth_new_secure (guint64 seed)
{
  MeshFixture *self = mesh_fixture_new (seed);

  p2p_protocol_unref (self->protocol);
  self->protocol = p2p_protocol_new ("tests", P2P_ENCRYPTION_SSL);
  return self;
}

P2pIdentity *
auth_key (const char *name)
{
  guint8 seed[32];
  g_autoptr (GBytes) bytes = NULL;

  p2p_sha256 ((const guint8 *) name, strlen (name), seed);
  bytes = g_bytes_new (seed, sizeof seed);
  return p2p_identity_new_from_seed (bytes, NULL);
}

void
auth_dial (AuthPeer *self, MeshFixture *mesh, const char *host, const char *key, MeshNode *to)
{
  *self = (AuthPeer) { .raw = raw_dial (mesh, host, to), .key = auth_key (key), .dialled = TRUE, .node = to->node };
  g_free (self->raw->id);
  self->raw->id = p2p_identity_get_node_id (self->key, mesh->protocol);
  memset (self->nonce, 7, sizeof self->nonce);
}

void
auth_clear (AuthPeer *self)
{
  g_clear_pointer (&self->raw, raw_free);
  g_clear_pointer (&self->key, p2p_identity_unref);
}

static GVariant *
bytes (const guint8 *data, gsize length)
{
  return g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1));
}

static GVariant *
number (gint64 value)
{
  return g_variant_new_variant (g_variant_new_int64 (value));
}

static void
say (RawPeer *raw, GVariant **packets, gsize n)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, n));
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_WHISPER, raw->id, mesh_now (raw->fixture), all, NULL);

  auth_send (raw, message);
}

void
auth_send (RawPeer *raw, P2pMessage *message)
{
  p2p_link_send (raw->link, message, P2P_LINK_SEND_PLAIN, NULL);
  mesh_run (raw->fixture, SECOND / 10);
}

void
auth_hello (AuthPeer *self, const guint8 *pub)
{
  GVariant *packets[] = { number (P2P_SUBFLAG_CONTROL), number (1), number (P2P_CONTROL_HELLO), number (99), bytes (pub, pub != NULL ? 32 : 0),
                          bytes (self->nonce, sizeof self->nonce), number (70000) };

  say (self->raw, packets, G_N_ELEMENTS (packets));
}

void
auth_hello_own (AuthPeer *self)
{
  auth_hello (self, p2p_identity_peek_public_key (self->key));
}

P2pMessage *
auth_find (RawPeer *raw, P2pControlOp op)
{
  for (guint i = 0; i < raw->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (raw->messages, i);
      g_autoptr (GVariant) value = p2p_message_get_packet (message, 2);
      gint64 found;

      if (p2p_message_get_flag (message) == P2P_FLAG_WHISPER && p2p_message_get_subflag (message) == P2P_SUBFLAG_CONTROL &&
          p2p_mesh_value_get_int (value, &found) && found == op)
        return message;
    }
  return NULL;
}

guint
auth_count (RawPeer *raw, P2pControlOp op)
{
  guint n = 0;

  for (guint i = 0; i < raw->messages->len; i++)
    {
      g_autoptr (GVariant) value = p2p_message_get_packet (g_ptr_array_index (raw->messages, i), 2);
      gint64 found;

      n += p2p_message_get_subflag (g_ptr_array_index (raw->messages, i)) == P2P_SUBFLAG_CONTROL && p2p_mesh_value_get_int (value, &found) && found == op;
    }
  return n;
}

void
auth_say (AuthPeer *self)
{
  P2pMessage *hello = auth_find (self->raw, P2P_CONTROL_HELLO);
  g_autoptr (GVariant) pub = p2p_message_get_packet (hello, P2P_CONTROL_REST + 1);
  g_autoptr (GVariant) nonce = p2p_message_get_packet (hello, P2P_CONTROL_REST + 2);
  gsize n_pub, n_nonce;
  const guint8 *his_pub = g_variant_get_fixed_array (pub, &n_pub, 1);
  const guint8 *his_nonce = g_variant_get_fixed_array (nonce, &n_nonce, 1);
  g_autoptr (GBytes) transcript = p2p_auth_transcript (self->dialled != self->other_role ? P2P_AUTH_DIALLED : P2P_AUTH_WAS_DIALLED, self->raw->id,
                                                       p2p_message_get_sender (hello), p2p_identity_peek_public_key (self->key), n_pub == 32 ? his_pub : NULL,
                                                       self->nonce, his_nonce, p2p_protocol_get_id (self->raw->fixture->protocol), self->binding);
  guint8 signature[P2P_SIGNATURE_LENGTH], mac[P2P_AUTH_MAC_LENGTH];
  GVariant *packets[5];

  g_assert_true (p2p_auth_sign (self->key, transcript, signature));
  if (self->spoil)
    signature[5] ^= 1;
  if (self->secret != NULL)
    p2p_auth_mac (self->secret, transcript, mac);
  packets[0] = number (P2P_SUBFLAG_CONTROL);
  packets[1] = number (1);
  packets[2] = number (P2P_CONTROL_AUTH);
  packets[3] = bytes (signature, sizeof signature);
  packets[4] = bytes (mac, self->secret != NULL ? sizeof mac : 0);
  say (self->raw, packets, G_N_ELEMENTS (packets));
}

void
auth_assert_failed (MeshNode *node, int code, const char *words)
{
  g_assert_nonnull (node->last_failure);
  g_assert_error (node->last_failure, P2P_LINK_ERROR, code);
  if (strstr (node->last_failure->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, node->last_failure->message);
  g_clear_error (&node->last_failure);
}
