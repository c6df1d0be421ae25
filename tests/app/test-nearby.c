/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Networks in the local network, as the window shows them: an Avahi of our own on a bus of our own. */
#include "config.h"

#include "app-fixture.h"
#include "app/networks/rt-announce-dialog.h"
#include "app/networks/rt-join-dialog.h"
#include "app/networks/rt-nearby-dialog.h"
#include "app/networks/rt-nearby-row.h"
#include "app/preferences/rt-preferences-window.h"
#include "support/fake-avahi.h"

typedef struct
{
  AppFixture app;
  FakeAvahi *avahi;
  RtWindow  *window;
  RtNearby  *nearby;
} Fixture;

static GtkWidget *
find_toplevel (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (G_OBJECT_TYPE (window) == type)
        return window;
    }
  return NULL;
}

static void
set_up (Fixture *self, const char *user_name)
{
  self->avahi = fake_avahi_new ();
  app_fixture_set_up (&self->app, user_name);
  self->nearby = rt_application_get_nearby (self->app.app);
  g_object_set (rt_application_get_settings (self->app.app), "find-nearby", FALSE, NULL);
  self->window = rt_window_new (self->app.app, self->app.networks);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
tear_down (Fixture *self)
{
  g_object_set (rt_application_get_settings (self->app.app), "find-nearby", FALSE, NULL);
  app_fixture_tear_down (&self->app);
  fake_avahi_free (self->avahi);
}

static GtkWidget *
open_dialog (Fixture *self)
{
  GtkWidget *dialog;

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.nearby", NULL);
  dialog = find_toplevel (RT_TYPE_NEARBY_DIALOG);
  g_assert_nonnull (dialog);
  app_frames (dialog, 2);
  return dialog;
}

static GtkSwitch *
find_switch (GtkWidget *dialog)
{
  return GTK_SWITCH (app_find (dialog, GTK_TYPE_SWITCH, "find_switch"));
}

static void
activate (GtkWidget *row)
{
  GtkWidget *list = gtk_widget_get_parent (row);

  g_assert_true (gtk_list_box_row_get_activatable (GTK_LIST_BOX_ROW (row)));
  g_signal_emit_by_name (list, "row-activated", row);
}

/* From off to found, by the words. */
static void
test_states (void)
{
  Fixture self = { 0 };
  GtkWidget *dialog;

  set_up (&self, "Ada");
  dialog = open_dialog (&self);
  g_assert_false (gtk_switch_get_active (find_switch (dialog)));
  g_assert_true (app_shows (dialog, "Off: this computer does not look"));
  app_picture (dialog, "nearby-off");
  gtk_switch_set_active (find_switch (dialog), TRUE);
  g_assert_true (app_shows (dialog, "Looking around"));
  app_wait_for (rt_nearby_get_state (self.nearby) == RT_NEARBY_NO_DAEMON);
  g_assert_true (app_shows (dialog, "avahi-daemon"));
  app_picture (dialog, "nearby-no-daemon");
  fake_avahi_start (self.avahi);
  app_wait_for (rt_nearby_get_state (self.nearby) == RT_NEARBY_NOTHING);
  app_wait_for (app_shows (dialog, "Nobody here announces"));
  fake_avahi_set_state (self.avahi, 4);
  app_wait_for (rt_nearby_get_state (self.nearby) == RT_NEARBY_FAILED);
  app_wait_for (gtk_widget_get_visible (app_find (dialog, GTK_TYPE_BUTTON, "again_button")));
  fake_avahi_set_state (self.avahi, 2);
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "again_button"), "clicked");
  app_wait_for (rt_nearby_get_state (self.nearby) == RT_NEARBY_NOTHING);
  app_wait_for (!gtk_widget_get_visible (app_find (dialog, GTK_TYPE_BUTTON, "again_button")));
  gtk_window_destroy (GTK_WINDOW (dialog));
  tear_down (&self);
}

