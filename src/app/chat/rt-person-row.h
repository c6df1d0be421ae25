/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/people/rt-person.h"

G_BEGIN_DECLS

/* RtPersonRow: somebody in the list of people; used again for others. */
#define RT_TYPE_PERSON_ROW (rt_person_row_get_type ())
G_DECLARE_FINAL_TYPE (RtPersonRow, rt_person_row, RT, PERSON_ROW, GtkWidget)

GtkWidget *rt_person_row_new  (void);
/* NULL: nobody. Words about when he was heard are as of now. */
void       rt_person_row_bind (RtPersonRow *self, RtPerson *person);
/* Of a list's row with it: what a screen reader says. Transfer full. */
char      *rt_person_row_dup_spoken (RtPerson *person);

G_END_DECLS
