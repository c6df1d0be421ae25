/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* The second half of a comparison: KEYS, WANT and RECORDS. Answers wait in the link and leave as fast as its other end reads. */
#include "p2p-sync-node-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"

#define KEY_BYTES 16            /* 8 of the digest of the key, 8 of that of its state */
#define DIGEST_BYTES 8
#define KEYS_A_FRAME 4096
#define WANT_A_FRAME 512
/* Asked for in one round; the rest in the next. */
#define MOST_WANTED 65536
#define RECORDS_A_FRAME 4096

static guint64
read_digest (const guint8 *bytes)
{
  guint64 digest;

  memcpy (&digest, bytes, sizeof digest);
  return GUINT64_FROM_BE (digest);
}

static guint64 get_first (guint bucket) { return (guint64) bucket << 56; }
static guint64 get_last (guint bucket) { return get_first (bucket) | G_GUINT64_CONSTANT (0x00ffffffffffffff); }

static GVariant *
new_bytes (gconstpointer bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, length, 1);
}

static GVariant *
new_digest (guint64 digest)
{
  digest = GUINT64_TO_BE (digest);
  return new_bytes (&digest, sizeof digest);
}

/* Of keys; there is a place even in an empty one. */
static GByteArray *
new_list (void)
{
  return g_byte_array_sized_new (KEY_BYTES);
}

/* Bytes that a frame to him may hold. */
static gsize
get_room (P2pSyncLink *link)
{
  guint32 most = p2p_peer_get_max_frame (link->peer);

  return MIN (P2P_SYNC_FRAME_BYTES, most > 0 ? most : G_MAXUINT32) - P2P_SYNC_FRAME_OVERHEAD;
}

static gboolean
is_set (const guint32 *bits, guint bucket)
{
  return (bits[bucket / 32] >> bucket % 32 & 1) != 0;
}

static void
unset (guint32 *bits, guint bucket)
{
  bits[bucket / 32] &= ~(1u << bucket % 32);
}

/* ---- what we send ---- */

