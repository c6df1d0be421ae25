/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sealed-fixture.h"

void
scene_init (Scene *self, gboolean secure)
{
  self->mesh = secure ? auth_new_secure (1) : mesh_fixture_new (1);
  self->alice = mesh_add (self->mesh, "alice");
  self->bob = mesh_add (self->mesh, "bob");
  self->carol = mesh_add (self->mesh, "carol");
  self->x1[0] = p2p_x1_new (self->alice->node);
  self->x1[1] = p2p_x1_new (self->bob->node);
  self->x1[2] = p2p_x1_new (self->carol->node);
  for (guint i = 0; i < 3; i++)
    p2p_mesh_node_set_max_outgoing (((MeshNode *) g_ptr_array_index (self->mesh->nodes, i))->node, 0);
}

void
scene_clear (Scene *self)
{
  for (guint i = 0; i < 3; i++)
    g_clear_pointer (&self->x1[i], p2p_x1_free);
  g_clear_pointer (&self->mesh, mesh_fixture_free);
}
GVariant *
make_text (const char *text)
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_WHISPER)), g_variant_new_variant (g_variant_new_string (text)) };

  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets));
}

P2pMessage *
only_message (MeshNode *node)
{
  g_assert_cmpuint (node->messages->len, ==, 1);
  return g_ptr_array_index (node->messages, 0);
}
