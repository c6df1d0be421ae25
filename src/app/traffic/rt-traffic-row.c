/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-row-drawing.h"
#include "rt-traffic-row.h"

#define ICON_SIZE RT_ROW_ICON_SIZE
#define GAP 6
#define SIDE 12
#define COLUMN_GAP 12
#define NARROW_PAD 7
#define WIDE_PAD 9
#define DIM RT_ROW_DIM

enum {
  COLUMN_TIME,
  COLUMN_DIRECTION,
  COLUMN_PEER,
  COLUMN_KIND,
  COLUMN_SIZE,
  COLUMN_COMPRESSION,
  COLUMN_ID,
  COLUMN_VERDICT,
  N_COLUMNS,
};

/* What each gets of the width, in thousandths. Fixed, so that no text moves the others. */
static const guint shares[N_COLUMNS] = {
  [COLUMN_TIME] = 135, [COLUMN_DIRECTION] = 80, [COLUMN_PEER] = 125, [COLUMN_KIND] = 150,
  [COLUMN_SIZE] = 95, [COLUMN_COMPRESSION] = 75, [COLUMN_ID] = 140, [COLUMN_VERDICT] = 200,
};

struct _RtTrafficRow
{
  GtkWidget parent_instance;

  RtTrafficItem *item;
  gboolean       header;
};

G_DEFINE_FINAL_TYPE (RtTrafficRow, rt_traffic_row, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_ITEM, PROP_HEADER, N_PROPS };
static GParamSpec *properties[N_PROPS];

const char *
rt_traffic_direction_icon (RtTrafficItem *item)
{
  return rt_traffic_item_get_outgoing (item) ? "go-up-symbolic" : "go-down-symbolic";
}

const char *
rt_traffic_verdict_icon (RtTrafficItem *item)
{
  RtTrafficVerdict verdict = rt_traffic_item_get_verdict (item);

  if (verdict & RT_TRAFFIC_DROPPED)
    return "dialog-warning-symbolic";
  if (verdict & RT_TRAFFIC_DUPLICATE)
    return "edit-copy-symbolic";
  if (verdict & RT_TRAFFIC_SENT)
    return "go-up-symbolic";
  return verdict & RT_TRAFFIC_RELAYED ? "emblem-shared-symbolic" : "emblem-ok-symbolic";
}

/* ---- text ---- */

static char *
dup_title (guint column)
{
  switch (column)
    {
    case COLUMN_TIME: return g_strdup (_("Time"));
    case COLUMN_DIRECTION: return g_strdup (_("Way"));
    case COLUMN_PEER: return g_strdup (_("Peer"));
    case COLUMN_KIND: return g_strdup (_("Kind"));
    case COLUMN_SIZE: return g_strdup (_("Size"));
    case COLUMN_COMPRESSION: return g_strdup (_("Packing"));
    case COLUMN_ID: return g_strdup (_("Message id"));
    case COLUMN_VERDICT:
    default: return g_strdup (_("Result"));
    }
}

static char *
dup_text (RtTrafficRow *self,
          guint         column)
{
  if (self->header)
    return dup_title (column);
  switch (column)
    {
    case COLUMN_TIME: return rt_traffic_item_dup_clock (self->item);
    case COLUMN_DIRECTION: return rt_traffic_item_dup_direction (self->item);
    case COLUMN_PEER: return rt_traffic_item_dup_peer (self->item);
    case COLUMN_KIND: return rt_traffic_item_dup_kind (self->item);
    case COLUMN_SIZE: return rt_traffic_item_dup_size (self->item);
    case COLUMN_COMPRESSION: return rt_traffic_item_dup_compression (self->item);
    case COLUMN_ID: return rt_traffic_item_dup_short_id (self->item);
    case COLUMN_VERDICT:
    default: return rt_traffic_item_dup_verdict (self->item);
    }
}

/* The row of the list that we stand in is what a screen reader reads. */
static void
speak (RtTrafficRow *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *spoken = NULL;

  if (self->item == NULL || row == NULL)
    return;
  spoken = rt_traffic_item_dup_spoken (self->item);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/* ---- size ---- */

static void
rt_traffic_row_system_setting_changed (GtkWidget        *widget,
                                       GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (rt_traffic_row_parent_class)->system_setting_changed (widget, setting);
  rt_row_forget_line_height (widget);
}

static GtkSizeRequestMode
rt_traffic_row_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
rt_traffic_row_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  RtTrafficRow *self = RT_TRAFFIC_ROW (widget);
  int line;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 240;
      *natural = RT_TRAFFIC_ROW_WIDE;
      return;
    }
  line = rt_row_get_line_height (widget);
  if (for_size >= RT_TRAFFIC_ROW_WIDE)
    *minimum = *natural = line + 2 * WIDE_PAD;
  else
    *minimum = *natural = self->header ? 0 : 2 * line + 3 * NARROW_PAD;
}

/* ---- drawing ---- */

static gboolean
is_dropped (RtTrafficRow *self)
{
  return (rt_traffic_item_get_verdict (self->item) & RT_TRAFFIC_DROPPED) != 0;
}

static const char *
warning_color (RtTrafficRow *self)
{
  return is_dropped (self) ? "warning_color" : NULL;
}

