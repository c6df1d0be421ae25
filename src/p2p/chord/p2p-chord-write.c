/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What our program writes. A store says nothing back: so right behind it, on the same way, goes a question for what is there now. Three places that say it back make a write.
 * Where something of a later clock is said back the write is done once more with a later stamp. Deletes and deltas look first: at what they change, and who can take them.
 *
 * Who has a key signs what he writes. What comes of a delta is known when the places say it back: then it is signed, for those where it is still so.
 */
#include "p2p-chord-write-private.h"

#define QUORUM 3
/* By find(), by another first hop, and by find() again. */
#define MAX_TRIES 3
#define MAX_ROUNDS 3
/* When three have it, the others have as long again, and not less than... */
#define MIN_GRACE (5 * G_TIME_SPAN_MILLISECOND)
#define MAX_GRACE (250 * G_TIME_SPAN_MILLISECOND)
/* For who has to look at more signatures than he may in a second. */
#define PROOF_PAUSE G_TIME_SPAN_SECOND
/* Of our own stamps, as a store cuts them. What is cut nobody signed: so nothing is signed that clocks which are a little behind ours would cut. */
#define MAX_AHEAD (60 * G_TIME_SPAN_SECOND)
#define MAX_SIGNED_AHEAD (45 * G_TIME_SPAN_SECOND)

void
p2p_chord_writing_free (P2pChordWriting *self)
{
  P2pClock *clock = p2p_chord_clock (self->node);

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    p2p_chord_ask_cancel (self->node, self->places[i].ask);
  p2p_clock_cancel (clock, self->timer);
  p2p_clock_cancel (clock, self->second_timer);
  p2p_clock_cancel (clock, self->grace_timer);
  p2p_clock_cancel (clock, self->pause_timer);
  g_clear_pointer (&self->value, g_variant_unref);
  g_clear_pointer (&self->essence, g_bytes_unref);
  p2p_chord_proofs_clear (&self->proofs);
  g_clear_pointer (&self->before, p2p_chord_look_unref);
  g_clear_pointer (&self->look, p2p_chord_look_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/* ---- the end ---- */

static guint
count_right (P2pChordWriting *self)
{
  guint n = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    n += self->places[i].is_right;
  return n;
}

static GError *
make_error (P2pChordWriting *self, guint n_right)
{
  guint n_silent = 0;
  guint n_nobody = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      P2pChordAnswerState state = self->look->answers[i].state;

      n_silent += state == P2P_CHORD_ANSWER_SILENT || state == P2P_CHORD_ANSWER_WAITING;
      n_nobody += state == P2P_CHORD_ANSWER_NOBODY;
    }
  if (self->node->closed || p2p_mesh_node_is_closed (self->node->mesh))
    return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
  if (self->error != NULL)
    return g_error_copy (self->error);
  if (n_nobody == P2P_CHORD_HASHES)
    return g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "No node that stores is known here: there is nobody who would keep it");
  if (n_silent > 0)
    return g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT, "Only %u of the five places confirmed it in time, and three are needed", n_right);
  return g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NO_AGREEMENT, "Only %u of the five places have it, and three are needed: the others did not take it", n_right);
}

static gboolean
is_signing (P2pChordWriting *self)
{
  return p2p_x1_of (self->node->mesh) != NULL && p2p_mesh_node_get_own_frames (self->node->mesh);
}

static gboolean
may_sign (P2pChordWriting *self, guint64 stamp)
{
  return stamp > 0 && stamp < (guint64) MAX (p2p_chord_utc (self->node), 0) + MAX_SIGNED_AHEAD;
}

