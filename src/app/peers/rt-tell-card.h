/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* What to tell a friend: the network's name and our own addresses, to be copied. Property: network. */
#define RT_TYPE_TELL_CARD (rt_tell_card_get_type ())
G_DECLARE_FINAL_TYPE (RtTellCard, rt_tell_card, RT, TELL_CARD, AdwPreferencesGroup)

void  rt_tell_card_set_network (RtTellCard *self, RtNetwork *network);
/* All that a friend must know, as text; NULL while nobody could come. */
char *rt_tell_card_dup_text (RtTellCard *self);

G_END_DECLS
