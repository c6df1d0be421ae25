/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a model of py2p reads and writes frames. */
#include "sim07-private.h"

#include <string.h>

#include "p2p/wire/p2p-compression.h"
#include "p2p/wire/p2p-digest.h"

void
sim07_message_clear (Sim07Message *self)
{
  g_clear_pointer (&self->type, sim07_value_unref);
  g_clear_pointer (&self->sender, sim07_value_unref);
  g_clear_pointer (&self->time, sim07_value_unref);
  g_clear_pointer (&self->payload, sim07_value_unref);
  g_clear_pointer (&self->plain, g_bytes_unref);
}

static gboolean
is_in (Sim07Value *items, guint8 method)
{
  for (guint i = 0; i < sim07_value_length (items); i++)
    if (sim07_value_is_int (sim07_value_get (items, i), method))
      return TRUE;
  return FALSE;
}

Sim07Outcome
sim07_common (Sim07Peer *self, Sim07Value *list, guint8 common[8], gsize *n)
{
  g_autoptr (Sim07Value) items = NULL;

  *n = 0;
  if (!sim07_value_is_true (list) || self->n_methods == 0)
    return SIM07_OK;
  items = sim07_value_iterate (list);
  if (items == NULL)
    return SIM07_RAISED;
  for (guint i = 0; i < sim07_value_length (items); i++)
    if (!sim07_value_is_hashable (sim07_value_get (items, i)))
      return SIM07_RAISED;
  for (gsize i = 0; i < self->n_methods; i++)
    if (is_in (items, self->methods[i]))
      common[(*n)++] = self->methods[i];
  return SIM07_OK;
}

static GBytes *
decompress (GBytes *body, guint8 method)
{
  static const guint8 zlib[] = { P2P_COMPRESSION_ZLIB, P2P_COMPRESSION_GZIP };
  P2pLimits limits;

  p2p_limits_init (&limits);
  limits.frame = limits.ratio = G_MAXUINT32;
  if (method == P2P_COMPRESSION_ZLIB || method == P2P_COMPRESSION_GZIP)
    {
      /* Either is told from the bytes. */
      for (guint i = 0; i < G_N_ELEMENTS (zlib); i++)
        {
          GBytes *plain = p2p_decompress (body, zlib[i], &limits, NULL);

          if (plain != NULL)
            return plain;
        }
      return NULL;
    }
  return p2p_decompress (body, method, &limits, NULL);
}

/* In the order of the peer's list, those that are ours too; none does: it is taken as it is. */
static Sim07Outcome
unpack_body (Sim07Conn *conn, GBytes **body)
{
  Sim07Peer *self = conn->peer;
  g_autoptr (Sim07Value) items = NULL;

  if (!sim07_value_is_true (conn->compression) || self->n_methods == 0)
    return SIM07_OK;
  items = sim07_value_iterate (conn->compression);
  if (items == NULL)
    return SIM07_RAISED;
  for (guint i = 0; i < sim07_value_length (items); i++)
    if (!sim07_value_is_hashable (sim07_value_get (items, i)))
      return SIM07_RAISED;
  for (guint i = 0; i < sim07_value_length (items); i++)
    for (gsize j = 0; j < self->n_methods; j++)
      if (sim07_value_is_int (sim07_value_get (items, i), self->methods[j]))
        {
          GBytes *plain = decompress (*body, self->methods[j]);

          if (plain != NULL)
            {
              g_bytes_unref (*body);
              *body = plain;
              return SIM07_OK;
            }
        }
  return SIM07_OK;
}

