/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two tables of a network: what the one is given in an order, the other is given backwards, and later. They may not fall over anything, and when each
 * gave the other its records they are equal. With keys (an option) every other owner signs; a signature is right when it names its owner. An input is what the first is given: writes, records of any bytes, time, comparing.
 */
#include "fuzz.h"

#include <string.h>

#include "p2p/sync/p2p-sync-proof.h"
#include "p2p/wire/p2p-value.h"

#define T 1700000000
#define MAX_STEPS 64
#define ROUNDS 8

typedef struct {
  gboolean packed;
  P2pWrite write;
  char owner[2];
  guint8 key[2];
  gsize key_length;
  GVariant *record;
  GBytes *proof;
} Step;

typedef struct {
  P2pLimits limits;
  P2pSyncTable *table;
  GArray *steps;
  gint64 now;
  gboolean signs;
  guint known;                  /* of whose keys, a bit each */
  gboolean bounded;             /* a limit refused something: what is there depends on what came first */
} Scene;

static const int spans[] = { 0, 1, 2, 59, 61, 1800, 3600, 3601, 7200, 7201, 20000, 100000 };

static void
clear_step (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->write.value, g_bytes_unref);
  g_clear_pointer (&step->record, g_variant_unref);
  g_clear_pointer (&step->proof, g_bytes_unref);
}

/* ---- keys ---- */

static guint
get_bit (const char *owner)
{
  return owner[0] >= 'A' && owner[0] < 'Z' ? 1u << (owner[0] - 'A') : 0;
}

static gboolean
is_certified_cb (const char *owner, gpointer data)
{
  return (((Scene *) data)->known & get_bit (owner)) != 0;
}

static gboolean
learn_cb (const char *owner, const guint8 pub[32], gpointer data)
{
  ((Scene *) data)->known |= get_bit (owner);
  return pub[0] == (guint8) owner[0];
}

static P2pSyncVerdict
check_cb (const char *owner, const guint8 id[32], GBytes *proof, gpointer data)
{
  P2pProofView view;

  if (!p2p_proof_read (proof, &view) || view.signature[0] == 0xff)
    return P2P_SYNC_FORGED;
  return view.signature[0] == 0xfe ? P2P_SYNC_LATER : learn_cb (owner, view.pub, data) ? P2P_SYNC_GOOD : P2P_SYNC_FORGED;
}

static GBytes *
sign (const char *owner, GBytes *row)
{
  gsize length = row != NULL ? g_bytes_get_size (row) : 0;
  guint8 *proof = g_malloc0 (P2P_PROOF_MIN_LENGTH + length);

  proof[0] = 1;
  proof[1] = (guint8) owner[0];
  proof[100] = 1;
  proof[101] = (guint8) length;
  if (length > 0)
    memcpy (proof + P2P_PROOF_MIN_LENGTH, g_bytes_get_data (row, NULL), length);
  return g_bytes_new_take (proof, P2P_PROOF_MIN_LENGTH + length);
}

static gboolean
sign_cb (const guint8 *ids, GBytes * const *notes, guint n, GBytes **proofs, gpointer data)
{
  for (guint i = 0; i < n; i++)
    proofs[i] = sign ("A", notes[i]);
  return TRUE;
}

static const P2pSyncJudge judge = { .is_certified = is_certified_cb, .check = check_cb, .learn = learn_cb, .sign = sign_cb };

/* As its owner's node does */
static void
sign_step (Step *step)
{
  g_autoptr (P2pMessage) message = NULL;

  if (step->write.kind == P2P_WRITE_DELTA && !p2p_is_map (step->write.value))
    return;
  message = p2p_sync_spell (step->owner, &step->write.clock, step->write.kind, step->key, step->key_length, step->write.value, FALSE);
  memcpy (step->write.clock.id, p2p_message_peek_id (message), sizeof step->write.clock.id);
  step->proof = sign (step->owner, NULL);
}

static void
note (Scene *self, P2pMerge merge, GError *error)
{
  if (merge == P2P_MERGE_REFUSED &&
      (g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_FULL) || g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TOO_LARGE) ||
       g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIME)))
    self->bounded = TRUE;
  g_assert (merge == P2P_MERGE_WAIT || (merge == P2P_MERGE_REFUSED) == (error != NULL));
  g_clear_error (&error);
}

static void
give (Scene *self, P2pSyncTable *table, Step *step)
{
  GError *error = NULL;
  P2pMerge merge;

  step->write.owner = step->owner;
  step->write.proof = step->proof;
  if (step->packed)
    {
      g_autoptr (GBytes) key = NULL;

      merge = p2p_sync_table_merge_packed (table, step->record, FALSE, self->now, &key, &error);
    }
  else
    merge = p2p_sync_table_merge (table, step->key, step->key_length, &step->write, self->now, &error);
  note (self, merge, error);
}

