/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "Can others reach you?": the row of the Peers page, its dialog, and the switch that asks the router. */
#include "config.h"

#include "app-fixture.h"
#include "../model/port-router.h"
#include "app/peers/rt-ports-card.h"
#include "app/peers/rt-ports-dialog.h"
#include "app/peers/rt-tell-card.h"
#include "model/network/rt-network-private.h"

typedef struct
{
  AppFixture    fixture;
  RtNetwork    *network;
  RtPortRouter *router;
  RtWindow     *window;
} Ports;

static void
set_up (Ports *p)
{
  *p = (Ports) { 0 };
  app_fixture_set_up (&p->fixture, "Ada");
  p->network = app_fixture_add (&p->fixture, "club");
  p->router = rt_port_router_new ();
  rt_network_set_port_backend (p->network, RT_PORT_BACKEND (p->router));
  p->window = rt_window_new (p->fixture.app, p->fixture.networks);
  gtk_window_present (GTK_WINDOW (p->window));
  app_frames (GTK_WIDGET (p->window), 3);
  gtk_widget_activate_action (GTK_WIDGET (p->window), "win.show-page", "s", "peers");
  app_settle ();
}

static void
tear_down (Ports *p)
{
  rt_network_set_map_port (p->network, FALSE);
  rt_port_router_answer_all (p->router);
  app_settle ();
  app_fixture_tear_down (&p->fixture);
  g_object_unref (p->router);
}

static GtkWidget *
open_dialog (Ports *p)
{
  GListModel *windows = gtk_window_get_toplevels ();

  g_signal_emit_by_name (app_find (app_find (GTK_WIDGET (p->window), RT_TYPE_PORTS_CARD, "ports_card"), ADW_TYPE_ACTION_ROW, "row"), "activated");
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (RT_IS_PORTS_DIALOG (window))
        {
          app_frames (window, 3);
          return window;
        }
    }
  return NULL;
}

static GtkWidget *
get_card (Ports *p)
{
  return app_find (GTK_WIDGET (p->window), RT_TYPE_PORTS_CARD, "ports_card");
}

static void
test_router (void)
{
  Ports p;
  GtkWidget *dialog, *router_switch, *fix;

  set_up (&p);
  g_assert_true (app_shows (get_card (&p), "Can others reach you?"));
  /* the fixture's networks listen at loopback */
  g_assert_true (app_shows (get_card (&p), "Nobody can reach you"));
  dialog = open_dialog (&p);
  g_assert_nonnull (dialog);
  g_assert_true (app_shows (dialog, "Only programs on this computer can come in"));
  g_assert_true (app_shows (dialog, "Let the router open the port"));
  fix = app_find (dialog, GTK_TYPE_BUTTON, "fix_button");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fix)), ==, "_Edit the network…");
  router_switch = app_find (dialog, GTK_TYPE_SWITCH, "router_switch");
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (router_switch)));
  app_picture (dialog, "ports-loopback");

  gtk_switch_set_active (GTK_SWITCH (router_switch), TRUE);
  g_assert_true (rt_network_config_get_map_port (rt_network_get_config (p.network)));
  g_assert_true (app_shows (dialog, "Asking the router…"));
  rt_port_router_answer (p.router, "81.2.3.4", 5555, 3600);
  app_wait_for (app_shows (dialog, "The router lets others come in at 81.2.3.4:5555"));
  /* that is what a friend is told, first of all */
  g_assert_true (app_shows (app_find (GTK_WIDGET (p.window), RT_TYPE_TELL_CARD, "tell_card"), "81.2.3.4:5555"));
  g_assert_true (app_shows (get_card (&p), "81.2.3.4:5555"));
  app_picture (dialog, "ports-open");

  /* asked once more, and refused */
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "check_button"), "clicked");
  rt_port_router_fail (p.router, RT_PORT_ERROR_REFUSED, "ConflictInMappingEntry (UPnP 718)");
  app_wait_for (app_shows (dialog, "The router refused: ConflictInMappingEntry (UPnP 718)"));
  g_assert_false (app_shows (app_find (GTK_WIDGET (p.window), RT_TYPE_TELL_CARD, "tell_card"), "81.2.3.4:5555"));
  app_picture (dialog, "ports-refused");
  gtk_switch_set_active (GTK_SWITCH (router_switch), FALSE);
  g_assert_false (rt_network_config_get_map_port (rt_network_get_config (p.network)));

  /* off and on again, by the one fix that helps */
  rt_network_stop (p.network);
  g_assert_true (app_shows (dialog, "This network is off"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fix)), ==, "_Go online");
  gtk_widget_grab_focus (fix);
  g_signal_emit_by_name (fix, "clicked");
  app_wait_for (rt_network_get_socket (p.network) != NULL);
  gtk_window_destroy (GTK_WINDOW (dialog));
  tear_down (&p);
}

