/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes: what goes to whom, when they are confirmed, and what originals are spared. */
#include "chord-fixture.h"

#include <string.h>

#define SAYS(stamp) ", <@x " #stamp ">, <@x 1>, <'2'>, <@x 0>"

static void
set (ChordNode *self, const char *key, GVariant *value, ChordResult *result)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  g_autoptr (GError) error = NULL;

  p2p_chord_node_set (self->chord, bytes, value, 0, chord_write_cb, result, &error);
  g_assert_no_error (error);
  chord_run (self->fixture, SECOND / 20);
}

static guint
index_of (RawPeer *raw, gint64 subflag, const char *key, guint hash)
{
  g_autofree char *spot = chord_spot (key, hash);

  for (guint i = 0; i < raw->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (raw->messages, i);
      g_autoptr (GVariant) text = p2p_message_get_packet (message, 2);

      if (p2p_message_get_subflag (message) == subflag && text != NULL && g_variant_is_of_type (text, G_VARIANT_TYPE_STRING) &&
          g_str_equal (g_variant_get_string (text, NULL), spot))
        return i;
    }
  return G_MAXUINT;
}

/* Five stores, each with its question behind it; three that say it back make it done, and then everybody hears of the key. */
static void
test_confirmed (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_raw (alice, "store", P2P_ID_FORM_STR, TRUE);
  g_auto (ChordResult) result = { 0 };
  g_autofree char *text = NULL;

  set (alice, "k", g_variant_new_string ("v"), &result);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      g_assert_cmpuint (chord_told (store, "k", i), ==, 1);
      g_assert_cmpuint (index_of (store, P2P_SUBFLAG_STORE, "k", i), <, index_of (store, P2P_SUBFLAG_RETRIEVE, "k", i));
    }
  /* no packet more than an original sends */
  g_assert_cmpuint (p2p_message_get_n_packets (raw_last (store, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE)), ==, 4);
  g_assert_cmpuint (p2p_message_get_n_packets (raw_last (store, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVE)), ==, 3);
  chord_answer (store, "k", 0, "'v'", "");
  chord_answer (store, "k", 1, "'v'", "");
  g_assert_cmpuint (result.calls, ==, 0);
  g_assert_cmpuint (raw_count (store, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 0);
  chord_answer (store, "k", 2, "'v'", "");
  chord_run (fixture, SECOND);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.places_ok, ==, 3);
  g_assert_cmpuint (raw_count (store, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 1);
  text = chord_hex (raw_last (store, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY));
  g_assert_cmpstr (text, ==, "06c4016b");
}

/* What they did not take is an error, and nobody hears of the key. */
static void
test_not_taken (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_own (alice, "store", TRUE);
  g_auto (ChordResult) result = { 0 };
  g_auto (ChordResult) silent = { 0 };

  set (alice, "k", g_variant_new_string ("v"), &result);
  for (guint round = 0; round < 3; round++)
    chord_answer_all (store, "k", "()", SAYS (0));
  chord_run (fixture, SECOND);
  g_assert_error (result.error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NO_AGREEMENT);
  g_assert_cmpuint (result.places_ok, ==, 0);
  set (alice, "l", g_variant_new_string ("v"), &silent);
  chord_run (fixture, 12 * SECOND);
  g_assert_error (silent.error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT);
  g_assert_cmpuint (raw_count (store, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 0);
}

/* Something of a clock that is ahead is there: once more, with a later stamp. */
static void
test_later_stamp (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add_joined (fixture, "bob");

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    chord_plant (bob, "k", i, (guint64) p2p_chord_utc (bob->chord) + 30 * SECOND, "'ahead'");
  chord_connect (alice, bob);
  g_assert_cmpstr (chord_get (alice, "k"), ==, "'ahead'");
  g_assert_cmpint (chord_set (alice, "k", "'mine'"), ==, -1);
  g_assert_cmpstr (chord_get (alice, "k"), ==, "'mine'");
  g_assert_cmpint (chord_delete (alice, "k"), ==, -1);
  g_assert_cmpstr (chord_get (alice, "k"), ==, "");
}

static guint
count_nil (RawPeer *raw)
{
  guint n = 0;

  for (guint i = 0; i < raw->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (raw->messages, i);
      g_autoptr (GVariant) value = p2p_message_get_packet (message, 3);

      n += p2p_message_get_subflag (message) == P2P_SUBFLAG_STORE && value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_UNIT);
    }
  return n;
}

