/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What costs something whenever somebody says so, and what it may cost: ids are free, so what is allowed to each of them is allowed to all together, too. */
#include "config.h"

#include "rt-network-talk-private.h"

/* A message that nobody looks at is read from the disk: so many at once, so many a second, and so many under way. */
#define FIND_BURST 256u
#define FIND_RATE 256
/* Without a store it is looked for among so many of the newest. */
#define FIND_NEWEST 1024u

gboolean
rt_credit_take (guint *credit, gint64 *since, guint burst, gint64 rate)
{
  gint64 now = g_get_monotonic_time ();
  gint64 earned = (now - *since) * rate / G_TIME_SPAN_SECOND;

  if (*since == 0 || earned >= burst)
    {
      *credit = burst;
      *since = now;
    }
  else if (earned > 0)
    {
      *credit = MIN (*credit + (guint) earned, burst);
      *since = now;
    }
  if (*credit == 0)
    return FALSE;
  (*credit)--;
  return TRUE;
}

typedef struct {
  GAsyncReadyCallback callback;
  gpointer            data;
} Claim;

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Claim *claim = user_data;
  RtNetwork *self = RT_NETWORK (object);

  if (self->talk != NULL)
    self->talk->n_finds--;
  claim->callback (object, result, claim->data);
}

RtMessageItem *
rt_network_find_claimed (RtNetwork *self, GBytes *id)
{
  return rt_network_find_newest (self, id, FIND_NEWEST);
}

gboolean
rt_network_find_claimed_async (RtNetwork *self, GBytes *id, GAsyncReadyCallback callback, gpointer user_data)
{
  RtTalk *talk = self->talk;
  Claim *claim;

  if (rt_network_find_claimed (self, id) != NULL)
    {
      rt_network_find_message_async (self, id, NULL, callback, user_data);
      return TRUE;
    }
  if (self->chat == NULL || talk == NULL)
    return FALSE;
  if (talk->n_finds >= RT_TALK_FINDS_AT_A_TIME || !rt_credit_take (&talk->find_credit, &talk->find_time, FIND_BURST, FIND_RATE))
    {
      talk->counts.finds_refused++;
      return FALSE;
    }
  talk->counts.finds++;
  talk->n_finds++;
  claim = g_new (Claim, 1);
  claim->callback = callback;
  claim->data = user_data;
  rt_network_find_message_async (self, id, NULL, found_cb, claim);
  return TRUE;
}
