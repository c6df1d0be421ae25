/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of an earlier run, and the one that this run will leave. */
#include "rt-node-private.h"

#include <string.h>

typedef struct {
  RtNode *node;
  guint n_bad;
  GError *first;
} Restoring;

/* The records of a distributed table begin with another letter. */
#define JOINED_KEY "j"

static gboolean
is_joined_key (GBytes *key)
{
  return g_bytes_get_size (key) == 1 && *(const char *) g_bytes_get_data (key, NULL) == *JOINED_KEY;
}

static void
restore_cb (GBytes  *key,
            GBytes  *record,
            gpointer data)
{
  Restoring *restoring = data;
  P2pChordSocket *chord = restoring->node->chord;
  g_autoptr (GError) error = NULL;

  if (chord != NULL && is_joined_key (key))
    restoring->node->was_joined = TRUE;
  else if (chord != NULL ? p2p_chord_socket_restore (chord, key, record, &error)
                         : p2p_sync_socket_restore (restoring->node->table, record, &error))
    return;
  if (error == NULL)
    return;
  restoring->n_bad++;
  if (restoring->first == NULL)
    restoring->first = g_steal_pointer (&error);
}

/* Of either kind of table */
static void
record_cb (P2pMeshSocket *table,
           GBytes        *key,
           GBytes        *record,
           RtNode        *self)
{
  if (self->records != NULL)
    rt_record_file_put (self->records, key, record);
}

static void
trouble_cb (const GError *error,
            gpointer      data)
{
  rt_node_tell_error (data, "state", error != NULL ? error->message : "The table is kept again");
}

gboolean
rt_node_restore_table (RtNode  *self,
                       GError **error)
{
  const char *folder = self->options->state_directory;
  const char *network = p2p_protocol_get_id (p2p_mesh_socket_get_protocol (self->socket));
  Restoring restoring = { self, 0, NULL };
  gsize torn;

  if (folder == NULL)
    return TRUE;
  self->records = rt_record_file_open (folder, network, restore_cb, &restoring, &torn, error);
  if (torn > 0)
    g_printerr ("roundtable-node: the last %" G_GSIZE_FORMAT " bytes of the table in %s were not whole, and were left out\n", torn, folder);
  if (restoring.n_bad > 0)
    g_printerr ("roundtable-node: %u records of the table in %s were left out; the first one: %s\n", restoring.n_bad, folder,
                restoring.first->message);
  g_clear_error (&restoring.first);
  if (self->records == NULL)
    return FALSE;
  rt_record_file_set_trouble (self->records, trouble_cb, self);
  g_signal_connect_object (self->socket, "record", G_CALLBACK (record_cb), self, 0);
  return TRUE;
}

void
rt_node_keep_joined (RtNode  *self,
                     gboolean joined)
{
  g_autoptr (GBytes) key = g_bytes_new_static (JOINED_KEY, strlen (JOINED_KEY));
  g_autoptr (GBytes) record = joined ? g_bytes_new_static ("1", 1) : NULL;

  if (self->records != NULL)
    rt_record_file_put (self->records, key, record);
}
