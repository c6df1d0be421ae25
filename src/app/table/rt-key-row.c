/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-row-drawing.h"
#include "rt-key-format.h"
#include "rt-key-row.h"

#define GAP 6
#define SIDE 12
#define NARROW_PAD 7
#define WIDE_PAD 9

struct _RtKeyRow
{
  GtkWidget parent_instance;

  RtTableRow *item;
  gulong      handler;
  gboolean    seen;
};

G_DEFINE_FINAL_TYPE (RtKeyRow, rt_key_row, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_ITEM, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* The row of the list that we stand in is what a screen reader reads. */
static void
speak (RtKeyRow *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *spoken = NULL;

  if (self->item == NULL || row == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  spoken = rt_key_dup_spoken (self->item);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/* Everything is told one by one, and what is spoken is made of all of it: some stand for the others. */
static void
changed_cb (RtKeyRow   *self,
            GParamSpec *pspec)
{
  if (pspec == NULL || g_str_equal (pspec->name, "value-text") || g_str_equal (pspec->name, "state") || g_str_equal (pspec->name, "staged-text"))
    speak (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- size ---- */

static void
rt_key_row_system_setting_changed (GtkWidget        *widget,
                                   GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (rt_key_row_parent_class)->system_setting_changed (widget, setting);
  rt_row_forget_line_height (widget);
}

static GtkSizeRequestMode
rt_key_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
rt_key_row_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  int line;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 240;
      *natural = RT_KEY_ROW_WIDE;
      return;
    }
  line = rt_row_get_line_height (widget);
  *minimum = *natural = for_size >= RT_KEY_ROW_WIDE ? line + 2 * WIDE_PAD : 2 * line + 3 * NARROW_PAD;
}

/* ---- drawing ---- */

static void
draw_wide (RtKeyRow    *self,
           GtkSnapshot *snapshot,
           int          width,
           int          height)
{
  GtkWidget *row = GTK_WIDGET (self);
  int line = rt_row_get_line_height (row);
  double y = (height - line) / 2.0, icon_y = (height - RT_ROW_ICON_SIZE) / 2.0;
  RtKeyLayout layout = rt_key_layout_of (row);

  for (RtKeyColumn column = 0; column < RT_N_KEY_COLUMNS; column++)
    {
      g_autofree char *text = NULL;
      int x, column_width, before = 0;

      if (!rt_key_column_place (layout, column, width, &x, &column_width))
        continue;
      text = rt_key_dup_cell (self->item, column);
      if (column == RT_KEY_COLUMN_STATE)
        {
          rt_row_draw_icon (row, snapshot, rt_key_state_icon (self->item), x, icon_y, rt_key_state_color (self->item));
          before = RT_ROW_ICON_SIZE + GAP;
        }
      rt_row_draw_text (row, snapshot, text, x + before, y, column_width - before, column == RT_KEY_COLUMN_LEASE, 1);
    }
}

static void
draw_narrow (RtKeyRow    *self,
             GtkSnapshot *snapshot,
             int          width)
{
  GtkWidget *row = GTK_WIDGET (self);
  int line = rt_row_get_line_height (row);
  double y = NARROW_PAD, x = SIDE + RT_ROW_ICON_SIZE + GAP, room = width - x - SIDE, key_width = (room - GAP) * 0.45;
  g_autofree char *key = rt_key_dup_cell (self->item, RT_KEY_COLUMN_KEY);
  g_autofree char *value = rt_key_dup_cell (self->item, RT_KEY_COLUMN_VALUE);
  g_autofree char *state = rt_key_dup_state (self->item);

  rt_row_draw_icon (row, snapshot, rt_key_state_icon (self->item), SIDE, y + (line - RT_ROW_ICON_SIZE) / 2.0, rt_key_state_color (self->item));
  rt_row_draw_text (row, snapshot, key, x, y, key_width, FALSE, 1);
  rt_row_draw_text (row, snapshot, value, x + key_width + GAP, y, room - key_width - GAP, TRUE, 1);
  y += line + NARROW_PAD;
  rt_row_draw_text (row, snapshot, state, x, y, room, FALSE, 0.75f);
}

static void
rt_key_row_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  RtKeyRow *self = RT_KEY_ROW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (height == 0 || self->item == NULL)
    return;
  if (width >= RT_KEY_ROW_WIDE)
    draw_wide (self, snapshot, width, height);
  else
    draw_narrow (self, snapshot, width);
}

/* All of what may be cut. */
static gboolean
rt_key_row_query_tooltip (GtkWidget  *widget,
                          int         x,
                          int         y,
                          gboolean    keyboard,
                          GtkTooltip *tooltip)
{
  RtKeyRow *self = RT_KEY_ROW (widget);
  g_autofree char *spoken = NULL;

  if (self->item == NULL)
    return FALSE;
  spoken = rt_key_dup_spoken (self->item);
  gtk_tooltip_set_text (tooltip, spoken);
  return TRUE;
}

/* ---- object ---- */

static void
set_item (RtKeyRow   *self,
          RtTableRow *item)
{
  if (self->item == item)
    return;
  if (self->item != NULL)
    {
      rt_key_row_set_seen (self, FALSE);
      g_clear_signal_handler (&self->handler, self->item);
    }
  g_set_object (&self->item, item);
  if (item != NULL)
    {
      self->handler = g_signal_connect_swapped (item, "notify", G_CALLBACK (changed_cb), self);
      changed_cb (self, NULL);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

static void
rt_key_row_unmap (GtkWidget *widget)
{
  rt_key_row_set_seen (RT_KEY_ROW (widget), FALSE);
  GTK_WIDGET_CLASS (rt_key_row_parent_class)->unmap (widget);
}

static void
rt_key_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_key_row_parent_class)->map (widget);
  speak (RT_KEY_ROW (widget));
}

static void
rt_key_row_dispose (GObject *object)
{
  set_item (RT_KEY_ROW (object), NULL);
  G_OBJECT_CLASS (rt_key_row_parent_class)->dispose (object);
}

static void
rt_key_row_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, RT_KEY_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_key_row_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      set_item (RT_KEY_ROW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_key_row_class_init (RtKeyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_key_row_dispose;
  object_class->get_property = rt_key_row_get_property;
  object_class->set_property = rt_key_row_set_property;
  widget_class->map = rt_key_row_map;
  widget_class->unmap = rt_key_row_unmap;
  widget_class->get_request_mode = rt_key_row_get_request_mode;
  widget_class->measure = rt_key_row_measure;
  widget_class->snapshot = rt_key_row_snapshot;
  widget_class->query_tooltip = rt_key_row_query_tooltip;
  widget_class->system_setting_changed = rt_key_row_system_setting_changed;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, RT_TYPE_TABLE_ROW,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "key-row");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
rt_key_row_init (RtKeyRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

RtTableRow *
rt_key_row_get_item (RtKeyRow *self)
{
  g_return_val_if_fail (RT_IS_KEY_ROW (self), NULL);

  return self->item;
}

void
rt_key_row_set_seen (RtKeyRow *self,
                     gboolean  seen)
{
  g_return_if_fail (RT_IS_KEY_ROW (self));

  if (self->seen == seen || self->item == NULL)
    return;
  self->seen = seen;
  if (seen)
    rt_table_row_want (self->item);
  else
    rt_table_row_unwant (self->item);
}
