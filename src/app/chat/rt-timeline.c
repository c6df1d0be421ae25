/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-timeline-private.h"

enum {
  PROP_0,
  PROP_SOURCE,
  PROP_AT_BOTTOM,
  PROP_NEW_BELOW,
  PROP_EMPTY,
  N_PROPS,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (RtTimeline, rt_timeline, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static void
retry_cb (GtkButton *button, RtTimeline *self)
{
  for (guint side = 0; side < RT_TIMELINE_N_SIDES; side++)
    if (self->failed[side])
      {
        self->failed[side] = FALSE;
        if (side != RT_TIMELINE_SIDE_WHOLE)
          continue;
        if (self->leaping)
          rt_timeline_load_rank (self, self->leap_rank);
        else
          rt_timeline_load_tail (self);
      }
  rt_timeline_update_state (self);
  rt_timeline_queue (self);
}

static GtkWidget *
make_edge (RtTimeline *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (_("Loading…"));
  GtkWidget *button = gtk_button_new_with_label (_("Try again"));

  gtk_widget_add_css_class (box, "timeline-edge");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (box, -1, 48);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (button, FALSE);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), button);
  g_signal_connect (button, "clicked", G_CALLBACK (retry_cb), self);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  rt_timeline_set_row_shown (box, FALSE);
  return box;
}

static void
update_edges (RtTimeline *self)
{
  for (guint i = 0; i < 2; i++)
    {
      gboolean failed = self->failed[RT_TIMELINE_SIDE_WHOLE] || self->failed[i == 0 ? RT_TIMELINE_SIDE_BEFORE : RT_TIMELINE_SIDE_AFTER];
      GtkWidget *label = gtk_widget_get_first_child (self->edges[i]);

      gtk_label_set_label (GTK_LABEL (label), failed ? _("These messages could not be read") : _("Loading…"));
      gtk_widget_set_visible (gtk_widget_get_last_child (self->edges[i]), failed);
    }
}

/* Derived properties; told when they changed. */
void
rt_timeline_update_state (RtTimeline *self)
{
  gboolean at_bottom = self->stick && !self->has_after && !self->leaping;
  gboolean empty = self->known && self->items->len == 0;

  if (at_bottom)
    self->new_below = 0;
  update_edges (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (at_bottom != self->at_bottom)
    {
      self->at_bottom = at_bottom;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AT_BOTTOM]);
    }
  if (empty != self->empty)
    {
      self->empty = empty;
      rt_timeline_plan_spare (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EMPTY]);
    }
  if (self->new_below != self->told_new_below)
    {
      self->told_new_below = self->new_below;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEW_BELOW]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
set_adjustment (RtTimeline *self, GtkAdjustment **place, GtkAdjustment *adjustment)
{
  if (adjustment != NULL && *place == adjustment)
    return;
  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_clear_object (place);
  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  *place = g_object_ref_sink (adjustment);
  if (place == &self->vadjustment)
    g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (rt_timeline_value_changed), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  /* constants: what the rows need is nobody's business, and a row that changes must not change the window */
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : 60;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 400 : 300;
}

static GtkSizeRequestMode
get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

/* Rows were measured for other fonts, or in the other direction. */
static void
forget_pool (RtTimeline *self)
{
  for (guint i = 0; i < self->pool->len; i++)
    gtk_widget_unparent (g_ptr_array_index (self->pool, i));
  g_ptr_array_set_size (self->pool, 0);
  self->warm = FALSE;
}

static void
direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  forget_pool (RT_TIMELINE (widget));
  GTK_WIDGET_CLASS (rt_timeline_parent_class)->direction_changed (widget, previous);
}

static void
system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  forget_pool (RT_TIMELINE (widget));
  GTK_WIDGET_CLASS (rt_timeline_parent_class)->system_setting_changed (widget, setting);
}

