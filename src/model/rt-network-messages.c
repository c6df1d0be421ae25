/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said in a network: in and out. */
#include "config.h"

#include "rt-network-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* A message older than a minute is dropped by every node and its id forgotten by most after two: what was sent longer
 * ago cannot be taken for the same. */
#define SENT_SECONDS 120
/* Past the boundary of the second, so that the clock is surely there. */
#define NEXT_SECOND_SLACK_MILLISECONDS 5

/* What comes so much later than its sender's messages usually do was said earlier, on the other side of a gap. */
#define LATE_SECONDS 5
/* A message older than that is not taken, whatever its sender's clock says. */
#define OLDEST_SECONDS 120
/* Senders whose clocks we remember, and how long we take a clock for right until we do. */
#define MAX_SENDERS 1024
#define LEARN_SECONDS 10

typedef struct {
  gint64 since;
  gint64 least_age;             /* seconds */
} SenderClock;

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

static gint64
get_second (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
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

static gboolean
was_sent_in (RtNetwork *self, RtMessageItem *item, gint64 second)
{
  g_autofree char *key = make_key (item, second);

  return g_hash_table_contains (self->sent_keys, key);
}

static void
remember_sent (RtNetwork *self, RtMessageItem *item, gint64 second)
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

static void
end_sending (RtNetwork *self, RtMessageItem *item, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error)
{
  rt_message_item_set_sent (item, message, delivery, n_links, error);
  rt_memory_timeline_item_changed (self->timeline, RT_TIMELINE_ITEM (item));
}

static GVariant *
make_packets (const char *text)
{
  GVariant *packet = g_variant_new_variant (g_variant_new_string (text));

  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, &packet, 1);
}

static void
broadcast (RtNetwork *self, RtMessageItem *item)
{
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  int n;

  n = p2p_mesh_socket_send_full (self->socket, P2P_FLAG_BROADCAST, NULL, make_packets (rt_message_item_get_written (item)), &message, &error);
  remember_sent (self, item, message != NULL ? p2p_message_get_time (message) : get_second ());
  if (n > 0)
    end_sending (self, item, message, RT_DELIVERY_HANDED, (guint) n, NULL);
  else if (n == 0)
    end_sending (self, item, message, RT_DELIVERY_NOBODY, 0, NULL);
  else
    {
      g_autofree char *words = rt_words_for_error (error, NULL);

      end_sending (self, item, message, RT_DELIVERY_FAILED, 0, words);
    }
}

typedef struct {
  RtNetwork     *network;
  RtMessageItem *item;
} Whisper;

static void
whisper_free (Whisper *whisper)
{
  g_object_unref (whisper->network);
  g_object_unref (whisper->item);
  g_free (whisper);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Whisper, whisper_free)

static void
whispered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Whisper) whisper = user_data;
  g_autoptr (GError) error = NULL;

  if (p2p_mesh_socket_whisper_to_finish (P2P_MESH_SOCKET (source), result, &error))
    end_sending (whisper->network, whisper->item, NULL, RT_DELIVERY_HANDED, 1, NULL);
  else
    {
      g_autofree char *name = rt_short_id (rt_message_item_get_recipient (whisper->item));
      g_autofree char *words = rt_words_for_error (error, name);

      end_sending (whisper->network, whisper->item, NULL, RT_DELIVERY_FAILED, 0, words);
    }
}

static void
send_privately (RtNetwork *self, RtMessageItem *item)
{
  const char *recipient = rt_message_item_get_recipient (item);
  P2pConnection *connection = p2p_mesh_socket_get_connection (self->socket, recipient);
  Whisper *whisper;

  remember_sent (self, item, get_second ());
  /* On a link we learn which message it became. */
  if (connection != NULL)
    {
      GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_WHISPER)),
                              g_variant_new_variant (g_variant_new_string (rt_message_item_get_written (item))) };
      g_autoptr (GError) error = NULL;
      g_autoptr (P2pMessage) message = NULL;

      message = p2p_connection_send (connection, P2P_FLAG_WHISPER,
                                     g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), NULL, -1, &error);
      if (message != NULL)
        {
          end_sending (self, item, message, RT_DELIVERY_HANDED, 1, NULL);
          return;
        }
    }
  if (self->n_peers == 0)
    {
      end_sending (self, item, NULL, RT_DELIVERY_NOBODY, 0, NULL);
      return;
    }
  whisper = g_new0 (Whisper, 1);
  whisper->network = g_object_ref (self);
  whisper->item = g_object_ref (item);
  p2p_mesh_socket_whisper_to_async (self->socket, recipient, make_packets (rt_message_item_get_written (item)), NULL, whispered_cb, whisper);
}

