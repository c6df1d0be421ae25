/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A node of this program that tells whatever a test wants: a neighbour that lies. */
#pragma once

#include "network-test.h"

G_BEGIN_DECLS

typedef struct {
  P2pMeshSocket *socket;
  GPtrArray     *messages;      /* of P2pMessage, in the order in which they are told */
  guint          per_page;      /* 0: all at once */
  gboolean       no_history;    /* does not say that he would answer */
  gboolean       mute;          /* never answers */
  guint          n_put_off;     /* so many of the first questions have "more, but not now" for an answer */
  gint64         heard;         /* what he says when he heard them; 0: when they were said */
  gboolean       as_asked;      /* only what is of the range that is asked for */
  gboolean       endless;       /* the first page again and again, and more to come */
  gboolean       leaves;        /* after the first page */
  guint          n_asks, last;
  gint64         from, until;   /* of the newest question */
  gint64         token;
  guint          n_names, n_receipts, n_pages, n_told;  /* what he heard */
  char          *name;          /* the newest */
} Teller;

/* A neighbour of the network. */
void        teller_init    (Teller *self, RtNetwork *network);
void        teller_clear   (Teller *self);
void        teller_whisper (Teller *self, RtNetwork *network, P2pAppFrame *frame);
/* As if sender had said it so many seconds ago. */
P2pMessage *make_said      (const char *sender, gint64 flag, gint64 age, const char *text);
/* As if it had been heard here when it was said; a row of the next life. flags: RtStoreMessageFlags. */
void        keep_message   (RtNetwork *network, P2pMessage *message, const char *text, guint flags);
/* Before or after it is one. */
void        teller_add     (Teller *self, const char *sender, gint64 age, const char *text);
/* The same messages as the other's first n. */
void        teller_copy    (Teller *self, Teller *other, guint n);
void        teller_tell    (Teller *self, RtNetwork *network, gint64 token, guint first, guint n, gboolean more);

G_END_DECLS
