/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-reachability.h"
#include "ports/rt-ports-address.h"

#include <ifaddrs.h>
#include <string.h>
#include <arpa/inet.h>
#include <net/if.h>

struct _RtReachability {
  GObject      parent_instance;

  RtNetwork   *network;
  GPtrArray   *findings;        /* of RtFinding */
  RtReached    reached;
  RtReachedFix fix;
  guint16      called;          /* the port that neighbours were asked to come to */
};

G_DEFINE_FINAL_TYPE (RtReachability, rt_reachability, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Of an interface that is up. Transfer full, nullable. */
static char *
find_ipv6 (void)
{
  struct ifaddrs *all = NULL;
  char *found = NULL;

  if (getifaddrs (&all) != 0)
    return NULL;
  for (struct ifaddrs *one = all; one != NULL && found == NULL; one = one->ifa_next)
    {
      char text[INET6_ADDRSTRLEN];

      if (one->ifa_addr == NULL || one->ifa_addr->sa_family != AF_INET6 || !(one->ifa_flags & IFF_UP))
        continue;
      if (inet_ntop (AF_INET6, &((struct sockaddr_in6 *) (gpointer) one->ifa_addr)->sin6_addr, text, sizeof text) != NULL && rt_ipv6_is_public (text))
        found = g_strdup (text);
    }
  freeifaddrs (all);
  return found;
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address) : g_strcmp0 (host, "localhost") == 0;
}

/* Where others are told to come. */
static guint16
get_told_port (RtReachability *self)
{
  RtPortMap *map = rt_network_get_port_map (self->network);
  P2pMeshSocket *socket = rt_network_get_socket (self->network);

  if (socket == NULL)
    return 0;
  return rt_port_map_get_state (map) == RT_PORT_MAP_OPEN ? rt_port_map_get_external (map) : p2p_mesh_socket_get_out_port (socket);
}

static void
update (RtReachability *self)
{
  RtNetworkConfig *config = rt_network_get_config (self->network);
  RtPortMap *map = rt_network_get_port_map (self->network);
  P2pMeshSocket *socket = rt_network_get_socket (self->network);
  const char *listen_host = rt_network_config_get_listen_host (config);
  g_autofree char *lan = p2p_get_lan_address (), *ipv6 = find_ipv6 (), *words = rt_port_map_dup_words (map);
  RtCalls *calls = rt_network_get_calls (self->network);
  RtReachFacts facts = {
    .up = socket != NULL,
    .loopback_only = is_loopback (listen_host),
    .ipv4_only = strchr (listen_host, ':') == NULL,
    .port = socket != NULL ? p2p_mesh_socket_get_port (socket) : 0,
    .n_peers = rt_network_get_n_peers (self->network),
    .lan = lan,
    .ipv6 = ipv6,
    .out_address = rt_network_config_get_out_address (config),
    .asks_router = rt_network_config_get_map_port (config),
    .map_state = rt_port_map_get_state (map),
    .map_trouble = rt_port_map_get_trouble (map),
    .map_words = words,
    .came_in = rt_network_get_came_in (self->network, FALSE),
    .came_from_far = rt_network_get_came_in (self->network, TRUE),
    .seen_at = rt_calls_get_host (calls),
    .router_address = rt_port_map_get_router_address (map),
  };

  /* what they found at another port says nothing of this one */
  if (self->called == get_told_port (self))
    rt_calls_get_counts (calls, &facts.calls);

  g_ptr_array_set_size (self->findings, 0);
  self->reached = rt_reach_judge (&facts, self->findings, &self->fix);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
rt_reachability_dispose (GObject *object)
{
  RtReachability *self = RT_REACHABILITY (object);

  g_clear_object (&self->network);
  g_clear_pointer (&self->findings, g_ptr_array_unref);

  G_OBJECT_CLASS (rt_reachability_parent_class)->dispose (object);
}

static void
rt_reachability_class_init (RtReachabilityClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_reachability_dispose;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_reachability_init (RtReachability *self)
{
  self->findings = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_finding_free);
}

RtReachability *
rt_reachability_new (RtNetwork *network)
{
  static const char * const watched[] = { "notify::socket", "notify::config", "notify::n-peers" };
  RtReachability *self;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  self = g_object_new (RT_TYPE_REACHABILITY, NULL);
  self->network = g_object_ref (network);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (network, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rt_network_get_port_map (network), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rt_network_get_calls (network), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}

RtNetwork *
rt_reachability_get_network (RtReachability *self)
{
  g_return_val_if_fail (RT_IS_REACHABILITY (self), NULL);
  return self->network;
}

GPtrArray *
rt_reachability_get_findings (RtReachability *self)
{
  g_return_val_if_fail (RT_IS_REACHABILITY (self), NULL);
  return self->findings;
}

RtReached
rt_reachability_get_reached (RtReachability *self)
{
  g_return_val_if_fail (RT_IS_REACHABILITY (self), RT_REACHED_UNKNOWN);
  return self->reached;
}

RtReachedFix
rt_reachability_get_fix (RtReachability *self)
{
  g_return_val_if_fail (RT_IS_REACHABILITY (self), RT_REACHED_FIX_NONE);
  return self->fix;
}

void
rt_reachability_ask_neighbours (RtReachability *self)
{
  guint16 port, before;

  g_return_if_fail (RT_IS_REACHABILITY (self));

  port = get_told_port (self);
  before = self->called;
  /* the answers are told of by "changed", the first as soon as they are asked */
  self->called = port;
  if (rt_calls_ask (rt_network_get_calls (self->network), port) == 0)
    self->called = before;
}

void
rt_reachability_check (RtReachability *self)
{
  g_return_if_fail (RT_IS_REACHABILITY (self));

  rt_port_map_ask_again (rt_network_get_port_map (self->network));
  rt_reachability_ask_neighbours (self);
  update (self);
}

gboolean
rt_reachability_is_missing (RtReachability *self)
{
  g_return_val_if_fail (RT_IS_REACHABILITY (self), FALSE);

  return rt_network_get_up_time (self->network) > RT_REACHABILITY_PATIENCE && rt_network_get_came_in (self->network, FALSE) == 0 && rt_network_get_n_peers (self->network) > 0 &&
         (self->reached == RT_REACHED_UNKNOWN || self->reached == RT_REACHED_NO);
}

char *
rt_reachability_dup_report (RtReachability *self)
{
  static const char * const kinds[] = { "+", "-", "?" };
  GString *text;

  g_return_val_if_fail (RT_IS_REACHABILITY (self), NULL);

  text = g_string_new (NULL);
  g_string_append_printf (text, "%s (Roundtable %s)\n", rt_reached_get_words (self->reached), PACKAGE_VERSION);
  for (guint i = 0; i < self->findings->len; i++)
    {
      const RtFinding *finding = self->findings->pdata[i];

      g_string_append_printf (text, "%s %s. %s\n", kinds[finding->kind], finding->title, finding->details);
    }
  return g_string_free (text, FALSE);
}
