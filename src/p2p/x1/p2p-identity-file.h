/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "../mesh/p2p-identity.h"

G_BEGIN_DECLS

P2P_EXPORT char        *p2p_identity_export (P2pIdentity *self, const char *passphrase, GError **error);   /* blocks for about 0.3 s */
P2P_EXPORT P2pIdentity *p2p_identity_import (const char *text, const char *passphrase, GError **error);    /* likewise */

G_END_DECLS
