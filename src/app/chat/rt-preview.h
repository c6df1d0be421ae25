/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* RtPreview: a picture, or words in its place. As high whatever it shows, and as wide as there is room, up to RT_PICTURE_WIDTH. */
#define RT_TYPE_PREVIEW (rt_preview_get_type ())
G_DECLARE_FINAL_TYPE (RtPreview, rt_preview, RT, PREVIEW, GtkWidget)

void          rt_preview_set_texture (RtPreview *self, GdkTexture *texture);    /* nullable */
GdkTexture   *rt_preview_get_texture (RtPreview *self);
void          rt_preview_set_words   (RtPreview *self, const char *words);      /* nullable */

G_END_DECLS
