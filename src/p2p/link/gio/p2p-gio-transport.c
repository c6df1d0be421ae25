/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-transport-private.h"

static guint64
transport_dial (P2pTransport *base, const char *host, guint16 port, gboolean secure, P2pDialFunc done, gpointer data)
{
  return p2p_gio_dial_start ((P2pGioTransport *) base, host, port, secure, done, data);
}

static void
transport_cancel_dial (P2pTransport *base, guint64 handle)
{
  P2pGioDial *dial = g_hash_table_lookup (((P2pGioTransport *) base)->dials, &handle);

  if (dial != NULL)
    p2p_gio_dial_cancel (dial);
}

static guint64
transport_listen (P2pTransport *base, const char *address, guint16 port, gboolean secure,
                  P2pAcceptFunc accept, gpointer data, guint16 *bound, GError **error)
{
  return p2p_gio_listener_start ((P2pGioTransport *) base, address, port, secure, accept, data, bound, error);
}

static void
transport_unlisten (P2pTransport *base, guint64 handle)
{
  P2pGioListener *listener = g_hash_table_lookup (((P2pGioTransport *) base)->listeners, &handle);

  if (listener != NULL)
    p2p_gio_listener_stop (listener);
}

static void
transport_set_accepting (P2pTransport *base, guint64 handle, gboolean accepting)
{
  P2pGioListener *listener = g_hash_table_lookup (((P2pGioTransport *) base)->listeners, &handle);

  if (listener != NULL)
    p2p_gio_listener_set_accepting (listener, accepting);
}

static void
transport_set_gate (P2pTransport *base, guint64 handle, const P2pLimits *limits, P2pAdmitFunc admit)
{
  P2pGioListener *listener = g_hash_table_lookup (((P2pGioTransport *) base)->listeners, &handle);

  if (listener != NULL)
    p2p_gio_listener_set_gate (listener, limits, admit);
}

static gboolean
transport_has_tls (P2pTransport *base)
{
  return g_tls_backend_supports_tls (g_tls_backend_get_default ());
}

static char *
transport_lan_address (P2pTransport *base)
{
  return p2p_gio_find_lan_address ();
}

P2pTransport *
p2p_gio_transport_new (P2pGioEnv *env)
{
  static const P2pTransportOps ops = {
    .dial = transport_dial,
    .cancel_dial = transport_cancel_dial,
    .listen = transport_listen,
    .set_gate = transport_set_gate,
    .unlisten = transport_unlisten,
    .set_accepting = transport_set_accepting,
    .has_tls = transport_has_tls,
    .lan_address = transport_lan_address,
  };
  P2pGioTransport *self = g_new0 (P2pGioTransport, 1);

  self->base.ops = &ops;
  self->env = env;
  self->next_handle = 1;
  self->dials = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->listeners = g_hash_table_new (g_int64_hash, g_int64_equal);
  return &self->base;
}

/* Dials and handshakes hold the environment, so that none is left here; listeners are their owner's to stop. */
void
p2p_gio_transport_free (P2pTransport *base)
{
  P2pGioTransport *self = (P2pGioTransport *) base;
  g_autoptr (GList) listeners = g_hash_table_get_values (self->listeners);

  for (GList *l = listeners; l != NULL; l = l->next)
    p2p_gio_listener_stop (l->data);
  g_hash_table_unref (self->dials);
  g_hash_table_unref (self->listeners);
  g_free (self);
}
