/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-value-text.h"
#include "model/timeline/rt-message-item.h"
#include "json/rt-json-value.h"
#include "json/rt-json-writer.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

G_DEFINE_QUARK (rt-value-error-quark, rt_value_error)

/* Bytes that are shown in pairs, and lists over lines: beyond this the spaces are only in the way. */
#define MAX_SPACED_BYTES 1024u
#define MAX_PRETTY_BYTES (64u * 1024)
#define ONE_LINE_BYTES 60u

/* ---- kinds ---- */

static const struct {
  const char *name, *words;
} kinds[RT_VALUE_N_KINDS] = {
  { "text", N_("text") },
  { "integer", N_("whole number") },
  { "decimal", N_("decimal number") },
  { "boolean", N_("yes or no") },
  { "bytes", N_("bytes") },
  { "list", N_("list") },
  { "map", N_("map") },
  { "other", N_("other") },
};

const char *
rt_value_kind_words (RtValueKind kind)
{
  g_return_val_if_fail ((guint) kind < RT_VALUE_N_KINDS, "");

  return _(kinds[kind].words);
}

const char *
rt_value_kind_name (RtValueKind kind)
{
  g_return_val_if_fail ((guint) kind < RT_VALUE_N_KINDS, "");

  return kinds[kind].name;
}

gboolean
rt_value_kind_from_name (const char *name, RtValueKind *kind)
{
  for (guint i = 0; i < RT_VALUE_N_KINDS; i++)
    if (g_strcmp0 (name, kinds[i].name) == 0)
      {
        *kind = (RtValueKind) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_map (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY) || g_variant_is_of_type (value, G_VARIANT_TYPE ("a(vv)"));
}

RtValueKind
rt_value_get_kind (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      return RT_VALUE_BOOLEAN;
    case G_VARIANT_CLASS_BYTE: case G_VARIANT_CLASS_INT16: case G_VARIANT_CLASS_UINT16: case G_VARIANT_CLASS_INT32:
    case G_VARIANT_CLASS_UINT32: case G_VARIANT_CLASS_INT64: case G_VARIANT_CLASS_UINT64: case G_VARIANT_CLASS_HANDLE:
      return RT_VALUE_INTEGER;
    case G_VARIANT_CLASS_DOUBLE:
      return RT_VALUE_DECIMAL;
    case G_VARIANT_CLASS_STRING: case G_VARIANT_CLASS_OBJECT_PATH: case G_VARIANT_CLASS_SIGNATURE:
      return RT_VALUE_TEXT;
    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (value);

        return rt_value_get_kind (inner);
      }
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
        return RT_VALUE_BYTES;
      return is_map (value) ? RT_VALUE_MAP : RT_VALUE_LIST;
    case G_VARIANT_CLASS_TUPLE:
      return g_variant_n_children (value) == 0 || g_variant_is_of_type (value, G_VARIANT_TYPE ("(ay)")) ||
             g_variant_is_of_type (value, G_VARIANT_TYPE ("(yay)")) ? RT_VALUE_OTHER : RT_VALUE_LIST;
    case G_VARIANT_CLASS_MAYBE: case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      return RT_VALUE_OTHER;
    }
}

/* ---- to text ---- */

/* Where it is written, and how much of it is wanted. */
typedef struct {
  GString *text;
  gsize    max;
} Output;

/* Of a text or bytes, as much as is wanted. */
static GVariant *
cut_scalar (const Output *out, GVariant *value)
{
  gsize length;

  if (out->max < G_MAXSIZE && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      const char *text = g_variant_get_string (value, &length);
      gsize taken = MIN (length, out->max);

      while (taken < length && taken > 0 && ((guchar) text[taken] & 0xc0) == 0x80)
        taken--;
      return taken == length ? NULL : g_variant_ref_sink (g_variant_new_take_string (g_strndup (text, taken)));
    }
  if (out->max < G_MAXSIZE && g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      const guint8 *bytes = g_variant_get_fixed_array (value, &length, 1);

      return length <= out->max ? NULL : g_variant_ref_sink (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, out->max, 1));
    }
  return NULL;
}

static void
append_scalar (const Output *out, GVariant *value)
{
  /* The writer looks at what stands before it, for its commas. */
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GVariant) cut = cut_scalar (out, value);

  rt_json_append_variant (text, cut != NULL ? cut : value);
  g_string_append_len (out->text, text->str, (gssize) text->len);
}

