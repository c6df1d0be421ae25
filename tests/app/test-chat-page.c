/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "chat-fixture.h"
#include "../support/test-slowness.h"

static void
test_empty (PageFixture *p, gconstpointer unused)
{
  GtkStack *stack = GTK_STACK (page_part (p, "stack"));
  AdwStatusPage *empty = ADW_STATUS_PAGE (page_part (p, "empty_page"));
  g_autofree char *shown = NULL;

  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "empty");
  g_assert_nonnull (strstr (adw_status_page_get_description (empty), "everybody in this network"));
  fake_network_set_n_peers (p->network, 0);
  g_assert_nonnull (strstr (adw_status_page_get_description (empty), "Peers"));
  /* an error is words, not markup */
  fake_network_set_state (p->network, RT_NETWORK_FAILED, "<b>R&D</b> is in use");
  g_assert_true (page_has_label (GTK_WIDGET (empty), "<b>R&D</b> is in use"));
  g_assert_true (pango_parse_markup (adw_status_page_get_description (empty), -1, 0, NULL, &shown, NULL, NULL));
  g_assert_nonnull (strstr (shown, "<b>R&D</b> is in use"));
  fake_network_set_state (p->network, RT_NETWORK_CONNECTED, NULL);
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "Hello");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "messages");
  page_frames (p, 3);
  g_assert_nonnull (page_newest_row (p));
  g_assert_false (page_shows (p, "jump_button"));
}

/* Which key it is, is for the person to say; what is on the screen already follows. */
static void
test_send_key (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtSettings) settings = rt_settings_new_forgetful ();

  fake_network_set_settings (p->network, settings);
  rt_chat_page_set_network (p->page, NULL);
  rt_chat_page_set_network (p->page, p->network);
  g_object_set (settings, "send-key", RT_SEND_KEY_CONTROL_ENTER, NULL);
  rt_composer_set_text (p->composer, "Hello");
  g_assert_false (page_press (p, GDK_KEY_Return, 0));
  g_assert_false (page_press (p, GDK_KEY_Return, GDK_SHIFT_MASK));
  page_assert_calls (p, "");
  g_assert_true (page_press (p, GDK_KEY_KP_Enter, GDK_CONTROL_MASK));
  page_assert_calls (p, "send Hello\n");
  g_object_set (settings, "send-key", RT_SEND_KEY_ENTER, NULL);
  rt_composer_set_text (p->composer, "Hello again");
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "send Hello again\n");
}

static void
test_send (PageFixture *p, gconstpointer unused)
{
  RtMessageRow *row;

  rt_composer_set_text (p->composer, "Hello, everybody\nand more");
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "send Hello, everybody\nand more\n");
  page_assert_text (p, "");
  page_frames (p, 3);
  row = page_newest_row (p);
  g_assert_nonnull (row);
  g_assert_cmpstr (rt_message_item_get_text (rt_message_row_get_item (row)), ==, "Hello, everybody\nand more");
  /* a line break is the text view's business, as are other keys */
  rt_composer_set_text (p->composer, "x");
  g_assert_false (page_press (p, GDK_KEY_Return, GDK_SHIFT_MASK));
  g_assert_false (page_press (p, GDK_KEY_Tab, 0));
  page_assert_calls (p, "");
  g_assert_true (page_press (p, GDK_KEY_KP_Enter, 0));
  page_assert_calls (p, "send x\n");
}

static void
test_blank (PageFixture *p, gconstpointer unused)
{
  rt_composer_set_text (p->composer, " \n\t ");
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "");
  page_assert_text (p, " \n\t ");
}

static void
test_too_long (PageFixture *p, gconstpointer unused)
{
  g_autofree char *most = g_strnfill (RT_MESSAGE_MAX_TEXT, 'x');
  g_autofree char *more = g_strconcat (most, "ü", NULL);
  g_autofree char *expected = g_strconcat ("send ", most, "\n", NULL);

  rt_composer_set_text (p->composer, more);
  g_assert_nonnull (strstr (rt_composer_get_hint (p->composer), "too long by 2 bytes"));
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "");
  /* nothing is lost */
  page_assert_text (p, more);
  rt_composer_set_text (p->composer, most);
  g_assert_null (rt_composer_get_hint (p->composer));
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, expected);
}