/* A key, an owner and a time of few, that they meet. */
static void
take_write (Scene *self, FuzzInput *input, Step *step)
{
  static const char * const simple[] = { "\xc0", "\x00", "\x05", "\xa0", "\x80", "\x81\xa1""a\x01", "\x82\xa1""a\x02\xa1""b\x03", "\x81\xc4\x01""a\x04" };
  guint8 what = fuzz_take_byte (input);
  guint8 where = fuzz_take_byte (input);
  gsize length = fuzz_take_byte (input);
  const guint8 *bytes;

  step->write.kind = what % 3;
  step->owner[0] = (char) ('A' + (what >> 2) % 12);
  step->key[0] = 'k';
  step->key[1] = 'l';
  step->key_length = where % 4 == 3 ? 2 : 1;
  step->write.clock.time = self->now - (gint64) spans[(where >> 2) % G_N_ELEMENTS (spans)] + (what >= 0xf0 ? 61 : 0);
  step->write.clock.sequence = where >> 7;
  step->write.clock.id[0] = where >> 6;
  step->write.clock.id[31] = fuzz_take_byte (input);
  if (step->write.kind == P2P_WRITE_DELETE)
    return;
  if (length < 0x40)
    {
      const char *text = simple[length % G_N_ELEMENTS (simple)];

      step->write.value = g_bytes_new (text, MAX (strlen (text), 1));
      return;
    }
  length -= 0x40;
  bytes = fuzz_take_bytes (input, &length);
  step->write.value = g_bytes_new (bytes, length);
}

static gboolean
says_settled (GVariant *record)
{
  if (!g_variant_is_of_type (record, G_VARIANT_TYPE ("av")))
    return FALSE;
  for (gsize i = 1; i < g_variant_n_children (record); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (record, i);
      g_autoptr (GVariant) child = g_variant_get_variant (boxed);

      if (g_variant_is_container (child) && g_variant_n_children (child) == 3)
        return TRUE;
    }
  return FALSE;
}

static gboolean
take_record (Scene *self, FuzzInput *input, Step *step)
{
  gsize length = fuzz_take_short (input);
  const guint8 *bytes = fuzz_take_bytes (input, &length);
  GVariant *value = p2p_value_unpack (bytes, length, NULL, NULL);

  if (value == NULL)
    return FALSE;
  step->packed = TRUE;
  step->record = g_variant_ref_sink (value);
  /* What a liar says is settled may be nobody's. */
  self->bounded |= says_settled (step->record);
  return TRUE;
}

/* Everything that may be asked, of each key. */
static void
look (P2pSyncTable *table, gint64 now)
{
  g_autoptr (GByteArray) list = g_byte_array_new ();
  g_autoptr (GBytes) key = NULL;
  P2pSyncState state;
  guint n = 0, n_living = 0;

  while (p2p_sync_table_next (table, key, &state))
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (state.key, &length);
      P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = "A", .value = state.value };
      P2pSyncState again;
      int position = p2p_sync_table_get_position (table, bytes, length);

      g_assert (state.clock.time <= now + 60 && state.lease_start <= state.clock.time);
      g_assert (p2p_sync_table_lookup (table, bytes, length, &again) && again.key == state.key);
      g_assert ((position >= 0) == (state.value != NULL));
      if (position >= 0)
        {
          g_autoptr (GVariant) value = p2p_value_unpack (g_bytes_get_data (state.value, NULL), g_bytes_get_size (state.value), NULL, NULL);

          g_assert (value != NULL);
          g_variant_ref_sink (value);
          g_assert (position == (int) n_living && p2p_sync_table_get_nth (table, n_living, &again) && again.key == state.key);
          n_living++;
        }
      for (guint kind = 0; kind < 3; kind++)
        {
          write.kind = kind;
          p2p_sync_table_check_write (table, bytes, length, &write, now, &write.clock, NULL);
        }
      g_clear_pointer (&key, g_bytes_unref);
      key = g_bytes_ref (state.key);
      n++;
    }
  g_assert (n == p2p_sync_table_get_n_records (table) && n_living == p2p_sync_table_get_n_keys (table));
  for (guint i = 0; i < P2P_TABLE_BUCKETS; i++)
    {
      guint before = list->len;
      guint64 sum = 0;

      p2p_sync_table_list_bucket (table, i, list);
      for (guint at = before; at < list->len; at += 16)
        {
          guint64 digest;

          memcpy (&digest, list->data + at + 8, 8);
          sum += GUINT64_FROM_BE (digest);
          g_assert (p2p_sync_table_find_digest (table, list->data + at) != NULL);
        }
      g_assert (sum == p2p_sync_table_get_bucket (table, i));
    }
  g_assert (list->len == 16 * n);
}

