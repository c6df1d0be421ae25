/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Meta: who stores. [5, "1"] says that one does not ("leeching"), [5, "0"] that one does; whoever hears what is news to him answers by his own. */
#include "p2p-chord-node-private.h"

#include <string.h>

#include "../mesh/p2p-mesh-values.h"

void
p2p_chord_send_meta (P2pChordLink *link)
{
  P2pChordNode *self = link->node;
  const char *text = p2p_chord_is_taking (self) ? "0" : "1";
  GVariant *parts[] = {
    g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_HANDSHAKE)),
    g_variant_new_variant (g_variant_new_string (text)),
  };
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_message (self->mesh, P2P_FLAG_WHISPER,
                                                              g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, G_N_ELEMENTS (parts)), NULL);

  if (*text != link->meta_said)
    link->meta_changed = p2p_chord_now (self);
  link->meta_said = *text;
  if (message != NULL)
    p2p_mesh_node_send_to (self->mesh, link->peer, message, P2P_LINK_SEND_DEFAULT, NULL);
}

void
p2p_chord_send_meta_to_all (P2pChordNode *self)
{
  for (guint i = 0; i < self->links->len; i++)
    p2p_chord_send_meta (g_ptr_array_index (self->links, i));
}

/* "0" or "1", of whatever form: the originals take integers, too. */
static gboolean
read_meta (P2pMessage *message, gboolean *storing)
{
  g_autoptr (GVariant) value = p2p_message_get_packet (message, 1);
  gsize length;
  const char *text = p2p_mesh_value_peek_text (value, &length);
  gint64 number;

  if (text != NULL)
    {
      *storing = length == 1 && *text == '0';
      return length == 1 && (*text == '0' || *text == '1');
    }
  *storing = p2p_mesh_value_get_int (value, &number) && number == 0;
  return p2p_mesh_value_get_int (value, &number) && (number == 0 || number == 1);
}

void
p2p_chord_take_meta (P2pChordLink *link, P2pMessage *message)
{
  P2pChordNode *self = link->node;
  gboolean storing;

  if (p2p_message_get_flag (message) != P2P_FLAG_WHISPER || p2p_message_get_n_packets (message) != 2 || !read_meta (message, &storing))
    {
      p2p_mesh_drop (self->mesh, link->peer, P2P_DROP_UNEXPECTED, message);
      return;
    }
  link->meta_heard = p2p_chord_now (self);
  if (storing == link->storing)
    return;
  link->meta_changed = link->meta_heard;
  p2p_chord_send_meta (link);
  p2p_chord_link_set_storing (link, storing, NULL);
  if (link->is_original)
    p2p_chord_names_tell (link);
}
