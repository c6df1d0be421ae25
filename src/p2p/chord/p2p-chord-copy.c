/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * COPY brings values to neighbours of ours: replicas when something is written, what belongs to them, what they asked for when arcs were compared. One is under way
 * a link, and it is answered by COPIED: so nobody is sent more than he takes, and what he did not take is not forgotten here.
 */
#include "p2p-chord-ask-private.h"
#include "p2p-chord-part-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"

#define COPY_BYTES (64u * 1024)
#define COPY_ENTRIES 1024
#define ENTRY_BYTES 96                  /* besides the value */
#define FRAME_OVERHEAD 512
/* Waiting for a link. What is more comes with the next comparison of arcs. */
#define MOST_COPIES 65536
/* Writes of one moment go together. */
#define GATHER_SPAN (10 * G_TIME_SPAN_MILLISECOND)
#define PAUSE (20 * G_TIME_SPAN_MILLISECOND)
#define QUEUE_SHARE 8
#define COPY_SPAN (30 * G_TIME_SPAN_SECOND)
/* Whoever sends signatures faster than they may be looked at waits: so long at a time, and not until he takes it for lost. */
#define LATE_PAUSE (50 * G_TIME_SPAN_MILLISECOND)
#define LATE_SPAN (20 * G_TIME_SPAN_SECOND)

static int
compare_spots (gconstpointer a, gconstpointer b, gpointer data)
{
  return p2p_chord_spot_compare (a, b);
}

/* Whoever chooses spots makes no tree slow, as he would a hash table. */
GTree *
p2p_chord_spots_new (GDestroyNotify free_value)
{
  return g_tree_new_full (compare_spots, NULL, NULL, free_value);
}

void
p2p_chord_copy_init (P2pChordLink *link)
{
  g_queue_init (&link->part->copies);
  link->part->copies_set = p2p_chord_spots_new (NULL);
  link->part->copying = g_array_new (FALSE, FALSE, sizeof (P2pChordCopying));
}

void
p2p_chord_copy_clear (P2pChordLink *link)
{
  p2p_clock_cancel (p2p_chord_clock (link->node), link->part->copy_timer);
  p2p_clock_cancel (p2p_chord_clock (link->node), link->part->late_timer);
  g_clear_pointer (&link->part->late, g_array_unref);
  g_clear_pointer (&link->part->late_refused, g_array_unref);
  g_tree_unref (link->part->copies_set);
  g_queue_clear_full (&link->part->copies, g_free);
  g_array_unref (link->part->copying);
}

gboolean
p2p_chord_copy_is_idle (P2pChordLink *link)
{
  return link->part == NULL || (link->part->copies.length == 0 && link->part->copy_since == 0);
}

/* ---- what we send ---- */

static void copy_cb (gpointer data);

static void
plan (P2pChordLink *link, gint64 delay)
{
  if (link->part->copy_timer == 0 && link->part->copy_since == 0)
    link->part->copy_timer = p2p_clock_schedule (p2p_chord_clock (link->node), delay, copy_cb, link);
}

void
p2p_chord_copy_add (P2pChordLink *link, const P2pChordSpot *spot)
{
  P2pChordSpot *copy;

  if (link->part == NULL || !p2p_peer_has_cap (link->peer, P2P_CAP_CHORD_REPLICA) || link->part->copies.length >= MOST_COPIES ||
      g_tree_lookup (link->part->copies_set, spot) != NULL)
    return;
  copy = g_memdup2 (spot, sizeof *spot);
  g_queue_push_tail (&link->part->copies, copy);
  g_tree_insert (link->part->copies_set, copy, copy);
  plan (link, GATHER_SPAN);
}

