/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared table by the public API, over real loopback sockets. */
#include "table-node.hpp"

namespace {

using Strings = std::vector<std::string>;

TEST (SyncSocket, BothSee)
{
  TableNode a, b;

  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (a.Set ("name", "'Ada'"));
  EXPECT_EQ (a.Get ("name"), "'Ada'");
  EXPECT_EQ (a.told, Strings { "name='Ada'" });
  ASSERT_TRUE (b.WaitForValue ("name", "'Ada'"));
  ASSERT_TRUE (WaitFor ([&] { return b.told == a.told; }));

  ASSERT_TRUE (a.Delete ("name"));
  EXPECT_EQ (a.Get ("name"), "(none)");
  ASSERT_TRUE (b.WaitForValue ("name", "(none)"));
  ASSERT_TRUE (WaitFor ([&] { return b.told == a.told; }));
  EXPECT_EQ (b.told, (Strings { "name='Ada'", "name deleted" }));

  g_autoptr (GBytes) name = Key ("name");
  g_autoptr (GBytes) other = Key ("other");
  g_autofree char *writer = p2p_sync_socket_dup_writer (b.socket, name);
  g_autofree char *nobody = p2p_sync_socket_dup_writer (b.socket, other);
  EXPECT_STREQ (writer, p2p_mesh_socket_get_id (P2P_MESH_SOCKET (a.socket)));
  EXPECT_EQ (nobody, nullptr);
}

TEST (SyncSocket, EveryKindOfValue)
{
  TableNode a, b;
  const char *values[] = {
    "true", "false", "int64 -5", "int64 0", "uint64 18446744073709551615", "0.5", "''", "'text'", "b'bytes\\377'", "@ay []", "[<1>, <'x'>]", "@av []",
    "{'a': <int64 1>}", "@a{sv} {}", "@a(vv) [(<int64 1>, <'x'>)]",
  };
  guint n = 0;

  ASSERT_TRUE (a.ConnectTo (b));
  for (const char *text : values)
    {
      std::string key = "key" + std::to_string (n++);

      ASSERT_TRUE (a.Set (key, text)) << text;
      ASSERT_TRUE (b.WaitForValue (key, a.Get (key))) << text;
    }
  EXPECT_EQ (p2p_sync_socket_get_n_keys (b.socket), n);
}

TEST (SyncSocket, KeysAreBytes)
{
  TableNode a, b;
  std::string odd ("\xff\0\x01", 3);
  g_autoptr (GBytes) bytes = Key (odd);
  g_autoptr (GError) error = nullptr;

  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (a.Set (odd, "int64 1"));
  ASSERT_TRUE (p2p_sync_socket_set_text (a.socket, "grün", g_variant_new_string ("v"), &error));
  ASSERT_TRUE (b.WaitForValue (odd, "1"));
  ASSERT_TRUE (b.WaitForValue ("gr\xc3\xbcn", "'v'"));

  g_autoptr (P2pSyncEntry) entry = p2p_sync_socket_get_entry (b.socket, bytes);
  g_autoptr (P2pSyncEntry) again = p2p_sync_socket_get_entry (b.socket, bytes);
  EXPECT_EQ (entry, again);
  EXPECT_EQ (p2p_sync_entry_get_text (entry), nullptr);
  g_autoptr (GVariant) text = p2p_sync_socket_get_text (b.socket, "grün", &error);
  EXPECT_EQ (Print (text), "'v'");
  EXPECT_TRUE (p2p_sync_socket_contains_text (b.socket, "grün"));
  EXPECT_FALSE (p2p_sync_socket_contains_text (b.socket, "blau"));
  g_autoptr (GPtrArray) keys = p2p_sync_socket_get_keys (b.socket);
  ASSERT_EQ (keys->len, 2u);
  EXPECT_EQ (TextOf (static_cast<GBytes *> (keys->pdata[0])), "gr\xc3\xbcn");
  EXPECT_EQ (TextOf (static_cast<GBytes *> (keys->pdata[1])), odd);
}

TEST (SyncSocket, EveryErrorHasItsCode)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  limits->table_key = 16;
  limits->table_value = 100;
  limits->table_keys = 4;
  TableNode a (true, nullptr, limits), b;

  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_TRUE (a.Delete ("nobody", P2P_TABLE_ERROR_NOT_FOUND));
  EXPECT_TRUE (a.Set ("", "int64 1", P2P_TABLE_ERROR_KEY));
  EXPECT_TRUE (a.Set ("0123456789abcdefg", "int64 1", P2P_TABLE_ERROR_KEY));
  EXPECT_NE (a.words.find ("16"), std::string::npos) << a.words;
  EXPECT_TRUE (a.Set ("nil", "()", P2P_TABLE_ERROR_VALUE));
  EXPECT_TRUE (a.Set ("nothing", "@mi nothing", P2P_TABLE_ERROR_VALUE));
  std::string large = "'" + std::string (101, 'x') + "'";
  EXPECT_TRUE (a.Set ("large", large.c_str (), P2P_TABLE_ERROR_TOO_LARGE));
  EXPECT_NE (a.words.find ("100"), std::string::npos) << a.words;

