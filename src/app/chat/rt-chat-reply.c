/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rt-chat-draft.h"
#include "rt-chat-format.h"
#include "rt-chat-page-private.h"

/* To whom one writes, and what one answers. What was meant for one person never goes to everybody: neither when sending fails,
 * nor when the program ends in between. */

#define PREVIEW_BYTES 300

char *
rt_chat_page_dup_name (RtChatPage *self, const char *id)
{
  RtPeople *people = self->network != NULL ? rt_network_get_people (self->network) : NULL;
  g_autofree char *name = people != NULL ? rt_people_dup_name (people, id) : rt_short_id (id);
  g_autofree char *word = people != NULL ? rt_people_dup_word (people, id) : NULL;

  if (word != NULL)
    return g_strdup_printf (_("%s (%s)"), name, word);
  return g_steal_pointer (&name);
}

static char *
make_label (RtChatPage *self)
{
  g_autofree char *name = self->whisper_to != NULL ? rt_chat_page_dup_name (self, self->whisper_to) : NULL;

  if (self->whisper_to == NULL)
    return g_strdup (_("Reply to everybody"));
  /* Translators: over the text that one writes; %s is the only person who will get it */
  return self->reply_to != NULL ? g_strdup_printf (_("Private reply to %s"), name) : g_strdup_printf (_("Private message to %s"), name);
}

/* item: what is answered, for its words; nullable, then they are looked for */
void
rt_chat_page_set_target (RtChatPage *self, const char *whisper_to, GBytes *reply_to, RtMessageItem *item)
{
  char *copy = g_strdup (whisper_to);
  gboolean shown = whisper_to != NULL || reply_to != NULL;

  g_free (self->whisper_to);
  self->whisper_to = copy;
  if (reply_to != NULL)
    g_bytes_ref (reply_to);
  g_clear_pointer (&self->reply_to, g_bytes_unref);
  self->reply_to = reply_to;
  if (shown)
    {
      g_autofree char *label = make_label (self);
      g_autofree char *preview = item != NULL ? rt_sanitise_line (rt_message_item_get_text (item), PREVIEW_BYTES) : NULL;
      g_autofree char *sender = item != NULL ? rt_format_sender (item) : NULL;
      /* Translators: who wrote something, then what */
      g_autofree char *words = item != NULL ? g_strdup_printf (_("%s: %s"), sender, preview) : NULL;

      gtk_label_set_label (self->reply_label, label);
      gtk_image_set_from_icon_name (self->reply_icon, whisper_to != NULL ? "channel-secure-symbolic" : "mail-reply-sender-symbolic");
      gtk_label_set_label (self->preview_label, words != NULL ? words : "");
      gtk_widget_set_visible (GTK_WIDGET (self->preview_label), words != NULL);
    }
  gtk_widget_set_visible (self->reply_bar, shown);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chat.cancel-reply", shown);
  rt_composer_set_error (self->composer, NULL);
  rt_chat_page_update_words (self);
  rt_chat_page_save_draft (self);
}

/* Another target, as the person wishes. What he wrote for one person alone does not come along to another, or to everybody: it is set aside, and can be taken back. */
void
rt_chat_page_change_target (RtChatPage *self, const char *whisper_to, GBytes *reply_to, RtMessageItem *item)
{
  g_autofree char *text = rt_composer_dup_text (self->composer), *blank = g_strstrip (g_strdup (text));

  if (self->whisper_to == NULL || g_strcmp0 (self->whisper_to, whisper_to) == 0)
    {
      rt_chat_page_set_target (self, whisper_to, reply_to, item);
      return;
    }
  if (g_list_model_get_n_items (G_LIST_MODEL (rt_composer_get_attachments (self->composer))) > 0)
    {
      g_autofree char *name = rt_chat_page_dup_name (self, self->whisper_to);
      /* Translators: %s is a name */
      g_autofree char *words = g_strdup_printf (_("What is attached is for %s alone. Send it, or take it away first."), name);

      rt_composer_set_error (self->composer, words);
      return;
    }
  if (*blank != '\0')
    {
      AdwToast *toast;

      g_free (self->aside);
      self->aside = rt_chat_draft_pack (text, self->whisper_to, self->reply_to);
      rt_composer_clear (self->composer);
      toast = adw_toast_new (_("What you wrote for one person alone was set aside"));
      adw_toast_set_button_label (toast, _("_Take It Back"));
      adw_toast_set_action_name (toast, "chat.take-back");
      adw_toast_set_timeout (toast, 0);
      adw_toast_overlay_add_toast (self->toasts, toast);
    }
  rt_chat_page_set_target (self, whisper_to, reply_to, item);
}

