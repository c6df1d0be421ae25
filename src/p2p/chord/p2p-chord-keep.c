/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What our program wrote is looked after: each key once in chord_republish_seconds, one at a time. What some places lack they get again. */
#include "p2p-chord-ask-private.h"
#include "p2p-chord-part-private.h"

#include <string.h>

#include "../wire/p2p-value.h"

/* Between two looks. */
#define PAUSE (200 * G_TIME_SPAN_MILLISECOND)
/* What is later than now by so much is not outdone: nobody would believe it (p2p-chord-write.c). */
#define MAX_LATER (40 * G_TIME_SPAN_SECOND)
#define VARIED 10                       /* one in so many, more or less */

typedef struct {
  GBytes *key;
  GVariant *value;
  guint64 stamp;                /* as far as we know: of when it was confirmed */
  gint64 due;                   /* monotonic */
} Wrote;

static void keep_cb (gpointer data);

static void
wrote_free (gpointer data)
{
  Wrote *self = data;

  g_bytes_unref (self->key);
  g_variant_unref (self->value);
  g_free (self);
}

static gint64
get_due (P2pChordNode *self)
{
  gint64 span = self->limits.chord_republish_seconds * G_TIME_SPAN_SECOND;
  guint16 random;

  p2p_random_fill (p2p_mesh_node_get_env (self->mesh)->random, (guint8 *) &random, sizeof random);
  return p2p_chord_now (self) + span - span / VARIED + 2 * span / VARIED * random / G_MAXUINT16;
}

static void
plan (P2pChordNode *self)
{
  P2pChordPart *part = self->part;
  Wrote *first = g_queue_peek_head (&part->wrote);

  if (first == NULL || part->keep_timer != 0 || part->keep_look != 0 || self->closed || self->limits.chord_republish_seconds == 0)
    return;
  part->keep_timer = p2p_clock_schedule (p2p_chord_clock (self), MAX (first->due - p2p_chord_now (self), PAUSE), keep_cb, self);
}

void
p2p_chord_ring_written (P2pChordNode *self, GBytes *key, GVariant *value)
{
  P2pChordPart *part = self->part;
  GList *link = g_hash_table_lookup (part->wrote_keys, key);
  Wrote *wrote;

  if (link != NULL)
    {
      g_hash_table_remove (part->wrote_keys, key);
      wrote_free (link->data);
      g_queue_delete_link (&part->wrote, link);
    }
  if (value == NULL || self->limits.chord_written == 0)
    return;
  while (part->wrote.length >= self->limits.chord_written)
    {
      Wrote *oldest = g_queue_pop_head (&part->wrote);

      g_hash_table_remove (part->wrote_keys, oldest->key);
      wrote_free (oldest);
    }
  wrote = g_new0 (Wrote, 1);
  wrote->key = g_bytes_ref (key);
  wrote->value = g_variant_ref_sink (value);
  wrote->stamp = (guint64) p2p_chord_utc (self);
  wrote->due = get_due (self);
  g_queue_push_tail (&part->wrote, wrote);
  g_hash_table_insert (part->wrote_keys, wrote->key, part->wrote.tail);
  plan (self);
}

static gboolean
is_deleted (P2pChordNode *self, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  const P2pChordName *name = p2p_chord_names_get (self->names, bytes, length);

  return name != NULL && name->deleted;
}

/* Somebody wrote it since: it is his to look after. */
static gboolean
is_others (const Wrote *wrote, const P2pChordLook *look)
{
  g_autoptr (GByteArray) theirs = g_byte_array_new ();
  g_autoptr (GByteArray) ours = g_byte_array_new ();

  return look->value != NULL && p2p_value_pack (look->value, theirs, NULL) && p2p_value_pack (wrote->value, ours, NULL) &&
         (theirs->len != ours->len || memcmp (theirs->data, ours->data, ours->len) != 0);
}

