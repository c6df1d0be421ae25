/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shared table of fuzz-speak.c: what is written and told of it, by whom, and who signed it. */
#include "fuzz-speak.h"

#include "p2p/sync/p2p-sync-node-private.h"
#include "p2p/sync/p2p-sync-proof.h"
#include "p2p/wire/p2p-message-private.h"
#include "p2p/wire/p2p-value.h"

#define SIGNATURE_AT 40                 /* within a proof: somewhere in its signature */

static gboolean
is_nobody_cb (const char *owner, gpointer data)
{
  return FALSE;
}

static P2pSyncVerdict
believe_cb (const char *owner, const guint8 id[32], GBytes *proof, gpointer data)
{
  return P2P_SYNC_GOOD;
}

static gboolean
learn_cb (const char *owner, const guint8 pub[32], gpointer data)
{
  return TRUE;
}

static gboolean
sign_nothing_cb (const guint8 *ids, GBytes * const *notes, guint n, GBytes **proofs, gpointer data)
{
  return FALSE;
}

/* Of others: they tell what they like. */
const P2pSyncJudge fuzz_speak_others = { .believes = TRUE, .is_certified = is_nobody_cb, .check = believe_cb, .learn = learn_cb, .sign = sign_nothing_cb };

static GVariant *
make_value (guint8 choice)
{
  GVariantDict map;

  if ((choice & 1) == 0)
    return g_variant_new_int64 (choice);
  g_variant_dict_init (&map, NULL);
  g_variant_dict_insert (&map, (choice & 2) != 0 ? "a" : "b", "x", (gint64) choice);
  if ((choice & 4) != 0)
    g_variant_dict_insert (&map, "c", "s", "field");
  return g_variant_dict_end (&map);
}

static GBytes *
sign_write (Speak *self, P2pIdentity *identity, const P2pWrite *write)
{
  P2pLeaf leaf = { .note = NULL };
  GBytes *proof = NULL;

  memcpy (leaf.id, write->clock.id, sizeof leaf.id);
  g_assert_true (p2p_proof_sign (identity, P2P_PROOF_DOMAIN_MESSAGE, fuzz_speak_network (self), &leaf, 1, &proof));
  return proof;
}

/* Into the table of the others, from where records come: signed by its owner, by another, or not at all. */
static void
write_other (Speak *self, guint who, guint8 choice, guint8 what)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (make_value (what));
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) proof = NULL;
  g_autoptr (P2pMessage) message = NULL;
  const guint8 key = what >> 4 & 7;
  P2pWrite write = { .kind = choice % 3, .owner = self->ids[who], .clock = { .time = fuzz_now (&self->scene) - (choice >> 6) * 1300 } };

  p2p_value_pack (value, packed, NULL);
  bytes = g_bytes_new (packed->data, packed->len);
  if (write.kind == P2P_WRITE_DELTA && !p2p_is_map (bytes))
    return;
  write.value = write.kind == P2P_WRITE_DELETE ? NULL : bytes;
  message = p2p_sync_spell (write.owner, &write.clock, write.kind, &key, 1, write.value, FALSE);
  memcpy (write.clock.id, p2p_message_peek_id (message), sizeof write.clock.id);
  if ((choice & 4) == 0)
    {
      gboolean is_right = (choice & 0x18) == 0;

      proof = sign_write (self, self->identities[(choice & 8) != 0 ? (who + 1) % N_PEERS : who], &write);
      if ((choice & 0x10) != 0)
        {
          GBytes *spoilt = fuzz_speak_spoil (proof, 128 | SIGNATURE_AT);

          g_bytes_unref (proof);
          proof = spoilt;
        }
      if (is_right)
        fuzz_speak_note_honest (self, write.clock.id);
      write.proof = proof;
    }
  p2p_sync_table_merge (self->other, &key, 1, &write, fuzz_now (&self->scene), NULL);
}