/* What most of the places have now that the delta is in it. */
static guint
find_merged (P2pChordWriting *self, GBytes **merged, guint64 *stamp)
{
  g_autoptr (GPtrArray) packed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint most = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (self->places[i].is_right && self->look->answers[i].stamp > 0)
      g_ptr_array_add (packed, p2p_chord_pack (self->look->answers[i].value));
  for (guint i = 0; i < packed->len; i++)
    {
      guint n = 0;

      for (guint j = 0; j < packed->len; j++)
        n += g_bytes_equal (packed->pdata[i], packed->pdata[j]);
      if (n <= most)
        continue;
      most = n;
      g_clear_pointer (merged, g_bytes_unref);
      *merged = g_bytes_ref (packed->pdata[i]);
    }
  *stamp = 0;
  for (guint i = 0, j = 0; i < P2P_CHORD_HASHES; i++)
    if (self->places[i].is_right && self->look->answers[i].stamp > 0 && g_bytes_equal (packed->pdata[j++], *merged))
      *stamp = MAX (*stamp, self->look->answers[i].stamp);
  return most;
}

static void
sign_merged (P2pChordWriting *self)
{
  g_autoptr (GBytes) merged = NULL;
  P2pChordSpot spots[P2P_CHORD_HASHES];
  guint64 stamp;

  if (find_merged (self, &merged, &stamp) == 0 || !may_sign (self, stamp))
    return;
  p2p_chord_look_get_spots (self->look, spots);
  if (!p2p_chord_sign (self->node, spots, stamp, merged, &self->proofs))
    return;
  self->stamp = stamp;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (self->places[i].is_right)
      p2p_chord_put_seal (self->node, &spots[i], stamp, self->proofs.of[i], NULL);
}

/* Ours is what the look tells of then. */
static void
tell_author (P2pChordWriting *self)
{
  GBytes *proof = self->proofs.of[0];

  if (proof == NULL)
    return;
  self->look->proof = g_bytes_ref (proof);
  self->look->proof_stamp = self->stamp;
  self->look->author = g_strdup (p2p_mesh_node_get_id (self->node->mesh));
}

/* One place that has what we signed is enough for who knows that it is ours. So that is told also where others keep it from being done; unless it is what somebody else wrote that they keep. */
static gboolean
is_ours_to_tell (P2pChordWriting *self)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (self->look->key, &length);
  const P2pChordName *name = p2p_chord_names_get (self->node->names, bytes, length);

  return self->kind == P2P_CHORD_WRITE_SET && self->proofs.of[0] != NULL && !self->node->closed && !p2p_mesh_node_is_closed (self->node->mesh) &&
         (name == NULL || name->author == NULL || g_str_equal (name->author, p2p_mesh_node_get_id (self->node->mesh)));
}

void
p2p_chord_writing_end (P2pChordWriting *self)
{
  P2pChordNode *node = self->node;
  guint n_right = count_right (self);
  P2pChordEnd end = { .handle = self->handle, .write_func = self->func, .data = self->data, .places_ok = n_right };

  g_ptr_array_remove (node->writes, self);
  if (n_right >= QUORUM && self->kind == P2P_CHORD_WRITE_DELTA && !node->closed)
    sign_merged (self);
  self->look->n_equal = n_right;
  self->look->stamp = self->stamp;
  self->look->took = p2p_chord_now (node) - self->began;
  if (n_right >= QUORUM)
    {
      self->look->outcome = self->kind == P2P_CHORD_WRITE_DELETE ? P2P_CHORD_LOOK_ABSENT : P2P_CHORD_LOOK_VALUE;
      for (guint i = 0; i < P2P_CHORD_HASHES && self->look->value == NULL; i++)
        if (self->places[i].is_right && self->look->answers[i].value != NULL)
          self->look->value = g_variant_ref (self->look->answers[i].value);
      tell_author (self);
      p2p_chord_say_name (node, self->look->key, self->kind == P2P_CHORD_WRITE_DELETE, (gint64) (self->look->proof_stamp / G_TIME_SPAN_SECOND));
      p2p_chord_ring_written (node, self->look->key, self->look->value);
      p2p_chord_mirror_key (node, self->look->key);
    }
  else
    {
      if (n_right > 0 && is_ours_to_tell (self))
        p2p_chord_say_name (node, self->look->key, FALSE, (gint64) (self->stamp / G_TIME_SPAN_SECOND));
      end.error = make_error (self, n_right);
      self->look->outcome = g_error_matches (end.error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY) ? P2P_CHORD_LOOK_NOBODY :
                            g_error_matches (end.error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT) ? P2P_CHORD_LOOK_TIMED_OUT :
                            end.error->domain == P2P_LINK_ERROR ? P2P_CHORD_LOOK_ENDED : P2P_CHORD_LOOK_DISAGREE;
    }
  end.look = p2p_chord_look_ref (self->look);
  p2p_chord_end (node, &end);
  p2p_chord_writing_free (self);
}

