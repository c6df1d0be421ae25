/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs that are none, and what the verifier remembers. */
#include <cstring>

#include "x1-vectors.h"

static const char *const domain = P2P_PROOF_DOMAIN_MESSAGE;

struct Fixture
{
  Identity identity = make_identity (7);
  std::string id = node_id (identity.get (), network ());
  Verifier verifier = make_verifier ();

  bool checks_as (GBytes *proof, const guint8 *leaf) { return checks (verifier.get (), proof, domain, network (), id, leaf); }
};

static Blob
edit (GBytes *proof, gsize at, guint16 value)
{
  Bytes bytes = to_vector (proof);

  bytes[at] = (guint8) (value >> 8);
  bytes[at + 1] = (guint8) value;
  return to_blob (bytes);
}

static Blob
resize (GBytes *proof, gssize by, guint8 with = 0)
{
  Bytes bytes = to_vector (proof);

  bytes.resize ((gsize) ((gssize) bytes.size () + by), with);
  return to_blob (bytes);
}

/* Of every size each leaf, and none of the others. */
TEST (Proof, EverySize)
{
  Fixture f;

  for (guint n : { 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 31u, 33u, 100u, 255u, 257u, 511u, 512u })
    {
      std::vector<P2pLeaf> leaves = make_leaves (n);
      std::vector<Blob> proofs = sign (f.identity.get (), domain, leaves);
      guint64 before = p2p_verifier_get_n_checked (f.verifier.get ());

      ASSERT_EQ (proofs.size (), n);
      for (guint i = 0; i < n; i++)
        {
          EXPECT_LE (g_bytes_get_size (proofs[i].get ()), (gsize) P2P_PROOF_MAX_LENGTH);
          EXPECT_TRUE (f.checks_as (proofs[i].get (), leaves[i].id)) << i << " of " << n;
        }
      /* one signature for all of them */
      EXPECT_EQ (p2p_verifier_get_n_checked (f.verifier.get ()), before + 1);
      EXPECT_FALSE (f.checks_as (proofs[0].get (), make_leaf (n).id));
      if (n > 1)
        {
          EXPECT_FALSE (f.checks_as (proofs[0].get (), leaves[1].id));
        }
    }
}

TEST (Proof, EveryBit)
{
  Fixture f;
  std::vector<P2pLeaf> leaves = make_leaves (5);
  leaves[2] = make_leaf (2, "note");
  std::vector<Blob> proofs = sign (f.identity.get (), domain, leaves);
  gsize n_bits = g_bytes_get_size (proofs[2].get ()) * 8;

  ASSERT_TRUE (f.checks_as (proofs[2].get (), leaves[2].id));
  for (gsize bit = 0; bit < n_bits; bit++)
    EXPECT_FALSE (f.checks_as (flip (proofs[2].get (), bit).get (), leaves[2].id)) << "bit " << bit;
  for (gsize bit = 0; bit < 256; bit++)
    {
      P2pLeaf other = leaves[2];

      other.id[bit / 8] ^= (guint8) (1 << bit % 8);
      EXPECT_FALSE (f.checks_as (proofs[2].get (), other.id));
    }
}

TEST (Proof, OtherPlacesInTheTree)
{
  Fixture f;
  std::vector<P2pLeaf> leaves = make_leaves (6);
  std::vector<Blob> proofs = sign (f.identity.get (), domain, leaves);
  const gsize index_at = 97, n_at = 99;

  for (guint i = 0; i < 6; i++)
    for (guint other = 0; other < 16; other++)
      {
        if (other != i)
          {
            EXPECT_FALSE (f.checks_as (edit (proofs[i].get (), index_at, (guint16) other).get (), leaves[i].id));
          }
        if (other != 6)
          {
            EXPECT_FALSE (f.checks_as (edit (proofs[i].get (), n_at, (guint16) other).get (), leaves[i].id));
          }
      }
  EXPECT_FALSE (f.checks_as (edit (proofs[0].get (), n_at, 513).get (), leaves[0].id));
  EXPECT_FALSE (f.checks_as (edit (proofs[0].get (), n_at, 65535).get (), leaves[0].id));
}

