/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node in the world of tests and up to four others, who say what the input tells them to: an operation a byte, and what it needs
 * behind it. Lengths and checksums are put to what they say, so the handlers are reached. Whatever comes, the node goes on, keeps its
 * limits, and leaves nothing behind when it is closed (the world checks that).
 */
#include "fuzz.h"

#include "p2p/mesh/p2p-mesh-node-private.h"
#include "p2p/wire/p2p-digest.h"
#include "test-env.h"

#define PORT 4000
#define N_PEERS 4
#define MAX_OPERATIONS 128

typedef struct _Scene Scene;

typedef struct {
  Scene *scene;
  TestHost *host;
  char *id;
  P2pPipe *pipe;                /* NULL: none */
  guint64 dial;
  guint64 listener;
} Peer;

struct _Scene {
  TestWorld *world;
  TestHost *host;
  P2pProtocol *protocol;
  P2pLimits limits;
  P2pMeshNode *node;
  Peer peers[N_PEERS];
  guint64 handles[4];
  guint n_handles;
  char request[96];
};

/* ---- the others ---- */

/* The id of the newest request, which an answer has to name. */
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

static void
hang_up (Peer *peer)
{
  P2pPipe *pipe = g_steal_pointer (&peer->pipe);

  if (pipe != NULL)
    pipe->ops->close (pipe);
}

static void
pipe_closed_cb (gpointer data, const GError *error)
{
  hang_up (data);
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

static void
dial (Peer *peer)
{
  P2pTransport *transport = test_host_get_env (peer->host)->transport;

  if (peer->pipe == NULL && peer->dial == 0)
    peer->dial = transport->ops->dial (transport, test_host_get_address (peer->scene->host), PORT, FALSE, dialled_cb, peer);
}

static void
say_bytes (Peer *peer, const guint8 *bytes, gsize length)
{
  if (peer->pipe != NULL)
    peer->pipe->ops->write (peer->pipe, bytes, length);
}

/* Length and checksum, then what was said. */
static void
say_body (Peer *peer, const guint8 *serialised, gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint32 size = GUINT32_TO_BE ((guint32) (P2P_SHA256_LENGTH + length));
  guint8 id[P2P_SHA256_LENGTH];

  p2p_sha256 (serialised, length, id);
  g_byte_array_append (frame, (const guint8 *) &size, sizeof size);
  g_byte_array_append (frame, id, sizeof id);
  g_byte_array_append (frame, serialised, (guint) length);
  say_bytes (peer, frame->data, frame->len);
}

static gint64
now_seconds (Scene *scene)
{
  return p2p_clock_utc_seconds (test_host_get_env (scene->host)->clock);
}

static void
say_handshake (Peer *peer, P2pIdForm form)
{
  Scene *scene = peer->scene;
  static const guint8 methods[] = { P2P_COMPRESSION_ZLIB };
  GVariant *id = form == P2P_ID_FORM_BIN ? g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, peer->id, strlen (peer->id), 1)
                                         : g_variant_new_string (peer->id);
  GVariant *values[] = {
    g_variant_new_int64 (P2P_SUBFLAG_HANDSHAKE), id, g_variant_new_string (p2p_protocol_get_id (scene->protocol)),
    p2p_mesh_value_new_address (test_host_get_address (peer->host), PORT), p2p_mesh_value_new_methods (methods, sizeof methods),
  };
  g_autoptr (GVariant) packets = NULL;
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GBytes) frame = NULL;
  gsize length;
  const guint8 *bytes;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = g_variant_new_variant (values[i]);
  packets = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, values, G_N_ELEMENTS (values)));
  message = p2p_message_new_full (P2P_FLAG_WHISPER, peer->id, form, now_seconds (scene), packets, NULL);
  frame = p2p_message_to_bytes (message);
  bytes = g_bytes_get_data (frame, &length);
  say_bytes (peer, bytes, length);
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

/* A message of which the input gives the flag, the sender, the time (roughly) and the packets as they are on the wire. */
static void
say_message (Peer *peer, FuzzInput *input)
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
  put_time (body, now_seconds (scene) + shifts[shift % G_N_ELEMENTS (shifts)]);
  g_byte_array_append (body, packets, (guint) length);
  say_body (peer, body->data, body->len);
}

