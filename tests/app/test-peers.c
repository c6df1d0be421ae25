/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app-fixture.h"
#include "app/peers/rt-block-dialog.h"
#include "app/peers/rt-connect-card.h"
#include "app/peers/rt-known-peer-row.h"
#include "app/peers/rt-peer-dialog.h"
#include "app/peers/rt-peer-facts.h"
#include "app/peers/rt-peer-format.h"
#include "app/peers/rt-peer-notes.h"
#include "app/peers/rt-peer-row.h"
#include "app/peers/rt-peers-page.h"
#include "app/peers/rt-tell-card.h"
#include "app/rt-banner.h"
#include "app/rt-entry-field.h"
#include "app/rt-network-view.h"
#include "app/rt-width-switch.h"
#include "model/network/rt-network-private.h"

#define assert_words(call, words) \
  G_STMT_START { \
    g_autofree char *got_ = (call); \
    g_assert_cmpstr (got_, ==, words); \
  } G_STMT_END

static void
test_format (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *clock = g_date_time_format (now, "%H:%M");
  g_autofree char *name = format_peer_name (NULL, "7kQXzYb3uXJ8sZp4Qm2fVt6NhLr9cDWeG1aBxKs5oTiR");
  g_autofree char *hostile = format_peer_address (NULL, "evil\n\xe2\x80\xae" "host", 80);

  assert_words (format_peer_name (NULL, NULL), "Not known yet");
  g_assert_cmpuint (g_utf8_strlen (name, -1), <, 16);
  assert_words (format_peer_address (NULL, "10.0.0.5", 4444), "10.0.0.5:4444");
  assert_words (format_peer_address (NULL, "fe80::1", 4444), "[fe80::1]:4444");
  assert_words (format_peer_address (NULL, NULL, 0), "");
  g_assert_null (strchr (hostile, '\n'));
  g_assert_null (strstr (hostile, "\xe2\x80\xae"));
  assert_words (format_direction (NULL, TRUE), "Outgoing");
  assert_words (format_direction (NULL, FALSE), "Incoming");
  assert_words (format_connection_state (NULL, P2P_CONNECTION_HANDSHAKE), "Saying hello…");
  assert_words (format_connection_state (NULL, P2P_CONNECTION_ESTABLISHED), "Connected");
  assert_words (format_connection_state (NULL, P2P_CONNECTION_CLOSED), "Closed");
  assert_words (format_connection_standing (NULL, P2P_CONNECTION_ESTABLISHED, TRUE), "Connected · Signed");
  assert_words (format_connection_standing (NULL, P2P_CONNECTION_ESTABLISHED, FALSE), "Connected · Not verified");
  assert_words (format_connection_standing (NULL, P2P_CONNECTION_CLOSED, TRUE), "Closed");
  assert_words (format_connection_proof (NULL, P2P_CONNECTION_HANDSHAKE, FALSE), "");
  assert_words (format_connection_icon_of (NULL, P2P_CONNECTION_ESTABLISHED, TRUE), "dialog-password-symbolic");
  assert_words (format_encryption (NULL, "SSL"), "SSL");
  assert_words (format_encryption (NULL, "Plaintext"), "None");
  assert_words (format_encryption_icon (NULL, "SSL"), "channel-secure-symbolic");
  assert_words (format_encryption_icon (NULL, "Plaintext"), "channel-insecure-symbolic");
  assert_words (format_compression (NULL, P2P_COMPRESSION_NONE), "None");
  assert_words (format_compression (NULL, P2P_COMPRESSION_SNAPPY), "snappy");
  assert_words (format_compression (NULL, 99), "Method 99");
  assert_words (format_since (NULL, 0), "");
  assert_words (format_since (NULL, g_date_time_to_unix (now) * G_USEC_PER_SEC), clock);
  assert_words (format_connection_way (NULL, "10.0.0.5", 4444, FALSE), "10.0.0.5:4444 · Incoming");
}

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  int *outcome = user_data;

  *outcome = rt_network_connect_finish (RT_NETWORK (object), result, &error) ? 1 : -1;
}

