/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/network/rt-network.h"
#include "rt-key-list.h"

G_BEGIN_DECLS

/* RtKeyCites: the messages that cite a key, the newest first; one that is chosen is shown in the chat (action network.show-message). */
#define RT_TYPE_KEY_CITES (rt_key_cites_get_type ())
G_DECLARE_FINAL_TYPE (RtKeyCites, rt_key_cites, RT, KEY_CITES, RtKeyList)

/* network: nullable: nothing is known. key: nullable. */
void rt_key_cites_set (RtKeyCites *self, RtNetwork *network, GBytes *key);

G_END_DECLS
