/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/rt-entry-field.h"
#include "app/rt-first-run-page.h"
#include "app/rt-plain-row.h"
#include "rt-identities-window.h"
#include "rt-identity-page.h"
#include "rt-passphrase-dialog.h"

/* What is longer was exported by something else. */
#define MAX_FILE_BYTES 65536

struct _RtIdentitiesWindow
{
  AdwPreferencesWindow parent_instance;

  RtIdentities         *identities;
  GtkFileChooserNative *chooser;        /* while it is open */
  char                 *imported;       /* the text of the file, while its passphrase is asked for */
  RtPassphraseDialog   *passphrase;     /* weak */

  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (RtIdentitiesWindow, rt_identities_window, ADW_TYPE_PREFERENCES_WINDOW)

/* ---- the list ---- */

static char *
dup_subtitle (RtIdentities *identities,
              RtIdentity   *identity)
{
  g_autoptr (GPtrArray) users = rt_identities_dup_users (identities, identity);
  const char *trouble = rt_identity_get_trouble (identity);

  if (trouble != NULL)
    /* Translators: of a key; %s is why, as in "The keyring is locked" */
    return g_strdup_printf (_("Not available now. %s."), trouble);
  if (users->len == 0)
    return g_strdup (_("No network uses it"));
  if (users->len == 1)
    /* Translators: of an identity; %s is the name of a network */
    return g_strdup_printf (rt_identity_get_shared (identity) ? _("Used in “%s”") : _("Only in “%s”"), rt_network_get_title (users->pdata[0]));
  return g_strdup_printf (ngettext ("Used in %u network", "Used in %u networks", users->len), users->len);
}

static void
update_row (GtkWidget    *row,
            RtIdentities *identities,
            RtIdentity   *identity)
{
  g_autofree char *subtitle = dup_subtitle (identities, identity);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), rt_identity_get_title (identity));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "warning"), rt_identity_get_trouble (identity) != NULL);
}

static GtkWidget *
make_row (gpointer item,
          gpointer user_data)
{
  RtIdentitiesWindow *self = user_data;
  GtkWidget *row = rt_plain_row_new ("", NULL), *next = gtk_image_new_from_icon_name ("go-next-symbolic");
  GtkWidget *warning = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  g_object_set (next, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), warning);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), next);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data (G_OBJECT (row), "warning", warning);
  g_object_set_data_full (G_OBJECT (row), "identity", g_object_ref (item), g_object_unref);
  update_row (row, self->identities, item);
  return row;
}

static void
update_rows (RtIdentitiesWindow *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (g_object_get_data (G_OBJECT (row), "identity") != NULL)
      update_row (GTK_WIDGET (row), self->identities, g_object_get_data (G_OBJECT (row), "identity"));
}

static void
show_page (RtIdentitiesWindow *self,
           RtIdentity         *identity)
{
  adw_preferences_window_present_subpage (ADW_PREFERENCES_WINDOW (self), rt_identity_page_new (self->identities, identity));
}

static void
row_activated_cb (RtIdentitiesWindow *self,
                  GtkListBoxRow      *row)
{
  show_page (self, g_object_get_data (G_OBJECT (row), "identity"));
}

/* ---- a new one ---- */

static void
name_changed_cb (AdwMessageDialog *dialog,
                 GtkEditable      *entry)
{
  g_autofree char *problem = rt_check_person_name (gtk_editable_get_text (entry));

  adw_message_dialog_set_response_enabled (dialog, "make", problem == NULL);
}

static void
new_answered_cb (RtIdentitiesWindow *self,
                 const char         *response,
                 AdwMessageDialog   *dialog)
{
  GtkWidget *entry = g_object_get_data (G_OBJECT (dialog), "entry");

  if (g_strcmp0 (response, "make") == 0)
    show_page (self, rt_identities_add (self->identities, gtk_editable_get_text (GTK_EDITABLE (entry))));
}

static void
new_clicked_cb (RtIdentitiesWindow *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), _("New identity"), _("One that you can use in several networks. The name is for you alone.")));
  GtkWidget *list = g_object_new (GTK_TYPE_LIST_BOX, "selection-mode", GTK_SELECTION_NONE, NULL);
  GtkWidget *entry = g_object_new (ADW_TYPE_ENTRY_ROW, "title", _("Name of this identity"), "activates-default", TRUE, NULL);

  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of this identity"), -1);
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  adw_message_dialog_set_extra_child (dialog, list);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "make", _("_Make"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "make", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (dialog, "make", FALSE);
  adw_message_dialog_set_default_response (dialog, "make");
  adw_message_dialog_set_close_response (dialog, "cancel");
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  g_object_set_data (G_OBJECT (dialog), "entry", entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (name_changed_cb), dialog, G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog, "response", G_CALLBACK (new_answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

/* ---- one from elsewhere ---- */

static void
imported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (RtIdentitiesWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  RtIdentity *identity = rt_identities_import_finish (RT_IDENTITIES (object), result, &error);

  /* the dialog was closed: the one that is open now is about something else */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->passphrase == NULL || self->identities == NULL)
    return;
  if (identity == NULL)
    {
      rt_passphrase_dialog_set_problem (self->passphrase, error->message);
      return;
    }
  gtk_window_close (GTK_WINDOW (self->passphrase));
  g_clear_pointer (&self->imported, g_free);
  show_page (self, identity);
}

static void
passphrase_accepted_cb (RtIdentitiesWindow *self)
{
  g_autofree char *name = rt_passphrase_dialog_dup_name (self->passphrase);

  rt_passphrase_dialog_set_busy (self->passphrase, TRUE);
  rt_identities_import_async (self->identities, self->imported, rt_passphrase_dialog_get_passphrase (self->passphrase), name, rt_passphrase_dialog_get_cancellable (self->passphrase),
                              imported_cb, g_object_ref (self));
}

static char *
dup_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file), *shown = g_filename_display_name (base);
  char *dot = g_strrstr (shown, ".roundtable-identity");

  if (dot != NULL)
    *dot = '\0';
  return g_steal_pointer (&shown);
}

