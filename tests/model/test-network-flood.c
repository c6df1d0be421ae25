/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 5,000 messages a second into a network that keeps what is said: nothing is lost, no turn of the loop is long, and what they took is given back. One second; MODEL_DEEP: ten.
 */
#include <string.h>
#include <time.h>

#include "model/network/rt-network-private.h"
#include "model/timeline/rt-store-timeline.h"
#include "network-test.h"

#define RATE 5000u
#define TURN_MILLISECONDS 10u
/* A frame at 60 Hz is 16 ms. In the quick test the bar is ten times that: machines are busy. */
#define MAX_TURN (16 * 1000)

static Person ada;
static RtNetwork *network;
static GPtrArray *messages;
static guint next_message, n_added;
static gint64 begun;

/* ---- turns of the loop: from the end of a poll to the beginning of the next, in the time that this thread had ---- */

static gint64 turn_began, longest, spent;
static guint n_long;

static gint64
get_thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int
timed_poll (GPollFD *fds, guint n, int timeout)
{
  gint64 turn = turn_began != 0 ? get_thread_time () - turn_began : 0;
  int result;

  longest = MAX (longest, turn);
  spent += turn;
  n_long += turn > MAX_TURN;
  result = g_poll (fds, n, timeout);
  turn_began = get_thread_time ();
  return result;
}

/* KiB that are held now */
static gsize
get_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmRSS:");
  return line != NULL ? (gsize) g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

static void
added_cb (RtNetwork *self, RtMessageItem *item, gpointer data)
{
  n_added++;
}

static gboolean
speak_cb (gpointer data)
{
  guint due = (guint) ((g_get_monotonic_time () - begun) * RATE / G_USEC_PER_SEC);
  guint end = MIN (MIN (due, next_message + 2 * RATE * TURN_MILLISECONDS / 1000), messages->len);

  while (next_message < end)
    {
      P2pMessage *message = messages->pdata[next_message++];

      rt_network_take_message (network, message, "55555");
    }
  return next_message < messages->len ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
make_messages (guint n)
{
  gint64 second = g_get_real_time () / G_USEC_PER_SEC;

  messages = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_message_unref);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u: the quick brown fox jumps over the lazy dog, and Ada is told of it", i);
      g_autofree char *sender = g_strdup_printf ("sender%u", i % 50);
      GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_BROADCAST)), g_variant_new_variant (g_variant_new_string (text)) };

      /* as if they came later: what a second took to make is not late */
      g_ptr_array_add (messages, p2p_message_new (P2P_FLAG_BROADCAST, sender, second + i / RATE, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2), NULL));
    }
}

static void
flush (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  rt_store_chat_flush_async (rt_network_get_chat (network), rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_store_chat_flush_finish (rt_network_get_chat (network), result, &error));
  g_assert_no_error (error);
}

static void
check_all (void)
{
  guint n = messages->len;
  g_autofree guint8 *seen = g_new0 (guint8, n);
  guint n_seen = 0;
  RtTimelineKey key = { 0, 0 };

  g_assert_cmpuint (count_rows (network), ==, n);
  for (gboolean more = TRUE; more;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (RtTimelinePage) page = NULL;
      g_autoptr (GError) error = NULL;

      rt_timeline_source_load_async (rt_network_get_timeline (network), RT_TIMELINE_AFTER, &key, 1000, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      page = rt_timeline_source_load_finish (rt_network_get_timeline (network), result, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < page->items->len; i++)
        {
          guint number = (guint) g_ascii_strtoull (rt_message_item_get_text (page->items->pdata[i]) + strlen ("message "), NULL, 10);

          g_assert_cmpuint (number, <, n);
          g_assert_cmpuint (seen[number], ==, 0);
          seen[number] = 1;
          n_seen++;
          rt_timeline_item_get_key (page->items->pdata[i], &key);
        }
      more = page->has_after;
    }
  g_assert_cmpuint (n_seen, ==, n);
}

static void
test_flood (void)
{
  gboolean deep = g_getenv ("MODEL_DEEP") != NULL;
  guint seconds = deep ? 10 : 1;
  GPollFunc poll = g_main_context_get_poll_func (NULL);
  gsize before, after;
  gint64 took;

  person_init (&ada);
  rt_networks_set_user_name (ada.networks, "Ada");
  network = person_join (&ada, "flood", NULL);
  g_signal_connect (network, "message-added", G_CALLBACK (added_cb), NULL);
  make_messages (RATE * seconds);
  before = get_memory ();
  g_main_context_set_poll_func (NULL, timed_poll);
  begun = g_get_monotonic_time ();
  rt_timer_add (TURN_MILLISECONDS, "flood", speak_cb, NULL);
  rt_wait_until (next_message == messages->len);
  took = g_get_monotonic_time () - begun;
  flush ();
  g_main_context_set_poll_func (NULL, poll);
  after = get_memory ();
  g_test_message ("%u messages in %.2f s: longest turn %.1f ms, %u over 16 ms, %.1f us a message; %" G_GSIZE_FORMAT " KiB before, %" G_GSIZE_FORMAT " after", messages->len,
                  (double) took / G_USEC_PER_SEC, (double) longest / 1000, n_long, (double) spent / messages->len, before, after);
  g_assert_cmpuint (n_added, ==, messages->len);
  g_assert_cmpuint (rt_network_get_unread (network), ==, messages->len);
  g_assert_cmpuint (rt_network_get_unread_important (network), ==, messages->len);
  /* what is held is what is looked at, and the newest */
  g_assert_cmpuint (rt_store_timeline_get_n_held (RT_STORE_TIMELINE (rt_network_get_timeline (network))), <, RT_STORE_TIMELINE_NEWEST + 100);
  g_assert_cmpint (longest, <, deep ? MAX_TURN : 10 * MAX_TURN);
  /* the store's own caches are in it */
  g_assert_cmpuint (after, <, before + 48 * 1024);
  check_all ();
  person_end (&ada);

  person_begin (&ada);
  network = person_get (&ada, 0);
  rt_wait_until (rt_network_get_chat_loaded (network));
  g_assert_cmpuint (rt_network_get_unread (network), ==, messages->len);
  check_all ();
  person_clear (&ada);
  g_ptr_array_unref (messages);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/network-flood/kept", test_flood);
  return g_test_run ();
}
