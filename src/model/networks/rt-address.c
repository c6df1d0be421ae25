/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as people write them. */
#include "config.h"

#include "rt-network-config.h"
#include "rt-network-config-private.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define MAX_HOST_BYTES 253      /* of DNS */

static gboolean
is_host_char (gunichar c)
{
  return c == '-' || c == '.' || c == '_' || (c < 0x80 ? g_ascii_isalnum ((char) c) : g_unichar_isalnum (c) || g_unichar_ismark (c));
}

/* Only digits and dots: somebody meant an IPv4 address. */
static gboolean
looks_like_ipv4 (const char *host)
{
  return host[strspn (host, "0123456789.")] == '\0';
}

static gboolean
is_host_name (const char *host)
{
  gsize length = strlen (host);

  if (length == 0 || length > MAX_HOST_BYTES || !g_utf8_validate (host, -1, NULL) || host[0] == '.' || host[0] == '-' ||
      strstr (host, "..") != NULL)
    return FALSE;
  for (const char *p = host; *p != '\0'; p = g_utf8_next_char (p))
    if (!is_host_char (g_utf8_get_char (p)))
      return FALSE;
  if (g_hostname_is_non_ascii (host))
    {
      g_autofree char *ascii = g_hostname_to_ascii (host);

      return ascii != NULL;
    }
  return TRUE;
}

/* "fe80::1%eth0" too. The form in which it is kept, or NULL. */
static char *
normalise_ipv6 (const char *host)
{
  const char *zone = strchr (host, '%');
  g_autofree char *bare = zone != NULL ? g_strndup (host, (gsize) (zone - host)) : g_strdup (host);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bare);
  g_autofree char *text = NULL;

  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return NULL;
  if (zone != NULL && (zone[1] == '\0' || !is_host_name (zone + 1)))
    return NULL;
  text = g_inet_address_to_string (address);
  return g_strconcat (text, zone != NULL ? zone : "", NULL);
}

char *
rt_normalise_host (const char *text, GError **error)
{
  g_autofree char *ipv6 = NULL;

  if (strchr (text, ':') != NULL)
    {
      ipv6 = normalise_ipv6 (text);
      if (ipv6 != NULL)
        return g_steal_pointer (&ipv6);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no IPv6 address"), text);
      return NULL;
    }
  if (*text == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("The name of the computer is missing"));
      return NULL;
    }
  if (looks_like_ipv4 (text))
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

      if (address != NULL)
        return g_inet_address_to_string (address);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no IP address"), text);
      return NULL;
    }
  if (is_host_name (text))
    return g_utf8_strdown (text, -1);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no name of a computer"), text);
  return NULL;
}

gboolean
rt_parse_port (const char *text, gboolean zero, guint16 *port, GError **error)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, zero ? 0 : 1, G_MAXUINT16, &number, NULL))
    {
      *port = (guint16) number;
      return TRUE;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no port: a port is a number from %d to 65535"), text,
               zero ? 0 : 1);
  return FALSE;
}

static gboolean
set_no_port (const char *text, GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” has no port: write it as %s:4444"), text,
               strchr (text, ':') != NULL && text[0] != '[' ? "[…]" : text);
  return FALSE;
}

gboolean
rt_parse_address (const char *text, char **host, guint16 *port, GError **error)
{
  g_autofree char *stripped = NULL, *name = NULL, *normal = NULL;
  const char *port_text;
  char *colon;
  guint16 number;

  g_return_val_if_fail (host != NULL && port != NULL, FALSE);

  *host = NULL;
  *port = 0;
  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("That is no text"));
      return FALSE;
    }
  stripped = g_strstrip (g_strdup (text));
  if (*stripped == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("The address is missing"));
      return FALSE;
    }

  if (stripped[0] == '[')
    {
      char *end = strchr (stripped, ']');

      if (end == NULL || end[1] != ':' || strchr (stripped, ':') > end)
        {
          if (end != NULL && end[1] == '\0' && memchr (stripped, ':', (gsize) (end - stripped)) != NULL)
            return set_no_port (stripped, error);
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no address: write IPv6 addresses as [2001:db8::1]:4444"),
                       stripped);
          return FALSE;
        }
      name = g_strndup (stripped + 1, (gsize) (end - stripped - 1));
      port_text = end + 2;
    }
  else
    {
      colon = strrchr (stripped, ':');
      if (colon == NULL)
        return set_no_port (stripped, error);
      if (strchr (stripped, ':') != colon)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is no address: write IPv6 addresses as [2001:db8::1]:4444"),
                       stripped);
          return FALSE;
        }
      name = g_strndup (stripped, (gsize) (colon - stripped));
      port_text = colon + 1;
    }

  if (*port_text == '\0')
    return set_no_port (name, error);
  normal = rt_normalise_host (name, error);
  if (normal == NULL || !rt_parse_port (port_text, FALSE, &number, error))
    return FALSE;
  *host = g_steal_pointer (&normal);
  *port = number;
  return TRUE;
}

char *
rt_format_address (const char *host, guint16 port)
{
  g_return_val_if_fail (host != NULL, NULL);

  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

char **
rt_parse_addresses (const char *text, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) words = g_strsplit_set (text != NULL ? text : "", " \t\r\n,;", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *host = NULL, *address = NULL;
      guint16 port;

      if (*words[i] == '\0')
        continue;
      if (!rt_parse_address (words[i], &host, &port, error))
        return NULL;
      address = rt_format_address (host, port);
      if (g_hash_table_contains (seen, address))
        continue;
      g_strv_builder_add (builder, address);
      g_hash_table_add (seen, g_steal_pointer (&address));
    }
  return g_strv_builder_end (builder);
}
