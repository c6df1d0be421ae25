/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/chat/rt-attachment-view.h"
#include "app/chat/rt-chat-format.h"
#include "app/chat/rt-key-chips.h"
#include "app/chat/rt-message-body.h"
#include "app/chat/rt-message-row.h"
#include "app/chat/rt-picture.h"
#include "model/rt-attachment-private.h"
#include "model/rt-table-private.h"
#include "fake-network.h"
#include "timeline-fixture.h"
#include "../support/fake-table.h"
#include "../support/test-slowness.h"

/* What a message looks like, in words and in places */

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"
#define HOUR (3600 * G_TIME_SPAN_SECOND)
#define NOON ((gint64) 1763640000 * G_TIME_SPAN_SECOND) /* 2025-11-20 12:00 UTC, a Thursday */

static void
check_time (gint64 time, const char *expected)
{
  g_autofree char *text = rt_format_time (time);

  g_assert_cmpstr (text, ==, expected);
}

static void
check_day (gint64 time, gint64 now, const char *expected)
{
  g_autofree char *text = rt_format_day (time, now);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_times (void)
{
  check_time (NOON, "12:00");
  check_time (NOON - 3 * HOUR + 59 * G_TIME_SPAN_SECOND, "09:00");
  check_day (NOON, NOON + 11 * HOUR, "Today");
  check_day (NOON, NOON + 12 * HOUR, "Yesterday");
  check_day (NOON, NOON + 35 * HOUR, "Yesterday");
  check_day (NOON, NOON + 36 * HOUR, "Thursday, 20 November");
  check_day (NOON, NOON + 24 * 60 * HOUR, "20 November 2025");
  /* a clock that is ahead of ours */
  check_day (NOON + 24 * HOUR, NOON, "Friday, 21 November");
  g_assert_true (rt_is_same_day (NOON, NOON + 11 * HOUR));
  g_assert_false (rt_is_same_day (NOON, NOON + 12 * HOUR));
  g_assert_cmpint (rt_next_midnight (NOON), ==, NOON + 12 * HOUR);
  g_assert_cmpint (rt_next_midnight (NOON + 12 * HOUR), ==, NOON + 36 * HOUR);
  /* no calendar has these */
  check_time (G_MAXINT64, "00:00");
  check_time (G_MININT64, "00:00");
}

static void
test_fold (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize shown;

  g_assert_cmpuint (rt_text_fold (""), ==, 0);
  g_assert_cmpuint (rt_text_fold ("short"), ==, 0);
  for (guint i = 0; i < 1650 / 5; i++)
    g_string_append (text, "word ");
  g_assert_cmpuint (rt_text_fold (text->str), ==, 0);
  /* a little over it is not folded either: the button would be as high */
  for (guint i = 0; i < 250 / 5; i++)
    g_string_append (text, "word ");
  g_assert_cmpuint (rt_text_fold (text->str), ==, 0);
  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "word ");
  shown = rt_text_fold (text->str);
  g_assert_cmpuint (shown, >, 1500);
  g_assert_cmpuint (shown, <=, 1700);
  g_assert_cmpint (text->str[shown], ==, ' ');
  /* lines count too */
  g_string_truncate (text, 0);
  for (guint i = 0; i < 31; i++)
    g_string_append (text, "x\n");
  g_assert_cmpuint (rt_text_fold (text->str), ==, 2 * 30 - 1);
  /* one word without an end is cut between characters */
  g_string_truncate (text, 0);
  for (guint i = 0; i < 5000; i++)
    g_string_append (text, "ü");
  shown = rt_text_fold (text->str);
  g_assert_cmpuint (shown, ==, 2 * 1700);
  g_assert_true (g_utf8_validate (text->str, shown, NULL));
}

typedef struct {
  RtNetwork    *network;
  GtkWidget    *window, *row;
} RowFixture;

