/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How an RtRingView looks. All nodes are one texture, made anew only when they change: what moves with the pointer and the keyboard is drawn over it. */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "rt-ring-view-private.h"

/* Below this there is room for one level of places only. */
#define ROOMY 220
#define WORDS_MARGIN 3
/* The word at our own mark, from the circle. */
#define YOU_APART 24
#define ARC_WIDTH 6
/* And for more than the number of nodes in the middle. */
#define WORDY_RADIUS 90

void
rt_ring_view_get_geometry (RtRingView     *self,
                           RtRingGeometry *geometry)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  double size = MIN (width, height);
  gboolean roomy = size >= ROOMY;
  double apart;

  geometry->x = width / 2;
  geometry->y = height / 2;
  geometry->spot_radius = roomy ? 8 : 6.5;
  geometry->spot_step = roomy ? 17 : 8;
  geometry->radius = MAX (size / 2 - (roomy ? 43 : 26), 20);
  /* as large as they can be side by side */
  apart = 2 * G_PI * geometry->radius / MAX (self->marks->len, 1);
  geometry->mark_radius = CLAMP (apart / 2.4, 2, 6);
}

/* 0 is on top. */
void
rt_ring_get_point (const RtRingGeometry *geometry,
                   double                fraction,
                   double                distance,
                   double               *x,
                   double               *y)
{
  double angle = fraction * 2 * G_PI - G_PI_2;

  *x = geometry->x + cos (angle) * distance;
  *y = geometry->y + sin (angle) * distance;
}

double
rt_ring_get_spot_distance (const RtRingGeometry *geometry,
                           const RtRingSpot     *spot)
{
  return geometry->radius + geometry->spot_radius + 7 + spot->level * geometry->spot_step;
}

static void
set_source (cairo_t       *cr,
            const GdkRGBA *color,
            double         alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
}

/* Of lines that are no more than a help. */
static double
get_alpha (double alpha)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ()) ? 0.9 : alpha;
}

/* ---- the nodes ---- */

static void
draw_circle (RtRingView           *self,
             cairo_t              *cr,
             const RtRingGeometry *g,
             const RtRingColors   *colors)
{
  cairo_set_line_width (cr, 1.5);
  set_source (cr, &colors->text, get_alpha (0.35));
  cairo_arc (cr, g->x, g->y, g->radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  if (!self->has_arc)
    return;
  cairo_new_path (cr);
  cairo_set_line_width (cr, ARC_WIDTH);
  set_source (cr, &colors->accent, 1);
  if (self->arc_to - self->arc_from >= 1)
    cairo_arc (cr, g->x, g->y, g->radius, 0, 2 * G_PI);
  else
    cairo_arc (cr, g->x, g->y, g->radius, self->arc_from * 2 * G_PI - G_PI_2, self->arc_to * 2 * G_PI - G_PI_2);
  cairo_stroke (cr);
}

static void
draw_shortcuts (RtRingView           *self,
                cairo_t              *cr,
                const RtRingGeometry *g,
                const RtRingColors   *colors)
{
  const RtRingMark *own;
  double x, y;

  if (self->self_mark == RT_RING_NO_MARK)
    return;
  own = &g_array_index (self->marks, RtRingMark, self->self_mark);
  cairo_set_line_width (cr, 1);
  set_source (cr, &colors->text, get_alpha (0.3));
  for (guint i = 0; i < self->marks->len; i++)
    {
      const RtRingMark *mark = &g_array_index (self->marks, RtRingMark, i);

      if (mark->glyph != RT_RING_GLYPH_FINGER)
        continue;
      rt_ring_get_point (g, own->fraction, g->radius, &x, &y);
      cairo_move_to (cr, x, y);
      rt_ring_get_point (g, mark->fraction, g->radius, &x, &y);
      cairo_line_to (cr, x, y);
    }
  cairo_stroke (cr);
}

/* Those that are something to us are over the others, and we are on top. */
static void
draw_marks (RtRingView           *self,
            cairo_t              *cr,
            const RtRingGeometry *g,
            const RtRingColors   *colors)
{
  static const int order[] = { RT_RING_GLYPH_MEMBER, RT_RING_GLYPH_FINGER, RT_RING_GLYPH_NEIGHBOUR, RT_RING_GLYPH_SELF };

  for (guint turn = 0; turn < G_N_ELEMENTS (order); turn++)
    for (guint i = 0; i < self->marks->len; i++)
      {
        const RtRingMark *mark = &g_array_index (self->marks, RtRingMark, i);
        double x, y;

        if (mark->glyph != order[turn])
          continue;
        rt_ring_get_point (g, mark->fraction, g->radius, &x, &y);
        rt_ring_glyph_draw (cr, mark->glyph, x, y, mark->glyph == RT_RING_GLYPH_MEMBER ? g->mark_radius : MAX (g->mark_radius, 5), colors);
      }
}

static void
make_texture (RtRingView           *self,
              const RtRingGeometry *geometry,
              const RtRingColors   *colors)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  g_autoptr (GBytes) bytes = NULL;
  cairo_surface_t *surface;
  cairo_t *cr;
  int stride;

  if (self->texture != NULL && self->texture_width == width && self->texture_height == height && self->texture_scale == scale)
    return;
  g_clear_object (&self->texture);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width * scale, height * scale);
  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  draw_circle (self, cr, geometry, colors);
  draw_shortcuts (self, cr, geometry, colors);
  draw_marks (self, cr, geometry, colors);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  stride = cairo_image_surface_get_stride (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * (gsize) (height * scale),
                                      (GDestroyNotify) cairo_surface_destroy, surface);
  self->texture = gdk_memory_texture_new (width * scale, height * scale, GDK_MEMORY_DEFAULT, bytes, (gsize) stride);
  self->texture_width = width;
  self->texture_height = height;
  self->texture_scale = scale;
}

