/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-network-config.h"
#include "store/rt-store.h"

G_BEGIN_DECLS

/* The host as it is kept (lower case, IP addresses in their usual form). Transfer full. */
char    *rt_normalise_host (const char *text, GError **error);
gboolean rt_parse_port     (const char *text, gboolean zero, guint16 *port, GError **error);

void             rt_network_config_set_listen_port (RtNetworkConfig *self, guint port);
void             rt_network_config_set_seeding (RtNetworkConfig *self, gboolean seeding);
void             rt_network_config_set_map_port (RtNetworkConfig *self, gboolean map_port);
void             rt_network_config_set_secret (RtNetworkConfig *self, const char *text);
/* It has one, which is not known here. */
gboolean         rt_network_config_lacks_secret (RtNetworkConfig *self);
/* By what is remembered of one that is not known here (rt_secret_make_check()); 0: nothing. */
guint            rt_network_config_get_secret_check (RtNetworkConfig *self);
void             rt_network_config_set_secret_check (RtNetworkConfig *self, guint check);
/* The same network for others: subnet, encryption, version and secret. */
gboolean         rt_network_config_same_network (RtNetworkConfig *a, RtNetworkConfig *b);
/* Nobody near is told of it, and no router is asked. */
void             rt_network_config_close (RtNetworkConfig *self);
/* A change that a running node cannot take over. */
gboolean         rt_network_config_needs_restart (RtNetworkConfig *a, RtNetworkConfig *b);
RtStoreNetwork  *rt_network_config_to_stored (RtNetworkConfig *self, gint64 position, gint64 created);
RtNetworkConfig *rt_network_config_new_from_stored (const RtStoreNetwork *stored);

G_END_DECLS