static void
row_set_up (RowFixture *f, gconstpointer unused)
{
  f->network = fake_network_new ("mesh");
  f->row = rt_message_row_new ();
  f->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (f->window), 600, 400);
  gtk_window_set_child (GTK_WINDOW (f->window), f->row);
}

static void
row_tear_down (RowFixture *f, gconstpointer unused)
{
  g_object_ref (f->row);
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_assert_finalize_object (f->row);
  g_assert_finalize_object (f->network);
}

static GtkWidget *
part (RowFixture *f, const char *name)
{
  GObject *child = gtk_widget_get_template_child (f->row, RT_TYPE_MESSAGE_ROW, name);

  g_assert_true (GTK_IS_WIDGET (child));
  return GTK_WIDGET (child);
}

static gboolean
shows (RowFixture *f, const char *name)
{
  return gtk_widget_get_visible (part (f, name));
}

static const char *
words (RowFixture *f, const char *name)
{
  return gtk_label_get_label (GTK_LABEL (part (f, name)));
}

static const char *
body_text (RowFixture *f)
{
  return rt_message_body_get_text (RT_MESSAGE_BODY (part (f, "body")));
}

static gboolean
can (RowFixture *f, const char *action)
{
  /* there is no getter: activating a disabled one does nothing and says so */
  return gtk_widget_activate_action (f->row, action, NULL);
}

static void
bind (RowFixture *f, RtMessageItem *item, RtMessageItem *previous)
{
  rt_message_row_bind (RT_MESSAGE_ROW (f->row), item, previous);
  g_assert_true (rt_message_row_get_item (RT_MESSAGE_ROW (f->row)) == item);
}

static GVariant *
make_packets (GVariant *value, const char *text)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (P2P_SUBFLAG_BROADCAST));
  if (value != NULL)
    g_variant_builder_add (&builder, "v", value);
  g_variant_builder_add (&builder, "v", g_variant_new_string (text));
  return g_variant_builder_end (&builder);
}

static void
test_others (RowFixture *f, gconstpointer unused)
{
  RtMessageItem *first = fake_network_hear_text (f->network, ADA, NOON, "Hello <b>all</b> &amp; <i>");
  RtMessageItem *second = fake_network_hear_text (f->network, ADA, NOON + G_TIME_SPAN_MINUTE, "More");
  RtMessageItem *late = fake_network_hear_text (f->network, ADA, NOON + 2 * HOUR, "Later");
  RtMessageItem *other = fake_network_hear_text (f->network, BOB, NOON + 2 * HOUR, "Me too");
  RtMessageItem *next_day = fake_network_hear_text (f->network, BOB, NOON + 20 * HOUR, "Tomorrow");

  bind (f, first, NULL);
  /* what a peer sends is never markup */
  g_assert_cmpstr (body_text (f), ==, "Hello <b>all</b> &amp; <i>");
  g_assert_true (shows (f, "day_label") && shows (f, "avatar") && shows (f, "sender_label") && shows (f, "reply_button"));
  g_assert_false (shows (f, "state_box") || shows (f, "tag_box") || shows (f, "more_button"));
  g_assert_cmpstr (words (f, "sender_label"), ==, "Ad4x…Te9Q");
  g_assert_false (gtk_widget_has_css_class (f->row, "own"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->row), GTK_ACCESSIBLE_PROPERTY_LABEL, "Ad4x…Te9Q, 12:00: Hello <b>all</b> &amp; <i>");
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (f->row), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  bind (f, second, first);
  g_assert_false (shows (f, "day_label") || shows (f, "avatar") || shows (f, "sender_label"));
  bind (f, late, second);
  g_assert_true (!shows (f, "day_label") && shows (f, "avatar") && shows (f, "sender_label"));
  bind (f, other, late);
  g_assert_true (!shows (f, "day_label") && shows (f, "sender_label"));
  g_assert_cmpstr (words (f, "sender_label"), ==, "B0bZ…kk7z");
  bind (f, next_day, other);
  g_assert_true (shows (f, "day_label") && shows (f, "sender_label"));
}

