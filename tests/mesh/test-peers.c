/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Peers lists, and the limits on what a stranger makes us do. */
#include "raw-peer.h"

#include <string.h>

static char *
peers_text (RawPeer *raw)
{
  g_autoptr (GVariant) list = p2p_message_get_packet (raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), 1);

  return g_variant_print (list, FALSE);
}

static void
test_list (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) raw = NULL;
  g_autofree char *expected = NULL;
  static const char *stars[] = { "[<@x 8>, <'*'>]", "[<@x 8>, <@ay [byte 0x2a]>]" };

  mesh_connect (bob, alice);
  raw = raw_dial (mesh, "raw", alice);
  raw_handshake (raw);
  /* Without the one who gets it. */
  expected = g_strdup_printf ("[<[<[<'%s'>, <int64 4000>]>, <'%s'>]>]", test_host_get_address (bob->host), p2p_mesh_node_get_id (bob->node));
  for (guint i = 0; i <= G_N_ELEMENTS (stars); i++)
    {
      g_autofree char *text = peers_text (raw);

      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), ==, i + 1);
      if (i < G_N_ELEMENTS (stars))
        raw_send (raw, P2P_FLAG_WHISPER, "%s", stars[i]);
    }
}

/* Whether the list that a peer was sent names that node by a str ("s") or a bin ("ay") */
static char *
form_in_list (RawPeer *raw, RawPeer *other)
{
  g_autoptr (GVariant) list = p2p_message_get_packet (raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), 1);

  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) entry = g_variant_get_variant (boxed);
      g_autoptr (GVariant) boxed_id = g_variant_get_child_value (entry, 1);
      g_autoptr (GVariant) id = g_variant_get_variant (boxed_id);
      gsize length = strlen (other->id);

      if (g_variant_is_of_type (id, G_VARIANT_TYPE_STRING) && g_str_equal (g_variant_get_string (id, NULL), other->id))
        return g_strdup ("s");
      if (g_variant_is_of_type (id, G_VARIANT_TYPE_BYTESTRING) && g_variant_get_size (id) == length &&
          memcmp (g_variant_get_data (id), other->id, length) == 0)
        return g_strdup ("ay");
    }
  return NULL;
}

/* py2p knows its own kind by bytes, and would dial a neighbour again that is named otherwise. */
static void
test_forms_of_ids (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) py = raw_dial (mesh, "py", alice);
  g_autoptr (RawPeer) other_py = raw_dial (mesh, "other-py", alice);
  g_autoptr (RawPeer) js = raw_dial (mesh, "js", alice);
  RawPeer *all[] = { py, other_py, js };

  raw_handshake_bin (py);
  raw_handshake_bin (other_py);
  raw_handshake (js);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    raw_send (all[i], P2P_FLAG_WHISPER, "[<@x 8>, <'*'>]");
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (guint j = 0; j < G_N_ELEMENTS (all); j++)
      {
        g_autofree char *form = NULL;

        /* It gets a list in parts. */
        if (all[i] == js)
          raw_send (js, P2P_FLAG_WHISPER, "[<@x 8>, <'*'>]");
        form = form_in_list (all[i], all[j]);
        g_assert_cmpstr (form, ==, i == j ? NULL : all[i] != js && all[j] != js ? "ay" : "s");
      }
}

/* js2p stumbles over the second node that it has to dial: one a list, in turn. */
static void
test_one_at_a_time (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (RawPeer) js = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("friend%u", i);

      mesh_connect (mesh_add (mesh, name), alice);
    }
  js = raw_dial (mesh, "js", alice);
  raw_handshake (js);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GVariant) list = p2p_message_get_packet (raw_last (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), 1);

      g_assert_cmpuint (g_variant_n_children (list), ==, 1);
      g_hash_table_add (told, peers_text (js));
      raw_send (js, P2P_FLAG_WHISPER, "[<@x 8>, <'*'>]");
    }
  g_assert_cmpuint (g_hash_table_size (told), ==, 3);
}

/* Who asks without end is answered without end, but a short question no longer makes a long answer. */
static void
test_asked_too_often (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = NULL;
  guint64 before;

  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *name = g_strdup_printf ("friend%u", i);

      mesh_connect (mesh_add (mesh, name), alice);
    }
  raw = raw_dial (mesh, "raw", alice);
  raw_handshake_bin (raw);
  before = mesh_stats (alice).bytes_out;
  for (guint i = 0; i < 200; i++)
    raw_send (raw, P2P_FLAG_WHISPER, "[<@x 8>, <'*'>]");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), ==, 201);
  g_assert_cmpuint (mesh_stats (alice).bytes_out - before, <, 2 * 200 * 140);
  /* The whole list again, some time later. */
  mesh_run (mesh, 10 * SECOND);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 8>, <'*'>]");
  mesh_run (mesh, SECOND);
  {
    g_autoptr (GVariant) list = p2p_message_get_packet (raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), 1);

    g_assert_cmpuint (g_variant_n_children (list), ==, 6);
  }
}

