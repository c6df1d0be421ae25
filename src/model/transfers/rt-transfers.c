/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-transfers-private.h"
#include "model/rt-model-enums.h"
#include "model/rt-timer.h"

#include <glib/gi18n-lib.h>

/* The message follows its frame at once; what was not asked for in so long belongs to none. */
#define HEARD_SECONDS 60

G_DEFINE_FINAL_TYPE (RtTransfers, rt_transfers, G_TYPE_OBJECT)

enum { PROP_0, PROP_FOLDER_BYTES, PROP_MAX_SERVED, PROP_MAX_RATE, PROP_PATIENCE, PROP_PREVIEWS, PROP_ERROR, N_PROPS };
enum { OFFERED, OFFERS_CHANGED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

typedef struct {
  GBytes       *about;
  RtAttachment *attachment;
  gint64        since;          /* monotonic */
} HeardOffer;

static void
heard_offer_free (gpointer data)
{
  HeardOffer *heard = data;

  g_bytes_unref (heard->about);
  g_object_unref (heard->attachment);
  g_free (heard);
}

char *
rt_transfers_dup_hex (GBytes *file)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (file, &length);
  GString *hex = g_string_sized_new (2 * length + 1);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

char *
rt_transfers_dup_path (RtTransfers *self, GBytes *file)
{
  g_autofree char *hex = rt_transfers_dup_hex (file);

  return g_build_filename (self->folder, hex, NULL);
}

/* ---- what is heard ---- */

static void
take_file (RtTransfers *self, P2pAppFrame *frame, const char *sender)
{
  g_autoptr (RtAttachment) attachment = NULL;
  GBytes *about = p2p_app_frame_get_about (frame);
  gint64 now = g_get_monotonic_time ();
  HeardOffer *heard;

  attachment = rt_attachment_new_offered (p2p_app_frame_get_file (frame), p2p_app_frame_get_size (frame), p2p_app_frame_get_file_name (frame),
                                          p2p_app_frame_get_file_type (frame), sender);
  if (attachment == NULL || about == NULL)
    return;
  while (!g_queue_is_empty (&self->heard) &&
         (self->heard.length >= RT_TRANSFERS_MAX_HEARD || ((HeardOffer *) self->heard.head->data)->since < now - HEARD_SECONDS * G_TIME_SPAN_SECOND))
    heard_offer_free (g_queue_pop_head (&self->heard));
  heard = g_new (HeardOffer, 1);
  heard->about = g_bytes_ref (about);
  heard->attachment = g_object_ref (attachment);
  heard->since = now;
  g_queue_push_tail (&self->heard, heard);
  g_signal_emit (self, signals[OFFERED], 0, about, attachment);
}

static gboolean
has_key (RtTransfers *self, const char *id)
{
  g_autoptr (GBytes) key = self->socket != NULL ? p2p_mesh_socket_find_key (self->socket, id) : NULL;

  return key != NULL;
}

static void
app_frame_cb (RtTransfers *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
{
  const char *sender = p2p_message_get_sender (message);
  P2pAppOp op = p2p_app_frame_get_op (frame);

  /* of whom it is known that he proves what he says, whoever else may have said it offers nothing, gets nothing, and gives nothing */
  if (!p2p_message_get_verified (message) && has_key (self, sender))
    return;
  if (op == P2P_APP_FILE)
    take_file (self, frame, sender);
  /* pieces go over a link between the two, and nobody speaks for another there */
  else if ((op == P2P_APP_FETCH || op == P2P_APP_CHUNK) && p2p_message_get_flag (message) == P2P_FLAG_WHISPER && connection != NULL &&
           g_strcmp0 (p2p_connection_get_id (connection), sender) == 0)
    {
      if (op == P2P_APP_FETCH)
        rt_transfers_take_fetch (self, frame, sender);
      else
        rt_transfers_take_chunk (self, frame, sender);
    }
}

static void
links_changed_cb (RtTransfers *self)
{
  rt_transfers_end_unlinked (self);
  rt_transfers_go_on (self);
}

/* ---- object ---- */

static void
forget_socket (RtTransfers *self)
{
  if (self->socket == NULL)
    return;
  g_clear_signal_handler (&self->frame_handler, self->socket);
  g_clear_signal_handler (&self->links_handler, p2p_mesh_socket_get_routing_table (self->socket));
  g_clear_object (&self->socket);
}

/* What is written beside the files is as good as the last time that it could be. */
void
rt_transfers_kept_cb (gpointer data)
{
  RtTransfers *self = data;
  RtKeptFile *files[] = { self->offers_file, self->unsent_file, self->known_file };
  g_autofree char *words = NULL;
  const char *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files) && error == NULL; i++)
    error = rt_kept_file_get_error (files[i]);
  if (error != NULL)
    /* Translators: %s is what the system says, e.g. that the disk is full */
    words = g_strdup_printf (_("Which files you attached and offer is not kept at the moment: after a restart nobody would be given them. %s"), error);
  if (g_strcmp0 (self->error, words) == 0)
    return;
  g_free (self->error);
  self->error = g_steal_pointer (&words);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
rt_transfers_tell_offers (RtTransfers *self)
{
  g_signal_emit (self, signals[OFFERS_CHANGED], 0);
}

const char *
rt_transfers_get_error (RtTransfers *self)
{
  g_return_val_if_fail (RT_IS_TRANSFERS (self), NULL);
  return self->error;
}

/* Jobs in threads hold this: what they still make goes with it. */
void
rt_transfers_forget (RtTransfers *self)
{
  self->temporary = TRUE;
}

static void
rt_transfers_dispose (GObject *object)
{
  RtTransfers *self = RT_TRANSFERS (object);

  g_cancellable_cancel (self->cancellable);
  forget_socket (self);
  rt_timer_clear (&self->serve_timer);
  g_ptr_array_set_size (self->serves, 0);
  /* what has come of them goes on in another life */
  while (self->fetches->len > 0)
    rt_transfers_end_fetch (self->fetches->pdata[0], RT_ATTACHMENT_OFFERED, NULL, NULL);
  g_signal_handlers_disconnect_by_data (self->unsent, self);
  g_clear_pointer (&self->offers_file, rt_kept_file_free);
  g_clear_pointer (&self->unsent_file, rt_kept_file_free);
  g_clear_pointer (&self->known_file, rt_kept_file_free);

  G_OBJECT_CLASS (rt_transfers_parent_class)->dispose (object);
}

static void
rt_transfers_finalize (GObject *object)
{
  RtTransfers *self = RT_TRANSFERS (object);

  if (self->temporary)
    rt_transfers_remove_folder (self->folder);
  g_queue_clear_full (&self->heard, heard_offer_free);
  g_queue_clear_full (&self->early, rt_early_fetch_free);
  g_queue_clear_full (&self->offer_order, g_free);
  g_hash_table_unref (self->offers);
  g_ptr_array_unref (self->serves);
  g_ptr_array_unref (self->fetches);
  g_hash_table_unref (self->parts);
  g_object_unref (self->unsent);
  g_ptr_array_unref (self->known);
  g_free (self->error);
  g_object_unref (self->cancellable);
  g_free (self->folder);

  G_OBJECT_CLASS (rt_transfers_parent_class)->finalize (object);
}

static void
rt_transfers_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtTransfers *self = RT_TRANSFERS (object);

