/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What neighbours send about keys: read with every bound checked, and handed to where it belongs. */
#include "p2p-chord-ask-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"
#include "../wire/p2p-message-private.h"
#include "../wire/p2p-skim-private.h"

#define MAX_PACKETS 9
/* "sha224", with room to spare */
#define MAX_METHOD 16
/* An original gives what it has to whom it belongs as soon as it hears that he stores: not new, but of any age. */
#define GIFT_SPAN G_TIME_SPAN_SECOND

/* The packets in place. */
typedef struct {
  gsize n;
  const guint8 *at[MAX_PACKETS];
  gsize size[MAX_PACKETS];
} Said;

static gboolean
read_packets (P2pChordNode *self, P2pMessage *message, Said *said)
{
  gsize length;
  const guint8 *bytes = p2p_message_peek_payload (message, &length);

  *said = (Said) { .n = p2p_message_get_n_packets (message) };
  if (said->n > MAX_PACKETS)
    return FALSE;
  for (gsize i = 0; i < said->n; i++)
    {
      gsize used;

      if (!p2p_skim_values (bytes, length, 1, &self->reading, &used, NULL))
        return FALSE;
      said->at[i] = bytes;
      said->size[i] = used;
      bytes += used;
      length -= used;
    }
  return TRUE;
}

static gboolean
read_text (const Said *said, gsize index, gsize most, const char **text, gsize *length)
{
  P2pToken token;

  if (index >= said->n || !p2p_skim_token (said->at[index], said->size[index], &token) || (token.kind != P2P_TOKEN_STR && token.kind != P2P_TOKEN_BIN) ||
      token.length > most)
    return FALSE;
  *text = (const char *) said->at[index] + token.head;
  *length = token.length;
  return TRUE;
}

static gboolean
read_number (const Said *said, gsize index, guint64 *number)
{
  P2pToken token;

  if (index >= said->n || !p2p_skim_token (said->at[index], said->size[index], &token) || (token.kind != P2P_TOKEN_INT && token.kind != P2P_TOKEN_UINT) ||
      (token.kind == P2P_TOKEN_INT && token.integer < 0))
    return FALSE;
  *number = (guint64) token.integer;
  return TRUE;
}

static gboolean
read_spot (const Said *said, P2pChordSpot *spot)
{
  const char *method;
  const char *text;
  gsize method_length;
  gsize length;

  return read_text (said, 1, MAX_METHOD, &method, &method_length) && read_text (said, 2, P2P_LIMIT_ID_CHARS, &text, &length) &&
         p2p_chord_spot_parse (spot, method, method_length, text, length);
}

static gboolean
is_own (P2pChordLink *link)
{
  return link->known && !link->is_original;
}

/* *value NULL: nil. FALSE: malformed, or too large */
static gboolean
read_value (P2pMessage *message, const Said *said, gsize index, GVariant **value)
{
  P2pToken token;

  *value = NULL;
  if (index >= said->n || !p2p_skim_token (said->at[index], said->size[index], &token))
    return FALSE;
  if (token.kind != P2P_TOKEN_NIL)
    *value = p2p_message_get_packet (message, index);
  return token.kind == P2P_TOKEN_NIL || *value != NULL;
}

/* Whoever passes it on looks at its shape, and at no more. *proof NULL: there is none. FALSE: malformed */
static gboolean
read_proof (const Said *said, gsize index, const P2pChordSpot *spot, GBytes **proof)
{
  P2pToken token;

  *proof = NULL;
  if (index >= said->n)
    return TRUE;
  if (!p2p_skim_token (said->at[index], said->size[index], &token) || token.kind != P2P_TOKEN_BIN || token.length > P2P_CHORD_PROOF_MOST)
    return FALSE;
  *proof = g_bytes_new (said->at[index] + token.head, token.length);
  if (p2p_chord_proof_is_sound (*proof, spot))
    return TRUE;
  g_clear_pointer (proof, g_bytes_unref);
  return FALSE;
}

