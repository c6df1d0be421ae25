/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MessagePack and GVariants, and the text of values. */
#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "p2p/wire/p2p-value.h"
#include "vectors.h"

static Value
unpack (const Bytes &bytes, GError **error = nullptr)
{
  return take (p2p_value_unpack (bytes.data (), bytes.size (), nullptr, error));
}

static std::string
unpack_hex (const std::string &hex)
{
  Failure failure;
  Value value = unpack (from_hex (hex), &failure);

  return value ? show (value.get ()) : failure.text ();
}

static GVariant *
parse_text (const char *text)
{
  GVariant *value = g_variant_parse (nullptr, text, nullptr, nullptr, nullptr);

  EXPECT_TRUE (value != nullptr) << text;
  return value;
}

TEST (Value, EachTypeOfTheWireHasAForm)
{
  EXPECT_EQ (unpack_hex ("c0"), "()");
  EXPECT_EQ (unpack_hex ("c3"), "true");
  EXPECT_EQ (unpack_hex ("ff"), "int64 -1");
  EXPECT_EQ (unpack_hex ("cf7fffffffffffffff"), "int64 9223372036854775807");
  EXPECT_EQ (unpack_hex ("cf8000000000000000"), "uint64 9223372036854775808");
  EXPECT_EQ (unpack_hex ("ca3fc00000"), "1.5");
  EXPECT_EQ (unpack_hex ("cb3ff0000000000000"), "1.0");
  EXPECT_EQ (unpack_hex ("a3616263"), "'abc'");
  for (const char *hex : { "a0", "d900", "da0000", "db00000000" })
    EXPECT_EQ (unpack_hex (hex), "''");
  EXPECT_EQ (unpack_hex ("81d90001"), "{'': <int64 1>}");
  EXPECT_EQ (unpack_hex ("c403616263"), "[byte 0x61, 0x62, 0x63]");
  EXPECT_EQ (unpack_hex ("c400"), "@ay []");
  EXPECT_EQ (unpack_hex ("90"), "@av []");
  EXPECT_EQ (unpack_hex ("9201a161"), "[<int64 1>, <'a'>]");
  EXPECT_EQ (unpack_hex ("80"), "@a{sv} {}");
  EXPECT_EQ (unpack_hex ("82a16101a16202"), "{'a': <int64 1>, 'b': <int64 2>}");
  EXPECT_EQ (unpack_hex ("810102"), "[(<int64 1>, <int64 2>)]");
}

TEST (Value, WhatGVariantHasNoTypeForIsKept)
{
  EXPECT_EQ (unpack_hex ("a3610062"), "([byte 0x61, 0x00, 0x62],)");
  EXPECT_EQ (unpack_hex ("a1ff"), "([byte 0xff],)");
  EXPECT_EQ (unpack_hex ("d4057f"), "(byte 0x05, [byte 0x7f])");
  EXPECT_EQ (unpack_hex ("d4ff7f"), "(byte 0xff, [byte 0x7f])");
  EXPECT_EQ (unpack_hex ("c70005"), "(byte 0x05, @ay [])");
  /* two equal keys; a key that is no text; keys of two types */
  EXPECT_EQ (unpack_hex ("82a16101a16102"), "[(<'a'>, <int64 1>), (<'a'>, <int64 2>)]");
  EXPECT_EQ (unpack_hex ("81a1ff01"), "[(<([byte 0xff],)>, <int64 1>)]");
  EXPECT_EQ (unpack_hex ("82a16101c4016102"), "[(<'a'>, <int64 1>), (<[byte 0x61]>, <int64 2>)]");
}

TEST (Value, KeysThatBeginAlikeAreDifferent)
{
  EXPECT_EQ (unpack_hex ("83a0" "01" "a161" "02" "a26161" "03"), "{'': <int64 1>, 'a': <int64 2>, 'aa': <int64 3>}");
}

TEST (Value, TheKeptFormsGoBack)
{
  for (const char *hex : { "c0", "c2", "00", "7f", "cc80", "cd0100", "ce00010000", "cf0000000100000000", "cfffffffffffffffff", "e0",
                           "d0df", "d1ff7f", "d2ffff7fff", "d3ffffffff7fffffff", "cb3ff8000000000000", "cb7ff8000000000000", "a0",
                           "a3610062", "a1ff", "c400", "c401ff", "d40500", "d50500ff", "d605010203ff", "c70305010203", "c70005", "d4ff00",
                           "d80501020304050607080910111213141516", "90", "9190", "80", "82a16101a16102", "810102", "81c4016b01",
                           "8181c001c3" })
    {
      Failure failure;
      Value value = unpack (from_hex (hex), &failure);

      ASSERT_TRUE (value) << hex << failure;
      EXPECT_EQ (to_hex (pack (value.get ())), hex);
    }
}

