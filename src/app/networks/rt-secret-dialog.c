/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "app/rt-hint-row.h"
#include "app/rt-uri.h"
#include "model/networks/rt-invitation.h"
#include "model/networks/rt-secret-words.h"
#include "rt-secret-dialog.h"
#include "rt-secret-entry.h"

struct _RtSecretDialog
{
  AdwWindow parent_instance;

  RtNetworks *networks;
  RtNetwork  *network;

  GtkButton           *accept_button;
  RtBanner            *banner;
  AdwPreferencesGroup *group;
  AdwEntryRow         *secret_row;
  RtHintRow           *hint;
};

G_DEFINE_FINAL_TYPE (RtSecretDialog, rt_secret_dialog, ADW_TYPE_WINDOW)

gboolean
rt_secret_dialog_is_wanted (RtNetwork *network)
{
  RtSecretState state = rt_network_get_secret_state (network);

  return state == RT_SECRET_LOST || state == RT_SECRET_LOCKED;
}

/* What was typed, or is in the invitation that was pasted; NULL: *problem says why not. rt_secret_text_free(). */
static char *
dup_secret (RtSecretDialog  *self,
            char           **problem)
{
  g_autofree char *link = rt_uri_dup_clean (gtk_editable_get_text (GTK_EDITABLE (self->secret_row)));
  g_autoptr (RtInvitation) invitation = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  if (!rt_uri_is_ours (link))
    {
      text = rt_secret_entry_dup_text (self->secret_row);
      *problem = rt_network_config_check_field ("secret", text);
      if (*problem == NULL)
        return text;
      rt_secret_text_free (text);
      return NULL;
    }
  invitation = rt_invitation_parse (link, -1, &error);
  if (invitation == NULL)
    {
      *problem = g_strdup (error->message);
      return NULL;
    }
  if (rt_invitation_gives_secret (invitation, rt_network_get_config (self->network)))
    return g_strdup (invitation->secret);
  *problem = g_strdup (rt_secret_words (RT_SECRET_WORDS_ELSEWHERE));
  return NULL;
}

static void
update (RtSecretDialog *self)
{
  g_autofree char *problem = NULL;
  char *text = dup_secret (self, &problem);
  /* what is not even begun is not wrong yet */
  const char *shown = *gtk_editable_get_text (GTK_EDITABLE (self->secret_row)) != '\0' ? problem : NULL;

  rt_secret_text_free (text);
  rt_secret_entry_show (self->secret_row, self->hint, RT_HINT_ERROR, shown, shown != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->accept_button), problem == NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->accept_button), problem);
  rt_banner_set_title (self->banner, NULL);
}

static void
accept_clicked_cb (RtSecretDialog *self)
{
  g_autoptr (RtSecretDialog) held G_GNUC_UNUSED = g_object_ref (self);
  g_autofree char *problem = NULL;
  g_autoptr (GError) error = NULL;
  char *text = dup_secret (self, &problem);

  if (text == NULL)
    return;
  if (rt_networks_retype_secret (self->networks, self->network, text, &error))
    gtk_window_close (GTK_WINDOW (self));
  else
    rt_banner_set_title (self->banner, error->message);
  rt_secret_text_free (text);
}

/* Somebody unlocked the keyring meanwhile, or opened an invitation: nothing is asked any more. */
static void
state_cb (RtSecretDialog *self)
{
  if (self->network != NULL && !rt_secret_dialog_is_wanted (self->network))
    gtk_window_close (GTK_WINDOW (self));
}

static void
rt_secret_dialog_dispose (GObject *object)
{
  RtSecretDialog *self = RT_SECRET_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_SECRET_DIALOG);
  g_clear_object (&self->networks);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_secret_dialog_parent_class)->dispose (object);
}

static void
rt_secret_dialog_class_init (RtSecretDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_secret_dialog_dispose;

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-secret-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RtSecretDialog, accept_button);
  gtk_widget_class_bind_template_child (widget_class, RtSecretDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, RtSecretDialog, group);
  gtk_widget_class_bind_template_child (widget_class, RtSecretDialog, secret_row);
  gtk_widget_class_bind_template_child (widget_class, RtSecretDialog, hint);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, accept_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
rt_secret_dialog_init (RtSecretDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_secret_entry_prepare (self->secret_row);
}

RtSecretDialog *
rt_secret_dialog_new (GtkWindow  *parent,
                      RtNetworks *networks,
                      RtNetwork  *network)
{
  RtSecretDialog *self;
  g_autofree char *title = NULL, *words = NULL;
  const char *why;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);
  g_return_val_if_fail (RT_IS_NETWORK (network), NULL);

  self = g_object_new (RT_TYPE_SECRET_DIALOG, "transient-for", parent, NULL);
  self->networks = g_object_ref (networks);
  self->network = g_object_ref (network);
  /* Translators: %s is the name of a network */
  title = g_strdup_printf (_("Secret of “%s”"), rt_network_get_title (network));
  gtk_window_set_title (GTK_WINDOW (self), title);
  why = rt_network_get_error (network);
  if (why == NULL)
    why = rt_secret_words (rt_network_get_secret_state (network) == RT_SECRET_LOCKED ? RT_SECRET_WORDS_LOCKED : RT_SECRET_WORDS_LOST);
  /* groups take markup */
  words = g_markup_escape_text (why, -1);
  adw_preferences_group_set_description (self->group, words);
  g_signal_connect_object (network, "notify::secret-state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  update (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->secret_row));
  return self;
}