/* One that was found is asked about, and joined by nobody but the person. */
static void
test_join (void)
{
  Fixture self = { 0 };
  GtkWidget *dialog, *join, *row, *list;

  set_up (&self, "Ada");
  fake_avahi_start (self.avahi);
  app_fixture_add (&self.app, "club");
  fake_avahi_add (self.avahi, 1, 0, "friends", "bob-laptop.local", "127.0.0.1", 4, FAKE_AVAHI_LOCAL, fake_avahi_txt ("v=1", "name=<b>friends</b> & co", "encryption=Plaintext", "kind=sync", NULL));
  fake_avahi_add (self.avahi, 2, 0, "club 1", "eve.local", "192.168.1.5", 4444, 0, fake_avahi_txt ("v=1", "name=club", "encryption=Plaintext", "kind=mesh", NULL));
  fake_avahi_add (self.avahi, 2, 0, "club 2", "zoe.local", "192.168.1.6", 4444, 0, fake_avahi_txt ("v=1", "name=club", "encryption=Plaintext", "kind=mesh", NULL));
  fake_avahi_add (self.avahi, 2, 0, "x", "x.local", "192.168.1.7", 4444, 0, fake_avahi_txt ("v=1", "salt=00112233445566778899aabbccddeeff", "tag=00112233445566778899aabbccddeeff", NULL));
  dialog = open_dialog (&self);
  gtk_switch_set_active (find_switch (dialog), TRUE);
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (self.nearby)) == 2);
  app_wait_for (app_shows (dialog, "shown to its members only"));
  list = app_find (dialog, GTK_TYPE_LIST_BOX, "list");
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0));
  g_assert_true (app_shows (row, "<b>friends</b> & co"));
  g_assert_true (app_shows (row, "bob-laptop"));
  g_assert_false (app_shows (row, "Joined"));
  g_assert_true (app_shows (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1)), "Joined"));
  g_assert_true (app_shows (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1)), "and 1 other"));
  app_frames (dialog, 2);
  app_picture (dialog, "nearby-found");

  activate (row);
  join = find_toplevel (RT_TYPE_JOIN_DIALOG);
  g_assert_nonnull (join);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.app.networks)), ==, 1);
  g_assert_true (app_shows (join, "127.0.0.1:4"));
  app_frames (join, 2);
  app_picture (join, "nearby-join");
  /* what is asked about stays, whatever becomes of the list */
  fake_avahi_remove (self.avahi, 1, 0, "friends");
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (self.nearby)) == 1);
  g_signal_emit_by_name (app_find (join, GTK_TYPE_BUTTON, "accept_button"), "clicked");
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (self.app.networks)) == 2);
  app_wait_for (find_toplevel (RT_TYPE_NEARBY_DIALOG) == NULL);
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (self.window)), ==, "<b>friends</b> & co");
  tear_down (&self);
}

/* On the first run the name is asked for when one joins, and not before. */
static void
test_first_run (void)
{
  Fixture self = { 0 };
  GtkWidget *dialog, *join, *button;

  set_up (&self, NULL);
  fake_avahi_start (self.avahi);
  fake_avahi_add (self.avahi, 2, 0, "club 1", "eve.local", "192.168.1.5", 4444, 0, fake_avahi_txt ("v=1", "name=club", "encryption=SSL", "kind=mesh", NULL));
  app_frames (GTK_WIDGET (self.window), 2);
  app_picture (GTK_WIDGET (self.window), "nearby-first-run");
  button = app_find (GTK_WIDGET (self.window), GTK_TYPE_BUTTON, "nearby_button");
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  dialog = find_toplevel (RT_TYPE_NEARBY_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_false (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_PREFERENCES_GROUP, "own_group")));
  gtk_switch_set_active (find_switch (dialog), TRUE);
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (self.nearby)) == 1);
  activate (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (app_find (dialog, GTK_TYPE_LIST_BOX, "list")), 0)));
  join = find_toplevel (RT_TYPE_JOIN_DIALOG);
  g_assert_true (gtk_widget_get_visible (app_find (join, ADW_TYPE_PREFERENCES_GROUP, "name_group")));
  gtk_window_destroy (GTK_WINDOW (join));
  gtk_window_destroy (GTK_WINDOW (dialog));
  tear_down (&self);
}

