/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "rt-nearby-private.h"
#include "model/timeline/rt-message-item.h"

/* Announcements come by the dozen: the list is made once for all of them. */
#define REGROUP_MILLISECONDS 100u

static void list_model_iface_init (GListModelInterface *iface);

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (RtNearby, rt_nearby, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
tell (RtNearby *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
is_asked_for (RtNearby *self)
{
  return self->settings != NULL && rt_settings_get_flag (self->settings, "find-nearby");
}

/* ---- our own networks ---- */

static void
own_free (gpointer data)
{
  RtNearbyOwn *own = data;

  g_signal_handlers_disconnect_by_data (own->network, own->nearby);
  g_signal_handlers_disconnect_by_data (own->announcer, own->nearby);
  rt_lan_announcer_withdraw (own->announcer);
  g_object_unref (own->announcer);
  g_object_unref (own->network);
  g_ptr_array_unref (own->offered);
  g_free (own);
}

RtNearbyOwn *
rt_nearby_find_own (RtNearby *self, RtNetwork *network)
{
  for (guint i = 0; i < self->own->len; i++)
    {
      RtNearbyOwn *own = self->own->pdata[i];

      if (own->network == network)
        return own;
    }
  return NULL;
}

gboolean
rt_nearby_own_is_wanted (RtNearbyOwn *own)
{
  RtNetworkConfig *config = rt_network_get_config (own->network);

  /* nothing of the demonstration concerns anybody outside */
  return !rt_network_config_get_demo (config) && !g_str_equal (rt_network_config_get_announce (config), RT_ANNOUNCE_NO);
}

/* "localhost" is the only name that one can listen at. */
static gboolean
listens_here_only (RtNetworkConfig *config)
{
  return rt_address_scope (rt_network_config_get_listen_host (config)) == RT_ADDRESS_COMPUTER;
}

static void
announce (RtNearby *self, RtNearbyOwn *own)
{
  RtNetworkConfig *config = rt_network_get_config (own->network);
  P2pMeshSocket *socket = rt_network_get_socket (own->network);
  g_autoptr (GInetAddress) at = g_inet_address_new_from_string (rt_network_config_get_listen_host (config));
  gboolean any = at == NULL || g_inet_address_get_is_any (at);

  if (own->socket != socket)
    {
      /* of another life of the node */
      own->socket = socket;
      own->n_offered = 0;
      g_ptr_array_set_size (own->offered, 0);
    }
  if (!rt_nearby_own_is_wanted (own))
    g_ptr_array_set_size (own->offered, 0);
  if (socket == NULL || !rt_nearby_own_is_wanted (own) || (listens_here_only (config) && !self->announce_local))
    rt_lan_announcer_withdraw (own->announcer);
  else
    rt_lan_announcer_announce (own->announcer, config, p2p_mesh_socket_get_port (socket), any || g_inet_address_get_family (at) == G_SOCKET_FAMILY_IPV4,
                               any || g_inet_address_get_family (at) == G_SOCKET_FAMILY_IPV6);
}

/* ---- what is wanted ---- */

static gboolean
regroup_cb (gpointer user_data)
{
  RtNearby *self = user_data;

  self->timer = 0;
  rt_nearby_regroup (self);
  tell (self);
  return G_SOURCE_REMOVE;
}

static void
regroup_soon (RtNearby *self)
{
  if (self->timer == 0)
    self->timer = rt_timer_add (REGROUP_MILLISECONDS, "[rt-model] nearby", regroup_cb, self);
}

static void
update (RtNearby *self)
{
  gboolean browse = is_asked_for (self);

  for (guint i = 0; i < self->own->len; i++)
    {
      RtNearbyOwn *own = self->own->pdata[i];

      browse = browse || (rt_nearby_own_is_wanted (own) && rt_network_get_socket (own->network) != NULL);
    }
  if (browse && !self->awake)
    {
      self->awake = TRUE;
      rt_lan_bus_start (self->bus);
    }
  for (guint i = 0; i < self->own->len; i++)
    announce (self, self->own->pdata[i]);
  rt_lan_browser_set_active (self->browser, browse);
  if (!browse && self->awake)
    {
      self->awake = FALSE;
      rt_lan_bus_stop (self->bus);
    }
  rt_nearby_regroup (self);
  tell (self);
}

static void
networks_changed_cb (RtNearby *self)
{
  g_autoptr (GPtrArray) old = self->own;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));

  self->own = g_ptr_array_new_with_free_func (own_free);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);
      RtNearbyOwn *own = NULL;

      for (guint j = 0; j < old->len && own == NULL; j++)
        if (((RtNearbyOwn *) old->pdata[j])->network == network)
          own = g_ptr_array_steal_index (old, j);
      if (own == NULL)
        {
          own = g_new0 (RtNearbyOwn, 1);
          own->nearby = self;
          own->network = g_object_ref (network);
          own->announcer = rt_lan_announcer_new (self->bus);
          own->offered = g_ptr_array_new_with_free_func (g_free);
          g_signal_connect_swapped (network, "notify::config", G_CALLBACK (update), self);
          g_signal_connect_swapped (network, "notify::socket", G_CALLBACK (update), self);
          g_signal_connect_swapped (own->announcer, "notify", G_CALLBACK (regroup_soon), self);
        }
      g_ptr_array_add (self->own, own);
    }
  g_ptr_array_set_size (old, 0);
  update (self);
}

