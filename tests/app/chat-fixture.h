/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "app/chat/rt-chat-page.h"
#include "app/chat/rt-composer.h"
#include "app/chat/rt-message-row.h"
#include "fake-network.h"
#include "timeline-fixture.h"

G_BEGIN_DECLS

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"

/* The chat page over a network without a node */
typedef struct {
  Fixture     f;                /* its window and timeline; no source of tests */
  RtNetwork  *network;
  RtChatPage *page;
  RtComposer *composer;
} PageFixture;

void          page_set_up     (PageFixture *p, gconstpointer n_messages);
void          page_tear_down  (PageFixture *p, gconstpointer unused);
GtkWidget    *page_part       (PageFixture *p, const char *name);      /* of its template */
gboolean      page_shows      (PageFixture *p, const char *name);
const char   *page_words      (PageFixture *p, const char *name);      /* of a label */
void          page_frames     (PageFixture *p, guint n);
void          page_assert_calls (PageFixture *p, const char *expected);
void          page_assert_text (PageFixture *p, const char *expected);
/* What the key would do in the text: TRUE when the composer keeps it for itself */
gboolean      page_press      (PageFixture *p, guint keyval, GdkModifierType state);
RtMessageRow *page_newest_row (PageFixture *p);
RtMessageRow *page_row        (PageFixture *p, RtMessageItem *item);   /* nullable: it is not in view */
/* A label somewhere below that shows this text */
gboolean      page_has_label  (GtkWidget *below, const char *text);
/* Into the folder $ROUNDTABLE_PICTURES, if that is set: to be looked at */
void          page_picture    (GtkWidget *widget, const char *name);

G_END_DECLS
