/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table.h"
#include "rt-value-search.h"

G_BEGIN_DECLS

/* A turn of work over many keys. */
#define RT_TABLE_SLICE_MICROSECONDS 4000
/* Changes of others are shown once a frame. */
#define RT_TABLE_FRAME_MILLISECONDS 16u
/* What is before somebody's eyes is asked for again: the source knows whether it is due. */
#define RT_TABLE_FETCH_SECONDS 15u

/* ---- a list whose holder tells what changed (rt-table-rows.c) ---- */

#define RT_TYPE_TABLE_ROWS (rt_table_rows_get_type ())
G_DECLARE_FINAL_TYPE (RtTableRows, rt_table_rows, RT, TABLE_ROWS, GObject)

RtTableRows *rt_table_rows_new     (GType item_type);
GPtrArray   *rt_table_rows_get     (RtTableRows *self);                 /* owning; change it with what follows */
void         rt_table_rows_insert  (RtTableRows *self, guint position, gpointer item);
void         rt_table_rows_remove  (RtTableRows *self, guint position);
/* Takes the array in place of its own, and tells of what is between the common beginning and the common end. */
void         rt_table_rows_replace (RtTableRows *self, GPtrArray *items);
/* The same, of an array that has taken over the references of those that stay, and left the others to the caller. */
void         rt_table_rows_take    (RtTableRows *self, GPtrArray *items);

/* ---- rows (rt-table-row.c) ---- */

struct _RtTableState {
  gatomicrefcount ref_count;
  GVariant *value;              /* NULL: no such key */
  char     *owner;
  gint64    written;
  gboolean  unread;             /* there is such a key; value is NULL */
};

RtTableState *rt_table_state_new (GVariant *value, const char *owner, gint64 written);
RtTableState *rt_table_state_new_unread (void);

/* What is staged. */
typedef struct {
  GVariant     *value;          /* NULL: to be deleted */
  RtTableState *base;           /* what the person saw */
  gint64        retry_since;    /* UTC seconds; 0: not to be tried again by itself */
  guint         retries;
  gint64        next_try;       /* monotonic; over a network, where no lease says when */
} RtTableEdit;

struct _RtTableRow {
  GObject          parent_instance;
  RtTable         *table;       /* not owned; NULL: it is gone */
  GBytes          *key;
  char            *key_text;
  char            *owner;       /* an interned GRefString, NULL: it does not exist */
  char            *preview;     /* NULL: not looked at since it changed */
  char            *staged_text;
  char            *error;
  char            *trouble;     /* why its value could not be read */
  RtTableEdit     *edit;        /* NULL: nothing is staged */
  gint64           written;
  gint64           lease_end;
  gsize            size;
  double           number;      /* of the value, where it is one */
  guint            index;       /* among all */
  guint            viewers;     /* who have it before their eyes */
  guint            generation;
  guint            told_lease;  /* the seconds that were told last */
  RtTableRowState  state;
  RtTableRowState  order_state; /* by which it was put where it is */
  RtValueKind      kind;
  guint            exists : 1;
  guint            mine : 1;
  guint            signed_by_owner : 1;
  guint            old : 1;
  guint            unread : 1;
  guint            reading : 1;
  guint            nothing : 1; /* it has no value, though it is there */
  guint            fetched : 1; /* its value is somewhere on a ring */
  guint            key_is_text : 1;
  guint            shown : 1;   /* is in the list */
  guint            moving : 1;  /* its place is being changed */
  guint            listed : 1;  /* is in the list of the staged */
};

RtTableRow *rt_table_row_new     (RtTable *table, GBytes *key);
/* Takes over how the source has it now. TRUE: anything of it changed. */
gboolean    rt_table_row_refresh (RtTableRow *self);
void        rt_table_row_look    (RtTableRow *self);    /* at the value: preview, kind and number */
void        rt_table_row_set_edit (RtTableRow *self, GVariant *value, RtTableState *base);
/* row->exists and row->unread count; by: 1 or -1. */
void        rt_table_count_row (RtTable *self, RtTableRow *row, int by);
void        rt_table_row_clear_edit (RtTableRow *self);
void        rt_table_row_set_state (RtTableRow *self, RtTableRowState state, const char *error);
void        rt_table_row_set_retry (RtTableRow *self, gint64 since);
/* Is what the person saw what is there? And is what he wants there already? */
gboolean    rt_table_row_is_as_seen (RtTableRow *self);
gboolean    rt_table_row_is_as_wanted (RtTableRow *self);
int         rt_table_row_compare (RtTableRow *a, RtTableRow *b, RtTableSort sort_by);     /* rt-table-order.c */
gboolean    rt_table_row_is_wanted (RtTable *self, RtTableRow *row);                      /* by filter and show; rt-table-order.c */

/* ---- the table ---- */

typedef struct _RtTableBuild RtTableBuild;
typedef struct _RtTableApply RtTableApply;

