/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of a table's keys and its rows, and handlers that do whatever they like. */
#include "test-env.h"
#include "test-slowness.h"
#include "p2p/api/p2p-sync-socket-private.h"

#include <string.h>

#define SECOND G_TIME_SPAN_SECOND
#define SMALL 64

typedef struct {
  TestWorld *world;
  TestHost *hosts[2];
  P2pSyncSocket *sockets[2];
} Fixture;

static void
set_up_kind (Fixture *f, gboolean leasing)
{
  static const char *names[] = { "alice", "bob" };

  f->world = test_world_new (1);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (P2pLimits) limits = p2p_limits_new ();

      /* so that alice has something to refuse */
      if (i == 0)
        limits->table_value = SMALL;
      f->hosts[i] = test_world_add_host (f->world, names[i]);
      f->sockets[i] = p2p_sync_socket_new_with_env (NULL, NULL, limits, leasing, test_host_get_env (f->hosts[i]), &error);
      g_assert_no_error (error);
      g_assert_true (p2p_mesh_socket_listen (P2P_MESH_SOCKET (f->sockets[i]), test_host_get_address (f->hosts[i]), 4000, &error));
      g_assert_no_error (error);
    }
  p2p_mesh_node_connect (p2p_mesh_socket_get_node (P2P_MESH_SOCKET (f->sockets[0])), test_host_get_address (f->hosts[1]), 4000, NULL, NULL, NULL);
  test_world_advance (f->world, SECOND);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_kind (f, TRUE);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    if (f->sockets[i] != NULL)
      g_assert_finalize_object (f->sockets[i]);
  test_world_advance (f->world, SECOND);
  test_world_free (f->world);
}

static gboolean
set (P2pSyncSocket *socket, const char *key, gint64 value)
{
  return p2p_sync_socket_set_text (socket, key, g_variant_new_int64 (value), NULL);
}

static P2pSyncEntry *
entry_of (P2pSyncSocket *socket, const char *key)
{
  g_autoptr (GBytes) bytes = g_bytes_new (key, strlen (key));

  return p2p_sync_socket_get_entry (socket, bytes);
}

/* ---- the list ---- */

/* A copy of the list, made of nothing but what it said. */
typedef struct {
  GListModel *model;
  GPtrArray *keys;              /* of GBytes */
  guint n_changes;
} Copy;

static void
copy_changed_cb (GListModel *model, guint position, guint removed, guint added, Copy *copy)
{
  copy->n_changes++;
  if (removed > 0)
    g_ptr_array_remove_range (copy->keys, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (P2pSyncEntry) entry = g_list_model_get_item (model, position + i);

      g_assert_nonnull (entry);
      g_ptr_array_insert (copy->keys, (int) (position + i), g_bytes_ref (p2p_sync_entry_get_key (entry)));
    }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, copy->keys->len);
}

static void
check_copy (Copy *copy, P2pSyncSocket *socket)
{
  g_autoptr (GPtrArray) keys = p2p_sync_socket_get_keys (socket);

  g_assert_cmpuint (keys->len, ==, copy->keys->len);
  g_assert_cmpuint (p2p_sync_socket_get_n_keys (socket), ==, keys->len);
  for (guint i = 0; i < keys->len; i++)
    {
      g_autoptr (P2pSyncEntry) entry = g_list_model_get_item (copy->model, i);

      g_assert_true (g_bytes_equal (keys->pdata[i], copy->keys->pdata[i]));
      g_assert_true (g_bytes_equal (keys->pdata[i], p2p_sync_entry_get_key (entry)));
      g_assert_false (p2p_sync_entry_get_deleted (entry));
    }
  g_assert_null (g_list_model_get_item (copy->model, keys->len));
}

