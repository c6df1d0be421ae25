/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said while we were away, or cut off, is asked of neighbours: a few, one after the other, a page at a time. */
#include "config.h"

#include "rt-network-talk-private.h"

/* More than one may be there when the first is; they are asked in the order of the links. */
#define BEGIN_MILLISECONDS 1000u

/* When parts of a network find each other nobody knows since when they were apart: the last minutes are asked for first, and what was before only while
 * there is something new. Seconds. */
static const gint64 reaches[] = { 600, 3600, 6 * 3600, 86400, RT_CATCH_UP_DAYS * 86400 };

struct _RtRound {
  guint      serial;
  gint64     missed_from;       /* UTC seconds: we were away since */
  gint64     from, until;       /* likewise: of the round */
  gint64     low, high;         /* of the question */
  guint      reach;             /* of a split: which of the reaches */
  GPtrArray *asked;             /* ids */
  const char *teller;           /* the last of them; NULL: nobody just now */
  gboolean   only_him;
  gint64     token;             /* 0: nothing is waited for */
  gint64     ends;              /* monotonic: he is asked no more */
  gint64     behind_time;
  GBytes    *behind_id;
  guint      n_left, pages_left;
  gsize      bytes_left;
  guint      n_of_teller, pages_of_teller;      /* his share */
  gsize      bytes_of_teller;
  guint      n_given, n_blocked;        /* of the page that is being taken */
  guint      n_told, n_new;     /* in this question */
  guint      new_of_teller;
  gboolean   taking, more, gone;
  gboolean   put_off;           /* somebody has more, and had not the time for it, or left */
  GPtrArray *items;             /* of RtMessageItem: new ones */
  RtCatchUpResult result;
};

static void
round_free (RtRound *round)
{
  g_ptr_array_unref (round->asked);
  g_ptr_array_unref (round->items);
  g_clear_pointer (&round->behind_id, g_bytes_unref);
  g_free (round);
}

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* A program of ours may have no history, and no answer: to wait for it would hold up those who have one. */
static gboolean
tells_history (P2pConnection *connection)
{
  return (p2p_connection_get_capabilities (connection) & P2P_CAP_HISTORY) != 0;
}

/* ---- the end of a round ---- */

static gboolean begin_cb (gpointer data);

/* Where all that have more had no time for us, as when everybody comes back at once, or went away: later, or of the next who comes. */
static void
ask_again (RtNetwork *self, RtRound *round)
{
  RtTalk *talk = self->talk;

  if (!round->put_off || round->result.complete || round->result.kind == RT_GAP_SPLIT || talk->missed_from != 0 || talk->n_again >= RT_CATCH_UP_AGAIN)
    {
      talk->n_again = 0;
      return;
    }
  talk->n_again++;
  talk->missed_from = round->missed_from;
  talk->missed_kind = round->result.kind;
  talk->round_timer = rt_timer_add ((guint) talk->again_seconds * 1000, "[rt-model] catch up again", begin_cb, self);
}

static void
end_round (RtNetwork *self)
{
  RtRound *round = g_steal_pointer (&self->talk->round);

  rt_timer_clear (&self->talk->round_timer);
  for (guint i = 0; i < round->items->len; i++)
    {
      RtMessageItem *item = round->items->pdata[i];
      RtTimelineKey key;

      rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
      if (i == 0 || rt_timeline_key_compare (&key, &round->result.first) < 0)
        round->result.first = key;
      if (i == 0 || rt_timeline_key_compare (&key, &round->result.last) > 0)
        round->result.last = key;
      round->result.n_important += rt_message_item_get_mention (item) && rt_message_item_get_trust (item) != RT_TRUST_UNSIGNED;
    }
  round->result.n_messages = round->items->len;
  if (round->items->len > 0)
    {
      if (round->result.kind == RT_GAP_SPLIT)
        {
          gint64 until = MAX (round->until * G_USEC_PER_SEC, round->result.last.time);

          round->result.from = round->result.first.time;
          /* two who tell of one split: one divider */
          if (!rt_network_is_in_gap (self, round->result.from, round->result.last.time))
            {
              g_autoptr (RtGap) gap = rt_gap_new (RT_GAP_SPLIT, round->result.from, until);

              rt_network_add_gap (self, gap, TRUE);
              rt_network_count_for_gap (self, gap);
            }
        }
      rt_network_count_in_gaps (self, round->items, round->result.first.time, round->result.last.time);
      rt_network_count_unread_block (self, round->items);
    }
  ask_again (self, round);
  rt_network_take_outcome (self, &round->result);
  round_free (round);
  /* another gap may have ended meanwhile */
  rt_network_consider_catch_up (self, NULL, 0);
}