static void
test_request_is_bin (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  g_autoptr (GVariant) star = NULL;

  raw_handshake (raw);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), ==, 0);
  p2p_mesh_node_request_peers (alice->node);
  mesh_run (mesh, SECOND);
  star = p2p_message_get_packet (raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), 1);
  g_assert_true (g_variant_is_of_type (star, G_VARIANT_TYPE_BYTESTRING));
}

/* A loss is followed by a question, many at once by one. */
static void
test_after_a_loss (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  RawPeer *leaving[4];

  raw_handshake (raw);
  for (guint i = 0; i < G_N_ELEMENTS (leaving); i++)
    {
      g_autofree char *name = g_strdup_printf ("leaving%u", i);

      leaving[i] = raw_dial (mesh, name, alice);
      raw_handshake (leaving[i]);
    }
  g_ptr_array_set_size (raw->messages, 0);
  for (guint i = 0; i < G_N_ELEMENTS (leaving); i++)
    raw_free (leaving[i]);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), >=, 1);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), <=, 2);
}

static void
test_grows_together (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (5);
  MeshNode *nodes[10];

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      nodes[i] = mesh_add (mesh, name);
      if (i > 0)
        mesh_connect (nodes[i], nodes[0]);
    }
  mesh_run (mesh, 60 * SECOND);
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      guint outgoing = 0;

      for (guint j = 0; j < p2p_mesh_node_get_n_peers (nodes[i]->node); j++)
        if (p2p_peer_get_outgoing (p2p_mesh_node_get_peer (nodes[i]->node, j)))
          outgoing++;
      g_assert_cmpuint (outgoing, <=, 2 * P2P_LIMIT_MAX_OUTGOING);
      g_assert_cmpuint (p2p_mesh_node_get_n_peers (nodes[i]->node), >=, 2);
      g_assert_cmpuint (mesh_stats (nodes[i]).links_pending, ==, 0);
    }
  /* The first one goes; nobody notices. */
  p2p_mesh_node_close (nodes[0]->node);
  mesh_run (mesh, 60 * SECOND);
  mesh_send (nodes[1], "still together");
  mesh_run (mesh, 5 * SECOND);
  for (guint i = 2; i < G_N_ELEMENTS (nodes); i++)
    g_assert_cmpuint (mesh_heard (nodes[i], "still together"), ==, 1);
}

static char *
make_list (guint n, const char *prefix)
{
  GString *list = g_string_new ("[<@x 7>, <@av [");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (list, "%s<[<[<'%s%u'>, <@x 4000>]>, <'%c%c'>]>", i > 0 ? ", " : "", prefix, i + 1, 'A' + i / 8 % 8, 'A' + i % 8);
  g_string_append (list, "]>]");
  return g_string_free (list, FALSE);
}

static void
test_dial_limits (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  g_autofree char *list = make_list (60, "10.0.77.");
  guint before = 0;

  raw_handshake (raw);
  p2p_mesh_node_set_max_outgoing (alice->node, 100);
  raw_send (raw, P2P_FLAG_WHISPER, "%s", list);
  /* Thirty-two of one list, one a second, eight at a time, sixteen a minute. */
  g_assert_cmpuint (p2p_address_book_get_n (p2p_mesh_node_get_addresses (alice->node)), ==, 1 + P2P_LIMIT_PEERS_PER_LIST);
  for (guint i = 1; i <= 600; i++)
    {
      guint dials = test_host_get_dials_made (alice->host);

      g_assert_cmpuint (test_host_get_n_dials (alice->host), <=, P2P_LIMIT_DIALS_IN_FLIGHT);
      g_assert_cmpuint (dials, <=, i * P2P_LIMIT_DIALS_PER_SECOND);
      if (i % 60 == 0)
        {
          g_assert_cmpuint (dials - before, <=, P2P_LIMIT_DIALS_PER_MINUTE);
          g_assert_cmpuint (dials - before, >=, 12);
          before = dials;
        }
      mesh_run (mesh, SECOND);
    }
  g_assert_null (raw->error);
}

static guint
count_linked (MeshNode *self, MeshNode **others, guint n, MeshNode **last)
{
  guint linked = 0;

  for (guint i = 0; i < n; i++)
    if (mesh_peer (self, others[i]) != NULL)
      {
        linked++;
        *last = others[i];
      }
  return linked;
}

