/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-words.h"
#include "rt-store-fold.h"
#include "rt-store-search.h"

#include <string.h>

/* Of scripts without spaces, and pictures. Fixed: see rt-store-words.h. */
static const gunichar alone[][2] = {
  { 0x0e00, 0x0eff },           /* Thai, Lao */
  { 0x1000, 0x109f },           /* Myanmar */
  { 0x1100, 0x11ff },           /* Hangul Jamo */
  { 0x1780, 0x17ff },           /* Khmer */
  { 0x2190, 0x2bff },           /* arrows, symbols, dingbats */
  { 0x2e80, 0x2fdf },           /* radicals */
  { 0x3005, 0x3007 },
  { 0x3021, 0x30ff },           /* kana */
  { 0x3100, 0x31ff },           /* bopomofo, Hangul */
  { 0x3400, 0x4dbf },
  { 0x4e00, 0x9fff },
  { 0xa960, 0xa97f },
  { 0xac00, 0xd7ff },
  { 0xf900, 0xfaff },
  { 0xff66, 0xffdc },
  { 0x1b000, 0x1b16f },
  { 0x1f000, 0x1faff },         /* pictures */
  { 0x20000, 0x3ffff },
};

static gboolean
stands_alone (gunichar c)
{
  guint low = 0, high = G_N_ELEMENTS (alone);

  if (c < alone[0][0])
    return FALSE;
  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (c > alone[middle][1])
        low = middle + 1;
      else
        high = middle;
    }
  return low < G_N_ELEMENTS (alone) && c >= alone[low][0];
}

static void
append_spread (GString *spread, gunichar c)
{
  gboolean is_alone = c >= 0x80 && stands_alone (c);

  if (is_alone)
    g_string_append_c (spread, ' ');
  g_string_append_unichar (spread, c);
  if (is_alone)
    g_string_append_c (spread, ' ');
}

char *
rt_store_words_spread_before (const char *text)
{
  /* of a damaged database */
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *spread = g_string_sized_new (strlen (text) * 2);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    append_spread (spread, g_utf8_get_char (p));
  return g_string_free (spread, FALSE);
}

gboolean
rt_store_words_is_plain (const char *text)
{
  while (*text != '\0' && (guchar) *text < 0x80)
    text++;
  return *text == '\0';
}

char *
rt_store_words_spread (const char *text)
{
  g_autofree char *valid = NULL;
  RtStoreFold fold;
  GString *spread;
  gunichar c;

  /* case is FTS5's own matter */
  if (rt_store_words_is_plain (text))
    return g_strdup (text);
  valid = g_utf8_make_valid (text, -1);
  spread = g_string_sized_new (strlen (text) * 2);
  for (rt_store_fold_init (&fold, valid); (c = rt_store_fold_next (&fold, NULL)) != 0;)
    append_spread (spread, c);
  return g_string_free (spread, FALSE);
}

static char *
name_sender (const char *sender)
{
  return g_strdup_printf ("s%08x", g_str_hash (sender));
}

char *
rt_store_words_tags (gint64 chat, const char *sender, const char *text)
{
  g_autofree char *name = name_sender (sender);

  return g_strdup_printf ("c%" G_GINT64_FORMAT " %s%s", chat, name, strchr (text, '#') != NULL ? " h" : "");
}

/* ---- asking ---- */

