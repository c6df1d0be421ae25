/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ways through long histories: twenty networks, two of which have 3,000 messages each (a million each with CHAT_DEEP=1). The start of the program, from one network to another, to a date, to what was
 * not read, to the very first message, and searching with the window open. What each takes is measured against the same where there is nothing, or in the processor's time.
 */
#include "config.h"

#include <time.h>

#include "app/chat/rt-message-row.h"
#include "history-fixture.h"
#include "model/timeline/rt-search.h"
#include "../support/test-slowness.h"

#define N_NETWORKS 20u
#define OPEN_RATIO 1.3
#define MORE_MS 100.0           /* of the processor: a view of rows has to be made, where an empty network has none */
#define WAY_MS 100.0            /* of the processor, of all threads: for any of the ways */
#define SEARCH_MS 100.0
#define ROUNDS 2u

static gboolean
is_deep (void)
{
  return g_getenv ("CHAT_DEEP") != NULL;
}

static guint
get_n (void)
{
  return is_deep () ? 1000000 : 3000;
}

/* What something takes: by the clock, and of the processor's time, of all threads */
typedef struct {
  gint64  begun;
  clock_t worked;
} Watch;

static Watch
watch (void)
{
  return (Watch) { g_get_monotonic_time (), clock () };
}

static double
tell (Watch *self, const char *what)
{
  double worked = (double) (clock () - self->worked) * 1000.0 / CLOCKS_PER_SEC;

  g_test_message ("%s: %.0f ms, %.0f of the processor", what, (double) (g_get_monotonic_time () - self->begun) / 1e3, worked);
  return worked;
}

static gboolean
shows (RtTimeline *timeline, RtTimelineKey *first)
{
  RtTimelineKey last;

  return timeline != NULL && rt_timeline_get_shown (timeline, first, &last);
}

/* What the key would do: bindings are found by their trigger. */
static void
press (GtkWidget *widget, guint keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      guint n = GTK_IS_SHORTCUT_CONTROLLER (controller) ? g_list_model_get_n_items (G_LIST_MODEL (controller)) : 0;

      for (guint j = 0; j < n; j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (!GTK_IS_KEYVAL_TRIGGER (trigger) || gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) != keyval)
            continue;
          gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget, gtk_shortcut_get_arguments (shortcut));
          return;
        }
    }
  g_assert_not_reached ();
}

/* What the message in view begins with: they are numbered. */
static guint
get_number (RtTimeline *timeline, const RtTimelineKey *key)
{
  RtMessageRow *row = RT_MESSAGE_ROW (rt_timeline_get_row (timeline, key));

  return (guint) g_ascii_strtoull (rt_message_item_get_text (rt_message_row_get_item (row)), NULL, 10);
}

/* Until it is painted */
static double
go (Program *program, RtNetwork *network, const char *what)
{
  Watch begun = watch ();
  RtTimelineKey first;
  RtTimeline *timeline;

  rt_window_select (program->window, network, TRUE);
  timeline = program_find_timeline (program, network);
  app_wait_for (rt_timeline_get_empty (timeline) || shows (timeline, &first));
  app_frames (GTK_WIDGET (program->window), 1);
  return tell (&begun, what);
}

/* A bar for what has rows to show, against the same without */
static double
get_bar (double empty)
{
  return MAX (OPEN_RATIO * empty, empty + MORE_MS * test_slowness ());
}

static void
test_start (const char *full, const char *empty)
{
  double with[ROUNDS], without[ROUNDS], with_work[ROUNDS], without_work[ROUNDS];
  Program program;

  for (guint i = 0; i < ROUNDS; i++)
    {
      without[i] = program_open (&program, empty, &without_work[i]);
      program_close (&program);
      with[i] = program_open (&program, full, &with_work[i]);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (program.networks)), ==, N_NETWORKS);
      program_close (&program);
    }
  qsort (with, ROUNDS, sizeof (double), history_compare_doubles);
  qsort (without, ROUNDS, sizeof (double), history_compare_doubles);
  qsort (with_work, ROUNDS, sizeof (double), history_compare_doubles);
  qsort (without_work, ROUNDS, sizeof (double), history_compare_doubles);
  g_test_message ("start with %u networks, two of %u messages: %.0f ms (best %.0f, %.0f of the processor), with none: %.0f ms (best %.0f, %.0f)", N_NETWORKS, get_n (), with[ROUNDS / 2], with[0],
                  with_work[0], without[ROUNDS / 2], without[0], without_work[0]);
  g_assert_cmpfloat (with_work[0], <=, get_bar (without_work[0]));
}

