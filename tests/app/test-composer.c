/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "chat-fixture.h"
#include "model/timeline/rt-message-item.h"
#include "model/transfers/rt-transfers.h"

/* Where one writes: the directions of scripts, and what nobody should paste. */

static GtkTextView *
find_view (GtkWidget *below)
{
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkTextView *found = GTK_IS_TEXT_VIEW (child) ? GTK_TEXT_VIEW (child) : find_view (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Where the caret of a text stands when that begins to be written: 0 at the left, 1 at the right */
static double
find_caret (PageFixture *p, const char *text)
{
  GtkTextView *view = find_view (GTK_WIDGET (p->composer));
  GtkTextIter start;
  GdkRectangle place;

  rt_composer_set_text (p->composer, text);
  page_frames (p, 2);
  gtk_text_buffer_get_start_iter (gtk_text_view_get_buffer (view), &start);
  gtk_text_buffer_place_cursor (gtk_text_view_get_buffer (view), &start);
  gtk_text_view_get_cursor_locations (view, NULL, &place, NULL);
  return (double) place.x / gtk_widget_get_width (GTK_WIDGET (view));
}

static void
test_direction (PageFixture *p, gconstpointer unused)
{
  g_assert_cmpfloat (find_caret (p, ""), <, 0.1);
  g_assert_cmpfloat (find_caret (p, "12"), <, 0.1);
  g_assert_cmpfloat (find_caret (p, "שלום"), >, 0.8);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  page_frames (p, 2);
  page_picture (p->f.window, "composer-rtl");
  g_assert_cmpfloat (find_caret (p, ""), >, 0.8);
  g_assert_cmpfloat (find_caret (p, "12"), >, 0.8);
  g_assert_cmpfloat (find_caret (p, "Latin"), <, 0.1);
  g_assert_cmpfloat (find_caret (p, "مرحبا"), >, 0.8);
  /* each paragraph says it itself */
  g_assert_cmpfloat (find_caret (p, "Latin\nمرحبا"), <, 0.1);
  g_assert_cmpfloat (find_caret (p, "مرحبا\nLatin"), >, 0.8);
  g_assert_cmpfloat (find_caret (p, ""), >, 0.8);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  page_frames (p, 2);
  g_assert_cmpfloat (find_caret (p, ""), <, 0.1);
}

static RtAttachment *
wait_prepared (PageFixture *p)
{
  RtAttachment *attachment = g_list_model_get_item (G_LIST_MODEL (rt_composer_get_attachments (p->composer)), 0);

  g_assert_nonnull (attachment);
  for (guint i = 0; i < 3000 && rt_attachment_get_state (attachment) == RT_ATTACHMENT_PREPARING; i++)
    fixture_frame (&p->f);
  return attachment;
}

/* 50 MB: not into the view, whole as a file; of more than may be sent it is said */
static void
test_huge_paste (PageFixture *p, gconstpointer unused)
{
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autofree char *large = g_strnfill (50 * 1024 * 1024, 'x'), *too_large = g_strnfill (RT_ATTACHMENT_MAX_SIZE + 1, 'y');
  g_autoptr (RtAttachment) sent = NULL, refused = NULL;

  rt_composer_set_transfers (p->composer, transfers);
  rt_composer_paste_text (p->composer, large);
  page_assert_text (p, "");
  g_assert_nonnull (strstr (rt_composer_get_hint (p->composer), "has 50.0"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "composer.attach-text", NULL));
  g_assert_null (rt_composer_get_hint (p->composer));
  sent = wait_prepared (p);
  g_assert_cmpint (rt_attachment_get_state (sent), ==, RT_ATTACHMENT_HERE);
  g_assert_cmpuint (rt_attachment_get_size (sent), ==, strlen (large));
  g_list_store_remove_all (rt_composer_get_attachments (p->composer));
  rt_composer_paste_text (p->composer, too_large);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (p->composer), "composer.attach-text", NULL));
  refused = wait_prepared (p);
  g_assert_cmpint (rt_attachment_get_state (refused), ==, RT_ATTACHMENT_FAILED);
  g_assert_nonnull (strstr (rt_attachment_get_error (refused), "too large"));
  page_frames (p, 2);
  page_picture (p->f.window, "composer-refused");
  rt_composer_set_transfers (p->composer, NULL);
  g_list_store_remove_all (rt_composer_get_attachments (p->composer));
}

static void
tell (const char *what, gint64 *begin)
{
  gint64 now = g_get_monotonic_time ();

  g_test_message ("%s in %.0f ms", what, (double) (now - *begin) / 1000);
  *begin = now;
}

