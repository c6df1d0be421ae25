/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public API of the distributed table, in a world without sockets: every operation, every error, and every way in which one can end early. */
#include "socket-world.hpp"

#include "p2p/wire/p2p-base58.h"

namespace {

TEST (ChordSocket, WhatOneWritesAllRead)
{
  ChordWorld world;
  std::string odd ("\xff\x00k", 3);

  EXPECT_GE (std::stoi (world.Set (0, "name", "'Ada'").value), 3);
  EXPECT_EQ (world.Get (2, "name").value, "'Ada'");
  EXPECT_EQ (world.Set (1, odd, "[1.5, 2.0]").code, "");
  EXPECT_EQ (world.Get (0, odd).value, "[<1.5>, <2.0>]");
  ASSERT_TRUE (world.Knows (2, odd));
  EXPECT_EQ (world[2].told, (std::vector<std::string>{ "+name", "+" + odd }));

  g_autoptr (GPtrArray) keys = p2p_chord_socket_get_keys (world[2].socket);
  ASSERT_EQ (keys->len, 2u);
  EXPECT_EQ (TextOf (static_cast<GBytes *> (keys->pdata[1])), odd);
  GListModel *list = p2p_chord_socket_get_key_list (world[2].socket);
  ASSERT_TRUE (world.Wait ([&] { return g_list_model_get_n_items (list) == 2; }));
  g_autoptr (P2pChordKey) row = P2P_CHORD_KEY (g_list_model_get_item (list, 1));
  g_autoptr (P2pChordKey) same = P2P_CHORD_KEY (g_list_model_get_item (list, 1));
  EXPECT_EQ (row, same);
  EXPECT_STREQ (p2p_chord_key_get_text (row), "ff006b");
  EXPECT_FALSE (p2p_chord_key_get_mine (row));
  EXPECT_GT (p2p_chord_key_get_since (row), 0);

  EXPECT_EQ (world.Delete (1, "name").code, "");
  EXPECT_EQ (world.Get (2, "name").code, "P2P_TABLE_ERROR_NOT_FOUND");
  ASSERT_TRUE (world.Wait ([&] { return g_list_model_get_n_items (list) == 1; }));
  EXPECT_EQ (world[2].told.back (), "-name");
}

TEST (ChordSocket, EveryErrorHasItsCode)
{
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (GError) error = nullptr;

  limits->table_key = 16;
  limits->chord_value = 100;
  EXPECT_EQ (p2p_chord_socket_new (nullptr, nullptr, nullptr, 11, &error), nullptr);
  EXPECT_EQ (CodeOf (error), "P2P_TABLE_ERROR_K");

  ChordWorld world (2, 0, limits, false);
  EXPECT_EQ (world.Get (0, "k").code, "P2P_TABLE_ERROR_NOBODY");
  EXPECT_EQ (world.Set (0, "k", "int64 1").code, "P2P_TABLE_ERROR_NOBODY");
  ASSERT_EQ (world.Join (1).code, "");
  ASSERT_TRUE (world.Wait ([&] { return world.RingOf (world[0]) == 1; }));
  EXPECT_EQ (world.Get (0, "k").code, "P2P_TABLE_ERROR_NOT_FOUND");
  EXPECT_EQ (world.Delete (0, "k").code, "P2P_TABLE_ERROR_NOT_FOUND");
  EXPECT_EQ (world.Pop (0, "k").code, "P2P_TABLE_ERROR_NOT_FOUND");
  EXPECT_EQ (world.Popitem (0).code, "P2P_TABLE_ERROR_NOT_FOUND");
  EXPECT_EQ (world.Set (0, "", "int64 1").code, "P2P_TABLE_ERROR_KEY");
  EXPECT_EQ (world.Set (0, "0123456789abcdefg", "int64 1").code, "P2P_TABLE_ERROR_KEY");
  EXPECT_EQ (world.Set (0, "k", "()").code, "P2P_TABLE_ERROR_VALUE");
  std::string large = "'" + std::string (101, 'x') + "'";
  EXPECT_EQ (world.Set (0, "k", large.c_str ()).code, "P2P_TABLE_ERROR_TOO_LARGE");
  EXPECT_EQ (world.Set (0, "number", "int64 5").code, "");
  EXPECT_EQ (world.Delta (0, "number", "{'a': <1>}").code, "P2P_TABLE_ERROR_NOT_A_MAP");
  EXPECT_EQ (world.Delta (0, "map", "'none'").code, "P2P_TABLE_ERROR_NOT_A_MAP");

  p2p_mesh_socket_close (world[0].mesh (), nullptr);
  for (End end : { world.Get (0, "k"), world.Set (0, "k", "int64 1"), world.Delete (0, "k"), world.Pop (0, "k"), world.Popitem (0), world.Items (0),
                   world.Delta (0, "k", "{'a': <1>}"), world.Join (0), world.Unjoin (0), world.Update (0, g_variant_new_parsed ("{'k': <1>}")) })
    EXPECT_EQ (end.code, "P2P_LINK_ERROR_SOCKET_CLOSED");
}

TEST (ChordSocket, FallbacksAreForAbsentKeys)
{
  ChordWorld world (2);
  g_autoptr (GBytes) key = Bytes ("nobody");
  auto with_fallback = [] (GObject *o, GAsyncResult *r, GError **e) {
    return ChordWorld::Own (p2p_chord_socket_get_with_fallback_finish (P2P_CHORD_SOCKET (o), r, g_variant_new_string ("else"), e));
  };
  End absent, cancelled;

  absent.finish = cancelled.finish = with_fallback;
  p2p_chord_socket_get_async (world[0].socket, key, 0, nullptr, End::Callback, &absent);
  EXPECT_EQ (world.Done (absent).value, "'else'");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  p2p_chord_socket_get_async (world[0].socket, key, 0, cancellable, End::Callback, &cancelled);
  EXPECT_EQ (world.Done (cancelled).code, "P2P_LINK_ERROR_CANCELLED");
}

TEST (ChordSocket, ManyAtATime)
{
  ChordWorld world;
  g_auto (GVariantBuilder) entries = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (guint i = 0; i < 300; i++)
    g_variant_builder_add (&entries, "{sv}", ("key" + std::to_string (i)).c_str (), g_variant_new_int64 (i));
  g_variant_builder_add (&entries, "{sv}", "nil", g_variant_new_tuple (nullptr, 0));
  std::string results = world.Update (0, g_variant_builder_end (&entries)).value;
  EXPECT_EQ (results.find ("key0: key1: key2: "), 0u) << results;
  EXPECT_NE (results.find ("key299: nil:P2P_TABLE_ERROR_VALUE "), std::string::npos) << results;
  EXPECT_EQ (results.find ("P2P_"), results.rfind ("P2P_")) << results;
  ASSERT_TRUE (world.Wait ([&] { g_autoptr (GPtrArray) keys = p2p_chord_socket_get_keys (world[2].socket); return keys->len == 300; }));
  EXPECT_EQ (world.Items (2).value, "300 0");
  EXPECT_EQ (world.Popitem (1).value, "key0=0");
  EXPECT_EQ (world.Pop (1, "key7").value, "7");
  ASSERT_TRUE (world.Wait ([&] { g_autoptr (GPtrArray) keys = p2p_chord_socket_get_keys (world[2].socket); return keys->len == 298; }));
  EXPECT_EQ (world.Items (2).value, "298 0");
}

/* Nor does the first write of a key that is there twice come after the second. */
TEST (ChordSocket, OfAKeyTwiceTheLatterCounts)
{
  ChordWorld world;
  g_auto (GVariantBuilder) entries = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ayv)"));

