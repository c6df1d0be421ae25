/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of messages, and what their headers may hold. */
#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-frame.h"
#include "p2p/wire/p2p-value.h"
#include "vectors.h"

static GVariant *
packets_of (std::initializer_list<GVariant *> values)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (GVariant *value : values)
    g_variant_builder_add (&builder, "v", value);
  return g_variant_builder_end (&builder);
}

static Message
make_message (std::initializer_list<GVariant *> values)
{
  Failure failure;
  Message message = own (p2p_message_new (P2P_FLAG_BROADCAST, "sender", 1000, packets_of (values), &failure));

  EXPECT_TRUE (message) << failure;
  return message;
}

static GVariant *
bytes_of (const std::string &bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes.data (), bytes.size (), 1);
}

/* A body with this serialised message. */
static Bytes
sealed (const Bytes &serialised)
{
  Bytes body (P2P_FRAME_ID_LENGTH + serialised.size ());

  std::copy (serialised.begin (), serialised.end (), body.begin () + P2P_FRAME_ID_LENGTH);
  p2p_sha256 (serialised.data (), serialised.size (), body.data ());
  return body;
}

static Message
parse (const Bytes &serialised, GError **error)
{
  Bytes body = sealed (serialised);

  return own (p2p_message_parse_body (body.data (), body.size (), nullptr, 0, nullptr, error));
}

static Message
parse_hex (const std::string &hex, GError **error)
{
  return parse (from_hex (hex), error);
}

TEST (Message, Fields)
{
  Message message = make_message ({ g_variant_new_int64 (0), g_variant_new_string ("hello"), g_variant_new_int64 (7) });

  EXPECT_EQ (p2p_message_get_flag (message.get ()), P2P_FLAG_BROADCAST);
  EXPECT_STREQ (p2p_message_get_sender (message.get ()), "sender");
  EXPECT_EQ (p2p_message_get_sender_form (message.get ()), P2P_ID_FORM_STR);
  EXPECT_EQ (p2p_message_get_time (message.get ()), 1000);
  EXPECT_EQ (p2p_message_get_subflag (message.get ()), 0);
  EXPECT_EQ (p2p_message_get_n_packets (message.get ()), 3u);
  EXPECT_EQ (show (own (p2p_message_get_payload (message.get ())).get ()), "[<'hello'>, <int64 7>]");
  EXPECT_EQ (show (own (p2p_message_get_packets (message.get ())).get ()), "[<int64 0>, <'hello'>, <int64 7>]");
  EXPECT_EQ (show (own (p2p_message_get_packet (message.get (), 1)).get ()), "'hello'");
  EXPECT_FALSE (own (p2p_message_get_packet (message.get (), 3)));
  EXPECT_EQ (to_hex (to_vector (own (p2p_message_get_id (message.get ())).get ())),
             to_hex (p2p_message_peek_id (message.get ()), 32));

  gsize length;
  const guint8 *payload = p2p_message_peek_payload (message.get (), &length);
  EXPECT_EQ (to_hex (payload, length), "00a568656c6c6f07");
  const guint8 *plain = p2p_message_peek_plain (message.get (), &length);
  EXPECT_EQ (length, p2p_message_get_length (message.get ()));
  Bytes frame = to_vector (own (p2p_message_to_bytes (message.get ())).get ());
  EXPECT_EQ (to_hex (frame).substr (8), to_hex (plain, length));
}

TEST (Message, TheFrameOutlivesTheMessage)
{
  Message message = make_message ({ g_variant_new_int64 (0) });
  Blob frame = own (p2p_message_to_bytes (message.get ()));
  Bytes before = to_vector (frame.get ());

  message.reset ();
  EXPECT_EQ (to_vector (frame.get ()), before);
}

TEST (Message, AnEmptyOne)
{
  Message message = make_message ({});

  EXPECT_EQ (p2p_message_get_subflag (message.get ()), -1);
  EXPECT_EQ (show (own (p2p_message_get_payload (message.get ())).get ()), "@av []");
  EXPECT_EQ (own (p2p_message_dup_text (message.get ())), nullptr);
  EXPECT_FALSE (own (p2p_message_get_packet (message.get (), 0)));
}

