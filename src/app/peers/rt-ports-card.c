/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-ports-card.h"
#include "rt-ports-dialog.h"

/* Time alone makes it worth saying that nobody came. */
#define REFRESH_SECONDS 20u

struct _RtPortsCard
{
  AdwPreferencesGroup parent_instance;

  RtReachability *reachability;   /* NULL: no network */
  guint           timer;

  AdwActionRow *row;
  GtkImage     *icon;
};

G_DEFINE_FINAL_TYPE (RtPortsCard, rt_ports_card, ADW_TYPE_PREFERENCES_GROUP)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
update (RtPortsCard *self)
{
  RtNetwork *network;
  gboolean missing, asks;
  g_autofree char *words = NULL;

  network = self->reachability != NULL ? rt_reachability_get_network (self->reachability) : NULL;
  /* nobody is to come to the demonstration */
  gtk_widget_set_visible (GTK_WIDGET (self), network != NULL && !rt_network_config_get_demo (rt_network_get_config (network)));
  if (network == NULL)
    return;
  missing = rt_reachability_is_missing (self->reachability);
  asks = rt_network_config_get_map_port (rt_network_get_config (network)) && rt_network_get_socket (network) != NULL;
  words = rt_port_map_dup_words (rt_network_get_port_map (network));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), missing ? _("Nobody has come in so far") : _("Can others reach you?"));
  adw_action_row_set_subtitle (self->row, rt_reachability_get_reached (self->reachability) == RT_REACHED_PROVEN ? rt_reached_get_words (RT_REACHED_PROVEN)
                                          : asks ? words
                                          : missing ? _("Let others reach you…")
                                          : rt_reached_get_words (rt_reachability_get_reached (self->reachability)));
  gtk_image_set_from_icon_name (self->icon, rt_reachability_get_reached (self->reachability) == RT_REACHED_PROVEN ? "emblem-ok-symbolic"
                                            : missing ? "dialog-warning-symbolic" : "dialog-question-symbolic");
}

static void
activated_cb (RtPortsCard *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_window_present (GTK_WINDOW (rt_ports_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, rt_reachability_get_network (self->reachability))));
}

static gboolean
tick_cb (gpointer user_data)
{
  update (user_data);
  return G_SOURCE_CONTINUE;
}

static void
rt_ports_card_map (GtkWidget *widget)
{
  RtPortsCard *self = RT_PORTS_CARD (widget);

  GTK_WIDGET_CLASS (rt_ports_card_parent_class)->map (widget);
  update (self);
  self->timer = g_timeout_add_seconds (REFRESH_SECONDS, tick_cb, self);
  g_source_set_name_by_id (self->timer, "[roundtable] whether somebody came");
}

static void
rt_ports_card_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&RT_PORTS_CARD (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (rt_ports_card_parent_class)->unmap (widget);
}

static void
rt_ports_card_dispose (GObject *object)
{
  RtPortsCard *self = RT_PORTS_CARD (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->reachability != NULL)
    g_signal_handlers_disconnect_by_data (self->reachability, self);
  g_clear_object (&self->reachability);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PORTS_CARD);
  G_OBJECT_CLASS (rt_ports_card_parent_class)->dispose (object);
}

static void
rt_ports_card_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  RtPortsCard *self = RT_PORTS_CARD (object);

  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, self->reachability != NULL ? rt_reachability_get_network (self->reachability) : NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ports_card_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_ports_card_set_network (RT_PORTS_CARD (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_ports_card_class_init (RtPortsCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_ports_card_dispose;
  object_class->get_property = rt_ports_card_get_property;
  object_class->set_property = rt_ports_card_set_property;
  widget_class->map = rt_ports_card_map;
  widget_class->unmap = rt_ports_card_unmap;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-ports-card.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPortsCard, row);
  gtk_widget_class_bind_template_child (widget_class, RtPortsCard, icon);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}

static void
rt_ports_card_init (RtPortsCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
rt_ports_card_set_network (RtPortsCard *self,
                           RtNetwork   *network)
{
  g_return_if_fail (RT_IS_PORTS_CARD (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (network == (self->reachability != NULL ? rt_reachability_get_network (self->reachability) : NULL))
    return;
  if (self->reachability != NULL)
    g_signal_handlers_disconnect_by_data (self->reachability, self);
  g_clear_object (&self->reachability);
  if (network != NULL)
    {
      self->reachability = rt_reachability_new (network);
      g_signal_connect_object (self->reachability, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}
