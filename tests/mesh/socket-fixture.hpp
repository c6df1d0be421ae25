/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of the public API on loopback, with their events in a list. */
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "p2p/p2p.h"

constexpr guint kTimeoutSeconds = 60;

/* Runs the main context until condition holds or time is up. */
inline bool
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

inline GVariant *
Packets (const char *text)
{
  return g_variant_new_parsed ("[<%s>]", text);
}

inline std::string
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

inline void
OnConnect (GObject *source, GAsyncResult *result, gpointer data)
{
  auto *r = static_cast<Result *> (data);
  r->connection = p2p_mesh_socket_connect_to_finish (P2P_MESH_SOCKET (source), result, &r->error);
  r->done = true;
}

inline void
OnWhisper (GObject *source, GAsyncResult *result, gpointer data)
{
  auto *r = static_cast<Result *> (data);
  r->ok = p2p_mesh_socket_whisper_to_finish (P2P_MESH_SOCKET (source), result, &r->error);
  r->done = true;
}

inline void
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
    Begin (listen);
  }

  /* One that was made elsewhere; taken. */
  explicit Node (P2pMeshSocket *made) : socket (made) { Begin (true); }

  ~Node ()
  {
    if (socket != nullptr)
      {
        g_signal_handlers_disconnect_by_data (socket, this);
        g_object_unref (socket);
      }
  }

  void Begin (bool listen)
  {
    GError *error = nullptr;

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

inline void
ExpectError (const Result &result, int code)
{
  ASSERT_TRUE (result.done);
  ASSERT_NE (result.error, nullptr);
  EXPECT_TRUE (g_error_matches (result.error, P2P_LINK_ERROR, code)) << result.error->message;
  EXPECT_EQ (result.connection, nullptr);
}
