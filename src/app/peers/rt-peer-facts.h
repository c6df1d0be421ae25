/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/p2p.h"

G_BEGIN_DECLS

/* All that there is to say of a connection, in the order in which it is said. */
typedef enum {
  RT_PEER_FACT_STATE,
  RT_PEER_FACT_ID,
  RT_PEER_FACT_PROOF,
  RT_PEER_FACT_ADDRESS,
  RT_PEER_FACT_SOCKET,
  RT_PEER_FACT_DIRECTION,
  RT_PEER_FACT_PROGRAM,
  RT_PEER_FACT_ROUND_TRIP,
  RT_PEER_FACT_CLOCK,
  RT_PEER_FACT_ENCRYPTION,
  RT_PEER_FACT_COMPRESSION,
  RT_PEER_FACT_VERSION,
  RT_PEER_FACT_SINCE,
  RT_PEER_FACT_HEARD,
  RT_PEER_FACT_RECEIVED,
  RT_PEER_FACT_SENT,
  RT_PEER_FACT_QUEUED,
  RT_PEER_FACT_DROPPED,
  RT_PEER_N_FACTS,
} RtPeerFact;

const char *rt_peer_fact_get_title (RtPeerFact fact);
/* Safe to show; NULL: not known. Transfer full. */
char       *rt_peer_fact_dup_value (RtPeerFact fact, P2pConnection *connection);
/* A line a fact; transfer full. */
char       *rt_peer_facts_dup_text (P2pConnection *connection);

G_END_DECLS
