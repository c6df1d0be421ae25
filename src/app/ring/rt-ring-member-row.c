/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-row-drawing.h"
#include "rt-ring-glyph.h"
#include "rt-ring-member-row.h"

#define SIDE 12
#define GAP 6
#define PAD 6
/* Of the width, in thousandths: what stands at the beginning of a line. */
#define SHARE 600

struct _RtRingMemberRow
{
  GtkWidget parent_instance;

  P2pChordMemberInfo *item;
  gulong              handler;
};

G_DEFINE_FINAL_TYPE (RtRingMemberRow, rt_ring_member_row, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_ITEM, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* The row of the list that we stand in is what a screen reader reads. */
static void
speak (RtRingMemberRow *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));
  g_auto (RtRingMember) member = { 0 };
  g_autofree char *spoken = NULL;

  if (self->item == NULL || row == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  rt_ring_member_read (&member, self->item);
  spoken = rt_ring_member_dup_spoken (&member);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
changed_cb (RtRingMemberRow *self)
{
  speak (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
rt_ring_member_row_system_setting_changed (GtkWidget        *widget,
                                           GtkSystemSetting  setting)
{
  GTK_WIDGET_CLASS (rt_ring_member_row_parent_class)->system_setting_changed (widget, setting);
  rt_row_forget_line_height (widget);
}

static void
rt_ring_member_row_measure (GtkWidget      *widget,
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
rt_ring_member_row_snapshot (GtkWidget   *widget,
                             GtkSnapshot *snapshot)
{
  RtRingMemberRow *self = RT_RING_MEMBER_ROW (widget);
  int width = gtk_widget_get_width (widget), line;
  double x = SIDE + RT_ROW_ICON_SIZE + GAP, room = width - x - SIDE, first = room * SHARE / 1000, y = PAD, mark_x = SIDE + RT_ROW_ICON_SIZE / 2.0;
  g_auto (RtRingMember) member = { 0 };
  g_autofree char *name = NULL, *role = NULL, *stored = NULL, *at = NULL;
  RtRingColors colors;
  cairo_t *cr;

  if (self->item == NULL || width < 1)
    return;
  line = rt_row_get_line_height (widget);
  rt_ring_member_read (&member, self->item);
  name = rt_ring_member_dup_name (&member);
  role = rt_ring_member_dup_role (&member);
  stored = rt_ring_member_dup_stored (&member);
  at = rt_ring_dup_percent (member.fraction);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    mark_x = width - mark_x;
  rt_ring_colors_read (&colors, widget);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT ((float) mark_x - 9, (float) y, 18, (float) line));
  rt_ring_glyph_draw (cr, rt_ring_member_get_glyph (&member), mark_x, y + line / 2.0, 6.5, &colors);
  cairo_destroy (cr);
  rt_row_draw_text (widget, snapshot, name, x, y, first, FALSE, 1);
  rt_row_draw_text (widget, snapshot, at, x + first + GAP, y, room - first - GAP, TRUE, 1);
  y += line + PAD;
  rt_row_draw_text (widget, snapshot, role, x, y, first, FALSE, 0.75f);
  rt_row_draw_text (widget, snapshot, stored, x + first + GAP, y, room - first - GAP, TRUE, 0.75f);
}

static gboolean
rt_ring_member_row_query_tooltip (GtkWidget  *widget,
                                  int         x,
                                  int         y,
                                  gboolean    keyboard,
                                  GtkTooltip *tooltip)
{
  RtRingMemberRow *self = RT_RING_MEMBER_ROW (widget);
  g_auto (RtRingMember) member = { 0 };
  g_autofree char *spoken = NULL;

  if (self->item == NULL)
    return FALSE;
  rt_ring_member_read (&member, self->item);
  spoken = rt_ring_member_dup_spoken (&member);
  gtk_tooltip_set_text (tooltip, spoken);
  return TRUE;
}

static void
set_item (RtRingMemberRow    *self,
          P2pChordMemberInfo *item)
{
  if (self->item == item)
    return;
  if (self->item != NULL)
    g_clear_signal_handler (&self->handler, self->item);
  g_set_object (&self->item, item);
  if (item != NULL)
    {
      self->handler = g_signal_connect_swapped (item, "notify", G_CALLBACK (changed_cb), self);
      changed_cb (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

static void
rt_ring_member_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_ring_member_row_parent_class)->map (widget);
  speak (RT_RING_MEMBER_ROW (widget));
}

static void
rt_ring_member_row_dispose (GObject *object)
{
  set_item (RT_RING_MEMBER_ROW (object), NULL);
  G_OBJECT_CLASS (rt_ring_member_row_parent_class)->dispose (object);
}

static void
rt_ring_member_row_get_property (GObject    *object,
                                 guint       prop_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, RT_RING_MEMBER_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_member_row_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      set_item (RT_RING_MEMBER_ROW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ring_member_row_class_init (RtRingMemberRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_ring_member_row_dispose;
  object_class->get_property = rt_ring_member_row_get_property;
  object_class->set_property = rt_ring_member_row_set_property;
  widget_class->map = rt_ring_member_row_map;
  widget_class->measure = rt_ring_member_row_measure;
  widget_class->snapshot = rt_ring_member_row_snapshot;
  widget_class->query_tooltip = rt_ring_member_row_query_tooltip;
  widget_class->system_setting_changed = rt_ring_member_row_system_setting_changed;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, P2P_TYPE_CHORD_MEMBER_INFO,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "ring-member-row");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
rt_ring_member_row_init (RtRingMemberRow *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
