/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Out of this computer, into it, and away. */
#include "config.h"

#include "rt-identities-private.h"
#include "p2p/p2p.h"

#include <string.h>
#include <glib/gi18n-lib.h>

typedef struct {
  RtIdentity  *identity;
  P2pIdentity *key;
  char        *passphrase, *text, *name;
  gboolean     known;           /* the identity was there before its key came back */
} Work;

static void
free_secret_text (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}

static void
free_work (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->identity);
  g_clear_pointer (&work->key, p2p_identity_unref);
  free_secret_text (work->passphrase);
  g_free (work->text);
  g_free (work->name);
  g_free (work);
}

static GTask *
new_task (RtIdentities *self, gpointer tag, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data, Work **work)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_name (task, name);
  *work = g_new0 (Work, 1);
  g_task_set_task_data (task, *work, free_work);
  return task;
}

/* ---- export ---- */

/* A passphrase is made a key slowly, on purpose. */
static void
export_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  char *text = p2p_identity_export (work->key, work->passphrase, &error);

  if (text != NULL)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_error (task, error);
}

static void
key_for_export_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentities *self = g_task_get_source_object (task);
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  RtVaultPlace place;
  g_autoptr (GBytes) seed = rt_vault_lookup_finish (RT_VAULT (vault), result, &place, &error);

  if (seed == NULL && (error == NULL || g_error_matches (error, RT_STORE_ERROR, RT_STORE_ERROR_GONE)))
    {
      g_clear_error (&error);
      rt_identities_set_gone (self, work->identity, place, &error);
    }
  else if (seed != NULL && rt_identities_note_key (self, work->identity, seed, place, &error))
    work->key = p2p_identity_new_from_seed (seed, &error);
  if (work->key != NULL)
    g_task_run_in_thread (task, export_thread);
  else
    g_task_return_error (task, error);
}

void
rt_identities_export_async (RtIdentities *self, RtIdentity *identity, const char *passphrase, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  Work *work;

  g_return_if_fail (RT_IS_IDENTITIES (self));
  g_return_if_fail (RT_IS_IDENTITY (identity));
  g_return_if_fail (passphrase != NULL);

  task = new_task (self, rt_identities_export_async, "[rt-model] export identity", cancellable, callback, user_data, &work);
  work->identity = g_object_ref (identity);
  work->passphrase = g_strdup (passphrase);
  rt_vault_ask_again (self->vault);
  rt_vault_lookup_async (self->vault, rt_identity_get_ref (identity), RT_VAULT_KEY, cancellable, key_for_export_cb, task);
}

char *
rt_identities_export_finish (RtIdentities *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- import ---- */

static void
stored_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentities *self = g_task_get_source_object (task);
  Work *work = g_task_get_task_data (task);
  g_autoptr (GBytes) seed = p2p_identity_get_seed (work->key);
  GError *error = NULL;
  RtVaultPlace place;

  if (!rt_vault_store_finish (RT_VAULT (vault), result, &place, &error))
    {
      if (!work->known)
        rt_identities_drop (self, work->identity);
      rt_identities_save (self, FALSE);
      g_task_return_error (task, error);
      return;
    }
  rt_identities_note_key (self, work->identity, seed, place, NULL);
  /* there may be networks that wait for it */
  rt_identities_start_users (self, work->identity);
  g_task_return_pointer (task, work->identity, NULL);
}

static void
store (RtIdentities *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  g_autofree char *label = rt_identities_dup_label (work->identity);
  g_autoptr (GBytes) seed = p2p_identity_get_seed (work->key);

  rt_vault_store_async (self->vault, rt_identity_get_ref (work->identity), RT_VAULT_KEY, label, seed, stored_cb, task);
}

static void
add_imported (RtIdentities *self, GTask *task)
{
  Work *work = g_task_get_task_data (task);
  g_autoptr (GBytes) public_key = p2p_identity_get_public_key (work->key);
  g_autofree char *ref = g_uuid_string_random ();

  /* Known from now on: whoever imports it twice is told. Should we be killed before its key is kept, it is one whose key is gone, and importing it again brings that back. */
  work->identity = g_object_ref (rt_identities_append (self, ref, work->name, TRUE));
  rt_identity_set_public_key (work->identity, public_key);
  rt_identities_save (self, TRUE);
  store (self, task);
}

