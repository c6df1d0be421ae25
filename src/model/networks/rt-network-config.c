/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-network-config-private.h"
#include "rt-secret-words.h"

#include <string.h>

struct _RtNetworkConfig {
  GObject  parent_instance;
  char    *uuid;
  char    *subnet;
  char    *encryption;
  char    *version;
  char    *kind;
  char    *listen_host;
  char    *out_address;
  char   **peers;
  guint    listen_port;
  guint    max_outgoing;
  gboolean leasing;
  guint    k;
  gboolean seeding;
  char    *announce;
  gboolean demo;
  gboolean map_port;
  char    *identity;
  char    *secret;              /* "": none, or not known here */
  gboolean has_secret;
  guint    secret_check;        /* of a secret that is not known here; 0: nor is that */
};

G_DEFINE_FINAL_TYPE (RtNetworkConfig, rt_network_config, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_UUID,
  PROP_SUBNET,
  PROP_ENCRYPTION,
  PROP_VERSION,
  PROP_KIND,
  PROP_LISTEN_HOST,
  PROP_LISTEN_PORT,
  PROP_OUT_ADDRESS,
  PROP_PEERS,
  PROP_MAX_OUTGOING,
  PROP_LEASING,
  PROP_K,
  PROP_SEEDING,
  PROP_ANNOUNCE,
  PROP_DEMO,
  PROP_MAP_PORT,
  PROP_IDENTITY,
  PROP_SECRET,
  PROP_HAS_SECRET,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
set_text (RtNetworkConfig *self, char **field, const GValue *value, GParamSpec *pspec)
{
  const char *text = g_value_get_string (value);

  if (text == NULL)
    text = "";
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
set_flag (RtNetworkConfig *self, gboolean *field, gboolean flag, GParamSpec *pspec)
{
  if (*field == flag)
    return;
  *field = flag;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
set_number (RtNetworkConfig *self, guint *field, guint number, GParamSpec *pspec)
{
  if (*field == number)
    return;
  *field = number;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
set_peers (RtNetworkConfig *self, char **peers)
{
  static char *none[] = { NULL };

  if (peers == NULL)
    peers = none;
  if (self->peers != NULL && g_strv_equal ((const char * const *) self->peers, (const char * const *) peers))
    return;
  g_strfreev (self->peers);
  self->peers = g_strdupv (peers);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PEERS]);
}

/* Who has none keeps none, and who is told one has it. */
static void
set_has_secret (RtNetworkConfig *self, gboolean has_secret)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (!has_secret)
    {
      rt_network_config_set_secret (self, "");
      self->secret_check = 0;
    }
  set_flag (self, &self->has_secret, has_secret, properties[PROP_HAS_SECRET]);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_network_config_set_secret (RtNetworkConfig *self, const char *text)
{
  char *plain = rt_secret_dup_normal (text != NULL ? text : "");

  g_object_freeze_notify (G_OBJECT (self));
  if (g_str_equal (plain, self->secret))
    {
      rt_secret_text_free (plain);
    }
  else
    {
      rt_secret_text_free (self->secret);
      self->secret = plain;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECRET]);
    }
  if (*self->secret != '\0')
    set_flag (self, &self->has_secret, TRUE, properties[PROP_HAS_SECRET]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
rt_network_config_finalize (GObject *object)
{
  RtNetworkConfig *self = RT_NETWORK_CONFIG (object);

  g_free (self->uuid);
  g_free (self->subnet);
  g_free (self->encryption);
  g_free (self->version);
  g_free (self->kind);
  g_free (self->listen_host);
  g_free (self->out_address);
  g_free (self->announce);
  g_free (self->identity);
  rt_secret_text_free (self->secret);
  g_strfreev (self->peers);

  G_OBJECT_CLASS (rt_network_config_parent_class)->finalize (object);
}

/* Whether it is the demonstration stands in its uuid, so it cannot get lost, nor come about by editing: a UUID of version 8, which is whatever one likes, that begins with
 * "demo" in ASCII. */
#define DEMO_PREFIX "64656d6f-"
#define DEMO_VERSION 14

static char *
make_demo_uuid (void)
{
  char *uuid = g_uuid_string_random ();

  memcpy (uuid, DEMO_PREFIX, strlen (DEMO_PREFIX));
  uuid[DEMO_VERSION] = '8';
  return uuid;
}

gboolean
rt_network_config_get_demo (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), FALSE);
  return g_str_has_prefix (self->uuid, DEMO_PREFIX) && g_uuid_string_is_valid (self->uuid) && self->uuid[DEMO_VERSION] == '8';
}

