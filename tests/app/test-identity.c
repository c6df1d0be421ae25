/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the person is: the list, the page of each, out into a file and back, and the choice where a network is made. */
#include "config.h"

#include <string.h>
#include <glib/gstdio.h>

#include "app-fixture.h"
#include "app/identity/rt-identities-window.h"
#include "app/identity/rt-identity-page.h"
#include "app/identity/rt-passphrase-dialog.h"
#include "app/identity/rt-who-group.h"
#include "app/networks/rt-leave-dialog.h"
#include "app/networks/rt-network-dialog.h"
#include "app/peers/rt-tell-card.h"
#include "app/rt-banner.h"
#include "app/rt-hint-row.h"

typedef struct
{
  AppFixture    app;
  RtIdentities *all;            /* not owned */
  RtWindow     *parent;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  app_fixture_set_up (&self->app, "Ada");
  self->all = rt_networks_get_identities (self->app.networks);
  app_fixture_add (&self->app, "quoll");
  app_fixture_add (&self->app, "<b>ibis</b> & co");
  g_application_activate (G_APPLICATION (self->app.app));
  self->parent = gtk_application_get_windows (GTK_APPLICATION (self->app.app))->data;
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->parent)));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  app_fixture_tear_down (&self->app);
}

static RtIdentity *
get (Fixture *self, guint position)
{
  g_autoptr (RtIdentity) identity = g_list_model_get_item (G_LIST_MODEL (self->all), position);

  return identity;              /* the list keeps it */
}

static GtkWidget *
open_window (Fixture *self, const char *ref)
{
  GtkWidget *window;

  if (ref != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self->app.app), "show-identity", g_variant_new_string (ref));
  else
    g_action_group_activate_action (G_ACTION_GROUP (self->app.app), "identities", NULL);
  window = GTK_WIDGET (app_dialog (GTK_WINDOW (self->parent)));
  g_assert_true (RT_IS_IDENTITIES_WINDOW (window));
  app_wait_for (gtk_widget_get_mapped (window));
  return window;
}

static GtkWidget *
find_page (GtkWidget *window)
{
  return app_find (window, RT_TYPE_IDENTITY_PAGE, NULL);
}

static void
click (GtkWidget *button)
{
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static GtkWidget *
find_row (GtkWidget *window, int position)
{
  return GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (app_find (window, GTK_TYPE_LIST_BOX, "list")), position));
}

static void
test_list (Fixture *self, gconstpointer unused)
{
  GtkWidget *window = open_window (self, NULL);
  g_autoptr (RtNetwork) second = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 1);

  /* names of networks are no markup */
  g_assert_true (app_shows (window, "<b>ibis</b> & co"));
  g_assert_true (app_shows (window, "Only in “quoll”"));
  g_assert_null (find_row (window, 2));
  app_picture (window, "identities-list");
  /* one more, as soon as there is one; and gone with its network */
  rt_identities_add (self->all, "Myself");
  g_assert_nonnull (find_row (window, 2));
  g_assert_true (app_shows (window, "No network uses it"));
  rt_networks_remove (self->app.networks, second);
  app_wait_for (find_row (window, 2) == NULL);
  /* the window is one */
  g_assert_true (open_window (self, NULL) == window);
}

static void
test_page (Fixture *self, gconstpointer unused)
{
  RtIdentity *me = get (self, 0);
  GtkWidget *window = open_window (self, rt_identity_get_ref (me)), *page = find_page (window);
  g_autofree char *digits = rt_identity_dup_digits (me), *words = rt_identity_dup_words (me), *place = rt_identity_dup_place_words (self->all, me);

  g_assert_nonnull (page);
  g_assert_true (app_shows (page, digits));
  g_assert_true (app_shows (page, words));
  g_assert_true (app_shows (page, "quoll"));
  g_assert_nonnull (strstr (place, "only you can read"));
  g_assert_true (app_shows (page, place));
  g_assert_false (gtk_widget_get_sensitive (app_find (page, GTK_TYPE_BUTTON, "remove_button")));
  g_assert_false (rt_banner_get_revealed (RT_BANNER (app_find (page, RT_TYPE_BANNER, NULL))));
  gtk_window_set_default_size (GTK_WINDOW (window), 560, 1000);
  app_frames (window, 3);
  app_picture (window, "identity-page");
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 900);
  app_frames (window, 3);
  app_picture (window, "identity-page-narrow");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  app_frames (window, 3);
  app_picture (window, "identity-page-dark-rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  click (app_find (page, GTK_TYPE_BUTTON, "back_button"));
}

