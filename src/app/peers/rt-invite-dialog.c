/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/networks/rt-invitation-facts.h"
#include "app/networks/rt-secret-dialog.h"
#include "app/networks/rt-secret-entry.h"
#include "app/rt-banner.h"
#include "app/rt-qr-code.h"
#include "model/networks/rt-secret-words.h"
#include "rt-invite-dialog.h"

struct _RtInviteDialog
{
  AdwWindow parent_instance;

  RtNetwork    *network;
  char         *link;
  GCancellable *looking;          /* the secret is being looked up */
  char         *trouble;          /* why it was not found */

  RtBanner        *banner;
  AdwToastOverlay *toasts;
  RtQrCode        *code;
  GtkButton       *copy_button;
  GtkLabel        *link_label;
  GtkWidget       *body;
  GtkWidget       *secret_box;
  GtkLabel        *secret_label;
  AdwPreferencesGroup *facts_group;
  GtkListBox      *facts;
};

G_DEFINE_FINAL_TYPE (RtInviteDialog, rt_invite_dialog, ADW_TYPE_WINDOW)

/* Without its secret there is no link to a private network. */
static void
show_nothing (RtInviteDialog *self)
{
  const char *words = self->looking != NULL ? _("Looking up the secret of the network…") : self->trouble;

  g_clear_pointer (&self->link, g_free);
  rt_banner_set_button_label (self->banner, self->looking == NULL && rt_secret_dialog_is_wanted (self->network) ? _("Type the secret…") : NULL);
  rt_banner_set_title (self->banner, words != NULL ? words : rt_secret_words (RT_SECRET_WORDS_LOST));
}

static void
update (RtInviteDialog *self)
{
  g_auto (GStrv) addresses = NULL;
  g_autoptr (RtInvitation) invitation = NULL;
  g_autofree char *link = NULL, *title = NULL;

  /* closed */
  if (self->network == NULL)
    return;
  addresses = rt_network_dup_own_addresses (self->network);
  invitation = rt_invitation_new (rt_network_get_config (self->network), rt_network_get_title (self->network), (const char * const *) addresses);
  /* Translators: %s is the name of a network */
  title = g_strdup_printf (_("Invite to “%s”"), rt_network_get_title (self->network));
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_widget_set_visible (self->body, invitation != NULL);
  if (invitation == NULL)
    {
      show_nothing (self);
      return;
    }
  link = rt_invitation_to_uri (invitation);
  rt_banner_set_button_label (self->banner, NULL);
  rt_banner_set_title (self->banner, rt_invitation_reach_words (invitation, TRUE));
  gtk_widget_set_visible (self->secret_box, invitation->secret != NULL);
  adw_preferences_group_set_description (self->facts_group,
                                         invitation->secret != NULL
                                           ? _("Whoever has the link can come in, and can pass it on. To keep somebody out afterwards, all others have to change the secret.")
                                           : _("Whoever has the link can come in, and can pass it on. Nothing in it is secret but the name of the network."));
  if (g_strcmp0 (link, self->link) == 0)
    return;
  g_free (self->link);
  self->link = g_steal_pointer (&link);
  rt_qr_code_set_text (self->code, self->link);
  gtk_widget_set_visible (GTK_WIDGET (self->code), rt_qr_code_get_size (self->code) > 0);
  gtk_label_set_label (self->link_label, self->link);
  rt_invitation_facts_fill (self->facts, invitation);
}

static void
copy_clicked_cb (RtInviteDialog *self)
{
  if (gtk_widget_get_visible (self->secret_box))
    rt_copy_secret (GTK_WIDGET (self), self->link);
  else
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->link);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Link copied")));
}

static void
banner_clicked_cb (RtInviteDialog *self)
{
  g_autofree char *uuid = g_strdup (rt_network_config_get_uuid (rt_network_get_config (self->network)));
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  gtk_window_close (GTK_WINDOW (self));
  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.retype-secret", "s", uuid);
}

static void
looked_up_cb (GObject      *network,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (RtInviteDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  char *text = rt_network_load_secret_finish (RT_NETWORK (network), result, &error);

  g_clear_object (&self->looking);
  if (text == NULL)
    self->trouble = g_strdup (error->message);
  rt_secret_text_free (text);
  update (self);
  if (self->network != NULL && self->link != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->copy_button));
}

static void
rt_invite_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_INVITE_DIALOG);
  g_cancellable_cancel (RT_INVITE_DIALOG (object)->looking);
  g_clear_object (&RT_INVITE_DIALOG (object)->network);
  G_OBJECT_CLASS (rt_invite_dialog_parent_class)->dispose (object);
}

static void
rt_invite_dialog_finalize (GObject *object)
{
  /* with the secret in it */
  rt_secret_text_free (RT_INVITE_DIALOG (object)->link);
  g_free (RT_INVITE_DIALOG (object)->trouble);
  G_OBJECT_CLASS (rt_invite_dialog_parent_class)->finalize (object);
}

static void
rt_invite_dialog_class_init (RtInviteDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = rt_invite_dialog_dispose;
  object_class->finalize = rt_invite_dialog_finalize;

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_QR_CODE);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-invite-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, code);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, copy_button);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, link_label);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, body);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, secret_box);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, secret_label);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, facts_group);
  gtk_widget_class_bind_template_child (widget_class, RtInviteDialog, facts);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, banner_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_invite_dialog_init (RtInviteDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_label (self->secret_label, rt_secret_words (RT_SECRET_WORDS_INVITE));
}

RtInviteDialog *
rt_invite_dialog_new (GtkWindow *parent,
                      RtNetwork *network)
{
  static const char * const watched[] = { "notify::state", "notify::socket", "notify::config", "notify::title" };
  RtInviteDialog *self;

  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  self = g_object_new (RT_TYPE_INVITE_DIALOG, "transient-for", parent, NULL);
  self->network = g_object_ref (network);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (network, watched[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* a router may open a port while the person looks at the link */
  if (rt_network_get_port_map (network) != NULL)
    g_signal_connect_object (rt_network_get_port_map (network), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  /* of a network that was not on since the program began */
  if (rt_network_get_secret_state (network) == RT_SECRET_UNREAD)
    {
      self->looking = g_cancellable_new ();
      rt_network_load_secret_async (network, self->looking, looked_up_cb, g_object_ref (self));
    }
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->copy_button));
  /* what can be selected is selected as soon as it is seen */
  gtk_label_select_region (self->link_label, 0, 0);
  return self;
}

const char *
rt_invite_dialog_get_link (RtInviteDialog *self)
{
  g_return_val_if_fail (RT_IS_INVITE_DIALOG (self), NULL);

  return self->link;
}
