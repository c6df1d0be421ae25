/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/network/rt-network-talk.h"
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* A network without a node, under the name of the real one: what the chat page tells it is written down, and what it tells the
 * page is set by the test. Only programs that link nothing of the real one can use it. */
RtNetwork  *fake_network_new            (const char *title);
void        fake_network_set_state      (RtNetwork *self, RtNetworkState state, const char *error);
void        fake_network_set_n_peers    (RtNetwork *self, guint n_peers);
/* The next send fails with these words. */
void        fake_network_fail_next      (RtNetwork *self, const char *words);
/* He is called so from now on. */
void        fake_network_name           (RtNetwork *self, const char *id, const char *name);
/* A key of his is known. */
void           fake_network_know_key (RtNetwork *self, const char *id);
/* first: nullable: as it is */
void        fake_network_set_unread     (RtNetwork *self, guint unread, const RtTimelineKey *first);
void        fake_network_add_gap        (RtNetwork *self, RtGap *gap);
/* What was asked of it: "send TEXT", "whisper ID TEXT", "retry TEXT", "cancel TEXT", and "  as a reply" after a send; transfer full, and forgets it. Lines. */
char       *fake_network_steal_calls    (RtNetwork *self);
RtMessageItem *fake_network_hear        (RtNetwork *self, const char *sender, gint64 when, gboolean private, GVariant *packets);
RtMessageItem *fake_network_hear_text   (RtNetwork *self, const char *sender, gint64 when, const char *text);
void        fake_network_deliver        (RtNetwork *self, RtMessageItem *item, RtDelivery delivery, guint n_links, const char *error);
RtMessageItem *fake_network_say         (RtNetwork *self, gint64 when, const char *recipient, const char *text);

/* Nullable */
gboolean fake_network_get_following (RtNetwork *self);
void        fake_network_set_table     (RtNetwork *self, RtTable *table);
void        fake_network_set_settings  (RtNetwork *self, RtSettings *settings);
void        fake_network_set_transfers (RtNetwork *self, RtTransfers *transfers);

G_END_DECLS
