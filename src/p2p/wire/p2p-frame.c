/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-frame-private.h"

#include <string.h>

#include "p2p-compression-private.h"
#include "p2p-digest.h"
#include "p2p-limits-private.h"

gboolean
p2p_frame_is_plain (const guint8 *body,
                    gsize         length)
{
  guint8 digest[P2P_SHA256_LENGTH];

  if (length < P2P_FRAME_ID_LENGTH)
    return FALSE;
  p2p_sha256 (body + P2P_FRAME_ID_LENGTH, length - P2P_FRAME_ID_LENGTH, digest);
  return memcmp (digest, body, P2P_FRAME_ID_LENGTH) == 0;
}

gboolean
p2p_frame_check_length (guint64          length,
                        const P2pLimits *limits,
                        GError         **error)
{
  limits = p2p_limits_or_default (limits);
  if (length <= limits->frame)
    return TRUE;
  g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
               "A frame of %" G_GUINT64_FORMAT " bytes is larger than the limit of %u", length, limits->frame);
  return FALSE;
}

/**
 * p2p_frame_sanitize:
 * @frame: a frame
 * @sizeless: whether the four bytes of length are missing from it
 * @limits: (nullable): limits, or %NULL for the defaults
 * @error: return location for a #GError
 *
 * Takes the length off a frame, after checking that it is right.
 *
 * Returns: (transfer full): the frame's body, or %NULL with %P2P_WIRE_ERROR_HEADER or %P2P_WIRE_ERROR_TOO_LARGE
 */
GBytes *
p2p_frame_sanitize (GBytes           *frame,
                    gboolean          sizeless,
                    const P2pLimits  *limits,
                    GError          **error)
{
  const guint8 *bytes;
  gsize length;
  guint32 announced;

  g_return_val_if_fail (frame != NULL, NULL);

  bytes = g_bytes_get_data (frame, &length);
  if (sizeless)
    return p2p_frame_check_length (length, limits, error) ? g_bytes_ref (frame) : NULL;

  if (length < P2P_FRAME_HEADER_LENGTH)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_HEADER,
                   "%" G_GSIZE_FORMAT " bytes are too few for the length of a frame", length);
      return NULL;
    }
  announced = (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
  if (!p2p_frame_check_length (announced, limits, error))
    return NULL;
  if (announced != length - P2P_FRAME_HEADER_LENGTH)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_HEADER,
                   "The frame announces %u bytes and has %" G_GSIZE_FORMAT, announced, length - P2P_FRAME_HEADER_LENGTH);
      return NULL;
    }
  return g_bytes_new_from_bytes (frame, P2P_FRAME_HEADER_LENGTH, announced);
}

/* What it was decoded to when the checksum is right, NULL otherwise; too_large keeps the first refusal by a limit. */
static GBytes *
try_method (const guint8    *body,
            gsize            length,
            P2pCompression   method,
            const P2pLimits *limits,
            GError         **refusal)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) plain = p2p_decompress_raw (body, length, method, limits, &local_error);
  gsize plain_length;
  const guint8 *bytes;

  if (plain == NULL)
    {
      if (*refusal == NULL && (g_error_matches (local_error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE) ||
                               g_error_matches (local_error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_MEMORY)))
        *refusal = g_steal_pointer (&local_error);
      return NULL;
    }
  bytes = g_bytes_get_data (plain, &plain_length);
  return p2p_frame_is_plain (bytes, plain_length) ? g_steal_pointer (&plain) : NULL;
}