static void
test_rename (Fixture *self, gconstpointer unused)
{
  RtIdentity *me = get (self, 0);
  GtkWidget *window = open_window (self, rt_identity_get_ref (me)), *page = find_page (window);
  GtkWidget *row = app_find (page, ADW_TYPE_ENTRY_ROW, "name_row"), *change = app_find (page, GTK_TYPE_BUTTON, "change_button");

  g_assert_false (gtk_widget_get_visible (change));
  gtk_editable_set_text (GTK_EDITABLE (row), "Ada & the others");
  g_assert_true (gtk_widget_get_visible (change));
  click (change);
  g_assert_cmpstr (rt_identity_get_title (me), ==, "Ada & the others");
  g_assert_false (gtk_widget_get_visible (change));
  g_assert_true (app_shows (window, "Ada & the others"));
  gtk_editable_set_text (GTK_EDITABLE (row), "a\u2028b");
  g_assert_false (gtk_widget_get_sensitive (change));
}

static GtkWidget *
passphrase_dialog (GtkWidget *window)
{
  GtkWidget *dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (window)));

  g_assert_true (RT_IS_PASSPHRASE_DIALOG (dialog));
  return dialog;
}

static const char *
get_problem (GtkWidget *dialog)
{
  const char *title = rt_banner_get_title (RT_BANNER (app_find (dialog, RT_TYPE_BANNER, NULL)));

  return title != NULL ? title : "";
}

static void
type (GtkWidget *dialog, const char *row, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, row)), text);
}

static void
test_passphrase (Fixture *self, gconstpointer unused)
{
  GtkWidget *dialog = GTK_WIDGET (rt_passphrase_dialog_new (GTK_WINDOW (self->parent), "Export identity", "Words & <words>", "_Export…", NULL));
  GtkWidget *accept = app_find (dialog, GTK_TYPE_BUTTON, "accept_button");
  RtHintRow *hint = RT_HINT_ROW (app_find (dialog, RT_TYPE_HINT_ROW, NULL));

  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_false (gtk_widget_get_sensitive (accept));
  g_assert_null (rt_hint_row_get_text (hint));
  type (dialog, "first_row", "short");
  g_assert_nonnull (strstr (rt_hint_row_get_text (hint), "Too short"));
  type (dialog, "second_row", "short");
  g_assert_false (gtk_widget_get_sensitive (accept));
  /* long enough, and among the first that anybody tries */
  type (dialog, "first_row", "password");
  type (dialog, "second_row", "password");
  g_assert_nonnull (strstr (rt_hint_row_get_text (hint), "Too weak"));
  g_assert_false (gtk_widget_get_sensitive (accept));
  type (dialog, "first_row", "correct horse battery staple");
  g_assert_nonnull (strstr (rt_hint_row_get_text (hint), "not the same"));
  g_assert_false (gtk_widget_get_sensitive (accept));
  app_frames (dialog, 3);
  app_picture (dialog, "identity-passphrase");
  type (dialog, "second_row", "correct horse battery staple");
  g_assert_cmpstr (rt_hint_row_get_text (hint), ==, "Strong");
  g_assert_true (gtk_widget_get_sensitive (accept));
  rt_passphrase_dialog_set_busy (RT_PASSPHRASE_DIALOG (dialog), TRUE);
  g_assert_false (gtk_widget_get_sensitive (accept));
  g_assert_nonnull (strstr (rt_hint_row_get_text (hint), "One moment"));
  rt_passphrase_dialog_set_problem (RT_PASSPHRASE_DIALOG (dialog), "Wrong");
  g_assert_true (gtk_widget_get_sensitive (accept));
  g_assert_cmpstr (get_problem (dialog), ==, "Wrong");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
wait_for_export (Fixture *self, RtIdentity *identity)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *text = NULL;

  rt_identities_export_async (self->all, identity, "another passphrase", NULL, rt_wait_result_cb, &result);
  app_wait_for (result != NULL);
  text = rt_identities_export_finish (self->all, result, NULL);
  g_assert_nonnull (text);
}

