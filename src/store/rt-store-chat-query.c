/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker reads of chats. */
#include "config.h"

#include "rt-store-chat-private.h"
#include "rt-store-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A key is looked for in so many messages that have its words and a '#'. */
#define CITES_LOOKED_AT 20000u
/* Receipts are shown by name so far. */
#define RECEIPTS_READ 3

RtStoreMessage *
rt_store_message_read (sqlite3_stmt *statement)
{
  RtStoreMessage *self;

  /* whatever somebody did to the file */
  if (sqlite3_column_type (statement, 10) != SQLITE_TEXT || sqlite3_column_type (statement, 16) != SQLITE_TEXT || sqlite3_column_type (statement, 1) != SQLITE_INTEGER)
    return NULL;
  self = rt_store_message_new ();
  self->row = sqlite3_column_int64 (statement, 0);
  self->time = sqlite3_column_int64 (statement, 1);
  self->sent = sqlite3_column_int64 (statement, 2);
  self->flags = (guint) sqlite3_column_int64 (statement, 3);
  self->delivery = (guint) sqlite3_column_int64 (statement, 4);
  self->n_links = (guint) sqlite3_column_int64 (statement, 5);
  self->n_attempts = (guint) sqlite3_column_int64 (statement, 6);
  self->next_try = sqlite3_column_int64 (statement, 7);
  self->id = rt_store_dup_bytes (statement, 8, 32);
  self->reply_to = rt_store_dup_bytes (statement, 9, 32);
  self->sender = rt_store_dup_text (statement, 10);
  self->recipient = rt_store_dup_text (statement, 11);
  self->teller = rt_store_dup_text (statement, 12);
  self->sender_name = rt_store_dup_text (statement, 13);
  self->via = rt_store_dup_text (statement, 14);
  self->error = rt_store_dup_text (statement, 15);
  self->text = rt_store_dup_text (statement, 16);
  self->body = rt_store_dup_bytes (statement, 17, 0);
  self->file = rt_store_dup_bytes (statement, 18, 0);
  self->proof = rt_store_dup_bytes (statement, 19, 0);
  return self;
}

/* How many have it, and the first of them. */
void
rt_store_message_read_receipts (sqlite3 *db, RtStoreMessage *message)
{
  sqlite3_stmt *statement;
  g_autoptr (GPtrArray) nodes = NULL;

  if ((message->flags & RT_STORE_MESSAGE_OWN) == 0 || message->id == NULL)
    return;
  statement = rt_store_prepare (db, "SELECT node FROM receipts WHERE message = ?1 ORDER BY time, node", "", NULL);
  if (statement == NULL)
    return;
  nodes = g_ptr_array_new_with_free_func (g_free);
  sqlite3_bind_int64 (statement, 1, message->row);
  while (sqlite3_step (statement) == SQLITE_ROW)
    if (message->n_receipts++ < RECEIPTS_READ)
      g_ptr_array_add (nodes, rt_store_dup_text (statement, 0));
  sqlite3_finalize (statement);
  if (nodes->len > 0)
    {
      g_ptr_array_add (nodes, NULL);
      message->receipts = (char **) g_ptr_array_free (g_steal_pointer (&nodes), FALSE);
    }
}

/* All rows of a statement that is bound; finalizes it. n_rows: nullable; those too that are no messages. */
static gboolean
read_messages (sqlite3 *db, sqlite3_stmt *statement, GPtrArray *messages, guint *n_rows, const char *doing, GError **error)
{
  int code;

  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      RtStoreMessage *message = rt_store_message_read (statement);

      if (n_rows != NULL)
        *n_rows += 1;
      if (message == NULL)
        continue;
      rt_store_message_read_receipts (db, message);
      g_ptr_array_add (messages, message);
    }
  if (code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, db, code, doing);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

static void
reverse (GPtrArray *array, guint from)
{
  for (guint i = from, j = array->len; i + 1 < j; i++)
    {
      gpointer swapped = array->pdata[i];

      array->pdata[i] = array->pdata[--j];
      array->pdata[j] = swapped;
    }
}

/* ---- load ---- */

