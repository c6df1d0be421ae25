/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * MessagePack values (as GVariants, see p2p-value.h) <-> JSON, without losing what JSON cannot say:
 *
 *   nil, bool, str        null, true or false, a string
 *   integer               a number; {"$i": "decimal"} beyond 2^53
 *   float                 a number with a fraction; {"$f": 1.0} when integral, {"$f": "nan"}, "inf" and "-inf"
 *   bin                   {"$b": "hex"}
 *   str of no valid UTF-8 {"$s": "hex"}
 *   array                 an array
 *   map                   {"$m": [[key, value], …]}; a plain object is read as a map with str keys
 *   ext                   {"$x": [type, "hex"]}
 *
 * Reading, a number that is integral and not beyond 2^53 is an integer, however it is spelled.
 */

/* Integers up to here are the same in every JSON reader. */
#define RT_JSON_MAX_EXACT (G_GINT64_CONSTANT (1) << 53)

void rt_json_append_variant (GString *out, GVariant *value);
/* A string when it is UTF-8 without a NUL (which readers take for no text), {"$b": hex} when not */
void rt_json_text_or_bytes  (GString *out, const char *data, gsize length);

G_END_DECLS
