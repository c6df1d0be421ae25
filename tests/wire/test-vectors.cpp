/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of the originals, both ways. */
#include <gtest/gtest.h>

#include "p2p/wire/p2p-compression-private.h"
#include "p2p/wire/p2p-frame.h"
#include "p2p/wire/p2p-value.h"
#include "vectors.h"

static Message
make_message (const Input &input)
{
  Failure failure;
  Message message = own (p2p_message_new_full (input.flag, input.sender.c_str (), input.form, input.time, input.packets.get (), &failure));

  EXPECT_TRUE (message) << failure;
  return message;
}

static Message
parse_frame (GBytes *frame)
{
  Failure failure;
  Message message = own (p2p_message_parse (frame, FALSE, nullptr, 0, nullptr, &failure));

  EXPECT_TRUE (message) << failure;
  return message;
}

static void
expect_header (P2pMessage *message, const Input &input)
{
  EXPECT_EQ (p2p_message_get_flag (message), input.flag);
  EXPECT_EQ (p2p_message_get_sender (message), input.sender);
  EXPECT_EQ (p2p_message_get_sender_form (message), input.form);
  EXPECT_EQ (p2p_message_get_time (message), input.time);
  EXPECT_EQ (p2p_message_get_n_packets (message), g_variant_n_children (input.packets.get ()));
}

static std::string
id_of (P2pMessage *message)
{
  return to_hex (p2p_message_peek_id (message), P2P_FRAME_ID_LENGTH);
}

class PyMessages : public testing::TestWithParam<Vector> {};

TEST_P (PyMessages, ValuesBecomeTheBytes)
{
  Input input = read_input (GetParam ());
  Message message = make_message (input);
  ASSERT_TRUE (message);
  Blob frame = own (p2p_message_to_bytes (message.get ()));

  EXPECT_TRUE (is_wire (GetParam (), frame.get ())) << to_hex (to_vector (frame.get ())).substr (0, 400);
  EXPECT_EQ (id_of (message.get ()), GetParam ().text ("id_hex"));
  EXPECT_EQ (own (p2p_message_dup_time_58 (message.get ())).get (), GetParam ().text ("time_58"));
  EXPECT_EQ (p2p_message_get_length (message.get ()) + P2P_FRAME_HEADER_LENGTH, g_bytes_get_size (frame.get ()));
  expect_header (message.get (), input);
}

TEST_P (PyMessages, BytesBecomeTheValues)
{
  Input input = read_input (GetParam ());
  Bytes bytes = wire_bytes (GetParam ());
  /* A long vector holds a digest only: the bytes that have it are ours. */
  Blob frame = bytes.empty () ? own (p2p_message_to_bytes (make_message (input).get ())) : to_blob (bytes);
  ASSERT_TRUE (is_wire (GetParam (), frame.get ()));
  Message message = parse_frame (frame.get ());
  ASSERT_TRUE (message);

  expect_header (message.get (), input);
  Value packets = own (p2p_message_get_packets (message.get ()));
  EXPECT_TRUE (g_variant_equal (packets.get (), input.packets.get ())) << show (packets.get ()).substr (0, 400);
  EXPECT_EQ (id_of (message.get ()), GetParam ().text ("id_hex"));
  EXPECT_EQ (p2p_message_get_compression_used (message.get ()), P2P_COMPRESSION_NONE);
  EXPECT_FALSE (p2p_message_get_compression_failed (message.get ()));
  EXPECT_TRUE (g_bytes_equal (own (p2p_message_to_bytes (message.get ())).get (), frame.get ()));
}

INSTANTIATE_TEST_SUITE_P (Golden, PyMessages,
                          testing::ValuesIn (load_all ({ "messages-py2p-0.7.870.json", "messages-py2p-0.6.757.json" }, "vectors")),
                          case_name);

/*
 * What JavaScript leaves of a value: numbers have one type, and the keys of maps are text. Two values that it cannot tell
 * apart give the same text.
 */
