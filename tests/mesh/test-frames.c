/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"

/* ours, watched, with a raw peer at each side */
typedef struct {
  MeshFixture *mesh;
  MeshNode *ours;
  RawPeer *left;
  RawPeer *right;
} Fixture;

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->mesh = mesh_fixture_new (1);
  self->ours = mesh_add (self->mesh, "ours");
  self->left = raw_dial (self->mesh, "left", self->ours);
  self->right = raw_dial (self->mesh, "right", self->ours);
  raw_handshake (self->left);
  raw_handshake (self->right);
  p2p_mesh_node_set_watched (self->ours->node, TRUE);
  return self;
}

static void
fixture_free (Fixture *self)
{
  raw_free (self->left);
  raw_free (self->right);
  mesh_fixture_free (self->mesh);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* The only frame of this direction since the last call. */
static P2pFrameInfo *
take_frame (Fixture *self, gboolean outgoing)
{
  P2pFrameInfo *found = NULL;

  for (guint i = 0; i < self->ours->frames->len; i++)
    {
      P2pFrameInfo *frame = g_ptr_array_index (self->ours->frames, i);

      if (p2p_frame_info_get_outgoing (frame) != outgoing)
        continue;
      g_assert_null (found);
      found = frame;
    }
  g_assert_nonnull (found);
  return p2p_frame_info_ref (found);
}

static void
assert_frame (Fixture *self, gboolean outgoing, RawPeer *peer, P2pFrameVerdict verdict, gint64 subflag)
{
  g_autoptr (P2pFrameInfo) frame = take_frame (self, outgoing);
  P2pMessage *message = p2p_frame_info_get_message (frame);
  g_autofree char *address = g_strdup_printf ("%s:", test_host_get_address (peer->host));

  g_assert_cmpint (p2p_frame_info_get_verdict (frame), ==, verdict);
  g_assert_cmpstr (p2p_frame_info_get_peer_id (frame), ==, peer->id);
  g_assert_true (g_str_has_prefix (p2p_frame_info_get_peer_address (frame), address));
  g_assert_cmpint (p2p_message_get_subflag (message), ==, subflag);
  g_assert_cmpuint (p2p_frame_info_get_size (frame), ==, 4 + p2p_message_get_length (message));
  g_assert_cmpint (p2p_frame_info_get_compression (frame), ==, P2P_COMPRESSION_NONE);
  g_assert_cmpint (ABS (p2p_frame_info_get_time (frame) / 1000000 - mesh_now (self->mesh)), <=, 1);
}

static void
test_verdicts (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  gint64 now = mesh_now (fixture->mesh);

  raw_send_full (fixture->left, 0, fixture->left->id, P2P_ID_FORM_STR, now, "[<@x 0>, <'hello'>]");
  assert_frame (fixture, FALSE, fixture->left, P2P_FRAME_DELIVERED | P2P_FRAME_RELAYED, 0);
  assert_frame (fixture, TRUE, fixture->right, P2P_FRAME_SENT, 0);
  g_ptr_array_set_size (fixture->ours->frames, 0);

  raw_send_full (fixture->right, 0, fixture->left->id, P2P_ID_FORM_STR, now, "[<@x 0>, <'hello'>]");
  assert_frame (fixture, FALSE, fixture->right, P2P_FRAME_DUPLICATE, 0);
  g_ptr_array_set_size (fixture->ours->frames, 0);

  raw_send (fixture->left, P2P_FLAG_WHISPER, "[<@x 2>, <'for you'>]");
  assert_frame (fixture, FALSE, fixture->left, P2P_FRAME_DELIVERED, 2);
  g_ptr_array_set_size (fixture->ours->frames, 0);

  raw_send (fixture->left, P2P_FLAG_WHISPER, "[<@x 8>, <'*'>]");
  assert_frame (fixture, FALSE, fixture->left, P2P_FRAME_HANDLED, 8);
  assert_frame (fixture, TRUE, fixture->left, P2P_FRAME_SENT, 7);
  g_ptr_array_set_size (fixture->ours->frames, 0);

  raw_send (fixture->left, P2P_FLAG_BROADCAST, "[<@x 8>, <'r'>, <'%s'>]", fixture->left->id);
  assert_frame (fixture, FALSE, fixture->left, P2P_FRAME_HANDLED | P2P_FRAME_RELAYED, 8);
  g_ptr_array_set_size (fixture->ours->frames, 0);

  raw_send (fixture->left, P2P_FLAG_BROADCAST, "[<@x 7>, <@av []>]");
  assert_frame (fixture, FALSE, fixture->left, P2P_FRAME_DROPPED, 7);
  g_assert_cmpint (p2p_frame_info_get_drop_reason (fixture->ours->frames->pdata[0]), ==, P2P_DROP_LINK_LOCAL);
  g_ptr_array_set_size (fixture->ours->frames, 0);

  mesh_send (fixture->ours, "mine");
  mesh_run (fixture->mesh, SECOND);
  g_assert_cmpuint (fixture->ours->frames->len, ==, 2);
}

/* What is no message is told with the size that it had. */
static void
test_no_message (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  static const guint8 nonsense[] = { 0xc1 };
  static const guint8 broken[44] = { 0, 0, 0, 40, 1, 2, 3 };
  P2pFrameInfo *frame;
  g_autofree char *words = NULL;

  raw_send_body (fixture->left, nonsense, sizeof nonsense);
  frame = fixture->ours->frames->pdata[0];
  g_assert_cmpuint (fixture->ours->frames->len, ==, 1);
  g_assert_null (p2p_frame_info_get_message (frame));
  g_assert_cmpuint (p2p_frame_info_get_size (frame), ==, 4 + 32 + 1);
  g_assert_cmpint (p2p_frame_info_get_drop_reason (frame), ==, P2P_DROP_MALFORMED);
  words = p2p_frame_info_dup_verdict_words (frame);
  g_assert_cmpstr (words, ==, "dropped: bytes that are no message");

  p2p_link_send_raw (fixture->left->link, broken, sizeof broken, NULL);
  mesh_run (fixture->mesh, SECOND);
  g_assert_cmpuint (fixture->ours->frames->len, >=, 2);
  frame = fixture->ours->frames->pdata[1];
  g_assert_cmpint (p2p_frame_info_get_drop_reason (frame), ==, P2P_DROP_CHECKSUM);
  g_assert_cmpuint (p2p_frame_info_get_size (frame), ==, sizeof broken);
}

/* Packed frames, packed here or elsewhere: told once, when their bytes are known, as what the wire carries. */
static void
test_packed (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *a = mesh_add (mesh, "a");
  MeshNode *b = mesh_add (mesh, "b");
  static const gsize sizes[] = { 1000, 40000 };

  mesh_connect (a, b);
  p2p_mesh_node_set_watched (a->node, TRUE);
  p2p_mesh_node_set_watched (b->node, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = g_strnfill (sizes[i], 'x');
      P2pFrameInfo *out, *in;
      P2pLinkStats before, after;

      p2p_peer_get_stats (mesh_peer (a, b), &before);
      mesh_send (a, text);
      mesh_run (mesh, SECOND);
      p2p_peer_get_stats (mesh_peer (a, b), &after);
      g_assert_cmpuint (a->frames->len, ==, 1);
      g_assert_cmpuint (b->frames->len, ==, 1);
      out = a->frames->pdata[0];
      in = b->frames->pdata[0];
      g_assert_cmpuint (p2p_frame_info_get_size (out), ==, after.bytes_out - before.bytes_out);
      g_assert_cmpuint (p2p_frame_info_get_size (out), ==, p2p_frame_info_get_size (in));
      g_assert_cmpuint (p2p_frame_info_get_size (out), <, sizes[i]);
      g_assert_cmpint (p2p_frame_info_get_compression (out), !=, P2P_COMPRESSION_NONE);
      g_assert_cmpint (p2p_frame_info_get_compression (out), ==, p2p_frame_info_get_compression (in));
      g_ptr_array_set_size (a->frames, 0);
      g_ptr_array_set_size (b->frames, 0);
    }
}

/* The handshake of a link that is made while somebody watches, and no word of it afterwards. */
static void
test_from_the_start (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *a = mesh_add (mesh, "a");
  MeshNode *b = mesh_add (mesh, "b");
  guint handshakes[2] = { 0 };

  p2p_mesh_node_set_watched (a->node, TRUE);
  mesh_connect (a, b);
  for (guint i = 0; i < a->frames->len; i++)
    {
      P2pFrameInfo *frame = a->frames->pdata[i];

      if (p2p_message_get_subflag (p2p_frame_info_get_message (frame)) == P2P_SUBFLAG_HANDSHAKE)
        handshakes[p2p_frame_info_get_outgoing (frame)]++;
    }
  g_assert_cmpuint (handshakes[0], ==, 1);
  g_assert_cmpuint (handshakes[1], ==, 1);
  p2p_mesh_node_set_watched (a->node, FALSE);
  g_ptr_array_set_size (a->frames, 0);
  mesh_send (a, "x");
  mesh_send (b, "y");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (a, "y"), ==, 1);
  g_assert_cmpuint (a->frames->len, ==, 0);
  g_assert_cmpuint (b->frames->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/frames/verdicts", test_verdicts);
  g_test_add_func ("/mesh/frames/no-message", test_no_message);
  g_test_add_func ("/mesh/frames/packed", test_packed);
  g_test_add_func ("/mesh/frames/from-the-start", test_from_the_start);
  return g_test_run ();
}
