/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The latest record of each key, in one file that is only ever appended to: what is torn by a crash is its end, and is left out.
 * Records go to the system at the end of the turn of the loop in which they came (a killed program loses none of earlier turns), and to
 * the disk about a second later, by another thread. When most of the file is outdated it is written anew beside, by another thread
 * too, and takes the place of the old one in one step. The folder is locked: it is one program's at a time.
 */
typedef struct _RtRecordFile RtRecordFile;

/* When most of more than this is outdated, the file is written anew. */
#define RT_RECORD_FILE_SLACK (8u * 1024 * 1024)
/* Records that wait because the disk takes none (full, gone). More than this: the oldest go. */
#define RT_RECORD_FILE_WAITING (16u * 1024 * 1024)

typedef void (*RtRecordFunc)  (GBytes *key, GBytes *record, gpointer data);
/* error: records cannot be written; NULL: now they were. */
typedef void (*RtRecordTrouble) (const GError *error, gpointer data);

/* Tells every key's latest record, in the order in which they were written. network: of whom the records are; the file of another one is an
 * error, and is left alone. *torn (nullable): bytes at the end that were no whole record. */
RtRecordFile *rt_record_file_open  (const char *folder, const char *network, RtRecordFunc func, gpointer data, gsize *torn, GError **error);
void          rt_record_file_set_trouble (RtRecordFile *self, RtRecordTrouble trouble, gpointer data);
void          rt_record_file_put   (RtRecordFile *self, GBytes *key, GBytes *record);     /* record: NULL: forget it */
/* What waits goes to the system now: whatever is answered next outlives the program. Trouble is told of in the next turn, as ever. */
void          rt_record_file_pass_on (RtRecordFile *self);
gboolean      rt_record_file_flush (RtRecordFile *self, GError **error);                  /* to the disk, now */
guint64       rt_record_file_get_size (RtRecordFile *self);
gboolean      rt_record_file_is_rewriting (RtRecordFile *self);
/* Flushes first, as far as that goes. */
void          rt_record_file_close (RtRecordFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtRecordFile, rt_record_file_close)

G_END_DECLS
