/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Application frames: as packets of a message, and to a node by neighbours who are ours or not, while its program asks them for pages and chunks. Whatever is read
 * can be made by the constructors and is written as the same bytes; the node hands on nothing of the wrong shape, and remembers no more questions than it may.
 */
#include "fuzz-peer.h"

#include "p2p/chat/p2p-app-frame.h"
#include "p2p/wire/p2p-message-private.h"
#include "p2p/wire/p2p-value.h"

#define MAX_OPERATIONS 64
#define MAX_PACKETS 10

/* ---- the frames themselves ---- */

static P2pAppFrame *
rebuild (P2pAppFrame *frame)
{
  switch (p2p_app_frame_get_op (frame))
    {
    case P2P_APP_NAME:
      return p2p_app_frame_new_name (p2p_app_frame_get_name (frame), p2p_app_frame_get_flags (frame), NULL);
    case P2P_APP_REPLY:
      return p2p_app_frame_new_reply (p2p_app_frame_get_about (frame), p2p_app_frame_get_to (frame), NULL);
    case P2P_APP_RECEIPT:
      return p2p_app_frame_new_receipt (p2p_app_frame_get_ids (frame), NULL);
    case P2P_APP_HISTORY_ASK:
      return p2p_app_frame_new_history_ask (p2p_app_frame_get_token (frame), p2p_app_frame_get_from (frame), p2p_app_frame_get_until (frame), p2p_app_frame_get_n (frame),
                                            p2p_app_frame_get_behind_time (frame), p2p_app_frame_get_behind_id (frame), NULL);
    case P2P_APP_HISTORY:
      return p2p_app_frame_new_history (p2p_app_frame_get_token (frame), p2p_app_frame_get_flags (frame), p2p_app_frame_get_items (frame), NULL);
    case P2P_APP_FILE:
      return p2p_app_frame_new_file (p2p_app_frame_get_about (frame), p2p_app_frame_get_file (frame), p2p_app_frame_get_size (frame),
                                     p2p_app_frame_get_file_name (frame), p2p_app_frame_get_file_type (frame), NULL);
    case P2P_APP_FETCH:
      return p2p_app_frame_new_fetch (p2p_app_frame_get_token (frame), p2p_app_frame_get_file (frame), p2p_app_frame_get_offset (frame), p2p_app_frame_get_n (frame), NULL);
    case P2P_APP_CHUNK:
      return p2p_app_frame_new_chunk (p2p_app_frame_get_token (frame), p2p_app_frame_get_file (frame), p2p_app_frame_get_offset (frame),
                                      p2p_app_frame_get_bytes (frame), NULL);
    case P2P_APP_CALL:
      return p2p_app_frame_new_call (p2p_app_frame_get_token (frame), p2p_app_frame_get_port (frame), NULL);
    case P2P_APP_CALLED:
      return p2p_app_frame_new_called (p2p_app_frame_get_token (frame), p2p_app_frame_get_outcome (frame), p2p_app_frame_get_host (frame), NULL);
    default:
      g_assert_not_reached ();
    }
}

static GBytes *
write_frame (P2pAppFrame *frame)
{
  g_autoptr (GVariant) packets = g_variant_ref_sink (p2p_app_frame_pack (frame));
  g_autoptr (GByteArray) into = g_byte_array_new ();
  gsize n;

  g_assert_true (p2p_packets_serialise (packets, into, &n, NULL));
  return g_byte_array_free_to_bytes (g_steal_pointer (&into));
}

static void
check_items (GPtrArray *items)
{
  gsize together = 0;

  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      const P2pAppHistoryItem *item = g_ptr_array_index (items, i);

      g_assert_cmpint (p2p_message_get_flag (item->message), ==, P2P_FLAG_BROADCAST);
      g_assert_cmpint (item->heard, >=, 0);
      together += p2p_message_get_length (item->message) - P2P_APP_ID_LENGTH;
    }
  g_assert_true (items == NULL || items->len <= 1 || together <= P2P_APP_MAX_HISTORY_BYTES);
}

static void
check_frame (P2pAppFrame *frame)
{
  g_autoptr (P2pAppFrame) again = rebuild (frame);
  g_autoptr (GBytes) one = write_frame (frame);
  g_autoptr (GBytes) other = NULL;

  g_assert_nonnull (again);
  other = write_frame (again);
  /* Bits of flags that only later versions know are kept, too. */
  g_assert_true (g_bytes_equal (one, other));
  g_assert_true (p2p_app_frame_get_name (frame) == NULL || strlen (p2p_app_frame_get_name (frame)) <= P2P_APP_MAX_NAME);
  g_assert_true (p2p_app_frame_get_bytes (frame) == NULL || g_bytes_get_size (p2p_app_frame_get_bytes (frame)) <= P2P_APP_MAX_CHUNK);
  check_items (p2p_app_frame_get_items (frame));
  if (p2p_app_frame_get_op (frame) == P2P_APP_REPLY || p2p_app_frame_get_op (frame) == P2P_APP_FILE)
    {
      g_autoptr (P2pAppFrame) about = p2p_app_frame_with_about (frame, p2p_app_frame_get_file (frame) != NULL ? p2p_app_frame_get_file (frame) : p2p_app_frame_get_to (frame));

      g_assert_nonnull (about);
    }
}

/* The sub-flag, the version, and packets as they are; in the form in which they would come. */
static GByteArray *
take_packets (FuzzInput *input, gsize *n)
{
  GByteArray *packed = g_byte_array_new ();
  gsize length = fuzz_take_short (input) & 0x3ff;
  const guint8 *bytes;

  *n = 1 + fuzz_take_byte (input) % MAX_PACKETS;
  bytes = fuzz_take_bytes (input, &length);
  g_byte_array_append (packed, (const guint8 *) "\x5a", 1);
  g_byte_array_append (packed, bytes, (guint) length);
  return packed;
}

