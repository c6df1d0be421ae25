/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whispers to nodes that are no neighbours. */
#include "raw-peer.h"

static guint64
whisper_to (MeshNode *from, const char *id, P2pIdForm form, const char *text, MeshResult *result)
{
  return p2p_mesh_node_whisper_to (from->node, id, form, g_variant_new_parsed ("[<@x 2>, <%s>]", text), mesh_result_cb, result);
}

/* a - b - c - d, nobody dialling by himself */
static void
make_line (MeshFixture *mesh, MeshNode **nodes, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      nodes[i] = mesh_add (mesh, name);
      p2p_mesh_node_set_max_outgoing (nodes[i]->node, 0);
      if (i > 0)
        mesh_connect (nodes[i - 1], nodes[i]);
    }
}

static void
test_reply_across_the_line (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *nodes[4];
  g_auto (MeshResult) result = { 0 };
  g_autoptr (GPtrArray) looked_for = NULL;
  P2pMessage *question;

  make_line (mesh, nodes, 4);
  mesh_send (nodes[0], "anybody?");
  mesh_run (mesh, SECOND);
  question = g_ptr_array_index (nodes[3]->messages, 0);
  whisper_to (nodes[3], p2p_message_get_sender (question), p2p_message_get_sender_form (question), "me", &result);
  g_assert_cmpuint (result.calls, ==, 0);
  mesh_run (mesh, SECOND);
  g_assert_no_error (result.error);
  g_assert_cmpuint (mesh_heard (nodes[0], "me"), ==, 1);
  g_assert_cmpuint (mesh_heard (nodes[1], "me") + mesh_heard (nodes[2], "me"), ==, 0);
  g_assert_nonnull (mesh_peer (nodes[3], nodes[0]));
  g_assert_cmpuint (p2p_message_get_flag (g_ptr_array_index (nodes[0]->messages, 0)), ==, P2P_FLAG_WHISPER);
  looked_for = p2p_mesh_node_get_requests (nodes[3]->node);
  g_assert_cmpuint (looked_for->len, ==, 0);
}

static void
test_neighbour (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *nodes[2];
  g_auto (MeshResult) result = { 0 };
  guint64 before;

  make_line (mesh, nodes, 2);
  before = mesh_stats (nodes[0]).messages_out;
  whisper_to (nodes[0], p2p_mesh_node_get_id (nodes[1]->node), P2P_ID_FORM_STR, "psst", &result);
  g_assert_cmpuint (result.calls, ==, 0);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_no_error (result.error);
  g_assert_cmpuint (mesh_heard (nodes[1], "psst"), ==, 1);
  g_assert_cmpuint (mesh_stats (nodes[0]).messages_out, ==, before + 1);
}

/* Several whispers to one node are one search and one link. */
static void
test_together (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *nodes[4];
  MeshResult results[5] = { 0 };
  g_autoptr (GPtrArray) looked_for = NULL;

  make_line (mesh, nodes, 4);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      whisper_to (nodes[0], p2p_mesh_node_get_id (nodes[3]->node), P2P_ID_FORM_STR, text, &results[i]);
    }
  looked_for = p2p_mesh_node_get_requests (nodes[0]->node);
  g_assert_cmpuint (looked_for->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (looked_for, 0), ==, p2p_mesh_node_get_id (nodes[3]->node));
  mesh_run (mesh, SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autofree char *heard = p2p_message_dup_text (g_ptr_array_index (nodes[3]->messages, i));

      g_assert_cmpuint (results[i].calls, ==, 1);
      g_assert_no_error (results[i].error);
      g_assert_cmpstr (heard, ==, text);
      mesh_result_clear (&results[i]);
    }
  g_assert_cmpuint (test_host_get_dials_made (nodes[0]->host), ==, 2);
}

