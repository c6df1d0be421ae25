/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page "Why can't I reach …?": its words, its check, its one fix, its text for a bug report. */
#include "config.h"

#include <string.h>

#include "app-fixture.h"
#include "app/peers/rt-known-peer-row.h"
#include "app/peers/rt-reach-dialog.h"
#include "app/rt-network-view.h"

typedef struct
{
  AppFixture ours, theirs;
  RtNetwork *network, *other;
  RtWindow  *window;
  char      *address;
} Pair;

static void
set_up (Pair       *p,
        const char *subnet)
{
  *p = (Pair) { 0 };
  app_fixture_set_up (&p->ours, "Ada");
  app_fixture_set_up (&p->theirs, "Bob");
  p->network = app_fixture_add (&p->ours, "club");
  p->other = app_fixture_add (&p->theirs, subnet);
  p->address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (p->other)));
  p->window = rt_window_new (p->ours.app, p->ours.networks);
  gtk_window_present (GTK_WINDOW (p->window));
  app_frames (GTK_WIDGET (p->window), 3);
}

static void
tear_down (Pair *p)
{
  app_fixture_tear_down (&p->ours);
  app_fixture_tear_down (&p->theirs);
  g_free (p->address);
}

/* The dialog in front of the window. */
static RtReachDialog *
get_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (RT_IS_REACH_DIALOG (window))
        return RT_REACH_DIALOG (window);
    }
  return NULL;
}

static void
check (RtReachDialog *dialog)
{
  RtReach *reach = rt_reach_dialog_get_reach (dialog);

  g_signal_emit_by_name (app_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "check_button"), "clicked");
  app_wait_for (!rt_reach_is_checking (reach));
  app_settle ();
}

static void
test_refused (void)
{
  Pair p;
  RtReachDialog *dialog;
  GtkListBox *list;
  GtkWidget *fix, *row;

  set_up (&p, "club");
  rt_network_stop (p.other);
  gtk_widget_activate_action (GTK_WIDGET (p.window), "win.why", "s", p.address);
  dialog = get_dialog ();
  g_assert_nonnull (dialog);
  app_frames (GTK_WIDGET (dialog), 3);
  g_assert_true (app_shows (GTK_WIDGET (dialog), "Not tried yet"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "No attempt is remembered"));
  check (dialog);
  g_assert_true (app_shows (GTK_WIDGET (dialog), "Nobody listens there"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "Ask whether the program is running there"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "there is nothing to look up"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "Not tried"));
  g_assert_false (app_shows (GTK_WIDGET (dialog), "No attempt is remembered"));
  fix = app_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "fix_button");
  g_assert_true (gtk_widget_get_visible (fix));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fix)), ==, "_Try again");
  app_picture (GTK_WIDGET (dialog), "reach-refused");

  /* another attempt comes above the row that has the focus, which keeps it */
  list = GTK_LIST_BOX (app_find (GTK_WIDGET (dialog), GTK_TYPE_LIST_BOX, "attempts"));
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (list, 0));
  gtk_widget_grab_focus (row);
  check (dialog);
  app_wait_for (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 1)) == row);
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (dialog)) == row);

  /* tried again by the fix, there is a peer now */
  rt_network_start (p.other);
  app_wait_for (rt_network_get_socket (p.other) != NULL);
  g_signal_emit_by_name (fix, "clicked");
  app_wait_for (app_shows (GTK_WIDGET (dialog), "There is a connection now"));
  g_assert_false (gtk_widget_get_visible (fix));
  app_picture (GTK_WIDGET (dialog), "reach-connected");
  gtk_window_destroy (GTK_WINDOW (dialog));
  tear_down (&p);
}

static void
clipboard_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);
}

static void
test_other_network (void)
{
  Pair p;
  RtReachDialog *dialog;
  GtkWidget *fix;
  g_autofree char *text = NULL;

  set_up (&p, "another");
  gtk_widget_activate_action (GTK_WIDGET (p.window), "win.why", "s", p.address);
  dialog = get_dialog ();
  check (dialog);
  g_assert_true (app_shows (GTK_WIDGET (dialog), "Another network"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "It answers"));
  app_picture (GTK_WIDGET (dialog), "reach-other");
  g_signal_emit_by_name (app_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "copy_button"), "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), NULL, clipboard_cb, &text);
  app_wait_for (text != NULL);
  g_assert_nonnull (strstr (text, "P2P_LINK_ERROR_WRONG_NETWORK"));
  g_assert_nonnull (strstr (text, p.address));
  fix = app_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "fix_button");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (fix)), ==, "_Edit the network…");
  g_signal_emit_by_name (fix, "clicked");
  app_settle ();
  g_assert_null (get_dialog ());
  tear_down (&p);
}

