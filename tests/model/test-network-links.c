/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "network-test.h"

/* Past the first retry. */
#define AFTER_RETRY_MILLISECONDS 2600

typedef struct {
  Person ada, bob;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  person_init (&self->bob);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
}

static void
assert_state (RtNetwork *network, RtNetworkState state, const char *text)
{
  g_assert_cmpint (rt_network_get_state (network), ==, state);
  g_assert_cmpstr (rt_network_get_state_text (network), ==, text);
}

static void
count_cb (GObject *object, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

static void
test_states (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL), *b;
  GListModel *connections = rt_network_get_connections (a);
  g_autofree char *address = network_dup_address (a);
  g_auto (GStrv) addresses = rt_network_dup_own_addresses (a);
  g_auto (GStrv) none = NULL;
  guint states = 0, texts = 0, peers = 0;

  assert_state (a, RT_NETWORK_LOOKING, "Looking for peers…");
  g_assert_cmpstr (rt_network_get_error (a), ==, NULL);
  g_assert_cmpstr (rt_network_get_title (a), ==, "net");
  g_assert_cmpuint (g_list_model_get_n_items (connections), ==, 0);
  g_assert_cmpuint (g_strv_length (addresses), >=, 1);
  g_assert_true (g_strv_contains ((const char * const *) addresses, address));
  g_signal_connect (a, "notify::state", G_CALLBACK (count_cb), &states);
  g_signal_connect (a, "notify::state-text", G_CALLBACK (count_cb), &texts);
  g_signal_connect (a, "notify::n-peers", G_CALLBACK (count_cb), &peers);

  b = person_join (&self->bob, "net", address);
  wait_peers (a, 1);
  wait_peers (b, 1);
  assert_state (a, RT_NETWORK_CONNECTED, "1 peer");
  g_assert_cmpuint (states, ==, 1);
  g_assert_cmpuint (texts, ==, 1);
  g_assert_cmpuint (peers, ==, 1);
  rt_wait_until (g_list_model_get_n_items (connections) == 1);
  {
    g_autoptr (P2pConnection) connection = g_list_model_get_item (connections, 0);

    g_assert_cmpint (p2p_connection_get_state (connection), ==, P2P_CONNECTION_ESTABLISHED);
    g_assert_cmpstr (p2p_connection_get_id (connection), ==, network_get_id (b));
  }

  rt_network_stop (b);
  wait_peers (a, 0);
  assert_state (a, RT_NETWORK_LOOKING, "Looking for peers…");
  assert_state (b, RT_NETWORK_STOPPED, "Off");
  g_assert_null (rt_network_get_socket (b));
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_connections (b)), ==, 0);
  none = rt_network_dup_own_addresses (b);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  rt_wait_until (g_list_model_get_n_items (connections) == 0);
  g_signal_handlers_disconnect_by_data (a, &states);
  g_signal_handlers_disconnect_by_data (a, &texts);
  g_signal_handlers_disconnect_by_data (a, &peers);
}

static void
test_restart_keeps_id_and_port (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL);
  g_autofree char *id = g_strdup (network_get_id (a));
  g_autofree char *address = network_dup_address (a);
  g_autofree char *again = NULL, *after = NULL;

  rt_network_stop (a);
  rt_network_start (a);
  g_assert_cmpint (rt_network_get_state (a), ==, RT_NETWORK_STARTING);
  wait_up (a);
  again = network_dup_address (a);
  g_assert_cmpstr (network_get_id (a), ==, id);
  g_assert_cmpstr (again, ==, address);

  /* and over the end of the program */
  person_end (&self->ada);
  person_begin (&self->ada);
  a = person_get (&self->ada, 0);
  wait_up (a);
  after = network_dup_address (a);
  g_assert_cmpstr (network_get_id (a), ==, id);
  g_assert_cmpstr (after, ==, address);
}

static void
test_stopped_while_starting (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = make_config ("net", NULL);
  RtNetwork *a = rt_networks_add (self->ada.networks, config, NULL);

  g_assert_cmpint (rt_network_get_state (a), ==, RT_NETWORK_STARTING);
  rt_network_stop (a);
  assert_state (a, RT_NETWORK_STOPPED, "Off");
  rt_network_start (a);
  rt_network_stop (a);
  rt_network_start (a);
  wait_up (a);
  assert_state (a, RT_NETWORK_LOOKING, "Looking for peers…");
}

