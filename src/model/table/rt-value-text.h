/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Values of a table as people read and type them:
 *
 *   text           as it is                       whole number   -2^63 … 2^64-1
 *   decimal        1.5, 1e-3, inf, -inf, nan      yes/no         yes, no, true, false
 *   bytes          pairs of hex digits, spaces between them as one likes
 *   list, map      JSON, as roundtable-node spells it (src/json/rt-json-value.h): {"$b": "00ff"}, {"$i": "…"}, {"$f": 1.0}, {"$m": [[key, value], …]}
 *   other          what the originals cannot make but the wire can: text with a NUL or of other bytes, extensions. JSON too: {"$s": "hex"}, {"$x": [1, "hex"]}
 *
 * What rt_value_to_text() writes, rt_value_from_text() reads as the same value.
 */
typedef enum {
  RT_VALUE_TEXT,
  RT_VALUE_INTEGER,
  RT_VALUE_DECIMAL,
  RT_VALUE_BOOLEAN,
  RT_VALUE_BYTES,
  RT_VALUE_LIST,
  RT_VALUE_MAP,
  RT_VALUE_OTHER,
} RtValueKind;

#define RT_VALUE_N_KINDS (RT_VALUE_OTHER + 1)

/* Where something is wrong. */
typedef struct {
  gsize offset;                 /* characters from the start */
  guint line;                   /* from 1 */
  guint column;                 /* characters, from 1 */
} RtTextPosition;

typedef enum {
  RT_VALUE_ERROR_SYNTAX,        /* not of the kind; the position says where */
  RT_VALUE_ERROR_NIL,           /* nothing is no value of a table */
  RT_VALUE_ERROR_TOO_LARGE,     /* of more than RT_VALUE_MAX_BYTES, 65,536 elements or 32 levels */
} RtValueError;

#define RT_VALUE_ERROR (rt_value_error_quark ())
GQuark rt_value_error_quark (void);

/* What a key and a value may measure: the library's table_key and table_value. */
#define RT_TABLE_MAX_KEY 1024u
#define RT_VALUE_MAX_BYTES (2u * 1024 * 1024)
/* Text of more bytes is checked in a thread: rt_value_check_async() decides. */
#define RT_VALUE_CHECK_AT_ONCE (16u * 1024)

RtValueKind rt_value_get_kind (GVariant *value);
const char *rt_value_kind_words (RtValueKind kind);            /* "whole number", translated */
const char *rt_value_kind_name (RtValueKind kind);             /* "integer", for files */
gboolean    rt_value_kind_from_name (const char *name, RtValueKind *kind);

/* The whole value to be edited; lists and maps over several lines when they are not large. Transfer full. */
char     *rt_value_to_text (GVariant *value);
/* One line of at most max_chars characters that is safe to show, … at the end when cut. Takes time for what is shown, not for the value's size. Transfer full. */
char     *rt_value_preview (GVariant *value, guint max_chars);
/* NULL and an error in words that name line and column; *where (nullable) is set then. length: bytes. A full reference, never floating. */
GVariant *rt_value_from_text (RtValueKind kind, const char *text, gsize length, RtTextPosition *where, GError **error);
/* The same while somebody types: of little text at once (the callback comes from the main loop all the same), of much in a thread. Cancel it when the text changes. */
void      rt_value_check_async  (RtValueKind kind, const char *text, gsize length, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GVariant *rt_value_check_finish (GAsyncResult *result, RtTextPosition *where, GError **error);
/* Does it hold the text, in whatever case? needle: not empty. Of bytes: pairs of hex digits; of lists and maps: in any part of them, names too. */
gboolean  rt_value_contains (GVariant *value, const char *needle);

/* A key as it is shown: its text, or 0x and hex digits when it is no text that can be seen as it is. Transfer full. */
char     *rt_table_key_to_text (GBytes *key, gboolean *is_text);
/* hex: text is pairs of hex digits. RT_VALUE_ERROR: empty, more than RT_TABLE_MAX_KEY bytes, no hex digits. Transfer full. */
GBytes   *rt_table_key_from_text (const char *text, gboolean hex, GError **error);

G_END_DECLS
