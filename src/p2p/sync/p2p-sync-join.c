/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Neighbours of the originals compare no tables: they are told ours when they link up, key by key, as they tell each other. They take
 * what they do not have. What we learn by comparing with nodes of ours is told them too, for they heard nothing of it.
 */
#include "p2p-sync-node-private.h"

#include <string.h>

#include "../wire/p2p-value-private.h"
#include "../wire/p2p-message-private.h"

#define TOLD_PACKETS 5
/* Keys that wait to be told. */
#define MOST_OFFERS 65536

static gint64
get_span (P2pSyncNode *self)
{
  return self->limits.table_dump_seconds * G_TIME_SPAN_SECOND;
}

static void begin (P2pSyncLink *link);

static void
again_cb (gpointer data)
{
  P2pSyncLink *link = data;

  link->again_timer = 0;
  begin (link);
}

/* From the first key on: at once, or when there is time for it. */
static void
begin (P2pSyncLink *link)
{
  P2pSyncNode *self = link->node;
  gint64 wait;

  link->since = p2p_sync_now (self);
  link->telling = TRUE;
  g_clear_pointer (&link->told, g_bytes_unref);
  if (p2p_sync_may_give (self, &wait))
    p2p_sync_link_wake (link);
  else
    link->again_timer = p2p_clock_schedule (p2p_sync_clock (self), wait, again_cb, link);
}

/* Who comes back soon has what he was told: it goes on where it ended; what he missed meanwhile follows when it may. */
void
p2p_sync_join_begin (P2pSyncLink *link)
{
  P2pSyncNode *self = link->node;
  P2pSyncMemory *memory = p2p_sync_remember (self, p2p_peer_get_id (link->peer));
  gint64 due = memory != NULL ? memory->since + get_span (self) : 0;

  if (memory == NULL || (memory->unfinished ? memory->told == NULL : due <= p2p_sync_now (self)))
    {
      begin (link);
      return;
    }
  link->since = memory->since;
  if (!memory->unfinished)
    {
      link->again_timer = p2p_clock_schedule (p2p_sync_clock (self), due - p2p_sync_now (self), again_cb, link);
      return;
    }
  link->telling = TRUE;
  link->told = g_bytes_ref (memory->told);
  p2p_sync_link_wake (link);
}

void
p2p_sync_join_end (P2pSyncLink *link)
{
  P2pClock *clock = p2p_sync_clock (link->node);

  link->telling = FALSE;
  g_clear_pointer (&link->told, g_bytes_unref);
  g_queue_clear_full (&link->offers, (GDestroyNotify) g_bytes_unref);
  p2p_clock_cancel (clock, link->again_timer);
  link->again_timer = 0;
}

static int
compare_keys (const guint8 *a, gsize n_a, const guint8 *b, gsize n_b)
{
  int order = memcmp (a, b, MIN (n_a, n_b));

  return order != 0 ? order : (n_a > n_b) - (n_a < n_b);
}

gboolean
p2p_sync_join_reached (P2pSyncLink *link, const guint8 *key, gsize key_length)
{
  gconstpointer told;
  gsize length;

  if (!link->telling)
    return TRUE;
  if (link->told == NULL)
    return FALSE;
  told = g_bytes_get_data (link->told, &length);
  return compare_keys (key, key_length, told, length) <= 0;
}

void
p2p_sync_join_offer (P2pSyncNode *self, GBytes *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);

  for (guint i = 0; i < self->links->len; i++)
    {
      P2pSyncLink *link = g_ptr_array_index (self->links, i);

      if (link->compares || !p2p_sync_join_reached (link, bytes, length))
        continue;
      if (link->offers.length >= MOST_OFFERS)
        {
          p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_QUEUE_FULL, NULL);
          continue;
        }
      g_queue_push_tail (&link->offers, g_bytes_ref (key));
      p2p_sync_link_wake (link);
    }
}

/* What an earlier run left is not spread before somebody says the same, but for what is ours and still our lease. */
static gboolean
may_tell (P2pSyncLink *link, const P2pSyncState *state)
{
  P2pSyncNode *self = link->node;
  gsize length;
  const guint8 *key = g_bytes_get_data (state->key, &length);

  if (state->value == NULL || (p2p_sync_is_js2p (link->peer) && p2p_sync_is_js2p_key (key, length)))
    return FALSE;
  if (!state->old)
    return TRUE;
  return g_str_equal (state->owner, p2p_mesh_node_get_id (self->mesh)) && (!self->leasing || p2p_sync_node_get_lease_left (self, state) > 0);
}

static gsize
tell (P2pSyncLink *link, const P2pSyncState *state)
{
  P2pSyncNode *self = link->node;
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (P2pMessage) message = NULL;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (state->key, &length);
  msgpack_packer packer;

  p2p_packer_init (&packer, packed);
  msgpack_pack_int (&packer, P2P_SUBFLAG_STORE);
  msgpack_pack_bin (&packer, length);
  msgpack_pack_bin_body (&packer, bytes, length);
  bytes = g_bytes_get_data (state->value, &length);
  g_byte_array_append (packed, bytes, (guint) length);
  length = strlen (state->owner);
  /* As in his own messages, or py2p takes those for another's, refuses them for an hour, and stumbles over one of the same second. */
  if (state->owner_form == P2P_ID_FORM_BIN)
    {
      msgpack_pack_bin (&packer, length);
      msgpack_pack_bin_body (&packer, state->owner, length);
    }
  else
    {
      msgpack_pack_str (&packer, length);
      msgpack_pack_str_body (&packer, state->owner, length);
    }
  msgpack_pack_int64 (&packer, state->clock.time);
  message = p2p_message_new_packed (P2P_FLAG_WHISPER, p2p_mesh_node_get_id (self->mesh), P2P_ID_FORM_STR, p2p_sync_utc (self),
                                    packed->data, packed->len, TOLD_PACKETS);
  p2p_mesh_node_send_to (self->mesh, link->peer, message, P2P_LINK_SEND_DEFAULT, NULL);
  return packed->len;
}

gboolean
p2p_sync_join_send (P2pSyncLink *link, gsize *bytes, guint *looked)
{
  P2pSyncTable *table = link->node->table;
  P2pSyncState state;

  while (!g_queue_is_empty (&link->offers) && ++*looked < P2P_SYNC_TURN_KEYS)
    {
      g_autoptr (GBytes) key = g_queue_pop_head (&link->offers);
      gsize length;
      const guint8 *data = g_bytes_get_data (key, &length);

      if (!p2p_sync_table_lookup (table, data, length, &state) || !may_tell (link, &state))
        continue;
      *bytes += tell (link, &state);
      return TRUE;
    }
  while (link->telling && ++*looked < P2P_SYNC_TURN_KEYS)
    {
      link->telling = p2p_sync_table_next (table, link->told, &state);
      g_clear_pointer (&link->told, g_bytes_unref);
      if (!link->telling)
        break;
      link->told = g_bytes_ref (state.key);
      if (!may_tell (link, &state))
        continue;
      *bytes += tell (link, &state);
      return TRUE;
    }
  return link->telling || !g_queue_is_empty (&link->offers);
}
