/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "../rt-focus.h"
#include "rt-chat-format.h"
#include "rt-chat-page-private.h"
#include "rt-date-jump.h"
#include "rt-message-details.h"
#include "rt-message-row.h"
#include "rt-people-pane.h"


enum { PROP_0, PROP_NETWORK, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RtChatPage, rt_chat_page, GTK_TYPE_WIDGET)

static gboolean
is_behind (RtChatPage *self)
{
  return !rt_timeline_get_at_bottom (self->timeline) && !rt_timeline_get_empty (self->timeline);
}

void
rt_chat_page_update_following (RtChatPage *self)
{
  g_return_if_fail (RT_IS_CHAT_PAGE (self));

  if (self->network != NULL)
    rt_network_set_following (self->network, !is_behind (self));
}

/* Two windows may show the network: of one that is before his eyes no other page says where he reads. */
static gboolean
is_other_seen (RtChatPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return self->network != NULL && rt_network_get_active (self->network) && !(GTK_IS_WINDOW (root) && gtk_window_is_active (GTK_WINDOW (root)));
}

static void
update_jump_cb (RtChatPage *self)
{
  guint n = rt_timeline_get_new_below (self->timeline);
  gboolean show = is_behind (self);
  g_autofree char *words = NULL;

  if (n > 0)
    {
      /* Translators: on the button that goes to the newest message */
      words = g_strdup_printf (ngettext ("%u new message", "%u new messages", n), n);
      gtk_label_set_label (self->jump_label, words);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->jump_label), n > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->jump_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words != NULL ? words : _("Go to the newest message"), -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chat.newest", show);
  gtk_widget_set_visible (self->jump_button, show);
  if (!is_other_seen (self))
    rt_chat_page_update_following (self);
}

static void
update_stack_cb (RtChatPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, rt_timeline_get_empty (self->timeline) ? "empty" : "messages");
  update_jump_cb (self);
}

/* Why what is written now does not leave at once; it waits then. */
static char *
say_waiting (RtNetwork *network)
{
  const char *error = rt_network_get_error (network);

  switch (rt_network_get_state (network))
    {
    case RT_NETWORK_STOPPED:
      return g_strdup (_("This network is off. What you write now is sent when you start it."));
    case RT_NETWORK_FAILED:
      return error != NULL ? g_strdup_printf (_("This network is not running: %s. What you write now is sent when it runs."), error)
                           : g_strdup (_("This network is not running. What you write now is sent when it runs."));
    case RT_NETWORK_STARTING:
    case RT_NETWORK_LOOKING:
    case RT_NETWORK_CONNECTED:
    default:
      return NULL;
    }
}

/* What depends on the network's state, and on to whom one writes */
void
rt_chat_page_update_words (RtChatPage *self)
{
  g_autofree char *waiting = NULL, *placeholder = NULL;

  if (self->network == NULL)
    {
      rt_composer_set_blocked (self->composer, _("There is no network to write to."));
      return;
    }
  waiting = say_waiting (self->network);
  rt_composer_set_blocked (self->composer, NULL);
  if (self->whisper_to != NULL)
    {
      g_autofree char *name = rt_chat_page_dup_name (self, self->whisper_to);

      /* Translators: where one writes; %s is the only person who will get it */
      placeholder = g_strdup_printf (_("Write to %s only"), name);
    }
  else if (waiting != NULL)
    placeholder = g_strdup (_("Write to everybody, sent later"));
  else
    placeholder = g_strdup (_("Write to everybody"));
  rt_composer_set_placeholder (self->composer, placeholder);
  rt_chat_page_update_seal (self);
  gtk_label_set_label (self->waiting_label, waiting != NULL ? waiting : "");
  gtk_widget_set_visible (self->waiting_box, waiting != NULL);
  if (waiting != NULL)
    {
      /* which is markup, and an error may have anything in it */
      g_autofree char *escaped = g_markup_escape_text (waiting, -1);

      adw_status_page_set_description (self->empty_page, escaped);
    }
  else if (rt_network_get_n_peers (self->network) == 0)
    adw_status_page_set_description (self->empty_page,
                                     _("Nobody else is here yet. Tell a friend your address, or connect to theirs: see Peers."));
  else
    adw_status_page_set_description (self->empty_page, _("Write the first one: everybody in this network will get it."));
}

