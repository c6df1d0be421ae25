/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/networks/rt-network-dialog.h"
#include "app/networks/rt-network-row.h"
#include "app/rt-banner.h"
#include "app/rt-first-run-page.h"
#include "app/rt-sidebar.h"
#include "app/ring/rt-ring-page.h"
#include "app/table/rt-table-page.h"
#include "app/chat/rt-timeline.h"
#include "model/network/rt-network-private.h"
#include "window-fixture.h"
#include "../support/free-port.h"

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

static void
test_makes_and_ends (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "one");
  window = g_object_ref (rt_window_new (fixture.app, fixture.networks));
  window_show (window);
  gtk_window_destroy (GTK_WINDOW (window));
  app_settle ();
  g_assert_finalize_object (window);
  app_fixture_tear_down (&fixture);
}

static void
test_first_run (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  GtkWidget *dialog, *page;

  app_fixture_set_up (&fixture, NULL);
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  g_assert_cmpstr (get_root (window), ==, "first-run");

  page = app_find (GTK_WIDGET (window), RT_TYPE_FIRST_RUN_PAGE, NULL);
  g_signal_emit_by_name (page, "chosen", "Ada", FALSE);
  dialog = window_find_toplevel (RT_TYPE_NETWORK_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_true (gtk_window_get_transient_for (GTK_WINDOW (dialog)) == GTK_WINDOW (window));

  /* who cancels has no name yet */
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_cmpstr (rt_networks_get_user_name (fixture.networks), ==, NULL);
  g_assert_cmpstr (get_root (window), ==, "first-run");

  g_signal_emit_by_name (page, "chosen", "Ada", FALSE);
  dialog = window_find_toplevel (RT_TYPE_NETWORK_DIALOG);
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, "subnet_row")), "club");
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, "listen_host_row")), "127.0.0.1");
  gtk_widget_activate (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"));
  app_wait_for (g_list_model_get_n_items (G_LIST_MODEL (fixture.networks)) == 1);
  g_assert_cmpstr (rt_networks_get_user_name (fixture.networks), ==, "Ada");
  g_assert_cmpstr (get_root (window), ==, "main");
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (window)), ==, "club");
  app_fixture_tear_down (&fixture);
}

static void
test_no_network (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;

  app_fixture_set_up (&fixture, "Ada");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  g_assert_cmpstr (get_root (window), ==, "main");
  g_assert_null (rt_window_get_selected (window));
  g_assert_true (app_shows (GTK_WIDGET (window), "No network yet"));
  app_fixture_tear_down (&fixture);
}

static void
test_one_network (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  RtNetwork *network;
  GtkListBoxRow *row;

  app_fixture_set_up (&fixture, "Ada");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  network = app_fixture_add (&fixture, "<b>club</b>");
  app_settle ();
  g_assert_true (rt_window_get_selected (window) == network);
  g_assert_true (rt_network_view_get_network (window_get_view (window)) == network);
  row = gtk_list_box_get_row_at_index (get_list (window), 0);
  g_assert_true (gtk_list_box_row_is_selected (row));
  /* words, not markup */
  g_assert_true (app_shows (GTK_WIDGET (row), "<b>club</b>"));
  g_assert_true (app_shows (GTK_WIDGET (row), rt_network_get_state_text (network)));
  g_assert_true (g_str_has_prefix (gtk_window_get_title (GTK_WINDOW (window)), "<b>club</b>"));

  rt_networks_remove (fixture.networks, network);
  app_settle ();
  g_assert_null (rt_window_get_selected (window));
  g_assert_true (app_shows (GTK_WIDGET (window), "No network yet"));
  g_assert_null (gtk_list_box_get_row_at_index (get_list (window), 0));
  app_fixture_tear_down (&fixture);
}

