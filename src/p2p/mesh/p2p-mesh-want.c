/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Bodies that were announced and did not come. Each has a while to come by itself; then the links that announced it are asked, one
 * after the other. Who announces what never comes costs us an entry for a few seconds, and never more of them than its share.
 */
#include "p2p-mesh-node-private.h"

#include <string.h>

/* Of a body: links that are remembered to have announced it. */
#define MAX_ANNOUNCERS 4
/* How often what is due is looked for. */
#define TICK (50 * G_TIME_SPAN_MILLISECOND)
/* How long an answer may take before the next link is asked; in the second round, three times that. */
#define ANSWER_SPAN G_TIME_SPAN_SECOND
#define ROUNDS 2

typedef struct {
  guint8 id[P2P_CONTROL_ID_LENGTH];
  P2pPeer *announcers[MAX_ANNOUNCERS];   /* not held: whoever ends is taken out */
  guint8 n_announcers;
  guint8 next;                  /* of them, to be asked */
  guint8 rounds;                /* over */
  gboolean asked;
  gint64 since;
  gint64 due;
} Wanted;

static guint
hash_id (gconstpointer id)
{
  guint hash;

  memcpy (&hash, id, sizeof hash);
  return hash;
}

static gboolean
equal_ids (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, P2P_CONTROL_ID_LENGTH) == 0;
}

static void
forget (P2pMeshNode *self, Wanted *wanted)
{
  for (guint i = 0; i < wanted->n_announcers; i++)
    wanted->announcers[i]->n_wanted--;
  g_hash_table_remove (self->wanted_by_id, wanted->id);
}

void
p2p_mesh_want_init (P2pMeshNode *self)
{
  self->wanted_by_id = g_hash_table_new (hash_id, equal_ids);
  self->wanted = g_ptr_array_new_with_free_func (g_free);
}

void
p2p_mesh_want_clear (P2pMeshNode *self)
{
  g_hash_table_remove_all (self->wanted_by_id);
  g_ptr_array_set_size (self->wanted, 0);
}

static void tick_cb (gpointer data);

static void
start_ticking (P2pMeshNode *self)
{
  if (self->want_timer == 0 && self->wanted->len > 0)
    self->want_timer = p2p_clock_schedule (self->env->clock, TICK, tick_cb, self);
}

gboolean
p2p_mesh_want (P2pPeer *peer, const guint8 *id, guint share)
{
  P2pMeshNode *self = peer->node;
  Wanted *wanted = g_hash_table_lookup (self->wanted_by_id, id);

  if (wanted == NULL)
    {
      if (peer->n_wanted >= share || self->wanted->len >= self->limits.awaited_messages)
        return FALSE;
      wanted = g_new0 (Wanted, 1);
      memcpy (wanted->id, id, sizeof wanted->id);
      wanted->since = p2p_clock_now (self->env->clock);
      wanted->due = wanted->since + self->limits.patience_milliseconds * G_TIME_SPAN_MILLISECOND;
      g_ptr_array_add (self->wanted, wanted);
      g_hash_table_insert (self->wanted_by_id, wanted->id, wanted);
      start_ticking (self);
    }
  for (guint i = 0; i < wanted->n_announcers; i++)
    if (wanted->announcers[i] == peer)
      return TRUE;
  if (wanted->n_announcers < MAX_ANNOUNCERS && peer->n_wanted < share)
    {
      wanted->announcers[wanted->n_announcers++] = peer;
      peer->n_wanted++;
    }
  return TRUE;
}

gboolean
p2p_mesh_unwant (P2pMeshNode *self, const guint8 *id)
{
  Wanted *wanted = self->wanted->len > 0 ? g_hash_table_lookup (self->wanted_by_id, id) : NULL;

  if (wanted == NULL)
    return FALSE;
  forget (self, wanted);
  wanted->n_announcers = 0;
  wanted->due = 0;              /* the next tick takes it out */
  return wanted->asked;
}

void
p2p_mesh_unwant_from (P2pPeer *peer)
{
  P2pMeshNode *self = peer->node;

  for (guint i = 0; peer->n_wanted > 0 && i < self->wanted->len; i++)
    {
      Wanted *wanted = g_ptr_array_index (self->wanted, i);

      for (guint j = 0; j < wanted->n_announcers; j++)
        if (wanted->announcers[j] == peer)
          {
            memmove (&wanted->announcers[j], &wanted->announcers[j + 1], (wanted->n_announcers - j - 1) * sizeof (P2pPeer *));
            wanted->n_announcers--;
            if (j < wanted->next)
              wanted->next--;
            peer->n_wanted--;
            break;
          }
    }
}

static void
ask_next (P2pMeshNode *self, Wanted *wanted, gint64 now)
{
  P2pPeer *peer = wanted->announcers[wanted->next++];

  wanted->asked = TRUE;
  wanted->due = now + ANSWER_SPAN * (1 + 2 * wanted->rounds);
  if (peer->asking == NULL)
    peer->asking = g_byte_array_new ();
  g_byte_array_append (peer->asking, wanted->id, sizeof wanted->id);
}

/* One of them gives what his link has room for. */
static gboolean
is_being_given (P2pMeshNode *self, Wanted *wanted, gint64 now)
{
  if (now - wanted->since > self->limits.cache_seconds * G_TIME_SPAN_SECOND)
    return FALSE;
  for (guint i = 0; i < wanted->n_announcers; i++)
    if (wanted->announcers[i]->gave_at != 0 && now - wanted->announcers[i]->gave_at <= 2 * ANSWER_SPAN)
      return TRUE;
  return FALSE;
}

/* Whoever is next, or the first once more: what he had no room for he may have now. */
static gboolean
is_to_be_asked (P2pMeshNode *self, Wanted *wanted, gint64 now)
{
  if (wanted->next >= wanted->n_announcers)
    {
      wanted->next = 0;
      if (!is_being_given (self, wanted, now))
        wanted->rounds++;
    }
  return wanted->n_announcers > 0 && wanted->rounds < ROUNDS;
}

static void
send_questions (P2pMeshNode *self)
{
  for (guint i = 0; i < self->table->len; i++)
    {
      P2pPeer *peer = g_ptr_array_index (self->table, i);

      if (peer->asking == NULL || peer->asking->len == 0)
        continue;
      p2p_mesh_send_ids (peer, P2P_CONTROL_IWANT, peer->asking->data, peer->asking->len / P2P_CONTROL_ID_LENGTH);
      g_byte_array_set_size (peer->asking, 0);
      /* He is nearer to where it comes from than those who send us bodies. */
      p2p_mesh_graft (peer);
    }
}

static void
tick_cb (gpointer data)
{
  P2pMeshNode *self = data;
  gint64 now = p2p_clock_now (self->env->clock);
  guint kept = 0;

  self->want_timer = 0;
  p2p_mesh_node_enter (self);
  for (guint i = 0; i < self->wanted->len; i++)
    {
      Wanted *wanted = g_ptr_array_index (self->wanted, i);

      if (wanted->due != 0 && wanted->due <= now)
        {
          if (is_to_be_asked (self, wanted, now))
            ask_next (self, wanted, now);
          else
            {
              p2p_mesh_node_note_drop (self, wanted->n_announcers > 0 ? wanted->announcers[0] : NULL, P2P_DROP_NOT_HELD, NULL);
              forget (self, wanted);
              wanted->due = 0;
            }
        }
      if (wanted->due == 0)
        g_free (wanted);
      else
        self->wanted->pdata[kept++] = wanted;
    }
  self->wanted->len = kept;
  send_questions (self);
  start_ticking (self);
  p2p_mesh_node_leave (self);
}