static void
test_wrong_network (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL), *b;
  g_autofree char *address = network_dup_address (a);
  g_autofree char *words = g_strdup_printf ("Wrong network name at %s", address);

  b = person_join (&self->bob, "other net", address);
  rt_wait_until (rt_network_get_error (b) != NULL);
  g_assert_cmpstr (rt_network_get_error (b), ==, words);
  assert_state (b, RT_NETWORK_LOOKING, words);
  g_assert_cmpstr (rt_known_peer_get_cause (find_known_peer (b, address)), ==, words);
  /* the other one hears of it too */
  rt_wait_until (rt_network_get_error (a) != NULL);
  g_assert_cmpstr (rt_network_get_error (a), ==, "Wrong network name at 127.0.0.1");
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_known_peers (a)), ==, 0);

  /* gone with the address that it is about */
  {
    g_autoptr (RtNetworkConfig) edited = rt_network_config_copy (rt_network_get_config (b));

    g_object_set (edited, "peers", NULL, NULL);
    g_assert_true (rt_networks_update (self->bob.networks, b, edited, NULL));
    g_assert_cmpstr (rt_network_get_error (b), ==, NULL);
    assert_state (b, RT_NETWORK_LOOKING, "Looking for peers…");
  }
  /* and that of a stranger with the first link */
  {
    g_autofree char *b_address = network_dup_address (b);
    g_autoptr (RtNetworkConfig) renamed = rt_network_config_copy (rt_network_get_config (b));
    g_autoptr (GError) error = NULL;

    g_object_set (renamed, "subnet", "net", NULL);
    g_assert_true (rt_networks_update (self->bob.networks, b, renamed, NULL));
    wait_up (b);
    g_assert_true (connect_and_wait (a, b_address, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (rt_network_get_error (a), ==, NULL);
    assert_state (a, RT_NETWORK_CONNECTED, "1 peer");
  }
}

static void
test_refused_then_there (Fixture *self, gconstpointer data)
{
  guint16 port = find_free_port ();
  g_autofree char *address = rt_format_address ("127.0.0.1", port);
  g_autofree char *words = g_strdup_printf ("Nobody listens at %s", address);
  g_autoptr (RtNetworkConfig) config = make_config ("net", NULL);
  RtNetwork *b = person_join (&self->bob, "net", address);
  RtKnownPeer *peer = find_known_peer (b, address);
  guint attempts;

  g_assert_nonnull (peer);
  rt_wait_until (rt_known_peer_get_cause (peer) != NULL);
  g_assert_cmpstr (rt_known_peer_get_cause (peer), ==, words);
  g_assert_cmpstr (rt_network_get_error (b), ==, words);
  assert_state (b, RT_NETWORK_LOOKING, "Looking for peers…");
  g_object_get (peer, "attempts", &attempts, NULL);
  g_assert_cmpuint (attempts, ==, 1);

  /* it is tried again by itself */
  g_object_set (config, "listen-port", (guint) port, NULL);
  g_assert_nonnull (rt_networks_add (self->ada.networks, config, NULL));
  wait_peers (b, 1);
  rt_wait_until (rt_network_get_error (b) == NULL);
  rt_wait_until (find_known_peer (b, address) == NULL);
}

static void
test_configured_peer_comes_back (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL), *b;
  g_autofree char *address = network_dup_address (a);

  b = person_join (&self->bob, "net", address);
  wait_peers (b, 1);
  g_assert_null (find_known_peer (b, address));
  rt_network_stop (a);
  wait_peers (b, 0);
  rt_wait_until (find_known_peer (b, address) != NULL);
  g_assert_cmpint (rt_known_peer_get_last_seen (find_known_peer (b, address)), >, 1700000000);
  rt_network_start (a);
  wait_peers (b, 1);
}

