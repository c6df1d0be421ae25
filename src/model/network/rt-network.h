/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-network-talk.h"
#include "model/people/rt-block.h"
#include "model/graph/rt-graph.h"
#include "model/identity/rt-identity.h"
#include "model/networks/rt-network-config.h"
#include "model/timeline/rt-message-item.h"
#include "model/timeline/rt-memory-timeline.h"
#include "model/people/rt-known-peer.h"
#include "model/ring/rt-ring.h"
#include "model/rt-settings.h"
#include "model/table/rt-table.h"

G_BEGIN_DECLS

/* rt-store-chat.h, rt-attachment.h */
typedef struct _RtStoreChat RtStoreChat;
typedef struct _RtAttachment RtAttachment;
typedef struct _RtTransfers RtTransfers;
typedef struct _RtPortMap RtPortMap;
typedef struct _RtCalls RtCalls;

typedef enum {
  RT_NETWORK_STOPPED,
  RT_NETWORK_STARTING,          /* reading its key, making its socket */
  RT_NETWORK_LOOKING,           /* up; nobody there yet */
  RT_NETWORK_CONNECTED,         /* n-peers of them */
  RT_NETWORK_FAILED,            /* error says why: port taken, no TLS, ... */
} RtNetworkState;

typedef enum {
  RT_SECRET_NONE,               /* whoever knows the name gets in */
  RT_SECRET_UNREAD,             /* there is one; it was not looked for in this run */
  RT_SECRET_KEPT,               /* it is known, and kept for the next run */
  RT_SECRET_UNKEPT,             /* it is known, and could not be kept: error says why */
  RT_SECRET_LOCKED,             /* the keyring does not give it */
  RT_SECRET_LOST,               /* it is nowhere, or what is there is none */
} RtSecretState;

/**
 * RtNetwork: a network that the person is in: a node with what was said in it.
 * Properties (readable; they notify): config, socket (P2pMeshSocket, NULL unless up), state, state-text (words, "3 peers"), error (words, nullable: the newest trouble worth showing, e.g.
 * "Wrong network name at 10.0.0.5:4444"), title (the subnet), n-peers, unread (guint; set to 0 by mark_read), unread-important (of them: private ones, and those that mention us), muted, timeline (RtTimelineSource),
 * user-name, clock-skew (gint64: seconds that our clock is ahead of the peers'; 0: fine, or not known), secret-state (RtSecretState: a private network that cannot have its secret does not begin, and says so).
 * What was said, what waits to be sent, drafts and read marks are kept by the store, and come back a moment after the network was made (chat-loaded), whether it is on or off; without a store they live in memory.
 * Signals: message-added (RtMessageItem: what is heard live, and what is written here), chat-loaded; caught-up (RtCatchUp), see rt-network-talk.h.
 */
#define RT_TYPE_NETWORK (rt_network_get_type ())
G_DECLARE_FINAL_TYPE (RtNetwork, rt_network, RT, NETWORK, GObject)

RtNetworkConfig  *rt_network_get_config (RtNetwork *self);
P2pMeshSocket    *rt_network_get_socket (RtNetwork *self);              /* nullable */
RtNetworkState    rt_network_get_state (RtNetwork *self);
const char       *rt_network_get_state_text (RtNetwork *self);
const char       *rt_network_get_error (RtNetwork *self);               /* nullable */
const char       *rt_network_get_title (RtNetwork *self);
const char       *rt_network_get_user_name (RtNetwork *self);
guint             rt_network_get_n_peers (RtNetwork *self);
guint             rt_network_get_unread (RtNetwork *self);
RtTimelineSource *rt_network_get_timeline (RtNetwork *self);
/* The table that it shares, NULL unless its kind is "sync" or "chord"; the same object for as long as it is. While it is off it can be read. */
RtTable          *rt_network_get_table (RtNetwork *self);
/* The ring that holds it, NULL unless its kind is "chord"; likewise. */
RtRing           *rt_network_get_ring (RtNetwork *self);
/* Of P2pConnection, those before their handshake after the established; empty while down; the same object for the network's life. */
GListModel       *rt_network_get_connections (RtNetwork *self);
/* Of RtKnownPeer: addresses known from config, the person, peers lists; those without a link, with the last failure in words. */
GListModel       *rt_network_get_known_peers (RtNetwork *self);
/* Our own addresses to tell a friend, best first: "192.168.1.5:4444". Empty while down. Transfer full. */
char            **rt_network_dup_own_addresses (RtNetwork *self);