/* Minutes went by, there are peers, and nobody came: that is said, and what can be done. */
static void
test_missing (void)
{
  Ports p;
  AppFixture theirs;
  g_autofree char *address = NULL;
  g_autoptr (RtNetworkConfig) config G_GNUC_UNUSED = NULL;
  GtkWidget *dialog, *fix;

  set_up (&p);
  app_fixture_set_up (&theirs, "Bob");
  address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (app_fixture_add (&theirs, "club"))));
  rt_network_connect_async (p.network, address, NULL, NULL, NULL);
  app_wait_for (rt_network_get_n_peers (p.network) == 1);
  /* as if it listened at all addresses: what is shown is about the configuration */
  g_object_set (rt_network_get_config (p.network), "listen-host", "0.0.0.0", NULL);
  rt_network_notify_config (p.network);
  g_assert_true (app_shows (get_card (&p), "Can others reach you?"));
  p.network->up_since -= RT_REACHABILITY_PATIENCE;
  rt_network_notify_config (p.network);
  g_assert_true (app_shows (get_card (&p), "Nobody has come in so far"));
  g_assert_true (app_shows (get_card (&p), "Let others reach you…"));
  app_picture (GTK_WIDGET (p.window), "ports-missing");

  dialog = open_dialog (&p);
  /* the neighbour was asked, and could; but he is on this very computer */
  app_wait_for (app_shows (dialog, "1 neighbour says that it could come to you"));
  g_assert_true (app_shows (dialog, "Others nearby can reach you"));
  g_assert_true (app_shows (dialog, "All connections were opened from here"));
  fix = app_find (dialog, GTK_TYPE_BUTTON, "fix_button");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fix)), ==, "_Ask the router");
  app_picture (dialog, "ports-unknown");
  gtk_widget_grab_focus (fix);
  g_signal_emit_by_name (fix, "clicked");
  g_assert_true (rt_network_config_get_map_port (rt_network_get_config (p.network)));
  g_assert_false (gtk_widget_get_visible (fix));
  g_assert_nonnull (gtk_window_get_focus (GTK_WINDOW (dialog)));
  rt_port_router_answer (p.router, "100.64.0.9", 5555, 3600);
  app_wait_for (app_shows (dialog, "Your provider gives the router a private address (100.64.0.9)"));
  g_assert_true (app_shows (dialog, "Others nearby can reach you"));
  app_picture (dialog, "ports-carrier");

  /* somebody came from far away: nothing proves more */
  p.network->came_in = p.network->came_from_far = g_get_real_time ();
  rt_network_notify_config (p.network);
  g_assert_true (app_shows (dialog, "Others can reach you"));
  g_assert_true (app_shows (get_card (&p), "Others can reach you"));

  /* as narrow as a telephone */
  gtk_window_set_default_size (GTK_WINDOW (dialog), 340, 600);
  app_frames (dialog, 3);
  g_assert_cmpint (gtk_widget_get_width (dialog), <=, 360);
  app_picture (dialog, "ports-narrow");
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&theirs);
  tear_down (&p);
}

/* What this installation cannot do is said, and not offered. */
static void
test_cannot (void)
{
  AppFixture fixture;
  RtNetwork *network;
  GtkWidget *dialog;

  app_fixture_set_up (&fixture, "Ada");
  g_setenv ("ROUNDTABLE_PORTS", "/nonexistent/roundtable-ports", TRUE);
  network = app_fixture_add (&fixture, "club");
  dialog = GTK_WIDGET (rt_ports_dialog_new (NULL, network));
  gtk_window_present (GTK_WINDOW (dialog));
  app_frames (dialog, 3);
  g_assert_false (gtk_widget_get_sensitive (app_find (dialog, ADW_TYPE_ACTION_ROW, "router_row")));
  g_assert_true (app_shows (dialog, "cannot speak to routers"));
  app_picture (dialog, "ports-cannot");
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&fixture);
}

/* Dark, and from right to left: nothing warns, and the pictures are there to be looked at. */
static void
test_looks (void)
{
  Ports p;
  GtkWidget *dialog;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  set_up (&p);
  /* not before: the program has colours of its own */
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  g_object_set (rt_network_get_config (p.network), "listen-host", "0.0.0.0", NULL);
  rt_network_notify_config (p.network);
  dialog = open_dialog (&p);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 340, 700);
  app_frames (dialog, 3);
  app_picture (dialog, "ports-dark-rtl");
  gtk_window_destroy (GTK_WINDOW (dialog));
  gtk_window_set_default_size (GTK_WINDOW (p.window), 360, 700);
  app_frames (GTK_WIDGET (p.window), 3);
  app_picture (GTK_WIDGET (p.window), "ports-page-narrow");
  tear_down (&p);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/app/ports/router", test_router);
  g_test_add_func ("/app/ports/missing", test_missing);
  g_test_add_func ("/app/ports/looks", test_looks);
  g_test_add_func ("/app/ports/cannot", test_cannot);
  return g_test_run ();
}
