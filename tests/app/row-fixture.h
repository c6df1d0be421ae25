/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the chat in a window, over a network without a node. */
#pragma once

#include <adwaita.h>

#include "app/chat/rt-message-row.h"
#include "fake-network.h"

G_BEGIN_DECLS

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"
#define HOUR (3600 * G_TIME_SPAN_SECOND)
#define NOON ((gint64) 1763640000 * G_TIME_SPAN_SECOND) /* 2025-11-20 12:00 UTC, a Thursday */

typedef struct {
  RtNetwork    *network;
  GtkWidget    *window, *row;
} RowFixture;

void        row_set_up    (RowFixture *f, gconstpointer unused);
void        row_tear_down (RowFixture *f, gconstpointer unused);
void        row_bind      (RowFixture *f, RtMessageItem *item, RtMessageItem *previous);
/* Parts by the names in the template. */
GtkWidget  *row_part      (RowFixture *f, const char *name);
gboolean    row_shows     (RowFixture *f, const char *name);
const char *row_words     (RowFixture *f, const char *name);
const char *row_body_text (RowFixture *f);
gboolean    row_can       (RowFixture *f, const char *action);
void        row_get_bounds (RowFixture *f, const char *name, graphene_rect_t *bounds);
/* What was copied; transfer full. */
char       *row_read_clipboard (RowFixture *f);

#define ROW_ADD(name, function) g_test_add ("/message/" name, RowFixture, NULL, row_set_up, function, row_tear_down)

G_END_DECLS
