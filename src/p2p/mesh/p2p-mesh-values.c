/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-mesh-values.h"

#include <gio/gio.h>
#include <string.h>

#include "../wire/p2p-base58.h"

/* 2^63: the first double that no gint64 holds. */
#define INT64_LIMIT 9223372036854775808.0

const char *
p2p_mesh_value_peek_text (GVariant *value, gsize *length)
{
  *length = 0;
  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_get_string (value, length);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      const char *bytes = g_variant_get_fixed_array (value, length, 1);

      return *length > 0 ? bytes : "";
    }
  return NULL;
}

char *
p2p_mesh_value_dup_text (GVariant *value, gsize max_length)
{
  gsize length;
  const char *text = p2p_mesh_value_peek_text (value, &length);

  if (text == NULL || length > max_length || memchr (text, '\0', length) != NULL || !g_utf8_validate_len (text, length, NULL))
    return NULL;
  return g_strndup (text, length);
}

char *
p2p_mesh_value_dup_id (GVariant *value)
{
  gsize length;
  const char *text = p2p_mesh_value_peek_text (value, &length);

  if (text == NULL || length == 0 || length > P2P_BASE58_MAX_CHARS || !p2p_base58_is_valid (text, length))
    return NULL;
  return g_strndup (text, length);
}

gboolean
p2p_mesh_value_get_int (GVariant *value, gint64 *number)
{
  if (value == NULL)
    return FALSE;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64))
    {
      *number = g_variant_get_int64 (value);
      return TRUE;
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
    {
      double d = g_variant_get_double (value);

      if (!(d >= -INT64_LIMIT && d < INT64_LIMIT) || d != (double) (gint64) d)
        return FALSE;
      *number = (gint64) d;
      return TRUE;
    }
  return FALSE;
}

gboolean
p2p_mesh_value_is_star (GVariant *value)
{
  gsize length;
  const char *text = p2p_mesh_value_peek_text (value, &length);

  return text != NULL && length == 1 && *text == '*';
}

GVariant *
p2p_mesh_value_get_child (GVariant *array, gsize index)
{
  if (array == NULL || !g_variant_is_of_type (array, G_VARIANT_TYPE ("av")) || index >= g_variant_n_children (array))
    return NULL;
  else
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (array, index);

      return g_variant_get_variant (boxed);
    }
}

gboolean
p2p_mesh_value_get_address (GVariant *value, char **host, guint16 *port)
{
  g_autoptr (GVariant) first = p2p_mesh_value_get_child (value, 0);
  g_autoptr (GVariant) second = p2p_mesh_value_get_child (value, 1);
  g_autofree char *text = NULL;
  gint64 number = 0;

  *host = NULL;
  *port = 0;
  if (first == NULL || second == NULL || g_variant_n_children (value) != 2)
    return FALSE;
  if (!g_variant_is_of_type (first, G_VARIANT_TYPE_UNIT))
    {
      text = p2p_mesh_value_dup_text (first, P2P_MAX_HOST_LENGTH);
      if (text == NULL)
        return FALSE;
    }
  if (!g_variant_is_of_type (second, G_VARIANT_TYPE_UNIT) &&
      (!p2p_mesh_value_get_int (second, &number) || number < 0 || number > G_MAXUINT16))
    return FALSE;

  if (text == NULL || *text == '\0' || number == 0 || p2p_scope_of_host (text) == P2P_SCOPE_NOWHERE)
    return TRUE;
  *host = g_steal_pointer (&text);
  *port = (guint16) number;
  return TRUE;
}

gboolean
p2p_mesh_value_get_methods (GVariant *value, guint8 *methods, gsize size, gsize *n_methods)
{
  gsize n;

  *n_methods = 0;
  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE ("av")))
    return FALSE;
  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = p2p_mesh_value_get_child (value, i);
      gint64 number;

      if (!p2p_mesh_value_get_int (child, &number))
        return FALSE;
      if (number > 0 && number <= G_MAXUINT8 && *n_methods < size)
        methods[(*n_methods)++] = (guint8) number;
    }
  return TRUE;
}

GVariant *
p2p_mesh_value_new_address (const char *host, guint16 port)
{
  GVariant *parts[2] = {
    g_variant_new_variant (g_variant_new_string (host)),
    g_variant_new_variant (g_variant_new_int64 (port)),
  };

  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, G_N_ELEMENTS (parts));
}

GVariant *
p2p_mesh_value_new_bin (const char *text)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, text, strlen (text), 1);
}

GVariant *
p2p_mesh_value_new_methods (const guint8 *methods, gsize n_methods)
{
  g_auto (GVariantBuilder) list = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  for (gsize i = 0; i < n_methods; i++)
    g_variant_builder_add (&list, "v", g_variant_new_int64 (methods[i]));
  return g_variant_builder_end (&list);
}

static gboolean
is_local_name (const char *host)
{
  gsize length = strlen (host);

  while (length > 0 && host[length - 1] == '.')
    length--;
  return (length == 9 && g_ascii_strncasecmp (host, "localhost", 9) == 0) ||
         (length > 10 && g_ascii_strncasecmp (host + length - 10, ".localhost", 10) == 0);
}

/* A mapped IPv4 address is that address; everything in 0/8 means this machine or nothing. */
static P2pScope
scope_of_ipv4 (const guint8 *bytes)
{
  if (bytes[0] == 127)
    return P2P_SCOPE_LOOPBACK;
  if (bytes[0] == 169 && bytes[1] == 254)
    return P2P_SCOPE_LINK;
  if (bytes[0] == 0 || bytes[0] >= 224)
    return P2P_SCOPE_NOWHERE;
  return P2P_SCOPE_GLOBAL;
}

P2pScope
p2p_scope_of_host (const char *host)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  g_autofree char *bare = g_strndup (host, strcspn (host, "%"));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bare);

  if (address == NULL)
    {
      const char *last = strrchr (host, '.');

      /* Short, hexadecimal and octal forms ("127.1", "0x7f000001", "2130706433") are addresses for a resolver and nothing
       * that nodes announce: no name has a last part that begins with a digit. */
      last = last != NULL ? last + 1 : host;
      if (*host == '\0' || g_ascii_isdigit (*last))
        return P2P_SCOPE_NOWHERE;
      return is_local_name (host) ? P2P_SCOPE_LOOPBACK : P2P_SCOPE_GLOBAL;
    }
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return scope_of_ipv4 (g_inet_address_to_bytes (address));
  if (memcmp (g_inet_address_to_bytes (address), mapped, sizeof mapped) == 0)
    return scope_of_ipv4 (g_inet_address_to_bytes (address) + sizeof mapped);
  if (g_inet_address_get_is_loopback (address))
    return P2P_SCOPE_LOOPBACK;
  if (g_inet_address_get_is_link_local (address))
    return P2P_SCOPE_LINK;
  if (g_inet_address_get_is_any (address) || g_inet_address_get_is_multicast (address))
    return P2P_SCOPE_NOWHERE;
  return P2P_SCOPE_GLOBAL;
}

gboolean
p2p_scope_may_lead_to (const char *from_host, const char *to_host)
{
  P2pScope to = p2p_scope_of_host (to_host);

  return to == P2P_SCOPE_GLOBAL || (to != P2P_SCOPE_NOWHERE && p2p_scope_of_host (from_host) == to);
}

char *
p2p_address_to_text (const char *host, guint16 port)
{
  return strchr (host, ':') != NULL ? g_strdup_printf ("[%s]:%u", host, port) : g_strdup_printf ("%s:%u", host, port);
}