/* Who the person is in it. NULL: it is the demonstration. Transfer none. */
RtIdentity       *rt_network_get_identity (RtNetwork *self);

/* ---- rt-network-secret.c ---- */
RtSecretState rt_network_get_secret_state (RtNetwork *self);
/* The secret of a private network, for a person to see; he may be asked for the password of the keyring. RT_STORE_ERROR_LOCKED, RT_STORE_ERROR_GONE, with words: it cannot be had. "": there is none (any more).
 * Transfer full: rt_secret_text_free(). */
void          rt_network_load_secret_async  (RtNetwork *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char         *rt_network_load_secret_finish (RtNetwork *self, GAsyncResult *result, GError **error);

void rt_network_start (RtNetwork *self);                                /* what became of it: state and error */
void rt_network_stop (RtNetwork *self);
void rt_network_mark_read (RtNetwork *self);
void rt_network_set_active (RtNetwork *self, gboolean active);          /* its chat is before the person's eyes: nothing becomes unread */
gboolean rt_network_get_active (RtNetwork *self);
/* FALSE: its chat is before his eyes, but he reads what is further up: what comes is unread until he is at the end again. TRUE at first. */
void rt_network_set_following (RtNetwork *self, gboolean following);
/* Adds the row at once and returns it (transfer none); its delivery changes as it goes. Empty or over 64 KiB text: NULL and an error.
 * Two equal texts in one second get distinct ids: the second leaves when the next second begins (RT_DELIVERY_SENDING until then). */
RtMessageItem *rt_network_send_text (RtNetwork *self, const char *text, GError **error);
/* Privately, to a node id, neighbour or not. */
RtMessageItem *rt_network_whisper_text (RtNetwork *self, const char *id, const char *text, GError **error);
/* The long form of both. recipient: NULL: to everybody. reply_to: the id of the message that it answers, nullable. attachment: nullable. It works while the network is off and while nobody is there: then it is queued, also over
 * a restart, and leaves once when somebody is there. */
RtMessageItem *rt_network_send (RtNetwork *self, const char *text, const char *recipient, GBytes *reply_to, RtAttachment *attachment, GError **error);
void     rt_network_retry (RtNetwork *self, RtMessageItem *item);       /* of all that did not go out; of QUEUED: now */
/* Of QUEUED, and of SENDING where it can be: out of the queue; stays as RT_DELIVERY_CANCELLED, which can be tried again. */
void     rt_network_cancel (RtNetwork *self, RtMessageItem *item);

/* ---- rt-network-unread.c ---- */
guint    rt_network_get_unread_important (RtNetwork *self);
/* The first message that the person has not seen: frozen when he comes to the page (set_active), until he comes the next time. FALSE: there was nothing unread. */
gboolean rt_network_get_first_unread (RtNetwork *self, RtTimelineKey *key);
char    *rt_network_dup_draft (RtNetwork *self);                        /* nullable, transfer full */
void     rt_network_set_draft (RtNetwork *self, const char *text);      /* of every keystroke, if one likes: it is written twice a second at most */
gboolean rt_network_get_muted (RtNetwork *self);
void     rt_network_set_muted (RtNetwork *self, gboolean muted);

/* ---- rt-network-chat.c ---- */
/* NULL: nothing is kept. Transfer none. */
RtStoreChat *rt_network_get_chat (RtNetwork *self);
gboolean     rt_network_get_chat_loaded (RtNetwork *self);
/* The row of a message by its id, transfer full; NULL without an error: it is not known here. */
void           rt_network_find_message_async  (RtNetwork *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtMessageItem *rt_network_find_message_finish (RtNetwork *self, GAsyncResult *result, GError **error);
/* The row of a key, for somebody who comes with one (a notification, a search): likewise. */
/* Sees to reply-state, reply-preview and reply-name of a row that answers another; does nothing when that is done or under way. Call it when the row is shown. */
void     rt_network_look_up_reply (RtNetwork *self, RtMessageItem *item);
void     rt_network_connect_async  (RtNetwork *self, const char *address, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean rt_network_connect_finish (RtNetwork *self, GAsyncResult *result, GError **error);
void     rt_network_disconnect (RtNetwork *self, P2pConnection *connection);
/* How it stands with an address that there is no link to. */
typedef struct {
  guint            attempts;            /* while the network was up this time */
  gint64           next_attempt;        /* UTC microseconds; 0: none is planned */
  gboolean         dialling;
  gboolean         given_up;            /* not tried any more by itself */
  P2pAddressSource source;              /* who named it */
} RtStanding;
/* FALSE: nobody knows the address, or the network is off. */
gboolean rt_network_get_standing (RtNetwork *self, const char *address, RtStanding *standing);
/* "tried 3 times · tries again in 12 s"; NULL: there is nothing to say. now: UTC microseconds. Transfer full. */
char    *rt_standing_dup_words (const RtStanding *standing, gint64 now);
/* How wrong our clock is, for a person; NULL: it is fine. Transfer full. */
char    *rt_clock_words (gint64 skew);
/* "2 minutes"; transfer full. */
char    *rt_span_words (gint64 seconds);
/* An address is known no more, unless it is one of the configuration, or there is a link to it. */
/* Somebody may be there: it is tried as what a neighbour names, in its turn, and whether it is this network the handshake finds out. FALSE: it is off. */
gboolean rt_network_offer_address (RtNetwork *self, const char *host, guint16 port);
gboolean rt_network_can_forget (RtNetwork *self, const char *address);
void     rt_network_forget (RtNetwork *self, const char *address);

/* ---- rt-network-blocks.c ---- */
/* Of RtBlock, the oldest first: whom the person wants nothing to do with here. The same object for the network's life. */
GListModel *rt_network_get_blocks (RtNetwork *self);
/* Property blocks-error: why it cannot be known who was blocked before, for a person: whoever it was is heard. NULL: it is known. */
const char *rt_network_get_blocks_error (RtNetwork *self);
RtBlock    *rt_network_find_block (RtNetwork *self, RtBlockKind kind, const char *what);        /* transfer none, nullable; what: nullable */
/* Twice is once. FALSE: it is the person himself, this computer, no id or address, or there are too many; the error has words for a person. */
gboolean    rt_network_block (RtNetwork *self, RtBlockKind kind, const char *what, GError **error);
void        rt_network_unblock (RtNetwork *self, RtBlock *block);
/* Where somebody is: by the link to him, or by what is known of him. NULL: that is not known. Transfer full. */
char       *rt_network_dup_host_of (RtNetwork *self, const char *id);

/* ---- rt-network-graph.c ---- */
/* Who is linked with whom, as far as we know, from the first time on that somebody asks for it. The same object for the network's life. */
RtGraph    *rt_network_get_graph (RtNetwork *self);
/* Asks the neighbours whom they know by now, and forgets what is too old: now and then, while somebody looks at it. */
void        rt_network_refresh_graph (RtNetwork *self);

/* ---- rt-network-cites.c ---- */
/* Of RtMessageItem: those kept here that cite the key (#key), the newest first, at most n; not the objects of the timeline. Transfer full. */
void         rt_network_find_cites_async  (RtNetwork *self, const char *key, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray   *rt_network_find_cites_finish (RtNetwork *self, GAsyncResult *result, GError **error);

/* ---- rt-network-settings.c ---- */
/* What the person wants of all networks; NULL: as by default. Transfer none. */
RtSettings  *rt_network_get_settings (RtNetwork *self);

/* ---- rt-network-ports.c ---- */
/* Its port at the router: the same object for the network's life. Transfer none. */
RtPortMap   *rt_network_get_port_map (RtNetwork *self);
/* Neighbours that come to us to see whether it can be done, and we to them: likewise. */
RtCalls     *rt_network_get_calls (RtNetwork *self);
/* There is something that can ask a router. */
gboolean     rt_network_can_map_port (RtNetwork *self);
/* The person wants it open, remembered as part of the configuration. */
void         rt_network_set_map_port (RtNetwork *self, gboolean map_port);
/* Who came to us since the node is up: UTC microseconds when somebody last did; 0: nobody. from_far: not out of a local network. */
gint64       rt_network_get_came_in (RtNetwork *self, gboolean from_far);
/* How long it has been up; 0: it is off. Microseconds. */
gint64       rt_network_get_up_time (RtNetwork *self);

/* ---- rt-network-transfers.c ---- */
/* Its files: the same object for the network's life. Transfer none. */
RtTransfers *rt_network_get_transfers (RtNetwork *self);

G_END_DECLS