/* As the tokenizer has it: letters, numbers, pictures. */
static gboolean
is_of_word (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
    case G_UNICODE_OTHER_SYMBOL:
    case G_UNICODE_PRIVATE_USE:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
has_word (const char *text)
{
  RtStoreFold fold;
  gunichar c;

  for (rt_store_fold_init (&fold, text); (c = rt_store_fold_next (&fold, NULL)) != 0;)
    if (is_of_word (c))
      return TRUE;
  return FALSE;
}

typedef struct {
  char    *text;
  gboolean is_prefix;           /* a person may be still typing it */
} Term;

static void
free_term (gpointer data)
{
  Term *term = data;

  g_free (term->text);
  g_free (term);
}

static void
add_term (GPtrArray *terms, const char *begin, const char *end, gboolean is_prefix)
{
  Term *term = g_new0 (Term, 1);
  gboolean is_new = TRUE;

  term->text = g_strndup (begin, (gsize) (end - begin));
  /* what stands alone is no beginning of anything longer */
  term->is_prefix = is_prefix && end > begin && !stands_alone (g_utf8_get_char (g_utf8_find_prev_char (begin, end)));
  for (guint i = 0; i < terms->len && is_new; i++)
    is_new = !g_str_equal (((Term *) terms->pdata[i])->text, term->text);
  if ((is_new || term->is_prefix) && terms->len < RT_STORE_SEARCH_TERMS && has_word (term->text))
    g_ptr_array_add (terms, term);
  else
    free_term (term);
}

/* Words, and what is in quotes. */
static GPtrArray *
split_words (const char *words)
{
  GPtrArray *terms = g_ptr_array_new_with_free_func (free_term);
  g_autofree char *valid = g_utf8_make_valid (words != NULL ? words : "", -1);
  const char *p = valid, *begin;

  if (g_utf8_strlen (valid, -1) > RT_STORE_SEARCH_WORDS)
    *g_utf8_offset_to_pointer (valid, RT_STORE_SEARCH_WORDS) = '\0';
  while (*p != '\0')
    {
      if (g_unichar_isspace (g_utf8_get_char (p)))
        {
          p = g_utf8_next_char (p);
          continue;
        }
      if (*p == '"')
        {
          begin = ++p;
          while (*p != '\0' && *p != '"')
            p++;
          add_term (terms, begin, p, *p == '\0');
          if (*p == '"')
            p++;
          continue;
        }
      begin = p;
      while (*p != '\0' && *p != '"' && !g_unichar_isspace (g_utf8_get_char (p)))
        p = g_utf8_next_char (p);
      add_term (terms, begin, p, *p == '\0');
    }
  return terms;
}

gboolean
rt_store_words_is_something (const char *words)
{
  g_autoptr (GPtrArray) terms = split_words (words);

  return terms->len > 0;
}

char *
rt_store_words_dup_stem (const char *words)
{
  g_autoptr (GPtrArray) terms = split_words (words);
  const Term *term = terms->len > 0 ? terms->pdata[terms->len - 1] : NULL;
  g_autoptr (GString) stem = g_string_new (NULL);
  RtStoreFold fold;
  gunichar c;

  if (term == NULL || !term->is_prefix)
    return NULL;
  for (rt_store_fold_init (&fold, term->text); (c = rt_store_fold_next (&fold, NULL)) != 0;)
    {
      /* one word */
      if (!is_of_word (c) || stands_alone (c))
        return NULL;
      g_string_append_unichar (stem, c);
    }
  return g_string_free (g_steal_pointer (&stem), FALSE);
}

/* What is in a term is no '"', or it would have ended there. */
static void
append_phrase (GString *match, const char *spread, gboolean is_prefix)
{
  g_string_append_c (match, '"');
  for (const char *p = spread; *p != '\0'; p++)
    if (*p != '"')
      g_string_append_c (match, *p);
  g_string_append (match, is_prefix ? "\" *" : "\"");
}

char *
rt_store_words_match (const char *words, gboolean without_last, gboolean as_before, gint64 chat, const char *sender, gboolean with_hash)
{
  g_autoptr (GPtrArray) terms = split_words (words);
  GString *match = g_string_new (NULL);

  if (without_last && terms->len > 0)
    g_ptr_array_remove_index (terms, terms->len - 1);
  for (guint i = 0; i < terms->len; i++)
    {
      const Term *term = terms->pdata[i];
      g_autofree char *spread = rt_store_words_spread (term->text), *before = as_before ? rt_store_words_spread_before (term->text) : NULL;
      gboolean is_either = before != NULL && !g_str_equal (spread, before);

      g_string_append (match, i == 0 ? "text : (" : " AND ");
      if (is_either)
        g_string_append_c (match, '(');
      append_phrase (match, spread, term->is_prefix);
      if (is_either)
        {
          g_string_append (match, " OR ");
          append_phrase (match, before, term->is_prefix);
          g_string_append_c (match, ')');
        }
    }
  if (terms->len > 0)
    g_string_append_c (match, ')');
  if (chat > 0)
    g_string_append_printf (match, "%stags : \"c%" G_GINT64_FORMAT "\"", match->len > 0 ? " AND " : "", chat);
  if (sender != NULL)
    {
      g_autofree char *name = name_sender (sender);

      g_string_append_printf (match, "%stags : \"%s\"", match->len > 0 ? " AND " : "", name);
    }
  if (with_hash)
    g_string_append_printf (match, "%stags : \"h\"", match->len > 0 ? " AND " : "");
  if (match->len > 0)
    return g_string_free (match, FALSE);
  g_string_free (match, TRUE);
  return NULL;
}

/* ---- showing ---- */

/* The folded text: words with one space between them; places: of each character in the text. */
static GArray *
fold_text (const char *text, GArray *places)
{
  GArray *folded = g_array_new (FALSE, FALSE, sizeof (gunichar));
  RtStoreFold fold;
  const char *here;
  gunichar c;

  for (rt_store_fold_init (&fold, text); (c = rt_store_fold_next (&fold, &here)) != 0;)
    {
      guint place = (guint) (here - text);

      if (!is_of_word (c))
        {
          if (folded->len == 0 || g_array_index (folded, gunichar, folded->len - 1) == ' ')
            continue;
          c = ' ';
        }
      g_array_append_val (folded, c);
      if (places != NULL)
        g_array_append_val (places, place);
    }
  return folded;
}

gboolean
rt_store_words_begins (const char *text, const char *stem)
{
  gunichar first = g_utf8_get_char (stem), c;
  gboolean is_begin = TRUE;
  RtStoreFold fold;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (rt_store_fold_init (&fold, text); (c = rt_store_fold_next (&fold, NULL)) != 0;)
    {
      if (is_begin && c == first)
        {
          const char *wanted = g_utf8_next_char (stem);
          RtStoreFold behind = fold;

          while (*wanted != '\0' && rt_store_fold_next (&behind, NULL) == g_utf8_get_char (wanted))
            wanted = g_utf8_next_char (wanted);
          if (*wanted == '\0')
            return TRUE;
        }
      is_begin = !is_of_word (c) || stands_alone (c);
    }
  return FALSE;
}

static gboolean
is_edge (GArray *text, guint at)
{
  gunichar here, before;

  if (at == 0 || at >= text->len)
    return TRUE;
  here = g_array_index (text, gunichar, at);
  before = g_array_index (text, gunichar, at - 1);
  return here == ' ' || before == ' ' || stands_alone (here) || stands_alone (before);
}

static gboolean
matches_at (GArray *text, guint at, GArray *term, gboolean is_prefix)
{
  if (term->len == 0 || at + term->len > text->len)
    return FALSE;
  for (guint i = 0; i < term->len; i++)
    if (g_array_index (text, gunichar, at + i) != g_array_index (term, gunichar, i))
      return FALSE;
  return is_prefix || is_edge (text, at + term->len);
}

/* Of byte ranges in the text: begin, end, begin, end… Up to so many bytes behind the first one. */
static GArray *
find_marks (const char *text, GPtrArray *terms, guint most)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) folded = fold_text (text, places);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  GArray *marks = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < terms->len; i++)
    {
      GArray *term = fold_text (((Term *) terms->pdata[i])->text, NULL);

      while (term->len > 0 && g_array_index (term, gunichar, term->len - 1) == ' ')
        g_array_set_size (term, term->len - 1);
      g_ptr_array_add (wanted, term);
    }
  for (guint at = 0; at < folded->len;)
    {
      guint length = 0;

      if (marks->len > 0 && g_array_index (places, guint, at) > g_array_index (marks, guint, 0) + most)
        break;
      for (guint i = 0; i < wanted->len && is_edge (folded, at); i++)
        if (matches_at (folded, at, wanted->pdata[i], ((Term *) terms->pdata[i])->is_prefix))
          length = MAX (length, ((GArray *) wanted->pdata[i])->len);
      if (length > 0)
        {
          guint begin = g_array_index (places, guint, at);
          const char *last = g_utf8_next_char (text + g_array_index (places, guint, at + length - 1));
          guint end;

          /* its signs are of it */
          while (*last != '\0' && g_unichar_ismark (g_utf8_get_char (last)))
            last = g_utf8_next_char (last);
          end = (guint) (last - text);

          if (marks->len > 0 && g_array_index (marks, guint, marks->len - 1) > begin)
            begin = g_array_index (marks, guint, marks->len - 1);
          g_array_append_val (marks, begin);
          g_array_append_val (marks, end);
        }
      at += MAX (length, 1);
    }
  return marks;
}

