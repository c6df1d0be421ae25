/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "rt-announce-dialog.h"

struct _RtAnnounceDialog
{
  AdwWindow parent_instance;

  RtNetworks *networks;
  RtNetwork  *network;
  RtNearby   *nearby;

  RtBanner            *banner;
  AdwPreferencesGroup *group;
  AdwActionRow        *everybody_row;
  GtkCheckButton      *no_button;
  GtkCheckButton      *members_button;
  GtkCheckButton      *everybody_button;
  GtkLabel            *words_label;
};

G_DEFINE_FINAL_TYPE (RtAnnounceDialog, rt_announce_dialog, ADW_TYPE_WINDOW)

static const char *
get_chosen (RtAnnounceDialog *self)
{
  if (gtk_check_button_get_active (self->everybody_button))
    return RT_ANNOUNCE_EVERYBODY;
  return gtk_check_button_get_active (self->members_button) ? RT_ANNOUNCE_MEMBERS : RT_ANNOUNCE_NO;
}

static void
update (RtAnnounceDialog *self)
{
  g_autofree char *words = rt_nearby_dup_announced_words (self->nearby, self->network);

  if (g_strcmp0 (gtk_label_get_label (self->words_label), words) != 0)
    gtk_label_set_label (self->words_label, words);
}

static void
apply_clicked_cb (RtAnnounceDialog *self)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (self->network));
  g_autoptr (GError) error = NULL;

  g_object_set (config, "announce", get_chosen (self), NULL);
  if (rt_networks_update (self->networks, self->network, config, &error))
    gtk_window_close (GTK_WINDOW (self));
  else
    rt_banner_set_title (self->banner, error->message);
}

/* What everybody would see, before he sees it. Groups take markup. */
static void
show_network (RtAnnounceDialog *self)
{
  const char *title = rt_network_get_title (self->network), *announce = rt_network_config_get_announce (rt_network_get_config (self->network));
  g_autofree char *escaped = g_markup_escape_text (title, -1), *heading = NULL, *told = NULL;

  /* Translators: %s is the name of a network */
  heading = g_strdup_printf (_("Who here can find “%s”?"), escaped);
  adw_preferences_group_set_title (self->group, heading);
  /* Translators: %s is the name of a network */
  told = g_strdup_printf (_("Everybody in the local network sees the name “%s”, its kind and encryption, and the name and addresses of this computer. Who sees that can come in, and can tell others."), title);
  g_object_set (self->everybody_row, "use-markup", FALSE, NULL);
  adw_action_row_set_subtitle (self->everybody_row, told);
  gtk_check_button_set_active (self->no_button, TRUE);
  gtk_check_button_set_active (self->members_button, g_str_equal (announce, RT_ANNOUNCE_MEMBERS));
  gtk_check_button_set_active (self->everybody_button, g_str_equal (announce, RT_ANNOUNCE_EVERYBODY));
}

static void
rt_announce_dialog_dispose (GObject *object)
{
  RtAnnounceDialog *self = RT_ANNOUNCE_DIALOG (object);

  if (self->nearby != NULL)
    g_signal_handlers_disconnect_by_data (self->nearby, self);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_ANNOUNCE_DIALOG);
  g_clear_object (&self->networks);
  g_clear_object (&self->network);
  g_clear_object (&self->nearby);
  G_OBJECT_CLASS (rt_announce_dialog_parent_class)->dispose (object);
}

static void
rt_announce_dialog_class_init (RtAnnounceDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_announce_dialog_dispose;

  g_type_ensure (RT_TYPE_BANNER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-announce-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtAnnounceDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, RtAnnounceDialog, group);
  gtk_widget_class_bind_template_child (widget_class, RtAnnounceDialog, everybody_row);
  gtk_widget_class_bind_template_child (widget_class, RtAnnounceDialog, no_button);
  gtk_widget_class_bind_template_child (widget_class, RtAnnounceDialog, members_button);
  gtk_widget_class_bind_template_child (widget_class, RtAnnounceDialog, everybody_button);
  gtk_widget_class_bind_template_child (widget_class, RtAnnounceDialog, words_label);
  gtk_widget_class_bind_template_callback (widget_class, apply_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_announce_dialog_init (RtAnnounceDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtAnnounceDialog *
rt_announce_dialog_new (GtkWindow *parent, RtNetworks *networks, RtNetwork *network, RtNearby *nearby)
{
  RtAnnounceDialog *self;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);
  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);
  g_return_val_if_fail (RT_IS_NEARBY (nearby), NULL);

  self = g_object_new (RT_TYPE_ANNOUNCE_DIALOG, "transient-for", parent, NULL);
  self->networks = g_object_ref (networks);
  self->network = g_object_ref (network);
  self->nearby = g_object_ref (nearby);
  show_network (self);
  g_signal_connect_swapped (nearby, "changed", G_CALLBACK (update), self);
  update (self);
  return self;
}
