/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A frame's body: as it came, and as the serialised message of a body whose checksum is right (no fuzzer finds one). Whatever parses
 * can be asked for everything, and comes out of its own bytes again.
 */
#include "fuzz.h"

#include "p2p/wire/p2p-compression.h"
#include "p2p/wire/p2p-digest.h"
#include "p2p/wire/p2p-frame.h"
#include "p2p/wire/p2p-message-private.h"

#ifdef PLANTED_BUG
/* One byte too many, of one kind of message: a fuzzer that does not find it within seconds finds nothing. */
static void
read_planted_bug (P2pMessage *message)
{
  gsize length;
  const guint8 *payload = p2p_message_peek_payload (message, &length);
  g_autofree guint8 *copy = g_memdup2 (payload, length);
  volatile guint8 last;

  if (p2p_message_get_flag (message) >= 0x20 && p2p_message_get_flag (message) < 0x80)
    last = copy[length];
  (void) last;
}
#endif

static void
check_message (P2pMessage *message)
{
  P2pLimits limits;
  g_autoptr (GVariant) packets = p2p_message_get_packets (message);
  g_autoptr (GVariant) payload = p2p_message_get_payload (message);
  g_autoptr (GBytes) frame = p2p_message_to_bytes (message);
  g_autoptr (P2pMessage) again = NULL;
  g_autoptr (P2pMessage) rebuilt = NULL;
  g_autofree char *text = p2p_message_dup_text (message);
  g_autofree char *time_58 = p2p_message_dup_time_58 (message);
  gsize n = p2p_message_get_n_packets (message);

  g_assert_nonnull (time_58);
  g_assert_true (g_variant_is_of_type (packets, G_VARIANT_TYPE ("av")));
  g_assert_cmpuint (g_variant_n_children (packets), ==, n);
  g_assert_cmpuint (g_variant_n_children (payload), ==, n > 0 ? n - 1 : 0);
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
  for (gsize i = 0; i <= MIN (n, 8); i++)
    {
      g_autoptr (GVariant) packet = p2p_message_get_packet (message, i);
      gsize length;

      g_assert_cmpint (packet != NULL, ==, i < n);
      if (i == 1)
        p2p_message_peek_bytes (message, &length);
    }
#ifdef PLANTED_BUG
  read_planted_bug (message);
#endif
  p2p_limits_init (&limits);
  again = p2p_message_parse (frame, FALSE, NULL, 0, &limits, NULL);
  g_assert_nonnull (again);
  g_assert_cmpmem (p2p_message_peek_id (again), P2P_SHA256_LENGTH, p2p_message_peek_id (message), P2P_SHA256_LENGTH);
  g_assert_cmpstr (p2p_message_get_sender (again), ==, p2p_message_get_sender (message));
  g_assert_cmpint (p2p_message_get_time (again), ==, p2p_message_get_time (message));

  rebuilt = p2p_message_new_full (p2p_message_get_flag (message), p2p_message_get_sender (message), p2p_message_get_sender_form (message),
                                  p2p_message_get_time (message), packets, NULL);
  if (rebuilt != NULL)
    g_assert_cmpuint (p2p_message_get_n_packets (rebuilt), ==, n);
}

static void
parse (const guint8 *body, gsize length)
{
  P2pLimits limits;
  gsize n_methods;
  const guint8 *methods = p2p_get_compression_methods (&n_methods);
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pMessage) message = NULL;

  p2p_limits_init (&limits);
  limits.frame = 256 * 1024;
  message = p2p_message_parse_body (body, length, methods, n_methods, &limits, &error);
  g_assert_true ((message != NULL) == (error == NULL));
  if (message != NULL)
    check_message (message);
}

/* A body around the serialised message, plain or packed by a method. */
static GBytes *
make_body (const guint8 *serialised, gsize length, guint8 choice)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  gsize n_methods;
  const guint8 *methods = p2p_get_compression_methods (&n_methods);
  guint8 id[P2P_SHA256_LENGTH];

  p2p_sha256 (serialised, length, id);
  g_byte_array_append (plain, id, sizeof id);
  g_byte_array_append (plain, serialised, (guint) length);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&plain));
  if (choice >= n_methods)
    return g_steal_pointer (&bytes);
  return p2p_compress (bytes, methods[choice], NULL);
}

/* As the originals' protocol class offers it: what the steps take one after the other, all together take too. */
static void
parse_in_steps (const guint8 *bytes, gsize length, gboolean sizeless)
{
  gsize n_methods;
  const guint8 *methods = p2p_get_compression_methods (&n_methods);
  g_autoptr (GBytes) frame = g_bytes_new_static (bytes, length);
  g_autoptr (GBytes) body = p2p_frame_sanitize (frame, sizeless, NULL, NULL);
  g_autoptr (P2pMessage) message = p2p_message_parse (frame, sizeless, methods, n_methods, NULL, NULL);
  g_autoptr (GBytes) plain = NULL;
  P2pCompression used;
  gboolean failed;

  if (body != NULL)
    plain = p2p_frame_decompress (body, methods, n_methods, NULL, &used, &failed, NULL);
  g_assert_true (message == NULL || plain != NULL);
  if (plain != NULL)
    {
      g_autoptr (GBytes) again = p2p_frame_build (plain, used, NULL);

      g_assert_nonnull (again);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  guint8 choice = fuzz_take_byte (&input);
  g_autoptr (GBytes) body = NULL;

  if (length > 64 * 1024)
    return 0;
  parse (input.bytes, input.length);
  body = make_body (input.bytes, input.length, choice & 15);
  parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  parse_in_steps (input.bytes, input.length, (choice & 16) != 0);
  return 0;
}