TEST (Value, OtherTypesArePackedAsTheNearest)
{
  const std::pair<const char *, const char *> cases[] = {
    { "byte 200", "ccc8" }, { "int16 -1", "ff" }, { "uint16 300", "cd012c" }, { "int32 5", "05" }, { "uint32 70000", "ce00011170" },
    { "uint64 5", "05" }, { "handle 3", "03" }, { "objectpath '/a'", "a22f61" }, { "signature 'av'", "a26176" },
    { "<<<'deep'>>>", "a464656570" }, { "@mi nothing", "c0" }, { "@mi 5", "05" }, { "@mms just nothing", "c0" },
    { "['a', 'b']", "92a161a162" }, { "[1, 2]", "920102" }, { "@as []", "90" }, { "(1, 'a', true)", "9301a161c3" },
    { "@ay [0x01]", "c40101" }, { "{'k': 1}", "81a16b01" }, { "{1: 'a'}", "8101a161" }, { "{byte 1: <()>}", "8101c0" },
    { "@a{ss} {}", "80" }, { "[(1, 2)]", "91920102" }, { "@a(vv) []", "80" }, { "((),)", "91c0" }, { "(byte 1,)", "9101" },
    { "[[byte 1], [2]]", "92c40101c40102" }, { "[<1>, <'a'>]", "9201a161" }, { "1.0", "cb3ff0000000000000" },
  };

  for (const auto &[text, hex] : cases)
    EXPECT_EQ (to_hex (pack (parse_text (text))), hex) << text;
}