static void
test_max_outgoing (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *others[4];
  MeshNode *last = NULL;
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (GString) list = g_string_new ("[<@x 7>, <[");

  p2p_mesh_node_set_max_outgoing (alice->node, 2);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *name = g_strdup_printf ("o%u", i);

      others[i] = mesh_add (mesh, name);
      p2p_mesh_node_set_max_outgoing (others[i]->node, 0);
      g_string_append_printf (list, "%s<[<[<'%s'>, <@x 4000>]>, <'%s'>]>", i > 0 ? ", " : "", test_host_get_address (others[i]->host), p2p_mesh_node_get_id (others[i]->node));
    }
  g_string_append (list, "]>]");
  mesh_connect (alice, others[0]);
  raw = raw_dial (mesh, "raw", alice);
  raw_handshake (raw);
  raw_send (raw, P2P_FLAG_WHISPER, "%s", list->str);
  mesh_run (mesh, 5 * SECOND);
  /* The one that was asked for counts; the one that is known already is not dialled again. */
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 2);
  g_assert_cmpuint (count_linked (alice, others, 4, &last), ==, 2);
  /* With one of them gone, and with more allowed, the rest of the list is of use. */
  p2p_mesh_node_set_max_outgoing (alice->node, 3);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (count_linked (alice, others, 4, &last), ==, 3);
  p2p_mesh_node_close (last->node);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (count_linked (alice, others, 4, &last), ==, 3);
}

static void
test_scope (void)
{
  static const struct { const char *from, *to; gboolean may; } cases[] = {
    { "10.0.0.1", "10.0.0.2", TRUE }, { "10.0.0.1", "8.8.8.8", TRUE }, { "10.0.0.1", "node.example", TRUE },
    { "10.0.0.1", "127.0.0.1", FALSE }, { "10.0.0.1", "127.1.2.3", FALSE }, { "10.0.0.1", "localhost", FALSE },
    { "10.0.0.1", "foo.localhost.", FALSE }, { "10.0.0.1", "::1", FALSE }, { "10.0.0.1", "::ffff:127.0.0.1", FALSE },
    { "10.0.0.1", "169.254.169.254", FALSE }, { "10.0.0.1", "fe80::1", FALSE }, { "10.0.0.1", "224.0.0.1", FALSE },
    { "10.0.0.1", "255.255.255.255", FALSE }, { "10.0.0.1", "0.0.0.0", FALSE }, { "10.0.0.1", "::", FALSE },
    { "10.0.0.1", "ff02::1", FALSE }, { "10.0.0.1", "127.1", FALSE }, { "10.0.0.1", "2130706433", FALSE },
    { "10.0.0.1", "0x7f000001", FALSE }, { "10.0.0.1", "", FALSE },
    { "127.0.0.1", "127.0.0.1", TRUE }, { "127.0.0.1", "localhost", TRUE }, { "::1", "127.0.0.1", TRUE },
    { "127.0.0.1", "169.254.0.1", FALSE }, { "169.254.0.7", "169.254.0.1", TRUE }, { "127.0.0.1", "224.0.0.1", FALSE },
    { "fe80::1%eth0", "fe80::2", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (p2p_scope_may_lead_to (cases[i].from, cases[i].to) != cases[i].may)
      g_error ("%s to %s", cases[i].from, cases[i].to);
}

static void
test_bad_entries (void)
{
  static const char *lists[] = {
    "[<@x 7>]", "[<@x 7>, <@x 5>]", "[<@x 7>, <'x'>]", "[<@x 7>, <[<@x 5>]>]", "[<@x 7>, <[<[<'10.0.0.9'>]>]>]",
    "[<@x 7>, <[<[<[<'10.0.0.9'>, <'4000'>]>, <'abc'>]>]>]", "[<@x 7>, <[<[<[<'10.0.0.9'>, <@x 99999>]>, <'abc'>]>]>]",
    "[<@x 7>, <[<[<[<'10.0.0.9'>, <@x 4000>]>, <'0l'>]>]>]", "[<@x 7>, <[<[<[<'10.0.0.9'>, <@x 4000>]>, <()>]>]>]",
  };
  static const char *useless[] = {
    "[<@x 7>, <[<[<[<()>, <@x 4000>]>, <'abc'>]>]>]", "[<@x 7>, <[<[<[<''>, <@x 4000>]>, <'abc'>]>]>]",
    "[<@x 7>, <[<[<[<'10.0.0.9'>, <@x 0>]>, <'abc'>]>]>]", "[<@x 7>, <[<[<[<'127.0.0.1'>, <@x 4000>]>, <'abc'>]>]>]",
    "[<@x 7>, <@av []>]",
  };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);

  raw_handshake (raw);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      raw_send (raw, P2P_FLAG_WHISPER, "%s", lists[i]);
      g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_SHAPE], ==, i + 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (useless); i++)
    raw_send (raw, P2P_FLAG_WHISPER, "%s", useless[i]);
  /* Ourselves: by id, and by address under another id. */
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 7>, <[<[<[<'10.0.0.9'>, <@x 4000>]>, <'%s'>]>]>]", p2p_mesh_node_get_id (alice->node));
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 7>, <[<[<[<'%s'>, <@x 4000>]>, <'abc'>]>]>]", test_host_get_address (alice->host));
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_SHAPE], ==, G_N_ELEMENTS (lists));
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 0);
  g_assert_null (raw->error);
}

