/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

/**
 * P2pSecret:
 *
 * The secret of a private network, in the form in which a node proves that it knows it: the text cannot be had back. Immutable,
 * reference-counted; wiped with the last reference.
 */
typedef struct _P2pSecret P2pSecret;

#define P2P_TYPE_SECRET (p2p_secret_get_type ())
/**
 * P2P_SECRET_MIN_LENGTH:
 * Bytes of UTF-8 that the text of a secret has at least.
 */
#define P2P_SECRET_MIN_LENGTH 12
/**
 * P2P_SECRET_MAX_LENGTH:
 * Bytes of UTF-8 that the text of a secret has at most.
 */
#define P2P_SECRET_MAX_LENGTH 256

P2P_EXPORT GType      p2p_secret_get_type (void);
P2P_EXPORT P2pSecret *p2p_secret_new      (const char *text, const char *protocol_id, GError **error);   /* blocks for about 0.1 s */
P2P_EXPORT P2pSecret *p2p_secret_ref      (P2pSecret *self);
P2P_EXPORT void       p2p_secret_unref    (P2pSecret *self);
P2P_EXPORT gboolean   p2p_secret_is_text  (const char *text, GError **error);
P2P_EXPORT char      *p2p_secret_generate (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (P2pSecret, p2p_secret_unref)

G_END_DECLS