static void
test_many_networks (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  RtNetwork *networks[4];
  GtkWidget *widget;

  app_fixture_set_up (&fixture, "Ada");
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *subnet = g_strdup_printf ("net %u", i);

      networks[i] = app_fixture_add (&fixture, subnet);
    }
  window = rt_window_new (fixture.app, fixture.networks);
  widget = GTK_WIDGET (window);
  window_show (window);
  g_assert_true (rt_window_get_selected (window) == networks[0]);

  rt_window_select (window, networks[2], TRUE);
  g_assert_true (gtk_list_box_row_is_selected (gtk_list_box_get_row_at_index (get_list (window), 2)));
  g_assert_true (rt_network_view_get_network (window_get_view (window)) == networks[2]);

  /* around both ends */
  gtk_widget_activate_action (widget, "win.next-network", NULL);
  g_assert_true (rt_window_get_selected (window) == networks[3]);
  gtk_widget_activate_action (widget, "win.next-network", NULL);
  g_assert_true (rt_window_get_selected (window) == networks[0]);
  gtk_widget_activate_action (widget, "win.previous-network", NULL);
  g_assert_true (rt_window_get_selected (window) == networks[3]);

  /* as the arrow keys do */
  gtk_list_box_select_row (get_list (window), gtk_list_box_get_row_at_index (get_list (window), 1));
  g_assert_true (rt_window_get_selected (window) == networks[1]);

  /* the next takes the place of the one that was left */
  rt_networks_remove (fixture.networks, networks[1]);
  app_settle ();
  g_assert_true (rt_window_get_selected (window) == networks[2]);
  rt_networks_remove (fixture.networks, networks[3]);
  app_settle ();
  g_assert_true (rt_window_get_selected (window) == networks[2]);
  g_assert_true (rt_network_view_get_network (window_get_view (window)) == networks[2]);
  app_fixture_tear_down (&fixture);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_pages (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  RtNetworkView *view;
  guint n = 0;

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "one");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  view = window_get_view (window);
  g_signal_connect_swapped (view, "notify::page", G_CALLBACK (count_cb), &n);
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "chat");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "peers");
  g_assert_cmpuint (n, ==, 1);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "no such page");
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "peers");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-page", NULL);
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "traffic");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-page", NULL);
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "chat");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-page", NULL);
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "traffic");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-page", NULL);
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "peers");
  app_fixture_tear_down (&fixture);
}

/* A network with a table has a page for it, the second; one without has none, whatever asks for it. */
static void
test_table_page (void)
{
  AppFixture fixture = { 0 };
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GError) error = NULL;
  RtWindow *window;
  RtNetworkView *view;
  RtNetwork *network;
  GtkWidget *page;

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "talk");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  view = window_get_view (window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "table");
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "chat");
  g_assert_cmpstr (rt_network_view_get_nth_page (view, 2), ==, "peers");
  g_assert_null (rt_network_view_get_nth_page (view, 4));

  g_object_set (config, "subnet", "facts", "kind", "sync", "encryption", "Plaintext", "listen-host", "127.0.0.1", NULL);
  network = rt_networks_add (fixture.networks, config, &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  rt_window_select (window, network, TRUE);
  view = window_get_view (window);
  g_assert_cmpstr (rt_network_view_get_nth_page (view, 2), ==, "table");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-nth-page", "i", 2);
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "table");
  app_frames (GTK_WIDGET (window), 5);
  page = app_find (GTK_WIDGET (view), RT_TYPE_TABLE_PAGE, NULL);
  g_assert_true (rt_table_page_get_table (RT_TABLE_PAGE (page)) == rt_network_get_table (network));
  /* Ctrl+N: a key where the table is, a network elsewhere */
  gtk_widget_grab_focus (page);
  app_frames (GTK_WIDGET (window), 3);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), page));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", NULL);
  g_assert_null (app_dialog (GTK_WINDOW (window)));
  g_assert_true (app_shows (page, "New key"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", NULL);
  g_assert_nonnull (app_dialog (GTK_WINDOW (window)));
  app_fixture_tear_down (&fixture);
}

/* Where others have the table, one of a distributed table has the ring. */
static void
test_ring_page (void)
{
  AppFixture fixture = { 0 };
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GError) error = NULL;
  RtWindow *window;
  RtNetworkView *view;
  RtNetwork *network;
  GtkWidget *page;

  app_fixture_set_up (&fixture, "Ada");
  g_object_set (config, "subnet", "facts", "kind", "chord", "encryption", "Plaintext", "listen-host", "127.0.0.1", NULL);
  network = rt_networks_add (fixture.networks, config, &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  rt_window_select (window, network, TRUE);
  view = window_get_view (window);
  g_assert_cmpstr (rt_network_view_get_nth_page (view, 2), ==, "ring");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "table");
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "chat");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-nth-page", "i", 2);
  g_assert_cmpstr (rt_network_view_get_page (view), ==, "ring");
  app_frames (GTK_WIDGET (window), 5);
  page = app_find (GTK_WIDGET (view), RT_TYPE_RING_PAGE, NULL);
  g_assert_true (rt_table_page_get_table (rt_ring_page_get_keys (RT_RING_PAGE (page))) == rt_network_get_table (network));
  /* on to the next pane, and Ctrl+N: a key */
  gtk_widget_grab_focus (page);
  app_frames (GTK_WIDGET (window), 3);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-pane", NULL);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), page));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.new", NULL);
  g_assert_null (app_dialog (GTK_WINDOW (window)));
  g_assert_true (app_shows (page, "New key"));
  app_fixture_tear_down (&fixture);
}

