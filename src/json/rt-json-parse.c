/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-json-parse.h"

#include <math.h>
#include <string.h>

#include "rt-json-value.h"

/* Of a name in the words of an error */
#define NAME_CHARS 40

G_DEFINE_QUARK (rt-json-error-quark, rt_json_error)

G_GNUC_PRINTF (4, 5)
static gpointer
fail (RtJsonCursor *self, gsize at, GError **error, const char *format, ...)
{
  va_list args;

  self->at = at;
  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (RT_JSON_ERROR, RT_JSON_ERROR_SYNTAX, format, args);
  va_end (args);
  return NULL;
}

static gpointer
fail_size (RtJsonCursor *self, gsize at, GError **error, const char *words)
{
  self->at = at;
  g_set_error_literal (error, RT_JSON_ERROR, RT_JSON_ERROR_TOO_LARGE, words);
  return NULL;
}

char
rt_json_cursor_peek (RtJsonCursor *self)
{
  while (self->at < self->length && strchr (" \t\r\n", self->text[self->at]) != NULL && self->text[self->at] != '\0')
    self->at++;
  return self->at < self->length ? self->text[self->at] : '\0';
}

gboolean
rt_json_cursor_take (RtJsonCursor *self, char c)
{
  if (rt_json_cursor_peek (self) != c || self->at >= self->length)
    return FALSE;
  self->at++;
  return TRUE;
}

/* What stands there, for the words of an error. */
static char *
show_next (RtJsonCursor *self)
{
  char bytes[8] = { 0 };

  rt_json_cursor_peek (self);
  if (self->at >= self->length)
    return g_strdup ("the end");
  g_utf8_strncpy (bytes, self->text + self->at, 1);
  return g_strdup_printf ("“%s”", g_ascii_iscntrl (bytes[0]) ? "\357\277\275" : bytes);
}

gboolean
rt_json_cursor_expect (RtJsonCursor *self, char c, GError **error)
{
  g_autofree char *next = NULL;

  if (rt_json_cursor_take (self, c))
    return TRUE;
  next = show_next (self);
  fail (self, self->at, error, "“%c” is missing before %s", c, next);
  return FALSE;
}

/* ---- strings ---- */

/* The number of four hex digits; -1: there are none. */
static gint32
read_unit (RtJsonCursor *self, gsize at)
{
  gint32 unit = 0;

  if (at + 4 > self->length)
    return -1;
  for (gsize i = at; i < at + 4; i++)
    {
      if (!g_ascii_isxdigit (self->text[i]))
        return -1;
      unit = unit << 4 | g_ascii_xdigit_value (self->text[i]);
    }
  return unit;
}

/* at: the backslash */
static gboolean
read_escape (RtJsonCursor *self, GString *out, GError **error)
{
  static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *name;
  gsize start = self->at;
  gint32 unit, second;

  if (start + 1 >= self->length)
    return fail (self, start, error, "the text ends in a string") != NULL;
  if (self->text[start + 1] != 'u')
    {
      name = self->text[start + 1] != '\0' ? strchr (names, self->text[start + 1]) : NULL;
      if (name == NULL)
        return fail (self, start, error, "nothing of JSON begins so: write \\\\ for a backslash") != NULL;
      g_string_append_c (out, meant[name - names]);
      self->at += 2;
      return TRUE;
    }
  unit = read_unit (self, start + 2);
  self->at += 6;
  if (unit >= 0xd800 && unit <= 0xdbff && start + 8 < self->length && self->text[start + 6] == '\\' && self->text[start + 7] == 'u')
    {
      second = read_unit (self, start + 8);
      if (second >= 0xdc00 && second <= 0xdfff)
        {
          unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
          self->at += 6;
        }
    }
  if (unit < 0 || (unit >= 0xd800 && unit <= 0xdfff))
    return fail (self, start, error, "a \\u that is no character") != NULL;
  if (unit == 0)
    g_string_append_c (out, '\0');
  else
    g_string_append_unichar (out, (gunichar) unit);
  return TRUE;
}