/* ---- asking ---- */

static void go_on (RtNetwork *self);

static gboolean
page_late_cb (gpointer data)
{
  g_autoptr (RtNetwork) self = g_object_ref (data);

  self->talk->round_timer = 0;
  self->talk->round->gone = self->talk->round->put_off = TRUE;
  go_on (self);
  return G_SOURCE_REMOVE;
}

static void
ask (RtNetwork *self)
{
  RtRound *round = self->talk->round;
  guint n = MIN (round->n_of_teller, P2P_APP_MAX_HISTORY);
  g_autoptr (P2pAppFrame) frame = NULL;

  round->token = (gint64) g_random_int () << 24 | (g_random_int () & 0xFFFFFF) | 1;
  round->more = FALSE;
  frame = p2p_app_frame_new_history_ask (round->token, round->low, round->high, n, round->behind_time, round->behind_id, NULL);
  rt_network_whisper_frame (self, round->teller, frame);
  self->talk->round_timer = rt_timer_add (RT_CATCH_UP_PAGE_SECONDS * 1000, "[rt-model] page of history", page_late_cb, self);
}

static void
begin_question (RtRound *round, gint64 low, gint64 high)
{
  round->low = low;
  round->high = high;
  round->behind_time = 0;
  g_clear_pointer (&round->behind_id, g_bytes_unref);
  round->n_told = round->n_new = 0;
}

/* FALSE: nothing is left that he could be asked for. */
static gboolean
reach_further (RtRound *round)
{
  gint64 high = round->until - reaches[round->reach];

  /* What both parts said is known: before that there was one network. */
  if (round->result.kind != RT_GAP_SPLIT || (round->n_told > 0 && round->n_new == 0))
    return FALSE;
  if (round->reach + 1 >= G_N_ELEMENTS (reaches) || high <= round->from)
    return FALSE;
  round->reach++;
  begin_question (round, MAX (round->from, round->until - reaches[round->reach]), high);
  return TRUE;
}

static gboolean
find_teller (RtNetwork *self, RtRound *round)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);

  if (round->only_him || round->asked->len >= RT_CATCH_UP_TELLERS || round->n_left == 0 || round->bytes_left == 0 || round->pages_left == 0)
    return FALSE;
  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);
      const char *id = p2p_connection_get_id (connection);

      if (!tells_history (connection) || id == NULL || g_ptr_array_find_with_equal_func (round->asked, id, g_str_equal, NULL))
        continue;
      g_ptr_array_add (round->asked, g_strdup (id));
      return TRUE;
    }
  return FALSE;
}

static guint
count_tellers (RtNetwork *self, RtRound *round)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);
      const char *id = p2p_connection_get_id (connection);

      n += tells_history (connection) && id != NULL && !g_ptr_array_find_with_equal_func (round->asked, id, g_str_equal, NULL);
    }
  return MIN (n, RT_CATCH_UP_TELLERS - MIN (round->asked->len, RT_CATCH_UP_TELLERS));
}

static void
begin_teller (RtNetwork *self)
{
  RtRound *round = self->talk->round;
  guint others = round->only_him ? 0 : count_tellers (self, round);

  round->teller = round->asked->pdata[round->asked->len - 1];
  round->gone = FALSE;
  round->reach = 0;
  round->new_of_teller = 0;
  round->ends = g_get_monotonic_time () + self->talk->teller_seconds * G_TIME_SPAN_SECOND;
  /* One who makes things up leaves room for the others. */
  round->n_of_teller = round->n_left / (others + 1);
  round->pages_of_teller = MAX (round->pages_left / (others + 1), 1);
  round->bytes_of_teller = round->bytes_left / (others + 1);
  begin_question (round, round->result.kind == RT_GAP_SPLIT ? MAX (round->from, round->until - reaches[0]) : round->from, round->until);
  ask (self);
}