GBytes *
p2p_frame_unpack (const guint8    *body,
                  gsize            length,
                  const guint8    *methods,
                  gsize            n_methods,
                  const P2pLimits *limits,
                  P2pCompression  *used,
                  gboolean        *failed,
                  GError         **error)
{
  g_autoptr (GError) refusal = NULL;
  gboolean tried = FALSE;
  gsize n_known;
  const guint8 *known = p2p_get_compression_methods (&n_known);

  for (gsize i = 0; i < n_methods + n_known; i++)
    {
      gboolean given = i < n_methods;
      guint8 method = given ? methods[i] : known[i - n_methods];
      g_autoptr (GBytes) plain = NULL;

      if (!p2p_compression_is_supported (method) || method == P2P_COMPRESSION_NONE)
        continue;
      /* Each one once: a list that names a method many times must not make us work as often. */
      if (memchr (methods != NULL ? methods : known, method, given ? i : n_methods) != NULL)
        continue;
      plain = try_method (body, length, method, limits, &refusal);
      if (plain != NULL)
        {
          *used = method;
          *failed = tried;
          return g_steal_pointer (&plain);
        }
      tried |= given;
    }

  *failed = tried;
  if (refusal != NULL)
    g_propagate_error (error, g_steal_pointer (&refusal));
  else
    g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_CHECKSUM,
                 "A frame of %" G_GSIZE_FORMAT " bytes is not what its checksum says, neither plain nor decompressed", length);
  return NULL;
}

/**
 * p2p_frame_decompress:
 * @body: a frame's body
 * @methods: (array length=n_methods) (nullable): the methods that the sender may have used, in order
 * @n_methods: how many
 * @limits: (nullable): limits, or %NULL for the defaults
 * @used: (out) (optional): which method it was
 * @failed: (out) (optional): whether a method of @methods was tried in vain
 * @error: return location for a #GError
 *
 * Undoes the compression of a frame's body. Nothing on the wire says which method was used, so the checksum decides: the
 * body as it is comes first, then each of @methods, then every other method of this build.
 *
 * Returns: (transfer full): the plain body, that is, the message's id and the serialised message; or %NULL with
 *   %P2P_WIRE_ERROR_CHECKSUM, or with %P2P_WIRE_ERROR_TOO_LARGE when that was why
 */
GBytes *
p2p_frame_decompress (GBytes           *body,
                      const guint8     *methods,
                      gsize             n_methods,
                      const P2pLimits  *limits,
                      P2pCompression   *used,
                      gboolean         *failed,
                      GError          **error)
{
  P2pCompression ignored_method;
  gboolean ignored_failed;
  const guint8 *bytes;
  gsize length;

  g_return_val_if_fail (body != NULL, NULL);
  g_return_val_if_fail (methods != NULL || n_methods == 0, NULL);

  used = used != NULL ? used : &ignored_method;
  failed = failed != NULL ? failed : &ignored_failed;
  *used = P2P_COMPRESSION_NONE;
  *failed = FALSE;

  bytes = g_bytes_get_data (body, &length);
  if (!p2p_frame_check_length (length, limits, error))
    return NULL;
  if (p2p_frame_is_plain (bytes, length))
    return g_bytes_ref (body);
  return p2p_frame_unpack (bytes, length, methods, n_methods, limits, used, failed, error);
}

/**
 * p2p_frame_build:
 * @plain: a plain body, that is, a message's id and the serialised message
 * @method: how to compress it
 * @error: return location for a #GError
 *
 * Makes a frame: compresses the body and puts its length before it.
 *
 * Returns: (transfer full): the frame, or %NULL with %P2P_WIRE_ERROR_TOO_LARGE or %P2P_WIRE_ERROR_UNKNOWN_COMPRESSION
 */
GBytes *
p2p_frame_build (GBytes          *plain,
                 P2pCompression   method,
                 GError         **error)
{
  g_autoptr (GBytes) body = NULL;
  const guint8 *bytes;
  guint8 *frame;
  gsize length;

  g_return_val_if_fail (plain != NULL, NULL);

  body = p2p_compress (plain, method, error);
  if (body == NULL)
    return NULL;
  bytes = g_bytes_get_data (body, &length);
  if (length > G_MAXUINT32)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE,
                   "%" G_GSIZE_FORMAT " bytes are too many for one frame", length);
      return NULL;
    }

  frame = g_malloc (P2P_FRAME_HEADER_LENGTH + length);
  frame[0] = (guint8) (length >> 24);
  frame[1] = (guint8) (length >> 16);
  frame[2] = (guint8) (length >> 8);
  frame[3] = (guint8) length;
  if (length > 0)
    memcpy (frame + P2P_FRAME_HEADER_LENGTH, bytes, length);
  return g_bytes_new_take (frame, P2P_FRAME_HEADER_LENGTH + length);
}
