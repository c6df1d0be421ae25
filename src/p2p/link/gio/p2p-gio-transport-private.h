/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-gio-private.h"

G_BEGIN_DECLS

typedef struct _P2pGioDial P2pGioDial;
typedef struct _P2pGioListener P2pGioListener;

typedef struct {
  P2pTransport base;
  P2pGioEnv *env;               /* which owns us */
  guint64 next_handle;
  GHashTable *dials;            /* guint64 handle -> P2pGioDial */
  GHashTable *listeners;        /* guint64 handle -> P2pGioListener */
} P2pGioTransport;

guint64 p2p_gio_dial_start  (P2pGioTransport *transport, const char *host, guint16 port, gboolean secure, P2pDialFunc done, gpointer data);
void    p2p_gio_dial_cancel (P2pGioDial *self);

guint64 p2p_gio_listener_start (P2pGioTransport *transport, const char *address, guint16 port, gboolean secure,
                                P2pAcceptFunc accept, gpointer data, guint16 *bound, GError **error);
void    p2p_gio_listener_stop  (P2pGioListener *self);
void    p2p_gio_listener_set_gate (P2pGioListener *self, const P2pLimits *limits, P2pAdmitFunc admit);
void    p2p_gio_listener_set_accepting (P2pGioListener *self, gboolean accepting);

G_END_DECLS