/* As many lines as a message can have: they are written, sent and shown, folded and not. */
static void
test_many_lines (PageFixture *p, gconstpointer unused)
{
  GString *lines = g_string_new (NULL);
  gint64 begin = g_get_monotonic_time ();

  while (lines->len + 2 <= RT_MESSAGE_MAX_TEXT)
    g_string_append (lines, "a\n");
  rt_composer_paste_text (p->composer, lines->str);
  page_frames (p, 3);
  tell ("pasted", &begin);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (p->composer)), <, 300);
  g_assert_true (page_press (p, GDK_KEY_Return, 0));
  {
    g_autofree char *calls = fake_network_steal_calls (p->network);

    g_assert_cmpuint (strlen (calls), ==, strlen ("send ") + lines->len + 1);
  }
  tell ("sent", &begin);
  fake_network_hear_text (p->network, BOB, g_get_real_time (), lines->str);
  page_frames (p, 3);
  tell ("heard", &begin);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page_newest_row (p)), "message.more", NULL));
  page_frames (p, 3);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (page_newest_row (p))), >, 5000);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (page_newest_row (p))), <, 20000);
  tell ("unfolded", &begin);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page_newest_row (p)), "message.more", NULL));
  page_frames (p, 3);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (page_newest_row (p))), >, 10000);
  tell ("unfolded again", &begin);
  g_string_free (lines, TRUE);
}

/* Names of files as somebody thinks them out who wants to be mistaken; and many of them */
static void
test_names (PageFixture *p, gconstpointer unused)
{
  static const char * const names[] = { "../../etc/passwd", "two\nlines.txt", "invoice\u202Efdp.exe", "a name that is much longer than what there is room for in a strip of files.tar.gz", ".hidden" };
  g_autoptr (RtTransfers) transfers = rt_transfers_new (NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("", 0);
  GListModel *files;

  rt_composer_set_transfers (p->composer, transfers);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    rt_composer_add_bytes (p->composer, bytes, names[i], "text/plain");
  files = G_LIST_MODEL (rt_composer_get_attachments (p->composer));
  g_assert_cmpuint (g_list_model_get_n_items (files), ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (RtAttachment) attachment = g_list_model_get_item (files, i);
      const char *name = rt_attachment_get_name (attachment);

      g_assert_null (strpbrk (name, "/\n"));
      g_assert_null (strstr (name, "\u202E"));
      g_assert_false (*name == '.');
    }
  rt_composer_set_text (p->composer, "What I have found");
  page_frames (p, 30);
  page_picture (p->f.window, "composer-names");
  for (guint i = 0; i < 40; i++)
    rt_composer_add_bytes (p->composer, bytes, "more.txt", "text/plain");
  g_assert_cmpuint (g_list_model_get_n_items (files), <, 40);
  g_assert_nonnull (strstr (rt_composer_get_hint (p->composer), "files can be sent at a time"));
  page_frames (p, 30);
  page_picture (p->f.window, "composer-many");
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (p->composer)), <, 300);
  rt_composer_set_transfers (p->composer, NULL);
  g_list_store_remove_all (rt_composer_get_attachments (p->composer));
}

/* Which way it will go, before it is sent and as soon as that is another. */
static void
test_ways (PageFixture *p, gconstpointer unused)
{
  RtPeople *people = rt_network_get_people (p->network);

  rt_chat_page_start_whisper (p->page, ADA);
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (page_part (p, "seal_box")), "warning"));
  fake_network_know_key (p->network, ADA);
  g_assert_cmpstr (page_words (p, "seal_label"), ==, "Sealed, through others: only Ad4x…Te9Q can read this");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (page_part (p, "seal_box")), "warning"));
  fake_network_set_n_peers (p->network, 0);
  g_assert_cmpstr (page_words (p, "seal_label"), ==, "Waits until somebody is here; only Ad4x…Te9Q can read this");
  fake_network_set_n_peers (p->network, 1);
  g_assert_cmpstr (page_words (p, "seal_label"), ==, "Sealed, through others: only Ad4x…Te9Q can read this");
  rt_people_note_neighbour (people, ADA, TRUE, g_get_real_time ());
  g_assert_cmpstr (page_words (p, "seal_label"), ==, "Only Ad4x…Te9Q can read this");
  rt_people_note_neighbour (people, ADA, FALSE, g_get_real_time ());
  g_assert_cmpstr (page_words (p, "seal_label"), ==, "Sealed, through others: only Ad4x…Te9Q can read this");
}

/* The window is closed while the people, or the dates, are open. */
static void
test_left_open (PageFixture *p, gconstpointer unused)
{
  GtkMenuButton *button = GTK_MENU_BUTTON (page_part (p, GPOINTER_TO_INT (unused) == 3 ? "people_button" : "date_button"));

  gtk_widget_set_visible (GTK_WIDGET (button), TRUE);
  gtk_menu_button_popup (button);
  page_frames (p, 4);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (gtk_menu_button_get_popover (button))));
}

static void
test_menu_left_open (PageFixture *p, gconstpointer unused)
{
  RtMessageItem *item = fake_network_hear_text (p->network, ADA, g_get_real_time (), "Its menu is open");

  page_frames (p, 3);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page_row (p, item)), "message.menu", NULL));
  page_frames (p, 4);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
#define ADD(name, n, function) g_test_add ("/composer/" name, PageFixture, GINT_TO_POINTER (n), page_set_up, function, page_tear_down)
  ADD ("direction", 3, test_direction);
  ADD ("huge-paste", 3, test_huge_paste);
  ADD ("many-lines", 3, test_many_lines);
  ADD ("names", 3, test_names);
  ADD ("ways", 3, test_ways);
  ADD ("people-left-open", 3, test_left_open);
  ADD ("dates-left-open", 4, test_left_open);
  ADD ("menu-left-open", 3, test_menu_left_open);
#undef ADD
  return g_test_run ();
}
