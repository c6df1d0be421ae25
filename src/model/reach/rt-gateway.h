/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A way out of this computer leads to this IPv4 address: it is the router. FALSE where the system does not say (/proc/net/route, of Linux). */
gboolean rt_gateway_is    (const char *host);
/* The same of a text of that form. */
gboolean rt_gateway_is_in (const char *routes, const char *host);

G_END_DECLS