  ASSERT_TRUE (b.Set ("theirs", "int64 1"));
  ASSERT_TRUE (a.WaitForValue ("theirs", "1"));
  EXPECT_TRUE (a.Set ("theirs", "int64 2", P2P_TABLE_ERROR_LEASED));
  EXPECT_NE (a.words.find (b.id ().substr (0, 8)), std::string::npos) << a.words;
  EXPECT_TRUE (a.Delete ("theirs", P2P_TABLE_ERROR_LEASED));
  EXPECT_EQ (a.Get ("theirs"), "1");

  ASSERT_TRUE (a.Set ("number", "int64 1"));
  g_autoptr (GBytes) number = Key ("number");
  g_autoptr (GError) error = nullptr;
  EXPECT_EQ (p2p_sync_socket_apply_delta (a.socket, number, g_variant_new_parsed ("{'a': <1>}"), &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP));
  g_clear_error (&error);
  EXPECT_EQ (p2p_sync_socket_apply_delta (a.socket, number, g_variant_new_parsed ("'no map'"), &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP));

  ASSERT_TRUE (a.Set ("third", "int64 1"));
  ASSERT_TRUE (a.Set ("fourth", "int64 1"));
  EXPECT_TRUE (a.Set ("fifth", "int64 1", P2P_TABLE_ERROR_FULL));
  EXPECT_NE (a.words.find ("4"), std::string::npos) << a.words;
  EXPECT_EQ (p2p_sync_socket_get_n_keys (a.socket), 4u);
}

/* What another wrote and this table did not take is told, and counted; the link stays. */
TEST (SyncSocket, RefusalsAreTold)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  limits->table_value = 100;
  limits->table_keys = 2;
  TableNode a, b (true, nullptr, limits);
  std::string large = "'" + std::string (200, 'x') + "'";

  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (a.Set ("large", large.c_str ()));
  ASSERT_TRUE (WaitFor ([&] { return b.refused.size () == 1; }));
  EXPECT_EQ (b.refused[0], "large of " + a.id () + ": P2P_TABLE_ERROR_TOO_LARGE");
  for (const char *key : { "one", "two", "three" })
    ASSERT_TRUE (a.Set (key, "int64 1"));
  ASSERT_TRUE (WaitFor ([&] { return b.refused.size () == 2; }));
  EXPECT_EQ (b.refused[1], "three of " + a.id () + ": P2P_TABLE_ERROR_FULL");
  EXPECT_GE (p2p_mesh_socket_get_dropped (b.mesh (), P2P_DROP_REFUSED), 1u);
  ASSERT_TRUE (a.Delete ("one"));
  ASSERT_TRUE (b.WaitForValue ("one", "(none)"));
  EXPECT_EQ (b.Get ("two"), "1");
  EXPECT_EQ (p2p_sync_socket_get_n_keys (b.socket), 1u);
}

