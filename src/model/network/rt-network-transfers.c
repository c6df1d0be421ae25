/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a network, and the messages that bring them. */
#include "config.h"

#include "rt-network-private.h"
#include "model/transfers/rt-attachment-private.h"
#include "model/transfers/rt-transfers-private.h"

typedef struct {
  RtNetwork    *network;
  RtAttachment *attachment;
} Late;

static void
late_free (Late *late)
{
  g_object_unref (late->network);
  g_object_unref (late->attachment);
  g_free (late);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Late, late_free)

static void
found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Late) late = user_data;
  g_autoptr (RtMessageItem) item = rt_network_find_message_finish (late->network, result, NULL);
  g_autoptr (GBytes) packed = NULL;

  /* nobody offers in another's name */
  if (item == NULL || rt_message_item_get_own (item) || rt_message_item_get_attachment (item) != NULL || rt_message_item_get_id (item) == NULL ||
      g_strcmp0 (rt_message_item_get_sender (item), rt_attachment_get_offerer (late->attachment)) != 0)
    return;
  packed = rt_attachment_pack (late->attachment);
  rt_message_item_set_attachment (item, G_OBJECT (late->attachment));
  rt_message_item_set_file (item, packed);
  rt_network_save_item (late->network, item, FALSE, FALSE);
  rt_network_tell_item (late->network, item);
}

/* Its message came over another way before it, perhaps. */
static void
offered_cb (RtNetwork *self, GBytes *about, RtAttachment *attachment)
{
  Late *late = g_new (Late, 1);

  late->network = g_object_ref (self);
  late->attachment = g_object_ref (attachment);
  if (!rt_network_find_claimed_async (self, about, found_cb, late))
    late_free (late);
}

/* What is offered would not be after a restart. */
static void
trouble_cb (RtTransfers *transfers, GParamSpec *pspec, RtNetwork *self)
{
  const char *error = rt_transfers_get_error (transfers);

  if (error != NULL)
    rt_network_set_error (self, error, NULL, FALSE);
  else if (self->files_trouble != NULL && g_strcmp0 (self->files_trouble, self->error) == 0)
    rt_network_set_error (self, NULL, NULL, FALSE);
  g_free (self->files_trouble);
  self->files_trouble = g_strdup (error);
}

RtTransfers *
rt_network_get_transfers (RtNetwork *self)
{
  g_autofree char *folder = NULL;

  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  if (self->transfers != NULL)
    return self->transfers;
  if (self->folder != NULL)
    folder = g_build_filename (self->folder, "files", rt_network_config_get_uuid (self->config), NULL);
  self->transfers = rt_transfers_new (folder);
  g_signal_connect_object (self->transfers, "offered", G_CALLBACK (offered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->transfers, "notify::error", G_CALLBACK (trouble_cb), self, 0);
  if (self->settings != NULL)
    g_object_bind_property (self->settings, "show-pictures", self->transfers, "previews", G_BINDING_SYNC_CREATE);
  rt_transfers_set_socket (self->transfers, self->socket);
  return self->transfers;
}

void
rt_network_show_transfers (RtNetwork *self, P2pMeshSocket *socket)
{
  /* what was offered before can be asked for as soon as we are up */
  if (socket != NULL)
    rt_network_get_transfers (self);
  if (self->transfers != NULL)
    rt_transfers_set_socket (self->transfers, socket);
}

/* Those who were to have them are elsewhere. */
void
rt_network_withdraw_files (RtNetwork *self)
{
  /* nobody may have asked for it yet, and it would offer what is kept */
  if (self->transfers != NULL || self->folder != NULL)
    rt_transfers_withdraw_all (rt_network_get_transfers (self));
}

void
rt_network_free_transfers (RtNetwork *self)
{
  if (self->transfers == NULL)
    return;
  g_clear_pointer (&self->files_trouble, g_free);
  /* who waits for something of it holds it: he is told that nothing comes */
  g_object_run_dispose (G_OBJECT (self->transfers));
  g_clear_object (&self->transfers);
}

static void
remove_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  rt_transfers_remove_folder (task_data);
  g_task_return_boolean (task, TRUE);
}

void
rt_network_remove_files (RtNetwork *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->folder == NULL)
    return;
  /* once now, and once when what works on it in threads is done with it */
  if (self->transfers != NULL)
    rt_transfers_forget (self->transfers);
  rt_network_free_transfers (self);
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_source_tag (task, rt_network_remove_files);
  g_task_set_task_data (task, g_build_filename (self->folder, "files", rt_network_config_get_uuid (self->config), NULL), g_free);
  g_task_run_in_thread (task, remove_in_thread);
}

void
rt_network_prepare_file (RtNetwork *self, RtMessageItem *item, P2pMessage *message)
{
  g_autoptr (RtAttachment) attachment = NULL;
  g_autoptr (GBytes) packed = NULL;

  if (rt_message_item_get_attachment (item) != NULL)
    return;
  if (rt_message_item_get_file (item) != NULL)
    attachment = rt_attachment_new_packed (rt_message_item_get_file (item));
  else if (message != NULL && self->transfers != NULL)
    {
      attachment = rt_transfers_take_offer (self->transfers, message);
      packed = attachment != NULL ? rt_attachment_pack (attachment) : NULL;
    }
  if (attachment == NULL)
    return;
  rt_message_item_set_attachment (item, G_OBJECT (attachment));
  if (packed != NULL)
    rt_message_item_set_file (item, packed);
}

/* Nobody knows of it before the message goes out, but it must still be here then. */
void
rt_network_keep_file (RtNetwork *self, RtMessageItem *item)
{
  RtAttachment *attachment = (RtAttachment *) rt_message_item_get_attachment (item);

  if (attachment != NULL && rt_attachment_get_file (attachment) != NULL)
    rt_transfers_offer (rt_network_get_transfers (self), attachment, rt_message_item_get_recipient (item));
}

/* To whom the person writes, and whom he answers, he may be shown something by. */
void
rt_network_note_dealings (RtNetwork *self, RtMessageItem *item)
{
  GBytes *reply_to = rt_message_item_get_reply_to (item);
  RtMessageItem *original = reply_to != NULL ? rt_network_find_held (self, reply_to) : NULL;

  if (original != NULL && !rt_message_item_get_own (original))
    rt_transfers_note_known (rt_network_get_transfers (self), rt_message_item_get_sender (original));
  if (rt_message_item_get_recipient (item) != NULL)
    rt_transfers_note_known (rt_network_get_transfers (self), rt_message_item_get_recipient (item));
}

/* It may be asked for from now on. */
void
rt_network_add_file_frame (RtNetwork *self, RtMessageItem *item, GPtrArray *frames)
{
  RtAttachment *attachment = (RtAttachment *) rt_message_item_get_attachment (item);
  g_autoptr (P2pAppFrame) frame = NULL;

  if (attachment == NULL || rt_attachment_get_file (attachment) == NULL || rt_attachment_get_withdrawn (attachment))
    return;
  frame = p2p_app_frame_new_file (NULL, rt_attachment_get_file (attachment), rt_attachment_get_size (attachment), rt_attachment_get_name (attachment),
                                  rt_attachment_get_mime_type (attachment), NULL);
  if (frame == NULL)
    return;
  rt_transfers_offer (rt_network_get_transfers (self), attachment, rt_message_item_get_recipient (item));
  g_ptr_array_add (frames, g_steal_pointer (&frame));
}
