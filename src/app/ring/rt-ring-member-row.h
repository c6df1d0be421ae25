/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * RtRingMemberRow: a storing node in the list: its mark, its name, what it is to us, where it is and what it stores. It draws itself.
 * Property: item (P2pChordMemberInfo, nullable).
 */
#define RT_TYPE_RING_MEMBER_ROW (rt_ring_member_row_get_type ())
G_DECLARE_FINAL_TYPE (RtRingMemberRow, rt_ring_member_row, RT, RING_MEMBER_ROW, GtkWidget)

G_END_DECLS
