/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/p2p.h"
#include "rt-command.h"
#include "rt-known-keys.h"
#include "rt-line-reader.h"
#include "rt-node.h"
#include "rt-output.h"
#include "rt-record-file.h"

G_BEGIN_DECLS

/* Shared by the files of RtNode: rt-node.c (life), -commands.c, -frames.c, -burst.c, -report.c, -events.c, -table.c, -table-events.c,
 * -table-state.c, -ring.c, -ring-events.c. */
struct _RtNode {
  GObject parent_instance;

  const RtNodeOptions *options;
  P2pMeshSocket *socket;
  P2pSyncSocket *table;             /* the same socket, borrowed; NULL: a node of another kind */
  P2pChordSocket *chord;            /* so, too */
  RtRecordFile *records;            /* of the table; NULL: they are not kept */
  gboolean was_joined;              /* in an earlier run, and to be again */
  RtKnownKeys *keys;                /* of those who proved themselves, for the next run; nullable */
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
  gboolean handing_over;            /* what it stores for others, before it leaves */
  int status;
  guint leave_source;
  gint64 leave_deadline;
};

/* rt-node-keys.c */
void rt_node_watch_keys (RtNode *self);
/* rt-node-commands.c */
void rt_node_run_command (RtNode *self, RtCommand *command);
/* rt-node-frames.c */
void rt_node_run_encode      (RtNode *self, RtCommand *command);
void rt_node_run_decode      (RtNode *self, RtCommand *command);
void rt_node_run_protocol_id (RtNode *self, RtCommand *command);
/* rt-node-burst.c */
void rt_node_run_burst     (RtNode *self, RtCommand *command);
void rt_node_run_burst_set (RtNode *self, RtCommand *command);
/* the longest queue of any link, in bytes */
gsize rt_node_get_queued (RtNode *self);
/* rt-node-table.c: the commands of a table, of nodes of any kind. FALSE: the name is none of them */
gboolean rt_node_run_table (RtNode *self, RtCommand *command);
/* The same of a distributed table; the name is one of those. */
void rt_node_run_ring (RtNode *self, RtCommand *command);
/* FALSE: the node has none, and the command was answered so */
gboolean rt_node_check_table (RtNode *self, RtCommand *command);
GBytes   *rt_node_get_key (RtCommand *command, GError **error);
/* “dict” as an a(ayv); object: it came as a plain object, and is answered so */
GVariant *rt_node_get_entries (RtCommand *command, gboolean *object, GError **error);
/* With a fallback an absent key is no error. */
gboolean  rt_node_take_fallback (RtCommand *command, GVariant **value, GError **error);
void rt_node_answer_variant (RtCommand *command, GVariant *value);
void rt_node_answer_got     (RtCommand *command, GVariant *value, double milliseconds);
void rt_node_answer_keys    (RtCommand *command, GPtrArray *keys);
void rt_node_answer_results (RtCommand *command, GPtrArray *results, gboolean object);
void rt_node_answer_ndata   (RtCommand *command, guint n);
void rt_node_append_pair    (GString *out, GBytes *key, GVariant *value);
void rt_node_append_items   (GString *out, GVariant *items);
/* rt-node-table-state.c: what an earlier run knew, and what this one will leave */
gboolean rt_node_restore_table (RtNode *self, GError **error);
/* Whether it is to store for others after a restart too */
void     rt_node_keep_joined   (RtNode *self, gboolean joined);

/* rt-node-events.c */
void rt_node_watch_events (RtNode *self);
void rt_node_tell_ready   (RtNode *self);
void rt_node_tell_result  (RtNode *self, RtCommand *command, const char *result, gsize length, gboolean ok, const char *words);
void rt_node_tell_dropped (RtNode *self);
void rt_node_tell_error   (RtNode *self, const char *where, const char *words);
/* What comes from others must not move the cursor of a terminal or turn the direction of its text. */
char *rt_node_make_harmless (const char *text);
char *rt_node_shorten_id    (const char *id);
void  rt_node_say (RtNode *self, gboolean droppable, const char *format, ...) G_GNUC_PRINTF (3, 4);
/* An event; droppable: when nobody reads our output, the oldest of these go */
GString *rt_node_begin_event (const char *name);
void     rt_node_end_event   (RtNode *self, GString *line, gboolean droppable);
/* rt-node-table-events.c */
void rt_node_watch_table     (RtNode *self);
/* rt-node-ring-events.c */
void rt_node_watch_ring      (RtNode *self);
/* An event of a key alone; for people its name and these words */
void rt_node_tell_key        (RtNode *self, const char *name, GBytes *key, const char *words);
char *rt_node_describe_key   (GBytes *key);
/* a key: a string when it is text, {"$b": hex} when not */
void rt_node_append_key      (GString *out, GBytes *key);
/* {"owner", "timestamp", "lease_left", "mine", "old", "signed"} */
void rt_node_append_meta     (GString *out, P2pSyncEntry *entry);
/* "addr": ["host", port] */
void rt_node_append_address (GString *out, const char *host, guint16 port);

G_END_DECLS
