/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, and what can happen to them: restarts, others who are slow or lie, little room. */
#include <string.h>
#include <utime.h>
#include <glib/gstdio.h>

#include "transfers-test.h"

#define STRANGER "Nobody4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUq"

static RtNetwork *
let_cem_in (TransfersFixture *self)
{
  g_autofree char *address = network_dup_address (self->b);
  RtNetwork *c = person_join (&self->cem, "files", address);

  wait_peers (self->b, 2);
  return c;
}

static void
slow_down (TransfersFixture *self)
{
  g_object_set (self->from, "max-rate", 1024u * 1024, NULL);
}

/* Two of the same content: one is taken back, the other goes out. */
static void
test_drop (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 1);
  g_autoptr (RtAttachment) first = rt_transfers_add_bytes (self->from, bytes, "a.bin", NULL), second = rt_transfers_add_bytes (self->from, bytes, "b.bin", NULL), other = NULL;

  rt_wait_until (rt_attachment_get_state (first) == RT_ATTACHMENT_HERE && rt_attachment_get_state (second) == RT_ATTACHMENT_HERE);
  rt_transfers_drop (self->from, first);
  g_assert_cmpint (rt_attachment_get_state (first), ==, RT_ATTACHMENT_CANCELLED);
  rt_transfers_offer (self->from, second, NULL);
  other = hear_offer (self, second);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (second), bytes);
}

/* The frame that names it comes behind the message: it is kept all the same. */
static void
test_late (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 2);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL);
  g_autoptr (P2pAppFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  RtMessageItem *row;

  rt_network_send_text (self->a, "Look", NULL);
  wait_rows (self->b, 1);
  frame = p2p_app_frame_new_file (rt_message_item_get_id (row_at (self->b, 0)), rt_attachment_get_file (own), rt_attachment_get_size (own), "late.bin", "text/plain", &error);
  g_assert_no_error (error);
  g_assert_cmpint (p2p_mesh_socket_send_app (rt_network_get_socket (self->a), frame, &error), ==, 1);
  g_assert_no_error (error);
  rt_wait_until (rt_message_item_get_attachment (row_at (self->b, 0)) != NULL);
  person_end (&self->bob);
  person_begin (&self->bob);
  self->b = person_get (&self->bob, 0);
  wait_rows (self->b, 1);
  row = row_at (self->b, 0);
  g_assert_nonnull (rt_message_item_get_attachment (row));
  g_assert_cmpstr (rt_attachment_get_name (RT_ATTACHMENT (rt_message_item_get_attachment (row))), ==, "late.bin");
}

/* Who asked and is gone is not looked for. */
static void
test_unlinked (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 3);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);

  slow_down (self);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (self->from->serves->len == 1);
  rt_network_stop (self->b);
  wait_peers (self->a, 0);
  rt_wait_until (self->from->serves->len == 0);
}

static void
say_chunk (TransfersFixture *self, RtFetch *fetch, guint64 offset, GBytes *bytes)
{
  P2pMeshSocket *socket = rt_network_get_socket (self->a);
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (P2pAppFrame) frame = p2p_app_frame_new_chunk (fetch->token, fetch->file, offset, bytes, &error);

  g_assert_no_error (error);
  p2p_mesh_socket_whisper_app_async (socket, network_get_id (self->b), frame, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (p2p_mesh_socket_whisper_app_finish (socket, result, &error));
}

/* Who gives a byte at a time gives nothing. */
static void
test_crumbs (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 4), crumb = g_bytes_new_from_bytes (bytes, 0, 1), piece = g_bytes_new_from_bytes (bytes, 0, RT_TRANSFERS_CHUNK);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  RtFetch *fetch;

  rt_transfers_set_socket (self->from, NULL);
  rt_transfers_fetch (self->to, other);
  fetch = rt_transfers_find_fetch (self->to, other);
  rt_wait_until (fetch->asked > 0);
  say_chunk (self, fetch, 0, crumb);
  rt_network_send_text (self->a, "behind it", NULL);
  wait_rows (self->b, 1);
  g_assert_cmpuint (fetch->received, ==, 0);
  say_chunk (self, fetch, 0, piece);
  rt_wait_until (fetch->received == RT_TRANSFERS_CHUNK);
  rt_transfers_cancel (self->to, other);
}