/* ---- what is over them ---- */

static void
draw_halo (RtRingView           *self,
           cairo_t              *cr,
           const RtRingGeometry *g,
           const RtRingColors   *colors,
           guint                 index,
           double                width,
           double                alpha)
{
  double x, y;

  if (index >= self->marks->len)
    return;
  rt_ring_get_point (g, g_array_index (self->marks, RtRingMark, index).fraction, g->radius, &x, &y);
  cairo_new_path (cr);
  cairo_arc (cr, x, y, MAX (g->mark_radius, 5) + 4, 0, 2 * G_PI);
  cairo_set_line_width (cr, width);
  set_source (cr, &colors->accent, alpha);
  cairo_stroke (cr);
}

static void
draw_spots (RtRingView           *self,
            cairo_t              *cr,
            const RtRingGeometry *g,
            const RtRingColors   *colors)
{
  double x, y, to_x, to_y;

  /* from each place to who answered */
  cairo_set_line_width (cr, 1);
  set_source (cr, &colors->text, get_alpha (0.6));
  cairo_set_dash (cr, (double[]) { 3, 2 }, 2, 0);
  for (guint i = 0; i < self->n_spots; i++)
    {
      const RtRingSpot *spot = &self->spots[i];
      double fraction = spot->holder < self->marks->len ? g_array_index (self->marks, RtRingMark, spot->holder).fraction : spot->facts.fraction;

      rt_ring_get_point (g, spot->facts.fraction, rt_ring_get_spot_distance (g, spot), &x, &y);
      rt_ring_get_point (g, fraction, g->radius, &to_x, &to_y);
      cairo_move_to (cr, x, y);
      cairo_line_to (cr, to_x, to_y);
    }
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  for (guint i = 0; i < self->n_spots; i++)
    {
      const RtRingSpot *spot = &self->spots[i];

      rt_ring_get_point (g, spot->facts.fraction, rt_ring_get_spot_distance (g, spot), &x, &y);
      rt_ring_glyph_draw (cr, RT_RING_GLYPH_ANSWER + (int) spot->facts.answer, x, y, g->spot_radius, colors);
      if ((int) i != self->place)
        continue;
      cairo_new_path (cr);
      cairo_arc (cr, x, y, g->spot_radius + 3, 0, 2 * G_PI);
      cairo_set_line_width (cr, 2);
      set_source (cr, &colors->accent, 1);
      cairo_stroke (cr);
    }
}

/* Where words are that are wrapped at width, around a point. */
static PangoLayout *
lay_words (RtRingView      *self,
           const char      *text,
           double           x,
           double           y,
           double           width,
           graphene_rect_t *box)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoRectangle extents;

  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_get_pixel_extents (layout, NULL, &extents);
  graphene_rect_init (box, (float) (x - extents.width / 2.0), (float) (y - extents.height / 2.0), (float) extents.width, (float) extents.height);
  graphene_rect_inset (box, -WORDS_MARGIN, 0);
  return layout;
}