  switch (prop_id)
    {
    case PROP_FOLDER_BYTES: g_value_set_uint64 (value, self->folder_bytes); break;
    case PROP_MAX_SERVED: g_value_set_uint (value, self->max_served); break;
    case PROP_MAX_RATE: g_value_set_uint (value, self->max_rate); break;
    case PROP_PATIENCE: g_value_set_uint (value, self->patience); break;
    case PROP_PREVIEWS: g_value_set_enum (value, (int) self->previews); break;
    case PROP_ERROR: g_value_set_string (value, self->error); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_transfers_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RtTransfers *self = RT_TRANSFERS (object);

  switch (prop_id)
    {
    case PROP_FOLDER_BYTES: self->folder_bytes = g_value_get_uint64 (value); break;
    case PROP_MAX_SERVED: self->max_served = g_value_get_uint (value); break;
    case PROP_MAX_RATE: self->max_rate = g_value_get_uint (value); break;
    case PROP_PATIENCE: self->patience = g_value_get_uint (value); break;
    case PROP_PREVIEWS: self->previews = (RtPreviews) g_value_get_enum (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec); return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
rt_transfers_class_init (RtTransfersClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_transfers_dispose;
  object_class->finalize = rt_transfers_finalize;
  object_class->get_property = rt_transfers_get_property;
  object_class->set_property = rt_transfers_set_property;

  properties[PROP_FOLDER_BYTES] = g_param_spec_uint64 ("folder-bytes", NULL, NULL, 0, G_MAXUINT64, RT_TRANSFERS_FOLDER_BYTES, flags);
  properties[PROP_MAX_SERVED] = g_param_spec_uint ("max-served", NULL, NULL, 1, 64, RT_TRANSFERS_MAX_SERVED, flags);
  properties[PROP_MAX_RATE] = g_param_spec_uint ("max-rate", NULL, NULL, RT_TRANSFERS_CHUNK, G_MAXUINT, RT_TRANSFERS_MAX_RATE, flags);
  properties[PROP_PATIENCE] = g_param_spec_uint ("patience", NULL, NULL, 1, G_MAXINT, RT_TRANSFERS_PATIENCE, flags);
  properties[PROP_PREVIEWS] = g_param_spec_enum ("previews", NULL, NULL, RT_TYPE_PREVIEWS, RT_PREVIEWS_KNOWN, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[OFFERED] = g_signal_new ("offered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_BYTES, RT_TYPE_ATTACHMENT);
  signals[OFFERS_CHANGED] = g_signal_new ("offers-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, g_cclosure_marshal_VOID__VOID, G_TYPE_NONE, 0);
}

static void
rt_transfers_init (RtTransfers *self)
{
  self->folder_bytes = RT_TRANSFERS_FOLDER_BYTES;
  self->max_served = RT_TRANSFERS_MAX_SERVED;
  self->max_rate = RT_TRANSFERS_MAX_RATE;
  self->patience = RT_TRANSFERS_PATIENCE;
  self->previews = RT_PREVIEWS_KNOWN;
  self->cancellable = g_cancellable_new ();
  self->offers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, rt_offer_free);
  self->serves = g_ptr_array_new_with_free_func (rt_serve_free);
  self->fetches = g_ptr_array_new_with_free_func (rt_fetch_free);
  self->parts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->unsent = g_list_store_new (RT_TYPE_ATTACHMENT);
  self->known = g_ptr_array_new_with_free_func (g_free);
}

RtTransfers *
rt_transfers_new (const char *folder)
{
  RtTransfers *self = g_object_new (RT_TYPE_TRANSFERS, NULL);

  self->temporary = folder == NULL;
  if (self->temporary)
    {
      g_autofree char *uuid = g_uuid_string_random ();
      g_autofree char *name = g_strconcat ("roundtable-", uuid, NULL);

      self->folder = g_build_filename (g_get_tmp_dir (), name, NULL);
    }
  else
    self->folder = g_strdup (folder);
  rt_transfers_load_offers (self);
  rt_transfers_load_unsent (self);
  rt_transfers_load_known (self);
  return self;
}

void
rt_transfers_set_socket (RtTransfers *self, P2pMeshSocket *socket)
{
  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (socket == NULL || P2P_IS_MESH_SOCKET (socket));

  if (self->socket == socket)
    return;
  forget_socket (self);
  rt_transfers_end_serving (self, NULL);
  rt_transfers_rest (self);
  if (socket == NULL)
    return;
  self->socket = g_object_ref (socket);
  self->frame_handler = g_signal_connect_swapped (socket, "app-frame", G_CALLBACK (app_frame_cb), self);
  self->links_handler = g_signal_connect_swapped (p2p_mesh_socket_get_routing_table (socket), "items-changed", G_CALLBACK (links_changed_cb), self);
  rt_transfers_wake (self);
}

RtAttachment *
rt_transfers_take_offer (RtTransfers *self, P2pMessage *message)
{
  g_autoptr (GBytes) id = NULL;

  g_return_val_if_fail (RT_IS_TRANSFERS (self), NULL);
  g_return_val_if_fail (message != NULL, NULL);

  if (g_queue_is_empty (&self->heard))
    return NULL;
  id = p2p_message_get_id (message);
  for (GList *l = self->heard.tail; l != NULL; l = l->prev)
    {
      HeardOffer *heard = l->data;
      RtAttachment *attachment;

      /* nobody offers in another's name */
      if (!g_bytes_equal (heard->about, id) || g_strcmp0 (rt_attachment_get_offerer (heard->attachment), p2p_message_get_sender (message)) != 0)
        continue;
      attachment = g_object_ref (heard->attachment);
      heard_offer_free (heard);
      g_queue_delete_link (&self->heard, l);
      return attachment;
    }
  return NULL;
}

/* ---- what is here ---- */

/* Unasked only from a neighbour: for who is somewhere in the network, or nowhere, all of it would be searched, and he would be dialled. And only from somebody with whom the person has
 * dealt: anybody has a link and a new id for nothing, and a picture is read by a large program, and seen. */
static gboolean
may_fetch_unasked (RtTransfers *self, RtAttachment *attachment)
{
  if (self->previews == RT_PREVIEWS_NEVER || (self->previews == RT_PREVIEWS_KNOWN && !rt_transfers_is_known (self, rt_attachment_get_offerer (attachment))))
    return FALSE;
  return rt_attachment_get_is_picture (attachment) && rt_attachment_get_size (attachment) <= RT_ATTACHMENT_MAX_PREVIEW && self->socket != NULL &&
         rt_attachment_get_offerer (attachment) != NULL && p2p_mesh_socket_get_connection (self->socket, rt_attachment_get_offerer (attachment)) != NULL;
}

static void
looked_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtTransfers *self = g_task_get_source_object (task);
  RtAttachment *attachment = g_task_get_task_data (task);
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, NULL);

  g_object_set_data (G_OBJECT (attachment), "rt-looked", NULL);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (rt_attachment_get_state (attachment) == RT_ATTACHMENT_OFFERED || rt_attachment_get_state (attachment) == RT_ATTACHMENT_GONE)
    {
      if (info != NULL && (guint64) g_file_info_get_size (info) == rt_attachment_get_size (attachment))
        rt_attachment_set_here (attachment, g_file_peek_path (G_FILE (object)));
      else if (rt_attachment_get_own (attachment))
        rt_attachment_set_state (attachment, RT_ATTACHMENT_GONE, _("It is not kept here any more"));
      else if (!may_fetch_unasked (self, attachment) || rt_transfers_begin_fetch (self, attachment, FALSE) == NULL)
        rt_attachment_set_absent (attachment);
    }
  g_task_return_boolean (task, TRUE);
}

void
rt_transfers_look (RtTransfers *self, RtAttachment *attachment)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;
  GTask *task;

  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (RT_IS_ATTACHMENT (attachment));

  if (rt_attachment_get_state (attachment) != RT_ATTACHMENT_OFFERED || g_object_get_data (G_OBJECT (attachment), "rt-looked") != NULL)
    return;
  g_object_set_data (G_OBJECT (attachment), "rt-looked", GINT_TO_POINTER (1));
  path = rt_transfers_dup_path (self, rt_attachment_get_file (attachment));
  file = g_file_new_for_path (path);
  task = g_task_new (self, self->cancellable, NULL, NULL);
  g_task_set_source_tag (task, rt_transfers_look);
  g_task_set_task_data (task, g_object_ref (attachment), g_object_unref);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT, self->cancellable, looked_cb, task);
}

void
rt_transfers_note_lost (RtTransfers *self, RtAttachment *attachment)
{
  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (RT_IS_ATTACHMENT (attachment));

  if (rt_attachment_get_state (attachment) != RT_ATTACHMENT_HERE)
    return;
  rt_attachment_set_state (attachment, RT_ATTACHMENT_OFFERED, NULL);
  rt_transfers_look (self, attachment);
}

static void
stored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtAttachment) attachment = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtStoredFile) stored = rt_transfers_store_finish (result, &error);

  if (stored != NULL)
    {
      rt_attachment_set_prepared (attachment, stored->file, stored->size, stored->mime_type, stored->path);
      rt_transfers_save_unsent (RT_TRANSFERS (object));
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    rt_attachment_set_state (attachment, RT_ATTACHMENT_CANCELLED, NULL);
  else
    rt_attachment_set_state (attachment, RT_ATTACHMENT_FAILED, error->message);
}

