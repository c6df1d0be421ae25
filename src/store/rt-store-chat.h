/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store.h"

G_BEGIN_DECLS

/* Limits. Of what is over them the oldest goes first, and is gone; RtStoreChatState.n_gone says how many went. */
#define RT_STORE_CHAT_MESSAGES G_GUINT64_CONSTANT (2000000)             /* of a network */
#define RT_STORE_CHAT_BYTES (G_GUINT64_CONSTANT (2) << 30)              /* likewise: texts, bodies, files */
#define RT_STORE_CHAT_TEXT (64u * 1024)                                 /* of a text; the rest is cut off */
#define RT_STORE_CHAT_BODY (256u * 1024)                                /* of a body; a larger one is not kept */
#define RT_STORE_CHAT_FILE (16u * 1024)                                 /* of `file`; likewise */
#define RT_STORE_CHAT_PROOF 1024u                                       /* of `proof`; likewise */
#define RT_STORE_CHAT_WORDS 1024u                                       /* of names, ids and errors: the rest is cut off */
#define RT_STORE_CHAT_DRAFT (1024u * 1024)                              /* the rest is cut off */
#define RT_STORE_CHAT_RECEIPTS 1024u                                    /* of a message; later ones are not kept */
#define RT_STORE_CHAT_PEOPLE 4096u                                      /* the one not heard for longest goes */
#define RT_STORE_CHAT_GAPS 1000u
#define RT_STORE_CHAT_TAIL 60u
#define RT_STORE_CHAT_OUTBOX 1000u                                      /* the oldest are loaded */
#define RT_STORE_CHAT_PAGE 1000u                                        /* most messages in a page, on either side */
/* What waits in memory while nothing can be written: beyond it the oldest of others go; own ones always stay. */
#define RT_STORE_CHAT_WAITING_BYTES (64u * 1024 * 1024)
/* What is written together: so long, or so many, whichever comes first. */
#define RT_STORE_CHAT_MILLISECONDS 50u
#define RT_STORE_CHAT_BATCH 2000u
/* After one that failed: the disk may be full. */
#define RT_STORE_CHAT_RETRY_MILLISECONDS 5000u

/* Kept as numbers: never renumber */
typedef enum {
  RT_STORE_MESSAGE_OWN = 1 << 0,
  RT_STORE_MESSAGE_PRIVATE = 1 << 1,
  RT_STORE_MESSAGE_VALUES = 1 << 2,     /* not words: packets */
  RT_STORE_MESSAGE_TOLD = 1 << 3,       /* by somebody's history, not heard ourselves: teller */
  RT_STORE_MESSAGE_IMPORTED = 1 << 4,
  RT_STORE_MESSAGE_MENTION = 1 << 5,
  RT_STORE_MESSAGE_OUTBOX = 1 << 6,     /* own, and goes out yet (its delivery is queued or sending): what RtStoreChatState.outbox is of */
  RT_STORE_MESSAGE_VERIFIED = 1 << 7,   /* it is proved that the sender said it, by `proof` or by the link that it came on; stays when it was once */
  RT_STORE_MESSAGE_SEALED = 1 << 8,     /* it came or went so that nobody between could read it */
  RT_STORE_MESSAGE_UNSIGNED = 1 << 9,   /* nothing proved it when it came, though the sender's key was known */
  RT_STORE_MESSAGE_THROUGH = 1 << 10,   /* own and private: others passed it on */
} RtStoreMessageFlags;

typedef struct {
  gint64   row;                 /* unique in the store, of rt_store_chat_take_row(): the sequence of the timeline key */
  gint64   time;                /* place: UTC microseconds */
  gint64   sent;                /* UTC seconds that the message claims; 0: not sent */
  guint    flags;               /* RtStoreMessageFlags */
  char    *sender, *recipient, *teller; /* ids; nullable but sender */
  char    *sender_name;         /* as he called himself then; nullable */
  char    *text;                /* what is shown and searched */
  GBytes  *id;                  /* 32 bytes; NULL: never left */
  GBytes  *body;                /* the exact serialised body; NULL: not kept, or own and not sent */
  GBytes  *reply_to;            /* 32 bytes; nullable */
  GBytes  *file;                /* packed RtAttachment; nullable */
  GBytes  *proof;               /* of the sender, as p2p_message_verify() takes it; nullable */
  char    *via;                 /* id of the neighbour that brought it; nullable */
  guint    delivery;            /* RtDelivery */
  guint    n_links, n_attempts;
  gint64   next_try;            /* UTC microseconds, 0: none planned */
  char    *error;               /* words; nullable */
  /* What was read knows of receipts too, of own ones; not looked at when it is written. */
  guint    n_receipts;
  char   **receipts;            /* ids of the first three; NULL: none */
} RtStoreMessage;

