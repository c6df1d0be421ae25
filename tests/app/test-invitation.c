/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An invitation is shown, and opened: by a link, and pasted where one joins. */
#include "config.h"

#include <string.h>

#include "app-fixture.h"
#include "app/networks/rt-join-dialog.h"
#include "app/networks/rt-network-dialog.h"
#include "app/peers/rt-invite-dialog.h"
#include "app/peers/rt-tell-card.h"
#include "app/rt-banner.h"
#include "app/rt-entry-field.h"
#include "app/rt-qr-code.h"
#include "app/rt-uri.h"

#define LINK "roundtable:invite?v=1&name=%3Cb%3E%20%26%20club&encryption=Plaintext&kind=sync&leases=no&to=127.0.0.1:9&to=localhost:10"

typedef struct
{
  AppFixture app;
  RtWindow  *window;
} Fixture;

static void
set_up (Fixture *self, gconstpointer user_name)
{
  app_fixture_set_up (&self->app, user_name);
  if (user_name != NULL)
    app_fixture_add (&self->app, "quoll");
  g_application_activate (G_APPLICATION (self->app.app));
  self->window = gtk_application_get_windows (GTK_APPLICATION (self->app.app))->data;
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (self->window)));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  app_fixture_tear_down (&self->app);
}

static GtkWidget *
find_button (GtkWidget *below, const char *id)
{
  GtkWidget *button = app_find (below, GTK_TYPE_BUTTON, id);

  g_assert_nonnull (button);
  return button;
}

static void
click (GtkWidget *below, const char *id)
{
  g_signal_emit_by_name (find_button (below, id), "clicked");
}

/* ---- the picture ---- */

static gboolean
is_black_at (const guint8 *pixels, gsize stride, double x, double y)
{
  const guint8 *pixel = pixels + (gsize) y * stride + (gsize) x * 4;

  g_assert_cmpuint (pixel[3], ==, 255);
  g_assert_true ((pixel[0] == 0 && pixel[1] == 0 && pixel[2] == 0) || (pixel[0] == 255 && pixel[1] == 255 && pixel[2] == 255));
  return pixel[0] == 0;
}

/* Every module, and four rows of white around them, as a camera would have to see it. */
static void
check_drawn (RtQrCode *code)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (code));
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree guint8 *pixels = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int width = gtk_widget_get_width (GTK_WIDGET (code)), height = gtk_widget_get_height (GTK_WIDGET (code)), size = (int) rt_qr_code_get_size (code);
  graphene_rect_t bounds, all = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  double module;

  rt_qr_code_get_bounds (code, &bounds, &module);
  g_assert_cmpfloat (module, >=, 2);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (GTK_WIDGET (code))), node, &all);
  pixels = g_malloc0 ((gsize) width * (gsize) height * 4);
  gdk_texture_download (texture, pixels, (gsize) width * 4);
  for (int y = -(int) RT_QR_CODE_QUIET; y < size + (int) RT_QR_CODE_QUIET; y++)
    for (int x = -(int) RT_QR_CODE_QUIET; x < size + (int) RT_QR_CODE_QUIET; x++)
      {
        gboolean inside = x >= 0 && y >= 0 && x < size && y < size;
        double left = (double) bounds.origin.x + (x + (int) RT_QR_CODE_QUIET) * module, top = (double) bounds.origin.y + (y + (int) RT_QR_CODE_QUIET) * module;
        gboolean black = inside && rt_qr_code_is_black (code, (guint) x, (guint) y);

        /* its first pixel, and its last: no edge is grey */
        g_assert_true (is_black_at (pixels, (gsize) width * 4, left, top) == black);
        g_assert_true (is_black_at (pixels, (gsize) width * 4, left + module - 1, top + module - 1) == black);
      }
}

