/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "app/chat/rt-chat-draft.h"
#include "app/chat/rt-chat-format.h"
#include "app/chat/rt-date-jump.h"
#include "app/chat/rt-message-details.h"
#include "app/chat/rt-message-facts.h"
#include "app/chat/rt-people-pane.h"
#include "model/timeline/rt-message-item-private.h"
#include "chat-fixture.h"
#include "../support/rt-wait.h"

/* Living in a chat: what is unread, what was missed, who is who, what becomes of what one wrote. */

#define MINUTE G_TIME_SPAN_MINUTE

static gint64
ago (double minutes)
{
  return g_get_real_time () - (gint64) (minutes * MINUTE);
}

static void
run_for (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (2000);
    }
}

static RtTimelineKey
key_of (RtMessageItem *item)
{
  RtTimelineKey key;

  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  return key;
}

static void
scroll (PageFixture *p, double by)
{
  GtkAdjustment *adjustment;

  g_object_get (p->f.timeline, "vadjustment", &adjustment, NULL);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + by);
  page_frames (p, 2);
  g_object_unref (adjustment);
}

static GtkWidget *
find_divider (PageFixture *p, const char *text)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (p->f.timeline)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_child_visible (child) && gtk_widget_has_css_class (child, "timeline-divider") && page_has_label (child, text))
      return child;
  return NULL;
}

static void
assert_right_above (PageFixture *p, GtkWidget *divider, RtMessageItem *item)
{
  graphene_rect_t bounds;
  RtTimelineKey key = key_of (item);
  double y;

  g_assert_nonnull (divider);
  g_assert_true (gtk_widget_compute_bounds (divider, GTK_WIDGET (p->f.timeline), &bounds));
  g_assert_true (fixture_row_y (&p->f, &key, &y, NULL));
  g_assert_cmpfloat_with_epsilon (bounds.origin.y + bounds.size.height, y, 0.5);
}

/* The divider stays where it is until one comes the next time, and the button leads to it until it was seen. */
static void
test_unread (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *first = NULL;
  RtTimelineKey key;

  g_assert_false (page_shows (p, "unread_button"));
  for (guint i = 0; i < 42; i++)
    {
      RtMessageItem *item = fake_network_hear_text (p->network, ADA, g_get_real_time (), "While you were not looking");

      if (first == NULL)
        first = item;
    }
  key = key_of (first);
  fake_network_set_unread (p->network, 42, &key);
  page_frames (p, 3);
  g_assert_true (page_shows (p, "unread_button"));
  g_assert_cmpstr (page_words (p, "unread_label"), ==, "42 unread messages");
  /* looked at: nothing is unread any more, the divider stays */
  fake_network_set_unread (p->network, 0, NULL);
  page_frames (p, 3);
  g_assert_true (page_shows (p, "unread_button"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->page), "chat.first-unread", NULL));
  page_frames (p, 4);
  g_assert_false (page_shows (p, "unread_button"));
  assert_right_above (p, find_divider (p, "New messages"), first);
  /* more come: it is where it was */
  fake_network_hear_text (p->network, ADA, g_get_real_time (), "One more");
  page_frames (p, 3);
  assert_right_above (p, find_divider (p, "New messages"), first);
  /* and a screen further down the button does not come back */
  rt_timeline_scroll_to_bottom (p->f.timeline);
  page_frames (p, 4);
  g_assert_false (page_shows (p, "unread_button"));
  /* come again, with nothing unread */
  fake_network_set_unread (p->network, 0, &(RtTimelineKey) { 0, 0 });
  scroll (p, -2400);
  page_frames (p, 3);
  g_assert_null (find_divider (p, "New messages"));
}

/* One that is seen by scrolling needs no button, either. */
static void
test_unread_seen (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *first = NULL;
  RtTimelineKey key;

  for (guint i = 0; i < 30; i++)
    {
      RtMessageItem *item = fake_network_hear_text (p->network, ADA, g_get_real_time (), "Unseen");

      if (first == NULL)
        first = item;
    }
  key = key_of (first);
  fake_network_set_unread (p->network, 30, &key);
  page_frames (p, 3);
  g_assert_true (page_shows (p, "unread_button"));
  for (guint i = 0; i < 60 && page_shows (p, "unread_button"); i++)
    scroll (p, -120);
  g_assert_false (page_shows (p, "unread_button"));
  g_assert_nonnull (find_divider (p, "New messages"));
  scroll (p, 2000);
  g_assert_false (page_shows (p, "unread_button"));
}

