/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Comparing what two nodes of ours hold of an arc. ARC says what it amounts to; where that differs, ARC_LIST tells the digests of what is there, a page at a time, and
 * whoever asked sends what the other lacks or has otherwise (COPY), and asks for what he lacks himself (ARC_WANT).
 *
 * A frame of a few bytes may lead to many, so each link has credit: as much as is stored, once in chord_dump_seconds; and all links together a few times that.
 */
#include "p2p-chord-part-private.h"

#include <string.h>

#define PAGE 2048
#define DIGEST_BYTES (P2P_CHORD_LISTED / 2)
#define CREDIT_BASE (64 * 1024)
#define CREDIT_SPOT 256
#define CREDIT_SHARES 8
#define ARC_BURST 16
#define ARCS_A_SECOND 4
#define MOST_DUE 4
/* What we ask ourselves stays below it: each question may be followed by an ARC_WANT. */
#define ASK_BURST 6
#define ASKS_A_SECOND 1.5
#define PAGE_PAUSE (300 * G_TIME_SPAN_MILLISECOND)
/* Until what was asked for has come. */
#define AGAIN_PAUSE (500 * G_TIME_SPAN_MILLISECOND)
#define MOST_IN_VAIN 4
#define ANSWER_SPAN (10 * G_TIME_SPAN_SECOND)

/* ---- cursors: where a page begins and ends ---- */

static GVariant *
new_cursor (gboolean there, const P2pChordSpot *spot)
{
  guint8 bytes[P2P_CHORD_CURSOR_BYTES] = { 0 };

  if (!there)
    return p2p_chord_new_bytes (NULL, 0);
  bytes[0] = spot->hash;
  memcpy (bytes + 1, spot->number, sizeof spot->number);
  return p2p_chord_new_bytes (bytes, sizeof bytes);
}

static GVariant *
get_bytes (P2pMessage *message, gsize index, const guint8 **bytes, gsize *length)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST + index);

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return NULL;
  *bytes = g_variant_get_fixed_array (value, length, 1);
  if (*length == 0)
    *bytes = (const guint8 *) "";
  return g_steal_pointer (&value);
}

static gboolean
get_cursor (P2pMessage *message, gsize index, gboolean *there, P2pChordSpot *spot)
{
  const guint8 *bytes = NULL;
  gsize length = 0;
  g_autoptr (GVariant) held = get_bytes (message, index, &bytes, &length);

  memset (spot, 0, sizeof *spot);
  if (held == NULL || (length != 0 && (length != P2P_CHORD_CURSOR_BYTES || bytes[0] >= P2P_CHORD_HASHES)))
    return FALSE;
  *there = length != 0;
  if (*there)
    {
      spot->hash = bytes[0];
      memcpy (spot->number, bytes + 1, sizeof spot->number);
    }
  return TRUE;
}

/* The next of the arc, behind *at; and where that is. */
static const P2pChordValue *
walk (P2pChordNode *self, const P2pChordPlace *from, const P2pChordPlace *to, gboolean *there, P2pChordSpot *at)
{
  P2pChordValue last = { .spot = *at };
  const P2pChordValue *value;

  if (*there)
    p2p_chord_place_of_spot (&last.place, self->k, at);
  value = p2p_chord_store_walk (self->store, from, to, *there ? &last : NULL);
  if (value != NULL)
    {
      *there = TRUE;
      *at = value->spot;
    }
  return value;
}

/* ---- credit ---- */

static gboolean
spend (P2pChordLink *link, gsize bytes)
{
  P2pChordNode *self = link->node;
  P2pChordPart *part = self->part;
  gint64 now = p2p_chord_now (self);
  gint64 span = self->limits.chord_dump_seconds * G_TIME_SPAN_SECOND;
  gint64 most = (gint64) p2p_chord_store_get_n_bytes (self->store) * 2 + (gint64) p2p_chord_store_get_n_spots (self->store) * CREDIT_SPOT + CREDIT_BASE;

  if (link->part->credit_since == 0 || now - link->part->credit_since >= span)
    {
      link->part->credit_since = now;
      link->part->credit = most;
    }
  /* Whoever comes as another each time gets no more by it. */
  if (part->pool_since == 0 || now - part->pool_since >= span)
    {
      part->pool_since = now;
      part->pool = most * CREDIT_SHARES;
    }
  if ((gint64) bytes > link->part->credit || (gint64) bytes > part->pool)
    return FALSE;
  link->part->credit -= (gint64) bytes;
  part->pool -= (gint64) bytes;
  return TRUE;
}

