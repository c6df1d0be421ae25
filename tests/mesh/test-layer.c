/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the mesh node does for a node type on top of it. */
#include "own-peer.h"

#include "p2p/mesh/p2p-mesh-layer.h"

/* ours in the middle, with a layer; an original that speaks str, one that speaks bin, one of ours; somebody who sends. */
typedef struct {
  MeshFixture *mesh;
  MeshNode *ours;
  RawPeer *sender;
  RawPeer *js;
  RawPeer *py;
  RawPeer *own;
  P2pLayerVerdict verdict;
  const char *withhold_from;
  guint asked;
  GString *log;
  gboolean known_op;
} Fixture;

static P2pLayerVerdict
validate_cb (P2pMessage *message, P2pPeer *source, gpointer data)
{
  Fixture *self = data;

  self->asked++;
  g_assert_true (source == NULL || p2p_mesh_node_find_peer (self->ours->node, p2p_peer_get_id (source)) == source);
  return self->verdict;
}

static gboolean
withhold_cb (P2pPeer *peer, P2pMessage *message, gpointer data)
{
  Fixture *self = data;

  return g_strcmp0 (p2p_peer_get_id (peer), self->withhold_from) == 0;
}

static gboolean
control_cb (P2pPeer *peer, gint64 op, P2pMessage *message, gpointer data)
{
  Fixture *self = data;

  g_string_append_printf (self->log, "op %" G_GINT64_FORMAT "\n", op);
  return self->known_op;
}

static void
added_cb (P2pPeer *peer, gpointer data)
{
  g_string_append ((((Fixture *) data)->log), p2p_peer_is_own (peer) ? "added own\n" : "added\n");
}

static void
greeted_cb (P2pPeer *peer, gpointer data)
{
  g_string_append ((((Fixture *) data)->log), "greeted\n");
}

static void
removed_cb (P2pPeer *peer, gpointer data)
{
  g_string_append ((((Fixture *) data)->log), "removed\n");
}

static void
closed_cb (gpointer data)
{
  g_string_append ((((Fixture *) data)->log), "closed\n");
}

static const P2pMeshLayer layer = {
  .validate = validate_cb,
  .withhold = withhold_cb,
  .control = control_cb,
  .added = added_cb,
  .greeted = greeted_cb,
  .removed = removed_cb,
  .closed = closed_cb,
};

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);

  self->log = g_string_new (NULL);
  self->mesh = mesh_fixture_new (1);
  self->ours = mesh_add (self->mesh, "ours");
  p2p_mesh_node_set_layer (self->ours->node, &layer, self);
  self->sender = raw_dial (self->mesh, "sender", self->ours);
  raw_handshake (self->sender);
  self->js = raw_dial (self->mesh, "js", self->ours);
  raw_handshake (self->js);
  self->py = raw_dial (self->mesh, "py", self->ours);
  raw_handshake_bin (self->py);
  self->own = own_dial (self->mesh, "own", self->ours);
  return self;
}

static void
fixture_free (Fixture *self)
{
  g_clear_pointer (&self->sender, raw_free);
  raw_free (self->js);
  raw_free (self->py);
  raw_free (self->own);
  mesh_fixture_free (self->mesh);
  g_string_free (self->log, TRUE);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static void
say (Fixture *self)
{
  raw_send (self->sender, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <@x %u>]", self->asked);
}

static void
assert_got (Fixture *self, guint js, guint py, guint own)
{
  g_assert_cmpuint (raw_count (self->js, P2P_FLAG_BROADCAST, 11), ==, js);
  g_assert_cmpuint (raw_count (self->py, P2P_FLAG_BROADCAST, 11), ==, py);
  g_assert_cmpuint (raw_count (self->own, P2P_FLAG_BROADCAST, 11), ==, own);
}

static void
test_verdicts (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  say (self);
  assert_got (self, 1, 1, 1);
  g_assert_cmpuint (self->ours->messages->len, ==, 1);
  self->verdict = P2P_LAYER_KEEP;
  say (self);
  assert_got (self, 1, 1, 2);
  g_assert_cmpuint (self->ours->messages->len, ==, 2);
  self->verdict = P2P_LAYER_REFUSE;
  say (self);
  assert_got (self, 1, 1, 2);
  g_assert_cmpuint (self->ours->messages->len, ==, 2);
  g_assert_cmpuint (mesh_stats (self->ours).dropped[P2P_DROP_REFUSED], ==, 1);
  g_assert_null (self->sender->error);
}

/* The layer may tell its program of a refusal: once, whatever brings it. */
static void
test_asked_once (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  gint64 time = mesh_now (self->mesh);

  self->verdict = P2P_LAYER_REFUSE;
  raw_send_full (self->sender, P2P_FLAG_BROADCAST, self->sender->id, P2P_ID_FORM_STR, time, "[<@x 11>, <'k'>, <'same'>]");
  raw_send_full (self->js, P2P_FLAG_BROADCAST, self->sender->id, P2P_ID_FORM_STR, time, "[<@x 11>, <'k'>, <'same'>]");
  g_assert_cmpuint (self->asked, ==, 1);
  g_assert_cmpuint (mesh_stats (self->ours).dropped[P2P_DROP_REFUSED], ==, 1);
  g_assert_cmpuint (mesh_stats (self->ours).duplicates, ==, 1);
  /* Nor what the mesh itself drops. */
  raw_send (self->sender, P2P_FLAG_BROADCAST, "[<@x 11>]");
  raw_send_full (self->sender, P2P_FLAG_BROADCAST, self->sender->id, P2P_ID_FORM_STR, mesh_now (self->mesh) - 61, "[<@x 11>, <'k'>, <'late'>]");
  g_assert_cmpuint (self->asked, ==, 1);
}

/* Relayed and our own: the others get it, and it is counted to how many our own went. */
static void
test_withheld (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (P2pMessage) message = NULL;

  self->withhold_from = self->py->id;
  say (self);
  assert_got (self, 1, 0, 1);
  message = p2p_mesh_node_new_message (self->ours->node, P2P_FLAG_BROADCAST, g_variant_new_parsed ("[<@x 11>, <'k'>, <'ours'>]"), NULL);
  g_assert_cmpuint (p2p_mesh_node_send_message (self->ours->node, message), ==, 3);
  mesh_run (self->mesh, SECOND);
  assert_got (self, 2, 0, 2);
  self->withhold_from = NULL;
  say (self);
  assert_got (self, 3, 1, 3);
}

static void
test_control (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  g_string_truncate (self->log, 0);
  self->known_op = TRUE;
  own_send (self->own, P2P_CONTROL_DIGEST);
  own_send (self->own, P2P_CONTROL_GRAFT);
  g_assert_cmpuint (mesh_dropped (self->ours), ==, 0);
  self->known_op = FALSE;
  own_send (self->own, 99);
  g_assert_cmpuint (mesh_stats (self->ours).dropped[P2P_DROP_UNKNOWN_OPERATION], ==, 1);
  /* Who did not say HELLO has nothing to say here. */
  own_send (self->js, P2P_CONTROL_DIGEST);
  g_assert_cmpuint (mesh_stats (self->ours).dropped[P2P_DROP_EARLY], ==, 1);
  g_assert_cmpstr (self->log->str, ==, "op 11\nop 99\n");
}

static void
test_links (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  g_assert_cmpstr (self->log->str, ==, "added\nadded\nadded\nadded own\n");
  g_string_truncate (self->log, 0);
  raw_send (self->js, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 1>, <@x 99>, <@ay []>, <@ay [%s]>, <@x 70000>]",
            "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0");
  g_assert_cmpstr (self->log->str, ==, "greeted\n");
  g_string_truncate (self->log, 0);
  g_clear_pointer (&self->sender, raw_free);
  mesh_run (self->mesh, SECOND);
  g_assert_cmpstr (self->log->str, ==, "removed\n");
  g_string_truncate (self->log, 0);
  p2p_mesh_node_close (self->ours->node);
  g_assert_cmpstr (self->log->str, ==, "removed\nremoved\nremoved\nclosed\n");
}

