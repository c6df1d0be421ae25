/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Records as they travel and as they are kept. */
#include "p2p-sync-proof.h"

#include <string.h>

#include "../wire/p2p-digest.h"
#include "../wire/p2p-reader-private.h"
#include "../wire/p2p-skim-private.h"

/* A field takes seven elements, and its proof four, of which a frame may have so many only. */
#define PART_FIELDS 1024u
/* And so many bytes of proofs */
#define PART_PROOF_BYTES (256u * 1024)

static GVariant *
pack_bytes (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1);
}

static void
add (GVariantBuilder *builder,
     GVariant        *value)
{
  g_variant_builder_add (builder, "v", value);
}

/* owner str, time, sequence, id bin */
static void
add_stamp (GVariantBuilder    *builder,
           const P2pSyncStamp *stamp)
{
  const P2pSyncOwner *owner = stamp->owner;

  add (builder, owner->form == P2P_ID_FORM_BIN ? g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, owner->name, strlen (owner->name), 1)
                                               : g_variant_new_string (owner->name));
  add (builder, g_variant_new_int64 (stamp->clock.time));
  add (builder, g_variant_new_int64 (stamp->clock.sequence));
  add (builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, stamp->clock.id, sizeof stamp->clock.id, 1));
}

static GVariant *
pack_field (const P2pSyncField *field)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  add_stamp (&builder, &field->stamp);
  add (&builder, pack_bytes (field->name));
  add (&builder, pack_bytes (field->value));
  return g_variant_builder_end (&builder);
}

/* stamp, since, marks bin, nil or (stamp and value or nil), fields...; of these from the first until before the end. */
static GVariant *
pack_contender (const P2pSyncContender *contender,
                gboolean                with_base,
                guint                   first,
                guint                   end)
{
  g_autoptr (GByteArray) marks = g_byte_array_new ();
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  add_stamp (&builder, &contender->newest);
  add (&builder, g_variant_new_int64 (contender->since));
  for (guint i = 0; i < contender->n_marks; i++)
    p2p_sync_mark_append (&contender->marks[i], marks);
  add (&builder, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, marks->data, marks->len, 1));
  if (contender->based && with_base)
    {
      add_stamp (&builder, &contender->base_stamp);
      add (&builder, contender->base != NULL ? pack_bytes (contender->base) : g_variant_new_tuple (NULL, 0));
    }
  else
    add (&builder, g_variant_new_tuple (NULL, 0));
  for (guint i = first; i < end; i++)
    add (&builder, pack_field (g_ptr_array_index (contender->fields, i)));
  return g_variant_builder_end (&builder);
}

/* (owner str, time, value bin or nil) */
static GVariant *
pack_settled (const P2pSyncRecord *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  add (&builder, g_variant_new_string (self->settled_owner->name));
  add (&builder, g_variant_new_int64 (self->settled));
  add (&builder, self->left != NULL ? pack_bytes (self->left) : g_variant_new_tuple (NULL, 0));
  return g_variant_builder_end (&builder);
}

static guint
count_fields (const P2pSyncContender *contender)
{
  return contender->fields != NULL ? contender->fields->len : 0;
}

/* ---- what proves it ---- */

static void
collect_proof (GPtrArray          *stamps,
               const P2pSyncStamp *stamp)
{
  P2pSyncProof *proof = stamp->proof;

  if (proof == NULL || proof->seen)
    return;
  proof->seen = TRUE;
  g_ptr_array_add (stamps, (gpointer) stamp);
}

static void
collect_proofs (GPtrArray              *stamps,
                const P2pSyncContender *contender,
                gboolean                with_base,
                guint                   first,
                guint                   end)
{
  collect_proof (stamps, &contender->newest);
  if (with_base)
    collect_proof (stamps, &contender->base_stamp);
  for (guint i = first; i < end; i++)
    collect_proof (stamps, &((P2pSyncField *) g_ptr_array_index (contender->fields, i))->stamp);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  const P2pSyncStamp *one = *(const P2pSyncStamp *const *) a;
  const P2pSyncStamp *other = *(const P2pSyncStamp *const *) b;

  return memcmp (one->clock.id, other->clock.id, sizeof one->clock.id);
}

