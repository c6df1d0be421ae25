/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-sync-proof.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-message-private.h"
#include "../wire/p2p-value-private.h"

#define MARK_BYTES 20u
/* Whoever writes much is not made to sign until somebody asks, but for this many. */
#define MOST_UNPROVEN P2P_MAX_LEAVES

P2pSyncProof *
p2p_sync_proof_new (GBytes *bytes,
                    GBytes *map)
{
  P2pSyncProof *self = g_new0 (P2pSyncProof, 1);

  self->refs = 1;
  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  self->map = map != NULL ? g_bytes_ref (map) : NULL;
  return self;
}

P2pSyncProof *
p2p_sync_proof_ref (P2pSyncProof *self)
{
  self->refs++;
  return self;
}

void
p2p_sync_proof_unref (P2pSyncProof *self)
{
  if (--self->refs > 0)
    return;
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->map, g_bytes_unref);
  g_free (self);
}

/* ---- spelling ---- */

P2pMessage *
p2p_sync_spell (const char          *owner,
                const P2pWriteClock *clock,
                P2pWriteKind         kind,
                const guint8        *key,
                gsize                key_length,
                GBytes              *value,
                gboolean             empty)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint64 trailer = (guint64) clock->sequence << 1 | (empty ? 1 : 0);
  msgpack_packer packer;
  gsize length;
  const guint8 *bytes;

  p2p_packer_init (&packer, packed);
  msgpack_pack_int (&packer, kind == P2P_WRITE_DELTA ? P2P_SUBFLAG_DELTA : P2P_SUBFLAG_STORE);
  msgpack_pack_bin (&packer, key_length);
  msgpack_pack_bin_body (&packer, key, key_length);
  if (value != NULL)
    {
      bytes = g_bytes_get_data (value, &length);
      g_byte_array_append (packed, bytes, (guint) length);
    }
  else if (empty)
    msgpack_pack_str (&packer, 0);
  else
    msgpack_pack_nil (&packer);
  if (trailer != 0)
    msgpack_pack_uint64 (&packer, trailer);
  return p2p_message_new_packed (P2P_FLAG_BROADCAST, owner, P2P_ID_FORM_STR, clock->time, packed->data, packed->len, trailer != 0 ? 4 : 3);
}

gboolean
p2p_sync_is_spelled (const char          *owner,
                     const P2pWriteClock *clock,
                     P2pWriteKind         kind,
                     const guint8        *key,
                     gsize                key_length,
                     GBytes              *value)
{
  /* A delete has two spellings. */
  for (guint empty = 0; empty <= (value == NULL); empty++)
    {
      g_autoptr (P2pMessage) message = p2p_sync_spell (owner, clock, kind, key, key_length, value, empty > 0);

      if (memcmp (p2p_message_peek_id (message), clock->id, sizeof clock->id) == 0)
        return TRUE;
    }
  return FALSE;
}

GBytes *
p2p_sync_make_map (GBytes *name,
                   GBytes *value)
{
  GByteArray *map = g_byte_array_new ();
  GBytes *parts[] = { name, value };

  p2p_map_append_head (map, 1);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_byte_array_append (map, g_bytes_get_data (parts[i], NULL), (guint) g_bytes_get_size (parts[i]));
  return g_byte_array_free_to_bytes (map);
}

gboolean
p2p_sync_is_one_field (GBytes *map)
{
  const guint8 *bytes = g_bytes_get_data (map, NULL);

  return bytes[0] == 0x81;
}

/* ---- rows ---- */

GBytes *
p2p_sync_row_pack (const P2pSyncContender *contender)
{
  GByteArray *note;
  guint64 since = GUINT64_TO_BE ((guint64) contender->since);

  if (contender->n_marks == 1 && contender->since == contender->marks[0].time)
    return NULL;
  note = g_byte_array_sized_new (sizeof since + contender->n_marks * MARK_BYTES);
  g_byte_array_append (note, (const guint8 *) &since, sizeof since);
  for (guint i = 0; i < contender->n_marks; i++)
    p2p_sync_mark_append (&contender->marks[i], note);
  return g_byte_array_free_to_bytes (note);
}

