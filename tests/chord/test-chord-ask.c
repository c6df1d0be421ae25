/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions for one spot: those of neighbours that we answer or pass on, and what becomes of answers. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "chord-fixture.h"
#include "p2p/wire/p2p-message-private.h"

#define TRAIL ", <@x 77>, <@x 1>, <'2'>, <@x 0>"

static char *
dup_vector (const char *file, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "vectors", file, NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *vectors;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  vectors = json_object_get_array_member (json_node_get_object (json_parser_get_root (parser)), "vectors");
  for (guint i = 0; i < json_array_get_length (vectors); i++)
    {
      JsonObject *vector = json_array_get_object_element (vectors, i);

      if (g_str_equal (json_object_get_string_member (vector, "name"), name))
        return g_strdup (json_object_get_string_member (json_object_get_object_member (vector, "wire"), "hex"));
    }
  g_error ("no vector %s", name);
}

static P2pMessage *
parse_vector (const char *file, const char *name, GByteArray *frame)
{
  g_autofree char *hex = dup_vector (file, name);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  P2pMessage *message;

  for (const char *c = hex; *c != '\0'; c += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (c[0]) << 4 | g_ascii_xdigit_value (c[1]));

      g_byte_array_append (frame, &byte, 1);
    }
  bytes = g_bytes_new (frame->data, frame->len);
  message = p2p_message_parse (bytes, FALSE, NULL, 0, NULL, &error);
  g_assert_no_error (error);
  return message;
}

/* The bytes that an original sends. */
static void
send_vector (RawPeer *raw, const char *file, const char *name)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autoptr (P2pMessage) message = parse_vector (file, name, frame);

  g_assert_nonnull (message);
  p2p_link_send_raw (raw->link, frame->data, frame->len, NULL);
  mesh_run (raw->fixture, SECOND / 10);
}

/* The last message of that kind that came is that of the vector, packet for packet. */
static void
expect_vector (RawPeer *raw, const char *file, const char *name, gint64 subflag)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autoptr (P2pMessage) expected = parse_vector (file, name, frame);
  g_autofree char *want = chord_hex (expected);
  g_autofree char *found = chord_hex (raw_last (raw, P2P_FLAG_WHISPER, subflag));

  g_assert_cmpstr (found, ==, want);
}

static RawPeer *
dial_as_vector (ChordNode *to, const char *name, P2pIdForm form)
{
  RawPeer *raw = raw_dial (to->fixture->mesh, name, to->mesh);

  g_free (raw->id);
  raw->id = g_strdup ("Dj1x6oHZsxzaT2nYdeXnTuNqrLW3ZgVbTGQpCQS5gWiqaMzy8HEGVVWRwQmtVPdPvn");
  if (form == P2P_ID_FORM_BIN)
    raw_handshake_bin (raw);
  else
    raw_handshake (raw);
  return raw;
}

/* What the originals wrote on the wire goes in, and what they write comes out. */
static void
test_golden (void)
{
  static const struct {
    const char *file, *suffix;
    P2pIdForm form;
  } originals[] = {
    { "messages-py2p-0.7.870.json", "py", P2P_ID_FORM_BIN },
    { "messages-js2p-0.7.870.json", "js", P2P_ID_FORM_STR },
  };

  for (guint i = 0; i < G_N_ELEMENTS (originals); i++)
    {
      g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
      ChordNode *alice = chord_add_joined (fixture, "alice");
      g_autoptr (RawPeer) raw = dial_as_vector (alice, "vector", originals[i].form);
      g_autofree char *store = g_strconcat ("chord store ", originals[i].suffix, NULL);
      g_autofree char *nil = g_strconcat ("chord store nil ", originals[i].suffix, NULL);
      g_autofree char *delta = g_strconcat ("chord delta ", originals[i].suffix, NULL);
      g_autofree char *retrieve = g_strconcat ("chord retrieve ", originals[i].suffix, NULL);
      g_autofree char *retrieved = g_strconcat ("chord retrieved ", originals[i].suffix, NULL);
      g_autofree char *retrieved_nil = g_strconcat ("chord retrieved nil ", originals[i].suffix, NULL);

      expect_vector (raw, originals[i].file, "chord meta seeding py", P2P_SUBFLAG_HANDSHAKE);
      send_vector (raw, originals[i].file, retrieve);
      expect_vector (raw, originals[i].file, retrieved_nil, P2P_SUBFLAG_RETRIEVED);
      send_vector (raw, originals[i].file, store);
      g_assert_cmpuint (chord_stored (alice), ==, 1);
      send_vector (raw, originals[i].file, retrieve);
      expect_vector (raw, originals[i].file, retrieved, P2P_SUBFLAG_RETRIEVED);
      /* a delta onto what is no map is refused, and the link stays */
      send_vector (raw, originals[i].file, delta);
      send_vector (raw, originals[i].file, retrieve);
      expect_vector (raw, originals[i].file, retrieved, P2P_SUBFLAG_RETRIEVED);
      g_assert_cmpuint (chord_count (alice, "refused NOT_A_MAP"), ==, 1);
      send_vector (raw, originals[i].file, nil);
      send_vector (raw, originals[i].file, nil);
      send_vector (raw, originals[i].file, retrieve);
      expect_vector (raw, originals[i].file, retrieved_nil, P2P_SUBFLAG_RETRIEVED);
      send_vector (raw, originals[i].file, delta);
      g_assert_cmpuint (chord_stored (alice), ==, 1);
      g_assert_null (raw->error);
    }
}

