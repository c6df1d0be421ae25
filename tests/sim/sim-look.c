/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a net looks like: how many parts it has, and figures of its nodes. */
#include "sim-net.h"

#include <string.h>

guint
sim_net_count_alive (SimNet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->current->len; i++)
    n += self->current->pdata[i] != NULL;
  return n;
}

static gboolean
is_old_enough (SimNet *self, SimNode *node, gint64 age)
{
  return node != NULL && test_world_now (self->world) - node->born >= age;
}

/* Of a model's table everybody might be one. */
static guint
count_neighbours (SimNet *self, SimNode *node)
{
  return node->node != NULL ? p2p_mesh_node_get_n_peers (node->node) : self->current->len;
}

static SimNode *
get_neighbour (SimNet *self, SimNode *node, guint index)
{
  SimNode *other = node->node != NULL ? sim_net_find (self, p2p_peer_get_id (p2p_mesh_node_get_peer (node->node, index))) : self->current->pdata[index];

  return other != NULL && sim_node_get_id (other) != NULL ? other : NULL;
}

guint
sim_net_count_parts (SimNet *self, gint64 age, guint *part)
{
  g_autofree guint *own = part == NULL ? g_new (guint, self->current->len) : NULL;
  g_autofree guint *waiting = g_new (guint, self->current->len);
  guint n_parts = 0;

  if (part == NULL)
    part = own;
  memset (part, 0, self->current->len * sizeof *part);
  for (guint first = 0; first < self->current->len; first++)
    {
      guint n_waiting = 0;

      if (part[first] != 0 || !is_old_enough (self, self->current->pdata[first], age))
        continue;
      part[first] = ++n_parts;
      waiting[n_waiting++] = first;
      while (n_waiting > 0)
        {
          SimNode *node = self->current->pdata[waiting[--n_waiting]];

          for (guint i = 0; i < count_neighbours (self, node); i++)
            {
              SimNode *other = get_neighbour (self, node, i);

              if (other == NULL || !is_old_enough (self, other, age) || part[other->host_index] != 0)
                continue;
              /* What only one of them has in its table, or what is dead without their knowing, joins nothing. */
              if (!sim_node_has_link (node, other) || !sim_node_has_link (other, node) ||
                  test_host_get_group (node->host) != test_host_get_group (other->host))
                continue;
              part[other->host_index] = n_parts;
              waiting[n_waiting++] = other->host_index;
            }
        }
    }
  return n_parts;
}

guint
sim_net_count_known_parts (SimNet *self)
{
  guint n = MIN (self->current->len, 64);
  guint64 left = 0;
  guint parts = 0;

  for (guint i = 0; i < n; i++)
    if (self->current->pdata[i] != NULL)
      left |= G_GUINT64_CONSTANT (1) << i;
  for (; left != 0; parts++)
    {
      guint64 part = left & -left, before;

      do
        {
          before = part;
          for (guint i = 0; i < n; i++)
            {
              SimNode *node = self->current->pdata[i];
              guint64 bit = G_GUINT64_CONSTANT (1) << i;

              if (node != NULL && (part & bit) != 0)
                part |= node->known & left;
              else if (node != NULL && (node->known & part) != 0)
                part |= bit;
            }
        }
      while (part != before);
      left &= ~part;
    }
  return parts;
}

void
sim_net_sum_stats (SimNet *self, P2pNodeStats *sum)
{
  memset (sum, 0, sizeof *sum);
  for (guint i = 0; i < self->current->len; i++)
    {
      SimNode *node = self->current->pdata[i];
      P2pNodeStats stats;

      if (node == NULL || node->node == NULL)
        continue;
      p2p_mesh_node_get_stats (node->node, &stats);
      sum->messages_in += stats.messages_in;
      sum->messages_out += stats.messages_out;
      sum->bytes_in += stats.bytes_in;
      sum->bytes_out += stats.bytes_out;
      sum->relayed += stats.relayed;
      sum->duplicates += stats.duplicates;
      sum->delivered += stats.delivered;
      sum->ihave_in += stats.ihave_in;
      sum->ihave_out += stats.ihave_out;
      sum->iwant_in += stats.iwant_in;
      sum->iwant_out += stats.iwant_out;
      sum->bodies_saved += stats.bodies_saved;
      sum->recovered += stats.recovered;
      sum->links_established += stats.links_established;
    }
}
