/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "history.h"

#include <string.h>

#define MAX_OPERATIONS 40
#define KEYS 2
#define T 1700000000
/* Of the things that happen */
#define WRITES 9
#define WAYS 20

const char *const history_names[HISTORY_MAX_NODES] = { "A", "B", "C", "D", "E", "F", "G", "H" };
static const char *const keys[KEYS] = { "k", "l" };
static const int steps[] = { 0, 0, 0, 1, 1, 2, 30, 59, 61, 600, 1800, 3540, 3600, 3601, 3700, 7100, 7201, 20000 };
static const char *const values[] = { "0", "''", "false", "'x'", "{'a': <1>}", "{'a': <2>, 'b': <3>}", "@a{sv} {}" };
static const char *const deltas[] = { "{'a': <5>}", "{'b': <6>, 'c': <7>}", "{'a': <'z'>}", "@a{sv} {}" };

static void
sent_free (gpointer data)
{
  HistorySent *sent = data;

  g_clear_pointer (&sent->write.value, g_bytes_unref);
  g_clear_pointer (&sent->proof, g_bytes_unref);
  g_free (sent->key);
  g_free (sent);
}

static GBytes *
pick (History *self, const char *const *texts, guint n)
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

gint64
history_clock (History *self, guint node)
{
  return self->now + self->skew[node];
}

static void
check_state (History *self, guint node)
{
  P2pSyncState state;

  for (guint i = 0; i < KEYS; i++)
    {
      if (!p2p_sync_table_lookup (self->tables[node], (const guint8 *) keys[i], 1, &state))
        continue;
      if (state.clock.time > history_clock (self, node) + 60 || state.lease_start > state.clock.time)
        g_error ("seed %" G_GUINT64_FORMAT ": the table of %s has a write of %" G_GINT64_FORMAT " at %" G_GINT64_FORMAT,
                 self->seed, history_names[node], state.clock.time, history_clock (self, node));
    }
}

void
history_merge (History *self, guint node, HistorySent *sent)
{
  p2p_sync_table_merge (self->tables[node], (const guint8 *) sent->key, 1, &sent->write, history_clock (self, node), NULL);
  check_state (self, node);
}

static void
tell (History *self, guint node)
{
  for (guint k = 0; k < KEYS; k++)
    {
      GVariant *packed = p2p_sync_table_pack_record (self->tables[node], (const guint8 *) keys[k], 1);
      g_autoptr (GVariant) record = packed != NULL ? g_variant_ref_sink (packed) : NULL;
      g_autofree char *shown = sync_show (self->tables[node], keys[k]);
      g_autofree char *text = record != NULL ? p2p_value_print (record, 20000) : NULL;

      g_printerr ("%s %s: %s %s\n", history_names[node], keys[k], shown, text);
    }
}

static HistorySent *
new_sent (History *self, guint *node)
{
  HistorySent *sent = g_new0 (HistorySent, 1);

  *node = g_rand_int_range (self->rand, 0, self->n_nodes);
  sent->key = g_strdup (keys[g_rand_int_range (self->rand, 0, KEYS)]);
  sent->write.owner = history_names[*node];
  return sent;
}

static void
check_holds (History *self, guint node, const HistorySent *sent)
{
  P2pSyncState state;
  g_autofree char *shown = NULL;

  if (p2p_sync_table_lookup (self->tables[node], (const guint8 *) sent->key, 1, &state) && strcmp (state.owner, history_names[node]) == 0 &&
      state.clock.time == sent->write.clock.time && state.clock.sequence == sent->write.clock.sequence)
    return;
  shown = sync_show (self->tables[node], sent->key);
  tell (self, node);
  g_error ("seed %" G_GUINT64_FORMAT ": %s may write %s at %" G_GINT64_FORMAT " and does not hold it then: %s", self->seed, history_names[node], sent->key,
           sent->write.clock.time, shown);
}

