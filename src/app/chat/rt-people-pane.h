/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "model/people/rt-people.h"

G_BEGIN_DECLS

/**
 * RtPeoplePane: a popover with everybody who was heard in a network, neighbour or not, to write to one of them.
 *
 * Typing filters; Down goes to the list, Return writes to who is there. Signal: chosen (string: id).
 */
#define RT_TYPE_PEOPLE_PANE (rt_people_pane_get_type ())
G_DECLARE_FINAL_TYPE (RtPeoplePane, rt_people_pane, RT, PEOPLE_PANE, GtkPopover)

GtkWidget *rt_people_pane_new (RtPeople *people);

G_END_DECLS
