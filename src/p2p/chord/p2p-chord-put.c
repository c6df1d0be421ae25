/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What is written, on its way to the place where it belongs, and into our own store. Originals stumble over some of it: py2p ends the link over a delete of what it does not
 * have and over a delta onto what is no map. So they are asked before, unless it is known.
 */
#include "p2p-chord-ask-private.h"

#include "../wire/p2p-value.h"

gboolean
p2p_chord_check_size (P2pChordNode *self, GVariant *value, GError **error)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GError) why = NULL;

  if (!p2p_value_pack (value, packed, &why))
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE, "This is no value for the table: %s", why->message);
      return FALSE;
    }
  if (packed->len <= self->limits.chord_value)
    return TRUE;
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE, "The value has %u bytes, and a distributed table takes at most %u", packed->len, self->limits.chord_value);
  return FALSE;
}

static gboolean
nobody (GError **error)
{
  g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY, "No node that stores is known here: there is nobody who would keep it");
  return FALSE;
}

/* ---- our own store ---- */

static P2pChordPut
note_put (P2pChordNode *self, const P2pChordSpot *spot, P2pChordPut result, P2pChordLink *giver, const GError *error)
{
  if (result == P2P_CHORD_PUT_NEW)
    {
      const P2pChordValue *value = p2p_chord_store_get (self->store, spot);

      p2p_chord_emit_value (self, spot);
      p2p_chord_emit_ring (self);
      if (value != NULL)
        p2p_chord_stored (self, value, giver);
    }
  else if (result == P2P_CHORD_PUT_REFUSED && giver != NULL)
    {
      p2p_mesh_node_note_drop (self->mesh, giver->peer, P2P_DROP_REFUSED, NULL);
      p2p_chord_emit_refused (self, p2p_peer_get_id (giver->peer), error);
    }
  return result;
}

/* What an original says has no stamp and nobody's signature: where it is the same as here, nothing is new. */
static gboolean
is_known_here (P2pChordNode *self, const P2pChordSpot *spot, GBytes *value, P2pChordLink *giver)
{
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);
  g_autoptr (GVariant) ours = NULL;
  g_autoptr (GVariant) theirs = NULL;

  if (giver == NULL || !giver->is_original || value == NULL || held == NULL || held->value == NULL || held->proof == NULL)
    return FALSE;
  ours = p2p_chord_unpack (self, held->value);
  theirs = p2p_chord_unpack (self, value);
  return ours != NULL && theirs != NULL && p2p_chord_is_same (ours, theirs);
}

/* Of what is older than what is here nobody looks at signatures. There are no more to be looked at now: it is taken without, and its proof comes when arcs are compared. FALSE: it does not hold. */
static gboolean
look_at_proof (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes **proof, P2pChordLink *giver, GError **error)
{
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);

  if (*proof == NULL || giver == NULL)
    return TRUE;
  if (held != NULL && stamp < held->stamp)
    {
      *proof = NULL;
      return TRUE;
    }
  switch (p2p_chord_check (self, giver->peer, spot, stamp, value, *proof, NULL))
    {
    case P2P_X1_GOOD:
      return TRUE;
    case P2P_X1_LATER:
      p2p_mesh_node_note_drop (self->mesh, giver->peer, P2P_DROP_RATE, NULL);
      *proof = NULL;
      return TRUE;
    case P2P_X1_FORGED:
    default:
      p2p_mesh_node_note_drop (self->mesh, giver->peer, P2P_DROP_FORGED_SIGNATURE, NULL);
      g_set_error_literal (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED, "The signature that came with the value is not one over it");
      p2p_chord_emit_refused (self, p2p_peer_get_id (giver->peer), *error);
      return FALSE;
    }
}

P2pChordPut
p2p_chord_take (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, GBytes *proof, P2pChordLink *giver, GError **error)
{
  g_autoptr (GError) why = NULL;
  P2pChordPut result;

  if (is_known_here (self, spot, value, giver))
    return P2P_CHORD_PUT_SAME;
  if (!look_at_proof (self, spot, stamp, value, &proof, giver, &why))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return P2P_CHORD_PUT_REFUSED;
    }
  result = p2p_chord_store_put_signed (self->store, spot, stamp, value, proof, giver != NULL ? p2p_peer_get_id (giver->peer) : NULL, p2p_chord_utc (self), &why);
  note_put (self, spot, result, giver, why);
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return result;
}

