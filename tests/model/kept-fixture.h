/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two people, and what was said in their networks in an earlier life. */
#pragma once

#include "model/network/rt-network-private.h"
#include "network-test.h"

G_BEGIN_DECLS

typedef struct {
  Person ada, bob;
} KeptFixture;

void kept_set_up    (KeptFixture *self, gconstpointer data);
void kept_tear_down (KeptFixture *self, gconstpointer data);

#define wait_loaded(network) rt_wait_until (rt_network_get_chat_loaded (network))

/* The next life of a person of one network. */
RtNetwork  *begin_again  (Person *person);
void        wait_handed  (RtMessageItem *item);
/* All of it is written down. */
void        flush        (RtNetwork *network);
P2pMessage *make_message (const char *sender, gint64 flag, gint64 second, const char *text);
/* Somebody says something, now. */
void        take         (RtNetwork *network, const char *sender, gint64 flag, const char *text);
/* Transfer full, nullable. */
RtMessageItem *find_message (RtNetwork *network, GBytes *id);

G_END_DECLS
