/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "rt-chat-format.h"
#include "rt-chat-page-private.h"

/* What stands between the messages: where the unread ones begin, where the network was split and one was away; and the buttons
 * that say where one is among them. */

#define MAX_GAPS 200u           /* the newest are shown */

/* A gap and the divider that shows it */
typedef struct {
  RtGap *gap;
  gulong handler;
  guint  divider;               /* 0: it is not shown */
} GapMark;

static GtkWidget *
make_divider (const char *words, const char *icon, const char *css_class)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *before = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL), *after = gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);
  GtkWidget *image = gtk_image_new_from_icon_name (icon), *label = gtk_label_new (words);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  for (guint i = 0; i < 2; i++)
    {
      gtk_widget_set_hexpand (i == 0 ? before : after, TRUE);
      gtk_widget_set_valign (i == 0 ? before : after, GTK_ALIGN_CENTER);
    }
  gtk_box_append (GTK_BOX (box), before);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), after);
  gtk_widget_add_css_class (box, "timeline-divider");
  gtk_widget_add_css_class (box, css_class);
  return box;
}

/* ---- unread ---- */

static GtkWidget *
create_unread (GObject *what, gpointer user_data)
{
  return make_divider (_("New messages"), "go-down-symbolic", "unread");
}

void
rt_chat_page_update_unread (RtChatPage *self)
{
  guint now = self->network != NULL ? rt_network_get_unread (self->network) : 0;
  RtTimelineKey key = { 0, 0 };
  gboolean unread = self->network != NULL && rt_network_get_first_unread (self->network, &key);

  if (now > 0)
    self->last_unread = now;
  if (unread && self->unread_divider != 0 && rt_timeline_key_compare (&key, &self->unread_key) == 0)
    {
      self->n_unread = MAX (self->n_unread, self->last_unread);
      rt_chat_page_update_shown (self);
      return;
    }
  rt_timeline_remove_divider (self->timeline, self->unread_divider);
  self->unread_divider = 0;
  if (unread)
    {
      self->unread_key = key;
      self->unread_seen = FALSE;
      self->n_unread = MAX (self->last_unread, 1);
      self->unread_divider = rt_timeline_add_divider (self->timeline, &key, create_unread, NULL);
    }
  if (now == 0)
    self->last_unread = 0;
  rt_chat_page_update_shown (self);
}

static void
update_unread_button (RtChatPage *self, const RtTimelineKey *first)
{
  gboolean show;

  /* once it was in view the button has said what it had to say */
  if (first != NULL && self->unread_divider != 0 && rt_timeline_key_compare (first, &self->unread_key) < 0)
    self->unread_seen = TRUE;
  show = first != NULL && self->unread_divider != 0 && !self->unread_seen && rt_timeline_key_compare (first, &self->unread_key) > 0;
  if (show)
    {
      /* Translators: on the button that goes up to the first message that was not read */
      g_autofree char *words = g_strdup_printf (ngettext ("%u unread message", "%u unread messages", self->n_unread), self->n_unread);

      if (g_strcmp0 (gtk_label_get_label (self->unread_label), words) != 0)
        {
          gtk_label_set_label (self->unread_label, words);
          gtk_accessible_update_property (GTK_ACCESSIBLE (self->unread_button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
        }
    }
  if (show == gtk_widget_get_visible (self->unread_button))
    return;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chat.first-unread", show);
  gtk_widget_set_visible (self->unread_button, show);
}

/* ---- where one is ---- */

static void
update_day (RtChatPage *self, const RtTimelineKey *first)
{
  g_autofree char *day = NULL, *spoken = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->date_button), first != NULL);
  if (first == NULL || (self->shown_day != 0 && rt_is_same_day (first->time, self->shown_day)))
    return;
  self->shown_day = first->time;
  day = rt_format_day (first->time, g_get_real_time ());
  /* Translators: on the button that opens a calendar; %s is the day of the messages in view */
  spoken = g_strdup_printf (_("Go to a date. In view: %s"), day);
  gtk_label_set_label (self->date_label, day);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->date_button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static gboolean
update_shown_cb (gpointer user_data)
{
  RtChatPage *self = user_data;
  RtTimelineKey first, last;
  gboolean any = rt_timeline_get_shown (self->timeline, &first, &last);

  self->shown_id = 0;
  update_day (self, any ? &first : NULL);
  update_unread_button (self, any ? &first : NULL);
  return G_SOURCE_REMOVE;
}

/* Rows are placed while the page is laid out, when nothing that wants another size may be changed: it is done before the next frame. */
void
rt_chat_page_update_shown (RtChatPage *self)
{
  if (self->shown_id != 0)
    return;
  self->shown_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, update_shown_cb, self, NULL);
  g_source_set_name_by_id (self->shown_id, "[roundtable] what the chat page shows");
}

/* ---- gaps ---- */

static GtkWidget *
create_gap (GObject *what, gpointer user_data)
{
  g_autofree char *words = rt_format_gap (RT_GAP (what), g_get_real_time ());

  return make_divider (words, rt_gap_get_kind (RT_GAP (what)) == RT_GAP_SPLIT ? "network-error-symbolic" : "document-open-recent-symbolic", "gap");
}

