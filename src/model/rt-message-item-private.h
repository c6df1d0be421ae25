/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-message-item.h"

G_BEGIN_DECLS

/* Of an own one: the text exactly as it was written, which is what is sent. */
const char *rt_message_item_get_written (RtMessageItem *self);
/* Sending anew. */
void        rt_message_item_set_sending (RtMessageItem *self);

G_END_DECLS
