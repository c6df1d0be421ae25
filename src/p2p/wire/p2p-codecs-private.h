/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include "p2p-compression.h"

G_BEGIN_DECLS

/*
 * Internal: where a decoder writes. It grows by doubling, up to one byte above the cap: a decoder that fills that byte
 * has too much.
 */
typedef struct {
  guint8 *bytes;
  gsize length;
  gsize size;
  gsize cap;
  const P2pLimits *limits;      /* which say where memory comes from */
} P2pOutput;

void     p2p_output_init   (P2pOutput *self, gsize expected, gsize cap, const P2pLimits *limits);
/* Room for so many bytes in all. FALSE and P2P_WIRE_ERROR_MEMORY when there is none. */
gboolean p2p_output_reserve (P2pOutput *self, gsize size, GError **error);
/* Room for at least one byte at bytes + length; FALSE and P2P_WIRE_ERROR_TOO_LARGE when the cap is passed, or _MEMORY. */
gboolean p2p_output_extend (P2pOutput *self, GError **error);
void     p2p_output_clear  (P2pOutput *self);
/* Frees self's bytes when it returns NULL. */
GBytes  *p2p_output_finish (P2pOutput *self, GError **error);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (P2pOutput, p2p_output_clear)

/* Refusals in the same words for each codec. They return FALSE. */
gboolean p2p_codec_refuse_data     (const char *name, const char *why, GError **error);
gboolean p2p_codec_refuse_end      (const char *name, GError **error);
gboolean p2p_codec_refuse_trailing (const char *name, gsize n, GError **error);

GBytes  *p2p_codec_zlib_compress     (const guint8 *bytes, gsize length, gboolean gzip, GError **error);
gboolean p2p_codec_zlib_decompress   (const guint8 *bytes, gsize length, gboolean gzip, P2pOutput *into, GError **error);
GBytes  *p2p_codec_bz2_compress      (const guint8 *bytes, gsize length, GError **error);
gboolean p2p_codec_bz2_decompress    (const guint8 *bytes, gsize length, P2pOutput *into, GError **error);
GBytes  *p2p_codec_lzma_compress     (const guint8 *bytes, gsize length, GError **error);
gboolean p2p_codec_lzma_decompress   (const guint8 *bytes, gsize length, guint64 memory, P2pOutput *into, GError **error);
GBytes  *p2p_codec_snappy_compress   (const guint8 *bytes, gsize length, GError **error);
gboolean p2p_codec_snappy_decompress (const guint8 *bytes, gsize length, P2pOutput *into, GError **error);

G_END_DECLS