/* ---- asking ---- */

static void arc_cb (gpointer data);

static void
plan (P2pChordLink *link, gint64 delay)
{
  if (link->part->arc_timer == 0)
    link->part->arc_timer = p2p_clock_schedule (p2p_chord_clock (link->node), delay, arc_cb, link);
}

static void
send_arc (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  P2pChordArc *arc = &link->part->arc;
  guint8 root[32];
  guint n = 0;
  GVariant *rest[5];

  if (!p2p_chord_may (self, &link->part->asks, ASK_BURST, ASKS_A_SECOND))
    {
      plan (link, PAGE_PAUSE);
      return;
    }
  if (!arc->has_behind)
    n = p2p_chord_store_sum_arc (self->store, &arc->from, &arc->to, root);
  rest[0] = p2p_chord_new_bytes (arc->from.bytes, sizeof arc->from.bytes);
  rest[1] = p2p_chord_new_bytes (arc->to.bytes, sizeof arc->to.bytes);
  rest[2] = g_variant_new_int64 (n);
  rest[3] = p2p_chord_new_bytes (root, arc->has_behind ? 0 : sizeof root);
  rest[4] = new_cursor (arc->has_behind, &arc->behind);
  arc->since = p2p_chord_now (self);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_ARC, rest, G_N_ELEMENTS (rest));
}

static void
begin_next (P2pChordLink *link)
{
  P2pChordLinkPart *part = link->part;

  if (part->comparing || part->arcs_due->len == 0)
    return;
  part->arc = g_array_index (part->arcs_due, P2pChordArc, 0);
  g_array_remove_index (part->arcs_due, 0);
  part->comparing = TRUE;
  send_arc (link);
}

static void
arc_cb (gpointer data)
{
  P2pChordLink *link = data;
  P2pMeshNode *mesh = p2p_mesh_node_ref (link->node->mesh);

  link->part->arc_timer = 0;
  p2p_mesh_node_enter (mesh);
  if (link->part->comparing)
    send_arc (link);
  else
    begin_next (link);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}

static void
compare_arc (P2pChordLink *link, const P2pChordPlace *from, const P2pChordPlace *to)
{
  P2pChordLinkPart *part = link->part;
  P2pChordArc arc = { .from = *from, .to = *to };

  if (part->arcs_due->len >= MOST_DUE)
    return;
  for (guint i = 0; i < part->arcs_due->len; i++)
    {
      P2pChordArc *due = &g_array_index (part->arcs_due, P2pChordArc, i);

      if (p2p_chord_place_compare (&due->from, from) == 0 && p2p_chord_place_compare (&due->to, to) == 0)
        return;
    }
  g_array_append_val (part->arcs_due, arc);
  plan (link, 0);
}

static gboolean
is_current (P2pChordNode *self, const P2pChordArc *arc)
{
  P2pChordMember *first = p2p_chord_ring_get_own_after (self->ring, 0);

  return p2p_chord_place_compare (&arc->from, &self->place) == 0 &&
         (p2p_chord_place_compare (&arc->to, &self->place) == 0 || (first != NULL && p2p_chord_place_compare (&arc->to, &first->place) == 0));
}

static void
end_arc (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  P2pChordLinkPart *part = link->part;

  /* What was asked for is looked for once more: what is there then is there. Not for ever, where it does not come, or there is no room for it. */
  if (part->arc.wanted > 0 && (part->arc.last_wanted == 0 || part->arc.wanted < part->arc.last_wanted || ++part->arc.in_vain < MOST_IN_VAIN))
    {
      part->arc.has_behind = FALSE;
      part->arc.last_wanted = part->arc.wanted;
      part->arc.wanted = 0;
      part->arc.since = 0;
      plan (link, AGAIN_PAUSE);
      return;
    }
  part->comparing = FALSE;
  if (part->arc.wanted == 0 && is_current (self, &part->arc) && !part->taken)
    {
      part->taken = TRUE;
      p2p_chord_join_check (self);
    }
  begin_next (link);
}

