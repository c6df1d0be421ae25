/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-test.h"

#include <sqlite3.h>

void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("rt-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "sub", "roundtable.db", NULL);
}

void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  rt_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

/* ---- the asynchronous calls, waited for ---- */

gboolean
open_store (RtStore *store, const char *path, char **notice, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_open_finish (store, result, notice, error);
}

void
close_store (RtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_close_async (store, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_close_finish (store, result, &error));
  g_assert_no_error (error);
}

RtStore *
open_well (const char *path)
{
  RtStore *store = rt_store_new ();
  g_autofree char *notice = NULL;
  g_autoptr (GError) error = NULL;
  gboolean opened = open_store (store, path, &notice, &error);

  g_assert_no_error (error);
  g_assert_true (opened);
  g_assert_cmpstr (notice, ==, NULL);
  return store;
}

gboolean
set_profile (RtStore *store, const char *key, const char *value, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_set_profile_async (store, key, value, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_set_profile_finish (store, result, error);
}

char *
get_profile (RtStore *store, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_get_profile_async (store, key, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_get_profile_finish (store, result, error);
}

gboolean
save_network (RtStore *store, const RtStoreNetwork *network, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_save_network_async (store, network, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_save_network_finish (store, result, error);
}

GPtrArray *
load_networks (RtStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *networks;

  rt_store_load_networks_async (store, rt_wait_result_cb, &result);
  rt_wait_result (result);
  networks = rt_store_load_networks_finish (store, result, &error);
  g_assert_no_error (error);
  return networks;
}

gboolean
save_peer (RtStore *store, const RtStorePeer *peer, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_store_save_peer_async (store, peer, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_store_save_peer_finish (store, result, error);
}

GPtrArray *
load_peers (RtStore *store, const char *network, guint n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *peers;

  rt_store_load_peers_async (store, network, n, rt_wait_result_cb, &result);
  rt_wait_result (result);
  peers = rt_store_load_peers_finish (store, result, &error);
  g_assert_no_error (error);
  return peers;
}

RtStoreNetwork *
make_network (const char *uuid, gint64 position, const char *subnet)
{
  RtStoreNetwork *network = rt_store_network_new ();

  network->uuid = g_strdup (uuid);
  network->position = position;
  network->subnet = g_strdup (subnet);
  network->encryption = g_strdup ("SSL");
  network->version = g_strdup ("0.7");
  network->kind = g_strdup ("mesh");
  network->listen_host = g_strdup ("0.0.0.0");
  network->listen_port = 4444;
  network->out_address = g_strdup ("");
  network->max_outgoing = 4;
  network->peers = g_strdup ("10.0.0.5:4444\n[fe80::1]:5555");
  network->created = 1700000000;
  return network;
}

/* What a fresh look at the file says, past the store. */
char *
ask (const char *path, const char *sql)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  char *answer = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  if (sqlite3_step (statement) == SQLITE_ROW)
    answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_finalize (statement);
  sqlite3_close (db);
  return answer;
}

void
tell (const char *path, const char *sql)
{
  g_free (ask (path, sql));
}

void
go_back_to (const char *path, int version)
{
  static const char * const undone[] = { "ALTER TABLE networks DROP COLUMN announce", "DROP TABLE blocks", "ALTER TABLE networks DROP COLUMN map_port",
                                        "ALTER TABLE messages DROP COLUMN proof;ALTER TABLE people DROP COLUMN pub;ALTER TABLE people DROP COLUMN known_since;"
                                        "ALTER TABLE people DROP COLUMN petname;ALTER TABLE people DROP COLUMN compared;ALTER TABLE people DROP COLUMN compared_name;"
                                        "ALTER TABLE people DROP COLUMN name_since;ALTER TABLE people DROP COLUMN petname_since;ALTER TABLE networks DROP COLUMN has_secret;"
                                        "ALTER TABLE networks DROP COLUMN identity" };
  g_autofree char *number = g_strdup_printf ("PRAGMA user_version = %d", version);

  for (int i = (int) G_N_ELEMENTS (undone) - 1; i >= version - 5; i--)
    {
      g_auto (GStrv) steps = g_strsplit (undone[i], ";", -1);

      for (guint k = 0; steps[k] != NULL; k++)
        tell (path, steps[k]);
    }
  tell (path, number);
}
