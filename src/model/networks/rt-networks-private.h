/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-networks.h"
#include "model/identity/rt-identities-private.h"
#include "model/network/rt-network-private.h"

G_BEGIN_DECLS

struct _RtNetworks {
  GObject     parent_instance;
  char       *folder;
  RtStore    *store;
  RtIdentities *identities;
  RtSettings *settings;         /* nullable */
  GListStore *networks;
  char       *user_name;
  char       *notice;           /* from the opening of the store; stays */
  char       *error;            /* the newest write that failed */
  gint64      next_position;
  GPtrArray  *removed;          /* of RtNetwork that hand over what they stored */
  gboolean    loaded;
  gboolean    remembering;      /* the store is open */
  gboolean    shut_down;
};

void rt_networks_set_error (RtNetworks *self, const char *words);
void rt_networks_set_notice (RtNetworks *self, const char *words);
void rt_networks_set_loaded (RtNetworks *self);
/* A value out of the store: not written again. */
void rt_networks_take_user_name (RtNetworks *self, const char *name);
/* Puts it into the list; position: of the store. */
RtNetwork *rt_networks_append (RtNetworks *self, RtNetworkConfig *config, gint64 position);

G_END_DECLS
