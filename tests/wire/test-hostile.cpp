/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strangers may send. */
#include <algorithm>
#include <ctime>
#include <gtest/gtest.h>
#include <malloc.h>
#include <msgpack.h>
#include <random>

#include "p2p/wire/p2p-frame-private.h"
#include "p2p/wire/p2p-skim-private.h"
#include "p2p/wire/p2p-value.h"
#include "vectors.h"

/*
 * msgpack-c reserves what a count announces before it reads on: a count that lies makes malloc() fail there. The sanitizer
 * is told that this is no reason to stop.
 */
extern "C" const char *__asan_default_options (void);
extern "C" const char *
__asan_default_options (void)
{
  return "allocator_may_return_null=1";
}

/* Short frames of the originals, without their length. */
static std::vector<Bytes>
sample_bodies ()
{
  std::vector<Bytes> bodies;

  for (const Vector &vector : load_all ({ "messages-py2p-0.7.870.json", "messages-js2p-0.7.870.json" }, "vectors"))
    {
      if (vector.has ("error"))
        continue;
      Bytes wire = wire_bytes (vector);
      if (!wire.empty () && wire.size () < 500)
        bodies.emplace_back (wire.begin () + P2P_FRAME_HEADER_LENGTH, wire.end ());
    }
  EXPECT_GT (bodies.size (), 200u);
  return bodies;
}

static Message
parse_body (const Bytes &body, GError **error)
{
  return own (p2p_message_parse_body (body.data (), body.size (), nullptr, 0, nullptr, error));
}

static bool
skim (const Bytes &serialised, GError **error)
{
  P2pSkim result;

  /* A copy of the exact size, so that a sanitizer sees a read beyond it. */
  std::unique_ptr<guint8[]> exact (new guint8[serialised.size ()]);
  std::copy (serialised.begin (), serialised.end (), exact.get ());
  return p2p_frame_skim (exact.get (), serialised.size (), nullptr, &result, error);
}

TEST (Hostile, EveryTruncationIsRefused)
{
  std::vector<Bytes> bodies = sample_bodies ();

  for (gsize i = 0; i < bodies.size (); i += 7)
    {
      Bytes serialised (bodies[i].begin () + P2P_FRAME_ID_LENGTH, bodies[i].end ());
      Failure failure;

      EXPECT_TRUE (skim (serialised, &failure)) << failure;
      for (gsize length = 0; length < serialised.size (); length++)
        {
          EXPECT_FALSE (skim (Bytes (serialised.begin (), serialised.begin () + length), &failure)) << length;
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_PACKETS)) << failure;
        }
      for (gsize length = 0; length < bodies[i].size (); length += 3)
        {
          EXPECT_FALSE (parse_body (Bytes (bodies[i].begin (), bodies[i].begin () + length), &failure)) << length;
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_CHECKSUM)) << failure;
        }
    }
}

TEST (Hostile, EveryChangedByteIsRefused)
{
  std::vector<Bytes> bodies = sample_bodies ();

  for (gsize i = 0; i < bodies.size (); i += 17)
    for (gsize at = 0; at < bodies[i].size (); at++)
      for (guint8 change : { 0x01, 0x80, 0xff })
        {
          Bytes body = bodies[i];
          Failure failure;

          body[at] ^= change;
          EXPECT_FALSE (parse_body (body, &failure)) << at;
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_CHECKSUM)) << at << failure;
        }
}

static Bytes
nested (gsize depth, guint8 container, const Bytes &leaf)
{
  Bytes bytes;

  for (gsize i = 0; i < depth; i++)
    {
      bytes.push_back (container);
      if (container == 0x81)
        bytes.push_back (0xc0);
    }
  bytes.insert (bytes.end (), leaf.begin (), leaf.end ());
  return bytes;
}

static Value
unpack (const Bytes &bytes, const P2pLimits *limits, GError **error)
{
  return take (p2p_value_unpack (bytes.data (), bytes.size (), limits, error));
}

TEST (Hostile, DepthStopsOneBeyondTheLimit)
{
  for (guint8 container : { 0x91, 0x81 })
    {
      Failure failure;

      EXPECT_TRUE (unpack (nested (32, container, { 1 }), nullptr, &failure)) << failure;
      EXPECT_TRUE (unpack (nested (31, container, { 0x90 }), nullptr, &failure)) << failure;
      EXPECT_FALSE (unpack (nested (33, container, { 1 }), nullptr, &failure));
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
      EXPECT_FALSE (unpack (nested (32, container, { 0x90 }), nullptr, &failure));
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
      EXPECT_FALSE (unpack (nested (2u << 20, container, { 1 }), nullptr, &failure));
      EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
    }
}

