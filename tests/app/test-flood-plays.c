/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 5,000 messages a second into the window, whatever the person does meanwhile: follows, reads what was said before, looks for something, has the people pane open, is elsewhere. No turn of the main
 * loop is long, nothing is lost, and the memory stays as it is. A third of a second of each; with FLOOD_DEEP=1 ten seconds, and of the memory two in a row.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "app/chat/rt-people-pane.h"
#include "app/chat/rt-timeline.h"
#include "app/search/rt-search-dialog.h"
#include "flood-fixture.h"
#include "store/rt-store-chat.h"
#include "../support/test-slowness.h"

#define BAR_MS 50.0             /* of the processor's time, for any turn */
#define RATE 5000u
#define SAMPLE_MS 100           /* so often it is looked whether all is as it should be */
#define N_PEOPLE 400u
#define FOLLOWS_MS 400
#define MOST_HELD 1100u          /* messages that the timeline holds */

static const char *flooder_path;

typedef struct _Play Play;

struct _Play {
  AppFixture    fixture;
  Flooder       flooder;
  RtNetwork    *network, *other;
  RtWindow     *window;
  RtTimeline   *timeline;
  RtSearchDialog *search;
  guint         n_answers;
  gint64        asked;          /* monotonic; 0: nothing is looked for */
  double        slowest;        /* answer, ms */
  RtTimelineKey read;           /* what is read, and where it stands */
  double        y;
};

static Play the_play;

typedef struct {
  const char *name, *kind;
  void (*begin) (Play *play);
  void (*look)  (Play *play);   /* now and then while it goes on */
  void (*end)   (Play *play);
} Scene;

/* ---- reads what was said before ---- */

static gboolean
find_y (Play *play, const RtTimelineKey *key, double *y)
{
  GtkWidget *row = rt_timeline_get_row (play->timeline, key);
  graphene_rect_t bounds;

  if (row == NULL || !gtk_widget_compute_bounds (row, GTK_WIDGET (play->timeline), &bounds))
    return FALSE;
  *y = bounds.origin.y;
  return TRUE;
}

static void
begin_reading (Play *play)
{
  GtkAdjustment *adjustment;
  RtTimelineKey last;

  flooder_say (&play->flooder, "mixed", 1000, 200);
  app_wait_for (rt_store_chat_count (rt_network_get_chat (play->network)) >= 200);
  app_frames (GTK_WIDGET (play->window), 10);
  g_object_get (play->timeline, "vadjustment", &adjustment, NULL);
  for (guint i = 0; i < 10; i++)
    {
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 200);
      app_frames (GTK_WIDGET (play->window), 1);
    }
  g_object_unref (adjustment);
  app_frames (GTK_WIDGET (play->window), 30);
  g_assert_false (rt_timeline_get_at_bottom (play->timeline));
  g_assert_true (rt_timeline_get_shown (play->timeline, &play->read, &last));
  g_assert_true (find_y (play, &play->read, &play->y));
}

static void
look_reading (Play *play)
{
  double y;

  g_assert_true (find_y (play, &play->read, &y));
  g_assert_cmpfloat (fabs (y - play->y), <, 0.5);
}

static void
end_reading (Play *play)
{
  look_reading (play);
  g_assert_cmpuint (rt_timeline_get_new_below (play->timeline), >, 0);
  rt_timeline_scroll_to_bottom (play->timeline);
  app_wait_for (rt_timeline_get_at_bottom (play->timeline));
}

/* ---- looks for something ---- */

static void
searching_cb (RtSearch *search, GParamSpec *pspec, Play *play)
{
  if (rt_search_get_searching (search) || play->asked == 0)
    return;
  play->n_answers++;
  play->slowest = MAX (play->slowest, (double) (g_get_monotonic_time () - play->asked) / 1e3 - RT_SEARCH_MILLISECONDS);
  play->asked = 0;
}

static void
begin_search (Play *play)
{
  play->search = rt_search_dialog_new (GTK_WINDOW (play->window), play->fixture.networks);
  g_signal_connect (rt_search_dialog_get_search (play->search), "notify::searching", G_CALLBACK (searching_cb), play);
  gtk_window_present (GTK_WINDOW (play->search));
  app_frames (GTK_WIDGET (play->search), 10);
}

