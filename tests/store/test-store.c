/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept. */
#include "store-test.h"

static void
test_profile (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStore) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *missing = NULL, *name = NULL, *removed = NULL;

  missing = get_profile (store, "user-name", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (missing, ==, NULL);
  g_assert_true (set_profile (store, "user-name", "Ada", &error));
  g_assert_true (set_profile (store, "user-name", "Ädä '); DROP TABLE profile; --", &error));
  close_store (store);

  again = open_well (self->path);
  name = get_profile (again, "user-name", &error);
  g_assert_cmpstr (name, ==, "Ädä '); DROP TABLE profile; --");
  g_assert_true (set_profile (again, "user-name", NULL, &error));
  removed = get_profile (again, "user-name", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (removed, ==, NULL);
  close_store (again);
}

static void
test_networks (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStore) again = NULL;
  g_autoptr (RtStoreNetwork) a = make_network ("uuid-a", 1, "Küche");
  g_autoptr (RtStoreNetwork) b = make_network ("uuid-b", 0, "mesh");
  g_autoptr (GPtrArray) none = load_networks (store);
  g_autoptr (GPtrArray) networks = NULL;
  g_autoptr (GError) error = NULL;
  const RtStoreNetwork *first, *second;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (save_network (store, a, &error));
  g_assert_true (save_network (store, b, &error));
  b->listen_port = 65535;
  g_free (b->out_address);
  b->out_address = g_strdup ("example.org:1");
  b->created = 1;               /* a network is created once */
  g_assert_true (save_network (store, b, &error));
  b->listen_port = 65536;
  g_assert_false (save_network (store, b, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_FAILED);
  close_store (store);

  again = open_well (self->path);
  networks = load_networks (again);
  g_assert_cmpuint (networks->len, ==, 2);
  first = g_ptr_array_index (networks, 0);
  second = g_ptr_array_index (networks, 1);
  g_assert_cmpstr (first->uuid, ==, "uuid-b");
  g_assert_cmpuint (first->listen_port, ==, 65535);
  g_assert_cmpstr (first->out_address, ==, "example.org:1");
  g_assert_cmpint (first->created, ==, 1700000000);
  g_assert_cmpstr (second->uuid, ==, "uuid-a");
  g_assert_cmpstr (second->subnet, ==, "Küche");
  g_assert_cmpstr (second->encryption, ==, "SSL");
  g_assert_cmpstr (second->version, ==, "0.7");
  g_assert_cmpstr (second->kind, ==, "mesh");
  g_assert_cmpstr (second->listen_host, ==, "0.0.0.0");
  g_assert_cmpuint (second->max_outgoing, ==, 4);
  g_assert_cmpstr (second->peers, ==, "10.0.0.5:4444\n[fe80::1]:5555");
  close_store (again);
}

static void
test_known_peers (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreNetwork) network = make_network ("uuid-a", 0, "mesh");
  g_autoptr (RtStorePeer) peer = rt_store_peer_new ("uuid-a", "10.0.0.1", 4444);
  g_autoptr (RtStorePeer) stranger = rt_store_peer_new ("uuid-nobody", "10.0.0.1", 4444);
  g_autoptr (GPtrArray) peers = NULL, newest = NULL, rest = NULL;
  g_autoptr (GAsyncResult) removal = NULL;
  g_autoptr (GError) error = NULL;
  const RtStorePeer *found;

  g_assert_true (save_network (store, network, &error));
  /* of no network: refused */
  g_assert_false (save_peer (store, stranger, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  peer->node_id = g_strdup ("id-1");
  peer->source = g_strdup ("person");
  peer->last_seen = 100;
  g_assert_true (save_peer (store, peer, &error));
  g_clear_pointer (&peer->node_id, g_free);
  g_clear_pointer (&peer->source, g_free);
  peer->last_seen = 0;
  peer->last_failure = 150;
  peer->failure_words = g_strdup ("Nobody listens at 10.0.0.1:4444");
  peer->attempts = 3;
  g_assert_true (save_peer (store, peer, &error));
  for (guint i = 2; i < 12; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.0.0.%u", i);
      g_autoptr (RtStorePeer) other = rt_store_peer_new ("uuid-a", host, 4444);

      other->last_seen = i;
      g_assert_true (save_peer (store, other, &error));
    }

  peers = load_peers (store, "uuid-a", 100);
  g_assert_cmpuint (peers->len, ==, 11);
  found = g_ptr_array_index (peers, 0);
  g_assert_cmpstr (found->host, ==, "10.0.0.1");
  g_assert_cmpuint (found->port, ==, 4444);
  g_assert_cmpstr (found->node_id, ==, "id-1");
  g_assert_cmpstr (found->source, ==, "person");
  g_assert_cmpint (found->last_seen, ==, 100);
  g_assert_cmpint (found->last_failure, ==, 150);
  g_assert_cmpstr (found->failure_words, ==, "Nobody listens at 10.0.0.1:4444");
  g_assert_cmpuint (found->attempts, ==, 3);
  newest = load_peers (store, "uuid-a", 8);
  g_assert_cmpuint (newest->len, ==, 8);
  g_assert_cmpstr (((RtStorePeer *) g_ptr_array_index (newest, 1))->host, ==, "10.0.0.11");

  rt_store_remove_peer_async (store, "uuid-a", "10.0.0.1", 4444, rt_wait_result_cb, &removal);
  rt_wait_result (removal);
  g_assert_true (rt_store_remove_peer_finish (store, removal, &error));
  rest = load_peers (store, "uuid-a", 100);
  g_assert_cmpuint (rest->len, ==, 10);
  close_store (store);
}

static void
test_known_peers_are_bounded (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreNetwork) network = make_network ("uuid-a", 0, "mesh");
  g_autoptr (GPtrArray) peers = NULL;
  g_autoptr (GError) error = NULL;
  guint answered = 0;
  g_autofree GAsyncResult **results = g_new0 (GAsyncResult *, RT_STORE_MAX_PEERS + 20);

  g_assert_true (save_network (store, network, &error));
  tell (self->path, "PRAGMA optimize");
  for (guint i = 0; i < RT_STORE_MAX_PEERS + 20; i++)
    {
      g_autoptr (RtStorePeer) peer = rt_store_peer_new ("uuid-a", "10.0.0.1", (guint16) (1000 + i));

      peer->last_seen = i + 1;
      rt_store_save_peer_async (store, peer, rt_wait_result_cb, &results[i]);
    }
  for (guint i = 0; i < RT_STORE_MAX_PEERS + 20; i++)
    {
      rt_wait_result (results[i]);
      answered += rt_store_save_peer_finish (store, results[i], NULL);
      g_object_unref (results[i]);
    }
  g_assert_cmpuint (answered, ==, RT_STORE_MAX_PEERS + 20);
  peers = load_peers (store, "uuid-a", 10000);
  g_assert_cmpuint (peers->len, ==, RT_STORE_MAX_PEERS);
  /* those seen longest ago went */
  g_assert_cmpint (((RtStorePeer *) g_ptr_array_index (peers, RT_STORE_MAX_PEERS - 1))->last_seen, ==, 21);
  close_store (store);
}

static void
do_block (RtStore *store, const RtStoreBlock *block, gboolean remove)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (remove)
    rt_store_remove_block_async (store, block, rt_wait_result_cb, &result);
  else
    rt_store_save_block_async (store, block, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (remove ? rt_store_remove_block_finish (store, result, &error) : rt_store_save_block_finish (store, result, &error));
  g_assert_no_error (error);
}

static void
test_blocks (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreNetwork) network = make_network ("uuid-a", 0, "mesh");
  g_autoptr (RtStoreBlock) person = rt_store_block_new ("uuid-a", RT_STORE_BLOCK_PERSON, "same");
  g_autoptr (RtStoreBlock) address = rt_store_block_new ("uuid-a", RT_STORE_BLOCK_ADDRESS, "same");
  g_autoptr (GAsyncResult) loaded = NULL, removed = NULL;
  g_autoptr (GPtrArray) blocks = NULL;
  g_autoptr (GError) error = NULL;
  const RtStoreBlock *first;

  g_assert_true (save_network (store, network, &error));
  person->name = g_strdup ("Eve");
  person->added = 2;
  address->added = 1;
  do_block (store, person, FALSE);
  do_block (store, address, FALSE);
  do_block (store, person, FALSE);
  rt_store_load_blocks_async (store, "uuid-a", rt_wait_result_cb, &loaded);
  rt_wait_result (loaded);
  blocks = rt_store_load_blocks_finish (store, loaded, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (blocks->len, ==, 2);
  first = g_ptr_array_index (blocks, 0);
  g_assert_cmpint (first->kind, ==, RT_STORE_BLOCK_ADDRESS);
  g_assert_null (first->name);
  first = g_ptr_array_index (blocks, 1);
  g_assert_cmpint (first->kind, ==, RT_STORE_BLOCK_PERSON);
  g_assert_cmpstr (first->what, ==, "same");
  g_assert_cmpstr (first->name, ==, "Eve");
  g_assert_cmpint (first->added, ==, 2);
  do_block (store, address, TRUE);
  assert_answer (self->path, "SELECT group_concat (kind || what) FROM blocks", "0same");
  /* they go with their network */
  rt_store_remove_network_async (store, "uuid-a", rt_wait_result_cb, &removed);
  rt_wait_result (removed);
  g_assert_true (rt_store_remove_network_finish (store, removed, &error));
  close_store (store);
  assert_answer (self->path, "SELECT count (*) FROM blocks", "0");
}

static void
test_remove_network (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  g_autoptr (RtStoreNetwork) a = make_network ("uuid-a", 0, "a"), b = make_network ("uuid-b", 1, "b");
  g_autoptr (RtStorePeer) of_a = rt_store_peer_new ("uuid-a", "h", 1), of_b = rt_store_peer_new ("uuid-b", "h", 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (save_network (store, a, &error) && save_network (store, b, &error));
  g_assert_true (save_peer (store, of_a, &error) && save_peer (store, of_b, &error));
  rt_store_remove_network_async (store, "uuid-a", rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_remove_network_finish (store, result, &error));
  g_assert_no_error (error);
  close_store (store);
  assert_answer (self->path, "SELECT group_concat (uuid) FROM networks", "uuid-b");
  assert_answer (self->path, "SELECT group_concat (network) FROM known_peers", "uuid-b");
}

/* Results come in the order of the questions, and closing waits for all that was asked before. */
static void
test_order (Fixture *self, gconstpointer data)
{
  g_autoptr (RtStore) store = open_well (self->path);
  GAsyncResult *results[50] = { NULL };
  g_autoptr (GAsyncResult) closing = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);

      rt_store_set_profile_async (store, "n", value, rt_wait_result_cb, &results[i]);
    }
  rt_store_close_async (store, rt_wait_result_cb, &closing);
  rt_wait_result (closing);
  g_assert_true (rt_store_close_finish (store, closing, &error));
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_assert_nonnull (results[i]);
      g_assert_true (rt_store_set_profile_finish (store, results[i], &error));
      g_clear_object (&results[i]);
    }
  assert_answer (self->path, "SELECT value FROM profile WHERE key = 'n'", "49");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("profile", test_profile);
  ADD ("networks", test_networks);
  ADD ("known-peers", test_known_peers);
  ADD ("known-peers-are-bounded", test_known_peers_are_bounded);
  ADD ("blocks", test_blocks);
  ADD ("remove-network", test_remove_network);
  ADD ("order", test_order);
  return g_test_run ();
}
