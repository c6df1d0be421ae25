/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done on the page of the table: with the list, with the changes, with one key. */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-key-format.h"
#include "rt-review-dialog.h"
#include "rt-table-page-private.h"

static const struct { const char *name; RtTableShow show; } shows[] = {
  { "all", RT_TABLE_SHOW_ALL },
  { "mine", RT_TABLE_SHOW_MINE },
  { "staged", RT_TABLE_SHOW_STAGED },
  { "conflicts", RT_TABLE_SHOW_CONFLICTS },
};

static const struct { const char *name; RtTableSort sort; } sorts[] = {
  { "key", RT_TABLE_SORT_KEY },
  { "value", RT_TABLE_SORT_VALUE },
  { "kind", RT_TABLE_SORT_KIND },
  { "size", RT_TABLE_SORT_SIZE },
  { "owner", RT_TABLE_SORT_OWNER },
  { "written", RT_TABLE_SORT_WRITTEN },
  { "lease", RT_TABLE_SORT_LEASE },
  { "state", RT_TABLE_SORT_STATE },
};

static GSimpleAction *
get_action (RtTablePage *self,
            const char  *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name));
}

/* ---- filter and order ---- */

static RtTableShow
get_show (RtTablePage *self)
{
  RtTableShow show = RT_TABLE_SHOW_ALL;

  if (self->table != NULL)
    g_object_get (self->table, "show", &show, NULL);
  return show;
}

gboolean
rt_table_page_is_filtered (RtTablePage *self)
{
  return self->table != NULL && (get_show (self) != RT_TABLE_SHOW_ALL || *rt_table_get_filter (self->table) != '\0');
}

static void
show_cb (GSimpleAction *action,
         GVariant      *state,
         gpointer       user_data)
{
  RtTablePage *self = user_data;

  for (guint i = 0; i < G_N_ELEMENTS (shows); i++)
    if (g_str_equal (shows[i].name, g_variant_get_string (state, NULL)))
      rt_table_set_show (self->table, shows[i].show);
  rt_table_page_update (self);
}

static void
sort_cb (GSimpleAction *action,
         GVariant      *state,
         gpointer       user_data)
{
  RtTablePage *self = user_data;
  gboolean descending;

  rt_table_get_sort (self->table, &descending);
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    if (g_str_equal (sorts[i].name, g_variant_get_string (state, NULL)))
      rt_table_set_sort (self->table, sorts[i].sort, descending);
  rt_table_page_update (self);
}

static void
descending_cb (GSimpleAction *action,
               GVariant      *state,
               gpointer       user_data)
{
  RtTablePage *self = user_data;

  rt_table_set_sort (self->table, rt_table_get_sort (self->table, NULL), g_variant_get_boolean (state));
  rt_table_page_update (self);
}

static void
everything_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  RtTablePage *self = user_data;

  gtk_editable_set_text (self->search_entry, "");
  rt_table_set_filter (self->table, "");
  rt_table_set_show (self->table, RT_TABLE_SHOW_ALL);
  rt_table_page_update (self);
}

static void
find_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  RtTablePage *self = user_data;

  rt_split_box_set_show_details (self->split, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
back_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  rt_split_box_focus_list (RT_TABLE_PAGE (user_data)->split);
}

/* ---- one key ---- */

static void
new_key_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  rt_table_page_edit (user_data, NULL);
}

static void
edit_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  rt_table_page_edit (user_data, rt_table_page_get_chosen (user_data));
}

static GBytes *
get_key (RtTablePage *self)
{
  return rt_table_row_get_key (rt_table_page_get_chosen (self));
}

static char *
dup_words (RtTableResult *result,
           gboolean       deleted)
{
  switch (rt_table_result_get_outcome (result))
    {
    case RT_OUTCOME_APPLIED:
      /* Translators: %s is a key */
      return g_strdup_printf (deleted ? _("“%s” is deleted") : _("“%s” is written"), rt_table_result_get_key_text (result));
    case RT_OUTCOME_LEASED:
    case RT_OUTCOME_CONFLICT:
    case RT_OUTCOME_FAILED:
    case RT_OUTCOME_CANCELLED:
    default:
      /* Translators: a key, then why not, in words */
      return g_strdup_printf (_("“%s” is not written: %s"), rt_table_result_get_key_text (result),
                              rt_table_result_get_words (result) != NULL ? rt_table_result_get_words (result) : "");
    }
}

