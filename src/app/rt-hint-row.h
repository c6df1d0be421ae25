/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum {
  RT_HINT_ERROR,
  RT_HINT_SUCCESS,
} RtHintKind;

/* The words under a field of a boxed list: what is wrong with it, or what came of it. Hidden while there are none. Property: text. */
#define RT_TYPE_HINT_ROW (rt_hint_row_get_type ())
G_DECLARE_FINAL_TYPE (RtHintRow, rt_hint_row, RT, HINT_ROW, AdwPreferencesRow)

const char *rt_hint_row_get_text (RtHintRow *self);
void        rt_hint_row_set_text (RtHintRow *self, RtHintKind kind, const char *text);
GtkWidget  *rt_hint_row_get_label (RtHintRow *self);

G_END_DECLS
