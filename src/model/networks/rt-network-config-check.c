/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is what somebody typed fit for a network? */
#include "config.h"

#include "rt-network-config-private.h"
#include "rt-secret-words.h"
#include "model/timeline/rt-message-item.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define MAX_SUBNET_CHARS 64

static char *
take_words (GError *error)
{
  char *words = g_strdup (error->message);

  g_error_free (error);
  return words;
}

static char *
check_subnet (const char *text)
{
  g_autofree char *stripped = NULL, *shown = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup (_("The name of the network is no text"));
  stripped = g_strstrip (g_strdup (text));
  if (*stripped == '\0')
    return g_strdup (_("The network needs a name"));
  if (g_utf8_strlen (text, -1) > MAX_SUBNET_CHARS)
    return g_strdup_printf (_("The name of the network is longer than %d characters"), MAX_SUBNET_CHARS);
  /* Others must be able to type the very same name: nothing that cannot be seen. */
  shown = rt_sanitise_line (text, G_MAXSIZE);
  if (!g_str_equal (shown, text))
    return g_strdup (_("The name of the network has characters that cannot be seen"));
  if (!g_str_equal (stripped, text))
    return g_strdup (_("The name of the network begins or ends with a space"));
  return NULL;
}

static char *
check_choice (const char *text, const char * const *choices, const char *words)
{
  return g_strv_contains (choices, text) ? NULL : g_strdup_printf ("%s: “%s”", words, text);
}

static char *
check_host (const char *text)
{
  GError *error = NULL;
  g_autofree char *host = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup (_("That is no text"));
  host = rt_normalise_host (text, &error);
  return host != NULL ? NULL : take_words (error);
}

static char *
check_port (const char *text)
{
  GError *error = NULL;
  guint16 port;

  return rt_parse_port (text, TRUE, &port, &error) ? NULL : take_words (error);
}

static char *
check_out_address (const char *text)
{
  GError *error = NULL;
  g_autofree char *host = NULL;
  guint16 port;

  if (*text == '\0')
    return NULL;
  return rt_parse_address (text, &host, &port, &error) ? NULL : take_words (error);
}

static char *
check_peers (const char *text)
{
  GError *error = NULL;
  g_auto (GStrv) addresses = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup (_("That is no text"));
  addresses = rt_parse_addresses (text, &error);
  return addresses != NULL ? NULL : take_words (error);
}

static char *
check_max_outgoing (const char *text)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 0, P2P_LIMIT_LINKS, &number, NULL))
    return NULL;
  return g_strdup_printf (_("“%s” is no number from 0 to %u"), text, P2P_LIMIT_LINKS);
}

static char *
check_k (const char *text)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (text, 10, 0, RT_NETWORK_MAX_K, &number, NULL))
    return NULL;
  return g_strdup_printf (_("“%s” is no number from 0 to %u"), text, RT_NETWORK_MAX_K);
}

static char *
check_secret (const char *text)
{
  char *plain = rt_secret_dup_normal (text), *shown;
  gsize length = strlen (plain);
  const char *words = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    words = _("The secret is no text");
  else if (length < P2P_SECRET_MIN_LENGTH)
    words = rt_secret_words (RT_SECRET_WORDS_TOO_SHORT);
  else if (length > P2P_SECRET_MAX_LENGTH)
    words = rt_secret_words (RT_SECRET_WORDS_TOO_LONG);
  else
    {
      /* Others must be able to type the very same: nothing that cannot be seen. */
      shown = rt_sanitise_line (plain, G_MAXSIZE);
      if (!g_str_equal (shown, plain))
        words = rt_secret_words (RT_SECRET_WORDS_INVISIBLE);
      rt_secret_text_free (shown);
    }
  rt_secret_text_free (plain);
  return g_strdup (words);
}

