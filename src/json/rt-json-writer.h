/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * JSON text straight into a GString, without a tree in between: events can come by the hundred thousand in a second.
 * Commas are put where they belong; braces and brackets are the caller's to match.
 */
void rt_json_begin_object (GString *out);
void rt_json_end_object   (GString *out);
void rt_json_begin_array  (GString *out);
void rt_json_end_array    (GString *out);
void rt_json_key          (GString *out, const char *key);
void rt_json_null         (GString *out);
void rt_json_boolean      (GString *out, gboolean value);
void rt_json_int          (GString *out, gint64 value);
void rt_json_uint         (GString *out, guint64 value);
void rt_json_double       (GString *out, double value);                          /* finite */
void rt_json_string       (GString *out, const char *text);                      /* mended where it is no UTF-8; NULL: null */
void rt_json_string_len   (GString *out, const char *text, gsize length);        /* UTF-8, NUL allowed */
void rt_json_hex          (GString *out, const guint8 *bytes, gsize length);     /* a string of hex digits */
void rt_json_bytes        (GString *out, const guint8 *bytes, gsize length);     /* {"$b": hex} */
void rt_json_raw          (GString *out, const char *json);                      /* a value that is JSON text already */

G_END_DECLS
