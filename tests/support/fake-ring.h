/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring with no network behind it, for tests of the page. */
#pragma once

#include "fake-ring-table.h"
#include "model/ring/rt-ring.h"
#include "model/table/rt-table.h"

G_BEGIN_DECLS

#define FAKE_TYPE_RING (fake_ring_get_type ())
G_DECLARE_FINAL_TYPE (FakeRing, fake_ring, FAKE, RING, RtRing)

/* n members, one of them ourselves (the n / 3rd), at places that follow from their number; 12 values at our place. It stores. */
FakeRing *fake_ring_new (guint n);
/* A table of n keys whose values are far away ("key-000000" ...; answers at once when they are looked at). Transfer full. */
RtTable  *fake_ring_make_table (FakeRing *self, guint n_keys, FakeRingTable **far);
/* The look that is asked for stays without an answer until fake_ring_answer(); else it comes at once. */
void      fake_ring_set_slow    (FakeRing *self, gboolean slow);
/* Three places say the value, one says nothing, one is silent. FALSE: nobody asked. */
gboolean  fake_ring_answer      (FakeRing *self);
/* The next joining fails so. */
void      fake_ring_fail_join   (FakeRing *self, const char *words);
void      fake_ring_resize      (FakeRing *self, guint n);
guint     fake_ring_get_n_looks (FakeRing *self);

G_END_DECLS
