/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of the keys: notifies, what originals are told, and how nodes of ours compare. */
#include "chord-fixture.h"

#include <string.h>

#define NAMES(node) p2p_chord_node_get_names ((node)->chord)
#define KEY "[byte 0x6b]"

static gboolean
knows (ChordNode *self, const char *key)
{
  return p2p_chord_names_contains (NAMES (self), (const guint8 *) key, strlen (key));
}

static void
say (ChordNode *self, const char *key, gboolean deleted)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));

  p2p_mesh_node_enter (self->mesh->node);
  p2p_chord_say_name (self->chord, bytes, deleted, 0);
  p2p_mesh_node_leave (self->mesh->node);
  chord_run (self->fixture, SECOND / 10);
}

/* Keys as bytes or text, deletes of whatever third packet; each time it is said it is told, as the originals do. */
static void
test_notify (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add (fixture, "bob");
  g_autoptr (RawPeer) py = NULL;

  chord_connect (alice, bob);
  py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 6>, <" KEY ">]");
  g_assert_true (knows (alice, "k"));
  g_assert_true (knows (bob, "k"));
  chord_run (fixture, SECOND);
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 6>, <'k'>]");
  g_assert_cmpuint (chord_count (bob, "added k"), ==, 2);
  chord_run (fixture, SECOND);
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 6>, <" KEY ">, <[byte 0x64, 0x65, 0x6c]>]");
  g_assert_cmpuint (chord_count (bob, "deleted k"), ==, 1);
  g_assert_false (knows (alice, "k"));
  chord_run (fixture, SECOND);
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 6>, <" KEY ">, <@x 7>]");
  g_assert_cmpuint (chord_count (bob, "deleted k"), ==, 1);
  g_assert_cmpuint (mesh_dropped (bob->mesh), ==, 0);
}

/* Set, deleted and set within one second: the last word counts with everybody. */
static void
test_same_second (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add (fixture, "bob");
  g_autoptr (RawPeer) py = NULL;
  gint64 last = 0;

  chord_connect (alice, bob);
  py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GBytes) key = g_bytes_new_static ("k", 1);

      p2p_mesh_node_enter (alice->mesh->node);
      p2p_chord_say_name (alice->chord, key, FALSE, 0);
      p2p_chord_say_name (alice->chord, key, TRUE, 0);
      p2p_mesh_node_leave (alice->mesh->node);
    }
  chord_run (fixture, SECOND);
  g_assert_false (knows (bob, "k"));
  say (alice, "k", FALSE);
  g_assert_true (knows (bob, "k"));
  g_assert_cmpuint (chord_count (alice, "added k mine"), ==, 5);
  /* also with who heard them in another order */
  g_assert_cmpuint (raw_count (py, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 9);
  for (guint i = 0; i < py->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (py->messages, i);

      if (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST || p2p_message_get_subflag (message) != P2P_SUBFLAG_NOTIFY)
        continue;
      g_assert_cmpint (p2p_message_get_time (message), >, last);
      last = p2p_message_get_time (message);
    }
}

/* The first notify goes at once, those right behind it together a moment later, and nothing is left unsaid by who closes. */
static void
test_gathered (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add (fixture, "bob");

  chord_connect (alice, bob);
  p2p_mesh_node_enter (alice->mesh->node);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = g_strdup_printf ("k%u", i);
      g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

      p2p_chord_say_name (alice->chord, key, FALSE, 0);
    }
  p2p_mesh_node_leave (alice->mesh->node);
  chord_run (fixture, SECOND / 200);
  g_assert_true (knows (bob, "k0"));
  g_assert_false (knows (bob, "k1"));
  chord_run (fixture, SECOND / 20);
  g_assert_true (knows (bob, "k1"));
  g_assert_true (knows (bob, "k2"));
  p2p_mesh_node_enter (alice->mesh->node);
  for (guint i = 3; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("k%u", i);
      g_autoptr (GBytes) key = g_bytes_new (text, strlen (text));

      p2p_chord_say_name (alice->chord, key, FALSE, 0);
    }
  p2p_mesh_node_leave (alice->mesh->node);
  p2p_mesh_node_close (alice->mesh->node);
  chord_run (fixture, SECOND);
  g_assert_true (knows (bob, "k3"));
  g_assert_true (knows (bob, "k4"));
}

