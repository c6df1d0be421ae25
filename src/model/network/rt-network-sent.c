/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts that were sent a moment ago: the same again in one second would be the same message to every node. */
#include "rt-network-private.h"

#include <string.h>

/* A message older than a minute is dropped by every node and its id forgotten by most after two: what was sent longer
 * ago cannot be taken for the same. */
#define SENT_SECONDS 120

/* A text that was sent in a second; the same again in it would be the same message to every node. */
typedef struct {
  gint64 second;
  char  *key;
} SentKey;

static void
sent_key_free (gpointer data)
{
  SentKey *sent = data;

  g_free (sent->key);
  g_free (sent);
}

static char *
make_key (RtMessageItem *item, gint64 second)
{
  const char *recipient = rt_message_item_get_recipient (item);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, (const guchar *) &second, sizeof second);
  g_checksum_update (checksum, (const guchar *) (rt_message_item_get_private (item) ? "w" : "b"), 1);
  if (recipient != NULL)
    g_checksum_update (checksum, (const guchar *) recipient, (gssize) strlen (recipient) + 1);
  g_checksum_update (checksum, (const guchar *) rt_message_item_get_written (item), -1);
  return g_strdup (g_checksum_get_string (checksum));
}

gboolean
rt_network_was_sent_in (RtNetwork *self, RtMessageItem *item, gint64 second)
{
  g_autofree char *key = make_key (item, second);

  return g_hash_table_contains (self->sent_keys, key);
}

void
rt_network_remember_sent (RtNetwork *self, RtMessageItem *item, gint64 second)
{
  SentKey *sent = g_new0 (SentKey, 1);

  sent->second = second;
  sent->key = make_key (item, second);
  g_queue_push_tail (&self->sent, sent);
  g_hash_table_add (self->sent_keys, sent->key);

  for (SentKey *oldest = g_queue_peek_head (&self->sent); oldest != NULL && ABS (second - oldest->second) > SENT_SECONDS;
       oldest = g_queue_peek_head (&self->sent))
    {
      g_hash_table_remove (self->sent_keys, oldest->key);
      sent_key_free (g_queue_pop_head (&self->sent));
    }
}

void
rt_network_free_sent (RtNetwork *self)
{
  g_clear_pointer (&self->sent_keys, g_hash_table_unref);
  g_queue_clear_full (&self->sent, sent_key_free);
}
