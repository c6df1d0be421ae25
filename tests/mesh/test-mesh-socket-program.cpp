/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public API over real loopback sockets: what programs do with messages, and how they end. */
#include "socket-fixture.hpp"

namespace {

struct Handled { std::vector<std::string> order; guint stop_at = 0; P2pMeshSocket *socket = nullptr; guint remove = 0; };

gboolean
First (P2pMeshSocket *, P2pMessage *message, P2pConnection *, gpointer data)
{
  auto *h = static_cast<Handled *> (data);
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);
  g_autofree char *text = g_variant_print (packets, FALSE);

  h->order.push_back (std::string ("1 ") + text);
  if (h->remove != 0)
    p2p_mesh_socket_unregister_handler (h->socket, h->remove);
  h->remove = 0;
  return h->stop_at == 1;
}

gboolean
Second (P2pMeshSocket *, P2pMessage *, P2pConnection *, gpointer data)
{
  auto *h = static_cast<Handled *> (data);
  h->order.push_back ("2");
  return h->stop_at == 2;
}

TEST (MeshSocket, Handlers)
{
  Node a, b;
  Handled handled;
  bool destroyed = false;

  ASSERT_TRUE (a.ConnectTo (b));
  p2p_mesh_socket_register_handler (b.socket, First, &handled, nullptr);
  guint second = p2p_mesh_socket_register_handler (b.socket, Second, &handled, nullptr);
  guint third = p2p_mesh_socket_register_handler (b.socket, [] (P2pMeshSocket *, P2pMessage *, P2pConnection *, gpointer) -> gboolean { return FALSE; },
                                                  &destroyed, [] (gpointer data) { *static_cast<bool *> (data) = true; });

  p2p_mesh_socket_send_text (a.socket, "all", nullptr);
  ASSERT_TRUE (b.Hears ("all"));
  EXPECT_EQ (handled.order, (std::vector<std::string>{ "1 [<int64 0>, <'all'>]", "2" }));

  /* Kept by the first: nobody else sees it, nor recv() nor the signal. */
  handled.order.clear ();
  handled.stop_at = 1;
  p2p_mesh_socket_send_text (a.socket, "kept", nullptr);
  ASSERT_TRUE (WaitFor ([&] { return handled.order.size () == 1; }));
  handled.stop_at = 0;
  p2p_mesh_socket_send_text (a.socket, "next", nullptr);
  ASSERT_TRUE (b.Hears ("next"));
  EXPECT_EQ (b.heard.size (), 2u);
  g_autoptr (GPtrArray) queue = p2p_mesh_socket_recv_many (b.socket, 10);
  EXPECT_EQ (queue->len, 2u);

  /* User-defined sub-flags of any type come to handlers only. */
  const char *subflags[] = { "@x 112", "'tx_relay'", "@ay [0x01]", "true", "@x 4711", "()" };
  for (const char *subflag : subflags)
    {
      handled.order.clear ();
      EXPECT_EQ (p2p_mesh_socket_send_full (a.socket, 0, g_variant_new_parsed (subflag), g_variant_new_parsed ("[<@x 1>]"), nullptr, nullptr), 1);
      ASSERT_TRUE (WaitFor ([&] { return handled.order.size () == 2; })) << subflag;
    }
  EXPECT_EQ (b.heard.size (), 2u);
  EXPECT_EQ (p2p_mesh_socket_recv (b.socket), nullptr);

  /* One may take another away while it is being walked. */
  handled.order.clear ();
  handled.socket = b.socket;
  handled.remove = second;
  p2p_mesh_socket_send_text (a.socket, "without two", nullptr);
  ASSERT_TRUE (b.Hears ("without two"));
  EXPECT_EQ (handled.order.size (), 1u);
  p2p_mesh_socket_unregister_handler (b.socket, third);
  EXPECT_TRUE (destroyed);
}

