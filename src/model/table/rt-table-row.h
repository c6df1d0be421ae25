/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-value-text.h"

G_BEGIN_DECLS

typedef enum {
  RT_ROW_NORMAL,
  RT_ROW_EDITED,                /* staged: another value, or a new key */
  RT_ROW_TO_DELETE,             /* staged: to be deleted */
  RT_ROW_APPLYING,              /* waiting for its turn in an apply that runs */
  RT_ROW_FAILED,                /* staged, and the last apply was refused: error says why */
  RT_ROW_CONFLICT,              /* staged, and others changed it since the person saw it: nothing is applied before somebody decides */
} RtTableRowState;

/* How a key stood at a moment: what somebody saw. Immutable; boxed, with a reference count. */
typedef struct _RtTableState RtTableState;

#define RT_TYPE_TABLE_STATE (rt_table_state_get_type ())
GType         rt_table_state_get_type  (void);
RtTableState *rt_table_state_ref       (RtTableState *self);
void          rt_table_state_unref     (RtTableState *self);
GVariant     *rt_table_state_get_value (RtTableState *self);    /* transfer none; NULL: there was no such key */
gboolean      rt_table_state_get_unread (RtTableState *self);   /* there was such a key, and its value was not known */
const char   *rt_table_state_get_owner (RtTableState *self);    /* nullable likewise */
gint64        rt_table_state_get_written (RtTableState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTableState, rt_table_state_unref)

#define RT_TABLE_PREVIEW_CHARS 200u

/**
 * RtTableRow: a key of an RtTable, while it has a value or a staged edit. One object a key for as long as it is there.
 * Properties (readable, they notify at most once a frame):
 *   key (GBytes), key-text (one line, safe to show), key-is-text (boolean)                            never change
 *   exists (boolean: FALSE for a staged new key, and for one that others deleted under an edit)
 *   value-text (at most RT_TABLE_PREVIEW_CHARS characters, one line), kind (RtValueKind), kind-text, size (uint64, bytes)
 *   owner (id, nullable), owner-text ("you" or a short id), written (int64, UTC seconds; 0: not there), mine, old (booleans)
 *   lease-end (int64, UTC seconds; 0: free), lease-left (uint, seconds), lease-text ("12 min 3 s", "free")
 *   state (RtTableRowState), state-text (words), error (words, nullable), staged-text (as value-text, of the staged value; nullable), retrying (boolean: will be
 *   tried again by itself when the lease ends)
 *   Where values are fetched: unread (boolean: the value is not known; value-text is "" and kind-text says it: "not read yet", "being read…", "cannot be read"), reading (boolean),
 *   trouble (words, nullable: why it could not be read); with a value that is being read again, old and reading.
 *
 * The value itself is not kept by the row: it is asked for.
 */
#define RT_TYPE_TABLE_ROW (rt_table_row_get_type ())
G_DECLARE_FINAL_TYPE (RtTableRow, rt_table_row, RT, TABLE_ROW, GObject)

GBytes     *rt_table_row_get_key        (RtTableRow *self);     /* transfer none */
const char *rt_table_row_get_key_text   (RtTableRow *self);
gboolean    rt_table_row_get_exists     (RtTableRow *self);
const char *rt_table_row_get_value_text (RtTableRow *self);
RtValueKind rt_table_row_get_kind       (RtTableRow *self);
const char *rt_table_row_get_kind_text  (RtTableRow *self);     /* as the property */
gboolean    rt_table_row_get_unread     (RtTableRow *self);
gboolean    rt_table_row_get_reading    (RtTableRow *self);
const char *rt_table_row_get_trouble    (RtTableRow *self);     /* nullable */
gsize       rt_table_row_get_size       (RtTableRow *self);
gboolean    rt_table_row_get_fetched    (RtTableRow *self);     /* its value is somewhere on a ring: nobody owns it */
gboolean    rt_table_row_get_signed     (RtTableRow *self);     /* it is proved that the owner wrote it */
const char *rt_table_row_get_owner      (RtTableRow *self);
char       *rt_table_row_dup_owner_text (RtTableRow *self);
gint64      rt_table_row_get_written    (RtTableRow *self);
gboolean    rt_table_row_get_mine       (RtTableRow *self);
gboolean    rt_table_row_get_old        (RtTableRow *self);
gint64      rt_table_row_get_lease_end  (RtTableRow *self);
guint       rt_table_row_get_lease_left (RtTableRow *self);     /* of this moment */
char       *rt_table_row_dup_lease_text (RtTableRow *self);     /* of this moment */
RtTableRowState rt_table_row_get_state  (RtTableRow *self);
const char *rt_table_row_get_state_text (RtTableRow *self);
const char *rt_table_row_get_error      (RtTableRow *self);     /* nullable */
gboolean    rt_table_row_get_retrying   (RtTableRow *self);

/* How it stands now, with its value: what an editor shows, and gives back when something is staged. Transfer full. */
RtTableState *rt_table_row_dup_state    (RtTableRow *self);
/* What is staged: TRUE when something is. *value NULL: the delete (transfer none, as *base: what the person saw when it was staged). */
gboolean    rt_table_row_get_staged     (RtTableRow *self, GVariant **value, RtTableState **base);
/* The countdown: notifies lease-left and lease-text when they have changed. Called once a second by who shows the row, of the visible ones only. */
void        rt_table_row_tick           (RtTableRow *self);
/* It came before the person's eyes: its value is fetched if it is not known, and again whenever it is said to have changed, until it is taken back as often. */
void        rt_table_row_want           (RtTableRow *self);
void        rt_table_row_unwant         (RtTableRow *self);

G_END_DECLS
