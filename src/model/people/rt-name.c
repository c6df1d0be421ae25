/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names are claims: what is shown of them, and which of them a person could take for each other. */
#include "config.h"

#include "rt-name.h"
#include "model/timeline/rt-message-item.h"

#include <string.h>

/* Blank, though they count as letters. */
static gboolean
is_blank (gunichar c)
{
  return g_unichar_isspace (c) || c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800 || c == 0x00AD
         || c == 0x034F || c == 0x17B4 || c == 0x17B5;
}

/* Not seen at all; the two joiners are, by what they do to their neighbours. */
static gboolean
is_unseen (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return (type == G_UNICODE_FORMAT && c != 0x200C && c != 0x200D) || type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_SURROGATE
         || type == G_UNICODE_UNASSIGNED || (c >= 0xE0000 && c <= 0xE0FFF) || (c >= 0xFE00 && c <= 0xFE0E);
}

char *
rt_name_clean (const char *claimed)
{
  g_autofree char *line = rt_sanitise_line (claimed, 4 * RT_NAME_MAX_BYTES);
  g_autoptr (GString) name = g_string_new (NULL);
  gboolean gap = FALSE, seen = FALSE;

  for (const char *p = line; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      char bytes[7];
      gsize n;

      if (is_blank (c))
        {
          gap = name->len > 0;
          continue;
        }
      if (is_unseen (c))
        continue;
      n = (gsize) g_unichar_to_utf8 (c, bytes);
      if (name->len + n + (gap ? 1 : 0) > RT_NAME_MAX_BYTES)
        break;
      if (gap)
        g_string_append_c (name, ' ');
      gap = FALSE;
      g_string_append_len (name, bytes, (gssize) n);
      seen = seen || (c != 0x200C && c != 0x200D && c != 0xFFFD && !g_unichar_ismark (c));
    }
  return seen ? g_string_free (g_steal_pointer (&name), FALSE) : NULL;
}

/* Pairs: what it looks like, and the letter. Capitals first, as their small ones look otherwise. */
static const char capitals[] = "AΑAАBΒBВCСEΕEЕHΗHНKΚKКMΜMМNΝOΟOОPΡPРTΤTТXΧXХYΥYУZΖSЅJЈlΙlІlӀlIoO";
static const char smalls[] =
  "aаaαaɑbвcсcϲdԁeеeєeεgɡhнhһlιlіlıl1l|lïlɩlіlӏlijјkкkκmмnηnпoоoοoσo0oөpрpρqԛrгsѕs5s$tтtτuυuμvνvѵwωwшwԝxхxχyуyγyүzʐb8a4e3";

static gunichar
look_up (const char *pairs, gunichar c)
{
  for (const char *p = pairs; *p != '\0';)
    {
      gunichar letter = g_utf8_get_char (p);
      gunichar looks;

      p = g_utf8_next_char (p);
      looks = g_utf8_get_char (p);
      p = g_utf8_next_char (p);
      if (looks == c)
        return letter;
    }
  return c;
}

static gboolean
is_passed_over (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return g_unichar_ismark (c) || g_unichar_isspace (c) || type == G_UNICODE_FORMAT || (g_unichar_ispunct (c) && c != '|' && c != '$');
}

static void
replace (GString *text, const char *pair, const char *letter)
{
  g_string_replace (text, pair, letter, 0);
}

char *
rt_name_skeleton (const char *name)
{
  g_autofree char *plain = g_utf8_normalize (name, -1, G_NORMALIZE_ALL);
  g_autoptr (GString) skeleton = g_string_new (NULL);

  for (const char *p = plain != NULL ? plain : ""; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_passed_over (c))
        continue;
      c = look_up (capitals, c);
      c = look_up (smalls, g_unichar_tolower (c));
      g_string_append_unichar (skeleton, c);
    }
  replace (skeleton, "rn", "m");
  replace (skeleton, "vv", "w");
  /* one of points only */
  if (skeleton->len == 0)
    g_string_append (skeleton, name);
  return g_string_free (g_steal_pointer (&skeleton), FALSE);
}

gboolean
rt_name_imitates_id (const char *name)
{
  return strstr (name, "…") != NULL || strstr (name, "...") != NULL || strstr (name, "..") != NULL || strpbrk (name, "()[]") != NULL
         || strstr (name, "⋯") != NULL || strstr (name, "（") != NULL || strstr (name, "❨") != NULL || strstr (name, "⁽") != NULL;
}

/* Blocks of scripts written from right to left. */
static gboolean
may_run_backwards (const char *name)
{
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((c >= 0x0590 && c <= 0x08FF) || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFF) || (c >= 0x10800 && c <= 0x10FFF)
          || (c >= 0x1E800 && c <= 0x1EFFF))
        return TRUE;
    }
  return FALSE;
}

char *
rt_name_dup_shown (const char *name, const char *word)
{
  if (word == NULL)
    return g_strdup (name);
  /* A name must not carry the id that follows it to its other side. */
  if (may_run_backwards (name))
    return g_strdup_printf ("\u2068%s\u2069 (%s)", name, word);
  return g_strdup_printf ("%s (%s)", name, word);
}
