/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What went through others, once more; and frames of programs that did. */
#include "sealed-fixture.h"

static void
assert_same_id (P2pMessage *a, P2pMessage *b)
{
  g_assert_cmpmem (p2p_message_peek_id (a), 32, p2p_message_peek_id (b), 32);
}

static void
link_through (Scene *scene)
{
  g_autoptr (P2pIdentity) bob = auth_key ("bob");

  mesh_connect (scene->alice, scene->carol);
  mesh_connect (scene->carol, scene->bob);
  g_assert_nonnull (p2p_x1_note_key (scene->x1[0], p2p_identity_peek_public_key (bob), TRUE));
}

/* What was said an hour ago, once more: the same message, through others and on a link; what passes on the way is of now. */
static void
test_again (void)
{
  for (guint linked = 0; linked < 2; linked++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (P2pMessage) once = NULL, young = NULL, again = NULL, sealed = NULL;
      g_autoptr (GVariant) packets = g_variant_ref_sink (make_text (TEXT));
      g_autoptr (GError) error = NULL;
      const char *alice;

      scene_init (&scene, FALSE);
      if (linked == 0)
        link_through (&scene);
      else
        mesh_connect (scene.alice, scene.bob);
      alice = p2p_mesh_node_get_id (scene.alice->node);
      young = p2p_message_new (P2P_FLAG_WHISPER, alice, mesh_now (scene.mesh) - 10, packets, NULL);
      again = p2p_x1_say_again (scene.x1[0], young, NULL);
      g_assert_true (again == young);
      g_clear_pointer (&again, p2p_message_unref);
      once = p2p_message_new (P2P_FLAG_WHISPER, alice, mesh_now (scene.mesh) - 3600, packets, NULL);
      again = p2p_x1_say_again (scene.x1[0], once, &error);
      g_assert_no_error (error);
      if (linked == 0)
        {
          sealed = p2p_x1_seal_for (scene.x1[0], p2p_mesh_node_get_id (scene.bob->node), again, &error);
          g_assert_no_error (error);
          p2p_mesh_node_send_message (scene.alice->node, sealed);
        }
      else
        g_assert_true (p2p_mesh_node_send_to (scene.alice->node, mesh_peer (scene.alice, scene.bob), again, P2P_LINK_SEND_DEFAULT, &error));
      mesh_run (scene.mesh, 3 * SECOND);
      assert_same_id (only_message (scene.bob), once);
      g_assert_cmpint (p2p_message_get_time (only_message (scene.bob)), ==, p2p_message_get_time (once));
      g_assert_true (p2p_message_get_sealed (only_message (scene.bob)));
      g_assert_true (p2p_message_get_verified (only_message (scene.bob)));
      g_assert_cmpuint (scene.bob->apps->len, ==, 0);
      g_assert_cmpuint (mesh_dropped (scene.bob), ==, 0);
    }
}

/* Only what we said ourselves, to one: nothing else is put into an envelope. */
static void
test_not_again (void)
{
  g_auto (Scene) scene = { 0 };
  const struct {
    gint64 flag;
    gboolean other;
    const char *packets;
  } cases[] = {
    { P2P_FLAG_BROADCAST, FALSE, "[<int64 0>, <'x'>]" },
    { P2P_FLAG_WHISPER, TRUE, "[<int64 2>, <'x'>]" },
    { P2P_FLAG_WHISPER, FALSE, "[<int64 0x5a>, <int64 1>, <int64 2>, <'x'>]" },
    { P2P_FLAG_WHISPER, FALSE, "[<int64 5>, <'x'>]" },
  };

  scene_init (&scene, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) packets = g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE ("av"), cases[i].packets, NULL, NULL, NULL));
      g_autoptr (P2pMessage) message = p2p_message_new (cases[i].flag, p2p_mesh_node_get_id (cases[i].other ? scene.bob->node : scene.alice->node),
                                                        mesh_now (scene.mesh) - 3600, packets, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (p2p_x1_say_again (scene.x1[0], message, &error));
      g_assert_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE);
    }
}

/* A frame that went through others, be they originals, is the program's as if it had come on a link. */
static void
test_frame_through (void)
{
  g_auto (Scene) scene = { 0 };
  MeshNode *dave;
  g_autoptr (P2pIdentity) bob = auth_key ("bob");
  g_autoptr (GBytes) id = g_bytes_new_static ("iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii", 32);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (P2pAppFrame) receipt = NULL;
  g_autoptr (P2pMessage) message = NULL, sealed = NULL;

  scene_init (&scene, FALSE);
  dave = mesh_add (scene.mesh, "dave");
  /* as an original is: it says no HELLO, and passes on */
  p2p_mesh_node_set_own_frames (dave->node, FALSE);
  mesh_connect (scene.alice, dave);
  mesh_connect (dave, scene.bob);
  g_assert_nonnull (p2p_x1_note_key (scene.x1[0], p2p_identity_peek_public_key (bob), TRUE));
  g_ptr_array_add (ids, id);
  receipt = p2p_app_frame_new_receipt (ids, NULL);
  message = p2p_mesh_node_new_app (scene.alice->node, P2P_FLAG_WHISPER, receipt, NULL);
  sealed = p2p_x1_seal_for (scene.x1[0], p2p_mesh_node_get_id (scene.bob->node), message, NULL);
  g_assert_cmpuint (p2p_mesh_node_send_message (scene.alice->node, sealed), ==, 1);
  mesh_run (scene.mesh, 3 * SECOND);
  g_assert_cmpuint (scene.bob->apps->len, ==, 1);
  g_assert_cmpuint (mesh_dropped (scene.bob), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/sealed-again/again", test_again);
  g_test_add_func ("/x1/sealed-again/not-again", test_not_again);
  g_test_add_func ("/x1/sealed-again/frame-through", test_frame_through);
  return g_test_run ();
}