static void
reply_cb (RtMessageRow *row, RtMessageItem *item, RtMessageItem **got)
{
  *got = item;
}

static void
test_own (RowFixture *f, gconstpointer unused)
{
  RtMessageItem *item = fake_network_say (f->network, NOON, NULL, "Hello"), *got = NULL;

  g_signal_connect (f->row, "reply", G_CALLBACK (reply_cb), &got);
  g_signal_connect (f->row, "retry", G_CALLBACK (reply_cb), &got);
  bind (f, item, NULL);
  g_assert_true (gtk_widget_has_css_class (f->row, "own"));
  g_assert_false (shows (f, "avatar") || shows (f, "sender_label") || shows (f, "reply_button"));
  g_assert_cmpstr (words (f, "state_label"), ==, "Sending…");
  g_assert_false (shows (f, "retry_button"));
  can (f, "message.retry");
  can (f, "message.reply");
  g_assert_null (got);
  fake_network_deliver (f->network, item, RT_DELIVERY_HANDED, 2, NULL);
  bind (f, item, NULL);
  g_assert_cmpstr (words (f, "state_label"), ==, "Handed to 2 peers");
  g_assert_false (shows (f, "retry_button"));
  g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (part (f, "state_image"))), ==, "object-select-symbolic");
  fake_network_deliver (f->network, item, RT_DELIVERY_FAILED, 0, "the cable is cut");
  bind (f, item, NULL);
  g_assert_nonnull (strstr (words (f, "state_label"), "the cable is cut"));
  g_assert_true (shows (f, "retry_button"));
  g_assert_true (gtk_widget_has_css_class (part (f, "state_box"), "failed"));
  g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (part (f, "state_image"))), ==, "dialog-warning-symbolic");
  g_assert_true (can (f, "message.retry"));
  g_assert_true (got == item);
  fake_network_deliver (f->network, item, RT_DELIVERY_NOBODY, 0, NULL);
  bind (f, item, NULL);
  g_assert_cmpstr (words (f, "state_label"), ==, "Nobody was there to take it");
  g_assert_true (shows (f, "retry_button"));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (f->row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "You, 12:00, Nobody was there to take it: Hello");
  /* the same row for somebody else's */
  bind (f, fake_network_hear_text (f->network, ADA, NOON, "Hi"), NULL);
  g_assert_false (shows (f, "state_box") || gtk_widget_has_css_class (f->row, "own"));
}

static void
test_private (RowFixture *f, gconstpointer unused)
{
  RtMessageItem *heard = fake_network_hear (f->network, ADA, NOON, TRUE, make_packets (NULL, "Psst")), *got = NULL;
  RtMessageItem *open = fake_network_hear_text (f->network, ADA, NOON + 1, "Aloud");
  RtMessageItem *own = fake_network_say (f->network, NOON + 2, BOB, "Yes?");

  g_signal_connect (f->row, "reply", G_CALLBACK (reply_cb), &got);
  bind (f, heard, NULL);
  g_assert_cmpstr (words (f, "tag_label"), ==, "Private");
  g_assert_true (shows (f, "tag_box"));
  g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (part (f, "tag_image"))), ==, "channel-secure-symbolic");
  g_assert_true (gtk_widget_has_css_class (part (f, "bubble"), "private"));
  g_assert_true (can (f, "message.reply"));
  g_assert_true (got == heard);
  /* who says something privately and then aloud is named again */
  bind (f, open, heard);
  g_assert_true (shows (f, "sender_label"));
  g_assert_false (shows (f, "tag_box") || gtk_widget_has_css_class (part (f, "bubble"), "private"));
  bind (f, own, open);
  g_assert_cmpstr (words (f, "tag_label"), ==, "Private to B0bZ…kk7z");
  g_assert_true (shows (f, "reply_button"));
}