/* It is ours, and no place has it signed: nobody can read it. */
static gboolean
has_lost_proof (P2pChordNode *self, const P2pChordLook *look)
{
  return look->outcome == P2P_CHORD_LOOK_UNSIGNED && g_strcmp0 (look->expected, p2p_mesh_node_get_id (self->mesh)) == 0;
}

/* Later than all that is there: that has to give way. */
static guint64
get_later (P2pChordNode *self, const P2pChordLook *look)
{
  guint64 now = (guint64) p2p_chord_utc (self);
  guint64 stamp = now;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (look->answers[i].stamp >= stamp && look->answers[i].stamp < now + MAX_LATER)
      stamp = look->answers[i].stamp + 1;
  return stamp;
}

/* With the proof that it has; where nobody has it any more we sign it anew. */
static void
put_again (P2pChordNode *self, const Wrote *wrote, P2pChordLook *look)
{
  g_auto (P2pChordProofs) proofs = { 0 };
  gboolean lost = has_lost_proof (self, look);
  guint64 stamp = look->value != NULL && look->stamp != 0 ? p2p_chord_look_get_state (look, &proofs) : lost ? get_later (self, look) : wrote->stamp;
  P2pChordSpot spots[P2P_CHORD_HASHES];

  p2p_chord_look_get_spots (look, spots);
  if (look->value == NULL)
    {
      g_autoptr (GBytes) packed = p2p_chord_pack (wrote->value);

      p2p_chord_sign (self, spots, stamp, packed, &proofs);
    }
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (look->answers[i].state == P2P_CHORD_ANSWER_NOTHING || (lost && proofs.of[i] != NULL && look->answers[i].proof == NULL))
      p2p_chord_put (self, &spots[i], stamp, look->value != NULL ? look->value : wrote->value, proofs.of[i], NULL, NULL);
}

static void
looked_cb (P2pChordLook *look, gpointer data)
{
  P2pChordNode *self = data;
  P2pMeshNode *mesh = self->mesh;
  GList *link = g_hash_table_lookup (self->part->wrote_keys, look->key);
  Wrote *wrote = link != NULL ? link->data : NULL;

  self->part->keep_look = 0;
  if (look->outcome == P2P_CHORD_LOOK_ENDED)
    return;
  p2p_mesh_node_enter (mesh);
  if (wrote != NULL && (is_deleted (self, look->key) || is_others (wrote, look)))
    p2p_chord_ring_written (self, look->key, NULL);
  else if (wrote != NULL)
    {
      put_again (self, wrote, look);
      self->part->n_republished++;
    }
  plan (self);
  p2p_mesh_node_leave (mesh);
}

static void
keep_cb (gpointer data)
{
  P2pChordNode *self = data;
  P2pChordPart *part = self->part;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);
  Wrote *first = g_queue_peek_head (&part->wrote);

  part->keep_timer = 0;
  p2p_mesh_node_enter (mesh);
  if (first != NULL && first->due <= p2p_chord_now (self))
    {
      GList *link = g_queue_peek_head_link (&part->wrote);

      first->due = get_due (self);
      g_queue_unlink (&part->wrote, link);
      g_queue_push_tail_link (&part->wrote, link);
      part->keep_look = p2p_chord_node_look (self, first->key, 0, looked_cb, self);
    }
  plan (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_keep_init (P2pChordNode *self)
{
  g_queue_init (&self->part->wrote);
  self->part->wrote_keys = g_hash_table_new (g_bytes_hash, g_bytes_equal);
}

void
p2p_chord_keep_stop (P2pChordNode *self)
{
  p2p_clock_cancel (p2p_chord_clock (self), self->part->keep_timer);
  self->part->keep_timer = 0;
}

void
p2p_chord_keep_clear (P2pChordNode *self)
{
  if (self->part->keep_look != 0)
    p2p_chord_node_cancel (self, self->part->keep_look);
  g_hash_table_unref (self->part->wrote_keys);
  g_queue_clear_full (&self->part->wrote, wrote_free);
}
