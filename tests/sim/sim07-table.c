/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a model of py2p keeps: its table, what it has seen, what its program got. */
#include "sim07-private.h"

#include <string.h>

#define SEEN_SECONDS 60

static guint
find_key (Sim07Peer *self, Sim07Value *key)
{
  for (guint i = 0; i < self->table->len; i++)
    if (sim07_value_equal (g_array_index (self->table, Sim07Entry, i).key, key))
      return i;
  return G_MAXUINT;
}

Sim07Conn *
sim07_table_get (Sim07Peer *self, Sim07Value *key)
{
  guint at = find_key (self, key);

  return at != G_MAXUINT ? g_array_index (self->table, Sim07Entry, at).conn : NULL;
}

/* A key that was there keeps its place. */
void
sim07_table_put (Sim07Peer *self, Sim07Value *key, Sim07Conn *conn)
{
  guint at = find_key (self, key);
  Sim07Entry entry = { NULL, conn };

  if (at != G_MAXUINT)
    {
      g_array_index (self->table, Sim07Entry, at).conn = conn;
      return;
    }
  entry.key = sim07_value_ref (key);
  g_array_append_val (self->table, entry);
}

void
sim07_table_pop (Sim07Peer *self, Sim07Value *key)
{
  guint at = find_key (self, key);

  if (at != G_MAXUINT)
    g_array_remove_index (self->table, at);
}

gint64
sim07_utc (Sim07Peer *self)
{
  return p2p_clock_utc_seconds (self->env->clock);
}

gboolean
sim07_seen_add (Sim07Peer *self, const guint8 *id, long double time)
{
  Sim07Seen seen = { .time = time };

  for (guint i = self->seen->len; i > 0; i--)
    {
      Sim07Seen *other = &g_array_index (self->seen, Sim07Seen, i - 1);

      /* NaN is not equal to itself. */
      if (other->time == time && memcmp (other->id, id, sizeof other->id) == 0)
        return FALSE;
    }
  memcpy (seen.id, id, sizeof seen.id);
  g_array_append_val (self->seen, seen);
  return TRUE;
}

void
sim07_seen_clean (Sim07Peer *self)
{
  gint64 edge = sim07_utc (self) - SEEN_SECONDS;
  guint kept = 0;

  for (guint i = 0; i < self->seen->len; i++)
    {
      Sim07Seen *seen = &g_array_index (self->seen, Sim07Seen, i);

      if (seen->time > edge)
        g_array_index (self->seen, Sim07Seen, kept++) = *seen;
    }
  g_array_set_size (self->seen, kept);
}

guint
sim07_peer_get_n_entries (Sim07Peer *self)
{
  return self->table->len;
}

Sim07Value *
sim07_peer_get_key (Sim07Peer *self, guint index)
{
  return g_array_index (self->table, Sim07Entry, index).key;
}

Sim07Conn *
sim07_peer_get_entry (Sim07Peer *self, guint index)
{
  return g_array_index (self->table, Sim07Entry, index).conn;
}

Sim07Conn *
sim07_peer_find (Sim07Peer *self, const char *id)
{
  g_autoptr (Sim07Value) bin = sim07_value_bin (id);
  g_autoptr (Sim07Value) str = sim07_value_str (id);
  Sim07Conn *conn = sim07_table_get (self, bin);

  return conn != NULL ? conn : sim07_table_get (self, str);
}

GPtrArray *
sim07_peer_get_heard (Sim07Peer *self)
{
  return self->heard;
}

guint
sim07_peer_count_heard (Sim07Peer *self, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < self->heard->len; i++)
    {
      Sim07Heard *heard = self->heard->pdata[i];
      g_autofree char *said = sim07_value_length (heard->payload) == 2 ? sim07_value_dup_str (sim07_value_get (heard->payload, 1)) : NULL;

      if (g_strcmp0 (said, text) == 0)
        n++;
    }
  return n;
}

gboolean
sim07_conn_get_outgoing (Sim07Conn *self)
{
  return self->outgoing;
}

gboolean
sim07_conn_is_over (Sim07Conn *self)
{
  return self->pipe == NULL || self->ended;
}

gboolean
sim07_conn_has_id (Sim07Conn *self)
{
  return self->id != NULL;
}

guint16
sim07_conn_get_own_port (Sim07Conn *self)
{
  P2pPipeAddress address = { 0 };

  if (self->pipe != NULL)
    self->pipe->ops->get_own (self->pipe, &address);
  return address.port;
}

guint16
sim07_conn_get_peer_port (Sim07Conn *self)
{
  P2pPipeAddress address = { 0 };

  if (self->pipe != NULL)
    self->pipe->ops->get_peer (self->pipe, &address);
  return address.port;
}
