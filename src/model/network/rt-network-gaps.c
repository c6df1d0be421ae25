/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When we did not hear what was said. */
#include "config.h"

#include "rt-network-talk-private.h"

/* What it is known by in the store is when it began; how much came of it, messages and keys, is above its kind. */
#define KIND_BITS 8
#define KIND_MASK ((1u << KIND_BITS) - 1)
#define COUNT_BITS 16
#define MAX_KEPT 0xFFFFu
/* Above them: the person did not want others to be asked about it. When he wants it, they are: in a later life, too. */
#define UNASKED_BIT (G_GUINT64_CONSTANT (1) << (KIND_BITS + 2 * COUNT_BITS))

void
rt_network_save_gap (RtNetwork *self, RtGap *gap)
{
  RtStoreChat *chat = rt_network_get_chat (self);
  RtStoreGap kept = { .from = rt_gap_get_from (gap), .until = rt_gap_get_until (gap) };

  kept.kind = (guint64) rt_gap_get_kind (gap) | (guint64) MIN (rt_gap_get_n_messages (gap), MAX_KEPT) << KIND_BITS
              | (guint64) MIN (rt_gap_get_n_keys (gap), MAX_KEPT) << (KIND_BITS + COUNT_BITS)
              | (rt_gap_get_unasked (gap) ? UNASKED_BIT : 0);
  if (chat != NULL)
    rt_store_chat_save_gap (chat, &kept);
}

void
rt_network_add_gap (RtNetwork *self, RtGap *gap, gboolean save)
{
  GListModel *gaps = G_LIST_MODEL (self->gaps);
  guint position = g_list_model_get_n_items (gaps);

  while (position > 0)
    {
      g_autoptr (RtGap) before = g_list_model_get_item (gaps, position - 1);

      /* the same, of which more is asked now */
      if (rt_gap_get_from (before) == rt_gap_get_from (gap))
        {
          rt_gap_set_n_messages (gap, rt_gap_get_n_messages (gap) + rt_gap_get_n_messages (before));
          rt_gap_set_n_keys (gap, MAX (rt_gap_get_n_keys (gap), rt_gap_get_n_keys (before)));
          g_list_store_remove (self->gaps, --position);
          break;
        }
      if (rt_gap_get_from (before) < rt_gap_get_from (gap))
        break;
      position--;
    }
  g_list_store_insert (self->gaps, position, gap);
  if (g_list_model_get_n_items (gaps) > RT_STORE_CHAT_GAPS)
    g_list_store_remove (self->gaps, 0);
  if (save)
    rt_network_save_gap (self, gap);
}

void
rt_network_end_gap (RtNetwork *self)
{
  RtTalk *talk = self->talk;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (RtGap) gap = NULL;

  if (talk->last_seen == 0 || now - talk->last_seen < talk->least_gap)
    {
      rt_network_end_count (self, FALSE);
      return;
    }
  talk->missed_kind = talk->last_seen < talk->begun ? RT_GAP_AWAY : RT_GAP_ALONE;
  gap = rt_gap_new (talk->missed_kind, talk->last_seen * G_USEC_PER_SEC, now * G_USEC_PER_SEC);
  rt_gap_set_unasked (gap, !rt_network_wants (self, "catch-up"));
  rt_network_add_gap (self, gap, TRUE);
  rt_network_count_for_gap (self, gap);
  /* one of before, about which nobody could be asked, is asked about with it */
  if (talk->missed_from == 0)
    talk->missed_from = talk->last_seen;
  rt_network_consider_catch_up (self, NULL, 0);
}

/* Nothing is left to be asked about. */
void
rt_network_forget_missed (RtNetwork *self)
{
  self->talk->missed_from = 0;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->gaps)); i++)
    {
      g_autoptr (RtGap) gap = g_list_model_get_item (G_LIST_MODEL (self->gaps), i);

      if (!rt_gap_get_unasked (gap))
        continue;
      rt_gap_set_unasked (gap, FALSE);
      rt_network_save_gap (self, gap);
    }
}

