/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "x1-vectors.h"

#include <algorithm>
#include <cstring>

Vector
x1_vectors ()
{
  static JsonParser *parser = nullptr;   /* lives as long as the process */
  static const char *name = "x1/vectors.json";

  if (parser == nullptr)
    {
      g_autofree char *path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "x1", "vectors.json", nullptr);

      parser = json_parser_new_immutable ();
      if (!json_parser_load_from_file (parser, path, nullptr))
        g_error ("%s cannot be read", path);
    }
  return Vector (json_node_get_object (json_parser_get_root (parser)), name, name);
}

std::vector<Vector>
x1_array (const Vector &of, const char *member)
{
  std::vector<Vector> found;
  JsonArray *array = of.array (member);

  for (guint i = 0; i < json_array_get_length (array); i++)
    found.emplace_back (json_array_get_object_element (array, i), of.file, member);
  return found;
}

std::string
network ()
{
  return x1_vectors ().text ("network");
}

Identity
make_identity (const Bytes &seed)
{
  g_autoptr (GBytes) bytes = g_bytes_new (seed.data (), seed.size ());

  return Identity (p2p_identity_new_from_seed (bytes, nullptr), p2p_identity_unref);
}

Identity
make_identity (guint8 byte)
{
  return make_identity (Bytes (32, byte));
}

Identity
vector_identity (const char *name)
{
  return make_identity (from_hex (x1_vectors ().child (name).text ("seed")));
}

std::string
node_id (P2pIdentity *identity, const std::string &net)
{
  return own (p2p_key_to_node_id (p2p_identity_peek_public_key (identity), net.c_str ())).get ();
}

std::string
hex_of (GBytes *bytes)
{
  return to_hex (to_vector (bytes));
}

Blob
flip (GBytes *bytes, gsize bit)
{
  Bytes copy = to_vector (bytes);

  copy[bit / 8] ^= (guint8) (1 << bit % 8);
  return to_blob (copy);
}

P2pLeaf
make_leaf (guint i, const char *note)
{
  P2pLeaf leaf = { { 0 }, (const guint8 *) note, note != nullptr ? strlen (note) : 0 };

  leaf.id[0] = (guint8) (i >> 8);
  leaf.id[31] = (guint8) i;
  return leaf;
}

std::vector<P2pLeaf>
make_leaves (guint n)
{
  std::vector<P2pLeaf> leaves;

  for (guint i = 0; i < n; i++)
    leaves.push_back (make_leaf (i));
  return leaves;
}

std::vector<Blob>
sign (P2pIdentity *identity, const char *domain, const std::vector<P2pLeaf> &leaves)
{
  std::vector<GBytes *> raw (leaves.size (), nullptr);
  std::vector<Blob> proofs;

  if (!p2p_proof_sign (identity, domain, network ().c_str (), leaves.data (), (guint) leaves.size (), raw.data ()))
    return proofs;
  for (GBytes *proof : raw)
    proofs.push_back (own (proof));
  return proofs;
}

bool
checks (P2pVerifier *verifier, GBytes *proof, const char *domain, const std::string &net, const std::string &signer, const guint8 *id)
{
  g_autoptr (GError) error = nullptr;
  bool is_right = p2p_verifier_check (verifier, proof, domain, net.c_str (), signer.c_str (), id, &error);

  EXPECT_EQ (is_right, error == nullptr);
  if (error != nullptr)
    {
      EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_IDENTITY)) << error->message;
    }
  return is_right;
}

static void
fill_fixed (P2pRandom *random, guint8 *bytes, gsize length)
{
  FixedRandom *self = reinterpret_cast<FixedRandom *> (random);
  gsize n = std::min (length, self->bytes.size ());

  memset (bytes, 0, length);
  memcpy (bytes, self->bytes.data (), n);
  self->bytes.erase (self->bytes.begin (), self->bytes.begin () + (gssize) n);
}

FixedRandom::FixedRandom (Bytes with) : bytes (std::move (with))
{
  static const P2pRandomOps ops = { fill_fixed };

  base.ops = &ops;
}
