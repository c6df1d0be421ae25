/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../chord/p2p-chord-node.h"
#include "p2p-chord-keys.h"
#include "p2p-chord-members.h"
#include "p2p-chord-socket.h"
#include "p2p-mesh-socket-private.h"

G_BEGIN_DECLS

/* Looks, or writes, of one operation that are under way at a time. */
#define P2P_CHORD_BATCH_WIDTH 64u

typedef struct {
  guint k;
  P2pChordNode *node;           /* NULL: not made yet, or disposed */
  GHashTable *registry;         /* p2p_chord_key_registry_new() */
  P2pChordKeys *keys;
  guint64 keys_timer;
  P2pChordMembers *members;
  GPtrArray *operations;        /* of P2pChordOperation: those under way */

  /* What was told last */
  gboolean seeding;
  guint n_values;
  guint64 n_bytes;
} P2pChordSocketPrivate;

/* A socket in another environment than GIO's: of a test or a simulator. */
P2pChordSocket *p2p_chord_socket_new_with_env (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, guint k, P2pEnv *env, GError **error);

P2pChordSocketPrivate *p2p_chord_socket_get_priv (P2pChordSocket *self);
gboolean p2p_chord_socket_check_open (P2pChordSocket *self, GError **error);

/* ---- p2p-chord-socket-ops.c: where GTask meets the node ---- */

/*
 * One of the socket's operations under way; the data of its task, which it holds until it ended, and which holds the socket. It ends
 * once: by what the node calls, by the cancellable, or by the socket being closed.
 */
typedef struct {
  GTask *task;                  /* NULL: it ended */
  guint64 handle;               /* of the node: 0: nothing is under way there */
  GSource *cancelled;
  GBytes *key;
  guint timeout;
  gpointer more;                /* what only this kind of operation needs */
  GDestroyNotify free_more;
  void (*stop) (gpointer more, P2pChordNode *node);     /* nullable: gives up what is under way besides handle; the node may be none of them */
} P2pChordOperation;

/* NULL: it ended already: cancelled, or the socket is closed. key: nullable */
P2pChordOperation *p2p_chord_operation_begin (P2pChordSocket *self, gpointer tag, const char *name, GBytes *key, guint timeout,
                                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2pChordSocket    *p2p_chord_operation_get_socket (P2pChordOperation *self);
P2pChordNode      *p2p_chord_operation_get_node (P2pChordOperation *self);      /* NULL: disposed */
/* handle 0: error (taken) ends it */
void               p2p_chord_operation_set_handle (P2pChordOperation *self, guint64 handle, GError *error);
void               p2p_chord_operation_return_error (P2pChordOperation *self, GError *error);   /* error: taken */
void               p2p_chord_operation_return_pointer (P2pChordOperation *self, gpointer result, GDestroyNotify free_result);
void               p2p_chord_operation_return_boolean (P2pChordOperation *self, gboolean result);
/* The socket goes: all of them end with P2P_LINK_ERROR_SOCKET_CLOSED. */
void               p2p_chord_socket_end_operations (P2pChordSocket *self);

/* ---- p2p-chord-socket-read.c ---- */
P2pChordNames *p2p_chord_socket_get_names (P2pChordSocket *self);       /* NULL: disposed */
/* An absent key is no error when there is something else to return. */
GVariant      *p2p_chord_socket_finish_with_fallback (GTask *task, GVariant *fallback, GError **error);

/* ---- p2p-chord-socket-batch.c: many of them as one, P2P_CHORD_BATCH_WIDTH at a time ---- */

typedef struct {
  GBytes *key;
  GVariant *value;              /* to be written, or what was found */
  GError *error;
} P2pChordBatchItem;

/* Its result is a GPtrArray of P2pChordBatchItem, in the order of keys. values: NULL: they are looked up; keys and values: taken */
void       p2p_chord_batch_run  (P2pChordOperation *operation, GPtrArray *keys, GPtrArray *values);
void       p2p_chord_batch_item_free (P2pChordBatchItem *self);

G_END_DECLS
