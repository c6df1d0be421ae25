/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RT_IPV4_NONE,                 /* no address, or one that nobody has: 0.0.0.0, multicast, a documentation's … */
  RT_IPV4_LOOPBACK,
  RT_IPV4_PRIVATE,              /* of a local network, link-local ones included */
  RT_IPV4_CARRIER,              /* 100.64.0.0/10: of a provider that puts many people behind one address */
  RT_IPV4_PUBLIC,
} RtIpv4Scope;

/* Of the text of an IPv4 address, four numbers and nothing else; of anything else NONE. */
RtIpv4Scope rt_ipv4_scope_of (const char *text);
/* Where a router of ours may be: in a local network; loopback: on this computer, too. */
gboolean    rt_ipv4_is_near (const char *text, gboolean loopback);
/* One of the whole world: of 2000::/3, but none of documentation or of a tunnel; or a mapped IPv4 address that is public. */
gboolean    rt_ipv6_is_public (const char *text);
/* The host of an URL as http://192.168.1.1:5000/x, which must be an IPv4 address. FALSE: it is no such URL. */
gboolean    rt_url_get_ipv4 (const char *url, char host[16]);

G_END_DECLS