/* Two nodes on the loopback: each shows the other. */
static void
test_page (void)
{
  AppFixture ours = { 0 }, theirs = { 0 };
  RtNetwork *network, *friend;
  RtWindow *window;
  GtkWidget *page, *list, *menu;
  GListModel *connections;
  g_auto (GStrv) addresses = NULL;
  g_autoptr (P2pConnection) connection = NULL;
  g_autofree char *short_id = NULL;
  int outcome = 0;

  app_fixture_set_up (&ours, "Ada");
  app_fixture_set_up (&theirs, "Bob");
  network = app_fixture_add (&ours, "club");
  friend = app_fixture_add (&theirs, "club");
  window = rt_window_new (ours.app, ours.networks);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  page = app_find (GTK_WIDGET (window), RT_TYPE_PEERS_PAGE, NULL);
  list = app_find (app_find (page, RT_TYPE_WIDTH_SWITCH, NULL), GTK_TYPE_LIST_BOX, "list");
  g_assert_true (app_shows (page, "Nobody is connected"));

  addresses = rt_network_dup_own_addresses (friend);
  g_assert_nonnull (addresses[0]);
  {
    /* the loopback is where it listens, whatever it announces */
    g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (friend)));

    rt_network_connect_async (network, address, NULL, finished_cb, &outcome);
  }
  app_wait_for (outcome == 1);
  connections = rt_network_get_connections (network);
  app_wait_for (g_list_model_get_n_items (connections) == 1);
  connection = g_list_model_get_item (connections, 0);
  short_id = rt_short_id (p2p_connection_get_id (connection));
  app_settle ();
  g_assert_false (app_shows (page, "Nobody is connected"));
  g_assert_true (app_shows (page, short_id));
  /* the list for narrow pages has the same */
  g_assert_true (app_shows (list, short_id));
  g_assert_true (app_shows (list, "Outgoing"));
  g_assert_true (RT_IS_PEER_ROW (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)));

  /* by keyboard: the focus comes to the table, and the menu opens there */
  menu = app_find (page, GTK_TYPE_POPOVER_MENU, "menu");
  app_wait_for (rt_width_switch_get_is_wide (RT_WIDTH_SWITCH (app_find (page, RT_TYPE_WIDTH_SWITCH, NULL))));
  gtk_widget_grab_focus (page);
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), app_find (page, GTK_TYPE_COLUMN_VIEW, NULL)));
  g_assert_false (gtk_widget_get_visible (menu));
  gtk_widget_activate_action (page, "peers.open-menu", NULL);
  g_assert_true (gtk_widget_get_visible (menu));
  gtk_popover_popdown (GTK_POPOVER (menu));

  gtk_widget_activate_action (page, "peers.message", NULL);
  g_assert_cmpstr (rt_network_view_get_page (RT_NETWORK_VIEW (gtk_widget_get_ancestor (page, RT_TYPE_NETWORK_VIEW))), ==, "chat");
  gtk_widget_activate_action (page, "peers.disconnect", NULL);
  app_wait_for (g_list_model_get_n_items (connections) == 0);
  g_assert_true (app_shows (page, "Nobody is connected"));
  app_fixture_tear_down (&ours);
  app_fixture_tear_down (&theirs);
}

/* Nobody listens there: the words stand under the entry, and what was typed stays. */
static void
test_connect_fails (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  GtkWidget *card, *entry;
  RtHintRow *hint;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autofree char *address = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  address = g_strdup_printf ("127.0.0.1:%u", port);
  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "club");
  card = g_object_ref_sink (g_object_new (RT_TYPE_CONNECT_CARD, "network", network, NULL));
  entry = app_find (card, RT_TYPE_ENTRY_FIELD, "entry");
  hint = RT_HINT_ROW (app_find (card, RT_TYPE_HINT_ROW, "hint"));
  g_assert_false (gtk_widget_get_sensitive (app_find (card, GTK_TYPE_BUTTON, "connect_button")));
  gtk_editable_set_text (GTK_EDITABLE (entry), "127.0.0.1");
  g_assert_false (gtk_widget_get_sensitive (app_find (card, GTK_TYPE_BUTTON, "connect_button")));
  g_assert_nonnull (rt_hint_row_get_text (hint));
  gtk_editable_set_text (GTK_EDITABLE (entry), address);
  g_assert_null (rt_hint_row_get_text (hint));
  g_signal_emit_by_name (entry, "entry-activated");
  g_assert_true (gtk_widget_get_visible (app_find (card, GTK_TYPE_SPINNER, "spinner")));
  g_assert_true (gtk_widget_get_visible (app_find (card, GTK_TYPE_BUTTON, "stop_button")));
  app_wait_for (rt_hint_row_get_text (hint) != NULL);
  g_assert_nonnull (strstr (rt_hint_row_get_text (hint), address));
  g_assert_false (gtk_widget_get_visible (app_find (card, GTK_TYPE_SPINNER, "spinner")));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, address);
  g_assert_finalize_object (card);
  app_fixture_tear_down (&fixture);
}

