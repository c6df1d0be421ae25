/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"
#include "p2p-codecs-private.h"

#include <bzlib.h>
#include <lzma.h>
#ifdef HAVE_SNAPPY
#include <snappy-c.h>
#endif

#include <string.h>

#include "p2p-limits-private.h"
#include "p2p-types.h"

/* The fastest of liblzma: what it gains over this on a frame is small, and the next ones cost tens of milliseconds. */
#define LZMA_PRESET 0
#define BZ2_BLOCK_100K 9

void
p2p_output_init (P2pOutput       *self,
                 gsize            expected,
                 gsize            cap,
                 const P2pLimits *limits)
{
  self->cap = MIN (cap, G_MAXSIZE / 4);
  self->length = 0;
  self->limits = limits;
  self->size = CLAMP (expected, 1, self->cap + 1);
  self->bytes = NULL;           /* at the first need: what is no such data is found out before */
}

gboolean
p2p_output_reserve (P2pOutput *self,
                    gsize      size,
                    GError   **error)
{
  guint8 *bytes = p2p_limits_allocate (self->limits, size);

  if (bytes == NULL)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_MEMORY,
                   "There is no memory for the %" G_GSIZE_FORMAT " bytes that the data unpacks to", size);
      return FALSE;
    }
  if (self->length > 0)
    memcpy (bytes, self->bytes, self->length);
  g_free (self->bytes);
  self->bytes = bytes;
  self->size = size;
  return TRUE;
}

gboolean
p2p_output_extend (P2pOutput *self,
                   GError   **error)
{
  if (self->length > self->cap)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "The data unpacks to more than the %" G_GSIZE_FORMAT " bytes allowed for it", self->cap);
      return FALSE;
    }
  if (self->bytes == NULL)
    return p2p_output_reserve (self, self->size, error);
  if (self->length == self->size)
    return p2p_output_reserve (self, MIN (self->size * 2, self->cap + 1), error);
  return TRUE;
}

void
p2p_output_clear (P2pOutput *self)
{
  g_clear_pointer (&self->bytes, g_free);
}

GBytes *
p2p_output_finish (P2pOutput *self,
                   GError   **error)
{
  /* The last step of a decoder may have filled the byte above the cap. */
  if (self->length > self->cap && !p2p_output_extend (self, error))
    {
      p2p_output_clear (self);
      return NULL;
    }
  return g_bytes_new_take (g_steal_pointer (&self->bytes), self->length);
}

gboolean
p2p_codec_refuse_data (const char *name,
                       const char *why,
                       GError    **error)
{
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_COMPRESSION, "The bytes are no %s data: %s", name, why);
  return FALSE;
}

gboolean
p2p_codec_refuse_end (const char *name,
                      GError    **error)
{
  return p2p_codec_refuse_data (name, "they are cut short", error);
}

gboolean
p2p_codec_refuse_trailing (const char *name,
                           gsize       n,
                           GError    **error)
{
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_COMPRESSION,
               "%" G_GSIZE_FORMAT " bytes are left over after the %s data", n, name);
  return FALSE;
}

GBytes *
p2p_codec_bz2_compress (const guint8 *bytes,
                        gsize         length,
                        GError      **error)
{
  /* The library's own figure for the worst case: one per cent and 600 bytes more. */
  gsize bound = length + length / 100 + 601;
  g_autofree guint8 *out = NULL;
  unsigned int size;

  if (bound > G_MAXUINT32)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "%" G_GSIZE_FORMAT " bytes are too many for one frame", length);
      return NULL;
    }
  size = (unsigned int) bound;
  out = g_malloc (size);
  if (BZ2_bzBuffToBuffCompress ((char *) out, &size, (char *) bytes, (unsigned int) length, BZ2_BLOCK_100K, 0, 0) != BZ_OK)
    {
      p2p_codec_refuse_data ("bz2", "the compressor failed", error);
      return NULL;
    }
  out = g_realloc (out, size);
  return g_bytes_new_take (g_steal_pointer (&out), size);
}

static gboolean
run_bz2 (bz_stream *stream,
         P2pOutput *into,
         GError   **error)
{
  gint status;

  do
    {
      gsize room;

      if (!p2p_output_extend (into, error))
        return FALSE;
      room = MIN (into->size - into->length, G_MAXUINT32);
      stream->next_out = (char *) into->bytes + into->length;
      stream->avail_out = (unsigned int) room;
      status = BZ2_bzDecompress (stream);
      into->length += room - stream->avail_out;
      if (status == BZ_OK && stream->avail_in == 0 && stream->avail_out != 0)
        return p2p_codec_refuse_end ("bz2", error);
    }
  while (status == BZ_OK);

  if (status != BZ_STREAM_END)
    return p2p_codec_refuse_data ("bz2", "they are malformed", error);
  if (stream->avail_in != 0)
    return p2p_codec_refuse_trailing ("bz2", stream->avail_in, error);
  return TRUE;
}

