/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-lan-bus.h"

/* Of its states: it has its name in the network and may be asked. */
#define SERVER_RUNNING 2
#define SERVER_FAILURE 4
#define CALL_MILLISECONDS 30000

struct _RtLanBus {
  GObject          parent_instance;
  RtLanBusState    state;
  char            *error;
  GDBusConnection *connection;          /* of our own: the program must not end when the system's bus does */
  GCancellable    *cancellable;         /* of this life, from start to stop */
  char            *owner;
  guint            watch_id, signal_id;
  GArray          *subscriptions;       /* of guint: of others, to what the daemon says */
  gulong           closed_id;
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtLanBus, rt_lan_bus, G_TYPE_OBJECT)

static void
set_state (RtLanBus *self, RtLanBusState state, const char *error)
{
  if (self->state == state && g_strcmp0 (self->error, error) == 0)
    return;
  self->state = state;
  g_free (self->error);
  self->error = g_strdup (error);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- the daemon ---- */

static void
take_server_state (RtLanBus *self, int state, const char *error)
{
  if (state == SERVER_RUNNING)
    set_state (self, RT_LAN_BUS_READY, NULL);
  else if (state == SERVER_FAILURE)
    set_state (self, RT_LAN_BUS_FAILED, error);
  else
    set_state (self, RT_LAN_BUS_WAITING, NULL);
}

static void
server_signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name, GVariant *parameters, gpointer user_data)
{
  int state;
  const char *error;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get (parameters, "(i&s)", &state, &error);
  take_server_state (user_data, state, error);
}

static void
asked_state_cb (GObject *connection, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (connection), result, &error);
  RtLanBus *self = user_data;
  int state;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* of an earlier daemon, or it said so meanwhile by itself */
  if (self->owner == NULL || self->state != RT_LAN_BUS_WAITING)
    return;
  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      set_state (self, RT_LAN_BUS_FAILED, error->message);
      return;
    }
  g_variant_get (reply, "(i)", &state);
  take_server_state (self, state, NULL);
}

static void
forget_daemon (RtLanBus *self)
{
  if (self->signal_id != 0)
    g_dbus_connection_signal_unsubscribe (self->connection, self->signal_id);
  self->signal_id = 0;
  for (guint i = 0; i < self->subscriptions->len; i++)
    g_dbus_connection_signal_unsubscribe (self->connection, g_array_index (self->subscriptions, guint, i));
  g_array_set_size (self->subscriptions, 0);
  g_clear_pointer (&self->owner, g_free);
}

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  RtLanBus *self = user_data;

  /* one may follow the other without a gap */
  if (self->owner != NULL)
    {
      forget_daemon (self);
      set_state (self, RT_LAN_BUS_NO_DAEMON, NULL);
    }
  self->owner = g_strdup (owner);
  self->signal_id = g_dbus_connection_signal_subscribe (self->connection, owner, RT_AVAHI_SERVER, "StateChanged", "/", NULL, G_DBUS_SIGNAL_FLAGS_NONE, server_signal_cb, self, NULL);
  set_state (self, RT_LAN_BUS_WAITING, NULL);
  g_dbus_connection_call (self->connection, owner, "/", RT_AVAHI_SERVER, "GetState", NULL, G_VARIANT_TYPE ("(i)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_MILLISECONDS,
                          self->cancellable, asked_state_cb, self);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  RtLanBus *self = user_data;

  if (self->connection == NULL || g_dbus_connection_is_closed (self->connection))
    return;
  forget_daemon (self);
  set_state (self, RT_LAN_BUS_NO_DAEMON, NULL);
}

/* ---- the bus ---- */

static void
disconnect (RtLanBus *self)
{
  forget_daemon (self);
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  if (self->connection != NULL)
    {
      g_clear_signal_handler (&self->closed_id, self->connection);
      if (!g_dbus_connection_is_closed (self->connection))
        g_dbus_connection_close (self->connection, NULL, NULL, NULL);
    }
  g_clear_object (&self->connection);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
closed_cb (RtLanBus *self)
{
  disconnect (self);
  set_state (self, RT_LAN_BUS_NO_BUS, NULL);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_finish (result, &error);
  RtLanBus *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL)
    {
      g_debug ("The system's bus: %s", error->message);
      disconnect (self);
      set_state (self, RT_LAN_BUS_NO_BUS, NULL);
      return;
    }
  self->connection = g_steal_pointer (&connection);
  self->closed_id = g_signal_connect_swapped (self->connection, "closed", G_CALLBACK (closed_cb), self);
  self->watch_id = g_bus_watch_name_on_connection (self->connection, RT_AVAHI, G_BUS_NAME_WATCHER_FLAGS_AUTO_START, appeared_cb, vanished_cb, self, NULL);
}

