/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-lan-bus.h"
#include "model/networks/rt-network-config.h"

G_BEGIN_DECLS

/* So often another name is taken, when one is in use, before it is given up. */
#define RT_LAN_MAX_RENAMES 12u

/**
 * RtLanAnnouncer: tells the local network of one network, for as long as it is told to: again after the daemon was restarted, and under another name where there is one of that name.
 * Properties (readable; they notify): name (nullable: as which it is announced right now), error (words, nullable).
 */
#define RT_TYPE_LAN_ANNOUNCER (rt_lan_announcer_get_type ())
G_DECLARE_FINAL_TYPE (RtLanAnnouncer, rt_lan_announcer, RT, LAN_ANNOUNCER, GObject)

RtLanAnnouncer *rt_lan_announcer_new       (RtLanBus *bus);
/* As the configuration says, to whom, too: RT_ANNOUNCE_NO is as withdraw(). What is the same already is left alone. with_ipv6: it listens there. */
void            rt_lan_announcer_announce  (RtLanAnnouncer *self, RtNetworkConfig *config, guint16 port, gboolean with_ipv4, gboolean with_ipv6);
void            rt_lan_announcer_withdraw  (RtLanAnnouncer *self);
const char     *rt_lan_announcer_get_name  (RtLanAnnouncer *self);      /* nullable */
const char     *rt_lan_announcer_get_error (RtLanAnnouncer *self);      /* nullable */

G_END_DECLS
