/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said and lies back: shown again, searched, and written into a file that can be read without its network. */
#include "config.h"

#include <string.h>

#include "app/archive/rt-archive-window.h"
#include "app/archive/rt-export-dialog.h"
#include "app/chat/rt-message-row.h"
#include "app/search/rt-search-dialog.h"
#include "window-fixture.h"

/* The text of a message is in no label. */
static gboolean
has_message (GtkWidget *below, const char *text)
{
  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      if (!gtk_widget_get_visible (w) || !gtk_widget_get_child_visible (w))
        continue;
      if (RT_IS_MESSAGE_ROW (w) && rt_message_row_get_item (RT_MESSAGE_ROW (w)) != NULL &&
          g_strcmp0 (rt_message_item_get_text (rt_message_row_get_item (RT_MESSAGE_ROW (w))), text) == 0)
        return TRUE;
      if (has_message (w, text))
        return TRUE;
    }
  return FALSE;
}

/* What a notification's click does. */
static void
test_show_message (void)
{
  AppFixture fixture = { 0 };
  RtTimelineKey key;
  RtWindow *window;
  RtNetwork *one, *two;
  RtMessageItem *item;

  app_fixture_set_up (&fixture, "Ada");
  one = app_fixture_add (&fixture, "one");
  two = app_fixture_add (&fixture, "two");
  item = rt_network_send_text (one, "here", NULL);
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  rt_window_select (window, two, TRUE);
  rt_network_view_set_page (window_get_view (window), "traffic");

  rt_window_show_message (window, rt_network_config_get_uuid (rt_network_get_config (one)), &key);
  g_assert_true (rt_window_get_selected (window) == one);
  g_assert_cmpstr (rt_network_view_get_page (window_get_view (window)), ==, "chat");
  app_wait_for (has_message (GTK_WIDGET (window_get_view (window)), "here"));

  /* left meanwhile: said, and nothing else happens */
  rt_window_show_message (window, "no such network", &key);
  app_settle ();
  g_assert_true (rt_window_get_selected (window) == one);
  app_wait_for (app_shows (GTK_WIDGET (window), "You have left the network of that message."));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.mute-network", "s", rt_network_config_get_uuid (rt_network_get_config (one)));
  g_assert_true (rt_network_get_muted (one));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.unmute-network", "s", rt_network_config_get_uuid (rt_network_get_config (one)));
  g_assert_false (rt_network_get_muted (one));
  gtk_window_destroy (GTK_WINDOW (window));
  app_settle ();
  app_fixture_tear_down (&fixture);
}

