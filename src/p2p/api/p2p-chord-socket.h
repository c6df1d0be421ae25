/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-chord-key.h"
#include "p2p-chord-lookup.h"
#include "p2p-chord-member-info.h"
#include "p2p-mesh-socket.h"
#include "p2p-table-result.h"

G_BEGIN_DECLS

/**
 * P2pChordSeedState:
 * @P2P_CHORD_SEED_STATE_NOT: it stores nothing for others
 * @P2P_CHORD_SEED_STATE_JOINING: it looks for its place and takes over what is to be there; it answers already
 * @P2P_CHORD_SEED_STATE_JOINED: it stores
 * @P2P_CHORD_SEED_STATE_LEAVING: it hands over what it has
 *
 * What a node does for the table of its network.
 */
typedef enum { /*< underscore_name=p2p_chord_seed_state >*/
  P2P_CHORD_SEED_STATE_NOT,
  P2P_CHORD_SEED_STATE_JOINING,
  P2P_CHORD_SEED_STATE_JOINED,
  P2P_CHORD_SEED_STATE_LEAVING,
} P2pChordSeedState;

/**
 * P2pChordSocket:
 *
 * A #P2pMeshSocket whose nodes share a distributed table: each value is at five places of a ring, by five hashes of its key, and
 * what three of the five say counts. Nodes that joined store values; the others only ask. The names of the keys every node knows.
 *
 * Reading and writing take a way over the network, so they are asynchronous. Each of them has a time-out in milliseconds, 0 for
 * #P2pLimits.chord_seconds, and can be cancelled: it then ends with %P2P_LINK_ERROR_CANCELLED. A write that was cancelled may have
 * been done.
 *
 * Messages of people pass as in any #P2pMeshSocket.
 *
 * Handlers may do anything, dropping the last reference to the socket included. All of it is of the socket's thread.
 */
/* Signals:
 *   add (GBytes key)                               a key was said to be there, also one that was
 *   delete (GBytes key)                            it was said not to be there any more
 *   record (GBytes id, GBytes record nullable)     what has to be kept for p2p_chord_socket_restore(); NULL: forget it
 *   refused (string giver, GError reason)          a value of another node that this one did not take */
#define P2P_TYPE_CHORD_SOCKET (p2p_chord_socket_get_type ())
P2P_EXPORT G_DECLARE_DERIVABLE_TYPE (P2pChordSocket, p2p_chord_socket, P2P, CHORD_SOCKET, P2pMeshSocket)

/**
 * P2pChordSocketClass:
 * @parent_class: the class that it derives from
 *
 * The class of #P2pChordSocket. A subclass has nothing to override: it connects to signals, as any program.
 */
