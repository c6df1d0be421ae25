/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>
#include "../p2p-macros.h"

G_BEGIN_DECLS

P2P_EXPORT char *p2p_fingerprint_digits (GBytes *public_key);   /* "01234 56789 01234 56789" */
P2P_EXPORT char *p2p_fingerprint_words  (GBytes *public_key);   /* "apple river ..." */

G_END_DECLS
