/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every page and dialog with letters twice as large, in a window of 360 px; from right to left; pictures of them are there to be looked at. */
#include "config.h"

#include "window-fixture.h"
#include "app/networks/rt-secret-dialog.h"

#define NARROW 360
#define SHORT_WORD 9

static const char *const of_network[] = {
  "win.edit-network", "win.rename-network", "win.leave-network", "win.announce-network", "win.invite-network", "win.export-history", "win.lab",
};
static const char *const of_window[] = { "win.new-network", "win.join-network", "win.nearby", "win.search", "app.preferences", "app.help", "app.about" };

typedef struct
{
  AppFixture  fixture;
  RtWindow   *window;
  const char *look;
} Looks;

static int
get_min (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

/* Without the line that a window has round it where nothing draws shadows. */
static int
get_min_window (GtkWidget *window)
{
  GtkWidget *child = gtk_window_get_child (GTK_WINDOW (window));

  return get_min (child != NULL ? child : window);
}

/* What is too wide, down to the part that makes it so. */
static void
tell_wide (GtkWidget *widget,
           guint      depth)
{
  GtkWidget *child;

  if (!gtk_widget_get_visible (widget) || (GTK_IS_NATIVE (widget) && depth > 0) || get_min (widget) < NARROW - 60)
    return;
  g_test_message ("%*s%s %s: %d", (int) depth, "", G_OBJECT_TYPE_NAME (widget), gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), get_min (widget));
  for (child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    tell_wide (child, depth + 1);
}

/* Words that are broken within for want of room; what is no short word may be. */
static void
check_words (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) && gtk_label_get_wrap (GTK_LABEL (widget)))
    {
      g_auto (GStrv) words = g_strsplit_set (gtk_label_get_text (GTK_LABEL (widget)), " \n", -1);
      g_autoptr (PangoLayout) layout = pango_layout_copy (gtk_label_get_layout (GTK_LABEL (widget)));

      pango_layout_set_width (layout, -1);
      for (guint i = 0; words[i] != NULL; i++)
        {
          int width;

          pango_layout_set_text (layout, words[i], -1);
          pango_layout_get_pixel_size (layout, &width, NULL);
          if (g_utf8_strlen (words[i], -1) > SHORT_WORD || width <= gtk_widget_get_width (widget))
            continue;
          g_test_message ("“%s” is broken in “%s”", words[i], gtk_label_get_text (GTK_LABEL (widget)));
          g_test_fail ();
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    check_words (child);
}

static void
look_at (Looks      *p,
         GtkWidget  *widget,
         const char *name)
{
  g_autofree char *picture = g_strdup_printf ("%s-%s", p->look, name);

  gtk_window_set_default_size (GTK_WINDOW (widget), NARROW, 640);
  app_frames (widget, 3);
  g_test_message ("%s: %d", picture, get_min_window (widget));
  if (get_min_window (widget) > NARROW)
    {
      tell_wide (widget, 0);
      g_test_fail ();
    }
  check_words (widget);
  app_picture (widget, picture);
}

/* Some of them belong to no other. */
static GtkWidget *
find_other (Looks *p)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (window != GTK_WIDGET (p->window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static void
look_at_dialog (Looks      *p,
                const char *action,
                const char *target)
{
  GtkWidget *dialog;

  if (target != NULL)
    gtk_widget_activate_action (GTK_WIDGET (p->window), action, "s", target);
  else
    gtk_widget_activate_action (GTK_WIDGET (p->window), action, NULL);
  app_wait_for ((dialog = find_other (p)) != NULL);
  look_at (p, dialog, action + strlen ("win."));
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_settle ();
}

static void
look_at_network (Looks      *p,
                 const char *kind,
                 const char *page)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GError) error = NULL;
  const char *pages[] = { "chat", page, "peers", "traffic" };
  const char *uuid;
  RtNetwork *network;

  g_object_set (config, "subnet", kind, "kind", kind, "encryption", "Plaintext", "listen-host", "127.0.0.1", NULL);
  network = rt_networks_add (p->fixture.networks, config, &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  uuid = rt_network_config_get_uuid (rt_network_get_config (network));
  gtk_widget_activate_action (GTK_WIDGET (p->window), "win.select-network", "s", uuid);
  app_frames (GTK_WIDGET (p->window), 2);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%s", kind, pages[i]);

      if (i == 1 && page == NULL)
        continue;
      gtk_widget_activate_action (GTK_WIDGET (p->window), "win.show-page", "s", pages[i]);
      look_at (p, GTK_WIDGET (p->window), name);
    }
  if (page == NULL)
    return;
  /* a new key */
  gtk_widget_activate_action (GTK_WIDGET (p->window), "win.show-page", "s", page);
  gtk_widget_activate_action (GTK_WIDGET (p->window), "win.new", NULL);
  app_frames (GTK_WIDGET (p->window), 2);
  look_at (p, GTK_WIDGET (p->window), "new-key");
}

/* A network that is private: told, invited to, edited, and asked for a secret that is not there. */
static void
look_at_private (Looks *p)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_new ();
  g_autoptr (GError) error = NULL;
  RtNetwork *network;
  GtkWidget *dialog;
  const char *uuid;

  g_object_set (config, "subnet", "private", "listen-host", "127.0.0.1", "secret", "right horse battery", NULL);
  network = rt_networks_add (p->fixture.networks, config, &error);
  g_assert_no_error (error);
  app_wait_for (rt_network_get_socket (network) != NULL);
  uuid = rt_network_config_get_uuid (rt_network_get_config (network));
  gtk_widget_activate_action (GTK_WIDGET (p->window), "win.select-network", "s", uuid);
  gtk_widget_activate_action (GTK_WIDGET (p->window), "win.show-page", "s", "peers");
  look_at (p, GTK_WIDGET (p->window), "private-peers");
  look_at_dialog (p, "win.invite-network", uuid);
  gtk_widget_activate_action (GTK_WIDGET (p->window), "win.edit-network", "s", uuid);
  app_wait_for ((dialog = find_other (p)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_PASSWORD_ENTRY_ROW, NULL)), "lotsofletters");
  adw_combo_row_set_selected (ADW_COMBO_ROW (app_find (dialog, ADW_TYPE_COMBO_ROW, "encryption_row")), 1);
  look_at (p, dialog, "edit-private");
  gtk_window_destroy (GTK_WINDOW (dialog));
  dialog = GTK_WIDGET (rt_secret_dialog_new (GTK_WINDOW (p->window), p->fixture.networks, network));
  gtk_window_present (GTK_WINDOW (dialog));
  app_wait_for (gtk_widget_get_mapped (dialog));
  gtk_editable_set_text (GTK_EDITABLE (app_find (dialog, ADW_TYPE_PASSWORD_ENTRY_ROW, NULL)), "short");
  look_at (p, dialog, "retype-secret");
  gtk_window_destroy (GTK_WINDOW (dialog));
  app_settle ();
}

