/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-net.h"

G_BEGIN_DECLS

/*
 * What happens to a network, as data: made from a seed, run any number of times with the same outcome, printed when it fails, and made
 * smaller by leaving events out.
 */
typedef enum {
  SIM_START,                    /* a node on host a */
  SIM_KEY,                      /* nodes started on host a are other ones from now on, by value */
  SIM_PY2P,                     /* nodes started on host a are models of py2p from now on (value 1), or ours (0) */
  SIM_METHODS,                  /* and have these compression methods, a bit each; SIM_ALL_METHODS: as compressing says */
  SIM_RETURN,                   /* a node on host a that dials b, where none lives on a */
  SIM_LEAVE,                    /* it closes in order */
  SIM_CRASH,                    /* value 1: the system tells the others; 0: it does not */
  SIM_CONNECT,                  /* a dials b */
  SIM_DISCONNECT,               /* the program of a parts from b */
  SIM_SEND,                     /* a to everybody, value bytes */
  SIM_WHISPER,                  /* a to b */
  SIM_ASK,                      /* a asks its neighbours for peers */
  SIM_CUT,                      /* the first conn between a and b */
  SIM_STALL,
  SIM_RESUME,
  SIM_SEVER,                    /* every conn between different groups */
  SIM_GROUP,                    /* hosts a to b are in group value: a partition, or its end */
  SIM_SKEW,                     /* of a's clock, value milliseconds */
  SIM_SLOW,                     /* a reads value bytes a second; 0: at full speed */
  SIM_REFUSE,                   /* dials to a are refused (value 1) or not */
  SIM_SILENT,                   /* dials to a time out (value 1) or not */
  SIM_SET,                      /* the program of a writes key b, value says what */
  SIM_DELETE,
  SIM_DELTA,
  SIM_PEACE,                    /* all hosts and lines are as they should be from now on */
  SIM_CHECK,                    /* the scenario's own: check (net, value) */
} SimEventKind;

typedef struct {
  gint64 time;                  /* microseconds from the start */
  SimEventKind kind;
  guint a, b;
  gint64 value;
} SimEvent;

typedef struct _SimScenario SimScenario;
struct _SimScenario {
  guint64 seed;
  guint n_hosts;
  gint64 duration;
  TestPath path;
  guint max_outgoing;           /* 0: as it is by default */
  gboolean compressing;
  gboolean secure;              /* as over TLS, in so far as the pipes tell who is there */
  guint check_every;            /* 0: 1 */
  P2pLimits limits;
  GArray *events;               /* SimEvent, of one time in the order in which they were added */
  void (*prepare) (SimNet *net, const SimScenario *scenario);         /* before the first event; any may be NULL */
  void (*check)   (SimNet *net, const SimScenario *scenario, gint64 value);    /* at each SIM_CHECK */
  void (*write)   (SimNet *net, const SimEvent *event);               /* SIM_SET, SIM_DELETE, SIM_DELTA */
  void (*finish)  (SimNet *net, const SimScenario *scenario);         /* at the end: is it as it should be? */
  void (*clear)   (SimNet *net);                                      /* of net->data */
  gpointer data;                /* the scenario's own, for the functions: constant */
};

typedef struct {
  char *failure;                /* NULL: it went well */
  char *note;                   /* a line of figures, NULL: none */
  guint64 hash;
  guint64 n_events;             /* of the world */
  guint64 counts[SIM_MOST_COUNTS];
} SimResult;

SimScenario *sim_scenario_new  (guint64 seed, guint n_hosts, gint64 duration);
SimScenario *sim_scenario_copy (const SimScenario *self);
void         sim_scenario_free (SimScenario *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimScenario, sim_scenario_free)

void         sim_scenario_add   (SimScenario *self, gint64 time, SimEventKind kind, guint a, guint b, gint64 value);
/* An event a line. */
char        *sim_scenario_print (const SimScenario *self);
/* tracer: may be NULL */
void         sim_scenario_run   (const SimScenario *self, TestTracer tracer, gpointer data, SimResult *result);
void         sim_result_clear   (SimResult *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimResult, sim_result_clear)

/* For finish: a line of figures that goes into the result. */
void         sim_net_note       (SimNet *net, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The same scenario without the events that it can do without, failing for the same kind of reason. Each try is a process of its own,
 * so that a crash can be shrunk too. progress: on standard error */
SimScenario *sim_scenario_shrink (const SimScenario *self, gboolean progress);

G_END_DECLS