static RtNetwork *
add_private (AppFixture *fixture,
             const char *secret)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  g_object_set (config, "subnet", "quoll", "listen-host", "127.0.0.1", "secret", secret, NULL);
  network = rt_networks_add (fixture->networks, config, &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  return network;
}

/* Who has another secret gets no connection, and is told why, and what to do. */
static void
test_other_secret (void)
{
  Pair p;
  RtReachDialog *dialog;
  RtNetwork *mine, *other;

  set_up (&p, "club");
  mine = add_private (&p.ours, "right horse battery");
  other = add_private (&p.theirs, "wrong horse battery");
  g_free (p.address);
  p.address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (other)));
  rt_window_select (p.window, mine, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (p.window), "win.why", "s", p.address);
  dialog = get_dialog ();
  check (dialog);
  app_wait_for (app_shows (GTK_WIDGET (dialog), "It does not know the secret"));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "Compare the secret with the others, to the letter, or ask for a new invitation."));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (app_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "fix_button"))), ==, "_Edit the network…");
  app_picture (GTK_WIDGET (dialog), "reach-secret");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 700);
  app_frames (GTK_WIDGET (dialog), 5);
  app_picture (GTK_WIDGET (dialog), "reach-secret-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  g_assert_cmpuint (rt_network_get_n_peers (mine), ==, 0);
  g_assert_cmpuint (rt_network_get_n_peers (other), ==, 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
  tear_down (&p);
}

/* For any address: it is typed, and checked at once. */
static void
test_any (void)
{
  Pair p;
  RtReachDialog *dialog;
  GtkWidget *entry;
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  guint16 port;

  set_up (&p, "club");
  gtk_widget_activate_action (GTK_WIDGET (p.window), "win.why", "s", "");
  dialog = get_dialog ();
  g_assert_null (rt_reach_dialog_get_reach (dialog));
  g_assert_false (app_shows (GTK_WIDGET (dialog), "Step by step"));
  entry = app_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, "address_row");
  gtk_editable_set_text (GTK_EDITABLE (entry), "nonsense");
  g_signal_emit_by_name (entry, "apply");
  g_assert_null (rt_reach_dialog_get_reach (dialog));
  g_assert_true (gtk_widget_has_css_class (entry, "error"));
  /* and why: a colour alone says nothing to who does not see it */
  g_assert_false (rt_parse_address ("nonsense", &host, &port, &error));
  g_assert_true (app_shows (GTK_WIDGET (dialog), error->message));
  app_picture (GTK_WIDGET (dialog), "reach-nonsense");
  gtk_editable_set_text (GTK_EDITABLE (entry), p.address);
  g_signal_emit_by_name (entry, "apply");
  g_assert_nonnull (rt_reach_dialog_get_reach (dialog));
  g_assert_false (gtk_widget_has_css_class (entry, "error"));
  g_assert_false (app_shows (GTK_WIDGET (dialog), error->message));
  app_wait_for (app_shows (GTK_WIDGET (dialog), "There is a connection now"));
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 600);
  app_frames (GTK_WIDGET (dialog), 5);
  app_picture (GTK_WIDGET (dialog), "reach-narrow");
  tear_down (&p);
}

static void
test_finalise (void)
{
  Pair p;
  RtReachDialog *dialog;
  RtReach *reach;

  set_up (&p, "club");
  gtk_widget_activate_action (GTK_WIDGET (p.window), "win.why", "s", p.address);
  dialog = get_dialog ();
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  reach = g_object_ref (rt_reach_dialog_get_reach (dialog));
  rt_reach_check (reach);
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_wait_for (dialog == NULL);
  g_assert_false (rt_reach_is_checking (reach));
  g_object_add_weak_pointer (G_OBJECT (reach), (gpointer *) &reach);
  g_object_unref (reach);
  app_wait_for (reach == NULL);
  tear_down (&p);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/reach/refused", test_refused);
  g_test_add_func ("/reach/other-network", test_other_network);
  g_test_add_func ("/reach/other-secret", test_other_secret);
  g_test_add_func ("/reach/any", test_any);
  g_test_add_func ("/reach/finalise", test_finalise);
  return g_test_run ();
}
