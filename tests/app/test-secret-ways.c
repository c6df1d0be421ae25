/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private networks in the window: they are told, an invitation carries the secret, and it is asked for where it is lost. */
#include "config.h"

#include <string.h>

#include "app/networks/rt-join-dialog.h"
#include "app/networks/rt-network-row.h"
#include "app/networks/rt-secret-dialog.h"
#include "app/peers/rt-invite-dialog.h"
#include "app/peers/rt-tell-card.h"
#include "app/rt-banner.h"
#include "app/rt-network-view.h"
#include "app/rt-uri.h"
#include "model/networks/rt-invitation.h"
#include "model/networks/rt-secret-words.h"
#include "secret-fixture.h"

/* ---- told ---- */

static void
test_told (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *row, *card, *window;
  g_autofree char *text = NULL;

  secret_set_up (&self, NULL);
  network = secret_add_private (&self);
  app_fixture_add (&self.app, "ibis");
  window = GTK_WIDGET (self.window);
  rt_window_select (self.window, network, TRUE);
  row = GTK_WIDGET (rt_network_row_new (network));
  g_object_ref_sink (row);
  g_assert_true (gtk_widget_get_visible (secret_find (row, "private_icon")));
  g_assert_nonnull (gtk_widget_get_tooltip_text (secret_find (row, "private_icon")));
  g_assert_true (g_str_has_prefix (gtk_label_get_label (GTK_LABEL (secret_find (row, "state_label"))), "Private · "));
  g_object_unref (row);
  row = GTK_WIDGET (rt_network_row_new (secret_get_network (&self, 1)));
  g_object_ref_sink (row);
  g_assert_false (gtk_widget_get_visible (secret_find (row, "private_icon")));
  g_assert_null (strstr (gtk_label_get_label (GTK_LABEL (secret_find (row, "state_label"))), "Private"));
  g_object_unref (row);

  gtk_widget_activate_action (window, "win.show-page", "s", "peers");
  app_frames (window, 3);
  g_assert_true (g_str_has_prefix (gtk_label_get_label (GTK_LABEL (secret_find (window, "summary_label"))), "Private · "));
  g_assert_true (app_shows (window, "encrypted and private"));
  card = app_find (window, RT_TYPE_TELL_CARD, NULL);
  text = rt_tell_card_dup_text (RT_TELL_CARD (card));
  g_assert_nonnull (strstr (text, rt_secret_words (RT_SECRET_WORDS_TOLD)));
  g_assert_null (strstr (text, SECRET));
  secret_picture (window, "secret-peers");
  secret_tear_down (&self);
}

static void
test_invite (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *dialog;
  g_autoptr (RtInvitation) invitation = NULL;

  secret_set_up (&self, NULL);
  network = secret_add_private (&self);
  dialog = GTK_WIDGET (rt_invite_dialog_new (GTK_WINDOW (self.window), network));
  gtk_window_present (GTK_WINDOW (dialog));
  app_wait_for (gtk_widget_get_mapped (dialog));
  invitation = rt_invitation_parse (rt_invite_dialog_get_link (RT_INVITE_DIALOG (dialog)), -1, NULL);
  g_assert_cmpstr (invitation->secret, ==, SECRET);
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_INVITE)));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_PRIVATE)));
  g_assert_false (app_shows (dialog, "Nothing in it is secret"));
  gtk_window_set_default_size (GTK_WINDOW (dialog), 440, 820);
  secret_picture (dialog, "secret-invite");
  secret_close_dialog (dialog);
  secret_tear_down (&self);
}

static void
test_invite_unread (void)
{
  SecretFixture self = { 0 };
  GtkWidget *dialog;

  secret_set_up (&self, secret_before_unread);
  dialog = GTK_WIDGET (rt_invite_dialog_new (GTK_WINDOW (self.window), secret_get_network (&self, 0)));
  gtk_window_present (GTK_WINDOW (dialog));
  g_assert_null (rt_invite_dialog_get_link (RT_INVITE_DIALOG (dialog)));
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "body")));
  app_wait_for (rt_invite_dialog_get_link (RT_INVITE_DIALOG (dialog)) != NULL);
  g_assert_true (gtk_widget_get_visible (secret_find (dialog, "body")));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_INVITE)));
  secret_close_dialog (dialog);
  secret_tear_down (&self);
}

