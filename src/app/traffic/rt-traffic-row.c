/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-traffic-row.h"

#define ICON_SIZE 16
#define GAP 6
#define SIDE 12
#define COLUMN_GAP 12
#define NARROW_PAD 7
#define WIDE_PAD 9
#define DIM 0.55f
/* Kept at the list, for all of its rows. */
#define METRICS "rt-traffic-row-line-height"

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

static int
measure_line (RtTrafficRow *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "Ág");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return MAX (height, ICON_SIZE);
}

static int
get_line_height (RtTrafficRow *self)
{
  GtkWidget *list = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW);
  int height;

  if (list == NULL)
    return measure_line (self);
  height = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (list), METRICS));
  if (height == 0)
    {
      height = measure_line (self);
      g_object_set_data (G_OBJECT (list), METRICS, GINT_TO_POINTER (height));
    }
  return height;
}

static void
rt_traffic_row_system_setting_changed (GtkWidget        *widget,
                                       GtkSystemSetting  setting)
{
  GtkWidget *list = gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_VIEW);

  GTK_WIDGET_CLASS (rt_traffic_row_parent_class)->system_setting_changed (widget, setting);
  if (list != NULL)
    g_object_set_data (G_OBJECT (list), METRICS, NULL);
  gtk_widget_queue_resize (widget);
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
  line = get_line_height (self);
  if (for_size >= RT_TRAFFIC_ROW_WIDE)
    *minimum = *natural = line + 2 * WIDE_PAD;
  else
    *minimum = *natural = self->header ? 0 : 2 * line + 3 * NARROW_PAD;
}

/* ---- drawing ---- */

/* Where the leading edge is on the right, everything is the other way round. */
static double
mirror (GtkWidget *widget,
        double     x,
        double     width)
{
  return gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? gtk_widget_get_width (widget) - x - width : x;
}

static void
draw_text (RtTrafficRow *self,
           GtkSnapshot  *snapshot,
           const char   *text,
           double        x,
           double        y,
           double        width,
           gboolean      at_end,
           float         alpha)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  gboolean right = (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL) != at_end;
  GdkRGBA color;

  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_alignment (layout, (pango_context_get_base_dir (pango_layout_get_context (layout)) == PANGO_DIRECTION_RTL) != right
                                        ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= alpha;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) mirror (widget, x, width), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_icon (RtTrafficRow *self,
           GtkSnapshot  *snapshot,
           const char   *name,
           double        x,
           double        y,
           gboolean      warning)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  g_autoptr (GtkIconPaintable) icon = NULL;
  GdkRGBA colors[4];

  icon = gtk_icon_theme_lookup_icon (gtk_icon_theme_get_for_display (gtk_widget_get_display (widget)), name, NULL, ICON_SIZE,
                                     gtk_widget_get_scale_factor (widget), gtk_widget_get_direction (widget), 0);
  gtk_style_context_get_color (style, &colors[0]);
  if (warning)
    gtk_style_context_lookup_color (style, "warning_color", &colors[0]);
  for (guint i = 1; i < G_N_ELEMENTS (colors); i++)
    colors[i] = colors[0];
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) mirror (widget, x, ICON_SIZE), (float) y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, ICON_SIZE, ICON_SIZE, colors, G_N_ELEMENTS (colors));
  gtk_snapshot_restore (snapshot);
}

static gboolean
is_dropped (RtTrafficRow *self)
{
  return (rt_traffic_item_get_verdict (self->item) & RT_TRAFFIC_DROPPED) != 0;
}

static void
draw_wide (RtTrafficRow *self,
           GtkSnapshot  *snapshot,
           int           width,
           int           height)
{
  int line = get_line_height (self);
  double y = (height - line) / 2.0, icon_y = (height - ICON_SIZE) / 2.0, x = SIDE;
  double room = width - 2 * SIDE - (N_COLUMNS - 1) * COLUMN_GAP;

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      double column = room * shares[i] / 1000.0, before = 0;
      g_autofree char *text = dup_text (self, i);

      if (!self->header && (i == COLUMN_DIRECTION || i == COLUMN_VERDICT))
        {
          draw_icon (self, snapshot, i == COLUMN_DIRECTION ? rt_traffic_direction_icon (self->item) : rt_traffic_verdict_icon (self->item),
                     x, icon_y, i == COLUMN_VERDICT && is_dropped (self));
          before = ICON_SIZE + GAP;
        }
      draw_text (self, snapshot, text, x + before, y, column - before, i == COLUMN_SIZE, self->header ? DIM : 1);
      x += column + COLUMN_GAP;
    }
}

static void
draw_narrow (RtTrafficRow *self,
             GtkSnapshot  *snapshot,
             int           width)
{
  int line = get_line_height (self);
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

  draw_icon (self, snapshot, rt_traffic_direction_icon (self->item), SIDE, y + icon, FALSE);
  draw_text (self, snapshot, title, x, y, width - x - SIDE - clock_width - GAP, FALSE, 1);
  draw_text (self, snapshot, clock, width - SIDE - clock_width, y, clock_width, TRUE, DIM);
  y += line + NARROW_PAD;
  draw_icon (self, snapshot, rt_traffic_verdict_icon (self->item), SIDE, y + icon, is_dropped (self));
  draw_text (self, snapshot, subtitle, x, y, width - x - SIDE, FALSE, is_dropped (self) ? 1 : 0.75f);
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