static void
rt_network_config_constructed (GObject *object)
{
  RtNetworkConfig *self = RT_NETWORK_CONFIG (object);

  G_OBJECT_CLASS (rt_network_config_parent_class)->constructed (object);

  if (*self->uuid == '\0')
    {
      g_free (self->uuid);
      self->uuid = self->demo ? make_demo_uuid () : g_uuid_string_random ();
    }
}

static void
rt_network_config_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtNetworkConfig *self = RT_NETWORK_CONFIG (object);

  switch (prop_id)
    {
    case PROP_UUID: g_value_set_string (value, self->uuid); break;
    case PROP_SUBNET: g_value_set_string (value, self->subnet); break;
    case PROP_ENCRYPTION: g_value_set_string (value, self->encryption); break;
    case PROP_VERSION: g_value_set_string (value, self->version); break;
    case PROP_KIND: g_value_set_string (value, self->kind); break;
    case PROP_LISTEN_HOST: g_value_set_string (value, self->listen_host); break;
    case PROP_LISTEN_PORT: g_value_set_uint (value, self->listen_port); break;
    case PROP_OUT_ADDRESS: g_value_set_string (value, self->out_address); break;
    case PROP_PEERS: g_value_set_boxed (value, self->peers); break;
    case PROP_MAX_OUTGOING: g_value_set_uint (value, self->max_outgoing); break;
    case PROP_LEASING: g_value_set_boolean (value, self->leasing); break;
    case PROP_K: g_value_set_uint (value, self->k); break;
    case PROP_SEEDING: g_value_set_boolean (value, self->seeding); break;
    case PROP_ANNOUNCE: g_value_set_string (value, rt_network_config_get_announce (self)); break;
    case PROP_DEMO: g_value_set_boolean (value, rt_network_config_get_demo (self)); break;
    case PROP_MAP_PORT: g_value_set_boolean (value, self->map_port); break;
    case PROP_IDENTITY: g_value_set_string (value, self->identity); break;
    case PROP_SECRET: g_value_set_string (value, self->secret); break;
    case PROP_HAS_SECRET: g_value_set_boolean (value, self->has_secret); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_network_config_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RtNetworkConfig *self = RT_NETWORK_CONFIG (object);

  switch (prop_id)
    {
    case PROP_UUID: set_text (self, &self->uuid, value, pspec); break;
    case PROP_SUBNET: set_text (self, &self->subnet, value, pspec); break;
    case PROP_ENCRYPTION: set_text (self, &self->encryption, value, pspec); break;
    case PROP_VERSION: set_text (self, &self->version, value, pspec); break;
    case PROP_KIND: set_text (self, &self->kind, value, pspec); break;
    case PROP_LISTEN_HOST: set_text (self, &self->listen_host, value, pspec); break;
    case PROP_LISTEN_PORT: set_number (self, &self->listen_port, g_value_get_uint (value), pspec); break;
    case PROP_OUT_ADDRESS: set_text (self, &self->out_address, value, pspec); break;
    case PROP_PEERS: set_peers (self, g_value_get_boxed (value)); break;
    case PROP_MAX_OUTGOING: set_number (self, &self->max_outgoing, g_value_get_uint (value), pspec); break;
    case PROP_LEASING: set_flag (self, &self->leasing, g_value_get_boolean (value), pspec); break;
    case PROP_K: set_number (self, &self->k, g_value_get_uint (value), pspec); break;
    case PROP_SEEDING: set_flag (self, &self->seeding, g_value_get_boolean (value), pspec); break;
    case PROP_ANNOUNCE: set_text (self, &self->announce, value, pspec); break;
    case PROP_DEMO: self->demo = g_value_get_boolean (value); break;
    case PROP_MAP_PORT: set_flag (self, &self->map_port, g_value_get_boolean (value), pspec); break;
    case PROP_IDENTITY: set_text (self, &self->identity, value, pspec); break;
    case PROP_SECRET: rt_network_config_set_secret (self, g_value_get_string (value)); break;
    case PROP_HAS_SECRET: set_has_secret (self, g_value_get_boolean (value)); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_network_config_class_init (RtNetworkConfigClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = rt_network_config_constructed;
  object_class->finalize = rt_network_config_finalize;
  object_class->get_property = rt_network_config_get_property;
  object_class->set_property = rt_network_config_set_property;

  properties[PROP_UUID] = g_param_spec_string ("uuid", NULL, NULL, NULL, flags);
  properties[PROP_SUBNET] = g_param_spec_string ("subnet", NULL, NULL, "mesh", flags);
  /* New networks are encrypted unless the person says otherwise. */
  properties[PROP_ENCRYPTION] = g_param_spec_string ("encryption", NULL, NULL, P2P_ENCRYPTION_SSL, flags);
  properties[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, P2P_PROTOCOL_VERSION, flags);
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, "mesh", flags);
  properties[PROP_LISTEN_HOST] = g_param_spec_string ("listen-host", NULL, NULL, "0.0.0.0", flags);
  properties[PROP_LISTEN_PORT] = g_param_spec_uint ("listen-port", NULL, NULL, 0, G_MAXUINT16, 0, flags);
  properties[PROP_OUT_ADDRESS] = g_param_spec_string ("out-address", NULL, NULL, "", flags);
  properties[PROP_PEERS] = g_param_spec_boxed ("peers", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_MAX_OUTGOING] = g_param_spec_uint ("max-outgoing", NULL, NULL, 0, P2P_LIMIT_LINKS, P2P_LIMIT_MAX_OUTGOING, flags);
  properties[PROP_LEASING] = g_param_spec_boolean ("leasing", NULL, NULL, TRUE, flags);
  properties[PROP_K] = g_param_spec_uint ("k", NULL, NULL, 0, RT_NETWORK_MAX_K, 0, flags);
  properties[PROP_SEEDING] = g_param_spec_boolean ("seeding", NULL, NULL, TRUE, flags);
  properties[PROP_ANNOUNCE] = g_param_spec_string ("announce", NULL, NULL, RT_ANNOUNCE_NO, flags);
  properties[PROP_DEMO] = g_param_spec_boolean ("demo", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_MAP_PORT] = g_param_spec_boolean ("map-port", NULL, NULL, FALSE, flags);
  properties[PROP_IDENTITY] = g_param_spec_string ("identity", NULL, NULL, "", flags);
  /* not made with it: each of the two sets the other, whatever the order */
  properties[PROP_SECRET] = g_param_spec_string ("secret", NULL, NULL, "", flags & ~G_PARAM_CONSTRUCT);
  properties[PROP_HAS_SECRET] = g_param_spec_boolean ("has-secret", NULL, NULL, FALSE, flags & ~G_PARAM_CONSTRUCT);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_network_config_init (RtNetworkConfig *self)
{
  self->secret = g_strdup ("");
}

RtNetworkConfig *
rt_network_config_new (void)
{
  return g_object_new (RT_TYPE_NETWORK_CONFIG, NULL);
}

RtNetworkConfig *
rt_network_config_copy (RtNetworkConfig *self)
{
  RtNetworkConfig *copy;

  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);

  copy = g_object_new (RT_TYPE_NETWORK_CONFIG,
                       "uuid", self->uuid,
                       "subnet", self->subnet,
                       "encryption", self->encryption,
                       "version", self->version,
                       "kind", self->kind,
                       "listen-host", self->listen_host,
                       "listen-port", self->listen_port,
                       "out-address", self->out_address,
                       "peers", self->peers,
                       "max-outgoing", self->max_outgoing,
                       "leasing", self->leasing,
                       "k", self->k,
                       "seeding", self->seeding,
                       "announce", self->announce,
                       "map-port", self->map_port,
                       "identity", self->identity,
                       "has-secret", self->has_secret,
                       "secret", self->secret,
                       NULL);
  copy->secret_check = self->secret_check;
  return copy;
}

const char *
rt_network_config_get_uuid (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->uuid;
}

const char *
rt_network_config_get_subnet (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->subnet;
}

const char *
rt_network_config_get_encryption (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->encryption;
}

const char *
rt_network_config_get_version (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->version;
}

const char *
rt_network_config_get_kind (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->kind;
}

const char *
rt_network_config_get_listen_host (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->listen_host;
}

guint
rt_network_config_get_listen_port (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), 0);
  return self->listen_port;
}