TEST (Message, TheIdIsOfFlagSenderTimeAndPackets)
{
  auto id = [] (gint64 flag, const char *sender, P2pIdForm form, gint64 time, gint64 packet) {
    Message message = own (p2p_message_new_full (flag, sender, form, time, packets_of ({ g_variant_new_int64 (packet) }), nullptr));
    return to_hex (p2p_message_peek_id (message.get ()), 32);
  };

  EXPECT_EQ (id (0, "a", P2P_ID_FORM_STR, 1, 0), id (0, "a", P2P_ID_FORM_STR, 1, 0));
  EXPECT_NE (id (0, "a", P2P_ID_FORM_STR, 1, 0), id (2, "a", P2P_ID_FORM_STR, 1, 0));
  EXPECT_NE (id (0, "a", P2P_ID_FORM_STR, 1, 0), id (0, "b", P2P_ID_FORM_STR, 1, 0));
  EXPECT_NE (id (0, "a", P2P_ID_FORM_STR, 1, 0), id (0, "a", P2P_ID_FORM_BIN, 1, 0));
  EXPECT_NE (id (0, "a", P2P_ID_FORM_STR, 1, 0), id (0, "a", P2P_ID_FORM_STR, 2, 0));
  EXPECT_NE (id (0, "a", P2P_ID_FORM_STR, 1, 0), id (0, "a", P2P_ID_FORM_STR, 1, 1));
}

TEST (Message, FlagsAndTimesOfAnySizeSurvive)
{
  for (gint64 number : { G_MININT64, (gint64) -129, (gint64) -1, (gint64) 0, (gint64) 0x31, (gint64) 1 << 32, G_MAXINT64 })
    {
      Message message = own (p2p_message_new (number, "s", number, packets_of ({ g_variant_new_int64 (number) }), nullptr));
      gsize length;
      const guint8 *plain = p2p_message_peek_plain (message.get (), &length);
      Message again = own (p2p_message_parse_body (plain, length, nullptr, 0, nullptr, nullptr));

      ASSERT_TRUE (again);
      EXPECT_EQ (p2p_message_get_flag (again.get ()), number);
      EXPECT_EQ (p2p_message_get_time (again.get ()), number);
      EXPECT_EQ (p2p_message_get_subflag (again.get ()), number);
    }
}

TEST (Message, SubflagsOfOtherTypes)
{
  struct { GVariant *value; gint64 subflag; } cases[] = {
    { g_variant_new_string ("mine"), -1 },
    { g_variant_new_double (5.0), 5 },
    { g_variant_new_double (5.5), -1 },
    { g_variant_new_double (NAN), -1 },
    { g_variant_new_double (1e300), -1 },
    { g_variant_new_uint64 (G_MAXUINT64), -1 },
    { g_variant_new_byte (200), 200 },
    { g_variant_new_boolean (TRUE), -1 },
    { g_variant_new_tuple (nullptr, 0), -1 },
    { bytes_of ("*"), -1 },
  };

  for (auto &[value, subflag] : cases)
    {
      Message message = make_message ({ value });
      gsize length;
      const guint8 *plain = p2p_message_peek_plain (message.get (), &length);
      Message again = own (p2p_message_parse_body (plain, length, nullptr, 0, nullptr, nullptr));

      EXPECT_EQ (p2p_message_get_subflag (message.get ()), subflag);
      ASSERT_TRUE (again);
      EXPECT_EQ (p2p_message_get_subflag (again.get ()), subflag);
    }
}

TEST (Message, Text)
{
  auto text = [] (std::initializer_list<GVariant *> values) {
    Text result = own (p2p_message_dup_text (make_message (values).get ()));
    return result ? std::string (result.get ()) : std::string ("(none)");
  };
  GVariant *raw = bytes_of ("nul\0l" + std::string (1, '\0'));

  EXPECT_EQ (text ({ g_variant_new_int64 (0), g_variant_new_string ("grüß dich") }), "grüß dich");
  EXPECT_EQ (text ({ g_variant_new_string ("own flag"), g_variant_new_string ("") }), "");
  EXPECT_EQ (text ({ g_variant_new_int64 (0), bytes_of ("as bin") }), "as bin");
  EXPECT_EQ (text ({ g_variant_new_int64 (0), bytes_of ("\xff\xfe") }), "(none)");
  EXPECT_EQ (text ({ g_variant_new_int64 (0), bytes_of (std::string ("a\0b", 3)) }), "(none)");
  EXPECT_EQ (text ({ g_variant_new_int64 (0), g_variant_new_tuple (&raw, 1) }), "(none)");
  EXPECT_EQ (text ({ g_variant_new_int64 (0) }), "(none)");
  EXPECT_EQ (text ({ g_variant_new_int64 (0), g_variant_new_int64 (1) }), "(none)");
  EXPECT_EQ (text ({ g_variant_new_int64 (0), g_variant_new_string ("a"), g_variant_new_string ("b") }), "(none)");
  EXPECT_EQ (text ({ packets_of ({ g_variant_new_string ("x") }), g_variant_new_string ("after an array") }), "after an array");
}

