/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * A look: what the five places of a key say. Three equal ones are the value. Where one says something else, or is silent, the places are asked a second time by way of
 * another neighbour: who stands between us and the ring and does not tell the truth is found out so. What counts then is what the most different places said, by whichever way.
 */
#include "p2p-chord-ask-private.h"

#include <string.h>

#define QUORUM 3
#define N_WAYS 2
/* A few are not enough for a value, too many for none: it may be on its way from one place to another. It is asked again after so long, so often. */
#define AGAIN_SPAN (700 * G_TIME_SPAN_MILLISECOND)
#define MAX_ROUNDS 4
/* Who is about to change a key waits for the other two as long again, and not less than... */
#define MIN_GRACE (5 * G_TIME_SPAN_MILLISECOND)
#define MAX_GRACE (250 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  P2pChordLooking *looking;
  guint place;
  guint64 ask;
  gboolean used;
  gboolean is_final;
  P2pChordAnswer answer;
  GBytes *essence;
} Way;

struct _P2pChordLooking {
  P2pChordNode *node;
  guint64 handle;
  P2pChordLookFunc func;
  gpointer data;
  gboolean repair;
  gboolean all;                 /* for a third of the time it waits for what the others say, too */
  P2pChordLook *look;
  Way ways[P2P_CHORD_HASHES][N_WAYS];
  guint round;
  gboolean asking;              /* more questions follow at once: what is said meanwhile is looked at after them */
  gint64 began;
  guint64 timer;
  guint64 second_timer;
  guint64 again_timer;
  guint64 grace_timer;
  gboolean grace_over;
};

/* What the most say. */
typedef struct {
  const Way *way;               /* NULL: nobody said any value */
  guint n;
  guint n_nothing;
  guint n_silent;
  guint n_nobody;
  gboolean dissent;             /* somebody says otherwise, of what is not older... */
  guint n_rival;                /* ...so many say the same other thing... */
  guint n_pending;              /* ...and so many may still */
} Tally;

/* ---- what they say together ---- */

static gboolean
says (const Way *way, GBytes *essence)
{
  return way->used && way->essence != NULL && g_bytes_equal (way->essence, essence);
}

static guint
count_places (P2pChordLooking *self, GBytes *essence)
{
  guint n = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    n += says (&self->ways[i][0], essence) || says (&self->ways[i][1], essence);
  return n;
}

static gboolean
has_state (P2pChordLooking *self, guint place, P2pChordAnswerState state)
{
  for (guint w = 0; w < N_WAYS; w++)
    if (self->ways[place][w].used && self->ways[place][w].answer.state == state)
      return TRUE;
  return FALSE;
}

static void
find_best (P2pChordLooking *self, Tally *tally)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < N_WAYS; w++)
      {
        const Way *way = &self->ways[i][w];
        guint n;

        if (!way->used || way->essence == NULL)
          continue;
        n = count_places (self, way->essence);
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
  for (guint w = 0; w < N_WAYS; w++)
    if (self->ways[place][w].used && !self->ways[place][w].is_final)
      return TRUE;
  return FALSE;
}

static void
take_tally (P2pChordLooking *self, Tally *tally)
{
  guint n_later = 0;

  *tally = (Tally) { 0 };
  find_best (self, tally);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      gboolean nothing = has_state (self, i, P2P_CHORD_ANSWER_NOTHING);

      tally->n_nothing += nothing || has_state (self, i, P2P_CHORD_ANSWER_NOT_YET);
      tally->n_nobody += has_state (self, i, P2P_CHORD_ANSWER_NOBODY) && !nothing && !has_state (self, i, P2P_CHORD_ANSWER_VALUE) && !has_state (self, i, P2P_CHORD_ANSWER_SILENT);
      tally->n_silent += has_state (self, i, P2P_CHORD_ANSWER_SILENT) || has_state (self, i, P2P_CHORD_ANSWER_WAITING);
      tally->n_pending += is_pending (self, i);
      for (guint w = 0; w < N_WAYS && tally->way != NULL; w++)
        {
          const Way *way = &self->ways[i][w];

          if (!way->used)
            continue;
          if (way->essence != NULL && !g_bytes_equal (way->essence, tally->way->essence))
            tally->n_rival = MAX (tally->n_rival, count_places (self, way->essence));
          else if (way->essence == NULL && way->answer.state == P2P_CHORD_ANSWER_NOTHING)
            n_later += way->answer.stamp > tally->way->answer.stamp;
        }
    }
  tally->n_rival = MAX (tally->n_rival, n_later);
  tally->dissent = tally->n_rival > 0;
}