static void
look_at_all (const char *look)
{
  Looks p = { .look = look };
  const char *uuid;

  app_fixture_set_up (&p.fixture, NULL);
  /* not before: the program has colours of its own */
  if (gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  p.window = rt_window_new (p.fixture.app, p.fixture.networks);
  window_show (p.window);
  look_at (&p, GTK_WIDGET (p.window), "first-run");
  rt_networks_set_user_name (p.fixture.networks, "Ada");
  look_at_network (&p, "mesh", NULL);
  look_at_network (&p, "sync", "table");
  look_at_network (&p, "chord", "ring");
  uuid = rt_network_config_get_uuid (rt_network_get_config (rt_window_get_selected (p.window)));
  for (guint i = 0; i < G_N_ELEMENTS (of_network); i++)
    look_at_dialog (&p, of_network[i], uuid);
  for (guint i = 0; i < G_N_ELEMENTS (of_window); i++)
    look_at_dialog (&p, of_window[i], NULL);
  look_at_dialog (&p, "win.why", "127.0.0.1:9");
  look_at_private (&p);
  look_at_dialog (&p, "app.identities", NULL);
  look_at_dialog (&p, "app.show-identity", rt_identity_get_ref (rt_identities_get_of_network (rt_networks_get_identities (p.fixture.networks), rt_window_get_selected (p.window))));
  app_fixture_tear_down (&p.fixture);
}

static void
test_large_text (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  int dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * 1024, NULL);
  look_at_all ("large");
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

static void
test_right_to_left (void)
{
  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  look_at_all ("rtl");
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/looks/large-text", test_large_text);
  g_test_add_func ("/looks/right-to-left", test_right_to_left);
  return g_test_run ();
}