/* Random sets and deletes at both ends; what the list says adds up to the table. */
static void
test_replay (Fixture *f, gconstpointer data)
{
  TestRng *rng = test_world_get_rng (f->world);
  Copy copies[2];

  for (guint i = 0; i < 2; i++)
    {
      copies[i] = (Copy) { p2p_sync_socket_get_entries (f->sockets[i]), g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref), 0 };
      g_signal_connect (copies[i].model, "items-changed", G_CALLBACK (copy_changed_cb), &copies[i]);
    }
  for (guint step = 0; step < 2000; step++)
    {
      guint who = test_rng_below (rng, 2);
      g_autofree char *key = g_strdup_printf ("%u-%u", who, (guint) test_rng_below (rng, 60));

      if (test_rng_below (rng, 3) > 0)
        g_assert_true (set (f->sockets[who], key, step));
      else
        p2p_sync_socket_delete_text (f->sockets[who], key, NULL);
      if (test_rng_below (rng, 20) == 0)
        {
          check_copy (&copies[who], f->sockets[who]);
          test_world_advance (f->world, (gint64) test_rng_below (rng, 200) * 1000);
        }
    }
  test_world_advance (f->world, 5 * SECOND);
  for (guint i = 0; i < 2; i++)
    {
      check_copy (&copies[i], f->sockets[i]);
      g_assert_cmpuint (copies[i].n_changes, >, 500);
      g_signal_handlers_disconnect_by_data (copies[i].model, &copies[i]);
      g_ptr_array_unref (copies[i].keys);
    }
  g_assert_cmpuint (p2p_sync_socket_get_n_keys (f->sockets[0]), ==, p2p_sync_socket_get_n_keys (f->sockets[1]));
}

static void
test_outlives (Fixture *f, gconstpointer data)
{
  g_autoptr (GListModel) model = g_object_ref (p2p_sync_socket_get_entries (f->sockets[0]));
  g_autoptr (P2pSyncEntry) entry = NULL;
  g_autoptr (GVariant) value = NULL;

  set (f->sockets[0], "k", 7);
  entry = entry_of (f->sockets[0], "k");
  g_assert_finalize_object (g_steal_pointer (&f->sockets[0]));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  g_assert_null (g_list_model_get_item (model, 0));
  value = p2p_sync_entry_get_value (entry);
  g_assert_cmpint (g_variant_get_int64 (value), ==, 7);
  g_assert_true (p2p_sync_entry_get_mine (entry));
  /* It has the clock of its host, which it held */
  g_clear_object (&entry);
}

/* ---- rows ---- */

static void
count_cb (GObject *object, GParamSpec *pspec, GHashTable *counts)
{
  gpointer n = g_hash_table_lookup (counts, pspec->name);

  g_hash_table_replace (counts, (gpointer) pspec->name, GUINT_TO_POINTER (GPOINTER_TO_UINT (n) + 1));
}

static char *
take_counts (GHashTable *counts)
{
  GString *out = g_string_new (NULL);
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) strcmp);

  for (GList *l = names; l != NULL; l = l->next)
    g_string_append_printf (out, "%s:%u ", (const char *) l->data, GPOINTER_TO_UINT (g_hash_table_lookup (counts, l->data)));
  g_hash_table_remove_all (counts);
  return g_string_free (out, FALSE);
}

static void
take_and_forget (GHashTable *counts)
{
  g_autofree char *got G_GNUC_UNUSED = take_counts (counts);
}