static void
ask (RawPeer *raw, const char *key, guint hash, gboolean as_bin)
{
  g_autofree char *spot = chord_spot (key, hash);
  const char *name = p2p_chord_hash_name (hash);
  g_autoptr (GVariant) method = g_variant_ref_sink (as_bin ? g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, name, strlen (name), 1) : g_variant_new_string (name));
  g_autofree char *text = g_variant_print (method, TRUE);

  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 12>, <%s>, <'%s'>]", text, spot);
}

/* Passed on once for all who ask; to each as he asked; among ours with what only ours know. */
static void
test_passed_on (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_own (alice, "store", TRUE);
  g_autoptr (RawPeer) py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  g_autoptr (RawPeer) js = chord_raw (alice, "js", P2P_ID_FORM_STR, FALSE);
  g_autoptr (RawPeer) own = chord_own (alice, "own", FALSE);
  g_autofree char *asked = NULL;
  g_autofree char *to_py = NULL;
  g_autofree char *to_js = NULL;
  g_autofree char *to_own = NULL;

  ask (py, "k", 0, TRUE);
  ask (js, "k", 0, FALSE);
  ask (own, "k", 0, FALSE);
  g_assert_cmpuint (chord_asked (store, "k", 0), ==, 1);
  asked = chord_print (raw_last (store, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVE));
  g_assert_true (g_str_has_suffix (asked, "<1>]") || g_str_has_suffix (asked, "<int64 1>]"));
  g_assert_cmpuint (raw_count (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 0);
  chord_answer (store, "k", 0, "@x 0", TRAIL);
  to_py = chord_print (raw_last (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED));
  to_js = chord_print (raw_last (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED));
  to_own = chord_print (raw_last (own, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED));
  g_assert_nonnull (strstr (to_py, "<[byte 0x73, 0x68, 0x61, 0x31]>"));
  g_assert_nonnull (strstr (to_js, "<'sha1'>"));
  g_assert_true (g_str_has_suffix (to_js, "<int64 0>]"));
  g_assert_true (g_str_has_suffix (to_own, "<int64 0>, <int64 77>, <int64 1>, <'2'>, <int64 1>]"));
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 0);
  /* once: what comes after it was asked for by nobody */
  chord_answer (store, "k", 0, "@x 0", TRAIL);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_UNEXPECTED), ==, 1);
  g_assert_cmpuint (raw_count (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 1);
}

