/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <string.h>

#include "app/chat/rt-chat-page.h"
#include "app/chat/rt-composer.h"
#include "app/chat/rt-message-row.h"
#include "fake-network.h"
#include "timeline-fixture.h"
#include "../support/test-slowness.h"

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"

typedef struct {
  Fixture     f;                /* its window and timeline; no source of tests */
  RtNetwork  *network;
  RtChatPage *page;
  RtComposer *composer;
} PageFixture;

static GtkWidget *
part (PageFixture *p, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (p->page), RT_TYPE_CHAT_PAGE, name));
}

static gboolean
shows (PageFixture *p, const char *name)
{
  return gtk_widget_get_visible (part (p, name));
}

static void
frames (PageFixture *p, guint n)
{
  while (n-- > 0)
    fixture_frame (&p->f);
}

static void
set_up (PageFixture *p, gconstpointer n_messages)
{
  gint64 now = g_get_real_time ();

  p->network = fake_network_new ("mesh");
  for (int i = GPOINTER_TO_INT (n_messages); i > 0; i--)
    {
      g_autofree char *text = g_strdup_printf ("Message %d%s", i, i % 7 == 0 ? " of those that are so long that they do not fit into a single line of it" : "");

      if (i % 4 == 1)
        fake_network_deliver (p->network, fake_network_say (p->network, now - i * G_TIME_SPAN_MINUTE, NULL, text), RT_DELIVERY_HANDED, 1, NULL);
      else
        fake_network_hear_text (p->network, ADA, now - i * G_TIME_SPAN_MINUTE, text);
    }
  p->page = RT_CHAT_PAGE (rt_chat_page_new ());
  p->f.window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (p->f.window), 500, 600);
  gtk_window_set_child (GTK_WINDOW (p->f.window), GTK_WIDGET (p->page));
  rt_chat_page_set_network (p->page, p->network);
  g_assert_true (rt_chat_page_get_network (p->page) == p->network);
  gtk_window_present (GTK_WINDOW (p->f.window));
  p->f.timeline = RT_TIMELINE (part (p, "timeline"));
  p->composer = RT_COMPOSER (part (p, "composer"));
  frames (p, 3);
}

static void
tear_down (PageFixture *p, gconstpointer unused)
{
  g_object_ref (p->page);
  gtk_window_destroy (GTK_WINDOW (p->f.window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (p->page);
  g_assert_finalize_object (p->network);
}

static void
assert_calls (PageFixture *p, const char *expected)
{
  g_autofree char *calls = fake_network_steal_calls (p->network);

  g_assert_cmpstr (calls, ==, expected);
}

static void
assert_text (PageFixture *p, const char *expected)
{
  g_autofree char *text = rt_composer_dup_text (p->composer);

  g_assert_cmpstr (text, ==, expected);
}

/* What the key would do in the text: TRUE when the composer keeps it for itself */
static gboolean
press (PageFixture *p, guint keyval, GdkModifierType state)
{
  GtkWidget *view = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (p->composer), RT_TYPE_COMPOSER, "view"));
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (view);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean kept = FALSE;

      if (!GTK_IS_EVENT_CONTROLLER_KEY (controller) || gtk_event_controller_get_propagation_phase (controller) != GTK_PHASE_CAPTURE)
        continue;
      g_signal_emit_by_name (controller, "key-pressed", keyval, 0, state, &kept);
      return kept;
    }
  g_assert_not_reached ();
}

static RtMessageRow *
newest_row (PageFixture *p)
{
  GListModel *items = G_LIST_MODEL (rt_network_get_timeline (p->network));
  g_autoptr (RtTimelineItem) item = g_list_model_get_item (items, g_list_model_get_n_items (items) - 1);
  RtTimelineKey key;

  rt_timeline_item_get_key (item, &key);
  return RT_MESSAGE_ROW (rt_timeline_get_row (p->f.timeline, &key));
}

static void
test_empty (PageFixture *p, gconstpointer unused)
{
  GtkStack *stack = GTK_STACK (part (p, "stack"));
  AdwStatusPage *empty = ADW_STATUS_PAGE (part (p, "empty_page"));

  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "empty");
  g_assert_nonnull (strstr (adw_status_page_get_description (empty), "everybody in this network"));
  fake_network_set_n_peers (p->network, 0);
  g_assert_nonnull (strstr (adw_status_page_get_description (empty), "Peers"));
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "Hello");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "messages");
  frames (p, 3);
  g_assert_nonnull (newest_row (p));
  g_assert_false (shows (p, "jump_button"));
}

