/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lists of keys and of storing nodes: whoever follows what they say has the same at every moment. */
#include <string.h>

#include "test-rng.h"
#include "test-slowness.h"
#include "p2p/api/p2p-chord-keys.h"
#include "p2p/api/p2p-chord-members.h"

/* A copy that is made from what the list says, and from nothing else. */
typedef struct {
  GListModel *model;
  GPtrArray *rows;              /* held */
  guint n_told;
  void (*act) (gpointer data);  /* at the next change, once */
  gpointer act_data;
} Follower;

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, Follower *self)
{
  void (*act) (gpointer data) = self->act;

  self->n_told++;
  g_assert_cmpuint (removed + added, >, 0);
  g_assert_cmpuint (position + removed, <=, self->rows->len);
  g_assert_cmpuint (self->rows->len - removed + added, ==, g_list_model_get_n_items (model));
  if (removed > 0)
    g_ptr_array_remove_range (self->rows, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (self->rows, (int) (position + i), g_list_model_get_item (model, position + i));
  self->act = NULL;
  if (act != NULL)
    act (self->act_data);
}

static void
follow (Follower *self, gpointer model)
{
  *self = (Follower) { .model = g_object_ref (model), .rows = g_ptr_array_new_with_free_func (g_object_unref) };
  g_signal_connect (model, "items-changed", G_CALLBACK (changed_cb), self);
}

static void
check (Follower *self)
{
  g_assert_cmpuint (self->rows->len, ==, g_list_model_get_n_items (self->model));
  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (self->model, i);

      g_assert_true (row == self->rows->pdata[i]);
    }
}

static void
unfollow (Follower *self)
{
  g_signal_handlers_disconnect_by_data (self->model, self);
  g_ptr_array_unref (self->rows);
  g_object_unref (self->model);
}

/* ---- keys ---- */

static GHashTable *registry;

static P2pChordKey *
ensure_cb (GBytes *key, gpointer data)
{
  P2pChordKey *row = g_hash_table_lookup (registry, key);

  return row != NULL ? g_object_ref (row) : p2p_chord_key_new (registry, key, NULL);
}

static gboolean
note (P2pChordKeys *keys, const char *key, gboolean there)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));

  return p2p_chord_keys_note (keys, bytes, there);
}

static char *
print_keys (Follower *follower)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < follower->rows->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", p2p_chord_key_get_text (follower->rows->pdata[i]));
  return g_string_free (out, FALSE);
}

static void
assert_keys (Follower *follower, const char *expected)
{
  g_autofree char *got = print_keys (follower);

  check (follower);
  g_assert_cmpstr (got, ==, expected);
}

static void
test_keys_in_runs (void)
{
  g_autoptr (P2pChordKeys) keys = p2p_chord_keys_new (ensure_cb, NULL);
  Follower follower;

  follow (&follower, keys);
  g_assert_true (note (keys, "d", TRUE));
  g_assert_false (note (keys, "b", TRUE));
  note (keys, "c", TRUE);
  g_assert_cmpuint (follower.n_told, ==, 0);
  p2p_chord_keys_flush (keys);
  assert_keys (&follower, "b c d");
  g_assert_cmpuint (follower.n_told, ==, 1);

  /* One before, one between, one behind; and one that was there, one that came and went. */
  note (keys, "a", TRUE);
  note (keys, "bb", TRUE);
  note (keys, "e", TRUE);
  note (keys, "c", TRUE);
  note (keys, "f", TRUE);
  note (keys, "f", FALSE);
  p2p_chord_keys_flush (keys);
  assert_keys (&follower, "a b bb c d e");
  g_assert_cmpuint (follower.n_told, ==, 4);

  note (keys, "bb", FALSE);
  note (keys, "b", FALSE);
  note (keys, "c", FALSE);
  p2p_chord_keys_flush (keys);
  assert_keys (&follower, "a d e");
  g_assert_cmpuint (follower.n_told, ==, 5);
  p2p_chord_keys_flush (keys);
  g_assert_cmpuint (follower.n_told, ==, 5);

  p2p_chord_keys_detach (keys);
  assert_keys (&follower, "");
  g_assert_false (note (keys, "x", TRUE));
  unfollow (&follower);
}

