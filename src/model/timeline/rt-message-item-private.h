/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-message-item.h"
#include "store/rt-store-chat.h"

G_BEGIN_DECLS

typedef struct {
  char   *node;
  char   *name;                 /* as he is shown; NULL: not known */
  gint64  time;                 /* UTC seconds */
} RtReceipt;

struct _RtMessageItem {
  GObject        parent_instance;
  P2pMessage    *message;
  RtTimelineKey  key;
  gsize          weight;
  gint64         sent;          /* UTC seconds; 0: not yet */
  GBytes        *body;          /* of the message, where it was not unpacked yet */
  GBytes        *id;
  char          *written;       /* NULL but for own ones */
  char          *text;
  char          *sender;
  char          *sender_name;
  char          *sender_word;
  char          *recipient;
  char          *recipient_name;
  char          *delivery_error;
  char          *told;
  char          *via;
  GBytes        *reply_to;
  char          *reply_preview;
  char          *reply_name;
  GBytes        *file;
  GBytes        *proof;
  char          *claimed_name;  /* nullable */
  GObject       *attachment;
  GArray        *receipts;      /* of RtReceipt; NULL: none */
  guint          n_kept_receipts;       /* that the store has: the first few are among receipts */
  gint64         next_try;
  RtMessageKind  kind;
  RtDelivery     delivery;
  RtReplyState   reply_state;
  guint          n_links, n_attempts;
  guint          truncated : 1;
  guint          own : 1;
  guint          private : 1;
  guint          mention : 1;
  guint          imported : 1;
  guint          loads_receipts : 1;    /* those that the store has are being read */
  guint          verified : 1;
  guint          unsigned_ : 1; /* it came without a proof, of somebody who signs */
  guint          sealed : 1;
  guint          through : 1;   /* own: others passed it on */
  guint          looking : 1;   /* the original is being looked for, or was */
};

enum {
  RT_MESSAGE_PROP_0,
  RT_MESSAGE_PROP_MESSAGE,
  RT_MESSAGE_PROP_KIND,
  RT_MESSAGE_PROP_TEXT,
  RT_MESSAGE_PROP_TRUNCATED,
  RT_MESSAGE_PROP_SENDER,
  RT_MESSAGE_PROP_SENDER_NAME,
  RT_MESSAGE_PROP_SENDER_WORD,
  RT_MESSAGE_PROP_OWN,
  RT_MESSAGE_PROP_PRIVATE,
  RT_MESSAGE_PROP_RECIPIENT,
  RT_MESSAGE_PROP_RECIPIENT_NAME,
  RT_MESSAGE_PROP_DELIVERY,
  RT_MESSAGE_PROP_DELIVERY_TEXT,
  RT_MESSAGE_PROP_DELIVERY_ERROR,
  RT_MESSAGE_PROP_N_LINKS,
  RT_MESSAGE_PROP_ID,
  RT_MESSAGE_PROP_REPLY_TO,
  RT_MESSAGE_PROP_REPLY_STATE,
  RT_MESSAGE_PROP_REPLY_PREVIEW,
  RT_MESSAGE_PROP_REPLY_NAME,
  RT_MESSAGE_PROP_N_RECEIPTS,
  RT_MESSAGE_PROP_RECEIPT_WORDS,
  RT_MESSAGE_PROP_N_ATTEMPTS,
  RT_MESSAGE_PROP_NEXT_TRY,
  RT_MESSAGE_PROP_TOLD,
  RT_MESSAGE_PROP_MENTION,
  RT_MESSAGE_PROP_ATTACHMENT,
  RT_MESSAGE_PROP_VIA,
  RT_MESSAGE_PROP_TRUST,
  RT_MESSAGE_PROP_TRUST_WORDS,
  RT_MESSAGE_PROP_SEALED,
  RT_MESSAGE_PROP_THROUGH,
  RT_MESSAGE_N_PROPS
};

void        rt_message_item_notify (RtMessageItem *self, guint prop);
/* rt-message-item-trust.c: what is known of a message that was heard, and as it is kept. */
void        rt_message_item_take_trust  (RtMessageItem *self, P2pMessage *message);
void        rt_message_item_read_trust  (RtMessageItem *self, const RtStoreMessage *stored);
void        rt_message_item_store_trust (RtMessageItem *self, RtStoreMessage *stored);
/* What is shown of it. */
void        rt_message_item_take_shown (RtMessageItem *self, P2pMessage *message);
char       *rt_message_item_dup_delivery_text (RtMessageItem *self);

/* Out of somebody's history. */
RtMessageItem *rt_message_item_new_told (P2pMessage *message, gint64 time, gint64 sequence, const char *teller);
/* As it is kept, and back. outbox: it goes out yet. */
RtMessageItem  *rt_message_item_new_stored (const RtStoreMessage *stored);
RtStoreMessage *rt_message_item_to_store   (RtMessageItem *self, gboolean outbox);
/* It did not leave after all: it is no message yet. */
void        rt_message_item_clear_message (RtMessageItem *self);
char       *rt_message_item_dup_receipt_words (RtMessageItem *self);
/* The store knows of more receipts than it told. */
gboolean    rt_message_item_lacks_receipts (RtMessageItem *self);
/* Somebody is called otherwise now; name: NULL: his short id. */
void        rt_message_item_name_receipt (RtMessageItem *self, const char *node, const char *name);
/* FALSE: the original was looked for already. */
gboolean    rt_message_item_begin_reply (RtMessageItem *self);
/* Of an own one: the text exactly as it was written, which is what is sent. */
const char *rt_message_item_get_written (RtMessageItem *self);
/* Sending anew. */
void        rt_message_item_set_sending (RtMessageItem *self);
/* How often it was tried, and when the next time is (UTC microseconds; 0: when somebody comes). */
void        rt_message_item_set_tries (RtMessageItem *self, guint n_attempts, gint64 next_try);

G_END_DECLS
