/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* The one thing that most likely helps. */
typedef enum {
  RT_FIX_NONE,
  RT_FIX_TRY_AGAIN,
  RT_FIX_FORGET,
  RT_FIX_EDIT_NETWORK,
  RT_FIX_CLOSE_LINK,
  RT_FIX_GO_ONLINE,
} RtFix;

/* What a code of P2P_LINK_ERROR means for a person. All translated. */
typedef struct {
  int         code;
  const char *cause;            /* what happened */
  const char *meaning;          /* what that says */
  const char *advice;           /* what to do */
  RtFix       fix;
} RtReachWords;

typedef enum {
  RT_STEP_WAITING,
  RT_STEP_RUNNING,
  RT_STEP_OK,
  RT_STEP_FAILED,
  RT_STEP_SKIPPED,
} RtStepState;

/* The way to a peer, in its order. */
typedef enum {
  RT_STEP_NAME,
  RT_STEP_PORT,
  RT_STEP_ENCRYPTION,
  RT_STEP_HANDSHAKE,
  RT_N_STEPS,
} RtStep;

/* An attempt that is over. */
typedef struct {
  gint64  when;                 /* UTC microseconds */
  int     code;                 /* -1: there was a link */
  char   *words;
} RtReachAttempt;

/**
 * RtReach: why an address cannot be reached: every attempt that is remembered, what the last of them means, and a check of each step now.
 * Signal: changed.
 */
#define RT_TYPE_REACH (rt_reach_get_type ())
G_DECLARE_FINAL_TYPE (RtReach, rt_reach, RT, REACH, GObject)

RtReach             *rt_reach_new (RtNetwork *network, const char *address);    /* address: as rt_parse_address takes it */
RtNetwork           *rt_reach_get_network (RtReach *self);
const char          *rt_reach_get_address (RtReach *self);
gboolean             rt_reach_get_connected (RtReach *self);
/* The newest first; of RtReachAttempt. */
GPtrArray           *rt_reach_get_attempts (RtReach *self);
/* Of the newest failure; NULL: there was none, or there is a link. */
const RtReachWords  *rt_reach_get_words (RtReach *self);
/* One sentence on how it stands; transfer full. */
char                *rt_reach_dup_summary (RtReach *self);
/* When it is tried again by itself: "Tries again in 12 s."; NULL: not. Transfer full. */
char                *rt_reach_dup_next (RtReach *self);
gboolean             rt_reach_can_forget (RtReach *self);
void                 rt_reach_forget (RtReach *self);

void                 rt_reach_check (RtReach *self);                    /* now; while one runs: nothing */
void                 rt_reach_stop (RtReach *self);
gboolean             rt_reach_is_checking (RtReach *self);
gboolean             rt_reach_was_checked (RtReach *self);              /* the steps mean something */
RtStepState          rt_reach_get_step (RtReach *self, RtStep step, const char **words);
/* "P2P_LINK_ERROR_REFUSED"; transfer full. */
char                *rt_reach_dup_code_name (int code);

/* ---- rt-reach-report.c ---- */
/* For a bug report, in English: no network name, no keys. Transfer full. */
char                *rt_reach_dup_report (RtReach *self);

/* ---- rt-reach-words.c ---- */
const RtReachWords  *rt_reach_explain (int code);                       /* NULL: no such code */
const char          *rt_step_get_words (RtStep step);
/* The step at which an error shows itself. */
RtStep               rt_reach_step_of (const GError *error);

G_END_DECLS
