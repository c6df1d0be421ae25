/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>

#include "networks/rt-network-row.h"
#include "rt-sidebar.h"
#include "rt-widget.h"
#include "rt-focus.h"

struct _RtSidebar
{
  GtkWidget parent_instance;

  RtNetworks *networks;
  gboolean    folded;
  gboolean    selecting;          /* it is us who change the selection, not a person */

  GtkListBox *list;
  GtkWidget  *header;
};

G_DEFINE_FINAL_TYPE (RtSidebar, rt_sidebar, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_NETWORKS, PROP_FOLDED, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  return rt_network_row_new (item);
}

static void
row_activated_cb (RtSidebar     *self,
                  GtkListBoxRow *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, rt_network_row_get_network (RT_NETWORK_ROW (row)), TRUE);
}

static void
row_selected_cb (RtSidebar     *self,
                 GtkListBoxRow *row)
{
  if (row != NULL && !self->selecting)
    g_signal_emit (self, signals[CHOSEN], 0, rt_network_row_get_network (RT_NETWORK_ROW (row)), FALSE);
}

static void
rt_sidebar_dispose (GObject *object)
{
  RtSidebar *self = RT_SIDEBAR (object);

  rt_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_SIDEBAR);
  g_clear_object (&self->networks);
  G_OBJECT_CLASS (rt_sidebar_parent_class)->dispose (object);
}

static gboolean
rt_sidebar_grab_focus (GtkWidget *widget)
{
  RtSidebar *self = RT_SIDEBAR (widget);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (row == NULL)
    row = gtk_list_box_get_row_at_index (self->list, 0);
  return row != NULL && gtk_widget_grab_focus (GTK_WIDGET (row));
}

/* Tab goes from a network to its menu and on from there, not to the next network: to come to one is to show it. */
static gboolean
rt_sidebar_focus (GtkWidget        *widget,
                  GtkDirectionType  direction)
{
  RtSidebar *self = RT_SIDEBAR (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *row = gtk_widget_get_focus_child (GTK_WIDGET (self->list));

  if ((direction != GTK_DIR_TAB_FORWARD && direction != GTK_DIR_TAB_BACKWARD) || row == NULL || focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->list)))
    return rt_focus_children (widget, direction);
  if (gtk_widget_child_focus (row, direction))
    return TRUE;
  return direction == GTK_DIR_TAB_BACKWARD && gtk_widget_child_focus (self->header, direction);
}

static void
rt_sidebar_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  RtSidebar *self = RT_SIDEBAR (object);

  switch (prop_id)
    {
    case PROP_NETWORKS:
      g_value_set_object (value, self->networks);
      break;
    case PROP_FOLDED:
      g_value_set_boolean (value, self->folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_sidebar_set_property (GObject      *object,
                         guint         prop_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  RtSidebar *self = RT_SIDEBAR (object);

  switch (prop_id)
    {
    case PROP_NETWORKS:
      rt_sidebar_set_networks (self, g_value_get_object (value));
      break;
    case PROP_FOLDED:
      if (self->folded == g_value_get_boolean (value))
        return;
      self->folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_sidebar_class_init (RtSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = rt_sidebar_dispose;
  object_class->get_property = rt_sidebar_get_property;
  object_class->set_property = rt_sidebar_set_property;
  widget_class->focus = rt_sidebar_focus;
  widget_class->grab_focus = rt_sidebar_grab_focus;

  properties[PROP_NETWORKS] = g_param_spec_object ("networks", NULL, NULL, RT_TYPE_NETWORKS, flags);
  properties[PROP_FOLDED] = g_param_spec_boolean ("folded", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                  0, NULL, NULL, NULL, G_TYPE_NONE, 2, RT_TYPE_NETWORK, G_TYPE_BOOLEAN);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, RtSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, RtSidebar, header);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
rt_sidebar_init (RtSidebar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
rt_sidebar_set_networks (RtSidebar  *self,
                         RtNetworks *networks)
{
  g_return_if_fail (RT_IS_SIDEBAR (self));
  g_return_if_fail (networks == NULL || RT_IS_NETWORKS (networks));

  if (!g_set_object (&self->networks, networks))
    return;
  self->selecting = TRUE;
  gtk_list_box_bind_model (self->list, networks != NULL ? G_LIST_MODEL (networks) : NULL, make_row, NULL, NULL);
  self->selecting = FALSE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORKS]);
}

void
rt_sidebar_select (RtSidebar *self,
                   RtNetwork *network)
{
  GtkListBoxRow *row;

  g_return_if_fail (RT_IS_SIDEBAR (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      if (rt_network_row_get_network (RT_NETWORK_ROW (row)) == network)
        break;
    }
  self->selecting = TRUE;
  gtk_list_box_select_row (self->list, row);
  self->selecting = FALSE;
}
