/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A node in the world of tests and up to four others, who say what the input tells them to: an operation a byte, and what it needs
 * behind it. Lengths and checksums are put to what they say, so the handlers are reached. Whatever comes, the node goes on, keeps its
 * limits, and leaves nothing behind when it is closed (the world checks that).
 */
#include "fuzz-peer.h"

#define MAX_OPERATIONS 128

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
      memcpy (scene->own, p2p_message_peek_id (message), sizeof scene->own);
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

/* What a program does with the address book. */
static void
note_address (Scene *scene, Peer *peer, guint8 choice)
{
  const char *host = test_host_get_address (peer->host);

  if ((choice & 1) != 0)
    p2p_mesh_node_forget_address (scene->node, host, PORT);
  else
    p2p_mesh_node_add_address (scene->node, host, PORT, (choice & 2) != 0 ? peer->id : NULL, (choice & 4) != 0 ? P2P_ADDRESS_PINNED : 0,
                               fuzz_now (scene));
  p2p_mesh_node_set_max_outgoing (scene->node, choice >> 4);
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

  if (p2p_message_get_time (message) > fuzz_now (scene))
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
          fuzz_peer_dial (peer);
          break;
        case 1:
          fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
          break;
        case 2:
          fuzz_peer_say_handshake (peer, P2P_ID_FORM_BIN);
          break;
        case 3:
          length = fuzz_take_short (input) & 0xfff;
          bytes = fuzz_take_bytes (input, &length);
          fuzz_peer_say_body (peer, bytes, length);
          break;
        case 4:
          length = fuzz_take_byte (input);
          bytes = fuzz_take_bytes (input, &length);
          fuzz_peer_say_bytes (peer, bytes, length);
          break;
        case 5:
          test_world_advance (scene->world, (gint64) 1000 << (fuzz_take_byte (input) & 15));
          break;
        case 6:
          fuzz_peer_hang_up (peer);
          break;
        case 7:
          act (scene, input);
          break;
        case 8:
          fuzz_peer_say_known (peer, input);
          break;
        case 9:
          /* all at once */
          fuzz_peer_dial (peer);
          test_world_advance (scene->world, 5 * G_TIME_SPAN_MILLISECOND);
          fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
          break;
        case 10:
          fuzz_peer_say_message (peer, input);
          break;
        case 11:
          fuzz_peer_say_control (peer, input);
          break;
        case 12:
          /* all at once, as one of ours */
          fuzz_peer_dial (peer);
          test_world_advance (scene->world, 5 * G_TIME_SPAN_MILLISECOND);
          fuzz_peer_say_control (peer, &(FuzzInput) { 0 });
          fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
          break;
        case 13:
          note_address (scene, peer, fuzz_take_byte (input));
          break;
        case 14:
          fuzz_peer_become (peer, &scene->peers[fuzz_take_byte (input) & 3]);
          break;
        default:
          fuzz_peer_say_message (peer, input);
          break;
        }
      if (op & 64)
        test_world_advance (scene->world, 5 * G_TIME_SPAN_MILLISECOND);
      check (scene);
    }
  test_world_advance (scene->world, 3 * G_TIME_SPAN_SECOND);
  check (scene);
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
  scene.limits.eager_links = 2;
  scene.limits.eager_feeds = 1;
  scene.node = p2p_mesh_node_new (test_host_get_env (scene.host), scene.protocol, NULL, &scene.limits, NULL);
  g_assert_nonnull (scene.node);
  p2p_mesh_node_set_debug_level (scene.node, debug & 7);
  p2p_mesh_node_set_events (scene.node, &node_events, &scene);
  if (!p2p_mesh_node_listen (scene.node, test_host_get_address (scene.host), PORT, NULL))
    g_error ("cannot listen in a world of our own");
  for (guint i = 0; i < N_PEERS; i++)
    fuzz_peer_init (&scene.peers[i], &scene, names[i]);

  run (&scene, &input);

  p2p_mesh_node_close (scene.node);
  for (guint i = 0; i < N_PEERS; i++)
    fuzz_peer_clear (&scene.peers[i]);
  test_world_advance (scene.world, G_TIME_SPAN_SECOND);
  p2p_mesh_node_unref (scene.node);
  p2p_protocol_unref (scene.protocol);
  test_world_free (scene.world);
  return 0;
}
