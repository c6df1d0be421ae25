/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An invitation is shown, and opened: by a link, and pasted where one joins. */
#include "config.h"

#include <string.h>

#include "invitation-fixture.h"
#include "app/networks/rt-join-dialog.h"
#include "app/networks/rt-network-dialog.h"
#include "app/networks/rt-network-row.h"
#include "app/peers/rt-invite-dialog.h"
#include "app/peers/rt-tell-card.h"
#include "app/rt-banner.h"
#include "app/rt-entry-field.h"
#include "app/rt-qr-code.h"
#include "app/rt-uri.h"

/* ---- inviting ---- */

static void
assert_copied (GtkWidget *widget, const char *text)
{
  g_auto (GValue) value = G_VALUE_INIT;
  GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (widget));

  g_assert_nonnull (content);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==, text);
}

static void
picture (GtkWidget *dialog, const char *name)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  g_autofree char *dark = g_strconcat (name, "-dark", NULL), *narrow = g_strconcat (name, "-narrow", NULL);
  int width = 440, height = 640;

  app_frames (dialog, 3);
  app_picture (dialog, name);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  app_picture (dialog, dark);
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_get_default_size (GTK_WINDOW (dialog), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, height);
  app_frames (dialog, 10);
  app_picture (dialog, narrow);
}

static void
test_invite (InvitationFixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  GtkWidget *card;
  RtInviteDialog *dialog;
  g_autoptr (RtInvitation) invitation = NULL, later = NULL;
  g_auto (GStrv) addresses = rt_network_dup_own_addresses (network);
  RtBanner *banner;
  RtQrCode *code;

  /* from the menu of the network */
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.invite-network", "s", rt_network_config_get_uuid (rt_network_get_config (network)));
  dialog = RT_INVITE_DIALOG (app_dialog (GTK_WINDOW (self->window)));
  gtk_window_destroy (GTK_WINDOW (dialog));
  /* from the page of its peers */
  rt_window_select (self->window, network, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "peers");
  card = app_find (GTK_WIDGET (self->window), RT_TYPE_TELL_CARD, NULL);
  g_assert_nonnull (card);
  app_frames (GTK_WIDGET (self->window), 3);
  app_picture (GTK_WIDGET (self->window), "invite-peers");
  invitation_click (card, "invite_button");
  dialog = RT_INVITE_DIALOG (app_dialog (GTK_WINDOW (self->window)));
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (dialog)));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (dialog)), ==, "Invite to “quoll”");
  invitation = rt_invitation_parse (rt_invite_dialog_get_link (dialog), -1, NULL);
  g_assert_nonnull (invitation);
  g_assert_cmpstr (invitation->subnet, ==, "quoll");
  g_assert_null (invitation->title);
  g_assert_cmpstr (invitation->encryption, ==, "Plaintext");
  g_assert_cmpstr (invitation->addresses[0], ==, addresses[0]);
  g_assert_true (app_shows (GTK_WIDGET (dialog), rt_invite_dialog_get_link (dialog)));
  g_assert_true (app_shows (GTK_WIDGET (dialog), addresses[0]));
  g_assert_true (app_shows (GTK_WIDGET (dialog), "anyone on the way can read"));
  code = RT_QR_CODE (app_find (GTK_WIDGET (dialog), RT_TYPE_QR_CODE, NULL));
  g_assert_cmpstr (rt_qr_code_get_text (code), ==, rt_invite_dialog_get_link (dialog));
  invitation_click (GTK_WIDGET (dialog), "copy_button");
  assert_copied (GTK_WIDGET (dialog), rt_invite_dialog_get_link (dialog));
  /* networks of tests are on the loopback: nobody else could come, and that is said */
  banner = RT_BANNER (app_find (GTK_WIDGET (dialog), RT_TYPE_BANNER, NULL));
  g_assert_nonnull (strstr (rt_banner_get_title (banner), "on this computer"));
  picture (GTK_WIDGET (dialog), "invite");

  rt_network_stop (network);
  app_wait_for (rt_network_get_socket (network) == NULL);
  g_assert_nonnull (strstr (rt_banner_get_title (banner), "Nobody"));
  later = rt_invitation_parse (rt_invite_dialog_get_link (dialog), -1, NULL);
  g_assert_cmpuint (g_strv_length (later->addresses), ==, 0);
  g_assert_cmpstr (rt_qr_code_get_text (code), ==, rt_invite_dialog_get_link (dialog));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
}

