/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-peer.h"

static void
received_cb (gpointer data, const guint8 *bytes, gsize length)
{
  Scene *scene = ((Peer *) data)->scene;
  const guint8 *found = memmem (bytes, length, "x1.", 3);
  gsize n = 0;

  if (found == NULL)
    return;
  while (n < sizeof scene->request - 1 && found + n < bytes + length && (g_ascii_isalnum (found[n]) || found[n] == '.'))
    n++;
  memcpy (scene->request, found, n);
  scene->request[n] = '\0';
}

static void
ignore (gpointer data)
{
}

void
fuzz_peer_hang_up (Peer *peer)
{
  P2pPipe *pipe = g_steal_pointer (&peer->pipe);

  if (pipe != NULL)
    pipe->ops->close (pipe);
}

static void
pipe_closed_cb (gpointer data, const GError *error)
{
  fuzz_peer_hang_up (data);
}

static const P2pPipeEvents pipe_events = { .received = received_cb, .writable = ignore, .closed = pipe_closed_cb };

static void
take_pipe (Peer *peer, P2pPipe *pipe)
{
  if (peer->pipe != NULL)
    {
      pipe->ops->close (pipe);
      return;
    }
  peer->pipe = pipe;
  pipe->ops->start (pipe, &pipe_events, peer);
}

static void
dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  Peer *peer = data;

  peer->dial = 0;
  if (pipe != NULL)
    take_pipe (peer, pipe);
}

static void
accepted_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  take_pipe (data, pipe);
}

void
fuzz_peer_dial (Peer *peer)
{
  P2pTransport *transport = test_host_get_env (peer->host)->transport;

  if (peer->pipe == NULL && peer->dial == 0)
    peer->dial = transport->ops->dial (transport, test_host_get_address (peer->scene->host), PORT, peer->scene->secure, dialled_cb, peer);
}

void
fuzz_peer_say_bytes (Peer *peer, const guint8 *bytes, gsize length)
{
  if (peer->pipe != NULL)
    peer->pipe->ops->write (peer->pipe, bytes, length);
}

/* Length and checksum, then what was said. */
void
fuzz_peer_say_body (Peer *peer, const guint8 *serialised, gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint32 size = GUINT32_TO_BE ((guint32) (P2P_SHA256_LENGTH + length));
  guint8 id[P2P_SHA256_LENGTH];

  p2p_sha256 (serialised, length, id);
  memcpy (peer->scene->newest, id, sizeof id);
  g_byte_array_append (frame, (const guint8 *) &size, sizeof size);
  g_byte_array_append (frame, id, sizeof id);
  g_byte_array_append (frame, serialised, (guint) length);
  fuzz_peer_say_bytes (peer, frame->data, frame->len);
}

gint64
fuzz_now (Scene *scene)
{
  return p2p_clock_utc_seconds (test_host_get_env (scene->host)->clock);
}

void
fuzz_peer_say_values (Peer *peer, guint8 flag, P2pIdForm form, gint64 shift, GVariant **values, gsize n_values)
{
  g_autoptr (GVariant) packets = NULL;
  g_autoptr (P2pMessage) message = NULL;
  gsize length;
  const guint8 *frame;

  for (gsize i = 0; i < n_values; i++)
    values[i] = g_variant_new_variant (values[i]);
  packets = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, values, n_values));
  message = p2p_message_new_full (flag, peer->id, form, fuzz_now (peer->scene) + shift, packets, NULL);
  frame = p2p_message_peek_frame (message, &length);
  fuzz_peer_say_bytes (peer, frame, length);
}

static GVariant *
new_bytes (const guint8 *bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

void
fuzz_peer_say_handshake (Peer *peer, P2pIdForm form)
{
  static const guint8 methods[] = { P2P_COMPRESSION_ZLIB };
  GVariant *values[] = {
    g_variant_new_int64 (P2P_SUBFLAG_HANDSHAKE),
    form == P2P_ID_FORM_BIN ? new_bytes ((const guint8 *) peer->id, strlen (peer->id)) : g_variant_new_string (peer->id),
    g_variant_new_string (p2p_protocol_get_id (peer->scene->protocol)),
    p2p_mesh_value_new_address (test_host_get_address (peer->host), PORT), p2p_mesh_value_new_methods (methods, sizeof methods),
  };

  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, form, 0, values, G_N_ELEMENTS (values));
}

static void
put_text (GByteArray *into, const char *text, gboolean bin)
{
  guint8 head[2] = { bin ? 0xc4 : 0xd9, (guint8) strlen (text) };

  g_byte_array_append (into, head, sizeof head);
  g_byte_array_append (into, (const guint8 *) text, head[1]);
}

static void
put_time (GByteArray *into, gint64 time)
{
  guint64 value = GUINT64_TO_BE ((guint64) time);
  guint8 head = 0xd3;

  g_byte_array_append (into, &head, 1);
  g_byte_array_append (into, (const guint8 *) &value, sizeof value);
}

void
fuzz_peer_say_message (Peer *peer, FuzzInput *input)
{
  static const gint64 shifts[] = { 0, 0, 0, 1, -1, -59, -61, 59, 61, -3600, 1 << 20 };
  Scene *scene = peer->scene;
  guint8 form = fuzz_take_byte (input);
  guint8 shift = fuzz_take_byte (input);
  guint8 n_packets = fuzz_take_byte (input) & 15;
  gsize length = fuzz_take_byte (input);
  const guint8 *packets = fuzz_take_bytes (input, &length);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint n = 3 + n_packets;
  guint8 head[3] = { 0xdc, 0, (guint8) n };
  guint8 flag = form & 7;
  guint sender = (form >> 3) & 7;

  g_byte_array_append (body, head, sizeof head);
  g_byte_array_append (body, &flag, 1);
  put_text (body, sender < N_PEERS ? scene->peers[sender].id : sender == 4 ? p2p_mesh_node_get_id (scene->node) : peer->id, (form & 64) != 0);
  put_time (body, fuzz_now (scene) + shifts[shift % G_N_ELEMENTS (shifts)]);
  g_byte_array_append (body, packets, (guint) length);
  fuzz_peer_say_body (peer, body->data, body->len);
}

