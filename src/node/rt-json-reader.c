/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-json-reader.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "rt-json-value.h"
#include "rt-node-error.h"

/* The wire allows 32 levels; a map is three of JSON. */
#define MAX_DEPTH 128

static const char *
skip_digits (const char *p)
{
  while (g_ascii_isdigit (*p))
    p++;
  return p;
}

/* A number as RFC 8259 has them; json-glib takes others too, and makes something else of them (0x10, 010). */
static gboolean
is_json_number (const char *p)
{
  p += *p == '-';
  if (!g_ascii_isdigit (*p))
    return FALSE;
  p = *p == '0' ? p + 1 : skip_digits (p);
  if (*p == '.')
    {
      if (!g_ascii_isdigit (p[1]))
        return FALSE;
      p = skip_digits (p + 1);
    }
  if (*p == 'e' || *p == 'E')
    {
      p += p[1] == '-' || p[1] == '+' ? 2 : 1;
      if (!g_ascii_isdigit (*p))
        return FALSE;
      p = skip_digits (p);
    }
  return *p == '\0';
}

static gboolean
check_number (const char *at,
              gsize       length,
              GError    **error)
{
  g_autofree char *text = g_strndup (at, length);

  if (!is_json_number (text))
    {
      g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "%.30s is no number of JSON (0, -12, 0.5 and 1e3 are)", text);
      return FALSE;
    }
  if (strpbrk (text, ".eE") != NULL)
    {
      if (isfinite (g_ascii_strtod (text, NULL)))
        return TRUE;
      g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE,
                   "the number %.30s is too large: write {\"$f\": \"inf\"} if that is meant", text);
      return FALSE;
    }
  errno = 0;
  g_ascii_strtoll (text, NULL, 10);
  if (errno == ERANGE)
    {
      g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE,
                   "the number %.30s is too large to be written so: use {\"$i\": \"…\"}", text);
      return FALSE;
    }
  return TRUE;
}

/* The character of four hex digits; -1: there are none. */
static gint32
read_unit (const char *at,
           gsize       length)
{
  gint32 unit = 0;

  if (length < 4)
    return -1;
  for (guint i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (at[i]))
        return -1;
      unit = unit << 4 | g_ascii_xdigit_value (at[i]);
    }
  return unit;
}

/* What follows a backslash. json-glib makes text that is no UTF-8 of half a surrogate pair and of octal digits. used: bytes of it. */
static gboolean
check_escape (const char *at,
              gsize       length,
              gsize      *used,
              GError    **error)
{
  gint32 unit, second;

  *used = 1;
  if (length == 0 || strchr ("\"\\/bfnrtu", *at) == NULL)
    {
      g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "a string with a \\ that nothing of JSON follows");
      return FALSE;
    }
  if (*at != 'u')
    return TRUE;
  unit = read_unit (at + 1, length - 1);
  *used = 5;
  if (unit == 0)
    {
      g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "a string with a NUL in it: write {\"$s\": \"hex\"}");
      return FALSE;
    }
  if (unit >= 0 && (unit < 0xd800 || unit > 0xdfff))
    return TRUE;
  second = unit >= 0 && unit < 0xdc00 && length >= 11 && at[5] == '\\' && at[6] == 'u' ? read_unit (at + 7, length - 7) : -1;
  *used = 11;
  if (second >= 0xdc00 && second <= 0xdfff)
    return TRUE;
  g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "a string with a \\u that is no character");
  return FALSE;
}

/*
 * What json-glib would swallow or die of: deep nesting (it recurses), integers that wrap around, text that is cut at a
 * NUL, bytes that are no UTF-8.
 */
static gboolean
check_line (const char *line,
            gsize       length,
            GError    **error)
{
  gboolean in_string = FALSE, complete = FALSE;
  guint depth = 0;

  if (!g_utf8_validate_len (line, length, NULL))
    {
      g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "the line is not UTF-8 text");
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    {
      char c = line[i];

      if (complete && !g_ascii_isspace (c))
        {
          g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "something follows the JSON object");
          return FALSE;
        }
      if (in_string)
        {
          if (c == '\\')
            {
              gsize used;

              if (!check_escape (line + i + 1, length - i - 1, &used, error))
                return FALSE;
              i += used;
            }
          else if (c == '"')
            in_string = FALSE;
        }
      else if (c == '"')
        in_string = TRUE;
      else if (c == '{' || c == '[')
        {
          if (++depth > MAX_DEPTH)
            {
              g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "nested deeper than %d", MAX_DEPTH);
              return FALSE;
            }
        }
      else if (c == '}' || c == ']')
        {
          depth -= depth > 0;
          complete = depth == 0;
        }
      else if (c == '-' || g_ascii_isdigit (c))
        {
          gsize end = i + 1;

          while (end < length && (g_ascii_isalnum (line[end]) || strchr (".+-", line[end]) != NULL))
            end++;
          if (!check_number (line + i, end - i, error))
            return FALSE;
          i = end - 1;
        }
    }
  return TRUE;
}

