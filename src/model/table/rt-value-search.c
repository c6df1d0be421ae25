/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is a text in a value? Without making a text of the value: it may be large, and there may be many. */
#include "rt-value-text.h"
#include "rt-value-search.h"
#include "json/rt-json-writer.h"

#include <string.h>

struct _RtNeedle {
  char     *folded;             /* each character in lower case */
  gsize     length;             /* bytes */
  gunichar *chars;
  glong     n_chars;
  gboolean  ascii;
  GBytes   *bytes;              /* of hex digits; NULL: it is none */
};

RtNeedle *
rt_needle_new (const char *text)
{
  RtNeedle *self = g_new0 (RtNeedle, 1);
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);
  g_autofree char *digits = g_strjoinv ("", pairs);
  gsize length = strlen (digits);

  self->chars = g_utf8_to_ucs4_fast (text, -1, &self->n_chars);
  for (glong i = 0; i < self->n_chars; i++)
    self->chars[i] = g_unichar_tolower (self->chars[i]);
  self->folded = g_ucs4_to_utf8 (self->chars, self->n_chars, NULL, NULL, NULL);
  self->length = self->folded != NULL ? strlen (self->folded) : 0;
  self->ascii = g_str_is_ascii (text);
  /* also in pairs, as they are shown */
  if (length >= 2 && length % 2 == 0 && strspn (digits, "0123456789abcdefABCDEF") == length)
    {
      guint8 *bytes = g_malloc (length / 2);

      for (gsize i = 0; i < length; i += 2)
        bytes[i / 2] = (guint8) (g_ascii_xdigit_value (digits[i]) << 4 | g_ascii_xdigit_value (digits[i + 1]));
      self->bytes = g_bytes_new_take (bytes, length / 2);
    }
  return self;
}

void
rt_needle_free (RtNeedle *self)
{
  g_free (self->folded);
  g_free (self->chars);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static gboolean
find_ascii (const RtNeedle *self, const char *text, gsize length)
{
  char low = self->folded[0], high = g_ascii_toupper (low);

  if (length < self->length)
    return FALSE;
  for (gsize i = 0; i <= length - self->length; i++)
    if ((text[i] == low || text[i] == high) && g_ascii_strncasecmp (text + i, self->folded, self->length) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
matches_at (const RtNeedle *self, const char *at, const char *end)
{
  for (glong i = 0; i < self->n_chars; i++)
    {
      if (at >= end || g_unichar_tolower (g_utf8_get_char (at)) != self->chars[i])
        return FALSE;
      at = g_utf8_next_char (at);
    }
  return TRUE;
}

gboolean
rt_needle_in_text (const RtNeedle *self, const char *text, gsize length)
{
  const char *end = text + length;

  if (self->length == 0)
    return TRUE;
  if (self->ascii)
    return find_ascii (self, text, length);
  for (const char *at = text; at < end; at = g_utf8_next_char (at))
    if (g_unichar_tolower (g_utf8_get_char (at)) == self->chars[0] && matches_at (self, at, end))
      return TRUE;
  return FALSE;
}

gboolean
rt_needle_in_bytes (const RtNeedle *self, const guint8 *data, gsize length)
{
  return self->bytes != NULL && memmem (data, length, g_bytes_get_data (self->bytes, NULL), g_bytes_get_size (self->bytes)) != NULL;
}

static gboolean
is_in_children (const RtNeedle *self, GVariant *value)
{
  gsize n = g_variant_n_children (value);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (rt_needle_in_value (self, child))
        return TRUE;
    }
  return FALSE;
}

gboolean
rt_needle_in_value (const RtNeedle *self, GVariant *value)
{
  const char *text;
  gsize length;

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_STRING: case G_VARIANT_CLASS_OBJECT_PATH: case G_VARIANT_CLASS_SIGNATURE:
      text = g_variant_get_string (value, &length);
      return rt_needle_in_text (self, text, length);
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
        {
          const guint8 *bytes = g_variant_get_fixed_array (value, &length, 1);

          return rt_needle_in_bytes (self, bytes, length);
        }
      return is_in_children (self, value);
    case G_VARIANT_CLASS_VARIANT: case G_VARIANT_CLASS_TUPLE: case G_VARIANT_CLASS_DICT_ENTRY: case G_VARIANT_CLASS_MAYBE:
      return is_in_children (self, value);
    case G_VARIANT_CLASS_INT64:
      {
        char number[24];

        if (!self->ascii)
          return FALSE;
        g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, g_variant_get_int64 (value));
        return rt_needle_in_text (self, number, strlen (number));
      }
    case G_VARIANT_CLASS_BOOLEAN: case G_VARIANT_CLASS_BYTE: case G_VARIANT_CLASS_INT16: case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_INT32: case G_VARIANT_CLASS_UINT32: case G_VARIANT_CLASS_UINT64: case G_VARIANT_CLASS_HANDLE: case G_VARIANT_CLASS_DOUBLE:
    default:
      {
        g_autofree char *shown = rt_value_to_text (value);

        return rt_needle_in_text (self, shown, strlen (shown));
      }
    }
}

gboolean
rt_value_contains (GVariant *value, const char *needle)
{
  g_autoptr (RtNeedle) self = rt_needle_new (needle);

  return rt_needle_in_value (self, value);
}
