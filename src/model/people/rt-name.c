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
  "aаaαaɑaᴀbвcсcϲdԁeеeєeεgɡhнhһlιlіlıl1l|lïlɩlіlӏlijјkкkκmмnηnпoоoοoσo0oөpрpρqԛrгsѕs5s$tтtτuυuμvνvѵwωwшwԝxхxχyуyγyүzʐb8a4e3"
  /* capitals of a small size, and letters of rarer scripts */
  "bʙbꓐcᴄcꓚcⲥdᴅdꓓeᴇeꓰfꜰfꓝgɢgցhʜhհhꓧiɪiⲓjᴊjյkᴋkⲕkꓗlʟlⅼmᴍmꓟnɴnոnꓠoᴏoօoꓳoⲟo౦oဝo০o०oഠoዐo○o◯oⵔoഠpᴘpꓑpⲣqգrʀrꓣsꜱsꓢtᴛtꓔuᴜuսuꓴvᴠvꓦwᴡwꓪxꓫxⲭyʏyꓬzᴢzꓜaꓮaꓯ";

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

  /* letters that are written over or beside others count with marks */
  return g_unichar_ismark (c) || g_unichar_isspace (c) || type == G_UNICODE_FORMAT || (c >= 0x02B0 && c <= 0x02FF) || c == 0x0640 || (c >= 0xA788 && c <= 0xA78C) || (g_unichar_ispunct (c) && c != '|' && c != '$');
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

      c = look_up (capitals, c);
      if (is_passed_over (look_up (smalls, c)))
        continue;
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

/* What is written together: Japanese and Korean mix theirs, with Latin letters among them. */
enum { LATIN = 1 << 0, HAN = 1 << 1, KANA = 1 << 2, HANGUL = 1 << 3, BOPOMOFO = 1 << 4, OTHER = 1 << 5 };

static guint
get_writing (GUnicodeScript script)
{
  switch ((int) script)
    {
    case G_UNICODE_SCRIPT_COMMON:
    case G_UNICODE_SCRIPT_INHERITED: return 0;
    case G_UNICODE_SCRIPT_LATIN: return LATIN;
    case G_UNICODE_SCRIPT_HAN: return HAN;
    case G_UNICODE_SCRIPT_HIRAGANA:
    case G_UNICODE_SCRIPT_KATAKANA: return KANA;
    case G_UNICODE_SCRIPT_HANGUL: return HANGUL;
    case G_UNICODE_SCRIPT_BOPOMOFO: return BOPOMOFO;
    default: return OTHER;
    }
}

static gboolean
may_go_together (guint writing, gboolean several_others)
{
  return ((writing & OTHER) != 0 && writing == OTHER && !several_others) || (writing & ~(guint) (LATIN | HAN | KANA)) == 0 ||
         (writing & ~(guint) (LATIN | HAN | HANGUL)) == 0 || (writing & ~(guint) (LATIN | HAN | BOPOMOFO)) == 0;
}

/* No letter, and nothing that stands in words or can be typed everywhere; emoji are taken for what they are. */
static gboolean
is_sign (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return (type == G_UNICODE_OTHER_SYMBOL || type == G_UNICODE_MATH_SYMBOL || type == G_UNICODE_MODIFIER_SYMBOL) && c > 0x7F && (c < 0x1F300 || c > 0x1FAFF);
}

gboolean
rt_name_is_mixed (const char *name)
{
  GUnicodeScript other = G_UNICODE_SCRIPT_COMMON;
  guint writing = 0;
  gboolean several = FALSE, after_letter = FALSE, sign = FALSE;

  /* word by word: who has two names in two scripts wrote each of them in one */
  for (const char *p = name;; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeScript script = g_unichar_get_script (c);

      if (c == 0 || g_unichar_isspace (c))
        {
          if (!may_go_together (writing, several))
            return TRUE;
          if (c == 0)
            return FALSE;
          writing = 0;
          other = G_UNICODE_SCRIPT_COMMON;
          several = after_letter = sign = FALSE;
          continue;
        }
      if (get_writing (script) == OTHER)
        {
          several = several || (other != G_UNICODE_SCRIPT_COMMON && other != script);
          other = script;
        }
      writing |= get_writing (script);
      if (g_unichar_isalnum (c) && !is_sign (c))
        {
          if (sign)
            return TRUE;
          after_letter = TRUE;
        }
      else if (is_sign (c))
        sign = after_letter;
    }
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
rt_name_dup_isolated (const char *name)
{
  return may_run_backwards (name) ? g_strdup_printf ("\u2068%s\u2069", name) : g_strdup (name);
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