/* Two offer the same: who does not give it, or lies about its size, keeps nobody from having it of the other. */
static void
test_others (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 5);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own), never = NULL, lie = NULL;
  RtNetwork *c = let_cem_in (self);

  rt_transfers_set_socket (rt_network_get_transfers (c), NULL);
  never = rt_attachment_new_offered (rt_attachment_get_file (own), LARGE, "a.bin", NULL, network_get_id (c));
  lie = rt_attachment_new_offered (rt_attachment_get_file (own), 77, "a.bin", NULL, network_get_id (c));
  rt_transfers_fetch (self->to, lie);
  rt_transfers_fetch (self->to, never);
  rt_transfers_fetch (self->to, other);
  g_assert_cmpuint (self->to->fetches->len, ==, 3);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (other), bytes);
  /* it is the same */
  g_assert_cmpint (rt_attachment_get_state (never), ==, RT_ATTACHMENT_HERE);
  g_assert_cmpint (rt_attachment_get_state (lie), ==, RT_ATTACHMENT_FETCHING);
  rt_transfers_cancel (self->to, lie);
}

/* One who gives nothing does not take all places. */
static void
test_places (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GBytes) bytes = make_bytes (1000, 6);
  RtNetwork *c = let_cem_in (self);
  RtTransfers *of_cem = rt_network_get_transfers (c);
  g_autoptr (RtAttachment) own = NULL, other = NULL;
  guint n_started = 0;

  rt_transfers_set_socket (self->from, NULL);
  for (guint i = 0; i < RT_TRANSFERS_MAX_FETCHES; i++)
    {
      guint8 hash[32] = { (guint8) i };
      g_autoptr (GBytes) file = g_bytes_new (hash, sizeof hash);
      RtAttachment *never = rt_attachment_new_offered (file, LARGE, "a.bin", NULL, network_get_id (self->a));

      g_ptr_array_add (all, never);
      rt_transfers_fetch (self->to, never);
    }
  for (guint i = 0; i < self->to->fetches->len; i++)
    n_started += ((RtFetch *) self->to->fetches->pdata[i])->started;
  g_assert_cmpuint (n_started, ==, RT_TRANSFERS_MAX_OF_OFFERER);
  own = rt_transfers_add_bytes (of_cem, bytes, "b.bin", NULL);
  rt_wait_until (rt_attachment_get_state (own) == RT_ATTACHMENT_HERE);
  rt_transfers_offer (of_cem, own, NULL);
  other = rt_attachment_new_offered (rt_attachment_get_file (own), 1000, "b.bin", NULL, network_get_id (c));
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) == RT_ATTACHMENT_HERE);
  for (guint i = 0; i < all->len; i++)
    rt_transfers_cancel (self->to, all->pdata[i]);
  g_assert_cmpuint (self->to->fetches->len, ==, 0);
}

static RtAttachment *
make_never (TransfersFixture *self, RtNetwork *of, guint number, const char *type)
{
  guint8 hash[32] = { (guint8) number, (guint8) (number >> 8), 1 };
  g_autoptr (GBytes) file = g_bytes_new (hash, sizeof hash);

  return rt_attachment_new_offered (file, 1000, "a.png", type, network_get_id (of));
}

static guint
count_started (RtTransfers *transfers, gboolean wanted)
{
  guint n = 0;

  for (guint i = 0; i < transfers->fetches->len; i++)
    {
      const RtFetch *fetch = transfers->fetches->pdata[i];

      n += fetch->started && fetch->wanted == wanted;
    }
  return n;
}

