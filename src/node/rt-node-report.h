/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-node-private.h"

G_BEGIN_DECLS

/* Answers to the commands that ask how things are: each appends one JSON value. */
void rt_node_report_links   (RtNode *self, GString *out);
void rt_node_report_status  (RtNode *self, GString *out);
void rt_node_report_stats   (RtNode *self, GString *out);
/* rt-node-addresses.c */
void rt_node_report_addresses (RtNode *self, GString *out);
void rt_node_report_counter (RtNode *self, GString *out);
/* as an event of a message has it */
void rt_node_report_message (GString *out, P2pMessage *message);
/* what became of a frame, and the message in it: keys of the object that was begun */
void rt_node_report_frame   (GString *out, P2pFrameInfo *frame);
/* everything that a frame says */
void rt_node_report_decoded (GString *out, P2pMessage *message);

G_END_DECLS
