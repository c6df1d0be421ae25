/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that go from one to the other, over loopback. */
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>
#include <glib/gstdio.h>

#include "transfers-test.h"

static void
check_hash (RtAttachment *attachment, GBytes *bytes)
{
  g_autofree char *hex = rt_transfers_dup_hex (rt_attachment_get_file (attachment)), *expected = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

  g_assert_cmpstr (hex, ==, expected);
}

static void
test_send (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 1);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own), again = hear_offer (self, own);
  g_autoptr (GFile) to = NULL;
  g_autofree char *path = g_build_filename (self->bob.folder, "saved.bin", NULL), *part = dup_part (self, own);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 began;

  check_hash (own, bytes);
  assert_content (rt_attachment_get_path (own), bytes);
  began = g_get_monotonic_time ();
  rt_transfers_fetch (self->to, other);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_FETCHING);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_test_message ("3 MiB in %" G_GINT64_FORMAT " ms", (g_get_monotonic_time () - began) / 1000);
  g_assert_cmpstr (rt_attachment_get_error (other), ==, NULL);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_HERE);
  g_assert_cmpfloat (rt_attachment_get_progress (other), ==, 1);
  assert_content (rt_attachment_get_path (other), bytes);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
  /* nothing of it is where the person said nothing of */
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  to = g_file_new_for_path (path);
  rt_transfers_save_async (self->to, other, to, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_transfers_save_finish (self->to, result, &error));
  g_assert_no_error (error);
  assert_content (path, bytes);
  /* another that names the same file finds it here */
  rt_transfers_look (self->to, again);
  rt_wait_until (rt_attachment_get_state (again) == RT_ATTACHMENT_HERE);
}

static void
test_save_fetches (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (100000, 2), nothing = g_bytes_new_static ("", 0);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.txt", network_get_id (self->b)), other = hear_offer (self, own);
  g_autoptr (RtAttachment) empty_own = offer_bytes (self, nothing, "empty", NULL), empty = hear_offer (self, empty_own);
  g_autofree char *path = g_build_filename (self->bob.folder, "saved.txt", NULL);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL, empty_result = NULL;
  g_autoptr (GError) error = NULL;

  rt_transfers_save_async (self->to, other, to, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_transfers_save_finish (self->to, result, &error));
  g_assert_no_error (error);
  assert_content (path, bytes);
  rt_transfers_save_async (self->to, empty, to, NULL, rt_wait_result_cb, &empty_result);
  rt_wait_result (empty_result);
  g_assert_true (rt_transfers_save_finish (self->to, empty_result, &error));
  g_assert_no_error (error);
  assert_content (path, nothing);
}

static void
cancel_half_way_cb (RtAttachment *attachment, GParamSpec *pspec, TransfersFixture *self)
{
  if (rt_attachment_get_progress (attachment) > 0.3 && rt_attachment_get_state (attachment) == RT_ATTACHMENT_FETCHING)
    rt_transfers_cancel (self->to, attachment);
}

static void
test_cancel (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 3);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  g_autofree char *part = dup_part (self, own);
  gulong handler = g_signal_connect (other, "notify::progress", G_CALLBACK (cancel_half_way_cb), self);

  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_CANCELLED);
  g_assert_cmpuint (self->to->fetches->len, ==, 0);
  rt_wait_until (!g_file_test (part, G_FILE_TEST_EXISTS));
  /* and nobody goes on giving */
  rt_wait_until (self->from->serves->len == 0);
  g_signal_handler_disconnect (other, handler);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (other), bytes);
}

static void
withdraw_half_way_cb (RtAttachment *attachment, GParamSpec *pspec, gpointer data)
{
  gpointer *both = data;

  if (rt_attachment_get_progress (attachment) > 0.3)
    rt_transfers_cancel (both[0], both[1]);
}

