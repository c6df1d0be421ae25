/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-message-item-private.h"
#include "model/rt-model-enums.h"

#include <string.h>

static void timeline_item_iface_init (RtTimelineItemInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtMessageItem, rt_message_item, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_ITEM, timeline_item_iface_init))

static GParamSpec *properties[RT_MESSAGE_N_PROPS];

void
rt_message_item_notify (RtMessageItem *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

/* ---- interface ---- */

static void
get_key (RtTimelineItem *item, RtTimelineKey *key)
{
  *key = RT_MESSAGE_ITEM (item)->key;
}

static gsize
get_weight (RtTimelineItem *item)
{
  return RT_MESSAGE_ITEM (item)->weight;
}

static void
timeline_item_iface_init (RtTimelineItemInterface *iface)
{
  iface->get_key = get_key;
  iface->get_weight = get_weight;
}

/* ---- object ---- */

static void
rt_message_item_finalize (GObject *object)
{
  RtMessageItem *self = RT_MESSAGE_ITEM (object);

  g_clear_pointer (&self->message, p2p_message_unref);
  g_clear_pointer (&self->id, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->reply_to, g_bytes_unref);
  g_clear_pointer (&self->file, g_bytes_unref);
  g_clear_pointer (&self->proof, g_bytes_unref);
  g_free (self->claimed_name);
  g_clear_pointer (&self->receipts, g_array_unref);
  g_clear_object (&self->attachment);
  g_free (self->written);
  g_free (self->text);
  g_free (self->sender);
  g_free (self->sender_name);
  g_free (self->sender_word);
  g_free (self->recipient);
  g_free (self->recipient_name);
  g_free (self->delivery_error);
  g_free (self->told);
  g_free (self->via);
  g_free (self->reply_preview);
  g_free (self->reply_name);

  G_OBJECT_CLASS (rt_message_item_parent_class)->finalize (object);
}

static void
rt_message_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtMessageItem *self = RT_MESSAGE_ITEM (object);

  switch (prop_id)
    {
    case RT_MESSAGE_PROP_MESSAGE: g_value_set_boxed (value, rt_message_item_get_message (self)); break;
    case RT_MESSAGE_PROP_KIND: g_value_set_enum (value, (int) self->kind); break;
    case RT_MESSAGE_PROP_TEXT: g_value_set_string (value, self->text); break;
    case RT_MESSAGE_PROP_TRUNCATED: g_value_set_boolean (value, self->truncated); break;
    case RT_MESSAGE_PROP_SENDER: g_value_set_string (value, self->sender); break;
    case RT_MESSAGE_PROP_SENDER_NAME: g_value_set_string (value, self->sender_name); break;
    case RT_MESSAGE_PROP_SENDER_WORD: g_value_set_string (value, self->sender_word); break;
    case RT_MESSAGE_PROP_OWN: g_value_set_boolean (value, self->own); break;
    case RT_MESSAGE_PROP_PRIVATE: g_value_set_boolean (value, self->private); break;
    case RT_MESSAGE_PROP_RECIPIENT: g_value_set_string (value, self->recipient); break;
    case RT_MESSAGE_PROP_RECIPIENT_NAME: g_value_set_string (value, self->recipient_name); break;
    case RT_MESSAGE_PROP_DELIVERY: g_value_set_enum (value, (int) self->delivery); break;
    case RT_MESSAGE_PROP_DELIVERY_TEXT: g_value_take_string (value, rt_message_item_dup_delivery_text (self)); break;
    case RT_MESSAGE_PROP_DELIVERY_ERROR: g_value_set_string (value, self->delivery_error); break;
    case RT_MESSAGE_PROP_N_LINKS: g_value_set_uint (value, self->n_links); break;
    case RT_MESSAGE_PROP_ID: g_value_set_boxed (value, self->id); break;
    case RT_MESSAGE_PROP_REPLY_TO: g_value_set_boxed (value, self->reply_to); break;
    case RT_MESSAGE_PROP_REPLY_STATE: g_value_set_enum (value, (int) self->reply_state); break;
    case RT_MESSAGE_PROP_REPLY_PREVIEW: g_value_set_string (value, self->reply_preview); break;
    case RT_MESSAGE_PROP_REPLY_NAME: g_value_set_string (value, self->reply_name); break;
    case RT_MESSAGE_PROP_N_RECEIPTS: g_value_set_uint (value, rt_message_item_get_n_receipts (self)); break;
    case RT_MESSAGE_PROP_RECEIPT_WORDS: g_value_take_string (value, rt_message_item_dup_receipt_words (self)); break;
    case RT_MESSAGE_PROP_N_ATTEMPTS: g_value_set_uint (value, self->n_attempts); break;
    case RT_MESSAGE_PROP_NEXT_TRY: g_value_set_int64 (value, self->next_try); break;
    case RT_MESSAGE_PROP_TOLD: g_value_set_string (value, self->told); break;
    case RT_MESSAGE_PROP_MENTION: g_value_set_boolean (value, self->mention); break;
    case RT_MESSAGE_PROP_ATTACHMENT: g_value_set_object (value, self->attachment); break;
    case RT_MESSAGE_PROP_TRUST: g_value_set_enum (value, (int) rt_message_item_get_trust (self)); break;
    case RT_MESSAGE_PROP_TRUST_WORDS: g_value_set_string (value, rt_trust_words (rt_message_item_get_trust (self))); break;
    case RT_MESSAGE_PROP_SEALED: g_value_set_boolean (value, self->sealed); break;
    case RT_MESSAGE_PROP_THROUGH: g_value_set_boolean (value, self->through); break;
    case RT_MESSAGE_PROP_VIA: g_value_set_string (value, self->via); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_message_item_class_init (RtMessageItemClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_message_item_finalize;
  object_class->get_property = rt_message_item_get_property;

  properties[RT_MESSAGE_PROP_MESSAGE] = g_param_spec_boxed ("message", NULL, NULL, P2P_TYPE_MESSAGE, flags);
  properties[RT_MESSAGE_PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, RT_TYPE_MESSAGE_KIND, RT_MESSAGE_TEXT, flags);
  properties[RT_MESSAGE_PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_TRUNCATED] = g_param_spec_boolean ("truncated", NULL, NULL, FALSE, flags);
  properties[RT_MESSAGE_PROP_SENDER] = g_param_spec_string ("sender", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_SENDER_NAME] = g_param_spec_string ("sender-name", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_SENDER_WORD] = g_param_spec_string ("sender-word", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_OWN] = g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  properties[RT_MESSAGE_PROP_PRIVATE] = g_param_spec_boolean ("private", NULL, NULL, FALSE, flags);
  properties[RT_MESSAGE_PROP_RECIPIENT] = g_param_spec_string ("recipient", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_RECIPIENT_NAME] = g_param_spec_string ("recipient-name", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_DELIVERY] = g_param_spec_enum ("delivery", NULL, NULL, RT_TYPE_DELIVERY, RT_DELIVERY_NONE, flags);
  properties[RT_MESSAGE_PROP_DELIVERY_TEXT] = g_param_spec_string ("delivery-text", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_DELIVERY_ERROR] = g_param_spec_string ("delivery-error", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_N_LINKS] = g_param_spec_uint ("n-links", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[RT_MESSAGE_PROP_ID] = g_param_spec_boxed ("id", NULL, NULL, G_TYPE_BYTES, flags);
  properties[RT_MESSAGE_PROP_REPLY_TO] = g_param_spec_boxed ("reply-to", NULL, NULL, G_TYPE_BYTES, flags);
  properties[RT_MESSAGE_PROP_REPLY_STATE] = g_param_spec_enum ("reply-state", NULL, NULL, RT_TYPE_REPLY_STATE, RT_REPLY_NONE, flags);
  properties[RT_MESSAGE_PROP_REPLY_PREVIEW] = g_param_spec_string ("reply-preview", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_REPLY_NAME] = g_param_spec_string ("reply-name", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_N_RECEIPTS] = g_param_spec_uint ("n-receipts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[RT_MESSAGE_PROP_RECEIPT_WORDS] = g_param_spec_string ("receipt-words", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_N_ATTEMPTS] = g_param_spec_uint ("n-attempts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[RT_MESSAGE_PROP_NEXT_TRY] = g_param_spec_int64 ("next-try", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[RT_MESSAGE_PROP_TOLD] = g_param_spec_string ("told", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_MENTION] = g_param_spec_boolean ("mention", NULL, NULL, FALSE, flags);
  properties[RT_MESSAGE_PROP_ATTACHMENT] = g_param_spec_object ("attachment", NULL, NULL, G_TYPE_OBJECT, flags);
  properties[RT_MESSAGE_PROP_VIA] = g_param_spec_string ("via", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_TRUST] = g_param_spec_enum ("trust", NULL, NULL, RT_TYPE_TRUST, RT_TRUST_OWN, flags);
  properties[RT_MESSAGE_PROP_TRUST_WORDS] = g_param_spec_string ("trust-words", NULL, NULL, NULL, flags);
  properties[RT_MESSAGE_PROP_SEALED] = g_param_spec_boolean ("sealed", NULL, NULL, FALSE, flags);
  properties[RT_MESSAGE_PROP_THROUGH] = g_param_spec_boolean ("through", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, RT_MESSAGE_N_PROPS, properties);
}

static void
rt_message_item_init (RtMessageItem *self)
{
}

static void
set_people (RtMessageItem *self, const char *sender, const char *recipient)
{
  self->sender = g_strdup (sender);
  self->recipient = g_strdup (recipient);
  if (recipient != NULL)
    self->recipient_name = rt_short_id (recipient);
}

static void
take_message (RtMessageItem *self, P2pMessage *message)
{
  self->message = p2p_message_ref (message);
  self->sent = p2p_message_get_time (message);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->id, g_bytes_unref);
  self->id = p2p_message_get_id (message);
}

RtMessageItem *
rt_message_item_new_received (P2pMessage *message, gint64 heard, gint64 sequence)
{
  RtMessageItem *self;

  g_return_val_if_fail (message != NULL, NULL);

  self = g_object_new (RT_TYPE_MESSAGE_ITEM, NULL);
  take_message (self, message);
  self->key.time = heard;
  self->key.sequence = sequence;
  self->private = p2p_message_get_flag (message) == P2P_FLAG_WHISPER;
  set_people (self, p2p_message_get_sender (message), NULL);
  self->sender_name = rt_short_id (self->sender);
  rt_message_item_take_trust (self, message);
  rt_message_item_take_shown (self, message);
  self->weight = p2p_message_get_length (message) + strlen (self->text);
  return self;
}

RtMessageItem *
rt_message_item_new_told (P2pMessage *message, gint64 time, gint64 sequence, const char *teller)
{
  RtMessageItem *self = rt_message_item_new_received (message, time, sequence);

  self->told = g_strdup (teller);
  return self;
}

RtMessageItem *
rt_message_item_new_own (const char *own_id,
                         const char *own_name,
                         const char *text,
                         gboolean    is_private,
                         const char *recipient,
                         gint64      written,
                         gint64      sequence)
{
  RtMessageItem *self;
  gboolean truncated;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_object_new (RT_TYPE_MESSAGE_ITEM, NULL);
  self->key.time = written;
  self->key.sequence = sequence;
  self->own = TRUE;
  self->private = is_private != FALSE;
  self->delivery = RT_DELIVERY_SENDING;
  self->kind = RT_MESSAGE_TEXT;
  set_people (self, own_id, recipient);
  self->sender_name = own_name != NULL && *own_name != '\0' ? rt_sanitise_line (own_name, RT_MESSAGE_MAX_TEXT) : rt_short_id (own_id);
  self->written = g_strdup (text);
  self->text = rt_sanitise_text (text, RT_MESSAGE_MAX_TEXT, &truncated);
  self->truncated = truncated != FALSE;
  self->weight = 3 * strlen (text);     /* as written, as shown, and in the message */
  return self;
}

static void
set_delivery (RtMessageItem *self, RtDelivery delivery, guint n_links, const char *error)
{
  gboolean changed = FALSE;

  if (self->n_links != n_links)
    {
      self->n_links = n_links;
      changed = TRUE;
      rt_message_item_notify (self, RT_MESSAGE_PROP_N_LINKS);
    }
  if (g_strcmp0 (self->delivery_error, error) != 0)
    {
      g_free (self->delivery_error);
      self->delivery_error = g_strdup (error);
      changed = TRUE;
      rt_message_item_notify (self, RT_MESSAGE_PROP_DELIVERY_ERROR);
    }
  if (self->delivery != delivery)
    {
      self->delivery = delivery;
      changed = TRUE;
      rt_message_item_notify (self, RT_MESSAGE_PROP_DELIVERY);
    }
  if (changed)
    rt_message_item_notify (self, RT_MESSAGE_PROP_DELIVERY_TEXT);
}

void
rt_message_item_set_sent (RtMessageItem *self, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (message != NULL && message != self->message)
    {
      g_clear_pointer (&self->message, p2p_message_unref);
      take_message (self, message);
      rt_message_item_notify (self, RT_MESSAGE_PROP_MESSAGE);
      rt_message_item_take_trust (self, message);
      rt_message_item_notify (self, RT_MESSAGE_PROP_ID);
    }
  set_delivery (self, delivery, n_links, error);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_message_item_clear_message (RtMessageItem *self)
{
  if (self->id == NULL && self->message == NULL)
    return;
  g_clear_pointer (&self->message, p2p_message_unref);
  g_clear_pointer (&self->id, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  self->sent = 0;
  rt_message_item_notify (self, RT_MESSAGE_PROP_MESSAGE);
  rt_message_item_notify (self, RT_MESSAGE_PROP_ID);
}

void
rt_message_item_set_sending (RtMessageItem *self)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  g_object_freeze_notify (G_OBJECT (self));
  set_delivery (self, RT_DELIVERY_SENDING, 0, NULL);
  g_object_thaw_notify (G_OBJECT (self));
}
