/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The nodes and the hosts that the program wants nothing to do with, in the order in which they were blocked. */
typedef struct _P2pBlockList P2pBlockList;

typedef enum {
  P2P_BLOCK_ID,
  P2P_BLOCK_HOST,
} P2pBlockKind;

P2pBlockList *p2p_block_list_new      (void);
void          p2p_block_list_free     (P2pBlockList *self);
gboolean      p2p_block_list_add      (P2pBlockList *self, P2pBlockKind kind, const char *what);    /* FALSE: it was in it */
gboolean      p2p_block_list_remove   (P2pBlockList *self, P2pBlockKind kind, const char *what);    /* FALSE: it was not */
/* NULL is in none. Cheap while there is nothing of the kind. */
gboolean      p2p_block_list_has_id   (P2pBlockList *self, const char *id);
gboolean      p2p_block_list_has_host (P2pBlockList *self, const char *host);                        /* however it is written */
guint         p2p_block_list_get_n    (P2pBlockList *self);                                          /* of both kinds */
char        **p2p_block_list_dup      (P2pBlockList *self, P2pBlockKind kind);                       /* transfer full */
/* One way to write each: IPv6 in its short form, IPv4 within IPv6 as IPv4, no zone; names in small letters. Transfer full. */
char         *p2p_block_list_dup_host (const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pBlockList, p2p_block_list_free)

G_END_DECLS
