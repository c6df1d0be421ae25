/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-json-value.h"

#include <math.h>
#include <string.h>

#include "rt-json-writer.h"

static void
append_signed (GString *out,
               gint64   value)
{
  if (value >= -RT_JSON_MAX_EXACT && value <= RT_JSON_MAX_EXACT)
    {
      rt_json_int (out, value);
      return;
    }
  rt_json_begin_object (out);
  rt_json_key (out, "$i");
  g_string_append_printf (out, "\"%" G_GINT64_FORMAT "\"", value);
  rt_json_end_object (out);
}

static void
append_unsigned (GString *out,
                 guint64  value)
{
  if (value <= RT_JSON_MAX_EXACT)
    {
      rt_json_uint (out, value);
      return;
    }
  rt_json_begin_object (out);
  rt_json_key (out, "$i");
  g_string_append_printf (out, "\"%" G_GUINT64_FORMAT "\"", value);
  rt_json_end_object (out);
}

static void
append_float (GString *out,
              double   value)
{
  if (isfinite (value) && value != floor (value))
    {
      rt_json_double (out, value);
      return;
    }
  rt_json_begin_object (out);
  rt_json_key (out, "$f");
  if (isnan (value))
    rt_json_string (out, "nan");
  else if (isinf (value))
    rt_json_string (out, value < 0 ? "-inf" : "inf");
  else
    {
      gsize at = out->len;

      rt_json_double (out, value);
      if (strpbrk (out->str + at, ".e") == NULL)
        g_string_append (out, ".0");
    }
  rt_json_end_object (out);
}

/* GLib's check takes a NUL for an error. */
static gboolean
is_text (const char *data,
         gsize       length)
{
  while (length > 0)
    {
      const char *nul = memchr (data, 0, length);
      gsize n = nul != NULL ? (gsize) (nul - data) : length;

      if (!g_utf8_validate_len (data, n, NULL))
        return FALSE;
      n += nul != NULL;
      data += n;
      length -= n;
    }
  return TRUE;
}

void
rt_json_text_or_bytes (GString    *out,
                       const char *data,
                       gsize       length)
{
  if (length == 0 || g_utf8_validate_len (data, length, NULL))
    rt_json_string_len (out, data != NULL ? data : "", length);
  else
    rt_json_bytes (out, (const guint8 *) data, length);
}

/* A str whose bytes GVariant could not take as one: JSON can say a NUL, but not bytes that are no UTF-8. */
static void
append_odd_string (GString  *out,
                   GVariant *bytes)
{
  gsize length;
  const char *data = g_variant_get_fixed_array (bytes, &length, 1);

  if (is_text (data, length))
    {
      rt_json_string_len (out, data, length);
      return;
    }
  rt_json_begin_object (out);
  rt_json_key (out, "$s");
  rt_json_hex (out, (const guint8 *) data, length);
  rt_json_end_object (out);
}

static void
append_array (GString  *out,
              GVariant *value)
{
  gsize n = g_variant_n_children (value);

  rt_json_begin_array (out);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      rt_json_append_variant (out, child);
    }
  rt_json_end_array (out);
}

/* a{..} and a(vv): each child has two children of its own */
static void
append_map (GString  *out,
            GVariant *value)
{
  rt_json_begin_object (out);
  rt_json_key (out, "$m");
  append_array (out, value);
  rt_json_end_object (out);
}

static void
append_tuple (GString  *out,
              GVariant *value)
{
  if (g_variant_n_children (value) == 0)
    rt_json_null (out);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE ("(ay)")))
    {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (value, 0);

      append_odd_string (out, bytes);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE ("(yay)")))
    {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (value, 1);
      const guint8 *data;
      gsize length;
      guint8 type;

      g_variant_get_child (value, 0, "y", &type);
      data = g_variant_get_fixed_array (bytes, &length, 1);
      rt_json_begin_object (out);
      rt_json_key (out, "$x");
      rt_json_begin_array (out);
      rt_json_int (out, (gint8) type);
      rt_json_hex (out, data, length);
      rt_json_end_array (out);
      rt_json_end_object (out);
    }
  else
    append_array (out, value);
}

void
rt_json_append_variant (GString  *out,
                        GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      rt_json_boolean (out, g_variant_get_boolean (value));
      break;
    case G_VARIANT_CLASS_BYTE:
      rt_json_int (out, g_variant_get_byte (value));
      break;
    case G_VARIANT_CLASS_INT16:
      rt_json_int (out, g_variant_get_int16 (value));
      break;
    case G_VARIANT_CLASS_UINT16:
      rt_json_int (out, g_variant_get_uint16 (value));
      break;
    case G_VARIANT_CLASS_INT32:
      rt_json_int (out, g_variant_get_int32 (value));
      break;
    case G_VARIANT_CLASS_UINT32:
      rt_json_int (out, g_variant_get_uint32 (value));
      break;
    case G_VARIANT_CLASS_HANDLE:
      rt_json_int (out, g_variant_get_handle (value));
      break;
    case G_VARIANT_CLASS_INT64:
      append_signed (out, g_variant_get_int64 (value));
      break;
    case G_VARIANT_CLASS_UINT64:
      append_unsigned (out, g_variant_get_uint64 (value));
      break;
    case G_VARIANT_CLASS_DOUBLE:
      append_float (out, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      rt_json_string (out, g_variant_get_string (value, NULL));
      break;
    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (value);

        rt_json_append_variant (out, inner);
        break;
      }
    case G_VARIANT_CLASS_MAYBE:
      {
        g_autoptr (GVariant) inner = g_variant_get_maybe (value);

        if (inner != NULL)
          rt_json_append_variant (out, inner);
        else
          rt_json_null (out);
        break;
      }
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
        {
          gsize length;
          const guint8 *data = g_variant_get_fixed_array (value, &length, 1);

          rt_json_bytes (out, data, length);
        }
      else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY) ||
               g_variant_is_of_type (value, G_VARIANT_TYPE ("a(vv)")))
        append_map (out, value);
      else
        append_array (out, value);
      break;
    case G_VARIANT_CLASS_TUPLE:
      append_tuple (out, value);
      break;
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      append_array (out, value);
      break;
    }
}
