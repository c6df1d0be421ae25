/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "archive-fixture.h"
#include "one-store.h"
#include "p2p/p2p.h"

void
archive_set_up (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (RtStoreChatState) state G_GNUC_UNUSED = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("rt-archive-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "history.json", NULL);
  self->file = g_file_new_for_path (self->path);
  self->store = open_store_of_one (self->folder);
  self->chat = rt_store_chat_new (self->store, "one");
  rt_store_chat_load_async (self->chat, NULL, rt_wait_result_cb, &loaded);
  rt_wait_result (loaded);
  state = rt_store_chat_load_finish (self->chat, loaded, &error);
  g_assert_no_error (error);
}

void
archive_tear_down (ArchiveFixture *self, gconstpointer data)
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
RtStoreMessage *
archive_make_message (ArchiveFixture *self, guint n, const char *text)
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

void
archive_fill (ArchiveFixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u, \"quoted\"\nand more: \xc3\xbc", i);
      g_autoptr (RtStoreMessage) message = archive_make_message (self, i, text);

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

gboolean
archive_export (ArchiveFixture *self, gint64 from, gint64 until, GCancellable *cancellable, guint64 *n, char **head, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  RtArchiveAbout about = { "Friends <b>", "friends", ADA, "Ada", self->protocol };
  Progress progress = { 0 };
  gboolean good;

  rt_archive_export_async (self->chat, &about, self->file, from, until, progress_cb, &progress, cancellable, rt_wait_result_cb, &result);
  rt_wait_result (result);
  good = rt_archive_export_finish (result, n, head, error);
  g_assert_true (!good || progress.n_calls > 0);
  return good;
}

RtArchive *
archive_open (GFile *file, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_archive_open_async (file, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_archive_open_finish (result, error);
}
