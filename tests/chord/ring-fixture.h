/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places and members for tests of the ring. */
#pragma once

#include "p2p/chord/p2p-chord-ring.h"
#include "test-rng.h"

G_BEGIN_DECLS

/* value at the upper end of a place, of bits bits: 5 of 6 is 5/64 of the way around */
P2pChordPlace   ring_place     (guint64 value, guint bits);
P2pChordPlace   ring_random_place (TestRng *rng);
P2pChordMember *ring_member    (const char *id, guint64 value, guint bits);
/* The ids of a list, with spaces between */
char           *ring_print_after  (P2pChordRing *ring);
char           *ring_print_before (P2pChordRing *ring);
/* Of members, which the array holds references of; NULL ends */
GPtrArray      *ring_list      (P2pChordMember *first, ...) G_GNUC_NULL_TERMINATED;
GPtrArray      *ring_copy_after  (P2pChordRing *ring);
GPtrArray      *ring_copy_before (P2pChordRing *ring);

#define assert_after(ring, words) G_STMT_START { \
  g_autofree char *printed_ = ring_print_after (ring); \
  g_assert_cmpstr (printed_, ==, words); \
} G_STMT_END
#define assert_before(ring, words) G_STMT_START { \
  g_autofree char *printed_ = ring_print_before (ring); \
  g_assert_cmpstr (printed_, ==, words); \
} G_STMT_END

G_END_DECLS
