/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each decompressor: nothing beyond the caps, and what it gives is packed and unpacked again. The first byte chooses the method (none
 * and an unknown one too), tight limits, and which allocation is refused.
 */
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

static P2pCompression
choose_method (guint8 choice)
{
  gsize n_methods;
  const guint8 *methods = p2p_get_compression_methods (&n_methods);
  gsize i = choice & 7;

  if (i < n_methods)
    return methods[i];
  return i == n_methods ? P2P_COMPRESSION_NONE : (P2pCompression) 0x7f;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  guint8 choice = fuzz_take_byte (&input);
  P2pCompression method = choose_method (choice);
  gboolean is_tight = (choice & 0x20) != 0;
  guint refused = (choice >> 3 & 3) - 1u;
  P2pLimits limits;
  g_autoptr (GBytes) packed = g_bytes_new_static (input.bytes, input.length);
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GError) error = NULL;

  check_names (&input);
  p2p_limits_init (&limits);
  limits.frame = is_tight ? 64 : CAP;
  limits.lzma_memory = is_tight ? 64 * 1024 : limits.lzma_memory;
  limits.allocate = fuzz_allocate;
  limits.allocate_data = &refused;
  plain = p2p_decompress (packed, method, &limits, &error);
  g_assert_true ((plain != NULL) == (error == NULL));
  if (plain != NULL)
    {
      g_autoptr (GBytes) again = p2p_compress (plain, method, NULL);
      g_autoptr (GBytes) back = NULL;

      g_assert_cmpuint (g_bytes_get_size (plain), <=, limits.frame);
      g_assert_nonnull (again);
      p2p_limits_init (&limits);
      limits.ratio = G_MAXUINT32;
      back = p2p_decompress (again, method, &limits, NULL);
      g_assert_nonnull (back);
      g_assert_true (g_bytes_equal (plain, back));
    }
  return 0;
}
