/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whispers among ours: sealed on every link, and through others. */
#include "sealed-fixture.h"

#include <string.h>

static P2pMessage *
whisper (MeshNode *from, MeshNode *to, const char *text)
{
  P2pMessage *message = p2p_mesh_node_new_message (from->node, P2P_FLAG_WHISPER, make_text (text), NULL);
  g_autoptr (GError) error = NULL;

  p2p_mesh_node_send_to (from->node, mesh_peer (from, to), message, P2P_LINK_SEND_DEFAULT, &error);
  g_assert_no_error (error);
  return message;
}

/* Whether one of the frames that the node saw, in or out, holds the text. */
static gboolean
frames_hold (MeshNode *node, const char *text)
{
  for (guint i = 0; i < node->frames->len; i++)
    {
      P2pMessage *message = p2p_frame_info_get_message (g_ptr_array_index (node->frames, i));
      g_autoptr (GBytes) body = message != NULL ? p2p_message_dup_body (message) : NULL;

      if (body != NULL && memmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), text, strlen (text)) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
assert_same_id (P2pMessage *a, P2pMessage *b)
{
  g_assert_cmpmem (p2p_message_peek_id (a), 32, p2p_message_peek_id (b), 32);
}

/* ---- on a link ---- */

static void
check_neighbours (gboolean secure)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (P2pMessage) said = NULL;
  P2pMessage *heard;

  scene_init (&scene, secure);
  mesh_connect (scene.alice, scene.bob);
  p2p_mesh_node_set_watched (scene.bob->node, TRUE);
  said = whisper (scene.alice, scene.bob, TEXT);
  mesh_run (scene.mesh, SECOND);
  heard = only_message (scene.bob);
  assert_same_id (said, heard);
  g_assert_true (p2p_message_get_sealed (said));
  g_assert_true (p2p_message_get_sealed (heard));
  g_assert_true (p2p_message_get_verified (heard));
  g_assert_cmpstr (p2p_message_get_sender (heard), ==, p2p_mesh_node_get_id (scene.alice->node));
  g_assert_cmpuint (mesh_heard (scene.bob, TEXT), ==, 1);
  g_assert_false (frames_hold (scene.bob, TEXT));
  g_assert_cmpuint (mesh_dropped (scene.bob), ==, 0);
}

static void
test_neighbours (void)
{
  check_neighbours (FALSE);
  check_neighbours (TRUE);
}

/* Two that are equal, in one second, are two. */
static void
test_twice (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (P2pMessage) one = NULL;
  g_autoptr (P2pMessage) two = NULL;

  scene_init (&scene, FALSE);
  mesh_connect (scene.alice, scene.bob);
  one = whisper (scene.alice, scene.bob, TEXT);
  two = whisper (scene.alice, scene.bob, TEXT);
  mesh_run (scene.mesh, SECOND);
  g_assert_cmpuint (mesh_heard (scene.bob, TEXT), ==, 2);
}

/* A frame of the program's goes sealed, too, and is one to who opens it. */
static void
test_frame (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("Alice of the sealed", P2P_APP_NAME_NONE, NULL);

  scene_init (&scene, FALSE);
  mesh_connect (scene.alice, scene.bob);
  p2p_mesh_node_set_watched (scene.bob->node, TRUE);
  g_assert_true (p2p_mesh_node_send_app_to (scene.alice->node, mesh_peer (scene.alice, scene.bob), name, NULL));
  mesh_run (scene.mesh, SECOND);
  g_assert_cmpuint (scene.bob->apps->len, ==, 1);
  g_assert_false (frames_hold (scene.bob, "Alice of the sealed"));
}

/* An original reads it as it always did; and who says HELLO, but shows no key, is spoken to as before. */
static void
test_original (void)
{
  g_auto (Scene) scene = { 0 };
  MeshNode *dave;
  g_autoptr (P2pMessage) said = NULL;

  scene_init (&scene, FALSE);
  dave = mesh_add (scene.mesh, "dave");
  mesh_connect (scene.alice, dave);
  said = whisper (scene.alice, dave, TEXT);
  mesh_run (scene.mesh, SECOND);
  g_assert_false (p2p_message_get_sealed (said));
  g_assert_false (p2p_message_get_sealed (only_message (dave)));
  g_assert_false (p2p_message_get_verified (only_message (dave)));
}

/* On TLS the link alone proves who whispered, on a plain one it does not. */
static void
test_link_proves (void)
{
  for (guint secure = 0; secure < 2; secure++)
    {
      g_auto (Scene) scene = { 0 };
      P2pPeer *at_alice;
      g_autoptr (P2pMessage) said = NULL;

      scene_init (&scene, secure == 1);
      mesh_connect (scene.alice, scene.bob);
      at_alice = mesh_peer (scene.alice, scene.bob);
      p2p_peer_set_proven (at_alice, FALSE);
      said = whisper (scene.alice, scene.bob, TEXT);
      mesh_run (scene.mesh, SECOND);
      g_assert_false (p2p_message_get_sealed (only_message (scene.bob)));
      g_assert_cmpint (p2p_message_get_verified (only_message (scene.bob)), ==, secure == 1);
    }
}

