/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways by which a link comes in: dropped, pasted where one joins or connects, and on the page of the first run. */
#include "config.h"

#include <string.h>

#include "app/chat/rt-chat-page.h"
#include "app/chat/rt-composer.h"
#include "app/chat/rt-message-body.h"
#include "app/chat/rt-message-row.h"
#include "app/networks/rt-join-dialog.h"
#include "app/networks/rt-network-dialog.h"
#include "app/peers/rt-connect-card.h"
#include "app/rt-entry-field.h"
#include "app/rt-first-run-page.h"
#include "invitation-fixture.h"
#include "model/timeline/rt-link.h"

/* Where one connects to somebody it is looked at, too, and never dialled. */
static void
test_connect (InvitationFixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  GtkWidget *card, *field;

  rt_window_select (self->window, network, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "peers");
  card = app_find (GTK_WIDGET (self->window), RT_TYPE_CONNECT_CARD, NULL);
  field = app_find (card, RT_TYPE_ENTRY_FIELD, "entry");
  gtk_editable_set_text (GTK_EDITABLE (field), "roundtable:invite?v=1");
  g_assert_false (gtk_widget_get_sensitive (invitation_find_button (card, "connect_button")));
  g_assert_true (app_shows (card, "“name” is missing"));
  /* as a mail may break it */
  gtk_editable_set_text (GTK_EDITABLE (field), "roundtable:invite?v=1&name=a&encryption=\r\nSSL&kind=mesh\n");
  g_assert_true (gtk_widget_get_sensitive (invitation_find_button (card, "connect_button")));
  invitation_click (card, "connect_button");
  g_assert_true (RT_IS_JOIN_DIALOG (app_dialog (GTK_WINDOW (self->window))));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (field)), ==, "");
  gtk_window_close (app_dialog (GTK_WINDOW (self->window)));
  app_settle ();
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
}

static GtkDropTarget *
find_drop_target (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  return NULL;
}

static gboolean
drop (GtkWidget *onto, GType type, gpointer content)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GtkDropTarget *target = find_drop_target (onto);
  gboolean taken = FALSE;

  g_assert_nonnull (target);
  g_value_init (&value, type);
  if (type == G_TYPE_STRING)
    g_value_set_string (&value, content);
  else
    g_value_set_boxed (&value, content);
  g_signal_emit_by_name (target, "drop", &value, 1.0, 1.0, &taken);
  return taken;
}

static void
test_drop (InvitationFixture *self, gconstpointer first_run)
{
  GtkWidget *onto = app_find (GTK_WIDGET (self->window), first_run != NULL ? ADW_TYPE_LEAFLET : RT_TYPE_FIRST_RUN_PAGE, NULL);
  g_autoptr (GFile) file = g_file_new_for_uri (LINK);
  g_autoptr (GSList) files = g_slist_append (NULL, file);
  g_autofree char *huge = g_strnfill (1 << 20, 'a'), *link = g_strconcat ("roundtable:invite?v=1&name=", huge, NULL);
  GtkWindow *dialog;

  g_assert_false (drop (onto, G_TYPE_STRING, "Good morning"));
  g_assert_false (drop (onto, G_TYPE_STRING, "\303("));
  g_assert_false (drop (onto, G_TYPE_STRING, NULL));
  g_assert_false (drop (onto, GDK_TYPE_FILE_LIST, NULL));
  g_assert_cmpuint (invitation_count_dialogs (self), ==, 0);
  g_assert_true (drop (onto, G_TYPE_STRING, "\n" LINK "\r\n"));
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  gtk_window_destroy (dialog);
  g_assert_true (drop (onto, GDK_TYPE_FILE_LIST, files));
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  g_assert_cmpint (rt_invitation_get_scope (rt_join_dialog_get_invitation (RT_JOIN_DIALOG (dialog))), ==, RT_ADDRESS_COMPUTER);
  gtk_window_destroy (dialog);
  g_assert_true (drop (onto, G_TYPE_STRING, link));
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "longer than"));
  gtk_window_destroy (dialog);
  app_settle ();
}

/* ---- in the chat ---- */

static GtkWidget *
find_chat (InvitationFixture *self)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);

  rt_window_select (self->window, network, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "chat");
  app_settle ();
  return app_find (GTK_WIDGET (self->window), RT_TYPE_CHAT_PAGE, NULL);
}

static guint
count_attachments (GtkWidget *chat)
{
  return g_list_model_get_n_items (G_LIST_MODEL (rt_composer_get_attachments (RT_COMPOSER (app_find (chat, RT_TYPE_COMPOSER, NULL)))));
}

