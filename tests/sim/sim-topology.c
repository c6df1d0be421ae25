/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-topology.h"

#include <string.h>
#include <unistd.h>

static void
shuffle (guint *numbers, guint n, TestRng *rng)
{
  for (guint i = n - 1; i > 0; i--)
    {
      guint j = (guint) test_rng_below (rng, i + 1);
      guint kept = numbers[i];

      numbers[i] = numbers[j];
      numbers[j] = kept;
    }
}

GArray *
sim_add_rings (SimScenario *scenario, TestRng *rng, guint n_rings, gint64 span)
{
  GArray *edges = g_array_new (FALSE, FALSE, sizeof (SimEdge));
  g_autofree guint *order = g_new (guint, scenario->n_hosts);
  g_autofree gint64 *times = g_new (gint64, scenario->n_hosts);

  for (guint i = 0; i < scenario->n_hosts; i++)
    {
      order[i] = i;
      times[i] = SECOND + test_rng_between (rng, 0, span);
      sim_scenario_add (scenario, test_rng_between (rng, 0, SECOND), SIM_START, i, 0, 0);
    }
  for (guint ring = 0; ring < n_rings; ring++)
    {
      shuffle (order, scenario->n_hosts, rng);
      for (guint i = 0; i < scenario->n_hosts; i++)
        {
          SimEdge edge = { order[i], order[(i + 1) % scenario->n_hosts] };

          /* All at once, or what the first neighbour tells would be dialled in place of the others. */
          sim_scenario_add (scenario, times[edge.from], SIM_CONNECT, edge.from, edge.to, 0);
          g_array_append_val (edges, edge);
        }
    }
  return edges;
}

static gboolean
is_stable (SimNode *node, gint64 sent, gint64 before, gint64 after)
{
  return node->born + before <= sent && (node->died == 0 || (after >= 0 && node->died >= sent + after));
}

void
sim_net_get_figures (SimNet *net, gint64 from, gint64 until, gint64 before, gint64 after, SimFigures *figures)
{
  guint64 of_hops[SIM_HOPS_UNKNOWN + 1] = { 0 };
  guint64 heard = 0, sum = 0;

  memset (figures, 0, sizeof *figures);
  for (guint i = 0; i < net->casts->len; i++)
    {
      SimCast *cast = net->casts->pdata[i];

      if (cast->sent < from || cast->sent >= until || !is_stable (net->nodes->pdata[cast->origin], cast->sent, before, after))
        continue;
      for (guint j = 0; j < net->nodes->len; j++)
        {
          SimNode *node = net->nodes->pdata[j];
          guint hops = sim_cast_get_hops (cast, node);

          if (node->index == cast->origin || !is_stable (node, cast->sent, before, after))
            continue;
          figures->deliveries++;
          if (hops == 0 && figures->missing++ == 0)
            {
              figures->first_missing_cast = i;
              figures->first_missing_host = node->host_index;
            }
          if (hops > 1)
            {
              heard++;
              of_hops[hops - 1]++;
            }
        }
    }
  for (guint hops = 1; hops < G_N_ELEMENTS (of_hops); hops++)
    {
      if (of_hops[hops] == 0)
        continue;
      figures->max_hops = hops;
      if (sum * 100 < heard * 99)
        figures->p99_hops = hops;
      sum += of_hops[hops];
    }
}

gsize
sim_get_memory (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  fields = g_strsplit (text, " ", 3);
  return (gsize) g_ascii_strtoull (fields[1], NULL, 10) * (gsize) sysconf (_SC_PAGESIZE);
}
