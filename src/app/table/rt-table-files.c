/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys from files and to files, and values too long to be typed. */
#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "rt-table-page-private.h"

/* ---- dialogs ---- */

static void
ask (RtTablePage          *self,
     const char           *title,
     const char           *accept,
     GtkFileChooserAction  action,
     const char           *name,
     GCallback             chosen)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action, accept, _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", chosen, self, G_CONNECT_SWAPPED);
}

static void
add_filter (RtTablePage *self,
            const char  *name,
            const char  *suffix,
            const char  *other)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_suffix (filter, suffix);
  if (other != NULL)
    gtk_file_filter_add_suffix (filter, other);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
}

/* What was chosen; the dialog is gone then. Transfer full. */
static GFile *
take_file (RtTablePage *self,
           int          response)
{
  g_autoptr (GFile) file = self->chooser != NULL && response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser)) : NULL;

  g_clear_object (&self->chooser);
  return g_steal_pointer (&file);
}

static RtTableFormat
get_format (GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *folded = name != NULL ? g_ascii_strdown (name, -1) : NULL;

  return folded != NULL && g_str_has_suffix (folded, ".csv") ? RT_TABLE_CSV : RT_TABLE_JSON;
}

/* TRUE: the page is still there. */
static gboolean
end_filing (RtTablePage *self,
            gpointer     table)
{
  if (self->filing == NULL)
    return FALSE;
  g_clear_object (&self->filing);
  rt_table_page_update_actions (self);
  return self->table == table;
}

/* ---- import ---- */

static void
show_problems (RtTablePage   *self,
               RtTableImport *import)
{
  g_autoptr (GString) text = g_string_new (NULL);
  AdwMessageDialog *dialog;
  guint shown = MIN (import->problems->len, 10);

  g_string_append_printf (text, ngettext ("%'u entry waits for your review. ", "%'u entries wait for your review. ", import->n_staged), import->n_staged);
  g_string_append_printf (text, ngettext ("%'u was left out:", "%'u were left out:", import->n_problems), import->n_problems);
  for (guint i = 0; i < shown; i++)
    g_string_append_printf (text, "\n%s", (const char *) import->problems->pdata[i]);
  if (import->n_problems > shown)
    g_string_append (text, "\n…");
  dialog = g_object_new (ADW_TYPE_MESSAGE_DIALOG, "transient-for", gtk_widget_get_root (GTK_WIDGET (self)), "modal", TRUE,
                         "destroy-with-parent", TRUE, "heading", _("Not all could be imported"), NULL);
  adw_message_dialog_set_body (dialog, text->str);
  adw_message_dialog_add_response (dialog, "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
imported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtTableImport) import = rt_table_import_finish (RT_TABLE (object), result, &error);
  g_autofree char *text = NULL;

  if (!end_filing (self, object))
    return;
  if (import == NULL)
    /* Translators: %s is why not */
    text = g_strdup_printf (_("Nothing was imported: %s"), error->message);
  else if (import->n_staged == 0 && import->n_problems == 0)
    text = g_strdup (_("The table is as the file says already"));
  else if (import->n_staged > 0)
    text = g_strdup_printf (ngettext ("%'u entry waits for your review", "%'u entries wait for your review", import->n_staged), import->n_staged);
  if (text != NULL)
    rt_table_page_toast (self, text, FALSE);
  if (import != NULL && import->n_problems > 0)
    show_problems (self, import);
  rt_table_page_update (self);
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (object), result, &error);

  if (self->filing == NULL || self->table == NULL)
    return;
  if (stream == NULL)
    {
      g_autofree char *text = g_strdup_printf (_("Nothing was imported: %s"), error->message);

      end_filing (self, self->table);
      rt_table_page_toast (self, text, FALSE);
      return;
    }
  rt_table_import_async (self->table, get_format (G_FILE (object)), G_INPUT_STREAM (stream), self->filing, imported_cb, g_object_ref (self));
}

void
rt_table_page_import_from (RtTablePage *self,
                           GFile       *file)
{
  g_return_if_fail (RT_IS_TABLE_PAGE (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->filing != NULL || self->table == NULL)
    return;
  self->filing = g_cancellable_new ();
  rt_table_page_update_actions (self);
  g_file_read_async (file, G_PRIORITY_DEFAULT, self->filing, opened_cb, g_object_ref (self));
}

static void
import_chosen_cb (RtTablePage *self,
                  int          response)
{
  g_autoptr (GFile) file = take_file (self, response);

  if (file != NULL)
    rt_table_page_import_from (self, file);
}

void
rt_table_page_ask_import (RtTablePage *self)
{
  if (self->chooser != NULL)
    return;
  ask (self, _("Import keys"), _("_Import"), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, G_CALLBACK (import_chosen_cb));
  add_filter (self, _("JSON and CSV files"), "json", "csv");
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- export ---- */

static void
exported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n = 0, unread;

  if (rt_table_export_finish (RT_TABLE (object), result, &n, &error))
    {
      g_autofree char *done = g_strdup_printf (ngettext ("%'u key exported", "%'u keys exported", n), n);

      unread = rt_table_export_get_n_unread (result);
      if (unread > 0)
        {
          /* Translators: of keys whose value is not at hand */
          g_autofree char *left = g_strdup_printf (ngettext ("%'u could not be read and is not in the file", "%'u could not be read and are not in the file", unread), unread);

          text = g_strdup_printf ("%s; %s", done, left);
        }
      else
        text = g_steal_pointer (&done);
    }
  else
    /* Translators: %s is what the system says */
    text = g_strdup_printf (_("The keys could not be exported: %s"), error->message);
  if (end_filing (self, object))
    rt_table_page_toast (self, text, FALSE);
}

static void
replaced_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileOutputStream) stream = g_file_replace_finish (G_FILE (object), result, &error);

  if (self->filing == NULL || self->table == NULL)
    return;
  if (stream == NULL)
    {
      g_autofree char *text = g_strdup_printf (_("The keys could not be exported: %s"), error->message);

      end_filing (self, self->table);
      rt_table_page_toast (self, text, FALSE);
      return;
    }
  rt_table_export_async (self->table, NULL, get_format (G_FILE (object)), G_OUTPUT_STREAM (stream), self->filing, exported_cb, g_object_ref (self));
}

