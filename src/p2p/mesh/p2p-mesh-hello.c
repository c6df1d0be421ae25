/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * HELLO: how nodes that run this library know each other (docs/x1.md). The others ignore it. It says what its sender can do, and
 * is believed in nothing else: who he is he proves to the guard.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

/* What we say of ourselves. */
#define OWN_CAPS (P2P_CAP_VALIDATES | P2P_CAP_LAZY_PUSH | P2P_CAP_PING | P2P_CAP_MAX_FRAME)
/* A frame with a handshake, a peers list of one and a line of text has room in it: who takes less is no node. */
#define SMALLEST_MAX_FRAME 1024

typedef struct {
  guint64 caps;
  guint8 pub[P2P_HELLO_KEY_LENGTH];
  gboolean has_pub;
  guint8 nonce[P2P_HELLO_NONCE_LENGTH];
  gint64 max_frame;
} Hello;

static GVariant *
new_bytes (const guint8 *bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

void
p2p_mesh_send_hello (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;
  g_autoptr (GBytes) pub = NULL;
  GVariant *rest[4];

  if (!self->own_frames || peer->hello_sent != 0)
    return;
  peer->hello_sent = p2p_clock_now (self->env->clock);
  p2p_random_fill (self->env->random, peer->own_nonce, sizeof peer->own_nonce);
  /* Who shows a key proves it, too. */
  if (self->identity != NULL && self->guard != NULL)
    pub = p2p_identity_get_public_key (self->identity);
  rest[0] = g_variant_new_int64 (OWN_CAPS | self->layer_caps);
  rest[1] = pub != NULL ? new_bytes (g_bytes_get_data (pub, NULL), g_bytes_get_size (pub)) : new_bytes (NULL, 0);
  rest[2] = new_bytes (peer->own_nonce, sizeof peer->own_nonce);
  rest[3] = g_variant_new_int64 (self->limits.frame);
  p2p_mesh_send_control (peer, P2P_CONTROL_HELLO, rest, G_N_ELEMENTS (rest));
}

static gboolean
get_bytes (P2pMessage *message, gsize index, guint8 *bytes, gsize length)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, index);
  gconstpointer data;
  gsize found;

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  data = g_variant_get_fixed_array (value, &found, 1);
  if (found != length)
    return FALSE;
  if (length > 0)
    memcpy (bytes, data, length);
  return TRUE;
}

static gboolean
read_hello (P2pMessage *message, Hello *hello)
{
  g_autoptr (GVariant) caps = p2p_message_get_packet (message, P2P_CONTROL_REST);
  g_autoptr (GVariant) max_frame = p2p_message_get_packet (message, P2P_CONTROL_REST + 3);
  gint64 number;

  *hello = (Hello) { 0 };
  if (caps != NULL && g_variant_is_of_type (caps, G_VARIANT_TYPE_UINT64))
    hello->caps = g_variant_get_uint64 (caps);
  else if (p2p_mesh_value_get_int (caps, &number) && number >= 0)
    hello->caps = number;
  else
    return FALSE;
  hello->has_pub = get_bytes (message, P2P_CONTROL_REST + 1, hello->pub, sizeof hello->pub);
  if (!hello->has_pub && !get_bytes (message, P2P_CONTROL_REST + 1, NULL, 0))
    return FALSE;
  return get_bytes (message, P2P_CONTROL_REST + 2, hello->nonce, sizeof hello->nonce) &&
         p2p_mesh_value_get_int (max_frame, &hello->max_frame) && hello->max_frame >= SMALLEST_MAX_FRAME;
}

static void
refuse (P2pPeer *peer, const char *id)
{
  p2p_mesh_peer_end (peer, g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_WRONG_ID,
                                        "%s port %u said that it is node %s, and then that it is %s",
                                        peer->socket_host, peer->socket_port, peer->id != NULL ? peer->id : peer->hello_id, id));
}

gboolean
p2p_mesh_check_hello_id (P2pPeer *peer, const char *id)
{
  if (peer->hello_id == NULL || g_str_equal (peer->hello_id, id))
    return TRUE;
  refuse (peer, id);
  return FALSE;
}

void
p2p_mesh_handle_hello (P2pPeer *peer, P2pMessage *message)
{
  P2pMeshNode *self = peer->node;
  const char *sender = p2p_message_get_sender (message);
  g_autoptr (P2pPeer) held = p2p_peer_ref (peer);
  Hello hello;

  p2p_mesh_log (self, 5, "handler: hello");
  /* One a link: nobody becomes another, or learns other things, on the way. */
  if (peer->is_own || !read_hello (message, &hello))
    {
      p2p_mesh_drop (self, peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (peer->id != NULL && !g_str_equal (peer->id, sender))
    {
      refuse (peer, sender);
      return;
    }
  peer->is_own = TRUE;
  /* Whoever was dialled hears this as the answer to his. */
  if (!peer->outgoing && peer->hello_sent != 0 && peer->id == NULL)
    p2p_mesh_note_round_trip (peer, p2p_clock_now (self->env->clock) - peer->hello_sent);
  peer->hello_id = g_strdup (sender);
  peer->caps = hello.caps;
  peer->has_pub = hello.has_pub;
  memcpy (peer->pub, hello.pub, sizeof peer->pub);
  memcpy (peer->nonce, hello.nonce, sizeof peer->nonce);
  peer->max_frame = (guint32) MIN (hello.max_frame, G_MAXUINT32);
  p2p_mesh_note_clock (peer, p2p_message_get_time (message));
  p2p_mesh_log (self, 2, "%s port %u runs this library, too", peer->socket_host, peer->socket_port);
  if (peer->state == P2P_PEER_ESTABLISHED)
    {
      p2p_mesh_guard_greet (peer);
      if (held->state != P2P_PEER_ESTABLISHED)
        return;
      p2p_mesh_node_emit_peer (self, P2P_MESH_EVENT_CHANGED, peer, NULL);
      peer->waits_for_guard = !p2p_mesh_is_trusted (peer);
      if (!peer->waits_for_guard)
        p2p_mesh_begin_own (peer);
    }
  else if (peer->state == P2P_PEER_PENDING)
    p2p_mesh_introduce (peer);
}

void
p2p_mesh_begin_own (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  p2p_mesh_offer (peer);
  if (self->layer != NULL && self->layer->greeted != NULL)
    self->layer->greeted (peer, self->layer_data);
}

void
p2p_mesh_node_add_caps (P2pMeshNode *self, P2pCapabilities caps)
{
  self->layer_caps |= caps;
}

void
p2p_mesh_node_set_own_frames (P2pMeshNode *self, gboolean own_frames)
{
  self->own_frames = own_frames;
}

void
p2p_mesh_node_set_late_hello (P2pMeshNode *self, gboolean late_hello)
{
  self->late_hello = late_hello && !self->is_private;
}