/* ---- GListModel ---- */

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_NEARBY_NETWORK;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (RT_NEARBY (model)->found));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (RT_NEARBY (model)->found), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- object ---- */

static void
rt_nearby_dispose (GObject *object)
{
  RtNearby *self = RT_NEARBY (object);

  rt_timer_clear (&self->timer);
  if (self->networks != NULL)
    g_signal_handlers_disconnect_by_data (self->networks, self);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  if (self->bus != NULL)
    g_signal_handlers_disconnect_by_data (self->bus, self);
  if (self->browser != NULL)
    g_signal_handlers_disconnect_by_data (self->browser, self);
  g_ptr_array_set_size (self->own, 0);
  g_clear_object (&self->browser);
  if (self->bus != NULL)
    rt_lan_bus_stop (self->bus);
  g_clear_object (&self->bus);
  g_clear_object (&self->networks);
  g_clear_object (&self->settings);
  if (self->found != NULL)
    g_signal_handlers_disconnect_by_data (self->found, self);
  g_clear_object (&self->found);
  G_OBJECT_CLASS (rt_nearby_parent_class)->dispose (object);
}

static void
rt_nearby_finalize (GObject *object)
{
  g_ptr_array_unref (RT_NEARBY (object)->own);
  g_ptr_array_unref (RT_NEARBY (object)->our_names);
  G_OBJECT_CLASS (rt_nearby_parent_class)->finalize (object);
}

static void
rt_nearby_class_init (RtNearbyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_nearby_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_nearby_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_nearby_init (RtNearby *self)
{
  self->clock = g_get_monotonic_time;
  self->own = g_ptr_array_new_with_free_func (own_free);
  self->our_names = g_ptr_array_new_with_free_func (g_free);
  self->found = g_list_store_new (RT_TYPE_NEARBY_NETWORK);
  g_signal_connect_swapped (self->found, "items-changed", G_CALLBACK (g_list_model_items_changed), self);
}

RtNearby *
rt_nearby_new (RtNetworks *networks, RtSettings *settings)
{
  RtNearby *self;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);
  g_return_val_if_fail (settings == NULL || RT_IS_SETTINGS (settings), NULL);

  self = g_object_new (RT_TYPE_NEARBY, NULL);
  self->networks = g_object_ref (networks);
  g_set_object (&self->settings, settings);
  self->bus = rt_lan_bus_new ();
  self->browser = rt_lan_browser_new (self->bus);
  g_signal_connect_swapped (self->bus, "changed", G_CALLBACK (tell), self);
  g_signal_connect_swapped (self->browser, "changed", G_CALLBACK (regroup_soon), self);
  g_signal_connect_swapped (networks, "items-changed", G_CALLBACK (networks_changed_cb), self);
  if (settings != NULL)
    g_signal_connect_swapped (settings, "notify::find-nearby", G_CALLBACK (update), self);
  networks_changed_cb (self);
  return self;
}

void
rt_nearby_set_announce_local (RtNearby *self)
{
  g_return_if_fail (RT_IS_NEARBY (self));

  self->announce_local = TRUE;
  update (self);
}

void
rt_nearby_try_again (RtNearby *self)
{
  g_return_if_fail (RT_IS_NEARBY (self));

  if (!self->awake)
    return;
  rt_lan_bus_stop (self->bus);
  rt_lan_bus_start (self->bus);
}

/* ---- words ---- */

RtNearbyState
rt_nearby_get_state (RtNearby *self)
{
  g_return_val_if_fail (RT_IS_NEARBY (self), RT_NEARBY_OFF);

  if (!is_asked_for (self))
    return RT_NEARBY_OFF;
  switch (rt_lan_bus_get_state (self->bus))
    {
    case RT_LAN_BUS_NO_BUS: return RT_NEARBY_NO_BUS;
    case RT_LAN_BUS_NO_DAEMON: return RT_NEARBY_NO_DAEMON;
    case RT_LAN_BUS_FAILED: return RT_NEARBY_FAILED;
    case RT_LAN_BUS_READY: break;
    case RT_LAN_BUS_OFF:
    case RT_LAN_BUS_CONNECTING:
    case RT_LAN_BUS_WAITING:
    default: return RT_NEARBY_LOOKING;
    }
  if (rt_lan_browser_get_error (self->browser) != NULL)
    return RT_NEARBY_FAILED;
  if (g_list_model_get_n_items (G_LIST_MODEL (self->found)) > 0)
    return RT_NEARBY_FOUND;
  return rt_lan_browser_get_all_told (self->browser) ? RT_NEARBY_NOTHING : RT_NEARBY_LOOKING;
}

