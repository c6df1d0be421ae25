/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "fake-network.h"
#include "model/transfers/rt-transfers.h"

#define OWN_ID "Me4xWgQqVb7nD2sKzT9pRfHu3yLcMj8aEo5iXkZvBt1mPwNGdS6rJhYCFAUqTe2b"

struct _RtNetwork {
  GObject           parent_instance;
  gboolean behind;
  char             *title, *error, *failure;
  RtNetworkState    state;
  guint             n_peers;
  gint64            sequence;
  RtMemoryTimeline *timeline;
  RtPeople         *people;
  GListStore       *gaps;
  char             *draft;
  guint             unread;
  RtTimelineKey     first_unread;
  GString          *calls;
  RtTable          *table;
  RtTransfers      *transfers;
  RtSettings       *settings;
};

enum { PROP_0, PROP_STATE, PROP_ERROR, PROP_N_PEERS, PROP_UNREAD, N_PROPS };

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
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
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
  g_free (self->draft);
  g_object_unref (self->timeline);
  g_object_unref (self->people);
  g_object_unref (self->gaps);
  g_string_free (self->calls, TRUE);
  g_clear_object (&self->table);
  g_clear_object (&self->transfers);
  g_clear_object (&self->settings);
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
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_signal_new ("message-added", RT_TYPE_NETWORK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_MESSAGE_ITEM);
  g_signal_new ("caught-up", RT_TYPE_NETWORK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, RT_TYPE_CATCH_UP);
  g_signal_new ("chat-loaded", RT_TYPE_NETWORK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
rt_network_init (RtNetwork *self)
{
  self->timeline = rt_memory_timeline_new (RT_MEMORY_TIMELINE_MAX_ITEMS);
  self->people = rt_people_new ();
  self->gaps = g_list_store_new (RT_TYPE_GAP);
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

/* As the real one does: who is called what */
static void
name_item (RtNetwork *self, RtMessageItem *item)
{
  g_autofree char *name = rt_people_dup_name (self->people, rt_message_item_get_sender (item));
  g_autofree char *word = rt_people_dup_word (self->people, rt_message_item_get_sender (item));

  rt_message_item_set_sender_name (item, name, word);
}

void
fake_network_name (RtNetwork *self, const char *id, const char *name)
{
  gint64 now = g_get_real_time ();

  rt_people_note_name (self->people, id, name, now);
  rt_people_flush (self->people, now);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->timeline)); i++)
    {
      g_autoptr (RtMessageItem) item = g_list_model_get_item (G_LIST_MODEL (self->timeline), i);

      if (!rt_message_item_get_own (item))
        name_item (self, item);
    }
}

void
fake_network_know_key (RtNetwork *self, const char *id)
{
  g_autoptr (GBytes) key = g_bytes_new (id, 32);
  gint64 now = g_get_real_time ();

  rt_people_note_heard (self->people, id, now);
  rt_people_flush (self->people, now);
  g_assert_true (rt_people_note_key (self->people, id, key, now));
}

void
fake_network_set_unread (RtNetwork *self, guint unread, const RtTimelineKey *first)
{
  self->unread = unread;
  if (first != NULL)
    self->first_unread = *first;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
}

void
fake_network_add_gap (RtNetwork *self, RtGap *gap)
{
  g_list_store_append (self->gaps, gap);
}

RtMessageItem *
fake_network_hear (RtNetwork *self, const char *sender, gint64 when, gboolean private, GVariant *packets)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = p2p_message_new (private ? P2P_FLAG_WHISPER : P2P_FLAG_BROADCAST, sender, when / G_USEC_PER_SEC, packets, &error);
  g_autoptr (RtMessageItem) item = NULL;

  g_assert_no_error (error);
  item = rt_message_item_new_received (message, when, ++self->sequence);
  rt_people_note_heard (self->people, sender, when);
  rt_people_flush (self->people, when);
  name_item (self, item);
  rt_memory_timeline_add (self->timeline, RT_TIMELINE_ITEM (item));
  g_signal_emit_by_name (self, "message-added", item);
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
rt_network_send (RtNetwork *self, const char *text, const char *recipient, GBytes *reply_to, RtAttachment *attachment, GError **error)
{
  RtMessageItem *item;

  if (recipient != NULL)
    g_string_append_printf (self->calls, "whisper %s %s\n", recipient, text);
  else
    g_string_append_printf (self->calls, "send %s\n", text);
  if (reply_to != NULL)
    g_string_append (self->calls, "  as a reply\n");
  item = say (self, recipient, text, error);
  if (item != NULL && reply_to != NULL)
    {
      rt_message_item_set_reply_to (item, reply_to);
      rt_network_look_up_reply (self, item);
    }
  return item;
}

