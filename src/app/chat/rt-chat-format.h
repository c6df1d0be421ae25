/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/timeline/rt-catch-up.h"
#include "model/timeline/rt-message-item.h"

G_BEGIN_DECLS

/* Words of the chat page. Times are UTC microseconds; what is answered is of this computer's time zone and language. Transfer full. */
char       *rt_format_time     (gint64 time);
char       *rt_format_day      (gint64 time, gint64 now);
gboolean    rt_is_same_day     (gint64 a, gint64 b);
gint64      rt_next_midnight   (gint64 now);
/* Whether item goes on where previous (nullable) ended, so that the sender need not be named again. */
gboolean    rt_is_continued    (RtMessageItem *item, RtMessageItem *previous);
char       *rt_format_private  (RtMessageItem *item);           /* NULL: not private */
/* Its shape: for him alone, or as good as open, or not known before it left. Transfer none. */
/* Private, and no more than that is known. */
#define RT_PRIVATE_ICON "avatar-default-symbolic"
const char *rt_private_icon (RtMessageItem *item);
char       *rt_format_delivery (RtMessageItem *item);           /* NULL: none of ours */
const char *rt_delivery_icon   (RtMessageItem *item);
gboolean    rt_delivery_failed (RtDelivery delivery);           /* it did not go out, and does not by itself */
gboolean    rt_delivery_can_retry (RtDelivery delivery);
/* Who wrote it: the name, and what must stand beside it. Names of others are isolated from what is about them. */
char       *rt_format_sender   (RtMessageItem *item);
/* Of the message that it answers: who wrote it (NULL: not known), and its words or why there are none. */
char       *rt_format_reply_name (RtMessageItem *item);
char       *rt_format_reply_text (RtMessageItem *item);
char       *rt_format_moment   (gint64 time, gint64 now);       /* with its day when that is not today */
char       *rt_format_heard    (gint64 heard, gint64 now);      /* "Heard 3 minutes ago" */
char       *rt_format_gap      (RtGap *gap, gint64 now);
/* All of it as a screen reader says it */
char       *rt_format_spoken   (RtMessageItem *item);
/* Bytes of the first lines of a text; of all of it where there are no more. */
gsize       rt_text_lines      (const char *text, guint n_lines);
/* How many bytes of the text are shown while it is folded; 0: it is short enough to be shown as a whole. */
gsize       rt_text_fold       (const char *text);

G_END_DECLS