static void
send_now (RtNetwork *self, RtMessageItem *item)
{
  if (rt_message_item_get_private (item))
    send_privately (self, item);
  else
    broadcast (self, item);
}

static gboolean next_second_cb (gpointer data);

static void
wait_for_next_second (RtNetwork *self)
{
  guint past = (guint) (g_get_real_time () % G_USEC_PER_SEC / 1000);

  if (self->outbox_timer == 0)
    self->outbox_timer = rt_timer_add (1000 - past + NEXT_SECOND_SLACK_MILLISECONDS, "[rt-model] next second", next_second_cb, self);
}

static gboolean
next_second_cb (gpointer data)
{
  g_autoptr (RtNetwork) self = g_object_ref (data);

  self->outbox_timer = 0;
  while (self->socket != NULL && !g_queue_is_empty (&self->outbox))
    {
      g_autoptr (RtMessageItem) item = NULL;

      if (was_sent_in (self, g_queue_peek_head (&self->outbox), get_second ()))
        {
          wait_for_next_second (self);
          break;
        }
      item = g_queue_pop_head (&self->outbox);
      send_now (self, item);
    }
  return G_SOURCE_REMOVE;
}

/* Now, or after those that wait: own messages leave in the order in which they were written. */
static void
submit (RtNetwork *self, RtMessageItem *item)
{
  if (self->socket == NULL)
    {
      end_sending (self, item, NULL, RT_DELIVERY_NOBODY, 0, NULL);
    }
  else if (!g_queue_is_empty (&self->outbox) || was_sent_in (self, item, get_second ()))
    {
      g_queue_push_tail (&self->outbox, g_object_ref (item));
      wait_for_next_second (self);
    }
  else
    {
      send_now (self, item);
    }
}

/* The socket is gone: what waits finds nobody. */
void
rt_network_end_messages (RtNetwork *self)
{
  rt_timer_clear (&self->outbox_timer);
  while (!g_queue_is_empty (&self->outbox))
    {
      g_autoptr (RtMessageItem) item = g_queue_pop_head (&self->outbox);

      end_sending (self, item, NULL, RT_DELIVERY_NOBODY, 0, NULL);
    }
}

void
rt_network_free_messages (RtNetwork *self)
{
  rt_timer_clear (&self->outbox_timer);
  g_queue_clear_full (&self->outbox, g_object_unref);
  g_clear_pointer (&self->sent_keys, g_hash_table_unref);
  g_clear_pointer (&self->sender_clocks, g_hash_table_unref);
  g_queue_clear_full (&self->sent, sent_key_free);
}

/* The time of a new row: a clock that was set back must not put it among the old ones. */
static gint64
take_time (RtNetwork *self)
{
  self->newest_time = MAX (self->newest_time, g_get_real_time ());
  return self->newest_time;
}

static void
add_row (RtNetwork *self, RtMessageItem *item)
{
  rt_memory_timeline_add (self->timeline, RT_TIMELINE_ITEM (item));
  g_signal_emit_by_name (self, "message-added", item);
}

/*
 * What is caught up on stands where it was said. A message's own time is by its sender's clock, which may be slow: so its age is compared
 * with the least that a message of his ever had here, once we have heard him for a while. A time in the future says nothing: nodes
 * set it ahead when the same is said twice in a second.
 */
