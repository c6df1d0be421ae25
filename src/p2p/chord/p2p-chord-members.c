/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Storing nodes as RING and FOUND tell of them, and whatever else all of these messages are made of. */
#include "p2p-chord-part-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"
#include "../wire/p2p-base58.h"

/* Below it are the services of a system, which nobody shall make us knock at. */
#define FIRST_USER_PORT 1024

gboolean
p2p_chord_place_of_id (const char *id, P2pChordPlace *place)
{
  guint8 number[P2P_BASE58_MAX_BYTES];

  if (!p2p_base58_decode_fixed (id, number, sizeof number, NULL))
    return FALSE;
  p2p_chord_place_init (place, 0, number, sizeof number);
  return TRUE;
}

static gboolean
is_slot (const P2pChordPlace *place, guint k)
{
  for (guint bit = k; bit < P2P_CHORD_PLACE_BYTES * 8; bit++)
    if (place->bytes[bit / 8] >> (7 - bit % 8) & 1)
      return FALSE;
  return TRUE;
}

gboolean
p2p_chord_is_place_of (P2pChordNode *self, const P2pChordPlace *place, const char *id)
{
  P2pChordPlace expected;

  if (self->k > 0)
    return is_slot (place, self->k);
  return p2p_chord_place_of_id (id, &expected) && p2p_chord_place_compare (&expected, place) == 0;
}

gboolean
p2p_chord_get_int (P2pMessage *message, gsize index, gint64 *number)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST + index);

  return value != NULL && p2p_mesh_value_get_int (value, number) && *number >= 0;
}

static gboolean
read_place (GVariant *value, P2pChordPlace *place)
{
  const guint8 *bytes;
  gsize length;

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  bytes = g_variant_get_fixed_array (value, &length, 1);
  if (length != sizeof place->bytes)
    return FALSE;
  memcpy (place->bytes, bytes, sizeof place->bytes);
  return TRUE;
}

gboolean
p2p_chord_get_place (P2pMessage *message, gsize index, P2pChordPlace *place)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, P2P_CONTROL_REST + index);

  return read_place (value, place);
}

GVariant *
p2p_chord_new_bytes (gconstpointer bytes, gsize length)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, length > 0 ? bytes : "", length, 1);
}

GVariant *
p2p_chord_pack_members (GPtrArray *members)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; members != NULL && i < MIN (members->len, P2P_CHORD_MOST_MEMBERS); i++)
    {
      P2pChordMember *member = g_ptr_array_index (members, i);
      GVariant *parts[4] = {
        g_variant_new_variant (p2p_chord_new_bytes (member->place.bytes, sizeof member->place.bytes)),
        g_variant_new_variant (g_variant_new_string (member->id)),
        g_variant_new_variant (g_variant_new_string (member->host != NULL ? member->host : "")),
        g_variant_new_variant (g_variant_new_int64 (member->port)),
      };

      g_variant_builder_add (&builder, "v", g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, G_N_ELEMENTS (parts)));
    }
  return g_variant_builder_end (&builder);
}

static P2pChordMember *
read_member (P2pChordLink *link, GVariant *entry)
{
  g_autoptr (GVariant) first = p2p_mesh_value_get_child (entry, 0);
  g_autoptr (GVariant) second = p2p_mesh_value_get_child (entry, 1);
  g_autoptr (GVariant) third = p2p_mesh_value_get_child (entry, 2);
  g_autoptr (GVariant) fourth = p2p_mesh_value_get_child (entry, 3);
  g_autofree char *id = p2p_mesh_value_dup_id (second);
  g_autofree char *host = p2p_mesh_value_dup_text (third, P2P_MAX_HOST_LENGTH);
  P2pChordPlace place;
  gint64 port;

  if (id == NULL || host == NULL || !read_place (first, &place) || !p2p_mesh_value_get_int (fourth, &port) || port < 0 || port > G_MAXUINT16 ||
      !p2p_chord_is_place_of (link->node, &place, id))
    return NULL;
  /* Not to be dialled, but there. A name may lead where its address would not be followed to. */
  if (!g_hostname_is_ip_address (host) || port < FIRST_USER_PORT || !p2p_scope_may_lead_to (p2p_peer_get_peer_host (link->peer), host))
    return p2p_chord_member_new (&place, id, NULL, 0);
  return p2p_chord_member_new (&place, id, host, (guint16) port);
}

GPtrArray *
p2p_chord_get_members (P2pChordLink *link, P2pMessage *message, gsize index)
{
  g_autoptr (GVariant) list = p2p_message_get_packet (message, P2P_CONTROL_REST + index);
  g_autoptr (GPtrArray) members = NULL;

  if (list == NULL || !g_variant_is_of_type (list, G_VARIANT_TYPE ("av")) || g_variant_n_children (list) > P2P_CHORD_MOST_MEMBERS)
    return NULL;
  members = g_ptr_array_new_with_free_func ((GDestroyNotify) p2p_chord_member_unref);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) entry = p2p_mesh_value_get_child (list, i);
      P2pChordMember *member;

      if (entry == NULL || !g_variant_is_of_type (entry, G_VARIANT_TYPE ("av")) || (member = read_member (link, entry)) == NULL)
        return NULL;
      g_ptr_array_add (members, member);
    }
  return g_steal_pointer (&members);
}