/* The parts of the array; a str or bin has parts as well, and nothing else. */
static Sim07Outcome
split (Sim07Value *packets, Sim07Message *message)
{
  g_autoptr (Sim07Value) items = NULL;

  if (packets->type != SIM07_LIST && packets->type != SIM07_STR && packets->type != SIM07_BIN)
    return SIM07_RAISED;
  items = sim07_value_iterate (packets);
  if (sim07_value_length (items) < 3)
    return SIM07_MISSING;
  message->type = sim07_value_ref (sim07_value_get (items, 0));
  message->sender = sim07_value_ref (sim07_value_get (items, 1));
  message->time = sim07_value_ref (sim07_value_get (items, 2));
  message->payload = sim07_value_list ();
  for (guint i = 3; i < sim07_value_length (items); i++)
    sim07_value_add (message->payload, sim07_value_ref (sim07_value_get (items, i)));
  return SIM07_OK;
}

Sim07Outcome
sim07_message_parse (Sim07Conn *conn, const guint8 *frame, gsize length, Sim07Message *message)
{
  g_autoptr (GBytes) body = NULL;
  g_autoptr (Sim07Value) packets = NULL;
  guint8 digest[P2P_SHA256_LENGTH];
  const guint8 *plain;
  gsize size;

  if (length < 4 || ((guint32) frame[0] << 24 | (guint32) frame[1] << 16 | (guint32) frame[2] << 8 | frame[3]) != length - 4)
    return SIM07_RAISED;
  body = g_bytes_new (frame + 4, length - 4);
  if (unpack_body (conn, &body) != SIM07_OK)
    return SIM07_RAISED;
  plain = g_bytes_get_data (body, &size);
  if (size < sizeof digest)
    return SIM07_RAISED;
  p2p_sha256 (plain + sizeof digest, size - sizeof digest, digest);
  if (memcmp (plain, digest, sizeof digest) != 0)
    return SIM07_RAISED;
  packets = sim07_value_unpack (plain + sizeof digest, size - sizeof digest);
  if (packets == NULL)
    return SIM07_RAISED;
  message->plain = g_bytes_ref (body);
  return split (packets, message);
}

/* A write takes what fits, and nobody looks how much that was (P4). */
static Sim07Outcome
write_frame (Sim07Conn *conn, GBytes *plain, P2pCompression method)
{
  g_autoptr (GBytes) packed = method != P2P_COMPRESSION_NONE ? p2p_compress (plain, method, NULL) : g_bytes_ref (plain);
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint32 length = GUINT32_TO_BE ((guint32) g_bytes_get_size (packed));

  g_byte_array_append (frame, (const guint8 *) &length, sizeof length);
  g_byte_array_append (frame, g_bytes_get_data (packed, NULL), (guint) g_bytes_get_size (packed));
  if (conn->pipe == NULL || conn->broken || conn->pipe->ops->write (conn->pipe, frame->data, frame->len) == 0)
    return sim07_disconnect (conn);
  return SIM07_OK;
}

Sim07Outcome
sim07_send_message (Sim07Conn *conn, const Sim07Message *message)
{
  g_autoptr (Sim07Value) items = sim07_value_iterate (conn->compression);
  guint8 common[8];
  gsize n;

  if (items == NULL || sim07_common (conn->peer, conn->compression, common, &n) != SIM07_OK)
    return SIM07_RAISED;
  if (sim07_value_is_int (message->type, P2P_FLAG_WHISPER) || sim07_value_is_int (message->type, P2P_FLAG_BROADCAST))
    {
      sim07_value_unref (conn->last_sent);
      conn->last_sent = sim07_value_ref (message->payload);
    }
  return write_frame (conn, message->plain, n > 0 ? common[0] : P2P_COMPRESSION_NONE);
}

static GBytes *
serialise (Sim07Message *message)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (Sim07Value) all = sim07_value_list ();
  Sim07Value *parts[] = { message->type, message->sender, message->time };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    sim07_value_add (all, sim07_value_ref (parts[i]));
  for (guint i = 0; i < sim07_value_length (message->payload); i++)
    sim07_value_add (all, sim07_value_ref (sim07_value_get (message->payload, i)));
  g_byte_array_set_size (bytes, P2P_SHA256_LENGTH);
  sim07_value_pack (all, bytes);
  p2p_sha256 (bytes->data + P2P_SHA256_LENGTH, bytes->len - P2P_SHA256_LENGTH, bytes->data);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

