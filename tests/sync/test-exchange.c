/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of ours compare their tables. */
#include "node-fixture.h"

static void
test_joined (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice = sync_add (self, "alice");
  SyncNode *bob = sync_add (self, "bob");

  sync_fill (alice, "a", 500);
  sync_fill (bob, "b", 300);
  sync_set (alice, "both", "'alice'");
  sync_run_seconds (self, 1);
  sync_set (bob, "both", "'bob'");
  sync_run_seconds (self, 1);
  sync_connect (alice, bob);
  sync_run_seconds (self, 5);
  g_assert_true (sync_equal (alice, bob));
  g_assert_cmpuint (p2p_sync_table_get_n_keys (p2p_sync_node_get_table (bob->sync)), ==, 801);
  g_assert_cmpstr (sync_get (bob, "both"), ==, "'alice'");
  g_assert_cmpuint (mesh_dropped (alice->mesh) + mesh_dropped (bob->mesh), ==, 0);
  g_assert_cmpuint (sync_count (bob, "changed both"), ==, 2);
}

/* Not at once: at the next round. */
static void
test_rounds (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *alice;
  SyncNode *bob;
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = "abc" };
  g_autoptr (GBytes) value = g_bytes_new_static ("\x07", 1);

  self->mesh->limits.table_digest_seconds = 100;
  alice = sync_add (self, "alice");
  bob = sync_add (self, "bob");
  sync_connect (alice, bob);
  sync_run_seconds (self, 30);
  write.value = value;
  write.clock.time = mesh_now (self->mesh);
  p2p_sync_table_merge (p2p_sync_node_get_table (alice->sync), (const guint8 *) "k", 1, &write, write.clock.time, NULL);
  sync_run_seconds (self, 50);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "");
  sync_run_seconds (self, 70);
  g_assert_cmpstr (sync_get (bob, "k"), ==, "7");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/exchange/joined", test_joined);
  g_test_add_func ("/sync/exchange/rounds", test_rounds);
  return g_test_run ();
}