/* A peers list or a response that names real ids and addresses, which the input could not know. */
static void
say_known (Peer *peer, FuzzInput *input)
{
  Scene *scene = peer->scene;
  guint8 choice = fuzz_take_byte (input);
  gboolean is_list = (choice & 4) != 0;
  Peer *named = &scene->peers[choice & 3];
  GVariant *address = p2p_mesh_value_new_address (test_host_get_address (named->host), (choice & 8) != 0 ? PORT : 80);
  GVariant *pair[2] = { g_variant_new_variant (address), g_variant_new_variant (g_variant_new_string (named->id)) };
  GVariant *entry = g_variant_new_variant (g_variant_new_array (G_VARIANT_TYPE_VARIANT, pair, 2));
  g_autoptr (GVariant) packets = NULL;
  g_autoptr (P2pMessage) message = NULL;
  gsize length;
  const guint8 *frame;

  if (is_list)
    {
      GVariant *values[2] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_PEERS)),
                              g_variant_new_variant (g_variant_new_array (G_VARIANT_TYPE_VARIANT, &entry, 1)) };

      packets = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, values, G_N_ELEMENTS (values)));
    }
  else
    {
      GVariant *values[3] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_RESPONSE)),
                              g_variant_new_variant (g_variant_new_string (scene->request)), entry };

      packets = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, values, G_N_ELEMENTS (values)));
    }
  message = p2p_message_new (is_list ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, peer->id, now_seconds (scene), packets, NULL);
  if (message == NULL)
    return;
  frame = p2p_message_peek_frame (message, &length);
  say_bytes (peer, frame, length);
}

/* ---- our own program ---- */

static void
ended_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  g_assert_true ((peer != NULL) == (error == NULL));
}

static GVariant *
make_text (const char *text)
{
  GVariant *packets[2] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_WHISPER)), g_variant_new_variant (g_variant_new_string (text)) };

  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2);
}

static void
act (Scene *scene, FuzzInput *input)
{
  guint8 choice = fuzz_take_byte (input);
  Peer *peer = &scene->peers[(choice >> 4) & 3];
  P2pPeer *known = p2p_mesh_node_find_peer (scene->node, peer->id);
  guint64 *handle = &scene->handles[scene->n_handles % G_N_ELEMENTS (scene->handles)];
  g_autoptr (P2pMessage) message = NULL;

  switch (choice & 7)
    {
    case 0:
      *handle = p2p_mesh_node_connect (scene->node, test_host_get_address (peer->host), PORT, NULL, ended_cb, scene);
      scene->n_handles++;
      break;
    case 1:
      *handle = p2p_mesh_node_connect (scene->node, test_host_get_address (peer->host), PORT, peer->id, ended_cb, scene);
      scene->n_handles++;
      break;
    case 2:
      message = p2p_mesh_node_new_message (scene->node, P2P_FLAG_BROADCAST, make_text ("said by us"), NULL);
      p2p_mesh_node_send_message (scene->node, message);
      break;
    case 3:
      *handle = p2p_mesh_node_whisper_to (scene->node, peer->id, P2P_ID_FORM_STR, make_text ("to you"), ended_cb, scene);
      scene->n_handles++;
      break;
    case 4:
      p2p_mesh_node_cancel (scene->node, *handle);
      break;
    case 5:
      if (known != NULL)
        p2p_mesh_node_disconnect (scene->node, known);
      break;
    case 6:
      p2p_mesh_node_request_peers (scene->node);
      break;
    default:
      if (known != NULL)
        p2p_mesh_node_request_resend (scene->node, known, NULL);
      break;
    }
}

/* ---- the scene ---- */

#ifdef PLANTED_BUG
/* One byte too many, of one kind of message that gets as far as a program. */
static void
read_planted_bug (Scene *scene, P2pMessage *message)
{
  gsize length;
  const guint8 *payload = p2p_message_peek_payload (message, &length);
  g_autofree guint8 *copy = g_memdup2 (payload, length);
  volatile guint8 last;

  if (p2p_message_get_time (message) > now_seconds (scene))
    last = copy[length];
  (void) last;
}
#endif

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);

#ifdef PLANTED_BUG
  read_planted_bug (data, message);
#endif
  g_assert_nonnull (peer);
  g_assert_cmpuint (g_variant_n_children (packets), >, 0);
}

static void
ended_peer_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  g_assert_nonnull (error);
}

static void
log_cb (guint level, const char *text, gpointer data)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static const P2pMeshNodeEvents node_events = { .message = message_cb, .dropped = ended_peer_cb, .removed = ended_peer_cb, .log = log_cb };

static void
check (Scene *scene)
{
  P2pMeshNode *node = scene->node;
  P2pNodeStats stats;

  p2p_mesh_node_get_stats (node, &stats);
  g_assert_cmpuint (stats.links_established, ==, node->table->len);
  g_assert_cmpuint (g_hash_table_size (node->by_id), ==, node->table->len);
  for (guint i = 0; i < node->table->len; i++)
    {
      P2pPeer *peer = p2p_mesh_node_get_peer (node, i);

      g_assert_true (p2p_mesh_node_find_peer (node, p2p_peer_get_id (peer)) == peer);
      g_assert_cmpint (p2p_peer_get_state (peer), ==, P2P_PEER_ESTABLISHED);
      g_assert_cmpstr (p2p_peer_get_id (peer), !=, p2p_mesh_node_get_id (node));
    }
  g_assert_cmpuint (node->requests->len, <=, scene->limits.requests);
  g_assert_cmpuint (node->table->len + node->pending->len + node->draining->len, <=, scene->limits.links);
}

