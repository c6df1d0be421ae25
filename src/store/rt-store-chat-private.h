/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-store-chat.h"
#include "rt-store-writer.h"

G_BEGIN_DECLS

/* The last time that a place in the index of words can be made of: in the year 2255. */
#define RT_STORE_LAST_TIME ((G_GINT64_CONSTANT (1) << 53) - 1)
#define RT_STORE_PLACE_SHIFT 10
/* Rows of chats that could not be loaded begin here; those of others are below it. */
#define RT_STORE_ROWS_IN_NEED (G_GINT64_CONSTANT (1) << 56)
/* Each load of a chat gets so many rows: what it writes is never in the way of another one. */
#define RT_STORE_ROWS (G_GINT64_CONSTANT (1) << 28)
#define RT_STORE_HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

/* At most length bytes, and whole characters. Takes the text, which is nullable. */
char             *rt_store_cut (char *text, gsize length);
RtStoreMessage   *rt_store_message_copy_bounded (const RtStoreMessage *message);
gsize             rt_store_message_get_weight (const RtStoreMessage *self);
int               rt_store_message_compare (const RtStoreMessage *self, gint64 time, gint64 row);
/* Behind a read mark: it came after it (rows are taken as they come, but for those in need), wherever its time puts it, or stands after it. */
gboolean          rt_store_is_unread (gint64 flags, gint64 time, gint64 row, gint64 read_time, gint64 read_row);
RtStoreChatState *rt_store_chat_state_new (void);
RtStoreChatPage  *rt_store_chat_page_new (void);

/* How many messages are in an hour; sorted by it. */
typedef struct {
  gint64  hour;
  gint64  n;
  guint64 before;               /* those of the hours before, as far as it is known */
} RtStoreHour;

/* A message that waits to be written. */
typedef struct {
  RtStoreMessage *message;
  gboolean        is_new;       /* not an update of one that is there */
} RtStoreWaiting;

typedef struct {
  GBytes *id;
  char   *node;
  gint64  time;
} RtStoreNewReceipt;

typedef struct {
  GBytes *id;
  char   *sender;
  GBytes *proof;
} RtStoreNewProof;

/* What is written together. */
typedef struct {
  char       *network;
  GPtrArray  *messages;         /* of RtStoreWaiting, in the order in which they came */
  GHashTable *by_row;           /* gint64 -> RtStoreWaiting, not owning */
  GHashTable *by_id;            /* GBytes -> RtStoreWaiting, likewise; of new ones */
  gsize       weight;
  GPtrArray  *receipts;         /* of RtStoreNewReceipt */
  GPtrArray  *proofs;           /* of RtStoreNewProof */
  GHashTable *people;           /* char -> RtStorePerson */
  GArray     *gaps;             /* of RtStoreGap */
  gboolean    sets_read, sets_draft, sets_muted, sets_last_seen;
  gint64      read_time, read_row, last_seen;
  char       *draft;
  gboolean    muted;
  gboolean    durable;          /* with it in it the disk is waited for */
  guint64     max_messages, max_bytes;
  gint64      keep_since;       /* what is older goes; 0: nothing does */
  gboolean    looks;            /* whether something is older */
  /* What came of it. */
  GArray     *less;             /* of RtStoreHour: messages that were not added, or went */
  gboolean    more;             /* too old ones are left */
} RtStoreChatBatch;

RtStoreChatBatch *rt_store_chat_batch_new (const char *network);
void              rt_store_chat_batch_free (gpointer self);
guint             rt_store_chat_batch_count (gpointer self);    /* of everything in it */
RtStoreWaiting   *rt_store_chat_batch_put (RtStoreChatBatch *self, RtStoreMessage *message, gboolean is_new);   /* takes the message; the newest of a row counts */
/* Failed was not written; what newer has come since wins. Takes failed. */
void              rt_store_chat_batch_put_back (gpointer newer, gpointer failed);
/* Takes the oldest of others away until it weighs no more than that. How many went. */
guint             rt_store_chat_batch_bound (RtStoreChatBatch *self, gsize weight);

