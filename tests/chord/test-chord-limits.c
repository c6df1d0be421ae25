/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node of a distributed table puts up with from others: limits that are exceeded. Those of its store and its names are in test-store-limits.c and test-names.c. */
#include "chord-fixture.h"

#include <string.h>

#include "p2p/chord/p2p-chord-part-private.h"
#include "p2p/wire/p2p-digest.h"

static void
retrieve (RawPeer *raw, const char *key, guint hash)
{
  g_autofree char *spot = chord_spot (key, hash);

  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 12>, <'%s'>, <'%s'>]", p2p_chord_hash_name (hash), spot);
}

/* Nobody answers: the question is over when it is, and not before. */
static void
test_seconds (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_auto (ChordResult) result = { 0 };
  g_autoptr (RawPeer) raw = NULL;
  ChordNode *alice;

  fixture->mesh->limits.chord_seconds = 3;
  alice = chord_add (fixture, "alice");
  raw = chord_raw (alice, "js", P2P_ID_FORM_STR, TRUE);
  g_assert_cmpint (chord_look (alice, "k", &result), ==, P2P_CHORD_LOOK_TIMED_OUT);
  g_assert_cmpint (result.look->took, >=, 3 * SECOND - SECOND / 10);
  g_assert_cmpint (result.look->took, <=, 3 * SECOND + SECOND / 10);
}

/* nil of an original is the answer when so much time is over. */
static void
test_nil_milliseconds (void)
{
  static const guint spans[] = { 300, 2500 };

  for (guint i = 0; i < G_N_ELEMENTS (spans); i++)
    {
      g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
      g_auto (ChordResult) result = { 0 };
      g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
      g_autoptr (RawPeer) raw = NULL;
      ChordNode *alice;

      fixture->mesh->limits.chord_nil_milliseconds = spans[i];
      alice = chord_add (fixture, "alice");
      raw = chord_raw (alice, "js", P2P_ID_FORM_STR, TRUE);
      p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &result);
      chord_run (fixture, SECOND / 100);
      for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
        {
          g_autofree char *spot = chord_spot ("k", hash);

          g_assert_cmpuint (chord_asked (raw, "k", hash), ==, 1);
          raw_send (raw, P2P_FLAG_WHISPER, "[<@x 13>, <'%s'>, <'%s'>, <()>]", p2p_chord_hash_name (hash), spot);
        }
      chord_run (fixture, 4 * SECOND);
      g_assert_cmpuint (result.calls, ==, 1);
      g_test_message ("%u ms: %.0f ms", spans[i], result.look->took / 1e3);
      g_assert_cmpint (result.look->took, >=, spans[i] * G_TIME_SPAN_MILLISECOND);
      g_assert_cmpint (result.look->took, <=, (spans[i] + 1000) * G_TIME_SPAN_MILLISECOND);
      g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_ABSENT);
    }
}

/* An answer that is larger than a value may be is none. */
static void
test_value (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  g_autoptr (RawPeer) raw = NULL;
  ChordNode *alice;

  fixture->mesh->limits.chord_value = 20;
  fixture->mesh->limits.chord_seconds = 3;
  alice = chord_add (fixture, "alice");
  raw = chord_raw (alice, "js", P2P_ID_FORM_STR, TRUE);
  p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &result);
  chord_run (fixture, SECOND / 100);
  for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
    {
      g_autofree char *spot = chord_spot ("k", hash);

      raw_send (raw, P2P_FLAG_WHISPER, "[<@x 13>, <'%s'>, <'%s'>, <'more than twenty bytes'>]", p2p_chord_hash_name (hash), spot);
    }
  chord_run (fixture, 4 * SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_TIMED_OUT);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_REFUSED), ==, 5);
  /* and a store of it is refused */
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'2'>, <'more than twenty bytes'>]");
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_REFUSED), ==, 6);
  g_assert_cmpuint (chord_count (alice, "refused TOO_LARGE"), ==, 1);
}

