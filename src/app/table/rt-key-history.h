/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/table/rt-table.h"
#include "rt-key-list.h"

G_BEGIN_DECLS

/**
 * RtKeyHistory: the values that a key had, the newest first, as far as this computer kept them. One of them can be taken for a new edit.
 * Signal: take (GVariant).
 */
#define RT_TYPE_KEY_HISTORY (rt_key_history_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyHistory, rt_key_history, RT, KEY_HISTORY, RtKeyList)

/* Reads it, when it is seen. Both NULL: nothing. */
void rt_key_history_set_key (RtKeyHistory *self, RtTable *table, GBytes *key);

G_END_DECLS
