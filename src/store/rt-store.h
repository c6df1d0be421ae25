/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "rt-store-error.h"

G_BEGIN_DECLS

/**
 * RtStore:
 *
 * What must survive a restart: a SQLite database. (Keys and secrets: RtVault.) One worker thread of its own does all of
 * the work, one job after the other in the order in which they were asked for; results come in the thread-default main
 * context of whoever asked. The functions may be called from any thread.
 *
 * A database that is not ours or is damaged is moved aside and a new one is begun, with all that can be read of it; one of
 * a newer Roundtable is refused and left alone. One in a folder that cannot be written is open to be read; what could not be
 * opened or written is tried again when it is used, once a second at most. A store that is not open answers everything with RT_STORE_ERROR_CLOSED.
 */
#define RT_TYPE_STORE (rt_store_get_type ())
G_DECLARE_FINAL_TYPE (RtStore, rt_store, RT, STORE, GObject)

/* A network as it is kept. */
typedef struct {
  char   *uuid;
  gint64  position;
  char   *subnet;
  char   *encryption;
  char   *version;
  char   *kind;
  char   *listen_host;
  guint   listen_port;
  char   *out_address;
  guint   max_outgoing;
  char   *peers;                /* one a line */
  gint64  created;              /* UTC seconds */
  gboolean leasing;             /* of a shared table */
  guint    k;                   /* of a distributed one: 2^k places; 0: the ring of the originals */
  gboolean seeding;             /* likewise: it stores for the network */
  char    *announce;            /* in the local network: "no", "members", "everybody"; NULL: no */
  gboolean map_port;            /* its port is opened at the router */
  gboolean has_secret;          /* it is a private one; the secret is in none of the tables */
  char    *identity;            /* who the person is in it: a ref; "": one of its own; NULL: not known here */
} RtStoreNetwork;

RtStoreNetwork *rt_store_network_new  (void);                  /* with leases and seeding, as networks have them from before there were any */
RtStoreNetwork *rt_store_network_copy (const RtStoreNetwork *self);
void            rt_store_network_free (RtStoreNetwork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoreNetwork, rt_store_network_free)

/* An address where a node of a network was, or was said to be. */
typedef struct {
  char   *network;              /* uuid */
  char   *host;
  guint16 port;
  char   *node_id;              /* nullable */
  char   *source;               /* config, person, link, list */
  gint64  last_seen;            /* UTC seconds, 0: never */
  gint64  last_failure;         /* likewise */
  char   *failure_words;        /* nullable */
  guint   attempts;             /* since it was last seen */
} RtStorePeer;

RtStorePeer *rt_store_peer_new  (const char *network, const char *host, guint16 port);
RtStorePeer *rt_store_peer_copy (const RtStorePeer *self);
void         rt_store_peer_free (RtStorePeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStorePeer, rt_store_peer_free)

typedef enum {
  RT_STORE_BLOCK_PERSON,        /* what is the id of a node */
  RT_STORE_BLOCK_ADDRESS,       /* what is a host */
} RtStoreBlockKind;

/* Somebody, or some computer, that the person wants nothing to do with in a network. */
typedef struct {
  char            *network;     /* uuid */
  RtStoreBlockKind kind;
  char            *what;
  char            *name;        /* what he called himself then; nullable */
  gint64           added;       /* UTC seconds */
} RtStoreBlock;

RtStoreBlock *rt_store_block_new  (const char *network, RtStoreBlockKind kind, const char *what);
void          rt_store_block_free (RtStoreBlock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoreBlock, rt_store_block_free)

/* How many addresses are kept of a network; beyond that the ones not seen for longest go. */
#define RT_STORE_MAX_PEERS 256

/* Signal: noticed (words): what *notice of rt_store_open_finish() is, of a database that could be opened or mended only later. In the thread of whoever asked for something then. */
RtStore *rt_store_new (void);

/* path: the database; its folder is made. Once in a store's life. */
void     rt_store_open_async  (RtStore *self, const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* *notice (nullable, transfer full): words about something that a person should know though the store is open: the old
 * database was damaged and is set aside, or another Roundtable uses the folder too. */
gboolean rt_store_open_finish (RtStore *self, GAsyncResult *result, char **notice, GError **error);
/* After all that was asked for before. */
void     rt_store_close_async  (RtStore *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean rt_store_close_finish (RtStore *self, GAsyncResult *result, GError **error);

/* profile: what belongs to the person; NULL is no value */
void     rt_store_set_profile_async  (RtStore *self, const char *key, const char *value, GAsyncReadyCallback callback, gpointer user_data);
gboolean rt_store_set_profile_finish (RtStore *self, GAsyncResult *result, GError **error);
void     rt_store_get_profile_async  (RtStore *self, const char *key, GAsyncReadyCallback callback, gpointer user_data);
/* NULL without an error: there is none. Transfer full. */
char    *rt_store_get_profile_finish (RtStore *self, GAsyncResult *result, GError **error);

/* networks, in their order: of RtStoreNetwork, transfer full */
void       rt_store_load_networks_async   (RtStore *self, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *rt_store_load_networks_finish  (RtStore *self, GAsyncResult *result, GError **error);
void       rt_store_save_network_async    (RtStore *self, const RtStoreNetwork *network, GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_store_save_network_finish   (RtStore *self, GAsyncResult *result, GError **error);
/* with its known peers, and its table */
void       rt_store_remove_network_async  (RtStore *self, const char *uuid, GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_store_remove_network_finish (RtStore *self, GAsyncResult *result, GError **error);

/* known peers, the one seen last first: of RtStorePeer, transfer full */
void       rt_store_load_peers_async   (RtStore *self, const char *network, guint n, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *rt_store_load_peers_finish  (RtStore *self, GAsyncResult *result, GError **error);
/* a NULL id and a NULL source keep what is there */
void       rt_store_save_peer_async    (RtStore *self, const RtStorePeer *peer, GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_store_save_peer_finish   (RtStore *self, GAsyncResult *result, GError **error);
void       rt_store_remove_peer_async  (RtStore *self, const char *network, const char *host, guint16 port,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_store_remove_peer_finish (RtStore *self, GAsyncResult *result, GError **error);

/* blocks, the oldest first: of RtStoreBlock, transfer full */
void       rt_store_load_blocks_async  (RtStore *self, const char *network, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *rt_store_load_blocks_finish (RtStore *self, GAsyncResult *result, GError **error);
void       rt_store_save_block_async   (RtStore *self, const RtStoreBlock *block, GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_store_save_block_finish  (RtStore *self, GAsyncResult *result, GError **error);
/* its name and time do not matter */
void       rt_store_remove_block_async  (RtStore *self, const RtStoreBlock *block, GAsyncReadyCallback callback, gpointer user_data);
gboolean   rt_store_remove_block_finish (RtStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
