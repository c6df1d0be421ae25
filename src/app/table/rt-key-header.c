/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-key-header.h"

#define SIDE 12
#define COLUMN_GAP 12

#define LAYOUT "rt-key-layout"

/* What each gets of the width, in thousandths; 0: it is not there. Fixed, so that no text moves the others. */
static const int shares[][RT_N_KEY_COLUMNS] = {
  [RT_KEY_LAYOUT_SHARED] = {
    [RT_KEY_COLUMN_KEY] = 190, [RT_KEY_COLUMN_VALUE] = 210, [RT_KEY_COLUMN_KIND] = 130, [RT_KEY_COLUMN_OWNER] = 145,
    [RT_KEY_COLUMN_WRITTEN] = 90, [RT_KEY_COLUMN_LEASE] = 85, [RT_KEY_COLUMN_STATE] = 150,
  },
  [RT_KEY_LAYOUT_RING] = {
    [RT_KEY_COLUMN_KEY] = 290, [RT_KEY_COLUMN_VALUE] = 340, [RT_KEY_COLUMN_KIND] = 160, [RT_KEY_COLUMN_STATE] = 210,
  },
};

struct _RtKeyHeader
{
  GtkWidget parent_instance;

  RtTable    *table;
  RtKeyLayout layout;
  GtkWidget *buttons[RT_N_KEY_COLUMNS];
  GtkImage  *arrows[RT_N_KEY_COLUMNS];
};

G_DEFINE_FINAL_TYPE (RtKeyHeader, rt_key_header, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_TABLE, PROP_LAYOUT, N_PROPS };
static GParamSpec *properties[N_PROPS];

gboolean
rt_key_column_place (RtKeyLayout  layout,
                     RtKeyColumn  column,
                     int          width,
                     int         *x,
                     int         *column_width)
{
  int n = 0, before = 0, at = 0, room;

  for (RtKeyColumn i = 0; i < RT_N_KEY_COLUMNS; i++)
    {
      n += shares[layout][i] > 0;
      if (i < column)
        {
          before += shares[layout][i] > 0;
          at += shares[layout][i];
        }
    }
  room = MAX (width - 2 * SIDE - (n - 1) * COLUMN_GAP, 0);
  *x = SIDE + room * at / 1000 + before * COLUMN_GAP;
  *column_width = room * shares[layout][column] / 1000;
  return shares[layout][column] > 0;
}

void
rt_key_layout_set (GtkWidget   *list,
                   RtKeyLayout  layout)
{
  g_object_set_data (G_OBJECT (list), LAYOUT, GINT_TO_POINTER (layout));
}

RtKeyLayout
rt_key_layout_of (GtkWidget *row)
{
  GtkWidget *list = gtk_widget_get_ancestor (row, GTK_TYPE_LIST_VIEW);

  return list != NULL ? GPOINTER_TO_INT (g_object_get_data (G_OBJECT (list), LAYOUT)) : RT_KEY_LAYOUT_SHARED;
}

const char *
rt_key_column_title (RtKeyColumn column)
{
  switch (column)
    {
    case RT_KEY_COLUMN_KEY: return _("Key");
    case RT_KEY_COLUMN_VALUE: return _("Value");
    case RT_KEY_COLUMN_KIND: return _("Type");
    case RT_KEY_COLUMN_OWNER: return _("Owner");
    case RT_KEY_COLUMN_WRITTEN: return _("Written");
    case RT_KEY_COLUMN_LEASE: return _("Lease");
    case RT_KEY_COLUMN_STATE:
    case RT_N_KEY_COLUMNS:
    default: return _("State");
    }
}

static RtTableSort
get_sort (RtKeyColumn column)
{
  static const RtTableSort sorts[RT_N_KEY_COLUMNS] = {
    [RT_KEY_COLUMN_KEY] = RT_TABLE_SORT_KEY, [RT_KEY_COLUMN_VALUE] = RT_TABLE_SORT_VALUE, [RT_KEY_COLUMN_KIND] = RT_TABLE_SORT_KIND,
    [RT_KEY_COLUMN_OWNER] = RT_TABLE_SORT_OWNER, [RT_KEY_COLUMN_WRITTEN] = RT_TABLE_SORT_WRITTEN, [RT_KEY_COLUMN_LEASE] = RT_TABLE_SORT_LEASE,
    [RT_KEY_COLUMN_STATE] = RT_TABLE_SORT_STATE,
  };

  return sorts[column];
}

static void
update_arrows (RtKeyHeader *self)
{
  gboolean descending = FALSE;
  RtTableSort by = self->table != NULL ? rt_table_get_sort (self->table, &descending) : RT_TABLE_SORT_KEY;

  for (RtKeyColumn i = 0; i < RT_N_KEY_COLUMNS; i++)
    {
      gboolean sorted = get_sort (i) == by;

      gtk_widget_set_visible (GTK_WIDGET (self->arrows[i]), sorted);
      gtk_image_set_from_icon_name (self->arrows[i], descending ? "pan-down-symbolic" : "pan-up-symbolic");
      if (sorted)
        gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                        descending ? _("Sorted by this, the last first") : _("Sorted by this"), -1);
      else
        gtk_accessible_reset_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
    }
}

