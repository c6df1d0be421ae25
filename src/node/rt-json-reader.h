/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* One line -> a JSON object (transfer full). Everything that is wrong with the line is an error with words. */
JsonObject *rt_json_parse_line   (const char *line, gsize length, GError **error);
/* The value that a node stands for, see rt-json-value.h. A floating reference is returned. */
GVariant   *rt_json_to_variant   (JsonNode *node, GError **error);
/* NULL when it is no string of pairs of hex digits */
GBytes     *rt_json_hex_to_bytes (const char *hex);

G_END_DECLS
