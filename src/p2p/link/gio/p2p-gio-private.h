/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../p2p-env.h"
#include "../../wire/p2p-types.h"

G_BEGIN_DECLS

/*
 * GIO's set of the environment. Everything happens in the thread that iterates the env's main context; only jobs of the
 * executor, and inside of GIO name look-ups and TLS handshakes, run in threads of their own.
 *
 * GTK draws at priority 120. All of ours comes after that, so that a flood from the network cannot freeze a window; and all of
 * ours has one priority, so that neither timers that set the next one at once nor a flood can starve the other.
 */
#define P2P_GIO_PRIORITY 130

typedef struct {
  P2pEnv base;
  GMainContext *context;
  GTlsCertificate *certificate; /* made at the first need */
} P2pGioEnv;

P2pClock     *p2p_gio_clock_new      (GMainContext *context);
void          p2p_gio_clock_free     (P2pClock *clock);
P2pRandom    *p2p_gio_random_get     (void);
P2pExecutor  *p2p_gio_executor_new   (GMainContext *context);
void          p2p_gio_executor_free  (P2pExecutor *executor);
P2pTransport *p2p_gio_transport_new  (P2pGioEnv *env);
void          p2p_gio_transport_free (P2pTransport *transport);

/* A GIO error in our words and codes; address ("host:port") goes first in the message. */
GError *p2p_gio_error_new (const char *address, const GError *error);
GError *p2p_gio_error_new_errno (int code);
char   *p2p_gio_format_address (const char *host, guint16 port);
char   *p2p_gio_find_lan_address (void);
/* Declared for the public in api/p2p-mesh-socket.h, above us. */
P2P_EXPORT char *p2p_get_lan_address (void);

/* ---- TLS ---- */
typedef struct _P2pGioHandshake P2pGioHandshake;
/* Exactly one of stream (borrowed) and error (borrowed). */
typedef void (*P2pGioHandshakeFunc) (GTlsConnection *stream, const GError *error, gpointer data);

GTlsCertificate *p2p_gio_env_get_certificate (P2pGioEnv *env, GError **error);    /* transfer none */
/* For 10 seconds at most. address: for the words of errors. */
P2pGioHandshake *p2p_gio_handshake_new    (P2pGioEnv *env, GSocketConnection *connection, gboolean server, const char *address,
                                           P2pGioHandshakeFunc done, gpointer data);
void             p2p_gio_handshake_cancel (P2pGioHandshake *self);                /* done is not called */
gboolean         p2p_gio_tls_get_digest   (GTlsConnection *stream, guint8 digest[32]);
gboolean         p2p_gio_tls_get_binding  (GTlsConnection *stream, guint8 binding[32]);

/* ---- pipes ---- */
P2pPipe *p2p_gio_pipe_new (P2pGioEnv *env, GSocketConnection *connection, GTlsConnection *tls);   /* tls nullable */

G_END_DECLS
