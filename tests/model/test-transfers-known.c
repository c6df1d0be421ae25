/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose pictures come by themselves; and what is said of files when the disk is full, the other program knows of none, or the network is left. */
#include <string.h>
#include <glib/gstdio.h>

#include "original.h"
#include "transfers-test.h"

static RtAttachment *
make_picture (TransfersFixture *self, RtAttachment *own)
{
  return rt_attachment_new_offered (rt_attachment_get_file (own), rt_attachment_get_size (own), "a.png", "image/png", network_get_id (self->a));
}

/* TRUE: it came by itself. */
static gboolean
comes (TransfersFixture *self, guint32 seed)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, seed);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.png", NULL), heard = make_picture (self, own);

  rt_transfers_look (self->to, heard);
  rt_wait_until (rt_attachment_get_absent (heard) || rt_attachment_get_state (heard) == RT_ATTACHMENT_HERE);
  return rt_attachment_get_state (heard) == RT_ATTACHMENT_HERE;
}

static void
restart_bob (TransfersFixture *self)
{
  person_end (&self->bob);
  person_begin (&self->bob);
  self->b = person_get (&self->bob, 0);
  self->to = rt_network_get_transfers (self->b);
  rt_wait_until (self->to->known_loaded && rt_network_get_chat_loaded (self->b));
  wait_peers (self->b, 1);
}

/* Anybody has a link: of who is not known a picture is shown when the person says so, and from then on by itself. */
static void
test_asked (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 1);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.png", NULL), heard = make_picture (self, own);

  g_assert_false (comes (self, 2));
  g_assert_cmpuint (self->to->fetches->len, ==, 0);
  rt_transfers_look (self->to, heard);
  rt_wait_until (rt_attachment_get_absent (heard));
  rt_transfers_fetch (self->to, heard);
  rt_wait_until (rt_attachment_get_state (heard) == RT_ATTACHMENT_HERE);
  g_assert_true (comes (self, 3));
  restart_bob (self);
  g_assert_true (comes (self, 4));
  g_object_set (self->to, "previews", RT_PREVIEWS_NEVER, NULL);
  g_assert_false (comes (self, 5));
}

static void
test_neighbours (TransfersFixture *self, gconstpointer data)
{
  g_object_set (self->to, "previews", RT_PREVIEWS_NEIGHBOURS, NULL);
  g_assert_true (comes (self, 10));
}

static void
test_written_to (TransfersFixture *self, gconstpointer data)
{
  rt_network_send_text (self->b, "Hello, all", NULL);
  g_assert_false (comes (self, 20));
  rt_network_whisper_text (self->b, network_get_id (self->a), "Hello, Ada", NULL);
  g_assert_true (comes (self, 21));
}

static void
test_answered (TransfersFixture *self, gconstpointer data)
{
  rt_network_send_text (self->a, "Who is there?", NULL);
  wait_rows (self->b, 1);
  g_assert_false (comes (self, 30));
  g_assert_nonnull (rt_network_send (self->b, "Bob", NULL, rt_message_item_get_id (row_at (self->b, 0)), NULL, NULL));
  g_assert_true (comes (self, 31));
}

/* Not more of them than may be; who was dealt with longest ago is forgotten. */
static void
test_many (TransfersFixture *self, gconstpointer data)
{
  g_autofree char *long_id = g_strnfill (1000, 'x');

  rt_transfers_note_known (self->to, "first");
  rt_transfers_note_known (self->to, "second");
  for (guint i = 0; i < RT_TRANSFERS_MAX_KNOWN - 1; i++)
    {
      g_autofree char *id = g_strdup_printf ("peer%u", i);

      rt_transfers_note_known (self->to, id);
      rt_transfers_note_known (self->to, "second");
    }
  rt_transfers_note_known (self->to, long_id);
  g_assert_cmpuint (self->to->known->len, ==, RT_TRANSFERS_MAX_KNOWN);
  g_assert_false (rt_transfers_is_known (self->to, "first"));
  g_assert_true (rt_transfers_is_known (self->to, "second"));
  restart_bob (self);
  g_assert_cmpuint (self->to->known->len, ==, RT_TRANSFERS_MAX_KNOWN);
  g_assert_true (rt_transfers_is_known (self->to, "second"));
}

/* What cannot be written down is said, and that it can be again, too. */
static void
test_disk (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 40), others = make_bytes (1000, 41);
  g_autoptr (RtAttachment) own = NULL, other = NULL;
  g_autofree char *path = NULL;

  rt_wait_until (self->from->offers_loaded);
  own = rt_transfers_add_bytes (self->from, bytes, "a.bin", NULL);
  other = rt_transfers_add_bytes (self->from, others, "b.bin", NULL);
  rt_wait_until (rt_attachment_get_state (own) == RT_ATTACHMENT_HERE && rt_attachment_get_state (other) == RT_ATTACHMENT_HERE);
  path = g_build_filename (self->from->folder, "offers", NULL);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  rt_transfers_offer (self->from, own, NULL);
  rt_wait_until (rt_transfers_get_error (self->from) != NULL);
  g_assert_cmpstr (rt_network_get_error (self->a), ==, rt_transfers_get_error (self->from));
  g_assert_cmpint (g_rmdir (path), ==, 0);
  rt_transfers_offer (self->from, other, NULL);
  rt_wait_until (rt_transfers_get_error (self->from) == NULL);
  g_assert_cmpstr (rt_network_get_error (self->a), ==, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

/* py2p and js2p give no files, whoever says that they do: that is said in our words. */
static void
test_original (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) hash = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (RtAttachment) heard = rt_attachment_new_offered (hash, 1000, "a.bin", NULL, ORIGINAL_ID);
  Original original = { 0 };

  original_init (&original, self->b);
  wait_peers (self->b, 2);
  rt_transfers_fetch (self->to, heard);
  rt_wait_until (rt_attachment_get_state (heard) == RT_ATTACHMENT_FAILED);
  g_assert_nonnull (strstr (rt_attachment_get_error (heard), "has a program that gives no files"));
  original_clear (&original);
}

/* Somebody still has the dialog in which a file is saved open: he is told, and nothing waits for ever. */
static void
test_left (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 50);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  g_autoptr (RtTransfers) held = g_object_ref (self->to);
  g_autofree char *path = g_build_filename (self->ada.folder, "saved.bin", NULL), *late = NULL;
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_strdup (self->to->folder);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  rt_networks_remove (self->bob.networks, self->b);
  rt_wait_until (!g_file_test (folder, G_FILE_TEST_EXISTS));
  rt_transfers_save_async (held, other, to, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_false (rt_transfers_save_finish (held, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  rt_transfers_fetch (held, other);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_OFFERED);
  g_assert_cmpuint (held->fetches->len, ==, 0);
  /* a thread that was at work makes the folder anew: it goes with the last who works there */
  late = g_build_filename (folder, "late", NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (late, "late", -1, NULL));
  g_clear_object (&result);
  g_clear_object (&held);
  rt_wait_until (!g_file_test (folder, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/transfers-known/" name, TransfersFixture, NULL, transfers_set_up, test, transfers_tear_down)
  ADD ("asked", test_asked);
  ADD ("neighbours", test_neighbours);
  ADD ("written-to", test_written_to);
  ADD ("answered", test_answered);
  ADD ("many", test_many);
  ADD ("disk", test_disk);
  ADD ("original", test_original);
  ADD ("left", test_left);
  return g_test_run ();
}