struct _RtTable {
  GObject        parent_instance;
  RtTableSource *source;        /* nullable */
  char          *refusal;

  GHashTable    *by_key;        /* of rows, owned by every */
  GPtrArray     *every;         /* all rows, in no order */
  guint          n_exist;
  guint          n_unread;      /* of those that exist */
  guint          generation;
  RtTableRows   *rows;
  RtTableRows   *staged;
  guint          n_conflicts;
  gboolean       gathering;     /* what is no more staged leaves the list at the end of the slice */

  char          *filter;
  RtNeedle      *needle;        /* NULL: everything */
  RtTableShow    show;
  RtTableSort    sort_by;
  gboolean       descending;

  GHashTable    *pending;       /* keys that changed since they were looked at */
  GPtrArray     *pending_order;
  guint          pending_head;
  guint          flush_timer;
  guint          work_source;
  RtTableBuild  *build;         /* NULL: rows are what they should be, but for the pending */
  gboolean       reload;        /* the build begins with asking the source for its keys */
  gboolean       told_working;

  RtTableApply  *apply;
  GQueue         undo, redo;    /* of RtTableStep, the newest first */
  guint          n_undo_items;
  gsize          undo_bytes;
  char          *undo_text, *redo_text;
  guint          retry_timer;
  guint          n_retrying;    /* that are on their way over a network */
  guint          fetch_timer;   /* of a source whose values are fetched */
};

/* ---- rt-table.c ---- */
void rt_table_notify_staged (RtTable *self);
void rt_table_notify_counts (RtTable *self);
void rt_table_notify_working (RtTable *self);
void rt_table_notify_rows (RtTable *self);
void rt_table_notify_applying (RtTable *self);
void rt_table_notify_undo (RtTable *self);
void rt_table_emit_result (RtTable *self, RtTableResult *result);
gint64 rt_table_get_now (RtTable *self);
gint64 rt_table_slice_end (void);
guint rt_table_add_idle (const char *name, GSourceFunc func, gpointer data);

/* ---- rt-table-view.c: load, filter, sort, changes ---- */
void rt_table_view_reload (RtTable *self);
void rt_table_view_rebuild (RtTable *self);
void rt_table_view_note (RtTable *self, GBytes *key);           /* it changed: looked at in the next frame */
void rt_table_view_note_now (RtTable *self, RtTableRow *row);   /* a person did something with it: shown at once */
void rt_table_view_free (RtTable *self);
RtTableRow *rt_table_view_ensure (RtTable *self, GBytes *key);
/* Whatever changed is shown. For tests. */
gboolean rt_table_is_settled (RtTable *self);

/* ---- rt-table-staging.c ---- */
RtTableRow *rt_table_stage (RtTable *self, RtTableRow *row, GVariant *value, RtTableState *base);
void rt_table_drop_edit (RtTable *self, RtTableRow *row);
/* Rows whose edit was dropped while gathering stay in both lists: this takes them out of that of the staged; the other follows in the next frame. */
void rt_table_end_drops (RtTable *self);
/* The key changed under its edit. */
void rt_table_check_edit (RtTable *self, RtTableRow *row);
void rt_table_set_row_state (RtTable *self, RtTableRow *row, RtTableRowState state, const char *error);

/* ---- rt-table-result.c ---- */
RtTableResult *rt_table_result_new (RtTableRow *row, RtTableOutcome outcome, const char *words);

/* ---- rt-table-try.c ---- */
/* before: how it was, NULL: it was not written; wanted: what it is now, NULL: deleted. */
typedef void (*RtTableTried) (RtTable *self, RtTableRow *row, RtTableResult *result, RtTableState *before, GVariant *wanted, gpointer data);
/* Tries one row. func is called once: before this returns, where the source answers at once. The table is kept until then. */
void rt_table_try_row (RtTable *self, RtTableRow *row, GCancellable *cancellable, RtTableTried func, gpointer data);

/* ---- rt-table-apply.c ---- */
typedef enum { RT_STEP_EDIT, RT_STEP_UNDO, RT_STEP_REDO } RtTableStepKind;
/* Of one that is not even tried by what runs now. */
void rt_table_add_result (RtTable *self, RtTableResult *result);
void rt_table_start_apply (RtTable *self, GTask *task, GPtrArray *keys, RtTableStepKind kind);

/* ---- rt-table-undo.c ---- */
typedef struct _RtTableStep RtTableStep;
RtTableStep *rt_table_step_new (RtTableStepKind kind);
void rt_table_step_add (RtTableStep *step, GBytes *key, RtTableState *before, GVariant *after);
/* Remembers or frees it. */
void rt_table_take_step (RtTable *self, RtTableStep *step);
void rt_table_free_steps (RtTable *self);

/* ---- rt-table-retry.c ---- */
void rt_table_plan_retry (RtTable *self);
/* The network is up again, or is not. */
void rt_table_retry_soon (RtTable *self);

G_END_DECLS
