/* SPDX-License-Identifier: LGPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* The parts that signed structures are made of, big-endian. Internal. */
static inline void
p2p_bytes_add_u8 (GByteArray *array, guint8 number)
{
  g_byte_array_append (array, &number, 1);
}

static inline void
p2p_bytes_add_u16 (GByteArray *array, guint number)
{
  const guint8 bytes[2] = { (guint8) (number >> 8), (guint8) number };

  g_byte_array_append (array, bytes, sizeof bytes);
}

static inline guint
p2p_bytes_read_u16 (const guint8 *bytes)
{
  return (guint) bytes[0] << 8 | bytes[1];
}

/* u16 length, text: nothing of ours is signed or sent under a longer name than that can tell. */
static inline void
p2p_bytes_add_text (GByteArray *array, const char *text)
{
  gsize length = strlen (text);

  g_assert (length <= G_MAXUINT16);
  p2p_bytes_add_u16 (array, (guint) length);
  g_byte_array_append (array, (const guint8 *) text, (guint) length);
}

G_END_DECLS
