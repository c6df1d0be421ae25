/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person attached and did not send yet: kept in a small file beside the files, as the text beside it is kept as a draft. */
#include "config.h"

#include "rt-transfers-private.h"

/* the number first, in each of them; for whom it is, "" for nobody in particular, came with the second */
#define UNSENT_TYPE "(ua(ays))"
#define UNSENT_VERSION 2u
#define FIRST_TYPE "(uaay)"
#define FIRST_VERSION 1u

void
rt_transfers_save_unsent (RtTransfers *self)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->unsent));

  if (self->unsent_file == NULL || !self->unsent_loaded)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ays)"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (self->unsent), i);
      g_autoptr (GBytes) packed = rt_attachment_pack (attachment);

      /* of one that is still being read there is nothing to be kept */
      if (packed != NULL)
        {
          const char *meant_for = rt_attachment_get_meant_for (attachment);

          g_variant_builder_add (&builder, "(@ays)", g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, packed, TRUE), meant_for != NULL ? meant_for : "");
        }
    }
  value = g_variant_ref_sink (g_variant_new ("(u@a(ays))", UNSENT_VERSION, g_variant_builder_end (&builder)));
  bytes = g_variant_get_data_as_bytes (value);
  rt_kept_file_write (self->unsent_file, bytes);
}

/* The list in the file, of (ays) or, as it was kept at first, of ay; NULL: of another version. */
static GVariant *
read_list (GBytes *bytes)
{
  static const struct { guint32 version; const char *type; } known[] = { { UNSENT_VERSION, UNSENT_TYPE }, { FIRST_VERSION, FIRST_TYPE } };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (known[i].type), bytes, FALSE));
      guint32 version;

      g_variant_get_child (all, 0, "u", &version);
      if (version == known[i].version)
        return g_variant_get_child_value (all, 1);
    }
  return NULL;
}

static RtAttachment *
read_one (GVariant *value)
{
  gboolean first = g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING);
  g_autoptr (GVariant) child = first ? g_variant_ref (value) : g_variant_get_child_value (value, 0);
  g_autoptr (GBytes) packed = g_variant_get_data_as_bytes (child);
  RtAttachment *attachment = rt_attachment_new_packed (packed);
  const char *meant_for = "";

  if (!first)
    g_variant_get_child (value, 1, "&s", &meant_for);
  if (attachment != NULL && *meant_for != '\0')
    rt_attachment_set_meant_for (attachment, meant_for);
  return attachment;
}

static void
take_loaded (RtTransfers *self, GBytes *bytes)
{
  g_autoptr (GVariant) value = read_list (bytes);
  g_autoptr (GPtrArray) attachments = g_ptr_array_new_with_free_func (g_object_unref);
  gsize n = value != NULL ? g_variant_n_children (value) : 0;

  for (gsize i = 0; i < n && attachments->len < RT_TRANSFERS_MAX_UNSENT; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      RtAttachment *attachment = read_one (child);

      if (attachment == NULL)
        continue;
      g_ptr_array_add (attachments, attachment);
      rt_transfers_look (self, attachment);
    }
  /* before what somebody quick has attached already */
  g_list_store_splice (self->unsent, 0, 0, attachments->pdata, attachments->len);
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtTransfers) self = user_data;
  g_autofree char *contents = NULL;
  gboolean changed = g_list_model_get_n_items (G_LIST_MODEL (self->unsent)) > 0;
  gsize length;

  if (g_file_load_contents_finish (G_FILE (object), result, &contents, &length, NULL, NULL))
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&contents), length);

      take_loaded (self, bytes);
    }
  self->unsent_loaded = TRUE;
  if (changed)
    rt_transfers_save_unsent (self);
}

void
rt_transfers_load_unsent (RtTransfers *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  g_signal_connect_swapped (self->unsent, "items-changed", G_CALLBACK (rt_transfers_save_unsent), self);
  if (self->temporary)
    {
      self->unsent_loaded = TRUE;
      return;
    }
  path = g_build_filename (self->folder, "unsent", NULL);
  file = g_file_new_for_path (path);
  self->unsent_file = rt_kept_file_new (path, rt_transfers_kept_cb, self);
  g_file_load_contents_async (file, self->cancellable, loaded_cb, g_object_ref (self));
}

gboolean
rt_transfers_is_unsent (RtTransfers *self, GBytes *file)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->unsent));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (self->unsent), i);

      if (rt_attachment_get_file (attachment) != NULL && g_bytes_equal (rt_attachment_get_file (attachment), file))
        return TRUE;
    }
  return FALSE;
}

GListStore *
rt_transfers_get_unsent (RtTransfers *self)
{
  g_return_val_if_fail (RT_IS_TRANSFERS (self), NULL);

  return self->unsent;
}

void
rt_transfers_mean_unsent (RtTransfers *self, const char *id)
{
  guint n;

  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (id != NULL);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->unsent));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtAttachment) attachment = g_list_model_get_item (G_LIST_MODEL (self->unsent), i);

      if (rt_attachment_get_meant_for (attachment) == NULL)
        rt_attachment_set_meant_for (attachment, id);
    }
  rt_transfers_save_unsent (self);
}