static void
test_values (RowFixture *f, gconstpointer unused)
{
  RtMessageItem *item = fake_network_hear (f->network, ADA, NOON, FALSE, make_packets (g_variant_new_double (21.5), "hot"));

  bind (f, item, NULL);
  g_assert_cmpstr (words (f, "tag_label"), ==, "Values");
  g_assert_nonnull (strstr (body_text (f), "21.5"));
  g_assert_nonnull (strstr (body_text (f), "hot"));
  g_assert_true (gtk_widget_has_css_class (part (f, "body"), "values"));
  item = fake_network_hear (f->network, ADA, NOON, TRUE, make_packets (g_variant_new_double (21.5), "hot"));
  bind (f, item, NULL);
  g_assert_cmpstr (words (f, "tag_label"), ==, "Private – values");
}

static void
clipboard_cb (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static void
test_long (RowFixture *f, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *copied = NULL;
  RtMessageItem *item;
  int folded, unfolded;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "line %u\n", i);
  item = fake_network_hear_text (f->network, ADA, NOON, text->str);
  bind (f, item, NULL);
  g_assert_true (shows (f, "more_button"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (part (f, "more_button"))), ==, "Show more");
  g_assert_true (g_str_has_suffix (body_text (f), "line 29…"));
  gtk_widget_measure (f->row, GTK_ORIENTATION_VERTICAL, 600, NULL, &folded, NULL, NULL);
  g_assert_true (can (f, "message.more"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (part (f, "more_button"))), ==, "Show less");
  g_assert_nonnull (strstr (body_text (f), "line 99"));
  gtk_widget_measure (f->row, GTK_ORIENTATION_VERTICAL, 600, NULL, &unfolded, NULL, NULL);
  g_assert_cmpint (unfolded, >, 2 * folded);
  /* it stays as the person left it when the row was used for another one */
  bind (f, fake_network_hear_text (f->network, BOB, NOON, "short"), NULL);
  g_assert_false (shows (f, "more_button"));
  bind (f, item, NULL);
  g_assert_nonnull (strstr (body_text (f), "line 99"));
  g_assert_true (can (f, "message.more"));
  g_assert_null (strstr (body_text (f), "line 99"));
  /* copied is the whole text all the same */
  g_assert_true (can (f, "message.copy"));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (f->row), NULL, clipboard_cb, &copied);
  while (copied == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (copied, ==, rt_message_item_get_text (item));
}

static void
get_bounds (RowFixture *f, const char *name, graphene_rect_t *bounds)
{
  g_assert_true (gtk_widget_compute_bounds (part (f, name), f->row, bounds));
}

