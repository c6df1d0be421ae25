/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/identity/rt-identities.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/**
 * RtNetworks: all networks of a person, a GListModel of RtNetwork, remembered in a folder (SQLite database and key files).
 * Properties: user-name (string; NULL or "" before the first run is done; writable, remembered), loaded (gboolean), error (words, nullable: e.g. the database cannot be written).
 */
#define RT_TYPE_NETWORKS (rt_networks_get_type ())
G_DECLARE_FINAL_TYPE (RtNetworks, rt_networks, RT, NETWORKS, GObject)

RtNetworks *rt_networks_new (const char *folder);                      /* e.g. $XDG_DATA_HOME/roundtable */
/* Before they are loaded. settings: nullable. */
void        rt_networks_set_settings (RtNetworks *self, RtSettings *settings);
/* Keys are kept in the keyring of the desktop, where it takes them; else in files, as if nobody had said anything. Likewise. */
void        rt_networks_set_keyring (RtNetworks *self, gboolean keyring);
/* Who the person is, in which of them. */
RtIdentities *rt_networks_get_identities (RtNetworks *self);
void        rt_networks_load_async  (RtNetworks *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);  /* and starts them */
gboolean    rt_networks_load_finish (RtNetworks *self, GAsyncResult *result, GError **error);
const char *rt_networks_get_user_name (RtNetworks *self);
void        rt_networks_set_user_name (RtNetworks *self, const char *name);
/* A new one, started and remembered; an error names the field (also when it is the same network twice). */
RtNetwork  *rt_networks_add (RtNetworks *self, RtNetworkConfig *config, GError **error);     /* transfer none */
/* Takes over what was edited; restarts the node when it must. */
gboolean    rt_networks_update (RtNetworks *self, RtNetwork *network, RtNetworkConfig *config, GError **error);
/* The secret of a private network that was lost, or is locked away, typed once more: it is kept, and the network begins if it waits for that. FALSE: words, also where it is not the
 * one that the network had: that is known, but for one in 65,536. */
gboolean    rt_networks_retype_secret (RtNetworks *self, RtNetwork *network, const char *text, GError **error);
void        rt_networks_remove (RtNetworks *self, RtNetwork *network);  /* leave: stops and forgets it, its key and its secret too */
/* Stops all and waits until what must be written is written. */
void        rt_networks_shutdown_async  (RtNetworks *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean    rt_networks_shutdown_finish (RtNetworks *self, GAsyncResult *result, GError **error);

G_END_DECLS
