/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ring of a network whose kind is "chord": what the person wants of it, and how a node that stored goes without anything being lost. */
#include "rt-network-private.h"

static gboolean
is_ring (RtNetwork *self)
{
  return g_str_equal (rt_network_config_get_kind (self->config), "chord");
}

/* The person turned the switch: remembered, and without a restart. */
static void
seeding_cb (RtRing *ring, GParamSpec *pspec, RtNetwork *self)
{
  if (rt_network_config_get_seeding (self->config) == rt_ring_get_seeding (ring))
    return;
  rt_network_config_set_seeding (self->config, rt_ring_get_seeding (ring));
  rt_network_notify_config (self);
}

static RtRing *
ensure_ring (RtNetwork *self)
{
  if (self->ring != NULL || !is_ring (self))
    return self->ring;
  self->ring = rt_ring_new (NULL);
  rt_ring_set_seeding (self->ring, rt_network_config_get_seeding (self->config));
  g_signal_connect_object (self->ring, "notify::seeding", G_CALLBACK (seeding_cb), self, 0);
  return self->ring;
}

RtRing *
rt_network_get_ring (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  return is_ring (self) ? ensure_ring (self) : NULL;
}

void
rt_network_show_ring (RtNetwork *self, P2pMeshSocket *socket)
{
  if (socket == NULL && self->ring != NULL)
    rt_ring_set_socket (self->ring, NULL);
  else if (socket != NULL && P2P_IS_CHORD_SOCKET (socket))
    rt_ring_set_socket (ensure_ring (self), P2P_CHORD_SOCKET (socket));
}

void
rt_network_update_ring (RtNetwork *self)
{
  if (!is_ring (self))
    {
      if (self->ring != NULL)
        rt_ring_set_socket (self->ring, NULL);
      g_clear_object (&self->ring);
    }
  else if (self->ring != NULL)
    rt_ring_set_seeding (self->ring, rt_network_config_get_seeding (self->config));
}

/* ---- leaving ---- */

void
rt_network_check_left (RtNetwork *self)
{
  g_autoptr (GPtrArray) tasks = NULL;

  if (self->leaving != NULL || self->left_tasks == NULL || rt_network_waits_for_ports (self))
    return;
  tasks = g_steal_pointer (&self->left_tasks);

  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

void
rt_network_end_leaving (RtNetwork *self)
{
  g_autoptr (P2pChordSocket) socket = g_steal_pointer (&self->leaving);

  if (socket == NULL)
    return;
  p2p_mesh_socket_close (P2P_MESH_SOCKET (socket), NULL);
  rt_network_hurry_table (self);
  rt_network_check_left (self);
}

static void
unjoined_cb (GObject *socket, GAsyncResult *result, gpointer user_data)
{
  g_autofree GWeakRef *weak = user_data;
  g_autoptr (RtNetwork) self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  /* what nobody took stays in the store, and is there when the node comes back */
  p2p_chord_socket_unjoin_finish (P2P_CHORD_SOCKET (socket), result, NULL);
  p2p_mesh_socket_close (P2P_MESH_SOCKET (socket), NULL);
  if (self != NULL && self->leaving == P2P_CHORD_SOCKET (socket))
    rt_network_end_leaving (self);
}

void
rt_network_leave_ring (RtNetwork *self, P2pMeshSocket *socket)
{
  GWeakRef *weak;

  if (!P2P_IS_CHORD_SOCKET (socket) || !p2p_chord_socket_get_seeding (P2P_CHORD_SOCKET (socket)) ||
      g_list_model_get_n_items (p2p_mesh_socket_get_routing_table (socket)) == 0)
    {
      p2p_mesh_socket_close (socket, NULL);
      return;
    }
  rt_network_end_leaving (self);
  self->leaving = P2P_CHORD_SOCKET (g_object_ref (socket));
  weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  p2p_chord_socket_unjoin_async (self->leaving, RT_NETWORK_LEAVE_MILLISECONDS, NULL, unjoined_cb, weak);
}

void
rt_network_left_async (RtNetwork *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, rt_network_left_async);
  g_task_set_name (task, "[rt-model] leaving");
  if (self->leaving == NULL && !rt_network_waits_for_ports (self))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->left_tasks == NULL)
    self->left_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->left_tasks, g_steal_pointer (&task));
}

void
rt_network_left_finish (RtNetwork *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}

void
rt_network_free_ring (RtNetwork *self)
{
  /* It goes on by itself until it has handed over. */
  g_clear_object (&self->leaving);
  g_clear_pointer (&self->left_tasks, g_ptr_array_unref);
  if (self->ring != NULL)
    rt_ring_set_socket (self->ring, NULL);
  g_clear_object (&self->ring);
}