void
fuzz_peer_say_known (Peer *peer, FuzzInput *input)
{
  Scene *scene = peer->scene;
  guint8 choice = fuzz_take_byte (input);
  Peer *named = &scene->peers[choice & 3];
  GVariant *pair[2] = {
    g_variant_new_variant (p2p_mesh_value_new_address (test_host_get_address (named->host), (choice & 8) != 0 ? PORT : 80)),
    g_variant_new_variant (g_variant_new_string (named->id)),
  };
  GVariant *entry = g_variant_new_array (G_VARIANT_TYPE_VARIANT, pair, 2);

  if ((choice & 4) != 0)
    {
      GVariant *boxed = g_variant_new_variant (entry);
      GVariant *values[2] = { g_variant_new_int64 (P2P_SUBFLAG_PEERS), g_variant_new_array (G_VARIANT_TYPE_VARIANT, &boxed, 1) };

      fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, G_N_ELEMENTS (values));
    }
  else
    {
      GVariant *values[3] = { g_variant_new_int64 (P2P_SUBFLAG_RESPONSE), g_variant_new_string (scene->request), entry };

      fuzz_peer_say_values (peer, P2P_FLAG_BROADCAST, P2P_ID_FORM_STR, 0, values, G_N_ELEMENTS (values));
    }
}

static GVariant *
make_ids (Scene *scene, guint8 choice)
{
  guint8 ids[3][P2P_SHA256_LENGTH];

  memcpy (ids[0], scene->newest, sizeof ids[0]);
  memcpy (ids[1], scene->own, sizeof ids[1]);
  memset (ids[2], choice, sizeof ids[2]);
  return new_bytes (ids[0], (1 + (choice >> 3) % 3) * sizeof ids[0]);
}

void
fuzz_peer_say_control (Peer *peer, FuzzInput *input)
{
  static const P2pControlOp ops[] = { P2P_CONTROL_HELLO, P2P_CONTROL_PING, P2P_CONTROL_PONG, P2P_CONTROL_IHAVE, P2P_CONTROL_IWANT,
                                      P2P_CONTROL_PRUNE, P2P_CONTROL_GRAFT, P2P_CONTROL_AUTH };
  static const guint8 noise[P2P_HELLO_NONCE_LENGTH] = { 7 };
  guint8 choice = fuzz_take_byte (input);
  P2pPeer *known = p2p_mesh_node_find_peer (peer->scene->node, peer->id);
  P2pControlOp op = ops[choice & 7];
  GVariant *values[P2P_CONTROL_REST + 4] = {
    g_variant_new_int64 (P2P_SUBFLAG_CONTROL), g_variant_new_int64 (P2P_CONTROL_VERSION), g_variant_new_int64 (op),
  };
  GVariant **rest = values + P2P_CONTROL_REST;
  gsize n = P2P_CONTROL_REST;

  switch (op)
    {
    case P2P_CONTROL_HELLO:
      rest[0] = g_variant_new_int64 ((choice & 8) != 0 ? 0 : 0xff);
      rest[1] = new_bytes (noise, (choice & 16) != 0 ? P2P_HELLO_KEY_LENGTH : 0);
      rest[2] = new_bytes (noise, sizeof noise);
      rest[3] = g_variant_new_int64 ((choice & 32) != 0 ? 100 : 1 << 20);
      n += 4;
      break;
    case P2P_CONTROL_PING:
      rest[0] = g_variant_new_int64 (choice);
      n++;
      break;
    case P2P_CONTROL_PONG:
      rest[0] = g_variant_new_int64 (known != NULL && (choice & 8) == 0 ? known->ping_token : choice);
      n++;
      break;
    case P2P_CONTROL_IHAVE:
    case P2P_CONTROL_IWANT:
      rest[0] = make_ids (peer->scene, choice);
      n++;
      break;
    default:
      break;
    }
  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, choice >= 0xc0 ? -40 : choice >= 0x80 ? 30 : 0, values, n);
}

void
fuzz_peer_init (Peer *peer, Scene *scene, const char *name)
{
  P2pTransport *transport;
  guint16 bound;

  peer->scene = scene;
  peer->host = test_world_add_host (scene->world, name);
  peer->id = p2p_digest_base58 (P2P_DIGEST_SHA384, (const guint8 *) name, strlen (name));
  transport = test_host_get_env (peer->host)->transport;
  peer->listener = transport->ops->listen (transport, test_host_get_address (peer->host), PORT, scene->secure, accepted_cb, peer, &bound, NULL);
  g_assert_cmpuint (peer->listener, !=, 0);
}

void
fuzz_peer_become (Peer *peer, Peer *other)
{
  g_autofree char *id = g_strdup (other->id);

  g_free (peer->id);
  peer->id = g_steal_pointer (&id);
}

void
fuzz_peer_clear (Peer *peer)
{
  P2pTransport *transport = test_host_get_env (peer->host)->transport;

  transport->ops->cancel_dial (transport, peer->dial);
  transport->ops->unlisten (transport, peer->listener);
  fuzz_peer_hang_up (peer);
  g_free (peer->id);
}

