/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-peer-cell.h"

struct _RtPeerCell
{
  AdwBin parent_instance;

  P2pConnection *connection;
};

G_DEFINE_FINAL_TYPE (RtPeerCell, rt_peer_cell, ADW_TYPE_BIN)

enum { PROP_0, PROP_CONNECTION, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
rt_peer_cell_dispose (GObject *object)
{
  g_clear_object (&RT_PEER_CELL (object)->connection);
  G_OBJECT_CLASS (rt_peer_cell_parent_class)->dispose (object);
}

static void
rt_peer_cell_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, RT_PEER_CELL (object)->connection);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peer_cell_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_CONNECTION:
      if (g_set_object (&RT_PEER_CELL (object)->connection, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
rt_peer_cell_class_init (RtPeerCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = rt_peer_cell_dispose;
  object_class->get_property = rt_peer_cell_get_property;
  object_class->set_property = rt_peer_cell_set_property;

  properties[PROP_CONNECTION] = g_param_spec_object ("connection", NULL, NULL, P2P_TYPE_CONNECTION,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
rt_peer_cell_init (RtPeerCell *self)
{
}

P2pConnection *
rt_peer_cell_get_connection (RtPeerCell *self)
{
  g_return_val_if_fail (RT_IS_PEER_CELL (self), NULL);

  return self->connection;
}
