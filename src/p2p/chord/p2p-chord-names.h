/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-limits.h"

G_BEGIN_DECLS

/*
 * The names of the keys that are in the distributed table, as far as notifies told. Every node knows them all (the originals work so). A pure value: each name
 * has the second in which it was last said, and whether it was said to be deleted; the later counts, of equal ones being there. Deleted ones are remembered for
 * chord_tombstone_seconds.
 */
typedef struct _P2pChordNames P2pChordNames;

typedef struct {
  GBytes *key;
  gint64 time;                  /* UTC seconds */
  gboolean deleted;
  gboolean mine;                /* our own program said so last */
  const char *author;           /* id of who proved that he said so; NULL: nobody did, or several in one second */
} P2pChordName;

typedef enum {
  P2P_CHORD_NAME_SAME,          /* nothing that anybody sees */
  P2P_CHORD_NAME_ADDED,
  P2P_CHORD_NAME_DELETED,
  P2P_CHORD_NAME_REFUSED,       /* P2P_TABLE_ERROR_{KEY,FULL} */
} P2pChordNamed;

#define P2P_CHORD_NAME_BUCKETS 256      /* by the first byte of SHA-256 of the key */

/* A deleted name is remembered no more: its time is over, or its room was needed. */
typedef void (*P2pChordNameGoneFunc) (GBytes *key, gpointer data);

P2pChordNames *p2p_chord_names_new  (const P2pLimits *limits);
void           p2p_chord_names_free (P2pChordNames *self);
void           p2p_chord_names_set_gone_func (P2pChordNames *self, P2pChordNameGoneFunc func, gpointer data);     /* must not change the names */
/*
 * now, time: UTC seconds; a time more than 60 s ahead of now is taken as now + 60. heard: it was said just now, so of equal seconds it counts too; of what is told of earlier, being there counts.
 * SAME may have another time than before. Where room is lacking the oldest of the deleted go, then it is refused. Whoever says it proves nothing by it: see p2p_chord_names_prove().
 */
P2pChordNamed  p2p_chord_names_say  (P2pChordNames *self, const guint8 *key, gsize length, gint64 time, gboolean deleted, gboolean heard, gboolean mine, gint64 now, GError **error);
/* What was said of it with that second, and whether it is deleted, is proven to be by the node of that id: FALSE: that is not what counts, or there is no room. */
gboolean       p2p_chord_names_prove (P2pChordNames *self, const guint8 *key, gsize length, gint64 time, gboolean deleted, const char *author);
/* All pointers to names are good until the next change. */
const P2pChordName *p2p_chord_names_get (P2pChordNames *self, const guint8 *key, gsize length);  /* NULL: never heard of, or forgotten */
gboolean       p2p_chord_names_contains (P2pChordNames *self, const guint8 *key, gsize length);
guint          p2p_chord_names_get_n (P2pChordNames *self);             /* without the deleted ones */
guint          p2p_chord_names_get_n_all (P2pChordNames *self);
guint64        p2p_chord_names_get_n_bytes (P2pChordNames *self);
const P2pChordName *p2p_chord_names_nth (P2pChordNames *self, guint index);                      /* of the living, by the bytes of the keys; O(log n) */
gboolean       p2p_chord_names_get_index (P2pChordNames *self, const guint8 *key, gsize length, guint *index);
guint          p2p_chord_names_expire (P2pChordNames *self, gint64 now);
/* The sum of a bucket is that of the first 8 bytes of SHA-256 (time bigendian64, deleted byte, key) of its names, modulo 2^64; kept up to date. */
const guint64 *p2p_chord_names_get_sums (P2pChordNames *self);
/* The names of a bucket, the deleted ones too, by their bytes, behind `after` (nullable; its key is what is asked for: it may be a copy, and need not be there any more). */
const P2pChordName *p2p_chord_names_walk (P2pChordNames *self, guint bucket, const P2pChordName *after);
/* Of all, by their bytes, behind the key `after` (nullable; it need not be there any more). */
const P2pChordName *p2p_chord_names_next (P2pChordNames *self, GBytes *after);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pChordNames, p2p_chord_names_free)

G_END_DECLS
