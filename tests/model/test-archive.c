/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories into files and back. */
#include "config.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "archive-fixture.h"
#include "test-slowness.h"
#include "p2p/p2p.h"

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
test_round_trip (ArchiveFixture *self, gconstpointer data)
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

  archive_fill (self, N - 1);
  /* with all that a message can have, and never sent */
  own = archive_make_message (self, N - 1, "mine");
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
    g_autoptr (RtStoreMessage) first = archive_make_message (self, 0, "message 0, \"quoted\"\nand more: \xc3\xbc");

    own->reply_to = g_bytes_ref (first->id);
  }
  rt_store_chat_add (self->chat, own, FALSE);

  g_assert_true (archive_export (self, 0, 0, NULL, &n, &head, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, N);
  archive = archive_open (self->file, &error);
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
  g_assert_true (rt_message_item_get_private (item));
  g_assert_cmpstr (rt_message_item_get_recipient (item), ==, ADA);
  /* whoever makes a file does not make “You” say anything */
  g_assert_false (rt_message_item_get_own (item));
  g_assert_cmpint (rt_message_item_get_delivery (item), ==, RT_DELIVERY_NONE);
  g_assert_null (rt_message_item_get_id (item));
  rt_archive_look_up_reply (archive, item);
  g_assert_cmpint (rt_message_item_get_reply_state (item), ==, RT_REPLY_FOUND);
  g_assert_true (g_str_has_prefix (rt_message_item_get_reply_preview (item), "message 0,"));
  g_assert_true (g_str_has_prefix (rt_message_item_get_reply_name (item), "Ada ("));
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

/* Whoever can change all of a file makes all hashes anew, but the id of a message belongs to what was sent: what is shown must be that. */
static void
test_other_than_sent (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (RtStoreMessage) text = archive_make_message (self, 0, "I owe nothing"), sender = archive_make_message (self, 1, "mine"), late = archive_make_message (self, 2, "late"),
                             private = archive_make_message (self, 3, "open"), right = archive_make_message (self, 4, "right");
  g_autoptr (RtArchive) archive = NULL;
  g_autoptr (GError) error = NULL;

  g_free (text->text);
  text->text = g_strdup ("I owe a hundred");
  g_free (sender->sender);
  sender->sender = g_strdup (ADA);
  late->sent -= 60;
  private->flags |= RT_STORE_MESSAGE_PRIVATE;
  rt_store_chat_add (self->chat, text, FALSE);
  rt_store_chat_add (self->chat, sender, FALSE);
  rt_store_chat_add (self->chat, late, FALSE);
  rt_store_chat_add (self->chat, private, FALSE);
  rt_store_chat_add (self->chat, right, FALSE);
  g_assert_true (archive_export (self, 0, 0, NULL, NULL, NULL, &error));
  archive = archive_open (self->file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rt_archive_get_n_faults (archive), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpint (rt_archive_get_fault (archive, i)->key.sequence, ==, i + 1);
      g_assert_nonnull (strstr (rt_archive_get_fault (archive, i)->words, "is not what was sent"));
    }
}

/* Every page of every kind is what it would be of all of them. */
static void
test_pages (ArchiveFixture *self, gconstpointer data)
{
  enum { N = 40 };
  g_autoptr (RtArchive) archive = NULL;
  g_autoptr (RtTimelinePage) all = NULL;
  g_autoptr (GError) error = NULL;

  archive_fill (self, N);
  g_assert_true (archive_export (self, 0, 0, NULL, NULL, NULL, &error));
  archive = archive_open (self->file, &error);
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

/* The time that this thread had: what others take meanwhile is not the loop's. */
typedef struct {
  double last, longest;
} Turns;

static gboolean
turn_cb (gpointer data)
{
  Turns *turns = data;
  double now = test_cpu_ms ();

  turns->longest = MAX (turns->longest, now - turns->last);
  turns->last = now;
  return G_SOURCE_CONTINUE;
}

/* Many: what it takes is told, and the loop goes on meanwhile. MODEL_DEEP=1: a hundred thousand. */
static void
test_many (ArchiveFixture *self, gconstpointer data)
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

  archive_fill (self, n);
  turns.last = test_cpu_ms ();
  times[0] = g_get_monotonic_time ();
  id = g_timeout_add (1, turn_cb, &turns);
  g_assert_true (archive_export (self, 0, 0, NULL, NULL, NULL, &error));
  times[1] = g_get_monotonic_time ();
  archive = archive_open (self->file, &error);
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
                  (double) (times[1] - times[0]) / 1000, (double) (times[2] - times[1]) / 1000, (double) (times[3] - times[2]) / 1000, turns.longest);
  /* in threads, not in the loop */
  g_assert_cmpfloat (turns.longest, <, MAX ((double) (times[2] - times[0]) / 3000, 100));
}

