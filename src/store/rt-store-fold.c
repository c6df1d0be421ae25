/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-fold.h"

/* What is longer when it is taken apart is a picture of words, not a letter. */
#define MOST_PARTS 4u

typedef struct {
  gunichar first, last;
} Range;

/* Signs on letters, and what nobody sees; those of scripts whose vowels are signs are not here. Sorted, as all of these. */
static const Range dropped[] = {
  { 0x00ad, 0x00ad },
  { 0x0300, 0x036f },
  { 0x0483, 0x0487 },
  { 0x0591, 0x05bd }, { 0x05bf, 0x05bf }, { 0x05c1, 0x05c2 }, { 0x05c4, 0x05c5 }, { 0x05c7, 0x05c7 },
  { 0x0610, 0x061a }, { 0x061c, 0x061c }, { 0x0640, 0x0640 }, { 0x064b, 0x065f }, { 0x0670, 0x0670 },
  { 0x06d6, 0x06dc }, { 0x06df, 0x06e4 }, { 0x06e7, 0x06e8 }, { 0x06ea, 0x06ed }, { 0x08d3, 0x08e1 }, { 0x08e3, 0x08ff },
  { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff },
  { 0x200d, 0x200f }, { 0x202a, 0x202e }, { 0x2060, 0x2064 }, { 0x2066, 0x206f }, { 0x20d0, 0x20ff },
  { 0x3099, 0x309a },
  { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
};

/* Letters that are taken apart. Of Cyrillic only those whose signs are left out by who writes. */
static const Range composed[] = {
  { 0x00a0, 0x024f }, { 0x02b0, 0x02b8 }, { 0x0370, 0x0401 }, { 0x040d, 0x040d }, { 0x0450, 0x0451 }, { 0x045d, 0x045d },
  { 0x0622, 0x0626 }, { 0x0675, 0x0678 }, { 0x06c0, 0x06c2 }, { 0x06d3, 0x06d3 },
  { 0x1e00, 0x1fff }, { 0x2070, 0x209c }, { 0x2100, 0x218f },
  { 0xfb00, 0xfb06 }, { 0xfb1d, 0xfdfc }, { 0xfe70, 0xfefc }, { 0xff01, 0xff9f }, { 0x1d400, 0x1d7ff },
};

/* Letters that are others with a sign that makes them so. */
static const Range joined[] = {
  { 0x0400, 0x052f }, { 0x1100, 0x11ff }, { 0x3040, 0x30ff }, { 0xac00, 0xd7a3 },
};

static const struct {
  gunichar letter, as[2];
} others[] = {
  { 0x00df, { 's', 's' } }, { 0x00e6, { 'a', 'e' } }, { 0x00f0, { 'd' } }, { 0x00f8, { 'o' } }, { 0x00fe, { 't', 'h' } },
  { 0x0111, { 'd' } }, { 0x0127, { 'h' } }, { 0x0131, { 'i' } }, { 0x0142, { 'l' } }, { 0x0153, { 'o', 'e' } }, { 0x0167, { 't' } },
  { 0x03c2, { 0x03c3 } },
  { 0x0629, { 0x0647 } }, { 0x0649, { 0x064a } },
  { 0x0660, { '0' } }, { 0x0661, { '1' } }, { 0x0662, { '2' } }, { 0x0663, { '3' } }, { 0x0664, { '4' } },
  { 0x0665, { '5' } }, { 0x0666, { '6' } }, { 0x0667, { '7' } }, { 0x0668, { '8' } }, { 0x0669, { '9' } },
  { 0x0671, { 0x0627 } }, { 0x06a9, { 0x0643 } }, { 0x06be, { 0x0647 } }, { 0x06c1, { 0x0647 } }, { 0x06cc, { 0x064a } }, { 0x06d5, { 0x0647 } },
  { 0x06f0, { '0' } }, { 0x06f1, { '1' } }, { 0x06f2, { '2' } }, { 0x06f3, { '3' } }, { 0x06f4, { '4' } },
  { 0x06f5, { '5' } }, { 0x06f6, { '6' } }, { 0x06f7, { '7' } }, { 0x06f8, { '8' } }, { 0x06f9, { '9' } },
};

static gboolean
is_in (gunichar c, const Range *ranges, guint n)
{
  guint low = 0;

  while (low < n)
    {
      guint middle = (low + n) / 2;

      if (c > ranges[middle].last)
        low = middle + 1;
      else if (c < ranges[middle].first)
        n = middle;
      else
        return TRUE;
    }
  return FALSE;
}

#define IS_IN(c, ranges) is_in (c, ranges, G_N_ELEMENTS (ranges))

static void
add_part (RtStoreFold *self, gunichar c)
{
  guint low = 0, high = G_N_ELEMENTS (others);

  if (c < 0x80)
    {
      self->parts[self->n_parts++] = (gunichar) g_ascii_tolower ((char) c);
      return;
    }
  if (IS_IN (c, dropped))
    return;
  c = g_unichar_tolower (c);
  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (c > others[middle].letter)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == G_N_ELEMENTS (others) || others[low].letter != c)
    self->parts[self->n_parts++] = c;
  else
    for (guint i = 0; i < 2 && others[low].as[i] != 0; i++)
      self->parts[self->n_parts++] = others[low].as[i];
}

/* Narrow kana as the wide ones, for the signs behind them. */
static gunichar
read_character (const char *p)
{
  gunichar c = g_utf8_get_char (p), wide;

  return c >= 0xff66 && c <= 0xff9f && g_unichar_fully_decompose (c, TRUE, &wide, 1) == 1 ? wide : c;
}

/* The next character, with the signs behind it that are of it. */
static void
read_next (RtStoreFold *self)
{
  gunichar whole[G_UNICHAR_MAX_DECOMPOSITION_LENGTH], c, both;
  gsize n;

  self->at = self->n_parts = 0;
  self->place = self->rest;
  if ((guchar) *self->rest < 0x80)
    {
      add_part (self, (guchar) *self->rest++);
      return;
    }
  c = read_character (self->rest);
  self->rest = g_utf8_next_char (self->rest);
  while (IS_IN (c, joined) && (guchar) *self->rest >= 0x80 && g_unichar_compose (c, read_character (self->rest), &both))
    {
      c = both;
      self->rest = g_utf8_next_char (self->rest);
    }
  if (!IS_IN (c, composed))
    {
      add_part (self, c);
      return;
    }
  n = g_unichar_fully_decompose (c, TRUE, whole, G_N_ELEMENTS (whole));
  if (n > MOST_PARTS)
    add_part (self, c);
  else
    for (gsize i = 0; i < n; i++)
      add_part (self, whole[i]);
}

void
rt_store_fold_init (RtStoreFold *self, const char *text)
{
  self->rest = self->place = text;
  self->n_parts = self->at = 0;
}

gunichar
rt_store_fold_next (RtStoreFold *self, const char **place)
{
  while (self->at == self->n_parts)
    {
      if (*self->rest == '\0')
        return 0;
      read_next (self);
    }
  if (place != NULL)
    *place = self->place;
  return self->parts[self->at++];
}