  for (gint64 i = 0; i < 10; i++)
    g_variant_builder_add (&entries, "(@ayv)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "k", 1, 1), g_variant_new_int64 (i));
  EXPECT_EQ (world.Update (0, g_variant_builder_end (&entries)).code, "");
  EXPECT_EQ (world.Get (1, "k").value, "9");
}

TEST (ChordSocket, Delta)
{
  ChordWorld world;

  EXPECT_EQ (world.Delta (0, "map", "{'x': <int64 1>}").value, "{'x': <int64 1>}");
  EXPECT_EQ (world.Delta (1, "map", "{'y': <int64 2>}").value, "{'x': <int64 1>, 'y': <int64 2>}");
  EXPECT_EQ (world.Get (2, "map").value, "{'x': <int64 1>, 'y': <int64 2>}");
}

TEST (ChordSocket, LookupTellsWhatEachPlaceSays)
{
  ChordWorld world;
  g_autoptr (GBytes) key = Bytes ("k");
  g_autoptr (P2pChordLookup) lookup = nullptr;
  End end;

  ASSERT_EQ (world.Set (0, "k", "int64 5").code, "");
  /* It is known when three of them have it. */
  world.Turn (100);
  end.finish = [&] (GObject *o, GAsyncResult *r, GError **e) { lookup = p2p_chord_socket_look_up_finish (P2P_CHORD_SOCKET (o), r, e); return std::string (); };
  p2p_chord_socket_look_up_async (world[1].socket, key, 0, nullptr, End::Callback, &end);
  EXPECT_EQ (world.Done (end).code, "");
  ASSERT_NE (lookup, nullptr);
  EXPECT_EQ (p2p_chord_lookup_get_outcome (lookup), P2P_CHORD_LOOK_OUTCOME_VALUE);
  EXPECT_EQ (p2p_chord_lookup_get_n_equal (lookup), 5u);
  ASSERT_EQ (p2p_chord_lookup_get_n_places (lookup), 5u);
  EXPECT_EQ (p2p_chord_lookup_get_place (lookup, 5), nullptr);
  g_autofree char *words = p2p_chord_lookup_dup_words (lookup);
  EXPECT_STREQ (words, "5 of 5 places say the same");
  for (guint i = 0; i < 5; i++)
    {
      P2pChordPlaceInfo *place = p2p_chord_lookup_get_place (lookup, i);
      g_autofree char *said = p2p_chord_place_info_dup_words (place);

      EXPECT_STREQ (p2p_chord_place_info_get_hash (place), p2p_chord_hash_name (i));
      EXPECT_STREQ (said, "said 5");
      EXPECT_TRUE (p2p_chord_place_info_get_agrees (place));
      EXPECT_EQ (p2p_chord_place_info_get_is_self (place), world[1].id () == p2p_chord_place_info_get_asked_id (place));
      EXPECT_GE (p2p_chord_place_info_get_fraction (place), 0);
      EXPECT_LT (p2p_chord_place_info_get_fraction (place), 1);
    }
}

/* A value is of who signed it; who asks for that of somebody else is told that there is none. */
TEST (ChordSocket, WhoWroteIt)
{
  ChordWorld world;
  g_autoptr (GBytes) key = Bytes ("k"), other = Bytes ("other");
  g_autoptr (P2pChordLookup) lookup = nullptr;
  std::string writer = world[0].id ();
  End got, of, of_other, looked;

  ASSERT_EQ (world.Set (0, "k", "int64 5").code, "");
  world.Turn (100);
  g_autofree char *author = p2p_chord_socket_dup_author (world[2].socket, key);
  EXPECT_STREQ (author, writer.c_str ());
  EXPECT_EQ (p2p_chord_socket_dup_author (world[2].socket, other), nullptr);

  got.finish = of.finish = of_other.finish = [] (GObject *o, GAsyncResult *r, GError **e) {
    g_autofree char *signer = nullptr;
    g_autoptr (GVariant) value = p2p_chord_socket_get_signed_finish (P2P_CHORD_SOCKET (o), r, &signer, e);
    return Print (value) + " of " + (signer != nullptr ? signer : "nobody");
  };
  p2p_chord_socket_get_async (world[1].socket, key, 0, nullptr, End::Callback, &got);
  EXPECT_EQ (world.Done (got).value, "5 of " + writer);
  p2p_chord_socket_get_of_async (world[1].socket, key, writer.c_str (), 0, nullptr, End::Callback, &of);
  EXPECT_EQ (world.Done (of).value, "5 of " + writer);
  p2p_chord_socket_get_of_async (world[1].socket, key, world[2].id ().c_str (), 0, nullptr, End::Callback, &of_other);
  EXPECT_EQ (world.Done (of_other).code, "P2P_TABLE_ERROR_UNSIGNED");
  EXPECT_EQ (of_other.value, "(none) of nobody");
  EXPECT_NE (of_other.words.find (world[2].id ()), std::string::npos) << of_other.words;

  looked.finish = [&] (GObject *o, GAsyncResult *r, GError **e) {
    g_clear_object (&lookup);
    lookup = p2p_chord_socket_look_up_finish (P2P_CHORD_SOCKET (o), r, e);
    return std::string ();
  };
  p2p_chord_socket_look_up_async (world[1].socket, key, 0, nullptr, End::Callback, &looked);
  ASSERT_EQ (world.Done (looked).code, "");
  EXPECT_TRUE (p2p_chord_lookup_get_signed (lookup));
  EXPECT_EQ (p2p_chord_lookup_get_author (lookup), writer);
  EXPECT_EQ (p2p_chord_lookup_get_expected_author (lookup), writer);
  for (guint i = 0; i < 5; i++)
    EXPECT_EQ (p2p_chord_place_info_get_author (p2p_chord_lookup_get_place (lookup, i)), writer);
  p2p_chord_socket_look_up_of_async (world[1].socket, key, world[2].id ().c_str (), 0, nullptr, End::Callback, &looked);
  looked.calls = 0;
  ASSERT_EQ (world.Done (looked).code, "");
  EXPECT_EQ (p2p_chord_lookup_get_outcome (lookup), P2P_CHORD_LOOK_OUTCOME_UNSIGNED);
  EXPECT_FALSE (p2p_chord_lookup_get_signed (lookup));
  g_autofree char *words = p2p_chord_lookup_dup_words (lookup);
  EXPECT_EQ (words, "what the places say is not signed by " + world[2].id ());
}

/* ---- ends before their time ---- */

TEST (ChordSocket, CancelledInTheMiddle)
{
  ChordWorld world;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (GVariantBuilder) entries = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  End get, set, update, other;

  for (guint i = 0; i < 500; i++)
    g_variant_builder_add (&entries, "{sv}", ("key" + std::to_string (i)).c_str (), g_variant_new_int64 (i));
  ASSERT_EQ (world.Set (0, "k", "int64 1").code, "");
  world.BeginGet (1, "k", get, cancellable);
  world.BeginSet (1, "k", "int64 2", set, cancellable);
  world.BeginUpdate (1, g_variant_builder_end (&entries), update, cancellable);
  world.BeginGet (1, "k", other);
  world.Turn (5);
  g_cancellable_cancel (cancellable);
  for (End *end : { &get, &set, &update })
    EXPECT_EQ (world.Done (*end).code, "P2P_LINK_ERROR_CANCELLED");
  EXPECT_EQ (world.Done (other).code, "");
  world.Turn (20000);
  g_autoptr (GPtrArray) keys = p2p_chord_socket_get_keys (world[0].socket);
  /* What was begun may be done; of the rest nothing is. */
  EXPECT_LT (keys->len, 400u);
  EXPECT_EQ (get.calls + set.calls + update.calls, 3);
}

/* One that stores nothing itself has to ask for everything. */
TEST (ChordSocket, ClosedInTheMiddle)
{
  ChordWorld world (3, 0, nullptr, false);
  End get, set, del, pop, popitem, items, update, delta, join;
  End *ends[] = { &get, &set, &del, &pop, &popitem, &items, &update, &delta, &join };

  ASSERT_EQ (world.Join (1).code, "");
  ASSERT_EQ (world.Join (2).code, "");
  ASSERT_TRUE (world.Wait ([&] { return world.RingOf (world[0]) == 2; }));
  ASSERT_EQ (world.Set (1, "k", "int64 1").code, "");
  ASSERT_TRUE (world.Knows (0, "k"));
  world.BeginGet (0, "k", get);
  world.BeginSet (0, "k", "int64 2", set);
  world.BeginDelete (0, "k", del);
  world.BeginPop (0, "k", pop);
  world.BeginPopitem (0, popitem);
  world.BeginItems (0, items);
  world.BeginUpdate (0, g_variant_new_parsed ("{'a': <1>, 'b': <2>}"), update);
  world.BeginDelta (0, "m", "{'a': <1>}", delta);
  world.BeginJoin (0, join);
  world.Turn (5);
  p2p_mesh_socket_close (world[0].mesh (), nullptr);
  for (End *end : ends)
    EXPECT_EQ (world.Done (*end).code, "P2P_LINK_ERROR_SOCKET_CLOSED") << end - &get;
  world.Turn (20000);
  for (End *end : ends)
    EXPECT_EQ (end->calls, 1);
}

/* The callback of an operation, and a handler, may hold the last reference. */
TEST (ChordSocket, TheLastReferenceGoesInACallback)
{
  ChordWorld world (4);
  End get, set, items;

  ASSERT_EQ (world.Set (1, "k", "int64 1").code, "");
  ASSERT_TRUE (world.Knows (0, "k"));
  get.then = [&] { world[0].Drop (); };
  world.BeginGet (0, "k", get);
  EXPECT_EQ (world.Done (get).value, "1");
  EXPECT_EQ (world[0].socket, nullptr);

  world[2].on_add = [&] { world[2].Drop (); };
  world.BeginSet (2, "own", "int64 2", set);
  world.BeginItems (2, items);
  EXPECT_EQ (world.Done (set).calls, 1);
  EXPECT_EQ (world.Done (items).calls, 1);
  EXPECT_EQ (world[2].socket, nullptr);
}

TEST (ChordSocket, DisposedInTheMiddle)
{
  ChordWorld world (3, 0, nullptr, false);
  End get, items;

  ASSERT_EQ (world.Join (1).code, "");
  ASSERT_TRUE (world.Wait ([&] { return world.RingOf (world[0]) == 1; }));
  ASSERT_EQ (world.Set (1, "k", "int64 1").code, "");
  ASSERT_TRUE (world.Knows (0, "k"));
  GListModel *list = p2p_chord_socket_get_key_list (world[0].socket), *ring = p2p_chord_socket_get_ring (world[0].socket);
  g_autoptr (GListModel) held = G_LIST_MODEL (g_object_ref (list)), held_ring = G_LIST_MODEL (g_object_ref (ring));
  world.BeginGet (0, "k", get);
  world.BeginItems (0, items);
  g_object_run_dispose (G_OBJECT (world[0].socket));
  EXPECT_EQ (world.Done (get).code, "P2P_LINK_ERROR_SOCKET_CLOSED");
  EXPECT_EQ (world.Done (items).code, "P2P_LINK_ERROR_SOCKET_CLOSED");
  EXPECT_EQ (g_list_model_get_n_items (held) + g_list_model_get_n_items (held_ring), 0u);
  EXPECT_EQ (p2p_chord_socket_get_n_values (world[0].socket), 0u);
  EXPECT_EQ (world.Get (0, "k").code, "P2P_LINK_ERROR_SOCKET_CLOSED");
}

/* ---- the ring ---- */

TEST (ChordSocket, JoiningAndLeaving)
{
  ChordWorld world;

  EXPECT_EQ (world[0].seeds.front (), "joining");
  EXPECT_EQ (world[0].seeds.back (), "joined");
  EXPECT_TRUE (p2p_chord_socket_get_seeding (world[0].socket));
  for (guint i = 0; i < 50; i++)
    ASSERT_EQ (world.Set (i % 3, "key" + std::to_string (i), "int64 1").code, "");
  ASSERT_TRUE (world.Wait ([&] { return p2p_chord_socket_get_n_values (world[1].socket) > 0; }));
  EXPECT_EQ (world.Unjoin (1).code, "");
  EXPECT_FALSE (p2p_chord_socket_get_seeding (world[1].socket));
  EXPECT_EQ (world[1].seeds.back (), "not");
  ASSERT_TRUE (world.Wait ([&] { return world.RingOf (world[0]) == 2 && world.RingOf (world[1]) == 2; }));
  for (guint i = 0; i < 50; i++)
    EXPECT_EQ (world.Get (i % 3, "key" + std::to_string (i)).value, "1");
  double from, to;
  EXPECT_FALSE (p2p_chord_socket_get_arc (world[1].socket, &from, &to));
  EXPECT_TRUE (p2p_chord_socket_get_arc (world[0].socket, &from, &to));
}

TEST (ChordSocket, TheRingKeepsItsRows)
{
  ChordWorld world;
  GListModel *ring = p2p_chord_socket_get_ring (world[0].socket);
  double last = -1;
  guint n_self = 0;

  g_autoptr (P2pChordMemberInfo) first = P2P_CHORD_MEMBER_INFO (g_list_model_get_item (ring, 0));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (P2pChordMemberInfo) row = P2P_CHORD_MEMBER_INFO (g_list_model_get_item (ring, i));

      EXPECT_GT (p2p_chord_member_info_get_fraction (row), last);
      last = p2p_chord_member_info_get_fraction (row);
      n_self += p2p_chord_member_info_get_is_self (row);
      EXPECT_TRUE (p2p_chord_member_info_get_is_own (row));
      EXPECT_NE (p2p_chord_member_info_get_is_self (row), p2p_chord_member_info_get_linked (row));
      if (p2p_chord_member_info_get_is_self (row))
        EXPECT_EQ (p2p_chord_member_info_get_fraction (row), p2p_chord_socket_get_place (world[0].socket));
      else
        EXPECT_NE (p2p_chord_member_info_get_roles (row), P2P_CHORD_ROLES_NONE);
    }
  EXPECT_EQ (n_self, 1u);
  ASSERT_EQ (world.Set (0, "k", "int64 1").code, "");
  world.Turn (30000);
  g_autoptr (P2pChordMemberInfo) again = P2P_CHORD_MEMBER_INFO (g_list_model_get_item (ring, 0));
  EXPECT_EQ (first, again);
  EXPECT_EQ (p2p_chord_member_info_get_n_values (again), 5);
}

