/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "rt-lan-announcer.h"
#include "rt-lan-record.h"

/* Avahi's states of a group. */
enum { GROUP_ESTABLISHED = 2, GROUP_COLLISION = 3, GROUP_FAILURE = 4 };
#define COLLISION_ERROR RT_AVAHI ".CollisionError"

struct _RtLanAnnouncer {
  GObject   parent_instance;
  RtLanBus *bus;

  /* what is wanted: NULL: nothing */
  GVariant *txt;
  char     *key;                /* tells whether something else is wanted: without what is made anew each time */
  char     *wanted_name;
  guint16   port;
  int       protocol;

  /* what became of it */
  guint     serial;             /* of this attempt */
  gboolean  asked;
  char     *group;              /* path */
  char     *name;               /* under which it is tried */
  guint     n_renames;
  guint     signal_id;
  gboolean  established;
  char     *error;
};

enum { PROP_0, PROP_NAME, PROP_ERROR, N_PROPS };
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RtLanAnnouncer, rt_lan_announcer, G_TYPE_OBJECT)

static void
set_error (RtLanAnnouncer *self, const char *error)
{
  if (g_strcmp0 (self->error, error) == 0)
    return;
  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
set_established (RtLanAnnouncer *self, gboolean established)
{
  if (self->established == established)
    return;
  self->established = established;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

/* ---- one attempt: its steps follow each other, and end where another attempt has begun ---- */

typedef struct {
  RtLanAnnouncer *announcer;
  guint           serial;
} Step;

static void
step_free (Step *step)
{
  g_object_unref (step->announcer);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Step, step_free)

static void
call (RtLanAnnouncer *self, const char *path, const char *interface, const char *method, GVariant *parameters, const char *reply, GAsyncReadyCallback callback)
{
  Step *step = g_new0 (Step, 1);

  step->announcer = g_object_ref (self);
  step->serial = self->serial;
  rt_lan_bus_call (self->bus, path, interface, method, parameters, reply, callback, step);
}

/* NULL: it failed, and *collision says whether by the name; or it is of no interest any more. */
static GVariant *
finish (Step *step, GAsyncResult *result, gboolean *collision)
{
  RtLanAnnouncer *self = step->announcer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = rt_lan_bus_call_finish (result, &error);
  g_autofree char *remote = error != NULL ? g_dbus_error_get_remote_error (error) : NULL;

  *collision = FALSE;
  if (self->serial != step->serial)
    return NULL;
  *collision = g_strcmp0 (remote, COLLISION_ERROR) == 0;
  if (error != NULL && !*collision)
    {
      g_dbus_error_strip_remote_error (error);
      set_error (self, error->message);
    }
  return g_steal_pointer (&reply);
}

static void rename_service (RtLanAnnouncer *self);

static void
committed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  gboolean collision;
  g_autoptr (GVariant) reply G_GNUC_UNUSED = finish (step, result, &collision);

  if (collision)
    rename_service (step->announcer);
}

static void
added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  RtLanAnnouncer *self = step->announcer;
  gboolean collision;
  g_autoptr (GVariant) reply = finish (step, result, &collision);

  if (collision)
    rename_service (self);
  else if (reply != NULL)
    call (self, self->group, RT_AVAHI_ENTRY_GROUP, "Commit", NULL, "()", committed_cb);
}

static void
add_service (RtLanAnnouncer *self)
{
  call (self, self->group, RT_AVAHI_ENTRY_GROUP, "AddService",
        g_variant_new ("(iiussssq@aay)", RT_LAN_ANY_INTERFACE, self->protocol, 0u, self->name, RT_LAN_SERVICE_TYPE, "local", "", self->port, self->txt), "()", added_cb);
}

static void
reset_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  gboolean collision;
  g_autoptr (GVariant) reply = finish (step, result, &collision);

  if (reply != NULL)
    add_service (step->announcer);
}

static void
alternative_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  RtLanAnnouncer *self = step->announcer;
  gboolean collision;
  g_autoptr (GVariant) reply = finish (step, result, &collision);

  if (reply == NULL)
    return;
  g_free (self->name);
  g_variant_get (reply, "(s)", &self->name);
  call (self, self->group, RT_AVAHI_ENTRY_GROUP, "Reset", NULL, "()", reset_cb);
}

static void
rename_service (RtLanAnnouncer *self)
{
  set_established (self, FALSE);
  if (++self->n_renames > RT_LAN_MAX_RENAMES)
    {
      set_error (self, _("Every name under which the network could be announced is in use in the local network"));
      return;
    }
  call (self, "/", RT_AVAHI_SERVER, "GetAlternativeServiceName", g_variant_new ("(s)", self->name), "(s)", alternative_cb);
}

static void
group_signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *name, GVariant *parameters, gpointer user_data)
{
  RtLanAnnouncer *self = user_data;
  const char *error;
  int state;

  if (g_strcmp0 (self->group, path) != 0 || !g_str_equal (name, "StateChanged") || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(is)")))
    return;
  g_variant_get (parameters, "(i&s)", &state, &error);
  if (state == GROUP_ESTABLISHED)
    {
      set_error (self, NULL);
      set_established (self, TRUE);
    }
  else if (state == GROUP_COLLISION)
    {
      rename_service (self);
    }
  else
    {
      set_established (self, FALSE);
      if (state == GROUP_FAILURE)
        set_error (self, error);
    }
}

static void
group_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Step) step = user_data;
  RtLanAnnouncer *self = step->announcer;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = rt_lan_bus_call_finish (result, &error);
  const char *path = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(&o)", &path);
  if (self->serial != step->serial)
    {
      rt_lan_bus_free_object (self->bus, path, RT_AVAHI_ENTRY_GROUP);
      return;
    }
  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      set_error (self, error->message);
      return;
    }
  self->group = g_strdup (path);
  add_service (self);
}

