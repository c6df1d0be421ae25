/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-avahi.h"

#include <string.h>
#include "rt-wait.h"

#define AVAHI "org.freedesktop.Avahi"
#define TYPE "_roundtable._tcp"

/* Cut out of the interfaces that avahi-daemon 0.8 installs. */
static const char xml[] =
  "<node>"
  "<interface name='org.freedesktop.Avahi.Server'>"
  "<method name='GetState'><arg type='i' direction='out'/></method>"
  "<method name='GetAlternativeServiceName'><arg type='s' direction='in'/><arg type='s' direction='out'/></method>"
  "<method name='EntryGroupNew'><arg type='o' direction='out'/></method>"
  "<method name='ServiceBrowserNew'><arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='u' direction='in'/><arg type='o' direction='out'/></method>"
  "<method name='ServiceResolverNew'><arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='in'/><arg type='o' direction='out'/></method>"
  "<signal name='StateChanged'><arg type='i'/><arg type='s'/></signal>"
  "</interface>"
  "<interface name='org.freedesktop.Avahi.EntryGroup'>"
  "<method name='Free'/><method name='Commit'/><method name='Reset'/>"
  "<method name='AddService'><arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='q' direction='in'/><arg type='aay' direction='in'/></method>"
  "<signal name='StateChanged'><arg type='i'/><arg type='s'/></signal>"
  "</interface>"
  "<interface name='org.freedesktop.Avahi.ServiceBrowser'>"
  "<method name='Free'/>"
  "<signal name='ItemNew'><arg type='i'/><arg type='i'/><arg type='s'/><arg type='s'/><arg type='s'/><arg type='u'/></signal>"
  "<signal name='ItemRemove'><arg type='i'/><arg type='i'/><arg type='s'/><arg type='s'/><arg type='s'/><arg type='u'/></signal>"
  "<signal name='Failure'><arg type='s'/></signal><signal name='AllForNow'/><signal name='CacheExhausted'/>"
  "</interface>"
  "<interface name='org.freedesktop.Avahi.ServiceResolver'>"
  "<method name='Free'/>"
  "<signal name='Found'><arg type='i'/><arg type='i'/><arg type='s'/><arg type='s'/><arg type='s'/><arg type='s'/><arg type='i'/><arg type='s'/><arg type='q'/><arg type='aay'/><arg type='u'/></signal>"
  "<signal name='Failure'><arg type='s'/></signal>"
  "</interface>"
  "</node>";

/* What a program asked for. */
typedef struct {
  FakeAvahi  *avahi;
  const char *interface;        /* "EntryGroup" */
  char       *path, *client;
  guint       registered, watched;
  FakeService *service;         /* of a group: not committed yet; of a resolver: what it looks for */
} FakeObject;

static void
service_free (gpointer data)
{
  FakeService *service = data;

  g_free (service->name);
  g_free (service->host);
  g_free (service->address);
  g_variant_unref (service->txt);
  g_free (service->group);
  g_free (service);
}

static void emit_item (FakeAvahi *self, FakeObject *browser, FakeService *service, const char *signal);

static void
withdraw (FakeAvahi *self, const char *group)
{
  for (guint i = self->lingering ? 0 : self->services->len; i > 0; i--)
    {
      FakeService *service = self->services->pdata[i - 1];

      if (g_strcmp0 (service->group, group) != 0)
        continue;
      for (guint j = 0; j < self->objects->len; j++)
        emit_item (self, self->objects->pdata[j], service, "ItemRemove");
      g_ptr_array_remove_index (self->services, i - 1);
    }
}

static void
object_free (gpointer data)
{
  FakeObject *object = data;

  if (object->registered != 0)
    g_dbus_connection_unregister_object (object->avahi->connection, object->registered);
  if (object->watched != 0)
    g_bus_unwatch_name (object->watched);
  g_clear_pointer (&object->service, service_free);
  g_free (object->path);
  g_free (object->client);
  g_free (object);
}

static void
forget_object (FakeObject *object)
{
  FakeAvahi *self = object->avahi;
  g_autofree char *path = g_strdup (object->path);

  g_ptr_array_remove (self->objects, object);
  withdraw (self, path);
}

static void
emit (FakeAvahi *self, FakeObject *object, const char *signal, GVariant *parameters)
{
  g_autofree char *interface = g_strconcat (AVAHI ".", object->interface, NULL);

  g_dbus_connection_emit_signal (self->connection, object->client, object->path, interface, signal, parameters, NULL);
}

