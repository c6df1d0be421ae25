/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Others were away: they are told what was said. Only what was heard here, or said here: what we were told ourselves would come from us then, and not from who made it up. */
#include "config.h"

#include "rt-network-talk-private.h"

/* Pages of nothing but what we were told are passed over, so many for one question. */
#define MAX_PASSED_OVER 8u

typedef struct {
  RtNetwork *network;
  P2pMeshSocket *socket;
  RtPerson  *person;
  gint64     token, from, until;
  guint      n;
  gint64     behind_time;
  GBytes    *behind_id;         /* nullable */
  guint      pages;
  gboolean   serving;           /* FALSE: it waits */
} Answer;

static void serve_next (RtNetwork *self);

static void
answer_free (Answer *answer)
{
  g_autoptr (RtNetwork) self = answer->network;

  answer->person->being_told = FALSE;
  g_object_unref (answer->socket);
  g_object_unref (answer->person);
  g_clear_pointer (&answer->behind_id, g_bytes_unref);
  if (self->talk != NULL && answer->serving)
    {
      self->talk->serving--;
      serve_next (self);
    }
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static guint
earn (guint *credit, gint64 *time, guint most)
{
  gint64 now = g_get_monotonic_time ();
  gint64 earned = (now - *time) * most / (RT_HISTORY_CREDIT_SECONDS * G_TIME_SPAN_SECOND);

  if (*time == 0 || now - *time >= RT_HISTORY_CREDIT_SECONDS * G_TIME_SPAN_SECOND)
    *credit = most;
  else
    *credit = (guint) MIN (*credit + earned, most);
  *time = now;
  return *credit;
}

/* His, or what is left of that of all. */
static guint
get_credit (RtNetwork *self, RtPerson *person)
{
  guint all = earn (&self->talk->told_credit, &self->talk->told_time, RT_HISTORY_CREDIT_OF_ALL);

  return MIN (earn (&person->told_credit, &person->told_time, RT_HISTORY_CREDIT), all);
}

static void
take_credit (RtNetwork *self, RtPerson *person, gsize bytes)
{
  person->told_credit -= (guint) MIN (bytes, person->told_credit);
  self->talk->told_credit -= (guint) MIN (bytes, self->talk->told_credit);
}

static void
tell (RtNetwork *self, RtPerson *person, gint64 token, GPtrArray *items, gboolean more)
{
  P2pAppHistoryFlags flags = more ? P2P_APP_HISTORY_MORE : P2P_APP_HISTORY_END;
  g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_history (token, flags, items, NULL);

  /* Whoever asked waits for an answer, and asks nobody else until then. */
  if (frame == NULL)
    {
      g_ptr_array_set_size (items, 0);
      frame = p2p_app_frame_new_history (token, flags, items, NULL);
    }
  self->talk->counts.served += items->len;
  rt_network_whisper_frame (self, person->id, frame);
}

static void
tell_nothing (RtNetwork *self, RtPerson *person, gint64 token, gboolean more)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_history_item_free);

  tell (self, person, token, none, more);
}

static gboolean
may_be_told (const RtStoreMessage *kept)
{
  /* what warns here would be told on without the warning */
  const guint not_ours = RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_TOLD | RT_STORE_MESSAGE_IMPORTED | RT_STORE_MESSAGE_UNSIGNED;

  return (kept->flags & not_ours) == 0 && kept->body != NULL && kept->id != NULL;
}

/* Nodes relay more than what may be told on: a sub-flag of another program's, a sender whose id is none. One of them would spoil its page. */
static P2pAppHistoryItem *
make_told (gint64 heard, P2pMessage *message, GBytes *reply_to, GBytes *proof)
{
  g_autoptr (GPtrArray) alone = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_history_item_free);
  g_autoptr (P2pAppFrame) frame = NULL;

  if (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    return NULL;
  g_ptr_array_add (alone, p2p_app_history_item_new (heard, message, reply_to));
  p2p_app_history_item_set_proof (alone->pdata[0], proof);
  frame = p2p_app_frame_new_history (0, P2P_APP_HISTORY_END, alone, NULL);
  return frame != NULL ? g_ptr_array_steal_index (alone, 0) : NULL;
}

