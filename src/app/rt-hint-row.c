/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-hint-row.h"

struct _RtHintRow
{
  AdwPreferencesRow parent_instance;

  char *text;

  GtkImage *icon;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (RtHintRow, rt_hint_row, ADW_TYPE_PREFERENCES_ROW)

enum { PROP_0, PROP_TEXT, N_PROPS };
static GParamSpec *properties[N_PROPS];

static gboolean
scroll_cb (GtkWidget     *widget,
           GdkFrameClock *clock,
           gpointer       user_data)
{
  GtkWidget *scrolled = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment;
  graphene_rect_t bounds;
  double top;

  if (gtk_widget_get_mapped (widget) && gtk_widget_get_height (widget) == 0)
    return G_SOURCE_CONTINUE;
  if (scrolled == NULL || !gtk_widget_get_mapped (widget) || !gtk_widget_compute_bounds (widget, scrolled, &bounds))
    return G_SOURCE_REMOVE;
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  top = gtk_adjustment_get_value (adjustment) + bounds.origin.y;
  gtk_adjustment_clamp_page (adjustment, top, top + bounds.size.height);
  return G_SOURCE_REMOVE;
}

/* Words that appear below what can be seen help nobody: they come into view, once they have a place. */
static void
rt_hint_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (rt_hint_row_parent_class)->map (widget);
  gtk_widget_add_tick_callback (widget, scroll_cb, NULL, NULL);
}

static void
rt_hint_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_HINT_ROW);
  G_OBJECT_CLASS (rt_hint_row_parent_class)->dispose (object);
}

static void
rt_hint_row_finalize (GObject *object)
{
  g_free (RT_HINT_ROW (object)->text);
  G_OBJECT_CLASS (rt_hint_row_parent_class)->finalize (object);
}

static void
rt_hint_row_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TEXT:
      g_value_set_string (value, RT_HINT_ROW (object)->text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_hint_row_class_init (RtHintRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_hint_row_dispose;
  object_class->finalize = rt_hint_row_finalize;
  object_class->get_property = rt_hint_row_get_property;
  widget_class->map = rt_hint_row_map;

  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-hint-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtHintRow, icon);
  gtk_widget_class_bind_template_child (widget_class, RtHintRow, label);
}

static void
rt_hint_row_init (RtHintRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

const char *
rt_hint_row_get_text (RtHintRow *self)
{
  g_return_val_if_fail (RT_IS_HINT_ROW (self), NULL);

  return self->text;
}

void
rt_hint_row_set_text (RtHintRow  *self,
                      RtHintKind  kind,
                      const char *text)
{
  gboolean ok = kind == RT_HINT_SUCCESS;

  g_return_if_fail (RT_IS_HINT_ROW (self));

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);

  gtk_widget_remove_css_class (GTK_WIDGET (self), ok ? "error" : "success");
  gtk_widget_add_css_class (GTK_WIDGET (self), ok ? "success" : "error");
  gtk_image_set_from_icon_name (self->icon, ok ? "emblem-ok-symbolic" : "dialog-warning-symbolic");
  gtk_label_set_label (self->label, text != NULL ? text : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text != NULL ? text : "", -1);
  gtk_widget_set_visible (GTK_WIDGET (self), text != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEXT]);
}

GtkWidget *
rt_hint_row_get_label (RtHintRow *self)
{
  g_return_val_if_fail (RT_IS_HINT_ROW (self), NULL);

  return GTK_WIDGET (self->label);
}