void
rt_network_config_set_listen_port (RtNetworkConfig *self, guint port)
{
  g_return_if_fail (RT_IS_NETWORK_CONFIG (self));
  set_number (self, &self->listen_port, port, properties[PROP_LISTEN_PORT]);
}

const char *
rt_network_config_get_out_address (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->out_address;
}

const char * const *
rt_network_config_get_peers (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return (const char * const *) self->peers;
}

guint
rt_network_config_get_max_outgoing (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), 0);
  return self->max_outgoing;
}

gboolean
rt_network_config_get_leasing (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), FALSE);
  return self->leasing;
}

guint
rt_network_config_get_k (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), 0);
  return self->k;
}

gboolean
rt_network_config_get_seeding (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), FALSE);
  return self->seeding;
}

void
rt_network_config_set_seeding (RtNetworkConfig *self, gboolean seeding)
{
  g_return_if_fail (RT_IS_NETWORK_CONFIG (self));
  set_flag (self, &self->seeding, seeding != FALSE, properties[PROP_SEEDING]);
}

const char *
rt_network_config_get_announce (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->has_secret ? RT_ANNOUNCE_NO : self->announce;
}

gboolean
rt_network_config_get_map_port (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), FALSE);
  return self->map_port;
}

void
rt_network_config_set_map_port (RtNetworkConfig *self, gboolean map_port)
{
  g_return_if_fail (RT_IS_NETWORK_CONFIG (self));
  set_flag (self, &self->map_port, map_port != FALSE, properties[PROP_MAP_PORT]);
}