/* A js2p that knows a key of text would end the link over its delete; all others hear it. */
static void
test_withheld (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) from = chord_raw (alice, "from", P2P_ID_FORM_BIN, FALSE);
  g_autoptr (RawPeer) py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  g_autoptr (RawPeer) js = chord_raw (alice, "js", P2P_ID_FORM_STR, FALSE);

  raw_send (from, P2P_FLAG_BROADCAST, "[<@x 6>, <'k'>]");
  g_assert_cmpuint (raw_count (js, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 1);
  raw_send (from, P2P_FLAG_BROADCAST, "[<@x 6>, <'k'>, <'del'>]");
  g_assert_cmpuint (raw_count (py, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 2);
  g_assert_cmpuint (raw_count (js, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 1);
  raw_send (from, P2P_FLAG_BROADCAST, "[<@x 6>, <" KEY ">, <'del'>]");
  g_assert_cmpuint (raw_count (js, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 2);
}

/* Originals are told all names after a meta that is news: once in a minute, also who comes again. */
static void
test_told (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  RawPeer *py;
  g_autoptr (RawPeer) again = NULL;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *key = g_strdup_printf ("key%u", i);

      say (alice, key, FALSE);
    }
  say (alice, "key7", TRUE);
  py = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);
  chord_run (fixture, SECOND);
  g_assert_cmpuint (raw_count (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_NOTIFY), ==, 199);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 5>, <'1'>]");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 5>, <'0'>]");
  chord_run (fixture, SECOND);
  g_assert_cmpuint (raw_count (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_NOTIFY), ==, 199);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_RATE), ==, 2);
  raw_free (py);
  chord_run (fixture, SECOND);
  again = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);
  chord_run (fixture, SECOND);
  g_assert_cmpuint (raw_count (again, P2P_FLAG_WHISPER, P2P_SUBFLAG_NOTIFY), ==, 0);
  chord_run (fixture, 60 * SECOND);
  raw_send (again, P2P_FLAG_WHISPER, "[<@x 5>, <'1'>]");
  chord_run (fixture, SECOND);
  g_assert_cmpuint (raw_count (again, P2P_FLAG_WHISPER, P2P_SUBFLAG_NOTIFY), ==, 199);
}

/* A py2p goes on telling what it deleted itself: that brings nothing back. */
static void
test_whispered (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) py = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);

  say (alice, "k", FALSE);
  say (alice, "k", TRUE);
  chord_run (fixture, 5 * SECOND);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 6>, <" KEY ">]");
  g_assert_false (knows (alice, "k"));
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 6>, <'new'>]");
  g_assert_true (knows (alice, "new"));
}

/* Nodes of ours that were apart know the same afterwards; an original behind one of them hears what is new. */
static void
test_compared (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add (fixture, "bob");
  g_autoptr (RawPeer) py = NULL;

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s%u", i % 2 == 0 ? "a" : "b", i);

      say (i % 2 == 0 ? alice : bob, key, FALSE);
    }
  say (alice, "both", FALSE);
  chord_run (fixture, 2 * SECOND);
  say (bob, "both", FALSE);
  chord_run (fixture, 2 * SECOND);
  say (bob, "both", TRUE);
  py = chord_raw (alice, "py", P2P_ID_FORM_BIN, FALSE);
  chord_connect (alice, bob);
  chord_run (fixture, 2 * SECOND);
  g_assert_cmpuint (p2p_chord_names_get_n (NAMES (alice)), ==, 300);
  g_assert_cmpuint (p2p_chord_names_get_n (NAMES (bob)), ==, 300);
  g_assert_cmpmem (p2p_chord_names_get_sums (NAMES (alice)), 256 * 8, p2p_chord_names_get_sums (NAMES (bob)), 256 * 8);
  g_assert_false (knows (alice, "both"));
  g_assert_cmpuint (raw_count (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_NOTIFY), ==, 150);
  g_assert_cmpuint (mesh_dropped (alice->mesh), ==, 0);
  g_assert_cmpuint (mesh_dropped (bob->mesh), ==, 0);
}

