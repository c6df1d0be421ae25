/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A history in a store, and the calls of archives waited for. */
#pragma once

#include "rt-wait.h"
#include "model/archive/rt-archive-export.h"
#include "model/archive/rt-archive-read.h"

G_BEGIN_DECLS

#define ADA "Ad4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe9Q"
#define BOB "B0bZWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqkk7z"
#define BEGIN (G_GINT64_CONSTANT (1700000000) * G_USEC_PER_SEC)

typedef struct {
  char        *folder, *path;
  GFile       *file;
  RtStore     *store;
  RtStoreChat *chat;
  const char  *protocol;        /* nullable: its id */
} ArchiveFixture;

void            archive_set_up       (ArchiveFixture *self, gconstpointer data);
void            archive_tear_down    (ArchiveFixture *self, gconstpointer data);
/* As one that was heard, with the id of its body; three of a second. Row taken. */
RtStoreMessage *archive_make_message (ArchiveFixture *self, guint n, const char *text);
void            archive_fill         (ArchiveFixture *self, guint n);
/* Into its file. */
gboolean        archive_export       (ArchiveFixture *self, gint64 from, gint64 until, GCancellable *cancellable, guint64 *n, char **head, GError **error);
RtArchive      *archive_open         (GFile *file, GError **error);

G_END_DECLS
