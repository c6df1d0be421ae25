/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that are signed, and who lies about them: by majority, by replay, by proofs that are of something else or left out, and by too many of them. */
#include "signed-world.h"

#include <string.h>

static void
test_majority_lies (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GError) error = NULL;

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'truth'"), ==, -1);
  chord_run (world.fixture, SECOND);
  for (guint i = 0; i < 3; i++)
    signed_plant_all (&world, NULL, "k", i, signed_utc (&world), "'lie'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "truth");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
  g_assert_cmpuint (result.look->n_equal, ==, 2);
  /* signed by somebody else, who did not say that he wrote it */
  for (guint i = 0; i < 4; i++)
    signed_plant_all (&world, world.bob, "k", i, signed_utc (&world), "'his lie'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "truth");
  g_assert_cmpuint (result.look->n_equal, ==, 1);
  /* No place has the truth any more, and no three what one signed: that is what is told, and not the lie. */
  for (guint i = 2; i < 4; i++)
    signed_plant_all (&world, NULL, "k", i, signed_utc (&world), "'lie'");
  signed_plant_all (&world, NULL, "k", 4, signed_utc (&world), "'lie'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_UNSIGNED);
  g_assert_null (result.look->value);
  g_assert_cmpstr (result.look->expected, ==, signed_id (world.alice));
  error = p2p_chord_look_to_error (result.look);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED);
  g_assert_nonnull (strstr (error->message, signed_id (world.alice)));
  /* each place tells what it says */
  g_assert_cmpstr (g_variant_get_string (result.look->answers[0].value, NULL), ==, "his lie");
  g_assert_cmpstr (result.look->answers[0].author, ==, signed_id (world.bob));
}

/* Who is given up, or goes, in the middle of a write said nothing of it: what it signed is everywhere, and counts; but not while one place has what the author wrote. */
static void
test_unsaid (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = g_bytes_new_static ("cancelled", 9);
  guint64 handle;

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, 2 * SECOND);
  for (guint i = 0; i < 4; i++)
    signed_plant_all (&world, world.bob, "k", i, signed_utc (&world), "'his'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "hers");
  signed_plant_all (&world, world.bob, "k", 4, signed_utc (&world), "'his'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "his");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.bob));
  g_assert_cmpstr (result.look->expected, ==, signed_id (world.alice));
  /* two of him and two of another are no three */
  signed_plant_all (&world, world.carol, "k", 3, signed_utc (&world), "'his'");
  signed_plant_all (&world, world.carol, "k", 4, signed_utc (&world), "'his'");
  signed_plant_all (&world, NULL, "k", 0, signed_utc (&world), "'his'");
  g_assert_cmpint (chord_look (world.alice, "k", &result), ==, P2P_CHORD_LOOK_UNSIGNED);

  /* What was sent when it is given up is brought to its end: its author is known. */
  g_assert_cmpint (chord_set (world.alice, "cancelled", "{'a': <1>}"), ==, -1);
  chord_result_clear (&result);
  result = (ChordResult) { 0 };
  handle = p2p_chord_node_set (world.bob->chord, key, g_variant_new_string ("his"), 0, chord_write_cb, &result, NULL);
  p2p_chord_node_cancel (world.bob->chord, handle);
  chord_run (world.fixture, 2 * SECOND);
  g_assert_cmpuint (result.calls, ==, 0);
  g_assert_cmpstr (signed_author (world.carol, "cancelled"), ==, signed_id (world.bob));
  g_assert_cmpint (chord_look (world.carol, "cancelled", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (result.look->author, ==, signed_id (world.bob));
}

static void
test_replay (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  guint64 began;

  signed_world_make (&world);
  began = signed_utc (&world);
  chord_run (world.fixture, 100 * SECOND);
  g_assert_cmpint (chord_set (world.alice, "k", "'new'"), ==, -1);
  chord_run (world.fixture, SECOND);
  for (guint i = 0; i < 4; i++)
    signed_plant_all (&world, world.alice, "k", i, began, "'old'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "new");
  /* who looked gave them what counts, with her proof */
  chord_run (world.fixture, SECOND);
  signed_assert_all (&world, "k", signed_id (world.alice));
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    signed_plant_all (&world, world.alice, "k", i, began, "'old'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_UNSIGNED);
  /* She deletes it: what she said since does not bring it back. */
  g_assert_cmpint (chord_delete (world.alice, "k"), ==, -1);
  chord_run (world.fixture, SECOND);
  for (guint i = 0; i < 4; i++)
    signed_plant_all (&world, world.alice, "k", i, signed_utc (&world) - 3 * SECOND, "'new'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_ABSENT);
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
}

static void
test_replayed_store (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (P2pChordProofs) proofs = { 0 };
  g_autoptr (GVariant) old = g_variant_ref_sink (g_variant_new_string ("old"));
  g_autoptr (GBytes) packed = p2p_chord_pack (old);
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint64 began;

  signed_world_make (&world);
  began = signed_utc (&world);
  p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
  g_assert_true (p2p_chord_sign (world.alice->chord, spots, began, packed, &proofs));
  g_assert_cmpint (chord_set (world.alice, "k", "'new'"), ==, -1);
  chord_run (world.fixture, SECOND);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      p2p_chord_send_store (p2p_chord_find_link_by_id (world.bob->chord, signed_id (world.alice)), &spots[i], began, old, proofs.of[i]);
      p2p_chord_send_store (p2p_chord_find_link_by_id (world.bob->chord, signed_id (world.carol)), &spots[i], began, old, proofs.of[i]);
    }
  chord_run (world.fixture, SECOND);
  g_assert_cmpstr (chord_get (world.carol, "k"), ==, "'new'");
  signed_assert_all (&world, "k", signed_id (world.alice));
}

static void
test_forged (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  g_auto (P2pChordProofs) proofs = { 0 };
  g_autoptr (GVariant) lie = g_variant_ref_sink (g_variant_new_string ("lie"));
  g_autoptr (GBytes) other = signed_pack ("'other'");
  P2pChordSpot spots[P2P_CHORD_HASHES];
  P2pChordLink *link;
  guint64 stamp;

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'truth'"), ==, -1);
  chord_run (world.fixture, SECOND);
  stamp = signed_utc (&world);
  p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
  /* hers, of something else: refused, and counted where it came from */
  g_assert_true (p2p_chord_sign (world.alice->chord, spots, stamp, other, &proofs));
  link = p2p_chord_find_link_by_id (world.bob->chord, signed_id (world.carol));
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    p2p_chord_send_store (link, &spots[i], stamp, lie, proofs.of[i]);
  chord_run (world.fixture, SECOND);
  g_assert_cmpuint (chord_drops (world.carol, P2P_DROP_FORGED_SIGNATURE) + chord_drops (world.alice, P2P_DROP_FORGED_SIGNATURE), >, 0);
  g_assert_cmpuint (chord_count (world.carol, "refused UNSIGNED") + chord_count (world.alice, "refused UNSIGNED"), >, 0);
  g_assert_cmpstr (chord_get (world.carol, "k"), ==, "'truth'");
  signed_assert_all (&world, "k", signed_id (world.alice));
  /* Answers with them say nothing. */
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GBytes) value = signed_pack ("'lie'");
      ChordNode *nodes[] = { world.alice, world.bob };

      for (guint j = 0; j < G_N_ELEMENTS (nodes); j++)
        {
          p2p_chord_store_remove (nodes[j]->chord->store, &spots[i]);
          p2p_chord_store_put_signed (nodes[j]->chord->store, &spots[i], stamp, value, proofs.of[i], NULL, p2p_chord_utc (nodes[j]->chord), NULL);
        }
      p2p_chord_store_remove (world.carol->chord->store, &spots[i]);
    }
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "truth");
}

static void
test_stripped (void)
{
  g_auto (SignedWorld) world = { 0 };
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint n;

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'v'"), ==, -1);
  chord_run (world.fixture, SECOND);
  p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    signed_plant (world.bob, NULL, "k", i, p2p_chord_store_get (world.alice->chord->store, &spots[i])->stamp, "'v'");
  g_assert_cmpuint (signed_count (world.bob, "k", signed_id (world.alice), &n), ==, 0);
  chord_run (world.fixture, 130 * SECOND);
  signed_assert_all (&world, "k", signed_id (world.alice));
}

static void
test_nobody_expected (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  guint64 stamp;

  signed_world_make (&world);
  stamp = signed_utc (&world);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    signed_plant_all (&world, i < 2 ? world.alice : NULL, "k", i, stamp, i < 2 ? "'hers'" : "'theirs'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "theirs");
  g_assert_null (result.look->author);
  for (guint i = 2; i < P2P_CHORD_HASHES; i++)
    {
      g_autofree char *text = g_strdup_printf ("'%u'", i);

      signed_plant_all (&world, NULL, "k", i, stamp + 5, text);
    }
  signed_plant_all (&world, world.alice, "k", 0, stamp + 1, "'hers, later'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "hers, later");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
  signed_plant_all (&world, world.bob, "k", 4, stamp, "'his'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_DISAGREE);
}

static void
test_checks (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_string ("v"));
  g_autoptr (GBytes) packed = p2p_chord_pack (value);
  P2pChordLink *link;
  guint n_signed = 0, n_all = 0;
  guint64 stamp;

  signed_world_make (&world);
  stamp = signed_utc (&world);
  link = p2p_chord_find_link_by_id (world.bob->chord, signed_id (world.carol));
  for (guint i = 0; i < 1200; i++)
    {
      g_autofree char *key = g_strdup_printf ("key %u", i);
      g_auto (P2pChordProofs) proofs = { 0 };
      P2pChordSpot spots[P2P_CHORD_HASHES];

      p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
      g_assert_true (p2p_chord_sign (world.bob->chord, spots, stamp, packed, &proofs));
      for (guint h = 0; h < P2P_CHORD_HASHES; h++)
        p2p_chord_send_store (link, &spots[h], stamp, value, proofs.of[h]);
    }
  chord_run (world.fixture, SECOND / 10);
  g_assert_cmpuint (chord_drops (world.carol, P2P_DROP_RATE), >, 0);
  g_assert_cmpuint (chord_drops (world.carol, P2P_DROP_FORGED_SIGNATURE), ==, 0);
  for (guint i = 0; i < 1200; i++)
    {
      g_autofree char *key = g_strdup_printf ("key %u", i);
      guint n;

      n_signed += signed_count (world.carol, key, signed_id (world.bob), &n);
      n_all += n;
    }
  g_assert_cmpuint (n_all, >, 0);
  g_assert_cmpuint (n_signed, >, 0);
  g_assert_cmpuint (n_signed, <, n_all);
}

/* A notify with nothing behind it hides nothing that all places have. */
static void
test_claimed (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, 2 * SECOND);
  p2p_chord_say_name (world.bob->chord, key, FALSE, (gint64) (signed_utc (&world) / SECOND));
  chord_run (world.fixture, 2 * SECOND);
  g_assert_cmpstr (signed_author (world.carol, "k"), ==, signed_id (world.bob));
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "hers");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
  g_assert_cmpstr (result.look->expected, ==, signed_id (world.bob));
}

/* One that is as late as counts is outdone by who writes it since, and what he wrote then is his, also at one place. */
static void
test_claimed_ahead (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  P2pChordNode *nodes[3];
  gint64 time;

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, 2 * SECOND);
  nodes[0] = world.alice->chord;
  nodes[1] = world.bob->chord;
  nodes[2] = world.carol->chord;
  time = (gint64) (signed_utc (&world) / SECOND) + 58;
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      p2p_chord_names_say (nodes[i]->names, (const guint8 *) "k", 1, time, FALSE, TRUE, FALSE, time - 58, NULL);
      g_assert_true (p2p_chord_names_prove (nodes[i]->names, (const guint8 *) "k", 1, time, FALSE, signed_id (world.bob)));
    }
  g_assert_cmpint (chord_set (world.alice, "k", "'hers again'"), ==, -1);
  chord_run (world.fixture, SECOND);
  g_assert_cmpstr (signed_author (world.carol, "k"), ==, signed_id (world.alice));
  for (guint i = 0; i < 4; i++)
    signed_plant_all (&world, NULL, "k", i, signed_utc (&world), "'lie'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "hers again");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
}

/* Somebody's clock is far ahead: what cannot be signed is not written, or everybody would take it for nobody's; and it is the stamp of that key alone. */
static void
test_far_ahead (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };

  signed_world_make (&world);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      signed_plant_all (&world, world.bob, "k", i, signed_utc (&world) + 59 * SECOND, "'his'");
      signed_plant_all (&world, world.bob, "map", i, signed_utc (&world) + 59 * SECOND, "{'a': <1>}");
    }
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, P2P_TABLE_ERROR_NO_AGREEMENT);
  g_assert_cmpint (chord_delta (world.alice, "map", "{'b': <2>}"), ==, P2P_TABLE_ERROR_NO_AGREEMENT);
  g_assert_cmpint (chord_set (world.alice, "other", "'hers, too'"), ==, -1);
  chord_run (world.fixture, SECOND);
  signed_assert_all (&world, "other", signed_id (world.alice));
  g_assert_cmpint (chord_look (world.carol, "other", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "his");
  g_assert_cmpint (chord_look (world.carol, "map", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpuint (g_variant_n_children (result.look->value), ==, 1);
  /* when the clock has come nearer */
  chord_run (world.fixture, 20 * SECOND);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, SECOND);
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "hers");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
}

