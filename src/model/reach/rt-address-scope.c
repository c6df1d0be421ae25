/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-address-scope.h"

#include <string.h>

static RtAddressScope
scope_of_v4 (const guint8 *bytes)
{
  if (bytes[0] == 0 || bytes[0] >= 224)
    return RT_ADDRESS_NOWHERE;
  if (bytes[0] == 127)
    return RT_ADDRESS_COMPUTER;
  if (bytes[0] == 169 && bytes[1] == 254)
    return RT_ADDRESS_LINK;
  if (bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xF0) == 16) || (bytes[0] == 192 && bytes[1] == 168) ||
      /* shared by the customers of one provider */
      (bytes[0] == 100 && (bytes[1] & 0xC0) == 64))
    return RT_ADDRESS_SITE;
  return RT_ADDRESS_WORLD;
}

static RtAddressScope
scope_of_v6 (const guint8 *bytes)
{
  static const guint8 zeros[16] = { 0 }, mapped[12] = { [10] = 0xFF, [11] = 0xFF };

  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    return scope_of_v4 (bytes + 12);
  if (memcmp (bytes, zeros, 15) == 0 && bytes[15] == 1)
    return RT_ADDRESS_COMPUTER;
  /* unspecified, and IPv4 in a form of the past */
  if (memcmp (bytes, zeros, 12) == 0 || bytes[0] == 0xFF)
    return RT_ADDRESS_NOWHERE;
  if (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80)
    return RT_ADDRESS_LINK;
  if ((bytes[0] & 0xFE) == 0xFC || (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0xC0))
    return RT_ADDRESS_SITE;
  return RT_ADDRESS_WORLD;
}

/* In letters of ASCII, without the dot of the root. NULL: it is no name. */
static char *
dup_plain_name (const char *host)
{
  char *plain = g_hostname_to_ascii (host);
  gsize length = plain != NULL ? strlen (plain) : 0;

  if (length > 0 && plain[length - 1] == '.')
    plain[length - 1] = '\0';
  return plain;
}

static RtAddressScope
scope_of_name (const char *host)
{
  static const char * const local[] = { ".local", ".lan", ".home", ".internal", ".home.arpa" };
  g_autofree char *plain = dup_plain_name (host), *name = g_ascii_strdown (plain != NULL ? plain : host, -1);

  if (g_str_equal (name, "localhost") || g_str_has_suffix (name, ".localhost"))
    return RT_ADDRESS_COMPUTER;
  if (strchr (name, '.') == NULL)
    return RT_ADDRESS_SITE;
  for (guint i = 0; i < G_N_ELEMENTS (local); i++)
    if (g_str_has_suffix (name, local[i]))
      return RT_ADDRESS_SITE;
  return RT_ADDRESS_WORLD;
}

RtAddressScope
rt_address_scope (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  g_return_val_if_fail (host != NULL, RT_ADDRESS_NOWHERE);

  /* with a zone: of one card of this computer */
  if (strchr (host, '%') != NULL)
    return RT_ADDRESS_LINK;
  address = g_inet_address_new_from_string (host);
  if (address == NULL)
    return scope_of_name (host);
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? scope_of_v4 (g_inet_address_to_bytes (address))
                                                                      : scope_of_v6 (g_inet_address_to_bytes (address));
}

gboolean
rt_address_is_number_in_disguise (const char *host)
{
  g_autofree char *plain = NULL;
  g_autoptr (GInetAddress) address = NULL;
  const char *last;

  g_return_val_if_fail (host != NULL, FALSE);

  address = g_inet_address_new_from_string (host);
  if (address != NULL || strchr (host, ':') != NULL)
    return FALSE;
  plain = dup_plain_name (host);
  if (plain == NULL)
    return TRUE;
  last = strrchr (plain, '.');
  last = last != NULL ? last + 1 : plain;
  if (last[strspn (last, "0123456789")] == '\0')
    return TRUE;
  return last[0] == '0' && (last[1] == 'x' || last[1] == 'X') && last[2 + strspn (last + 2, "0123456789abcdefABCDEF")] == '\0';
}
