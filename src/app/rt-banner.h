/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * RtBanner: a line of trouble across a page, announced as an alert.
 * Properties: title (plain text; NULL or "": hidden), button-label (nullable), dismissible (TRUE).
 * Signal: button-clicked. What was dismissed stays away until the title changes.
 */
#define RT_TYPE_BANNER (rt_banner_get_type ())
G_DECLARE_FINAL_TYPE (RtBanner, rt_banner, RT, BANNER, GtkWidget)

const char *rt_banner_get_title (RtBanner *self);
void        rt_banner_set_title (RtBanner *self, const char *title);
void        rt_banner_set_button_label (RtBanner *self, const char *label);
gboolean    rt_banner_get_revealed (RtBanner *self);

G_END_DECLS
