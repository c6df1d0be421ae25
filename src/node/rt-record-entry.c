/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rt-record-entry.h"

#include <string.h>

#define HEAD 8
#define KEY_HEAD 4
G_STATIC_ASSERT (HEAD + KEY_HEAD == RT_RECORD_ENTRY_SMALLEST);

static guint32
get_u32 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

static void
put_u32 (guint8 *bytes, guint32 value)
{
  for (int i = 3; i >= 0; i--, value >>= 8)
    bytes[i] = (guint8) value;
}

static guint32
sum_up (const guint8 *bytes, gsize length)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize n = sizeof digest;

  g_checksum_update (checksum, bytes, (gssize) length);
  g_checksum_get_digest (checksum, digest, &n);
  return get_u32 (digest);
}

gsize
rt_record_entry_append (GByteArray *into, const guint8 *key, gsize key_length, GBytes *record)
{
  gsize record_length = 0;
  const guint8 *bytes = record != NULL ? g_bytes_get_data (record, &record_length) : NULL;
  gsize rest = KEY_HEAD + key_length + record_length;
  guint at = into->len;

  g_byte_array_set_size (into, (guint) (at + HEAD + rest));
  put_u32 (into->data + at, (guint32) rest);
  put_u32 (into->data + at + HEAD, (guint32) key_length);
  if (key_length > 0)
    memcpy (into->data + at + HEAD + KEY_HEAD, key, key_length);
  if (record_length > 0)
    memcpy (into->data + at + HEAD + KEY_HEAD + key_length, bytes, record_length);
  put_u32 (into->data + at + 4, sum_up (into->data + at + HEAD, rest));
  return HEAD + rest;
}

gsize
rt_record_entry_read (const guint8 *bytes, gsize length, const guint8 **key, gsize *key_length, const guint8 **record, gsize *record_length)
{
  gsize rest;

  if (length < HEAD + KEY_HEAD)
    return 0;
  rest = get_u32 (bytes);
  if (rest < KEY_HEAD || rest > length - HEAD || sum_up (bytes + HEAD, rest) != get_u32 (bytes + 4))
    return 0;
  *key_length = get_u32 (bytes + HEAD);
  if (*key_length > rest - KEY_HEAD)
    return 0;
  *key = bytes + HEAD + KEY_HEAD;
  *record = *key + *key_length;
  *record_length = rest - KEY_HEAD - *key_length;
  return HEAD + rest;
}

gsize
rt_record_entry_get_size (const guint8 *entry)
{
  return HEAD + get_u32 (entry);
}
