/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-transport-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128
/* Accepted connections whose TLS is not set up yet; more wait in the backlog for a place. */
#define MAX_PENDING 32
/* Where others wait for a place, whoever has not set up TLS in so long gives his to the next: idle connections lock nobody out. */
#define PATIENCE (2 * G_TIME_SPAN_SECOND)
#define FIRST_BYTE_TIME (10 * G_TIME_SPAN_SECOND)
/* What TLS begins with (a handshake record); everything else is a peer that speaks without. */
#define TLS_FIRST_BYTE 0x16
/* No descriptor is left: look again after this. */
#define EXHAUSTED_TIME G_TIME_SPAN_SECOND

/*
 * A GSocketService accepts; left alone it would do so before GTK draws, so that a flood of connections froze the window, and where
 * descriptors run out it would try again without a pause. So it runs for one connection at a time: a source of the network's priority
 * sees that somebody waits and that there is a descriptor for him, and starts it; the connection stops it.
 */
struct _P2pGioListener {
  P2pGioTransport *transport;
  guint64 handle;
  gboolean secure;
  P2pAcceptFunc accept;
  gpointer data;
  GSocketService *service;
  GSocket *socket;              /* the service's */
  GSource *source;
  gboolean serving;
  gboolean accepting;
  guint64 pause_timer;
  GQueue pending;               /* Pending, the oldest first */
  guint64 room_timer;           /* all places are taken, and somebody waits */
  guint busy;
  gboolean stopped;
};

/* An accepted connection on its way to TLS. A handshake takes a thread, so it begins only when the peer has said something. */
typedef struct {
  P2pGioListener *listener;
  GSocketConnection *connection;
  gint64 since;
  GSource *source;
  guint64 timer;
  P2pGioHandshake *handshake;
} Pending;

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
drop_pending (Pending *pending)
{
  g_queue_remove (&pending->listener->pending, pending);
  clear_source (&pending->source);
  p2p_clock_cancel (get_clock (pending->listener), pending->timer);
  if (pending->handshake != NULL)
    p2p_gio_handshake_cancel (pending->handshake);
  g_object_unref (pending->connection);
  g_free (pending);
}

static void
release (P2pGioListener *self)
{
  if (--self->busy == 0 && self->stopped)
    g_free (self);
}

/* Hands a pipe to the owner, who may stop us for it. */
static void
give (P2pGioListener *self, GSocketConnection *connection, GTlsConnection *stream)
{
  P2pPipe *pipe = p2p_gio_pipe_new (self->transport->env, connection, stream);

  self->accept (pipe, self->data);
}

static void
handshake_done_cb (GTlsConnection *stream, const GError *error, gpointer data)
{
  Pending *pending = data;
  P2pGioListener *self = pending->listener;
  g_autoptr (GSocketConnection) connection = g_object_ref (pending->connection);

  self->busy++;
  pending->handshake = NULL;
  drop_pending (pending);
  update_source (self);
  if (stream != NULL)
    give (self, connection, stream);
  release (self);
}

static void
first_byte_timed_out_cb (gpointer data)
{
  Pending *pending = data;
  P2pGioListener *self = pending->listener;

  pending->timer = 0;
  drop_pending (pending);
  update_source (self);
}

static gboolean
first_byte_cb (gint fd, GIOCondition condition, gpointer data)
{
  Pending *pending = data;
  P2pGioListener *self = pending->listener;
  guint8 byte;
  gssize n = recv (fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n != 1 || byte != TLS_FIRST_BYTE)
    {
      drop_pending (pending);
      update_source (self);
      return G_SOURCE_REMOVE;
    }
  p2p_clock_cancel (get_clock (self), pending->timer);
  pending->timer = 0;
  g_clear_pointer (&pending->source, g_source_unref);
  pending->handshake = p2p_gio_handshake_new (self->transport->env, pending->connection, TRUE, "peer", handshake_done_cb, pending);
  return G_SOURCE_REMOVE;
}

