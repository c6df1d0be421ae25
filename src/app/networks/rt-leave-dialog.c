/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-leave-dialog.h"

struct _RtLeaveDialog
{
  AdwMessageDialog parent_instance;

  /* kept to the end: the answer comes when the window has been closed */
  RtNetworks *networks;
  RtNetwork  *network;
};

G_DEFINE_FINAL_TYPE (RtLeaveDialog, rt_leave_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
rt_leave_dialog_response (AdwMessageDialog *dialog,
                          const char       *response)
{
  RtLeaveDialog *self = RT_LEAVE_DIALOG (dialog);

  if (g_strcmp0 (response, "leave") == 0)
    rt_networks_remove (self->networks, self->network);
}

static void
rt_leave_dialog_finalize (GObject *object)
{
  RtLeaveDialog *self = RT_LEAVE_DIALOG (object);

  g_clear_object (&self->networks);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_leave_dialog_parent_class)->finalize (object);
}

static void
rt_leave_dialog_class_init (RtLeaveDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_leave_dialog_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = rt_leave_dialog_response;
}

static void
rt_leave_dialog_init (RtLeaveDialog *self)
{
}

RtLeaveDialog *
rt_leave_dialog_new (GtkWindow  *parent,
                     RtNetworks *networks,
                     RtNetwork  *network)
{
  RtLeaveDialog *self = g_object_new (RT_TYPE_LEAVE_DIALOG, "transient-for", parent, "modal", TRUE,
                                      "destroy-with-parent", TRUE, NULL);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  RtIdentity *identity;

  self->networks = g_object_ref (networks);
  self->network = g_object_ref (network);

  identity = rt_identities_get_of_network (rt_networks_get_identities (networks), network);
  /* Translators: %s is the name of a network */
  adw_message_dialog_format_heading (dialog, _("Leave “%s”?"), rt_network_get_title (network));
  if (rt_network_config_get_demo (rt_network_get_config (network)))
    adw_message_dialog_set_body (dialog, _("What was said in the demo, and its table, are erased from this computer. You can try it anew at any time."));
  else if (identity != NULL && rt_identity_get_shared (identity))
    adw_message_dialog_set_body (dialog, _("Its messages and the addresses of its peers are erased from this computer. "
                                         "The others keep what was said. Your identity stays: if you join again with it, they know you.\n\n"
                                         "This cannot be undone."));
  else
    adw_message_dialog_set_body (dialog, _("Its messages, the addresses of its peers and your key for it are erased from this computer. "
                                         "The others keep what was said. If you join again, they see you as somebody new.\n\n"
                                         "This cannot be undone."));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "leave", _("_Leave"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "leave", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  return self;
}
