/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A look: what the five places of a key say. Three equal ones are the value. Where one says something else, or is silent, the places are asked a second time by way of
 * another neighbour: who stands between us and the ring and does not tell the truth is found out so. What counts then is what the most different places said, by whichever way.
 *
 * Of a key of which is known who wrote it last, only what he signed counts, and one place that has it is enough: so liars can withhold it, and make up nothing. Where no place has any of his, three that
 * have what one and the same signed later count: whoever wrote it went before he could say so.
 */
#include "p2p-chord-look-private.h"

/* A few are not enough for a value, too many for none: it may be on its way from one place to another. It is asked again after so long, so often. */
#define AGAIN_SPAN (700 * G_TIME_SPAN_MILLISECOND)
#define MAX_ROUNDS 4
/* Who is about to change a key waits for the other two as long again, and so does who looks for what somebody signed, as three may say what he wrote before; not less than... */
#define MIN_GRACE (5 * G_TIME_SPAN_MILLISECOND)
#define MAX_GRACE (250 * G_TIME_SPAN_MILLISECOND)

/* ---- the end ---- */

static void
clear_way (P2pChordLooking *self, P2pChordWay *way)
{
  p2p_chord_ask_cancel (self->node, way->ask);
  g_clear_pointer (&way->essence, g_bytes_unref);
  p2p_chord_answer_clear (&way->answer);
  *way = (P2pChordWay) { 0 };
}

static void
looking_free (P2pChordLooking *self)
{
  P2pClock *clock = p2p_chord_clock (self->node);

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < P2P_CHORD_WAYS; w++)
      clear_way (self, &self->ways[i][w]);
  p2p_clock_cancel (clock, self->timer);
  p2p_clock_cancel (clock, self->second_timer);
  p2p_clock_cancel (clock, self->again_timer);
  p2p_clock_cancel (clock, self->grace_timer);
  p2p_clock_cancel (clock, self->settle_timer);
  g_free (self->wanted);
  g_clear_pointer (&self->look, p2p_chord_look_unref);
  g_free (self);
}

/* Another way may lead to who has it, and not to whom it belongs. */
static guint
get_lacking (P2pChordLooking *self)
{
  guint lacking = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const P2pChordWay *way = &self->ways[i][0];

      if (way->used && (way->answer.state == P2P_CHORD_ANSWER_NOTHING || way->answer.state == P2P_CHORD_ANSWER_NOT_YET))
        lacking |= 1u << i;
    }
  return lacking;
}

static void
end_look (P2pChordLooking *self, P2pChordOutcome outcome, const P2pChordTally *tally)
{
  P2pChordLook *look = self->look;
  P2pChordExpected expected;
  P2pChordEnd end = { .handle = self->handle, .look_func = self->func, .data = self->data };

  g_ptr_array_remove (self->node->looks, self);
  p2p_chord_look_expect (self, &expected);
  look->expected = g_strdup (expected.author);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const P2pChordWay *way = p2p_chord_look_choose (self, i, tally);
      P2pChordSpot spot = look->answers[i].spot;
      P2pChordPlace place = look->answers[i].place;

      p2p_chord_answer_set (&look->answers[i], &way->answer);
      look->answers[i].spot = spot;
      look->answers[i].place = place;
      if (look->answers[i].state == P2P_CHORD_ANSWER_WAITING)
        look->answers[i].took = p2p_chord_now (self->node) - self->began;
    }
  look->outcome = outcome;
  look->n_equal = tally->n;
  look->took = p2p_chord_now (self->node) - self->began;
  if (outcome == P2P_CHORD_LOOK_VALUE)
    {
      look->value = g_variant_ref (tally->way->answer.value);
      for (guint i = 0; i < P2P_CHORD_HASHES; i++)
        for (guint w = 0; w < P2P_CHORD_WAYS; w++)
          if (p2p_chord_way_says (&self->ways[i][w], tally->way->essence))
            look->stamp = MAX (look->stamp, self->ways[i][w].answer.stamp);
    }
  p2p_chord_look_note_author (self, tally, &expected);
  if (outcome == P2P_CHORD_LOOK_VALUE)
    {
      if (self->repair)
        p2p_chord_repair (self->node, look, get_lacking (self));
    }
  end.look = p2p_chord_look_ref (look);
  p2p_chord_end (self->node, &end);
  looking_free (self);
}