static void
test_gaps (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *before = fake_network_hear_text (p->network, ADA, g_get_real_time (), "Before");
  gint64 from = key_of (before).time + 1, until = from + 1000;
  g_autoptr (RtGap) split = rt_gap_new (RT_GAP_SPLIT, from, until);
  g_autoptr (RtGap) away = rt_gap_new (RT_GAP_AWAY, until + 2000, until + 4000);
  /* a split begins with the first that was said elsewhere */
  RtMessageItem *told = fake_network_hear_text (p->network, BOB, from, "Said on the other side");
  RtMessageItem *after = fake_network_hear_text (p->network, ADA, until + 1000, "After");
  RtMessageItem *last = fake_network_hear_text (p->network, ADA, until + 5000, "Long after");

  fake_network_add_gap (p->network, split);
  fake_network_add_gap (p->network, away);
  page_frames (p, 3);
  assert_right_above (p, find_divider (p, "The network was split from"), after);
  /* away, and nothing was missed: no line about it */
  g_assert_null (find_divider (p, "You were away"));
  rt_gap_set_n_messages (split, 1);
  rt_gap_set_n_messages (away, 42);
  page_frames (p, 3);
  /* now it heads what was caught up */
  assert_right_above (p, find_divider (p, "1 message was caught up"), told);
  assert_right_above (p, find_divider (p, "42 messages were caught up"), last);
  rt_gap_set_n_keys (away, 17);
  page_frames (p, 3);
  assert_right_above (p, find_divider (p, "42 messages were caught up, 17 keys changed"), last);
  rt_gap_set_n_messages (away, 0);
  page_frames (p, 3);
  assert_right_above (p, find_divider (p, ": 17 keys changed"), last);
}

static void
test_caught_up (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *first = fake_network_hear_text (p->network, BOB, ago (500), "The first of many");
  RtCatchUpResult result = { .kind = RT_GAP_AWAY, .n_messages = 42, .first = key_of (first), .last = key_of (first), .complete = TRUE };
  g_autoptr (RtCatchUp) catch_up = rt_catch_up_new (&result), keys = NULL;
  RtTimelineKey key = key_of (first);
  double y;

  page_frames (p, 2);
  result.n_keys = 1;
  result.n_conflicts = 1;
  keys = rt_catch_up_new (&result);
  g_signal_emit_by_name (p->network, "caught-up", keys);
  page_frames (p, 3);
  g_assert_true (page_has_label (GTK_WIDGET (p->page), "42 messages were caught up, 1 key changed, 1 conflict"));
  g_signal_emit_by_name (p->network, "caught-up", catch_up);
  page_frames (p, 3);
  g_assert_true (page_has_label (GTK_WIDGET (p->page), "42 messages were caught up"));
  gtk_widget_activate_action (GTK_WIDGET (p->page), "chat.show-message", "(xx)", key.time, key.sequence);
  page_frames (p, 4);
  g_assert_true (fixture_row_y (&p->f, &key, &y, NULL));
  g_assert_true (gtk_widget_has_css_class (rt_timeline_get_row (p->f.timeline, &key), "flash"));
}

/* A reply leads to its original, however far away; where there is none that is said. */
static void
test_original (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtMessageItem) original = g_list_model_get_item (G_LIST_MODEL (rt_network_get_timeline (p->network)), 4);
  g_autoptr (GBytes) nowhere = g_bytes_new ("12345678901234567890123456789012", 32);
  RtMessageItem *reply, *lost;
  RtTimelineKey key = key_of (original);
  double y;

  g_assert_nonnull (rt_message_item_get_id (original));
  reply = fake_network_hear_text (p->network, BOB, g_get_real_time (), "This is what I think of it");
  rt_message_item_set_reply_to (reply, rt_message_item_get_id (original));
  rt_message_item_set_reply (reply, RT_REPLY_LOOKING, NULL, NULL);
  lost = fake_network_hear_text (p->network, BOB, g_get_real_time () + 1, "And of that");
  rt_message_item_set_reply_to (lost, nowhere);
  page_frames (p, 3);
  rt_timeline_rebind (p->f.timeline);
  page_frames (p, 2);
  g_assert_true (page_has_label (GTK_WIDGET (page_row (p, reply)), rt_message_item_get_text (original)));
  g_assert_true (page_has_label (GTK_WIDGET (page_row (p, lost)), "not known here"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page_row (p, lost)), "message.original", NULL));
  page_frames (p, 4);
  g_assert_true (page_has_label (GTK_WIDGET (p->page), "That message is not known here"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page_row (p, reply)), "message.original", NULL));
  for (guint i = 0; i < 100 && !fixture_row_y (&p->f, &key, &y, NULL); i++)
    page_frames (p, 1);
  page_frames (p, 3);
  g_assert_true (fixture_row_y (&p->f, &key, &y, NULL));
  g_assert_true (gtk_widget_has_css_class (rt_timeline_get_row (p->f.timeline, &key), "flash"));
}