TEST (SyncSocket, UpdateTellsOfEach)
{
  TableNode a, b;
  g_autoptr (GPtrArray) results = nullptr;
  g_autoptr (GVariant) entries =
    g_variant_ref_sink (g_variant_new_parsed ("[(b'one', <int64 1>), (b'theirs', <int64 2>), (b'', <int64 3>), (b'four', <'4'>)]"));

  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (b.Set ("theirs", "int64 0"));
  ASSERT_TRUE (a.WaitForValue ("theirs", "0"));
  /* GVariant's byte strings end with a NUL, so these keys do */
  EXPECT_EQ (p2p_sync_socket_update (a.socket, entries, &results), 4u);
  g_clear_pointer (&results, g_ptr_array_unref);

  EXPECT_EQ (p2p_sync_socket_update (a.socket, g_variant_new_parsed ("{'one': <int64 1>, 'theirs': <int64 2>, '': <int64 3>, 'four': <'4'>}"), &results), 2u);
  ASSERT_EQ (results->len, 4u);
  std::vector<int> codes;
  Strings keys;
  for (guint i = 0; i < results->len; i++)
    {
      auto *result = static_cast<P2pTableResult *> (results->pdata[i]);
      const GError *error = p2p_table_result_get_error (result);

      codes.push_back (error != nullptr ? error->code : -1);
      keys.push_back (TextOf (p2p_table_result_get_key (result)));
    }
  EXPECT_EQ (keys, (Strings { "one", "theirs", "", "four" }));
  EXPECT_EQ (codes, (std::vector<int> { -1, P2P_TABLE_ERROR_LEASED, P2P_TABLE_ERROR_KEY, -1 }));
  ASSERT_TRUE (b.WaitForValue ("four", "'4'"));
  EXPECT_EQ (b.Get ("one"), "1");
  EXPECT_EQ (p2p_sync_socket_update (a.socket, g_variant_new_parsed ("@a{sv} {}"), nullptr), 0u);
}

TEST (SyncSocket, PopsAndFallbacks)
{
  TableNode a, b;
  g_autoptr (GBytes) key = Key ("b");
  g_autoptr (GBytes) absent = Key ("absent");
  g_autoptr (GBytes) theirs = Key ("a");
  g_autoptr (GBytes) found = nullptr;
  g_autoptr (GVariant) value = nullptr;
  g_autoptr (GError) error = nullptr;

  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_FALSE (p2p_sync_socket_popitem (a.socket, nullptr, nullptr, &error));
  EXPECT_TRUE (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND));
  g_clear_error (&error);
  ASSERT_TRUE (b.Set ("a", "int64 1"));
  ASSERT_TRUE (a.WaitForValue ("a", "1"));
  EXPECT_FALSE (p2p_sync_socket_popitem (a.socket, nullptr, nullptr, &error));
  EXPECT_TRUE (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_LEASED));
  g_clear_error (&error);

  ASSERT_TRUE (a.Set ("b", "int64 2"));
  ASSERT_TRUE (a.Set ("c", "int64 3"));
  /* The first is another's: the second is the first that may be taken. */
  ASSERT_TRUE (p2p_sync_socket_popitem (a.socket, &found, &value, &error));
  EXPECT_EQ (TextOf (found) + "=" + Print (value), "b=2");
  EXPECT_EQ (p2p_sync_socket_pop (a.socket, key, &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND));
  g_clear_error (&error);
  g_autoptr (GVariant) popped = p2p_sync_socket_pop_text (a.socket, "c", &error);
  EXPECT_EQ (Print (popped), "3");

  g_autoptr (GVariant) fallback = p2p_sync_socket_pop_with_fallback (a.socket, absent, g_variant_new_string ("none"), &error);
  EXPECT_EQ (Print (fallback), "'none'");
  EXPECT_EQ (p2p_sync_socket_pop_with_fallback (a.socket, absent, nullptr, &error), nullptr);
  EXPECT_EQ (error, nullptr);
  EXPECT_EQ (p2p_sync_socket_pop_with_fallback (a.socket, theirs, g_variant_new_string ("none"), &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_LEASED));
  g_autoptr (GVariant) got = p2p_sync_socket_get_with_fallback (a.socket, theirs, g_variant_new_string ("none"));
  EXPECT_EQ (Print (got), "1");
  g_autoptr (GVariant) gone = p2p_sync_socket_get_with_fallback (a.socket, absent, g_variant_new_string ("none"));
  EXPECT_EQ (Print (gone), "'none'");
  EXPECT_EQ (p2p_sync_socket_get_with_fallback (a.socket, absent, nullptr), nullptr);
}

