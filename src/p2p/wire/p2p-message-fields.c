/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Reading a message; p2p-message.c makes them. */
#include "p2p-message-struct.h"

#include "p2p-base58.h"
#include "p2p-skim-private.h"
#include "p2p-value-private.h"

/**
 * p2p_message_get_flag:
 * @self: a message
 *
 * What kind of message it is: a #P2pFlag, or a number of an application's own.
 *
 * Returns: the main flag
 */
gint64
p2p_message_get_flag (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->flag;
}

/**
 * p2p_message_get_sender:
 * @self: a message
 *
 * Who made the message. It is a claim: nothing is signed in this version of the protocol.
 *
 * Returns: the id of the node that the message says it is from
 */
const char *
p2p_message_get_sender (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->sender;
}

/**
 * p2p_message_get_sender_form:
 * @self: a message
 *
 * Which of the originals' spellings of an id the sender used. It belongs to the bytes that are hashed.
 *
 * Returns: how the sender is spelled on the wire
 */
P2pIdForm
p2p_message_get_sender_form (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, P2P_ID_FORM_STR);

  return self->sender_form;
}

/**
 * p2p_message_get_time:
 * @self: a message
 *
 * When the message was made, by the clock of its sender.
 *
 * Returns: when the message says it was made, in whole seconds UTC
 */
gint64
p2p_message_get_time (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->time;
}

/**
 * p2p_message_dup_time_58:
 * @self: a message
 *
 * The time of the message as it is spelled on the wire.
 *
 * Returns: (transfer full): the time in base58; a time before 1970 as zero, "1"
 */
char *
p2p_message_dup_time_58 (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return p2p_base58_encode_uint64 (self->time > 0 ? (guint64) self->time : 0);
}

/**
 * p2p_message_get_id:
 * @self: a message
 *
 * The id of a message is the SHA-256 of the serialised message.
 *
 * Returns: (transfer full): its 32 bytes
 */
GBytes *
p2p_message_get_id (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->plain, P2P_FRAME_ID_LENGTH);
}

/**
 * p2p_message_peek_id: (skip)
 * @self: a message
 *
 * The id in place, for C.
 *
 * Returns: the 32 bytes of the id, valid as long as @self
 */
const guint8 *
p2p_message_peek_id (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->plain;
}

/**
 * p2p_message_get_subflag:
 * @self: a message
 *
 * What the message is about, as a number: a #P2pSubflag, or one of an application's own.
 *
 * Returns: the first packet where it is an integer, or a float that is one; -1 otherwise
 */
gint64
p2p_message_get_subflag (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->subflag;
}

/**
 * p2p_message_get_n_packets:
 * @self: a message
 *
 * How many packets the message has.
 *
 * Returns: how many packets there are, the sub-flag included
 */
gsize
p2p_message_get_n_packets (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_packets;
}

/* Made once and then kept. Two threads may both make it; one of the two results is dropped. */
static GVariant *
peek_packets (P2pMessage *self)
{
  GVariant *packets = g_atomic_pointer_get (&self->packets);
  P2pLimits limits;

  if (packets != NULL)
    return packets;

  /* The bytes have passed the limits they came under, which may be wider than the defaults. */
  p2p_limits_init (&limits);
  limits.depth = P2P_SKIM_MAX_DEPTH;
  limits.elements = G_MAXUINT32;
  packets = p2p_packets_parse (self->plain + self->payload_offset, self->length - self->payload_offset, self->n_packets,
                               &limits, NULL);
  if (packets == NULL)
    packets = g_variant_new_array (G_VARIANT_TYPE_VARIANT, NULL, 0);
  g_variant_ref_sink (packets);
  if (!g_atomic_pointer_compare_and_exchange (&self->packets, NULL, packets))
    {
      g_variant_unref (packets);
      packets = g_atomic_pointer_get (&self->packets);
    }
  return packets;
}

