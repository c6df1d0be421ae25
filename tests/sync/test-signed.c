/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of which some owners sign what they write: A, C and E here. */
#include <string.h>

#include "liar-fixture.h"
#include "sign-fixture.h"

#define T 1700000000

/* Writes as owner's own node makes them. */
typedef struct {
  SignJudge judge;
  P2pSyncTable *table;
  const char *owner;
} Writer;

static Writer *
writer_new_full (const char *owner, gboolean leasing)
{
  Writer *self = g_new0 (Writer, 1);

  self->owner = owner;
  self->table = sign_table (&self->judge, leasing, owner);
  return self;
}

static Writer *
writer_new (const char *owner)
{
  return writer_new_full (owner, TRUE);
}

static void
writer_free (Writer *self)
{
  p2p_sync_table_free (self->table);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writer, writer_free)

/* text NULL: a delete. To whom, nullable; the error's code, or -1 */
static int
write_to (Writer *self, P2pSyncTable *to, gint64 time, P2pWriteKind kind, const char *text)
{
  g_autoptr (GBytes) value = text != NULL ? sync_pack (text) : NULL;
  P2pWrite write = { .kind = kind, .owner = self->owner, .clock = { .time = time }, .value = value };
  g_autoptr (GBytes) proof = sign_write (self->table, &write, "k", time);
  g_autoptr (GError) error = NULL;

  write.proof = proof;
  if (to == NULL || p2p_sync_table_merge (to, (const guint8 *) "k", 1, &write, time, &error) != P2P_MERGE_REFUSED)
    return -1;
  return error->code;
}

static gboolean
is_signed (P2pSyncTable *table)
{
  P2pSyncState state;

  return p2p_sync_table_lookup (table, (const guint8 *) "k", 1, &state) && state.is_signed;
}

static GVariant *
pack (P2pSyncTable *table)
{
  p2p_sync_table_prove_ours (table);
  return g_variant_ref_sink (p2p_sync_table_pack_record (table, (const guint8 *) "k", 1));
}

/* Of one who does not sign it takes the key, also when he was first; what is unsigned under a signed lease gains nothing. */
static void
test_outranks (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");

  sync_write (table, "k", "B", T, "'first'");
  g_assert_cmpint (write_to (a, table, T + 5, P2P_WRITE_STORE, "'signed'"), ==, -1);
  sync_assert (table, "k", "A@1700000005 'signed'");
  g_assert_true (is_signed (table));
  sync_write (table, "k", "B", T + 6, "'again'");
  sync_assert (table, "k", "A@1700000005 'signed'");
  /* When its lease is over anybody may. */
  sync_write (table, "k", "B", T + 4000, "'later'");
  sync_assert (table, "k", "B@1700004000 'later'");
  g_assert_false (is_signed (table));
}

/* What an unsigned one put between two signed writes is in no signed value. */
static void
test_nothing_between (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");

  write_to (a, table, T, P2P_WRITE_STORE, "{'x': <1>}");
  sync_write (table, "k", "B", T + 4000, "{'evil': <1>}");
  write_to (a, table, T + 5000, P2P_WRITE_DELTA, "{'y': <2>}");
  sync_assert (table, "k", "A@1700005000 {'x': 1, 'y': 2}");
}

static void
test_refused (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  /* Nobody knows that A signs. */
  sync_write (table, "k", "A", T, "'made up'");
  sync_assert (table, "k", "A@1700000000 'made up'");
  judge.known |= sign_bit ("A");
  g_assert_true (p2p_sync_table_has_owner (table, "A"));
  g_assert_true (p2p_sync_table_certify (table, "A"));
  g_assert_false (p2p_sync_table_certify (table, "A"));
  g_assert_true (p2p_sync_table_purge (table, T, changed));
  g_assert_false (p2p_sync_table_purge (table, T, changed));
  g_assert_cmpuint (changed->len, ==, 1);
  sync_assert (table, "k", NULL);
  g_assert_cmpint (sync_merge (table, "k", P2P_WRITE_STORE, "A", T, 0, "1", T, &error), ==, P2P_MERGE_REFUSED);
  g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED);
  g_assert_cmpint (write_to (a, table, T, P2P_WRITE_STORE, "1"), ==, -1);
  g_assert_true (is_signed (table));
}

