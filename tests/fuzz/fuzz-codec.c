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

typedef struct {
  GBytes *packed;
  P2pCompression method;
  P2pLimits limits;
  GError *error;
} Work;

static gpointer
unpack_cb (gpointer data)
{
  Work *work = data;

  return p2p_decompress (work->packed, work->method, &work->limits, &work->error);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  guint8 choice = fuzz_take_byte (&input);
  guint refused = (choice >> 3 & 3) - 1u;
  g_autoptr (GBytes) packed = g_bytes_new_static (input.bytes, input.length);
  g_autoptr (GBytes) plain = NULL;
  Work work = { .packed = packed, .method = choose_method (choice) };
  P2pLimits *limits = &work.limits;

  check_names (&input);
  p2p_limits_init (limits);
  limits->frame = CAP;
  if ((choice & 0x20) != 0)
    {
      limits->frame = 64;
      limits->lzma_memory = 64 * 1024;
    }
  limits->allocate = fuzz_allocate;
  limits->allocate_data = &refused;
  /* A thread keeps the streams of zlib, and lets go of them at its end. */
  plain = (choice & 0x40) != 0 ? g_thread_join (g_thread_new ("unpack", unpack_cb, &work)) : unpack_cb (&work);
  g_assert_true ((plain != NULL) == (work.error == NULL));
  g_clear_error (&work.error);
  if (plain != NULL)
    {
      g_autoptr (GBytes) again = p2p_compress (plain, work.method, NULL);
      g_autoptr (GBytes) back = NULL;

      g_assert_cmpuint (g_bytes_get_size (plain), <=, limits->frame);
      g_assert_nonnull (again);
      p2p_limits_init (limits);
      limits->ratio = G_MAXUINT32;
      back = p2p_decompress (again, work.method, limits, NULL);
      g_assert_nonnull (back);
      g_assert_true (g_bytes_equal (plain, back));
    }
  return 0;
}
