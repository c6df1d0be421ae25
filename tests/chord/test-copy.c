/* SPDX-License-Identifier: GPL-3.0-or-later */
/* COPY: replicas of what is written, and what belongs to others; nothing is forgotten before it was taken. */
#include "stab-fixture.h"

#include <string.h>

/* Every value is at the node it belongs to and at the two before it. */
static guint
count_wrong_copies (StabFixture *self, const char *prefix, guint n)
{
  guint wrong = 0;

  for (guint i = 0; i < n; i++)
    for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
      {
        g_autofree char *key = g_strdup_printf ("%s%u", prefix, i);

        wrong += stab_count_copies (self, key, hash) != 3;
      }
  return wrong;
}

static void
test_replicas (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  stab_fill (self, 8);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 2), "k", 20);
  stab_run (self, 1);
  g_assert_cmpuint (count_wrong_copies (self, "k", 20), ==, 0);
}

/* Fewer than five: everybody has everything. */
static void
test_small (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  stab_fill (self, 4);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 2), "k", 10);
  stab_run (self, 1);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
        g_assert_cmpuint (stab_count_copies (self, key, hash), ==, 4);
    }
}

/* A ring of four that grows: what was everywhere is where it belongs in the end. */
static void
test_grows (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);

  stab_fill (self, 3);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 1), "k", 20);
  for (guint i = 0; i < 5; i++)
    {
      stab_fill (self, 1);
      g_assert_cmpuint (stab_count_unreadable (stab_nth (self, i), "k", 20), ==, 0);
    }
  stab_settle (self, 60);
  stab_run (self, 70);
  g_assert_cmpuint (count_wrong_copies (self, "k", 20), ==, 0);
  g_assert_cmpuint (stab_count_unreadable (stab_nth (self, 7), "k", 20), ==, 0);
}

static void
test_two_of_seven_die (void)
{
  for (guint i = 0; i < 7; i++)
    {
      g_autoptr (StabFixture) self = stab_fixture_new (0);
      g_autoptr (GPtrArray) storing = NULL;
      StabNode *reader;

      stab_fill (self, 7);
      stab_settle (self, 60);
      stab_write (stab_nth (self, 0), "k", 40);
      /* Replicas are gathered for a moment: until then only one has it. */
      stab_run (self, 1);
      storing = stab_storing (self);
      stab_kill (storing->pdata[i], TRUE);
      stab_kill (storing->pdata[(i + 1 + i % 3) % 7], TRUE);
      reader = storing->pdata[(i + 5) % 7];
      g_assert_cmpuint (stab_count_unreadable (reader, "k", 40), ==, 0);
      /* And there are three of each again. */
      stab_run (self, 90);
      g_assert_cmpuint (count_wrong_copies (self, "k", 40), ==, 0);
    }
}

static GVariant *
pack_entry (guint8 hash, guint8 fill, gint64 stamp, const char *text)
{
  guint8 number[P2P_CHORD_NUMBER_BYTES] = { 0 };
  GVariant *parts[4];

  memset (number + 16, fill, 20);
  parts[0] = g_variant_new_variant (g_variant_new_int64 (hash));
  parts[1] = g_variant_new_variant (p2p_chord_new_bytes (number, sizeof number));
  parts[2] = g_variant_new_variant (g_variant_new_int64 (stamp));
  parts[3] = g_variant_new_variant (p2p_chord_new_bytes (text, strlen (text)));
  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, 4);
}

static void
send_copy (RawPeer *raw, gint64 seq, GVariant **entries, guint n)
{
  GVariantBuilder builder;
  GVariant *rest[2];

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < n; i++)
    g_variant_builder_add (&builder, "v", entries[i]);
  rest[0] = g_variant_new_int64 (seq);
  rest[1] = g_variant_builder_end (&builder);
  stab_send (raw, P2P_CONTROL_COPY, rest, 2);
}

/* One under way; what is not taken stays; answers that nobody waits for are nothing. */
static void
test_one_under_way (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  StabNode *node = stab_add (self, "node");
  guint n;

  stab_join (node);
  stab_run (self, 3);
  raw = stab_raw (node, "raw");
  stab_send_ring (raw, P2P_CHORD_RING_STORING, NULL, NULL);
  stab_run (self, 1);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 19>, <@x 77>, <@av []>]");
  g_assert_cmpuint (stab_drops (node, P2P_DROP_UNEXPECTED), ==, 1);
  n = own_count (raw, P2P_CONTROL_COPY);
  for (guint i = 0; i < 5; i++)
    {
      P2pChordSpot spots[P2P_CHORD_HASHES];
      g_autofree char *key = g_strdup_printf ("k%u", i);
      g_autoptr (GBytes) value = g_bytes_new_static ("\x05", 1);

      p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
      p2p_chord_take (node->chord, &spots[i % P2P_CHORD_HASHES], 1000 + i, value, NULL, NULL, NULL);
      stab_run (self, 1);
    }
  /* Those that are his, and none behind the first before he answers. */
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_COPY) - n, <=, 1);
}

static void
test_refused (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (GVariant) refused = NULL;
  g_autofree char *large = NULL;
  StabNode *node = stab_add (self, "node");
  GVariant *entries[3];

  stab_join (node);
  stab_run (self, 3);
  raw = stab_raw (node, "raw");
  stab_send_ring (raw, P2P_CHORD_RING_STORING, NULL, NULL);
  large = g_strnfill (node->chord->limits.chord_value + 10, 5);
  entries[0] = pack_entry (0, 1, 1000, "\x05");
  entries[1] = pack_entry (0, 2, 1000, large);
  entries[2] = pack_entry (0, 3, 1000, "\x06");
  send_copy (raw, 5, entries, 3);
  refused = stab_last (raw, P2P_CONTROL_COPIED, 1);
  g_assert_cmpuint (g_variant_n_children (refused), ==, 1);
  g_assert_cmpuint (p2p_chord_store_get_n_values (node->chord->store), ==, 2);
  /* Malformed: nothing of it. */
  entries[0] = pack_entry (9, 1, 2000, "\x05");
  send_copy (raw, 6, entries, 1);
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), ==, 1);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 6>, <@x 1>, <'x'>]");
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), ==, 2);
  /* Who stores nothing takes nothing. */
  stab_unjoin (node, 200);
  stab_run (self, 2);
  entries[0] = pack_entry (0, 4, 3000, "\x05");
  send_copy (raw, 7, entries, 1);
  g_variant_unref (refused);
  refused = stab_last (raw, P2P_CONTROL_COPIED, 1);
  g_assert_cmpuint (g_variant_n_children (refused), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/copy/replicas", test_replicas);
  g_test_add_func ("/chord/copy/small", test_small);
  g_test_add_func ("/chord/copy/grows", test_grows);
  g_test_add_func ("/chord/copy/two-of-seven-die", test_two_of_seven_die);
  g_test_add_func ("/chord/copy/one-under-way", test_one_under_way);
  g_test_add_func ("/chord/copy/refused", test_refused);
  return g_test_run ();
}