TEST (MeshSocket, ReservedFlags)
{
  Node a;
  const char *reserved[] = { "@x 1", "@x 5", "@x 48", "@d 5.0", "byte 0x07", "@i 9", "<<@x 5>>" };
  const char *fine[] = { "@x 0", "@x 2", "@x 49", "@x -1", "'5'", "@ay [0x05]", "@d 5.5" };
  P2pMessage *message = nullptr;

  for (const char *subflag : reserved)
    {
      g_autoptr (GError) error = nullptr;

      EXPECT_EQ (p2p_mesh_socket_send_full (a.socket, 0, g_variant_new_parsed (subflag), nullptr, &message, &error), -1) << subflag;
      EXPECT_TRUE (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_RESERVED_FLAG));
      EXPECT_EQ (message, nullptr);
    }
  for (const char *subflag : fine)
    {
      g_autoptr (GError) error = nullptr;

      EXPECT_EQ (p2p_mesh_socket_send_full (a.socket, 0, g_variant_new_parsed (subflag), nullptr, &message, &error), 0) << subflag;
      ASSERT_NE (message, nullptr);
      EXPECT_EQ (p2p_message_get_n_packets (message), 1u);
      g_clear_pointer (&message, p2p_message_unref);
    }
  g_autoptr (GError) flag = nullptr;
  EXPECT_EQ (p2p_mesh_socket_send_full (a.socket, 1, nullptr, nullptr, nullptr, &flag), -1);
  EXPECT_TRUE (g_error_matches (flag, P2P_WIRE_ERROR, P2P_WIRE_ERROR_RESERVED_FLAG));
  g_autoptr (GError) value = nullptr;
  EXPECT_EQ (p2p_mesh_socket_send (a.socket, g_variant_new_string ("no list"), &value), -1);
  EXPECT_TRUE (g_error_matches (value, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE));
  std::string large (5 * 1024 * 1024, 'x');
  g_autoptr (GError) too_large = nullptr;
  EXPECT_EQ (p2p_mesh_socket_send_text (a.socket, large.c_str (), &too_large), -1);
  EXPECT_TRUE (g_error_matches (too_large, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE));
  g_autoptr (GError) latin = nullptr;
  EXPECT_EQ (p2p_mesh_socket_send_text (a.socket, "\xe4", &latin), -1);
  EXPECT_TRUE (g_error_matches (latin, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE));
}

TEST (MeshSocket, QueueIsBounded)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  limits->recv_queue = 10;
  Node a, b ("socket", "Plaintext", true, limits);

  ASSERT_TRUE (a.ConnectTo (b));
  for (int i = 0; i < 25; i++)
    p2p_mesh_socket_send_text (a.socket, std::to_string (i).c_str (), nullptr);
  ASSERT_TRUE (b.Hears ("24"));
  EXPECT_EQ (b.heard.size (), 25u);
  P2pMeshStats stats;
  p2p_mesh_socket_get_stats (b.socket, &stats);
  EXPECT_EQ (stats.recv_dropped, 15u);
  EXPECT_EQ (stats.delivered, 25u);
  for (int i = 15; i < 25; i++)
    {
      g_autoptr (P2pMessage) message = p2p_mesh_socket_recv (b.socket);
      EXPECT_EQ (TextOf (message), std::to_string (i));
    }
  EXPECT_EQ (p2p_mesh_socket_recv (b.socket), nullptr);
}

TEST (MeshSocket, NoQueue)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  limits->recv_queue = 0;
  Node a, b ("socket", "Plaintext", true, limits);

  ASSERT_TRUE (a.ConnectTo (b));
  p2p_mesh_socket_send_text (a.socket, "by the signal only", nullptr);
  ASSERT_TRUE (b.Hears ("by the signal only"));
  P2pMeshStats stats;
  p2p_mesh_socket_get_stats (b.socket, &stats);
  EXPECT_EQ (stats.recv_dropped, 0u);
  EXPECT_EQ (p2p_mesh_socket_recv (b.socket), nullptr);
}

TEST (MeshSocket, ConnectionSend)
{
  Node a, b;

  ASSERT_TRUE (a.ConnectTo (b));
  P2pConnection *connection = p2p_mesh_socket_get_connection (a.socket, b.id ().c_str ());
  gint64 time = g_get_real_time () / G_USEC_PER_SEC - 5;
  g_autoptr (P2pMessage) message = p2p_connection_send (connection, P2P_FLAG_BROADCAST, g_variant_new_parsed ("[<@x 0>, <'as another'>]"), "abc", time, nullptr);
  ASSERT_NE (message, nullptr);
  ASSERT_TRUE (b.Hears ("as another"));
  g_autoptr (P2pMessage) got = p2p_mesh_socket_recv (b.socket);
  EXPECT_STREQ (p2p_message_get_sender (got), "abc");
  EXPECT_EQ (p2p_message_get_time (got), time);

  g_autoptr (GBytes) frame = p2p_message_to_bytes (message);
  EXPECT_TRUE (p2p_connection_send_raw (connection, frame, nullptr));
  P2pMeshStats stats;
  EXPECT_TRUE (WaitFor ([&] { p2p_mesh_socket_get_stats (b.socket, &stats); return stats.duplicates == 1; }));
  static const guint8 bz2[] = { P2P_COMPRESSION_BZ2 };
  g_autoptr (GBytes) methods = g_bytes_new_static (bz2, sizeof bz2);
  EXPECT_TRUE (p2p_connection_renegotiate (connection, methods, nullptr));
  P2pConnection *back = p2p_mesh_socket_get_connection (b.socket, a.id ().c_str ());
  EXPECT_TRUE (WaitFor ([&] { return p2p_connection_get_compression (back) == P2P_COMPRESSION_BZ2; }));
}