char *
rt_json_cursor_string (RtJsonCursor *self, gsize *length, GError **error)
{
  g_autoptr (GString) out = NULL;
  gsize done;

  if (!rt_json_cursor_expect (self, '"', error))
    return NULL;
  out = g_string_new (NULL);
  for (done = self->at; self->at < self->length;)
    {
      guchar c = self->text[self->at];

      if (c >= 0x20 && c != '"' && c != '\\')
        {
          self->at++;
          continue;
        }
      g_string_append_len (out, self->text + done, self->at - done);
      if (c == '"')
        {
          self->at++;
          *length = out->len;
          return g_string_free (g_steal_pointer (&out), FALSE);
        }
      if (c != '\\')
        return fail (self, self->at, error, c == '\n' || c == '\r' ? "a line ends in a string: write \\n for a line break, and \" where the string ends"
                                                                   : "a control character in a string: write \\u00%02x", c);
      if (!read_escape (self, out, error))
        return NULL;
      done = self->at;
    }
  return fail (self, self->length, error, "a string without an end: \" is missing");
}

static GVariant *
bytes_to_variant (const void *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

/* text: UTF-8 where valid; a NUL in it has no place in a GVariant's string */
static GVariant *
text_to_variant (char *text, gsize length, gboolean valid)
{
  GVariant *inner;

  if (valid && memchr (text, 0, length) == NULL)
    return g_variant_new_take_string (text);
  inner = bytes_to_variant (text, length);
  g_free (text);
  return g_variant_new_tuple (&inner, 1);
}

/* ---- numbers ---- */

static gsize
skip_digits (RtJsonCursor *self, gsize at)
{
  while (at < self->length && g_ascii_isdigit (self->text[at]))
    at++;
  return at;
}

/* The end of the number that begins here; 0: it is none as RFC 8259 has them. */
static gsize
find_number_end (RtJsonCursor *self, gboolean *fraction)
{
  gsize at = self->at, begin;

  *fraction = FALSE;
  at += self->text[at] == '-';
  begin = at;
  at = skip_digits (self, at);
  if (at == begin || (self->text[begin] == '0' && at > begin + 1))
    return 0;
  if (at < self->length && self->text[at] == '.')
    {
      *fraction = TRUE;
      begin = at + 1;
      at = skip_digits (self, begin);
      if (at == begin)
        return 0;
    }
  if (at < self->length && (self->text[at] == 'e' || self->text[at] == 'E'))
    {
      *fraction = TRUE;
      begin = at + 1;
      if (begin < self->length && (self->text[begin] == '-' || self->text[begin] == '+'))
        begin++;
      at = skip_digits (self, begin);
      if (at == begin)
        return 0;
    }
  return at < self->length && (g_ascii_isalnum (self->text[at]) || strchr (".+-_", self->text[at]) != NULL) && self->text[at] != '\0' ? 0 : at;
}

/* *number: as it is spelled, for {"$f": -0.0}; nullable */
static GVariant *
read_number (RtJsonCursor *self, double *number, GError **error)
{
  gsize start = self->at, end;
  gboolean fraction;
  g_autofree char *text = NULL;
  gint64 integer;
  double value;

  end = find_number_end (self, &fraction);
  if (end == 0)
    return fail (self, start, error, "no number of JSON (0, -12, 0.5 and 1e3 are)");
  if (end - start > 400)
    return fail_size (self, start, error, "a number of more than 400 digits");
  text = g_strndup (self->text + start, end - start);
  value = g_ascii_strtod (text, NULL);
  if (number != NULL)
    *number = value;
  self->at = end;
  if (!fraction)
    return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer, NULL)
           ? g_variant_new_int64 (integer)
           : fail (self, start, error, "the number is too large to be written so: use {\"$i\": \"…\"}");
  if (!isfinite (value))
    return fail (self, start, error, "the number is too large: write {\"$f\": \"inf\"} if that is meant");
  return value == floor (value) && fabs (value) <= RT_JSON_MAX_EXACT ? g_variant_new_int64 ((gint64) value) : g_variant_new_double (value);
}