static void
show_results (RtTablePage  *self,
              GObject      *object,
              GAsyncResult *result,
              gboolean      deleted)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) results = rt_table_apply_finish (RT_TABLE (object), result, &error);
  guint n = results != NULL ? g_list_model_get_n_items (results) : 0;

  /* disposed, or another network's */
  if (RT_TABLE (object) != self->table)
    return;
  if (error != NULL)
    rt_table_page_toast (self, error->message, FALSE);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtTableResult) one = g_list_model_get_item (results, i);
      g_autofree char *words = dup_words (one, deleted);

      rt_table_page_toast (self, words, rt_table_result_get_outcome (one) == RT_OUTCOME_APPLIED);
    }
  rt_table_page_update (self);
}

static void
applied_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;

  show_results (self, object, result, FALSE);
}

static void
deleted_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;

  show_results (self, object, result, TRUE);
}

void
rt_table_page_apply (RtTablePage *self,
                     RtTableRow  *row)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GVariant *value = NULL;

  /* the value that it had already: nothing was staged */
  if (!rt_table_row_get_staged (row, &value, NULL))
    return;
  if (rt_table_get_refusal (self->table) != NULL)
    {
      rt_table_page_toast (self, _("It waits with your changes: nothing can be written now"), FALSE);
      return;
    }
  g_ptr_array_add (keys, g_bytes_ref (rt_table_row_get_key (row)));
  rt_table_apply_async (self->table, keys, NULL, value != NULL ? applied_cb : deleted_cb, g_object_ref (self));
}

static void
apply_one_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  rt_table_page_apply (user_data, rt_table_page_get_chosen (user_data));
}

static void
unstage_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  rt_table_unstage (RT_TABLE_PAGE (user_data)->table, get_key (user_data));
  rt_split_box_focus_list (RT_TABLE_PAGE (user_data)->split);
}

static void
keep_mine_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  RtTablePage *self = user_data;

  rt_table_keep_mine (self->table, get_key (self));
  rt_table_page_update (self);
  /* the button that was pressed is gone */
  rt_split_box_focus_details (self->split);
}

static void
keep_theirs_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  RtTablePage *self = user_data;

  rt_table_keep_theirs (self->table, get_key (self));
  rt_table_page_update (self);
  rt_split_box_focus_list (self->split);
}

/* What the person saw when asked; the dialog may stay open for long. */
typedef struct
{
  RtTablePage  *page;
  GBytes       *key;
  RtTableState *seen;
} Asked;

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->page);
  g_bytes_unref (asked->key);
  rt_table_state_unref (asked->seen);
  g_free (asked);
}

static void
delete_response_cb (AdwMessageDialog *dialog,
                    const char       *response,
                    Asked            *asked)
{
  RtTablePage *self = asked->page;
  g_autoptr (GError) error = NULL;
  RtTableRow *row;

  if (self->table == NULL || g_strcmp0 (response, "delete") != 0)
    return;
  row = rt_table_stage_delete (self->table, asked->key, asked->seen, &error);
  if (error != NULL)
    rt_table_page_toast (self, error->message, FALSE);
  else if (row != NULL)
    {
      g_autoptr (RtTableRow) held = g_object_ref (row);

      rt_table_page_apply (self, held);
    }
  rt_table_page_update (self);
}

