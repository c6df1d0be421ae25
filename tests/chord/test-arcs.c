/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arcs are compared, and what differs is settled; who asks much gets no more for it. */
#include "stab-fixture.h"

#include <string.h>

static void
make_spot (guint number, P2pChordSpot *spot)
{
  g_autofree char *key = g_strdup_printf ("spot%u", number);
  P2pChordSpot spots[P2P_CHORD_HASHES];

  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  *spot = spots[number % P2P_CHORD_HASHES];
}

/* Into the store, past everything that would tell others. */
static void
plant (StabNode *self, guint number, guint64 stamp, const char *packed)
{
  g_autoptr (GBytes) value = g_bytes_new (packed, strlen (packed));
  P2pChordSpot spot;

  make_spot (number, &spot);
  g_assert_cmpint (p2p_chord_store_put (self->chord->store, &spot, stamp, value, NULL, p2p_chord_utc (self->chord), NULL), ==, P2P_CHORD_PUT_NEW);
}

static StabNode *
get_owner (StabFixture *self, const P2pChordPlace *place, guint before)
{
  g_autoptr (GPtrArray) storing = stab_storing (self);

  for (guint i = 0; i < storing->len; i++)
    {
      StabNode *node = storing->pdata[i];

      if (p2p_chord_ring_is_mine (node->chord->ring, place))
        return storing->pdata[(i + storing->len - before) % storing->len];
    }
  g_assert_not_reached ();
}

/* What one of the three lost comes back; what one of them heard later is with all three. */
static void
test_repair (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  P2pChordSpot spots[P2P_CHORD_HASHES];

  stab_fill (self, 7);
  stab_settle (self, 60);
  stab_write (stab_nth (self, 0), "k", 6);
  stab_run (self, 1);
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);
      P2pChordPlace place;

      p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
      p2p_chord_place_of_spot (&place, 0, &spots[0]);
      g_assert_true (p2p_chord_store_remove (get_owner (self, &place, i % 3)->chord->store, &spots[0]));
      g_assert_cmpuint (stab_count_copies (self, key, 0), ==, 2);
    }
  {
    g_autoptr (GBytes) later = g_bytes_new_static ("\x63", 1);
    P2pChordPlace place;
    StabNode *replica;

    p2p_chord_spots_of_key ((const guint8 *) "k0", 2, spots);
    p2p_chord_place_of_spot (&place, 0, &spots[1]);
    replica = get_owner (self, &place, 2);
    p2p_chord_store_put (replica->chord->store, &spots[1], (guint64) p2p_chord_utc (replica->chord), later, NULL, p2p_chord_utc (replica->chord), NULL);
    stab_run (self, 90);
    for (guint i = 0; i < 3; i++)
      {
        const P2pChordValue *value = p2p_chord_store_get (get_owner (self, &place, i)->chord->store, &spots[1]);

        g_assert_true (g_bytes_equal (value->value, later));
      }
  }
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      g_assert_cmpuint (stab_count_copies (self, key, 0), ==, 3);
    }
}

/* More than a page, and with k many at one place. */
static void
test_pages (gconstpointer data)
{
  g_autoptr (StabFixture) self = stab_fixture_new (GPOINTER_TO_UINT (data));
  StabNode *node = stab_add (self, "node");
  StabNode *late;

  stab_join (node);
  stab_run (self, 3);
  for (guint i = 0; i < 15000; i++)
    plant (node, i, 1000 + i, "\x05");
  late = stab_add (self, "late");
  stab_connect (late, node);
  stab_join (late);
  stab_run (self, 40);
  g_assert_cmpuint (p2p_chord_store_get_n_values (late->chord->store), ==, 15000);
  stab_assert_clean (self);
}

/* Both have what the other lacks. */
static void
test_both_ways (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *nodes[2];

  for (guint i = 0; i < 2; i++)
    {
      nodes[i] = stab_add (self, i == 0 ? "one" : "two");
      stab_join (nodes[i]);
      stab_run (self, 2);
      for (guint j = 0; j < 100; j++)
        plant (nodes[i], i * 50 + j, 1000, "\x05");
    }
  stab_connect (nodes[0], nodes[1]);
  stab_run (self, 20);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (p2p_chord_store_get_n_values (nodes[i]->chord->store), ==, 150);
}