/* Who offers any number of pictures and gives none costs a few places, and what the person wants comes before them. */
static void
test_flood (TransfersFixture *self, gconstpointer data)
{
  enum { N = 200 };
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (RtAttachment) wanted = NULL;
  RtNetwork *c = let_cem_in (self);
  guint n_absent = 0, n_fetching = 0;

  g_object_set (self->to, "previews", RT_PREVIEWS_NEIGHBOURS, NULL);
  rt_transfers_set_socket (self->from, NULL);
  rt_transfers_set_socket (rt_network_get_transfers (c), NULL);
  for (guint i = 0; i < N; i++)
    {
      g_ptr_array_add (all, make_never (self, i % 2 ? self->a : c, i, "image/png"));
      rt_transfers_look (self->to, all->pdata[i]);
    }
  for (guint i = 0; i < N; i++)
    rt_wait_until (rt_attachment_get_absent (all->pdata[i]) || rt_attachment_get_state (all->pdata[i]) == RT_ATTACHMENT_FETCHING);
  for (guint i = 0; i < N; i++)
    {
      n_absent += rt_attachment_get_absent (all->pdata[i]);
      n_fetching += rt_attachment_get_state (all->pdata[i]) == RT_ATTACHMENT_FETCHING;
    }
  g_assert_cmpuint (n_fetching, ==, RT_TRANSFERS_MAX_UNASKED);
  g_assert_cmpuint (n_absent, ==, N - RT_TRANSFERS_MAX_UNASKED);
  g_assert_cmpuint (count_started (self->to, FALSE), ==, RT_TRANSFERS_MAX_FETCHES - RT_TRANSFERS_KEPT_PLACES);
  /* of who has all his places for pictures, too */
  for (guint i = 0; i < RT_TRANSFERS_MAX_OF_OFFERER; i++)
    {
      g_ptr_array_add (all, make_never (self, self->a, N + i, NULL));
      rt_transfers_fetch (self->to, all->pdata[N + i]);
      g_assert_cmpuint (count_started (self->to, TRUE), ==, i + 1);
    }
  /* the person asks for one that waits, or does not even wait: it goes before the others */
  for (guint i = 0; i < N && wanted == NULL; i++)
    if (rt_attachment_get_state (all->pdata[i]) == RT_ATTACHMENT_FETCHING && !rt_transfers_find_fetch (self->to, all->pdata[i])->started &&
        g_str_equal (rt_attachment_get_offerer (all->pdata[i]), network_get_id (c)))
      wanted = g_object_ref (all->pdata[i]);
  g_assert_nonnull (wanted);
  rt_transfers_fetch (self->to, wanted);
  g_assert_true (rt_transfers_find_fetch (self->to, wanted)->started);
  g_assert_cmpuint (self->to->fetches->len, ==, RT_TRANSFERS_MAX_UNASKED + RT_TRANSFERS_MAX_OF_OFFERER);
  for (guint i = 0; i < all->len; i++)
    rt_transfers_cancel (self->to, all->pdata[i]);
  g_assert_cmpuint (self->to->fetches->len, ==, 0);
}

/* The program ends half-way: what has come is not thrown away. */
static void
test_restart (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 7);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own), again = hear_offer (self, own);
  g_autofree char *part = dup_part (self, own);
  GStatBuf status;

  slow_down (self);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_progress (other) > 0.3);
  person_end (&self->bob);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_OFFERED);
  g_assert_cmpint (g_stat (part, &status), ==, 0);
  g_assert_cmpint (status.st_size, >, LARGE / 5);
  person_begin (&self->bob);
  self->b = person_get (&self->bob, 0);
  self->to = rt_network_get_transfers (self->b);
  wait_peers (self->b, 1);
  rt_transfers_fetch (self->to, again);
  rt_wait_until (rt_attachment_get_state (again) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpint (rt_attachment_get_state (again), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (again), bytes);
}

/* Nobody unknown is looked for without a word: a picture waits until it is asked for. */
static void
test_unasked (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 8), hash = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.png", NULL), near = NULL;
  g_autoptr (RtAttachment) far = rt_attachment_new_offered (hash, 1000, "b.png", "image/png", STRANGER);

  rt_transfers_note_known (self->to, network_get_id (self->a));
  rt_transfers_note_known (self->to, STRANGER);
  near = rt_attachment_new_offered (rt_attachment_get_file (own), 1000, "a.png", "image/png", network_get_id (self->a));
  rt_transfers_look (self->to, near);
  rt_transfers_look (self->to, far);
  g_assert_false (rt_attachment_get_absent (far));
  rt_wait_until (rt_attachment_get_state (near) == RT_ATTACHMENT_HERE);
  rt_wait_until (rt_attachment_get_absent (far));
  g_assert_cmpint (rt_attachment_get_state (far), ==, RT_ATTACHMENT_OFFERED);
  g_assert_cmpuint (self->to->fetches->len, ==, 0);
  rt_transfers_fetch (self->to, far);
  g_assert_cmpint (rt_attachment_get_state (far), ==, RT_ATTACHMENT_FETCHING);
  g_assert_false (rt_attachment_get_absent (far));
  rt_transfers_cancel (self->to, far);
}

