/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-test.h"

void
person_begin (Person *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean loaded;

  self->networks = rt_networks_new (self->folder);
  rt_networks_set_settings (self->networks, self->settings);
  if (self->keyring)
    rt_networks_set_keyring (self->networks, TRUE);
  rt_networks_load_async (self->networks, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  loaded = rt_networks_load_finish (self->networks, result, &error);
  g_assert_no_error (error);
  g_assert_true (loaded);
}

void
person_init (Person *self)
{
  g_autoptr (GError) error = NULL;

  self->settings = rt_settings_new_forgetful ();
  self->folder = g_dir_make_tmp ("rt-person-XXXXXX", &error);
  g_assert_no_error (error);
  person_begin (self);
}

void
person_end (Person *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtNetworks *networks = self->networks;

  rt_networks_shutdown_async (self->networks, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_networks_shutdown_finish (self->networks, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);
  /* nothing that is still under way may keep it for good */
  g_object_add_weak_pointer (G_OBJECT (networks), (gpointer *) &networks);
  g_clear_object (&self->networks);
  rt_wait_until (networks == NULL);
}

void
person_clear (Person *self)
{
  if (self->networks != NULL)
    person_end (self);
  g_clear_object (&self->settings);
  rt_remove_tree (self->folder);
  g_clear_pointer (&self->folder, g_free);
}

RtNetworkConfig *
make_config (const char *subnet, const char *peers)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = rt_parse_addresses (peers, &error);

  g_assert_no_error (error);
  return g_object_new (RT_TYPE_NETWORK_CONFIG,
                       "subnet", subnet,
                       "encryption", P2P_ENCRYPTION_PLAINTEXT,
                       "listen-host", "127.0.0.1",
                       "peers", list,
                       "max-outgoing", 0u,
                       NULL);
}

RtNetwork *
person_join (Person *self, const char *subnet, const char *peers)
{
  g_autoptr (RtNetworkConfig) config = make_config (subnet, peers);
  g_autoptr (GError) error = NULL;
  RtNetwork *network = rt_networks_add (self->networks, config, &error);

  g_assert_no_error (error);
  wait_up (network);
  return network;
}

RtNetwork *
person_get (Person *self, guint position)
{
  g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (self->networks), position);

  g_assert_nonnull (network);
  return network;
}

char *
network_dup_address (RtNetwork *network)
{
  return rt_format_address ("127.0.0.1", (guint16) rt_network_config_get_listen_port (rt_network_get_config (network)));
}

const char *
network_get_id (RtNetwork *network)
{
  return p2p_mesh_socket_get_id (rt_network_get_socket (network));
}

guint
count_rows (RtNetwork *network)
{
  return (guint) rt_timeline_source_count_hint (rt_network_get_timeline (network));
}

RtMessageItem *
row_at (RtNetwork *network, guint position)
{
  RtTimelineSource *timeline = rt_network_get_timeline (network);
  g_autoptr (RtTimelinePage) page = rt_timeline_source_peek_tail (timeline, G_MAXUINT);

  g_assert_cmpuint (position, <, page->items->len);
  return g_ptr_array_index (page->items, position);
}

RtKnownPeer *
find_known_peer (RtNetwork *network, const char *address)
{
  GListModel *known = rt_network_get_known_peers (network);

  for (guint i = 0; i < g_list_model_get_n_items (known); i++)
    {
      g_autoptr (RtKnownPeer) peer = g_list_model_get_item (known, i);

      if (g_strcmp0 (rt_known_peer_get_address (peer), address) == 0)
        return peer;
    }
  return NULL;
}

gboolean
connect_and_wait (RtNetwork *network, const char *address, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_network_connect_async (network, address, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_network_connect_finish (network, result, error);
}

/* Outside of the range that systems take ports from by themselves: nobody has it by chance before it is used, or meanwhile. */