gboolean
p2p_sync_marks_unpack (const guint8 *bytes,
                       gsize         length,
                       gint64        since,
                       P2pSyncMark  *marks,
                       guint        *n_marks)
{
  if (length == 0 || length % MARK_BYTES != 0 || length > P2P_SYNC_MARKS * MARK_BYTES)
    return FALSE;
  *n_marks = (guint) (length / MARK_BYTES);
  for (guint i = 0; i < *n_marks; i++, bytes += MARK_BYTES)
    {
      guint64 time = p2p_read_number (bytes);

      memcpy (&marks[i].sequence, bytes + 8, sizeof marks[i].sequence);
      marks[i].sequence = GUINT32_FROM_BE (marks[i].sequence);
      marks[i].id = p2p_read_number (bytes + 12);
      marks[i].time = (gint64) (time >> 1);
      marks[i].deleted = time & 1;
      if (marks[i].time < since || marks[i].time > P2P_SYNC_LATEST || (i > 0 && marks[i].time <= marks[i - 1].time))
        return FALSE;
    }
  return TRUE;
}

gboolean
p2p_sync_row_unpack (const guint8        *note,
                     gsize                length,
                     const P2pWriteClock *clock,
                     gboolean             deleted,
                     P2pSyncRow          *row)
{
  P2pSyncMark mark = { clock->time, p2p_read_number (clock->id), clock->sequence, deleted };
  const P2pSyncMark *last;

  if (length == 0)
    {
      row->since = clock->time;
      row->marks[0] = mark;
      row->n_marks = 1;
      return TRUE;
    }
  if (length < sizeof row->since)
    return FALSE;
  row->since = (gint64) p2p_read_number (note);
  if (row->since < 0 || row->since > P2P_SYNC_LATEST ||
      !p2p_sync_marks_unpack (note + sizeof row->since, length - sizeof row->since, row->since, row->marks, &row->n_marks))
    return FALSE;
  last = &row->marks[row->n_marks - 1];
  return last->time == mark.time && last->sequence == mark.sequence && last->id == mark.id && last->deleted == mark.deleted;
}

gboolean
p2p_sync_row_read (GBytes              *proof,
                   const P2pWriteClock *clock,
                   gboolean             deleted,
                   P2pSyncRow          *row)
{
  P2pProofView view;

  return p2p_proof_read (proof, &view) && p2p_sync_row_unpack (view.note, view.note_length, clock, deleted, row);
}

gboolean
p2p_sync_row_is_within (const P2pSyncRow *row)
{
  return row->marks[0].time - row->since <= P2P_SYNC_REACH_SECONDS;
}

/* ---- a write ---- */

void
p2p_sync_refuse_unsigned (const char  *owner,
                          gboolean     forged,
                          GError     **error)
{
  if (forged)
    g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED, "The signature is not one of its owner, %s, over this", owner);
  else
    g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_UNSIGNED, "It is not signed by its owner, %s, who signs what is his", owner);
}

gboolean
p2p_sync_check_signed (P2pSyncTable    *table,
                       P2pSyncOwner    *owner,
                       const guint8    *key,
                       gsize            key_length,
                       const P2pWrite  *write,
                       P2pSyncProof   **proof,
                       GError         **error)
{
  GBytes *map = write->kind == P2P_WRITE_DELTA && !p2p_sync_is_one_field (write->value) ? write->value : NULL;
  P2pSyncRow row;

  if (table->judge == NULL)
    return TRUE;
  if (owner->mine && write->mine)
    {
      *proof = p2p_sync_proof_new (NULL, map);
      return TRUE;
    }
  if (write->proof == NULL)
    {
      if (owner->certified)
        p2p_sync_refuse_unsigned (owner->name, FALSE, error);
      return !owner->certified;
    }
  /* Others will have nothing but what it says: it has to come to the same message. */
  if (!p2p_sync_row_read (write->proof, &write->clock, write->kind == P2P_WRITE_DELETE, &row) ||
      !p2p_sync_is_spelled (owner->name, &write->clock, write->kind, key, key_length, write->value))
    {
      p2p_sync_refuse_unsigned (owner->name, TRUE, error);
      return FALSE;
    }
  if (!p2p_sync_row_is_within (&row))
    {
      g_set_error (error, P2P_TABLE_ERROR, P2P_TABLE_ERROR_TIME, "%s says it wrote the key since %" G_GINT64_FORMAT ", more than %d hours before the first second it names",
                   owner->name, row.since, P2P_SYNC_REACH_SECONDS / 3600);
      return FALSE;
    }
  p2p_sync_table_certify (table, owner->name);
  *proof = p2p_sync_proof_new (write->proof, map);
  return TRUE;
}