static void
emit_item (FakeAvahi *self, FakeObject *browser, FakeService *service, const char *signal)
{
  if (g_str_equal (browser->interface, "ServiceBrowser"))
    emit (self, browser, signal, g_variant_new ("(iisssu)", service->interface, service->protocol, service->name, TYPE, "local", service->flags));
}

static void
emit_found (FakeAvahi *self, FakeObject *resolver, FakeService *service)
{
  if (g_str_equal (resolver->interface, "ServiceResolver") && resolver->service->interface == service->interface && resolver->service->protocol == service->protocol &&
      g_str_equal (resolver->service->name, service->name))
    emit (self, resolver, "Found",
          g_variant_new ("(iissssisq@aayu)", service->interface, service->protocol, service->name, TYPE, "local", service->host, service->protocol, service->address, service->port, service->txt,
                         service->flags));
}

static void
publish (FakeAvahi *self, FakeService *service)
{
  g_ptr_array_add (self->services, service);
  for (guint i = 0; i < self->objects->len; i++)
    emit_item (self, self->objects->pdata[i], service, "ItemNew");
}

static gboolean
is_taken (GPtrArray *taken, const char *name)
{
  return g_ptr_array_find_with_equal_func (taken, name, g_str_equal, NULL);
}

/* By another group of this computer. */
static gboolean
is_announced (FakeAvahi *self, const FakeService *service)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      const FakeService *other = self->services->pdata[i];

      if (other->group != NULL && !g_str_equal (other->group, service->group) && g_str_equal (other->name, service->name))
        return TRUE;
    }
  return FALSE;
}

/* ---- an object of a program ---- */

static void
commit (FakeObject *group)
{
  FakeAvahi *self = group->avahi;
  FakeService *service = g_steal_pointer (&group->service);

  emit (self, group, "StateChanged", g_variant_new ("(is)", 1, ""));
  if (self->all_taken || is_taken (self->taken_there, service->name))
    {
      service_free (service);
      emit (self, group, "StateChanged", g_variant_new ("(is)", 3, ""));
      return;
    }
  publish (self, service);
  emit (self, group, "StateChanged", g_variant_new ("(is)", 2, ""));
}

static void
add_service (FakeObject *group, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  FakeAvahi *self = group->avahi;
  FakeService *service = g_new0 (FakeService, 1);
  const char *type, *domain;
  int interface, protocol;

  g_variant_get (parameters, "(iius&s&s&sq@aay)", &interface, &protocol, NULL, &service->name, &type, &domain, NULL, &service->port, &service->txt);
  g_assert_cmpstr (type, ==, TYPE);
  g_assert_cmpstr (domain, ==, "local");
  g_assert_cmpint (interface, ==, -1);
  g_assert_cmpuint (strlen (service->name), <=, 63);
  service->interface = 1;
  service->protocol = MAX (protocol, 0);
  service->host = g_strdup ("here.local");
  service->address = g_strdup ("127.0.0.1");
  service->flags = FAKE_AVAHI_LOCAL;
  service->group = g_strdup (group->path);
  if (is_taken (self->taken, service->name) || is_announced (self, service))
    {
      service_free (service);
      g_dbus_method_invocation_return_dbus_error (invocation, AVAHI ".CollisionError", "Local name collision");
      return;
    }
  g_clear_pointer (&group->service, service_free);
  group->service = service;
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
object_call_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  FakeObject *object = data;
  FakeAvahi *self = object->avahi;

  self->n_calls++;
  g_assert_cmpstr (sender, ==, object->client);
  if (g_strcmp0 (self->refused, method) == 0)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, AVAHI ".NotPermittedError", "Not permitted");
      return;
    }
  if (g_str_equal (method, "AddService"))
    {
      add_service (object, parameters, invocation);
      return;
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
  if (g_str_equal (method, "Free"))
    {
      forget_object (object);
    }
  else if (g_str_equal (method, "Reset"))
    {
      withdraw (self, object->path);
      emit (self, object, "StateChanged", g_variant_new ("(is)", 0, ""));
    }
  else if (g_str_equal (method, "Commit"))
    {
      commit (object);
    }
}

static void
client_gone_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  forget_object (data);
}

