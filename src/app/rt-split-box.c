/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-split-box.h"
#include "rt-focus.h"

/* Below these the details get no place of their own. */
#define BESIDE_WIDTH 900
#define BELOW_HEIGHT 440
/* What is left for the list beside details that say how wide they have to be. */
#define LIST_WIDTH 320
/* Of the details, in hundredths of the whole. */
#define BESIDE_SHARE 34
#define BELOW_SHARE 42

struct _RtSplitBox
{
  GtkWidget parent_instance;

  GtkWidget  *list;
  GtkWidget  *details;
  GtkWidget  *separator;
  RtSplitMode mode;
  gboolean    show_details;
  int         details_width;
  guint       notify_id;
};

G_DEFINE_FINAL_TYPE (RtSplitBox, rt_split_box, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_LIST, PROP_DETAILS, PROP_SHOW_DETAILS, PROP_DETAILS_WIDTH, PROP_MODE, N_PROPS };
static GParamSpec *properties[N_PROPS];

static RtSplitMode
choose (RtSplitBox *self,
        int         width,
        int         height)
{
  if (self->details_width > 0)
    return width >= self->details_width + LIST_WIDTH ? RT_SPLIT_BESIDE : RT_SPLIT_ALONE;
  if (width >= BESIDE_WIDTH)
    return RT_SPLIT_BESIDE;
  return height >= BELOW_HEIGHT ? RT_SPLIT_BELOW : RT_SPLIT_ALONE;
}

static void
set_child (RtSplitBox  *self,
           GtkWidget  **place,
           GtkWidget   *child)
{
  if (*place == child)
    return;
  g_clear_pointer (place, gtk_widget_unparent);
  *place = child;
  /* the list comes first, for who walks with Tab */
  if (child != NULL && place == &self->list)
    gtk_widget_insert_before (child, GTK_WIDGET (self), self->separator);
  else if (child != NULL)
    gtk_widget_insert_after (child, GTK_WIDGET (self), self->separator);
}

static GtkSizeRequestMode
rt_split_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

/* The room for one is enough. */
static void
rt_split_box_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  RtSplitBox *self = RT_SPLIT_BOX (widget);
  GtkWidget *children[] = { self->list, self->details };

  *minimum = *natural = 0;
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      int child_minimum, child_natural;

      if (children[i] == NULL)
        continue;
      gtk_widget_measure (children[i], orientation, -1, &child_minimum, &child_natural, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }
}

static gboolean
notify_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  RT_SPLIT_BOX (widget)->notify_id = 0;
  g_object_notify_by_pspec (G_OBJECT (widget), properties[PROP_MODE]);
  return G_SOURCE_REMOVE;
}

static void
place (GtkWidget *child,
       gboolean   shown,
       int        x,
       int        y,
       int        width,
       int        height)
{
  if (child == NULL)
    return;
  gtk_widget_set_child_visible (child, shown);
  if (shown)
    {
      int minimum_width, minimum_height;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum_width, NULL, NULL, NULL);
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, MAX (width, minimum_width), &minimum_height, NULL, NULL, NULL);
      gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, MAX (width, minimum_width), MAX (height, minimum_height) }, -1);
    }
}

static void
rt_split_box_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  RtSplitBox *self = RT_SPLIT_BOX (widget);
  RtSplitMode mode = choose (self, width, height);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int share;

  if (mode != self->mode)
    {
      self->mode = mode;
      /* widgets that change with it cannot do so while sizes are given */
      if (self->notify_id == 0)
        self->notify_id = gtk_widget_add_tick_callback (widget, notify_cb, NULL, NULL);
    }
  switch (mode)
    {
    case RT_SPLIT_BESIDE:
      share = MAX (width * BESIDE_SHARE / 100, self->details_width);
      place (self->list, TRUE, mirrored ? share + 1 : 0, 0, width - share - 1, height);
      place (self->separator, TRUE, mirrored ? share : width - share - 1, 0, 1, height);
      place (self->details, TRUE, mirrored ? 0 : width - share, 0, share, height);
      break;
    case RT_SPLIT_BELOW:
      share = height * BELOW_SHARE / 100;
      place (self->list, TRUE, 0, 0, width, height - share - 1);
      place (self->separator, TRUE, 0, height - share - 1, width, 1);
      place (self->details, TRUE, 0, height - share, width, share);
      break;
    case RT_SPLIT_ALONE:
    default:
      place (self->list, !self->show_details, 0, 0, width, height);
      place (self->separator, FALSE, 0, 0, 0, 0);
      place (self->details, self->show_details, 0, 0, width, height);
      break;
    }
}