/* What is told of a place: what it says with the others, else what it says at all. */
static const Way *
choose_way (P2pChordLooking *self, guint place, const Tally *tally)
{
  static const P2pChordAnswerState order[] = {
    P2P_CHORD_ANSWER_VALUE, P2P_CHORD_ANSWER_NOTHING, P2P_CHORD_ANSWER_NOT_YET, P2P_CHORD_ANSWER_SILENT, P2P_CHORD_ANSWER_WAITING, P2P_CHORD_ANSWER_NOBODY,
  };

  for (guint w = 0; w < N_WAYS && tally->way != NULL; w++)
    if (says (&self->ways[place][w], tally->way->essence))
      return &self->ways[place][w];
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint w = 0; w < N_WAYS; w++)
      if (self->ways[place][w].used && self->ways[place][w].answer.state == order[i])
        return &self->ways[place][w];
  return &self->ways[place][0];
}

/* ---- the end ---- */

static void
clear_way (P2pChordLooking *self, Way *way)
{
  p2p_chord_ask_cancel (self->node, way->ask);
  g_clear_pointer (&way->essence, g_bytes_unref);
  p2p_chord_answer_clear (&way->answer);
  *way = (Way) { 0 };
}

static void
looking_free (P2pChordLooking *self)
{
  P2pClock *clock = p2p_chord_clock (self->node);

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < N_WAYS; w++)
      clear_way (self, &self->ways[i][w]);
  p2p_clock_cancel (clock, self->timer);
  p2p_clock_cancel (clock, self->second_timer);
  p2p_clock_cancel (clock, self->again_timer);
  p2p_clock_cancel (clock, self->grace_timer);
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
      const Way *way = &self->ways[i][0];

      if (way->used && (way->answer.state == P2P_CHORD_ANSWER_NOTHING || way->answer.state == P2P_CHORD_ANSWER_NOT_YET))
        lacking |= 1u << i;
    }
  return lacking;
}

static void
end_look (P2pChordLooking *self, P2pChordOutcome outcome, const Tally *tally)
{
  P2pChordLook *look = self->look;
  P2pChordEnd end = { .handle = self->handle, .look_func = self->func, .data = self->data };

  g_ptr_array_remove (self->node->looks, self);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const Way *way = choose_way (self, i, tally);
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
        for (guint w = 0; w < N_WAYS; w++)
          if (says (&self->ways[i][w], tally->way->essence))
            look->stamp = MAX (look->stamp, self->ways[i][w].answer.stamp);
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
  Way *way = data;
  P2pChordLooking *self = way->looking;

  if (is_final)
    way->ask = 0;
  way->is_final = is_final;
  p2p_chord_answer_set (&way->answer, answer);
  g_clear_pointer (&way->essence, g_bytes_unref);
  if (answer->state == P2P_CHORD_ANSWER_VALUE)
    way->essence = p2p_chord_get_essence (answer->value);
  if (!self->asking)
    evaluate (self);
}

static void
ask_place (P2pChordLooking *self, guint place, guint rank)
{
  Way *way = &self->ways[place][rank];
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
is_place_settled (P2pChordLooking *self, guint place, const Tally *tally)
{
  return tally->way != NULL && (says (&self->ways[place][0], tally->way->essence) || says (&self->ways[place][1], tally->way->essence));
}

/* Nobody needs to be asked for what we keep a replica of. */
static gboolean
take_own (P2pChordLooking *self, guint place)
{
  Way *way = &self->ways[place][1];
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
  answer.asked = answer.holder = (char *) p2p_mesh_node_get_id (self->node->mesh);
  answer_cb (&answer, TRUE, way);
  return TRUE;
}

/* The other way round: those that have not said what the most say, or all when that is in doubt. */
static void
ask_others (P2pChordLooking *self, const Tally *tally, gboolean silent_only)
{
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      gboolean is_silent = !self->ways[i][0].is_final || has_state (self, i, P2P_CHORD_ANSWER_SILENT);

      if (self->ways[i][1].used || !(silent_only ? is_silent : tally->dissent || !is_place_settled (self, i, tally)))
        continue;
      if (!silent_only || !take_own (self, i))
        ask_place (self, i, 1);
    }
  self->asking = FALSE;
}

