/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-message-struct.h"

#include <string.h>

#include "p2p-digest.h"
#include "p2p-frame-private.h"
#include "p2p-limits-private.h"
#include "p2p-skim-private.h"
#include "p2p-value-private.h"

/* array, flag, sender's head, time */
#define MAX_HEADER_LENGTH (5 + 9 + 5 + P2P_MESSAGE_MAX_SENDER + 9)
/* What a thread keeps for packing; a larger message gives it back. */
#define KEPT_SCRATCH (64 * 1024)

G_DEFINE_BOXED_TYPE (P2pMessage, p2p_message, p2p_message_ref, p2p_message_unref)

static void
free_scratch (gpointer data)
{
  g_byte_array_unref (data);
}

static GPrivate thread_scratch = G_PRIVATE_INIT (free_scratch);

static GByteArray *
get_scratch (void)
{
  GByteArray *scratch = g_private_get (&thread_scratch);

  if (scratch == NULL)
    {
      scratch = g_byte_array_new ();
      g_private_set (&thread_scratch, scratch);
    }
  g_byte_array_set_size (scratch, 0);
  return scratch;
}

static void
trim_scratch (GByteArray *scratch)
{
  if (scratch->len > KEPT_SCRATCH)
    g_private_replace (&thread_scratch, NULL);
}

/* The bytes of the plain body are left for the caller to fill. With limits it is one that a peer sent: NULL when memory is short. */
static P2pMessage *
allocate_message (const char      *sender,
                  gsize            sender_length,
                  gsize            length,
                  const P2pLimits *limits,
                  guint8         **plain)
{
  gsize size = sizeof (P2pMessage) + sender_length + 1 + P2P_FRAME_HEADER_LENGTH + length;
  P2pMessage *self = limits != NULL ? p2p_limits_allocate (limits, size) : g_malloc (size);
  guint8 *frame;

  if (self == NULL)
    return NULL;
  frame = (guint8 *) self->sender + sender_length + 1;
  g_atomic_ref_count_init (&self->ref_count);
  self->compression_used = P2P_COMPRESSION_NONE;
  self->compression_failed = FALSE;
  self->packets = NULL;
  self->proof = NULL;
  self->prover = NULL;
  self->batch = NULL;
  self->verified = FALSE;
  self->sealed = FALSE;
  memcpy (self->sender, sender, sender_length);
  self->sender[sender_length] = '\0';
  frame[0] = (guint8) (length >> 24);
  frame[1] = (guint8) (length >> 16);
  frame[2] = (guint8) (length >> 8);
  frame[3] = (guint8) length;
  self->length = length;
  self->plain = *plain = frame + P2P_FRAME_HEADER_LENGTH;
  return self;
}

typedef struct {
  guint8 bytes[MAX_HEADER_LENGTH];
  gsize length;
} Header;

static gint
append_to_header (gpointer    data,
                  const char *bytes,
                  size_t      length)
{
  Header *header = data;

  memcpy (header->bytes + header->length, bytes, length);
  header->length += length;
  return 0;
}

static void
pack_header (Header     *header,
             gint64      flag,
             const char *sender,
             gsize       sender_length,
             P2pIdForm   sender_form,
             gint64      time,
             gsize       n_packets)
{
  msgpack_packer packer;

  header->length = 0;
  msgpack_packer_init (&packer, header, append_to_header);
  msgpack_pack_array (&packer, 3 + n_packets);
  msgpack_pack_int64 (&packer, flag);
  if (sender_form == P2P_ID_FORM_BIN)
    {
      msgpack_pack_bin (&packer, sender_length);
      msgpack_pack_bin_body (&packer, sender, sender_length);
    }
  else
    {
      msgpack_pack_str (&packer, sender_length);
      msgpack_pack_str_body (&packer, sender, sender_length);
    }
  msgpack_pack_int64 (&packer, time);
}

P2pMessage *
p2p_message_new_packed (gint64        flag,
                        const char   *sender,
                        P2pIdForm     sender_form,
                        gint64        time,
                        const guint8 *packed,
                        gsize         packed_length,
                        gsize         n_packets)
{
  P2pMessage *self;
  Header header;
  guint8 *plain;
  gsize sender_length;
  gsize used;

  g_return_val_if_fail (sender != NULL, NULL);
  g_return_val_if_fail (packed != NULL || packed_length == 0, NULL);
  g_return_val_if_fail (packed_length < G_MAXINT32, NULL);
  sender_length = strlen (sender);
  g_return_val_if_fail (sender_length <= P2P_MESSAGE_MAX_SENDER, NULL);

  pack_header (&header, flag, sender, sender_length, sender_form, time, n_packets);
  self = allocate_message (sender, sender_length, P2P_FRAME_ID_LENGTH + header.length + packed_length, NULL, &plain);
  self->flag = flag;
  self->time = time;
  self->sender_form = sender_form;
  self->n_packets = n_packets;
  self->payload_offset = P2P_FRAME_ID_LENGTH + header.length;
  if (n_packets == 0 || !p2p_skim_integer (packed, packed_length, &self->subflag, &used))
    self->subflag = -1;

  memcpy (plain + P2P_FRAME_ID_LENGTH, header.bytes, header.length);
  if (packed_length > 0)
    memcpy (plain + self->payload_offset, packed, packed_length);
  p2p_sha256 (plain + P2P_FRAME_ID_LENGTH, header.length + packed_length, plain);
  return self;
}

