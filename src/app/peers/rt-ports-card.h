/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "model/reach/rt-reachability.h"

G_BEGIN_DECLS

/* Whether others can come in, in a row that leads to more about it. Property: network (nullable). */
#define RT_TYPE_PORTS_CARD (rt_ports_card_get_type ())
G_DECLARE_FINAL_TYPE (RtPortsCard, rt_ports_card, RT, PORTS_CARD, AdwPreferencesGroup)

void rt_ports_card_set_network (RtPortsCard *self, RtNetwork *network);

G_END_DECLS