/* Whom our program parted from is not dialled because somebody names him; the program may, and then he is like others again. */
static void
test_parted (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *carol = mesh_add (mesh, "carol");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  g_autofree char *list = g_strdup_printf ("[<@x 7>, <[<[<[<'%s'>, <@x 4000>]>, <'%s'>]>]>]", test_host_get_address (carol->host),
                                           p2p_mesh_node_get_id (carol->node));
  guint dials;

  raw_handshake (raw);
  mesh_connect (alice, carol);
  p2p_mesh_node_disconnect (alice->node, mesh_peer (alice, carol));
  mesh_run (mesh, SECOND);
  g_assert_null (mesh_peer (alice, carol));

  dials = test_host_get_dials_made (alice->host);
  raw_send (raw, P2P_FLAG_WHISPER, "%s", list);
  mesh_run (mesh, 30 * SECOND);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, dials);

  mesh_connect (alice, carol);
  /* lost, not parted from: the list counts again */
  p2p_mesh_node_disconnect (carol->node, mesh_peer (carol, alice));
  mesh_run (mesh, SECOND);
  raw_send (raw, P2P_FLAG_WHISPER, "%s", list);
  mesh_run (mesh, 5 * SECOND);
  g_assert_nonnull (mesh_peer (alice, carol));
}

/* ---- limits on links ---- */

static void
test_per_address (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  RawPeer *raws[10];

  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raws[i] = raw_dial (mesh, "many", alice);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_stats (alice).links_pending, ==, P2P_LIMIT_LINKS_PER_ADDRESS);
  g_assert_cmpuint (alice->failed, ==, 2);
  g_assert_error (alice->last_failure, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
}

static void
test_pending_limit (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;
  RawPeer *raws[6];

  mesh->limits.pending_links = 3;
  mesh->limits.accepts_per_second = 100;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);

      raws[i] = raw_dial (mesh, name, alice);
      g_assert_cmpuint (mesh_stats (alice).links_pending, ==, MIN (i + 1, 3));
    }
  /* The others wait, until those at the door are seen off. Our own dials are not held up. */
  mesh_connect (alice, bob);
  mesh_run (mesh, 11 * SECOND);
  g_assert_cmpuint (mesh_stats (alice).links_pending, ==, 3);
  mesh_run (mesh, 11 * SECOND);
  g_assert_cmpuint (mesh_stats (alice).links_pending, ==, 0);
  g_assert_cmpuint (alice->failed, ==, 6);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
}

static void
test_accept_rate (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice;
  RawPeer *raws[30];
  guint first;

  mesh->limits.accepts_per_second = 5;
  mesh->limits.links_per_address = 100;
  alice = mesh_add (mesh, "alice");
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raws[i] = raw_dial (mesh, "hasty", alice);
  /* 30 in 3 seconds: the bucket holds 5, and 5 come to it each second. */
  first = mesh_stats (alice).links_pending;
  g_assert_cmpuint (first, >=, 15);
  g_assert_cmpuint (first, <=, 22);
  mesh_run (mesh, 4 * SECOND);
  g_assert_cmpuint (mesh_stats (alice).links_pending, ==, 30);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/peers/list", test_list);
  g_test_add_func ("/mesh/peers/forms-of-ids", test_forms_of_ids);
  g_test_add_func ("/mesh/peers/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/mesh/peers/asked-too-often", test_asked_too_often);
  g_test_add_func ("/mesh/peers/request-is-bin", test_request_is_bin);
  g_test_add_func ("/mesh/peers/after-a-loss", test_after_a_loss);
  g_test_add_func ("/mesh/peers/grows-together", test_grows_together);
  g_test_add_func ("/mesh/peers/dial-limits", test_dial_limits);
  g_test_add_func ("/mesh/peers/max-outgoing", test_max_outgoing);
  g_test_add_func ("/mesh/peers/scope", test_scope);
  g_test_add_func ("/mesh/peers/bad-entries", test_bad_entries);
  g_test_add_func ("/mesh/peers/parted", test_parted);
  g_test_add_func ("/mesh/limits/per-address", test_per_address);
  g_test_add_func ("/mesh/limits/pending", test_pending_limit);
  g_test_add_func ("/mesh/limits/accept-rate", test_accept_rate);
  return g_test_run ();
}
