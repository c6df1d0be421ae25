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
  gsize      bytes;
  guint      pages;
} Answer;

static void
answer_free (Answer *answer)
{
  answer->person->being_told = FALSE;
  if (answer->network->talk != NULL)
    answer->network->talk->serving--;
  g_object_unref (answer->network);
  g_object_unref (answer->socket);
  g_object_unref (answer->person);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

static gsize
get_credit (RtPerson *person)
{
  gint64 now = g_get_monotonic_time ();
  gint64 earned = (now - person->told_time) * RT_HISTORY_CREDIT / (RT_HISTORY_CREDIT_SECONDS * G_TIME_SPAN_SECOND);

  if (person->told_time == 0 || now - person->told_time >= RT_HISTORY_CREDIT_SECONDS * G_TIME_SPAN_SECOND)
    person->told_credit = RT_HISTORY_CREDIT;
  else
    person->told_credit = (guint) MIN (person->told_credit + earned, RT_HISTORY_CREDIT);
  person->told_time = now;
  return person->told_credit;
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
  const guint not_ours = RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_TOLD | RT_STORE_MESSAGE_IMPORTED;

  return (kept->flags & not_ours) == 0 && kept->body != NULL && kept->id != NULL;
}

/* Nodes relay more than what may be told on: a sub-flag of another program's, a sender whose id is none. One of them would spoil its page. */
static P2pAppHistoryItem *
make_item (const RtStoreMessage *kept)
{
  g_autoptr (P2pMessage) message = may_be_told (kept) ? p2p_message_new_from_body (kept->body, NULL) : NULL;
  g_autoptr (GPtrArray) alone = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_app_history_item_free);
  g_autoptr (P2pAppFrame) frame = NULL;

  if (message == NULL || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    return NULL;
  g_ptr_array_add (alone, p2p_app_history_item_new (kept->time / G_USEC_PER_SEC, message, kept->reply_to));
  frame = p2p_app_frame_new_history (0, P2P_APP_HISTORY_END, alone, NULL);
  return frame != NULL ? g_ptr_array_steal_index (alone, 0) : NULL;
}

static void read_on (Answer *answer, gint64 behind_time, GBytes *behind_id);

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
      bytes += g_bytes_get_size (kept->body);
      g_ptr_array_add (items, item);
    }
  if (items->len == 0 && page != NULL && page->has_after && page->messages->len > 0 && ++answer->pages < MAX_PASSED_OVER)
    {
      const RtStoreMessage *last = page->messages->pdata[page->messages->len - 1];

      if (last->id != NULL)
        {
          read_on (g_steal_pointer (&answer), last->time / G_USEC_PER_SEC, last->id);
          return;
        }
    }
  answer->person->told_credit -= (guint) MIN (bytes, answer->person->told_credit);
  tell (self, answer->person, answer->token, items, page != NULL && page->has_after);
}

static void
read_on (Answer *answer, gint64 behind_time, GBytes *behind_id)
{
  rt_store_chat_history_async (rt_network_get_chat (answer->network), answer->from, answer->until, behind_time, behind_id, answer->n, answer->bytes, NULL,
                               page_read_cb, answer);
}

void
rt_network_take_history_ask (RtNetwork *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
{
  RtPerson *person = rt_network_get_teller (self, message, connection);
  RtTalk *talk = self->talk;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 from = MAX (p2p_app_frame_get_from (frame), now - RT_CATCH_UP_DAYS * 86400 - RT_CATCH_UP_SLACK_SECONDS);
  gint64 until = MIN (p2p_app_frame_get_until (frame), now);
  gint64 since = MAX (from, talk->since);
  guint n = MIN (p2p_app_frame_get_n (frame), P2P_APP_MAX_HISTORY);
  Answer *answer;

  talk->counts.asks++;
  /* One question at a time: whoever asks a thousand is told once. */
  if (person == NULL || person->being_told || talk->serving >= RT_HISTORY_AT_A_TIME)
    {
      talk->counts.asks_refused++;
      return;
    }
  if (!rt_network_get_chat_loaded (self) || rt_network_get_chat (self) == NULL || since > until || n == 0)
    {
      /* an answer costs too, and so does waiting for none */
      if (get_credit (person) < RT_HISTORY_PAGE_BYTES)
        talk->counts.asks_refused++;
      else
        {
          person->told_credit -= 1024;
          tell_nothing (self, person, p2p_app_frame_get_token (frame), FALSE);
        }
      return;
    }
  if (get_credit (person) < RT_HISTORY_PAGE_BYTES)
    {
      talk->counts.asks_refused++;
      /* more, but not now; told no more often than the credit for a page takes */
      if (person->told_refused == 0 || g_get_monotonic_time () - person->told_refused >= 3 * G_TIME_SPAN_SECOND)
        {
          person->told_refused = g_get_monotonic_time ();
          tell_nothing (self, person, p2p_app_frame_get_token (frame), TRUE);
        }
      return;
    }
  person->told_credit -= 1024;
  person->being_told = TRUE;
  talk->serving++;
  answer = g_new0 (Answer, 1);
  answer->network = g_object_ref (self);
  answer->socket = g_object_ref (self->socket);
  answer->person = g_object_ref (person);
  answer->token = p2p_app_frame_get_token (frame);
  answer->from = since;
  answer->until = until;
  answer->n = n;
  answer->bytes = RT_HISTORY_PAGE_BYTES;
  read_on (answer, p2p_app_frame_get_behind_time (frame), p2p_app_frame_get_behind_id (frame));
}
