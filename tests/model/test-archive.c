/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "rt-wait.h"
#include "model/rt-archive-export.h"
#include "model/rt-archive-read.h"
#include "p2p/p2p.h"

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"
#define BEGIN (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

typedef struct {
  char        *folder, *path;
  GFile       *file;
  RtStore     *store;
  RtStoreChat *chat;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) opened = NULL, saved = NULL, loaded = NULL;
  g_autoptr (RtStoreNetwork) network = rt_store_network_new ();
  g_autoptr (RtStoreChatState) state G_GNUC_UNUSED = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->folder = g_dir_make_tmp ("rt-archive-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "roundtable.db", NULL);
  self->path = g_build_filename (self->folder, "history.json", NULL);
  self->file = g_file_new_for_path (self->path);
  self->store = rt_store_new ();
  rt_store_open_async (self->store, path, NULL, rt_wait_result_cb, &opened);
  rt_wait_result (opened);
  g_assert_true (rt_store_open_finish (self->store, opened, NULL, &error));
  network->uuid = g_strdup ("one");
  network->subnet = g_strdup ("one");
  network->encryption = g_strdup ("Plaintext");
  network->version = g_strdup ("0.7");
  network->kind = g_strdup ("mesh");
  network->listen_host = g_strdup ("127.0.0.1");
  network->out_address = g_strdup ("");
  network->peers = g_strdup ("");
  rt_store_save_network_async (self->store, network, rt_wait_result_cb, &saved);
  rt_wait_result (saved);
  g_assert_true (rt_store_save_network_finish (self->store, saved, &error));
  self->chat = rt_store_chat_new (self->store, "one");
  rt_store_chat_load_async (self->chat, NULL, rt_wait_result_cb, &loaded);
  rt_wait_result (loaded);
  state = rt_store_chat_load_finish (self->chat, loaded, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) closed = NULL;

  g_clear_object (&self->chat);
  rt_store_close_async (self->store, rt_wait_result_cb, &closed);
  rt_wait_result (closed);
  rt_store_close_finish (self->store, closed, NULL);
  g_object_unref (self->store);
  g_object_unref (self->file);
  rt_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

/* As one that was heard, with the id of its body. */
static RtStoreMessage *
make_message (Fixture *self, guint n, const char *text)
{
  RtStoreMessage *message = rt_store_message_new ();
  g_autoptr (GVariant) packet = g_variant_ref_sink (g_variant_new_string (text));
  g_autoptr (P2pMessage) sent = NULL;
  g_autoptr (GError) error = NULL;

  sent = p2p_message_new (0, n % 2 == 0 ? ADA : BOB, 1700000000 + n, g_variant_new_parsed ("[<int64 0>, <%@s>]", packet), &error);
  g_assert_no_error (error);
  message->row = rt_store_chat_take_row (self->chat);
  /* some in one microsecond */
  message->time = BEGIN + n / 3 * G_USEC_PER_SEC;
  message->sent = 1700000000 + n;
  message->sender = g_strdup (n % 2 == 0 ? ADA : BOB);
  message->sender_name = g_strdup (n % 2 == 0 ? "Ada" : NULL);
  message->text = g_strdup (text);
  message->id = p2p_message_get_id (sent);
  message->body = p2p_message_dup_body (sent);
  return message;
}

static void
fill (Fixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u, \"quoted\"\nand more: \xc3\xbc", i);
      g_autoptr (RtStoreMessage) message = make_message (self, i, text);

      rt_store_chat_add (self->chat, message, FALSE);
      /* no more waits in memory than fits */
      if (i % 5000 == 4999)
        {
          g_autoptr (GAsyncResult) flushed = NULL;

          rt_store_chat_flush_async (self->chat, rt_wait_result_cb, &flushed);
          rt_wait_result (flushed);
        }
    }
}

typedef struct {
  guint   n_calls;
  guint64 n, of;
} Progress;

static void
progress_cb (guint64 n, guint64 of, gpointer data)
{
  Progress *progress = data;

  g_assert_cmpuint (n, >=, progress->n);
  g_assert_cmpuint (n, <=, of);
  *progress = (Progress) { progress->n_calls + 1, n, of };
}

