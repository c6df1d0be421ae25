/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who the person is in which network, as it is remembered. Keys are not among it. */
#include "config.h"

#include "rt-identities-private.h"
#include "model/network/rt-network.h"
#include "model/networks/rt-network-config-private.h"
#include "model/timeline/rt-message-item.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define MAX_NAME_BYTES 120
/* The groups of what is remembered: of each identity, and of the networks that do not use one of their own. */
#define GROUP_IDENTITY "identity "
#define GROUP_NETWORKS "networks"
/* Of each private network, a few bits by which a secret that is typed again is known. */
#define GROUP_SECRETS "secrets"

char *
rt_identities_clean_name (const char *name)
{
  return g_strstrip (rt_sanitise_line (name, MAX_NAME_BYTES));
}

static gboolean
take_identity (RtIdentities *self, GKeyFile *file, const char *group)
{
  const char *ref = group + strlen (GROUP_IDENTITY);
  g_autofree char *name = g_key_file_get_string (file, group, "name", NULL), *key = g_key_file_get_string (file, group, "public", NULL), *title = NULL, *clean = NULL;
  RtIdentity *identity;
  gsize length;

  if (!g_uuid_string_is_valid (ref) || rt_identities_find (self, ref) != NULL || g_list_model_get_n_items (G_LIST_MODEL (self)) >= RT_IDENTITIES_MAX)
    return FALSE;
  clean = rt_identities_clean_name (name != NULL ? name : "");
  identity = rt_identities_append (self, ref, clean, g_key_file_get_boolean (file, group, "shared", NULL));
  title = g_key_file_get_string (file, group, "of", NULL);
  if (title != NULL)
    {
      g_autofree char *shown = rt_sanitise_line (title, MAX_NAME_BYTES);

      rt_identity_set_network_title (identity, shown);
    }
  if (key != NULL)
    {
      guchar *bytes = g_base64_decode (key, &length);
      g_autoptr (GBytes) public_key = g_bytes_new_take (bytes, length);

      if (length == 32)
        rt_identity_set_public_key (identity, public_key);
    }
  return TRUE;
}

void
rt_identities_give_up (RtIdentities *self)
{
  if (self->trouble == NULL)
    self->trouble = g_strdup (_("What was remembered of who you are in which network cannot be read"));
}

gboolean
rt_identities_take_text (RtIdentities *self, const char *text)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  gboolean good = TRUE;

  self->lost = text == NULL;
  if (text == NULL)
    return TRUE;
  good = g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, NULL);
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], GROUP_IDENTITY))
      good = take_identity (self, file, groups[i]) && good;
  self->lost = !good;
  /* kept until the networks ask for theirs */
  g_object_set_data_full (G_OBJECT (self), "remembered", g_steal_pointer (&file), (GDestroyNotify) g_key_file_unref);
  return good;
}

/* FALSE: it is none of a key, or of one that is known. */
static gboolean
take_lost (RtIdentities *self, const char *name)
{
  g_autofree char *ref = g_str_has_suffix (name, "." RT_VAULT_KEY) ? g_strndup (name, strlen (name) - strlen ("." RT_VAULT_KEY)) : NULL;
  guint n = self->networks != NULL ? g_list_model_get_n_items (self->networks) : 0;

  if (ref == NULL || !g_uuid_string_is_valid (ref) || rt_identities_find (self, ref) != NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (self->networks, i);

      /* the demonstration's */
      if (g_str_equal (rt_network_config_get_uuid (rt_network_get_config (network)), ref))
        return FALSE;
    }
  rt_identity_set_had (rt_identities_append (self, ref, "", TRUE));
  return TRUE;
}

void
rt_identities_find_lost (RtIdentities *self)
{
  g_autoptr (GDir) dir = self->lost ? g_dir_open (self->folder, 0, NULL) : NULL;
  gboolean any = FALSE;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL && g_list_model_get_n_items (G_LIST_MODEL (self)) < RT_IDENTITIES_MAX)
    any = take_lost (self, name) || any;
  self->lost = FALSE;
  if (any)
    rt_identities_save (self, FALSE);
}

void
rt_identities_fill_config (RtIdentities *self, RtNetworkConfig *config, gboolean identity)
{
  GKeyFile *file = g_object_get_data (G_OBJECT (self), "remembered");
  g_autofree char *ref = file != NULL && identity ? g_key_file_get_string (file, GROUP_NETWORKS, rt_network_config_get_uuid (config), NULL) : NULL;
  guint check;

  if (ref != NULL && g_uuid_string_is_valid (ref))
    g_object_set (config, "identity", ref, NULL);
  check = file != NULL ? (guint) CLAMP (g_key_file_get_integer (file, GROUP_SECRETS, rt_network_config_get_uuid (config), NULL), 0, 65536) : 0;
  /* what a mended database lost of it: a private network does not begin as an open one */
  if (check != 0)
    g_object_set (config, "has-secret", TRUE, NULL);
  rt_network_config_set_secret_check (config, check);
}

char *
rt_identities_dup_text (RtIdentities *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self)), n_networks = self->networks != NULL ? g_list_model_get_n_items (self->networks) : 0;

  if (self->trouble != NULL)
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RtIdentity) identity = g_list_model_get_item (G_LIST_MODEL (self), i);
      g_autofree char *group = g_strconcat (GROUP_IDENTITY, rt_identity_get_ref (identity), NULL);
      GBytes *key = rt_identity_get_public_key (identity);

      g_key_file_set_string (file, group, "name", rt_identity_get_name (identity));
      g_key_file_set_boolean (file, group, "shared", rt_identity_get_shared (identity));
      if (*rt_identity_get_name (identity) == '\0')
        g_key_file_set_string (file, group, "of", rt_identity_get_title (identity));
      if (key != NULL)
        {
          g_autofree char *text = g_base64_encode (g_bytes_get_data (key, NULL), g_bytes_get_size (key));

          g_key_file_set_string (file, group, "public", text);
        }
    }
  for (guint i = 0; i < n_networks; i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (self->networks, i);
      RtNetworkConfig *config = rt_network_get_config (network);

      if (*rt_network_config_get_identity (config) != '\0')
        g_key_file_set_string (file, GROUP_NETWORKS, rt_network_config_get_uuid (config), rt_network_config_get_identity (config));
      if (rt_network_config_get_secret_check (config) != 0)
        g_key_file_set_integer (file, GROUP_SECRETS, rt_network_config_get_uuid (config), (int) rt_network_config_get_secret_check (config));
    }
  return g_key_file_to_data (file, NULL, NULL);
}