/* Own ones stand at the end, others' at the start, and nothing lies over anything else, at every width and both directions. */
static void
check_places (RowFixture *f, RtMessageItem *item, int width, gboolean rtl)
{
  static const char * const names[] = { "day_label", "avatar", "sender_label", "bubble", "reply_button", "state_box" };
  gboolean own = rt_message_item_get_own (item);
  graphene_rect_t bubble;
  int height;

  gtk_widget_set_direction (f->row, rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_set_direction (part (f, names[i]), rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  bind (f, item, NULL);
  gtk_widget_measure (f->row, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);
  gtk_widget_allocate (f->row, width, height, -1, NULL);
  get_bounds (f, "bubble", &bubble);
  g_assert_cmpfloat (bubble.origin.x, >=, 0);
  g_assert_cmpfloat (bubble.origin.x + bubble.size.width, <=, width);
  g_assert_cmpfloat (bubble.origin.y + bubble.size.height, <=, height);
  g_assert_cmpfloat (bubble.size.width, <=, RT_MESSAGE_BODY_MAX_WIDTH + 40);
  /* others' have the avatar beside them */
  if (own != rtl)
    g_assert_cmpfloat (width - bubble.origin.x - bubble.size.width, ==, own ? 12 : 52);
  else
    g_assert_cmpfloat (bubble.origin.x, ==, own ? 12 : 52);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint j = 0; j < i; j++)
      {
        graphene_rect_t a, b, both;

        if (!shows (f, names[i]) || !shows (f, names[j]))
          continue;
        get_bounds (f, names[i], &a);
        get_bounds (f, names[j], &b);
        g_assert_cmpfloat (a.origin.x, >=, 0);
        g_assert_cmpfloat (a.origin.x + a.size.width, <=, width);
        if (graphene_rect_intersection (&a, &b, &both) && both.size.width > 0.5 && both.size.height > 0.5)
          g_error ("%s and %s lie over each other at %d px", names[i], names[j], width);
      }
}

static void
test_places (RowFixture *f, gconstpointer unused)
{
  static const char * const texts[] = {
    "Hi", "A middling one that wants a line or two when it is narrow", "مرحبا بالجميع",
    "averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongwordwithoutanyplacetobreakitthatwouldbenatural",
    "Several\nlines\nof it"
  };
  static const int widths[] = { 250, 360, 500, 860, 1400 };

  gtk_window_present (GTK_WINDOW (f->window));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      RtMessageItem *items[] = {
        fake_network_hear_text (f->network, ADA, NOON + i, texts[i]),
        fake_network_say (f->network, NOON + i, NULL, texts[i]),
        fake_network_say (f->network, NOON + i, BOB, texts[i]),
        fake_network_hear (f->network, ADA, NOON + i, TRUE, make_packets (g_variant_new_boolean (TRUE), texts[i])),
      };

      fake_network_deliver (f->network, items[2], RT_DELIVERY_FAILED, 0, "nobody in this network knows where that node might be now");
      for (guint k = 0; k < G_N_ELEMENTS (items); k++)
        for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
          {
            check_places (f, items[k], widths[w], FALSE);
            check_places (f, items[k], widths[w], TRUE);
          }
    }
}

/* Six hundred words in one row: the spike measured 2.4 ms, and 625 with labels in boxes. */
static void
test_cost (RowFixture *f, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);
  double best = 1e9;
  int height;

  for (guint i = 0; i < 600; i++)
    g_string_append (text, "ab ");
  for (guint i = 0; i < 10; i++)
    {
      RtMessageItem *item;
      double start;

      g_string_append (text, "c ");
      item = fake_network_hear_text (f->network, ADA, NOON + i, text->str);
      start = test_cpu_ms ();
      bind (f, item, NULL);
      gtk_widget_measure (f->row, GTK_ORIENTATION_VERTICAL, 500, NULL, &height, NULL, NULL);
      best = MIN (best, test_cpu_ms () - start);
    }
  g_test_message ("a row of 600 words: %.2f ms", best);
  if (MEASURES)
    g_assert_cmpfloat (best, <, 20.0 * test_slowness ());
}

static void
text_cb (RtMessageBody *body, const char *text, char **got)
{
  g_free (*got);
  *got = g_strdup (text);
}

static void
settle (RowFixture *f)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Selected text is what is copied, and does not stick to the row when that is used for another message. */
static void
test_select (RowFixture *f, gconstpointer unused)
{
  RtMessageBody *body = RT_MESSAGE_BODY (part (f, "body"));
  g_autofree char *copied = NULL, *selected = NULL, *all = NULL;

  bind (f, fake_network_hear_text (f->network, ADA, NOON, "Grüße, Welt"), NULL);
  g_assert_null (rt_message_body_dup_selection (body));
  rt_message_body_select (body, 0, 7);
  selected = rt_message_body_dup_selection (body);
  g_assert_cmpstr (selected, ==, "Grüße");
  g_assert_true (can (f, "message.copy"));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (f->row), NULL, clipboard_cb, &copied);
  while (copied == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (copied, ==, "Grüße");
  g_assert_true (can (f, "message.select-all"));
  all = rt_message_body_dup_selection (body);
  g_assert_cmpstr (all, ==, "Grüße, Welt");
  bind (f, fake_network_hear_text (f->network, ADA, NOON, "Grüße, Welt"), NULL);
  g_assert_null (rt_message_body_dup_selection (body));
}

