/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Links to neighbours: what each is told goes out in slices, as fast as he reads and never more than a little at a time. */
#include "p2p-sync-node-private.h"

#include <string.h>

/* How long a link whose queue is long is left alone. */
#define PAUSE (20 * G_TIME_SPAN_MILLISECOND)
/* The part of its queue that a table may take: what people say comes behind it. */
#define QUEUE_SHARE 8

gboolean
p2p_sync_is_js2p (P2pPeer *peer)
{
  return !p2p_peer_is_own (peer) && p2p_peer_get_id_form (peer) == P2P_ID_FORM_STR;
}

gboolean
p2p_sync_has_js2p (P2pSyncNode *self)
{
  for (guint i = 0; i < self->links->len; i++)
    if (p2p_sync_is_js2p (((P2pSyncLink *) g_ptr_array_index (self->links, i))->peer))
      return TRUE;
  return FALSE;
}

gboolean
p2p_sync_is_js2p_key (const guint8 *key, gsize key_length)
{
  static const char * const names[] = {
    "__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
    "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == key_length && memcmp (names[i], key, key_length) == 0)
      return TRUE;
  return FALSE;
}

gboolean
p2p_sync_may_give (P2pSyncNode *self, gint64 *wait)
{
  gint64 now = p2p_sync_now (self);
  gint64 span = self->limits.table_dump_seconds * G_TIME_SPAN_SECOND;

  if (self->gifts == 0 || now - self->gifts_began >= span)
    {
      self->gifts_began = now;
      self->gifts = 0;
    }
  if (wait != NULL)
    *wait = self->gifts_began + span - now;
  if (self->gifts >= self->limits.table_dumps)
    return FALSE;
  self->gifts++;
  return TRUE;
}

P2pSyncLink *
p2p_sync_find_link (P2pSyncNode *self, P2pPeer *peer)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      P2pSyncLink *link = g_ptr_array_index (self->links, i);

      if (link->peer == peer)
        return link;
    }
  return NULL;
}

P2pSyncLink *
p2p_sync_link_new (P2pSyncNode *self, P2pPeer *peer)
{
  P2pSyncLink *link = g_new0 (P2pSyncLink, 1);

  link->node = self;
  link->peer = p2p_peer_ref (peer);
  g_queue_init (&link->offers);
  g_queue_init (&link->late);
  link->serve = g_array_new (FALSE, FALSE, sizeof (guint64));
  link->want = g_array_new (FALSE, FALSE, sizeof (guint64));
  return link;
}

void
p2p_sync_link_free (P2pSyncLink *self)
{
  p2p_clock_cancel (p2p_sync_clock (self->node), self->timer);
  p2p_clock_cancel (p2p_sync_clock (self->node), self->again_timer);
  p2p_sync_signed_end (self);
  g_clear_pointer (&self->told, g_bytes_unref);
  g_queue_clear_full (&self->offers, (GDestroyNotify) g_bytes_unref);
  g_array_unref (self->serve);
  g_array_unref (self->want);
  g_free (self->keys_next);
  p2p_peer_unref (self->peer);
  g_free (self);
}

void
p2p_sync_link_begin (P2pSyncLink *self)
{
  self->compares = p2p_peer_has_cap (self->peer, P2P_CAP_SYNC_DIGEST) && p2p_peer_get_max_frame (self->peer) >= P2P_SYNC_LEAST_FRAME &&
                   self->node->limits.frame >= P2P_SYNC_LEAST_FRAME;
  if (self->compares)
    p2p_sync_exchange_begin (self);
  else
    p2p_sync_join_begin (self);
}

static void send_cb (gpointer data);

static void
plan (P2pSyncLink *self, gint64 delay)
{
  self->timer = p2p_clock_schedule (p2p_sync_clock (self->node), delay, send_cb, self);
}

void
p2p_sync_link_wake (P2pSyncLink *self)
{
  if (self->timer == 0)
    plan (self, 0);
}

static void
send_slice (P2pSyncLink *self)
{
  gsize room = self->node->limits.out_queue / QUEUE_SHARE;
  gsize bytes = 0;
  guint looked = 0;

  for (guint frames = 0; frames < P2P_SYNC_TURN_FRAMES && bytes < P2P_SYNC_TURN_BYTES && looked < P2P_SYNC_TURN_KEYS; frames++)
    {
      if (p2p_peer_get_queued (self->peer) > room)
        {
          plan (self, PAUSE);
          return;
        }
      if (self->compares ? !p2p_sync_serve (self, &bytes) : !p2p_sync_join_send (self, &bytes, &looked))
        return;
    }
  plan (self, 0);
}

static void
send_cb (gpointer data)
{
  P2pSyncLink *self = data;
  P2pSyncNode *node = self->node;
  P2pMeshNode *mesh = p2p_mesh_node_ref (node->mesh);

  self->timer = 0;
  p2p_mesh_node_enter (mesh);
  send_slice (self);
  p2p_mesh_node_leave (mesh);
  p2p_mesh_node_unref (mesh);
}
