/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-app-frame.h"

G_BEGIN_DECLS

/* Internal to the files that make a frame, read it and write it. */
#define P2P_APP_SUBFLAG 0x5A
#define P2P_APP_VERSION 1
/* The operation of a box for one node: x1/ opens it, and what is in it comes in its place. */
#define P2P_APP_SEALED 11
/* In a box only: what was said to the same node before, in an envelope of now. x1/ takes it out. */
#define P2P_APP_AGAIN 12
#define P2P_APP_BEHIND_LENGTH (8 + P2P_APP_ID_LENGTH)

struct _P2pAppFrame {
  gatomicrefcount ref_count;
  P2pAppOp op;
  guint flags;
  guint n;
  gint64 token;
  gint64 from;
  gint64 until;
  gint64 behind_time;
  guint64 size;
  guint64 offset;
  char *name;                   /* of a person, or of a file */
  char *type;
  char *host;                   /* that somebody is seen at */
  GBytes *about;
  GBytes *to;
  GBytes *behind_id;
  GBytes *file;
  GBytes *bytes;
  GPtrArray *ids;
  GPtrArray *items;
};

P2pAppFrame *p2p_app_frame_alloc (P2pAppOp op);
/* The operation that the packets name, of any version; -1: none */
gint64       p2p_app_frame_peek_op (P2pMessage *message);
/* Of everybody, for people: what a history may tell. */
gboolean     p2p_app_frame_may_tell (P2pMessage *message);

G_END_DECLS
