/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Neighbours that come to us to see whether it can be done: one who asks is called once, where he is, and nobody else ever. */
#include "config.h"

#include "network-test.h"
#include "model/reach/rt-calls.h"
#include "model/reach/rt-gateway.h"
#include "model/network/rt-network-private.h"
#include "p2p/wire/p2p-message-struct.h"

typedef struct {
  Person          ada, bob;
  RtNetwork      *asker, *asked;
  GSocketService *service;      /* a port of somebody else's on this computer */
  guint16         port;
  guint           n_came;
} Fixture;

static gboolean
came_cb (GSocketService *service, GSocketConnection *connection, GObject *source, Fixture *self)
{
  self->n_came++;
  return FALSE;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *address = NULL;

  person_init (&self->ada);
  person_init (&self->bob);
  self->asked = person_join (&self->bob, "club", NULL);
  address = network_dup_address (self->asked);
  self->asker = person_join (&self->ada, "club", address);
  wait_peers (self->asker, 1);
  wait_peers (self->asked, 1);
  self->service = g_socket_service_new ();
  {
    g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0), bound = NULL;

    g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL));
    self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  }
  g_signal_connect (self->service, "incoming", G_CALLBACK (came_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  person_end (&self->ada);
  person_end (&self->bob);
  person_clear (&self->ada);
  person_clear (&self->bob);
}

static RtCallCounts
ask (Fixture *self, guint16 port, guint n)
{
  RtCalls *calls = rt_network_get_calls (self->asker);
  RtCallCounts counts;

  g_assert_cmpuint (rt_calls_ask (calls, port), ==, n);
  rt_calls_get_counts (calls, &counts);
  g_assert_cmpuint (counts.n_asked, ==, n);
  rt_wait_until ((rt_calls_get_counts (calls, &counts), counts.n_waiting == 0));
  return counts;
}

static void
test_reached (Fixture *self, gconstpointer data)
{
  RtCallCounts counts = ask (self, p2p_mesh_socket_get_port (rt_network_get_socket (self->asker)), 1);

  /* here everybody is near: it proves nothing of the way from outside */
  g_assert_cmpuint (counts.n_reached_near, ==, 1);
  g_assert_cmpuint (counts.n_reached_far + counts.n_failed_far + counts.n_failed_near, ==, 0);
  g_assert_null (rt_calls_get_host (rt_network_get_calls (self->asker)));
  /* nobody is asked again so soon */
  g_assert_cmpuint (rt_calls_ask (rt_network_get_calls (self->asker), 4444), ==, 0);
  /* and the link between them is what it was */
  g_assert_cmpuint (rt_network_get_n_peers (self->asker), ==, 1);
  g_assert_cmpuint (rt_network_get_n_peers (self->asked), ==, 1);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  RtCallCounts counts = ask (self, find_free_port (), 1);

  g_assert_cmpuint (counts.n_failed_near, ==, 1);
  g_assert_cmpuint (counts.n_reached_near, ==, 0);
}

static void
test_where_nothing_is_asked (Fixture *self, gconstpointer data)
{
  RtCallCounts counts;

  g_assert_cmpuint (rt_calls_ask (rt_network_get_calls (self->asker), 80), ==, 0);
  g_assert_cmpuint (rt_calls_ask (rt_network_get_calls (self->asker), 0), ==, 0);
  rt_network_stop (self->asker);
  g_assert_cmpuint (rt_calls_ask (rt_network_get_calls (self->asker), 4444), ==, 0);
  rt_calls_get_counts (rt_network_get_calls (self->asker), &counts);
  g_assert_cmpuint (counts.n_asked, ==, 0);
}

static void
whispered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  p2p_mesh_socket_whisper_app_finish (P2P_MESH_SOCKET (source), result, NULL);
  *(guint *) user_data += 1;
}

typedef struct {
  guint n_reached, n_not_now;
} Answers;

static void
answer_cb (P2pMeshSocket *socket, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection, Answers *answers)
{
  if (p2p_app_frame_get_op (frame) != P2P_APP_CALLED)
    return;
  answers->n_reached += p2p_app_frame_get_outcome (frame) == P2P_APP_CALL_REACHED;
  answers->n_not_now += p2p_app_frame_get_outcome (frame) == P2P_APP_CALL_NOT_NOW;
}

/* Who would have ports looked through: one is tried, the others are not. */
static void
test_many_ports (Fixture *self, gconstpointer data)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->asker);
  Answers answers = { 0 };
  guint n_sent = 0;
  gulong handler = g_signal_connect (socket, "app-frame", G_CALLBACK (answer_cb), &answers);

  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_call (1000 + i, self->port, NULL);

      p2p_mesh_socket_whisper_app_async (socket, network_get_id (self->asked), frame, NULL, whispered_cb, &n_sent);
    }
  rt_wait_until (n_sent == 30 && self->n_came > 0 && answers.n_reached + answers.n_not_now == 30);
  g_assert_cmpuint (answers.n_reached, ==, 1);
  g_assert_cmpuint (self->n_came, ==, 1);
  g_signal_handler_disconnect (socket, handler);
}

