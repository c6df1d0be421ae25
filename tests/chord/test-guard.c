/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An original keeps what belongs to it alone. Of ours the nearest before it has it too, and so have two more: when it dies, with one of ours, all of it can be read. */
#include "guard-world.h"

#include <string.h>

#include "p2p/wire/p2p-value.h"

#define STEP 0.01

/* ---- copies ---- */

typedef struct {
  guint n;                      /* that are an original's */
  guint copies[N_OURS + 1];     /* how many of those are at so many of ours */
  guint n_ours;                 /* that are ours'... */
  guint ours_copies[N_OURS + 1];        /* ...the same */
  guint other;                  /* copies that are not what the original has */
  guint lacking;                /* that the original does not have */
  guint stored;                 /* how often they were stored there */
} Count;

static void
count_cb (World *self, Original *owner, const P2pChordSpot *spot, gpointer data)
{
  Count *count = data;
  g_autofree char *name = guard_name_of_spot (spot);
  GVariant *right = owner != NULL ? g_hash_table_lookup (owner->values, name) : NULL;
  guint n = 0;

  for (guint i = 0; i < self->fixture->nodes->len; i++)
    {
      StabNode *node = stab_nth (self->fixture, i);
      const P2pChordValue *value = node->chord != NULL ? p2p_chord_store_get (node->chord->store, spot) : NULL;
      g_autoptr (GVariant) held = value != NULL && value->value != NULL ? p2p_value_unpack (g_bytes_get_data (value->value, NULL), g_bytes_get_size (value->value),
                                                                                           &node->chord->reading, NULL) : NULL;

      if (held == NULL)
        continue;
      g_variant_ref_sink (held);
      n++;
      count->other += owner != NULL && (right == NULL || !g_variant_equal (held, right));
    }
  if (owner == NULL)
    {
      count->n_ours++;
      count->ours_copies[n]++;
      return;
    }
  count->n++;
  count->lacking += right == NULL;
  count->stored += GPOINTER_TO_UINT (g_hash_table_lookup (owner->stored, name));
  count->copies[n]++;
}

static Count
count_copies (World *self, guint n)
{
  Count count = { 0 };

  world_each_place (self, "k", n, count_cb, &count);
  return count;
}

/* All that an original has, and nothing else, is at three of ours; and what belongs to ours, too. */
static void
assert_copies (World *self, guint n)
{
  Count count = count_copies (self, n);

  g_assert_cmpuint (count.n, >, n / 2);
  g_assert_cmpuint (count.copies[3], ==, count.n);
  g_assert_cmpuint (count.other, ==, 0);
  g_assert_cmpuint (count.ours_copies[3], ==, count.n_ours);
}

typedef struct {
  guint n;
  guint64 stamp;                /* of the key */
  P2pChordSpot of_original;     /* the last */
} Stamps;

/* Every copy of one write has its stamp. */
static void
stamp_cb (World *self, Original *owner, const P2pChordSpot *spot, gpointer data)
{
  Stamps *stamps = data;

  if (stamps->n++ % P2P_CHORD_HASHES == 0)
    stamps->stamp = 0;
  if (owner != NULL)
    stamps->of_original = *spot;
  for (guint i = 0; i < self->fixture->nodes->len; i++)
    {
      const P2pChordValue *value = p2p_chord_store_get (stab_nth (self->fixture, i)->chord->store, spot);

      if (value == NULL)
        continue;
      if (stamps->stamp == 0)
        stamps->stamp = value->stamp;
      g_assert_cmpuint (value->stamp, ==, stamps->stamp);
    }
}

/* ---- values, with originals that answer meanwhile ---- */

typedef struct {
  gboolean ended;
  gint64 value;
} Result;

static void
written_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  ((Result *) data)->ended = TRUE;
}

static void
looked_cb (P2pChordLook *look, gpointer data)
{
  Result *result = data;

  result->ended = TRUE;
  result->value = look->value != NULL && g_variant_is_of_type (look->value, G_VARIANT_TYPE_INT64) ? g_variant_get_int64 (look->value) : -1;
}