/**
 * p2p_message_get_packets:
 * @self: a message
 *
 * All packets, as #GVariant, see p2p_value_unpack() for the types.
 *
 * Returns: (transfer full): an `av` of the packets, the sub-flag first. It is made when first asked for, and then kept
 */
GVariant *
p2p_message_get_packets (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_variant_ref (peek_packets (self));
}

/**
 * p2p_message_get_payload:
 * @self: a message
 *
 * What the message says: the packets that its sender gave.
 *
 * Returns: (transfer full): an `av` of the packets after the sub-flag
 */
GVariant *
p2p_message_get_payload (P2pMessage *self)
{
  g_autofree GVariant **children = NULL;
  GVariant *packets;
  GVariant *payload;
  gsize n;

  g_return_val_if_fail (self != NULL, NULL);

  packets = peek_packets (self);
  n = g_variant_n_children (packets);
  children = g_new (GVariant *, n);
  for (gsize i = 1; i < n; i++)
    children[i - 1] = g_variant_get_child_value (packets, i);
  payload = g_variant_new_array (G_VARIANT_TYPE_VARIANT, children, n > 0 ? n - 1 : 0);
  for (gsize i = 1; i < n; i++)
    g_variant_unref (children[i - 1]);
  return g_variant_ref_sink (payload);
}

/**
 * p2p_message_get_packet:
 * @self: a message
 * @index: which packet; the sub-flag is packet 0
 *
 * One packet. Packets came from the network: text in them is no markup.
 *
 * Returns: (transfer full) (nullable): the packet's value, without a variant around it; %NULL when there are fewer
 */
GVariant *
p2p_message_get_packet (P2pMessage *self,
                        gsize       index)
{
  g_autoptr (GVariant) child = NULL;
  GVariant *packets;

  g_return_val_if_fail (self != NULL, NULL);

  packets = peek_packets (self);
  if (index >= g_variant_n_children (packets))
    return NULL;
  child = g_variant_get_child_value (packets, index);
  return g_variant_get_variant (child);
}

/**
 * p2p_message_peek_bytes: (skip)
 * @self: a message
 * @length: (out): how many bytes
 *
 * The content of a message that is a sub-flag and one str or bin, in place: for programs that read many.
 *
 * Returns: (transfer none) (nullable): the bytes, for as long as @self lives; %NULL when the message is another
 */
const guint8 *
p2p_message_peek_bytes (P2pMessage *self,
                        gsize      *length)
{
  const guint8 *bytes;
  gsize left;
  gsize used;
  P2pToken token;

  g_return_val_if_fail (self != NULL && length != NULL, NULL);

  *length = 0;
  if (self->n_packets != 2)
    return NULL;
  bytes = p2p_message_peek_payload (self, &left);
  if (!p2p_skim_values (bytes, left, 1, NULL, &used, NULL) || !p2p_skim_token (bytes + used, left - used, &token))
    return NULL;
  if (token.kind != P2P_TOKEN_STR && token.kind != P2P_TOKEN_BIN)
    return NULL;
  *length = token.length;
  return bytes + used + token.head;
}

/**
 * p2p_message_dup_text:
 * @self: a message
 *
 * The text of a message that is a sub-flag and one str, or one bin that is UTF-8: what a person typed, in most programs.
 *
 * Returns: (transfer full) (nullable): the text; %NULL when the message is another
 */
char *
p2p_message_dup_text (P2pMessage *self)
{
  gsize length;
  const char *text = (const char *) p2p_message_peek_bytes (self, &length);

  return text != NULL && p2p_text_is_valid (text, length) ? g_strndup (text, length) : NULL;
}

/**
 * p2p_message_get_compression_used:
 * @self: a message
 *
 * How the message was packed, of one that p2p_message_parse() made; %P2P_COMPRESSION_NONE of others.
 *
 * Returns: how the frame that the message was read from was compressed
 */
P2pCompression
p2p_message_get_compression_used (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, P2P_COMPRESSION_NONE);

  return self->compression_used;
}