TEST (MeshSocket, CloseIsOnce)
{
  Node a, b;
  g_autoptr (GError) error = nullptr;

  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_TRUE (p2p_mesh_socket_close (a.socket, &error));
  EXPECT_EQ (error, nullptr);
  EXPECT_EQ (a.events.back (), "removed P2P_LINK_ERROR_CLOSED");
  EXPECT_EQ (a.n_peers (), 0u);
  EXPECT_FALSE (p2p_mesh_socket_close (a.socket, &error));
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED));
  g_clear_error (&error);
  EXPECT_EQ (p2p_mesh_socket_send_text (a.socket, "x", &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED));
  Result result;
  p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", b.port (), nullptr, nullptr, OnConnect, &result);
  ASSERT_TRUE (WaitFor ([&] { return result.done; }));
  ExpectError (result, P2P_LINK_ERROR_SOCKET_CLOSED);
  EXPECT_TRUE (WaitFor ([&] { return b.n_peers () == 0; }));
}

/* The last reference goes in each kind of callback. */
void
Vanish (Node *node)
{
  if (node->socket == nullptr)
    return;
  g_signal_handlers_disconnect_by_data (node->socket, node);
  g_clear_object (&node->socket);
}

gboolean
VanishInHandler (P2pMeshSocket *, P2pMessage *, P2pConnection *, gpointer data)
{
  Vanish (static_cast<Node *> (data));
  return FALSE;
}

TEST (MeshSocket, LastReferenceInAHandler)
{
  const char *where[] = { "message", "handler", "peer-added", "connected", "items-changed", "notify::n-connections", "awaiting-ids", "peer-removed" };

  for (std::string place : where)
    {
      Node a, b;
      P2pMeshSocket *gone = b.socket;
      Result result;

      g_object_add_weak_pointer (G_OBJECT (gone), reinterpret_cast<gpointer *> (&gone));
      if (place == "handler")
        p2p_mesh_socket_register_handler (b.socket, VanishInHandler, &b, nullptr);
      else if (place == "items-changed")
        g_signal_connect_swapped (p2p_mesh_socket_get_routing_table (b.socket), "items-changed", G_CALLBACK (Vanish), &b);
      else if (place == "awaiting-ids")
        g_signal_connect_swapped (p2p_mesh_socket_get_awaiting_ids (b.socket), "items-changed", G_CALLBACK (Vanish), &b);
      else
        g_signal_connect_swapped (b.socket, place.c_str (), G_CALLBACK (Vanish), &b);
      p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", b.port (), nullptr, nullptr, OnConnect, &result);
      ASSERT_TRUE (WaitFor ([&] { return result.done; })) << place;
      for (int i = 0; i < 5; i++)
        p2p_mesh_socket_send_text (a.socket, std::to_string (i).c_str (), nullptr);
      if (place == "peer-removed" && result.connection != nullptr)
        p2p_mesh_socket_disconnect (a.socket, result.connection);
      EXPECT_TRUE (WaitFor ([&] { return gone == nullptr && a.n_peers () == 0; })) << place;
    }
}