static std::string
js_view (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    return js_view (own (g_variant_get_variant (value)).get ());

  std::string type = g_variant_get_type_string (value);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (type == "x")
    return g_ascii_dtostr (number, sizeof number, (gdouble) g_variant_get_int64 (value));
  if (type == "t")
    return g_ascii_dtostr (number, sizeof number, (gdouble) g_variant_get_uint64 (value));
  if (type == "d")
    return g_ascii_dtostr (number, sizeof number, g_variant_get_double (value));
  if (type == "ay")
    {
      gsize n;
      const guint8 *bytes = static_cast<const guint8 *> (g_variant_get_fixed_array (value, &n, 1));
      return "b" + to_hex (bytes, n);
    }
  if (type == "av")
    {
      std::string text = "[";
      for (gsize i = 0; i < g_variant_n_children (value); i++)
        text += js_view (own (g_variant_get_child_value (value, i)).get ()) + ",";
      return text + "]";
    }
  if (type == "a{sv}" || type == "a(vv)")
    {
      std::string text = "{";
      for (gsize i = 0; i < g_variant_n_children (value); i++)
        {
          Value pair = own (g_variant_get_child_value (value, i));
          Value key = own (g_variant_get_child_value (pair.get (), 0));
          if (type == "a(vv)")
            key = own (g_variant_get_variant (key.get ()));
          if (g_variant_is_of_type (key.get (), G_VARIANT_TYPE_BYTESTRING))
            {
              gsize n;
              const char *bytes = static_cast<const char *> (g_variant_get_fixed_array (key.get (), &n, 1));
              text += std::string (bytes, n);
            }
          else if (g_variant_is_of_type (key.get (), G_VARIANT_TYPE_STRING))
            text += g_variant_get_string (key.get (), nullptr);
          else
            text += js_view (key.get ());
          text += ":" + js_view (own (g_variant_get_child_value (pair.get (), 1)).get ()) + ",";
        }
      return text + "}";
    }
  return show (value);
}

class JsMessages : public testing::TestWithParam<Vector> {};

TEST_P (JsMessages, BothWays)
{
  Input input = read_input (GetParam ());

  if (GetParam ().has ("error"))
    {
      /* JavaScript has no such number: only ours can be had, and read again. */
      Message ours = make_message (input);
      Message again = parse_frame (own (p2p_message_to_bytes (ours.get ())).get ());
      ASSERT_TRUE (again);
      EXPECT_TRUE (g_variant_equal (own (p2p_message_get_packets (again.get ())).get (), input.packets.get ()));
      return;
    }

  Bytes bytes = wire_bytes (GetParam ());
  Blob frame = bytes.empty () ? own (p2p_message_to_bytes (make_message (input).get ())) : to_blob (bytes);
  ASSERT_TRUE (is_wire (GetParam (), frame.get ()));
  Message message = parse_frame (frame.get ());
  ASSERT_TRUE (message);

  expect_header (message.get (), input);
  EXPECT_EQ (id_of (message.get ()), GetParam ().text ("id_hex"));
  EXPECT_EQ (own (p2p_message_dup_time_58 (message.get ())).get (), GetParam ().text ("time_58"));
  Value packets = own (p2p_message_get_packets (message.get ()));
  EXPECT_EQ (js_view (packets.get ()), js_view (input.packets.get ()));

  bool same_values = g_variant_equal (packets.get (), input.packets.get ());
  Input decoded { p2p_message_get_flag (message.get ()), p2p_message_get_sender (message.get ()),
                  p2p_message_get_sender_form (message.get ()), p2p_message_get_time (message.get ()), std::move (packets) };
  Message again = make_message (decoded);
  ASSERT_TRUE (again);
  Blob canonical = own (p2p_message_to_bytes (again.get ()));
  EXPECT_LE (g_bytes_get_size (canonical.get ()), g_bytes_get_size (frame.get ()));
  if (GetParam ().flag ("same_bytes_as_py2p"))
    {
      EXPECT_TRUE (same_values) << show (decoded.packets.get ()).substr (0, 400);
      EXPECT_TRUE (g_bytes_equal (canonical.get (), frame.get ()));
    }
  if (same_values)
    {
      EXPECT_TRUE (g_bytes_equal (canonical.get (), own (p2p_message_to_bytes (make_message (input).get ())).get ()));
    }
  Message last = parse_frame (canonical.get ());
  ASSERT_TRUE (last);
  EXPECT_TRUE (g_variant_equal (own (p2p_message_get_packets (last.get ())).get (), decoded.packets.get ()));
}

INSTANTIATE_TEST_SUITE_P (Golden, JsMessages, testing::ValuesIn (load_vectors ("messages-js2p-0.7.870.json", "vectors")),
                          case_name);