/* What a liar says of the time does not become ours. */
static void
test_stamps (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string ("v"));
  g_autoptr (RawPeer) raw = NULL;
  ChordNode *alice;

  alice = chord_add (fixture, "alice");
  raw = chord_own (alice, "raw", TRUE);
  chord_run (fixture, 2 * SECOND);
  p2p_chord_node_set (alice->chord, key, value, 0, chord_write_cb, &result, NULL);
  for (guint round = 0; round < 3; round++)
    {
      chord_run (fixture, SECOND / 100);
      for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
        {
          g_autofree char *spot = chord_spot ("k", hash);

          raw_send (raw, P2P_FLAG_WHISPER, "[<@x 13>, <'%s'>, <'%s'>, <'another'>, <@t 18446744073709551614>, <@x 1>, <'%s'>, <@x 0>]", p2p_chord_hash_name (hash), spot, raw->id);
        }
    }
  chord_run (fixture, 12 * SECOND);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_nonnull (result.error);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE), >=, 10);
  g_assert_cmpuint (alice->chord->last_stamp, <=, (guint64) p2p_chord_utc (alice->chord) + 91 * SECOND);
}

/* Questions of neighbours that wait for others, of all and of one: what is more is refused, and counted. */
static void
test_requests (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_autoptr (RawPeer) storing = NULL;
  g_autoptr (RawPeer) one = NULL;
  g_autoptr (RawPeer) other = NULL;
  g_autoptr (GBytes) mine = g_bytes_new_static ("mine", 4);
  g_auto (ChordResult) result = { 0 };
  ChordNode *alice;

  fixture->mesh->limits.chord_requests = 40;
  fixture->mesh->limits.chord_link_requests = 20;
  alice = chord_add (fixture, "alice");
  storing = chord_raw (alice, "storing", P2P_ID_FORM_STR, TRUE);
  one = chord_raw (alice, "one", P2P_ID_FORM_STR, FALSE);
  other = chord_own (alice, "other", FALSE);
  for (guint i = 0; i < 8; i++)
    for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
      {
        g_autofree char *key = g_strdup_printf ("one %u", i);

        retrieve (one, key, hash);
      }
  chord_run (fixture, SECOND / 10);
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 20);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, 20);
  for (guint i = 0; i < 4; i++)
    for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
      {
        g_autofree char *key = g_strdup_printf ("other %u", i);

        retrieve (other, key, hash);
      }
  chord_run (fixture, SECOND / 10);
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 30);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, 30);
  /* One of ours hears at once that it is in vain. */
  g_assert_cmpuint (raw_count (other, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 10);
  g_assert_null (one->error);
  /* What our program asks has its own part. */
  p2p_chord_node_look (alice->chord, mine, 0, chord_look_cb, &result);
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 35);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, 30);
  /* When time is over there is room again. */
  chord_run (fixture, 25 * SECOND);
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 0);
}

/* Deltas that wait until an original was asked keep their maps: so many of one neighbour. */
static void
test_careful (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_autoptr (RawPeer) storing = NULL;
  g_autoptr (RawPeer) one = NULL;
  g_autofree char *spot = chord_spot ("k", 0);
  ChordNode *alice;

  fixture->mesh->limits.chord_link_requests = 5;
  alice = chord_add (fixture, "alice");
  storing = chord_raw (alice, "storing", P2P_ID_FORM_STR, TRUE);
  one = chord_own (alice, "one", FALSE);
  chord_run (fixture, 2 * SECOND);
  for (guint i = 0; i < 20; i++)
    raw_send (one, P2P_FLAG_WHISPER, "[<@x 17>, <'sha1'>, <'%s'>, <{'a': <@x %u>}>, <@x 5>]", spot, i);
  chord_run (fixture, SECOND / 10);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, 15);
  chord_run (fixture, 25 * SECOND);
  raw_send (one, P2P_FLAG_WHISPER, "[<@x 17>, <'sha1'>, <'%s'>, <{'a': <1>}>, <@x 5>]", spot);
  chord_run (fixture, SECOND / 10);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, 15);
}