static void
test_withdraw (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 4);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own), later = hear_offer (self, own);
  g_autoptr (RtAttachment) same = offer_bytes (self, bytes, "b.bin", NULL);
  gpointer both[] = { self->from, own };

  g_signal_connect (other, "notify::progress", G_CALLBACK (withdraw_half_way_cb), both);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_GONE);
  g_assert_nonnull (strstr (rt_attachment_get_error (other), "does not have it any more"));
  rt_transfers_fetch (self->to, later);
  rt_wait_until (rt_attachment_get_state (later) == RT_ATTACHMENT_GONE);
  /* it is theirs no more, and still ours: perhaps there is no other copy, and another message may have brought the same */
  g_assert_false (rt_transfers_get_offered (self->from, own) || rt_transfers_get_offered (self->from, same));
  g_assert_cmpint (rt_attachment_get_state (own), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (own), bytes);
  rt_transfers_note_lost (self->from, same);
  rt_wait_until (rt_attachment_get_state (same) != RT_ATTACHMENT_OFFERED);
  g_assert_cmpint (rt_attachment_get_state (same), ==, RT_ATTACHMENT_HERE);
  /* the other goes out again: it is offered, what the person took back is not */
  rt_transfers_offer (self->from, same, NULL);
  g_assert_true (rt_transfers_get_offered (self->from, same));
  g_assert_false (rt_transfers_get_offered (self->from, own));
}

/* What is not what was offered is thrown away. */
static void
test_corrupt (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 5), others = make_bytes (LARGE, 6), less = make_bytes (1000, 6);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  g_autofree char *part = dup_part (self, own), *whole = rt_transfers_dup_path (self->to, rt_attachment_get_file (own));
  g_autoptr (GError) error = NULL;

  g_file_set_contents (rt_attachment_get_path (own), g_bytes_get_data (others, NULL), LARGE, &error);
  g_assert_no_error (error);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_FAILED);
  g_assert_nonnull (strstr (rt_attachment_get_error (other), "not what was offered"));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS) || g_file_test (whole, G_FILE_TEST_EXISTS));
  /* one that ends before it should */
  g_file_set_contents (rt_attachment_get_path (own), g_bytes_get_data (less, NULL), 1000, &error);
  g_assert_no_error (error);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) == RT_ATTACHMENT_GONE);
  g_file_set_contents (rt_attachment_get_path (own), g_bytes_get_data (bytes, NULL), LARGE, &error);
  g_assert_no_error (error);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) == RT_ATTACHMENT_HERE);
}

/* Larger than may be, a folder, nothing there: said in words, and nothing is left behind. */
static void
test_refused (TransfersFixture *self, gconstpointer data)
{
  g_autofree char *large = g_build_filename (self->ada.folder, "large.iso", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (large), folder = g_file_new_for_path (self->ada.folder), nothing = g_file_new_for_path ("/nowhere/at all");
  g_autofree char *pipe_path = g_build_filename (self->ada.folder, "pipe", NULL);
  g_autoptr (GFile) pipe_file = g_file_new_for_path (pipe_path), endless = g_file_new_for_path ("/dev/zero");
  g_autoptr (RtAttachment) a = NULL, b = NULL, c = NULL, d = NULL, e = NULL;
  g_autoptr (GDir) dir = NULL;
  int fd = g_creat (large, 0600);
  guint n = 0;
  const char *name;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, (off_t) RT_ATTACHMENT_MAX_SIZE + 1), ==, 0);
  close (fd);
  a = rt_transfers_add_file (self->from, file);
  b = rt_transfers_add_file (self->from, folder);
  c = rt_transfers_add_file (self->from, nothing);
  /* nobody writes into the one, and the other has no end */
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  d = rt_transfers_add_file (self->from, pipe_file);
  e = rt_transfers_add_file (self->from, endless);
  rt_wait_until (rt_attachment_get_state (d) != RT_ATTACHMENT_PREPARING && rt_attachment_get_state (e) != RT_ATTACHMENT_PREPARING);
  g_assert_nonnull (strstr (rt_attachment_get_error (d), "no file that could be sent"));
  g_assert_nonnull (strstr (rt_attachment_get_error (e), "no file that could be sent"));
  rt_wait_until (rt_attachment_get_state (a) != RT_ATTACHMENT_PREPARING && rt_attachment_get_state (b) != RT_ATTACHMENT_PREPARING &&
                 rt_attachment_get_state (c) != RT_ATTACHMENT_PREPARING);
  g_assert_cmpint (rt_attachment_get_state (a), ==, RT_ATTACHMENT_FAILED);
  g_assert_nonnull (strstr (rt_attachment_get_error (a), "too large: at most 64.0"));
  g_assert_nonnull (strstr (rt_attachment_get_error (b), "is a folder"));
  g_assert_cmpint (rt_attachment_get_state (c), ==, RT_ATTACHMENT_FAILED);
  g_assert_nonnull (rt_attachment_get_error (c));
  dir = g_dir_open (self->from->folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n++;
  g_assert_cmpuint (n, ==, 0);
}

