/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../p2p-env.h"
#include "../../wire/p2p-limits-private.h"
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
/* For so many seconds at most. address: for the words of errors. */
P2pGioHandshake *p2p_gio_handshake_new    (P2pGioEnv *env, GSocketConnection *connection, gboolean server, const char *address, guint seconds,
                                           P2pGioHandshakeFunc done, gpointer data);
void             p2p_gio_handshake_cancel (P2pGioHandshake *self);                /* done is not called */
gboolean         p2p_gio_tls_get_digest   (GTlsConnection *stream, guint8 digest[32]);
gboolean         p2p_gio_tls_get_binding  (GTlsConnection *stream, guint8 binding[32]);

/* ---- connections before TLS ---- */
typedef struct _P2pGioGate P2pGioGate;
/* Exactly one of stream and error (both borrowed, as the others). */
typedef void (*P2pGioGateFunc) (GSocketConnection *connection, GTlsConnection *stream, const P2pPipeAddress *address, const GError *error, gpointer data);

P2pGioGate *p2p_gio_gate_new        (P2pGioEnv *env, P2pGioGateFunc done, gpointer data);
void        p2p_gio_gate_free       (P2pGioGate *self);                           /* allowed in its function; what waits is closed */
void        p2p_gio_gate_set_limits (P2pGioGate *self, const P2pLimits *limits);
guint       p2p_gio_gate_count_same (P2pGioGate *self, const char *host);
/* Takes it in, if need be for another; ends by done, never inside the call but for that other. */
void        p2p_gio_gate_add        (P2pGioGate *self, GSocketConnection *connection, const P2pPipeAddress *address);

/* Is there a whole ClientHello at the beginning of these bytes? TRUE; or FALSE with how many bytes must be there to tell more, 0 when
 * it is none or larger than P2P_GIO_MAX_HELLO. */
#define P2P_GIO_MAX_HELLO (16 * 1024)
gboolean    p2p_gio_hello_is_whole  (const guint8 *bytes, gsize length, gsize *needed);

/* ---- pipes ---- */
/* Numeric; an IPv4 address that came in through a socket for both is written as one. host is to be freed. */
void     p2p_gio_read_address (GSocketAddress *address, char **host, guint16 *port);
P2pPipe *p2p_gio_pipe_new (P2pGioEnv *env, GSocketConnection *connection, GTlsConnection *tls);   /* tls nullable */

G_END_DECLS
