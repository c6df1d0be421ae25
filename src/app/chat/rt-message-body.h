/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * RtMessageBody: the text of a message, with the time behind its last line where there is room.
 *
 * Not a GtkLabel: those lay their text out several times, at widths that no row ever gets, which makes a row of a few hundred
 * words cost tens of milliseconds. The text is never markup.
 */
#define RT_TYPE_MESSAGE_BODY (rt_message_body_get_type ())
G_DECLARE_FINAL_TYPE (RtMessageBody, rt_message_body, RT, MESSAGE_BODY, GtkWidget)

#define RT_MESSAGE_BODY_MAX_WIDTH 560

GtkWidget  *rt_message_body_new       (void);
/* The first length bytes of the text, all of them with -1; cut puts an ellipsis after them. */
void        rt_message_body_set_text  (RtMessageBody *self, const char *text, gssize length, gboolean cut);
const char *rt_message_body_get_text  (RtMessageBody *self);
void        rt_message_body_set_stamp (RtMessageBody *self, const char *stamp);

G_END_DECLS
