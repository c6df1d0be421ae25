/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that are signed: who wrote them, what a look asks for and mends, and what is left of it where originals are. */
#include "signed-world.h"

#include <json-glib/json-glib.h>

#include <string.h>

#include "p2p/x1/p2p-proof.h"
#include "p2p/x1/p2p-verifier.h"

static void
test_author (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, SECOND);
  signed_assert_all (&world, "k", signed_id (world.alice));
  g_assert_cmpstr (signed_author (world.carol, "k"), ==, signed_id (world.alice));
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (result.look->author, ==, signed_id (world.alice));
  g_assert_cmpstr (result.look->expected, ==, signed_id (world.alice));
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (result.look->answers[i].state == P2P_CHORD_ANSWER_VALUE)
      g_assert_cmpstr (result.look->answers[i].author, ==, signed_id (world.alice));
  /* Somebody else writes it: it is his. */
  g_assert_cmpint (chord_set (world.bob, "k", "'his'"), ==, -1);
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "his");
  g_assert_cmpstr (result.look->author, ==, signed_id (world.bob));
  chord_run (world.fixture, SECOND);
  g_assert_cmpstr (signed_author (world.alice, "k"), ==, signed_id (world.bob));
  signed_assert_all (&world, "k", signed_id (world.bob));
  /* What is deleted is signed, too. */
  g_assert_cmpint (chord_delete (world.carol, "k"), ==, -1);
  chord_run (world.fixture, SECOND);
  signed_assert_all (&world, "k", signed_id (world.carol));
  g_assert_cmpint (chord_look (world.alice, "k", &result), ==, P2P_CHORD_LOOK_ABSENT);
  g_assert_cmpuint (chord_drops (world.alice, P2P_DROP_FORGED_SIGNATURE) + chord_drops (world.bob, P2P_DROP_FORGED_SIGNATURE), ==, 0);
}

static void
test_cost (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_autoptr (GBytes) proof = NULL;
  P2pChordSpot spots[P2P_CHORD_HASHES];

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "{'a': <1>, 'b': <2.5>, 'c': <b'bin'>}"), ==, -1);
  chord_run (world.fixture, SECOND);
  p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const P2pChordValue *value = p2p_chord_store_get (world.bob->chord->store, &spots[i]);
      g_auto (P2pChordProofs) proofs = { 0 };

      g_assert_cmpuint (g_bytes_get_size (value->proof), <=, P2P_CHORD_PROOF_MOST);
      /* Of any one of them all five can be made. */
      g_assert_true (p2p_chord_complete (spots, value->stamp, value->value, value->proof, &proofs));
      for (guint j = 0; j < P2P_CHORD_HASHES; j++)
        g_assert_true (g_bytes_equal (proofs.of[j], p2p_chord_store_get (world.bob->chord->store, &spots[j])->proof));
      g_assert_false (p2p_chord_complete (spots, value->stamp + 1, value->value, value->proof, &proofs));
      g_assert_null (proofs.of[0]);
    }
}

