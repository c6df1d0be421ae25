/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-network.h"
#include "model/identity/rt-identities.h"
#include "store/rt-store-chat.h"
#include "model/networks/rt-network-config-private.h"
#include "model/timeline/rt-message-item-private.h"
#include "model/table/rt-table-kept.h"
#include "model/rt-timer.h"
#include "model/reach/rt-calls.h"
#include "model/reach/rt-port-map.h"

G_BEGIN_DECLS

/* An address of the network, and what becomes of it. Who is dialled when is the node's own business. */
typedef struct {
  RtNetwork   *network;         /* not owned: the network owns this */
  char        *address;
  char        *host;
  guint16      port;
  RtKnownPeer *peer;
  P2pKnownAddress *entry;       /* the same in the address book of the node; NULL: it is off, or does not know it */
  guint        configured : 1;  /* the person wants a link to it: tried until there is one */
  guint        dialling : 1;    /* because the person said so */
  guint        noted : 1;       /* the failure of the last attempt is noted; the socket may tell of it once more */
  guint        linked : 1;      /* by what the book says */
  guint        in_store : 1;
  guint        offered : 1;     /* somebody in the local network claims it */
} RtKnownAddress;

/* rt-network-talk-private.h */
typedef struct _RtTalk RtTalk;
typedef struct _RtDemo RtDemo;

struct _RtNetwork {
  GObject           parent_instance;

  RtNetworkConfig  *config;
  gint64            position;           /* among the networks of the store */
  RtStore          *store;
  char             *folder;
  char             *user_name;
  RtSettings       *settings;           /* rt-network-settings.c; NULL: everything as by default */
  guint             age_timer;
  char             *node_id;            /* the newest known, kept while it is off */
  RtIdentities     *identities;         /* rt-network-key.c; NULL: it has the key that it was given */
  gboolean          ephemeral;          /* there is no place to keep a key: one in memory */
  GBytes           *ephemeral_seed;
  GBytes           *seed;               /* rt-network-socket.c; NULL: its key is in a file */
  RtSecretState     secret_state;       /* rt-network-secret.c */
  P2pSecret        *secret;             /* while a socket is being made */
  char             *secret_trouble;     /* why it is not kept, or not forgotten, in the words of error */

  RtNetworkState    state;
  char             *state_text;
  char             *error;
  char             *error_address;      /* whose link would clear it */
  gboolean          error_lasting;      /* worth the place of the state's words while nobody is there */

  P2pMeshSocket    *socket;
  P2pMeshSocket    *opening;            /* made, and not yet up */
  GCancellable     *starting;
  guint             listen_timer;
  guint             n_peers;

  GListStore       *connections;        /* the two lists of the socket, one after the other */
  guint             n_established;
  GListStore       *known_shown;
  GPtrArray        *known;              /* of RtKnownAddress, in the order in which they came */
  guint             show_timer;
  gint64            clock_skew;

  RtTable          *table;              /* NULL: nobody looks at it */
  RtTableKept      *table_source;       /* of the newest socket, which may be off */
  RtStoreTable     *table_store;
  char             *table_trouble;      /* why it is not kept, in the words of error */
  RtRing           *ring;               /* NULL: its kind is another */
  P2pChordSocket   *leaving;            /* off for the person; hands over what it stored */
  GPtrArray        *left_tasks;         /* of GTask: who waits until it has */

  /* rt-network-ports.c */
  RtCalls          *calls;
  RtPortBackend    *port_backend;       /* NULL: not chosen yet */
  gboolean          port_forced;        /* a test chose it: what listens at loopback has a port, too */
  RtPortMap        *port_map;           /* NULL: nobody asked for it */
  char             *seen_at;            /* where neighbours saw us last, this time; NULL: nobody said */
  guint             port_timer;         /* while somebody waits until the port is closed */
  gboolean          port_given_up;      /* it was waited for long enough */
  gint64            up_since;           /* monotonic; 0: it is off */
  gint64            came_in, came_from_far;     /* UTC microseconds, when somebody last did while it was up this time; 0: nobody */

