/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-width-switch.h"
#include "rt-focus.h"

struct _RtWidthSwitch
{
  GtkWidget parent_instance;

  GtkWidget *wide;
  GtkWidget *narrow;
  gboolean   is_wide;
};

G_DEFINE_FINAL_TYPE (RtWidthSwitch, rt_width_switch, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_WIDE, PROP_NARROW, N_PROPS };
static GParamSpec *properties[N_PROPS];

static GtkWidget *
choose (RtWidthSwitch *self,
        int            width)
{
  gboolean wide = self->is_wide;

  if (width >= 0 && self->wide != NULL)
    {
      int minimum;

      gtk_widget_measure (self->wide, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      wide = width >= minimum;
    }
  return wide ? self->wide : self->narrow;
}

static void
set_child (RtWidthSwitch  *self,
           GtkWidget     **place,
           GtkWidget      *child)
{
  if (*place == child)
    return;
  g_clear_pointer (place, gtk_widget_unparent);
  *place = child;
  if (child != NULL)
    {
      gtk_widget_set_parent (child, GTK_WIDGET (self));
      gtk_widget_set_child_visible (child, place == (self->is_wide ? &self->wide : &self->narrow));
    }
}

static GtkSizeRequestMode
rt_width_switch_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
rt_width_switch_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  RtWidthSwitch *self = RT_WIDTH_SWITCH (widget);
  int ignored;

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      if (self->narrow != NULL)
        gtk_widget_measure (self->narrow, orientation, -1, minimum, natural, NULL, NULL);
      if (self->wide != NULL)
        gtk_widget_measure (self->wide, orientation, -1, &ignored, natural, NULL, NULL);
      *natural = MAX (*minimum, *natural);
    }
  else
    {
      GtkWidget *child = choose (self, for_size);

      if (child != NULL)
        gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
    }
}

static void
rt_width_switch_size_allocate (GtkWidget *widget,
                               int        width,
                               int        height,
                               int        baseline)
{
  RtWidthSwitch *self = RT_WIDTH_SWITCH (widget);
  GtkWidget *child = choose (self, width);
  GtkWidget *other = child == self->wide ? self->narrow : self->wide;

  self->is_wide = child == self->wide;
  if (other != NULL)
    gtk_widget_set_child_visible (other, FALSE);
  if (child != NULL)
    {
      gtk_widget_set_child_visible (child, TRUE);
      gtk_widget_size_allocate (child, &(GtkAllocation) { 0, 0, width, height }, baseline);
    }
}

static void
rt_width_switch_dispose (GObject *object)
{
  RtWidthSwitch *self = RT_WIDTH_SWITCH (object);

  set_child (self, &self->wide, NULL);
  set_child (self, &self->narrow, NULL);
  G_OBJECT_CLASS (rt_width_switch_parent_class)->dispose (object);
}

static void
rt_width_switch_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  RtWidthSwitch *self = RT_WIDTH_SWITCH (object);

  switch (prop_id)
    {
    case PROP_WIDE:
      g_value_set_object (value, self->wide);
      break;
    case PROP_NARROW:
      g_value_set_object (value, self->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_width_switch_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  RtWidthSwitch *self = RT_WIDTH_SWITCH (object);

  switch (prop_id)
    {
    case PROP_WIDE:
      set_child (self, &self->wide, g_value_get_object (value));
      break;
    case PROP_NARROW:
      set_child (self, &self->narrow, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
rt_width_switch_class_init (RtWidthSwitchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_width_switch_dispose;
  object_class->get_property = rt_width_switch_get_property;
  object_class->set_property = rt_width_switch_set_property;
  widget_class->get_request_mode = rt_width_switch_get_request_mode;
  widget_class->focus = rt_focus_children;
  widget_class->measure = rt_width_switch_measure;
  widget_class->size_allocate = rt_width_switch_size_allocate;

  properties[PROP_WIDE] = g_param_spec_object ("wide", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_NARROW] = g_param_spec_object ("narrow", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_width_switch_init (RtWidthSwitch *self)
{
}

gboolean
rt_width_switch_get_is_wide (RtWidthSwitch *self)
{
  g_return_val_if_fail (RT_IS_WIDTH_SWITCH (self), FALSE);

  return self->is_wide;
}