JsonObject *
rt_json_parse_line (const char *line,
                    gsize       length,
                    GError    **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonNode *root;

  if (!check_line (line, length, error))
    return NULL;

  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, line, length, &local_error))
    {
      g_set_error (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "not JSON: %s", local_error->message);
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_LINE, "not a JSON object");
      return NULL;
    }
  return json_node_dup_object (root);
}

GBytes *
rt_json_hex_to_bytes (const char *hex)
{
  gsize length = strlen (hex);
  g_autofree guint8 *bytes = NULL;

  if (length % 2 != 0)
    return NULL;
  bytes = g_malloc (length / 2 + 1);
  for (gsize i = 0; i < length; i += 2)
    {
      int high = g_ascii_xdigit_value (hex[i]);
      int low = g_ascii_xdigit_value (hex[i + 1]);

      if (high < 0 || low < 0)
        return NULL;
      bytes[i / 2] = high << 4 | low;
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), length / 2);
}

static GVariant *
bad_value (GError    **error,
           const char *what)
{
  g_set_error_literal (error, RT_NODE_ERROR, RT_NODE_ERROR_BAD_ARGUMENT, what);
  return NULL;
}

static const char *
node_to_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
         ? json_node_get_string (node) : NULL;
}

static GVariant *
bytes_to_variant (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

static GVariant *
integer_to_variant (JsonNode *node,
                    GError  **error)
{
  const char *text = node_to_string (node);
  guint64 large;
  gint64 value;

  if (text == NULL)
    return bad_value (error, "\"$i\" takes an integer as a string");
  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value, NULL))
    return g_variant_new_int64 (value);
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &large, NULL))
    return g_variant_new_uint64 (large);
  return bad_value (error, "\"$i\" takes an integer between -2^63 and 2^64-1");
}

static GVariant *
float_to_variant (JsonNode *node,
                  GError  **error)
{
  const char *text = node_to_string (node);

  if (g_strcmp0 (text, "nan") == 0)
    return g_variant_new_double (NAN);
  if (g_strcmp0 (text, "inf") == 0)
    return g_variant_new_double (INFINITY);
  if (g_strcmp0 (text, "-inf") == 0)
    return g_variant_new_double (-INFINITY);
  if (JSON_NODE_HOLDS_VALUE (node) &&
      (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE))
    return g_variant_new_double (json_node_get_double (node));
  return bad_value (error, "\"$f\" takes a number, \"nan\", \"inf\" or \"-inf\"");
}

/* (ay): the library's form for a str that GVariant has none for */
static GVariant *
odd_string_to_variant (GBytes *bytes)
{
  GVariant *inner = bytes_to_variant (bytes);

  return g_variant_new_tuple (&inner, 1);
}

static GVariant *
ext_to_variant (JsonNode *node,
                GError  **error)
{
  g_autoptr (GBytes) bytes = NULL;
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const char *hex;
  gint64 type;

  if (pair == NULL || json_array_get_length (pair) != 2 ||
      !JSON_NODE_HOLDS_VALUE (json_array_get_element (pair, 0)) ||
      (hex = node_to_string (json_array_get_element (pair, 1))) == NULL ||
      (bytes = rt_json_hex_to_bytes (hex)) == NULL)
    return bad_value (error, "\"$x\" takes [type, \"hex\"]");
  type = json_node_get_int (json_array_get_element (pair, 0));
  if (type < -128 || type > 255)
    return bad_value (error, "the type of an \"$x\" is one byte");
  return g_variant_new ("(y@ay)", (guint8) type, bytes_to_variant (bytes));
}