static void
rt_split_box_dispose (GObject *object)
{
  RtSplitBox *self = RT_SPLIT_BOX (object);

  if (self->notify_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->notify_id);
  self->notify_id = 0;
  g_clear_pointer (&self->list, gtk_widget_unparent);
  g_clear_pointer (&self->details, gtk_widget_unparent);
  g_clear_pointer (&self->separator, gtk_widget_unparent);
  G_OBJECT_CLASS (rt_split_box_parent_class)->dispose (object);
}

static void
rt_split_box_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  RtSplitBox *self = RT_SPLIT_BOX (object);

  switch (prop_id)
    {
    case PROP_LIST:
      g_value_set_object (value, self->list);
      break;
    case PROP_DETAILS:
      g_value_set_object (value, self->details);
      break;
    case PROP_SHOW_DETAILS:
      g_value_set_boolean (value, self->show_details);
      break;
    case PROP_DETAILS_WIDTH:
      g_value_set_int (value, self->details_width);
      break;
    case PROP_MODE:
      g_value_set_int (value, (int) self->mode);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_split_box_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  RtSplitBox *self = RT_SPLIT_BOX (object);

  switch (prop_id)
    {
    case PROP_LIST:
      set_child (self, &self->list, g_value_get_object (value));
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_DETAILS:
      set_child (self, &self->details, g_value_get_object (value));
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_SHOW_DETAILS:
      rt_split_box_set_show_details (self, g_value_get_boolean (value));
      break;
    case PROP_DETAILS_WIDTH:
      if (self->details_width == g_value_get_int (value))
        return;
      self->details_width = g_value_get_int (value);
      gtk_widget_queue_allocate (GTK_WIDGET (self));
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_split_box_class_init (RtSplitBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_split_box_dispose;
  object_class->get_property = rt_split_box_get_property;
  object_class->set_property = rt_split_box_set_property;
  widget_class->get_request_mode = rt_split_box_get_request_mode;
  widget_class->focus = rt_focus_children;
  widget_class->measure = rt_split_box_measure;
  widget_class->size_allocate = rt_split_box_size_allocate;

  properties[PROP_LIST] = g_param_spec_object ("list", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_DETAILS] = g_param_spec_object ("details", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_SHOW_DETAILS] = g_param_spec_boolean ("show-details", NULL, NULL, FALSE, flags);
  properties[PROP_DETAILS_WIDTH] = g_param_spec_int ("details-width", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_MODE] = g_param_spec_int ("mode", NULL, NULL, RT_SPLIT_BESIDE, RT_SPLIT_ALONE, RT_SPLIT_BESIDE,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_split_box_init (RtSplitBox *self)
{
  self->separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (self->separator, GTK_WIDGET (self));
}

RtSplitMode
rt_split_box_get_mode (RtSplitBox *self)
{
  g_return_val_if_fail (RT_IS_SPLIT_BOX (self), RT_SPLIT_BESIDE);

  return self->mode;
}

gboolean
rt_split_box_get_show_details (RtSplitBox *self)
{
  g_return_val_if_fail (RT_IS_SPLIT_BOX (self), FALSE);

  return self->show_details;
}

void
rt_split_box_set_show_details (RtSplitBox *self,
                               gboolean    show)
{
  g_return_if_fail (RT_IS_SPLIT_BOX (self));

  if (self->show_details == show)
    return;
  self->show_details = show;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOW_DETAILS]);
}
