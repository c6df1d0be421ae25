/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of a program that drives roundtable-node: an object, whose values come out as they went in, or an error with words. */
#include "fuzz.h"

#include "rt-json-parse.h"
#include "rt-json-reader.h"
#include "rt-json-value.h"

/* The reader of the window's files understands what is written as the other one does, NULs too. */
static void
check_other_reader (const GString *line)
{
  RtJsonCursor cursor = { .text = line->str, .length = line->len };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GString) back = g_string_new (NULL);

  cursor.at = strlen ("{\"v\":");
  value = rt_json_cursor_value (&cursor, &error);
  if (g_error_matches (error, RT_JSON_ERROR, RT_JSON_ERROR_TOO_LARGE))
    return;
  g_assert_no_error (error);
  g_string_append (back, "{\"v\":");
  rt_json_append_variant (back, value);
  g_string_append_c (back, '}');
  g_assert_cmpstr (back->str, ==, line->str);
}

/* Whatever it is given: a value or an error, with a place in the text. */
static void
check_cursor (const char *text, gsize length)
{
  RtJsonCursor cursor = { .text = text, .length = length };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;

  if (!g_utf8_validate_len (text, length, NULL))
    return;
  value = rt_json_cursor_value (&cursor, &error);
  g_assert_true ((value != NULL) == (error == NULL));
  g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (cursor.at, <=, length);
}

static void
check_value (JsonNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = rt_json_to_variant (node, &error);
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GString) line = NULL;
  g_autoptr (JsonObject) object = NULL;

  g_assert_true ((value != NULL) == (error == NULL));
  if (value == NULL)
    return;
  g_variant_ref_sink (value);
  line = g_string_new ("{\"v\":");
  rt_json_append_variant (line, value);
  g_string_append_c (line, '}');
  check_other_reader (line);
  /* A NUL is written as JSON writes it, for whoever can read that; we cannot. */
  if (strstr (line->str, "\\u0000") != NULL)
    return;
  object = rt_json_parse_line (line->str, line->len, &error);
  g_assert_no_error (error);
  again = rt_json_to_variant (json_object_get_member (object, "v"), &error);
  g_assert_no_error (error);
  g_variant_ref_sink (again);
  g_assert_true (g_variant_is_of_type (again, g_variant_get_type (value)));
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *line = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GList) members = NULL;

  if (length > 32 * 1024)
    return 0;
  line = g_strndup ((const char *) bytes, length);
  check_cursor (line, length);
  object = rt_json_parse_line (line, length, &error);
  g_assert_true ((object != NULL) == (error == NULL));
  if (object == NULL)
    return 0;
  members = json_object_get_values (object);
  for (GList *l = members; l != NULL; l = l->next)
    check_value (l->data);
  return 0;
}
