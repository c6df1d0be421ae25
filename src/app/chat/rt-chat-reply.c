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

/* Transfer full. */
static char *
say_alone (RtChatPage *self, const char *id)
{
  g_autofree char *name = rt_chat_page_dup_name (self, id);

  /* Translators: %s is a name */
  return g_strdup_printf (_("What is attached is for %s alone. Send it, or take it away first."), name);
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
  rt_composer_set_meant_for (self->composer, self->whisper_to);
  rt_composer_set_error (self->composer, NULL);
  rt_chat_page_update_words (self);
  rt_chat_page_save_draft (self);
}

/* ---- what was set aside ---- */

/* Of drafts, one for each person, the newest last. They stay with the network, whatever its pages show and whether there is a window: one that comes later offers them. Nullable. */
static GPtrArray *
get_asides (RtNetwork *network)
{
  return network != NULL ? g_object_get_data (G_OBJECT (network), "rt-chat-asides") : NULL;
}

/* Text: transfer full, NULL: nothing is aside for him. */
static char *
steal_aside (RtNetwork *network, const char *to, GBytes **reply_to)
{
  GPtrArray *asides = get_asides (network);

  for (guint i = 0; asides != NULL && i < asides->len; i++)
    {
      g_autofree char *text = NULL, *whose = NULL;
      g_autoptr (GBytes) reply = NULL;

      rt_chat_draft_unpack (asides->pdata[i], &text, &whose, &reply);
      if (g_strcmp0 (whose, to) != 0)
        continue;
      g_ptr_array_remove_index (asides, i);
      *reply_to = g_steal_pointer (&reply);
      return g_steal_pointer (&text);
    }
  return NULL;
}

static void
offer_aside (RtChatPage *self, const char *to)
{
  AdwToast *toast = adw_toast_new (_("What you wrote for one person alone was set aside"));
  AdwToast *old = g_hash_table_lookup (self->asides, to);

  if (old != NULL)
    adw_toast_dismiss (old);
  adw_toast_set_button_label (toast, _("_Take It Back"));
  adw_toast_set_action_name (toast, "chat.take-back");
  adw_toast_set_action_target_value (toast, g_variant_new_string (to));
  adw_toast_set_timeout (toast, 0);
  g_hash_table_insert (self->asides, g_strdup (to), g_object_ref (toast));
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Behind what is aside for him already. */
static void
set_aside (RtChatPage *self, const char *text, const char *to, GBytes *reply_to)
{
  GPtrArray *asides = get_asides (self->network);
  g_autoptr (GBytes) old_reply = NULL;
  g_autofree char *old = steal_aside (self->network, to, &old_reply), *both = old != NULL ? g_strconcat (old, "\n", text, NULL) : g_strdup (text);

  if (asides == NULL)
    {
      asides = g_ptr_array_new_with_free_func (g_free);
      g_object_set_data_full (G_OBJECT (self->network), "rt-chat-asides", asides, (GDestroyNotify) g_ptr_array_unref);
    }
  g_ptr_array_add (asides, rt_chat_draft_pack (both, to, reply_to != NULL ? reply_to : old_reply));
  offer_aside (self, to);
}

/* Another network is shown. */
void
rt_chat_page_offer_asides (RtChatPage *self)
{
  GPtrArray *asides = get_asides (self->network);
  GHashTableIter iter;
  gpointer toast;

  g_hash_table_iter_init (&iter, self->asides);
  while (g_hash_table_iter_next (&iter, NULL, &toast))
    adw_toast_dismiss (toast);
  g_hash_table_remove_all (self->asides);
  for (guint i = 0; asides != NULL && i < asides->len; i++)
    {
      g_autofree char *text = NULL, *to = NULL;
      g_autoptr (GBytes) reply = NULL;

      rt_chat_draft_unpack (asides->pdata[i], &text, &to, &reply);
      offer_aside (self, to);
    }
}

/* Another target, as the person wishes. What he wrote for one person alone does not come along to another, or to everybody: it is set aside, and can be taken back.
 * What he attached for everybody does come along, and is for that person alone from then on, whichever window sends. */
void
rt_chat_page_change_target (RtChatPage *self, const char *whisper_to, GBytes *reply_to, RtMessageItem *item)
{
  g_autofree char *text = rt_composer_dup_text (self->composer), *blank = g_strstrip (g_strdup (text));
  gboolean leaves = self->whisper_to != NULL && g_strcmp0 (self->whisper_to, whisper_to) != 0;

  if (leaves && g_list_model_get_n_items (G_LIST_MODEL (rt_composer_get_attachments (self->composer))) > 0)
    {
      g_autofree char *words = say_alone (self, self->whisper_to);

      rt_composer_set_error (self->composer, words);
      return;
    }
  if (leaves && *blank != '\0' && self->network != NULL)
    {
      set_aside (self, text, self->whisper_to, self->reply_to);
      rt_composer_clear (self->composer);
    }
  if (whisper_to != NULL && self->network != NULL && rt_network_get_transfers (self->network) != NULL)
    rt_transfers_mean_unsent (rt_network_get_transfers (self->network), whisper_to);
  rt_chat_page_set_target (self, whisper_to, reply_to, item);
}

void
rt_chat_page_take_back (RtChatPage *self, const char *to)
{
  g_autoptr (GBytes) reply = NULL;
  g_autofree char *text = steal_aside (self->network, to, &reply), *other = NULL, *both = NULL;

  g_hash_table_remove (self->asides, to);
  if (text == NULL)
    return;
  /* what is for somebody else goes aside in turn; what was for everybody is kept below */
  rt_chat_page_change_target (self, to, reply, NULL);
  if (g_strcmp0 (self->whisper_to, to) != 0)
    {
      set_aside (self, text, to, reply);
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

/* Every window of a network shows what is attached there, and each writes to whom it likes. NULL: all of it may go to whom this one writes to; else (transfer none) the person it is for. */
static const char *
find_other (RtChatPage *self)
{
  GListModel *files = G_LIST_MODEL (rt_composer_get_attachments (self->composer));
  guint n = g_list_model_get_n_items (files);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtAttachment) file = g_list_model_get_item (files, i);
      const char *meant_for = rt_attachment_get_meant_for (file);       /* the list holds it */

      if (meant_for != NULL && g_strcmp0 (meant_for, self->whisper_to) != 0)
        return meant_for;
    }
  return NULL;
}

/* Each file is a message of its own; the first has the text. */
static gboolean
send_files (RtChatPage *self, const char *text, GError **error)
{
  GListStore *files = rt_composer_get_attachments (self->composer);
  const char *other = find_other (self);
  RtAttachment *first;

  if (other != NULL)
    {
      g_autofree char *words = say_alone (self, other);

      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, words);
      return FALSE;
    }
  first = g_list_model_get_item (G_LIST_MODEL (files), 0);
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
