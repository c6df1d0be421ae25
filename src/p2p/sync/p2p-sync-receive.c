/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * Writes of others, and what of them goes where. Nodes of the originals stumble over some: a delete of what they do not have, a delta
 * onto what is no map, any delete at all (js2p). They relay before they look, so whoever brings one is not to blame, and we stop it.
 */
#include "p2p-sync-node-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"
#include "../wire/p2p-map-private.h"
#include "../wire/p2p-message-private.h"

#define MOST_PACKETS 5
#define TOLD_PACKETS 5          /* with the owner and the time of the write: one node tells another when they link up */
#define OWNER_PACKET 3
#define TIME_PACKET 4

static gboolean
read_key (const guint8 *bytes, gsize length, P2pSyncSaid *said)
{
  P2pToken token;

  /* str and bin are one key: js2p tells at joining by str what it had by bin (quirk J7). */
  if (!p2p_skim_token (bytes, length, &token) || (token.kind != P2P_TOKEN_STR && token.kind != P2P_TOKEN_BIN))
    return FALSE;
  said->key_is_text = token.kind == P2P_TOKEN_STR;
  said->key = bytes + token.head;
  said->key_length = token.length;
  return TRUE;
}

static gboolean
read_value (const guint8 *bytes, gsize length, P2pSyncSaid *said)
{
  P2pToken token;

  if (!p2p_skim_token (bytes, length, &token))
    return FALSE;
  said->value = bytes;
  said->value_length = length;
  said->value_kind = token.kind;
  said->deleted = token.kind == P2P_TOKEN_NIL;
  return TRUE;
}

/* Anything else in this place is no fault: the originals look at none. */
static void
read_trailer (const guint8 *bytes, gsize length, P2pSyncSaid *said)
{
  gint64 number;
  gsize used;

  if (!p2p_skim_integer (bytes, length, &number, &used) || used != length || number < 0 || number >> 1 > G_MAXUINT32)
    return;
  said->sequence = (guint32) (number >> 1);
  said->deleted |= number & 1;
}

gboolean
p2p_sync_read (P2pSyncNode *self, P2pMessage *message, P2pSyncSaid *said)
{
  gsize length;
  const guint8 *bytes = p2p_message_peek_payload (message, &length);
  gboolean good = TRUE;

  *said = (P2pSyncSaid) { .n_packets = p2p_message_get_n_packets (message) };
  if (said->n_packets < 3 || said->n_packets > MOST_PACKETS)
    return FALSE;
  for (gsize i = 0; i < said->n_packets && good; i++)
    {
      gsize used;

      if (!p2p_skim_values (bytes, length, 1, &self->reading, &used, NULL))
        return FALSE;
      if (i == 1)
        good = read_key (bytes, used, said);
      else if (i == 2)
        good = read_value (bytes, used, said);
      else if (i == 3 && said->n_packets == 4)
        read_trailer (bytes, used, said);
      bytes += used;
      length -= used;
    }
  return good;
}

static gboolean
is_about_a_key (P2pMessage *message)
{
  gint64 subflag = p2p_message_get_subflag (message);

  return subflag == P2P_SUBFLAG_STORE || subflag == P2P_SUBFLAG_DELTA;
}

gboolean
p2p_sync_may_lack (P2pSyncNode *self, const guint8 *key, gsize key_length)
{
  P2pSyncState state;

  return !p2p_sync_table_lookup (self->table, key, key_length, &state) || state.value == NULL || state.old;
}

/* py2p files a key of text and never finds it again: from then on it stumbles over whoever links up with it. Nobody's program writes such. */
static gboolean
is_for_ours_alone (P2pSyncNode *self, const P2pSyncSaid *said)
{
  return said->key_is_text || (said->value_kind == P2P_TOKEN_NIL && p2p_sync_may_lack (self, said->key, said->key_length));
}