static gboolean
export_history (Fixture *self, gint64 from, gint64 until, GCancellable *cancellable, guint64 *n, char **head, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  RtArchiveAbout about = { "Friends <b>", "friends", ADA, "Ada" };
  Progress progress = { 0 };
  gboolean good;

  rt_archive_export_async (self->chat, &about, self->file, from, until, progress_cb, &progress, cancellable, rt_wait_result_cb, &result);
  rt_wait_result (result);
  good = rt_archive_export_finish (result, n, head, error);
  g_assert_true (!good || progress.n_calls > 0);
  return good;
}

static RtArchive *
open_file (GFile *file, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_archive_open_async (file, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_archive_open_finish (result, error);
}

static RtTimelinePage *
load (RtArchive *archive, RtTimelineWhere where, const RtTimelineKey *key, guint n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtTimelinePage *page;

  rt_timeline_source_load_async (RT_TIMELINE_SOURCE (archive), where, key, n, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  page = rt_timeline_source_load_finish (RT_TIMELINE_SOURCE (archive), result, &error);
  g_assert_no_error (error);
  return page;
}

/* ---- there and back ---- */

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  enum { N = 250 };
  g_autoptr (RtStoreMessage) own = NULL;
  g_autoptr (GBytes) id = NULL;
  g_autoptr (RtArchive) archive = NULL;
  g_autoptr (RtTimelinePage) page = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *head = NULL, *verdict = NULL;
  guint64 n;
  RtMessageItem *item;
  RtTimelineKey key;

  fill (self, N - 1);
  /* with all that a message can have, and never sent */
  own = make_message (self, N - 1, "mine");
  id = g_bytes_ref (own->id);
  g_clear_pointer (&own->id, g_bytes_unref);
  g_clear_pointer (&own->body, g_bytes_unref);
  own->sent = 0;
  own->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_PRIVATE;
  own->recipient = g_strdup (ADA);
  own->delivery = RT_DELIVERY_CANCELLED;
  own->error = g_strdup ("odd \x01 & <b>");
  own->n_links = 3;
  {
    g_autoptr (RtStoreMessage) first = make_message (self, 0, "message 0, \"quoted\"\nand more: \xc3\xbc");

    own->reply_to = g_bytes_ref (first->id);
  }
  rt_store_chat_add (self->chat, own, FALSE);

  g_assert_true (export_history (self, 0, 0, NULL, &n, &head, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, N);
  archive = open_file (self->file, &error);
  g_assert_no_error (error);
  verdict = rt_archive_dup_verdict (archive);
  g_assert_cmpstr (verdict, ==, "Verified: 250 messages, and nothing of them was changed since they were exported");
  g_assert_cmpuint (rt_archive_get_n_faults (archive), ==, 0);
  g_assert_cmpuint (rt_archive_get_n_messages (archive), ==, N);
  g_assert_cmpstr (rt_archive_get_head (archive), ==, head);
  g_assert_cmpstr (rt_archive_get_title (archive), ==, "Friends <b>");
  g_assert_true (g_str_has_prefix (rt_archive_get_by (archive), "Ada ("));

  page = load (archive, RT_TIMELINE_TAIL, NULL, 10);
  g_assert_cmpuint (page->items->len, ==, 10);
  g_assert_true (page->has_before && !page->has_after);
  item = page->items->pdata[9];
  g_assert_cmpstr (rt_message_item_get_text (item), ==, "mine");
  g_assert_true (rt_message_item_get_own (item) && rt_message_item_get_private (item));
  g_assert_cmpstr (rt_message_item_get_recipient (item), ==, ADA);
  g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_CANCELLED);
  g_assert_null (rt_message_item_get_id (item));
  rt_archive_look_up_reply (archive, item);
  g_assert_cmpint (rt_message_item_get_reply_state (item), ==, RT_REPLY_FOUND);
  g_assert_true (g_str_has_prefix (rt_message_item_get_reply_preview (item), "message 0,"));
  g_assert_true (rt_archive_find (archive, own->reply_to, &key));
  g_assert_cmpint (key.time, ==, BEGIN);
  g_assert_cmpint (key.sequence, ==, 1);
  g_assert_false (rt_archive_find (archive, id, &key));
  /* a name is a claim: who it is stands beside it */
  item = page->items->pdata[8];
  g_assert_cmpstr (rt_message_item_get_sender (item), ==, ADA);
  g_assert_cmpstr (rt_message_item_get_sender_name (item), ==, "Ada");
  g_assert_nonnull (rt_message_item_get_sender_word (item));
  g_assert_nonnull (rt_message_item_get_message (item));
  g_assert_cmpmem (p2p_message_peek_id (rt_message_item_get_message (item)), 32, g_bytes_get_data (rt_message_item_get_id (item), NULL), 32);
}

/* Every page of every kind is what it would be of all of them. */
static void
test_pages (Fixture *self, gconstpointer data)
{
  enum { N = 40 };
  g_autoptr (RtArchive) archive = NULL;
  g_autoptr (RtTimelinePage) all = NULL;
  g_autoptr (GError) error = NULL;

  fill (self, N);
  g_assert_true (export_history (self, 0, 0, NULL, NULL, NULL, &error));
  archive = open_file (self->file, &error);
  g_assert_no_error (error);
  all = load (archive, RT_TIMELINE_TAIL, NULL, N);
  g_assert_cmpuint (all->items->len, ==, N);
  g_assert_false (all->has_before);
  for (guint where = RT_TIMELINE_BEFORE; where <= RT_TIMELINE_AROUND; where++)
    for (guint i = 0; i < N; i += 3)
      {
        g_autoptr (RtTimelinePage) page = NULL;
        RtTimelineKey key;
        guint n = 7, begin, end;

        rt_timeline_item_get_key (all->items->pdata[i], &key);
        begin = where == RT_TIMELINE_AFTER ? i + 1 : i - MIN (n, i);
        end = where == RT_TIMELINE_BEFORE ? i : MIN (i + 1 + n, N);
        page = load (archive, where, &key, n);
        g_assert_cmpuint (page->items->len, ==, end - begin);
        for (guint k = begin; k < end; k++)
          g_assert_cmpstr (rt_message_item_get_text (page->items->pdata[k - begin]), ==, rt_message_item_get_text (all->items->pdata[k]));
        g_assert_cmpint (page->has_before, ==, begin > 0);
        g_assert_cmpint (page->has_after, ==, end < N);
        g_assert_cmpuint (rt_timeline_source_rank_hint (RT_TIMELINE_SOURCE (archive), &key), ==, i);
      }
}

typedef struct {
  gint64 last, longest;
} Turns;

static gboolean
turn_cb (gpointer data)
{
  Turns *turns = data;
  gint64 now = g_get_monotonic_time ();

  turns->longest = MAX (turns->longest, now - turns->last);
  turns->last = now;
  return G_SOURCE_CONTINUE;
}

/* Many: what it takes is told, and the loop goes on meanwhile. MODEL_DEEP=1: a hundred thousand. */
static void
test_many (Fixture *self, gconstpointer data)
{
  guint n = g_getenv ("MODEL_DEEP") != NULL ? 100000 : 3000;
  g_autoptr (RtArchive) archive = NULL;
  g_autoptr (RtTimelinePage) page = NULL;
  g_autoptr (GError) error = NULL;
  RtTimelineKey key = { BEGIN + n / 6 * G_USEC_PER_SEC, 0 };
  Turns turns = { 0 };
  gint64 times[4];
  GStatBuf st;
  guint id;

  fill (self, n);
  times[0] = turns.last = g_get_monotonic_time ();
  id = g_timeout_add (1, turn_cb, &turns);
  g_assert_true (export_history (self, 0, 0, NULL, NULL, NULL, &error));
  times[1] = g_get_monotonic_time ();
  archive = open_file (self->file, &error);
  g_assert_no_error (error);
  times[2] = g_get_monotonic_time ();
  page = load (archive, RT_TIMELINE_AROUND, &key, 50);
  times[3] = g_get_monotonic_time ();
  g_source_remove (id);
  g_assert_cmpuint (rt_archive_get_n_faults (archive), ==, 0);
  g_assert_cmpuint (rt_archive_get_n_messages (archive), ==, n);
  g_assert_cmpuint (page->items->len, ==, 100);
  g_assert_cmpint (g_stat (self->path, &st), ==, 0);
  g_test_message ("%u messages, %.1f MB: exported in %.0f ms, opened and checked in %.0f ms, a page in %.1f ms; the longest turn of the loop took %.1f ms", n, (double) st.st_size / 1e6,
                  (double) (times[1] - times[0]) / 1000, (double) (times[2] - times[1]) / 1000, (double) (times[3] - times[2]) / 1000, (double) turns.longest / 1000);
  /* in threads, not in the loop; a slow machine may be busy elsewhere for a while */
  g_assert_cmpint (turns.longest, <, MAX ((times[2] - times[0]) / 3, 500 * 1000));
}

/* Nothing, and a part. */
static void
test_spans (Fixture *self, gconstpointer data)
{
  g_autoptr (RtArchive) empty = NULL, part = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n;

  g_assert_true (export_history (self, 0, 0, NULL, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 0);
  empty = open_file (self->file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rt_archive_get_n_faults (empty), ==, 0);
  g_assert_cmpuint (rt_archive_get_n_messages (empty), ==, 0);

  fill (self, 300);
  /* three of a second; both ends are in it */
  g_assert_true (export_history (self, BEGIN + 10 * G_USEC_PER_SEC, BEGIN + 79 * G_USEC_PER_SEC, NULL, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 210);
  part = open_file (self->file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rt_archive_get_n_faults (part), ==, 0);
  g_assert_cmpuint (rt_archive_get_n_messages (part), ==, 210);
}

typedef struct {
  GCancellable *cancellable;
  guint64       at;
} Stop;

static void
stop_cb (guint64 n, guint64 of, gpointer data)
{
  Stop *stop = data;

  if (n >= stop->at)
    g_cancellable_cancel (stop->cancellable);
}

static void
export_and_stop (Fixture *self, GFile *file, guint64 at, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  Stop stop = { cancellable, at };
  RtArchiveAbout about = { "x", NULL, NULL, NULL };

  rt_archive_export_async (self->chat, &about, file, 0, 0, stop_cb, &stop, cancellable, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_false (rt_archive_export_finish (result, NULL, NULL, error));
}

/* In the midst of it, or where nothing can be written: what was there stays, and what was not is not. */
static void
test_cancelled (Fixture *self, gconstpointer data)
{
  g_autofree char *place = g_build_filename (self->folder, "no such folder", "history.json", NULL), *contents = NULL;
  g_autoptr (GFile) nowhere = g_file_new_for_path (place);
  g_autoptr (GError) error = NULL;

  fill (self, 500);
  export_and_stop (self, self->file, 200, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (self->path, "mine", -1, NULL));
  export_and_stop (self, self->file, 200, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_file_get_contents (self->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "mine");
  g_clear_error (&error);
  export_and_stop (self, nowhere, 200, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* ---- damaged ---- */

static char *
make_small (Fixture *self, guint n, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *contents;

  fill (self, n);
  g_assert_true (export_history (self, 0, 0, NULL, NULL, NULL, &error));
  g_assert_true (g_file_get_contents (self->path, &contents, length, NULL));
  return contents;
}

/* NULL: it was refused. */
static RtArchiveFile *
check (const char *contents, gsize length)
{
  g_autoptr (GError) error = NULL;
  RtArchiveFile *file = rt_archive_file_check (g_bytes_new (contents, length), NULL, &error);

  g_assert_true ((file == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_cmpint ((int) error->domain, ==, (int) RT_ARCHIVE_ERROR);
  return file;
}

static void
assert_found (const char *contents, gsize length, const char *what, gsize at)
{
  g_autoptr (RtArchiveFile) file = check (contents, length);

  if (file == NULL)
    return;
  if (file->n_faults == 0)
    g_error ("%s at byte %" G_GSIZE_FORMAT " was not found", what, at);
  /* and what can be read of it can be shown */
  for (guint i = 0; i < file->places->len; i++)
    {
      g_autoptr (RtStoreMessage) message = rt_archive_file_get (file, i);

      g_assert_nonnull (message);
    }
}

static void
test_flipped (Fixture *self, gconstpointer data)
{
  gsize length;
  g_autofree char *contents = make_small (self, 2, &length);
  g_autoptr (RtArchiveFile) sound = check (contents, length);

  g_assert_nonnull (sound);
  g_assert_cmpuint (sound->n_faults, ==, 0);
  for (gsize i = 0; i < length; i++)
    {
      char flips[] = { 1, 0x20, (char) (1 << g_test_rand_int_range (0, 8)) };

      for (guint k = 0; k < G_N_ELEMENTS (flips); k++)
        {
          contents[i] ^= flips[k];
          assert_found (contents, length, "a flipped bit", i);
          contents[i] ^= flips[k];
        }
    }
  g_test_message ("%" G_GSIZE_FORMAT " bytes", length);
}

static void
test_truncated (Fixture *self, gconstpointer data)
{
  gsize length;
  g_autofree char *contents = make_small (self, 2, &length);

  for (gsize i = 0; i < length; i++)
    assert_found (contents, i, "the end", i);
  for (gsize i = 0; i <= length; i += 1 + i % 7)
    {
      g_autoptr (GString) more = g_string_new_len (contents, (gssize) length);

      g_string_insert_c (more, (gssize) i, i % 2 == 0 ? ' ' : '\n');
      assert_found (more->str, more->len, "a byte more", i);
      g_string_truncate (more, 0);
      g_string_append_len (more, contents, (gssize) length);
      if (i < length)
        g_string_erase (more, (gssize) i, 1);
      else
        g_string_append (more, contents);
      assert_found (more->str, more->len, "a byte less", i);
    }
}

/* A line of a message that is gone, moved, or there twice: it is said where. */
static void
test_lines (Fixture *self, gconstpointer data)
{
  static const guint orders[][8] = { { 0, 1, 2, 4, 5, 6, 7 }, { 0, 2, 1, 3, 4, 5, 6, 7 }, { 0, 1, 2, 3, 3, 5, 6, 7 }, { 0, 7 }, { 0, 2, 3, 4, 5, 6, 7 }, { 0, 1, 2, 3, 4, 5, 7 } };
  gsize length;
  g_autofree char *contents = make_small (self, 6, &length);
  g_auto (GStrv) lines = g_strsplit (contents, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 9);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint k = 0; k < 8 && (k == 0 || orders[i][k] != 0); k++)
        g_string_append_printf (text, "%s\n", lines[orders[i][k]]);
      assert_found (text->str, text->len, "another order", i);
    }
  {
    char *place = strstr (lines[3], "message 2");
    g_autofree char *changed = NULL;
    g_autoptr (RtArchiveFile) file = NULL;

    g_assert_nonnull (place);
    place[0] = 'M';
    changed = g_strjoinv ("\n", lines);
    file = check (changed, strlen (changed));
    g_assert_nonnull (file);
    g_assert_cmpuint (file->places->len, ==, 6);
    /* the id is still that of what was sent: the text is not */
    g_assert_cmpuint (file->n_faults, ==, 1);
    g_assert_true (g_str_has_prefix (((RtArchiveFault *) file->faults->pdata[0])->words, "Line 4: "));
    g_assert_cmpint (((RtArchiveFault *) file->faults->pdata[0])->key.sequence, ==, 3);
  }
}

/* ---- hostile ---- */

/* With a chain that is right. */
static char *
chain (const char *header, const char * const *texts)
{
  GString *out = g_string_new (RT_ARCHIVE_BEGIN RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER);
  guint8 hash[RT_ARCHIVE_HASH_BYTES];
  char hex[2 * RT_ARCHIVE_HASH_BYTES + 1];
  guint n = 0;

  rt_archive_hash (NULL, header, strlen (header), hash);
  rt_archive_hash_to_hex (hash, hex);
  g_string_append_printf (out, "%s" RT_ARCHIVE_MESSAGES "\n", header);
  for (; texts[n] != NULL; n++)
    {
      rt_archive_hash (hash, texts[n], strlen (texts[n]), hash);
      rt_archive_hash_to_hex (hash, hex);
      g_string_append_printf (out, "%s" RT_ARCHIVE_HASH "%s" RT_ARCHIVE_MESSAGE "%s}", n > 0 ? ",\n" : "", hex, texts[n]);
    }
  g_string_append_printf (out, "%s],\"count\":%u,\"head\":\"%s\"}\n", n > 0 ? "\n" : "", n, hex);
  return g_string_free (out, FALSE);
}

#define GOOD(n) "{\"n\":" n ",\"time\":5,\"sender\":\"a\",\"text\":\"x\"}"

/* What is no message is refused in words, one line each, and does not keep the others from being read. */
static void
test_hostile (void)
{
  g_autofree char *deep = g_strnfill (300000, '['), *long_text = g_strnfill (RT_STORE_CHAT_TEXT + 1, 'x'), *base64 = g_strnfill (RT_STORE_CHAT_BODY * 2, 'A'), *huge = g_strnfill (RT_ARCHIVE_MAX_LINE, 'x');
  g_autofree char *texts[] = {
    g_strdup ("null"), g_strdup ("[]"), g_strdup ("17"), g_strdup ("{}"), g_strdup (""), g_strdup ("{\"n\":1}"), g_strdup ("{\"$b\":\"00\"}"), g_steal_pointer (&deep),
    g_strdup ("{\"n\":1,\"time\":-5,\"sender\":\"a\",\"text\":\"x\"}"), g_strdup ("{\"n\":1,\"time\":9007199254740992,\"sender\":\"a\",\"text\":\"x\"}"),
    g_strdup ("{\"n\":1,\"time\":5.5,\"sender\":\"a\",\"text\":\"x\"}"), g_strdup ("{\"n\":1,\"time\":\"5\",\"sender\":\"a\",\"text\":\"x\"}"),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":7,\"text\":\"x\"}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\\u0000\"}"),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"text\":\"y\"}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"id\":\"00\"}"),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"own\":1}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\"} "GOOD ("1")),
    g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"\xff\"}"), g_strdup ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"\\ud800\"}"),
    g_strconcat ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"", long_text, "\"}", NULL),
    g_strconcat ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"body\":\"", base64, "\"}", NULL),
    g_strconcat ("{\"n\":1,\"time\":5,\"sender\":\"a\",\"text\":\"x\",\"other\":\"", huge, "\"}", NULL),
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      const char *all[] = { GOOD ("0"), texts[i], GOOD ("2"), NULL };
      g_autofree char *contents = chain ("{}", all);
      g_autoptr (RtArchiveFile) file = check (contents, strlen (contents));
      const RtArchiveFault *fault;

      g_assert_nonnull (file);
      g_assert_cmpuint (file->n_faults, ==, i == G_N_ELEMENTS (texts) - 1 || *texts[i] == 0 ? 2 : 1);
      fault = file->faults->pdata[0];
      g_test_message ("text %u: %s", i, fault->words);
      g_assert_true (g_str_has_prefix (fault->words, "Line 3: "));
      g_assert_cmpint (fault->key.time, ==, -1);
      g_assert_cmpuint (file->places->len, ==, 2);
      g_free (g_steal_pointer (&texts[i]));
    }
}

