/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digests, protocol ids, node ids and positions on the ring. */
#include <algorithm>
#include <gtest/gtest.h>

#include "p2p/wire/p2p-base58.h"
#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-protocol-private.h"
#include "vectors.h"

using Protocol = std::unique_ptr<P2pProtocol, decltype (&p2p_protocol_unref)>;

static Protocol
own (P2pProtocol *protocol)
{
  return Protocol (protocol, p2p_protocol_unref);
}

static const std::vector<std::string> id_files = { "ids-py2p-0.7.870.json", "ids-py2p-0.6.757.json", "ids-js2p-0.7.870.json" };

class ProtocolIds : public testing::TestWithParam<Vector> {};

TEST_P (ProtocolIds, AreThoseOfTheOriginals)
{
  std::string version = GetParam ().text ("version");
  Protocol protocol = own (p2p_protocol_new_with_version (GetParam ().text ("subnet").c_str (),
                                                          GetParam ().text ("encryption").c_str (), version.c_str ()));

  EXPECT_EQ (p2p_protocol_get_id (protocol.get ()), GetParam ().text ("id"));
  EXPECT_EQ (p2p_protocol_get_subnet (protocol.get ()), GetParam ().text ("subnet"));
  EXPECT_EQ (p2p_protocol_get_encryption (protocol.get ()), GetParam ().text ("encryption"));
  EXPECT_EQ (p2p_protocol_get_version (protocol.get ()), version);
  Protocol current = own (p2p_protocol_new (GetParam ().text ("subnet").c_str (), GetParam ().text ("encryption").c_str ()));
  EXPECT_EQ (p2p_protocol_equal (current.get (), protocol.get ()), version == "0.7");
}

INSTANTIATE_TEST_SUITE_P (Golden, ProtocolIds, testing::ValuesIn (load_all (id_files, "protocol_ids")),
                          case_name);

class NodeIds : public testing::TestWithParam<Vector> {};

TEST_P (NodeIds, AreThoseOfTheOriginals)
{
  std::string protocol_id = GetParam ().text ("protocol_id");
  std::string salt = GetParam ().text ("user_salt");
  std::string hashed = GetParam ().text ("hashed");
  std::string tail = protocol_id + salt;
  ASSERT_GT (hashed.size (), tail.size ());
  std::string address = hashed.substr (0, hashed.size () - tail.size ());
  ASSERT_EQ (address + tail, hashed);
  bool old = GetParam ().file == "ids-py2p-0.6.757.json";
  Protocol protocol = own (p2p_protocol_new_with_version ("mesh", "Plaintext", old ? "0.6" : nullptr));
  ASSERT_EQ (p2p_protocol_get_id (protocol.get ()), protocol_id);

  EXPECT_EQ (own (p2p_node_id_from_address (address.c_str (), protocol.get (), salt.c_str ())).get (), GetParam ().text ("id"));
}

INSTANTIATE_TEST_SUITE_P (Golden, NodeIds, testing::ValuesIn (load_all (id_files, "node_ids")),
                          case_name);

TEST (Protocol, DefaultsAndEquality)
{
  Protocol mesh = own (p2p_protocol_get_default_mesh ());
  Protocol base = own (p2p_protocol_get_default_base ());
  Protocol ab_c = own (p2p_protocol_new ("ab", "c"));
  Protocol a_bc = own (p2p_protocol_new ("a", "bc"));
  Protocol again = own (p2p_protocol_new ("ab", "c"));

  EXPECT_STREQ (p2p_protocol_get_subnet (mesh.get ()), "mesh");
  EXPECT_STREQ (p2p_protocol_get_encryption (mesh.get ()), "Plaintext");
  EXPECT_STREQ (p2p_protocol_get_version (mesh.get ()), "0.7");
  EXPECT_STREQ (p2p_protocol_get_subnet (base.get ()), "");
  EXPECT_STREQ (p2p_get_protocol_release (), "0.7.870");
  EXPECT_STREQ (p2p_protocol_get_id (ab_c.get ()), p2p_protocol_get_id (a_bc.get ()));
  EXPECT_FALSE (p2p_protocol_equal (ab_c.get (), a_bc.get ()));
  EXPECT_TRUE (p2p_protocol_equal (ab_c.get (), again.get ()));
  Protocol other = own (p2p_protocol_ref (mesh.get ()));
  EXPECT_EQ (other.get (), mesh.get ());
}

TEST (Protocol, OfATable)
{
  Protocol plain = own (p2p_protocol_new_sync (nullptr, TRUE));
  Protocol spelled = own (p2p_protocol_new ("sync1", "Plaintext"));
  Protocol base = own (p2p_protocol_new_with_version ("garden", "SSL", "0.6"));
  Protocol free = own (p2p_protocol_new_sync (base.get (), FALSE));
  Protocol named = own (p2p_protocol_get_default_sync ());

  EXPECT_TRUE (p2p_protocol_equal (plain.get (), spelled.get ()));
  EXPECT_STREQ (p2p_protocol_get_subnet (free.get ()), "garden0");
  EXPECT_STREQ (p2p_protocol_get_encryption (free.get ()), "SSL");
  EXPECT_STREQ (p2p_protocol_get_version (free.get ()), "0.6");
  EXPECT_STREQ (p2p_protocol_get_subnet (named.get ()), "sync");
}

