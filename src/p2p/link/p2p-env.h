/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"
#include "../wire/p2p-limits.h"

G_BEGIN_DECLS

/*
 * What a node is given instead of sockets, a clock, a random source and threads of its own. Two sets exist: GIO's
 * (p2p_gio_env_new) and the simulator's or a test's. Everything happens in one thread: the one whose main context the
 * environment belongs to. No function of an environment calls back from inside the call, and a handle is never 0.
 */

typedef struct _P2pClock P2pClock;
typedef struct _P2pRandom P2pRandom;
typedef struct _P2pExecutor P2pExecutor;
typedef struct _P2pTransport P2pTransport;
typedef struct _P2pPipe P2pPipe;
typedef struct _P2pEnv P2pEnv;

/* ---- clock ---- */
typedef void (*P2pTimerFunc) (gpointer data);

typedef struct {
  gint64  (*now)      (P2pClock *self);     /* monotonic, microseconds; never 0 */
  gint64  (*utc)      (P2pClock *self);     /* wall clock, microseconds since 1970 */
  /* Once, after delay (>= 0) microseconds; those of one instant in the order of scheduling. */
  guint64 (*schedule) (P2pClock *self, gint64 delay, P2pTimerFunc func, gpointer data);
  void    (*cancel)   (P2pClock *self, guint64 handle);   /* 0, ran and cancelled ones are ignored */
} P2pClockOps;
struct _P2pClock { const P2pClockOps *ops; };

static inline gint64  p2p_clock_now (P2pClock *c) { return c->ops->now (c); }
static inline gint64  p2p_clock_utc (P2pClock *c) { return c->ops->utc (c); }
static inline gint64  p2p_clock_utc_seconds (P2pClock *c) { return c->ops->utc (c) / 1000000; }
static inline guint64 p2p_clock_schedule (P2pClock *c, gint64 delay, P2pTimerFunc f, gpointer d) { return c->ops->schedule (c, delay, f, d); }
static inline void    p2p_clock_cancel (P2pClock *c, guint64 h) { if (h) c->ops->cancel (c, h); }

/* ---- random ---- */
typedef struct { void (*fill) (P2pRandom *self, guint8 *bytes, gsize length); } P2pRandomOps;
struct _P2pRandom { const P2pRandomOps *ops; };
static inline void p2p_random_fill (P2pRandom *r, guint8 *b, gsize n) { r->ops->fill (r, b, n); }

/* ---- executor: pure jobs elsewhere, their results here ---- */
typedef gpointer (*P2pJobFunc)  (gpointer data);                        /* anywhere; touches nothing but data */
typedef void     (*P2pDoneFunc) (gpointer result, gpointer user_data);  /* in our thread, from the loop */
typedef struct {
  guint64 (*run)    (P2pExecutor *self, P2pJobFunc job, gpointer data, P2pDoneFunc done, gpointer user_data);
  void    (*cancel) (P2pExecutor *self, guint64 handle, GDestroyNotify free_result);  /* done is not called; the job may still run, then free_result */
} P2pExecutorOps;
struct _P2pExecutor { const P2pExecutorOps *ops; };

/* ---- transport ---- */
/* A pipe is a connected stream. It has one owner, who gives it an event table by start() and ends it by close(). */
typedef struct {
  void (*received) (gpointer data, const guint8 *bytes, gsize length);  /* the bytes are the pipe's, for the call */
  void (*writable) (gpointer data);                                     /* after a write that took less than it was given */
  void (*closed)   (gpointer data, const GError *error);                /* last event; NULL: the peer ended it in order. close() is still due */
} P2pPipeEvents;

typedef struct {
  const char   *host;           /* numeric */
  guint16       port;
} P2pPipeAddress;

