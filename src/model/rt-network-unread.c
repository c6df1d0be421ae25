/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person has not seen yet, what he was writing, and whether he wants to hear of it. */
#include "rt-network-private.h"

#define UNREAD_MILLISECONDS 100u

static gboolean
tell_unread_cb (gpointer data)
{
  RtNetwork *self = data;

  self->unread_timer = 0;
  rt_network_notify_unread (self);
  return G_SOURCE_REMOVE;
}

/* The first is told at once, a flood not more often than anybody reads. */
void
rt_network_count_unread (RtNetwork *self, RtMessageItem *item)
{
  gint64 now = g_get_monotonic_time ();
  RtTimelineKey key;

  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  if (self->unread == 0 || rt_timeline_key_compare (&key, &self->first_unread) < 0)
    self->first_unread = key;
  self->unread++;
  self->unread_important += rt_message_item_get_private (item) || rt_message_item_get_mention (item);
  if (self->unread_timer != 0)
    return;
  if (now - self->unread_told < UNREAD_MILLISECONDS * G_TIME_SPAN_MILLISECOND)
    self->unread_timer = rt_timer_add (UNREAD_MILLISECONDS, "[rt-model] unread", tell_unread_cb, self);
  else
    rt_network_notify_unread (self);
  self->unread_told = now;
}

guint
rt_network_get_unread (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), 0);
  return self->unread;
}

guint
rt_network_get_unread_important (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), 0);
  return self->unread_important;
}

gboolean
rt_network_get_first_unread (RtNetwork *self, RtTimelineKey *key)
{
  const RtTimelineKey *first;

  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);

  first = self->active || self->unread == 0 ? &self->shown_unread : &self->first_unread;
  *key = *first;
  return first->time != 0;
}

void
rt_network_mark_read (RtNetwork *self)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  if (self->unread == 0)
    return;
  self->unread = self->unread_important = 0;
  rt_timer_clear (&self->unread_timer);
  rt_network_notify_unread (self);
}

void
rt_network_set_active (RtNetwork *self, gboolean active)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  if (active && !self->active)
    self->shown_unread = self->unread > 0 ? self->first_unread : (RtTimelineKey) { 0, 0 };
  self->active = active != FALSE;
  if (self->active)
    rt_network_mark_read (self);
}

/* ---- draft and mute ---- */

char *
rt_network_dup_draft (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return g_strdup (self->draft);
}

void
rt_network_set_draft (RtNetwork *self, const char *text)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  if (text != NULL && *text == '\0')
    text = NULL;
  if (g_strcmp0 (self->draft, text) == 0)
    return;
  g_free (self->draft);
  self->draft = g_strdup (text);
}

gboolean
rt_network_get_muted (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  return self->muted;
}

void
rt_network_set_muted (RtNetwork *self, gboolean muted)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  if (self->muted == (muted != FALSE))
    return;
  self->muted = muted != FALSE;
  rt_network_notify_muted (self);
}

void
rt_network_free_unread (RtNetwork *self)
{
  rt_timer_clear (&self->unread_timer);
  g_clear_pointer (&self->draft, g_free);
}
