/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many messages a chat has, and how many of them before a time: known in memory, hour by hour. */
#include "config.h"

#include "rt-store-chat-private.h"

/* The place of the first hour that is not before this one. */
static guint
find_hour (RtStoreChat *self, gint64 hour)
{
  guint low = 0, high = self->hours->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (self->hours, RtStoreHour, middle).hour < hour)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

void
rt_store_chat_count_messages (RtStoreChat *self, gint64 time, gint64 n)
{
  RtStoreHour hour = { time / RT_STORE_HOUR, MAX (n, 0), 0 };
  guint at = find_hour (self, hour.hour);

  if (at < self->hours->len && g_array_index (self->hours, RtStoreHour, at).hour == hour.hour)
    {
      RtStoreHour *known = &g_array_index (self->hours, RtStoreHour, at);

      known->n = MAX (0, known->n + n);
    }
  else if (n > 0)
    g_array_insert_val (self->hours, at, hour);
  self->n_summed = MIN (self->n_summed, at + 1);
  if (n > 0)
    {
      self->n_messages += (guint64) n;
      self->newest_time = MAX (self->newest_time, time);
    }
  else
    self->n_messages -= MIN (self->n_messages, (guint64) -n);
}

guint64
rt_store_chat_count (RtStoreChat *self)
{
  g_return_val_if_fail (RT_IS_STORE_CHAT (self), 0);
  return self->n_messages;
}

/* Within an hour they are taken to come evenly; in the last one until the newest. */
guint64
rt_store_chat_rank (RtStoreChat *self, gint64 time, gint64 row)
{
  const RtStoreHour *hour;
  gint64 begin, length;
  guint at;

  g_return_val_if_fail (RT_IS_STORE_CHAT (self), 0);

  at = find_hour (self, time / RT_STORE_HOUR);
  for (guint i = MAX (self->n_summed, 1); i <= at && i < self->hours->len; i++)
    {
      const RtStoreHour *before = &g_array_index (self->hours, RtStoreHour, i - 1);

      g_array_index (self->hours, RtStoreHour, i).before = before->before + (guint64) before->n;
      self->n_summed = i + 1;
    }
  if (at >= self->hours->len)
    return self->n_messages;
  hour = &g_array_index (self->hours, RtStoreHour, at);
  if (at == 0)
    g_array_index (self->hours, RtStoreHour, 0).before = 0;
  if (time / RT_STORE_HOUR < hour->hour)
    return MIN (hour->before, self->n_messages);
  begin = hour->hour * RT_STORE_HOUR;
  length = at == self->hours->len - 1 ? CLAMP (self->newest_time - begin + 1, 1, RT_STORE_HOUR) : RT_STORE_HOUR;
  return MIN (hour->before + (guint64) ((double) hour->n * (double) MIN (time - begin, length) / (double) length), self->n_messages);
}

void
rt_store_chat_take_state (RtStoreChat *self, RtStoreChatState *state, RtStoreChatQuery *query)
{
  self->next_row = query->first_row;
  self->n_messages = state->n_messages;
  self->newest_time = state->newest_time;
  g_array_unref (self->hours);
  self->hours = g_steal_pointer (&query->hours);
  self->n_summed = 0;
}
