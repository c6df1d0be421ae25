/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>

#include "p2p/wire/p2p-compression.h"
#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-frame.h"
#include "vectors.h"

static Bytes
make_plain (gsize length)
{
  Bytes plain (P2P_FRAME_ID_LENGTH + length, 'p');

  p2p_sha256 (plain.data () + P2P_FRAME_ID_LENGTH, length, plain.data ());
  return plain;
}

static Bytes
make_frame (const Bytes &plain, P2pCompression method)
{
  Failure failure;
  Blob frame = own (p2p_frame_build (to_blob (plain).get (), method, &failure));

  EXPECT_TRUE (frame) << failure;
  return to_vector (frame.get ());
}

static Bytes
make_body (const Bytes &plain, P2pCompression method)
{
  Bytes frame = make_frame (plain, method);

  return Bytes (frame.begin () + P2P_FRAME_HEADER_LENGTH, frame.end ());
}

static bool
sanitize (const Bytes &frame, bool sizeless, const P2pLimits *limits, Bytes *body, GError **error)
{
  Blob result = own (p2p_frame_sanitize (to_blob (frame).get (), sizeless, limits, error));

  if (result && body != nullptr)
    *body = to_vector (result.get ());
  return (bool) result;
}

TEST (Frame, LengthIsBigEndianAndCountsWhatFollows)
{
  Bytes plain = make_plain (0x1234);
  Bytes frame = make_frame (plain, P2P_COMPRESSION_NONE);
  Bytes body;
  Failure failure;

  EXPECT_EQ (to_hex (frame.data (), 4), "00001254");
  ASSERT_TRUE (sanitize (frame, false, nullptr, &body, &failure)) << failure;
  EXPECT_EQ (body, plain);
  ASSERT_TRUE (sanitize (plain, true, nullptr, &body, &failure)) << failure;
  EXPECT_EQ (body, plain);
}

TEST (Frame, AWrongLengthIsAHeaderError)
{
  Bytes frame = make_frame (make_plain (10), P2P_COMPRESSION_NONE);
  Failure failure;

  for (gsize length = 0; length < frame.size (); length++)
    {
      EXPECT_FALSE (sanitize (Bytes (frame.begin (), frame.begin () + length), false, nullptr, nullptr, &failure)) << length;
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_HEADER)) << length << failure;
    }
  frame.push_back (0);
  EXPECT_FALSE (sanitize (frame, false, nullptr, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_HEADER)) << failure;
}

TEST (Frame, TheLimitIsOnTheBody)
{
  Bytes plain = make_plain (100);
  Bytes frame = make_frame (plain, P2P_COMPRESSION_NONE);
  Failure failure;
  P2pLimits limits;

  p2p_limits_init (&limits);
  for (gint over = 0; over < 2; over++)
    {
      limits.frame = (guint32) plain.size () - (guint32) over;
      EXPECT_EQ (sanitize (frame, false, &limits, nullptr, &failure), over == 0) << failure;
      EXPECT_EQ (sanitize (plain, true, &limits, nullptr, &failure), over == 0) << failure;
      EXPECT_EQ ((bool) own (p2p_frame_decompress (to_blob (plain).get (), nullptr, 0, &limits, nullptr, nullptr, &failure)),
                 over == 0);
      if (over)
        {
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
        }
    }
  /* The announced length is refused by itself: nobody waits for 4 GiB to come. */
  EXPECT_FALSE (sanitize ({ 0xff, 0xff, 0xff, 0xff, 0 }, false, nullptr, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
}

struct Decoded
{
  bool ok;
  P2pCompression used;
  gboolean failed;
};

static Decoded
decode (const Bytes &body, const Bytes &methods, GError **error = nullptr)
{
  Decoded result { false, (P2pCompression) -1, 2 };
  Blob plain = own (p2p_frame_decompress (to_blob (body).get (), methods.data (), methods.size (), nullptr, &result.used,
                                          &result.failed, error));

  result.ok = (bool) plain;
  return result;
}

TEST (Frame, TheChecksumFindsTheMethod)
{
  Bytes plain = make_plain (500);
  gsize n;
  const guint8 *known = p2p_get_compression_methods (&n);

  /* Plain is taken at once, whatever was agreed: that is how handshakes pass. */
  Decoded raw = decode (plain, { P2P_COMPRESSION_ZLIB, P2P_COMPRESSION_BZ2 });
  EXPECT_TRUE (raw.ok);
  EXPECT_EQ (raw.used, P2P_COMPRESSION_NONE);
  EXPECT_FALSE (raw.failed);

  for (gsize i = 0; i < n; i++)
    {
      Bytes body = make_body (plain, (P2pCompression) known[i]);
      guint8 other = known[(i + 1) % n];

      Decoded first = decode (body, { known[i] });
      EXPECT_TRUE (first.ok);
      EXPECT_EQ (first.used, known[i]);
      EXPECT_FALSE (first.failed);

      Decoded second = decode (body, { other, known[i] });
      EXPECT_TRUE (second.ok);
      EXPECT_EQ (second.used, known[i]);
      EXPECT_TRUE (second.failed);

      Decoded fallback = decode (body, { other });
      EXPECT_TRUE (fallback.ok);
      EXPECT_EQ (fallback.used, known[i]);
      EXPECT_TRUE (fallback.failed);

      Decoded nothing = decode (body, {});
      EXPECT_TRUE (nothing.ok);
      EXPECT_EQ (nothing.used, known[i]);
      EXPECT_FALSE (nothing.failed);
    }
}

TEST (Frame, UnknownAndRepeatedMethodsAreSkipped)
{
  Bytes body = make_body (make_plain (500), P2P_COMPRESSION_GZIP);
  Bytes methods (1000, P2P_COMPRESSION_ZLIB);

  methods.insert (methods.begin (), { 0x00, 0x14, 0xff });
  methods.push_back (P2P_COMPRESSION_GZIP);
  Decoded result = decode (body, methods);
  EXPECT_TRUE (result.ok);
  EXPECT_EQ (result.used, P2P_COMPRESSION_GZIP);
  EXPECT_TRUE (result.failed);
}

TEST (Frame, NothingFitsIsAChecksumError)
{
  Bytes plain = make_plain (50);
  Failure failure;

  plain[40] ^= 1;
  for (const Bytes &body : { plain, Bytes (), Bytes (31, 0), Bytes (32, 0), make_body (plain, P2P_COMPRESSION_ZLIB) })
    {
      Decoded result = decode (body, { P2P_COMPRESSION_ZLIB }, &failure);

      EXPECT_FALSE (result.ok);
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_CHECKSUM)) << failure;
      EXPECT_TRUE (result.failed);
      EXPECT_FALSE (decode (body, {}, &failure).failed);
    }
}

TEST (Frame, ABombIsCalledTooLarge)
{
  gsize n;
  const guint8 *known = p2p_get_compression_methods (&n);

  for (gsize i = 0; i < n; i++)
    {
      Failure failure;

      EXPECT_FALSE (decode (make_body (make_plain (8u << 20), (P2pCompression) known[i]), { known[i] }, &failure).ok);
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
    }
}

TEST (Frame, BuildRefusesAnUnknownMethod)
{
  Failure failure;

  EXPECT_FALSE (own (p2p_frame_build (to_blob (make_plain (1)).get (), (P2pCompression) 0x99, &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_UNKNOWN_COMPRESSION)) << failure;
}

TEST (Frame, TheEmptyBodyIsAFrame)
{
  EXPECT_EQ (to_hex (make_frame (make_plain (0), P2P_COMPRESSION_NONE)),
             "00000020e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
