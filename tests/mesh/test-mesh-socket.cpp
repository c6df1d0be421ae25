/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public API over real loopback sockets. */
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "p2p/p2p.h"

namespace {

constexpr guint kTimeoutSeconds = 20;

/* Runs the main context until condition holds or time is up. */
bool
WaitFor (const std::function<bool ()> &condition)
{
  gboolean late = FALSE;
  GSource *timer = g_timeout_source_new_seconds (kTimeoutSeconds);

  g_source_set_callback (timer, [] (gpointer data) -> gboolean { *static_cast<gboolean *> (data) = TRUE; return G_SOURCE_REMOVE; }, &late, nullptr);
  g_source_attach (timer, nullptr);
  bool good;
  while (!(good = condition ()) && !late)
    g_main_context_iteration (nullptr, TRUE);
  g_source_destroy (timer);
  g_source_unref (timer);
  return good;
}

GVariant *
Packets (const char *text)
{
  return g_variant_new_parsed ("[<%s>]", text);
}

std::string
TextOf (P2pMessage *message)
{
  g_autofree char *text = message != nullptr ? p2p_message_dup_text (message) : nullptr;
  return text != nullptr ? text : "(none)";
}

struct Result {
  bool done = false;
  P2pConnection *connection = nullptr;
  gboolean ok = FALSE;
  GError *error = nullptr;

  ~Result () { g_clear_object (&connection); g_clear_error (&error); }
};

void
OnConnect (GObject *source, GAsyncResult *result, gpointer data)
{
  auto *r = static_cast<Result *> (data);
  r->connection = p2p_mesh_socket_connect_to_finish (P2P_MESH_SOCKET (source), result, &r->error);
  r->done = true;
}

void
OnWhisper (GObject *source, GAsyncResult *result, gpointer data)
{
  auto *r = static_cast<Result *> (data);
  r->ok = p2p_mesh_socket_whisper_to_finish (P2P_MESH_SOCKET (source), result, &r->error);
  r->done = true;
}

void
OnReply (GObject *source, GAsyncResult *result, gpointer data)
{
  auto *r = static_cast<Result *> (data);
  r->ok = p2p_mesh_socket_reply_finish (P2P_MESH_SOCKET (source), result, &r->error);
  r->done = true;
}

/* A node on 127.0.0.1 with its events in a list. */
class Node {
public:
  explicit Node (const char *subnet = "socket", const char *encryption = "Plaintext", bool listen = true, const P2pLimits *limits = nullptr)
  {
    g_autoptr (P2pProtocol) protocol = p2p_protocol_new (subnet, encryption);
    GError *error = nullptr;

    socket = p2p_mesh_socket_new (protocol, nullptr, limits, &error);
    g_assert_no_error (error);
    g_signal_connect_swapped (socket, "connected", G_CALLBACK (OnConnected), this);
    g_signal_connect_swapped (socket, "peer-added", G_CALLBACK (OnAdded), this);
    g_signal_connect_swapped (socket, "peer-removed", G_CALLBACK (OnRemoved), this);
    g_signal_connect_swapped (socket, "link-failed", G_CALLBACK (OnFailed), this);
    g_signal_connect_swapped (socket, "message", G_CALLBACK (OnMessage), this);
    if (listen)
      {
        p2p_mesh_socket_listen (socket, "127.0.0.1", 0, &error);
        g_assert_no_error (error);
      }
  }

  ~Node ()
  {
    if (socket != nullptr)
      {
        g_signal_handlers_disconnect_by_data (socket, this);
        g_object_unref (socket);
      }
  }

  guint16 port () { return p2p_mesh_socket_get_port (socket); }
  std::string id () { return p2p_mesh_socket_get_id (socket); }
  guint n_peers () { guint n; g_object_get (socket, "n-connections", &n, nullptr); return n; }

  ::testing::AssertionResult
  ConnectTo (Node &other)
  {
    Result result;

    p2p_mesh_socket_connect_to_async (socket, "127.0.0.1", other.port (), nullptr, nullptr, OnConnect, &result);
    if (!WaitFor ([&] { return result.done && other.n_peers () > 0 && p2p_mesh_socket_get_connection (other.socket, id ().c_str ()) != nullptr; }))
      return ::testing::AssertionFailure () << "no link: " << (result.error ? result.error->message : "not in time");
    return ::testing::AssertionSuccess ();
  }

  bool
  Hears (const std::string &text)
  {
    return WaitFor ([&] { for (auto &h : heard) if (h == text) return true; return false; });
  }

  P2pMeshSocket *socket = nullptr;
  std::vector<std::string> heard;
  std::vector<std::string> events;

private:
  static void OnConnected (Node *self) { self->events.push_back ("connected"); }
  static void OnAdded (Node *self, P2pConnection *connection)
  {
    g_assert_cmpint (p2p_connection_get_state (connection), ==, P2P_CONNECTION_ESTABLISHED);
    self->events.push_back ("added");
  }
  static void OnRemoved (Node *self, P2pConnection *connection, GError *reason)
  {
    g_autofree char *code = p2p_error_get_code_name (reason);

    g_assert_cmpint (p2p_connection_get_state (connection), ==, P2P_CONNECTION_CLOSED);
    g_assert_nonnull (p2p_connection_get_error (connection));
    self->events.push_back (std::string ("removed ") + code);
  }
  static void OnFailed (Node *self, const char *address, GError *reason)
  {
    g_autofree char *code = p2p_error_get_code_name (reason);

    self->events.push_back (std::string ("failed ") + code);
  }
  static void OnMessage (Node *self, P2pMessage *message, P2pConnection *connection)
  {
    g_assert_true (connection == nullptr || P2P_IS_CONNECTION (connection));
    self->heard.push_back (TextOf (message));
  }
};

void
ExpectError (const Result &result, int code)
{
  ASSERT_TRUE (result.done);
  ASSERT_NE (result.error, nullptr);
  EXPECT_TRUE (g_error_matches (result.error, P2P_LINK_ERROR, code)) << result.error->message;
  EXPECT_EQ (result.connection, nullptr);
}

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

  /* A port that nobody listens at any more. */
  guint16 free_port;
  {
    Node gone;
    free_port = gone.port ();
  }
  Result refused;
  p2p_mesh_socket_connect_to_async (a.socket, "127.0.0.1", free_port, nullptr, nullptr, OnConnect, &refused);
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
  EXPECT_TRUE (g_error_matches (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  /* It may have been quicker than we were; then it is a link. */
  if (second.connection == nullptr)
    {
      EXPECT_TRUE (g_error_matches (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
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
  EXPECT_TRUE (g_error_matches (search.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
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

TEST (MeshSocket, LastReferenceInAHandler)
{
  Node a, b;

  ASSERT_TRUE (a.ConnectTo (b));
  g_signal_connect (b.socket, "message", G_CALLBACK (+[] (P2pMeshSocket *, P2pMessage *, P2pConnection *, gpointer data) {
                      auto *node = static_cast<Node *> (data);
                      g_signal_handlers_disconnect_by_data (node->socket, node);
                      g_clear_object (&node->socket);
                    }), &b);
  P2pMeshSocket *gone = b.socket;
  g_object_add_weak_pointer (G_OBJECT (gone), reinterpret_cast<gpointer *> (&gone));
  for (int i = 0; i < 5; i++)
    p2p_mesh_socket_send_text (a.socket, "bye", nullptr);
  EXPECT_TRUE (WaitFor ([&] { return gone == nullptr && a.n_peers () == 0; }));
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