typedef struct {
  void     (*start)       (P2pPipe *self, const P2pPipeEvents *events, gpointer data);
  /* Takes up to length bytes without blocking; less (0 too) means full: writable() follows. After an error the bytes are
   * swallowed and closed() follows. */
  gsize    (*write)       (P2pPipe *self, const guint8 *bytes, gsize length);
  void     (*set_reading) (P2pPipe *self, gboolean reading);            /* back-pressure; TRUE at the start */
  void     (*close)       (P2pPipe *self);                              /* what was written is still sent if it can be; frees; allowed in an event */
  void     (*get_peer)    (P2pPipe *self, P2pPipeAddress *address);
  void     (*get_own)     (P2pPipe *self, P2pPipeAddress *address);
  gboolean (*get_digest)  (P2pPipe *self, guint8 digest[32]);           /* SHA-256 of the peer's certificate; FALSE: none */
  gboolean (*get_binding) (P2pPipe *self, guint8 binding[32]);          /* TLS exporter; FALSE: none */
  int      (*get_fd)      (P2pPipe *self);                              /* -1: none */
} P2pPipeOps;
struct _P2pPipe { const P2pPipeOps *ops; };

/* Exactly one of pipe (transfer full) and error (P2P_LINK_ERROR, borrowed) is set. TLS, where asked for, is done. */
typedef void (*P2pDialFunc)   (P2pPipe *pipe, const GError *error, gpointer data);
/* As above, for a connection that came in. address: of the peer; with an error it may be our own, where the trouble is at our side. */
typedef void (*P2pAcceptFunc) (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data);
/* A connection came in and nothing was done with it yet: FALSE and an error refuse it, which the accept function is then told. same: how
 * many of that address wait for TLS. */
typedef gboolean (*P2pAdmitFunc) (const P2pPipeAddress *address, guint same, GError **error, gpointer data);

typedef struct {
  guint64  (*dial)        (P2pTransport *self, const char *host, guint16 port, gboolean secure, P2pDialFunc done, gpointer data);
  void     (*cancel_dial) (P2pTransport *self, guint64 handle);         /* done is not called */
  /* port 0: any; *bound tells which. address: an IP of ours, "localhost", or NULL for all; 0 and an error when it fails. backlog 128. */
  guint64  (*listen)      (P2pTransport *self, const char *address, guint16 port, gboolean secure,
                           P2pAcceptFunc accept, gpointer data, guint16 *bound, GError **error);
  /* Who may come in, and how much is done before TLS is set up (pending_links and tls_* of the limits, which are borrowed for the
   * listener's life). Right after listen(); without it all come in, and the defaults hold. data: that of listen(). */
  void     (*set_gate)    (P2pTransport *self, guint64 handle, const P2pLimits *limits, P2pAdmitFunc admit);
  void     (*unlisten)    (P2pTransport *self, guint64 handle);
  void     (*set_accepting) (P2pTransport *self, guint64 handle, gboolean accepting);   /* FALSE: new connections wait in the backlog */
  gboolean (*has_tls)     (P2pTransport *self);
  char    *(*lan_address) (P2pTransport *self);                         /* our address as others on the LAN see it; "127.0.0.1" without a network */
} P2pTransportOps;
struct _P2pTransport { const P2pTransportOps *ops; };

/* ---- all together ---- */
struct _P2pEnv {
  gatomicrefcount refs;
  P2pClock     *clock;
  P2pRandom    *random;
  P2pExecutor  *executor;
  P2pTransport *transport;
  void        (*free_func) (P2pEnv *self);  /* at the last unref */
};

static inline P2pEnv *p2p_env_ref (P2pEnv *e) { g_atomic_ref_count_inc (&e->refs); return e; }
static inline void p2p_env_unref (P2pEnv *e) { if (g_atomic_ref_count_dec (&e->refs)) e->free_func (e); }
G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pEnv, p2p_env_unref)

/* GIO's set, for a main context (NULL: the thread-default one of the caller). */
P2pEnv *p2p_gio_env_new (GMainContext *context);

G_END_DECLS
