/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random histories (history.h) where some nodes sign and some do not, signatures get lost on the way, keys become known sooner or later, and
 * others speak in the names of those who sign. SYNC_DEEP=1: 100,000 of them.
 */
#include "history.h"
#include "sign-fixture.h"

#define NODES_MASK ((1u << HISTORY_MAX_NODES) - 1)

typedef struct {
  History base;
  SignJudge judges[HISTORY_MAX_NODES];
  guint signers;
} Signed;

static gboolean
does_sign (History *self, guint node)
{
  return (((Signed *) self)->signers >> node & 1) != 0;
}

static void
begin (History *self)
{
  ((Signed *) self)->signers = (guint) g_rand_int_range (self->rand, 1, 1 << HISTORY_MAX_NODES);
}

static P2pSyncTable *
new_table (History *self, guint node)
{
  return sign_table (&((Signed *) self)->judges[node], self->leasing, does_sign (self, node) ? history_names[node] : NULL);
}

static void
arrive (History *self, guint node, HistorySent *sent)
{
  /* Now and then the signature does not come with it. */
  sent->write.proof = g_rand_int_range (self->rand, 0, 8) != 0 ? sent->proof : NULL;
  if (sent->write.proof != NULL)
    ((Signed *) self)->judges[node].known |= sign_bit (sent->write.owner);
  history_merge (self, node, sent);
  p2p_sync_table_purge (self->tables[node], history_clock (self, node), NULL);
}

static void
write_signed (History *self, guint node, HistorySent *sent)
{
  if (does_sign (self, node))
    {
      sent->proof = sign_write (self->tables[node], &sent->write, sent->key, history_clock (self, node));
      return;
    }
  sign_spell (&sent->write, sent->key);
  arrive (self, node, sent);
}

static void
forge (History *self, HistorySent *sent)
{
  sign_spell (&sent->write, sent->key);
}

/* Of whom it refuses something it tells the key. */
static void
certify (History *self, guint node, guint known)
{
  ((Signed *) self)->judges[node].known |= known & NODES_MASK;
  for (guint i = 0; i < self->n_nodes; i++)
    if ((known >> i & 1) != 0)
      p2p_sync_table_certify (self->tables[node], history_names[i]);
  p2p_sync_table_purge (self->tables[node], history_clock (self, node), NULL);
}

static void
meet (History *self, guint a, guint b)
{
  certify (self, b, ((Signed *) self)->judges[a].known);
  certify (self, a, ((Signed *) self)->judges[b].known);
}

int
main (int argc, char **argv)
{
  static const HistoryKind kind = {
    .path = "/sync/signed-histories/equal", .seeds = 2000, .deep_seeds = 100000, .size = sizeof (Signed), .forging = 1,
    /* Who signs asks first, or his row would say that he wrote what he did not. */
    .begin = begin, .new_table = new_table, .asks_first = does_sign, .write = write_signed, .forge = forge, .arrive = arrive, .meet = meet,
  };

  return history_main (argc, argv, &kind);
}