static void
test_failure (PageFixture *p, gconstpointer unused)
{
  fake_network_fail_next (p->network, "The sky is falling");
  rt_composer_set_text (p->composer, "Hello");
  page_press (p, GDK_KEY_Return, 0);
  g_assert_cmpstr (rt_composer_get_hint (p->composer), ==, "The sky is falling");
  page_assert_text (p, "Hello");
  rt_composer_set_text (p->composer, "Hello again");
  g_assert_null (rt_composer_get_hint (p->composer));
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "send Hello\nsend Hello again\n");
  page_assert_text (p, "");
}

/* While it does not run one writes all the same: it waits, and that is said. */
static void
test_off (PageFixture *p, gconstpointer unused)
{
  g_assert_false (page_shows (p, "waiting_box"));
  rt_composer_set_text (p->composer, "Hello");
  fake_network_set_state (p->network, RT_NETWORK_FAILED, "port 4444 is taken");
  g_assert_true (page_shows (p, "waiting_box"));
  g_assert_nonnull (strstr (page_words (p, "waiting_label"), "port 4444 is taken"));
  g_assert_nonnull (strstr (page_words (p, "waiting_label"), "sent when"));
  g_assert_null (rt_composer_get_hint (p->composer));
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "send Hello\n");
  fake_network_set_state (p->network, RT_NETWORK_STOPPED, NULL);
  g_assert_nonnull (strstr (page_words (p, "waiting_label"), "is off"));
  fake_network_set_state (p->network, RT_NETWORK_LOOKING, NULL);
  g_assert_false (page_shows (p, "waiting_box"));
}

static void
test_reply (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *item = fake_network_hear_text (p->network, ADA, g_get_real_time (), "Who knows\nthe <b>answer</b>?");
  g_autofree char *placeholder = NULL;
  RtMessageRow *row;

  page_frames (p, 3);
  row = page_newest_row (p);
  g_assert_false (page_shows (p, "reply_bar"));
  /* to everybody */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (row), "message.reply", NULL));
  g_assert_true (page_shows (p, "reply_bar"));
  g_assert_cmpstr (page_words (p, "reply_label"), ==, "Reply to everybody");
  g_assert_cmpstr (page_words (p, "preview_label"), ==, "Ad4x…Te9Q: Who knows the <b>answer</b>?");
  g_assert_false (gtk_label_get_use_markup (GTK_LABEL (page_part (p, "preview_label"))));
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_root_get_focus (GTK_ROOT (p->f.window))));
  rt_composer_set_text (p->composer, "I do");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "send I do\n  as a reply\n");
  g_assert_false (page_shows (p, "reply_bar"));
  page_frames (p, 3);
  g_assert_true (page_has_label (GTK_WIDGET (page_newest_row (p)), "Who knows the <b>answer</b>?"));
  /* to its sender only */
  row = page_row (p, item);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (row), "message.whisper", NULL));
  g_assert_cmpstr (page_words (p, "reply_label"), ==, "Private reply to Ad4x…Te9Q");
  g_object_get (p->composer, "placeholder", &placeholder, NULL);
  g_assert_cmpstr (placeholder, ==, "Write to Ad4x…Te9Q only");
  rt_composer_set_text (p->composer, "Secretly");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "whisper " ADA " Secretly\n  as a reply\n");
  /* the next one is for everybody again, and answers nothing */
  rt_composer_set_text (p->composer, "Anyone else?");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "send Anyone else?\n");
}

static void
test_reply_failure (PageFixture *p, gconstpointer unused)
{
  rt_chat_page_start_whisper (p->page, ADA);
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (page_part (p, "reply_label"))), ==, "Private message to Ad4x…Te9Q");
  g_assert_false (page_shows (p, "preview_label"));
  /* who can read it, before it is sent and as soon as that is another */
  g_assert_cmpstr (page_words (p, "seal_label"), ==, "Plain whisper: the nodes it passes can read it");
  fake_network_know_key (p->network, ADA);
  g_assert_cmpstr (page_words (p, "seal_label"), ==, "Sealed, through others: only Ad4x…Te9Q can read this");
  fake_network_fail_next (p->network, "Not today");
  rt_composer_set_text (p->composer, "Secret");
  page_press (p, GDK_KEY_Return, 0);
  /* what was meant for one must not go to everybody afterwards */
  g_assert_true (page_shows (p, "reply_bar"));
  page_assert_text (p, "Secret");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "whisper " ADA " Secret\nwhisper " ADA " Secret\n");
}

