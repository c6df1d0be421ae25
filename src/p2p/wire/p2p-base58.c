/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-base58.h"

#include <string.h>

#include "p2p-types.h"

#define LIMBS (P2P_BASE58_MAX_BYTES / 4)
/* Five digits are taken in one division: 58^5 is below 2^32. */
#define CHUNK_DIGITS 5
#define CHUNK_BASE 656356768u

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* The digit plus one of each ASCII character, 0 where it is none. */
static const guint8 digits[128] = {
  ['1'] = 1, ['2'] = 2, ['3'] = 3, ['4'] = 4, ['5'] = 5, ['6'] = 6, ['7'] = 7, ['8'] = 8, ['9'] = 9,
  ['A'] = 10, ['B'] = 11, ['C'] = 12, ['D'] = 13, ['E'] = 14, ['F'] = 15, ['G'] = 16, ['H'] = 17, ['J'] = 18,
  ['K'] = 19, ['L'] = 20, ['M'] = 21, ['N'] = 22, ['P'] = 23, ['Q'] = 24, ['R'] = 25, ['S'] = 26, ['T'] = 27,
  ['U'] = 28, ['V'] = 29, ['W'] = 30, ['X'] = 31, ['Y'] = 32, ['Z'] = 33,
  ['a'] = 34, ['b'] = 35, ['c'] = 36, ['d'] = 37, ['e'] = 38, ['f'] = 39, ['g'] = 40, ['h'] = 41, ['i'] = 42,
  ['j'] = 43, ['k'] = 44, ['m'] = 45, ['n'] = 46, ['o'] = 47, ['p'] = 48, ['q'] = 49, ['r'] = 50, ['s'] = 51,
  ['t'] = 52, ['u'] = 53, ['v'] = 54, ['w'] = 55, ['x'] = 56, ['y'] = 57, ['z'] = 58,
};

/* Least significant limb first; length is at most P2P_BASE58_MAX_BYTES. Returns how many limbs count. */
static gsize
load_limbs (const guint8 *bytes,
            gsize         length,
            guint32       limbs[LIMBS])
{
  gsize n = (length + 3) / 4;

  memset (limbs, 0, LIMBS * sizeof *limbs);
  for (gsize i = 0; i < length; i++)
    limbs[i / 4] |= (guint32) bytes[length - 1 - i] << (8 * (i % 4));
  while (n > 0 && limbs[n - 1] == 0)
    n--;
  return n;
}

static void
store_limbs (const guint32 limbs[LIMBS],
             guint8        bytes[P2P_BASE58_MAX_BYTES])
{
  for (gsize i = 0; i < P2P_BASE58_MAX_BYTES; i++)
    bytes[P2P_BASE58_MAX_BYTES - 1 - i] = (guint8) (limbs[i / 4] >> (8 * (i % 4)));
}

static gboolean
decode_limbs (const char *text,
              gsize       length,
              guint32     limbs[LIMBS],
              GError    **error)
{
  gsize n = 0;

  memset (limbs, 0, LIMBS * sizeof *limbs);
  if (length == 0)
    {
      g_set_error_literal (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_BASE58, "An empty text is no base58 number");
      return FALSE;
    }
  if (length > P2P_BASE58_MAX_CHARS)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_BASE58,
                   "A base58 number of %" G_GSIZE_FORMAT " characters is longer than the limit of %d",
                   length, P2P_BASE58_MAX_CHARS);
      return FALSE;
    }

  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8) text[i];
      guint64 carry;

      if (c >= G_N_ELEMENTS (digits) || digits[c] == 0)
        {
          g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_BASE58,
                       "Byte 0x%02x at position %" G_GSIZE_FORMAT " is no base58 digit", c, i);
          return FALSE;
        }
      carry = digits[c] - 1u;
      for (gsize k = 0; k < n; k++)
        {
          carry += (guint64) limbs[k] * 58;
          limbs[k] = (guint32) carry;
          carry >>= 32;
        }
      if (carry != 0)
        {
          if (n == LIMBS)
            {
              g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_BASE58,
                           "A base58 number is larger than %d bits", P2P_BASE58_MAX_BYTES * 8);
              return FALSE;
            }
          limbs[n++] = (guint32) carry;
        }
    }
  return TRUE;
}

/**
 * p2p_base58_encode_uint64:
 * @value: a number
 *
 * Writes a number in base58, most significant digit first; zero is "1".
 *
 * Returns: (transfer full): the text
 */
char *
p2p_base58_encode_uint64 (guint64 value)
{
  char text[12];
  gsize at = sizeof text - 1;

  text[at] = '\0';
  do
    {
      text[--at] = alphabet[value % 58];
      value /= 58;
    }
  while (value != 0);
  return g_strdup (text + at);
}

/**
 * p2p_base58_decode_uint64:
 * @text: base58
 * @value: (out): the number
 * @error: return location for a #GError
 *
 * Reads a number of at most 64 bits.
 *
 * Returns: %FALSE with %P2P_WIRE_ERROR_BASE58 when @text is no base58 or the number is too large
 */
gboolean
p2p_base58_decode_uint64 (const char *text,
                          guint64    *value,
                          GError    **error)
{
  guint8 bytes[8];

  g_return_val_if_fail (text != NULL && value != NULL, FALSE);

  if (!p2p_base58_decode_fixed (text, bytes, sizeof bytes, error))
    return FALSE;
  *value = 0;
  for (gsize i = 0; i < sizeof bytes; i++)
    *value = *value << 8 | bytes[i];
  return TRUE;
}

