/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker writes for chats. */
#include "config.h"

#include "rt-store-chat-private.h"
#include "rt-store-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* So many of the oldest go at once, when there are too many. */
#define TRIM 1000u

enum {
  FIND_ID, FIND_PLACE, ADD, ADD_WORDS, OLD, UPDATE, SET_PROOF, ADD_RECEIPT, SAVE_PERSON, TRIM_PEOPLE, SAVE_GAP, TRIM_GAPS, SAVE_HOUR, SET_READ, COUNT_UNREAD, COUNT_OLD, SET_DRAFT, SET_MUTED, SET_LAST_SEEN,
  SAVE_COUNTS, SAVE_ROWS, N_STATEMENTS
};

static const char * const sqls[N_STATEMENTS] = {
  [FIND_ID] = "SELECT row FROM messages WHERE chat = ?1 AND id_head = ?2 AND id = ?3",
  [FIND_PLACE] = "SELECT coalesce (max (place), -1) FROM messages WHERE place BETWEEN ?1 AND ?2",
  [ADD] = "INSERT INTO messages (row, chat, time, place, sent, flags, delivery, n_links, n_attempts, next_try, id_head, id, reply_to, sender, recipient, teller, sender_name, via, error,"
          " text, body, file, proof) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)",
  [ADD_WORDS] = "INSERT INTO message_words (rowid, text, tags) VALUES (?1, ?2, ?3)",
  [OLD] = "SELECT length (CAST (text AS BLOB)) + coalesce (length (body), 0) + coalesce (length (file), 0) + coalesce (length (proof), 0) FROM messages WHERE row = ?1 AND chat = ?2",
  [UPDATE] = "UPDATE messages SET sent = ?5, flags = ?6 | (flags & 128), delivery = ?7, n_links = ?8, n_attempts = ?9, next_try = ?10, id_head = ?11, id = ?12, reply_to = ?13, recipient = ?15, teller = ?16,"
             " sender_name = ?17, via = ?18, error = ?19, body = ?21, file = ?22, proof = coalesce (?23, proof) WHERE row = ?1 AND chat = ?2",
  [SET_PROOF] = "UPDATE messages SET proof = ?5, flags = flags | 128 WHERE chat = ?1 AND id_head = ?2 AND id = ?3 AND sender = ?4 AND proof IS NULL",
  [ADD_RECEIPT] = "INSERT INTO receipts (message, node, time) SELECT ?1, ?2, ?3 WHERE (SELECT count (*) FROM receipts WHERE message = ?1) < ?4"
                  /* only of what we said, and of what we said to one only by him */
                  " AND (SELECT flags & 1 AND (flags & 2 = 0 OR recipient = ?2) FROM messages WHERE row = ?1) ON CONFLICT DO NOTHING",
  [SAVE_PERSON] = "INSERT INTO people (chat, id, name, heard, flags, pub, known_since, petname, compared, compared_name, name_since, petname_since)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
                  " ON CONFLICT (chat, id) DO UPDATE SET name = ?3, heard = max (heard, ?4), flags = ?5, pub = coalesce (?6, pub),"
                  " known_since = iif (known_since > 0, known_since, ?7), petname = ?8, compared = ?9, compared_name = ?10, name_since = ?11, petname_since = ?12",
  [TRIM_PEOPLE] = "DELETE FROM people WHERE chat = ?1 AND (SELECT count (*) FROM people WHERE chat = ?1) > ?2 AND id IN"
                  " (SELECT id FROM people WHERE chat = ?1 ORDER BY petname IS NOT NULL OR compared > 0 DESC, heard DESC, id LIMIT -1 OFFSET ?2)",
  [SAVE_GAP] = "INSERT INTO gaps (chat, begins, ends, kind) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (chat, begins) DO UPDATE SET ends = ?3, kind = ?4",
  [TRIM_GAPS] = "DELETE FROM gaps WHERE chat = ?1 AND begins <= (SELECT begins FROM gaps WHERE chat = ?1 ORDER BY begins DESC LIMIT 1 OFFSET ?2)",
  [SAVE_HOUR] = "INSERT INTO chat_hours (chat, hour, n) VALUES (?1, ?2, ?3) ON CONFLICT (chat, hour) DO UPDATE SET n = n + ?3",
  [SET_READ] = "UPDATE chats SET read_time = ?2, read_row = ?3 WHERE id = ?1",
  /* rt_store_is_unread(), of either kind by its index: hardly anything came after a mark that is being made, or stands after it */
  [COUNT_UNREAD] = "SELECT count (*), coalesce (sum (flags & 34 <> 0), 0) FROM (SELECT flags FROM messages WHERE +chat = ?1 AND row > ?3 AND row < 1 << 56 UNION ALL"
                   " SELECT flags FROM messages WHERE chat = ?1 AND time > ?2 AND NOT (row > ?3 AND row < 1 << 56)) WHERE flags & 17 = 0",
  [COUNT_OLD] = "SELECT count (*) FROM (SELECT 1 FROM messages WHERE chat = ?1 AND time < ?2 AND flags & 64 = 0 LIMIT ?3)",
  [SET_DRAFT] = "UPDATE chats SET draft = ?2 WHERE id = ?1",
  [SET_MUTED] = "UPDATE chats SET muted = ?2 WHERE id = ?1",
  [SET_LAST_SEEN] = "UPDATE chats SET last_seen = ?2 WHERE id = ?1",
  [SAVE_COUNTS] = "UPDATE chats SET n_messages = ?2, n_bytes = ?3, n_gone = ?4, n_unread = ?5, n_important = ?6 WHERE id = ?1",
  [SAVE_ROWS] = "UPDATE chat_rows SET next = max (next, ?1)",
};

