/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table with no network behind it, for tests of the model and of the page: with leases of an hour, a clock that the test moves, and others who write. */
#pragma once

#include "model/table/rt-table-source.h"

G_BEGIN_DECLS

#define FAKE_TYPE_TABLE (fake_table_get_type ())
G_DECLARE_FINAL_TYPE (FakeTable, fake_table, FAKE, TABLE, GObject)

/* Who we are in it, and somebody else. */
#define FAKE_ME "MeMeMeMeMeMeMeMeMeMeMe"
#define FAKE_OTHER "AnnaAnnaAnnaAnnaAnna"

FakeTable *fake_table_new (void);                                       /* an RtTableSource; it is 1700000000 there */
/* n keys "key-000000" … of FAKE_OTHER, all kinds of values; told by one reset. Whose leases are over, for every second key. */
void       fake_table_fill (FakeTable *self, guint n);
/* Somebody writes: value is sunk; NULL deletes. Told by changed. */
void       fake_table_put (FakeTable *self, const char *key, const char *owner, GVariant *value);
void       fake_table_set_now (FakeTable *self, gint64 now);            /* tells standing */
void       fake_table_set_refusal (FakeTable *self, const char *words); /* NULL: it can be written; tells standing */
void       fake_table_fail_next (FakeTable *self, const char *words);   /* the next write fails so */
void       fake_table_set_leasing (FakeTable *self, gboolean leasing);
guint      fake_table_get_n_writes (FakeTable *self);                   /* of set and delete, that were tried */
GVariant  *fake_table_peek (FakeTable *self, const char *key);          /* transfer none, nullable */

G_END_DECLS
