/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-archive-read.h"
#include "model/timeline/rt-message-item-private.h"
#include "model/people/rt-name.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _RtArchive {
  GObject        parent_instance;
  RtArchiveFile *file;
};

static void source_iface_init (RtTimelineSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtArchive, rt_archive, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (RT_TYPE_TIMELINE_SOURCE, source_iface_init))

/* ---- rows ---- */

/* Names are claims, and here nobody knows who is who: each has its id beside it. Nothing says “You”: whoever makes a file could let us say anything. */
static RtMessageItem *
make_item (RtArchive *self, RtStoreMessage *message)
{
  g_autofree char *word = NULL;
  RtMessageItem *item;

  if ((message->flags & RT_STORE_MESSAGE_OWN) != 0 && message->sender_name == NULL)
    message->sender_name = g_strdup (self->file->by_name);
  message->flags &= ~RT_STORE_MESSAGE_OWN;
  word = message->sender_name != NULL && *message->sender_name != '\0' ? rt_short_id (message->sender) : NULL;
  item = rt_message_item_new_stored (message);
  if (word != NULL)
    {
      g_autofree char *name = g_strdup (rt_message_item_get_sender_name (item));

      rt_message_item_set_sender_name (item, name, word);
    }
  return item;
}

typedef struct {
  RtArchive *archive;           /* for its file, which the thread looks at */
  guint      begin, end;
} Request;

static void
free_request (gpointer data)
{
  Request *request = data;

  g_object_unref (request->archive);
  g_free (request);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Request *request = data;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify) rt_store_message_free);

  for (guint i = request->begin; i < request->end; i++)
    {
      RtStoreMessage *message = rt_archive_file_get (request->archive->file, i);

      if (message != NULL)
        g_ptr_array_add (messages, message);
    }
  g_task_return_pointer (task, g_steal_pointer (&messages), (GDestroyNotify) g_ptr_array_unref);
}

static void
load_async (RtTimelineSource    *source,
            RtTimelineWhere      where,
            const RtTimelineKey *key,
            guint                n,
            GCancellable        *cancellable,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  RtArchive *self = RT_ARCHIVE (source);
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  guint length = self->file->places->len;
  guint place = where == RT_TIMELINE_TAIL ? length : rt_archive_file_find_place (self->file, key), after = place;
  Request *request = g_new0 (Request, 1);

  if (where != RT_TIMELINE_TAIL && place < length)
    {
      const RtArchivePlace *there = &g_array_index (self->file->places, RtArchivePlace, place);

      after += there->time == key->time && there->number == key->sequence;
    }
  request->archive = g_object_ref (self);
  request->begin = where == RT_TIMELINE_AFTER ? after : place - MIN (n, place);
  request->end = where == RT_TIMELINE_AFTER || where == RT_TIMELINE_AROUND ? after + MIN (n, length - after) : place;
  g_task_set_source_tag (task, load_async);
  g_task_set_name (task, "[rt-model] archive page");
  g_task_set_task_data (task, request, free_request);
  g_task_run_in_thread (task, read_in_thread);
}

static RtTimelinePage *
load_finish (RtTimelineSource *source, GAsyncResult *result, GError **error)
{
  const Request *request;
  g_autoptr (GPtrArray) messages = NULL;
  RtTimelinePage *page;

  g_return_val_if_fail (g_task_is_valid (result, source), NULL);

  messages = g_task_propagate_pointer (G_TASK (result), error);
  if (messages == NULL)
    return NULL;
  request = g_task_get_task_data (G_TASK (result));
  page = g_new0 (RtTimelinePage, 1);
  page->items = g_ptr_array_new_full (messages->len, g_object_unref);
  for (guint i = 0; i < messages->len; i++)
    g_ptr_array_add (page->items, make_item (RT_ARCHIVE (source), messages->pdata[i]));
  page->has_before = request->begin > 0;
  page->has_after = request->end < RT_ARCHIVE (source)->file->places->len;
  return page;
}

static guint64
count_hint (RtTimelineSource *source)
{
  return RT_ARCHIVE (source)->file->places->len;
}

static guint64
rank_hint (RtTimelineSource *source, const RtTimelineKey *key)
{
  return rt_archive_file_find_place (RT_ARCHIVE (source)->file, key);
}

static guint
get_generation (RtTimelineSource *source)
{
  return 0;
}

static void
source_iface_init (RtTimelineSourceInterface *iface)
{
  iface->load_async = load_async;
  iface->load_finish = load_finish;
  iface->count_hint = count_hint;
  iface->rank_hint = rank_hint;
  iface->get_generation = get_generation;
}

/* ---- object ---- */

static void
rt_archive_finalize (GObject *object)
{
  g_clear_pointer (&RT_ARCHIVE (object)->file, rt_archive_file_free);
  G_OBJECT_CLASS (rt_archive_parent_class)->finalize (object);
}

static void
rt_archive_class_init (RtArchiveClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_archive_finalize;
}

static void
rt_archive_init (RtArchive *self)
{
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  RtArchiveFile *file = rt_archive_file_read (data, cancellable, &error);

  if (file != NULL)
    g_task_return_pointer (task, file, (GDestroyNotify) rt_archive_file_free);
  else
    g_task_return_error (task, error);
}

void
rt_archive_open_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_archive_open_async);
  g_task_set_name (task, "[rt-model] open archive");
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, open_in_thread);
}