RtStoreMessage *rt_store_message_new  (void);
RtStoreMessage *rt_store_message_copy (const RtStoreMessage *self);
void            rt_store_message_free (RtStoreMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoreMessage, rt_store_message_free)

typedef struct {
  char  *node;
  gint64 time;                  /* UTC microseconds */
} RtStoreReceipt;

void rt_store_receipt_free (RtStoreReceipt *self);

typedef struct {
  char  *id;
  char  *name;                  /* claimed; nullable */
  gint64 heard;                 /* UTC seconds */
  guint  flags;                 /* 1: a program of ours */
  GBytes *pub;                  /* his key, 32 bytes; nullable, and kept then as it is */
  gint64 known_since;           /* UTC seconds: it is known; 0: it is not, likewise */
  char  *petname;               /* what the person calls him; nullable */
  gint64 compared;              /* UTC seconds: the person compared keys with him; 0: never */
  char  *compared_name;         /* what he claimed then, "": nothing; nullable */
  gint64 name_since, petname_since;     /* UTC seconds: he claims that name, and is called so; 0: not known */
} RtStorePerson;

RtStorePerson *rt_store_person_new  (const char *id);
RtStorePerson *rt_store_person_copy (const RtStorePerson *self);
void           rt_store_person_free (RtStorePerson *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStorePerson, rt_store_person_free)

/* While the network was away or split: what was said then may be missing. */
typedef struct {
  gint64 from;                  /* UTC microseconds; what it is known by */
  gint64 until;                 /* likewise; 0: it is so still */
  guint64 kind;                 /* whatever the model makes of it; 63 bits */
} RtStoreGap;

/* What a network needs to begin. */
typedef struct {
  gint64     last_row, newest_time;
  guint64    n_messages;
  guint64    n_gone;                    /* that were over the limits, in all */
  gint64     read_time, read_row;       /* read mark: all was read that has a row up to this one, and a time up to this; 0: nothing */
  guint64    n_unread;                  /* behind the mark by either, neither own nor imported */
  guint64    n_unread_important;        /* of them: private, or with a mention */
  gint64     first_unread_time, first_unread_row;       /* key of the first of them; 0: there is none */
  char      *draft;                     /* nullable */
  gboolean   muted;
  gint64     last_seen;                 /* UTC seconds when the network was last up; 0: never */
  GPtrArray *tail;                      /* the newest RT_STORE_CHAT_TAIL, of RtStoreMessage, oldest first */
  GPtrArray *outbox;                    /* of RtStoreMessage with RT_STORE_MESSAGE_OUTBOX, oldest first */
  GPtrArray *people;                    /* of RtStorePerson, by id */
  GPtrArray *gaps;                      /* of RtStoreGap, by from */
} RtStoreChatState;

void rt_store_chat_state_free (RtStoreChatState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoreChatState, rt_store_chat_state_free)

/* Numbers as those of RtTimelineWhere */
typedef enum { RT_STORE_CHAT_PAGE_TAIL, RT_STORE_CHAT_PAGE_BEFORE, RT_STORE_CHAT_PAGE_AFTER, RT_STORE_CHAT_PAGE_AROUND } RtStoreChatWhere;

typedef struct {
  GPtrArray *messages;          /* of RtStoreMessage, oldest first */
  gboolean   has_before, has_after;
} RtStoreChatPage;

void rt_store_chat_page_free (RtStoreChatPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtStoreChatPage, rt_store_chat_page_free)

/**
 * RtStoreChat:
 *
 * What was said in one network, as it is kept. Writes are gathered (50 ms) and made together; those made with `now` go to the disk at once, and wait there until the disk
 * has them. What cannot be written because the disk is full or read-only stays in memory, is in every answer all the same, and is tried again every 5 seconds. Of the thread
 * of whoever made it; all work is done in the store's worker. The last reference writes what is left.
 * Property: error (words, nullable: the newest write failed; NULL again after one that did not). A message that is there already (same network, same id) is not added twice:
 * the first one stays.
 */
#define RT_TYPE_STORE_CHAT (rt_store_chat_get_type ())
G_DECLARE_FINAL_TYPE (RtStoreChat, rt_store_chat, RT, STORE_CHAT, GObject)

