/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim07-peer.h"

G_BEGIN_DECLS

/*
 * The table that a py2p 0.7.870 shares on top of its mesh, faults included:
 *
 * - An entry is a value, its owner and a time. A write is taken when there is none, by the same owner, an hour and a second after the
 *   entry's time, in the same second by a smaller owner, and without leases if it is later. An owner in bytes and one in text are two,
 *   and comparing them raises (B4).
 * - nil removes; of a key that is not there it raises (B3). A delta goes into the map that is there or into a new one and takes the
 *   ownership, also when it then raises because there is no map (B5).
 * - A store of five packets tells owner and time itself, and is passed over when the key has a value that is not falsy.
 * - Whoever shakes hands gets all entries so; a key in text is looked up in bytes, which raises.
 * - What raises ends the link that brought it, after it was relayed. What is refused is passed over.
 * - A key is whatever came; b"1", "1", 1 are three keys.
 */
typedef struct _Sim07Sync Sim07Sync;

typedef struct {
  Sim07Value *key, *value, *owner, *time;       /* not owned */
} Sim07SyncEntry;

Sim07Sync *sim07_sync_new    (Sim07Peer *peer, gboolean leasing);       /* of a peer that has no links yet; it ends with the peer */
/* What its program does, and it raises: FALSE. The key is bytes; value NULL: a delete. */
gboolean   sim07_sync_set    (Sim07Sync *self, GBytes *key, Sim07Value *value);
gboolean   sim07_sync_delta  (Sim07Sync *self, GBytes *key, Sim07Value *map);
guint      sim07_sync_get_n_keys (Sim07Sync *self);
/* What became of a write, of whomever. */
typedef enum {
  SIM07_WRITE_TAKEN,
  SIM07_WRITE_REFUSED,          /* by a lease */
  SIM07_WRITE_PASSED_OVER,      /* a store of five packets, and the key has a value */
  SIM07_WRITE_ABSENT,           /* it raised: a delete of what is not there (B3) */
  SIM07_WRITE_FORMS,            /* it raised: owners that cannot be compared (B4) */
  SIM07_WRITE_NO_MAP,           /* it raised: a delta onto what is no map, of which it takes the ownership (B5) */
  SIM07_WRITE_RAISED,           /* for another reason */
} Sim07Fate;

typedef struct {
  Sim07Value *key, *value, *owner, *time;       /* not owned; value: nil is a delete */
  gboolean delta;
  gboolean told;                /* owner and time are what a store of five packets says */
  Sim07Fate fate;
} Sim07Write;

typedef void (*Sim07SyncWatch) (const Sim07Write *write, gpointer data);
void       sim07_sync_set_watch (Sim07Sync *self, Sim07SyncWatch watch, gpointer data);

/* In the order in which they came. */
void       sim07_sync_get_nth (Sim07Sync *self, guint index, Sim07SyncEntry *entry);
gboolean   sim07_sync_find   (Sim07Sync *self, GBytes *key, Sim07SyncEntry *entry);    /* a key of bytes */

G_END_DECLS
