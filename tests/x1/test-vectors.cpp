/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every signed structure against what make-vectors.py made of docs/x1.md without a line of ours. */
#include <cstring>

#include "p2p/wire/p2p-digest.h"
#include "p2p/x1/p2p-fingerprint.h"
#include "p2p/x1/p2p-identity-file-private.h"
#include "p2p/x1/p2p-seal.h"
#include "p2p/x1/p2p-secret-private.h"
#include "p2p/x1/p2p-x1-transcript.h"
#include "x1-vectors.h"

using Secret = std::unique_ptr<P2pSecret, decltype (&p2p_secret_unref)>;

static std::string
sha256_of (const Bytes &bytes)
{
  guint8 digest[P2P_SHA256_LENGTH];

  p2p_sha256 (bytes.data (), bytes.size (), digest);
  return to_hex (digest, sizeof digest);
}

static void
append (Bytes &to, GBytes *bytes)
{
  Bytes more = to_vector (bytes);

  to.insert (to.end (), more.begin (), more.end ());
}

TEST (X1Vectors, Identities)
{
  for (const char *name : { "a", "b" })
    {
      Vector vector = x1_vectors ().child (name);
      Identity identity = vector_identity (name);
      guint8 secret[32];

      EXPECT_EQ (to_hex (p2p_identity_peek_public_key (identity.get ()), 32), vector.text ("pub"));
      EXPECT_EQ (node_id (identity.get (), network ()), vector.text ("id"));
      p2p_identity_get_x25519_secret (identity.get (), secret);
      EXPECT_EQ (to_hex (secret, 32), vector.text ("x25519_secret"));
      EXPECT_TRUE (p2p_key_is_sound (p2p_identity_peek_public_key (identity.get ())));
    }
}

/* The leaves as make() of make-vectors.py has them. */
static std::vector<P2pLeaf>
batch_leaves (const Vector &batch, std::vector<std::string> &notes)
{
  std::vector<Vector> shown = x1_array (batch, "shown");
  guint n = (guint) batch.integer ("n");
  std::vector<P2pLeaf> leaves;

  notes.reserve (n);
  for (guint i = 0; i < n; i++)
    {
      std::string name = "leaf " + std::to_string (i);
      P2pLeaf leaf = make_leaf (0);

      notes.push_back (n >= 5 ? std::string (i % 30, (char) (i % 256)) : "");
      p2p_sha256 ((const guint8 *) name.data (), name.size (), leaf.id);
      if (n == 1)
        {
          Bytes id = from_hex (shown[0].text ("id"));
          Bytes note = from_hex (shown[0].text ("note"));

          memcpy (leaf.id, id.data (), id.size ());
          notes[0] = std::string (note.begin (), note.end ());
        }
      leaf.note = (const guint8 *) notes[i].data ();
      leaf.note_length = notes[i].size ();
      leaves.push_back (leaf);
    }
  return leaves;
}

TEST (X1Vectors, Batches)
{
  Verifier verifier = make_verifier ();

  for (const Vector &batch : x1_array (x1_vectors (), "batches"))
    {
      std::string domain = batch.text ("domain");
      Identity signer = vector_identity (domain == P2P_PROOF_DOMAIN_VALUE ? "b" : "a");
      std::string id = node_id (signer.get (), network ());
      std::vector<std::string> notes;
      std::vector<P2pLeaf> leaves = batch_leaves (batch, notes);
      std::vector<Blob> proofs = sign (signer.get (), domain.c_str (), leaves);
      std::vector<GBytes *> unpacked (leaves.size (), nullptr);
      Blob packed = own (p2p_leaves_pack (leaves.data (), (guint) leaves.size ()));
      Bytes sig = from_hex (batch.text ("sig"));
      Bytes all;

      ASSERT_EQ (proofs.size (), leaves.size ());
      EXPECT_EQ (sha256_of (to_vector (packed.get ())), batch.text ("leaves_sha256"));
      p2p_proof_unpack_batch (p2p_identity_peek_public_key (signer.get ()), sig.data (), leaves.data (), (guint) leaves.size (), unpacked.data ());
      for (guint i = 0; i < leaves.size (); i++)
        {
          append (all, proofs[i].get ());
          EXPECT_TRUE (g_bytes_equal (proofs[i].get (), unpacked[i]));
          EXPECT_TRUE (checks (verifier.get (), unpacked[i], domain.c_str (), network (), id, leaves[i].id));
          g_bytes_unref (unpacked[i]);
        }
      EXPECT_EQ (sha256_of (all), batch.text ("proofs_sha256"));
      for (const Vector &shown : x1_array (batch, "shown"))
        {
          Blob proof = to_blob (from_hex (shown.text ("proof")));
          Bytes leaf = from_hex (shown.text ("id"));
          Verifier fresh = make_verifier ();
          P2pProofView view;
          guint8 root[32];

          EXPECT_EQ (hex_of (proofs[(guint) shown.integer ("index")].get ()), shown.text ("proof"));
          EXPECT_TRUE (checks (fresh.get (), proof.get (), domain.c_str (), network (), id, leaf.data ()));
          ASSERT_TRUE (p2p_proof_read (proof.get (), &view));
          EXPECT_EQ (view.index, shown.integer ("index"));
          EXPECT_EQ (view.n_leaves, batch.integer ("n"));
          EXPECT_EQ (to_hex (view.note, view.note_length), shown.text ("note"));
          EXPECT_EQ (to_hex (view.signature, 64), batch.text ("sig"));
          p2p_proof_get_root (&view, leaf.data (), root);
          EXPECT_EQ (to_hex (root, 32), batch.text ("root"));
        }
    }
}