TEST (SyncSocket, Deltas)
{
  TableNode a, b;
  g_autoptr (GError) error = nullptr;

  ASSERT_TRUE (a.ConnectTo (b));
  g_autoptr (GVariant) first = p2p_sync_socket_apply_delta_text (a.socket, "map", g_variant_new_parsed ("{'x': <int64 1>}"), &error);
  EXPECT_EQ (Print (first), "{'x': <int64 1>}");
  ASSERT_TRUE (b.WaitForValue ("map", "{'x': <int64 1>}"));
  g_autoptr (GVariant) second = p2p_sync_socket_apply_delta_text (a.socket, "map", g_variant_new_parsed ("{'y': <'2'>}"), &error);
  EXPECT_EQ (Print (second), "{'x': <int64 1>, 'y': <'2'>}");
  ASSERT_TRUE (b.WaitForValue ("map", "{'x': <int64 1>, 'y': <'2'>}"));
  EXPECT_EQ (p2p_sync_socket_apply_delta_text (b.socket, "map", g_variant_new_parsed ("{'z': <int64 3>}"), &error), nullptr);
  EXPECT_TRUE (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_LEASED));
}

TEST (SyncSocket, WithoutLeasingTheLatestCounts)
{
  TableNode a (false), b (false), leased;
  Result result;

  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_FALSE (p2p_sync_socket_get_leasing (a.socket));
  EXPECT_STREQ (p2p_protocol_get_subnet (p2p_mesh_socket_get_protocol (a.mesh ())), "table0");
  ASSERT_TRUE (a.Set ("k", "int64 1"));
  ASSERT_TRUE (b.WaitForValue ("k", "1"));
  /* In one second the smaller id has it, so either may be refused; a second later neither is. */
  ASSERT_TRUE (WaitFor ([&] { return b.Set ("k", "int64 2") == true && b.Get ("k") == "2"; }));
  ASSERT_TRUE (a.WaitForValue ("k", "2"));
  g_autoptr (GBytes) key = Key ("k");
  g_autoptr (P2pSyncEntry) entry = p2p_sync_socket_get_entry (a.socket, key);
  EXPECT_EQ (p2p_sync_entry_get_lease_left (entry), 0u);
  EXPECT_EQ (p2p_sync_entry_get_lease_end (entry), 0);

  p2p_mesh_socket_connect_to_async (a.mesh (), "127.0.0.1", leased.port (), nullptr, nullptr, OnConnect, &result);
  ASSERT_TRUE (WaitFor ([&] { return result.done; }));
  ExpectError (result, P2P_LINK_ERROR_WRONG_NETWORK);
}

TEST (SyncSocket, TalksToo)
{
  TableNode a, b;

  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (a.Set ("k", "int64 1"));
  EXPECT_EQ (p2p_mesh_socket_send_text (a.mesh (), "and a word", nullptr), 1);
  std::string heard;
  ASSERT_TRUE (WaitFor ([&] { g_autoptr (P2pMessage) message = p2p_mesh_socket_recv (b.mesh ()); heard = TextOf (message); return message != nullptr; }));
  /* What is about the table is no message for people. */
  EXPECT_EQ (heard, "and a word");
  EXPECT_EQ (b.Get ("k"), "1");
  EXPECT_EQ (p2p_mesh_socket_recv (b.mesh ()), nullptr);
}

