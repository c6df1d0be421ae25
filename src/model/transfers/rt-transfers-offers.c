/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What we give, and to whom: kept in a small file beside the files, so that it is given after a restart, too. */
#include "config.h"

#include "rt-transfers-private.h"

#include <string.h>
#include <glib/gstdio.h>

#define OFFERS_TYPE "(ua(aybtas))"
#define OFFERS_VERSION 1u
#define MAX_RECIPIENTS 64u

void
rt_offer_free (gpointer data)
{
  RtOffer *offer = data;

  g_bytes_unref (offer->file);
  g_ptr_array_unref (offer->recipients);
  g_free (offer);
}

static RtOffer *
ensure_offer (RtTransfers *self, GBytes *file)
{
  g_autofree char *hex = rt_transfers_dup_hex (file);
  RtOffer *offer = g_hash_table_lookup (self->offers, hex);

  if (offer != NULL)
    return offer;
  while (self->offer_order.length >= RT_TRANSFERS_MAX_OFFERS)
    {
      g_autofree char *oldest = g_queue_pop_head (&self->offer_order);

      g_hash_table_remove (self->offers, oldest);
    }
  offer = g_new0 (RtOffer, 1);
  offer->file = g_bytes_ref (file);
  offer->recipients = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_insert (self->offers, hex, offer);
  g_queue_push_tail (&self->offer_order, g_steal_pointer (&hex));       /* which owns it */
  return offer;
}

static gboolean
is_recipient (RtOffer *offer, const char *id)
{
  for (guint i = 0; i < offer->recipients->len; i++)
    if (g_str_equal (offer->recipients->pdata[i], id))
      return TRUE;
  return FALSE;
}

static void
add_recipient (RtOffer *offer, const char *id)
{
  if (is_recipient (offer, id))
    return;
  if (offer->recipients->len >= MAX_RECIPIENTS)
    g_ptr_array_remove_index (offer->recipients, 0);
  g_ptr_array_add (offer->recipients, g_strdup (id));
}

RtOffer *
rt_transfers_find_offer (RtTransfers *self, GBytes *file, const char *peer)
{
  g_autofree char *hex = rt_transfers_dup_hex (file);
  RtOffer *offer = g_hash_table_lookup (self->offers, hex);

  return offer != NULL && (peer == NULL || offer->everybody || is_recipient (offer, peer)) ? offer : NULL;
}

/* ---- the file ---- */

static void
write_all (RtTransfers *self)
{
  GVariantBuilder builder;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (self->offers_file == NULL)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(aybtas)"));
  for (GList *l = self->offer_order.head; l != NULL; l = l->next)
    {
      RtOffer *offer = g_hash_table_lookup (self->offers, l->data);

      g_variant_builder_open (&builder, G_VARIANT_TYPE ("(aybtas)"));
      g_variant_builder_add_value (&builder, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, offer->file, TRUE));
      g_variant_builder_add (&builder, "b", offer->everybody);
      g_variant_builder_add (&builder, "t", offer->size);
      g_variant_builder_open (&builder, G_VARIANT_TYPE_STRING_ARRAY);
      for (guint i = 0; i < offer->recipients->len; i++)
        g_variant_builder_add (&builder, "s", (const char *) offer->recipients->pdata[i]);
      g_variant_builder_close (&builder);
      g_variant_builder_close (&builder);
    }
  value = g_variant_ref_sink (g_variant_new ("(u@a(aybtas))", OFFERS_VERSION, g_variant_builder_end (&builder)));
  bytes = g_variant_get_data_as_bytes (value);
  rt_kept_file_write (self->offers_file, bytes);
}

static void
save (RtTransfers *self)
{
  if (self->offers_loaded)
    write_all (self);
  rt_transfers_tell_offers (self);
}