static gboolean
is_enough (const Output *out)
{
  return out->text->len > out->max;
}

static void append_json (const Output *out, GVariant *value, int indent);

static void
append_break (const Output *out, int indent)
{
  if (indent < 0)
    return;
  g_string_append_c (out->text, '\n');
  for (int i = 0; i < indent; i++)
    g_string_append (out->text, "  ");
}

static void
append_comma (const Output *out, gboolean first, int indent)
{
  if (!first)
    g_string_append (out->text, indent < 0 ? ", " : ",");
  append_break (out, indent);
}

static void
append_list (const Output *out, GVariant *value, int indent)
{
  gsize n = g_variant_n_children (value);

  g_string_append_c (out->text, '[');
  for (gsize i = 0; i < n && !is_enough (out); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      append_comma (out, i == 0, indent < 0 ? -1 : indent + 1);
      append_json (out, child, indent < 0 ? -1 : indent + 1);
    }
  if (n > 0)
    append_break (out, indent);
  g_string_append_c (out->text, ']');
}

/* A plain object can be said of it: the keys are texts, and it is not taken for one of the tags. */
static gboolean
is_plain_map (GVariant *value)
{
  gsize n = g_variant_n_children (value);
  const char *name;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}")))
    return FALSE;
  if (n != 1)
    return TRUE;
  g_variant_get_child (value, 0, "{&s*}", &name, NULL);
  return name[0] != '$';
}

static void
append_map (const Output *out, GVariant *value, int indent)
{
  gsize n = g_variant_n_children (value);

  g_string_append_c (out->text, '{');
  for (gsize i = 0; i < n && !is_enough (out); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) name = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) member = g_variant_get_child_value (entry, 1);

      append_comma (out, i == 0, indent < 0 ? -1 : indent + 1);
      append_scalar (out, name);
      g_string_append (out->text, ": ");
      append_json (out, member, indent < 0 ? -1 : indent + 1);
    }
  if (n > 0)
    append_break (out, indent);
  g_string_append_c (out->text, '}');
}

/* indent: levels; negative: all on one line */
static void
append_json (const Output *out, GVariant *value, int indent)
{
  g_autoptr (GVariant) inner = NULL;

  while (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *next = g_variant_get_variant (value);

      g_clear_pointer (&inner, g_variant_unref);
      inner = value = next;
    }
  switch (rt_value_get_kind (value))
    {
    case RT_VALUE_LIST:
      append_list (out, value, indent);
      break;
    case RT_VALUE_MAP:
      if (is_plain_map (value))
        append_map (out, value, indent);
      else
        {
          g_string_append (out->text, "{\"$m\": ");
          append_list (out, value, indent);
          g_string_append_c (out->text, '}');
        }
      break;
    case RT_VALUE_OTHER:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICT_ENTRY))
        {
          append_list (out, value, -1);
          break;
        }
      G_GNUC_FALLTHROUGH;
    case RT_VALUE_TEXT: case RT_VALUE_INTEGER: case RT_VALUE_DECIMAL: case RT_VALUE_BOOLEAN: case RT_VALUE_BYTES:
    default:
      append_scalar (out, value);
      break;
    }
}

static char *
json_to_text (GVariant *value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const Output out = { text, G_MAXSIZE };

  append_json (&out, value, -1);
  if (text->len > ONE_LINE_BYTES && text->len <= MAX_PRETTY_BYTES)
    {
      g_string_truncate (text, 0);
      append_json (&out, value, 0);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* In pairs, over lines or on one. */
static char *
spaced_bytes (const guint8 *bytes, gsize length, gboolean spaced, gboolean lines)
{
  static const char digits[] = "0123456789abcdef";
  GString *out = g_string_sized_new (length * (spaced ? 3 : 2) + 1);

  for (gsize i = 0; i < length; i++)
    {
      if (spaced && i > 0)
        g_string_append_c (out, lines && i % 16 == 0 ? '\n' : ' ');
      g_string_append_c (out, digits[bytes[i] >> 4]);
      g_string_append_c (out, digits[bytes[i] & 15]);
    }
  return g_string_free (out, FALSE);
}

static char *
bytes_to_text (GVariant *value)
{
  gsize length;
  const guint8 *bytes = g_variant_get_fixed_array (value, &length, 1);

  return spaced_bytes (bytes, length, length <= MAX_SPACED_BYTES, TRUE);
}

static char *
decimal_to_text (double number)
{
  GString *out = g_string_new (NULL);

  if (isnan (number))
    g_string_append (out, "nan");
  else if (isinf (number))
    g_string_append (out, number < 0 ? "-inf" : "inf");
  else
    {
      rt_json_double (out, number);
      if (strpbrk (out->str, ".e") == NULL)
        g_string_append (out, ".0");
    }
  return g_string_free (out, FALSE);
}

static char *
integer_to_text (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_INT64:
      return g_strdup_printf ("%" G_GINT64_FORMAT, g_variant_get_int64 (value));
    case G_VARIANT_CLASS_UINT64:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, g_variant_get_uint64 (value));
    default:
      return json_to_text (value);
    }
}

