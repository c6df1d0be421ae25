/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done on the page of frames: with the list, with its filter, with one of them. */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-traffic-page-private.h"

static const char * const group_actions[RT_TRAFFIC_N_GROUPS] = {
  [RT_TRAFFIC_GROUP_LINK] = "group-link",
  [RT_TRAFFIC_GROUP_MESSAGE] = "group-message",
  [RT_TRAFFIC_GROUP_SEARCH] = "group-search",
  [RT_TRAFFIC_GROUP_TABLE] = "group-table",
  [RT_TRAFFIC_GROUP_OURS] = "group-ours",
  [RT_TRAFFIC_GROUP_OTHER] = "group-other",
};

static const struct { const char *name; guint verdicts; const char *words; } verdicts[] = {
  { "any", 0, NULL },
  { "delivered", RT_TRAFFIC_DELIVERED | RT_TRAFFIC_HANDLED, N_("delivered") },
  { "relayed", RT_TRAFFIC_RELAYED, N_("relayed") },
  { "sent", RT_TRAFFIC_SENT, N_("sent") },
  { "duplicate", RT_TRAFFIC_DUPLICATE, N_("duplicates") },
  { "dropped", RT_TRAFFIC_DROPPED, N_("dropped") },
};

static GSimpleAction *
get_action (RtTrafficPage *self,
            const char    *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name));
}

/* The states of the actions, from the filter: there is one truth. */
static void
show_filter (RtTrafficPage *self)
{
  static const char * const ways[] = { "both", "in", "out" };
  RtTrafficFilter filter;

  rt_traffic_get_filter (self->traffic, &filter);
  g_simple_action_set_state (get_action (self, "way"), g_variant_new_string (ways[filter.way]));
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (verdicts[i].verdicts == filter.verdicts)
      g_simple_action_set_state (get_action (self, "verdict"), g_variant_new_string (verdicts[i].name));
  g_simple_action_set_state (get_action (self, "dropped-only"), g_variant_new_boolean (filter.verdicts == RT_TRAFFIC_DROPPED));
  for (guint i = 0; i < RT_TRAFFIC_N_GROUPS; i++)
    g_simple_action_set_state (get_action (self, group_actions[i]), g_variant_new_boolean ((filter.groups >> i) & 1));
  rt_traffic_page_update (self);
}

static void
set_filter (RtTrafficPage         *self,
            const RtTrafficFilter *filter)
{
  rt_traffic_set_filter (self->traffic, filter);
  show_filter (self);
}

static void
way_cb (GSimpleAction *action,
        GVariant      *state,
        gpointer       user_data)
{
  RtTrafficPage *self = user_data;
  const char *way = g_variant_get_string (state, NULL);
  RtTrafficFilter filter;

  rt_traffic_get_filter (self->traffic, &filter);
  filter.way = g_str_equal (way, "in") ? RT_TRAFFIC_ONLY_IN : g_str_equal (way, "out") ? RT_TRAFFIC_ONLY_OUT : RT_TRAFFIC_BOTH_WAYS;
  set_filter (self, &filter);
}

static void
verdict_cb (GSimpleAction *action,
            GVariant      *state,
            gpointer       user_data)
{
  RtTrafficPage *self = user_data;
  RtTrafficFilter filter;

  rt_traffic_get_filter (self->traffic, &filter);
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    if (g_str_equal (verdicts[i].name, g_variant_get_string (state, NULL)))
      filter.verdicts = verdicts[i].verdicts;
  set_filter (self, &filter);
}

static void
dropped_only_cb (GSimpleAction *action,
                 GVariant      *state,
                 gpointer       user_data)
{
  RtTrafficPage *self = user_data;
  RtTrafficFilter filter;

  rt_traffic_get_filter (self->traffic, &filter);
  filter.verdicts = g_variant_get_boolean (state) ? RT_TRAFFIC_DROPPED : 0;
  set_filter (self, &filter);
}

static void
group_cb (GSimpleAction *action,
          GVariant      *state,
          gpointer       user_data)
{
  RtTrafficPage *self = user_data;
  RtTrafficFilter filter;

  rt_traffic_get_filter (self->traffic, &filter);
  for (guint i = 0; i < RT_TRAFFIC_N_GROUPS; i++)
    if (g_str_equal (group_actions[i], g_action_get_name (G_ACTION (action))))
      filter.groups = g_variant_get_boolean (state) ? filter.groups | 1u << i : filter.groups & ~(1u << i);
  set_filter (self, &filter);
}