/* What comes of a dialog that was closed is not what comes of the next one: the file would have another passphrase than the one that he remembers. */
static void
test_closed_export (Fixture *self, gconstpointer unused)
{
  RtIdentity *me = get (self, 0);
  GtkWidget *window = open_window (self, rt_identity_get_ref (me)), *page = find_page (window), *dialog;

  for (guint i = 0; i < 2; i++)
    {
      click (app_find (page, GTK_TYPE_BUTTON, "export_button"));
      dialog = passphrase_dialog (window);
      type (dialog, "first_row", "correct horse battery");
      type (dialog, "second_row", "correct horse battery");
      if (i == 0)
        {
          click (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"));
          gtk_window_close (GTK_WINDOW (dialog));
          app_wait_for (app_dialog (GTK_WINDOW (window)) == NULL);
        }
    }
  /* by then the first one is long at its end */
  for (guint i = 0; i < 3; i++)
    wait_for_export (self, me);
  app_settle ();
  g_assert_true (passphrase_dialog (window) == dialog);
  g_assert_cmpstr (get_problem (dialog), ==, "");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Why something was not done is said whatever is in it: a toast takes markup. */
static void
test_toast (Fixture *self, gconstpointer unused)
{
  GtkWidget *window = open_window (self, NULL);
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/R&D/<b>ada</b>.roundtable-identity");

  rt_identities_window_import (RT_IDENTITIES_WINDOW (window), file);
  app_wait_for (app_shows (window, "The file cannot be read"));
  g_assert_true (app_shows (window, "/R&D/<b>ada</b>"));
}

/* Out of one program and into another. */
static void
test_import (Fixture *self, gconstpointer unused)
{
  g_autoptr (GAsyncResult) exporting = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *path = g_build_filename (self->app.folder, "Ada elsewhere.roundtable-identity", NULL), *seed = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (P2pIdentity) other = NULL;
  GtkWidget *window = open_window (self, NULL), *dialog;

  seed = g_strnfill (32, 's');
  bytes = g_bytes_new (seed, 32);
  other = p2p_identity_new_from_seed (bytes, &error);
  text = p2p_identity_export (other, "correct horse", &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, text, -1, &error));
  for (guint i = 0; i < 2; i++)
    {
      rt_identities_window_import (RT_IDENTITIES_WINDOW (window), file);
      app_wait_for (RT_IS_PASSPHRASE_DIALOG (app_dialog (GTK_WINDOW (window))));
      dialog = passphrase_dialog (window);
      g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, "name_row"))), ==, "Ada elsewhere");
      if (i == 0)
        {
          type (dialog, "first_row", "something else");
          click (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"));
          app_wait_for (g_str_equal (get_problem (dialog), "The passphrase is wrong"));
          app_picture (dialog, "identity-import");
        }
      type (dialog, "first_row", "correct horse");
      click (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"));
      if (i == 0)
        app_wait_for (find_page (window) != NULL && app_shows (find_page (window), "Ada elsewhere"));
      else
        /* it is there already, and that is said */
        app_wait_for (g_str_has_prefix (get_problem (dialog), "You have this identity already"));
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->all)), ==, 3);
  gtk_window_destroy (GTK_WINDOW (passphrase_dialog (window)));
}

static void
test_remove (Fixture *self, gconstpointer unused)
{
  RtIdentity *me = rt_identities_add (self->all, "Myself");
  GtkWidget *window = open_window (self, rt_identity_get_ref (me)), *page = find_page (window);

  app_wait_for (rt_identity_get_public_key (me) != NULL);
  for (guint i = 0; i < 2; i++)
    {
      GtkWindow *dialog;

      click (app_find (page, GTK_TYPE_BUTTON, "remove_button"));
      dialog = app_dialog (GTK_WINDOW (window));
      g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
      g_assert_nonnull (strstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), "Myself"));
      if (i == 0)
        app_picture (GTK_WIDGET (dialog), "identity-remove");
      adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), i == 0 ? "cancel" : "remove");
      app_settle ();
    }
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (self->all)) == 2);
}

static void
test_trouble (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  RtIdentity *me = get (self, 0);
  g_autofree char *path = rt_vault_dup_path (rt_identities_get_vault (self->all), rt_identity_get_ref (me), RT_VAULT_KEY), *aside = g_strconcat (path, ".aside", NULL);
  GtkWidget *window = open_window (self, rt_identity_get_ref (me)), *page = find_page (window);
  RtBanner *banner = RT_BANNER (app_find (page, RT_TYPE_BANNER, NULL));

  g_assert_cmpint (g_rename (path, aside), ==, 0);
  rt_network_stop (network);
  rt_network_start (network);
  app_wait_for (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_assert_nonnull (strstr (rt_banner_get_title (banner), "Not available now"));
  app_frames (window, 3);
  app_picture (window, "identity-trouble");
  g_assert_cmpint (g_rename (aside, path), ==, 0);
  g_signal_emit_by_name (banner, "button-clicked");
  app_wait_for (rt_network_get_socket (network) != NULL);
  app_wait_for (rt_banner_get_title (banner) == NULL || *rt_banner_get_title (banner) == '\0');
}

/* ---- where a network is made ---- */

static void
choose (GtkWidget *dialog, guint position)
{
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (app_find (dialog, RT_TYPE_WHO_GROUP, NULL), ADW_TYPE_COMBO_ROW, NULL)), position);
}