gboolean
rt_network_is_in_gap (RtNetwork *self, gint64 from, gint64 until)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->gaps)); i++)
    {
      g_autoptr (RtGap) gap = g_list_model_get_item (G_LIST_MODEL (self->gaps), i);

      if (rt_gap_get_from (gap) <= from && rt_gap_get_until (gap) >= until)
        return TRUE;
    }
  return FALSE;
}

/* Each gap knows how much came of its time. */
void
rt_network_count_in_gaps (RtNetwork *self, GPtrArray *items, gint64 first, gint64 last)
{
  const gint64 slack = RT_CATCH_UP_SLACK_SECONDS * G_USEC_PER_SEC;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->gaps)); i++)
    {
      g_autoptr (RtGap) gap = g_list_model_get_item (G_LIST_MODEL (self->gaps), i);
      guint n = rt_gap_get_n_messages (gap);

      if (rt_gap_get_until (gap) < first || rt_gap_get_from (gap) - slack > last)
        continue;
      for (guint j = 0; j < items->len; j++)
        {
          gint64 time = rt_message_item_get_time (items->pdata[j]);

          n += time >= rt_gap_get_from (gap) - slack && time <= rt_gap_get_until (gap);
        }
      if (n == rt_gap_get_n_messages (gap))
        continue;
      rt_gap_set_n_messages (gap, n);
      rt_network_save_gap (self, gap);
    }
}

/* ---- another network ---- */

/* What was said until then was said elsewhere: nobody here is told of it, or asked about it, or given the files of it. */
void
rt_network_change_talk (RtNetwork *self)
{
  RtStoreChat *chat = rt_network_get_chat (self);
  RtTalk *talk = self->talk;
  /* what was said in this very second was, too */
  gint64 since = g_get_real_time () / G_USEC_PER_SEC + 1;
  RtStoreGap kept = { .from = since * G_USEC_PER_SEC - 1, .until = since * G_USEC_PER_SEC, .kind = RT_TALK_OTHER_NETWORK };

  talk->since = since;
  talk->last_seen = 0;
  rt_network_forget_missed (self);
  talk->n_again = 0;
  rt_network_withdraw_files (self);
  if (chat == NULL)
    return;
  rt_store_chat_save_gap (chat, &kept);
  rt_store_chat_set_last_seen (chat, 0);
  /* before what it is now: whoever is killed between the two tells nothing too much */
  rt_network_hurry_chat (self);
}

/* Of what was kept. */
void
rt_network_restore_gaps (RtNetwork *self, GPtrArray *gaps)
{
  for (guint i = 0; i < gaps->len; i++)
    {
      const RtStoreGap *kept = gaps->pdata[i];
      RtGapKind kind = (guint) kept->kind & KIND_MASK;
      g_autoptr (RtGap) gap = NULL;

      if (kept->kind == RT_TALK_OTHER_NETWORK)
        self->talk->since = MAX (self->talk->since, kept->until / G_USEC_PER_SEC);
      if (kept->until <= kept->from || kind > RT_GAP_SPLIT)
        continue;
      gap = rt_gap_new (kind, kept->from, kept->until);
      rt_gap_set_n_messages (gap, (guint) (kept->kind >> KIND_BITS) & MAX_KEPT);
      rt_gap_set_n_keys (gap, (guint) (kept->kind >> (KIND_BITS + COUNT_BITS)) & MAX_KEPT);
      rt_gap_set_unasked (gap, (kept->kind & UNASKED_BIT) != 0);
      rt_network_add_gap (self, gap, FALSE);
      if (rt_gap_get_unasked (gap) && (self->talk->missed_from == 0 || kept->from / G_USEC_PER_SEC < self->talk->missed_from))
        {
          self->talk->missed_from = kept->from / G_USEC_PER_SEC;
          self->talk->missed_kind = kind;
        }
    }
}
