/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-search.h"
#include "store/rt-store-search.h"

G_BEGIN_DECLS

RtSearchHit *rt_search_hit_new (RtNetwork *network, const RtStoreHit *hit);

G_END_DECLS
