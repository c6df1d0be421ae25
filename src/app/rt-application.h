/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "model/nearby/rt-nearby.h"
#include "model/networks/rt-networks.h"

G_BEGIN_DECLS

#define RT_TYPE_APPLICATION (rt_application_get_type ())
G_DECLARE_FINAL_TYPE (RtApplication, rt_application, RT, APPLICATION, AdwApplication)

RtApplication *rt_application_new (void);
RtNetworks    *rt_application_get_networks (RtApplication *self);      /* nullable: NULL before startup */
RtSettings    *rt_application_get_settings (RtApplication *self);      /* likewise */
RtNearby      *rt_application_get_nearby (RtApplication *self);        /* networks in the local network; likewise */
/* Where everything is kept: ROUNDTABLE_DATA_DIR, else a folder in the person's data. Transfer full. */
char          *rt_application_dup_folder (void);

G_END_DECLS
