/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-message-item-private.h"
#include "rt-model-enums.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* Of one value among several, so much is shown. */
#define MAX_VALUE_CHARS 4096
#define MAX_VALUES 1000

struct _RtMessageItem {
  GObject        parent_instance;
  P2pMessage    *message;
  RtTimelineKey  key;
  gsize          weight;
  char          *written;       /* NULL but for own ones */
  char          *text;
  char          *sender;
  char          *sender_name;
  char          *recipient;
  char          *recipient_name;
  char          *delivery_error;
  RtMessageKind  kind;
  RtDelivery     delivery;
  guint          n_links;
  guint          truncated : 1;
  guint          own : 1;
  guint          private : 1;
};

static void timeline_item_iface_init (RtTimelineItemInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtMessageItem, rt_message_item, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_ITEM, timeline_item_iface_init))

enum {
  PROP_0,
  PROP_MESSAGE,
  PROP_KIND,
  PROP_TEXT,
  PROP_TRUNCATED,
  PROP_SENDER,
  PROP_SENDER_NAME,
  PROP_OWN,
  PROP_PRIVATE,
  PROP_RECIPIENT,
  PROP_RECIPIENT_NAME,
  PROP_DELIVERY,
  PROP_DELIVERY_TEXT,
  PROP_DELIVERY_ERROR,
  PROP_N_LINKS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* ---- what is shown of values ---- */

static const char *
name_type (GVariant *value)
{
  const GVariantType *type = g_variant_get_type (value);

  if (g_variant_type_equal (type, G_VARIANT_TYPE_UNIT))
    return _("nothing");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    return _("boolean");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_INT64) || g_variant_type_equal (type, G_VARIANT_TYPE_UINT64))
    return _("number");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_DOUBLE))
    return _("decimal number");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_STRING) || g_variant_type_equal (type, G_VARIANT_TYPE ("(ay)")))
    return _("text");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING))
    return _("bytes");
  if (g_variant_type_equal (type, G_VARIANT_TYPE ("av")))
    return _("list");
  if (g_variant_type_equal (type, G_VARIANT_TYPE_VARDICT) || g_variant_type_equal (type, G_VARIANT_TYPE ("a(vv)")))
    return _("map");
  return _("value");
}

