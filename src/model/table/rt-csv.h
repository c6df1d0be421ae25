/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Comma-separated values (RFC 4180). A field that a spreadsheet would take for a formula - it begins with = + - @, their wide forms, a tab or a carriage return - is written with a '
 * before it, as OWASP recommends; one that begins with a ' and then such a character too, so that reading can take exactly one ' away again.
 */

/* safe: it is nothing that could be a formula but looks like one: a number. Puts commas where they belong; a record ends with rt_csv_end_record(). */
void rt_csv_append     (GString *out, const char *field, gboolean safe);
void rt_csv_end_record (GString *out);

typedef struct {
  const char *text;             /* UTF-8 */
  gsize       length;
  gsize       at;
  guint       line;             /* of what comes next, from 1 */
  char        delimiter;        /* 0: found out from the first line: a comma, a semicolon or a tab */
  guint       record_line;      /* where the record that was read begins */
} RtCsvReader;

/* The next record: of strings. FALSE without an error: no more. An error: a quoted field without an end. *trouble (transfer full): words when the record is odd; it was read all the same. */
gboolean rt_csv_read (RtCsvReader *self, GPtrArray *fields, char **trouble, GError **error);

G_END_DECLS
