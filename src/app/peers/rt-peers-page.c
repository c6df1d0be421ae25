/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/networks/rt-network-actions.h"
#include "app/rt-counters-bar.h"
#include "app/rt-pair-box.h"
#include "app/rt-widget.h"
#include "app/rt-width-switch.h"
#include "rt-block-dialog.h"
#include "rt-blocked-group.h"
#include "rt-connect-card.h"
#include "rt-graph-pane.h"
#include "rt-known-peer-row.h"
#include "rt-peer-cell.h"
#include "rt-peer-dialog.h"
#include "rt-peer-format.h"
#include "rt-peer-notes.h"
#include "rt-peer-row.h"
#include "rt-peers-page.h"
#include "rt-ports-card.h"
#include "rt-tell-card.h"
#include "../rt-focus.h"

/* A node may know hundreds of addresses; a row of each would hold the window up. */
#define KNOWN_STEP 20u

struct _RtPeersPage
{
  GtkWidget parent_instance;

  RtNetwork     *network;
  P2pConnection *target;          /* whose menu is open, or was last */
  guint          focus_id;

  GtkWidget          *connect_card;
  GtkStack           *peers_stack;
  AdwActionRow       *nobody_row;
  RtWidthSwitch      *width_switch;
  GtkColumnView      *table;
  GtkSingleSelection *selection;
  GtkListBox         *list;
  GtkWidget          *known_group;
  GtkListBox         *known_list;
  GtkSliceListModel  *known_slice;
  GtkButton          *more_button;
  GtkLabel           *summary_label;
  GtkPopover         *menu;
  GtkToggleButton    *graph_button;
  GtkStack           *view_stack;
  GtkWidget          *graph_pane;
};

G_DEFINE_FINAL_TYPE (RtPeersPage, rt_peers_page, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

static GtkWidget *
make_peer_row (gpointer item,
               gpointer user_data)
{
  return rt_peer_row_new (item);
}

static GtkWidget *
make_known_row (gpointer item,
                gpointer user_data)
{
  RtPeersPage *self = user_data;

  return rt_known_peer_row_new (item, self->network);
}

static void
copy (RtPeersPage *self,
      const char  *text,
      const char  *toast)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-toast", "s", toast);
}

static void
message (RtPeersPage   *self,
         P2pConnection *connection)
{
  const char *id = p2p_connection_get_id (connection);

  if (id != NULL && p2p_connection_get_state (connection) == P2P_CONNECTION_ESTABLISHED)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.whisper", "s", id);
}

static void
message_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);

  if (self->target != NULL)
    message (self, self->target);
}

static void
disconnect_action (GtkWidget  *widget,
                   const char *action_name,
                   GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);

  if (self->network != NULL && self->target != NULL)
    rt_network_disconnect (self->network, self->target);
}

static void
copy_address_action (GtkWidget  *widget,
                     const char *action_name,
                     GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);

  if (self->target != NULL)
    {
      g_autofree char *address = p2p_connection_dup_address (self->target);

      copy (self, address, _("Address copied"));
    }
}

static void
copy_id_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);

  if (self->target != NULL && p2p_connection_get_id (self->target) != NULL)
    copy (self, p2p_connection_get_id (self->target), _("Id copied"));
}

static void
block_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);
  const char *id = self->target != NULL ? p2p_connection_get_id (self->target) : NULL;
  g_autofree char *host = NULL;

  if (self->network == NULL || self->target == NULL)
    return;
  g_object_get (self->target, "peer-host", &host, NULL);
  rt_block_toggle (widget, self->network, id, id == NULL ? host : NULL);
}

static void
person_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);

  if (self->target != NULL && p2p_connection_get_id (self->target) != NULL)
    gtk_widget_activate_action (widget, "network.person", "s", p2p_connection_get_id (self->target));
}

static void
details_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (self->target != NULL)
    gtk_window_present (GTK_WINDOW (rt_peer_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->target)));
}

static void
set_target (RtPeersPage   *self,
            P2pConnection *connection)
{
  gboolean live = p2p_connection_get_state (connection) == P2P_CONNECTION_ESTABLISHED;

  g_set_object (&self->target, connection);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "peers.message", live && p2p_connection_get_id (connection) != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "peers.disconnect",
                                 p2p_connection_get_state (connection) != P2P_CONNECTION_CLOSED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "peers.copy-id", p2p_connection_get_id (connection) != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "peers.person", p2p_connection_get_id (connection) != NULL);
}