static void
test_switch (Program *program)
{
  g_autoptr (RtNetwork) other = g_list_model_get_item (G_LIST_MODEL (program->networks), 1), empty = g_list_model_get_item (G_LIST_MODEL (program->networks), 2);
  double first_empty = go (program, empty, "to an empty network for the first time"), first = go (program, other, "to another of a long history for the first time");
  double back_empty, back;

  go (program, program->network, "back to the first");
  back = go (program, other, "there again");
  back_empty = go (program, empty, "to the empty one again");
  g_assert_cmpfloat (first, <=, get_bar (first_empty));
  g_assert_cmpfloat (back, <=, get_bar (back_empty));
}

static void
test_ways (Program *program)
{
  g_autoptr (RtNetwork) other = g_list_model_get_item (G_LIST_MODEL (program->networks), 1);
  RtTimelineSource *source = rt_network_get_timeline (other);
  RtTimelineKey first, last, key, unread;
  RtTimeline *timeline;
  guint n = get_n ();
  Watch begun;

  rt_window_select (program->window, other, TRUE);
  timeline = program_find_timeline (program, other);
  app_wait_for (shows (timeline, &first));
  app_frames (GTK_WIDGET (program->window), 30);
  /* to the first that was not read: three quarters were */
  g_assert_true (rt_network_get_first_unread (other, &unread));
  begun = watch ();
  gtk_widget_activate_action (GTK_WIDGET (timeline), "chat.first-unread", NULL);
  app_wait_for (rt_timeline_get_shown (timeline, &first, &last) && rt_timeline_key_compare (&first, &unread) < 0 && rt_timeline_key_compare (&unread, &last) < 0);
  app_frames (GTK_WIDGET (program->window), 1);
  g_assert_cmpfloat (tell (&begun, "to what was not read"), <=, WAY_MS * test_slowness ());
  g_assert_cmpuint (rt_timeline_source_rank_hint (source, &first), <, n / 10 * 8);
  /* to a date, in the middle of it */
  app_frames (GTK_WIDGET (program->window), 30);
  key = (RtTimelineKey) { g_get_real_time () - (gint64) n / 2 * 20 * G_USEC_PER_SEC, G_MININT64 };
  begun = watch ();
  rt_timeline_jump_to_key (timeline, &key, TRUE);
  app_wait_for (shows (timeline, &first) && ABS (first.time - key.time) < G_TIME_SPAN_HOUR);
  app_frames (GTK_WIDGET (program->window), 1);
  g_assert_cmpfloat (tell (&begun, "to a date"), <=, WAY_MS * test_slowness ());
  /* the key Home: to the very first one, whose number is 0 */
  app_frames (GTK_WIDGET (program->window), 30);
  begun = watch ();
  press (GTK_WIDGET (timeline), GDK_KEY_Home);
  app_wait_for (shows (timeline, &first) && get_number (timeline, &first) == 0);
  app_frames (GTK_WIDGET (program->window), 1);
  g_assert_cmpfloat (tell (&begun, "to the very first"), <=, WAY_MS * test_slowness ());
  /* and back to the newest */
  app_frames (GTK_WIDGET (program->window), 30);
  begun = watch ();
  rt_timeline_scroll_to_bottom (timeline);
  app_wait_for (rt_timeline_get_at_bottom (timeline));
  app_frames (GTK_WIDGET (program->window), 1);
  g_assert_cmpfloat (tell (&begun, "to the newest"), <=, WAY_MS * test_slowness ());
}

static void
test_search (Program *program)
{
  static const char * const words[] = { "table", "antenna yesterday", "friends wrote it", "emptiness", "1234", "yes" };
  g_autoptr (RtSearch) search = rt_search_new (program->networks);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *what = g_strdup_printf ("to search all networks for “%s”, %u ms after it was typed", words[i], RT_SEARCH_MILLISECONDS);
      Watch begun = watch ();

      rt_search_set_words (search, words[i]);
      app_wait_for (!rt_search_get_searching (search));
      g_assert_null (rt_search_get_error (search));
      g_assert_cmpfloat (tell (&begun, what), <=, SEARCH_MS * test_slowness ());
      app_frames (GTK_WIDGET (program->window), 2);
    }
}

static void
test_all (void)
{
  guint full_n[N_NETWORKS] = { get_n (), get_n () }, empty_n[N_NETWORKS] = { 0 };
  g_autofree char *full = history_make_folder (N_NETWORKS, full_n), *empty = history_make_folder (N_NETWORKS, empty_n);
  Program program;
  double unused;

  test_start (full, empty);
  program_open (&program, full, &unused);
  app_frames (GTK_WIDGET (program.window), 20);
  test_ways (&program);
  program_close (&program);
  program_open (&program, full, &unused);
  app_frames (GTK_WIDGET (program.window), 20);
  test_switch (&program);
  test_search (&program);
  program_close (&program);
  rt_remove_tree (full);
  rt_remove_tree (empty);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/history-ways/all", test_all);
  return g_test_run ();
}
