/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FIND: whose place it is, and what liars get out of it. */
#include "stab-fixture.h"

#include <string.h>

typedef struct {
  guint calls;
  char *id;
  guint n;
} Found;

static void
found_cb (P2pChordNode *node, GPtrArray *members, gpointer data)
{
  Found *found = data;

  found->calls++;
  g_free (found->id);
  found->id = members != NULL ? g_strdup (((P2pChordMember *) members->pdata[0])->id) : NULL;
  found->n = members != NULL ? members->len : 0;
}

static const char *
get_responsible (StabFixture *self, const P2pChordPlace *place)
{
  g_autoptr (GPtrArray) storing = stab_storing (self);
  StabNode *best = storing->pdata[0];

  for (guint i = 1; i < storing->len; i++)
    {
      StabNode *node = storing->pdata[i];

      if (p2p_chord_place_is_nearer (&node->chord->place, &best->chord->place, place))
        best = node;
    }
  return p2p_mesh_node_get_id (best->mesh->node);
}

static void
make_place (guint number, P2pChordPlace *place)
{
  for (guint i = 0; i < sizeof place->bytes; i++)
    place->bytes[i] = (guint8) (number * 101 + i * 59);
}

static void
test_right (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  StabNode *other;

  stab_fill (self, 16);
  stab_settle (self, 60);
  other = stab_add (self, "other");
  stab_connect (other, stab_nth (self, 2));
  stab_run (self, 30);
  for (guint i = 0; i < self->nodes->len; i++)
    for (guint j = 0; j < 12; j++)
      {
        StabNode *node = stab_nth (self, i);
        P2pChordPlace place;
        Found found = { 0 };

        make_place (i * 12 + j, &place);
        p2p_chord_find (node->chord, &place, p2p_chord_is_storing (node->chord), found_cb, &found);
        stab_run (self, 1);
        g_assert_cmpuint (found.calls, ==, 1);
        g_assert_cmpstr (found.id, ==, get_responsible (self, &place));
        g_free (found.id);
      }
}

static void
send_find (RawPeer *raw, gint64 token, const P2pChordPlace *place, gint64 hops, gboolean wait)
{
  GVariant *rest[3] = { g_variant_new_int64 (token), stab_place (place), g_variant_new_int64 (hops) };

  (wait ? stab_send : stab_send_now) (raw, P2P_CONTROL_FIND, rest, 3);
}

static void
test_bounds (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  StabNode *node;
  P2pChordPlace place;

  stab_fill (self, 6);
  stab_settle (self, 60);
  node = stab_nth (self, 0);
  raw = stab_raw (node, "raw");
  /* Somebody else's: passed on, and FOUND comes back. */
  place = stab_nth (self, 3)->chord->place;
  send_find (raw, 7, &place, 1, TRUE);
  stab_run (self, 1);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_FOUND), ==, 1);
  /* It went far enough. */
  send_find (raw, 8, &place, node->chord->limits.chord_hops, TRUE);
  stab_run (self, 10);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_FOUND), ==, 1);
  g_assert_cmpuint (stab_drops (node, P2P_DROP_TOO_MANY), ==, 1);
  /* Our own place is answered by us, however far it came. */
  send_find (raw, 9, &node->chord->place, 1000, TRUE);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_FOUND), ==, 2);
  /* A burst */
  for (guint i = 0; i < 80; i++)
    send_find (raw, 10 + i, &node->chord->place, 1, FALSE);
  stab_run (self, 1);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_FOUND), <=, 2 + 64);
  g_assert_cmpuint (stab_drops (node, P2P_DROP_RATE), >=, 1);
}

static void
test_malformed (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  StabNode *node;
  P2pChordPlace place = { { 1 } };

  stab_fill (self, 2);
  node = stab_nth (self, 0);
  raw = stab_raw (node, "raw");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 17>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 17>, <@x 1>, <@ay [1, 2]>, <@x 1>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 17>, <@x -1>, <@ay [1, 2]>, <@x 1>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 18>, <@x 1>, <'x'>, <@x 1>]");
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), ==, 4);
  /* Nobody asked for it. */
  {
    GVariant *rest[3] = { g_variant_new_int64 (1), p2p_chord_pack_members (NULL), g_variant_new_int64 (1) };

    stab_send (raw, P2P_CONTROL_FOUND, rest, 3);
  }
  g_assert_cmpuint (stab_drops (node, P2P_DROP_UNEXPECTED), ==, 1);
  /* A place that cannot be his. */
  {
    GVariant *rest[6] = { g_variant_new_int64 (1), stab_place (&place), g_variant_new_int64 (0), g_variant_new_int64 (0), p2p_chord_pack_members (NULL),
                          p2p_chord_pack_members (NULL) };

    stab_send (raw, P2P_CONTROL_RING, rest, 6);
  }
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), ==, 5);
  g_assert_null (p2p_chord_find_link_by_id (node->chord, raw->id)->member);
}

static GPtrArray *
invent (guint from, guint n)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (list, stab_invent (from + i));
  return list;
}

/* Sixteen that do not exist, and again others: none of them is on a list, and few are dialled. */
static void
test_liar (void)
{
  g_autoptr (StabFixture) self = stab_fixture_new (0);
  g_autoptr (RawPeer) raw = NULL;
  StabNode *node;
  guint dials;

  stab_fill (self, 6);
  stab_settle (self, 60);
  node = stab_nth (self, 0);
  raw = stab_raw (node, "raw");
  stab_run (self, 2);
  dials = test_host_get_dials_made (node->mesh->host);
  for (guint i = 0; i < 30; i++)
    {
      g_autoptr (GPtrArray) before = invent (i * 32, 16);
      g_autoptr (GPtrArray) after = invent (i * 32 + 16, 16);

      stab_send_ring (raw, P2P_CHORD_RING_STORING, before, after);
      g_assert_cmpuint (test_host_get_n_dials (node->mesh->host), <=, 8);
      g_assert_cmpuint (node->chord->part->candidates->len, <=, 64);
      stab_run (self, 1);
    }
  /* The ring is what it was, but for him, who lives. */
  for (guint i = 0; i < 4; i++)
    {
      P2pChordMember *after = p2p_chord_ring_get_after (node->chord->ring, i);

      g_assert_true (g_str_equal (after->id, raw->id) || stab_find_id (self, after->id) != NULL);
    }
  g_assert_cmpuint (test_host_get_dials_made (node->mesh->host) - dials, <, 200);
  /* Too many at once */
  {
    g_autoptr (GPtrArray) many = invent (0, 16);
    P2pChordPlace place;
    GVariantBuilder builder;
    GVariant *rest[6];

    g_assert_true (p2p_chord_place_of_id (raw->id, &place));
    g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
    for (guint i = 0; i < 17; i++)
      g_variant_builder_add (&builder, "v", g_variant_new_int64 (i));
    rest[0] = g_variant_new_int64 (1);
    rest[1] = stab_place (&place);
    rest[2] = rest[3] = NULL;
    rest[2] = g_variant_new_int64 (0);
    rest[3] = g_variant_new_int64 (0);
    rest[4] = g_variant_builder_end (&builder);
    rest[5] = p2p_chord_pack_members (many);
    stab_send (raw, P2P_CONTROL_RING, rest, 6);
  }
  g_assert_cmpuint (stab_drops (node, P2P_DROP_SHAPE), >=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/find/right", test_right);
  g_test_add_func ("/chord/find/bounds", test_bounds);
  g_test_add_func ("/chord/find/malformed", test_malformed);
  g_test_add_func ("/chord/find/liar", test_liar);
  return g_test_run ();
}