static char *
keep (TransfersFixture *self, const char *name, guint64 size, gint64 time)
{
  char *path = g_build_filename (self->from->folder, name, NULL);
  g_autofree char *contents = g_malloc0 (size);
  g_autoptr (GError) error = NULL;
  struct utimbuf then = { .actime = time, .modtime = time };

  g_file_set_contents (path, contents, (gssize) size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_utime (path, &then), ==, 0);
  return path;
}

/* Parts go first, then what may have come unasked, then what was wanted; ours are the last, however old. */
static void
test_order (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (100000, 9);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), unsent = NULL;
  g_autofree char *wanted = keep (self, "3333", 600000, 2000), *picture = keep (self, "2222", 300000, 3000), *part = keep (self, "1111-0.part", 300000, 4000);
  g_autofree char *copy = keep (self, ".new-1", 1000, 5000);
  const char *gone[] = { part, picture, wanted };
  struct utimbuf then = { .actime = 1000, .modtime = 1000 };
  g_autoptr (GBytes) draft = make_bytes (100000, 10);

  unsent = rt_transfers_add_bytes (self->from, draft, "b.bin", NULL);
  g_list_store_append (rt_transfers_get_unsent (self->from), unsent);
  rt_wait_until (rt_attachment_get_state (unsent) == RT_ATTACHMENT_HERE);
  g_assert_cmpint (g_utime (rt_attachment_get_path (own), &then) | g_utime (rt_attachment_get_path (unsent), &then), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (gone); i++)
    {
      g_autoptr (GBytes) more = make_bytes (1000, 20 + i);
      g_autoptr (RtAttachment) last = NULL;
      static const guint64 room[] = { 1150000, 850000, 250000 };

      g_assert_true (g_file_test (gone[i], G_FILE_TEST_EXISTS));
      g_object_set (self->from, "folder-bytes", room[i], NULL);
      last = offer_bytes (self, more, "c.bin", NULL);
      g_assert_false (g_file_test (gone[i], G_FILE_TEST_EXISTS));
      g_assert_true (i + 1 == G_N_ELEMENTS (gone) || g_file_test (gone[i + 1], G_FILE_TEST_EXISTS));
    }
  g_assert_false (g_file_test (copy, G_FILE_TEST_EXISTS));
  assert_content (rt_attachment_get_path (own), bytes);
  assert_content (rt_attachment_get_path (unsent), draft);
}

/* What had to go since it came comes again when it is wanted. */
static void
test_missed (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (1000, 11);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  g_autofree char *path = g_build_filename (self->bob.folder, "saved.bin", NULL);
  g_autoptr (GFile) to = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL, own_result = NULL;
  g_autoptr (GError) error = NULL;

  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_state (other) == RT_ATTACHMENT_HERE);
  g_assert_cmpint (g_unlink (rt_attachment_get_path (other)), ==, 0);
  rt_transfers_save_async (self->to, other, to, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_transfers_save_finish (self->to, result, &error));
  g_assert_no_error (error);
  assert_content (path, bytes);
  /* somebody tried to show it */
  g_assert_cmpint (g_unlink (rt_attachment_get_path (other)), ==, 0);
  rt_transfers_note_lost (self->to, other);
  rt_wait_until (rt_attachment_get_absent (other));
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_OFFERED);
  g_assert_cmpint (g_unlink (rt_attachment_get_path (own)), ==, 0);
  rt_transfers_save_async (self->from, own, to, NULL, rt_wait_result_cb, &own_result);
  rt_wait_result (own_result);
  g_assert_false (rt_transfers_save_finish (self->from, own_result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (rt_attachment_get_state (own), ==, RT_ATTACHMENT_GONE);
}

/* Cancelled and asked for again at once: what is still being thrown away is not mixed with what comes. */
static void
test_again (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 12);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own);
  g_autofree char *part = dup_part (self, own);

  for (guint i = 0; i < 20; i++)
    {
      rt_transfers_fetch (self->to, other);
      rt_wait_until (g_file_test (part, G_FILE_TEST_EXISTS) || rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
      g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_FETCHING);
      rt_transfers_cancel (self->to, other);
    }
  rt_transfers_fetch (self->to, other);
  /* it waits until nobody uses the part any more */
  g_assert_false (rt_transfers_find_fetch (self->to, other)->started);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpstr (rt_attachment_get_error (other), ==, NULL);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (other), bytes);
}