/* Tab goes to the links of a text one by one, then out; nothing is opened without a look. */
static void
test_links (RowFixture *f, gconstpointer unused)
{
  RtMessageBody *body = RT_MESSAGE_BODY (part (f, "body"));
  g_autoptr (GPtrArray) addresses = NULL;
  g_autofree char *got = NULL;
  GtkWindow *dialog;

  gtk_window_present (GTK_WINDOW (f->window));
  bind (f, fake_network_hear_text (f->network, ADA, NOON, "See https://a.example/x and http://b.example, not file:///etc/passwd"), NULL);
  settle (f);
  addresses = rt_message_body_dup_addresses (body);
  g_assert_cmpuint (addresses->len, ==, 2);
  g_assert_cmpstr (addresses->pdata[0], ==, "https://a.example/x");
  g_assert_cmpstr (addresses->pdata[1], ==, "http://b.example");
  g_assert_true (gtk_widget_child_focus (GTK_WIDGET (body), GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_widget_child_focus (GTK_WIDGET (body), GTK_DIR_TAB_FORWARD));
  g_assert_false (gtk_widget_child_focus (GTK_WIDGET (body), GTK_DIR_TAB_FORWARD));
  g_signal_connect (body, "link", G_CALLBACK (text_cb), &got);
  g_signal_emit_by_name (body, "link", addresses->pdata[1]);
  g_assert_cmpstr (got, ==, "http://b.example");
  dialog = NULL;
  for (guint i = 0; i < g_list_model_get_n_items (gtk_window_get_toplevels ()); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (gtk_window_get_toplevels (), i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        dialog = window;
    }
  g_assert_nonnull (dialog);
  /* not encrypted: opening it is not what Enter does */
  g_assert_cmpstr (adw_message_dialog_get_default_response (ADW_MESSAGE_DIALOG (dialog)), ==, "cancel");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "copy");
  gtk_window_destroy (dialog);
  settle (f);
}

/* Cited keys show the value that they have now. */
static void
test_keys (RowFixture *f, gconstpointer unused)
{
  g_autoptr (FakeTable) source = fake_table_new ();
  g_autoptr (RtTable) table = NULL;
  GtkWidget *chips = rt_key_chips_new (), *window = gtk_window_new ();
  g_autoptr (GPtrArray) found = NULL;

  fake_table_put (source, "temp", FAKE_OTHER, g_variant_new_double (21.5));
  fake_table_put (source, "tempo", FAKE_OTHER, g_variant_new_string ("slow"));
  table = rt_table_new (RT_TABLE_SOURCE (source));
  while (!rt_table_is_settled (table))
    g_main_context_iteration (NULL, TRUE);
  gtk_window_set_child (GTK_WINDOW (window), chips);
  rt_key_chips_set (RT_KEY_CHIPS (chips), table, "It is #temp, #temp, #nothing and #tempo here.");
  g_assert_cmpuint (rt_key_chips_get_n_chips (RT_KEY_CHIPS (chips)), ==, 2);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (chips)), GTK_ACCESSIBLE_PROPERTY_LABEL, "temp: 21.5");
  fake_table_put (source, "temp", FAKE_OTHER, g_variant_new_double (22.5));
  fake_table_put (source, "nothing", FAKE_OTHER, g_variant_new_string ("now it is"));
  while (!rt_table_is_settled (table) || rt_key_chips_get_n_chips (RT_KEY_CHIPS (chips)) != 3)
    g_main_context_iteration (NULL, TRUE);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (chips)), GTK_ACCESSIBLE_PROPERTY_LABEL, "temp: 22.5");
  rt_key_chips_set (RT_KEY_CHIPS (chips), table, "none");
  g_assert_cmpuint (rt_key_chips_get_n_chips (RT_KEY_CHIPS (chips)), ==, 0);
  found = rt_table_complete (table, "temp", 8);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (rt_table_row_get_key_text (found->pdata[0]), ==, "temp");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
