/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-entry-field.h"
#include "rt-rename-dialog.h"

struct _RtRenameDialog
{
  AdwMessageDialog parent_instance;

  RtNetworks *networks;
  RtNetwork  *network;
  GtkWindow  *parent;             /* weak */
  char       *name;               /* as typed: the answer comes when the window has been closed */

  RtEntryField *name_row;
  RtHintRow    *name_hint;
};

G_DEFINE_FINAL_TYPE (RtRenameDialog, rt_rename_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
update_response (RtRenameDialog *self)
{
  if (self->network == NULL)
    return;
  g_free (self->name);
  self->name = rt_entry_field_dup_text (self->name_row);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "rename",
                                           rt_entry_field_get_problem (self->name_row) == NULL &&
                                           g_strcmp0 (self->name, rt_network_get_title (self->network)) != 0);
}

/* The dialog is closing: what cannot be done is told where the network is. */
static void
tell_failure (RtRenameDialog *self,
              const char     *words)
{
  g_autofree char *text = NULL;

  /* Translators: %s says why, e.g. "there is such a network already" */
  text = g_strdup_printf (_("The network was not renamed: %s"), words);
  if (self->parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self->parent), "win.show-toast", "s", text);
}

static void
rt_rename_dialog_response (AdwMessageDialog *dialog,
                           const char       *response)
{
  RtRenameDialog *self = RT_RENAME_DIALOG (dialog);
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (response, "rename") != 0)
    return;
  config = rt_network_config_copy (rt_network_get_config (self->network));
  g_object_set (config, "subnet", self->name, NULL);
  if (!rt_networks_update (self->networks, self->network, config, &error))
    tell_failure (self, error->message);
}

static void
rt_rename_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_RENAME_DIALOG);
  G_OBJECT_CLASS (rt_rename_dialog_parent_class)->dispose (object);
}

static void
rt_rename_dialog_finalize (GObject *object)
{
  RtRenameDialog *self = RT_RENAME_DIALOG (object);

  g_clear_weak_pointer (&self->parent);
  g_clear_object (&self->networks);
  g_clear_object (&self->network);
  g_free (self->name);
  G_OBJECT_CLASS (rt_rename_dialog_parent_class)->finalize (object);
}

static void
rt_rename_dialog_class_init (RtRenameDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_rename_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_rename_dialog_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = rt_rename_dialog_response;

  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-rename-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtRenameDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, RtRenameDialog, name_hint);
  gtk_widget_class_bind_template_callback (widget_class, update_response);
}

static void
rt_rename_dialog_init (RtRenameDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

RtRenameDialog *
rt_rename_dialog_new (GtkWindow  *parent,
                      RtNetworks *networks,
                      RtNetwork  *network)
{
  RtRenameDialog *self = g_object_new (RT_TYPE_RENAME_DIALOG, "transient-for", parent, NULL);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  self->networks = g_object_ref (networks);
  self->network = g_object_ref (network);
  g_set_weak_pointer (&self->parent, parent);

  /* Translators: %s is the name of a network */
  adw_message_dialog_format_heading (dialog, _("Rename “%s”?"), rt_network_get_title (network));
  rt_entry_field_reset (self->name_row, rt_network_get_title (network));
  gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
  update_response (self);
  return self;
}
