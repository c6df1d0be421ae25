/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* RtPreview: a picture, or words in its place. As large as the picture is, but within RT_PICTURE_WIDTH and RT_PICTURE_HEIGHT and where there is less room, smaller;
 * never larger than it is. Of a picture that nobody has seen yet that is the place of a large one. */
#define RT_TYPE_PREVIEW (rt_preview_get_type ())
G_DECLARE_FINAL_TYPE (RtPreview, rt_preview, RT, PREVIEW, GtkWidget)

void          rt_preview_set_texture (RtPreview *self, GdkTexture *texture);    /* nullable */
GdkTexture   *rt_preview_get_texture (RtPreview *self);
/* Of the picture that is to come, as it was when it was shown before; 0: nobody knows. */
void          rt_preview_expect      (RtPreview *self, int width, int height);
void          rt_preview_set_words   (RtPreview *self, const char *words);      /* nullable */

G_END_DECLS