static void
read_packets (FuzzInput *input)
{
  gsize n;
  g_autoptr (GByteArray) packed = take_packets (input, &n);
  g_autoptr (P2pMessage) made = p2p_message_new_packed (P2P_FLAG_BROADCAST, "2a", P2P_ID_FORM_STR, 1000, packed->data, packed->len, n);
  g_autoptr (GBytes) body = p2p_message_dup_body (made);
  g_autoptr (P2pMessage) message = p2p_message_new_from_body (body, NULL);
  g_autoptr (P2pAppFrame) frame = NULL;
  g_autoptr (GError) error = NULL;

  if (message == NULL)
    return;
  frame = p2p_app_frame_parse (message, &error);
  g_assert_true ((frame != NULL) == (error == NULL));
  if (frame != NULL)
    check_frame (frame);
}

/* ---- to a node ---- */

static void
say (Peer *peer, FuzzInput *input, guint8 flag)
{
  gsize n;
  g_autoptr (GByteArray) packed = take_packets (input, &n);
  g_autoptr (P2pMessage) made = p2p_message_new_packed (flag, peer->id, P2P_ID_FORM_STR, fuzz_now (peer->scene), packed->data, packed->len, n);
  g_autoptr (GBytes) body = p2p_message_dup_body (made);

  fuzz_peer_say_body (peer, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

static void
ask (Peer *peer, FuzzInput *input)
{
  P2pMeshNode *node = peer->scene->node;
  P2pPeer *known = p2p_mesh_node_find_peer (node, peer->id);
  guint8 choice = fuzz_take_byte (input);
  const guint8 zeros[P2P_APP_ID_LENGTH] = { 0 };
  g_autoptr (GBytes) file = g_bytes_new (zeros, sizeof zeros);
  g_autoptr (P2pAppFrame) frame = (choice & 1) != 0 ? p2p_app_frame_new_fetch (choice >> 4, file, 0, choice >> 2 & 3, NULL)
                                                    : p2p_app_frame_new_history_ask (choice >> 4, 0, 1, 1, 0, NULL, NULL);

  if (known != NULL && p2p_mesh_node_send_app_to (node, known, frame, NULL))
    g_assert_true (p2p_peer_is_own (known));
}

static void
shout (Scene *scene, FuzzInput *input)
{
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("node", P2P_APP_NAME_ASK, NULL);
  g_autoptr (P2pAppFrame) stop = p2p_app_frame_new_history_ask (1, 0, 1, 1, 0, NULL, NULL);
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_app (scene->node, P2P_FLAG_BROADCAST, (fuzz_take_byte (input) & 1) != 0 ? stop : name, NULL);

  if (message != NULL)
    p2p_mesh_node_send_message (scene->node, message);
}

static void
app_cb (P2pAppFrame *frame, P2pMessage *message, P2pPeer *peer, gpointer data)
{
  g_assert_nonnull (peer);
  g_assert_true (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST || p2p_message_get_flag (message) == P2P_FLAG_WHISPER);
  check_frame (frame);
}

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  g_assert_cmpint (p2p_message_get_subflag (message), !=, P2P_SUBFLAG_APPLICATION);
}

static const P2pMeshNodeEvents node_events = { .app = app_cb, .message = message_cb };

static void
enter (Peer *peer, gboolean own)
{
  fuzz_peer_dial (peer);
  test_world_advance (peer->scene->world, 5 * G_TIME_SPAN_MILLISECOND);
  if (own)
    fuzz_peer_say_control (peer, &(FuzzInput) { 0 });
  fuzz_peer_say_handshake (peer, P2P_ID_FORM_STR);
  test_world_advance (peer->scene->world, 5 * G_TIME_SPAN_MILLISECOND);
}

static void
run (Scene *scene, FuzzInput *input)
{
  for (guint i = 0; i < MAX_OPERATIONS && !fuzz_is_empty (input); i++)
    {
      guint8 op = fuzz_take_byte (input);
      Peer *peer = &scene->peers[op & 3];

      switch (op >> 2 & 7)
        {
        case 0:
          read_packets (input);
          break;
        case 1:
          say (peer, input, P2P_FLAG_WHISPER);
          break;
        case 2:
          say (peer, input, P2P_FLAG_BROADCAST);
          break;
        case 3:
          ask (peer, input);
          break;
        case 4:
          enter (peer, (op & 32) != 0);
          break;
        case 5:
          test_world_advance (scene->world, (gint64) 1000 << (fuzz_take_byte (input) & 15));
          break;
        case 6:
          shout (scene, input);
          break;
        default:
          say (peer, input, op >> 5);
          break;
        }
      if ((op & 64) != 0)
        test_world_advance (scene->world, 5 * G_TIME_SPAN_MILLISECOND);
      g_assert_cmpuint (scene->node->asked->len, <=, 256);
    }
  test_world_advance (scene->world, G_TIME_SPAN_SECOND);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static const char * const names[N_PEERS] = { "ann", "ben", "cleo", "dan" };
  FuzzInput input = { bytes, length };
  Scene scene = { 0 };

  if (length > 8 * 1024)
    return 0;
  scene.world = test_world_new (1);
  scene.protocol = p2p_protocol_new ("fuzz", P2P_ENCRYPTION_PLAINTEXT);
  scene.host = test_world_add_host (scene.world, "node");
  p2p_limits_init (&scene.limits);
  scene.limits.app_frames = 4;
  scene.limits.app_bytes = 4096;
  scene.node = p2p_mesh_node_new (test_host_get_env (scene.host), scene.protocol, NULL, &scene.limits, NULL);
  g_assert_nonnull (scene.node);
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
