/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* What a person is told of a network while he looks elsewhere. */
typedef struct {
  char    *network;             /* uuid */
  char    *title;
  char    *body;                /* lines, private messages and mentions first */
  guint    n;                   /* messages */
  gboolean important;           /* one of them is private, or names him */
  gboolean quiet;               /* it was shown already, with less */
  RtTimelineKey key;            /* where a click leads: to the first important one, else to the first */
} RtNotice;

#define RT_TYPE_NOTICE (rt_notice_get_type ())
GType     rt_notice_get_type (void);
RtNotice *rt_notice_copy     (const RtNotice *self);
void      rt_notice_free     (RtNotice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RtNotice, rt_notice_free)

/* Lines of a notice */
#define RT_NOTICE_LINES 4u
#define RT_NOTICE_LINE_BYTES 160u
/* A flood is told of once in so long. */
#define RT_NOTICE_MILLISECONDS 300u

/**
 * RtNotices: what is to be told of all networks, one notice each, that grows while nobody looks. Nothing of a network that is muted, or whose chat is before the person's eyes.
 * Signals: show (RtNotice: takes the place of the one of that network), withdraw (string uuid: everything was read),
 * read (string uuid: likewise, also of what was not shown by this one, but perhaps by one before it).
 */
#define RT_TYPE_NOTICES (rt_notices_get_type ())
G_DECLARE_FINAL_TYPE (RtNotices, rt_notices, RT, NOTICES, GObject)

/* networks: of RtNetwork; it is watched */
RtNotices *rt_notices_new (GListModel *networks);

G_END_DECLS
