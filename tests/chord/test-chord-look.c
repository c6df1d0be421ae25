/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks: three of five, who disagrees, who lies, who is silent, and what is mended after it. */
#include "chord-fixture.h"

#include <string.h>

/* what one of ours adds to an answer */
#define SAYS(stamp) ", <@x " #stamp ">, <@x 1>, <'2'>, <@x 0>"

static guint64
look (ChordNode *self, const char *key, ChordResult *result)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  guint64 handle = p2p_chord_node_look (self->chord, bytes, 0, chord_look_cb, result);

  chord_run (self->fixture, SECOND / 20);
  return handle;
}

/* Three equal ones are enough, whatever the others do. */
static void
test_quorum (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_own (alice, "store", TRUE);
  g_auto (ChordResult) result = { 0 };

  look (alice, "k", &result);
  chord_answer (store, "k", 4, "'v'", SAYS (5));
  chord_answer (store, "k", 0, "'v'", SAYS (7));
  g_assert_cmpuint (result.calls, ==, 0);
  chord_answer (store, "k", 2, "'v'", SAYS (6));
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpuint (result.look->n_equal, ==, 3);
  g_assert_cmpuint (result.look->stamp, ==, 7);
  g_assert_cmpint (result.look->answers[1].state, ==, P2P_CHORD_ANSWER_WAITING);
  g_assert_cmpstr (result.look->answers[0].asked, ==, store->id);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "v");
  /* the two that come late are no surprise */
  chord_answer (store, "k", 1, "'v'", SAYS (7));
  chord_answer (store, "k", 3, "()", SAYS (0));
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_UNEXPECTED), ==, 0);
}

/* All five say nothing: it is not there, and that takes no time. */
static void
test_absent (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");
  ChordNode *bob = chord_add_joined (fixture, "bob");
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  chord_connect (bob, alice);
  chord_run (fixture, 10 * SECOND);
  g_assert_cmpint (chord_look (bob, "k", &result), ==, P2P_CHORD_LOOK_ABSENT);
  g_assert_cmpint (result.look->took, <, SECOND / 2);
  error = p2p_chord_look_to_error (result.look);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND);
}

/* Of originals a nil is final after a while only; the value that comes after it counts. */
static void
test_absent_original (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_raw (alice, "store", P2P_ID_FORM_BIN, TRUE);
  g_auto (ChordResult) result = { 0 };
  g_auto (ChordResult) late = { 0 };

  look (alice, "k", &result);
  chord_answer_all (store, "k", "()", "");
  g_assert_cmpuint (result.calls, ==, 0);
  chord_run (fixture, 3 * SECOND / 2);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_ABSENT);
  look (alice, "l", &late);
  chord_answer_all (store, "l", "()", "");
  chord_answer_all (store, "l", "@x 0", "");
  g_assert_cmpint (late.look->outcome, ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpuint (late.look->n_equal, >=, 3);
}

/* Nobody says a word: ten seconds, and then that. */
static void
test_silent (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_own (alice, "store", TRUE);
  g_autoptr (RawPeer) other = chord_own (alice, "other", TRUE);
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GError) error = NULL;
  guint asked = 0;

  look (alice, "k", &result);
  chord_run (fixture, 3 * SECOND);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    asked += chord_asked (store, "k", i) + chord_asked (other, "k", i);
  g_assert_cmpuint (asked, ==, 5);
  /* after a third of the time, the other way round */
  chord_run (fixture, SECOND);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_assert_cmpuint (chord_asked (store, "k", i) + chord_asked (other, "k", i), ==, 2);
  g_assert_cmpuint (result.calls, ==, 0);
  chord_run (fixture, 7 * SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_TIMED_OUT);
  error = p2p_chord_look_to_error (result.look);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT);
}

