/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was missed is told of once: the messages, when the round is over, and how many keys of the table are others now, when no more of them change. */
#include "config.h"

#include "rt-network-talk-private.h"
#include "model/table/rt-table.h"

static guint
count_conflicts (RtNetwork *self)
{
  return self->table != NULL ? rt_table_get_n_conflicts (self->table) : 0;
}

static void
tell (RtNetwork *self)
{
  RtTalk *talk = self->talk;
  RtCatchUpResult outcome = talk->outcome;
  g_autoptr (RtCatchUp) result = NULL;

  talk->outcome = (RtCatchUpResult) { 0 };
  if (outcome.n_keys > 0 && talk->count_gap != NULL)
    {
      rt_gap_set_n_keys (talk->count_gap, outcome.n_keys);
      rt_network_save_gap (self, talk->count_gap);
    }
  g_clear_object (&talk->count_gap);
  if (outcome.n_messages == 0 && outcome.n_keys == 0)
    return;
  result = rt_catch_up_new (&outcome);
  g_signal_emit_by_name (self, "caught-up", result);
}

/* Keys wait for messages, and these for them. */
void
rt_network_tell_outcome (RtNetwork *self)
{
  RtTalk *talk = self->talk;

  if (talk->count_timer == 0 && talk->round == NULL && (talk->outcome.n_messages > 0 || !rt_network_is_catching_up (self)))
    tell (self);
}

/* ---- keys ---- */

static void
finish_count (RtNetwork *self)
{
  RtTalk *talk = self->talk;
  guint conflicts = count_conflicts (self);
  gint64 newest;

  rt_timer_clear (&talk->count_timer);
  if (self->table_source == NULL)
    return;
  talk->outcome.n_keys = rt_table_kept_count (self->table_source, &newest);
  talk->outcome.n_conflicts = talk->outcome.n_keys > 0 ? conflicts - MIN (conflicts, talk->conflicts_before) : 0;
  rt_table_kept_end_count (self->table_source);
}

static gboolean
count_cb (gpointer data)
{
  g_autoptr (RtNetwork) self = g_object_ref (data);
  RtTalk *talk = self->talk;
  gint64 now = g_get_monotonic_time (), newest = 0;

  talk->count_timer = 0;
  if (self->table_source != NULL)
    rt_table_kept_count (self->table_source, &newest);
  if (newest != 0 && now - newest < RT_CATCH_UP_QUIET_SECONDS * G_TIME_SPAN_SECOND && now < talk->count_ends)
    {
      talk->count_timer = rt_timer_add (RT_CATCH_UP_QUIET_SECONDS * 1000, "[rt-model] count changed keys", count_cb, self);
      return G_SOURCE_REMOVE;
    }
  finish_count (self);
  rt_network_tell_outcome (self);
  return G_SOURCE_REMOVE;
}

static gboolean
begin_count (RtNetwork *self, gint64 since, gboolean deletes)
{
  RtTalk *talk = self->talk;

  if (self->table_source == NULL || talk->count_timer != 0 || !rt_table_kept_begin_count (self->table_source, since, deletes))
    return FALSE;
  talk->counted = g_get_monotonic_time ();
  talk->conflicts_before = count_conflicts (self);
  talk->count_ends = g_get_monotonic_time () + RT_CATCH_UP_TABLE_SECONDS * G_TIME_SPAN_SECOND;
  talk->count_timer = rt_timer_add (RT_CATCH_UP_QUIET_SECONDS * 1000, "[rt-model] count changed keys", count_cb, self);
  return TRUE;
}

void
rt_network_begin_count (RtNetwork *self)
{
  begin_count (self, g_get_real_time () / G_USEC_PER_SEC, TRUE);
}

/* Others were there all the time: what is not old is no news out of another part of the network, and anybody may come as a stranger as often as he likes. */
void
rt_network_begin_count_of_split (RtNetwork *self, gint64 from)
{
  RtTalk *talk = self->talk;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (talk->counted != 0 && g_get_monotonic_time () - talk->counted < talk->least_gap * G_TIME_SPAN_SECOND)
    return;
  if (!begin_count (self, now - talk->least_gap, FALSE) || talk->outcome.n_messages > 0)
    return;
  talk->outcome.kind = RT_GAP_SPLIT;
  talk->outcome.from = from * G_USEC_PER_SEC;
  talk->outcome.until = now * G_USEC_PER_SEC;
}

void
rt_network_count_for_gap (RtNetwork *self, RtGap *gap)
{
  RtTalk *talk = self->talk;

  if (talk->count_timer == 0 && talk->outcome.n_keys == 0)
    return;
  g_set_object (&talk->count_gap, gap);
  talk->outcome.kind = rt_gap_get_kind (gap);
  talk->outcome.from = rt_gap_get_from (gap);
  talk->outcome.until = rt_gap_get_until (gap);
}

void
rt_network_end_count (RtNetwork *self, gboolean keep)
{
  RtTalk *talk = self->talk;

  if (talk->count_timer == 0)
    return;
  finish_count (self);
  if (!keep)
    talk->outcome.n_keys = talk->outcome.n_conflicts = 0;
  else if (talk->round == NULL)
    tell (self);
}

/* ---- messages ---- */

void
rt_network_take_outcome (RtNetwork *self, const RtCatchUpResult *outcome)
{
  RtTalk *talk = self->talk;
  guint n_keys = talk->outcome.n_keys, n_conflicts = talk->outcome.n_conflicts;

  /* one round after the other, and still keys: what there was is told without them */
  if (talk->outcome.n_messages > 0)
    {
      g_autoptr (RtCatchUp) result = rt_catch_up_new (&talk->outcome);

      g_signal_emit_by_name (self, "caught-up", result);
    }
  if (outcome->n_messages > 0)
    talk->outcome = *outcome;
  talk->outcome.n_keys = n_keys;
  talk->outcome.n_conflicts = n_conflicts;
  rt_network_tell_outcome (self);
}
