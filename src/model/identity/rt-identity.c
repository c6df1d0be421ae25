/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-identity-private.h"
#include "p2p/p2p.h"

#include <string.h>
#include <glib/gi18n-lib.h>

struct _RtIdentity {
  GObject      parent_instance;
  char        *ref;
  char        *name;
  char        *network_title;   /* nullable */
  char        *trouble;         /* nullable */
  gboolean     shared, had, leaving;
  RtVaultPlace place;
  GBytes      *public_key;      /* nullable */
};

G_DEFINE_FINAL_TYPE (RtIdentity, rt_identity, G_TYPE_OBJECT)

enum { PROP_0, PROP_NAME, PROP_TITLE, PROP_SHARED, PROP_PLACE, PROP_TROUBLE, PROP_PUBLIC_KEY, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void
rt_identity_finalize (GObject *object)
{
  RtIdentity *self = RT_IDENTITY (object);

  g_free (self->ref);
  g_free (self->name);
  g_free (self->network_title);
  g_free (self->trouble);
  g_clear_pointer (&self->public_key, g_bytes_unref);
  G_OBJECT_CLASS (rt_identity_parent_class)->finalize (object);
}

static void
rt_identity_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtIdentity *self = RT_IDENTITY (object);

  switch (prop_id)
    {
    case PROP_NAME: g_value_set_string (value, self->name); break;
    case PROP_TITLE: g_value_set_string (value, rt_identity_get_title (self)); break;
    case PROP_SHARED: g_value_set_boolean (value, self->shared); break;
    case PROP_PLACE: g_value_set_uint (value, self->place); break;
    case PROP_TROUBLE: g_value_set_string (value, self->trouble); break;
    case PROP_PUBLIC_KEY: g_value_set_boxed (value, self->public_key); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_identity_class_init (RtIdentityClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_identity_finalize;
  object_class->get_property = rt_identity_get_property;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SHARED] = g_param_spec_boolean ("shared", NULL, NULL, FALSE, flags);
  properties[PROP_PLACE] = g_param_spec_uint ("place", NULL, NULL, 0, RT_VAULT_KEYRING, 0, flags);
  properties[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL, flags);
  properties[PROP_PUBLIC_KEY] = g_param_spec_boxed ("public-key", NULL, NULL, G_TYPE_BYTES, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_identity_init (RtIdentity *self)
{
}

RtIdentity *
rt_identity_new (const char *ref, const char *name, gboolean shared)
{
  RtIdentity *self = g_object_new (RT_TYPE_IDENTITY, NULL);

  self->ref = g_strdup (ref);
  self->name = g_strdup (name != NULL ? name : "");
  self->shared = shared;
  return self;
}

const char *
rt_identity_get_ref (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), NULL);
  return self->ref;
}

const char *
rt_identity_get_name (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), NULL);
  return self->name;
}

const char *
rt_identity_get_title (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), NULL);

  if (*self->name != '\0')
    return self->name;
  /* Translators: of an identity that nobody gave a name */
  return self->network_title != NULL ? self->network_title : _("Without a name");
}

gboolean
rt_identity_get_shared (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), FALSE);
  return self->shared;
}

RtVaultPlace
rt_identity_get_place (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), RT_VAULT_NOWHERE);
  return self->place;
}

const char *
rt_identity_get_trouble (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), NULL);
  return self->trouble;
}

gboolean
rt_identity_get_leaving (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), FALSE);
  return self->leaving;
}

GBytes *
rt_identity_get_public_key (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), NULL);
  return self->public_key;
}

char *
rt_identity_dup_digits (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), NULL);
  return self->public_key != NULL ? p2p_fingerprint_digits (self->public_key) : NULL;
}

char *
rt_identity_dup_words (RtIdentity *self)
{
  g_return_val_if_fail (RT_IS_IDENTITY (self), NULL);
  return self->public_key != NULL ? p2p_fingerprint_words (self->public_key) : NULL;
}

/* ---- of RtIdentities ---- */

static void
set_text (RtIdentity *self, char **field, const char *text, guint property)
{
  g_autofree char *title = g_strdup (rt_identity_get_title (self));

  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  if (property != PROP_TITLE)
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
  if (!g_str_equal (title, rt_identity_get_title (self)))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
rt_identity_set_name (RtIdentity *self, const char *name)
{
  set_text (self, &self->name, name, PROP_NAME);
}

void
rt_identity_set_network_title (RtIdentity *self, const char *title)
{
  set_text (self, &self->network_title, title, PROP_TITLE);
}

void
rt_identity_set_trouble (RtIdentity *self, const char *trouble)
{
  gsize length = trouble != NULL ? strlen (trouble) : 0;
  g_autofree char *words = g_strdup (trouble);

  /* it is a part of a sentence where it is shown */
  if (length > 0 && words[length - 1] == '.')
    words[length - 1] = '\0';
  set_text (self, &self->trouble, words, PROP_TROUBLE);
}

void
rt_identity_set_had (RtIdentity *self)
{
  self->had = TRUE;
}

gboolean
rt_identity_get_had (RtIdentity *self)
{
  return self->had || self->public_key != NULL;
}

void
rt_identity_set_leaving (RtIdentity *self, gboolean leaving)
{
  self->leaving = leaving;
}

void
rt_identity_set_shared (RtIdentity *self, gboolean shared)
{
  if (self->shared == shared)
    return;
  self->shared = shared;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHARED]);
}

void
rt_identity_set_place (RtIdentity *self, RtVaultPlace place)
{
  if (self->place == place)
    return;
  self->place = place;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PLACE]);
}

gboolean
rt_identity_set_public_key (RtIdentity *self, GBytes *key)
{
  if (self->public_key != NULL && g_bytes_equal (self->public_key, key))
    return FALSE;
  g_clear_pointer (&self->public_key, g_bytes_unref);
  self->public_key = g_bytes_ref (key);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PUBLIC_KEY]);
  return TRUE;
}