G_STATIC_ASSERT ((RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_MENTION) == 34 && (RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_IMPORTED) == 17 && RT_STORE_MESSAGE_OUTBOX == 64 && RT_STORE_MESSAGE_VERIFIED == 128 &&
                 RT_STORE_ROWS_IN_NEED == G_GINT64_CONSTANT (1) << 56);

typedef struct {
  sqlite3          *db;
  RtStoreChatBatch *batch;
  const char       *doing;
  sqlite3_stmt     *statements[N_STATEMENTS];
  gint64            chat;
  gint64            read_time, read_row;
  gint64            n_messages, n_bytes, n_gone, n_unread, n_important;
  gint64            below;      /* of old words; negative: not known yet */
  GArray           *hours;
} Write;

static sqlite3_stmt *
get_statement (Write *self, guint which, GError **error)
{
  if (self->statements[which] == NULL)
    self->statements[which] = rt_store_prepare (self->db, sqls[which], self->doing, error);
  return self->statements[which];
}

/* A statement with one row or none and whole numbers in it. found: nullable. */
static gboolean
ask_numbers (Write *self, sqlite3_stmt *statement, gint64 *numbers, guint n, gboolean *found, GError **error)
{
  int code = sqlite3_step (statement);

  for (guint i = 0; i < n; i++)
    numbers[i] = code == SQLITE_ROW ? sqlite3_column_int64 (statement, (int) i) : 0;
  if (found != NULL)
    *found = code == SQLITE_ROW;
  if (code != SQLITE_ROW && code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, self->db, code, self->doing);
  sqlite3_reset (statement);
  return code == SQLITE_ROW || code == SQLITE_DONE;
}

gint64
rt_store_chat_find_id (sqlite3 *db, const char *network, const char *doing, GError **error)
{
  sqlite3_stmt *statement = rt_store_prepare (db, "SELECT id FROM chats WHERE network = ?1", doing, error);
  gint64 chat = 0;
  int code;

  if (statement == NULL)
    return 0;
  sqlite3_bind_text (statement, 1, network, -1, SQLITE_STATIC);
  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    chat = sqlite3_column_int64 (statement, 0);
  else if (code != SQLITE_DONE)
    rt_store_set_sqlite_error (error, db, code, doing);
  sqlite3_finalize (statement);
  return chat;
}

static gboolean
begin_chat (Write *self, GError **error)
{
  sqlite3_stmt *statement = rt_store_prepare (self->db, "INSERT INTO chats (network) VALUES (?1) ON CONFLICT DO NOTHING", self->doing, error);
  gint64 numbers[8];
  gboolean good;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, self->batch->network, -1, SQLITE_STATIC);
  if (!rt_store_finish_statement (self->db, statement, self->doing, error))
    return FALSE;
  statement = rt_store_prepare (self->db, "SELECT id, read_time, read_row, n_messages, n_bytes, n_gone, n_unread, n_important FROM chats WHERE network = ?1", self->doing, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, self->batch->network, -1, SQLITE_STATIC);
  good = ask_numbers (self, statement, numbers, G_N_ELEMENTS (numbers), NULL, error);
  sqlite3_finalize (statement);
  self->chat = numbers[0];
  self->read_time = numbers[1];
  self->read_row = numbers[2];
  self->n_messages = numbers[3];
  self->n_bytes = numbers[4];
  self->n_gone = numbers[5];
  self->n_unread = numbers[6];
  self->n_important = numbers[7];
  return good;
}

