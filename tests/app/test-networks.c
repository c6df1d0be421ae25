/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app-fixture.h"
#include "app/networks/rt-leave-dialog.h"
#include "app/networks/rt-network-dialog.h"
#include "app/networks/rt-network-row.h"
#include "app/networks/rt-rename-dialog.h"
#include "app/rt-network-view.h"
#include "model/network/rt-network-private.h"

/* Two people in one network: what one says, the other's window tells of. */
typedef struct
{
  AppFixture ours, theirs;
  RtNetwork *network, *friend;
  RtWindow  *window;
  GtkWidget *row;
} Pair;

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (rt_network_connect_finish (RT_NETWORK (object), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
pair_set_up (Pair    *pair,
             gboolean connected)
{
  app_fixture_set_up (&pair->ours, "Ada");
  app_fixture_set_up (&pair->theirs, "Bob");
  pair->network = app_fixture_add (&pair->ours, "club");
  pair->friend = app_fixture_add (&pair->theirs, "club");
  pair->window = rt_window_new (pair->ours.app, pair->ours.networks);
  gtk_window_present (GTK_WINDOW (pair->window));
  pair->row = app_find (GTK_WIDGET (pair->window), RT_TYPE_NETWORK_ROW, NULL);
  if (connected)
    {
      g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (pair->friend)));
      gboolean done = FALSE;

      rt_network_connect_async (pair->network, address, NULL, finished_cb, &done);
      app_wait_for (done);
      app_wait_for (rt_network_get_n_peers (pair->friend) == 1);
    }
}

static void
pair_tear_down (Pair *pair)
{
  app_fixture_tear_down (&pair->ours);
  app_fixture_tear_down (&pair->theirs);
}

static void
test_state (void)
{
  Pair pair = { 0 };

  pair_set_up (&pair, TRUE);
  app_wait_for (rt_network_get_state (pair.network) == RT_NETWORK_CONNECTED);
  g_assert_true (app_shows (pair.row, rt_network_get_state_text (pair.network)));
  g_assert_true (app_shows (pair.row, "1 peer"));

  gtk_widget_activate_action (pair.row, "network.stop", NULL);
  app_wait_for (rt_network_get_state (pair.network) == RT_NETWORK_STOPPED);
  g_assert_true (app_shows (pair.row, rt_network_get_state_text (pair.network)));
  g_assert_false (app_shows (pair.row, "1 peer"));
  /* what makes no sense is not done */
  gtk_widget_activate_action (pair.row, "network.stop", NULL);
  g_assert_cmpint (rt_network_get_state (pair.network), ==, RT_NETWORK_STOPPED);
  gtk_widget_activate_action (pair.row, "network.start", NULL);
  app_wait_for (rt_network_get_socket (pair.network) != NULL);
  pair_tear_down (&pair);
}

static AdwViewStackPage *
find_chat (RtWindow *window)
{
  AdwViewStack *stack = ADW_VIEW_STACK (app_find (GTK_WIDGET (window), ADW_TYPE_VIEW_STACK, NULL));

  return adw_view_stack_get_page (stack, adw_view_stack_get_child_by_name (stack, "chat"));
}

static void
test_unread (void)
{
  Pair pair = { 0 };
  g_autoptr (GError) error = NULL;

  pair_set_up (&pair, TRUE);
  /* looking at another page: what is said is unread */
  gtk_widget_activate_action (GTK_WIDGET (pair.window), "win.show-page", "s", "peers");
  rt_network_send_text (pair.friend, "Hello", &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_unread (pair.network) == 1);
  g_assert_true (gtk_widget_get_visible (app_find (pair.row, GTK_TYPE_LABEL, "unread_label")));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (app_find (pair.row, GTK_TYPE_LABEL, "unread_label"))), ==, "1");
  g_assert_cmpuint (adw_view_stack_page_get_badge_number (find_chat (pair.window)), ==, 1);
  g_assert_true (adw_view_stack_page_get_needs_attention (find_chat (pair.window)));

  gtk_widget_activate_action (pair.row, "network.mark-read", NULL);
  g_assert_cmpuint (rt_network_get_unread (pair.network), ==, 0);
  g_assert_false (gtk_widget_get_visible (app_find (pair.row, GTK_TYPE_LABEL, "unread_label")));
  g_assert_cmpuint (adw_view_stack_page_get_badge_number (find_chat (pair.window)), ==, 0);
  pair_tear_down (&pair);
}

