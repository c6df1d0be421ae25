/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "model/networks/rt-networks.h"
#include "model/timeline/rt-notices.h"

G_BEGIN_DECLS

/**
 * RtNotifier: the desktop's notifications, one a network; a click is the action app.show-message. What they say is RtNotices' business, whether they are shown the settings'.
 * When it goes, they go, unless who shows them can start the program again when one of them is clicked (org.gtk.Notifications, and the portal of a sandbox).
 */
#define RT_TYPE_NOTIFIER (rt_notifier_get_type ())
G_DECLARE_FINAL_TYPE (RtNotifier, rt_notifier, RT, NOTIFIER, GObject)

RtNotifier *rt_notifier_new (GApplication *application, RtNetworks *networks, RtSettings *settings);
GNotificationPriority rt_notifier_choose_priority (const RtNotice *notice);
/* Words as the body of a notification, the same however it is shown. Transfer full. */
char       *rt_notifier_make_body (const char *words);

G_END_DECLS
