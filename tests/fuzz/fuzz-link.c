/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link in the world of tests, and at its other end a bare pipe. The input is a row of frames, good ones (the length and the
 * checksum are put to them) and raw bytes, and of cuts: however they are cut, the same messages come, or the link ends with words. Memory may be refused on the way.
 */
#include "fuzz.h"

#include "p2p/link/p2p-link.h"
#include "p2p/wire/p2p-compression.h"
#include "p2p/wire/p2p-digest.h"
#include "test-env.h"

typedef struct {
  guint messages;
  guint dropped;
  gboolean closed;
} Side;

static void
message_cb (P2pLink *link, P2pMessage *message, gpointer data)
{
  ((Side *) data)->messages++;
}

static void
closed_cb (P2pLink *link, const GError *error, gpointer data)
{
  g_assert_nonnull (error);
  g_assert_cmpuint (strlen (error->message), >, 0);
  ((Side *) data)->closed = TRUE;
}

static void
dropped_cb (P2pLink *link, P2pDropReason reason, gsize size, const GError *error, gpointer data)
{
  g_assert_nonnull (error);
  g_assert_nonnull (p2p_drop_reason_get_nick (reason));
  g_assert_nonnull (p2p_drop_reason_get_words (reason));
  ((Side *) data)->dropped++;
}

static const P2pLinkEvents link_events = { .message = message_cb, .closed = closed_cb, .dropped = dropped_cb };

static void
ignore_bytes (gpointer data, const guint8 *bytes, gsize length)
{
}

static void
ignore (gpointer data)
{
}

static void
pipe_closed (gpointer data, const GError *error)
{
  *(gboolean *) data = TRUE;
}

static const P2pPipeEvents pipe_events = { .received = ignore_bytes, .writable = ignore, .closed = pipe_closed };

/* The whole stream that the input stands for. */
static GByteArray *
make_stream (FuzzInput *input)
{
  GByteArray *stream = g_byte_array_new ();

  while (!fuzz_is_empty (input) && stream->len < 256 * 1024)
    {
      guint8 kind = fuzz_take_byte (input);
      gsize length = fuzz_take_short (input);
      const guint8 *bytes = fuzz_take_bytes (input, &length);

      if (kind % 4 != 0)
        {
          gsize n_methods;
          const guint8 *methods = p2p_get_compression_methods (&n_methods);
          g_autoptr (GByteArray) plain = g_byte_array_new ();
          g_autoptr (GBytes) body = NULL;
          guint8 id[P2P_SHA256_LENGTH];
          guint32 size;

          p2p_sha256 (bytes, length, id);
          g_byte_array_append (plain, id, sizeof id);
          g_byte_array_append (plain, bytes, (guint) length);
          body = g_byte_array_free_to_bytes (g_steal_pointer (&plain));
          if (kind % 4 == 2)
            {
              GBytes *packed = p2p_compress (body, methods[(kind / 4) % n_methods], NULL);

              g_bytes_unref (body);
              body = packed;
            }
          size = GUINT32_TO_BE ((guint32) g_bytes_get_size (body));
          g_byte_array_append (stream, (const guint8 *) &size, sizeof size);
          g_byte_array_append (stream, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
        }
      else
        {
          g_byte_array_append (stream, bytes, (guint) length);
        }
    }
  return stream;
}

/* The stream in pieces of so many bytes (0: at once). */
static Side
run (const GByteArray *stream, gsize chunk, gboolean established, guint refused)
{
  TestWorld *world = test_world_new (1);
  TestPath path = { .chunk = chunk };
  TestHost *near_host = test_world_add_host (world, "near");
  TestHost *far_host = test_world_add_host (world, "far");
  P2pLimits limits;
  P2pPipe *near_pipe, *far_pipe;
  gsize n_methods;
  const guint8 *methods = p2p_get_compression_methods (&n_methods);
  Side side = { 0 };
  gboolean far_closed = FALSE;
  P2pLink *link;

  p2p_limits_init (&limits);
  limits.frame = 64 * 1024;
  limits.allocate = fuzz_allocate;
  limits.allocate_data = &refused;
  test_world_set_path (world, &path);
  test_world_pair (world, far_host, near_host, FALSE, &far_pipe, &near_pipe);
  link = p2p_link_new (test_host_get_env (near_host), &limits, near_pipe, FALSE, &link_events, &side);
  p2p_link_set_established (link, established);
  p2p_link_set_methods (link, methods, n_methods);
  far_pipe->ops->start (far_pipe, &pipe_events, &far_closed);
  for (gsize at = 0; at < stream->len && !far_closed; )
    {
      gsize taken = far_pipe->ops->write (far_pipe, stream->data + at, stream->len - at);

      at += taken;
      test_world_advance (world, 10 * G_TIME_SPAN_MILLISECOND);
      if (taken == 0)
        break;
    }
  test_world_advance (world, G_TIME_SPAN_SECOND);
  /* An unfinished frame does not wait for ever. */
  test_world_advance (world, 120 * G_TIME_SPAN_SECOND);
  far_pipe->ops->close (far_pipe);
  test_world_advance (world, G_TIME_SPAN_SECOND);
  g_assert_true (side.closed);
  p2p_link_close (link);
  p2p_link_unref (link);
  test_world_free (world);
  return side;
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  FuzzInput input = { bytes, length };
  guint8 choice = fuzz_take_byte (&input);
  gsize chunk = 1 + fuzz_take_byte (&input);
  g_autoptr (GByteArray) stream = NULL;
  Side whole, cut;

  if (length > 16 * 1024)
    return 0;
  stream = make_stream (&input);
  chunk *= stream->len < 4096 ? 1 : 16;
  cut = run (stream, chunk, (choice & 1) != 0, (choice >> 1 & 7) - 1u);
  if ((choice >> 1 & 7) != 0)
    return 0;
  whole = run (stream, 0, (choice & 1) != 0, G_MAXUINT);
  g_assert_cmpuint (whole.messages, ==, cut.messages);
  g_assert_cmpuint (whole.dropped, ==, cut.dropped);
  return 0;
}
