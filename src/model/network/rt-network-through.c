/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Private messages to somebody who is not linked to us: in a box that the others pass on. Nobody tells whether it arrives, so it stays in the outbox, as the very message that it is, until its
 * receiver says that he has it or a link to him took it. He knows it by its id: said again it is no second one.
 */
#include "config.h"

#include "rt-network-outbox-private.h"
#include "rt-network-talk-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* Everybody in the network passes it on, and an original cuts off what is much longer. */
#define MAX_TEXT (48u * 1024)
/* So many boxes at once, and a second: more wait for their turn. */
#define BOXES_BURST 32u
#define BOXES_RATE 4
#define TURN_SECONDS 1
/* Said so often by the clock; from then on only when he was heard of. */
#define MAX_BY_CLOCK 5u
/* Who was heard of just after it was said may have it already: his receipt has so long, and twice as long each time. */
#define RECEIPT_SECONDS 5
#define MAX_RECEIPT_SECONDS 600

static gint64
get_pause (guint n)
{
  static const guint seconds[] = { 10, 60, 300, 600 };

  return (gint64) seconds[MIN (MAX (n, 1), G_N_ELEMENTS (seconds)) - 1] * G_USEC_PER_SEC;
}

/* ---- which way ---- */

static gboolean
is_linked (RtNetwork *self, const char *id)
{
  return self->socket != NULL && p2p_mesh_socket_get_connection (self->socket, id) != NULL;
}

static gboolean
can_go_through (RtNetwork *self, const char *id)
{
  return self->socket != NULL && self->n_peers > 0 && !is_linked (self, id) && p2p_mesh_socket_can_seal (self->socket, id);
}

RtWay
rt_network_get_way (RtNetwork *self, const char *id)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), RT_WAY_PLAIN);
  g_return_val_if_fail (id != NULL, RT_WAY_PLAIN);

  if (!rt_network_can_seal (self, id))
    return RT_WAY_PLAIN;
  if (is_linked (self, id))
    return RT_WAY_LINK;
  return can_go_through (self, id) ? RT_WAY_THROUGH : RT_WAY_WAITS;
}

gboolean
rt_outgoing_may_go_through (RtNetwork *self, RtOutgoing *out)
{
  const char *recipient = rt_message_item_get_recipient (out->item);

  return rt_message_item_get_private (out->item) && recipient != NULL && !out->too_large && can_go_through (self, recipient);
}

gboolean
rt_outgoing_is_too_large (RtOutgoing *out)
{
  return strlen (rt_message_item_get_written (out->item)) > MAX_TEXT;
}

void
rt_outgoing_wait_for_link (RtNetwork *self, RtOutgoing *out)
{
  out->too_large = TRUE;
  out->next_try = g_get_real_time () + get_pause (1);
  rt_outgoing_wait (self, out, rt_outgoing_get_large_words ());
}

const char *
rt_outgoing_get_large_words (void)
{
  /* Translators: why a private message waits; follows "Queued: " */
  return _("too long to go through others; it waits for a link to its receiver");
}

gboolean
rt_outgoing_prepare_whisper (RtNetwork *self, RtOutgoing *out, gint64 second, GError **error)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_WHISPER)),
                          g_variant_new_variant (g_variant_new_string (rt_message_item_get_written (out->item))) };

  out->prepared = p2p_message_new (P2P_FLAG_WHISPER, self->node_id, second, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets)), error);
  /* or it does not leave */
  if (out->prepared != NULL)
    rt_message_item_set_sealed (out->item);
  return out->prepared != NULL;
}

/* ---- when again ---- */

gboolean
rt_outgoing_rests (const RtOutgoing *out)
{
  return out->through && out->n_attempts >= MAX_BY_CLOCK && !out->heard;
}

void
rt_outgoing_note_heard (RtNetwork *self, RtOutgoing *out)
{
  gint64 seconds = MIN ((gint64) RECEIPT_SECONDS << MIN (MAX (out->n_attempts, 1) - 1, 16), MAX_RECEIPT_SECONDS);
  gint64 when = out->said_at + seconds * G_USEC_PER_SEC;

  if (is_linked (self, rt_message_item_get_recipient (out->item)))
    out->next_try = 0;
  else if (!out->heard)
    {
      gint64 now = g_get_real_time ();

      /* a clock that was set back since */
      when = MIN (when, now + seconds * G_USEC_PER_SEC);
      if (out->n_attempts >= MAX_BY_CLOCK || when < out->next_try)
        out->next_try = when <= now ? 0 : when;
    }
  out->heard = TRUE;
}