/* ---- ours ---- */

static void
unproven_clear (gpointer data)
{
  P2pSyncUnproven *self = data;

  p2p_sync_proof_unref (self->proof);
  g_clear_pointer (&self->note, g_bytes_unref);
}

GArray *
p2p_sync_unproven_list (void)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (P2pSyncUnproven));

  g_array_set_clear_func (list, unproven_clear);
  return list;
}

void
p2p_sync_table_add_unproven (P2pSyncTable *self,
                             P2pSyncProof *proof,
                             const guint8  id[32],
                             GBytes       *note)
{
  P2pSyncUnproven unproven = { .proof = p2p_sync_proof_ref (proof), .note = note != NULL ? g_bytes_ref (note) : NULL };

  memcpy (unproven.id, id, sizeof unproven.id);
  g_array_append_val (self->unproven, unproven);
  if (self->unproven->len >= MOST_UNPROVEN)
    p2p_sync_table_prove_ours (self);
}

void
p2p_sync_table_prove_ours (P2pSyncTable *self)
{
  guint n = MIN (self->unproven->len, MOST_UNPROVEN);
  g_autofree guint8 *ids = NULL;
  g_autofree GBytes **notes = NULL;
  g_autofree GBytes **proofs = NULL;

  if (n == 0 || self->judge == NULL)
    return;
  ids = g_malloc (n * 32);
  notes = g_new (GBytes *, n);
  proofs = g_new0 (GBytes *, n);
  for (guint i = 0; i < n; i++)
    {
      const P2pSyncUnproven *unproven = &g_array_index (self->unproven, P2pSyncUnproven, i);

      memcpy (ids + i * 32, unproven->id, 32);
      notes[i] = unproven->note;
    }
  if (!self->judge->sign (ids, notes, n, proofs, self->judge_data))
    n = 0;
  for (guint i = 0; i < n; i++)
    {
      P2pSyncProof *proof = g_array_index (self->unproven, P2pSyncUnproven, i).proof;

      if (proof->bytes == NULL)
        proof->bytes = proofs[i];
      else
        g_bytes_unref (proofs[i]);
    }
  g_array_set_size (self->unproven, 0);
}

void
p2p_sync_table_take_proof (P2pSyncTable *self,
                           const guint8  id[32],
                           GBytes       *bytes)
{
  for (guint i = 0; i < self->unproven->len; i++)
    {
      P2pSyncUnproven *unproven = &g_array_index (self->unproven, P2pSyncUnproven, i);

      if (memcmp (unproven->id, id, sizeof unproven->id) != 0)
        continue;
      if (unproven->proof->bytes == NULL)
        unproven->proof->bytes = g_bytes_ref (bytes);
      g_array_remove_index (self->unproven, i);
      return;
    }
}

GBytes *
p2p_sync_table_note_write (P2pSyncTable   *self,
                         const guint8   *key,
                         gsize           key_length,
                         const P2pWrite *write)
{
  P2pSyncRecord *record = p2p_sync_table_find (self, key, key_length);
  P2pSyncOwner *owner = p2p_sync_table_intern (self, write->owner, strlen (write->owner));
  P2pSyncContender *own = record != NULL ? p2p_sync_record_find (record, owner, self->leasing) : NULL;
  GBytes *note = NULL;

  if (own != NULL && own->newest.owner == owner && p2p_write_clock_compare (&own->newest.clock, &write->clock) == 0 && self->leasing)
    note = p2p_sync_row_pack (own);
  if (own != NULL && own->newest.owner == owner && own->newest.proof != NULL && own->newest.proof->bytes == NULL)
    p2p_sync_table_add_unproven (self, own->newest.proof, write->clock.id, note);
  p2p_sync_owner_unref (self, owner);
  return note;
}
