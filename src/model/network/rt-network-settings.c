/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person wants of every network: at once, also of one that is up. */
#include "config.h"

#include "rt-network-talk-private.h"
#include "model/rt-timer.h"

/* What became too old is looked for so often; a minute after something changed everything is done anyway. */
#define AGE_MILLISECONDS (60u * 60 * 1000)

static void
remove_old (RtNetwork *self)
{
  guint days = self->settings != NULL ? rt_keep_get_days (rt_settings_get_keep_history (self->settings)) : 0;

  if (self->chat != NULL)
    rt_store_chat_keep_since (self->chat, days > 0 ? g_get_real_time () - (gint64) days * 24 * 60 * 60 * G_USEC_PER_SEC : 0);
}

static gboolean
age_cb (gpointer data)
{
  remove_old (data);
  return G_SOURCE_CONTINUE;
}

void
rt_network_begin_age (RtNetwork *self)
{
  if (self->settings == NULL)
    return;
  remove_old (self);
  if (self->age_timer == 0)
    self->age_timer = rt_timer_add (AGE_MILLISECONDS, "[rt-model] age of messages", age_cb, self);
}

static void
catch_up_cb (RtNetwork *self)
{
  rt_network_consider_catch_up (self, NULL, 0);
}

void
rt_network_set_settings (RtNetwork *self, RtSettings *settings)
{
  g_return_if_fail (self->settings == NULL);

  if (settings == NULL)
    return;
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "notify::catch-up", G_CALLBACK (catch_up_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "notify::keep-history", G_CALLBACK (remove_old), self, G_CONNECT_SWAPPED);
}

void
rt_network_free_settings (RtNetwork *self)
{
  rt_timer_clear (&self->age_timer);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
}

RtSettings *
rt_network_get_settings (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->settings;
}

gboolean
rt_network_wants (RtNetwork *self, const char *what)
{
  return self->settings == NULL || rt_settings_get_flag (self->settings, what);
}