static void
test_connect_works (void)
{
  AppFixture ours = { 0 }, theirs = { 0 };
  RtNetwork *network, *friend;
  GtkWidget *card, *entry;
  RtHintRow *hint;
  g_autofree char *address = NULL;

  app_fixture_set_up (&ours, "Ada");
  app_fixture_set_up (&theirs, "Bob");
  network = app_fixture_add (&ours, "club");
  friend = app_fixture_add (&theirs, "club");
  address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (friend)));
  card = g_object_ref_sink (g_object_new (RT_TYPE_CONNECT_CARD, "network", network, NULL));
  entry = app_find (card, RT_TYPE_ENTRY_FIELD, "entry");
  hint = RT_HINT_ROW (app_find (card, RT_TYPE_HINT_ROW, "hint"));
  gtk_editable_set_text (GTK_EDITABLE (entry), address);
  g_signal_emit_by_name (app_find (card, GTK_TYPE_BUTTON, "connect_button"), "clicked");
  app_wait_for (rt_hint_row_get_text (hint) != NULL);
  g_assert_nonnull (strstr (rt_hint_row_get_text (hint), address));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (hint), "success"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  g_assert_finalize_object (card);
  app_fixture_tear_down (&ours);
  app_fixture_tear_down (&theirs);
}

static void
test_tell (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  GtkWidget *card;
  g_auto (GStrv) addresses = NULL;
  g_autofree char *text = NULL;

  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "a <b> & c");
  card = g_object_ref_sink (g_object_new (RT_TYPE_TELL_CARD, "network", network, NULL));
  g_assert_true (app_shows (card, "a <b> & c"));
  addresses = rt_network_dup_own_addresses (network);
  for (guint i = 0; addresses[i] != NULL; i++)
    g_assert_true (app_shows (card, addresses[i]));
  text = rt_tell_card_dup_text (RT_TELL_CARD (card));
  g_assert_nonnull (strstr (text, "a <b> & c"));
  g_assert_nonnull (strstr (text, addresses[0]));

  rt_network_stop (network);
  app_wait_for (rt_network_get_socket (network) == NULL);
  g_assert_true (app_shows (card, "Nobody can come now"));
  g_assert_null (rt_tell_card_dup_text (RT_TELL_CARD (card)));
  g_assert_finalize_object (card);
  app_fixture_tear_down (&fixture);
}

static void
test_notes (void)
{
  assert_words (rt_peer_program_words (TRUE, P2P_ID_FORM_STR), "Roundtable");
  assert_words (rt_peer_program_words (FALSE, P2P_ID_FORM_BIN), "py2p");
  assert_words (rt_peer_program_words (FALSE, P2P_ID_FORM_STR), "js2p or other");
  g_assert_null (rt_peer_round_trip_words (-1));
  assert_words (rt_peer_round_trip_words (1234), "1.2 ms");
  assert_words (rt_peer_round_trip_words (1234000), "1234 ms");
  g_assert_null (rt_peer_clock_words (0));
  g_assert_null (rt_peer_clock_words (RT_PEER_CLOCK_NOTE));
  g_assert_null (rt_peer_clock_words (-RT_PEER_CLOCK_NOTE));
  assert_words (rt_peer_clock_words (6), "its clock is 6 seconds ahead");
  assert_words (rt_peer_clock_words (-120), "its clock is 2 minutes behind");
  assert_words (rt_peer_clock_words (G_MAXINT64), "its clock is 11574 days ahead");
  assert_words (rt_peer_clock_words (G_MININT64), "its clock is 11574 days behind");
}

