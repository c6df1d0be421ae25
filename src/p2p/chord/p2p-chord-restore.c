/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What belongs to an original is stored there as anybody would, and asked for right behind: only what it says back has come. A few are under way a link.
 */
#include "p2p-chord-ask-private.h"
#include "p2p-chord-part-private.h"

#include "../wire/p2p-value.h"

#define MOST_RESTORES 65536
#define UNDER_WAY 8
#define RESTORE_MS 5000

typedef struct {
  P2pChordNode *node;
  char *id;                     /* of whom it was given to: his link may end meanwhile */
  P2pChordSpot spot;
  guint64 stamp;
  guint64 handle;
} Restore;

static void
restore_free (gpointer data)
{
  Restore *self = data;

  if (self->handle != 0)
    p2p_chord_ask_cancel (self->node, self->handle);
  g_free (self->id);
  g_free (self);
}

void
p2p_chord_restore_init (P2pChordLink *link)
{
  g_queue_init (&link->part->restores);
  link->part->restores_set = p2p_chord_spots_new (NULL);
  link->part->restoring = g_ptr_array_new_with_free_func (restore_free);
}

void
p2p_chord_restore_clear (P2pChordLink *link)
{
  g_tree_unref (link->part->restores_set);
  g_queue_clear_full (&link->part->restores, g_free);
  g_ptr_array_unref (link->part->restoring);
}

gboolean
p2p_chord_restore_is_idle (P2pChordLink *link)
{
  return link->part == NULL || (link->part->restores.length == 0 && link->part->restoring->len == 0);
}

static void restore_more (P2pChordLink *link);

static gboolean
is_what_we_gave (Restore *restore, const P2pChordAnswer *answer)
{
  P2pChordNode *self = restore->node;
  const P2pChordValue *value = p2p_chord_store_get (self->store, &restore->spot);
  g_autoptr (GVariant) ours = NULL;
  g_autoptr (GBytes) given = NULL;
  g_autoptr (GBytes) said = NULL;

  if (value == NULL || value->value == NULL || value->stamp != restore->stamp || answer->state != P2P_CHORD_ANSWER_VALUE || answer->value == NULL ||
      g_strcmp0 (answer->asked, restore->id) != 0 || (ours = p2p_chord_unpack (self, value->value)) == NULL)
    return FALSE;
  given = p2p_chord_get_essence (ours);
  said = p2p_chord_get_essence (answer->value);
  return g_bytes_equal (given, said);
}

static void
answered_cb (const P2pChordAnswer *answer, gboolean final, gpointer data)
{
  Restore *restore = data;
  P2pChordNode *self = restore->node;
  P2pChordLink *link;

  if (!final)
    return;
  restore->handle = 0;
  link = p2p_chord_find_link_by_id (self, restore->id);
  if (link == NULL || link->part == NULL)
    return;
  if (is_what_we_gave (restore, answer))
    p2p_chord_note_given (link, &restore->spot, restore->stamp);
  g_ptr_array_remove (link->part->restoring, restore);
  restore_more (link);
}

static void
restore_one (P2pChordLink *link, const P2pChordSpot *spot)
{
  P2pChordNode *self = link->node;
  const P2pChordValue *value = p2p_chord_store_get (self->store, spot);
  g_autoptr (GVariant) unpacked = NULL;
  gsize length;
  const guint8 *bytes;
  Restore *restore;
  guint64 handle;

  if (value == NULL || value->value == NULL || link->part->member == NULL)
    return;
  bytes = g_bytes_get_data (value->value, &length);
  unpacked = p2p_value_unpack (bytes, length, &self->reading, NULL);
  if (unpacked == NULL)
    return;
  g_variant_ref_sink (unpacked);
  if (!p2p_chord_send_store (link, spot, value->stamp, unpacked, NULL))
    return;
  restore = g_new0 (Restore, 1);
  restore->node = self;
  restore->id = g_strdup (p2p_peer_get_id (link->peer));
  restore->spot = *spot;
  restore->stamp = value->stamp;
  g_ptr_array_add (link->part->restoring, restore);
  handle = p2p_chord_ask_link (link, spot, RESTORE_MS, answered_cb, restore);
  if (handle != 0)
    restore->handle = handle;
}

/* What cannot be asked for now waits: who is given it unasked gets it again and again. An answer may come at once, within this. */
static void
restore_more (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  P2pChordLinkPart *part = link->part;

  if (part->restore_busy)
    return;
  part->restore_busy = TRUE;
  while (part->restoring->len < UNDER_WAY && part->restores.length > 0 && p2p_chord_asking_get_n (self) < self->limits.chord_requests)
    {
      g_autofree P2pChordSpot *spot = g_queue_pop_head (&part->restores);

      g_tree_remove (part->restores_set, spot);
      restore_one (link, spot);
    }
  part->restore_busy = FALSE;
}

void
p2p_chord_restore_go_on (P2pChordLink *link)
{
  restore_more (link);
}

void
p2p_chord_restore_add (P2pChordLink *link, const P2pChordSpot *spot)
{
  P2pChordSpot *copy;

  if (link->part == NULL || link->part->restores.length >= MOST_RESTORES || g_tree_lookup (link->part->restores_set, spot) != NULL)
    return;
  copy = g_memdup2 (spot, sizeof *spot);
  g_queue_push_tail (&link->part->restores, copy);
  g_tree_insert (link->part->restores_set, copy, copy);
  restore_more (link);
}
