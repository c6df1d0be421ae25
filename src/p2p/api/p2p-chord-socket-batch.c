/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Many looks, or writes, as one operation. */
#include "config.h"

#include "p2p-chord-socket-private.h"

typedef struct _Batch Batch;

/* One that is under way. */
typedef struct {
  Batch *batch;
  guint index;
  guint64 handle;
} Under;

struct _Batch {
  P2pChordOperation *operation;
  GPtrArray *items;             /* of P2pChordBatchItem */
  GPtrArray *under;             /* of Under, at most P2P_CHORD_BATCH_WIDTH */
  gboolean writing;
  guint next;
  gboolean starting;
};

void
p2p_chord_batch_item_free (P2pChordBatchItem *self)
{
  g_bytes_unref (self->key);
  g_clear_pointer (&self->value, g_variant_unref);
  g_clear_error (&self->error);
  g_free (self);
}

static void
batch_free (gpointer data)
{
  Batch *self = data;

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_ptr_array_unref (self->under);
  g_free (self);
}

static void
batch_stop (gpointer data, P2pChordNode *node)
{
  Batch *self = data;

  for (guint i = 0; node != NULL && i < self->under->len; i++)
    p2p_chord_node_cancel (node, ((Under *) self->under->pdata[i])->handle);
  g_ptr_array_set_size (self->under, 0);
}

/* Two writes of one key would be in each other's way. */
static gboolean
is_under_way (Batch *self, GBytes *key)
{
  for (guint i = 0; i < self->under->len; i++)
    if (g_bytes_equal (((P2pChordBatchItem *) self->items->pdata[((Under *) self->under->pdata[i])->index])->key, key))
      return TRUE;
  return FALSE;
}

static void go_on (Batch *self);

static P2pChordBatchItem *
take_under (Under *under, Batch **batch)
{
  P2pChordBatchItem *item = under->batch->items->pdata[under->index];

  *batch = under->batch;
  g_ptr_array_remove_fast (under->batch->under, under);
  return item;
}

static void
looked_cb (P2pChordLook *look, gpointer data)
{
  Batch *self;
  P2pChordBatchItem *item = take_under (data, &self);

  item->error = p2p_chord_look_to_error (look);
  if (item->error == NULL)
    item->value = g_variant_ref (look->value);
  go_on (self);
}

static void
written_cb (P2pChordLook *look, guint places_ok, const GError *error, gpointer data)
{
  Batch *self;
  P2pChordBatchItem *item = take_under (data, &self);

  item->error = error != NULL ? g_error_copy (error) : NULL;
  go_on (self);
}

static void
start_next (Batch *self, P2pChordNode *node)
{
  P2pChordBatchItem *item = self->items->pdata[self->next];
  Under *under = g_new0 (Under, 1);

  under->batch = self;
  under->index = self->next++;
  g_ptr_array_add (self->under, under);
  if (self->writing)
    under->handle = p2p_chord_node_set (node, item->key, item->value, self->operation->timeout, written_cb, under, &item->error);
  else
    under->handle = p2p_chord_node_look (node, item->key, self->operation->timeout, looked_cb, under);
  if (under->handle == 0)
    g_ptr_array_remove_fast (self->under, under);
}

static void
go_on (Batch *self)
{
  P2pChordNode *node = p2p_chord_operation_get_node (self->operation);
  GError *error = NULL;

  if (self->starting)
    return;
  if (!p2p_chord_socket_check_open (p2p_chord_operation_get_socket (self->operation), &error))
    {
      batch_stop (self, node);
      p2p_chord_operation_return_error (self->operation, error);
      return;
    }
  self->starting = TRUE;
  while (self->next < self->items->len && self->under->len < P2P_CHORD_BATCH_WIDTH &&
         !(self->writing && is_under_way (self, ((P2pChordBatchItem *) self->items->pdata[self->next])->key)))
    start_next (self, node);
  self->starting = FALSE;
  if (self->under->len == 0)
    p2p_chord_operation_return_pointer (self->operation, g_steal_pointer (&self->items), (GDestroyNotify) g_ptr_array_unref);
}

void
p2p_chord_batch_run (P2pChordOperation *operation, GPtrArray *keys, GPtrArray *values)
{
  Batch *self = g_new0 (Batch, 1);

  self->operation = operation;
  self->items = g_ptr_array_new_full (keys->len, (GDestroyNotify) p2p_chord_batch_item_free);
  self->under = g_ptr_array_new_with_free_func (g_free);
  self->writing = values != NULL;
  for (guint i = 0; i < keys->len; i++)
    {
      P2pChordBatchItem *item = g_new0 (P2pChordBatchItem, 1);

      item->key = g_bytes_ref (keys->pdata[i]);
      item->value = values != NULL ? g_variant_ref (values->pdata[i]) : NULL;
      g_ptr_array_add (self->items, item);
    }
  g_ptr_array_unref (keys);
  if (values != NULL)
    g_ptr_array_unref (values);
  operation->more = self;
  operation->free_more = batch_free;
  operation->stop = batch_stop;
  go_on (self);
}
