/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-archive-entry.h"

G_BEGIN_DECLS

/* Of whom and what the archive is. */
typedef struct {
  const char *title;            /* of the network */
  const char *subnet;           /* nullable */
  const char *id, *name;        /* of who exports; nullable */
  const char *protocol;         /* the id of the network's protocol, which signatures are over; nullable */
} RtArchiveAbout;

/* So many of about `of` are written. In the thread of who asked. */
typedef void (*RtArchiveProgress) (guint64 n, guint64 of, gpointer user_data);

/* The messages of a network from from until until (UTC microseconds, both inclusive; 0: from the first, until now), private ones too, into a file that is replaced when all of it is
 * written, and not there when it could not be. By pages, and all work is done in other threads. */
void     rt_archive_export_async  (RtStoreChat *chat, const RtArchiveAbout *about, GFile *file, gint64 from, gint64 until, RtArchiveProgress progress, gpointer progress_data,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* *n: messages; *head: the last hash in hex, transfer full; both nullable. */
gboolean rt_archive_export_finish (GAsyncResult *result, guint64 *n, char **head, GError **error);

G_END_DECLS