/* What it costs is counted, and comes back. */
static void
test_bytes (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");
  gsize before;

  write_to (a, table, T, P2P_WRITE_STORE, "{'x': <1>}");
  before = p2p_sync_table_get_bytes (table);
  g_assert_cmpuint (before, >, P2P_PROOF_MIN_LENGTH);
  write_to (a, table, T + 1, P2P_WRITE_DELTA, "{'x': <2>, 'y': <3>}");
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), >, before + P2P_PROOF_MIN_LENGTH);
  write_to (a, table, T + 2, P2P_WRITE_DELETE, NULL);
  p2p_sync_table_expire (table, T + 8000);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), ==, 0);
}

/* ---- records of a liar ---- */

/* A record with one thing in it changed, by its place: child, then of that. Anything that is a variant. */
static GVariant *
change (GVariant *from, const guint *path, guint n, GVariant *to)
{
  GVariantBuilder builder;

  if (n == 0)
    return to;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (gsize i = 0; i < g_variant_n_children (from); i++)
    {
      g_autoptr (GVariant) boxed = g_variant_get_child_value (from, i);
      g_autoptr (GVariant) child = g_variant_get_variant (boxed);

      g_variant_builder_add (&builder, "v", i == path[0] ? change (child, path + 1, n - 1, to) : child);
    }
  return g_variant_builder_end (&builder);
}

/* Which proof of a record has one */
static guint
find_map (GVariant *record)
{
  g_autoptr (GVariant) boxed = g_variant_get_child_value (record, 2);
  g_autoptr (GVariant) proofs = g_variant_get_variant (boxed);

  for (guint i = 0; i < g_variant_n_children (proofs); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (proofs, i);
      g_autoptr (GVariant) proof = g_variant_get_variant (child);

      if (g_variant_n_children (proof) == 3)
        return i;
    }
  g_assert_not_reached ();
}

/*
 * Of A's store at T and delta at T + 10: [k, [A, T + 10, 0, id, since, marks, A, T, 0, id, value, [A, T + 10, 0, id, name, value], [... of another field]],
 * [[id, proof], [id, proof, map]]], the proofs by id.
 */
