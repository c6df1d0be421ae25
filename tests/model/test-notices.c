/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "network-test.h"
#include <string.h>
#include "model/timeline/rt-catch-up.h"
#include "model/timeline/rt-notices.h"

/* Ada hears what Ben says; what she is told of is written down. */
typedef struct {
  Person     ada, ben;
  RtNetwork *a, *b;
  RtNotices *notices;
  RtNotice  *last;
  guint      n_shown, n_withdrawn;
} Fixture;

static void
show_cb (Fixture *self, const RtNotice *notice)
{
  g_clear_pointer (&self->last, rt_notice_free);
  self->last = rt_notice_copy (notice);
  self->n_shown++;
}

static void
withdraw_cb (Fixture *self, const char *uuid)
{
  g_assert_cmpstr (uuid, ==, rt_network_config_get_uuid (rt_network_get_config (self->a)));
  self->n_withdrawn++;
}

static void
set_up (Fixture *self)
{
  g_autofree char *address = NULL;

  *self = (Fixture) { 0 };
  person_init (&self->ada);
  person_init (&self->ben);
  rt_networks_set_user_name (self->ada.networks, "Ada");
  rt_networks_set_user_name (self->ben.networks, "Ben");
  self->notices = rt_notices_new (G_LIST_MODEL (self->ada.networks));
  g_signal_connect_swapped (self->notices, "show", G_CALLBACK (show_cb), self);
  g_signal_connect_swapped (self->notices, "withdraw", G_CALLBACK (withdraw_cb), self);
  self->a = person_join (&self->ada, "club", NULL);
  address = network_dup_address (self->a);
  self->b = person_join (&self->ben, "club", address);
  wait_peers (self->a, 1);
  wait_peers (self->b, 1);
}

static void
tear_down (Fixture *self)
{
  g_assert_finalize_object (self->notices);
  g_clear_pointer (&self->last, rt_notice_free);
  person_clear (&self->ben);
  person_clear (&self->ada);
}

static void
say (Fixture *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  rt_network_send_text (self->b, text, &error);
  g_assert_no_error (error);
}

static guint
count_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  return g_strv_length (lines);
}

/* One notice a network: it grows, the private one is on top and is where a click leads, and it goes when everything was read. */
static void
test_grows_and_goes (void)
{
  Fixture self;
  g_autoptr (GError) error = NULL;
  RtTimelineKey key;

  set_up (&self);
  say (&self, "first");
  rt_wait_until (self.n_shown == 1);
  g_assert_cmpstr (self.last->title, ==, "club");
  g_assert_nonnull (strstr (self.last->body, "first"));
  g_assert_false (self.last->important);
  key = self.last->key;

  say (&self, "second");
  rt_wait_until (self.n_shown == 2);
  g_assert_cmpuint (count_lines (self.last->body), ==, 2);
  g_assert_true (self.last->quiet);
  g_assert_cmpint (rt_timeline_key_compare (&self.last->key, &key), ==, 0);

  rt_network_whisper_text (self.b, network_get_id (self.a), "for you", &error);
  g_assert_no_error (error);
  rt_wait_until (self.n_shown == 3);
  g_assert_true (self.last->important);
  g_assert_false (self.last->quiet);
  g_assert_cmpint (rt_timeline_key_compare (&self.last->key, &key), !=, 0);
  g_assert_cmpuint (count_lines (self.last->body), ==, 3);
  g_assert_true (strstr (self.last->body, "for you") < strchr (self.last->body, '\n'));

  rt_network_mark_read (self.a);
  rt_wait_until (self.n_withdrawn == 1);
  /* And begins anew. */
  say (&self, "third");
  rt_wait_until (self.n_shown == 4);
  g_assert_cmpuint (count_lines (self.last->body), ==, 1);
  g_assert_false (self.last->important);
  tear_down (&self);
}

/* A name that somebody else has, too, does not go without the id. */
static void
test_impostor (void)
{
  Fixture self;
  g_autofree char *short_id = NULL, *line = NULL;

  set_up (&self);
  short_id = rt_short_id (network_get_id (self.b));
  line = g_strdup_printf ("Ben (%s): hello", short_id);
  rt_wait_until (rt_people_find (rt_network_get_people (self.a), network_get_id (self.b)) != NULL
                 && g_strcmp0 (rt_person_get_name (rt_people_find (rt_network_get_people (self.a), network_get_id (self.b))), "Ben") == 0);
  rt_people_note_name (rt_network_get_people (self.a), "evilevilevil", "Ben", g_get_real_time ());
  say (&self, "hello");
  rt_wait_until (self.n_shown == 1);
  g_assert_cmpstr (self.last->body, ==, line);
  tear_down (&self);
}

