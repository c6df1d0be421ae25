/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public API over real loopback sockets: links, talk, and what can go wrong. */
#include "../support/free-port.h"
#include "socket-fixture.hpp"

#include <memory>

namespace {

TEST (MeshSocket, TalksBothWays)
{
  Node a, b;

  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_EQ (p2p_mesh_socket_send_text (a.socket, "grüß dich", nullptr), 1);
  EXPECT_TRUE (b.Hears ("grüß dich"));
  EXPECT_EQ (p2p_mesh_socket_send (b.socket, Packets ("and you"), nullptr), 1);
  EXPECT_TRUE (a.Hears ("and you"));
  EXPECT_EQ (a.events, (std::vector<std::string>{ "added", "connected" }));
  EXPECT_EQ (b.events, a.events);
  EXPECT_EQ (p2p_mesh_socket_get_n_outgoing (a.socket), 1u);
  EXPECT_EQ (p2p_mesh_socket_get_n_incoming (a.socket), 0u);
  EXPECT_EQ (p2p_mesh_socket_get_n_incoming (b.socket), 1u);
  g_autoptr (GVariant) status = p2p_mesh_socket_get_status (a.socket);
  EXPECT_EQ (g_variant_n_children (status), 0u);
}

TEST (MeshSocket, SaysNothingToNobody)
{
  Node a ("socket", "Plaintext", false);
  GError *error = nullptr;

  EXPECT_EQ (p2p_mesh_socket_send_text (a.socket, "hello?", &error), 0);
  EXPECT_EQ (error, nullptr);
  EXPECT_EQ (a.port (), 0);
}

/* What was made before is sent as that; a second time it is the same message. */
TEST (MeshSocket, SendsWhatWasMade)
{
  Node a, b;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  GError *error = nullptr;
  P2pMessage *message = p2p_message_new (P2P_FLAG_BROADCAST, p2p_mesh_socket_get_id (a.socket), now - 10,
                                         g_variant_new_parsed ("[<%x>, <'once'>]", static_cast<gint64> (P2P_SUBFLAG_BROADCAST)), nullptr);
  P2pMessage *foreign = p2p_message_new (P2P_FLAG_BROADCAST, p2p_mesh_socket_get_id (b.socket), now,
                                         g_variant_new_parsed ("[<%x>, <'not ours'>]", static_cast<gint64> (P2P_SUBFLAG_BROADCAST)), nullptr);

  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, message, nullptr), 0);
  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, message, nullptr), 1);
  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, message, nullptr), 1);
  EXPECT_EQ (p2p_mesh_socket_send_text (a.socket, "behind it", nullptr), 1);
  EXPECT_TRUE (WaitFor ([&] { return b.heard.size () >= 2; }));
  EXPECT_EQ (b.heard, (std::vector<std::string>{ "once", "behind it" }));
  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, foreign, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE));
  g_clear_error (&error);
  ASSERT_TRUE (p2p_mesh_socket_close (a.socket, nullptr));
  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, message, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED));
  g_clear_error (&error);
  p2p_message_unref (message);
  p2p_message_unref (foreign);
}

/* The head of a str and of a bin changes its form with the length. */
TEST (MeshSocket, EveryLength)
{
  Node a, b;
  const gsize lengths[] = { 0, 1, 31, 32, 255, 256, 65535, 65536, 70000 };

  ASSERT_TRUE (a.ConnectTo (b));
  for (gsize length : lengths)
    {
      std::string text (length, 'x');

      b.heard.clear ();
      ASSERT_EQ (p2p_mesh_socket_send_text (a.socket, text.c_str (), nullptr), 1);
      ASSERT_TRUE (WaitFor ([&] { return b.heard.size () == 1; }));
      EXPECT_EQ (b.heard[0].size (), length);
      ASSERT_EQ (p2p_mesh_socket_send_bytes (a.socket, reinterpret_cast<const guint8 *> (text.data ()), length, nullptr), 1);
      ASSERT_TRUE (WaitFor ([&] { return b.heard.size () == 2; }));
      g_autoptr (GPtrArray) got = p2p_mesh_socket_recv_many (b.socket, 5);
      ASSERT_EQ (got->len, 2u);
      g_autoptr (GVariant) text_packet = p2p_message_get_packet (static_cast<P2pMessage *> (got->pdata[0]), 1);
      g_autoptr (GVariant) bytes_packet = p2p_message_get_packet (static_cast<P2pMessage *> (got->pdata[1]), 1);
      EXPECT_STREQ (g_variant_get_type_string (text_packet), "s");
      EXPECT_STREQ (g_variant_get_type_string (bytes_packet), "ay");
      EXPECT_EQ (g_variant_n_children (bytes_packet), length);
      EXPECT_EQ (p2p_mesh_socket_recv (b.socket), nullptr);
    }
}

