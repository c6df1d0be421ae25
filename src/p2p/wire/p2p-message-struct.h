/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-frame.h"
#include "p2p-message-private.h"

G_BEGIN_DECLS

/* Internal to the two files that make a message and read it. */

/*
 * One allocation holds everything: the struct, the sender with a NUL after it, and the plain frame, its four bytes of
 * length included. Only the packets as GVariants come later, when somebody asks.
 */
struct _P2pMessage {
  gatomicrefcount ref_count;
  P2pIdForm sender_form;
  P2pCompression compression_used;
  gboolean compression_failed;
  gint64 flag;
  gint64 time;
  gint64 subflag;
  gsize n_packets;
  gsize payload_offset;         /* in plain */
  gsize length;                 /* of plain */
  const guint8 *plain;          /* id, then the serialised message */
  GVariant *packets;            /* atomic */
  /* What a node found out about it; set before anybody else sees it */
  GBytes *proof;                /* atomic, nullable: of who said it, docs/x1.md; made of the batch once somebody asks */
  const P2pProver *prover;      /* NULL: there is no batch */
  gpointer batch;
  guint batch_index;
  gboolean verified;
  gboolean sealed;
  char sender[];
};

G_END_DECLS
