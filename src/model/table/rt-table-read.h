/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table.h"

G_BEGIN_DECLS

/* An entry of a file. */
typedef struct {
  GBytes   *key;                /* NULL: outdone by a later one */
  GVariant *value;
  guint     line;
} RtTableEntry;

/* What was read of a file: of RtTableEntry, and what was wrong. */
typedef struct {
  GPtrArray     *entries;
  RtTableImport *import;
} RtTableFile;

RtTableFile *rt_table_file_new  (void);
void         rt_table_file_free (RtTableFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTableFile, rt_table_file_free)

G_GNUC_PRINTF (3, 4)
void rt_table_import_add_problem (RtTableImport *self, guint line, const char *format, ...);
/* Blocking: for a thread. G_IO_ERROR with words: nothing can be made of the file. */
RtTableFile *rt_table_file_read (RtTableFormat format, GInputStream *stream, GCancellable *cancellable, GError **error);

G_END_DECLS
