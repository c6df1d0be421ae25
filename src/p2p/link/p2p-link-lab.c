/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Frames that wait on purpose, so that a slow way can be tried where there is none. Outwards they wait in their place in the order, before
 * they are written; inwards when they are unpacked, before anybody sees them. No frame overtakes another: one that has to wait longer keeps those
 * behind it waiting, as on a stream of bytes.
 */
#include "p2p-link-private.h"

/* Of what is due so many are handed on in a turn of the main loop, however many have come together. */
#define LATE_A_TURN 256u

static void late_cb (gpointer data);

static void
free_late (P2pLinkLate *late)
{
  p2p_message_unref (late->message);
  g_free (late);
}

void
p2p_link_set_lab (P2pLink *self, const P2pLinkLab *lab)
{
  self->lab = lab;
}

gboolean
p2p_link_lab_is_slow (P2pLink *self)
{
  return self->lab != NULL && self->established && (self->lab->delay > 0 || self->lab->jitter > 0);
}

gint64
p2p_link_lab_due (P2pLink *self, gint64 *last)
{
  gint64 due;
  guint32 number;

  if (G_LIKELY (!p2p_link_lab_is_slow (self)))
    return 0;
  due = p2p_clock_now (self->env->clock) + self->lab->delay;
  if (self->lab->jitter > 0)
    {
      p2p_random_fill (self->env->random, (guint8 *) &number, sizeof number);
      due += (gint64) (number % 1024) * self->lab->jitter / 1023;
    }
  return *last = MAX (*last, due);
}

/* ---- in ---- */

static void
arm (P2pLink *self)
{
  P2pLinkLate *first = g_queue_peek_head (&self->late);

  if (first != NULL && self->late_timer == 0)
    self->late_timer = p2p_clock_schedule (self->env->clock, MAX (first->due - p2p_clock_now (self->env->clock), 0), late_cb, self);
}

gboolean
p2p_link_lab_keep (P2pLink *self, P2pMessage *message, gsize frame_size)
{
  P2pLinkLate *late;

  if (G_LIKELY (self->late.length == 0 && !p2p_link_lab_is_slow (self)))
    return FALSE;
  late = g_new0 (P2pLinkLate, 1);
  late->message = p2p_message_ref (message);
  late->frame_size = frame_size;
  late->size = MAX (frame_size, p2p_message_get_length (message));
  late->due = p2p_link_lab_due (self, &self->due_in);
  g_queue_push_tail (&self->late, late);
  self->late_bytes += late->size;
  if (p2p_link_in_charge (self))
    arm (self);
  return TRUE;
}

static void
deliver_late (P2pLink *self)
{
  P2pLinkLate *late;

  for (guint n = 0; n < LATE_A_TURN && self->pipe != NULL && (late = g_queue_peek_head (&self->late)) != NULL && late->due <= p2p_clock_now (self->env->clock); n++)
    {
      g_queue_pop_head (&self->late);
      self->late_bytes -= late->size;
      self->frame_size = late->frame_size;
      p2p_link_in_charge (self);
      if (self->pipe != NULL)
        self->events->message (self, late->message, self->data);
      free_late (late);
    }
  if (self->pipe == NULL)
    return;
  arm (self);
  if (self->late.length == 0 && self->pipe_ended && self->decode_job == 0)
    p2p_link_end_by_pipe (self);
  else
    p2p_link_in_settle (self);
}

static void
late_cb (gpointer data)
{
  P2pLink *self = data;
  g_autoptr (P2pLinkHold) hold G_GNUC_UNUSED = p2p_link_hold (self);

  self->late_timer = 0;
  deliver_late (self);
}

/* ---- out ---- */

static void
slot_cb (gpointer data)
{
  P2pLink *self = data;

  self->slot_timer = 0;
  p2p_link_slots_commit (self);
}

void
p2p_link_lab_wait (P2pLink *self, gint64 due)
{
  if (self->slot_timer == 0)
    self->slot_timer = p2p_clock_schedule (self->env->clock, MAX (due - p2p_clock_now (self->env->clock), 0), slot_cb, self);
}

/* ---- both ---- */

void
p2p_link_hurry (P2pLink *self)
{
  g_autoptr (P2pLinkHold) hold G_GNUC_UNUSED = p2p_link_hold (self);

  if (self->pipe == NULL)
    return;
  self->due_in = self->due_out = 0;
  for (GList *l = self->slots.head; l != NULL; l = l->next)
    ((P2pLinkSlot *) l->data)->due = 0;
  for (GList *l = self->late.head; l != NULL; l = l->next)
    ((P2pLinkLate *) l->data)->due = 0;
  p2p_clock_cancel (self->env->clock, self->slot_timer);
  p2p_clock_cancel (self->env->clock, self->late_timer);
  self->slot_timer = self->late_timer = 0;
  if (self->slots.length > 0)
    p2p_link_slots_commit (self);
  deliver_late (self);
}

void
p2p_link_lab_clear (P2pLink *self)
{
  p2p_clock_cancel (self->env->clock, self->slot_timer);
  p2p_clock_cancel (self->env->clock, self->late_timer);
  self->slot_timer = self->late_timer = 0;
  g_queue_clear_full (&self->late, (GDestroyNotify) free_late);
  self->late_bytes = 0;
}
