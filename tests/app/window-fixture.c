/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window-fixture.h"

void
window_show (RtWindow *window)
{
  gtk_window_present (GTK_WINDOW (window));
  app_wait_for (gtk_widget_get_mapped (GTK_WIDGET (window)));
  app_settle ();
}

RtNetworkView *
window_get_view (RtWindow *window)
{
  GtkStack *content = GTK_STACK (app_find (GTK_WIDGET (window), GTK_TYPE_STACK, "content"));

  return RT_NETWORK_VIEW (gtk_stack_get_visible_child (content));
}

GtkWidget *
window_find_toplevel (GType type)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
        return window;
    }
  return NULL;
}
