/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../p2p-macros.h"
#include "../wire/p2p-types.h"

G_BEGIN_DECLS

/**
 * P2pKnownAddress:
 *
 * An address that a node knows of: of a neighbour, of a node that it tries to reach, or of one that it might dial one day. A row of
 * p2p_mesh_socket_get_known_addresses(), kept up to date while it is one. All properties are read-only and notify.
 */
/* Properties: host, port, id (nullable), source (#P2pAddressSource), state (#P2pAddressState), pinned, anchor, attempts (ever), failures (in a row), last-tried,
 * last-seen, next-attempt (UTC microseconds; 0: never, or none planned), cause (GError of the last failure; %NULL: none since it was seen), history. */
#define P2P_TYPE_KNOWN_ADDRESS (p2p_known_address_get_type ())
P2P_EXPORT G_DECLARE_FINAL_TYPE (P2pKnownAddress, p2p_known_address, P2P, KNOWN_ADDRESS, GObject)

P2P_EXPORT const char      *p2p_known_address_get_host (P2pKnownAddress *self);
P2P_EXPORT guint16          p2p_known_address_get_port (P2pKnownAddress *self);
P2P_EXPORT char            *p2p_known_address_dup_address (P2pKnownAddress *self);      /* "host:port" */
P2P_EXPORT const char      *p2p_known_address_get_id (P2pKnownAddress *self);
P2P_EXPORT P2pAddressSource p2p_known_address_get_source (P2pKnownAddress *self);
P2P_EXPORT P2pAddressState  p2p_known_address_get_state (P2pKnownAddress *self);
P2P_EXPORT gboolean         p2p_known_address_get_pinned (P2pKnownAddress *self);
P2P_EXPORT gboolean         p2p_known_address_get_anchor (P2pKnownAddress *self);
P2P_EXPORT guint            p2p_known_address_get_attempts (P2pKnownAddress *self);
P2P_EXPORT guint            p2p_known_address_get_failures (P2pKnownAddress *self);
P2P_EXPORT gint64           p2p_known_address_get_last_tried (P2pKnownAddress *self);
P2P_EXPORT gint64           p2p_known_address_get_last_seen (P2pKnownAddress *self);
P2P_EXPORT gint64           p2p_known_address_get_next_attempt (P2pKnownAddress *self);
P2P_EXPORT const GError    *p2p_known_address_get_cause (P2pKnownAddress *self);
/* The last eight attempts and losses, the oldest first: a(xss) of UTC microseconds, the code's name (empty: there was a link) and words. Transfer full. */
P2P_EXPORT GVariant        *p2p_known_address_get_history (P2pKnownAddress *self);

G_END_DECLS