TEST (MeshSocket, IdentityStays)
{
  guint8 seed[P2P_IDENTITY_SEED_LENGTH];
  for (guint i = 0; i < sizeof seed; i++)
    seed[i] = static_cast<guint8> (i);
  g_autoptr (GBytes) bytes = g_bytes_new (seed, sizeof seed);
  g_autoptr (P2pIdentity) identity = p2p_identity_new_from_seed (bytes, nullptr);
  g_autoptr (P2pProtocol) here = p2p_protocol_new ("here", "Plaintext");
  g_autoptr (P2pProtocol) there = p2p_protocol_new ("there", "Plaintext");
  g_autofree char *id = p2p_identity_get_node_id (identity, here);
  g_autofree char *other = p2p_identity_get_node_id (identity, there);
  g_autoptr (GBytes) kept = p2p_identity_get_seed (identity);
  g_autoptr (GBytes) key = p2p_identity_get_public_key (identity);
  g_autoptr (GBytes) short_seed = g_bytes_new (seed, 31);
  g_autoptr (GError) error = nullptr;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (P2pIdentity) again = p2p_identity_new_from_seed (kept, nullptr);
      g_autoptr (P2pMeshSocket) socket = p2p_mesh_socket_new (here, again, nullptr, nullptr);
      EXPECT_STREQ (p2p_mesh_socket_get_id (socket), id);
    }
  EXPECT_STRNE (id, other);
  EXPECT_TRUE (p2p_base58_is_valid (id, strlen (id)));
  EXPECT_EQ (g_bytes_get_size (key), 32u);
  /* RFC 8032's key for this seed starts so. */
  EXPECT_EQ (static_cast<const guint8 *> (g_bytes_get_data (key, nullptr))[0], 0x03);
  EXPECT_EQ (p2p_identity_new_from_seed (short_seed, &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED));
}

TEST (MeshSocket, WhatOursSay)
{
  Node a, b;
  gboolean own;
  P2pCapabilities capabilities;
  gint64 round_trip, offset, skew;

  ASSERT_TRUE (a.ConnectTo (b));
  for (auto [from, to] : { std::pair<Node *, Node *> { &a, &b }, { &b, &a } })
    {
      P2pConnection *connection = p2p_mesh_socket_get_connection (from->socket, to->id ().c_str ());

      ASSERT_NE (connection, nullptr);
      g_object_get (connection, "own", &own, "capabilities", &capabilities, "round-trip", &round_trip, "clock-offset", &offset, nullptr);
      EXPECT_TRUE (own);
      EXPECT_TRUE (p2p_connection_get_own (connection));
      EXPECT_EQ (capabilities, P2P_CAP_VALIDATES | P2P_CAP_LAZY_PUSH | P2P_CAP_PING | P2P_CAP_MAX_FRAME);
      EXPECT_EQ (p2p_connection_get_capabilities (connection), capabilities);
      EXPECT_GE (round_trip, 0);
      EXPECT_LT (round_trip, 60 * G_TIME_SPAN_SECOND);
      EXPECT_LE (ABS (offset), 60);
      EXPECT_EQ (p2p_connection_get_clock_offset (connection), offset);
    }
  g_object_get (a.socket, "clock-skew", &skew, nullptr);
  EXPECT_EQ (skew, 0);
}

TEST (MeshSocket, Properties)
{
  Node a ("socket", "Plaintext", false);
  guint notified = 0;

  g_signal_connect_swapped (a.socket, "notify", G_CALLBACK (+[] (guint *n) { (*n)++; }), &notified);
  g_object_set (a.socket, "out-host", "203.0.113.5", "out-port", 4444u, "max-outgoing", 7u, "debug-level", 0u, nullptr);
  EXPECT_EQ (notified, 3u);
  g_object_set (a.socket, "out-host", "203.0.113.5", "out-port", 4444u, "max-outgoing", 7u, nullptr);
  EXPECT_EQ (notified, 3u);
  ASSERT_TRUE (p2p_mesh_socket_listen (a.socket, "127.0.0.1", 0, nullptr));
  EXPECT_STREQ (p2p_mesh_socket_get_out_host (a.socket), "203.0.113.5");
  EXPECT_EQ (p2p_mesh_socket_get_out_port (a.socket), 4444);
  EXPECT_STREQ (p2p_mesh_socket_get_host (a.socket), "127.0.0.1");
  EXPECT_GT (p2p_mesh_socket_get_port (a.socket), 0);
  EXPECT_EQ (p2p_mesh_socket_get_max_outgoing (a.socket), 7u);
  Node b;
  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_STREQ (p2p_connection_get_host (p2p_mesh_socket_get_connection (b.socket, a.id ().c_str ())), "203.0.113.5");
  g_signal_handlers_disconnect_by_data (a.socket, &notified);
}

}  // namespace