/* Of one that is not known here it is not asked. */
static gboolean
check_privacy (RtNetworkConfig *self, GError **error)
{
  g_autofree char *words = NULL;

  if (!rt_network_config_get_has_secret (self))
    return TRUE;
  if (!g_str_equal (rt_network_config_get_encryption (self), P2P_ENCRYPTION_SSL))
    words = g_strdup (rt_secret_words (RT_SECRET_WORDS_PLAINTEXT));
  else if (rt_network_config_get_demo (self))
    words = g_strdup (_("The demonstration is no private network: nobody outside is in it anyway"));
  else if (!rt_network_config_lacks_secret (self))
    words = check_secret (rt_network_config_get_secret (self));
  if (words == NULL)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
  return FALSE;
}

char *
rt_network_config_check_field (const char *property, const char *text)
{
  static const char * const encryptions[] = { P2P_ENCRYPTION_SSL, P2P_ENCRYPTION_PLAINTEXT, NULL };
  static const char * const versions[] = { "0.7", "0.6", NULL };
  static const char * const kinds[] = { "mesh", "sync", "chord", NULL };
  static const char * const announces[] = { RT_ANNOUNCE_NO, RT_ANNOUNCE_MEMBERS, RT_ANNOUNCE_EVERYBODY, NULL };

  g_return_val_if_fail (property != NULL, NULL);

  if (text == NULL)
    text = "";
  if (g_str_equal (property, "subnet"))
    return check_subnet (text);
  if (g_str_equal (property, "encryption"))
    return check_choice (text, encryptions, _("There is no such encryption"));
  if (g_str_equal (property, "version"))
    return check_choice (text, versions, _("This version is not spoken here"));
  if (g_str_equal (property, "kind"))
    return check_choice (text, kinds, _("There is no such kind of network"));
  if (g_str_equal (property, "announce"))
    return check_choice (text, announces, _("Nobody can be told so of a network"));
  if (g_str_equal (property, "listen-host"))
    return check_host (text);
  if (g_str_equal (property, "listen-port"))
    return check_port (text);
  if (g_str_equal (property, "out-address"))
    return check_out_address (text);
  if (g_str_equal (property, "peers"))
    return check_peers (text);
  if (g_str_equal (property, "max-outgoing"))
    return check_max_outgoing (text);
  if (g_str_equal (property, "k"))
    return check_k (text);
  if (g_str_equal (property, "secret"))
    return check_secret (text);
  if (g_str_equal (property, "identity") && *text == '\0')
    return NULL;
  if (g_str_equal (property, "uuid") || g_str_equal (property, "identity"))
    return g_uuid_string_is_valid (text) ? NULL : g_strdup_printf (_("“%s” is no UUID"), text);
  return g_strdup_printf (_("A network has no “%s”"), property);
}

gboolean
rt_network_config_check (RtNetworkConfig *self, GError **error)
{
  g_autofree char *port = g_strdup_printf ("%u", rt_network_config_get_listen_port (self));
  g_autofree char *peers = g_strjoinv ("\n", (char **) rt_network_config_get_peers (self));
  g_autofree char *max_outgoing = g_strdup_printf ("%u", rt_network_config_get_max_outgoing (self));
  g_autofree char *k = g_strdup_printf ("%u", rt_network_config_get_k (self));
  const struct {
    const char *property, *text;
  } fields[] = {
    { "uuid", rt_network_config_get_uuid (self) },
    { "subnet", rt_network_config_get_subnet (self) },
    { "encryption", rt_network_config_get_encryption (self) },
    { "version", rt_network_config_get_version (self) },
    { "kind", rt_network_config_get_kind (self) },
    { "listen-host", rt_network_config_get_listen_host (self) },
    { "listen-port", port },
    { "out-address", rt_network_config_get_out_address (self) },
    { "peers", peers },
    { "max-outgoing", max_outgoing },
    { "k", k },
    { "announce", rt_network_config_get_announce (self) },
    { "identity", rt_network_config_get_identity (self) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      g_autofree char *words = rt_network_config_check_field (fields[i].property, fields[i].text);

      if (words != NULL)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, words);
          return FALSE;
        }
    }
  return check_privacy (self, error);
}
