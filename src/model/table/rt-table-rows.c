/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-table-private.h"

struct _RtTableRows {
  GObject    parent_instance;
  GType      item_type;
  GPtrArray *items;
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtTableRows, rt_table_rows, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
get_item_type (GListModel *model)
{
  return RT_TABLE_ROWS (model)->item_type;
}

static guint
get_n_items (GListModel *model)
{
  return RT_TABLE_ROWS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  RtTableRows *self = RT_TABLE_ROWS (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
rt_table_rows_finalize (GObject *object)
{
  g_ptr_array_unref (RT_TABLE_ROWS (object)->items);

  G_OBJECT_CLASS (rt_table_rows_parent_class)->finalize (object);
}

static void
rt_table_rows_class_init (RtTableRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_table_rows_finalize;
}

static void
rt_table_rows_init (RtTableRows *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

RtTableRows *
rt_table_rows_new (GType item_type)
{
  RtTableRows *self = g_object_new (RT_TYPE_TABLE_ROWS, NULL);

  self->item_type = item_type;
  return self;
}

GPtrArray *
rt_table_rows_get (RtTableRows *self)
{
  return self->items;
}

void
rt_table_rows_insert (RtTableRows *self, guint position, gpointer item)
{
  g_ptr_array_insert (self->items, (int) position, g_object_ref (item));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
}

void
rt_table_rows_remove (RtTableRows *self, guint position)
{
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

static void
replace (RtTableRows *self, GPtrArray *items, gboolean release)
{
  g_autoptr (GPtrArray) old = self->items;
  guint begin = 0, end = 0, most = MIN (old->len, items->len);

  self->items = items;
  while (begin < most && old->pdata[begin] == items->pdata[begin])
    begin++;
  while (end < most - begin && old->pdata[old->len - 1 - end] == items->pdata[items->len - 1 - end])
    end++;
  if (!release)
    g_ptr_array_set_free_func (old, NULL);
  if (begin + end < old->len || begin + end < items->len)
    g_list_model_items_changed (G_LIST_MODEL (self), begin, old->len - begin - end, items->len - begin - end);
}

void
rt_table_rows_replace (RtTableRows *self, GPtrArray *items)
{
  replace (self, items, TRUE);
}

void
rt_table_rows_take (RtTableRows *self, GPtrArray *items)
{
  replace (self, items, FALSE);
}