static void
compare_own (P2pChordNode *self, P2pChordLink *link, gboolean all)
{
  P2pChordMember *first = p2p_chord_ring_get_own_after (self->ring, 0);
  const P2pChordPlace *to;

  if (link == NULL || !link->part->speaks || first == NULL)
    return;
  /* Where our arc is another now, because who was next has gone or somebody came, it is compared anew. */
  to = p2p_chord_is_small (self) ? &self->place : &first->place;
  if (link->part->compared && !all && p2p_chord_place_compare (&link->part->compared_to, to) == 0)
    return;
  link->part->compared = TRUE;
  link->part->compared_to = *to;
  compare_arc (link, &self->place, to);
}

/*
 * Ours, with that of the originals behind us, with those that keep replicas of it (one of whom had it before us, when we are new), and that of our first after, of whom we keep
 * one. In a small ring everything with everybody.
 */
void
p2p_chord_arcs_compare (P2pChordNode *self, gboolean all)
{
  P2pChordMember *first = p2p_chord_ring_get_own_after (self->ring, 0);
  P2pChordMember *second = p2p_chord_ring_get_own_after (self->ring, 1);
  P2pChordLink *link;

  if (!p2p_chord_is_taking (self))
    return;
  if (p2p_chord_is_small (self))
    {
      for (guint i = 0; i < self->links->len; i++)
        {
          link = g_ptr_array_index (self->links, i);
          if (link->part != NULL && link->part->member != NULL)
            compare_own (self, link, all);
        }
      return;
    }
  for (guint i = 0; i < 2; i++)
    compare_own (self, p2p_chord_link_of (self, p2p_chord_ring_get_own_before (self->ring, i)), all);
  link = p2p_chord_link_of (self, first);
  if (link != NULL && link->part->speaks && (all || !link->part->compared_his))
    {
      link->part->compared_his = TRUE;
      compare_arc (link, &first->place, second != NULL ? &second->place : &self->place);
    }
}

/* No answer: it is tried again at the next comparison. */
void
p2p_chord_arcs_expire (P2pChordLink *link)
{
  P2pChordLinkPart *part = link->part;

  if (!part->comparing || part->arc.since == 0 || part->arc_timer != 0 || p2p_chord_now (link->node) - part->arc.since < ANSWER_SPAN)
    return;
  part->comparing = FALSE;
  part->compared = FALSE;
  begin_next (link);
}

void
p2p_chord_arcs_init (P2pChordLink *link)
{
  link->part->arcs_due = g_array_new (FALSE, FALSE, sizeof (P2pChordArc));
}

void
p2p_chord_arcs_clear (P2pChordLink *link)
{
  p2p_clock_cancel (p2p_chord_clock (link->node), link->part->arc_timer);
  g_array_unref (link->part->arcs_due);
}

/* Who had what is ours before, until that is here: he answers for it. NULL: nobody did, or it is here */
P2pChordLink *
p2p_chord_ring_get_former (P2pChordNode *self, const P2pChordPlace *place)
{
  gboolean self_is_it;
  P2pChordMember *member;
  P2pChordLink *link;

  if (!p2p_chord_is_taking (self) || !p2p_chord_ring_is_mine (self->ring, place))
    return NULL;
  member = p2p_chord_ring_find (self->ring, place, FALSE, 0, &self_is_it);
  link = member != NULL ? p2p_chord_find_link_by_id (self, member->id) : NULL;
  if (link == NULL || link->is_original)
    return NULL;
  /* He says that he stores, and nothing of the ring yet. */
  if (link->part == NULL || link->part->member == NULL)
    return link;
  return link->part->speaks && !link->part->taken && !link->part->leaving && p2p_chord_now (self) - link->part->since < P2P_CHORD_TAKE_SPAN ? link : NULL;
}

/* ---- answering ---- */

static void
send_list (P2pChordLink *link, const P2pChordArc *arc, gboolean same)
{
  P2pChordNode *self = link->node;
  g_autoptr (GByteArray) list = g_byte_array_sized_new (P2P_CHORD_LISTED);
  gboolean there = arc->has_behind;
  gboolean more = FALSE;
  P2pChordSpot at = arc->behind;
  const P2pChordValue *value;
  GVariant *rest[6];

  while (!same && (value = walk (self, &arc->from, &arc->to, &there, &at)) != NULL)
    {
      guint8 listed[P2P_CHORD_LISTED];

      p2p_chord_value_digest (value, listed);
      g_byte_array_append (list, listed, sizeof listed);
      if (list->len >= PAGE * P2P_CHORD_LISTED)
        {
          more = TRUE;
          break;
        }
    }
  if (!spend (link, list->len + P2P_CHORD_LISTED))
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, NULL);
      return;
    }
  rest[0] = p2p_chord_new_bytes (arc->from.bytes, sizeof arc->from.bytes);
  rest[1] = p2p_chord_new_bytes (arc->to.bytes, sizeof arc->to.bytes);
  rest[2] = new_cursor (arc->has_behind, &arc->behind);
  rest[3] = new_cursor (more, &at);
  rest[4] = p2p_chord_new_bytes (list->data, list->len);
  rest[5] = g_variant_new_int64 (same);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_ARC_LIST, rest, G_N_ELEMENTS (rest));
}