/* Many at once are one notice of a few lines. */
static void
test_flood (void)
{
  Fixture self;
  gint64 begun;

  set_up (&self);
  begun = g_get_monotonic_time ();
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u\nwith a second line", i);

      say (&self, text);
    }
  wait_rows (self.a, 200);
  rt_wait_until (self.last != NULL && strstr (self.last->body, "196") != NULL);
  g_assert_cmpuint (count_lines (self.last->body), ==, RT_NOTICE_LINES + 1);
  g_assert_nonnull (strstr (self.last->body, "message 199 with a second line"));
  /* one in 300 ms, however long all of it took; two hundred would be one each */
  g_assert_cmpuint (self.n_shown, <=, (g_get_monotonic_time () - begun) / (RT_NOTICE_MILLISECONDS * G_TIME_SPAN_MILLISECOND) + 2);
  tear_down (&self);
}

static gboolean
later_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Past the time in which a notice would have come. */
static void
let_pass (void)
{
  gboolean over = FALSE;

  g_timeout_add (2 * RT_NOTICE_MILLISECONDS, later_cb, &over);
  rt_wait_until (over);
}

static void
test_silent (void)
{
  Fixture self;

  set_up (&self);
  /* before the eyes */
  rt_network_set_active (self.a, TRUE);
  say (&self, "seen");
  wait_rows (self.a, 1);
  let_pass ();
  /* or below what is: he is told by the page */
  rt_network_set_following (self.a, FALSE);
  say (&self, "below");
  wait_rows (self.a, 2);
  let_pass ();
  g_assert_cmpuint (rt_network_get_unread (self.a), ==, 1);
  g_assert_cmpuint (self.n_shown, ==, 0);
  rt_network_set_following (self.a, TRUE);
  rt_network_set_active (self.a, FALSE);

  rt_network_set_muted (self.a, TRUE);
  say (&self, "unheard");
  wait_rows (self.a, 3);
  let_pass ();
  g_assert_cmpuint (self.n_shown, ==, 0);

  /* what was said while it was muted is not told of later */
  rt_network_set_muted (self.a, FALSE);
  say (&self, "heard");
  rt_wait_until (self.n_shown == 1);
  g_assert_cmpuint (count_lines (self.last->body), ==, 1);

  /* muted while it is shown */
  rt_network_set_muted (self.a, TRUE);
  rt_wait_until (self.n_withdrawn == 1);
  rt_network_set_muted (self.a, FALSE);

  /* own ones */
  g_assert_nonnull (rt_network_send_text (self.a, "mine", NULL));
  let_pass ();
  g_assert_cmpuint (self.n_shown, ==, 1);

  /* a network that is left takes its notice along */
  say (&self, "last");
  rt_wait_until (self.n_shown == 2);
  self.a = g_object_ref (self.a);
  rt_networks_remove (self.ada.networks, self.a);
  rt_wait_until (self.n_withdrawn == 2);
  g_clear_object (&self.a);
  tear_down (&self);
}

/* A round of catching up is one line, with how many. */
static void
test_caught_up (void)
{
  Fixture self;
  RtCatchUpResult result = { .n_messages = 42, .n_keys = 17, .n_conflicts = 2, .n_important = 1, .first = { 5, 6 }, .last = { 7, 8 }, .n_tellers = 1, .complete = TRUE };
  g_autoptr (RtCatchUp) round = rt_catch_up_new (&result);

  set_up (&self);
  say (&self, "now");
  rt_wait_until (self.n_shown == 1);
  g_signal_emit_by_name (self.a, "caught-up", round);
  rt_wait_until (self.n_shown == 2);
  g_assert_cmpuint (count_lines (self.last->body), ==, 2);
  g_assert_nonnull (strstr (self.last->body, "42 messages were said while you were away, 17 keys changed, 2 conflicts"));
  g_assert_true (self.last->important);
  tear_down (&self);
}

/* What the peers of the demonstration say is there to be read, and calls nobody away from his work. */
static void
test_demo (void)
{
  Fixture self;
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "demo", TRUE, "subnet", "Demo", "encryption", P2P_ENCRYPTION_PLAINTEXT,
                                                     "listen-host", "127.0.0.1", "max-outgoing", 0u, NULL);
  g_autoptr (RtNetworkConfig) theirs = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  RtNetwork *demo, *other;

  set_up (&self);
  demo = rt_networks_add (self.ada.networks, config, &error);
  g_assert_no_error (error);
  wait_up (demo);
  address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (demo)));
  theirs = make_config ("Demo", address);
  other = rt_networks_add (self.ben.networks, theirs, &error);
  g_assert_no_error (error);
  wait_peers (demo, 1);
  g_assert_nonnull (rt_network_send_text (other, "look at me", NULL));
  rt_wait_until (rt_network_get_unread (demo) == 1);
  let_pass ();
  g_assert_cmpuint (self.n_shown, ==, 0);
  /* others do, all the while */
  say (&self, "tea is ready");
  rt_wait_until (self.n_shown == 1);
  g_assert_nonnull (strstr (self.last->body, "tea is ready"));
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notices/grows-and-goes", test_grows_and_goes);
  g_test_add_func ("/notices/flood", test_flood);
  g_test_add_func ("/notices/impostor", test_impostor);
  g_test_add_func ("/notices/silent", test_silent);
  g_test_add_func ("/notices/caught-up", test_caught_up);
  g_test_add_func ("/notices/demo", test_demo);
  return g_test_run ();
}
