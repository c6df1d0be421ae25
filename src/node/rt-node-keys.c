/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With --state: the keys of those who proved themselves, so that nobody takes their ids in the next run by leaving the proof out. */
#include "config.h"

#include "rt-node-private.h"

static void
pin_cb (gpointer key,
        gpointer self)
{
  p2p_mesh_socket_pin_key (((RtNode *) self)->socket, key);
}

/* In this run the library remembers whoever comes, as long as there is room: pinned are those of earlier runs, and who came back. */
static void
keep (RtNode        *self,
      P2pConnection *connection)
{
  g_autoptr (GBytes) key = p2p_connection_get_id (connection) != NULL ? p2p_mesh_socket_find_key (self->socket, p2p_connection_get_id (connection)) : NULL;
  g_autoptr (GError) error = NULL;

  if (key == NULL)
    return;
  if (rt_known_keys_note (self->keys, key, g_get_real_time () / G_USEC_PER_SEC, &error))
    pin_cb (key, self);
  if (error != NULL)
    g_printerr ("roundtable-node: %s\n", error->message);
}

static void
verified_cb (P2pConnection *connection,
             GParamSpec    *pspec,
             RtNode        *self)
{
  if (p2p_connection_get_verified (connection))
    keep (self, connection);
}

static void
peer_added_cb (P2pMeshSocket *socket,
               P2pConnection *connection,
               RtNode        *self)
{
  if (p2p_connection_get_verified (connection))
    keep (self, connection);
  else
    g_signal_connect_object (connection, "notify::verified", G_CALLBACK (verified_cb), self, 0);
}

void
rt_node_watch_keys (RtNode *self)
{
  g_autofree char *path = NULL;

  if (self->options->state_directory == NULL)
    return;
  path = g_build_filename (self->options->state_directory, "known.keys", NULL);
  self->keys = rt_known_keys_new (path);
  rt_known_keys_foreach (self->keys, pin_cb, self);
  g_signal_connect_object (self->socket, "peer-added", G_CALLBACK (peer_added_cb), self, 0);
}