void
p2p_chord_take_arc (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  P2pChordArc arc = { 0 };
  const guint8 *theirs = NULL;
  gsize length = 0;
  g_autoptr (GVariant) held = get_bytes (message, 3, &theirs, &length);
  guint8 root[32];
  gboolean same = FALSE;
  gint64 n;

  if (held == NULL || !p2p_chord_get_place (message, 0, &arc.from) || !p2p_chord_get_place (message, 1, &arc.to) || !p2p_chord_get_int (message, 2, &n) ||
      !get_cursor (message, 4, &arc.has_behind, &arc.behind) || length != (arc.has_behind ? 0 : sizeof root))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!p2p_chord_may (self, &link->part->arcs, ARC_BURST, ARCS_A_SECOND))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  /* To sum up costs us the whole arc, whether it differs or not. */
  if (!arc.has_behind && !spend (link, p2p_chord_store_get_n_spots (self->store) * P2P_CHORD_LISTED))
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  if (!arc.has_behind)
    same = p2p_chord_store_sum_arc (self->store, &arc.from, &arc.to, root) == n && memcmp (root, theirs, sizeof root) == 0;
  send_list (link, &arc, same);
}

/* ---- what differs ---- */

static guint64
read_digest (const guint8 *bytes)
{
  guint64 digest;

  memcpy (&digest, bytes, sizeof digest);
  return digest;
}

static GHashTable *
index_list (const guint8 *list, gsize length, gsize step)
{
  GHashTable *index = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (gsize at = 0; at < length; at += step)
    {
      guint64 digest = read_digest (list + at);

      g_hash_table_insert (index, g_memdup2 (&digest, sizeof digest), GSIZE_TO_POINTER (at + 1));
    }
  return index;
}

static gboolean
is_up_to (P2pChordNode *self, const P2pChordPlace *from, const P2pChordValue *value, gboolean there, const P2pChordSpot *last)
{
  P2pChordPlace place, way, end;
  int order;

  if (!there)
    return TRUE;
  p2p_chord_place_of_spot (&place, self->k, last);
  p2p_chord_place_distance (from, &value->place, &way);
  p2p_chord_place_distance (from, &place, &end);
  order = p2p_chord_place_compare (&way, &end);
  return order < 0 || (order == 0 && p2p_chord_spot_compare (&value->spot, last) <= 0);
}

static void
send_want (P2pChordLink *link, GByteArray *wanted, gboolean more, const P2pChordSpot *last)
{
  P2pChordArc *arc = &link->part->arc;
  GVariant *rest[5];

  if (wanted->len == 0)
    return;
  rest[0] = p2p_chord_new_bytes (arc->from.bytes, sizeof arc->from.bytes);
  rest[1] = p2p_chord_new_bytes (arc->to.bytes, sizeof arc->to.bytes);
  rest[2] = new_cursor (arc->has_behind, &arc->behind);
  rest[3] = new_cursor (more, last);
  rest[4] = p2p_chord_new_bytes (wanted->data, wanted->len);
  p2p_mesh_send_control (link->peer, P2P_CONTROL_ARC_WANT, rest, G_N_ELEMENTS (rest));
}