TEST (Message, NumbersInTheHeaderMayBeIntegralFloats)
{
  Failure failure;

  /* flag 2.0 and time 2^31 as js2p writes large numbers; float32 too */
  Message message = parse_hex ("94" "cb4000000000000000" "a173" "cb41e0000000000000" "00", &failure);
  ASSERT_TRUE (message) << failure;
  EXPECT_EQ (p2p_message_get_flag (message.get ()), 2);
  EXPECT_EQ (p2p_message_get_time (message.get ()), 2147483648);
  message = parse_hex ("9400a173ca447a000000", &failure);
  ASSERT_TRUE (message) << failure;
  EXPECT_EQ (p2p_message_get_time (message.get ()), 1000);
  message = parse_hex ("9400a173cbbff000000000000000", &failure);
  ASSERT_TRUE (message) << failure;
  EXPECT_EQ (p2p_message_get_time (message.get ()), -1);
  EXPECT_STREQ (own (p2p_message_dup_time_58 (message.get ())).get (), "1");
}

TEST (Message, NonMinimalFormsAreAccepted)
{
  Failure failure;
  const char *forms[] = {
    "9400a1730500",
    "dc000400a1730500",
    "dd0000000400a1730500",
    "94cc00d90173cc05cc00",
    "94cd0000da000173cd0005cd0000",
    "94ce00000000db0000000173ce00000005ce00000000",
    "94cf0000000000000000a173cf0000000000000005cf0000000000000000",
    "94d000a173d005d000",
    "94d10000a173d10005d10000",
    "94d200000000a173d200000005d200000000",
    "94d30000000000000000a173d30000000000000005d30000000000000000",
  };

  for (const char *hex : forms)
    {
      Message message = parse_hex (hex, &failure);

      ASSERT_TRUE (message) << hex << failure;
      EXPECT_EQ (p2p_message_get_flag (message.get ()), 0) << hex;
      EXPECT_STREQ (p2p_message_get_sender (message.get ()), "s") << hex;
      EXPECT_EQ (p2p_message_get_time (message.get ()), 5) << hex;
      EXPECT_EQ (p2p_message_get_subflag (message.get ()), 0) << hex;
      EXPECT_EQ (show (own (p2p_message_get_packets (message.get ())).get ()), "[<int64 0>]") << hex;
    }
  for (const char *hex : { "9400c401730500", "9400c50001730500", "9400c600000001730500" })
    {
      Message message = parse_hex (hex, &failure);

      ASSERT_TRUE (message) << hex << failure;
      EXPECT_EQ (p2p_message_get_sender_form (message.get ()), P2P_ID_FORM_BIN) << hex;
      EXPECT_STREQ (p2p_message_get_sender (message.get ()), "s") << hex;
    }
}

TEST (Message, BadHeadersAreRefused)
{
  const std::pair<const char *, const char *> cases[] = {
    { "", "nothing" },
    { "00", "no array" },
    { "8300a17305000000", "a map" },
    { "9200a173", "two elements" },
    { "94c0a1730500", "nil flag" },
    { "94a130a1730500", "str flag" },
    { "94cb3ff8000000000000a1730500", "flag 1.5" },
    { "94cfffffffffffffffffa1730500", "flag above 2^63" },
    { "9400050500", "int sender" },
    { "9400c00500", "nil sender" },
    { "9400a1ff0500", "sender is no UTF-8" },
    { "9400a2c0800500", "overlong UTF-8" },
    { "9400a3eda0800500", "surrogate" },
    { "9400a1000500", "NUL in the sender" },
    { "9400c401ff0500", "bin sender is no UTF-8" },
    { "9400a173c000", "nil time" },
    { "9400a173a13500", "str time" },
    { "9400a173cb7ff800000000000000", "NaN time" },
    { "9400a173cbfff800000000000001", "NaN time" },
    { "9400a173cb7ff000000000000000", "infinite time" },
    { "9400a173cbfff000000000000000", "infinite time" },
    { "9400a173cb3ff800000000000000", "time 1.5" },
    { "9400a173cb43e000000000000000", "time 2^63" },
    { "9400a173ca7fc0000000", "NaN float32 time" },
    { "9400a173cf800000000000000000", "time 2^63" },
    { "9400a17305", "packet missing" },
    { "9400a173050000", "a byte left over" },
    { "9300a17305c1", "no such value left over" },
    { "9400a17305c1", "no such value" },
    { "9400a17305a2", "str cut short" },
    { "9400a1730591", "array cut short" },
  };

  for (const auto &[hex, what] : cases)
    {
      Failure failure;

      EXPECT_FALSE (parse_hex (hex, &failure)) << what;
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_PACKETS)) << what << ": " << failure;
    }
}

