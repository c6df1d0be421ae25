/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table-row.h"
#include "rt-table-source.h"

G_BEGIN_DECLS

typedef enum {
  RT_TABLE_SORT_KEY,            /* by bytes */
  RT_TABLE_SORT_VALUE,          /* numbers by size, before all else; then by what is shown */
  RT_TABLE_SORT_KIND,
  RT_TABLE_SORT_SIZE,
  RT_TABLE_SORT_OWNER,          /* own ones first */
  RT_TABLE_SORT_WRITTEN,
  RT_TABLE_SORT_LEASE,          /* the one that ends first; the free ones before them */
  RT_TABLE_SORT_STATE,          /* what waits for somebody first: conflicts, refused ones, other changes; own ones, leased ones, free ones, old ones */
} RtTableSort;

typedef enum {
  RT_TABLE_SHOW_ALL,
  RT_TABLE_SHOW_MINE,
  RT_TABLE_SHOW_STAGED,
  RT_TABLE_SHOW_CONFLICTS,      /* and those whose apply was refused */
} RtTableShow;

typedef enum {
  RT_TABLE_JSON,                /* {"roundtable-table": 1, "entries": [{"key", "value", "owner", "written"}, …]}; values as in rt-value-text.h */
  RT_TABLE_CSV,                 /* key,type,value,owner,written: RFC 4180. What a spreadsheet would take for a formula gets a ' before it, which import takes away again */
} RtTableFormat;

typedef enum {
  RT_OUTCOME_APPLIED,
  RT_OUTCOME_LEASED,            /* somebody else's lease runs: still staged, words say whose and how long */
  RT_OUTCOME_CONFLICT,          /* others changed it since it was seen: still staged, nothing was written */
  RT_OUTCOME_FAILED,            /* still staged, words say why */
  RT_OUTCOME_CANCELLED,         /* still staged, not tried */
} RtTableOutcome;

/* What became of one key: properties row (RtTableRow), key-text, outcome, words (nullable). Immutable. */
#define RT_TYPE_TABLE_RESULT (rt_table_result_get_type ())
G_DECLARE_FINAL_TYPE (RtTableResult, rt_table_result, RT, TABLE_RESULT, GObject)
RtTableRow    *rt_table_result_get_row      (RtTableResult *self);
const char    *rt_table_result_get_key_text (RtTableResult *self);
RtTableOutcome rt_table_result_get_outcome  (RtTableResult *self);
const char    *rt_table_result_get_words    (RtTableResult *self);

/**
 * RtTable: the table of a network as a page shows it.
 *
 * Properties (they notify): rows (GListModel of RtTableRow, filtered and sorted; the same object for the table's life), filter (string, ""; in keys and values, in whatever
 * case), show (RtTableShow), sort-by (RtTableSort), descending: those four writable; working (boolean: rows are not yet what filter and sort say: they stay as they
 * were until they are), n-keys (uint, of the whole table), n-unread (uint: of them, whose value is not known), n-shown (uint), staged (GListModel of RtTableRow, in the order in which they were staged), n-staged (uint),
 * n-conflicts (uint), applying (boolean), undo-text (words for the button's tooltip, NULL: nothing to undo), redo-text, refusal (words, nullable: why nothing can be
 * written, e.g. the network is off; rows are old then).
 * Signal: result (RtTableResult): of one that was tried again by itself.
 *
 * Where the values have to be fetched over a network (rt_table_is_fetching()), that of a row is fetched when somebody looks at it: rt_table_row_want(), rt_table_want(). Filter and sort
 * go by what was read; rt_table_dup_unread_words() is for the header.
 *
 * Work over many keys goes in slices of 4 ms at idle priority, so that nothing of it keeps a frame waiting. Changes of others are gathered and shown once a frame.
 *
 * Nothing is overwritten unseen: an edit is staged upon what the person saw (an RtTableState), and is written only if the key still has that value in the moment of writing.
 * If it has not, the row is a conflict until somebody decides. Nothing is dropped silently: an edit stays staged until it was written or taken back by the person, whatever
 * happens to the key or the network meanwhile.
 */
#define RT_TYPE_TABLE (rt_table_get_type ())
G_DECLARE_FINAL_TYPE (RtTable, rt_table, RT, TABLE, GObject)

RtTable    *rt_table_new          (RtTableSource *source);             /* source: nullable: empty until there is one */
/* The network came up, or went: staged edits stay, undo too. */
void        rt_table_set_source   (RtTable *self, RtTableSource *source);
GListModel *rt_table_get_rows     (RtTable *self);                      /* transfer none, as all here that does not say otherwise */
GListModel *rt_table_get_staged   (RtTable *self);
const char *rt_table_get_filter   (RtTable *self);
void        rt_table_set_filter   (RtTable *self, const char *filter);
void        rt_table_set_show     (RtTable *self, RtTableShow show);
void        rt_table_set_sort     (RtTable *self, RtTableSort sort_by, gboolean descending);
RtTableSort rt_table_get_sort     (RtTable *self, gboolean *descending);
gboolean    rt_table_get_working  (RtTable *self);
guint       rt_table_get_n_keys   (RtTable *self);
guint       rt_table_get_n_staged (RtTable *self);
guint       rt_table_get_n_conflicts (RtTable *self);
gboolean    rt_table_get_applying (RtTable *self);
const char *rt_table_get_refusal  (RtTable *self);
/* Its values are at places of a ring: nobody owns a key, and a write has no token. */
gboolean    rt_table_is_distributed (RtTable *self);
const char *rt_table_get_undo_text (RtTable *self);
const char *rt_table_get_redo_text (RtTable *self);
/* Also of those that are not shown; NULL: neither there nor staged. */
RtTableRow *rt_table_find         (RtTable *self, GBytes *key);
/* The first n keys, by bytes, that begin so: of RtTableRow, transfer full. Keys that are no text are left out. */
GPtrArray  *rt_table_complete     (RtTable *self, const char *prefix, guint n);
/* Its place in rows, FALSE: it is not shown. O(log n). */
gboolean    rt_table_get_position (RtTable *self, RtTableRow *row, guint *position);
/* Values have to be fetched. */
gboolean    rt_table_is_fetching  (RtTable *self);
guint       rt_table_get_n_unread (RtTable *self);
/* "188 of 200 values are not read yet: …", where that matters to what is shown; NULL: it does not. Transfer full. */
char       *rt_table_dup_unread_words (RtTable *self);
/* Its value is fetched, if it is not known (e.g. of the chosen key). Again: also if it is. Nothing where there is nothing to fetch. */
void        rt_table_want         (RtTable *self, GBytes *key);
void        rt_table_read_again   (RtTable *self, GBytes *key);

