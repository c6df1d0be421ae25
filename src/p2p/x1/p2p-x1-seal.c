/* SPDX-License-Identifier: LGPL-3.0-or-later */
/*
 * What is for one person: whispers among ours are sealed on every link, also where TLS hides them from all but the two ends, so that
 * nobody between the ends of the message, be it one who passes it on, reads it or changes it (docs/x1.md).
 */
#include "p2p-x1-private.h"

#include <string.h>

#include "../chat/p2p-app-frame-private.h"
#include "../mesh/p2p-mesh-values.h"
#include "p2p-seal.h"
#include "p2p-x1-side-car.h"

/* Sub-flag, version, operation, for whom, box */
#define PACKETS 5
/* Sub-flag, version, operation, body */
#define AGAIN_PACKETS 4
#define EPHEMERAL_LENGTH 32

/* What people and their programs say; link control and what makes up a network stay what they are. */
static gboolean
may_seal (P2pMessage *message)
{
  gint64 subflag = p2p_message_get_subflag (message);

  if (subflag == P2P_APP_SUBFLAG)
    return p2p_app_frame_peek_op (message) != P2P_APP_SEALED;
  if (subflag >= P2P_OWN_FLAGS_FIRST && subflag <= P2P_OWN_FLAGS_LAST)
    return FALSE;
  return subflag == P2P_SUBFLAG_BROADCAST || subflag == P2P_SUBFLAG_WHISPER || subflag < 0 || subflag >= P2P_RESERVED_FLAGS_END;
}

/* Beside a text that goes through others: what says more about it. */
static gboolean
may_go_through (P2pMessage *message)
{
  gint64 op;

  if (p2p_message_get_subflag (message) != P2P_APP_SUBFLAG)
    return TRUE;
  op = p2p_app_frame_peek_op (message);
  return op == P2P_APP_REPLY || op == P2P_APP_RECEIPT || op == P2P_APP_FILE || op == P2P_APP_AGAIN;
}

static P2pMessage *
seal (P2pX1 *self, const char *id, const guint8 *pub, gint64 flag, P2pMessage *message, GError **error)
{
  g_autoptr (GBytes) body = p2p_message_dup_body (message);
  g_autoptr (GBytes) box = p2p_seal_box (self->identity, pub, self->network, p2p_mesh_node_get_id (self->mesh), id, body, self->env->random, error);
  GVariant *packets[PACKETS];

  if (box == NULL)
    return NULL;
  packets[0] = g_variant_new_variant (g_variant_new_int64 (P2P_APP_SUBFLAG));
  packets[1] = g_variant_new_variant (g_variant_new_int64 (P2P_APP_VERSION));
  packets[2] = g_variant_new_variant (g_variant_new_int64 (P2P_APP_SEALED));
  packets[3] = g_variant_new_variant (g_variant_new_string (id));
  packets[4] = g_variant_new_variant (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, box, TRUE));
  return p2p_mesh_node_new_message (self->mesh, flag, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, PACKETS), error);
}

/* ---- out ---- */

/* What he announces does not matter: nobody signed that, and on a plain link who is in between could take it away. Who says AUTH opens boxes. */
gboolean
p2p_x1_seals_for (P2pX1 *self, P2pPeer *peer)
{
  return p2p_peer_get_proven (peer) && p2p_peer_get_public_key (peer) != NULL;
}

gboolean
p2p_x1_seal_seal (P2pPeer *peer, P2pMessage *message, P2pMessage **sealed, GError **error, gpointer data)
{
  P2pX1 *self = data;

  if (!p2p_x1_seals_for (self, peer) || !may_seal (message))
    return TRUE;
  *sealed = seal (self, p2p_peer_get_claimed_id (peer), p2p_peer_get_public_key (peer), P2P_FLAG_WHISPER, message, error);
  if (*sealed == NULL)
    return FALSE;
  p2p_message_set_sealed (message);
  return TRUE;
}

P2pMessage *
p2p_x1_seal_for (P2pX1 *self, const char *id, P2pMessage *message, GError **error)
{
  const guint8 *pub = p2p_x1_find_key (self, id);
  P2pMessage *sealed;

  if (pub == NULL)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY, "Nothing can be sealed for %s: its key is not known here", id);
      return NULL;
    }
  if (!may_seal (message) || !may_go_through (message))
    {
      g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "This does not go through others");
      return NULL;
    }
  sealed = seal (self, id, pub, P2P_FLAG_BROADCAST, message, error);
  if (sealed != NULL)
    p2p_message_set_sealed (message);
  return sealed;
}