/* ---- what JSON has no form for ---- */

static GBytes *
hex_to_bytes (GVariant *value)
{
  gsize length;
  const char *hex;
  g_autofree guint8 *bytes = NULL;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return NULL;
  hex = g_variant_get_string (value, &length);
  if (length % 2 != 0)
    return NULL;
  bytes = g_malloc (length / 2 + 1);
  for (gsize i = 0; i < length; i += 2)
    {
      int high = g_ascii_xdigit_value (hex[i]), low = g_ascii_xdigit_value (hex[i + 1]);

      if (high < 0 || low < 0)
        return NULL;
      bytes[i / 2] = (guint8) (high << 4 | low);
    }
  return g_bytes_new_take (g_steal_pointer (&bytes), length / 2);
}

static GVariant *
make_hex (RtJsonCursor *self, gsize start, char tag, GVariant *value, GError **error)
{
  g_autoptr (GBytes) bytes = hex_to_bytes (value);
  gsize length;
  const char *data;

  if (bytes == NULL)
    return fail (self, start, error, "\"$%c\" takes a string of pairs of hex digits", tag);
  data = g_bytes_get_data (bytes, &length);
  if (tag == 'b')
    return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  return text_to_variant (length > 0 ? g_strndup (data, length) : g_strdup (""), length, length == 0 || g_utf8_validate_len (data, length, NULL));
}

/* g_strndup() stops at a NUL */
static GVariant *
make_odd_string (RtJsonCursor *self, gsize start, GVariant *value, GError **error)
{
  g_autoptr (GBytes) bytes = hex_to_bytes (value);
  GVariant *inner;

  if (bytes == NULL || memchr (g_bytes_get_size (bytes) > 0 ? g_bytes_get_data (bytes, NULL) : "", 0, g_bytes_get_size (bytes)) == NULL)
    return make_hex (self, start, 's', value, error);
  inner = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
  return g_variant_new_tuple (&inner, 1);
}

static GVariant *
make_integer (RtJsonCursor *self, gsize start, GVariant *value, GError **error)
{
  const char *text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, NULL) : "";
  gint64 small;
  guint64 large;

  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &small, NULL))
    return g_variant_new_int64 (small);
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &large, NULL))
    return g_variant_new_uint64 (large);
  return fail (self, start, error, "\"$i\" takes an integer between -2^63 and 2^64-1, as a string");
}

static GVariant *
make_float (RtJsonCursor *self, gsize start, GVariant *value, double number, GError **error)
{
  const char *text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, NULL) : NULL;

  if (g_strcmp0 (text, "nan") == 0)
    return g_variant_new_double (NAN);
  if (g_strcmp0 (text, "inf") == 0)
    return g_variant_new_double (INFINITY);
  if (g_strcmp0 (text, "-inf") == 0)
    return g_variant_new_double (-INFINITY);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64) || g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    return g_variant_new_double (number);
  return fail (self, start, error, "\"$f\" takes a number, \"nan\", \"inf\" or \"-inf\"");
}

/* The n-th of a list of two, NULL when it is no such list. */
static GVariant *
get_of_pair (GVariant *pair, gsize n)
{
  g_autoptr (GVariant) boxed = NULL;

  if (!g_variant_is_of_type (pair, G_VARIANT_TYPE ("av")) || g_variant_n_children (pair) != 2)
    return NULL;
  boxed = g_variant_get_child_value (pair, n);
  return g_variant_get_variant (boxed);
}

