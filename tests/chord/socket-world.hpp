/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets with a distributed table in a world of their own, with what they were told in lists. */
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "p2p/api/p2p-chord-socket-private.h"
#include "test-env.h"

inline GBytes *
Bytes (const std::string &text)
{
  return g_bytes_new (text.data (), text.size ());
}

inline std::string
TextOf (GBytes *bytes)
{
  gsize length;
  auto *data = static_cast<const char *> (g_bytes_get_data (bytes, &length));
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

inline std::string
CodeOf (const GError *error)
{
  if (error == nullptr)
    return "";
  g_autofree char *code = p2p_error_get_code_name (error);
  return code;
}

/* How an operation ended: its result as text, or the error's code. */
struct End {
  int calls = 0;
  std::string value, code, words;
  std::function<std::string (GObject *, GAsyncResult *, GError **)> finish;
  std::function<void ()> then;          /* within the callback */

  static void
  Callback (GObject *source, GAsyncResult *result, gpointer data)
  {
    auto *self = static_cast<End *> (data);
    g_autoptr (GError) error = nullptr;

    self->calls++;
    self->value = self->finish (source, result, &error);
    self->code = CodeOf (error);
    self->words = error != nullptr ? error->message : "";
    if (self->then)
      self->then ();
  }
};

class ChordSocketNode {
public:
  ChordSocketNode (TestWorld *world, const char *name, guint k = 0, const P2pLimits *limits = nullptr) : host (test_world_add_host (world, name))
  {
    g_autoptr (GError) error = nullptr;
    g_autoptr (GBytes) seed = Bytes (std::string (name) + std::string (32 - strlen (name), '.'));
    g_autoptr (P2pIdentity) identity = p2p_identity_new_from_seed (seed, &error);

    socket = p2p_chord_socket_new_with_env (nullptr, identity, limits, k, test_host_get_env (host), &error);
    g_assert_no_error (error);
    g_signal_connect_swapped (socket, "add", G_CALLBACK (OnAdd), this);
    g_signal_connect_swapped (socket, "delete", G_CALLBACK (OnDelete), this);
    g_signal_connect_swapped (socket, "record", G_CALLBACK (OnRecord), this);
    g_signal_connect_swapped (socket, "refused", G_CALLBACK (OnRefused), this);
    g_signal_connect_swapped (socket, "notify::seed-state", G_CALLBACK (OnSeed), this);
  }

  ~ChordSocketNode () { Drop (); }

  void
  Drop ()
  {
    if (socket == nullptr)
      return;
    g_signal_handlers_disconnect_by_data (socket, this);
    g_clear_object (&socket);
  }

  void
  Listen ()
  {
    g_autoptr (GError) error = nullptr;
    p2p_mesh_socket_listen (mesh (), test_host_get_address (host), 4000, &error);
    g_assert_no_error (error);
  }

  P2pMeshSocket *mesh () { return P2P_MESH_SOCKET (socket); }
  std::string id () { return p2p_mesh_socket_get_id (mesh ()); }

  TestHost *host;
  P2pChordSocket *socket = nullptr;
  std::vector<std::string> told;        /* "+key", "-key" */
  std::vector<std::string> refused, seeds;
  std::map<std::string, std::string> records;
  std::function<void ()> on_add;        /* once */

private:
  static void OnAdd (ChordSocketNode *self, GBytes *key)
  {
    auto act = std::move (self->on_add);

    self->told.push_back ("+" + TextOf (key));
    self->on_add = nullptr;
    if (act)
      act ();
  }
  static void OnDelete (ChordSocketNode *self, GBytes *key) { self->told.push_back ("-" + TextOf (key)); }
  static void OnRecord (ChordSocketNode *self, GBytes *id, GBytes *record)
  {
    if (record != nullptr)
      self->records[TextOf (id)] = TextOf (record);
    else
      self->records.erase (TextOf (id));
  }
  static void OnRefused (ChordSocketNode *self, const char *giver, GError *reason) { self->refused.push_back (std::string (giver) + ": " + CodeOf (reason)); }
  static void OnSeed (ChordSocketNode *self)
  {
    static const char *const names[] = { "not", "joining", "joined", "leaving" };
    self->seeds.push_back (names[p2p_chord_socket_get_seed_state (self->socket)]);
  }
};

/* n sockets, all linked to the first, all of them storing. */
class ChordWorld {
public:
  explicit ChordWorld (guint n = 3, guint k = 0, const P2pLimits *limits = nullptr, bool join = true) : world (test_world_new (1))
  {
    TestPath path = {};
    static const char *const names[] = { "alice", "bob", "carol", "dave", "eve", "frank" };

    path.delay = 10000;
    test_world_set_path (world, &path);
    for (guint i = 0; i < n; i++)
      {
        nodes.push_back (std::make_unique<ChordSocketNode> (world, names[i], k, limits));
        nodes[i]->Listen ();
        if (i > 0)
          Connect (i, 0);
      }
    for (guint i = 0; join && i < n; i++)
      EXPECT_EQ (Join (i).code, "");
    if (join)
      {
        EXPECT_TRUE (Wait ([&] {
          for (auto &node : nodes)
            if (RingOf (*node) != nodes.size ())
              return false;
          return true;
        }));
      }
  }

  ~ChordWorld ()
  {
    nodes.clear ();
    Turn (1000);
    test_world_free (world);
  }

  ChordSocketNode &operator[] (guint index) { return *nodes[index]; }
  static guint RingOf (ChordSocketNode &node) { return g_list_model_get_n_items (p2p_chord_socket_get_ring (node.socket)); }

  void
  Turn (gint64 milliseconds)
  {
    test_world_advance (world, milliseconds * 1000);
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }

  /* A minute of the world's time at most */
  bool
  Wait (const std::function<bool ()> &condition)
  {
    for (guint i = 0; i < 12000 && !condition (); i++)
      Turn (5);
    return condition ();
  }

  void
  Connect (guint from, guint to)
  {
    p2p_mesh_socket_connect_to_async (nodes[from]->mesh (), test_host_get_address (nodes[to]->host), 4000, nullptr, nullptr, nullptr, nullptr);
    ASSERT_TRUE (Wait ([&] { return p2p_mesh_socket_get_connection (nodes[to]->mesh (), nodes[from]->id ().c_str ()) != nullptr; }));
  }

  End &
  Done (End &end)
  {
    EXPECT_TRUE (Wait ([&] { return end.calls > 0; }));
    EXPECT_EQ (end.calls, 1);
    return end;
  }

  /* ---- each begins it; end is told ---- */
  void BeginJoin (guint i, End &end, GCancellable *cancellable = nullptr)
  {
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) { return std::string (p2p_chord_socket_join_finish (P2P_CHORD_SOCKET (o), r, e) ? "yes" : "no"); };
    p2p_chord_socket_join_async (nodes[i]->socket, cancellable, End::Callback, &end);
  }
  void BeginUnjoin (guint i, End &end)
  {
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) { return std::string (p2p_chord_socket_unjoin_finish (P2P_CHORD_SOCKET (o), r, e) ? "yes" : "no"); };
    p2p_chord_socket_unjoin_async (nodes[i]->socket, 0, nullptr, End::Callback, &end);
  }
  static std::string
  Own (GVariant *value)
  {
    g_autoptr (GVariant) held = value;
    return Print (held);
  }
  void BeginGet (guint i, const std::string &key, End &end, GCancellable *cancellable = nullptr)
  {
    g_autoptr (GBytes) bytes = Bytes (key);
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) { return Own (p2p_chord_socket_get_finish (P2P_CHORD_SOCKET (o), r, e)); };
    p2p_chord_socket_get_async (nodes[i]->socket, bytes, 0, cancellable, End::Callback, &end);
  }
  void BeginSet (guint i, const std::string &key, const char *value, End &end, GCancellable *cancellable = nullptr)
  {
    g_autoptr (GBytes) bytes = Bytes (key);
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) {
      guint n = 7;
      gboolean ok = p2p_chord_socket_set_finish (P2P_CHORD_SOCKET (o), r, &n, e);
      EXPECT_EQ (ok, n >= 3u);
      return std::to_string (n);
    };
    p2p_chord_socket_set_async (nodes[i]->socket, bytes, g_variant_new_parsed (value), 0, cancellable, End::Callback, &end);
  }
  void BeginDelete (guint i, const std::string &key, End &end)
  {
    g_autoptr (GBytes) bytes = Bytes (key);
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) { return std::string (p2p_chord_socket_delete_key_finish (P2P_CHORD_SOCKET (o), r, e) ? "yes" : "no"); };
    p2p_chord_socket_delete_key_async (nodes[i]->socket, bytes, 0, nullptr, End::Callback, &end);
  }
  void BeginPop (guint i, const std::string &key, End &end)
  {
    g_autoptr (GBytes) bytes = Bytes (key);
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) { return Own (p2p_chord_socket_pop_finish (P2P_CHORD_SOCKET (o), r, e)); };
    p2p_chord_socket_pop_async (nodes[i]->socket, bytes, 0, nullptr, End::Callback, &end);
  }
  void BeginPopitem (guint i, End &end)
  {
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) {
      g_autoptr (GBytes) key = nullptr;
      g_autoptr (GVariant) value = nullptr;
      return p2p_chord_socket_popitem_finish (P2P_CHORD_SOCKET (o), r, &key, &value, e) ? TextOf (key) + "=" + Print (value) : std::string ("(none)");
    };
    p2p_chord_socket_popitem_async (nodes[i]->socket, 0, nullptr, End::Callback, &end);
  }
  void BeginDelta (guint i, const std::string &key, const char *map, End &end)
  {
    g_autoptr (GBytes) bytes = Bytes (key);
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) { return Own (p2p_chord_socket_apply_delta_finish (P2P_CHORD_SOCKET (o), r, e)); };
    p2p_chord_socket_apply_delta_async (nodes[i]->socket, bytes, g_variant_new_parsed (map), 0, nullptr, End::Callback, &end);
  }
  void BeginItems (guint i, End &end)
  {
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) {
      g_autoptr (GPtrArray) failed = nullptr;
      g_autoptr (GVariant) items = p2p_chord_socket_get_items_finish (P2P_CHORD_SOCKET (o), r, &failed, e);
      EXPECT_EQ (items != nullptr, failed != nullptr);
      return items != nullptr ? std::to_string (g_variant_n_children (items)) + " " + std::to_string (failed->len) : std::string ("(none)");
    };
    p2p_chord_socket_get_items_async (nodes[i]->socket, 0, nullptr, End::Callback, &end);
  }
  /* Its value: the code of each, "" for those that were written */
  void BeginUpdate (guint i, GVariant *entries, End &end, GCancellable *cancellable = nullptr)
  {
    end.finish = [] (GObject *o, GAsyncResult *r, GError **e) {
      g_autoptr (GPtrArray) results = p2p_chord_socket_update_finish (P2P_CHORD_SOCKET (o), r, e);
      std::string out;
      for (guint n = 0; results != nullptr && n < results->len; n++)
        out += TextOf (p2p_table_result_get_key (static_cast<P2pTableResult *> (results->pdata[n]))) + ":" +
               CodeOf (p2p_table_result_get_error (static_cast<P2pTableResult *> (results->pdata[n]))) + " ";
      return out;
    };
    p2p_chord_socket_update_async (nodes[i]->socket, entries, 0, cancellable, End::Callback, &end);
  }

  /* ---- and waits ---- */
  End Join (guint i) { End end; BeginJoin (i, end); return Done (end); }
  End Unjoin (guint i) { End end; BeginUnjoin (i, end); return Done (end); }
  End Get (guint i, const std::string &key) { End end; BeginGet (i, key, end); return Done (end); }
  End Set (guint i, const std::string &key, const char *value) { End end; BeginSet (i, key, value, end); return Done (end); }
  End Delete (guint i, const std::string &key) { End end; BeginDelete (i, key, end); return Done (end); }
  End Pop (guint i, const std::string &key) { End end; BeginPop (i, key, end); return Done (end); }
  End Popitem (guint i) { End end; BeginPopitem (i, end); return Done (end); }
  End Delta (guint i, const std::string &key, const char *map) { End end; BeginDelta (i, key, map, end); return Done (end); }
  End Items (guint i) { End end; BeginItems (i, end); return Done (end); }
  End Update (guint i, GVariant *entries) { End end; BeginUpdate (i, entries, end); return Done (end); }

  bool
  Knows (guint i, const std::string &key)
  {
    g_autoptr (GBytes) bytes = Bytes (key);
    return Wait ([&] { return p2p_chord_socket_contains (nodes[i]->socket, bytes); });
  }

  TestWorld *world;
  std::vector<std::unique_ptr<ChordSocketNode>> nodes;
};
