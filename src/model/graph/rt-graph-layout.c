/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where everybody stands. There are fixed places on rings around us, 6 on the first, 12 on the second, and so on, all about as far apart; a newcomer gets
 * a free one, and keeps it for as long as he is known: whoever comes or goes, nobody else moves. Neighbours are spread over the inner rings,
 * others stand as near as there is room to who leads to them. What comes of it depends on the order of arrival and on nothing else.
 */
#include "config.h"

#include "rt-graph-private.h"

#include <math.h>

/* What a ring farther out than needed costs, in distances between places. */
#define OUTWARD 0.6

static guint
first_of_ring (guint ring)
{
  return 3 * ring * (ring - 1);
}

void
rt_graph_layout_init (RtGraph *self)
{
  for (guint ring = 1; ring <= RT_GRAPH_RINGS; ring++)
    for (guint i = 0; i < 6 * ring; i++)
      {
        /* The first is on top. Every other ring is turned by half a place, so that not all are in line with us. */
        double angle = (i + (ring % 2 == 0 ? 0.5 : 0)) / (6.0 * ring) * 2 * G_PI - G_PI_2;
        guint place = first_of_ring (ring) + i;

        self->points[place].x = ring * cos (angle);
        self->points[place].y = ring * sin (angle);
        self->points[place].ring = ring;
      }
}

static void
take (RtGraph     *self,
      RtGraphNode *node,
      guint        place)
{
  node->place = place;
  self->places[place] = node;
  node->x = self->points[place].x;
  node->y = self->points[place].y;
}

void
rt_graph_layout_free (RtGraph     *self,
                      RtGraphNode *node)
{
  if (node->place != RT_GRAPH_NO_PLACE)
    self->places[node->place] = NULL;
  node->place = RT_GRAPH_NO_PLACE;
}

/* On the innermost ring with room, as far from the others there as can be. */
static guint
find_spread (RtGraph *self)
{
  for (guint ring = 1; ring <= RT_GRAPH_RINGS; ring++)
    {
      guint first = first_of_ring (ring), n = 6 * ring, best = RT_GRAPH_NO_PLACE, most = 0;

      for (guint i = 0; i < n; i++)
        {
          guint apart = n;

          if (self->places[first + i] != NULL)
            continue;
          for (guint j = 0; j < n; j++)
            if (self->places[first + j] != NULL)
              apart = MIN (apart, MIN ((i + n - j) % n, (j + n - i) % n));
          if (apart > most)
            {
              most = apart;
              best = first + i;
            }
        }
      if (best != RT_GRAPH_NO_PLACE)
        return best;
    }
  return RT_GRAPH_NO_PLACE;
}

static guint
find_near (RtGraph           *self,
           const RtGraphNode *node,
           const RtGraphNode *parent)
{
  /* farther out than who leads to it, as far as there are rings */
  guint ring = MIN (parent->hops + 1, RT_GRAPH_RINGS - 1);
  double least = G_MAXDOUBLE;
  guint best = RT_GRAPH_NO_PLACE;

  for (guint place = 0; place < RT_GRAPH_PLACES; place++)
    {
      guint at = self->points[place].ring;
      double x = self->points[place].x - parent->x, y = self->points[place].y - parent->y, cost;

      if (self->places[place] != NULL)
        continue;
      cost = sqrt (x * x + y * y) + (at > ring ? OUTWARD * (at - ring) : 2.0 * RT_GRAPH_RINGS * (ring - at));
      /* a hair, so that rounding decides nothing */
      if (cost < least - 1e-6)
        {
          least = cost;
          best = place;
        }
    }
  return best;
}

static void
place_node (RtGraph     *self,
            RtGraphNode *node)
{
  const RtGraphNode *parent = g_ptr_array_index (self->nodes, node->parent);
  guint place = node->kind == RT_GRAPH_NEIGHBOUR || parent->place == RT_GRAPH_NO_PLACE ? find_spread (self) : find_near (self, node, parent);

  if (place != RT_GRAPH_NO_PLACE)
    take (self, node, place);
}

void
rt_graph_layout_place (RtGraph *self)
{
  /* Who leads to others before those. */
  for (guint kind = RT_GRAPH_NEIGHBOUR; kind <= RT_GRAPH_HEARD; kind++)
    for (guint i = 0; i < self->nodes->len; i++)
      {
        RtGraphNode *node = g_ptr_array_index (self->nodes, i);

        if (node->kind == kind && node->place == RT_GRAPH_NO_PLACE)
          place_node (self, node);
      }
}