static P2pAppHistoryItem *
make_item (const RtStoreMessage *kept)
{
  g_autoptr (P2pMessage) message = may_be_told (kept) ? p2p_message_new_from_body (kept->body, NULL) : NULL;

  return message != NULL ? make_told (kept->time / G_USEC_PER_SEC, message, kept->reply_to, kept->proof) : NULL;
}

/* ---- where nothing is kept ---- */

static P2pAppHistoryItem *
make_item_of (RtMessageItem *row, const Answer *answer)
{
  gint64 heard = rt_message_item_get_time (row) / G_USEC_PER_SEC;
  P2pMessage *message = rt_message_item_get_message (row);

  if (message == NULL || heard < answer->from || heard > answer->until || rt_message_item_get_private (row) || rt_message_item_get_told (row) != NULL ||
      rt_message_item_get_trust (row) == RT_TRUST_UNSIGNED)
    return NULL;
  return make_told (heard, message, rt_message_item_get_reply_to (row), rt_message_item_get_proof (row));
}

/* A page out of memory. */
static void
answer_from_memory (Answer *given)
{
  g_autoptr (Answer) answer = given;
  GListModel *rows = G_LIST_MODEL (rt_network_get_timeline (answer->network));
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_history_item_free);
  guint n = g_list_model_get_n_items (rows), at = n;
  gsize bytes = 0;

  /* from the end: what is asked for is as a rule what is new */
  while (at > 0)
    {
      g_autoptr (RtMessageItem) row = g_list_model_get_item (rows, at - 1);
      GBytes *id = rt_message_item_get_id (row);
      gint64 heard = rt_message_item_get_time (row) / G_USEC_PER_SEC;

      if (heard < MAX (answer->from, answer->behind_id != NULL ? answer->behind_time : G_MININT64) ||
          (answer->behind_id != NULL && id != NULL && g_bytes_equal (id, answer->behind_id)))
        break;
      at--;
    }
  for (; at < n && items->len < answer->n && bytes < RT_HISTORY_PAGE_BYTES; at++)
    {
      g_autoptr (RtMessageItem) row = g_list_model_get_item (rows, at);
      P2pAppHistoryItem *item = make_item_of (row, answer);
      g_autoptr (GBytes) body = item != NULL ? p2p_message_dup_body (item->message) : NULL;
      gsize weight;

      if (item == NULL)
        continue;
      weight = g_bytes_get_size (body) + (item->proof != NULL ? g_bytes_get_size (item->proof) : 0);
      if (items->len > 0 && bytes + weight > RT_HISTORY_PAGE_BYTES)
        {
          p2p_app_history_item_free (item);
          break;
        }
      bytes += weight;
      g_ptr_array_add (items, item);
    }
  take_credit (answer->network, answer->person, bytes + RT_HISTORY_PAGE_COST);
  tell (answer->network, answer->person, answer->token, items, at < n);
}

/* ---- where it is kept ---- */

static void read_on (Answer *answer);

static void
page_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Answer) answer = user_data;
  g_autoptr (RtStoreChatPage) page = rt_store_chat_history_finish (RT_STORE_CHAT (source), result, NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_history_item_free);
  RtNetwork *self = answer->network;
  gsize bytes = 0;

  if (self->talk == NULL || self->socket != answer->socket)
    return;
  for (guint i = 0; page != NULL && i < page->messages->len; i++)
    {
      const RtStoreMessage *kept = page->messages->pdata[i];
      P2pAppHistoryItem *item = make_item (kept);

      if (item == NULL)
        continue;
      bytes += g_bytes_get_size (kept->body) + (item->proof != NULL ? g_bytes_get_size (item->proof) : 0);
      g_ptr_array_add (items, item);
    }
  if (items->len == 0 && page != NULL && page->has_after && page->messages->len > 0 && ++answer->pages < MAX_PASSED_OVER)
    {
      const RtStoreMessage *last = page->messages->pdata[page->messages->len - 1];

      if (last->id != NULL)
        {
          answer->behind_time = last->time / G_USEC_PER_SEC;
          g_clear_pointer (&answer->behind_id, g_bytes_unref);
          answer->behind_id = g_bytes_ref (last->id);
          read_on (g_steal_pointer (&answer));
          return;
        }
    }
  take_credit (self, answer->person, bytes);
  tell (self, answer->person, answer->token, items, page != NULL && page->has_after);
}