static gsize
count_bytes (RawPeer *raw, P2pControlOp op)
{
  gsize bytes = 0;

  for (guint i = 0; i < raw->messages->len; i++)
    {
      P2pMessage *message = g_ptr_array_index (raw->messages, i);
      g_autoptr (GVariant) found = p2p_message_get_subflag (message) == P2P_SUBFLAG_CONTROL ? p2p_message_get_packet (message, 2) : NULL;

      if (found != NULL && g_variant_get_int64 (found) == (gint64) op)
        bytes += p2p_message_get_length (message);
    }
  return bytes;
}

static void
send_arc (RawPeer *raw)
{
  static const P2pChordPlace all = { { 0 } };
  static const guint8 root[32] = { 1 };
  GVariant *rest[5] = { stab_place (&all), stab_place (&all), g_variant_new_int64 (0), p2p_chord_new_bytes (root, sizeof root), p2p_chord_new_bytes (NULL, 0) };

  stab_send (raw, P2P_CONTROL_ARC, rest, 5);
}

/* A frame of 200 bytes leads to many: so often, and for all links together so often. */
static void
test_credit (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (GPtrArray) raws = g_ptr_array_new_with_free_func ((GDestroyNotify) raw_free);
  StabNode *node = stab_add (self, "node");
  gsize most, bytes = 0;

  stab_join (node);
  stab_run (self, 3);
  for (guint i = 0; i < 2000; i++)
    plant (node, i, 1000 + i, "\x05");
  most = p2p_chord_store_get_n_bytes (node->chord->store) * 2 + 2000 * 256 + 65536;
  for (guint i = 0; i < 16; i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);
      RawPeer *raw = stab_raw (node, name);

      g_ptr_array_add (raws, raw);
      for (guint j = 0; j < 40 && raw->error == NULL; j++)
        {
          send_arc (raw);
          stab_run (self, 0.1);
        }
      g_assert_cmpuint (count_bytes (raw, P2P_CONTROL_ARC_LIST), <=, most + 65536);
      bytes += count_bytes (raw, P2P_CONTROL_ARC_LIST);
    }
  g_assert_cmpuint (stab_drops (node, P2P_DROP_RATE), >, 0);
  /* The 16 took more than a minute. */
  g_assert_cmpuint (bytes, <=, 3 * 8 * most);
}

static void
test_malformed (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  StabNode *node = stab_add (self, "node");
  P2pChordPlace place = { { 0 } };
  guint8 cursor[P2P_CHORD_CURSOR_BYTES] = { 9 };
  guint8 list[33] = { 0 };

  stab_join (node);
  stab_run (self, 3);
  raw = stab_raw (node, "raw");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 20>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 21>, <'x'>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 22>, <@av []>]");
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), ==, 3);
  {
    /* No such hash */
    GVariant *rest[5] = { stab_place (&place), stab_place (&place), g_variant_new_int64 (0), p2p_chord_new_bytes (NULL, 0), p2p_chord_new_bytes (cursor, sizeof cursor) };

    stab_send (raw, P2P_CONTROL_ARC, rest, 5);
  }
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), ==, 4);
  {
    GVariant *rest[6] = { stab_place (&place), stab_place (&place), p2p_chord_new_bytes (NULL, 0), p2p_chord_new_bytes (NULL, 0), p2p_chord_new_bytes (list, sizeof list),
                          g_variant_new_int64 (0) };

    stab_send (raw, P2P_CONTROL_ARC_LIST, rest, 6);
  }
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), ==, 5);
  {
    /* Nobody asked. */
    GVariant *rest[6] = { stab_place (&place), stab_place (&place), p2p_chord_new_bytes (NULL, 0), p2p_chord_new_bytes (NULL, 0), p2p_chord_new_bytes (list, 32),
                          g_variant_new_int64 (0) };

    stab_send (raw, P2P_CONTROL_ARC_LIST, rest, 6);
  }
  g_assert_cmpuint (stab_drops (node, P2P_DROP_UNEXPECTED), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/arcs/repair", test_repair);
  g_test_add_data_func ("/chord/arcs/pages", GUINT_TO_POINTER (0), test_pages);
  g_test_add_data_func ("/chord/arcs/pages-of-one-place", GUINT_TO_POINTER (3), test_pages);
  g_test_add_func ("/chord/arcs/both-ways", test_both_ways);
  g_test_add_func ("/chord/arcs/credit", test_credit);
  g_test_add_func ("/chord/arcs/malformed", test_malformed);
  return g_test_run ();
}