static void
run (Scene *scene, FuzzInput *input)
{
  for (guint i = 0; i < MAX_OPERATIONS && !fuzz_is_empty (input); i++)
    {
      guint8 op = fuzz_take_byte (input);
      Peer *peer = &scene->peers[op & 3];
      gsize length;
      const guint8 *bytes;

      switch (op >> 2 & 15)
        {
        case 0:
          dial (peer);
          break;
        case 1:
          say_handshake (peer, P2P_ID_FORM_STR);
          break;
        case 2:
          say_handshake (peer, P2P_ID_FORM_BIN);
          break;
        case 3:
          length = fuzz_take_short (input) & 0xfff;
          bytes = fuzz_take_bytes (input, &length);
          say_body (peer, bytes, length);
          break;
        case 4:
          length = fuzz_take_byte (input);
          bytes = fuzz_take_bytes (input, &length);
          say_bytes (peer, bytes, length);
          break;
        case 5:
          test_world_advance (scene->world, (gint64) 1000 << (fuzz_take_byte (input) & 15));
          break;
        case 6:
          hang_up (peer);
          break;
        case 7:
          act (scene, input);
          break;
        case 8:
          say_known (peer, input);
          break;
        case 9:
          /* all at once */
          dial (peer);
          test_world_advance (scene->world, 5 * G_TIME_SPAN_MILLISECOND);
          say_handshake (peer, P2P_ID_FORM_STR);
          break;
        default:
          say_message (peer, input);
          break;
        }
      if (op & 64)
        test_world_advance (scene->world, 5 * G_TIME_SPAN_MILLISECOND);
      check (scene);
    }
  test_world_advance (scene->world, 3 * G_TIME_SPAN_SECOND);
  check (scene);
}

static void
peer_init (Peer *peer, Scene *scene, const char *name)
{
  P2pTransport *transport;
  guint16 bound;

  peer->scene = scene;
  peer->host = test_world_add_host (scene->world, name);
  peer->id = p2p_digest_base58 (P2P_DIGEST_SHA384, (const guint8 *) name, strlen (name));
  transport = test_host_get_env (peer->host)->transport;
  peer->listener = transport->ops->listen (transport, test_host_get_address (peer->host), PORT, FALSE, accepted_cb, peer, &bound, NULL);
  g_assert_cmpuint (peer->listener, !=, 0);
}

static void
peer_clear (Peer *peer)
{
  P2pTransport *transport = test_host_get_env (peer->host)->transport;

  transport->ops->cancel_dial (transport, peer->dial);
  transport->ops->unlisten (transport, peer->listener);
  hang_up (peer);
  g_free (peer->id);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static const char * const names[N_PEERS] = { "ann", "ben", "cleo", "dan" };
  FuzzInput input = { bytes, length };
  Scene scene = { 0 };
  guint8 debug;

  if (length > 16 * 1024)
    return 0;
  debug = fuzz_take_byte (&input);
  scene.world = test_world_new (1);
  scene.protocol = p2p_protocol_new ("fuzz", P2P_ENCRYPTION_PLAINTEXT);
  scene.host = test_world_add_host (scene.world, "node");
  p2p_limits_init (&scene.limits);
  scene.limits.seen_ids = 256;
  scene.limits.requests = 4;
  scene.limits.links = 6;
  scene.node = p2p_mesh_node_new (test_host_get_env (scene.host), scene.protocol, NULL, &scene.limits, NULL);
  g_assert_nonnull (scene.node);
  p2p_mesh_node_set_debug_level (scene.node, debug & 7);
  p2p_mesh_node_set_events (scene.node, &node_events, &scene);
  if (!p2p_mesh_node_listen (scene.node, test_host_get_address (scene.host), PORT, NULL))
    g_error ("cannot listen in a world of our own");
  for (guint i = 0; i < N_PEERS; i++)
    peer_init (&scene.peers[i], &scene, names[i]);

  run (&scene, &input);

  p2p_mesh_node_close (scene.node);
  for (guint i = 0; i < N_PEERS; i++)
    peer_clear (&scene.peers[i]);
  test_world_advance (scene.world, G_TIME_SPAN_SECOND);
  p2p_mesh_node_unref (scene.node);
  p2p_protocol_unref (scene.protocol);
  test_world_free (scene.world);
  return 0;
}