static void
update_people_cb (RtChatPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (rt_network_get_people (self->network)));
  /* Translators: on the button that opens the list of everybody who was heard in a network */
  g_autofree char *words = g_strdup_printf (ngettext ("%u person", "%u people", n), n);

  gtk_label_set_label (self->people_label, words);
  rt_chat_page_update_seal (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->people_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

static void
retry_cb (RtChatPage *self, RtMessageItem *item)
{
  if (self->network != NULL)
    rt_network_retry (self->network, item);
}

static void
cancel_cb (RtChatPage *self, RtMessageItem *item)
{
  if (self->network != NULL)
    rt_network_cancel (self->network, item);
}

static void
details_cb (RtChatPage *self, RtMessageItem *item)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->network != NULL)
    gtk_window_present (GTK_WINDOW (rt_message_details_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, item,
                                                            rt_network_get_people (self->network), rt_network_get_chat (self->network))));
}

static void
show_message_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtTimelineKey key;

  g_variant_get (parameter, "(xx)", &key.time, &key.sequence);
  rt_chat_page_show_message (RT_CHAT_PAGE (widget), &key);
}

static void
first_unread_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtChatPage *self = RT_CHAT_PAGE (widget);

  self->unread_seen = TRUE;
  rt_timeline_jump_to_key (self->timeline, &self->unread_key, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->timeline));
  rt_chat_page_update_shown (self);
}

static void
open_button (GtkMenuButton *button)
{
  if (gtk_widget_get_visible (GTK_WIDGET (button)))
    gtk_menu_button_popup (button);
}

static void
date_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_button (RT_CHAT_PAGE (widget)->date_button);
}

static void
people_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  open_button (RT_CHAT_PAGE (widget)->people_button);
}

static void
date_chosen_cb (RtChatPage *self, gint64 time)
{
  /* below every message of that day */
  rt_timeline_jump_to_key (self->timeline, &(RtTimelineKey) { time, G_MININT64 }, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->timeline));
}

static void
date_popover_cb (RtChatPage *self, GParamSpec *pspec, RtDateJump *jump)
{
  if (gtk_widget_get_visible (GTK_WIDGET (jump)))
    rt_date_jump_set_time (jump, self->shown_day != 0 ? self->shown_day : g_get_real_time ());
}

static void
person_chosen_cb (RtChatPage *self, const char *id)
{
  rt_chat_page_start_whisper (self, id);
}