RtArchive *
rt_archive_open_finish (GAsyncResult *result, GError **error)
{
  RtArchiveFile *file;
  RtArchive *self;

  g_return_val_if_fail (g_async_result_is_tagged (result, rt_archive_open_async), NULL);

  file = g_task_propagate_pointer (G_TASK (result), error);
  if (file == NULL)
    return NULL;
  self = g_object_new (RT_TYPE_ARCHIVE, NULL);
  self->file = file;
  return self;
}

guint
rt_archive_get_n_messages (RtArchive *self)
{
  g_return_val_if_fail (RT_IS_ARCHIVE (self), 0);
  return self->file->places->len;
}

guint
rt_archive_get_n_faults (RtArchive *self)
{
  g_return_val_if_fail (RT_IS_ARCHIVE (self), 0);
  return self->file->n_faults;
}

const RtArchiveFault *
rt_archive_get_fault (RtArchive *self, guint position)
{
  g_return_val_if_fail (RT_IS_ARCHIVE (self), NULL);
  return position < self->file->faults->len ? self->file->faults->pdata[position] : NULL;
}

const char *
rt_archive_get_title (RtArchive *self)
{
  g_return_val_if_fail (RT_IS_ARCHIVE (self), NULL);
  return self->file->title;
}

const char *
rt_archive_get_exported (RtArchive *self)
{
  g_return_val_if_fail (RT_IS_ARCHIVE (self), NULL);
  return self->file->exported;
}

const char *
rt_archive_get_by (RtArchive *self)
{
  g_return_val_if_fail (RT_IS_ARCHIVE (self), NULL);
  return self->file->by;
}

const char *
rt_archive_get_head (RtArchive *self)
{
  g_return_val_if_fail (RT_IS_ARCHIVE (self), NULL);
  return self->file->head;
}

char *
rt_archive_dup_verdict (RtArchive *self)
{
  guint n;

  g_return_val_if_fail (RT_IS_ARCHIVE (self), NULL);

  n = self->file->n_faults;
  if (n > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Not verified: %u thing is wrong with this archive", "Not verified: %u things are wrong with this archive", n), n);
  n = self->file->places->len;
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Verified: %u message, and nothing of it was changed since it was exported",
                                       "Verified: %u messages, and nothing of them was changed since they were exported", n), n);
}

void
rt_archive_count_proofs (RtArchive *self, guint *n_proved, guint *n_without, guint *n_wrong)
{
  g_return_if_fail (RT_IS_ARCHIVE (self));

  *n_proved = self->file->n_proved;
  *n_without = self->file->n_without;
  *n_wrong = self->file->n_wrong;
}

char *
rt_archive_dup_proof_words (RtArchive *self)
{
  g_autofree char *proved = NULL, *without = NULL, *wrong = NULL;
  const RtArchiveFile *file;

  g_return_val_if_fail (RT_IS_ARCHIVE (self), NULL);

  file = self->file;
  /* Translators: messages of an archive, by their signatures; the first of three parts */
  proved = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u message is proven", "%u messages are proven", file->n_proved), file->n_proved);
  without = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u is not signed", "%u are not signed", file->n_without), file->n_without);
  wrong = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u does not hold", "%u do not hold", file->n_wrong), file->n_wrong);
  /* Translators: three numbers of messages in words: proven, not signed, and with a signature that does not hold */
  return g_strdup_printf (_("%s, %s, %s"), proved, without, wrong);
}

/* ---- replies ---- */

/* -1: it is not in it */
static gint64
find_id (RtArchive *self, GBytes *id)
{
  const GArray *ids = self->file->ids;
  guint low = 0, high = ids->len;
  guint64 head = 0;

  if (g_bytes_get_size (id) != RT_ARCHIVE_HASH_BYTES)
    return -1;
  memcpy (&head, g_bytes_get_data (id, NULL), sizeof head);
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (ids, RtArchiveId, middle).id < head)
        low = middle + 1;
      else
        high = middle;
    }
  /* the first of those that begin so: ids that are hashes differ long before that */
  if (low < ids->len && g_array_index (ids, RtArchiveId, low).id == head)
    {
      guint place = g_array_index (ids, RtArchiveId, low).place;
      g_autoptr (RtStoreMessage) message = rt_archive_file_get (self->file, place);

      if (message != NULL && message->id != NULL && g_bytes_equal (message->id, id))
        return place;
    }
  return -1;
}

gboolean
rt_archive_find (RtArchive *self, GBytes *id, RtTimelineKey *key)
{
  gint64 place;

  g_return_val_if_fail (RT_IS_ARCHIVE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  place = find_id (self, id);
  if (place >= 0)
    {
      const RtArchivePlace *where = &g_array_index (self->file->places, RtArchivePlace, (guint) place);

      *key = (RtTimelineKey) { where->time, where->number };
    }
  return place >= 0;
}

void
rt_archive_look_up_reply (RtArchive *self, RtMessageItem *item)
{
  gint64 place;

  g_return_if_fail (RT_IS_ARCHIVE (self));
  g_return_if_fail (RT_IS_MESSAGE_ITEM (item));

  if (rt_message_item_get_reply_to (item) == NULL || !rt_message_item_begin_reply (item))
    return;
  place = find_id (self, rt_message_item_get_reply_to (item));
  if (place >= 0)
    {
      g_autoptr (RtStoreMessage) message = rt_archive_file_get (self->file, (guint) place);
      g_autoptr (RtMessageItem) original = make_item (self, message);

      g_autofree char *name = rt_name_dup_shown (rt_message_item_get_sender_name (original), rt_message_item_get_sender_word (original));

      rt_message_item_set_reply (item, RT_REPLY_FOUND, rt_message_item_get_text (original), name);
    }
  else
    rt_message_item_set_reply (item, RT_REPLY_UNKNOWN, NULL, NULL);
}