static void
test_not_found (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *nodes[2];
  g_auto (MeshResult) unknown = { 0 };
  g_auto (MeshResult) alone = { 0 };
  g_auto (MeshResult) own = { 0 };
  g_auto (MeshResult) no_id = { 0 };
  g_auto (MeshResult) cancelled = { 0 };
  g_auto (MeshResult) closed = { 0 };
  MeshNode *hermit;
  guint64 handle;

  make_line (mesh, nodes, 2);
  hermit = mesh_add (mesh, "hermit");
  whisper_to (nodes[0], "abc", P2P_ID_FORM_STR, "x", &unknown);
  whisper_to (hermit, "abc", P2P_ID_FORM_STR, "x", &alone);
  whisper_to (nodes[0], p2p_mesh_node_get_id (nodes[0]->node), P2P_ID_FORM_STR, "x", &own);
  whisper_to (nodes[0], "l0O", P2P_ID_FORM_STR, "x", &no_id);
  handle = whisper_to (nodes[0], "abcd", P2P_ID_FORM_STR, "x", &cancelled);
  p2p_mesh_node_cancel (nodes[0]->node, handle);
  mesh_run (mesh, 29 * SECOND);
  g_assert_error (alone.error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND);
  g_assert_error (own.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF);
  g_assert_error (no_id.error, P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS);
  g_assert_cmpuint (unknown.calls, ==, 0);
  mesh_run (mesh, 2 * SECOND);
  g_assert_error (unknown.error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND);
  g_assert_cmpuint (cancelled.calls, ==, 0);
  whisper_to (nodes[0], "abc", P2P_ID_FORM_STR, "x", &closed);
  p2p_mesh_node_close (nodes[0]->node);
  g_assert_error (closed.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
}

static void
test_limit (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *nodes[2];
  MeshResult results[4] = { 0 };

  mesh->limits.requests = 3;
  make_line (mesh, nodes, 2);
  for (guint i = 0; i < 4; i++)
    whisper_to (nodes[0], "abc", P2P_ID_FORM_STR, "x", &results[i]);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (results[0].calls + results[1].calls + results[2].calls, ==, 0);
  g_assert_error (results[3].error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY);
  mesh_run (mesh, 40 * SECOND);
  for (guint i = 0; i < 4; i++)
    mesh_result_clear (&results[i]);
}

static char *
last_request_id (RawPeer *raw, const char **type)
{
  P2pMessage *request = raw_last (raw, P2P_FLAG_BROADCAST, P2P_SUBFLAG_REQUEST);
  g_autoptr (GVariant) rid = p2p_message_get_packet (request, 1);
  g_autoptr (GVariant) wanted = p2p_message_get_packet (request, 2);

  if (type != NULL)
    *type = g_variant_is_of_type (wanted, G_VARIANT_TYPE_STRING) ? "str" : "bin";
  return g_variant_dup_string (rid, NULL);
}

/* py2p knows its neighbours by bin ids only: the form in which the id was heard first, then the other. */
static void
test_forms (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  const P2pIdForm forms[] = { P2P_ID_FORM_STR, P2P_ID_FORM_BIN };

  raw_handshake (raw);
  for (guint i = 0; i < 2; i++)
    {
      g_auto (MeshResult) result = { 0 };
      g_autofree char *rid = NULL;
      const char *type;
      guint64 handle = whisper_to (alice, "abc", forms[i], "x", &result);

      g_ptr_array_set_size (raw->messages, 0);
      mesh_run (mesh, SECOND);
      rid = last_request_id (raw, &type);
      g_assert_cmpstr (type, ==, i == 0 ? "str" : "bin");
      g_assert_true (g_str_has_prefix (rid, "x1."));
      mesh_run (mesh, 2 * SECOND);
      g_free (rid);
      rid = last_request_id (raw, &type);
      g_assert_cmpstr (type, ==, i == 0 ? "bin" : "str");
      g_assert_cmpuint (raw_count (raw, 0, P2P_SUBFLAG_REQUEST), ==, 2);
      p2p_mesh_node_cancel (alice->node, handle);
    }
}

/* Anybody may answer, but only the wanted node gets to read it. */
static void
test_hijack (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *thief = mesh_add (mesh, "thief");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  g_auto (MeshResult) result = { 0 };
  g_autofree char *rid = NULL;

  p2p_mesh_node_set_max_outgoing (alice->node, 0);
  p2p_mesh_node_set_max_outgoing (thief->node, 0);
  raw_handshake (raw);
  whisper_to (alice, "abc", P2P_ID_FORM_STR, "secret", &result);
  mesh_run (mesh, SECOND);
  rid = last_request_id (raw, NULL);
  /* Another id than the wanted one; another request; then the thief's address under the wanted id. */
  raw_send (raw, 0, "[<@x 10>, <'%s'>, <[<[<'%s'>, <@x 4000>]>, <'%s'>]>]", rid, test_host_get_address (thief->host), p2p_mesh_node_get_id (thief->node));
  raw_send (raw, 0, "[<@x 10>, <'x1.zzz'>, <[<[<'%s'>, <@x 4000>]>, <'abc'>]>]", test_host_get_address (thief->host));
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 0);
  raw_send (raw, 0, "[<@x 10>, <'%s'>, <[<[<'%s'>, <@x 4000>]>, <'abc'>]>]", rid, test_host_get_address (thief->host));
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 1);
  g_assert_cmpuint (thief->messages->len, ==, 0);
  g_assert_null (mesh_peer (alice, thief));
  /* This machine and its neighbours on the wire are no places to be sent to. */
  raw_send (raw, 0, "[<@x 10>, <'%s'>, <[<[<'127.0.0.1'>, <@x 22>]>, <'abc'>]>]", rid);
  raw_send (raw, 0, "[<@x 10>, <'%s'>, <[<[<'169.254.169.254'>, <@x 80>]>, <'abc'>]>]", rid);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 1);
  mesh_run (mesh, (P2P_LIMIT_REQUEST_SECONDS + 10) * SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND);
}