/* While we are off nothing comes, and nobody is to blame. */
static void
test_off (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = make_bytes (LARGE, 13), few = make_bytes (1000, 14);
  g_autoptr (RtAttachment) own = offer_bytes (self, bytes, "a.bin", NULL), other = hear_offer (self, own), few_own = offer_bytes (self, few, "b.bin", NULL), begun_off = hear_offer (self, few_own);
  RtFetch *fetch;

  slow_down (self);
  rt_transfers_fetch (self->to, other);
  rt_wait_until (rt_attachment_get_progress (other) > 0.2);
  rt_network_stop (self->b);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_FETCHING);
  g_assert_nonnull (strstr (rt_attachment_get_error (other), "network is off"));
  fetch = rt_transfers_find_fetch (self->to, other);
  wait_peers (self->a, 0);
  g_assert_cmpuint (fetch->timer, ==, 0);
  rt_transfers_fetch (self->to, begun_off);
  g_assert_nonnull (strstr (rt_attachment_get_error (begun_off), "network is off"));
  rt_network_start (self->b);
  rt_wait_until (rt_attachment_get_state (other) != RT_ATTACHMENT_FETCHING && rt_attachment_get_state (begun_off) != RT_ATTACHMENT_FETCHING);
  g_assert_cmpstr (rt_attachment_get_error (other), ==, NULL);
  g_assert_cmpint (rt_attachment_get_state (other), ==, RT_ATTACHMENT_HERE);
  g_assert_cmpint (rt_attachment_get_state (begun_off), ==, RT_ATTACHMENT_HERE);
  assert_content (rt_attachment_get_path (other), bytes);
}

static RtAttachment *
unsent_at (TransfersFixture *self, guint position)
{
  g_autoptr (RtAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (rt_transfers_get_unsent (self->from)), position);

  g_assert_nonnull (attachment);
  return attachment;
}

static guint
count_unsent (TransfersFixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (rt_transfers_get_unsent (self->from)));
}

static void
restart_ada (TransfersFixture *self)
{
  person_end (&self->ada);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  self->from = rt_network_get_transfers (self->a);
  wait_up (self->a);
  rt_wait_until (self->from->unsent_loaded && self->from->offers_loaded);
}

/* What is attached and not sent is there after a restart, and what was sent is not; what waits to be sent can still be had. */
static void
test_unsent (TransfersFixture *self, gconstpointer data)
{
  g_autoptr (GBytes) bytes = NULL;
  static const char * const names[] = { "a.txt", "b.txt", "c.txt" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) one = make_bytes (1000, 15 + i);
      g_autoptr (RtAttachment) attachment = rt_transfers_add_bytes (self->from, one, names[i], NULL);

      if (i == 1)
        rt_attachment_set_meant_for (attachment, "Ben");
      g_list_store_append (rt_transfers_get_unsent (self->from), attachment);
      rt_wait_until (rt_attachment_get_state (attachment) == RT_ATTACHMENT_HERE);
    }
  restart_ada (self);
  g_assert_cmpuint (count_unsent (self), ==, 3);
  /* for whom it is comes back with it */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (rt_attachment_get_meant_for (unsent_at (self, i)), ==, i == 1 ? "Ben" : NULL);
  rt_transfers_mean_unsent (self->from, "Cyd");
  restart_ada (self);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (rt_attachment_get_meant_for (unsent_at (self, i)), ==, i == 1 ? "Ben" : "Cyd");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      rt_wait_until (rt_attachment_get_state (unsent_at (self, i)) == RT_ATTACHMENT_HERE);
      g_assert_cmpstr (rt_attachment_get_name (unsent_at (self, i)), ==, names[i]);
    }
  /* one is sent while nobody is there, one is dropped, one is lost */
  rt_network_stop (self->a);
  bytes = g_bytes_ref (rt_attachment_get_file (unsent_at (self, 0)));
  g_assert_null (rt_transfers_find_offer (self->from, bytes, NULL));
  g_assert_nonnull (rt_network_send (self->a, "Look", NULL, NULL, unsent_at (self, 0), NULL));
  g_list_store_remove (rt_transfers_get_unsent (self->from), 0);
  g_assert_nonnull (rt_transfers_find_offer (self->from, bytes, NULL));
  rt_transfers_drop (self->from, unsent_at (self, 0));
  g_list_store_remove (rt_transfers_get_unsent (self->from), 0);
  g_assert_cmpint (g_unlink (rt_attachment_get_path (unsent_at (self, 0))), ==, 0);
  restart_ada (self);
  g_assert_cmpuint (count_unsent (self), ==, 1);
  rt_wait_until (rt_attachment_get_state (unsent_at (self, 0)) == RT_ATTACHMENT_GONE);
  g_assert_cmpstr (rt_attachment_get_name (unsent_at (self, 0)), ==, names[2]);
  g_assert_nonnull (rt_transfers_find_offer (self->from, bytes, NULL));
}

