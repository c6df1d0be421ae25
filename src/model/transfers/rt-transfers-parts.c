/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has come of a file, until all of it is there. A part has one user at a time: what a fetch that was cancelled still writes, checks or deletes is over before another begins there. */
#include "config.h"

#include "rt-transfers-private.h"

#define TAG_CHARACTERS 16

typedef struct {
  guint    users;
  gboolean drop;                /* when nobody uses it any more */
} Part;

/* Of its own for each who offers it, and each size that is claimed: nobody spoils what comes from another. */
char *
rt_transfers_dup_part_path (RtTransfers *self, GBytes *file, const char *offerer, guint64 size)
{
  g_autofree char *claim = g_strdup_printf ("%s %" G_GUINT64_FORMAT, offerer != NULL ? offerer : "", size);
  g_autofree char *tag = g_compute_checksum_for_string (G_CHECKSUM_SHA256, claim, -1);
  g_autofree char *path = rt_transfers_dup_path (self, file);

  return g_strdup_printf ("%s-%.*s.part", path, TAG_CHARACTERS, tag);
}

void
rt_transfers_hold_part (RtTransfers *self, const char *path)
{
  Part *part = g_hash_table_lookup (self->parts, path);

  if (part == NULL)
    {
      part = g_new0 (Part, 1);
      g_hash_table_insert (self->parts, g_strdup (path), part);
    }
  part->users++;
}

typedef struct {
  RtTransfers *transfers;
  char        *path;
} Deletion;

static void
deleted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Deletion *deletion = user_data;

  /* there may have been none */
  g_file_delete_finish (G_FILE (object), result, NULL);
  rt_transfers_release_part (deletion->transfers, deletion->path);
  g_object_unref (deletion->transfers);
  g_free (deletion->path);
  g_free (deletion);
}

static void
delete (RtTransfers *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Deletion *deletion = g_new (Deletion, 1);

  deletion->transfers = g_object_ref (self);
  deletion->path = g_strdup (path);
  g_file_delete_async (file, G_PRIORITY_DEFAULT, NULL, deleted_cb, deletion);
}

void
rt_transfers_release_part (RtTransfers *self, const char *path)
{
  Part *part = g_hash_table_lookup (self->parts, path);

  g_assert (part != NULL && part->users > 0);
  if (part->users == 1 && part->drop)
    {
      /* its last user is who deletes it */
      part->drop = FALSE;
      delete (self, path);
      return;
    }
  part->users--;
  if (part->users > 0)
    return;
  g_hash_table_remove (self->parts, path);
  /* somebody may wait for it */
  rt_transfers_go_on (self);
}

void
rt_transfers_drop_part (RtTransfers *self, const char *path)
{
  rt_transfers_hold_part (self, path);
  ((Part *) g_hash_table_lookup (self->parts, path))->drop = TRUE;
  rt_transfers_release_part (self, path);
}

gboolean
rt_transfers_part_is_used (RtTransfers *self, const char *path)
{
  return g_hash_table_contains (self->parts, path);
}
