/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/table/rt-table.h"
#include "rt-value-editor.h"

G_BEGIN_DECLS

/**
 * RtKeyEditor: a new value for a key, or a new key. What another makes of the key meanwhile stands beside what is typed, and takes its place only when
 * the person says so. What was typed and not finished is kept as a draft of that key.
 * Signals: finished (RtTableRow nullable, apply boolean): it was staged, and shall be applied at once; or (NULL, FALSE): it was left.
 * load: as RtValueEditor.
 */
#define RT_TYPE_KEY_EDITOR (rt_key_editor_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyEditor, rt_key_editor, RT, KEY_EDITOR, GtkWidget)

/* row: NULL: a new key. */
void           rt_key_editor_open      (RtKeyEditor *self, RtTable *table, RtTableRow *row);
/* keep: what was typed as a draft. */
void           rt_key_editor_leave     (RtKeyEditor *self, gboolean keep);
gboolean       rt_key_editor_is_open   (RtKeyEditor *self);
RtTableRow    *rt_key_editor_get_row   (RtKeyEditor *self);             /* nullable */
RtValueEditor *rt_key_editor_get_value (RtKeyEditor *self);
gboolean       rt_key_editor_has_draft (RtKeyEditor *self, RtTableRow *row);

G_END_DECLS
