/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-widget.h"
#include "rt-network-actions.h"
#include "rt-network-row.h"

struct _RtNetworkRow
{
  GtkListBoxRow parent_instance;

  RtNetwork *network;

  GtkImage      *state_icon;
  GtkLabel      *title_label;
  GtkLabel      *state_label;
  GtkImage      *private_icon;
  GtkImage      *muted_icon;
  GtkLabel      *unread_label;
  GtkMenuButton *menu_button;
};

G_DEFINE_FINAL_TYPE (RtNetworkRow, rt_network_row, GTK_TYPE_LIST_BOX_ROW)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

/* Counts above this are no longer told apart. */
#define UNREAD_SHOWN_MAX 999

static void
update (RtNetworkRow *self)
{
  const char *title = rt_network_get_title (self->network);
  g_autofree char *state_text = rt_network_dup_state_words (self->network);
  /* what programs in this program say is not waiting for anybody; the page of the chat counts it, for who is looking at the demonstration */
  gboolean demo = rt_network_config_get_demo (rt_network_get_config (self->network));
  guint unread = demo ? 0 : rt_network_get_unread (self->network);
  g_autofree char *count = NULL;
  g_autofree char *spoken = NULL;
  g_autofree char *menu_name = NULL;

  count = unread > UNREAD_SHOWN_MAX ? g_strdup_printf ("%d+", UNREAD_SHOWN_MAX) : g_strdup_printf ("%u", unread);
  gtk_label_set_label (self->title_label, title);
  gtk_label_set_label (self->state_label, state_text);
  gtk_label_set_label (self->unread_label, count);
  gtk_widget_set_visible (GTK_WIDGET (self->unread_label), unread > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->private_icon), rt_network_config_get_has_secret (rt_network_get_config (self->network)));
  gtk_widget_set_visible (GTK_WIDGET (self->muted_icon), rt_network_get_muted (self->network));
  gtk_image_set_from_icon_name (self->state_icon, rt_network_state_icon (rt_network_get_state (self->network)));
  rt_widget_set_tooltip (GTK_WIDGET (self), rt_network_get_error (self->network));

  if (rt_network_get_state (self->network) == RT_NETWORK_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), "warning");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), "warning");

  if (unread > 0)
    /* Translators: what a screen reader says of a network: its name, its state ("3 peers"), the number of unread messages */
    spoken = g_strdup_printf (ngettext ("%s, %s, %u unread message", "%s, %s, %u unread messages", unread),
                              title, state_text, unread);
  else
    /* Translators: what a screen reader says of a network: its name, its state ("3 peers") */
    spoken = g_strdup_printf (_("%s, %s"), title, state_text);
  if (rt_network_get_muted (self->network))
    {
      g_autofree char *awake = g_steal_pointer (&spoken);

      /* Translators: what a screen reader says of a network whose notifications are muted */
      spoken = g_strdup_printf (_("%s, muted"), awake);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);

  /* Translators: %s is the name of a network */
  menu_name = g_strdup_printf (_("Menu of %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, menu_name, -1);

  rt_network_actions_update (GTK_WIDGET (self), self->network);
}

static void
open_menu_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  gtk_menu_button_popup (RT_NETWORK_ROW (widget)->menu_button);
}

static void
secondary_pressed_cb (RtNetworkRow    *self,
                      int              n_press,
                      double           x,
                      double           y,
                      GtkGestureClick *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_menu_button_popup (self->menu_button);
}

static void
rt_network_row_constructed (GObject *object)
{
  RtNetworkRow *self = RT_NETWORK_ROW (object);
  const char *watched[] = {
    "notify::title", "notify::state", "notify::state-text", "notify::unread", "notify::error", "notify::muted",
    "notify::config", "notify::secret-state",
  };

  G_OBJECT_CLASS (rt_network_row_parent_class)->constructed (object);

  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (self->network, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
rt_network_row_dispose (GObject *object)
{
  RtNetworkRow *self = RT_NETWORK_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_NETWORK_ROW);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_network_row_parent_class)->dispose (object);
}

static void
rt_network_row_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, RT_NETWORK_ROW (object)->network);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_network_row_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      RT_NETWORK_ROW (object)->network = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_network_row_class_init (RtNetworkRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = rt_network_row_constructed;
  object_class->dispose = rt_network_row_dispose;
  object_class->get_property = rt_network_row_get_property;
  object_class->set_property = rt_network_row_set_property;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-network-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtNetworkRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkRow, private_icon);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkRow, muted_icon);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkRow, unread_label);
  gtk_widget_class_bind_template_child (widget_class, RtNetworkRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);

  rt_network_actions_install (widget_class);
  gtk_widget_class_install_action (widget_class, "network.open-menu", NULL, open_menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "network.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "network.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "network.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "network.leave", NULL);
}

static void
rt_network_row_init (RtNetworkRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
rt_network_row_new (RtNetwork *network)
{
  return g_object_new (RT_TYPE_NETWORK_ROW, "network", network, NULL);
}

RtNetwork *
rt_network_row_get_network (RtNetworkRow *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_ROW (self), NULL);

  return self->network;
}
