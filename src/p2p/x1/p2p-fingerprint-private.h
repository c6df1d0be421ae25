/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-fingerprint.h"

G_BEGIN_DECLS

#define P2P_N_FINGERPRINT_WORDS 256

/* Never changed: the words of a key are its words for ever. */
extern const char p2p_fingerprint_word_list[P2P_N_FINGERPRINT_WORDS][8];

G_END_DECLS
