/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/table/rt-table.h"

G_BEGIN_DECLS

/**
 * RtMessageBody: the text of a message, with the time behind its last line where there is room.
 *
 * Not a GtkLabel: those lay their text out several times, at widths that no row ever gets, which makes a row of a few hundred
 * words cost tens of milliseconds. The text is never markup.
 *
 * It can be selected: by mouse (a word, all of it with two and three presses), and by keyboard, as it takes the focus. Addresses, and keys of the table, lead somewhere: Tab goes from one to the next, Enter follows it.
 * Signals: link (string address: shall be opened), key (string name: shall be shown).
 */
#define RT_TYPE_MESSAGE_BODY (rt_message_body_get_type ())
G_DECLARE_FINAL_TYPE (RtMessageBody, rt_message_body, RT, MESSAGE_BODY, GtkWidget)

#define RT_MESSAGE_BODY_MAX_WIDTH 560

GtkWidget  *rt_message_body_new       (void);
/* The first length bytes of the text, all of them with -1; cut puts an ellipsis after them. */
void        rt_message_body_set_text  (RtMessageBody *self, const char *text, gssize length, gboolean cut);
const char *rt_message_body_get_text  (RtMessageBody *self);
void        rt_message_body_set_stamp (RtMessageBody *self, const char *stamp);
/* Keys that are in it are links; NULL: there is no table. */
void        rt_message_body_set_table (RtMessageBody *self, RtTable *table);

char       *rt_message_body_dup_selection (RtMessageBody *self);        /* NULL: nothing is selected */
void        rt_message_body_select     (RtMessageBody *self, int from, int to);    /* bytes; -1: the end */
void        rt_message_body_unselect   (RtMessageBody *self);
/* Whatever text has a selection in the window that this is in. FALSE: there was none. */
gboolean    rt_message_body_unselect_all (GtkWidget *in_window);
/* The addresses that can be opened, of strings; transfer full, never NULL. */
GPtrArray  *rt_message_body_dup_addresses (RtMessageBody *self);

G_END_DECLS