static void
test_what_we_answer (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) bob = raw_dial (mesh, "bob", alice);
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (RawPeer) other = NULL;
  const char *bob_id = bob->id;
  g_autofree char *by_bin = NULL;

  raw_handshake (bob);
  raw = raw_dial (mesh, "raw", alice);
  other = raw_dial (mesh, "other", alice);
  raw_handshake (raw);
  raw_handshake (other);
  /* js2p's own request: an answer would make it break (quirk J5). It is passed on. */
  raw_send (raw, 0, "[<@x 8>, <'2abc'>, <'%s'>]", bob_id);
  g_assert_cmpuint (raw_count (raw, 0, P2P_SUBFLAG_RESPONSE), ==, 0);
  g_assert_cmpuint (raw_count (other, 0, P2P_SUBFLAG_REQUEST), ==, 1);
  /* A marked one, and one of py2p. */
  raw_send (raw, 0, "[<@x 8>, <'x1.abc'>, <'%s'>]", bob_id);
  g_assert_cmpuint (raw_count (raw, 0, P2P_SUBFLAG_RESPONSE), ==, 1);
  g_assert_cmpuint (raw_count (other, 0, P2P_SUBFLAG_RESPONSE), ==, 0);
  by_bin = g_strdup_printf ("[<@x 8>, <'3abc'>, <'%s'>]", bob_id);
  raw_send_full (raw, 0, raw->id, P2P_ID_FORM_BIN, mesh_now (mesh), by_bin);
  g_assert_cmpuint (raw_count (raw, 0, P2P_SUBFLAG_RESPONSE), ==, 2);
  {
    g_autoptr (GVariant) rid = p2p_message_get_packet (raw_last (raw, 0, P2P_SUBFLAG_RESPONSE), 1);
    g_autoptr (GVariant) info = p2p_message_get_packet (raw_last (raw, 0, P2P_SUBFLAG_RESPONSE), 2);
    g_autofree char *text = g_variant_print (info, FALSE);
    g_autofree char *expected = g_strdup_printf ("[<[<'%s'>, <int64 4000>]>, <'%s'>]", test_host_get_address (bob->host), bob_id);

    g_assert_cmpstr (g_variant_get_string (rid, NULL), ==, "3abc");
    g_assert_cmpstr (text, ==, expected);
  }
  /* Ourselves, too; of a stranger nothing. */
  raw_send (raw, 0, "[<@x 8>, <'x1.d'>, <'%s'>]", p2p_mesh_node_get_id (alice->node));
  g_assert_cmpuint (raw_count (raw, 0, P2P_SUBFLAG_RESPONSE), ==, 3);
  raw_send (raw, 0, "[<@x 8>, <'x1.e'>, <'abc'>]");
  g_assert_cmpuint (raw_count (raw, 0, P2P_SUBFLAG_RESPONSE), ==, 3);
  /* Unmarked answers go no further; marked ones do. */
  raw_send (raw, 0, "[<@x 10>, <'2abc'>, <[<[<'10.0.0.3'>, <@x 4000>]>, <'abc'>]>]");
  g_assert_cmpuint (raw_count (other, 0, P2P_SUBFLAG_RESPONSE), ==, 0);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_UNMARKED_RESPONSE], ==, 1);
  raw_send (raw, 0, "[<@x 10>, <'x1.f'>, <[<[<'10.0.0.3'>, <@x 4000>]>, <'abc'>]>]");
  g_assert_cmpuint (raw_count (other, 0, P2P_SUBFLAG_RESPONSE), ==, 1);
  g_assert_null (raw->error);
  g_assert_cmpuint (alice->messages->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/request/reply-across-the-line", test_reply_across_the_line);
  g_test_add_func ("/mesh/request/neighbour", test_neighbour);
  g_test_add_func ("/mesh/request/together", test_together);
  g_test_add_func ("/mesh/request/not-found", test_not_found);
  g_test_add_func ("/mesh/request/limit", test_limit);
  g_test_add_func ("/mesh/request/forms", test_forms);
  g_test_add_func ("/mesh/request/hijack", test_hijack);
  g_test_add_func ("/mesh/request/what-we-answer", test_what_we_answer);
  return g_test_run ();
}