/* That an identity is known says nothing of its key: that is what an export is for. */
static void
key_of_known_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentities *self = g_task_get_source_object (task);
  Work *work = g_task_get_task_data (task);
  RtVaultPlace place;
  g_autoptr (GBytes) seed = rt_vault_lookup_finish (RT_VAULT (vault), result, &place, NULL);

  if (seed == NULL)
    {
      work->known = TRUE;
      store (self, g_steal_pointer (&task));
    }
  else if (rt_identities_note_key (self, work->identity, seed, place, NULL))
    {
      rt_identities_start_users (self, work->identity);
      /* Translators: %s is the name of an identity, or of the network that it is of */
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_EXISTS, _("You have this identity already: it is “%s”"), rt_identity_get_title (work->identity));
    }
  else
    {
      /* the key in its place may be one that somebody misses */
      g_clear_object (&work->identity);
      add_imported (self, g_steal_pointer (&task));
    }
}

/* Of two the one whose key can be had. */
static RtIdentity *
find_key (RtIdentities *self, GBytes *public_key)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self));
  RtIdentity *found = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtIdentity) identity = g_list_model_get_item (G_LIST_MODEL (self), i);
      GBytes *key = rt_identity_get_public_key (identity);

      if (key != NULL && g_bytes_equal (key, public_key) && !rt_identity_get_leaving (identity) && (found == NULL || rt_identity_get_trouble (found) != NULL))
        found = identity;       /* the list keeps it */
    }
  return found;
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentities *self = RT_IDENTITIES (source);
  Work *work = g_task_get_task_data (task);
  g_autoptr (GBytes) public_key = NULL;
  GError *error = NULL;
  RtIdentity *known;

  work->key = g_task_propagate_pointer (G_TASK (result), &error);
  /* who thought better of it does not have it; what is begun from here on is ended */
  if (g_task_return_error_if_cancelled (task))
    {
      g_clear_error (&error);
      return;
    }
  g_task_set_check_cancellable (task, FALSE);
  if (work->key == NULL)
    {
      /* the library speaks English only */
      if (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET))
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s", _("The passphrase is wrong"));
      else
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s", _("The file holds no exported identity that can be read: it is something else, damaged, or of a newer version"));
      g_error_free (error);
      return;
    }
  public_key = p2p_identity_get_public_key (work->key);
  known = find_key (self, public_key);
  if (known == NULL)
    {
      add_imported (self, g_steal_pointer (&task));
      return;
    }
  work->identity = g_object_ref (known);
  rt_vault_lookup_async (self->vault, rt_identity_get_ref (known), RT_VAULT_KEY, NULL, key_of_known_cb, g_steal_pointer (&task));
}

static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  P2pIdentity *key = p2p_identity_import (work->text, work->passphrase, &error);

  if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify) p2p_identity_unref);
  else
    g_task_return_error (task, error);
}

void
rt_identities_import_async (RtIdentities *self, const char *text, const char *passphrase, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) opening = NULL;
  GTask *task;
  Work *work;

  g_return_if_fail (RT_IS_IDENTITIES (self));
  g_return_if_fail (text != NULL && passphrase != NULL && name != NULL);

  task = new_task (self, rt_identities_import_async, "[rt-model] import identity", cancellable, callback, user_data, &work);
  work->name = rt_identities_clean_name (name);
  opening = new_task (self, rt_identities_import_async, "[rt-model] open an exported identity", cancellable, opened_cb, task, &work);
  work->text = g_strdup (text);
  work->passphrase = g_strdup (passphrase);
  g_task_run_in_thread (opening, import_thread);
}

RtIdentity *
rt_identities_import_finish (RtIdentities *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- away ---- */

static void
removed_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentities *self = g_task_get_source_object (task);
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;

  if (!rt_vault_remove_finish (RT_VAULT (vault), result, &error))
    {
      rt_identity_set_leaving (work->identity, FALSE);
      rt_identity_set_trouble (work->identity, error->message);
      g_task_return_error (task, error);
      return;
    }
  rt_identities_drop (self, work->identity);
  rt_identities_save (self, TRUE);
  g_task_return_boolean (task, TRUE);
}

void
rt_identities_remove_async (RtIdentities *self, RtIdentity *identity, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) users = NULL;
  Work *work;

  g_return_if_fail (RT_IS_IDENTITIES (self));
  g_return_if_fail (RT_IS_IDENTITY (identity));

  task = new_task (self, rt_identities_remove_async, "[rt-model] remove identity", NULL, callback, user_data, &work);
  users = rt_identities_dup_users (self, identity);
  if (users->len > 0 || rt_identity_get_leaving (identity))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, "%s", users->len > 0 ? _("A network uses this identity") : _("This identity is being removed"));
      return;
    }
  work->identity = g_object_ref (identity);
  /* the keyring may ask for its password first, and whoever chooses this one meanwhile would lose it */
  rt_identity_set_leaving (identity, TRUE);
  rt_vault_ask_again (self->vault);
  rt_vault_remove_async (self->vault, rt_identity_get_ref (identity), RT_VAULT_KEY, removed_cb, g_steal_pointer (&task));
}

gboolean
rt_identities_remove_finish (RtIdentities *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
