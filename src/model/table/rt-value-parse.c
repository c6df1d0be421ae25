/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody typed, as a value of the kind that he means. */
#include "config.h"

#include "rt-value-text.h"
#include "json/rt-json-parse.h"
#include "p2p/p2p.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static void
find_position (const char *text, gsize at, RtTextPosition *where)
{
  const char *line = text;

  where->line = 1;
  for (const char *p = text; (p = memchr (p, '\n', (gsize) (text + at - p))) != NULL;)
    {
      where->line++;
      line = ++p;
    }
  where->column = 1 + (guint) g_utf8_strlen (line, text + at - line);
  where->offset = (gsize) g_utf8_strlen (text, (gssize) at);
}

/* at: bytes */
static gpointer
fail_at (const char *text, gsize at, RtTextPosition *where, GError **error, const char *words)
{
  RtTextPosition place;

  find_position (text, at, &place);
  if (where != NULL)
    *where = place;
  g_set_error (error, RT_VALUE_ERROR, RT_VALUE_ERROR_SYNTAX, _("Line %u, column %u: %s"), place.line, place.column, words);
  return NULL;
}

static gpointer
fail_size (GError **error, const char *words)
{
  g_set_error_literal (error, RT_VALUE_ERROR, RT_VALUE_ERROR_TOO_LARGE, words);
  return NULL;
}

/* Without the white space around it; copies what there is of a number, which is little. */
static char *
strip (const char *text, gsize length, gsize *start)
{
  gsize end = length;

  *start = 0;
  while (*start < end && g_ascii_isspace (text[*start]))
    (*start)++;
  while (end > *start && g_ascii_isspace (text[end - 1]))
    end--;
  return g_strndup (text + *start, MIN (end - *start, 500));
}

static GVariant *
parse_integer (const char *text, gsize length, RtTextPosition *where, GError **error)
{
  gsize start, i = 0;
  g_autofree char *number = strip (text, length, &start);
  gint64 small;
  guint64 large;

  if (*number == '\0')
    return fail_at (text, start, where, error, _("a whole number is missing"));
  i += number[0] == '-' || number[0] == '+';
  while (g_ascii_isdigit (number[i]))
    i++;
  if (number[i] != '\0' || i == (gsize) (number[0] == '-' || number[0] == '+'))
    return fail_at (text, start + i, where, error, number[i] == '.' || number[i] == ','
                    ? _("a whole number has no fraction (choose the decimal number for one)") : _("only digits make a whole number, and a - before them"));
  if (g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, &small, NULL))
    return g_variant_new_int64 (small);
  if (g_ascii_string_to_unsigned (number + (number[0] == '+'), 10, 0, G_MAXUINT64, &large, NULL))
    return g_variant_new_uint64 (large);
  if (number[0] == '+' && g_ascii_string_to_signed (number + 1, 10, G_MININT64, G_MAXINT64, &small, NULL))
    return g_variant_new_int64 (small);
  return fail_at (text, start, where, error, _("a whole number is between -9,223,372,036,854,775,808 and 18,446,744,073,709,551,615"));
}

static GVariant *
parse_decimal (const char *text, gsize length, RtTextPosition *where, GError **error)
{
  static const struct { const char *name; double value; } names[] = { { "inf", INFINITY }, { "+inf", INFINITY }, { "-inf", -INFINITY }, { "nan", NAN } };
  gsize start;
  g_autofree char *number = strip (text, length, &start);
  char *end;
  double value = 0;

  if (*number == '\0')
    return fail_at (text, start, where, error, _("a number is missing"));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (number, names[i].name) == 0)
      return g_variant_new_double (names[i].value);
  /* not what strtod() takes as well: 0x10, infinity, nan(…) */
  end = number + strspn (number, "0123456789+-.eE");
  if (*end == '\0')
    value = g_ascii_strtod (number, &end);
  if (*end != '\0' || end == number)
    return fail_at (text, start + (gsize) (end - number), where, error,
                    *end == ',' ? _("write the fraction after a point: 1.5") : _("that is no decimal number (1.5, -2 and 1e-3 are)"));
  if (!isfinite (value))
    return fail_at (text, start, where, error, _("the number is too large: write inf if that is meant"));
  return g_variant_new_double (value);
}

static GVariant *
parse_boolean (const char *text, gsize length, RtTextPosition *where, GError **error)
{
  gsize start;
  g_autofree char *word = strip (text, length, &start);
  g_autofree char *folded = g_utf8_casefold (word, -1);
  const char *yes[] = { "yes", "true", _("yes") }, *no[] = { "no", "false", _("no") };

  for (guint i = 0; i < G_N_ELEMENTS (yes); i++)
    {
      g_autofree char *a = g_utf8_casefold (yes[i], -1), *b = g_utf8_casefold (no[i], -1);

      if (g_str_equal (folded, a))
        return g_variant_new_boolean (TRUE);
      if (g_str_equal (folded, b))
        return g_variant_new_boolean (FALSE);
    }
  return fail_at (text, start, where, error, _("write yes or no"));
}

