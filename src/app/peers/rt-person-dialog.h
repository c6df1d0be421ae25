/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/people/rt-people.h"

G_BEGIN_DECLS

/* Who somebody is: what he calls himself and what he is called here, his key, and whether the person compared it with him. Kept up to date while it is open. */
#define RT_TYPE_PERSON_DIALOG (rt_person_dialog_get_type ())
G_DECLARE_FINAL_TYPE (RtPersonDialog, rt_person_dialog, RT, PERSON_DIALOG, AdwWindow)

RtPersonDialog *rt_person_dialog_new (GtkWindow *parent, RtPeople *people, RtPerson *person);
/* From a menu: of somebody who is known still, and is not the person himself; else nothing but words. */
void            rt_person_dialog_present (GtkWidget *from, RtPeople *people, const char *id);

G_END_DECLS