static void
test_code (void)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  RtQrCode *code = g_object_ref_sink (g_object_new (RT_TYPE_QR_CODE, NULL));
  g_autofree char *most = g_strnfill (2048, 'a'), *more = g_strnfill (4096, 'a');
  int minimum, natural;

  g_assert_cmpint (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (code)), ==, GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_cmpuint (rt_qr_code_get_size (code), ==, 0);
  gtk_widget_measure (GTK_WIDGET (code), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (natural, ==, 0);
  rt_qr_code_set_text (code, more);
  g_assert_cmpuint (rt_qr_code_get_size (code), ==, 0);

  /* the longest invitation is a picture too, which fits where there are 360 pixels */
  rt_qr_code_set_text (code, most);
  g_assert_cmpuint (rt_qr_code_get_size (code), >, 21);
  gtk_widget_measure (GTK_WIDGET (code), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, <=, 316);

  gtk_window_set_child (window, GTK_WIDGET (code));
  rt_qr_code_set_text (code, LINK);
  gtk_window_set_default_size (window, 331, 307);
  gtk_window_present (window);
  app_wait_for (gtk_widget_get_width (GTK_WIDGET (code)) > 0);
  app_frames (GTK_WIDGET (window), 3);
  check_drawn (code);
  /* a finder is in three of its corners, and its rim is black */
  for (guint i = 0; i < 7; i++)
    {
      g_assert_true (rt_qr_code_is_black (code, i, 0));
      g_assert_true (rt_qr_code_is_black (code, 0, i));
      g_assert_true (rt_qr_code_is_black (code, rt_qr_code_get_size (code) - 1, i));
    }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  app_frames (GTK_WIDGET (window), 3);
  check_drawn (code);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  gtk_window_set_child (window, NULL);
  g_assert_finalize_object (code);
  gtk_window_destroy (window);
}

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
test_invite (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  GtkWidget *card;
  RtInviteDialog *dialog;
  g_autoptr (RtInvitation) invitation = NULL, later = NULL;
  g_auto (GStrv) addresses = rt_network_dup_own_addresses (network);
  RtBanner *banner;
  RtQrCode *code;

  rt_window_select (self->window, network, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-page", "s", "peers");
  card = app_find (GTK_WIDGET (self->window), RT_TYPE_TELL_CARD, NULL);
  g_assert_nonnull (card);
  click (card, "invite_button");
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
  click (GTK_WIDGET (dialog), "copy_button");
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

static GtkWidget *
open_link (Fixture *self, const char *link)
{
  GtkWindow *dialog;

  rt_uri_open (GTK_WINDOW (self->window), link);
  dialog = app_dialog (GTK_WINDOW (self->window));
  g_assert_nonnull (dialog);
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (dialog)));
  return GTK_WIDGET (dialog);
}

static guint
count_networks (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->app.networks));
}

static guint
count_peers (RtNetwork *network)
{
  return g_strv_length ((char **) rt_network_config_get_peers (rt_network_get_config (network)));
}

static void
test_join (Fixture *self, gconstpointer unused)
{
  GtkWidget *dialog = open_link (self, LINK), *again;
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
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (dialog)) != find_button (dialog, "accept_button"));
  g_assert_null (gtk_window_get_default_widget (GTK_WINDOW (dialog)));
  g_assert_false (app_shows (dialog, "Your name"));
  picture (dialog, "invitation");
  /* the same one opened again is no second question */
  rt_uri_open (GTK_WINDOW (self->window), LINK);
  again = GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
  g_assert_true (again == dialog);
  /* looking does nothing */
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_cmpuint (count_networks (self), ==, 1);

  dialog = open_link (self, LINK);
  click (dialog, "accept_button");
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_cmpuint (count_networks (self), ==, 2);
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
test_known (Fixture *self, gconstpointer unused)
{
  static const char base[] = "roundtable:invite?v=1&name=quoll&encryption=Plaintext&kind=mesh";
  g_autofree char *with = g_strconcat (base, "&to=127.0.0.1:9", NULL), *other = g_strconcat (base, "&wire=0.6&to=127.0.0.1:9", NULL);
  g_autoptr (RtNetwork) quoll = g_list_model_get_item (G_LIST_MODEL (self->app.networks), 0);
  GtkWidget *dialog;

  app_fixture_add (&self->app, "ibis");
  dialog = open_link (self, base);
  g_assert_true (app_shows (dialog, "You are in “quoll” already"));
  g_assert_true (app_shows (dialog, "nothing new"));
  g_assert_false (app_shows (dialog, "Add the addresses"));
  click (dialog, "accept_button");
  app_settle ();
  g_assert_true (rt_window_get_selected (self->window) == quoll);
  g_assert_cmpuint (count_peers (quoll), ==, 0);

  dialog = open_link (self, with);
  g_assert_true (app_shows (dialog, "1 address is new"));
  picture (dialog, "invitation-known");
  gtk_switch_set_active (GTK_SWITCH (app_find (dialog, GTK_TYPE_SWITCH, "add_switch")), FALSE);
  click (dialog, "accept_button");
  app_settle ();
  g_assert_cmpuint (count_peers (quoll), ==, 0);
  dialog = open_link (self, with);
  click (dialog, "accept_button");
  app_settle ();
  g_assert_cmpuint (count_peers (quoll), ==, 1);
  dialog = open_link (self, with);
  g_assert_true (app_shows (dialog, "nothing new"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_cmpuint (count_networks (self), ==, 2);

  /* of the same name, and another */
  dialog = open_link (self, other);
  g_assert_true (app_shows (dialog, "This is another one"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();

  /* left while the question stood there */
  dialog = open_link (self, base);
  rt_networks_remove (self->app.networks, quoll);
  click (dialog, "accept_button");
  g_assert_nonnull (strstr (rt_banner_get_title (RT_BANNER (app_find (dialog, RT_TYPE_BANNER, NULL))), "left this network"));
  gtk_window_close (GTK_WINDOW (dialog));
  app_settle ();
  g_assert_cmpuint (count_networks (self), ==, 1);
}

static void
test_refused (Fixture *self, gconstpointer unused)
{
  static const struct { const char *link, *words; } cases[] = {
    { "roundtable:invite", "of which form" },
    { "roundtable:invite?v=2", "newer form" },
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
      dialog = open_link (self, cases[i].link);
      g_assert_true (ADW_IS_MESSAGE_DIALOG (dialog));
      g_assert_false (adw_message_dialog_get_body_use_markup (ADW_MESSAGE_DIALOG (dialog)));
      g_assert_nonnull (strstr (adw_message_dialog_get_body (ADW_MESSAGE_DIALOG (dialog)), cases[i].words));
      gtk_window_destroy (GTK_WINDOW (dialog));
      app_settle ();
    }
  g_assert_true (rt_uri_check (LINK, NULL));
  g_assert_cmpuint (count_networks (self), ==, 1);
}

/* Pasted where one joins: it takes the place of all that would have to be typed. */
static void
test_paste (Fixture *self, gconstpointer unused)
{
  GtkWidget *dialog, *field, *question;
  RtNetworkDialog *join;

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.join-network", NULL);
  dialog = GTK_WIDGET (app_dialog (GTK_WINDOW (self->window)));
  join = RT_NETWORK_DIALOG (dialog);
  app_wait_for (gtk_widget_get_mapped (dialog));
  field = app_find (dialog, RT_TYPE_ENTRY_FIELD, "friend_row");

  gtk_editable_set_text (GTK_EDITABLE (field), "roundtable:invite?v=3");
  g_assert_nonnull (strstr (rt_network_dialog_get_problem (join), "newer form (3)"));
  g_assert_true (app_shows (dialog, "newer form (3)"));
  g_assert_false (gtk_widget_get_sensitive (find_button (dialog, "accept_button")));
  gtk_editable_set_text (GTK_EDITABLE (field), "  " LINK " ");
  g_assert_null (rt_network_dialog_get_problem (join));
  g_assert_true (app_shows (dialog, "An invitation to “<b> & club”"));
  g_assert_false (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_PREFERENCES_GROUP, "network_group")));
  app_frames (dialog, 3);
  app_picture (dialog, "invitation-pasted");

  /* thought better of, the question leaves him where he was */
  click (dialog, "accept_button");
  question = GTK_WIDGET (app_dialog (GTK_WINDOW (dialog)));
  g_assert_true (RT_IS_JOIN_DIALOG (question));
  gtk_window_close (GTK_WINDOW (question));
  app_settle ();
  g_assert_true (app_dialog (GTK_WINDOW (self->window)) == GTK_WINDOW (dialog));
  gtk_editable_set_text (GTK_EDITABLE (field), "127.0.0.1:9");
  g_assert_true (gtk_widget_get_visible (app_find (dialog, ADW_TYPE_PREFERENCES_GROUP, "network_group")));
  g_assert_false (app_shows (dialog, "An invitation to"));

  gtk_editable_set_text (GTK_EDITABLE (field), LINK);
  click (dialog, "accept_button");
  question = GTK_WIDGET (app_dialog (GTK_WINDOW (dialog)));
  click (question, "accept_button");
  app_settle ();
  g_assert_null (app_dialog (GTK_WINDOW (self->window)));
  g_assert_cmpuint (count_networks (self), ==, 2);
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (self->window)), ==, "<b> & club");
}