static void
test_deltas (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  g_auto (ChordResult) one = { 0 };
  g_auto (ChordResult) other = { 0 };

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "{'a': <1>}"), ==, -1);
  chord_run (world.fixture, SECOND);
  g_assert_cmpint (chord_delta (world.bob, "k", "{'b': <2>}"), ==, -1);
  chord_run (world.fixture, SECOND);
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (result.look->author, ==, signed_id (world.bob));
  g_assert_cmpuint (g_variant_n_children (result.look->value), ==, 2);
  chord_run (world.fixture, 90 * SECOND);
  signed_assert_all (&world, "k", signed_id (world.bob));
  /* two at once */
  p2p_chord_node_delta (world.alice->chord, key, g_variant_new_parsed ("{'c': <3>}"), 0, chord_write_cb, &one, NULL);
  p2p_chord_node_delta (world.carol->chord, key, g_variant_new_parsed ("{'d': <4>}"), 0, chord_write_cb, &other, NULL);
  chord_run (world.fixture, 5 * SECOND);
  g_assert_no_error (one.error);
  g_assert_no_error (other.error);
  g_assert_cmpuint (one.calls + other.calls, ==, 2);
  g_assert_cmpint (chord_look (world.bob, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpuint (g_variant_n_children (result.look->value), ==, 4);
}

static void
test_seal_late (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_autoptr (GBytes) value = signed_pack ("{'a': <1>}");
  g_auto (P2pChordProofs) proofs = { 0 };
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint64 stamp;
  guint n;

  signed_world_make (&world);
  stamp = signed_utc (&world);
  p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
  signed_plant_all (&world, NULL, "k", 0, stamp, "{'a': <1>, 'b': <2>}");
  signed_plant_all (&world, NULL, "k", 1, stamp - 5, "{'a': <1>}");
  signed_plant_all (&world, NULL, "k", 2, stamp + 5, "{'a': <1>}");
  g_assert_true (p2p_chord_sign (world.alice->chord, spots, stamp, value, &proofs));
  for (guint i = 0; i < 3; i++)
    p2p_chord_put_seal (world.alice->chord, &spots[i], stamp, proofs.of[i], NULL);
  chord_run (world.fixture, SECOND);
  /* Only the second is what was signed, and not later. */
  g_assert_cmpuint (signed_count (world.bob, "k", signed_id (world.alice), &n), ==, 1);
  g_assert_cmpuint (p2p_chord_store_get (world.bob->chord->store, &spots[1])->stamp, ==, stamp);
  g_assert_cmpuint (p2p_chord_store_get (world.bob->chord->store, &spots[2])->stamp, ==, stamp + 5);
  g_assert_cmpuint (chord_drops (world.bob, P2P_DROP_FORGED_SIGNATURE) + chord_drops (world.carol, P2P_DROP_FORGED_SIGNATURE), ==, 0);
}

static void
test_of (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, SECOND);
  p2p_chord_node_look_of (world.carol->chord, key, signed_id (world.alice), 0, chord_look_cb, &result);
  chord_run (world.fixture, 5 * SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_VALUE);
  chord_result_clear (&result);
  result = (ChordResult) { 0 };
  p2p_chord_node_look_of (world.carol->chord, key, signed_id (world.bob), 0, chord_look_cb, &result);
  chord_run (world.fixture, 5 * SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_UNSIGNED);
  g_assert_cmpstr (result.look->expected, ==, signed_id (world.bob));
}

static void
test_repair (void)
{
  g_auto (SignedWorld) world = { 0 };
  P2pChordSpot spots[P2P_CHORD_HASHES];

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'v'"), ==, -1);
  chord_run (world.fixture, SECOND);
  p2p_chord_spots_of_key ((const guint8 *) "k", 1, spots);
  for (guint i = 1; i < 3; i++)
    {
      p2p_chord_store_remove (world.alice->chord->store, &spots[i]);
      p2p_chord_store_remove (world.bob->chord->store, &spots[i]);
      p2p_chord_store_remove (world.carol->chord->store, &spots[i]);
    }
  g_assert_cmpstr (chord_get (world.carol, "k"), ==, "'v'");
  chord_run (world.fixture, SECOND);
  signed_assert_all (&world, "k", signed_id (world.alice));
}

static void
test_keyless (void)
{
  g_auto (SignedWorld) world = { 0 };
  ChordNode *dave;
  g_auto (ChordResult) result = { 0 };
  guint n;

  signed_world_make (&world);
  dave = chord_add_joined (world.fixture, "dave");
  chord_connect (dave, world.alice);
  chord_connect (dave, world.bob);
  chord_connect (dave, world.carol);
  chord_run (world.fixture, 10 * SECOND);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, SECOND);
  g_assert_cmpuint (signed_count (dave, "k", signed_id (world.alice), &n), ==, P2P_CHORD_HASHES);
  g_assert_cmpstr (chord_get (dave, "k"), ==, "'hers'");
  /* He writes it: nobody proves that, and everybody knows that it is hers no more. */
  g_assert_cmpint (chord_set (dave, "k", "'his'"), ==, -1);
  chord_run (world.fixture, SECOND);
  g_assert_null (signed_author (world.carol, "k"));
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "his");
  g_assert_null (result.look->author);
}