/* Of three in a ring each is found before its own place, and one of them beside any. */
TEST (ChordSocket, FindsAsTheOriginalsDo)
{
  ChordWorld world;
  gboolean is_self = FALSE;
  guint8 own[48] = { 0 };

  g_autoptr (P2pConnection) next = p2p_chord_socket_get_next (world[0].socket, &is_self);
  EXPECT_NE (next, nullptr);
  EXPECT_FALSE (is_self);
  g_autoptr (P2pConnection) prev = p2p_chord_socket_get_prev (world[0].socket, &is_self);
  EXPECT_NE (prev, nullptr);
  EXPECT_NE (next, prev);
  ASSERT_TRUE (p2p_base58_decode_fixed (world[0].id ().c_str (), own, sizeof own, nullptr));
  g_autoptr (GBytes) position = g_bytes_new (own, sizeof own);
  g_autoptr (P2pConnection) found = p2p_chord_socket_find (world[0].socket, position, &is_self);
  EXPECT_TRUE (is_self);
  EXPECT_EQ (found, nullptr);
  EXPECT_TRUE (p2p_chord_socket_is_storing (world[0].socket, next));
  EXPECT_EQ (world.Unjoin (2).code, "");
  ASSERT_TRUE (world.Wait ([&] { return world.RingOf (world[0]) == 2; }));
  P2pConnection *leeching = p2p_mesh_socket_get_connection (world[0].mesh (), world[2].id ().c_str ());
  EXPECT_FALSE (p2p_chord_socket_is_storing (world[0].socket, leeching));
}