/* What a row does not know at first it tells without being bound again: names, originals, receipts. */
static void
test_lives (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *item = fake_network_hear_text (p->network, BOB, g_get_real_time (), "Hello");
  RtMessageItem *own = fake_network_say (p->network, g_get_real_time () + 1, NULL, "Hello, Bob");
  g_autofree char *clock = NULL, *spoken = NULL;

  fake_network_deliver (p->network, own, RT_DELIVERY_HANDED, 2, NULL);
  page_frames (p, 3);
  g_assert_true (page_has_label (GTK_WIDGET (page_row (p, item)), "B0bZ…kk7z"));
  g_assert_true (page_has_label (GTK_WIDGET (page_row (p, own)), "Handed to 2 peers"));
  fake_network_name (p->network, BOB, "Bob");
  page_frames (p, 3);
  g_assert_true (page_has_label (GTK_WIDGET (page_row (p, item)), "Bob"));
  clock = rt_format_time (rt_message_item_get_time (item));
  spoken = g_strdup_printf ("Bob, %s: Hello", clock);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (page_row (p, item)), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken);
  /* two of one name are told apart */
  fake_network_name (p->network, ADA, "Bob");
  page_frames (p, 3);
  g_assert_true (page_has_label (GTK_WIDGET (page_row (p, item)), "Bob (B0b"));
  rt_message_item_add_receipt (own, BOB, g_get_real_time () / G_USEC_PER_SEC, "Bob");
  page_frames (p, 3);
  g_assert_true (page_has_label (GTK_WIDGET (page_row (p, own)), "Received by Bob"));
}

/* Every state has words and a shape of its own, and the buttons that help. */
static void
test_states (PageFixture *p, gconstpointer unused)
{
  static const RtDelivery states[] = { RT_DELIVERY_QUEUED, RT_DELIVERY_SENDING, RT_DELIVERY_HANDED, RT_DELIVERY_NOBODY, RT_DELIVERY_FAILED,
                                       RT_DELIVERY_CANCELLED, RT_DELIVERY_UNSURE, RT_DELIVERY_THROUGH };
  g_autoptr (GHashTable) icons = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  RtMessageItem *own = fake_network_say (p->network, g_get_real_time (), NULL, "Hello");

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      GtkWidget *row, *image, *label;

      fake_network_deliver (p->network, own, states[i], states[i] == RT_DELIVERY_HANDED, states[i] == RT_DELIVERY_FAILED ? "the sky fell" : NULL);
      page_frames (p, 2);
      row = GTK_WIDGET (page_row (p, own));
      image = GTK_WIDGET (gtk_widget_get_template_child (row, RT_TYPE_MESSAGE_ROW, "state_image"));
      label = GTK_WIDGET (gtk_widget_get_template_child (row, RT_TYPE_MESSAGE_ROW, "state_label"));
      g_assert_true (g_hash_table_add (icons, (gpointer) gtk_image_get_icon_name (GTK_IMAGE (image))));
      g_assert_true (gtk_icon_theme_has_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (row)), gtk_image_get_icon_name (GTK_IMAGE (image))));
      g_assert_true (g_hash_table_add (words, g_strdup (gtk_label_get_label (GTK_LABEL (label)))));
      g_assert_cmpint (page_has_label (row, "Send again"), ==, rt_delivery_failed (states[i]));
      g_assert_cmpint (page_has_label (row, "Take back"), ==, states[i] == RT_DELIVERY_QUEUED);
    }
  fake_network_deliver (p->network, own, RT_DELIVERY_QUEUED, 0, NULL);
  page_frames (p, 2);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page_row (p, own)), "message.cancel", NULL));
  page_assert_calls (p, "cancel Hello\n");
  page_frames (p, 2);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page_row (p, own)), "message.retry", NULL));
  page_assert_calls (p, "retry Hello\n");
}

