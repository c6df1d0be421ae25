/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * With --state: the keys of those who proved themselves, so that nobody takes their ids in the next run by leaving the proof out. A line of 64
 * hexadecimal digits each.
 */
#include "config.h"

#include "rt-node-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>

/* The default of known-keys: what is more has no room there. */
#define MAX_KEYS 16384
#define DIGITS 64

static GBytes *
parse_key (const char *line)
{
  guint8 key[DIGITS / 2];

  for (guint i = 0; i < sizeof key; i++)
    {
      int high = g_ascii_xdigit_value (line[2 * i]);
      int low = high >= 0 ? g_ascii_xdigit_value (line[2 * i + 1]) : -1;

      if (low < 0)
        return NULL;
      key[i] = (guint8) (high << 4 | low);
    }
  return g_bytes_new (key, sizeof key);
}

static char *
get_path (RtNode *self)
{
  return g_build_filename (self->options->state_directory, "known.keys", NULL);
}

/* What is damaged is passed over: the rest is worth as much. */
static void
load (RtNode *self)
{
  g_autofree char *path = get_path (self);
  FILE *file = fopen (path, "re");
  char line[DIGITS + 2];

  if (file == NULL)
    return;
  while (g_hash_table_size (self->keys) < MAX_KEYS && fgets (line, sizeof line, file) != NULL)
    {
      g_autoptr (GBytes) key = parse_key (line);

      if (key != NULL && p2p_mesh_socket_pin_key (self->socket, key))
        g_hash_table_add (self->keys, g_steal_pointer (&key));
    }
  fclose (file);
}

static void
keep (RtNode        *self,
      P2pConnection *connection)
{
  g_autoptr (GBytes) key = p2p_connection_get_id (connection) != NULL ? p2p_mesh_socket_find_key (self->socket, p2p_connection_get_id (connection)) : NULL;
  g_autofree char *path = get_path (self);
  const guint8 *bytes;
  FILE *file;

  if (key == NULL || g_hash_table_contains (self->keys, key) || g_hash_table_size (self->keys) >= MAX_KEYS)
    return;
  g_hash_table_add (self->keys, g_bytes_ref (key));
  p2p_mesh_socket_pin_key (self->socket, key);
  file = fopen (path, "ae");
  if (file == NULL)
    {
      g_printerr ("roundtable-node: %s: %s\n", path, g_strerror (errno));
      return;
    }
  bytes = g_bytes_get_data (key, NULL);
  for (guint i = 0; i < DIGITS / 2; i++)
    fprintf (file, "%02x", bytes[i]);
  fputc ('\n', file);
  if (fclose (file) != 0)
    g_printerr ("roundtable-node: %s: %s\n", path, g_strerror (errno));
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
  self->keys = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  if (self->options->state_directory == NULL)
    return;
  load (self);
  g_signal_connect_object (self->socket, "peer-added", G_CALLBACK (peer_added_cb), self, 0);
}
