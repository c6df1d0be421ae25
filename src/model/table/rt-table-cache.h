/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-table-source.h"

G_BEGIN_DECLS

/*
 * The values of a table that have to be fetched over a network: those that were looked at, as far as there is room, and what is being read for whom. For implementations of RtTableSource.
 */
typedef struct _RtTableCache RtTableCache;

/* Of values, and a little for each key; what was not looked at for longest goes, and is unread again. */
#define RT_TABLE_CACHE_BYTES (64u * 1024 * 1024)
/* So many are read at a time, the newest wish first; so many wait at most. */
#define RT_TABLE_CACHE_AT_ONCE 8u
#define RT_TABLE_CACHE_WAITING 256u
/* What could not be read is not tried again before so many seconds, unless somebody asks for that. */
#define RT_TABLE_CACHE_RETRY_SECONDS 10
/* Nobody tells that a value has changed, where the key was there before: what was read longer ago is read again when it is wanted. */
#define RT_TABLE_CACHE_FRESH_SECONDS 30

/* read: begin to read it: rt_table_cache_take() or _fail() follow, not within the call. changed: look() says something else. */
typedef struct {
  void (*read)    (GBytes *key, gpointer data);
  void (*changed) (GBytes *key, gpointer data);
} RtTableCacheFuncs;

RtTableCache *rt_table_cache_new    (gsize max_bytes, const RtTableCacheFuncs *funcs, gpointer data);
void          rt_table_cache_free   (RtTableCache *self);
/* Somebody looks at it; again: it is read also if it is known. */
void          rt_table_cache_want   (RtTableCache *self, GBytes *key, gboolean again);
void          rt_table_cache_unwant (RtTableCache *self, GBytes *key);
/* It was read: value NULL: there is none. Sunk. author (nullable): id of who signed it */
void          rt_table_cache_take   (RtTableCache *self, GBytes *key, GVariant *value, const char *author);
void          rt_table_cache_fail   (RtTableCache *self, GBytes *key, const char *words);
/* What it is was found out, or made so, by another way: of what is being read meanwhile nothing is taken. */
void          rt_table_cache_put    (RtTableCache *self, GBytes *key, GVariant *value, const char *author);
/* It was said to have changed: it is old until it is read again. */
void          rt_table_cache_note   (RtTableCache *self, GBytes *key);
void          rt_table_cache_forget (RtTableCache *self, GBytes *key);
/* The network is up again: what could not be read may be tried at once, and what is known may be old. */
void          rt_table_cache_revive (RtTableCache *self);
/* Fills in fetched, unread, reading, nothing, old, trouble and size; and owner, where he signed what is known. */
void          rt_table_cache_look   (RtTableCache *self, GBytes *key, RtTableMeta *meta);
GVariant     *rt_table_cache_get    (RtTableCache *self, GBytes *key);          /* transfer full; NULL: none is known */
gsize         rt_table_cache_get_bytes (RtTableCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtTableCache, rt_table_cache_free)

G_END_DECLS
