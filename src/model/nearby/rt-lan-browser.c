/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <net/if.h>
#include <string.h>

#include "rt-lan-browser.h"
#include "rt-lan-left-out.h"
#include "model/reach/rt-address-scope.h"
#include "model/timeline/rt-message-item.h"

/* As much of the name of a computer as is shown. */
#define MAX_COMPUTER_BYTES 64u

struct _RtLanBrowser {
  GObject      parent_instance;
  RtLanBus    *bus;
  gboolean     active;
  gboolean     asked;                   /* the daemon, for a browser */
  guint        serial;                  /* of that */
  char        *path;                    /* of the browser; NULL: not known yet */
  guint        browser_id, resolver_id; /* subscriptions */
  GPtrArray   *services;
  gboolean     all_told;
  char        *error;
  GPtrArray   *left_out;                /* of RtLanLeftOut, in the order in which they came */
};

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (RtLanBrowser, rt_lan_browser, G_TYPE_OBJECT)

static void
part_free (gpointer data)
{
  RtLanPart *part = data;

  g_free (part->resolver);
  g_clear_pointer (&part->record, rt_lan_record_free);
  g_free (part->trouble);
  g_free (part->host);
  g_free (part->computer);
  g_free (part);
}

static void
service_free (gpointer data)
{
  RtLanService *service = data;

  g_free (service->name);
  g_free (service->domain);
  g_ptr_array_unref (service->parts);
  g_free (service);
}

static void
tell (RtLanBrowser *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static RtLanService *
find_service (RtLanBrowser *self, const char *name, const char *domain)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      RtLanService *service = self->services->pdata[i];

      if (g_str_equal (service->name, name) && g_str_equal (service->domain, domain))
        return service;
    }
  return NULL;
}

static RtLanPart *
find_part (RtLanService *service, int interface, int protocol)
{
  for (guint i = 0; service != NULL && i < service->parts->len; i++)
    {
      RtLanPart *part = service->parts->pdata[i];

      if (part->interface == interface && part->protocol == protocol)
        return part;
    }
  return NULL;
}

/* ---- where one is ---- */

typedef struct {
  RtLanBrowser *browser;
  guint         serial;
  char         *name, *domain;
  int           interface, protocol;
} Resolving;

static void
resolving_free (Resolving *self)
{
  g_object_unref (self->browser);
  g_free (self->name);
  g_free (self->domain);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Resolving, resolving_free)

static void
resolver_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Resolving) resolving = user_data;
  RtLanBrowser *self = resolving->browser;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = rt_lan_bus_call_finish (result, &error);
  const char *path;
  RtLanPart *part;

  if (reply == NULL)
    {
      g_debug ("Avahi does not look for “%s”: %s", resolving->name, error->message);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  part = self->serial == resolving->serial ? find_part (find_service (self, resolving->name, resolving->domain), resolving->interface, resolving->protocol) : NULL;
  /* it went meanwhile, or came again */
  if (part == NULL || part->resolver != NULL)
    rt_lan_bus_free_object (self->bus, path, RT_AVAHI_RESOLVER);
  else
    part->resolver = g_strdup (path);
}

/* By the protocol by which it is announced: a node that has IPv4 alone says so by announcing there alone. */
static void
resolve (RtLanBrowser *self, RtLanService *service, RtLanPart *part)
{
  Resolving *resolving = g_new0 (Resolving, 1);

  resolving->browser = g_object_ref (self);
  resolving->serial = self->serial;
  resolving->name = g_strdup (service->name);
  resolving->domain = g_strdup (service->domain);
  resolving->interface = part->interface;
  resolving->protocol = part->protocol;
  rt_lan_bus_call (self->bus, "/", RT_AVAHI_SERVER, "ServiceResolverNew",
                   g_variant_new ("(iisssiu)", part->interface, part->protocol, service->name, RT_LAN_SERVICE_TYPE, service->domain, part->protocol, 0u), "(o)", resolver_made_cb, resolving);
}

