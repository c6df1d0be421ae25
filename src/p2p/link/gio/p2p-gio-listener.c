/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-transport-private.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128
/* No descriptor is left: look again after this. */
#define EXHAUSTED_TIME G_TIME_SPAN_SECOND

/*
 * A GSocketService accepts; left alone it would do so before GTK draws, so that a flood of connections froze the window, and where
 * descriptors run out it would try again without a pause. So it runs for one connection at a time: a source of the network's priority
 * sees that somebody waits and that there are descriptors for him and for dials of our own, and starts it; the connection stops it.
 */
struct _P2pGioListener {
  P2pGioTransport *transport;
  guint64 handle;
  P2pAcceptFunc accept;
  P2pAdmitFunc admit;           /* nullable */
  gpointer data;
  const P2pLimits *limits;
  GSocketService *service;
  GSocket *socket;              /* the service's */
  char *host;
  guint16 port;
  GSource *source;
  gboolean serving;
  gboolean accepting;
  guint64 pause_timer;
  gboolean exhausted;           /* that was told */
  P2pGioGate *gate;             /* NULL: without TLS */
  guint busy;
  gboolean stopped;
};

static void update_source (P2pGioListener *self);

static P2pClock *
get_clock (P2pGioListener *self)
{
  return self->transport->env->base.clock;
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
release (P2pGioListener *self)
{
  if (--self->busy > 0 || !self->stopped)
    return;
  g_free (self->host);
  g_free (self);
}

/* Hands a pipe to the owner, who may stop us for it. */
static void
give (P2pGioListener *self, GSocketConnection *connection, GTlsConnection *stream, const P2pPipeAddress *address)
{
  P2pPipe *pipe = p2p_gio_pipe_new (self->transport->env, connection, stream);

  self->accept (pipe, address, NULL, self->data);
}

static void
gate_done_cb (GSocketConnection *connection, GTlsConnection *stream, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  P2pGioListener *self = data;

  self->busy++;
  if (stream != NULL)
    {
      give (self, connection, stream, address);
    }
  else
    {
      self->accept (NULL, address, error, self->data);
    }
  release (self);
}

static void
pause_over_cb (gpointer data)
{
  P2pGioListener *self = data;

  self->pause_timer = 0;
  update_source (self);
}

static void
stop_serving (P2pGioListener *self)
{
  if (!self->serving)
    return;
  self->serving = FALSE;
  g_socket_service_stop (self->service);
}

static void
take_connection (P2pGioListener *self, GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *host = NULL;
  P2pPipeAddress address = { 0 };

  p2p_gio_read_address (remote, &host, &address.port);
  address.host = host;
  g_socket_set_blocking (g_socket_connection_get_socket (connection), FALSE);
  if (self->admit != NULL && !self->admit (&address, self->gate != NULL ? p2p_gio_gate_count_same (self->gate, host) : 0, &error, self->data))
    {
      g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      self->accept (NULL, &address, error, self->data);
    }
  else if (self->gate != NULL)
    {
      p2p_gio_gate_add (self->gate, connection, &address);
    }
  else
    {
      give (self, connection, NULL, &address);
    }
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source_object, gpointer data)
{
  P2pGioListener *self = data;

  self->busy++;
  stop_serving (self);
  take_connection (self, connection);
  update_source (self);
  release (self);
  return TRUE;
}

/* Is there a descriptor for a connection, and are there as many more as our own dials may need? */
static gboolean
has_descriptors (P2pGioListener *self, int fd)
{
  g_autoptr (GArray) spares = g_array_new (FALSE, FALSE, sizeof (int));
  int spare = 0;

  while (spares->len <= self->limits->descriptor_reserve && (spare = fcntl (fd, F_DUPFD_CLOEXEC, 0)) >= 0)
    g_array_append_val (spares, spare);
  for (guint i = 0; i < spares->len; i++)
    close (g_array_index (spares, int, i));
  return spare >= 0;
}

/* Links live on; whoever comes waits in the backlog. Told once, until it is over. */
static void
pause_for_descriptors (P2pGioListener *self)
{
  P2pPipeAddress own = { self->host, self->port };
  gboolean told = self->exhausted;

  self->exhausted = TRUE;
  self->pause_timer = p2p_clock_schedule (get_clock (self), EXHAUSTED_TIME, pause_over_cb, self);
  update_source (self);
  if (!told)
    {
      g_autoptr (GError) error = g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY,
                                                      "This program may open no more files and connections: nobody is let in until some are closed");

      self->accept (NULL, &own, error, self->data);
    }
}

static gboolean
ready_cb (gint fd, GIOCondition condition, gpointer data)
{
  P2pGioListener *self = data;

  if (!has_descriptors (self, fd))
    {
      self->busy++;
      pause_for_descriptors (self);
      release (self);
      return G_SOURCE_CONTINUE;
    }
  self->exhausted = FALSE;
  self->serving = TRUE;
  update_source (self);
  g_main_context_push_thread_default (self->transport->env->context);
  g_socket_service_start (self->service);
  g_main_context_pop_thread_default (self->transport->env->context);
  return G_SOURCE_CONTINUE;
}