/* [id bin, proof bin, (map bin)], ...; ours that is not made yet is empty: nobody is told of it but our disk. */
static GVariant *
pack_proofs (GPtrArray *stamps)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

  g_ptr_array_sort (stamps, compare_ids);
  for (guint i = 0; i < stamps->len; i++)
    {
      const P2pSyncStamp *stamp = g_ptr_array_index (stamps, i);
      g_auto (GVariantBuilder) proof = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));

      stamp->proof->seen = FALSE;
      add (&proof, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, stamp->clock.id, sizeof stamp->clock.id, 1));
      add (&proof, stamp->proof->bytes != NULL ? pack_bytes (stamp->proof->bytes) : g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "", 0, 1));
      if (stamp->proof->map != NULL)
        add (&proof, pack_bytes (stamp->proof->map));
      add (&builder, g_variant_builder_end (&proof));
    }
  return g_variant_builder_end (&builder);
}

/* Of the fields of all contenders, one after the other, those from one until before another. All else goes with the first of them. */
static GVariant *
pack_fields (const P2pSyncRecord *self,
             guint                from,
             guint                to)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("av"));
  g_autoptr (GPtrArray) stamps = g_ptr_array_new ();
  guint at = 0;

  add (&builder, pack_bytes (self->key));
  for (guint i = 0; i < self->contenders->len; i++)
    {
      const P2pSyncContender *contender = g_ptr_array_index (self->contenders, i);
      guint n = count_fields (contender);
      guint first = MIN (n, from - MIN (from, at));
      guint end = MIN (n, to - MIN (to, at));

      at += n;
      if (from != 0 && first >= end)
        continue;
      add (&builder, pack_contender (contender, from == 0, first, end));
      collect_proofs (stamps, contender, from == 0, first, end);
    }
  if (from == 0 && self->settled_owner != NULL)
    add (&builder, pack_settled (self));
  if (stamps->len > 0)
    add (&builder, pack_proofs (stamps));
  return g_variant_builder_end (&builder);
}

GVariant *
p2p_sync_record_pack (P2pSyncRecord *self)
{
  return pack_fields (self, 0, G_MAXUINT);
}

/* ---- and back, from anybody ---- */

/* A packed value within the limits */
static gboolean
is_value (GBytes          *bytes,
          const P2pLimits *limits)
{
  gsize length, used;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  return length > 0 && length <= limits->table_value && p2p_skim_values (data, length, 1, limits, &used, NULL) && used == length;
}

