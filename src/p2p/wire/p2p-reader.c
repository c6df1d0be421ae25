/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-reader-private.h"

gboolean
p2p_reader_init (P2pReader *self,
                 GVariant  *list)
{
  self->list = list;
  self->at = 0;
  self->n = 0;
  if (!g_variant_is_container (list) || g_variant_is_of_type (list, G_VARIANT_TYPE_BYTESTRING) ||
      g_variant_is_of_type (list, G_VARIANT_TYPE_VARIANT))
    return FALSE;
  self->n = g_variant_n_children (list);
  return TRUE;
}

GVariant *
p2p_reader_take (P2pReader *self)
{
  GVariant *child;

  if (self->at == self->n)
    return NULL;
  child = g_variant_get_child_value (self->list, self->at++);
  while (g_variant_is_of_type (child, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *inner = g_variant_get_variant (child);

      g_variant_unref (child);
      child = inner;
    }
  return child;
}

gboolean
p2p_reader_take_number (P2pReader *self,
                        gint64     least,
                        gint64     most,
                        gint64    *number)
{
  g_autoptr (GVariant) child = p2p_reader_take (self);

  if (child == NULL || !g_variant_is_of_type (child, G_VARIANT_TYPE_INT64))
    return FALSE;
  *number = g_variant_get_int64 (child);
  return *number >= least && *number <= most;
}

GBytes *
p2p_read_bytes (GVariant *child)
{
  gconstpointer data;
  gsize length;

  if (child == NULL || !g_variant_is_of_type (child, G_VARIANT_TYPE_BYTESTRING))
    return NULL;
  data = g_variant_get_fixed_array (child, &length, 1);
  return g_bytes_new (data, length);
}

GBytes *
p2p_reader_take_bytes (P2pReader *self)
{
  g_autoptr (GVariant) child = p2p_reader_take (self);

  return p2p_read_bytes (child);
}