static void
test_invite_lost (void)
{
  SecretFixture self = { 0 };
  GtkWidget *dialog, *banner;

  secret_set_up (&self, secret_before_lost);
  app_wait_for (rt_network_get_secret_state (secret_get_network (&self, 0)) == RT_SECRET_LOST);
  dialog = GTK_WIDGET (rt_invite_dialog_new (GTK_WINDOW (self.window), secret_get_network (&self, 0)));
  gtk_window_present (GTK_WINDOW (dialog));
  app_wait_for (gtk_widget_get_mapped (dialog));
  g_assert_null (rt_invite_dialog_get_link (RT_INVITE_DIALOG (dialog)));
  g_assert_false (gtk_widget_get_visible (secret_find (dialog, "body")));
  banner = app_find (dialog, RT_TYPE_BANNER, NULL);
  g_assert_cmpstr (rt_banner_get_title (RT_BANNER (banner)), ==, rt_secret_words (RT_SECRET_WORDS_LOST));
  g_signal_emit_by_name (banner, "button-clicked");
  app_settle ();
  g_assert_true (RT_IS_SECRET_DIALOG (app_dialog (GTK_WINDOW (self.window))));
  secret_tear_down (&self);
}

static GtkWidget *
open_link (SecretFixture *self, const char *link)
{
  rt_uri_open (GTK_WINDOW (self->window), link);
  app_wait_for (app_dialog (GTK_WINDOW (self->window)) != NULL);
  return GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
}

static char *
make_link (const char *secret)
{
  g_autoptr (RtNetworkConfig) config = secret_make_config ("quoll");
  const char *addresses[] = { "127.0.0.1:9", NULL };
  g_autoptr (RtInvitation) invitation = NULL;

  g_object_set (config, "secret", secret, NULL);
  invitation = rt_invitation_new (config, NULL, addresses);
  return rt_invitation_to_uri (invitation);
}

static void
test_invited (void)
{
  SecretFixture self = { 0 };
  g_autofree char *link = make_link (SECRET);
  GtkWidget *dialog;

  secret_set_up (&self, NULL);
  dialog = open_link (&self, link);
  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_PRIVATE)));
  g_assert_false (app_shows (dialog, SECRET));
  app_wait_for (gtk_widget_get_mapped (dialog));
  secret_picture (dialog, "secret-invited");
  secret_click (dialog, "accept_button");
  g_assert_cmpstr (secret_get_text_of (secret_get_network (&self, 0)), ==, SECRET);
  secret_tear_down (&self);
}

/* ---- lost ---- */

static void
test_lost (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *window, *view, *dialog;
  RtBanner *banner;
  g_autofree char *other = NULL, *mine = make_link (SECRET);

  secret_set_up (&self, secret_before_lost);
  window = GTK_WIDGET (self.window);
  network = secret_get_network (&self, 0);
  app_wait_for (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_LOST);
  rt_window_select (self.window, network, TRUE);
  view = app_find (window, RT_TYPE_NETWORK_VIEW, NULL);
  banner = RT_BANNER (secret_find (view, "banner"));
  g_assert_cmpstr (rt_banner_get_title (banner), ==, rt_secret_words (RT_SECRET_WORDS_LOST));
  secret_picture (window, "secret-lost");
  g_signal_emit_by_name (banner, "button-clicked");
  dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (window)));
  g_assert_true (RT_IS_SECRET_DIALOG (dialog));
  app_wait_for (gtk_widget_get_mapped (dialog));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_LOST)));
  /* nothing typed, nothing wrong */
  g_assert_null (secret_get_hint (dialog, "hint"));
  g_assert_false (secret_can_accept (dialog));
  secret_type (dialog, "secret_row", "short");
  g_assert_cmpstr (secret_get_hint (dialog, "hint"), ==, rt_secret_words (RT_SECRET_WORDS_TOO_SHORT));
  g_assert_false (secret_can_accept (dialog));
  secret_picture (dialog, "secret-dialog");
  /* an invitation elsewhere, a broken one, and one to here */
  secret_type (dialog, "secret_row", "roundtable:invite?v=1&name=club&encryption=SSL&kind=mesh");
  g_assert_cmpstr (secret_get_hint (dialog, "hint"), ==, rt_secret_words (RT_SECRET_WORDS_ELSEWHERE));
  g_assert_false (secret_can_accept (dialog));
  secret_type (dialog, "secret_row", "roundtable:invite?v=1");
  g_assert_nonnull (secret_get_hint (dialog, "hint"));
  g_assert_false (secret_can_accept (dialog));
  secret_type (dialog, "secret_row", OTHER);
  g_assert_true (secret_can_accept (dialog));
  secret_click (dialog, "accept_button");
  g_assert_nonnull (strstr (rt_banner_get_title (RT_BANNER (secret_find (dialog, "banner"))), "not the secret"));
  g_assert_cmpstr (secret_get_text_of (network), ==, "");
  secret_type (dialog, "secret_row", mine);
  g_assert_null (rt_banner_get_title (RT_BANNER (secret_find (dialog, "banner"))));
  g_assert_null (secret_get_hint (dialog, "hint"));
  g_assert_true (secret_can_accept (dialog));
  secret_click (dialog, "accept_button");
  app_wait_for (app_dialog (GTK_WINDOW (window)) == NULL);
  app_wait_for (rt_network_get_socket (network) != NULL);
  g_assert_cmpstr (secret_get_text_of (network), ==, SECRET);
  g_assert_null (rt_banner_get_title (banner));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.app.networks)), ==, 1);
  secret_tear_down (&self);
}

