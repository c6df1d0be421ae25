/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/p2p.h"
#include "rt-command.h"
#include "rt-line-reader.h"
#include "rt-node.h"
#include "rt-output.h"

G_BEGIN_DECLS

/* Shared by the files of RtNode: rt-node.c (life), -commands.c, -frames.c, -burst.c, -report.c, -events.c. */
struct _RtNode {
  GObject parent_instance;

  const RtNodeOptions *options;
  P2pMeshSocket *socket;
  guint handler_id;
  GCancellable *cancellable;        /* ends whatever a command waits for */

  RtLineReader *reader;
  GQueue commands;                  /* of RtCommand: read, not begun */
  RtCommand *current;               /* begun, not answered; the queue waits for it */
  guint n_async;                    /* begun, not answered, and waited for by none */
  gboolean pumping;
  guint pump_source;
  gboolean input_ended;

  RtOutput *output;
  guint64 told_dropped;             /* of the output's dropped events */

  P2pMessage *last;                 /* the latest user message */
  guint64 n_messages;
  gint64 first_message, last_message;   /* UTC, microseconds; 0: none */

  gboolean leaving;
  int status;
  guint leave_source;
  gint64 leave_deadline;
};

/* rt-node-commands.c */
void rt_node_run_command (RtNode *self, RtCommand *command);
/* rt-node-frames.c */
void rt_node_run_encode      (RtNode *self, RtCommand *command);
void rt_node_run_decode      (RtNode *self, RtCommand *command);
void rt_node_run_protocol_id (RtNode *self, RtCommand *command);
/* rt-node-burst.c */
void rt_node_run_burst   (RtNode *self, RtCommand *command);
/* the longest queue of any link, in bytes */
gsize rt_node_get_queued (RtNode *self);

/* rt-node-events.c */
void rt_node_watch_events (RtNode *self);
void rt_node_tell_ready   (RtNode *self);
void rt_node_tell_result  (RtNode *self, RtCommand *command, const char *result, gsize length, gboolean ok, const char *words);
void rt_node_tell_dropped (RtNode *self);
void rt_node_tell_error   (RtNode *self, const char *where, const char *words);
/* "addr": ["host", port] */
void rt_node_append_address (GString *out, const char *host, guint16 port);

G_END_DECLS