TEST (ChordSocket, DumpsWhatItStores)
{
  ChordWorld world (1);
  guint8 middle[48] = { 0x80 };
  g_autoptr (GBytes) half = g_bytes_new (middle, sizeof middle);
  auto count = [] (GVariant *owned) {
    g_autoptr (GVariant) dump = owned;
    guint n = 0;
    EXPECT_EQ (g_variant_n_children (dump), 5u);
    for (guint i = 0; i < 5; i++)
      {
        g_autoptr (GVariant) list = nullptr;
        const char *hash;
        g_variant_get_child (dump, i, "{&s@a(ayv)}", &hash, &list);
        EXPECT_STREQ (hash, p2p_chord_hash_name (i));
        n += g_variant_n_children (list);
      }
    return n;
  };

  for (guint i = 0; i < 20; i++)
    ASSERT_EQ (world.Set (0, "key" + std::to_string (i), "int64 1").code, "");
  EXPECT_EQ (p2p_chord_socket_get_n_values (world[0].socket), 100u);
  EXPECT_GT (p2p_chord_socket_get_n_bytes (world[0].socket), 0u);
  EXPECT_EQ (count (p2p_chord_socket_dump_data (world[0].socket, nullptr, nullptr)), 100u);
  guint low = count (p2p_chord_socket_dump_data (world[0].socket, nullptr, half));
  guint high = count (p2p_chord_socket_dump_data (world[0].socket, half, nullptr));
  EXPECT_GT (low, 20u);
  EXPECT_GT (high, 20u);
  EXPECT_EQ (low + high, 100u);
}