Sim07Outcome
sim07_send (Sim07Conn *conn, Sim07Value *type, Sim07Value *payload)
{
  Sim07Peer *self = conn->peer;
  g_auto (Sim07Message) message = { type, sim07_value_ref (self->own_id), sim07_value_int (sim07_utc (self)), payload, NULL };
  Sim07Outcome outcome;

  message.plain = serialise (&message);
  outcome = sim07_send_message (conn, &message);
  /* A write that failed is no exception, and leaves nothing to remember. */
  if (outcome == SIM07_OK)
    sim07_seen_add (self, g_bytes_get_data (message.plain, NULL), message.time->number);
  return outcome;
}

Sim07Outcome
sim07_send_handshake (Sim07Conn *conn)
{
  Sim07Peer *self = conn->peer;
  Sim07Value *compression = conn->compression;
  Sim07Value *payload = sim07_value_list ();
  Sim07Value *address = sim07_value_list ();
  Sim07Value *methods = sim07_value_list ();
  Sim07Outcome outcome;

  sim07_value_add (address, sim07_value_str (self->host));
  sim07_value_add (address, sim07_value_int (self->port));
  for (gsize i = 0; i < self->n_methods; i++)
    sim07_value_add (methods, sim07_value_int (self->methods[i]));
  sim07_value_add (payload, sim07_value_int (P2P_SUBFLAG_HANDSHAKE));
  sim07_value_add (payload, sim07_value_ref (self->own_id));
  sim07_value_add (payload, sim07_value_str (self->protocol_id));
  sim07_value_add (payload, address);
  sim07_value_add (payload, methods);
  conn->compression = sim07_value_list ();
  outcome = sim07_send (conn, sim07_value_int (P2P_FLAG_WHISPER), payload);
  sim07_value_unref (conn->compression);
  conn->compression = compression;
  return outcome;
}

/* Of every entry that told an address, the one it goes to included. py2p shuffles them; whoever reads them must not mind the order. */
Sim07Outcome
sim07_send_peers (Sim07Conn *conn)
{
  Sim07Peer *self = conn->peer;
  Sim07Value *payload = sim07_value_list ();
  Sim07Value *list = sim07_value_list ();
  guint32 start;

  p2p_random_fill (self->env->random, (guint8 *) &start, sizeof start);
  for (guint i = 0; i < self->table->len; i++)
    {
      Sim07Entry *entry = &g_array_index (self->table, Sim07Entry, (i + start) % self->table->len);
      Sim07Value *item;

      if (entry->conn->addr == NULL || !sim07_value_is_true (entry->conn->addr))
        continue;
      item = sim07_value_list ();
      sim07_value_add (item, sim07_value_ref (entry->conn->addr));
      sim07_value_add (item, sim07_value_ref (entry->key));
      sim07_value_add (list, item);
    }
  sim07_value_add (payload, sim07_value_int (P2P_SUBFLAG_PEERS));
  sim07_value_add (payload, list);
  return sim07_send (conn, sim07_value_int (P2P_FLAG_WHISPER), payload);
}

/* As str, which no py2p understands (B1). */
Sim07Outcome
sim07_request_peers (Sim07Peer *self)
{
  g_autoptr (GPtrArray) conns = g_ptr_array_new ();

  for (guint i = 0; i < self->table->len; i++)
    g_ptr_array_add (conns, g_array_index (self->table, Sim07Entry, i).conn);
  for (guint i = 0; i < conns->len; i++)
    {
      Sim07Value *payload = sim07_value_list ();

      sim07_value_add (payload, sim07_value_int (P2P_SUBFLAG_REQUEST));
      sim07_value_add (payload, sim07_value_str ("*"));
      if (sim07_send (conns->pdata[i], sim07_value_int (P2P_FLAG_WHISPER), payload) != SIM07_OK)
        return SIM07_RAISED;
    }
  return SIM07_OK;
}