/* No line goes through words. */
static void
draw_words (GtkSnapshot           *snapshot,
            PangoLayout           *layout,
            const graphene_rect_t *box,
            const GdkRGBA         *color,
            const GdkRGBA         *behind)
{
  PangoRectangle extents;

  pango_layout_get_pixel_extents (layout, NULL, &extents);
  gtk_snapshot_append_color (snapshot, behind, box);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (box->origin.x + WORDS_MARGIN - (float) extents.x, box->origin.y - (float) extents.y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* A place of the key stands beside our own mark. */
static gboolean
is_beside_spot (RtRingView            *self,
                const RtRingGeometry  *g,
                const graphene_rect_t *box)
{
  double x, y;

  for (guint i = 0; i < self->n_spots; i++)
    {
      graphene_rect_t spot;

      rt_ring_get_point (g, self->spots[i].facts.fraction, rt_ring_get_spot_distance (g, &self->spots[i]), &x, &y);
      graphene_rect_init (&spot, (float) (x - g->spot_radius), (float) (y - g->spot_radius), (float) (2 * g->spot_radius), (float) (2 * g->spot_radius));
      if (graphene_rect_intersection (&spot, box, NULL))
        return TRUE;
    }
  return FALSE;
}

/* Beside our own mark: inside of the circle, or outside where the words of the middle are too near. Where there is room nowhere the shape of the mark has to do. */
static void
draw_you (RtRingView            *self,
          GtkSnapshot           *snapshot,
          const RtRingGeometry  *g,
          const graphene_rect_t *middle,
          const RtRingColors    *colors)
{
  double fraction = g_array_index (self->marks, RtRingMark, self->self_mark).fraction;
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self)), height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  graphene_rect_t whole = GRAPHENE_RECT_INIT (0, 0, width, height);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PangoLayout) layout = NULL;
      graphene_rect_t box;
      double x, y;

      rt_ring_get_point (g, fraction, g->radius + (i == 0 ? -YOU_APART : YOU_APART), &x, &y);
      /* Translators: the person's own computer, on the drawing of the ring */
      layout = lay_words (self, _("you"), x, y, 60, &box);
      if (i == 0 ? graphene_rect_intersection (&box, middle, NULL) : !graphene_rect_contains_rect (&whole, &box) || is_beside_spot (self, g, &box))
        continue;
      draw_words (snapshot, layout, &box, &colors->accent, &colors->view);
      return;
    }
}

/* In the middle, and beside our own mark. */
static void
draw_texts (RtRingView           *self,
            GtkSnapshot          *snapshot,
            const RtRingGeometry *g,
            const RtRingColors   *colors)
{
  guint n = self->marks->len;
  g_autofree char *count = NULL, *text = NULL;
  g_autoptr (PangoLayout) layout = NULL;
  GdkRGBA dim = colors->text;
  graphene_rect_t middle;

  /* Translators: nodes that store values of the table */
  count = n == 0 ? g_strdup (_("No storing node")) : g_strdup_printf (ngettext ("%'u storing node", "%'u storing nodes", n), n);
  text = self->summary != NULL && g->radius >= WORDY_RADIUS ? g_strdup_printf ("%s\n%s", count, self->summary) : g_strdup (count);
  dim.alpha *= 0.85f;
  layout = lay_words (self, text, g->x, g->y, g->radius * 1.3, &middle);
  draw_words (snapshot, layout, &middle, &dim, &colors->view);
  if (self->self_mark != RT_RING_NO_MARK)
    draw_you (self, snapshot, g, &middle, colors);
}

void
rt_ring_view_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  RtRingView *self = RT_RING_VIEW (widget);
  float width = (float) gtk_widget_get_width (widget), height = (float) gtk_widget_get_height (widget);
  RtRingGeometry geometry;
  RtRingColors colors;
  cairo_t *cr;

  if (width < 1 || height < 1)
    return;
  rt_ring_view_get_geometry (self, &geometry);
  rt_ring_colors_read (&colors, widget);
  make_texture (self, &geometry, &colors);
  gtk_snapshot_append_texture (snapshot, self->texture, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  draw_halo (self, cr, &geometry, &colors, self->hover, 1.5, 0.6);
  draw_halo (self, cr, &geometry, &colors, self->chosen, 3, 1);
  if (gtk_widget_has_visible_focus (widget))
    draw_halo (self, cr, &geometry, &colors, self->cursor, 2, 1);
  draw_spots (self, cr, &geometry, &colors);
  cairo_destroy (cr);
  draw_texts (self, snapshot, &geometry, &colors);
}
