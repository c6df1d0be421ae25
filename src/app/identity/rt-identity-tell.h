/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/network/rt-network.h"

G_BEGIN_DECLS

/* Groups of digits stand in one order everywhere, also where people write from the right. Transfer full. */
char      *rt_identity_isolate (const char *digits);
/* A row that shows by what a friend knows that it is really the person who is in this network, and leads to the page of that identity. NULL: it is not known. */
GtkWidget *rt_identity_tell_row_new (RtNetwork *network);

G_END_DECLS