  RtTimelineSource *timeline;           /* RtStoreTimeline, or RtMemoryTimeline where there is no store */
  RtStoreChat      *chat;               /* NULL: nothing is kept */
  RtStoreChatState *chat_state;         /* as it was found; NULL: not loaded, or nothing is kept */
  gboolean          chat_loaded;
  gboolean          begin_waits;        /* for that */
  char             *files_trouble;      /* likewise, of what is offered */
  char             *chat_trouble;       /* why it is not kept, in the words of error */
  guint             draft_timer, read_timer;
  gboolean          misses_originals;   /* a row answers one that was not to be found */
  guint             unread, unread_important;
  gboolean          muted;
  char             *draft;
  RtTimelineKey     first_unread;       /* of those counted; time 0: none */
  gint64            read_row;           /* of the read mark: what came until then was read */
  RtTimelineKey     shown_unread;       /* the same as it was when the person came */
  guint             unread_timer;
  gint64            unread_told;        /* monotonic */
  gboolean          active, is_behind;  /* before the person's eyes; but he reads what is further up */
  gint64            newest_time;
  GHashTable       *sender_clocks;      /* by id: how old their messages are when they come */
  gint64            sequence;

  RtDemo           *demo;               /* rt-network-demo.c; NULL: it is a network as others, or was never up */
  RtTransfers      *transfers;          /* rt-network-transfers.c; NULL: nobody asked for it, and the network was never up */
  RtGraph          *graph;              /* rt-network-graph.c; NULL: nobody asked for it */
  guint             graph_timer;
  GListStore       *blocks;             /* of RtBlock, the oldest first; rt-network-blocks.c */
  GHashTable       *blocks_by_key;      /* not owned */
  char             *blocks_error;       /* why those of earlier lives are not among them; NULL: they are */
  /* rt-network-talk.c, rt-network-catch-up.c */
  RtPeople         *people;
  GListStore       *gaps;               /* of RtGap, the oldest first */
  RtTalk           *talk;

  GQueue            outbox;             /* of RtOutgoing, in the order in which they were written */
  guint             outbox_timer;
  gboolean          pumping, pump_again;
  const char       *outbox_abandoned;   /* before it was loaded: why */
  GQueue            sent;               /* of SentKey, the oldest first */
  GHashTable       *sent_keys;          /* not owning */
};

/* ---- rt-network.c ---- */
RtNetwork *rt_network_new (RtStore *store, const char *folder, RtNetworkConfig *config);
void       rt_network_set_user_name (RtNetwork *self, const char *name);
/* Takes over an edited configuration of the same network; the caller has checked it. */
void       rt_network_set_config (RtNetwork *self, RtNetworkConfig *config);
void       rt_network_fail (RtNetwork *self, const char *words);
/* Goes on with the start: this is who the person is, and the secret is there if there has to be one. */
void       rt_network_open_socket (RtNetwork *self, GBytes *seed);
/* address: of whom it is about; NULL: of ourselves. lasting: says more than that we are looking for peers. */
void       rt_network_set_error (RtNetwork *self, const char *words, const char *address, gboolean lasting);
void       rt_network_clear_error_of (RtNetwork *self, const char *address);
/* An error about an address that the person did not name: of no interest once there is a link. */
void       rt_network_clear_foreign_error (RtNetwork *self);
void       rt_network_update_state (RtNetwork *self);
void       rt_network_notify_config (RtNetwork *self);
/* After the count, the mute or the draft changed: rt-network.c knows the properties. */
void       rt_network_notify_unread (RtNetwork *self);
void       rt_network_notify_muted (RtNetwork *self);

void       rt_network_notify_secret (RtNetwork *self);

/* The socket that is being opened is ready to be heard. trouble (nullable): what could not be had of its table. */
void       rt_network_listen (RtNetwork *self, const char *trouble);

/* ---- rt-network-key.c ---- */
/* Once, before it starts. */
void rt_network_set_identities (RtNetwork *self, RtIdentities *identities);
/* Ends in rt_network_begin_secret() or rt_network_fail(), unless it is cancelled. */
void rt_network_load_key (RtNetwork *self);
void rt_network_ask_again (RtNetwork *self);