static void
test_create (Fixture *self, gconstpointer unused)
{
  RtIdentity *me = rt_identities_add (self->all, "Myself");
  RtNetworkDialog *dialog = rt_network_dialog_new (GTK_WINDOW (self->parent), self->app.networks, RT_NETWORK_DIALOG_CREATE, NULL);
  g_autoptr (RtNetworkConfig) config = rt_network_dialog_dup_config (dialog), other = NULL;
  GtkWidget *who = app_find (GTK_WIDGET (dialog), RT_TYPE_WHO_GROUP, NULL);

  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_cmpstr (rt_network_config_get_identity (config), ==, "");
  g_assert_true (app_shows (who, "By the key nobody can tell"));
  choose (GTK_WIDGET (dialog), 3);
  other = rt_network_dialog_dup_config (dialog);
  g_assert_cmpstr (rt_network_config_get_identity (other), ==, rt_identity_get_ref (me));
  g_assert_true (app_shows (who, "Who is in both networks"));
  g_assert_null (rt_hint_row_get_text (RT_HINT_ROW (app_find (who, RT_TYPE_HINT_ROW, NULL))));
  app_frames (GTK_WIDGET (dialog), 3);
  app_picture (GTK_WIDGET (dialog), "identity-create");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_edit (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  RtNetworkDialog *dialog = rt_network_dialog_new (GTK_WINDOW (self->parent), self->app.networks, RT_NETWORK_DIALOG_EDIT, network);
  GtkWidget *who = app_find (GTK_WIDGET (dialog), RT_TYPE_WHO_GROUP, NULL);
  g_autoptr (RtNetworkConfig) now = rt_network_dialog_dup_config (dialog), fresh = NULL, again = NULL, other = NULL;
  RtHintRow *hint = RT_HINT_ROW (app_find (who, RT_TYPE_HINT_ROW, NULL));

  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_cmpstr (rt_network_config_get_identity (now), ==, "");
  g_assert_null (rt_hint_row_get_text (hint));
  choose (GTK_WIDGET (dialog), 1);
  g_assert_nonnull (strstr (rt_hint_row_get_text (hint), "somebody else"));
  fresh = rt_network_dialog_dup_config (dialog);
  again = rt_network_dialog_dup_config (dialog);
  g_assert_true (g_uuid_string_is_valid (rt_network_config_get_identity (fresh)));
  g_assert_cmpstr (rt_network_config_get_identity (fresh), ==, rt_network_config_get_identity (again));
  choose (GTK_WIDGET (dialog), 2);
  other = rt_network_dialog_dup_config (dialog);
  g_assert_cmpstr (rt_network_config_get_identity (other), ==, rt_identity_get_ref (get (self, 1)));
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 700);
  app_frames (GTK_WIDGET (dialog), 3);
  app_picture (GTK_WIDGET (dialog), "identity-edit-narrow");
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Leaving says what becomes of who he was. */
static void
test_leave (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) first = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0), second = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 1);
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (second));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (rt_leave_dialog_new (GTK_WINDOW (self->parent), self->app.networks, first));

  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "your key"));
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_set (config, "identity", rt_identity_get_ref (get (self, 0)), NULL);
  g_assert_true (rt_networks_update (self->app.networks, second, config, NULL));
  dialog = ADW_MESSAGE_DIALOG (rt_leave_dialog_new (GTK_WINDOW (self->parent), self->app.networks, first));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "Your identity stays"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_tell (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  g_autoptr (GtkWidget) card = g_object_ref_sink (g_object_new (RT_TYPE_TELL_CARD, "network", network, NULL));
  g_autofree char *digits = rt_identity_dup_digits (get (self, 0));

  g_assert_true (app_shows (card, digits));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/identity/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("list", test_list);
  ADD ("page", test_page);
  ADD ("rename", test_rename);
  ADD ("passphrase", test_passphrase);
  ADD ("closed-export", test_closed_export);
  ADD ("toast", test_toast);
  ADD ("import", test_import);
  ADD ("remove", test_remove);
  ADD ("trouble", test_trouble);
  ADD ("create", test_create);
  ADD ("edit", test_edit);
  ADD ("leave", test_leave);
  ADD ("tell", test_tell);
  return g_test_run ();
}
