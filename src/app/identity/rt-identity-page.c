/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <glib/gi18n.h>

#include "app/rt-banner.h"
#include "app/rt-entry-field.h"
#include "app/rt-first-run-page.h"
#include "app/rt-plain-row.h"
#include "model/network/rt-network.h"
#include "rt-identity-page.h"
#include "rt-identity-tell.h"
#include "rt-passphrase-dialog.h"

struct _RtIdentityPage
{
  GtkBox parent_instance;

  RtIdentities         *identities;
  RtIdentity           *identity;
  GtkFileChooserNative *chooser;        /* while it is open */
  char                 *exported;       /* what is to be written, meanwhile */
  RtPassphraseDialog   *passphrase;     /* weak */
  char                 *shown_users;    /* what the list of networks shows */

  AdwWindowTitle *title;
  RtBanner       *banner;
  RtEntryField   *name_row;
  GtkWidget      *change_button;
  GtkListBox     *users;
  AdwActionRow   *digits_row;
  AdwActionRow   *words_row;
  GtkWidget      *fingerprint_group;
  AdwActionRow   *place_row;
  GtkWidget      *export_button;
  GtkWidget      *remove_button;
  GtkLabel       *remove_label;
};

G_DEFINE_FINAL_TYPE (RtIdentityPage, rt_identity_page, GTK_TYPE_BOX)

static GtkWindow *
get_window (RtIdentityPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static void
toast (RtIdentityPage *self,
       const char     *words)
{
  GtkWindow *window = get_window (self);

  if (ADW_IS_PREFERENCES_WINDOW (window))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), rt_plain_toast_new (words));
}

static void
back_clicked_cb (RtIdentityPage *self)
{
  GtkWindow *window = get_window (self);

  if (ADW_IS_PREFERENCES_WINDOW (window))
    adw_preferences_window_close_subpage (ADW_PREFERENCES_WINDOW (window));
}

char *
rt_identity_dup_place_words (RtIdentities *identities,
                             RtIdentity   *identity)
{
  g_autofree char *path = NULL;

  switch (rt_identity_get_place (identity))
    {
    case RT_VAULT_KEYRING:
      return g_strdup (_("In the keyring of this computer"));
    case RT_VAULT_FILE:
      path = rt_vault_dup_path (rt_identities_get_vault (identities), rt_identity_get_ref (identity), RT_VAULT_KEY);
      /* Translators: %s is a file name */
      return g_strdup_printf (rt_identities_get_keyring (identities) ? _("In a file that only you can read, because no keyring took it: %s") : _("In a file that only you can read: %s"), path);
    case RT_VAULT_NOWHERE:
    default:
      return g_strdup (_("Not known yet"));
    }
}

/* ---- showing ---- */

static void
update_button (RtIdentityPage *self)
{
  g_autofree char *name = rt_entry_field_dup_text (self->name_row);
  const char *problem = rt_entry_field_get_problem (self->name_row);

  if (self->identity == NULL)
    return;
  gtk_widget_set_visible (self->change_button, !g_str_equal (name, rt_identity_get_name (self->identity)));
  gtk_widget_set_sensitive (self->change_button, problem == NULL);
}

static void
show_name (RtIdentityPage *self)
{
  adw_window_title_set_title (self->title, rt_identity_get_title (self->identity));
  rt_entry_field_reset (self->name_row, rt_identity_get_name (self->identity));
  update_button (self);
}

static void
show_users (RtIdentityPage *self)
{
  g_autoptr (GPtrArray) users = rt_identities_dup_users (self->identities, self->identity);
  g_autoptr (GString) titles = g_string_new (NULL);
  GtkWidget *row;

  for (guint i = 0; i < users->len; i++)
    g_string_append_printf (titles, "%s\n", rt_network_get_title (users->pdata[i]));
  gtk_widget_set_sensitive (self->remove_button, users->len == 0);
  gtk_label_set_label (self->remove_label, users->len == 0
                         ? _("Its key is erased. You can never be this one again, unless you have an export.")
                         : _("It can be removed when no network uses it any more."));
  if (g_strcmp0 (self->shown_users, titles->str) == 0)
    return;
  g_free (self->shown_users);
  self->shown_users = g_strdup (titles->str);
  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->users))) != NULL)
    gtk_list_box_remove (self->users, row);
  for (guint i = 0; i < users->len; i++)
    gtk_list_box_append (self->users, rt_plain_row_new (rt_network_get_title (users->pdata[i]), NULL));
  if (users->len == 0)
    gtk_list_box_append (self->users, rt_plain_row_new (_("No network"), _("You can choose it where a network is made, joined or edited.")));
}

