/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the places that were asked say together, and what of it somebody signed. */
#include "p2p-chord-look-private.h"

/* The notify of a write goes when the write is done, and of one key each is a second later than the one before: so long may what was written be older than what was said of it. */
#define NOTIFY_SLACK (70 * G_TIME_SPAN_SECOND)

/* ---- what they say together ---- */

gboolean
p2p_chord_way_says (const P2pChordWay *way, GBytes *essence)
{
  return way->used && way->essence != NULL && essence != NULL && g_bytes_equal (way->essence, essence);
}

guint
p2p_chord_look_count (P2pChordLooking *self, GBytes *essence)
{
  guint n = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    n += p2p_chord_way_says (&self->ways[i][0], essence) || p2p_chord_way_says (&self->ways[i][1], essence);
  return n;
}

gboolean
p2p_chord_look_has_state (P2pChordLooking *self, guint place, P2pChordAnswerState state)
{
  for (guint w = 0; w < P2P_CHORD_WAYS; w++)
    if (self->ways[place][w].used && self->ways[place][w].answer.state == state)
      return TRUE;
  return FALSE;
}

static void
find_best (P2pChordLooking *self, P2pChordTally *tally)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < P2P_CHORD_WAYS; w++)
      {
        const P2pChordWay *way = &self->ways[i][w];
        guint n;

        if (!way->used || way->essence == NULL)
          continue;
        n = p2p_chord_look_count (self, way->essence);
        /* Of those that as many say, the later; and of what one says, the latest word. */
        if (n > tally->n || (n == tally->n && (tally->way == NULL || way->answer.stamp > tally->way->answer.stamp)))
          {
            tally->way = way;
            tally->n = n;
          }
      }
}

static gboolean
is_pending (P2pChordLooking *self, guint place)
{
  for (guint w = 0; w < P2P_CHORD_WAYS; w++)
    if (self->ways[place][w].used && !self->ways[place][w].is_final)
      return TRUE;
  return FALSE;
}

void
p2p_chord_look_tally (P2pChordLooking *self, P2pChordTally *tally)
{
  guint n_later = 0;

  *tally = (P2pChordTally) { 0 };
  find_best (self, tally);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      gboolean nothing = p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_NOTHING);

      tally->n_nothing += nothing || p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_NOT_YET);
      tally->n_nobody += p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_NOBODY) && !nothing && !p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_VALUE) && !p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_SILENT);
      tally->n_silent += p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_SILENT) || p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_WAITING);
      tally->n_pending += is_pending (self, i);
      for (guint w = 0; w < P2P_CHORD_WAYS && tally->way != NULL; w++)
        {
          const P2pChordWay *way = &self->ways[i][w];

          if (!way->used)
            continue;
          if (way->essence != NULL && !g_bytes_equal (way->essence, tally->way->essence))
            tally->n_rival = MAX (tally->n_rival, p2p_chord_look_count (self, way->essence));
          else if (way->essence == NULL && way->answer.state == P2P_CHORD_ANSWER_NOTHING)
            n_later += way->answer.stamp > tally->way->answer.stamp;
        }
    }
  tally->n_rival = MAX (tally->n_rival, n_later);
  tally->dissent = tally->n_rival > 0;
}

/* What is told of a place: what it says with the others, else what it says at all. */
const P2pChordWay *
p2p_chord_look_choose (P2pChordLooking *self, guint place, const P2pChordTally *tally)
{
  static const P2pChordAnswerState order[] = {
    P2P_CHORD_ANSWER_VALUE, P2P_CHORD_ANSWER_NOTHING, P2P_CHORD_ANSWER_NOT_YET, P2P_CHORD_ANSWER_SILENT, P2P_CHORD_ANSWER_WAITING, P2P_CHORD_ANSWER_NOBODY,
  };

  for (guint w = 0; w < P2P_CHORD_WAYS && tally->way != NULL; w++)
    if (p2p_chord_way_says (&self->ways[place][w], tally->way->essence))
      return &self->ways[place][w];
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint w = 0; w < P2P_CHORD_WAYS; w++)
      if (self->ways[place][w].used && self->ways[place][w].answer.state == order[i])
        return &self->ways[place][w];
  return &self->ways[place][0];
}

/* ---- who signed ---- */

void
p2p_chord_way_check (P2pChordWay *self)
{
  P2pChordNode *node = self->looking->node;
  P2pChordAnswer *answer = &self->answer;
  g_autoptr (GBytes) packed = NULL;
  P2pChordLink *link;

  if (answer->proof == NULL || (answer->state != P2P_CHORD_ANSWER_VALUE && answer->state != P2P_CHORD_ANSWER_NOTHING))
    return;
  /* What we keep was looked at when it came. */
  if (g_strcmp0 (answer->asked, p2p_mesh_node_get_id (node->mesh)) == 0)
    {
      answer->author = p2p_chord_get_author (node, answer->proof);
      return;
    }
  packed = answer->value != NULL ? p2p_chord_pack (answer->value) : NULL;
  if (p2p_chord_check (node, NULL, &answer->spot, answer->stamp, packed, answer->proof, &answer->author) == P2P_X1_GOOD)
    return;
  link = answer->asked != NULL ? p2p_chord_find_link_by_id (node, answer->asked) : NULL;
  p2p_mesh_node_note_drop (node->mesh, link != NULL ? link->peer : NULL, P2P_DROP_FORGED_SIGNATURE, NULL);
  g_clear_pointer (&answer->value, g_variant_unref);
  g_clear_pointer (&answer->proof, g_bytes_unref);
  answer->stamp = 0;
  answer->state = P2P_CHORD_ANSWER_SILENT;
}

