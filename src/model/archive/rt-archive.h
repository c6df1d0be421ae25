/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-archive-entry.h"
#include "model/timeline/rt-message-item.h"

G_BEGIN_DECLS

/**
 * RtArchive: a file that rt_archive_export_async() wrote, or that somebody says it did: read whole, checked message by message, and shown as a timeline that nobody can write to.
 * Its rows are made anew for each page. The numbers of its keys are those of the messages in the file, beginning with 1.
 */
#define RT_TYPE_ARCHIVE (rt_archive_get_type ())
G_DECLARE_FINAL_TYPE (RtArchive, rt_archive, RT, ARCHIVE, GObject)

/* So many of what is wrong are kept in words. */
#define RT_ARCHIVE_MAX_FAULTS 100u

typedef struct {
  char         *words;          /* what is wrong, and where */
  RtTimelineKey key;            /* of the message; time is -1: it cannot be shown */
} RtArchiveFault;

/* Fails for what is no archive, cannot be read, or is too large; what is damaged but readable is opened. In a thread. Transfer full. */
void        rt_archive_open_async  (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
RtArchive  *rt_archive_open_finish (GAsyncResult *result, GError **error);

guint       rt_archive_get_n_messages (RtArchive *self);
/* How much is wrong, of which the first few can be asked for. 0: it is exactly as it was exported. */
guint       rt_archive_get_n_faults   (RtArchive *self);
const RtArchiveFault *rt_archive_get_fault (RtArchive *self, guint position);   /* NULL behind the last */
/* As the file claims, fit to show; "" where it does not say. */
const char *rt_archive_get_title      (RtArchive *self);
const char *rt_archive_get_exported   (RtArchive *self);        /* a day and a time, UTC */
const char *rt_archive_get_by         (RtArchive *self);        /* who exported it: name and short id */
const char *rt_archive_get_head       (RtArchive *self);        /* the last hash, in hex */
/* Whether it is as it was exported, in a sentence. Transfer full. */
char       *rt_archive_dup_verdict    (RtArchive *self);
/* By signatures: of how many it is proved that their senders wrote them, how many are not signed, and how many are signed but not so (those are faults, too). */
void        rt_archive_count_proofs   (RtArchive *self, guint *n_proved, guint *n_without, guint *n_wrong);
/* The same in words. Transfer full. */
char       *rt_archive_dup_proof_words (RtArchive *self);
/* The key of a message by its id. */
gboolean    rt_archive_find           (RtArchive *self, GBytes *id, RtTimelineKey *key);
/* Sees to the reply-state of a row that answers another. */
void        rt_archive_look_up_reply  (RtArchive *self, RtMessageItem *item);

G_END_DECLS
