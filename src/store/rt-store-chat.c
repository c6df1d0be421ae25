/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-store-chat-private.h"
#include "rt-store-search.h"

struct _RtStoreChat {
  GObject  parent_instance;
  RtStore *store;
  char    *network;
  gint64   next_row;
};

G_DEFINE_FINAL_TYPE (RtStoreChat, rt_store_chat, G_TYPE_OBJECT)

enum { PROP_0, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void
rt_store_chat_finalize (GObject *object)
{
  RtStoreChat *self = RT_STORE_CHAT (object);

  g_clear_object (&self->store);
  g_free (self->network);

  G_OBJECT_CLASS (rt_store_chat_parent_class)->finalize (object);
}

static void
rt_store_chat_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, NULL);
}

static void
rt_store_chat_class_init (RtStoreChatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_store_chat_finalize;
  object_class->get_property = rt_store_chat_get_property;
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_store_chat_init (RtStoreChat *self)
{
}

RtStoreChat *
rt_store_chat_new (RtStore *store, const char *network)
{
  RtStoreChat *self = g_object_new (RT_TYPE_STORE_CHAT, NULL);

  self->store = g_object_ref (store);
  self->network = g_strdup (network);
  return self;
}

const char *rt_store_chat_get_network (RtStoreChat *self) { return self->network; }
const char *rt_store_chat_get_error (RtStoreChat *self) { return NULL; }
gint64 rt_store_chat_take_row (RtStoreChat *self) { return ++self->next_row; }
guint64 rt_store_chat_count (RtStoreChat *self) { return 0; }
guint64 rt_store_chat_rank (RtStoreChat *self, gint64 time, gint64 row) { return 0; }
void rt_store_chat_add (RtStoreChat *self, const RtStoreMessage *message, gboolean now) { }
void rt_store_chat_update (RtStoreChat *self, const RtStoreMessage *message, gboolean now) { }
void rt_store_chat_add_receipt (RtStoreChat *self, GBytes *id, const char *node, gint64 time) { }
void rt_store_chat_set_read (RtStoreChat *self, gint64 time, gint64 row) { }
void rt_store_chat_set_draft (RtStoreChat *self, const char *text) { }
void rt_store_chat_set_muted (RtStoreChat *self, gboolean muted) { }
void rt_store_chat_set_last_seen (RtStoreChat *self, gint64 seconds) { }
void rt_store_chat_save_person (RtStoreChat *self, const RtStorePerson *person) { }
void rt_store_chat_save_gap (RtStoreChat *self, const RtStoreGap *gap) { }
void rt_store_chat_hurry (RtStoreChat *self) { }
void rt_store_hit_free (RtStoreHit *self) { }
void rt_store_result_free (RtStoreResult *self) { g_ptr_array_unref (self->hits); g_free (self); }
RtStoreQuery *rt_store_query_copy (const RtStoreQuery *self) { return g_new0 (RtStoreQuery, 1); }
void rt_store_query_free (RtStoreQuery *self) { g_free (self); }
static gpointer no_messages (void) { return g_ptr_array_new (); }
static gpointer no_message (void) { return NULL; }
static gpointer no_result (void) { RtStoreResult *result = g_new0 (RtStoreResult, 1); result->hits = g_ptr_array_new (); return result; }

void
rt_store_chat_load_async (RtStoreChat *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, (gpointer) rt_store_chat_state_new (), NULL);
}

RtStoreChatState *
rt_store_chat_load_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_chat_flush_async (RtStoreChat *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

gboolean
rt_store_chat_flush_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
rt_store_chat_page_async (RtStoreChat *self, RtStoreChatWhere where, gint64 time, gint64 row, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, (gpointer) rt_store_chat_page_new (), NULL);
}

RtStoreChatPage *
rt_store_chat_page_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_chat_find_async (RtStoreChat *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, no_message (), NULL);
}

RtStoreMessage *
rt_store_chat_find_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_chat_receipts_async (RtStoreChat *self, GBytes *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, no_messages (), NULL);
}

GPtrArray *
rt_store_chat_receipts_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_chat_history_async (RtStoreChat *self, gint64 from, gint64 until, gint64 behind_time, GBytes *behind_id, guint n, gsize max_bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, (gpointer) rt_store_chat_page_new (), NULL);
}

RtStoreChatPage *
rt_store_chat_history_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_chat_cites_async (RtStoreChat *self, const char *key, guint n, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, no_messages (), NULL);
}

GPtrArray *
rt_store_chat_cites_finish (RtStoreChat *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
rt_store_search_async (RtStore *self, const RtStoreQuery *query, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_return_pointer (task, no_result (), NULL);
}

RtStoreResult *
rt_store_search_finish (RtStore *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
