/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"

static void
free_env (P2pEnv *base)
{
  P2pGioEnv *self = (P2pGioEnv *) base;

  p2p_gio_transport_free (base->transport);
  p2p_gio_executor_free (base->executor);
  p2p_gio_clock_free (base->clock);
  g_clear_object (&self->certificate);
  g_main_context_unref (self->context);
  g_free (self);
}

P2pEnv *
p2p_gio_env_new (GMainContext *context)
{
  P2pGioEnv *self = g_new0 (P2pGioEnv, 1);

  self->context = context != NULL ? g_main_context_ref (context) : g_main_context_ref_thread_default ();
  g_atomic_ref_count_init (&self->base.refs);
  self->base.clock = p2p_gio_clock_new (self->context);
  self->base.random = p2p_gio_random_get ();
  self->base.executor = p2p_gio_executor_new (self->context);
  self->base.transport = p2p_gio_transport_new (self);
  self->base.free_func = free_env;
  return &self->base;
}