static void
look_search (Play *play)
{
  static const char * const words[] = { "table", "antenna", "yes", "friends wrote", "emptiness" };
  RtSearch *search = rt_search_dialog_get_search (play->search);

  if (rt_search_get_searching (search))
    return;
  play->asked = g_get_monotonic_time ();
  rt_search_set_words (search, words[play->n_answers % G_N_ELEMENTS (words)]);
}

static void
end_search (Play *play)
{
  app_wait_for (play->n_answers >= 1);
  g_test_message ("%u searches were answered meanwhile, the slowest within %.0f ms by the clock", play->n_answers, play->slowest);
  gtk_window_destroy (GTK_WINDOW (play->search));
}

/* ---- looks who is there ---- */

static void
begin_people (Play *play)
{
  RtPeople *people = rt_network_get_people (play->network);

  for (guint i = 0; i < N_PEOPLE; i++)
    {
      g_autofree char *id = g_strdup_printf ("Person%uWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJ", i);
      g_autofree char *name = g_strdup_printf ("Person %u", i);

      rt_people_note_name (people, id, name, g_get_real_time ());
    }
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (people)) >= N_PEOPLE);
  gtk_widget_activate_action (GTK_WIDGET (play->timeline), "chat.people", NULL);
  app_frames (GTK_WIDGET (play->window), 20);
}

static void
look_people (Play *play)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("Newcomer%uWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJ", n++);

  rt_people_note_name (rt_network_get_people (play->network), id, "Somebody new", g_get_real_time ());
}

static void
end_people (Play *play)
{
  gtk_popover_popdown (GTK_POPOVER (app_find (GTK_WIDGET (play->window), RT_TYPE_PEOPLE_PANE, NULL)));
  app_frames (GTK_WIDGET (play->window), 5);
}

/* ---- is elsewhere ---- */

static void
begin_elsewhere (Play *play)
{
  rt_window_select (play->window, play->other, TRUE);
  app_frames (GTK_WIDGET (play->window), 20);
}

/* What nobody looks at is not gathered to be looked at. */
static void
check_held (Play *play)
{
  RtTimelineStats stats;

  rt_timeline_get_stats (play->timeline, &stats);
  g_assert_cmpuint (stats.items_held, <=, MOST_HELD);
}

static void
end_elsewhere (Play *play)
{
  check_held (play);
  g_assert_cmpuint (rt_network_get_unread (play->network), >, 0);
  rt_window_select (play->window, play->network, TRUE);
}

static void
begin_hidden (Play *play)
{
  gtk_widget_set_visible (GTK_WIDGET (play->window), FALSE);
}

static void
end_hidden (Play *play)
{
  check_held (play);
  gtk_window_present (GTK_WINDOW (play->window));
  app_frames (GTK_WIDGET (play->window), 10);
}

/* ---- the same window for all of them ---- */

static void
begin_play (Play *play)
{
  app_fixture_set_up (&play->fixture, "Ada");
  play->network = app_fixture_add (&play->fixture, "club");
  play->other = app_fixture_add (&play->fixture, "attic");
  play->window = rt_window_new (play->fixture.app, play->fixture.networks);
  gtk_window_set_default_size (GTK_WINDOW (play->window), 1024, 768);
  gtk_window_present (GTK_WINDOW (play->window));
  rt_window_select (play->window, play->network, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (play->window), "win.show-page", "s", "chat");
  app_wait_for (rt_network_get_chat_loaded (play->network));
  play->timeline = RT_TIMELINE (app_find (GTK_WIDGET (play->window), RT_TYPE_TIMELINE, NULL));
  flooder_start (&play->flooder, flooder_path, play->network);
  app_frames (GTK_WIDGET (play->window), 10);
  app_settle ();
}

