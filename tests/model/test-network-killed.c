/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said in a network is there after a crash, and leaves once; where nobody can know that, the person is asked. */
#include <signal.h>
#include <unistd.h>

#include "kept-fixture.h"
#include "model/network/rt-network-talk-private.h"
#include "model/networks/rt-networks-private.h"

/* In a program of its own: says something, and is killed before it wrote down that it has left. */
static int
be_killed (const char *folder, const char *mode)
{
  Person person = { .folder = (char *) folder };
  RtNetwork *network;
  RtMessageItem *item;

  person_begin (&person);
  network = person_get (&person, 0);
  wait_up (network);
  if (g_str_equal (mode, "handed"))
    wait_peers (network, 1);
  item = rt_network_send_text (network, "just once", NULL);
  if (g_str_equal (mode, "handed"))
    wait_handed (item);
  else
    flush (network);
  kill (getpid (), SIGKILL);
  return 1;
}

/* Likewise: makes the network another one, and is killed as soon as that is written down. */
static int
be_killed_elsewhere (const char *folder)
{
  Person person = { .folder = (char *) folder };
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  RtNetwork *network;

  person_begin (&person);
  network = person_get (&person, 0);
  wait_loaded (network);
  wait_up (network);
  config = rt_network_config_copy (rt_network_get_config (network));
  g_object_set (config, "subnet", "elsewhere", NULL);
  rt_network_set_config (network, config);
  /* one after the other: when this was read, that was written */
  rt_store_get_profile_async (person.networks->store, "identities", rt_wait_result_cb, &result);
  rt_wait_result (result);
  kill (getpid (), SIGKILL);
  return 1;
}

static void
run_killed (const char *folder, const char *mode)
{
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *self = g_file_read_link ("/proc/self/exe", &error);

  g_assert_no_error (error);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, self, "--be-killed", folder, mode, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_async (child, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);
}

static void
test_killed (KeptFixture *self, gconstpointer data)
{
  const char *mode = data;
  RtNetwork *a = person_join (&self->ada, "killed", NULL), *b;
  g_autofree char *address = network_dup_address (a);
  gboolean there = g_str_equal (mode, "handed");
  g_autoptr (GBytes) id = NULL;

  person_join (&self->bob, "killed", there ? address : NULL);
  person_end (&self->bob);
  run_killed (self->bob.folder, mode);
  if (there)
    {
      wait_rows (a, 1);
      id = g_bytes_ref (rt_message_item_get_id (row_at (a, 0)));
      /* in another second it would be another message */
      while (g_get_real_time () / G_USEC_PER_SEC <= rt_message_item_get_sent_time (row_at (a, 0)))
        rt_wait_milliseconds (50);
    }

  person_begin (&self->bob);
  b = person_get (&self->bob, 0);
  wait_loaded (b);
  g_assert_cmpuint (count_rows (b), ==, 1);
  g_assert_cmpstr (rt_message_item_get_text (row_at (b, 0)), ==, "just once");
  wait_up (b);
  if (!there)
    g_assert_true (connect_and_wait (b, address, NULL));
  wait_handed (row_at (b, 0));
  wait_handed (rt_network_send_text (b, "afterwards", NULL));
  wait_rows (a, 2);
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 0)), ==, "just once");
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 1)), ==, "afterwards");
  if (there)
    g_assert_true (g_bytes_equal (rt_message_item_get_id (row_at (b, 0)), id));
}

/* Nobody in the other network is told what was said in this one, in the next life, too. */
static void
test_elsewhere (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "here", NULL);
  gint64 said;

  take (network, "22222", P2P_FLAG_BROADCAST, "among us");
  said = rt_message_item_get_sent_time (row_at (network, 0));
  flush (network);
  person_end (&self->ada);
  run_killed (self->ada.folder, "elsewhere");
  person_begin (&self->ada);
  network = person_get (&self->ada, 0);
  wait_loaded (network);
  g_assert_cmpstr (rt_network_config_get_subnet (rt_network_get_config (network)), ==, "elsewhere");
  g_assert_cmpuint (count_rows (network), ==, 1);
  g_assert_cmpint (network->talk->since, >, said);

  /* nor what was said in the second in which it became another one */
  {
    g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (network));
    gint64 before = g_get_real_time () / G_USEC_PER_SEC;

    g_object_set (config, "subnet", "further", NULL);
    rt_network_set_config (network, config);
    g_assert_cmpint (network->talk->since, >, before);
  }
}

/* What was being sent too long ago may have left: the person is asked. So is he of a private one, which nodes do not compare. */
static void
test_unsure (KeptFixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "unsure", NULL);
  const char *own_id = network_get_id (network);
  gint64 second = g_get_real_time () / G_USEC_PER_SEC - 100;
  g_autoptr (P2pMessage) message = make_message (own_id, P2P_FLAG_BROADCAST, second, "an old one");
  g_autofree char *words = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RtStoreMessage) stored = rt_store_message_new ();

      stored->row = rt_store_chat_take_row (rt_network_get_chat (network));
      stored->time = second * G_USEC_PER_SEC;
      stored->flags = RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_OUTBOX | (i == 1 ? RT_STORE_MESSAGE_PRIVATE : 0);
      stored->sender = g_strdup (own_id);
      stored->recipient = i == 1 ? g_strdup ("22222") : NULL;
      stored->text = g_strdup ("an old one");
      stored->delivery = RT_DELIVERY_SENDING;
      stored->sent = i == 0 ? second : 0;
      stored->id = i == 0 ? p2p_message_get_id (message) : NULL;
      stored->body = i == 0 ? p2p_message_dup_body (message) : NULL;
      rt_store_chat_add (rt_network_get_chat (network), stored, TRUE);
    }
  network = begin_again (&self->ada);
  wait_up (network);
  rt_wait_until (rt_message_item_get_delivery (row_at (network, 0)) == RT_DELIVERY_UNSURE);
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 1)), ==, RT_DELIVERY_UNSURE);
  g_object_get (row_at (network, 0), "delivery-text", &words, NULL);
  g_assert_true (g_str_has_prefix (words, "May have been sent"));
  /* it is so after another restart, and can be tried again */
  network = begin_again (&self->ada);
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 0)), ==, RT_DELIVERY_UNSURE);
  rt_network_retry (network, row_at (network, 0));
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 0)), ==, RT_DELIVERY_QUEUED);
  g_assert_null (rt_message_item_get_id (row_at (network, 0)));
}

int
main (int argc, char *argv[])
{
  if (argc == 4 && g_str_equal (argv[1], "--be-killed"))
    return g_str_equal (argv[3], "elsewhere") ? be_killed_elsewhere (argv[2]) : be_killed (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func, data) g_test_add ("/model/network-kept/" name, KeptFixture, data, kept_set_up, func, kept_tear_down)
  ADD ("killed-after-it-left", test_killed, "handed");
  ADD ("killed-while-it-waited", test_killed, "queued");
  ADD ("killed-as-it-became-another", test_elsewhere, NULL);
  ADD ("unsure", test_unsure, NULL);
  return g_test_run ();
}
