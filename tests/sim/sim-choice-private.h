/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-choice.h"

G_BEGIN_DECLS

typedef struct _Host Host;
typedef struct _Conn Conn;

typedef enum {
  ITEM_PLAN,
  ITEM_ACCEPT,
  ITEM_DIALLED,
  ITEM_BYTES,
  ITEM_END,
} ItemType;

typedef struct {
  ItemType type;
  gint64 sent;
  guint number;                 /* of a plan */
  Conn *conn;
  guint end;                    /* whom it reaches */
  GBytes *bytes;
  P2pTimerFunc func;
  gpointer data;
} Item;

typedef struct {
  P2pPipe base;
  Conn *conn;
  guint index;
  gboolean known;               /* its owner has it */
  gboolean closed;
  gboolean ended;
  const P2pPipeEvents *events;
  gpointer data;
  guint64 came, went;           /* hashes of the bytes */
} End;

struct _Conn {
  SimChoice *net;
  guint number;
  guint hosts[2];
  End ends[2];
  P2pDialFunc done;
  gpointer dial_data;
  gboolean cancelled;
};

typedef struct {
  guint64 handle;
  gint64 due;
  P2pTimerFunc func;
  gpointer data;
  P2pDoneFunc done;             /* a job's: func is NULL */
  gpointer result;
} Timer;

typedef struct { P2pClock base; Host *host; } HostClock;
typedef struct { P2pRandom base; Host *host; } HostRandom;
typedef struct { P2pExecutor base; Host *host; } HostExecutor;
typedef struct { P2pTransport base; Host *host; } HostTransport;

struct _Host {
  SimChoice *net;
  guint index;
  P2pEnv env;
  HostClock clock;
  HostRandom random;
  HostExecutor executor;
  HostTransport transport;
  guint64 drawn;
  P2pAcceptFunc accept;
  gpointer accept_data;
};

struct _SimChoice {
  gint64 now;
  guint64 next_handle;
  guint n_plans;
  Host hosts[2];
  GArray *timers[2];            /* Timer, of each host in order */
  GPtrArray *items;             /* in the order in which they set out */
  GPtrArray *conns;
};

/* Clock, random source and executor of a host. */
void sim_choice_init_host (Host *host);

G_END_DECLS