static void
test_send (PageFixture *p, gconstpointer unused)
{
  RtMessageRow *row;

  rt_composer_set_text (p->composer, "Hello, everybody\nand more");
  g_assert_true (press (p, GDK_KEY_Return, 0));
  assert_calls (p, "send Hello, everybody\nand more\n");
  assert_text (p, "");
  frames (p, 3);
  row = newest_row (p);
  g_assert_nonnull (row);
  g_assert_cmpstr (rt_message_item_get_text (rt_message_row_get_item (row)), ==, "Hello, everybody\nand more");
  /* a line break is the text view's business, as are other keys */
  rt_composer_set_text (p->composer, "x");
  g_assert_false (press (p, GDK_KEY_Return, GDK_SHIFT_MASK));
  g_assert_false (press (p, GDK_KEY_Tab, 0));
  assert_calls (p, "");
  g_assert_true (press (p, GDK_KEY_KP_Enter, 0));
  assert_calls (p, "send x\n");
}

static void
test_blank (PageFixture *p, gconstpointer unused)
{
  rt_composer_set_text (p->composer, " \n\t ");
  g_assert_true (press (p, GDK_KEY_Return, 0));
  assert_calls (p, "");
  assert_text (p, " \n\t ");
}

static void
test_too_long (PageFixture *p, gconstpointer unused)
{
  g_autofree char *most = g_strnfill (RT_MESSAGE_MAX_TEXT, 'x');
  g_autofree char *more = g_strconcat (most, "ü", NULL);
  g_autofree char *expected = g_strconcat ("send ", most, "\n", NULL);

  rt_composer_set_text (p->composer, more);
  g_assert_nonnull (strstr (rt_composer_get_hint (p->composer), "too long by 2 bytes"));
  g_assert_true (press (p, GDK_KEY_Return, 0));
  assert_calls (p, "");
  /* nothing is lost */
  assert_text (p, more);
  rt_composer_set_text (p->composer, most);
  g_assert_null (rt_composer_get_hint (p->composer));
  g_assert_true (press (p, GDK_KEY_Return, 0));
  assert_calls (p, expected);
}

static void
test_failure (PageFixture *p, gconstpointer unused)
{
  fake_network_fail_next (p->network, "The sky is falling");
  rt_composer_set_text (p->composer, "Hello");
  press (p, GDK_KEY_Return, 0);
  g_assert_cmpstr (rt_composer_get_hint (p->composer), ==, "The sky is falling");
  assert_text (p, "Hello");
  rt_composer_set_text (p->composer, "Hello again");
  g_assert_null (rt_composer_get_hint (p->composer));
  press (p, GDK_KEY_Return, 0);
  assert_calls (p, "send Hello\nsend Hello again\n");
  assert_text (p, "");
}

static void
test_off (PageFixture *p, gconstpointer unused)
{
  rt_composer_set_text (p->composer, "Hello");
  fake_network_set_state (p->network, RT_NETWORK_FAILED, "port 4444 is taken");
  g_assert_nonnull (strstr (rt_composer_get_hint (p->composer), "port 4444 is taken"));
  press (p, GDK_KEY_Return, 0);
  fake_network_set_state (p->network, RT_NETWORK_STOPPED, NULL);
  g_assert_nonnull (strstr (rt_composer_get_hint (p->composer), "off"));
  press (p, GDK_KEY_Return, 0);
  fake_network_set_state (p->network, RT_NETWORK_STARTING, NULL);
  press (p, GDK_KEY_Return, 0);
  assert_calls (p, "");
  assert_text (p, "Hello");
  /* with nobody there one may still write */
  fake_network_set_state (p->network, RT_NETWORK_LOOKING, NULL);
  g_assert_null (rt_composer_get_hint (p->composer));
  press (p, GDK_KEY_Return, 0);
  assert_calls (p, "send Hello\n");
}

static void
test_reply (PageFixture *p, gconstpointer unused)
{
  RtMessageRow *row;
  g_autofree char *placeholder = NULL;

  fake_network_hear_text (p->network, ADA, g_get_real_time (), "Who knows\nthe <b>answer</b>?");
  frames (p, 3);
  row = newest_row (p);
  g_assert_false (shows (p, "reply_bar"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (row), "message.reply", NULL));
  g_assert_true (shows (p, "reply_bar"));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (part (p, "reply_label"))), ==, "Private reply to Ad4x…Te9Q");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (part (p, "preview_label"))), ==, "Who knows the <b>answer</b>?");
  g_assert_false (gtk_label_get_use_markup (GTK_LABEL (part (p, "preview_label"))));
  g_object_get (p->composer, "placeholder", &placeholder, NULL);
  g_assert_cmpstr (placeholder, ==, "Write to Ad4x…Te9Q only");
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (p->f.window))));
  rt_composer_set_text (p->composer, "I do");
  press (p, GDK_KEY_Return, 0);
  assert_calls (p, "whisper " ADA " I do\n");
  /* the next one is for everybody again */
  g_assert_false (shows (p, "reply_bar"));
  rt_composer_set_text (p->composer, "Anyone else?");
  press (p, GDK_KEY_Return, 0);
  assert_calls (p, "send Anyone else?\n");
}

