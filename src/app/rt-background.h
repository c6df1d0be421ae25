/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "model/rt-settings.h"

G_BEGIN_DECLS

/**
 * RtBackground: sees to it that the program may run without a window, and is started at login, if the settings say so: in a sandbox by the portal (org.freedesktop.portal.Background), which asks the person where it must;
 * outside of one by a file in the autostart folder, which needs nobody's leave. It is written or removed when the setting is changed, never at a start, and one of that name that is not ours is left alone.
 * Property: trouble (words, nullable; notifies): why it is not as the settings say.
 */
#define RT_TYPE_BACKGROUND (rt_background_get_type ())
G_DECLARE_FINAL_TYPE (RtBackground, rt_background, RT, BACKGROUND, GObject)

/* bus: nullable: nobody is there who could be asked. What is wanted already is asked for at once (in a sandbox). */
RtBackground *rt_background_new (RtSettings *settings, GDBusConnection *bus, gboolean sandboxed);
const char   *rt_background_get_trouble (RtBackground *self);
/* What the desktop shows of a program without a window; words of the person's language. */
void          rt_background_set_status (RtBackground *self, const char *words);
gboolean      rt_is_sandboxed (void);
/* Where a program that starts at login says so. Transfer full. */
char         *rt_background_dup_autostart_path (void);

G_END_DECLS