static void
expect_counts (GHashTable *counts, const char *expected)
{
  g_autofree char *got = take_counts (counts);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_rows (Fixture *f, gconstpointer data)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (P2pSyncEntry) entry = NULL;
  g_autoptr (P2pSyncEntry) same = NULL;
  g_autoptr (GVariant) value = NULL;
  guint left;

  set (f->sockets[0], "k", 1);
  test_world_advance (f->world, SECOND);
  entry = entry_of (f->sockets[1], "k");
  same = g_list_model_get_item (p2p_sync_socket_get_entries (f->sockets[1]), 0);
  g_assert_true (entry == same);
  g_assert_cmpstr (p2p_sync_entry_get_text (entry), ==, "k");
  g_assert_cmpstr (p2p_sync_entry_get_owner (entry), ==, p2p_mesh_socket_get_id (P2P_MESH_SOCKET (f->sockets[0])));
  g_assert_false (p2p_sync_entry_get_mine (entry));
  g_assert_false (p2p_sync_entry_get_old (entry));
  g_assert_cmpuint (p2p_sync_entry_get_value_size (entry), ==, 1);
  g_assert_cmpint (p2p_sync_entry_get_lease_end (entry), ==, p2p_sync_entry_get_timestamp (entry) + P2P_LEASE_SECONDS + 1);
  g_signal_connect (entry, "notify", G_CALLBACK (count_cb), counts);

  /* time passes without a word */
  left = p2p_sync_entry_get_lease_left (entry);
  g_assert_cmpuint (left, >, 3590);
  test_world_advance (f->world, 10 * SECOND);
  g_assert_cmpuint (p2p_sync_entry_get_lease_left (entry), ==, left - 10);
  expect_counts (counts, "");

  /* another value of the same size, later */
  set (f->sockets[0], "k", 2);
  test_world_advance (f->world, SECOND);
  expect_counts (counts, "lease-end:1 lease-left:1 timestamp:1 value:1 ");
  value = p2p_sync_entry_get_value (entry);
  g_assert_cmpint (g_variant_get_int64 (value), ==, 2);
  /* the same value again renews the lease, and nothing else */
  test_world_advance (f->world, 5 * SECOND);
  set (f->sockets[0], "k", 2);
  test_world_advance (f->world, SECOND);
  expect_counts (counts, "lease-end:1 lease-left:1 timestamp:1 ");
  test_world_advance (f->world, 5 * SECOND);
  set (f->sockets[0], "k", 100000);
  test_world_advance (f->world, SECOND);
  expect_counts (counts, "lease-end:1 lease-left:1 timestamp:1 value:1 value-size:1 ");

  test_world_advance (f->world, 5 * SECOND);
  p2p_sync_socket_delete_text (f->sockets[0], "k", NULL);
  test_world_advance (f->world, SECOND);
  expect_counts (counts, "deleted:1 lease-end:1 lease-left:1 timestamp:1 value:1 value-size:1 ");
  g_assert_true (p2p_sync_entry_get_deleted (entry));
  g_assert_null (p2p_sync_entry_get_value (entry));
  g_assert_cmpuint (p2p_sync_entry_get_lease_left (entry), ==, 0);
  g_assert_null (entry_of (f->sockets[1], "k"));

  /* the same told twice is told once */
  p2p_sync_entry_update (entry, NULL);
  take_and_forget (counts);
  p2p_sync_entry_update (entry, NULL);
  expect_counts (counts, "");

  /* and back, as another's: the row that somebody held on to */
  test_world_advance (f->world, 5 * SECOND);
  g_assert_true (set (f->sockets[1], "k", 3));
  expect_counts (counts, "deleted:1 lease-end:1 lease-left:1 mine:1 owner:1 timestamp:1 value:1 value-size:1 ");
  g_assert_true (p2p_sync_entry_get_mine (entry));
  g_clear_object (&same);
  same = entry_of (f->sockets[1], "k");
  g_assert_true (same == entry);
}

static void
test_weak (Fixture *f, gconstpointer data)
{
  P2pSyncSocketPrivate *priv = p2p_sync_socket_get_priv (f->sockets[0]);
  P2pSyncEntry *entry;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      set (f->sockets[0], key, i);
    }
  /* No row was made of what nobody looked at. */
  g_assert_cmpuint (g_hash_table_size (priv->registry), ==, 0);
  entry = entry_of (f->sockets[0], "5");
  g_assert_cmpuint (g_hash_table_size (priv->registry), ==, 1);
  g_assert_finalize_object (entry);
  g_assert_cmpuint (g_hash_table_size (priv->registry), ==, 0);
}

static void
test_texts (Fixture *f, gconstpointer data)
{
  static const struct { const char *key; gsize length; const char *text; } cases[] = {
    { "plain", 5, "plain" }, { "gr\xc3\xbcn", 5, "gr\xc3\xbcn" }, { "a\nb", 3, NULL }, { "a\0b", 3, NULL }, { "\xff", 1, NULL }, { "a\x7f", 2, NULL },
    { "\xc2\x85", 2, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) key = g_bytes_new (cases[i].key, cases[i].length);
      g_autoptr (P2pSyncEntry) entry = NULL;

      g_assert_true (p2p_sync_socket_set (f->sockets[0], key, g_variant_new_boolean (TRUE), NULL));
      entry = p2p_sync_socket_get_entry (f->sockets[0], key);
      g_assert_cmpstr (p2p_sync_entry_get_text (entry), ==, cases[i].text);
    }
}