/* The very first thing that he sees of the program may be an invitation: it asks for his name too. */
static void
test_first_run (Fixture *self, gconstpointer unused)
{
  GtkWidget *dialog = open_link (self, LINK), *field;

  g_assert_true (app_shows (dialog, "Your name"));
  field = app_find (dialog, RT_TYPE_ENTRY_FIELD, "name_row");
  g_assert_false (gtk_widget_get_sensitive (find_button (dialog, "accept_button")));
  gtk_editable_set_text (GTK_EDITABLE (field), "Ada");
  g_assert_true (gtk_widget_get_sensitive (find_button (dialog, "accept_button")));
  app_frames (dialog, 3);
  app_picture (dialog, "invitation-first");
  click (dialog, "accept_button");
  app_settle ();
  g_assert_cmpstr (rt_networks_get_user_name (self->app.networks), ==, "Ada");
  g_assert_cmpuint (count_networks (self), ==, 1);
  g_assert_cmpstr (rt_network_get_title (rt_window_get_selected (self->window)), ==, "<b> & club");
}

/* From right to left, to be looked at; a link stays as it is. */
static void
test_right_to_left (Fixture *self, gconstpointer unused)
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
  dialog = open_link (self, LINK);
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
#define ADD(name, user_name, func) g_test_add ("/invitation/" name, Fixture, user_name, set_up, func, tear_down)
  g_test_add_func ("/invitation/code", test_code);
  ADD ("invite", "Ada", test_invite);
  ADD ("join", "Ada", test_join);
  ADD ("known", "Ada", test_known);
  ADD ("refused", "Ada", test_refused);
  ADD ("paste", "Ada", test_paste);
  ADD ("first-run", NULL, test_first_run);
  ADD ("right-to-left", "Ada", test_right_to_left);
  return g_test_run ();
}