/* To one only, never offered, or to nobody any more: not for others. */
static void
test_not_for_him (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 7), secret = make_bytes (2000, 8);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", "somebody else"), other = hear_offer (self, own);
  g_autoptr (RtAttachment) unsent = rt_transfers_add_bytes (self->from, secret, "b.bin", NULL), guessed = NULL;

  rt_wait_until (rt_attachment_get_state (unsent) == RT_ATTACHMENT_HERE);
  guessed = hear_offer (self, unsent);
  rt_transfers_fetch (self->to, other);
  rt_transfers_fetch (self->to, guessed);
  rt_wait_until (rt_attachment_get_state (other) == RT_ATTACHMENT_GONE);
  rt_wait_until (rt_attachment_get_state (guessed) == RT_ATTACHMENT_GONE);
  rt_transfers_drop (self->from, unsent);
  g_assert_cmpint (rt_attachment_get_state (unsent), ==, RT_ATTACHMENT_CANCELLED);
}

static void
test_two (TransfersFixture *self, gconstpointer data)
{
  GBytes *bytes[3] = { make_bytes (LARGE, 9), make_bytes (LARGE / 2, 10), make_bytes (77, 11) };
  RtAttachment *own[3], *other[3];
  g_autoptr (RtAttachment) same = NULL;

  g_object_set (self->from, "max-served", 1u, NULL);
  for (guint i = 0; i < 3; i++)
    {
      own[i] = offer_bytes (self, bytes[i], "a.bin", NULL);
      other[i] = hear_offer (self, own[i]);
    }
  same = hear_offer (self, own[0]);
  for (guint i = 0; i < 3; i++)
    rt_transfers_fetch (self->to, other[i]);
  rt_transfers_fetch (self->to, same);
  g_assert_cmpuint (self->to->fetches->len, ==, 3);
  /* the small one does not wait for the large ones */
  rt_wait_until (rt_attachment_get_state (other[2]) == RT_ATTACHMENT_HERE);
  g_assert_cmpint (rt_attachment_get_state (other[0]), ==, RT_ATTACHMENT_FETCHING);
  for (guint i = 0; i < 3; i++)
    {
      rt_wait_until (rt_attachment_get_state (other[i]) == RT_ATTACHMENT_HERE);
      assert_content (rt_attachment_get_path (other[i]), bytes[i]);
    }
  g_assert_cmpint (rt_attachment_get_state (same), ==, RT_ATTACHMENT_HERE);
  for (guint i = 0; i < 3; i++)
    {
      g_bytes_unref (bytes[i]);
      g_object_unref (own[i]);
      g_object_unref (other[i]);
    }
}

/* What nobody asked for, or more of it than he asked for, changes nothing. */
static void
test_unasked (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 12), noise = make_bytes (RT_TRANSFERS_CHUNK, 13);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  P2pMeshSocket *socket = rt_network_get_socket (self->a);
  const struct { gint64 token; guint64 offset; } cases[] = { { 1, 0 }, { 0, 5 }, { 0, LARGE - 10 }, { 0, G_MAXINT64 }, { 0, 40 * RT_TRANSFERS_CHUNK } };
  RtFetch *fetch;

  /* one that the offerer does not answer, so that all that comes is noise */
  rt_transfers_withdraw (self->from, rt_attachment_get_file (own));
  rt_transfers_set_socket (self->from, NULL);
  rt_transfers_fetch (self->to, other);
  fetch = rt_transfers_find_fetch (self->to, other);
  g_assert_nonnull (fetch);
  rt_wait_until (fetch->asked > 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_chunk (cases[i].token != 0 ? cases[i].token : fetch->token, rt_attachment_get_file (own), cases[i].offset, noise, &error);

      g_assert_no_error (error);
      p2p_mesh_socket_whisper_app_async (socket, network_get_id (self->b), frame, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      g_assert_true (p2p_mesh_socket_whisper_app_finish (socket, result, &error));
    }
  rt_network_send_text (self->a, "behind them", NULL);
  wait_rows (self->b, 1);
  g_assert_cmpuint (fetch->received, ==, 0);
  g_assert_cmpuint (fetch->n_unwritten, ==, 0);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_FETCHING);
  rt_transfers_cancel (self->to, other);
}