/* Only what people say: frames beside it are made anew, and an envelope in an envelope is none. */
static gboolean
may_say_again (P2pMessage *message)
{
  gint64 subflag = p2p_message_get_subflag (message);

  return p2p_message_get_flag (message) == P2P_FLAG_WHISPER && p2p_message_get_n_packets (message) > 0 && subflag != P2P_APP_SUBFLAG && may_seal (message);
}

P2pMessage *
p2p_x1_say_again (P2pX1 *self, P2pMessage *message, GError **error)
{
  g_autoptr (GBytes) body = NULL;
  gint64 age = p2p_clock_utc_seconds (self->env->clock) - p2p_message_get_time (message);
  GVariant *packets[AGAIN_PACKETS];

  if (!may_say_again (message) || strcmp (p2p_message_get_sender (message), p2p_mesh_node_get_id (self->mesh)) != 0)
    {
      g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE, "The message is none that this node whispers");
      return NULL;
    }
  /* while it counts it is that itself: a second of it is the same to who heard the first */
  if (age > -(gint64) self->limits.message_age_seconds && age < self->limits.message_age_seconds / 2)
    return p2p_message_ref (message);
  body = p2p_message_dup_body (message);
  packets[0] = g_variant_new_variant (g_variant_new_int64 (P2P_APP_SUBFLAG));
  packets[1] = g_variant_new_variant (g_variant_new_int64 (P2P_APP_VERSION));
  packets[2] = g_variant_new_variant (g_variant_new_int64 (P2P_APP_AGAIN));
  packets[3] = g_variant_new_variant (g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, body, TRUE));
  return p2p_mesh_node_new_message (self->mesh, P2P_FLAG_WHISPER, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, AGAIN_PACKETS), error);
}

/* ---- in ---- */

static gboolean
is_sealed (P2pMessage *message)
{
  return p2p_message_get_subflag (message) == P2P_APP_SUBFLAG && p2p_app_frame_peek_op (message) == P2P_APP_SEALED;
}

/* One who relays did not look; of one who whispers it is his own. */
static P2pGuardVerdict
refuse (P2pX1 *self, P2pPeer *peer, P2pDropReason reason, P2pMessage *message)
{
  if (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
    p2p_mesh_node_note_drop (self->mesh, peer, reason, message);
  else
    p2p_mesh_drop (self->mesh, peer, reason, message);
  return P2P_GUARD_REFUSE;
}

/* A box may be handed over again as long as it is remembered. On a link that nobody else can write to none is: there what had to wait may be old. */
static gboolean
is_of_now (P2pX1 *self, P2pPeer *peer, P2pMessage *outer, P2pMessage *message)
{
  guint8 binding[32];
  gint64 off = p2p_message_get_time (message) - p2p_clock_utc_seconds (self->env->clock);

  if (p2p_message_get_flag (outer) == P2P_FLAG_WHISPER && p2p_peer_get_proven (peer) && p2p_peer_get_binding (peer, binding))
    return TRUE;
  return ABS (off) <= self->limits.message_age_seconds;
}

/* What it was that somebody sealed: a whisper of his, and no box again. */
static P2pMessage *
read_body (P2pMessage *outer, GBytes *body)
{
  g_autoptr (P2pMessage) message = p2p_message_new_from_body (body, NULL);

  if (message == NULL || p2p_message_get_flag (message) != P2P_FLAG_WHISPER || p2p_message_get_n_packets (message) == 0 || !may_seal (message) ||
      !g_str_equal (p2p_message_get_sender (message), p2p_message_get_sender (outer)))
    return NULL;
  if (p2p_message_get_flag (outer) == P2P_FLAG_BROADCAST && !may_go_through (message))
    return NULL;
  return g_steal_pointer (&message);
}

/* Of any age, but not of the future; the same again is for the program to know, by its id. */
static P2pMessage *
open_envelope (P2pX1 *self, P2pMessage *envelope)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (envelope, 3);
  g_autoptr (GBytes) body = value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING) ? g_variant_get_data_as_bytes (value) : NULL;
  g_autoptr (P2pMessage) message = body != NULL ? p2p_message_new_from_body (body, NULL) : NULL;

  if (message == NULL || !may_say_again (message) || !g_str_equal (p2p_message_get_sender (message), p2p_message_get_sender (envelope)) ||
      p2p_message_get_time (message) - p2p_clock_utc_seconds (self->env->clock) > self->limits.message_age_seconds)
    return NULL;
  return g_steal_pointer (&message);
}