TEST (SyncSocket, WhoComesLaterHasIt)
{
  TableNode a, b;

  ASSERT_TRUE (a.Set ("early", "int64 1"));
  ASSERT_TRUE (a.Set ("gone", "int64 2"));
  ASSERT_TRUE (a.Delete ("gone"));
  ASSERT_TRUE (b.Set ("mine", "int64 3"));
  ASSERT_TRUE (b.ConnectTo (a));
  ASSERT_TRUE (b.WaitForValue ("early", "1"));
  ASSERT_TRUE (a.WaitForValue ("mine", "3"));
  EXPECT_EQ (b.Get ("gone"), "(none)");
  g_autoptr (GVariant) all = p2p_sync_socket_get_items (a.socket);
  ASSERT_TRUE (WaitFor ([&] { g_autoptr (GVariant) theirs = p2p_sync_socket_get_items (b.socket); return g_variant_equal (all, theirs); }));
  g_autoptr (GVariant) values = p2p_sync_socket_get_values (b.socket);
  EXPECT_EQ (Print (values), "[<int64 1>, <int64 3>]");
}

TEST (SyncSocket, ClosedItCanBeRead)
{
  TableNode a;
  g_autoptr (GBytes) key = Key ("k");
  g_autoptr (GError) error = nullptr;

  ASSERT_TRUE (a.Set ("k", "int64 1"));
  ASSERT_TRUE (p2p_mesh_socket_close (a.mesh (), nullptr));
  EXPECT_EQ (a.Get ("k"), "1");
  EXPECT_EQ (g_list_model_get_n_items (p2p_sync_socket_get_entries (a.socket)), 1u);
  auto closed = [&] { bool yes = g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED); g_clear_error (&error); return yes; };
  EXPECT_FALSE (p2p_sync_socket_set (a.socket, key, g_variant_new_int64 (2), &error));
  EXPECT_TRUE (closed ());
  EXPECT_FALSE (p2p_sync_socket_delete_key (a.socket, key, &error));
  EXPECT_TRUE (closed ());
  EXPECT_EQ (p2p_sync_socket_pop (a.socket, key, &error), nullptr);
  EXPECT_TRUE (closed ());
  EXPECT_FALSE (p2p_sync_socket_popitem (a.socket, nullptr, nullptr, &error));
  EXPECT_TRUE (closed ());
  EXPECT_EQ (p2p_sync_socket_apply_delta (a.socket, key, g_variant_new_parsed ("{'x': <int64 1>}"), &error), nullptr);
  EXPECT_TRUE (closed ());
  EXPECT_EQ (a.Get ("k"), "1");
}