static GVariant *
pairs_to_variant (JsonNode *node,
                  GError  **error)
{
  JsonArray *pairs = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GVariantBuilder) builder = { 0 };
  gboolean by_string = TRUE;

  if (pairs == NULL)
    return bad_value (error, "\"$m\" takes an array of [key, value]");
  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonNode *element = json_array_get_element (pairs, i);
      GVariant *key, *value;

      if (!JSON_NODE_HOLDS_ARRAY (element) || json_array_get_length (json_node_get_array (element)) != 2)
        return bad_value (error, "\"$m\" takes an array of [key, value]");
      key = rt_json_to_variant (json_array_get_element (json_node_get_array (element), 0), error);
      if (key == NULL)
        return NULL;
      g_ptr_array_add (keys, g_variant_ref_sink (key));
      value = rt_json_to_variant (json_array_get_element (json_node_get_array (element), 1), error);
      if (value == NULL)
        return NULL;
      g_ptr_array_add (values, g_variant_ref_sink (value));
      by_string = by_string && g_variant_is_of_type (key, G_VARIANT_TYPE_STRING)
                  && g_hash_table_add (seen, (gpointer) g_variant_get_string (key, NULL));
    }

  g_variant_builder_init (&builder, by_string ? G_VARIANT_TYPE_VARDICT : G_VARIANT_TYPE ("a(vv)"));
  for (guint i = 0; i < keys->len; i++)
    if (by_string)
      g_variant_builder_add (&builder, "{sv}", g_variant_get_string (keys->pdata[i], NULL), values->pdata[i]);
    else
      g_variant_builder_add (&builder, "(vv)", keys->pdata[i], values->pdata[i]);
  return g_variant_builder_end (&builder);
}

static GVariant *
tagged_to_variant (const char *tag,
                   JsonNode   *node,
                   GError    **error)
{
  if (strcmp (tag, "$m") == 0)
    return pairs_to_variant (node, error);
  if (strcmp (tag, "$i") == 0)
    return integer_to_variant (node, error);
  if (strcmp (tag, "$f") == 0)
    return float_to_variant (node, error);
  if (strcmp (tag, "$x") == 0)
    return ext_to_variant (node, error);
  if (strcmp (tag, "$b") == 0 || strcmp (tag, "$s") == 0)
    {
      const char *hex = node_to_string (node);
      g_autoptr (GBytes) bytes = hex != NULL ? rt_json_hex_to_bytes (hex) : NULL;
      const char *data;
      gsize length;

      if (bytes == NULL)
        return bad_value (error, "\"$b\" and \"$s\" take a string of pairs of hex digits");
      if (tag[1] == 'b')
        return bytes_to_variant (bytes);
      data = g_bytes_get_data (bytes, &length);
      if (length == 0)
        return g_variant_new_string ("");
      if (memchr (data, 0, length) == NULL && g_utf8_validate_len (data, length, NULL))
        return g_variant_new_take_string (g_strndup (data, length));
      return odd_string_to_variant (bytes);
    }
  return bad_value (error, "an object with one key that begins with $, and that is none of $b $f $i $m $s $x");
}

static GVariant *
object_to_variant (JsonObject *object,
                   GError    **error)
{
  g_auto (GVariantBuilder) builder = { 0 };
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (json_object_get_size (object) == 1)
    {
      json_object_iter_init (&iter, object);
      json_object_iter_next (&iter, &name, &member);
      if (name[0] == '$')
        return tagged_to_variant (name, member, error);
    }

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      GVariant *value = rt_json_to_variant (member, error);

      if (value == NULL)
        return NULL;
      g_variant_builder_add (&builder, "{sv}", name, value);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
array_to_variant (JsonArray *array,
                  GError   **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      GVariant *value = rt_json_to_variant (json_array_get_element (array, i), error);

      if (value == NULL)
        return NULL;
      g_variant_builder_add (&builder, "v", value);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
rt_json_to_variant (JsonNode *node,
                    GError  **error)
{
  double number;

  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_NULL:
      return g_variant_new_tuple (NULL, 0);
    case JSON_NODE_ARRAY:
      return array_to_variant (json_node_get_array (node), error);
    case JSON_NODE_OBJECT:
      return object_to_variant (json_node_get_object (node), error);
    case JSON_NODE_VALUE:
    default:
      break;
    }
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_BOOLEAN:
      return g_variant_new_boolean (json_node_get_boolean (node));
    case G_TYPE_STRING:
      return g_variant_new_string (json_node_get_string (node));
    case G_TYPE_INT64:
      return g_variant_new_int64 (json_node_get_int (node));
    case G_TYPE_DOUBLE:
      number = json_node_get_double (node);
      if (number == floor (number) && fabs (number) <= RT_JSON_MAX_EXACT)
        return g_variant_new_int64 (number);
      return g_variant_new_double (number);
    default:
      return bad_value (error, "a value of no known type");
    }
}
