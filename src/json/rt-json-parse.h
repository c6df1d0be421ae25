/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RT_JSON_ERROR_SYNTAX,
  RT_JSON_ERROR_TOO_LARGE,
} RtJsonError;

#define RT_JSON_ERROR (rt_json_error_quark ())
GQuark rt_json_error_quark (void);

/* What the wire takes of one value; its levels are up to three of JSON. */
#define RT_JSON_MAX_ELEMENTS 65536u
#define RT_JSON_MAX_DEPTH 96u

/*
 * JSON text straight into GVariants, in the spelling of rt-json-value.h, without a tree in between: files of tables are large. Errors are words without a place; at is the
 * place of the error then.
 */
typedef struct {
  const char *text;             /* UTF-8 */
  gsize       length;           /* bytes */
  gsize       at;
  guint       depth;
  guint       elements;         /* of the value that is being read */
} RtJsonCursor;

/* Skips white space; the character there, 0 at the end. */
char      rt_json_cursor_peek   (RtJsonCursor *self);
/* Takes the character if it is the next. */
gboolean  rt_json_cursor_take   (RtJsonCursor *self, char c);
/* The same, or an error that names it. */
gboolean  rt_json_cursor_expect (RtJsonCursor *self, char c, GError **error);
/* A string; NULs in it count in *length. Transfer full. */
char     *rt_json_cursor_string (RtJsonCursor *self, gsize *length, GError **error);
/* Any value; a full reference, never floating. */
GVariant *rt_json_cursor_value  (RtJsonCursor *self, GError **error);

G_END_DECLS
