/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* What x1 makes of random bytes, with those of the system: x1 itself has none but those that it is given. */
#include "../link/gio/p2p-gio-private.h"
#include "../x1/p2p-identity-file-private.h"
#include "../x1/p2p-secret-private.h"

/**
 * p2p_identity_export:
 * @self: an identity
 * @passphrase: what protects it: UTF-8, not empty. Whoever has the text and finds it is this node.
 * @error: return location
 *
 * Writes an identity as text, encrypted with a passphrase, for keeping or for another computer. This takes about a third of a second and 128 MiB, on
 * purpose, so that nobody tries many passphrases: call it in a thread where that matters.
 *
 * Returns: (transfer full): lines of ASCII that p2p_identity_import() takes, or %NULL with %P2P_LINK_ERROR_SECRET when the passphrase cannot be used
 */
char *
p2p_identity_export (P2pIdentity *self, const char *passphrase, GError **error)
{
  guint8 salt[P2P_IDENTITY_FILE_SALT], nonce[P2P_IDENTITY_FILE_NONCE];

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (passphrase != NULL, NULL);

  p2p_random_fill (p2p_gio_random_get (), salt, sizeof salt);
  p2p_random_fill (p2p_gio_random_get (), nonce, sizeof nonce);
  return p2p_identity_export_with (self, passphrase, P2P_IDENTITY_FILE_COST, salt, nonce, error);
}

/**
 * p2p_secret_generate:
 *
 * Makes up the secret of a new private network: nobody will guess it, and it goes into an invitation.
 *
 * Returns: (transfer full): a text for p2p_secret_new(), letters and digits in groups, of 140 random bits
 */
char *
p2p_secret_generate (void)
{
  guint8 random[P2P_SECRET_N_RANDOM];

  p2p_random_fill (p2p_gio_random_get (), random, sizeof random);
  return p2p_secret_spell (random);
}
