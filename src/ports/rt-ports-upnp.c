/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-ports.h"

#include <string.h>
#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>

/* How long the search for routers takes. */
#define SEARCH_MILLISECONDS 2000
/* Who answers a search may be anybody: so many are asked. */
#define MAX_ROUTERS 4
/* When the port that is wished for is somebody else's there. */
#define MAX_OTHER_PORTS 4
#define SERVICE_IP "urn:schemas-upnp-org:service:WANIPConnection:"
#define SERVICE_PPP "urn:schemas-upnp-org:service:WANPPPConnection:"

/* Codes of the service. */
#define ERROR_CONFLICT 718
#define ERROR_NO_LEASES 725
#define ERROR_CONFLICT_WITH_OTHER 729

typedef struct {
  struct UPNPUrls urls;
  struct IGDdatas data;
  char            lan[64];      /* our address, as the router sees it */
} Router;

static RtPortsOutcome
refuse (int code, char **words)
{
  const char *known = code > 0 ? strupnperror (code) : NULL;

  *words = known != NULL ? g_strdup_printf ("%s (UPnP %d)", known, code) : g_strdup_printf ("an unknown reason (UPnP %d)", code);
  /* a negative one is of the library: no answer, or none that can be read */
  return code > 0 ? RT_PORTS_REFUSED : RT_PORTS_STRANGE;
}

/* What it says of itself may lead anywhere: to itself alone it may. */
static gboolean
leads_home (const Router *router, const char *host)
{
  char control[16];

  return rt_url_get_ipv4 (router->urls.controlURL, control) && g_str_equal (control, host) &&
         (g_str_has_prefix (router->data.first.servicetype, SERVICE_IP) || g_str_has_prefix (router->data.first.servicetype, SERVICE_PPP));
}

/* Some have two ways out, of which one is used. */
static gboolean
take_way (Router *router, const char *description, const char *host)
{
  if (!leads_home (router, host))
    return FALSE;
  if (router->data.second.servicetype[0] == '\0' || UPNPIGD_IsConnected (&router->urls, &router->data))
    return TRUE;
  memcpy (&router->data.tmp, &router->data.first, sizeof router->data.first);
  memcpy (&router->data.first, &router->data.second, sizeof router->data.first);
  memcpy (&router->data.second, &router->data.tmp, sizeof router->data.first);
  FreeUPNPUrls (&router->urls);
  GetUPNPUrls (&router->urls, &router->data, description, 0);
  return leads_home (router, host);
}

static RtPortsOutcome
remove_port (const RtPortsRequest *request, const Router *router, RtPortsResult *result, char **words)
{
  const char *url = router->urls.controlURL, *service = router->data.first.servicetype;
  g_autofree char *external = g_strdup_printf ("%u", request->external);
  g_autofree char *port = g_strdup_printf ("%u", request->port);
  /* as large as the library may ever fill them */
  char client[64] = "", client_port[16] = "", description[128] = "", enabled[16] = "", lease[32] = "";
  int code = UPNP_GetSpecificPortMappingEntry (url, service, external, "TCP", NULL, client, client_port, description, enabled, lease);

  /* it is gone, or somebody else's by now */
  if (code == 714 || (code == 0 && (!g_str_equal (client, router->lan) || !g_str_equal (client_port, port))))
    return RT_PORTS_DONE;
  /* nobody knows whose it is: it ends with its lease */
  if (code != 0)
    return refuse (code, words);
  code = UPNP_DeletePortMapping (url, service, external, "TCP", NULL);
  result->external = request->external;
  return code == 0 || code == 714 ? RT_PORTS_DONE : refuse (code, words);
}

static RtPortsOutcome
add_port (const RtPortsRequest *request, const Router *router, RtPortsResult *result, char **words)
{
  const char *url = router->urls.controlURL, *service = router->data.first.servicetype;
  g_autofree char *port = g_strdup_printf ("%u", request->port);
  guint external = request->external, lease = request->lease;
  char address[64] = "";
  int code;

  for (guint n = 0; ; n++)
    {
      g_autofree char *external_text = g_strdup_printf ("%u", external), *lease_text = g_strdup_printf ("%u", lease);

      code = UPNP_AddPortMapping (url, service, external_text, port, router->lan, "Roundtable", "TCP", NULL, lease_text);
      if (code == ERROR_NO_LEASES && lease != 0)
        lease = 0;
      else if ((code == ERROR_CONFLICT || code == ERROR_CONFLICT_WITH_OTHER) && n < MAX_OTHER_PORTS)
        external = (guint) g_random_int_range (20000, 60000);
      else
        break;
    }
  if (code != 0)
    return refuse (code, words);
  result->external = (guint16) external;
  result->lease = lease;
  if (UPNP_GetExternalIPAddress (url, service, address) == 0 && strlen (address) < sizeof result->address)
    g_strlcpy (result->address, address, sizeof result->address);
  return RT_PORTS_DONE;
}

static RtPortsOutcome
ask_router (const RtPortsRequest *request, const char *description, RtPortsResult *result, char **words)
{
  g_autofree Router *router = g_new0 (Router, 1);
  RtPortsOutcome outcome = RT_PORTS_NOBODY;
  char host[16];

  if (!rt_url_get_ipv4 (description, host) || !rt_ports_may_ask (request, host))
    return RT_PORTS_NOBODY;
  if (UPNP_GetIGDFromUrl (description, &router->urls, &router->data, router->lan, sizeof router->lan) != 1)
    return RT_PORTS_NOBODY;
  memset (result, 0, sizeof *result);
  g_strlcpy (result->gateway, host, sizeof result->gateway);
  /* anything with a description may be there: a television, a printer */
  if (rt_ipv4_scope_of (router->lan) != RT_IPV4_NONE && take_way (router, description, host))
    outcome = request->remove ? remove_port (request, router, result, words) : add_port (request, router, result, words);
  FreeUPNPUrls (&router->urls);
  return outcome;
}

RtPortsOutcome
rt_ports_ask_upnp (const RtPortsRequest *request, RtPortsResult *result, char **words)
{
  RtPortsOutcome outcome = RT_PORTS_NOBODY;
  struct UPNPDev *found;
  guint n = 0;
  int error = 0;

  if (request->description != NULL)
    return ask_router (request, request->description, result, words);
  found = upnpDiscover (SEARCH_MILLISECONDS, NULL, NULL, UPNP_LOCAL_PORT_ANY, 0, 2, &error);
  for (struct UPNPDev *device = found; device != NULL && n < MAX_ROUTERS && outcome != RT_PORTS_DONE; device = device->pNext, n++)
    {
      g_autofree char *why = NULL;
      RtPortsOutcome this = ask_router (request, device->descURL, result, &why);

      if (this == RT_PORTS_DONE || outcome == RT_PORTS_NOBODY)
        {
          outcome = this;
          g_free (*words);
          *words = g_steal_pointer (&why);
        }
    }
  freeUPNPDevlist (found);
  return outcome;
}