/* What was written for one person never goes to everybody, nor to another: it is set aside until it is taken back. */
static void
test_cancel_reply (PageFixture *p, gconstpointer unused)
{
  rt_chat_page_start_whisper (p->page, ADA);
  rt_composer_set_text (p->composer, "For Ada");
  g_assert_true (page_shows (p, "reply_bar"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "chat.cancel-reply", NULL));
  g_assert_false (page_shows (p, "reply_bar"));
  page_assert_text (p, "");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "");
  rt_composer_set_text (p->composer, "more");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "chat.take-back", "s", ADA));
  g_assert_true (page_shows (p, "reply_bar"));
  page_assert_text (p, "For Ada\nmore");
  rt_chat_page_start_whisper (p->page, BOB);
  page_assert_text (p, "");
  rt_composer_set_text (p->composer, "For Ben");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "whisper " BOB " For Ben\n");
  /* what is for everybody may become private */
  rt_composer_set_text (p->composer, "Text stays");
  rt_chat_page_start_whisper (p->page, ADA);
  page_assert_text (p, "Text stays");
}

static void
take_back (PageFixture *p, const char *whose)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "chat.take-back", "s", whose));
}

/* Nothing of what is aside is lost: a second text for the same person, one for another, another network on the page. */
static void
test_asides (PageFixture *p, gconstpointer unused)
{
  const struct { const char *to, *text; } written[] = { { ADA, "One" }, { BOB, "For Ben" }, { ADA, "Two" } };

  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      rt_chat_page_start_whisper (p->page, written[i].to);
      rt_composer_set_text (p->composer, written[i].text);
      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "chat.cancel-reply", NULL));
      page_assert_text (p, "");
    }
  rt_chat_page_set_network (p->page, NULL);
  take_back (p, ADA);
  page_assert_text (p, "");
  rt_chat_page_set_network (p->page, p->network);
  page_frames (p, 2);
  g_assert_true (page_has_label (GTK_WIDGET (p->page), "What you wrote for one person alone was set aside"));
  take_back (p, ADA);
  page_assert_text (p, "One\nTwo");
  /* once, and what it makes way for is not lost */
  take_back (p, ADA);
  page_assert_text (p, "One\nTwo");
  take_back (p, BOB);
  page_assert_text (p, "For Ben");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "whisper " BOB " For Ben\n");
  take_back (p, ADA);
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "whisper " ADA " One\nTwo\n");
  take_back (p, ADA);
  page_assert_text (p, "");
}