/* Well-formed, and yet not what an export is. */
static void
test_made_up (void)
{
  static const struct { const char *texts[4]; guint n_faults; const char *words; } cases[] = {
    { { GOOD ("0"), GOOD ("1"), NULL }, 0, NULL },
    { { GOOD ("0"), GOOD ("0"), NULL }, 1, "Line 3: this is message 1, where 2 should be" },
    { { GOOD ("0"), GOOD ("7"), GOOD ("8"), NULL }, 1, "Line 3: this is message 8, where 2 should be" },
    { { GOOD ("0"), "{\"n\":1,\"time\":4,\"sender\":\"a\",\"text\":\"older\"}", NULL }, 1, "Line 3: this message is older" },
    { { "{\"n\":0,\"time\":4,\"sender\":\"a\",\"text\":\"x\",\"id\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"body\":\"AAAA\"}", NULL }, 1, "Line 2: the id" },
  };
  static const char * const none[] = { NULL };
  g_autofree char *claims = chain ("{\"network\":\"a\\nb\xe2\x80\xae\",\"by\":7,\"name\":\"N\"}", none), *bad = chain ("[1]", none);
  g_autoptr (RtArchiveFile) claimed = check (claims, strlen (claims)), odd = check (bad, strlen (bad));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *contents = chain ("{}", cases[i].texts);
      g_autoptr (RtArchiveFile) file = check (contents, strlen (contents));

      g_assert_nonnull (file);
      g_assert_cmpuint (file->n_faults, ==, cases[i].n_faults);
      if (cases[i].words != NULL)
        g_assert_true (g_str_has_prefix (((RtArchiveFault *) file->faults->pdata[0])->words, cases[i].words));
      for (guint k = 1; k < file->places->len; k++)
        g_assert_cmpint (g_array_index (file->places, RtArchivePlace, k - 1).time, <=, g_array_index (file->places, RtArchivePlace, k).time);
    }
  g_assert_nonnull (claimed);
  g_assert_null (strchr (claimed->title, '\n'));
  g_assert_null (strstr (claimed->title, "\xe2\x80\xae"));
  g_assert_cmpstr (claimed->by, ==, "N");
  g_assert_nonnull (odd);
  g_assert_cmpuint (odd->n_faults, ==, 1);
}