static gint64
take_time_of (RtNetwork *self, P2pMessage *message)
{
  gint64 now = take_time (self);
  gint64 age = now / G_USEC_PER_SEC - p2p_message_get_time (message);
  SenderClock *clock = g_hash_table_lookup (self->sender_clocks, p2p_message_get_sender (message));
  gint64 late;

  if (clock == NULL)
    {
      if (g_hash_table_size (self->sender_clocks) >= MAX_SENDERS)
        g_hash_table_remove_all (self->sender_clocks);
      clock = g_new (SenderClock, 1);
      *clock = (SenderClock) { .since = now, .least_age = G_MAXINT64 };
      g_hash_table_insert (self->sender_clocks, g_strdup (p2p_message_get_sender (message)), clock);
    }
  clock->least_age = MIN (clock->least_age, MAX (age, 0));
  late = age - (now - clock->since < LEARN_SECONDS * G_USEC_PER_SEC ? 0 : clock->least_age);
  if (late < LATE_SECONDS || late > OLDEST_SECONDS || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    return now;
  return now - late * G_USEC_PER_SEC;
}

void
rt_network_take_message (RtNetwork *self, P2pMessage *message)
{
  g_autoptr (RtMessageItem) item = rt_message_item_new_received (message, take_time_of (self, message), ++self->sequence);

  rt_message_item_set_mention (item, rt_text_mentions (rt_message_item_get_text (item), self->user_name));
  rt_network_prepare_item (self, item, message);
  add_row (self, item);
  if (!self->active)
    rt_network_count_unread (self, item);
}

static RtMessageItem *
add_own (RtNetwork *self, const char *text, const char *recipient, GBytes *reply_to, RtAttachment *attachment, GError **error)
{
  g_autoptr (RtMessageItem) item = NULL;
  RtMessageItem *row;

  if (text == NULL || *text == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("The message is empty"));
      return NULL;
    }
  if (strlen (text) > RT_MESSAGE_MAX_TEXT)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, _("The message is longer than %u KiB"), RT_MESSAGE_MAX_TEXT / 1024);
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("The message is no text"));
      return NULL;
    }
  item = rt_message_item_new_own (self->node_id, self->user_name, text, recipient != NULL, recipient, take_time (self), ++self->sequence);
  row = item;
  rt_message_item_set_reply_to (item, reply_to);
  if (attachment != NULL)
    {
      g_autoptr (GBytes) file = rt_network_pack_attachment (self, attachment);

      rt_message_item_set_file (item, file);
      rt_message_item_set_attachment (item, G_OBJECT (attachment));
    }
  rt_network_prepare_item (self, item, NULL);
  add_row (self, item);
  submit (self, item);
  return row;                   /* the timeline keeps it */
}

RtMessageItem *
rt_network_send (RtNetwork *self, const char *text, const char *recipient, GBytes *reply_to, RtAttachment *attachment, GError **error)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  if (recipient != NULL && *recipient == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("Nobody is named to whom the message is to go"));
      return NULL;
    }
  if (recipient != NULL && g_strcmp0 (recipient, self->node_id) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("That would be a message to yourself"));
      return NULL;
    }
  return add_own (self, text, recipient, reply_to, attachment, error);
}

RtMessageItem *
rt_network_send_text (RtNetwork *self, const char *text, GError **error)
{
  return rt_network_send (self, text, NULL, NULL, NULL, error);
}

RtMessageItem *
rt_network_whisper_text (RtNetwork *self, const char *id, const char *text, GError **error)
{
  return rt_network_send (self, text, id != NULL ? id : "", NULL, NULL, error);
}

void
rt_network_retry (RtNetwork *self, RtMessageItem *item)
{
  RtDelivery delivery;

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  delivery = rt_message_item_get_delivery (item);
  if (delivery == RT_DELIVERY_NONE || delivery == RT_DELIVERY_SENDING || delivery == RT_DELIVERY_HANDED)
    return;
  rt_message_item_set_sending (item);
  rt_memory_timeline_item_changed (self->timeline, RT_TIMELINE_ITEM (item));
  submit (self, item);
}

void
rt_network_cancel (RtNetwork *self, RtMessageItem *item)
{
  GList *waiting;

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  waiting = g_queue_find (&self->outbox, item);
  if (waiting == NULL)
    return;
  end_sending (self, item, NULL, RT_DELIVERY_CANCELLED, 0, NULL);
  g_queue_delete_link (&self->outbox, waiting);
  g_object_unref (item);
}