static void
leave_half_way_cb (RtAttachment *attachment, GParamSpec *pspec, TransfersFixture *self)
{
  if (rt_attachment_get_progress (attachment) > 0.3 && rt_network_get_state (self->a) != RT_NETWORK_STOPPED)
    rt_network_stop (self->a);
}

/* The link is lost half-way; it goes on where it was when there is one again, also for who was restarted. */
static void
test_resume (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 14);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  gulong handler = g_signal_connect (other, "notify::progress", G_CALLBACK (leave_half_way_cb), self);
  RtFetch *fetch;
  guint64 there;

  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_network_get_n_peers (self->b) == 0);
  g_signal_handler_disconnect (other, handler);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_FETCHING);
  fetch = rt_transfers_find_fetch (self->to, other);
  there = fetch->received;
  g_assert_cmpuint (there, >, LARGE / 5);
  /* the offers are kept, too */
  person_end (&self->ada);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  wait_up (self->a);
  g_object_set (self->to, "patience", 500u, NULL);
  connect_and_wait (self->b, self->address, NULL);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpstr (rt_attachment_get_error (other), ==, NULL);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (other), bytes);
}

/* He is gone for good: that is said after a while, and what there is of it waits. */
static void
test_gone (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 15);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own), never = hear_offer (self, own);
  g_autofree char *part = dup_part (self, own);
  gulong handler = g_signal_connect (other, "notify::progress", G_CALLBACK (leave_half_way_cb), self);

  g_object_set (self->to, "patience", 50u, NULL);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_signal_handler_disconnect (other, handler);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_FAILED);
  g_assert_nonnull (strstr (rt_attachment_get_error (other), "Nothing came from"));
  g_assert_true (g_file_test (part, G_FILE_TEST_EXISTS));
  rt_wait_until (rt_network_get_n_peers (self->b) == 0);
  g_object_set (self->to, "patience", 20000u, NULL);
  rt_transfers_fetch (self->to, never);
  rt_wait_until (rt_attachment_get_state (never) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (never), ==, RT_ATTACHMENT_FAILED);
  g_assert_nonnull (strstr (rt_attachment_get_error (never), "Nobody knows where"));
}

/* Not more is kept than may be: the oldest go. */
static void
test_room (TransfersFixture *self, gconstpointer data)
{
  g_autofree char *first = NULL;

  g_object_set (self->from, "folder-bytes", (guint64) 250000, NULL);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (100000, 20 + i);
      g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL);
      struct utimbuf then = { .actime = 1000 + i, .modtime = 1000 + i };

      assert_content (rt_attachment_get_path (own), bytes);
      g_assert_cmpint (g_utime (rt_attachment_get_path (own), &then), ==, 0);
      if (i == 0)
        first = g_strdup (rt_attachment_get_path (own));
      g_assert_cmpint (g_file_test (first, G_FILE_TEST_EXISTS), ==, i < 2);
    }
}