TEST (Message, TheSenderHasALimit)
{
  for (gsize length : { 88, 1024, 1025 })
    {
      std::string sender (length, 's');
      Failure failure;
      Message made = own (p2p_message_new (0, sender.c_str (), 1, packets_of ({}), &failure));
      EXPECT_EQ ((bool) made, length <= 1024) << failure;
      if (!made)
        {
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
        }

      Bytes serialised = { 0x93, 0x00, 0xda, (guint8) (length >> 8), (guint8) length };
      serialised.insert (serialised.end (), sender.begin (), sender.end ());
      serialised.push_back (1);
      Message parsed = parse (serialised, &failure);
      EXPECT_EQ ((bool) parsed, length <= 1024) << failure;
      if (parsed)
        {
          EXPECT_EQ (p2p_message_get_sender (parsed.get ()), sender);
        }
    }
}

TEST (Message, WhatCannotBeReadIsNotWritten)
{
  Failure failure;
  GVariant *deep = g_variant_new_int64 (1);

  for (guint i = 0; i < P2P_LIMIT_DEPTH; i++)
    deep = packets_of ({ deep });
  Value nested = take (deep);
  EXPECT_TRUE (own (p2p_message_new (0, "s", 1, packets_of ({ nested.get () }), &failure))) << failure;
  EXPECT_FALSE (own (p2p_message_new (0, "s", 1, packets_of ({ packets_of ({ nested.get () }) }), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;

  std::vector<gint64> many (P2P_LIMIT_ELEMENTS - 1, 1);
  auto array = [&] { return g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, many.data (), many.size (), sizeof (gint64)); };
  EXPECT_TRUE (own (p2p_message_new (0, "s", 1, packets_of ({ array () }), &failure))) << failure;
  many.push_back (1);
  EXPECT_FALSE (own (p2p_message_new (0, "s", 1, packets_of ({ array () }), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;

  EXPECT_FALSE (own (p2p_message_new (0, "\xff", 1, packets_of ({}), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
  EXPECT_FALSE (own (p2p_message_new (0, "s", 1, g_variant_new_string ("no list"), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
  EXPECT_FALSE (own (p2p_message_new (0, "s", 1, bytes_of ("no list"), &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
}

TEST (Message, PackedPacketsGiveTheSameMessage)
{
  Message message = make_message ({ g_variant_new_int64 (2), g_variant_new_string ("x") });
  Bytes packed = from_hex ("02a178");
  Message same = own (p2p_message_new_packed (P2P_FLAG_BROADCAST, "sender", P2P_ID_FORM_STR, 1000, packed.data (), packed.size (), 2));

  EXPECT_TRUE (g_bytes_equal (own (p2p_message_to_bytes (same.get ())).get (), own (p2p_message_to_bytes (message.get ())).get ()));
  EXPECT_EQ (p2p_message_get_subflag (same.get ()), 2);
}

TEST (Message, ParsedUnderWiderLimitsItKeepsItsPackets)
{
  Bytes serialised = { 0x94, 0x00, 0xa1, 's', 0x01, 0xdd, 0x00, 0x01, 0x11, 0x70 };
  serialised.insert (serialised.end (), 70000, 0x00);
  Bytes body = sealed (serialised);
  Failure failure;
  P2pLimits limits;

  p2p_limits_init (&limits);
  EXPECT_FALSE (own (p2p_message_parse_body (body.data (), body.size (), nullptr, 0, &limits, &failure)));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
  limits.elements = 100000;
  Message message = own (p2p_message_parse_body (body.data (), body.size (), nullptr, 0, &limits, &failure));
  ASSERT_TRUE (message) << failure;
  EXPECT_EQ (g_variant_n_children (own (p2p_message_get_packet (message.get (), 0)).get ()), 70000u);
}