void
rt_chat_page_take_back (RtChatPage *self)
{
  g_autofree char *text = NULL, *to = NULL, *draft = g_steal_pointer (&self->aside), *other = NULL, *both = NULL;
  g_autoptr (GBytes) reply = NULL;

  if (draft == NULL)
    return;
  rt_chat_draft_unpack (draft, &text, &to, &reply);
  /* what is for somebody else goes aside in turn; what was for everybody is kept below */
  rt_chat_page_change_target (self, to, reply, NULL);
  if (g_strcmp0 (self->whisper_to, to) != 0)
    {
      self->aside = g_steal_pointer (&draft);
      return;
    }
  other = rt_composer_dup_text (self->composer);
  both = *other != '\0' ? g_strconcat (text, "\n", other, NULL) : g_strdup (text);
  rt_composer_set_text (self->composer, both);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

void
rt_chat_page_reply_cb (RtChatPage *self, RtMessageItem *item)
{
  const char *to = NULL;

  if (rt_message_item_get_private (item))
    to = rt_message_item_get_own (item) ? rt_message_item_get_recipient (item) : rt_message_item_get_sender (item);
  rt_chat_page_change_target (self, to, rt_message_item_get_id (item), item);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

void
rt_chat_page_whisper_cb (RtChatPage *self, RtMessageItem *item)
{
  rt_chat_page_change_target (self, rt_message_item_get_sender (item), rt_message_item_get_id (item), item);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

/* Each file is a message of its own; the first has the text. */
static gboolean
send_files (RtChatPage *self, const char *text, GError **error)
{
  GListStore *files = rt_composer_get_attachments (self->composer);
  RtAttachment *first = g_list_model_get_item (G_LIST_MODEL (files), 0);

  if (first == NULL)
    return rt_network_send (self->network, text, self->whisper_to, self->reply_to, NULL, error) != NULL;
  for (; first != NULL; first = g_list_model_get_item (G_LIST_MODEL (files), 0))
    {
      g_autoptr (RtAttachment) file = first;
      g_autofree char *with = rt_attachment_dup_text (file, text);

      if (rt_network_send (self->network, with, self->whisper_to, self->reply_to, file, error) == NULL)
        return FALSE;
      g_list_store_remove (files, 0);
      if (text != NULL)
        rt_composer_clear (self->composer);
      text = NULL;
    }
  return TRUE;
}

void
rt_chat_page_send_cb (RtChatPage *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (self->network == NULL)
    return;
  if (!send_files (self, text, &error))
    {
      /* what did not go out stays where it is */
      rt_composer_set_error (self->composer, error != NULL ? error->message : _("The message could not be sent."));
      return;
    }
  rt_composer_clear (self->composer);
  rt_chat_page_set_target (self, NULL, NULL, NULL);
  rt_timeline_scroll_to_bottom (self->timeline);
}

/* ---- drafts ---- */

void
rt_chat_page_save_draft (RtChatPage *self)
{
  g_autofree char *text = NULL, *draft = NULL;

  if (self->network == NULL || self->loading_draft)
    return;
  text = rt_composer_dup_text (self->composer);
  draft = rt_chat_draft_pack (text, self->whisper_to, self->reply_to);
  rt_network_set_draft (self->network, draft);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtChatPage) self = user_data;
  g_autoptr (RtMessageItem) item = rt_network_find_message_finish (RT_NETWORK (source), result, NULL);

  /* unless something else is answered meanwhile */
  if (item != NULL && self->reply_to != NULL && rt_message_item_get_id (item) != NULL &&
      g_bytes_equal (rt_message_item_get_id (item), self->reply_to))
    rt_chat_page_set_target (self, self->whisper_to, self->reply_to, item);
}

void
rt_chat_page_load_draft (RtChatPage *self)
{
  g_autofree char *draft = self->network != NULL ? rt_network_dup_draft (self->network) : NULL;
  g_autofree char *text = NULL, *to = NULL;
  g_autoptr (GBytes) reply = NULL;

  rt_chat_draft_unpack (draft, &text, &to, &reply);
  self->loading_draft = TRUE;
  rt_composer_set_text (self->composer, text);
  rt_chat_page_set_target (self, to, reply, NULL);
  self->loading_draft = FALSE;
  if (reply != NULL)
    rt_network_find_message_async (self->network, reply, NULL, found_cb, g_object_ref (self));
}
