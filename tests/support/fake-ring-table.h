/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table whose values are far away: a FakeTable whose answers come when the test says so, or after a while. */
#pragma once

#include "fake-table.h"

G_BEGIN_DECLS

#define FAKE_TYPE_RING_TABLE (fake_ring_table_get_type ())
G_DECLARE_FINAL_TYPE (FakeRingTable, fake_ring_table, FAKE, RING_TABLE, GObject)

/* Of inner's keys, without leases; what is put into inner is said to have changed. milliseconds: after how many an answer comes; -1: by fake_ring_table_answer(). */
FakeRingTable *fake_ring_table_new (FakeTable *inner, int milliseconds);
/* With other room than RT_TABLE_CACHE_BYTES. */
FakeRingTable *fake_ring_table_new_full (FakeTable *inner, int milliseconds, gsize max_bytes);
/* Answers what was asked for so far, at most n, the oldest first; how many it were. */
guint          fake_ring_table_answer    (FakeRingTable *self, guint n);
/* From now on reading this key fails so; NULL: no more. */
void           fake_ring_table_fail_read (FakeRingTable *self, const char *key, const char *words);
/* Who signed what is read from now on; NULL: nobody. */
void           fake_ring_table_sign      (FakeRingTable *self, const char *author);
/* It is in the list of keys, but nobody has a value. */
void           fake_ring_table_lose      (FakeRingTable *self, const char *key);
/* Everything that is under way fails so; as when the network ends. */
void           fake_ring_table_break     (FakeRingTable *self, const char *words);
guint          fake_ring_table_get_n_reads   (FakeRingTable *self);     /* that were begun */
guint          fake_ring_table_get_n_pending (FakeRingTable *self);     /* of which nobody was answered: reads and writes */
gsize          fake_ring_table_get_bytes     (FakeRingTable *self);

G_END_DECLS
