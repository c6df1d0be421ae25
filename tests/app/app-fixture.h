/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/rt-window.h"
#include "support/rt-wait.h"

/* A program with a folder of its own, whose networks listen on the loopback only. */
typedef struct
{
  char          *folder;
  RtApplication *app;
  RtNetworks    *networks;
} AppFixture;

#define app_wait_for(condition) rt_wait_until (condition)

void       app_settle (void);                   /* until nothing is pending any more */
/* user_name: NULL for the first run */
void       app_fixture_set_up (AppFixture *fixture, const char *user_name);
/* Another run of the program left that folder so. */
typedef void (*AppBefore) (const char *folder);
void       app_fixture_set_up_after (AppFixture *fixture, const char *user_name, AppBefore before);
void       app_fixture_tear_down (AppFixture *fixture);
RtNetwork *app_fixture_add (AppFixture *fixture, const char *subnet);       /* transfer none; up when it returns */
/* Of the widgets below one, the first of a type (and, if given, of a name as a buildable or a css name). */
GtkWidget *app_find (GtkWidget *below, GType type, const char *buildable_id);
/* A label below a widget that shows this text, and is visible with all above it. */
gboolean   app_shows (GtkWidget *below, const char *text);
/* The dialog in front of a window; NULL: none. */
GtkWindow *app_dialog (GtkWindow *parent);
/* A picture of a widget that is shown, into the folder $ROUNDTABLE_PICTURES if that is set: to be looked at. */
void       app_picture (GtkWidget *widget, const char *name);
/* Until so many frames were painted. */
void       app_frames (GtkWidget *widget, guint n);