static void
again_cb (gpointer data)
{
  P2pChordLooking *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);
  Tally tally;

  self->again_timer = 0;
  p2p_mesh_node_enter (mesh);
  take_tally (self, &tally);
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (!is_place_settled (self, i, &tally))
      ask_place (self, i, 0);
  self->asking = FALSE;
  evaluate (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* All said what they will say, or time is over. */
static void
decide (P2pChordLooking *self, const Tally *tally)
{
  P2pChordOutcome outcome;

  if (self->node->closed || p2p_mesh_node_is_closed (self->node->mesh))
    outcome = P2P_CHORD_LOOK_ENDED;
  else if (tally->n >= QUORUM && tally->n >= tally->n_nothing)
    outcome = P2P_CHORD_LOOK_VALUE;
  else if (tally->n_nothing >= QUORUM)
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
waits_for_all (P2pChordLooking *self, const Tally *tally)
{
  gint64 took = p2p_chord_now (self->node) - self->began;

  if (self->repair || self->grace_over || tally->n_pending == 0)
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

static void
evaluate (P2pChordLooking *self)
{
  Tally tally;
  gboolean is_enough;

  take_tally (self, &tally);
  is_enough = !self->all || tally.n_pending == 0;
  if (tally.n >= QUORUM && !tally.dissent && is_enough && waits_for_all (self, &tally))
    return;
  if (tally.n >= QUORUM && !tally.dissent && is_enough)
    {
      end_look (self, P2P_CHORD_LOOK_VALUE, &tally);
      return;
    }
  /* Early, so that a wrong word costs no time: the true ones are asked for while the rest comes. */
  if (self->round == 0 && tally.dissent)
    {
      self->round++;
      ask_others (self, &tally, FALSE);
      take_tally (self, &tally);
    }
  /* Nothing that is still to come changes it. */
  is_enough = !self->all || tally.n_pending == 0;
  if (self->round > 0 && tally.n >= QUORUM && tally.n_rival + tally.n_pending < tally.n && is_enough)
    {
      end_look (self, P2P_CHORD_LOOK_VALUE, &tally);
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
      take_tally (self, &tally);
      if (tally.n_pending > 0)
        return;
    }
  if (tally.n < QUORUM && (tally.way != NULL || (tally.n_nothing < QUORUM && tally.n_silent > 0)) && ++self->round < MAX_ROUNDS &&
      !p2p_mesh_node_is_closed (self->node->mesh))
    self->again_timer = p2p_clock_schedule (p2p_chord_clock (self->node), AGAIN_SPAN, again_cb, self);
  else
    decide (self, &tally);
}

static void
second_cb (gpointer data)
{
  P2pChordLooking *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);
  Tally tally;

  self->second_timer = 0;
  self->all = FALSE;
  p2p_mesh_node_enter (mesh);
  take_tally (self, &tally);
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
  Tally tally;

  self->timer = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    for (guint w = 0; w < N_WAYS; w++)
      if (self->ways[i][w].used && self->ways[i][w].answer.state == P2P_CHORD_ANSWER_WAITING)
        self->ways[i][w].answer.state = P2P_CHORD_ANSWER_SILENT;
  take_tally (self, &tally);
  decide (self, &tally);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static guint64
begin (P2pChordNode *node, GBytes *key, guint timeout_ms, gboolean repair, gboolean all, P2pChordLookFunc func, gpointer data)
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
  self->look = p2p_chord_look_new (node, key);
  self->look->took = span;      /* for now: how long it may take */
  self->began = p2p_chord_now (node);
  p2p_mesh_node_enter (node->mesh);
  g_ptr_array_add (node->looks, self);
  if (node->closed || p2p_mesh_node_is_closed (node->mesh))
    end_look (self, P2P_CHORD_LOOK_ENDED, &(Tally) { 0 });
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
  return begin (self, key, timeout_ms, repair, FALSE, func, data);
}

guint64
p2p_chord_node_look_all (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordLookFunc func, gpointer data)
{
  return begin (self, key, timeout_ms, TRUE, TRUE, func, data);
}

guint64
p2p_chord_node_look (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordLookFunc func, gpointer data)
{
  p2p_chord_mirror_seen (self, key);
  return p2p_chord_look_begin (self, key, timeout_ms, TRUE, func, data);
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
    end_look (g_ptr_array_index (self->looks, 0), P2P_CHORD_LOOK_ENDED, &(Tally) { 0 });
}