/* One that speaks of the ring */
static RawPeer *
dial_ring (ChordNode *to)
{
  RawPeer *raw = own_dial_caps (to->fixture->mesh, "raw", to->mesh, P2P_CAP_VALIDATES | P2P_CAP_MAX_FRAME | P2P_CAP_CHORD_SUCCESSORS | P2P_CAP_CHORD_REPLICA, 70000);

  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 5>, <'1'>]");
  return raw;
}

/* The neighbours are asked so often. */
static void
test_stabilise_seconds (void)
{
  static const guint spans[] = { 2, 10 };
  guint n[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
      g_autoptr (RawPeer) raw = NULL;
      ChordNode *alice;
      guint before;

      fixture->mesh->limits.chord_stabilise_seconds = spans[i];
      alice = chord_add_joined (fixture, "alice");
      raw = dial_ring (alice);
      chord_run (fixture, SECOND);
      before = own_count (raw, P2P_CONTROL_RING);
      chord_run (fixture, 60 * SECOND);
      n[i] = own_count (raw, P2P_CONTROL_RING) - before;
    }
  /* He never answers, and is asked in each round. */
  g_assert_cmpuint (n[0], >=, 20);
  g_assert_cmpuint (n[1], >=, 4);
  g_assert_cmpuint (n[1], <=, 10);
}

static GVariant *
new_place (P2pChordNode *node, guint8 more)
{
  P2pChordPlace place = node->place;

  place.bytes[0] += more;
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, place.bytes, sizeof place.bytes, 1);
}

static void
find (RawPeer *raw, GVariant *place, gint64 token, gint64 hops)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (place);
  g_autofree char *text = g_variant_print (held, TRUE);

  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x %d>, <@x %d>, <%s>, <@x %d>]", P2P_CONTROL_FIND, (int) token, text, (int) hops);
}

/* A question that went round so often is passed on no more. */
static void
test_hops (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  ChordNode *alice, *bob;
  guint64 drops;

  fixture->mesh->limits.chord_hops = 3;
  alice = chord_add_joined (fixture, "alice");
  bob = chord_add_joined (fixture, "bob");
  chord_connect (alice, bob);
  chord_run (fixture, 10 * SECOND);
  raw = dial_ring (alice);
  chord_run (fixture, SECOND);
  drops = chord_drops (alice, P2P_DROP_TOO_MANY);
  /* the place of bob */
  find (raw, new_place (bob->chord, 0), 1, 2);
  chord_run (fixture, SECOND / 10);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_FOUND), ==, 1);
  find (raw, new_place (bob->chord, 0), 2, 3);
  chord_run (fixture, SECOND / 10);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_FOUND), ==, 1);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, drops + 1);
}

/* What our program wrote comes back where it was lost; of more keys than are looked after the first ones do not. */
static void
test_written (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  static const char * const keys[] = { "first", "second", "third" };
  ChordNode *alice, *bob;

  fixture->mesh->limits.chord_republish_seconds = 20;
  fixture->mesh->limits.chord_written = 2;
  alice = chord_add (fixture, "alice");
  bob = chord_add_joined (fixture, "bob");
  chord_connect (alice, bob);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_cmpint (chord_set (alice, keys[i], "'v'"), ==, -1);
  g_assert_cmpuint (chord_stored (bob), ==, 15);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
      {
        P2pChordSpot spots[P2P_CHORD_HASHES];

        p2p_chord_spots_of_key ((const guint8 *) keys[i], strlen (keys[i]), spots);
        g_assert_true (p2p_chord_store_remove (bob->chord->store, &spots[hash]));
      }
  chord_run (fixture, 15 * SECOND);
  g_assert_cmpuint (chord_stored (bob), ==, 0);
  chord_run (fixture, 30 * SECOND);
  g_assert_cmpuint (chord_stored (bob), ==, 10);
  g_assert_cmpstr (chord_get (bob, "first"), ==, "");
  g_assert_cmpstr (chord_get (bob, "third"), ==, "'v'");
}