static FakeObject *
make_object (FakeAvahi *self, const char *interface, const char *client)
{
  static const GDBusInterfaceVTable vtable = { object_call_cb, NULL, NULL, { NULL } };
  g_autofree char *full = g_strconcat (AVAHI ".", interface, NULL);
  g_autoptr (GError) error = NULL;
  FakeObject *object = g_new0 (FakeObject, 1);

  object->avahi = self;
  object->interface = interface;
  object->client = g_strdup (client);
  object->path = g_strdup_printf ("/Client0/%s%u", interface, self->n_made++);
  object->registered = g_dbus_connection_register_object (self->connection, object->path, g_dbus_node_info_lookup_interface (self->info, full), &vtable, object, NULL, &error);
  g_assert_no_error (error);
  object->watched = g_bus_watch_name_on_connection (self->connection, client, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, client_gone_cb, object, NULL);
  g_ptr_array_add (self->objects, object);
  return object;
}

/* ---- the server ---- */

static void
tell_all (FakeAvahi *self, FakeObject *browser)
{
  for (guint i = 0; i < self->services->len; i++)
    emit_item (self, browser, self->services->pdata[i], "ItemNew");
  emit (self, browser, "AllForNow", NULL);
}

static void
make_browser (FakeAvahi *self, const char *sender, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  FakeObject *browser = make_object (self, "ServiceBrowser", sender);
  const char *type, *domain;

  g_variant_get (parameters, "(ii&s&su)", NULL, NULL, &type, &domain, NULL);
  g_assert_cmpstr (type, ==, TYPE);
  g_assert_cmpstr (domain, ==, "local");
  if (self->early)
    tell_all (self, browser);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", browser->path));
  if (!self->early)
    tell_all (self, browser);
}

static void
make_resolver (FakeAvahi *self, const char *sender, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  FakeObject *resolver = make_object (self, "ServiceResolver", sender);
  gboolean found = FALSE;

  resolver->service = g_new0 (FakeService, 1);
  g_variant_get (parameters, "(iis&s&siu)", &resolver->service->interface, &resolver->service->protocol, &resolver->service->name, NULL, NULL, NULL, NULL);
  resolver->service->txt = g_variant_ref_sink (g_variant_new_bytestring_array (NULL, 0));
  if (!self->early)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", resolver->path));
  for (guint i = 0; i < self->services->len; i++)
    {
      FakeService *service = self->services->pdata[i];

      found = found || g_str_equal (service->name, resolver->service->name);
      emit_found (self, resolver, service);
    }
  if (self->early)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", resolver->path));
  if (!found)
    emit (self, resolver, "Failure", g_variant_new ("(s)", AVAHI ".TimeoutError"));
}

static void
server_call_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
  FakeAvahi *self = data;

  self->n_calls++;
  if (g_strcmp0 (self->refused, method) == 0)
    g_dbus_method_invocation_return_dbus_error (invocation, AVAHI ".TooManyObjectsError", "Too many objects");
  else if (g_str_equal (method, "GetState"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(i)", self->state));
  else if (g_str_equal (method, "EntryGroupNew"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", make_object (self, "EntryGroup", sender)->path));
  else if (g_str_equal (method, "ServiceBrowserNew"))
    make_browser (self, sender, parameters, invocation);
  else if (g_str_equal (method, "ServiceResolverNew"))
    make_resolver (self, sender, parameters, invocation);
  else
    {
      g_autofree char *name = NULL, *other = NULL;

      g_variant_get (parameters, "(s)", &name);
      other = g_strconcat (name, " #2", NULL);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", other));
    }
}

/* ---- */

FakeAvahi *
fake_avahi_new (void)
{
  FakeAvahi *self = g_new0 (FakeAvahi, 1);
  g_autofree char *session = g_strdup (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));
  g_autoptr (GError) error = NULL;

  self->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (self->bus);
  /* it is the system's, not the session's: programs would keep that one */
  if (session != NULL)
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", session, TRUE);
  else
    g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (self->bus), TRUE);
  self->info = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  self->objects = g_ptr_array_new_with_free_func (object_free);
  self->services = g_ptr_array_new_with_free_func (service_free);
  self->taken = g_ptr_array_new_with_free_func (g_free);
  self->taken_there = g_ptr_array_new_with_free_func (g_free);
  self->state = 2;
  return self;
}

void
fake_avahi_free (FakeAvahi *self)
{
  fake_avahi_stop (self);
  g_ptr_array_unref (self->objects);
  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->taken);
  g_ptr_array_unref (self->taken_there);
  g_dbus_node_info_unref (self->info);
  g_free (self->refused);
  g_test_dbus_down (self->bus);
  g_object_unref (self->bus);
  g_free (self);
}

static void
owned_cb (GDBusConnection *connection, const char *name, gpointer data)
{
  ((FakeAvahi *) data)->owned = TRUE;
}

