/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "rt-graph-view-private.h"

#define MINIMUM 200
#define NATURAL 420
/* Around all, for the names. */
#define MARGIN 34
/* Few stand no farther apart than that. */
#define WIDEST_FIT 92

G_DEFINE_FINAL_TYPE (RtGraphView, rt_graph_view, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_CHOSEN, N_PROPS };
static GParamSpec *properties[N_PROPS];

int
rt_graph_get_glyph (RtGraphKind kind)
{
  switch (kind)
    {
    case RT_GRAPH_YOU: return RT_RING_GLYPH_SELF;
    case RT_GRAPH_NEIGHBOUR: return RT_RING_GLYPH_NEIGHBOUR;
    case RT_GRAPH_HEARD: return RT_RING_GLYPH_FINGER;
    case RT_GRAPH_TOLD:
    default: return RT_RING_GLYPH_MEMBER;
    }
}

char *
rt_graph_dup_name (RtGraphNode *node,
                   RtPeople    *people)
{
  if (rt_graph_node_get_kind (node) == RT_GRAPH_YOU)
    /* Translators: the person's own computer, in the drawing of the network */
    return g_strdup (_("You"));
  return rt_people_dup_shown_name (people, rt_graph_node_get_id (node));
}

char *
rt_graph_view_dup_spoken (RtGraphView *self,
                          RtGraphNode *node)
{
  g_autofree char *name = rt_graph_dup_name (node, self->people);
  g_autofree char *words = rt_graph_dup_words (self->graph, node, self->people, g_get_real_time () / G_USEC_PER_SEC);

  /* Translators: a name, then sentences about whom it is linked with */
  return g_strdup_printf (_("%s. %s"), name, words);
}

/* Read out: who the keyboard is at, else what there is. */
static void
speak (RtGraphView *self)
{
  g_autofree char *words = NULL;

  if (self->graph == NULL)
    return;
  if (self->cursor != NULL)
    words = rt_graph_view_dup_spoken (self, self->cursor);
  else
    {
      g_autofree char *summary = rt_graph_dup_summary (self->graph);

      /* Translators: %s is "12 people, 31 connections known" */
      words = g_strdup_printf (_("The network, drawn: %s"), summary);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* ---- where things are ---- */

static double
find_fit (RtGraphView *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self)), most = 1;

  for (guint i = 0; self->graph != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->graph)); i++)
    {
      g_autoptr (RtGraphNode) node = g_list_model_get_item (G_LIST_MODEL (self->graph), i);
      double x, y;

      rt_graph_node_get_place (node, &x, &y);
      /* whole rings: one more on the same is no other size */
      most = MAX (most, round (hypot (x, y)));
    }
  return CLAMP ((MIN (width, height) / 2 - MARGIN) / most, 4, WIDEST_FIT);
}

double
rt_graph_view_get_zoom (RtGraphView *self)
{
  return self->zoom;
}

void
rt_graph_view_get_point (RtGraphView *self,
                         RtGraphNode *node,
                         double      *x,
                         double      *y)
{
  rt_graph_node_get_place (node, x, y);
  *x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0 + self->pan_x + *x * self->zoom;
  *y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0 + self->pan_y + *y * self->zoom;
}