/* Names are told to one node once in that time, also when it comes again. */
static void
test_dump_seconds (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice;

  fixture->mesh->limits.chord_dump_seconds = 20;
  alice = chord_add_joined (fixture, "alice");
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      g_assert_cmpint (chord_set (alice, key, "1"), ==, -1);
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (RawPeer) raw = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);

      chord_run (fixture, SECOND);
      g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_NOTIFY), ==, i == 1 ? 0 : 10);
      if (i == 1)
        g_assert_cmpuint (chord_drops (alice, P2P_DROP_RATE), ==, 1);
      g_clear_pointer (&raw, raw_free);
      chord_run (fixture, i == 1 ? 25 * SECOND : SECOND);
    }
}

/* As the others compare: all of the names for a few bytes, once. */
static void
test_sums (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_autoptr (GString) sums = g_string_new ("@ay [");
  ChordNode *alice;

  for (guint i = 0; i < 256 * 8; i++)
    g_string_append (sums, i > 0 ? ", 0" : "0");
  g_string_append (sums, "]");
  alice = chord_add_joined (fixture, "alice");
  g_assert_cmpint (chord_set (alice, "k", "1"), ==, -1);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (RawPeer) raw = chord_own (alice, "raw", FALSE);

      for (guint j = 0; j < 5; j++)
        raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x %d>, <%s>, <@x 0>]", P2P_CONTROL_SUMS, sums->str);
      chord_run (fixture, SECOND);
      g_assert_cmpuint (own_count (raw, P2P_CONTROL_NAMES), ==, i == 0 ? 1 : 0);
      g_clear_pointer (&raw, raw_free);
      chord_run (fixture, SECOND);
    }
}

/* What one of ours tells of many names in one breath goes on to the originals as far as their links take it easily. */
static void
test_names (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_autoptr (GString) names = g_string_new ("@av [");
  g_autoptr (GString) sums = g_string_new ("@ay [");
  g_autoptr (RawPeer) original = NULL;
  g_autoptr (RawPeer) raw = NULL;
  ChordNode *alice;
  TestPath path = { .delay = 1000, .capacity = 8192 };
  guint n;

  fixture->mesh->limits.out_queue = 32 * 1024;
  test_world_set_path (fixture->mesh->world, &path);
  alice = chord_add_joined (fixture, "alice");
  original = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);
  raw = chord_own (alice, "raw", FALSE);
  /* Who wants to tell any hears our sums first. */
  for (guint i = 0; i < 256 * 8; i++)
    g_string_append (sums, i > 0 ? ", 1" : "1");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x %d>, <%s]>, <@x 1>]", P2P_CONTROL_SUMS, sums->str);
  chord_run (fixture, 2 * SECOND);
  for (guint i = 0; i < 200; i++)
    g_string_append_printf (names, "%s<[<@ay [0x61, 0x%02x]>, <@x %" G_GINT64_FORMAT ">, <@x 0>]>", i > 0 ? ", " : "", i, mesh_now (fixture->mesh));
  g_string_append (names, "]");
  test_conn_stall (test_world_find_conn (fixture->mesh->world, original->host, alice->mesh->host), TRUE);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x %d>, <%s>]", P2P_CONTROL_NAMES, names->str);
  chord_run (fixture, SECOND);
  test_conn_stall (test_world_find_conn (fixture->mesh->world, original->host, alice->mesh->host), FALSE);
  chord_run (fixture, SECOND);
  g_assert_cmpuint (p2p_chord_names_get_n (alice->chord->names), ==, 200);
  n = raw_count (original, P2P_FLAG_WHISPER, P2P_SUBFLAG_NOTIFY);
  g_test_message ("%u of 200 names passed on at once", n);
  g_assert_cmpuint (n, >=, 2);
  g_assert_cmpuint (n, <=, 150);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_QUEUE_FULL), ==, 200 - n);
  g_assert_null (original->error);
}