static void
test_retry (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *item = fake_network_say (p->network, g_get_real_time (), NULL, "Lost");
  RtMessageRow *row;

  fake_network_deliver (p->network, item, RT_DELIVERY_NOBODY, 0, NULL);
  page_frames (p, 3);
  row = page_newest_row (p);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (row), "message.retry", NULL));
  page_assert_calls (p, "retry Lost\n");
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
  g_assert_false (page_shows (p, "jump_button"));
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 700);
  page_frames (p, 3);
  g_assert_true (page_shows (p, "jump_button"));
  g_assert_false (page_shows (p, "jump_label"));
  /* what comes now is not read */
  g_assert_false (fake_network_get_following (p->network));
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "One");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (page_part (p, "jump_label"))), ==, "1 new message");
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "Two");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (page_part (p, "jump_label"))), ==, "2 new messages");
  g_assert_true (page_shows (p, "jump_label"));
  g_assert_true (gtk_widget_activate_action (page_part (p, "jump_button"), "chat.newest", NULL));
  page_frames (p, 2);
  g_assert_true (rt_timeline_get_at_bottom (p->f.timeline));
  g_assert_false (page_shows (p, "jump_button"));
  /* an own message brings one down */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 700);
  page_frames (p, 2);
  rt_composer_set_text (p->composer, "Here");
  page_press (p, GDK_KEY_Return, 0);
  page_frames (p, 2);
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
  page_assert_text (p, "");
  g_assert_false (page_shows (p, "reply_bar"));
  rt_composer_set_text (p->composer, "For the other");
  rt_chat_page_set_network (p->page, p->network);
  page_assert_text (p, "For the first one");
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
  g_assert_true (gtk_root_get_focus (root) == GTK_WIDGET (page_newest_row (p)));
  g_assert_true (gtk_widget_child_focus (p->f.window, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_is_ancestor (gtk_root_get_focus (root), GTK_WIDGET (page_newest_row (p))) ||
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
  page_frames (p, 3);
  g_assert_true (fixture_row_y (&p->f, &key, &before, &height));
  gtk_widget_activate_action (rt_timeline_get_row (p->f.timeline, &key), "message.more", NULL);
  for (guint i = 0; i < 3; i++)
    {
      double grown;

      page_frames (p, 1);
      g_assert_true (fixture_row_y (&p->f, &key, &after, &grown));
      g_assert_cmpfloat_with_epsilon (after, before, 0.5);
      g_assert_cmpfloat (grown, >, height + 500);
    }
  g_assert_false (rt_timeline_get_at_bottom (p->f.timeline));
  gtk_widget_activate_action (rt_timeline_get_row (p->f.timeline, &key), "message.more", NULL);
  page_frames (p, 3);
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
    page_frames (p, 1);
  page_frames (p, 2);
  g_assert_true (fixture_row_y (&p->f, &key, &y, NULL));
  g_assert_cmpfloat (y, >=, 0);
  g_assert_cmpfloat (y, <, fixture_page (&p->f));
  g_assert_true (gtk_widget_has_css_class (rt_timeline_get_row (p->f.timeline, &key), "flash"));
}

static void
wait_here (PageFixture *p, guint n)
{
  GListStore *files = rt_composer_get_attachments (p->composer);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtAttachment) file = g_list_model_get_item (G_LIST_MODEL (files), i);

      g_assert_nonnull (file);
      while (rt_attachment_get_state (file) == RT_ATTACHMENT_PREPARING)
        g_main_context_iteration (NULL, TRUE);
    }
}

/* Files go out as messages that others read too; what is too long for a message is offered as a file, and nothing is lost. */
static void
test_files (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  g_autofree char *long_text = g_strnfill (RT_MESSAGE_MAX_TEXT + 1, 'x');
  g_autoptr (GListStore) mine = NULL;

  rt_composer_set_transfers (p->composer, transfers);
  rt_composer_add_bytes (p->composer, bytes, "a.txt", "text/plain");
  rt_composer_add_bytes (p->composer, bytes, "b.txt", "text/plain");
  rt_composer_set_text (p->composer, "Look");
  wait_here (p, 2);
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "send Look\na.txt (5 bytes)\nsend b.txt (5 bytes)\n");
  page_assert_text (p, "");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rt_composer_get_attachments (p->composer))), ==, 0);
  rt_composer_set_text (p->composer, "before");
  rt_composer_paste_text (p->composer, long_text);
  page_assert_text (p, "before");
  g_assert_nonnull (strstr (rt_composer_get_hint (p->composer), "pasted"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "composer.attach-text", NULL));
  g_assert_null (rt_composer_get_hint (p->composer));
  wait_here (p, 1);
  fake_network_fail_next (p->network, "The sky is falling");
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "send before\nPasted text.txt (65.5 kB)\n");
  /* what did not go out is still there */
  page_assert_text (p, "before");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rt_composer_get_attachments (p->composer))), ==, 1);
  rt_composer_paste_text (p->composer, " and after");
  page_assert_text (p, "before and after");
  mine = g_object_ref (rt_composer_get_attachments (p->composer));
  rt_composer_set_attachments (p->composer, NULL);
  rt_composer_set_transfers (p->composer, NULL);
  g_list_store_remove_all (mine);
}

/* What is attached waits in its network, as what is written does. */
static void
test_unsent (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  GListStore *unsent = rt_transfers_get_unsent (transfers);

  rt_chat_page_set_network (p->page, NULL);
  fake_network_set_transfers (p->network, transfers);
  rt_chat_page_set_network (p->page, p->network);
  rt_composer_add_bytes (p->composer, bytes, "a.txt", "text/plain");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (unsent)), ==, 1);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (p->composer), RT_TYPE_COMPOSER, "strip"))));
  rt_chat_page_set_network (p->page, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rt_composer_get_attachments (p->composer))), ==, 0);
  rt_chat_page_set_network (p->page, p->network);
  g_assert_true (rt_composer_get_attachments (p->composer) == unsent);
  wait_here (p, 1);
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "send a.txt (5 bytes)\n");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (unsent)), ==, 0);
  rt_chat_page_set_network (p->page, NULL);
  fake_network_set_transfers (p->network, NULL);
  rt_chat_page_set_network (p->page, p->network);
}

