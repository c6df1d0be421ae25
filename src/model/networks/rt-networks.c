/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-networks-private.h"
#include "rt-secret-words.h"

#include <string.h>
#include <glib/gi18n-lib.h>

/* A name is a label, no letter. */
#define MAX_NAME_BYTES 256

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RtNetworks, rt_networks, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

enum { PROP_0, PROP_USER_NAME, PROP_LOADED, PROP_ERROR, N_PROPS };

static GParamSpec *properties[N_PROPS];

static const char *
get_error (RtNetworks *self)
{
  return self->error != NULL ? self->error : self->notice;
}

static void
set_words (RtNetworks *self, char **where, const char *words)
{
  g_autofree char *before = g_strdup (get_error (self));

  g_free (*where);
  *where = g_strdup (words);
  if (g_strcmp0 (before, get_error (self)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

void
rt_networks_set_error (RtNetworks *self, const char *words)
{
  set_words (self, &self->error, words);
}

void
rt_networks_set_notice (RtNetworks *self, const char *words)
{
  set_words (self, &self->notice, words);
}

void
rt_networks_set_loaded (RtNetworks *self)
{
  self->loaded = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADED]);
}

/* ---- writing ---- */

/* Of every write: the newest result is what a person should know. */
static void
note_result (RtNetworks *self, const GError *error)
{
  if (self->remembering && !self->shut_down)
    rt_networks_set_error (self, error != NULL ? error->message : NULL);
}

static void
network_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetworks) self = user_data;
  g_autoptr (GError) error = NULL;

  rt_store_save_network_finish (RT_STORE (source), result, &error);
  note_result (self, error);
}

static void
network_removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetworks) self = user_data;
  g_autoptr (GError) error = NULL;

  rt_store_remove_network_finish (RT_STORE (source), result, &error);
  note_result (self, error);
}

static void
key_removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetworks) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!rt_identities_leave_network_finish (RT_IDENTITIES (source), result, &error))
    note_result (self, error);
}

static void
secret_removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetworks) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!rt_network_forget_secret_finish (RT_NETWORK (source), result, &error))
    note_result (self, error);
}

static void
name_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetworks) self = user_data;
  g_autoptr (GError) error = NULL;

  rt_store_set_profile_finish (RT_STORE (source), result, &error);
  note_result (self, error);
}

/* What was looked up, of no importance to anybody but us. */
static void
identities_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetworks) self G_GNUC_UNUSED = user_data;

  rt_store_set_profile_finish (RT_STORE (source), result, NULL);
}

static void
save_identities_cb (RtIdentities *identities, gboolean important, RtNetworks *self)
{
  g_autofree char *text = rt_identities_dup_text (identities);

  if (text != NULL && self->remembering)
    rt_store_set_profile_async (self->store, "identities", text, important ? name_saved_cb : identities_saved_cb, g_object_ref (self));
}

static void
save_network (RtNetworks *self, RtNetwork *network)
{
  g_autoptr (RtStoreNetwork) row = NULL;

  /* created is taken over when the row is new, and never changes */
  row = rt_network_config_to_stored (network->config, network->position, g_get_real_time () / G_USEC_PER_SEC);
  rt_store_save_network_async (self->store, row, network_saved_cb, g_object_ref (self));
}

static void
config_changed_cb (RtNetwork *network, GParamSpec *pspec, RtNetworks *self)
{
  if (self->shut_down)
    return;
  /* who he is in it is written before it */
  rt_identities_take_network (self->identities, network);
  rt_identities_save (self->identities, TRUE);
  save_network (self, network);
}

/* ---- GListModel ---- */

static GType
get_item_type (GListModel *model)
{
  return RT_TYPE_NETWORK;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (RT_NETWORKS (model)->networks));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (RT_NETWORKS (model)->networks), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- object ---- */

static void
rt_networks_dispose (GObject *object)
{
  RtNetworks *self = RT_NETWORKS (object);

  if (self->networks != NULL)
    g_signal_handlers_disconnect_by_data (self->networks, self);
  g_clear_object (&self->networks);
  g_clear_object (&self->identities);
  g_clear_object (&self->store);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (rt_networks_parent_class)->dispose (object);
}

static void
rt_networks_finalize (GObject *object)
{
  RtNetworks *self = RT_NETWORKS (object);

  g_ptr_array_unref (self->removed);
  g_free (self->folder);
  g_free (self->user_name);
  g_free (self->notice);
  g_free (self->error);

  G_OBJECT_CLASS (rt_networks_parent_class)->finalize (object);
}