TEST (MeshSocket, FailuresHaveNames)
{
  Node a, elsewhere ("elsewhere"), secure ("socket", "SSL");
  struct { const char *host; guint16 port; int code; } cases[] = {
    { "127.0.0.1", elsewhere.port (), P2P_LINK_ERROR_WRONG_NETWORK },
    { "127.0.0.1", a.port (), P2P_LINK_ERROR_SELF },
    { "name.invalid", 4000, P2P_LINK_ERROR_NOT_RESOLVED },
    { "", 4000, P2P_LINK_ERROR_BAD_ADDRESS },
    { "127.0.0.1", 0, P2P_LINK_ERROR_BAD_ADDRESS },
  };

  for (auto &c : cases)
    {
      Result result;

      p2p_mesh_socket_connect_to_async (a.socket, c.host, c.port, nullptr, nullptr, OnConnect, &result);
      EXPECT_FALSE (result.done);
      ASSERT_TRUE (WaitFor ([&] { return result.done; })) << c.host;
      ExpectError (result, c.code);
    }

  /* A port that nobody listens at. */
  Result refused;
  p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", find_free_port (), nullptr, nullptr, OnConnect, &refused);
  ASSERT_TRUE (WaitFor ([&] { return refused.done; }));
  ExpectError (refused, P2P_LINK_ERROR_REFUSED);

  Node b;
  Result wrong;
  p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", b.port (), "abc", nullptr, OnConnect, &wrong);
  ASSERT_TRUE (WaitFor ([&] { return wrong.done; }));
  ExpectError (wrong, P2P_LINK_ERROR_WRONG_ID);

  /* The other one learns of it too, as the originals' never do. */
  EXPECT_TRUE (WaitFor ([&] { return !elsewhere.events.empty (); }));
  EXPECT_EQ (elsewhere.events[0], "failed P2P_LINK_ERROR_WRONG_NETWORK");
  g_autoptr (GVariant) status = p2p_mesh_socket_get_status (a.socket);
  EXPECT_GE (g_variant_n_children (status), 5u);
  EXPECT_EQ (a.n_peers (), 0u);
  P2pMeshStats stats;
  p2p_mesh_socket_get_stats (a.socket, &stats);
  EXPECT_EQ (stats.links_pending, 0u);
  EXPECT_EQ (stats.dials, 0u);
}

TEST (MeshSocket, BadNodes)
{
  struct { const char *encryption, *version; int code; } cases[] = {
    { "rot13", "0.7", P2P_LINK_ERROR_UNKNOWN_ENCRYPTION },
    { "Plaintext", "0.2", P2P_LINK_ERROR_FAILED },
  };

  for (auto &c : cases)
    {
      g_autoptr (P2pProtocol) protocol = p2p_protocol_new_with_version ("x", c.encryption, c.version);
      g_autoptr (GError) error = nullptr;

      EXPECT_EQ (p2p_mesh_socket_new (protocol, nullptr, nullptr, &error), nullptr);
      EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, c.code));
    }

  Node a;
  g_autoptr (GError) error = nullptr;
  EXPECT_FALSE (p2p_mesh_socket_listen (a.socket, "127.0.0.1", 0, &error));
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_LISTEN));
  Node b ("socket", "Plaintext", false);
  g_autoptr (GError) taken = nullptr;
  EXPECT_FALSE (p2p_mesh_socket_listen (b.socket, "127.0.0.1", a.port (), &taken));
  EXPECT_TRUE (g_error_matches (taken, P2P_LINK_ERROR, P2P_LINK_ERROR_ADDRESS_IN_USE)) << taken->message;
}

