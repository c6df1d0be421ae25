/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-format.h"
#include "rt-chat-page.h"
#include "rt-composer.h"
#include "../rt-focus.h"
#include "rt-message-row.h"
#include "rt-timeline.h"

#define PREVIEW_BYTES 300
#define DRAFT "rt-draft"

struct _RtChatPage {
  GtkWidget    parent_instance;

  RtNetwork   *network;
  GSignalGroup *signals;
  char        *whisper_to;      /* id; NULL: to everybody */
  guint        midnight_id;

  GtkStack    *stack;
  AdwStatusPage *empty_page;
  RtTimeline  *timeline;
  GtkWidget   *jump_button;
  GtkLabel    *jump_label;
  GtkWidget   *reply_bar;
  GtkLabel    *reply_label;
  GtkLabel    *preview_label;
  RtComposer  *composer;
};

enum { PROP_0, PROP_NETWORK, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RtChatPage, rt_chat_page, GTK_TYPE_WIDGET)

static void
update_jump_cb (RtChatPage *self)
{
  guint n = rt_timeline_get_new_below (self->timeline);
  gboolean show = !rt_timeline_get_at_bottom (self->timeline) && !rt_timeline_get_empty (self->timeline);
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
}

static void
update_stack_cb (RtChatPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, rt_timeline_get_empty (self->timeline) ? "empty" : "messages");
  update_jump_cb (self);
}

static char *
say_blocked (RtNetwork *network)
{
  const char *error = rt_network_get_error (network);

  switch (rt_network_get_state (network))
    {
    case RT_NETWORK_STOPPED:
      return g_strdup (_("This network is off. Start it to write."));
    case RT_NETWORK_STARTING:
      return g_strdup (_("This network is starting…"));
    case RT_NETWORK_FAILED:
      return error != NULL ? g_strdup_printf (_("This network is not running: %s"), error) : g_strdup (_("This network is not running."));
    case RT_NETWORK_LOOKING:
    case RT_NETWORK_CONNECTED:
    default:
      return NULL;
    }
}

/* What depends on the network's state, and on to whom one writes */
static void
update_words (RtChatPage *self)
{
  g_autofree char *blocked = NULL, *placeholder = NULL;

  if (self->network == NULL)
    {
      rt_composer_set_blocked (self->composer, _("There is no network to write to."));
      return;
    }
  blocked = say_blocked (self->network);
  rt_composer_set_blocked (self->composer, blocked);
  if (self->whisper_to != NULL)
    {
      g_autofree char *name = rt_short_id (self->whisper_to);

      /* Translators: where one writes; %s is the short id of the only person who will get it */
      placeholder = g_strdup_printf (_("Write to %s only"), name);
    }
  else
    placeholder = g_strdup (_("Write to everybody"));
  rt_composer_set_placeholder (self->composer, placeholder);
  if (blocked != NULL)
    adw_status_page_set_description (self->empty_page, blocked);
  else if (rt_network_get_n_peers (self->network) == 0)
    adw_status_page_set_description (self->empty_page,
                                     _("Nobody else is here yet. Tell a friend your address, or connect to theirs: see Peers."));
  else
    adw_status_page_set_description (self->empty_page, _("Write the first one: everybody in this network will get it."));
}

