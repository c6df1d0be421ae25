/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of those that the person is: for a network that starts, for a page that shows one, and when a network is left. */
#include "config.h"

#include "rt-identities-private.h"
#include "model/network/rt-network-private.h"

#include <glib/gi18n-lib.h>

char *
rt_identities_dup_label (RtIdentity *identity)
{
  /* Translators: what a list of passwords and keys shows of one; %s is the name of an identity, or of the network that it is of */
  return g_strdup_printf (_("Roundtable: who you are in “%s”"), rt_identity_get_title (identity));
}

static void
moved_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtIdentity) identity = user_data;
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;

  if (rt_vault_move_finish (RT_VAULT (vault), result, &place, &error))
    rt_identity_set_place (identity, place);
  else
    g_message ("A key stays in its file: %s", error->message);
}

static void
set_exchanged (RtIdentities *self, RtIdentity *identity, RtVaultPlace place, GError **error)
{
  g_autofree char *path = rt_vault_dup_path (self->vault, rt_identity_get_ref (identity), RT_VAULT_KEY), *shown = g_filename_display_name (path);

  if (place == RT_VAULT_KEYRING)
    g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY,
                         _("The keyring has another key than the one that you were here with. It is left as it is. Import an export of the right one, and choose that in the settings of the network"));
  else
    /* Translators: %s is a file name */
    g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY,
                 _("%s holds another key than the one that you were here with. It is left as it is. Put the right one back, or import an export of it and choose that in the settings of the network"), shown);
}

void
rt_identities_set_gone (RtIdentities *self, RtIdentity *identity, RtVaultPlace place, GError **error)
{
  g_autofree char *path = rt_vault_dup_path (self->vault, rt_identity_get_ref (identity), RT_VAULT_KEY), *shown = g_filename_display_name (path);

  if (place == RT_VAULT_KEYRING)
    g_set_error_literal (error, RT_STORE_ERROR, RT_STORE_ERROR_GONE,
                         _("The keyring does not have your key any more. Import an export of this identity, or choose who you are here in the settings of the network"));
  else
    /* Translators: %s is a file name */
    g_set_error (error, RT_STORE_ERROR, RT_STORE_ERROR_GONE,
                 _("The key file %s is not there any more. Put it back, import an export of this identity, or choose who you are here in the settings of the network"), shown);
}

void
rt_identities_start_users (RtIdentities *self, RtIdentity *identity)
{
  g_autoptr (GPtrArray) users = rt_identities_dup_users (self, identity);

  for (guint i = 0; i < users->len; i++)
    if (rt_network_get_state (users->pdata[i]) == RT_NETWORK_FAILED)
      rt_network_start (users->pdata[i]);
}

gboolean
rt_identities_note_key (RtIdentities *self, RtIdentity *identity, GBytes *seed, RtVaultPlace place, GError **error)
{
  g_autoptr (P2pIdentity) key = p2p_identity_new_from_seed (seed, NULL);
  g_autoptr (GBytes) public_key = key != NULL ? p2p_identity_get_public_key (key) : NULL;
  GBytes *known = rt_identity_get_public_key (identity);

  rt_identity_set_place (identity, place);
  /* whoever goes on with it would be somebody else, and nobody would have said so */
  if (public_key == NULL || (known != NULL && !g_bytes_equal (known, public_key)))
    {
      g_autoptr (GError) reason = NULL;

      set_exchanged (self, identity, place, &reason);
      rt_identity_set_trouble (identity, reason->message);
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }
  rt_identity_set_trouble (identity, NULL);
  if (rt_identity_set_public_key (identity, public_key))
    rt_identities_save (self, FALSE);
  if (place == RT_VAULT_FILE && self->keyring)
    {
      g_autofree char *label = rt_identities_dup_label (identity);

      rt_vault_move_async (self->vault, rt_identity_get_ref (identity), RT_VAULT_KEY, label, moved_cb, g_object_ref (identity));
    }
  return TRUE;
}

