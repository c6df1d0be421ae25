/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <random>

#include "p2p/wire/p2p-base58.h"
#include "vectors.h"

static std::string
encode (const Bytes &bytes)
{
  Failure failure;
  Text text = own (p2p_base58_encode_bytes (bytes.data (), bytes.size (), &failure));

  return text ? text.get () : failure.text ();
}

static Bytes
decode (const std::string &text)
{
  Failure failure;
  Blob bytes = own (p2p_base58_decode_bytes (text.c_str (), &failure));

  EXPECT_TRUE (bytes) << failure;
  return bytes ? to_vector (bytes.get ()) : Bytes ();
}

class Base58 : public testing::TestWithParam<Vector> {};

TEST_P (Base58, BothWays)
{
  Bytes integer = from_decimal (GetParam ().text ("int"));
  std::string text = GetParam ().text ("base58");

  EXPECT_EQ (encode (integer), text);
  EXPECT_EQ (to_hex (decode (text)), to_hex (integer));
  EXPECT_TRUE (p2p_base58_is_valid (text.c_str (), text.size ()));
  if (integer.size () <= 8)
    {
      guint64 value = g_ascii_strtoull (GetParam ().text ("int").c_str (), nullptr, 10);
      guint64 decoded = 0;

      EXPECT_EQ (own (p2p_base58_encode_uint64 (value)).get (), text);
      EXPECT_TRUE (p2p_base58_decode_uint64 (text.c_str (), &decoded, nullptr));
      EXPECT_EQ (decoded, value);
    }
}

INSTANTIATE_TEST_SUITE_P (Golden, Base58, testing::ValuesIn (load_vectors ("base58.json", "vectors")),
                          case_name);

class BigEndian : public testing::TestWithParam<Vector> {};

/* The originals' packing of integers into so many bytes is what decode_fixed() does at the end of base58. */
TEST_P (BigEndian, FillsTheBytes)
{
  gsize length = (gsize) GetParam ().integer ("len");
  Bytes packed = from_hex (GetParam ().text ("hex"));
  Bytes out (length + 4, 0xaa);
  Failure failure;

  ASSERT_TRUE (p2p_base58_decode_fixed (encode (packed).c_str (), out.data (), length, &failure)) << failure;
  EXPECT_EQ (to_hex (out), GetParam ().text ("hex") + "aaaaaaaa");
}

INSTANTIATE_TEST_SUITE_P (Golden, BigEndian, testing::ValuesIn (load_vectors ("utils-py2p-0.7.870.json", "pack_value")),
                          case_name);

TEST (Base58, LeadingZerosDoNotCount)
{
  EXPECT_EQ (encode ({}), "1");
  EXPECT_EQ (encode ({ 0, 0, 0 }), "1");
  EXPECT_EQ (encode ({ 0, 0, 58 }), "21");
  EXPECT_EQ (encode (Bytes (200, 0)), "1");
  EXPECT_TRUE (decode ("1").empty ());
  EXPECT_TRUE (decode ("1111").empty ());
  EXPECT_EQ (decode ("1121"), Bytes { 58 });
}

TEST (Base58, RandomIntegersOfEveryLengthSurvive)
{
  std::mt19937 random (58);

  for (gsize length = 1; length <= P2P_BASE58_MAX_BYTES; length++)
    for (gint round = 0; round < 20; round++)
      {
        Bytes bytes (length);
        for (guint8 &byte : bytes)
          byte = (guint8) random ();
        bytes[0] |= 1;

        std::string text = encode (bytes);
        EXPECT_EQ (to_hex (decode (text)), to_hex (bytes));
        EXPECT_LE (text.size (), (gsize) P2P_BASE58_MAX_CHARS);
        Bytes wide (P2P_BASE58_MAX_BYTES + 3);
        EXPECT_TRUE (p2p_base58_decode_fixed (text.c_str (), wide.data (), wide.size (), nullptr));
        EXPECT_EQ (to_hex (wide), std::string (2 * (wide.size () - length), '0') + to_hex (bytes));
        if (length > 1)
          {
            EXPECT_FALSE (p2p_base58_decode_fixed (text.c_str (), wide.data (), length - 1, nullptr));
          }
      }
}

TEST (Base58, TheWidestIntegerIsTheLimit)
{
  std::string widest = encode (Bytes (64, 0xff));
  Failure failure;

  EXPECT_EQ (widest.size (), 88u);
  EXPECT_TRUE (p2p_base58_is_valid (widest.c_str (), widest.size ()));

  Bytes over (65, 0);
  over[0] = 1;
  EXPECT_FALSE (own (p2p_base58_encode_bytes (over.data (), over.size (), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_BASE58)) << failure;

  std::string next = widest;
  next.back ()++;
  EXPECT_FALSE (p2p_base58_is_valid (next.c_str (), next.size ()));
  EXPECT_FALSE (own (p2p_base58_decode_bytes (next.c_str (), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_BASE58)) << failure;

  EXPECT_TRUE (p2p_base58_is_valid (std::string (87, 'z').c_str (), 87));
  EXPECT_FALSE (p2p_base58_is_valid (std::string (88, 'z').c_str (), 88));
  EXPECT_FALSE (p2p_base58_is_valid (std::string (89, '1').c_str (), 89));
  EXPECT_FALSE (own (p2p_base58_decode_bytes (std::string (1 << 20, '1').c_str (), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_BASE58)) << failure;
}

TEST (Base58, OtherTextsAreRefused)
{
  for (const char *text : { "", "0", "O", "I", "l", "+1", " 1", "1 ", "1\n", "é", "\xff\xff", "1\x7f", "-2" })
    {
      Failure failure;
      guint64 value;
      guint8 bytes[8];

      EXPECT_FALSE (own (p2p_base58_decode_bytes (text, &failure))) << text;
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_BASE58)) << failure;
      EXPECT_FALSE (p2p_base58_decode_uint64 (text, &value, &failure)) << text;
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_BASE58)) << failure;
      EXPECT_FALSE (p2p_base58_decode_fixed (text, bytes, sizeof bytes, nullptr)) << text;
      EXPECT_FALSE (p2p_base58_is_valid (text, strlen (text))) << text;
    }
}

TEST (Base58, SixtyFourBitsIsTheLimitOfSmallNumbers)
{
  Failure failure;
  guint64 value = 0;

  EXPECT_TRUE (p2p_base58_decode_uint64 ("jpXCZedGfVQ", &value, &failure)) << failure;
  EXPECT_EQ (value, G_MAXUINT64);
  EXPECT_FALSE (p2p_base58_decode_uint64 ("jpXCZedGfVR", &value, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_BASE58)) << failure;
}
