/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is made worse on purpose in a network of the person's, and how it mends. */
#include "model/demo/rt-lab.h"
#include "model/network/rt-network-private.h"
#include "network-test.h"

typedef struct {
  Person ada, bob;
  RtNetwork *a, *b;             /* linked; bob dialled */
  RtLab *lab;                   /* ada's */
  guint n_sides;
} Fixture;

static void
sides_cb (RtLab *lab, Fixture *self)
{
  self->n_sides++;
}

static RtNetwork *
join_table (Person *person, const char *peers)
{
  g_autoptr (RtNetworkConfig) config = make_config ("lab", peers);
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  g_object_set (config, "kind", "sync", NULL);
  network = rt_networks_add (person->networks, config, &error);
  g_assert_no_error (error);
  wait_up (network);
  return network;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *address = NULL;

  person_init (&self->ada);
  person_init (&self->bob);
  self->a = join_table (&self->ada, NULL);
  address = network_dup_address (self->a);
  self->b = join_table (&self->bob, address);
  wait_peers (self->a, 1);
  wait_peers (self->b, 1);
  self->lab = rt_network_get_lab (self->a);
  g_signal_connect (self->lab, "sides-changed", G_CALLBACK (sides_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->lab, self);
  person_clear (&self->ada);
  person_clear (&self->bob);
}

/* Each thing in words, and at the node; and off again at once. */
static void
test_words (Fixture *self, gconstpointer data)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->a);
  guint delay, jitter;
  double loss;

  g_assert_true (rt_network_get_lab (self->a) == self->lab);
  g_assert_false (rt_lab_get_on (self->lab));
  g_object_set (self->lab, "delay", 300u, NULL);
  g_assert_cmpstr (rt_lab_get_words (self->lab), ==, "Lab mode: 300 ms delay");
  g_object_set (self->lab, "jitter", 100u, "loss", 5u, NULL);
  g_assert_cmpstr (rt_lab_get_words (self->lab), ==, "Lab mode: 300 to 400 ms delay, 5 % loss");
  p2p_mesh_socket_get_lab (socket, &delay, &jitter, &loss);
  g_assert_cmpuint (delay, ==, 300);
  g_assert_cmpuint (jitter, ==, 100);
  g_assert_cmpfloat_with_epsilon (loss, 0.05, 1e-6);
  rt_lab_set_split (self->lab, network_get_id (self->b), TRUE);
  g_assert_cmpstr (rt_lab_get_words (self->lab), ==, "Lab mode: 300 to 400 ms delay, 5 % loss, apart from 1 peer");
  g_object_set (self->lab, "split-all", TRUE, "delay", 0u, "jitter", 0u, NULL);
  g_assert_cmpstr (rt_lab_get_words (self->lab), ==, "Lab mode: 5 % loss, apart from everybody");
  g_assert_true (p2p_mesh_socket_is_split (socket, NULL));
  rt_lab_stop (self->lab);
  g_assert_null (rt_lab_get_words (self->lab));
  g_assert_false (rt_lab_get_on (self->lab));
  g_assert_false (p2p_mesh_socket_has_split (socket));
  p2p_mesh_socket_get_lab (socket, &delay, &jitter, &loss);
  g_assert_true (delay == 0 && jitter == 0 && loss == 0);
  wait_peers (self->a, 1);
}

/* Who goes to the other side stays in the list; what was said and written meanwhile is everywhere when it is over. */
static void
test_split (Fixture *self, gconstpointer data)
{
  P2pSyncSocket *ours = P2P_SYNC_SOCKET (rt_network_get_socket (self->a)), *theirs = P2P_SYNC_SOCKET (rt_network_get_socket (self->b));
  g_autofree char *bob = g_strdup (network_get_id (self->b));
  g_auto (GStrv) sides = NULL;
  RtMessageItem *item;
  guint n;

  sides = rt_lab_dup_sides (self->lab);
  g_assert_cmpuint (g_strv_length (sides), ==, 1);
  g_assert_cmpstr (sides[0], ==, bob);
  n = self->n_sides;
  rt_lab_set_split (self->lab, bob, TRUE);
  g_assert_cmpuint (self->n_sides, >, n);
  wait_peers (self->a, 0);
  wait_peers (self->b, 0);
  g_assert_true (rt_lab_is_split (self->lab, bob));
  g_clear_pointer (&sides, g_strfreev);
  sides = rt_lab_dup_sides (self->lab);
  g_assert_cmpuint (g_strv_length (sides), ==, 1);

  item = rt_network_send_text (self->a, "from here", NULL);
  rt_network_send_text (self->b, "from there", NULL);
  g_assert_true (p2p_sync_socket_set_text (ours, "here", g_variant_new_int64 (1), NULL));
  g_assert_true (p2p_sync_socket_set_text (theirs, "there", g_variant_new_int64 (2), NULL));
  rt_wait_until (rt_message_item_get_delivery (item) == RT_DELIVERY_QUEUED);
  g_assert_false (p2p_sync_socket_contains_text (theirs, "here"));

  rt_lab_stop (self->lab);
  wait_peers (self->a, 1);
  rt_wait_until (p2p_sync_socket_contains_text (theirs, "here") && p2p_sync_socket_contains_text (ours, "there"));
  wait_rows (self->a, 2);
  wait_rows (self->b, 2);
  rt_wait_until (rt_message_item_get_delivery (item) == RT_DELIVERY_HANDED);
}

/* Nothing of it outlives the network's being up. */
static void
test_over (Fixture *self, gconstpointer data)
{
  g_object_set (self->lab, "delay", 100u, "split-all", TRUE, NULL);
  wait_peers (self->a, 0);
  rt_network_stop (self->a);
  g_assert_false (rt_lab_get_on (self->lab));
  rt_network_start (self->a);
  wait_peers (self->a, 1);
  g_assert_false (rt_lab_get_on (self->lab));
  g_object_set (self->lab, "loss", 100u, NULL);
  person_end (&self->ada);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  self->lab = rt_network_get_lab (self->a);
  g_assert_false (rt_lab_get_on (self->lab));
  wait_peers (self->a, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/lab/words", Fixture, NULL, set_up, test_words, tear_down);
  g_test_add ("/lab/split", Fixture, NULL, set_up, test_split, tear_down);
  g_test_add ("/lab/over", Fixture, NULL, set_up, test_over, tear_down);
  return g_test_run ();
}