static void
update (RtIdentityPage *self)
{
  const char *trouble = rt_identity_get_trouble (self->identity);
  g_autofree char *digits = NULL, *shown = NULL, *words = NULL, *place = rt_identity_dup_place_words (self->identities, self->identity), *told = NULL;

  show_users (self);
  /* which takes its time */
  if (rt_identity_get_public_key (self->identity) != NULL && *adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self->digits_row)) == '\0')
    {
      digits = rt_identity_dup_digits (self->identity);
      words = rt_identity_dup_words (self->identity);
      shown = rt_identity_isolate (digits);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->digits_row), shown);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->words_row), words);
    }
  gtk_widget_set_visible (self->fingerprint_group, rt_identity_get_public_key (self->identity) != NULL);
  adw_action_row_set_subtitle (self->place_row, place);
  if (trouble != NULL)
    /* Translators: of a key; %s is why, as in "The keyring is locked" */
    told = g_strdup_printf (_("Not available now. %s."), trouble);
  rt_banner_set_title (self->banner, told);
}

static void
list_changed_cb (RtIdentityPage *self)
{
  if (rt_identities_find (self->identities, rt_identity_get_ref (self->identity)) == NULL)
    back_clicked_cb (self);
}

/* ---- what is done ---- */

static void
apply_cb (RtIdentityPage *self)
{
  g_autofree char *name = rt_entry_field_dup_text (self->name_row);

  if (rt_entry_field_get_problem (self->name_row) == NULL)
    rt_identities_rename (self->identities, self->identity, name);
  show_name (self);
}

static void
retry_cb (RtIdentityPage *self)
{
  rt_identities_retry (self->identities);
}

static void
copy_clicked_cb (RtIdentityPage *self)
{
  g_autofree char *digits = rt_identity_dup_digits (self->identity), *words = rt_identity_dup_words (self->identity), *text = NULL;

  if (digits == NULL)
    return;
  /* Translators: what is sent to a friend; %1$s are digits, %2$s words */
  text = g_strdup_printf (_("My fingerprint on Roundtable: %1$s (%2$s)"), digits, words);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  toast (self, _("Fingerprint copied"));
}

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (RtIdentityPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    words = g_strdup (_("Exported. Who has the file and the passphrase can be you."));
  else
    /* Translators: %s is why not */
    words = g_strdup_printf (_("It was not exported: %s"), error->message);
  toast (self, words);
}

static void
file_chosen_cb (RtIdentityPage *self,
                int             response)
{
  g_autoptr (GFile) file = self->chooser != NULL && response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;
  g_autoptr (GBytes) content = self->exported != NULL ? g_bytes_new_take (self->exported, strlen (self->exported)) : NULL;

  self->exported = NULL;
  g_clear_object (&self->chooser);
  if (file != NULL && content != NULL)
    g_file_replace_contents_bytes_async (file, content, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, written_cb, g_object_ref (self));
}

static void
exported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (RtIdentityPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = rt_identities_export_finish (RT_IDENTITIES (object), result, &error), *name = NULL;

  /* the dialog was closed: the one that is open now is about another passphrase */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->passphrase == NULL || self->identity == NULL)
    return;
  if (text == NULL)
    {
      rt_passphrase_dialog_set_problem (self->passphrase, error->message);
      return;
    }
  gtk_window_close (GTK_WINDOW (self->passphrase));
  name = g_strconcat (rt_identity_get_title (self->identity), ".roundtable-identity", NULL);
  g_strdelimit (name, "/\\", '-');
  g_free (self->exported);
  self->exported = g_steal_pointer (&text);
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Export identity"), get_window (self), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (file_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
passphrase_accepted_cb (RtIdentityPage *self)
{
  rt_passphrase_dialog_set_busy (self->passphrase, TRUE);
  rt_identities_export_async (self->identities, self->identity, rt_passphrase_dialog_get_passphrase (self->passphrase), rt_passphrase_dialog_get_cancellable (self->passphrase),
                              exported_cb, g_object_ref (self));
}

