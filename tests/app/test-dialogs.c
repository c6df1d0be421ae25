/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app-fixture.h"
#include "app/networks/rt-address-group.h"
#include "app/networks/rt-leave-dialog.h"
#include "app/networks/rt-network-dialog.h"
#include "app/networks/rt-rename-dialog.h"
#include "app/rt-banner.h"
#include "app/rt-entry-field.h"

static void
type (GtkWidget  *dialog,
      const char *field,
      const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, field)), text);
}

static gboolean
can_accept (GtkWidget *dialog)
{
  gboolean sensitive = gtk_widget_get_sensitive (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"));

  /* a button that cannot be pressed says why */
  g_assert_true (sensitive == (rt_network_dialog_get_problem (RT_NETWORK_DIALOG (dialog)) == NULL));
  return sensitive;
}

static GtkWidget *
make (AppFixture          *fixture,
      RtNetworkDialogMode  mode,
      RtNetwork           *network)
{
  GtkWidget *dialog = GTK_WIDGET (rt_network_dialog_new (NULL, fixture->networks, mode, network));

  g_assert_true (RT_IS_NETWORK_DIALOG (dialog));
  return dialog;
}

static void
test_create_checks (void)
{
  static const struct
  {
    const char *field, *good, *bad;
  } cases[] = {
    { "subnet_row", "club", "" },
    { "subnet_row", "клуб друзей", "a\342\200\256b" },
    { "listen_host_row", "127.0.0.1", "two words" },
    { "listen_host_row", "::", "" },
    { "listen_port_row", "0", "65536" },
    { "listen_port_row", "4444", "four" },
    { "listen_port_row", "4444", "" },
    { "out_address_row", "", "no-port" },
    { "out_address_row", "example.org:4444", "example.org:0x1" },
    { "entry", "", "10.0.0.5" },
    { "entry", "10.0.0.5:4444, [::1]:5", "10.0.0.5:99999" },
  };
  AppFixture fixture = { 0 };
  GtkWidget *dialog;

  app_fixture_set_up (&fixture, "Ada");
  dialog = make (&fixture, RT_NETWORK_DIALOG_CREATE, NULL);
  /* nobody has typed yet: it cannot be accepted, but nothing is red */
  g_assert_false (can_accept (dialog));
  g_assert_false (gtk_widget_has_css_class (app_find (dialog, ADW_TYPE_ENTRY_ROW, "subnet_row"), "error"));
  type (dialog, "subnet_row", "club");
  g_assert_true (can_accept (dialog));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RtEntryField *field = RT_ENTRY_FIELD (app_find (dialog, RT_TYPE_ENTRY_FIELD, cases[i].field));
      RtHintRow *hint;

      g_test_message ("%s: “%s”, “%s”", cases[i].field, cases[i].good, cases[i].bad);
      g_object_get (field, "hint", &hint, NULL);
      type (dialog, cases[i].field, cases[i].bad);
      g_assert_nonnull (rt_entry_field_get_problem (field));
      g_assert_cmpstr (rt_hint_row_get_text (hint), ==, rt_entry_field_get_problem (field));
      g_assert_true (gtk_widget_get_visible (GTK_WIDGET (hint)));
      g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (field), "error"));
      g_assert_false (can_accept (dialog));

      type (dialog, cases[i].field, cases[i].good);
      g_assert_null (rt_entry_field_get_problem (field));
      g_assert_null (rt_hint_row_get_text (hint));
      g_assert_false (gtk_widget_get_visible (GTK_WIDGET (hint)));
      g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (field), "error"));
      g_assert_true (can_accept (dialog));
      g_object_unref (hint);
    }
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&fixture);
}

/* The last field is at the lower end of the dialog; what is wrong with it comes into view. */
static void
test_words_in_view (void)
{
  AppFixture fixture = { 0 };
  GtkWidget *dialog, *field, *scrolled;
  RtHintRow *hint;
  graphene_rect_t bounds;

  app_fixture_set_up (&fixture, "Ada");
  dialog = make (&fixture, RT_NETWORK_DIALOG_CREATE, NULL);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 500, 320);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (app_find (dialog, ADW_TYPE_EXPANDER_ROW, NULL)), TRUE);
  gtk_window_present (GTK_WINDOW (dialog));
  field = app_find (dialog, RT_TYPE_ENTRY_FIELD, "out_address_row");
  scrolled = gtk_widget_get_ancestor (field, GTK_TYPE_SCROLLED_WINDOW);
  app_wait_for (gtk_widget_get_height (field) > 0);
  type (dialog, "out_address_row", "no-port");
  g_object_get (field, "hint", &hint, NULL);
  app_wait_for (gtk_widget_get_height (GTK_WIDGET (hint)) > 0 &&
                gtk_widget_compute_bounds (GTK_WIDGET (hint), scrolled, &bounds) &&
                bounds.origin.y >= 0 && bounds.origin.y + bounds.size.height <= gtk_widget_get_height (scrolled));
  g_object_unref (hint);
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&fixture);
}

