/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is chosen is so at once; and a window comes back as it went. */
#include "config.h"

#include <string.h>

#include "app-fixture.h"
#include "app/chat/rt-composer.h"
#include "app/preferences/rt-name-group.h"
#include "app/preferences/rt-preferences-window.h"
#include "app/rt-about.h"
#include "app/rt-entry-field.h"
#include "app/rt-first-run-page.h"
#include "app/rt-network-view.h"
#include "app/rt-uri.h"

typedef struct
{
  AppFixture  app;
  RtSettings *settings;         /* not owned */
  RtWindow   *window;
  GtkWidget  *preferences;
} Fixture;

static RtWindow *
open_window (Fixture *self)
{
  g_application_activate (G_APPLICATION (self->app.app));
  self->window = gtk_application_get_windows (GTK_APPLICATION (self->app.app))->data;
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
  return self->window;
}

static GtkWidget *
find_preferences (Fixture *self)
{
  return GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  app_fixture_set_up (&self->app, "Ada");
  app_fixture_add (&self->app, "quoll");
  app_fixture_add (&self->app, "ibis");
  self->settings = rt_application_get_settings (self->app.app);
  open_window (self);
  g_action_group_activate_action (G_ACTION_GROUP (self->app.app), "preferences", NULL);
  self->preferences = find_preferences (self);
  g_assert_nonnull (self->preferences);
  app_wait_for (gtk_widget_get_mapped (self->preferences));
}

/* Without one nothing runs without a window. */
static void
set_up_with_bus (Fixture *self, gconstpointer unused)
{
  g_test_dbus_up (g_test_dbus_new (G_TEST_DBUS_NONE));
  set_up (self, unused);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  app_fixture_tear_down (&self->app);
}

/* The only window of its kind; and every part of it has its setting, both ways. */
static void
test_switches (Fixture *self, gconstpointer unused)
{
  static const struct { const char *widget, *property; } switches[] = {
    { "notifications_switch", "notifications" }, { "notification_text_switch", "notification-text" }, { "background_switch", "run-in-background" }, { "login_switch", "start-at-login" },
    { "receipts_switch", "send-receipts" }, { "catch_up_switch", "catch-up" },
  };

  g_action_group_activate_action (G_ACTION_GROUP (self->app.app), "preferences", NULL);
  g_assert_true (find_preferences (self) == self->preferences);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      GtkSwitch *widget = GTK_SWITCH (app_find (self->preferences, GTK_TYPE_SWITCH, switches[i].widget));
      gboolean before = rt_settings_get_flag (self->settings, switches[i].property);

      g_assert_nonnull (widget);
      g_assert_cmpint (gtk_switch_get_active (widget), ==, before);
      gtk_switch_set_active (widget, !before);
      g_assert_cmpint (rt_settings_get_flag (self->settings, switches[i].property), ==, !before);
      g_object_set (self->settings, switches[i].property, before, NULL);
      g_assert_cmpint (gtk_switch_get_active (widget), ==, before);
    }
  /* what only counts with another one says so */
  g_assert_false (gtk_widget_is_sensitive (app_find (self->preferences, GTK_TYPE_SWITCH, "login_switch")));
  g_object_set (self->settings, "run-in-background", TRUE, NULL);
  g_assert_true (gtk_widget_is_sensitive (app_find (self->preferences, GTK_TYPE_SWITCH, "login_switch")));
  g_object_set (self->settings, "run-in-background", FALSE, "notifications", FALSE, NULL);
  g_assert_false (gtk_widget_is_sensitive (app_find (self->preferences, GTK_TYPE_SWITCH, "notification_text_switch")));
}

static AdwComboRow *
row (Fixture *self, const char *name)
{
  return ADW_COMBO_ROW (app_find (self->preferences, ADW_TYPE_COMBO_ROW, name));
}

static void
test_colours (Fixture *self, gconstpointer unused)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  adw_combo_row_set_selected (row (self, "colours_row"), RT_COLOURS_DARK);
  g_assert_true (adw_style_manager_get_dark (manager));
  adw_combo_row_set_selected (row (self, "colours_row"), RT_COLOURS_LIGHT);
  g_assert_false (adw_style_manager_get_dark (manager));
  g_assert_cmpint (adw_style_manager_get_color_scheme (manager), ==, ADW_COLOR_SCHEME_FORCE_LIGHT);
  adw_combo_row_set_selected (row (self, "colours_row"), RT_COLOURS_SYSTEM);
  g_assert_cmpint (adw_style_manager_get_color_scheme (manager), ==, ADW_COLOR_SCHEME_DEFAULT);
}

