/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-timeline-source.h"
#include "p2p/p2p.h"

G_BEGIN_DECLS

typedef enum {
  RT_MESSAGE_TEXT,              /* one packet, readable text */
  RT_MESSAGE_VALUES,            /* several packets, or one that is no text: shown as typed values */
} RtMessageKind;

typedef enum {
  RT_DELIVERY_NONE,             /* not ours */
  RT_DELIVERY_SENDING,          /* being looked for, or waiting to leave */
  RT_DELIVERY_HANDED,           /* handed to n-links links */
  RT_DELIVERY_NOBODY,           /* nobody was there to take it */
  RT_DELIVERY_FAILED,           /* delivery-error says why */
} RtDelivery;

/**
 * RtMessageItem: a row of the timeline around a P2pMessage.
 * Properties: key fields through RtTimelineItem; message (P2pMessage, nullable until sent), kind, text (what is shown; bounded to 64 KiB, truncated says so), truncated, sender (id), sender-name (short id, or the
 * person's own name on own ones), own, private (a whisper), recipient (id; of an own private one), recipient-name, delivery, delivery-text (words, translated by the app: "Handed to 2 peers"), delivery-error (words, nullable), n-links.
 * Changing ones notify.
 */
#define RT_TYPE_MESSAGE_ITEM (rt_message_item_get_type ())
G_DECLARE_FINAL_TYPE (RtMessageItem, rt_message_item, RT, MESSAGE_ITEM, GObject)

#define RT_MESSAGE_MAX_TEXT (64u * 1024)

RtMessageItem *rt_message_item_new_received (P2pMessage *message, gint64 heard, gint64 sequence);
RtMessageItem *rt_message_item_new_own (const char *own_id, const char *own_name, const char *text, gboolean is_private, const char *recipient,
                                        gint64 written, gint64 sequence);
P2pMessage   *rt_message_item_get_message (RtMessageItem *self);        /* transfer none, nullable */
RtMessageKind rt_message_item_get_kind (RtMessageItem *self);
const char   *rt_message_item_get_text (RtMessageItem *self);           /* of VALUES: one line a packet, "type: value" */
const char   *rt_message_item_get_sender (RtMessageItem *self);
const char   *rt_message_item_get_sender_name (RtMessageItem *self);
gboolean      rt_message_item_get_own (RtMessageItem *self);
gboolean      rt_message_item_get_private (RtMessageItem *self);
const char   *rt_message_item_get_recipient (RtMessageItem *self);
RtDelivery    rt_message_item_get_delivery (RtMessageItem *self);
guint         rt_message_item_get_n_links (RtMessageItem *self);
const char   *rt_message_item_get_delivery_error (RtMessageItem *self);
gint64        rt_message_item_get_time (RtMessageItem *self);           /* UTC microseconds, of the key */
gint64        rt_message_item_get_sent_time (RtMessageItem *self);      /* UTC seconds that the message claims; 0 when not sent yet */
void          rt_message_item_set_sent (RtMessageItem *self, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error);

/* "Ab3x…9fQz": how an id is shown where there is no name. Safe to show: ids are not checked by the wire, so odd characters are replaced. */
char *rt_short_id (const char *id);
/* Text from a peer made fit to show: valid UTF-8, no control characters but line breaks and tabs, bidi controls isolated or removed, at most max_bytes. */
char *rt_sanitise_text (const char *text, gsize max_bytes, gboolean *truncated);
char *rt_sanitise_line (const char *text, gsize max_bytes);             /* the same on one line */

G_END_DECLS
