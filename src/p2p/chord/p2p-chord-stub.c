/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* For the time being: what is not landed yet, so that everything links. A definition elsewhere takes the place of the one here. */
#include "p2p-chord-node-private.h"

#define WEAK __attribute__ ((weak))

WEAK void p2p_chord_place_init (P2pChordPlace *self, guint k, const guint8 *number, gsize length)
{
}

WEAK void p2p_chord_place_of_spot (P2pChordPlace *self, guint k, const P2pChordSpot *spot)
{
}

WEAK int p2p_chord_place_compare (const P2pChordPlace *a, const P2pChordPlace *b)
{
  return (int) 0;
}

WEAK void p2p_chord_place_distance (const P2pChordPlace *a, const P2pChordPlace *b, P2pChordPlace *out)
{
}

WEAK gboolean p2p_chord_place_is_nearer (const P2pChordPlace *a, const P2pChordPlace *b, const P2pChordPlace *place)
{
  return (gboolean) 0;
}

WEAK gboolean p2p_chord_place_is_within (const P2pChordPlace *place, const P2pChordPlace *from, const P2pChordPlace *to)
{
  return (gboolean) 0;
}

WEAK void p2p_chord_place_add_power (const P2pChordPlace *a, guint power, P2pChordPlace *out)
{
}

WEAK void p2p_chord_place_next_slot (const P2pChordPlace *a, guint k, P2pChordPlace *out)
{
}

WEAK double p2p_chord_place_fraction (const P2pChordPlace *self)
{
  return 0;
}

WEAK void p2p_chord_spots_of_key (const guint8 *key, gsize length, P2pChordSpot spots[P2P_CHORD_HASHES])
{
}

WEAK char *p2p_chord_spot_to_text (const P2pChordSpot *self)
{
  return (char *) 0;
}

WEAK gboolean p2p_chord_spot_parse (P2pChordSpot *self, const char *method, gsize method_length, const char *text, gsize length)
{
  return (gboolean) 0;
}

WEAK int p2p_chord_spot_compare (const P2pChordSpot *a, const P2pChordSpot *b)
{
  return (int) 0;
}

WEAK P2pChordMember *p2p_chord_member_new (const P2pChordPlace *place, const char *id, const char *host, guint16 port)
{
  return (P2pChordMember *) 0;
}

WEAK P2pChordMember *p2p_chord_member_ref (P2pChordMember *self)
{
  return (P2pChordMember *) 0;
}

WEAK void p2p_chord_member_unref (P2pChordMember *self)
{
}

WEAK gboolean p2p_chord_member_equal (const P2pChordMember *a, const P2pChordMember *b)
{
  return (gboolean) 0;
}

WEAK P2pChordRing *p2p_chord_ring_new (P2pChordMember *own, guint n_after, guint n_before)
{
  return (P2pChordRing *) 0;
}

WEAK void p2p_chord_ring_free (P2pChordRing *self)
{
}

WEAK P2pChordMember *p2p_chord_ring_get_own (P2pChordRing *self)
{
  return (P2pChordMember *) 0;
}

WEAK guint p2p_chord_ring_get_n_after (P2pChordRing *self)
{
  return (guint) 0;
}

WEAK guint p2p_chord_ring_get_n_before (P2pChordRing *self)
{
  return (guint) 0;
}

WEAK P2pChordMember *p2p_chord_ring_get_after (P2pChordRing *self, guint index)
{
  return (P2pChordMember *) 0;
}

WEAK P2pChordMember *p2p_chord_ring_get_before (P2pChordRing *self, guint index)
{
  return (P2pChordMember *) 0;
}

WEAK gboolean p2p_chord_ring_stabilise (P2pChordRing *self, P2pChordMember *teller, GPtrArray *his_after, GPtrArray *his_before, P2pChordMember **closer)
{
  return (gboolean) 0;
}

WEAK gboolean p2p_chord_ring_notify (P2pChordRing *self, P2pChordMember *member, GPtrArray *his_before, gboolean before_lives)
{
  return (gboolean) 0;
}

WEAK gboolean p2p_chord_ring_lose (P2pChordRing *self, P2pChordMember *member)
{
  return (gboolean) 0;
}

WEAK gboolean p2p_chord_ring_offer (P2pChordRing *self, P2pChordMember *member)
{
  return (gboolean) 0;
}

WEAK guint p2p_chord_ring_get_size (P2pChordRing *self)
{
  return (guint) 0;
}

WEAK gboolean p2p_chord_ring_is_mine (P2pChordRing *self, const P2pChordPlace *place)
{
  return (gboolean) 0;
}

WEAK int p2p_chord_ring_get_role (P2pChordRing *self, const P2pChordPlace *place, gboolean copy_all)
{
  return (int) 0;
}

WEAK void p2p_chord_ring_add_contact (P2pChordRing *self, P2pChordMember *member)
{
}

WEAK void p2p_chord_ring_remove_contact (P2pChordRing *self, P2pChordMember *member)
{
}

WEAK guint p2p_chord_ring_get_n_contacts (P2pChordRing *self)
{
  return (guint) 0;
}

