/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <glib/gi18n.h>

#include "rt-about.h"
#include "rt-application.h"
#include "rt-background.h"
#include "p2p/p2p.h"

/* What somebody who is to find a fault wants to know first. */
char *
rt_about_dup_debug_info (RtNetworks *networks, RtSettings *settings)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *folder = rt_application_dup_folder ();
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_autofree char *error = NULL;
  const char *desktop = g_getenv ("XDG_CURRENT_DESKTOP"), *home = g_get_home_dir ();
  gboolean loaded;

  g_string_append_printf (text, "Roundtable %s, protocol %s\n", PACKAGE_VERSION, P2P_PROTOCOL_VERSION);
  g_string_append_printf (text, "GTK %u.%u.%u, libadwaita %u.%u.%u, GLib %u.%u.%u\n",
                          gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
                          adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
                          glib_major_version, glib_minor_version, glib_micro_version);
  g_object_get (networks, "loaded", &loaded, "error", &error, NULL);
  g_string_append_printf (text, "System: %s\nDesktop: %s, %s\n", os != NULL ? os : "unknown", desktop != NULL ? desktop : "unknown", rt_is_sandboxed () ? "in a sandbox" : "in no sandbox");
  g_string_append_printf (text, "Data: %s\n", folder);
  g_string_append_printf (text, "Networks: %u, %s\n", g_list_model_get_n_items (G_LIST_MODEL (networks)), loaded ? "loaded" : "not loaded");
  g_string_append_printf (text, "Store: %s\n", error != NULL ? error : "well");
  g_string_append_printf (text, "Settings: %s\n", rt_settings_is_remembered (settings) ? "remembered" : "forgotten at the end: the schema is not installed, or an old one is");
  /* whose home it is concerns nobody */
  if (home != NULL && strlen (home) > 1)
    g_string_replace (text, home, "~", 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* libadwaita leaves some of its own parts without a name. */
static void
name_parts (GtkWidget *widget)
{
  const char *name = NULL;

  if (GTK_IS_BUTTON (widget) && GTK_IS_LABEL (gtk_button_get_child (GTK_BUTTON (widget))))
    name = gtk_label_get_text (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (widget))));
  else if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "go-previous-symbolic") == 0)
    name = _("Back");
  else if (GTK_IS_TEXT_VIEW (widget))
    name = _("Debugging information");
  else if (GTK_IS_LIST_BOX (widget))
    {
      GtkWidget *group = gtk_widget_get_ancestor (widget, ADW_TYPE_PREFERENCES_GROUP);

      /* one with a title has its name from it */
      if (group == NULL || *adw_preferences_group_get_title (ADW_PREFERENCES_GROUP (group)) == '\0')
        name = _("Roundtable");
    }
  if (name != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_parts (child);
}

void
rt_about_present (GtkWindow *parent, RtNetworks *networks, RtSettings *settings)
{
  g_autofree char *debug_info = rt_about_dup_debug_info (networks, settings);
  GtkWidget *window;
  const char *developers[] = { "The Roundtable developers", NULL };

  window = g_object_new (ADW_TYPE_ABOUT_WINDOW,
                         "transient-for", parent,
                         "modal", TRUE,
                         "destroy-with-parent", TRUE,
                         "application-name", _("Roundtable"),
                         "application-icon", APP_ID,
                         "developer-name", _("The Roundtable developers"),
                         "developers", developers,
                         "version", PACKAGE_VERSION,
                         "comments", _("Talk with people from machine to machine, with no server in between."),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "copyright", "© 2026 The Roundtable developers",
                         "debug-info", debug_info,
                         "debug-info-filename", "roundtable-debug-info.txt",
                         /* Translators: put your names here, one a line */
                         "translator-credits", _("translator-credits"),
                         NULL);
  name_parts (window);
  gtk_window_present (GTK_WINDOW (window));
}