/* In the networks that are open. */
static void
test_pictures (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  RtPreviews previews;

  for (RtPreviews i = RT_PREVIEWS_NEVER; i <= RT_PREVIEWS_NEIGHBOURS; i++)
    {
      adw_combo_row_set_selected (row (self, "pictures_row"), i);
      g_object_get (rt_network_get_transfers (network), "previews", &previews, NULL);
      g_assert_cmpint (previews, ==, i);
    }
}

/* In the composer that is open behind it. */
static void
test_send_key (Fixture *self, gconstpointer unused)
{
  GtkWidget *composer = app_find (GTK_WIDGET (self->window), RT_TYPE_COMPOSER, NULL);
  GtkWidget *send = app_find (composer, GTK_TYPE_BUTTON, "send_button");

  g_assert_null (strstr (gtk_widget_get_tooltip_text (send), "Ctrl"));
  adw_combo_row_set_selected (row (self, "send_key_row"), RT_SEND_KEY_CONTROL_ENTER);
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (send), "Ctrl+Enter"));
  adw_combo_row_set_selected (row (self, "send_key_row"), RT_SEND_KEY_ENTER);
  g_assert_null (strstr (gtk_widget_get_tooltip_text (send), "Ctrl"));
}

static void
answer (Fixture *self, const char *response)
{
  GtkWindow *dialog = app_dialog (GTK_WINDOW (self->preferences));

  g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (dialog);
  app_settle ();
}

/* What erases asks first; who thinks better of it is back where he was. */
static void
test_history (Fixture *self, gconstpointer unused)
{
  AdwComboRow *keep = row (self, "keep_row");

  adw_combo_row_set_selected (keep, RT_KEEP_MONTH);
  g_assert_cmpint (rt_settings_get_keep_history (self->settings), ==, RT_KEEP_FOREVER);
  answer (self, "cancel");
  g_assert_cmpuint (adw_combo_row_get_selected (keep), ==, RT_KEEP_FOREVER);
  g_assert_cmpint (rt_settings_get_keep_history (self->settings), ==, RT_KEEP_FOREVER);
  adw_combo_row_set_selected (keep, RT_KEEP_MONTH);
  answer (self, "remove");
  g_assert_cmpint (rt_settings_get_keep_history (self->settings), ==, RT_KEEP_MONTH);
  g_assert_cmpuint (adw_combo_row_get_selected (keep), ==, RT_KEEP_MONTH);
  /* longer needs no question */
  adw_combo_row_set_selected (keep, RT_KEEP_YEAR);
  g_assert_cmpint (rt_settings_get_keep_history (self->settings), ==, RT_KEEP_YEAR);
  g_assert_null (app_dialog (GTK_WINDOW (self->preferences)));
}

static void
type_name (Fixture *self, const char *name)
{
  GtkWidget *field = app_find (self->preferences, RT_TYPE_ENTRY_FIELD, "name_row");

  gtk_widget_grab_focus (field);
  gtk_editable_set_text (GTK_EDITABLE (field), name);
  app_settle ();
}

static GtkWidget *
change_button (Fixture *self)
{
  GtkWidget *button = app_find (self->preferences, GTK_TYPE_BUTTON, "change_button");

  return gtk_widget_get_mapped (button) ? button : NULL;
}

