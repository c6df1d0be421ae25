/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-ring-glyph.h"

#define SIZE 16

struct _RtRingGlyph
{
  GtkWidget parent_instance;

  int kind;
};

G_DEFINE_FINAL_TYPE (RtRingGlyph, rt_ring_glyph, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_KIND, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
look_up (GtkStyleContext *style,
         const char      *name,
         const GdkRGBA   *otherwise,
         GdkRGBA         *color)
{
  if (!gtk_style_context_lookup_color (style, name, color))
    *color = *otherwise;
}

void
rt_ring_colors_read (RtRingColors *self,
                     GtkWidget    *widget)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  gtk_style_context_get_color (style, &self->text);
  look_up (style, "accent_color", &self->text, &self->accent);
  look_up (style, "success_color", &self->text, &self->success);
  look_up (style, "warning_color", &self->text, &self->warning);
  look_up (style, "error_color", &self->text, &self->error);
  look_up (style, "window_bg_color", &(GdkRGBA) { 1, 1, 1, 1 }, &self->view);
}

int
rt_ring_member_get_glyph (const RtRingMember *member)
{
  if (member->is_self)
    return RT_RING_GLYPH_SELF;
  if (member->after || member->before)
    return RT_RING_GLYPH_NEIGHBOUR;
  return member->finger ? RT_RING_GLYPH_FINGER : RT_RING_GLYPH_MEMBER;
}

static void
disc (cairo_t       *cr,
      double         x,
      double         y,
      double         radius,
      const GdkRGBA *line,
      const GdkRGBA *fill)
{
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, fill);
  cairo_fill_preserve (cr);
  gdk_cairo_set_source_rgba (cr, line);
  cairo_stroke (cr);
}

static void
lines (cairo_t      *cr,
       double        x,
       double        y,
       double        radius,
       const double *points,
       guint         n)
{
  cairo_new_path (cr);
  /* a pair of NANs begins another line */
  for (guint i = 0; i < n; i += 2)
    {
      if (i == 0 || points[i - 2] > 9)
        cairo_move_to (cr, x + points[i] * radius, y + points[i + 1] * radius);
      else if (points[i] < 9)
        cairo_line_to (cr, x + points[i] * radius, y + points[i + 1] * radius);
    }
  cairo_stroke (cr);
}