static void
send_copy (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  P2pChordLinkPart *part = link->part;
  guint32 largest = p2p_peer_get_max_frame (link->peer);
  gsize room = COPY_BYTES;
  gsize size = 0;
  GVariantBuilder builder;
  GVariant *rest[2];
  P2pChordSpot *spot;

  if (largest > 0)
    room = MIN (room, largest > FRAME_OVERHEAD ? largest - FRAME_OVERHEAD : 0);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  g_array_set_size (part->copying, 0);
  while (part->copying->len < COPY_ENTRIES && (spot = g_queue_peek_head (&part->copies)) != NULL)
    {
      const P2pChordValue *value = p2p_chord_store_get (self->store, spot);
      gsize more = value != NULL ? ENTRY_BYTES + (value->value != NULL ? g_bytes_get_size (value->value) : 0) + (value->proof != NULL ? g_bytes_get_size (value->proof) : 0) : 0;
      P2pChordCopying copying = { .spot = *spot };

      if (size > 0 && size + more > room)
        break;
      g_queue_pop_head (&part->copies);
      g_tree_remove (part->copies_set, spot);
      g_free (spot);
      if (value == NULL)
        continue;
      if (largest > 0 && more + FRAME_OVERHEAD > largest)
        {
          p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_PEER_LIMIT, NULL);
          continue;
        }
      copying.stamp = value->stamp;
      g_array_append_val (part->copying, copying);
      g_variant_builder_add (&builder, "v", p2p_chord_value_pack (value));
      size += more;
    }
  rest[0] = g_variant_new_int64 (++part->copy_seq);
  rest[1] = g_variant_builder_end (&builder);
  if (part->copying->len == 0)
    {
      for (guint i = 0; i < G_N_ELEMENTS (rest); i++)
        g_variant_unref (g_variant_ref_sink (rest[i]));
      return;
    }
  part->copy_since = p2p_chord_now (self);
  if (!p2p_mesh_send_control (link->peer, P2P_CONTROL_COPY, rest, G_N_ELEMENTS (rest)))
    {
      part->copy_since = 0;
      g_array_set_size (part->copying, 0);
    }
}

static void
copy_cb (gpointer data)
{
  P2pChordLink *link = data;
  P2pChordNode *self = link->node;
  P2pMeshNode *mesh = p2p_mesh_node_ref (self->mesh);

  link->part->copy_timer = 0;
  p2p_mesh_node_enter (mesh);
  if (p2p_peer_get_queued (link->peer) > self->limits.out_queue / QUEUE_SHARE)
    plan (link, PAUSE);
  else
    send_copy (link);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

/* He does not answer: what was under way is offered to him again when arcs are compared, or to whom it belongs by then. */
void
p2p_chord_copy_expire (P2pChordLink *link)
{
  if (link->part->copy_since == 0 || p2p_chord_now (link->node) - link->part->copy_since < COPY_SPAN)
    return;
  link->part->copy_since = 0;
  g_array_set_size (link->part->copying, 0);
  plan (link, 0);
}

/* ---- what we are sent ---- */

typedef struct {
  P2pChordSpot spot;
  guint64 stamp;
  GBytes *value;
  GBytes *proof;
} Entry;

static void
entry_clear (gpointer data)
{
  g_clear_pointer (&((Entry *) data)->value, g_bytes_unref);
  g_clear_pointer (&((Entry *) data)->proof, g_bytes_unref);
}

static GArray *
read_entries (P2pMessage *message)
{
  g_autoptr (GVariant) list = p2p_message_get_packet (message, P2P_CONTROL_REST + 1);
  g_autoptr (GArray) entries = NULL;

  if (list == NULL || !g_variant_is_of_type (list, G_VARIANT_TYPE ("av")) || g_variant_n_children (list) > COPY_ENTRIES)
    return NULL;
  entries = g_array_new (FALSE, TRUE, sizeof (Entry));
  g_array_set_clear_func (entries, entry_clear);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) packed = g_variant_get_variant (boxed);
      Entry entry = { 0 };

      if (!p2p_chord_value_unpack (packed, &entry.spot, &entry.stamp, &entry.value, &entry.proof))
        return NULL;
      g_array_append_val (entries, entry);
      if (entry.proof != NULL && !p2p_chord_proof_is_sound (entry.proof, &entry.spot))
        return NULL;
    }
  return g_steal_pointer (&entries);
}

static void
answer_copy (P2pChordLink *link)
{
  P2pChordLinkPart *part = link->part;
  g_autoptr (GArray) entries G_GNUC_UNUSED = g_steal_pointer (&part->late);
  g_autoptr (GArray) refused = g_steal_pointer (&part->late_refused);
  GVariantBuilder list;
  GVariant *rest[2];

  g_variant_builder_init (&list, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < refused->len; i++)
    g_variant_builder_add (&list, "v", g_variant_new_int64 (g_array_index (refused, gint64, i)));
  rest[0] = g_variant_new_int64 (part->late_seq);
  rest[1] = g_variant_builder_end (&list);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_COPIED, rest, G_N_ELEMENTS (rest));
}