static void
everything_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  RtTrafficPage *self = user_data;

  gtk_editable_set_text (self->search_entry, "");
  rt_traffic_set_text (self->traffic, NULL);
  set_filter (self, NULL);
}

static void
only_peer_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  RtTrafficPage *self = user_data;
  RtTrafficItem *item = rt_traffic_page_get_chosen (self);
  RtTrafficFilter filter;

  if (item == NULL)
    return;
  rt_traffic_get_filter (self->traffic, &filter);
  filter.address = rt_traffic_item_get_address (item);
  set_filter (self, &filter);
}

static void
append_word (GString    *text,
             const char *word)
{
  if (text->len > 0)
    g_string_append (text, C_("list", ", "));
  g_string_append (text, word);
}

char *
rt_traffic_page_dup_filter_words (RtTrafficPage *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  RtTrafficFilter filter;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->traffic));

  rt_traffic_get_filter (self->traffic, &filter);
  if (filter.way != RT_TRAFFIC_BOTH_WAYS)
    append_word (text, filter.way == RT_TRAFFIC_ONLY_IN ? _("received") : _("sent"));
  for (guint i = 1; i < G_N_ELEMENTS (verdicts); i++)
    if (filter.verdicts == verdicts[i].verdicts)
      append_word (text, _(verdicts[i].words));
  if ((filter.groups & RT_TRAFFIC_ALL_GROUPS) != RT_TRAFFIC_ALL_GROUPS)
    append_word (text, _("some kinds"));
  if (filter.address != NULL)
    append_word (text, filter.address);
  if (text->len == 0)
    /* Translators: how many frames have the text that is looked for, of how many */
    return g_strdup_printf (_("%'u of %'u frames"), n, rt_traffic_get_n_frames (self->traffic));
  /* Translators: how many frames are shown, of how many, and which ones only, as in "received, dropped" */
  return g_strdup_printf (_("%'u of %'u frames: only %s"), n, rt_traffic_get_n_frames (self->traffic), text->str);
}

/* ---- the list ---- */

static void
find_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  RtTrafficPage *self = user_data;

  rt_split_box_set_show_details (self->split, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
back_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  rt_split_box_focus_list (RT_TRAFFIC_PAGE (user_data)->split);
}

static void
details_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  rt_split_box_focus_details (RT_TRAFFIC_PAGE (user_data)->split);
}

static void
record_cb (GSimpleAction *action,
           GVariant      *state,
           gpointer       user_data)
{
  RtTrafficPage *self = user_data;

  self->recording = g_variant_get_boolean (state);
  g_simple_action_set_state (action, state);
  rt_traffic_page_update_watching (self);
}

static void
clear_cb (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  RtTrafficPage *self = user_data;

  rt_traffic_clear (self->traffic);
  rt_traffic_details_set_item (self->details, NULL);
  rt_split_box_focus_list (self->split);
}

static void
show_toast (RtTrafficPage *self,
            const char    *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-toast", "s", text);
}

static void
exported_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (RtTrafficPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  /* disposed */
  if (self->exporting == NULL)
    return;
  if (rt_traffic_export_finish (RT_TRAFFIC (object), result, &n, &error))
    text = g_strdup_printf (ngettext ("%'u frame exported", "%'u frames exported", n), n);
  else
    /* Translators: %s is what the system says */
    text = g_strdup_printf (_("The frames could not be exported: %s"), error->message);
  show_toast (self, text);
  g_clear_object (&self->exporting);
  rt_traffic_page_update_actions (self);
}

void
rt_traffic_page_export_to (RtTrafficPage *self,
                           GFile         *file)
{
  g_return_if_fail (RT_IS_TRAFFIC_PAGE (self));
  g_return_if_fail (G_IS_FILE (file));

  if (self->exporting != NULL)
    return;
  self->exporting = g_cancellable_new ();
  rt_traffic_page_update_actions (self);
  rt_traffic_export_async (self->traffic, file, self->exporting, exported_cb, g_object_ref (self));
}