char *
rt_store_words_snippet (const char *text, const char *words, guint max_characters)
{
  g_autoptr (GPtrArray) terms = split_words (words);
  g_autoptr (GArray) marks = find_marks (text, terms, 4 * max_characters);
  GString *line = g_string_new (NULL);
  const char *first = text + (marks->len > 0 ? g_array_index (marks, guint, 0) : 0);
  const char *p = first;
  guint n = 0, mark = 0;

  /* some of what is before it */
  for (guint i = 0; i < max_characters / 4 && p > text; i++)
    p = g_utf8_prev_char (p);
  if (p > text)
    g_string_append (line, "…");
  for (; *p != '\0' && n < max_characters; p = g_utf8_next_char (p), n++)
    {
      guint at = (guint) (p - text);
      gunichar c = g_utf8_get_char (p);

      while (mark < marks->len && g_array_index (marks, guint, mark) <= at)
        g_string_append_c (line, mark++ % 2 == 0 ? '\1' : '\2');
      if (c >= ' ')
        g_string_append_unichar (line, c);
      else if (c != 1 && c != 2)
        g_string_append_c (line, ' ');
    }
  if (mark % 2 == 1)
    g_string_append_c (line, '\2');
  if (*p != '\0')
    g_string_append (line, "…");
  return g_string_free (line, FALSE);
}

gboolean
rt_store_words_has_key (const char *text, const char *key)
{
  g_autofree char *cited = g_strconcat ("#", key, NULL);
  g_autofree char *braced = g_strconcat ("#{", key, "}", NULL);
  gsize length = strlen (cited);

  if (strstr (text, braced) != NULL)
    return TRUE;
  for (const char *p = strstr (text, cited); p != NULL; p = strstr (p + 1, cited))
    {
      gunichar before = p > text ? g_utf8_get_char (g_utf8_prev_char (p)) : ' ';
      gunichar after = g_utf8_get_char (p + length);

      if ((!is_of_word (before) || stands_alone (before)) && before != '#' && !is_of_word (after) && after != '_' && after != '-')
        return TRUE;
    }
  return FALSE;
}
