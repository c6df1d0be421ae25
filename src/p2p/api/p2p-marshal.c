/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-mesh-socket-private.h"

typedef void (*Callback) (gpointer instance, gpointer boxed, gpointer object, gpointer user_data);

/* For the signal that is emitted once a message: the general marshaller costs several times as much. */
void
p2p_marshal_VOID__BOXED_OBJECT (GClosure *closure, GValue *return_value, guint n_params, const GValue *params, gpointer hint, gpointer marshal_data)
{
  GCClosure *c_closure = (GCClosure *) closure;
  Callback callback = (Callback) (marshal_data != NULL ? marshal_data : c_closure->callback);
  gpointer instance = g_value_peek_pointer (params);

  g_return_if_fail (n_params == 3);

  if (G_CCLOSURE_SWAP_DATA (closure))
    callback (closure->data, g_value_get_boxed (params + 1), g_value_get_object (params + 2), instance);
  else
    callback (instance, g_value_get_boxed (params + 1), g_value_get_object (params + 2), closure->data);
}

typedef void (*VariantCallback) (gpointer instance, gpointer boxed, gpointer variant, gpointer object, gpointer user_data);

/* Once a key that is written. */
void
p2p_marshal_VOID__BOXED_VARIANT_OBJECT (GClosure *closure, GValue *return_value, guint n_params, const GValue *params, gpointer hint, gpointer marshal_data)
{
  GCClosure *c_closure = (GCClosure *) closure;
  VariantCallback callback = (VariantCallback) (marshal_data != NULL ? marshal_data : c_closure->callback);
  gpointer instance = g_value_peek_pointer (params);
  gpointer key, value, entry;

  g_return_if_fail (n_params == 4);

  key = g_value_get_boxed (params + 1);
  value = g_value_get_variant (params + 2);
  entry = g_value_get_object (params + 3);
  if (G_CCLOSURE_SWAP_DATA (closure))
    callback (closure->data, key, value, entry, instance);
  else
    callback (instance, key, value, entry, closure->data);
}
