/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "port-router.h"

struct _RtPortRouter {
  GObject  parent_instance;

  GQueue   waiting;             /* of GTask, which keep a reference to us */
  GString *log;
  guint    n_asked;
  gboolean gateway;
};

static void backend_iface_init (RtPortBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtPortRouter, rt_port_router, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_PORT_BACKEND, backend_iface_init))

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;
  RtPortRouter *self = g_task_get_source_object (task);

  if (g_queue_remove (&self->waiting, task))
    {
      g_autoptr (GTask) kept G_GNUC_UNUSED = task;

      g_object_set_data (G_OBJECT (task), "source", NULL);
      g_task_return_error_if_cancelled (task);
    }
  return G_SOURCE_REMOVE;
}

static void
end_source (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

static void
ask_async (RtPortBackend *backend, const RtPortRequest *request, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  RtPortRouter *self = RT_PORT_ROUTER (backend);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (self->log->len > 0)
    g_string_append (self->log, ", ");
  g_string_append_printf (self->log, "%s %u->%u", request->remove ? "close" : "open", request->port, request->external);
  if (!request->remove)
    g_string_append_printf (self->log, " %u", request->lease);
  else if (request->method != NULL)
    g_string_append_printf (self->log, " %s", request->method);
  self->n_asked++;
  g_queue_push_tail (&self->waiting, task);
  if (cancellable != NULL)
    {
      g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

      g_source_set_callback (source, G_SOURCE_FUNC (cancelled_cb), task, NULL);
      g_source_attach (source, NULL);
      g_object_set_data_full (G_OBJECT (task), "source", g_steal_pointer (&source), end_source);
    }
}

static RtPortAnswer *
ask_finish (RtPortBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
backend_iface_init (RtPortBackendInterface *iface)
{
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
}

static void
rt_port_router_finalize (GObject *object)
{
  g_string_free (RT_PORT_ROUTER (object)->log, TRUE);
  G_OBJECT_CLASS (rt_port_router_parent_class)->finalize (object);
}

static void
rt_port_router_class_init (RtPortRouterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_port_router_finalize;
}

static void
rt_port_router_init (RtPortRouter *self)
{
  g_queue_init (&self->waiting);
  self->log = g_string_new (NULL);
  self->gateway = TRUE;
}

RtPortRouter *
rt_port_router_new (void)
{
  return g_object_new (RT_TYPE_PORT_ROUTER, NULL);
}

static GTask *
take (RtPortRouter *self)
{
  GTask *task = g_queue_pop_head (&self->waiting);

  g_assert_nonnull (task);
  g_object_set_data (G_OBJECT (task), "source", NULL);
  return task;
}

void
rt_port_router_answer (RtPortRouter *self, const char *address, guint16 external, guint lease)
{
  g_autoptr (GTask) task = take (self);
  RtPortAnswer *answer = rt_port_answer_new ("upnp", "192.168.1.1", address, external, lease);

  answer->by_gateway = self->gateway;
  g_task_return_pointer (task, answer, (GDestroyNotify) rt_port_answer_free);
}

void
rt_port_router_set_gateway (RtPortRouter *self, gboolean gateway)
{
  self->gateway = gateway;
}

void
rt_port_router_fail (RtPortRouter *self, int code, const char *words)
{
  g_autoptr (GTask) task = take (self);

  g_task_return_new_error (task, RT_PORT_ERROR, code, "%s", words);
}

void
rt_port_router_answer_all (RtPortRouter *self)
{
  while (!g_queue_is_empty (&self->waiting))
    rt_port_router_fail (self, RT_PORT_ERROR_NOBODY, "the end");
}

guint
rt_port_router_get_n_asked (RtPortRouter *self)
{
  return self->n_asked;
}

guint
rt_port_router_get_n_waiting (RtPortRouter *self)
{
  return g_queue_get_length (&self->waiting);
}

const char *
rt_port_router_get_log (RtPortRouter *self)
{
  return self->log->str;
}
