/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-background.h"
#include "rt-notifier.h"

struct _RtNotifier {
  GObject       parent_instance;
  GApplication *application;    /* not owned: it owns this */
  RtNetworks   *networks;
  RtNotices    *notices;
  RtSettings   *settings;
  GHashTable   *shown;          /* uuids */
  GHashTable   *looked;         /* uuids: nothing of an earlier life of the program is shown any more */
  guint         watch_id;
  gboolean      lasting;        /* what is shown outlives us */
};

G_DEFINE_FINAL_TYPE (RtNotifier, rt_notifier, G_TYPE_OBJECT)

/* Without a session bus there is nobody who would show one; GLib asks it all the same. */
static gboolean
has_bus (RtNotifier *self)
{
  return g_application_get_dbus_connection (self->application) != NULL;
}

static char *
make_id (const char *uuid)
{
  return g_strconcat ("network-", uuid, NULL);
}

/* GLib hands the body on as it is. To org.freedesktop.Notifications, where most daemons read it as markup: a tag is obeyed, an odd one or an ampersand leaves the body empty.
 * And to org.gtk.Notifications (GNOME), which shows it as it is: escaped, a person would read “&lt;”. Nobody tells us which of them it is. So what is special in markup is
 * replaced by what looks like it, which everybody shows. */
char *
rt_notifier_make_body (const char *words)
{
  g_autoptr (GString) body = g_string_new (words);

  g_string_replace (body, "&", "\357\274\206", 0);        /* U+FF06, fullwidth ampersand */
  g_string_replace (body, "<", "\342\200\271", 0);        /* U+2039 and U+203A, angle quotation marks */
  g_string_replace (body, ">", "\342\200\272", 0);
  return g_string_free (g_steal_pointer (&body), FALSE);
}

/* What was shown and only grew is not to ring again, whoever was named in it before. */
GNotificationPriority
rt_notifier_choose_priority (const RtNotice *notice)
{
  if (notice->quiet)
    return G_NOTIFICATION_PRIORITY_LOW;
  return notice->important ? G_NOTIFICATION_PRIORITY_HIGH : G_NOTIFICATION_PRIORITY_NORMAL;
}

/* What others may read over a shoulder. */
static char *
make_body (RtNotifier *self, const RtNotice *notice)
{
  if (rt_settings_get_flag (self->settings, "notification-text"))
    return rt_notifier_make_body (notice->body);
  return g_strdup_printf (ngettext ("%u new message", "%u new messages", notice->n), notice->n);
}

static void
show_cb (RtNotifier *self, const RtNotice *notice)
{
  g_autoptr (GNotification) notification = g_notification_new (notice->title);
  g_autofree char *id = make_id (notice->network), *body = make_body (self, notice);

  if (!has_bus (self) || !rt_settings_get_flag (self->settings, "notifications"))
    return;
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, rt_notifier_choose_priority (notice));
  g_notification_set_category (notification, "im.received");
  g_notification_set_default_action_and_target (notification, "app.show-message", "(sxx)", notice->network, notice->key.time, notice->key.sequence);
  g_application_send_notification (self->application, id, notification);
  g_hash_table_add (self->shown, g_strdup (notice->network));
}

static void
withdraw_cb (RtNotifier *self, const char *uuid)
{
  g_autofree char *id = make_id (uuid);

  if (g_hash_table_remove (self->shown, uuid))
    g_application_withdraw_notification (self->application, id);
}

static void
withdraw_all (RtNotifier *self)
{
  GHashTableIter iter;
  gpointer uuid;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &uuid, NULL))
    {
      g_autofree char *id = make_id (uuid);

      g_application_withdraw_notification (self->application, id);
    }
  g_hash_table_remove_all (self->shown);
}

/* One that an earlier life of the program left. */
static void
read_cb (RtNotifier *self, const char *uuid)
{
  g_autofree char *id = make_id (uuid);

  if (self->lasting && g_hash_table_add (self->looked, g_strdup (uuid)) && !g_hash_table_contains (self->shown, uuid))
    g_application_withdraw_notification (self->application, id);
}

/* What is shown already says too much, perhaps; also what an earlier life of the program left. */
static void
settings_changed_cb (RtNotifier *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  if (!has_bus (self) || (rt_settings_get_flag (self->settings, "notifications") && rt_settings_get_flag (self->settings, "notification-text")))
    return;
  withdraw_all (self);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);
      g_autofree char *id = make_id (rt_network_config_get_uuid (rt_network_get_config (network)));

      g_application_withdraw_notification (self->application, id);
    }
}

static void
appeared_cb (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  RT_NOTIFIER (user_data)->lasting = TRUE;
}

static void
vanished_cb (GDBusConnection *bus, const char *name, gpointer user_data)
{
  RT_NOTIFIER (user_data)->lasting = rt_is_sandboxed ();
}

static void
rt_notifier_dispose (GObject *object)
{
  RtNotifier *self = RT_NOTIFIER (object);

  if (self->notices != NULL)
    g_signal_handlers_disconnect_by_data (self->notices, self);
  g_clear_object (&self->notices);
  g_clear_object (&self->networks);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  if (self->watch_id != 0)
    g_bus_unwatch_name (self->watch_id);
  self->watch_id = 0;
  if (!self->lasting)
    withdraw_all (self);
  G_OBJECT_CLASS (rt_notifier_parent_class)->dispose (object);
}

static void
rt_notifier_finalize (GObject *object)
{
  g_hash_table_unref (RT_NOTIFIER (object)->shown);
  g_hash_table_unref (RT_NOTIFIER (object)->looked);
  G_OBJECT_CLASS (rt_notifier_parent_class)->finalize (object);
}

static void
rt_notifier_class_init (RtNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_notifier_dispose;
  object_class->finalize = rt_notifier_finalize;
}

static void
rt_notifier_init (RtNotifier *self)
{
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->looked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lasting = rt_is_sandboxed ();
}

RtNotifier *
rt_notifier_new (GApplication *application, RtNetworks *networks, RtSettings *settings)
{
  RtNotifier *self = g_object_new (RT_TYPE_NOTIFIER, NULL);

  self->application = application;
  self->settings = g_object_ref (settings);
  self->networks = g_object_ref (networks);
  self->notices = rt_notices_new (G_LIST_MODEL (networks));
  g_signal_connect_swapped (self->notices, "show", G_CALLBACK (show_cb), self);
  g_signal_connect_swapped (self->notices, "withdraw", G_CALLBACK (withdraw_cb), self);
  g_signal_connect_swapped (self->notices, "read", G_CALLBACK (read_cb), self);
  g_signal_connect_swapped (settings, "notify::notifications", G_CALLBACK (settings_changed_cb), self);
  g_signal_connect_swapped (settings, "notify::notification-text", G_CALLBACK (settings_changed_cb), self);
  if (has_bus (self))
    self->watch_id = g_bus_watch_name_on_connection (g_application_get_dbus_connection (application), "org.gtk.Notifications", G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb, vanished_cb, self, NULL);
  return self;
}
