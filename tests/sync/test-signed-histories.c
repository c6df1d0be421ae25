/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The histories of test-histories.c, where some nodes sign and some do not, signatures get lost on the way, keys become known sooner or later, and
 * others speak in the names of those who sign. Random histories: nodes with tables and clocks of their own write what their table lets them (and some what it does not), the writes come
 * to the others in any order, twice, or never; then all compare and give each other records, and must be equal, byte by byte.
 * SYNC_DEEP=1: 100,000 of them; SYNC_SEED=n or m-n: those.
 */
#include "sign-fixture.h"

#include <string.h>

#define MAX_NODES 8
#define MAX_OPERATIONS 40
#define MAX_NODES_MASK ((1u << MAX_NODES) - 1)
#define KEYS 2
#define T 1700000000

typedef struct {
  P2pWrite write;
  char *key;
  GBytes *proof;
} Sent;

typedef struct {
  guint64 seed;
  GRand *rand;
  guint n_nodes;
  P2pSyncTable *tables[MAX_NODES];
  SignJudge judges[MAX_NODES];
  guint signers;
  int skew[MAX_NODES];
  guint group[MAX_NODES];
  gboolean leasing;
  gint64 now;
  GPtrArray *sent;
} World;

static const char * const names[MAX_NODES] = { "A", "B", "C", "D", "E", "F", "G", "H" };
static const char * const keys[KEYS] = { "k", "l" };
static const int steps[] = { 0, 0, 0, 1, 1, 2, 30, 59, 61, 600, 1800, 3540, 3600, 3601, 3700, 7100, 7201, 20000 };
static const char * const values[] = { "0", "''", "false", "'x'", "{'a': <1>}", "{'a': <2>, 'b': <3>}", "@a{sv} {}" };
static const char * const deltas[] = { "{'a': <5>}", "{'b': <6>, 'c': <7>}", "{'a': <'z'>}", "@a{sv} {}" };

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  g_clear_pointer (&sent->write.value, g_bytes_unref);
  g_clear_pointer (&sent->proof, g_bytes_unref);
  g_free (sent->key);
  g_free (sent);
}

static GBytes *
pick (World              *self,
      const char * const *texts,
      guint               n)
{
  static GHashTable *packed;
  const char *text = texts[g_rand_int_range (self->rand, 0, n)];
  GBytes *value;

  if (packed == NULL)
    packed = g_hash_table_new (g_direct_hash, g_direct_equal);
  value = g_hash_table_lookup (packed, text);
  if (value == NULL)
    g_hash_table_insert (packed, (gpointer) text, value = sync_pack (text));
  return g_bytes_ref (value);
}

static gint64
clock_of (World *self,
          guint  node)
{
  return self->now + self->skew[node];
}

static void
check_state (World *self,
             guint  node)
{
  P2pSyncState state;

  for (guint i = 0; i < KEYS; i++)
    {
      if (!p2p_sync_table_lookup (self->tables[node], (const guint8 *) keys[i], 1, &state))
        continue;
      if (state.clock.time > clock_of (self, node) + 60 || state.lease_start > state.clock.time)
        g_error ("seed %" G_GUINT64_FORMAT ": the table of %s has a write of %" G_GINT64_FORMAT " at %" G_GINT64_FORMAT,
                 self->seed, names[node], state.clock.time, clock_of (self, node));
    }
}

static void
deliver (World *self,
         guint  node,
         guint  i)
{
  Sent *sent = g_ptr_array_index (self->sent, i);

  /* Now and then the signature does not come with it. */
  sent->write.proof = g_rand_int_range (self->rand, 0, 8) != 0 ? sent->proof : NULL;
  if (sent->write.proof != NULL)
    self->judges[node].known |= sign_bit (sent->write.owner);
  p2p_sync_table_merge (self->tables[node], (const guint8 *) sent->key, 1, &sent->write, clock_of (self, node), NULL);
  p2p_sync_table_purge (self->tables[node], clock_of (self, node), NULL);
  check_state (self, node);
}

static void
tell (World *self,
      guint  node)
{
  for (guint k = 0; k < KEYS; k++)
    {
      GVariant *packed = p2p_sync_table_pack_record (self->tables[node], (const guint8 *) keys[k], 1);
      g_autoptr (GVariant) record = packed != NULL ? g_variant_ref_sink (packed) : NULL;
      g_autofree char *shown = sync_show (self->tables[node], keys[k]);
      g_autofree char *text = record != NULL ? p2p_value_print (record, 20000) : NULL;

      g_printerr ("%s %s: %s %s\n", names[node], keys[k], shown, text);
    }
}

static gboolean
does_sign (World *self,
           guint  node)
{
  return (self->signers >> node & 1) != 0;
}