/* The zoom that shows all is another: of the widget's size, or what there is. */
static void
update_fit (RtGraphView *self)
{
  if (self->fits)
    self->zoom = find_fit (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
rt_graph_view_pan (RtGraphView *self,
                   double       x,
                   double       y)
{
  self->fits = FALSE;
  self->pan_x += x;
  self->pan_y += y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* factor 0: so that all is seen. */
void
rt_graph_view_zoom (RtGraphView *self,
                    double       factor,
                    double       x,
                    double       y)
{
  double before = self->zoom, from_x, from_y;

  if (factor == 0)
    {
      self->fits = TRUE;
      self->pan_x = self->pan_y = 0;
      update_fit (self);
      return;
    }
  self->fits = FALSE;
  self->zoom = CLAMP (before * factor, MIN (RT_GRAPH_LEAST_ZOOM, before), RT_GRAPH_MOST_ZOOM);
  from_x = x - gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  from_y = y - gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;
  self->pan_x = from_x - (from_x - self->pan_x) * self->zoom / before;
  self->pan_y = from_y - (from_y - self->pan_y) * self->zoom / before;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Into view, where it is not. */
static void
show_node (RtGraphView *self,
           RtGraphNode *node)
{
  double x, y, width = gtk_widget_get_width (GTK_WIDGET (self)), height = gtk_widget_get_height (GTK_WIDGET (self));

  rt_graph_view_get_point (self, node, &x, &y);
  if (width > 2 * MARGIN && height > 2 * MARGIN && (x < MARGIN || y < MARGIN || x > width - MARGIN || y > height - MARGIN) && !self->fits)
    rt_graph_view_pan (self, CLAMP (x, MARGIN, width - MARGIN) - x, CLAMP (y, MARGIN, height - MARGIN) - y);
}

/* ---- */

void
rt_graph_view_set_cursor (RtGraphView *self,
                          RtGraphNode *node)
{
  g_set_object (&self->cursor, node);
  if (node != NULL)
    show_node (self, node);
  speak (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

RtGraphNode *
rt_graph_view_get_chosen (RtGraphView *self)
{
  g_return_val_if_fail (RT_IS_GRAPH_VIEW (self), NULL);

  return self->chosen;
}

void
rt_graph_view_set_chosen (RtGraphView *self,
                          RtGraphNode *node)
{
  g_return_if_fail (RT_IS_GRAPH_VIEW (self));

  if (!g_set_object (&self->chosen, node))
    return;
  if (node != NULL)
    show_node (self, node);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN]);
}

void
rt_graph_view_forget_names (RtGraphView *self)
{
  g_hash_table_remove_all (self->names);
}

static void
drop_gone (RtGraphView  *self,
           RtGraphNode **node)
{
  if (*node != NULL && rt_graph_find (self->graph, rt_graph_node_get_id (*node)) != *node)
    g_clear_object (node);
}

static void
changed_cb (RtGraphView *self)
{
  gboolean had = self->chosen != NULL;

  rt_graph_view_forget_names (self);
  g_clear_object (&self->texture);
  drop_gone (self, &self->cursor);
  drop_gone (self, &self->hover);
  drop_gone (self, &self->chosen);
  update_fit (self);
  speak (self);
  if (had && self->chosen == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOSEN]);
}

static void
person_changed_cb (RtGraphView *self)
{
  rt_graph_view_forget_names (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
rt_graph_view_set (RtGraphView *self,
                   RtGraph     *graph,
                   RtPeople    *people)
{
  g_return_if_fail (RT_IS_GRAPH_VIEW (self));

  if (self->graph == graph)
    return;
  if (self->graph != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->graph, self);
      g_signal_handlers_disconnect_by_data (self->people, self);
    }
  g_clear_object (&self->cursor);
  g_clear_object (&self->hover);
  g_clear_object (&self->texture);
  rt_graph_view_set_chosen (self, NULL);
  g_set_object (&self->graph, graph);
  g_set_object (&self->people, people);
  if (graph == NULL)
    return;
  g_signal_connect_swapped (graph, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (people, "person-changed", G_CALLBACK (person_changed_cb), self);
  changed_cb (self);
}

/* ---- object ---- */

static void
focus_cb (RtGraphView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static GtkSizeRequestMode
rt_graph_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
rt_graph_view_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = MINIMUM;
  *natural = NATURAL;
}

static void
rt_graph_view_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  update_fit (RT_GRAPH_VIEW (widget));
}

static void
rt_graph_view_css_changed (GtkWidget         *widget,
                           GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (rt_graph_view_parent_class)->css_changed (widget, change);
  rt_graph_view_forget_names (RT_GRAPH_VIEW (widget));
}

static void
rt_graph_view_dispose (GObject *object)
{
  RtGraphView *self = RT_GRAPH_VIEW (object);

  rt_graph_view_set (self, NULL, NULL);
  rt_graph_view_forget_names (self);
  G_OBJECT_CLASS (rt_graph_view_parent_class)->dispose (object);
}

static void
rt_graph_view_finalize (GObject *object)
{
  g_hash_table_unref (RT_GRAPH_VIEW (object)->names);
  G_OBJECT_CLASS (rt_graph_view_parent_class)->finalize (object);
}

static void
rt_graph_view_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CHOSEN:
      g_value_set_object (value, RT_GRAPH_VIEW (object)->chosen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_graph_view_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_CHOSEN:
      rt_graph_view_set_chosen (RT_GRAPH_VIEW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_graph_view_class_init (RtGraphViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_graph_view_dispose;
  object_class->finalize = rt_graph_view_finalize;
  object_class->get_property = rt_graph_view_get_property;
  object_class->set_property = rt_graph_view_set_property;
  widget_class->get_request_mode = rt_graph_view_get_request_mode;
  widget_class->measure = rt_graph_view_measure;
  widget_class->size_allocate = rt_graph_view_size_allocate;
  widget_class->snapshot = rt_graph_view_snapshot;
  widget_class->css_changed = rt_graph_view_css_changed;
  properties[PROP_CHOSEN] = g_param_spec_object ("chosen", NULL, NULL, RT_TYPE_GRAPH_NODE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "graph-view");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  rt_graph_view_install_input (widget_class);
}

static void
rt_graph_view_init (RtGraphView *self)
{
  self->names = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->fits = TRUE;
  self->zoom = WIDEST_FIT;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  rt_graph_view_add_controllers (self);
  g_signal_connect (self, "notify::has-focus", G_CALLBACK (focus_cb), NULL);
}