/* The first look at 100,000 keys takes no longer than at a thousand: measured against writing them, so that a slow machine is as good. */
static void
test_large (void)
{
  enum { N = 100000, LOOKS = 50 };
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  TestWorld *world = test_world_new (1);
  TestHost *host = test_world_add_host (world, "alice");
  P2pSyncSocket *socket = p2p_sync_socket_new_with_env (NULL, NULL, limits, TRUE, test_host_get_env (host), NULL);
  double begun = test_cpu_ms ();
  double writing, looking;
  GListModel *model;

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *key = g_strdup_printf ("key %06u", (i * 7919u) % N);

      g_assert_true (set (socket, key, i));
    }
  writing = test_cpu_ms () - begun;
  begun = test_cpu_ms ();
  model = p2p_sync_socket_get_entries (socket);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, N);
  for (guint i = 0; i < LOOKS; i++)
    {
      g_autoptr (P2pSyncEntry) entry = g_list_model_get_item (model, i * (N / LOOKS));
      g_autofree char *key = g_strdup_printf ("key %06u", i * (N / LOOKS));

      g_assert_cmpstr (p2p_sync_entry_get_text (entry), ==, key);
    }
  looking = test_cpu_ms () - begun;
  g_test_message ("%u keys: %.1f us to write one, %.3f ms for the first look at %u", N, writing * 1e3 / N, looking, LOOKS);
  g_assert_cmpfloat (looking, <, MAX (writing / 100, 1.0));
  g_assert_finalize_object (socket);
  test_world_free (world);
}

/* ---- handlers that do whatever they like ---- */

typedef struct _Act Act;
struct _Act {
  Fixture *f;
  void (*run) (Act *act);
  guint n_left;                 /* how often more */
  gboolean done;
};

static void
act_drop (Act *act)
{
  g_clear_object (&act->f->sockets[0]);
}

static void
act_close (Act *act)
{
  p2p_mesh_socket_close (P2P_MESH_SOCKET (act->f->sockets[0]), NULL);
}

static void
act_close_and_drop (Act *act)
{
  act_close (act);
  act_drop (act);
}

static void
act_dispose (Act *act)
{
  g_object_run_dispose (G_OBJECT (act->f->sockets[0]));
}

static void
act_write (Act *act)
{
  set (act->f->sockets[0], "from inside", 1);
  set (act->f->sockets[0], "k", 77);
}

static void
act_delete (Act *act)
{
  p2p_sync_socket_delete_text (act->f->sockets[0], "k", NULL);
  p2p_sync_socket_delete_text (act->f->sockets[0], "other", NULL);
}

static void
act_pop_all (Act *act)
{
  while (p2p_sync_socket_popitem (act->f->sockets[0], NULL, NULL, NULL))
    continue;
}

static void
act_look (Act *act)
{
  GListModel *model = p2p_sync_socket_get_entries (act->f->sockets[0]);
  g_autoptr (GVariant) items G_GNUC_UNUSED = p2p_sync_socket_get_items (act->f->sockets[0]);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (P2pSyncEntry) entry = g_list_model_get_item (model, i);

      g_assert_nonnull (entry);
    }
}

static void
act (Act *self)
{
  if (self->n_left == 0 || self->f->sockets[0] == NULL)
    return;
  self->n_left--;
  self->done = TRUE;
  self->run (self);
}

static void on_update (P2pSyncSocket *s, GBytes *k, GVariant *v, P2pSyncEntry *e, Act *self) { act (self); g_assert_nonnull (p2p_sync_entry_get_key (e)); }
static void on_delete (P2pSyncSocket *s, GBytes *k, Act *self) { act (self); g_assert_cmpuint (g_bytes_get_size (k), >, 0); }
static void on_record (P2pSyncSocket *s, GBytes *k, GBytes *r, Act *self) { act (self); g_assert_cmpuint (g_bytes_get_size (k), >, 0); }
static void on_refused (P2pSyncSocket *s, GBytes *k, const char *o, GError *e, Act *self) { act (self); g_assert_nonnull (e->message); }
static void on_notify (GObject *o, GParamSpec *p, Act *self) { act (self); }
static void on_items (GListModel *m, guint p, guint r, guint a, Act *self) { act (self); }

