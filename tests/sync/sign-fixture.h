/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/sync/p2p-sync-proof.h"
#include "sync-fixture.h"

/* Proofs as cheap as a digest, for owners that are one capital letter each; whose keys are known is a bit each. */
typedef struct {
  guint known;
  guint checked;                /* signatures, so far */
  guint most;                   /* of them; 0: any number */
} SignJudge;

extern const P2pSyncJudge sign_judge;

guint   sign_bit   (const char *owner);
GBytes *sign_proof (const char *owner, const guint8 id[32], GBytes *note);
/* As its message is spelled */
void    sign_spell (P2pWrite *write, const char *key);
/* Its id, and its proof, transfer full, with the row that own, a table of its owner, has after it: it is merged there. */
GBytes *sign_write (P2pSyncTable *own, P2pWrite *write, const char *key, gint64 now);
/* A table whose keys are judge's; own: nullable, of the node that has it */
P2pSyncTable *sign_table (SignJudge *judge, gboolean leasing, const char *own);