/* The vault does not know what can be done about it. */
static void
say_gone (RtIdentities *self, RtIdentity *identity, RtVaultPlace place, GError **error)
{
  if (identity == NULL || (*error != NULL && !g_error_matches (*error, RT_STORE_ERROR, RT_STORE_ERROR_GONE)))
    return;
  g_clear_error (error);
  rt_identities_set_gone (self, identity, place, error);
}

static void
key_loaded_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentities *self = g_task_get_source_object (task);
  RtIdentity *identity = g_task_get_task_data (task);   /* NULL: the demonstration's */
  RtVaultPlace place;
  GError *error = NULL;
  GBytes *seed = rt_vault_load_key_finish (RT_VAULT (vault), result, &place, &error);

  if (seed == NULL)
    say_gone (self, identity, place, &error);
  if (identity != NULL && seed != NULL)
    {
      if (!rt_identities_note_key (self, identity, seed, place, &error))
        g_clear_pointer (&seed, g_bytes_unref);
    }
  else if (identity != NULL && error->domain == RT_STORE_ERROR)
    {
      rt_identity_set_trouble (identity, error->message);
      if (place != RT_VAULT_NOWHERE)
        rt_identity_set_place (identity, place);
    }
  if (seed != NULL)
    g_task_return_pointer (task, seed, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static RtVault *
get_files (RtIdentities *self)
{
  if (self->files == NULL)
    self->files = rt_vault_new (self->folder, FALSE);
  return self->files;
}

/* One that was had before is never made anew. */
static void
load_key (RtIdentities *self, RtIdentity *identity, GTask *task)
{
  const char *ref = rt_identity_get_ref (identity);

  g_task_set_task_data (task, g_object_ref (identity), g_object_unref);
  if (rt_identity_get_had (identity))
    rt_vault_lookup_async (self->vault, ref, RT_VAULT_KEY, g_task_get_cancellable (task), key_loaded_cb, task);
  else
    {
      g_autofree char *label = rt_identities_dup_label (identity);

      rt_vault_load_key_async (self->vault, ref, label, g_task_get_cancellable (task), key_loaded_cb, task);
    }
}

void
rt_identities_load_key_async (RtIdentities *self, RtNetwork *network, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (RT_IS_IDENTITIES (self));
  g_return_if_fail (RT_IS_NETWORK (network));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, rt_identities_load_key_async);
  g_task_set_name (task, "[rt-model] load key");
  g_task_set_check_cancellable (task, FALSE);
  if (self->trouble != NULL)
    g_task_return_new_error (task, RT_STORE_ERROR, RT_STORE_ERROR_GONE, "%s", self->trouble);
  else if (rt_network_is_demo (network))
    rt_vault_load_key_async (get_files (self), rt_network_config_get_uuid (rt_network_get_config (network)), "", cancellable, key_loaded_cb, g_steal_pointer (&task));
  else
    {
      if (rt_identities_get_of_network (self, network) == NULL)
        rt_identities_take_network (self, network);
      load_key (self, rt_identities_get_of_network (self, network), g_steal_pointer (&task));
    }
}

GBytes *
rt_identities_load_key_finish (RtIdentities *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- leaving ---- */

static void
key_removed_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentity *identity = g_task_get_task_data (task);
  GError *error = NULL;

  if (!rt_vault_remove_finish (RT_VAULT (vault), result, &error))
    {
      if (identity != NULL)
        {
          rt_identity_set_leaving (identity, FALSE);
          rt_identity_set_trouble (identity, error->message);
        }
      g_task_return_error (task, error);
      return;
    }
  if (identity != NULL)
    {
      rt_identities_drop (g_task_get_source_object (task), identity);
      rt_identities_save (g_task_get_source_object (task), FALSE);
    }
  g_task_return_boolean (task, TRUE);
}

