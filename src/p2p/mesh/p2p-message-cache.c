/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-message-cache.h"

#include <string.h>

#define ID_LENGTH 32
#define SMALLEST_RING 16

typedef struct {
  P2pMessage *message;
  gint64 when;
  guint copies;
} Entry;

struct _P2pMessageCache {
  guint max_messages;
  gsize max_bytes;
  gint64 max_age;
  Entry *ring;                  /* in the order of arrival */
  guint size;                   /* a power of two */
  guint head;                   /* numbers of entries go on and on; their place in the ring is what remains by its size */
  guint count;
  gsize bytes;
  GHashTable *numbers;          /* of entries, by id; looked up only */
};

static guint
hash_id (gconstpointer id)
{
  guint hash;

  memcpy (&hash, id, sizeof hash);
  return hash;
}

static gboolean
equal_ids (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, ID_LENGTH) == 0;
}

P2pMessageCache *
p2p_message_cache_new (guint max_messages, gsize max_bytes, gint64 max_age)
{
  P2pMessageCache *self = g_new0 (P2pMessageCache, 1);

  self->max_messages = max_messages;
  self->max_bytes = max_bytes;
  self->max_age = max_age;
  self->numbers = g_hash_table_new (hash_id, equal_ids);
  return self;
}

static Entry *
get_entry (P2pMessageCache *self, guint number)
{
  return &self->ring[number & (self->size - 1)];
}

static void
drop_oldest (P2pMessageCache *self)
{
  Entry *entry = get_entry (self, self->head++);

  self->count--;
  self->bytes -= p2p_message_get_length (entry->message);
  g_hash_table_remove (self->numbers, p2p_message_peek_id (entry->message));
  p2p_message_unref (entry->message);
}

void
p2p_message_cache_free (P2pMessageCache *self)
{
  while (self->count > 0)
    drop_oldest (self);
  g_hash_table_unref (self->numbers);
  g_free (self->ring);
  g_free (self);
}

static void
purge (P2pMessageCache *self, gint64 now)
{
  while (self->count > 0 && now - get_entry (self, self->head)->when > self->max_age)
    drop_oldest (self);
}

static void
grow (P2pMessageCache *self)
{
  guint size = MAX (SMALLEST_RING, self->size * 2);
  Entry *ring = g_new (Entry, size);

  for (guint number = self->head; number != self->head + self->count; number++)
    ring[number & (size - 1)] = *get_entry (self, number);
  g_free (self->ring);
  self->ring = ring;
  self->size = size;
}

static Entry *
find (P2pMessageCache *self, const guint8 *id, gint64 now)
{
  gpointer number;

  purge (self, now);
  return g_hash_table_lookup_extended (self->numbers, id, NULL, &number) ? get_entry (self, GPOINTER_TO_UINT (number)) : NULL;
}

void
p2p_message_cache_put (P2pMessageCache *self, P2pMessage *message, gint64 now)
{
  gsize length = p2p_message_get_length (message);

  if (self->max_messages == 0 || length > self->max_bytes || find (self, p2p_message_peek_id (message), now) != NULL)
    return;
  while (self->count > 0 && (self->count >= self->max_messages || self->bytes + length > self->max_bytes))
    drop_oldest (self);
  if (self->count == self->size)
    grow (self);
  *get_entry (self, self->head + self->count) = (Entry) { p2p_message_ref (message), now, 1 };
  g_hash_table_insert (self->numbers, (gpointer) p2p_message_peek_id (message), GUINT_TO_POINTER (self->head + self->count));
  self->count++;
  self->bytes += length;
}

P2pMessage *
p2p_message_cache_get (P2pMessageCache *self, const guint8 *id, gint64 now)
{
  Entry *entry = find (self, id, now);

  return entry != NULL ? entry->message : NULL;
}

guint
p2p_message_cache_count_copy (P2pMessageCache *self, const guint8 *id, gint64 now)
{
  Entry *entry = find (self, id, now);

  return entry != NULL ? ++entry->copies : 0;
}

GByteArray *
p2p_message_cache_list (P2pMessageCache *self, gint64 now, P2pMessageFilter filter, gpointer data)
{
  GByteArray *ids;

  purge (self, now);
  ids = g_byte_array_sized_new (self->count * ID_LENGTH);
  for (guint number = self->head; number != self->head + self->count; number++)
    {
      P2pMessage *message = get_entry (self, number)->message;

      if (filter == NULL || filter (message, data))
        g_byte_array_append (ids, p2p_message_peek_id (message), ID_LENGTH);
    }
  return ids;
}

guint
p2p_message_cache_get_size (P2pMessageCache *self)
{
  return self->count;
}

gsize
p2p_message_cache_get_bytes (P2pMessageCache *self)
{
  return self->bytes;
}
