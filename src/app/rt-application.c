/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-application.h"
#include "rt-window.h"

struct _RtApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (RtApplication, rt_application, ADW_TYPE_APPLICATION)

static void
rt_application_activate (GApplication *app)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (app));

  if (window == NULL)
    window = GTK_WINDOW (rt_window_new (RT_APPLICATION (app)));
  gtk_window_present (window);
}

static void
rt_application_class_init (RtApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  app_class->activate = rt_application_activate;
}

static void
rt_application_init (RtApplication *self)
{
}

RtApplication *
rt_application_new (void)
{
  return g_object_new (RT_TYPE_APPLICATION,
                       "application-id", APP_ID,
                       "resource-base-path", "/org/roundtable/Roundtable",
                       NULL);
}
