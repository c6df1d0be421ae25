/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-ports-address.h"

#include <string.h>
#include <arpa/inet.h>

typedef struct {
  guint8      first[4];
  guint       bits;
  RtIpv4Scope scope;
} Range;

/* What is not in it is public. */
static const Range ranges[] = {
  { { 0, 0, 0, 0 }, 8, RT_IPV4_NONE },
  { { 10, 0, 0, 0 }, 8, RT_IPV4_PRIVATE },
  { { 100, 64, 0, 0 }, 10, RT_IPV4_CARRIER },
  { { 127, 0, 0, 0 }, 8, RT_IPV4_LOOPBACK },
  { { 169, 254, 0, 0 }, 16, RT_IPV4_PRIVATE },
  { { 172, 16, 0, 0 }, 12, RT_IPV4_PRIVATE },
  { { 192, 0, 0, 0 }, 24, RT_IPV4_CARRIER },            /* DS-Lite: between a router and its provider */
  { { 192, 0, 2, 0 }, 24, RT_IPV4_NONE },
  { { 192, 88, 99, 0 }, 24, RT_IPV4_NONE },
  { { 192, 168, 0, 0 }, 16, RT_IPV4_PRIVATE },
  { { 198, 18, 0, 0 }, 15, RT_IPV4_NONE },
  { { 198, 51, 100, 0 }, 24, RT_IPV4_NONE },
  { { 203, 0, 113, 0 }, 24, RT_IPV4_NONE },
  { { 224, 0, 0, 0 }, 3, RT_IPV4_NONE },
};

static guint32
pack (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

RtIpv4Scope
rt_ipv4_scope_of (const char *text)
{
  struct in_addr in;

  if (text == NULL || inet_pton (AF_INET, text, &in) != 1)
    return RT_IPV4_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      guint32 mask = G_MAXUINT32 << (32 - ranges[i].bits);

      if ((ntohl (in.s_addr) & mask) == pack (ranges[i].first))
        return ranges[i].scope;
    }
  return RT_IPV4_PUBLIC;
}

gboolean
rt_ipv4_is_near (const char *text, gboolean loopback)
{
  RtIpv4Scope scope = rt_ipv4_scope_of (text);

  return scope == RT_IPV4_PRIVATE || (loopback && scope == RT_IPV4_LOOPBACK);
}

gboolean
rt_ipv6_is_public (const char *text)
{
  struct in6_addr in;

  if (text == NULL || inet_pton (AF_INET6, text, &in) != 1)
    return FALSE;
  /* an IPv4 peer of a socket that takes both */
  if (IN6_IS_ADDR_V4MAPPED (&in))
    {
      char ipv4[INET_ADDRSTRLEN];

      return inet_ntop (AF_INET, in.s6_addr + 12, ipv4, sizeof ipv4) != NULL && rt_ipv4_scope_of (ipv4) == RT_IPV4_PUBLIC;
    }
  if ((in.s6_addr[0] & 0xe0) != 0x20)
    return FALSE;
  /* 2001:db8::/32, Teredo, 6to4 */
  return !(in.s6_addr[0] == 0x20 && in.s6_addr[1] == 0x01 && ((in.s6_addr[2] == 0x0d && in.s6_addr[3] == 0xb8) || (in.s6_addr[2] == 0 && in.s6_addr[3] == 0))) &&
         !(in.s6_addr[0] == 0x20 && in.s6_addr[1] == 0x02);
}

gboolean
rt_url_get_ipv4 (const char *url, char host[16])
{
  const char *begin = url;
  struct in_addr in;
  gsize n;

  if (url == NULL || g_ascii_strncasecmp (url, "http://", 7) != 0)
    return FALSE;
  begin = url + 7;
  n = strspn (begin, "0123456789.");
  /* a name, a user, a port that is a password: none of that is a router */
  if (n == 0 || n >= 16 || (begin[n] != '\0' && begin[n] != ':' && begin[n] != '/'))
    return FALSE;
  memcpy (host, begin, n);
  host[n] = '\0';
  if (inet_pton (AF_INET, host, &in) != 1)
    return FALSE;
  if (begin[n] == ':')
    {
      gsize digits = strspn (begin + n + 1, "0123456789");

      if (digits == 0 || digits > 5 || (begin[n + 1 + digits] != '/' && begin[n + 1 + digits] != '\0'))
        return FALSE;
    }
  return TRUE;
}