/* What the address means on this machine; NULL: nothing. */
static char *
dup_host (const char *text, int interface)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  g_autofree char *host = NULL;
  char zone[IF_NAMESIZE];

  if (address == NULL)
    return NULL;
  host = g_inet_address_to_string (address);
  if (rt_address_scope (host) == RT_ADDRESS_NOWHERE)
    return NULL;
  /* of IPv6 it means nothing without the card */
  if (g_inet_address_get_is_link_local (address) && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    return interface > 0 && if_indextoname ((unsigned) interface, zone) != NULL ? g_strconcat (host, "%", zone, NULL) : NULL;
  return g_steal_pointer (&host);
}

/* "ada-laptop.local" */
static char *
dup_computer (const char *host)
{
  g_autofree char *plain = g_strndup (host, strcspn (host, "."));
  g_autofree char *shown = g_strstrip (rt_sanitise_line (plain, MAX_COMPUTER_BYTES));

  return *shown != '\0' ? g_steal_pointer (&shown) : NULL;
}

static void
take_found (RtLanBrowser *self, GVariant *parameters)
{
  int interface, protocol, address_protocol;
  const char *name, *type, *domain, *host, *address;
  guint16 port;
  guint flags;
  g_autoptr (GVariant) txt = NULL;
  g_autoptr (GError) error = NULL;
  RtLanService *service;
  RtLanPart *part;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iissssisqaayu)")))
    return;
  g_variant_get (parameters, "(ii&s&s&s&si&sq@aayu)", &interface, &protocol, &name, &type, &domain, &host, &address_protocol, &address, &port, &txt, &flags);
  service = g_str_equal (type, RT_LAN_SERVICE_TYPE) ? find_service (self, name, domain) : NULL;
  part = find_part (service, interface, protocol);
  if (part == NULL)
    return;
  g_free (part->host);
  part->host = port != 0 ? dup_host (address, interface) : NULL;
  part->port = port;
  g_free (part->computer);
  part->computer = dup_computer (host);
  g_clear_pointer (&part->record, rt_lan_record_free);
  g_clear_pointer (&part->trouble, g_free);
  part->record = rt_lan_record_parse (txt, &error);
  if (part->record == NULL)
    part->trouble = g_strdup (error->message);
  tell (self);
}

static void
resolver_signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name, GVariant *parameters, gpointer user_data)
{
  RtLanBrowser *self = user_data;

  if (g_str_equal (name, "Found"))
    {
      take_found (self, parameters);
      return;
    }
  if (!g_str_equal (name, "Failure"))
    return;
  for (guint i = 0; i < self->services->len; i++)
    {
      RtLanService *service = self->services->pdata[i];

      for (guint j = 0; j < service->parts->len; j++)
        {
          RtLanPart *part = service->parts->pdata[j];

          if (g_strcmp0 (part->resolver, path) != 0)
            continue;
          /* who announces himself again is looked for again */
          rt_lan_bus_free_object (self->bus, path, RT_AVAHI_RESOLVER);
          g_clear_pointer (&part->resolver, g_free);
          return;
        }
    }
}

/* ---- who is there ---- */

static gboolean
has_room (RtLanBrowser *self, RtLanService *service, const char *name, const char *domain)
{
  if (strlen (name) > RT_LAN_MAX_NAME || strlen (domain) > RT_LAN_MAX_DOMAIN)
    return FALSE;
  return service != NULL ? service->parts->len < RT_LAN_MAX_PARTS : self->services->len < RT_LAN_MAX_SERVICES;
}

static void
take_new (RtLanBrowser *self, int interface, int protocol, const char *name, const char *domain, guint flags)
{
  RtLanService *service = find_service (self, name, domain);
  RtLanPart *part = find_part (service, interface, protocol);

  if (part == NULL && !has_room (self, service, name, domain))
    {
      rt_lan_left_out_add (self->left_out, interface, protocol, name, domain, flags);
      tell (self);
      return;
    }
  if (service == NULL)
    {
      service = g_new0 (RtLanService, 1);
      service->name = g_strdup (name);
      service->domain = g_strdup (domain);
      service->parts = g_ptr_array_new_with_free_func (part_free);
      g_ptr_array_add (self->services, service);
    }
  if (part == NULL)
    {
      part = g_new0 (RtLanPart, 1);
      part->interface = interface;
      part->protocol = protocol;
      g_ptr_array_add (service->parts, part);
    }
  part->local = (flags & RT_LAN_RESULT_LOCAL) != 0;
  if (part->resolver == NULL)
    resolve (self, service, part);
}

