/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With whom the person has dealt, so that their pictures may come by themselves: kept in a small file beside the files. */
#include "config.h"

#include "rt-transfers-private.h"

#include <string.h>

#define KNOWN_TYPE "(uas)"
#define KNOWN_VERSION 1u
#define MAX_ID 256u             /* bytes; longer ones are none */

static gboolean
find (RtTransfers *self, const char *id, guint *position)
{
  return g_ptr_array_find_with_equal_func (self->known, id, g_str_equal, position);
}

gboolean
rt_transfers_is_known (RtTransfers *self, const char *id)
{
  return id != NULL && find (self, id, NULL);
}

/* Whoever was dealt with longest ago is forgotten. */
static void
bound (RtTransfers *self)
{
  if (self->known->len > RT_TRANSFERS_MAX_KNOWN)
    g_ptr_array_remove_range (self->known, 0, self->known->len - RT_TRANSFERS_MAX_KNOWN);
}

static void
save (RtTransfers *self)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (self->known_file == NULL || !self->known_loaded)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < self->known->len; i++)
    g_variant_builder_add (&builder, "s", (const char *) self->known->pdata[i]);
  value = g_variant_ref_sink (g_variant_new ("(u@as)", KNOWN_VERSION, g_variant_builder_end (&builder)));
  bytes = g_variant_get_data_as_bytes (value);
  rt_kept_file_write (self->known_file, bytes);
}

static void
take_loaded (RtTransfers *self, GBytes *bytes)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (KNOWN_TYPE), bytes, FALSE));
  g_autofree const char **ids = NULL;
  guint n = 0;
  guint32 version;

  g_variant_get (all, "(u^a&s)", &version, &ids);
  for (guint i = 0; version == KNOWN_VERSION && ids[i] != NULL && n < RT_TRANSFERS_MAX_KNOWN; i++)
    /* before those of this life */
    if (*ids[i] != '\0' && strlen (ids[i]) <= MAX_ID && !find (self, ids[i], NULL))
      g_ptr_array_insert (self->known, (int) n++, g_strdup (ids[i]));
  bound (self);
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtTransfers) self = user_data;
  g_autofree char *contents = NULL;
  gboolean changed = self->known->len > 0;
  gsize length;

  if (g_file_load_contents_finish (G_FILE (object), result, &contents, &length, NULL, NULL))
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&contents), length);

      take_loaded (self, bytes);
    }
  self->known_loaded = TRUE;
  if (changed)
    save (self);
}

void
rt_transfers_load_known (RtTransfers *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  if (self->temporary)
    {
      self->known_loaded = TRUE;
      return;
    }
  path = g_build_filename (self->folder, "known", NULL);
  file = g_file_new_for_path (path);
  self->known_file = rt_kept_file_new (path, rt_transfers_kept_cb, self);
  g_file_load_contents_async (file, self->cancellable, loaded_cb, g_object_ref (self));
}

void
rt_transfers_note_known (RtTransfers *self, const char *id)
{
  guint position;

  g_return_if_fail (RT_IS_TRANSFERS (self));

  if (id == NULL || *id == '\0' || strlen (id) > MAX_ID)
    return;
  if (find (self, id, &position))
    {
      /* most of what is said is said to the same */
      if (position + 1 == self->known->len)
        return;
      g_ptr_array_remove_index (self->known, position);
    }
  g_ptr_array_add (self->known, g_strdup (id));
  bound (self);
  save (self);
}