static gboolean
is_again (P2pMessage *message)
{
  return p2p_message_get_subflag (message) == P2P_APP_SUBFLAG && p2p_app_frame_peek_op (message) == P2P_APP_AGAIN;
}

static P2pGuardVerdict
open_box (P2pX1 *self, P2pPeer *peer, P2pMessage *message, GBytes *box, P2pMessage **open)
{
  gint64 now = p2p_clock_now (self->env->clock);
  guint8 pub[P2P_PUBLIC_KEY_LENGTH];
  guint8 key[P2P_SEEN_ID_LENGTH];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (P2pMessage) inner = NULL;

  if (g_bytes_get_size (box) < P2P_SEAL_OVERHEAD)
    return refuse (self, peer, P2P_DROP_SHAPE, message);
  /* The key of once that it begins with is signed: with another it is no box of his. */
  memcpy (key, g_bytes_get_data (box, NULL), EPHEMERAL_LENGTH);
  if (p2p_seen_set_contains (self->opened, key, now))
    return refuse (self, peer, P2P_DROP_UNEXPECTED, message);
  if (!p2p_x1_may_check (self, p2p_x1_link_of (peer)))
    return refuse (self, peer, P2P_DROP_RATE, message);
  body = p2p_seal_open (self->identity, self->network, p2p_message_get_sender (message), p2p_mesh_node_get_id (self->mesh), box, pub, &error);
  if (body == NULL)
    return refuse (self, peer, P2P_DROP_FORGED_SIGNATURE, message);
  p2p_x1_note_key (self, pub, TRUE);
  inner = read_body (message, body);
  if (inner == NULL)
    return refuse (self, peer, P2P_DROP_SHAPE, message);
  if (!is_of_now (self, peer, message, inner))
    return refuse (self, peer, P2P_DROP_EXPIRED, message);
  if (is_again (inner))
    {
      g_autoptr (P2pMessage) envelope = g_steal_pointer (&inner);

      inner = open_envelope (self, envelope);
      if (inner == NULL)
        return refuse (self, peer, P2P_DROP_SHAPE, message);
    }
  p2p_seen_set_add (self->opened, key, now);
  p2p_message_set_verified (inner, NULL);
  p2p_message_set_sealed (inner);
  *open = g_steal_pointer (&inner);
  return P2P_GUARD_GO;
}

/* On a link that nobody else can write to, of who proved who he is, what he whispers is his without a seal, too. */
static P2pGuardVerdict
take_open (P2pPeer *peer, P2pMessage *message)
{
  guint8 binding[32];

  if (p2p_message_get_flag (message) == P2P_FLAG_WHISPER && p2p_peer_get_proven (peer) && p2p_peer_get_binding (peer, binding))
    p2p_message_set_verified (message, NULL);
  return P2P_GUARD_GO;
}

P2pGuardVerdict
p2p_x1_seal_open (P2pPeer *peer, P2pMessage *message, P2pMessage **open, gpointer data)
{
  P2pX1 *self = data;
  g_autoptr (GVariant) to_value = NULL;
  g_autoptr (GVariant) box_value = NULL;
  g_autoptr (GBytes) box = NULL;
  const char *to;
  gsize length;

  if (!is_sealed (message))
    return take_open (peer, message);
  to_value = p2p_message_get_packet (message, 3);
  box_value = p2p_message_get_packet (message, 4);
  to = p2p_mesh_value_peek_text (to_value, &length);
  if (to == NULL || box_value == NULL || !g_variant_is_of_type (box_value, G_VARIANT_TYPE_BYTESTRING))
    return refuse (self, peer, P2P_DROP_SHAPE, message);
  if (length != strlen (p2p_mesh_node_get_id (self->mesh)) || memcmp (to, p2p_mesh_node_get_id (self->mesh), length) != 0)
    {
      /* For another: to pass on is all that is to be done about it. */
      if (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
        return refuse (self, peer, P2P_DROP_UNEXPECTED, message);
      return P2P_GUARD_REFUSE;
    }
  box = g_variant_get_data_as_bytes (box_value);
  return open_box (self, peer, message, box, open);
}