struct _RtStoreChat {
  GObject           parent_instance;
  RtStore          *store;
  char             *network;
  RtStoreWriter    *writer;             /* of RtStoreChatBatch; NULL: it is disposed of */
  gint64            next_row;
  guint64           n_messages;
  gint64            newest_time;
  GArray           *hours;              /* of RtStoreHour */
  guint             n_summed;           /* of which `before` is right */
  guint64           max_messages, max_bytes;
  gint64            keep_since;
  gsize             max_waiting;
};

typedef struct {
  char            *network;
  RtStoreChatWhere where;
  gint64           time, row;
  guint            n;
  GBytes          *id;
  char            *key;
  gint64           from, until;
  gsize            max_bytes;
  /* of a load */
  GArray          *hours;       /* of RtStoreHour */
  gint64           first_row;
} RtStoreChatQuery;

RtStoreChatQuery *rt_store_chat_query_new (const char *network);
void              rt_store_chat_query_free (RtStoreChatQuery *self);

/* Of a chat that there is: 0: there is none, or an error. */
gint64   rt_store_chat_find_id (sqlite3 *db, const char *network, const char *doing, GError **error);

gboolean rt_store_chat_write (RtStoreDb *db, gpointer batch, GError **error);

/* of RtStoreChatQuery */
void rt_store_chat_load_job     (RtStoreDb *db, GTask *task);
void rt_store_chat_page_job     (RtStoreDb *db, GTask *task);
void rt_store_chat_find_job     (RtStoreDb *db, GTask *task);
void rt_store_chat_receipts_job (RtStoreDb *db, GTask *task);
void rt_store_chat_history_job  (RtStoreDb *db, GTask *task);
void rt_store_chat_cites_job    (RtStoreDb *db, GTask *task);

/* The columns of a message in the order in which they are read. */
#define RT_STORE_MESSAGE_COLUMNS "m.row, m.time, m.sent, m.flags, m.delivery, m.n_links, m.n_attempts, m.next_try, m.id, m.reply_to, m.sender, m.recipient, m.teller," \
                                 " m.sender_name, m.via, m.error, m.text, m.body, m.file, m.proof"
#define RT_STORE_MESSAGE_N_COLUMNS 20
/* NULL: what is there is no message. */
RtStoreMessage *rt_store_message_read (sqlite3_stmt *statement);
void            rt_store_message_read_receipts (sqlite3 *db, RtStoreMessage *message);

/* rt-store-person.c. Likewise; NULL: there is no id. bind: from the second parameter on, in this order. */
#define RT_STORE_PERSON_COLUMNS "id, name, heard, flags, pub, known_since, petname, compared, compared_name, name_since, petname_since"
RtStorePerson *rt_store_person_read (sqlite3_stmt *statement);
void           rt_store_person_bind (sqlite3_stmt *statement, const RtStorePerson *person);
/* NULL: it is none. The bytes: of any length, where length is 0. Transfer full. */
char   *rt_store_dup_text  (sqlite3_stmt *statement, int column);
GBytes *rt_store_dup_bytes (sqlite3_stmt *statement, int column, gsize length);

/* Removes the oldest n of a chat, with everything that is theirs; what went is added up. */
typedef struct {
  guint64 n, n_bytes, n_unread, n_important;
} RtStoreGone;
gboolean rt_store_chat_remove_oldest (sqlite3 *db, gint64 chat, guint n, gint64 read_time, gint64 read_row, GArray *less, RtStoreGone *gone, GError **error);
void     rt_store_chat_take_state (RtStoreChat *self, RtStoreChatState *state, RtStoreChatQuery *query);
void     rt_store_hours_add (GArray *hours, gint64 time, gint64 n);
/* n more of about this time, or fewer. */
void     rt_store_chat_count_messages (RtStoreChat *self, gint64 time, gint64 n);

/* For tests: other limits than RT_STORE_CHAT_MESSAGES, _BYTES and _WAITING_BYTES. */
void rt_store_chat_set_limits (RtStoreChat *self, guint64 messages, guint64 bytes, gsize waiting);
void rt_store_chat_set_retry  (RtStoreChat *self, guint milliseconds);

G_END_DECLS