/* A link that is there, and one that is not any more: the notes of the one, the row of the other, and how it is forgotten. */
static void
test_known (void)
{
  AppFixture ours = { 0 }, theirs = { 0 };
  RtNetwork *network, *friend;
  RtWindow *window;
  GtkWidget *page, *row;
  GtkWindow *dialog;
  g_autofree char *address = NULL;
  g_autoptr (P2pConnection) connection = NULL;
  g_autofree char *notes = NULL;
  int outcome = 0;

  app_fixture_set_up (&ours, "Ada");
  app_fixture_set_up (&theirs, "Bob");
  network = app_fixture_add (&ours, "club");
  friend = app_fixture_add (&theirs, "club");
  window = rt_window_new (ours.app, ours.networks);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  page = app_find (GTK_WIDGET (window), RT_TYPE_PEERS_PAGE, NULL);
  g_assert_true (app_shows (page, "Counters"));
  address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (friend)));
  rt_network_connect_async (network, address, NULL, finished_cb, &outcome);
  app_wait_for (outcome == 1);
  connection = g_list_model_get_item (rt_network_get_connections (network), 0);
  notes = rt_peer_notes_dup_text (connection);
  g_assert_cmpstr (notes, !=, "");
  g_assert_null (rt_peer_notes_dup_drops (connection));
  app_frames (page, 3);
  app_picture (GTK_WIDGET (window), "peers-linked");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  app_picture (GTK_WIDGET (window), "peers-linked-dark");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);

  rt_network_stop (friend);
  app_wait_for (app_find (page, RT_TYPE_KNOWN_PEER_ROW, NULL) != NULL);
  row = app_find (page, RT_TYPE_KNOWN_PEER_ROW, NULL);
  app_wait_for (app_shows (row, address));
  app_picture (GTK_WIDGET (window), "peers-known");
  /* of somebody on this computer the person is blocked, not all that is on it */
  gtk_widget_activate_action (row, "known.block", NULL);
  app_settle ();
  dialog = app_dialog (GTK_WINDOW (window));
  g_assert_true (RT_IS_BLOCK_DIALOG (dialog));
  g_assert_false (app_shows (GTK_WIDGET (dialog), "The address 127.0.0.1"));
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  app_settle ();
  gtk_widget_activate_action (row, "known.copy", NULL);
  gtk_widget_activate_action (row, "known.forget", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_known_peers (network)), ==, 0);
  g_assert_null (app_find (page, RT_TYPE_KNOWN_PEER_ROW, NULL));
  app_fixture_tear_down (&ours);
  app_fixture_tear_down (&theirs);
}

/* Everything about a link, and why it ended. */
static void
test_details (void)
{
  AppFixture ours = { 0 }, theirs = { 0 };
  RtNetwork *network, *friend;
  RtPeerDialog *dialog;
  GtkWidget *widget;
  g_autofree char *address = NULL, *text = NULL, *id = NULL;
  g_autoptr (P2pConnection) connection = NULL;
  int outcome = 0;

  app_fixture_set_up (&ours, "Ada");
  app_fixture_set_up (&theirs, "Bob");
  network = app_fixture_add (&ours, "club");
  friend = app_fixture_add (&theirs, "club");
  address = g_strdup_printf ("127.0.0.1:%u", p2p_mesh_socket_get_port (rt_network_get_socket (friend)));
  rt_network_connect_async (network, address, NULL, finished_cb, &outcome);
  app_wait_for (outcome == 1);
  connection = g_list_model_get_item (rt_network_get_connections (network), 0);
  id = g_strdup (p2p_connection_get_id (connection));
  text = rt_peer_facts_dup_text (connection);
  for (guint i = 0; i < RT_PEER_N_FACTS; i++)
    g_assert_cmpstr (rt_peer_fact_get_title (i), !=, "");
  g_assert_nonnull (strstr (text, "State: Connected\n"));
  g_assert_nonnull (strstr (text, id));
  g_assert_nonnull (strstr (text, address));
  g_assert_nonnull (strstr (text, "Dropped: Nothing\n"));
  g_assert_nonnull (strstr (text, "Wire version: "));

  dialog = rt_peer_dialog_new (NULL, connection);
  widget = GTK_WIDGET (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  app_frames (widget, 3);
  g_assert_true (app_shows (widget, id));
  g_assert_true (app_shows (widget, "Outgoing"));
  app_picture (widget, "peer-details");
  rt_network_stop (friend);
  app_wait_for (app_shows (widget, "Closed: "));
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &dialog);
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_wait_for (dialog == NULL);
  app_fixture_tear_down (&ours);
  app_fixture_tear_down (&theirs);
}

static guint
count_rows (GtkWidget *page)
{
  GtkListBox *list = GTK_LIST_BOX (app_find (page, GTK_TYPE_LIST_BOX, "known_list"));
  guint n = 0;

  while (gtk_list_box_get_row_at_index (list, (int) n) != NULL)
    n++;
  return n;
}