static gboolean
read_chat (sqlite3 *db, const char *network, gint64 *chat, RtStoreChatState *state, const char *doing, GError **error)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "SELECT id, read_time, read_row, muted, last_seen, n_messages, n_gone, n_unread, n_important, draft FROM chats WHERE network = ?1",
                                              doing, error);
  int code;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, network, -1, SQLITE_STATIC);
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    {
      *chat = sqlite3_column_int64 (statement, 0);
      state->read_time = sqlite3_column_int64 (statement, 1);
      state->read_row = sqlite3_column_int64 (statement, 2);
      state->muted = sqlite3_column_int64 (statement, 3) != 0;
      state->last_seen = sqlite3_column_int64 (statement, 4);
      state->n_messages = (guint64) MAX (0, sqlite3_column_int64 (statement, 5));
      state->n_gone = (guint64) MAX (0, sqlite3_column_int64 (statement, 6));
      state->n_unread = (guint64) MAX (0, sqlite3_column_int64 (statement, 7));
      state->n_unread_important = (guint64) MAX (0, sqlite3_column_int64 (statement, 8));
      state->draft = rt_store_dup_text (statement, 9);
    }
  else if (code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, db, code, doing);
  sqlite3_finalize (statement);
  return code == SQLITE_ROW || code == SQLITE_DONE;
}

static sqlite3_stmt *
prepare_of_chat (sqlite3 *db, const char *sql, gint64 chat, const char *doing, GError **error)
{
  sqlite3_stmt *statement = rt_store_prepare (db, sql, doing, error);

  if (statement != NULL)
    sqlite3_bind_int64 (statement, 1, chat);
  return statement;
}

static gboolean
end_rows (sqlite3 *db, sqlite3_stmt *statement, int code, const char *doing, GError **error)
{
  if (code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, db, code, doing);
  sqlite3_finalize (statement);
  return code == SQLITE_DONE;
}

static gboolean
read_people (sqlite3 *db, gint64 chat, GPtrArray *people, const char *doing, GError **error)
{
  sqlite3_stmt *statement = prepare_of_chat (db, "SELECT " RT_STORE_PERSON_COLUMNS " FROM people WHERE chat = ?1 ORDER BY id", chat, doing, error);
  int code;

  if (statement == NULL)
    return FALSE;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      RtStorePerson *person = rt_store_person_read (statement);

      if (person != NULL)
        g_ptr_array_add (people, person);
    }
  return end_rows (db, statement, code, doing, error);
}

static gboolean
read_gaps (sqlite3 *db, gint64 chat, GPtrArray *gaps, const char *doing, GError **error)
{
  sqlite3_stmt *statement = prepare_of_chat (db, "SELECT begins, ends, kind FROM gaps WHERE chat = ?1 ORDER BY begins", chat, doing, error);
  int code;

  if (statement == NULL)
    return FALSE;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      RtStoreGap *gap = g_new0 (RtStoreGap, 1);

      gap->from = sqlite3_column_int64 (statement, 0);
      gap->until = sqlite3_column_int64 (statement, 1);
      gap->kind = (guint64) sqlite3_column_int64 (statement, 2);
      g_ptr_array_add (gaps, gap);
    }
  return end_rows (db, statement, code, doing, error);
}

static gboolean
read_hours (sqlite3 *db, gint64 chat, GArray *hours, const char *doing, GError **error)
{
  sqlite3_stmt *statement = prepare_of_chat (db, "SELECT hour, n FROM chat_hours WHERE chat = ?1 AND n > 0 ORDER BY hour", chat, doing, error);
  int code;

  if (statement == NULL)
    return FALSE;
  while ((code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      RtStoreHour hour = { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1), 0 };

      g_array_append_val (hours, hour);
    }
  return end_rows (db, statement, code, doing, error);
}

