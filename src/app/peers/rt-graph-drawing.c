/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an RtGraphView looks: each kind of person has a mark, each kind of connection a line of its own, for who sees no colours. */
#include "config.h"

#include <adwaita.h>
#include <math.h>

#include "rt-graph-view-private.h"

#define MARK_RADIUS 7
#define NAME_GAP 4
#define NAME_MARGIN 2
#define HALO 5
/* From so many on lines are drawn fast rather than well. */
#define MANY 100
/* Nearer to each other our name would hide a neighbour; our mark has a shape of its own. */
#define YOU_ZOOM 34
/* Outside of the widget by so much, nothing of a mark is seen. */
#define BEYOND 40

static void
set_source (cairo_t       *cr,
            const GdkRGBA *color,
            double         alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
}

static gboolean
is_high_contrast (void)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}

static double
get_mark_radius (RtGraphView *self)
{
  return CLAMP (rt_graph_view_get_zoom (self) / 5, 3, MARK_RADIUS);
}

typedef struct {
  double x, y;
  RtGraphNode *node;            /* not owned */
} Mark;

static Mark *
read_marks (RtGraphView *self,
            guint       *n)
{
  Mark *marks;

  *n = g_list_model_get_n_items (G_LIST_MODEL (self->graph));
  marks = g_new (Mark, *n + 1);
  for (guint i = 0; i < *n; i++)
    {
      g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), i);

      rt_graph_view_get_point (self, node, &marks[i].x, &marks[i].y);
      marks[i].node = node;
    }
  return marks;
}

/* ---- lines ---- */

static void
set_style (cairo_t        *cr,
           RtGraphEdgeKind kind,
           gboolean        many)
{
  static const double short_dashes[] = { 5, 4 }, long_dashes[] = { 14, 10 }, dots[] = { 1.5, 4 };
  /* each dash costs as much as a line */
  const double *dashes = many ? long_dashes : short_dashes;

  cairo_set_line_width (cr, kind == RT_GRAPH_EDGE_LINK ? 2.5 : 1.2);
  if (kind == RT_GRAPH_EDGE_CLAIM)
    cairo_set_dash (cr, dashes, 2, 0);
  else if (kind == RT_GRAPH_EDGE_HEARD)
    cairo_set_dash (cr, dots, 2, 0);
  else
    cairo_set_dash (cr, NULL, 0, 0);
}

static gboolean
is_of_chosen (RtGraphView       *self,
              const Mark        *marks,
              const RtGraphEdge *edge)
{
  return self->chosen != NULL && (marks[edge->from].node == self->chosen || marks[edge->to].node == self->chosen);
}

/* Each is a stroke of its own: of a path of a thousand dashed lines the crossings would cost the most. */
static void
draw_edges (RtGraphView        *self,
            cairo_t            *cr,
            const Mark         *marks,
            const RtRingColors *colors,
            gboolean            chosen)
{
  for (guint kind = RT_GRAPH_EDGE_LINK; kind <= RT_GRAPH_EDGE_HEARD; kind++)
    {
      set_style (cr, kind, rt_graph_get_n_edges (self->graph) > MANY);
      set_source (cr, chosen ? &colors->accent : &colors->text, chosen || is_high_contrast () ? 1 : kind == RT_GRAPH_EDGE_LINK ? 0.7 : 0.4);
      for (guint i = 0; i < rt_graph_get_n_edges (self->graph); i++)
        {
          const RtGraphEdge *edge = rt_graph_get_edge (self->graph, i);

          if (edge->kind != kind || is_of_chosen (self, marks, edge) != chosen)
            continue;
          cairo_move_to (cr, marks[edge->from].x, marks[edge->from].y);
          cairo_line_to (cr, marks[edge->to].x, marks[edge->to].y);
          cairo_stroke (cr);
        }
    }
  cairo_set_dash (cr, NULL, 0, 0);
}

/* ---- marks ---- */

static gboolean
is_seen (RtGraphView *self,
         const Mark  *mark)
{
  return mark->x > -BEYOND && mark->y > -BEYOND && mark->x < gtk_widget_get_width (GTK_WIDGET (self)) + BEYOND &&
         mark->y < gtk_widget_get_height (GTK_WIDGET (self)) + BEYOND;
}

static void
draw_halo (cairo_t            *cr,
           const Mark         *mark,
           double              radius,
           const RtRingColors *colors,
           double              width,
           double              alpha)
{
  cairo_new_path (cr);
  cairo_arc (cr, mark->x, mark->y, radius + HALO, 0, 2 * G_PI);
  cairo_set_line_width (cr, width);
  set_source (cr, &colors->accent, alpha);
  cairo_stroke (cr);
}

