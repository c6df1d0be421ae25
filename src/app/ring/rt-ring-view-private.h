/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-ring-glyph.h"
#include "rt-ring-view.h"

G_BEGIN_DECLS

/* A storing node, as it is drawn. */
typedef struct {
  P2pChordMemberInfo *info;
  gulong   handler;
  char    *id;
  double   fraction;
  int      glyph;               /* -1: it has to be read */
} RtRingMark;

/* A place of the key, as it is drawn. */
typedef struct {
  RtRingPlace facts;
  guint       level;            /* of places that are near to each other one stands farther out */
  guint       holder;           /* the mark of who answered; RT_RING_NO_MARK */
} RtRingSpot;

#define RT_RING_NO_MARK G_MAXUINT

/* Where the circle is in the widget. */
typedef struct {
  double x, y, radius;
  double spot_radius, spot_step;        /* of the marks of places, and how much farther out the next level is */
  double mark_radius;
} RtRingGeometry;

struct _RtRingView
{
  GtkWidget parent_instance;

  RtRing     *ring;
  GListModel *members;
  GArray     *marks;            /* of RtRingMark, in the order of members */
  RtRingSpot  spots[RT_RING_N_PLACES];
  guint       n_spots;
  guint       self_mark;        /* RT_RING_NO_MARK: we store nothing */
  gboolean    has_arc;
  double      arc_from, arc_to;
  char       *summary;          /* what the look at the key came to */
  guint       cursor, chosen, hover;    /* marks */
  int         place;
  gboolean    compact;
  guint       update_id;
  gboolean    stale;            /* marks have to be read again */

  GdkTexture *texture;          /* what changes with the nodes only */
  int         texture_width, texture_height, texture_scale;
};

static inline RtRingMark *
rt_ring_view_get_mark (RtRingView *self,
                       guint       index)
{
  return index < self->marks->len ? &g_array_index (self->marks, RtRingMark, index) : NULL;
}

/* rt-ring-view.c */
char *rt_ring_view_dup_mark_words (RtRingView *self, guint index);
/* Read out: the node that the keyboard is at, else what there is. */
void rt_ring_view_speak           (RtRingView *self);
void rt_ring_view_choose          (RtRingView *self, guint index);
/* rt-ring-input.c */
void rt_ring_view_install_input   (GtkWidgetClass *widget_class);
void rt_ring_view_add_controllers (RtRingView *self);
/* rt-ring-drawing.c */
void rt_ring_view_get_geometry (RtRingView *self, RtRingGeometry *geometry);
void rt_ring_get_point         (const RtRingGeometry *geometry, double fraction, double distance, double *x, double *y);
void rt_ring_view_snapshot     (GtkWidget *widget, GtkSnapshot *snapshot);
/* How far out the mark of a place is. */
double rt_ring_get_spot_distance (const RtRingGeometry *geometry, const RtRingSpot *spot);

G_END_DECLS