/* What the demonstration says waits for nobody: it is counted where one looks at it, and not in the list of networks. */
static void
test_unread_demo (void)
{
  AppFixture app = { 0 };
  g_autoptr (RtNetworkConfig) config = g_object_new (RT_TYPE_NETWORK_CONFIG, "demo", TRUE, "subnet", "Demo", "kind", "sync", "encryption", P2P_ENCRYPTION_PLAINTEXT,
                                                     "listen-host", "127.0.0.1", "max-outgoing", 0u, NULL);
  RtNetwork *club, *demo;
  RtWindow *window;
  guint n_rows = 0;

  app_fixture_set_up (&app, "Ada");
  club = app_fixture_add (&app, "club");
  demo = rt_networks_add (app.networks, config, NULL);
  window = rt_window_new (app.app, app.networks);
  gtk_window_present (GTK_WINDOW (window));
  app_settle ();
  rt_window_select (window, demo, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  club->unread = demo->unread = 3;
  rt_network_notify_unread (club);
  rt_network_notify_unread (demo);
  app_settle ();
  g_assert_cmpuint (adw_view_stack_page_get_badge_number (find_chat (window)), ==, 3);
  for (GtkWidget *row = gtk_widget_get_first_child (gtk_widget_get_parent (app_find (GTK_WIDGET (window), RT_TYPE_NETWORK_ROW, NULL))); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      RtNetwork *network = rt_network_row_get_network (RT_NETWORK_ROW (row));

      g_assert_true (gtk_widget_get_visible (app_find (row, GTK_TYPE_LABEL, "unread_label")) == (network == club));
      n_rows++;
    }
  g_assert_cmpuint (n_rows, ==, 2);
  app_fixture_tear_down (&app);
}

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

/* Each item of a network's menu opens what it says, for the network that it stands at. */
static void
test_menu (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *networks[2];
  RtWindow *window;
  GtkWidget *list, *row, *dialog;

  app_fixture_set_up (&fixture, "Ada");
  networks[0] = app_fixture_add (&fixture, "first");
  networks[1] = app_fixture_add (&fixture, "second");
  window = rt_window_new (fixture.app, fixture.networks);
  gtk_window_present (GTK_WINDOW (window));
  list = gtk_widget_get_parent (app_find (GTK_WIDGET (window), RT_TYPE_NETWORK_ROW, NULL));
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 1));
  g_assert_true (rt_window_get_selected (window) == networks[0]);

  gtk_widget_activate_action (row, "network.edit", NULL);
  dialog = find_toplevel (RT_TYPE_NETWORK_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_true (app_shows (dialog, "Edit network"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, "subnet_row"))), ==, "second");
  gtk_window_destroy (GTK_WINDOW (dialog));

  gtk_widget_activate_action (row, "network.rename", NULL);
  dialog = find_toplevel (RT_TYPE_RENAME_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_nonnull (strstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), "second"));
  gtk_window_destroy (GTK_WINDOW (dialog));

  gtk_widget_activate_action (row, "network.leave", NULL);
  dialog = find_toplevel (RT_TYPE_LEAVE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_nonnull (strstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), "second"));
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_settle ();

  /* the view's own menu is about the network that is shown */
  gtk_widget_activate_action (app_find (GTK_WIDGET (window), RT_TYPE_NETWORK_VIEW, NULL), "network.stop", NULL);
  app_wait_for (rt_network_get_state (networks[0]) == RT_NETWORK_STOPPED);
  g_assert_cmpint (rt_network_get_state (networks[1]), !=, RT_NETWORK_STOPPED);
  app_fixture_tear_down (&fixture);
}

/* A name that is taken already: the network keeps its own. */
static void
test_rename_refused (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  RtWindow *window;
  GtkWidget *dialog;

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "first");
  network = app_fixture_add (&fixture, "second");
  window = rt_window_new (fixture.app, fixture.networks);
  gtk_window_present (GTK_WINDOW (window));
  dialog = GTK_WIDGET (rt_rename_dialog_new (GTK_WINDOW (window), fixture.networks, network));
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, "name_row")), "first");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "rename");
  app_settle ();
  g_assert_cmpstr (rt_network_get_title (network), ==, "second");
  g_assert_true (app_shows (GTK_WIDGET (window), "The network was not renamed"));
  app_fixture_tear_down (&fixture);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/networks/state", test_state);
  g_test_add_func ("/networks/unread", test_unread);
  g_test_add_func ("/networks/unread-demo", test_unread_demo);
  g_test_add_func ("/networks/menu", test_menu);
  g_test_add_func ("/networks/rename-refused", test_rename_refused);
  return g_test_run ();
}
