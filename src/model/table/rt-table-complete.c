/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-table-private.h"

#include <string.h>

/* Looks at every key once: of a hundred thousand that takes a few milliseconds. */
GPtrArray *
rt_table_complete (RtTable *self, const char *prefix, guint n)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (RT_IS_TABLE (self), rows);
  g_return_val_if_fail (prefix != NULL, rows);

  for (guint i = 0; i < self->every->len && n > 0; i++)
    {
      RtTableRow *row = self->every->pdata[i];
      guint at = rows->len;

      if (!row->exists || !row->key_is_text || !g_str_has_prefix (row->key_text, prefix))
        continue;
      while (at > 0 && strcmp (((RtTableRow *) rows->pdata[at - 1])->key_text, row->key_text) > 0)
        at--;
      if (at >= n)
        continue;
      g_ptr_array_insert (rows, (int) at, g_object_ref (row));
      if (rows->len > n)
        g_ptr_array_set_size (rows, (int) n);
    }
  return rows;
}