static P2pConnection *
get_selected (RtPeersPage *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

/* By keyboard: the menu of the chosen row, where the focus is. */
static void
open_table_menu_action (GtkWidget  *widget,
                        const char *action_name,
                        GVariant   *parameter)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  P2pConnection *connection = get_selected (self);

  if (connection != NULL && focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->table)))
    rt_peers_page_open_menu (focus, connection, -1, -1);
}

static GtkWidget *
find_cell (GtkWidget *below)
{
  GtkWidget *found = RT_IS_PEER_CELL (below) ? below : NULL;

  for (GtkWidget *w = gtk_widget_get_first_child (below); w != NULL && found == NULL; w = gtk_widget_get_next_sibling (w))
    found = find_cell (w);
  return found;
}

/* Anywhere on a row: the way up from what was hit comes to a cell of the row before it comes to the list of all rows. */
static void
table_pressed_cb (RtPeersPage     *self,
                  int              n_press,
                  double           x,
                  double           y,
                  GtkGestureClick *gesture)
{
  GtkWidget *table = GTK_WIDGET (self->table), *cell = NULL;
  double at_x, at_y;

  for (GtkWidget *w = gtk_widget_pick (table, x, y, GTK_PICK_DEFAULT);
       w != NULL && w != table && !GTK_IS_LIST_VIEW (w) && cell == NULL;
       w = gtk_widget_get_parent (w))
    cell = RT_IS_PEER_CELL (w) ? w : find_cell (w);
  if (cell == NULL || rt_peer_cell_get_connection (RT_PEER_CELL (cell)) == NULL ||
      !gtk_widget_translate_coordinates (table, GTK_WIDGET (self), x, y, &at_x, &at_y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  rt_peers_page_open_menu (GTK_WIDGET (self), rt_peer_cell_get_connection (RT_PEER_CELL (cell)), at_x, at_y);
}

static void
table_activate_cb (RtPeersPage *self,
                   guint        position)
{
  g_autoptr (P2pConnection) connection = g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (connection != NULL)
    message (self, connection);
}

static void
row_activated_cb (RtPeersPage *self,
                  RtPeerRow   *row)
{
  message (self, rt_peer_row_get_connection (row));
}

static void
menu_button_clicked_cb (GtkButton *button)
{
  GtkWidget *cell = gtk_widget_get_ancestor (GTK_WIDGET (button), RT_TYPE_PEER_CELL);

  if (cell != NULL && rt_peer_cell_get_connection (RT_PEER_CELL (cell)) != NULL)
    rt_peers_page_open_menu (GTK_WIDGET (button), rt_peer_cell_get_connection (RT_PEER_CELL (cell)), -1, -1);
}

static RtSettings *
get_settings (RtPeersPage *self)
{
  return self->network != NULL ? rt_network_get_settings (self->network) : NULL;
}

static void
graph_toggled_cb (RtPeersPage *self)
{
  gboolean graph = gtk_toggle_button_get_active (self->graph_button);

  gtk_stack_set_visible_child_name (self->view_stack, graph ? "graph" : "list");
  if (get_settings (self) != NULL)
    g_object_set (get_settings (self), "peers-as-graph", graph, NULL);
}

static void
update_groups (RtPeersPage *self)
{
  guint n_connections = 0, n_known = 0;

  if (self->network != NULL)
    {
      g_autofree char *state = rt_network_dup_state_words (self->network);

      n_connections = g_list_model_get_n_items (rt_network_get_connections (self->network));
      n_known = g_list_model_get_n_items (rt_network_get_known_peers (self->network));
      gtk_label_set_label (self->summary_label, state);
      adw_action_row_set_subtitle (self->nobody_row, rt_network_get_socket (self->network) != NULL
                                                       ? _("Tell a friend one of your addresses, or connect to theirs.")
                                                       : _("This network is offline."));
    }
  gtk_stack_set_visible_child_name (self->peers_stack, n_connections > 0 ? "peers" : "nobody");
  gtk_widget_set_visible (self->known_group, n_known > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), n_known > gtk_slice_list_model_get_size (self->known_slice));
}

/* The focus goes on with the first of the new rows. */
static void
more_clicked_cb (RtPeersPage *self)
{
  guint shown = gtk_slice_list_model_get_size (self->known_slice);

  gtk_slice_list_model_set_size (self->known_slice, shown + KNOWN_STEP);
  gtk_widget_child_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (self->known_list, (int) shown)), GTK_DIR_TAB_FORWARD);
  update_groups (self);
}