/* Who stands between us and the places lies about all of them, and is outvoted by the way round him. */
static void
test_liar (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) liar = chord_own (alice, "first", TRUE);
  g_autoptr (RawPeer) honest = chord_own (alice, "second", TRUE);
  guint lies = chord_places_of (fixture, "k", liar->id, honest->id);
  g_auto (ChordResult) result = { 0 };

  /* both are asked */
  g_assert_cmpuint (lies, !=, 0);
  g_assert_cmpuint (lies, !=, 31);
  look (alice, "k", &result);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if ((lies & 1u << i) != 0)
      chord_answer (liar, "k", i, "'lie'", SAYS (5));
    else
      chord_answer (honest, "k", i, "'truth'", SAYS (5));
  if (result.calls == 0)
    {
      /* everybody was asked for everything by now */
      for (guint i = 0; i < P2P_CHORD_HASHES; i++)
        {
          g_assert_cmpuint (chord_asked (liar, "k", i), ==, 1);
          g_assert_cmpuint (chord_asked (honest, "k", i), ==, 1);
          if ((lies & 1u << i) != 0)
            chord_answer (honest, "k", i, "'truth'", SAYS (5));
        }
    }
  /* he is silent about what he is asked now */
  chord_run (fixture, 10 * SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "truth");
  g_assert_cmpuint (result.look->n_equal, ==, 5);
}

/* Two words that differ are enough to ask the other way round, before the rest is here: somebody may be silent for long. */
static void
test_early (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) one = chord_own (alice, "first", TRUE);
  g_autoptr (RawPeer) other = chord_own (alice, "second", TRUE);
  guint of_one = chord_places_of (fixture, "k", one->id, other->id);
  g_auto (ChordResult) result = { 0 };
  guint said = 0;

  look (alice, "k", &result);
  for (guint i = 0; i < P2P_CHORD_HASHES && said < 2; i++)
    {
      g_autofree char *value = g_strdup_printf ("@x %u", said++);

      chord_answer ((of_one & 1u << i) != 0 ? one : other, "k", i, value, SAYS (5));
    }
  g_assert_cmpuint (result.calls, ==, 0);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_assert_cmpuint (chord_asked (one, "k", i) + chord_asked (other, "k", i), ==, 2);
  chord_run (fixture, 11 * SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_TIMED_OUT);
}

/* No three say the same: that is what is told, and what each of them says. */
static void
test_disagree (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      g_autofree char *value = g_strdup_printf ("@x %u", i / 2);

      chord_plant (alice, "k", i, 5, value);
    }
  g_assert_cmpint (chord_look (alice, "k", &result), ==, P2P_CHORD_LOOK_DISAGREE);
  g_assert_cmpuint (result.look->n_equal, ==, 2);
  g_assert_cmpint (result.look->answers[4].state, ==, P2P_CHORD_ANSWER_VALUE);
  error = p2p_chord_look_to_error (result.look);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NO_AGREEMENT);
}

