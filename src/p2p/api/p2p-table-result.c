/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-table-result-private.h"

struct _P2pTableResult {
  gatomicrefcount refs;
  GBytes *key;
  GError *error;
};

G_DEFINE_BOXED_TYPE (P2pTableResult, p2p_table_result, p2p_table_result_ref, p2p_table_result_unref)

P2pTableResult *
p2p_table_result_new (GBytes *key, GError *error)
{
  P2pTableResult *self = g_new0 (P2pTableResult, 1);

  g_atomic_ref_count_init (&self->refs);
  self->key = g_bytes_ref (key);
  self->error = error;
  return self;
}

/**
 * p2p_table_result_ref:
 * @self: a result
 *
 * Takes a reference. In any thread.
 *
 * Returns: (transfer full): @self
 */
P2pTableResult *
p2p_table_result_ref (P2pTableResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * p2p_table_result_unref:
 * @self: (transfer full): a result
 *
 * Gives a reference back; the last one frees it. In any thread.
 */
void
p2p_table_result_unref (P2pTableResult *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_bytes_unref (self->key);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * p2p_table_result_get_key:
 * @self: a result
 *
 * Which key it is about.
 *
 * Returns: (transfer none): the key
 */
GBytes *
p2p_table_result_get_key (P2pTableResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key;
}

/**
 * p2p_table_result_get_error:
 * @self: a result
 *
 * Whether the key was written, and why not.
 *
 * Returns: (transfer none) (nullable): why the value was not taken; %NULL: it was
 */
const GError *
p2p_table_result_get_error (P2pTableResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->error;
}