/* The time until the next try runs while one looks, and is not read out each second. */
static void
test_next_try (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *own = fake_network_say (p->network, g_get_real_time (), BOB, "Are you there?");
  GtkWidget *row, *label;
  g_autofree char *before = NULL, *spoken = NULL;
  const char *count;

  fake_network_deliver (p->network, own, RT_DELIVERY_QUEUED, 0, "nobody knows where that node is");
  rt_message_item_set_tries (own, 2, g_get_real_time () + 30 * G_USEC_PER_SEC);
  page_frames (p, 3);
  row = GTK_WIDGET (page_row (p, own));
  label = GTK_WIDGET (gtk_widget_get_template_child (row, RT_TYPE_MESSAGE_ROW, "state_label"));
  before = g_strdup (gtk_label_get_label (GTK_LABEL (label)));
  g_assert_nonnull (strstr (before, "tried 2 times"));
  /* 30, but where this took a second */
  count = strstr (before, "tries again in ");
  g_assert_nonnull (count);
  g_assert_cmpuint (g_ascii_strtoull (count + strlen ("tries again in "), NULL, 10), <=, 30);
  spoken = rt_format_spoken (own);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken);
  rt_wait_until (strcmp (before, gtk_label_get_label (GTK_LABEL (label))) != 0);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken);
}

static void
test_drafts (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *item = fake_network_hear_text (p->network, ADA, g_get_real_time (), "What do you say?");
  g_autofree char *kept = NULL, *text = NULL, *to = NULL;
  g_autoptr (GBytes) reply = NULL;

  page_frames (p, 2);
  gtk_widget_activate_action (GTK_WIDGET (page_row (p, item)), "message.whisper", NULL);
  rt_composer_set_text (p->composer, "Half a\nsecret");
  kept = rt_network_dup_draft (p->network);
  rt_chat_draft_unpack (kept, &text, &to, &reply);
  g_assert_cmpstr (text, ==, "Half a\nsecret");
  g_assert_cmpstr (to, ==, ADA);
  g_assert_true (g_bytes_equal (reply, rt_message_item_get_id (item)));
  /* as after a restart */
  rt_chat_page_set_network (p->page, NULL);
  page_assert_text (p, "");
  g_assert_false (page_shows (p, "reply_bar"));
  rt_chat_page_set_network (p->page, p->network);
  page_frames (p, 3);
  page_assert_text (p, "Half a\nsecret");
  g_assert_cmpstr (page_words (p, "reply_label"), ==, "Private reply to Ad4x…Te9Q");
  g_assert_nonnull (strstr (page_words (p, "preview_label"), "What do you say?"));
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "whisper " ADA " Half a\nsecret\n  as a reply\n");
  {
    g_autofree char *left = rt_network_dup_draft (p->network);

    g_assert_null (left);
  }
}

static void
test_draft_words (void)
{
  g_autoptr (GBytes) id = g_bytes_new ("\001\002\377\000aaaaaaaaaaaaaaaaaaaaaaaaaaaa", 32);
  static const char * const odd[] = { NULL, "", "\001to ", "\001to a\001", "\001to \001zz\001text", "\001to x\00100\001", "\001", "plain\001text" };

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *draft = rt_chat_draft_pack (i & 1 ? "te\001xt\n" : "", i & 2 ? ADA : NULL, i & 4 ? id : NULL), *text = NULL, *to = NULL;
      g_autoptr (GBytes) reply = NULL;

      rt_chat_draft_unpack (draft, &text, &to, &reply);
      g_assert_cmpstr (text, ==, i & 1 ? "te\001xt\n" : "");
      g_assert_cmpstr (to, ==, i & 2 ? ADA : NULL);
      g_assert_true (i & 4 ? g_bytes_equal (reply, id) : reply == NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autofree char *text = NULL, *to = NULL;
      g_autoptr (GBytes) reply = NULL;

      rt_chat_draft_unpack (odd[i], &text, &to, &reply);
      g_assert_nonnull (text);
      g_assert_null (reply);
    }
}