/* Dropped on the chat it is opened, as anywhere in the window; what comes with it is a file as before. */
static void
test_drop_on_chat (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *chat = find_chat (self);
  g_autoptr (GFile) link = g_file_new_for_uri (LINK), bad = g_file_new_for_uri ("roundtable:invite?v=1"), file = g_file_new_build_filename (self->app.folder, "file.txt", NULL);
  g_autoptr (GSList) links = g_slist_append (NULL, link), bads = g_slist_append (NULL, bad), both = g_slist_append (g_slist_append (NULL, file), link);
  GtkWindow *dialog;

  g_assert_true (g_file_replace_contents (file, "x", 1, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, NULL));
  g_assert_true (drop (chat, GDK_TYPE_FILE_LIST, links));
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  g_assert_cmpuint (count_attachments (chat), ==, 0);
  gtk_window_destroy (dialog);
  g_assert_true (drop (chat, GDK_TYPE_FILE_LIST, bads));
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "“name” is missing"));
  g_assert_cmpuint (count_attachments (chat), ==, 0);
  gtk_window_destroy (dialog);
  g_assert_true (drop (chat, GDK_TYPE_FILE_LIST, both));
  g_assert_cmpuint (count_attachments (chat), ==, 1);
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  gtk_window_destroy (dialog);
  app_settle ();
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
}

/* Pasted it is what one says, not a file of that name, and nothing is opened. */
static void
test_paste_into_chat (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *chat = find_chat (self);
  GtkWidget *view = app_find (chat, GTK_TYPE_TEXT_VIEW, NULL);
  g_autoptr (GFile) link = g_file_new_for_uri (LINK);
  g_autoptr (GSList) links = g_slist_append (NULL, link);
  RtComposer *composer = RT_COMPOSER (app_find (chat, RT_TYPE_COMPOSER, NULL));
  g_autofree char *text = NULL;

  gdk_clipboard_set (gtk_widget_get_clipboard (view), GDK_TYPE_FILE_LIST, links);
  g_signal_emit_by_name (view, "paste-clipboard");
  app_wait_for (gtk_text_buffer_get_char_count (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view))) > 0);
  text = rt_composer_dup_text (composer);
  g_assert_true (g_str_has_prefix (text, "roundtable:invite?v=1&name="));
  g_assert_cmpuint (count_attachments (chat), ==, 0);
  g_assert_cmpuint (invitation_count_dialogs (self), ==, 0);
}

static const struct { const char *link, *words; } hostile[] = {
  { "roundtable:invite?v=3&name=a&encryption=SSL&kind=mesh", "newer form" },
  { "roundtable:invite?v=1&name=a&name=b&encryption=SSL&kind=mesh", "twice" },
  { "roundtable:invite?v=1&name=%00&encryption=SSL&kind=mesh", "that no text has" },
  { "roundtable:invite?v=1&name=%E2%80%AEgnp&encryption=SSL&kind=mesh", "cannot be seen" },
  { "roundtable:invite?v=1&name=a&encryption=SSL&kind=mesh&to=0.0.0.0:1", "0.0.0.0:1" },
  { "roundtable:invite?v=1&name=\342\200\256a&encryption=SSL&kind=mesh", "a character in it that no link has" },
  { "roundtable://invite/../../?v=1", "" },
};

/* In a message it is a link: it leads to the question that every invitation leads to, and what is wrong is refused with words. */
static void
test_message (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *chat = find_chat (self), *row;
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GError) error = NULL;
  GtkWidget *body, *archive;
  GtkWindow *dialog;

  rt_network_send_text (network, "Come along: " LINK ".", &error);
  g_assert_no_error (error);
  app_wait_for (app_find (chat, RT_TYPE_MESSAGE_ROW, NULL) != NULL);
  app_frames (GTK_WIDGET (self->window), 3);
  row = app_find (chat, RT_TYPE_MESSAGE_ROW, NULL);
  body = app_find (row, RT_TYPE_MESSAGE_BODY, NULL);
  addresses = rt_message_body_dup_addresses (RT_MESSAGE_BODY (body));
  g_assert_cmpuint (addresses->len, ==, 1);
  g_assert_cmpstr (addresses->pdata[0], ==, LINK);
  app_picture (GTK_WIDGET (self->window), "invitation-in-chat");
  g_signal_emit_by_name (body, "link", addresses->pdata[0]);
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
  gtk_window_destroy (dialog);

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_assert_true (rt_link_is_invitation (hostile[i].link));
      g_assert_true (gtk_widget_activate_action (row, "message.open-link", "s", hostile[i].link));
      dialog = app_dialog (GTK_WINDOW (self->window));
      g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
      if (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), hostile[i].words) == NULL)
        g_error ("%s: “%s” does not speak of “%s”", hostile[i].link, adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), hostile[i].words);
      g_assert_cmpuint (invitation_count_dialogs (self), ==, 1);
      gtk_window_destroy (dialog);
    }
  /* others are looked at as before */
  g_assert_true (gtk_widget_activate_action (row, "message.open-link", "s", "https://example.org/"));
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "https://example.org/"));
  gtk_window_destroy (dialog);

  /* from a window that stands in front of the networks, as an archive does */
  archive = gtk_window_new ();
  gtk_window_set_transient_for (GTK_WINDOW (archive), GTK_WINDOW (self->window));
  row = rt_message_row_new ();
  gtk_window_set_child (GTK_WINDOW (archive), row);
  g_assert_true (gtk_widget_activate_action (row, "message.open-link", "s", LINK));
  gtk_window_destroy (GTK_WINDOW (archive));
  g_assert_cmpuint (invitation_count_dialogs (self), ==, 1);
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  gtk_window_destroy (dialog);
  app_settle ();
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
}

