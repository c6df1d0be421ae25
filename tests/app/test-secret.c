/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secret of a private network where a network is made and edited: made up, typed, checked, changed, looked up. */
#include "config.h"

#include <string.h>

#include "app/networks/rt-secret-group.h"
#include "model/networks/rt-secret-words.h"
#include "secret-fixture.h"

/* ---- made ---- */

static void
test_made_up (void)
{
  SecretFixture self = { 0 };
  g_autofree char *first = NULL, *second = NULL;
  g_autoptr (RtNetworkConfig) config = NULL;
  GtkWidget *dialog;
  RtNetwork *network;

  secret_set_up (&self, NULL);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_CREATE, NULL);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 500, 900);
  secret_type (dialog, "subnet_row", "quoll");
  secret_type (dialog, "listen_host_row", "127.0.0.1");
  g_assert_true (secret_can_accept (dialog));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_OPEN)));
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "secret_row")));
  config = rt_network_dialog_dup_config (RT_NETWORK_DIALOG (dialog));
  g_assert_false (rt_network_config_get_has_secret (config));

  /* other programs are in no private network, of whatever kind */
  secret_choose (dialog, "kind_row", 2);
  g_assert_true (app_shows (dialog, "Talks to py2p and js2p"));
  secret_turn (dialog, TRUE);
  g_assert_false (app_shows (dialog, "Talks to py2p and js2p"));
  secret_choose (dialog, "kind_row", 0);
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_PRIVATE)));
  g_assert_true (gtk_widget_get_visible (secret_find (dialog, "secret_row")));
  first = g_strdup (secret_get_text (dialog, "secret_row"));
  g_assert_true (p2p_secret_is_text (first, NULL));
  g_assert_cmpstr (secret_get_hint (dialog, "secret_hint"), ==, rt_secret_words (RT_SECRET_WORDS_MADE));
  g_assert_true (secret_can_accept (dialog));
  secret_picture (dialog, "secret-made");
  secret_click (dialog, "make_button");
  second = g_strdup (secret_get_text (dialog, "secret_row"));
  g_assert_true (p2p_secret_is_text (second, NULL));
  g_assert_cmpstr (first, !=, second);
  /* it is not made up again where there is one */
  secret_turn (dialog, FALSE);
  secret_turn (dialog, TRUE);
  g_assert_cmpstr (secret_get_text (dialog, "secret_row"), ==, second);
  secret_click (dialog, "copy_button");
  g_assert_nonnull (strstr (secret_get_hint (dialog, "secret_hint"), "Copied"));
  {
    GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (dialog)));
    g_autoptr (GdkContentFormats) formats = gdk_content_provider_ref_formats (content);

    g_assert_true (gdk_content_formats_contain_gtype (formats, G_TYPE_STRING));
    g_assert_true (gdk_content_formats_contain_mime_type (formats, "x-kde-passwordManagerHint"));
  }

  secret_click (dialog, "accept_button");
  network = secret_get_network (&self, 0);
  g_assert_cmpstr (secret_get_text_of (network), ==, second);
  app_wait_for (rt_network_get_socket (network) != NULL);
  g_assert_true (p2p_mesh_socket_get_has_secret (rt_network_get_socket (network)));
  secret_tear_down (&self);
}

static void
test_checks (void)
{
  static const struct
  {
    const char    *text;
    RtSecretWords  words;
    gboolean       good;
  } cases[] = {
    { "short", RT_SECRET_WORDS_TOO_SHORT, FALSE },
    { "           a           ", RT_SECRET_WORDS_TOO_SHORT, FALSE },
    { "right\342\200\256horse battery", RT_SECRET_WORDS_INVISIBLE, FALSE },
    { "aaaaaaaaaaaa", RT_SECRET_WORDS_WEAK, TRUE },
    { "lotsofletters", RT_SECRET_WORDS_WEAK, TRUE },
    { "right horse battery", RT_SECRET_WORDS_FAIR, TRUE },
    { "right horse battery, staple and kettle", RT_SECRET_WORDS_STRONG, TRUE },
    { "", RT_SECRET_WORDS_MISSING, FALSE },
  };
  SecretFixture self = { 0 };
  g_autofree char *long_text = g_strnfill (P2P_SECRET_MAX_LENGTH + 1, 'a');
  GtkWidget *dialog, *row;

  secret_set_up (&self, NULL);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_CREATE, NULL);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 500, 900);
  secret_type (dialog, "subnet_row", "quoll");
  secret_turn (dialog, TRUE);
  row = secret_find (dialog, "secret_row");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("“%s”", cases[i].text);
      secret_type (dialog, "secret_row", cases[i].text);
      g_assert_cmpstr (secret_get_hint (dialog, "secret_hint"), ==, rt_secret_words (cases[i].words));
      g_assert_true (secret_can_accept (dialog) == cases[i].good);
      g_assert_true (gtk_widget_has_css_class (row, "error") == !cases[i].good);
      g_assert_cmpstr (rt_network_dialog_get_problem (RT_NETWORK_DIALOG (dialog)), ==, cases[i].good ? NULL : rt_secret_words (cases[i].words));
    }
  secret_type (dialog, "secret_row", long_text);
  g_assert_cmpstr (secret_get_hint (dialog, "secret_hint"), ==, rt_secret_words (RT_SECRET_WORDS_TOO_LONG));
  g_assert_false (secret_can_accept (dialog));
  secret_type (dialog, "secret_row", "lotsofletters");
  secret_picture (dialog, "secret-weak");
  /* switched off again nothing of it counts */
  secret_type (dialog, "secret_row", "short");
  secret_turn (dialog, FALSE);
  g_assert_true (secret_can_accept (dialog));
  g_assert_null (secret_get_hint (dialog, "secret_hint"));
  secret_close_dialog (dialog);
  secret_tear_down (&self);
}

