/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How an own message leaves. Before it does it is on the disk as the very message that it will be, so that after a crash in between it is sent as that again: to every node the
 * same message is one. When it is too old for that, and with private ones that go over a link, which no node compares, the person is told that it may have left. Those that go through others: rt-network-through.c.
 */
#include "config.h"

#include "rt-network-outbox-private.h"

#define MAX_WAIT_SECONDS 600

static void
outgoing_clear (gpointer data)
{
  RtOutgoing *out = data;

  g_clear_pointer (&out->prepared, p2p_message_unref);
  g_clear_object (&out->cancellable);
  g_object_unref (out->item);
}

void
rt_outgoing_unref (RtOutgoing *out)
{
  g_rc_box_release_full (out, outgoing_clear);
}

/* Whose key is known and who does not prove it: asked again that late, or when he is heard of. */
#define UNPROVEN_TRIES 3

static gint64
get_second (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gint64
get_backoff (guint n_attempts)
{
  static const guint seconds[] = { 1, 5, 30, 120, MAX_WAIT_SECONDS };

  return (gint64) seconds[MIN (MAX (n_attempts, 1), G_N_ELEMENTS (seconds)) - 1] * G_USEC_PER_SEC;
}

/* ---- what became of it ---- */

void
rt_outgoing_save (RtNetwork *self, RtOutgoing *out, gboolean outbox, gboolean now)
{
  if (self->chat == NULL)
    return;
  if (out->kept)
    rt_network_save_item (self, out->item, outbox, now);
  else
    {
      g_autoptr (RtStoreMessage) stored = rt_message_item_to_store (out->item, outbox);

      rt_store_chat_add (self->chat, stored, now);
      out->kept = TRUE;
    }
}

void
rt_outgoing_show (RtNetwork *self, RtOutgoing *out, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error)
{
  rt_message_item_set_tries (out->item, out->n_attempts, delivery == RT_DELIVERY_QUEUED || delivery == RT_DELIVERY_THROUGH ? out->next_try : 0);
  rt_message_item_set_sent (out->item, message, delivery, n_links, error);
  rt_network_tell_item (self, out->item);
}

/* It waits for somebody. */
void
rt_outgoing_wait (RtNetwork *self, RtOutgoing *out, const char *error)
{
  if (out->through)
    {
      rt_outgoing_rest (self, out);
      return;
    }
  out->state = RT_OUTGOING_WAITING;
  /* what may have left is that message until it is too old */
  if (out->restored)
    return;
  g_clear_pointer (&out->prepared, p2p_message_unref);
  if (out->kept && rt_message_item_get_delivery (out->item) == RT_DELIVERY_QUEUED && rt_message_item_get_next_try (out->item) == out->next_try &&
      g_strcmp0 (error, rt_message_item_get_delivery_error (out->item)) == 0)
    return;
  rt_message_item_clear_message (out->item);
  rt_outgoing_show (self, out, NULL, RT_DELIVERY_QUEUED, 0, error);
  rt_outgoing_save (self, out, TRUE, TRUE);
}

/* It is out of the queue. */
void
rt_outgoing_end (RtNetwork *self, RtOutgoing *out, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error)
{
  g_queue_remove (&self->outbox, out);
  out->gone = TRUE;
  out->next_try = 0;
  rt_outgoing_show (self, out, message, delivery, n_links, error);
  rt_outgoing_save (self, out, FALSE, delivery != RT_DELIVERY_HANDED);
  rt_outgoing_unref (out);
}

/* ---- to everybody ---- */

gboolean
rt_outgoing_is_too_old (const RtOutgoing *out)
{
  return out->prepared != NULL && ABS (get_second () - p2p_message_get_time (out->prepared)) > RT_OUTGOING_RESEND_SECONDS;
}

static gboolean
prepare (RtNetwork *self, RtOutgoing *out, gint64 second, GError **error)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_BROADCAST)),
                          g_variant_new_variant (g_variant_new_string (rt_message_item_get_written (out->item))) };

  out->prepared = p2p_message_new (P2P_FLAG_BROADCAST, self->node_id, second, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), error);
  return out->prepared != NULL;
}

