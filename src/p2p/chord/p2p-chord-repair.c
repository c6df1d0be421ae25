/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What a look comes to, in words; and what is mended after it: places that lack what the others say get it. */
#include "p2p-chord-ask-private.h"

/* Keys that were repaired lately, and for how long they are left alone. */
#define REPAIR_SPAN (60 * G_TIME_SPAN_SECOND)
#define MAX_REPAIRED 1024

/* ---- answers ---- */

void
p2p_chord_answer_clear (P2pChordAnswer *self)
{
  g_clear_pointer (&self->value, g_variant_unref);
  g_clear_pointer (&self->proof, g_bytes_unref);
  g_clear_pointer (&self->author, g_free);
  g_clear_pointer (&self->asked, g_free);
  g_clear_pointer (&self->holder, g_free);
}

void
p2p_chord_answer_set (P2pChordAnswer *self, const P2pChordAnswer *from)
{
  P2pChordAnswer copy = *from;

  copy.value = from->value != NULL ? g_variant_ref (from->value) : NULL;
  copy.proof = from->proof != NULL ? g_bytes_ref (from->proof) : NULL;
  copy.author = g_strdup (from->author);
  copy.asked = g_strdup (from->asked);
  copy.holder = g_strdup (from->holder);
  p2p_chord_answer_clear (self);
  *self = copy;
}

P2pChordLook *
p2p_chord_look_new (P2pChordNode *self, GBytes *key)
{
  P2pChordLook *look = g_new0 (P2pChordLook, 1);
  P2pChordSpot spots[P2P_CHORD_HASHES];
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);

  look->refs = 1;
  look->key = g_bytes_ref (key);
  p2p_chord_spots_of_key (bytes, length, spots);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      look->answers[i].spot = spots[i];
      p2p_chord_place_of_spot (&look->answers[i].place, self->k, &spots[i]);
    }
  return look;
}

P2pChordLook *
p2p_chord_look_ref (P2pChordLook *self)
{
  self->refs++;
  return self;
}

void
p2p_chord_look_unref (P2pChordLook *self)
{
  if (--self->refs > 0)
    return;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    p2p_chord_answer_clear (&self->answers[i]);
  g_clear_pointer (&self->value, g_variant_unref);
  g_clear_pointer (&self->proof, g_bytes_unref);
  g_free (self->author);
  g_free (self->expected);
  g_bytes_unref (self->key);
  g_free (self);
}

GError *
p2p_chord_look_to_error (P2pChordLook *self)
{
  guint n_silent = 0;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    n_silent += self->answers[i].state == P2P_CHORD_ANSWER_SILENT || self->answers[i].state == P2P_CHORD_ANSWER_WAITING;
  switch (self->outcome)
    {
    case P2P_CHORD_LOOK_VALUE:
      return NULL;
    case P2P_CHORD_LOOK_ABSENT:
      return g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_FOUND, "The table has no such key");
    case P2P_CHORD_LOOK_DISAGREE:
      return g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NO_AGREEMENT, "The places of the key do not agree: at most %u of five say the same, and three are needed",
                          self->n_equal);
    case P2P_CHORD_LOOK_TIMED_OUT:
      return g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIMED_OUT, "%u of the five places of the key did not answer in time, and the others do not suffice", n_silent);
    case P2P_CHORD_LOOK_NOBODY:
      return g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "No node that stores is known here: there is nobody to ask");
    case P2P_CHORD_LOOK_UNSIGNED:
      return g_error_new (P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED, "What the places of the key say is not signed by %s, who wrote it last", self->expected);
    case P2P_CHORD_LOOK_ENDED:
    default:
      return g_error_new_literal (P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED, "The node was closed");
    }
}

/* ---- read repair ---- */

typedef struct {
  GBytes *key;
  gint64 when;
} Repaired;

static void
repaired_free (gpointer data)
{
  Repaired *repaired = data;

  g_bytes_unref (repaired->key);
  g_free (repaired);
}

void
p2p_chord_repaired_clear (P2pChordNode *self)
{
  g_queue_clear_full (&self->repaired, repaired_free);
}

static gboolean
may_repair (P2pChordNode *self, GBytes *key)
{
  gint64 now = p2p_chord_now (self);
  Repaired *first;

  while ((first = g_queue_peek_head (&self->repaired)) != NULL && (now - first->when >= REPAIR_SPAN || self->repaired.length >= MAX_REPAIRED))
    repaired_free (g_queue_pop_head (&self->repaired));
  for (GList *l = self->repaired.head; l != NULL; l = l->next)
    if (g_bytes_equal (((Repaired *) l->data)->key, key))
      return FALSE;
  first = g_new (Repaired, 1);
  first->key = g_bytes_ref (key);
  first->when = now;
  g_queue_push_tail (&self->repaired, first);
  return TRUE;
}

/* What is signed and not older stays: it may be what counts, and there is no harm in it when it is not. */
void
p2p_chord_repair (P2pChordNode *self, P2pChordLook *look, guint lacking_at)
{
  g_auto (P2pChordProofs) proofs = { 0 };
  guint64 stamp = p2p_chord_look_get_state (look, &proofs);
  g_autoptr (GBytes) right = p2p_chord_get_essence (look->value);
  gboolean lacking[P2P_CHORD_HASHES];
  gboolean any = FALSE;

  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      const P2pChordAnswer *answer = &look->answers[i];
      g_autoptr (GBytes) essence = answer->value != NULL ? p2p_chord_get_essence (answer->value) : NULL;
      gboolean other = essence != NULL && !g_bytes_equal (essence, right);

      if (answer->stamp > look->stamp)
        return;
      lacking[i] = (lacking_at & 1u << i) != 0 || answer->state == P2P_CHORD_ANSWER_NOTHING || answer->state == P2P_CHORD_ANSWER_NOT_YET || other;
      if (answer->author != NULL && answer->stamp >= stamp)
        lacking[i] = FALSE;
      any |= lacking[i];
    }
  if (!any || !may_repair (self, look->key))
    return;
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    if (lacking[i])
      p2p_chord_put (self, &look->answers[i].spot, stamp, look->value, proofs.of[i], NULL, NULL);
}