picture_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* wrong: a word of the error; NULL: it is decoded, within the bounds */
static void
check_picture (const void *data, gsize length, const char *wrong)
{
  g_autofree char *path = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  int fd = g_file_open_tmp ("rt-picture-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, data, (gssize) length, &error);
  g_assert_no_error (error);
  rt_picture_load_async (path, NULL, picture_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  texture = rt_picture_load_finish (result, &error);
  g_unlink (path);
  if (wrong == NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpint (gdk_texture_get_width (texture), <=, 2 * RT_PICTURE_WIDTH);
      g_assert_cmpint (gdk_texture_get_height (texture), <=, 2 * RT_PICTURE_HEIGHT);
      return;
    }
  g_assert_null (texture);
  if (strstr (error->message, wrong) == NULL)
    g_error ("“%s” does not speak of “%s”", error->message, wrong);
}

static void
test_pictures (void)
{
  /* two pictures of 1 × 1 */
  static const guint8 gif[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\1\0\1\0\0\2\2D\1\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 2000, 100), large = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, RT_PICTURE_MAX_SIDE + 1, 2);
  g_autofree char *png = NULL, *jpeg = NULL, *wide = NULL;
  gsize png_length, jpeg_length, wide_length;

  gdk_pixbuf_fill (pixbuf, 0x336699ff);
  gdk_pixbuf_fill (large, 0x336699ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &png, &png_length, "png", NULL, NULL));
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &jpeg_length, "jpeg", NULL, NULL));
  g_assert_true (gdk_pixbuf_save_to_buffer (large, &wide, &wide_length, "png", NULL, NULL));
  check_picture (png, png_length, NULL);
  check_picture (jpeg, jpeg_length, NULL);
  check_picture (gif, sizeof gif - 1, NULL);
  check_picture (wide, wide_length, "too large");
  check_picture (png, png_length / 2, "broken");
  check_picture (gif, 20, "broken");
  check_picture ("<svg xmlns='http://www.w3.org/2000/svg'/>", 41, "no picture");
  check_picture ("", 0, "no picture");
}

/* The line for those who know of no files is not shown to those who do; a picture has its place before it is there. */
static void
test_file (RowFixture *f, gconstpointer unused)
{
  g_autoptr (GBytes) hash = g_bytes_new_static ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (RtAttachment) attachment = rt_attachment_new_offered (hash, 1200, "../photo.png", "image/png", ADA);
  RtMessageItem *item = fake_network_hear_text (f->network, ADA, NOON, "Look\nphoto.png (1.2 kB)"), *plain;
  GtkWidget *view, *fetch;

  bind (f, item, NULL);
  g_assert_cmpstr (body_text (f), ==, "Look\nphoto.png (1.2 kB)");
  rt_message_item_set_attachment (item, G_OBJECT (attachment));
  bind (f, item, NULL);
  g_assert_cmpstr (body_text (f), ==, "Look");
  for (view = gtk_widget_get_first_child (part (f, "bubble")); view != NULL && !RT_IS_ATTACHMENT_VIEW (view); view = gtk_widget_get_next_sibling (view))
    ;
  g_assert_nonnull (view);
  g_assert_true (gtk_widget_get_visible (view));
  g_assert_cmpstr (gtk_label_get_text (GTK_LABEL (gtk_widget_get_template_child (view, RT_TYPE_ATTACHMENT_VIEW, "name_label"))), ==, "photo.png");
  /* nobody has it who is near: the person may ask for it */
  fetch = GTK_WIDGET (gtk_widget_get_template_child (view, RT_TYPE_ATTACHMENT_VIEW, "fetch_button"));
  g_assert_false (gtk_widget_get_visible (fetch));
  rt_attachment_set_absent (attachment);
  g_assert_true (gtk_widget_get_visible (fetch));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fetch)), ==, "Show picture");
  rt_attachment_set_state (attachment, RT_ATTACHMENT_FETCHING, NULL);
  g_assert_false (gtk_widget_get_visible (fetch));
  plain = fake_network_hear_text (f->network, ADA, NOON, "photo.png (1.2 kB)");
  bind (f, plain, NULL);
  g_assert_false (gtk_widget_get_visible (view));
  g_assert_cmpstr (body_text (f), ==, "photo.png (1.2 kB)");
}