/* After a page, or when none came. */
static void
go_on (RtNetwork *self)
{
  RtRound *round = self->talk->round;
  gboolean room = round->n_of_teller > 0 && round->bytes_of_teller > 0 && round->pages_of_teller > 0 && g_get_monotonic_time () < round->ends;

  round->token = 0;
  if (!round->gone && room && (round->more || reach_further (round)))
    {
      ask (self);
      return;
    }
  if (!round->gone && !round->more)
    round->result.complete = TRUE;
  round->result.n_tellers += round->new_of_teller > 0;
  round->teller = NULL;
  if (self->socket != NULL && find_teller (self, round))
    begin_teller (self);
  else
    end_round (self);
}

/* ---- answers ---- */

typedef struct {
  RtNetwork *network;
  guint      serial;
} Taking;

static void
taking_free (Taking *taking)
{
  g_object_unref (taking->network);
  g_free (taking);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Taking, taking_free)

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Taking) taking = user_data;
  RtNetwork *self = taking->network;
  g_autoptr (GPtrArray) items = rt_network_take_told_finish (self, result, NULL);
  RtRound *round = self->talk != NULL ? self->talk->round : NULL;

  if (self->talk == NULL || items == NULL)
    items = items != NULL ? items : g_ptr_array_new ();
  else
    self->talk->counts.told += items->len;
  if (round == NULL || round->serial != taking->serial)
    {
      if (self->talk != NULL)
        rt_network_count_unread_block (self, items);
      return;
    }
  round->taking = FALSE;
  round->n_new += items->len;
  round->new_of_teller += items->len;
  self->talk->counts.told_known += round->n_given - MIN (items->len, round->n_given);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (round->items, g_object_ref (items->pdata[i]));
  go_on (self);
}

/* Only what was asked for, and not what is yet to come. */
static gboolean
is_of_range (RtRound *round, P2pMessage *message)
{
  gint64 time = p2p_message_get_time (message);

  return time >= round->low - RT_CATCH_UP_SLACK_SECONDS && time <= round->high + RT_CATCH_UP_AHEAD_SECONDS
         && time <= get_now () + RT_CATCH_UP_AHEAD_SECONDS && p2p_message_get_flag (message) == P2P_FLAG_BROADCAST;
}

static GPtrArray *
pick_told (RtNetwork *self, RtRound *round, GPtrArray *items)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_told_free);
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  for (guint i = 0; i < items->len; i++)
    {
      const P2pAppHistoryItem *item = items->pdata[i];
      gsize length = p2p_message_get_length (item->message) + (item->proof != NULL ? g_bytes_get_size (item->proof) : 0);

      /* what he said is told by others; that they do is no reason to ask them no more */
      if (rt_network_find_block (self, RT_BLOCK_PERSON, p2p_message_get_sender (item->message)) != NULL)
        {
          round->n_blocked++;
          self->talk->counts.told_refused++;
          continue;
        }
      if (round->n_of_teller == 0 || round->bytes_of_teller == 0 || !is_of_range (round, item->message)
          || !g_hash_table_add (ids, p2p_message_get_id (item->message)))
        {
          self->talk->counts.told_refused++;
          continue;
        }
      round->n_of_teller--;
      round->n_left--;
      round->bytes_left -= MIN (length, round->bytes_left);
      round->bytes_of_teller -= MIN (length, round->bytes_of_teller);
      g_ptr_array_add (told, rt_told_new (item->message, CLAMP (p2p_message_get_time (item->message), round->low, round->high), item->reply, item->proof));
    }
  round->n_given = told->len;
  return g_steal_pointer (&told);
}