/* Somebody went: those who waited for it come in. The daemon says nothing of them again. */
static void
fill_up (RtLanBrowser *self)
{
  for (guint i = 0; i < self->left_out->len;)
    {
      RtLanLeftOut *left_out = self->left_out->pdata[i];

      if (!has_room (self, find_service (self, left_out->name, left_out->domain), left_out->name, left_out->domain))
        {
          i++;
          continue;
        }
      g_ptr_array_steal_index (self->left_out, i);
      take_new (self, left_out->interface, left_out->protocol, left_out->name, left_out->domain, left_out->flags);
      rt_lan_left_out_free (left_out);
    }
}

static void
take_remove (RtLanBrowser *self, int interface, int protocol, const char *name, const char *domain)
{
  RtLanService *service = find_service (self, name, domain);
  RtLanPart *part = find_part (service, interface, protocol);

  if (part == NULL)
    {
      if (rt_lan_left_out_remove (self->left_out, interface, protocol, name, domain))
        tell (self);
      return;
    }
  rt_lan_bus_free_object (self->bus, part->resolver, RT_AVAHI_RESOLVER);
  g_ptr_array_remove (service->parts, part);
  if (service->parts->len == 0)
    g_ptr_array_remove (self->services, service);
  fill_up (self);
  tell (self);
}

/* Only ours has this type: it need not be known yet what the browser is called. */
static void
take_item (RtLanBrowser *self, GVariant *parameters, gboolean is_new)
{
  int interface, protocol;
  const char *name, *type, *domain;
  guint flags;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(iisssu)")))
    return;
  g_variant_get (parameters, "(ii&s&s&su)", &interface, &protocol, &name, &type, &domain, &flags);
  if (!g_str_equal (type, RT_LAN_SERVICE_TYPE))
    return;
  if (is_new)
    take_new (self, interface, protocol, name, domain, flags);
  else
    take_remove (self, interface, protocol, name, domain);
}

static void
set_error (RtLanBrowser *self, const char *error)
{
  g_free (self->error);
  self->error = g_strdup (error);
  tell (self);
}

static void
browser_signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name, GVariant *parameters, gpointer user_data)
{
  RtLanBrowser *self = user_data;

  if (g_str_equal (name, "ItemNew") || g_str_equal (name, "ItemRemove"))
    {
      take_item (self, parameters, g_str_equal (name, "ItemNew"));
    }
  else if (g_str_equal (name, "AllForNow") && (self->path == NULL || g_str_equal (self->path, path)))
    {
      self->all_told = TRUE;
      tell (self);
    }
  else if (g_str_equal (name, "Failure") && g_strcmp0 (self->path, path) == 0 && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(s)")))
    {
      const char *error;

      g_variant_get (parameters, "(&s)", &error);
      set_error (self, error);
    }
}

typedef struct {
  RtLanBrowser *browser;
  guint         serial;
} Browsing;

static void
browser_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Browsing *browsing = user_data;
  g_autoptr (RtLanBrowser) self = browsing->browser;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = rt_lan_bus_call_finish (result, &error);
  const char *path = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(&o)", &path);
  if (self->serial != browsing->serial)
    {
      rt_lan_bus_free_object (self->bus, path, RT_AVAHI_BROWSER);
      return;
    }
  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      set_error (self, error->message);
      return;
    }
  self->path = g_strdup (path);
}

/* ---- */

