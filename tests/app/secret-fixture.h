/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app-fixture.h"
#include "app/networks/rt-network-dialog.h"

#define SECRET "right horse battery"
#define OTHER "another one altogether"
#define UUID "6f2d4c3e-1a5b-4c7d-8e9f-0a1b2c3d4e5f"

typedef struct
{
  AppFixture app;
  RtWindow  *window;            /* not owned */
} SecretFixture;

/* A private network whose secret is SECRET, and whose uuid is UUID. */
RtNetworkConfig *secret_make_config        (const char *subnet);
/* What another run of the program left: such a network, called "quoll". Its secret is gone; it has not been looked up; neither was that seen yet. */
void             secret_before_lost        (const char *folder);
void             secret_before_unread      (const char *folder);
void             secret_before_unread_lost (const char *folder);
/* before: one of them, or NULL */
void             secret_set_up             (SecretFixture *self, AppBefore before);
void             secret_tear_down          (SecretFixture *self);
RtNetwork       *secret_get_network        (SecretFixture *self, guint position);       /* transfer none */
RtNetwork       *secret_add_private        (SecretFixture *self);                       /* likewise; "quoll", up when it returns */
const char      *secret_get_text_of        (RtNetwork *network);

/* ---- by the names of the .ui ---- */
GtkWidget       *secret_find               (GtkWidget *below, const char *id);
void             secret_click              (GtkWidget *below, const char *id);
const char      *secret_get_text           (GtkWidget *below, const char *id);
void             secret_type               (GtkWidget *below, const char *id, const char *text);
const char      *secret_get_hint           (GtkWidget *below, const char *id);
void             secret_turn               (GtkWidget *below, gboolean on);
void             secret_choose             (GtkWidget *below, const char *id, guint position);
gboolean         secret_can_accept         (GtkWidget *dialog);
GtkWidget       *secret_open_dialog        (SecretFixture *self, RtNetworkDialogMode mode, RtNetwork *network);
void             secret_close_dialog       (GtkWidget *dialog);
/* Light, dark, as narrow as a telephone, from right to left. */
void             secret_picture            (GtkWidget *dialog, const char *name);