void
fake_avahi_start (FakeAvahi *self)
{
  static const GDBusInterfaceVTable vtable = { server_call_cb, NULL, NULL, { NULL } };
  g_autoptr (GError) error = NULL;

  self->connection = g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (self->bus),
                                                             G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  self->server_id = g_dbus_connection_register_object (self->connection, "/", self->info->interfaces[0], &vtable, self, NULL, &error);
  g_assert_no_error (error);
  self->name_id = g_bus_own_name_on_connection (self->connection, AVAHI, G_BUS_NAME_OWNER_FLAGS_NONE, owned_cb, NULL, self, NULL);
  rt_wait_until (self->owned);
}

void
fake_avahi_stop (FakeAvahi *self)
{
  if (self->connection == NULL)
    return;
  g_ptr_array_set_size (self->objects, 0);
  for (guint i = self->services->len; i > 0; i--)
    if (((FakeService *) self->services->pdata[i - 1])->group != NULL)
      g_ptr_array_remove_index (self->services, i - 1);
  g_dbus_connection_unregister_object (self->connection, self->server_id);
  g_clear_handle_id (&self->name_id, g_bus_unown_name);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  self->owned = FALSE;
}

void
fake_avahi_set_state (FakeAvahi *self, int state)
{
  self->state = state;
  g_dbus_connection_emit_signal (self->connection, NULL, "/", AVAHI ".Server", "StateChanged", g_variant_new ("(is)", state, state == 4 ? "It broke" : ""), NULL);
}

GVariant *
fake_avahi_txt (const char *first, ...)
{
  GVariantBuilder builder;
  va_list list;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  va_start (list, first);
  for (const char *string = first; string != NULL; string = va_arg (list, const char *))
    g_variant_builder_add_value (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, string, strlen (string), 1));
  va_end (list);
  return g_variant_builder_end (&builder);
}

void
fake_avahi_add (FakeAvahi *self, int interface, int protocol, const char *name, const char *host, const char *address, guint16 port, guint flags, GVariant *txt)
{
  FakeService *service = g_new0 (FakeService, 1);

  service->interface = interface;
  service->protocol = protocol;
  service->name = g_strdup (name);
  service->host = g_strdup (host);
  service->address = g_strdup (address);
  service->port = port;
  service->flags = flags;
  service->txt = g_variant_ref_sink (txt);
  publish (self, service);
}

static FakeService *
find (FakeAvahi *self, int interface, int protocol, const char *name)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      FakeService *service = self->services->pdata[i];

      if (service->interface == interface && service->protocol == protocol && g_str_equal (service->name, name))
        return service;
    }
  g_assert_not_reached ();
}

void
fake_avahi_remove (FakeAvahi *self, int interface, int protocol, const char *name)
{
  FakeService *service = find (self, interface, protocol, name);

  for (guint i = 0; i < self->objects->len; i++)
    emit_item (self, self->objects->pdata[i], service, "ItemRemove");
  g_ptr_array_remove (self->services, service);
}

void
fake_avahi_change (FakeAvahi *self, int interface, int protocol, const char *name, GVariant *txt)
{
  FakeService *service = find (self, interface, protocol, name);

  g_variant_unref (service->txt);
  service->txt = g_variant_ref_sink (txt);
  for (guint i = 0; i < self->objects->len; i++)
    emit_found (self, self->objects->pdata[i], service);
}

FakeService *
fake_avahi_get_own (FakeAvahi *self, guint position)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      FakeService *service = self->services->pdata[i];

      if (service->group != NULL && position-- == 0)
        return service;
    }
  return NULL;
}

guint
fake_avahi_count_own (FakeAvahi *self)
{
  guint n = 0;

  while (fake_avahi_get_own (self, n) != NULL)
    n++;
  return n;
}

guint
fake_avahi_count (FakeAvahi *self, const char *interface)
{
  guint n = 0;

  for (guint i = 0; i < self->objects->len; i++)
    n += g_str_equal (((FakeObject *) self->objects->pdata[i])->interface, interface);
  return n;
}

char *
fake_service_dup (FakeService *service, const char *key)
{
  gsize n = g_variant_n_children (service->txt);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (service->txt, i);
      gsize length;
      const char *string = g_variant_get_fixed_array (child, &length, 1);

      if (length > strlen (key) && strncmp (string, key, strlen (key)) == 0 && string[strlen (key)] == '=')
        return g_strndup (string + strlen (key) + 1, length - strlen (key) - 1);
    }
  return NULL;
}
