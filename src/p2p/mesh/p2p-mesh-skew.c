/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Clocks. Messages that are more than a minute off are dropped, by us and by everybody else, and nobody is told: so we compare our
 * clock with those of our neighbours, who write the time into whatever they say.
 */
#include "p2p-mesh-node-private.h"

/* Clocks that are as far from ours, give or take so much, agree. */
#define AGREEMENT_SECONDS 15
/* A change of less than this is not told again. */
#define NEWS_SECONDS 5
/* Messages that are off make us ask who brought them for the time, but not more often. */
#define ASK_SPAN (5 * G_TIME_SPAN_SECOND)

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* How far the others' clocks are before ours; 0: as far as we know they are not. A single one is believed for want of others. */
static gint64
find_offset (P2pMeshNode *self)
{
  g_autoptr (GArray) offsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 median;
  guint agree = 0;

  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (peer->clock_known)
        g_array_append_val (offsets, peer->clock_offset);
    }
  if (offsets->len == 0)
    return -self->clock_skew;
  g_array_sort (offsets, compare);
  median = g_array_index (offsets, gint64, (offsets->len - 1) / 2);
  for (guint i = 0; i < offsets->len; i++)
    if (ABS (g_array_index (offsets, gint64, i) - median) <= AGREEMENT_SECONDS)
      agree++;
  return 2 * agree > offsets->len ? median : 0;
}

static void
tell (P2pMeshNode *self)
{
  g_autoptr (GError) error = NULL;
  guint seconds = (guint) MIN (ABS (self->clock_skew), G_MAXINT);

  p2p_mesh_node_emit_plain (self, P2P_MESH_EVENT_CLOCK_SKEW);
  if (self->clock_skew == 0)
    {
      p2p_mesh_log (self, 1, "this clock agrees with the others' again");
      return;
    }
  error = g_error_new (P2P_LINK_ERROR, P2P_LINK_ERROR_CLOCK,
                       "This clock is %u seconds %s those of the nodes around: beyond %u seconds they drop what we say, and we what they say. "
                       "Set the clock of this computer",
                       seconds, self->clock_skew > 0 ? "ahead of" : "behind", self->limits.message_age_seconds);
  p2p_mesh_log (self, 1, "%s", error->message);
  p2p_mesh_node_add_status (self, error, error->message);
}

static void
update (P2pMeshNode *self)
{
  gint64 skew = -find_offset (self);

  if (ABS (skew) <= self->limits.clock_skew_seconds)
    skew = 0;
  if (skew == self->clock_skew || (skew != 0 && self->clock_skew != 0 && ABS (skew - self->clock_skew) < NEWS_SECONDS))
    return;
  self->clock_skew = skew;
  tell (self);
}

/* The time in something that the peer itself said just now. */
void
p2p_mesh_note_clock (P2pPeer *peer, gint64 time)
{
  P2pMeshNode *self = peer->node;
  gint64 offset = 0;

  /* Nonsense is a clock that is very wrong. */
  if (__builtin_sub_overflow (time, p2p_clock_utc_seconds (self->env->clock), &offset))
    offset = time < 0 ? -G_MAXINT32 : G_MAXINT32;
  offset = CLAMP (offset, -G_MAXINT32, G_MAXINT32);
  if (peer->clock_known && peer->clock_offset == offset)
    return;
  peer->clock_known = TRUE;
  peer->clock_offset = offset;
  if (peer->state == P2P_PEER_ESTABLISHED)
    update (self);
}

void
p2p_mesh_compare_clocks (P2pMeshNode *self)
{
  update (self);
}

/* Dropped for its time: is it the sender's clock, or one of ours that changed since we compared it? */
void
p2p_mesh_note_expired (P2pMeshNode *self, P2pPeer *source, P2pMessage *message)
{
  gint64 now = p2p_clock_now (self->env->clock);

  if (self->clock_skew != 0)
    p2p_mesh_log (self, 3, "this clock is off by %" G_GINT64_FORMAT " seconds, which is why", self->clock_skew);
  if (source == NULL || source->state != P2P_PEER_ESTABLISHED || (source->clock_asked != 0 && now - source->clock_asked < ASK_SPAN))
    return;
  source->clock_asked = now;
  p2p_mesh_ask_for_life (source);
}

gint64
p2p_mesh_node_get_clock_skew (P2pMeshNode *self)
{
  return self->clock_skew;
}