static void
test_lies (gconstpointer data)
{
  gboolean leasing = GPOINTER_TO_INT (data);
  static const guint8 zeros[400] = { 0 };
  SignJudge judge = { .known = sign_bit ("A") | sign_bit ("C") };
  g_autoptr (Writer) a = writer_new_full ("A", leasing);
  g_autoptr (Writer) c = writer_new_full ("C", leasing);
  g_autoptr (GVariant) record = NULL;
  g_autoptr (GVariant) other = NULL;
  g_autofree char *truth = NULL;
  g_autoptr (GVariant) others_proofs = NULL;
  struct {
    const char *what;
    guint n;
    guint path[3];
    GVariant *lie;
    gboolean harmless;          /* what it says counts for nothing */
  } lies[] = {
    { "the key", 1, { 0 }, liar_bytes ("l", 1), FALSE },
    { "the owner", 2, { 1, 0 }, g_variant_new_string ("C"), FALSE },
    { "an owner whom nobody knows", 2, { 1, 0 }, g_variant_new_string ("B"), FALSE },
    { "the time of the newest", 2, { 1, 1 }, g_variant_new_int64 (T + 11), FALSE },
    { "its sequence", 2, { 1, 2 }, g_variant_new_int64 (7), FALSE },
    { "its id", 2, { 1, 3 }, liar_bytes (zeros, 32), FALSE },
    { "since", 2, { 1, 4 }, g_variant_new_int64 (T - 100000), TRUE },
    { "the time of the base", 2, { 1, 7 }, g_variant_new_int64 (T + 1), FALSE },
    { "the sequence of the base", 2, { 1, 8 }, g_variant_new_int64 (1), FALSE },
    { "the owner of the base", 2, { 1, 6 }, g_variant_new_string ("C"), FALSE },
    { "the id of the base", 2, { 1, 9 }, liar_bytes (zeros, 32), FALSE },
    { "the value", 2, { 1, 10 }, liar_bytes ("\x80", 1), FALSE },
    { "a delete", 2, { 1, 10 }, g_variant_new_tuple (NULL, 0), FALSE },
    { "the owner of a field", 3, { 1, 11, 0 }, g_variant_new_string ("C"), FALSE },
    { "the time of a field", 3, { 1, 11, 1 }, g_variant_new_int64 (T + 9), FALSE },
    { "the owner of the other field", 3, { 1, 12, 0 }, g_variant_new_string ("C"), FALSE },
    { "the other field is nobody's", 3, { 1, 12, 0 }, g_variant_new_string ("b"), FALSE },
    { "the time of the other field", 3, { 1, 12, 1 }, g_variant_new_int64 (T + 9), FALSE },
    { "the sequence of the other field", 3, { 1, 12, 2 }, g_variant_new_int64 (1), FALSE },
    { "the value of the other field", 3, { 1, 12, 5 }, liar_bytes ("\x07", 1), FALSE },
    { "the id of a field", 3, { 1, 11, 3 }, liar_bytes (zeros, 32), FALSE },
    { "the name of a field", 3, { 1, 11, 4 }, liar_bytes ("\xa1""z", 2), FALSE },
    { "the value of a field", 3, { 1, 11, 5 }, liar_bytes ("\x07", 1), FALSE },
    { "an id of a proof", 3, { 2, 0, 0 }, liar_bytes (zeros, 32), FALSE },
    { "a proof of nothing", 3, { 2, 0, 1 }, liar_bytes (zeros, 102), FALSE },
    { "a proof of ours, to be made", 3, { 2, 0, 1 }, liar_bytes ("", 0), FALSE },
    { "a proof too long", 3, { 2, 1, 1 }, liar_bytes (zeros, 400), FALSE },
    { "another map", 3, { 2, G_MAXUINT, 2 }, liar_bytes ("\x82\xa1""y\x02\xa1""w\x05", 7), FALSE },
    { "the map in another order", 3, { 2, G_MAXUINT, 2 }, liar_bytes ("\x82\xa1""w\x04\xa1""y\x02", 7), FALSE },
    { "a map of one field", 3, { 2, G_MAXUINT, 2 }, liar_bytes ("\x81\xa1""y\x02", 4), FALSE },
    { "no proofs", 1, { 2 }, g_variant_new_tuple (NULL, 0), FALSE },
    { "proofs of another", 1, { 2 }, NULL, FALSE },
  };

  write_to (a, NULL, T, P2P_WRITE_STORE, "{'x': <1>}");
  write_to (a, NULL, T + 10, P2P_WRITE_DELTA, "{'y': <2>, 'w': <4>}");
  record = pack (a->table);
  truth = sync_show (a->table, "k");
  write_to (c, NULL, T, P2P_WRITE_STORE, "{'x': <1>}");
  other = pack (c->table);
  {
    g_autoptr (GVariant) boxed = g_variant_get_child_value (other, 2);

    lies[G_N_ELEMENTS (lies) - 1].lie = others_proofs = g_variant_get_variant (boxed);
  }
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      SignJudge own = judge;
      g_autoptr (P2pSyncTable) table = sign_table (&own, leasing, NULL);
      const guint path[] = { lies[i].path[0], lies[i].path[1] != G_MAXUINT ? lies[i].path[1] : find_map (record), lies[i].path[2] };
      g_autoptr (GVariant) lie = g_variant_ref_sink (change (record, path, lies[i].n, lies[i].lie));
      g_autoptr (GError) error = NULL;
      P2pMerge merge = p2p_sync_table_merge_packed (table, lie, FALSE, T + 20, NULL, &error);
      P2pSyncState state;

      g_test_message ("%s: %d %s", lies[i].what, merge, error != NULL ? error->message : "");
      if (lies[i].harmless)
        {
          sync_assert (table, "k", truth);
          sync_assert_equal (table, a->table);
        }
      else
        {
          g_assert_cmpint (merge, ==, P2P_MERGE_REFUSED);
          g_assert_nonnull (error);
          g_assert_false (p2p_sync_table_lookup (table, (const guint8 *) "k", 1, &state));
        }
      /* And the truth is taken all the same. */
      g_assert_cmpint (p2p_sync_table_merge_packed (table, record, FALSE, T + 20, NULL, NULL), !=, P2P_MERGE_REFUSED);
      sync_assert (table, "k", truth);
    }
}

