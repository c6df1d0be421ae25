/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/**
 * RtNetworkConfig: what a person says about a network. All properties are construct and writable:
 * uuid (string; made when not given), subnet (string, "mesh"), encryption ("SSL"; or "Plaintext"), version ("0.7"; or "0.6"), kind ("mesh"; or "sync": with a shared table,
 * "chord": with a distributed one),
 * listen-host (string, "0.0.0.0"), listen-port (uint, 0: any free one, kept once it is known), out-address (string "host:port" or ""), peers (strv of "host:port"),
 * max-outgoing (uint, 4), map-port (boolean, FALSE: the router is asked to let others come in), leasing (boolean, TRUE: of a shared table, whoever wrote a key is for an hour the only one who can);
 * of a distributed table: k (uint, 0: the ring of py2p and js2p; else 1 to 10: one of at most 2^k storing nodes, all of this program), seeding (boolean, TRUE: this node stores for the network);
 * announce (string, RT_ANNOUNCE_NO: what the local network is told of it: docs/lan.md);
 * identity (string, "": one of its own, made with it; else the ref of an RtIdentity: who the person is in it. The store keeps it apart);
 * secret (string, "": none, or not known here; it is kept apart, and written nowhere else) and has-secret (boolean, FALSE: whoever knows the name gets in): to be set later, too: who is told a secret
 * has one, and who has none knows none. A network that has one is announced to nobody;
 * demo (boolean, construct only, FALSE: the demonstration: its peers live in this process, and nothing of it concerns anybody outside. With a uuid given, that decides).
 */
#define RT_TYPE_NETWORK_CONFIG (rt_network_config_get_type ())
G_DECLARE_FINAL_TYPE (RtNetworkConfig, rt_network_config, RT, NETWORK_CONFIG, GObject)

RtNetworkConfig *rt_network_config_new  (void);
RtNetworkConfig *rt_network_config_copy (RtNetworkConfig *self);
const char  *rt_network_config_get_uuid (RtNetworkConfig *self);
const char  *rt_network_config_get_subnet (RtNetworkConfig *self);
const char  *rt_network_config_get_encryption (RtNetworkConfig *self);
const char  *rt_network_config_get_version (RtNetworkConfig *self);
const char  *rt_network_config_get_kind (RtNetworkConfig *self);
const char  *rt_network_config_get_listen_host (RtNetworkConfig *self);
guint        rt_network_config_get_listen_port (RtNetworkConfig *self);
const char  *rt_network_config_get_out_address (RtNetworkConfig *self);
const char * const *rt_network_config_get_peers (RtNetworkConfig *self);
guint        rt_network_config_get_max_outgoing (RtNetworkConfig *self);
gboolean     rt_network_config_get_leasing (RtNetworkConfig *self);
guint        rt_network_config_get_k (RtNetworkConfig *self);
gboolean     rt_network_config_get_seeding (RtNetworkConfig *self);
gboolean     rt_network_config_get_demo (RtNetworkConfig *self);
gboolean     rt_network_config_get_map_port (RtNetworkConfig *self);
const char  *rt_network_config_get_identity (RtNetworkConfig *self);
const char  *rt_network_config_get_secret (RtNetworkConfig *self);      /* as P2pSecret takes it: in normal form C, without space around it */
gboolean     rt_network_config_get_has_secret (RtNetworkConfig *self);
/* This is its secret, in its normal form, or could be as far as is known here. */
gboolean     rt_network_config_may_have_secret (RtNetworkConfig *self, const char *text);
#define RT_NETWORK_MAX_K 10u
const char  *rt_network_config_get_announce (RtNetworkConfig *self);
#define RT_ANNOUNCE_NO        "no"
#define RT_ANNOUNCE_MEMBERS   "members"       /* that there is one; which, only who is in it can tell */
#define RT_ANNOUNCE_EVERYBODY "everybody"     /* its name, and all else that one needs to come in */
P2pProtocol *rt_network_config_dup_protocol (RtNetworkConfig *self);
/* The same with what nodes of its kind add to it: that of ids and of signatures. */
P2pProtocol *rt_network_config_dup_wire_protocol (RtNetworkConfig *self);

/* One field as typed, while typing: NULL when it is fine, else what is wrong, in words (transfer full). property is a name from above; text what was typed
 * (peers: separated by spaces, commas or line breaks). */
char    *rt_network_config_check_field (const char *property, const char *text);
gboolean rt_network_config_check (RtNetworkConfig *self, GError **error);       /* all of it */
/* "host:port", "[v6]:port"; G_IO_ERROR_INVALID_ARGUMENT with words */
gboolean rt_parse_address (const char *text, char **host, guint16 *port, GError **error);
char    *rt_format_address (const char *host, guint16 port);
char   **rt_parse_addresses (const char *text, GError **error);                  /* a list as typed, normalised, without repetitions */

G_END_DECLS
