/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/link/p2p-env.h"
#include "p2p/wire/p2p-types.h"
#include "test-rng.h"

G_BEGIN_DECLS

/*
 * A world without sockets, clocks and threads: hosts with names, a network between them, and one clock that moves only when
 * the test says so. Everything that happens is an event of that clock, and every choice comes from the seed, so a test runs
 * the same way each time. Each host has a P2pEnv for a node to live on.
 *
 *   TestWorld *world = test_world_new (1);
 *   TestHost *alice = test_world_add_host (world, "alice");
 *   P2pEnv *env = test_host_get_env (alice);
 *   ...
 *   test_world_advance (world, 2 * G_TIME_SPAN_SECOND);
 *   test_world_free (world);
 *
 * Freeing the world checks that the nodes left nothing behind: no pipe, timer, job, dial, listener or reference to an
 * environment; what is left is named and aborts the test.
 */

typedef struct _TestWorld TestWorld;
typedef struct _TestHost TestHost;
typedef struct _TestConn TestConn;

/* How bytes travel. Each conn takes the path that holds when it is dialled. */
typedef struct {
  gint64 delay;           /* microseconds one way */
  double spread;          /* > 0: delay is the median of a log-normal one with this sigma, drawn once for each pair of hosts... */
  gint64 least, most;     /* ...and kept between these */
  gint64 jitter;          /* up to so much more, from the seed; order is kept */
  gsize rate;             /* bytes a second one way; 0: no bound */
  gsize chunk;            /* deliver at most so many bytes at once; 0: all that arrived */
  gboolean chunk_random;  /* 1 to chunk bytes instead */
  gboolean split_headers; /* a delivery that would go on into the next frame ends four bytes into it, every other time */
  gsize capacity;         /* bytes under way and unread before write() takes no more; 0: 1 MiB */
} TestPath;

/* What happens, for the trace; numbers: see test_world_note(). */
typedef enum {
  TEST_EVENT_TIMER,       /* of the host */
  TEST_EVENT_JOB,
  TEST_EVENT_ARRIVE,      /* a dial of another host arrives: its number, port */
  TEST_EVENT_DIALLED,     /* a dial of the host ends: 1 with a pipe, 0 without; port */
  TEST_EVENT_ACCEPT,      /* a waiting one is accepted: number of the dialler */
  TEST_EVENT_BYTES,       /* from which host, how many */
  TEST_EVENT_WRITABLE,    /* towards which host */
  TEST_EVENT_CLOSED,      /* by which host, 1 with an error */
  TEST_EVENT_OTHER,       /* the test's own, from here on */
} TestEventKind;

/* ---- the world ---- */
TestWorld *test_world_new      (guint64 seed);
void       test_world_free     (TestWorld *self);
guint64    test_world_get_seed (TestWorld *self);
TestRng   *test_world_get_rng  (TestWorld *self);       /* for the test's own choices */
gint64     test_world_now      (TestWorld *self);
/* The next event, moving the clock to it; FALSE when there is none. */
gboolean   test_world_step     (TestWorld *self);
/* Everything that is due now, and what that makes due now. */
void       test_world_settle   (TestWorld *self);
/* Everything of the next microseconds; the clock ends there. */
void       test_world_advance  (TestWorld *self, gint64 span);
/* Until check says TRUE (asked after each event) or the span is over: what check says then. */
gboolean   test_world_run_until (TestWorld *self, gboolean (*check) (gpointer data), gpointer data, gint64 span);
/* The test's own events, e.g. a fault at a certain time. */
guint64    test_world_schedule (TestWorld *self, gint64 delay, P2pTimerFunc func, gpointer data);
void       test_world_set_path (TestWorld *self, const TestPath *path);
/* One way between two hosts, as the path that holds now says. */
gint64     test_world_get_delay (TestWorld *self, TestHost *a, TestHost *b);
/* The cost of a job of an executor: its result comes so much later. Default 1 ms. */
void       test_world_set_job_cost (TestWorld *self, gint64 microseconds);
/* Everything that happens is mixed into a hash, and every byte that arrives: two runs of one seed have the same one. */
guint64    test_world_get_hash (TestWorld *self);
guint64    test_world_get_n_events (TestWorld *self);
/* Mixes in something of the test's own. kind: TEST_EVENT_OTHER or above; host: where, nullable */
void       test_world_note     (TestWorld *self, guint kind, TestHost *host, guint64 a, guint64 b);
void       test_world_mix      (TestWorld *self, const guint8 *bytes, gsize length);
/* After each event, with the host whose node it concerned. */
typedef void (*TestObserver) (TestWorld *self, TestHost *host, gpointer data);
void       test_world_set_observer (TestWorld *self, TestObserver observer, gpointer data);
/* At each event, for reading: nothing may be changed from there. */
typedef void (*TestTracer) (gint64 time, guint kind, TestHost *host, guint64 a, guint64 b, gpointer data);
void       test_world_set_tracer (TestWorld *self, TestTracer tracer, gpointer data);
const char *test_event_kind_get_name (guint kind);

