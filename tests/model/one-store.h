/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-wait.h"
#include "store/rt-store.h"

G_BEGIN_DECLS

/* A store in that folder, with one network in it: "one". Transfer full. */
RtStore *open_store_of_one (const char *folder);

G_END_DECLS
