/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The floor of memory: a program that has dialled once through GIO, with the TLS backend loaded, and then idles in its main loop. */
#include <gio/gio.h>

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection G_GNUC_UNUSED = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  static GSocketConnection *kept;
  g_autoptr (GError) error = NULL;

  kept = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &error);
  g_print ("{\"ok\":%d,\"tls\":%d}\n", kept != NULL, g_tls_backend_supports_tls (g_tls_backend_get_default ()));
}

static gboolean
stdin_cb (GIOChannel *channel, GIOCondition condition, gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_accept_async (listener, NULL, accepted_cb, NULL);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", port, NULL, connected_cb, NULL);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, stdin_cb, loop);
  g_main_loop_run (loop);
  return 0;
}
