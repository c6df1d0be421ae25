/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#include "rt-lan-record.h"

/* What an invitation says (docs/invitations.md), but where: that DNS-SD knows better. */
static const char * const invitation_keys[] = { "v", "name", "title", "encryption", "kind", "leases", "k", "wire" };
#define FORM "1"
#define CONTEXT "roundtable-lan-1"
/* The digits behind the name of a service: those of one network are told apart without asking each other. */
#define SUFFIX_DIGITS 4u

G_DEFINE_QUARK (rt-lan-error-quark, rt_lan_error)

void
rt_lan_record_free (RtLanRecord *self)
{
  g_clear_pointer (&self->invitation, rt_invitation_free);
  g_free (self->salt);
  g_free (self->tag);
  g_free (self);
}

/* ---- reading ---- */

typedef struct {
  const char *value;            /* NULL: it is not said. Not terminated */
  gsize       length;
} Value;

static gboolean
refuse_form (GError **error, const char *words)
{
  g_set_error_literal (error, RT_LAN_ERROR, RT_LAN_ERROR_FORM, words);
  return FALSE;
}

/* RFC 6763: case of a key does not matter, of several the first counts, and one without a name is passed over. */
static void
take_string (const char *string, gsize length, const char * const *keys, guint n_keys, Value *values)
{
  const char *equals = memchr (string, '=', length);
  gsize key_length = equals != NULL ? (gsize) (equals - string) : length;

  for (guint i = 0; i < n_keys; i++)
    if (strlen (keys[i]) == key_length && g_ascii_strncasecmp (keys[i], string, key_length) == 0 && values[i].value == NULL)
      {
        values[i].value = equals != NULL ? equals + 1 : "";
        values[i].length = equals != NULL ? length - key_length - 1 : 0;
      }
}

static gboolean
take_strings (GVariant *txt, const char * const *keys, guint n_keys, Value *values, GError **error)
{
  gsize n = g_variant_n_children (txt);

  if (n > RT_LAN_MAX_STRINGS || g_variant_get_size (txt) > RT_LAN_MAX_TXT_BYTES + 8 * (RT_LAN_MAX_STRINGS + 1))
    {
      g_set_error_literal (error, RT_LAN_ERROR, RT_LAN_ERROR_TOO_LONG, _("The announcement is longer than any of ours"));
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (txt, i);
      gsize length;
      const char *string = g_variant_get_fixed_array (child, &length, 1);

      if (length > 0 && length <= RT_LAN_MAX_STRING)
        take_string (string, length, keys, n_keys, values);
    }
  return TRUE;
}

static gboolean
is_hex (const Value *value, gsize length)
{
  if (value->value == NULL || value->length != length)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isdigit (value->value[i]) && (value->value[i] < 'a' || value->value[i] > 'f'))
      return FALSE;
  return TRUE;
}

static gboolean
take_members (RtLanRecord *self, const Value *form, const Value *salt, const Value *tag, GError **error)
{
  if (form->value == NULL || form->length != strlen (FORM) || memcmp (form->value, FORM, form->length) != 0)
    return refuse_form (error, _("The announcement is of a form that this version of Roundtable does not know"));
  if (!is_hex (salt, RT_LAN_SALT_LENGTH) || !is_hex (tag, RT_LAN_TAG_LENGTH))
    return refuse_form (error, _("The announcement is damaged"));
  self->salt = g_strndup (salt->value, salt->length);
  self->tag = g_strndup (tag->value, tag->length);
  return TRUE;
}

/* An invitation is checked in one place. */
static gboolean
take_invitation (RtLanRecord *self, const Value *values, GError **error)
{
  g_autoptr (GString) link = g_string_new ("roundtable:invite?");

  for (guint i = 0; i < G_N_ELEMENTS (invitation_keys); i++)
    {
      g_autofree char *escaped = NULL;

      if (values[i].value == NULL)
        continue;
      escaped = g_uri_escape_bytes ((const guint8 *) values[i].value, values[i].length, NULL);
      g_string_append_printf (link, "%s=%s&", invitation_keys[i], escaped);
    }
  self->invitation = rt_invitation_parse (link->str, (gssize) link->len, error);
  return self->invitation != NULL;
}

RtLanRecord *
rt_lan_record_parse (GVariant *txt, GError **error)
{
  enum { SALT = G_N_ELEMENTS (invitation_keys), TAG, N_KEYS };
  const char *keys[N_KEYS];
  Value values[N_KEYS] = { { NULL, 0 } };
  g_autoptr (RtLanRecord) self = g_new0 (RtLanRecord, 1);

  g_return_val_if_fail (txt != NULL && g_variant_is_of_type (txt, G_VARIANT_TYPE_BYTESTRING_ARRAY), NULL);

  memcpy (keys, invitation_keys, sizeof invitation_keys);
  keys[SALT] = "salt";
  keys[TAG] = "tag";
  if (!take_strings (txt, keys, N_KEYS, values, error))
    return NULL;
  if (values[TAG].value != NULL ? !take_members (self, &values[0], &values[SALT], &values[TAG], error) : !take_invitation (self, values, error))
    return NULL;
  return g_steal_pointer (&self);
}