static void
write_something (History *self)
{
  guint node;
  HistorySent *sent = new_sent (self, &node);
  guint kind = g_rand_int_range (self->rand, 0, 10);
  gboolean asks_first = self->kind->asks_first != NULL && self->kind->asks_first (self, node);
  gboolean may;

  sent->write.kind = kind < 6 ? P2P_WRITE_STORE : kind < 8 ? P2P_WRITE_DELETE : P2P_WRITE_DELTA;
  if (sent->write.kind == P2P_WRITE_STORE)
    sent->write.value = pick (self, values, G_N_ELEMENTS (values));
  else if (sent->write.kind == P2P_WRITE_DELTA)
    sent->write.value = pick (self, deltas, G_N_ELEMENTS (deltas));
  may = p2p_sync_table_check_write (self->tables[node], (const guint8 *) sent->key, 1, &sent->write, history_clock (self, node), &sent->write.clock, NULL);
  /* Some ask nobody, as an original of which we know nothing may. */
  if (!may && (asks_first || g_rand_int_range (self->rand, 0, 4) != 0))
    {
      sent_free (sent);
      return;
    }
  if (!may)
    sent->write.clock.time = history_clock (self, node);
  g_ptr_array_add (self->sent, sent);
  self->kind->write (self, node, sent);
  if (may)
    check_holds (self, node, sent);
}

/* In another's name, and as if it were he who knows. */
static void
forge_something (History *self)
{
  guint node;
  HistorySent *sent = new_sent (self, &node);

  sent->write.kind = g_rand_int_range (self->rand, 0, 3) == 0 ? P2P_WRITE_DELETE : P2P_WRITE_STORE;
  sent->write.clock.time = self->now;
  if (sent->write.kind == P2P_WRITE_STORE)
    sent->write.value = pick (self, values, G_N_ELEMENTS (values));
  self->kind->forge (self, sent);
  g_ptr_array_add (self->sent, sent);
}

static void
exchange (History *self, guint a, guint b)
{
  if (self->kind->meet != NULL)
    self->kind->meet (self, a, b);
  sync_copy (self->tables[a], self->tables[b], history_clock (self, b));
  sync_copy (self->tables[b], self->tables[a], history_clock (self, a));
}

static gboolean
are_equal (History *self)
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
expire (History *self, guint node)
{
  char *before[KEYS];

  for (guint i = 0; i < KEYS; i++)
    before[i] = sync_show (self->tables[node], keys[i]);
  p2p_sync_table_expire (self->tables[node], history_clock (self, node));
  for (guint i = 0; i < KEYS; i++)
    {
      g_autofree char *was = before[i];
      g_autofree char *after = sync_show (self->tables[node], keys[i]);

      if (after != NULL && g_strcmp0 (was, after) != 0)
        g_error ("seed %" G_GUINT64_FORMAT ": %s of %s was %s before it forgot, and is %s", self->seed, keys[i], history_names[node], was, after);
    }
  if (p2p_sync_table_expire (self->tables[node], history_clock (self, node)) != 0)
    g_error ("seed %" G_GUINT64_FORMAT ": %s forgot twice", self->seed, history_names[node]);
}

static void
act (History *self)
{
  guint node = g_rand_int_range (self->rand, 0, self->n_nodes);
  guint other = g_rand_int_range (self->rand, 0, self->n_nodes);
  guint what = g_rand_int_range (self->rand, 0, WAYS);

  if (what < WRITES - self->kind->forging && self->sent->len < MAX_OPERATIONS)
    write_something (self);
  else if (what < WRITES && self->sent->len < MAX_OPERATIONS)
    forge_something (self);
  else if (what < 10)
    self->now += steps[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (steps))];
  else if (what < 11)
    self->group[node] = g_rand_int_range (self->rand, 0, 2);
  else if (what < 18 && self->sent->len > 0)
    {
      HistorySent *sent = g_ptr_array_index (self->sent, g_rand_int_range (self->rand, 0, self->sent->len));

      if (self->group[node] == self->group[sent->write.owner[0] - 'A'] && sent->write.clock.time >= history_clock (self, node) - 60)
        self->kind->arrive (self, node, sent);
    }
  else if (what < 19 && self->group[node] == self->group[other])
    exchange (self, node, other);
  else
    expire (self, node);
}

