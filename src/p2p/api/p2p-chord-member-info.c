/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"

#include "p2p-chord-member-info-private.h"

#include <string.h>

#include "p2p/api/p2p-api-enum-types.h"

struct _P2pChordMemberInfo {
  GObject parent_instance;
  P2pChordPlace place;
  char *id;
  double fraction;
  char *address;
  gboolean is_self;
  gboolean linked;
  gboolean is_own;
  P2pChordRoles roles;
  gint64 n_values;
  gint64 n_bytes;
};

G_DEFINE_FINAL_TYPE (P2pChordMemberInfo, p2p_chord_member_info, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_FRACTION,
  PROP_ADDRESS,
  PROP_IS_SELF,
  PROP_LINKED,
  PROP_IS_OWN,
  PROP_ROLES,
  PROP_N_VALUES,
  PROP_N_BYTES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
p2p_chord_member_info_finalize (GObject *object)
{
  P2pChordMemberInfo *self = P2P_CHORD_MEMBER_INFO (object);

  g_free (self->id);
  g_free (self->address);
  G_OBJECT_CLASS (p2p_chord_member_info_parent_class)->finalize (object);
}

static void
p2p_chord_member_info_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  P2pChordMemberInfo *self = P2P_CHORD_MEMBER_INFO (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_IS_SELF:
      g_value_set_boolean (value, self->is_self);
      break;
    case PROP_LINKED:
      g_value_set_boolean (value, self->linked);
      break;
    case PROP_IS_OWN:
      g_value_set_boolean (value, self->is_own);
      break;
    case PROP_ROLES:
      g_value_set_flags (value, self->roles);
      break;
    case PROP_N_VALUES:
      g_value_set_int64 (value, self->n_values);
      break;
    case PROP_N_BYTES:
      g_value_set_int64 (value, self->n_bytes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_member_info_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  P2pChordMemberInfo *self = P2P_CHORD_MEMBER_INFO (object);

  switch (prop_id)
    {
    case PROP_ID:
      self->id = g_value_dup_string (value);
      break;
    case PROP_FRACTION:
      self->fraction = g_value_get_double (value);
      break;
    case PROP_ADDRESS:
      self->address = g_value_dup_string (value);
      break;
    case PROP_IS_SELF:
      self->is_self = g_value_get_boolean (value);
      break;
    case PROP_LINKED:
      self->linked = g_value_get_boolean (value);
      break;
    case PROP_IS_OWN:
      self->is_own = g_value_get_boolean (value);
      break;
    case PROP_ROLES:
      self->roles = g_value_get_flags (value);
      break;
    case PROP_N_VALUES:
      self->n_values = g_value_get_int64 (value);
      break;
    case PROP_N_BYTES:
      self->n_bytes = g_value_get_int64 (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
p2p_chord_member_info_class_init (P2pChordMemberInfoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = p2p_chord_member_info_finalize;
  object_class->get_property = p2p_chord_member_info_get_property;
  object_class->set_property = p2p_chord_member_info_set_property;

  /**
   * P2pChordMemberInfo:id:
   *
   * The node's id. It never changes.
   */
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, once);
  /**
   * P2pChordMemberInfo:fraction:
   *
   * Its place on the ring, from 0 to below 1.
   */
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, once);
  /**
   * P2pChordMemberInfo:address:
   *
   * Where it listens, as far as that was told.
   */
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, once);
  /**
   * P2pChordMemberInfo:is-self:
   *
   * Whether it is this node.
   */
  properties[PROP_IS_SELF] = g_param_spec_boolean ("is-self", NULL, NULL, FALSE, once);
  /**
   * P2pChordMemberInfo:linked:
   *
   * Whether there is a link to it.
   */
  properties[PROP_LINKED] = g_param_spec_boolean ("linked", NULL, NULL, FALSE, once);
  /**
   * P2pChordMemberInfo:is-own:
   *
   * Whether it runs this library, and no original.
   */
  properties[PROP_IS_OWN] = g_param_spec_boolean ("is-own", NULL, NULL, FALSE, once);
  /**
   * P2pChordMemberInfo:roles:
   *
   * What it is to this node.
   */
  properties[PROP_ROLES] = g_param_spec_flags ("roles", NULL, NULL, P2P_TYPE_CHORD_ROLES, 0, once);
  /**
   * P2pChordMemberInfo:n-values:
   *
   * How many values it stores, as it told; -1: it did not.
   */
  properties[PROP_N_VALUES] = g_param_spec_int64 ("n-values", NULL, NULL, -1, G_MAXINT64, -1, once);
  /**
   * P2pChordMemberInfo:n-bytes:
   *
   * How many bytes these take, as it told; -1: it did not.
   */
  properties[PROP_N_BYTES] = g_param_spec_int64 ("n-bytes", NULL, NULL, -1, G_MAXINT64, -1, once);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
p2p_chord_member_info_init (P2pChordMemberInfo *self)
{
}

/* ---- for the socket ---- */

static char *
dup_address (const P2pChordSeen *seen)
{
  const char *host = seen->member->host;

  if (host == NULL)
    return NULL;
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, seen->member->port);
}

P2pChordMemberInfo *
p2p_chord_member_info_new (const P2pChordSeen *seen)
{
  g_autofree char *address = dup_address (seen);
  P2pChordMemberInfo *self =
    g_object_new (P2P_TYPE_CHORD_MEMBER_INFO,
                  "id", seen->member->id,
                  "fraction", p2p_chord_place_fraction (&seen->member->place),
                  "address", address,
                  "is-self", seen->is_self,
                  "linked", seen->peer != NULL,
                  "is-own", seen->is_own,
                  "roles", (P2pChordRoles) seen->roles,
                  "n-values", seen->n_values,
                  "n-bytes", seen->n_bytes,
                  NULL);

  self->place = seen->member->place;
  return self;
}

static void
set_flag (P2pChordMemberInfo *self, gboolean *flag, gboolean value, guint property)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_number (P2pChordMemberInfo *self, gint64 *number, gint64 value, guint property)
{
  if (*number == value)
    return;
  *number = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
p2p_chord_member_info_update (P2pChordMemberInfo *self, const P2pChordSeen *seen)
{
  GObject *object = G_OBJECT (self);
  g_autofree char *address = dup_address (seen);

  g_object_freeze_notify (object);
  if (p2p_chord_place_compare (&self->place, &seen->member->place) != 0)
    {
      self->place = seen->member->place;
      self->fraction = p2p_chord_place_fraction (&self->place);
      g_object_notify_by_pspec (object, properties[PROP_FRACTION]);
    }
  if (g_strcmp0 (self->address, address) != 0)
    {
      g_free (self->address);
      self->address = g_steal_pointer (&address);
      g_object_notify_by_pspec (object, properties[PROP_ADDRESS]);
    }
  if (self->roles != (P2pChordRoles) seen->roles)
    {
      self->roles = (P2pChordRoles) seen->roles;
      g_object_notify_by_pspec (object, properties[PROP_ROLES]);
    }
  set_flag (self, &self->is_self, seen->is_self, PROP_IS_SELF);
  set_flag (self, &self->linked, seen->peer != NULL, PROP_LINKED);
  set_flag (self, &self->is_own, seen->is_own, PROP_IS_OWN);
  set_number (self, &self->n_values, seen->n_values, PROP_N_VALUES);
  set_number (self, &self->n_bytes, seen->n_bytes, PROP_N_BYTES);
  /* Handlers run now, and only now: the row is whole. */
  g_object_thaw_notify (object);
}

const P2pChordPlace *
p2p_chord_member_info_get_place (P2pChordMemberInfo *self)
{
  return &self->place;
}

/* ---- for programs ---- */

/**
 * p2p_chord_member_info_get_id:
 * @self: a storing node
 *
 * Which node it is.
 *
 * Returns: its id
 */
const char *
p2p_chord_member_info_get_id (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), NULL);

  return self->id;
}

/**
 * p2p_chord_member_info_get_fraction:
 * @self: a storing node
 *
 * Where on the ring the node is: its id as a part of the whole circle.
 *
 * Returns: its place on the ring, from 0 to below 1
 */
double
p2p_chord_member_info_get_fraction (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), 0);

  return self->fraction;
}