/* A thousand random turns against a plain set. */
static void
test_keys_at_random (void)
{
  g_autoptr (P2pChordKeys) keys = p2p_chord_keys_new (ensure_cb, NULL);
  gboolean there[200] = { FALSE };
  TestRng rng;
  Follower follower;

  rng = test_rng_make (5, "lists", 0);
  follow (&follower, keys);
  for (guint turn = 0; turn < 1000; turn++)
    {
      guint n = test_rng_below (&rng, 20);
      guint at = 0;

      for (guint i = 0; i < n; i++)
        {
          guint which = test_rng_below (&rng, G_N_ELEMENTS (there));
          g_autofree char *name = g_strdup_printf ("%03u", which);

          there[which] = test_rng_below (&rng, 2) != 0;
          note (keys, name, there[which]);
        }
      p2p_chord_keys_flush (keys);
      check (&follower);
      for (guint i = 0; i < G_N_ELEMENTS (there); i++)
        if (there[i])
          {
            g_autofree char *name = g_strdup_printf ("%03u", i);

            g_assert_cmpuint (at, <, follower.rows->len);
            g_assert_cmpstr (p2p_chord_key_get_text (follower.rows->pdata[at]), ==, name);
            at++;
          }
      g_assert_cmpuint (at, ==, follower.rows->len);
    }
  unfollow (&follower);
}

/* As many keys as there may be, in one turn: one thing to tell. One more of them costs nothing to speak of. */
static void
test_keys_many (void)
{
  enum { N = 262144 };
  g_autoptr (P2pChordKeys) keys = p2p_chord_keys_new (ensure_cb, NULL);
  g_autoptr (P2pChordKey) row = NULL;
  guint n_told = 0;
  double begun, all, some;

  g_signal_connect_swapped (keys, "items-changed", G_CALLBACK (g_atomic_int_inc), &n_told);
  begun = test_cpu_ms ();
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("%08u", i * 2654435761u % 100000000);

      note (keys, name, TRUE);
    }
  p2p_chord_keys_flush (keys);
  all = test_cpu_ms () - begun;
  g_assert_cmpuint (n_told, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (keys)), >, N - 1000);
  row = g_list_model_get_item (G_LIST_MODEL (keys), N / 2);
  g_assert_nonnull (row);

  begun = test_cpu_ms ();
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%08u x", i * 7919u);

      note (keys, name, TRUE);
      p2p_chord_keys_flush (keys);
    }
  some = test_cpu_ms () - begun;
  g_assert_cmpuint (n_told, ==, 1001);
  /* A thousand turns of one key take less than the whole: nothing goes over all of the keys once a turn. */
  g_assert_cmpfloat (some, <, all);
}

static void
act_note (gpointer data)
{
  note (data, "from within", TRUE);
  p2p_chord_keys_flush (data);
}

static void
act_detach (gpointer data)
{
  p2p_chord_keys_detach (data);
}

static void
test_keys_handlers (void)
{
  g_autoptr (P2pChordKeys) keys = p2p_chord_keys_new (ensure_cb, NULL);
  Follower follower;

  follow (&follower, keys);
  follower.act = act_note;
  follower.act_data = keys;
  note (keys, "a", TRUE);
  note (keys, "z", TRUE);
  p2p_chord_keys_flush (keys);
  assert_keys (&follower, "a from within z");

  follower.act = act_detach;
  note (keys, "b", TRUE);
  note (keys, "y", TRUE);
  p2p_chord_keys_flush (keys);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (keys)), ==, 0);
  unfollow (&follower);
}

static void
test_key_texts (void)
{
  static const struct { const char *bytes; gsize length; const char *text; gboolean is_text; } cases[] = {
    { "name", 4, "name", TRUE }, { "gr\xc3\xbcn", 5, "gr\xc3\xbcn", TRUE }, { "\xff\x01", 2, "ff01", FALSE }, { "a\nb", 3, "610a62", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (cases[i].bytes, cases[i].length);
      const P2pChordName name = { .key = bytes, .time = 5, .mine = TRUE };
      g_autoptr (P2pChordKey) key = p2p_chord_key_new (registry, bytes, &name);

      g_assert_cmpstr (p2p_chord_key_get_text (key), ==, cases[i].text);
      g_assert_cmpint (p2p_chord_key_get_is_text (key), ==, cases[i].is_text);
      g_assert_cmpint (p2p_chord_key_get_since (key), ==, 5);
      g_assert_true (p2p_chord_key_get_mine (key));
      g_assert_true (g_bytes_equal (p2p_chord_key_get_key (key), bytes));
    }
}

/* ---- members ---- */

static void
clear_seen (gpointer data)
{
  p2p_chord_member_unref (((P2pChordSeen *) data)->member);
}

static GArray *
seen_new (void)
{
  GArray *seen = g_array_new (FALSE, TRUE, sizeof (P2pChordSeen));

  g_array_set_clear_func (seen, clear_seen);
  return seen;
}

static void
see (GArray *seen, guint8 place, const char *id, gint64 n_values)
{
  P2pChordPlace at = { { place } };
  P2pChordSeen one = { .member = p2p_chord_member_new (&at, id, "10.0.0.1", 4000), .n_values = n_values, .n_bytes = -1 };

  g_array_append_val (seen, one);
}

static char *
print_members (Follower *follower)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < follower->rows->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", p2p_chord_member_info_get_id (follower->rows->pdata[i]));
  return g_string_free (out, FALSE);
}

