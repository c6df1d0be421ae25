/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rt-picture.h"

#define BLOCK 4096u
/* Of a file; what can be attached is not larger. */
#define MAX_FILE (64u * 1024 * 1024)

typedef struct {
  gboolean too_large;
  int      width, height;
} Look;

static const char *
find_type (const guint8 *data, gsize length)
{
  if (length >= 8 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return "png";
  if (length >= 3 && memcmp (data, "\xff\xd8\xff", 3) == 0)
    return "jpeg";
  if (length >= 6 && (memcmp (data, "GIF87a", 6) == 0 || memcmp (data, "GIF89a", 6) == 0))
    return "gif";
  if (length >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return "webp";
  return NULL;
}

/* The loader keeps every picture of a GIF, of which a small file can have thousands: it gets the first. Where that ends; 0: nowhere. */
static gsize
find_first_gif_end (const guint8 *data, gsize length)
{
  gsize at = 13;

  if (length < at)
    return 0;
  if ((data[10] & 0x80) != 0)
    at += (gsize) 3 << ((data[10] & 7) + 1);
  while (at + 1 < length)
    {
      gboolean image = data[at] == 0x2C;

      if (image)
        {
          if (at + 10 >= length)
            return 0;
          at += 10 + ((data[at + 9] & 0x80) != 0 ? (gsize) 3 << ((data[at + 9] & 7) + 1) : 0) + 1;
        }
      else if (data[at] == 0x21)
        at += 2;
      else
        return 0;
      /* blocks, each with its length in front; one of none ends them */
      while (at < length && data[at] != 0)
        at += (gsize) data[at] + 1;
      if (at >= length)
        return 0;
      at++;
      if (image)
        return at;
    }
  return 0;
}

static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, Look *look)
{
  double scale;

  look->width = width;
  look->height = height;
  if (width <= 0 || height <= 0 || width > RT_PICTURE_MAX_SIDE || height > RT_PICTURE_MAX_SIDE)
    {
      /* nothing is made of it, then */
      look->too_large = TRUE;
      gdk_pixbuf_loader_set_size (loader, 0, 0);
      return;
    }
  scale = MIN (2.0 * RT_PICTURE_WIDTH / width, 2.0 * RT_PICTURE_HEIGHT / height);
  if (scale < 1)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (int) (width * scale)), MAX (1, (int) (height * scale)));
}

static gboolean
feed (GdkPixbufLoader *loader, const guint8 *data, gsize length, gboolean is_gif, Look *look, GCancellable *cancellable, GError **error)
{
  gsize end = is_gif ? find_first_gif_end (data, length) : length;
  const guint8 trailer = 0x3B;

  if (end == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "");
      return FALSE;
    }
  for (gsize at = 0; at < end && !look->too_large; at += BLOCK)
    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !gdk_pixbuf_loader_write (loader, data + at, MIN (BLOCK, end - at), error))
      return FALSE;
  return !is_gif || look->too_large || gdk_pixbuf_loader_write (loader, &trailer, 1, error);
}

static GdkTexture *
decode (const guint8 *data, gsize length, GCancellable *cancellable, GError **error)
{
  const char *type = find_type (data, length);
  g_autoptr (GdkPixbufLoader) loader = type != NULL ? gdk_pixbuf_loader_new_with_type (type, NULL) : NULL;
  g_autoptr (GdkPixbuf) turned = NULL;
  g_autoptr (GError) why = NULL;
  GdkPixbuf *pixbuf;
  Look look = { 0 };
  gboolean fed;

  if (loader == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("It is no picture that can be shown here"));
      return NULL;
    }
  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &look);
  fed = feed (loader, data, length, g_str_equal (type, "gif"), &look, cancellable, &why);
  /* it wants to be closed in any case */
  if (!gdk_pixbuf_loader_close (loader, fed && why == NULL ? &why : NULL))
    fed = FALSE;
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return NULL;
    }
  /* of a PNG that breaks off the loader says nothing */
  if (g_str_equal (type, "png") && memmem (data, length, "IEND", 4) == NULL)
    fed = FALSE;
  pixbuf = look.too_large ? NULL : gdk_pixbuf_loader_get_pixbuf (loader);
  if (look.too_large)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The picture is too large to be shown here (%d × %d)"), look.width, look.height);
  else if (!fed || pixbuf == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("The picture is broken"));
  if (!fed || pixbuf == NULL)
    return NULL;
  turned = gdk_pixbuf_apply_embedded_orientation (pixbuf);
  return gdk_texture_new_for_pixbuf (turned != NULL ? turned : pixbuf);
}

static void
load_in_thread (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_new_for_path (task_data);
  g_autoptr (GFileInputStream) in = NULL;
  g_autoptr (GFileInfo) info = NULL;
  g_autofree guint8 *data = NULL;
  GdkTexture *texture;
  GError *error = NULL;
  gsize length;

  in = g_file_read (file, cancellable, &error);
  if (in != NULL)
    info = g_file_input_stream_query_info (in, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, &error);
  if (info == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  length = (gsize) MIN (MAX (g_file_info_get_size (info), 0), MAX_FILE);
  data = g_malloc (length + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (in), data, length, &length, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  texture = decode (data, length, cancellable, &error);
  if (texture != NULL)
    g_task_return_pointer (task, texture, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
rt_picture_load_async (const char *path, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (path != NULL);

  g_task_set_source_tag (task, rt_picture_load_async);
  g_task_set_name (task, "[roundtable] decode a picture");
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, load_in_thread);
}

GdkTexture *
rt_picture_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