static void
export_clicked_cb (RtIdentityPage *self)
{
  if (self->passphrase != NULL)
    gtk_window_destroy (GTK_WINDOW (self->passphrase));
  g_clear_weak_pointer (&self->passphrase);
  g_set_weak_pointer (&self->passphrase,
                      rt_passphrase_dialog_new (get_window (self), _("Export identity"),
                                                _("Who has the file and this passphrase can be you. Without the passphrase the file is worth nothing, to you as well: nobody can find it out."),
                                                _("_Export…"), NULL));
  g_signal_connect_object (self->passphrase, "accepted", G_CALLBACK (passphrase_accepted_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->passphrase));
}

static void
removed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (RtIdentityPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!rt_identities_remove_finish (RT_IDENTITIES (object), result, &error))
    toast (self, error->message);
}

static void
remove_answered_cb (RtIdentityPage *self,
                    const char     *response)
{
  if (g_strcmp0 (response, "remove") == 0)
    rt_identities_remove_async (self->identities, self->identity, removed_cb, g_object_ref (self));
}

static void
remove_clicked_cb (RtIdentityPage *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (get_window (self), NULL, NULL));

  /* Translators: %s is the name of an identity */
  adw_message_dialog_format_heading (dialog, _("Remove “%s”?"), rt_identity_get_title (self->identity));
  adw_message_dialog_set_body (dialog, _("Its key is erased from this computer. For people who know it nobody can be this one again, you neither, unless you have exported it.\n\nThis cannot be undone."));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (remove_answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- object ---- */

static char *
check_name (const char *name)
{
  return *name == '\0' ? NULL : rt_check_person_name (name);
}

static void
rt_identity_page_dispose (GObject *object)
{
  RtIdentityPage *self = RT_IDENTITY_PAGE (object);

  if (self->identities != NULL)
    g_signal_handlers_disconnect_by_data (self->identities, self);
  if (self->identity != NULL)
    g_signal_handlers_disconnect_by_data (self->identity, self);
  if (self->passphrase != NULL)
    gtk_window_destroy (GTK_WINDOW (self->passphrase));
  g_clear_weak_pointer (&self->passphrase);
  g_clear_object (&self->chooser);
  g_clear_object (&self->identities);
  g_clear_object (&self->identity);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_IDENTITY_PAGE);
  G_OBJECT_CLASS (rt_identity_page_parent_class)->dispose (object);
}

static void
rt_identity_page_finalize (GObject *object)
{
  g_free (RT_IDENTITY_PAGE (object)->exported);
  g_free (RT_IDENTITY_PAGE (object)->shown_users);
  G_OBJECT_CLASS (rt_identity_page_parent_class)->finalize (object);
}

static void
rt_identity_page_class_init (RtIdentityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_identity_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_identity_page_finalize;

  g_type_ensure (RT_TYPE_BANNER);
  g_type_ensure (RT_TYPE_ENTRY_FIELD);
  g_type_ensure (RT_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-identity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, title);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, banner);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, change_button);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, users);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, digits_row);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, words_row);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, fingerprint_group);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, place_row);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, export_button);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, remove_button);
  gtk_widget_class_bind_template_child (widget_class, RtIdentityPage, remove_label);
  gtk_widget_class_bind_template_callback (widget_class, back_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_button);
  gtk_widget_class_bind_template_callback (widget_class, apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, copy_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, export_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
}

static void
rt_identity_page_init (RtIdentityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  rt_entry_field_set_check (self->name_row, check_name);
  /* file names, and what the person typed */
  g_object_set (self->place_row, "use-markup", FALSE, NULL);
}

GtkWidget *
rt_identity_page_new (RtIdentities *identities,
                      RtIdentity   *identity)
{
  RtIdentityPage *self;

  g_return_val_if_fail (RT_IS_IDENTITIES (identities), NULL);
  g_return_val_if_fail (RT_IS_IDENTITY (identity), NULL);

  self = g_object_new (RT_TYPE_IDENTITY_PAGE, NULL);
  self->identities = g_object_ref (identities);
  self->identity = g_object_ref (identity);
  g_signal_connect_object (identity, "notify::title", G_CALLBACK (show_name), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (identities, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (identities, "items-changed", G_CALLBACK (list_changed_cb), self, G_CONNECT_SWAPPED);
  show_name (self);
  update (self);
  return GTK_WIDGET (self);
}
