/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * An entry of a file of records: bytes of the rest (u32), the first four bytes of the rest's SHA-256, rest: length of the key (u32), key, record
 * (none: the key is forgotten). All numbers big-endian.
 */

#define RT_RECORD_ENTRY_SMALLEST 12u

/* How many bytes it took. record: NULL: none */
gsize rt_record_entry_append (GByteArray *into, const guint8 *key, gsize key_length, GBytes *record);
/* The entry at bytes; its size, or 0: there is no whole one. */
gsize rt_record_entry_read   (const guint8 *bytes, gsize length, const guint8 **key, gsize *key_length, const guint8 **record, gsize *record_length);
/* Of a whole one that was appended here. */
gsize rt_record_entry_get_size (const guint8 *entry);

G_END_DECLS