/* With what anybody may say is settled nothing that is signed goes. */
static void
test_settled (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (P2pSyncTable) liar = p2p_sync_table_new (NULL, TRUE);
  g_autoptr (Writer) a = writer_new ("A");
  g_autoptr (GVariant) plain = NULL;
  g_autoptr (GVariant) key = NULL;
  g_autoptr (GVariant) contender = NULL;

  write_to (a, table, T, P2P_WRITE_STORE, "'signed'");
  sync_write (liar, "k", "B", T + 10, "'stolen'");
  plain = pack (liar);
  g_assert_cmpuint (g_variant_n_children (plain), ==, 2);
  key = liar_child (plain, 0);
  contender = liar_child (plain, 1);
  p2p_sync_table_merge_packed (table, liar_list (key, contender, liar_list (g_variant_new_string ("B"), g_variant_new_int64 (T + 10), g_variant_new_tuple (NULL, 0), NULL), NULL),
                               FALSE, T + 20, NULL, NULL);
  sync_assert (table, "k", "A@1700000000 'signed'");
}

/* From our own disk no signature is looked at, but whose key it is. */
static void
test_restored (void)
{
  SignJudge judge = { 0 }, own = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (P2pSyncTable) again = sign_table (&own, TRUE, "A");
  g_autoptr (Writer) a = writer_new ("A");
  g_autoptr (GVariant) kept = NULL;
  g_autoptr (GVariant) record = NULL;

  write_to (a, NULL, T, P2P_WRITE_STORE, "{'x': <1>}");
  write_to (a, NULL, T + 1, P2P_WRITE_DELTA, "{'x': <2>, 'y': <3>}");
  kept = g_variant_ref_sink (p2p_sync_table_pack_record (a->table, (const guint8 *) "k", 1));
  record = pack (a->table);
  g_assert_cmpint (p2p_sync_table_merge_packed (table, record, TRUE, T + 20, NULL, NULL), ==, P2P_MERGE_CHANGED);
  g_assert_cmpuint (judge.checked, ==, 0);
  g_assert_true (is_signed (table));
  /* What we did not sign yet when we ended, we sign now. */
  g_assert_cmpint (p2p_sync_table_merge_packed (again, kept, TRUE, T + 20, NULL, NULL), ==, P2P_MERGE_CHANGED);
  sync_assert_equal (again, table);
  {
    g_autoptr (GVariant) told = pack (again);
    SignJudge third = { 0 };
    g_autoptr (P2pSyncTable) other = sign_table (&third, TRUE, NULL);

    g_assert_cmpint (p2p_sync_table_merge_packed (other, told, FALSE, T + 20, NULL, NULL), ==, P2P_MERGE_CHANGED);
    g_assert_true (is_signed (other));
    sync_assert_equal (other, again);
  }
}

/* Whoever tells much of what was never looked at waits, and nothing of it is taken in part. */
static void
test_waits (void)
{
  SignJudge judge = { .most = 1 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");
  g_autoptr (GVariant) record = NULL;

  write_to (a, NULL, T, P2P_WRITE_STORE, "{'x': <1>}");
  write_to (a, NULL, T + 1, P2P_WRITE_DELTA, "{'y': <3>}");
  record = pack (a->table);
  g_assert_cmpint (p2p_sync_table_merge_packed (table, record, FALSE, T + 20, NULL, NULL), ==, P2P_MERGE_WAIT);
  sync_assert (table, "k", NULL);
  judge.most = 0;
  g_assert_cmpint (p2p_sync_table_merge_packed (table, record, FALSE, T + 20, NULL, NULL), ==, P2P_MERGE_CHANGED);
  g_assert_true (is_signed (table));
}

/* Many fields of many deltas: in parts, each with what proves it. */
static void
test_parts (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");
  guint part = 0, n = 0;

  for (guint i = 0; i < 1500; i++)
    {
      g_autofree char *text = g_strdup_printf ("{'f%u': <%u>, 'g': <%u>}", i, i, i);

      write_to (a, NULL, T + i, i == 0 ? P2P_WRITE_STORE : P2P_WRITE_DELTA, text);
    }
  do
    {
      g_autoptr (GVariant) record = g_variant_ref_sink (p2p_sync_table_pack_part (a->table, (const guint8 *) "k", 1, &part));
      g_autoptr (GError) error = NULL;

      p2p_sync_table_merge_packed (table, record, FALSE, T + 2000, NULL, &error);
      g_assert_no_error (error);
      n++;
    }
  while (part > 0);
  g_assert_cmpuint (n, >, 1);
  sync_assert_equal (table, a->table);
  g_assert_true (is_signed (table));
}

/* A delta of many fields, told in parts, is kept once. */
static void
test_one_map (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");
  GString *text = g_string_new ("{");
  guint part = 0, n = 0;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "%s'f%u': <%u>", i > 0 ? ", " : "", i, i);
  g_string_append_c (text, '}');
  write_to (a, NULL, T, P2P_WRITE_DELTA, text->str);
  g_string_free (text, TRUE);
  do
    {
      GVariant *record = p2p_sync_table_pack_part (a->table, (const guint8 *) "k", 1, &part);

      g_assert_cmpint (p2p_sync_table_merge_packed (table, record, FALSE, T + 1, NULL, NULL), ==, P2P_MERGE_CHANGED);
      n++;
    }
  while (part > 0);
  g_assert_cmpuint (n, ==, 5);
  sync_assert_equal (table, a->table);
  g_assert_cmpuint (p2p_sync_table_get_bytes (table), ==, p2p_sync_table_get_bytes (a->table));
}