static void
test_date (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *monday = NULL;
  gint64 day = G_TIME_SPAN_DAY;
  GtkWidget *jump;
  g_autoptr (GDateTime) then = NULL;
  RtTimelineKey key;
  double y;

  for (int i = 200; i > 0; i--)
    {
      RtMessageItem *item = fake_network_hear_text (p->network, ADA, g_get_real_time () - i * day / 20, "Some day");

      if (i == 100)
        monday = item;
    }
  page_frames (p, 4);
  g_assert_true (page_shows (p, "date_button"));
  g_assert_cmpuint (strlen (page_words (p, "date_label")), >, 3);
  /* the first of that day, whichever it is */
  then = g_date_time_new_from_unix_local (rt_message_item_get_time (monday) / G_USEC_PER_SEC);
  jump = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (page_part (p, "date_button"))));
  gtk_widget_activate_action (GTK_WIDGET (p->page), "chat.go-to-date", NULL);
  page_frames (p, 3);
  g_assert_true (gtk_widget_get_visible (jump));
  page_picture (jump, "date");
  rt_date_jump_set_time (RT_DATE_JUMP (jump), rt_message_item_get_time (monday));
  g_assert_true (page_has_label (jump, "Go"));
  {
    g_autoptr (GDateTime) midnight = g_date_time_new_local (g_date_time_get_year (then), g_date_time_get_month (then), g_date_time_get_day_of_month (then), 0, 0, 0);
    gint64 start = g_date_time_to_unix (midnight) * G_USEC_PER_SEC;
    RtMessageItem *first = NULL;

    g_signal_emit_by_name (jump, "chosen", start);
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (rt_network_get_timeline (p->network))) && first == NULL; i++)
      {
        g_autoptr (RtMessageItem) item = g_list_model_get_item (G_LIST_MODEL (rt_network_get_timeline (p->network)), i);

        if (rt_message_item_get_time (item) >= start)
          first = item;
      }
    key = key_of (first);
  }
  for (guint i = 0; i < 100 && !fixture_row_y (&p->f, &key, &y, NULL); i++)
    page_frames (p, 1);
  page_frames (p, 3);
  g_assert_true (fixture_row_y (&p->f, &key, &y, NULL));
  g_assert_cmpfloat (y, >=, 0);
  g_assert_cmpfloat (y, <, fixture_page (&p->f));
}

static void
find_entry (GtkWidget *below, GtkWidget **entry)
{
  if (GTK_IS_SEARCH_ENTRY (below))
    *entry = below;
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL; child = gtk_widget_get_next_sibling (child))
    find_entry (child, entry);
}

static void
test_people (PageFixture *p, gconstpointer unused)
{
  GtkWidget *pane = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (page_part (p, "people_button")))), *entry = NULL;

  fake_network_hear_text (p->network, BOB, g_get_real_time (), "Here");
  fake_network_name (p->network, BOB, "Bob the <b>builder</b>");
  page_frames (p, 3);
  g_assert_cmpstr (page_words (p, "people_label"), ==, "2 people");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->page), "chat.people", NULL));
  page_frames (p, 4);
  g_assert_true (page_has_label (pane, "Bob the <b>builder</b>"));
  g_assert_true (page_has_label (pane, "Heard just now"));
  g_assert_true (page_has_label (pane, "Ad4x…Te9Q"));
  page_picture (pane, "people");
  find_entry (pane, &entry);
  gtk_editable_set_text (GTK_EDITABLE (entry), "BUILD");
  g_signal_emit_by_name (entry, "search-changed");
  page_frames (p, 3);
  g_assert_false (page_has_label (pane, "Ad4x…Te9Q"));
  g_assert_true (page_has_label (pane, "Bob the"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "Zacharias");
  g_signal_emit_by_name (entry, "search-changed");
  page_frames (p, 3);
  g_assert_true (page_has_label (pane, "Nobody of that name"));
  gtk_editable_set_text (GTK_EDITABLE (entry), "bob");
  g_signal_emit_by_name (entry, "search-changed");
  g_signal_emit_by_name (entry, "activate");
  page_frames (p, 2);
  g_assert_nonnull (strstr (page_words (p, "reply_label"), "Private message to Bob"));
  rt_composer_set_text (p->composer, "Psst");
  page_press (p, GDK_KEY_Return, 0);
  page_assert_calls (p, "whisper " BOB " Psst\n");
}

static gboolean
is_described (GtkWidget *widget, const char *words)
{
  g_autofree char *otherwise = gtk_test_accessible_check_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words);

  return otherwise == NULL;
}

