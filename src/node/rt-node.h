/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "rt-node-options.h"

G_BEGIN_DECLS

/**
 * RtNode:
 *
 * A node, the commands that come to it and the events that leave it. It lives in the main context of the thread that made
 * it.
 *
 * Signals: finished (int exit status), once: nothing is left to be done.
 */
#define RT_TYPE_NODE (rt_node_get_type ())
G_DECLARE_FINAL_TYPE (RtNode, rt_node, RT, NODE, GObject)

/* The options are borrowed for its life. out_fd: where events go. */
RtNode  *rt_node_new   (const RtNodeOptions *options, int out_fd);
/* Listens, says so, dials, and reads commands from in_fd. */
gboolean rt_node_start (RtNode *self, int in_fd, GError **error);
/* Leaves in order: what is on its way is sent, links are closed, what is to be printed is printed; then finished. Idempotent. */
void     rt_node_leave (RtNode *self, int status);

G_END_DECLS
