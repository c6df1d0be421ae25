/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rt-transfers.h"

struct _RtTransfers {
  GObject        parent_instance;
  char          *folder;
  P2pMeshSocket *socket;
};

G_DEFINE_FINAL_TYPE (RtTransfers, rt_transfers, G_TYPE_OBJECT)

static void
rt_transfers_finalize (GObject *object)
{
  RtTransfers *self = RT_TRANSFERS (object);

  g_free (self->folder);
  g_clear_object (&self->socket);

  G_OBJECT_CLASS (rt_transfers_parent_class)->finalize (object);
}

static void
rt_transfers_class_init (RtTransfersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = rt_transfers_finalize;
}

static void
rt_transfers_init (RtTransfers *self)
{
}

RtTransfers *
rt_transfers_new (const char *folder)
{
  RtTransfers *self = g_object_new (RT_TYPE_TRANSFERS, NULL);

  self->folder = g_strdup (folder);
  return self;
}

void
rt_transfers_set_socket (RtTransfers *self, P2pMeshSocket *socket)
{
  g_return_if_fail (RT_IS_TRANSFERS (self));

  g_set_object (&self->socket, socket);
}

void
rt_transfers_offer (RtTransfers *self, RtAttachment *attachment, const char *recipient)
{
}

RtAttachment *
rt_transfers_take_offer (RtTransfers *self, P2pMessage *message)
{
  return NULL;
}