static void
say_unreadable (RtIdentitiesWindow *self,
                const char         *why)
{
  /* Translators: %s is why not */
  g_autofree char *words = g_strdup_printf (_("The file cannot be read: %s"), why);

  adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (self), rt_plain_toast_new (words));
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (RtIdentitiesWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  g_autofree char *name = NULL;
  gsize length;
  const char *text;

  if (self->identities == NULL)
    return;
  if (content == NULL)
    {
      say_unreadable (self, error->message);
      return;
    }
  text = g_bytes_get_data (content, &length);
  if (length > MAX_FILE_BYTES || length == 0 || !g_utf8_validate (text, (gssize) length, NULL))
    {
      say_unreadable (self, _("it holds no identity of Roundtable"));
      return;
    }
  g_free (self->imported);
  self->imported = g_strndup (text, length);
  name = dup_name (g_object_get_data (object, "file"));
  if (self->passphrase != NULL)
    gtk_window_destroy (GTK_WINDOW (self->passphrase));
  g_clear_weak_pointer (&self->passphrase);
  g_set_weak_pointer (&self->passphrase, rt_passphrase_dialog_new (GTK_WINDOW (self), _("Import identity"), _("The passphrase that it was exported with."), _("_Import"), name));
  g_signal_connect_object (self->passphrase, "accepted", G_CALLBACK (passphrase_accepted_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (self->passphrase));
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtIdentitiesWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (object), result, &error);

  if (self->identities == NULL)
    return;
  if (stream == NULL)
    {
      say_unreadable (self, error->message);
      return;
    }
  g_object_set_data_full (G_OBJECT (stream), "file", g_object_ref (object), g_object_unref);
  g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), MAX_FILE_BYTES + 1, G_PRIORITY_DEFAULT, NULL, read_cb, g_object_ref (self));
}

void
rt_identities_window_import (RtIdentitiesWindow *self,
                             GFile              *file)
{
  g_return_if_fail (RT_IS_IDENTITIES_WINDOW (self));
  g_return_if_fail (G_IS_FILE (file));

  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, opened_cb, g_object_ref (self));
}

static void
file_chosen_cb (RtIdentitiesWindow *self,
                int                 response)
{
  g_autoptr (GFile) file = self->chooser != NULL && response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;

  g_clear_object (&self->chooser);
  if (file != NULL)
    rt_identities_window_import (self, file);
}

static void
import_clicked_cb (RtIdentitiesWindow *self)
{
  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_("Import identity"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Import"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (file_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- object ---- */

static void
rt_identities_window_dispose (GObject *object)
{
  RtIdentitiesWindow *self = RT_IDENTITIES_WINDOW (object);

  if (self->identities != NULL)
    g_signal_handlers_disconnect_by_data (self->identities, self);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  g_clear_weak_pointer (&self->passphrase);
  g_clear_object (&self->chooser);
  g_clear_object (&self->identities);
  gtk_widget_dispose_template (GTK_WIDGET (object), RT_TYPE_IDENTITIES_WINDOW);
  G_OBJECT_CLASS (rt_identities_window_parent_class)->dispose (object);
}

static void
rt_identities_window_finalize (GObject *object)
{
  g_free (RT_IDENTITIES_WINDOW (object)->imported);
  G_OBJECT_CLASS (rt_identities_window_parent_class)->finalize (object);
}

static void
rt_identities_window_class_init (RtIdentitiesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = rt_identities_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_identities_window_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-identities-window.ui");
  gtk_widget_class_bind_template_child (widget_class, RtIdentitiesWindow, list);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, new_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, import_clicked_cb);
}

static void
rt_identities_window_init (RtIdentitiesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_placeholder (self->list, rt_plain_row_new (_("Nobody yet"), _("Each network that you make or join gives you one.")));
}

static RtIdentitiesWindow *
find_window (void)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) one = g_list_model_get_item (all, i);

      if (RT_IS_IDENTITIES_WINDOW (one))
        return RT_IDENTITIES_WINDOW (one);
    }
  return NULL;
}

RtIdentitiesWindow *
rt_identities_window_present (GtkWindow  *parent,
                              RtNetworks *networks,
                              const char *ref)
{
  RtIdentitiesWindow *self = find_window ();
  RtIdentity *identity;

  g_return_val_if_fail (RT_IS_NETWORKS (networks), NULL);

  if (self == NULL)
    {
      self = g_object_new (RT_TYPE_IDENTITIES_WINDOW, "transient-for", parent, NULL);
      self->identities = g_object_ref (rt_networks_get_identities (networks));
      gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->identities), make_row, self, NULL);
      g_signal_connect_object (self->identities, "changed", G_CALLBACK (update_rows), self, G_CONNECT_SWAPPED);
    }
  identity = ref != NULL ? rt_identities_find (self->identities, ref) : NULL;
  if (identity != NULL)
    show_page (self, identity);
  gtk_window_present (GTK_WINDOW (self));
  return self;
}