static void
keep_cb (RtNetworkDialog *dialog,
         RtNetwork       *network,
         RtNetwork      **where)
{
  *where = network;
}

static void
test_create_accepts (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *made = NULL;
  RtNetworkConfig *config;
  GtkWidget *dialog;
  const char *peers[] = { "127.0.0.1:1", "127.0.0.1:2", NULL };

  app_fixture_set_up (&fixture, "Ada");
  dialog = make (&fixture, RT_NETWORK_DIALOG_CREATE, NULL);
  g_signal_connect (dialog, "accepted", G_CALLBACK (keep_cb), &made);
  type (dialog, "subnet_row", "  club ");
  type (dialog, "listen_host_row", "127.0.0.1");
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "encryption_row")), 1);
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "version_row")), 1);
  /* one that was added, one that still stands in the entry */
  type (dialog, "entry", "127.0.0.1:1");
  g_signal_emit_by_name (app_find (dialog, ADW_TYPE_ENTRY_ROW, "entry"), "entry-activated");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, "entry"))), ==, "");
  type (dialog, "entry", "127.0.0.1:2");
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"), "clicked");

  g_assert_nonnull (made);
  config = rt_network_get_config (made);
  g_assert_cmpstr (rt_network_config_get_subnet (config), ==, "club");
  g_assert_cmpstr (rt_network_config_get_encryption (config), ==, "Plaintext");
  g_assert_cmpstr (rt_network_config_get_version (config), ==, "0.6");
  g_assert_cmpstr (rt_network_config_get_listen_host (config), ==, "127.0.0.1");
  g_assert_true (g_strv_equal (rt_network_config_get_peers (config), peers));
  app_settle ();
  app_fixture_tear_down (&fixture);
}

/* The same network twice is refused in words, and the dialog stays. */
static void
test_create_twice (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *made = NULL;
  GtkWidget *dialog;
  RtBanner *banner;

  app_fixture_set_up (&fixture, "Ada");
  app_fixture_add (&fixture, "club");
  dialog = make (&fixture, RT_NETWORK_DIALOG_CREATE, NULL);
  banner = RT_BANNER (app_find (dialog, RT_TYPE_BANNER, NULL));
  g_signal_connect (dialog, "accepted", G_CALLBACK (keep_cb), &made);
  type (dialog, "subnet_row", "club");
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "encryption_row")), 1);
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"), "clicked");
  g_assert_null (made);
  g_assert_true (rt_banner_get_revealed (banner));
  g_assert_nonnull (strstr (rt_banner_get_title (banner), "club"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture.networks)), ==, 1);

  /* another encryption is another network */
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "encryption_row")), 0);
  g_assert_false (rt_banner_get_revealed (banner));
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&fixture);
}

static void
test_join (void)
{
  AppFixture fixture = { 0 };
  GtkWidget *dialog;
  g_autoptr (RtNetworkConfig) config = NULL;
  const char *peers[] = { "127.0.0.1:4444", NULL };

  app_fixture_set_up (&fixture, "Ada");
  dialog = make (&fixture, RT_NETWORK_DIALOG_JOIN, NULL);
  type (dialog, "subnet_row", "club");
  g_assert_false (can_accept (dialog));
  type (dialog, "friend_row", "127.0.0.1");
  g_assert_false (can_accept (dialog));
  type (dialog, "friend_row", "127.0.0.1:4444");
  g_assert_true (can_accept (dialog));
  config = rt_network_dialog_dup_config (RT_NETWORK_DIALOG (dialog));
  g_assert_true (g_strv_equal (rt_network_config_get_peers (config), peers));
  g_assert_cmpstr (rt_network_config_get_encryption (config), ==, "SSL");
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&fixture);
}

static void
test_edit (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network, *changed = NULL;
  GtkWidget *dialog;
  g_autofree char *uuid = NULL;

  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "club");
  uuid = g_strdup (rt_network_config_get_uuid (rt_network_get_config (network)));
  dialog = make (&fixture, RT_NETWORK_DIALOG_EDIT, network);
  g_signal_connect (dialog, "accepted", G_CALLBACK (keep_cb), &changed);
  g_assert_true (can_accept (dialog));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_ENTRY_ROW, "subnet_row"))), ==, "club");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "encryption_row"))), ==, 1);
  type (dialog, "out_address_row", "example.org:4444");
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"), "clicked");
  g_assert_true (changed == network);
  g_assert_cmpstr (rt_network_config_get_out_address (rt_network_get_config (network)), ==, "example.org:4444");
  g_assert_cmpstr (rt_network_config_get_uuid (rt_network_get_config (network)), ==, uuid);
  app_settle ();
  app_fixture_tear_down (&fixture);
}