/* How many rounds of comparing it took */
static guint
run (const HistoryKind *kind, guint64 seed)
{
  g_autofree History *self = g_malloc0 (kind->size);
  guint n_acts;
  guint rounds = 0;

  self->kind = kind;
  self->seed = seed;
  self->rand = g_rand_new_with_seed_array ((guint32[]) { (guint32) seed, (guint32) (seed >> 32), 77 }, 3);
  self->now = T;
  self->n_nodes = 2 + g_rand_int_range (self->rand, 0, HISTORY_MAX_NODES - 1);
  self->leasing = g_rand_int_range (self->rand, 0, 4) != 0;
  if (kind->begin != NULL)
    kind->begin (self);
  self->sent = g_ptr_array_new_with_free_func (sent_free);
  for (guint i = 0; i < self->n_nodes; i++)
    {
      self->tables[i] = kind->new_table (self, i);
      self->skew[i] = g_rand_int_range (self->rand, -2, 3) * g_rand_int_range (self->rand, 0, 13);
    }
  n_acts = 20 + g_rand_int_range (self->rand, 0, 100);
  for (guint i = 0; i < n_acts; i++)
    act (self);

  /* In the end they all know what time it is, and talk until nobody has news. */
  for (guint i = 0; i < self->n_nodes; i++)
    {
      self->skew[i] = 0;
      p2p_sync_table_expire (self->tables[i], self->now + 60);
    }
  self->now += 60;
  for (; !are_equal (self); rounds++)
    {
      if (rounds == 6)
        {
          for (guint i = 0; i < self->n_nodes; i++)
            tell (self, i);
          g_error ("seed %" G_GUINT64_FORMAT ": at %" G_GINT64_FORMAT " not equal after %u rounds (SYNC_SEED=%" G_GUINT64_FORMAT ")", seed, self->now, rounds, seed);
        }
      for (guint i = 0; i < self->n_nodes; i++)
        {
          guint other = g_rand_int_range (self->rand, 0, self->n_nodes);

          exchange (self, i, (i + 1) % self->n_nodes);
          exchange (self, i, other);
        }
      for (guint i = 0; i < self->n_nodes; i++)
        check_state (self, i);
    }
  for (guint i = 0; i < self->n_nodes; i++)
    p2p_sync_table_free (self->tables[i]);
  g_ptr_array_unref (self->sent);
  g_rand_free (self->rand);
  return rounds;
}

static void
test_histories (gconstpointer data)
{
  const HistoryKind *kind = data;
  guint64 first = 1;
  guint64 last = g_getenv ("SYNC_DEEP") != NULL ? kind->deep_seeds : kind->seeds;
  guint rounds[7] = { 0 };

  if (g_getenv ("SYNC_SEED") != NULL)
    {
      g_auto (GStrv) ends = g_strsplit (g_getenv ("SYNC_SEED"), "-", 2);

      first = g_ascii_strtoull (ends[0], NULL, 10);
      last = ends[1] != NULL ? g_ascii_strtoull (ends[1], NULL, 10) : first;
    }
  for (guint64 seed = first; seed <= last; seed++)
    rounds[run (kind, seed)]++;
  g_test_message ("%" G_GUINT64_FORMAT " histories ended equal; rounds of comparing: 0 %u, 1 %u, 2 %u, 3 %u, 4 %u, 5 %u, 6 %u", last - first + 1,
                  rounds[0], rounds[1], rounds[2], rounds[3], rounds[4], rounds[5], rounds[6]);
}

int
history_main (int argc, char **argv, const HistoryKind *kind)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func (kind->path, kind, test_histories);
  return g_test_run ();
}