static void
rt_peers_page_dispose (GObject *object)
{
  RtPeersPage *self = RT_PEERS_PAGE (object);

  if (self->focus_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->focus_id);
  self->focus_id = 0;
  rt_peers_page_set_network (self, NULL);
  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_PEERS_PAGE);
  g_clear_object (&self->target);
  g_clear_object (&self->known_slice);
  G_OBJECT_CLASS (rt_peers_page_parent_class)->dispose (object);
}

/* Where somebody would go on: to the peers, or to the way of getting some. */
static gboolean
focus_content (RtPeersPage *self)
{
  if (gtk_toggle_button_get_active (self->graph_button))
    return gtk_widget_grab_focus (self->graph_pane);
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->peers_stack), "peers") == 0)
    {
      if (rt_width_switch_get_is_wide (self->width_switch) ? gtk_widget_grab_focus (GTK_WIDGET (self->table))
                                                           : gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD))
        return TRUE;
    }
  return gtk_widget_grab_focus (self->connect_card);
}

static gboolean
is_laid_out (RtPeersPage *self)
{
  return gtk_widget_get_width (GTK_WIDGET (self)) > 0 &&
         (gtk_toggle_button_get_active (self->graph_button) || g_strcmp0 (gtk_stack_get_visible_child_name (self->peers_stack), "peers") != 0 ||
          gtk_widget_get_width (GTK_WIDGET (self->width_switch)) > 0);
}

static gboolean
focus_later_cb (GtkWidget     *widget,
                GdkFrameClock *clock,
                gpointer       user_data)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);

  if (gtk_widget_get_mapped (widget) && !is_laid_out (self))
    return G_SOURCE_CONTINUE;
  self->focus_id = 0;
  if (gtk_widget_get_mapped (widget))
    focus_content (self);
  return G_SOURCE_REMOVE;
}

/* Before the page was ever laid out nobody knows whether the table or the list will be there. */
static gboolean
rt_peers_page_grab_focus (GtkWidget *widget)
{
  RtPeersPage *self = RT_PEERS_PAGE (widget);

  if (is_laid_out (self))
    return focus_content (self);
  if (self->focus_id == 0)
    self->focus_id = gtk_widget_add_tick_callback (widget, focus_later_cb, NULL, NULL);
  return TRUE;
}

