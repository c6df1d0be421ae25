/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-value-private.h"

#include <math.h>
#include <string.h>

/* Deeper than anything off the wire, so only a value of our own maker's is cut by it. */
#define MAX_DEPTH 64

typedef struct {
  GString *text;
  gsize left;                   /* characters */
  gboolean cut;
} Printer;

static void print_value (Printer *self, GVariant *value, guint depth);

static void
print_char (Printer *self,
            gunichar c)
{
  if (self->left == 0)
    {
      self->cut = TRUE;
      return;
    }
  g_string_append_unichar (self->text, c);
  self->left--;
}

static void
print_ascii (Printer    *self,
             const char *text)
{
  for (; *text != '\0' && !self->cut; text++)
    print_char (self, (guchar) *text);
}

/* What would change the line that it stands in: controls, line breaks, and the marks that turn the direction of text. */
static gboolean
needs_escape (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
      /* The joiner holds emoji and scripts together and turns nothing. */
      return c != 0x200d && c != 0x200c;
    default:
      return FALSE;
    }
}

static void
print_text_char (Printer *self,
                 gunichar c)
{
  char escape[16];

  switch (c)
    {
    case '\n':
      print_ascii (self, "\\n");
      return;
    case '\t':
      print_ascii (self, "\\t");
      return;
    case '\r':
      print_ascii (self, "\\r");
      return;
    case '\\':
    case '\'':
      print_char (self, '\\');
      print_char (self, c);
      return;
    default:
      break;
    }
  if (!needs_escape (c))
    {
      print_char (self, c);
      return;
    }
  g_snprintf (escape, sizeof escape, c > 0xffff ? "\\U%08x" : "\\u%04x", c);
  print_ascii (self, escape);
}

static void
print_text (Printer    *self,
            const char *text)
{
  print_char (self, '\'');
  for (; *text != '\0' && !self->cut; text = g_utf8_next_char (text))
    print_text_char (self, g_utf8_get_char (text));
  print_char (self, '\'');
}

static void
print_bytes (Printer  *self,
             GVariant *value)
{
  gsize n;
  const guint8 *bytes = g_variant_get_fixed_array (value, &n, 1);

  print_ascii (self, "b'");
  for (gsize i = 0; i < n && !self->cut; i++)
    {
      char escape[8];

      if (bytes[i] == '\\' || bytes[i] == '\'')
        print_char (self, '\\');
      if (bytes[i] >= 0x20 && bytes[i] < 0x7f)
        {
          print_char (self, bytes[i]);
          continue;
        }
      g_snprintf (escape, sizeof escape, "\\x%02x", bytes[i]);
      print_ascii (self, escape);
    }
  print_char (self, '\'');
}

static void
print_double (Printer *self,
              gdouble  number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE + 2];

  if (isnan (number))
    {
      print_ascii (self, "nan");
      return;
    }
  if (isinf (number))
    {
      print_ascii (self, number > 0 ? "inf" : "-inf");
      return;
    }
  /* The shortest of the two that reads back as the same number. */
  g_ascii_formatd (text, G_ASCII_DTOSTR_BUF_SIZE, "%.15g", number);
  if (g_ascii_strtod (text, NULL) != number)
    g_ascii_dtostr (text, G_ASCII_DTOSTR_BUF_SIZE, number);
  /* Told apart from an integer. */
  if (strpbrk (text, ".e") == NULL)
    strcat (text, ".0");
  print_ascii (self, text);
}

static void
print_number (Printer  *self,
              GVariant *value)
{
  g_autofree char *text = g_variant_print (value, FALSE);

  print_ascii (self, text);
}

static void
print_byte (Printer  *self,
            GVariant *value)
{
  char text[8];

  g_snprintf (text, sizeof text, "%u", g_variant_get_byte (value));
  print_ascii (self, text);
}

static void
print_children (Printer  *self,
                GVariant *value,
                char      open,
                char      close,
                guint     depth)
{
  gsize n = g_variant_n_children (value);

  print_char (self, open);
  for (gsize i = 0; i < n && !self->cut; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (i > 0)
        print_ascii (self, ", ");
      print_value (self, child, depth + 1);
    }
  print_char (self, close);
}

