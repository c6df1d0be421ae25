/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-window.h"

struct _RtWindow
{
  AdwApplicationWindow parent_instance;
};

G_DEFINE_FINAL_TYPE (RtWindow, rt_window, ADW_TYPE_APPLICATION_WINDOW)

static void
rt_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_WINDOW);
  G_OBJECT_CLASS (rt_window_parent_class)->dispose (object);
}

static void
rt_window_class_init (RtWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-window.ui");
}

static void
rt_window_init (RtWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtWindow *
rt_window_new (RtApplication *application)
{
  return g_object_new (RT_TYPE_WINDOW, "application", application, NULL);
}
