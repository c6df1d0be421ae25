/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A port for tests that need one which is listened at later, again, or never. */
#pragma once

#include <gio/gio.h>

/* On loopback, outside of the range that systems take ports from by themselves: nobody gets it by chance meanwhile. */
static guint16 G_GNUC_UNUSED
find_free_port (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (GSocketListener) listener = g_socket_listener_new ();
      guint16 port = (guint16) g_random_int_range (10000, 30000);
      g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);

      if (g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, NULL, NULL))
        return port;
    }
  g_error ("No port is free");
}