/* A node of the tree is no leaf, and a leaf no node. */
TEST (Proof, NodeAsLeaf)
{
  Fixture f;
  std::vector<P2pLeaf> leaves = make_leaves (4);
  std::vector<Blob> proofs = sign (f.identity.get (), domain, leaves);
  Bytes whole = to_vector (proofs[0].get ());
  Bytes shorter (whole.begin (), whole.begin () + 101);
  P2pProofView view;
  P2pLeaf node;

  ASSERT_TRUE (p2p_proof_read (proofs[2].get (), &view));
  memcpy (node.id, view.path + 32, 32);     /* of leaves 0 and 1 */
  shorter.insert (shorter.end (), whole.begin () + 101 + 32, whole.end ());
  shorter[100] = 2;                         /* of two */
  EXPECT_FALSE (f.checks_as (to_blob (shorter).get (), node.id));
}

TEST (Proof, Lengths)
{
  Fixture f;
  std::vector<P2pLeaf> leaves = make_leaves (3);
  std::vector<Blob> proofs = sign (f.identity.get (), domain, leaves);
  P2pProofView view;

  for (const Blob &proof : proofs)
    {
      gsize length = g_bytes_get_size (proof.get ());

      for (gsize n = 0; n < length; n++)
        EXPECT_FALSE (p2p_proof_read (resize (proof.get (), (gssize) n - (gssize) length).get (), &view)) << n;
      for (gsize more : { 1, 2, 31, 32, 33, 255, 256, 1000 })
        {
          EXPECT_FALSE (p2p_proof_read (resize (proof.get (), (gssize) more).get (), &view));
          EXPECT_FALSE (p2p_proof_read (resize (proof.get (), (gssize) more, 0xff).get (), &view));
        }
      EXPECT_FALSE (f.checks_as (resize (proof.get (), 1).get (), leaves[0].id));
    }
}

/* What was signed for one purpose, network or node proves nothing for another. */
TEST (Proof, OtherPurposes)
{
  Fixture f;
  P2pLeaf leaf = make_leaf (1);
  std::vector<Blob> proofs = sign (f.identity.get (), domain, { leaf });
  Identity other = make_identity (8);

  ASSERT_TRUE (f.checks_as (proofs[0].get (), leaf.id));
  EXPECT_FALSE (checks (f.verifier.get (), proofs[0].get (), P2P_PROOF_DOMAIN_VALUE, network (), f.id, leaf.id));
  EXPECT_FALSE (checks (f.verifier.get (), proofs[0].get (), domain, "another", f.id, leaf.id));
  EXPECT_FALSE (checks (f.verifier.get (), proofs[0].get (), domain, "another", node_id (f.identity.get (), "another"), leaf.id));
  EXPECT_FALSE (checks (f.verifier.get (), proofs[0].get (), domain, network (), node_id (other.get (), network ()), leaf.id));
  EXPECT_FALSE (checks (f.verifier.get (), proofs[0].get (), domain, network (), "", leaf.id));
}

