/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the peers of the demonstration say: a short tour, a step at a time, and a tip where there is nothing to lead on to. It says nothing by itself, and knows no network. */
typedef enum {
  RT_DEMO_SAID,                 /* to everybody */
  RT_DEMO_REPLIED,              /* likewise, and it answers something */
  RT_DEMO_WHISPERED,            /* to one of them */
  RT_DEMO_WROTE,                /* a key */
} RtDemoEvent;

/* What it waits for. */
typedef enum {
  RT_DEMO_STEP_TALK,
  RT_DEMO_STEP_REPLY,
  RT_DEMO_STEP_WHISPER,
  RT_DEMO_STEP_TABLE,
  RT_DEMO_STEP_LOOK,
  RT_DEMO_STEP_DONE,
} RtDemoStep;

typedef struct {
  RtDemoStep step;
  guint      tip;
} RtDemoGuide;

/* To whoever comes for the first time. Transfer full, as below. */
char *rt_demo_guide_greet  (void);
/* text: what was said, or how the key is cited. way: the name of who passed it on; NULL: nobody. NULL: there is nothing to say to that. */
char *rt_demo_guide_answer (RtDemoGuide *self, RtDemoEvent event, const char *text, const char *way);

G_END_DECLS
