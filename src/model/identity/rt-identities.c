/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-identities-private.h"
#include "model/network/rt-network-private.h"

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtIdentities, rt_identities, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

enum { CHANGED, SAVE, N_SIGNALS };

static guint signals[N_SIGNALS];

/* ---- GListModel ---- */

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_IDENTITY;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (RT_IDENTITIES (model)->list));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (RT_IDENTITIES (model)->list), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- who uses what ---- */

const char *
rt_identities_get_ref (RtNetworkConfig *config)
{
  const char *ref = rt_network_config_get_identity (config);

  return *ref != '\0' ? ref : rt_network_config_get_uuid (config);
}

RtIdentity *
rt_identities_find (RtIdentities *self, const char *ref)
{
  guint n;

  g_return_val_if_fail (RT_IS_IDENTITIES (self), NULL);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtIdentity) identity = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      if (g_strcmp0 (rt_identity_get_ref (identity), ref) == 0)
        return identity;        /* the list keeps it */
    }
  return NULL;
}

RtIdentity *
rt_identities_get_of_network (RtIdentities *self, RtNetwork *network)
{
  RtNetworkConfig *config = rt_network_get_config (network);

  return rt_network_config_get_demo (config) ? NULL : rt_identities_find (self, rt_identities_get_ref (config));
}

GPtrArray *
rt_identities_dup_users (RtIdentities *self, RtIdentity *identity)
{
  GPtrArray *users = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = self->networks != NULL ? g_list_model_get_n_items (self->networks) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (self->networks, i);

      if (rt_identities_get_of_network (self, network) == identity)
        g_ptr_array_add (users, g_steal_pointer (&network));
    }
  return users;
}

static void
tell_changed (RtIdentities *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

void
rt_identities_save (RtIdentities *self, gboolean important)
{
  g_signal_emit (self, signals[SAVE], 0, important);
  tell_changed (self);
}

RtIdentity *
rt_identities_append (RtIdentities *self, const char *ref, const char *name, gboolean shared)
{
  g_autoptr (RtIdentity) identity = rt_identity_new (ref, name, shared);

  g_signal_connect_object (identity, "notify", G_CALLBACK (tell_changed), self, G_CONNECT_SWAPPED);
  g_list_store_append (self->list, identity);
  return identity;              /* the list keeps it */
}

void
rt_identities_drop (RtIdentities *self, RtIdentity *identity)
{
  guint position;

  if (g_list_store_find (self->list, identity, &position))
    g_list_store_remove (self->list, position);
}

/* One that several networks use, or that has a name, is not only of a network any more. */
void
rt_identities_take_network (RtIdentities *self, RtNetwork *network)
{
  RtNetworkConfig *config = rt_network_get_config (network);
  RtIdentity *identity = rt_identities_get_of_network (self, network);
  g_autoptr (GPtrArray) users = NULL;

  if (rt_network_config_get_demo (config) || self->trouble != NULL)
    return;
  if (identity == NULL)
    {
      /* one that is not only of this network may be used elsewhere: it does not go with it */
      identity = rt_identities_append (self, rt_identities_get_ref (config), "", self->lost && *rt_network_config_get_identity (config) != '\0');
      if (self->lost)
        rt_identity_set_had (identity);
    }
  users = rt_identities_dup_users (self, identity);
  if (users->len > 1)
    rt_identity_set_shared (identity, TRUE);
  if (!rt_identity_get_shared (identity))
    rt_identity_set_network_title (identity, rt_network_get_title (network));
  tell_changed (self);
}

/* ---- object ---- */

static void
rt_identities_dispose (GObject *object)
{
  RtIdentities *self = RT_IDENTITIES (object);

  g_clear_weak_pointer (&self->networks);
  g_clear_object (&self->vault);
  g_clear_object (&self->files);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (rt_identities_parent_class)->dispose (object);
}

static void
rt_identities_finalize (GObject *object)
{
  RtIdentities *self = RT_IDENTITIES (object);

  g_free (self->folder);
  g_free (self->trouble);
  G_OBJECT_CLASS (rt_identities_parent_class)->finalize (object);
}

static void
rt_identities_class_init (RtIdentitiesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = rt_identities_dispose;
  G_OBJECT_CLASS (klass)->finalize = rt_identities_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
}

static void
rt_identities_init (RtIdentities *self)
{
  self->list = g_list_store_new (RT_TYPE_IDENTITY);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (g_list_model_items_changed), self, G_CONNECT_SWAPPED);
}

RtIdentities *
rt_identities_new (GListModel *networks, const char *folder)
{
  RtIdentities *self = g_object_new (RT_TYPE_IDENTITIES, NULL);

  g_set_weak_pointer (&self->networks, networks);
  self->folder = g_strdup (folder);
  self->vault = rt_vault_new (folder, FALSE);
  return self;
}

void
rt_identities_set_keyring (RtIdentities *self, gboolean keyring)
{
  g_object_unref (self->vault);
  self->vault = rt_vault_new (self->folder, keyring);
  self->keyring = keyring && rt_vault_has_keyring ();
}

gboolean
rt_identities_get_keyring (RtIdentities *self)
{
  g_return_val_if_fail (RT_IS_IDENTITIES (self), FALSE);
  return self->keyring;
}

RtVault *
rt_identities_get_vault (RtIdentities *self)
{
  g_return_val_if_fail (RT_IS_IDENTITIES (self), NULL);
  return self->vault;
}

static void
flushed_cb (GObject *vault, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  rt_vault_flush_finish (RT_VAULT (vault), result);
  g_task_return_boolean (task, TRUE);
}

void
rt_identities_flush_async (RtIdentities *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, rt_identities_flush_async);
  g_task_set_name (task, "[rt-model] flush keys");
  rt_vault_close (self->vault);
  rt_vault_flush_async (self->vault, flushed_cb, task);
}

void
rt_identities_flush_finish (RtIdentities *self, GAsyncResult *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
