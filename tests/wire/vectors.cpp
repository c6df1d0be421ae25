/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vectors.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>

#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-value.h"

std::string
Failure::text () const
{
  if (error == nullptr)
    return "no error";
  Text code = own (p2p_error_get_code_name (error));
  return std::string (code.get ()) + ": " + error->message;
}

std::ostream &
operator<< (std::ostream &stream, const Failure &failure)
{
  return stream << failure.text ();
}

std::ostream &
operator<< (std::ostream &stream, const Vector &vector)
{
  return stream << vector.file << ": " << vector.name;
}

Bytes
from_hex (const std::string &hex)
{
  std::string even = hex.size () % 2 == 0 ? hex : "0" + hex;
  Bytes bytes;

  for (gsize i = 0; i < even.size (); i += 2)
    bytes.push_back ((guint8) (g_ascii_xdigit_value (even[i]) << 4 | g_ascii_xdigit_value (even[i + 1])));
  return bytes;
}

std::string
to_hex (const guint8 *bytes, gsize length)
{
  std::string hex;

  for (gsize i = 0; i < length; i++)
    {
      hex += "0123456789abcdef"[bytes[i] >> 4];
      hex += "0123456789abcdef"[bytes[i] & 15];
    }
  return hex;
}

std::string
to_hex (const Bytes &bytes)
{
  return to_hex (bytes.data (), bytes.size ());
}

Bytes
from_decimal (const std::string &digits)
{
  Bytes little;

  for (char digit : digits)
    {
      guint carry = (guint) (digit - '0');

      for (guint8 &byte : little)
        {
          carry += byte * 10u;
          byte = (guint8) carry;
          carry >>= 8;
        }
      if (carry != 0)
        little.push_back ((guint8) carry);
    }
  std::reverse (little.begin (), little.end ());
  return little;
}

Bytes
to_vector (GBytes *bytes)
{
  gsize length;
  const guint8 *data = static_cast<const guint8 *> (g_bytes_get_data (bytes, &length));

  return Bytes (data, data + length);
}

Blob
to_blob (const Bytes &bytes)
{
  return own (g_bytes_new (bytes.data (), bytes.size ()));
}

std::string
show (GVariant *value)
{
  if (value == nullptr)
    return "(no value)";
  Text text = own (g_variant_print (value, TRUE));
  return text.get ();
}

Bytes
pack (GVariant *value)
{
  Value taken = own (g_variant_ref_sink (value));
  Failure failure;
  GByteArray *into = g_byte_array_new ();

  EXPECT_TRUE (p2p_value_pack (taken.get (), into, &failure)) << failure << show (taken.get ());
  Bytes bytes (into->data, into->data + into->len);
  g_byte_array_unref (into);
  return bytes;
}

static std::string
find_data (const std::string &file)
{
  const char *dir = g_getenv ("G_TEST_SRCDIR");

  if (dir == nullptr)
    g_error ("G_TEST_SRCDIR is not set: run this through “meson test”");
  Text path = own (g_build_filename (dir, "data", "vectors", file.c_str (), nullptr));
  return path.get ();
}

/* JSON-GLib's texts end at a NUL, so a character that no vector has stands in for it. */
static const std::string nul_marker = "\xef\xa3\xbf";

static std::string
replace (std::string text, const std::string &from, const std::string &to)
{
  for (gsize at = 0; (at = text.find (from, at)) != std::string::npos; at += to.size ())
    text.replace (at, from.size (), to);
  return text;
}

static JsonObject *
load_file (const std::string &file)
{
  static std::map<std::string, JsonParser *> parsers;
  JsonParser *&parser = parsers[file];

  if (parser == nullptr)
    {
      GError *error = nullptr;
      char *text = nullptr;

      if (!g_file_get_contents (find_data (file).c_str (), &text, nullptr, &error))
        g_error ("%s", error->message);
      parser = json_parser_new_immutable ();
      if (!json_parser_load_from_data (parser, replace (text, "\\u0000", nul_marker).c_str (), -1, &error))
        g_error ("%s: %s", file.c_str (), error->message);
      g_free (text);
    }
  return json_node_get_object (json_parser_get_root (parser));
}

std::vector<Vector>
load_vectors (const std::string &file, const char *member)
{
  JsonArray *array = json_object_get_array_member (load_file (file), member);
  std::vector<Vector> vectors;

  if (array == nullptr || json_array_get_length (array) == 0)
    g_error ("%s has no %s", file.c_str (), member);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *object = json_array_get_object_element (array, i);
      const char *name = json_object_get_string_member_with_default (object, "name", "");

      vectors.emplace_back (object, file, *name != '\0' ? name : std::string (member) + " " + std::to_string (i));
    }
  return vectors;
}

std::vector<Vector>
load_all (const std::vector<std::string> &files, const char *member)
{
  std::vector<Vector> all;

  for (const std::string &file : files)
    for (const Vector &vector : load_vectors (file, member))
      all.push_back (vector);
  return all;
}