/**
 * p2p_message_get_compression_failed:
 * @self: a message
 *
 * Whether the sender had announced another method than the one that it used, of a message that p2p_message_parse() made.
 *
 * Returns: whether methods were tried in vain before the right one was found
 */
gboolean
p2p_message_get_compression_failed (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->compression_failed;
}

/**
 * p2p_message_get_length:
 * @self: a message
 *
 * How long the message is when it is not packed, in bytes.
 *
 * Returns: the length of its plain frame without the four bytes that say so
 */
gsize
p2p_message_get_length (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->length;
}

static void
unref_message (gpointer data)
{
  p2p_message_unref (data);
}

/**
 * p2p_message_to_bytes:
 * @self: a message
 *
 * The message as it goes over a link that packs nothing.
 *
 * Returns: (transfer full): its plain frame, with the four bytes of length. Nothing is copied
 */
GBytes *
p2p_message_to_bytes (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new_with_free_func (self->plain - P2P_FRAME_HEADER_LENGTH, P2P_FRAME_HEADER_LENGTH + self->length,
                                     unref_message, p2p_message_ref (self));
}

const guint8 *
p2p_message_peek_plain (P2pMessage *self,
                        gsize      *length)
{
  *length = self->length;
  return self->plain;
}

const guint8 *
p2p_message_peek_frame (P2pMessage *self,
                        gsize      *length)
{
  *length = P2P_FRAME_HEADER_LENGTH + self->length;
  return self->plain - P2P_FRAME_HEADER_LENGTH;
}

const guint8 *
p2p_message_peek_payload (P2pMessage *self,
                          gsize      *length)
{
  *length = self->length - self->payload_offset;
  return self->plain + self->payload_offset;
}

/* ---- who said it ---- */

/**
 * p2p_message_get_verified:
 * @self: a message
 *
 * Whether the node that received it knows that its sender is who said it: by a signature, a link that cannot be read or changed on its way to a neighbour
 * that proved who it is, or a seal. Without, anybody may have said it in that name. %FALSE also of what did not come over a network, and of messages
 * of originals (py2p and js2p sign nothing). Set before the message is told of; in any thread after that.
 *
 * Returns: whether the sender is proved
 */
gboolean
p2p_message_get_verified (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->verified;
}

/**
 * p2p_message_get_sealed:
 * @self: a message
 *
 * Whether it came so that only this node could read it, whoever passed it on.
 *
 * Returns: whether it was sealed
 */
gboolean
p2p_message_get_sealed (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->sealed;
}

/**
 * p2p_message_get_proof:
 * @self: a message
 *
 * What proves, to anybody and at any time, that the sender said exactly this: the bytes that docs/x1.md calls a proof. Of a verified
 * whisper there may be none: only the link proved it.
 *
 * Returns: (transfer full) (nullable): the proof
 */
GBytes *
p2p_message_get_proof (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (g_atomic_pointer_get (&self->proof) == NULL && self->prover != NULL)
    {
      GBytes *proof = self->prover->make (self->batch, self->batch_index);

      /* Another thread asked as well. */
      if (!g_atomic_pointer_compare_and_exchange (&self->proof, NULL, proof))
        g_bytes_unref (proof);
    }
  return self->proof != NULL ? g_bytes_ref (self->proof) : NULL;
}

void
p2p_message_set_verified (P2pMessage *self,
                          GBytes     *proof)
{
  self->verified = TRUE;
  if (proof != NULL && self->proof == NULL)
    self->proof = g_bytes_ref (proof);
}

void
p2p_message_set_provable (P2pMessage      *self,
                          const P2pProver *prover,
                          gpointer         batch,
                          guint            index)
{
  self->verified = TRUE;
  if (self->proof != NULL || self->prover != NULL)
    return;
  self->prover = prover;
  self->batch = prover->ref (batch);
  self->batch_index = index;
}

void
p2p_message_set_sealed (P2pMessage *self)
{
  self->sealed = TRUE;
}