static const P2pChordWay *
find_latest (P2pChordLooking *self, const char *author, guint64 since)
{
  const P2pChordWay *best = NULL;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < P2P_CHORD_WAYS; w++)
      {
        const P2pChordWay *way = &self->ways[i][w];

        if (way->used && way->answer.author != NULL && g_str_equal (way->answer.author, author) && way->answer.stamp >= since &&
            (best == NULL || way->answer.stamp > best->answer.stamp || (way->answer.stamp == best->answer.stamp && best->essence == NULL)))
          best = way;
      }
  return best;
}

/* They sign nothing, and may overwrite what ours signed: where there are any, or were, three that say the same count as on their network. */
static gboolean
has_originals (P2pChordNode *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pChordLink *link = self->links->pdata[i];

      if (link->is_original && link->member != NULL)
        return TRUE;
    }
  return self->had_original;
}

void
p2p_chord_look_expect (P2pChordLooking *self, P2pChordExpected *expected)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (self->look->key, &length);
  const P2pChordName *name = p2p_chord_names_get (self->node->names, bytes, length);

  *expected = (P2pChordExpected) { 0 };
  if (name != NULL && name->author != NULL)
    {
      expected->author = name->author;
      expected->since = (guint64) MAX (name->time * G_TIME_SPAN_SECOND - NOTIFY_SLACK, 0);
      expected->said = (guint64) name->time * G_TIME_SPAN_SECOND;
      expected->is_strict = !has_originals (self->node);
    }
  if (self->wanted != NULL)
    {
      if (g_strcmp0 (self->wanted, expected->author) != 0)
        expected->since = 0;
      expected->author = self->wanted;
      expected->is_strict = TRUE;
    }
  if (expected->author == NULL)
    return;
  expected->best = find_latest (self, expected->author, expected->since);
  expected->is_stale = expected->best != NULL && name != NULL && g_strcmp0 (expected->author, name->author) == 0 &&
                       (name->deleted || expected->best->answer.stamp < expected->said);
}

gboolean
p2p_chord_look_is_doubted (const P2pChordExpected *self, const P2pChordTally *tally)
{
  if (self->author == NULL || tally->way == NULL)
    return FALSE;
  if (self->best != NULL && self->best->essence != NULL && g_bytes_equal (self->best->essence, tally->way->essence))
    return FALSE;
  /* What an original says has no stamp: it may be later than anything. */
  return self->is_strict || (self->best != NULL && tally->way->answer.stamp != 0 && self->best->answer.stamp > tally->way->answer.stamp);
}

gboolean
p2p_chord_look_is_later (P2pChordLooking *self, const P2pChordExpected *expected, const P2pChordTally *tally)
{
  /* A word alone, with nothing behind it, hides no value that all places have; of his own an older one is what a replay would bring. */
  gboolean any_age = p2p_chord_look_count (self, tally->way->essence) == P2P_CHORD_HASHES;
  const char *author = NULL;
  guint n_later = 0;
  guint n_all = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      gboolean is_same = FALSE;
      gboolean is_later = FALSE;

      for (guint w = 0; w < P2P_CHORD_WAYS; w++)
        {
          const P2pChordWay *way = &self->ways[i][w];

          if (way->answer.author == NULL || !p2p_chord_way_says (way, tally->way->essence))
            continue;
          if (author == NULL)
            author = way->answer.author;
          if (!g_str_equal (author, way->answer.author))
            continue;
          is_same = TRUE;
          is_later |= way->answer.stamp > expected->said;
        }
      n_all += is_same;
      n_later += is_later;
    }
  any_age = any_age && n_all == P2P_CHORD_HASHES && !g_str_equal (author, expected->author);
  return expected->best == NULL && (n_later >= P2P_CHORD_QUORUM || any_age);
}

const P2pChordWay *
p2p_chord_look_find_signed (P2pChordLooking *self)
{
  const char *author = NULL;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < P2P_CHORD_WAYS; w++)
      {
        const P2pChordWay *way = &self->ways[i][w];

        if (!way->used || way->answer.author == NULL)
          continue;
        if (author != NULL && !g_str_equal (author, way->answer.author))
          return NULL;
        author = way->answer.author;
      }
  return author != NULL ? find_latest (self, author, 0) : NULL;
}

/* Several may have signed the same: first the one who should have. */
void
p2p_chord_look_note_author (P2pChordLooking *self, const P2pChordTally *tally, const P2pChordExpected *expected)
{
  P2pChordLook *look = self->look;
  const P2pChordWay *best = tally->way != NULL && tally->way->essence == NULL ? tally->way : NULL;

  for (guint i = 0; look->value != NULL && i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < P2P_CHORD_WAYS; w++)
      {
        const P2pChordWay *way = &self->ways[i][w];
        gboolean is_his = way->answer.author != NULL && g_strcmp0 (way->answer.author, expected->author) == 0;
        gboolean was_his = best != NULL && g_strcmp0 (best->answer.author, expected->author) == 0;

        if (way->answer.author == NULL || !p2p_chord_way_says (way, tally->way->essence))
          continue;
        if (best == NULL || is_his > was_his || (is_his == was_his && way->answer.stamp > best->answer.stamp))
          best = way;
      }
  if (best == NULL || best->answer.author == NULL)
    return;
  look->author = g_strdup (best->answer.author);
  look->proof = g_bytes_ref (best->answer.proof);
  look->proof_stamp = best->answer.stamp;
  /* Byte by byte as it was signed */
  if (look->value == NULL)
    return;
  g_variant_unref (look->value);
  look->value = g_variant_ref (best->answer.value);
}
