/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-sync-entries.h"

struct _P2pSyncEntries {
  GObject parent_instance;
  GSequence *keys;              /* of GBytes */
  P2pEnsureEntryFunc ensure;    /* NULL: detached */
  gpointer data;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (P2pSyncEntries, p2p_sync_entries, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static int
compare_keys (gconstpointer a, gconstpointer b, gpointer data)
{
  return g_bytes_compare (a, b);
}

static GType
p2p_sync_entries_get_item_type (GListModel *model)
{
  return P2P_TYPE_SYNC_ENTRY;
}

static guint
p2p_sync_entries_get_n_items (GListModel *model)
{
  return p2p_sync_entries_get_n (P2P_SYNC_ENTRIES (model));
}

static gpointer
p2p_sync_entries_get_item (GListModel *model, guint position)
{
  P2pSyncEntries *self = P2P_SYNC_ENTRIES (model);

  if (position >= p2p_sync_entries_get_n (self))
    return NULL;
  return self->ensure (g_sequence_get (g_sequence_get_iter_at_pos (self->keys, (int) position)), self->data);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = p2p_sync_entries_get_item_type;
  iface->get_n_items = p2p_sync_entries_get_n_items;
  iface->get_item = p2p_sync_entries_get_item;
}

static void
p2p_sync_entries_finalize (GObject *object)
{
  g_sequence_free (P2P_SYNC_ENTRIES (object)->keys);
  G_OBJECT_CLASS (p2p_sync_entries_parent_class)->finalize (object);
}

static void
p2p_sync_entries_class_init (P2pSyncEntriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = p2p_sync_entries_finalize;
}

static void
p2p_sync_entries_init (P2pSyncEntries *self)
{
  self->keys = g_sequence_new ((GDestroyNotify) g_bytes_unref);
}

P2pSyncEntries *
p2p_sync_entries_new (P2pEnsureEntryFunc ensure, gpointer data)
{
  P2pSyncEntries *self = g_object_new (P2P_TYPE_SYNC_ENTRIES, NULL);

  self->ensure = ensure;
  self->data = data;
  return self;
}

guint
p2p_sync_entries_get_n (P2pSyncEntries *self)
{
  return (guint) g_sequence_get_length (self->keys);
}

gboolean
p2p_sync_entries_note (P2pSyncEntries *self, GBytes *key, gboolean has_value)
{
  GSequenceIter *after;
  GSequenceIter *before;
  guint position;

  if (self->ensure == NULL)
    return FALSE;
  after = g_sequence_search (self->keys, key, compare_keys, NULL);
  before = g_sequence_iter_prev (after);
  if (before != after && g_bytes_equal (g_sequence_get (before), key))
    {
      if (has_value)
        return FALSE;
      position = (guint) g_sequence_iter_get_position (before);
      g_sequence_remove (before);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
      return TRUE;
    }
  if (!has_value)
    return FALSE;
  position = (guint) g_sequence_iter_get_position (g_sequence_insert_before (after, g_bytes_ref (key)));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  return TRUE;
}

void
p2p_sync_entries_detach (P2pSyncEntries *self)
{
  guint n = p2p_sync_entries_get_n (self);

  if (self->ensure == NULL)
    return;
  self->ensure = NULL;
  g_sequence_remove_range (g_sequence_get_begin_iter (self->keys), g_sequence_get_end_iter (self->keys));
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}
