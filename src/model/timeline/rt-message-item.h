/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-timeline-source.h"
#include "p2p/p2p.h"

G_BEGIN_DECLS

typedef enum {
  RT_MESSAGE_TEXT,              /* one packet, readable text */
  RT_MESSAGE_VALUES,            /* several packets, or one that is no text: shown as typed values */
} RtMessageKind;

/* Kept in the store as numbers: never renumber. */
typedef enum {
  RT_DELIVERY_NONE,             /* not ours */
  RT_DELIVERY_SENDING,
  RT_DELIVERY_HANDED,           /* to n-links peers */
  RT_DELIVERY_NOBODY,           /* no peer was there (of before there was a queue) */
  RT_DELIVERY_FAILED,           /* delivery-error says why */
  RT_DELIVERY_QUEUED,           /* waits for somebody: goes out by itself, once */
  RT_DELIVERY_CANCELLED,        /* taken out of the queue by the person, or because the network is another one now */
  RT_DELIVERY_UNSURE,           /* the program ended while it was being sent: it may have left */
  RT_DELIVERY_THROUGH,          /* private: n-links peers passed it on, sealed; said again until its recipient has it */
} RtDelivery;

typedef enum {
  RT_REPLY_NONE,                /* answers nothing */
  RT_REPLY_LOOKING,             /* the original is being looked for */
  RT_REPLY_FOUND,               /* reply-preview and reply-name are of it */
  RT_REPLY_UNKNOWN,             /* we never had it */
} RtReplyState;

/* Who said it, as far as that is proved. */
typedef enum {
  RT_TRUST_OWN,
  RT_TRUST_VERIFIED,            /* proved: by a signature, or by the link that it came on */
  RT_TRUST_UNVERIFIED,          /* a claim: its sender does not sign, or nobody told us what proves it */
  RT_TRUST_UNSIGNED,            /* heard without a proof, though its sender signs: somebody else may have said it */
} RtTrust;

/**
 * RtMessageItem: a row of the timeline around a P2pMessage.
 * Properties: key fields through RtTimelineItem; message (P2pMessage, NULL until sent, and for what was too large to keep), kind, text (what is shown; bounded to 64 KiB, truncated says so), truncated, sender (id),
 * sender-name (claimed name or short id, or the person's own name on own ones; changes), sender-word (short id that tells two of one name apart, nullable), own, private (a whisper), recipient (id; of an own private one),
 * recipient-name, delivery, delivery-text (words: "Handed to 2 peers"), delivery-error (words, nullable), n-links,
 * id (GBytes of 32, NULL: it never left), reply-to (GBytes, id of the message that it answers, nullable), reply-state, reply-preview (words of the original, on one line, bounded, nullable), reply-name (who wrote the original),
 * n-receipts, receipt-words ("Received by Ada and 2 more", nullable), n-attempts, next-try (UTC microseconds, 0: none is planned),
 * told (id of who told it out of his history, nullable: it was heard here), mention (our own name is in it as a word), attachment (RtAttachment, nullable), via (id of the neighbour that brought it, nullable),
 * trust (RtTrust: rises when the proof comes late), trust-words (a sentence, NULL on own ones), sealed (boolean: nobody between could read it),
 * through (boolean, of an own private one: others passed it on).
 * Changing ones notify.
 */
#define RT_TYPE_MESSAGE_ITEM (rt_message_item_get_type ())
G_DECLARE_FINAL_TYPE (RtMessageItem, rt_message_item, RT, MESSAGE_ITEM, GObject)

#define RT_MESSAGE_MAX_TEXT (64u * 1024)
/* Of the original that a message answers, so much is shown. */
#define RT_MESSAGE_MAX_PREVIEW 200u
/* Names of those who have it that are told, and receipts that are counted one by one. */
#define RT_MESSAGE_RECEIPT_NAMES 3u
#define RT_MESSAGE_MAX_RECEIPTS 256u

RtMessageItem *rt_message_item_new_received (P2pMessage *message, gint64 heard, gint64 sequence);
RtMessageItem *rt_message_item_new_own (const char *own_id, const char *own_name, const char *text, gboolean is_private, const char *recipient,
                                        gint64 written, gint64 sequence);