gboolean
p2p_codec_bz2_decompress (const guint8 *bytes,
                          gsize         length,
                          P2pOutput    *into,
                          GError      **error)
{
  bz_stream stream = { .next_in = (char *) bytes, .avail_in = (unsigned int) length };
  gboolean done;

  if (length > G_MAXUINT32)
    return p2p_codec_refuse_data ("bz2", "there are too many bytes", error);
  if (BZ2_bzDecompressInit (&stream, 0, 0) != BZ_OK)
    return p2p_codec_refuse_data ("bz2", "there is no memory for it", error);
  done = run_bz2 (&stream, into, error);
  BZ2_bzDecompressEnd (&stream);
  return done;
}

GBytes *
p2p_codec_lzma_compress (const guint8 *bytes,
                         gsize         length,
                         GError      **error)
{
  gsize bound = lzma_stream_buffer_bound (length);
  g_autofree guint8 *out = g_malloc (bound);
  gsize size = 0;

  if (bound == 0 ||
      lzma_easy_buffer_encode (LZMA_PRESET, LZMA_CHECK_CRC32, NULL, bytes, length, out, &size, bound) != LZMA_OK)
    {
      p2p_codec_refuse_data ("lzma", "the compressor failed", error);
      return NULL;
    }
  out = g_realloc (out, size);
  return g_bytes_new_take (g_steal_pointer (&out), size);
}

static gboolean
run_lzma (lzma_stream *stream,
          guint64      memory,
          P2pOutput   *into,
          GError     **error)
{
  lzma_ret status;

  do
    {
      gsize room;

      if (!p2p_output_extend (into, error))
        return FALSE;
      room = into->size - into->length;
      stream->next_out = into->bytes + into->length;
      stream->avail_out = room;
      status = lzma_code (stream, LZMA_RUN);
      into->length += room - stream->avail_out;
      if (status == LZMA_OK && stream->avail_in == 0 && stream->avail_out != 0)
        return p2p_codec_refuse_end ("lzma", error);
    }
  while (status == LZMA_OK);

  if (status == LZMA_BUF_ERROR)
    return p2p_codec_refuse_end ("lzma", error);
  if (status == LZMA_MEMLIMIT_ERROR)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "The lzma data needs more than the %" G_GUINT64_FORMAT " bytes of memory allowed for it", memory);
      return FALSE;
    }
  if (status != LZMA_STREAM_END)
    return p2p_codec_refuse_data ("lzma", "they are malformed", error);
  if (stream->avail_in != 0)
    return p2p_codec_refuse_trailing ("lzma", stream->avail_in, error);
  return TRUE;
}

gboolean
p2p_codec_lzma_decompress (const guint8 *bytes,
                           gsize         length,
                           guint64       memory,
                           P2pOutput    *into,
                           GError      **error)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  gboolean done;

  if (lzma_stream_decoder (&stream, memory, 0) != LZMA_OK)
    return p2p_codec_refuse_data ("lzma", "there is no memory for it", error);
  stream.next_in = bytes;
  stream.avail_in = length;
  done = run_lzma (&stream, memory, into, error);
  lzma_end (&stream);
  return done;
}

#ifdef HAVE_SNAPPY

GBytes *
p2p_codec_snappy_compress (const guint8 *bytes,
                           gsize         length,
                           GError      **error)
{
  gsize size = snappy_max_compressed_length (length);
  g_autofree guint8 *out = NULL;

  /* The format's own count of bytes has 32 bits. */
  if (length > G_MAXUINT32)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "%" G_GSIZE_FORMAT " bytes are too many for one frame", length);
      return NULL;
    }
  out = g_malloc (size);
  if (snappy_compress ((const char *) bytes, length, (char *) out, &size) != SNAPPY_OK)
    {
      p2p_codec_refuse_data ("snappy", "the compressor failed", error);
      return NULL;
    }
  out = g_realloc (out, size);
  return g_bytes_new_take (g_steal_pointer (&out), size);
}

gboolean
p2p_codec_snappy_decompress (const guint8 *bytes,
                             gsize         length,
                             P2pOutput    *into,
                             GError      **error)
{
  gsize size = 0;

  if (snappy_uncompressed_length ((const char *) bytes, length, &size) != SNAPPY_OK)
    return p2p_codec_refuse_data ("snappy", "they are malformed", error);
  if (size > into->cap)
    {
      /* Any bytes begin with some length: only data that is whole otherwise is called too large. */
      if (snappy_validate_compressed_buffer ((const char *) bytes, length) != SNAPPY_OK)
        return p2p_codec_refuse_data ("snappy", "they are malformed", error);
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "The data unpacks to %" G_GSIZE_FORMAT " bytes, more than the %" G_GSIZE_FORMAT " allowed for it",
                   size, into->cap);
      return FALSE;
    }
  if (!p2p_output_reserve (into, MAX (size, 1), error))
    return FALSE;
  if (snappy_uncompress ((const char *) bytes, length, (char *) into->bytes, &size) != SNAPPY_OK)
    return p2p_codec_refuse_data ("snappy", "they are malformed", error);
  into->length = size;
  return TRUE;
}

#endif
