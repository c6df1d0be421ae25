/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "config.h"
#include "p2p-compression-private.h"

#include <string.h>

#include "p2p-codecs-private.h"
#include "p2p-limits-private.h"

static const guint8 methods[] = {
#ifdef HAVE_SNAPPY
  P2P_COMPRESSION_SNAPPY,
#endif
  P2P_COMPRESSION_ZLIB,
  P2P_COMPRESSION_GZIP,
  P2P_COMPRESSION_BZ2,
  P2P_COMPRESSION_LZMA,
  0,
};

static const struct {
  P2pCompression method;
  const char *name;
} names[] = {
  { P2P_COMPRESSION_NONE, "none" },
  { P2P_COMPRESSION_BZ2, "bz2" },
  { P2P_COMPRESSION_GZIP, "gzip" },
  { P2P_COMPRESSION_LZMA, "lzma" },
  { P2P_COMPRESSION_ZLIB, "zlib" },
  { P2P_COMPRESSION_SNAPPY, "snappy" },
};

/**
 * p2p_get_compression_methods:
 * @n_methods: (out) (optional): how many there are
 *
 * The methods of this build in the order in which we prefer them: snappy where it was built, zlib, gzip, bz2, lzma.
 *
 * Returns: (array length=n_methods) (transfer none): the methods, and a zero after them
 */
const guint8 *
p2p_get_compression_methods (gsize *n_methods)
{
  if (n_methods != NULL)
    *n_methods = G_N_ELEMENTS (methods) - 1;
  return methods;
}

/**
 * p2p_compression_get_name:
 * @method: a method
 *
 * The name of a method, as programs and logs write it.
 *
 * Returns: (nullable): its name, as in "zlib"; "none" for %P2P_COMPRESSION_NONE; %NULL when there is no such method
 */
const char *
p2p_compression_get_name (P2pCompression method)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].method == method)
      return names[i].name;
  return NULL;
}

/**
 * p2p_compression_from_name:
 * @name: a method's name, as in "zlib"
 * @method: (out): the method
 * @error: return location for a #GError
 *
 * Finds a method of this build by its name.
 *
 * Returns: %FALSE with %P2P_WIRE_ERROR_UNKNOWN_COMPRESSION when there is none
 */
gboolean
p2p_compression_from_name (const char     *name,
                           P2pCompression *method,
                           GError        **error)
{
  g_return_val_if_fail (name != NULL && method != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (!g_str_equal (names[i].name, name))
        continue;
      if (!p2p_compression_is_supported (names[i].method))
        {
          g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_UNKNOWN_COMPRESSION,
                       "The compression method “%s” is not in this build", name);
          return FALSE;
        }
      *method = names[i].method;
      return TRUE;
    }
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_UNKNOWN_COMPRESSION,
               "There is no compression method “%s”", name);
  return FALSE;
}

/**
 * p2p_compression_is_supported:
 * @method: a method
 *
 * Whether a method can be used: snappy is there only when the library was built with it.
 *
 * Returns: whether this build can use @method; %P2P_COMPRESSION_NONE it always can
 */
gboolean
p2p_compression_is_supported (P2pCompression method)
{
  if (method == P2P_COMPRESSION_NONE)
    return TRUE;
  for (guint i = 0; methods[i] != 0; i++)
    if (methods[i] == method)
      return TRUE;
  return FALSE;
}

static void
set_unknown_method (P2pCompression method,
                    GError       **error)
{
  const char *name = p2p_compression_get_name (method);

  if (name != NULL)
    g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_UNKNOWN_COMPRESSION,
                 "The compression method “%s” is not in this build", name);
  else
    g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_UNKNOWN_COMPRESSION,
                 "There is no compression method 0x%02x", (guint) method);
}

GBytes *
p2p_compress_raw (const guint8   *bytes,
                  gsize           length,
                  P2pCompression  method,
                  GError        **error)
{
  /* The address of no bytes may be NULL, which some codecs refuse. */
  if (length == 0)
    bytes = (const guint8 *) "";

  switch (method)
    {
    case P2P_COMPRESSION_NONE:
      return g_bytes_new (bytes, length);
    case P2P_COMPRESSION_ZLIB:
      return p2p_codec_zlib_compress (bytes, length, FALSE, error);
    case P2P_COMPRESSION_GZIP:
      return p2p_codec_zlib_compress (bytes, length, TRUE, error);
    case P2P_COMPRESSION_BZ2:
      return p2p_codec_bz2_compress (bytes, length, error);
    case P2P_COMPRESSION_LZMA:
      return p2p_codec_lzma_compress (bytes, length, error);
    case P2P_COMPRESSION_SNAPPY:
#ifdef HAVE_SNAPPY
      return p2p_codec_snappy_compress (bytes, length, error);
#endif
    default:
      set_unknown_method (method, error);
      return NULL;
    }
}

