/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People with a folder each, and networks that are really up. */
#pragma once

#include "free-port.h"
#include "rt-wait.h"
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

typedef struct {
  char       *folder;
  RtNetworks *networks;         /* loaded; NULL between two lives */
  gboolean    keyring;          /* his keys go into that of the session */
  RtSettings *settings;         /* as by default, and in memory; the same in all lives; NULL without person_init() */
} Person;

void person_init   (Person *self);                      /* a folder, and a first life */
void person_begin  (Person *self);                      /* loads */
void person_end    (Person *self);                      /* shuts down; finalises everything */
void person_clear  (Person *self);

/* A network over loopback, unencrypted, that does not dial by itself; peers: NULL or a list as typed. */
RtNetworkConfig *make_config (const char *subnet, const char *peers);
/* Adds it and waits until it is up. */
RtNetwork *person_join (Person *self, const char *subnet, const char *peers);
RtNetwork *person_get  (Person *self, guint position);   /* transfer none */

char          *network_dup_address (RtNetwork *network);  /* 127.0.0.1:port */
const char    *network_get_id      (RtNetwork *network);
guint          count_rows          (RtNetwork *network);
RtMessageItem *row_at              (RtNetwork *network, guint position);   /* transfer none */
RtKnownPeer   *find_known_peer     (RtNetwork *network, const char *address);   /* transfer none, nullable */
gboolean       connect_and_wait    (RtNetwork *network, const char *address, GError **error);

#define wait_up(network) rt_wait_until (rt_network_get_socket (network) != NULL)
#define wait_peers(network, n) rt_wait_until (rt_network_get_n_peers (network) == (n))
#define wait_rows(network, n) rt_wait_until (count_rows (network) >= (n))

G_END_DECLS
