/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Once or until it is cleared, in the thread-default main context. */
guint rt_timer_add   (guint milliseconds, const char *name, GSourceFunc func, gpointer data);
void  rt_timer_clear (guint *timer);

G_END_DECLS
