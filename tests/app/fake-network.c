/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fake-network.h"

#define OWN_ID "Me4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe2b"

struct _RtNetwork {
  GObject           parent_instance;
  char             *title, *error, *failure;
  RtNetworkState    state;
  guint             n_peers;
  gint64            sequence;
  RtMemoryTimeline *timeline;
  GString          *calls;
};

enum { PROP_0, PROP_STATE, PROP_ERROR, PROP_N_PEERS, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (RtNetwork, rt_network, G_TYPE_OBJECT)

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  RtNetwork *self = RT_NETWORK (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;
    case PROP_N_PEERS:
      g_value_set_uint (value, self->n_peers);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
finalize (GObject *object)
{
  RtNetwork *self = RT_NETWORK (object);

  g_free (self->title);
  g_free (self->error);
  g_free (self->failure);
  g_object_unref (self->timeline);
  g_string_free (self->calls, TRUE);
  G_OBJECT_CLASS (rt_network_parent_class)->finalize (object);
}

static void
rt_network_class_init (RtNetworkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = get_property;
  object_class->finalize = finalize;
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_PEERS] = g_param_spec_uint ("n-peers", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_network_init (RtNetwork *self)
{
  self->timeline = rt_memory_timeline_new (RT_MEMORY_TIMELINE_MAX_ITEMS);
  self->calls = g_string_new (NULL);
  self->state = RT_NETWORK_CONNECTED;
  self->n_peers = 2;
}

RtNetwork *
fake_network_new (const char *title)
{
  RtNetwork *self = g_object_new (RT_TYPE_NETWORK, NULL);

  self->title = g_strdup (title);
  return self;
}

void
fake_network_set_state (RtNetwork *self, RtNetworkState state, const char *error)
{
  self->state = state;
  g_free (self->error);
  self->error = g_strdup (error);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
fake_network_set_n_peers (RtNetwork *self, guint n_peers)
{
  self->n_peers = n_peers;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PEERS]);
}

void
fake_network_fail_next (RtNetwork *self, const char *words)
{
  self->failure = g_strdup (words);
}

char *
fake_network_steal_calls (RtNetwork *self)
{
  char *calls = g_string_free (self->calls, FALSE);

  self->calls = g_string_new (NULL);
  return calls;
}

RtMessageItem *
fake_network_hear (RtNetwork *self, const char *sender, gint64 when, gboolean private, GVariant *packets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = p2p_message_new (private ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, sender, when / G_USEC_PER_SEC, packets, &error);
  g_autoptr (RtMessageItem) item = NULL;

  g_assert_no_error (error);
  item = rt_message_item_new_received (message, when, ++self->sequence);
  rt_memory_timeline_add (self->timeline, RT_TIMELINE_ITEM (item));
  return item;
}

RtMessageItem *
fake_network_hear_text (RtNetwork *self, const char *sender, gint64 when, const char *text)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (P2P_SUBFLAG_BROADCAST));
  g_variant_builder_add (&builder, "v", g_variant_new_string (text));
  return fake_network_hear (self, sender, when, FALSE, g_variant_builder_end (&builder));
}

void
fake_network_deliver (RtNetwork *self, RtMessageItem *item, RtDelivery delivery, guint n_links, const char *error)
{
  rt_message_item_set_sent (item, NULL, delivery, n_links, error);
  rt_memory_timeline_item_changed (self->timeline, RT_TIMELINE_ITEM (item));
}

RtMessageItem *
fake_network_say (RtNetwork *self, gint64 when, const char *recipient, const char *text)
{
  g_autoptr (RtMessageItem) item = rt_message_item_new_own (OWN_ID, "Wilma", text, recipient != NULL, recipient, when, ++self->sequence);

  rt_memory_timeline_add (self->timeline, RT_TIMELINE_ITEM (item));
  return item;
}

static RtMessageItem *
say (RtNetwork *self, const char *recipient, const char *text, GError **error)
{
  if (self->failure != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, self->failure);
      g_clear_pointer (&self->failure, g_free);
      return NULL;
    }
  return fake_network_say (self, g_get_real_time (), recipient, text);
}

/* What the chat page uses of the real one */

RtNetworkState
rt_network_get_state (RtNetwork *self)
{
  return self->state;
}

const char *
rt_network_get_error (RtNetwork *self)
{
  return self->error;
}

guint
rt_network_get_n_peers (RtNetwork *self)
{
  return self->n_peers;
}

RtTimelineSource *
rt_network_get_timeline (RtNetwork *self)
{
  return RT_TIMELINE_SOURCE (self->timeline);
}

RtMessageItem *
rt_network_send_text (RtNetwork *self, const char *text, GError **error)
{
  g_string_append_printf (self->calls, "send %s\n", text);
  return say (self, NULL, text, error);
}

RtMessageItem *
rt_network_whisper_text (RtNetwork *self, const char *id, const char *text, GError **error)
{
  g_string_append_printf (self->calls, "whisper %s %s\n", id, text);
  return say (self, id, text, error);
}

void
rt_network_retry (RtNetwork *self, RtMessageItem *item)
{
  g_string_append_printf (self->calls, "retry %s\n", rt_message_item_get_text (item));
  fake_network_deliver (self, item, RT_DELIVERY_SENDING, 0, NULL);
}
