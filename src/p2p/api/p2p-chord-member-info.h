/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pChordRoles:
 * @P2P_CHORD_ROLES_NONE: it is on the ring, and nothing more to this node
 * @P2P_CHORD_ROLES_AFTER: one of the nodes that follow this one, clockwise
 * @P2P_CHORD_ROLES_BEFORE: one of those that come before it
 * @P2P_CHORD_ROLES_FINGER: one of those far away by which this node finds others in few steps
 *
 * What a node of the ring is to this one.
 */
typedef enum { /*< flags, underscore_name=p2p_chord_roles >*/
  P2P_CHORD_ROLES_NONE = 0,
  P2P_CHORD_ROLES_AFTER = 1 << 0,
  P2P_CHORD_ROLES_BEFORE = 1 << 1,
  P2P_CHORD_ROLES_FINGER = 1 << 2,
} P2pChordRoles;

/**
 * P2pChordMemberInfo:
 *
 * A storing node of the ring, as far as this node knows it: a row of p2p_chord_socket_get_ring(). It is the same object for as long
 * as the node is on the list, follows what is known of it, and says so. Its properties can be given when it is made, so that programs
 * can be tested without a network.
 */
#define P2P_TYPE_CHORD_MEMBER_INFO (p2p_chord_member_info_get_type ())
P2P_EXPORT G_DECLARE_FINAL_TYPE (P2pChordMemberInfo, p2p_chord_member_info, P2P, CHORD_MEMBER_INFO, GObject)

P2P_EXPORT const char   *p2p_chord_member_info_get_id       (P2pChordMemberInfo *self);
P2P_EXPORT double        p2p_chord_member_info_get_fraction (P2pChordMemberInfo *self);  /* [0, 1): its place */
P2P_EXPORT const char   *p2p_chord_member_info_get_address  (P2pChordMemberInfo *self);  /* "host:port"; nullable */
P2P_EXPORT gboolean      p2p_chord_member_info_get_is_self  (P2pChordMemberInfo *self);
P2P_EXPORT gboolean      p2p_chord_member_info_get_linked   (P2pChordMemberInfo *self);
P2P_EXPORT gboolean      p2p_chord_member_info_get_is_own   (P2pChordMemberInfo *self);
P2P_EXPORT P2pChordRoles p2p_chord_member_info_get_roles    (P2pChordMemberInfo *self);
P2P_EXPORT gint64        p2p_chord_member_info_get_n_values (P2pChordMemberInfo *self);  /* -1: not told */
P2P_EXPORT gint64        p2p_chord_member_info_get_n_bytes  (P2pChordMemberInfo *self);  /* -1: not told */

G_END_DECLS