static GVariant *
make_extension (RtJsonCursor *self, gsize start, GVariant *value, GError **error)
{
  g_autoptr (GVariant) type = get_of_pair (value, 0);
  g_autoptr (GVariant) hex = get_of_pair (value, 1);
  g_autoptr (GBytes) bytes = hex != NULL ? hex_to_bytes (hex) : NULL;
  gint64 number;

  if (bytes == NULL || !g_variant_is_of_type (type, G_VARIANT_TYPE_INT64))
    return fail (self, start, error, "\"$x\" takes [type, \"hex\"]");
  number = g_variant_get_int64 (type);
  if (number < -128 || number > 255)
    return fail (self, start, error, "the type of an \"$x\" is one byte");
  return g_variant_new ("(y@ay)", (guint8) number, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
}

static GVariant *
make_pairs (RtJsonCursor *self, gsize start, GVariant *value, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  g_auto (GVariantBuilder) builder = { 0 };
  gboolean by_string = TRUE;
  gsize n;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("av")))
    return fail (self, start, error, "\"$m\" takes an array of [key, value]");
  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) pair = g_variant_get_variant (boxed);
      GVariant *key = get_of_pair (pair, 0);

      if (key == NULL)
        return fail (self, start, error, "\"$m\" takes an array of [key, value]");
      g_ptr_array_add (members, key);
      g_ptr_array_add (members, get_of_pair (pair, 1));
      by_string = by_string && g_variant_is_of_type (key, G_VARIANT_TYPE_STRING) && g_hash_table_add (seen, g_variant_dup_string (key, NULL));
    }
  g_variant_builder_init (&builder, by_string ? G_VARIANT_TYPE_VARDICT : G_VARIANT_TYPE ("a(vv)"));
  for (guint i = 0; i < members->len; i += 2)
    if (by_string)
      g_variant_builder_add (&builder, "{sv}", g_variant_get_string (members->pdata[i], NULL), members->pdata[i + 1]);
    else
      g_variant_builder_add (&builder, "(vv)", members->pdata[i], members->pdata[i + 1]);
  return g_variant_builder_end (&builder);
}

static GVariant *
make_tagged (RtJsonCursor *self, gsize start, const char *tag, GVariant *value, double number, GError **error)
{
  switch (tag[1] != '\0' && tag[2] == '\0' ? tag[1] : '\0')
    {
    case 'm': return make_pairs (self, start, value, error);
    case 'i': return make_integer (self, start, value, error);
    case 'f': return make_float (self, start, value, number, error);
    case 'x': return make_extension (self, start, value, error);
    case 'b': return make_hex (self, start, 'b', value, error);
    case 's': return make_odd_string (self, start, value, error);
    default: return fail (self, start, error, "an object with one key that begins with $, and that is none of $b $f $i $m $s $x");
    }
}

/* ---- values ---- */

static GVariant *read_value (RtJsonCursor *self, double *number, GError **error);

static gboolean
count_element (RtJsonCursor *self, GError **error)
{
  if (++self->elements <= RT_JSON_MAX_ELEMENTS)
    return TRUE;
  fail_size (self, self->at, error, "more than 65,536 elements in one value");
  return FALSE;
}

/* A comma, or the end; FALSE with no error: the end. */
static gboolean
read_separator (RtJsonCursor *self, char end, GError **error)
{
  g_autofree char *next = NULL;

  if (rt_json_cursor_take (self, end))
    return FALSE;
  if (!rt_json_cursor_take (self, ','))
    {
      next = show_next (self);
      fail (self, self->at, error, "“,” or “%c” is missing before %s", end, next);
      return FALSE;
    }
  if (rt_json_cursor_peek (self) != end)
    return TRUE;
  fail (self, self->at, error, "nothing follows the “,” before “%c”", end);
  return FALSE;
}

static GVariant *
read_array (RtJsonCursor *self, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  GError *local_error = NULL;

  self->at++;
  if (rt_json_cursor_take (self, ']'))
    return g_variant_builder_end (&builder);
  do
    {
      GVariant *value = count_element (self, &local_error) ? read_value (self, NULL, &local_error) : NULL;

      if (value == NULL)
        break;
      g_variant_builder_add (&builder, "v", value);
    }
  while (read_separator (self, ']', &local_error));
  if (local_error == NULL)
    return g_variant_builder_end (&builder);
  g_propagate_error (error, local_error);
  return NULL;
}