static void
draw_answer (cairo_t            *cr,
             RtRingAnswer        answer,
             double              x,
             double              y,
             double              radius,
             const RtRingColors *colors)
{
  /* 10, 10: the pen is lifted */
  static const double check[] = { -0.5, 0.0, -0.1, 0.4, 0.5, -0.4 };
  static const double unequal[] = { -0.5, -0.2, 0.5, -0.2, 10, 10, -0.5, 0.2, 0.5, 0.2, 10, 10, -0.3, 0.55, 0.3, -0.55 };
  static const double cross[] = { -0.4, -0.4, 0.4, 0.4, 10, 10, -0.4, 0.4, 0.4, -0.4 };
  static const double minus[] = { -0.45, 0, 0.45, 0 };
  const GdkRGBA *tone;

  switch (answer)
    {
    case RT_RING_AGREES:
      disc (cr, x, y, radius, &colors->success, &colors->success);
      gdk_cairo_set_source_rgba (cr, &colors->view);
      lines (cr, x, y, radius, check, G_N_ELEMENTS (check));
      break;
    case RT_RING_OTHER:
      cairo_new_path (cr);
      cairo_rectangle (cr, x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
      gdk_cairo_set_source_rgba (cr, &colors->warning);
      cairo_fill (cr);
      gdk_cairo_set_source_rgba (cr, &colors->view);
      lines (cr, x, y, radius, unequal, G_N_ELEMENTS (unequal));
      break;
    case RT_RING_NOTHING:
      disc (cr, x, y, radius, &colors->text, &colors->view);
      gdk_cairo_set_source_rgba (cr, &colors->text);
      lines (cr, x, y, radius, minus, G_N_ELEMENTS (minus));
      break;
    case RT_RING_SILENT:
    case RT_RING_NOBODY:
      tone = answer == RT_RING_SILENT ? &colors->error : &colors->text;
      cairo_set_dash (cr, (double[]) { 2.5, 2 }, 2, 0);
      disc (cr, x, y, radius, tone, &colors->view);
      cairo_set_dash (cr, NULL, 0, 0);
      gdk_cairo_set_source_rgba (cr, tone);
      /* who was not there did not fail: told by more than a colour */
      if (answer == RT_RING_SILENT)
        lines (cr, x, y, radius, cross, G_N_ELEMENTS (cross));
      break;
    case RT_RING_WAITING:
    default:
      disc (cr, x, y, radius, &colors->text, &colors->view);
      gdk_cairo_set_source_rgba (cr, &colors->text);
      for (int i = -1; i <= 1; i++)
        {
          cairo_new_path (cr);
          cairo_arc (cr, x + i * radius * 0.45, y, MAX (radius * 0.14, 1), 0, 2 * G_PI);
          cairo_fill (cr);
        }
      break;
    }
}

void
rt_ring_glyph_draw (cairo_t            *cr,
                    int                 kind,
                    double              x,
                    double              y,
                    double              radius,
                    const RtRingColors *colors)
{
  cairo_set_line_width (cr, MAX (radius / 5, 1));
  if (kind >= RT_RING_GLYPH_ANSWER)
    {
      draw_answer (cr, (RtRingAnswer) (kind - RT_RING_GLYPH_ANSWER), x, y, radius, colors);
      return;
    }
  cairo_new_path (cr);
  switch (kind)
    {
    case RT_RING_GLYPH_SELF:
      cairo_move_to (cr, x, y - radius * 1.25);
      cairo_line_to (cr, x + radius * 1.25, y);
      cairo_line_to (cr, x, y + radius * 1.25);
      cairo_line_to (cr, x - radius * 1.25, y);
      cairo_close_path (cr);
      gdk_cairo_set_source_rgba (cr, &colors->accent);
      cairo_fill_preserve (cr);
      gdk_cairo_set_source_rgba (cr, &colors->view);
      cairo_stroke (cr);
      break;
    case RT_RING_GLYPH_NEIGHBOUR:
      disc (cr, x, y, radius * 0.85, &colors->text, &colors->text);
      break;
    case RT_RING_GLYPH_FINGER:
      cairo_rectangle (cr, x - radius * 0.75, y - radius * 0.75, radius * 1.5, radius * 1.5);
      gdk_cairo_set_source_rgba (cr, &colors->text);
      cairo_fill (cr);
      break;
    case RT_RING_GLYPH_MEMBER:
    default:
      disc (cr, x, y, radius * 0.7, &colors->text, &colors->view);
      break;
    }
}

static void
rt_ring_glyph_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  RtRingColors colors;
  cairo_t *cr;

  rt_ring_colors_read (&colors, widget);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  rt_ring_glyph_draw (cr, RT_RING_GLYPH (widget)->kind, width / 2.0, height / 2.0, SIZE / 2.0 - 1.5, &colors);
  cairo_destroy (cr);
}

static void
rt_ring_glyph_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
rt_ring_glyph_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_int (value, RT_RING_GLYPH (object)->kind);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_glyph_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_KIND:
      rt_ring_glyph_set_kind (RT_RING_GLYPH (object), g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_glyph_class_init (RtRingGlyphClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = rt_ring_glyph_get_property;
  object_class->set_property = rt_ring_glyph_set_property;
  widget_class->snapshot = rt_ring_glyph_snapshot;
  widget_class->measure = rt_ring_glyph_measure;

  properties[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, 0, RT_RING_GLYPH_ANSWER + RT_RING_NOBODY, 0,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
rt_ring_glyph_init (RtRingGlyph *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
rt_ring_glyph_new (int kind)
{
  return g_object_new (RT_TYPE_RING_GLYPH, "kind", kind, NULL);
}

void
rt_ring_glyph_set_kind (RtRingGlyph *self,
                        int          kind)
{
  g_return_if_fail (RT_IS_RING_GLYPH (self));

  if (self->kind == kind)
    return;
  self->kind = kind;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_KIND]);
}

static void
add_to_legend (GtkWidget  *legend,
               int         kind,
               const char *words)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), rt_ring_glyph_new (kind));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (legend), box);
}

GtkWidget *
rt_ring_legend_new (void)
{
  GtkWidget *legend = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  add_to_legend (legend, RT_RING_GLYPH_SELF, _("this computer; the thick arc is the part whose values it stores"));
  add_to_legend (legend, RT_RING_GLYPH_NEIGHBOUR, _("a neighbour on the ring"));
  add_to_legend (legend, RT_RING_GLYPH_FINGER, _("a shortcut across the ring"));
  add_to_legend (legend, RT_RING_GLYPH_MEMBER, _("another storing node"));
  for (RtRingAnswer answer = RT_RING_AGREES; answer <= RT_RING_NOBODY; answer++)
    {
      /* Translators: what a place of the chosen key said, as in "a place of the key: has nothing" */
      g_autofree char *words = g_strdup_printf (_("a place of the key: %s"), rt_ring_answer_words (answer));

      add_to_legend (legend, RT_RING_GLYPH_ANSWER + (int) answer, words);
    }
  return legend;
}
