/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync-fixture.h"

#include <string.h>

#include "p2p/sync/p2p-sync-proof.h"
#include "p2p/wire/p2p-digest.h"

GBytes *
sync_pack (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = g_variant_parse (NULL, text, NULL, NULL, &error);
  GByteArray *bytes = g_byte_array_new ();

  g_assert_no_error (error);
  p2p_value_pack (value, bytes, &error);
  g_assert_no_error (error);
  return g_byte_array_free_to_bytes (bytes);
}

P2pMerge
sync_merge (P2pSyncTable *table,
            const char   *key,
            P2pWriteKind  kind,
            const char   *owner,
            gint64        time,
            guint         sequence,
            const char   *text,
            gint64        now,
            GError      **error)
{
  g_autoptr (GBytes) value = text != NULL ? sync_pack (text) : NULL;
  g_autofree char *all = g_strdup_printf ("%s %d %s %" G_GINT64_FORMAT " %u %s", key, kind, owner, time, sequence, text);
  P2pWrite write = { .kind = kind, .owner = owner, .clock = { time, sequence, { 0 } }, .value = value };

  p2p_sha256 ((const guint8 *) all, strlen (all), write.clock.id);
  return p2p_sync_table_merge (table, (const guint8 *) key, strlen (key), &write, now, error);
}

P2pMerge
sync_write (P2pSyncTable *table,
            const char   *key,
            const char   *owner,
            gint64        time,
            const char   *text)
{
  g_autoptr (GError) error = NULL;
  P2pMerge result = sync_merge (table, key, text != NULL ? P2P_WRITE_STORE : P2P_WRITE_DELETE, owner, time, 0, text, time, &error);

  g_assert_no_error (error);
  return result;
}

P2pMerge
sync_delta (P2pSyncTable *table,
            const char   *key,
            const char   *owner,
            gint64        time,
            const char   *text)
{
  return sync_merge (table, key, P2P_WRITE_DELTA, owner, time, 0, text, time, NULL);
}

char *
sync_show (P2pSyncTable *table,
           const char   *key)
{
  P2pSyncState state;
  g_autoptr (GVariant) value = NULL;
  g_autofree char *text = NULL;
  gsize length;
  const guint8 *bytes;

  if (!p2p_sync_table_lookup (table, (const guint8 *) key, strlen (key), &state))
    return NULL;
  if (state.value != NULL)
    {
      bytes = g_bytes_get_data (state.value, &length);
      value = g_variant_take_ref (p2p_value_unpack (bytes, length, NULL, NULL));
      g_assert_nonnull (value);
      text = p2p_value_print (value, 200);
    }
  return g_strdup_printf ("%s@%" G_GINT64_FORMAT " %s", state.owner, state.clock.time, text != NULL ? text : "-");
}

void
sync_assert_equal (P2pSyncTable *a,
                   P2pSyncTable *b)
{
  guint8 one[32], other[32];

  p2p_sync_table_get_root (a, one);
  p2p_sync_table_get_root (b, other);
  g_assert_cmpmem (one, 32, other, 32);
}

/* The digest of all that table knows of a key; 0: nothing */
static guint64
find_digest (P2pSyncTable *table,
             GBytes       *key)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (key, &length);
  guint64 sought = GUINT64_TO_BE (p2p_sync_key_digest (bytes, length));
  g_autoptr (GByteArray) list = g_byte_array_new ();
  guint64 digest = 0;

  p2p_sync_table_list_bucket (table, (guint) (GUINT64_FROM_BE (sought) >> 56), list);
  for (guint i = 0; i < list->len; i += 16)
    if (memcmp (list->data + i, &sought, 8) == 0)
      memcpy (&digest, list->data + i + 8, 8);
  return digest;
}

guint
sync_copy (P2pSyncTable *from,
           P2pSyncTable *to,
           gint64        now)
{
  static guint n_copied;
  g_autoptr (GBytes) key = NULL;
  P2pSyncState state;
  guint refused = 0;

  p2p_sync_table_prove_ours (from);
  while (p2p_sync_table_next (from, key, &state))
    {
      gsize length;
      const guint8 *bytes = g_bytes_get_data (state.key, &length);
      g_autoptr (GVariant) record = NULL;
      g_autoptr (GError) error = NULL;
      gboolean checked = n_copied++ % 8 == 0;

      g_clear_pointer (&key, g_bytes_unref);
      key = g_bytes_ref (state.key);
      /* As nodes do, those that differ; now and then all, and as on their way. */
      if (!checked && find_digest (from, state.key) == find_digest (to, state.key))
        continue;
      record = g_variant_ref_sink (p2p_sync_table_pack_record (from, bytes, length));
      if (checked)
        {
          g_autoptr (GByteArray) packed = g_byte_array_new ();

          g_assert_true (p2p_value_pack (record, packed, NULL));
          g_variant_unref (record);
          record = g_variant_take_ref (p2p_value_unpack (packed->data, packed->len, NULL, NULL));
          g_assert_nonnull (record);
        }
      if (p2p_sync_table_merge_packed (to, record, FALSE, now, NULL, &error) != P2P_MERGE_REFUSED)
        continue;
      g_test_message ("refused: %s", error->message);
      refused++;
    }
  return refused;
}