static void
test_plaintext (void)
{
  SecretFixture self = { 0 };
  GtkWidget *dialog;

  secret_set_up (&self, NULL);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_CREATE, NULL);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 500, 900);
  secret_type (dialog, "subnet_row", "quoll");
  secret_choose (dialog, "encryption_row", 1);
  g_assert_true (secret_can_accept (dialog));
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "encrypt_row")));
  secret_turn (dialog, TRUE);
  g_assert_cmpstr (rt_network_dialog_get_problem (RT_NETWORK_DIALOG (dialog)), ==, rt_secret_words (RT_SECRET_WORDS_PLAINTEXT));
  g_assert_false (secret_can_accept (dialog));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_PLAINTEXT)));
  secret_picture (dialog, "secret-plaintext");
  secret_click (dialog, "encrypt_button");
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (secret_find (dialog, "encryption_row"))), ==, 0);
  g_assert_true (secret_can_accept (dialog));
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "encrypt_row")));
  /* and the other way round */
  secret_choose (dialog, "encryption_row", 1);
  g_assert_false (secret_can_accept (dialog));
  secret_close_dialog (dialog);
  secret_tear_down (&self);
}

/* Who joins types what others told: nothing is made up, and nobody judges it. */
static void
test_join (void)
{
  SecretFixture self = { 0 };
  GtkWidget *dialog;

  secret_set_up (&self, NULL);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_JOIN, NULL);
  secret_type (dialog, "friend_row", "127.0.0.1:9");
  secret_type (dialog, "subnet_row", "quoll");
  secret_type (dialog, "listen_host_row", "127.0.0.1");
  secret_turn (dialog, TRUE);
  g_assert_cmpstr (secret_get_text (dialog, "secret_row"), ==, "");
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "make_row")));
  g_assert_null (secret_get_hint (dialog, "secret_hint"));
  g_assert_false (secret_can_accept (dialog));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_MISSING)));
  secret_type (dialog, "secret_row", "lotsofletters");
  g_assert_null (secret_get_hint (dialog, "secret_hint"));
  g_assert_true (secret_can_accept (dialog));
  /* a link says all of it */
  secret_type (dialog, "friend_row", "roundtable:invite?v=1&name=club&encryption=SSL&kind=mesh");
  g_assert_false (gtk_widget_get_visible (app_find (dialog, RT_TYPE_SECRET_GROUP, NULL)));
  secret_type (dialog, "friend_row", "127.0.0.1:9");
  secret_click (dialog, "accept_button");
  g_assert_cmpstr (secret_get_text_of (secret_get_network (&self, 0)), ==, "lotsofletters");
  secret_tear_down (&self);
}

/* ---- edited ---- */

static void
test_edit (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *dialog;

  secret_set_up (&self, NULL);
  network = secret_add_private (&self);
  /* what is not touched stays, and nothing is said of it */
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  g_assert_cmpstr (secret_get_text (dialog, "secret_row"), ==, SECRET);
  g_assert_null (secret_get_hint (dialog, "secret_hint"));
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  secret_type (dialog, "out_address_row", "example.org:4444");
  secret_click (dialog, "accept_button");
  g_assert_cmpstr (secret_get_text_of (network), ==, SECRET);
  g_assert_cmpstr (rt_network_config_get_out_address (rt_network_get_config (network)), ==, "example.org:4444");

  /* another one is another network, which is said before */
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 500, 900);
  secret_type (dialog, "secret_row", " " SECRET " ");
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  secret_type (dialog, "secret_row", OTHER);
  g_assert_cmpstr (secret_get_hint (dialog, "change_hint"), ==, rt_secret_words (RT_SECRET_WORDS_CHANGE));
  secret_picture (dialog, "secret-change");
  secret_type (dialog, "secret_row", SECRET);
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  secret_turn (dialog, FALSE);
  g_assert_cmpstr (secret_get_hint (dialog, "change_hint"), ==, rt_secret_words (RT_SECRET_WORDS_CHANGE));
  secret_turn (dialog, TRUE);
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  secret_type (dialog, "secret_row", OTHER);
  secret_click (dialog, "accept_button");
  g_assert_cmpstr (secret_get_text_of (network), ==, OTHER);

  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  secret_turn (dialog, FALSE);
  secret_click (dialog, "accept_button");
  g_assert_false (rt_network_config_get_has_secret (rt_network_get_config (network)));
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_NONE);

  /* one without gets one */
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  secret_turn (dialog, TRUE);
  g_assert_cmpstr (secret_get_hint (dialog, "change_hint"), ==, rt_secret_words (RT_SECRET_WORDS_CHANGE));
  g_assert_true (p2p_secret_is_text (secret_get_text (dialog, "secret_row"), NULL));
  secret_click (dialog, "accept_button");
  g_assert_true (p2p_secret_is_text (secret_get_text_of (network), NULL));
  secret_tear_down (&self);
}

