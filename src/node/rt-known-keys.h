/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many are kept: a quarter of what a node knows by default. */
#define RT_KNOWN_KEYS_MAX 4096u

/*
 * The keys of those who proved themselves, in a file: a line of 64 hexadecimal digits each, and a "+" where he came back after an hour. Keys are free: who came once gives
 * way to the next who does, and those who came back have half of the places, which nobody takes from them who did not.
 */
typedef struct _RtKnownKeys RtKnownKeys;

/* What is damaged is passed over: the rest is worth as much. */
RtKnownKeys *rt_known_keys_new   (const char *path);
void         rt_known_keys_free  (RtKnownKeys *self);
/* He proved himself; now: UTC seconds. TRUE: he came back, and it is the first time. error: it could not be written down, and is known all the same. */
gboolean     rt_known_keys_note  (RtKnownKeys *self, GBytes *key, gint64 now, GError **error);
gboolean     rt_known_keys_has   (RtKnownKeys *self, GBytes *key);
void         rt_known_keys_foreach (RtKnownKeys *self, GFunc func, gpointer data);      /* of GBytes */
guint        rt_known_keys_count (RtKnownKeys *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtKnownKeys, rt_known_keys_free)

G_END_DECLS