struct _P2pChordSocketClass {
  P2pMeshSocketClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

/* protocol: the program's own; with k the id in the handshake has base58 (k) behind it. k 0, or 1 to 10: else P2P_TABLE_ERROR_K */
P2P_EXPORT P2pChordSocket   *p2p_chord_socket_new (P2pProtocol *protocol, P2pIdentity *identity, const P2pLimits *limits, guint k, GError **error);
P2P_EXPORT guint             p2p_chord_socket_get_k (P2pChordSocket *self);
P2P_EXPORT gboolean          p2p_chord_socket_get_seeding (P2pChordSocket *self);
P2P_EXPORT P2pChordSeedState p2p_chord_socket_get_seed_state (P2pChordSocket *self);
P2P_EXPORT void              p2p_chord_socket_join (P2pChordSocket *self);
P2P_EXPORT void              p2p_chord_socket_join_async (P2pChordSocket *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean          p2p_chord_socket_join_finish (P2pChordSocket *self, GAsyncResult *result, GError **error);
P2P_EXPORT void              p2p_chord_socket_unjoin_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean          p2p_chord_socket_unjoin_finish (P2pChordSocket *self, GAsyncResult *result, GError **error);

/* ---- reading: P2P_TABLE_ERROR_{NOT_FOUND,NO_AGREEMENT,TIMED_OUT,NOBODY,UNSIGNED} ---- */
P2P_EXPORT void            p2p_chord_socket_get_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT void            p2p_chord_socket_get_text_async (P2pChordSocket *self, const char *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT GVariant       *p2p_chord_socket_get_finish (P2pChordSocket *self, GAsyncResult *result, GError **error);      /* transfer full */
P2P_EXPORT GVariant       *p2p_chord_socket_get_signed_finish (P2pChordSocket *self, GAsyncResult *result, char **author, GError **error);
/* Only what this node signed counts, of whatever age; else P2P_TABLE_ERROR_UNSIGNED */
P2P_EXPORT void            p2p_chord_socket_get_of_async (P2pChordSocket *self, GBytes *key, const char *author, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT GVariant       *p2p_chord_socket_get_with_fallback_finish (P2pChordSocket *self, GAsyncResult *result, GVariant *fallback, GError **error);
/* What each of the five places said, also when they do not agree */
P2P_EXPORT void            p2p_chord_socket_look_up_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT P2pChordLookup *p2p_chord_socket_look_up_finish (P2pChordSocket *self, GAsyncResult *result, GError **error); /* transfer full */
P2P_EXPORT void            p2p_chord_socket_look_up_of_async (P2pChordSocket *self, GBytes *key, const char *author, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT char           *p2p_chord_socket_dup_author (P2pChordSocket *self, GBytes *key);      /* who wrote it last, as he proved; nullable */
P2P_EXPORT gboolean        p2p_chord_socket_contains (P2pChordSocket *self, GBytes *key);        /* in the list of keys */
P2P_EXPORT gboolean        p2p_chord_socket_contains_text (P2pChordSocket *self, const char *key);
P2P_EXPORT GPtrArray      *p2p_chord_socket_get_keys (P2pChordSocket *self);                     /* transfer full: of GBytes */
/* P2pChordKey by the bytes of the keys, transfer none. Live; changes of a turn come together. */
P2P_EXPORT GListModel     *p2p_chord_socket_get_key_list (P2pChordSocket *self);
P2P_EXPORT void            p2p_chord_socket_get_items_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT GVariant       *p2p_chord_socket_get_items_finish (P2pChordSocket *self, GAsyncResult *result, GPtrArray **failed, GError **error);   /* a(ayv) */
P2P_EXPORT void            p2p_chord_socket_get_values_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT GVariant       *p2p_chord_socket_get_values_finish (P2pChordSocket *self, GAsyncResult *result, GPtrArray **failed, GError **error);  /* av */

/* ---- writing: an end without an error says that three places or more have it ---- */
P2P_EXPORT void       p2p_chord_socket_set_async (P2pChordSocket *self, GBytes *key, GVariant *value, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT void       p2p_chord_socket_set_text_async (P2pChordSocket *self, const char *key, GVariant *value, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean   p2p_chord_socket_set_finish (P2pChordSocket *self, GAsyncResult *result, guint *n_places, GError **error);
P2P_EXPORT void       p2p_chord_socket_delete_key_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean   p2p_chord_socket_delete_key_finish (P2pChordSocket *self, GAsyncResult *result, GError **error);
/* entries: a(ayv) or a{sv} */
P2P_EXPORT void       p2p_chord_socket_update_async (P2pChordSocket *self, GVariant *entries, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT GPtrArray *p2p_chord_socket_update_finish (P2pChordSocket *self, GAsyncResult *result, GError **error);       /* of P2pTableResult, in order */
/* The value that was deleted, transfer full */
P2P_EXPORT void       p2p_chord_socket_pop_async (P2pChordSocket *self, GBytes *key, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT GVariant  *p2p_chord_socket_pop_finish (P2pChordSocket *self, GAsyncResult *result, GError **error);
P2P_EXPORT GVariant  *p2p_chord_socket_pop_with_fallback_finish (P2pChordSocket *self, GAsyncResult *result, GVariant *fallback, GError **error);
P2P_EXPORT void       p2p_chord_socket_popitem_async (P2pChordSocket *self, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT gboolean   p2p_chord_socket_popitem_finish (P2pChordSocket *self, GAsyncResult *result, GBytes **key, GVariant **value, GError **error);
/* The merged map, transfer full */
P2P_EXPORT void       p2p_chord_socket_apply_delta_async (P2pChordSocket *self, GBytes *key, GVariant *map, guint timeout, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
P2P_EXPORT GVariant  *p2p_chord_socket_apply_delta_finish (P2pChordSocket *self, GAsyncResult *result, GError **error);

/* ---- the ring, as the originals name it. NULL: this socket itself, or (is_self FALSE) nobody. position: up to 64 bytes, big-endian ---- */
P2P_EXPORT P2pConnection *p2p_chord_socket_find       (P2pChordSocket *self, GBytes *position, gboolean *is_self);       /* transfer full */
P2P_EXPORT P2pConnection *p2p_chord_socket_find_prev  (P2pChordSocket *self, GBytes *position, gboolean *is_self);
P2P_EXPORT P2pConnection *p2p_chord_socket_get_next   (P2pChordSocket *self, gboolean *is_self);
P2P_EXPORT P2pConnection *p2p_chord_socket_get_prev   (P2pChordSocket *self, gboolean *is_self);
P2P_EXPORT GVariant      *p2p_chord_socket_dump_data  (P2pChordSocket *self, GBytes *start, GBytes *end);        /* a{sa(ayv)}, transfer full */
P2P_EXPORT GListModel    *p2p_chord_socket_get_ring   (P2pChordSocket *self);    /* of P2pChordMemberInfo, by place; transfer none */
P2P_EXPORT guint          p2p_chord_socket_get_n_values (P2pChordSocket *self);
P2P_EXPORT guint64        p2p_chord_socket_get_n_bytes  (P2pChordSocket *self);
P2P_EXPORT double         p2p_chord_socket_get_place  (P2pChordSocket *self);    /* [0, 1) */
P2P_EXPORT gboolean       p2p_chord_socket_get_arc    (P2pChordSocket *self, double *from, double *to);  /* FALSE: it holds none */
/* Whether the node that connection leads to stores; the originals say the opposite: leeching */
P2P_EXPORT gboolean       p2p_chord_socket_is_storing (P2pChordSocket *self, P2pConnection *connection);

/* What the signal record gave in an earlier run: before listen() */
P2P_EXPORT gboolean       p2p_chord_socket_restore (P2pChordSocket *self, GBytes *id, GBytes *record, GError **error);

G_END_DECLS