static void
rt_networks_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtNetworks *self = RT_NETWORKS (object);

  switch (prop_id)
    {
    case PROP_USER_NAME: g_value_set_string (value, self->user_name); break;
    case PROP_LOADED: g_value_set_boolean (value, self->loaded); break;
    case PROP_ERROR: g_value_set_string (value, get_error (self)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_networks_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_USER_NAME: rt_networks_set_user_name (RT_NETWORKS (object), g_value_get_string (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_networks_class_init (RtNetworksClass *klass)
{
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_networks_dispose;
  object_class->finalize = rt_networks_finalize;
  object_class->get_property = rt_networks_get_property;
  object_class->set_property = rt_networks_set_property;

  properties[PROP_USER_NAME] = g_param_spec_string ("user-name", NULL, NULL, NULL, flags | G_PARAM_READWRITE);
  properties[PROP_LOADED] = g_param_spec_boolean ("loaded", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_networks_init (RtNetworks *self)
{
  self->store = rt_store_new ();
  /* what could be opened, or mended, only later */
  g_signal_connect_object (self->store, "noticed", G_CALLBACK (rt_networks_set_notice), self, G_CONNECT_SWAPPED);
  self->networks = g_list_store_new (RT_TYPE_NETWORK);
  self->removed = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect_swapped (self->networks, "items-changed", G_CALLBACK (g_list_model_items_changed), self);
}

RtNetworks *
rt_networks_new (const char *folder)
{
  g_autofree char *keys = NULL;
  RtNetworks *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (RT_TYPE_NETWORKS, NULL);
  self->folder = g_strdup (folder);
  keys = g_build_filename (folder, "identities", NULL);
  self->identities = rt_identities_new (G_LIST_MODEL (self), keys);
  g_signal_connect_object (self->identities, "save", G_CALLBACK (save_identities_cb), self, 0);
  return self;
}

void
rt_networks_set_settings (RtNetworks *self, RtSettings *settings)
{
  g_return_if_fail (RT_IS_NETWORKS (self));

  g_set_object (&self->settings, settings);
}

void
rt_networks_set_keyring (RtNetworks *self, gboolean keyring)
{
  g_return_if_fail (RT_IS_NETWORKS (self) && !self->loaded);

  rt_identities_set_keyring (self->identities, keyring);
}

RtIdentities *
rt_networks_get_identities (RtNetworks *self)
{
  g_return_val_if_fail (RT_IS_NETWORKS (self), NULL);
  return self->identities;
}

const char *
rt_networks_get_user_name (RtNetworks *self)
{
  g_return_val_if_fail (RT_IS_NETWORKS (self), NULL);
  return self->user_name;
}

void
rt_networks_take_user_name (RtNetworks *self, const char *name)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  if (g_strcmp0 (self->user_name, name) == 0)
    return;
  g_free (self->user_name);
  self->user_name = g_strdup (name);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = get_item (G_LIST_MODEL (self), i);

      rt_network_set_user_name (network, name);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER_NAME]);
}

void
rt_networks_set_user_name (RtNetworks *self, const char *name)
{
  g_autofree char *plain = NULL;

  g_return_if_fail (RT_IS_NETWORKS (self));

  plain = g_strstrip (rt_sanitise_line (name, MAX_NAME_BYTES));
  if (g_strcmp0 (self->user_name, plain) == 0)
    return;
  rt_networks_take_user_name (self, plain);
  rt_store_set_profile_async (self->store, "user-name", plain, name_saved_cb, g_object_ref (self));
}

RtNetwork *
rt_networks_append (RtNetworks *self, RtNetworkConfig *config, gint64 position)
{
  g_autoptr (RtNetwork) network = rt_network_new (self->store, self->folder, config);
  RtNetwork *row = network;

  network->position = position;
  rt_network_set_settings (network, self->settings);
  rt_network_set_identities (network, self->identities);
  if (self->remembering)
    rt_network_open_chat (network);
  self->next_position = MAX (self->next_position, position + 1);
  rt_network_set_user_name (network, self->user_name);
  g_signal_connect_object (network, "notify::config", G_CALLBACK (config_changed_cb), self, 0);
  g_list_store_append (self->networks, network);
  rt_identities_take_network (self->identities, network);
  return row;                   /* the list keeps it */
}

/* The same network twice would be two nodes of one person, told of everything twice. */
static gboolean
check_new (RtNetworks *self, RtNetworkConfig *config, RtNetwork *except, GError **error)
{
  guint n = get_n_items (G_LIST_MODEL (self));
  RtIdentity *identity;

  if (!rt_network_config_check (config, error))
    return FALSE;
  if (rt_network_config_lacks_secret (config) && (except == NULL || !rt_network_config_get_has_secret (except->config)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, rt_secret_words (RT_SECRET_WORDS_MISSING));
      return FALSE;
    }
  identity = rt_network_config_get_demo (config) ? NULL : rt_identities_find (self->identities, rt_identities_get_ref (config));
  if (identity != NULL && rt_identity_get_leaving (identity))
    {
      /* Translators: %s is the name of an identity */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("The identity “%s” is being removed: choose another one"), rt_identity_get_title (identity));
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = get_item (G_LIST_MODEL (self), i);

      if (network == except)
        continue;
      /* the demonstration meets nobody outside, whatever it is called */
      if (rt_network_config_get_demo (network->config) == rt_network_config_get_demo (config) && rt_network_config_same_network (network->config, config))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                       _("You are in the network “%s” already: same name, encryption and version"),
                       rt_network_config_get_subnet (config));
          return FALSE;
        }
      if (g_str_equal (rt_network_config_get_uuid (network->config), rt_network_config_get_uuid (config)))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("This network was added already"));
          return FALSE;
        }
    }
  return TRUE;
}