static void
delete_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  RtTablePage *self = user_data;
  RtTableRow *row = rt_table_page_get_chosen (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *key = rt_key_dup_short (row);
  g_autofree char *owner = rt_table_row_dup_owner_text (row);
  g_autofree char *left = rt_table_row_dup_lease_text (row);
  AdwMessageDialog *dialog;
  Asked *asked = g_new0 (Asked, 1);

  asked->page = g_object_ref (self);
  asked->key = g_bytes_ref (rt_table_row_get_key (row));
  asked->seen = rt_table_row_dup_state (row);
  dialog = g_object_new (ADW_TYPE_MESSAGE_DIALOG, "transient-for", root, "modal", TRUE, "destroy-with-parent", TRUE, NULL);
  /* Translators: %s is a key */
  adw_message_dialog_format_heading (dialog, _("Delete “%s”?"), key);
  if (!rt_table_row_get_mine (row) && rt_table_row_get_lease_left (row) > 0)
    /* Translators: a short id, then a time, as in "12 min" */
    adw_message_dialog_format_body (dialog, _("Only %s can delete it, for %s more. Until then it will be refused, and wait with your changes."), owner, left);
  else
    adw_message_dialog_set_body (dialog, _("It goes for everybody in this network. You can undo it."));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "delete", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (delete_response_cb), asked, (GClosureNotify) (GCallback) asked_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- undo ---- */

static void
undone_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (RtTablePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) results = rt_table_undo_finish (RT_TABLE (object), result, &error);
  guint n = results != NULL ? g_list_model_get_n_items (results) : 0, done = 0;
  g_autofree char *text = NULL;

  if (RT_TABLE (object) != self->table)
    return;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtTableResult) one = g_list_model_get_item (results, i);

      done += rt_table_result_get_outcome (one) == RT_OUTCOME_APPLIED;
    }
  if (error != NULL)
    text = g_strdup (error->message);
  else if (done == n)
    text = g_strdup_printf (ngettext ("%'u key is as it was before", "%'u keys are as they were before", n), n);
  else
    /* Translators: so many of so many keys */
    text = g_strdup_printf (_("%'u of %'u keys are as they were before; the others wait with your changes"), done, n);
  rt_table_page_toast (self, text, FALSE);
  rt_table_page_update (self);
}

static void
undo_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  RtTablePage *self = user_data;

  rt_table_undo_async (self->table, NULL, undone_cb, g_object_ref (self));
}

static void
redo_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  RtTablePage *self = user_data;

  rt_table_redo_async (self->table, NULL, undone_cb, g_object_ref (self));
}

/* ---- the changes ---- */

static void
review_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  RtTablePage *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_window_present (GTK_WINDOW (rt_review_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->table)));
}

static void
discard_response_cb (RtTablePage *self,
                     const char  *response)
{
  if (self->table != NULL && g_strcmp0 (response, "discard") == 0)
    rt_table_unstage_all (self->table);
}

static void
discard_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  RtTablePage *self = user_data;
  guint n = rt_table_get_n_staged (self->table);
  AdwMessageDialog *dialog;

  dialog = g_object_new (ADW_TYPE_MESSAGE_DIALOG, "transient-for", gtk_widget_get_root (GTK_WIDGET (self)), "modal", TRUE,
                         "destroy-with-parent", TRUE, NULL);
  adw_message_dialog_set_heading (dialog, _("Discard the changes?"));
  adw_message_dialog_format_body (dialog, ngettext ("%'u change that was not applied is forgotten. The table stays as it is.",
                                                    "%'u changes that were not applied are forgotten. The table stays as it is.", n), n);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (discard_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- copying, files ---- */

static void
copy_key_cb (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  RtTablePage *self = user_data;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), rt_table_row_get_key_text (rt_table_page_get_chosen (self)));
  rt_table_page_toast (self, _("Key copied"), FALSE);
}

static void
copy_value_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  RtTablePage *self = user_data;
  g_autoptr (RtTableState) state = rt_table_row_dup_state (rt_table_page_get_chosen (self));
  g_autofree char *text = NULL;

  if (rt_table_state_get_value (state) == NULL)
    return;
  text = rt_value_to_text (rt_table_state_get_value (state));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  rt_table_page_toast (self, _("Value copied"), FALSE);
}

static void
import_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  rt_table_page_ask_import (user_data);
}

static void
export_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  rt_table_page_ask_export (user_data);
}

static void
save_value_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  rt_table_page_ask_save_value (user_data);
}

static void
open_menu_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  RtTablePage *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  rt_table_page_open_menu (self, focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ? focus : GTK_WIDGET (self), -1, -1);
}

/* ---- what can be done ---- */

/* The states of the actions, from the table: there is one truth. */
static void
update_states (RtTablePage *self)
{
  gboolean descending;
  RtTableSort sort = rt_table_get_sort (self->table, &descending);

  for (guint i = 0; i < G_N_ELEMENTS (shows); i++)
    if (shows[i].show == get_show (self))
      g_simple_action_set_state (get_action (self, "show"), g_variant_new_string (shows[i].name));
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    if (sorts[i].sort == sort)
      g_simple_action_set_state (get_action (self, "sort"), g_variant_new_string (sorts[i].name));
  g_simple_action_set_state (get_action (self, "descending"), g_variant_new_boolean (descending));
}

