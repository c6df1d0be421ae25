/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-secret.h"

G_BEGIN_DECLS

#define P2P_SECRET_KEY_LENGTH 32
/* letters and digits of a made secret: 140 bits */
#define P2P_SECRET_N_RANDOM 28

const guint8 *p2p_secret_peek_key (P2pSecret *self);
gboolean      p2p_secret_equal    (P2pSecret *a, P2pSecret *b);
char         *p2p_secret_spell    (const guint8 random[P2P_SECRET_N_RANDOM]);

G_END_DECLS