static void
draw_marks (RtGraphView        *self,
            cairo_t            *cr,
            const Mark         *marks,
            guint               n,
            const RtRingColors *colors)
{
  double radius = get_mark_radius (self);
  gboolean focused = gtk_widget_has_focus (GTK_WIDGET (self));

  /* from the last to the first: we are on top */
  for (guint i = n; i-- > 0;)
    {
      const Mark *mark = &marks[i];

      if (!is_seen (self, mark))
        continue;
      rt_ring_glyph_draw (cr, rt_graph_get_glyph (rt_graph_node_get_kind (mark->node)), mark->x, mark->y, radius * 1.2, colors);
      if (mark->node == self->chosen)
        draw_halo (cr, mark, radius, colors, 2.5, 1);
      if (mark->node == self->hover)
        draw_halo (cr, mark, radius, colors, 1.5, 0.6);
      if (focused && mark->node == self->cursor)
        draw_halo (cr, mark, radius + 4, colors, 2, 1);
    }
}

/* ---- names ---- */

static PangoLayout *
get_name (RtGraphView *self,
          RtGraphNode *node,
          double       zoom)
{
  PangoLayout *layout;
  g_autofree char *name = NULL;

  if (self->names_zoom != zoom)
    {
      rt_graph_view_forget_names (self);
      self->names_zoom = zoom;
    }
  layout = g_hash_table_lookup (self->names, node);
  if (layout != NULL)
    return layout;
  name = rt_graph_dup_name (node, self->people);
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), name);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_width (layout, (int) (MAX (zoom * 1.3, 80) * PANGO_SCALE));
  g_hash_table_insert (self->names, node, layout);
  return layout;
}

static void
draw_name (RtGraphView        *self,
           GtkSnapshot        *snapshot,
           const Mark         *mark,
           double              zoom,
           const RtRingColors *colors)
{
  PangoLayout *layout = get_name (self, mark->node, zoom);
  PangoRectangle extents;
  graphene_rect_t box;
  GdkRGBA behind = colors->view;
  double width = gtk_widget_get_width (GTK_WIDGET (self)), x;

  pango_layout_get_pixel_extents (layout, NULL, &extents);
  /* within the drawing, as far as that goes */
  x = CLAMP (mark->x - extents.width / 2.0, NAME_MARGIN, MAX (width - extents.width - NAME_MARGIN, NAME_MARGIN));
  graphene_rect_init (&box, (float) x, (float) (mark->y + get_mark_radius (self) + NAME_GAP), (float) extents.width, (float) extents.height);
  graphene_rect_inset (&box, -NAME_MARGIN, 0);
  behind.alpha *= 0.85f;
  gtk_snapshot_append_color (snapshot, &behind, &box);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (box.origin.x + NAME_MARGIN - (float) extents.x, box.origin.y - (float) extents.y));
  gtk_snapshot_append_layout (snapshot, layout, mark->node == self->chosen ? &colors->accent : &colors->text);
  gtk_snapshot_restore (snapshot);
}

void
rt_graph_view_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  RtGraphView *self = RT_GRAPH_VIEW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double zoom = rt_graph_view_get_zoom (self);
  g_autofree Mark *marks = NULL;
  RtRingColors colors;
  cairo_t *cr;
  guint n;

  if (self->graph == NULL || width < 1 || height < 1)
    return;
  rt_ring_colors_read (&colors, widget);
  marks = read_marks (self, &n);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_set_antialias (cr, n > MANY ? CAIRO_ANTIALIAS_FAST : CAIRO_ANTIALIAS_DEFAULT);
  draw_edges (self, cr, marks, &colors, FALSE);
  draw_edges (self, cr, marks, &colors, TRUE);
  draw_marks (self, cr, marks, n, &colors);
  cairo_destroy (cr);
  /* where there is no room for all, those that the person looks at have theirs */
  for (guint i = n; i-- > 0;)
    if (is_seen (self, &marks[i]) && (zoom >= RT_GRAPH_NAMES_ZOOM || (rt_graph_node_get_kind (marks[i].node) == RT_GRAPH_YOU && zoom >= YOU_ZOOM) ||
                                      marks[i].node == self->chosen || marks[i].node == self->hover || marks[i].node == self->cursor))
      draw_name (self, snapshot, &marks[i], zoom, &colors);
  gtk_snapshot_pop (snapshot);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 1, 1, width - 2, height - 2);
}