/* What goes with it comes first, so that it is there when the message is. */
static void
send_frames (RtNetwork *self, RtOutgoing *out, GBytes *id)
{
  g_autoptr (GPtrArray) frames = rt_network_dup_frames (self, out->item);

  for (guint i = 0; frames != NULL && i < frames->len; i++)
    {
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_with_about (frames->pdata[i], id);

      p2p_mesh_socket_send_app (self->socket, frame, NULL);
    }
}

static void
broadcast (RtNetwork *self, RtOutgoing *out)
{
  g_autoptr (P2pMessage) message = p2p_message_ref (out->prepared);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) id = p2p_message_get_id (message);
  int n;

  /* the key was lost, and we are another node now */
  if (out->restored && g_strcmp0 (p2p_message_get_sender (message), self->node_id) != 0)
    {
      rt_outgoing_end (self, out, NULL, RT_DELIVERY_UNSURE, 0, NULL);
      return;
    }
  send_frames (self, out, id);
  n = p2p_mesh_socket_send_message (self->socket, message, &error);
  if (n > 0)
    rt_outgoing_end (self, out, message, RT_DELIVERY_HANDED, (guint) n, NULL);
  else if (n == 0)
    rt_outgoing_wait (self, out, NULL);
  else
    {
      g_autofree char *words = rt_words_for_error (error, NULL);

      rt_outgoing_end (self, out, NULL, RT_DELIVERY_FAILED, 0, words);
    }
}

/* ---- privately ---- */

RtTurn *
rt_turn_begin (RtNetwork *self, RtOutgoing *out, RtOutgoingState state)
{
  RtTurn *turn = g_new0 (RtTurn, 1);

  out->state = state;
  turn->network = g_object_ref (self);
  turn->out = g_rc_box_acquire (out);
  turn->turn = ++out->turn;
  out->began = g_get_monotonic_time ();
  return turn;
}

void
rt_turn_free (RtTurn *turn)
{
  rt_outgoing_unref (turn->out);
  g_object_unref (turn->network);
  g_free (turn);
}

gboolean
rt_turn_is_late (const RtTurn *turn)
{
  return turn->out->gone || turn->out->turn != turn->turn;
}

static void
try_later (RtNetwork *self, RtOutgoing *out, const GError *error)
{
  g_autofree char *name = g_strdup (rt_message_item_get_recipient_name (out->item));
  g_autofree char *words = rt_words_for_error (error, name);

  if (error->domain == P2P_WIRE_ERROR)
    {
      rt_outgoing_end (self, out, NULL, RT_DELIVERY_FAILED, 0, words);
      return;
    }
  out->n_attempts++;
  out->next_try = g_get_real_time () + get_backoff (out->n_attempts);
  rt_outgoing_wait (self, out, out->too_large ? rt_outgoing_get_large_words () : words);
}

/* It took the second in which it left, not that in which its recipient began to be looked for. */
static void
end_whisper (RtNetwork *self, RtOutgoing *out, P2pMessage *message)
{
  if (message != NULL)
    rt_network_remember_sent (self, out->item, p2p_message_get_time (message));
  rt_outgoing_end (self, out, message, RT_DELIVERY_HANDED, 1, NULL);
}

static void
whispered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtTurn) turn = user_data;
  RtNetwork *self = turn->network;
  RtOutgoing *out = turn->out;
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  gboolean sent = p2p_mesh_socket_whisper_text_with_finish (P2P_MESH_SOCKET (source), result, &message, &error);

  /* the person took it back, or the network went off meanwhile: it may have left all the same */
  if (out->gone && sent && self->timeline != NULL)
    {
      rt_outgoing_show (self, out, message, RT_DELIVERY_HANDED, 1, NULL);
      rt_outgoing_save (self, out, FALSE, FALSE);
    }
  else if (sent && !out->gone)
    end_whisper (self, out, message);
  if (rt_turn_is_late (turn))
    {
      rt_network_pump_outbox (self);
      return;
    }
  g_clear_object (&out->cancellable);
  try_later (self, out, error);
  rt_network_pump_outbox (self);
}

/* What was to be read by nobody else. Whoever says that he is its receiver has to prove it, also when the socket forgot his key. */
static gboolean
may_leave (RtNetwork *self, RtOutgoing *out)
{
  const char *recipient = rt_message_item_get_recipient (out->item);
  RtPerson *person;

  if (!rt_message_item_get_sealed (out->item))
    return TRUE;
  person = rt_people_find (self->people, recipient);
  if (person != NULL && rt_person_get_key (person) != NULL)
    p2p_mesh_socket_pin_key (self->socket, rt_person_get_key (person));
  return p2p_mesh_socket_can_seal (self->socket, recipient);
}

