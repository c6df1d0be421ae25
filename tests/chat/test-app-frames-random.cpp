/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random frames: what is written is read as it was, with everything missing or broken in turn. */
#include "frames.hpp"

#include <random>

#include "p2p/chat/p2p-app-frame-private.h"

namespace {

using Random = std::mt19937;

guint
below (Random &random, guint n)
{
  return std::uniform_int_distribution<guint> (0, n - 1) (random);
}

gint64
number (Random &random)
{
  return std::uniform_int_distribution<gint64> (0, G_MAXINT64) (random) >> below (random, 63);
}

Blob
some_bytes (Random &random, guint length)
{
  Bytes bytes (length);

  for (guint8 &byte : bytes)
    byte = static_cast<guint8> (below (random, 256));
  return to_blob (bytes);
}

Blob some_id (Random &random) { return some_bytes (random, P2P_APP_ID_LENGTH); }

std::string
some_text (Random &random, guint most)
{
  static const char * const pieces[] = { "a", "é", "漢", "🙂", " ", "\u202e", "\n" };
  std::string text;

  for (guint n = below (random, most + 1); n > 0; n--)
    {
      const char *piece = pieces[below (random, G_N_ELEMENTS (pieces))];

      if (text.size () + strlen (piece) <= most)
        text += piece;
    }
  return text;
}

Message
some_message (Random &random)
{
  std::string text = some_text (random, 200);
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (2 * below (random, 2))), g_variant_new_variant (g_variant_new_string (text.c_str ())) };

  return own (p2p_message_new_full (P2P_FLAG_BROADCAST, "abc", below (random, 2) ? P2P_ID_FORM_BIN : P2P_ID_FORM_STR, number (random) >> 20,
                                    g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2), nullptr));
}

Frame
some_history (Random &random)
{
  List items = own (g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (p2p_app_history_item_free)));

  for (guint n = below (random, 20); n > 0; n--)
    {
      Message message = some_message (random);
      Blob reply = some_id (random);

      P2pAppHistoryItem *item = p2p_app_history_item_new (number (random), message.get (), below (random, 2) ? reply.get () : nullptr);

      if (below (random, 2))
        p2p_app_history_item_set_proof (item, some_id (random).get ());
      g_ptr_array_add (items.get (), item);
    }
  return own (p2p_app_frame_new_history (number (random), static_cast<P2pAppHistoryFlags> (below (random, 2)), items.get (), nullptr));
}

Frame
some_receipt (Random &random)
{
  List ids = own (g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (g_bytes_unref)));

  for (guint n = 1 + below (random, P2P_APP_MAX_IDS); n > 0; n--)
    g_ptr_array_add (ids.get (), some_id (random).release ());
  return own (p2p_app_frame_new_receipt (ids.get (), nullptr));
}

Frame
some_frame (Random &random)
{
  Blob a = some_id (random), b = some_id (random);

  switch (1 + below (random, 8))
    {
    case P2P_APP_NAME:
      return own (p2p_app_frame_new_name (some_text (random, P2P_APP_MAX_NAME).c_str (), static_cast<P2pAppNameFlags> (below (random, 2)), nullptr));
    case P2P_APP_REPLY:
      return own (p2p_app_frame_new_reply (a.get (), b.get (), nullptr));
    case P2P_APP_RECEIPT:
      return some_receipt (random);
    case P2P_APP_HISTORY_ASK:
      return own (p2p_app_frame_new_history_ask (number (random), number (random), number (random), 1 + below (random, P2P_APP_MAX_HISTORY), number (random),
                                                 below (random, 2) ? a.get () : nullptr, nullptr));
    case P2P_APP_HISTORY:
      return some_history (random);
    case P2P_APP_FILE:
      return own (p2p_app_frame_new_file (a.get (), b.get (), static_cast<guint64> (number (random)), some_text (random, P2P_APP_MAX_FILE_NAME).c_str (),
                                          some_text (random, P2P_APP_MAX_FILE_TYPE).c_str (), nullptr));
    case P2P_APP_FETCH:
      return own (p2p_app_frame_new_fetch (number (random), a.get (), static_cast<guint64> (number (random)), below (random, P2P_APP_MAX_FETCH + 1), nullptr));
    case P2P_APP_CALL:
      return own (p2p_app_frame_new_call (number (random), static_cast<guint16> (P2P_APP_MIN_PORT + below (random, 65536 - P2P_APP_MIN_PORT)), nullptr));
    case P2P_APP_CALLED:
      return own (p2p_app_frame_new_called (number (random), static_cast<P2pAppCallOutcome> (below (random, 4)), some_text (random, P2P_APP_MAX_HOST).c_str (), nullptr));
    default:
      return own (p2p_app_frame_new_chunk (number (random), a.get (), static_cast<guint64> (number (random)), some_bytes (random, below (random, 1000)).get (), nullptr));
    }
}

