/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-timer.h"

guint
rt_timer_add (guint milliseconds, const char *name, GSourceFunc func, gpointer data)
{
  g_autoptr (GSource) source = g_timeout_source_new (milliseconds);

  g_source_set_static_name (source, name);
  g_source_set_callback (source, func, data, NULL);
  return g_source_attach (source, g_main_context_get_thread_default ());
}

void
rt_timer_clear (guint *timer)
{
  GSource *source;

  if (*timer == 0)
    return;
  source = g_main_context_find_source_by_id (g_main_context_get_thread_default (), *timer);
  if (source != NULL)
    g_source_destroy (source);
  *timer = 0;
}