static void
add_popovers (RtChatPage *self)
{
  GtkWidget *date = rt_date_jump_new (), *people = rt_people_pane_new (rt_network_get_people (self->network));

  gtk_menu_button_set_popover (self->date_button, date);
  g_signal_connect_object (date, "chosen", G_CALLBACK (date_chosen_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (date, "notify::visible", G_CALLBACK (date_popover_cb), self, G_CONNECT_SWAPPED);
  gtk_menu_button_set_popover (self->people_button, people);
  g_signal_connect_object (people, "chosen", G_CALLBACK (person_chosen_cb), self, G_CONNECT_SWAPPED);
}

static void
newest_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtChatPage *self = RT_CHAT_PAGE (widget);

  rt_timeline_scroll_to_bottom (self->timeline);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
cancel_reply_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  RtChatPage *self = RT_CHAT_PAGE (widget);

  rt_chat_page_change_target (self, NULL, NULL, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
take_back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  rt_chat_page_take_back (RT_CHAT_PAGE (widget), g_variant_get_string (parameter, NULL));
}

static GtkWidget *
create_row (gpointer user_data)
{
  GtkWidget *row = rt_message_row_new ();

  g_signal_connect_object (row, "reply", G_CALLBACK (rt_chat_page_reply_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "whisper", G_CALLBACK (rt_chat_page_whisper_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "retry", G_CALLBACK (retry_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "cancel", G_CALLBACK (cancel_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "details", G_CALLBACK (details_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "original", G_CALLBACK (rt_chat_page_original_cb), user_data, G_CONNECT_SWAPPED);
  return row;
}

static void
bind_row (GtkWidget *row, RtTimelineItem *item, RtTimelineItem *previous, gpointer user_data)
{
  RtChatPage *self = user_data;

  if (self->network != NULL && rt_message_item_get_reply_to (RT_MESSAGE_ITEM (item)) != NULL)
    rt_network_look_up_reply (self->network, RT_MESSAGE_ITEM (item));
  rt_message_row_set_people (RT_MESSAGE_ROW (row), self->network != NULL ? rt_network_get_people (self->network) : NULL);
  rt_message_row_bind (RT_MESSAGE_ROW (row), RT_MESSAGE_ITEM (item), previous != NULL ? RT_MESSAGE_ITEM (previous) : NULL);
}

/* What was kept of this network came from the disk. */
static void
chat_loaded_cb (RtChatPage *self)
{
  g_autofree char *text = rt_composer_dup_text (self->composer);
  guint n_unread = self->n_unread;

  rt_timeline_set_source (self->timeline, NULL);
  rt_chat_page_forget_marks (self);
  rt_timeline_set_source (self->timeline, rt_network_get_timeline (self->network));
  rt_chat_page_watch_gaps (self);
  /* unless somebody was quicker and writes already */
  if (*text == '\0' && self->whisper_to == NULL && self->reply_to == NULL)
    rt_chat_page_load_draft (self);
  /* told before, and read as it was told when the page is before the eyes */
  self->last_unread = n_unread;
  rt_chat_page_update_unread (self);
  update_stack_cb (self);
}

/* At midnight "Today" becomes "Yesterday". */
static gboolean
midnight_cb (gpointer user_data)
{
  RtChatPage *self = user_data;
  gint64 now = g_get_real_time ();

  self->shown_day = 0;
  rt_timeline_rebind (self->timeline);
  rt_chat_page_update_shown (self);
  self->midnight_id = g_timeout_add_seconds (1 + (rt_next_midnight (now) - now) / G_TIME_SPAN_SECOND, midnight_cb, self);
  g_source_set_name_by_id (self->midnight_id, "[roundtable] midnight of the chat page");
  return G_SOURCE_REMOVE;
}

static void
map (GtkWidget *widget)
{
  RtChatPage *self = RT_CHAT_PAGE (widget);

  GTK_WIDGET_CLASS (rt_chat_page_parent_class)->map (widget);
  if (self->midnight_id == 0)
    midnight_cb (self);
  rt_chat_page_update_unread (self);
}

static void
unmap (GtkWidget *widget)
{
  RtChatPage *self = RT_CHAT_PAGE (widget);

  g_clear_handle_id (&self->midnight_id, g_source_remove);
  rt_chat_page_stop_announcing (self);
  GTK_WIDGET_CLASS (rt_chat_page_parent_class)->unmap (widget);
}

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (RT_CHAT_PAGE (widget)->composer));
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NETWORK)
    g_value_set_object (value, RT_CHAT_PAGE (object)->network);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_NETWORK)
    rt_chat_page_set_network (RT_CHAT_PAGE (object), g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
dispose (GObject *object)
{
  RtChatPage *self = RT_CHAT_PAGE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->midnight_id, g_source_remove);
  if (self->signals != NULL)
    g_signal_group_set_target (self->signals, NULL);
  g_clear_object (&self->signals);
  rt_chat_page_stop_announcing (self);
  rt_chat_page_forget_marks (self);
  rt_chat_page_forget_seal (self);
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_func (rt_network_get_people (self->network), update_people_cb, self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_handle_id (&self->shown_id, g_source_remove);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_chat_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  RtChatPage *self = RT_CHAT_PAGE (object);

  g_hash_table_unref (self->asides);
  g_free (self->whisper_to);
  g_clear_pointer (&self->reply_to, g_bytes_unref);
  g_ptr_array_unref (self->heard);
  G_OBJECT_CLASS (rt_chat_page_parent_class)->finalize (object);
}

static void
rt_chat_page_class_init (RtChatPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->map = map;
  widget_class->unmap = unmap;
  widget_class->focus = rt_focus_children;
  widget_class->grab_focus = grab_focus;

  properties[PROP_NETWORK] = g_param_spec_object ("network", NULL, NULL, RT_TYPE_NETWORK,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/roundtable/Roundtable/ui/rt-chat-page.ui");
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, stack);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, timeline);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, unread_button);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, unread_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, people_button);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, people_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, date_button);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, date_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, reply_icon);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, waiting_box);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, waiting_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, jump_button);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, jump_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, reply_bar);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, reply_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, preview_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, seal_box);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, seal_image);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, seal_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, composer);
  gtk_widget_class_bind_template_callback (widget_class, update_jump_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_stack_cb);
  gtk_widget_class_bind_template_callback_full (widget_class, "send_cb", G_CALLBACK (rt_chat_page_send_cb));
  gtk_widget_class_bind_template_callback_full (widget_class, "text_changed_cb", G_CALLBACK (rt_chat_page_save_draft));
  gtk_widget_class_install_action (widget_class, "chat.newest", NULL, newest_action);
  gtk_widget_class_install_action (widget_class, "chat.cancel-reply", NULL, cancel_reply_action);
  gtk_widget_class_install_action (widget_class, "chat.take-back", "s", take_back_action);
  gtk_widget_class_install_action (widget_class, "chat.first-unread", NULL, first_unread_action);
  gtk_widget_class_install_action (widget_class, "chat.go-to-date", NULL, date_action);
  gtk_widget_class_install_action (widget_class, "chat.people", NULL, people_action);
  gtk_widget_class_install_action (widget_class, "chat.show-message", "(xx)", show_message_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_d, GDK_CONTROL_MASK, "chat.go-to-date", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_p, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "chat.people", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Home, GDK_ALT_MASK, "chat.first-unread", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_End, GDK_ALT_MASK, "chat.newest", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "chat.cancel-reply", NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chatpage");
  g_type_ensure (RT_TYPE_TIMELINE);
  g_type_ensure (RT_TYPE_COMPOSER);
}

