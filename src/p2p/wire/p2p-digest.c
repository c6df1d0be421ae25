/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-digest.h"

#include <string.h>

#include <openssl/evp.h>

#include "p2p-base58.h"

#define N_DIGESTS (P2P_DIGEST_SHA512 + 1)

static const char *const names[N_DIGESTS] = { "SHA1", "SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512" };

typedef struct {
  EVP_MD_CTX *contexts[N_DIGESTS];
} Contexts;

static void
free_contexts (gpointer data)
{
  Contexts *self = data;

  for (guint i = 0; i < N_DIGESTS; i++)
    EVP_MD_CTX_free (self->contexts[i]);
  g_free (self);
}

static GPrivate thread_contexts = G_PRIVATE_INIT (free_contexts);

/* Looking an algorithm up costs more than hashing a small message with it, so that is done once in the process. */
static EVP_MD *
fetch_algorithm (P2pDigest digest)
{
  static EVP_MD *algorithms[N_DIGESTS];
  EVP_MD *algorithm = g_atomic_pointer_get (&algorithms[digest]);

  if (algorithm == NULL)
    {
      algorithm = EVP_MD_fetch (NULL, names[digest], NULL);
      if (algorithm == NULL)
        g_error ("OpenSSL has no %s", names[digest]);
      if (!g_atomic_pointer_compare_and_exchange (&algorithms[digest], NULL, algorithm))
        {
          EVP_MD_free (algorithm);
          algorithm = g_atomic_pointer_get (&algorithms[digest]);
        }
    }
  return algorithm;
}

static EVP_MD_CTX *
begin_digest (P2pDigest digest)
{
  Contexts *contexts = g_private_get (&thread_contexts);
  EVP_MD_CTX *context;

  if (G_UNLIKELY (contexts == NULL))
    {
      contexts = g_new0 (Contexts, 1);
      g_private_set (&thread_contexts, contexts);
    }
  context = contexts->contexts[digest];
  if (G_LIKELY (context != NULL))
    {
      /* NULL keeps the algorithm: the state is reset in place. */
      if (!EVP_DigestInit_ex2 (context, NULL, NULL))
        g_error ("OpenSSL could not restart %s", names[digest]);
      return context;
    }

  context = EVP_MD_CTX_new ();
  if (context == NULL || !EVP_DigestInit_ex2 (context, fetch_algorithm (digest), NULL))
    g_error ("OpenSSL could not start %s", names[digest]);
  contexts->contexts[digest] = context;
  return context;
}

gsize
p2p_digest_compute (P2pDigest     digest,
                    const guint8 *bytes,
                    gsize         length,
                    guint8       *out)
{
  EVP_MD_CTX *context;
  unsigned int size = 0;

  g_return_val_if_fail (digest < N_DIGESTS, 0);

  context = begin_digest (digest);
  if (!EVP_DigestUpdate (context, bytes, length) || !EVP_DigestFinal_ex (context, out, &size))
    g_error ("OpenSSL could not compute %s", names[digest]);
  return size;
}

void
p2p_sha256 (const guint8 *bytes,
            gsize         length,
            guint8        out[P2P_SHA256_LENGTH])
{
  p2p_digest_compute (P2P_DIGEST_SHA256, bytes, length, out);
}

guint64
p2p_read_number (const guint8 *bytes)
{
  guint64 number;

  memcpy (&number, bytes, sizeof number);
  return GUINT64_FROM_BE (number);
}

guint64
p2p_sha256_number (const guint8 *bytes,
                   gsize         length)
{
  guint8 digest[P2P_SHA256_LENGTH];

  p2p_sha256 (bytes, length, digest);
  return p2p_read_number (digest);
}

char *
p2p_digest_base58 (P2pDigest     digest,
                   const guint8 *bytes,
                   gsize         length)
{
  guint8 out[P2P_DIGEST_MAX_LENGTH];
  gsize size = p2p_digest_compute (digest, bytes, length, out);

  return p2p_base58_encode_bytes (out, size, NULL);
}
