/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes of our programs and of others, and what stands on the wire for them. */
#include "node-fixture.h"

#include <string.h>

static void
test_set (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  guint links = 9;

  g_assert_cmpint (sync_set_full (alice, "k", "'alone'", &links, NULL), ==, -1);
  g_assert_cmpuint (links, ==, 0);
  sync_connect (alice, bob);
  g_assert_cmpint (sync_set_full (alice, "k", "'value'", &links, NULL), ==, -1);
  g_assert_cmpuint (links, ==, 1);
  g_assert_cmpstr (sync_get (alice, "k"), ==, "'value'");
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "'value'");
  g_assert_cmpstr (alice->log->str, ==, "changed k mine\nchanged k mine\n");
  g_assert_cmpuint (sync_count (bob, "changed k"), >=, 1);
  g_assert_true (sync_equal (alice, bob));
  /* No message for programs. */
  g_assert_cmpuint (bob->mesh->messages->len, ==, 0);
}

static void
test_writes (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  g_autofree char *words = NULL;

  sync_connect (alice, bob);
  /* Later ones of one second win, whatever their ids are. */
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *value = g_strdup_printf ("@x %u", i);

      g_assert_cmpint (sync_set (alice, "k", value), ==, -1);
    }
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "19");

  g_assert_cmpint (sync_set_full (bob, "k", "'mine'", NULL, &words), ==, P2P_TABLE_ERROR_LEASED);
  g_assert_nonnull (strstr (words, p2p_mesh_node_get_id (alice->mesh->node)));
  g_assert_cmpint (sync_delete (bob, "k"), ==, P2P_TABLE_ERROR_LEASED);
  g_assert_cmpint (sync_delta (bob, "k", "{'a': <1>}"), ==, P2P_TABLE_ERROR_LEASED);
  g_assert_cmpint (sync_delete (bob, "none"), ==, P2P_TABLE_ERROR_NOT_FOUND);
  g_assert_cmpint (sync_set (bob, "", "1"), ==, P2P_TABLE_ERROR_KEY);
  g_assert_cmpint (sync_set (bob, "nil", "()"), ==, P2P_TABLE_ERROR_VALUE);
  g_assert_cmpint (sync_delta (alice, "k", "{'a': <1>}"), ==, P2P_TABLE_ERROR_NOT_A_MAP);
  g_assert_cmpint (sync_delta (alice, "k", "[1]"), ==, P2P_TABLE_ERROR_NOT_A_MAP);

  g_assert_cmpint (sync_delete (alice, "k"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "");
  /* A delete gives the lease up. */
  g_assert_cmpint (sync_set (bob, "k", "'mine'"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (alice, "k"), ==, "'mine'");
  /* So does an hour. */
  sync_run_seconds (self, 3600);
  g_assert_cmpint (sync_set (alice, "k", "'again'"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "'again'");
  g_assert_true (sync_equal (alice, bob));
}

static void
test_falsy (void)
{
  const char *values[] = { "''", "@x 0", "false", "@av []", "@a{sv} {}", "0.0", "@ay []" };
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");

  sync_connect (alice, bob);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      g_assert_cmpint (sync_set (alice, key, values[i]), ==, -1);
      sync_run_seconds (self, 1);
      g_assert_cmpstr (sync_get (bob, key), !=, "");
      g_assert_cmpint (sync_set (bob, key, "1"), ==, P2P_TABLE_ERROR_LEASED);
    }
}

static void
test_delta (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");

  sync_connect (alice, bob);
  g_assert_cmpint (sync_delta (alice, "k", "{'a': <@x 1>, 'b': <@x 2>}"), ==, -1);
  g_assert_cmpint (sync_delta (alice, "k", "{'b': <@x 3>, 'c': <@x 4>}"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "{'a': <1>, 'b': <3>, 'c': <4>}");
  /* Taken over: whole. */
  sync_run_seconds (self, 3601);
  g_assert_cmpint (sync_delta (bob, "k", "{'b': <@x 5>, 'd': <@x 6>}"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpstr (sync_get (alice, "k"), ==, "{'a': <1>, 'b': <5>, 'c': <4>, 'd': <6>}");
  g_assert_true (sync_equal (alice, bob));
}

static void
test_no_leases (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (FALSE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");

  sync_connect (alice, bob);
  g_assert_cmpint (sync_set (alice, "k", "{'a': <@x 1>}"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_cmpint (sync_delta (bob, "k", "{'b': <@x 2>}"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_cmpint (sync_delta (alice, "k", "{'c': <@x 3>}"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "{'a': <1>, 'b': <2>, 'c': <3>}");
  g_assert_cmpint (sync_delete (bob, "k"), ==, -1);
  sync_run_seconds (self, 2);
  g_assert_cmpstr (sync_get (alice, "k"), ==, "");
  g_assert_true (sync_equal (alice, bob));
}

static void
close_and_drop (gpointer data)
{
  sync_end (data);
}

/* A handler may end all. */
static void
test_end_in_event (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);

  sync_connect (alice, bob);
  bob->act = close_and_drop;
  sync_set (alice, "k", "1");
  sync_set (alice, "l", "2");
  sync_run_seconds (self, 1);
  g_assert_null (bob->sync);
  p2p_mesh_node_close (alice->mesh->node);
  g_assert_false (p2p_sync_node_set (alice->sync, key, g_variant_new_int32 (1), NULL, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
  g_assert_cmpstr (sync_get (alice, "k"), ==, "1");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/node/set", test_set);
  g_test_add_func ("/sync/node/writes", test_writes);
  g_test_add_func ("/sync/node/falsy", test_falsy);
  g_test_add_func ("/sync/node/delta", test_delta);
  g_test_add_func ("/sync/node/no-leases", test_no_leases);
  g_test_add_func ("/sync/node/end-in-event", test_end_in_event);
  return g_test_run ();
}