static void
rt_chat_page_init (RtChatPage *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->heard = g_ptr_array_new_with_free_func (g_object_unref);
  self->asides = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->signals = g_signal_group_new (RT_TYPE_NETWORK);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (rt_chat_page_update_words), self);
  g_signal_group_connect_swapped (self->signals, "notify::error", G_CALLBACK (rt_chat_page_update_words), self);
  g_signal_group_connect_swapped (self->signals, "notify::n-peers", G_CALLBACK (rt_chat_page_update_words), self);
  g_signal_group_connect_swapped (self->signals, "notify::unread", G_CALLBACK (rt_chat_page_update_unread), self);
  g_signal_group_connect_swapped (self->signals, "message-added", G_CALLBACK (rt_chat_page_announce_cb), self);
  g_signal_group_connect_swapped (self->signals, "caught-up", G_CALLBACK (rt_chat_page_caught_up_cb), self);
  g_signal_group_connect_swapped (self->signals, "chat-loaded", G_CALLBACK (chat_loaded_cb), self);
  rt_timeline_set_factory (self->timeline, create_row, bind_row, self);
  rt_composer_add_drop_target (self->composer, GTK_WIDGET (self));
  g_object_get (self->timeline, "vadjustment", &adjustment, NULL);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (rt_chat_page_update_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (rt_chat_page_update_shown), self, G_CONNECT_SWAPPED);
  g_object_unref (adjustment);
  rt_chat_page_set_target (self, NULL, NULL, NULL);
  update_stack_cb (self);
  rt_chat_page_update_shown (self);
}

