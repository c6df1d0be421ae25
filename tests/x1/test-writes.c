/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is signed of the writes of a shared table, against what make-vectors.py made of docs/x1.md without a line of ours. */
#include <json-glib/json-glib.h>
#include <string.h>

#include "p2p/sync/p2p-sync-proof.h"
#include "p2p/x1/p2p-verifier.h"

typedef struct {
  JsonParser  *parser;
  P2pIdentity *identity;
  P2pVerifier *verifier;
  const char  *network, *owner;
} Fixture;

static GBytes *
dup_bytes (JsonObject *from, const char *member)
{
  const char *hex = json_object_get_string_member (from, member);
  GByteArray *bytes = g_byte_array_new ();

  for (; *hex != '\0'; hex += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

static void
set_up (Fixture *self)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "x1", "vectors.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) seed = NULL;
  JsonObject *root, *a;

  self->parser = json_parser_new_immutable ();
  json_parser_load_from_file (self->parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (self->parser));
  a = json_object_get_object_member (root, "a");
  seed = dup_bytes (a, "seed");
  self->identity = p2p_identity_new_from_seed (seed, NULL);
  self->verifier = p2p_verifier_new ();
  self->network = json_object_get_string_member (root, "network");
  self->owner = json_object_get_string_member (a, "id");
}

static void
tear_down (Fixture *self)
{
  p2p_verifier_unref (self->verifier);
  p2p_identity_unref (self->identity);
  g_object_unref (self->parser);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, tear_down)

static JsonArray *
get_writes (Fixture *self)
{
  JsonArray *writes = json_object_get_array_member (json_node_get_object (json_parser_get_root (self->parser)), "writes");

  g_assert_cmpuint (json_array_get_length (writes), >=, 8);
  return writes;
}

/* value and proof: transfer full */
static P2pWrite
read_write (Fixture *self, JsonObject *vector)
{
  g_autoptr (GBytes) id = dup_bytes (vector, "id");
  P2pWrite write = {
    .owner = self->owner,
    .clock = { .time = json_object_get_int_member (vector, "time"), .sequence = (guint32) json_object_get_int_member (vector, "sequence") },
    .proof = dup_bytes (vector, "proof"),
  };

  memcpy (write.clock.id, g_bytes_get_data (id, NULL), sizeof write.clock.id);
  if (json_object_get_null_member (vector, "value"))
    write.kind = P2P_WRITE_DELETE;
  else
    {
      write.kind = g_str_equal (json_object_get_string_member (vector, "kind"), "delta") ? P2P_WRITE_DELTA : P2P_WRITE_STORE;
      write.value = dup_bytes (vector, "value");
    }
  return write;
}

static void
clear_write (P2pWrite *write)
{
  g_clear_pointer (&write->value, g_bytes_unref);
  g_clear_pointer (&write->proof, g_bytes_unref);
}

static void
test_messages (void)
{
  g_auto (Fixture) self = { 0 };
  JsonArray *writes;

  set_up (&self);
  writes = get_writes (&self);
  for (guint i = 0; i < json_array_get_length (writes); i++)
    {
      JsonObject *vector = json_array_get_object_element (writes, i);
      P2pWrite write = read_write (&self, vector);
      g_autoptr (GBytes) key = dup_bytes (vector, "key");
      g_autoptr (GBytes) right = dup_bytes (vector, "message");
      gsize length;
      const guint8 *bytes = g_bytes_get_data (key, &length);
      g_autoptr (P2pMessage) message = p2p_sync_spell (self.owner, &write.clock, write.kind, bytes, length, write.value,
                                                       json_object_get_boolean_member (vector, "spelled_empty"));
      g_autoptr (GBytes) body = p2p_message_dup_body (message);
      g_autoptr (GBytes) id = p2p_message_get_id (message);

      g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), g_bytes_get_data (right, NULL), g_bytes_get_size (right));
      g_assert_cmpmem (g_bytes_get_data (id, NULL), 32, write.clock.id, 32);
      g_assert_true (p2p_sync_is_spelled (self.owner, &write.clock, write.kind, bytes, length, write.value));
      write.clock.sequence ^= 1;
      g_assert_false (p2p_sync_is_spelled (self.owner, &write.clock, write.kind, bytes, length, write.value));
      clear_write (&write);
    }
}

