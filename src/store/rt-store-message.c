/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plain values of a chat. */
#include "config.h"

#include "rt-store-chat-private.h"

#include <string.h>

RtStoreMessage *
rt_store_message_new (void)
{
  return g_new0 (RtStoreMessage, 1);
}

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

RtStoreMessage *
rt_store_message_copy (const RtStoreMessage *self)
{
  RtStoreMessage *copy = rt_store_message_new ();

  *copy = *self;
  copy->sender = g_strdup (self->sender);
  copy->recipient = g_strdup (self->recipient);
  copy->teller = g_strdup (self->teller);
  copy->sender_name = g_strdup (self->sender_name);
  copy->text = g_strdup (self->text);
  copy->id = ref_bytes (self->id);
  copy->body = ref_bytes (self->body);
  copy->reply_to = ref_bytes (self->reply_to);
  copy->file = ref_bytes (self->file);
  copy->proof = ref_bytes (self->proof);
  copy->via = g_strdup (self->via);
  copy->error = g_strdup (self->error);
  copy->receipts = g_strdupv (self->receipts);
  return copy;
}

void
rt_store_message_free (RtStoreMessage *self)
{
  g_free (self->sender);
  g_free (self->recipient);
  g_free (self->teller);
  g_free (self->sender_name);
  g_free (self->text);
  g_clear_pointer (&self->id, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->reply_to, g_bytes_unref);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_clear_pointer (&self->proof, g_bytes_unref);
  g_free (self->via);
  g_free (self->error);
  g_strfreev (self->receipts);
  g_free (self);
}

/* At most length bytes, and whole characters. Takes text. */
char *
rt_store_cut (char *text, gsize length)
{
  if (text != NULL && strlen (text) > length)
    {
      const char *end;

      text[length] = '\0';
      if (!g_utf8_validate (text, -1, &end))
        text[end - text] = '\0';
    }
  return text;
}

static void
bound_bytes (GBytes **bytes, gsize length)
{
  if (*bytes != NULL && g_bytes_get_size (*bytes) > length)
    g_clear_pointer (bytes, g_bytes_unref);
}

/* A copy within the limits. */
RtStoreMessage *
rt_store_message_copy_bounded (const RtStoreMessage *message)
{
  RtStoreMessage *self = rt_store_message_copy (message);

  g_clear_pointer (&self->receipts, g_strfreev);
  self->n_receipts = 0;
  self->text = rt_store_cut (self->text != NULL ? self->text : g_strdup (""), RT_STORE_CHAT_TEXT);
  self->sender = rt_store_cut (self->sender != NULL ? self->sender : g_strdup (""), RT_STORE_CHAT_WORDS);
  self->recipient = rt_store_cut (self->recipient, RT_STORE_CHAT_WORDS);
  self->teller = rt_store_cut (self->teller, RT_STORE_CHAT_WORDS);
  self->sender_name = rt_store_cut (self->sender_name, RT_STORE_CHAT_WORDS);
  self->via = rt_store_cut (self->via, RT_STORE_CHAT_WORDS);
  self->error = rt_store_cut (self->error, RT_STORE_CHAT_WORDS);
  bound_bytes (&self->body, RT_STORE_CHAT_BODY);
  bound_bytes (&self->file, RT_STORE_CHAT_FILE);
  bound_bytes (&self->proof, RT_STORE_CHAT_PROOF);
  bound_bytes (&self->id, 32);
  bound_bytes (&self->reply_to, 32);
  self->time = CLAMP (self->time, 0, RT_STORE_LAST_TIME);
  return self;
}

static gsize
length_of (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

/* What counts against RT_STORE_CHAT_BYTES: what somebody else decides about. */
gsize
rt_store_message_get_weight (const RtStoreMessage *self)
{
  return (self->text != NULL ? strlen (self->text) : 0) + length_of (self->body) + length_of (self->file) + length_of (self->proof);
}

int
rt_store_message_compare (const RtStoreMessage *self, gint64 time, gint64 row)
{
  if (self->time != time)
    return self->time < time ? -1 : 1;
  return self->row < row ? -1 : self->row > row ? 1 : 0;
}

gboolean
rt_store_is_unread (gint64 flags, gint64 time, gint64 row, gint64 read_time, gint64 read_row)
{
  return (flags & (RT_STORE_MESSAGE_OWN | RT_STORE_MESSAGE_IMPORTED)) == 0 && ((row > read_row && row < RT_STORE_ROWS_IN_NEED) || time > read_time);
}

void
rt_store_receipt_free (RtStoreReceipt *self)
{
  g_free (self->node);
  g_free (self);
}

RtStorePerson *
rt_store_person_new (const char *id)
{
  RtStorePerson *self = g_new0 (RtStorePerson, 1);

  self->id = g_strdup (id);
  return self;
}

RtStorePerson *
rt_store_person_copy (const RtStorePerson *self)
{
  RtStorePerson *copy = rt_store_person_new (self->id);

  copy->name = g_strdup (self->name);
  copy->heard = self->heard;
  copy->flags = self->flags;
  copy->pub = ref_bytes (self->pub);
  copy->known_since = self->known_since;
  copy->petname = g_strdup (self->petname);
  copy->compared = self->compared;
  copy->compared_name = g_strdup (self->compared_name);
  copy->name_since = self->name_since;
  copy->petname_since = self->petname_since;
  return copy;
}

void
rt_store_person_free (RtStorePerson *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->petname);
  g_free (self->compared_name);
  g_clear_pointer (&self->pub, g_bytes_unref);
  g_free (self);
}

RtStoreChatState *
rt_store_chat_state_new (void)
{
  RtStoreChatState *self = g_new0 (RtStoreChatState, 1);

  self->tail = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_message_free);
  self->outbox = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_message_free);
  self->people = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_person_free);
  self->gaps = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
rt_store_chat_state_free (RtStoreChatState *self)
{
  g_free (self->draft);
  g_ptr_array_unref (self->tail);
  g_ptr_array_unref (self->outbox);
  g_ptr_array_unref (self->people);
  g_ptr_array_unref (self->gaps);
  g_free (self);
}

RtStoreChatPage *
rt_store_chat_page_new (void)
{
  RtStoreChatPage *self = g_new0 (RtStoreChatPage, 1);

  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_message_free);
  return self;
}

void
rt_store_chat_page_free (RtStoreChatPage *self)
{
  g_ptr_array_unref (self->messages);
  g_free (self);
}