/* What is typed is no name before the button is pressed; then every network has it. What cannot be a name is not taken, and it says why. */
static void
test_name (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) one = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0), two = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 1);
  GtkWidget *group = app_find (self->preferences, RT_TYPE_NAME_GROUP, NULL);
  GtkEditable *field = GTK_EDITABLE (app_find (self->preferences, RT_TYPE_ENTRY_FIELD, "name_row"));
  g_autofree char *too_long = g_strnfill (RT_PERSON_NAME_MAX + 1, 'x');

  g_assert_cmpstr (gtk_editable_get_text (field), ==, "Ada");
  g_assert_null (change_button (self));
  type_name (self, "  Ada Lovelace ");
  g_assert_nonnull (change_button (self));
  g_assert_cmpstr (rt_networks_get_user_name (self->app.networks), ==, "Ada");
  app_picture (self->preferences, "preferences-name");
  g_signal_emit_by_name (change_button (self), "clicked");
  g_assert_cmpstr (rt_networks_get_user_name (self->app.networks), ==, "Ada Lovelace");
  g_assert_cmpstr (rt_network_get_user_name (one), ==, "Ada Lovelace");
  g_assert_cmpstr (rt_network_get_user_name (two), ==, "Ada Lovelace");
  g_assert_cmpstr (gtk_editable_get_text (field), ==, "Ada Lovelace");
  app_settle ();
  g_assert_null (change_button (self));

  type_name (self, "");
  g_assert_true (app_shows (group, "Enter a name"));
  g_assert_false (gtk_widget_is_sensitive (change_button (self)));
  type_name (self, too_long);
  g_assert_nonnull (rt_entry_field_get_problem (RT_ENTRY_FIELD (field)));
  g_assert_false (gtk_widget_is_sensitive (change_button (self)));
  g_signal_emit_by_name (field, "entry-activated");
  g_assert_cmpstr (rt_networks_get_user_name (self->app.networks), ==, "Ada Lovelace");
  app_picture (self->preferences, "preferences-no-name");
  type_name (self, "Countess");
  g_assert_false (app_shows (group, "Enter a name"));
  g_assert_true (gtk_widget_is_sensitive (change_button (self)));
  /* Enter does it, too */
  g_signal_emit_by_name (field, "entry-activated");
  g_assert_cmpstr (rt_networks_get_user_name (self->app.networks), ==, "Countess");
  type_name (self, "Nobody");
  /* elsewhere meanwhile: what is is shown */
  rt_networks_set_user_name (self->app.networks, "Ada");
  g_assert_cmpstr (gtk_editable_get_text (field), ==, "Ada");
  app_settle ();
  g_assert_null (change_button (self));
  /* before the first run is done there is nothing to change */
  rt_networks_set_user_name (self->app.networks, "");
  g_assert_false (gtk_widget_get_visible (group));
}

/* Nothing is installed in this test, and it says that what is chosen will be forgotten; without a bus nobody says no. */
static void
test_says (Fixture *self, gconstpointer unused)
{
  g_autofree char *info = rt_about_dup_debug_info (self->app.networks, self->settings);

  g_assert_cmpint (gtk_widget_get_visible (app_find (self->preferences, ADW_TYPE_PREFERENCES_GROUP, "forgetful_group")), ==, !rt_settings_is_remembered (self->settings));
  g_assert_false (gtk_widget_get_visible (app_find (self->preferences, GTK_TYPE_LIST_BOX_ROW, "trouble_row")));
  g_assert_nonnull (strstr (info, "Networks: 2, loaded"));
  g_assert_nonnull (strstr (info, "Store: well"));
  g_assert_null (strstr (info, g_get_home_dir ()));
  g_assert_null (strstr (info, "Ada"));
  g_assert_null (strstr (info, "quoll"));
}

static RtNetworkView *
get_view (RtWindow *window)
{
  return RT_NETWORK_VIEW (gtk_stack_get_visible_child (GTK_STACK (app_find (GTK_WIDGET (window), GTK_TYPE_STACK, "content"))));
}

/* The window goes, the program stays, and the window is back as it was. */
static void
test_window_state (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) two = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 1);
  GListModel *monitors = gdk_display_get_monitors (gdk_display_get_default ());
  g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, 0);
  GdkRectangle screen;
  int width, height;

  g_object_set (self->settings, "run-in-background", TRUE, "background-told", TRUE, NULL);
  rt_window_select (self->window, two, TRUE);
  rt_network_view_set_page (get_view (self->window), "peers");
  gtk_window_set_default_size (GTK_WINDOW (self->window), 900, 650);
  app_frames (GTK_WIDGET (self->window), 5);
  gtk_window_close (GTK_WINDOW (self->window));
  app_wait_for (gtk_application_get_windows (GTK_APPLICATION (self->app.app)) == NULL);
  g_assert_cmpint (rt_settings_get_number (self->settings, "window-width"), ==, 900);
  g_assert_cmpint (rt_settings_get_number (self->settings, "window-height"), ==, 650);

  open_window (self);
  g_assert_true (rt_window_get_selected (self->window) == two);
  g_assert_cmpstr (rt_network_view_get_page (get_view (self->window)), ==, "peers");
  gtk_window_get_default_size (GTK_WINDOW (self->window), &width, &height);
  g_assert_cmpint (width, ==, 900);
  g_assert_cmpint (height, ==, 650);
  gtk_window_close (GTK_WINDOW (self->window));
  app_wait_for (gtk_application_get_windows (GTK_APPLICATION (self->app.app)) == NULL);

  /* it was on a larger screen; the network is gone */
  g_object_set (self->settings, "window-width", 16000, "window-height", 16000, "last-network", "nobody's", "last-page", "nowhere", NULL);
  open_window (self);
  gdk_monitor_get_geometry (monitor, &screen);
  gtk_window_get_default_size (GTK_WINDOW (self->window), &width, &height);
  g_assert_cmpint (width, <=, screen.width);
  g_assert_cmpint (height, <=, screen.height);
  g_assert_nonnull (rt_window_get_selected (self->window));
}