void
rt_network_config_close (RtNetworkConfig *self)
{
  g_return_if_fail (RT_IS_NETWORK_CONFIG (self));
  g_object_set (self, "announce", RT_ANNOUNCE_NO, "map-port", FALSE, NULL);
}

const char *
rt_network_config_get_identity (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->identity;
}

const char *
rt_network_config_get_secret (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return self->secret;
}

gboolean
rt_network_config_get_has_secret (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), FALSE);
  return self->has_secret;
}

gboolean
rt_network_config_lacks_secret (RtNetworkConfig *self)
{
  return self->has_secret && *self->secret == '\0';
}

P2pProtocol *
rt_network_config_dup_protocol (RtNetworkConfig *self)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), NULL);
  return p2p_protocol_new_with_version (self->subnet, self->encryption, self->version);
}

P2pProtocol *
rt_network_config_dup_wire_protocol (RtNetworkConfig *self)
{
  g_autoptr (P2pProtocol) base = rt_network_config_dup_protocol (self);

  if (g_str_equal (self->kind, "sync"))
    return p2p_protocol_new_sync (base, self->leasing);
  return g_str_equal (self->kind, "chord") ? p2p_protocol_new_chord (base, self->k) : g_steal_pointer (&base);
}

guint
rt_network_config_get_secret_check (RtNetworkConfig *self)
{
  return *self->secret != '\0' ? rt_secret_make_check (self->secret, self->uuid) : self->secret_check;
}

void
rt_network_config_set_secret_check (RtNetworkConfig *self, guint check)
{
  self->secret_check = self->has_secret ? check : 0;
}

gboolean
rt_network_config_may_have_secret (RtNetworkConfig *self, const char *text)
{
  g_return_val_if_fail (RT_IS_NETWORK_CONFIG (self), FALSE);

  if (!rt_network_config_lacks_secret (self))
    return g_str_equal (self->secret, text);
  return self->secret_check == 0 || self->secret_check == rt_secret_make_check (text, self->uuid);
}

static gboolean
have_same_secret (RtNetworkConfig *a, RtNetworkConfig *b)
{
  if (a->has_secret != b->has_secret)
    return FALSE;
  return rt_network_config_lacks_secret (b) ? rt_network_config_lacks_secret (a) || rt_network_config_may_have_secret (b, a->secret) : rt_network_config_may_have_secret (a, b->secret);
}

gboolean
rt_network_config_same_network (RtNetworkConfig *a, RtNetworkConfig *b)
{
  return have_same_secret (a, b) && g_str_equal (a->subnet, b->subnet) && g_str_equal (a->encryption, b->encryption) && g_str_equal (a->version, b->version) &&
         g_str_equal (a->kind, b->kind) && a->leasing == b->leasing && (a->k == b->k || !g_str_equal (a->kind, "chord"));
}

gboolean
rt_network_config_needs_restart (RtNetworkConfig *a, RtNetworkConfig *b)
{
  return !rt_network_config_same_network (a, b) || !g_str_equal (a->listen_host, b->listen_host) || a->listen_port != b->listen_port ||
         !g_str_equal (a->out_address, b->out_address) || !g_str_equal (a->identity, b->identity) || !g_str_equal (a->secret, b->secret);
}