WEAK P2pChordMember *p2p_chord_ring_get_contact (P2pChordRing *self, guint index)
{
  return (P2pChordMember *) 0;
}

WEAK P2pChordMember *p2p_chord_ring_find (P2pChordRing *self, const P2pChordPlace *place, gboolean storing, guint rank, gboolean *self_is_it)
{
  return (P2pChordMember *) 0;
}

WEAK P2pChordMember *p2p_chord_ring_find_prev (P2pChordRing *self, const P2pChordPlace *place, gboolean storing, gboolean *self_is_it)
{
  return (P2pChordMember *) 0;
}

WEAK guint p2p_chord_ring_get_n_fingers (P2pChordRing *self, guint k)
{
  return (guint) 0;
}

WEAK void p2p_chord_ring_get_finger_target (P2pChordRing *self, guint index, P2pChordPlace *target)
{
}

WEAK gboolean p2p_chord_ring_set_finger (P2pChordRing *self, guint index, P2pChordMember *member)
{
  return (gboolean) 0;
}

WEAK P2pChordMember *p2p_chord_ring_get_finger (P2pChordRing *self, guint index)
{
  return (P2pChordMember *) 0;
}

WEAK GPtrArray *p2p_chord_ring_get_wanted (P2pChordRing *self)
{
  return (GPtrArray *) 0;
}

WEAK P2pChordLook *p2p_chord_look_ref (P2pChordLook *self)
{
  return (P2pChordLook *) 0;
}

WEAK void p2p_chord_look_unref (P2pChordLook *self)
{
}

WEAK GError *p2p_chord_look_to_error (P2pChordLook *self)
{
  return (GError *) 0;
}

WEAK guint64 p2p_chord_node_look (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordLookFunc func, gpointer data)
{
  return (guint64) 0;
}

WEAK guint64 p2p_chord_node_set (P2pChordNode *self, GBytes *key, GVariant *value, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  return (guint64) 0;
}

WEAK guint64 p2p_chord_node_delete (P2pChordNode *self, GBytes *key, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  return (guint64) 0;
}

WEAK guint64 p2p_chord_node_delta (P2pChordNode *self, GBytes *key, GVariant *map, guint timeout_ms, P2pChordWriteFunc func, gpointer data, GError **error)
{
  return (guint64) 0;
}

WEAK guint64 p2p_chord_ask (P2pChordNode *self, const P2pChordSpot *spot, guint rank, guint timeout_ms, P2pChordAskFunc func, gpointer data)
{
  return (guint64) 0;
}

WEAK void p2p_chord_ask_cancel (P2pChordNode *self, guint64 handle)
{
}

WEAK gboolean p2p_chord_put (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GVariant *value, P2pChordLink *giver, GError **error)
{
  return (gboolean) 0;
}

WEAK gboolean p2p_chord_send_store (P2pChordLink *link, const P2pChordSpot *spot, guint64 stamp, GVariant *value)
{
  return (gboolean) 0;
}

WEAK P2pChordPut p2p_chord_take (P2pChordNode *self, const P2pChordSpot *spot, guint64 stamp, GBytes *value, P2pChordLink *giver, GError **error)
{
  return (P2pChordPut) 0;
}

WEAK void p2p_chord_forget (P2pChordNode *self, const P2pChordSpot *spot)
{
}

WEAK P2pLayerVerdict p2p_chord_validate (P2pChordNode *self, P2pMessage *message)
{
  return (P2pLayerVerdict) 0;
}

WEAK gboolean p2p_chord_withhold (P2pChordNode *self, P2pPeer *peer, P2pMessage *message)
{
  return (gboolean) 0;
}

WEAK gboolean p2p_chord_receive (P2pChordNode *self, P2pPeer *peer, P2pMessage *message)
{
  return (gboolean) 0;
}

WEAK void p2p_chord_names_init (P2pChordNode *self)
{
}

WEAK void p2p_chord_names_begin (P2pChordLink *link)
{
}

WEAK void p2p_chord_names_tell (P2pChordLink *link)
{
}

WEAK void p2p_chord_names_stop (P2pChordLink *link)
{
}

WEAK void p2p_chord_take_notify (P2pChordLink *link, P2pMessage *message)
{
}

WEAK gboolean p2p_chord_names_control (P2pChordLink *link, gint64 op, P2pMessage *message)
{
  return (gboolean) 0;
}

WEAK void p2p_chord_say_name (P2pChordNode *self, GBytes *key, gboolean deleted)
{
}

WEAK void p2p_chord_asking_init (P2pChordNode *self)
{
}

WEAK void p2p_chord_asking_clear (P2pChordNode *self)
{
}

WEAK void p2p_chord_asking_link_removed (P2pChordLink *link)
{
}

WEAK gboolean p2p_chord_looks_cancel (P2pChordNode *self, guint64 handle)
{
  return (gboolean) 0;
}

WEAK void p2p_chord_looks_closed (P2pChordNode *self)
{
}

WEAK gboolean p2p_chord_writes_cancel (P2pChordNode *self, guint64 handle)
{
  return (gboolean) 0;
}

WEAK void p2p_chord_writes_closed (P2pChordNode *self)
{
}
