/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-hint-row.h"

G_BEGIN_DECLS

/* NULL when the text is fine, else what is wrong, in words (transfer full). */
typedef char *(*RtFieldCheck) (const char *text);

/**
 * RtEntryField: an entry row that is checked while somebody types in it.
 * Properties: field (the property of RtNetworkConfig that it is checked as; nullable), optional (TRUE: empty is fine, whatever the
 * check says), required (TRUE: empty is not), hint (RtHintRow, nullable: shows the words), problem (readable, notifies: words, NULL when fine).
 * An empty field is not shown as wrong before somebody has typed in it; its problem is there all the same.
 */
#define RT_TYPE_ENTRY_FIELD (rt_entry_field_get_type ())
G_DECLARE_FINAL_TYPE (RtEntryField, rt_entry_field, RT, ENTRY_FIELD, AdwEntryRow)

const char *rt_entry_field_get_problem (RtEntryField *self);
gboolean    rt_entry_field_get_shows_problem (RtEntryField *self);               /* there is one, and it stands at the field */
void        rt_entry_field_set_check (RtEntryField *self, RtFieldCheck check);   /* instead of field */
char       *rt_entry_field_dup_text (RtEntryField *self);                        /* without the spaces around it */
void        rt_entry_field_reset (RtEntryField *self, const char *text);         /* as if nobody had typed */

G_END_DECLS
