/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a secret, and what is said of networks that have one. */
#include "config.h"

#include "rt-secret-words.h"

#include <string.h>
#include <glib/gi18n-lib.h>

#define CHECK_DOMAIN "roundtable-secret-check-1"

const char *
rt_secret_words (RtSecretWords which)
{
  switch (which)
    {
    case RT_SECRET_WORDS_PLAINTEXT: return _("A network with a secret has to be encrypted (SSL)");
    case RT_SECRET_WORDS_MISSING: return _("A private network needs a secret");
    case RT_SECRET_WORDS_TOO_SHORT: return _("The secret is too short: it needs at least 12 letters and digits");
    case RT_SECRET_WORDS_TOO_LONG: return _("The secret is too long: it has at most 256 letters and digits, fewer where there are others than from a to z");
    case RT_SECRET_WORDS_INVISIBLE: return _("The secret has characters that cannot be seen");
    case RT_SECRET_WORDS_LOST: return _("The secret of this network is not kept here any more: ask somebody in it for a new invitation");
    case RT_SECRET_WORDS_PRIVATE: return _("Private: only who has the secret gets in. py2p and js2p have no secrets, and stay outside");
    case RT_SECRET_WORDS_INVITE: return _("The secret of the network is in this link: whoever has the link can come in. Give it only to those whom you want there.");
    case RT_SECRET_WORDS_OPEN: return _("Whoever knows the name of the network, and the address of somebody in it, gets in");
    case RT_SECRET_WORDS_LOCKED: return _("The keyring of this computer does not give the secret now: unlock it and try again, or type the secret");
    case RT_SECRET_WORDS_MADE: return _("Made up: nobody guesses it. Invitations carry it to those whom you want here");
    case RT_SECRET_WORDS_WEAK: return _("Easy to guess: whoever pretends to be in this network can try secrets until one fits. Make one up, or add a few words");
    case RT_SECRET_WORDS_FAIR: return _("Fair: a few words more make it hard to guess");
    case RT_SECRET_WORDS_STRONG: return _("Hard to guess");
    case RT_SECRET_WORDS_GIVEN: return _("The secret of this network is missing here, and the invitation has one. Nobody vouches that it is the right one.");
    case RT_SECRET_WORDS_ELSEWHERE: return _("This is an invitation to another network, or one without its secret");
    case RT_SECRET_WORDS_TOLD: return _("The network is private: you need its secret, too.");
    case RT_SECRET_WORDS_CHANGE:
    default: return _("With another secret, or without one, it is another network: you meet only those who change it, too.");
    }
}

char *
rt_secret_dup_normal (const char *text)
{
  char *normal = g_utf8_validate (text, -1, NULL) ? g_utf8_normalize (text, -1, G_NORMALIZE_NFC) : NULL;

  return normal != NULL ? g_strstrip (normal) : g_strdup (text);
}

guint
rt_secret_make_check (const char *text, const char *uuid)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) text, strlen (text));
  guint8 digest[32];
  gsize length = sizeof digest;

  g_hmac_update (hmac, (const guchar *) CHECK_DOMAIN, sizeof CHECK_DOMAIN);
  g_hmac_update (hmac, (const guchar *) uuid, -1);
  g_hmac_get_digest (hmac, digest, &length);
  return 1 + (digest[0] << 8 | digest[1]);
}

void
rt_secret_text_free (char *text)
{
  if (text != NULL)
    explicit_bzero (text, strlen (text));
  g_free (text);
}