/* He may forget what he gave away: so it is taken with its proof, or not at all. FALSE: there are no more signatures to be looked at now. */
static gboolean
take_entry (P2pChordLink *link, const Entry *entry, gint64 index)
{
  P2pChordNode *self = link->node;
  const P2pChordValue *held = p2p_chord_store_get (self->store, &entry->spot);
  /* Who leaves, or stores nothing, takes nothing; whoever sent it keeps it. */
  gboolean taken = p2p_chord_is_taking (self);

  if (taken && entry->proof != NULL && (held == NULL || entry->stamp >= held->stamp) &&
      p2p_chord_check (self, link->peer, &entry->spot, entry->stamp, entry->value, entry->proof, NULL) == P2P_X1_LATER)
    {
      if (p2p_chord_now (self) - link->part->late_since < LATE_SPAN)
        return FALSE;
      taken = FALSE;
    }
  if (!taken || p2p_chord_take (self, &entry->spot, entry->stamp, entry->value, entry->proof, link, NULL) == P2P_CHORD_PUT_REFUSED)
    g_array_append_val (link->part->late_refused, index);
  return TRUE;
}

static void late_cb (gpointer data);

static void
take_entries (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  P2pChordLinkPart *part = link->part;
  gboolean done = TRUE;

  self->part->has_it = link;
  while (done && part->late_at < part->late->len)
    {
      done = take_entry (link, &g_array_index (part->late, Entry, part->late_at), part->late_at);
      part->late_at += done;
    }
  self->part->has_it = NULL;
  if (done)
    answer_copy (link);
  else
    part->late_timer = p2p_clock_schedule (p2p_chord_clock (self), LATE_PAUSE, late_cb, link);
}

static void
late_cb (gpointer data)
{
  P2pChordLink *link = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (link->node->mesh);

  link->part->late_timer = 0;
  p2p_mesh_node_enter (mesh);
  take_entries (link);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

void
p2p_chord_take_copy (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  P2pChordLinkPart *part = link->part;
  g_autoptr (GArray) entries = read_entries (message);
  gint64 seq;

  if (entries == NULL || !p2p_chord_get_int (message, 0, &seq))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  /* One is under way a link; he that sends another hears nothing of it. */
  if (part->late != NULL)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  part->late = g_steal_pointer (&entries);
  part->late_refused = g_array_new (FALSE, FALSE, sizeof (gint64));
  part->late_at = 0;
  part->late_seq = seq;
  part->late_since = p2p_chord_now (self);
  take_entries (link);
}

static gboolean
read_refused (P2pMessage *message, guint n, GHashTable *refused)
{
  g_autoptr (GVariant) list = p2p_message_get_packet (message, P2P_CONTROL_REST + 1);

  if (list == NULL || !g_variant_is_of_type (list, G_VARIANT_TYPE ("av")) || g_variant_n_children (list) > n)
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) value = p2p_mesh_value_get_child (list, i);
      gint64 index;

      if (!p2p_mesh_value_get_int (value, &index) || index < 0 || index >= n)
        return FALSE;
      g_hash_table_add (refused, GUINT_TO_POINTER ((guint) index));
    }
  return TRUE;
}

void
p2p_chord_take_copied (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  P2pChordLinkPart *part = link->part;
  g_autoptr (GHashTable) refused = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) copied = NULL;
  gint64 seq;

  if (!p2p_chord_get_int (message, 0, &seq))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (part->copy_since == 0 || seq != part->copy_seq)
    {
      /* It may be late. */
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  if (!read_refused (message, part->copying->len, refused))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  copied = g_steal_pointer (&part->copying);
  part->copying = g_array_new (FALSE, FALSE, sizeof (P2pChordCopying));
  part->copy_since = 0;
  for (guint i = 0; i < copied->len; i++)
    if (!g_hash_table_contains (refused, GUINT_TO_POINTER (i)))
      {
        P2pChordCopying *one = &g_array_index (copied, P2pChordCopying, i);

        p2p_chord_note_given (link, &one->spot, one->stamp);
      }
  if (part->copies.length > 0)
    plan (link, 0);
}
