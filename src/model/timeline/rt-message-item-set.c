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

/* ---- receipts ---- */

static void
clear_receipt (gpointer data)
{
  RtReceipt *receipt = data;

  g_free (receipt->node);
  g_free (receipt->name);
}

static void
notify_receipts (RtMessageItem *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  rt_message_item_notify (self, RT_MESSAGE_PROP_N_RECEIPTS);
  rt_message_item_notify (self, RT_MESSAGE_PROP_RECEIPT_WORDS);
  rt_message_item_notify (self, RT_MESSAGE_PROP_DELIVERY_TEXT);
  g_object_thaw_notify (G_OBJECT (self));
}

static RtReceipt *
find_receipt (RtMessageItem *self, const char *node)
{
  for (guint i = 0; self->receipts != NULL && i < self->receipts->len; i++)
    if (g_str_equal (g_array_index (self->receipts, RtReceipt, i).node, node))
      return &g_array_index (self->receipts, RtReceipt, i);
  return NULL;
}

gboolean
rt_message_item_add_receipt (RtMessageItem *self, const char *node, gint64 time, const char *name)
{
  RtReceipt receipt;

  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  g_return_val_if_fail (node != NULL, FALSE);

  if (find_receipt (self, node) != NULL)
    return FALSE;
  if (self->receipts == NULL)
    {
      self->receipts = g_array_new (FALSE, FALSE, sizeof (RtReceipt));
      g_array_set_clear_func (self->receipts, clear_receipt);
    }
  if (self->receipts->len >= RT_MESSAGE_MAX_RECEIPTS)
    return FALSE;
  receipt = (RtReceipt) { g_strdup (node), g_strdup (name), time };
  g_array_append_val (self->receipts, receipt);
  notify_receipts (self);
  return TRUE;
}

gboolean
rt_message_item_lacks_receipts (RtMessageItem *self)
{
  guint n = self->receipts != NULL ? self->receipts->len : 0;

  return n < RT_MESSAGE_MAX_RECEIPTS && self->n_kept_receipts > n;
}

void
rt_message_item_name_receipt (RtMessageItem *self, const char *node, const char *name)
{
  RtReceipt *receipt = find_receipt (self, node);

  if (receipt == NULL || g_strcmp0 (receipt->name, name) == 0)
    return;
  g_free (receipt->name);
  receipt->name = g_strdup (name);
  notify_receipts (self);
}

/* The first few by name, the others by their number. */
char *
rt_message_item_dup_receipt_words (RtMessageItem *self)
{
  guint n = rt_message_item_get_n_receipts (self), n_named = 0;
  g_autofree char *names = NULL;

  if (self->receipts == NULL)
    return NULL;
  for (; n_named < MIN (self->receipts->len, RT_MESSAGE_RECEIPT_NAMES); n_named++)
    {
      const RtReceipt *receipt = &g_array_index (self->receipts, RtReceipt, n_named);
      g_autofree char *shown = receipt->name != NULL ? rt_sanitise_line (receipt->name, RT_MESSAGE_MAX_PREVIEW) : rt_short_id (receipt->node);
      g_autofree char *before = g_steal_pointer (&names);

      /* Translators: the names of those who have a message, one after the other */
      names = before != NULL ? g_strdup_printf (_("%s, %s"), before, shown) : g_strdup (shown);
    }
  if (names == NULL)
    return NULL;
  if (n > n_named)
    /* Translators: %s is names, as in "Received by Ada, Ben, Cem and 2 more" */
    return g_strdup_printf (ngettext ("Received by %s and %u more", "Received by %s and %u more", n - n_named), names, n - n_named);
  /* Translators: %s is names */
  return g_strdup_printf (_("Received by %s"), names);
}