GtkWidget *
rt_chat_page_new (void)
{
  return g_object_new (RT_TYPE_CHAT_PAGE, NULL);
}

RtNetwork *
rt_chat_page_get_network (RtChatPage *self)
{
  g_return_val_if_fail (RT_IS_CHAT_PAGE (self), NULL);

  return self->network;
}

/* What was attached in one network waits there, as its draft does. */
static void
set_files (RtChatPage *self)
{
  RtTransfers *transfers = self->network != NULL ? rt_network_get_transfers (self->network) : NULL;

  rt_composer_set_transfers (self->composer, transfers);
  rt_composer_set_table (self->composer, self->network != NULL ? rt_network_get_table (self->network) : NULL);
  rt_composer_set_attachments (self->composer, transfers != NULL ? rt_transfers_get_unsent (transfers) : NULL);
}

static void
update_send_key (RtChatPage *self)
{
  RtSettings *settings = self->network != NULL ? rt_network_get_settings (self->network) : NULL;

  if (settings != NULL)
    rt_composer_set_control_enter (self->composer, rt_settings_get_send_key (settings) == RT_SEND_KEY_CONTROL_ENTER);
}

void
rt_chat_page_set_network (RtChatPage *self, RtNetwork *network)
{
  g_return_if_fail (RT_IS_CHAT_PAGE (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (self->network == network)
    return;
  /* what was begun in one network must not be sent in another: its draft waits for it */
  if (self->network != NULL)
    {
      rt_chat_page_save_draft (self);
      rt_chat_page_stop_announcing (self);
      rt_chat_page_forget_marks (self);
      g_signal_handlers_disconnect_by_func (rt_network_get_people (self->network), update_people_cb, self);
      if (rt_network_get_settings (self->network) != NULL)
        g_signal_handlers_disconnect_by_func (rt_network_get_settings (self->network), update_send_key, self);
      gtk_menu_button_set_popover (self->people_button, NULL);
      gtk_menu_button_set_popover (self->date_button, NULL);
    }
  g_set_object (&self->network, network);
  if (network != NULL && rt_network_get_settings (network) != NULL)
    g_signal_connect_object (rt_network_get_settings (network), "notify::send-key", G_CALLBACK (update_send_key), self, G_CONNECT_SWAPPED);
  update_send_key (self);
  g_signal_group_set_target (self->signals, network);
  rt_timeline_set_source (self->timeline, network != NULL ? rt_network_get_timeline (network) : NULL);
  self->shown_day = 0;
  if (network != NULL)
    {
      add_popovers (self);
      g_signal_connect_object (rt_network_get_people (network), "items-changed", G_CALLBACK (update_people_cb), self, G_CONNECT_SWAPPED);
      update_people_cb (self);
      rt_chat_page_watch_gaps (self);
    }
  set_files (self);
  rt_chat_page_load_draft (self);
  rt_chat_page_offer_asides (self);
  rt_chat_page_update_unread (self);
  update_stack_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

void
rt_chat_page_start_whisper (RtChatPage *self, const char *id)
{
  g_return_if_fail (RT_IS_CHAT_PAGE (self));
  g_return_if_fail (id != NULL);

  rt_chat_page_change_target (self, id, NULL, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

void
rt_chat_page_show_message (RtChatPage *self, const RtTimelineKey *key)
{
  g_return_if_fail (RT_IS_CHAT_PAGE (self));
  g_return_if_fail (key != NULL);

  rt_timeline_jump_to_key (self->timeline, key, TRUE);
}
