/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "p2p/p2p.h"

G_BEGIN_DECLS

/**
 * RtPeerNotes: what else is to be said of a connection: the program there, the round trip, and what is out of order: its clock, what waits for it, what
 * was dropped (the reasons in the tooltip). Properties: connection, wrap (TRUE; else its end is left out).
 */
#define RT_TYPE_PEER_NOTES (rt_peer_notes_get_type ())
G_DECLARE_FINAL_TYPE (RtPeerNotes, rt_peer_notes, RT, PEER_NOTES, GtkWidget)

/* From here on a clock is worth a note. Seconds. */
#define RT_PEER_CLOCK_NOTE 5

/* In words; transfer full. round_trip: microseconds, -1: unknown. own: speaks our extensions. */
char *rt_peer_program_words (gboolean own, P2pIdForm form);
char *rt_peer_round_trip_words (gint64 round_trip);                     /* NULL: unknown */
char *rt_peer_clock_words (gint64 offset);                              /* NULL: fine */
/* own: it speaks our extensions; round_trip: microseconds, -1: unknown; clock_offset: seconds that its clock is before ours. */
void  rt_peer_get_signs (P2pConnection *connection, gboolean *own, gint64 *round_trip, gint64 *clock_offset);
char *rt_peer_notes_dup_text (P2pConnection *connection);
char *rt_peer_notes_dup_drops (P2pConnection *connection);              /* a line a reason; NULL: none */

G_END_DECLS
