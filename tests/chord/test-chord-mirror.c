/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Originals that do not know each other, with one of ours between them. */
#include "chord-fixture.h"

#include <string.h>

typedef struct {
  RawPeer *raw;
  guint answered[P2P_CHORD_HASHES];
  guint lacks;                  /* bit by hash: what it says nil to */
} Original;

typedef struct {
  ChordFixture *fixture;
  ChordNode *alice;
  Original py, js;
  char *key;
  guint in_doubt;               /* places of js that py takes for its own */
} World;

/* What it is asked for it answers, each time. */
static void
serve (Original *self, const char *key, const char *value)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    while (self->answered[i] < chord_asked (self->raw, key, i))
      {
        self->answered[i]++;
        chord_answer (self->raw, key, i, (self->lacks & 1u << i) != 0 ? "()" : value, "");
      }
}

static void
serve_for (World *self, guint seconds, const char *value)
{
  for (guint i = 0; i < seconds * 20; i++)
    {
      serve (&self->py, self->key, value);
      serve (&self->js, self->key, value);
      chord_run (self->fixture, SECOND / 20);
    }
}

/* A key that has both: places of js that py would take, and others. */
static void
choose_key (World *self)
{
  const char *own = p2p_mesh_node_get_id (self->alice->mesh->node);

  for (guint i = 0; i < 1000 && self->in_doubt == 0; i++)
    {
      guint doubt;

      g_free (self->key);
      self->key = g_strdup_printf ("key%u", i);
      doubt = chord_places_of (self->fixture, self->key, self->js.raw->id, self->py.raw->id) &
              chord_places_of (self->fixture, self->key, self->py.raw->id, own) & chord_places_of (self->fixture, self->key, self->js.raw->id, own);
      if (doubt != 0 && doubt != 31 && (doubt & (doubt - 1)) == 0)
        self->in_doubt = doubt;
    }
}

static gboolean
world_init (World *self, const char *first, const char *second)
{
  self->fixture = chord_fixture_new (0);
  self->alice = chord_add_joined (self->fixture, "alice");
  self->py.raw = chord_raw (self->alice, first, P2P_ID_FORM_BIN, TRUE);
  self->js.raw = chord_raw (self->alice, second, P2P_ID_FORM_STR, TRUE);
  choose_key (self);
  return self->in_doubt != 0;
}

static void
world_clear (World *self)
{
  raw_free (self->py.raw);
  raw_free (self->js.raw);
  g_free (self->key);
  chord_fixture_free (self->fixture);
  *self = (World) { 0 };
}

/* By their ids it is one of two ways round. */
static void
world_new (World *self)
{
  *self = (World) { 0 };
  if (world_init (self, "one", "two"))
    return;
  world_clear (self);
  g_assert_true (world_init (self, "two", "one"));
}

static guint
doubt_index (World *self)
{
  guint i = 0;

  while ((self->in_doubt & 1u << i) == 0)
    i++;
  return i;
}

/* What we write at a place of js's goes to py as well, which would look nowhere else; and not to who has it. */
static void
test_written (void)
{
  World world;
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = NULL;
  guint at;

  world_new (&world);
  at = doubt_index (&world);
  world.py.lacks = world.in_doubt;
  key = g_bytes_new (world.key, strlen (world.key));
  p2p_chord_node_set (world.alice->chord, key, g_variant_new_string ("v"), 0, chord_write_cb, &result, NULL);
  chord_run (world.fixture, SECOND / 20);
  serve_for (&world, 1, "'v'");
  g_assert_no_error (result.error);
  g_assert_cmpuint (chord_told (world.js.raw, world.key, at), ==, 1);
  serve_for (&world, 6, "'v'");
  g_assert_cmpuint (chord_asked (world.py.raw, world.key, at), >=, 1);
  g_assert_cmpuint (chord_told (world.py.raw, world.key, at), ==, 1);
  g_assert_cmpuint (chord_told (world.js.raw, world.key, at), ==, 1);
  world_clear (&world);
}

/* Who has it already is asked and told nothing. */
static void
test_known (void)
{
  World world;
  g_auto (ChordResult) result = { 0 };
  g_autoptr (GBytes) key = NULL;
  guint at;

  world_new (&world);
  at = doubt_index (&world);
  key = g_bytes_new (world.key, strlen (world.key));
  p2p_chord_node_set (world.alice->chord, key, g_variant_new_string ("v"), 0, chord_write_cb, &result, NULL);
  chord_run (world.fixture, SECOND / 20);
  serve_for (&world, 6, "'v'");
  g_assert_no_error (result.error);
  g_assert_cmpuint (chord_asked (world.py.raw, world.key, at), >=, 1);
  g_assert_cmpuint (chord_told (world.py.raw, world.key, at), ==, 0);
  world_clear (&world);
}

/* py wrote where js should have it: a notify is all that is heard of it. */
static void
test_said (void)
{
  World world;
  guint at;

  world_new (&world);
  at = doubt_index (&world);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (i != at)
      {
        P2pChordPlace place;
        P2pChordSpot spots[P2P_CHORD_HASHES];
        gboolean is_it;

        p2p_chord_spots_of_key ((const guint8 *) world.key, strlen (world.key), spots);
        p2p_chord_place_of_spot (&place, 0, &spots[i]);
        p2p_chord_choose (world.alice->chord, &place, 0, NULL, TRUE, &is_it);
        if (is_it)
          chord_plant (world.alice, world.key, i, 5, "'v'");
      }
  world.js.lacks = world.in_doubt;
  raw_send (world.py.raw, P2P_FLAG_BROADCAST, "[<@x 6>, <'%s'>]", world.key);
  serve_for (&world, 8, "'v'");
  g_assert_cmpuint (chord_told (world.js.raw, world.key, at), >=, 1);
  g_assert_null (world.js.raw->error);
  world_clear (&world);
}

/* With one original there is nothing to mirror: no question more. */
static void
test_alone (void)
{
  g_autoptr (ChordFixture) fixture = chord_fixture_new (0);
  ChordNode *alice = chord_add_joined (fixture, "alice");
  g_autoptr (RawPeer) py = chord_raw (alice, "py", P2P_ID_FORM_BIN, TRUE);

  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 6>, <'k'>]");
  chord_run (fixture, 5 * SECOND);
  g_assert_cmpuint (raw_count (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_RETRIEVE), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/mirror/written", test_written);
  g_test_add_func ("/chord/mirror/known", test_known);
  g_test_add_func ("/chord/mirror/said", test_said);
  g_test_add_func ("/chord/mirror/alone", test_alone);
  return g_test_run ();
}
