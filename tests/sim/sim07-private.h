/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim07-peer.h"
#include "p2p/wire/p2p-types.h"

G_BEGIN_DECLS

/* How a piece of py2p's code ends. */
typedef enum {
  SIM07_OK,
  SIM07_MISSING,                /* IndexError: something is not there */
  SIM07_RAISED,                 /* any other exception */
  SIM07_DIALLING,               /* it waits for a dial, and goes on later */
} Sim07Outcome;

struct _Sim07Conn {
  Sim07Peer *peer;
  P2pPipe *pipe;                /* NULL: shut */
  gboolean outgoing;
  GByteArray *arrived;          /* in the system, not read yet */
  gboolean ended;               /* after that comes the end */
  gboolean broken;              /* a reset: writing fails as well */
  gboolean dead;                /* its end was read, and still it is in the table */
  GByteArray *buffer;
  guint64 expected;
  gboolean active;
  gint64 time;                  /* of the last byte, seconds */
  Sim07Value *id;               /* NULL: none yet */
  Sim07Value *addr;
  Sim07Value *compression;
  Sim07Value *last_sent;
};

typedef struct {
  Sim07Value *key;
  Sim07Conn *conn;
} Sim07Entry;

typedef struct {
  guint8 id[32];
  long double time;
} Sim07Seen;

/* A message as it came or was made. */
typedef struct {
  Sim07Value *type;
  Sim07Value *sender;
  Sim07Value *time;
  Sim07Value *payload;          /* a list */
  GBytes *plain;                /* checksum and serialised message */
} Sim07Message;

/* What a table adds. */
typedef struct {
  /* What the mesh's own handlers left, before the program gets it. */
  Sim07Outcome (*handle) (Sim07Conn *conn, Sim07Message *message, gboolean *taken, gpointer data);
  Sim07Outcome (*tell)   (Sim07Conn *conn, gpointer data);      /* after the peers list that answers a handshake */
  void         (*end)    (gpointer data);
} Sim07Hooks;

struct _Sim07Peer {
  P2pEnv *env;
  char *id, *host, *protocol_id;
  Sim07Value *own_id;
  guint16 port;
  guint8 methods[8];
  gsize n_methods;
  gint64 spin;
  guint64 listener;
  GQueue backlog;               /* P2pPipe */
  GPtrArray *conns;             /* all, whoever refers to them */
  GArray *table;                /* Sim07Entry */
  GPtrArray *awaiting;
  GArray *seen;                 /* Sim07Seen */
  GPtrArray *heard;
  GPtrArray *dials;             /* of its program */
  gboolean stopped;
  gboolean dead;
  gboolean running;
  Sim07Hooks hooks;
  gpointer hooks_data;

  /* the reading thread */
  GPtrArray *selected;          /* Sim07Conn */
  guint selected_at;
  gboolean accept_selected;
  Sim07Conn *waiting;           /* inside recv() on it */
  guint64 wait_timer;
  guint64 spin_timer;
  Sim07Value *list;             /* a peers list being gone through */
  guint list_at;
  Sim07Conn *list_conn;
  Sim07Value *list_id;          /* of the entry being dialled */
  guint64 dial;
  guint64 dial_timer;
};

/* ---- sim07-peer.c ---- */
void         sim07_run        (Sim07Peer *self);
void         sim07_peer_set_hooks (Sim07Peer *self, const Sim07Hooks *hooks, gpointer data);
/* To every entry of the table. FALSE: an exception, which is the program's */
gboolean     sim07_peer_broadcast (Sim07Peer *self, Sim07Value *payload);
Sim07Outcome sim07_disconnect (Sim07Conn *conn);
Sim07Conn   *sim07_conn_new   (Sim07Peer *self, P2pPipe *pipe, gboolean outgoing);
void         sim07_fail       (Sim07Conn *conn);                                       /* an exception out of its bytes */
gboolean     sim07_take_frames (Sim07Conn *conn);

/* ---- sim07-dial.c ---- */
Sim07Outcome sim07_next_dial  (Sim07Peer *self);                                       /* goes on with the list */
void         sim07_dial_free  (gpointer dial);

/* ---- sim07-table.c ---- */
Sim07Conn   *sim07_table_get  (Sim07Peer *self, Sim07Value *key);                      /* the key must be hashable */
void         sim07_table_put  (Sim07Peer *self, Sim07Value *key, Sim07Conn *conn);
void         sim07_table_pop  (Sim07Peer *self, Sim07Value *key);
gboolean     sim07_seen_add   (Sim07Peer *self, const guint8 *id, long double time);   /* FALSE: it was there */
void         sim07_seen_clean (Sim07Peer *self);
gint64       sim07_utc        (Sim07Peer *self);

/* ---- sim07-message.c ---- */
Sim07Outcome sim07_message_parse (Sim07Conn *conn, const guint8 *frame, gsize length, Sim07Message *message);
void         sim07_message_clear (Sim07Message *self);
Sim07Outcome sim07_send_message  (Sim07Conn *conn, const Sim07Message *message);
/* Takes the type and the payload. */
Sim07Outcome sim07_send          (Sim07Conn *conn, Sim07Value *type, Sim07Value *payload);
Sim07Outcome sim07_send_handshake (Sim07Conn *conn);
Sim07Outcome sim07_send_peers    (Sim07Conn *conn);
Sim07Outcome sim07_request_peers (Sim07Peer *self);
/* The first of ours in the list of a peer, which may be anything. */
Sim07Outcome sim07_common        (Sim07Peer *self, Sim07Value *list, guint8 common[8], gsize *n);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sim07Message, sim07_message_clear)

/* ---- sim07-handlers.c ---- */
Sim07Outcome sim07_handle        (Sim07Conn *conn, Sim07Message *message);

G_END_DECLS