/**
 * p2p_chord_member_info_get_address:
 * @self: a storing node
 *
 * Where the node can be dialled.
 *
 * Returns: (nullable): where it listens, `host:port`; %NULL: that was not told
 */
const char *
p2p_chord_member_info_get_address (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), NULL);

  return self->address;
}

/**
 * p2p_chord_member_info_get_is_self:
 * @self: a storing node
 *
 * Whether the row is about the node that shows it.
 *
 * Returns: whether it is this node
 */
gboolean
p2p_chord_member_info_get_is_self (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), FALSE);

  return self->is_self;
}

/**
 * p2p_chord_member_info_get_linked:
 * @self: a storing node
 *
 * Whether the node is a neighbour in the mesh as well.
 *
 * Returns: whether there is a link to it
 */
gboolean
p2p_chord_member_info_get_linked (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), FALSE);

  return self->linked;
}

/**
 * p2p_chord_member_info_get_is_own:
 * @self: a storing node
 *
 * What the node says that it is.
 *
 * Returns: whether it runs this library, and no original
 */
gboolean
p2p_chord_member_info_get_is_own (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), FALSE);

  return self->is_own;
}

/**
 * p2p_chord_member_info_get_roles:
 * @self: a storing node
 *
 * Why this node keeps an eye on the other.
 *
 * Returns: what it is to this node
 */
P2pChordRoles
p2p_chord_member_info_get_roles (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), P2P_CHORD_ROLES_NONE);

  return self->roles;
}

/**
 * p2p_chord_member_info_get_n_values:
 * @self: a storing node
 *
 * How many values the node stores, as it says itself.
 *
 * Returns: how many values it stores; -1: it did not tell
 */
gint64
p2p_chord_member_info_get_n_values (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), -1);

  return self->n_values;
}

/**
 * p2p_chord_member_info_get_n_bytes:
 * @self: a storing node
 *
 * How much the node stores, as it says itself.
 *
 * Returns: how many bytes its values take; -1: it did not tell
 */
gint64
p2p_chord_member_info_get_n_bytes (P2pChordMemberInfo *self)
{
  g_return_val_if_fail (P2P_IS_CHORD_MEMBER_INFO (self), -1);

  return self->n_bytes;
}
