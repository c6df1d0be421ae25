/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-env.h"
#include "p2p/link/p2p-timer-heap.h"

G_BEGIN_DECLS

struct _TestWorld {
  P2pTimerHeap *events;
  GRand *rand;
  GPtrArray *hosts;
  GPtrArray *conns;
  TestPath path;
  gint64 now;
  gint64 job_cost;
};

/* The interfaces of the environment come with a way back to the host. */
typedef struct { P2pClock base; TestHost *host; } TestClock;
typedef struct { P2pRandom base; TestHost *host; } TestRandom;
typedef struct { P2pExecutor base; TestHost *host; } TestExecutor;
typedef struct { P2pTransport base; TestHost *host; } TestTransport;
typedef struct { P2pEnv base; TestHost *host; } TestEnv;

struct _TestHost {
  TestWorld *world;
  char *name;
  char *address;
  TestEnv env;
  TestClock clock;
  TestRandom random;
  TestExecutor executor;
  TestTransport transport;
  guint8 digest[32];
  gint64 utc_skew;
  gboolean has_tls;
  gboolean refusing;
  gboolean silent;
  GHashTable *timers;           /* guint64 handle -> TestTimer */
  GHashTable *jobs;             /* guint64 handle -> TestJob */
  GHashTable *dials;            /* guint64 handle -> TestDial */
  GPtrArray *listeners;
  guint64 next_handle;
  guint16 next_port;
  guint jobs_run;
  guint dials_made;
};

void test_clock_init     (TestHost *host);
void test_executor_init  (TestHost *host);
void test_transport_init (TestHost *host);
void test_transport_clear (TestHost *host);

TestConn *test_conn_new  (TestWorld *world, TestHost *dialler, TestHost *acceptor, guint16 dialler_port, guint16 acceptor_port, gboolean secure);
P2pPipe  *test_conn_get_pipe (TestConn *self, guint end);
gboolean  test_pipe_is_closed (P2pPipe *pipe);
/* Frees a conn whoever still holds its pipes: only for a world that is going away. */
void      test_conn_discard (TestConn *self);

G_END_DECLS