static void
test_panes (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  GtkWidget *sidebar;

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "one");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  sidebar = app_find (GTK_WIDGET (window), RT_TYPE_SIDEBAR, NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  g_assert_false (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), sidebar));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.next-pane", NULL);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), sidebar));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.previous-pane", NULL);
  g_assert_false (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), sidebar));
  app_fixture_tear_down (&fixture);
}

static void
test_load_error (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;

  app_fixture_set_up (&fixture, "Ada");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  rt_window_set_load_error (window, "The database is <not> readable & so on");
  g_assert_cmpstr (get_root (window), ==, "trouble");
  g_assert_true (app_shows (GTK_WIDGET (window), "The database is <not> readable & so on"));
  rt_window_set_load_error (window, NULL);
  g_assert_cmpstr (get_root (window), ==, "main");
  app_fixture_tear_down (&fixture);
}

/* A port that is taken is trouble that a person must see. */
static void
test_trouble (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  RtNetwork *network;
  RtBanner *banner;
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  guint16 port = find_free_port ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, NULL, &error);
  g_assert_no_error (error);
  app_fixture_set_up (&fixture, "Ada");
  g_object_set (config, "subnet", "busy", "encryption", "Plaintext", "listen-host", "127.0.0.1",
                "listen-port", (guint) port, NULL);
  network = rt_networks_add (fixture.networks, config, &error);
  g_assert_no_error (error);
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  app_wait_for (rt_network_get_state (network) == RT_NETWORK_FAILED);

  banner = RT_BANNER (app_find (GTK_WIDGET (window_get_view (window)), RT_TYPE_BANNER, NULL));
  g_assert_nonnull (rt_network_get_error (network));
  g_assert_cmpstr (rt_banner_get_title (banner), ==, rt_network_get_error (network));
  g_assert_true (rt_banner_get_revealed (banner));

  /* the port is free now: trying again helps */
  g_socket_listener_close (listener);
  g_signal_emit_by_name (banner, "button-clicked");
  app_wait_for (rt_network_get_socket (network) != NULL);
  app_wait_for (!rt_banner_get_revealed (banner));
  app_fixture_tear_down (&fixture);
}

/* As narrow as a telephone. */
/* What is to blame when something does not fit. */
static void
report_widths (GtkWidget *widget,
               int        depth)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  if (minimum < 300)
    return;
  g_test_message ("%*s%s %d", depth, "", G_OBJECT_TYPE_NAME (widget), minimum);
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    report_widths (w, depth + 2);
}