P2pMessage   *rt_message_item_get_message (RtMessageItem *self);        /* transfer none, nullable */
RtMessageKind rt_message_item_get_kind (RtMessageItem *self);
const char   *rt_message_item_get_text (RtMessageItem *self);           /* of VALUES: one line a packet, "type: value" */
gboolean      rt_message_item_get_truncated (RtMessageItem *self);
const char   *rt_message_item_get_sender (RtMessageItem *self);
const char   *rt_message_item_get_sender_name (RtMessageItem *self);
const char   *rt_message_item_get_sender_word (RtMessageItem *self);
gboolean      rt_message_item_get_own (RtMessageItem *self);
gboolean      rt_message_item_get_private (RtMessageItem *self);
/* Out of a file: what it answers, who got it and whether it was sealed is what the file says. */
gboolean      rt_message_item_get_imported (RtMessageItem *self);
const char   *rt_message_item_get_recipient (RtMessageItem *self);
const char   *rt_message_item_get_recipient_name (RtMessageItem *self);
RtDelivery    rt_message_item_get_delivery (RtMessageItem *self);
guint         rt_message_item_get_n_links (RtMessageItem *self);
const char   *rt_message_item_get_delivery_error (RtMessageItem *self);
guint         rt_message_item_get_n_attempts (RtMessageItem *self);
gint64        rt_message_item_get_next_try (RtMessageItem *self);       /* UTC microseconds; 0: none is planned */
gint64        rt_message_item_get_time (RtMessageItem *self);           /* UTC microseconds, of the key */
gint64        rt_message_item_get_sent_time (RtMessageItem *self);      /* UTC seconds that the message claims; 0 when not sent yet */
void          rt_message_item_set_sent (RtMessageItem *self, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error);

/* All transfer none, nullable. */
GBytes       *rt_message_item_get_id (RtMessageItem *self);
GBytes       *rt_message_item_get_reply_to (RtMessageItem *self);
RtReplyState  rt_message_item_get_reply_state (RtMessageItem *self);
const char   *rt_message_item_get_reply_preview (RtMessageItem *self);
const char   *rt_message_item_get_reply_name (RtMessageItem *self);
const char   *rt_message_item_get_told (RtMessageItem *self);
const char   *rt_message_item_get_via (RtMessageItem *self);
GObject      *rt_message_item_get_attachment (RtMessageItem *self);     /* RtAttachment */
GBytes       *rt_message_item_get_file (RtMessageItem *self);           /* the attachment as it is kept (rt-attachment.h) */
RtTrust       rt_message_item_get_trust (RtMessageItem *self);
gboolean      rt_message_item_get_sealed (RtMessageItem *self);
gboolean      rt_message_item_get_through (RtMessageItem *self);
GBytes       *rt_message_item_get_proof (RtMessageItem *self);          /* for p2p_message_verify() */
const char   *rt_message_item_get_claimed_name (RtMessageItem *self);   /* what the sender called himself then, whatever he is called here */
/* A sentence for a person; NULL: our own, there is nothing to say. */
const char   *rt_trust_words (RtTrust trust);
gboolean      rt_message_item_get_mention (RtMessageItem *self);
guint         rt_message_item_get_n_receipts (RtMessageItem *self);
/* Of its receipts: ids, and when (UTC seconds), in the order in which they came; transfer none. Of one out of the store only the first few are known (NULL): the others rt_store_chat_receipts_async() has. */
const char   *rt_message_item_get_receipt (RtMessageItem *self, guint position, gint64 *time);

/* What the network, and what travels beside the text, finds out later. Each notifies when it changes something. */
void          rt_message_item_set_sender_name (RtMessageItem *self, const char *name, const char *word);
void          rt_message_item_set_recipient_name (RtMessageItem *self, const char *name);
void          rt_message_item_set_reply_to (RtMessageItem *self, GBytes *id);
void          rt_message_item_set_reply (RtMessageItem *self, RtReplyState state, const char *preview, const char *name);
void          rt_message_item_set_attachment (RtMessageItem *self, GObject *attachment);
void          rt_message_item_set_file (RtMessageItem *self, GBytes *file);
void          rt_message_item_set_via (RtMessageItem *self, const char *id);
void          rt_message_item_set_mention (RtMessageItem *self, gboolean mention);
/* It is proved; proof: nullable. FALSE: that was known. */
gboolean      rt_message_item_set_verified (RtMessageItem *self, GBytes *proof);
void          rt_message_item_set_unsigned (RtMessageItem *self);
void          rt_message_item_set_sealed (RtMessageItem *self);
void          rt_message_item_set_through (RtMessageItem *self);
/* The first counts. */
void          rt_message_item_set_claimed_name (RtMessageItem *self, const char *name);
/* FALSE: it has it already, or has enough. name: as he is shown, NULL: his short id. */
gboolean      rt_message_item_add_receipt (RtMessageItem *self, const char *node, gint64 time, const char *name);

/* "Ab3x…9fQz": how an id is shown where there is no name. Safe to show: ids are not checked by the wire, so odd characters are replaced. */
char *rt_short_id (const char *id);
/* Text from a peer made fit to show: valid UTF-8, no control characters but line breaks and tabs, bidi controls isolated or removed, at most max_bytes. */
char *rt_sanitise_text (const char *text, gsize max_bytes, gboolean *truncated);
char *rt_sanitise_line (const char *text, gsize max_bytes);             /* the same on one line */
/* Whether name is in text as a word, whatever its letters' case. */
gboolean rt_text_mentions (const char *text, const char *name);

G_END_DECLS
