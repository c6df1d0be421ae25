/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An address we know of but have no link to. Properties, all notify: address ("host:port"), id (nullable), cause (words: what the last attempt met; nullable), last-seen (gint64 UTC s, 0 never), attempts. */
#define RT_TYPE_KNOWN_PEER (rt_known_peer_get_type ())
G_DECLARE_FINAL_TYPE (RtKnownPeer, rt_known_peer, RT, KNOWN_PEER, GObject)

RtKnownPeer *rt_known_peer_new (const char *address, const char *id, gint64 last_seen);
const char  *rt_known_peer_get_address (RtKnownPeer *self);
const char  *rt_known_peer_get_id (RtKnownPeer *self);
const char  *rt_known_peer_get_cause (RtKnownPeer *self);
gint64       rt_known_peer_get_last_seen (RtKnownPeer *self);
void         rt_known_peer_note_failure (RtKnownPeer *self, const char *cause);
void         rt_known_peer_set_id (RtKnownPeer *self, const char *id);
void         rt_known_peer_note_seen (RtKnownPeer *self, const char *id, gint64 when);

G_END_DECLS
