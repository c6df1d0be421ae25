/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-plain-row.h"
#include "rt-announce-dialog.h"
#include "rt-join-dialog.h"
#include "rt-nearby-dialog.h"
#include "rt-nearby-row.h"

struct _RtNearbyDialog
{
  AdwWindow parent_instance;

  RtNetworks *networks;
  RtNearby   *nearby;

  GtkSwitch  *find_switch;
  GtkWidget  *found_group;
  GtkSpinner *spinner;
  GtkListBox *list;
  GtkLabel   *words_label;
  GtkLabel   *rest_label;
  GtkWidget  *again_button;
  GtkWidget  *own_group;
  GtkListBox *own_list;
};

G_DEFINE_FINAL_TYPE (RtNearbyDialog, rt_nearby_dialog, ADW_TYPE_WINDOW)

enum { ACCEPTED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
update_own_row (RtNearby *nearby, AdwActionRow *row)
{
  RtNetwork *network = g_object_get_data (G_OBJECT (row), "rt-network");
  g_autofree char *words = rt_nearby_dup_announced_words (nearby, network), *spoken = NULL;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), rt_network_get_title (network));
  adw_action_row_set_subtitle (row, words);
  /* Translators: what a screen reader says of a network: its name, and what is announced of it */
  spoken = g_strdup_printf (_("%s, %s"), rt_network_get_title (network), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
update (RtNearbyDialog *self)
{
  RtNearbyState state = rt_nearby_get_state (self->nearby);
  g_autofree char *words = rt_nearby_dup_words (self->nearby), *rest = rt_nearby_dup_rest_words (self->nearby);
  gboolean has_own = FALSE;
  GtkListBoxRow *row;

  /* what is said anew is read anew */
  if (g_strcmp0 (gtk_label_get_label (self->words_label), words) != 0)
    gtk_label_set_label (self->words_label, words);
  gtk_label_set_label (self->rest_label, rest != NULL ? rest : "");
  gtk_widget_set_visible (GTK_WIDGET (self->rest_label), rest != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->words_label), state != RT_NEARBY_FOUND);
  gtk_widget_set_visible (GTK_WIDGET (self->list), state == RT_NEARBY_FOUND);
  gtk_widget_set_visible (self->again_button, state == RT_NEARBY_NO_BUS || state == RT_NEARBY_FAILED);
  gtk_spinner_set_spinning (self->spinner, state == RT_NEARBY_LOOKING);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->own_list, i)) != NULL; i++)
    {
      update_own_row (self->nearby, ADW_ACTION_ROW (row));
      has_own = has_own || gtk_widget_get_visible (GTK_WIDGET (row));
    }
  gtk_widget_set_visible (self->own_group, has_own);
}

static GtkWidget *
make_row (gpointer item, gpointer user_data)
{
  return rt_nearby_row_new (item);
}

static GtkWidget *
make_own_row (gpointer item, gpointer user_data)
{
  RtNetwork *network = item;
  GtkWidget *row = rt_plain_row_new (rt_network_get_title (network), NULL), *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  g_object_set (row, "title-lines", 1, "activatable", TRUE, NULL);
  g_object_set_data_full (G_OBJECT (row), "rt-network", g_object_ref (item), g_object_unref);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_widget_set_visible (row, !rt_network_config_get_demo (rt_network_get_config (item)));
  update_own_row (((RtNearbyDialog *) user_data)->nearby, ADW_ACTION_ROW (row));
  return row;
}

static void
join_accepted_cb (RtNearbyDialog *self, RtNetwork *network)
{
  g_autoptr (RtNearbyDialog) held G_GNUC_UNUSED = g_object_ref (self);

  g_signal_emit (self, signals[ACCEPTED], 0, network);
  gtk_window_close (GTK_WINDOW (self));
}

static void
row_activated_cb (RtNearbyDialog *self, GtkListBoxRow *row)
{
  const RtInvitation *invitation = rt_nearby_network_get_invitation (rt_nearby_row_get_item (RT_NEARBY_ROW (row)));
  const char *name = rt_networks_get_user_name (self->networks);
  RtJoinDialog *dialog = rt_join_dialog_new (GTK_WINDOW (self), self->networks, invitation, name == NULL || *name == '\0');

  /* of what happens to be on the list now: what is asked about stays what it is */
  g_signal_connect_object (dialog, "accepted", G_CALLBACK (join_accepted_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
own_activated_cb (RtNearbyDialog *self, GtkListBoxRow *row)
{
  gtk_window_present (GTK_WINDOW (rt_announce_dialog_new (GTK_WINDOW (self), self->networks, g_object_get_data (G_OBJECT (row), "rt-network"), self->nearby)));
}

static void
again_clicked_cb (RtNearbyDialog *self)
{
  rt_nearby_try_again (self->nearby);
}

static void
rt_nearby_dialog_dispose (GObject *object)
{
  RtNearbyDialog *self = RT_NEARBY_DIALOG (object);

  if (self->nearby != NULL)
    g_signal_handlers_disconnect_by_data (self->nearby, self);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_NEARBY_DIALOG);
  g_clear_object (&self->networks);
  g_clear_object (&self->nearby);
  G_OBJECT_CLASS (rt_nearby_dialog_parent_class)->dispose (object);
}

static void
rt_nearby_dialog_class_init (RtNearbyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_nearby_dialog_dispose;

  signals[ACCEPTED] = g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_NETWORK);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-nearby-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, find_switch);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, found_group);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, list);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, words_label);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, rest_label);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, again_button);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, own_group);
  gtk_widget_class_bind_template_child (widget_class, RtNearbyDialog, own_list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, own_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, again_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_nearby_dialog_init (RtNearbyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtNearbyDialog *
rt_nearby_dialog_new (GtkWindow *parent, RtNetworks *networks, RtSettings *settings, RtNearby *nearby)
{
  RtNearbyDialog *self;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);
  g_return_val_if_fail (RT_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (RT_IS_NEARBY (nearby), NULL);

  self = g_object_new (RT_TYPE_NEARBY_DIALOG, "transient-for", parent, NULL);
  self->networks = g_object_ref (networks);
  self->nearby = g_object_ref (nearby);
  g_object_bind_property (settings, "find-nearby", self->find_switch, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (nearby), make_row, NULL, NULL);
  gtk_list_box_bind_model (self->own_list, G_LIST_MODEL (networks), make_own_row, self, NULL);
  g_signal_connect_swapped (nearby, "changed", G_CALLBACK (update), self);
  update (self);
  return self;
}