static void
test_rename (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  AdwMessageDialog *dialog;

  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "club");
  dialog = ADW_MESSAGE_DIALOG (rt_rename_dialog_new (NULL, fixture.networks, network));
  /* the same name, and none, are no new name */
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "rename"));
  type (GTK_WIDGET (dialog), "name_row", "");
  g_assert_false (adw_message_dialog_get_response_enabled (dialog, "rename"));
  type (GTK_WIDGET (dialog), "name_row", "society");
  g_assert_true (adw_message_dialog_get_response_enabled (dialog, "rename"));
  gtk_window_present (GTK_WINDOW (dialog));
  adw_message_dialog_response (dialog, "rename");
  app_settle ();
  g_assert_cmpstr (rt_network_get_title (network), ==, "society");

  dialog = ADW_MESSAGE_DIALOG (rt_rename_dialog_new (NULL, fixture.networks, network));
  type (GTK_WIDGET (dialog), "name_row", "another");
  gtk_window_present (GTK_WINDOW (dialog));
  adw_message_dialog_response (dialog, "cancel");
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_cmpstr (rt_network_get_title (network), ==, "society");
  app_fixture_tear_down (&fixture);
}

static void
test_leave (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *network;
  AdwMessageDialog *dialog;

  app_fixture_set_up (&fixture, "Ada");
  network = app_fixture_add (&fixture, "club");
  dialog = ADW_MESSAGE_DIALOG (rt_leave_dialog_new (NULL, fixture.networks, network));
  g_assert_cmpint (adw_message_dialog_get_response_appearance (dialog, "leave"), ==, ADW_RESPONSE_DESTRUCTIVE);
  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "cancel");
  gtk_window_present (GTK_WINDOW (dialog));
  adw_message_dialog_response (dialog, "cancel");
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture.networks)), ==, 1);

  dialog = ADW_MESSAGE_DIALOG (rt_leave_dialog_new (NULL, fixture.networks, network));
  gtk_window_present (GTK_WINDOW (dialog));
  adw_message_dialog_response (dialog, "leave");
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture.networks)), ==, 0);
  app_fixture_tear_down (&fixture);
}

static void
test_addresses (void)
{
  RtAddressGroup *group = g_object_ref_sink (g_object_new (RT_TYPE_ADDRESS_GROUP, NULL));
  const char *first[] = { "a:1", "b:2", NULL };
  const char *after[] = { "b:2", NULL };
  g_auto (GStrv) addresses = NULL;
  GtkWidget *button = NULL;

  rt_address_group_set_addresses (group, first);
  addresses = rt_address_group_dup_addresses (group);
  g_assert_true (g_strv_equal ((const char * const *) addresses, first));
  g_clear_pointer (&addresses, g_strfreev);

  button = app_find (app_find (GTK_WIDGET (group), ADW_TYPE_ACTION_ROW, NULL), GTK_TYPE_BUTTON, NULL);
  g_signal_emit_by_name (button, "clicked");
  addresses = rt_address_group_dup_addresses (group);
  g_assert_true (g_strv_equal ((const char * const *) addresses, after));
  g_clear_pointer (&addresses, g_strfreev);

  /* what is there already is not there twice */
  gtk_editable_set_text (GTK_EDITABLE (app_find (GTK_WIDGET (group), ADW_TYPE_ENTRY_ROW, "entry")), "b:2");
  addresses = rt_address_group_dup_addresses (group);
  g_assert_true (g_strv_equal ((const char * const *) addresses, after));
  g_assert_finalize_object (group);
}

