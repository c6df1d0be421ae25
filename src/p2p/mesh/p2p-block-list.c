/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-block-list.h"

#include <gio/gio.h>
#include <string.h>

struct _P2pBlockList {
  GPtrArray *order[2];          /* of char *, by kind */
  GHashTable *sets[2];          /* the same, not owned */
};

P2pBlockList *
p2p_block_list_new (void)
{
  P2pBlockList *self = g_new (P2pBlockList, 1);

  for (guint i = 0; i < G_N_ELEMENTS (self->order); i++)
    {
      self->order[i] = g_ptr_array_new_with_free_func (g_free);
      self->sets[i] = g_hash_table_new (g_str_hash, g_str_equal);
    }
  return self;
}

void
p2p_block_list_free (P2pBlockList *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->order); i++)
    {
      g_hash_table_unref (self->sets[i]);
      g_ptr_array_unref (self->order[i]);
    }
  g_free (self);
}

static char *
unmap (GInetAddress *address)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 && memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
  return g_inet_address_to_string (address);
}

char *
p2p_block_list_dup_host (const char *host)
{
  g_autofree char *bare = g_strndup (host, strcspn (host, "%"));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bare);

  return address != NULL ? unmap (address) : g_ascii_strdown (host, -1);
}

static char *
dup_key (P2pBlockKind kind, const char *what)
{
  return kind == P2P_BLOCK_HOST ? p2p_block_list_dup_host (what) : g_strdup (what);
}

gboolean
p2p_block_list_add (P2pBlockList *self, P2pBlockKind kind, const char *what)
{
  g_autofree char *key = dup_key (kind, what);

  if (g_hash_table_contains (self->sets[kind], key))
    return FALSE;
  g_hash_table_add (self->sets[kind], key);
  g_ptr_array_add (self->order[kind], g_steal_pointer (&key));
  return TRUE;
}

gboolean
p2p_block_list_remove (P2pBlockList *self, P2pBlockKind kind, const char *what)
{
  g_autofree char *key = dup_key (kind, what);
  guint at;

  if (!g_hash_table_remove (self->sets[kind], key))
    return FALSE;
  if (g_ptr_array_find_with_equal_func (self->order[kind], key, g_str_equal, &at))
    g_ptr_array_remove_index (self->order[kind], at);
  return TRUE;
}

gboolean
p2p_block_list_has_id (P2pBlockList *self, const char *id)
{
  return id != NULL && self->order[P2P_BLOCK_ID]->len > 0 && g_hash_table_contains (self->sets[P2P_BLOCK_ID], id);
}

gboolean
p2p_block_list_has_host (P2pBlockList *self, const char *host)
{
  g_autofree char *key = NULL;

  if (host == NULL || self->order[P2P_BLOCK_HOST]->len == 0)
    return FALSE;
  key = p2p_block_list_dup_host (host);
  return g_hash_table_contains (self->sets[P2P_BLOCK_HOST], key);
}

guint
p2p_block_list_get_n (P2pBlockList *self)
{
  return self->order[P2P_BLOCK_ID]->len + self->order[P2P_BLOCK_HOST]->len;
}

char **
p2p_block_list_dup (P2pBlockList *self, P2pBlockKind kind)
{
  GPtrArray *order = self->order[kind];
  char **list = g_new0 (char *, order->len + 1);

  for (guint i = 0; i < order->len; i++)
    list[i] = g_strdup (order->pdata[i]);
  return list;
}