static void
take_loaded (RtTransfers *self, GBytes *bytes)
{
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (OFFERS_TYPE), bytes, FALSE)), value = NULL;
  guint32 version;
  gsize n;

  g_variant_get (all, "(u@a(aybtas))", &version, &value);
  n = version == OFFERS_VERSION ? g_variant_n_children (value) : 0;
  for (gsize i = n > RT_TRANSFERS_MAX_OFFERS ? n - RT_TRANSFERS_MAX_OFFERS : 0; i < n; i++)
    {
      g_autoptr (GVariant) hash = NULL;
      g_autofree const char **recipients = NULL;
      g_autoptr (GBytes) file = NULL;
      gboolean everybody;
      guint64 size;
      RtOffer *offer;

      g_variant_get_child (value, i, "(@aybt^a&s)", &hash, &everybody, &size, &recipients);
      file = g_variant_get_data_as_bytes (hash);
      if (g_bytes_get_size (file) != 32 || size > RT_ATTACHMENT_MAX_SIZE)
        continue;
      offer = ensure_offer (self, file);
      offer->everybody = offer->everybody || everybody;
      offer->size = size;
      for (guint k = 0; recipients[k] != NULL; k++)
        add_recipient (offer, recipients[k]);
    }
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtTransfers) self = user_data;
  g_autofree char *contents = NULL;
  gboolean changed = self->offer_order.length > 0;
  gsize length;

  if (g_file_load_contents_finish (G_FILE (object), result, &contents, &length, NULL, NULL) && !self->offers_withdrawn)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&contents), length);

      take_loaded (self, bytes);
    }
  self->offers_loaded = TRUE;
  if (changed)
    save (self);
  else
    rt_transfers_tell_offers (self);
  rt_transfers_take_early (self);
}

void
rt_transfers_load_offers (RtTransfers *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;

  if (self->temporary)
    {
      self->offers_loaded = TRUE;
      return;
    }
  path = g_build_filename (self->folder, "offers", NULL);
  file = g_file_new_for_path (path);
  self->offers_file = rt_kept_file_new (path, rt_transfers_kept_cb, self);
  g_file_load_contents_async (file, self->cancellable, loaded_cb, g_object_ref (self));
}

void
rt_transfers_add_offered (RtTransfers *self, GHashTable *names)
{
  for (GList *l = self->offer_order.head; l != NULL; l = l->next)
    g_hash_table_add (names, g_strdup (l->data));
}

gboolean
rt_transfers_get_offered (RtTransfers *self, RtAttachment *attachment)
{
  g_return_val_if_fail (RT_IS_TRANSFERS (self), FALSE);
  g_return_val_if_fail (RT_IS_ATTACHMENT (attachment), FALSE);

  if (!rt_attachment_get_own (attachment) || rt_attachment_get_file (attachment) == NULL || rt_attachment_get_withdrawn (attachment))
    return FALSE;
  return !self->offers_loaded || rt_transfers_find_offer (self, rt_attachment_get_file (attachment), NULL) != NULL;
}

/* ---- what changes it ---- */

void
rt_transfers_offer (RtTransfers *self, RtAttachment *attachment, const char *recipient)
{
  RtOffer *offer;

  g_return_if_fail (RT_IS_TRANSFERS (self));
  g_return_if_fail (RT_IS_ATTACHMENT (attachment));
  g_return_if_fail (rt_attachment_get_file (attachment) != NULL);

  /* once when it is written, and again whenever it goes out */
  offer = rt_transfers_find_offer (self, rt_attachment_get_file (attachment), NULL);
  if (offer != NULL && offer->size == rt_attachment_get_size (attachment) && (recipient == NULL ? offer->everybody : is_recipient (offer, recipient)))
    return;
  offer = ensure_offer (self, rt_attachment_get_file (attachment));
  offer->size = rt_attachment_get_size (attachment);
  if (recipient == NULL)
    offer->everybody = TRUE;
  else
    add_recipient (offer, recipient);
  save (self);
}

void
rt_transfers_withdraw (RtTransfers *self, GBytes *file)
{
  g_autofree char *hex = rt_transfers_dup_hex (file);
  GList *place = g_queue_find_custom (&self->offer_order, hex, (GCompareFunc) strcmp);

  if (place == NULL)
    return;
  g_hash_table_remove (self->offers, hex);
  g_free (place->data);
  g_queue_delete_link (&self->offer_order, place);
  save (self);
}

void
rt_transfers_withdraw_all (RtTransfers *self)
{
  g_return_if_fail (RT_IS_TRANSFERS (self));

  rt_transfers_end_serving (self, NULL);
  g_hash_table_remove_all (self->offers);
  g_queue_clear_full (&self->offer_order, g_free);
  /* what is being read just now, too */
  self->offers_withdrawn = !self->offers_loaded;
  if (!self->temporary)
    {
      g_autofree char *path = g_build_filename (self->folder, "offers", NULL);

      /* the program may end before anything is written */
      g_unlink (path);
      /* and a thread may still write what there was */
      write_all (self);
    }
  rt_transfers_tell_offers (self);
}