/* With a shared table or without; what it was made stays as it is. */
static void
test_kind (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *made = NULL;
  GtkWidget *dialog, *leasing;

  app_fixture_set_up (&fixture, "Ada");
  dialog = make (&fixture, RT_NETWORK_DIALOG_CREATE, NULL);
  g_signal_connect (dialog, "accepted", G_CALLBACK (keep_cb), &made);
  type (dialog, "subnet_row", "club");
  type (dialog, "listen_host_row", "127.0.0.1");
  leasing = app_find (dialog, ADW_TYPE_ACTION_ROW, "leasing_row");
  g_assert_false (gtk_widget_get_visible (leasing));
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "kind_row")), 1);
  g_assert_true (gtk_widget_get_visible (leasing));
  g_assert_true (app_shows (leasing, "for an hour"));
  gtk_switch_set_active (GTK_SWITCH (app_find (dialog, GTK_TYPE_SWITCH, "leasing_switch")), FALSE);
  g_assert_true (app_shows (leasing, "the newest change counts"));
  gtk_window_present (GTK_WINDOW (dialog));
  app_frames (dialog, 3);
  app_picture (dialog, "network-kind");
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"), "clicked");
  g_assert_nonnull (made);
  g_assert_cmpstr (rt_network_config_get_kind (rt_network_get_config (made)), ==, "sync");
  g_assert_false (rt_network_config_get_leasing (rt_network_get_config (made)));

  dialog = make (&fixture, RT_NETWORK_DIALOG_EDIT, made);
  g_assert_false (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_COMBO_ROW, "kind_row")));
  g_assert_true (app_shows (dialog, "It stays as it was made"));
  g_assert_true (app_shows (dialog, "Chat and shared table, without leases"));
  g_assert_true (can_accept (dialog));
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&fixture);
}

/* A distributed table: of how many storing nodes, and is this one of them? */
static void
test_ring (void)
{
  AppFixture fixture = { 0 };
  RtNetwork *made = NULL;
  GtkWidget *dialog, *k_row, *seeding;
  GListModel *numbers;

  app_fixture_set_up (&fixture, "Ada");
  dialog = make (&fixture, RT_NETWORK_DIALOG_CREATE, NULL);
  g_signal_connect (dialog, "accepted", G_CALLBACK (keep_cb), &made);
  type (dialog, "subnet_row", "club");
  type (dialog, "listen_host_row", "127.0.0.1");
  k_row = app_find (dialog, ADW_TYPE_COMBO_ROW, "k_row");
  seeding = app_find (dialog, ADW_TYPE_ACTION_ROW, "seeding_row");
  g_assert_false (gtk_widget_get_visible (k_row));
  g_assert_false (gtk_widget_get_visible (seeding));
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "kind_row")), 2);
  g_assert_true (gtk_widget_get_visible (k_row));
  g_assert_true (gtk_widget_get_visible (seeding));
  g_assert_false (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_ACTION_ROW, "leasing_row")));
  numbers = adw_combo_row_get_model (ADW_COMBO_ROW (k_row));
  g_assert_cmpuint (g_list_model_get_n_items (numbers), ==, 11);
  g_assert_cmpstr (gtk_string_list_get_string (GTK_STRING_LIST (numbers), 6), ==, "At most 64 storing nodes (k = 6)");
  g_assert_true (app_shows (k_row, "Talks to py2p and js2p"));
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (app_find (dialog, GTK_TYPE_SWITCH, "seeding_switch"))));
  adw_combo_row_set_selected (ADW_COMBO_ROW (k_row), 6);
  g_assert_true (app_shows (k_row, "Only with Roundtable"));
  gtk_switch_set_active (GTK_SWITCH (app_find (dialog, GTK_TYPE_SWITCH, "seeding_switch")), FALSE);
  g_assert_true (app_shows (seeding, "only reads and writes"));
  gtk_window_present (GTK_WINDOW (dialog));
  app_frames (dialog, 3);
  app_picture (dialog, "network-ring");
  g_signal_emit_by_name (app_find (dialog, GTK_TYPE_BUTTON, "accept_button"), "clicked");
  g_assert_nonnull (made);
  g_assert_cmpstr (rt_network_config_get_kind (rt_network_get_config (made)), ==, "chord");
  g_assert_cmpuint (rt_network_config_get_k (rt_network_get_config (made)), ==, 6);
  g_assert_false (rt_network_config_get_seeding (rt_network_get_config (made)));

  dialog = make (&fixture, RT_NETWORK_DIALOG_EDIT, made);
  g_assert_false (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_COMBO_ROW, "k_row")));
  g_assert_true (app_shows (dialog, "Chat and distributed table. At most 64 storing nodes (k = 6)"));
  g_assert_true (can_accept (dialog));
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_fixture_tear_down (&fixture);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/dialogs/create/checks", test_create_checks);
  g_test_add_func ("/dialogs/kind", test_kind);
  g_test_add_func ("/dialogs/ring", test_ring);
  g_test_add_func ("/dialogs/create/words-in-view", test_words_in_view);
  g_test_add_func ("/dialogs/create/accepts", test_create_accepts);
  g_test_add_func ("/dialogs/create/twice", test_create_twice);
  g_test_add_func ("/dialogs/join", test_join);
  g_test_add_func ("/dialogs/edit", test_edit);
  g_test_add_func ("/dialogs/rename", test_rename);
  g_test_add_func ("/dialogs/leave", test_leave);
  g_test_add_func ("/dialogs/addresses", test_addresses);
  return g_test_run ();
}