TEST (Hostile, DepthCanBeSetLowerAndNotHigherThanTheDecoderTakes)
{
  Failure failure;
  P2pLimits limits;

  p2p_limits_init (&limits);
  limits.depth = 2;
  EXPECT_TRUE (unpack (nested (2, 0x91, { 1 }), &limits, &failure)) << failure;
  EXPECT_FALSE (unpack (nested (3, 0x91, { 1 }), &limits, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
  limits.depth = 0;
  EXPECT_TRUE (unpack ({ 1 }, &limits, &failure)) << failure;
  EXPECT_FALSE (unpack ({ 0x90 }, &limits, &failure));
  limits.depth = 1000;
  EXPECT_TRUE (unpack (nested (32, 0x91, { 1 }), &limits, &failure)) << failure;
  EXPECT_FALSE (unpack (nested (33, 0x91, { 1 }), &limits, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
}

TEST (Hostile, ElementsOfAllDepthsAreCounted)
{
  /* The array itself is one. */
  for (guint32 n : { P2P_LIMIT_ELEMENTS - 1, P2P_LIMIT_ELEMENTS })
    {
      Failure failure;
      Bytes flat = { 0xdd, (guint8) (n >> 24), (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n };
      flat.insert (flat.end (), n, 0xc0);
      EXPECT_EQ ((bool) unpack (flat, nullptr, &failure), n < P2P_LIMIT_ELEMENTS);
      if (n == P2P_LIMIT_ELEMENTS)
        {
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
        }
    }

  Failure failure;
  P2pLimits limits;
  p2p_limits_init (&limits);
  Bytes tree = from_hex ("93" "9101" "810102" "c0");        /* 1 + 3 + 1 + 2 */
  limits.elements = 7;
  EXPECT_TRUE (unpack (tree, &limits, &failure)) << failure;
  limits.elements = 6;
  EXPECT_FALSE (unpack (tree, &limits, &failure));
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
}

TEST (Hostile, CountsThatLieCostNothing)
{
  for (const char *hex : { "ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "c9ffffffff05", "dcffff", "deffff", "df80000000", "dd7fffffff00" })
    {
      Bytes bytes = from_hex (hex);
      gint64 best = G_MAXINT64;

      for (gint i = 0; i < 20; i++)
        {
          Failure failure;
          gint64 before = g_get_monotonic_time ();

          EXPECT_FALSE (unpack (bytes, nullptr, &failure)) << hex;
          best = MIN (best, g_get_monotonic_time () - before);
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_PACKETS)) << hex << failure;
        }
      EXPECT_LT (best, 1000) << hex << ": microseconds";
    }
}

static Bytes
map_of_keys (guint32 n, const char *zero, const char *one)
{
  Bytes bytes = { 0xde, (guint8) (n >> 8), (guint8) n };

  for (guint32 i = 0; i < n; i++)
    {
      bytes.push_back (0xa0 + 28);
      for (gint bit = 0; bit < 14; bit++)
        for (char c : std::string (i >> bit & 1 ? one : zero))
          bytes.push_back ((guint8) c);
      bytes.push_back (0xc0);
    }
  return bytes;
}

static guint64
unpacking_time (const Bytes &bytes)
{
  Failure failure;
  clock_t before = clock ();
  Value map = unpack (bytes, nullptr, &failure);
  clock_t time = clock () - before;

  EXPECT_TRUE (map) << failure;
  EXPECT_STREQ (map ? g_variant_get_type_string (map.get ()) : "", "a{sv}");
  return (guint64) time;
}

TEST (Hostile, KeysChosenForAHashTableCostLittle)
{
  /* g_str_hash() of each key of the one map is the same: "Ab" and "BA" collide, and so does every row of fourteen of them. In a table
   * keyed by it they would cost some thousand times what harmless keys do. */
  ASSERT_EQ (g_str_hash ("Ab"), g_str_hash ("BA"));
  guint64 harmless = unpacking_time (map_of_keys (16384, "Ab", "Bc"));
  guint64 chosen = unpacking_time (map_of_keys (16384, "BA", "Ab"));

  EXPECT_LT (chosen, harmless * 20 + CLOCKS_PER_SEC / 20);
}

/* Is it exactly one value for msgpack-c? */
static bool
is_value_for_msgpack (const Bytes &bytes)
{
  msgpack_unpacked unpacked;
  gsize offset = 0;

  /* Meson has malloc() fill what it gives; of the gigabytes that a count announces that would take minutes. */
  mallopt (M_PERTURB, 0);
  msgpack_unpacked_init (&unpacked);
  bool ok = msgpack_unpack_next (&unpacked, (const char *) bytes.data (), bytes.size (), &offset) == MSGPACK_UNPACK_SUCCESS;
  msgpack_unpacked_destroy (&unpacked);
  return ok && offset == bytes.size ();
}

static bool
is_value_for_us (const Bytes &bytes, bool *limited)
{
  std::unique_ptr<guint8[]> exact (new guint8[bytes.size ()]);
  Failure failure;
  gsize used = 0;

  std::copy (bytes.begin (), bytes.end (), exact.get ());
  bool ok = p2p_skim_values (exact.get (), bytes.size (), 1, nullptr, &used, &failure);
  *limited = failure.is (P2P_WIRE_ERROR_LIMIT);
  return ok && used == bytes.size ();
}

static void
mutate (Bytes &bytes, std::mt19937 &random)
{
  static const guint8 heads[] = { 0x80, 0x81, 0x90, 0x91, 0x9f, 0xa0, 0xc0, 0xc1, 0xc4, 0xc5, 0xc7, 0xc8, 0xca, 0xcb, 0xcc, 0xcd,
                                  0xce, 0xcf, 0xd0, 0xd3, 0xd4, 0xd8, 0xd9, 0xda, 0xdc, 0xde, 0xe0, 0xff };

  for (guint n = 1 + (guint) (random () % 4); n > 0 && !bytes.empty (); n--)
    {
      gsize at = random () % bytes.size ();

      switch (random () % 5)
        {
        case 0: bytes[at] = (guint8) random (); break;
        case 1: bytes[at] = heads[random () % G_N_ELEMENTS (heads)]; break;
        case 2: bytes.erase (bytes.begin () + (gssize) at); break;
        case 3: bytes.insert (bytes.begin () + (gssize) at, heads[random () % G_N_ELEMENTS (heads)]); break;
        default: bytes[at] ^= (guint8) (1u << random () % 8); break;
        }
    }
}

TEST (Hostile, TheSkimAgreesWithMsgpackC)
{
  std::vector<Bytes> bodies = sample_bodies ();
  std::mt19937 random (20261120);
  gint accepted = 0;
  gint refused = 0;

  for (gint round = 0; round < 40000; round++)
    {
      const Bytes &body = bodies[random () % bodies.size ()];
      Bytes bytes (body.begin () + P2P_FRAME_ID_LENGTH, body.end ());
      bool limited;

      mutate (bytes, random);
      bool ours = is_value_for_us (bytes, &limited);
      /* Our limits are the narrower ones. */
      if (limited)
        continue;
      (ours ? accepted : refused)++;
      ASSERT_EQ (ours, is_value_for_msgpack (bytes)) << to_hex (bytes);
    }
  EXPECT_GT (accepted, 4000);
  EXPECT_GT (refused, 4000);
}

TEST (Hostile, RandomBytesToo)
{
  std::mt19937 random (9);

  for (gint round = 0; round < 40000; round++)
    {
      Bytes bytes (1 + random () % 12);
      bool limited;

      /* Without the counts of 32 bits, for which msgpack-c reserves gigabytes: the mutations above have enough of them. */
      for (guint8 &byte : bytes)
        do
          byte = (guint8) random ();
        while (byte == 0xdd || byte == 0xdf);
      bool ours = is_value_for_us (bytes, &limited);
      if (!limited)
        {
          ASSERT_EQ (ours, is_value_for_msgpack (bytes)) << to_hex (bytes);
        }
    }
}

TEST (Hostile, WhatPassesTheSkimCanBeReadAndWritten)
{
  std::vector<Bytes> bodies = sample_bodies ();
  std::mt19937 random (4);
  gint read = 0;

  for (gint round = 0; round < 10000; round++)
    {
      const Bytes &body = bodies[random () % bodies.size ()];
      Bytes bytes (body.begin () + P2P_FRAME_ID_LENGTH, body.end ());
      Failure failure;
      P2pSkim header;

      mutate (bytes, random);
      Value value = unpack (bytes, nullptr, &failure);
      if (value)
        {
          Bytes again = pack (value.get ());
          Value same = unpack (again, nullptr, &failure);
          ASSERT_TRUE (same) << failure;
          ASSERT_TRUE (pack (same.get ()) == again) << to_hex (bytes);
          own (p2p_value_print (value.get (), 100));
        }
      if (p2p_frame_skim (bytes.data (), bytes.size (), nullptr, &header, nullptr))
        {
          ASSERT_TRUE (value) << to_hex (bytes);
          ASSERT_TRUE (take (p2p_packets_parse (bytes.data () + header.payload_offset, bytes.size () - header.payload_offset,
                                                header.n_packets, nullptr, &failure))) << failure;
          read++;
        }
    }
  EXPECT_GT (read, 500);
}