static gboolean
take_stamp (P2pSyncTable *table,
            P2pReader    *self,
            P2pSyncStamp *stamp)
{
  g_autoptr (GVariant) name = p2p_reader_take (self);
  g_autoptr (GVariant) id = NULL;
  gboolean is_bin = name != NULL && g_variant_is_of_type (name, G_VARIANT_TYPE_BYTESTRING);
  gint64 sequence;
  const char *text;
  gconstpointer bytes;
  gsize length;

  if (name == NULL || (!is_bin && !g_variant_is_of_type (name, G_VARIANT_TYPE_STRING)) ||
      !p2p_reader_take_number (self, 0, P2P_SYNC_LATEST, &stamp->clock.time) || !p2p_reader_take_number (self, 0, G_MAXUINT32, &sequence))
    return FALSE;
  id = p2p_reader_take (self);
  if (id == NULL || !g_variant_is_of_type (id, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  bytes = g_variant_get_fixed_array (id, &length, 1);
  if (length != sizeof stamp->clock.id)
    return FALSE;
  memcpy (stamp->clock.id, bytes, length);
  stamp->clock.sequence = (guint32) sequence;
  text = is_bin ? g_variant_get_fixed_array (name, &length, 1) : g_variant_get_string (name, &length);
  /* A bin may hold anything; what stands for a node is shown to people, and told on as text. */
  if (length == 0 || length > P2P_LIMIT_ID_CHARS || !g_utf8_validate (text, (gssize) length, NULL))
    return FALSE;
  stamp->owner = p2p_sync_table_intern (table, text, length);
  if (is_bin)
    stamp->owner->form = P2P_ID_FORM_BIN;
  return TRUE;
}

/* What is taken by stamp is held by nobody else. */
static void
drop_stamp (P2pSyncTable *table,
            P2pSyncStamp *stamp)
{
  if (stamp->owner != NULL)
    p2p_sync_owner_unref (table, stamp->owner);
}

/* A value that a key may have, or nil for none. FALSE: neither. */
static gboolean
take_value (P2pReader        *self,
            const P2pLimits  *limits,
            GBytes          **value)
{
  g_autoptr (GVariant) child = p2p_reader_take (self);

  if (child == NULL || g_variant_is_of_type (child, G_VARIANT_TYPE_UNIT))
    return child != NULL;
  *value = p2p_read_bytes (child);
  return *value != NULL && is_value (*value, limits) && ((const guint8 *) g_bytes_get_data (*value, NULL))[0] != 0xc0;
}

static gboolean
take_base (P2pSyncTable     *table,
           P2pSyncContender *self,
           P2pReader        *reader,
           const P2pLimits  *limits)
{
  P2pSyncStamp stamp = { 0 };
  g_autoptr (GVariant) child = NULL;
  g_autoptr (GBytes) value = NULL;
  gboolean good;

  if (reader->at == reader->n)
    return FALSE;
  child = p2p_reader_take (reader);
  if (g_variant_is_of_type (child, G_VARIANT_TYPE_UNIT))
    return TRUE;
  reader->at--;
  good = take_stamp (table, reader, &stamp) && take_value (reader, limits, &value);
  if (good)
    p2p_sync_contender_store (table, self, &stamp, value);
  drop_stamp (table, &stamp);
  return good;
}

static gboolean
take_field (P2pSyncTable     *table,
            P2pSyncContender *self,
            GVariant         *packed,
            const P2pLimits  *limits)
{
  P2pSyncStamp stamp = { 0 };
  P2pReader reader;
  gboolean good = FALSE;

  if (p2p_reader_init (&reader, packed) && take_stamp (table, &reader, &stamp))
    {
      g_autoptr (GVariant) first = p2p_reader_take (&reader);
      g_autoptr (GVariant) second = p2p_reader_take (&reader);
      g_autoptr (GBytes) name = p2p_read_bytes (first);
      g_autoptr (GBytes) value = p2p_read_bytes (second);

      good = name != NULL && value != NULL && is_value (name, limits) && is_value (value, limits) &&
             stamp.clock.time <= self->newest.clock.time;
      if (good)
        p2p_sync_contender_set_field (table, self, &stamp, name, value);
    }
  drop_stamp (table, &stamp);
  return good;
}

/* Of other times in their order, none before since, the last that of the newest. */
static gboolean
take_marks (P2pSyncTable     *table,
            P2pSyncContender *self,
            P2pReader        *reader,
            gint64            since)
{
  g_autoptr (GVariant) child = p2p_reader_take (reader);
  gsize length;
  const guint8 *bytes;

  if (child == NULL || !g_variant_is_of_type (child, G_VARIANT_TYPE_BYTESTRING))
    return FALSE;
  bytes = g_variant_get_fixed_array (child, &length, 1);
  self->marks = g_new (P2pSyncMark, P2P_SYNC_MARKS);
  if (!p2p_sync_marks_unpack (bytes, length, since, self->marks, &self->n_marks))
    return FALSE;
  self->since = since;
  return self->marks[self->n_marks - 1].time == self->newest.clock.time;
}

/* With leases nobody but its owner wrote it. */
static gboolean
is_ones_own (const P2pSyncContender *self)
{
  if (self->based && self->base_stamp.owner != self->newest.owner)
    return FALSE;
  for (guint i = 0; self->fields != NULL && i < self->fields->len; i++)
    if (((P2pSyncField *) g_ptr_array_index (self->fields, i))->stamp.owner != self->newest.owner)
      return FALSE;
  return TRUE;
}

P2pSyncContender *
p2p_sync_unpack_contender (P2pSyncTable    *table,
                           GVariant        *packed,
                           const P2pLimits *limits)
{
  P2pSyncStamp stamp = { 0 };
  P2pSyncContender *self;
  GVariant *child;
  P2pReader reader;
  gint64 since;
  gboolean good;

  if (!p2p_reader_init (&reader, packed) || !take_stamp (table, &reader, &stamp))
    return NULL;
  self = p2p_sync_contender_new (stamp.owner);
  self->newest.clock = stamp.clock;
  good = p2p_reader_take_number (&reader, 0, P2P_SYNC_LATEST, &since) && take_marks (table, self, &reader, since) && take_base (table, self, &reader, limits) &&
         (!self->based || self->base_stamp.clock.time <= stamp.clock.time);
  while (good && (child = p2p_reader_take (&reader)) != NULL)
    {
      good = take_field (table, self, child, limits);
      g_variant_unref (child);
    }
  drop_stamp (table, &stamp);
  if (good && (!table->leasing || is_ones_own (self)))
    return self;
  p2p_sync_contender_free (table, self);
  return NULL;
}

gboolean
p2p_sync_unpack_settled (P2pSyncTable     *table,
                         GVariant         *packed,
                         const P2pLimits  *limits,
                         P2pSyncOwner    **owner,
                         gint64           *time,
                         GBytes          **left)
{
  g_autoptr (GVariant) name = NULL;
  g_autoptr (GBytes) value = NULL;
  P2pReader reader;
  const char *text;
  gsize length;

  if (!p2p_reader_init (&reader, packed) || reader.n != 3)
    return FALSE;
  name = p2p_reader_take (&reader);
  if (!g_variant_is_of_type (name, G_VARIANT_TYPE_STRING) || !p2p_reader_take_number (&reader, 0, P2P_SYNC_LATEST, time) ||
      !take_value (&reader, limits, &value))
    return FALSE;
  text = g_variant_get_string (name, &length);
  if (length == 0 || length > P2P_LIMIT_ID_CHARS)
    return FALSE;
  *owner = p2p_sync_table_intern (table, text, length);
  *left = g_steal_pointer (&value);
  return TRUE;
}

static int
compare_told (gconstpointer a,
              gconstpointer b)
{
  return memcmp (((const P2pSyncToldProof *) a)->id, ((const P2pSyncToldProof *) b)->id, 32);
}

static gboolean
take_proof (GVariant         *packed,
            P2pSyncToldProof *told)
{
  g_autoptr (GBytes) id = NULL;
  P2pReader reader;

  if (!p2p_reader_init (&reader, packed) || reader.n < 2 || reader.n > 3)
    return FALSE;
  id = p2p_reader_take_bytes (&reader);
  if (id == NULL || g_bytes_get_size (id) != sizeof told->id)
    return FALSE;
  memcpy (told->id, g_bytes_get_data (id, NULL), sizeof told->id);
  told->bytes = p2p_reader_take_bytes (&reader);
  if (told->bytes == NULL || g_bytes_get_size (told->bytes) > P2P_PROOF_MAX_LENGTH)
    return FALSE;
  if (g_bytes_get_size (told->bytes) == 0)
    g_clear_pointer (&told->bytes, g_bytes_unref);
  if (reader.n == 2)
    return TRUE;
  told->map = p2p_reader_take_bytes (&reader);
  return told->map != NULL && p2p_is_map (told->map) && !p2p_sync_is_one_field (told->map);
}

gboolean
p2p_sync_unpack_proofs (GVariant *packed,
                        GArray   *proofs)
{
  GVariant *child;
  P2pReader reader;

  if (!p2p_reader_init (&reader, packed))
    return FALSE;
  while ((child = p2p_reader_take (&reader)) != NULL)
    {
      P2pSyncToldProof told = { 0 };
      gboolean good = take_proof (child, &told);

      g_variant_unref (child);
      if (!good)
        {
          p2p_sync_told_proof_clear (&told);
          g_array_set_size (proofs, 0);
          return FALSE;
        }
      g_array_append_val (proofs, told);
    }
  g_array_sort (proofs, compare_told);
  return proofs->len > 0;
}

/* The key of a packed record, and its contenders one after the other. */
gboolean
p2p_sync_unpack_key (GVariant  *record,
                     GBytes   **key,
                     GPtrArray *contenders,
                     guint      max_contenders)
{
  g_autoptr (GVariant) first = NULL;
  GVariant *child;
  P2pReader reader;

  if (!p2p_reader_init (&reader, record) || reader.n < 2 || reader.n - 1 > (gsize) max_contenders + 2)
    return FALSE;
  first = p2p_reader_take (&reader);
  *key = p2p_read_bytes (first);
  if (*key == NULL)
    return FALSE;
  while ((child = p2p_reader_take (&reader)) != NULL)
    g_ptr_array_add (contenders, child);
  return TRUE;
}

GVariant *
p2p_sync_table_pack_record (P2pSyncTable *self,
                            const guint8 *key,
                            gsize         key_length)
{
  P2pSyncRecord *record = p2p_sync_table_find (self, key, key_length);

  return record != NULL ? p2p_sync_record_pack (record) : NULL;
}

static P2pSyncProof *
get_proof (const P2pSyncContender *contender,
           guint                   field)
{
  return ((P2pSyncField *) g_ptr_array_index (contender->fields, field))->stamp.proof;
}

/* What proves many fields goes with a part once. */
static gsize
count_proof (P2pSyncProof *proof)
{
  if (proof == NULL || proof->seen)
    return 0;
  proof->seen = TRUE;
  return p2p_sync_size (proof->bytes) + p2p_sync_size (proof->map);
}

/* Where a part ends that begins at a field; 0: there is no more. */
static guint
find_end (P2pSyncRecord *record,
          guint          from)
{
  gsize bytes = 0;
  guint at = 0, end = 0;

  for (guint i = 0; end == 0 && i < record->contenders->len; i++)
    {
      const P2pSyncContender *contender = g_ptr_array_index (record->contenders, i);

      for (guint j = 0; end == 0 && j < count_fields (contender); j++, at++)
        {
          if (at < from)
            continue;
          if (at - from >= PART_FIELDS || bytes > PART_PROOF_BYTES)
            end = at;
          else
            bytes += count_proof (get_proof (contender, j));
        }
    }
  for (guint i = 0; i < record->contenders->len; i++)
    {
      const P2pSyncContender *contender = g_ptr_array_index (record->contenders, i);

      for (guint j = 0; j < count_fields (contender); j++)
        if (get_proof (contender, j) != NULL)
          get_proof (contender, j)->seen = FALSE;
    }
  return end;
}

GVariant *
p2p_sync_table_pack_part (P2pSyncTable *self,
                          const guint8 *key,
                          gsize         key_length,
                          guint        *part)
{
  P2pSyncRecord *record = p2p_sync_table_find (self, key, key_length);
  guint from = *part;
  guint n = 0;

  for (guint i = 0; record != NULL && i < record->contenders->len; i++)
    n += count_fields (g_ptr_array_index (record->contenders, i));
  *part = record != NULL ? find_end (record, from) : 0;
  if (record == NULL || (from > 0 && from >= n))
    return NULL;
  p2p_sync_table_prove_ours (self);
  return pack_fields (record, from, *part > 0 ? *part : G_MAXUINT);
}