/* What was missed comes with the next comparison, a minute later. */
static void
test_compared_again (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  ChordNode *bob = chord_add (fixture, "bob");

  chord_connect (alice, bob);
  p2p_chord_names_say (NAMES (alice), (const guint8 *) "k", 1, mesh_now (fixture->mesh), FALSE, TRUE, TRUE, mesh_now (fixture->mesh), NULL);
  chord_run (fixture, 10 * SECOND);
  g_assert_false (knows (bob, "k"));
  chord_run (fixture, 70 * SECOND);
  g_assert_true (knows (bob, "k"));
}

/* Sums and names of one who asks again and again, of none who is ours, of nonsense. */
static void
test_hostile (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add (fixture, "alice");
  g_autoptr (RawPeer) own = NULL;
  g_autoptr (GByteArray) zeros = g_byte_array_new ();
  g_autofree char *sums = NULL;
  guint first;

  say (alice, "k", FALSE);
  own = chord_own (alice, "own", FALSE);
  g_byte_array_set_size (zeros, 256 * 8);
  memset (zeros->data, 0, zeros->len);
  {
    g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, zeros->data, zeros->len, 1));

    sums = g_variant_print (value, TRUE);
  }
  raw_send (own, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 23>, <%s>, <@x 1>]", sums);
  first = own_count (own, P2P_CONTROL_NAMES);
  g_assert_cmpuint (first, ==, 1);
  for (guint i = 0; i < 5; i++)
    raw_send (own, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 23>, <%s>, <@x 1>]", sums);
  g_assert_cmpuint (own_count (own, P2P_CONTROL_NAMES), ==, 1);
  g_assert_cmpuint (own_count (own, P2P_CONTROL_SUMS), ==, 1);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_RATE), ==, 5);
  raw_send (own, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 23>, <[byte 1]>, <@x 1>]");
  raw_send (own, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 24>, <@x 1>]");
  raw_send (own, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 24>, <[<@x 1>]>]");
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_SHAPE), ==, 3);
  /* of a time to come: of now, nearly */
  raw_send (own, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 24>, <[<[<[byte 0x78]>, <@x 99999999999>, <@x 0>]>]>]");
  g_assert_true (knows (alice, "x"));
  g_assert_cmpint (p2p_chord_names_get (NAMES (alice), (const guint8 *) "x", 1)->time, <=, mesh_now (fixture->mesh) + 60);
}

/* chord_names: a name too many is not kept, and passed on all the same. */
static void
test_full (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice;
  g_autoptr (RawPeer) from = NULL;
  g_autoptr (RawPeer) to = NULL;

  fixture->mesh->limits.chord_names = 2;
  alice = chord_add (fixture, "alice");
  from = chord_raw (alice, "from", P2P_ID_FORM_BIN, FALSE);
  to = chord_raw (alice, "to", P2P_ID_FORM_BIN, FALSE);
  for (guint i = 0; i < 3; i++)
    raw_send (from, P2P_FLAG_BROADCAST, "[<@x 6>, <'key%u'>]", i);
  g_assert_cmpuint (p2p_chord_names_get_n (NAMES (alice)), ==, 2);
  g_assert_cmpuint (raw_count (to, P2P_FLAG_BROADCAST, P2P_SUBFLAG_NOTIFY), ==, 3);
  g_assert_cmpuint (chord_drops (alice, P2P_DROP_REFUSED), ==, 1);
  g_assert_cmpuint (chord_count (alice, "refused FULL"), ==, 1);
  raw_send (from, P2P_FLAG_BROADCAST, "[<@x 6>, <''>]");
  g_assert_cmpuint (chord_count (alice, "refused KEY"), ==, 1);
  g_assert_null (from->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/tell/notify", test_notify);
  g_test_add_func ("/chord/tell/gathered", test_gathered);
  g_test_add_func ("/chord/tell/same-second", test_same_second);
  g_test_add_func ("/chord/tell/withheld", test_withheld);
  g_test_add_func ("/chord/tell/told", test_told);
  g_test_add_func ("/chord/tell/whispered", test_whispered);
  g_test_add_func ("/chord/tell/compared", test_compared);
  g_test_add_func ("/chord/tell/compared-again", test_compared_again);
  g_test_add_func ("/chord/tell/hostile", test_hostile);
  g_test_add_func ("/chord/tell/full", test_full);
  return g_test_run ();
}