static gint64
get_head (GBytes *id)
{
  gint64 head = 0;

  if (g_bytes_get_size (id) >= sizeof head)
    memcpy (&head, g_bytes_get_data (id, NULL), sizeof head);
  return GINT64_FROM_BE (head);
}

/* *row: 0: there is none */
static gboolean
find_row (Write *self, GBytes *id, gint64 *row, GError **error)
{
  sqlite3_stmt *statement = get_statement (self, FIND_ID, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->chat);
  sqlite3_bind_int64 (statement, 2, get_head (id));
  rt_store_bind_bytes (statement, 3, id);
  return ask_numbers (self, statement, row, 1, NULL, error);
}

/* The first free one at this time; where a thousand are of one microsecond, as those can be of which only the second is known, behind them. */
static gboolean
find_place (Write *self, gint64 time, gint64 *place, GError **error)
{
  sqlite3_stmt *statement = get_statement (self, FIND_PLACE, error);
  gint64 first = time << RT_STORE_PLACE_SHIFT;
  gint64 widths[] = { (1 << RT_STORE_PLACE_SHIFT) - 1, 1 << 30 };

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      sqlite3_bind_int64 (statement, 1, first);
      sqlite3_bind_int64 (statement, 2, first + widths[i]);
      if (!ask_numbers (self, statement, place, 1, NULL, error))
        return FALSE;
      *place = *place < 0 ? first : *place + 1;
      if (*place <= first + widths[0])
        break;
    }
  return TRUE;
}

static void
bind_message (Write *self, sqlite3_stmt *statement, const RtStoreMessage *message)
{
  sqlite3_bind_int64 (statement, 1, message->row);
  sqlite3_bind_int64 (statement, 2, self->chat);
  sqlite3_bind_int64 (statement, 5, message->sent);
  sqlite3_bind_int64 (statement, 6, message->flags);
  sqlite3_bind_int64 (statement, 7, message->delivery);
  sqlite3_bind_int64 (statement, 8, message->n_links);
  sqlite3_bind_int64 (statement, 9, message->n_attempts);
  sqlite3_bind_int64 (statement, 10, message->next_try);
  if (message->id != NULL)
    sqlite3_bind_int64 (statement, 11, get_head (message->id));
  else
    sqlite3_bind_null (statement, 11);
  rt_store_bind_bytes (statement, 12, message->id);
  rt_store_bind_bytes (statement, 13, message->reply_to);
  sqlite3_bind_text (statement, 15, message->recipient, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 16, message->teller, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 17, message->sender_name, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 18, message->via, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 19, message->error, -1, SQLITE_STATIC);
  rt_store_bind_bytes (statement, 21, message->body);
  rt_store_bind_bytes (statement, 22, message->file);
  rt_store_bind_bytes (statement, 23, message->proof);
}

static gboolean
add_words (Write *self, const RtStoreMessage *message, gint64 place, GError **error)
{
  sqlite3_stmt *statement = get_statement (self, ADD_WORDS, error);
  g_autofree char *spread = NULL, *tags = NULL;

  if (statement == NULL)
    return FALSE;
  if (self->below < 0)
    self->below = rt_store_refold_get_below (self->db);
  spread = rt_store_refold_spread (message->text, place, self->below);
  tags = rt_store_words_tags (self->chat, message->sender, message->text);
  sqlite3_bind_int64 (statement, 1, place);
  sqlite3_bind_text (statement, 2, spread, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 3, tags, -1, SQLITE_STATIC);
  return rt_store_step_once (self->db, statement, self->doing, error);
}

