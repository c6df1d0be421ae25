/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

char *
p2p_gio_format_address (const char *host, guint16 port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

/* Which of our addresses a packet to the wide world would leave from. connect() on UDP looks at the routes and sends nothing. */
static char *
find_source (int family, const struct sockaddr *target, socklen_t length)
{
  struct sockaddr_storage own = { 0 };
  socklen_t own_length = sizeof own;
  char text[INET6_ADDRSTRLEN] = "";
  int fd = socket (family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (fd < 0)
    return NULL;
  if (connect (fd, target, length) == 0 && getsockname (fd, (struct sockaddr *) &own, &own_length) == 0)
    {
      if (family == AF_INET)
        inet_ntop (family, &((struct sockaddr_in *) &own)->sin_addr, text, sizeof text);
      else
        inet_ntop (family, &((struct sockaddr_in6 *) &own)->sin6_addr, text, sizeof text);
    }
  close (fd);
  return *text != '\0' ? g_strdup (text) : NULL;
}

char *
p2p_gio_find_lan_address (void)
{
  /* addresses that documentation is made of: nobody has them, so the default route decides */
  struct sockaddr_in target = { .sin_family = AF_INET, .sin_port = htons (9) };
  struct sockaddr_in6 target6 = { .sin6_family = AF_INET6, .sin6_port = htons (9) };
  char *address;

  inet_pton (AF_INET, "203.0.113.1", &target.sin_addr);
  inet_pton (AF_INET6, "2001:db8::1", &target6.sin6_addr);
  address = find_source (AF_INET, (struct sockaddr *) &target, sizeof target);
  if (address == NULL)
    address = find_source (AF_INET6, (struct sockaddr *) &target6, sizeof target6);
  return address != NULL ? address : g_strdup ("127.0.0.1");
}

/**
 * p2p_get_lan_address:
 *
 * The address of this machine as others on its network see it, for people to tell a friend: that of the interface which the
 * default route leads through. Nothing is sent to find it. Without a network it is "127.0.0.1".
 *
 * Returns: (transfer full): an IPv4 address, or IPv6 where there is only that
 */
char *
p2p_get_lan_address (void)
{
  return p2p_gio_find_lan_address ();
}