P2pLayerVerdict
p2p_sync_validate (P2pSyncNode *self, P2pMessage *message)
{
  g_autoptr (GError) error = NULL;
  P2pSyncSaid said;
  P2pSyncState state;

  if (!is_about_a_key (message))
    return P2P_LAYER_RELAY;
  /* An owner and a time told to everybody are nobody's business: originals would believe them. */
  if (!p2p_sync_read (self, message, &said) || said.n_packets == TOLD_PACKETS)
    return P2P_LAYER_REFUSE;
  if (p2p_message_get_subflag (message) == P2P_SUBFLAG_STORE || !p2p_sync_table_lookup (self->table, said.key, said.key_length, &state) ||
      state.value == NULL || p2p_is_map (state.value))
    return is_for_ours_alone (self, &said) ? P2P_LAYER_KEEP : P2P_LAYER_RELAY;
  error = g_error_new_literal (P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP, "A delta changes fields of a map, and the value of the key is none");
  p2p_sync_note_refused (self, said.key, said.key_length, p2p_message_get_sender (message), error);
  return P2P_LAYER_REFUSE;
}

gboolean
p2p_sync_withhold (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message)
{
  P2pSyncLink *link;
  P2pSyncSaid said;

  if (p2p_peer_is_own (peer) || !is_about_a_key (message) || !p2p_sync_read (self, message, &said))
    return FALSE;
  if (p2p_sync_is_js2p (peer))
    return said.value_kind == P2P_TOKEN_NIL || p2p_sync_is_js2p_key (said.key, said.key_length);
  if (said.value_kind != P2P_TOKEN_NIL)
    return FALSE;
  link = p2p_sync_find_link (self, peer);
  return self->untold || link == NULL || !p2p_sync_join_reached (link, said.key, said.key_length);
}

static void
refuse (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message, const P2pSyncSaid *said, const char *owner, const GError *error)
{
  if (peer != NULL)
    p2p_mesh_drop (self->mesh, peer, P2P_DROP_REFUSED, message);
  else
    p2p_mesh_node_note_drop (self->mesh, NULL, P2P_DROP_REFUSED, message);
  p2p_sync_note_refused (self, said->key, said->key_length, owner, error);
}

static void
merge (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message, const P2pSyncSaid *said, const P2pWrite *write, P2pIdForm form)
{
  g_autoptr (GError) error = NULL;
  P2pMerge result = p2p_sync_table_merge (self->table, said->key, said->key_length, write, p2p_sync_utc (self), &error);

  if (form == P2P_ID_FORM_BIN)
    p2p_sync_table_set_owner_form (self->table, write->owner, form);
  if (result == P2P_MERGE_REFUSED)
    refuse (self, peer, message, said, write->owner, error);
  else
    p2p_sync_note_merge (self, said->key, said->key_length, result, FALSE, said->key_is_text);
}

/*
 * The originals do not number what they write in one second, and hold what came last. So that a program of theirs that writes twice is
 * not left with its first word in our tables, we number by arrival: from HEARD on, where no node of ours gets. Who heard them the other
 * way round learns it when tables are compared. A node of ours numbers its second write of a second, so the one without is its first.
 */
#define HEARD 0x80000000u

static guint32
get_sequence (P2pSyncNode *self, P2pMessage *message, const P2pSyncSaid *said)
{
  static const guint8 nobody[sizeof ((P2pWriteClock *) NULL)->id] = { 0 };
  P2pSyncState state;

  if (said->n_packets != 3 || !p2p_sync_table_lookup (self->table, said->key, said->key_length, &state) ||
      state.clock.time != p2p_message_get_time (message) || !g_str_equal (state.owner, p2p_message_get_sender (message)))
    return said->sequence;
  if (memcmp (state.clock.id, p2p_message_peek_id (message), sizeof state.clock.id) == 0)
    return state.clock.sequence;
  if (memcmp (state.clock.id, nobody, sizeof nobody) == 0 || (state.clock.sequence > 0 && state.clock.sequence < HEARD))
    return 0;
  return MAX (state.clock.sequence, HEARD) + (state.clock.sequence < G_MAXUINT32);
}

