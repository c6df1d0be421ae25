/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/timeline/rt-day.h"

G_BEGIN_DECLS

/* RtDayField: where a person writes a day, or chooses it in a calendar. Signal: changed, not while what is written is half of one. */
#define RT_TYPE_DAY_FIELD (rt_day_field_get_type ())
G_DECLARE_FINAL_TYPE (RtDayField, rt_day_field, RT, DAY_FIELD, GtkBox)

typedef enum { RT_DAY_NONE, RT_DAY_GOOD, RT_DAY_WRONG } RtDayState;

/* title: before it, with a mnemonic; names: of the text and the button, as a screen reader says them. */
void        rt_day_field_set_names (RtDayField *self, const char *title, const char *name, const char *choose);
RtDayState  rt_day_field_get       (RtDayField *self, GDate *day);
const char *rt_day_field_get_text  (RtDayField *self);
/* what: said of it below, and how it is shown */
void        rt_day_field_set_wrong (RtDayField *self, gboolean wrong, GtkWidget *why);
void        rt_day_field_align     (RtDayField *self, GtkSizeGroup *titles);
GtkWidget  *rt_day_field_get_entry (RtDayField *self);  /* transfer none */

G_END_DECLS
