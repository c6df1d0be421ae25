/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Whispers about one spot, as the originals write them; among ours with more packets behind (docs/x1.md). */
#include "p2p-chord-ask-private.h"

#include <string.h>

#include "../wire/p2p-message-private.h"
#include "../wire/p2p-value-private.h"

static gboolean
whisper (P2pChordLink *link, GByteArray *packed, gsize n_packets)
{
  P2pMeshNode *mesh = link->node->mesh;
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_packed (mesh, P2P_FLAG_WHISPER, packed->data, packed->len, n_packets);

  return message != NULL && p2p_mesh_node_send_to (mesh, link->peer, message, P2P_LINK_SEND_DEFAULT, NULL);
}

static void
pack_text (msgpack_packer *packer, const char *text)
{
  gsize length = strlen (text);

  msgpack_pack_str (packer, length);
  msgpack_pack_str_body (packer, text, length);
}

/* Method and key as str: py2p and js2p both take them so. */
static GByteArray *
begin (msgpack_packer *packer, P2pSubflag subflag, const P2pChordSpot *spot)
{
  GByteArray *packed = g_byte_array_new ();
  g_autofree char *text = p2p_chord_spot_to_text (spot);

  p2p_packer_init (packer, packed);
  msgpack_pack_int (packer, subflag);
  pack_text (packer, p2p_chord_hash_name (spot->hash));
  pack_text (packer, text);
  return packed;
}

static gboolean
is_own (P2pChordLink *link)
{
  return link->known && !link->is_original;
}

gboolean
p2p_chord_send_retrieve (P2pChordLink *link, const P2pChordSpot *spot)
{
  msgpack_packer packer;
  g_autoptr (GByteArray) packed = begin (&packer, P2P_SUBFLAG_RETRIEVE, spot);

  if (is_own (link))
    msgpack_pack_int (&packer, 1);
  return whisper (link, packed, is_own (link) ? 4 : 3);
}

/* Behind what the packets of ours are: who signed it. */
static gsize
pack_proof (msgpack_packer *packer, GBytes *proof)
{
  gsize length;
  const guint8 *bytes;

  if (proof == NULL)
    return 0;
  bytes = g_bytes_get_data (proof, &length);
  msgpack_pack_bin (packer, length);
  msgpack_pack_bin_body (packer, bytes, length);
  return 1;
}

/* value NULL: nil */
static gboolean
send_state (P2pChordLink *link, P2pSubflag subflag, const P2pChordSpot *spot, guint64 stamp, GVariant *value, GBytes *proof)
{
  gsize n = 4;
  msgpack_packer packer;
  g_autoptr (GByteArray) packed = begin (&packer, subflag, spot);

  if (value == NULL)
    msgpack_pack_nil (&packer);
  else if (!p2p_value_pack_to (value, &packer, NULL))
    return FALSE;
  if (is_own (link))
    {
      msgpack_pack_uint64 (&packer, stamp);
      n += 1 + pack_proof (&packer, proof);
    }
  return whisper (link, packed, n);
}

gboolean
p2p_chord_send_store (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GVariant *value, GBytes *proof)
{
  p2p_chord_ask_shut (link, spot);
  return send_state (link, P2P_SUBFLAG_STORE, spot, stamp, value, proof);
}

gboolean
p2p_chord_send_delete (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GBytes *proof)
{
  p2p_chord_ask_shut (link, spot);
  return send_state (link, P2P_SUBFLAG_STORE, spot, stamp, NULL, proof);
}

gboolean
p2p_chord_send_nil (P2pChordLink *link, const P2pChordSpot *spot)
{
  return p2p_chord_send_delete (link, spot, 0, NULL);
}

gboolean
p2p_chord_send_delta (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GVariant *map, GBytes *proof)
{
  p2p_chord_ask_shut (link, spot);
  return send_state (link, P2P_SUBFLAG_DELTA, spot, stamp, map, proof);
}

/* echo: method and key as he wrote them: a py2p finds its own question by that alone. */
gboolean
p2p_chord_send_retrieved (P2pChordLink *link, GBytes *echo, const P2pChordAnswer *answer)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  const char *holder = answer->holder != NULL ? answer->holder : "";
  gsize length;
  const guint8 *bytes = g_bytes_get_data (echo, &length);
  msgpack_packer packer;

  p2p_packer_init (&packer, packed);
  msgpack_pack_int (&packer, P2P_SUBFLAG_RETRIEVED);
  g_byte_array_append (packed, bytes, (guint) length);
  if (answer->state != P2P_CHORD_ANSWER_VALUE)
    msgpack_pack_nil (&packer);
  else if (!p2p_value_pack_to (answer->value, &packer, NULL))
    return FALSE;
  if (!is_own (link))
    return whisper (link, packed, 4);
  msgpack_pack_uint64 (&packer, answer->stamp);
  msgpack_pack_int (&packer, answer->state == P2P_CHORD_ANSWER_VALUE || answer->state == P2P_CHORD_ANSWER_NOTHING);
  pack_text (&packer, holder);
  msgpack_pack_uint64 (&packer, answer->hops);
  return whisper (link, packed, 8 + pack_proof (&packer, answer->state == P2P_CHORD_ANSWER_VALUE || answer->state == P2P_CHORD_ANSWER_NOTHING ? answer->proof : NULL));
}
