/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-env.h"
#include "p2p/link/p2p-timer-heap.h"

G_BEGIN_DECLS

struct _TestWorld {
  P2pTimerHeap *events;
  guint64 seed;
  TestRng rng;
  GPtrArray *hosts;
  GHashTable *hosts_by_name;    /* name and address -> TestHost */
  GQueue conns;                 /* TestConn, its own link in it */
  guint64 n_conns;              /* ever */
  TestPath path;
  gint64 now;
  gint64 job_cost;
  guint64 hash;
  guint64 n_events;
  TestHost *touched;            /* whose node the event concerned */
  TestObserver observer;
  gpointer observer_data;
  TestTracer tracer;
  gpointer tracer_data;
};

/* The interfaces of the environment come with a way back to the host. */
typedef struct { P2pClock base; TestHost *host; } TestClock;
typedef struct { P2pRandom base; TestHost *host; } TestRandom;
typedef struct { P2pExecutor base; TestHost *host; } TestExecutor;
typedef struct { P2pTransport base; TestHost *host; } TestTransport;
typedef struct { P2pEnv base; TestHost *host; } TestEnv;

struct _TestHost {
  TestWorld *world;
  guint number;
  TestRng rng;                  /* what its node draws */
  TestRng network_rng;          /* how its dials travel */
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
  gboolean vanished;
  gboolean away;                /* without power */
  guint group;
  gsize read_rate;
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
void      test_conn_wake (TestConn *self);                              /* what holds its bytes back may be over */
void      test_conn_vanish (TestConn *self, TestHost *host, gboolean told);
static inline gboolean test_hosts_apart (TestHost *a, TestHost *b) { return a->group != b->group; }
/* Frees a conn whoever still holds its pipes: only for a world that is going away. */
void      test_conn_discard (TestConn *self);

G_END_DECLS