static void
clicked_cb (RtKeyHeader *self,
            GtkButton   *button)
{
  for (RtKeyColumn i = 0; i < RT_N_KEY_COLUMNS; i++)
    if (self->buttons[i] == GTK_WIDGET (button) && self->table != NULL)
      {
        gboolean descending;
        gboolean again = rt_table_get_sort (self->table, &descending) == get_sort (i);

        rt_table_set_sort (self->table, get_sort (i), again && !descending);
      }
}

static GtkSizeRequestMode
rt_key_header_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
rt_key_header_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  RtKeyHeader *self = RT_KEY_HEADER (widget);

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *natural = RT_KEY_ROW_WIDE;
      return;
    }
  for (guint i = 0; i < RT_N_KEY_COLUMNS; i++)
    {
      int height;

      gtk_widget_measure (self->buttons[i], orientation, -1, &height, NULL, NULL, NULL);
      *natural = MAX (*natural, height);
    }
  if (for_size >= 0 && for_size < RT_KEY_ROW_WIDE)
    *natural = 0;
  *minimum = *natural;
}

static void
rt_key_header_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  RtKeyHeader *self = RT_KEY_HEADER (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  for (RtKeyColumn i = 0; i < RT_N_KEY_COLUMNS; i++)
    {
      int x, column_width, minimum;
      gboolean there = rt_key_column_place (self->layout, i, width, &x, &column_width);

      gtk_widget_set_child_visible (self->buttons[i], there && height > 0 && width >= RT_KEY_ROW_WIDE);
      if (!gtk_widget_get_child_visible (self->buttons[i]))
        continue;
      gtk_widget_measure (self->buttons[i], GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      column_width = MAX (column_width, minimum);
      gtk_widget_size_allocate (self->buttons[i], &(GtkAllocation) { mirrored ? width - x - column_width : x, 0, column_width, height }, -1);
    }
}

static void
set_table (RtKeyHeader *self,
           RtTable     *table)
{
  if (self->table == table)
    return;
  if (self->table != NULL)
    g_signal_handlers_disconnect_by_data (self->table, self);
  g_set_object (&self->table, table);
  if (table != NULL)
    {
      g_signal_connect_swapped (table, "notify::sort-by", G_CALLBACK (update_arrows), self);
      g_signal_connect_swapped (table, "notify::descending", G_CALLBACK (update_arrows), self);
    }
  update_arrows (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TABLE]);
}

static void
rt_key_header_dispose (GObject *object)
{
  RtKeyHeader *self = RT_KEY_HEADER (object);

  if (self->table != NULL)
    g_signal_handlers_disconnect_by_data (self->table, self);
  g_clear_object (&self->table);
  for (guint i = 0; i < RT_N_KEY_COLUMNS; i++)
    g_clear_pointer (&self->buttons[i], gtk_widget_unparent);
  G_OBJECT_CLASS (rt_key_header_parent_class)->dispose (object);
}

static void
rt_key_header_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TABLE:
      g_value_set_object (value, RT_KEY_HEADER (object)->table);
      break;
    case PROP_LAYOUT:
      g_value_set_int (value, (int) RT_KEY_HEADER (object)->layout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_key_header_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_TABLE:
      set_table (RT_KEY_HEADER (object), g_value_get_object (value));
      break;
    case PROP_LAYOUT:
      if ((int) RT_KEY_HEADER (object)->layout == g_value_get_int (value))
        return;
      RT_KEY_HEADER (object)->layout = (RtKeyLayout) g_value_get_int (value);
      gtk_widget_queue_allocate (GTK_WIDGET (object));
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_key_header_class_init (RtKeyHeaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_key_header_dispose;
  object_class->get_property = rt_key_header_get_property;
  object_class->set_property = rt_key_header_set_property;
  widget_class->get_request_mode = rt_key_header_get_request_mode;
  widget_class->measure = rt_key_header_measure;
  widget_class->size_allocate = rt_key_header_size_allocate;

  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, RT_TYPE_TABLE,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_LAYOUT] = g_param_spec_int ("layout", NULL, NULL, RT_KEY_LAYOUT_SHARED, RT_KEY_LAYOUT_RING, RT_KEY_LAYOUT_SHARED,
                                              G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "key-header");
}

static void
rt_key_header_init (RtKeyHeader *self)
{
  for (RtKeyColumn i = 0; i < RT_N_KEY_COLUMNS; i++)
    {
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 3);
      GtkWidget *label = gtk_label_new (rt_key_column_title (i));
      g_autofree char *tooltip = NULL;

      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      if (i == RT_KEY_COLUMN_LEASE)
        {
          gtk_widget_set_hexpand (label, TRUE);
          gtk_label_set_xalign (GTK_LABEL (label), 1);
        }
      self->arrows[i] = GTK_IMAGE (gtk_image_new ());
      gtk_box_append (GTK_BOX (box), label);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->arrows[i]));
      self->buttons[i] = gtk_button_new ();
      gtk_button_set_child (GTK_BUTTON (self->buttons[i]), box);
      gtk_widget_add_css_class (self->buttons[i], "flat");
      gtk_widget_add_css_class (self->buttons[i], "caption-heading");
      /* Translators: %s is the title of a column */
      tooltip = g_strdup_printf (_("Sort by: %s"), rt_key_column_title (i));
      gtk_widget_set_tooltip_text (self->buttons[i], tooltip);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, tooltip, -1);
      g_signal_connect_object (self->buttons[i], "clicked", G_CALLBACK (clicked_cb), self, G_CONNECT_SWAPPED);
      gtk_widget_set_parent (self->buttons[i], GTK_WIDGET (self));
    }
  update_arrows (self);
}
