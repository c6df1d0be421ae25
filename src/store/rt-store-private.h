/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "rt-store.h"

G_BEGIN_DECLS

#define RT_STORE_VERSION 9      /* the newest migration */
#define RT_STORE_READABLE 4     /* from this one on, what can only be read can be read as it is */

/* What the worker has of an open database; touched by the worker thread only. */
typedef struct {
  sqlite3 *db;                  /* NULL: not open */
  char    *path;                /* of what is to be open; NULL: nobody asked for any */
  gboolean is_read_only;        /* it can be read at least */
  gint64   next_try;            /* monotonic: when to try again what could not be opened, or not be written; 0: not at all */
  int      lock_fd;             /* the folder's lock, -1: somebody else's */
  gint64   next_rows;           /* of messages, for the next chat that is loaded; 0: nobody asked yet */
  gboolean has_remains;         /* of networks that were removed, perhaps: to be cleaned up when there is nothing else to do */
  gboolean has_old_words;       /* the index of words is not all of today's folding, perhaps: likewise */
  guint64  most_room;           /* for tests: as if no more bytes were free; 0: as many as there are */
} RtStoreDb;

/* A job: answers the task. Of those that need the database the queue has seen to it that there is one. */
typedef void (*RtStoreJob) (RtStoreDb *db, GTask *task);

typedef enum { RT_STORE_JOB_ANY, RT_STORE_JOB_DATABASE } RtStoreJobNeeds;

/* Takes the task. */
void rt_store_queue (RtStore *self, GTask *task, RtStoreJobNeeds needs, RtStoreJob job);

/* An error with words from what SQLite says; doing: what was tried. */
void     rt_store_set_sqlite_error (GError **error, sqlite3 *db, int code, const char *doing);
gboolean rt_store_exec (sqlite3 *db, const char *sql, const char *doing, GError **error);
/* NULL and an error when it does not compile. Finalize it with sqlite3_finalize(). */
sqlite3_stmt *rt_store_prepare (sqlite3 *db, const char *sql, const char *doing, GError **error);
/* Runs a statement without rows to its end and finalizes it. */
gboolean rt_store_finish_statement (sqlite3 *db, sqlite3_stmt *statement, const char *doing, GError **error);

/* rt-store-place.c */
gboolean rt_store_place_prepare   (const char *path, GError **error);
int      rt_store_place_wait_turn (const char *path, guint milliseconds);
int      rt_store_place_lock      (const char *path, gboolean *taken);
/* That the new database beside the damaged one of this path is whole, and on the disk. */
gboolean rt_store_place_mark_whole (const char *path, const char *mended, GError **error);
gboolean rt_store_place_is_whole (const char *path);
void     rt_store_place_unmark_whole (const char *path);

gboolean rt_store_db_open  (RtStoreDb *self, const char *path, char **notice, GError **error);
/* What could not be opened, or only be read, may be as it should now: looked at before a job, but not each time. *notice: as of the first time. */
void     rt_store_db_try_again (RtStoreDb *self, char **notice);
gboolean rt_store_db_close (RtStoreDb *self, GError **error);
gboolean rt_store_migrate  (sqlite3 *db, GError **error);
gboolean rt_store_read_version (sqlite3 *db, int *version, GError **error);
/* A little of the messages of networks that are not there any more goes. */
void     rt_store_db_clean_some (RtStoreDb *self);
/* A little of the index of words comes to the folding of today. */
void     rt_store_db_refold_some (RtStoreDb *self);
/* Messages whose place is below this are in the index as the folding before this one had them; 0: none. */
gint64   rt_store_refold_get_below (sqlite3 *db);
/* A text as it is in the index. */
char    *rt_store_refold_spread (const char *text, gint64 place, gint64 below);

/* SQLite takes NULL bytes for NULL, and an empty blob is not that. */
void     rt_store_bind_bytes (sqlite3_stmt *statement, int index, GBytes *bytes);
/* A statement of many rows: runs it, and makes it ready for the next. */
gboolean rt_store_step_once (sqlite3 *db, sqlite3_stmt *statement, const char *doing, GError **error);

G_END_DECLS
