/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

/* What is in its debug information holds neither names nor secrets. */
void  rt_about_present (GtkWindow *parent, RtNetworks *networks, RtSettings *settings);
char *rt_about_dup_debug_info (RtNetworks *networks, RtSettings *settings);

G_END_DECLS