/* Two windows: one goes, and the other is as before. */
static void
test_two_windows (Fixture *self, gconstpointer unused)
{
  RtWindow *other;
  guint n = 0;

  gtk_window_destroy (GTK_WINDOW (self->preferences));
  g_action_group_activate_action (G_ACTION_GROUP (self->app.app), "new-window", NULL);
  other = gtk_application_get_windows (GTK_APPLICATION (self->app.app))->data;
  g_assert_true (RT_IS_WINDOW (other) && other != self->window);
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (other)));
  gtk_window_destroy (GTK_WINDOW (other));
  app_settle ();
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self->app.app)); l != NULL; l = l->next)
    n++;
  g_assert_cmpuint (n, ==, 1);
  g_assert_nonnull (rt_window_get_selected (self->window));
}

/* ---- links into the program ---- */

static void
assert_refused (const char *uri, RtUriError code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (rt_uri_check (uri, &error));
  g_assert_error (error, RT_URI_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 300);
}

static void
test_uris (Fixture *self, gconstpointer unused)
{
  g_autofree char *many = g_strnfill (RT_URI_MAX_BYTES, 'a'), *long_uri = g_strconcat ("roundtable:", many, NULL), *word = g_strndup (long_uri, 2000);
  g_autoptr (GFile) file = g_file_new_for_uri ("roundtable:%3Cb%3Ebold"), empty = g_file_new_for_uri ("roundtable:");
  GtkWindow *dialog;

  g_assert_true (rt_uri_check ("roundtable:", NULL));
  g_assert_true (rt_uri_check ("RoundTable:", NULL));
  assert_refused ("https://example.org", RT_URI_ERROR_MALFORMED, "roundtable:");
  assert_refused ("roundtable", RT_URI_ERROR_MALFORMED, "roundtable:");
  assert_refused (long_uri, RT_URI_ERROR_MALFORMED, "4096");
  assert_refused (word, RT_URI_ERROR_UNKNOWN, "does not know");
  assert_refused ("roundtable:juggle?balls=3", RT_URI_ERROR_UNKNOWN, "“juggle”");
  assert_refused ("roundtable://juggle/3", RT_URI_ERROR_UNKNOWN, "“juggle”");
  assert_refused ("roundtable:a b", RT_URI_ERROR_MALFORMED, "damaged");
  assert_refused ("roundtable:%zz", RT_URI_ERROR_MALFORMED, "damaged");
  assert_refused ("roundtable:\377\376", RT_URI_ERROR_MALFORMED, "damaged");

  /* as the desktop gives it to us: said in front of the window, as words and not as markup */
  gtk_window_destroy (GTK_WINDOW (self->preferences));
  g_application_open (G_APPLICATION (self->app.app), &empty, 1, "");
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_application_open (G_APPLICATION (self->app.app), &file, 1, "");
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
  g_assert_false (adw_message_dialog_get_body_use_markup (ADW_MESSAGE_DIALOG (dialog)));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "does not know"));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, func) g_test_add ("/preferences/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("switches", test_switches);
  ADD ("colours", test_colours);
  ADD ("pictures", test_pictures);
  ADD ("send-key", test_send_key);
  ADD ("history", test_history);
  ADD ("name", test_name);
  ADD ("says", test_says);
  ADD ("two-windows", test_two_windows);
  ADD ("uris", test_uris);
  /* the last one: the bus ends with this program */
  g_test_add ("/preferences/window-state", Fixture, NULL, set_up_with_bus, test_window_state, tear_down);
  return g_test_run ();
}
