/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a network whose kind is "sync" or "chord": back from the store before its node is heard, and into the store from then on. */
#include "config.h"

#include "rt-network-private.h"
#include "model/table/rt-table-private.h"
#include "model/table/rt-table-ring.h"
#include "model/table/rt-table-socket.h"

#include <glib/gi18n-lib.h>

static gboolean
is_shared (RtNetwork *self)
{
  const char *kind = rt_network_config_get_kind (self->config);

  return g_str_equal (kind, "sync") || g_str_equal (kind, "chord");
}

RtTable *
rt_network_get_table (RtNetwork *self)
{
  g_return_val_if_fail (RT_IS_NETWORK (self), NULL);

  /* While it is coming back from the store nobody has to follow each of its keys. */
  if (is_shared (self) && self->table == NULL)
    self->table = rt_table_new (self->table_source != NULL && self->opening == NULL ? RT_TABLE_SOURCE (self->table_source) : NULL);
  return is_shared (self) ? self->table : NULL;
}

/* The disk is full, or it cannot be written for another reason: the table goes on, but would not be there after a restart. */
static void
store_error_cb (RtStoreTable *store, GParamSpec *pspec, RtNetwork *self)
{
  const char *error = rt_store_table_get_error (store);

  if (error != NULL)
    {
      g_free (self->table_trouble);
      self->table_trouble = g_strdup_printf (_("The table is not kept at the moment. %s"), error);
      rt_network_set_error (self, self->table_trouble, NULL, FALSE);
      return;
    }
  if (self->table_trouble != NULL && g_strcmp0 (self->table_trouble, self->error) == 0)
    rt_network_set_error (self, NULL, NULL, FALSE);
  g_clear_pointer (&self->table_trouble, g_free);
}

static RtStoreTable *
get_store (RtNetwork *self)
{
  if (self->table_store == NULL)
    {
      self->table_store = rt_store_table_new (self->store, rt_network_config_get_uuid (self->config));
      g_signal_connect_object (self->table_store, "notify::error", G_CALLBACK (store_error_cb), self, 0);
    }
  return self->table_store;
}

/* ---- back from the store ---- */

typedef struct {
  RtNetwork     *network;
  RtTableKept   *source;
  GCancellable  *cancellable;
  GPtrArray     *records;
  guint          next, n_damaged;
} Restore;

static void
free_restore (Restore *restore)
{
  g_object_unref (restore->network);
  g_object_unref (restore->source);
  g_object_unref (restore->cancellable);
  g_clear_pointer (&restore->records, g_ptr_array_unref);
  g_free (restore);
}

static void
end_restore (Restore *restore, const char *trouble)
{
  RtNetwork *self = restore->network;
  g_autofree char *words = NULL;

  if (restore->n_damaged > 0)
    words = g_strdup_printf (ngettext ("%u key of the table could not be read from the disk: others may have it still",
                                       "%u keys of the table could not be read from the disk: others may have them still", restore->n_damaged), restore->n_damaged);
  rt_table_kept_begin_log (restore->source);
  rt_network_listen (self, trouble != NULL ? trouble : words);
}

static gboolean
restore_cb (gpointer data)
{
  Restore *restore = data;
  gint64 end = rt_table_slice_end ();

  if (g_cancellable_is_cancelled (restore->cancellable))
    {
      free_restore (restore);
      return G_SOURCE_REMOVE;
    }
  while (restore->next < restore->records->len && g_get_monotonic_time () < end)
    {
      const RtStoreRecord *record = restore->records->pdata[restore->next++];

      restore->n_damaged += !rt_table_kept_restore (restore->source, record->key, record->record);
    }
  if (restore->next < restore->records->len)
    return G_SOURCE_CONTINUE;
  end_restore (restore, NULL);
  free_restore (restore);
  return G_SOURCE_REMOVE;
}

static void
loaded_cb (GObject *store, GAsyncResult *result, gpointer user_data)
{
  Restore *restore = user_data;
  g_autoptr (GError) error = NULL;

  restore->records = rt_store_table_load_finish (RT_STORE_TABLE (store), result, &restore->n_damaged, &error);
  if (g_cancellable_is_cancelled (restore->cancellable))
    {
      free_restore (restore);
      return;
    }
  if (restore->records == NULL)
    {
      g_autofree char *words = g_strdup_printf (_("The table begins with what others have. %s"), error->message);

      /* Without a database there is nothing that could be lost; that it is so the person was told. */
      end_restore (restore, g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_CLOSED) ? NULL : words);
      free_restore (restore);
      return;
    }
  rt_table_add_idle ("[rt-model] restore table", restore_cb, restore);
}

static void
written_cb (RtTableRing *source, GBytes *key, RtNetwork *self)
{
  if (self->ring != NULL)
    rt_ring_note_key (self->ring, key);
}

void
rt_network_restore_table (RtNetwork *self, P2pMeshSocket *socket, GCancellable *cancellable)
{
  Restore *restore = g_new0 (Restore, 1);

  g_clear_object (&self->table_source);
  self->table_source = P2P_IS_CHORD_SOCKET (socket) ? rt_table_ring_new (P2P_CHORD_SOCKET (socket), get_store (self))
                                                   : rt_table_socket_new (P2P_SYNC_SOCKET (socket), get_store (self));
  if (RT_IS_TABLE_RING (self->table_source))
    g_signal_connect_object (self->table_source, "written", G_CALLBACK (written_cb), self, 0);
  restore->network = g_object_ref (self);
  restore->source = g_object_ref (self->table_source);
  restore->cancellable = g_object_ref (cancellable);
  rt_store_table_load_async (get_store (self), NULL, loaded_cb, restore);
}

/* ---- up and down ---- */

void
rt_network_show_table (RtNetwork *self, const char *refusal)
{
  if (self->table_source == NULL)
    return;
  rt_table_kept_set_refusal (self->table_source, refusal);
  if (self->table != NULL)
    rt_table_set_source (self->table, RT_TABLE_SOURCE (self->table_source));
}

void
rt_network_hurry_table (RtNetwork *self)
{
  if (self->table_store != NULL)
    rt_store_table_hurry (self->table_store);
}

/* The keys were those of another network. */
void
rt_network_forget_table (RtNetwork *self)
{
  if (self->table != NULL)
    rt_table_set_source (self->table, NULL);
  g_clear_object (&self->table_source);
  if (self->table_store != NULL)
    rt_store_table_forget (self->table_store);
}

void
rt_network_free_table (RtNetwork *self)
{
  g_clear_object (&self->table);
  g_clear_object (&self->table_source);
  g_clear_object (&self->table_store);
  g_clear_pointer (&self->table_trouble, g_free);
}
