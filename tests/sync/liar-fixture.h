/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/sync/p2p-sync-proof.h"

G_BEGIN_DECLS

/* Records as no table of ours makes them, piece by piece. What is returned is floating, what is given is taken. */
GVariant *liar_bytes  (gconstpointer bytes, gsize length);
/* One more of the pieces, which are ended by NULL. */
GVariant *liar_list   (GVariant *first, ...) G_GNUC_NULL_TERMINATED;

/* A write's id: that of its message. */
void      liar_spell  (P2pWrite *write, const char *key);
/* Its row is its newest write alone. base: nullable, with its value; fields: a list, nullable */
GVariant *liar_contender (const P2pWrite *newest, const P2pWrite *base, GVariant *fields);
/* Of that write: both packed. */
GVariant *liar_field  (const P2pWrite *write, GBytes *name, GBytes *value);
GVariant *liar_proof  (const P2pWrite *write, GBytes *proof, GBytes *map);
GVariant *liar_record (const char *key, GVariant *contender, GVariant *proofs);
/* A note that says that the write's row began at since. */
GBytes   *liar_note   (const P2pWrite *write, gint64 since);
/* What is in a list; transfer full */
GVariant *liar_child  (GVariant *list, gsize i);
/* A packed record of one contender, without what proves it. */
GBytes   *liar_strip  (GBytes *record);

G_END_DECLS
