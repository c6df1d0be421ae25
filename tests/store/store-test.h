/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for a database, and the store's calls waited for. */
#pragma once

#include "rt-wait.h"
#include "store/rt-store.h"

G_BEGIN_DECLS

typedef struct {
  char *folder;
  char *path;
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer data);
void fixture_tear_down (Fixture *self, gconstpointer data);
/* The asynchronous calls, waited for. */
gboolean open_store (RtStore *store, const char *path, char **notice, GError **error);
void close_store (RtStore *store);
RtStore *open_well (const char *path);
gboolean set_profile (RtStore *store, const char *key, const char *value, GError **error);
char *get_profile (RtStore *store, const char *key, GError **error);
gboolean save_network (RtStore *store, const RtStoreNetwork *network, GError **error);
GPtrArray *load_networks (RtStore *store);
gboolean save_peer (RtStore *store, const RtStorePeer *peer, GError **error);
GPtrArray *load_peers (RtStore *store, const char *network, guint n);
RtStoreNetwork *make_network (const char *uuid, gint64 position, const char *subnet);
/* What a fresh look at the file says, past the store. */
char *ask (const char *path, const char *sql);
void tell (const char *path, const char *sql);
/* Takes back what the migrations after this version made; 5 is the oldest. */
void go_back_to (const char *path, int version);

#define assert_answer(path, sql, expected) \
  G_STMT_START { g_autofree char *answer_ = ask (path, sql); g_assert_cmpstr (answer_, ==, expected); } G_STMT_END

G_END_DECLS
