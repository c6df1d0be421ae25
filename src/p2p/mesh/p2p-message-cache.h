/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../wire/p2p-message.h"

G_BEGIN_DECLS

/* Broadcasts of the last while by their ids, for those who missed them: so many, of so many bytes, for so long; the oldest go first. */
typedef struct _P2pMessageCache P2pMessageCache;

typedef gboolean (*P2pMessageFilter) (P2pMessage *message, gpointer data);

P2pMessageCache *p2p_message_cache_new   (guint max_messages, gsize max_bytes, gint64 max_age);
void             p2p_message_cache_free  (P2pMessageCache *self);
void             p2p_message_cache_put   (P2pMessageCache *self, P2pMessage *message, gint64 now);   /* not one that is too large */
P2pMessage      *p2p_message_cache_get   (P2pMessageCache *self, const guint8 *id, gint64 now);      /* transfer none, nullable */
guint            p2p_message_cache_count_copy (P2pMessageCache *self, const guint8 *id, gint64 now); /* from 2; 0: it is not kept */
/* The ids, the oldest first. filter: which of them; NULL: all. transfer full */
GByteArray      *p2p_message_cache_list  (P2pMessageCache *self, gint64 now, P2pMessageFilter filter, gpointer data);
guint            p2p_message_cache_get_size  (P2pMessageCache *self);
gsize            p2p_message_cache_get_bytes (P2pMessageCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pMessageCache, p2p_message_cache_free)

G_END_DECLS