/* ---- hosts ---- */
TestHost   *test_world_add_host     (TestWorld *self, const char *name);   /* 10.0.0.1, 10.0.0.2, ... */
TestHost   *test_world_add_host_at  (TestWorld *self, const char *name, const char *address);
TestHost   *test_world_find_host    (TestWorld *self, const char *name_or_address);
P2pEnv     *test_host_get_env       (TestHost *self);
const char *test_host_get_name      (TestHost *self);
const char *test_host_get_address   (TestHost *self);
guint       test_host_get_number    (TestHost *self);                               /* from 1 */
void        test_host_set_utc_skew  (TestHost *self, gint64 microseconds);
void        test_host_set_tls       (TestHost *self, gboolean has_tls);             /* TRUE at the start */
void        test_host_set_refusing  (TestHost *self, gboolean refusing);            /* dials to it are refused */
void        test_host_set_silent    (TestHost *self, gboolean silent);              /* dials to it time out */
/* Hosts of different groups do not hear each other: bytes stay under way, dials time out. All are of group 0 at the start; conns
 * that outlived a partition go on when it is over. */
void        test_host_set_group     (TestHost *self, guint group);
guint       test_host_get_group     (TestHost *self);
/* How fast it takes bytes of each conn, a second; 0: at once. For conns made before, too. */
void        test_host_set_read_rate (TestHost *self, gsize rate);
/*
 * The host is gone from one moment to the next, and its node says no word more: free the node after this. TRUE: as when a program is
 * killed, the system tells the others, and refuses who dials. FALSE: as without power, they hear nothing at all, until the host is
 * back (test_host_return) and answers what it knows nothing of.
 */
void        test_host_vanish        (TestHost *self, gboolean told);
void        test_host_return        (TestHost *self);
guint       test_host_get_n_timers  (TestHost *self);
guint       test_host_get_n_jobs    (TestHost *self);                               /* under way */
guint       test_host_get_jobs_run  (TestHost *self);                               /* ever */
guint       test_host_get_n_dials   (TestHost *self);                               /* under way */
guint       test_host_get_dials_made (TestHost *self);                              /* ever */

/* ---- conns: two pipe ends ---- */
/* A conn without a dial: for tests of what lives on a pipe. */
TestConn *test_world_pair       (TestWorld *self, TestHost *dialler, TestHost *acceptor, gboolean secure,
                                 P2pPipe **dialler_pipe, P2pPipe **acceptor_pipe);
/* The living conns in the order in which they were made; both ends closed: gone. Found by counting. */
guint     test_world_get_n_conns (TestWorld *self);
TestConn *test_world_get_conn   (TestWorld *self, guint index);
TestConn *test_world_find_conn  (TestWorld *self, TestHost *dialler, TestHost *acceptor);   /* the first one; nullable */
TestHost *test_conn_get_host    (TestConn *self, guint end);                         /* end 0 dialled, 1 accepted */
/* Both ends get closed() with an error. */
void      test_conn_cut         (TestConn *self);
/* Bytes stay under way, nobody is told: a dead line. FALSE: they go on. */
void      test_conn_stall       (TestConn *self, gboolean stalled);
/* What the given end wrote: the sizes of its writes (gsize; only what was taken), and the bytes. Valid while the conn lives. */
GArray     *test_conn_get_writes  (TestConn *self, guint end);
GByteArray *test_conn_get_written (TestConn *self, guint end);
void        test_conn_record      (TestConn *self);                                   /* begin keeping both of them */

G_END_DECLS