/* The known encodings of points of small order, both signs of x, and those that are not the only one of their point. */
static std::vector<Bytes>
bad_keys ()
{
  std::vector<Bytes> keys;

  for (const char *hex : { "0000000000000000000000000000000000000000000000000000000000000000",
                           "0100000000000000000000000000000000000000000000000000000000000000",
                           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f" })
    for (guint8 sign : { 0, 0x80 })
      {
        Bytes key = from_hex (hex);

        key.resize (32);
        key[31] |= sign;
        keys.push_back (key);
      }
  return keys;
}

TEST (Proof, BadKeys)
{
  Verifier verifier = make_verifier ();
  P2pLeaf leaf = make_leaf (1);

  for (const Bytes &key : bad_keys ())
    {
      Bytes bytes (102, 0);
      std::string id = own (p2p_key_to_node_id (key.data (), network ().c_str ())).get ();
      guint8 sig[64] = { 1 };   /* R the neutral element, S zero: right for every message under a key of order 1 */

      EXPECT_FALSE (p2p_key_is_sound (key.data ())) << to_hex (key);
      EXPECT_FALSE (p2p_key_verify (key.data (), leaf.id, 32, sig));
      bytes[0] = 1;
      memcpy (&bytes[1], key.data (), 32);
      memcpy (&bytes[33], sig, 64);
      bytes[100] = 1;
      EXPECT_FALSE (checks (verifier.get (), to_blob (bytes).get (), domain, network (), id, leaf.id));
    }
}

/* S and S plus the order of the group are the same to who does not look: it would be a second signature over the same. */
TEST (Proof, OtherFormOfASignature)
{
  static const guint8 order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
  Fixture f;
  P2pLeaf leaf = make_leaf (1);
  Bytes proof = to_vector (sign (f.identity.get (), domain, { leaf })[0].get ());
  guint carry = 0;

  for (guint i = 0; i < 32; i++)
    {
      carry += proof[1 + 32 + 32 + i] + order[i];
      proof[1 + 32 + 32 + i] = (guint8) carry;
      carry >>= 8;
    }
  EXPECT_EQ (carry, 0u);
  EXPECT_FALSE (f.checks_as (to_blob (proof).get (), leaf.id));
}

TEST (Leaves, ThereAndBack)
{
  std::string longest (255, 'n');
  std::vector<P2pLeaf> leaves = { make_leaf (1), make_leaf (2, "x"), make_leaf (3, longest.c_str ()) };
  Blob packed = own (p2p_leaves_pack (leaves.data (), 3));
  std::vector<P2pLeaf> read (P2P_MAX_LEAVES);
  gsize length = g_bytes_get_size (packed.get ());
  auto bytes = (const guint8 *) g_bytes_get_data (packed.get (), nullptr);

  ASSERT_EQ (p2p_leaves_unpack (bytes, length, read.data ()), 3u);
  for (guint i = 0; i < 3; i++)
    {
      EXPECT_EQ (memcmp (read[i].id, leaves[i].id, 32), 0);
      ASSERT_EQ (read[i].note_length, leaves[i].note_length);
      EXPECT_EQ (std::string ((const char *) read[i].note, read[i].note_length), std::string ((const char *) leaves[i].note, leaves[i].note_length));
    }
  for (gsize n = 0; n < length; n++)
    EXPECT_EQ (p2p_leaves_unpack (bytes, n, read.data ()), n == 33 ? 1u : n == 67 ? 2u : 0u) << n;
}

TEST (Leaves, Limits)
{
  std::vector<P2pLeaf> read (P2P_MAX_LEAVES);
  Bytes most ((gsize) 33 * 512, 0), more ((gsize) 33 * 513, 0), long_notes;

  EXPECT_EQ (p2p_leaves_unpack (most.data (), most.size (), read.data ()), 512u);
  EXPECT_EQ (p2p_leaves_unpack (more.data (), more.size (), read.data ()), 0u);
  for (guint i = 0; i < 113; i++)
    {
      Bytes leaf (288, 0xff);

      long_notes.insert (long_notes.end (), leaf.begin (), leaf.end ());
    }
  EXPECT_EQ (p2p_leaves_unpack (long_notes.data (), long_notes.size (), read.data ()), 113u);
  long_notes.insert (long_notes.end (), 288, 0xff);
  EXPECT_GT (long_notes.size (), (gsize) P2P_MAX_LEAVES_LENGTH);
  EXPECT_EQ (p2p_leaves_unpack (long_notes.data (), long_notes.size (), read.data ()), 0u);
}

TEST (Verifier, KnowsWhatItChecked)
{
  Fixture f;
  std::vector<P2pLeaf> leaves = make_leaves (2);
  std::vector<Blob> proofs = sign (f.identity.get (), domain, leaves);
  auto knows = [&] (guint i, const guint8 *id) { return p2p_verifier_knows (f.verifier.get (), proofs[i].get (), domain, network ().c_str (), f.id.c_str (), id); };

  EXPECT_FALSE (knows (0, leaves[0].id));
  ASSERT_TRUE (f.checks_as (proofs[0].get (), leaves[0].id));
  EXPECT_TRUE (knows (0, leaves[0].id));
  EXPECT_TRUE (knows (1, leaves[1].id));
  EXPECT_FALSE (knows (1, leaves[0].id));
  EXPECT_EQ (p2p_verifier_get_n_checked (f.verifier.get ()), 1u);
}

/* What is wrong is never remembered as right, and is checked each time. */
TEST (Verifier, WrongStaysWrong)
{
  Fixture f;
  P2pLeaf leaf = make_leaf (1), other = make_leaf (2);
  std::vector<Blob> proofs = sign (f.identity.get (), domain, { leaf });

  for (guint i = 0; i < 3; i++)
    EXPECT_FALSE (f.checks_as (proofs[0].get (), other.id));
  EXPECT_EQ (p2p_verifier_get_n_checked (f.verifier.get ()), 3u);
}

/* More signatures than it remembers, and more keys: the oldest are forgotten, and checked again when they come. */
TEST (Verifier, ForgetsTheOldest)
{
  const guint n = 4096 + 8;
  Fixture f;
  std::vector<Blob> first;
  guint64 checked;

  for (guint i = 0; i < n; i++)
    {
      P2pLeaf leaf = make_leaf (i);
      std::vector<Blob> proofs = sign (f.identity.get (), domain, { leaf });

      ASSERT_TRUE (f.checks_as (proofs[0].get (), leaf.id));
      if (i == 0 || i == n - 1)
        first.push_back (std::move (proofs[0]));
    }
  EXPECT_FALSE (p2p_verifier_knows (f.verifier.get (), first[0].get (), domain, network ().c_str (), f.id.c_str (), make_leaf (0).id));
  EXPECT_TRUE (p2p_verifier_knows (f.verifier.get (), first[1].get (), domain, network ().c_str (), f.id.c_str (), make_leaf (n - 1).id));
  checked = p2p_verifier_get_n_checked (f.verifier.get ());
  EXPECT_TRUE (f.checks_as (first[0].get (), make_leaf (0).id));
  EXPECT_EQ (p2p_verifier_get_n_checked (f.verifier.get ()), checked + 1);
}

TEST (Verifier, ManyKeys)
{
  Verifier verifier = make_verifier ();
  P2pLeaf leaf = make_leaf (1);

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 300; i++)
      {
        Bytes seed (32, 1);

        seed[0] = (guint8) i;
        seed[1] = (guint8) (i >> 8);
        Identity identity = make_identity (seed);
        std::vector<Blob> proofs = sign (identity.get (), domain, { leaf });

        EXPECT_TRUE (checks (verifier.get (), proofs[0].get (), domain, network (), node_id (identity.get (), network ()), leaf.id));
      }
  /* the signatures are remembered even where the keys are not */
  EXPECT_EQ (p2p_verifier_get_n_checked (verifier.get ()), 300u);
}

/* One verifier, two networks: the same key is another node there. */
TEST (Verifier, TwoNetworks)
{
  Fixture f;
  P2pLeaf leaf = make_leaf (1);
  GBytes *proof = nullptr;

  ASSERT_TRUE (p2p_proof_sign (f.identity.get (), domain, "elsewhere", &leaf, 1, &proof));
  Blob there = own (proof);
  Blob here = std::move (sign (f.identity.get (), domain, { leaf })[0]);
  for (guint i = 0; i < 2; i++)
    {
      EXPECT_TRUE (f.checks_as (here.get (), leaf.id));
      EXPECT_TRUE (checks (f.verifier.get (), there.get (), domain, "elsewhere", node_id (f.identity.get (), "elsewhere"), leaf.id));
      EXPECT_FALSE (f.checks_as (there.get (), leaf.id));
    }
}

/* What programs are given: kept proofs, which may be anything. */
TEST (Verifier, OfPrograms)
{
  Fixture f;
  P2pLeaf leaf = make_leaf (1);
  Blob proof = std::move (sign (f.identity.get (), domain, { leaf })[0]);
  Blob id = to_blob (Bytes (leaf.id, leaf.id + 32)), other = flip (id.get (), 0), nothing = to_blob ({});
  Blob key = own (p2p_proof_get_public_key (proof.get ()));
  Blob own_key = own (p2p_identity_get_public_key (f.identity.get ()));
  g_autoptr (GError) error = nullptr;

  EXPECT_TRUE (p2p_verifier_check_message (f.verifier.get (), proof.get (), network ().c_str (), f.id.c_str (), id.get (), &error));
  EXPECT_EQ (error, nullptr);
  EXPECT_FALSE (p2p_verifier_check_message (f.verifier.get (), proof.get (), network ().c_str (), f.id.c_str (), other.get (), &error));
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY));
  EXPECT_FALSE (p2p_verifier_check_message (f.verifier.get (), nothing.get (), network ().c_str (), f.id.c_str (), id.get (), nullptr));
  EXPECT_TRUE (g_bytes_equal (key.get (), own_key.get ()));
  EXPECT_EQ (p2p_proof_get_public_key (nothing.get ()), nullptr);
}
