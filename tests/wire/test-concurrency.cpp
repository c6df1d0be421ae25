/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message may be read from any thread; the codecs and digests keep their state per thread. */
#include <gtest/gtest.h>
#include <thread>

#include "p2p/wire/p2p-compression.h"
#include "vectors.h"

static Message
make_message (gint64 number)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (0));
  g_variant_builder_add (&builder, "v", g_variant_new_int64 (number));
  g_variant_builder_add (&builder, "v", g_variant_new_string ("text"));
  return own (p2p_message_new (0, "sender", 1, g_variant_builder_end (&builder), nullptr));
}

TEST (Concurrency, PacketsAreMadeOnce)
{
  for (gint round = 0; round < 50; round++)
    {
      Message message = make_message (round);
      std::vector<std::thread> threads;
      std::vector<GVariant *> seen (4, nullptr);

      for (gsize i = 0; i < seen.size (); i++)
        threads.emplace_back ([&seen, i, self = p2p_message_ref (message.get ())] {
          seen[i] = p2p_message_get_packets (self);
          p2p_message_unref (self);
        });
      for (std::thread &thread : threads)
        thread.join ();
      for (GVariant *packets : seen)
        {
          EXPECT_EQ (packets, seen[0]);
          g_variant_unref (packets);
        }
    }
}

TEST (Concurrency, CodecsWorkInEachThread)
{
  std::vector<std::thread> threads;
  std::vector<gint> right (4, 0);

  for (gsize t = 0; t < right.size (); t++)
    threads.emplace_back ([&right, t] {
      gsize n;
      const guint8 *methods = p2p_get_compression_methods (&n);

      for (gint64 i = 0; i < 20; i++)
        {
          Message message = make_message ((gint64) t * 1000 + i);
          gsize length;
          const guint8 *plain = p2p_message_peek_plain (message.get (), &length);
          Blob body = own (p2p_compress (to_blob (Bytes (plain, plain + length)).get (), (P2pCompression) methods[i % n], nullptr));
          Bytes bytes = to_vector (body.get ());
          Message again = own (p2p_message_parse_body (bytes.data (), bytes.size (), methods, n, nullptr, nullptr));

          right[t] += again && memcmp (p2p_message_peek_id (again.get ()), p2p_message_peek_id (message.get ()), 32) == 0;
        }
    });
  for (std::thread &thread : threads)
    thread.join ();
  for (gint count : right)
    EXPECT_EQ (count, 20);
}