/* ---- staging ---- */

/* What is applied at once is remembered for an undo when it is of at most so many keys. */
#define RT_TABLE_MAX_UNDO 10000u

/* At most so many keys can be staged at a time. */
#define RT_TABLE_MAX_STAGED 131072u

/* seen: what the person saw of it (rt_table_row_dup_state() when the editor was opened); NULL: as it is now. The value that it has already takes a staged edit
 * back. RT_VALUE_ERROR and G_IO_ERROR with words: key, value or table are not fit for it. The row (transfer none), NULL with an error; NULL without
 * one: what was staged was taken back, and there is no such key. */
RtTableRow *rt_table_stage_set    (RtTable *self, GBytes *key, GVariant *value, RtTableState *seen, GError **error);
RtTableRow *rt_table_stage_delete (RtTable *self, GBytes *key, RtTableState *seen, GError **error);    /* G_IO_ERROR_NOT_FOUND; of a staged new key: takes it back */
void        rt_table_unstage      (RtTable *self, GBytes *key);
void        rt_table_unstage_all  (RtTable *self);
/* Conflicts. Mine: what I staged shall be written over what is there now; it still has to be applied. Theirs: as unstage. To edit: stage_set again with the state that is seen now. */
void        rt_table_keep_mine    (RtTable *self, GBytes *key);
void        rt_table_keep_theirs  (RtTable *self, GBytes *key);

/* ---- applying ---- */

/* keys: of GBytes; NULL: all that is staged, in its order. One at a time runs (G_IO_ERROR_BUSY). Cancelled, what was not tried yet stays staged and says so; what
 * was on its way over the network says that it may have been written, and is read again. */
void        rt_table_apply_async  (RtTable *self, GPtrArray *keys, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Of RtTableResult, one a key, in that order; transfer full. An error only when nothing was tried at all. */
GListModel *rt_table_apply_finish (RtTable *self, GAsyncResult *result, GError **error);
/* Try a staged edit of a leased key again by itself when the lease ends: for at most 24 hours and 10 times, then the row says that it was given up. The signal result tells. */
#define RT_TABLE_RETRY_SECONDS (24 * 3600)
#define RT_TABLE_RETRY_TIMES 10u
void        rt_table_set_retry    (RtTable *self, GBytes *key, gboolean retry);
/* What was applied last is taken back (deleted keys return, with us as their owner). Of those that others changed since, nothing is written: they become conflicts. The last
 * 100 applies are remembered, of RT_TABLE_MAX_UNDO keys and 64 MiB together; one that is more than that cannot be undone, and nothing before it. G_IO_ERROR_NOT_FOUND: nothing to undo. */
void        rt_table_undo_async   (RtTable *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void        rt_table_redo_async   (RtTable *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GListModel *rt_table_undo_finish  (RtTable *self, GAsyncResult *result, GError **error);        /* of both; as rt_table_apply_finish() */

/* ---- history ---- */

/* Of RtTablePast, the newest first, at most 20; transfer full. */
void        rt_table_load_history_async  (RtTable *self, GBytes *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *rt_table_load_history_finish (RtTable *self, GAsyncResult *result, GError **error);

/* ---- files ---- */

/* A file of more bytes is not read. */
#define RT_TABLE_MAX_IMPORT (256u * 1024 * 1024)
/* So many words of trouble are kept; n_problems counts all. */
#define RT_TABLE_MAX_PROBLEMS 100u

typedef struct {
  guint      n_staged;          /* now wait for a review */
  guint      n_same;            /* are in the table as they are in the file */
  guint      n_problems;        /* entries that were left out */
  GPtrArray *problems;          /* of strings: "Line 12: …" */
} RtTableImport;
void rt_table_import_free (RtTableImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTableImport, rt_table_import_free)

/* keys: of GBytes; NULL: all rows that are shown, as they are shown. Nothing that is staged is written out. Values that were not read are fetched; those that cannot be are left out:
 * rt_table_export_get_n_unread(), after it, says how many. */
void        rt_table_export_async  (RtTable *self, GPtrArray *keys, RtTableFormat format, GOutputStream *stream, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean    rt_table_export_finish (RtTable *self, GAsyncResult *result, guint *n_written, GError **error);
guint       rt_table_export_get_n_unread (GAsyncResult *result);
/* Reads the file and stages what is in it; nothing is applied, and what the person has staged himself is left alone (a problem in words). An error: it is no such file, and nothing was staged. */
void           rt_table_import_async  (RtTable *self, RtTableFormat format, GInputStream *stream, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtTableImport *rt_table_import_finish (RtTable *self, GAsyncResult *result, GError **error);           /* transfer full */

G_END_DECLS
