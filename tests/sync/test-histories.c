/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random histories (history.h) in which nobody signs. SYNC_DEEP=1: 200,000 of them. */
#include "history.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

static P2pSyncTable *
new_table (History *self, guint node)
{
  return p2p_sync_table_new (NULL, self->leasing);
}

static void
write_plainly (History *self, guint node, HistorySent *sent)
{
  g_autofree char *all = g_strdup_printf ("%u %" G_GUINT64_FORMAT, self->sent->len - 1, self->seed);
  guint8 digest[P2P_SHA256_LENGTH];

  p2p_sha256 ((const guint8 *) all, strlen (all), digest);
  memcpy (sent->write.clock.id, digest, sizeof digest);
  history_merge (self, node, sent);
}

int
main (int argc, char **argv)
{
  static const HistoryKind kind = {
    .path = "/sync/histories/equal", .seeds = 5000, .deep_seeds = 200000, .size = sizeof (History),
    .new_table = new_table, .write = write_plainly, .arrive = history_merge,
  };

  return history_main (argc, argv, &kind);
}