static void
test_reply_failure (PageFixture *p, gconstpointer unused)
{
  rt_chat_page_start_whisper (p->page, ADA);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (part (p, "reply_label"))), ==, "Private message to Ad4x…Te9Q");
  g_assert_false (shows (p, "preview_label"));
  fake_network_fail_next (p->network, "Not today");
  rt_composer_set_text (p->composer, "Secret");
  press (p, GDK_KEY_Return, 0);
  /* what was meant for one must not go to everybody afterwards */
  g_assert_true (shows (p, "reply_bar"));
  assert_text (p, "Secret");
  press (p, GDK_KEY_Return, 0);
  assert_calls (p, "whisper " ADA " Secret\nwhisper " ADA " Secret\n");
}

static void
test_cancel_reply (PageFixture *p, gconstpointer unused)
{
  rt_chat_page_start_whisper (p->page, ADA);
  rt_composer_set_text (p->composer, "Text stays");
  g_assert_true (shows (p, "reply_bar"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "chat.cancel-reply", NULL));
  g_assert_false (shows (p, "reply_bar"));
  assert_text (p, "Text stays");
  press (p, GDK_KEY_Return, 0);
  assert_calls (p, "send Text stays\n");
}

static void
test_retry (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *item = fake_network_say (p->network, g_get_real_time (), NULL, "Lost");
  RtMessageRow *row;

  fake_network_deliver (p->network, item, RT_DELIVERY_NOBODY, 0, NULL);
  frames (p, 3);
  row = newest_row (p);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (row), "message.retry", NULL));
  assert_calls (p, "retry Lost\n");
  /* the row tells it without being asked */
  {
    GtkLabel *label = GTK_LABEL (gtk_widget_get_template_child (GTK_WIDGET (row), RT_TYPE_MESSAGE_ROW, "state_label"));

    g_assert_cmpstr (gtk_label_get_label (label), ==, "Sending…");
  }
}

static void
test_jump (PageFixture *p, gconstpointer unused)
{
  GtkAdjustment *adjustment;

  g_object_get (p->f.timeline, "vadjustment", &adjustment, NULL);
  g_assert_true (rt_timeline_get_at_bottom (p->f.timeline));
  g_assert_false (shows (p, "jump_button"));
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 700);
  frames (p, 3);
  g_assert_true (shows (p, "jump_button"));
  g_assert_false (shows (p, "jump_label"));
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "One");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (part (p, "jump_label"))), ==, "1 new message");
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "Two");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (part (p, "jump_label"))), ==, "2 new messages");
  g_assert_true (shows (p, "jump_label"));
  g_assert_true (gtk_widget_activate_action (part (p, "jump_button"), "chat.newest", NULL));
  frames (p, 2);
  g_assert_true (rt_timeline_get_at_bottom (p->f.timeline));
  g_assert_false (shows (p, "jump_button"));
  /* an own message brings one down */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 700);
  frames (p, 2);
  rt_composer_set_text (p->composer, "Here");
  press (p, GDK_KEY_Return, 0);
  frames (p, 2);
  g_assert_true (rt_timeline_get_at_bottom (p->f.timeline));
  g_object_unref (adjustment);
}

static void
test_networks (PageFixture *p, gconstpointer unused)
{
  RtNetwork *other = fake_network_new ("other");

  rt_chat_page_start_whisper (p->page, ADA);
  rt_composer_set_text (p->composer, "For the first one");
  rt_chat_page_set_network (p->page, other);
  assert_text (p, "");
  g_assert_false (shows (p, "reply_bar"));
  rt_composer_set_text (p->composer, "For the other");
  rt_chat_page_set_network (p->page, p->network);
  assert_text (p, "For the first one");
  rt_chat_page_set_network (p->page, NULL);
  g_assert_nonnull (rt_composer_get_hint (p->composer));
  rt_chat_page_set_network (p->page, p->network);
  g_assert_finalize_object (other);
}