/* An original's nil is not passed on: a js2p gives up over three of them. What it says a little later is. */
static void
test_not_yet (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_raw (alice, "store", P2P_ID_FORM_BIN, TRUE);
  g_autoptr (RawPeer) js = chord_raw (alice, "js", P2P_ID_FORM_STR, FALSE);
  g_autofree char *text = NULL;

  ask (js, "k", 0, FALSE);
  ask (js, "k", 1, FALSE);
  chord_answer (store, "k", 0, "()", "");
  chord_answer (store, "k", 1, "()", "");
  g_assert_cmpuint (raw_count (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 0);
  chord_answer (store, "k", 0, "'late'", "");
  text = chord_print (raw_last (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED));
  g_assert_true (g_str_has_suffix (text, "<'late'>]"));
  chord_run (fixture, SECOND);
  g_assert_cmpuint (raw_count (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 2);
}

/* Nobody answers: who asked hears nil before his own time of ten seconds is over. */
static void
test_in_time (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store G_GNUC_UNUSED = chord_raw (alice, "store", P2P_ID_FORM_BIN, TRUE);
  g_autoptr (RawPeer) js = chord_raw (alice, "js", P2P_ID_FORM_STR, FALSE);
  g_autoptr (RawPeer) own = chord_own (alice, "own", FALSE);
  g_autofree char *text = NULL;

  ask (js, "k", 0, FALSE);
  ask (own, "k", 0, FALSE);
  chord_run (fixture, 7 * SECOND);
  g_assert_cmpuint (raw_count (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 0);
  chord_run (fixture, 2 * SECOND);
  g_assert_cmpuint (raw_count (js, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 1);
  /* among ours: not final */
  text = chord_print (raw_last (own, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED));
  g_assert_nonnull (strstr (text, "<()>, <int64 0>, <int64 0>, <''>"));
}

/* The one that was asked is gone: the next one is asked at once. */
static void
test_link_ends (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  RawPeer *first = chord_own (alice, "first", TRUE);
  g_autoptr (RawPeer) second = chord_own (alice, "second", TRUE);
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);
  guint of_first = chord_places_of (fixture, "k", first->id, second->id);

  g_assert_cmpuint (of_first, !=, 0);
  p2p_chord_node_look (alice->chord, key, 0, chord_look_cb, &result);
  chord_run (fixture, SECOND / 10);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_assert_cmpuint (chord_asked (second, "k", i), ==, (of_first & 1u << i) == 0);
  raw_free (first);
  chord_run (fixture, SECOND / 10);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    g_assert_cmpuint (chord_asked (second, "k", i), ==, 1);
  chord_answer_all (second, "k", "'v'", TRAIL);
  g_assert_cmpuint (result.calls, ==, 1);
  g_assert_cmpint (result.look->outcome, ==, P2P_CHORD_LOOK_VALUE);
  g_assert_cmpuint (result.look->n_equal, >=, 3);
  g_assert_cmpuint (result.look->stamp, ==, 77);
  g_assert_cmpstr (result.look->answers[0].holder, ==, "2");
  g_assert_cmpuint (result.look->answers[0].hops, ==, 1);
}

/* What was stored in between is not answered by what was asked before. */
static void
test_shut (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_own (alice, "store", TRUE);
  g_autoptr (RawPeer) own = chord_own (alice, "own", FALSE);
  g_autofree char *spot = chord_spot ("k", 0);
  g_autofree char *text = NULL;

  ask (own, "k", 0, FALSE);
  raw_send (own, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'%s'>, <'new'>, <@x 99>]", spot);
  text = chord_print (raw_last (store, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE));
  g_assert_true (g_str_has_suffix (text, "<'new'>, <int64 99>]"));
  ask (own, "k", 0, FALSE);
  g_assert_cmpuint (chord_asked (store, "k", 0), ==, 2);
  chord_answer (store, "k", 0, "'old'", TRAIL);
  g_assert_cmpuint (raw_count (own, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 1);
  chord_answer (store, "k", 0, "'new'", TRAIL);
  g_assert_cmpuint (raw_count (own, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 2);
}

/* Nothing goes back to where it came from, also when that is whom we would turn to. */
static void
test_not_back (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) store = chord_own (alice, "store", TRUE);
  g_autofree char *spot = chord_spot ("k", 0);

  ask (store, "k", 0, FALSE);
  raw_send (store, P2P_FLAG_WHISPER, "[<@x 11>, <'sha1'>, <'%s'>, <'new'>, <@x 99>]", spot);
  g_assert_cmpuint (chord_asked (store, "k", 0), ==, 0);
  g_assert_cmpuint (chord_told (store, "k", 0), ==, 0);
  g_assert_cmpuint (raw_count (store, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 1);
  g_assert_cmpuint (chord_count (alice, "refused NOBODY"), ==, 1);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_REFUSED), ==, 1);
  g_assert_cmpuint (chord_stored (alice), ==, 0);
}

/* More than chord_requests and chord_link_requests at a time are not passed on. */
static void
test_limits (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice;
  g_autoptr (RawPeer) store = NULL;
  g_autoptr (RawPeer) one = NULL;
  g_autoptr (RawPeer) two = NULL;

  fixture->mesh->limits.chord_requests = 6;
  fixture->mesh->limits.chord_link_requests = 3;
  alice = chord_add (fixture, "alice");
  store = chord_own (alice, "store", TRUE);
  one = chord_own (alice, "one", FALSE);
  two = chord_own (alice, "two", FALSE);
  for (guint i = 0; i < 4; i++)
    ask (one, "k", i, FALSE);
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 3);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, 1);
  g_assert_cmpuint (raw_count (one, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVED), ==, 1);
  for (guint i = 0; i < 3; i++)
    ask (two, "l", i, FALSE);
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 5);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_TOO_MANY), ==, 2);
  chord_run (fixture, 30 * SECOND);
  g_assert_cmpuint (p2p_chord_asking_get_n (alice->chord), ==, 0);
  g_assert_null (one->error);
}