static gboolean
read_tail (sqlite3 *db, gint64 chat, RtStoreChatState *state, const char *doing, GError **error)
{
  sqlite3_stmt *statement = prepare_of_chat (db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = ?1 ORDER BY time DESC, row DESC LIMIT ?2", chat, doing, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 2, RT_STORE_CHAT_TAIL);
  if (!read_messages (db, statement, state->tail, NULL, doing, error))
    return FALSE;
  reverse (state->tail, 0);
  if (state->tail->len > 0)
    state->newest_time = ((RtStoreMessage *) state->tail->pdata[state->tail->len - 1])->time;
  statement = prepare_of_chat (db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = ?1 AND flags & 64 ORDER BY time, row LIMIT ?2", chat, doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 2, RT_STORE_CHAT_OUTBOX);
  return read_messages (db, statement, state->outbox, NULL, doing, error);
}

/* Of those that stand after the mark, and of those that came after it; of very many of these only the first that came are looked at, for a network is to be opened at once. Where
 * nothing was read yet, all stand after the mark. */
static gboolean
read_first_unread (sqlite3 *db, gint64 chat, RtStoreChatState *state, const char *doing, GError **error)
{
  static const char * const sqls[] = {
    "SELECT time, row FROM messages WHERE chat = ?1 AND time > ?2 AND flags & 17 = 0 ORDER BY time, row LIMIT 1",
    "SELECT time, row FROM (SELECT time, row, flags, chat FROM messages WHERE row > ?3 AND row < 1 << 56 ORDER BY row LIMIT 2000) WHERE chat = ?1 AND flags & 17 = 0 ORDER BY time, row LIMIT 1",
  };
  int code = SQLITE_DONE;

  for (guint i = 0; i < (state->read_time > 0 ? G_N_ELEMENTS (sqls) : 1) && state->n_unread > 0; i++)
    {
      sqlite3_stmt *statement = prepare_of_chat (db, sqls[i], chat, doing, error);

      if (statement == NULL)
        return FALSE;
      if (i == 0)
        sqlite3_bind_int64 (statement, 2, state->read_time);
      else
        sqlite3_bind_int64 (statement, 3, state->read_row);
      code = sqlite3_step (statement);
      if (code == SQLITE_ROW)
        {
          gint64 time = sqlite3_column_int64 (statement, 0), row = sqlite3_column_int64 (statement, 1);

          if (state->first_unread_time == 0 || time < state->first_unread_time || (time == state->first_unread_time && row < state->first_unread_row))
            {
              state->first_unread_time = time;
              state->first_unread_row = row;
            }
          code = SQLITE_DONE;
        }
      if (!end_rows (db, statement, code, doing, error))
        return FALSE;
    }
  return TRUE;
}

/* The rows that this load may use. They are written down with the first message that has one of them. */
static gboolean
take_rows (RtStoreDb *db, gint64 *first, const char *doing, GError **error)
{
  sqlite3_stmt *statement;
  int code;

  if (db->next_rows == 0)
    {
      /* behind what was read, too: that is as far as the rows of an earlier load might have gone, whether or not there was a message for them */
      statement = rt_store_prepare (db->db, "SELECT max (next, coalesce ((SELECT max (row) + 1 FROM messages WHERE row < ?1), 1),"
                                            " coalesce ((SELECT max (read_row) + 1 FROM chats WHERE read_row < ?1), 1)) FROM chat_rows", doing, error);
      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, RT_STORE_ROWS_IN_NEED);
      code = sqlite3_step (statement);
      if (code == SQLITE_ROW)
        db->next_rows = sqlite3_column_int64 (statement, 0);
      else if (code != SQLITE_DONE)
        rt_store_set_sqlite_error (error, db->db, code, doing);
      sqlite3_finalize (statement);
      if (code != SQLITE_ROW && code != SQLITE_DONE)
        return FALSE;
      db->next_rows = CLAMP (db->next_rows, 1, RT_STORE_ROWS_IN_NEED / 2);
      /* Another program in the same folder takes rows too: far away from where it does. */
      if (db->lock_fd < 0)
        db->next_rows += RT_STORE_ROWS * g_random_int_range (1 << 8, 1 << 14);
    }
  *first = db->next_rows;
  db->next_rows += RT_STORE_ROWS;
  return TRUE;
}

void
rt_store_chat_load_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The messages cannot be read");
  RtStoreChatQuery *query = g_task_get_task_data (task);
  g_autoptr (RtStoreChatState) state = rt_store_chat_state_new ();
  g_autoptr (GError) error = NULL;
  gint64 chat = 0;

  query->hours = g_array_new (FALSE, FALSE, sizeof (RtStoreHour));
  if (take_rows (db, &query->first_row, doing, &error) && read_chat (db->db, query->network, &chat, state, doing, &error) &&
      (chat == 0 || (read_tail (db->db, chat, state, doing, &error) && read_first_unread (db->db, chat, state, doing, &error) &&
                     read_people (db->db, chat, state->people, doing, &error) && read_gaps (db->db, chat, state->gaps, doing, &error) && read_hours (db->db, chat, query->hours, doing, &error))))
    {
      state->last_row = query->first_row - 1;
      g_task_return_pointer (task, g_steal_pointer (&state), (GDestroyNotify) rt_store_chat_state_free);
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* ---- pages ---- */

/* One side of a key, nearest first, at most n; *more. */
static gboolean
read_side (sqlite3 *db, gint64 chat, const RtStoreChatQuery *query, gboolean is_before, GPtrArray *messages, gboolean *more, const char *doing, GError **error)
{
  guint n_before = messages->len, n = 0;
  sqlite3_stmt *statement;

  if (query->where == RT_STORE_CHAT_PAGE_TAIL)
    statement = prepare_of_chat (db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = ?1 ORDER BY time DESC, row DESC LIMIT ?4", chat, doing, error);
  else if (is_before)
    statement = prepare_of_chat (db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = ?1 AND (time, row) < (?2, ?3) ORDER BY time DESC, row DESC LIMIT ?4", chat,
                                 doing, error);
  else if (query->where == RT_STORE_CHAT_PAGE_AFTER)
    statement = prepare_of_chat (db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = ?1 AND (time, row) > (?2, ?3) ORDER BY time, row LIMIT ?4", chat, doing, error);
  else
    statement = prepare_of_chat (db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = ?1 AND (time, row) >= (?2, ?3) ORDER BY time, row LIMIT ?4", chat, doing, error);
  if (statement == NULL)
    return FALSE;
  if (query->where != RT_STORE_CHAT_PAGE_TAIL)
    {
      sqlite3_bind_int64 (statement, 2, query->time);
      sqlite3_bind_int64 (statement, 3, query->row);
    }
  /* around: the row itself is on the side after it */
  sqlite3_bind_int64 (statement, 4, (gint64) query->n + (!is_before && query->where == RT_STORE_CHAT_PAGE_AROUND ? 2 : 1));
  if (!read_messages (db, statement, messages, &n, doing, error))
    return FALSE;
  if (!is_before && query->where == RT_STORE_CHAT_PAGE_AROUND && messages->len > n_before && ((RtStoreMessage *) messages->pdata[n_before])->row == query->row)
    {
      n--;
      n_before++;
    }
  /* a damaged row is no end of what there is */
  *more = n > query->n;
  if (messages->len - n_before > query->n)
    g_ptr_array_set_size (messages, (int) (n_before + query->n));
  return TRUE;
}

static gboolean
has_one (sqlite3 *db, gint64 chat, const char *sql, const RtStoreMessage *message)
{
  sqlite3_stmt *statement = prepare_of_chat (db, sql, chat, "", NULL);
  gboolean has = FALSE;

  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 2, message->time);
      sqlite3_bind_int64 (statement, 3, message->row);
      has = sqlite3_step (statement) == SQLITE_ROW;
    }
  sqlite3_finalize (statement);
  return has;
}

void
rt_store_chat_page_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The messages cannot be read");
  const RtStoreChatQuery *query = g_task_get_task_data (task);
  g_autoptr (RtStoreChatPage) page = rt_store_chat_page_new ();
  g_autoptr (GError) error = NULL;
  gint64 chat = rt_store_chat_find_id (db->db, query->network, doing, &error);
  gboolean good = error == NULL;

  if (chat != 0 && good && query->where != RT_STORE_CHAT_PAGE_AFTER)
    {
      good = read_side (db->db, chat, query, TRUE, page->messages, &page->has_before, doing, &error);
      reverse (page->messages, 0);
    }
  if (chat != 0 && good && (query->where == RT_STORE_CHAT_PAGE_AFTER || query->where == RT_STORE_CHAT_PAGE_AROUND))
    good = read_side (db->db, chat, query, FALSE, page->messages, &page->has_after, doing, &error);
  if (good && page->messages->len > 0)
    {
      if (query->where == RT_STORE_CHAT_PAGE_BEFORE)
        page->has_after = has_one (db->db, chat, "SELECT 1 FROM messages WHERE chat = ?1 AND (time, row) > (?2, ?3) LIMIT 1", page->messages->pdata[page->messages->len - 1]);
      if (query->where == RT_STORE_CHAT_PAGE_AFTER)
        page->has_before = has_one (db->db, chat, "SELECT 1 FROM messages WHERE chat = ?1 AND (time, row) < (?2, ?3) LIMIT 1", page->messages->pdata[0]);
    }
  else if (good && chat != 0)
    {
      RtStoreMessage key = { .time = query->time, .row = query->row };

      page->has_after = query->where == RT_STORE_CHAT_PAGE_BEFORE && has_one (db->db, chat, "SELECT 1 FROM messages WHERE chat = ?1 AND (time, row) >= (?2, ?3) LIMIT 1", &key);
      page->has_before = query->where == RT_STORE_CHAT_PAGE_AFTER && has_one (db->db, chat, "SELECT 1 FROM messages WHERE chat = ?1 AND (time, row) <= (?2, ?3) LIMIT 1", &key);
    }
  if (good)
    g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) rt_store_chat_page_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* ---- one ---- */

static gboolean
find_message (sqlite3 *db, const char *network, GBytes *id, RtStoreMessage **message, const char *doing, GError **error)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = (SELECT id FROM chats WHERE network = ?1) AND id_head = ?2 AND id = ?3"
                                                  " LIMIT 1", doing, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_message_free);
  gint64 head = 0;

  if (statement == NULL)
    return FALSE;
  if (g_bytes_get_size (id) >= sizeof head)
    memcpy (&head, g_bytes_get_data (id, NULL), sizeof head);
  sqlite3_bind_text (statement, 1, network, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, GINT64_FROM_BE (head));
  rt_store_bind_bytes (statement, 3, id);
  if (!read_messages (db, statement, found, NULL, doing, error))
    return FALSE;
  *message = found->len > 0 ? g_ptr_array_steal_index (found, 0) : NULL;
  return TRUE;
}

