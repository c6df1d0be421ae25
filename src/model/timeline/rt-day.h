/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Days of the calendar as a person writes them, and when they are in local time: a day may have 23 hours, or 25. */
#define RT_DAY_FIRST_YEAR 1970
#define RT_DAY_LAST_YEAR 2254

/* As 2026-11-22, with the digits of any script, or as people write it in the language that is set. FALSE: it is no day. */
gboolean rt_day_parse    (const char *text, GDate *day);
/* As 2026-11-22 */
char    *rt_day_to_text  (const GDate *day);
/* In words: 22 November 2026 */
char    *rt_day_to_words (const GDate *day);
void     rt_day_set_time (GDate *day, gint64 time);
/* Its first and its last moment; UTC microseconds. */
gint64   rt_day_begin    (const GDate *day);
gint64   rt_day_end      (const GDate *day);

G_END_DECLS
