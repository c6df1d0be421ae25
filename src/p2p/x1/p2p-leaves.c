/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-leaves.h"

#include <string.h>

gsize
p2p_leaf_get_length (const P2pLeaf *leaf)
{
  return P2P_LEAF_ID_LENGTH + 1 + leaf->note_length;
}

GBytes *
p2p_leaves_pack (const P2pLeaf *leaves, guint n)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      guint8 length = (guint8) leaves[i].note_length;

      g_assert (leaves[i].note_length <= P2P_MAX_NOTE);
      g_byte_array_append (bytes, leaves[i].id, P2P_LEAF_ID_LENGTH);
      g_byte_array_append (bytes, &length, 1);
      if (length > 0)
        g_byte_array_append (bytes, leaves[i].note, length);
    }
  return g_byte_array_free_to_bytes (bytes);
}

guint
p2p_leaves_unpack (const guint8 *bytes, gsize length, P2pLeaf *leaves)
{
  guint n = 0;

  if (length > P2P_MAX_LEAVES_LENGTH)
    return 0;
  while (length > 0)
    {
      P2pLeaf *leaf = &leaves[n];

      if (n == P2P_MAX_LEAVES || length < P2P_LEAF_ID_LENGTH + 1)
        return 0;
      memcpy (leaf->id, bytes, P2P_LEAF_ID_LENGTH);
      leaf->note_length = bytes[P2P_LEAF_ID_LENGTH];
      leaf->note = leaf->note_length > 0 ? bytes + P2P_LEAF_ID_LENGTH + 1 : NULL;
      if (length < p2p_leaf_get_length (leaf))
        return 0;
      bytes += p2p_leaf_get_length (leaf);
      length -= p2p_leaf_get_length (leaf);
      n++;
    }
  return n;
}