/* A neighbour names fifty addresses: the page takes them by twenties, and says of each where it comes from. */
static void
test_many_known (void)
{
  AppFixture ours = { 0 };
  RtNetwork *network;
  RtWindow *window;
  GtkWidget *page, *more, *row;
  RtNetworkConfig *config;

  app_fixture_set_up (&ours, "Ada");
  network = app_fixture_add (&ours, "club");
  p2p_mesh_socket_set_max_outgoing (rt_network_get_socket (network), 0);
  window = rt_window_new (ours.app, ours.networks);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", "peers");
  page = app_find (GTK_WIDGET (window), RT_TYPE_PEERS_PAGE, NULL);
  more = app_find (page, GTK_TYPE_BUTTON, "more_button");
  for (guint16 i = 0; i < 50; i++)
    p2p_mesh_socket_add_address (rt_network_get_socket (network), "127.0.0.1", 1000 + i, NULL, P2P_ADDRESS_DEFAULT, 0);
  app_wait_for (count_rows (page) == 20);
  g_assert_cmpuint (g_list_model_get_n_items (rt_network_get_known_peers (network)), ==, 50);
  g_assert_true (gtk_widget_get_visible (more));
  g_signal_emit_by_name (more, "clicked");
  g_assert_cmpuint (count_rows (page), ==, 40);
  row = GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (app_find (page, GTK_TYPE_LIST_BOX, "known_list")), 20));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == row || gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)), row));
  g_signal_emit_by_name (more, "clicked");
  g_assert_cmpuint (count_rows (page), ==, 50);
  g_assert_false (gtk_widget_get_visible (more));
  /* nobody is known there, and it is this computer: there is nobody to block */
  row = app_find (page, RT_TYPE_KNOWN_PEER_ROW, NULL);
  gtk_widget_activate_action (row, "known.block", NULL);
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (window)));
  /* one that the person wrote down cannot be forgotten by a slip */
  row = app_find (page, RT_TYPE_KNOWN_PEER_ROW, NULL);
  g_assert_true (rt_network_can_forget (network, "127.0.0.1:1000"));
  config = rt_network_config_copy (rt_network_get_config (network));
  g_object_set (config, "peers", (const char *[]) { "127.0.0.1:1000", NULL }, NULL);
  rt_network_set_config (network, config);
  g_object_unref (config);
  g_assert_false (rt_network_can_forget (network, "127.0.0.1:1000"));
  gtk_widget_activate_action (row, "known.forget", NULL);
  g_assert_true (app_shows (page, "127.0.0.1:1000"));
  app_fixture_tear_down (&ours);
}

/* A clock that is wrong is told of on whichever page one is, and not any more once it is right. */
static void
test_clock (void)
{
  AppFixture ours = { 0 };
  RtNetwork *network;
  RtWindow *window;
  RtBanner *banner;

  app_fixture_set_up (&ours, "Ada");
  network = app_fixture_add (&ours, "club");
  window = rt_window_new (ours.app, ours.networks);
  gtk_window_present (GTK_WINDOW (window));
  app_settle ();
  banner = RT_BANNER (app_find (GTK_WIDGET (window), RT_TYPE_BANNER, "clock_banner"));
  g_assert_false (rt_banner_get_revealed (banner));
  rt_network_set_clock_skew (network, -300);
  g_assert_true (rt_banner_get_revealed (banner));
  g_assert_cmpstr (rt_banner_get_title (banner), ==,
                   "The clock of this computer seems to be 5 minutes behind the others’. Messages get lost until it is right.");
  app_frames (GTK_WIDGET (window), 3);
  app_picture (GTK_WIDGET (window), "clock");
  rt_network_set_clock_skew (network, 0);
  g_assert_false (rt_banner_get_revealed (banner));
  app_fixture_tear_down (&ours);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/peers/format", test_format);
  g_test_add_func ("/peers/page", test_page);
  g_test_add_func ("/peers/connect-fails", test_connect_fails);
  g_test_add_func ("/peers/connect-works", test_connect_works);
  g_test_add_func ("/peers/tell", test_tell);
  g_test_add_func ("/peers/notes", test_notes);
  g_test_add_func ("/peers/known", test_known);
  g_test_add_func ("/peers/details", test_details);
  g_test_add_func ("/peers/many-known", test_many_known);
  g_test_add_func ("/peers/clock", test_clock);
  return g_test_run ();
}
