/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beginning and end: what is remembered comes back, and what must be written is written. */
#include "config.h"

#include "rt-networks-private.h"

#include <glib/gi18n-lib.h>

static void
end_load (GTask *task, GError *error)
{
  RtNetworks *self = g_task_get_source_object (task);

  if (error != NULL)
    {
      g_autofree char *words = g_strdup_printf (_("What you do now will be forgotten. %s"), error->message);

      rt_networks_set_notice (self, words);
    }
  rt_networks_set_loaded (self);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
networks_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetworks *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) rows = rt_store_load_networks_finish (RT_STORE (source), result, &error);

  if (rows == NULL)
    rt_identities_give_up (self->identities);
  for (guint i = 0; rows != NULL && i < rows->len && !self->shut_down; i++)
    {
      const RtStoreNetwork *row = g_ptr_array_index (rows, i);
      g_autoptr (RtNetworkConfig) config = rt_network_config_new_from_stored (row);

      rt_identities_fill_config (self->identities, config, row->identity == NULL || (*row->identity != '\0' && !g_uuid_string_is_valid (row->identity)));
      rt_network_start (rt_networks_append (self, config, row->position));
    }
  if (rows != NULL)
    rt_identities_find_lost (self->identities);
  end_load (task, error);
}

static void
aside_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  rt_store_set_profile_finish (RT_STORE (source), result, NULL);
}

static void
identities_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetworks *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *text = rt_store_get_profile_finish (RT_STORE (source), result, &error);

  if (error != NULL)
    {
      end_load (task, error);
      return;
    }
  if (!rt_identities_take_text (self->identities, text))
    {
      /* before anything is written over it */
      rt_store_set_profile_async (self->store, "identities-aside", text, aside_saved_cb, NULL);
      if (self->notice == NULL)
        rt_networks_set_notice (self, _("What was remembered of who you are could not be read in full. You are who you were in each network, but identities may have lost their names."));
    }
  rt_store_load_networks_async (self->store, networks_loaded_cb, g_steal_pointer (&task));
}

static void
name_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetworks *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *name = rt_store_get_profile_finish (RT_STORE (source), result, &error);

  if (error != NULL)
    {
      end_load (task, error);
      return;
    }
  rt_networks_take_user_name (self, name);
  rt_store_get_profile_async (self->store, "identities", identities_loaded_cb, g_steal_pointer (&task));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtNetworks *self = g_task_get_source_object (task);
  g_autofree char *notice = NULL;
  GError *error = NULL;

  self->remembering = rt_store_open_finish (RT_STORE (source), result, &notice, &error);
  if (notice != NULL)
    rt_networks_set_notice (self, notice);
  if (!self->remembering)
    {
      end_load (task, error);
      return;
    }
  rt_store_get_profile_async (self->store, "user-name", name_loaded_cb, g_steal_pointer (&task));
}

void
rt_networks_load_async (RtNetworks *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *path = NULL;
  GTask *task;

  g_return_if_fail (RT_IS_NETWORKS (self));
  g_return_if_fail (!self->loaded);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_networks_load_async);
  g_task_set_name (task, "[rt-model] load");
  path = g_build_filename (self->folder, "roundtable.db", NULL);
  rt_store_open_async (self->store, path, cancellable, opened_cb, task);
}

/* FALSE: nothing could be read, and nothing will be remembered; everything else works. */
gboolean
rt_networks_load_finish (RtNetworks *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (rt_store_close_finish (RT_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The last of those that hand over what they stored, and of what is on its way to the disk. */
static void
end_one (GTask *task)
{
  RtNetworks *self = g_task_get_source_object (task);
  guint *n_leaving = g_task_get_task_data (task);

  if (--*n_leaving == 0)
    rt_store_close_async (self->store, closed_cb, task);
}

static void
left_cb (GObject *network, GAsyncResult *result, gpointer user_data)
{
  rt_network_left_finish (RT_NETWORK (network), result);
  end_one (user_data);
}

static void
keys_flushed_cb (GObject *identities, GAsyncResult *result, gpointer user_data)
{
  rt_identities_flush_finish (RT_IDENTITIES (identities), result);
  end_one (user_data);
}

static void
flushed_cb (GObject *chat, GAsyncResult *result, gpointer user_data)
{
  /* What cannot be written was told of when it could not. */
  rt_store_chat_flush_finish (RT_STORE_CHAT (chat), result, NULL);
  end_one (user_data);
}

void
rt_networks_shutdown_async (RtNetworks *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GPtrArray) going = NULL;
  GTask *task;
  guint n, *n_leaving;

  g_return_if_fail (RT_IS_NETWORKS (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, rt_networks_shutdown_async);
  g_task_set_name (task, "[rt-model] shutdown");
  n_leaving = g_new (guint, 1);
  g_task_set_task_data (task, n_leaving, g_free);
  self->shut_down = TRUE;
  /* those that were left a moment ago, too */
  going = g_ptr_array_copy (self->removed, (GCopyFunc) (void *) g_object_ref, NULL);
  n = g_list_model_get_n_items (G_LIST_MODEL (self->networks));
  for (guint i = 0; i < n; i++)
    {
      RtNetwork *network = g_list_model_get_item (G_LIST_MODEL (self->networks), i);

      rt_network_stop (network);
      g_ptr_array_add (going, network);
    }
  /* of this call: there may be another one, of a program that ends while it is told to end */
  *n_leaving = going->len + 1;
  /* a chat gives the worker so much at a time, and the rest when that is written: it must not find the store closed then */
  for (guint i = 0; i < going->len; i++)
    if (rt_network_get_chat (going->pdata[i]) != NULL)
      {
        *n_leaving += 1;
        rt_store_chat_flush_async (rt_network_get_chat (going->pdata[i]), flushed_cb, task);
      }
  for (guint i = 0; i < going->len; i++)
    rt_network_left_async (going->pdata[i], left_cb, task);
  rt_identities_flush_async (self->identities, keys_flushed_cb, task);
}

gboolean
rt_networks_shutdown_finish (RtNetworks *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
