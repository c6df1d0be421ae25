/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What nodes of this program say to each other beside the text: names, which message answers which, and who has what. */
#include "config.h"

#include "rt-network-private.h"

void
rt_network_init_talk (RtNetwork *self)
{
  self->people = rt_people_new ();
  self->gaps = g_list_store_new (RT_TYPE_GAP);
}

static void
talk_message_cb (P2pMeshSocket *socket, P2pMessage *message, P2pConnection *connection, RtNetwork *self)
{
  rt_people_note_heard (self->people, p2p_message_get_sender (message), g_get_real_time ());
}

static void
note_link (RtNetwork *self, P2pConnection *connection, gboolean there)
{
  const char *id = p2p_connection_get_id (connection);
  gint64 now = g_get_real_time ();

  if (id == NULL)
    return;
  rt_people_note_neighbour (self->people, id, there, now);
  if (there && p2p_connection_get_own (connection))
    rt_people_note_own_program (self->people, id, now);
}

static void
talk_peer_added_cb (P2pMeshSocket *socket, P2pConnection *connection, RtNetwork *self)
{
  note_link (self, connection, TRUE);
}

static void
talk_peer_removed_cb (P2pMeshSocket *socket, P2pConnection *connection, const GError *reason, RtNetwork *self)
{
  note_link (self, connection, FALSE);
}

/* Before the rows: who says something is known when it becomes one. */
void
rt_network_begin_talk (RtNetwork *self)
{
  rt_people_set_you (self->people, self->node_id, self->user_name);
  g_signal_connect (self->socket, "message", G_CALLBACK (talk_message_cb), self);
  g_signal_connect (self->socket, "peer-added", G_CALLBACK (talk_peer_added_cb), self);
  g_signal_connect (self->socket, "peer-removed", G_CALLBACK (talk_peer_removed_cb), self);
}

/* The socket is about to go; its handlers go with those of the links. */
void
rt_network_end_talk (RtNetwork *self)
{
  GListModel *table = p2p_mesh_socket_get_routing_table (self->socket);

  for (guint i = 0; i < g_list_model_get_n_items (table); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (table, i);

      note_link (self, connection, FALSE);
    }
}

void
rt_network_update_own_name (RtNetwork *self)
{
  rt_people_set_you (self->people, self->node_id, self->user_name);
}

void
rt_network_free_talk (RtNetwork *self)
{
  g_clear_object (&self->people);
  g_clear_object (&self->gaps);
}

RtPeople *
rt_network_get_people (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return self->people;
}

GListModel *
rt_network_get_gaps (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);
  return G_LIST_MODEL (self->gaps);
}