/* It cannot be done, or not begun: said with the look that showed it. */
void
p2p_chord_writing_fail (P2pChordWriting *self, P2pChordLook *look, GError *error)
{
  P2pChordEnd end = { .handle = self->handle, .write_func = self->func, .data = self->data, .look = p2p_chord_look_ref (look), .error = error };

  g_ptr_array_remove (self->node->writes, self);
  p2p_chord_end (self->node, &end);
  p2p_chord_writing_free (self);
}

/* ---- one place ---- */

static void evaluate (P2pChordWriting *self);
static void try_again (P2pChordWriting *self);
static void write_place (P2pChordWritePlace *place, guint rank);

/* Who had no signature left to look at took it without: nobody would read it. What an original has comes without a stamp, and proves nothing. */
static gboolean
lacks_proof (P2pChordWriting *self, guint index)
{
  const P2pChordAnswer *answer = &self->look->answers[index];
  GBytes *proof = self->proofs.of[index];

  return proof != NULL && answer->stamp != 0 && (answer->proof == NULL || !g_bytes_equal (answer->proof, proof));
}

static gboolean
is_right (P2pChordWriting *self, guint index, const P2pChordAnswer *answer)
{
  if (lacks_proof (self, index))
    return FALSE;
  if (self->kind == P2P_CHORD_WRITE_DELETE)
    return answer->state == P2P_CHORD_ANSWER_NOTHING;
  /* The same of somebody else, and later than ours: it is not what we signed. */
  if (answer->state != P2P_CHORD_ANSWER_VALUE || (self->proofs.of[0] != NULL && answer->stamp > self->stamp))
    return FALSE;
  if (self->kind == P2P_CHORD_WRITE_DELTA)
    return p2p_chord_has_fields (answer->value, self->value);
  else
    {
      g_autoptr (GBytes) essence = p2p_chord_get_essence (answer->value);

      return g_bytes_equal (essence, self->essence);
    }
}

static void
answer_cb (const P2pChordAnswer *answer, gboolean is_final, gpointer data)
{
  P2pChordWritePlace *place = data;
  P2pChordWriting *self = place->writing;

  p2p_chord_answer_set (&self->look->answers[place->index], answer);
  if (!is_final)
    return;
  place->ask = 0;
  place->done = TRUE;
  place->is_right = is_right (self, place->index, answer);
  if (!self->asking)
    evaluate (self);
}

/* The place had it when we looked, by way of this neighbour: an original that it is safe to tell so. */
static gboolean
is_sure (P2pChordWriting *self, guint index)
{
  const P2pChordAnswer *before = self->before != NULL ? &self->before->answers[index] : NULL;

  return before != NULL && before->state == P2P_CHORD_ANSWER_VALUE;
}

/* A py2p makes a map of a delta onto nothing, and stumbles over one onto anything but a map. */
static gboolean
takes_delta (P2pChordWriting *self, guint index)
{
  const P2pChordAnswer *before = &self->before->answers[index];

  return before->state == P2P_CHORD_ANSWER_NOTHING || (before->state == P2P_CHORD_ANSWER_VALUE && p2p_chord_is_map (before->value));
}