/* nil goes to an original only for what it has. */
static void
test_delete (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_raw (alice, "store", P2P_ID_FORM_BIN, TRUE);
  g_autoptr (RawPeer) py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  g_auto (ChordResult) result = { 0 };
  g_autofree char *spot = chord_spot ("l", 0);
  g_autofree char *text = NULL;

  p2p_chord_node_delete (alice->chord, key, 0, chord_write_cb, &result, NULL);
  chord_run (fixture, SECOND / 20);
  chord_answer (store, "k", 4, "()", "");
  chord_run (fixture, SECOND);
  for (guint i = 0; i < 4; i++)
    chord_answer (store, "k", i, "'v'", "");
  chord_run (fixture, SECOND / 2);
  g_assert_cmpuint (count_nil (store), >=, 3);
  g_assert_cmpuint (count_nil (store), <=, 4);
  g_assert_cmpuint (chord_told (store, "k", 4), ==, 0);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    chord_answer (store, "k", i, "()", "");
  chord_run (fixture, 3 * SECOND);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_no_error (result.error);
  text = chord_hex (raw_last (store, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY));
  g_assert_cmpstr (text, ==, "06c4016ba364656c");
  /* that of another original, on its way through us: asked for first */
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'%s'>, <()>]", spot);
  g_assert_cmpuint (chord_told (store, "l", 0), ==, 0);
  g_assert_cmpuint (chord_asked (store, "l", 0), ==, 1);
  chord_answer (store, "l", 0, "'v'", "");
  g_assert_cmpuint (chord_told (store, "l", 0), ==, 1);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'%s'>, <()>]", spot);
  chord_answer (store, "l", 0, "()", "");
  chord_run (fixture, 2 * SECOND);
  g_assert_cmpuint (chord_told (store, "l", 0), ==, 1);
}

static guint
count_delta (RawPeer *raw)
{
  return raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_DELTA);
}

/* A delta goes to an original for a map and for nothing, and for nothing else: py2p stumbles. */
static void
test_delta (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_raw (alice, "store", P2P_ID_FORM_BIN, TRUE);
  g_autoptr (RawPeer) py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  g_auto (ChordResult) result = { 0 };
  g_autofree char *spot = chord_spot ("l", 0);
  g_autofree char *text = NULL;

  p2p_chord_node_delta (alice->chord, key, g_variant_new_parsed ("{'b': <@x 2>}"), 0, chord_write_cb, &result, NULL);
  chord_run (fixture, SECOND / 20);
  chord_answer_all (store, "k", "{'a': <@x 1>}", "");
  chord_run (fixture, SECOND / 10);
  g_assert_cmpuint (count_delta (store), ==, 5);
  text = chord_print (raw_last (store, P2P_FLAG_WHISPER, P2P_SUBFLAG_DELTA));
  g_assert_true (g_str_has_suffix (text, "<{'b': <int64 2>}>]"));
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    chord_answer (store, "k", i, "{'a': <@x 1>, 'b': <@x 2>}", "");
  chord_run (fixture, SECOND);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.places_ok, >=, 3);
  g_assert_cmpuint (g_variant_n_children (result.look->value), ==, 2);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 17>, <'sha1'>, <'%s'>, <{'a': <1>}>]", spot);
  chord_answer (store, "l", 0, "'no map'", "");
  g_assert_cmpuint (count_delta (store), ==, 5);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_REFUSED), ==, 1);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 17>, <'sha1'>, <'%s'>, <{'a': <1>}>]", spot);
  chord_answer (store, "l", 0, "{'z': <1>}", "");
  g_assert_cmpuint (count_delta (store), ==, 6);
}

