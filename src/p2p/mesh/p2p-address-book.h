/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../link/p2p-env.h"
#include "../wire/p2p-limits.h"
#include "../wire/p2p-types.h"

G_BEGIN_DECLS

/*
 * The addresses that a node knows of: who told them, what became of each attempt, and which is to be dialled when. It opens no
 * link and has no clock: whoever dials tells it what happened and asks it whom to dial next.
 *
 * Times: "now" is the clock's, "utc" the wall's, both in microseconds.
 */
typedef struct _P2pAddressBook P2pAddressBook;
typedef struct _P2pKnown P2pKnown;

/* Attempts that are remembered of an address. */
#define P2P_KNOWN_HISTORY 8u
/* Links of longest standing whose addresses are worth keeping over a restart. */
#define P2P_N_ANCHORS 2u

typedef struct {
  gint64 when;                  /* utc */
  int code;                     /* of P2P_LINK_ERROR; -1: there was a link */
  char *words;                  /* NULL: there was a link */
} P2pAttempt;

/* Read it, and change it through the book. Reference-counted: it outlives its place in the book. */
struct _P2pKnown {
  guint refs;
  P2pAddressBook *book;         /* NULL: forgotten */
  char *host;
  guint16 port;
  char *id;                     /* NULL: not known */
  char *named_by;               /* numeric address of the node that told it; NULL: our program did, or we were there */
  P2pAddressSource source;
  P2pAddressState state;
  P2pAddressFlags flags;
  gboolean once;                /* our program asked for one attempt, and nobody else told it */
  gboolean own;                 /* it leads to ourselves */
  gboolean parted;              /* our program closed the link to it */
  gboolean chosen;              /* the link, or dial, is the node's own choice */
  gboolean reached;             /* a link of ours led there once */
  gboolean old_friend;          /* it was so when it was chosen */
  gboolean missed;              /* was a neighbour, until the link failed */
  guint attempts;
  guint failures;               /* in a row */
  guint flaps;                  /* links in a row that did not last */
  gint64 tried;                 /* utc; 0: never */
  gint64 seen;                  /* utc: a link to it; 0: never */
  gint64 linked_at;             /* now, of the last link */
  gint64 lost_at;               /* now, of its end */
  gint64 linked_since;          /* the same while there is an outgoing one; 0: none */
  gint64 next;                  /* now: not dialled by ourselves before */
  GError *cause;                /* of the last failure; NULL: none since it was seen */
  GArray *history;              /* of P2pAttempt, the oldest first; NULL: none */
  gboolean lan;                 /* an address of a private network, or of this machine */
  guint64 near_key;             /* IPv4 /24, IPv6 /48; a name by itself */
  guint64 wide_key;             /* IPv4 /16, IPv6 /32 */
};

typedef enum {
  P2P_KNOWN_ADDED,
  P2P_KNOWN_CHANGED,
  P2P_KNOWN_REMOVED,
} P2pKnownChange;

typedef void (*P2pKnownFunc) (P2pKnown *known, P2pKnownChange change, gpointer data);
/* May it be dialled, apart from what the book knows? */
typedef gboolean (*P2pKnownFilter) (P2pKnown *known, gpointer data);

P2pKnown       *p2p_known_ref   (P2pKnown *self);
void            p2p_known_unref (P2pKnown *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pKnown, p2p_known_unref)

/* limits stay the caller's, and may change. changed: nullable */
P2pAddressBook *p2p_address_book_new  (const P2pLimits *limits, P2pRandom *random, P2pKnownFunc changed, gpointer data);
void            p2p_address_book_free (P2pAddressBook *self);
guint           p2p_address_book_get_n (P2pAddressBook *self);
P2pKnown       *p2p_address_book_get  (P2pAddressBook *self, guint index);              /* in the order in which they came */
P2pKnown       *p2p_address_book_find (P2pAddressBook *self, const char *host, guint16 port);
P2pKnown       *p2p_address_book_find_id (P2pAddressBook *self, const char *id);        /* the first of them */

/*
 * Adds an address, or finds it. For a new one there is room when one of less use can go; NULL: there is none.
 * The order of going: given up, told and tried in vain, told and never tried, announced by who came in, seen longest ago. Never
 * what is pinned, linked or being dialled.
 */
P2pKnown       *p2p_address_book_add  (P2pAddressBook *self, const char *host, guint16 port, const char *id,
                                       P2pAddressSource source, const char *named_by);
void            p2p_address_book_set_flags (P2pKnown *known, P2pAddressFlags flags);
void            p2p_address_book_set_seen (P2pKnown *known, gint64 utc);                /* from an earlier life */
/* It shall be tried again as if it were new. */
void            p2p_address_book_renew (P2pKnown *known);
void            p2p_address_book_forget (P2pKnown *known);

/* What happened. hurried: it is not to wait long. */
void            p2p_address_book_note_dialling (P2pKnown *known, gboolean chosen, gint64 utc);
void            p2p_address_book_note_linked (P2pKnown *known, const char *id, gboolean outgoing, gint64 now, gint64 utc);
void            p2p_address_book_note_failed (P2pKnown *known, const GError *error, gboolean hurried, gint64 now, gint64 utc);
void            p2p_address_book_note_lost (P2pKnown *known, const GError *error, gint64 now, gint64 utc);
/* The dial was not to be, for no fault of the address. */
void            p2p_address_book_note_cancelled (P2pKnown *known);
/* The last link is gone: what was seen once is tried soon, given up or not. */
void            p2p_address_book_hurry (P2pAddressBook *self, gint64 now);

/* Pinned, no link, and due; NULL: none. */
P2pKnown       *p2p_address_book_pick_pinned (P2pAddressBook *self, P2pKnownFilter filter, gpointer data, gint64 now);
/* The best of the others that is due; NULL: none. own_host: ours; its LAN is exempt from the limit of a prefix. */
P2pKnown       *p2p_address_book_pick (P2pAddressBook *self, const char *own_host, P2pKnownFilter filter, gpointer data, gint64 now);
/* A neighbour that was lost to a failure and is due. */
P2pKnown       *p2p_address_book_pick_missed (P2pAddressBook *self, P2pKnownFilter filter, gpointer data, gint64 now);
/* When the next of each kind is due, which may be past; G_MAXINT64: there is none. */
typedef struct {
  gint64 pinned;
  gint64 wanted;
  gint64 missed;
} P2pAddressTimes;
/* Says of each whether it waits or not. want: more links are wanted; want_missed: to lost neighbours at least */
P2pAddressTimes p2p_address_book_schedule (P2pAddressBook *self, const char *own_host, P2pKnownFilter filter, gpointer data,
                                           gboolean want, gboolean want_missed, gint64 now);
/* Neighbours lost since then, not given up. */
guint           p2p_address_book_count_missed (P2pAddressBook *self, gint64 since);
gboolean        p2p_address_book_is_dialling_id (P2pAddressBook *self, const char *id);
/* A fifth more or less of it, so that not all do the same in one instant. */
gint64          p2p_address_book_vary (P2pAddressBook *self, gint64 span);
/* Says which links are the anchors. */
void            p2p_address_book_update_anchors (P2pAddressBook *self);

G_END_DECLS