TEST (MeshSocket, Cancelled)
{
  Node a, b;
  g_autoptr (GCancellable) before = g_cancellable_new ();
  g_autoptr (GCancellable) during = g_cancellable_new ();
  Result first, second, search;

  g_cancellable_cancel (before);
  p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", b.port (), nullptr, before, OnConnect, &first);
  p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", b.port (), nullptr, during, OnConnect, &second);
  g_cancellable_cancel (during);
  ASSERT_TRUE (WaitFor ([&] { return first.done && second.done; }));
  EXPECT_TRUE (g_error_matches (first.error, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED));
  /* It may have been quicker than we were; then it is a link. */
  if (second.connection == nullptr)
    {
      EXPECT_TRUE (g_error_matches (second.error, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED));
    }

  g_autoptr (GCancellable) looking = g_cancellable_new ();
  Node c, d;
  ASSERT_TRUE (c.ConnectTo (d));
  p2p_mesh_socket_whisper_to_async (c.socket, "abc", Packets ("x"), looking, OnWhisper, &search);
  g_autoptr (GPtrArray) requests = p2p_mesh_socket_get_requests (c.socket);
  ASSERT_EQ (requests->len, 1u);
  EXPECT_STREQ (static_cast<char *> (requests->pdata[0]), "abc");
  g_cancellable_cancel (looking);
  ASSERT_TRUE (WaitFor ([&] { return search.done; }));
  EXPECT_TRUE (g_error_matches (search.error, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED));
  g_autoptr (GPtrArray) none = p2p_mesh_socket_get_requests (c.socket);
  EXPECT_EQ (none->len, 0u);
}

TEST (MeshSocket, Secure)
{
  Node a ("socket", "SSL"), b ("socket", "SSL"), plain;

  ASSERT_TRUE (a.ConnectTo (b));
  p2p_mesh_socket_send_text (a.socket, "in secret", nullptr);
  EXPECT_TRUE (b.Hears ("in secret"));
  EXPECT_STREQ (p2p_connection_get_encryption (p2p_mesh_socket_get_connection (a.socket, b.id ().c_str ())), "SSL");
  Result result;
  p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", plain.port (), nullptr, nullptr, OnConnect, &result);
  ASSERT_TRUE (WaitFor ([&] { return result.done; }));
  ExpectError (result, P2P_LINK_ERROR_TLS);
}

TEST (MeshSocket, ReplyAndWhisper)
{
  Node a, b, c;

  p2p_mesh_socket_set_max_outgoing (a.socket, 0);
  p2p_mesh_socket_set_max_outgoing (c.socket, 0);
  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (c.ConnectTo (b));
  p2p_mesh_socket_send_text (a.socket, "who is there?", nullptr);
  ASSERT_TRUE (b.Hears ("who is there?"));
  ASSERT_TRUE (c.Hears ("who is there?"));

  /* To a neighbour. */
  g_autoptr (P2pMessage) at_b = p2p_mesh_socket_recv (b.socket);
  Result near_by;
  p2p_mesh_socket_reply_async (b.socket, at_b, Packets ("b is"), nullptr, OnReply, &near_by);
  EXPECT_TRUE (a.Hears ("b is"));
  EXPECT_TRUE (WaitFor ([&] { return near_by.done; }));
  EXPECT_TRUE (near_by.ok);

  /* To somebody else: looked for, dialled, told. */
  g_autoptr (P2pMessage) at_c = p2p_mesh_socket_recv (c.socket);
  g_autoptr (GError) not_connected = nullptr;
  EXPECT_FALSE (p2p_mesh_socket_whisper (c.socket, a.id ().c_str (), Packets ("x"), &not_connected));
  EXPECT_TRUE (g_error_matches (not_connected, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED));
  Result far_away;
  p2p_mesh_socket_reply_async (c.socket, at_c, Packets ("so is c"), nullptr, OnReply, &far_away);
  EXPECT_TRUE (a.Hears ("so is c"));
  EXPECT_TRUE (WaitFor ([&] { return far_away.done; }));
  EXPECT_TRUE (far_away.ok) << (far_away.error ? far_away.error->message : "");
  EXPECT_NE (p2p_mesh_socket_get_connection (c.socket, a.id ().c_str ()), nullptr);
  for (auto &text : b.heard)
    EXPECT_NE (text, "so is c");
  EXPECT_TRUE (p2p_mesh_socket_whisper (c.socket, a.id ().c_str (), Packets ("again"), nullptr));
  EXPECT_TRUE (a.Hears ("again"));
}