static void
dispose (GObject *object)
{
  RtTimeline *self = RT_TIMELINE (object);

  rt_timeline_stop_flash (self);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  g_clear_handle_id (&self->spare_id, g_source_remove);
  if (self->source != NULL)
    rt_timeline_disconnect_source (self);
  self->disposing = TRUE;
  if (self->items != NULL)
    rt_timeline_forget (self);
  g_clear_object (&self->source);
  forget_pool (self);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&self->edges[i], gtk_widget_unparent);
  if (self->dividers != NULL)
    rt_timeline_forget_dividers (self);
  if (self->vadjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->vadjustment, self);
  g_clear_object (&self->vadjustment);
  g_clear_object (&self->hadjustment);
  self->create = NULL;
  G_OBJECT_CLASS (rt_timeline_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RtTimeline *self = RT_TIMELINE (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->pool, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->dividers, g_array_unref);
  G_OBJECT_CLASS (rt_timeline_parent_class)->finalize (object);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RtTimeline *self = RT_TIMELINE (object);

  switch (id)
    {
    case PROP_SOURCE:
      g_value_set_object (value, self->source);
      break;
    case PROP_AT_BOTTOM:
      g_value_set_boolean (value, self->at_bottom);
      break;
    case PROP_NEW_BELOW:
      g_value_set_uint (value, self->new_below);
      break;
    case PROP_EMPTY:
      g_value_set_boolean (value, self->empty);
      break;
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->hadjustment);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->vadjustment);
      break;
    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, self->hscroll_policy);
      break;
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->vscroll_policy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  RtTimeline *self = RT_TIMELINE (object);

  switch (id)
    {
    case PROP_SOURCE:
      rt_timeline_set_source (self, g_value_get_object (value));
      break;
    case PROP_HADJUSTMENT:
      set_adjustment (self, &self->hadjustment, g_value_get_object (value));
      g_object_notify (object, "hadjustment");
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, &self->vadjustment, g_value_get_object (value));
      g_object_notify (object, "vadjustment");
      break;
    /* the rows decide what is scrolled, whatever the policies */
    case PROP_HSCROLL_POLICY:
      self->hscroll_policy = g_value_get_enum (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_VSCROLL_POLICY:
      self->vscroll_policy = g_value_get_enum (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
rt_timeline_class_init (RtTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  widget_class->measure = measure;
  widget_class->get_request_mode = get_request_mode;
  widget_class->size_allocate = rt_timeline_allocate;
  widget_class->snapshot = rt_timeline_snapshot;
  widget_class->direction_changed = direction_changed;
  widget_class->system_setting_changed = system_setting_changed;

  properties[PROP_SOURCE] = g_param_spec_object ("source", NULL, NULL, RT_TYPE_TIMELINE_SOURCE,
                                                 G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_AT_BOTTOM] = g_param_spec_boolean ("at-bottom", NULL, NULL, FALSE, readable);
  properties[PROP_NEW_BELOW] = g_param_spec_uint ("new-below", NULL, NULL, 0, G_MAXUINT, 0, readable);
  properties[PROP_EMPTY] = g_param_spec_boolean ("empty", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  gtk_widget_class_set_css_name (widget_class, "timeline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  rt_timeline_class_init_focus (widget_class);
}

static void
rt_timeline_init (RtTimeline *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->pool = g_ptr_array_new ();
  self->rows = g_array_new (FALSE, FALSE, sizeof (RtTimelineRow));
  self->dividers = g_array_new (FALSE, FALSE, sizeof (RtTimelineDivider));
  self->stick = TRUE;
  for (guint i = 0; i < 2; i++)
    self->edges[i] = make_edge (self);
  set_adjustment (self, &self->hadjustment, NULL);
  set_adjustment (self, &self->vadjustment, NULL);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Messages"), -1);
}

GtkWidget *
rt_timeline_new (void)
{
  return g_object_new (RT_TYPE_TIMELINE, NULL);
}

RtTimelineSource *
rt_timeline_get_source (RtTimeline *self)
{
  g_return_val_if_fail (RT_IS_TIMELINE (self), NULL);

  return self->source;
}

void
rt_timeline_set_source (RtTimeline *self, RtTimelineSource *source)
{
  g_return_if_fail (RT_IS_TIMELINE (self));
  g_return_if_fail (source == NULL || RT_IS_TIMELINE_SOURCE (source));

  if (self->source == source)
    return;
  if (self->source != NULL)
    rt_timeline_disconnect_source (self);
  rt_timeline_forget (self);
  rt_timeline_forget_dividers (self);
  self->has_focus_key = FALSE;
  self->stick = TRUE;
  self->new_below = 0;
  g_set_object (&self->source, source);
  if (source != NULL)
    {
      rt_timeline_connect_source (self);
      rt_timeline_load_tail (self);
    }
  rt_timeline_settle (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SOURCE]);
}

void
rt_timeline_set_factory (RtTimeline *self, RtTimelineCreateRow create, RtTimelineBindRow bind, gpointer user_data)
{
  g_return_if_fail (RT_IS_TIMELINE (self));

  rt_timeline_drop_rows (self);
  forget_pool (self);
  self->create = create;
  self->bind = bind;
  self->factory_data = user_data;
  rt_timeline_settle (self);
}

void
rt_timeline_scroll_to_bottom (RtTimeline *self)
{
  g_return_if_fail (RT_IS_TIMELINE (self));

  self->leaping = self->jumping = FALSE;
  if (self->has_after || self->n_item_rows == 0)
    {
      self->stick = TRUE;
      rt_timeline_load_tail (self);
      return;
    }
  self->stick = TRUE;
  rt_timeline_settle (self);
}

void
rt_timeline_jump_to_key (RtTimeline *self, const RtTimelineKey *key, gboolean flash)
{
  RtTimelineKey at = *key;
  guint index;

  g_return_if_fail (RT_IS_TIMELINE (self));

  self->jump_key = at;
  self->jump_flash = flash;
  self->jumping = TRUE;
  self->leaping = FALSE;
  if (rt_timeline_find_item (self, &at, &index) && index >= rt_timeline_first_usable (self))
    rt_timeline_page_arrived (self, FALSE);
  else
    rt_timeline_load_around (self, &at);
}

void
rt_timeline_keep_row (RtTimeline *self, GtkWidget *row)
{
  g_return_if_fail (RT_IS_TIMELINE (self));

  self->keep = row;
}

void
rt_timeline_rebind (RtTimeline *self)
{
  guint index;

  g_return_if_fail (RT_IS_TIMELINE (self));

  index = self->first;
  for (guint i = 0; i < self->rows->len; i++)
    if (rt_timeline_row (self, i)->kind == RT_TIMELINE_ROW_ITEM)
      rt_timeline_bind_row (self, i, index++);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

gboolean
rt_timeline_get_at_bottom (RtTimeline *self)
{
  g_return_val_if_fail (RT_IS_TIMELINE (self), FALSE);

  return self->at_bottom;
}

guint
rt_timeline_get_new_below (RtTimeline *self)
{
  g_return_val_if_fail (RT_IS_TIMELINE (self), 0);

  return self->new_below;
}

gboolean
rt_timeline_get_empty (RtTimeline *self)
{
  g_return_val_if_fail (RT_IS_TIMELINE (self), FALSE);

  return self->empty;
}

gboolean
rt_timeline_get_shown (RtTimeline *self, RtTimelineKey *first, RtTimelineKey *last)
{
  double y;
  gboolean found = FALSE;

  g_return_val_if_fail (RT_IS_TIMELINE (self), FALSE);

  y = self->top - gtk_adjustment_get_value (self->vadjustment);
  for (guint i = 0; i < self->rows->len; i++)
    {
      RtTimelineRow *row = rt_timeline_row (self, i);

      if (row->kind == RT_TIMELINE_ROW_ITEM && y + row->height > 0 && y < self->page)
        {
          if (!found)
            rt_timeline_item_get_key (row->item, first);
          rt_timeline_item_get_key (row->item, last);
          found = TRUE;
        }
      y += row->height;
    }
  return found;
}

GtkWidget *
rt_timeline_get_row (RtTimeline *self, const RtTimelineKey *key)
{
  guint index, position;

  g_return_val_if_fail (RT_IS_TIMELINE (self), NULL);

  if (!rt_timeline_find_item (self, key, &index) ||
      !rt_timeline_find_row (self, g_ptr_array_index (self->items, index), &position))
    return NULL;
  return rt_timeline_row (self, position)->widget;
}

void
rt_timeline_get_stats (RtTimeline *self, RtTimelineStats *stats)
{
  g_return_if_fail (RT_IS_TIMELINE (self));

  *stats = self->stats;
  stats->rows_shown = self->rows->len;
  stats->items_held = self->items->len;
}