static const char *
get_no_daemon_words (void)
{
  return _("Avahi, the service that looks around in the local network, does not run on this computer. On many systems its package is called “avahi-daemon”. When it starts, this goes on by itself.");
}

static const char *
get_no_bus_words (void)
{
  return _("This computer has no system bus, by which Avahi, the service that looks around in the local network, could be asked.");
}

static char *
dup_failure_words (const char *error)
{
  g_autofree char *shown = rt_sanitise_line (error, 200);

  /* Translators: %s is what Avahi, a service of the system, said */
  return g_strdup_printf (_("Avahi, the service that looks around in the local network, refuses: %s"), shown);
}

char *
rt_nearby_dup_words (RtNearby *self)
{
  guint n;

  g_return_val_if_fail (RT_IS_NEARBY (self), NULL);

  switch (rt_nearby_get_state (self))
    {
    case RT_NEARBY_OFF: return g_strdup (_("Off: this computer does not look for networks nearby"));
    case RT_NEARBY_NOTHING: return g_strdup (_("Nobody here announces a network to everybody. Who does appears here by himself."));
    case RT_NEARBY_FOUND:
      n = g_list_model_get_n_items (G_LIST_MODEL (self->found));
      return g_strdup_printf (ngettext ("%u network is announced here", "%u networks are announced here", n), n);
    case RT_NEARBY_NO_BUS: return g_strdup (get_no_bus_words ());
    case RT_NEARBY_NO_DAEMON: return g_strdup (get_no_daemon_words ());
    case RT_NEARBY_FAILED:
      return dup_failure_words (rt_lan_bus_get_error (self->bus) != NULL ? rt_lan_bus_get_error (self->bus) : rt_lan_browser_get_error (self->browser));
    case RT_NEARBY_LOOKING:
    default: return g_strdup (_("Looking around…"));
    }
}

char *
rt_nearby_dup_rest_words (RtNearby *self)
{
  g_autoptr (GString) words = g_string_new (NULL);
  guint n_refused = rt_lan_browser_get_n_refused (self->browser) + self->n_unreadable;

  g_return_val_if_fail (RT_IS_NEARBY (self), NULL);

  if (!is_asked_for (self))
    return NULL;
  if (self->n_hidden > 0)
    g_string_append_printf (words, ngettext ("%u network here is shown to its members only.", "%u networks here are shown to their members only.", self->n_hidden), self->n_hidden);
  if (n_refused > 0)
    {
      g_string_append (words, words->len > 0 ? "\n" : "");
      g_string_append_printf (words, ngettext ("%u announcement was left out: it is damaged, or there are too many.",
                                               "%u announcements were left out: they are damaged, or too many.", n_refused), n_refused);
    }
  return words->len > 0 ? g_string_free (g_steal_pointer (&words), FALSE) : NULL;
}

char *
rt_nearby_dup_announced_words (RtNearby *self, RtNetwork *network)
{
  RtNearbyOwn *own;
  RtNetworkConfig *config;
  const char *name, *error;

  g_return_val_if_fail (RT_IS_NEARBY (self), NULL);
  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  own = rt_nearby_find_own (self, network);
  config = rt_network_get_config (network);
  if (rt_network_config_get_has_secret (config))
    return g_strdup (_("A private network is not announced: it does not show itself to others, not even here"));
  if (own == NULL || !rt_nearby_own_is_wanted (own))
    return g_strdup (_("Nothing is announced of this network"));
  if (rt_network_get_socket (network) == NULL)
    return g_strdup (_("The network is off: it is announced when it is on again"));
  if (listens_here_only (config) && !self->announce_local)
    return g_strdup (_("The network listens on this computer only. Nobody else could come, so it is not announced."));
  error = rt_lan_announcer_get_error (own->announcer);
  name = rt_lan_announcer_get_name (own->announcer);
  if (name != NULL)
    /* Translators: %s is a name like "friends 3f9c" */
    return g_strdup_printf (_("Announced as “%s”"), name);
  switch (rt_lan_bus_get_state (self->bus))
    {
    case RT_LAN_BUS_NO_BUS: return g_strdup (get_no_bus_words ());
    case RT_LAN_BUS_NO_DAEMON: return g_strdup (get_no_daemon_words ());
    case RT_LAN_BUS_FAILED: return dup_failure_words (rt_lan_bus_get_error (self->bus));
    case RT_LAN_BUS_OFF:
    case RT_LAN_BUS_CONNECTING:
    case RT_LAN_BUS_WAITING:
    case RT_LAN_BUS_READY:
    default: return error != NULL ? g_strdup (error) : g_strdup (_("Is being announced…"));
    }
}