static gboolean
unpack (const guint8    *bytes,
        gsize            length,
        P2pCompression   method,
        const P2pLimits *limits,
        P2pOutput       *into,
        GError         **error)
{
  switch (method)
    {
    case P2P_COMPRESSION_ZLIB:
      return p2p_codec_zlib_decompress (bytes, length, FALSE, into, error);
    case P2P_COMPRESSION_GZIP:
      return p2p_codec_zlib_decompress (bytes, length, TRUE, into, error);
    case P2P_COMPRESSION_BZ2:
      return p2p_codec_bz2_decompress (bytes, length, into, error);
    case P2P_COMPRESSION_LZMA:
      return p2p_codec_lzma_decompress (bytes, length, limits->lzma_memory, into, error);
    case P2P_COMPRESSION_SNAPPY:
#ifdef HAVE_SNAPPY
      return p2p_codec_snappy_decompress (bytes, length, into, error);
#endif
    default:
      set_unknown_method (method, error);
      return FALSE;
    }
}

GBytes *
p2p_decompress_raw (const guint8    *bytes,
                    gsize            length,
                    P2pCompression   method,
                    const P2pLimits *limits,
                    GError         **error)
{
  g_auto (P2pOutput) into = { NULL, 0, 0, 0, NULL };
  guint64 cap;

  limits = p2p_limits_or_default (limits);
  if (length == 0)
    bytes = (const guint8 *) "";
  /* A small input may grow to the floor whatever its ratio; nothing grows above the frame's limit. */
  cap = MIN (limits->frame, MAX (limits->ratio_floor, (guint64) limits->ratio * length));
  if (method == P2P_COMPRESSION_NONE)
    {
      if (length <= cap)
        return g_bytes_new (bytes, length);
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "%" G_GSIZE_FORMAT " bytes are more than the %" G_GUINT64_FORMAT " allowed", length, cap);
      return NULL;
    }

  p2p_output_init (&into, length * 4 + 64, cap, limits);
  if (!unpack (bytes, length, method, limits, &into, error))
    return NULL;
  return p2p_output_finish (&into, error);
}

/**
 * p2p_compress:
 * @bytes: what to compress
 * @method: the method
 * @error: return location for a #GError
 *
 * Compresses bytes. The same input gives the same output: a gzip header carries no time.
 *
 * Returns: (transfer full): the compressed bytes, or %NULL with %P2P_WIRE_ERROR_UNKNOWN_COMPRESSION when the method is
 *   not in this build
 */
GBytes *
p2p_compress (GBytes         *bytes,
              P2pCompression  method,
              GError        **error)
{
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (method == P2P_COMPRESSION_NONE)
    return g_bytes_ref (bytes);
  data = g_bytes_get_data (bytes, &length);
  return p2p_compress_raw (data, length, method, error);
}

/**
 * p2p_decompress:
 * @bytes: what @method made
 * @method: the method
 * @limits: (nullable): how large the output may be; %NULL for the defaults
 * @error: return location for a #GError
 *
 * Decompresses bytes. It stops as soon as the output passes the limits of size or ratio. Input that is cut short, and
 * bytes after its end, are errors.
 *
 * Returns: (transfer full): the bytes, or %NULL with %P2P_WIRE_ERROR_COMPRESSION, %P2P_WIRE_ERROR_TOO_LARGE,
 *   %P2P_WIRE_ERROR_MEMORY or %P2P_WIRE_ERROR_UNKNOWN_COMPRESSION
 */
GBytes *
p2p_decompress (GBytes           *bytes,
                P2pCompression    method,
                const P2pLimits  *limits,
                GError          **error)
{
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  return p2p_decompress_raw (data, length, method, limits, error);
}

gsize
p2p_ordered_intersection (const guint8 *a,
                          gsize         n_a,
                          const guint8 *b,
                          gsize         n_b,
                          guint8       *out)
{
  gsize n = 0;

  for (gsize i = 0; i < n_a; i++)
    if (n_b > 0 && memchr (b, a[i], n_b) != NULL)
      out[n++] = a[i];
  return n;
}