static void
test_original (void)
{
  g_auto (ChordResult) looked = { 0 };
  g_auto (ChordResult) result = { 0 };
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);

  chord_key (alice);
  chord_join (alice);
  store = chord_raw (alice, "store", P2P_ID_FORM_BIN, TRUE);
  p2p_chord_node_set (alice->chord, key, g_variant_new_string ("v"), 0, chord_write_cb, &result, NULL);
  chord_run (fixture, SECOND / 10);
  for (guint i = 0; i < store->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (store->messages, i);

      if (p2p_message_get_subflag (message) == P2P_SUBFLAG_STORE)
        g_assert_cmpuint (p2p_message_get_n_packets (message), ==, 4);
    }
  chord_answer_all (store, "k", "'v'", "");
  chord_run (fixture, 5 * SECOND);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.places_ok, >=, 3);
  chord_result_clear (&result);
  result = (ChordResult) { 0 };
  p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &result);
  chord_run (fixture, SECOND / 10);
  chord_answer_all (store, "k", "'v'", "");
  chord_run (fixture, SECOND);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (result.look->author, ==, signed_id (alice));
  chord_result_clear (&result);
  result = (ChordResult) { 0 };
  /* It overwrites all, as it may on its network, and says nothing of it: three that say so count. */
  p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &result);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      g_autofree char *spot = chord_spot ("k", i);

      raw_send (store, P2P_FLAG_WHISPER, "[<@x 11>, <'%s'>, <'%s'>, <'theirs'>]", p2p_chord_hash_name (i), spot);
    }
  for (guint i = 0; i < 30 && result.calls == 0; i++)
    {
      chord_run (fixture, SECOND / 2);
      chord_answer_all (store, "k", "'theirs'", "");
    }
  g_assert_cmpuint (result.calls, ==, 1);
  chord_look (alice, "nothing", &looked);
}