/* As it is shown and kept while nobody said that he has it. */
static void
rest (RtNetwork *self, RtOutgoing *out)
{
  out->state = RT_OUTGOING_WAITING;
  rt_outgoing_show (self, out, out->prepared, RT_DELIVERY_THROUGH, rt_message_item_get_n_links (out->item), NULL);
  rt_outgoing_save (self, out, TRUE, TRUE);
}

void
rt_outgoing_rest (RtNetwork *self, RtOutgoing *out)
{
  if (out->state == RT_OUTGOING_WAITING && rt_message_item_get_delivery (out->item) == RT_DELIVERY_THROUGH && rt_message_item_get_next_try (out->item) == out->next_try)
    return;
  rest (self, out);
}

/* ---- saying it ---- */

static void
try_later (RtNetwork *self, RtOutgoing *out, gint64 seconds, const char *words)
{
  out->next_try = g_get_real_time () + seconds * G_USEC_PER_SEC;
  rt_outgoing_wait (self, out, words);
}

static void
go_through (RtNetwork *self, RtOutgoing *out)
{
  const char *recipient = rt_message_item_get_recipient (out->item);
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (GError) error = NULL;
  int n;

  if (!rt_credit_take (&self->talk->box_credit, &self->talk->box_time, BOXES_BURST, BOXES_RATE))
    {
      try_later (self, out, TURN_SECONDS, NULL);
      return;
    }
  frames = rt_network_dup_frames (self, out->item);
  n = p2p_mesh_socket_whisper_message_through (self->socket, recipient, out->prepared, frames, &error);
  if (n > 0)
    {
      self->talk->counts.boxes_out++;
      out->through = TRUE;
      out->restored = FALSE;
      out->heard = FALSE;
      out->n_attempts++;
      out->said_at = g_get_real_time ();
      out->next_try = out->n_attempts < MAX_BY_CLOCK ? out->said_at + get_pause (out->n_attempts) : 0;
      rt_message_item_set_sealed (out->item);
      rt_message_item_set_through (out->item);
      out->state = RT_OUTGOING_WAITING;
      rt_outgoing_show (self, out, out->prepared, RT_DELIVERY_THROUGH, (guint) n, NULL);
      rt_outgoing_save (self, out, TRUE, TRUE);
      return;
    }
  if (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE))
    {
      rt_outgoing_wait_for_link (self, out);
      return;
    }
  if (error != NULL)
    {
      g_autofree char *words = rt_words_for_error (error, rt_message_item_get_recipient_name (out->item));

      try_later (self, out, get_pause (1) / G_USEC_PER_SEC, words);
      return;
    }
  rt_outgoing_wait (self, out, NULL);
}

static void
said_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtTurn) turn = user_data;
  RtNetwork *self = turn->network;
  RtOutgoing *out = turn->out;
  g_autoptr (GError) error = NULL;
  gboolean sent = p2p_mesh_socket_whisper_message_finish (P2P_MESH_SOCKET (source), result, &error);

  /* whoever took it meanwhile, it is that message still */
  if (sent && !out->gone && out->prepared != NULL)
    {
      rt_message_item_set_sealed (out->item);
      rt_outgoing_end (self, out, out->prepared, RT_DELIVERY_HANDED, 1, NULL);
    }
  else if (!rt_turn_is_late (turn))
    {
      g_clear_object (&out->cancellable);
      out->state = RT_OUTGOING_WAITING;
      if (rt_outgoing_may_go_through (self, out))
        go_through (self, out);
      else
        try_later (self, out, get_pause (out->n_attempts) / G_USEC_PER_SEC, rt_message_item_get_delivery_error (out->item));
    }
  rt_network_pump_outbox (self);
}

void
rt_outgoing_say (RtNetwork *self, RtOutgoing *out)
{
  const char *recipient = rt_message_item_get_recipient (out->item);
  g_autoptr (P2pMessage) message = p2p_message_ref (out->prepared);
  g_autoptr (GPtrArray) frames = NULL;

  /* the key was lost, and we are another node now */
  if (g_strcmp0 (p2p_message_get_sender (message), self->node_id) != 0)
    {
      rt_outgoing_end (self, out, NULL, out->through ? RT_DELIVERY_HANDED : RT_DELIVERY_UNSURE, rt_message_item_get_n_links (out->item), NULL);
      return;
    }
  /* at once through others; when he does not answer that, he is looked for */
  if (!out->through && !is_linked (self, recipient))
    {
      go_through (self, out);
      return;
    }
  frames = rt_network_dup_frames (self, out->item);
  g_clear_object (&out->cancellable);
  out->cancellable = g_cancellable_new ();
  p2p_mesh_socket_whisper_message_async (self->socket, recipient, message, frames, out->cancellable, said_cb, rt_turn_begin (self, out, RT_OUTGOING_LOOKING));
}
