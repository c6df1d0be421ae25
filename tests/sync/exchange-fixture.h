/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "node-fixture.h"

G_BEGIN_DECLS

/* A node of ours, and a link that speaks for itself and says that it compares tables. */
#define EXCHANGE_CAPS 103

RawPeer  *exchange_dial   (SyncNode *to, const char *name);
/* rest: floating, n of them */
void      exchange_send   (RawPeer *self, P2pControlOp op, GVariant **rest, gsize n);
void      exchange_send_bytes (RawPeer *self, P2pControlOp op, gconstpointer bytes, gsize length);
void      exchange_send_digest (RawPeer *self, guint8 fill);                          /* a root of these bytes */
void      exchange_send_keys (RawPeer *self, guint bucket, gconstpointer list, gsize length);
/* What came: of the last of that operation, a packet of it. Transfer full; fails when there is none. */
GVariant *exchange_last   (RawPeer *self, P2pControlOp op, gsize index);
guint     exchange_count_records (RawPeer *self);                                     /* in all frames */
void      exchange_forget (RawPeer *self);                                            /* what came */

G_END_DECLS