guint
rt_network_get_unread (RtNetwork *self)
{
  return self->unread;
}

gboolean
rt_network_get_first_unread (RtNetwork *self, RtTimelineKey *key)
{
  *key = self->first_unread;
  return key->time != 0;
}

char *
rt_network_dup_draft (RtNetwork *self)
{
  return g_strdup (self->draft);
}

void
rt_network_set_draft (RtNetwork *self, const char *text)
{
  char *copy = g_strdup (text);

  g_free (self->draft);
  self->draft = copy;
}

RtStoreChat *
rt_network_get_chat (RtNetwork *self)
{
  return NULL;
}

RtPeople *
rt_network_get_people (RtNetwork *self)
{
  return self->people;
}

RtWay
rt_network_get_way (RtNetwork *self, const char *id)
{
  RtPerson *person = rt_people_find (self->people, id);

  if (person == NULL || rt_person_get_key (person) == NULL)
    return RT_WAY_PLAIN;
  if (rt_person_get_neighbour (person))
    return RT_WAY_LINK;
  return self->n_peers > 0 ? RT_WAY_THROUGH : RT_WAY_WAITS;
}

GListModel *
rt_network_get_gaps (RtNetwork *self)
{
  return G_LIST_MODEL (self->gaps);
}

static RtMessageItem *
find (RtNetwork *self, GBytes *id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->timeline)); i++)
    {
      g_autoptr (RtMessageItem) item = g_list_model_get_item (G_LIST_MODEL (self->timeline), i);

      if (rt_message_item_get_id (item) != NULL && g_bytes_equal (rt_message_item_get_id (item), id))
        return g_steal_pointer (&item);
    }
  return NULL;
}

void
rt_network_find_message_async (RtNetwork *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, find (self, id), g_object_unref);
}

RtMessageItem *
rt_network_find_message_finish (RtNetwork *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_network_look_up_reply (RtNetwork *self, RtMessageItem *item)
{
  g_autoptr (RtMessageItem) original = find (self, rt_message_item_get_reply_to (item));

  if (original != NULL)
    rt_message_item_set_reply (item, RT_REPLY_FOUND, rt_message_item_get_text (original), rt_message_item_get_sender_name (original));
  else
    rt_message_item_set_reply (item, RT_REPLY_UNKNOWN, NULL, NULL);
}

void
rt_network_cancel (RtNetwork *self, RtMessageItem *item)
{
  g_string_append_printf (self->calls, "cancel %s\n", rt_message_item_get_text (item));
  fake_network_deliver (self, item, RT_DELIVERY_CANCELLED, 0, NULL);
}

void
rt_network_retry (RtNetwork *self, RtMessageItem *item)
{
  g_string_append_printf (self->calls, "retry %s\n", rt_message_item_get_text (item));
  fake_network_deliver (self, item, RT_DELIVERY_SENDING, 0, NULL);
}

/* Of tests that need them; NULL otherwise */
RtTable *
rt_network_get_table (RtNetwork *self)
{
  return self->table;
}

RtTransfers *
rt_network_get_transfers (RtNetwork *self)
{
  return self->transfers;
}

RtSettings *
rt_network_get_settings (RtNetwork *self)
{
  return self->settings;
}

void
fake_network_set_settings (RtNetwork *self, RtSettings *settings)
{
  g_set_object (&self->settings, settings);
}

void
rt_network_set_following (RtNetwork *self, gboolean following)
{
  self->behind = !following;
}

/* one page shows it, so it may say where one reads */
gboolean
rt_network_get_active (RtNetwork *self)
{
  return FALSE;
}

gboolean
fake_network_get_following (RtNetwork *self)
{
  return !self->behind;
}

void
fake_network_set_table (RtNetwork *self, RtTable *table)
{
  g_set_object (&self->table, table);
}

void
fake_network_set_transfers (RtNetwork *self, RtTransfers *transfers)
{
  g_set_object (&self->transfers, transfers);
}