/* ---- being invited ---- */

static guint
count_peers (RtNetwork *network)
{
  return g_strv_length ((char **) rt_network_config_get_peers (rt_network_get_config (network)));
}

static void
test_join (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *dialog = invitation_open_link (self, LINK), *again;
  RtNetwork *network;
  RtNetworkConfig *config;

  g_assert_true (RT_IS_JOIN_DIALOG (dialog));
  g_assert_true (app_shows (dialog, "Join “<b> & club”?"));
  g_assert_true (app_shows (dialog, "Nobody vouches"));
  g_assert_true (app_shows (dialog, "Chat and shared table, without leases"));
  g_assert_true (app_shows (dialog, "anyone on the way can read"));
  g_assert_true (app_shows (dialog, "127.0.0.1:9"));
  g_assert_true (app_shows (dialog, "localhost:10"));
  g_assert_true (app_shows (dialog, "It leads to this computer"));
  /* whoever types on while it comes up accepts nothing */
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (dialog)) != invitation_find_button (dialog, "accept_button"));
  g_assert_null (gtk_window_get_default_widget (GTK_WINDOW (dialog)));
  g_assert_false (invitation_asks_name (dialog));
  picture (dialog, "invitation");
  /* the same one opened again is no second question */
  rt_uri_open (GTK_WINDOW (self->window), LINK);
  again = GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
  g_assert_true (again == dialog);
  /* looking does nothing */
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);

  dialog = invitation_open_link (self, LINK);
  invitation_click (dialog, "accept_button");
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_cmpuint (invitation_count_networks (self), ==, 2);
  network = rt_window_get_selected (self->window);
  config = rt_network_get_config (network);
  g_assert_cmpstr (rt_network_config_get_subnet (config), ==, "<b> & club");
  g_assert_cmpstr (rt_network_config_get_kind (config), ==, "sync");
  g_assert_false (rt_network_config_get_leasing (config));
  g_assert_cmpstr (rt_network_config_get_encryption (config), ==, "Plaintext");
  g_assert_cmpstr (rt_network_config_get_listen_host (config), ==, "127.0.0.1");
  g_assert_cmpuint (count_peers (network), ==, 2);
}