TEST (Digest, KnownAnswers)
{
  /* FIPS 180-2, "abc" */
  const std::pair<P2pDigest, const char *> known[] = {
    { P2P_DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
    { P2P_DIGEST_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7" },
    { P2P_DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { P2P_DIGEST_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
    { P2P_DIGEST_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
  };

  /* Twice: the second time the context is a used one. */
  for (gint round = 0; round < 2; round++)
    for (const auto &[digest, hex] : known)
      {
        guint8 out[P2P_DIGEST_MAX_LENGTH];
        gsize size = p2p_digest_compute (digest, (const guint8 *) "abc", 3, out);

        EXPECT_EQ (to_hex (out, size), hex);
        EXPECT_EQ (own (p2p_digest_base58 (digest, (const guint8 *) "abc", 3)).get (),
                   std::string (own (p2p_base58_encode_bytes (out, size, nullptr)).get ()));
      }
}

static Bytes
position (const std::string &text)
{
  Blob bytes = own (p2p_base58_decode_bytes (text.c_str (), nullptr));

  return to_vector (bytes.get ());
}

static std::string
hash_key (guint index, const Bytes &key)
{
  return own (p2p_chord_hash (index, key.data (), key.size ())).get ();
}

class ChordHashes : public testing::TestWithParam<Vector> {};

TEST_P (ChordHashes, AreThoseOfTheOriginals)
{
  JsonArray *hashes = GetParam ().array ("hashes");
  Bytes key = from_hex (GetParam ().text ("key_hex"));

  ASSERT_EQ (json_array_get_length (hashes), (guint) P2P_CHORD_HASHES);
  for (guint i = 0; i < P2P_CHORD_HASHES; i++)
    {
      if (GetParam ().file == "chord-js2p-0.7.870.json")
        {
          EXPECT_EQ (hash_key (i, key), json_array_get_string_element (hashes, i));
          continue;
        }
      Vector hash (json_array_get_object_element (hashes, i), "", "");
      EXPECT_EQ (p2p_chord_hash_name (i), hash.text ("method"));
      EXPECT_EQ (hash_key (i, key), hash.text ("base58"));
      EXPECT_EQ (to_hex (position (hash_key (i, key))), to_hex (from_decimal (hash.text ("int"))));
    }
}

INSTANTIATE_TEST_SUITE_P (Golden, ChordHashes,
                          testing::ValuesIn (load_all ({ "chord.json", "chord-js2p-0.7.870.json" }, "hashes")),
                          case_name);

static Bytes
distance (const Bytes &a, const Bytes &b)
{
  Bytes out (48);

  p2p_chord_distance (a.data (), a.size (), b.data (), b.size (), out.data ());
  return out;
}

class ChordDistances : public testing::TestWithParam<Vector> {};

TEST_P (ChordDistances, AreThoseOfTheOriginals)
{
  Bytes expected = from_decimal (GetParam ().text ("distance"));
  Bytes wide (48 - expected.size (), 0);

  wide.insert (wide.end (), expected.begin (), expected.end ());
  EXPECT_EQ (to_hex (distance (from_decimal (GetParam ().text ("a")), from_decimal (GetParam ().text ("b")))), to_hex (wide));
}

INSTANTIATE_TEST_SUITE_P (Golden, ChordDistances, testing::ValuesIn (load_vectors ("chord.json", "distances")),
                          case_name);

class ChordFind : public testing::TestWithParam<Vector> {};

/* The node that a key belongs to is the nearest by distance: this is what the ring is going to stand on. */
TEST_P (ChordFind, TheNearestByDistance)
{
  JsonArray *nodes = GetParam ().array ("ring");
  gint64 own_index = GetParam ().integer ("own_index");
  Bytes key = from_hex (GetParam ().text ("key_hex"));
  std::string method = GetParam ().text ("method");
  std::vector<gint64> candidates;
  guint hash = 0;

  while (method != p2p_chord_hash_name (hash))
    ASSERT_LT (++hash, (guint) P2P_CHORD_HASHES);
  if (!GetParam ().flag ("own_leeching"))
    candidates.push_back (own_index);
  for (guint i = 0; i < json_array_get_length (nodes); i++)
    if (i != own_index)
      candidates.push_back (i);

  Bytes wanted = position (hash_key (hash, key));
  auto node = [&] (gint64 i) { return from_hex (json_array_get_string_element (nodes, (guint) i)); };
  auto nearest = std::min_element (candidates.begin (), candidates.end (), [&] (gint64 a, gint64 b) {
    return distance (node (a), wanted) < distance (node (b), wanted);
  });
  auto nearest_before = std::min_element (candidates.begin (), candidates.end (), [&] (gint64 a, gint64 b) {
    return distance (wanted, node (a)) < distance (wanted, node (b));
  });
  EXPECT_EQ (*nearest, GetParam ().integer ("find"));
  EXPECT_EQ (*nearest_before, GetParam ().integer ("find_prev"));
}

INSTANTIATE_TEST_SUITE_P (Golden, ChordFind, testing::ValuesIn (load_vectors ("chord.json", "find")),
                          case_name);