/* In another's name, and as if it were he who knows: nobody signed it. */
static void
forge_something (World *self)
{
  guint node = g_rand_int_range (self->rand, 0, self->n_nodes);
  Sent *sent = g_new0 (Sent, 1);

  sent->key = g_strdup (keys[g_rand_int_range (self->rand, 0, KEYS)]);
  sent->write.owner = names[node];
  sent->write.kind = g_rand_int_range (self->rand, 0, 3) == 0 ? P2P_WRITE_DELETE : P2P_WRITE_STORE;
  sent->write.clock.time = self->now;
  if (sent->write.kind == P2P_WRITE_STORE)
    sent->write.value = pick (self, values, G_N_ELEMENTS (values));
  sign_spell (&sent->write, sent->key);
  g_ptr_array_add (self->sent, sent);
}

static void
write_something (World *self)
{
  guint node = g_rand_int_range (self->rand, 0, self->n_nodes);
  const char *key = keys[g_rand_int_range (self->rand, 0, KEYS)];
  guint kind = g_rand_int_range (self->rand, 0, 10);
  Sent *sent = g_new0 (Sent, 1);
  P2pSyncState state;
  gboolean may;

  sent->key = g_strdup (key);
  sent->write.owner = names[node];
  sent->write.kind = kind < 6 ? P2P_WRITE_STORE : kind < 8 ? P2P_WRITE_DELETE : P2P_WRITE_DELTA;
  if (sent->write.kind == P2P_WRITE_STORE)
    sent->write.value = pick (self, values, G_N_ELEMENTS (values));
  else if (sent->write.kind == P2P_WRITE_DELTA)
    sent->write.value = pick (self, deltas, G_N_ELEMENTS (deltas));
  may = p2p_sync_table_check_write (self->tables[node], (const guint8 *) key, 1, &sent->write, clock_of (self, node), &sent->write.clock, NULL);
  /* Who signs asks first, or his row would say that he wrote what he did not. */
  if (!may && (does_sign (self, node) || g_rand_int_range (self->rand, 0, 4) != 0))
    {
      sent_free (sent);
      return;
    }
  if (!may)
    sent->write.clock.time = clock_of (self, node);
  g_ptr_array_add (self->sent, sent);
  if (does_sign (self, node))
    sent->proof = sign_write (self->tables[node], &sent->write, key, clock_of (self, node));
  else
    {
      sign_spell (&sent->write, key);
      deliver (self, node, self->sent->len - 1);
    }
  if (!may)
    return;
  if (!p2p_sync_table_lookup (self->tables[node], (const guint8 *) key, 1, &state) || strcmp (state.owner, names[node]) != 0 ||
      state.clock.time != sent->write.clock.time || state.clock.sequence != sent->write.clock.sequence)
    {
      g_autofree char *shown = sync_show (self->tables[node], key);

      tell (self, node);
      g_error ("seed %" G_GUINT64_FORMAT ": %s may write %s at %" G_GINT64_FORMAT " and does not hold it then: %s", self->seed,
               names[node], key, sent->write.clock.time, shown);
    }
}

/* Of whom it refuses something it tells the key. */
static void
certify (World *self,
         guint  node,
         guint  known)
{
  self->judges[node].known |= known & (MAX_NODES_MASK);
  for (guint i = 0; i < self->n_nodes; i++)
    if ((known >> i & 1) != 0)
      p2p_sync_table_certify (self->tables[node], names[i]);
  p2p_sync_table_purge (self->tables[node], clock_of (self, node), NULL);
}

static void
exchange (World *self,
          guint  a,
          guint  b)
{
  certify (self, b, self->judges[a].known);
  certify (self, a, self->judges[b].known);
  sync_copy (self->tables[a], self->tables[b], clock_of (self, b));
  sync_copy (self->tables[b], self->tables[a], clock_of (self, a));
}

static gboolean
are_equal (World *self)
{
  guint8 first[32], root[32];

  p2p_sync_table_get_root (self->tables[0], first);
  for (guint i = 1; i < self->n_nodes; i++)
    {
      p2p_sync_table_get_root (self->tables[i], root);
      if (memcmp (root, first, 32) != 0)
        return FALSE;
    }
  return TRUE;
}

/* What is forgotten makes no difference to what is seen, nor to what is forgotten then. */
static void
expire (World *self,
        guint  node)
{
  char *before[KEYS];

  for (guint i = 0; i < KEYS; i++)
    before[i] = sync_show (self->tables[node], keys[i]);
  p2p_sync_table_expire (self->tables[node], clock_of (self, node));
  for (guint i = 0; i < KEYS; i++)
    {
      g_autofree char *was = before[i];
      g_autofree char *after = sync_show (self->tables[node], keys[i]);

      if (after != NULL && g_strcmp0 (was, after) != 0)
        g_error ("seed %" G_GUINT64_FORMAT ": %s of %s was %s before it forgot, and is %s", self->seed, keys[i], names[node], was, after);
    }
  if (p2p_sync_table_expire (self->tables[node], clock_of (self, node)) != 0)
    g_error ("seed %" G_GUINT64_FORMAT ": %s forgot twice", self->seed, names[node]);
}

