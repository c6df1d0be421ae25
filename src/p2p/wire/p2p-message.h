/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-types.h"
#include "p2p-limits.h"

G_BEGIN_DECLS

/**
 * P2pMessage:
 *
 * A message: main flag, sender, time and packets, with the id that follows from them. Immutable, reference-counted
 * atomically, may be read from any thread. It keeps its bytes; the packets become #GVariants when somebody asks.
 */
typedef struct _P2pMessage P2pMessage;

#define P2P_TYPE_MESSAGE (p2p_message_get_type ())
P2P_EXPORT GType p2p_message_get_type (void);

/* packets: av (floating is taken); flag any integer; time in whole seconds UTC; sender: the text of a node id (not checked to be base58) */
P2P_EXPORT P2pMessage *p2p_message_new (gint64 flag, const char *sender, gint64 time, GVariant *packets, GError **error);
P2P_EXPORT P2pMessage *p2p_message_new_full (gint64 flag, const char *sender, P2pIdForm sender_form, gint64 time, GVariant *packets, GError **error);
/* Like the originals' feed_string: the frame with its four bytes of length, or without them (sizeless). methods: those the sender may have used, in order. */
P2P_EXPORT P2pMessage *p2p_message_parse (GBytes *frame, gboolean sizeless, const guint8 *methods, gsize n_methods, const P2pLimits *limits, GError **error);
/* The exact serialised body (its SHA-256 is the id), checked as from the wire; and back, transfer full */
P2P_EXPORT P2pMessage *p2p_message_new_from_body (GBytes *body, GError **error);
P2P_EXPORT GBytes     *p2p_message_dup_body (P2pMessage *self);
P2P_EXPORT P2pMessage *p2p_message_ref (P2pMessage *self);
P2P_EXPORT void        p2p_message_unref (P2pMessage *self);

P2P_EXPORT gint64      p2p_message_get_flag (P2pMessage *self);
P2P_EXPORT const char *p2p_message_get_sender (P2pMessage *self);
P2P_EXPORT P2pIdForm   p2p_message_get_sender_form (P2pMessage *self);
P2P_EXPORT gint64      p2p_message_get_time (P2pMessage *self);
P2P_EXPORT char       *p2p_message_dup_time_58 (P2pMessage *self);
P2P_EXPORT GBytes     *p2p_message_get_id (P2pMessage *self);                 /* transfer full: 32 bytes */
P2P_EXPORT const guint8 *p2p_message_peek_id (P2pMessage *self);              /* (skip) those 32 bytes in place */
P2P_EXPORT gint64      p2p_message_get_subflag (P2pMessage *self);            /* packet 0 as an integer, else -1 */
P2P_EXPORT gsize       p2p_message_get_n_packets (P2pMessage *self);          /* the sub-flag counts as one */
P2P_EXPORT GVariant   *p2p_message_get_packets (P2pMessage *self);            /* transfer full: av, the sub-flag first; made once, then kept */
P2P_EXPORT GVariant   *p2p_message_get_payload (P2pMessage *self);            /* transfer full: av without the sub-flag */
P2P_EXPORT GVariant   *p2p_message_get_packet (P2pMessage *self, gsize index);/* transfer full, nullable: the value itself, no variant around it */
P2P_EXPORT const guint8 *p2p_message_peek_bytes (P2pMessage *self, gsize *length);   /* (skip) nullable: the same in place, str or bin of any kind */
P2P_EXPORT char       *p2p_message_dup_text (P2pMessage *self);               /* nullable: the text of a message of sub-flag + one str (or bin that is UTF-8) */
P2P_EXPORT gboolean    p2p_message_get_verified (P2pMessage *self);
P2P_EXPORT gboolean    p2p_message_get_sealed (P2pMessage *self);
P2P_EXPORT GBytes     *p2p_message_get_proof (P2pMessage *self);              /* transfer full, nullable */
P2P_EXPORT P2pCompression p2p_message_get_compression_used (P2pMessage *self);/* of a parsed one */
P2P_EXPORT gboolean    p2p_message_get_compression_failed (P2pMessage *self);
P2P_EXPORT gsize       p2p_message_get_length (P2pMessage *self);             /* of the plain frame after its four bytes */
P2P_EXPORT GBytes     *p2p_message_to_bytes (P2pMessage *self);               /* transfer full: the plain frame with its four bytes */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pMessage, p2p_message_unref)

G_END_DECLS
