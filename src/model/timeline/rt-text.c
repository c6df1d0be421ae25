/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that came from somebody else, made fit to show. */
#include "config.h"

#include "rt-message-item.h"

#include <string.h>

/* More marks on one letter than any script needs run over the lines above and below. */
#define MAX_MARKS 8
/* Of an id longer than both ends together with a little, the ends are shown. */
#define SHORT_ID_END 4
#define REPLACEMENT 0xFFFD

static gboolean
is_bidi_control (gunichar c)
{
  return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C;
}

/* Shown as nothing, and of no use in a chat: they hide text from readers, or belong into files. */
static gboolean
is_hidden (gunichar c)
{
  return is_bidi_control (c) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0x206A && c <= 0x206F);
}

static gboolean
is_mark (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK;
}

/* The character at p as it is to be shown, 0 for none; *length: how many bytes of the input it is. */
static gunichar
take_char (const char *p, gboolean one_line, guint *marks, gsize *length)
{
  gunichar c = g_utf8_get_char_validated (p, -1);

  if (c == (gunichar) -1 || c == (gunichar) -2)
    {
      *length = 1;
      *marks = 0;
      return REPLACEMENT;
    }
  *length = (gsize) (g_utf8_next_char (p) - p);
  if (c == '\r')
    {
      if (p[1] == '\n')
        *length = 2;
      c = '\n';
    }
  else if (c == 0x2028 || c == 0x2029 || c == 0x85)
    c = '\n';

  if (is_hidden (c))
    return 0;
  if (is_mark (c))
    return ++*marks <= MAX_MARKS ? c : 0;
  *marks = 0;
  if (c == '\n' || c == '\t')
    return one_line ? ' ' : c;
  /* noncharacters and the like count as control characters here */
  if (g_unichar_iscntrl (c) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF))
    return REPLACEMENT;
  return c;
}

static char *
sanitise (const char *text, gsize max_bytes, gboolean one_line, gboolean *truncated)
{
  g_autoptr (GString) shown = g_string_sized_new (MIN (strnlen (text, max_bytes), max_bytes) + 1);
  gboolean cut = FALSE;
  guint marks = 0;

  while (*text != '\0')
    {
      char bytes[6];
      gsize length;
      gunichar c = take_char (text, one_line, &marks, &length);

      if (c != 0)
        {
          gsize n = (gsize) g_unichar_to_utf8 (c, bytes);

          if (shown->len + n > max_bytes)
            {
              cut = TRUE;
              break;
            }
          g_string_append_len (shown, bytes, (gssize) n);
        }
      text += length;
    }
  if (truncated != NULL)
    *truncated = cut;
  return g_string_free (g_steal_pointer (&shown), FALSE);
}

char *
rt_sanitise_text (const char *text, gsize max_bytes, gboolean *truncated)
{
  return sanitise (text != NULL ? text : "", max_bytes, FALSE, truncated);
}

char *
rt_sanitise_line (const char *text, gsize max_bytes)
{
  return sanitise (text != NULL ? text : "", max_bytes, TRUE, NULL);
}

char *
rt_short_id (const char *id)
{
  gsize length = id != NULL ? strlen (id) : 0;
  g_autoptr (GString) shown = g_string_new (NULL);

  if (length == 0)
    return g_strdup ("?");
  for (gsize i = 0; i < length; i++)
    {
      if (length > 2 * SHORT_ID_END + 1 && i == SHORT_ID_END)
        {
          g_string_append (shown, "…");
          i = length - SHORT_ID_END;
        }
      g_string_append_c (shown, g_ascii_isalnum (id[i]) ? id[i] : '?');
    }
  return g_string_free (g_steal_pointer (&shown), FALSE);
}

static gboolean
is_word_char (gunichar c)
{
  return g_unichar_isalnum (c) || c == '_' || g_unichar_ismark (c);
}

gboolean
rt_text_mentions (const char *text, const char *name)
{
  g_autofree char *folded = NULL, *wanted = NULL;
  gsize length;

  if (text == NULL || name == NULL || *name == '\0')
    return FALSE;
  folded = g_utf8_casefold (text, -1);
  wanted = g_utf8_casefold (name, -1);
  length = strlen (wanted);
  for (const char *found = strstr (folded, wanted); found != NULL; found = strstr (found + 1, wanted))
    {
      const char *before = g_utf8_find_prev_char (folded, found);

      if ((before == NULL || !is_word_char (g_utf8_get_char (before))) && !is_word_char (g_utf8_get_char (found + length)))
        return TRUE;
    }
  return FALSE;
}