static void
wait (World *self, Result *result)
{
  for (guint i = 0; i < 4000 && !result->ended; i++)
    world_run (self, STEP);
  g_assert_true (result->ended);
}

/* value -1: deleted */
static void
put (World *self, StabNode *node, const char *key, gint64 value)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  Result result = { 0 };

  if (value < 0)
    p2p_chord_node_delete (node->chord, bytes, 0, written_cb, &result, NULL);
  else
    p2p_chord_node_set (node->chord, bytes, g_variant_new_int64 (value), 0, written_cb, &result, NULL);
  wait (self, &result);
}

static gint64
get (World *self, StabNode *node, const char *key)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));
  Result result = { 0 };

  p2p_chord_node_look (node->chord, bytes, 0, looked_cb, &result);
  wait (self, &result);
  return result.value;
}

static void
put_all (World *self, guint n, gint64 first)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      put (self, stab_nth (self->fixture, i % N_OURS), key, first < 0 ? -1 : first + i);
    }
}

/* At the one that is left and stands first. */
static guint
count_wrong (World *self, guint n, gint64 first)
{
  guint wrong = 0;
  StabNode *node = NULL;

  for (guint i = 0; node == NULL; i++)
    if (stab_nth (self->fixture, i)->chord != NULL)
      node = stab_nth (self->fixture, i);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      wrong += get (self, node, key) != (first < 0 ? -1 : first + i);
    }
  return wrong;
}

typedef struct {
  Original *writer;
  gint64 value;
} Write;

/* As an original does: its own to itself, the rest to whom it belongs. */
static void
write_cb (World *self, Original *owner, const P2pChordSpot *spot, gpointer data)
{
  Write *write = data;
  g_autofree char *name = guard_name_of_spot (spot);
  g_auto (GStrv) parts = g_strsplit (name, " ", 2);
  P2pChordPlace place;
  guint index;

  if (owner != NULL && write->value < 0)
    g_hash_table_remove (owner->values, name);
  else if (owner != NULL)
    g_hash_table_replace (owner->values, g_steal_pointer (&name), g_variant_ref_sink (g_variant_new_int64 (write->value)));
  if (owner != NULL)
    return;
  p2p_chord_place_of_spot (&place, 0, spot);
  g_assert_true (g_ptr_array_find (self->fixture->nodes, world_find_ours (self, &place), &index));
  if (write->value < 0)
    raw_send (g_ptr_array_index (write->writer->links, index), P2P_FLAG_WHISPER, "[<@x 11>, <'%s'>, <'%s'>, <@mv nothing>]", parts[0], parts[1]);
  else
    raw_send (g_ptr_array_index (write->writer->links, index), P2P_FLAG_WHISPER, "[<@x 11>, <'%s'>, <'%s'>, <@x %" G_GINT64_FORMAT ">]", parts[0], parts[1], write->value);
}

static void
original_put_all (World *self, Original *writer, guint n, gint64 first, gboolean tell)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);
      Write write = { writer, first < 0 ? -1 : first + i };
      P2pChordSpot spots[P2P_CHORD_HASHES];

      p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
      for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
        {
          P2pChordPlace place;

          p2p_chord_place_of_spot (&place, 0, &spots[hash]);
          write_cb (self, world_find_original (self, &place), &spots[hash], &write);
        }
      if (tell)
        raw_send (g_ptr_array_index (writer->links, 0), P2P_FLAG_BROADCAST, first < 0 ? "[<@x 6>, <'%s'>, <'del'>]" : "[<@x 6>, <'%s'>]", key);
      world_run (self, 0.05);
    }
}

/* Without a key, of an early time. */
static void
put_spot (World *self, const P2pChordSpot *spot, gint64 value)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (g_variant_new_int64 (value));

  g_assert_true (p2p_chord_put (stab_nth (self->fixture, 0)->chord, spot, 5, held, NULL, NULL, NULL));
}

static void
put_spot_cb (World *self, Original *owner, const P2pChordSpot *spot, gpointer data)
{
  put_spot (self, spot, 300);
}

