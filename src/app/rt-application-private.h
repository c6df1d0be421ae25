/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-application.h"
#include "rt-background.h"
#include "rt-notifier.h"
#include "rt-window.h"

G_BEGIN_DECLS

struct _RtApplication
{
  AdwApplication parent_instance;

  RtSettings   *settings;
  RtNetworks   *networks;
  RtNotifier   *notifier;
  RtNearby     *nearby;
  RtBackground *background;
  GQueue        asked;                  /* of RtAsked: until the networks are there */
  char         *load_error;             /* words, while the newest attempt to load has failed */
  guint         signal_ids[2];
  guint         deadline_id, service_id;
  gboolean      quitting;
};

/* The one that was looked at last; NULL: there is none. */
RtWindow *rt_application_get_window (RtApplication *self);
/* A further one. */
RtWindow *rt_application_add_window (RtApplication *self);
void      rt_application_make_networks (RtApplication *self);
void      rt_application_begin_quit (RtApplication *self);

/* ---- rt-application-actions.c ---- */
void      rt_application_add_actions (RtApplication *self);

/* ---- rt-application-help.c ---- */
/* The page of the user guide about what is in front. */
void      rt_application_show_help (RtApplication *self);
/* F1 in every window that there will be. */
void      rt_application_add_help (RtApplication *self);

/* ---- rt-application-ask.c: what comes from outside: the desktop, the bus, the command line ---- */
typedef enum { RT_ASK_MESSAGE, RT_ASK_SEARCH, RT_ASK_URI } RtAskKind;

/* In the window, as soon as there is one and the networks are there. target: (sxx) of a message, s of a URI; nullable; it is taken. */
void      rt_application_ask (RtApplication *self, RtAskKind kind, GVariant *target);
void      rt_application_answer (RtApplication *self);
void      rt_application_forget_asked (RtApplication *self);
void      rt_application_add_options (RtApplication *self);
int       rt_application_handle_local_options (GApplication *app, GVariantDict *options);
void      rt_application_open (GApplication *app, GFile **files, int n_files, const char *hint);

G_END_DECLS
