/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "model/table/rt-value-text.h"

G_BEGIN_DECLS

/* What is longer than this, or has a paragraph longer than that, is not put into a field to type in: laying it out would take too long. */
#define RT_VALUE_EDITOR_MAX_TEXT (64u * 1024)
#define RT_VALUE_EDITOR_MAX_PARAGRAPH (8u * 1024)

/**
 * RtValueEditor: a field to type a value in, of the type that is chosen, checked while somebody types.
 * Property: problem (words, NULL when it is fine; notifies).
 * Signals: changed (somebody typed or chose); load (another value is wanted from a file, in place of one too long to type in).
 */
#define RT_TYPE_VALUE_EDITOR (rt_value_editor_get_type ())
G_DECLARE_FINAL_TYPE (RtValueEditor, rt_value_editor, RT, VALUE_EDITOR, GtkWidget)

/* NULL: an empty text. Not "changed". */
void        rt_value_editor_set_value (RtValueEditor *self, GVariant *value);
/* Something else than set_value(): as if it had been typed. */
void        rt_value_editor_load (RtValueEditor *self, GVariant *value);
/* As it stands now. NULL and an error in words, which is the problem too; transfer full. */
GVariant   *rt_value_editor_dup_value (RtValueEditor *self, GError **error);
const char *rt_value_editor_get_problem (RtValueEditor *self);
gboolean    rt_value_editor_get_modified (RtValueEditor *self);         /* since set_value() */
/* What was typed, right or wrong, to be gone on with later. NULL: nothing was typed; transfer full. */
GVariant   *rt_value_editor_dup_draft (RtValueEditor *self);
void        rt_value_editor_restore_draft (RtValueEditor *self, GVariant *draft);

G_END_DECLS
