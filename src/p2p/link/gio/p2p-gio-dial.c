/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-transport-private.h"

#define CONNECT_TIME (10 * G_TIME_SPAN_SECOND)

/* Resolving and connecting have ten seconds together, setting up TLS ten of its own. */
struct _P2pGioDial {
  P2pGioTransport *transport;   /* NULL: cancelled */
  P2pGioEnv *env;
  guint64 handle;
  char *address;
  gboolean secure;
  P2pDialFunc done;
  gpointer data;
  GCancellable *cancellable;
  guint64 timer;
  gboolean timed_out;
  gboolean connecting;          /* GIO will call back */
  GSocketConnection *connection;
  P2pGioHandshake *handshake;
  GError *error;
};

static void
free_dial (P2pGioDial *self)
{
  p2p_clock_cancel (self->env->base.clock, self->timer);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
  g_clear_error (&self->error);
  g_free (self->address);
  p2p_env_unref (&self->env->base);
  g_free (self);
}

static void
finish (P2pGioDial *self, P2pPipe *pipe, const GError *error)
{
  if (self->transport != NULL)
    g_hash_table_remove (self->transport->dials, &self->handle);
  self->transport = NULL;
  self->done (pipe, error, self->data);
  free_dial (self);
}

static void
fail_cb (gpointer data)
{
  P2pGioDial *self = data;
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  self->timer = 0;
  finish (self, NULL, error);
}

static guint64
fail_later (P2pGioDial *self, GError *error)
{
  self->error = error;
  self->timer = p2p_clock_schedule (self->env->base.clock, 0, fail_cb, self);
  return self->handle;
}

static void
handshake_done_cb (GTlsConnection *stream, const GError *error, gpointer data)
{
  P2pGioDial *self = data;

  self->handshake = NULL;
  finish (self, stream != NULL ? p2p_gio_pipe_new (self->env, self->connection, stream) : NULL, error);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  P2pGioDial *self = data;
  g_autoptr (GError) error = NULL;

  self->connecting = FALSE;
  p2p_clock_cancel (self->env->base.clock, self->timer);
  self->timer = 0;
  self->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (self->transport == NULL)
    {
      free_dial (self);
    }
  else if (self->connection == NULL)
    {
      g_autoptr (GError) own_error = self->timed_out
        ? g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_TIMED_OUT, "%s: No answer in time", self->address)
        : p2p_gio_error_new (self->address, error);

      finish (self, NULL, own_error);
    }
  else if (self->secure)
    {
      self->handshake = p2p_gio_handshake_new (self->env, self->connection, FALSE, self->address, P2P_LIMIT_TLS_SECONDS, handshake_done_cb, self);
    }
  else
    {
      finish (self, p2p_gio_pipe_new (self->env, self->connection, NULL), NULL);
    }
}

static void
timed_out_cb (gpointer data)
{
  P2pGioDial *self = data;

  self->timer = 0;
  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
}

guint64
p2p_gio_dial_start (P2pGioTransport *transport, const char *host, guint16 port, gboolean secure, P2pDialFunc done, gpointer data)
{
  P2pGioDial *self = g_new0 (P2pGioDial, 1);
  g_autoptr (GSocketClient) client = NULL;
  g_autoptr (GSocketConnectable) target = NULL;

  self->transport = transport;
  self->env = transport->env;
  p2p_env_ref (&self->env->base);
  self->handle = transport->next_handle++;
  self->address = p2p_gio_format_address (host != NULL ? host : "", port);
  self->secure = secure;
  self->done = done;
  self->data = data;
  g_hash_table_insert (transport->dials, &self->handle, self);

  if (host == NULL || *host == '\0' || port == 0)
    return fail_later (self, g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_BAD_ADDRESS, "%s: This is not an address", self->address));
  if (secure && !g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return fail_later (self, g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_TLS_UNAVAILABLE,
                                          "%s: Encrypted connections need TLS, which this system lacks (glib-networking)", self->address));

  self->cancellable = g_cancellable_new ();
  self->timer = p2p_clock_schedule (self->env->base.clock, CONNECT_TIME, timed_out_cb, self);
  self->connecting = TRUE;
  target = g_network_address_new (host, port);
  client = g_socket_client_new ();
  /* A node speaks to nodes, never through a web proxy. */
  g_socket_client_set_enable_proxy (client, FALSE);
  g_main_context_push_thread_default (self->env->context);
  g_socket_client_connect_async (client, target, self->cancellable, connected_cb, self);
  g_main_context_pop_thread_default (self->env->context);
  return self->handle;
}

void
p2p_gio_dial_cancel (P2pGioDial *self)
{
  g_hash_table_remove (self->transport->dials, &self->handle);
  self->transport = NULL;
  if (self->connecting)
    {
      g_cancellable_cancel (self->cancellable);
      return;
    }
  if (self->handshake != NULL)
    p2p_gio_handshake_cancel (self->handshake);
  free_dial (self);
}
