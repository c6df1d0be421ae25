/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is found out of a message after it was made. */
#include "config.h"

#include "rt-message-item-private.h"

#include <glib/gi18n-lib.h>

static gboolean
set_string (RtMessageItem *self, char **where, const char *value, guint prop)
{
  if (g_strcmp0 (*where, value) == 0)
    return FALSE;
  g_free (*where);
  *where = g_strdup (value);
  rt_message_item_notify (self, prop);
  return TRUE;
}

static gboolean
set_bytes (GBytes **where, GBytes *value)
{
  if (*where == value || (*where != NULL && value != NULL && g_bytes_equal (*where, value)))
    return FALSE;
  g_clear_pointer (where, g_bytes_unref);
  *where = value != NULL ? g_bytes_ref (value) : NULL;
  return TRUE;
}

void
rt_message_item_set_sender_name (RtMessageItem *self, const char *name, const char *word)
{
  g_autofree char *short_id = NULL;

  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (name == NULL || *name == '\0')
    name = short_id = rt_short_id (self->sender);
  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->sender_name, name, RT_MESSAGE_PROP_SENDER_NAME);
  set_string (self, &self->sender_word, word, RT_MESSAGE_PROP_SENDER_WORD);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_message_item_set_recipient_name (RtMessageItem *self, const char *name)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (self->recipient != NULL && name != NULL)
    set_string (self, &self->recipient_name, name, RT_MESSAGE_PROP_RECIPIENT_NAME);
}

void
rt_message_item_set_reply_to (RtMessageItem *self, GBytes *id)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (!set_bytes (&self->reply_to, id))
    return;
  self->looking = FALSE;
  g_object_freeze_notify (G_OBJECT (self));
  rt_message_item_notify (self, RT_MESSAGE_PROP_REPLY_TO);
  rt_message_item_set_reply (self, id != NULL ? RT_REPLY_LOOKING : RT_REPLY_NONE, NULL, NULL);
  g_object_thaw_notify (G_OBJECT (self));
}

gboolean
rt_message_item_begin_reply (RtMessageItem *self)
{
  if (self->looking)
    return FALSE;
  self->looking = TRUE;
  return TRUE;
}

void
rt_message_item_set_reply (RtMessageItem *self, RtReplyState state, const char *preview, const char *name)
{
  g_autofree char *line = NULL;

  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  line = preview != NULL ? rt_sanitise_line (preview, RT_MESSAGE_MAX_PREVIEW) : NULL;
  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->reply_preview, line, RT_MESSAGE_PROP_REPLY_PREVIEW);
  set_string (self, &self->reply_name, name, RT_MESSAGE_PROP_REPLY_NAME);
  if (self->reply_state != state)
    {
      self->reply_state = state;
      rt_message_item_notify (self, RT_MESSAGE_PROP_REPLY_STATE);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_message_item_set_attachment (RtMessageItem *self, GObject *attachment)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (g_set_object (&self->attachment, attachment))
    rt_message_item_notify (self, RT_MESSAGE_PROP_ATTACHMENT);
}

void
rt_message_item_set_file (RtMessageItem *self, GBytes *file)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  set_bytes (&self->file, file);
}

void
rt_message_item_set_via (RtMessageItem *self, const char *id)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  set_string (self, &self->via, id, RT_MESSAGE_PROP_VIA);
}

void
rt_message_item_set_mention (RtMessageItem *self, gboolean mention)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (self->mention == (mention != FALSE))
    return;
  self->mention = mention != FALSE;
  rt_message_item_notify (self, RT_MESSAGE_PROP_MENTION);
}

void
rt_message_item_set_tries (RtMessageItem *self, guint n_attempts, gint64 next_try)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  if (self->n_attempts == n_attempts && self->next_try == next_try)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  self->n_attempts = n_attempts;
  self->next_try = next_try;
  rt_message_item_notify (self, RT_MESSAGE_PROP_N_ATTEMPTS);
  rt_message_item_notify (self, RT_MESSAGE_PROP_NEXT_TRY);
  rt_message_item_notify (self, RT_MESSAGE_PROP_DELIVERY_TEXT);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
clear_receipt (gpointer data)
{
  g_free (((RtReceipt *) data)->node);
}

/* The first few by name, the others by their number. */
static char *
make_receipt_words (RtMessageItem *self, const char *name)
{
  guint n = self->receipts->len;
  guint more = n - MIN (n, RT_MESSAGE_RECEIPT_NAMES);
  g_autofree char *shown = name != NULL ? rt_sanitise_line (name, RT_MESSAGE_MAX_PREVIEW) : NULL;

  if (n <= RT_MESSAGE_RECEIPT_NAMES)
    {
      if (self->receipt_names == NULL)
        self->receipt_names = g_strdup (shown);
      else
        {
          /* Translators: the names of those who have a message, one after the other */
          char *names = g_strdup_printf (_("%s, %s"), self->receipt_names, shown);

          g_free (self->receipt_names);
          self->receipt_names = names;
        }
    }
  if (more > 0)
    /* Translators: %s is names, as in "Received by Ada, Ben, Cem and 2 more" */
    return g_strdup_printf (ngettext ("Received by %s and %u more", "Received by %s and %u more", more), self->receipt_names, more);
  /* Translators: %s is names */
  return g_strdup_printf (_("Received by %s"), self->receipt_names);
}

gboolean
rt_message_item_add_receipt (RtMessageItem *self, const char *node, gint64 time, const char *name)
{
  g_autofree char *words = NULL, *short_id = NULL;
  RtReceipt receipt;

  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  g_return_val_if_fail (node != NULL, FALSE);

  if (self->receipts == NULL)
    {
      self->receipts = g_array_new (FALSE, FALSE, sizeof (RtReceipt));
      g_array_set_clear_func (self->receipts, clear_receipt);
    }
  for (guint i = 0; i < self->receipts->len; i++)
    if (g_str_equal (g_array_index (self->receipts, RtReceipt, i).node, node))
      return FALSE;
  if (self->receipts->len >= RT_MESSAGE_MAX_RECEIPTS)
    return FALSE;
  receipt = (RtReceipt) { g_strdup (node), time };
  g_array_append_val (self->receipts, receipt);
  if (name == NULL)
    name = short_id = rt_short_id (node);
  words = make_receipt_words (self, name);
  g_object_freeze_notify (G_OBJECT (self));
  set_string (self, &self->receipt_words, words, RT_MESSAGE_PROP_RECEIPT_WORDS);
  rt_message_item_notify (self, RT_MESSAGE_PROP_N_RECEIPTS);
  rt_message_item_notify (self, RT_MESSAGE_PROP_DELIVERY_TEXT);
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}