static gboolean
send_to_place (P2pChordWriting *self, guint index, guint rank, GError **error)
{
  const P2pChordSpot *spot = &self->look->answers[index].spot;
  gboolean same_way = rank == 0 && self->places[index].tries == 1;

  switch (self->kind)
    {
    case P2P_CHORD_WRITE_DELETE:
      return p2p_chord_put_full (self->node, spot, rank, self->stamp, NULL, self->proofs.of[index], same_way && is_sure (self, index), NULL, error);
    case P2P_CHORD_WRITE_DELTA:
      /* Who missed the value would make a map of what is new alone. */
      if (self->before->value != NULL && self->before->answers[index].state == P2P_CHORD_ANSWER_NOTHING)
        {
          g_auto (P2pChordProofs) proofs = { 0 };
          guint64 stamp = p2p_chord_look_get_state (self->before, &proofs);

          p2p_chord_put_full (self->node, spot, rank, stamp, self->before->value, proofs.of[index], FALSE, NULL, NULL);
        }
      return p2p_chord_put_delta (self->node, spot, rank, self->stamp, self->value, same_way && takes_delta (self, index), NULL, error);
    case P2P_CHORD_WRITE_SET:
    default:
      return p2p_chord_put_full (self->node, spot, rank, self->stamp, self->value, self->proofs.of[index], FALSE, NULL, error);
    }
}

static void
write_place (P2pChordWritePlace *place, guint rank)
{
  P2pChordWriting *self = place->writing;
  gint64 left = MAX (self->span - (p2p_chord_now (self->node) - self->began), 0);
  g_autoptr (GError) error = NULL;
  guint64 ask;

  p2p_chord_ask_cancel (self->node, place->ask);
  place->ask = 0;
  place->done = FALSE;
  place->tries++;
  /* To other ways round there may be none: what is known stays. */
  if (!send_to_place (self, place->index, rank, &error))
    {
      if (self->error == NULL && !g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY))
        self->error = g_error_copy (error);
      place->done = TRUE;
      if (rank == 0 && self->look->answers[place->index].state == P2P_CHORD_ANSWER_WAITING)
        self->look->answers[place->index].state =
          g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY) ? P2P_CHORD_ANSWER_NOBODY : P2P_CHORD_ANSWER_NOTHING;
      return;
    }
  ask = p2p_chord_ask (self->node, &self->look->answers[place->index].spot, rank, (guint) (left / G_TIME_SPAN_MILLISECOND + 1), answer_cb, place);
  if (!place->done)
    place->ask = ask;
}

/* ---- all five ---- */

static guint64
make_stamp (P2pChordNode *node, guint64 seen)
{
  guint64 now = (guint64) MAX (p2p_chord_utc (node), 1);
  /* As far as it may be signed: our clock may have been set back. */
  guint64 stamp = MAX (now, MIN (node->last_stamp + 1, now + MAX_SIGNED_AHEAD - 1));

  node->last_stamp = stamp;
  /* Our clock may be slow, so this write is later than what was seen, whatever that is: who stores it cuts it by his clock. But what others say of one key is not the stamp of
   * all that we write from then on. */
  if (seen >= stamp)
    stamp = seen < G_MAXUINT64 ? seen + 1 : seen;
  return stamp;
}

/* Of who signs nobody believes what he did not: what somebody else wrote with a clock that is far ahead stays until ours is there. */
static void
end_unsigned (P2pChordWriting *self)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      if (self->before != NULL)
        p2p_chord_answer_set (&self->look->answers[i], &self->before->answers[i]);
      self->places[i].is_right = FALSE;
    }
  p2p_chord_writing_end (self);
}

static void
write_all (P2pChordWriting *self, guint64 seen)
{
  self->stamp = make_stamp (self->node, seen);
  p2p_chord_proofs_clear (&self->proofs);
  if (self->kind != P2P_CHORD_WRITE_DELETE && is_signing (self) && !may_sign (self, self->stamp))
    {
      end_unsigned (self);
      return;
    }
  if (self->kind != P2P_CHORD_WRITE_DELTA && may_sign (self, self->stamp))
    {
      g_autoptr (GBytes) packed = self->value != NULL ? p2p_chord_pack (self->value) : NULL;
      P2pChordSpot spots[P2P_CHORD_HASHES];

      p2p_chord_look_get_spots (self->look, spots);
      p2p_chord_sign (self->node, spots, self->stamp, packed, &self->proofs);
    }
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      self->places[i].tries = 0;
      self->places[i].is_right = FALSE;
      write_place (&self->places[i], 0);
    }
  self->asking = FALSE;
  evaluate (self);
}

