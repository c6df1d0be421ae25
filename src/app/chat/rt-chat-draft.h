/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A draft as it is kept: the text, and before it for whom it is and what it answers, where it is not simply for everybody.
 * to: id of a node, nullable; reply_to: id of a message, nullable. Transfer full; NULL: there is nothing to keep. */
char *rt_chat_draft_pack   (const char *text, const char *to, GBytes *reply_to);
/* Whatever was kept; text: "" for none. */
void  rt_chat_draft_unpack (const char *draft, char **text, char **to, GBytes **reply_to);

G_END_DECLS