/* Nothing, and a part. */
static void
test_spans (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (RtArchive) empty = NULL, part = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n;

  g_assert_true (archive_export (self, 0, 0, NULL, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 0);
  empty = archive_open (self->file, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rt_archive_get_n_faults (empty), ==, 0);
  g_assert_cmpuint (rt_archive_get_n_messages (empty), ==, 0);

  archive_fill (self, 300);
  /* three of a second; both ends are in it */
  g_assert_true (archive_export (self, BEGIN + 10 * G_USEC_PER_SEC, BEGIN + 79 * G_USEC_PER_SEC, NULL, &n, NULL, &error));
  g_assert_cmpuint (n, ==, 210);
  part = archive_open (self->file, &error);
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
export_and_stop (ArchiveFixture *self, GFile *file, guint64 at, GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  Stop stop = { cancellable, at };
  RtArchiveAbout about = { .title = "x" };

  rt_archive_export_async (self->chat, &about, file, 0, 0, stop_cb, &stop, cancellable, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_false (rt_archive_export_finish (result, NULL, NULL, error));
}

/* In the midst of it, or where nothing can be written: what was there stays, and what was not is not. */
static void
test_cancelled (ArchiveFixture *self, gconstpointer data)
{
  g_autofree char *place = g_build_filename (self->folder, "no such folder", "history.json", NULL), *contents = NULL;
  g_autoptr (GFile) nowhere = g_file_new_for_path (place);
  g_autoptr (GError) error = NULL;

  archive_fill (self, 500);
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

static void
assert_only (ArchiveFixture *self, const char *expected)
{
  g_autoptr (GDir) folder = g_dir_open (self->folder, 0, NULL);
  g_autofree char *contents = NULL;

  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    if (!g_str_has_prefix (name, "roundtable.db") && !g_str_equal (name, "history.json"))
      g_error ("%s is left behind", name);
  g_assert_true (g_file_get_contents (self->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, expected);
}

/* The disk is full in the midst of it: it is told, what was there stays, and nothing is left behind. And where no file can be. */
static void
test_no_room (ArchiveFixture *self, gconstpointer data)
{
  static const char * const odd[] = { "/dev/full", "folder", "fifo" };
  struct rlimit limit, small;
  g_autoptr (GError) error = NULL;
  gboolean good;

  archive_fill (self, 500);
  g_assert_true (g_file_set_contents (self->path, "mine", -1, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = (struct rlimit) { 60000, limit.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  good = archive_export (self, 0, 0, NULL, NULL, NULL, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_false (good);
  g_assert_nonnull (error);
  assert_only (self, "mine");

  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *path = odd[i][0] == '/' ? g_strdup (odd[i]) : g_build_filename (self->folder, odd[i], NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GAsyncResult) result = NULL;
      RtArchiveAbout about = { .title = "x" };

      if (g_str_equal (odd[i], "folder"))
        g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      else if (g_str_equal (odd[i], "fifo"))
        g_assert_cmpint (mkfifo (path, 0600), ==, 0);
      g_clear_error (&error);
      rt_archive_export_async (self->chat, &about, file, 0, 0, NULL, NULL, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      g_assert_false (rt_archive_export_finish (result, NULL, NULL, &error));
      g_test_message ("%s: %s", odd[i], error->message);
      g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
      if (odd[i][0] != '/')
        g_remove (path);
      assert_only (self, "mine");
    }
  /* with room, over what was there */
  g_clear_error (&error);
  g_assert_true (archive_export (self, 0, 0, NULL, NULL, NULL, &error));
  g_clear_object (&self->file);
  self->file = g_file_new_for_path (self->path);
  {
    g_autoptr (RtArchive) archive = archive_open (self->file, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (rt_archive_get_n_faults (archive), ==, 0);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/archive/" name, ArchiveFixture, NULL, archive_set_up, func, archive_tear_down)
  ADD ("round-trip", test_round_trip);
  ADD ("other-than-sent", test_other_than_sent);
  ADD ("pages", test_pages);
  ADD ("many", test_many);
  ADD ("spans", test_spans);
  ADD ("cancelled", test_cancelled);
  ADD ("no-room", test_no_room);
  return g_test_run ();
}