TEST (JsMessages, LongerFormsBecomeTheShortOnes)
{
  gint seen = 0;

  for (const Vector &js : load_vectors ("messages-js2p-0.7.870.json", "vectors"))
    for (const Vector &py : load_vectors ("messages-py2p-0.7.870.json", "vectors"))
      {
        if (js.name != py.name || (js.name != "bin b255" && js.name != "time 2^31" && js.name != "time 2^32"))
          continue;
        Message message = parse_frame (to_blob (wire_bytes (js)).get ());
        ASSERT_TRUE (message);
        Value packets = own (p2p_message_get_packets (message.get ()));
        Message again = own (p2p_message_new_full (p2p_message_get_flag (message.get ()), p2p_message_get_sender (message.get ()),
                                                   p2p_message_get_sender_form (message.get ()),
                                                   p2p_message_get_time (message.get ()), packets.get (), nullptr));
        EXPECT_FALSE (is_wire (py, own (p2p_message_to_bytes (message.get ())).get ())) << js;
        EXPECT_TRUE (is_wire (py, own (p2p_message_to_bytes (again.get ())).get ())) << js;
        seen++;
      }
  EXPECT_EQ (seen, 3);
}

class Compressed : public testing::TestWithParam<Vector> {};

TEST_P (Compressed, BothWays)
{
  P2pCompression method = (P2pCompression) GetParam ().integer ("method");
  guint8 methods[] = { (guint8) method };
  Bytes plain = from_hex (GetParam ().text ("plain_hex"));
  Bytes wire = wire_bytes (GetParam ());
  Bytes body (wire.begin () + P2P_FRAME_HEADER_LENGTH, wire.end ());
  Failure failure;

  if (!p2p_compression_is_supported (method))
    GTEST_SKIP () << "this build has no " << GetParam ().text ("method_name");
  EXPECT_EQ (p2p_compression_get_name (method), GetParam ().text ("method_name"));

  Blob unpacked = own (p2p_decompress (to_blob (body).get (), method, nullptr, &failure));
  ASSERT_TRUE (unpacked) << failure;
  EXPECT_EQ (to_hex (to_vector (unpacked.get ())), to_hex (plain).substr (2 * P2P_FRAME_HEADER_LENGTH));

  /* Found at once when the method is known, and found at all when it is not. */
  Message told = own (p2p_message_parse (to_blob (wire).get (), FALSE, methods, 1, nullptr, &failure));
  ASSERT_TRUE (told) << failure;
  Message untold = own (p2p_message_parse (to_blob (body).get (), TRUE, nullptr, 0, nullptr, &failure));
  ASSERT_TRUE (untold) << failure;
  for (P2pMessage *message : { told.get (), untold.get () })
    {
      EXPECT_EQ (p2p_message_get_compression_used (message), method);
      EXPECT_FALSE (p2p_message_get_compression_failed (message));
      EXPECT_EQ (id_of (message), GetParam ().text ("id_hex"));
      EXPECT_EQ (to_hex (to_vector (own (p2p_message_to_bytes (message)).get ())), to_hex (plain));
    }

  /* The other way: our compressor's bytes are its own, what they unpack to is not. */
  Blob ours = own (p2p_frame_build (unpacked.get (), method, &failure));
  ASSERT_TRUE (ours) << failure;
  Message again = own (p2p_message_parse (ours.get (), FALSE, methods, 1, nullptr, &failure));
  ASSERT_TRUE (again) << failure;
  EXPECT_EQ (to_hex (to_vector (own (p2p_message_to_bytes (again.get ())).get ())), to_hex (plain));
}

INSTANTIATE_TEST_SUITE_P (Golden, Compressed,
                          testing::ValuesIn (load_all ({ "compressed-py2p-0.7.870.json", "compressed-js2p-0.7.870.json" }, "vectors")),
                          case_name);

class Intersections : public testing::TestWithParam<Vector> {};

static Bytes
byte_array (JsonArray *array)
{
  Bytes bytes;

  for (guint i = 0; i < json_array_get_length (array); i++)
    bytes.push_back ((guint8) json_array_get_int_element (array, i));
  return bytes;
}

TEST_P (Intersections, KeepsTheOrderOfTheFirst)
{
  JsonArray *lists = GetParam ().array ("args");
  Bytes result = byte_array (json_array_get_array_element (lists, 0));

  for (guint i = 1; i < json_array_get_length (lists); i++)
    {
      Bytes other = byte_array (json_array_get_array_element (lists, i));
      Bytes out (result.size () + 1);

      out.resize (p2p_ordered_intersection (result.data (), result.size (), other.data (), other.size (), out.data ()));
      result = out;
    }
  EXPECT_EQ (result, byte_array (GetParam ().array ("out")));
}

INSTANTIATE_TEST_SUITE_P (Golden, Intersections, testing::ValuesIn (load_vectors ("utils-py2p-0.7.870.json", "intersect")),
                          case_name);
