/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People in private networks. */
#pragma once

#include <string.h>

#include "network-test.h"

#define RIGHT "right-horse-battery"
#define WRONG "wrong-horse-battery"

static inline RtNetworkConfig *
make_private (const char *subnet, const char *secret, const char *peers)
{
  RtNetworkConfig *config = make_config (subnet, peers);

  g_object_set (config, "encryption", P2P_ENCRYPTION_SSL, "secret", secret, NULL);
  return config;
}

static inline RtNetwork *
join (Person *person, const char *subnet, const char *secret, const char *peers)
{
  g_autoptr (RtNetworkConfig) config = make_private (subnet, secret, peers);
  g_autoptr (GError) error = NULL;
  RtNetwork *network = rt_networks_add (person->networks, config, &error);

  g_assert_no_error (error);
  wait_up (network);
  return network;
}

static inline void
live_again (Person *person)
{
  person_end (person);
  person_begin (person);
}

static inline char *
dup_path (Person *person, RtNetwork *network)
{
  return rt_vault_dup_path (rt_identities_get_vault (rt_networks_get_identities (person->networks)), rt_network_config_get_uuid (rt_network_get_config (network)), "secret");
}

static inline void
assert_fails (RtNetwork *network, RtSecretState state, const char *words)
{
  rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_assert_cmpint (rt_network_get_secret_state (network), ==, state);
  g_assert_nonnull (strstr (rt_network_get_error (network), words));
  g_assert_cmpstr (rt_network_get_state_text (network), ==, rt_network_get_error (network));
  g_assert_null (rt_network_get_socket (network));
  g_assert_true (rt_network_config_get_has_secret (rt_network_get_config (network)));
  g_assert_cmpstr (rt_network_config_get_secret (rt_network_get_config (network)), ==, "");
}

static inline void
assert_private (RtNetwork *network, const char *secret)
{
  wait_up (network);
  g_assert_true (p2p_mesh_socket_get_has_secret (rt_network_get_socket (network)));
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_KEPT);
  g_assert_cmpstr (rt_network_config_get_secret (rt_network_get_config (network)), ==, secret);
}

static inline char *
load_secret (RtNetwork *network, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_network_load_secret_async (network, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_network_load_secret_finish (network, result, error);
}

/* In any file of the folder but this one. */
static inline gboolean
holds (const char *folder, const char *text, const char *except)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  gboolean found = FALSE;

  for (const char *name = g_dir_read_name (dir); name != NULL && !found; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *content = NULL;
      gsize length;

      if (g_strcmp0 (path, except) == 0)
        continue;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        found = holds (path, text, except);
      else if (g_file_get_contents (path, &content, &length, NULL))
        found = memmem (content, length, text, strlen (text)) != NULL;
      if (found)
        g_test_message ("%s", path);
    }
  return found;
}