static P2pChordPut
merge (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GVariant *map, P2pChordLink *giver, GError **error)
{
  g_autoptr (GError) why = NULL;
  P2pChordPut result = p2p_chord_store_merge (self->store, spot, stamp, map, giver != NULL ? p2p_peer_get_id (giver->peer) : NULL, p2p_chord_utc (self), &why);

  note_put (self, spot, result, giver, why);
  if (why != NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  return result;
}

void
p2p_chord_forget (P2pChordNode *self, const P2pChordSpot *spot)
{
  if (!p2p_chord_store_remove (self->store, spot))
    return;
  p2p_chord_emit_value (self, spot);
  p2p_chord_emit_ring (self);
}

/* ---- originals that have to be asked first ---- */

typedef struct {
  P2pChordNode *node;
  P2pChordSpot spot;
  GVariant *map;                /* NULL: a delete */
  char *giver;                  /* NULL: our own program */
} Careful;

static void
careful_cb (const P2pChordAnswer *answer, gboolean is_final, gpointer data)
{
  Careful *careful = data;
  P2pChordLink *link;
  gboolean is_there;

  if (!is_final)
    return;
  link = answer->asked != NULL ? p2p_chord_find_link_by_id (careful->node, answer->asked) : NULL;
  is_there = answer->state == P2P_CHORD_ANSWER_VALUE;
  if (link != NULL && careful->map == NULL && is_there)
    p2p_chord_send_nil (link, &careful->spot);
  else if (link != NULL && careful->map != NULL && (answer->state == P2P_CHORD_ANSWER_NOTHING || (is_there && p2p_chord_is_map (answer->value))))
    p2p_chord_send_delta (link, &careful->spot, 0, careful->map, NULL);
  else if (is_there || careful->map != NULL)
    p2p_mesh_node_note_drop (careful->node->mesh, NULL, P2P_DROP_REFUSED, NULL);
  link = careful->giver != NULL ? p2p_chord_find_link_by_id (careful->node, careful->giver) : NULL;
  if (link != NULL && link->n_careful > 0)
    link->n_careful--;
  g_free (careful->giver);
  g_clear_pointer (&careful->map, g_variant_unref);
  p2p_chord_node_drop (careful->node);
  g_free (careful);
}

/* By the same way as the question of anybody else: the answer of that neighbour says what he, or who is behind him, has. */
static void
ask_first (P2pChordNode *self, const P2pChordSpot *spot, guint rank, GVariant *map, P2pChordLink *giver)
{
  Careful *careful;

  /* Each waits for its answer, and holds its map until then: so many of one neighbour. */
  if (giver != NULL && giver->n_careful >= self->limits.chord_link_requests)
    {
      p2p_mesh_node_note_drop (self->mesh, giver->peer, P2P_DROP_TOO_MANY, NULL);
      return;
    }
  careful = g_new0 (Careful, 1);
  if (giver != NULL)
    {
      giver->n_careful++;
      careful->giver = g_strdup (p2p_peer_get_id (giver->peer));
    }
  careful->node = p2p_chord_node_hold (self);
  careful->spot = *spot;
  careful->map = map != NULL ? g_variant_ref (map) : NULL;
  p2p_chord_ask (self, &careful->spot, rank, self->limits.chord_seconds * 1000, careful_cb, careful);
}

/* ---- the way ---- */

static P2pChordLink *
choose_besides (P2pChordNode *self, const P2pChordPlace *place, guint rank, P2pChordLink *giver, P2pChordLink *besides, gboolean taking, gboolean *is_it)
{
  guint n = p2p_chord_ring_get_n_contacts (self->ring) + 1;

  for (guint i = 0; i < n; i++)
    {
      P2pChordMember *member = p2p_chord_ring_find (self->ring, place, taking, i, is_it);
      P2pChordLink *link;

      if (*is_it)
        {
          /* Other ways to what is ours anyhow there are none; on the way to others we are none. */
          if (rank == 0 || i == 0)
            return NULL;
          *is_it = FALSE;
          continue;
        }
      link = member != NULL ? p2p_chord_find_link_by_id (self, member->id) : NULL;
      /* Nothing goes back to where it came from. */
      if (link != NULL && link != giver && link != besides && rank-- == 0)
        return link;
    }
  *is_it = FALSE;
  return NULL;
}

P2pChordLink *
p2p_chord_get_owner (P2pChordNode *self, const P2pChordPlace *place, gboolean taking, gboolean *is_it)
{
  return choose_besides (self, place, 0, NULL, NULL, taking, is_it);
}

/* To an original by way of its guard, who keeps what it has; the other way is the straight one. */
P2pChordLink *
p2p_chord_choose (P2pChordNode *self, const P2pChordPlace *place, guint rank, P2pChordLink *giver, gboolean taking, gboolean *is_it)
{
  P2pChordLink *original = NULL;
  P2pChordLink *guard = p2p_chord_get_guard (self, place, taking, &original);

  if (guard == NULL || guard == giver || original == giver)
    return choose_besides (self, place, rank, giver, NULL, taking, is_it);
  *is_it = FALSE;
  return rank == 0 ? guard : choose_besides (self, place, rank - 1, giver, guard, taking, is_it);
}

static P2pChordLink *
find_way (P2pChordNode *self, const P2pChordSpot *spot, guint rank, P2pChordLink *giver, gboolean *is_it)
{
  P2pChordPlace place;
  P2pChordLink *link;

  p2p_chord_place_of_spot (&place, self->k, spot);
  /* While we leave it is ours as before, and goes on from our store with the rest: passed on from here it might come back, and go round. */
  link = p2p_chord_choose (self, &place, rank, giver, p2p_chord_is_storing (self), is_it);
  /* Who gave it to us takes us for the right one, and there is nobody else. */
  if (link == NULL && giver != NULL && p2p_chord_is_storing (self))
    *is_it = TRUE;
  return link;
}

/* An original takes what comes, of whatever age. What somebody signed and was written since is not undone by what one of ours has of before. */
static gboolean
is_outdated (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, P2pChordLink *giver)
{
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);

  return held != NULL && held->proof != NULL && stamp < held->stamp && (giver == NULL || !giver->is_original);
}

