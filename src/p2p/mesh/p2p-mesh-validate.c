/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What may go through us: a broadcast that every node of the network can read without stumbling. */
#include "p2p-mesh-node-private.h"

#include <string.h>

#include "../wire/p2p-base58.h"
#include "../wire/p2p-message-private.h"
#include "../wire/p2p-skim-private.h"

/* Sub-flag, key and value */
#define TABLE_PACKETS 3

static gboolean
is_link_local (gint64 subflag)
{
  switch (subflag)
    {
    case P2P_SUBFLAG_COMPRESSION:
    case P2P_SUBFLAG_PING:
    case P2P_SUBFLAG_PONG:
    case P2P_SUBFLAG_HANDSHAKE:
    case P2P_SUBFLAG_PEERS:
    case P2P_SUBFLAG_RESEND:
    case P2P_SUBFLAG_RETRIEVE:
    case P2P_SUBFLAG_RETRIEVED:
    case P2P_SUBFLAG_FORWARD:
    case P2P_SUBFLAG_NEW_PATHS:
    case P2P_SUBFLAG_REVOKE_PATHS:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_key (GVariant *value)
{
  return value != NULL && (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) || g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING) ||
                           g_variant_is_of_type (value, G_VARIANT_TYPE ("(ay)")));
}

static gboolean
check_request_shape (P2pMessage *message)
{
  g_autoptr (GVariant) rid = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) wanted = p2p_message_get_packet (message, 2);
  g_autofree char *id = p2p_mesh_value_dup_id (wanted);

  return id != NULL && is_key (rid);
}

static gboolean
check_response_shape (P2pMessage *message)
{
  g_autoptr (GVariant) rid = p2p_message_get_packet (message, 1);
  g_autoptr (GVariant) info = p2p_message_get_packet (message, 2);
  g_autoptr (GVariant) address = p2p_mesh_value_get_child (info, 0);
  g_autoptr (GVariant) found = p2p_mesh_value_get_child (info, 1);
  g_autofree char *id = p2p_mesh_value_dup_id (found);
  g_autofree char *host = NULL;
  guint16 port;

  return id != NULL && is_key (rid) && p2p_mesh_value_get_address (address, &host, &port);
}

/* These come by the thousand, and their values may be large: nothing is made of them. */
static gboolean
check_table_shape (P2pMeshNode *self, P2pMessage *message, gint64 subflag)
{
  gsize n = p2p_message_get_n_packets (message);
  P2pToken tokens[TABLE_PACKETS];
  gsize length;
  const guint8 *bytes = p2p_message_peek_payload (message, &length);

  for (gsize i = 0; i < MIN (n, TABLE_PACKETS); i++)
    {
      gsize used;

      if (!p2p_skim_values (bytes, length, 1, &self->limits, &used, NULL) || !p2p_skim_token (bytes, length, &tokens[i]))
        return FALSE;
      bytes += used;
      length -= used;
    }
  if (n < 2 || (tokens[1].kind != P2P_TOKEN_STR && tokens[1].kind != P2P_TOKEN_BIN))
    return FALSE;
  if (subflag == P2P_SUBFLAG_NOTIFY)
    return n == 2 || n == 3;
  if (subflag == P2P_SUBFLAG_STORE)
    return n >= 3 && n <= 5;
  return n >= 3 && tokens[2].kind == P2P_TOKEN_MAP;
}

gboolean
p2p_mesh_check_time (P2pMeshNode *self, P2pMessage *message)
{
  gint64 now = p2p_clock_utc_seconds (self->env->clock);
  gint64 time = p2p_message_get_time (message);
  gint64 span = self->limits.message_age_seconds;

  return time >= now - span && time <= now + span;
}

static gboolean
refuse (P2pDropReason *reason, P2pDropReason why)
{
  *reason = why;
  return FALSE;
}

gboolean
p2p_mesh_check_broadcast (P2pMeshNode *self, P2pMessage *message, P2pPeer *source, P2pDropReason *reason)
{
  gint64 subflag = p2p_message_get_subflag (message);
  const char *sender = p2p_message_get_sender (message);
  gboolean good = TRUE;

  if (p2p_message_get_n_packets (message) < 1)
    return refuse (reason, P2P_DROP_SHAPE);
  /* A neighbour's own id was looked at in its handshake. */
  if ((source == NULL || strcmp (source->id, sender) != 0) && !p2p_base58_is_valid (sender, strlen (sender)))
    return refuse (reason, P2P_DROP_SENDER);
  if (is_link_local (subflag))
    return refuse (reason, P2P_DROP_LINK_LOCAL);
  switch (subflag)
    {
    case P2P_SUBFLAG_REQUEST:
      good = check_request_shape (message);
      break;
    case P2P_SUBFLAG_RESPONSE:
      good = check_response_shape (message);
      if (good)
        {
          g_autoptr (GVariant) rid = p2p_message_get_packet (message, 1);

          /* A js2p that gets an answer to its own request drops the link it comes on (quirk J5). */
          if (!p2p_mesh_request_id_is_marked (rid))
            return refuse (reason, P2P_DROP_UNMARKED_RESPONSE);
        }
      break;
    case P2P_SUBFLAG_NOTIFY:
    case P2P_SUBFLAG_STORE:
    case P2P_SUBFLAG_DELTA:
      good = check_table_shape (self, message, subflag);
      break;
    default:
      break;
    }
  return good || refuse (reason, P2P_DROP_SHAPE);
}
