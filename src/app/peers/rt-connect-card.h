/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* Takes an address, dials it, and says what came of it. Property: network. */
#define RT_TYPE_CONNECT_CARD (rt_connect_card_get_type ())
G_DECLARE_FINAL_TYPE (RtConnectCard, rt_connect_card, RT, CONNECT_CARD, AdwPreferencesGroup)

void rt_connect_card_set_network (RtConnectCard *self, RtNetwork *network);

G_END_DECLS
