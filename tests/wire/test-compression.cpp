/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <lzma.h>
#include <random>

#include "p2p/wire/p2p-compression-private.h"
#include "vectors.h"

static Bytes
compress (const Bytes &bytes, P2pCompression method)
{
  Failure failure;
  Blob packed = own (p2p_compress (to_blob (bytes).get (), method, &failure));

  EXPECT_TRUE (packed) << failure;
  return packed ? to_vector (packed.get ()) : Bytes ();
}

static Blob
decompress (const Bytes &bytes, P2pCompression method, const P2pLimits *limits, GError **error)
{
  return own (p2p_decompress (to_blob (bytes).get (), method, limits, error));
}

static std::vector<P2pCompression>
built_methods ()
{
  gsize n;
  const guint8 *methods = p2p_get_compression_methods (&n);
  std::vector<P2pCompression> all;

  for (gsize i = 0; i < n; i++)
    all.push_back ((P2pCompression) methods[i]);
  return all;
}

static std::string
method_name (const testing::TestParamInfo<P2pCompression> &info)
{
  return p2p_compression_get_name (info.param);
}

class Codec : public testing::TestWithParam<P2pCompression> {};

TEST_P (Codec, GivesBackWhatItTook)
{
  std::mt19937 random (1);

  for (gsize length : { 0, 1, 2, 31, 100, 1000, 65535, 65536, 300000 })
    for (gint kind = 0; kind < 3; kind++)
      {
        Bytes bytes (length);
        for (gsize i = 0; i < length; i++)
          bytes[i] = kind == 0 ? 'a' : kind == 1 ? "roundtable "[i % 11] : (guint8) random ();

        Failure failure;
        P2pLimits limits;
        p2p_limits_init (&limits);
        limits.ratio = 1u << 20;
        Blob again = decompress (compress (bytes, GetParam ()), GetParam (), &limits, &failure);
        ASSERT_TRUE (again) << failure << length;
        EXPECT_TRUE (to_vector (again.get ()) == bytes) << length;
      }
}

TEST_P (Codec, IsTheSameEachTime)
{
  Bytes bytes (5000, 'x');

  EXPECT_EQ (to_hex (compress (bytes, GetParam ())), to_hex (compress (bytes, GetParam ())));
}

TEST_P (Codec, CutShortIsAnError)
{
  Bytes packed = compress (Bytes (200, 'x'), GetParam ());

  for (gsize length = 0; length < packed.size (); length++)
    {
      Failure failure;
      Blob again = decompress (Bytes (packed.begin (), packed.begin () + length), GetParam (), nullptr, &failure);

      EXPECT_FALSE (again) << length;
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_COMPRESSION)) << length << failure;
    }
}

TEST_P (Codec, BytesAfterTheEndAreAnError)
{
  Bytes packed = compress (Bytes (200, 'x'), GetParam ());

  for (guint8 extra : { 0x00, 0x78, 0xff })
    {
      Failure failure;
      Bytes longer = packed;

      longer.push_back (extra);
      EXPECT_FALSE (decompress (longer, GetParam (), nullptr, &failure)) << (guint) extra;
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_COMPRESSION)) << failure;
    }
}

TEST_P (Codec, RandomBytesAreAnError)
{
  std::mt19937 random (7);

  for (gint round = 0; round < 200; round++)
    {
      Bytes bytes (40 + random () % 100);
      Failure failure;

      for (guint8 &byte : bytes)
        byte = (guint8) random ();
      Blob out = decompress (bytes, GetParam (), nullptr, &failure);
      EXPECT_TRUE (out || failure.is (P2P_WIRE_ERROR_COMPRESSION)) << failure;
    }
}