/* ---- from beginning to end ---- */

static void
end (RtLanAnnouncer *self)
{
  if (!self->asked)
    return;
  self->asked = FALSE;
  self->serial++;
  rt_lan_bus_unsubscribe (self->bus, &self->signal_id);
  /* a daemon that looks for another name is not ready, and has the group all the same */
  rt_lan_bus_free_object (self->bus, self->group, RT_AVAHI_ENTRY_GROUP);
  g_clear_pointer (&self->group, g_free);
  set_established (self, FALSE);
}

static void
update (RtLanAnnouncer *self)
{
  gboolean wanted = self->txt != NULL && rt_lan_bus_get_owner (self->bus) != NULL;

  if (wanted == self->asked)
    return;
  if (!wanted)
    {
      end (self);
      return;
    }
  self->asked = TRUE;
  self->n_renames = 0;
  g_free (self->name);
  self->name = g_strdup (self->wanted_name);
  set_error (self, NULL);
  self->signal_id = rt_lan_bus_subscribe (self->bus, RT_AVAHI_ENTRY_GROUP, group_signal_cb, self);
  call (self, "/", RT_AVAHI_SERVER, "EntryGroupNew", NULL, "(o)", group_made_cb);
}

static void
rt_lan_announcer_dispose (GObject *object)
{
  RtLanAnnouncer *self = RT_LAN_ANNOUNCER (object);

  if (self->bus != NULL)
    {
      end (self);
      g_signal_handlers_disconnect_by_data (self->bus, self);
    }
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (rt_lan_announcer_parent_class)->dispose (object);
}

static void
rt_lan_announcer_finalize (GObject *object)
{
  RtLanAnnouncer *self = RT_LAN_ANNOUNCER (object);

  g_clear_pointer (&self->txt, g_variant_unref);
  g_free (self->key);
  g_free (self->wanted_name);
  g_free (self->group);
  g_free (self->name);
  g_free (self->error);
  G_OBJECT_CLASS (rt_lan_announcer_parent_class)->finalize (object);
}

static void
rt_lan_announcer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtLanAnnouncer *self = RT_LAN_ANNOUNCER (object);

  switch (prop_id)
    {
    case PROP_NAME: g_value_set_string (value, rt_lan_announcer_get_name (self)); break;
    case PROP_ERROR: g_value_set_string (value, self->error); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_lan_announcer_class_init (RtLanAnnouncerClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_lan_announcer_dispose;
  object_class->finalize = rt_lan_announcer_finalize;
  object_class->get_property = rt_lan_announcer_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_lan_announcer_init (RtLanAnnouncer *self)
{
}

RtLanAnnouncer *
rt_lan_announcer_new (RtLanBus *bus)
{
  RtLanAnnouncer *self = g_object_new (RT_TYPE_LAN_ANNOUNCER, NULL);

  self->bus = g_object_ref (bus);
  g_signal_connect_swapped (bus, "changed", G_CALLBACK (update), self);
  return self;
}

/* The salt is new whenever something else is announced: who only listens cannot tell that it was the same network. */
void
rt_lan_announcer_announce (RtLanAnnouncer *self, RtNetworkConfig *config, guint16 port, gboolean with_ipv4, gboolean with_ipv6)
{
  const char *to = rt_network_config_get_announce (config);
  gboolean for_everybody = g_str_equal (to, RT_ANNOUNCE_EVERYBODY);
  g_autofree char *key = NULL, *salt = NULL;
  g_autofree char *tag = rt_lan_make_tag (config, "");
  g_autoptr (GError) error = NULL;
  GVariant *txt;

  g_return_if_fail (RT_IS_LAN_ANNOUNCER (self));
  g_return_if_fail (RT_IS_NETWORK_CONFIG (config));

  if (g_str_equal (to, RT_ANNOUNCE_NO) || port == 0 || (!with_ipv4 && !with_ipv6))
    {
      rt_lan_announcer_withdraw (self);
      return;
    }
  key = g_strdup_printf ("%s %s %u %d %d", tag, to, port, with_ipv4, with_ipv6);
  if (g_strcmp0 (key, self->key) == 0)
    return;
  rt_lan_announcer_withdraw (self);
  salt = for_everybody ? NULL : rt_lan_new_salt ();
  txt = rt_lan_new_txt (config, salt, &error);
  if (txt == NULL)
    {
      set_error (self, error->message);
      return;
    }
  self->txt = g_variant_ref_sink (txt);
  self->key = g_steal_pointer (&key);
  self->wanted_name = rt_lan_new_name (config, for_everybody);
  self->port = port;
  self->protocol = with_ipv4 && with_ipv6 ? RT_LAN_ANY_PROTOCOL : with_ipv6 ? RT_LAN_IPV6 : RT_LAN_IPV4;
  update (self);
}

void
rt_lan_announcer_withdraw (RtLanAnnouncer *self)
{
  g_return_if_fail (RT_IS_LAN_ANNOUNCER (self));

  g_clear_pointer (&self->txt, g_variant_unref);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->wanted_name, g_free);
  update (self);
  set_error (self, NULL);
}

const char *
rt_lan_announcer_get_name (RtLanAnnouncer *self)
{
  g_return_val_if_fail (RT_IS_LAN_ANNOUNCER (self), NULL);
  return self->established ? self->name : NULL;
}

const char *
rt_lan_announcer_get_error (RtLanAnnouncer *self)
{
  g_return_val_if_fail (RT_IS_LAN_ANNOUNCER (self), NULL);
  return self->error;
}
