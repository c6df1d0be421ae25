/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-identity-file.h"

G_BEGIN_DECLS

#define P2P_IDENTITY_FILE_SALT 16
#define P2P_IDENTITY_FILE_NONCE 12

/* log2 of scrypt's N: 128 MiB and about a third of a second for each guess */
#define P2P_IDENTITY_FILE_COST 17

char *p2p_identity_export_with (P2pIdentity *self, const char *passphrase, guint log2_cost, const guint8 salt[P2P_IDENTITY_FILE_SALT],
                                const guint8 nonce[P2P_IDENTITY_FILE_NONCE], GError **error);

G_END_DECLS