void
expect_same (P2pAppFrame *one, P2pAppFrame *other)
{
  EXPECT_EQ (one->op, other->op);
  EXPECT_EQ (one->flags, other->flags);
  EXPECT_EQ (one->n, other->n);
  EXPECT_EQ (one->token, other->token);
  EXPECT_EQ (one->from, other->from);
  EXPECT_EQ (one->until, other->until);
  EXPECT_EQ (one->behind_time, other->behind_time);
  EXPECT_EQ (one->size, other->size);
  EXPECT_EQ (one->offset, other->offset);
  EXPECT_EQ (g_strcmp0 (one->name, other->name), 0);
  EXPECT_EQ (g_strcmp0 (one->type, other->type), 0);
  EXPECT_TRUE (same (one->about, other->about));
  EXPECT_TRUE (same (one->to, other->to));
  EXPECT_TRUE (same (one->behind_id, other->behind_id));
  EXPECT_TRUE (same (one->file, other->file));
  EXPECT_TRUE (same (one->bytes, other->bytes));
  EXPECT_EQ (one->ids != nullptr ? one->ids->len : 0, other->ids != nullptr ? other->ids->len : 0);
  EXPECT_EQ (one->items != nullptr ? one->items->len : 0, other->items != nullptr ? other->items->len : 0);
}

TEST (AppFrameRandom, ReadAsItWasWritten)
{
  Random random (1);

  for (int i = 0; i < 2000; i++)
    {
      Frame frame = some_frame (random);
      gsize n;

      ASSERT_TRUE (frame != nullptr);
      Bytes packed = packets_of (frame.get (), &n);
      Failure failure;
      Frame again = own (p2p_app_frame_parse (message_of (packed, n).get (), &failure));
      ASSERT_TRUE (again != nullptr) << failure;
      expect_same (frame.get (), again.get ());
      ASSERT_EQ (packets_of (again.get ()), packed);
      EXPECT_EQ (p2p_app_frame_peek_op (message_of (packed, n).get ()), static_cast<gint64> (p2p_app_frame_get_op (frame.get ())));
    }
}

/* Each of the packets missing from the end on: none of them is only nice to have. */
TEST (AppFrameRandom, NothingMayBeMissing)
{
  Random random (2);

  for (int i = 0; i < 300; i++)
    {
      Frame frame = some_frame (random);
      Value packets = take (p2p_app_frame_pack (frame.get ()));

      for (gsize n = 1; n < g_variant_n_children (packets.get ()); n++)
        {
          GVariantBuilder builder;

          g_variant_builder_init (&builder, G_VARIANT_TYPE ("av"));
          for (gsize j = 0; j < n; j++)
            g_variant_builder_add_value (&builder, take (g_variant_get_child_value (packets.get (), j)).get ());
          Message message = own (p2p_message_new (P2P_FLAG_WHISPER, "2a", 1000, g_variant_builder_end (&builder), nullptr));
          Failure failure;

          EXPECT_EQ (own (p2p_app_frame_parse (message.get (), &failure)), nullptr);
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_PACKETS)) << failure;
        }
    }
}

/* Broken bytes: refused, or a frame that is written as one and read again. */
TEST (AppFrameRandom, BrokenBytes)
{
  Random random (3);
  int read = 0, refused = 0;

  for (int i = 0; i < 6000; i++)
    {
      Frame frame = some_frame (random);
      gsize n;
      Bytes packed = packets_of (frame.get (), &n);

      for (guint flips = 1 + below (random, 3); flips > 0; flips--)
        packed[1 + below (random, static_cast<guint> (MIN (packed.size () - 1, 60)))] = static_cast<guint8> (below (random, 256));
      Message message = message_of (packed, n);
      if (message == nullptr)
        continue;
      Failure failure;
      Frame got = own (p2p_app_frame_parse (message.get (), &failure));
      EXPECT_EQ (got == nullptr, !failure.empty ());
      if (got == nullptr)
        {
          refused++;
          continue;
        }
      read++;
      gsize m;
      Bytes again = packets_of (got.get (), &m);
      Frame third = own (p2p_app_frame_parse (message_of (again, m).get (), &failure));
      ASSERT_TRUE (third != nullptr) << failure;
      expect_same (got.get (), third.get ());
    }
  EXPECT_GT (read, 500);
  EXPECT_GT (refused, 500);
}

}