static void
test_unread (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *dialog;

  secret_set_up (&self, secret_before_unread);
  network = secret_get_network (&self, 0);
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_UNREAD);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 500, 900);
  g_assert_true (gtk_widget_get_visible (secret_find (dialog, "kept_row")));
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "secret_row")));
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "make_row")));
  secret_picture (dialog, "secret-unread");
  /* what is kept stays kept, unseen */
  secret_type (dialog, "out_address_row", "example.org:4444");
  g_assert_true (secret_can_accept (dialog));
  secret_click (dialog, "accept_button");
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_UNREAD);
  g_assert_true (rt_network_config_get_has_secret (rt_network_get_config (network)));

  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  secret_click (dialog, "kept_button");
  app_wait_for (gtk_widget_get_visible (secret_find (dialog, "secret_row")));
  g_assert_cmpstr (secret_get_text (dialog, "secret_row"), ==, SECRET);
  g_assert_null (secret_get_hint (dialog, "secret_hint"));
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  secret_close_dialog (dialog);
  secret_tear_down (&self);
}

/* The network finds it itself while the dialog is open: it is not taken for one that was removed. */
static void
test_unread_found (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *dialog;

  secret_set_up (&self, secret_before_unread);
  network = secret_get_network (&self, 0);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  rt_network_start (network);
  app_wait_for (rt_network_get_secret_state (network) == RT_SECRET_KEPT);
  g_assert_cmpstr (secret_get_text (dialog, "secret_row"), ==, SECRET);
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  g_assert_true (secret_can_accept (dialog));
  secret_close_dialog (dialog);
  secret_tear_down (&self);
}

/* Closed before it was found. */
static void
test_unread_closed (void)
{
  SecretFixture self = { 0 };
  GtkWidget *dialog;
  gpointer watched;

  secret_set_up (&self, secret_before_unread);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, secret_get_network (&self, 0));
  watched = app_find (dialog, RT_TYPE_SECRET_GROUP, NULL);
  g_object_add_weak_pointer (watched, &watched);
  secret_click (dialog, "kept_button");
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_wait_for (watched == NULL);
  secret_tear_down (&self);
}

/* Nobody knew before it was looked up. */
static void
test_unread_lost (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *dialog;

  secret_set_up (&self, secret_before_unread_lost);
  network = secret_get_network (&self, 0);
  dialog = secret_open_dialog (&self, RT_NETWORK_DIALOG_EDIT, network);
  secret_click (dialog, "kept_button");
  app_wait_for (rt_network_get_secret_state (network) == RT_SECRET_LOST);
  app_wait_for (gtk_widget_get_visible (secret_find (dialog, "secret_row")));
  g_assert_nonnull (strstr (secret_get_hint (dialog, "secret_hint"), "not kept here any more"));
  /* typed here it is the same network, unless that is known to be another */
  secret_type (dialog, "secret_row", OTHER);
  g_assert_cmpstr (secret_get_hint (dialog, "change_hint"), ==, rt_secret_words (RT_SECRET_WORDS_CHANGE));
  secret_type (dialog, "secret_row", SECRET);
  g_assert_null (secret_get_hint (dialog, "change_hint"));
  secret_click (dialog, "accept_button");
  g_assert_cmpstr (secret_get_text_of (network), ==, SECRET);
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_KEPT);
  secret_tear_down (&self);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/secret/made-up", test_made_up);
  g_test_add_func ("/secret/checks", test_checks);
  g_test_add_func ("/secret/plaintext", test_plaintext);
  g_test_add_func ("/secret/join", test_join);
  g_test_add_func ("/secret/edit", test_edit);
  g_test_add_func ("/secret/unread", test_unread);
  g_test_add_func ("/secret/unread/found", test_unread_found);
  g_test_add_func ("/secret/unread/closed", test_unread_closed);
  g_test_add_func ("/secret/unread/lost", test_unread_lost);
  return g_test_run ();
}