guint64
p2p_chord_writing_get_latest (P2pChordNode *node, P2pChordLook *look)
{
  /* No store has a later one: who says so lies, and keeps nobody from signing. */
  guint64 most = p2p_x1_of (node->mesh) != NULL ? (guint64) MAX (p2p_chord_utc (node), 0) + 2 * MAX_AHEAD : G_MAXUINT64;
  guint64 latest = look->stamp <= most ? look->stamp : 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (look->answers[i].stamp <= most)
      latest = MAX (latest, look->answers[i].stamp);
  return latest;
}

static void
grace_cb (gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->grace_timer = 0;
  p2p_mesh_node_enter (mesh);
  p2p_chord_writing_end (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
pause_cb (gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->pause_timer = 0;
  p2p_mesh_node_enter (mesh);
  try_again (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static gboolean
needs_pause (P2pChordWriting *self)
{
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (lacks_proof (self, i) && self->places[i].tries < MAX_TRIES)
      return TRUE;
  return FALSE;
}

/* The places that have it not. Who lacks only the proof is on the right way. */
static void
try_again (P2pChordWriting *self)
{
  guint n_done = P2P_CHORD_HASHES;

  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      P2pChordWritePlace *place = &self->places[i];

      if (!place->is_right && place->tries < MAX_TRIES && self->look->answers[i].state != P2P_CHORD_ANSWER_NOBODY)
        write_place (place, lacks_proof (self, i) ? place->tries - 1 : place->tries % 2);
      n_done -= !place->done;
    }
  self->asking = FALSE;
  if (n_done == P2P_CHORD_HASHES)
    p2p_chord_writing_end (self);
}

static void
evaluate (P2pChordWriting *self)
{
  guint n_right = count_right (self);
  guint n_done = 0;

  if (self->pause_timer != 0)
    return;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    n_done += self->places[i].done;
  if (n_done < P2P_CHORD_HASHES)
    {
      gint64 took = p2p_chord_now (self->node) - self->began;

      if (n_right >= QUORUM && self->grace_timer == 0)
        self->grace_timer = p2p_clock_schedule (p2p_chord_clock (self->node), CLAMP (took, MIN_GRACE, MAX_GRACE), grace_cb, self);
      return;
    }
  if (n_right < QUORUM && !p2p_mesh_node_is_closed (self->node->mesh) && self->error == NULL)
    {
      guint64 latest = p2p_chord_writing_get_latest (self->node, self->look);

      /* Somebody wrote it with a clock that is ahead of ours. */
      if (latest > self->stamp && ++self->round < MAX_ROUNDS)
        {
          write_all (self, latest);
          return;
        }
      if (needs_pause (self))
        self->pause_timer = p2p_clock_schedule (p2p_chord_clock (self->node), PROOF_PAUSE, pause_cb, self);
      else
        try_again (self);
      return;
    }
  p2p_chord_writing_end (self);
}

/* Who is silent for long may not be there any more. */
static void
second_cb (gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->second_timer = 0;
  p2p_mesh_node_enter (mesh);
  self->asking = TRUE;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (!self->places[i].done && self->places[i].tries == 1)
      write_place (&self->places[i], 1);
  self->asking = FALSE;
  evaluate (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
timer_cb (gpointer data)
{
  P2pChordWriting *self = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->node->mesh);

  self->timer = 0;
  p2p_mesh_node_enter (mesh);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (self->look->answers[i].state == P2P_CHORD_ANSWER_WAITING)
      self->look->answers[i].state = P2P_CHORD_ANSWER_SILENT;
  p2p_chord_writing_end (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_writing_begin (P2pChordWriting *self, guint64 seen)
{
  P2pClock *clock = p2p_chord_clock (self->node);
  gint64 left = MAX (self->span - (p2p_chord_now (self->node) - self->began), G_TIME_SPAN_MILLISECOND);

  self->timer = p2p_clock_schedule (clock, left, timer_cb, self);
  self->second_timer = p2p_clock_schedule (clock, left / 3, second_cb, self);
  write_all (self, seen);
}