static void
take_write (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message, const P2pSyncSaid *said, GBytes *proof)
{
  g_autoptr (GBytes) value = said->deleted ? NULL : g_bytes_new (said->value, said->value_length);
  P2pWrite write = {
    .kind = said->deleted ? P2P_WRITE_DELETE : p2p_message_get_subflag (message) == P2P_SUBFLAG_DELTA ? P2P_WRITE_DELTA : P2P_WRITE_STORE,
    .owner = p2p_message_get_sender (message),
    .clock = { .time = p2p_message_get_time (message), .sequence = proof != NULL ? said->sequence : get_sequence (self, message, said) },
    .value = value,
    .proof = proof,
  };

  memcpy (write.clock.id, p2p_message_peek_id (message), sizeof write.clock.id);
  merge (self, peer, message, said, &write, p2p_message_get_sender_form (message));
}

/* He tells what he knows of the key, of somebody's write at some time. What we know ourselves we know better. */
static void
take_told (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message, const P2pSyncSaid *said)
{
  g_autoptr (GVariant) packet = p2p_message_get_packet (message, OWNER_PACKET);
  g_autoptr (GVariant) when = p2p_message_get_packet (message, TIME_PACKET);
  g_autofree char *owner = p2p_mesh_value_dup_id (packet);
  g_autoptr (GBytes) value = NULL;
  P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = owner };
  P2pSyncState state;

  if (owner == NULL || !p2p_mesh_value_get_int (when, &write.clock.time) || said->deleted)
    {
      p2p_mesh_drop (self->mesh, peer, P2P_DROP_SHAPE, message);
      return;
    }
  write.value = value = g_bytes_new (said->value, said->value_length);
  if (p2p_sync_table_lookup (self->table, said->key, said->key_length, &state) && state.value != NULL)
    {
      gboolean is_his = g_str_equal (state.owner, owner);

      if (is_his && state.clock.time == write.clock.time && g_bytes_equal (state.value, value))
        {
          if (state.old)
            p2p_sync_confirm (self, state.key);
          return;
        }
      /* What is from an earlier run may be long over. */
      if (!state.old && (!is_his || write.clock.time <= state.clock.time))
        return;
    }
  merge (self, peer, message, said, &write, g_variant_is_of_type (packet, G_VARIANT_TYPE_BYTESTRING) ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR);
}

gboolean
p2p_sync_receive (P2pSyncNode *self, P2pPeer *peer, P2pMessage *message)
{
  gint64 flag = p2p_message_get_flag (message);
  P2pSyncSaid said;

  if (p2p_message_get_subflag (message) == P2P_SUBFLAG_HANDSHAKE)
    {
      p2p_mesh_drop (self->mesh, peer, P2P_DROP_UNEXPECTED, message);
      return TRUE;
    }
  if (!is_about_a_key (message))
    return FALSE;
  if (!p2p_sync_read (self, message, &said))
    p2p_mesh_drop (self->mesh, peer, P2P_DROP_SHAPE, message);
  else if (flag == P2P_FLAG_BROADCAST)
    {
      g_autoptr (GBytes) proof = p2p_message_get_verified (message) ? p2p_message_get_proof (message) : NULL;

      take_write (self, peer, message, &said, proof);
    }
  else if (flag == P2P_FLAG_WHISPER && said.n_packets == TOLD_PACKETS && p2p_message_get_subflag (message) == P2P_SUBFLAG_STORE)
    take_told (self, peer, message, &said);
  else
    p2p_mesh_drop (self->mesh, peer, P2P_DROP_REFUSED, message);
  return TRUE;
}

void
p2p_sync_proved (P2pSyncNode *self, P2pMessage *message, GBytes *proof)
{
  P2pSyncSaid said;

  if (!is_about_a_key (message) || p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    return;
  if (g_str_equal (p2p_message_get_sender (message), p2p_mesh_node_get_id (self->mesh)))
    p2p_sync_table_take_proof (self->table, p2p_message_peek_id (message), proof);
  else if (p2p_sync_read (self, message, &said))
    take_write (self, NULL, message, &said, proof);
}