void
rt_network_take_history (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
{
  RtTalk *talk = self->talk;
  RtRound *round = talk->round;
  GPtrArray *items = p2p_app_frame_get_items (frame);
  g_autoptr (GPtrArray) told = NULL;
  Taking *taking;

  talk->counts.pages++;
  if (round == NULL || round->token == 0 || round->taking || round->teller == NULL || items == NULL
      || rt_network_get_teller (self, message, connection) == NULL || !g_str_equal (p2p_message_get_sender (message), round->teller)
      || p2p_app_frame_get_token (frame) != round->token)
    {
      talk->counts.pages_refused++;
      return;
    }
  rt_timer_clear (&talk->round_timer);
  round->token = 0;
  round->pages_left -= MIN (round->pages_left, 1);
  round->pages_of_teller -= MIN (round->pages_of_teller, 1);
  round->n_told += items->len;
  round->more = (p2p_app_frame_get_flags (frame) & P2P_APP_HISTORY_MORE) != 0;
  if (items->len == 0)
    {
      /* more, but not now */
      round->gone = round->more;
      round->put_off |= round->more;
      go_on (self);
      return;
    }
  if (round->more)
    {
      const P2pAppHistoryItem *last = items->pdata[items->len - 1];
      GBytes *id = p2p_message_get_id (last->message);

      /* the same again leads nowhere */
      round->gone = round->behind_id != NULL && g_bytes_equal (id, round->behind_id);
      g_clear_pointer (&round->behind_id, g_bytes_unref);
      round->behind_id = id;
      round->behind_time = last->heard;
    }
  round->n_blocked = 0;
  told = pick_told (self, round, items);
  /* nothing of it is of any use, and so it would go on */
  round->gone = round->gone || (round->more && round->n_given + round->n_blocked == 0);
  round->taking = TRUE;
  taking = g_new0 (Taking, 1);
  taking->network = g_object_ref (self);
  taking->serial = round->serial;
  rt_network_take_told_async (self, told, round->teller, taken_cb, taking);
}

/* ---- when ---- */

static void
begin_round (RtNetwork *self, RtGapKind kind, gint64 from, gint64 until, const char *only_him)
{
  RtTalk *talk = self->talk;
  RtRound *round = g_new0 (RtRound, 1);

  talk->round = round;
  round->serial = ++talk->n_rounds;
  round->from = MAX (from - RT_CATCH_UP_SLACK_SECONDS, until - RT_CATCH_UP_DAYS * 86400);
  round->from = MAX (round->from, talk->since);
  round->missed_from = from;
  round->until = until;
  round->result.kind = kind;
  round->result.from = from * G_USEC_PER_SEC;
  round->result.until = until * G_USEC_PER_SEC;
  round->n_left = RT_CATCH_UP_MESSAGES;
  round->bytes_left = RT_CATCH_UP_BYTES;
  round->pages_left = RT_CATCH_UP_PAGES;
  round->asked = g_ptr_array_new_with_free_func (g_free);
  round->items = g_ptr_array_new_with_free_func (g_object_unref);
  round->only_him = only_him != NULL;
  if (only_him != NULL)
    g_ptr_array_add (round->asked, g_strdup (only_him));
  else if (!find_teller (self, round))
    {
      round_free (g_steal_pointer (&talk->round));
      return;
    }
  else
    {
      /* asked about: whatever comes of it */
      rt_network_forget_missed (self);
    }
  begin_teller (self);
}

static gboolean
begin_cb (gpointer data)
{
  g_autoptr (RtNetwork) self = g_object_ref (data);
  RtTalk *talk = self->talk;

  talk->round_timer = 0;
  if (talk->round == NULL && talk->missed_from != 0 && self->socket != NULL && rt_network_wants (self, "catch-up"))
    begin_round (self, talk->missed_kind, talk->missed_from, get_now (), NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
has_teller (RtNetwork *self)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);

  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      if (tells_history (connection))
        return TRUE;
    }
  return FALSE;
}

gboolean
rt_network_is_catching_up (RtNetwork *self)
{
  RtTalk *talk = self->talk;

  return talk->round != NULL || (talk->missed_from != 0 && talk->n_again == 0 && self->socket != NULL && rt_network_wants (self, "catch-up") && has_teller (self));
}

