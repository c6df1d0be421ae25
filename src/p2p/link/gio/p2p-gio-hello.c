/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"

#define RECORD_HEADER 5
#define RECORD_HANDSHAKE 0x16
#define RECORD_MAJOR 3
#define HANDSHAKE_HEADER 4
#define HANDSHAKE_CLIENT_HELLO 1

static gboolean
need (gsize *needed, gsize bytes)
{
  *needed = bytes <= P2P_GIO_MAX_HELLO ? bytes : 0;
  return FALSE;
}

/* Records of a header of 5 bytes (type, version, length) and a part of the message, whose own header is a type and 24 bits of length. A
 * message may be cut into any number of records, its header too. */
gboolean
p2p_gio_hello_is_whole (const guint8 *bytes, gsize length, gsize *needed)
{
  guint8 header[HANDSHAKE_HEADER];
  gsize at = 0, have = 0, whole = HANDSHAKE_HEADER;

  while (have < whole)
    {
      const guint8 *record = bytes + at;
      gsize part;

      if (length > at && record[0] != RECORD_HANDSHAKE)
        return need (needed, G_MAXSIZE);
      if (length < at + RECORD_HEADER)
        return need (needed, at + RECORD_HEADER);
      part = (gsize) record[3] << 8 | record[4];
      if (record[1] != RECORD_MAJOR || part == 0 || at + RECORD_HEADER + part > P2P_GIO_MAX_HELLO)
        return need (needed, G_MAXSIZE);
      if (length < at + RECORD_HEADER + part)
        return need (needed, at + RECORD_HEADER + part);

      for (gsize i = 0; i < part && have + i < HANDSHAKE_HEADER; i++)
        header[have + i] = record[RECORD_HEADER + i];
      have += part;
      at += RECORD_HEADER + part;
      if (header[0] != HANDSHAKE_CLIENT_HELLO)
        return need (needed, G_MAXSIZE);
      if (have >= HANDSHAKE_HEADER)
        whole = HANDSHAKE_HEADER + ((gsize) header[1] << 16 | (gsize) header[2] << 8 | header[3]);
      if (whole > P2P_GIO_MAX_HELLO)
        return need (needed, G_MAXSIZE);
    }
  *needed = at;
  return TRUE;
}
