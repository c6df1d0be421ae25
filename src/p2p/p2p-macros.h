/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Everything is hidden but what carries P2P_EXPORT. */
#if defined(__GNUC__)
# define P2P_EXPORT __attribute__ ((visibility ("default"))) extern
#else
# define P2P_EXPORT extern
#endif
