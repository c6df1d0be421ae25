/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-gateway.h"

#include <stdio.h>
#include <arpa/inet.h>

#define ROUTES "/proc/net/route"
/* That it is up, and leads to a gateway. */
#define ROUTE_FLAGS 3u
#define MAX_ROUTES 1024

gboolean
rt_gateway_is_in (const char *routes, const char *host)
{
  g_auto (GStrv) lines = g_strsplit (routes, "\n", MAX_ROUTES);
  struct in_addr wanted;

  if (host == NULL || inet_pton (AF_INET, host, &wanted) != 1)
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint to, gateway, flags, mask;

      /* Iface Destination Gateway Flags RefCnt Use Metric Mask; addresses are written as they lie in memory */
      if (sscanf (lines[i], "%*s %x %x %x %*s %*s %*s %x", &to, &gateway, &flags, &mask) == 4 && to == 0 && mask == 0 && (flags & ROUTE_FLAGS) == ROUTE_FLAGS && gateway == wanted.s_addr)
        return TRUE;
    }
  return FALSE;
}

gboolean
rt_gateway_is (const char *host)
{
  g_autofree char *routes = NULL;

  return g_file_get_contents (ROUTES, &routes, NULL, NULL) && rt_gateway_is_in (routes, host);
}
