/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes with a table on loopback, with what they were told in lists. */
#pragma once

#include "mesh/socket-fixture.hpp"

inline GBytes *
Key (const std::string &text)
{
  return g_bytes_new (text.data (), text.size ());
}

inline std::string
TextOf (GBytes *key)
{
  gsize length;
  auto *data = static_cast<const char *> (g_bytes_get_data (key, &length));
  return data != nullptr ? std::string (data, length) : std::string ();
}

inline std::string
Print (GVariant *value)
{
  if (value == nullptr)
    return "(none)";
  g_autofree char *text = g_variant_print (value, FALSE);
  return text;
}

class TableNode {
public:
  explicit TableNode (bool leasing = true, P2pIdentity *identity = nullptr, const P2pLimits *limits = nullptr, bool listen = true)
  {
    g_autoptr (P2pProtocol) protocol = p2p_protocol_new ("table", "Plaintext");
    g_autoptr (GError) error = nullptr;

    socket = p2p_sync_socket_new (protocol, identity, limits, leasing, &error);
    g_assert_no_error (error);
    g_signal_connect_swapped (socket, "update", G_CALLBACK (OnUpdate), this);
    g_signal_connect_swapped (socket, "delete", G_CALLBACK (OnDelete), this);
    g_signal_connect_swapped (socket, "confirmed", G_CALLBACK (OnConfirmed), this);
    g_signal_connect_swapped (socket, "record", G_CALLBACK (OnRecord), this);
    g_signal_connect_swapped (socket, "refused", G_CALLBACK (OnRefused), this);
    if (listen)
      Listen ();
  }

  ~TableNode ()
  {
    if (socket == nullptr)
      return;
    g_signal_handlers_disconnect_by_data (socket, this);
    g_object_unref (socket);
  }

  void
  Listen ()
  {
    g_autoptr (GError) error = nullptr;
    p2p_mesh_socket_listen (mesh (), "127.0.0.1", 0, &error);
    g_assert_no_error (error);
  }

  P2pMeshSocket *mesh () { return P2P_MESH_SOCKET (socket); }
  std::string id () { return p2p_mesh_socket_get_id (mesh ()); }
  guint16 port () { return p2p_mesh_socket_get_port (mesh ()); }

  ::testing::AssertionResult
  ConnectTo (TableNode &other)
  {
    Result result;

    p2p_mesh_socket_connect_to_async (mesh (), "127.0.0.1", other.port (), nullptr, nullptr, OnConnect, &result);
    if (!WaitFor ([&] { return result.done && p2p_mesh_socket_get_connection (other.mesh (), id ().c_str ()) != nullptr; }))
      return ::testing::AssertionFailure () << "no link: " << (result.error ? result.error->message : "not in time");
    return ::testing::AssertionSuccess ();
  }

  /* value in GVariant text */
  ::testing::AssertionResult
  Set (const std::string &key, const char *value, int code = -1)
  {
    g_autoptr (GBytes) bytes = Key (key);
    g_autoptr (GError) error = nullptr;
    gboolean ok = p2p_sync_socket_set (socket, bytes, g_variant_new_parsed (value), &error);

    return Check (ok, error, code);
  }

  ::testing::AssertionResult
  Delete (const std::string &key, int code = -1)
  {
    g_autoptr (GBytes) bytes = Key (key);
    g_autoptr (GError) error = nullptr;
    gboolean ok = p2p_sync_socket_delete_key (socket, bytes, &error);

    return Check (ok, error, code);
  }

  std::string
  Get (const std::string &key)
  {
    g_autoptr (GBytes) bytes = Key (key);
    g_autoptr (GError) error = nullptr;
    g_autoptr (GVariant) value = p2p_sync_socket_get (socket, bytes, &error);

    if (value == nullptr)
      g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND);
    return Print (value);
  }

  bool WaitForValue (const std::string &key, const std::string &value) { return WaitFor ([&] { return Get (key) == value; }); }

  /* The words of what was refused last */
  std::string words;
  P2pSyncSocket *socket = nullptr;
  std::vector<std::string> told;                /* "key=value", "key deleted" */
  std::vector<std::pair<std::string, std::string>> records;
  std::vector<std::string> refused;
  std::vector<std::string> confirmed;

private:
  ::testing::AssertionResult
  Check (gboolean ok, GError *error, int code)
  {
    words = error != nullptr ? error->message : "";
    if (ok != (code < 0) || (error == nullptr) != (code < 0))
      return ::testing::AssertionFailure () << "it ended otherwise: " << words;
    if (code >= 0 && !g_error_matches (error, P2P_TABLE_ERROR, code))
      return ::testing::AssertionFailure () << "another error: " << words;
    return ::testing::AssertionSuccess ();
  }

  static void OnUpdate (TableNode *self, GBytes *key, GVariant *value, P2pSyncEntry *entry)
  {
    g_autoptr (GVariant) held = p2p_sync_entry_get_value (entry);

    g_assert_true (g_variant_equal (held, value));
    g_assert_true (g_bytes_equal (p2p_sync_entry_get_key (entry), key));
    self->told.push_back (TextOf (key) + "=" + Print (value));
  }
  static void OnDelete (TableNode *self, GBytes *key) { self->told.push_back (TextOf (key) + " deleted"); }
  static void OnConfirmed (TableNode *self, GBytes *key) { self->confirmed.push_back (TextOf (key)); }
  static void OnRecord (TableNode *self, GBytes *key, GBytes *record)
  {
    self->records.emplace_back (TextOf (key), record != nullptr ? TextOf (record) : "");
  }
  static void OnRefused (TableNode *self, GBytes *key, const char *owner, GError *reason)
  {
    g_autofree char *code = p2p_error_get_code_name (reason);
    self->refused.push_back (TextOf (key) + " of " + owner + ": " + code);
  }
};