static void
act (World *self)
{
  guint node = g_rand_int_range (self->rand, 0, self->n_nodes);
  guint other = g_rand_int_range (self->rand, 0, self->n_nodes);
  guint what = g_rand_int_range (self->rand, 0, 20);

  if (what < 8 && self->sent->len < MAX_OPERATIONS)
    write_something (self);
  else if (what < 9 && self->sent->len < MAX_OPERATIONS)
    forge_something (self);
  else if (what < 10)
    self->now += steps[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (steps))];
  else if (what < 11)
    self->group[node] = g_rand_int_range (self->rand, 0, 2);
  else if (what < 18 && self->sent->len > 0)
    {
      guint i = g_rand_int_range (self->rand, 0, self->sent->len);

      Sent *sent = g_ptr_array_index (self->sent, i);

      if (self->group[node] == self->group[sent->write.owner[0] - 'A'] && sent->write.clock.time >= clock_of (self, node) - 60)
        deliver (self, node, i);
    }
  else if (what < 19 && self->group[node] == self->group[other])
    exchange (self, node, other);
  else
    expire (self, node);
}

/* How many rounds of comparing it took */
static guint
run (guint64 seed)
{
  World self = { .seed = seed, .rand = g_rand_new_with_seed_array ((guint32[]) { (guint32) seed, (guint32) (seed >> 32), 77 }, 3), .now = T };
  guint n_acts;
  guint rounds = 0;

  self.n_nodes = 2 + g_rand_int_range (self.rand, 0, MAX_NODES - 1);
  self.leasing = g_rand_int_range (self.rand, 0, 4) != 0;
  self.signers = (guint) g_rand_int_range (self.rand, 1, 1 << MAX_NODES);
  self.sent = g_ptr_array_new_with_free_func (sent_free);
  for (guint i = 0; i < self.n_nodes; i++)
    {
      self.tables[i] = sign_table (&self.judges[i], self.leasing, does_sign (&self, i) ? names[i] : NULL);
      self.skew[i] = g_rand_int_range (self.rand, -2, 3) * g_rand_int_range (self.rand, 0, 13);
    }
  n_acts = 20 + g_rand_int_range (self.rand, 0, 100);
  for (guint i = 0; i < n_acts; i++)
    act (&self);

  /* In the end they all know what time it is, and talk until nobody has news. */
  for (guint i = 0; i < self.n_nodes; i++)
    {
      self.skew[i] = 0;
      p2p_sync_table_expire (self.tables[i], self.now + 60);
    }
  self.now += 60;
  for (; !are_equal (&self); rounds++)
    {
      if (rounds == 6)
        {
          for (guint i = 0; i < self.n_nodes; i++)
            tell (&self, i);
          g_error ("seed %" G_GUINT64_FORMAT ": at %" G_GINT64_FORMAT " not equal after %u rounds (SYNC_SEED=%" G_GUINT64_FORMAT ")", seed, self.now, rounds, seed);
        }
      for (guint i = 0; i < self.n_nodes; i++)
        {
          guint other = g_rand_int_range (self.rand, 0, self.n_nodes);

          exchange (&self, i, (i + 1) % self.n_nodes);
          exchange (&self, i, other);
        }
      for (guint i = 0; i < self.n_nodes; i++)
        check_state (&self, i);
    }
  for (guint i = 0; i < self.n_nodes; i++)
    p2p_sync_table_free (self.tables[i]);
  g_ptr_array_unref (self.sent);
  g_rand_free (self.rand);
  return rounds;
}

static void
test_histories (void)
{
  guint64 first = 1;
  guint64 last = g_getenv ("SYNC_DEEP") != NULL ? 100000 : 2000;
  guint rounds[7] = { 0 };

  if (g_getenv ("SYNC_SEED") != NULL)
    {
      g_auto (GStrv) ends = g_strsplit (g_getenv ("SYNC_SEED"), "-", 2);

      first = g_ascii_strtoull (ends[0], NULL, 10);
      last = ends[1] != NULL ? g_ascii_strtoull (ends[1], NULL, 10) : first;
    }
  for (guint64 seed = first; seed <= last; seed++)
    rounds[run (seed)]++;
  g_test_message ("%" G_GUINT64_FORMAT " histories ended equal; rounds of comparing: 0 %u, 1 %u, 2 %u, 3 %u, 4 %u, 5 %u, 6 %u", last - first + 1,
                  rounds[0], rounds[1], rounds[2], rounds[3], rounds[4], rounds[5], rounds[6]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/signed-histories/equal", test_histories);
  return g_test_run ();
}
