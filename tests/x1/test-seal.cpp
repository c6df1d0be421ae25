/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Boxes that must not open. */
#include <cstring>

#include "p2p/x1/p2p-seal.h"
#include "x1-vectors.h"

struct Sealed
{
  Identity from = make_identity (1), to = make_identity (2), other = make_identity (3);
  std::string from_id = node_id (from.get (), network ()), to_id = node_id (to.get (), network ()), other_id = node_id (other.get (), network ());
  Blob body = to_blob (Bytes (50, 'm'));
  Blob box { nullptr, g_bytes_unref };

  Sealed () { box = seal (from.get (), from_id, 9); }

  Blob
  seal (P2pIdentity *by, const std::string &as, guint8 random_byte)
  {
    FixedRandom random (Bytes (32, random_byte));

    return own (p2p_seal_box (by, p2p_identity_peek_public_key (to.get ()), network ().c_str (), as.c_str (), to_id.c_str (), body.get (), &random.base, nullptr));
  }

  bool
  opens (GBytes *what, P2pIdentity *by, const std::string &as, const std::string &name, const std::string &net)
  {
    g_autoptr (GError) error = nullptr;
    guint8 pub[32];
    Blob opened = own (p2p_seal_open (by, net.c_str (), as.c_str (), name.c_str (), what, pub, &error));

    EXPECT_EQ ((bool) opened, error == nullptr);
    if (!opened)
      {
        EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY)) << error->message;
        return false;
      }
    return g_bytes_equal (opened.get (), body.get ()) && memcmp (pub, p2p_identity_peek_public_key (from.get ()), 32) == 0;
  }

  bool opens (GBytes *what) { return opens (what, to.get (), from_id, to_id, network ()); }
};

TEST (Seal, EveryBit)
{
  Sealed s;

  ASSERT_TRUE (s.opens (s.box.get ()));
  /* The first 255 are the point of the ephemeral key; the 256th is not one of it, but of what the keys are made of. */
  for (gsize bit = 0; bit < g_bytes_get_size (s.box.get ()) * 8; bit++)
    EXPECT_FALSE (s.opens (flip (s.box.get (), bit).get ())) << bit;
}

TEST (Seal, OtherPeople)
{
  Sealed s;

  EXPECT_FALSE (s.opens (s.box.get (), s.other.get (), s.from_id, s.to_id, network ()));
  EXPECT_FALSE (s.opens (s.box.get (), s.other.get (), s.from_id, s.other_id, network ()));
  EXPECT_FALSE (s.opens (s.box.get (), s.to.get (), s.other_id, s.to_id, network ()));
  EXPECT_FALSE (s.opens (s.box.get (), s.to.get (), s.from_id, s.other_id, network ()));
  EXPECT_FALSE (s.opens (s.box.get (), s.to.get (), s.from_id, s.to_id, "elsewhere"));
  /* sealed in another's name: it opens, and is not signed by him */
  EXPECT_FALSE (s.opens (s.seal (s.other.get (), s.from_id, 9).get ()));
}

TEST (Seal, Lengths)
{
  Sealed s;
  Bytes bytes = to_vector (s.box.get ());

  for (gsize n = 0; n < bytes.size (); n++)
    EXPECT_FALSE (s.opens (to_blob (Bytes (bytes.begin (), bytes.begin () + (gssize) n)).get ())) << n;
  bytes.push_back (0);
  EXPECT_FALSE (s.opens (to_blob (bytes).get ()));
}

/* Keys with which everybody comes to the same. */
TEST (Seal, BadPoints)
{
  Sealed s;
  FixedRandom random (Bytes (32, 9));

  for (guint8 first : { 0x00, 0x01, 0xec, 0xed, 0xee })
    {
      Bytes key (32, first < 2 ? 0 : 0xff);
      Bytes box = to_vector (s.box.get ());
      g_autoptr (GError) error = nullptr;

      key[0] = first;
      key[31] &= 0x7f;
      EXPECT_EQ (p2p_seal_box (s.from.get (), key.data (), network ().c_str (), s.from_id.c_str (), s.to_id.c_str (), s.body.get (), &random.base, &error), nullptr);
      EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY));
      memcpy (box.data (), key.data (), 32);
      EXPECT_FALSE (s.opens (to_blob (box).get ()));
    }
}

/* The same twice is two boxes. */
TEST (Seal, Fresh)
{
  Sealed s;

  EXPECT_FALSE (g_bytes_equal (s.box.get (), s.seal (s.from.get (), s.from_id, 10).get ()));
  EXPECT_TRUE (g_bytes_equal (s.box.get (), s.seal (s.from.get (), s.from_id, 9).get ()));
}

/* Names that are none. */
TEST (Seal, LongNames)
{
  Sealed s;
  FixedRandom random (Bytes (32, 9));
  std::string endless (70000, 'x');

  EXPECT_FALSE (s.opens (s.box.get (), s.to.get (), endless, s.to_id, network ()));
  EXPECT_FALSE (s.opens (s.box.get (), s.to.get (), s.from_id, endless, network ()));
  EXPECT_EQ (p2p_seal_box (s.from.get (), p2p_identity_peek_public_key (s.to.get ()), network ().c_str (), s.from_id.c_str (), endless.c_str (), s.body.get (), &random.base, nullptr),
             nullptr);
}
