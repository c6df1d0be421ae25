/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person has not seen yet, what he was writing, and whether he wants to hear of it. */
#include "rt-network-private.h"
#include "model/timeline/rt-store-timeline.h"

#define UNREAD_MILLISECONDS 100u
/* What is typed, and what is read while it comes, goes to the store not more often than that. */
#define DRAFT_MILLISECONDS 500u
#define READ_MILLISECONDS 1000u

/* ---- read marks ---- */

/* All that is here is read. */
static void
save_read (RtNetwork *self)
{
  RtTimelineKey key;

  rt_timer_clear (&self->read_timer);
  if (self->chat == NULL || !rt_store_timeline_get_newest (RT_STORE_TIMELINE (self->timeline), &key))
    return;
  /* Whatever comes later is not read, also where it stands further up: told by others, or said when the clock was set back. */
  self->read_row = rt_store_chat_get_last_row (self->chat);
  rt_store_chat_set_read (self->chat, key.time, self->read_row);
}

static gboolean
read_cb (gpointer data)
{
  RtNetwork *self = data;

  self->read_timer = 0;
  save_read (self);
  return G_SOURCE_REMOVE;
}

/* Where the first unread one is, is known: whoever shows the page asks when the chat is loaded. */
static void
end_restore (RtNetwork *self)
{
  if (self->unread > 0)
    rt_network_notify_unread (self);
  /* he is looking at the page already */
  if (self->active)
    {
      self->shown_unread = self->unread > 0 ? self->first_unread : (RtTimelineKey) { 0, 0 };
      if (!self->is_behind)
        rt_network_mark_read (self);
    }
  rt_network_end_load (self);
}

void
rt_network_restore_unread (RtNetwork *self)
{
  const RtStoreChatState *state = self->chat_state;

  self->muted = state->muted;
  if (self->draft == NULL)
    self->draft = g_strdup (state->draft);
  self->unread = (guint) MIN (state->n_unread, G_MAXUINT);
  self->unread_important = (guint) MIN (state->n_unread_important, G_MAXUINT);
  if (self->muted)
    rt_network_notify_muted (self);
  self->first_unread = (RtTimelineKey) { state->first_unread_time, state->first_unread_row };
  self->read_row = state->read_row;
  end_restore (self);
}

/* ---- counts ---- */

static gboolean
tell_unread_cb (gpointer data)
{
  RtNetwork *self = data;

  self->unread_timer = 0;
  rt_network_notify_unread (self);
  return G_SOURCE_REMOVE;
}

/* FALSE: it is before the person's eyes. */
static gboolean
count_one (RtNetwork *self, RtMessageItem *item)
{
  RtTimelineKey key;

  if (self->active && !self->is_behind)
    {
      if (self->read_timer == 0 && self->chat != NULL)
        self->read_timer = rt_timer_add (READ_MILLISECONDS, "[rt-model] read", read_cb, self);
      return FALSE;
    }
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  /* he saw it while others were still being told of */
  if (self->chat != NULL && key.sequence <= self->read_row)
    return FALSE;
  if (self->unread == 0 || rt_timeline_key_compare (&key, &self->first_unread) < 0)
    self->first_unread = key;
  self->unread++;
  self->unread_important += rt_message_item_get_private (item) || rt_message_item_get_mention (item);
  return TRUE;
}

/* The first is told at once, a flood not more often than anybody reads. */
void
rt_network_count_unread (RtNetwork *self, RtMessageItem *item)
{
  gint64 now = g_get_monotonic_time ();

  if (!count_one (self, item) || self->unread_timer != 0)
    return;
  if (now - self->unread_told < UNREAD_MILLISECONDS * G_TIME_SPAN_MILLISECOND)
    self->unread_timer = rt_timer_add (UNREAD_MILLISECONDS, "[rt-model] unread", tell_unread_cb, self);
  else
    rt_network_notify_unread (self);
  self->unread_told = now;
}

/* A block of them is told of once. */
void
rt_network_count_unread_block (RtNetwork *self, GPtrArray *items)
{
  gboolean any = FALSE;

  for (guint i = 0; i < items->len; i++)
    any = count_one (self, items->pdata[i]) || any;
  if (!any)
    return;
  rt_timer_clear (&self->unread_timer);
  self->unread_told = g_get_monotonic_time ();
  rt_network_notify_unread (self);
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
  self->first_unread = (RtTimelineKey) { 0, 0 };
  save_read (self);
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
  if (self->active && !self->is_behind)
    rt_network_mark_read (self);
  else if (self->read_timer != 0)
    save_read (self);
}

gboolean
rt_network_get_active (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), FALSE);
  return self->active;
}

void
rt_network_set_following (RtNetwork *self, gboolean following)
{
  g_return_if_fail (RT_IS_NETWORK (self));

  /* what came until now was seen, what comes now is not */
  if (!following && self->read_timer != 0)
    save_read (self);
  self->is_behind = !following;
  if (following && self->active)
    rt_network_mark_read (self);
}

/* ---- draft and mute ---- */

char *
rt_network_dup_draft (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return g_strdup (self->draft);
}

static void
save_draft (RtNetwork *self)
{
  rt_timer_clear (&self->draft_timer);
  if (self->chat != NULL)
    rt_store_chat_set_draft (self->chat, self->draft);
}

static gboolean
draft_cb (gpointer data)
{
  RtNetwork *self = data;

  self->draft_timer = 0;
  save_draft (self);
  return G_SOURCE_REMOVE;
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
  /* it was sent, which is on the disk at once: after a kill it must not be there to be sent again */
  if (self->draft == NULL)
    {
      save_draft (self);
      if (self->chat != NULL)
        rt_store_chat_hurry (self->chat);
    }
  else if (self->chat != NULL && self->draft_timer == 0)
    self->draft_timer = rt_timer_add (DRAFT_MILLISECONDS, "[rt-model] draft", draft_cb, self);
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
  if (self->chat != NULL)
    rt_store_chat_set_muted (self->chat, self->muted);
  rt_network_notify_muted (self);
}

void
rt_network_hurry_unread (RtNetwork *self)
{
  if (self->read_timer != 0)
    save_read (self);
  if (self->draft_timer != 0)
    save_draft (self);
}

void
rt_network_free_unread (RtNetwork *self)
{
  rt_network_hurry_unread (self);
  rt_timer_clear (&self->unread_timer);
  g_clear_pointer (&self->draft, g_free);
}
