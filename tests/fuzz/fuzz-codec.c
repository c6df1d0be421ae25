/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each decompressor: nothing beyond the caps, and what it gives is packed and unpacked again. The first byte chooses the method. */
#include "fuzz.h"

#include "p2p/wire/p2p-compression.h"

#define CAP (256 * 1024)

static void
check_names (const FuzzInput *input)
{
  g_autofree char *name = g_strndup ((const char *) input->bytes, MIN (input->length, 16));
  P2pCompression method;

  if (p2p_compression_from_name (name, &method, NULL))
    {
      g_assert_true (p2p_compression_is_supported (method));
      g_assert_nonnull (p2p_compression_get_name (method));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  gsize n_methods;
  const guint8 *methods = p2p_get_compression_methods (&n_methods);
  FuzzInput input = { bytes, length };
  P2pCompression method = methods[fuzz_take_byte (&input) % n_methods];
  P2pLimits limits;
  g_autoptr (GBytes) packed = g_bytes_new_static (input.bytes, input.length);
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GError) error = NULL;

  check_names (&input);
  p2p_limits_init (&limits);
  limits.frame = CAP;
  plain = p2p_decompress (packed, method, &limits, &error);
  g_assert_true ((plain != NULL) == (error == NULL));
  if (plain != NULL)
    {
      g_autoptr (GBytes) again = p2p_compress (plain, method, NULL);
      g_autoptr (GBytes) back = NULL;

      g_assert_cmpuint (g_bytes_get_size (plain), <=, CAP);
      g_assert_nonnull (again);
      limits.ratio = G_MAXUINT32;
      back = p2p_decompress (again, method, &limits, NULL);
      g_assert_nonnull (back);
      g_assert_true (g_bytes_equal (plain, back));
    }
  return 0;
}
