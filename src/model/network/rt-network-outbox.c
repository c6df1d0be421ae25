/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Own messages that wait. Each leaves once, in the order in which they were written: to everybody as soon as somebody is there, privately as soon as the node can be reached; what goes through others stays until it
 * is known to have arrived (rt-network-through.c).
 */
#include "config.h"

#include "rt-network-outbox-private.h"
#include "model/timeline/rt-store-timeline.h"

#include <glib/gi18n-lib.h>

/* Past the boundary of the second, so that the clock is surely there. */
#define NEXT_SECOND_SLACK_MILLISECONDS 5
/* On their way to the disk at a time. */
#define MAX_COMMITTING 64u
/* A node that is looked for for longer than that, and is heard then, is looked for anew. */
#define LOOK_AGAIN_SECONDS 2

static RtOutgoing *
push (RtNetwork *self, RtMessageItem *item, gboolean kept)
{
  RtOutgoing *out = g_rc_box_new0 (RtOutgoing);

  out->item = g_object_ref (item);
  out->kept = kept;
  out->n_attempts = rt_message_item_get_n_attempts (item);
  g_queue_push_tail (&self->outbox, out);
  return out;
}

static RtOutgoing *
find (RtNetwork *self, RtMessageItem *item)
{
  for (GList *link = self->outbox.head; link != NULL; link = link->next)
    if (((RtOutgoing *) link->data)->item == item)
      return link->data;
  return NULL;
}