/* Of one that he is in already: he goes there, and takes its addresses if he likes. */
static void
test_known (InvitationFixture *self, gconstpointer unused)
{
  static const char base[] = "roundtable:invite?v=1&name=quoll&encryption=Plaintext&kind=mesh";
  g_autofree char *with = g_strconcat (base, "&to=127.0.0.1:9", NULL), *other = g_strconcat (base, "&wire=0.6&to=127.0.0.1:9", NULL);
  g_autoptr (RtNetwork) quoll = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  GtkWidget *dialog;

  app_fixture_add (&self->app, "ibis");
  dialog = invitation_open_link (self, base);
  g_assert_true (app_shows (dialog, "You are in “quoll” already"));
  g_assert_true (app_shows (dialog, "nothing new"));
  g_assert_false (app_shows (dialog, "Add the addresses"));
  invitation_click (dialog, "accept_button");
  app_settle ();
  g_assert_true (rt_window_get_selected (self->window) == quoll);
  g_assert_cmpuint (count_peers (quoll), ==, 0);

  dialog = invitation_open_link (self, with);
  g_assert_true (app_shows (dialog, "1 address is new"));
  picture (dialog, "invitation-known");
  gtk_switch_set_active (GTK_SWITCH (app_find (dialog, GTK_TYPE_SWITCH, "add_switch")), FALSE);
  invitation_click (dialog, "accept_button");
  app_settle ();
  g_assert_cmpuint (count_peers (quoll), ==, 0);
  dialog = invitation_open_link (self, with);
  invitation_click (dialog, "accept_button");
  app_settle ();
  g_assert_cmpuint (count_peers (quoll), ==, 1);
  dialog = invitation_open_link (self, with);
  g_assert_true (app_shows (dialog, "nothing new"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_cmpuint (invitation_count_networks (self), ==, 2);

  /* of the same name, and another */
  dialog = invitation_open_link (self, other);
  g_assert_true (app_shows (dialog, "This is another one"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();

  /* left while the question stood there */
  dialog = invitation_open_link (self, base);
  rt_networks_remove (self->app.networks, quoll);
  invitation_click (dialog, "accept_button");
  g_assert_nonnull (strstr (rt_banner_get_title (RT_BANNER (app_find (dialog, RT_TYPE_BANNER, NULL))), "left this network"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
}

/* The demonstration is in this program alone: nobody is invited to it, and what is called the same is another network. */
static void
test_demo (InvitationFixture *self, gconstpointer unused)
{
  const char * const nowhere[] = { "127.0.0.1:9", NULL };
  g_autoptr (RtInvitation) invitation = NULL;
  g_autoptr (RtNetwork) quoll = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  g_autofree char *link = NULL;
  RtNetwork *demo;
  GtkWidget *dialog, *row;

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.try-demo", NULL);
  demo = rt_window_get_selected (self->window);
  g_assert_true (rt_network_config_get_demo (rt_network_get_config (demo)));
  invitation = rt_invitation_new (rt_network_get_config (demo), NULL, nowhere);
  link = rt_invitation_to_uri (invitation);
  dialog = invitation_open_link (self, link);
  g_assert_true (app_shows (dialog, "Join “"));
  g_assert_false (app_shows (dialog, "already"));
  invitation_click (dialog, "accept_button");
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_true (rt_window_get_selected (self->window) != demo);
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (self->window)), ==, rt_network_get_title (demo));
  rt_networks_remove (self->app.networks, rt_window_get_selected (self->window));
  app_settle ();

  row = app_find (GTK_WIDGET (self->window), RT_TYPE_NETWORK_ROW, NULL);
  g_assert_true (gtk_widget_activate_action (row, "network.invite", NULL));
  dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
  g_assert_true (RT_IS_INVITE_DIALOG (dialog));
  gtk_window_destroy (GTK_WINDOW (dialog));
  rt_networks_remove (self->app.networks, quoll);
  app_settle ();
  row = app_find (GTK_WIDGET (self->window), RT_TYPE_NETWORK_ROW, NULL);
  gtk_widget_activate_action (row, "network.invite", NULL);
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
}

static void
test_refused (InvitationFixture *self, gconstpointer unused)
{
  static const struct { const char *link, *words; } cases[] = {
    { "roundtable:invite", "of which form" },
    { "roundtable:invite?v=3", "newer form" },
    { "RoundTable://Invite/?v=1&name=a%FF", "no text" },
    { LINK "&to=0.0.0.0:1", "leads nowhere" },
    { LINK "&title=%3Cb%3E&title=", "“title” twice" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      GtkWidget *dialog;

      g_test_message ("%s", cases[i].link);
      g_assert_false (rt_uri_check (cases[i].link, &error));
      g_assert_nonnull (strstr (error->message, cases[i].words));
      dialog = invitation_open_link (self, cases[i].link);
      g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
      g_assert_false (adw_message_dialog_get_body_use_markup (ADW_MESSAGE_DIALOG (dialog)));
      g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), cases[i].words));
      gtk_window_destroy (GTK_WINDOW (dialog));
      app_settle ();
    }
  g_assert_true (rt_uri_check (LINK, NULL));
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
}

/* A page that opens links without end buries nothing. */
static void
test_many (InvitationFixture *self, gconstpointer unused)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *link = g_strdup_printf ("roundtable:invite?v=1&name=n%u&encryption=SSL&kind=mesh", i);

      rt_uri_open (GTK_WINDOW (self->window), link);
      rt_uri_open (GTK_WINDOW (self->window), "roundtable:invite?v=9");
    }
  app_settle ();
  /* three questions, and what is wrong with the last one that was refused */
  g_assert_cmpuint (invitation_count_dialogs (self), ==, 4);
  g_assert_true (app_shows (GTK_WIDGET (self->window), "Another invitation came"));
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
}

