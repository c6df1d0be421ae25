/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/ring/rt-ring-glyph.h"
#include "rt-graph-view.h"

G_BEGIN_DECLS

#define RT_GRAPH_LEAST_ZOOM 12.0
#define RT_GRAPH_MOST_ZOOM 240.0
/* Pixels between two places from which on names have room. */
#define RT_GRAPH_NAMES_ZOOM 52.0

/* All that the texture goes by, but for the graph itself; without gaps, so that it can be compared. */
typedef struct {
  double       zoom, pan_x, pan_y;
  RtGraphNode *chosen;          /* not owned */
  int          width, height, scale;
  gboolean     high_contrast;
  RtRingColors colors;
} RtGraphLook;

struct _RtGraphView
{
  GtkWidget parent_instance;

  RtGraph     *graph;
  RtPeople    *people;
  RtGraphNode *cursor, *chosen, *hover;
  double       zoom;            /* pixels between two places */
  double       pan_x, pan_y;
  double       drag_x, drag_y;  /* pan when the drag began */
  gboolean     fits;            /* zoom is such that all is seen, however much it is */
  GHashTable  *names;           /* RtGraphNode (not owned) -> PangoLayout */
  double       names_zoom;      /* which the names were laid out for */
  GdkTexture  *texture;         /* lines and marks, as they were drawn last; NULL: they are others now */
  RtGraphLook  look;            /* of the texture */
};

/* rt-graph-view.c */
double       rt_graph_view_get_zoom  (RtGraphView *self);
void         rt_graph_view_get_point (RtGraphView *self, RtGraphNode *node, double *x, double *y);
/* Around a point, which stays where it is. */
void         rt_graph_view_zoom      (RtGraphView *self, double factor, double x, double y);
void         rt_graph_view_pan       (RtGraphView *self, double x, double y);
void         rt_graph_view_set_cursor (RtGraphView *self, RtGraphNode *node);
void         rt_graph_view_forget_names (RtGraphView *self);
char        *rt_graph_view_dup_spoken (RtGraphView *self, RtGraphNode *node);

/* rt-graph-drawing.c */
void rt_graph_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot);

/* rt-graph-input.c */
void rt_graph_view_install_input   (GtkWidgetClass *widget_class);
void rt_graph_view_add_controllers (RtGraphView *self);

G_END_DECLS