RtNetwork *
rt_networks_add (RtNetworks *self, RtNetworkConfig *config, GError **error)
{
  RtNetwork *network;

  g_return_val_if_fail (RT_IS_NETWORKS (self), NULL);
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (config), NULL);

  if (!self->loaded || self->shut_down)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("The networks are not loaded"));
      return NULL;
    }
  if (!check_new (self, config, NULL, error))
    return NULL;
  network = rt_networks_append (self, config, self->next_position);
  /* who he is in it is written before it */
  rt_identities_save (self->identities, TRUE);
  /* before its known peers, which refer to it */
  save_network (self, network);
  if (rt_network_config_get_has_secret (network->config))
    rt_network_keep_secret (network);
  rt_network_start (network);
  return network;
}

gboolean
rt_networks_update (RtNetworks *self, RtNetwork *network, RtNetworkConfig *config, GError **error)
{
  g_autoptr (RtNetworkConfig) edited = NULL;

  g_return_val_if_fail (RT_IS_NETWORKS (self), FALSE);
  g_return_val_if_fail (RT_IS_NETWORK (network), FALSE);
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (config), FALSE);

  edited = rt_network_config_copy (config);
  g_object_set (edited, "uuid", rt_network_config_get_uuid (network->config), NULL);
  if (!check_new (self, edited, network, error))
    return FALSE;
  /* notify::config writes it */
  rt_network_set_config (network, edited);
  return TRUE;
}

gboolean
rt_networks_retype_secret (RtNetworks *self, RtNetwork *network, const char *text, GError **error)
{
  g_autoptr (RtNetworkConfig) edited = NULL;
  g_autofree char *words = NULL;

  g_return_val_if_fail (RT_IS_NETWORKS (self), FALSE);
  g_return_val_if_fail (RT_IS_NETWORK (network), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  words = rt_network_config_check_field ("secret", text);
  if (words != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
      return FALSE;
    }
  edited = rt_network_config_copy (network->config);
  rt_network_config_set_secret (edited, text);
  /* what waits there, and is shared there, is for those with the other one */
  if (!rt_network_config_may_have_secret (network->config, rt_network_config_get_secret (edited)))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("This is not the secret that this network has. With another secret it is another network"));
      return FALSE;
    }
  return rt_networks_update (self, network, edited, error);
}

static void
left_cb (GObject *network, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (RtNetworks) self = user_data;

  rt_network_left_finish (RT_NETWORK (network), result);
  g_ptr_array_remove (self->removed, network);
}

void
rt_networks_remove (RtNetworks *self, RtNetwork *network)
{
  g_autoptr (RtNetwork) kept = NULL;
  guint position;

  g_return_if_fail (RT_IS_NETWORKS (self));
  g_return_if_fail (RT_IS_NETWORK (network));

  if (!g_list_store_find (self->networks, network, &position))
    return;
  kept = g_object_ref (network);
  g_signal_handlers_disconnect_by_func (network, config_changed_cb, self);
  rt_network_stop (network);
  /* nothing of it is kept from now on, while it hands over */
  rt_network_free_table (network);
  rt_network_free_chat (network);
  g_ptr_array_add (self->removed, g_object_ref (network));
  rt_network_left_async (network, left_cb, g_object_ref (self));
  g_list_store_remove (self->networks, position);
  rt_store_remove_network_async (self->store, rt_network_config_get_uuid (network->config), network_removed_cb, g_object_ref (self));
  rt_identities_leave_network (self->identities, network, key_removed_cb, g_object_ref (self));
  rt_network_forget_secret_async (network, secret_removed_cb, g_object_ref (self));
  rt_network_remove_files (network);
}