static GVariant *
read_object (RtJsonCursor *self, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GVariant) first = NULL;
  g_autofree char *tag = NULL;
  GError *local_error = NULL;
  gsize start = self->at;
  double number = 0;

  self->at++;
  if (rt_json_cursor_take (self, '}'))
    return g_variant_builder_end (&builder);
  do
    {
      gsize at, length;
      g_autofree char *name = NULL;
      GVariant *value;

      rt_json_cursor_peek (self);
      at = self->at;
      name = rt_json_cursor_string (self, &length, &local_error);
      if (name == NULL || !rt_json_cursor_expect (self, ':', &local_error))
        break;
      if (memchr (name, 0, length) != NULL)
        {
          fail (self, at, &local_error, "a name with a NUL in it: write {\"$m\": [[{\"$s\": \"hex\"}, value], …]}");
          break;
        }
      if (g_hash_table_contains (seen, name))
        {
          g_autofree char *start_of_name = g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), NAME_CHARS));

          fail (self, at, &local_error, "the name “%s” is there twice", start_of_name);
          break;
        }
      value = count_element (self, &local_error) ? read_value (self, &number, &local_error) : NULL;
      if (value == NULL)
        break;
      g_variant_builder_add (&builder, "{sv}", name, value);
      if (g_hash_table_size (seen) == 0 && name[0] == '$')
        {
          first = g_variant_ref (value);
          tag = g_strdup (name);
        }
      g_hash_table_add (seen, g_steal_pointer (&name));
    }
  while (read_separator (self, '}', &local_error));
  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return NULL;
    }
  if (first != NULL && g_hash_table_size (seen) == 1)
    return make_tagged (self, start, tag, first, number, error);
  return g_variant_builder_end (&builder);
}

static GVariant *
read_word (RtJsonCursor *self, GError **error)
{
  const char *at = self->text + self->at;
  gsize left = self->length - self->at, n = 0;
  g_autofree char *next = NULL;

  while (n < left && n < 8 && g_ascii_isalnum (at[n]))
    n++;
  if (n == 4 && memcmp (at, "true", 4) == 0)
    return self->at += 4, g_variant_new_boolean (TRUE);
  if (n == 5 && memcmp (at, "false", 5) == 0)
    return self->at += 5, g_variant_new_boolean (FALSE);
  if (n == 4 && memcmp (at, "null", 4) == 0)
    return self->at += 4, g_variant_new_tuple (NULL, 0);
  next = show_next (self);
  return fail (self, self->at, error, "a value is missing before %s (text is written in \"quotes\")", next);
}

/* Floating. */
static GVariant *
read_value (RtJsonCursor *self, double *number, GError **error)
{
  char c = rt_json_cursor_peek (self);
  GVariant *value;

  if (c == '"')
    {
      gsize length;
      char *text = rt_json_cursor_string (self, &length, error);

      return text != NULL ? text_to_variant (text, length, TRUE) : NULL;
    }
  if (c == '-' || g_ascii_isdigit (c))
    return read_number (self, number, error);
  if (c != '{' && c != '[')
    return read_word (self, error);
  if (self->depth >= RT_JSON_MAX_DEPTH)
    return fail_size (self, self->at, error, "lists and maps in one another, too deep");
  self->depth++;
  value = c == '{' ? read_object (self, error) : read_array (self, error);
  self->depth--;
  return value;
}

GVariant *
rt_json_cursor_value (RtJsonCursor *self, GError **error)
{
  GVariant *value;

  self->elements = 0;
  value = read_value (self, NULL, error);
  return value != NULL ? g_variant_ref_sink (value) : NULL;
}