static void
draw_wide (RtTrafficRow *self,
           GtkSnapshot  *snapshot,
           int           width,
           int           height)
{
  GtkWidget *row = GTK_WIDGET (self);
  int line = rt_row_get_line_height (row);
  double y = (height - line) / 2.0, icon_y = (height - ICON_SIZE) / 2.0, x = SIDE;
  double room = width - 2 * SIDE - (N_COLUMNS - 1) * COLUMN_GAP;

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      double column = room * shares[i] / 1000.0, before = 0;
      g_autofree char *text = dup_text (self, i);

      if (!self->header && (i == COLUMN_DIRECTION || i == COLUMN_VERDICT))
        {
          rt_row_draw_icon (row, snapshot, i == COLUMN_DIRECTION ? rt_traffic_direction_icon (self->item) : rt_traffic_verdict_icon (self->item),
                            x, icon_y, i == COLUMN_VERDICT ? warning_color (self) : NULL);
          before = ICON_SIZE + GAP;
        }
      rt_row_draw_text (row, snapshot, text, x + before, y, column - before, i == COLUMN_SIZE, self->header ? DIM : 1);
      x += column + COLUMN_GAP;
    }
}

static void
draw_narrow (RtTrafficRow *self,
             GtkSnapshot  *snapshot,
             int           width)
{
  GtkWidget *row = GTK_WIDGET (self);
  int line = rt_row_get_line_height (row);
  double icon = (line - ICON_SIZE) / 2.0, y = NARROW_PAD, x = SIDE + ICON_SIZE + GAP, clock_width = line * 5.0;
  g_autofree char *direction = rt_traffic_item_dup_direction (self->item);
  g_autofree char *kind = rt_traffic_item_dup_kind (self->item);
  g_autofree char *peer = rt_traffic_item_dup_peer (self->item);
  g_autofree char *clock = rt_traffic_item_dup_clock (self->item);
  g_autofree char *size = rt_traffic_item_dup_size (self->item);
  g_autofree char *verdict = rt_traffic_item_dup_verdict_full (self->item);
  /* Translators: a frame: its way ("In"), its kind, the peer */
  g_autofree char *title = g_strdup_printf (_("%s · %s · %s"), direction, kind, peer);
  /* Translators: a frame: its size, then what became of it */
  g_autofree char *subtitle = g_strdup_printf (_("%s · %s"), size, verdict);

  rt_row_draw_icon (row, snapshot, rt_traffic_direction_icon (self->item), SIDE, y + icon, NULL);
  rt_row_draw_text (row, snapshot, title, x, y, width - x - SIDE - clock_width - GAP, FALSE, 1);
  rt_row_draw_text (row, snapshot, clock, width - SIDE - clock_width, y, clock_width, TRUE, DIM);
  y += line + NARROW_PAD;
  rt_row_draw_icon (row, snapshot, rt_traffic_verdict_icon (self->item), SIDE, y + icon, warning_color (self));
  rt_row_draw_text (row, snapshot, subtitle, x, y, width - x - SIDE, FALSE, is_dropped (self) ? 1 : 0.75f);
}

static void
rt_traffic_row_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  RtTrafficRow *self = RT_TRAFFIC_ROW (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (height == 0 || (self->item == NULL && !self->header))
    return;
  if (width >= RT_TRAFFIC_ROW_WIDE)
    draw_wide (self, snapshot, width, height);
  else if (!self->header)
    draw_narrow (self, snapshot, width);
}

/* All of what may be cut. */
static gboolean
rt_traffic_row_query_tooltip (GtkWidget  *widget,
                              int         x,
                              int         y,
                              gboolean    keyboard,
                              GtkTooltip *tooltip)
{
  RtTrafficRow *self = RT_TRAFFIC_ROW (widget);
  g_autofree char *spoken = NULL;

  if (self->item == NULL)
    return FALSE;
  spoken = rt_traffic_item_dup_spoken (self->item);
  gtk_tooltip_set_text (tooltip, spoken);
  return TRUE;
}

/* ---- object ---- */

static void
rt_traffic_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_traffic_row_parent_class)->map (widget);
  speak (RT_TRAFFIC_ROW (widget));
}

static void
rt_traffic_row_dispose (GObject *object)
{
  g_clear_object (&RT_TRAFFIC_ROW (object)->item);
  G_OBJECT_CLASS (rt_traffic_row_parent_class)->dispose (object);
}

static void
rt_traffic_row_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  RtTrafficRow *self = RT_TRAFFIC_ROW (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    case PROP_HEADER:
      g_value_set_boolean (value, self->header);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_row_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  RtTrafficRow *self = RT_TRAFFIC_ROW (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      if (!g_set_object (&self->item, g_value_get_object (value)))
        return;
      speak (self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_HEADER:
      self->header = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_traffic_row_class_init (RtTrafficRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = rt_traffic_row_dispose;
  object_class->get_property = rt_traffic_row_get_property;
  object_class->set_property = rt_traffic_row_set_property;
  widget_class->map = rt_traffic_row_map;
  widget_class->get_request_mode = rt_traffic_row_get_request_mode;
  widget_class->measure = rt_traffic_row_measure;
  widget_class->snapshot = rt_traffic_row_snapshot;
  widget_class->query_tooltip = rt_traffic_row_query_tooltip;
  widget_class->system_setting_changed = rt_traffic_row_system_setting_changed;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, RT_TYPE_TRAFFIC_ITEM, flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_HEADER] = g_param_spec_boolean ("header", NULL, NULL, FALSE, flags | G_PARAM_CONSTRUCT_ONLY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "frame-row");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
rt_traffic_row_init (RtTrafficRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

RtTrafficItem *
rt_traffic_row_get_item (RtTrafficRow *self)
{
  g_return_val_if_fail (RT_IS_TRAFFIC_ROW (self), NULL);

  return self->item;
}