static void
test_focus (PageFixture *p, gconstpointer unused)
{
  GtkRoot *root = GTK_ROOT (p->f.window);

  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (p->page)));
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (root)));
  /* Tab is never captured: on to the button, back, and up into the messages */
  rt_composer_set_text (p->composer, "x");
  g_assert_true (gtk_widget_child_focus (p->f.window, GTK_DIR_TAB_FORWARD));
  g_assert_true (GTK_IS_BUTTON (gtk_root_get_focus (root)));
  g_assert_true (gtk_widget_child_focus (p->f.window, GTK_DIR_TAB_BACKWARD));
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (root)));
  g_assert_true (gtk_widget_child_focus (p->f.window, GTK_DIR_TAB_BACKWARD));
  g_assert_true (gtk_root_get_focus (root) == GTK_WIDGET (newest_row (p)));
  g_assert_true (gtk_widget_child_focus (p->f.window, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (root), GTK_WIDGET (newest_row (p))) ||
                 GTK_IS_TEXT_VIEW (gtk_root_get_focus (root)));
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* Real rows: what a frame of scrolling costs, and that "Show more" leaves its row where it is */
static void
test_scrolling (PageFixture *p, gconstpointer unused)
{
  GtkAdjustment *adjustment;
  double work[150];
  RtTimelineStats stats;

  g_object_get (p->f.timeline, "vadjustment", &adjustment, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (work); i++)
    {
      double start = test_cpu_ms ();

      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 150);
      fixture_frame (&p->f);
      work[i] = test_cpu_ms () - start;
    }
  qsort (work, G_N_ELEMENTS (work), sizeof (double), compare_doubles);
  g_test_message ("150 px a frame: CPU ms p50 %.1f, p99 %.1f", work[G_N_ELEMENTS (work) / 2], work[G_N_ELEMENTS (work) * 99 / 100]);
  if (MEASURES)
    g_assert_cmpfloat (work[G_N_ELEMENTS (work) * 99 / 100], <=, 50.0 * test_slowness ());
  rt_timeline_get_stats (p->f.timeline, &stats);
  g_assert_cmpuint (stats.rows_made, <, 120);
  g_object_unref (adjustment);
}

static void
test_unfold (PageFixture *p, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);
  RtMessageItem *item;
  RtTimelineKey key;
  double before, after, height;

  for (guint i = 0; i < 80; i++)
    g_string_append_printf (text, "line %u\n", i);
  item = fake_network_hear_text (p->network, ADA, g_get_real_time () - G_TIME_SPAN_SECOND, text->str);
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "After it");
  frames (p, 3);
  g_assert_true (fixture_row_y (&p->f, &key, &before, &height));
  gtk_widget_activate_action (rt_timeline_get_row (p->f.timeline, &key), "message.more", NULL);
  for (guint i = 0; i < 3; i++)
    {
      double grown;

      frames (p, 1);
      g_assert_true (fixture_row_y (&p->f, &key, &after, &grown));
      g_assert_cmpfloat_with_epsilon (after, before, 0.5);
      g_assert_cmpfloat (grown, >, height + 500);
    }
  g_assert_false (rt_timeline_get_at_bottom (p->f.timeline));
  gtk_widget_activate_action (rt_timeline_get_row (p->f.timeline, &key), "message.more", NULL);
  frames (p, 3);
  g_assert_true (fixture_row_y (&p->f, &key, &after, NULL));
  g_assert_cmpfloat_with_epsilon (after, before, 0.5);
}

/* Messages that are shown from elsewhere: a notification, a search */
static void
test_show (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtTimelineItem) item = g_list_model_get_item (G_LIST_MODEL (rt_network_get_timeline (p->network)), 30);
  RtTimelineKey key;
  double y;

  rt_timeline_item_get_key (item, &key);
  rt_chat_page_show_message (p->page, &key);
  for (guint i = 0; i < 100 && !fixture_row_y (&p->f, &key, &y, NULL); i++)
    frames (p, 1);
  frames (p, 2);
  g_assert_true (fixture_row_y (&p->f, &key, &y, NULL));
  g_assert_cmpfloat (y, >=, 0);
  g_assert_cmpfloat (y, <, fixture_page (&p->f));
  g_assert_true (gtk_widget_has_css_class (rt_timeline_get_row (p->f.timeline, &key), "flash"));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
#define ADD(name, n, function) g_test_add ("/chat-page/" name, PageFixture, GINT_TO_POINTER (n), set_up, function, tear_down)
  ADD ("empty", 0, test_empty);
  ADD ("send", 5, test_send);
  ADD ("blank", 0, test_blank);
  ADD ("too-long", 1, test_too_long);
  ADD ("failure", 0, test_failure);
  ADD ("off", 2, test_off);
  ADD ("reply", 3, test_reply);
  ADD ("reply-failure", 3, test_reply_failure);
  ADD ("cancel-reply", 3, test_cancel_reply);
  ADD ("retry", 3, test_retry);
  ADD ("jump", 60, test_jump);
  ADD ("networks", 3, test_networks);
  ADD ("focus", 3, test_focus);
  ADD ("scrolling", 1500, test_scrolling);
  ADD ("unfold", 20, test_unfold);
  ADD ("show", 1500, test_show);
  return g_test_run ();
}
