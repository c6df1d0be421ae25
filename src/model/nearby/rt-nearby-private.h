/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-lan-announcer.h"
#include "rt-lan-browser.h"
#include "rt-nearby.h"
#include "model/reach/rt-address-scope.h"
#include "model/rt-timer.h"

G_BEGIN_DECLS

/* One of our networks. */
typedef struct {
  RtNearby       *nearby;               /* not owned */
  RtNetwork      *network;
  RtLanAnnouncer *announcer;
  gpointer        socket;               /* not owned, and not looked into: of which life offered is */
  GPtrArray      *offered;              /* of "host:port": what the node was told, and is still there */
  guint           n_offered;            /* less one a minute */
  gint64          offered_at;           /* monotonic: of that minute */
} RtNearbyOwn;

struct _RtNearby {
  GObject       parent_instance;
  RtNetworks   *networks;
  RtSettings   *settings;               /* nullable */
  RtLanBus     *bus;
  RtLanBrowser *browser;
  GPtrArray    *own;                    /* of RtNearbyOwn, in their order */
  GListStore   *found;
  GPtrArray    *our_names;              /* of what we announced, the newest last: the daemon takes a moment to forget it */
  guint         timer;
  guint         n_hidden, n_unreadable;
  gboolean      awake;                  /* there is something to do on the bus */
  gboolean      announce_local;
  gint64      (*clock) (void);          /* g_get_monotonic_time(); a test stops it */
};

/* NULL: it is none of ours any more. */
RtNearbyOwn *rt_nearby_find_own      (RtNearby *self, RtNetwork *network);
/* Its members here may find it. */
gboolean     rt_nearby_own_is_wanted (RtNearbyOwn *own);

/* ---- rt-nearby-group.c ---- */
/* What the browser knows, into the list, and to the nodes. */
void rt_nearby_regroup (RtNearby *self);

G_END_DECLS