/* A port of this computer may be forwarded: who comes so seems to be here. What else listens here is none of his business, and he is told so. */
static void
test_here (Fixture *self, gconstpointer data)
{
  RtCallCounts counts;

  rt_calls_set_here (rt_network_get_calls (self->asked), FALSE);
  counts = ask (self, self->port, 1);
  g_assert_cmpuint (counts.n_reached_near + counts.n_failed_near, ==, 0);
  g_assert_cmpuint (self->n_came, ==, 0);
}

static void
test_whom (void)
{
  static const char * const never[] = { "127.0.0.1", "127.5.5.5", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "224.0.0.1", "fe80::1%eth0", "fe80::1", "example.org", "" };
  static const char routes[] = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
                               "eth0\t00000000\t%08X\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
                               "eth0\t%08X\t%08X\t0003\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
                               "tun0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0\n";
  g_autofree char *lan = p2p_get_lan_address ();
  /* as they lie in memory: 192.168.1.1, and 10.0.0.2 for 10.0.0.0 */
  g_autofree char *text = g_strdup_printf (routes, g_htonl (0xC0A80101), g_htonl (0x0A000000), g_htonl (0x0A000002));

  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_assert_false (rt_calls_may_call (never[i]));
  g_assert_true (rt_calls_may_call ("81.2.3.4"));
  g_assert_true (rt_calls_may_call ("2a01:4f8::1"));
  g_assert_true (rt_calls_may_call ("169.254.7.8"));
  /* our own, where we have one */
  g_assert_false (lan != NULL && rt_calls_may_call (lan));
  g_assert_true (rt_gateway_is_in (text, "192.168.1.1"));
  g_assert_false (rt_gateway_is_in (text, "10.0.0.2"));
  g_assert_false (rt_gateway_is_in (text, "0.0.0.0"));
  g_assert_false (rt_gateway_is_in (text, "192.168.1.2"));
  g_assert_false (rt_gateway_is_in (text, "router"));
  g_assert_false (rt_gateway_is_in (text, NULL));
  g_assert_false (rt_gateway_is_in ("", "192.168.1.1"));
}

/* Answers that nobody asked for are none. */
static void
test_unasked (Fixture *self, gconstpointer data)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->asked);
  guint64 before = p2p_mesh_socket_get_dropped (rt_network_get_socket (self->asker), P2P_DROP_UNEXPECTED);
  guint n_sent = 0;
  RtCallCounts counts;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_called (i, P2P_APP_CALL_REACHED, "81.2.3.4", NULL);

      p2p_mesh_socket_whisper_app_async (socket, network_get_id (self->asker), frame, NULL, whispered_cb, &n_sent);
    }
  rt_wait_until (p2p_mesh_socket_get_dropped (rt_network_get_socket (self->asker), P2P_DROP_UNEXPECTED) == before + 5);
  rt_calls_get_counts (rt_network_get_calls (self->asker), &counts);
  g_assert_cmpuint (counts.n_asked, ==, 0);
  g_assert_null (rt_calls_get_host (rt_network_get_calls (self->asker)));
  rt_wait_until (n_sent == 5);
}

/* A question to everybody is none: the library makes no such thing. */
static void
test_not_for_everybody (Fixture *self, gconstpointer data)
{
  g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_call (1, 4444, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (p2p_mesh_socket_send_app (rt_network_get_socket (self->asker), frame, &error), <, 0);
  g_assert_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE);
}

/* The network goes off while somebody is called. */
static void
test_stopped (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (rt_calls_ask (rt_network_get_calls (self->asker), self->port), ==, 1);
  rt_network_stop (self->asker);
  rt_wait_until (rt_network_get_n_peers (self->asked) == 0);
  rt_network_stop (self->asked);
}

/* On a link that is not encrypted somebody between may ask in his name; he himself proves it, and is called, though nobody else is asked for him in that minute. */
static void
test_forged (Fixture *self, gconstpointer data)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->asked);
  const char *asker = network_get_id (self->asker);
  const guint16 ports[] = { find_free_port (), self->port };

  /* who is called is here, and has a key */
  g_assert_nonnull (rt_network_get_calls (self->asked));
  g_assert_true (rt_network_can_seal (self->asked, asker));
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_call (i, ports[i], NULL);
      g_autoptr (GVariant) packets = g_variant_ref_sink (p2p_app_frame_pack (frame));
      g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_WHISPER, asker, g_get_real_time () / G_USEC_PER_SEC, packets, NULL);

      message->verified = i == 1;
      g_signal_emit_by_name (socket, "app-frame", frame, message, p2p_mesh_socket_get_connection (socket, asker));
    }
  rt_wait_until (self->n_came == 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/model/calls/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("reached", test_reached);
  ADD ("refused", test_refused);
  ADD ("where-nothing-is-asked", test_where_nothing_is_asked);
  ADD ("many-ports", test_many_ports);
  ADD ("here", test_here);
  ADD ("unasked", test_unasked);
  ADD ("not-for-everybody", test_not_for_everybody);
  ADD ("stopped", test_stopped);
  ADD ("forged", test_forged);
#undef ADD
  g_test_add_func ("/model/calls/whom", test_whom);
  return g_test_run ();
}