/**
 * p2p_message_new:
 * @flag: the main flag, usually a #P2pFlag; any integer
 * @sender: the id of the node that the message is from; not checked to be base58
 * @time: when it was made, in whole seconds UTC
 * @packets: an `av` of packets, the sub-flag first; a floating reference is taken
 * @error: return location for a #GError
 *
 * Makes a message. Its sender goes out as a str.
 *
 * Returns: (transfer full): the message, or %NULL with %P2P_WIRE_ERROR_VALUE, %P2P_WIRE_ERROR_LIMIT or
 *   %P2P_WIRE_ERROR_TOO_LARGE when there is something in @packets that no frame can hold
 */
P2pMessage *
p2p_message_new (gint64        flag,
                 const char   *sender,
                 gint64        time,
                 GVariant     *packets,
                 GError      **error)
{
  return p2p_message_new_full (flag, sender, P2P_ID_FORM_STR, time, packets, error);
}

/**
 * p2p_message_new_full:
 * @flag: the main flag, usually a #P2pFlag; any integer
 * @sender: the id of the node that the message is from; not checked to be base58
 * @sender_form: how to write the sender
 * @time: when it was made, in whole seconds UTC
 * @packets: an `av` of packets, the sub-flag first; a floating reference is taken
 * @error: return location for a #GError
 *
 * Makes a message whose sender goes out in the form asked for. See p2p_message_new().
 *
 * Returns: (transfer full): the message, or %NULL with the errors of p2p_message_new()
 */
P2pMessage *
p2p_message_new_full (gint64        flag,
                      const char   *sender,
                      P2pIdForm     sender_form,
                      gint64        time,
                      GVariant     *packets,
                      GError      **error)
{
  g_autoptr (GVariant) taken = NULL;
  GByteArray *scratch;
  P2pMessage *self = NULL;
  gsize sender_length;
  gsize n = 0;
  gsize used;

  g_return_val_if_fail (sender != NULL && packets != NULL, NULL);

  taken = g_variant_ref_sink (packets);
  sender_length = strlen (sender);
  if (sender_length > P2P_MESSAGE_MAX_SENDER || !p2p_text_is_valid (sender, sender_length))
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE,
                   "A sender must be UTF-8 text of at most %d bytes", P2P_MESSAGE_MAX_SENDER);
      return NULL;
    }

  scratch = get_scratch ();
  /* What our own limits would refuse to read must not be written either. */
  if (p2p_packets_serialise (taken, scratch, &n, error) &&
      p2p_skim_values (scratch->data, scratch->len, n, NULL, &used, error))
    self = p2p_message_new_packed (flag, sender, sender_form, time, scratch->data, scratch->len, n);
  trim_scratch (scratch);
  return self;
}

/* Takes a plain body, whose checksum has been found right, apart. */
static P2pMessage *
new_from_plain (const guint8    *bytes,
                gsize            length,
                const P2pLimits *limits,
                GError         **error)
{
  P2pMessage *self;
  P2pSkim skim;
  guint8 *plain;

  if (!p2p_frame_skim (bytes + P2P_FRAME_ID_LENGTH, length - P2P_FRAME_ID_LENGTH, limits, &skim, error))
    return NULL;
  self = allocate_message ((const char *) skim.sender, skim.sender_length, length, p2p_limits_or_default (limits), &plain);
  if (self == NULL)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_MEMORY, "There is no memory for a message of %" G_GSIZE_FORMAT " bytes", length);
      return NULL;
    }
  memcpy (plain, bytes, length);
  self->flag = skim.flag;
  self->time = skim.time;
  self->sender_form = skim.sender_form;
  self->n_packets = skim.n_packets;
  self->subflag = skim.subflag;
  self->payload_offset = P2P_FRAME_ID_LENGTH + skim.payload_offset;
  return self;
}