/* ---- asking ---- */

static void evaluate (P2pChordLooking *self);

static void
answer_cb (const P2pChordAnswer *answer, gboolean is_final, gpointer data)
{
  P2pChordWay *way = data;
  P2pChordLooking *self = way->looking;

  if (is_final)
    way->ask = 0;
  way->is_final = is_final;
  p2p_chord_answer_set (&way->answer, answer);
  g_clear_pointer (&way->essence, g_bytes_unref);
  p2p_chord_way_check (way);
  if (way->answer.state == P2P_CHORD_ANSWER_VALUE)
    way->essence = p2p_chord_get_essence (way->answer.value);
  if (!self->asking)
    evaluate (self);
}

static void
ask_place (P2pChordLooking *self, guint place, guint rank)
{
  P2pChordWay *way = &self->ways[place][rank];
  gint64 left = self->look->took - (p2p_chord_now (self->node) - self->began);
  guint64 ask;

  clear_way (self, way);
  way->looking = self;
  way->place = place;
  way->used = TRUE;
  way->answer.spot = self->look->answers[place].spot;
  ask = p2p_chord_ask (self->node, &way->answer.spot, rank, (guint) (MAX (left, 0) / G_TIME_SPAN_MILLISECOND + 1), answer_cb, way);
  if (!way->is_final)
    way->ask = ask;
  /* There is no other way: that says nothing about the place. */
  if (rank > 0 && way->is_final && way->answer.state == P2P_CHORD_ANSWER_NOBODY)
    clear_way (self, way);
}

static gboolean
is_place_settled (P2pChordLooking *self, guint place, const P2pChordTally *tally)
{
  return tally->way != NULL && (p2p_chord_way_says (&self->ways[place][0], tally->way->essence) || p2p_chord_way_says (&self->ways[place][1], tally->way->essence));
}

/* Nobody needs to be asked for what we keep a replica of. */
static gboolean
take_own (P2pChordLooking *self, guint place)
{
  P2pChordWay *way = &self->ways[place][1];
  P2pChordAnswer answer = self->look->answers[place];
  const P2pChordValue *held = p2p_chord_store_get (self->node->store, &answer.spot);
  g_autoptr (GVariant) value = held != NULL && held->value != NULL ? p2p_chord_unpack (self->node, held->value) : NULL;

  if (value == NULL)
    return FALSE;
  clear_way (self, way);
  way->looking = self;
  way->place = place;
  way->used = TRUE;
  answer.state = P2P_CHORD_ANSWER_VALUE;
  answer.value = value;
  answer.stamp = held->stamp;
  answer.proof = held->proof;
  answer.asked = answer.holder = (char *) p2p_mesh_node_get_id (self->node->mesh);
  answer_cb (&answer, TRUE, way);
  return TRUE;
}

/* The other way round: those that have not said what the most say, or all when that is in doubt. */
static void
ask_others (P2pChordLooking *self, const P2pChordTally *tally, gboolean silent_only)
{
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      gboolean is_silent = !self->ways[i][0].is_final || p2p_chord_look_has_state (self, i, P2P_CHORD_ANSWER_SILENT);

      if (self->ways[i][1].used || !(silent_only ? is_silent : tally->dissent || !is_place_settled (self, i, tally)))
        continue;
      if (!silent_only || !take_own (self, i))
        ask_place (self, i, 1);
    }
  self->asking = FALSE;
}

/* What is signed as it should be is not asked for again: it might not come a second time. */
static gboolean
has_signed (P2pChordLooking *self, guint place, const P2pChordExpected *expected)
{
  return expected->best != NULL && expected->best->place == place;
}