/* The place of the first of the bucket's keys that is not before a digest. */
static guint
find_place (GByteArray *list, guint64 from)
{
  guint low = 0;
  guint high = list->len / KEY_BYTES;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (read_digest (list->data + middle * KEY_BYTES) < from)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
send_keys (P2pSyncLink *link, guint bucket, gsize *bytes)
{
  g_autoptr (GByteArray) list = new_list ();
  guint64 from = MAX (link->keys_from, get_first (bucket));
  guint64 to = get_last (bucket);
  GVariant *rest[4];
  guint place;
  guint n;
  gsize most = MIN (KEYS_A_FRAME, get_room (link) / KEY_BYTES);

  p2p_sync_table_list_bucket (link->node->table, bucket, list);
  place = find_place (list, from);
  n = list->len / KEY_BYTES - place;
  if (n > most)
    {
      n = (guint) most;
      to = read_digest (list->data + (place + n - 1) * KEY_BYTES);
    }
  if (!p2p_sync_spend (link, n * KEY_BYTES + P2P_SYNC_FRAME_OVERHEAD))
    return FALSE;
  link->keys_from = to + 1;
  if (to == get_last (bucket))
    {
      unset (link->keys_due, bucket);
      link->keys_from = 0;
    }
  link->asked = TRUE;
  rest[0] = g_variant_new_int64 (bucket);
  rest[1] = new_bytes (list->data + place * KEY_BYTES, n * KEY_BYTES);
  rest[2] = new_digest (from);
  rest[3] = new_digest (to);
  *bytes += n * KEY_BYTES;
  return p2p_mesh_send_control (link->peer, P2P_CONTROL_KEYS, rest, G_N_ELEMENTS (rest));
}

static gboolean
send_want (P2pSyncLink *link, gsize *bytes)
{
  guint n = (guint) MIN (MIN (link->want->len - link->wanted, WANT_A_FRAME), get_room (link) / DIGEST_BYTES);
  g_autofree guint64 *digests = g_new (guint64, n);
  GVariant *rest;

  if (!p2p_sync_spend (link, n * DIGEST_BYTES + P2P_SYNC_FRAME_OVERHEAD))
    return FALSE;
  for (guint i = 0; i < n; i++)
    digests[i] = GUINT64_TO_BE (g_array_index (link->want, guint64, link->wanted + i));
  link->wanted += n;
  if (link->wanted == link->want->len)
    {
      g_array_set_size (link->want, 0);
      link->wanted = 0;
    }
  link->asked = TRUE;
  rest = new_bytes (digests, n * DIGEST_BYTES);
  *bytes += n * DIGEST_BYTES;
  return p2p_mesh_send_control (link->peer, P2P_CONTROL_WANT, &rest, 1);
}

/* The record, or a part of it, of the next key that he is to get; NULL: it went meanwhile. */
static GVariant *
pack_next (P2pSyncLink *link, guint *part)
{
  P2pSyncTable *table = link->node->table;
  guint64 digest = GUINT64_TO_BE (g_array_index (link->serve, guint64, link->served));
  guint8 bytes[DIGEST_BYTES];
  GVariant *record;
  GBytes *key;
  gsize length;
  const guint8 *data;

  memcpy (bytes, &digest, sizeof bytes);
  key = p2p_sync_table_find_digest (table, bytes);
  if (key == NULL)
    {
      *part = 0;
      return NULL;
    }
  data = g_bytes_get_data (key, &length);
  record = p2p_sync_table_pack_part (table, data, length, part);
  return record != NULL ? g_variant_ref_sink (record) : NULL;
}

static gboolean
send_records (P2pSyncLink *link, gsize *bytes)
{
  guint32 largest = p2p_peer_get_max_frame (link->peer);
  gsize room = get_room (link);
  gsize size = 0;
  guint n = 0;
  GVariantBuilder builder;
  GVariant *rest;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  while (link->served < link->serve->len && n < RECORDS_A_FRAME)
    {
      guint part = link->served_part;
      g_autoptr (GVariant) record = pack_next (link, &part);
      gsize more = record != NULL ? g_variant_get_size (record) : 0;

      if (n > 0 && size + more > room)
        break;
      link->served_part = part;
      link->served += part == 0;
      if (record == NULL)
        continue;
      if (largest > 0 && more > largest - P2P_SYNC_FRAME_OVERHEAD)
        {
          p2p_mesh_node_note_drop (link->node->mesh, link->peer, P2P_DROP_PEER_LIMIT, NULL);
          continue;
        }
      g_variant_builder_add (&builder, "v", record);
      size += more;
      n++;
    }
  if (link->served == link->serve->len)
    {
      g_array_set_size (link->serve, 0);
      link->served = 0;
    }
  rest = g_variant_builder_end (&builder);
  if (n == 0 || !p2p_sync_spend (link, size + P2P_SYNC_FRAME_OVERHEAD))
    {
      g_variant_unref (g_variant_ref_sink (rest));
      return n == 0;
    }
  *bytes += size;
  return p2p_mesh_send_control (link->peer, P2P_CONTROL_RECORDS, &rest, 1);
}

void
p2p_sync_serve_clear (P2pSyncLink *link)
{
  memset (link->keys_due, 0, sizeof link->keys_due);
  link->keys_from = 0;
  g_array_set_size (link->serve, 0);
  g_array_set_size (link->want, 0);
  link->served = link->served_part = link->wanted = 0;
}

gboolean
p2p_sync_serve (P2pSyncLink *link, gsize *bytes)
{
  for (guint bucket = 0; bucket < P2P_TABLE_BUCKETS; bucket++)
    if (is_set (link->keys_due, bucket))
      return send_keys (link, bucket, bytes);
  if (link->want->len > 0)
    return send_want (link, bytes);
  return link->serve->len > 0 && send_records (link, bytes);
}

/* ---- what we are told ---- */

static gboolean
get_bytes (P2pMessage *message, gsize index, GVariant **held, const guint8 **bytes, gsize *length)
{
  *held = p2p_message_get_packet (message, P2P_CONTROL_REST + index);
  if (*held == NULL || !g_variant_is_of_type (*held, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  *bytes = g_variant_get_fixed_array (*held, length, 1);
  if (*length == 0)
    *bytes = (const guint8 *) "";
  return TRUE;
}

static gboolean
get_digest (P2pMessage *message, gsize index, guint64 *digest)
{
  g_autoptr (GVariant) held = NULL;
  const guint8 *bytes;
  gsize length;

  if (!get_bytes (message, index, &held, &bytes, &length) || length != DIGEST_BYTES)
    return FALSE;
  *digest = read_digest (bytes);
  return TRUE;
}

/* FALSE: more than he could ask for in good faith. */
static gboolean
add_serve (P2pSyncLink *link, guint64 digest)
{
  if (link->serve->len >= p2p_sync_table_get_n_records (link->node->table) + WANT_A_FRAME)
    return FALSE;
  g_array_append_val (link->serve, digest);
  return TRUE;
}

static gboolean
add_want (P2pSyncLink *link, guint64 digest)
{
  if (link->want->len >= MOST_WANTED)
    return FALSE;
  g_array_append_val (link->want, digest);
  return TRUE;
}

/* Both lists are in order. */
static gboolean
compare (P2pSyncLink *link, const guint8 *ours, const guint8 *ours_end, const guint8 *theirs, const guint8 *theirs_end)
{
  P2pSyncNode *self = link->node;
  gboolean room = TRUE;

  while (ours < ours_end || theirs < theirs_end)
    {
      int order = ours == ours_end ? 1 : theirs == theirs_end ? -1 : memcmp (ours, theirs, DIGEST_BYTES);
      gboolean same = order == 0 && memcmp (ours, theirs, KEY_BYTES) == 0;

      if (same && self->any_old)
        {
          GBytes *key = p2p_sync_table_find_digest (self->table, ours);

          if (key != NULL)
            p2p_sync_confirm (self, key);
        }
      if (order <= 0)
        {
          room &= same || add_serve (link, read_digest (ours));
          ours += KEY_BYTES;
        }
      if (order >= 0)
        {
          room &= same || add_want (link, read_digest (theirs));
          theirs += KEY_BYTES;
        }
    }
  return room;
}

static gboolean
is_in_order (const guint8 *list, gsize length, guint64 from, guint64 to)
{
  guint64 last = from;

  for (gsize at = 0; at < length; at += KEY_BYTES)
    {
      guint64 digest = read_digest (list + at);

      if (digest < last || digest > to)
        return FALSE;
      last = digest;
    }
  return TRUE;
}

void
p2p_sync_take_keys (P2pSyncLink *link, P2pMessage *message)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GVariant) number = p2p_message_get_packet (message, P2P_CONTROL_REST);
  g_autoptr (GVariant) held = NULL;
  g_autoptr (GByteArray) ours = NULL;
  const guint8 *theirs;
  gsize length;
  gint64 bucket;
  guint64 from, to, due;
  guint begin, end;

  if (!p2p_mesh_value_get_int (number, &bucket) || bucket < 0 || bucket >= P2P_TABLE_BUCKETS ||
      !get_bytes (message, 1, &held, &theirs, &length) || length % KEY_BYTES != 0 || length / KEY_BYTES > KEYS_A_FRAME ||
      !get_digest (message, 2, &from) || !get_digest (message, 3, &to) || from < get_first ((guint) bucket) || to > get_last ((guint) bucket) ||
      from > to || !is_in_order (theirs, length, from, to))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  due = link->keys_next != NULL && link->keys_next[bucket] != 0 ? link->keys_next[bucket] : get_first ((guint) bucket);
  if (!is_set (link->keys_open, (guint) bucket) || from != due)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  if (to == get_last ((guint) bucket))
    unset (link->keys_open, (guint) bucket);
  else
    {
      if (link->keys_next == NULL)
        link->keys_next = g_new0 (guint64, P2P_TABLE_BUCKETS);
      link->keys_next[bucket] = to + 1;
    }
  ours = new_list ();
  p2p_sync_table_list_bucket (self->table, (guint) bucket, ours);
  begin = find_place (ours, from);
  end = to == G_MAXUINT64 ? ours->len / KEY_BYTES : find_place (ours, to + 1);
  if (!compare (link, ours->data + begin * KEY_BYTES, ours->data + end * KEY_BYTES, theirs, theirs + length))
    p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_TOO_MANY, NULL);
  p2p_sync_link_wake (link);
}

void
p2p_sync_take_want (P2pSyncLink *link, P2pMessage *message)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GVariant) held = NULL;
  const guint8 *bytes;
  gsize length;
  gboolean missing = FALSE;
  gboolean room = TRUE;

  if (!get_bytes (message, 0, &held, &bytes, &length) || length % DIGEST_BYTES != 0 || length / DIGEST_BYTES > WANT_A_FRAME)
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  for (gsize at = 0; at < length && room; at += DIGEST_BYTES)
    if (p2p_sync_table_find_digest (self->table, bytes + at) == NULL)
      missing = TRUE;
    else
      room = add_serve (link, read_digest (bytes + at));
  if (missing)
    p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_NOT_HELD, NULL);
  if (!room)
    p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_TOO_MANY, NULL);
  p2p_sync_link_wake (link);
}

void
p2p_sync_take_records (P2pSyncLink *link, P2pMessage *message)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GVariant) list = p2p_message_get_packet (message, P2P_CONTROL_REST);
  gsize n = list != NULL && g_variant_is_of_type (list, G_VARIANT_TYPE ("av")) ? g_variant_n_children (list) : 0;

  if (n == 0 || n > RECORDS_A_FRAME)
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!link->asked)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  p2p_sync_take_signed (link, message);
}
