/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MessagePack: what is read is written, read again, and the same; the skim agrees with the decoder about what is well formed. */
#include "fuzz.h"

#include "p2p/wire/p2p-skim-private.h"
#include "p2p/wire/p2p-value.h"

static void
check_print (GVariant *value)
{
  g_autofree char *text = p2p_value_print (value, 200);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (g_utf8_strlen (text, -1), <=, 200);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  P2pLimits limits;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  g_autoptr (GByteArray) repacked = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gsize used = 0;
  gboolean skimmed;

  if (length > 64 * 1024)
    return 0;
  p2p_limits_init (&limits);
  skimmed = p2p_skim_values (bytes, length, 1, &limits, &used, NULL) && used == length;
  value = p2p_value_unpack (bytes, length, &limits, &error);
  g_assert_true ((value != NULL) == (error == NULL));
  g_assert_cmpint (skimmed, ==, value != NULL);
  if (value == NULL)
    return 0;
  g_variant_ref_sink (value);
  check_print (value);
  if (!p2p_value_pack (value, packed, NULL))
    g_error ("a value that was read cannot be written");
  again = p2p_value_unpack (packed->data, packed->len, &limits, NULL);
  g_assert_nonnull (again);
  g_variant_ref_sink (again);
  if (!p2p_value_pack (again, repacked, NULL))
    g_error ("a value that was read again cannot be written");
  g_assert_cmpmem (packed->data, packed->len, repacked->data, repacked->len);
  return 0;
}