TEST (X1Vectors, SecretAndAuth)
{
  Vector vectors = x1_vectors ();
  Secret secret (p2p_secret_new (vectors.text ("secret").c_str (), network ().c_str (), nullptr), p2p_secret_unref);
  Identity a = vector_identity ("a"), b = vector_identity ("b");
  const guint8 *a_pub = p2p_identity_peek_public_key (a.get ());
  Bytes ours = from_hex (json_array_get_string_element (vectors.array ("nonces"), 0));
  Bytes theirs = from_hex (json_array_get_string_element (vectors.array ("nonces"), 1));

  ASSERT_TRUE (secret);
  EXPECT_EQ (to_hex (p2p_secret_peek_key (secret.get ()), P2P_SECRET_KEY_LENGTH), vectors.text ("secret_key"));
  for (const Vector &auth : x1_array (vectors, "auth"))
    {
      Bytes binding = from_hex (auth.text ("binding"));
      Blob transcript = own (p2p_auth_transcript ((P2pAuthRole) auth.integer ("role"), node_id (a.get (), network ()).c_str (), node_id (b.get (), network ()).c_str (),
                                                  a_pub, auth.flag ("with_other_key") ? p2p_identity_peek_public_key (b.get ()) : nullptr,
                                                  ours.data (), theirs.data (), network ().c_str (), binding.empty () ? nullptr : binding.data ()));
      guint8 sig[64], mac[32];

      EXPECT_EQ (hex_of (transcript.get ()), auth.text ("transcript"));
      ASSERT_TRUE (p2p_auth_sign (a.get (), transcript.get (), sig));
      EXPECT_EQ (to_hex (sig, 64), auth.text ("sig"));
      EXPECT_TRUE (p2p_auth_check (a_pub, transcript.get (), sig));
      EXPECT_FALSE (p2p_auth_check (p2p_identity_peek_public_key (b.get ()), transcript.get (), sig));
      p2p_auth_mac (secret.get (), transcript.get (), mac);
      EXPECT_EQ (to_hex (mac, 32), auth.text ("mac"));
      EXPECT_TRUE (p2p_auth_check_mac (secret.get (), transcript.get (), mac));
      for (gsize bit = 0; bit < 256; bit++)
        {
          mac[bit / 8] ^= (guint8) (1 << bit % 8);
          EXPECT_FALSE (p2p_auth_check_mac (secret.get (), transcript.get (), mac));
          mac[bit / 8] ^= (guint8) (1 << bit % 8);
        }
    }
}

TEST (X1Vectors, Seals)
{
  Identity a = vector_identity ("a"), b = vector_identity ("b");
  std::string a_id = node_id (a.get (), network ()), b_id = node_id (b.get (), network ());

  for (const Vector &seal : x1_array (x1_vectors (), "seal"))
    {
      FixedRandom random (from_hex (seal.text ("eph_secret")));
      Blob body = to_blob (from_hex (seal.text ("body")));
      Blob box = own (p2p_seal_box (a.get (), p2p_identity_peek_public_key (b.get ()), network ().c_str (), a_id.c_str (), b_id.c_str (), body.get (), &random.base, nullptr));
      guint8 pub[32];

      ASSERT_TRUE (box);
      EXPECT_EQ (hex_of (box.get ()), seal.text ("box"));
      EXPECT_EQ (g_bytes_get_size (box.get ()), g_bytes_get_size (body.get ()) + P2P_SEAL_OVERHEAD);
      Blob opened = own (p2p_seal_open (b.get (), network ().c_str (), a_id.c_str (), b_id.c_str (), box.get (), pub, nullptr));
      ASSERT_TRUE (opened);
      EXPECT_TRUE (g_bytes_equal (opened.get (), body.get ()));
      EXPECT_EQ (to_hex (pub, 32), x1_vectors ().child ("a").text ("pub"));
    }
}

TEST (X1Vectors, Fingerprints)
{
  for (const Vector &vector : x1_array (x1_vectors (), "fingerprints"))
    {
      Blob pub = to_blob (from_hex (vector.text ("pub")));

      EXPECT_EQ (own (p2p_fingerprint_digits (pub.get ())).get (), vector.text ("digits"));
      EXPECT_EQ (own (p2p_fingerprint_words (pub.get ())).get (), vector.text ("words"));
    }
}

TEST (X1Vectors, IdentityFiles)
{
  Identity a = vector_identity ("a");

  for (const Vector &vector : x1_array (x1_vectors (), "identity_files"))
    {
      std::string passphrase = vector.text ("passphrase");

      if (vector.integer ("block") == 8)   /* how ours are written */
        {
          EXPECT_EQ (own (p2p_identity_export_with (a.get (), passphrase.c_str (), (guint) vector.integer ("cost"), from_hex (vector.text ("salt")).data (),
                                                    from_hex (vector.text ("nonce")).data (), nullptr)).get (), vector.text ("text"));
        }
      if (vector.integer ("cost") == P2P_IDENTITY_FILE_COST)
        continue;   /* that such a one is read is seen in ThereAndBack */
      Identity read (p2p_identity_import (vector.text ("text").c_str (), passphrase.c_str (), nullptr), p2p_identity_unref);
      ASSERT_TRUE (read);
      EXPECT_EQ (node_id (read.get (), network ()), node_id (a.get (), network ()));
    }
}