TEST (ChordSocket, WithKThereIsRoomForSoMany)
{
  ChordWorld world (3, 1, nullptr, false);

  EXPECT_EQ (p2p_chord_socket_get_k (world[0].socket), 1u);
  EXPECT_EQ (world.Join (0).code, "");
  EXPECT_EQ (world.Join (1).code, "");
  ASSERT_TRUE (world.Wait ([&] { return world.RingOf (world[2]) == 2; }));
  End third = world.Join (2);
  EXPECT_EQ (third.code, "P2P_TABLE_ERROR_RING_FULL");
  EXPECT_NE (third.words.find ("2"), std::string::npos) << third.words;
  EXPECT_FALSE (p2p_chord_socket_get_seeding (world[2].socket));
  EXPECT_EQ (world.Set (2, "k", "int64 1").code, "");
  EXPECT_EQ (world.Get (2, "k").value, "1");
}

/* ---- over a restart, and what is not taken ---- */

TEST (ChordSocket, RecordsBringItBack)
{
  ChordWorld world (2);
  g_autoptr (GError) error = nullptr;

  for (guint i = 0; i < 20; i++)
    ASSERT_EQ (world.Set (i % 2, "key" + std::to_string (i), "int64 1").code, "");
  world.Turn (130000);
  guint n_values = p2p_chord_socket_get_n_values (world[0].socket);
  EXPECT_EQ (n_values, 100u);
  g_autoptr (GBytes) id = Bytes ("v"), record = Bytes ("x");
  EXPECT_FALSE (p2p_chord_socket_restore (world[0].socket, id, record, &error));
  EXPECT_EQ (CodeOf (error), "P2P_LINK_ERROR_FAILED");

  ChordSocketNode again (world.world, "frank");
  for (auto &kept : world[0].records)
    {
      g_autoptr (GBytes) kept_id = Bytes (kept.first), kept_record = Bytes (kept.second);
      g_clear_error (&error);
      EXPECT_TRUE (p2p_chord_socket_restore (again.socket, kept_id, kept_record, &error)) << error->message;
    }
  EXPECT_EQ (p2p_chord_socket_get_n_values (again.socket), n_values);
  g_autoptr (GPtrArray) keys = p2p_chord_socket_get_keys (again.socket);
  EXPECT_EQ (keys->len, 20u);
  g_clear_error (&error);
  EXPECT_FALSE (p2p_chord_socket_restore (again.socket, id, record, &error));
  EXPECT_NE (error, nullptr);
}