/* Pasted where one joins: it takes the place of all that would have to be typed. */
static void
test_paste (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *dialog, *field, *question;
  RtNetworkDialog *join;

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.join-network", NULL);
  dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
  join = RT_NETWORK_DIALOG (dialog);
  app_wait_for (gtk_widget_get_mapped (dialog));
  field = app_find (dialog, RT_TYPE_ENTRY_FIELD, "friend_row");

  gtk_editable_set_text (GTK_EDITABLE (field), "roundtable:invite?v=3");
  g_assert_nonnull (strstr (rt_network_dialog_get_problem (join), "newer form (3)"));
  g_assert_true (app_shows (dialog, "newer form (3)"));
  g_assert_false (gtk_widget_get_sensitive (invitation_find_button (dialog, "accept_button")));
  gtk_editable_set_text (GTK_EDITABLE (field), "  " LINK " ");
  g_assert_null (rt_network_dialog_get_problem (join));
  g_assert_true (app_shows (dialog, "An invitation to “<b> & club”"));
  g_assert_false (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_PREFERENCES_GROUP, "network_group")));
  app_frames (dialog, 3);
  app_picture (dialog, "invitation-pasted");

  /* thought better of, the question leaves him where he was */
  invitation_click (dialog, "accept_button");
  question = GTK_WIDGET (app_dialog (GTK_WINDOW (dialog)));
  g_assert_true (RT_IS_JOIN_DIALOG (question));
  gtk_window_close (GTK_WINDOW (question));
  app_settle ();
  g_assert_true (app_dialog (GTK_WINDOW (self->window)) == GTK_WINDOW (dialog));
  gtk_editable_set_text (GTK_EDITABLE (field), "127.0.0.1:9");
  g_assert_true (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_PREFERENCES_GROUP, "network_group")));
  g_assert_false (app_shows (dialog, "An invitation to"));

  gtk_editable_set_text (GTK_EDITABLE (field), "roundtable:invite?v=1&name=%3Cb%3E%20%26%20club&encryption=Plaintext\r\n&kind=sync");
  g_assert_null (rt_network_dialog_get_problem (join));
  gtk_editable_set_text (GTK_EDITABLE (field), LINK);
  invitation_click (dialog, "accept_button");
  question = GTK_WIDGET (app_dialog (GTK_WINDOW (dialog)));
  invitation_click (question, "accept_button");
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_cmpuint (invitation_count_networks (self), ==, 2);
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (self->window)), ==, "<b> & club");
}

/* From the page of the first run: the name is given there. */
static void
test_first_run_paste (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *page = app_find (GTK_WIDGET (self->window), RT_TYPE_FIRST_RUN_PAGE, NULL), *dialog, *question;

  gtk_editable_set_text (GTK_EDITABLE (app_find (page, RT_TYPE_ENTRY_FIELD, "name_row")), "Ben");
  app_frames (page, 3);
  app_picture (GTK_WIDGET (self->window), "invitation-first-run");
  invitation_click (page, "join_button");
  dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
  app_wait_for (gtk_widget_get_mapped (dialog));
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, RT_TYPE_ENTRY_FIELD, "friend_row")), LINK);
  invitation_click (dialog, "accept_button");
  question = GTK_WIDGET (app_dialog (GTK_WINDOW (dialog)));
  g_assert_false (invitation_asks_name (question));
  invitation_click (question, "accept_button");
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_cmpstr (rt_networks_get_user_name (self->app.networks), ==, "Ben");
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (self->window)), ==, "<b> & club");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, user_name, func) g_test_add ("/invitation-ways/" name, InvitationFixture, user_name, invitation_set_up, func, invitation_tear_down)
  ADD ("connect", "Ada", test_connect);
  ADD ("drop", "Ada", test_drop);
  ADD ("drop/first-run", NULL, test_drop);
  ADD ("drop/chat", "Ada", test_drop_on_chat);
  ADD ("paste/chat", "Ada", test_paste_into_chat);
  ADD ("message", "Ada", test_message);
  ADD ("paste", "Ada", test_paste);
  ADD ("first-run/paste", NULL, test_first_run_paste);
  return g_test_run ();
}
