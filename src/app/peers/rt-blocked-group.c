/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-block-dialog.h"
#include "rt-blocked-group.h"
#include "rt-peer-format.h"

/* Thousands may be blocked, and a row of each would hold the window up. */
#define STEP 20u

struct _RtBlockedGroup
{
  GtkWidget parent_instance;

  RtNetwork         *network;
  GtkSliceListModel *slice;
  GtkWidget         *group;
  GtkListBox        *list;
  GtkLabel          *trouble;
  GtkButton         *more_button;
};

G_DEFINE_FINAL_TYPE (RtBlockedGroup, rt_blocked_group, GTK_TYPE_WIDGET)

enum { PROP_0, PROP_NETWORK, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
update (RtBlockedGroup *self)
{
  guint n = self->network != NULL ? g_list_model_get_n_items (rt_network_get_blocks (self->network)) : 0;
  const char *trouble = self->network != NULL ? rt_network_get_blocks_error (self->network) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), n > 0 || trouble != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), trouble != NULL);
  gtk_label_set_text (self->trouble, trouble != NULL ? trouble : "");
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), n > gtk_slice_list_model_get_size (self->slice));
}

/* The row goes with it: the focus to the next one, or to what comes before the group. */
static void
unblock_clicked_cb (GtkButton *button)
{
  RtBlockedGroup *self = RT_BLOCKED_GROUP (gtk_widget_get_ancestor (GTK_WIDGET (button), RT_TYPE_BLOCKED_GROUP));
  GtkListBoxRow *row = GTK_LIST_BOX_ROW (gtk_widget_get_ancestor (GTK_WIDGET (button), GTK_TYPE_LIST_BOX_ROW));
  g_autoptr (RtBlock) block = g_object_ref (g_object_get_data (G_OBJECT (row), "block"));
  int at = gtk_list_box_row_get_index (row);
  GtkListBoxRow *next;

  rt_block_unblock (GTK_WIDGET (self), self->network, block);
  next = gtk_list_box_get_row_at_index (self->list, at);
  if (next == NULL && at > 0)
    next = gtk_list_box_get_row_at_index (self->list, at - 1);
  if (next != NULL)
    gtk_widget_child_focus (GTK_WIDGET (next), GTK_DIR_TAB_FORWARD);
}

static void
update_row (AdwActionRow *row)
{
  RtBlock *block = g_object_get_data (G_OBJECT (row), "block");
  g_autofree char *since = format_since (NULL, rt_block_get_added (block) * G_USEC_PER_SEC), *subtitle = NULL, *problem = NULL, *both = NULL;

  /* Translators: %s is a time */
  subtitle = g_strdup_printf (rt_block_get_kind (block) == RT_BLOCK_PERSON ? _("Person · blocked since %s") : _("Address · blocked since %s"), since);
  if (rt_block_get_problem (block) == NULL)
    {
      adw_action_row_set_subtitle (row, subtitle);
      return;
    }
  problem = rt_sanitise_line (rt_block_get_problem (block), 512);
  /* Translators: who or what is blocked, and since when; then why that does not hold */
  both = g_strdup_printf (_("%s · %s"), subtitle, problem);
  adw_action_row_set_subtitle (row, both);
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  RtBlock *block = item;
  GtkWidget *icon = gtk_image_new_from_icon_name (rt_block_get_kind (block) == RT_BLOCK_PERSON ? "avatar-default-symbolic" : "network-workgroup-symbolic");
  GtkWidget *button = gtk_button_new_with_mnemonic (_("_Unblock"));
  g_autofree char *title = rt_block_dup_title (block), *spoken = NULL;
  GtkWidget *row = rt_plain_row_new (title, NULL);

  /* Translators: %s is a person or an address */
  spoken = g_strdup_printf (_("Unblock %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  g_signal_connect (button, "clicked", G_CALLBACK (unblock_clicked_cb), NULL);
  g_object_set_data_full (G_OBJECT (row), "block", g_object_ref (block), g_object_unref);
  g_signal_connect_object (block, "notify::problem", G_CALLBACK (update_row), row, G_CONNECT_SWAPPED);
  update_row (ADW_ACTION_ROW (row));
  return row;
}

/* The focus goes on with the first of the new rows. */
static void
more_clicked_cb (RtBlockedGroup *self)
{
  guint shown = gtk_slice_list_model_get_size (self->slice);

  gtk_slice_list_model_set_size (self->slice, shown + STEP);
  gtk_widget_child_focus (GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, (int) shown)), GTK_DIR_TAB_FORWARD);
  update (self);
}

void
rt_blocked_group_set_network (RtBlockedGroup *self,
                              RtNetwork      *network)
{
  GListModel *blocks = network != NULL ? rt_network_get_blocks (network) : NULL;

  g_return_if_fail (RT_IS_BLOCKED_GROUP (self));

  if (self->network == network)
    return;
  if (self->network != NULL)
    {
      g_signal_handlers_disconnect_by_data (rt_network_get_blocks (self->network), self);
      g_signal_handlers_disconnect_by_data (self->network, self);
    }
  g_set_object (&self->network, network);
  gtk_slice_list_model_set_size (self->slice, STEP);
  gtk_slice_list_model_set_model (self->slice, blocks);
  if (blocks != NULL)
    {
      g_signal_connect_object (blocks, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (network, "notify::blocks-error", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
    }
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

static void
rt_blocked_group_dispose (GObject *object)
{
  RtBlockedGroup *self = RT_BLOCKED_GROUP (object);

  if (self->slice != NULL)
    rt_blocked_group_set_network (self, NULL);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_object (&self->slice);
  self->list = NULL;
  g_clear_pointer (&self->group, gtk_widget_unparent);
  G_OBJECT_CLASS (rt_blocked_group_parent_class)->dispose (object);
}

static void
rt_blocked_group_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      g_value_set_object (value, RT_BLOCKED_GROUP (object)->network);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_blocked_group_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_NETWORK:
      rt_blocked_group_set_network (RT_BLOCKED_GROUP (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_blocked_group_class_init (RtBlockedGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_blocked_group_dispose;
  object_class->get_property = rt_blocked_group_get_property;
  object_class->set_property = rt_blocked_group_set_property;
  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
rt_blocked_group_init (RtBlockedGroup *self)
{
  self->slice = gtk_slice_list_model_new (NULL, 0, STEP);
  self->group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), _("Blocked"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->group), _("You hear nothing from them in this network, and are not connected with them."));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Blocked"), -1);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->slice), make_row, self, NULL);
  self->trouble = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->trouble, TRUE);
  gtk_label_set_wrap_mode (self->trouble, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->trouble, 0);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->trouble), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self->trouble), "error");
  self->more_button = GTK_BUTTON (gtk_button_new_with_mnemonic (_("_Show more")));
  gtk_widget_set_halign (GTK_WIDGET (self->more_button), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (GTK_WIDGET (self->more_button), 12);
  g_signal_connect_swapped (self->more_button, "clicked", G_CALLBACK (more_clicked_cb), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), GTK_WIDGET (self->trouble));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), GTK_WIDGET (self->list));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), GTK_WIDGET (self->more_button));
  gtk_widget_set_parent (self->group, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