void
rt_table_page_update_actions (RtTablePage *self)
{
  static const char * const with_table[] = { "show", "sort", "descending", "everything", "find", "new-key" };
  static const char * const with_row[] = { "edit", "copy-key", "open-menu" };
  static const char * const with_value[] = { "delete", "copy-value", "save-value" };
  RtTableRow *row = rt_table_page_get_chosen (self);
  RtTableRowState state = row != NULL ? rt_table_row_get_state (row) : RT_ROW_NORMAL;
  gboolean table = self->table != NULL, applying = table && rt_table_get_applying (self->table);
  gboolean writable = table && !applying && rt_table_get_refusal (self->table) == NULL, some = table && rt_table_get_n_keys (self->table) > 0;
  gboolean staged = table && rt_table_get_n_staged (self->table) > 0, conflict = state == RT_ROW_CONFLICT;

  for (guint i = 0; i < G_N_ELEMENTS (with_table); i++)
    g_simple_action_set_enabled (get_action (self, with_table[i]), table);
  for (guint i = 0; i < G_N_ELEMENTS (with_row); i++)
    g_simple_action_set_enabled (get_action (self, with_row[i]), row != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (with_value); i++)
    g_simple_action_set_enabled (get_action (self, with_value[i]), row != NULL && rt_table_row_get_exists (row));
  g_simple_action_set_enabled (get_action (self, "keep-mine"), conflict);
  g_simple_action_set_enabled (get_action (self, "keep-theirs"), conflict);
  g_simple_action_set_enabled (get_action (self, "apply-one"), writable && !conflict && state != RT_ROW_NORMAL && state != RT_ROW_APPLYING);
  g_simple_action_set_enabled (get_action (self, "unstage"), state != RT_ROW_NORMAL && state != RT_ROW_APPLYING && !conflict);
  g_simple_action_set_enabled (get_action (self, "undo"), writable && rt_table_get_undo_text (self->table) != NULL);
  g_simple_action_set_enabled (get_action (self, "redo"), writable && rt_table_get_redo_text (self->table) != NULL);
  g_simple_action_set_enabled (get_action (self, "review"), staged);
  g_simple_action_set_enabled (get_action (self, "discard"), staged && !applying);
  g_simple_action_set_enabled (get_action (self, "import"), table && self->filing == NULL);
  g_simple_action_set_enabled (get_action (self, "export"), some && self->filing == NULL);
  if (table)
    update_states (self);
}

static void
updated_cb (RtTablePage *self)
{
  g_simple_action_set_enabled (get_action (self, "back"), rt_split_box_get_show_details (self->split));
}

void
rt_table_page_install_actions (RtTablePage *self)
{
  static const GActionEntry entries[] = {
    { .name = "find", .activate = find_cb },
    { .name = "everything", .activate = everything_cb },
    { .name = "show", .parameter_type = "s", .state = "'all'", .change_state = show_cb },
    { .name = "sort", .parameter_type = "s", .state = "'key'", .change_state = sort_cb },
    { .name = "descending", .state = "false", .change_state = descending_cb },
    { .name = "back", .activate = back_cb },
    { .name = "new-key", .activate = new_key_cb },
    { .name = "edit", .activate = edit_cb },
    { .name = "delete", .activate = delete_cb },
    { .name = "apply-one", .activate = apply_one_cb },
    { .name = "unstage", .activate = unstage_cb },
    { .name = "keep-mine", .activate = keep_mine_cb },
    { .name = "keep-theirs", .activate = keep_theirs_cb },
    { .name = "undo", .activate = undo_cb },
    { .name = "redo", .activate = redo_cb },
    { .name = "review", .activate = review_cb },
    { .name = "discard", .activate = discard_cb },
    { .name = "copy-key", .activate = copy_key_cb },
    { .name = "copy-value", .activate = copy_value_cb },
    { .name = "save-value", .activate = save_value_cb },
    { .name = "import", .activate = import_cb },
    { .name = "export", .activate = export_cb },
    { .name = "open-menu", .activate = open_menu_cb },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "table", G_ACTION_GROUP (self->actions));
  g_signal_connect_object (self->split, "notify::show-details", G_CALLBACK (updated_cb), self, G_CONNECT_SWAPPED);
  updated_cb (self);
  rt_table_page_update_actions (self);
}