/* It wrote, and went: who had a link to it reads what three places say, unsigned; who never had one does not take it for hers. */
static void
test_original_gone (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_auto (ChordResult) result = { 0 };
  RawPeer *original;

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'hers'"), ==, -1);
  chord_run (world.fixture, SECOND);
  original = chord_raw (world.carol, "original", P2P_ID_FORM_BIN, TRUE);
  chord_run (world.fixture, SECOND);
  raw_free (original);
  chord_run (world.fixture, 2 * SECOND);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    signed_plant_all (&world, NULL, "k", i, signed_utc (&world), "'its'");
  g_assert_cmpint (chord_look (world.alice, "k", &result), ==, P2P_CHORD_LOOK_UNSIGNED);
  g_assert_cmpint (chord_look (world.carol, "k", &result), ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpstr (g_variant_get_string (result.look->value, NULL), ==, "its");
  g_assert_null (result.look->author);
}

static void
test_restart (void)
{
  g_auto (SignedWorld) world = { 0 };
  g_autoptr (ChordFixture) fixture = NULL;
  ChordNode *again;
  GHashTableIter iter;
  gpointer id, record;
  guint n;

  signed_world_make (&world);
  g_assert_cmpint (chord_set (world.alice, "k", "'v'"), ==, -1);
  chord_run (world.fixture, SECOND);
  fixture = chord_fixture_new (0);
  again = chord_add (fixture, "bob");
  chord_key (again);
  g_hash_table_iter_init (&iter, world.bob->records);
  while (g_hash_table_iter_next (&iter, &id, &record))
    g_assert_true (p2p_chord_node_restore (again->chord, id, record, NULL));
  g_assert_cmpuint (signed_count (again, "k", signed_id (world.alice), &n), ==, P2P_CHORD_HASHES);
  g_assert_cmpstr (signed_author (again, "k"), ==, signed_id (world.alice));
}

/* ---- what others would make of the page ---- */

static GBytes *
from_hex (const char *hex)
{
  gsize length = strlen (hex) / 2;
  guint8 *bytes = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (bytes, length);
}

static GBytes *
nth_hex (JsonObject *vector, const char *member, guint i)
{
  return from_hex (json_array_get_string_element (json_object_get_array_member (vector, member), i));
}

static void
check_vector (JsonObject *vector, const char *network)
{
  g_autoptr (GBytes) key = from_hex (json_object_get_string_member (vector, "key"));
  g_autoptr (GBytes) value = json_object_get_null_member (vector, "value") ? NULL : from_hex (json_object_get_string_member (vector, "value"));
  g_autoptr (P2pVerifier) verifier = p2p_verifier_new ();
  guint64 stamp = (guint64) json_object_get_int_member (vector, "stamp");
  P2pChordSpot spots[P2P_CHORD_HASHES];

  p2p_chord_spots_of_key (g_bytes_get_data (key, NULL), g_bytes_get_size (key), spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      g_autoptr (GBytes) number = nth_hex (vector, "numbers", i);
      g_autoptr (GBytes) leaf = nth_hex (vector, "leaves", i);
      g_autoptr (GBytes) proof = nth_hex (vector, "proofs", i);
      g_auto (P2pChordProofs) proofs = { 0 };
      g_autofree char *author = NULL;
      P2pProofView view;
      guint8 id[32];

      g_assert_cmpmem (spots[i].number, sizeof spots[i].number, g_bytes_get_data (number, NULL), g_bytes_get_size (number));
      p2p_chord_leaf_id (&spots[i], stamp, value, id);
      g_assert_cmpmem (id, sizeof id, g_bytes_get_data (leaf, NULL), g_bytes_get_size (leaf));
      g_assert_true (p2p_chord_proof_is_sound (proof, &spots[i]));
      g_assert_false (p2p_chord_proof_is_sound (proof, &spots[(i + 1) % P2P_CHORD_HASHES]));
      g_assert_true (p2p_proof_read (proof, &view));
      author = p2p_key_to_node_id (view.pub, network);
      g_assert_true (p2p_verifier_check (verifier, proof, P2P_PROOF_DOMAIN_VALUE, network, author, id, NULL));
      /* of each the other four */
      g_assert_true (p2p_chord_complete (spots, stamp, value, proof, &proofs));
      for (guint j = 0; j < P2P_CHORD_HASHES; j++)
        {
          g_autoptr (GBytes) other = nth_hex (vector, "proofs", j);

          g_assert_true (g_bytes_equal (proofs.of[j], other));
        }
    }
  g_assert_cmpuint (p2p_verifier_get_n_checked (verifier), ==, 1);
}

static void
test_vectors (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "x1", "vectors.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *all;
  JsonArray *vectors;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  all = json_node_get_object (json_parser_get_root (parser));
  vectors = json_object_get_array_member (all, "values");
  g_assert_cmpuint (json_array_get_length (vectors), ==, 3);
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    check_vector (json_array_get_object_element (vectors, i), json_object_get_string_member (all, "network"));
}

/* To one of ours a proof is one packet more, and nothing else is otherwise; who has no proof sends as many as ever. */
static void
test_frames (void)
{
  /* Cleared last: it gets the end of the write, which is that of the node. */
  g_auto (ChordResult) result = { 0 };
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = NULL;
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  guint n = 0;

  chord_key (alice);
  store = chord_own (alice, "store", TRUE);
  p2p_chord_node_set (alice->chord, key, g_variant_new_string ("value"), 0, chord_write_cb, &result, NULL);
  chord_run (fixture, SECOND / 10);
  for (guint i = 0; i < store->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (store->messages, i);
      g_autoptr (GVariant) proof = NULL;

      if (p2p_message_get_subflag (message) != P2P_SUBFLAG_STORE)
        continue;
      n++;
      g_assert_cmpuint (p2p_message_get_n_packets (message), ==, 6);
      proof = p2p_message_get_packet (message, 5);
      g_assert_true (g_variant_is_of_type (proof, G_VARIANT_TYPE_BYTESTRING));
      /* version, key, signature, index, five leaves; a path of three but for the fifth, and no note */
      g_assert_true (g_variant_n_children (proof) == 198 || g_variant_n_children (proof) == 134);
    }
  g_assert_cmpuint (n, ==, P2P_CHORD_HASHES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/signed/author", test_author);
  g_test_add_func ("/chord/signed/five", test_cost);
  g_test_add_func ("/chord/signed/deltas", test_deltas);
  g_test_add_func ("/chord/signed/seal-late", test_seal_late);
  g_test_add_func ("/chord/signed/of", test_of);
  g_test_add_func ("/chord/signed/repair", test_repair);
  g_test_add_func ("/chord/signed/keyless", test_keyless);
  g_test_add_func ("/chord/signed/original", test_original);
  g_test_add_func ("/chord/signed/original-gone", test_original_gone);
  g_test_add_func ("/chord/signed/restart", test_restart);
  g_test_add_func ("/chord/signed/vectors", test_vectors);
  g_test_add_func ("/chord/signed/frames", test_frames);
  return g_test_run ();
}