gboolean
p2p_chord_put_full (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint64 stamp, GVariant *value, GBytes *proof, gboolean sure, P2pChordLink *giver, GError **error)
{
  gboolean is_it = FALSE;
  P2pChordLink *link = find_way (self, spot, rank, giver, &is_it);

  if (is_it)
    {
      g_autoptr (GBytes) packed = value != NULL ? p2p_chord_pack (value) : NULL;

      return p2p_chord_take (self, spot, stamp, packed, proof, giver, error) != P2P_CHORD_PUT_REFUSED;
    }
  if (link == NULL)
    return nobody (error);
  if (link->is_original && is_outdated (self, spot, stamp, giver))
    return TRUE;
  if (link->is_original)
    {
      g_autoptr (GBytes) packed = value != NULL ? p2p_chord_pack (value) : NULL;

      p2p_chord_guard_passed (link, spot, stamp, packed, proof, giver);
    }
  if (value != NULL)
    p2p_chord_send_store (link, spot, stamp, value, proof);
  else if (!link->is_original)
    p2p_chord_send_delete (link, spot, stamp, proof);
  else if (sure)
    p2p_chord_send_nil (link, spot);
  else
    ask_first (self, spot, rank, NULL, giver);
  return TRUE;
}

gboolean
p2p_chord_put (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GVariant *value, GBytes *proof, P2pChordLink *giver, GError **error)
{
  return p2p_chord_put_full (self, spot, 0, stamp, value, proof, FALSE, giver, error);
}

gboolean
p2p_chord_put_delta (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint64 stamp, GVariant *map, gboolean sure, P2pChordLink *giver, GError **error)
{
  gboolean is_it = FALSE;
  P2pChordLink *link = find_way (self, spot, rank, giver, &is_it);

  if (is_it)
    return merge (self, spot, stamp, map, giver, error) != P2P_CHORD_PUT_REFUSED;
  if (link == NULL)
    return nobody (error);
  if (link->is_original)
    p2p_chord_guard_changed (link, spot);
  if (!link->is_original || sure)
    p2p_chord_send_delta (link, spot, stamp, map, NULL);
  else
    ask_first (self, spot, rank, map, giver);
  return TRUE;
}

/* Another delta may have come meanwhile: then it proves nothing, and is nobody's fault. */
static void
seal (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *proof, P2pChordLink *giver)
{
  const P2pChordValue *held = p2p_chord_store_get (self->store, spot);
  g_autoptr (GBytes) value = NULL;

  if (held == NULL || held->value == NULL || stamp < held->stamp)
    return;
  value = g_bytes_ref (held->value);
  if (p2p_chord_check (self, giver != NULL ? giver->peer : NULL, spot, stamp, value, proof, NULL) == P2P_X1_GOOD)
    p2p_chord_take (self, spot, stamp, value, proof, giver, NULL);
}

void
p2p_chord_put_seal (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *proof, P2pChordLink *giver)
{
  gboolean is_it = FALSE;
  P2pChordLink *link = find_way (self, spot, 0, giver, &is_it);
  g_autoptr (GVariant) empty = NULL;

  /* A guard has what its original has. */
  if (is_it || (link != NULL && link->is_original))
    seal (self, spot, stamp, proof, giver);
  if (is_it || link == NULL || link->is_original)
    return;
  empty = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
  p2p_chord_send_delta (link, spot, stamp, empty, proof);
}