static void
live (guint where, gboolean own, void (*run) (Act *act))
{
  Fixture f = { 0 };
  Act doing = { &f, run, 3, FALSE };
  g_autoptr (GListModel) model = NULL;
  g_autoptr (P2pSyncEntry) entry = NULL;

  set_up_kind (&f, TRUE);
  set (f.sockets[0], "k", 1);
  set (f.sockets[0], "other", 1);
  set (f.sockets[1], "theirs", 1);
  test_world_advance (f.world, 2 * SECOND);
  model = g_object_ref (p2p_sync_socket_get_entries (f.sockets[0]));
  entry = entry_of (f.sockets[0], own ? "k" : "theirs");
  g_assert_nonnull (entry);
  switch (where)
    {
    case 0: g_signal_connect (f.sockets[0], "update", G_CALLBACK (on_update), &doing); break;
    case 1: g_signal_connect (f.sockets[0], "delete", G_CALLBACK (on_delete), &doing); break;
    case 2: g_signal_connect (f.sockets[0], "record", G_CALLBACK (on_record), &doing); break;
    case 3: g_signal_connect (f.sockets[0], "refused", G_CALLBACK (on_refused), &doing); break;
    case 4: g_signal_connect (f.sockets[0], "notify::n-keys", G_CALLBACK (on_notify), &doing); break;
    case 5: g_signal_connect (model, "items-changed", G_CALLBACK (on_items), &doing); break;
    default: g_signal_connect (entry, "notify", G_CALLBACK (on_notify), &doing); break;
    }
  /* its own writes (which hold the socket) and another's, or the other's alone; a delete of each */
  for (guint i = 0; i < 4; i++)
    {
      if (f.sockets[0] != NULL && own)
        set (f.sockets[0], i % 2 == 0 ? "k" : "new", 10 + i);
      set (f.sockets[1], i % 2 == 0 ? "theirs" : "theirs too", 10 + i);
      p2p_sync_socket_set_text (f.sockets[1], "large", g_variant_new_take_string (g_strnfill (SMALL + 1 + i, 'x')), NULL);
      test_world_advance (f.world, 2 * SECOND);
    }
  if (f.sockets[0] != NULL && own)
    p2p_sync_socket_delete_text (f.sockets[0], "k", NULL);
  p2p_sync_socket_delete_text (f.sockets[1], "theirs", NULL);
  test_world_advance (f.world, 2 * SECOND);
  g_assert_true (doing.done);
  g_signal_handlers_disconnect_by_data (model, &doing);
  g_signal_handlers_disconnect_by_data (entry, &doing);
  g_clear_object (&entry);
  if (f.sockets[0] != NULL)
    g_signal_handlers_disconnect_by_data (f.sockets[0], &doing);
  tear_down (&f, NULL);
}

static void
test_reentrancy (void)
{
  void (*const runs[]) (Act *) = { act_drop, act_close, act_close_and_drop, act_dispose, act_write, act_delete, act_pop_all, act_look };

  for (guint where = 0; where <= 6; where++)
    for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
      {
        live (where, TRUE, runs[i]);
        live (where, FALSE, runs[i]);
      }
}

/* While a frame of many records is being told, the list is behind the table, and whole all the same. */
static void
test_behind (Fixture *f, gconstpointer data)
{
  Copy copy = { p2p_sync_socket_get_entries (f->sockets[1]), g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref), 0 };

  g_signal_connect (copy.model, "items-changed", G_CALLBACK (copy_changed_cb), &copy);
  test_host_set_group (f->hosts[1], 1);
  for (guint i = 0; i < 500; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", (i * 7919u) % 500);

      set (f->sockets[0], key, i);
    }
  test_host_set_group (f->hosts[1], 0);
  test_world_advance (f->world, 120 * SECOND);
  g_assert_cmpuint (copy.keys->len, ==, 500);
  check_copy (&copy, f->sockets[1]);
  g_signal_handlers_disconnect_by_data (copy.model, &copy);
  g_ptr_array_unref (copy.keys);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sync/entries/replay", Fixture, NULL, set_up, test_replay, tear_down);
  g_test_add ("/sync/entries/behind", Fixture, NULL, set_up, test_behind, tear_down);
  g_test_add ("/sync/entries/outlives", Fixture, NULL, set_up, test_outlives, tear_down);
  g_test_add ("/sync/entries/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/sync/entries/weak", Fixture, NULL, set_up, test_weak, tear_down);
  g_test_add ("/sync/entries/texts", Fixture, NULL, set_up, test_texts, tear_down);
  g_test_add_func ("/sync/entries/large", test_large);
  g_test_add_func ("/sync/entries/reentrancy", test_reentrancy);
  return g_test_run ();
}