/* Its leases are still its own, and what it knew is old until somebody says the same. */
TEST (SyncSocket, Restored)
{
  g_autoptr (GBytes) seed = g_bytes_new_static ("................................", 32);
  g_autoptr (P2pIdentity) identity = p2p_identity_new_from_seed (seed, nullptr);
  g_autoptr (GBytes) other_seed = g_bytes_new_static ("--------------------------------", 32);
  g_autoptr (P2pIdentity) other = p2p_identity_new_from_seed (other_seed, nullptr);
  std::vector<std::pair<std::string, std::string>> kept;
  TableNode b (true, other);
  std::string id;

  {
    TableNode a (true, identity);

    ASSERT_TRUE (a.ConnectTo (b));
    ASSERT_TRUE (a.Set ("mine", "int64 1"));
    ASSERT_TRUE (a.Set ("mine", "int64 2"));
    ASSERT_TRUE (b.Set ("theirs", "int64 3"));
    ASSERT_TRUE (a.WaitForValue ("theirs", "3"));
    ASSERT_TRUE (b.WaitForValue ("mine", "2"));
    ASSERT_TRUE (a.Set ("alone", "int64 4"));
    ASSERT_TRUE (b.WaitForValue ("alone", "4"));
    kept = a.records;
    id = a.id ();
  }
  ASSERT_GE (kept.size (), 4u);

  TableNode a (true, identity, nullptr, false);
  std::vector<std::pair<std::string, std::string>> latest;
  for (auto i = kept.rbegin (); i != kept.rend (); ++i)
    {
      bool known = false;
      for (auto &l : latest)
        known |= l.first == i->first;
      if (!known && !i->second.empty ())
        latest.push_back (*i);
    }
  EXPECT_EQ (latest.size (), 3u);
  for (auto &l : latest)
    {
      g_autoptr (GBytes) record = Key (l.second);
      g_autoptr (GError) error = nullptr;

      EXPECT_TRUE (p2p_sync_socket_restore (a.socket, record, &error)) << error->message;
    }
  EXPECT_EQ (a.id (), id);
  g_autoptr (GBytes) key = Key ("theirs");
  g_autoptr (P2pSyncEntry) entry = p2p_sync_socket_get_entry (a.socket, key);
  ASSERT_NE (entry, nullptr);
  EXPECT_TRUE (p2p_sync_entry_get_old (entry));
  EXPECT_GT (p2p_sync_entry_get_lease_left (entry), 3500u);
  EXPECT_EQ (a.Get ("mine"), "2");
  EXPECT_EQ (g_list_model_get_n_items (p2p_sync_socket_get_entries (a.socket)), 3u);

  guint n_notified = 0;
  g_signal_connect_swapped (entry, "notify::old", G_CALLBACK (+[] (guint *n) { ++*n; }), &n_notified);
  a.Listen ();
  g_autoptr (GBytes) record = Key (latest[0].second);
  g_autoptr (GError) error = nullptr;
  EXPECT_FALSE (p2p_sync_socket_restore (a.socket, record, &error));
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_FAILED));
  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_TRUE (WaitFor ([&] { return !p2p_sync_entry_get_old (entry); }));
  EXPECT_EQ (n_notified, 1u);
  /* Confirming is no writing: those who read values hear nothing. */
  ASSERT_TRUE (WaitFor ([&] { g_autoptr (GBytes) own = Key ("mine"); g_autoptr (P2pSyncEntry) row = p2p_sync_socket_get_entry (a.socket, own); return !p2p_sync_entry_get_old (row); }));
  EXPECT_EQ (a.told.size (), 3u) << "restoring tells of each key once";
  EXPECT_TRUE (WaitFor ([&] { return a.confirmed.size () == 3; }));
  /* It has the lease of before, and nobody else */
  ASSERT_TRUE (a.Set ("mine", "int64 5"));
  ASSERT_TRUE (b.WaitForValue ("mine", "5"));
  EXPECT_TRUE (b.Set ("mine", "int64 6", P2P_TABLE_ERROR_LEASED));
}

TEST (SyncSocket, RestoresNoRubbish)
{
  TableNode a (true, nullptr, nullptr, false);
  const char *rubbish[] = { "", "\xc0", "text", "\x92\xa1k\x90", "\x92\xc4\x01k\x91\xc0", "\xdd\xff\xff\xff\xff" };

  for (const char *text : rubbish)
    {
      g_autoptr (GBytes) record = Key (text);
      g_autoptr (GError) error = nullptr;

      EXPECT_FALSE (p2p_sync_socket_restore (a.socket, record, &error)) << text;
      EXPECT_NE (error, nullptr) << text;
    }
  EXPECT_EQ (p2p_sync_socket_get_n_keys (a.socket), 0u);
}

TEST (SyncSocket, ThroughAThird)
{
  TableNode a, b, c;

  p2p_mesh_socket_set_max_outgoing (a.mesh (), 0);
  p2p_mesh_socket_set_max_outgoing (c.mesh (), 0);
  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (c.ConnectTo (b));
  ASSERT_TRUE (a.Set ("k", "int64 1"));
  ASSERT_TRUE (c.WaitForValue ("k", "1"));
  EXPECT_TRUE (c.Set ("k", "int64 2", P2P_TABLE_ERROR_LEASED));
  ASSERT_TRUE (a.Delete ("k"));
  ASSERT_TRUE (c.WaitForValue ("k", "(none)"));
}

}  // namespace