/* Out of the network's menu into a file, and out of the main menu back onto the screen, where nothing can be written. */
static void
test_archive (void)
{
  AppFixture fixture = { 0 };
  g_autofree char *path = NULL, *contents = NULL;
  g_autoptr (GFile) file = NULL, nowhere = NULL;
  RtWindow *window;
  RtNetwork *one;
  RtArchive *archive;
  RtMessageItem *item;
  GtkWidget *dialog, *reader, *row;
  char *place;

  app_fixture_set_up (&fixture, "Ada");
  one = app_fixture_add (&fixture, "one");
  item = rt_network_send_text (one, "the <first> apples", NULL);
  app_wait_for (rt_message_item_get_delivery (item) != RT_DELIVERY_SENDING);
  rt_network_send_text (one, "the second apples", NULL);
  path = g_build_filename (fixture.folder, "history.json", NULL);
  file = g_file_new_for_path (path);
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.export-history", "s", rt_network_config_get_uuid (rt_network_get_config (one)));
  dialog = window_find_toplevel (RT_TYPE_EXPORT_DIALOG);
  g_assert_nonnull (dialog);
  app_wait_for (app_shows (dialog, "private messages too"));
  app_frames (dialog, 3);
  app_picture (dialog, "export");
  rt_export_dialog_export (RT_EXPORT_DIALOG (dialog), file);
  app_wait_for (app_shows (dialog, "2 messages were exported."));
  g_assert_true (app_shows (dialog, "Last hash: "));
  app_frames (dialog, 3);
  app_picture (dialog, "exported");
  gtk_window_close (GTK_WINDOW (dialog));
  app_wait_for (window_find_toplevel (RT_TYPE_EXPORT_DIALOG) == NULL);

  /* what cannot be written is said, and can be tried again */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.export-history", "s", rt_network_config_get_uuid (rt_network_get_config (one)));
  dialog = window_find_toplevel (RT_TYPE_EXPORT_DIALOG);
  nowhere = g_file_get_child (file, "below a file & nothing");
  rt_export_dialog_export (RT_EXPORT_DIALOG (dialog), nowhere);
  app_wait_for (app_shows (dialog, "The history was not exported"));
  /* closed while it runs */
  rt_export_dialog_export (RT_EXPORT_DIALOG (dialog), file);
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));

  reader = GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (window), file));
  gtk_window_present (GTK_WINDOW (reader));
  app_wait_for (has_message (reader, "the second apples"));
  g_assert_true (app_shows (reader, "Verified: 2 messages"));
  g_assert_true (has_message (reader, "the <first> apples"));
  row = app_find (reader, RT_TYPE_MESSAGE_ROW, NULL);
  g_assert_nonnull (row);
  app_frames (reader, 3);
  app_picture (reader, "archive");
  g_assert_false (gtk_widget_get_visible (app_find (row, GTK_TYPE_BUTTON, "reply_button")));
  gtk_window_destroy (GTK_WINDOW (reader));
  app_settle ();

  /* one byte */
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  place = strstr (contents, "second");
  g_assert_nonnull (place);
  *place = 'S';
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  reader = GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (window), file));
  gtk_window_present (GTK_WINDOW (reader));
  app_wait_for (app_shows (reader, "Not verified: 1 thing is wrong"));
  g_assert_true (app_shows (reader, "Line 3: this message or the one before it was changed"));
  archive = rt_archive_window_get_archive (RT_ARCHIVE_WINDOW (reader));
  g_assert_cmpuint (rt_archive_get_n_faults (archive), ==, 1);
  app_wait_for (has_message (reader, "the Second apples"));
  app_frames (reader, 3);
  app_picture (reader, "archive-changed");
  gtk_window_destroy (GTK_WINDOW (reader));

  /* something else */
  g_assert_true (g_file_set_contents (path, "<html>", -1, NULL));
  reader = GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (window), file));
  gtk_window_present (GTK_WINDOW (reader));
  app_wait_for (app_shows (reader, "This is no archive of Roundtable."));
  gtk_window_destroy (GTK_WINDOW (reader));
  /* asked for with the menu: once, and the question goes with the window */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-archive", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-archive", NULL);
  app_settle ();
  /* closed before it was read */
  reader = GTK_WIDGET (rt_archive_window_new (GTK_WINDOW (window), file));
  gtk_window_destroy (GTK_WINDOW (reader));
  gtk_window_destroy (GTK_WINDOW (window));
  app_settle ();
  app_fixture_tear_down (&fixture);
}

/* What was said in any network is found, it is told in what was looked, and Return leads to the place. */
static void
test_search (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  RtNetwork *one, *two;
  GtkWidget *dialog;
  GtkEditable *entry;

  app_fixture_set_up (&fixture, "Ada");
  one = app_fixture_add (&fixture, "one");
  two = app_fixture_add (&fixture, "two");
  rt_network_send_text (one, "the apples & pears", NULL);
  rt_network_send_text (two, "plums", NULL);
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  rt_window_select (window, two, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.search", NULL);
  dialog = window_find_toplevel (RT_TYPE_SEARCH_DIALOG);
  g_assert_nonnull (dialog);
  app_wait_for (app_shows (dialog, "Search all that was said"));
  entry = GTK_EDITABLE (app_find (dialog, GTK_TYPE_SEARCH_ENTRY, NULL));

  gtk_editable_set_text (entry, "cherries");
  app_wait_for (app_shows (dialog, "No message found"));
  g_assert_nonnull (strstr (rt_search_get_covered (rt_search_dialog_get_search (RT_SEARCH_DIALOG (dialog))), "2 messages in 2 networks"));
  gtk_editable_set_text (entry, "apple");
  app_wait_for (app_shows (dialog, "the apples & pears"));
  app_frames (dialog, 3);
  app_picture (dialog, "search");

  g_signal_emit_by_name (entry, "activate");
  app_wait_for (window_find_toplevel (RT_TYPE_SEARCH_DIALOG) == NULL);
  app_wait_for (rt_window_get_selected (window) == one);
  g_assert_cmpstr (rt_network_view_get_page (window_get_view (window)), ==, "chat");
  app_wait_for (has_message (GTK_WIDGET (window_get_view (window)), "the apples & pears"));
  gtk_window_destroy (GTK_WINDOW (window));
  app_settle ();
  app_fixture_tear_down (&fixture);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/window/show-message", test_show_message);
  g_test_add_func ("/window/search", test_search);
  g_test_add_func ("/window/archive", test_archive);
  return g_test_run ();
}