/* HELLO is not signed: who is in between on a plain link may take a capability out of it, and gets no plain whisper for that. */
static void
test_stripped (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (P2pMessage) said = NULL;

  scene_init (&scene, FALSE);
  mesh_connect (scene.alice, scene.bob);
  mesh_peer (scene.alice, scene.bob)->caps &= ~(guint64) P2P_CAP_E2E_WHISPER;
  g_assert_true (p2p_x1_seals_for (scene.x1[0], mesh_peer (scene.alice, scene.bob)));
  said = whisper (scene.alice, scene.bob, TEXT);
  mesh_run (scene.mesh, SECOND);
  g_assert_true (p2p_message_get_sealed (said));
  g_assert_true (p2p_message_get_sealed (only_message (scene.bob)));
}

/* ---- through others ---- */

static P2pMessage *
make_sealed (Scene *scene, P2pMessage **inner)
{
  g_autoptr (GError) error = NULL;
  P2pMessage *sealed;

  *inner = p2p_mesh_node_new_message (scene->alice->node, P2P_FLAG_WHISPER, make_text (TEXT), NULL);
  sealed = p2p_x1_seal_for (scene->x1[0], p2p_mesh_node_get_id (scene->bob->node), *inner, &error);
  g_assert_no_error (error);
  return sealed;
}

static void
link_through (Scene *scene)
{
  g_autoptr (P2pIdentity) bob = auth_key ("bob");

  mesh_connect (scene->alice, scene->carol);
  mesh_connect (scene->carol, scene->bob);
  g_assert_nonnull (p2p_x1_note_key (scene->x1[0], p2p_identity_peek_public_key (bob), TRUE));
}

static void
test_through (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (P2pMessage) inner = NULL;
  g_autoptr (P2pMessage) sealed = NULL;

  scene_init (&scene, FALSE);
  link_through (&scene);
  p2p_mesh_node_set_watched (scene.carol->node, TRUE);
  sealed = make_sealed (&scene, &inner);
  g_assert_cmpuint (p2p_mesh_node_send_message (scene.alice->node, sealed), ==, 1);
  mesh_run (scene.mesh, 3 * SECOND);
  assert_same_id (only_message (scene.bob), inner);
  g_assert_true (p2p_message_get_sealed (only_message (scene.bob)));
  g_assert_true (p2p_message_get_verified (only_message (scene.bob)));
  g_assert_cmpstr (p2p_message_get_sender (only_message (scene.bob)), ==, p2p_mesh_node_get_id (scene.alice->node));
  /* She who passed it on saw that there was something, and not what. */
  g_assert_cmpuint (scene.carol->messages->len, ==, 0);
  g_assert_cmpuint (scene.carol->frames->len, >, 0);
  g_assert_false (frames_hold (scene.carol, TEXT));
  g_assert_cmpuint (mesh_dropped (scene.carol), ==, 0);
}

static void
test_refused_out (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (P2pMessage) inner = NULL;
  g_autoptr (P2pMessage) sealed = NULL;
  g_autoptr (P2pMessage) question = NULL;
  g_autoptr (P2pAppFrame) ask = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene, FALSE);
  link_through (&scene);
  inner = p2p_mesh_node_new_message (scene.alice->node, P2P_FLAG_WHISPER, make_text (TEXT), NULL);
  g_assert_null (p2p_x1_seal_for (scene.x1[0], "stranger", inner, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY);
  g_clear_error (&error);
  g_assert_false (p2p_message_get_sealed (inner));
  /* A box in a box, and what asks for much. */
  sealed = make_sealed (&scene, &question);
  g_assert_null (p2p_x1_seal_for (scene.x1[0], p2p_mesh_node_get_id (scene.bob->node), sealed, &error));
  g_assert_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE);
  g_clear_error (&error);
  file = p2p_message_get_id (inner);
  ask = p2p_app_frame_new_fetch (1, file, 0, 5, NULL);
  g_clear_pointer (&question, p2p_message_unref);
  question = p2p_mesh_node_new_app (scene.alice->node, P2P_FLAG_WHISPER, ask, NULL);
  g_assert_null (p2p_x1_seal_for (scene.x1[0], p2p_mesh_node_get_id (scene.bob->node), question, &error));
  g_assert_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/sealed/neighbours", test_neighbours);
  g_test_add_func ("/x1/sealed/twice", test_twice);
  g_test_add_func ("/x1/sealed/frame", test_frame);
  g_test_add_func ("/x1/sealed/original", test_original);
  g_test_add_func ("/x1/sealed/link-proves", test_link_proves);
  g_test_add_func ("/x1/sealed/stripped", test_stripped);
  g_test_add_func ("/x1/sealed/through", test_through);
  g_test_add_func ("/x1/sealed/refused-out", test_refused_out);
  return g_test_run ();
}