static RtAttachment *
add (RtTransfers *self, GFile *file, GBytes *bytes, const char *name, const char *mime_type)
{
  RtAttachment *attachment = rt_attachment_new_own (name, bytes != NULL ? g_bytes_get_size (bytes) : 0, mime_type);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_object_set_data_full (G_OBJECT (attachment), "rt-storing", g_object_ref (cancellable), g_object_unref);
  rt_transfers_store_async (self, file, bytes, rt_attachment_get_name (attachment), cancellable, stored_cb, g_object_ref (attachment));
  return attachment;
}

RtAttachment *
rt_transfers_add_file (RtTransfers *self, GFile *file)
{
  g_autofree char *name = NULL, *shown = NULL;

  g_return_val_if_fail (RT_IS_TRANSFERS (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_basename (file);
  shown = name != NULL ? g_filename_display_name (name) : NULL;
  return add (self, file, NULL, shown, NULL);
}

RtAttachment *
rt_transfers_add_bytes (RtTransfers *self, GBytes *bytes, const char *name, const char *mime_type)
{
  g_return_val_if_fail (RT_IS_TRANSFERS (self), NULL);
  g_return_val_if_fail (bytes != NULL, NULL);

  return add (self, NULL, bytes, name, mime_type);
}

void
rt_transfers_drop (RtTransfers *self, RtAttachment *attachment)
{
  GCancellable *storing;

  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (RT_IS_ATTACHMENT (attachment));

  storing = g_object_get_data (G_OBJECT (attachment), "rt-storing");
  if (storing != NULL)
    g_cancellable_cancel (storing);
  /* the file itself is kept by its content: another message may bring the same, sent, about to be, or heard */
  if (!rt_attachment_get_own (attachment) || rt_attachment_get_file (attachment) == NULL)
    return;
  rt_attachment_set_state (attachment, RT_ATTACHMENT_CANCELLED, NULL);
}

void
rt_transfers_fetch (RtTransfers *self, RtAttachment *attachment)
{
  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (RT_IS_ATTACHMENT (attachment));

  if (rt_attachment_get_own (attachment) || rt_attachment_get_state (attachment) == RT_ATTACHMENT_HERE)
    return;
  rt_transfers_note_known (self, rt_attachment_get_offerer (attachment));
  rt_transfers_begin_fetch (self, attachment, TRUE);
}

void
rt_transfers_cancel (RtTransfers *self, RtAttachment *attachment)
{
  RtFetch *fetch;

  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (RT_IS_ATTACHMENT (attachment));

  if (rt_attachment_get_file (attachment) == NULL)
    {
      rt_transfers_drop (self, attachment);
      return;
    }
  if (rt_attachment_get_own (attachment))
    {
      rt_transfers_withdraw (self, rt_attachment_get_file (attachment));
      rt_transfers_end_serving (self, rt_attachment_get_file (attachment));
      /* the file stays: there may be no other copy of it, and other messages may be of the same content */
      rt_attachment_set_withdrawn (attachment);
      return;
    }
  fetch = rt_transfers_find_fetch (self, attachment);
  if (fetch != NULL)
    rt_transfers_end_fetch (fetch, RT_ATTACHMENT_CANCELLED, NULL, NULL);
}
