/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-message.h"

G_BEGIN_DECLS

/* Internal, for the layers above (packed: n_packets MessagePack values, the sub-flag first) */
P2pMessage   *p2p_message_new_packed (gint64 flag, const char *sender, P2pIdForm sender_form, gint64 time,
                                      const guint8 *packed, gsize packed_length, gsize n_packets);
/* One whole frame body of a link: raw first, then methods, see p2p_frame_decompress. The bytes are copied. */
P2pMessage   *p2p_message_parse_body (const guint8 *body, gsize length, const guint8 *methods, gsize n_methods, const P2pLimits *limits, GError **error);
const guint8 *p2p_message_peek_plain (P2pMessage *self, gsize *length);       /* id and serialised message: a frame body, uncompressed */
const guint8 *p2p_message_peek_frame (P2pMessage *self, gsize *length);       /* the same with its four bytes of length before it */
/* Before anybody else has it: the sender is who said it, proof (nullable) is for others; it came or goes sealed. */
void          p2p_message_set_verified (P2pMessage *self, GBytes *proof);
/* The same, with a proof that is made when somebody asks for it: in any thread. */
typedef struct {
  GBytes  *(*make)  (gpointer batch, guint index);
  gpointer (*ref)   (gpointer batch);
  void     (*unref) (gpointer batch);
} P2pProver;
void          p2p_message_set_provable (P2pMessage *self, const P2pProver *prover, gpointer batch, guint index);
void          p2p_message_set_sealed   (P2pMessage *self);
const guint8 *p2p_message_peek_payload (P2pMessage *self, gsize *length);     /* the packed packets */

G_END_DECLS