/* As it was kept before it had for whom it is. */
static void
test_unsent_first (TransfersFixture *self, gconstpointer data)
{
  static const char * const names[] = { "a.txt", "b.txt" };
  g_autofree char *path = g_build_filename (self->from->folder, "unsent", NULL);
  g_autoptr (GVariant) value = NULL;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) one = make_bytes (1000, 15 + i), packed = NULL;
      g_autoptr (RtAttachment) attachment = rt_transfers_add_bytes (self->from, one, names[i], NULL);

      rt_wait_until (rt_attachment_get_state (attachment) == RT_ATTACHMENT_HERE);
      packed = rt_attachment_pack (attachment);
      g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, packed, TRUE));
    }
  value = g_variant_ref_sink (g_variant_new ("(u@aay)", 1u, g_variant_builder_end (&builder)));
  person_end (&self->ada);
  g_assert_true (g_file_set_contents (path, g_variant_get_data (value), (gssize) g_variant_get_size (value), NULL));
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  self->from = rt_network_get_transfers (self->a);
  wait_up (self->a);
  rt_wait_until (self->from->unsent_loaded && self->from->offers_loaded);
  g_assert_cmpuint (count_unsent (self), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpstr (rt_attachment_get_name (unsent_at (self, i)), ==, names[i]);
      g_assert_cmpstr (rt_attachment_get_meant_for (unsent_at (self, i)), ==, NULL);
    }
  rt_transfers_mean_unsent (self->from, "Ben");
  restart_ada (self);
  g_assert_cmpuint (count_unsent (self), ==, 2);
  g_assert_cmpstr (rt_attachment_get_meant_for (unsent_at (self, 0)), ==, "Ben");
}

/* What was written last is there when it is over, and nothing older comes behind it. */
static void
test_kept_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("rt-kept-XXXXXX", NULL), *path = g_build_filename (folder, "kept", NULL);
  RtKeptFile *file = rt_kept_file_new (path, NULL, NULL);
  g_autoptr (GBytes) last = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_clear_pointer (&last, g_bytes_unref);
      last = make_bytes (1000000 - i, i);
      rt_kept_file_write (file, last);
    }
  rt_kept_file_free (file);
  assert_content (path, last);
  rt_wait_milliseconds (50);
  assert_content (path, last);
  rt_remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/transfers-care/" name, TransfersFixture, NULL, transfers_set_up, test, transfers_tear_down)
  ADD ("drop", test_drop);
  ADD ("late", test_late);
  ADD ("unlinked", test_unlinked);
  ADD ("crumbs", test_crumbs);
  ADD ("others", test_others);
  ADD ("places", test_places);
  ADD ("flood", test_flood);
  ADD ("restart", test_restart);
  ADD ("unasked", test_unasked);
  ADD ("order", test_order);
  ADD ("missed", test_missed);
  ADD ("again", test_again);
  ADD ("off", test_off);
  ADD ("unsent", test_unsent);
  ADD ("unsent-first", test_unsent_first);
  g_test_add_func ("/transfers-care/kept-file", test_kept_file);
  return g_test_run ();
}
