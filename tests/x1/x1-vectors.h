/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tests/x1/vectors.json, and what the tests of X1's parts share. */
#pragma once

#include "../wire/vectors.h"
#include "p2p/link/p2p-env.h"
#include "p2p/x1/p2p-proof.h"
#include "p2p/x1/p2p-verifier.h"

using Identity = std::unique_ptr<P2pIdentity, decltype (&p2p_identity_unref)>;
using Verifier = std::unique_ptr<P2pVerifier, decltype (&p2p_verifier_unref)>;

inline Verifier make_verifier () { return Verifier (p2p_verifier_new (), p2p_verifier_unref); }

Vector x1_vectors ();
std::vector<Vector> x1_array (const Vector &of, const char *member);
std::string network ();
/* of 32 times this byte, or of these bytes */
Identity make_identity (guint8 byte);
Identity make_identity (const Bytes &seed);
/* "a" or "b" of the vectors */
Identity vector_identity (const char *name);
std::string node_id (P2pIdentity *identity, const std::string &network);
std::string hex_of (GBytes *bytes);
/* The bytes with one bit the other way round. */
Blob flip (GBytes *bytes, gsize bit);
P2pLeaf make_leaf (guint i, const char *note = nullptr);   /* the note is borrowed */
std::vector<P2pLeaf> make_leaves (guint n);
std::vector<Blob> sign (P2pIdentity *identity, const char *domain, const std::vector<P2pLeaf> &leaves);
bool checks (P2pVerifier *verifier, GBytes *proof, const char *domain, const std::string &net, const std::string &signer, const guint8 *id);

/* Gives the bytes that it was given, and then zeros. */
struct FixedRandom
{
  P2pRandom base;
  Bytes bytes;

  explicit FixedRandom (Bytes with);
};