/* network: the uuid of one that the store has, or will have before the first write. */
RtStoreChat      *rt_store_chat_new (RtStore *store, const char *network);
const char       *rt_store_chat_get_network (RtStoreChat *self);
const char       *rt_store_chat_get_error (RtStoreChat *self);

/* First of all, in one job. Transfer full. */
void              rt_store_chat_load_async  (RtStoreChat *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtStoreChatState *rt_store_chat_load_finish (RtStoreChat *self, GAsyncResult *result, GError **error);
/* The next row. After a load that ended, however it did: one that failed gives rows that are free if the store is empty. */
gint64            rt_store_chat_take_row (RtStoreChat *self);
/* The newest that was taken, or could have been before this load. */
gint64            rt_store_chat_get_last_row (RtStoreChat *self);

void              rt_store_chat_add    (RtStoreChat *self, const RtStoreMessage *message, gboolean now);
/* By row: everything but row, time, sender and text is as here now. */
void              rt_store_chat_update (RtStoreChat *self, const RtStoreMessage *message, gboolean now);
/* Of a message that is kept, from this sender: it is verified. One that has a proof keeps it. */
void              rt_store_chat_set_proof (RtStoreChat *self, GBytes *id, const char *sender, GBytes *proof);
/* Of an own message that is kept, and of a private one by whom it was for; others are ignored. */
void              rt_store_chat_add_receipt (RtStoreChat *self, GBytes *id, const char *node, gint64 time);
/* All is read that came up to this row and stands up to this time. What is told of later stands further up, perhaps, and is not read for that. */
void              rt_store_chat_set_read (RtStoreChat *self, gint64 time, gint64 row);
void              rt_store_chat_set_draft (RtStoreChat *self, const char *text);        /* nullable */
void              rt_store_chat_set_muted (RtStoreChat *self, gboolean muted);
void              rt_store_chat_set_last_seen (RtStoreChat *self, gint64 seconds);
void              rt_store_chat_save_person (RtStoreChat *self, const RtStorePerson *person);
void              rt_store_chat_save_gap (RtStoreChat *self, const RtStoreGap *gap);
/* What is older (UTC microseconds) goes, now and from now on, a thousand at a time; 0: nothing is too old. What waits in the outbox stays for as long as something older than it does. */
void              rt_store_chat_keep_since (RtStoreChat *self, gint64 since);
/* All that was asked for before is written, or could not be. */
void              rt_store_chat_flush_async  (RtStoreChat *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean          rt_store_chat_flush_finish (RtStoreChat *self, GAsyncResult *result, GError **error);
/* Hands what is left to the worker at once: before the store is closed. */
void              rt_store_chat_hurry (RtStoreChat *self);

/* How many are kept, and about how many of them are before a key: what is known in memory, nothing is asked. */
guint64           rt_store_chat_count (RtStoreChat *self);
guint64           rt_store_chat_rank (RtStoreChat *self, gint64 time, gint64 row);

/* Around: n on either side, and the row itself. What waits to be written is in it. Transfer full. */
void              rt_store_chat_page_async  (RtStoreChat *self, RtStoreChatWhere where, gint64 time, gint64 row, guint n, GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data);
RtStoreChatPage  *rt_store_chat_page_finish (RtStoreChat *self, GAsyncResult *result, GError **error);
/* NULL without an error: not there. Transfer full. */
void              rt_store_chat_find_async  (RtStoreChat *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtStoreMessage   *rt_store_chat_find_finish (RtStoreChat *self, GAsyncResult *result, GError **error);
/* Of RtStoreReceipt, the first first. Transfer full. */
void              rt_store_chat_receipts_async  (RtStoreChat *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray        *rt_store_chat_receipts_finish (RtStoreChat *self, GAsyncResult *result, GError **error);
/* What was said to everybody and has a body, by places of from to until (UTC seconds, inclusive), at most n of together max_bytes (of bodies; but one in any case). behind_id:
 * after that message (when it is not there: from behind_time, the second, on); NULL: from the beginning. has_after: there is more. Transfer full. */
void              rt_store_chat_history_async  (RtStoreChat *self, gint64 from, gint64 until, gint64 behind_time, GBytes *behind_id, guint n, gsize max_bytes,
                                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtStoreChatPage  *rt_store_chat_history_finish (RtStoreChat *self, GAsyncResult *result, GError **error);
/* The newest n messages in which "#key" is, as words; of RtStoreMessage, newest first. Transfer full. */
void              rt_store_chat_cites_async  (RtStoreChat *self, const char *key, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray        *rt_store_chat_cites_finish (RtStoreChat *self, GAsyncResult *result, GError **error);

G_END_DECLS
