/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table's calls with texts, and waited for. */
#pragma once

#include "store-test.h"
#include "store/rt-store-table.h"

G_BEGIN_DECLS

GBytes    *bytes_of (const char *text);
/* record NULL: it is forgotten */
void       save_record (RtStoreTable *table, const char *key, const char *record);
GPtrArray *load_records (RtStoreTable *table, guint *n_damaged);
/* key=record, with a space between */
char      *print_records (GPtrArray *records);

#define assert_records(table, expected) \
  G_STMT_START { guint damaged_; g_autoptr (GPtrArray) records_ = load_records (table, &damaged_); g_autofree char *text_ = print_records (records_); \
                 g_assert_cmpstr (text_, ==, expected); g_assert_cmpuint (damaged_, ==, 0); } G_STMT_END

G_END_DECLS