static char *
describe_values (P2pMessage *message, gboolean *truncated)
{
  gsize n = p2p_message_get_n_packets (message);
  g_autoptr (GString) lines = g_string_new (NULL);

  *truncated = FALSE;
  for (gsize i = 1; i < n; i++)
    {
      g_autoptr (GVariant) value = p2p_message_get_packet (message, i);
      g_autofree char *printed = NULL, *line = NULL;

      if (value == NULL)
        continue;
      if (i > MAX_VALUES || lines->len > RT_MESSAGE_MAX_TEXT)
        {
          *truncated = TRUE;
          break;
        }
      printed = p2p_value_print (value, MAX_VALUE_CHARS);
      line = rt_sanitise_line (printed, RT_MESSAGE_MAX_TEXT);
      if (lines->len > 0)
        g_string_append_c (lines, '\n');
      /* Translators: a value that a program sent: its type, and what it is */
      g_string_append_printf (lines, _("%s: %s"), name_type (value), line);
    }
  if (lines->len == 0)
    g_string_append (lines, _("(an empty message)"));
  return g_string_free (g_steal_pointer (&lines), FALSE);
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

static char *
dup_delivery_text (RtMessageItem *self)
{
  switch (self->delivery)
    {
    case RT_DELIVERY_SENDING:
      return g_strdup (_("Sending…"));
    case RT_DELIVERY_HANDED:
      return g_strdup_printf (ngettext ("Handed to %u peer", "Handed to %u peers", self->n_links), self->n_links);
    case RT_DELIVERY_NOBODY:
      return g_strdup (_("Nobody was there to take it"));
    case RT_DELIVERY_FAILED:
      /* Translators: %s is what went wrong */
      return self->delivery_error != NULL ? g_strdup_printf (_("Not sent: %s"), self->delivery_error) : g_strdup (_("Not sent"));
    case RT_DELIVERY_NONE:
    default:
      return NULL;
    }
}

static void
rt_message_item_finalize (GObject *object)
{
  RtMessageItem *self = RT_MESSAGE_ITEM (object);

  g_clear_pointer (&self->message, p2p_message_unref);
  g_free (self->written);
  g_free (self->text);
  g_free (self->sender);
  g_free (self->sender_name);
  g_free (self->recipient);
  g_free (self->recipient_name);
  g_free (self->delivery_error);

  G_OBJECT_CLASS (rt_message_item_parent_class)->finalize (object);
}

static void
rt_message_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtMessageItem *self = RT_MESSAGE_ITEM (object);

  switch (prop_id)
    {
    case PROP_MESSAGE: g_value_set_boxed (value, self->message); break;
    case PROP_KIND: g_value_set_enum (value, (int) self->kind); break;
    case PROP_TEXT: g_value_set_string (value, self->text); break;
    case PROP_TRUNCATED: g_value_set_boolean (value, self->truncated); break;
    case PROP_SENDER: g_value_set_string (value, self->sender); break;
    case PROP_SENDER_NAME: g_value_set_string (value, self->sender_name); break;
    case PROP_OWN: g_value_set_boolean (value, self->own); break;
    case PROP_PRIVATE: g_value_set_boolean (value, self->private); break;
    case PROP_RECIPIENT: g_value_set_string (value, self->recipient); break;
    case PROP_RECIPIENT_NAME: g_value_set_string (value, self->recipient_name); break;
    case PROP_DELIVERY: g_value_set_enum (value, (int) self->delivery); break;
    case PROP_DELIVERY_TEXT: g_value_take_string (value, dup_delivery_text (self)); break;
    case PROP_DELIVERY_ERROR: g_value_set_string (value, self->delivery_error); break;
    case PROP_N_LINKS: g_value_set_uint (value, self->n_links); break;
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

  properties[PROP_MESSAGE] = g_param_spec_boxed ("message", NULL, NULL, P2P_TYPE_MESSAGE, flags);
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, RT_TYPE_MESSAGE_KIND, RT_MESSAGE_TEXT, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_TRUNCATED] = g_param_spec_boolean ("truncated", NULL, NULL, FALSE, flags);
  properties[PROP_SENDER] = g_param_spec_string ("sender", NULL, NULL, NULL, flags);
  properties[PROP_SENDER_NAME] = g_param_spec_string ("sender-name", NULL, NULL, NULL, flags);
  properties[PROP_OWN] = g_param_spec_boolean ("own", NULL, NULL, FALSE, flags);
  properties[PROP_PRIVATE] = g_param_spec_boolean ("private", NULL, NULL, FALSE, flags);
  properties[PROP_RECIPIENT] = g_param_spec_string ("recipient", NULL, NULL, NULL, flags);
  properties[PROP_RECIPIENT_NAME] = g_param_spec_string ("recipient-name", NULL, NULL, NULL, flags);
  properties[PROP_DELIVERY] = g_param_spec_enum ("delivery", NULL, NULL, RT_TYPE_DELIVERY, RT_DELIVERY_NONE, flags);
  properties[PROP_DELIVERY_TEXT] = g_param_spec_string ("delivery-text", NULL, NULL, NULL, flags);
  properties[PROP_DELIVERY_ERROR] = g_param_spec_string ("delivery-error", NULL, NULL, NULL, flags);
  properties[PROP_N_LINKS] = g_param_spec_uint ("n-links", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
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

RtMessageItem *
rt_message_item_new_received (P2pMessage *message, gint64 heard, gint64 sequence)
{
  RtMessageItem *self;
  g_autofree char *text = NULL;
  gboolean truncated;

  g_return_val_if_fail (message != NULL, NULL);

  self = g_object_new (RT_TYPE_MESSAGE_ITEM, NULL);
  self->message = p2p_message_ref (message);
  self->key.time = heard;
  self->key.sequence = sequence;
  self->private = p2p_message_get_flag (message) == P2P_FLAG_WHISPER;
  set_people (self, p2p_message_get_sender (message), NULL);
  self->sender_name = rt_short_id (self->sender);
  text = p2p_message_dup_text (message);
  if (text != NULL)
    {
      self->kind = RT_MESSAGE_TEXT;
      self->text = rt_sanitise_text (text, RT_MESSAGE_MAX_TEXT, &truncated);
    }
  else
    {
      g_autofree char *values = describe_values (message, &truncated);
      gboolean cut;

      self->kind = RT_MESSAGE_VALUES;
      self->text = rt_sanitise_text (values, RT_MESSAGE_MAX_TEXT, &cut);
      truncated = truncated || cut;
    }
  self->truncated = truncated != FALSE;
  self->weight = p2p_message_get_length (message) + strlen (self->text);
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

P2pMessage *
rt_message_item_get_message (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->message;
}

RtMessageKind
rt_message_item_get_kind (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), RT_MESSAGE_TEXT);
  return self->kind;
}

const char *
rt_message_item_get_text (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->text;
}

const char *
rt_message_item_get_written (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->written;
}

const char *
rt_message_item_get_sender (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->sender;
}

const char *
rt_message_item_get_sender_name (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->sender_name;
}

gboolean
rt_message_item_get_own (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->own;
}

gboolean
rt_message_item_get_private (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), FALSE);
  return self->private;
}

const char *
rt_message_item_get_recipient (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->recipient;
}

RtDelivery
rt_message_item_get_delivery (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), RT_DELIVERY_NONE);
  return self->delivery;
}

guint
rt_message_item_get_n_links (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->n_links;
}

const char *
rt_message_item_get_delivery_error (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), NULL);
  return self->delivery_error;
}

gint64
rt_message_item_get_time (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->key.time;
}

gint64
rt_message_item_get_sent_time (RtMessageItem *self)
{
  g_return_val_if_fail (RT_IS_MESSAGE_ITEM (self), 0);
  return self->message != NULL ? p2p_message_get_time (self->message) : 0;
}

static void
set_delivery (RtMessageItem *self, RtDelivery delivery, guint n_links, const char *error)
{
  gboolean changed = FALSE;

  if (self->n_links != n_links)
    {
      self->n_links = n_links;
      changed = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_LINKS]);
    }
  if (g_strcmp0 (self->delivery_error, error) != 0)
    {
      g_free (self->delivery_error);
      self->delivery_error = g_strdup (error);
      changed = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DELIVERY_ERROR]);
    }
  if (self->delivery != delivery)
    {
      self->delivery = delivery;
      changed = TRUE;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DELIVERY]);
    }
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DELIVERY_TEXT]);
}

void
rt_message_item_set_sent (RtMessageItem *self, P2pMessage *message, RtDelivery delivery, guint n_links, const char *error)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (message != NULL && message != self->message)
    {
      g_clear_pointer (&self->message, p2p_message_unref);
      self->message = p2p_message_ref (message);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
    }
  set_delivery (self, delivery, n_links, error);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_message_item_set_sending (RtMessageItem *self)
{
  g_return_if_fail (RT_IS_MESSAGE_ITEM (self));

  g_object_freeze_notify (G_OBJECT (self));
  set_delivery (self, RT_DELIVERY_SENDING, 0, NULL);
  g_object_thaw_notify (G_OBJECT (self));
}