/* An invitation that is opened gives it as well, and is asked about as any. */
static void
test_lost_invited (void)
{
  SecretFixture self = { 0 };
  g_autofree char *link = make_link (SECRET);
  RtNetwork *network;
  GtkWidget *dialog;

  secret_set_up (&self, secret_before_lost);
  network = secret_get_network (&self, 0);
  app_wait_for (rt_network_get_secret_state (network) == RT_SECRET_LOST);
  dialog = open_link (&self, link);
  g_assert_true (app_shows (dialog, "You are in “quoll” already"));
  g_assert_true (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_GIVEN)));
  g_assert_cmpstr (secret_get_text_of (network), ==, "");
  secret_click (dialog, "accept_button");
  app_wait_for (rt_network_get_socket (network) != NULL);
  g_assert_cmpstr (secret_get_text_of (network), ==, SECRET);
  secret_tear_down (&self);
}

/* Where one is kept, and nobody looked at it yet, an invitation by anybody does not take its place. */
static void
test_unread_invited (void)
{
  SecretFixture self = { 0 };
  g_autofree char *link = make_link (OTHER);
  RtNetwork *network;
  GtkWidget *dialog;

  secret_set_up (&self, secret_before_unread);
  network = secret_get_network (&self, 0);
  dialog = open_link (&self, link);
  g_assert_false (app_shows (dialog, rt_secret_words (RT_SECRET_WORDS_GIVEN)));
  secret_click (dialog, "accept_button");
  app_settle ();
  g_assert_cmpstr (secret_get_text_of (network), !=, OTHER);
  rt_network_start (network);
  app_wait_for (rt_network_get_socket (network) != NULL);
  g_assert_cmpstr (secret_get_text_of (network), ==, SECRET);
  secret_tear_down (&self);
}

/* Found by another way while it is asked for: the question goes. */
static void
test_answered (void)
{
  SecretFixture self = { 0 };
  RtNetwork *network;
  GtkWidget *window;
  g_autoptr (GError) error = NULL;

  secret_set_up (&self, secret_before_lost);
  window = GTK_WIDGET (self.window);
  network = secret_get_network (&self, 0);
  app_wait_for (rt_network_get_secret_state (network) == RT_SECRET_LOST);
  gtk_widget_activate_action (window, "win.retype-secret", "s", UUID);
  g_assert_true (RT_IS_SECRET_DIALOG (app_dialog (GTK_WINDOW (window))));
  g_assert_true (rt_networks_retype_secret (self.app.networks, network, SECRET, &error));
  app_wait_for (app_dialog (GTK_WINDOW (window)) == NULL);
  /* nor is it asked where it is known */
  gtk_widget_activate_action (window, "win.retype-secret", "s", UUID);
  g_assert_null (app_dialog (GTK_WINDOW (window)));
  secret_tear_down (&self);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/secret/unread/invited", test_unread_invited);
  g_test_add_func ("/secret/told", test_told);
  g_test_add_func ("/secret/invite", test_invite);
  g_test_add_func ("/secret/invite/unread", test_invite_unread);
  g_test_add_func ("/secret/invite/lost", test_invite_lost);
  g_test_add_func ("/secret/invited", test_invited);
  g_test_add_func ("/secret/lost", test_lost);
  g_test_add_func ("/secret/lost/invited", test_lost_invited);
  g_test_add_func ("/secret/lost/answered", test_answered);
  return g_test_run ();
}
