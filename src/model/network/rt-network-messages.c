/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said in a network: in and out. */
#include "config.h"

#include "rt-network-talk-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* What comes so much later than its sender's messages usually do was said earlier, on the other side of a gap. */
#define LATE_SECONDS 5
/* A message older than that is not taken, whatever its sender's clock says. */
#define OLDEST_SECONDS 120
/* A sealed message that is younger, and of so long after this life began, is known at once or not at all, whoever's clock is how wrong. */
#define SURE_SECONDS 60
/* Senders whose clocks we remember, and how long we take a clock for right until we do. */
#define MAX_SENDERS 1024
#define LEARN_SECONDS 10

typedef struct {
  gint64 since;
  gint64 least_age;             /* seconds */
} SenderClock;

/* The time of a new row: a clock that was set back must not put it among the old ones. */
static gint64
take_time (RtNetwork *self)
{
  gint64 now = g_get_real_time ();

  /* but one that was far ahead does not stand for ever */
  self->newest_time = self->newest_time > now + RT_NETWORK_MAX_AHEAD ? now : MAX (self->newest_time, now);
  return self->newest_time;
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
rt_network_free_messages (RtNetwork *self)
{
  g_clear_pointer (&self->sender_clocks, g_hash_table_unref);
  rt_network_free_sent (self);
}

static void
take (RtNetwork *self, P2pMessage *message, const char *via)
{
  g_autoptr (RtMessageItem) item = rt_message_item_new_received (message, take_time_of (self, message), rt_network_take_row (self));

  rt_message_item_set_via (item, via);
  if (rt_network_is_unsigned (self, message))
    rt_message_item_set_unsigned (item);
  rt_message_item_set_mention (item, rt_text_mentions (rt_message_item_get_text (item), self->user_name));
  rt_network_prepare_item (self, item, message);
  rt_network_add_item (self, item);
  g_signal_emit_by_name (self, "message-added", item);
  rt_network_count_unread (self, item);
  rt_network_note_reachable (self, rt_message_item_get_sender (item));
}

/* ---- what is said again ---- */

typedef struct {
  P2pMessage *message;
  char       *via;
} Look;

static void
look_free (Look *look)
{
  p2p_message_unref (look->message);
  g_free (look->via);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static void
looked_cb (GObject *network, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Look) look = user_data;
  RtNetwork *self = RT_NETWORK (network);
  g_autoptr (RtMessageItem) known = rt_network_find_message_finish (self, result, NULL);

  if (self->talk == NULL || self->timeline == NULL)
    return;
  if (known != NULL)
    rt_network_note_again (self, look->message);
  else
    take (self, look->message, look->via);
}

/* Its sender may say it until he knows that it is here, so it may be here from long ago, or from an earlier life. FALSE: it is new. */
static gboolean
is_looked_up (RtNetwork *self, P2pMessage *message, const char *via)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, time = p2p_message_get_time (message);
  g_autoptr (GBytes) id = NULL;
  Look *look;

  if (rt_network_is_again (self, message))
    {
      rt_network_note_again (self, message);
      return TRUE;
    }
  if (self->chat == NULL || (time > now - SURE_SECONDS && time > self->talk->begun + SURE_SECONDS))
    return FALSE;
  look = g_new (Look, 1);
  look->message = p2p_message_ref (message);
  look->via = g_strdup (via);
  id = p2p_message_get_id (message);
  rt_network_find_message_async (self, id, NULL, looked_cb, look);
  return TRUE;
}

void
rt_network_take_message (RtNetwork *self, P2pMessage *message, const char *via)
{
  /* Neighbours tell a node that starts what was said in the last minute: its program may have heard that before it was started again. */
  if (rt_network_was_heard_before (self, message))
    return;
  if (p2p_message_get_flag (message) == P2P_FLAG_WHISPER && p2p_message_get_sealed (message) && is_looked_up (self, message, via))
    return;
  take (self, message, via);
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
  if (!self->chat_loaded)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("What was said here is being read: try again in a moment"));
      return NULL;
    }
  if (self->outbox.length >= RT_NETWORK_MAX_OUTBOX)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%u messages wait to be sent already"), self->outbox.length);
      return NULL;
    }
  item = rt_message_item_new_own (self->node_id, self->user_name, text, recipient != NULL, recipient, take_time (self), rt_network_take_row (self));
  row = item;
  rt_message_item_set_reply_to (item, reply_to);
  /* the window says so now: it is kept with the message, which leaves so or not at all */
  if (recipient != NULL && rt_network_can_seal (self, recipient))
    rt_message_item_set_sealed (item);
  if (attachment != NULL)
    {
      g_autoptr (GBytes) file = rt_network_pack_attachment (self, attachment);

      rt_message_item_set_file (item, file);
      rt_message_item_set_attachment (item, G_OBJECT (attachment));
      rt_network_keep_file (self, item);
    }
  rt_network_note_dealings (self, item);
  rt_network_prepare_item (self, item, NULL);
  rt_network_add_outgoing (self, item);
  g_signal_emit_by_name (self, "message-added", item);
  rt_network_queue_message (self, item, FALSE);
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
  if (rt_network_find_block (self, RT_BLOCK_PERSON, recipient) != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("You blocked this person here: no message goes there until you unblock them"));
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