static gboolean
add_message (Write *self, const RtStoreMessage *message, GError **error)
{
  sqlite3_stmt *statement = get_statement (self, ADD, error);
  gint64 row = 0, place;

  if (statement == NULL || (message->id != NULL && !find_row (self, message->id, &row, error)))
    return FALSE;
  if (row != 0)
    {
      rt_store_hours_add (self->batch->less, message->time, 1);
      return TRUE;
    }
  if (!find_place (self, message->time, &place, error))
    return FALSE;
  bind_message (self, statement, message);
  sqlite3_bind_int64 (statement, 3, message->time);
  sqlite3_bind_int64 (statement, 4, place);
  sqlite3_bind_text (statement, 14, message->sender, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 20, message->text, -1, SQLITE_STATIC);
  if (!rt_store_step_once (self->db, statement, self->doing, error) || !add_words (self, message, place, error))
    return FALSE;
  self->n_messages++;
  self->n_bytes += (gint64) rt_store_message_get_weight (message);
  if (rt_store_is_unread (message->flags, message->time, message->row, self->read_time, self->read_row))
    {
      self->n_unread++;
      if (message->flags & (RT_STORE_MESSAGE_PRIVATE | RT_STORE_MESSAGE_MENTION))
        self->n_important++;
    }
  rt_store_hours_add (self->hours, message->time, 1);
  return TRUE;
}

static gboolean
update_message (Write *self, const RtStoreMessage *message, GError **error)
{
  sqlite3_stmt *old = get_statement (self, OLD, error), *statement = old != NULL ? get_statement (self, UPDATE, error) : NULL;
  gint64 n_bytes;
  gboolean found;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (old, 1, message->row);
  sqlite3_bind_int64 (old, 2, self->chat);
  if (!ask_numbers (self, old, &n_bytes, 1, &found, error))
    return FALSE;
  /* it may have been too old to stay, or there already under another row */
  if (!found)
    return TRUE;
  bind_message (self, statement, message);
  self->n_bytes += (gint64) rt_store_message_get_weight (message) - n_bytes;
  return rt_store_step_once (self->db, statement, self->doing, error);
}

static gboolean
write_messages (Write *self, GError **error)
{
  gint64 next = 0;

  for (guint i = 0; i < self->batch->messages->len; i++)
    {
      const RtStoreWaiting *waiting = self->batch->messages->pdata[i];

      if (!(waiting->is_new ? add_message : update_message) (self, waiting->message, error))
        return FALSE;
      if (waiting->is_new && waiting->message->row < RT_STORE_ROWS_IN_NEED)
        next = MAX (next, waiting->message->row + 1);
    }
  if (next > 0)
    {
      sqlite3_stmt *statement = get_statement (self, SAVE_ROWS, error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, next);
      return rt_store_step_once (self->db, statement, self->doing, error);
    }
  return TRUE;
}

/* Before the receipts: each is of a message that is there, or never will be. */
static gboolean
write_proofs (Write *self, GError **error)
{
  for (guint i = 0; i < self->batch->proofs->len; i++)
    {
      const RtStoreNewProof *proof = self->batch->proofs->pdata[i];
      sqlite3_stmt *statement = get_statement (self, SET_PROOF, error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, self->chat);
      sqlite3_bind_int64 (statement, 2, get_head (proof->id));
      rt_store_bind_bytes (statement, 3, proof->id);
      sqlite3_bind_text (statement, 4, proof->sender, -1, SQLITE_STATIC);
      rt_store_bind_bytes (statement, 5, proof->proof);
      if (!rt_store_step_once (self->db, statement, self->doing, error))
        return FALSE;
      self->n_bytes += sqlite3_changes (self->db) > 0 ? (gint64) g_bytes_get_size (proof->proof) : 0;
    }
  return TRUE;
}