static void
test_proofs (void)
{
  g_auto (Fixture) self = { 0 };
  JsonArray *writes;

  set_up (&self);
  writes = get_writes (&self);
  for (guint i = 0; i < json_array_get_length (writes); i++)
    {
      JsonObject *vector = json_array_get_object_element (writes, i);
      P2pWrite write = read_write (&self, vector);
      g_autoptr (GBytes) note = dup_bytes (vector, "note");
      g_autoptr (GBytes) marks = dup_bytes (vector, "marks");
      g_autoptr (GBytes) packed = NULL;
      g_autoptr (GBytes) proof = NULL;
      P2pSyncMark right[P2P_SYNC_MARKS];
      P2pSyncContender contender = { .marks = right, .since = json_object_get_int_member (vector, "since") };
      P2pSyncRow row;
      P2pLeaf leaf = { .note = NULL };

      g_assert_true (p2p_sync_marks_unpack (g_bytes_get_data (marks, NULL), g_bytes_get_size (marks), contender.since, contender.marks, &contender.n_marks));
      packed = p2p_sync_row_pack (&contender);
      g_assert_cmpuint (packed != NULL, ==, g_bytes_get_size (note) > 0);
      g_assert_true (packed == NULL || g_bytes_equal (packed, note));

      memcpy (leaf.id, write.clock.id, sizeof leaf.id);
      leaf.note = g_bytes_get_data (note, &leaf.note_length);
      g_assert_true (p2p_proof_sign (self.identity, P2P_PROOF_DOMAIN_MESSAGE, self.network, &leaf, 1, &proof));
      g_assert_true (g_bytes_equal (proof, write.proof));
      g_assert_true (p2p_verifier_check (self.verifier, write.proof, P2P_PROOF_DOMAIN_MESSAGE, self.network, self.owner, write.clock.id, NULL));

      g_assert_true (p2p_sync_row_read (write.proof, &write.clock, write.kind == P2P_WRITE_DELETE, &row));
      g_assert_cmpint (row.since, ==, contender.since);
      g_assert_cmpuint (row.n_marks, ==, contender.n_marks);
      for (guint j = 0; j < row.n_marks; j++)
        {
          g_assert_cmpint (row.marks[j].time, ==, contender.marks[j].time);
          g_assert_cmpuint (row.marks[j].sequence, ==, contender.marks[j].sequence);
          g_assert_cmpuint (row.marks[j].id, ==, contender.marks[j].id);
          g_assert_cmpint (row.marks[j].deleted, ==, contender.marks[j].deleted);
        }
      g_assert_false (p2p_sync_row_read (write.proof, &write.clock, write.kind != P2P_WRITE_DELETE, &row) && g_bytes_get_size (note) > 0);
      clear_write (&write);
    }
}

/* ---- a table that is told them ---- */

static gboolean
is_certified_cb (const char *owner, gpointer data)
{
  return TRUE;
}

static P2pSyncVerdict
check_cb (const char *owner, const guint8 id[32], GBytes *proof, gpointer data)
{
  Fixture *self = data;

  return p2p_verifier_check (self->verifier, proof, P2P_PROOF_DOMAIN_MESSAGE, self->network, owner, id, NULL) ? P2P_SYNC_GOOD : P2P_SYNC_FORGED;
}

static gboolean
learn_cb (const char *owner, const guint8 pub[32], gpointer data)
{
  return TRUE;
}

static gboolean
sign_nothing_cb (const guint8 *ids, GBytes *const *notes, guint n, GBytes **proofs, gpointer data)
{
  return FALSE;
}

static void
test_taken (void)
{
  static const P2pSyncJudge judge = { .is_certified = is_certified_cb, .check = check_cb, .learn = learn_cb, .sign = sign_nothing_cb };
  g_auto (Fixture) self = { 0 };
  JsonArray *writes;

  set_up (&self);
  writes = get_writes (&self);
  for (guint i = 0; i < json_array_get_length (writes); i++)
    {
      JsonObject *vector = json_array_get_object_element (writes, i);
      P2pWrite write = read_write (&self, vector);
      P2pSyncTable *table = p2p_sync_table_new (NULL, TRUE);
      g_autoptr (GBytes) key = dup_bytes (vector, "key");
      g_autoptr (GBytes) proof = g_steal_pointer (&write.proof);
      g_autoptr (GError) error = NULL;
      P2pSyncState state;
      gsize length;
      const guint8 *bytes = g_bytes_get_data (key, &length);

      p2p_sync_table_set_judge (table, &judge, &self, NULL);
      g_assert_cmpint (p2p_sync_table_merge (table, bytes, length, &write, write.clock.time, &error), ==, P2P_MERGE_REFUSED);
      g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED);
      write.proof = proof;
      g_clear_error (&error);
      p2p_sync_table_merge (table, bytes, length, &write, write.clock.time, &error);
      g_assert_no_error (error);
      /* A delta is kept for the map that it is onto. */
      if (write.kind != P2P_WRITE_DELTA)
        {
          g_assert_true (p2p_sync_table_lookup (table, bytes, length, &state));
          g_assert_true (state.is_signed);
          g_assert_cmpint (state.value != NULL, ==, write.kind != P2P_WRITE_DELETE);
          /* later where his row has a delete */
          g_assert_cmpint (state.lease_start, >=, json_object_get_int_member (vector, "since"));
        }
      write.proof = NULL;
      clear_write (&write);
      p2p_sync_table_free (table);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/writes/messages", test_messages);
  g_test_add_func ("/x1/writes/proofs", test_proofs);
  g_test_add_func ("/x1/writes/taken", test_taken);
  return g_test_run ();
}