void
rt_identities_leave_network (RtIdentities *self, RtNetwork *network, GAsyncReadyCallback callback, gpointer user_data)
{
  RtNetworkConfig *config = rt_network_get_config (network);
  RtIdentity *identity = rt_identities_get_of_network (self, network);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GPtrArray) users = NULL;
  RtVault *vault = rt_network_config_get_demo (config) ? get_files (self) : self->vault;

  g_task_set_source_tag (task, rt_identities_leave_network);
  g_task_set_name (task, "[rt-model] leave");
  if (identity != NULL)
    {
      users = rt_identities_dup_users (self, identity);
      g_task_set_task_data (task, g_object_ref (identity), g_object_unref);
    }
  if (self->trouble != NULL || (identity == NULL && !rt_network_config_get_demo (config)) ||
      (identity != NULL && (users->len > 0 || rt_identity_get_shared (identity))))
    {
      rt_identities_save (self, FALSE);
      g_task_return_boolean (task, TRUE);
      return;
    }
  /* whoever chooses it meanwhile would lose it */
  if (identity != NULL)
    rt_identity_set_leaving (identity, TRUE);
  rt_vault_remove_async (vault, rt_identities_get_ref (config), RT_VAULT_KEY, key_removed_cb, g_steal_pointer (&task));
}

gboolean
rt_identities_leave_network_finish (RtIdentities *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- what the person does ---- */

static void
made_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RtIdentities *self = g_task_get_source_object (task);
  RtIdentity *identity = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;
  g_autoptr (GBytes) seed = rt_vault_load_key_finish (RT_VAULT (vault), result, &place, &error);

  if (seed != NULL)
    {
      rt_identities_note_key (self, identity, seed, place, NULL);
      return;
    }
  say_gone (self, identity, place, &error);
  rt_identity_set_trouble (identity, error->message);
}

static void
try_key (RtIdentities *self, RtIdentity *identity)
{
  g_autofree char *label = rt_identities_dup_label (identity);
  GTask *task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_task_data (task, g_object_ref (identity), g_object_unref);
  if (rt_identity_get_had (identity))
    rt_vault_lookup_async (self->vault, rt_identity_get_ref (identity), RT_VAULT_KEY, NULL, made_cb, task);
  else
    rt_vault_load_key_async (self->vault, rt_identity_get_ref (identity), label, NULL, made_cb, task);
}

RtIdentity *
rt_identities_add (RtIdentities *self, const char *name)
{
  g_autofree char *ref = g_uuid_string_random (), *clean = NULL;
  RtIdentity *identity;

  g_return_val_if_fail (RT_IS_IDENTITIES (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  clean = rt_identities_clean_name (name);
  identity = rt_identities_append (self, ref, clean, TRUE);
  rt_identities_save (self, TRUE);
  try_key (self, identity);
  return identity;
}

void
rt_identities_rename (RtIdentities *self, RtIdentity *identity, const char *name)
{
  g_autofree char *clean = NULL;

  g_return_if_fail (RT_IS_IDENTITIES (self));
  g_return_if_fail (RT_IS_IDENTITY (identity));
  g_return_if_fail (name != NULL);

  clean = rt_identities_clean_name (name);
  if (g_str_equal (clean, rt_identity_get_name (identity)))
    return;
  rt_identity_set_name (identity, clean);
  rt_identities_save (self, TRUE);
}

/* Who he is there is known: only where the secret is locked away there is something to try. */
static void
keep_locked (GPtrArray *users)
{
  for (guint i = users->len; i > 0; i--)
    if (rt_network_get_secret_state (users->pdata[i - 1]) != RT_SECRET_LOCKED)
      g_ptr_array_remove_index (users, i - 1);
}

void
rt_identities_retry (RtIdentities *self)
{
  guint n;

  g_return_if_fail (RT_IS_IDENTITIES (self));

  rt_vault_ask_again (self->vault);
  n = g_list_model_get_n_items (G_LIST_MODEL (self));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtIdentity) identity = g_list_model_get_item (G_LIST_MODEL (self), i);
      g_autoptr (GPtrArray) users = rt_identities_dup_users (self, identity);

      if (rt_identity_get_trouble (identity) != NULL)
        try_key (self, identity);
      else
        keep_locked (users);
      for (guint j = 0; j < users->len; j++)
        if (rt_network_get_state (users->pdata[j]) == RT_NETWORK_FAILED)
          rt_network_start (users->pdata[j]);
    }
}

void
rt_identities_ask_again (RtIdentities *self)
{
  rt_vault_ask_again (self->vault);
}