void
rt_store_chat_find_job (RtStoreDb *db, GTask *task)
{
  const RtStoreChatQuery *query = g_task_get_task_data (task);
  RtStoreMessage *message = NULL;
  GError *error = NULL;

  if (find_message (db->db, query->network, query->id, &message, _("The message cannot be looked for"), &error))
    g_task_return_pointer (task, message, (GDestroyNotify) rt_store_message_free);
  else
    g_task_return_error (task, error);
}

void
rt_store_chat_receipts_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The receipts cannot be read");
  const RtStoreChatQuery *query = g_task_get_task_data (task);
  g_autoptr (GPtrArray) receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_receipt_free);
  g_autoptr (RtStoreMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *statement = NULL;
  int code;

  if (find_message (db->db, query->network, query->id, &message, doing, &error) && message != NULL)
    statement = prepare_of_chat (db->db, "SELECT node, time FROM receipts WHERE message = ?1 ORDER BY time, node", message->row, doing, &error);
  if (statement != NULL)
    {
      while ((code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          RtStoreReceipt *receipt = g_new0 (RtStoreReceipt, 1);

          receipt->node = rt_store_dup_text (statement, 0);
          receipt->time = sqlite3_column_int64 (statement, 1);
          g_ptr_array_add (receipts, receipt);
        }
      end_rows (db->db, statement, code, doing, &error);
    }
  if (error == NULL)
    g_task_return_pointer (task, g_steal_pointer (&receipts), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* ---- history ---- */

void
rt_store_chat_history_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The messages cannot be read");
  const RtStoreChatQuery *query = g_task_get_task_data (task);
  g_autoptr (RtStoreChatPage) page = rt_store_chat_page_new ();
  g_autoptr (RtStoreMessage) behind = NULL;
  g_autoptr (GError) error = NULL;
  gint64 chat = rt_store_chat_find_id (db->db, query->network, doing, &error);
  gint64 time = query->from * G_USEC_PER_SEC, row = 0;
  gsize weight = 0;
  sqlite3_stmt *statement = NULL;
  int code = SQLITE_DONE;

  if (chat != 0 && query->id != NULL && find_message (db->db, query->network, query->id, &behind, doing, &error))
    {
      time = behind != NULL ? behind->time : MAX (time, query->time * G_USEC_PER_SEC);
      row = behind != NULL ? behind->row + 1 : 0;
    }
  if (chat != 0 && error == NULL)
    statement = prepare_of_chat (db->db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM messages m WHERE chat = ?1 AND (time, row) >= (?2, ?3) AND time <= ?4 AND flags & 18 = 0"
                                         " AND id IS NOT NULL AND body IS NOT NULL ORDER BY time, row LIMIT ?5", chat, doing, &error);
  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 2, time);
      sqlite3_bind_int64 (statement, 3, row);
      sqlite3_bind_int64 (statement, 4, query->until * G_USEC_PER_SEC + G_USEC_PER_SEC - 1);
      sqlite3_bind_int64 (statement, 5, (gint64) query->n + 1);
      while (!page->has_after && (code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          gsize length = (gsize) (sqlite3_column_bytes (statement, 17) + sqlite3_column_bytes (statement, 19));
          RtStoreMessage *message;

          page->has_after = page->messages->len >= query->n || (page->messages->len > 0 && weight + length > query->max_bytes);
          message = page->has_after ? NULL : rt_store_message_read (statement);
          if (message == NULL)
            continue;
          weight += length;
          g_ptr_array_add (page->messages, message);
        }
      end_rows (db->db, statement, page->has_after ? SQLITE_DONE : code, doing, &error);
    }
  if (error == NULL)
    g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) rt_store_chat_page_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* ---- cites ---- */

void
rt_store_chat_cites_job (RtStoreDb *db, GTask *task)
{
  const char *doing = _("The messages cannot be searched");
  const RtStoreChatQuery *query = g_task_get_task_data (task);
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_message_free);
  g_autoptr (GError) error = NULL;
  gint64 chat = rt_store_chat_find_id (db->db, query->network, doing, &error);
  /* its words in a row; that they are a key is seen in the text */
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", query->key), *match = NULL;
  sqlite3_stmt *statement = NULL;
  int code = SQLITE_DONE;

  for (char *p = quoted + 1; p[1] != '\0'; p++)
    if (*p == '"')
      *p = ' ';
  match = rt_store_words_match (quoted, FALSE, rt_store_refold_get_below (db->db) > 0, chat, NULL, TRUE);
  if (chat != 0)
    statement = rt_store_prepare (db->db, "SELECT " RT_STORE_MESSAGE_COLUMNS " FROM message_words w CROSS JOIN messages m ON m.place = w.rowid"
                                          " WHERE message_words MATCH ?1 AND m.chat = ?2 ORDER BY w.rowid DESC LIMIT ?3", doing, &error);
  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, match, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 2, chat);
      sqlite3_bind_int64 (statement, 3, CITES_LOOKED_AT);
      while (messages->len < query->n && (code = sqlite3_step (statement)) == SQLITE_ROW)
        {
          const char *text = (const char *) sqlite3_column_text (statement, 16);
          RtStoreMessage *message = text != NULL && g_utf8_validate (text, -1, NULL) && rt_store_words_has_key (text, query->key) ? rt_store_message_read (statement) : NULL;

          if (message != NULL)
            g_ptr_array_add (messages, message);
        }
      end_rows (db->db, statement, messages->len >= query->n ? SQLITE_DONE : code, doing, &error);
    }
  if (error == NULL)
    g_task_return_pointer (task, g_steal_pointer (&messages), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}
