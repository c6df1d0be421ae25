/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a key stood at a moment: what somebody saw. */
#include "rt-table-private.h"

G_DEFINE_BOXED_TYPE (RtTableState, rt_table_state, rt_table_state_ref, rt_table_state_unref)

RtTableState *
rt_table_state_new (GVariant *value, const char *owner, gint64 written)
{
  RtTableState *self = g_new0 (RtTableState, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->value = value != NULL ? g_variant_ref_sink (value) : NULL;
  self->owner = g_strdup (owner);
  self->written = written;
  return self;
}

RtTableState *
rt_table_state_new_unread (void)
{
  RtTableState *self = rt_table_state_new (NULL, NULL, 0);

  self->unread = TRUE;
  return self;
}

RtTableState *
rt_table_state_ref (RtTableState *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
rt_table_state_unref (RtTableState *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->value, g_variant_unref);
  g_free (self->owner);
  g_free (self);
}

GVariant *
rt_table_state_get_value (RtTableState *self)
{
  return self->value;
}

gboolean
rt_table_state_get_unread (RtTableState *self)
{
  return self->unread;
}

const char *
rt_table_state_get_owner (RtTableState *self)
{
  return self->owner;
}

gint64
rt_table_state_get_written (RtTableState *self)
{
  return self->written;
}