/* What is told of a network stands there before it is told. */
static void
test_announce (void)
{
  Fixture self = { 0 };
  GtkWidget *dialog, *own, *row;
  RtNetwork *network;

  set_up (&self, "Ada");
  fake_avahi_start (self.avahi);
  rt_nearby_set_announce_local (self.nearby);
  network = app_fixture_add (&self.app, "a & b");
  row = app_find (GTK_WIDGET (self.window), g_type_from_name ("RtNetworkRow"), NULL);
  gtk_widget_activate_action (row, "network.announce", NULL);
  dialog = find_toplevel (RT_TYPE_ANNOUNCE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_true (app_shows (dialog, "Who here can find “a & b”?"));
  g_assert_true (app_shows (dialog, "sees the name “a & b”"));
  g_assert_true (app_shows (dialog, "Nothing is announced"));
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (app_find (dialog, GTK_TYPE_CHECK_BUTTON, "no_button"))));
  app_frames (dialog, 2);
  app_picture (dialog, "announce");
  /* chosen is not yet told */
  gtk_check_button_set_active (GTK_CHECK_BUTTON (app_find (dialog, GTK_TYPE_CHECK_BUTTON, "everybody_button")), TRUE);
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_cmpstr (rt_network_config_get_announce (rt_network_get_config (network)), ==, RT_ANNOUNCE_NO);
  g_assert_cmpuint (self.avahi->n_calls, ==, 0);

  own = open_dialog (&self);
  g_assert_true (app_shows (own, "Nothing is announced of this network"));
  activate (GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (app_find (own, GTK_TYPE_LIST_BOX, "own_list")), 0)));
  dialog = find_toplevel (RT_TYPE_ANNOUNCE_DIALOG);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (app_find (dialog, GTK_TYPE_CHECK_BUTTON, "members_button")), TRUE);
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "apply_button"), "clicked");
  app_wait_for (fake_avahi_count_own (self.avahi) == 1);
  app_wait_for (app_shows (own, "Announced as “Roundtable "));
  g_assert_cmpstr (rt_network_config_get_announce (rt_network_get_config (network)), ==, RT_ANNOUNCE_MEMBERS);
  app_frames (own, 2);
  app_picture (own, "nearby-own");
  gtk_window_destroy (GTK_WINDOW (own));
  tear_down (&self);
}

static void
test_preferences (void)
{
  Fixture self = { 0 };
  GtkWidget *preferences;

  set_up (&self, "Ada");
  g_action_group_activate_action (G_ACTION_GROUP (self.app.app), "preferences", NULL);
  preferences = find_toplevel (RT_TYPE_PREFERENCES_WINDOW);
  gtk_switch_set_active (GTK_SWITCH (app_find (preferences, GTK_TYPE_SWITCH, "nearby_switch")), TRUE);
  g_assert_true (rt_settings_get_flag (rt_application_get_settings (self.app.app), "find-nearby"));
  app_wait_for (rt_nearby_get_state (self.nearby) == RT_NEARBY_NO_DAEMON);
  tear_down (&self);
}

/* A window of its own, narrow, dark and from right to left: only to be looked at. */
static void
test_looks (void)
{
  Fixture self = { 0 };
  GtkWidget *dialog;

  set_up (&self, "Ada");
  fake_avahi_start (self.avahi);
  app_fixture_add (&self.app, "club");
  fake_avahi_add (self.avahi, 2, 0, "club 1", "eve.local", "192.168.1.5", 4444, 0, fake_avahi_txt ("v=1", "name=club", "encryption=Plaintext", "kind=mesh", NULL));
  fake_avahi_add (self.avahi, 2, 0, "long", "a-computer-with-a-name-that-goes-on-for-quite-a-while.local", "192.168.1.5", 4444, 0,
                  fake_avahi_txt ("v=1", "name=a network whose name is as long as names of networks can be, ok", "encryption=SSL", "kind=sync", NULL));
  fake_avahi_add (self.avahi, 2, 0, "ar", "eve.local", "192.168.1.5", 4444, 0, fake_avahi_txt ("v=1", "name=أصدقاء", "encryption=SSL", "kind=chord", NULL));
  for (guint i = 0; i < 2; i++)
    {
      gtk_widget_set_default_direction (i == 1 ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (), i == 1 ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
      dialog = open_dialog (&self);
      gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 500);
      gtk_switch_set_active (find_switch (dialog), TRUE);
      app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (self.nearby)) == 3);
      app_frames (dialog, 3);
      g_assert_cmpint (gtk_widget_get_width (dialog), <=, 360);
      app_picture (dialog, i == 1 ? "nearby-narrow-dark-rtl" : "nearby-narrow");
      gtk_window_destroy (GTK_WINDOW (dialog));
      gtk_widget_activate_action (app_find (GTK_WIDGET (self.window), g_type_from_name ("RtNetworkRow"), NULL), "network.announce", NULL);
      dialog = find_toplevel (RT_TYPE_ANNOUNCE_DIALOG);
      gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 500);
      app_frames (dialog, 3);
      g_assert_cmpint (gtk_widget_get_width (dialog), <=, 360);
      app_picture (dialog, i == 1 ? "announce-narrow-dark-rtl" : "announce-narrow");
      gtk_window_destroy (GTK_WINDOW (dialog));
    }
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  tear_down (&self);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/nearby/states", test_states);
  g_test_add_func ("/nearby/join", test_join);
  g_test_add_func ("/nearby/first-run", test_first_run);
  g_test_add_func ("/nearby/announce", test_announce);
  g_test_add_func ("/nearby/preferences", test_preferences);
  g_test_add_func ("/nearby/looks", test_looks);
  return g_test_run ();
}