/* What is before the eyes is what is dialled. */
static void
test_addresses (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *dialog = invitation_open_link (self, "roundtable:invite?v=1&name=a&title=A%20%E2%80%AEb&encryption=SSL&kind=chord&k=3&wire=0.6"
                                       "&to=%D0%B0pple.example:4444&to=[2001:DB8::1]:5000&to=10.0.0.1:65535");

  g_assert_true (app_shows (dialog, "аpple.example:4444"));
  g_assert_true (app_shows (dialog, "xn--pple-43d.example"));
  g_assert_true (app_shows (dialog, "[2001:db8::1]:5000"));
  g_assert_false (app_shows (dialog, "Ports below 1024"));
  g_assert_true (app_shows (dialog, "Only within the same local network"));
  g_assert_true (app_shows (dialog, "At most 8 storing nodes (k = 3)"));
  g_assert_true (app_shows (dialog, "0.6"));
  g_assert_true (app_shows (dialog, "Encrypted (SSL)"));
  g_assert_true (app_shows (dialog, "Its maker calls it"));
  g_assert_false (app_shows (dialog, "\u202e"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  dialog = invitation_open_link (self, "roundtable:invite?v=1&name=a&encryption=SSL&kind=mesh&to=example.org:25");
  g_assert_true (app_shows (dialog, "Ports below 1024"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
}

/* The very first thing that he sees of the program may be an invitation: it asks for his name too. */
static void
test_first_run (InvitationFixture *self, gconstpointer unused)
{
  GtkWidget *dialog = invitation_open_link (self, LINK), *field;

  g_assert_true (invitation_asks_name (dialog));
  field = app_find (dialog, RT_TYPE_ENTRY_FIELD, "name_row");
  g_assert_false (gtk_widget_get_sensitive (invitation_find_button (dialog, "accept_button")));
  gtk_editable_set_text (GTK_EDITABLE (field), "Ada");
  g_assert_true (gtk_widget_get_sensitive (invitation_find_button (dialog, "accept_button")));
  app_frames (dialog, 3);
  app_picture (dialog, "invitation-first");
  invitation_click (dialog, "accept_button");
  app_settle ();
  g_assert_cmpstr (rt_networks_get_user_name (self->app.networks), ==, "Ada");
  g_assert_cmpuint (invitation_count_networks (self), ==, 1);
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (self->window)), ==, "<b> & club");
}

/* From right to left, to be looked at; a link stays as it is. */
static void
test_right_to_left (InvitationFixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  GtkTextDirection before = gtk_widget_get_default_direction ();
  GtkWidget *dialog;

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  dialog = GTK_WIDGET (rt_invite_dialog_new (GTK_WINDOW (self->window), network));
  gtk_window_present (GTK_WINDOW (dialog));
  app_wait_for (gtk_widget_get_mapped (dialog));
  app_frames (dialog, 3);
  app_picture (dialog, "invite-rtl");
  g_assert_true (app_shows (dialog, rt_invite_dialog_get_link (RT_INVITE_DIALOG (dialog))));
  gtk_window_destroy (GTK_WINDOW (dialog));
  dialog = invitation_open_link (self, LINK);
  app_frames (dialog, 3);
  app_picture (dialog, "invitation-rtl");
  gtk_window_destroy (GTK_WINDOW (dialog));
  gtk_widget_set_default_direction (before);
  app_settle ();
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, user_name, func) g_test_add ("/invitation/" name, InvitationFixture, user_name, invitation_set_up, func, invitation_tear_down)
  ADD ("invite", "Ada", test_invite);
  ADD ("join", "Ada", test_join);
  ADD ("known", "Ada", test_known);
  ADD ("demo", "Ada", test_demo);
  ADD ("refused", "Ada", test_refused);
  ADD ("many", "Ada", test_many);
  ADD ("addresses", "Ada", test_addresses);
  ADD ("first-run", NULL, test_first_run);
  ADD ("right-to-left", "Ada", test_right_to_left);
  return g_test_run ();
}
