/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-node-private.h"

G_BEGIN_DECLS

/* As JSON: rt-node-ring-report.c */
const char *rt_node_name_seed_state (P2pChordSeedState state);
void        rt_node_append_lookup   (GString *out, P2pChordLookup *lookup);
void        rt_node_answer_found    (RtCommand *command, GVariant *value, const char *author, double milliseconds);  /* author: nullable */
void        rt_node_append_ring     (GString *out, P2pChordSocket *chord);
/* {"$m": [[hash, {"$m": [[position in base58, value], ...]}], ...]}, as the drivers of the originals print it */
void        rt_node_append_dump     (GString *out, P2pChordSocket *chord);

G_END_DECLS
