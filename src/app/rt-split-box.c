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
  GtkWidget  *rows, *no_rows;   /* in the list; weak */
  RtSplitMode mode;
  gboolean    show_details;
  int         details_width;
  guint       notify_id;
  guint       focus_id;
};

G_DEFINE_FINAL_TYPE (RtSplitBox, rt_split_box, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_LIST, PROP_DETAILS, PROP_SHOW_DETAILS, PROP_DETAILS_WIDTH, PROP_MODE, PROP_ROWS, PROP_NO_ROWS, N_PROPS };
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

/* ---- the keyboard ---- */

/* Nothing between it and the list has put it aside, as a stack does with all but one of its pages. Whether the list itself is aside does not count. */
static gboolean
is_in_list (RtSplitBox *self,
            GtkWidget  *child)
{
  for (; child != NULL && child != self->list; child = gtk_widget_get_parent (child))
    if (!gtk_widget_get_visible (child) || !gtk_widget_get_child_visible (child))
      return FALSE;
  return child != NULL;
}

gboolean
rt_split_box_focus_list (RtSplitBox *self)
{
  g_return_val_if_fail (RT_IS_SPLIT_BOX (self), FALSE);

  rt_split_box_set_show_details (self, FALSE);
  if (self->rows != NULL && is_in_list (self, self->rows))
    return gtk_widget_grab_focus (self->rows) || gtk_widget_child_focus (self->rows, GTK_DIR_TAB_FORWARD);
  return self->no_rows != NULL && gtk_widget_grab_focus (self->no_rows);
}

gboolean
rt_split_box_focus_details (RtSplitBox *self)
{
  gboolean shown;

  g_return_val_if_fail (RT_IS_SPLIT_BOX (self), FALSE);

  shown = self->show_details;
  rt_split_box_set_show_details (self, TRUE);
  if (self->details != NULL && gtk_widget_grab_focus (self->details))
    return TRUE;
  rt_split_box_set_show_details (self, shown);
  return FALSE;
}

/* Of the two, where the person was. */
static gboolean
focus_pane (RtSplitBox *self)
{
  return (self->mode == RT_SPLIT_ALONE && self->show_details && rt_split_box_focus_details (self)) || rt_split_box_focus_list (self);
}

static gboolean
focus_later_cb (GtkWidget     *widget,
                GdkFrameClock *clock,
                gpointer       user_data)
{
  RtSplitBox *self = RT_SPLIT_BOX (widget);

  if (gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) == 0)
    return G_SOURCE_CONTINUE;
  self->focus_id = 0;
  if (gtk_widget_get_mapped (widget))
    focus_pane (self);
  return G_SOURCE_REMOVE;
}

/* Before it was ever laid out nobody knows which of the two will be there. */
static gboolean
rt_split_box_grab_focus (GtkWidget *widget)
{
  RtSplitBox *self = RT_SPLIT_BOX (widget);

  if (gtk_widget_get_width (widget) > 0)
    return focus_pane (self);
  if (self->focus_id == 0)
    self->focus_id = gtk_widget_add_tick_callback (widget, focus_later_cb, NULL, NULL);
  return TRUE;
}

gboolean
rt_split_box_step_pane (RtSplitBox *self,
                        int         step)
{
  GtkRoot *root;
  GtkWidget *focus;
  gboolean in_details;

  g_return_val_if_fail (RT_IS_SPLIT_BOX (self), FALSE);

  root = gtk_widget_get_root (GTK_WIDGET (self));
  focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    return FALSE;
  in_details = self->details != NULL && gtk_widget_is_ancestor (focus, self->details);
  if (in_details && step < 0)
    return rt_split_box_focus_list (self);
  return !in_details && step > 0 && rt_split_box_focus_details (self);
}

/* ---- object ---- */

static void
rt_split_box_dispose (GObject *object)
{
  RtSplitBox *self = RT_SPLIT_BOX (object);

  if (self->notify_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->notify_id);
  if (self->focus_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->focus_id);
  self->notify_id = self->focus_id = 0;
  g_clear_weak_pointer (&self->rows);
  g_clear_weak_pointer (&self->no_rows);
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
    case PROP_ROWS:
      g_value_set_object (value, self->rows);
      break;
    case PROP_NO_ROWS:
      g_value_set_object (value, self->no_rows);
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
    case PROP_ROWS:
      if (g_set_weak_pointer (&self->rows, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_NO_ROWS:
      if (g_set_weak_pointer (&self->no_rows, g_value_get_object (value)))
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
  widget_class->grab_focus = rt_split_box_grab_focus;
  widget_class->measure = rt_split_box_measure;
  widget_class->size_allocate = rt_split_box_size_allocate;

  properties[PROP_LIST] = g_param_spec_object ("list", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_DETAILS] = g_param_spec_object ("details", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_SHOW_DETAILS] = g_param_spec_boolean ("show-details", NULL, NULL, FALSE, flags);
  properties[PROP_DETAILS_WIDTH] = g_param_spec_int ("details-width", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_MODE] = g_param_spec_int ("mode", NULL, NULL, RT_SPLIT_BESIDE, RT_SPLIT_ALONE, RT_SPLIT_BESIDE,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_ROWS] = g_param_spec_object ("rows", NULL, NULL, GTK_TYPE_WIDGET, flags);
  properties[PROP_NO_ROWS] = g_param_spec_object ("no-rows", NULL, NULL, GTK_TYPE_WIDGET, flags);
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