gboolean
rt_lan_record_matches (const RtLanRecord *self, RtNetworkConfig *config)
{
  g_autofree char *tag = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  /* which nobody announces */
  if (rt_network_config_get_has_secret (config))
    return FALSE;
  if (self->invitation != NULL)
    return rt_invitation_is_to (self->invitation, config);
  tag = rt_lan_make_tag (config, self->salt);
  return g_str_equal (tag, self->tag);
}

/* ---- writing ---- */

char *
rt_lan_new_salt (void)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autoptr (GString) salt = g_string_new (uuid);

  g_string_replace (salt, "-", "", 0);
  return g_string_free (g_steal_pointer (&salt), FALSE);
}

/* It tells a stranger no more than the node tells everybody who connects to it: there the digest of the name stands in the handshake, and without salt. */
char *
rt_lan_make_tag (RtNetworkConfig *config, const char *salt)
{
  g_autoptr (P2pProtocol) protocol = rt_network_config_dup_protocol (config);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *kind = rt_network_config_get_kind (config);
  g_autofree char *table = g_strdup_printf ("%d %u", rt_network_config_get_leasing (config) != FALSE, g_str_equal (kind, "chord") ? rt_network_config_get_k (config) : 0);
  const char *parts[] = { CONTEXT, salt, p2p_protocol_get_id (protocol), kind, table };
  char *tag;

  /* with the NUL behind each */
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_checksum_update (checksum, (const guchar *) parts[i], (gssize) strlen (parts[i]) + 1);
  tag = g_strdup (g_checksum_get_string (checksum));
  tag[RT_LAN_TAG_LENGTH] = '\0';
  return tag;
}

static gboolean
add_string (GVariantBuilder *builder, const char *key, const char *value, GError **error)
{
  g_autofree char *string = g_strdup_printf ("%s=%s", key, value);

  if (strlen (string) > RT_LAN_MAX_STRING)
    {
      g_set_error_literal (error, RT_LAN_ERROR, RT_LAN_ERROR_TOO_LONG, _("The name of the network is too long to be announced to everybody. To its members it can be."));
      return FALSE;
    }
  g_variant_builder_add_value (builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, string, strlen (string), 1));
  return TRUE;
}

static gboolean
add_invitation (GVariantBuilder *builder, RtNetworkConfig *config, GError **error)
{
  g_autoptr (RtInvitation) invitation = rt_invitation_new (config, NULL, NULL);
  g_autofree char *k = g_strdup_printf ("%u", invitation->k);

  return add_string (builder, "name", invitation->subnet, error) &&
         add_string (builder, "encryption", invitation->encryption, error) &&
         add_string (builder, "kind", invitation->kind, error) &&
         (invitation->leasing || add_string (builder, "leases", "no", error)) &&
         (invitation->k == 0 || add_string (builder, "k", k, error)) &&
         add_string (builder, "wire", invitation->version, error);
}

GVariant *
rt_lan_new_txt (RtNetworkConfig *config, const char *salt, GError **error)
{
  GVariantBuilder builder;
  gboolean added;

  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (config), NULL);

  g_variant_builder_init (&builder, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  add_string (&builder, "v", FORM, NULL);
  if (salt != NULL)
    {
      g_autofree char *tag = rt_lan_make_tag (config, salt);

      added = add_string (&builder, "salt", salt, error) && add_string (&builder, "tag", tag, error);
    }
  else
    {
      added = add_invitation (&builder, config, error);
    }
  if (!added)
    {
      g_variant_builder_clear (&builder);
      return NULL;
    }
  return g_variant_builder_end (&builder);
}

/* What stands before the digits is for a person: as much of it as there is room for, and no half letter. */
char *
rt_lan_new_name (RtNetworkConfig *config, gboolean for_everybody)
{
  const char *title = for_everybody ? rt_network_config_get_subnet (config) : "Roundtable";
  gsize room = RT_LAN_MAX_NAME - 1 - SUFFIX_DIGITS, length = strlen (title);
  g_autofree char *shown = NULL;

  if (length > room)
    {
      const char *end = g_utf8_find_prev_char (title, title + room + 1);

      length = end != NULL ? (gsize) (end - title) : 0;
    }
  shown = g_strndup (title, length);
  return g_strdup_printf ("%s %0*x", shown, (int) SUFFIX_DIGITS, g_random_int () & 0xffff);
}
