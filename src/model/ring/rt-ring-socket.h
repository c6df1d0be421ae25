/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-ring.h"

G_BEGIN_DECLS

/* RtRingSocket: a ring behind which there is a node of ours, while that is up. */
#define RT_TYPE_RING_SOCKET (rt_ring_socket_get_type ())
G_DECLARE_FINAL_TYPE (RtRingSocket, rt_ring_socket, RT, RING_SOCKET, RtRing)

G_END_DECLS