/* A write's row reaches back so far and no further; who goes on for longer says half of it. */
static void
test_reach (void)
{
  SignJudge judge = { 0 };
  g_autoptr (P2pSyncTable) table = sign_table (&judge, TRUE, NULL);
  g_autoptr (Writer) a = writer_new ("A");
  g_autoptr (GBytes) value = sync_pack ("'stolen'");
  P2pSyncState state;

  g_assert_cmpint (write_to (a, table, T, P2P_WRITE_STORE, "'mine'"), ==, -1);
  for (gint64 beyond = 1; beyond >= 0; beyond--)
    {
      P2pWrite write = { .kind = P2P_WRITE_STORE, .owner = "C", .clock = { .time = T + 10 + beyond }, .value = value };
      g_autoptr (GBytes) note = NULL;
      g_autoptr (GBytes) proof = NULL;
      g_autoptr (GError) error = NULL;

      liar_spell (&write, "k");
      note = liar_note (&write, T + 10 - P2P_SYNC_REACH_SECONDS);
      write.proof = proof = sign_proof ("C", write.clock.id, note);
      if (beyond > 0)
        {
          g_assert_cmpint (p2p_sync_table_merge (table, (const guint8 *) "k", 1, &write, T + 11, &error), ==, P2P_MERGE_REFUSED);
          g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIME);
          g_assert_nonnull (strstr (error->message, "48 hours"));
          sync_assert (table, "k", "A@1700000000 'mine'");
        }
      /* What nobody can check is believed: a lease is a claim. */
      else
        {
          g_assert_cmpint (p2p_sync_table_merge (table, (const guint8 *) "k", 1, &write, T + 11, &error), ==, P2P_MERGE_CHANGED);
          sync_assert (table, "k", "C@1700000010 'stolen'");
        }
    }

  for (guint i = 0; i < 100; i++)
    g_assert_cmpint (write_to (a, table, T + 100000 + i * 3000, P2P_WRITE_STORE, "'mine'"), ==, -1);
  sync_assert_equal (table, a->table);
  g_assert_true (p2p_sync_table_lookup (table, (const guint8 *) "k", 1, &state));
  g_assert_cmpint (state.lease_start, <=, T + 100000 + 92 * 3000 - P2P_SYNC_REACH_SECONDS / 2);
  g_assert_cmpint (state.lease_start, >=, T + 100000 + 92 * 3000 - P2P_SYNC_REACH_SECONDS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/signed/outranks", test_outranks);
  g_test_add_func ("/sync/signed/nothing-between", test_nothing_between);
  g_test_add_func ("/sync/signed/refused", test_refused);
  g_test_add_func ("/sync/signed/bytes", test_bytes);
  g_test_add_data_func ("/sync/signed/lies", GINT_TO_POINTER (TRUE), test_lies);
  g_test_add_data_func ("/sync/signed/lies-no-leases", GINT_TO_POINTER (FALSE), test_lies);
  g_test_add_func ("/sync/signed/settled", test_settled);
  g_test_add_func ("/sync/signed/restored", test_restored);
  g_test_add_func ("/sync/signed/waits", test_waits);
  g_test_add_func ("/sync/signed/parts", test_parts);
  g_test_add_func ("/sync/signed/one-map", test_one_map);
  g_test_add_func ("/sync/signed/reach", test_reach);
  return g_test_run ();
}