static gint64
get_second (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
timer_cb (gpointer data)
{
  g_autoptr (RtNetwork) self = g_object_ref (data);

  self->outbox_timer = 0;
  rt_network_pump_outbox (self);
  return G_SOURCE_REMOVE;
}

/* when: UTC microseconds; 0: never */
static void
set_timer (RtNetwork *self, gint64 when)
{
  gint64 left = (when - g_get_real_time ()) / 1000;

  rt_timer_clear (&self->outbox_timer);
  if (when > 0)
    self->outbox_timer = rt_timer_add ((guint) CLAMP (left, 0, 600 * 1000) + NEXT_SECOND_SLACK_MILLISECONDS, "[rt-model] outbox", timer_cb, self);
}

static gint64
sooner (gint64 a, gint64 b)
{
  return a == 0 ? b : MIN (a, b);
}

/* Whoever is told of one may take others out. */
static GPtrArray *
dup_all (RtNetwork *self)
{
  GPtrArray *all = g_ptr_array_new_full (self->outbox.length, (GDestroyNotify) rt_outgoing_unref);

  for (GList *link = self->outbox.head; link != NULL; link = link->next)
    g_ptr_array_add (all, g_rc_box_acquire (link->data));
  return all;
}

/* words: what happened, nullable: the person did it. */
static void
take_back (RtNetwork *self, RtOutgoing *out, const char *words)
{
  if (out->cancellable != NULL)
    g_cancellable_cancel (out->cancellable);
  /* it is on its way: it is only not said again */
  if (out->through)
    {
      rt_outgoing_end (self, out, out->prepared, RT_DELIVERY_HANDED, rt_message_item_get_n_links (out->item), NULL);
      return;
    }
  if (!out->restored)
    rt_message_item_clear_message (out->item);
  if (out->restored)
    rt_outgoing_end (self, out, NULL, RT_DELIVERY_UNSURE, 0, NULL);
  else
    rt_outgoing_end (self, out, NULL, RT_DELIVERY_CANCELLED, 0, words);
}

static const char *
get_elsewhere (void)
{
  /* Translators: why a message was not sent; follows "Not sent: " */
  return _("the network is another one now");
}

static const char *
get_somebody_else (void)
{
  /* Translators: why a message was not sent; follows "Not sent: " */
  return _("you are somebody else here now");
}

/* Whoever gets it would know that the two are one person. (What may have left already has its sender in it.) */
static gboolean
is_of_somebody_else (RtNetwork *self, const RtOutgoing *out)
{
  /* tried again as somebody else, it left as him */
  const char *sender = out->prepared != NULL ? p2p_message_get_sender (out->prepared) : rt_message_item_get_sender (out->item);

  return self->socket != NULL && !out->anew && !out->restored && sender != NULL && *sender != '\0' && !g_str_equal (sender, self->node_id);
}

/* TRUE: nothing behind it in its lane may go before it. */
static gboolean
pump_one (RtNetwork *self, RtOutgoing *out, gboolean blocked, guint *n_committing, gint64 *again)
{
  gboolean nobody = self->socket == NULL || self->n_peers == 0;
  gint64 next_try = rt_outgoing_get_next_try (out);
  gboolean private = rt_message_item_get_private (out->item);

  if (out->state != RT_OUTGOING_WAITING)
    {
      *n_committing += out->state == RT_OUTGOING_COMMITTING;
      /* those to everybody leave when they are on the disk, which is in order; who has gone through others stands in nobody's way */
      return !out->through && (out->state == RT_OUTGOING_LOOKING || rt_message_item_get_private (out->item));
    }
  if (is_of_somebody_else (self, out))
    {
      take_back (self, out, get_somebody_else ());
      return FALSE;
    }
  if (out->restored && !private && rt_outgoing_is_too_old (out))
    {
      rt_outgoing_end (self, out, NULL, RT_DELIVERY_UNSURE, 0, NULL);
      return FALSE;
    }
  if (out->restored && !private)
    *again = sooner (*again, (p2p_message_get_time (out->prepared) + RT_OUTGOING_RESEND_SECONDS + 1) * G_USEC_PER_SEC);
  if (nobody)
    rt_outgoing_wait (self, out, rt_message_item_get_delivery_error (out->item));
  else if (next_try != 0 && !blocked && !rt_outgoing_rests (out))
    *again = sooner (*again, next_try);
  if (nobody || blocked || !rt_outgoing_can_go (self, out) || *n_committing >= MAX_COMMITTING)
    {
      if (!out->kept)
        rt_outgoing_save (self, out, TRUE, TRUE);
      return !out->through;
    }
  if (out->prepared == NULL && rt_network_was_sent_in (self, out->item, get_second ()))
    {
      *again = sooner (*again, (get_second () + 1) * G_USEC_PER_SEC);
      if (!out->kept)
        rt_outgoing_save (self, out, TRUE, TRUE);
      return TRUE;
    }
  rt_outgoing_start (self, out);
  *n_committing += out->state == RT_OUTGOING_COMMITTING;
  return !out->gone && !out->through && (out->state != RT_OUTGOING_COMMITTING || private);
}

/* Now, or after those that wait: in each lane - to everybody, and to each node - what was written first goes first. */
static void
pump (RtNetwork *self)
{
  g_autoptr (GPtrArray) all = dup_all (self);
  g_autoptr (GHashTable) blocked = g_hash_table_new (g_str_hash, g_str_equal);
  gint64 again = 0;
  guint n_committing = 0;

  for (guint i = 0; i < all->len; i++)
    {
      RtOutgoing *out = all->pdata[i];
      const char *recipient = rt_message_item_get_recipient (out->item);
      const char *lane = rt_message_item_get_private (out->item) && recipient != NULL ? recipient : "";

      if (!out->gone && pump_one (self, out, !out->through && g_hash_table_contains (blocked, lane), &n_committing, &again))
        g_hash_table_add (blocked, (gpointer) lane);
    }
  set_timer (self, again);
}

void
rt_network_pump_outbox (RtNetwork *self)
{
  /* whoever hears of a message may write the next one */
  self->pump_again = TRUE;
  if (self->pumping)
    return;
  self->pumping = TRUE;
  while (self->pump_again)
    {
      self->pump_again = FALSE;
      if (!g_queue_is_empty (&self->outbox))
        pump (self);
    }
  self->pumping = FALSE;
}

void
rt_network_note_reachable (RtNetwork *self, const char *id)
{
  gboolean any = FALSE;

  for (GList *link = self->outbox.head; link != NULL; link = link->next)
    {
      RtOutgoing *out = link->data;

      if ((out->next_try == 0 && !out->through && out->state != RT_OUTGOING_LOOKING) || g_strcmp0 (rt_message_item_get_recipient (out->item), id) != 0)
        continue;
      /* what was asked before he came is not answered any more */
      if (out->state == RT_OUTGOING_LOOKING && g_get_monotonic_time () - out->began > LOOK_AGAIN_SECONDS * G_USEC_PER_SEC)
        {
          out->turn++;
          g_cancellable_cancel (out->cancellable);
          out->state = RT_OUTGOING_WAITING;
        }
      if (out->through)
        rt_outgoing_note_heard (self, out);
      else
        out->next_try = 0;
      any = TRUE;
    }
  if (any)
    rt_network_pump_outbox (self);
}

void
rt_network_note_arrived (RtNetwork *self, RtMessageItem *item)
{
  RtOutgoing *out = find (self, item);

  if (out == NULL || (!out->through && !(out->restored && rt_message_item_get_private (item))))
    return;
  if (out->cancellable != NULL)
    g_cancellable_cancel (out->cancellable);
  rt_outgoing_end (self, out, out->prepared, RT_DELIVERY_HANDED, MAX (rt_message_item_get_n_links (item), 1), NULL);
}

/* ---- in and out ---- */

void
rt_network_queue_message (RtNetwork *self, RtMessageItem *item, gboolean kept)
{
  push (self, item, kept);
  rt_network_pump_outbox (self);
}

void
rt_network_restore_outbox (RtNetwork *self, GPtrArray *stored)
{
  for (guint i = 0; i < stored->len; i++)
    {
      const RtStoreMessage *message = stored->pdata[i];
      g_autoptr (RtMessageItem) item = rt_store_timeline_adopt (RT_STORE_TIMELINE (self->timeline), message);
      RtOutgoing *out = g_rc_box_acquire (push (self, item, TRUE));

      out->next_try = message->next_try;
      if ((message->delivery == RT_DELIVERY_SENDING || message->delivery == RT_DELIVERY_THROUGH) && rt_message_item_get_message (item) != NULL)
        {
          out->prepared = p2p_message_ref (rt_message_item_get_message (item));
          out->through = message->delivery == RT_DELIVERY_THROUGH;
          out->restored = !out->through;
          if (rt_message_item_get_private (item) && rt_message_item_get_n_receipts (item) > 0)
            rt_network_note_arrived (self, item);
        }
      else if (message->delivery == RT_DELIVERY_THROUGH)
        rt_outgoing_end (self, out, NULL, RT_DELIVERY_HANDED, message->n_links, NULL);
      else if (message->delivery == RT_DELIVERY_SENDING)
        rt_outgoing_end (self, out, NULL, RT_DELIVERY_UNSURE, 0, NULL);
      if (self->outbox_abandoned != NULL && !out->gone)
        take_back (self, out, self->outbox_abandoned);
      rt_outgoing_unref (out);
    }
  self->outbox_abandoned = NULL;
  rt_network_pump_outbox (self);
}

void
rt_network_retry (RtNetwork *self, RtMessageItem *item)
{
  RtDelivery delivery;
  RtOutgoing *out;

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  delivery = rt_message_item_get_delivery (item);
  out = find (self, item);
  if (delivery == RT_DELIVERY_NONE || delivery == RT_DELIVERY_HANDED || !self->chat_loaded ||
      (out == NULL && (delivery == RT_DELIVERY_SENDING || delivery == RT_DELIVERY_THROUGH)))
    return;
  if (out == NULL)
    {
      rt_message_item_clear_message (item);
      rt_message_item_set_tries (item, 0, 0);
      rt_message_item_set_sending (item);
      rt_network_tell_item (self, item);
      out = push (self, item, TRUE);
      out->anew = TRUE;
    }
  out->heard = TRUE;
  out->next_try = 0;
  rt_network_pump_outbox (self);
}

void
rt_network_cancel (RtNetwork *self, RtMessageItem *item)
{
  RtOutgoing *out;

  g_return_if_fail (RT_IS_NETWORK (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  out = find (self, item);
  if (out == NULL)
    return;
  take_back (self, out, NULL);
  /* those behind it */
  rt_network_pump_outbox (self);
}

void
rt_network_abandon_outbox (RtNetwork *self, gboolean elsewhere)
{
  g_autoptr (GPtrArray) all = dup_all (self);
  const char *words = elsewhere ? get_elsewhere () : get_somebody_else ();

  for (guint i = 0; i < all->len; i++)
    if (!((RtOutgoing *) all->pdata[i])->gone)
      take_back (self, all->pdata[i], words);
  /* what was kept of it, too */
  self->outbox_abandoned = self->chat_loaded ? NULL : words;
}

void
rt_network_end_outbox (RtNetwork *self)
{
  g_autoptr (GPtrArray) all = dup_all (self);

  for (guint i = 0; i < all->len; i++)
    {
      RtOutgoing *out = all->pdata[i];

      if (out->gone)
        continue;
      out->turn++;
      if (out->cancellable != NULL)
        g_cancellable_cancel (out->cancellable);
      g_clear_object (&out->cancellable);
      rt_outgoing_wait (self, out, rt_message_item_get_delivery_error (out->item));
    }
  rt_timer_clear (&self->outbox_timer);
}

void
rt_network_free_outbox (RtNetwork *self)
{
  rt_timer_clear (&self->outbox_timer);
  for (GList *link = self->outbox.head; link != NULL; link = link->next)
    {
      RtOutgoing *out = link->data;

      out->gone = TRUE;
      if (out->cancellable != NULL)
        g_cancellable_cancel (out->cancellable);
    }
  g_queue_clear_full (&self->outbox, (GDestroyNotify) rt_outgoing_unref);
}
