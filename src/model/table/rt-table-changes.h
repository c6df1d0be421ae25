/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More keys than this are not told apart. */
#define RT_TABLE_CHANGES_MAX 65536u

/* RtTableChanges: which keys of a table have another value than when one began to count. Of each value it knows a checksum, whether it is counting or not. */
typedef struct _RtTableChanges RtTableChanges;

RtTableChanges *rt_table_changes_new   (void);
void            rt_table_changes_free  (RtTableChanges *self);
/* The value of a key is this; NULL: it has none. seen: who counts sees it come, or wrote it: that is no change. */
void            rt_table_changes_note  (RtTableChanges *self, GBytes *key, GVariant *value, gboolean seen);
void            rt_table_changes_begin (RtTableChanges *self);
void            rt_table_changes_end   (RtTableChanges *self);
/* newest: monotonic microseconds of the last change, 0: there was none. */
guint           rt_table_changes_count (RtTableChanges *self, gint64 *newest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTableChanges, rt_table_changes_free)

G_END_DECLS
