/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The golden vectors of tests/data/vectors, and what the tests of the wire share. */
#pragma once

#include <gtest/gtest.h>
#include <json-glib/json-glib.h>
#include <memory>
#include <string>
#include <vector>

#include "p2p/wire/p2p-message-private.h"

using Bytes = std::vector<guint8>;
using Message = std::unique_ptr<P2pMessage, decltype (&p2p_message_unref)>;
using Blob = std::unique_ptr<GBytes, decltype (&g_bytes_unref)>;
using Value = std::unique_ptr<GVariant, decltype (&g_variant_unref)>;
using Text = std::unique_ptr<char, decltype (&g_free)>;

inline Message own (P2pMessage *message) { return Message (message, p2p_message_unref); }
inline Blob own (GBytes *bytes) { return Blob (bytes, g_bytes_unref); }
inline Value own (GVariant *value) { return Value (value, g_variant_unref); }
inline Text own (char *text) { return Text (text, g_free); }
/* Floating references become owned ones. */
inline Value take (GVariant *value) { return Value (value != nullptr ? g_variant_take_ref (value) : nullptr, g_variant_unref); }

/* An error that frees itself, and says what it was when an expectation about it fails. */
class Failure
{
public:
  Failure () = default;
  Failure (const Failure &) = delete;
  Failure &operator= (const Failure &) = delete;
  ~Failure () { g_clear_error (&error); }

  GError **operator& () { g_clear_error (&error); return &error; }
  bool is (P2pWireError code) const { return g_error_matches (error, P2P_WIRE_ERROR, code); }
  bool empty () const { return error == nullptr; }
  std::string text () const;

private:
  GError *error = nullptr;
};

std::ostream &operator<< (std::ostream &stream, const Failure &failure);

Bytes  from_hex (const std::string &hex);        /* an odd number of digits has a zero before it */
std::string to_hex (const guint8 *bytes, gsize length);
std::string to_hex (const Bytes &bytes);
Bytes  from_decimal (const std::string &digits); /* big-endian, as short as it can be */
Bytes  to_vector (GBytes *bytes);
Blob   to_blob (const Bytes &bytes);
std::string show (GVariant *value);
Bytes  pack (GVariant *value);                   /* takes a floating reference; fails the test when it cannot be packed */

/* One entry of a file of vectors: cheap to copy, and printed by its name. */
class Vector
{
public:
  Vector (JsonObject *from, std::string in_file, std::string called) : object (from), file (in_file), name (called) {}

  bool has (const char *member) const { return json_object_has_member (object, member); }
  std::string text (const char *member) const { return json_object_get_string_member (object, member); }
  gint64 integer (const char *member) const { return json_object_get_int_member (object, member); }
  bool flag (const char *member) const { return json_object_get_boolean_member (object, member); }
  JsonArray *array (const char *member) const { return json_object_get_array_member (object, member); }
  Vector child (const char *member) const { return Vector (json_object_get_object_member (object, member), file, name); }
  JsonObject *json () const { return object; }

  JsonObject *object;           /* lives as long as the process */
  std::string file;
  std::string name;
};

std::ostream &operator<< (std::ostream &stream, const Vector &vector);

std::vector<Vector> load_vectors (const std::string &file, const char *member);
/* Those of several files, one after the other. */
std::vector<Vector> load_all (const std::vector<std::string> &files, const char *member);
/* A name that GoogleTest takes. */
std::string case_name (const testing::TestParamInfo<Vector> &info);

/* The typed value of a vector as the GVariant that we give for it; floating. */
GVariant *typed_value (JsonObject *object);
/* The `input` of a message vector. */
struct Input
{
  gint64 flag;
  std::string sender;
  P2pIdForm form;
  gint64 time;
  Value packets;
};
Input read_input (const Vector &vector);
/* The frame of a vector as it is there, or empty where only its digest is. */
Bytes wire_bytes (const Vector &vector);
/* Are these the bytes of the vector's frame, by their digest where it is long? */
bool is_wire (const Vector &vector, GBytes *frame);
