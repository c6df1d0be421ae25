/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"
#include <errno.h>
#include <sys/random.h>

static void
fill (P2pRandom *self, guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gssize n = getrandom (bytes, length, 0);

      /* Keys are made of it: there is nothing to fall back to. */
      if (n < 0 && errno != EINTR)
        g_error ("getrandom: %s", g_strerror (errno));
      if (n > 0)
        {
          bytes += n;
          length -= (gsize) n;
        }
    }
}

P2pRandom *
p2p_gio_random_get (void)
{
  static const P2pRandomOps ops = { fill };
  static P2pRandom random = { &ops };

  return &random;
}