TEST (ChordSocket, RefusalsAreTold)
{
  ChordWorld world (1);
  g_autoptr (P2pLimits) limits = p2p_limits_new ();

  limits->chord_value = 100;
  world.nodes.push_back (std::make_unique<ChordSocketNode> (world.world, "bob", 0, limits));
  world[1].Listen ();
  world.Connect (1, 0);
  ASSERT_EQ (world.Join (1).code, "");
  ASSERT_TRUE (world.Wait ([&] { return world.RingOf (world[0]) == 2; }));
  std::string large = "'" + std::string (200, 'x') + "'";
  world.Set (0, "k", large.c_str ());
  ASSERT_TRUE (world.Wait ([&] { return !world[1].refused.empty (); }));
  EXPECT_EQ (world[1].refused[0], world[0].id () + ": P2P_TABLE_ERROR_TOO_LARGE");
}

/* A flood of names is told in few changes of the list. */
TEST (ChordSocket, NamesComeTogether)
{
  ChordWorld world (2);
  guint n_changes = 0, n_adds = 0;
  g_auto (GVariantBuilder) entries = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_signal_connect_swapped (p2p_chord_socket_get_key_list (world[1].socket), "items-changed", G_CALLBACK (+[] (guint *n) { (*n)++; }), &n_changes);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%04u", i);
      g_variant_builder_add (&entries, "{sv}", key, g_variant_new_int64 (i));
    }
  ASSERT_EQ (world.Update (0, g_variant_builder_end (&entries)).code, "");
  ASSERT_TRUE (world.Wait ([&] { return g_list_model_get_n_items (p2p_chord_socket_get_key_list (world[1].socket)) == 1000; }));
  for (auto &told : world[1].told)
    n_adds += told[0] == '+';
  EXPECT_EQ (n_adds, 1000u);
  EXPECT_LT (n_changes, 500u);
}

} // namespace