TEST (Value, ABareEntryHasNoForm)
{
  Failure failure;
  GByteArray *into = g_byte_array_new ();

  g_byte_array_append (into, (const guint8 *) "x", 1);
  EXPECT_FALSE (p2p_value_pack (parse_text ("[<'before'>, <{'k', 1}>]"), into, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
  EXPECT_EQ (into->len, 1u) << "a failure must leave nothing behind";
  EXPECT_FALSE (p2p_packets_serialise (parse_text ("[<'before'>, <{'k', 1}>]"), into, nullptr, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
  EXPECT_EQ (into->len, 1u);
  g_byte_array_unref (into);
}

TEST (Value, VariantsInVariantsAreNoDepth)
{
  GVariant *value = g_variant_new_int64 (1);

  for (gint i = 0; i < 60; i++)
    value = g_variant_new_maybe (nullptr, g_variant_new_variant (value));
  EXPECT_EQ (to_hex (pack (value)), "01");
}

TEST (Value, PacketsAreSeveralValues)
{
  Failure failure;
  Bytes bytes = from_hex ("00a161c0");
  Value packets = take (p2p_packets_parse (bytes.data (), bytes.size (), 3, nullptr, &failure));
  gsize n = 0;
  GByteArray *into = g_byte_array_new ();

  ASSERT_TRUE (packets) << failure;
  EXPECT_EQ (show (packets.get ()), "[<int64 0>, <'a'>, <()>]");
  EXPECT_TRUE (p2p_packets_serialise (packets.get (), into, &n, &failure)) << failure;
  EXPECT_EQ (n, 3u);
  EXPECT_EQ (to_hex (into->data, into->len), "00a161c0");
  g_byte_array_unref (into);

  for (gsize wrong : { (gsize) 0, (gsize) 2, (gsize) 4, G_MAXSIZE })
    {
      EXPECT_FALSE (take (p2p_packets_parse (bytes.data (), bytes.size (), wrong, nullptr, &failure))) << wrong;
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_PACKETS)) << failure;
    }
  EXPECT_TRUE (take (p2p_packets_parse (nullptr, 0, 0, nullptr, &failure))) << failure;
}

TEST (Value, LongTextsAndArraysTakeTheNextForm)
{
  EXPECT_EQ (to_hex (pack (g_variant_new_string (std::string (31, 'a').c_str ()))).substr (0, 4), "bf61");
  EXPECT_EQ (to_hex (pack (g_variant_new_string (std::string (32, 'a').c_str ()))).substr (0, 6), "d92061");
  EXPECT_EQ (to_hex (pack (g_variant_new_string (std::string (255, 'a').c_str ()))).substr (0, 6), "d9ff61");
  EXPECT_EQ (to_hex (pack (g_variant_new_string (std::string (256, 'a').c_str ()))).substr (0, 8), "da010061");
  EXPECT_EQ (to_hex (pack (g_variant_new_string (std::string (65536, 'a').c_str ()))).substr (0, 12), "db0001000061");

  std::vector<gint32> numbers (65536, 0);
  auto array = [&] (gsize n) { return g_variant_new_fixed_array (G_VARIANT_TYPE_INT32, numbers.data (), n, 4); };
  EXPECT_EQ (to_hex (pack (array (15))).substr (0, 4), "9f00");
  EXPECT_EQ (to_hex (pack (array (16))).substr (0, 8), "dc001000");
  EXPECT_EQ (to_hex (pack (array (65536))).substr (0, 12), "dd0001000000");
}

class RandomValues
{
public:
  explicit RandomValues (guint seed) : random (seed) {}

  /* A value of the types that unpacking gives; floating. */
  GVariant *make (guint depth)
  {
    switch (pick (depth < 5 ? 13 : 10))
      {
      case 0: return g_variant_new_tuple (nullptr, 0);
      case 1: return g_variant_new_boolean (pick (2));
      case 2: return g_variant_new_int64 ((gint64) number ());
      case 3: return g_variant_new_uint64 ((guint64) G_MAXINT64 + 1 + (number () >> 1));
      case 4: return g_variant_new_double (std::ldexp ((gdouble) (gint64) number (), (gint) pick (400) - 200));
      case 5: case 6: return g_variant_new_string (text ().c_str ());
      case 7: return bytes ();
      case 8: { GVariant *raw = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "\xff\0\x80", 1 + pick (3), 1); return g_variant_new_tuple (&raw, 1); }
      case 9: return g_variant_new ("(y@ay)", (guint8) number (), bytes ());
      case 10: return array (depth);
      case 11: return map (depth);
      default: return pairs (depth);
      }
  }

private:
  guint pick (guint n) { return (guint) (random () % n); }
  guint64 number () { return ((guint64) random () << 32 | random ()) >> pick (64); }
  std::string text ()
  {
    static const char *const parts[] = { "a", "Z", "ß", "中", "😀", "\n", " ", "'", "\\", "\x01" };
    std::string result;
    for (guint n = pick (pick (20) == 0 ? 400 : 20); n > 0; n--)
      result += parts[pick (10)];
    return result;
  }
  GVariant *bytes ()
  {
    Bytes result (pick (pick (20) == 0 ? 400 : 20));
    for (guint8 &byte : result)
      byte = (guint8) random ();
    return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, result.data (), result.size (), 1);
  }
  GVariant *array (guint depth)
  {
    GVariantBuilder builder;
    g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
    for (guint n = pick (20); n > 0; n--)
      g_variant_builder_add (&builder, "v", make (depth + 1));
    return g_variant_builder_end (&builder);
  }
  GVariant *map (guint depth)
  {
    GVariantBuilder builder;
    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{sv}"));
    for (guint n = pick (20); n > 0; n--)
      g_variant_builder_add (&builder, "{sv}", (text () + std::to_string (n)).c_str (), make (depth + 1));
    return g_variant_builder_end (&builder);
  }
  /* The last key is no text, so that this is the form that comes back. */
  GVariant *pairs (guint depth)
  {
    GVariantBuilder builder;
    g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(vv)"));
    for (guint n = pick (5); n > 0; n--)
      g_variant_builder_add (&builder, "(vv)", make (depth + 1), make (depth + 1));
    g_variant_builder_add (&builder, "(vv)", g_variant_new_int64 (1), make (depth + 1));
    return g_variant_builder_end (&builder);
  }

  std::mt19937 random;
};

TEST (Value, RandomValuesSurvive)
{
  RandomValues values (2026);

  for (gint round = 0; round < 1500; round++)
    {
      Value value = take (values.make (0));
      Bytes bytes = pack (value.get ());
      Failure failure;
      Value again = unpack (bytes, &failure);

      ASSERT_TRUE (again) << failure << show (value.get ());
      ASSERT_TRUE (g_variant_equal (again.get (), value.get ())) << show (value.get ()) << "\nbecame " << show (again.get ());
      ASSERT_TRUE (pack (again.get ()) == bytes);
    }
}

static std::string
print (GVariant *value, gsize max = 1000)
{
  Value taken = own (g_variant_ref_sink (value));

  return own (p2p_value_print (taken.get (), max)).get ();
}