static void
say_control (Peer *peer, P2pControlOp op, GVariant *rest)
{
  GVariant *values[P2P_CONTROL_REST + 1] = {
    g_variant_new_int64 (P2P_SUBFLAG_CONTROL), g_variant_new_int64 (P2P_CONTROL_VERSION), g_variant_new_int64 (op), rest,
  };

  fuzz_peer_say_values (peer, P2P_FLAG_WHISPER, P2P_ID_FORM_STR, 0, values, G_N_ELEMENTS (values));
}

/* All that the others know, so many times. How a node comes to ask for it is for fuzz-sync.c. */
static void
say_records (Speak *self, Peer *peer, guint times)
{
  P2pPeer *known = p2p_mesh_node_find_peer (self->scene.node, peer->id);
  P2pSyncLink *link = known != NULL ? p2p_sync_find_link (self->sync, known) : NULL;
  GVariantBuilder builder;

  if (link != NULL)
    link->asked = TRUE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < 8 * times; i++)
    {
      const guint8 key = i & 7;
      GVariant *record = p2p_sync_table_pack_record (self->other, &key, 1);

      if (record != NULL)
        g_variant_builder_add (&builder, "v", record);
    }
  say_control (peer, P2P_CONTROL_RECORDS, g_variant_builder_end (&builder));
}

/* A write that goes to all, which a side-car may sign. */
static void
say_write (Speak *self, Peer *peer, guint8 choice)
{
  const guint8 key = choice >> 4 & 7;
  GVariant *values[3] = { g_variant_new_int64 ((choice & 0x80) != 0 ? P2P_SUBFLAG_DELTA : P2P_SUBFLAG_STORE), fuzz_speak_bytes (&key, 1), make_value (choice) };
  g_autoptr (P2pMessage) message = fuzz_speak_make (self, P2P_FLAG_BROADCAST, peer->id, 0, values, G_N_ELEMENTS (values));

  fuzz_speak_note_said (self, message);
  fuzz_speak_say (peer, message);
}

static void
write_ours (Speak *self, guint8 choice)
{
  const guint8 byte = choice >> 4 & 7;
  g_autoptr (GBytes) key = g_bytes_new (&byte, 1);

  if ((choice & 0x88) == 0x88)
    p2p_sync_node_delete (self->sync, key, NULL, NULL);
  else if ((choice & 0x80) != 0)
    p2p_sync_node_delta (self->sync, key, make_value (choice | 1), NULL, NULL);
  else
    p2p_sync_node_set (self->sync, key, make_value (choice), NULL, NULL);
}

static void
say_keys (Speak *self, Peer *peer, guint8 choice)
{
  for (guint i = 0; i <= (choice >> 4) * 5u; i++)
    say_control (peer, P2P_CONTROL_KEY, fuzz_speak_bytes (p2p_identity_peek_public_key (self->identities[choice & 3]), (choice & 4) != 0 ? 31 : 32));
}

void
fuzz_speak_share (Speak *self, Peer *peer, FuzzInput *input)
{
  guint8 what = fuzz_take_byte (input);
  guint8 choice = fuzz_take_byte (input);

  switch (what & 7)
    {
    case 0: write_ours (self, choice); break;
    case 1: say_write (self, peer, choice); break;
    case 2: say_records (self, peer, 1 + (choice & 7)); break;
    case 3: say_keys (self, peer, choice); break;
    default: write_other (self, what >> 3 & 3, choice, fuzz_take_byte (input)); break;
    }
}

/* Of others: of our own it is known. */
void
fuzz_speak_check_signed (Speak *self)
{
  P2pSyncTable *table = p2p_sync_node_get_table (self->sync);
  g_autoptr (GBytes) last = NULL;
  P2pSyncState state;

  while (p2p_sync_table_next (table, last, &state))
    {
      g_autoptr (GBytes) id = g_bytes_new (state.clock.id, sizeof state.clock.id);

      if (state.is_signed && strcmp (state.owner, p2p_mesh_node_get_id (self->scene.node)) != 0)
        g_assert_true (g_hash_table_contains (self->honest, id));
      g_clear_pointer (&last, g_bytes_unref);
      last = g_bytes_ref (state.key);
    }
}