/* A screen reader hears what comes: as the description of what has the focus, for some seconds. */
static void
test_announce (PageFixture *p, gconstpointer unused)
{
  GtkWidget *focus;

  gtk_widget_grab_focus (GTK_WIDGET (p->page));
  for (guint i = 0; i < 200 && !gtk_window_is_active (GTK_WINDOW (p->f.window)); i++)
    run_for (10);
  if (!gtk_window_is_active (GTK_WINDOW (p->f.window)))
    {
      g_test_skip ("without a window manager no window is active");
      return;
    }
  focus = gtk_root_get_focus (GTK_ROOT (p->f.window));
  g_assert_true (GTK_IS_TEXT_VIEW (focus));
  fake_network_hear_text (p->network, BOB, g_get_real_time (), "Can you\nhear me?");
  rt_wait_until (is_described (focus, "B0bZ…kk7z: Can you hear me?"));
  for (guint i = 0; i < 20; i++)
    fake_network_hear_text (p->network, BOB, g_get_real_time (), "Many");
  rt_wait_until (is_described (focus, "20 new messages"));
  /* what warns beside the name is heard as well */
  rt_message_item_set_unsigned (fake_network_hear_text (p->network, BOB, g_get_real_time (), "Come"));
  rt_wait_until (is_described (focus, "B0bZ…kk7z · Not signed: Come"));
}

static void
test_details (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *item = fake_network_hear_text (p->network, ADA, g_get_real_time (), "Look <b>inside</b>");
  RtPeople *people = rt_network_get_people (p->network);
  g_autofree char *text = NULL, *id = NULL, *sender = NULL;
  GtkWidget *dialog;

  rt_message_item_set_via (item, BOB);
  page_frames (p, 2);
  text = rt_message_facts_dup_text (item, people, NULL);
  id = rt_message_fact_dup_copied (RT_MESSAGE_FACT_ID, item);
  sender = rt_message_fact_dup_copied (RT_MESSAGE_FACT_SENDER, item);
  g_assert_cmpuint (strlen (id), ==, 64);
  g_assert_cmpstr (sender, ==, ADA);
  g_assert_nonnull (strstr (text, id));
  g_assert_nonnull (strstr (text, "Relayed, at last by B0bZ…kk7z"));
  g_assert_nonnull (strstr (text, "Look <b>inside</b>"));
  g_assert_nonnull (strstr (text, "Everybody in the network"));
  dialog = GTK_WIDGET (rt_message_details_new (GTK_WINDOW (p->f.window), item, people, NULL));
  gtk_window_present (GTK_WINDOW (dialog));
  rt_wait_until (page_has_label (dialog, id));
  g_assert_true (page_has_label (dialog, "Relayed, at last by"));
  page_picture (dialog, "details");
  fake_network_name (p->network, ADA, "Ada");
  rt_wait_until (page_has_label (dialog, "Ada\n" ADA));
  /* two of a name, among those who have it */
  fake_network_name (p->network, BOB, "Ada");
  {
    RtStoreReceipt receipt = { (char *) BOB, 1 };
    g_autoptr (GPtrArray) receipts = g_ptr_array_new ();
    g_autofree char *received = NULL;

    g_ptr_array_add (receipts, &receipt);
    received = rt_message_fact_dup_value (RT_MESSAGE_FACT_RECEIPTS, item, people, receipts);
    g_assert_true (g_str_has_prefix (received, "Ada (B0bZ…kk7z), "));
  }
  g_object_ref (dialog);
  gtk_window_destroy (GTK_WINDOW (dialog));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (dialog);
}

int
main (int argc, char **argv)
{
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
#define ADD(name, n, function) g_test_add ("/chat-life/" name, PageFixture, GINT_TO_POINTER (n), page_set_up, function, page_tear_down)
  ADD ("unread", 60, test_unread);
  ADD ("unread-seen", 60, test_unread_seen);
  ADD ("gaps", 3, test_gaps);
  ADD ("caught-up", 200, test_caught_up);
  ADD ("original", 400, test_original);
  ADD ("lives", 2, test_lives);
  ADD ("states", 2, test_states);
  ADD ("next-try", 2, test_next_try);
  ADD ("drafts", 2, test_drafts);
  g_test_add_func ("/chat-life/draft-words", test_draft_words);
  ADD ("date", 2, test_date);
  ADD ("people", 5, test_people);
  ADD ("announce", 3, test_announce);
  ADD ("details", 2, test_details);
  return g_test_run ();
}