char *
rt_value_to_text (GVariant *value)
{
  g_autoptr (GVariant) held = NULL;

  g_return_val_if_fail (value != NULL, NULL);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      held = g_variant_get_variant (value);
      return rt_value_to_text (held);
    }
  switch (rt_value_get_kind (value))
    {
    case RT_VALUE_TEXT:
      return g_variant_dup_string (value, NULL);
    case RT_VALUE_INTEGER:
      return integer_to_text (value);
    case RT_VALUE_DECIMAL:
      return decimal_to_text (g_variant_get_double (value));
    case RT_VALUE_BOOLEAN:
      return g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
    case RT_VALUE_BYTES:
      return bytes_to_text (value);
    case RT_VALUE_LIST: case RT_VALUE_MAP: case RT_VALUE_OTHER:
    default:
      return json_to_text (value);
    }
}

/* ---- a line to show ---- */

static char *
cut_chars (const char *text, guint max_chars, gboolean more)
{
  const char *end = text, *last = text;

  for (guint i = 0; i < max_chars && *end != '\0'; i++)
    {
      last = end;
      end = g_utf8_next_char (end);
    }
  if (*end == '\0' && !more)
    return g_strdup (text);
  if (*end == '\0' && g_utf8_strlen (text, -1) < (glong) max_chars)
    last = end;
  return g_strdup_printf ("%.*s…", (int) (last - text), text);
}

/* The beginning of a text, with what would lead astray taken out. */
static char *
text_preview (const char *whole, gsize length, guint max_chars)
{
  /* what is not shown of it may be a lot, too */
  gsize taken = MIN (length, 8 * (gsize) max_chars);
  g_autofree char *text = NULL, *shown = NULL;

  while (taken < length && taken > 0 && ((guchar) whole[taken] & 0xc0) == 0x80)
    taken--;
  text = g_strndup (whole, taken);
  shown = rt_sanitise_line (text, G_MAXSIZE);
  return cut_chars (shown, max_chars, taken < length);
}

static char *
bytes_preview (GVariant *value, guint max_chars)
{
  gsize length, taken;
  const guint8 *bytes = g_variant_get_fixed_array (value, &length, 1);
  g_autofree char *text = NULL;

  taken = MIN (length, (gsize) max_chars / 3 + 1);
  text = spaced_bytes (bytes, taken, TRUE, FALSE);
  return cut_chars (text, max_chars, taken < length);
}

/* As it is typed, but on one line: so nobody has to learn two ways of writing. */
char *
rt_value_preview (GVariant *value, guint max_chars)
{
  g_autoptr (GVariant) held = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GString) json = NULL;
  Output out;
  const char *whole;
  gsize length;

  g_return_val_if_fail (value != NULL, NULL);
  g_return_val_if_fail (max_chars > 0, NULL);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      held = g_variant_get_variant (value);
      return rt_value_preview (held, max_chars);
    }
  switch (rt_value_get_kind (value))
    {
    case RT_VALUE_TEXT:
      whole = g_variant_get_string (value, &length);
      return text_preview (whole, length, max_chars);
    case RT_VALUE_BOOLEAN:
      return g_strdup (g_variant_get_boolean (value) ? _("yes") : _("no"));
    case RT_VALUE_BYTES:
      return bytes_preview (value, max_chars);
    case RT_VALUE_INTEGER: case RT_VALUE_DECIMAL:
      text = rt_value_to_text (value);
      return cut_chars (text, max_chars, FALSE);
    case RT_VALUE_LIST: case RT_VALUE_MAP: case RT_VALUE_OTHER:
    default:
      json = g_string_new (NULL);
      out = (Output) { json, 8 * (gsize) max_chars };
      append_json (&out, value, -1);
      return text_preview (json->str, json->len, max_chars);
    }
}
