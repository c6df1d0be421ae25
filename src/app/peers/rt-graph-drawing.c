/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an RtGraphView looks: each kind of person has a mark, each kind of connection a line of its own, for who sees no colours. Lines and marks are one
 * texture, made anew only when they are others: what moves with the pointer and the keyboard is drawn over it. */
#include "config.h"

#include <adwaita.h>
#include <math.h>
#include <string.h>

#include "rt-graph-view-private.h"
#include "rt-line-raster.h"

#define MARK_RADIUS 7
#define NAME_GAP 4
#define NAME_MARGIN 2
#define HALO 5
/* From the middle of the largest to where nothing of it is, in whole pixels. */
#define MARK_SIDE 16
/* Nearer to each other our name would hide a neighbour; our mark has a shape of its own. */
#define YOU_ZOOM 34
/* Outside of the widget by so much, nothing of a mark is seen. */
#define BEYOND 40

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

static const struct {
  double thickness, alpha, on, off;
} styles[] = {
  [RT_GRAPH_EDGE_LINK] = { 2.5, 0.7, 0, 0 },
  [RT_GRAPH_EDGE_BOTH] = { 1.2, 0.4, 0, 0 },
  [RT_GRAPH_EDGE_CLAIM] = { 1.2, 0.4, 5, 4 },
  [RT_GRAPH_EDGE_HEARD] = { 1.2, 0.4, 1.5, 4 },
};

static guint32
make_pixel (const GdkRGBA *color,
            double         alpha)
{
  double a = CLAMP (color->alpha * alpha, 0, 1) * 255;

  return (guint32) (a + 0.5) << 24 | (guint32) (color->red * a + 0.5) << 16 | (guint32) (color->green * a + 0.5) << 8 | (guint32) (color->blue * a + 0.5);
}

static gboolean
is_of_chosen (RtGraphView       *self,
              const Mark        *marks,
              const RtGraphEdge *edge)
{
  return self->chosen != NULL && (marks[edge->from].node == self->chosen || marks[edge->to].node == self->chosen);
}

static void
draw_edges (RtGraphView        *self,
            const RtLineRaster *raster,
            const Mark         *marks,
            const RtGraphLook  *look,
            gboolean            chosen)
{
  guint n = rt_graph_get_n_edges (self->graph);

  for (guint kind = RT_GRAPH_EDGE_LINK; kind <= RT_GRAPH_EDGE_HEARD; kind++)
    {
      guint32 color = make_pixel (chosen ? &look->colors.accent : &look->colors.text, chosen || look->high_contrast ? 1 : styles[kind].alpha);

      for (guint i = 0; i < n; i++)
        {
          const RtGraphEdge *edge = rt_graph_get_edge (self->graph, i);
          const Mark *from = &marks[edge->from], *to = &marks[edge->to];
          RtLine line;

          if (edge->kind != kind || is_of_chosen (self, marks, edge) != chosen)
            continue;
          line = (RtLine) {
            from->x * look->scale, from->y * look->scale, to->x * look->scale, to->y * look->scale,
            styles[kind].thickness * look->scale, styles[kind].on * look->scale, styles[kind].off * look->scale, color,
          };
          rt_line_raster_draw (raster, &line);
        }
    }
}

/* ---- marks ---- */

static gboolean
is_seen (RtGraphView *self,
         const Mark  *mark)
{
  return mark->x > -BEYOND && mark->y > -BEYOND && mark->x < gtk_widget_get_width (GTK_WIDGET (self)) + BEYOND &&
         mark->y < gtk_widget_get_height (GTK_WIDGET (self)) + BEYOND;
}

/* Of each kind one is drawn, and copied to whole pixels: a circle of cairo's own costs as much as ten lines. */
static cairo_surface_t *
make_mark (cairo_t           *cr,
           RtGraphKind        kind,
           double             radius,
           const RtGraphLook *look)
{
  int size = 2 * MARK_SIDE * look->scale;
  cairo_surface_t *surface = cairo_surface_create_similar_image (cairo_get_target (cr), CAIRO_FORMAT_ARGB32, size, size);
  cairo_t *own;

  cairo_surface_set_device_scale (surface, look->scale, look->scale);
  own = cairo_create (surface);
  rt_ring_glyph_draw (own, rt_graph_get_glyph (kind), MARK_SIDE, MARK_SIDE, radius * 1.2, &look->colors);
  cairo_destroy (own);
  return surface;
}