static void
read_on (Answer *answer)
{
  take_credit (answer->network, answer->person, RT_HISTORY_PAGE_COST);
  rt_store_chat_history_async (rt_network_get_chat (answer->network), answer->from, answer->until, answer->behind_time, answer->behind_id, answer->n,
                               RT_HISTORY_PAGE_BYTES, NULL, page_read_cb, answer);
}

/* There is more, but not now; that is told no more often than the credit for a page takes. */
static void
put_off (RtNetwork *self, RtPerson *person, gint64 token)
{
  gint64 now = g_get_monotonic_time ();

  self->talk->counts.asks_refused++;
  if (person->told_refused != 0 && now - person->told_refused < 3 * G_TIME_SPAN_SECOND)
    return;
  person->told_refused = now;
  tell_nothing (self, person, token, TRUE);
}

static void
serve (Answer *answer)
{
  RtNetwork *self = answer->network;

  if (get_credit (self, answer->person) < RT_HISTORY_PAGE_BYTES)
    {
      put_off (self, answer->person, answer->token);
      answer_free (answer);
      return;
    }
  answer->serving = TRUE;
  self->talk->serving++;
  if (rt_network_get_chat (self) != NULL)
    read_on (answer);
  else
    answer_from_memory (answer);
}

static void
serve_next (RtNetwork *self)
{
  while (self->talk->serving < RT_HISTORY_AT_A_TIME && self->talk->waiting.length > 0)
    serve (g_queue_pop_head (&self->talk->waiting));
}

void
rt_network_drop_asks (RtNetwork *self)
{
  g_queue_clear_full (&self->talk->waiting, (GDestroyNotify) answer_free);
}

void
rt_network_take_history_ask (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
{
  RtPerson *person = rt_network_get_teller (self, message, connection);
  RtTalk *talk = self->talk;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, token = p2p_app_frame_get_token (frame);
  gint64 from = MAX (p2p_app_frame_get_from (frame), now - RT_CATCH_UP_DAYS * 86400 - RT_CATCH_UP_SLACK_SECONDS);
  gint64 until = MIN (p2p_app_frame_get_until (frame), now);
  gint64 since = MAX (from, talk->since);
  guint n = MIN (p2p_app_frame_get_n (frame), P2P_APP_MAX_HISTORY);
  Answer *answer;

  talk->counts.asks++;
  /* One question at a time: whoever asks a thousand is told once. */
  if (person == NULL || person->being_told)
    {
      talk->counts.asks_refused++;
      return;
    }
  if (talk->waiting.length >= RT_HISTORY_WAITING || get_credit (self, person) < RT_HISTORY_PAGE_BYTES)
    {
      put_off (self, person, token);
      return;
    }
  if (!rt_network_get_chat_loaded (self) || (rt_network_get_chat (self) == NULL && !RT_IS_MEMORY_TIMELINE (self->timeline)) || since > until || n == 0)
    {
      /* an answer costs, too */
      take_credit (self, person, 1024);
      tell_nothing (self, person, token, FALSE);
      return;
    }
  person->being_told = TRUE;
  answer = g_new0 (Answer, 1);
  answer->network = g_object_ref (self);
  answer->socket = g_object_ref (self->socket);
  answer->person = g_object_ref (person);
  answer->token = token;
  answer->from = since;
  answer->until = until;
  answer->n = n;
  answer->behind_time = p2p_app_frame_get_behind_time (frame);
  answer->behind_id = p2p_app_frame_get_behind_id (frame) != NULL ? g_bytes_ref (p2p_app_frame_get_behind_id (frame)) : NULL;
  g_queue_push_tail (&talk->waiting, answer);
  serve_next (self);
}