std::string
case_name (const testing::TestParamInfo<Vector> &info)
{
  const Vector &vector = info.param;
  std::string name = std::to_string (info.index) + "_" + vector.file.substr (0, vector.file.rfind (".json")) + "_" + vector.name;

  for (char &c : name)
    if (!g_ascii_isalnum (c))
      c = '_';
  return name;
}

static std::string
repeat (const std::string &unit, gint64 n)
{
  std::string text;

  text.reserve (unit.size () * (gsize) n);
  for (gint64 i = 0; i < n; i++)
    text += unit;
  return text;
}

static GVariant *
bytes_value (const Bytes &bytes)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes.data (), bytes.size (), 1);
}

static GVariant *
text_value (const std::string &text)
{
  if (text.find ('\0') == std::string::npos)
    return g_variant_new_string (text.c_str ());
  GVariant *bytes = bytes_value (Bytes (text.begin (), text.end ()));
  return g_variant_new_tuple (&bytes, 1);
}

static GVariant *
integer_value (const std::string &digits)
{
  if (digits[0] == '-')
    return g_variant_new_int64 (g_ascii_strtoll (digits.c_str (), nullptr, 10));
  guint64 value = g_ascii_strtoull (digits.c_str (), nullptr, 10);
  return value > G_MAXINT64 ? g_variant_new_uint64 (value) : g_variant_new_int64 ((gint64) value);
}

static GVariant *
array_value (JsonArray *array)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_variant_builder_add (&builder, "v", typed_value (json_array_get_object_element (array, i)));
  return g_variant_builder_end (&builder);
}

static GVariant *
map_value (JsonArray *pairs)
{
  bool text_keys = true;
  GVariantBuilder builder;

  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonObject *key = json_array_get_object_element (json_array_get_array_element (pairs, i), 0);

      text_keys = text_keys && std::string (json_object_get_string_member (key, "t")) == "str";
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE (text_keys ? "a{sv}" : "a(vv)"));
  for (guint i = 0; i < json_array_get_length (pairs); i++)
    {
      JsonArray *pair = json_array_get_array_element (pairs, i);
      GVariant *key = typed_value (json_array_get_object_element (pair, 0));
      GVariant *value = typed_value (json_array_get_object_element (pair, 1));

      if (text_keys)
        g_variant_builder_add (&builder, "{@sv}", key, value);
      else
        g_variant_builder_add (&builder, "(vv)", key, value);
    }
  return g_variant_builder_end (&builder);
}

static std::string
string_member (JsonObject *object)
{
  return replace (json_object_get_string_member (object, "v"), nul_marker, std::string (1, '\0'));
}

GVariant *
typed_value (JsonObject *object)
{
  std::string type = json_object_get_string_member (object, "t");

  if (type == "nil")
    return g_variant_new_tuple (nullptr, 0);
  if (type == "bool")
    return g_variant_new_boolean (json_object_get_boolean_member (object, "v"));
  if (type == "int")
    return integer_value (string_member (object));
  if (type == "float")
    return g_variant_new_double (g_ascii_strtod (string_member (object).c_str (), nullptr));
  if (type == "str")
    return text_value (string_member (object));
  if (type == "strrep")
    return text_value (repeat (string_member (object), json_object_get_int_member (object, "n")));
  if (type == "bin")
    return bytes_value (from_hex (string_member (object)));
  if (type == "binrep")
    return bytes_value (from_hex (repeat (string_member (object), json_object_get_int_member (object, "n"))));
  if (type == "array")
    return array_value (json_object_get_array_member (object, "v"));
  if (type == "map")
    return map_value (json_object_get_array_member (object, "v"));
  g_error ("no such type: %s", type.c_str ());
}

Input
read_input (const Vector &vector)
{
  Vector input = vector.child ("input");
  Vector sender = input.child ("sender");
  bool bin = sender.text ("t") == "bin";
  Bytes bytes = bin ? from_hex (sender.text ("v")) : Bytes ();

  return Input {
    input.integer ("type"),
    bin ? std::string (bytes.begin (), bytes.end ()) : sender.text ("v"),
    bin ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR,
    input.integer ("time"),
    take (array_value (input.array ("payload"))),
  };
}

Bytes
wire_bytes (const Vector &vector)
{
  Vector wire = vector.child ("wire");

  return wire.has ("hex") ? from_hex (wire.text ("hex")) : Bytes ();
}

bool
is_wire (const Vector &vector, GBytes *frame)
{
  Vector wire = vector.child ("wire");
  Bytes bytes = to_vector (frame);
  guint8 digest[P2P_SHA256_LENGTH];

  if ((gint64) bytes.size () != wire.integer ("len"))
    return false;
  if (wire.has ("hex"))
    return to_hex (bytes) == wire.text ("hex");
  p2p_sha256 (bytes.data (), bytes.size (), digest);
  std::string head = wire.text ("head_hex");
  return to_hex (digest, sizeof digest) == wire.text ("sha256") && to_hex (bytes.data (), head.size () / 2) == head;
}