/* Two windows of one network show the same files: what is for one person goes to him alone, whichever sends. */
static void
test_two_windows (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("hello", 5);
  GListModel *unsent = G_LIST_MODEL (rt_transfers_get_unsent (transfers));
  PageFixture other = { .network = p->network };

  rt_chat_page_set_network (p->page, NULL);
  fake_network_set_transfers (p->network, transfers);
  rt_chat_page_set_network (p->page, p->network);
  other.page = g_object_ref_sink (RT_CHAT_PAGE (rt_chat_page_new ()));
  other.composer = RT_COMPOSER (page_part (&other, "composer"));
  rt_chat_page_set_network (other.page, p->network);
  rt_chat_page_start_whisper (p->page, ADA);
  rt_composer_add_bytes (p->composer, bytes, "a.txt", "text/plain");
  wait_here (p, 1);
  rt_composer_set_text (other.composer, "Hi");
  g_assert_true (page_press (&other, GDK_KEY_Return, 0));
  page_assert_calls (p, "");
  page_assert_text (&other, "Hi");
  g_assert_cmpstr (rt_composer_get_hint (other.composer), ==, "What is attached is for Ad4x…Te9Q alone. Send it, or take it away first.");
  rt_chat_page_start_whisper (other.page, BOB);
  g_assert_true (page_press (&other, GDK_KEY_Return, 0));
  page_assert_calls (p, "");
  g_assert_cmpuint (g_list_model_get_n_items (unsent), ==, 1);
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "whisper " ADA " a.txt (5 bytes)\n");
  g_assert_true (page_press (&other, GDK_KEY_Return, 0));
  page_assert_calls (p, "whisper " BOB " Hi\n");
  /* for everybody: it may go to one, and is his alone when somebody has turned to him with it */
  rt_composer_add_bytes (other.composer, bytes, "b.txt", "text/plain");
  wait_here (p, 1);
  rt_chat_page_start_whisper (p->page, ADA);
  g_assert_true (page_press (&other, GDK_KEY_Return, 0));
  page_assert_calls (p, "");
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  page_assert_calls (p, "whisper " ADA " b.txt (5 bytes)\n");
  rt_composer_add_bytes (p->composer, bytes, "c.txt", "text/plain");
  wait_here (p, 1);
  g_assert_true (page_press (&other, GDK_KEY_Return, 0));
  page_assert_calls (p, "send c.txt (5 bytes)\n");
  g_assert_finalize_object (other.page);
  rt_chat_page_set_network (p->page, NULL);
  fake_network_set_transfers (p->network, NULL);
  rt_chat_page_set_network (p->page, p->network);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
#define ADD(name, n, function) g_test_add ("/chat-page/" name, PageFixture, GINT_TO_POINTER (n), page_set_up, function, page_tear_down)
  ADD ("empty", 0, test_empty);
  ADD ("send", 5, test_send);
  ADD ("send-key", 5, test_send_key);
  ADD ("blank", 0, test_blank);
  ADD ("too-long", 1, test_too_long);
  ADD ("failure", 0, test_failure);
  ADD ("off", 2, test_off);
  ADD ("reply", 3, test_reply);
  ADD ("unsent", 0, test_unsent);
  ADD ("two-windows", 0, test_two_windows);
  ADD ("reply-failure", 3, test_reply_failure);
  ADD ("cancel-reply", 3, test_cancel_reply);
  ADD ("asides", 3, test_asides);
  ADD ("retry", 3, test_retry);
  ADD ("jump", 60, test_jump);
  ADD ("networks", 3, test_networks);
  ADD ("focus", 3, test_focus);
  ADD ("scrolling", 1500, test_scrolling);
  ADD ("unfold", 20, test_unfold);
  ADD ("show", 1500, test_show);
  ADD ("files", 1, test_files);
  return g_test_run ();
}
