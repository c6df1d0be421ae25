/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets, fingerprints and exported identities, through the public API. */
#include <cstring>
#include <set>

#include "p2p/x1/p2p-fingerprint-private.h"
#include "p2p/x1/p2p-identity-file.h"
#include "p2p/x1/p2p-secret-private.h"
#include "p2p/wire/p2p-digest.h"
#include "x1-vectors.h"

using Secret = std::unique_ptr<P2pSecret, decltype (&p2p_secret_unref)>;

static Secret
make_secret (const char *text, const char *net = "network")
{
  return Secret (p2p_secret_new (text, net, nullptr), p2p_secret_unref);
}

static bool
is_refused (const std::string &text)
{
  g_autoptr (GError) error = nullptr;
  bool is_text = p2p_secret_is_text (text.c_str (), &error);

  EXPECT_EQ (is_text, error == nullptr);
  if (!is_text)
    {
      EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET));
      EXPECT_EQ (p2p_secret_new (text.c_str (), "network", nullptr), nullptr);
    }
  return !is_text;
}

TEST (Secret, Texts)
{
  EXPECT_TRUE (is_refused (""));
  EXPECT_TRUE (is_refused ("elevenchars"));
  EXPECT_TRUE (is_refused ("     short        "));
  EXPECT_TRUE (is_refused ("twelve chars\xff"));
  EXPECT_TRUE (is_refused (std::string (257, 'x')));
  EXPECT_FALSE (is_refused ("twelve chars"));
  EXPECT_FALSE (is_refused (std::string (256, 'x')));
}

TEST (Secret, SameAndOther)
{
  Secret one = make_secret ("Stra\xc3\x9f" "e am Caf\xc3\xa9");

  EXPECT_TRUE (p2p_secret_equal (one.get (), make_secret ("\n Stra\xc3\x9f" "e am Cafe\xcc\x81\t ").get ()));
  EXPECT_FALSE (p2p_secret_equal (one.get (), make_secret ("Stra\xc3\x9f" "e am Cafe").get ()));
  EXPECT_FALSE (p2p_secret_equal (one.get (), make_secret ("Stra\xc3\x9f" "e am Caf\xc3\xa9", "elsewhere").get ()));
}

TEST (Secret, MadeUp)
{
  Text one = own (p2p_secret_generate ()), other = own (p2p_secret_generate ());

  EXPECT_STRNE (one.get (), other.get ());
  EXPECT_EQ (strlen (one.get ()), 34u);
  EXPECT_EQ (strspn (one.get (), "abcdefghijklmnopqrstuvwxyz234567-"), 34u);
  EXPECT_FALSE (is_refused (one.get ()));
}

static guint
distance (const std::string &a, const std::string &b)
{
  std::vector<guint> row (b.size () + 1);

  for (guint j = 0; j <= b.size (); j++)
    row[j] = j;
  for (guint i = 1; i <= a.size (); i++)
    {
      guint corner = row[0];

      row[0] = i;
      for (guint j = 1; j <= b.size (); j++)
        {
          guint best = std::min ({ row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] != b[j - 1]) });

          corner = row[j];
          row[j] = best;
        }
    }
  return row[b.size ()];
}

/* Nobody hears one word for another. Their order is part of what a fingerprint is: the digest is that of the list. */
TEST (Fingerprint, Words)
{
  std::set<std::string> beginnings;
  std::string all;
  guint8 digest[P2P_SHA256_LENGTH];

  for (guint i = 0; i < P2P_N_FINGERPRINT_WORDS; i++)
    {
      std::string word = p2p_fingerprint_word_list[i];

      EXPECT_GE (word.size (), 3u);
      EXPECT_EQ (word.find_first_not_of ("abcdefghijklmnopqrstuvwxyz"), std::string::npos) << word;
      EXPECT_TRUE (beginnings.insert (word.substr (0, 3)).second) << word;
      for (guint j = 0; j < i; j++)
        EXPECT_GE (distance (word, p2p_fingerprint_word_list[j]), 2u) << word << " " << p2p_fingerprint_word_list[j];
      all += word + "\n";
    }
  p2p_sha256 ((const guint8 *) all.data (), all.size (), digest);
  EXPECT_EQ (to_hex (digest, sizeof digest), "4e200c1dedfaf172aefc89b26a248a15b6ff60c241990b2ce72ab51a25981657");
}

TEST (Fingerprint, OfAnotherKey)
{
  Blob one = to_blob (Bytes (32, 1)), other = flip (one.get (), 255);

  EXPECT_STRNE (own (p2p_fingerprint_digits (one.get ())).get (), own (p2p_fingerprint_digits (other.get ())).get ());
  EXPECT_STRNE (own (p2p_fingerprint_words (one.get ())).get (), own (p2p_fingerprint_words (other.get ())).get ());
  EXPECT_EQ (strlen (own (p2p_fingerprint_digits (one.get ())).get ()), 23u);
}

/* Small files: those of the vectors with the least work that is taken. */
static std::string
small_file ()
{
  return x1_array (x1_vectors (), "identity_files")[1].text ("text");
}