static void
again_cb (gpointer data)
{
  P2pChordLooking *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);
  P2pChordExpected expected;
  P2pChordTally tally;

  self->again_timer = 0;
  p2p_mesh_node_enter (mesh);
  p2p_chord_look_tally (self, &tally);
  p2p_chord_look_expect (self, &expected);
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (expected.author != NULL ? !has_signed (self, i, &expected) : !is_place_settled (self, i, &tally))
      ask_place (self, i, 0);
  self->asking = FALSE;
  evaluate (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
end_with (P2pChordLooking *self, const P2pChordWay *way, P2pChordTally *tally)
{
  tally->way = way;
  tally->n = way->essence != NULL ? p2p_chord_look_count (self, way->essence) : tally->n_nothing;
  end_look (self, way->essence != NULL ? P2P_CHORD_LOOK_VALUE : P2P_CHORD_LOOK_ABSENT, tally);
}

/* All said what they will say, or time is over. */
static void
decide (P2pChordLooking *self, P2pChordTally *tally)
{
  const P2pChordWay *way = p2p_chord_look_find_signed (self);
  P2pChordExpected expected;
  P2pChordOutcome outcome;

  p2p_chord_look_expect (self, &expected);
  if (self->node->closed || p2p_mesh_node_is_closed (self->node->mesh))
    outcome = P2P_CHORD_LOOK_ENDED;
  else if (expected.best != NULL && (expected.is_strict || tally->n < P2P_CHORD_QUORUM || p2p_chord_look_is_doubted (&expected, tally)))
    {
      end_with (self, expected.best, tally);
      return;
    }
  else if (expected.is_strict && tally->way != NULL)
    outcome = self->wanted == NULL && p2p_chord_look_is_later (self, &expected, tally) ? P2P_CHORD_LOOK_VALUE : P2P_CHORD_LOOK_UNSIGNED;
  else if (tally->n >= P2P_CHORD_QUORUM && tally->n >= tally->n_nothing)
    outcome = P2P_CHORD_LOOK_VALUE;
  /* One place that missed the delete, or lies, does not bring back what three say is gone. */
  else if (expected.author == NULL && way != NULL && tally->n_nothing < P2P_CHORD_QUORUM)
    {
      end_with (self, way, tally);
      return;
    }
  else if (tally->n_nothing >= P2P_CHORD_QUORUM)
    outcome = P2P_CHORD_LOOK_ABSENT;
  else if (tally->n_nobody == P2P_CHORD_HASHES)
    outcome = P2P_CHORD_LOOK_NOBODY;
  else
    outcome = tally->n_silent > 0 ? P2P_CHORD_LOOK_TIMED_OUT : P2P_CHORD_LOOK_DISAGREE;
  end_look (self, outcome, tally);
}

static void
grace_cb (gpointer data)
{
  P2pChordLooking *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->grace_timer = 0;
  self->grace_over = TRUE;
  p2p_mesh_node_enter (mesh);
  evaluate (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static gboolean
waits_for_all (P2pChordLooking *self, const P2pChordExpected *expected, const P2pChordTally *tally)
{
  gint64 took = p2p_chord_now (self->node) - self->began;

  if ((self->repair && expected->author == NULL) || self->grace_over || tally->n_pending == 0)
    return FALSE;
  if (self->grace_timer == 0)
    self->grace_timer = p2p_clock_schedule (p2p_chord_clock (self->node), CLAMP (took, MIN_GRACE, MAX_GRACE), grace_cb, self);
  return TRUE;
}

/* Somebody said that it is there: that nobody has it is asked twice. */
static gboolean
is_named (P2pChordLooking *self)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (self->look->key, &length);

  return length > 0 && p2p_chord_names_contains (self->node->names, bytes, length);
}

/* More may come of it, when they are asked once more. */
static gboolean
is_worth_more (P2pChordLooking *self, const P2pChordExpected *expected, const P2pChordTally *tally)
{
  /* Whoever wrote it since told everybody, and that is on its way. */
  if (expected->best != NULL)
    return tally->n >= P2P_CHORD_QUORUM && self->round < 2 && p2p_chord_look_is_doubted (expected, tally);
  if (expected->is_strict && tally->way != NULL)
    return TRUE;
  return tally->n < P2P_CHORD_QUORUM && (tally->way != NULL || (tally->n_nothing < P2P_CHORD_QUORUM && tally->n_silent > 0));
}

static void
evaluate (P2pChordLooking *self)
{
  P2pChordExpected expected;
  P2pChordTally tally;
  gboolean is_enough;
  gboolean is_doubted;

  p2p_chord_look_tally (self, &tally);
  p2p_chord_look_expect (self, &expected);
  is_doubted = p2p_chord_look_is_doubted (&expected, &tally);
  tally.dissent = tally.dissent || (is_doubted && tally.n >= P2P_CHORD_QUORUM);
  is_enough = (!self->all && !expected.is_stale) || tally.n_pending == 0;
  if (tally.n >= P2P_CHORD_QUORUM && !tally.dissent && is_enough && waits_for_all (self, &expected, &tally))
    return;
  if (tally.n >= P2P_CHORD_QUORUM && !tally.dissent && is_enough)
    {
      end_look (self, P2P_CHORD_LOOK_VALUE, &tally);
      return;
    }
  /* Early, so that a wrong word costs no time: the true ones are asked for while the rest comes. */
  if (self->round == 0 && tally.dissent)
    {
      self->round++;
      ask_others (self, &tally, FALSE);
      p2p_chord_look_tally (self, &tally);
      p2p_chord_look_expect (self, &expected);
      is_doubted = p2p_chord_look_is_doubted (&expected, &tally);
    }
  /* Nothing that is still to come changes it. */
  is_enough = (!self->all && !expected.is_stale) || tally.n_pending == 0;
  if (self->round > 0 && tally.n >= P2P_CHORD_QUORUM && !is_doubted && tally.n_rival + tally.n_pending < tally.n && is_enough)
    {
      end_look (self, P2P_CHORD_LOOK_VALUE, &tally);
      return;
    }
  if (self->settled && expected.best != NULL && self->again_timer == 0)
    {
      decide (self, &tally);
      return;
    }
  if (tally.n_pending > 0 || self->again_timer != 0)
    return;
  if (tally.n_nothing == P2P_CHORD_HASHES && tally.way == NULL && (self->round > 0 || !is_named (self)))
    {
      end_look (self, P2P_CHORD_LOOK_ABSENT, &tally);
      return;
    }
  if (self->round == 0 && tally.n_nobody < P2P_CHORD_HASHES)
    {
      self->round++;
      ask_others (self, &tally, FALSE);
      p2p_chord_look_tally (self, &tally);
      p2p_chord_look_expect (self, &expected);
      if (tally.n_pending > 0)
        return;
    }
  if (is_worth_more (self, &expected, &tally) && ++self->round < MAX_ROUNDS && !p2p_mesh_node_is_closed (self->node->mesh))
    self->again_timer = p2p_clock_schedule (p2p_chord_clock (self->node), AGAIN_SPAN, again_cb, self);
  else
    decide (self, &tally);
}

/* One that is signed as it should be is enough: who is silent by now need not be waited for. */
static void
settle_cb (gpointer data)
{
  P2pChordLooking *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->settle_timer = 0;
  self->settled = TRUE;
  p2p_mesh_node_enter (mesh);
  evaluate (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
second_cb (gpointer data)
{
  P2pChordLooking *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);
  P2pChordTally tally;

  self->second_timer = 0;
  self->all = FALSE;
  self->settle_timer = p2p_clock_schedule (p2p_chord_clock (self->node), AGAIN_SPAN, settle_cb, self);
  p2p_mesh_node_enter (mesh);
  p2p_chord_look_tally (self, &tally);
  ask_others (self, &tally, TRUE);
  evaluate (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
timer_cb (gpointer data)
{
  P2pChordLooking *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);
  P2pChordTally tally;

  self->timer = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < P2P_CHORD_WAYS; w++)
      if (self->ways[i][w].used && self->ways[i][w].answer.state == P2P_CHORD_ANSWER_WAITING)
        self->ways[i][w].answer.state = P2P_CHORD_ANSWER_SILENT;
  p2p_chord_look_tally (self, &tally);
  decide (self, &tally);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static guint64
begin (P2pChordNode *node, GBytes *key, const char *author, guint timeout_ms, gboolean repair, gboolean all, P2pChordLookFunc func, gpointer data)
{
  P2pChordLooking *self = g_new0 (P2pChordLooking, 1);
  guint64 handle = p2p_chord_new_handle (node);
  gint64 span = timeout_ms > 0 ? timeout_ms * (G_TIME_SPAN_SECOND / 1000) : node->limits.chord_seconds * G_TIME_SPAN_SECOND;
  P2pClock *clock = p2p_chord_clock (node);

  self->node = node;
  self->handle = handle;
  self->func = func;
  self->data = data;
  self->repair = repair;
  self->all = all;
  self->wanted = g_strdup (author);
  self->look = p2p_chord_look_new (node, key);
  self->look->took = span;      /* for now: how long it may take */
  self->began = p2p_chord_now (node);
  p2p_mesh_node_enter (node->mesh);
  g_ptr_array_add (node->looks, self);
  if (node->closed || p2p_mesh_node_is_closed (node->mesh))
    end_look (self, P2P_CHORD_LOOK_ENDED, &(P2pChordTally) { 0 });
  else
    {
      self->timer = p2p_clock_schedule (clock, span, timer_cb, self);
      self->second_timer = p2p_clock_schedule (clock, span / 3, second_cb, self);
      self->asking = TRUE;
      for (guint i = 0; i < P2P_CHORD_HASHES; i++)
        ask_place (self, i, 0);
      self->asking = FALSE;
      evaluate (self);
    }
  p2p_mesh_node_leave (node->mesh);
  return handle;
}

guint64
p2p_chord_look_begin (P2pChordNode *self, GBytes *key, guint timeout_ms, gboolean repair, P2pChordLookFunc func, gpointer data)
{
  return begin (self, key, NULL, timeout_ms, repair, FALSE, func, data);
}

guint64
p2p_chord_node_look_all_of (P2pChordNode *self, GBytes *key, const char *author, guint timeout_ms, P2pChordLookFunc func, gpointer data)
{
  return begin (self, key, author, timeout_ms, TRUE, TRUE, func, data);
}

guint64
p2p_chord_node_look_all (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordLookFunc func, gpointer data)
{
  return p2p_chord_node_look_all_of (self, key, NULL, timeout_ms, func, data);
}

guint64
p2p_chord_node_look_of (P2pChordNode *self, GBytes *key, const char *author, guint timeout_ms, P2pChordLookFunc func, gpointer data)
{
  p2p_chord_mirror_seen (self, key);
  return begin (self, key, author, timeout_ms, TRUE, FALSE, func, data);
}

guint64
p2p_chord_node_look (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordLookFunc func, gpointer data)
{
  return p2p_chord_node_look_of (self, key, NULL, timeout_ms, func, data);
}

gboolean
p2p_chord_looks_cancel (P2pChordNode *self, guint64 handle)
{
  for (guint i = 0; i < self->looks->len; i++)
    {
      P2pChordLooking *looking = g_ptr_array_index (self->looks, i);

      if (looking->handle != handle)
        continue;
      g_ptr_array_remove_index (self->looks, i);
      looking_free (looking);
      return TRUE;
    }
  return FALSE;
}

void
p2p_chord_looks_closed (P2pChordNode *self)
{
  while (self->looks->len > 0)
    end_look (g_ptr_array_index (self->looks, 0), P2P_CHORD_LOOK_ENDED, &(P2pChordTally) { 0 });
}
