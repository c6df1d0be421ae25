/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-ports.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <arpa/inet.h>
#include <natpmp.h>

static int
read_answer (natpmp_t *natpmp, natpmpresp_t *response, gint64 deadline)
{
  int code = NATPMP_TRYAGAIN;

  while (code == NATPMP_TRYAGAIN)
    {
      gint64 left = (deadline - g_get_monotonic_time ()) / 1000;
      struct timeval wait;
      struct pollfd poll_fd = { .fd = natpmp->s, .events = POLLIN };

      if (left <= 0)
        return NATPMP_ERR_NOGATEWAYSUPPORT;
      if (getnatpmprequesttimeout (natpmp, &wait) != 0)
        return NATPMP_ERR_NOPENDINGREQ;
      poll (&poll_fd, 1, (int) CLAMP (wait.tv_sec * 1000 + wait.tv_usec / 1000 + 1, 1, left));
      code = readnatpmpresponseorretry (natpmp, response);
    }
  return code;
}

static const char *
get_words (int code)
{
  switch (code)
    {
    case NATPMP_ERR_NOTAUTHORIZED: return "not authorized (NAT-PMP 2)";
    case NATPMP_ERR_NETWORKFAILURE: return "the router has no connection itself (NAT-PMP 3)";
    case NATPMP_ERR_OUTOFRESOURCES: return "no room for another port (NAT-PMP 4)";
    case NATPMP_ERR_UNSUPPORTEDVERSION: return "another version of NAT-PMP (NAT-PMP 1)";
    case NATPMP_ERR_UNSUPPORTEDOPCODE: return "it opens no ports (NAT-PMP 5)";
    default: return "an unknown reason (NAT-PMP)";
    }
}

static RtPortsOutcome
judge (int code, char **words)
{
  switch (code)
    {
    case NATPMP_ERR_NOTAUTHORIZED:
    case NATPMP_ERR_NETWORKFAILURE:
    case NATPMP_ERR_OUTOFRESOURCES:
    case NATPMP_ERR_UNSUPPORTEDVERSION:
    case NATPMP_ERR_UNSUPPORTEDOPCODE:
    case NATPMP_ERR_UNDEFINEDERROR:
      *words = g_strdup (get_words (code));
      return RT_PORTS_REFUSED;
    default:
      return RT_PORTS_NOBODY;
    }
}

static RtPortsOutcome
ask (const RtPortsRequest *request, natpmp_t *natpmp, RtPortsResult *result, char **words)
{
  /* a router answers at once or not at all; libnatpmp itself would ask for a minute */
  const gint64 patience = (gint64) request->patience * 1000, deadline = g_get_monotonic_time () + patience;
  natpmpresp_t response = { 0 };
  int code;

  if (!request->remove && sendpublicaddressrequest (natpmp) > 0 && (code = read_answer (natpmp, &response, deadline)) == 0 &&
      response.type == NATPMP_RESPTYPE_PUBLICADDRESS)
    inet_ntop (AF_INET, &response.pnu.publicaddress.addr, result->address, sizeof result->address);
  /* who does not tell his address may open ports all the same; who does not answer at all is asked no more */
  else if (!request->remove && g_get_monotonic_time () >= deadline)
    return RT_PORTS_NOBODY;
  if (sendnewportmappingrequest (natpmp, NATPMP_PROTOCOL_TCP, request->port, request->remove ? 0 : request->external, request->remove ? 0 : request->lease) < 0)
    return RT_PORTS_NOBODY;
  memset (&response, 0, sizeof response);
  code = read_answer (natpmp, &response, g_get_monotonic_time () + patience);
  if (code != 0)
    return judge (code, words);
  if (response.type != NATPMP_RESPTYPE_TCPPORTMAPPING || response.pnu.newportmapping.privateport != request->port ||
      (!request->remove && (response.pnu.newportmapping.mappedpublicport == 0 || response.pnu.newportmapping.lifetime == 0)))
    {
      *words = g_strdup ("an answer to something else (NAT-PMP)");
      return RT_PORTS_STRANGE;
    }
  result->external = response.pnu.newportmapping.mappedpublicport;
  result->lease = response.pnu.newportmapping.lifetime;
  return RT_PORTS_DONE;
}

RtPortsOutcome
rt_ports_ask_natpmp (const RtPortsRequest *request, RtPortsResult *result, char **words)
{
  RtPortsOutcome outcome;
  natpmp_t natpmp;
  struct in_addr gateway = { 0 };

  if (request->gateway != NULL && inet_pton (AF_INET, request->gateway, &gateway) != 1)
    return RT_PORTS_NOBODY;
  if (initnatpmp (&natpmp, request->gateway != NULL, gateway.s_addr) != 0)
    return RT_PORTS_NOBODY;
  gateway.s_addr = natpmp.gateway;
  inet_ntop (AF_INET, &gateway, result->gateway, sizeof result->gateway);
  outcome = rt_ports_may_ask (request, result->gateway) ? ask (request, &natpmp, result, words) : RT_PORTS_NOBODY;
  closenatpmp (&natpmp);
  return outcome;
}