static void
print_map (Printer  *self,
           GVariant *value,
           guint     depth)
{
  gsize n = g_variant_n_children (value);

  print_char (self, '{');
  for (gsize i = 0; i < n && !self->cut; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) child = g_variant_get_child_value (entry, 1);

      if (i > 0)
        print_ascii (self, ", ");
      print_value (self, key, depth + 1);
      print_ascii (self, ": ");
      print_value (self, child, depth + 1);
    }
  print_char (self, '}');
}

static void
print_container (Printer  *self,
                 GVariant *value,
                 guint     depth)
{
  const char *type = g_variant_get_type_string (value);

  if (depth >= MAX_DEPTH)
    {
      self->cut = TRUE;
      return;
    }
  if (g_str_equal (type, "()"))
    print_ascii (self, "nil");
  else if (g_str_equal (type, "ay"))
    print_bytes (self, value);
  else if (g_str_equal (type, "(ay)"))
    {
      g_autoptr (GVariant) bytes = g_variant_get_child_value (value, 0);

      print_ascii (self, "str ");
      print_bytes (self, bytes);
    }
  else if (g_str_equal (type, "(yay)"))
    {
      g_autoptr (GVariant) kind = g_variant_get_child_value (value, 0);
      g_autoptr (GVariant) bytes = g_variant_get_child_value (value, 1);

      print_ascii (self, "ext ");
      print_byte (self, kind);
      print_char (self, ' ');
      print_bytes (self, bytes);
    }
  else if (g_str_has_prefix (type, "a{") || g_str_equal (type, "a(vv)"))
    print_map (self, value, depth);
  else
    print_children (self, value, '[', ']', depth);
}

static void
print_value (Printer  *self,
             GVariant *value,
             guint     depth)
{
  GVariantClass class = g_variant_classify (value);
  g_autoptr (GVariant) inner = NULL;

  while (class == G_VARIANT_CLASS_VARIANT || class == G_VARIANT_CLASS_MAYBE)
    {
      GVariant *next = class == G_VARIANT_CLASS_VARIANT ? g_variant_get_variant (value) : g_variant_get_maybe (value);

      g_clear_pointer (&inner, g_variant_unref);
      value = inner = next;
      if (value == NULL)
        {
          print_ascii (self, "nil");
          return;
        }
      class = g_variant_classify (value);
    }

  switch (class)
    {
    case G_VARIANT_CLASS_BOOLEAN:
      print_ascii (self, g_variant_get_boolean (value) ? "true" : "false");
      break;
    case G_VARIANT_CLASS_BYTE:
      print_byte (self, value);
      break;
    case G_VARIANT_CLASS_DOUBLE:
      print_double (self, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      print_text (self, g_variant_get_string (value, NULL));
      break;
    case G_VARIANT_CLASS_INT16:
    case G_VARIANT_CLASS_UINT16:
    case G_VARIANT_CLASS_INT32:
    case G_VARIANT_CLASS_UINT32:
    case G_VARIANT_CLASS_INT64:
    case G_VARIANT_CLASS_UINT64:
    case G_VARIANT_CLASS_HANDLE:
      print_number (self, value);
      break;
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_ARRAY:
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
    default:
      print_container (self, value, depth);
      break;
    }
}

/**
 * p2p_value_print:
 * @value: a value
 * @max_chars: the most characters to write
 *
 * Writes a value as one line that people read: `nil`, `true`, `-1`, `1.5`, `'text'`, `b'bytes\x00'`, `[1, 2]`,
 * `{'key': 'value'}`, `str b'\xff'` for a str that is no text, `ext 5 b'…'`. Control characters, line breaks and the marks
 * that turn the direction of text are escaped. A longer text is cut and ends in “…”.
 *
 * Returns: (transfer full): the text
 */
char *
p2p_value_print (GVariant *value,
                 gsize     max_chars)
{
  Printer self = { NULL, max_chars, FALSE };

  g_return_val_if_fail (value != NULL, NULL);

  self.text = g_string_new (NULL);
  print_value (&self, value, 0);
  if (self.cut && max_chars > 0)
    {
      /* In place of the last character that fitted, unless the text ended early. */
      if (self.left == 0)
        g_string_truncate (self.text, (gsize) (g_utf8_prev_char (self.text->str + self.text->len) - self.text->str));
      g_string_append (self.text, "…");
    }
  return g_string_free (self.text, FALSE);
}