/* What we have and he lacks is his; what he has and we lack, or both have otherwise, is asked for. */
static void
compare_page (P2pChordLink *link, const guint8 *list, gsize length, gboolean more, const P2pChordSpot *last)
{
  P2pChordNode *self = link->node;
  P2pChordArc *arc = &link->part->arc;
  g_autoptr (GHashTable) theirs = index_list (list, length, P2P_CHORD_LISTED);
  g_autoptr (GHashTable) same = g_hash_table_new (NULL, NULL);
  g_autoptr (GByteArray) wanted = g_byte_array_sized_new (DIGEST_BYTES);
  gboolean there = arc->has_behind;
  P2pChordSpot at = arc->behind;
  const P2pChordValue *value;

  while ((value = walk (self, &arc->from, &arc->to, &there, &at)) != NULL && is_up_to (self, &arc->from, value, more, last))
    {
      guint8 listed[P2P_CHORD_LISTED];
      guint64 digest;
      gsize found;

      p2p_chord_value_digest (value, listed);
      digest = read_digest (listed);
      found = GPOINTER_TO_SIZE (g_hash_table_lookup (theirs, &digest));
      if (found > 0 && memcmp (list + found - 1, listed, sizeof listed) == 0)
        g_hash_table_add (same, GSIZE_TO_POINTER (found));
      else
        p2p_chord_copy_add (link, &value->spot);
    }
  for (gsize i = 0; i < length; i += P2P_CHORD_LISTED)
    if (!g_hash_table_contains (same, GSIZE_TO_POINTER (i + 1)))
      g_byte_array_append (wanted, list + i, DIGEST_BYTES);
  arc->wanted += wanted->len / DIGEST_BYTES;
  send_want (link, wanted, more, last);
}

void
p2p_chord_take_arc_list (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  P2pChordArc *arc = &link->part->arc;
  P2pChordPlace from, to;
  P2pChordSpot behind, last;
  gboolean has_behind, more;
  const guint8 *list = NULL;
  gsize length = 0;
  g_autoptr (GVariant) held = get_bytes (message, 4, &list, &length);
  gint64 same;

  if (held == NULL || !p2p_chord_get_place (message, 0, &from) || !p2p_chord_get_place (message, 1, &to) || !get_cursor (message, 2, &has_behind, &behind) ||
      !get_cursor (message, 3, &more, &last) || !p2p_chord_get_int (message, 5, &same) || length % P2P_CHORD_LISTED != 0 || length > PAGE * P2P_CHORD_LISTED)
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!link->part->comparing || arc->since == 0 || p2p_chord_place_compare (&from, &arc->from) != 0 || p2p_chord_place_compare (&to, &arc->to) != 0 ||
      has_behind != arc->has_behind || (has_behind && p2p_chord_spot_compare (&behind, &arc->behind) != 0))
    {
      /* It may be late. */
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  arc->since = 0;
  if (!same)
    compare_page (link, list, length, more, &last);
  if (same || !more || (arc->has_behind && p2p_chord_spot_compare (&last, &arc->behind) == 0))
    {
      end_arc (link);
      return;
    }
  arc->has_behind = TRUE;
  arc->behind = last;
  plan (link, 0);
}

void
p2p_chord_take_arc_want (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  g_autoptr (GHashTable) wanted = NULL;
  P2pChordPlace from, to;
  P2pChordSpot at, last;
  gboolean there, more;
  const P2pChordValue *value;
  const guint8 *list = NULL;
  gsize length = 0;
  g_autoptr (GVariant) held = get_bytes (message, 4, &list, &length);
  guint looked = 0;

  if (held == NULL || !p2p_chord_get_place (message, 0, &from) || !p2p_chord_get_place (message, 1, &to) || !get_cursor (message, 2, &there, &at) ||
      !get_cursor (message, 3, &more, &last) || length % DIGEST_BYTES != 0 || length > PAGE * DIGEST_BYTES)
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_SHAPE, message);
      return;
    }
  if (!p2p_chord_may (self, &link->part->arcs, ARC_BURST, ARCS_A_SECOND))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
      return;
    }
  wanted = index_list (list, length, DIGEST_BYTES);
  /* A page, and what came between since. */
  while (looked++ < 2 * PAGE && (value = walk (self, &from, &to, &there, &at)) != NULL && is_up_to (self, &from, value, more, &last))
    {
      guint8 listed[P2P_CHORD_LISTED];
      guint64 digest;

      p2p_chord_value_digest (value, listed);
      digest = read_digest (listed);
      if (!g_hash_table_contains (wanted, &digest))
        continue;
      if (!spend (link, CREDIT_SPOT / 2 + (value->value != NULL ? g_bytes_get_size (value->value) : 0) + (value->proof != NULL ? g_bytes_get_size (value->proof) : 0)))
        {
          p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_RATE, message);
          return;
        }
      p2p_chord_copy_add (link, &value->spot);
    }
}