/* What is none of these messages is counted, does nothing, and costs the link only when it goes on and on. */
static void
test_malformed (void)
{
  static const char * const packets[] = {
    "[<@x 12>]", "[<@x 12>, <'sha1'>]", "[<@x 12>, <'md5'>, <'2'>]", "[<@x 12>, <'sha1'>, <'0'>]", "[<@x 12>, <'sha1'>, <''>]", "[<@x 12>, <@x 1>, <'2'>]",
    "[<@x 13>, <'sha1'>, <'2'>]", "[<@x 11>, <'sha1'>, <'2'>]", "[<@x 17>, <'sha1'>, <'2'>, <@x 5>]", "[<@x 11>, <@av []>, <'2'>, <@x 5>]",
    "[<@x 11>, <'sha1'>, <'2'>, <@x 1>, <@x 1>, <@x 1>, <@x 1>, <@x 1>, <@x 1>]", "[<@x 6>]", "[<@x 6>, <@x 1>]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
      ChordNode *alice = chord_add_joined (fixture, "alice");
      g_autoptr (RawPeer) raw = chord_own (alice, "raw", FALSE);

      raw_send (raw, P2P_FLAG_WHISPER, "%s", packets[i]);
      g_assert_cmpuint (chord_drops (alice, P2P_DROP_SHAPE), ==, 1);
      g_assert_cmpuint (chord_stored (alice), ==, 0);
      g_assert_null (raw->error);
      for (guint j = 0; j < 40; j++)
        raw_send (raw, P2P_FLAG_WHISPER, "%s", packets[i]);
      g_assert_nonnull (raw->error);
    }
}

/* A store for everybody is nobody's: each original would keep it. */
static void
test_broadcast (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");
  g_autoptr (RawPeer) py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  g_autoptr (RawPeer) other = chord_raw (alice, "other", P2P_ID_FORM_BIN, FALSE);

  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'sha1'>, <'2'>, <@x 1>]");
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_REFUSED), ==, 1);
  g_assert_cmpuint (raw_count (other, P2P_FLAG_BROADCAST, P2P_SUBFLAG_STORE), ==, 0);
  g_assert_cmpuint (chord_stored (alice), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/ask/golden", test_golden);
  g_test_add_func ("/chord/ask/passed-on", test_passed_on);
  g_test_add_func ("/chord/ask/not-yet", test_not_yet);
  g_test_add_func ("/chord/ask/in-time", test_in_time);
  g_test_add_func ("/chord/ask/link-ends", test_link_ends);
  g_test_add_func ("/chord/ask/shut", test_shut);
  g_test_add_func ("/chord/ask/not-back", test_not_back);
  g_test_add_func ("/chord/ask/limits", test_limits);
  g_test_add_func ("/chord/ask/malformed", test_malformed);
  g_test_add_func ("/chord/ask/broadcast", test_broadcast);
  return g_test_run ();
}