static void
begin_tls (P2pGioListener *self, GSocketConnection *connection)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->listener = self;
  pending->connection = g_object_ref (connection);
  pending->since = p2p_clock_now (get_clock (self));
  pending->source = g_unix_fd_source_new (g_socket_get_fd (g_socket_connection_get_socket (connection)), G_IO_IN);
  g_source_set_static_name (pending->source, "[p2p] connection before TLS");
  g_source_set_priority (pending->source, P2P_GIO_PRIORITY);
  g_source_set_callback (pending->source, G_SOURCE_FUNC (first_byte_cb), pending, NULL);
  g_source_attach (pending->source, self->transport->env->context);
  pending->timer = p2p_clock_schedule (get_clock (self), FIRST_BYTE_TIME, first_byte_timed_out_cb, pending);
  g_queue_push_tail (&self->pending, pending);
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

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source_object, gpointer data)
{
  P2pGioListener *self = data;

  self->busy++;
  stop_serving (self);
  g_socket_set_blocking (g_socket_connection_get_socket (connection), FALSE);
  if (self->secure)
    begin_tls (self, connection);
  else
    give (self, connection, NULL);
  update_source (self);
  release (self);
  return TRUE;
}

static void
room_cb (gpointer data)
{
  P2pGioListener *self = data;

  self->room_timer = 0;
  update_source (self);
}

/* Somebody waits: is there a place, or one that was held too long? */
static gboolean
make_room (P2pGioListener *self)
{
  Pending *oldest = g_queue_peek_head (&self->pending);
  gint64 left;

  if (self->pending.length < MAX_PENDING)
    return TRUE;
  left = oldest->since + PATIENCE - p2p_clock_now (get_clock (self));
  if (left <= 0)
    {
      drop_pending (oldest);
      return TRUE;
    }
  self->room_timer = p2p_clock_schedule (get_clock (self), left, room_cb, self);
  return FALSE;
}

static gboolean
ready_cb (gint fd, GIOCondition condition, gpointer data)
{
  P2pGioListener *self = data;
  int spare;

  if (!make_room (self))
    {
      update_source (self);
      return G_SOURCE_CONTINUE;
    }
  spare = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (spare < 0)
    {
      self->pause_timer = p2p_clock_schedule (get_clock (self), EXHAUSTED_TIME, pause_over_cb, self);
      update_source (self);
      return G_SOURCE_CONTINUE;
    }
  close (spare);
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
  gboolean wanted = self->accepting && !self->stopped && self->pause_timer == 0 &&
                    (self->pending.length < MAX_PENDING || self->room_timer == 0);

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

/* A name is looked up while the caller waits: it is one of this machine's own, which is not asked for over the network. */
static GSocket *
open_named (const char *name, guint16 port, GError **error)
{
  g_autoptr (GInetAddress) address = NULL;
  g_autoptr (GResolver) resolver = NULL;
  GSocket *socket = NULL;
  GList *addresses;

  address = g_inet_address_new_from_string (name);
  if (address == NULL && g_ascii_strcasecmp (name, "localhost") == 0)
    address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  if (address != NULL)
    return open_socket (address, port, error);

  resolver = g_resolver_get_default ();
  addresses = g_resolver_lookup_by_name (resolver, name, NULL, error);
  for (GList *l = addresses; l != NULL && socket == NULL; l = l->next)
    {
      g_clear_error (error);
      socket = open_socket (l->data, port, error);
    }
  g_resolver_free_addresses (addresses);
  return socket;
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

  if (own_error->code == P2P_LINK_ERROR_ADDRESS_IN_USE)
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
  if (bound != NULL)
    {
      g_autoptr (GSocketAddress) own = g_socket_get_local_address (socket, NULL);

      *bound = own != NULL ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own)) : port;
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
  self->secure = secure;
  self->accept = accept;
  self->data = data;
  self->socket = g_steal_pointer (&socket);
  self->accepting = TRUE;
  g_queue_init (&self->pending);
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
  p2p_clock_cancel (get_clock (self), self->room_timer);
  self->pause_timer = self->room_timer = 0;
  while (self->pending.length > 0)
    drop_pending (self->pending.head->data);
  stop_serving (self);
  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
  g_clear_object (&self->socket);
  release (self);
}

void
p2p_gio_listener_set_accepting (P2pGioListener *self, gboolean accepting)
{
  self->accepting = accepting;
  update_source (self);
}