/* With messages: to everybody, and to one only. Others read a plain line of text. */
static void
test_messages (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 30), secret = make_bytes (1234, 31);
  g_autoptr (RtAttachment) own = rt_transfers_add_bytes (self->from, bytes, "photo.jpg", NULL), private = rt_transfers_add_bytes (self->from, secret, "key.txt", NULL);
  g_autofree char *text = NULL, *private_text = NULL;
  g_autoptr (GError) error = NULL;
  RtAttachment *heard, *told;

  rt_wait_until (rt_attachment_get_state (own) == RT_ATTACHMENT_HERE && rt_attachment_get_state (private) == RT_ATTACHMENT_HERE);
  text = rt_attachment_dup_text (own, "Look");
  private_text = rt_attachment_dup_text (private, NULL);
  g_assert_nonnull (rt_network_send (self->a, text, NULL, NULL, own, &error));
  g_assert_no_error (error);
  wait_rows (self->b, 1);
  rt_wait_until (rt_message_item_get_attachment (row_at (self->b, 0)) != NULL);
  g_assert_cmpstr (rt_message_item_get_text (row_at (self->b, 0)), ==, "Look\nphoto.jpg (3.2 MB)");
  heard = RT_ATTACHMENT (rt_message_item_get_attachment (row_at (self->b, 0)));
  g_assert_cmpstr (rt_attachment_get_name (heard), ==, "photo.jpg");
  rt_transfers_fetch (self->to, heard);
  rt_wait_until (rt_attachment_get_state (heard) == RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (heard), bytes);
  g_assert_nonnull (rt_network_send (self->a, private_text, network_get_id (self->b), NULL, private, &error));
  g_assert_no_error (error);
  wait_rows (self->b, 2);
  rt_wait_until (rt_message_item_get_attachment (row_at (self->b, 1)) != NULL);
  told = RT_ATTACHMENT (rt_message_item_get_attachment (row_at (self->b, 1)));
  rt_transfers_fetch (self->to, told);
  rt_wait_until (rt_attachment_get_state (told) == RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (told), secret);
}

/* Who leaves a network leaves none of its files behind. */
static void
test_leave (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 40);
  g_autoptr (RtAttachment) own G_GNUC_UNUSED = offer_bytes (self, bytes, "a.bin", NULL);
  g_autofree char *folder = g_strdup (self->from->folder);

  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  rt_networks_remove (self->ada.networks, self->a);
  rt_wait_until (!g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* The person names another network in its settings: nobody there is given what was offered in the one before, also after a restart, and whether or not it was up in between. */
static void
test_other_network (TransfersFixture *self, gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GBytes) bytes = make_bytes (1000, 40 + i);
      g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL);
      g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (self->a));
      g_autofree char *subnet = g_strdup_printf ("other%u", i);
      g_autoptr (GBytes) file = g_bytes_ref (rt_attachment_get_file (own));
      g_autoptr (GError) error = NULL;

      rt_wait_until (self->from->offers_loaded);
      g_assert_nonnull (rt_transfers_find_offer (self->from, file, NULL));
      if (i == 1)
        {
          rt_network_stop (self->a);
          person_end (&self->ada);
          person_begin (&self->ada);
          self->a = person_get (&self->ada, 0);
          rt_network_stop (self->a);
        }
      g_object_set (config, "subnet", subnet, NULL);
      g_assert_true (rt_networks_update (self->ada.networks, self->a, config, &error));
      g_assert_no_error (error);
      self->from = rt_network_get_transfers (self->a);
      rt_wait_until (self->from->offers_loaded);
      g_assert_null (rt_transfers_find_offer (self->from, file, NULL));
      person_end (&self->ada);
      person_begin (&self->ada);
      self->a = person_get (&self->ada, 0);
      self->from = rt_network_get_transfers (self->a);
      rt_wait_until (self->from->offers_loaded);
      g_assert_null (rt_transfers_find_offer (self->from, file, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/transfers/" name, TransfersFixture, NULL, transfers_set_up, test, transfers_tear_down)
  ADD ("send", test_send);
  ADD ("save-fetches", test_save_fetches);
  ADD ("cancel", test_cancel);
  ADD ("withdraw", test_withdraw);
  ADD ("corrupt", test_corrupt);
  ADD ("refused", test_refused);
  ADD ("not-for-him", test_not_for_him);
  ADD ("two", test_two);
  ADD ("unasked", test_unasked);
  ADD ("resume", test_resume);
  ADD ("gone", test_gone);
  ADD ("room", test_room);
  ADD ("messages", test_messages);
  ADD ("leave", test_leave);
  ADD ("other-network", test_other_network);
  return g_test_run ();
}
