/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of networks that have a secret. */
#include "config.h"

#include "rt-secret-words.h"

#include <glib/gi18n-lib.h>

const char *
rt_secret_words (RtSecretWords which)
{
  switch (which)
    {
    case RT_SECRET_WORDS_PLAINTEXT: return _("A network with a secret has to be encrypted (SSL)");
    case RT_SECRET_WORDS_LENGTH: return _("A secret has 12 to 256 characters, and none that cannot be seen");
    case RT_SECRET_WORDS_LOST: return _("The secret of this network is not kept here any more: ask somebody in it for a new invitation");
    case RT_SECRET_WORDS_PRIVATE: return _("Private: only who has the secret gets in. py2p and js2p have no secrets, and stay outside");
    case RT_SECRET_WORDS_INVITE: return _("The secret of the network is in this link: whoever has the link can come in. Give it only to those whom you want there.");
    case RT_SECRET_WORDS_CHANGE:
    default: return _("With another secret, or without one, it is another network: you meet only those who change it, too.");
    }
}