void
rt_lan_bus_start (RtLanBus *self)
{
  g_autofree char *address = NULL;

  g_return_if_fail (RT_IS_LAN_BUS (self));

  if (self->cancellable != NULL)
    return;
  address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  if (address == NULL)
    {
      set_state (self, RT_LAN_BUS_NO_BUS, NULL);
      return;
    }
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, self->cancellable, connected_cb, self);
  set_state (self, RT_LAN_BUS_CONNECTING, NULL);
}

/* With the connection goes all that the daemon did for us. */
void
rt_lan_bus_stop (RtLanBus *self)
{
  g_return_if_fail (RT_IS_LAN_BUS (self));

  disconnect (self);
  set_state (self, RT_LAN_BUS_OFF, NULL);
}

static void
rt_lan_bus_dispose (GObject *object)
{
  disconnect (RT_LAN_BUS (object));
  G_OBJECT_CLASS (rt_lan_bus_parent_class)->dispose (object);
}

static void
rt_lan_bus_finalize (GObject *object)
{
  g_free (RT_LAN_BUS (object)->error);
  g_array_unref (RT_LAN_BUS (object)->subscriptions);
  G_OBJECT_CLASS (rt_lan_bus_parent_class)->finalize (object);
}

static void
rt_lan_bus_class_init (RtLanBusClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_lan_bus_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_lan_bus_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_lan_bus_init (RtLanBus *self)
{
  self->subscriptions = g_array_new (FALSE, FALSE, sizeof (guint));
}

RtLanBus *
rt_lan_bus_new (void)
{
  return g_object_new (RT_TYPE_LAN_BUS, NULL);
}

RtLanBusState
rt_lan_bus_get_state (RtLanBus *self)
{
  g_return_val_if_fail (RT_IS_LAN_BUS (self), RT_LAN_BUS_OFF);
  return self->state;
}

const char *
rt_lan_bus_get_error (RtLanBus *self)
{
  g_return_val_if_fail (RT_IS_LAN_BUS (self), NULL);
  return self->error;
}

const char *
rt_lan_bus_get_owner (RtLanBus *self)
{
  g_return_val_if_fail (RT_IS_LAN_BUS (self), NULL);
  return self->state == RT_LAN_BUS_READY ? self->owner : NULL;
}

/* ---- for those who want something of the daemon ---- */

void
rt_lan_bus_call (RtLanBus *self, const char *path, const char *interface, const char *method, GVariant *parameters, const char *reply, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_LAN_BUS (self));
  g_return_if_fail (self->owner != NULL);

  g_dbus_connection_call (self->connection, self->owner, path, interface, method, parameters, G_VARIANT_TYPE (reply), G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_MILLISECONDS,
                          self->cancellable, callback, user_data);
}

GVariant *
rt_lan_bus_call_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (GDBusConnection) connection = G_DBUS_CONNECTION (g_async_result_get_source_object (result));

  return g_dbus_connection_call_finish (connection, result, error);
}

void
rt_lan_bus_free_object (RtLanBus *self, const char *path, const char *interface)
{
  g_return_if_fail (RT_IS_LAN_BUS (self));

  if (path != NULL && self->owner != NULL)
    g_dbus_connection_call (self->connection, self->owner, path, interface, "Free", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_MILLISECONDS, NULL, NULL, NULL);
}

guint
rt_lan_bus_subscribe (RtLanBus *self, const char *interface, GDBusSignalCallback callback, gpointer user_data)
{
  guint id;

  g_return_val_if_fail (RT_IS_LAN_BUS (self), 0);

  if (rt_lan_bus_get_owner (self) == NULL)
    return 0;
  id = g_dbus_connection_signal_subscribe (self->connection, self->owner, interface, NULL, NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, callback, user_data, NULL);
  g_array_append_val (self->subscriptions, id);
  return id;
}

void
rt_lan_bus_unsubscribe (RtLanBus *self, guint *id)
{
  g_return_if_fail (RT_IS_LAN_BUS (self));

  /* those to a daemon that went, went with it */
  for (guint i = 0; i < self->subscriptions->len && *id != 0; i++)
    if (g_array_index (self->subscriptions, guint, i) == *id)
      {
        g_dbus_connection_signal_unsubscribe (self->connection, *id);
        g_array_remove_index (self->subscriptions, i);
        break;
      }
  *id = 0;
}
