/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rt-traffic.h"

G_BEGIN_DECLS

/* The text is looked for in so much of each message: a list of ten thousand is searched at one go. */
#define RT_TRAFFIC_SEARCH_BYTES 2048u

gboolean rt_traffic_filter_lets_all (const RtTrafficFilter *filter);
/* text: NULL or in ASCII lower case */
gboolean rt_traffic_filter_matches (const RtTrafficFilter *filter, const char *text, RtTrafficItem *item);

G_END_DECLS