TEST_P (Codec, StopsAtTheFrameLimit)
{
  const gsize size = 2u << 20;
  Bytes packed = compress (Bytes (size, 0), GetParam ());
  Failure failure;
  P2pLimits limits;

  p2p_limits_init (&limits);
  limits.ratio = G_MAXUINT32;
  limits.frame = size;
  EXPECT_TRUE (decompress (packed, GetParam (), &limits, &failure)) << failure;
  limits.frame = size - 1;
  EXPECT_FALSE (decompress (packed, GetParam (), &limits, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
  limits.frame = 100;
  EXPECT_FALSE (decompress (packed, GetParam (), &limits, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
}

TEST_P (Codec, StopsAtTheRatioAboveTheFloor)
{
  P2pLimits limits;

  p2p_limits_init (&limits);
  limits.ratio = 2;
  for (gsize extra : { 0, 1 })
    {
      Failure failure;
      Blob out = decompress (compress (Bytes (limits.ratio_floor + extra, 'r'), GetParam ()), GetParam (), &limits, &failure);

      EXPECT_EQ ((bool) out, extra == 0) << failure;
      if (extra != 0)
        {
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
        }
    }
}

TEST_P (Codec, ABombStopsAtTheDefaults)
{
  /* All of these unpack to 16 MiB. snappy cannot go below a twentieth, so there it is the frame's limit that stops it. */
  Bytes bomb = compress (Bytes (16u << 20, 0), GetParam ());
  Failure failure;

  EXPECT_FALSE (decompress (bomb, GetParam (), nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
}

INSTANTIATE_TEST_SUITE_P (Built, Codec, testing::ValuesIn (built_methods ()), method_name);

TEST (Compression, MethodsAreInOurOrder)
{
  std::vector<P2pCompression> methods = built_methods ();
  std::vector<P2pCompression> expected = { P2P_COMPRESSION_ZLIB, P2P_COMPRESSION_GZIP, P2P_COMPRESSION_BZ2, P2P_COMPRESSION_LZMA };
  gsize n;

  if (p2p_compression_is_supported (P2P_COMPRESSION_SNAPPY))
    expected.insert (expected.begin (), P2P_COMPRESSION_SNAPPY);
  EXPECT_EQ (methods, expected);
  EXPECT_EQ (p2p_get_compression_methods (&n)[methods.size ()], 0);
  EXPECT_EQ (p2p_get_compression_methods (nullptr), p2p_get_compression_methods (&n));
}

TEST (Compression, NamesGoBothWays)
{
  for (P2pCompression method : built_methods ())
    {
      P2pCompression found = P2P_COMPRESSION_NONE;
      Failure failure;

      ASSERT_TRUE (p2p_compression_from_name (p2p_compression_get_name (method), &found, &failure)) << failure;
      EXPECT_EQ (found, method);
      EXPECT_TRUE (p2p_compression_is_supported (method));
    }
  EXPECT_TRUE (p2p_compression_is_supported (P2P_COMPRESSION_NONE));
  EXPECT_STREQ (p2p_compression_get_name (P2P_COMPRESSION_SNAPPY), "snappy");
}

TEST (Compression, UnknownMethodsAreTheirOwnError)
{
  const P2pCompression unknown = (P2pCompression) 0x14;         /* bwtc: a reserved name without an implementation */
  P2pCompression found;
  Failure failure;

  EXPECT_EQ (p2p_compression_get_name (unknown), nullptr);
  EXPECT_FALSE (p2p_compression_is_supported (unknown));
  EXPECT_FALSE (p2p_compression_from_name ("bwtc", &found, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_UNKNOWN_COMPRESSION)) << failure;
  EXPECT_FALSE (own (p2p_compress (to_blob ({ 1 }).get (), unknown, &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_UNKNOWN_COMPRESSION)) << failure;
  EXPECT_FALSE (decompress ({ 1 }, unknown, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_UNKNOWN_COMPRESSION)) << failure;
}

TEST (Compression, NoneIsTheBytesThemselves)
{
  Failure failure;
  P2pLimits limits;

  p2p_limits_init (&limits);
  limits.frame = 3;
  EXPECT_EQ (compress ({ 1, 2, 3 }, P2P_COMPRESSION_NONE), (Bytes { 1, 2, 3 }));
  EXPECT_TRUE (decompress ({ 1, 2, 3 }, P2P_COMPRESSION_NONE, &limits, &failure)) << failure;
  EXPECT_FALSE (decompress ({ 1, 2, 3, 4 }, P2P_COMPRESSION_NONE, &limits, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
}

TEST (Compression, GzipCarriesNoTime)
{
  Bytes packed = compress (Bytes (100, 'x'), P2P_COMPRESSION_GZIP);

  ASSERT_GT (packed.size (), 10u);
  EXPECT_EQ (to_hex (packed.data (), 8), "1f8b080000000000");
}

TEST (Compression, ZlibAndGzipAreNotEachOther)
{
  Failure failure;

  EXPECT_FALSE (decompress (compress (Bytes (100, 'x'), P2P_COMPRESSION_GZIP), P2P_COMPRESSION_ZLIB, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_COMPRESSION)) << failure;
  EXPECT_FALSE (decompress (compress (Bytes (100, 'x'), P2P_COMPRESSION_ZLIB), P2P_COMPRESSION_GZIP, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_COMPRESSION)) << failure;
}

/* What a peer with other settings sends. */
static Bytes
make_xz (guint32 preset)
{
  Bytes input (1000, 'x');
  Bytes out (4096);
  gsize size = 0;

  EXPECT_EQ (lzma_easy_buffer_encode (preset, LZMA_CHECK_CRC64, nullptr, input.data (), input.size (), out.data (), &size, out.size ()),
             LZMA_OK);
  out.resize (size);
  return out;
}

TEST (Compression, LzmaTakesTheUsualPresetsAndBoundsItsMemory)
{
  Failure failure;

  for (guint32 preset = 0; preset <= 6; preset++)
    EXPECT_TRUE (decompress (make_xz (preset), P2P_COMPRESSION_LZMA, nullptr, &failure)) << preset << failure;
  /* 64 MiB of dictionary */
  EXPECT_FALSE (decompress (make_xz (9), P2P_COMPRESSION_LZMA, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;

  P2pLimits limits;
  p2p_limits_init (&limits);
  limits.lzma_memory = 128 * 1024 * 1024;
  EXPECT_TRUE (decompress (make_xz (9), P2P_COMPRESSION_LZMA, &limits, &failure)) << failure;
  limits.lzma_memory = 1024 * 1024;
  EXPECT_FALSE (decompress (make_xz (6), P2P_COMPRESSION_LZMA, &limits, &failure));
}

TEST (Compression, ASnappyLengthThatLiesReservesNothing)
{
  Failure failure;

  if (!p2p_compression_is_supported (P2P_COMPRESSION_SNAPPY))
    GTEST_SKIP () << "this build has no snappy";
  /* Announces 4 GiB - 1, and has nothing of it: malformed rather than too large. */
  EXPECT_FALSE (decompress ({ 0xff, 0xff, 0xff, 0xff, 0x0f }, P2P_COMPRESSION_SNAPPY, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_COMPRESSION)) << failure;
}