P2pMessage *
p2p_message_parse_body (const guint8    *body,
                        gsize            length,
                        const guint8    *methods,
                        gsize            n_methods,
                        const P2pLimits *limits,
                        GError         **error)
{
  g_autoptr (GBytes) unpacked = NULL;
  P2pCompression used = P2P_COMPRESSION_NONE;
  gboolean failed = FALSE;
  P2pMessage *self;

  g_return_val_if_fail (body != NULL || length == 0, NULL);
  g_return_val_if_fail (methods != NULL || n_methods == 0, NULL);

  if (!p2p_frame_check_length (length, limits, error))
    return NULL;
  if (G_LIKELY (p2p_frame_is_plain (body, length)))
    return new_from_plain (body, length, limits, error);

  unpacked = p2p_frame_unpack (body, length, methods, n_methods, limits, &used, &failed, error);
  if (unpacked == NULL)
    return NULL;
  self = new_from_plain (g_bytes_get_data (unpacked, NULL), g_bytes_get_size (unpacked), limits, error);
  if (self == NULL)
    return NULL;
  self->compression_used = used;
  self->compression_failed = failed;
  return self;
}

/**
 * p2p_message_parse:
 * @frame: a frame
 * @sizeless: whether the four bytes of length are missing from it
 * @methods: (array length=n_methods) (nullable): the compression methods that the sender may have used, in order
 * @n_methods: how many
 * @limits: (nullable): limits, or %NULL for the defaults
 * @error: return location for a #GError
 *
 * Reads a frame. Whether and how it is compressed is found out by its checksum; see p2p_frame_decompress().
 *
 * Returns: (transfer full): the message, or %NULL with %P2P_WIRE_ERROR_HEADER, %P2P_WIRE_ERROR_TOO_LARGE,
 *   %P2P_WIRE_ERROR_CHECKSUM, %P2P_WIRE_ERROR_PACKETS or %P2P_WIRE_ERROR_LIMIT
 */
P2pMessage *
p2p_message_parse (GBytes           *frame,
                   gboolean          sizeless,
                   const guint8     *methods,
                   gsize             n_methods,
                   const P2pLimits  *limits,
                   GError          **error)
{
  g_autoptr (GBytes) body = NULL;
  const guint8 *bytes;
  gsize length;

  g_return_val_if_fail (frame != NULL, NULL);

  body = p2p_frame_sanitize (frame, sizeless, limits, error);
  if (body == NULL)
    return NULL;
  bytes = g_bytes_get_data (body, &length);
  return p2p_message_parse_body (bytes, length, methods, n_methods, limits, error);
}

/**
 * p2p_message_new_from_body:
 * @body: what p2p_message_dup_body() returned, of this message or of another node's
 * @error: return location for a #GError
 *
 * Makes a message of its serialised body: its id is the SHA-256 of that. It is checked as if it came from the wire.
 *
 * Returns: (transfer full): the message, or %NULL with the errors of p2p_message_parse()
 */
P2pMessage *
p2p_message_new_from_body (GBytes  *body,
                           GError **error)
{
  g_autofree guint8 *plain = NULL;
  const guint8 *bytes;
  gsize length;

  g_return_val_if_fail (body != NULL, NULL);

  bytes = g_bytes_get_data (body, &length);
  if (!p2p_frame_check_length (P2P_FRAME_ID_LENGTH + length, NULL, error))
    return NULL;
  plain = g_malloc (P2P_FRAME_ID_LENGTH + length);
  p2p_sha256 (bytes, length, plain);
  if (length > 0)
    memcpy (plain + P2P_FRAME_ID_LENGTH, bytes, length);
  return new_from_plain (plain, P2P_FRAME_ID_LENGTH + length, NULL, error);
}

/**
 * p2p_message_dup_body:
 * @self: a message
 *
 * The bytes that make the message what it is, to be kept: p2p_message_new_from_body() makes the same message of them.
 *
 * Returns: (transfer full): its serialised body, byte by byte as its sender made it, whose SHA-256 is its id
 */
GBytes *
p2p_message_dup_body (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_bytes_new (self->plain + P2P_FRAME_ID_LENGTH, self->length - P2P_FRAME_ID_LENGTH);
}

/**
 * p2p_message_ref:
 * @self: a message
 *
 * Takes a reference. In any thread.
 *
 * Returns: (transfer full): @self
 */
P2pMessage *
p2p_message_ref (P2pMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * p2p_message_unref:
 * @self: (transfer full): a message
 *
 * Gives a reference back; the last one frees the message. In any thread.
 */
void
p2p_message_unref (P2pMessage *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->packets, g_variant_unref);
  g_clear_pointer (&self->proof, g_bytes_unref);
  if (self->prover != NULL)
    self->prover->unref (self->batch);
  g_free (self);
}