/* More at once than others may look at signatures of: what is said to be written is signed where it is kept, and read. */
static void
test_many_writes (void)
{
  enum { N = 60 };
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob;
  ChordResult results[N] = { 0 };
  guint n_done = 0;

  fixture->mesh->limits.signature_checks = 32;
  bob = chord_add (fixture, "bob");
  chord_key (alice);
  chord_key (bob);
  chord_join (bob);
  chord_connect (alice, bob);
  chord_run (fixture, 5 * SECOND);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("key %u", i);
      g_autoptr (GBytes) key = g_bytes_new (name, strlen (name));

      g_assert_cmpuint (p2p_chord_node_set (alice->chord, key, g_variant_new_string ("v"), 0, chord_write_cb, &results[i], NULL), !=, 0);
    }
  chord_run (fixture, 30 * SECOND);
  g_assert_cmpuint (chord_drops (bob, P2P_DROP_RATE), >, 0);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("key %u", i);
      g_auto (ChordResult) result = { 0 };

      g_assert_cmpuint (results[i].calls, ==, 1);
      if (results[i].error == NULL)
        {
          n_done++;
          g_assert_cmpint (chord_look (bob, name, &result), ==, P2P_CHORD_LOOK_VALUE);
          g_assert_cmpstr (result.look->author, ==, signed_id (alice));
        }
      chord_result_clear (&results[i]);
    }
  g_test_message ("%u of %u", n_done, (guint) N);
  /* and some of those for which there was no time at once */
  g_assert_cmpuint (n_done, >, 8);
}