static std::string
import_error (const std::string &text, const char *passphrase, int code)
{
  g_autoptr (GError) error = nullptr;
  P2pIdentity *identity = p2p_identity_import (text.c_str (), passphrase, &error);

  if (identity != nullptr)
    {
      p2p_identity_unref (identity);
      return "";
    }
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, code)) << error->message;
  return error->message;
}

static const char *const passphrase = "K\xc3\xa4se und Brot";

TEST (IdentityFile, ThereAndBack)
{
  Identity identity = make_identity (77);
  Text text = own (p2p_identity_export (identity.get (), "open sesame", nullptr));

  ASSERT_TRUE (text);
  Identity read (p2p_identity_import (text.get (), "open sesame", nullptr), p2p_identity_unref);
  ASSERT_TRUE (read);
  EXPECT_EQ (node_id (read.get (), "n"), node_id (identity.get (), "n"));
  EXPECT_EQ (p2p_identity_export (identity.get (), "", nullptr), nullptr);
  EXPECT_EQ (p2p_identity_export (identity.get (), "\xff", nullptr), nullptr);
}

TEST (IdentityFile, ThreeFaults)
{
  std::string file = small_file ();
  std::string wrong = import_error (file, "K\xc3\xa4se und Butter", P2P_LINK_ERROR_SECRET);
  std::string none = import_error ("dear diary", passphrase, P2P_LINK_ERROR_IDENTITY);
  std::string damaged = import_error (file.substr (0, file.size () - 10), passphrase, P2P_LINK_ERROR_IDENTITY);

  EXPECT_EQ (import_error (file, passphrase, 0), "");
  EXPECT_EQ (import_error (file, "Ka\xcc\x88se und Brot", 0), "");   /* typed otherwise */
  EXPECT_EQ (import_error ("Dear friend,\r\n> " + file + "\r\nyours", passphrase, 0), "");
  EXPECT_TRUE (wrong != "" && none != "" && damaged != "");
  EXPECT_TRUE (wrong != none && none != damaged && damaged != wrong);
}

TEST (IdentityFile, EveryLetter)
{
  const std::string file = small_file ();
  gsize begin = file.find ('\n') + 1, end = file.find ("-----END");

  for (gsize i = begin; i < end; i++)
    {
      std::string changed = file;

      if (file[i] == '\n')
        continue;
      changed[i] = file[i] == 'A' ? 'B' : 'A';
      EXPECT_NE (import_error (changed, passphrase, P2P_LINK_ERROR_IDENTITY), "") << i;
      changed.erase (i, 1);
      EXPECT_NE (import_error (changed, passphrase, P2P_LINK_ERROR_IDENTITY), "") << i;
      changed = file;
      changed.insert (i, "=");
      EXPECT_NE (import_error (changed, passphrase, P2P_LINK_ERROR_IDENTITY), "") << i;
    }
}

/* A file that asks for years or for all memory is refused before anything is done. */
TEST (IdentityFile, Greed)
{
  struct { guint8 cost, block, parallel; } asked[] = { { 63, 8, 1 }, { 255, 8, 1 }, { 22, 8, 1 }, { 17, 255, 1 }, { 17, 32, 1 }, { 17, 8, 255 }, { 17, 8, 3 }, { 21, 1, 2 },
                                                       { 9, 8, 1 }, { 0, 8, 1 }, { 17, 0, 1 }, { 17, 8, 0 } };
  std::string file = small_file ();
  gsize begin = file.find ('\n') + 1, length = 0;
  std::string inside = file.substr (begin, file.find ("-----END") - begin);

  for (const auto &a : asked)
    {
      g_autofree guint8 *bytes = g_base64_decode (inside.c_str (), &length);
      guint8 digest[P2P_SHA256_LENGTH];

      ASSERT_EQ (length, 84u);
      bytes[1] = a.cost;
      bytes[2] = a.block;
      bytes[3] = a.parallel;
      p2p_sha256 (bytes, 80, digest);
      memcpy (bytes + 80, digest, 4);
      Text base64 = own (g_base64_encode (bytes, length));
      EXPECT_NE (import_error (file.substr (0, begin) + base64.get () + "\n-----END ROUNDTABLE IDENTITY-----", passphrase, P2P_LINK_ERROR_IDENTITY).find ("memory"), std::string::npos)
        << (int) a.cost << " " << (int) a.block << " " << (int) a.parallel;
    }
}

/* A newer version, or the head changed by somebody who also mends the check. */
TEST (IdentityFile, Head)
{
  std::string file = small_file ();
  gsize begin = file.find ('\n') + 1, length = 0;
  std::string inside = file.substr (begin, file.find ("-----END") - begin);

  for (guint at : { 0u, 3u, 4u, 20u, 31u })
    {
      g_autofree guint8 *bytes = g_base64_decode (inside.c_str (), &length);
      guint8 digest[P2P_SHA256_LENGTH];

      bytes[at] ^= 3;
      p2p_sha256 (bytes, 80, digest);
      memcpy (bytes + 80, digest, 4);
      Text base64 = own (g_base64_encode (bytes, length));
      EXPECT_NE (import_error (file.substr (0, begin) + base64.get () + "\n-----END ROUNDTABLE IDENTITY-----", passphrase, at == 0 ? P2P_LINK_ERROR_IDENTITY : P2P_LINK_ERROR_SECRET), "");
    }
}
