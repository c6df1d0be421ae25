/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base58: whatever is read is written again as it was, and whatever is written is read. */
#include "fuzz.h"

#include "p2p/wire/p2p-base58.h"

static void
check_bytes (const guint8 *bytes, gsize length)
{
  g_autofree char *text = p2p_base58_encode_bytes (bytes, length, NULL);
  g_autoptr (GBytes) back = NULL;
  gsize n;
  const guint8 *again;

  if (text == NULL)
    {
      while (length > 0 && *bytes == 0)
        bytes++, length--;
      g_assert_cmpuint (length, >, P2P_BASE58_MAX_BYTES);
      return;
    }
  g_assert_true (p2p_base58_is_valid (text, strlen (text)));
  back = p2p_base58_decode_bytes (text, NULL);
  g_assert_nonnull (back);
  again = g_bytes_get_data (back, &n);
  while (length > n && *bytes == 0)
    bytes++, length--;
  g_assert_cmpmem (bytes, length, again, n);
}

static void
check_text (const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);
  g_autoptr (GBytes) bytes = p2p_base58_decode_bytes (copy, NULL);
  gboolean valid = p2p_base58_is_valid (copy, strlen (copy));
  guint8 fixed[48];
  guint64 value;

  g_assert_cmpint (valid, ==, bytes != NULL);
  if (bytes != NULL)
    {
      gsize n;
      const guint8 *data = g_bytes_get_data (bytes, &n);
      g_autofree char *again = p2p_base58_encode_bytes (data, n, NULL);
      const char *short_text = copy;

      /* Zeros in front do not count. */
      while (short_text[0] == '1' && short_text[1] != '\0')
        short_text++;
      g_assert_cmpstr (again, ==, short_text);
      g_assert_cmpint (p2p_base58_decode_fixed (copy, fixed, sizeof fixed, NULL), ==, n <= sizeof fixed);
    }
  if (p2p_base58_decode_uint64 (copy, &value, NULL))
    {
      g_autofree char *again = p2p_base58_encode_uint64 (value);

      g_assert_true (valid);
      g_assert_true (g_str_has_suffix (copy, again));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  if (length > 256)
    return 0;
  check_bytes (bytes, length);
  check_text ((const char *) bytes, length);
  return 0;
}