static void
whisper (RtNetwork *self, RtOutgoing *out)
{
  const char *recipient = rt_message_item_get_recipient (out->item);
  const char *text = rt_message_item_get_written (out->item);
  g_autoptr (GPtrArray) frames = rt_network_dup_frames (self, out->item);
  g_autoptr (P2pMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (!may_leave (self, out))
    {
      out->next_try = g_get_real_time () + get_backoff (UNPROVEN_TRIES);
      rt_outgoing_wait (self, out, NULL);
      return;
    }
  if (p2p_mesh_socket_get_connection (self->socket, recipient) != NULL)
    {
      if (p2p_mesh_socket_send_text_with (self->socket, recipient, text, frames, &message, &error) > 0)
        end_whisper (self, out, message);
      else if (error != NULL)
        try_later (self, out, error);
      else
        rt_outgoing_wait (self, out, NULL);
      return;
    }
  g_clear_object (&out->cancellable);
  out->cancellable = g_cancellable_new ();
  p2p_mesh_socket_whisper_text_with_async (self->socket, recipient, text, frames, out->cancellable, whispered_cb, rt_turn_begin (self, out, RT_OUTGOING_LOOKING));
}

/* ---- when ---- */

gint64
rt_outgoing_get_next_try (const RtOutgoing *out)
{
  gint64 now = g_get_real_time ();

  /* Nothing waits for longer than that: the clock was set back since. */
  return out->next_try <= now || out->next_try > now + MAX_WAIT_SECONDS * G_USEC_PER_SEC ? 0 : out->next_try;
}

gboolean
rt_outgoing_can_go (RtNetwork *self, const RtOutgoing *out)
{
  if (self->socket == NULL || self->n_peers == 0 || rt_outgoing_rests (out))
    return FALSE;
  return rt_outgoing_get_next_try (out) == 0;
}

static void
send_now (RtNetwork *self, RtOutgoing *out)
{
  gboolean private = rt_message_item_get_private (out->item);

  if (!rt_outgoing_can_go (self, out) || (!private && out->prepared != NULL && rt_outgoing_is_too_old (out)))
    rt_outgoing_wait (self, out, rt_message_item_get_delivery_error (out->item));
  else if (private && out->prepared != NULL)
    rt_outgoing_say (self, out);
  else if (private)
    whisper (self, out);
  else
    broadcast (self, out);
}

static void
committed_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtTurn) turn = user_data;

  /* When the disk cannot take it the chat goes on: the network says that it is not kept. */
  rt_store_chat_flush_finish (RT_STORE_CHAT (chat), result, NULL);
  if (rt_turn_is_late (turn))
    return;
  turn->out->state = RT_OUTGOING_WAITING;
  send_now (turn->network, turn->out);
  rt_network_pump_outbox (turn->network);
}

/* On to the disk, and out. */
void
rt_outgoing_start (RtNetwork *self, RtOutgoing *out)
{
  gint64 second = get_second ();
  g_autoptr (GError) error = NULL;

  /* after a restart: as what it was to be */
  if (out->prepared != NULL)
    {
      send_now (self, out);
      return;
    }
  if (rt_outgoing_may_go_through (self, out) && rt_outgoing_is_too_large (out))
    {
      rt_outgoing_wait_for_link (self, out);
      return;
    }
  rt_network_remember_sent (self, out->item, second);
  if (rt_message_item_get_private (out->item) ? rt_outgoing_may_go_through (self, out) && !rt_outgoing_prepare_whisper (self, out, second, &error)
                                              : !prepare (self, out, second, &error))
    {
      g_autofree char *words = rt_words_for_error (error, NULL);

      rt_outgoing_end (self, out, NULL, RT_DELIVERY_FAILED, 0, words);
      return;
    }
  rt_outgoing_show (self, out, out->prepared, RT_DELIVERY_SENDING, 0, NULL);
  if (self->chat == NULL)
    {
      send_now (self, out);
      return;
    }
  rt_outgoing_save (self, out, TRUE, TRUE);
  rt_store_chat_flush_async (self->chat, committed_cb, rt_turn_begin (self, out, RT_OUTGOING_COMMITTING));
}
