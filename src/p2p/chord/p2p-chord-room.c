/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What the values of a store take, whose share it is, and what goes when there is no more room. */
#include "p2p-chord-store-private.h"

#include <string.h>

#include "../wire/p2p-types.h"

/* The oldest first */
static int
compare_stamps (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  const P2pChordValue *one = a;
  const P2pChordValue *other = b;

  if (one->stamp != other->stamp)
    return one->stamp < other->stamp ? -1 : 1;
  return p2p_chord_entry_compare (a, b, data);
}

GTree *
p2p_chord_deleted_new (void)
{
  return g_tree_new_full (compare_stamps, NULL, NULL, NULL);
}

guint64
p2p_chord_size_of (GBytes *value,
                   GBytes *proof)
{
  guint64 size = value != NULL ? P2P_CHORD_VALUE_BYTES + g_bytes_get_size (value) : P2P_CHORD_DELETED_BYTES;

  return size + (proof != NULL ? P2P_CHORD_PROOF_BYTES + g_bytes_get_size (proof) : 0);
}

P2pChordGiver *
p2p_chord_giver_find (P2pChordStore *self,
                      const char    *id)
{
  return id != NULL ? g_tree_lookup (self->givers, id) : NULL;
}

void
p2p_chord_giver_free (P2pChordGiver *giver)
{
  g_clear_pointer (&giver->deleted, g_tree_unref);
  g_free (giver->id);
  g_free (giver);
}

P2pChordGiver *
p2p_chord_giver_hold (P2pChordStore *self,
                      const char    *id)
{
  P2pChordGiver *giver = p2p_chord_giver_find (self, id);

  if (id == NULL)
    return NULL;
  if (giver == NULL)
    {
      giver = g_new0 (P2pChordGiver, 1);
      giver->id = g_strdup (id);
      g_tree_insert (self->givers, giver->id, giver);
      self->bytes += P2P_CHORD_GIVER_BYTES;
    }
  giver->n++;
  return giver;
}

void
p2p_chord_giver_drop (P2pChordStore *self,
                      P2pChordGiver *giver)
{
  if (giver == NULL || --giver->n > 0)
    return;
  g_tree_remove (self->givers, giver->id);
  self->bytes -= P2P_CHORD_GIVER_BYTES;
  p2p_chord_giver_free (giver);
}

/* giver: held */
void
p2p_chord_entry_count (P2pChordStore *self,
                       P2pChordEntry *entry,
                       P2pChordGiver *giver)
{
  gboolean deleted = entry->value.value == NULL;

  entry->giver = giver;
  entry->value.giver = giver != NULL ? giver->id : NULL;
  entry->size = p2p_chord_size_of (entry->value.value, entry->value.proof);
  self->bytes += entry->size;
  if (deleted)
    {
      self->deleted_bytes += entry->size;
      g_tree_insert (self->deleted, entry, entry);
    }
  if (giver == NULL)
    return;
  giver->bytes += entry->size;
  if (!deleted)
    return;
  giver->deleted_bytes += entry->size;
  if (giver->deleted == NULL)
    giver->deleted = p2p_chord_deleted_new ();
  g_tree_insert (giver->deleted, entry, entry);
}

/* Before its state changes, by which it is in the trees of the deleted. */
void
p2p_chord_entry_uncount (P2pChordStore *self,
                         P2pChordEntry *entry)
{
  gboolean deleted = entry->value.value == NULL;
  P2pChordGiver *giver = entry->giver;

  self->bytes -= entry->size;
  if (deleted)
    {
      self->deleted_bytes -= entry->size;
      g_tree_remove (self->deleted, entry);
    }
  if (giver == NULL)
    return;
  giver->bytes -= entry->size;
  if (deleted)
    {
      giver->deleted_bytes -= entry->size;
      g_tree_remove (giver->deleted, entry);
    }
}

void
p2p_chord_entry_forget (P2pChordStore *self,
                        P2pChordEntry *entry)
{
  p2p_chord_entry_uncount (self, entry);
  p2p_chord_giver_drop (self, entry->giver);
  g_tree_remove (self->entries, entry);
  g_tree_remove (self->digests, entry);
  g_clear_pointer (&entry->value.value, g_bytes_unref);
  g_clear_pointer (&entry->value.proof, g_bytes_unref);
  g_free (entry);
}

static void
forget_and_tell (P2pChordStore *self,
                 P2pChordEntry *entry)
{
  P2pChordSpot spot = entry->value.spot;

  p2p_chord_entry_forget (self, entry);
  if (self->gone != NULL)
    self->gone (&spot, self->gone_data);
}

/* ---- room ---- */

/* The oldest of the deleted, and older than stamp. FALSE: there is none */
gboolean
p2p_chord_store_forget_oldest (P2pChordStore       *self,
                               GTree               *deleted,
                               const P2pChordEntry *except,
                               guint64              stamp)
{
  GTreeNode *node = deleted != NULL ? g_tree_node_first (deleted) : NULL;

  if (node != NULL && g_tree_node_value (node) == except)
    node = g_tree_node_next (node);
  if (node == NULL || ((P2pChordEntry *) g_tree_node_value (node))->value.stamp >= stamp)
    return FALSE;
  forget_and_tell (self, g_tree_node_value (node));
  return TRUE;
}

/* What a state of size bytes of that giver has to share its room with, and how much of that may go. */
static guint64
count_others (P2pChordStore       *self,
              const P2pChordGiver *giver,
              const P2pChordEntry *old,
              guint64             *deleted)
{
  gboolean counts = old != NULL && (giver == NULL || old->giver == giver);
  guint64 bytes = giver != NULL ? giver->bytes : self->bytes;

  *deleted = giver != NULL ? giver->deleted_bytes : self->deleted_bytes;
  if (counts && old->value.value == NULL)
    *deleted -= old->size;
  return counts ? bytes - old->size : bytes;
}

static gboolean
make_room_of (P2pChordStore       *self,
              const char          *id,
              const P2pChordEntry *old,
              guint64              size,
              guint64              room,
              guint64              stamp)
{
  for (;;)
    {
      P2pChordGiver *giver = p2p_chord_giver_find (self, id);
      guint64 deleted = 0;
      guint64 others = id != NULL && giver == NULL ? 0 : count_others (self, giver, old, &deleted);

      if (others + size <= room)
        return TRUE;
      if (others - deleted + size > room || !p2p_chord_store_forget_oldest (self, giver != NULL ? giver->deleted : self->deleted, old, stamp))
        return FALSE;
    }
}

gboolean
p2p_chord_store_make_room (P2pChordStore       *self,
                           const char          *giver,
                           const P2pChordEntry *old,
                           guint64              size,
                           guint64              stamp,
                           GError             **error)
{
  guint32 part = MAX (self->limits.chord_share, 1);
  guint64 more = giver != NULL && p2p_chord_giver_find (self, giver) == NULL ? P2P_CHORD_GIVER_BYTES : 0;

  /* On a small ring nearly all comes by one or two. */
  if (giver != NULL && self->bytes + size + more > self->limits.chord_bytes / 2 && !make_room_of (self, giver, old, size, self->limits.chord_bytes / part, stamp))
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL, "The share of one neighbour is full: one in %u of %u bytes, when half of them are taken", part,
                   self->limits.chord_bytes);
      return FALSE;
    }
  if (make_room_of (self, NULL, old, size + more, self->limits.chord_bytes, stamp))
    return TRUE;
  g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL, "This node stores as much as it may: the limit of %u bytes is reached", self->limits.chord_bytes);
  return FALSE;
}
