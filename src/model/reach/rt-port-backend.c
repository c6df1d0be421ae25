/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-port-backend.h"

G_DEFINE_QUARK (rt-port-error-quark, rt_port_error)
G_DEFINE_INTERFACE (RtPortBackend, rt_port_backend, G_TYPE_OBJECT)

static void
rt_port_backend_default_init (RtPortBackendInterface *iface)
{
}

RtPortAnswer *
rt_port_answer_new (const char *method, const char *gateway, const char *address, guint16 external, guint lease)
{
  RtPortAnswer *self = g_new0 (RtPortAnswer, 1);

  self->method = g_strdup (method);
  self->gateway = g_strdup (gateway);
  self->address = g_strdup (address);
  self->external = external;
  self->lease = lease;
  return self;
}

void
rt_port_answer_free (RtPortAnswer *self)
{
  g_free (self->method);
  g_free (self->gateway);
  g_free (self->address);
  g_free (self);
}

void
rt_port_backend_ask_async (RtPortBackend *self, const RtPortRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (RT_IS_PORT_BACKEND (self));
  g_return_if_fail (request->port != 0);

  RT_PORT_BACKEND_GET_IFACE (self)->ask_async (self, request, cancellable, callback, user_data);
}

RtPortAnswer *
rt_port_backend_ask_finish (RtPortBackend *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (RT_IS_PORT_BACKEND (self), NULL);

  return RT_PORT_BACKEND_GET_IFACE (self)->ask_finish (self, result, error);
}