static gint64
get_spot (Original *owner, const P2pChordSpot *spot)
{
  g_autofree char *name = guard_name_of_spot (spot);

  return g_variant_get_int64 (g_hash_table_lookup (owner->values, name));
}

/* ---- tests ---- */

/* What ours write; each place of his is stored once. He takes what comes, whatever its stamp, and so does his guard. */
static void
test_written (void)
{
  World self;
  StabNode *guard;
  Stamps stamps = { 0 };
  gint64 value;
  Original *original = world_with_original (&self, &guard);

  put_all (&self, 30, 100);
  world_run (&self, 0.1);
  assert_copies (&self, 30);
  g_assert_cmpuint (count_copies (&self, 30).stored, ==, count_copies (&self, 30).n);
  put_all (&self, 30, 200);
  world_run (&self, 0.1);
  assert_copies (&self, 30);
  world_each_place (&self, "k", 30, stamp_cb, &stamps);
  /* Nobody has anything to say to him any more. */
  world_run (&self, 200);
  assert_copies (&self, 30);
  g_assert_cmpuint (count_copies (&self, 30).stored, ==, 2 * count_copies (&self, 30).n);
  value = get_spot (original, &stamps.of_original);
  put_spot (&self, &stamps.of_original, 7);
  world_run (&self, 0.1);
  assert_copies (&self, 30);
  put_spot (&self, &stamps.of_original, value);
  world_kill_original (&self, original);
  stab_kill (guard, TRUE);
  world_run (&self, 2);
  g_assert_cmpuint (count_wrong (&self, 30, 200), ==, 0);
  world_clear (&self);
}

/* What he writes himself, and what he overwrites and says nothing of. */
static void
test_by_original (void)
{
  World self;
  StabNode *guard;
  Original *original = world_with_original (&self, &guard);

  original_put_all (&self, original, 30, 100, TRUE);
  world_run (&self, 5);
  assert_copies (&self, 30);
  original_put_all (&self, original, 30, 200, FALSE);
  world_run (&self, 100);
  assert_copies (&self, 30);
  world_kill_original (&self, original);
  stab_kill (guard, TRUE);
  world_run (&self, 2);
  g_assert_cmpuint (count_wrong (&self, 30, 200), ==, 0);
  world_clear (&self);
}

/* data: by an original */
static void
test_deleted (gconstpointer data)
{
  World self;
  StabNode *guard;
  Original *original = world_with_original (&self, &guard);
  Count count;

  put_all (&self, 20, 100);
  world_run (&self, 1);
  if (data != NULL)
    original_put_all (&self, original, 20, -1, TRUE);
  else
    put_all (&self, 20, -1);
  world_run (&self, 10);
  count = count_copies (&self, 20);
  g_assert_cmpuint (count.n, >, 10);
  g_assert_cmpuint (count.copies[0], ==, count.n);
  world_run (&self, 100);
  g_assert_cmpuint (g_hash_table_size (original->values), ==, 0);
  world_kill_original (&self, original);
  world_run (&self, 2);
  g_assert_cmpuint (count_wrong (&self, 20, -1), ==, 0);
  world_clear (&self);
}

/* One original behind another: what one of them had belongs to the other then, who gets it. */
static void
test_between_originals (void)
{
  World self;
  StabNode *guard;
  Original *first = world_with_original (&self, &guard);
  g_autofree char *name = world_choose_name (&self, guard, &first->place);
  Original *second = world_add_original (&self, name);
  Count count = { 0 };
  guint n;

  put_all (&self, 30, 100);
  world_run (&self, 0.1);
  assert_copies (&self, 30);
  n = count_copies (&self, 30).n;
  /* Of these he has not been told meanwhile as one who may take them for his. */
  world_each_place (&self, "x", 30, put_spot_cb, NULL);
  world_run (&self, 1);
  world_kill_original (&self, second);
  world_run (&self, 2);
  world_each_place (&self, "x", 30, count_cb, &count);
  g_assert_cmpuint (count.n, >, 15);
  g_assert_cmpuint (count.lacking, ==, 0);
  g_assert_cmpuint (count_copies (&self, 30).n, ==, n);
  g_assert_cmpuint (count_copies (&self, 30).lacking, ==, 0);
  assert_copies (&self, 30);
  g_assert_cmpuint (count_wrong (&self, 30, 100), ==, 0);
  world_kill_original (&self, first);
  stab_kill (guard, TRUE);
  world_run (&self, 2);
  g_assert_cmpuint (count_wrong (&self, 30, 100), ==, 0);
  world_clear (&self);
}

