/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "one-store.h"

RtStore *
open_store_of_one (const char *folder)
{
  RtStore *store = rt_store_new ();
  g_autoptr (GAsyncResult) opened = NULL, saved = NULL;
  g_autoptr (RtStoreNetwork) network = rt_store_network_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "roundtable.db", NULL);

  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &opened);
  rt_wait_result (opened);
  g_assert_true (rt_store_open_finish (store, opened, NULL, &error));
  network->uuid = g_strdup ("one");
  network->subnet = g_strdup ("one");
  network->encryption = g_strdup ("Plaintext");
  network->version = g_strdup ("0.7");
  network->kind = g_strdup ("mesh");
  network->listen_host = g_strdup ("127.0.0.1");
  network->out_address = g_strdup ("");
  network->peers = g_strdup ("");
  rt_store_save_network_async (store, network, rt_wait_result_cb, &saved);
  rt_wait_result (saved);
  g_assert_true (rt_store_save_network_finish (store, saved, &error));
  return store;
}
