/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-counters-bar.h"
#include "rt-widget.h"

struct _RtCountersBar
{
  GtkWidget parent_instance;

  RtNetwork     *network;
  RtCounters    *counters;

  GtkLabel      *messages;
  GtkLabel      *bytes;
  GtkLabel      *relayed;
  GtkLabel      *duplicates;
  GtkMenuButton *dropped;
  GtkLabel      *dropped_label;
  GtkLabel      *reasons;
};

G_DEFINE_FINAL_TYPE (RtCountersBar, rt_counters_bar, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_NETWORK, PROP_COUNTERS, N_PROPS };
static GParamSpec *properties[N_PROPS];

static char *
dup_number (guint64 n)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, n);
}

static void
set_number (GtkLabel *label,
            guint64   n)
{
  g_autofree char *text = dup_number (n);

  gtk_label_set_label (label, text);
}

static void
update (RtCountersBar *self)
{
  const RtCount *count;
  g_autofree char *messages = NULL;
  g_autofree char *bytes = NULL;
  g_autofree char *reasons = NULL;
  g_autofree char *dropped = NULL;
  g_autofree char *spoken = NULL;

  if (self->counters == NULL)
    return;
  count = rt_counters_get_count (self->counters);
  messages = rt_counters_dup_messages (self->counters);
  bytes = rt_counters_dup_bytes (self->counters);
  reasons = rt_counters_dup_reasons (self->counters);
  gtk_label_set_label (self->messages, messages);
  gtk_label_set_label (self->bytes, bytes);
  set_number (self->relayed, count->relayed);
  set_number (self->duplicates, count->duplicates);
  set_number (self->dropped_label, count->dropped);
  gtk_label_set_label (self->reasons, *reasons != '\0' ? reasons : _("Nothing was dropped so far."));
  dropped = dup_number (count->dropped);
  /* Translators: the name of a button that tells why frames were dropped; %s is how many were */
  spoken = g_strdup_printf (_("Dropped: %s. Reasons"), dropped);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dropped), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
rt_counters_bar_map (GtkWidget *widget)
{
  RtCountersBar *self = RT_COUNTERS_BAR (widget);

  GTK_WIDGET_CLASS (rt_counters_bar_parent_class)->map (widget);
  if (self->counters != NULL)
    rt_counters_set_active (self->counters, TRUE);
}

static void
rt_counters_bar_unmap (GtkWidget *widget)
{
  RtCountersBar *self = RT_COUNTERS_BAR (widget);

  if (self->counters != NULL)
    rt_counters_set_active (self->counters, FALSE);
  GTK_WIDGET_CLASS (rt_counters_bar_parent_class)->unmap (widget);
}

/* A flow box says that it took the focus even when none of its children would have it, and Tab would end there. */
static gboolean
rt_counters_bar_focus (GtkWidget        *widget,
                       GtkDirectionType  direction)
{
  return gtk_widget_child_focus (GTK_WIDGET (RT_COUNTERS_BAR (widget)->dropped), direction);
}

static void
rt_counters_bar_dispose (GObject *object)
{
  RtCountersBar *self = RT_COUNTERS_BAR (object);

  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_COUNTERS_BAR);
  g_clear_object (&self->counters);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_counters_bar_parent_class)->dispose (object);
}

static void
rt_counters_bar_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  RtCountersBar *self = RT_COUNTERS_BAR (object);

  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, self->network);
      break;
    case PROP_COUNTERS:
      g_value_set_object (value, self->counters);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_counters_bar_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_counters_bar_set_network (RT_COUNTERS_BAR (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_counters_bar_class_init (RtCountersBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_counters_bar_dispose;
  object_class->get_property = rt_counters_bar_get_property;
  object_class->set_property = rt_counters_bar_set_property;
  widget_class->map = rt_counters_bar_map;
  widget_class->unmap = rt_counters_bar_unmap;
  widget_class->focus = rt_counters_bar_focus;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_COUNTERS] = g_param_spec_object ("counters", NULL, NULL, RT_TYPE_COUNTERS, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-counters-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, RtCountersBar, messages);
  gtk_widget_class_bind_template_child (widget_class, RtCountersBar, bytes);
  gtk_widget_class_bind_template_child (widget_class, RtCountersBar, relayed);
  gtk_widget_class_bind_template_child (widget_class, RtCountersBar, duplicates);
  gtk_widget_class_bind_template_child (widget_class, RtCountersBar, dropped);
  gtk_widget_class_bind_template_child (widget_class, RtCountersBar, dropped_label);
  gtk_widget_class_bind_template_child (widget_class, RtCountersBar, reasons);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_counters_bar_init (RtCountersBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtCounters *
rt_counters_bar_get_counters (RtCountersBar *self)
{
  g_return_val_if_fail (RT_IS_COUNTERS_BAR (self), NULL);

  return self->counters;
}

void
rt_counters_bar_set_network (RtCountersBar *self,
                             RtNetwork     *network)
{
  g_return_if_fail (RT_IS_COUNTERS_BAR (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (!g_set_object (&self->network, network))
    return;
  if (self->counters != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->counters, self);
      rt_counters_set_active (self->counters, FALSE);
    }
  g_clear_object (&self->counters);
  if (network != NULL)
    {
      self->counters = rt_counters_new (network);
      g_signal_connect_object (self->counters, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      rt_counters_set_active (self->counters, gtk_widget_get_mapped (GTK_WIDGET (self)));
      update (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}