void
rt_table_page_export_to (RtTablePage *self,
                         GFile       *file)
{
  g_return_if_fail (RT_IS_TABLE_PAGE (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->filing != NULL || self->table == NULL)
    return;
  self->filing = g_cancellable_new ();
  rt_table_page_update_actions (self);
  g_file_replace_async (file, NULL, FALSE, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT, self->filing, replaced_cb, g_object_ref (self));
}

static void
export_chosen_cb (RtTablePage *self,
                  int          response)
{
  g_autoptr (GFile) file = take_file (self, response);

  if (file != NULL)
    rt_table_page_export_to (self, file);
}

/* The name says which: what ends in .csv is CSV. */
void
rt_table_page_ask_export (RtTablePage *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "table-%Y%m%d-%H%M%S.json");

  if (self->chooser != NULL)
    return;
  ask (self, _("Export the keys that are shown (.json or .csv)"), _("_Export"), GTK_FILE_CHOOSER_ACTION_SAVE, name, G_CALLBACK (export_chosen_cb));
  add_filter (self, _("JSON files"), "json", NULL);
  add_filter (self, _("CSV files"), "csv", NULL);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- a value ---- */

static void
saved_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    rt_table_page_toast (self, _("Value saved"), FALSE);
  else
    rt_table_page_toast (self, error->message, FALSE);
}

/* Text and bytes as they are, everything else as it is typed. */
static GBytes *
dup_contents (GVariant *value)
{
  char *text;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return g_variant_get_data_as_bytes (value);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_bytes_new (g_variant_get_string (value, NULL), strlen (g_variant_get_string (value, NULL)));
  text = rt_value_to_text (value);
  return g_bytes_new_take (text, strlen (text));
}

static void
save_chosen_cb (RtTablePage *self,
                int          response)
{
  g_autoptr (GFile) file = take_file (self, response);
  RtTableRow *row = rt_table_page_get_chosen (self);
  g_autoptr (RtTableState) state = row != NULL ? rt_table_row_dup_state (row) : NULL;
  g_autoptr (GBytes) contents = NULL;

  if (file == NULL || state == NULL || rt_table_state_get_value (state) == NULL)
    return;
  contents = dup_contents (rt_table_state_get_value (state));
  g_file_replace_contents_bytes_async (file, contents, NULL, FALSE, G_FILE_CREATE_NONE, NULL, saved_cb, g_object_ref (self));
}

void
rt_table_page_ask_save_value (RtTablePage *self)
{
  if (self->chooser != NULL || rt_table_page_get_chosen (self) == NULL)
    return;
  ask (self, _("Save the value"), _("_Save"), GTK_FILE_CHOOSER_ACTION_SAVE, "value.txt", G_CALLBACK (save_chosen_cb));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* No more is read than could be used. */
static gboolean
read_more_cb (const char *contents,
              goffset     size,
              gpointer    user_data)
{
  return size <= (goffset) RT_VALUE_MAX_BYTES;
}

static void
loaded_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  RtKeyEditor *editor;
  GVariant *value;
  gsize length = 0;

  if (!g_file_load_partial_contents_finish (G_FILE (object), result, &contents, &length, NULL, &error))
    {
      rt_table_page_toast (self, error->message, FALSE);
      return;
    }
  /* disposed, or left */
  if (self->table == NULL || !rt_key_editor_is_open (rt_key_details_get_editor (self->details)))
    return;
  editor = rt_key_details_get_editor (self->details);
  if (length > RT_VALUE_MAX_BYTES)
    {
      rt_table_page_toast (self, _("This file is too large for a value"), FALSE);
      return;
    }
  if (memchr (contents, '\0', length) == NULL && g_utf8_validate (contents, (gssize) length, NULL))
    value = g_variant_new_string (contents);
  else
    value = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, contents, length, 1);
  rt_value_editor_load (rt_key_editor_get_value (editor), value);
}

static void
load_chosen_cb (RtTablePage *self,
                int          response)
{
  g_autoptr (GFile) file = take_file (self, response);

  if (file != NULL)
    g_file_load_partial_contents_async (file, NULL, read_more_cb, loaded_cb, g_object_ref (self));
}

void
rt_table_page_ask_load_value (RtTablePage *self)
{
  if (self->chooser != NULL)
    return;
  ask (self, _("Load a value"), _("_Load"), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, G_CALLBACK (load_chosen_cb));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}