/* ---- rt-network-secret.c ---- */
void     rt_network_init_secret (RtNetwork *self);
void     rt_network_free_secret (RtNetwork *self);
/* Ends in rt_network_open_socket() or rt_network_fail(), unless it is cancelled. */
void     rt_network_begin_secret (RtNetwork *self, GBytes *seed);
/* FALSE: it has to have one, and there is none. */
gboolean rt_network_give_secret (RtNetwork *self, P2pMeshSocket *socket, GError **error);
/* That of the configuration is written down. */
void     rt_network_keep_secret (RtNetwork *self);
/* The configuration is another: before anybody looks at it, and when it counts. */
void     rt_network_carry_secret (RtNetwork *self, RtNetworkConfig *old);
void     rt_network_change_secret (RtNetwork *self, RtNetworkConfig *old);
/* The network is left. */
void     rt_network_forget_secret_async  (RtNetwork *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean rt_network_forget_secret_finish (RtNetwork *self, GAsyncResult *result, GError **error);

/* ---- rt-network-table.c ---- */
/* Ends in rt_network_listen(), unless it is cancelled. */
void rt_network_restore_table (RtNetwork *self, P2pMeshSocket *socket, GCancellable *cancellable);
void rt_network_show_table (RtNetwork *self, const char *refusal);
void rt_network_forget_table (RtNetwork *self);
/* What is to be kept of it is on its way to the disk. */
void rt_network_hurry_table (RtNetwork *self);
void rt_network_free_table (RtNetwork *self);

/* ---- rt-network-ring.c ---- */
/* The node is up, or down (NULL), or is another. */
void rt_network_show_ring (RtNetwork *self, P2pMeshSocket *socket);
/* The configuration says something else. */
void rt_network_update_ring (RtNetwork *self);
/* Takes the socket, which the network has no more: it hands over what it stores, and is closed. */
void rt_network_leave_ring (RtNetwork *self, P2pMeshSocket *socket);
/* At once: the network begins anew. */
void rt_network_end_leaving (RtNetwork *self);
void rt_network_left_async (RtNetwork *self, GAsyncReadyCallback callback, gpointer user_data);
void rt_network_left_finish (RtNetwork *self, GAsyncResult *result);
/* Who waits is told, if nothing is left to wait for. */
void rt_network_check_left (RtNetwork *self);
void rt_network_free_ring (RtNetwork *self);
/* A node that stored for others hands over for so long at most, when it goes. */
/* A time that far ahead was a clock gone wrong: what is said now does not wait for it. */
#define RT_NETWORK_MAX_AHEAD (G_GINT64_CONSTANT (24) * 60 * 60 * G_USEC_PER_SEC)
#define RT_NETWORK_LEAVE_MILLISECONDS 5000u

/* ---- rt-network-ports.c ---- */
/* The port of the socket is open at the router, if the person wants that; up or down, or another configuration. */
void     rt_network_update_ports (RtNetwork *self);
/* Of the router, as others are told of it; NULL: of none. */
const char *rt_network_get_router_host (RtNetwork *self);
/* Neighbours outside of the local network agree that we come from there. */
void     rt_network_note_seen_at (RtNetwork *self, const char *host);
void     rt_network_note_incoming (RtNetwork *self, P2pConnection *connection);
/* The port is being closed, and is waited for. */
gboolean rt_network_waits_for_ports (RtNetwork *self);
void     rt_network_free_ports (RtNetwork *self);
/* For tests, before anything asks for the map. */
void     rt_network_set_port_backend (RtNetwork *self, RtPortBackend *backend);
/* A router has so long to close a port, when the person leaves; it would close it by itself, when its lease is over. */
#define RT_NETWORK_PORT_MILLISECONDS 3000u

/* ---- rt-network-socket.c ---- */
/* The node of what it is configured for. */
P2pMeshSocket *rt_network_make_socket (RtNetwork *self, GBytes *seed, GError **error);
/* Of one of the demonstration's peers, once, before it starts: this is its key (32 bytes), and nothing of it is kept but in memory, max_items rows of its chat. */
void           rt_network_live_in_memory (RtNetwork *self, GBytes *seed, guint max_items);

/* ---- rt-network-demo.c ---- */
/* The node is up, or down (NULL): so are those of the demonstration, if it is that. */
void           rt_network_show_demo (RtNetwork *self, P2pMeshSocket *socket);
void           rt_network_free_demo (RtNetwork *self);
RtDemo        *rt_network_get_demo  (RtNetwork *self);         /* nullable */
gboolean       rt_network_is_demo   (RtNetwork *self);

/* ---- rt-network-known.c ---- */
void            rt_known_address_free (gpointer data);
RtKnownAddress *rt_network_find_known (RtNetwork *self, const char *address);
RtKnownAddress *rt_network_add_known (RtNetwork *self, const char *host, guint16 port);         /* or finds it */
void            rt_network_note_failure (RtNetwork *self, RtKnownAddress *known, const char *words, const char *source);
void            rt_network_note_seen (RtNetwork *self, const char *host, guint16 port, const char *id);
/* The link that there is to the address, by what the peer says, by where the socket leads, or by the node. */
P2pConnection  *rt_network_find_link (RtNetwork *self, RtKnownAddress *known);
void            rt_network_show_known (RtNetwork *self);
void            rt_network_set_clock_skew (RtNetwork *self, gint64 skew);
void            rt_network_take_config_peers (RtNetwork *self);
void            rt_network_load_known (RtNetwork *self);
void            rt_network_set_entry (RtKnownAddress *known, P2pKnownAddress *entry);        /* entry: nullable */

/* So many addresses at most, apart from those of the configuration. */
#define RT_NETWORK_MAX_KNOWN 256u

/* ---- rt-network-graph.c ---- */
/* The socket is up, or about to go (NULL); its handlers go with those of the links. */
void rt_network_show_graph (RtNetwork *self, P2pMeshSocket *socket);
void rt_network_free_graph (RtNetwork *self);

/* ---- rt-network-blocks.c ---- */
void rt_network_init_blocks (RtNetwork *self);
void rt_network_free_blocks (RtNetwork *self);
void rt_network_load_blocks (RtNetwork *self);
/* socket: of this network, nullable: it knows them before anybody is heard. */
void rt_network_tell_blocks (RtNetwork *self, P2pMeshSocket *socket);
/* Others are among the people now. */
void rt_network_show_blocks (RtNetwork *self);
/* As if it had not been. */
void rt_network_take_block_back (RtNetwork *self, RtBlock *block);

/* ---- rt-network-settings.c ---- */
/* Once, before anything of it is open. settings: nullable. */
void     rt_network_set_settings (RtNetwork *self, RtSettings *settings);
void     rt_network_free_settings (RtNetwork *self);
/* The chat is open: what is older than is to be kept goes. */
void     rt_network_begin_age (RtNetwork *self);
/* what: a boolean property of RtSettings. */
gboolean rt_network_wants (RtNetwork *self, const char *what);

/* ---- rt-network-standing.c ---- */
/* The node's own address book and clock, from its start to its end. */
void rt_network_begin_standing (RtNetwork *self);
void rt_network_end_standing (RtNetwork *self);
P2pKnownAddress *rt_network_find_entry (RtNetwork *self, const char *host, guint16 port);   /* NULL: the network is off, or it is not known */

/* ---- rt-network-links.c ---- */
void rt_network_begin_links (RtNetwork *self);
void rt_network_end_links (RtNetwork *self);

/* ---- rt-network-talk.c ---- */
void rt_network_init_talk (RtNetwork *self);
void rt_network_free_talk (RtNetwork *self);
/* The socket is up: before begin_links(). About to go: before end_links(). */
void rt_network_begin_talk (RtNetwork *self);
void rt_network_end_talk (RtNetwork *self);
void rt_network_update_own_name (RtNetwork *self);
/* In another life of the node, not long ago. */
gboolean rt_network_was_heard_before (RtNetwork *self, P2pMessage *message);
/* The configuration is that of another network now. */
void rt_network_change_talk (RtNetwork *self);
/* What was kept of the chat is here; NULL: nothing is kept. Once, before chat-loaded. */
void rt_network_talk_loaded (RtNetwork *self, const RtStoreChatState *state);
/* Names, and the reply that came ahead of a message; part of rt_network_prepare_item(). */
void rt_network_prepare_talk (RtNetwork *self, RtMessageItem *item, P2pMessage *message);
/* Part of rt_network_dup_frames(). Transfer full, nullable. */
P2pAppFrame *rt_network_dup_reply_frame (RtNetwork *self, RtMessageItem *item);

/* ---- rt-network-messages.c ---- */
/* via: the id of the neighbour that brought it; nullable. */
void rt_network_take_message (RtNetwork *self, P2pMessage *message, const char *via);
void rt_network_free_messages (RtNetwork *self);

/* ---- rt-network-outbox.c ---- */
/* So many can wait. */
#define RT_NETWORK_MAX_OUTBOX RT_STORE_CHAT_OUTBOX
void rt_network_queue_message (RtNetwork *self, RtMessageItem *item, gboolean kept);   /* kept: the store has the row */
/* Of those that the store had: whatever could have left is not sent again. */
void rt_network_restore_outbox (RtNetwork *self, GPtrArray *stored);
/* Somebody came, or it may be time. */
void rt_network_pump_outbox (RtNetwork *self);
/* The node was heard: what waits for it is tried again. */
void rt_network_note_reachable (RtNetwork *self, const char *id);
/* Its recipient says that he has it. */
void rt_network_note_arrived (RtNetwork *self, RtMessageItem *item);
/* The socket is gone: what waits goes on waiting. */
void rt_network_end_outbox (RtNetwork *self);
/* What waits was written for another network (elsewhere), or by somebody else: it is not sent in this one unless the person says so. */
void rt_network_abandon_outbox (RtNetwork *self, gboolean elsewhere);
void rt_network_free_outbox (RtNetwork *self);

/* ---- rt-network-sent.c: texts of a second ---- */
gboolean rt_network_was_sent_in (RtNetwork *self, RtMessageItem *item, gint64 second);
void     rt_network_remember_sent (RtNetwork *self, RtMessageItem *item, gint64 second);
void     rt_network_free_sent (RtNetwork *self);

/* ---- rt-network-chat.c ---- */
/* The store is open: what was said is kept, and comes back. */
void rt_network_open_chat (RtNetwork *self);
/* What was kept is here: the node may be heard. */
void rt_network_end_load (RtNetwork *self);
/* What waits to be written goes to the disk. */
void rt_network_hurry_chat (RtNetwork *self);
/* Nothing is kept from now on. */
void rt_network_free_chat (RtNetwork *self);
/* The number of a new row. */
gint64 rt_network_take_row (RtNetwork *self);
/* The rows that somebody holds, and their changes. */
void rt_network_add_item (RtNetwork *self, RtMessageItem *item);                /* shows and keeps it */
void rt_network_add_outgoing (RtNetwork *self, RtMessageItem *item);            /* shows it; the outbox keeps it */
/* It is told of only now: rows that answer it may have looked for it in vain. */
void rt_network_note_original (RtNetwork *self, RtMessageItem *original);
void rt_network_show_original (RtNetwork *self, RtMessageItem *item, RtMessageItem *original);   /* in the row that answers it */
void rt_network_tell_item (RtNetwork *self, RtMessageItem *item);               /* shows what changed */
void rt_network_save_item (RtNetwork *self, RtMessageItem *item, gboolean outbox, gboolean now);
GPtrArray     *rt_network_dup_held (RtNetwork *self);                           /* of RtMessageItem; transfer full */
RtMessageItem *rt_network_find_held (RtNetwork *self, GBytes *id);              /* transfer none */
/* Likewise; where nothing is kept, among so many of the newest. */
RtMessageItem *rt_network_find_newest (RtNetwork *self, GBytes *id, guint among);
void rt_network_emit_chat_loaded (RtNetwork *self);     /* rt-network.c */
void rt_network_begin_waiting (RtNetwork *self);        /* likewise: the start that waited for it */
void rt_network_notify_timeline (RtNetwork *self);      /* likewise */

/* It came about out of what others say beside the text: each finds the row, wherever it is, and what is kept of it. */
void rt_network_note_receipt (RtNetwork *self, GBytes *id, const char *node, gint64 time);    /* time: UTC seconds */
void rt_network_note_reply (RtNetwork *self, GBytes *id, GBytes *to);
/* Out of somebody's history, by catch-up: each in its place, once. It is not counted as unread, and no message-added. */
typedef struct {
  P2pMessage *message;          /* to everybody; others are left out */
  gint64      heard;            /* UTC seconds: its place */
  GBytes     *reply;            /* nullable */
  GBytes     *proof;            /* nullable, and not checked */
} RtTold;
RtTold    *rt_told_new  (P2pMessage *message, gint64 heard, GBytes *reply, GBytes *proof);
void       rt_told_free (RtTold *told);
/* told: of RtTold, is kept. */
void       rt_network_take_told_async  (RtNetwork *self, GPtrArray *told, const char *teller, GAsyncReadyCallback callback, gpointer user_data);
/* Of RtMessageItem: those that were not known, as they were told. Transfer full. */
GPtrArray *rt_network_take_told_finish (RtNetwork *self, GAsyncResult *result, GError **error);

/* ---- rt-network-trust.c ---- */
/* Nothing proves it, though its sender's key is known. */
gboolean rt_network_is_unsigned (RtNetwork *self, P2pMessage *message);
/* Whether this proves that its sender said it. proof: whatever somebody told. */
gboolean rt_network_check_proof (RtNetwork *self, P2pMessage *message, GBytes *proof);
/* A message that is known is proved: its row, and what is kept of it. */
void     rt_network_note_proof  (RtNetwork *self, GBytes *id, const char *sender, GBytes *proof);

/* ---- rt-network-called.c ---- */
/* What a row calls who wrote it; kept: as he called himself then, nullable. word: what must stand beside it, transfer full, nullable. Transfer full. */
char *rt_network_dup_sender_name (RtNetwork *self, const char *sender, const char *kept, char **word);
/* Somebody is called otherwise now: his rows that are looked at are told, soon, together with those of others. */
void rt_network_note_name (RtNetwork *self, const char *id);

/* ---- rt-network-claims.c: for what anybody may say of any message ---- */
/* As rt_network_find_held(), which costs nothing. */
RtMessageItem *rt_network_find_claimed (RtNetwork *self, GBytes *id);
/* As rt_network_find_message_async(). FALSE: it is not looked for, because too many are; the callback is not called. */
gboolean       rt_network_find_claimed_async (RtNetwork *self, GBytes *id, GAsyncReadyCallback callback, gpointer user_data);

/* ---- rt-network-unread.c ---- */
void rt_network_count_unread (RtNetwork *self, RtMessageItem *item);
void rt_network_count_unread_block (RtNetwork *self, GPtrArray *items);         /* of RtMessageItem: what catch-up brought */
/* As the store knows it; ends in rt_network_end_load(). */
void rt_network_restore_unread (RtNetwork *self);
/* What is read by now, and what was typed. */
void rt_network_hurry_unread (RtNetwork *self);
void rt_network_free_unread (RtNetwork *self);

/* ---- rt-network-hooks.c: where the other parts of the network have a say in its rows ---- */
/* Of every row that is made, heard (message: not NULL), written or out of the store: names, the reply and the attachment that travelled ahead of it. Before anybody sees the row. */
void rt_network_prepare_item (RtNetwork *self, RtMessageItem *item, P2pMessage *message);
/* What goes out with an own message: P2pAppFrame made with about == NULL. Transfer full; NULL: nothing. */
GPtrArray *rt_network_dup_frames (RtNetwork *self, RtMessageItem *item);
/* As it is kept: rt_message_item_set_file(). Transfer full, nullable. */
GBytes *rt_network_pack_attachment (RtNetwork *self, RtAttachment *attachment);

/* ---- rt-network-transfers.c ---- */
/* The node is up, or down (NULL). */
void rt_network_show_transfers (RtNetwork *self, P2pMeshSocket *socket);
void rt_network_free_transfers (RtNetwork *self);
/* It is another network now: nothing is offered any more. */
void rt_network_withdraw_files (RtNetwork *self);
/* The person leaves it. */
void rt_network_remove_files (RtNetwork *self);
/* A message that brings a file waits to be sent. */
void rt_network_keep_file (RtNetwork *self, RtMessageItem *item);
void rt_network_note_dealings (RtNetwork *self, RtMessageItem *item);
/* What rt-network-hooks.c asks for. */
void rt_network_prepare_file (RtNetwork *self, RtMessageItem *item, P2pMessage *message);
void rt_network_add_file_frame (RtNetwork *self, RtMessageItem *item, GPtrArray *frames);

/* ---- rt-network-words.c ---- */
/* What an error means for a person. address: nullable. Transfer full. */
char    *rt_words_for_error (const GError *error, const char *address);
/* Says more about the network than that somebody is not there. */
gboolean rt_error_is_lasting (const GError *error);
/* Only a link that we opened can fail so. */
gboolean rt_error_is_of_dial (const GError *error);

G_END_DECLS