static gboolean
write_receipts (Write *self, GError **error)
{
  for (guint i = 0; i < self->batch->receipts->len; i++)
    {
      const RtStoreNewReceipt *receipt = self->batch->receipts->pdata[i];
      sqlite3_stmt *statement = get_statement (self, ADD_RECEIPT, error);
      gint64 row;

      if (statement == NULL || !find_row (self, receipt->id, &row, error))
        return FALSE;
      if (row == 0)
        continue;
      sqlite3_bind_int64 (statement, 1, row);
      sqlite3_bind_text (statement, 2, receipt->node, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 3, receipt->time);
      sqlite3_bind_int64 (statement, 4, RT_STORE_CHAT_RECEIPTS);
      if (!rt_store_step_once (self->db, statement, self->doing, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
trim_some (Write *self, guint which, guint n, GError **error)
{
  sqlite3_stmt *statement = get_statement (self, which, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->chat);
  sqlite3_bind_int64 (statement, 2, n);
  return rt_store_step_once (self->db, statement, self->doing, error);
}

static gboolean
write_people (Write *self, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->batch->people) == 0)
    return TRUE;
  g_hash_table_iter_init (&iter, self->batch->people);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const RtStorePerson *person = value;
      sqlite3_stmt *statement = get_statement (self, SAVE_PERSON, error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, self->chat);
      rt_store_person_bind (statement, person);
      if (!rt_store_step_once (self->db, statement, self->doing, error))
        return FALSE;
    }
  return trim_some (self, TRIM_PEOPLE, RT_STORE_CHAT_PEOPLE, error);
}

static gboolean
write_gaps (Write *self, GError **error)
{
  for (guint i = 0; i < self->batch->gaps->len; i++)
    {
      const RtStoreGap *gap = &g_array_index (self->batch->gaps, RtStoreGap, i);
      sqlite3_stmt *statement = get_statement (self, SAVE_GAP, error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, self->chat);
      sqlite3_bind_int64 (statement, 2, gap->from);
      sqlite3_bind_int64 (statement, 3, gap->until);
      sqlite3_bind_int64 (statement, 4, (gint64) gap->kind);
      if (!rt_store_step_once (self->db, statement, self->doing, error))
        return FALSE;
    }
  return self->batch->gaps->len == 0 || trim_some (self, TRIM_GAPS, RT_STORE_CHAT_GAPS, error);
}

static gboolean
set_number (Write *self, guint which, gboolean is_set, gint64 number, GError **error)
{
  sqlite3_stmt *statement;

  if (!is_set)
    return TRUE;
  statement = get_statement (self, which, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->chat);
  sqlite3_bind_int64 (statement, 2, number);
  return rt_store_step_once (self->db, statement, self->doing, error);
}

static gboolean
write_draft (Write *self, GError **error)
{
  sqlite3_stmt *statement;

  if (!self->batch->sets_draft)
    return TRUE;
  statement = get_statement (self, SET_DRAFT, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->chat);
  sqlite3_bind_text (statement, 2, self->batch->draft, -1, SQLITE_STATIC);
  return rt_store_step_once (self->db, statement, self->doing, error);
}

/* Counted anew only here: what comes is added up. */
static gboolean
write_read (Write *self, GError **error)
{
  sqlite3_stmt *set, *count;
  gint64 numbers[2];

  if (!self->batch->sets_read)
    return TRUE;
  set = get_statement (self, SET_READ, error);
  count = set != NULL ? get_statement (self, COUNT_UNREAD, error) : NULL;
  if (count == NULL)
    return FALSE;
  self->read_time = self->batch->read_time;
  self->read_row = self->batch->read_row;
  for (guint i = 0; i < 2; i++)
    {
      sqlite3_bind_int64 (i == 0 ? set : count, 1, self->chat);
      sqlite3_bind_int64 (i == 0 ? set : count, 2, self->read_time);
      sqlite3_bind_int64 (i == 0 ? set : count, 3, self->read_row);
    }
  if (!rt_store_step_once (self->db, set, self->doing, error) || !ask_numbers (self, count, numbers, 2, NULL, error))
    return FALSE;
  self->n_unread = numbers[0];
  self->n_important = numbers[1];
  return TRUE;
}

static gboolean
remove_oldest (Write *self, guint n, guint64 *n_gone, GError **error)
{
  RtStoreGone gone = { 0 };

  if (!rt_store_chat_remove_oldest (self->db, self->chat, n, self->read_time, self->read_row, self->batch->less, &gone, error))
    return FALSE;
  self->n_messages = MAX (0, self->n_messages - (gint64) gone.n);
  self->n_bytes = MAX (0, self->n_bytes - (gint64) gone.n_bytes);
  self->n_unread = MAX (0, self->n_unread - (gint64) gone.n_unread);
  self->n_important = MAX (0, self->n_important - (gint64) gone.n_important);
  self->n_gone += (gint64) gone.n;
  *n_gone = gone.n;
  return TRUE;
}

/* What is older than the person wants it kept: some, for there may be a million. */
static gboolean
trim_old (Write *self, GError **error)
{
  sqlite3_stmt *statement;
  gint64 n = 0;
  guint64 n_gone;

  self->batch->more = FALSE;
  if (!self->batch->looks || self->batch->keep_since == 0)
    return TRUE;
  statement = get_statement (self, COUNT_OLD, error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, self->chat);
  sqlite3_bind_int64 (statement, 2, self->batch->keep_since);
  sqlite3_bind_int64 (statement, 3, TRIM);
  if (!ask_numbers (self, statement, &n, 1, NULL, error) || (n > 0 && !remove_oldest (self, (guint) n, &n_gone, error)))
    return FALSE;
  self->batch->more = n == TRIM;
  return TRUE;
}

static gboolean
trim_messages (Write *self, GError **error)
{
  while (self->n_messages > 0 && ((guint64) self->n_messages > self->batch->max_messages || (guint64) self->n_bytes > self->batch->max_bytes))
    {
      guint64 over = (guint64) self->n_messages > self->batch->max_messages ? (guint64) self->n_messages - self->batch->max_messages : 1;
      guint64 n_gone = 0;

      if (!remove_oldest (self, (guint) MIN (over, TRIM), &n_gone, error))
        return FALSE;
      /* the counts were wrong: they are right again at the next start */
      if (n_gone == 0)
        break;
    }
  return TRUE;
}

static gboolean
write_hours (Write *self, GArray *hours, GError **error)
{
  for (guint i = 0; i < hours->len; i++)
    {
      const RtStoreHour *added = &g_array_index (hours, RtStoreHour, i);
      sqlite3_stmt *statement = get_statement (self, SAVE_HOUR, error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, self->chat);
      sqlite3_bind_int64 (statement, 2, added->hour);
      sqlite3_bind_int64 (statement, 3, added->n);
      if (!rt_store_step_once (self->db, statement, self->doing, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_counts (Write *self, GError **error)
{
  gint64 numbers[] = { self->chat, self->n_messages, self->n_bytes, self->n_gone, self->n_unread, self->n_important };
  sqlite3_stmt *statement;

  if (self->batch->messages->len + self->batch->proofs->len == 0 && !self->batch->sets_read && !self->batch->looks)
    return TRUE;
  statement = get_statement (self, SAVE_COUNTS, error);
  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sqlite3_bind_int64 (statement, (int) i + 1, numbers[i]);
  return rt_store_step_once (self->db, statement, self->doing, error);
}

static gboolean
write_all (Write *self, GError **error)
{
  return begin_chat (self, error) && write_messages (self, error) && write_proofs (self, error) && write_receipts (self, error) && write_people (self, error) && write_gaps (self, error) &&
         write_draft (self, error) && set_number (self, SET_MUTED, self->batch->sets_muted, self->batch->muted, error) &&
         set_number (self, SET_LAST_SEEN, self->batch->sets_last_seen, self->batch->last_seen, error) && write_read (self, error) &&
         write_hours (self, self->hours, error) && trim_old (self, error) && trim_messages (self, error) && write_counts (self, error);
}

gboolean
rt_store_chat_write (RtStoreDb *db, gpointer data, GError **error)
{
  RtStoreChatBatch *batch = data;
  g_autoptr (GArray) hours = g_array_new (FALSE, FALSE, sizeof (RtStoreHour));
  Write write = { .db = db->db, .batch = batch, .doing = _("The messages cannot be written"), .hours = hours, .below = -1 };
  gboolean good = FALSE;
  guint n_less = batch->less->len;

  /* A program that is killed loses nothing of a commit that only the system has; a machine without power does. What others say can be told again by them, what the person here
   * wrote goes out only after the disk has it: that is worth waiting for, the rest is not. */
  if (rt_store_exec (db->db, batch->durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", write.doing, error) &&
      rt_store_exec (db->db, "BEGIN IMMEDIATE", write.doing, error))
    {
      good = write_all (&write, error);
      for (guint i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize (write.statements[i]);
      good = good && rt_store_exec (db->db, "COMMIT", write.doing, error);
      if (!good)
        rt_store_exec (db->db, "ROLLBACK", write.doing, NULL);
    }
  rt_store_exec (db->db, "PRAGMA synchronous = FULL", write.doing, NULL);
  if (!good)
    g_array_set_size (batch->less, n_less);
  return good;
}
