/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-json-writer.h"

#include <string.h>

/* What stands last tells whether a comma is due: strings end with a quote, so an open brace is always structure. */
static void
separate (GString *out)
{
  if (out->len > 0 && strchr ("{[:", out->str[out->len - 1]) == NULL)
    g_string_append_c (out, ',');
}

void
rt_json_begin_object (GString *out)
{
  separate (out);
  g_string_append_c (out, '{');
}

void
rt_json_end_object (GString *out)
{
  g_string_append_c (out, '}');
}

void
rt_json_begin_array (GString *out)
{
  separate (out);
  g_string_append_c (out, '[');
}

void
rt_json_end_array (GString *out)
{
  g_string_append_c (out, ']');
}

void
rt_json_key (GString    *out,
             const char *key)
{
  rt_json_string (out, key);
  g_string_append_c (out, ':');
}

void
rt_json_null (GString *out)
{
  separate (out);
  g_string_append (out, "null");
}

void
rt_json_boolean (GString  *out,
                 gboolean  value)
{
  separate (out);
  g_string_append (out, value ? "true" : "false");
}

void
rt_json_int (GString *out,
             gint64   value)
{
  separate (out);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

void
rt_json_uint (GString *out,
              guint64  value)
{
  separate (out);
  g_string_append_printf (out, "%" G_GUINT64_FORMAT, value);
}

/* The shortest of the three forms that reads back as the same number. */
void
rt_json_double (GString *out,
                double   value)
{
  static const char *const formats[] = { "%.15g", "%.16g", "%.17g" };
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      double back;

      g_ascii_formatd (text, sizeof text, formats[i], value);
      back = g_ascii_strtod (text, NULL);
      if (memcmp (&back, &value, sizeof back) == 0)
        break;
    }
  separate (out);
  g_string_append (out, text);
}

void
rt_json_string (GString    *out,
                const char *text)
{
  if (text == NULL)
    rt_json_null (out);
  else if (g_utf8_validate (text, -1, NULL))
    rt_json_string_len (out, text, strlen (text));
  else
    {
      g_autofree char *valid = g_utf8_make_valid (text, -1);

      rt_json_string_len (out, valid, strlen (valid));
    }
}

void
rt_json_string_len (GString    *out,
                    const char *text,
                    gsize       length)
{
  gsize done = 0;

  separate (out);
  g_string_append_c (out, '"');
  for (gsize i = 0; i < length; i++)
    {
      guchar c = text[i];

      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
        continue;
      g_string_append_len (out, text + done, i - done);
      done = i + 1;
      if (c == '"' || c == '\\')
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, c);
        }
      else if (c == '\n')
        g_string_append (out, "\\n");
      else
        g_string_append_printf (out, "\\u%04x", c);
    }
  g_string_append_len (out, text + done, length - done);
  g_string_append_c (out, '"');
}

void
rt_json_hex (GString      *out,
             const guint8 *bytes,
             gsize         length)
{
  static const char digits[] = "0123456789abcdef";
  gsize at;

  separate (out);
  at = out->len + 1;
  g_string_set_size (out, out->len + 2 * length + 2);
  out->str[at - 1] = '"';
  for (gsize i = 0; i < length; i++)
    {
      out->str[at++] = digits[bytes[i] >> 4];
      out->str[at++] = digits[bytes[i] & 15];
    }
  out->str[at] = '"';
}

void
rt_json_bytes (GString      *out,
               const guint8 *bytes,
               gsize         length)
{
  rt_json_begin_object (out);
  rt_json_key (out, "$b");
  rt_json_hex (out, bytes, length);
  rt_json_end_object (out);
}

void
rt_json_raw (GString    *out,
             const char *json)
{
  separate (out);
  g_string_append (out, json);
}
