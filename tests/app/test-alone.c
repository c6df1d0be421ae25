/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With nobody there: the demonstration, and the lab mode in it. */
#include "config.h"

#include "app/networks/rt-lab-dialog.h"
#include "app/rt-banner.h"
#include "app/rt-first-run-page.h"
#include "app/rt-sidebar.h"
#include "window-fixture.h"

static const char *
get_root (RtWindow *window)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (app_find (GTK_WIDGET (window), GTK_TYPE_STACK, "root")));
}

static GtkListBox *
get_list (RtWindow *window)
{
  return GTK_LIST_BOX (app_find (app_find (GTK_WIDGET (window), RT_TYPE_SIDEBAR, NULL), GTK_TYPE_LIST_BOX, NULL));
}

/* Nobody has to be there. */
static void
test_demo (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  RtNetwork *network;
  GtkWidget *page, *row, *dialog;

  app_fixture_set_up (&fixture, NULL);
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  page = app_find (GTK_WIDGET (window), RT_TYPE_FIRST_RUN_PAGE, NULL);
  app_picture (GTK_WIDGET (window), "first-run");
  g_signal_emit_by_name (page, "demo-chosen", "Eve");
  app_settle ();
  g_assert_cmpstr (rt_networks_get_user_name (fixture.networks), ==, "Eve");
  g_assert_cmpstr (get_root (window), ==, "main");
  network = rt_window_get_selected (window);
  g_assert_cmpstr (rt_network_get_title (network), ==, "Demo");
  app_wait_for (rt_network_get_n_peers (network) == 2);
  app_wait_for (rt_timeline_source_count_hint (rt_network_get_timeline (network)) == 1);
  app_picture (GTK_WIDGET (window), "demo");

  /* again is the same one, and it is on again */
  rt_network_stop (network);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.try-demo", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture.networks)), ==, 1);
  app_wait_for (rt_network_get_n_peers (network) == 2);

  /* what it is cannot be changed, and nobody is asked to come */
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (get_list (window), 0));
  gtk_widget_activate_action (row, "network.edit", NULL);
  gtk_widget_activate_action (row, "network.rename", NULL);
  g_assert_null (app_dialog (GTK_WINDOW (window)));
  rt_network_view_set_page (window_get_view (window), "peers");
  app_settle ();
  g_assert_false (app_shows (GTK_WIDGET (window), "Tell a friend"));
  app_picture (GTK_WIDGET (window), "demo-peers");

  gtk_widget_activate_action (row, "network.leave", NULL);
  dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (window)));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), "You can try it anew"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "leave");
  app_wait_for (rt_window_get_selected (window) == NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.try-demo", NULL);
  app_wait_for (rt_window_get_selected (window) != NULL && rt_network_get_n_peers (rt_window_get_selected (window)) == 2);
  app_fixture_tear_down (&fixture);
}

static GtkWidget *
find_child (GtkWidget *dialog, GType type, const char *name)
{
  GtkWidget *child = app_find (dialog, type, name);

  g_assert_nonnull (child);
  return child;
}

/* What is chosen holds at once, and is told until it is over. */
static void
test_lab (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  RtNetwork *network;
  RtLab *lab;
  GtkWidget *dialog, *row;
  GtkWidget *banner, *all, *stop;
  RtLabDialog *held;

  app_fixture_set_up (&fixture, "Eve");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.try-demo", NULL);
  network = rt_window_get_selected (window);
  app_wait_for (rt_network_get_n_peers (network) == 2);
  lab = rt_network_get_lab (network);
  banner = find_child (GTK_WIDGET (window_get_view (window)), RT_TYPE_BANNER, "lab_banner");
  g_assert_false (rt_banner_get_revealed (RT_BANNER (banner)));

  row = GTK_WIDGET (gtk_list_box_get_row_at_index (get_list (window), 0));
  gtk_widget_activate_action (row, "network.lab", NULL);
  dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (window)));
  g_assert_true (RT_IS_LAB_DIALOG (dialog));
  app_settle ();
  all = find_child (dialog, GTK_TYPE_SWITCH, "all_switch");
  stop = find_child (dialog, GTK_TYPE_BUTTON, "stop_button");
  g_assert_false (gtk_widget_get_sensitive (stop));
  app_wait_for (app_shows (dialog, "Ada the program") && app_shows (dialog, "Bo the program"));

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_child (dialog, GTK_TYPE_SPIN_BUTTON, "delay_spin")), 200);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (find_child (dialog, GTK_TYPE_SPIN_BUTTON, "loss_spin")), 7);
  g_assert_cmpstr (rt_banner_get_title (RT_BANNER (banner)), ==, "Lab mode: 200 ms delay, 7 % loss");
  g_assert_true (rt_banner_get_revealed (RT_BANNER (banner)));
  g_assert_true (gtk_widget_get_sensitive (stop));
  gtk_switch_set_active (GTK_SWITCH (all), TRUE);
  app_wait_for (rt_network_get_n_peers (network) == 0);
  /* who went to the other side can be seen there */
  g_assert_true (app_shows (dialog, "Ada the program"));
  app_picture (dialog, "lab-dialog");
  gtk_widget_activate (stop);
  app_wait_for (!rt_lab_get_on (lab));
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (find_child (dialog, GTK_TYPE_SPIN_BUTTON, "delay_spin"))), ==, 0);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (all)));
  app_wait_for (rt_network_get_n_peers (network) == 2);

  /* closed, it is on all the same; the line across the page ends it */
  g_object_set (lab, "jitter", 20u, NULL);
  held = g_object_ref (RT_LAB_DIALOG (dialog));
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_finalize_object (held);
  g_assert_cmpstr (rt_banner_get_title (RT_BANNER (banner)), ==, "Lab mode: 0 to 20 ms delay");
  g_signal_emit_by_name (banner, "button-clicked");
  g_assert_false (rt_lab_get_on (lab));
  g_assert_false (rt_banner_get_revealed (RT_BANNER (banner)));
  app_fixture_tear_down (&fixture);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/alone/demo", test_demo);
  g_test_add_func ("/alone/lab", test_lab);
  return g_test_run ();
}