static char *
dup_link_item (RowFixture *f, int position, char **target)
{
  GMenuModel *links = G_MENU_MODEL (gtk_widget_get_template_child (f->row, RT_TYPE_MESSAGE_ROW, "links_menu"));
  char *label = NULL;

  g_assert_true (g_menu_model_get_item_attribute (links, position, G_MENU_ATTRIBUTE_LABEL, "s", &label));
  g_assert_true (g_menu_model_get_item_attribute (links, position, G_MENU_ATTRIBUTE_TARGET, "s", target));
  return label;
}

static int
count_links (RowFixture *f)
{
  g_assert_true (can (f, "message.menu"));
  return g_menu_model_get_n_items (G_MENU_MODEL (gtk_widget_get_template_child (f->row, RT_TYPE_MESSAGE_ROW, "links_menu")));
}

/* The menu has the addresses of this message, and of no other; they are looked at before they are opened. */
static void
test_link_menu (RowFixture *f, gconstpointer unused)
{
  RtMessageItem *one = fake_network_hear_text (f->network, ADA, NOON, "See https://example.org/a for it");
  RtMessageItem *two = fake_network_hear_text (f->network, ADA, NOON, "Or https://example.org/b_c and http://example.net/");
  g_autofree char *label = NULL, *second = NULL, *target = NULL, *second_target = NULL;
  GtkWindow *dialog = NULL;
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  bind (f, one, NULL);
  gtk_window_present (GTK_WINDOW (f->window));
  while (!gtk_widget_get_mapped (f->row) || gtk_widget_get_width (f->row) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (count_links (f), ==, 1);
  label = dup_link_item (f, 0, &target);
  g_assert_cmpstr (label, ==, "_Open link…");
  g_assert_cmpstr (target, ==, "https://example.org/a");
  bind (f, two, NULL);
  g_assert_cmpint (count_links (f), ==, 2);
  second = dup_link_item (f, 0, &second_target);
  g_assert_cmpstr (second, ==, "Open “https://example.org/b__c”…");
  g_assert_cmpstr (second_target, ==, "https://example.org/b_c");
  g_assert_true (gtk_widget_activate_action (f->row, "message.open-link", "s", second_target));
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_get_transient_for (window) == GTK_WINDOW (f->window))
        dialog = window;
    }
  g_assert_nonnull (dialog);
  gtk_window_destroy (dialog);
  bind (f, fake_network_hear_text (f->network, ADA, NOON, "No address"), NULL);
  g_assert_cmpint (count_links (f), ==, 0);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_setenv ("GTK_A11Y", "test", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/message/times", test_times);
  g_test_add_func ("/message/fold", test_fold);
#define ADD(name, function) g_test_add ("/message/" name, RowFixture, NULL, row_set_up, function, row_tear_down)
  ADD ("others", test_others);
  ADD ("own", test_own);
  ADD ("private", test_private);
  ADD ("values", test_values);
  ADD ("long", test_long);
  ADD ("places", test_places);
  ADD ("cost", test_cost);
  ADD ("select", test_select);
  ADD ("links", test_links);
  ADD ("link-menu", test_link_menu);
  ADD ("keys", test_keys);
  ADD ("file", test_file);
  g_test_add_func ("/message/pictures", test_pictures);
  return g_test_run ();
}