/* Ours, without its proof at any place: who wrote it signs it anew. */
static void
test_signed_anew (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, SECOND);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    signed_plant_all (&world, NULL, "k", i, signed_utc (&world), "'hers'");
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_UNSIGNED);
  chord_run (world.fixture, (world.alice->chord->limits.chord_republish_seconds + world.alice->chord->limits.chord_republish_seconds / 5 + 10) * SECOND);
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "hers");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
}

/* A key without an author that three places say is gone: one that kept what somebody signed does not bring it back. */
static void
test_left_over (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };

  signed_world_make (&world);
  signed_plant_all (&world, world.alice, "k", 0, signed_utc (&world) - 9 * SECOND, "'hers'");
  for (guint i = 1; i < P2P_CHORD_HASHES; i++)
    signed_plant_all (&world, NULL, "k", i, signed_utc (&world), NULL);
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_ABSENT);
  chord_run (world.fixture, SECOND);
  for (guint i = 1; i < P2P_CHORD_HASHES; i++)
    {
      P2pChordSpot spots[P2P_CHORD_HASHES];

      p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
      g_assert_null (p2p_chord_store_get (world.bob->chord->store, &spots[i])->value);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/forged/majority-lies", test_majority_lies);
  g_test_add_func ("/chord/forged/unsaid", test_unsaid);
  g_test_add_func ("/chord/forged/replay", test_replay);
  g_test_add_func ("/chord/forged/replayed-store", test_replayed_store);
  g_test_add_func ("/chord/forged/forged", test_forged);
  g_test_add_func ("/chord/forged/stripped", test_stripped);
  g_test_add_func ("/chord/forged/nobody-expected", test_nobody_expected);
  g_test_add_func ("/chord/forged/checks", test_checks);
  g_test_add_func ("/chord/forged/claimed", test_claimed);
  g_test_add_func ("/chord/forged/claimed-ahead", test_claimed_ahead);
  g_test_add_func ("/chord/forged/far-ahead", test_far_ahead);
  g_test_add_func ("/chord/forged/many-writes", test_many_writes);
  g_test_add_func ("/chord/forged/signed-anew", test_signed_anew);
  g_test_add_func ("/chord/forged/left-over", test_left_over);
  return g_test_run ();
}
