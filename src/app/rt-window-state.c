/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window comes back as it went: its size, and where one was in it. */
#include "config.h"

#include "rt-window-private.h"

/* The screen it was on may be gone: no larger than the largest there is. */
static void
get_room (GtkWidget *widget, int *width, int *height)
{
  GListModel *monitors = gdk_display_get_monitors (gtk_widget_get_display (widget));
  guint n = g_list_model_get_n_items (monitors);

  *width = *height = 0;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GdkMonitor) monitor = g_list_model_get_item (monitors, i);
      GdkRectangle place;

      gdk_monitor_get_geometry (monitor, &place);
      if ((gint64) place.width * place.height > (gint64) *width * *height)
        {
          *width = place.width;
          *height = place.height;
        }
    }
  /* nobody says how large it is */
  if (*width == 0 || *height == 0)
    *width = *height = G_MAXINT;
}

void
rt_window_restore_size (RtWindow *self, RtSettings *settings)
{
  int width, height;

  if (settings == NULL)
    return;
  get_room (GTK_WIDGET (self), &width, &height);
  width = MAX (RT_SETTINGS_MIN_WIDTH, MIN (width, rt_settings_get_number (settings, "window-width")));
  height = MAX (RT_SETTINGS_MIN_HEIGHT, MIN (height, rt_settings_get_number (settings, "window-height")));
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (rt_settings_get_flag (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

RtNetwork *
rt_window_find_last (RtWindow *self, RtSettings *settings)
{
  const char *uuid = settings != NULL ? rt_settings_get_string (settings, "last-network") : NULL;

  return uuid != NULL && *uuid != '\0' ? rt_window_find_uuid (self, uuid) : NULL;
}

void
rt_window_save_state (RtWindow *self, RtSettings *settings)
{
  RtNetwork *selected = rt_window_get_selected (self);
  RtNetworkView *view = rt_window_get_view (self);
  int width, height;

  if (settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_object_set (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)), NULL);
  if (width >= RT_SETTINGS_MIN_WIDTH && height >= RT_SETTINGS_MIN_HEIGHT)
    g_object_set (settings, "window-width", width, "window-height", height, NULL);
  if (selected != NULL && view != NULL)
    g_object_set (settings, "last-network", rt_network_config_get_uuid (rt_network_get_config (selected)), "last-page", rt_network_view_get_page (view), NULL);
}