TEST (Print, IsOneReadableLine)
{
  const std::pair<const char *, const char *> cases[] = {
    { "()", "nil" }, { "true", "true" }, { "false", "false" }, { "int64 -5", "-5" }, { "uint64 18446744073709551615", "18446744073709551615" },
    { "byte 7", "7" }, { "int16 -2", "-2" }, { "1.0", "1.0" }, { "1.5", "1.5" }, { "0.1", "0.1" }, { "1e300", "1e+300" }, { "-0.0", "-0.0" },
    { "'text'", "'text'" }, { "''", "''" }, { "'it\\'s'", "'it\\'s'" }, { "'a\\\\b'", "'a\\\\b'" }, { "'line\\nbreak\\t\\r'", "'line\\nbreak\\t\\r'" },
    { "'\\u0001\\u007f\\u0085'", "'\\u0001\\u007f\\u0085'" }, { "'\\u2028\\u202e\\u2066'", "'\\u2028\\u202e\\u2066'" },
    { "'grüße 中 😀'", "'grüße 中 😀'" },
    { "@ay []", "b''" }, { "[byte 0x61, 0x00, 0xff, 0x27, 0x5c]", "b'a\\x00\\xff\\'\\\\'" },
    { "@av []", "[]" }, { "[<int64 1>, <'a'>, <@av [<true>]>]", "[1, 'a', [true]]" },
    { "@a{sv} {}", "{}" }, { "{'k': <int64 1>, 'l': <()>}", "{'k': 1, 'l': nil}" },
    { "[(<int64 1>, <'v'>)]", "{1: 'v'}" }, { "([byte 0xff],)", "str b'\\xff'" }, { "(byte 0x05, [byte 0x01])", "ext 5 b'\\x01'" },
    { "@mi nothing", "nil" }, { "@mi 5", "5" }, { "<<'v'>>", "'v'" }, { "(1, 'a')", "[1, 'a']" }, { "['a', 'b']", "['a', 'b']" },
  };

  for (const auto &[text, expected] : cases)
    EXPECT_EQ (print (parse_text (text)), expected) << text;
  EXPECT_EQ (print (g_variant_new_double (NAN)), "nan");
  EXPECT_EQ (print (g_variant_new_double (-INFINITY)), "-inf");
}

TEST (Print, FloatsReadBackAsThemselves)
{
  std::mt19937_64 random (3);

  for (gint i = 0; i < 2000; i++)
    {
      guint64 bits = random ();
      gdouble number;

      memcpy (&number, &bits, sizeof number);
      if (!std::isfinite (number))
        continue;
      std::string text = print (g_variant_new_double (number));
      EXPECT_EQ (g_ascii_strtod (text.c_str (), nullptr), number) << text;
    }
}

TEST (Print, IsCutAtTheLimit)
{
  EXPECT_EQ (print (g_variant_new_string ("abcdef"), 8), "'abcdef'");
  EXPECT_EQ (print (g_variant_new_string ("abcdef"), 7), "'abcde…");
  EXPECT_EQ (print (g_variant_new_string ("abcdef"), 1), "…");
  EXPECT_EQ (print (g_variant_new_string ("abcdef"), 0), "");
  EXPECT_EQ (print (g_variant_new_string ("äöü"), 4), "'äö…");
  EXPECT_EQ (print (parse_text ("[[1, 2], [3, 4]]"), 9), "[[1, 2],…");

  for (gsize max = 0; max < 200; max++)
    {
      std::string text = print (parse_text ("[<'some text \\n'>, <[byte 1, 2]>, <{'k': <1.5>}>, <(byte 1, [byte 2])>, <'äöü'>]"), max);

      EXPECT_LE ((gsize) g_utf8_strlen (text.c_str (), -1), max);
      EXPECT_TRUE (g_utf8_validate (text.c_str (), -1, nullptr));
    }
  /* A megabyte of bytes costs no more than the text that is shown of it. */
  std::string large (1 << 20, '\0');
  EXPECT_EQ (print (g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, large.data (), large.size (), 1), 10), "b'\\x00\\x0…");
}

TEST (Print, DepthIsBounded)
{
  GVariant *value = g_variant_new_int64 (1);

  for (gint i = 0; i < 100; i++)
    value = g_variant_new_tuple (&value, 1);
  std::string text = print (value, 500);
  EXPECT_EQ (text.substr (0, 3), "[[[");
  EXPECT_EQ (text.substr (text.size () - 3), "…");
}