static void
test_port_taken (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketListener) squatter = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  guint port = find_free_port ();
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new (loopback, (guint16) port);
  g_autoptr (RtNetworkConfig) config = make_config ("net", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  RtNetwork *a;

  g_socket_listener_add_address (squatter, socket_address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, NULL, &error);
  g_assert_no_error (error);
  words = g_strdup_printf ("Port %u is taken by another program", port);
  g_object_set (config, "listen-port", port, NULL);
  a = rt_networks_add (self->ada.networks, config, &error);
  g_assert_no_error (error);
  rt_wait_until (rt_network_get_state (a) == RT_NETWORK_FAILED);
  assert_state (a, RT_NETWORK_FAILED, words);
  g_assert_cmpstr (rt_network_get_error (a), ==, words);
  g_assert_null (rt_network_get_socket (a));

  g_socket_listener_close (squatter);
  rt_network_start (a);
  wait_up (a);
  assert_state (a, RT_NETWORK_LOOKING, "Looking for peers…");
  g_assert_cmpstr (rt_network_get_error (a), ==, NULL);
}

static void
test_connect (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL);
  RtNetwork *b = person_join (&self->bob, "net", NULL);
  g_autofree char *address = network_dup_address (a);
  g_autofree char *own = network_dup_address (b);
  g_autofree char *nowhere = rt_format_address ("127.0.0.1", find_free_port ());
  g_autofree char *refused = g_strdup_printf ("Nobody listens at %s", nowhere);
  g_autofree char *is_self = g_strdup_printf ("%s is this very node", own);
  g_autofree char *there = g_strdup_printf ("There is a connection to %s already", address);
  g_autoptr (GError) error = NULL;

  g_assert_false (connect_and_wait (b, "no address", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (connect_and_wait (b, nowhere, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, refused);
  rt_wait_until (find_known_peer (b, nowhere) != NULL);
  g_assert_cmpstr (rt_known_peer_get_cause (find_known_peer (b, nowhere)), ==, refused);
  g_clear_error (&error);
  g_assert_false (connect_and_wait (b, own, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SELF);
  g_assert_cmpstr (error->message, ==, is_self);
  g_clear_error (&error);

  g_assert_true (connect_and_wait (b, address, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (rt_network_get_n_peers (b), ==, 1);
  g_assert_null (find_known_peer (b, address));
  g_assert_false (connect_and_wait (b, address, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_DUPLICATE);
  g_assert_cmpstr (error->message, ==, there);
  g_clear_error (&error);

  rt_network_stop (b);
  g_assert_false (connect_and_wait (b, address, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED);
}

/* By name: the link is found again though the node announces an address. */
static void
test_connect_by_name (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL);
  RtNetwork *b;
  g_autofree char *name = rt_format_address ("localhost", (guint16) rt_network_config_get_listen_port (rt_network_get_config (a)));

  b = person_join (&self->bob, "net", name);
  wait_peers (b, 1);
  rt_wait_until (find_known_peer (b, name) == NULL);
  /* and it is not dialled again for that */
  rt_wait_milliseconds (AFTER_RETRY_MILLISECONDS);
  g_assert_cmpuint (rt_network_get_n_peers (b), ==, 1);
  g_assert_cmpuint (rt_network_get_n_peers (a), ==, 1);
  g_assert_cmpstr (rt_network_get_error (b), ==, NULL);
}

static void
test_disconnect (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL), *b;
  g_autofree char *address = network_dup_address (a);
  g_autoptr (P2pConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  b = person_join (&self->bob, "net", address);
  wait_peers (b, 1);
  connection = g_list_model_get_item (rt_network_get_connections (b), 0);
  rt_network_disconnect (b, connection);
  wait_peers (b, 0);
  wait_peers (a, 0);
  g_assert_cmpint (p2p_connection_get_state (connection), ==, P2P_CONNECTION_CLOSED);
  rt_wait_until (find_known_peer (b, address) != NULL);
  /* what the person closed stays closed... */
  rt_wait_milliseconds (AFTER_RETRY_MILLISECONDS);
  g_assert_cmpuint (rt_network_get_n_peers (b), ==, 0);
  /* ...until he says otherwise */
  g_assert_true (connect_and_wait (b, address, &error));
  g_assert_no_error (error);
}

/* Each names the other, and both dial at once: one link stays, and nobody calls that an error. */
static void
test_both_dial (Fixture *self, gconstpointer data)
{
  guint16 a_port = find_free_port (), b_port = find_free_port ();
  g_autofree char *a_address = rt_format_address ("127.0.0.1", a_port);
  g_autofree char *b_address = rt_format_address ("127.0.0.1", b_port);
  g_autoptr (RtNetworkConfig) a_config = make_config ("net", b_address);
  g_autoptr (RtNetworkConfig) b_config = make_config ("net", a_address);
  RtNetwork *a, *b;

  g_object_set (a_config, "listen-port", (guint) a_port, NULL);
  g_object_set (b_config, "listen-port", (guint) b_port, NULL);
  a = rt_networks_add (self->ada.networks, a_config, NULL);
  b = rt_networks_add (self->bob.networks, b_config, NULL);
  wait_peers (a, 1);
  wait_peers (b, 1);
  rt_wait_milliseconds (AFTER_RETRY_MILLISECONDS);
  g_assert_cmpuint (rt_network_get_n_peers (a), ==, 1);
  g_assert_cmpuint (rt_network_get_n_peers (b), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_connections (a)), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_known_peers (a)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_known_peers (b)), ==, 0);
  g_assert_cmpstr (rt_network_get_error (a), ==, NULL);
  g_assert_cmpstr (rt_network_get_error (b), ==, NULL);
}

/* Whom we were linked to is dialled after a restart, though no configuration names him. */
static void
test_known_after_restart (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL);
  g_autofree char *address = network_dup_address (a);
  g_autoptr (RtNetworkConfig) config = make_config ("net", NULL);
  g_autoptr (GError) error = NULL;
  RtNetwork *b;

  g_object_set (config, "max-outgoing", 4u, NULL);
  b = rt_networks_add (self->bob.networks, config, &error);
  g_assert_no_error (error);
  wait_up (b);
  g_assert_true (connect_and_wait (b, address, &error));
  g_assert_no_error (error);
  person_end (&self->bob);
  wait_peers (a, 0);

  person_begin (&self->bob);
  b = person_get (&self->bob, 0);
  wait_peers (b, 1);
  wait_peers (a, 1);
}

static P2pKnownAddress *
find_entry (RtNetwork *network, const char *address)
{
  GListModel *book = p2p_mesh_socket_get_known_addresses (rt_network_get_socket (network));

  for (guint i = 0; i < g_list_model_get_n_items (book); i++)
    {
      g_autoptr (P2pKnownAddress) entry = g_list_model_get_item (book, i);
      g_autofree char *text = p2p_known_address_dup_address (entry);

      if (g_str_equal (text, address))
        return entry;
    }
  return NULL;
}

/* The neighbours of longest standing are known as such after a restart. */
static void
test_anchors_after_restart (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL);
  Person carol;
  RtNetwork *c;
  RtNetwork *b = person_join (&self->bob, "net", NULL);
  g_autofree char *first = network_dup_address (a);
  g_autofree char *second = NULL;
  g_autoptr (GError) error = NULL;

  person_init (&carol);
  c = person_join (&carol, "net", NULL);
  second = network_dup_address (c);
  g_assert_true (connect_and_wait (b, first, &error) && connect_and_wait (b, second, &error));
  g_assert_no_error (error);
  rt_wait_until (p2p_known_address_get_anchor (find_entry (b, first)) && p2p_known_address_get_anchor (find_entry (b, second)));
  person_end (&self->bob);
  person_begin (&self->bob);
  b = person_get (&self->bob, 0);
  wait_up (b);
  rt_wait_until (find_entry (b, first) != NULL && find_entry (b, second) != NULL);
  g_assert_true (p2p_known_address_get_anchor (find_entry (b, first)));
  g_assert_false (p2p_known_address_get_pinned (find_entry (b, first)));
  g_assert_cmpint (p2p_known_address_get_last_seen (find_entry (b, second)), >, 1700000000 * (gint64) G_USEC_PER_SEC);
  person_clear (&carol);
}

/* An address that is taken out of the configuration is no longer dialled. */
static void
test_unnamed (Fixture *self, gconstpointer data)
{
  g_autofree char *nowhere = rt_format_address ("127.0.0.1", find_free_port ());
  RtNetwork *b = person_join (&self->bob, "net", nowhere);
  g_autoptr (RtNetworkConfig) edited = rt_network_config_copy (rt_network_get_config (b));

  rt_wait_until (find_entry (b, nowhere) != NULL && p2p_known_address_get_state (find_entry (b, nowhere)) == P2P_ADDRESS_STATE_WAITING);
  g_assert_true (p2p_known_address_get_pinned (find_entry (b, nowhere)));
  g_object_set (edited, "peers", NULL, NULL);
  g_assert_true (rt_networks_update (self->bob.networks, b, edited, NULL));
  g_assert_null (find_entry (b, nowhere));
  /* And pinned again when it is named again. */
  g_object_set (edited, "peers", (const char *[]) { nowhere, NULL }, NULL);
  g_assert_true (rt_networks_update (self->bob.networks, b, edited, NULL));
  g_assert_true (p2p_known_address_get_pinned (find_entry (b, nowhere)));
}

static void
test_edit (Fixture *self, gconstpointer data)
{
  RtNetwork *a = person_join (&self->ada, "net", NULL);
  RtNetwork *b = person_join (&self->bob, "net", NULL);
  const char *peers[] = { NULL, NULL };
  g_autofree char *address = network_dup_address (a);
  g_autofree char *id = g_strdup (network_get_id (b));
  g_autoptr (RtNetworkConfig) edited = rt_network_config_copy (rt_network_get_config (b));
  g_autoptr (GError) error = NULL;
  P2pMeshSocket *socket = rt_network_get_socket (b);

  /* peers: taken over while running */
  peers[0] = address;
  g_object_set (edited, "peers", peers, NULL);
  g_assert_true (rt_networks_update (self->bob.networks, b, edited, &error));
  g_assert_no_error (error);
  g_assert_true (rt_network_get_socket (b) == socket);
  wait_peers (b, 1);

  /* another network: a new node, by another id, at the same port */
  g_object_set (edited, "subnet", "renamed", NULL);
  g_assert_true (rt_networks_update (self->bob.networks, b, edited, &error));
  g_assert_no_error (error);
  wait_peers (a, 0);
  wait_up (b);
  g_assert_cmpstr (rt_network_get_title (b), ==, "renamed");
  g_assert_cmpstr (network_get_id (b), !=, id);
  g_assert_cmpuint (p2p_mesh_socket_get_port (rt_network_get_socket (b)), ==, rt_network_config_get_listen_port (edited));
}

static void
test_encrypted (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) config = make_config ("net", NULL);
  const char *peers[] = { NULL, NULL };
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  RtNetwork *a, *b;

  g_object_set (config, "encryption", P2P_ENCRYPTION_SSL, NULL);
  a = rt_networks_add (self->ada.networks, config, &error);
  g_assert_no_error (error);
  wait_up (a);
  address = network_dup_address (a);
  peers[0] = address;
  g_object_set (config, "peers", peers, "listen-port", 0u, NULL);
  b = rt_networks_add (self->bob.networks, config, &error);
  g_assert_no_error (error);
  wait_peers (a, 1);
  wait_up (b);
  g_assert_nonnull (rt_network_send_text (a, "sealed", NULL));
  wait_rows (b, 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (b, 0)), ==, "sealed");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/network-links/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("states", test_states);
  ADD ("restart-keeps-id-and-port", test_restart_keeps_id_and_port);
  ADD ("stopped-while-starting", test_stopped_while_starting);
  ADD ("wrong-network", test_wrong_network);
  ADD ("refused-then-there", test_refused_then_there);
  ADD ("configured-peer-comes-back", test_configured_peer_comes_back);
  ADD ("port-taken", test_port_taken);
  ADD ("connect", test_connect);
  ADD ("connect-by-name", test_connect_by_name);
  ADD ("disconnect", test_disconnect);
  ADD ("both-dial", test_both_dial);
  ADD ("known-after-restart", test_known_after_restart);
  ADD ("anchors-after-restart", test_anchors_after_restart);
  ADD ("unnamed", test_unnamed);
  ADD ("edit", test_edit);
  ADD ("encrypted", test_encrypted);
  return g_test_run ();
}
