/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sign-fixture.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

guint
sign_bit (const char *owner)
{
  return owner[0] >= 'A' && owner[0] <= 'Z' ? 1u << (owner[0] - 'A') : 0;
}

static void
sign (const char   *owner,
      const guint8  id[32],
      const guint8 *note,
      gsize         length,
      guint8        signature[64])
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  g_byte_array_append (all, (const guint8 *) owner, (guint) strlen (owner));
  g_byte_array_append (all, id, 32);
  g_byte_array_append (all, note, (guint) length);
  p2p_sha256 (all->data, all->len, signature);
  memcpy (signature + 32, signature, 32);
}

GBytes *
sign_proof (const char   *owner,
            const guint8  id[32],
            GBytes       *note)
{
  static const guint8 one[] = { 0, 0, 0, 1 };
  GByteArray *proof = g_byte_array_new ();
  gsize length = note != NULL ? g_bytes_get_size (note) : 0;
  const guint8 *bytes = note != NULL ? g_bytes_get_data (note, NULL) : (const guint8 *) "";
  guint8 head[97] = { 1 };
  guint8 n = (guint8) length;

  memset (head + 1, owner[0], 32);
  sign (owner, id, bytes, length, head + 33);
  g_byte_array_append (proof, head, sizeof head);
  g_byte_array_append (proof, one, sizeof one);
  g_byte_array_append (proof, &n, 1);
  g_byte_array_append (proof, bytes, n);
  return g_byte_array_free_to_bytes (proof);
}

static gboolean
is_certified_cb (const char *owner,
                 gpointer    data)
{
  return (((SignJudge *) data)->known & sign_bit (owner)) != 0;
}

static P2pSyncVerdict
check_cb (const char   *owner,
          const guint8  id[32],
          GBytes       *proof,
          gpointer      data)
{
  SignJudge *self = data;
  P2pProofView view;
  guint8 signature[64];

  if (!p2p_proof_read (proof, &view) || view.pub[0] != (guint8) owner[0])
    return P2P_SYNC_FORGED;
  if (self->most > 0 && self->checked >= self->most)
    return P2P_SYNC_LATER;
  self->checked++;
  sign (owner, id, view.note, view.note_length, signature);
  if (memcmp (signature, view.signature, sizeof signature) != 0)
    return P2P_SYNC_FORGED;
  self->known |= sign_bit (owner);
  return P2P_SYNC_GOOD;
}

static gboolean
learn_cb (const char   *owner,
          const guint8  pub[32],
          gpointer      data)
{
  SignJudge *self = data;

  if (pub[0] != (guint8) owner[0])
    return FALSE;
  self->known |= sign_bit (owner);
  return TRUE;
}

/* Whose table it is says the bit above the letters. */
static gboolean
sign_cb (const guint8   *ids,
         GBytes * const *notes,
         guint           n,
         GBytes        **proofs,
         gpointer        data)
{
  SignJudge *self = data;
  char owner[] = { (char) ('A' + (self->known >> 26)), '\0' };

  for (guint i = 0; i < n; i++)
    proofs[i] = sign_proof (owner, ids + i * 32, notes[i]);
  return TRUE;
}

const P2pSyncJudge sign_judge = {
  .is_certified = is_certified_cb,
  .check = check_cb,
  .learn = learn_cb,
  .sign = sign_cb,
};

void
sign_spell (P2pWrite   *write,
            const char *key)
{
  g_autoptr (P2pMessage) message = p2p_sync_spell (write->owner, &write->clock, write->kind, (const guint8 *) key, strlen (key), write->value, FALSE);

  memcpy (write->clock.id, p2p_message_peek_id (message), sizeof write->clock.id);
}

GBytes *
sign_write (P2pSyncTable *own,
            P2pWrite     *write,
            const char   *key,
            gint64        now)
{
  g_autoptr (GBytes) note = NULL;
  g_autoptr (GError) error = NULL;

  sign_spell (write, key);
  write->mine = TRUE;
  /* A delta onto what is no map is kept all the same. */
  if (p2p_sync_table_merge (own, (const guint8 *) key, strlen (key), write, now, &error) == P2P_MERGE_REFUSED)
    g_assert_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_NOT_A_MAP);
  write->mine = FALSE;
  note = p2p_sync_table_note_write (own, (const guint8 *) key, strlen (key), write);
  return sign_proof (write->owner, write->clock.id, note);
}

P2pSyncTable *
sign_table (SignJudge  *judge,
            gboolean    leasing,
            const char *own)
{
  P2pSyncTable *table = p2p_sync_table_new (NULL, leasing);

  if (own != NULL)
    judge->known |= sign_bit (own) | (guint) (own[0] - 'A') << 26;
  p2p_sync_table_set_judge (table, &sign_judge, judge, own);
  return table;
}