/* The source is there while a connection would be taken and none is being accepted. */
static void
update_source (P2pGioListener *self)
{
  gboolean wanted = self->accepting && !self->stopped && self->pause_timer == 0;

  if (!wanted)
    stop_serving (self);
  if (!wanted || self->serving)
    {
      clear_source (&self->source);
    }
  else if (self->source == NULL)
    {
      self->source = g_unix_fd_source_new (g_socket_get_fd (self->socket), G_IO_IN);
      g_source_set_static_name (self->source, "[p2p] listener");
      g_source_set_priority (self->source, P2P_GIO_PRIORITY);
      g_source_set_callback (self->source, G_SOURCE_FUNC (ready_cb), self, NULL);
      g_source_attach (self->source, self->transport->env->context);
    }
}

static GSocketService *
new_service (GSocket *socket, gpointer data, GError **error)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();

  g_socket_service_stop (service);      /* it begins as started */
  if (!g_socket_listener_add_socket (G_SOCKET_LISTENER (service), socket, NULL, error))
    return NULL;
  g_signal_connect (service, "incoming", G_CALLBACK (incoming_cb), data);
  return g_steal_pointer (&service);
}

static GSocket *
open_socket (GInetAddress *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) target = g_inet_socket_address_new (address, port);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  /* allow_reuse: SO_REUSEADDR, so that a restart finds its port free */
  if (!g_socket_bind (socket, target, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}

/* An address of this machine. Names would have to be looked up while the caller, and his window, wait. */
static GSocket *
open_named (const char *name, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (name);

  if (address == NULL && g_ascii_strcasecmp (name, "localhost") == 0)
    address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  if (address != NULL)
    return open_socket (address, port, error);
  g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS,
               "“%s” is not a numeric address: give one of this machine's, localhost, or 0.0.0.0 for all", name);
  return NULL;
}

/* Every interface, IPv6 and IPv4 by one socket; where there is no IPv6, IPv4. */
static GSocket *
open_any (guint16 port, GError **error)
{
  g_autoptr (GInetAddress) any6 = g_inet_address_new_any (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GInetAddress) any4 = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GError) own_error = NULL;
  GSocket *socket = open_socket (any6, port, &own_error);

  if (socket == NULL && !g_error_matches (own_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return open_socket (any4, port, error);
  if (socket == NULL)
    g_propagate_error (error, g_steal_pointer (&own_error));
  return socket;
}

static void
set_listen_error (GError **error, const char *address, guint16 port, const GError *cause)
{
  g_autofree char *text = p2p_gio_format_address (address != NULL ? address : "*", port);
  g_autoptr (GError) own_error = p2p_gio_error_new (text, cause);

  if (own_error->code == P2P_LINK_ERROR_ADDRESS_IN_USE || own_error->code == P2P_LINK_ERROR_BAD_ADDRESS)
    g_propagate_error (error, g_steal_pointer (&own_error));
  else
    g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_LISTEN, "%s: Could not listen there: %s", text, cause->message);
}

guint64
p2p_gio_listener_start (P2pGioTransport *transport, const char *address, guint16 port, gboolean secure,
                        P2pAcceptFunc accept, gpointer data, guint16 *bound, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) own = NULL;
  P2pGioListener *self;

  if (secure && !g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_set_error_literal (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS_UNAVAILABLE,
                           "Encrypted connections need TLS, which this system lacks (glib-networking)");
      return 0;
    }
  /* Before anybody can connect: py2p waits a second for the whole handshake. */
  if (secure && p2p_gio_env_get_certificate (transport->env, error) == NULL)
    return 0;

  socket = address != NULL && *address != '\0' ? open_named (address, port, &own_error) : open_any (port, &own_error);
  if (socket == NULL)
    {
      set_listen_error (error, address, port, own_error);
      return 0;
    }
  self = g_new0 (P2pGioListener, 1);
  self->service = new_service (socket, self, &own_error);
  if (self->service == NULL)
    {
      set_listen_error (error, address, port, own_error);
      g_free (self);
      return 0;
    }
  self->transport = transport;
  self->handle = transport->next_handle++;
  self->limits = p2p_limits_or_default (NULL);
  self->accept = accept;
  self->data = data;
  self->socket = g_steal_pointer (&socket);
  own = g_socket_get_local_address (self->socket, NULL);
  p2p_gio_read_address (own, &self->host, &self->port);
  if (bound != NULL)
    *bound = self->port;
  if (secure)
    self->gate = p2p_gio_gate_new (transport->env, gate_done_cb, self);
  self->accepting = TRUE;
  g_hash_table_insert (transport->listeners, &self->handle, self);
  update_source (self);
  return self->handle;
}

void
p2p_gio_listener_stop (P2pGioListener *self)
{
  self->busy++;
  self->stopped = TRUE;
  g_hash_table_remove (self->transport->listeners, &self->handle);
  clear_source (&self->source);
  p2p_clock_cancel (get_clock (self), self->pause_timer);
  self->pause_timer = 0;
  g_clear_pointer (&self->gate, p2p_gio_gate_free);
  stop_serving (self);
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  g_clear_object (&self->socket);
  release (self);
}

void
p2p_gio_listener_set_gate (P2pGioListener *self, const P2pLimits *limits, P2pAdmitFunc admit)
{
  self->limits = limits;
  self->admit = admit;
  if (self->gate != NULL)
    p2p_gio_gate_set_limits (self->gate, limits);
}

void
p2p_gio_listener_set_accepting (P2pGioListener *self, gboolean accepting)
{
  self->accepting = accepting;
  update_source (self);
}
