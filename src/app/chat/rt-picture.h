/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures that strangers send, made small enough to be shown. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shown within that; on screens of double density there are twice as many pixels. */
#define RT_PICTURE_WIDTH 320
#define RT_PICTURE_HEIGHT 240
/* One of more pixels either way is not decoded. */
#define RT_PICTURE_MAX_SIDE 4096

/* The first picture of a PNG, JPEG, GIF or (if this computer can) WebP file, by what it begins with, not by its name: decoded in a thread, which looks at its size before it takes
 * memory for it. G_IO_ERROR_INVALID_DATA in words: it is none of these, it is broken, or too large. */
void        rt_picture_load_async  (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GdkTexture *rt_picture_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