static void
test_narrow (void)
{
  AppFixture fixture = { 0 };
  RtWindow *window;
  const char *pages[] = { "chat", "peers" };

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "a network with a name that is longer than it should be");
  window = rt_window_new (fixture.app, fixture.networks);
  window_show (window);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      int minimum;

      gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", pages[i]);
      app_settle ();
      gtk_widget_measure (GTK_WIDGET (window_get_view (window)), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      if (minimum > 360)
        report_widths (GTK_WIDGET (window_get_view (window)), 0);
      g_assert_cmpint (minimum, <=, 360);
    }
  app_fixture_tear_down (&fixture);
}

static RtTimeline *
get_timeline (RtWindow *window)
{
  return RT_TIMELINE (app_find (GTK_WIDGET (window), RT_TYPE_TIMELINE, NULL));
}

/* No window manager gives it the focus, so the display does. */
static void
focus (RtWindow *window)
{
  gdk_toplevel_focus (GDK_TOPLEVEL (gtk_native_get_surface (GTK_NATIVE (window))), GDK_CURRENT_TIME);
  app_wait_for (gtk_window_is_active (GTK_WINDOW (window)));
  app_settle ();
}

/* Two show one network: the one that has the focus says what is read. */
static void
test_two (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  RtWindow *first, *second;
  GtkAdjustment *adjustment;

  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "one");
  for (guint i = 0; i < 60; i++)
    rt_network_send_text (network, "A line\nof many", NULL);
  first = rt_window_new (fixture.app, fixture.networks);
  window_show (first);
  focus (first);
  second = rt_window_new (fixture.app, fixture.networks);
  window_show (second);
  focus (second);
  app_frames (GTK_WIDGET (second), 3);
  g_assert_true (rt_network_get_active (network));
  g_assert_false (network->is_behind);

  /* one reads further up in the second; in the first one the end is in view */
  g_object_get (get_timeline (second), "vadjustment", &adjustment, NULL);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) - 700);
  g_object_unref (adjustment);
  app_frames (GTK_WIDGET (second), 3);
  g_assert_true (network->is_behind);
  rt_timeline_scroll_to_bottom (get_timeline (first));
  g_signal_emit_by_name (get_timeline (first), "notify::at-bottom", NULL);
  g_assert_true (network->is_behind);
  focus (first);
  g_assert_true (rt_timeline_get_at_bottom (get_timeline (first)));
  g_assert_true (rt_network_get_active (network));
  g_assert_false (network->is_behind);
  focus (second);
  g_assert_true (network->is_behind);
  focus (first);

  /* the one that nobody looks at is closed */
  g_assert_true (rt_network_get_active (network));
  gtk_window_destroy (GTK_WINDOW (second));
  g_assert_true (rt_network_get_active (network));
  g_assert_false (network->is_behind);
  gtk_window_destroy (GTK_WINDOW (first));
  g_assert_false (rt_network_get_active (network));
  app_fixture_tear_down (&fixture);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/window/makes-and-ends", test_makes_and_ends);
  g_test_add_func ("/window/first-run", test_first_run);
  g_test_add_func ("/window/no-network", test_no_network);
  g_test_add_func ("/window/one-network", test_one_network);
  g_test_add_func ("/window/many-networks", test_many_networks);
  g_test_add_func ("/window/pages", test_pages);
  g_test_add_func ("/window/table-page", test_table_page);
  g_test_add_func ("/window/ring-page", test_ring_page);
  g_test_add_func ("/window/panes", test_panes);
  g_test_add_func ("/window/load-error", test_load_error);
  g_test_add_func ("/window/trouble", test_trouble);
  g_test_add_func ("/window/narrow", test_narrow);
  g_test_add_func ("/window/two", test_two);
  return g_test_run ();
}
