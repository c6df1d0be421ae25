/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "../mesh/own-peer.h"
#include "p2p/sync/p2p-sync-node-private.h"

G_BEGIN_DECLS

/* Nodes that share a table, in a test's world, and what each was told. */
typedef struct _SyncFixture SyncFixture;

typedef struct {
  SyncFixture *fixture;
  MeshNode *mesh;
  P2pSyncNode *sync;
  GString *log;                 /* an event a line: "changed k mine", "refused k NOT_A_MAP" */
  GHashTable *records;          /* what is to be kept: key to record, of GBytes */
  guint n_kept;
  void (*act) (gpointer node);  /* at the next change */
} SyncNode;

struct _SyncFixture {
  MeshFixture *mesh;
  gboolean leasing;
  gboolean signs;               /* nodes made from now on do */
  GPtrArray *nodes;
};

SyncFixture *sync_fixture_new  (gboolean leasing);
void         sync_fixture_free (SyncFixture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SyncFixture, sync_fixture_free)

SyncNode    *sync_add     (SyncFixture *self, const char *name);
/* Goes, and comes back with what it kept. */
SyncNode    *sync_restart (SyncNode *self);
void         sync_end     (SyncNode *self);
void         sync_run     (SyncFixture *self, gint64 span);
void         sync_run_seconds (SyncFixture *self, guint seconds);
void         sync_connect (SyncNode *self, SyncNode *to);

/* value: GVariant text. The error's code, or -1: done; words: of the error, nullable, transfer full */
int          sync_set     (SyncNode *self, const char *key, const char *value);
int          sync_set_full (SyncNode *self, const char *key, const char *value, guint *links, char **words);
int          sync_delete  (SyncNode *self, const char *key);
int          sync_delta   (SyncNode *self, const char *key, const char *map);
void         sync_fill    (SyncNode *self, const char *prefix, guint n);         /* n keys, whose values are their numbers */
/* The value as text, until the next call; "" for none. */
const char  *sync_get     (SyncNode *self, const char *key);
gboolean     sync_lookup  (SyncNode *self, const char *key, P2pSyncState *state);
guint        sync_count   (SyncNode *self, const char *line);                     /* lines of the log that begin so */
gboolean     sync_equal   (SyncNode *self, SyncNode *other);                      /* the tables */
guint64      sync_drops   (SyncNode *self, P2pDropReason reason);

/* The packets of a message in hex, as they are on the wire after main flag, sender and time. */
char        *sync_hex     (P2pMessage *message);
char        *sync_print   (P2pMessage *message);                                  /* as GVariant text */

G_END_DECLS
