/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-pair-box.h"
#include "rt-focus.h"

struct _RtPairBox
{
  GtkWidget parent_instance;

  int threshold;
  int spacing;
};

static void buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtPairBox, rt_pair_box, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE, buildable_init))

enum { PROP_0, PROP_THRESHOLD, PROP_SPACING, N_PROPS };
static GParamSpec *properties[N_PROPS];
static GtkBuildableIface *parent_buildable;

static int
count_shown (RtPairBox *self)
{
  int n = 0;

  for (GtkWidget *w = gtk_widget_get_first_child (GTK_WIDGET (self)); w != NULL; w = gtk_widget_get_next_sibling (w))
    n += gtk_widget_should_layout (w) ? 1 : 0;
  return n;
}

/* What is wide enough for text of the usual size is too narrow for larger text. */
static int
get_threshold (RtPairBox *self)
{
  const int usual = 96 * 1024;
  int dpi;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-xft-dpi", &dpi, NULL);
  return (int) ((gint64) self->threshold * MAX (dpi, usual) / usual);
}

static gboolean
is_beside (RtPairBox *self,
           int        width)
{
  return width >= get_threshold (self) && count_shown (self) > 1;
}

static int
get_column_width (RtPairBox *self,
                  int        width)
{
  int n = count_shown (self);

  return is_beside (self, width) ? (width - (n - 1) * self->spacing) / n : width;
}

static GtkSizeRequestMode
rt_pair_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
rt_pair_box_measure (GtkWidget      *widget,
                     GtkOrientation  orientation,
                     int             for_size,
                     int            *minimum,
                     int            *natural,
                     int            *minimum_baseline,
                     int            *natural_baseline)
{
  RtPairBox *self = RT_PAIR_BOX (widget);
  gboolean wide = orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0 && is_beside (self, for_size);
  int column = orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0 ? get_column_width (self, for_size) : -1;
  int n = 0;

  *minimum = *natural = 0;
  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (w))
        continue;
      gtk_widget_measure (w, orientation, column, &child_minimum, &child_natural, NULL, NULL);
      if (orientation == GTK_ORIENTATION_HORIZONTAL || wide)
        {
          *minimum = MAX (*minimum, child_minimum);
          *natural = MAX (*natural, child_natural);
        }
      else
        {
          *minimum += child_minimum + (n > 0 ? self->spacing : 0);
          *natural += child_natural + (n > 0 ? self->spacing : 0);
        }
      n++;
    }
  if (orientation == GTK_ORIENTATION_HORIZONTAL && n > 0)
    *natural = MAX (*natural * n + (n - 1) * self->spacing, *minimum);
}

static void
rt_pair_box_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  RtPairBox *self = RT_PAIR_BOX (widget);
  gboolean wide = is_beside (self, width);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int column = get_column_width (self, width);
  int x = mirrored ? width - column : 0, y = 0;

  for (GtkWidget *w = gtk_widget_get_first_child (widget); w != NULL; w = gtk_widget_get_next_sibling (w))
    {
      int child_minimum, child_natural;

      if (!gtk_widget_should_layout (w))
        continue;
      gtk_widget_measure (w, GTK_ORIENTATION_VERTICAL, column, &child_minimum, &child_natural, NULL, NULL);
      gtk_widget_size_allocate (w, &(GtkAllocation) { x, y, column, wide ? height : child_natural }, -1);
      if (wide)
        x += (mirrored ? -1 : 1) * (column + self->spacing);
      else
        y += child_natural + self->spacing;
    }
}

static void
rt_pair_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (rt_pair_box_parent_class)->dispose (object);
}

static void
rt_pair_box_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  RtPairBox *self = RT_PAIR_BOX (object);

  switch (prop_id)
    {
    case PROP_THRESHOLD:
      g_value_set_int (value, self->threshold);
      break;
    case PROP_SPACING:
      g_value_set_int (value, self->spacing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_pair_box_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  RtPairBox *self = RT_PAIR_BOX (object);
  int *field = prop_id == PROP_THRESHOLD ? &self->threshold : &self->spacing;

  if (*field == g_value_get_int (value))
    return;
  *field = g_value_get_int (value);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (object, pspec);
}

static void
rt_pair_box_class_init (RtPairBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_pair_box_dispose;
  object_class->get_property = rt_pair_box_get_property;
  object_class->set_property = rt_pair_box_set_property;
  widget_class->get_request_mode = rt_pair_box_get_request_mode;
  widget_class->focus = rt_focus_children;
  widget_class->measure = rt_pair_box_measure;
  widget_class->size_allocate = rt_pair_box_size_allocate;

  properties[PROP_THRESHOLD] = g_param_spec_int ("threshold", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_pair_box_init (RtPairBox *self)
{
}

static void
add_child (GtkBuildable *buildable,
           GtkBuilder   *builder,
           GObject      *child,
           const char   *type)
{
  if (GTK_IS_WIDGET (child))
    gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = add_child;
}
