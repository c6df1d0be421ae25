/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/ring/rt-ring-glyph.h"
#include "app/rt-row-drawing.h"
#include "rt-graph-row.h"
#include "rt-graph-view.h"

#define SIDE 12
#define GAP 6
#define PAD 6

struct _RtGraphRow
{
  GtkWidget parent_instance;

  RtGraph     *graph;
  RtGraphNode *node;
  RtPeople    *people;
};

G_DEFINE_FINAL_TYPE (RtGraphRow, rt_graph_row, GTK_TYPE_WIDGET)

static char *
dup_words (RtGraphRow *self)
{
  return rt_graph_dup_words (self->graph, self->node, self->people, g_get_real_time () / G_USEC_PER_SEC);
}

static char *
dup_spoken (RtGraphRow *self)
{
  g_autofree char *name = rt_graph_dup_name (self->node, self->people), *words = dup_words (self);

  return g_strdup_printf (_("%s. %s"), name, words);
}

static void
update (RtGraphRow *self)
{
  GtkWidget *outer = gtk_widget_get_parent (GTK_WIDGET (self));

  /* the row that takes the focus has no name of its own in GTK 4.8 */
  if (outer != NULL)
    {
      g_autofree char *spoken = dup_spoken (self);

      gtk_accessible_update_property (GTK_ACCESSIBLE (outer), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
rt_graph_row_bind (RtGraphRow  *self,
                   RtGraph     *graph,
                   RtGraphNode *node,
                   RtPeople    *people)
{
  g_return_if_fail (RT_IS_GRAPH_ROW (self));

  if (self->node != NULL)
    g_signal_handlers_disconnect_by_func (self->node, update, self);
  g_set_object (&self->graph, graph);
  g_set_object (&self->node, node);
  g_set_object (&self->people, people);
  if (node == NULL)
    return;
  g_signal_connect_object (node, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
rt_graph_row_system_setting_changed (GtkWidget        *widget,
                                     GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (rt_graph_row_parent_class)->system_setting_changed (widget, setting);
  rt_row_forget_line_height (widget);
}

static void
rt_graph_row_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  *minimum = 200;
  *natural = 320;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = 2 * rt_row_get_line_height (widget) + 3 * PAD;
}

static void
rt_graph_row_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  RtGraphRow *self = RT_GRAPH_ROW (widget);
  int width = gtk_widget_get_width (widget), line;
  double x = SIDE + RT_ROW_ICON_SIZE + GAP, room = width - x - SIDE, mark_x = SIDE + RT_ROW_ICON_SIZE / 2.0;
  g_autofree char *name = NULL, *words = NULL;
  RtRingColors colors;
  cairo_t *cr;

  if (self->node == NULL || room < 1)
    return;
  line = rt_row_get_line_height (widget);
  name = rt_graph_dup_name (self->node, self->people);
  words = dup_words (self);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    mark_x = width - mark_x;
  rt_ring_colors_read (&colors, widget);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) mark_x - 9, (float) PAD, 18, (float) line));
  rt_ring_glyph_draw (cr, rt_graph_get_glyph (rt_graph_node_get_kind (self->node)), mark_x, PAD + line / 2.0, 6.5, &colors);
  cairo_destroy (cr);
  rt_row_draw_text (widget, snapshot, name, x, PAD, room, FALSE, 1);
  rt_row_draw_text (widget, snapshot, words, x, line + 2 * PAD, room, FALSE, 0.75f);
}

/* All of it, where the line has no room for it. */
static gboolean
rt_graph_row_query_tooltip (GtkWidget  *widget,
                            int         x,
                            int         y,
                            gboolean    keyboard,
                            GtkTooltip *tooltip)
{
  RtGraphRow *self = RT_GRAPH_ROW (widget);
  g_autofree char *spoken = self->node != NULL ? dup_spoken (self) : NULL;

  gtk_tooltip_set_text (tooltip, spoken);
  return spoken != NULL;
}

static void
rt_graph_row_dispose (GObject *object)
{
  rt_graph_row_bind (RT_GRAPH_ROW (object), NULL, NULL, NULL);
  G_OBJECT_CLASS (rt_graph_row_parent_class)->dispose (object);
}

static void
rt_graph_row_class_init (RtGraphRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_graph_row_dispose;
  widget_class->measure = rt_graph_row_measure;
  widget_class->snapshot = rt_graph_row_snapshot;
  widget_class->query_tooltip = rt_graph_row_query_tooltip;
  widget_class->system_setting_changed = rt_graph_row_system_setting_changed;
}

static void
rt_graph_row_init (RtGraphRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
rt_graph_row_new (void)
{
  return g_object_new (RT_TYPE_GRAPH_ROW, NULL);
}