TEST (MeshSocket, Models)
{
  Node a, b, c;
  GListModel *table = p2p_mesh_socket_get_routing_table (a.socket);
  guint changes = 0;

  g_signal_connect_swapped (table, "items-changed", G_CALLBACK (+[] (guint *n) { (*n)++; }), &changes);
  EXPECT_EQ (g_list_model_get_n_items (table), 0u);
  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (a.ConnectTo (c));
  EXPECT_EQ (changes, 2u);
  ASSERT_EQ (g_list_model_get_n_items (table), 2u);
  g_autoptr (P2pConnection) first = P2P_CONNECTION (g_list_model_get_item (table, 0));
  EXPECT_EQ (p2p_connection_get_id (first), b.id ());
  EXPECT_EQ (first, p2p_mesh_socket_get_connection (a.socket, b.id ().c_str ()));
  g_autofree char *address = p2p_connection_dup_address (first);
  EXPECT_EQ (address, "127.0.0.1:" + std::to_string (b.port ()));
  EXPECT_GT (p2p_connection_get_since (first), 0);
  EXPECT_GE (p2p_connection_get_fd (first), 0);
  EXPECT_TRUE (p2p_connection_get_outgoing (first));

  /* The counters of a connection that somebody looks at are told. */
  guint told = 0;
  g_signal_connect_swapped (first, "notify::bytes-out", G_CALLBACK (+[] (guint *n) { (*n)++; }), &told);
  guint64 before = p2p_connection_get_bytes_out (first);
  for (int i = 0; i < 100; i++)
    p2p_mesh_socket_send_text (a.socket, std::to_string (i).c_str (), nullptr);
  EXPECT_GT (p2p_connection_get_bytes_out (first), before);
  EXPECT_TRUE (WaitFor ([&] { return told > 0; }));
  EXPECT_LE (told, 3u);

  p2p_mesh_socket_disconnect (a.socket, first);
  EXPECT_EQ (g_list_model_get_n_items (table), 1u);
  EXPECT_EQ (p2p_connection_get_state (first), P2P_CONNECTION_CLOSED);
  EXPECT_TRUE (g_error_matches (p2p_connection_get_error (first), P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED));
  EXPECT_EQ (p2p_connection_get_fd (first), -1);
  EXPECT_GT (p2p_connection_get_bytes_out (first), before);
  g_autoptr (GError) error = nullptr;
  EXPECT_EQ (p2p_connection_send (first, 0, g_variant_new_parsed ("[<@x 0>]"), nullptr, -1, &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED));
  EXPECT_TRUE (WaitFor ([&] { return !b.events.empty () && b.events.back () == "removed P2P_LINK_ERROR_CLOSED_BY_PEER"; }));
  g_signal_handlers_disconnect_by_data (table, &changes);
}

TEST (MeshSocket, MaxOutgoing)
{
  std::vector<std::unique_ptr<Node>> nodes;

  for (int i = 0; i < 8; i++)
    nodes.push_back (std::make_unique<Node> ());
  p2p_mesh_socket_set_max_outgoing (nodes[7]->socket, 2);
  for (int i = 1; i < 8; i++)
    ASSERT_TRUE (nodes[i]->ConnectTo (*nodes[0]));
  ASSERT_TRUE (WaitFor ([&] { return p2p_mesh_socket_get_n_outgoing (nodes[7]->socket) == 2; }));
  for (auto &node : nodes)
    EXPECT_LE (p2p_mesh_socket_get_n_outgoing (node->socket), 4u);
}

}  // namespace
