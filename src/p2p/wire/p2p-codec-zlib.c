/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-codecs-private.h"

#include <zlib.h>

#include "p2p-types.h"

/* Added to the window bits it asks zlib for the gzip container. */
#define GZIP_CONTAINER 16

/* A compressor's state is a quarter of a megabyte: making one for each small frame would cost more than the work itself. */
typedef struct {
  z_stream deflate[2];          /* zlib, gzip */
  z_stream inflate;
  gboolean has_deflate[2];
  gboolean has_inflate;
} Streams;

static void
free_streams (gpointer data)
{
  Streams *self = data;

  for (guint i = 0; i < G_N_ELEMENTS (self->deflate); i++)
    if (self->has_deflate[i])
      deflateEnd (&self->deflate[i]);
  if (self->has_inflate)
    inflateEnd (&self->inflate);
  g_free (self);
}

static GPrivate thread_streams = G_PRIVATE_INIT (free_streams);

static Streams *
get_streams (void)
{
  Streams *streams = g_private_get (&thread_streams);

  if (streams == NULL)
    {
      streams = g_new0 (Streams, 1);
      g_private_set (&thread_streams, streams);
    }
  return streams;
}

static const char *
get_name (gboolean gzip)
{
  return gzip ? "gzip" : "zlib";
}

static z_stream *
get_deflate (gboolean gzip,
             GError **error)
{
  Streams *streams = get_streams ();
  z_stream *stream = &streams->deflate[gzip ? 1 : 0];

  if (streams->has_deflate[gzip ? 1 : 0])
    {
      deflateReset (stream);
      return stream;
    }
  /* Without deflateSetHeader() a gzip header carries time 0: the same input always gives the same bytes. */
  if (deflateInit2 (stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + (gzip ? GZIP_CONTAINER : 0), 8, Z_DEFAULT_STRATEGY) != Z_OK)
    {
      p2p_codec_refuse_data (get_name (gzip), "there is no memory for it", error);
      return NULL;
    }
  streams->has_deflate[gzip ? 1 : 0] = TRUE;
  return stream;
}

static z_stream *
get_inflate (gboolean gzip,
             GError **error)
{
  Streams *streams = get_streams ();
  z_stream *stream = &streams->inflate;
  gint window_bits = MAX_WBITS + (gzip ? GZIP_CONTAINER : 0);

  if (streams->has_inflate)
    {
      inflateReset2 (stream, window_bits);
      return stream;
    }
  if (inflateInit2 (stream, window_bits) != Z_OK)
    {
      p2p_codec_refuse_data (get_name (gzip), "there is no memory for it", error);
      return NULL;
    }
  streams->has_inflate = TRUE;
  return stream;
}

GBytes *
p2p_codec_zlib_compress (const guint8 *bytes,
                         gsize         length,
                         gboolean      gzip,
                         GError      **error)
{
  z_stream *stream = get_deflate (gzip, error);
  g_autofree guint8 *out = NULL;
  gsize size;

  if (stream == NULL)
    return NULL;
  size = deflateBound (stream, length);
  if (length > G_MAXUINT32 || size > G_MAXUINT32)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "%" G_GSIZE_FORMAT " bytes are too many for one frame", length);
      return NULL;
    }

  out = g_malloc (size);
  stream->next_in = (Bytef *) bytes;
  stream->avail_in = (uInt) length;
  stream->next_out = out;
  stream->avail_out = (uInt) size;
  if (deflate (stream, Z_FINISH) != Z_STREAM_END)
    {
      p2p_codec_refuse_data (get_name (gzip), "the compressor failed", error);
      return NULL;
    }
  size = stream->total_out;
  out = g_realloc (out, size);
  return g_bytes_new_take (g_steal_pointer (&out), size);
}

gboolean
p2p_codec_zlib_decompress (const guint8 *bytes,
                           gsize         length,
                           gboolean      gzip,
                           P2pOutput    *into,
                           GError      **error)
{
  z_stream *stream = get_inflate (gzip, error);
  gint status;

  if (stream == NULL)
    return FALSE;
  if (length > G_MAXUINT32)
    return p2p_codec_refuse_data (get_name (gzip), "there are too many bytes", error);
  stream->next_in = (Bytef *) bytes;
  stream->avail_in = (uInt) length;

  do
    {
      gsize room;

      if (!p2p_output_extend (into, error))
        return FALSE;
      room = MIN (into->size - into->length, G_MAXUINT32);
      stream->next_out = into->bytes + into->length;
      stream->avail_out = (uInt) room;
      status = inflate (stream, Z_NO_FLUSH);
      into->length += room - stream->avail_out;
      if (status == Z_OK && stream->avail_in == 0 && stream->avail_out != 0)
        return p2p_codec_refuse_end (get_name (gzip), error);
    }
  while (status == Z_OK);

  if (status == Z_BUF_ERROR)
    return p2p_codec_refuse_end (get_name (gzip), error);
  if (status == Z_NEED_DICT)
    return p2p_codec_refuse_data (get_name (gzip), "they need a dictionary", error);
  if (status != Z_STREAM_END)
    return p2p_codec_refuse_data (get_name (gzip), stream->msg != NULL ? stream->msg : "they are malformed", error);
  if (stream->avail_in != 0)
    return p2p_codec_refuse_trailing (get_name (gzip), stream->avail_in, error);
  return TRUE;
}
