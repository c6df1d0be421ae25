/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "send-helpers.h"
#include "p2p/wire/p2p-compression.h"
#include "p2p/wire/p2p-frame.h"
#include "p2p/wire/p2p-message-private.h"
#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

/* Of the tests of what leaves a link. */

static inline gsize
frame_length (P2pMessage *message)
{
  gsize length;

  p2p_message_peek_frame (message, &length);
  return length;
}

static inline gsize
nth_write (LinkFixture *fixture, guint index)
{
  GArray *writes = test_conn_get_writes (fixture->conn, 0);

  g_assert_cmpuint (index, <, writes->len);
  return g_array_index (writes, gsize, index);
}

static inline guint
n_writes (LinkFixture *fixture)
{
  return test_conn_get_writes (fixture->conn, 0)->len;
}

/* The lengths of the frames in a stream, headers included. */
static inline GArray *
split_frames (GByteArray *stream)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (gsize at = 0; at < stream->len;)
    {
      gsize length;
      guint32 header;

      g_assert_cmpuint (at + 4, <=, stream->len);
      memcpy (&header, stream->data + at, 4);
      length = 4 + (gsize) GUINT32_FROM_BE (header);
      g_array_append_val (frames, length);
      at += length;
      g_assert_cmpuint (at, <=, stream->len);
    }
  return frames;
}

/* Every write ends where a frame ends, so no header waits for its body. */
static inline void
assert_writes_end_at_frames (LinkFixture *fixture)
{
  g_autoptr (GArray) frames = split_frames (test_conn_get_written (fixture->conn, 0));
  GArray *writes = test_conn_get_writes (fixture->conn, 0);
  gsize written = 0, framed = 0;
  guint frame = 0;

  for (guint i = 0; i < writes->len; i++)
    {
      written += g_array_index (writes, gsize, i);
      while (framed < written)
        framed += g_array_index (frames, gsize, frame++);
      g_assert_cmpuint (framed, ==, written);
    }
}