/* The guard dies alone: the one before him has what he had, and gives it to one more. */
static void
test_guard_dies (void)
{
  World self;
  StabNode *guard;
  Original *original = world_with_original (&self, &guard);

  original_put_all (&self, original, 30, 100, TRUE);
  world_run (&self, 5);
  stab_kill (guard, TRUE);
  world_run (&self, 70);
  assert_copies (&self, 30);
  g_assert_cmpuint (count_wrong (&self, 30, 100), ==, 0);
  world_clear (&self);
}

/* What he had before ours knew him is asked for, when its name is known. */
static void
test_had_before (void)
{
  World self;
  StabNode *guard;
  Original *original = world_with_original (&self, &guard);

  original_put_all (&self, original, 30, 100, FALSE);
  world_run (&self, 5);
  g_assert_cmpuint (count_copies (&self, 30).copies[3], ==, 0);
  for (guint i = 0; i < 30; i++)
    raw_send (g_ptr_array_index (original->links, 0), P2P_FLAG_WHISPER, "[<@x 6>, <'k%u'>]", i);
  world_run (&self, 70);
  assert_copies (&self, 30);
  world_clear (&self);
}

static guint
count_his (World *self, Original *original, const char *key)
{
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint n = 0;

  p2p_chord_spots_of_key ((const guint8 *) key, strlen (key), spots);
  for (guint hash = 0; hash < P2P_CHORD_HASHES; hash++)
    {
      P2pChordPlace place;

      p2p_chord_place_of_spot (&place, 0, &spots[hash]);
      n += world_find_original (self, &place) == original;
    }
  return n;
}

/* He goes in the middle of a write of his guard, who has it all then: the write ends, and its name is said, while his link ends. */
static void
test_goes_in_a_write (void)
{
  World self;
  StabNode *guard;
  Original *original = world_with_original (&self, &guard);
  g_autofree char *key = g_strdup ("");
  g_autoptr (GBytes) bytes = NULL;
  Result result = { 0 };

  for (guint i = 0; count_his (&self, original, key) < 3; i++)
    {
      g_free (key);
      key = g_strdup_printf ("key%u", i);
    }
  bytes = g_bytes_new (key, strlen (key));
  original->mute = TRUE;
  p2p_chord_node_set (guard->chord, bytes, g_variant_new_int64 (1), 0, written_cb, &result, NULL);
  world_run (&self, 0.5);
  g_assert_false (result.ended);
  world_kill_original (&self, original);
  world_run (&self, 0.5);
  g_assert_true (result.ended);
  world_run (&self, 1);
  g_assert_cmpint (get (&self, stab_nth (self.fixture, 0), key), ==, 1);
  g_assert_true (p2p_chord_names_contains (stab_nth (self.fixture, 0)->chord->names, (const guint8 *) key, strlen (key)));
  world_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chord/guard/written", test_written);
  g_test_add_func ("/chord/guard/by-original", test_by_original);
  g_test_add_data_func ("/chord/guard/deleted", NULL, test_deleted);
  g_test_add_data_func ("/chord/guard/deleted-by-original", "", test_deleted);
  g_test_add_func ("/chord/guard/between-originals", test_between_originals);
  g_test_add_func ("/chord/guard/guard-dies", test_guard_dies);
  g_test_add_func ("/chord/guard/had-before", test_had_before);
  g_test_add_func ("/chord/guard/goes-in-a-write", test_goes_in_a_write);
  return g_test_run ();
}
