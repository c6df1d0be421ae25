/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What signatures cost, in the same run as OpenSSL's own loop (that of `openssl speed ed25519`: one context, 20 bytes over and over), the turns of both taken
 * one after the other, because machines that are shared give different figures from one second to the next. The best round of each counts, in CPU time. Prints
 * one line of JSON.
 *
 * x1-bench [ROUNDS [MILLISECONDS]]
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <time.h>

#include "p2p/x1/p2p-verifier.h"

#define NETWORK "5mzAJTGnGSMnSd6VDoaSPrphLJFGFUDpP9CjSHuzvFzC"
#define N_MESSAGES P2P_MAX_LEAVES

typedef struct {
  P2pIdentity *identity;
  char        *id;
  P2pLeaf      leaves[N_MESSAGES];
  GBytes      *one_by_one[N_MESSAGES];
  GBytes      *in_batches[2][N_MESSAGES];
  EVP_MD_CTX  *signer, *checker;
  guint8       text[20], signature[64];
  P2pVerifier *verifier;
  guint        next;
} Work;

static const guint batch_sizes[2] = { 64, 512 };

/* Each does a few of what is measured, and says how many. */
typedef guint (*Step) (Work *work);

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static guint
openssl_verify (Work *work)
{
  if (EVP_DigestVerify (work->checker, work->signature, 64, work->text, sizeof work->text) != 1)
    g_error ("x1-bench: OpenSSL does not verify what it signed");
  return 1;
}

static guint
openssl_sign (Work *work)
{
  gsize length = 64;

  if (EVP_DigestSign (work->signer, work->signature, &length, work->text, sizeof work->text) != 1)
    g_error ("x1-bench: OpenSSL does not sign");
  return 1;
}

static void
check (Work *work, GBytes *proof, const P2pLeaf *leaf)
{
  if (!p2p_verifier_check (work->verifier, proof, P2P_PROOF_DOMAIN_MESSAGE, NETWORK, work->id, leaf->id, NULL))
    g_error ("x1-bench: what was signed is not right");
}

static guint
verify_one (Work *work)
{
  guint i = work->next++ % N_MESSAGES;

  if (i == 0)
    {
      g_clear_pointer (&work->verifier, p2p_verifier_unref);
      work->verifier = p2p_verifier_new ();
    }
  check (work, work->one_by_one[i], &work->leaves[i]);
  return 1;
}

/* As a node does it that hears a side-car: the proofs are made of the leaves, then each is checked. */
static guint
verify_batch (Work *work, guint which)
{
  guint n = batch_sizes[which];
  GBytes *proofs[N_MESSAGES];
  P2pProofView view;

  g_clear_pointer (&work->verifier, p2p_verifier_unref);
  work->verifier = p2p_verifier_new ();
  if (!p2p_proof_read (work->in_batches[which][0], &view))
    g_error ("x1-bench: no proof");
  p2p_proof_unpack_batch (view.pub, view.signature, work->leaves, n, proofs);
  for (guint i = 0; i < n; i++)
    {
      check (work, proofs[i], &work->leaves[i]);
      g_bytes_unref (proofs[i]);
    }
  return n;
}

static guint
verify_64 (Work *work)
{
  return verify_batch (work, 0);
}

static guint
verify_512 (Work *work)
{
  return verify_batch (work, 1);
}

static guint
sign_batch (Work *work, guint n)
{
  GBytes *proofs[N_MESSAGES];

  if (!p2p_proof_sign (work->identity, P2P_PROOF_DOMAIN_MESSAGE, NETWORK, work->leaves, n, proofs))
    g_error ("x1-bench: nothing was signed");
  for (guint i = 0; i < n; i++)
    g_bytes_unref (proofs[i]);
  return n;
}

static guint
sign_one (Work *work)
{
  return sign_batch (work, 1);
}

static guint
sign_64 (Work *work)
{
  return sign_batch (work, 64);
}

static guint
sign_512 (Work *work)
{
  return sign_batch (work, 512);
}

static const struct {
  const char *name;
  Step        step;
} steps[] = {
  { "openssl_verify", openssl_verify }, { "verify", verify_one }, { "openssl_sign", openssl_sign }, { "sign", sign_one },
  { "verify_64", verify_64 }, { "verify_512", verify_512 }, { "sign_64", sign_64 }, { "sign_512", sign_512 },
};

static void
prepare (Work *work)
{
  static const guint8 seed[P2P_IDENTITY_SEED_LENGTH] = { 1, 2, 3 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (seed, sizeof seed);
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key (EVP_PKEY_ED25519, NULL, seed, sizeof seed);

  work->identity = p2p_identity_new_from_seed (bytes, NULL);
  work->id = p2p_key_to_node_id (p2p_identity_peek_public_key (work->identity), NETWORK);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      work->leaves[i].id[0] = (guint8) (i >> 8);
      work->leaves[i].id[1] = (guint8) i;
      if (!p2p_proof_sign (work->identity, P2P_PROOF_DOMAIN_MESSAGE, NETWORK, &work->leaves[i], 1, &work->one_by_one[i]))
        g_error ("x1-bench: nothing was signed");
    }
  for (guint which = 0; which < G_N_ELEMENTS (batch_sizes); which++)
    if (!p2p_proof_sign (work->identity, P2P_PROOF_DOMAIN_MESSAGE, NETWORK, work->leaves, batch_sizes[which], work->in_batches[which]))
      g_error ("x1-bench: nothing was signed");

  work->signer = EVP_MD_CTX_new ();
  work->checker = EVP_MD_CTX_new ();
  if (EVP_DigestSignInit (work->signer, NULL, NULL, NULL, key) != 1 || EVP_DigestVerifyInit (work->checker, NULL, NULL, NULL, key) != 1)
    g_error ("x1-bench: OpenSSL has no Ed25519");
  EVP_PKEY_free (key);
  openssl_sign (work);
}

int
main (int argc, char **argv)
{
  guint rounds = argc > 1 ? (guint) atoi (argv[1]) : 9;
  gint64 span = (argc > 2 ? atoi (argv[2]) : 100) * (gint64) 1000000;
  double best[G_N_ELEMENTS (steps)] = { 0 };
  static Work work;

  prepare (&work);
  for (guint round = 0; round < rounds; round++)
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      {
        gint64 begun = get_cpu_time (), now = begun;
        guint n = 0;

        for (; now - begun < span; now = get_cpu_time ())
          for (guint turn = 0; turn < 8; turn++)
            n += steps[i].step (&work);
        best[i] = MAX (best[i], n * 1e9 / (double) (now - begun));
      }

  g_print ("{");
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    g_print ("\"%s\": %.0f, ", steps[i].name, best[i]);
  g_print ("\"verify_share\": %.3f, \"sign_share\": %.3f}\n", best[1] / best[0], best[3] / best[2]);
  return 0;
}