static void
draw_marks (RtGraphView       *self,
            cairo_t           *cr,
            const Mark        *marks,
            guint              n,
            const RtGraphLook *look)
{
  double radius = get_mark_radius (self);
  cairo_surface_t *drawn[RT_GRAPH_HEARD + 1];

  for (guint i = 0; i < G_N_ELEMENTS (drawn); i++)
    drawn[i] = make_mark (cr, i, radius, look);
  /* from the last to the first: we are on top */
  for (guint i = n; i-- > 0;)
    if (is_seen (self, &marks[i]))
      {
        cairo_set_source_surface (cr, drawn[rt_graph_node_get_kind (marks[i].node)], round (marks[i].x * look->scale) / look->scale - MARK_SIDE,
                                  round (marks[i].y * look->scale) / look->scale - MARK_SIDE);
        cairo_paint (cr);
      }
  for (guint i = 0; i < G_N_ELEMENTS (drawn); i++)
    cairo_surface_destroy (drawn[i]);
}

/* ---- the texture ---- */

static void
read_look (RtGraphView *self,
           RtGraphLook *look)
{
  GtkWidget *widget = GTK_WIDGET (self);

  /* it is compared as bytes */
  memset (look, 0, sizeof *look);
  look->zoom = self->zoom;
  look->pan_x = self->pan_x;
  look->pan_y = self->pan_y;
  look->chosen = self->chosen;
  look->width = gtk_widget_get_width (widget);
  look->height = gtk_widget_get_height (widget);
  look->scale = gtk_widget_get_scale_factor (widget);
  look->high_contrast = is_high_contrast ();
  rt_ring_colors_read (&look->colors, widget);
}

static void
make_texture (RtGraphView       *self,
              const RtGraphLook *look,
              const Mark        *marks,
              guint              n)
{
  int width = look->width * look->scale, height = look->height * look->scale;
  g_autoptr (GBytes) bytes = NULL;
  RtLineRaster raster;
  cairo_surface_t *surface;
  cairo_t *cr;
  int stride;

  if (self->texture != NULL && memcmp (&self->look, look, sizeof *look) == 0)
    return;
  g_clear_object (&self->texture);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  stride = cairo_image_surface_get_stride (surface);
  raster = (RtLineRaster) { (gpointer) cairo_image_surface_get_data (surface), width, height, stride / (int) sizeof (guint32) };
  draw_edges (self, &raster, marks, look, FALSE);
  draw_edges (self, &raster, marks, look, TRUE);
  cairo_surface_mark_dirty (surface);
  cairo_surface_set_device_scale (surface, look->scale, look->scale);
  cr = cairo_create (surface);
  draw_marks (self, cr, marks, n, look);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * (gsize) height, (GDestroyNotify) cairo_surface_destroy, surface);
  self->texture = gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
  self->look = *look;
}

/* ---- what is over it ---- */

static void
draw_halo (GtkSnapshot        *snapshot,
           const Mark         *mark,
           double              radius,
           const RtRingColors *colors,
           float               width,
           float               alpha)
{
  float outer = (float) radius + HALO + width / 2;
  GskRoundedRect circle;
  GdkRGBA color = colors->accent;

  color.alpha *= alpha;
  gsk_rounded_rect_init_from_rect (&circle, &GRAPHENE_RECT_INIT ((float) mark->x - outer, (float) mark->y - outer, 2 * outer, 2 * outer), outer);
  gtk_snapshot_append_border (snapshot, &circle, (float[4]) { width, width, width, width }, (GdkRGBA[4]) { color, color, color, color });
}

static void
draw_halos (RtGraphView        *self,
            GtkSnapshot        *snapshot,
            const Mark         *marks,
            guint               n,
            const RtRingColors *colors)
{
  double radius = get_mark_radius (self);
  gboolean focused = gtk_widget_has_focus (GTK_WIDGET (self));

  for (guint i = n; i-- > 0;)
    {
      const Mark *mark = &marks[i];

      if (!is_seen (self, mark))
        continue;
      if (mark->node == self->chosen)
        draw_halo (snapshot, mark, radius, colors, 2.5f, 1);
      if (mark->node == self->hover)
        draw_halo (snapshot, mark, radius, colors, 1.5f, 0.6f);
      if (focused && mark->node == self->cursor)
        draw_halo (snapshot, mark, radius + 4, colors, 2, 1);
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
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  RtGraphLook look;
  guint n;

  if (self->graph == NULL || width < 1 || height < 1)
    return;
  read_look (self, &look);
  marks = read_marks (self, &n);
  make_texture (self, &look, marks, n);
  gtk_snapshot_push_clip (snapshot, &all);
  gtk_snapshot_append_texture (snapshot, self->texture, &all);
  draw_halos (self, snapshot, marks, n, &look.colors);
  /* where there is no room for all, those that the person looks at have theirs */
  for (guint i = n; i-- > 0;)
    if (is_seen (self, &marks[i]) && (zoom >= RT_GRAPH_NAMES_ZOOM || (rt_graph_node_get_kind (marks[i].node) == RT_GRAPH_YOU && zoom >= YOU_ZOOM) ||
                                      marks[i].node == self->chosen || marks[i].node == self->hover || marks[i].node == self->cursor))
      draw_name (self, snapshot, &marks[i], zoom, &look.colors);
  gtk_snapshot_pop (snapshot);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), 1, 1, width - 2, height - 2);
}