/* Of a daemon that went, all of it went; one that is not ready has it still. */
static void
end (RtLanBrowser *self)
{
  if (!self->asked)
    return;
  self->asked = FALSE;
  self->serial++;
  rt_lan_bus_unsubscribe (self->bus, &self->browser_id);
  rt_lan_bus_unsubscribe (self->bus, &self->resolver_id);
  rt_lan_bus_free_object (self->bus, self->path, RT_AVAHI_BROWSER);
  for (guint i = 0; i < self->services->len; i++)
    {
      GPtrArray *parts = ((RtLanService *) self->services->pdata[i])->parts;

      for (guint j = 0; j < parts->len; j++)
        rt_lan_bus_free_object (self->bus, ((RtLanPart *) parts->pdata[j])->resolver, RT_AVAHI_RESOLVER);
    }
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->error, g_free);
  g_ptr_array_set_size (self->services, 0);
  self->all_told = FALSE;
  g_ptr_array_set_size (self->left_out, 0);
}

static void
update (RtLanBrowser *self)
{
  gboolean wanted = self->active && rt_lan_bus_get_owner (self->bus) != NULL;
  Browsing *browsing;

  if (wanted == self->asked)
    return;
  if (!wanted)
    {
      end (self);
      tell (self);
      return;
    }
  self->asked = TRUE;
  /* before it is asked: what it says may come before what it answers */
  self->browser_id = rt_lan_bus_subscribe (self->bus, RT_AVAHI_BROWSER, browser_signal_cb, self);
  self->resolver_id = rt_lan_bus_subscribe (self->bus, RT_AVAHI_RESOLVER, resolver_signal_cb, self);
  browsing = g_new0 (Browsing, 1);
  browsing->browser = g_object_ref (self);
  browsing->serial = self->serial;
  /* "local": by multicast, wherever else the machine may be told to look */
  rt_lan_bus_call (self->bus, "/", RT_AVAHI_SERVER, "ServiceBrowserNew", g_variant_new ("(iissu)", RT_LAN_ANY_INTERFACE, RT_LAN_ANY_PROTOCOL, RT_LAN_SERVICE_TYPE, "local", 0u), "(o)",
                   browser_made_cb, browsing);
  tell (self);
}

static void
rt_lan_browser_dispose (GObject *object)
{
  RtLanBrowser *self = RT_LAN_BROWSER (object);

  if (self->bus != NULL)
    {
      end (self);
      g_signal_handlers_disconnect_by_data (self->bus, self);
    }
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (rt_lan_browser_parent_class)->dispose (object);
}

static void
rt_lan_browser_finalize (GObject *object)
{
  RtLanBrowser *self = RT_LAN_BROWSER (object);

  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->left_out);
  g_free (self->path);
  g_free (self->error);
  G_OBJECT_CLASS (rt_lan_browser_parent_class)->finalize (object);
}

static void
rt_lan_browser_class_init (RtLanBrowserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_lan_browser_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_lan_browser_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_lan_browser_init (RtLanBrowser *self)
{
  self->services = g_ptr_array_new_with_free_func (service_free);
  self->left_out = g_ptr_array_new_with_free_func (rt_lan_left_out_free);
}

RtLanBrowser *
rt_lan_browser_new (RtLanBus *bus)
{
  RtLanBrowser *self = g_object_new (RT_TYPE_LAN_BROWSER, NULL);

  self->bus = g_object_ref (bus);
  g_signal_connect_swapped (bus, "changed", G_CALLBACK (update), self);
  return self;
}

void
rt_lan_browser_set_active (RtLanBrowser *self, gboolean active)
{
  g_return_if_fail (RT_IS_LAN_BROWSER (self));

  if (self->active == (active != FALSE))
    return;
  self->active = active != FALSE;
  update (self);
}

GPtrArray *
rt_lan_browser_get_services (RtLanBrowser *self)
{
  g_return_val_if_fail (RT_IS_LAN_BROWSER (self), NULL);
  return self->services;
}

gboolean
rt_lan_browser_get_all_told (RtLanBrowser *self)
{
  g_return_val_if_fail (RT_IS_LAN_BROWSER (self), FALSE);
  return self->all_told;
}

const char *
rt_lan_browser_get_error (RtLanBrowser *self)
{
  g_return_val_if_fail (RT_IS_LAN_BROWSER (self), NULL);
  return self->error;
}

guint
rt_lan_browser_get_n_refused (RtLanBrowser *self)
{
  g_return_val_if_fail (RT_IS_LAN_BROWSER (self), 0);
  return self->left_out->len;
}
