/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-archive.h"

G_BEGIN_DECLS

/* Where a message is: 24 bytes of memory for at least 150 of the file. */
typedef struct {
  gint64  time;
  guint32 offset;               /* of its JSON in the file */
  guint32 length;
  guint32 number;               /* from 1 on */
  gboolean proved;              /* its sender signed it */
} RtArchivePlace;

typedef struct {
  guint64 id;                   /* its first eight bytes */
  guint32 place;
} RtArchiveId;

/* A file, read and checked. Nothing of it changes any more: any thread may look at it. */
typedef struct {
  GBytes    *bytes;
  GArray    *places;            /* of RtArchivePlace, by time and number */
  GArray    *ids;               /* of RtArchiveId, by id */
  GPtrArray *faults;            /* of RtArchiveFault */
  guint      n_faults;
  guint      n_proved, n_without, n_wrong;      /* by their proofs: those without one, and those whose proof does not hold */
  char      *protocol;          /* likewise; "" where it does not say */
  char      *title, *exported, *by, *by_name, *head;  /* by: with the short id */
} RtArchiveFile;

void            rt_archive_file_free (RtArchiveFile *self);
/* For a thread: takes its time. */
RtArchiveFile  *rt_archive_file_read (GFile *file, GCancellable *cancellable, GError **error);
/* Takes bytes. */
RtArchiveFile  *rt_archive_file_check (GBytes *bytes, GCancellable *cancellable, GError **error);
/* Transfer full. */
RtStoreMessage *rt_archive_file_get (RtArchiveFile *self, guint place);
/* The first place that is not before the key. */
guint           rt_archive_file_find_place (RtArchiveFile *self, const RtTimelineKey *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtArchiveFile, rt_archive_file_free)

G_END_DECLS