static void
test_caps (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  p2p_mesh_node_add_caps (alice->node, P2P_CAP_SYNC_DIGEST);
  mesh_connect (bob, alice);
  g_assert_true (p2p_peer_has_cap (mesh_peer (bob, alice), P2P_CAP_SYNC_DIGEST | P2P_CAP_PING));
  g_assert_false (p2p_peer_has_cap (mesh_peer (alice, bob), P2P_CAP_SYNC_DIGEST));
}

/* ---- events ---- */

typedef struct {
  MeshNode *node;
  guint freed;
} Told;

static void
tell_cb (gpointer data)
{
  Told *told = data;

  g_string_append (told->node->log, "layer\n");
}

static void
close_cb (gpointer data)
{
  Told *told = data;

  p2p_mesh_node_close (told->node->node);
  mesh_drop (told->node);
}

static void
free_cb (gpointer data)
{
  ((Told *) data)->freed++;
}

static gboolean
tell_message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  Told *told = data;

  p2p_mesh_node_emit_layer (told->node->node, tell_cb, told, free_cb);
  return FALSE;
}

/* In order with what the mesh itself tells, and after the state is consistent. */
static void
test_events (void)
{
  static const P2pMeshLayer teller = { .message = tell_message_cb };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  Told told = { .node = alice };

  mesh_connect (bob, alice);
  p2p_mesh_node_set_layer (alice->node, &teller, &told);
  g_string_truncate (alice->log, 0);
  mesh_send (bob, "one");
  mesh_send (bob, "two");
  mesh_run (mesh, SECOND);
  g_assert_cmpstr (alice->log->str, ==, "layer\nmessage from bob\nlayer\nmessage from bob\n");
  g_assert_cmpuint (told.freed, ==, 2);

  /* By itself, and a handler that ends everything: what was to come is given up with the node. */
  g_string_truncate (alice->log, 0);
  p2p_mesh_node_set_layer (alice->node, NULL, NULL);
  p2p_mesh_node_set_events (alice->node, NULL, NULL);
  p2p_mesh_node_enter (alice->node);
  p2p_mesh_node_emit_layer (alice->node, tell_cb, &told, free_cb);
  g_assert_cmpstr (alice->log->str, ==, "");
  p2p_mesh_node_emit_layer (alice->node, close_cb, &told, free_cb);
  p2p_mesh_node_emit_layer (alice->node, tell_cb, &told, NULL);
  p2p_mesh_node_leave (alice->node);
  g_assert_cmpstr (alice->log->str, ==, "layer\nlayer\n");
  g_assert_cmpuint (told.freed, ==, 4);
  g_assert_null (alice->node);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/layer/verdicts", test_verdicts);
  g_test_add_func ("/mesh/layer/asked-once", test_asked_once);
  g_test_add_func ("/mesh/layer/withheld", test_withheld);
  g_test_add_func ("/mesh/layer/control", test_control);
  g_test_add_func ("/mesh/layer/links", test_links);
  g_test_add_func ("/mesh/layer/caps", test_caps);
  g_test_add_func ("/mesh/layer/events", test_events);
  return g_test_run ();
}
