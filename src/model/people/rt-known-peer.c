/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-known-peer.h"

struct _RtKnownPeer {
  GObject  parent_instance;
  char    *address;
  char    *id;
  char    *cause;
  gint64   last_seen;
  guint    attempts;
};

G_DEFINE_FINAL_TYPE (RtKnownPeer, rt_known_peer, G_TYPE_OBJECT)

enum { PROP_0, PROP_ADDRESS, PROP_ID, PROP_CAUSE, PROP_LAST_SEEN, PROP_ATTEMPTS, N_PROPS };

static GParamSpec *properties[N_PROPS];

static gboolean
take_over (char **where, const char *value)
{
  if (g_strcmp0 (*where, value) == 0)
    return FALSE;
  g_free (*where);
  *where = g_strdup (value);
  return TRUE;
}

static void
rt_known_peer_finalize (GObject *object)
{
  RtKnownPeer *self = RT_KNOWN_PEER (object);

  g_free (self->address);
  g_free (self->id);
  g_free (self->cause);

  G_OBJECT_CLASS (rt_known_peer_parent_class)->finalize (object);
}

static void
rt_known_peer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RtKnownPeer *self = RT_KNOWN_PEER (object);

  switch (prop_id)
    {
    case PROP_ADDRESS: g_value_set_string (value, self->address); break;
    case PROP_ID: g_value_set_string (value, self->id); break;
    case PROP_CAUSE: g_value_set_string (value, self->cause); break;
    case PROP_LAST_SEEN: g_value_set_int64 (value, self->last_seen); break;
    case PROP_ATTEMPTS: g_value_set_uint (value, self->attempts); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_known_peer_class_init (RtKnownPeerClass *klass)
{
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = rt_known_peer_finalize;
  object_class->get_property = rt_known_peer_get_property;

  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_CAUSE] = g_param_spec_string ("cause", NULL, NULL, NULL, flags);
  properties[PROP_LAST_SEEN] = g_param_spec_int64 ("last-seen", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_ATTEMPTS] = g_param_spec_uint ("attempts", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_known_peer_init (RtKnownPeer *self)
{
}

RtKnownPeer *
rt_known_peer_new (const char *address, const char *id, gint64 last_seen)
{
  RtKnownPeer *self;

  g_return_val_if_fail (address != NULL, NULL);

  self = g_object_new (RT_TYPE_KNOWN_PEER, NULL);
  self->address = g_strdup (address);
  self->id = g_strdup (id);
  self->last_seen = last_seen;
  return self;
}

const char *
rt_known_peer_get_address (RtKnownPeer *self)
{
  g_return_val_if_fail (RT_IS_KNOWN_PEER (self), NULL);
  return self->address;
}

const char *
rt_known_peer_get_id (RtKnownPeer *self)
{
  g_return_val_if_fail (RT_IS_KNOWN_PEER (self), NULL);
  return self->id;
}

const char *
rt_known_peer_get_cause (RtKnownPeer *self)
{
  g_return_val_if_fail (RT_IS_KNOWN_PEER (self), NULL);
  return self->cause;
}

gint64
rt_known_peer_get_last_seen (RtKnownPeer *self)
{
  g_return_val_if_fail (RT_IS_KNOWN_PEER (self), 0);
  return self->last_seen;
}

void
rt_known_peer_set_id (RtKnownPeer *self, const char *id)
{
  g_return_if_fail (RT_IS_KNOWN_PEER (self));

  if (take_over (&self->id, id))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

/* One more attempt that came to nothing. */
void
rt_known_peer_note_failure (RtKnownPeer *self, const char *cause)
{
  g_return_if_fail (RT_IS_KNOWN_PEER (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (self->attempts < G_MAXUINT)
    self->attempts++;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTEMPTS]);
  if (take_over (&self->cause, cause))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAUSE]);
  g_object_thaw_notify (G_OBJECT (self));
}

void
rt_known_peer_note_seen (RtKnownPeer *self, const char *id, gint64 when)
{
  g_return_if_fail (RT_IS_KNOWN_PEER (self));

  g_object_freeze_notify (G_OBJECT (self));
  if (id != NULL && take_over (&self->id, id))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
  if (take_over (&self->cause, NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAUSE]);
  if (self->last_seen != when)
    {
      self->last_seen = when;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_SEEN]);
    }
  if (self->attempts != 0)
    {
      self->attempts = 0;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ATTEMPTS]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}