/* A line each of a hundred thousand that are no messages: counted, not kept. */
static void
test_many_faults (void)
{
  g_autoptr (GString) text = g_string_new (RT_ARCHIVE_BEGIN RT_ARCHIVE_VERSION RT_ARCHIVE_HEADER "{}" RT_ARCHIVE_MESSAGES "\n");
  g_autoptr (RtArchiveFile) file = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "x\n");
  file = check (text->str, text->len);
  g_assert_nonnull (file);
  g_assert_cmpuint (file->n_faults, >=, 100000);
  g_assert_cmpuint (file->faults->len, ==, RT_ARCHIVE_MAX_FAULTS);
}

/* ---- other files ---- */

static void
refuses (Fixture *self, const char *contents, gssize length, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (self->path, contents, length, NULL));
  g_assert_null (open_file (self->file, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, code);
}

static void
test_other_files (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_for_path (self->folder), zero = g_file_new_for_path ("/dev/zero"), nothing = g_file_new_for_path ("/nowhere/at all");
  g_autoptr (GError) error = NULL;

  refuses (self, "", 0, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, "{}", -1, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, "{\"roundtable-table\":1,\"exported\":\"\",\"entries\":[]}", -1, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, "\x89PNG\r\n\x1a\n\0\0", 10, RT_ARCHIVE_ERROR_OTHER_FORM);
  refuses (self, RT_ARCHIVE_BEGIN "2,\"header\":{}", -1, RT_ARCHIVE_ERROR_TOO_NEW);
  refuses (self, RT_ARCHIVE_BEGIN "1,\"header\":{}", -1, RT_ARCHIVE_ERROR_BROKEN);
  g_assert_null (open_file (folder, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_OTHER_FORM);
  g_clear_error (&error);
  g_assert_null (open_file (zero, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_OTHER_FORM);
  g_clear_error (&error);
  g_assert_null (open_file (nothing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* too large, without a disk full of it */
  g_assert_true (g_file_set_contents (self->path, RT_ARCHIVE_BEGIN, -1, NULL));
  g_assert_cmpint (truncate (self->path, (off_t) RT_ARCHIVE_MAX_BYTES + 1), ==, 0);
  g_assert_null (open_file (self->file, &error));
  g_assert_error (error, RT_ARCHIVE_ERROR, RT_ARCHIVE_ERROR_TOO_LARGE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/archive/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("pages", test_pages);
  ADD ("many", test_many);
  ADD ("spans", test_spans);
  ADD ("cancelled", test_cancelled);
  ADD ("flipped", test_flipped);
  ADD ("truncated", test_truncated);
  ADD ("lines", test_lines);
  ADD ("other-files", test_other_files);
  g_test_add_func ("/archive/hostile", test_hostile);
  g_test_add_func ("/archive/made-up", test_made_up);
  g_test_add_func ("/archive/many-faults", test_many_faults);
  return g_test_run ();
}