static void
rt_peers_page_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, RT_PEERS_PAGE (object)->network);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peers_page_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_peers_page_set_network (RT_PEERS_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peers_page_class_init (RtPeersPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_peers_page_dispose;
  object_class->get_property = rt_peers_page_get_property;
  object_class->set_property = rt_peers_page_set_property;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = rt_peers_page_grab_focus;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (P2P_TYPE_CONNECTION);
  g_type_ensure (RT_TYPE_BLOCKED_GROUP);
  g_type_ensure (RT_TYPE_CONNECT_CARD);
  g_type_ensure (RT_TYPE_GRAPH_PANE);
  g_type_ensure (RT_TYPE_PAIR_BOX);
  g_type_ensure (RT_TYPE_COUNTERS_BAR);
  g_type_ensure (RT_TYPE_PEER_CELL);
  g_type_ensure (RT_TYPE_PEER_NOTES);
  g_type_ensure (RT_TYPE_PORTS_CARD);
  g_type_ensure (RT_TYPE_TELL_CARD);
  g_type_ensure (RT_TYPE_WIDTH_SWITCH);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-peers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, connect_card);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, peers_stack);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, width_switch);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, nobody_row);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, table);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, selection);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, list);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, known_group);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, known_list);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, more_button);
  gtk_widget_class_bind_template_callback (widget_class, more_clicked_cb);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, summary_label);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, menu);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, graph_button);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, view_stack);
  gtk_widget_class_bind_template_child (widget_class, RtPeersPage, graph_pane);
  gtk_widget_class_bind_template_callback (widget_class, graph_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, table_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, table_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_button_clicked_cb);
  rt_peer_format_bind (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  gtk_widget_class_install_action (widget_class, "peers.message", NULL, message_action);
  gtk_widget_class_install_action (widget_class, "peers.details", NULL, details_action);
  gtk_widget_class_install_action (widget_class, "peers.disconnect", NULL, disconnect_action);
  gtk_widget_class_install_action (widget_class, "peers.block", NULL, block_action);
  gtk_widget_class_install_action (widget_class, "peers.person", NULL, person_action);
  gtk_widget_class_install_action (widget_class, "peers.copy-address", NULL, copy_address_action);
  gtk_widget_class_install_action (widget_class, "peers.copy-id", NULL, copy_id_action);
  gtk_widget_class_install_action (widget_class, "peers.open-menu", NULL, open_table_menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "peers.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "peers.open-menu", NULL);
}

static void
rt_peers_page_init (RtPeersPage *self)
{
  self->known_slice = gtk_slice_list_model_new (NULL, 0, KNOWN_STEP);
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtNetwork *
rt_peers_page_get_network (RtPeersPage *self)
{
  g_return_val_if_fail (RT_IS_PEERS_PAGE (self), NULL);

  return self->network;
}

void
rt_peers_page_set_network (RtPeersPage *self,
                           RtNetwork   *network)
{
  GListModel *connections = NULL, *known = NULL;

  g_return_if_fail (RT_IS_PEERS_PAGE (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (self->network == network)
    return;
  if (self->network != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->network, self);
      g_signal_handlers_disconnect_by_data (rt_network_get_connections (self->network), self);
      g_signal_handlers_disconnect_by_data (rt_network_get_known_peers (self->network), self);
    }
  g_set_object (&self->network, network);
  if (network != NULL)
    {
      connections = rt_network_get_connections (network);
      known = rt_network_get_known_peers (network);
      g_signal_connect_object (network, "notify::state-text", G_CALLBACK (update_groups), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (network, "notify::config", G_CALLBACK (update_groups), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (network, "notify::socket", G_CALLBACK (update_groups), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (connections, "items-changed", G_CALLBACK (update_groups), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (known, "items-changed", G_CALLBACK (update_groups), self, G_CONNECT_SWAPPED);
    }
  /* the narrow list; the table looks the connections up through this widget's network by itself */
  gtk_list_box_bind_model (self->list, connections, make_peer_row, NULL, NULL);
  gtk_slice_list_model_set_size (self->known_slice, KNOWN_STEP);
  gtk_slice_list_model_set_model (self->known_slice, known);
  gtk_list_box_bind_model (self->known_list, known != NULL ? G_LIST_MODEL (self->known_slice) : NULL, make_known_row, self, NULL);
  gtk_sort_list_model_set_model (GTK_SORT_LIST_MODEL (gtk_single_selection_get_model (self->selection)), connections);
  update_groups (self);
  /* as it was chosen last, in whichever network; what is shown already stays as it is */
  if (get_settings (self) != NULL && rt_settings_get_flag (get_settings (self), "peers-as-graph"))
    gtk_toggle_button_set_active (self->graph_button, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

void
rt_peers_page_open_menu (GtkWidget     *from,
                         P2pConnection *connection,
                         double         x,
                         double         y)
{
  RtPeersPage *self = RT_PEERS_PAGE (gtk_widget_get_ancestor (from, RT_TYPE_PEERS_PAGE));
  graphene_rect_t bounds;
  graphene_point_t at;
  GdkRectangle rectangle;

  g_return_if_fail (P2P_IS_CONNECTION (connection));

  if (self == NULL || !gtk_widget_compute_bounds (from, GTK_WIDGET (self), &bounds))
    return;
  rectangle = (GdkRectangle) {
    (int) bounds.origin.x, (int) bounds.origin.y, (int) bounds.size.width, (int) bounds.size.height,
  };
  if (x >= 0 && y >= 0 && gtk_widget_compute_point (from, GTK_WIDGET (self), &GRAPHENE_POINT_INIT ((float) x, (float) y), &at))
    rectangle = (GdkRectangle) { (int) at.x, (int) at.y, 1, 1 };
  set_target (self, connection);
  gtk_popover_set_pointing_to (self->menu, &rectangle);
  gtk_popover_popup (self->menu);
}
