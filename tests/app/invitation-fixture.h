/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app-fixture.h"

#define LINK "roundtable:invite?v=1&name=%3Cb%3E%20%26%20club&encryption=Plaintext&kind=sync&leases=no&to=127.0.0.1:9&to=localhost:10"

/* A window that is open; with a network "quoll" in it, unless it is the first run. */
typedef struct
{
  AppFixture app;
  RtWindow  *window;
} InvitationFixture;

void       invitation_set_up         (InvitationFixture *self, gconstpointer user_name);
void       invitation_tear_down      (InvitationFixture *self, gconstpointer unused);
GtkWidget *invitation_find_button    (GtkWidget *below, const char *id);
/* The question wants to know what the person is called. */
gboolean   invitation_asks_name      (GtkWidget *dialog);
void       invitation_click          (GtkWidget *below, const char *id);
GtkWidget *invitation_open_link      (InvitationFixture *self, const char *link);     /* what is in front then */
guint      invitation_count_networks (InvitationFixture *self);
guint      invitation_count_dialogs  (InvitationFixture *self);                       /* in front of the window */