/* Two change other fields of one map at once: it has both. */
static void
test_two_deltas (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add_joined (fixture, "bob");
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  g_auto (ChordResult) one = { 0 };
  g_auto (ChordResult) two = { 0 };

  chord_connect (alice, bob);
  g_assert_cmpint (chord_set (bob, "k", "{'a': <@x 1>}"), ==, -1);
  p2p_chord_node_delta (alice->chord, key, g_variant_new_parsed ("{'b': <@x 2>}"), 0, chord_write_cb, &one, NULL);
  p2p_chord_node_delta (bob->chord, key, g_variant_new_parsed ("{'c': <@x 3>}"), 0, chord_write_cb, &two, NULL);
  chord_run (fixture, 2 * SECOND);
  g_assert_no_error (one.error);
  g_assert_no_error (two.error);
  g_assert_nonnull (strstr (chord_get (alice, "k"), "'a': <1>"));
  g_assert_nonnull (strstr (chord_get (alice, "k"), "'b': <2>"));
  g_assert_nonnull (strstr (chord_get (bob, "k"), "'c': <3>"));
}

/* chord_value, table_key: said at once, to our own program; counted and told, of others. */
static void
test_too_large (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice;
  g_autoptr (RawPeer) py = NULL;
  g_autofree char *spot = chord_spot ("k", 0);
  g_autofree char *long_key = NULL;

  fixture->mesh->limits.chord_value = 8;
  fixture->mesh->limits.table_key = 16;
  alice = chord_add_joined (fixture, "alice");
  py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  long_key = g_strnfill (17, 'k');
  g_assert_cmpint (chord_set (alice, "k", "'1234567'"), ==, -1);
  g_assert_cmpint (chord_set (alice, "k", "'12345678'"), ==, P2P_TABLE_ERROR_TOO_LARGE);
  g_assert_cmpint (chord_set (alice, long_key, "1"), ==, P2P_TABLE_ERROR_KEY);
  g_assert_cmpint (chord_delta (alice, "m", "{'a': <'12345678'>}"), ==, P2P_TABLE_ERROR_TOO_LARGE);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'%s'>, <'12345678'>]", spot);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_REFUSED), ==, 1);
  g_assert_cmpuint (chord_count (alice, "refused TOO_LARGE"), ==, 1);
  g_assert_cmpstr (chord_get (alice, "k"), ==, "'1234567'");
}

/* What an original stores now counts now; what it hands over when it hears that we store fills what is empty. */
static void
test_gifts (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");
  g_autoptr (RawPeer) py = NULL;
  g_autofree char *spot = chord_spot ("k", 0);
  P2pChordSpot spots[P2P_CHORD_HASHES];

  g_assert_cmpint (chord_set (alice, "k", "'new'"), ==, -1);
  chord_run (fixture, SECOND);
  py = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);
  p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'%s'>, <'old'>]", spot);
  g_assert_cmpuint (p2p_chord_store_get (alice->chord->store, &spots[0])->stamp, >, 1);
  g_assert_cmpmem (g_bytes_get_data (p2p_chord_store_get (alice->chord->store, &spots[0])->value, NULL), 4, "\xa3new", 4);
  chord_run (fixture, 2 * SECOND);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'%s'>, <'now'>]", spot);
  g_assert_cmpmem (g_bytes_get_data (p2p_chord_store_get (alice->chord->store, &spots[0])->value, NULL), 4, "\xa3now", 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/write/confirmed", test_confirmed);
  g_test_add_func ("/chord/write/not-taken", test_not_taken);
  g_test_add_func ("/chord/write/later-stamp", test_later_stamp);
  g_test_add_func ("/chord/write/delete", test_delete);
  g_test_add_func ("/chord/write/delta", test_delta);
  g_test_add_func ("/chord/write/two-deltas", test_two_deltas);
  g_test_add_func ("/chord/write/too-large", test_too_large);
  g_test_add_func ("/chord/write/gifts", test_gifts);
  return g_test_run ();
}