/**
 * p2p_base58_encode_bytes:
 * @bytes: (array length=length): a big-endian integer
 * @length: how many bytes
 * @error: return location for a #GError
 *
 * Writes an integer of up to 512 bits in base58. There is no rule for leading zero bytes: they do not count, and zero
 * (no bytes at all, too) is "1".
 *
 * Returns: (transfer full): the text, or %NULL with %P2P_WIRE_ERROR_BASE58 when the integer is larger
 */
char *
p2p_base58_encode_bytes (const guint8 *bytes,
                         gsize         length,
                         GError      **error)
{
  guint32 limbs[LIMBS];
  char text[P2P_BASE58_MAX_CHARS + CHUNK_DIGITS + 1];
  gsize at = sizeof text - 1;
  gsize n;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  while (length > 0 && *bytes == 0)
    {
      bytes++;
      length--;
    }
  if (length > P2P_BASE58_MAX_BYTES)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_BASE58,
                   "An integer of %" G_GSIZE_FORMAT " bytes is longer than the %d that base58 is used for",
                   length, P2P_BASE58_MAX_BYTES);
      return NULL;
    }

  text[at] = '\0';
  n = load_limbs (bytes, length, limbs);
  while (n > 0)
    {
      guint64 rest = 0;

      for (gsize i = n; i-- > 0;)
        {
          rest = rest << 32 | limbs[i];
          limbs[i] = (guint32) (rest / CHUNK_BASE);
          rest %= CHUNK_BASE;
        }
      while (n > 0 && limbs[n - 1] == 0)
        n--;
      for (guint i = 0; i < CHUNK_DIGITS; i++)
        {
          text[--at] = alphabet[rest % 58];
          rest /= 58;
        }
    }
  while (text[at] == '1')
    at++;
  return g_strdup (text[at] != '\0' ? text + at : "1");
}

/**
 * p2p_base58_decode_bytes:
 * @text: base58
 * @error: return location for a #GError
 *
 * Reads an integer of up to 512 bits.
 *
 * Returns: (transfer full): the integer, big-endian, in as few bytes as it needs (none for zero), or %NULL with
 *   %P2P_WIRE_ERROR_BASE58
 */
GBytes *
p2p_base58_decode_bytes (const char *text,
                         GError    **error)
{
  guint32 limbs[LIMBS];
  guint8 bytes[P2P_BASE58_MAX_BYTES];
  gsize zeros = 0;

  g_return_val_if_fail (text != NULL, NULL);

  if (!decode_limbs (text, strlen (text), limbs, error))
    return NULL;
  store_limbs (limbs, bytes);
  while (zeros < sizeof bytes && bytes[zeros] == 0)
    zeros++;
  return g_bytes_new (bytes + zeros, sizeof bytes - zeros);
}

/**
 * p2p_base58_decode_fixed: (skip)
 * @text: base58
 * @bytes: where to write @length bytes
 * @length: how many bytes
 * @error: return location for a #GError
 *
 * Reads an integer into exactly @length bytes, big-endian, with zeros in front.
 *
 * Returns: %FALSE with %P2P_WIRE_ERROR_BASE58 when @text is no base58 or the integer does not fit
 */
gboolean
p2p_base58_decode_fixed (const char *text,
                         guint8     *bytes,
                         gsize       length,
                         GError    **error)
{
  guint32 limbs[LIMBS];
  guint8 wide[P2P_BASE58_MAX_BYTES];
  gsize zeros = 0;

  g_return_val_if_fail (text != NULL && bytes != NULL, FALSE);

  if (!decode_limbs (text, strlen (text), limbs, error))
    return FALSE;
  store_limbs (limbs, wide);
  while (zeros < sizeof wide && wide[zeros] == 0)
    zeros++;
  if (sizeof wide - zeros > length)
    {
      g_set_error (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_BASE58,
                   "A base58 number of %" G_GSIZE_FORMAT " bytes does not fit into %" G_GSIZE_FORMAT,
                   sizeof wide - zeros, length);
      return FALSE;
    }
  if (length > sizeof wide)
    {
      memset (bytes, 0, length - sizeof wide);
      memcpy (bytes + length - sizeof wide, wide, sizeof wide);
    }
  else
    memcpy (bytes, wide + sizeof wide - length, length);
  return TRUE;
}

/**
 * p2p_base58_is_valid:
 * @text: (array length=length) (element-type guint8): text, which need not end in a zero byte
 * @length: how many bytes
 *
 * Whether @text is a base58 number of at most 512 bits: the cheap check for ids off the wire.
 *
 * Returns: whether it is
 */
gboolean
p2p_base58_is_valid (const char *text,
                     gsize       length)
{
  guint32 limbs[LIMBS];

  g_return_val_if_fail (text != NULL || length == 0, FALSE);

  if (length == 0 || length > P2P_BASE58_MAX_CHARS)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8) text[i];

      if (c >= G_N_ELEMENTS (digits) || digits[c] == 0)
        return FALSE;
    }
  /* 58^87 is below 2^512: only the longest text can be too large. */
  return length < P2P_BASE58_MAX_CHARS || decode_limbs (text, length, limbs, NULL);
}