static void
assert_members (Follower *follower, const char *expected)
{
  g_autofree char *got = print_members (follower);

  check (follower);
  g_assert_cmpstr (got, ==, expected);
}

static void
count_cb (gpointer object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_members (void)
{
  g_autoptr (P2pChordMembers) members = p2p_chord_members_new ();
  g_autoptr (P2pChordMemberInfo) b = NULL;
  Follower follower;
  guint n_values = 0, n_places = 0;

  follow (&follower, members);
  {
    g_autoptr (GArray) seen = seen_new ();

    see (seen, 30, "c", -1);
    see (seen, 10, "a", 5);
    see (seen, 20, "b", -1);
    p2p_chord_members_update (members, seen);
  }
  assert_members (&follower, "a b c");
  g_assert_cmpuint (follower.n_told, ==, 1);
  b = g_object_ref (follower.rows->pdata[1]);
  g_assert_cmpstr (p2p_chord_member_info_get_address (b), ==, "10.0.0.1:4000");
  g_assert_cmpfloat (p2p_chord_member_info_get_fraction (b), ==, 20 / 256.0);
  g_assert_cmpint (p2p_chord_member_info_get_n_values (b), ==, -1);
  g_signal_connect (b, "notify::n-values", G_CALLBACK (count_cb), &n_values);
  g_signal_connect (b, "notify::fraction", G_CALLBACK (count_cb), &n_places);

  /* b tells what it stores and has another place, behind c; a is gone, d is new. */
  {
    g_autoptr (GArray) seen = seen_new ();

    see (seen, 30, "c", -1);
    see (seen, 40, "b", 7);
    see (seen, 35, "d", -1);
    p2p_chord_members_update (members, seen);
  }
  assert_members (&follower, "c d b");
  g_assert_true (follower.rows->pdata[2] == (gpointer) b);
  g_assert_cmpint (p2p_chord_member_info_get_n_values (b), ==, 7);
  g_assert_cmpuint (n_values, ==, 1);
  g_assert_cmpuint (n_places, ==, 1);

  {
    g_autoptr (GArray) seen = seen_new ();

    see (seen, 30, "c", -1);
    see (seen, 35, "d", -1);
    see (seen, 40, "b", 7);
    follower.n_told = 0;
    p2p_chord_members_update (members, seen);
  }
  g_assert_cmpuint (follower.n_told, ==, 0);
  g_assert_cmpuint (n_values, ==, 1);
  p2p_chord_members_detach (members);
  assert_members (&follower, "");
  unfollow (&follower);
}

static void
test_members_at_random (void)
{
  g_autoptr (P2pChordMembers) members = p2p_chord_members_new ();
  TestRng rng;
  Follower follower;

  rng = test_rng_make (7, "lists", 0);
  follow (&follower, members);
  for (guint turn = 0; turn < 500; turn++)
    {
      g_autoptr (GArray) seen = seen_new ();

      for (guint i = 0; i < 30; i++)
        if (test_rng_below (&rng, 3) > 0)
          {
            g_autofree char *id = g_strdup_printf ("n%02u", i);

            /* Most stay where they are; places are shared now and then. */
            see (seen, (guint8) (test_rng_below (&rng, 8) == 0 ? test_rng_below (&rng, 200) : i * 6), id, test_rng_below (&rng, 3));
          }
      p2p_chord_members_update (members, seen);
      check (&follower);
      g_assert_cmpuint (follower.rows->len, ==, seen->len);
      for (guint i = 0; i < seen->len; i++)
        {
          const P2pChordSeen *one = &g_array_index (seen, P2pChordSeen, i);

          g_assert_cmpstr (p2p_chord_member_info_get_id (follower.rows->pdata[i]), ==, one->member->id);
          g_assert_cmpint (p2p_chord_member_info_get_n_values (follower.rows->pdata[i]), ==, one->n_values);
        }
    }
  unfollow (&follower);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  registry = p2p_chord_key_registry_new ();
  g_test_add_func ("/chord/lists/keys-in-runs", test_keys_in_runs);
  g_test_add_func ("/chord/lists/keys-at-random", test_keys_at_random);
  g_test_add_func ("/chord/lists/keys-many", test_keys_many);
  g_test_add_func ("/chord/lists/keys-handlers", test_keys_handlers);
  g_test_add_func ("/chord/lists/key-texts", test_key_texts);
  g_test_add_func ("/chord/lists/members", test_members);
  g_test_add_func ("/chord/lists/members-at-random", test_members_at_random);
  result = g_test_run ();
  g_hash_table_unref (registry);
  return result;
}