static void
show_gap (RtChatPage *self, GapMark *mark)
{
  guint n = rt_gap_get_n_messages (mark->gap);
  gboolean split = rt_gap_get_kind (mark->gap) == RT_GAP_SPLIT;
  /* what was caught up follows it (that of another part of the network begins with the split); without that it stands where one was back */
  RtTimelineKey key = { n > 0 ? rt_gap_get_from (mark->gap) : rt_gap_get_until (mark->gap), n > 0 && split ? 0 : G_MAXINT64 };

  rt_timeline_remove_divider (self->timeline, mark->divider);
  mark->divider = 0;
  /* away or alone without having missed anything: not worth a line */
  if (n > 0 || rt_gap_get_n_keys (mark->gap) > 0 || split)
    mark->divider = rt_timeline_add_divider (self->timeline, &key, create_gap, G_OBJECT (mark->gap));
}

static void
gap_changed_cb (RtGap *gap, GParamSpec *pspec, RtChatPage *self)
{
  for (guint i = 0; i < self->gap_marks->len; i++)
    if (g_array_index (self->gap_marks, GapMark, i).gap == gap)
      show_gap (self, &g_array_index (self->gap_marks, GapMark, i));
}

static void
clear_mark (RtChatPage *self, GapMark *mark)
{
  rt_timeline_remove_divider (self->timeline, mark->divider);
  g_signal_handler_disconnect (mark->gap, mark->handler);
  g_object_unref (mark->gap);
}

/* Few come, at the end, one after the other. */
static void
gaps_changed_cb (GListModel *gaps, guint position, guint removed, guint added, RtChatPage *self)
{
  guint n = g_list_model_get_n_items (gaps);

  for (guint i = 0; i < removed && position < self->gap_marks->len; i++)
    {
      clear_mark (self, &g_array_index (self->gap_marks, GapMark, position));
      g_array_remove_index (self->gap_marks, position);
    }
  for (guint i = 0; i < added; i++)
    {
      GapMark mark = { .gap = g_list_model_get_item (gaps, position + i) };

      mark.handler = g_signal_connect_object (mark.gap, "notify", G_CALLBACK (gap_changed_cb), self, 0);
      if (position + i + MAX_GAPS >= n)
        show_gap (self, &mark);
      g_array_insert_val (self->gap_marks, position + i, mark);
    }
}

void
rt_chat_page_forget_marks (RtChatPage *self)
{
  if (self->gaps != NULL)
    g_signal_handlers_disconnect_by_func (self->gaps, gaps_changed_cb, self);
  g_clear_object (&self->gaps);
  for (guint i = 0; self->gap_marks != NULL && i < self->gap_marks->len; i++)
    clear_mark (self, &g_array_index (self->gap_marks, GapMark, i));
  g_clear_pointer (&self->gap_marks, g_array_unref);
  if (self->timeline != NULL)
    rt_timeline_remove_divider (self->timeline, self->unread_divider);
  self->unread_divider = 0;
  self->last_unread = self->n_unread = 0;
  g_clear_handle_id (&self->shown_id, g_source_remove);
  g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
}

void
rt_chat_page_watch_gaps (RtChatPage *self)
{
  self->gap_marks = g_array_new (FALSE, FALSE, sizeof (GapMark));
  self->gaps = g_object_ref (rt_network_get_gaps (self->network));
  g_signal_connect_object (self->gaps, "items-changed", G_CALLBACK (gaps_changed_cb), self, 0);
  gaps_changed_cb (self->gaps, 0, 0, g_list_model_get_n_items (self->gaps), self);
}

void
rt_chat_page_caught_up_cb (RtChatPage *self, RtCatchUp *catch_up)
{
  guint n = rt_catch_up_get_n_messages (catch_up);
  g_autofree char *messages = NULL, *keys = NULL, *words = NULL;
  AdwToast *toast;
  RtTimelineKey key;

  if (n > 0)
    messages = rt_catch_up_get_kind (catch_up) == RT_GAP_SPLIT
      ? g_strdup_printf (ngettext ("%u message from the other part of the network", "%u messages from the other part of the network", n), n)
      : g_strdup_printf (ngettext ("%u message was caught up", "%u messages were caught up", n), n);
  keys = rt_words_for_keys (rt_catch_up_get_n_keys (catch_up), rt_catch_up_get_n_conflicts (catch_up));
  words = rt_words_join (messages, keys);
  if (words == NULL)
    return;
  toast = adw_toast_new (words);
  if (rt_catch_up_get_first (catch_up, &key))
    {
      adw_toast_set_button_label (toast, _("Show"));
      adw_toast_set_action_name (toast, "chat.show-message");
      adw_toast_set_action_target (toast, "(xx)", key.time, key.sequence);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* ---- the original of a reply ---- */

static void
original_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtChatPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtMessageItem) item = rt_network_find_message_finish (RT_NETWORK (source), result, &error);
  RtTimelineKey key;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->network != RT_NETWORK (source))
    return;
  g_clear_object (&self->finding);
  if (item == NULL)
    {
      adw_toast_overlay_add_toast (self->toasts, adw_toast_new (error != NULL ? _("The message could not be looked for")
                                                                              : _("That message is not known here")));
      return;
    }
  rt_timeline_item_get_key (RT_TIMELINE_ITEM (item), &key);
  rt_timeline_jump_to_key (self->timeline, &key, TRUE);
}

void
rt_chat_page_original_cb (RtChatPage *self, RtMessageItem *item)
{
  GBytes *id = rt_message_item_get_reply_to (item);

  if (id == NULL || self->network == NULL)
    return;
  g_cancellable_cancel (self->finding);
  g_clear_object (&self->finding);
  self->finding = g_cancellable_new ();
  rt_network_find_message_async (self->network, id, self->finding, original_found_cb, g_object_ref (self));
}