static void
drop_shape (P2pChordLink *link, P2pMessage *message)
{
  p2p_mesh_drop (link->node->mesh, link->peer, P2P_DROP_SHAPE, message);
}

/* ---- retrieve, retrieved ---- */

/* Whoever is linked may ask, also who does not store: so many at a time. */
static void
take_retrieve (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  g_autoptr (GBytes) echo = NULL;
  P2pChordSpot spot;
  Said said;

  if (!read_packets (self, message, &said) || said.n < 3 || !read_spot (&said, &spot))
    {
      drop_shape (link, message);
      return;
    }
  echo = g_bytes_new (said.at[1], said.size[1] + said.size[2]);
  if (link->is_original)
    p2p_chord_mirror_spot (self, &spot, FALSE);
  if (link->n_asked >= self->limits.chord_link_requests)
    {
      P2pChordAnswer answer = { .spot = spot, .state = P2P_CHORD_ANSWER_SILENT };

      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_TOO_MANY, message);
      if (is_own (link))
        p2p_chord_send_retrieved (link, echo, &answer);
      return;
    }
  p2p_chord_ask_for (link, &spot, echo);
}

static void
take_retrieved (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) proof = NULL;
  g_autofree char *holder = NULL;
  guint64 stamp = 0;
  guint64 is_final = 1;
  guint64 hops = 0;
  P2pChordSpot spot;
  Said said;

  if (!read_packets (self, message, &said) || said.n < 4 || !read_spot (&said, &spot) || !read_value (message, &said, 3, &value))
    {
      drop_shape (link, message);
      return;
    }
  /* As long as a value may be here, and not as long as a frame: who asked waits for others. */
  if (said.size[3] > self->limits.chord_value)
    {
      p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_REFUSED, message);
      return;
    }
  if (is_own (link) && said.n >= 8)
    {
      g_autoptr (GVariant) id = p2p_message_get_packet (message, 6);

      if (!read_number (&said, 4, &stamp) || !read_number (&said, 5, &is_final) || !read_number (&said, 7, &hops) || !read_proof (&said, 8, &spot, &proof))
        {
          drop_shape (link, message);
          return;
        }
      holder = p2p_mesh_value_dup_id (id);
    }
  /* Late ones, and those that nobody asked for: nobody is to blame for the first. */
  if (!p2p_chord_ask_answered (link, &spot, value, stamp, proof, is_final != 0, holder, (guint) MIN (hops, G_MAXINT16)))
    p2p_mesh_node_note_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
}

/* ---- store, delta ---- */

/* A store without a stamp is one of now. What an original hands over counts as early as can be: it fills what is empty. */
static guint64
get_stamp (P2pChordLink *link, const Said *said)
{
  P2pChordNode *self = link->node;
  guint64 stamp;

  if (is_own (link) && read_number (said, 4, &stamp))
    return stamp;
  if (link->storing && p2p_chord_now (self) - link->meta_changed < GIFT_SPAN)
    return 1;
  return (guint64) MAX (p2p_chord_utc (self), 1);
}

static void
refuse (P2pChordLink *link, P2pMessage *message, const GError *error)
{
  p2p_mesh_node_note_drop (link->node->mesh, link->peer, P2P_DROP_REFUSED, message);
  p2p_chord_emit_refused (link->node, p2p_peer_get_id (link->peer), error);
}

