/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-peer-format.h"
#include "rt-peer-notes.h"
#include "rt-peer-row.h"
#include "rt-peers-page.h"

struct _RtPeerRow
{
  GtkListBoxRow parent_instance;

  P2pConnection *connection;

  GtkButton *message_button;
  GtkButton *menu_button;
};

G_DEFINE_FINAL_TYPE (RtPeerRow, rt_peer_row, GTK_TYPE_LIST_BOX_ROW)

enum { PROP_0, PROP_CONNECTION, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
update (RtPeerRow *self)
{
  const char *id = p2p_connection_get_id (self->connection);
  g_autofree char *name = format_peer_name (NULL, id);
  g_autofree char *address = p2p_connection_dup_address (self->connection);
  g_autofree char *state = format_connection_standing (NULL, p2p_connection_get_state (self->connection), p2p_connection_get_verified (self->connection));
  g_autofree char *spoken = NULL;
  g_autofree char *menu = NULL;

  /* Translators: what a screen reader says of a peer: name, address, state */
  spoken = g_strdup_printf (_("%s, %s, %s"), name, address, state);
  /* Translators: %s is the name or id of a peer */
  menu = g_strdup_printf (_("Menu of %s"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->menu_button), GTK_ACCESSIBLE_PROPERTY_LABEL, menu, -1);
  gtk_widget_set_sensitive (GTK_WIDGET (self->message_button),
                            id != NULL && p2p_connection_get_state (self->connection) == P2P_CONNECTION_ESTABLISHED);
}

static void
message_clicked_cb (RtPeerRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.whisper", "s", p2p_connection_get_id (self->connection));
}

static void
menu_clicked_cb (RtPeerRow *self)
{
  rt_peers_page_open_menu (GTK_WIDGET (self->menu_button), self->connection, -1, -1);
}

static void
secondary_pressed_cb (RtPeerRow       *self,
                      int              n_press,
                      double           x,
                      double           y,
                      GtkGestureClick *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  rt_peers_page_open_menu (GTK_WIDGET (self), self->connection, x, y);
}

static void
open_menu_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  menu_clicked_cb (RT_PEER_ROW (widget));
}

static void
rt_peer_row_constructed (GObject *object)
{
  RtPeerRow *self = RT_PEER_ROW (object);

  G_OBJECT_CLASS (rt_peer_row_parent_class)->constructed (object);

  g_signal_connect_object (self->connection, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "notify::id", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->connection, "notify::verified", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
rt_peer_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PEER_ROW);
  g_clear_object (&RT_PEER_ROW (object)->connection);
  G_OBJECT_CLASS (rt_peer_row_parent_class)->dispose (object);
}

static void
rt_peer_row_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, RT_PEER_ROW (object)->connection);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peer_row_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      RT_PEER_ROW (object)->connection = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peer_row_class_init (RtPeerRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = rt_peer_row_constructed;
  object_class->dispose = rt_peer_row_dispose;
  object_class->get_property = rt_peer_row_get_property;
  object_class->set_property = rt_peer_row_set_property;

  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, P2P_TYPE_CONNECTION,
                                                     G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (RT_TYPE_PEER_NOTES);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-peer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPeerRow, message_button);
  gtk_widget_class_bind_template_child (widget_class, RtPeerRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, message_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
  rt_peer_format_bind (widget_class);

  gtk_widget_class_install_action (widget_class, "peer.open-menu", NULL, open_menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "peer.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "peer.open-menu", NULL);
}

static void
rt_peer_row_init (RtPeerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
rt_peer_row_new (P2pConnection *connection)
{
  return g_object_new (RT_TYPE_PEER_ROW, "connection", connection, NULL);
}

P2pConnection *
rt_peer_row_get_connection (RtPeerRow *self)
{
  g_return_val_if_fail (RT_IS_PEER_ROW (self), NULL);

  return self->connection;
}