static GVariant *
parse_bytes (const char *text, gsize length, RtTextPosition *where, GError **error)
{
  g_autofree guint8 *bytes = NULL;
  g_autoptr (GBytes) taken = NULL;
  gsize n = 0, i = 0, high_at = 0;
  int high = -1;

  while (i < length && g_ascii_isspace (text[i]))
    i++;
  if (i + 1 < length && text[i] == '0' && (text[i + 1] == 'x' || text[i + 1] == 'X'))
    i += 2;
  bytes = g_malloc ((length - i) / 2 + 1);
  for (; i < length; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit >= 0 && high >= 0)
        {
          bytes[n++] = (guint8) (high << 4 | digit);
          high = -1;
        }
      else if (digit >= 0)
        {
          high = digit;
          high_at = i;
        }
      else if (!g_ascii_isspace (text[i]))
        return fail_at (text, i, where, error, _("bytes are written as pairs of 0 to 9 and a to f"));
      else if (high >= 0)
        break;
    }
  if (high >= 0)
    return fail_at (text, high_at, where, error, _("half a byte: two digits make one"));
  taken = g_bytes_new_take (g_steal_pointer (&bytes), n);
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, taken, TRUE);
}

static GVariant *
parse_json (RtValueKind kind, const char *text, gsize length, RtTextPosition *where, GError **error)
{
  RtJsonCursor cursor = { .text = text, .length = length };
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GVariant) value = rt_json_cursor_value (&cursor, &local_error);

  if (value == NULL && g_error_matches (local_error, RT_JSON_ERROR, RT_JSON_ERROR_TOO_LARGE))
    return fail_size (error, local_error->message);
  if (value == NULL)
    return fail_at (text, cursor.at, where, error, local_error->message);
  if (rt_json_cursor_peek (&cursor) != '\0' || cursor.at < length)
    return fail_at (text, cursor.at, where, error, _("something follows the value"));
  if (kind == RT_VALUE_LIST && rt_value_get_kind (value) != kind)
    return fail_at (text, 0, where, error, _("a list is written in [ and ]"));
  if (kind == RT_VALUE_MAP && rt_value_get_kind (value) != kind)
    return fail_at (text, 0, where, error, _("a map is written in { and }"));
  if (kind == RT_VALUE_OTHER && g_variant_is_of_type (value, G_VARIANT_TYPE_UNIT))
    {
      g_set_error_literal (error, RT_VALUE_ERROR, RT_VALUE_ERROR_NIL, _("A key cannot have nothing as its value: delete it instead"));
      return NULL;
    }
  return g_steal_pointer (&value);
}

/* What the wire has to say of it. */
static gboolean
check_size (GVariant *value, GError **error)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GVariant) back = NULL;

  if (!p2p_value_pack (value, packed, NULL))
    return fail_size (error, _("Lists and maps in one another are at most 32 deep")) != NULL;
  if (packed->len > RT_VALUE_MAX_BYTES)
    return fail_size (error, _("The value is larger than 2 MiB")) != NULL;
  if (!g_variant_is_container (value))
    return TRUE;
  back = p2p_value_unpack (packed->data, packed->len, NULL, NULL);
  if (back == NULL)
    return fail_size (error, _("The value has more than 65,536 elements, or lists and maps in one another deeper than 32")) != NULL;
  g_variant_ref_sink (back);
  return TRUE;
}

GVariant *
rt_value_from_text (RtValueKind kind, const char *text, gsize length, RtTextPosition *where, GError **error)
{
  g_autoptr (GVariant) value = NULL;
  const char *bad;

  g_return_val_if_fail (text != NULL, NULL);

  if (length > 8 * (gsize) RT_VALUE_MAX_BYTES)
    return fail_size (error, _("The value is larger than 2 MiB"));
  if (!g_utf8_validate_len (text, length, &bad))
    return fail_at (text, (gsize) (bad - text), where, error, _("that is no character"));
  switch (kind)
    {
    case RT_VALUE_TEXT: value = g_variant_new_take_string (g_strndup (text, length)); break;
    case RT_VALUE_INTEGER: value = parse_integer (text, length, where, error); break;
    case RT_VALUE_DECIMAL: value = parse_decimal (text, length, where, error); break;
    case RT_VALUE_BOOLEAN: value = parse_boolean (text, length, where, error); break;
    case RT_VALUE_BYTES: value = parse_bytes (text, length, where, error); break;
    case RT_VALUE_LIST: case RT_VALUE_MAP: case RT_VALUE_OTHER:
    default: value = parse_json (kind, text, length, where, error); break;
    }
  if (value == NULL)
    return NULL;
  g_variant_take_ref (value);
  return check_size (value, error) ? g_steal_pointer (&value) : NULL;
}

/* ---- while it is typed ---- */

typedef struct {
  RtValueKind    kind;
  char          *text;
  gsize          length;
  RtTextPosition where;
} Check;

static void
free_check (gpointer data)
{
  Check *check = data;

  g_free (check->text);
  g_free (check);
}

static void
run_check (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Check *check = data;
  GError *error = NULL;
  GVariant *value = rt_value_from_text (check->kind, check->text, check->length, &check->where, &error);

  if (value != NULL)
    g_task_return_pointer (task, value, (GDestroyNotify) g_variant_unref);
  else
    g_task_return_error (task, error);
}

void
rt_value_check_async (RtValueKind kind, const char *text, gsize length, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);

  g_return_if_fail (text != NULL);

  check->kind = kind;
  check->text = g_memdup2 (text, length + 1);
  check->text[length] = '\0';
  check->length = length;
  g_task_set_source_tag (task, rt_value_check_async);
  g_task_set_name (task, "[rt-model] check value");
  g_task_set_task_data (task, check, free_check);
  if (length <= RT_VALUE_CHECK_AT_ONCE)
    run_check (task, NULL, check, cancellable);
  else
    g_task_run_in_thread (task, run_check);
}

GVariant *
rt_value_check_finish (GAsyncResult *result, RtTextPosition *where, GError **error)
{
  GVariant *value;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  value = g_task_propagate_pointer (G_TASK (result), error);
  if (where != NULL)
    *where = ((Check *) g_task_get_task_data (G_TASK (result)))->where;
  return value;
}
