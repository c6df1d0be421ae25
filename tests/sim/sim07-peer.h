/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "p2p/link/p2p-env.h"
#include "sim07-value.h"

G_BEGIN_DECLS

/*
 * A model of a mesh node of py2p 0.7.870, faults included, on the environment of a simulated host. What it is meant to do, link by link:
 *
 * - It speaks first, on accept and on dial: a handshake that is never compressed.
 * - One thread reads: a select over the table (in the order of its keys), the links without a handshake, the listener. From a link it
 *   reads at most 1024 bytes at a time, and waits for the rest of a begun frame (1 s without a byte) before it looks elsewhere. Four
 *   bytes of the next frame behind a whole one are taken for a frame (B2).
 * - A dial with a known id enters the table under it before a byte came; without one, or accepted, a link waits outside. Each handshake
 *   files the link under the id it tells and is answered by peers. A table key that nobody's handshake confirmed is never removed when
 *   its link ends: a dead entry, which the select finds readable for ever, each time with a request for peers to all.
 * - Conflict: the link stays that the node with the greater id opened; but when the new one was to go, it enters the table all the
 *   same, answering on it fails, and the entry goes: the good link is referred to by nobody and closed.
 * - A link that no table refers to is closed when the turn is over (reference counting).
 * - Broadcasts are relayed before they are looked at, to every entry whose id differs from the sender's (by type too), the link they came
 *   by included. (id, time) are remembered while time > now - 60. Sender's time below now - 60: dropped; above now: taken.
 * - Any exception ends the link whose bytes caused it and asks all for peers (str "*": B1); a missing element is answered by renegotiate
 *   [1, []] and [9] instead. One that is raised while a link is being ended stops the thread for good.
 * - send() takes what fits; the rest of the frame is lost (P4). Replies to strangers raise (P3), so no request is ever outstanding.
 */
typedef struct _Sim07Peer Sim07Peer;
typedef struct _Sim07Conn Sim07Conn;

typedef struct {
  guint8 id[32];                /* of the message */
  Sim07Value *sender;
  Sim07Value *payload;          /* a list, the sub-flag first */
} Sim07Heard;

typedef struct {
  const char *host;             /* announced; listens there */
  guint16 port;                 /* not 0 */
  const char *protocol_id;
  const char *id;               /* NULL: from the random source */
  const guint8 *methods;        /* NULL: all that this build has */
  gsize n_methods;
  gint64 spin;                  /* microseconds between two looks at dead entries; 0: 10 ms (py2p looks at once) */
} Sim07Options;

Sim07Peer  *sim07_peer_new      (P2pEnv *env, const Sim07Options *options);
void        sim07_peer_free     (Sim07Peer *self);
const char *sim07_peer_get_id   (Sim07Peer *self);
guint16     sim07_peer_get_port (Sim07Peer *self);
const char *sim07_peer_get_host (Sim07Peer *self);
/* What its program does; the dial does not hold up the reading thread. id: NULL or what is expected there. */
void        sim07_peer_connect  (Sim07Peer *self, const char *host, guint16 port, const char *id);
/* A broadcast of this text, to every entry of the table. FALSE: nobody was sent anything. id: NULL or the message's */
gboolean    sim07_peer_say      (Sim07Peer *self, const char *text, guint8 id[32]);
/* A whisper of this text; FALSE: no entry of that id. */
gboolean    sim07_peer_whisper  (Sim07Peer *self, const char *id, const char *text);
/* A reply to a node that is no neighbour does nothing at all (P3). */
gboolean    sim07_peer_reply    (Sim07Peer *self, const Sim07Heard *to, const char *text);
/* Its program is gone: every link ends, as the system ends them. */
void        sim07_peer_kill     (Sim07Peer *self);

GPtrArray  *sim07_peer_get_heard (Sim07Peer *self);                       /* of Sim07Heard, in order: what its program got */
guint       sim07_peer_count_heard (Sim07Peer *self, const char *text);
gboolean    sim07_peer_is_dead  (Sim07Peer *self);                        /* its thread raised in the wrong place */
/* The table, in the order of its keys. */
guint       sim07_peer_get_n_entries (Sim07Peer *self);
Sim07Value *sim07_peer_get_key  (Sim07Peer *self, guint index);           /* transfer none */
Sim07Conn  *sim07_peer_get_entry (Sim07Peer *self, guint index);
/* The entry for this id in either form; NULL: none. */
Sim07Conn  *sim07_peer_find     (Sim07Peer *self, const char *id);
gboolean    sim07_conn_get_outgoing (Sim07Conn *self);
gboolean    sim07_conn_is_over  (Sim07Conn *self);                        /* its socket is shut, or the other end's */
gboolean    sim07_conn_has_id   (Sim07Conn *self);                        /* a handshake came */
guint16     sim07_conn_get_own_port (Sim07Conn *self);                    /* 0: over */
guint16     sim07_conn_get_peer_port (Sim07Conn *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sim07Peer, sim07_peer_free)

G_END_DECLS