static void
copy (Scene *self, P2pSyncTable *from, P2pSyncTable *to)
{
  g_autoptr (GBytes) key = NULL;
  P2pSyncState state;

  while (p2p_sync_table_next (from, key, &state))
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (state.key, &length);
      g_autoptr (GVariant) record = g_variant_ref_sink (p2p_sync_table_pack_record (from, bytes, length));
      g_autoptr (GByteArray) packed = g_byte_array_new ();
      g_autoptr (GVariant) read = NULL;
      GError *error = NULL;
      P2pMerge merge;

      g_assert (p2p_value_pack (record, packed, NULL));
      read = g_variant_ref_sink (p2p_value_unpack (packed->data, packed->len, NULL, NULL));
      merge = p2p_sync_table_merge_packed (to, read, FALSE, self->now, NULL, &error);
      /* What a table gives away, every other takes, if it has the room. */
      g_assert (merge != P2P_MERGE_REFUSED || !g_error_matches (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_VALUE));
      note (self, merge, error);
      g_clear_pointer (&key, g_bytes_unref);
      key = g_bytes_ref (state.key);
    }
}

static gboolean
are_equal (P2pSyncTable *a, P2pSyncTable *b)
{
  guint8 roots[2][32];

  p2p_sync_table_get_root (a, roots[0]);
  p2p_sync_table_get_root (b, roots[1]);
  return memcmp (roots[0], roots[1], 32) == 0;
}

static void
compare (Scene *self, gboolean leasing)
{
  g_autoptr (P2pSyncTable) other = p2p_sync_table_new (&self->limits, leasing);
  guint rounds = 0;

  if (self->signs)
    p2p_sync_table_set_judge (other, &judge, self, "A");
  for (guint i = self->steps->len; i-- > 0;)
    give (self, other, &g_array_index (self->steps, Step, i));
  p2p_sync_table_expire (self->table, self->now);
  p2p_sync_table_expire (other, self->now);
  for (; rounds < ROUNDS && !are_equal (self->table, other); rounds++)
    {
      copy (self, self->table, other);
      copy (self, other, self->table);
    }
  look (self->table, self->now);
  look (other, self->now);
  g_assert (self->bounded || are_equal (self->table, other));
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  Scene self = { .now = T };
  guint8 options = fuzz_take_byte (&input);

  p2p_limits_init (&self.limits);
  if ((options & 2) != 0)
    {
      self.limits.table_keys = 2;
      self.limits.table_bytes = 4096;
      self.limits.table_value = 64;
      self.limits.table_owner_keys = 1;
      self.limits.table_contenders = 2;
      self.limits.elements = 12;
    }
  self.table = p2p_sync_table_new (&self.limits, (options & 1) != 0);
  /* What is made up may have taken the place of what was not. */
  self.signs = self.bounded = (options & 4) != 0;
  if (self.signs)
    p2p_sync_table_set_judge (self.table, &judge, &self, NULL);
  self.steps = g_array_new (FALSE, TRUE, sizeof (Step));
  g_array_set_clear_func (self.steps, clear_step);
  while (!fuzz_is_empty (&input) && self.steps->len < MAX_STEPS)
    {
      guint8 what = fuzz_take_byte (&input);
      Step step = { .packed = FALSE };

      switch (what % 8)
        {
        case 0:
          self.now += spans[(what >> 3) % G_N_ELEMENTS (spans)];
          break;
        case 1:
          p2p_sync_table_expire (self.table, self.now);
          break;
        case 2:
          look (self.table, self.now);
          break;
        case 3:
          if (take_record (&self, &input, &step))
            {
              give (&self, self.table, &step);
              g_array_append_val (self.steps, step);
            }
          break;
        default:
          take_write (&self, &input, &step);
          if (self.signs && step.owner[0] % 2 == 1)
            sign_step (&step);
          give (&self, self.table, &step);
          g_array_append_val (self.steps, step);
          break;
        }
    }
  if (self.signs)
    {
      p2p_sync_table_certify (self.table, "B");
      p2p_sync_table_purge (self.table, self.now, NULL);
    }
  compare (&self, (options & 1) != 0);
  g_array_unref (self.steps);
  p2p_sync_table_free (self.table);
  return 0;
}