static void
take_store (P2pChordLink *link, P2pMessage *message, gboolean is_delta)
{
  P2pChordNode *self = link->node;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) proof = NULL;
  g_autoptr (GError) error = NULL;
  P2pChordSpot spot;
  guint64 stamp;
  Said said;
  P2pToken token;

  if (!read_packets (self, message, &said) || said.n < 4 || !read_spot (&said, &spot) || !read_value (message, &said, 3, &value) ||
      !p2p_skim_token (said.at[3], said.size[3], &token) || (is_delta && token.kind != P2P_TOKEN_MAP) || (is_own (link) && !read_proof (&said, 5, &spot, &proof)))
    {
      drop_shape (link, message);
      return;
    }
  stamp = get_stamp (link, &said);
  if (value != NULL && !p2p_chord_check_size (self, value, &error))
    {
      refuse (link, message, error);
      return;
    }
  if (link->is_original)
    p2p_chord_mirror_spot (self, &spot, TRUE);
  if (is_delta && proof != NULL)
    p2p_chord_put_seal (self, &spot, stamp, proof, link);
  else if (is_delta)
    p2p_chord_put_delta (self, &spot, 0, stamp, value, FALSE, link, &error);
  else
    p2p_chord_put (self, &spot, stamp, value, proof, link, &error);
  /* What our own store refuses was counted there. */
  if (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOBODY))
    refuse (link, message, error);
}

/* ---- all of them ---- */

static gboolean
is_of_ours (gint64 subflag)
{
  switch (subflag)
    {
    case P2P_SUBFLAG_HANDSHAKE:
    case P2P_SUBFLAG_NOTIFY:
    case P2P_SUBFLAG_STORE:
    case P2P_SUBFLAG_RETRIEVE:
    case P2P_SUBFLAG_RETRIEVED:
    case P2P_SUBFLAG_DELTA:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
p2p_chord_receive (P2pChordNode *self, P2pPeer *peer, P2pMessage *message)
{
  gint64 subflag = p2p_message_get_subflag (message);
  P2pChordLink *link;

  if (!is_of_ours (subflag))
    return FALSE;
  link = p2p_chord_find_link (self, peer);
  /* A link that lost against another may have it on its way. */
  if (link == NULL && p2p_peer_get_id (peer) != NULL)
    link = p2p_chord_find_link_by_id (self, p2p_peer_get_id (peer));
  if (link == NULL)
    {
      p2p_mesh_node_note_drop (self->mesh, peer, P2P_DROP_UNEXPECTED, message);
      return TRUE;
    }
  /* One of ours says HELLO before anything else. */
  if (!link->known && !p2p_peer_is_own (peer) && p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    p2p_chord_link_know (link, TRUE);
  if (subflag != P2P_SUBFLAG_NOTIFY && p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
    p2p_mesh_drop (self->mesh, peer, P2P_DROP_REFUSED, message);
  else if (subflag == P2P_SUBFLAG_HANDSHAKE)
    p2p_chord_take_meta (link, message);
  else if (subflag == P2P_SUBFLAG_NOTIFY)
    p2p_chord_take_notify (link, message);
  else if (subflag == P2P_SUBFLAG_RETRIEVE)
    take_retrieve (link, message);
  else if (subflag == P2P_SUBFLAG_RETRIEVED)
    take_retrieved (link, message);
  else
    take_store (link, message, subflag == P2P_SUBFLAG_DELTA);
  return TRUE;
}

/* Stores are for one place each. Told to everybody, each original would take it for itself. */
P2pLayerVerdict
p2p_chord_validate (P2pChordNode *self, P2pMessage *message)
{
  switch (p2p_message_get_subflag (message))
    {
    case P2P_SUBFLAG_STORE:
    case P2P_SUBFLAG_DELTA:
      return P2P_LAYER_REFUSE;
    default:
      return P2P_LAYER_RELAY;
    }
}

/* A js2p that has a key of text ends the link that says it was deleted; one of bytes it never finds (quirk J8). */
gboolean
p2p_chord_withhold (P2pChordNode *self, P2pPeer *peer, P2pMessage *message)
{
  P2pToken token;
  Said said;

  return !p2p_peer_is_own (peer) && p2p_peer_get_id_form (peer) == P2P_ID_FORM_STR && p2p_message_get_subflag (message) == P2P_SUBFLAG_NOTIFY &&
         p2p_message_get_n_packets (message) == 3 && read_packets (self, message, &said) && p2p_skim_token (said.at[1], said.size[1], &token) &&
         token.kind == P2P_TOKEN_STR;
}