static void
set_whisper (RtChatPage *self, const char *id, RtMessageItem *item)
{
  char *copy = g_strdup (id);

  g_free (self->whisper_to);
  self->whisper_to = copy;
  if (copy != NULL)
    {
      g_autofree char *name = rt_short_id (copy);
      g_autofree char *preview = item != NULL ? rt_sanitise_line (rt_message_item_get_text (item), PREVIEW_BYTES) : NULL;
      g_autofree char *label = item != NULL && !rt_message_item_get_own (item) ? g_strdup_printf (_("Private reply to %s"), name)
                                                                                : g_strdup_printf (_("Private message to %s"), name);

      gtk_label_set_label (self->reply_label, label);
      gtk_label_set_label (self->preview_label, preview != NULL ? preview : "");
      gtk_widget_set_visible (GTK_WIDGET (self->preview_label), preview != NULL);
    }
  gtk_widget_set_visible (self->reply_bar, copy != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chat.cancel-reply", copy != NULL);
  rt_composer_set_error (self->composer, NULL);
  update_words (self);
}

static void
reply_cb (RtChatPage *self, RtMessageItem *item)
{
  set_whisper (self, rt_message_item_get_own (item) ? rt_message_item_get_recipient (item) : rt_message_item_get_sender (item), item);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
retry_cb (RtChatPage *self, RtMessageItem *item)
{
  if (self->network != NULL)
    rt_network_retry (self->network, item);
}

static void
send_cb (RtChatPage *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  RtMessageItem *item;

  if (self->network == NULL)
    return;
  if (self->whisper_to != NULL)
    item = rt_network_whisper_text (self->network, self->whisper_to, text, &error);
  else
    item = rt_network_send_text (self->network, text, &error);
  if (item == NULL)
    {
      /* the text stays where it is */
      rt_composer_set_error (self->composer, error != NULL ? error->message : _("The message could not be sent."));
      return;
    }
  rt_composer_clear (self->composer);
  set_whisper (self, NULL, NULL);
  rt_timeline_scroll_to_bottom (self->timeline);
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

  set_whisper (self, NULL, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static GtkWidget *
create_row (gpointer user_data)
{
  GtkWidget *row = rt_message_row_new ();

  g_signal_connect_object (row, "reply", G_CALLBACK (reply_cb), user_data, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "retry", G_CALLBACK (retry_cb), user_data, G_CONNECT_SWAPPED);
  return row;
}

static void
bind_row (GtkWidget *row, RtTimelineItem *item, RtTimelineItem *previous, gpointer user_data)
{
  rt_message_row_bind (RT_MESSAGE_ROW (row), RT_MESSAGE_ITEM (item), previous != NULL ? RT_MESSAGE_ITEM (previous) : NULL);
}

/* At midnight "Today" becomes "Yesterday". */
static gboolean
midnight_cb (gpointer user_data)
{
  RtChatPage *self = user_data;
  gint64 now = g_get_real_time ();

  rt_timeline_rebind (self->timeline);
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
}

static void
unmap (GtkWidget *widget)
{
  RtChatPage *self = RT_CHAT_PAGE (widget);

  g_clear_handle_id (&self->midnight_id, g_source_remove);
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
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->network);
  G_OBJECT_CLASS (rt_chat_page_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  g_free (RT_CHAT_PAGE (object)->whisper_to);
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
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, jump_button);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, jump_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, reply_bar);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, reply_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, preview_label);
  gtk_widget_class_bind_template_child (widget_class, RtChatPage, composer);
  gtk_widget_class_bind_template_callback (widget_class, update_jump_cb);
  gtk_widget_class_bind_template_callback (widget_class, update_stack_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_install_action (widget_class, "chat.newest", NULL, newest_action);
  gtk_widget_class_install_action (widget_class, "chat.cancel-reply", NULL, cancel_reply_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "chat.cancel-reply", NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chatpage");
  g_type_ensure (RT_TYPE_TIMELINE);
  g_type_ensure (RT_TYPE_COMPOSER);
}

static void
rt_chat_page_init (RtChatPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->signals = g_signal_group_new (RT_TYPE_NETWORK);
  g_signal_group_connect_swapped (self->signals, "notify::state", G_CALLBACK (update_words), self);
  g_signal_group_connect_swapped (self->signals, "notify::error", G_CALLBACK (update_words), self);
  g_signal_group_connect_swapped (self->signals, "notify::n-peers", G_CALLBACK (update_words), self);
  rt_timeline_set_factory (self->timeline, create_row, bind_row, self);
  set_whisper (self, NULL, NULL);
  update_stack_cb (self);
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

void
rt_chat_page_set_network (RtChatPage *self, RtNetwork *network)
{
  g_return_if_fail (RT_IS_CHAT_PAGE (self));
  g_return_if_fail (network == NULL || RT_IS_NETWORK (network));

  if (self->network == network)
    return;
  /* what was begun in one network must not be sent in another */
  if (self->network != NULL)
    g_object_set_data_full (G_OBJECT (self->network), DRAFT, rt_composer_dup_text (self->composer), g_free);
  g_set_object (&self->network, network);
  g_signal_group_set_target (self->signals, network);
  rt_timeline_set_source (self->timeline, network != NULL ? rt_network_get_timeline (network) : NULL);
  rt_composer_set_text (self->composer, network != NULL ? g_object_get_data (G_OBJECT (network), DRAFT) : NULL);
  set_whisper (self, NULL, NULL);
  update_stack_cb (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK]);
}

void
rt_chat_page_start_whisper (RtChatPage *self, const char *id)
{
  g_return_if_fail (RT_IS_CHAT_PAGE (self));
  g_return_if_fail (id != NULL);

  set_whisper (self, id, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

void
rt_chat_page_show_message (RtChatPage *self, const RtTimelineKey *key)
{
  g_return_if_fail (RT_IS_CHAT_PAGE (self));
  g_return_if_fail (key != NULL);

  rt_timeline_jump_to_key (self->timeline, key, TRUE);
}