/* A sum of all that we have is a lot of work for a frame of a few bytes. */
static void
test_arcs (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (GVariant) place = NULL;
  g_autofree char *text = NULL;
  ChordNode *alice;
  guint n;

  alice = chord_add_joined (fixture, "alice");
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      chord_plant (alice, key, i % P2P_CHORD_HASHES, 1000 + i, "'a value'");
    }
  raw = dial_ring (alice);
  chord_run (fixture, SECOND);
  place = g_variant_ref_sink (new_place (alice->chord, 0));
  text = g_variant_print (place, TRUE);
  for (guint i = 0; i < 100; i++)
    {
      raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x %d>, <%s>, <%s>, <@x 1>, <@ay %s>, <@ay []>]", P2P_CONTROL_ARC, text, text,
                "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]");
      chord_run (fixture, SECOND / 2);
    }
  n = own_count (raw, P2P_CONTROL_ARC_LIST);
  g_test_message ("%u of 100 arcs in 50 s summed up and listed", n);
  g_assert_cmpuint (n, >=, 5);
  g_assert_cmpuint (n, <=, 60);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_RATE), >=, 40);
  g_assert_null (raw->error);
}

/* Sixteen members of the ring that nobody ever heard of, at an address of somebody else's choice */
static char *
make_strangers (RawPeer *raw, guint round)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) list = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < 16; i++)
    {
      guint number = round * 16 + i;
      g_autofree char *id = p2p_digest_base58 (P2P_DIGEST_SHA384, (const guint8 *) &number, sizeof number);
      P2pChordPlace place;
      GVariant *parts[4];

      g_assert_true (p2p_chord_place_of_id (id, &place));
      parts[0] = g_variant_new_variant (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, place.bytes, sizeof place.bytes, 1));
      parts[1] = g_variant_new_variant (g_variant_new_string (id));
      parts[2] = g_variant_new_variant (g_variant_new_string (test_host_get_address (raw->host)));
      parts[3] = g_variant_new_variant (g_variant_new_int64 (5000 + number % 1000));
      g_variant_builder_add (&builder, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, G_N_ELEMENTS (parts)));
    }
  list = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_variant_print (list, TRUE);
}

/* Whoever tells of ever other nodes, and stores and does not store, makes nobody dial as fast as he talks. */
static void
test_dials (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (GVariant) place = NULL;
  g_autofree char *text = NULL;
  P2pChordPlace his;
  ChordNode *alice;
  guint before, made, seconds;

  alice = chord_add_joined (fixture, "alice");
  raw = dial_ring (alice);
  chord_run (fixture, SECOND);
  g_assert_true (p2p_chord_place_of_id (raw->id, &his));
  place = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, his.bytes, sizeof his.bytes, 1));
  text = g_variant_print (place, TRUE);
  before = test_host_get_dials_made (alice->mesh->host);
  seconds = (guint) mesh_now (fixture->mesh);
  for (guint i = 0; i < 180; i++)
    {
      g_autofree char *strangers = make_strangers (raw, i);

      raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x %d>, <@x %u>, <%s>, <@x 0>, <@x 0>, <@av []>, <%s>]", P2P_CONTROL_RING, i % 2, text, strangers);
      chord_run (fixture, SECOND / 3);
    }
  made = test_host_get_dials_made (alice->mesh->host) - before;
  seconds = (guint) mesh_now (fixture->mesh) - seconds;
  g_test_message ("%u dials in %u s, of %u nodes that one told of", made, seconds, 180 * 16);
  g_assert_null (raw->error);
  g_assert_cmpuint (made, >=, 8);
  g_assert_cmpuint (made, <=, 32 + 2 * seconds + 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/limits/seconds", test_seconds);
  g_test_add_func ("/chord/limits/nil-milliseconds", test_nil_milliseconds);
  g_test_add_func ("/chord/limits/value", test_value);
  g_test_add_func ("/chord/limits/stamps", test_stamps);
  g_test_add_func ("/chord/limits/requests", test_requests);
  g_test_add_func ("/chord/limits/careful", test_careful);
  g_test_add_func ("/chord/limits/stabilise-seconds", test_stabilise_seconds);
  g_test_add_func ("/chord/limits/hops", test_hops);
  g_test_add_func ("/chord/limits/written", test_written);
  g_test_add_func ("/chord/limits/dump-seconds", test_dump_seconds);
  g_test_add_func ("/chord/limits/sums", test_sums);
  g_test_add_func ("/chord/limits/names", test_names);
  g_test_add_func ("/chord/limits/arcs", test_arcs);
  g_test_add_func ("/chord/limits/dials", test_dials);
  return g_test_run ();
}