static void
end_play (Play *play)
{
  flooder_stop (&play->flooder);
  app_fixture_tear_down (&play->fixture);
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* One flood; the longest turn */
static double
run (Play *play, const Scene *scene, guint milliseconds)
{
  RtStoreChat *chat = rt_network_get_chat (play->network);
  guint n = RATE * milliseconds / 1000;
  guint64 expected = rt_store_chat_count (chat) + n;
  gint64 next = 0, end = 0, now;
  guint waker = g_timeout_add (SAMPLE_MS, wake_cb, NULL);
  double most;
  Turns turns;

  turns_begin (&turns);
  flooder_say (&play->flooder, scene->kind, RATE, milliseconds);
  /* what follows of it belongs to it */
  for (now = turns.begun; now - turns.begun < 300 * G_USEC_PER_SEC && (end == 0 || now < end); now = g_get_monotonic_time ())
    {
      g_main_context_iteration (NULL, TRUE);
      if (end == 0 && rt_store_chat_count (chat) >= expected)
        end = now + FOLLOWS_MS * 1000;
      if (now < next || scene->look == NULL)
        continue;
      scene->look (play);
      next = now + SAMPLE_MS * 1000;
    }
  turns_end (&turns);
  g_source_remove (waker);
  g_assert_cmpuint (rt_store_chat_count (chat), ==, expected);
  most = turns_most (&turns);
  turns_tell (&turns, scene->name, n);
  return most;
}

static gboolean
is_deep (void)
{
  return g_getenv ("FLOOD_DEEP") != NULL;
}

static void
test_scene (gconstpointer data)
{
  const Scene *scene = data;
  double most;

  if (scene->begin != NULL)
    scene->begin (&the_play);
  most = run (&the_play, scene, is_deep () ? 10000 : 300);
  if (scene->end != NULL)
    scene->end (&the_play);
  app_picture (GTK_WIDGET (the_play.window), scene->name);
  g_assert_cmpfloat (most, <, BAR_MS * test_slowness ());
}

static const Scene scenes[] = {
  { "plain", "plain", NULL, NULL, NULL },
  { "mixed", "mixed", NULL, NULL, NULL },
  { "private", "private", NULL, NULL, NULL },
  { "reads", "mixed", begin_reading, look_reading, end_reading },
  { "search", "mixed", begin_search, look_search, end_search },
  { "people", "mixed", begin_people, look_people, end_people },
  { "elsewhere", "mixed", begin_elsewhere, NULL, end_elsewhere },
  { "elsewhere-private", "private", begin_elsewhere, NULL, end_elsewhere },
  { "hidden", "mixed", begin_hidden, NULL, end_hidden },
};

/* What a second flood adds to the memory: nothing grows with what was said. */
static void
test_memory (void)
{
  gsize before, once, twice;

  if (!is_deep ())
    {
      g_test_skip ("only with FLOOD_DEEP=1");
      return;
    }
  before = flood_get_resident ();
  run (&the_play, &scenes[1], 10000);
  once = flood_get_resident ();
  run (&the_play, &scenes[1], 10000);
  twice = flood_get_resident ();
  g_test_message ("%.1f MiB before, %.1f after a flood, %.1f after another", (double) before / 1048576, (double) once / 1048576, (double) twice / 1048576);
  g_assert_cmpfloat ((double) twice, <, (double) once * 1.05 + 4 * 1048576.0);
}

/* Each has a number of its own: none is missing, and none is there twice. */
static void
test_kept (void)
{
  RtTimelineSource *source = rt_network_get_timeline (the_play.network);
  guint n = (guint) rt_store_chat_count (rt_network_get_chat (the_play.network)), n_seen = 0;
  g_autofree guint8 *seen = g_new0 (guint8, n);
  RtTimelineKey key = { 0, 0 };

  for (gboolean more = TRUE; more;)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (RtTimelinePage) page = NULL;
      g_autoptr (GError) error = NULL;

      rt_timeline_source_load_async (source, RT_TIMELINE_AFTER, &key, 1000, NULL, rt_wait_result_cb, &result);
      rt_wait_result (result);
      page = rt_timeline_source_load_finish (source, result, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < page->items->len; i++)
        {
          RtMessageItem *item = page->items->pdata[i];
          guint number = (guint) g_ascii_strtoull (rt_message_item_get_text (item), NULL, 10);

          g_assert_cmpuint (number, <, n);
          g_assert_cmpuint (seen[number]++, ==, 0);
          n_seen++;
          rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
        }
      more = page->has_after;
    }
  g_assert_cmpuint (n_seen, ==, n);
  g_test_message ("%u messages are there, each once", n);
}

int
main (int argc, char **argv)
{
  int status;

  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_assert_cmpint (argc, >, 1);
  flooder_path = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autofree char *path = g_strconcat ("/flood-plays/", scenes[i].name, NULL);

      g_test_add_data_func (path, &scenes[i], test_scene);
    }
  g_test_add_func ("/flood-plays/memory", test_memory);
  g_test_add_func ("/flood-plays/kept", test_kept);
  begin_play (&the_play);
  status = g_test_run ();
  end_play (&the_play);
  return status;
}