static gboolean heal_cb (gpointer data);

/* One at a time, and seldom: of those that wait the one whose link is oldest. */
static void
heal (RtNetwork *self)
{
  RtTalk *talk = self->talk;
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);
  gint64 now = g_get_monotonic_time (), past = (now - talk->healed) / 1000;
  guint n = g_list_model_get_n_items (table);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);
      RtPerson *person = rt_people_find (self->people, p2p_connection_get_id (connection));
      gint64 from = person != NULL ? person->heal_from : 0;

      if (from == 0 || !tells_history (connection))
        continue;
      if (past < talk->least_gap * 1000)
        {
          if (talk->heal_timer == 0)
            talk->heal_timer = rt_timer_add ((guint) (talk->least_gap * 1000 - past), "[rt-model] heal", heal_cb, self);
          return;
        }
      person->heal_from = 0;
      talk->healed = person->healed = now;
      begin_round (self, RT_GAP_SPLIT, from, get_now (), person->id);
      return;
    }
}

static gboolean
heal_cb (gpointer data)
{
  RtNetwork *self = data;

  self->talk->heal_timer = 0;
  rt_network_consider_catch_up (self, NULL, 0);
  return G_SOURCE_REMOVE;
}

/* A link to somebody who was not heard for long, while others are there: there may have been two networks. */
static void
note_stranger (RtNetwork *self, RtPerson *person, gint64 heard)
{
  RtTalk *talk = self->talk;
  /* of when nobody was there the first who came was asked */
  gint64 from = MAX (talk->together, heard), now = g_get_monotonic_time ();
  gboolean again = person->healed != 0 && now - person->healed < RT_CATCH_UP_HEAL_AGAIN_SECONDS * G_TIME_SPAN_SECOND;
  gboolean alone = g_list_model_get_n_items (p2p_mesh_socket_get_routing_table (self->socket)) < 2;

  person->heal_from = again || alone || get_now () - from < talk->least_gap ? 0 : from;
  if (person->heal_from != 0)
    rt_network_begin_count_of_split (self, from);
}

void
rt_network_consider_catch_up (RtNetwork *self, RtPerson *person, gint64 heard)
{
  RtTalk *talk = self->talk;

  if (!talk->loaded || self->socket == NULL)
    return;
  if (person != NULL)
    note_stranger (self, person, heard);
  if (person != NULL && talk->round == NULL && talk->n_again > 0)
    rt_timer_clear (&talk->round_timer);
  /* what is missed is remembered, and asked for when the person wants it */
  if (talk->round != NULL || !rt_network_wants (self, "catch-up"))
    return;
  if (talk->missed_from == 0)
    heal (self);
  else if (talk->round_timer == 0 && has_teller (self))
    talk->round_timer = rt_timer_add (BEGIN_MILLISECONDS, "[rt-model] catch up", begin_cb, self);
}

gint64
rt_network_get_unasked (RtNetwork *self)
{
  RtTalk *talk = self->talk;

  if (talk->round != NULL && talk->round->result.kind != RT_GAP_SPLIT)
    return talk->round->missed_from;
  return talk->n_again > 0 ? talk->missed_from : 0;
}

void
rt_network_drop_teller (RtNetwork *self, const char *id)
{
  RtRound *round = self->talk->round;

  if (id == NULL)
    {
      rt_timer_clear (&self->talk->heal_timer);
      rt_network_end_count (self, TRUE);
    }
  if (round == NULL)
    {
      if (id == NULL)
        rt_timer_clear (&self->talk->round_timer);
      else
        rt_network_tell_outcome (self);
      return;
    }
  if (id != NULL && g_strcmp0 (id, round->teller) != 0)
    return;
  rt_timer_clear (&self->talk->round_timer);
  round->gone = round->put_off = TRUE;
  if (id == NULL)
    {
      end_round (self);
      rt_timer_clear (&self->talk->round_timer);
    }
  else if (!round->taking)
    go_on (self);
}