/* Places that lack the value get it; not again within a minute. */
static void
test_repair (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_raw (alice, "store", P2P_ID_FORM_BIN, TRUE);
  g_auto (ChordResult) result = { 0 };
  g_auto (ChordResult) again = { 0 };
  g_autofree char *hex = NULL;

  look (alice, "k", &result);
  chord_answer (store, "k", 0, "'old'", "");
  chord_answer (store, "k", 1, "()", "");
  chord_run (fixture, 3 * SECOND / 2);
  for (guint i = 2; i < 5; i++)
    chord_answer (store, "k", i, "'v'", "");
  chord_run (fixture, 10 * SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpuint (chord_told (store, "k", 0), ==, 1);
  g_assert_cmpuint (chord_told (store, "k", 1), ==, 1);
  g_assert_cmpuint (chord_told (store, "k", 2), ==, 0);
  hex = chord_hex (raw_last (store, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE));
  g_assert_true (g_str_has_prefix (hex, "940ba6") || g_str_has_prefix (hex, "0ba6"));
  g_assert_true (g_str_has_suffix (hex, "a176"));
  look (alice, "k", &again);
  chord_answer (store, "k", 1, "()", "");
  chord_run (fixture, 3 * SECOND / 2);
  for (guint i = 2; i < 5; i++)
    chord_answer (store, "k", i, "'v'", "");
  chord_run (fixture, 10 * SECOND);
  g_assert_cmpuint (again.calls, ==, 1);
  g_assert_cmpuint (chord_told (store, "k", 1), ==, 1);
}

/* A delete that not all have heard of yet is not undone by who looks. */
static void
test_no_resurrection (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_own (alice, "store", TRUE);
  g_auto (ChordResult) result = { 0 };

  look (alice, "k", &result);
  chord_answer (store, "k", 0, "()", SAYS (9));
  chord_answer (store, "k", 1, "()", SAYS (9));
  for (guint i = 2; i < 5; i++)
    chord_answer (store, "k", i, "'v'", SAYS (5));
  chord_run (fixture, 12 * SECOND);
  g_assert_cmpuint (result.calls, ==, 1);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_assert_cmpuint (chord_told (store, "k", i), ==, 0);
}

/* js2p writes whole numbers beyond 31 bits as floats, and the keys of a map in its own order: nothing else for that. */
static void
test_essence (void)
{
  static const struct {
    const char *one, *other;
    gboolean equal;
  } pairs[] = {
    { "@x 5000000000", "5e9", TRUE },
    { "[<@x 3000000000>]", "[<3e9>]", TRUE },
    { "{'a': <1>, 'b': <2>}", "{'b': <2>, 'a': <1>}", TRUE },
    { "{'a': <1>}", "{'a': <2>}", FALSE },
    { "[<1>, <2>]", "[<2>, <1>]", FALSE },
    { "'1'", "1", FALSE },
    { "'x'", "[byte 0x78]", FALSE },
    { "1.5", "1", FALSE },
    { "true", "1", FALSE },
    { "''", "@ay []", FALSE },
    { "1e300", "1e301", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (GVariant) one = g_variant_ref_sink (g_variant_parse (NULL, pairs[i].one, NULL, NULL, NULL));
      g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_parse (NULL, pairs[i].other, NULL, NULL, NULL));
      g_autoptr (GBytes) a = p2p_chord_get_essence (one);
      g_autoptr (GBytes) b = p2p_chord_get_essence (other);

      g_assert_true (g_bytes_equal (a, b) == pairs[i].equal);
    }
}

/* Many at once, of many nodes. */
static void
test_many (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *nodes[5];

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      g_autofree char *name = g_strdup_printf ("node%u", i);

      nodes[i] = chord_add_joined (fixture, name);
      if (i > 0)
        chord_connect (nodes[i], nodes[i - 1]);
    }
  chord_run (fixture, 20 * SECOND);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", i);
      g_autofree char *value = g_strdup_printf ("@x %u", i);

      g_assert_cmpint (chord_set (nodes[i % 5], key, value), ==, -1);
    }
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", i);
      g_autofree char *value = g_strdup_printf ("%u", i);

      g_assert_cmpstr (chord_get (nodes[(i + 2) % 5], key), ==, value);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/look/quorum", test_quorum);
  g_test_add_func ("/chord/look/absent", test_absent);
  g_test_add_func ("/chord/look/absent-original", test_absent_original);
  g_test_add_func ("/chord/look/silent", test_silent);
  g_test_add_func ("/chord/look/liar", test_liar);
  g_test_add_func ("/chord/look/early", test_early);
  g_test_add_func ("/chord/look/disagree", test_disagree);
  g_test_add_func ("/chord/look/repair", test_repair);
  g_test_add_func ("/chord/look/no-resurrection", test_no_resurrection);
  g_test_add_func ("/chord/look/essence", test_essence);
  g_test_add_func ("/chord/look/many", test_many);
  return g_test_run ();
}