static void
chosen_cb (RtTrafficPage   *self,
           int              response,
           GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL)
    rt_traffic_page_export_to (self, file);
  g_clear_object (&self->chooser);
}

static void
export_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  RtTrafficPage *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "frames-%Y%m%d-%H%M%S.jsonl");

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_("Export frames"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"), _("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* ---- one frame ---- */

static void
copy (RtTrafficPage *self,
      char          *text,
      const char    *toast)
{
  g_autofree char *owned = text;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), owned);
  show_toast (self, toast);
}

static void
copy_id_cb (GSimpleAction *action,
            GVariant      *parameter,
            gpointer       user_data)
{
  copy (user_data, rt_traffic_item_dup_id (rt_traffic_page_get_chosen (user_data)), _("Message id copied"));
}

static void
copy_row_cb (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  copy (user_data, rt_traffic_item_dup_row (rt_traffic_page_get_chosen (user_data)), _("Row copied"));
}

static void
copy_packets_cb (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  copy (user_data, rt_traffic_item_dup_packets (rt_traffic_page_get_chosen (user_data)), _("Packets copied"));
}

static void
open_menu_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  RtTrafficPage *self = user_data;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  rt_traffic_page_open_menu (self, focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ? focus : GTK_WIDGET (self), -1, -1);
}

void
rt_traffic_page_update_actions (RtTrafficPage *self)
{
  RtTrafficItem *item = rt_traffic_page_get_chosen (self);
  gboolean message = item != NULL && rt_traffic_item_get_message (item) != NULL;
  gboolean some = g_list_model_get_n_items (G_LIST_MODEL (self->traffic)) > 0;

  g_simple_action_set_enabled (get_action (self, "copy-id"), message);
  g_simple_action_set_enabled (get_action (self, "copy-packets"), message);
  g_simple_action_set_enabled (get_action (self, "copy-row"), item != NULL);
  g_simple_action_set_enabled (get_action (self, "only-peer"), item != NULL && *rt_traffic_item_get_address (item) != '\0');
  g_simple_action_set_enabled (get_action (self, "details"), item != NULL);
  g_simple_action_set_enabled (get_action (self, "open-menu"), item != NULL);
  g_simple_action_set_enabled (get_action (self, "clear"), rt_traffic_get_n_frames (self->traffic) > 0);
  g_simple_action_set_enabled (get_action (self, "export"), some && self->exporting == NULL);
}

static void
updated_cb (RtTrafficPage *self)
{
  g_simple_action_set_enabled (get_action (self, "back"), rt_split_box_get_show_details (self->split));
}

void
rt_traffic_page_install_actions (RtTrafficPage *self)
{
  static const GActionEntry entries[] = {
    { .name = "find", .activate = find_cb },
    { .name = "back", .activate = back_cb },
    { .name = "details", .activate = details_cb },
    { .name = "record", .state = "false", .change_state = record_cb },
    { .name = "clear", .activate = clear_cb },
    { .name = "export", .activate = export_cb },
    { .name = "way", .parameter_type = "s", .state = "'both'", .change_state = way_cb },
    { .name = "verdict", .parameter_type = "s", .state = "'any'", .change_state = verdict_cb },
    { .name = "dropped-only", .state = "false", .change_state = dropped_only_cb },
    { .name = "everything", .activate = everything_cb },
    { .name = "only-peer", .activate = only_peer_cb },
    { .name = "copy-id", .activate = copy_id_cb },
    { .name = "copy-row", .activate = copy_row_cb },
    { .name = "copy-packets", .activate = copy_packets_cb },
    { .name = "open-menu", .activate = open_menu_cb },
  };
  g_autoptr (GPropertyAction) paused = g_property_action_new ("paused", self->traffic, "paused");

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (paused));
  for (guint i = 0; i < RT_TRAFFIC_N_GROUPS; i++)
    {
      const GActionEntry entry = { .name = group_actions[i], .state = "true", .change_state = group_cb };

      g_action_map_add_action_entries (G_ACTION_MAP (self->actions), &entry, 1, self);
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "traffic", G_ACTION_GROUP (self->actions));
  g_signal_connect_object (self->split, "notify::show-details", G_CALLBACK (updated_cb), self, G_CONNECT_SWAPPED);
  updated_cb (self);
}
