/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Application frames, byte by byte. The bytes were written by another MessagePack library (u-msgpack-python) from the tables of docs/x1.md. */
#include "frames.hpp"

namespace {

constexpr const char kA[] = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr const char kB[] = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
constexpr const char kC[] = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f";
/* [0, "2a", 1000, 0, "hi"] and [0, b"3b", 1001, 0, "ho"] */
constexpr const char kBody1[] = "9500a23261cd03e800a26869";
constexpr const char kBody2[] = "9500c4023362cd03e900a2686f";

Frame
read (const std::string &hex, gsize n, GError **error = nullptr)
{
  Message message = message_of (from_hex (hex), n);

  EXPECT_TRUE (message != nullptr) << hex;
  return own (message != nullptr ? p2p_app_frame_parse (message.get (), error) : nullptr);
}

/* It is written so, and read from that. */
Frame
exactly (Frame frame, const std::string &hex, gsize n)
{
  gsize written = 0;

  EXPECT_TRUE (frame != nullptr);
  if (frame == nullptr)
    return frame;
  EXPECT_EQ (to_hex (packets_of (frame.get (), &written)), hex);
  EXPECT_EQ (written, n);
  Failure failure;
  Frame again = read (hex, n, &failure);
  EXPECT_TRUE (again != nullptr) << failure;
  if (again != nullptr)
    {
      EXPECT_EQ (p2p_app_frame_get_op (again.get ()), p2p_app_frame_get_op (frame.get ()));
    }
  return again;
}

bool
is (GBytes *bytes, const char *hex)
{
  return bytes != nullptr && to_hex (to_vector (bytes)) == hex;
}

TEST (AppFrame, Name)
{
  Frame name = exactly (own (p2p_app_frame_new_name ("Ada", P2P_APP_NAME_ASK, nullptr)), "5a0101a341646101", 5);
  ASSERT_TRUE (name != nullptr);
  EXPECT_STREQ (p2p_app_frame_get_name (name.get ()), "Ada");
  EXPECT_EQ (p2p_app_frame_get_flags (name.get ()), static_cast<guint> (P2P_APP_NAME_ASK));
  EXPECT_EQ (p2p_app_frame_get_file_name (name.get ()), nullptr);
  EXPECT_EQ (p2p_app_frame_get_ids (name.get ()), nullptr);

  Frame none = exactly (own (p2p_app_frame_new_name ("", P2P_APP_NAME_NONE, nullptr)), "5a0101a000", 5);
  ASSERT_TRUE (none != nullptr);
  EXPECT_STREQ (p2p_app_frame_get_name (none.get ()), "");
}

TEST (AppFrame, Reply)
{
  Blob a = id_from (0), b = id_from (32), c = id_from (64);
  Frame open = own (p2p_app_frame_new_reply (nullptr, b.get (), nullptr));

  ASSERT_TRUE (open != nullptr);
  EXPECT_EQ (p2p_app_frame_get_about (open.get ()), nullptr);
  Frame reply = exactly (own (p2p_app_frame_with_about (open.get (), a.get ())), std::string ("5a0102c420") + kA + "c420" + kB, 5);
  ASSERT_TRUE (reply != nullptr);
  EXPECT_TRUE (is (p2p_app_frame_get_about (reply.get ()), kA));
  EXPECT_TRUE (is (p2p_app_frame_get_to (reply.get ()), kB));
  Frame other = own (p2p_app_frame_with_about (reply.get (), c.get ()));
  EXPECT_TRUE (is (p2p_app_frame_get_about (other.get ()), kC));
  EXPECT_TRUE (is (p2p_app_frame_get_about (reply.get ()), kA));
}

TEST (AppFrame, Receipt)
{
  List ids = own (g_ptr_array_new ());
  Blob a = id_from (0), b = id_from (32);

  g_ptr_array_add (ids.get (), a.get ());
  g_ptr_array_add (ids.get (), b.get ());
  Frame receipt = exactly (own (p2p_app_frame_new_receipt (ids.get (), nullptr)), std::string ("5a0103c440") + kA + kB, 4);
  ASSERT_TRUE (receipt != nullptr);
  GPtrArray *got = p2p_app_frame_get_ids (receipt.get ());
  ASSERT_EQ (got->len, 2u);
  EXPECT_TRUE (is (static_cast<GBytes *> (got->pdata[0]), kA));
  EXPECT_TRUE (is (static_cast<GBytes *> (got->pdata[1]), kB));
}

TEST (AppFrame, HistoryAsk)
{
  Frame ask = exactly (own (p2p_app_frame_new_history_ask (7, 1000, 1060, 200, 0, nullptr, nullptr)), "5a010407cd03e8cd0424ccc8c400", 8);
  ASSERT_TRUE (ask != nullptr);
  EXPECT_EQ (p2p_app_frame_get_token (ask.get ()), 7);
  EXPECT_EQ (p2p_app_frame_get_from (ask.get ()), 1000);
  EXPECT_EQ (p2p_app_frame_get_until (ask.get ()), 1060);
  EXPECT_EQ (p2p_app_frame_get_n (ask.get ()), 200u);
  EXPECT_EQ (p2p_app_frame_get_behind_id (ask.get ()), nullptr);

  Blob c = id_from (64);
  Frame next = exactly (own (p2p_app_frame_new_history_ask (300, 1000, 70000, 1024, 1050, c.get (), nullptr)),
                        std::string ("5a0104cd012ccd03e8ce00011170cd0400c428000000000000041a") + kC, 8);
  ASSERT_TRUE (next != nullptr);
  EXPECT_EQ (p2p_app_frame_get_behind_time (next.get ()), 1050);
  EXPECT_TRUE (is (p2p_app_frame_get_behind_id (next.get ()), kC));
}

TEST (AppFrame, History)
{
  List items = own (g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (p2p_app_history_item_free)));
  Blob body1 = to_blob (from_hex (kBody1)), body2 = to_blob (from_hex (kBody2)), a = id_from (0);
  Message one = own (p2p_message_new_from_body (body1.get (), nullptr)), two = own (p2p_message_new_from_body (body2.get (), nullptr));

  ASSERT_TRUE (one != nullptr && two != nullptr);
  g_ptr_array_add (items.get (), p2p_app_history_item_new (1002, one.get (), nullptr));
  g_ptr_array_add (items.get (), p2p_app_history_item_new (1003, two.get (), a.get ()));
  Frame page = exactly (own (p2p_app_frame_new_history (7, P2P_APP_HISTORY_MORE, items.get (), nullptr)),
                        std::string ("5a010507019293cd03eac40c") + kBody1 + "c40093cd03ebc40d" + kBody2 + "c420" + kA, 6);
  ASSERT_TRUE (page != nullptr);
  EXPECT_EQ (p2p_app_frame_get_flags (page.get ()), static_cast<guint> (P2P_APP_HISTORY_MORE));
  GPtrArray *got = p2p_app_frame_get_items (page.get ());
  ASSERT_EQ (got->len, 2u);
  auto *first = static_cast<P2pAppHistoryItem *> (got->pdata[0]), *second = static_cast<P2pAppHistoryItem *> (got->pdata[1]);
  EXPECT_EQ (first->heard, 1002);
  EXPECT_EQ (first->reply, nullptr);
  EXPECT_TRUE (is (second->reply, kA));
  EXPECT_STREQ (own (p2p_message_dup_text (second->message)).get (), "ho");
  EXPECT_EQ (p2p_message_get_sender_form (second->message), P2P_ID_FORM_BIN);
  EXPECT_EQ (memcmp (p2p_message_peek_id (second->message), p2p_message_peek_id (two.get ()), P2P_APP_ID_LENGTH), 0);

  /* with what proves the second of them: one element more */
  Blob proof = to_blob (from_hex ("0102030405"));
  p2p_app_history_item_set_proof (static_cast<P2pAppHistoryItem *> (items->pdata[1]), proof.get ());
  Frame proved = exactly (own (p2p_app_frame_new_history (7, P2P_APP_HISTORY_END, items.get (), nullptr)),
                          std::string ("5a010507009293cd03eac40c") + kBody1 + "c40094cd03ebc40d" + kBody2 + "c420" + kA + "c4050102030405", 6);
  ASSERT_TRUE (proved != nullptr);
  first = static_cast<P2pAppHistoryItem *> (p2p_app_frame_get_items (proved.get ())->pdata[0]);
  second = static_cast<P2pAppHistoryItem *> (p2p_app_frame_get_items (proved.get ())->pdata[1]);
  EXPECT_EQ (first->proof, nullptr);
  EXPECT_TRUE (is (second->proof, "0102030405"));

  List none = own (g_ptr_array_new ());
  Frame empty = exactly (own (p2p_app_frame_new_history (7, P2P_APP_HISTORY_END, none.get (), nullptr)), "5a0105070090", 6);
  ASSERT_TRUE (empty != nullptr);
  EXPECT_EQ (p2p_app_frame_get_items (empty.get ())->len, 0u);
}

TEST (AppFrame, Files)
{
  Blob a = id_from (0), b = id_from (32), abc = blob_of ("abc"), nothing = blob_of ("");
  Frame file = exactly (own (p2p_app_frame_new_file (a.get (), b.get (), 123456, "photo.png", "image/png", nullptr)),
                        std::string ("5a0106c420") + kA + "c420" + kB + "ce0001e240a970686f746f2e706e67a9696d6167652f706e67", 8);
  ASSERT_TRUE (file != nullptr);
  EXPECT_TRUE (is (p2p_app_frame_get_about (file.get ()), kA));
  EXPECT_TRUE (is (p2p_app_frame_get_file (file.get ()), kB));
  EXPECT_EQ (p2p_app_frame_get_size (file.get ()), 123456u);
  EXPECT_STREQ (p2p_app_frame_get_file_name (file.get ()), "photo.png");
  EXPECT_STREQ (p2p_app_frame_get_file_type (file.get ()), "image/png");
  EXPECT_EQ (p2p_app_frame_get_name (file.get ()), nullptr);

  Frame fetch = exactly (own (p2p_app_frame_new_fetch (9, b.get (), 98304, 16, nullptr)), std::string ("5a010709c420") + kB + "ce0001800010", 7);
  ASSERT_TRUE (fetch != nullptr);
  EXPECT_EQ (p2p_app_frame_get_token (fetch.get ()), 9);
  EXPECT_EQ (p2p_app_frame_get_offset (fetch.get ()), 98304u);
  EXPECT_EQ (p2p_app_frame_get_n (fetch.get ()), 16u);
  Frame stop = exactly (own (p2p_app_frame_new_fetch (9, b.get (), 0, 0, nullptr)), std::string ("5a010709c420") + kB + "0000", 7);
  EXPECT_EQ (p2p_app_frame_get_n (stop.get ()), 0u);

  Frame chunk = exactly (own (p2p_app_frame_new_chunk (9, b.get (), 98304, abc.get (), nullptr)), std::string ("5a010809c420") + kB + "ce00018000c403616263", 7);
  ASSERT_TRUE (chunk != nullptr);
  EXPECT_TRUE (is (p2p_app_frame_get_bytes (chunk.get ()), "616263"));
  Frame gone = exactly (own (p2p_app_frame_new_chunk (9, b.get (), 98304, nothing.get (), nullptr)), std::string ("5a010809c420") + kB + "ce00018000c400", 7);
  EXPECT_EQ (g_bytes_get_size (p2p_app_frame_get_bytes (gone.get ())), 0u);
  EXPECT_EQ (p2p_app_frame_get_port (gone.get ()), 0u);
  EXPECT_EQ (p2p_app_frame_get_host (gone.get ()), nullptr);

  Frame call = exactly (own (p2p_app_frame_new_call (9, 4444, nullptr)), "5a010909cd115c", 5);
  ASSERT_TRUE (call != nullptr);
  EXPECT_EQ (p2p_app_frame_get_token (call.get ()), 9);
  EXPECT_EQ (p2p_app_frame_get_port (call.get ()), 4444u);
  EXPECT_EQ (p2p_app_frame_get_outcome (call.get ()), P2P_APP_CALL_NOT_NOW);
  Frame called = exactly (own (p2p_app_frame_new_called (9, P2P_APP_CALL_REFUSED, "1.2.3.4", nullptr)), "5a010a0901a7312e322e332e34", 6);
  ASSERT_TRUE (called != nullptr);
  EXPECT_EQ (p2p_app_frame_get_outcome (called.get ()), P2P_APP_CALL_REFUSED);
  EXPECT_STREQ (p2p_app_frame_get_host (called.get ()), "1.2.3.4");
  EXPECT_EQ (p2p_app_frame_get_port (called.get ()), 0u);
}

/* What a program may not say is an error of it, with words. */
TEST (AppFrame, MadeWithinLimits)
{
  Failure failure;
  Blob a = id_from (0), short_id = blob_of ("short"), full = blob_of (std::string (P2P_APP_MAX_CHUNK, 'x')), more = blob_of (std::string (P2P_APP_MAX_CHUNK + 1, 'x'));
  List ids = own (g_ptr_array_new ());

  EXPECT_TRUE (own (p2p_app_frame_new_name (std::string (64, 'n').c_str (), P2P_APP_NAME_NONE, nullptr)) != nullptr);
  EXPECT_EQ (p2p_app_frame_new_name (std::string (65, 'n').c_str (), P2P_APP_NAME_NONE, &failure), nullptr);
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
  EXPECT_EQ (p2p_app_frame_new_name ("\xff", P2P_APP_NAME_NONE, &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_reply (nullptr, short_id.get (), &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_reply (short_id.get (), a.get (), &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_receipt (ids.get (), &failure), nullptr);
  for (int i = 0; i < P2P_APP_MAX_IDS; i++)
    g_ptr_array_add (ids.get (), a.get ());
  EXPECT_TRUE (own (p2p_app_frame_new_receipt (ids.get (), nullptr)) != nullptr);
  g_ptr_array_add (ids.get (), a.get ());
  EXPECT_EQ (p2p_app_frame_new_receipt (ids.get (), &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_history_ask (-1, 0, 0, 1, 0, nullptr, &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_history_ask (0, 0, 0, 0, 0, nullptr, &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_history_ask (0, 0, 0, P2P_APP_MAX_HISTORY + 1, 0, nullptr, &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_history_ask (0, 0, 0, 1, 0, short_id.get (), &failure), nullptr);
  EXPECT_TRUE (own (p2p_app_frame_new_file (nullptr, a.get (), G_MAXINT64, std::string (255, 'f').c_str (), std::string (127, 't').c_str (), nullptr)) != nullptr);
  EXPECT_EQ (p2p_app_frame_new_file (nullptr, a.get (), 1, std::string (256, 'f').c_str (), "", &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_file (nullptr, a.get (), 1, "", std::string (128, 't').c_str (), &failure), nullptr);
  EXPECT_EQ (p2p_app_frame_new_file (nullptr, a.get (), G_MAXUINT64, "", "", &failure), nullptr);
  EXPECT_TRUE (own (p2p_app_frame_new_fetch (0, a.get (), 0, P2P_APP_MAX_FETCH, nullptr)) != nullptr);
  EXPECT_EQ (p2p_app_frame_new_fetch (0, a.get (), 0, P2P_APP_MAX_FETCH + 1, &failure), nullptr);
  EXPECT_TRUE (own (p2p_app_frame_new_chunk (0, a.get (), 0, full.get (), nullptr)) != nullptr);
  EXPECT_EQ (p2p_app_frame_new_chunk (0, a.get (), 0, more.get (), &failure), nullptr);
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_VALUE)) << failure;
  EXPECT_TRUE (own (p2p_app_frame_new_call (0, P2P_APP_MIN_PORT, nullptr)) != nullptr);
  EXPECT_EQ (p2p_app_frame_new_call (0, P2P_APP_MIN_PORT - 1, nullptr), nullptr);
  EXPECT_EQ (p2p_app_frame_new_call (-1, P2P_APP_MIN_PORT, nullptr), nullptr);
  EXPECT_TRUE (own (p2p_app_frame_new_called (0, P2P_APP_CALL_REACHED, std::string (P2P_APP_MAX_HOST, 'x').c_str (), nullptr)) != nullptr);
  EXPECT_EQ (p2p_app_frame_new_called (0, P2P_APP_CALL_REACHED, std::string (P2P_APP_MAX_HOST + 1, 'x').c_str (), nullptr), nullptr);
  EXPECT_EQ (p2p_app_frame_new_called (0, P2P_APP_CALL_REACHED, "\xff", nullptr), nullptr);
  EXPECT_EQ (p2p_app_frame_new_called (-1, P2P_APP_CALL_REACHED, "", nullptr), nullptr);
}

Message
said (gint64 flag, gint64 subflag, const std::string &text, const char *sender = "2a")
{
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (subflag)), g_variant_new_variant (g_variant_new_string (text.c_str ())) };

  return own (p2p_message_new (flag, sender, 1000, g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2), nullptr));
}

bool
may_tell (std::initializer_list<P2pMessage *> messages)
{
  List items = own (g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (p2p_app_history_item_free)));

  for (P2pMessage *message : messages)
    g_ptr_array_add (items.get (), p2p_app_history_item_new (1, message, nullptr));
  return own (p2p_app_frame_new_history (1, P2P_APP_HISTORY_END, items.get (), nullptr)) != nullptr;
}

TEST (AppFrame, WhatHistoryTells)
{
  Message open = said (P2P_FLAG_BROADCAST, P2P_SUBFLAG_BROADCAST, "x"), hidden = said (P2P_FLAG_WHISPER, P2P_SUBFLAG_WHISPER, "x");
  Message frame = said (P2P_FLAG_BROADCAST, 0x5a, "x"), store = said (P2P_FLAG_BROADCAST, P2P_SUBFLAG_STORE, "x"), liar = said (P2P_FLAG_BROADCAST, 0, "x", "0OIl");
  /* 12 bytes are its head: half of what a page may have, and one more. */
  Message huge = said (P2P_FLAG_BROADCAST, 0, std::string (3 * 65536, 'x')), half = said (P2P_FLAG_BROADCAST, 0, std::string (32768 - 12, 'x'));
  Message more = said (P2P_FLAG_BROADCAST, 0, std::string (32768 - 11, 'x'));

  EXPECT_TRUE (may_tell ({ open.get () }));
  EXPECT_FALSE (may_tell ({ hidden.get () }));
  EXPECT_FALSE (may_tell ({ open.get (), frame.get () }));
  EXPECT_FALSE (may_tell ({ store.get () }));
  EXPECT_FALSE (may_tell ({ liar.get () }));
  EXPECT_TRUE (may_tell ({ huge.get () }));
  EXPECT_FALSE (may_tell ({ open.get (), huge.get () }));
  ASSERT_EQ (p2p_message_get_length (half.get ()) - 32, 32768u);
  EXPECT_TRUE (may_tell ({ half.get (), half.get () }));
  EXPECT_FALSE (may_tell ({ half.get (), more.get () }));
}

/* Proofs take of the room that bodies have. */
TEST (AppFrame, ProofsCount)
{
  List items = own (g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (p2p_app_history_item_free)));
  Message half = said (P2P_FLAG_BROADCAST, 0, std::string (32768 - 12, 'x')), less = said (P2P_FLAG_BROADCAST, 0, std::string (32768 - 12 - 600, 'x'));
  Blob proof = blob_of (std::string (600, 'p')), more = blob_of (std::string (601, 'p')), huge = blob_of (std::string (P2P_APP_MAX_PROOF + 1, 'p'));

  g_ptr_array_add (items.get (), p2p_app_history_item_new (1, half.get (), nullptr));
  g_ptr_array_add (items.get (), p2p_app_history_item_new (1, less.get (), nullptr));
  auto *item = static_cast<P2pAppHistoryItem *> (items->pdata[1]);
  p2p_app_history_item_set_proof (item, proof.get ());
  EXPECT_TRUE (own (p2p_app_frame_new_history (1, P2P_APP_HISTORY_END, items.get (), nullptr)) != nullptr);
  p2p_app_history_item_set_proof (item, more.get ());
  EXPECT_TRUE (own (p2p_app_frame_new_history (1, P2P_APP_HISTORY_END, items.get (), nullptr)) == nullptr);
  p2p_app_history_item_set_proof (item, nullptr);
  EXPECT_EQ (item->proof, nullptr);
  p2p_app_history_item_set_proof (item, huge.get ());
  g_ptr_array_remove_index (items.get (), 0);
  EXPECT_TRUE (own (p2p_app_frame_new_history (1, P2P_APP_HISTORY_END, items.get (), nullptr)) == nullptr);
}

struct Bad { const char *what; std::string hex; gsize n; P2pWireError code; };

TEST (AppFrame, Refused)
{
  const std::string a = std::string ("c420") + kA, b = std::string ("c420") + kB;
  const std::string whisper_body = "9502a23261cd03e802a26869", frame_body = "9500a23261cd03e85aa26869", cut_body = "9500a23261cd03e800";
  const Bad cases[] = {
    { "nothing behind the sub-flag", "5a", 1, P2P_WIRE_ERROR_PACKETS },
    { "no operation", "5a01", 2, P2P_WIRE_ERROR_PACKETS },
    { "another sub-flag", "590101a000", 5, P2P_WIRE_ERROR_PACKETS },
    { "another version", "5a0201a000", 5, P2P_WIRE_ERROR_UNKNOWN_OPERATION },
    { "version 2^32 + 1", "5acf000000010000000101a000", 5, P2P_WIRE_ERROR_UNKNOWN_OPERATION },
    { "operation 0", "5a0100a000", 5, P2P_WIRE_ERROR_UNKNOWN_OPERATION },
    { "operation 11", "5a010b", 3, P2P_WIRE_ERROR_UNKNOWN_OPERATION },
    { "operation 2^32 + 1", "5a01cf0000000100000001a000", 5, P2P_WIRE_ERROR_UNKNOWN_OPERATION },
    { "operation that is text", "5a01a131a000", 5, P2P_WIRE_ERROR_PACKETS },
    { "name without flags", "5a0101a341646d", 4, P2P_WIRE_ERROR_PACKETS },
    { "name that is a bin", "5a0101c403416461" "00", 5, P2P_WIRE_ERROR_PACKETS },
    { "name that is no UTF-8", "5a0101a2ff4100", 5, P2P_WIRE_ERROR_PACKETS },
    { "name with a NUL", "5a0101a241000" "0", 5, P2P_WIRE_ERROR_PACKETS },
    { "name too long", "5a0101d941" + std::string (2 * 65, '4') + "00", 5, P2P_WIRE_ERROR_LIMIT },
    { "negative flags", "5a0101a0ff", 5, P2P_WIRE_ERROR_PACKETS },
    { "flags above 2^63", "5a0101a0cfffffffffffffffff", 5, P2P_WIRE_ERROR_PACKETS },
    { "reply about nothing", "5a0102c400" + b, 5, P2P_WIRE_ERROR_PACKETS },
    { "reply about 33 bytes", std::string ("5a0102c421") + kA + "00" + b, 5, P2P_WIRE_ERROR_LIMIT },
    { "reply to text", "5a0102" + a + "a0", 5, P2P_WIRE_ERROR_PACKETS },
    { "receipt for none", "5a0103c400", 4, P2P_WIRE_ERROR_PACKETS },
    { "receipt for one and a half", "5a0103c430" + std::string (96, '0'), 4, P2P_WIRE_ERROR_PACKETS },
    { "receipt for 65", "5a0103c50820" + std::string (2 * 65 * 32, '0'), 4, P2P_WIRE_ERROR_LIMIT },
    { "question for no messages", "5a0104070000" "00c400", 8, P2P_WIRE_ERROR_PACKETS },
    { "question behind 39 bytes", "5a010407000001c427" + std::string (78, '0'), 8, P2P_WIRE_ERROR_PACKETS },
    { "question behind a time before 1970", "5a010407000001c428ff" + std::string (78, '0'), 8, P2P_WIRE_ERROR_PACKETS },
    { "question without an end", "5a01040700", 5, P2P_WIRE_ERROR_PACKETS },
    { "history that is no array", "5a01050700c400", 6, P2P_WIRE_ERROR_PACKETS },
    { "history of 1025", "5a01050700dc0401" + [] { std::string nils; for (int i = 0; i < 1025; i++) nils += "c0"; return nils; } (), 6, P2P_WIRE_ERROR_LIMIT },
    { "history of a number", "5a010507009105", 6, P2P_WIRE_ERROR_PACKETS },
    { "history of a short item", "5a0105070091920ac40c" + std::string (kBody1), 6, P2P_WIRE_ERROR_PACKETS },
    { "history with a proof that is a number", "5a0105070091940ac40c" + std::string (kBody1) + "c40005", 6, P2P_WIRE_ERROR_PACKETS },
    { "history with a proof that is too long", "5a0105070091940ac40c" + std::string (kBody1) + "c400c50401" + [] { std::string zeros; for (int i = 0; i < 1025; i++) zeros += "00"; return zeros; } (), 6, P2P_WIRE_ERROR_PACKETS },
    { "history of a whisper", "5a0105070091930ac40c" + whisper_body + "c400", 6, P2P_WIRE_ERROR_PACKETS },
    { "history of a frame of ours", "5a0105070091930ac40c" + frame_body + "c400", 6, P2P_WIRE_ERROR_PACKETS },
    { "history of half a message", "5a0105070091930ac409" + cut_body + "c400", 6, P2P_WIRE_ERROR_PACKETS },
    { "history of no bytes", "5a0105070091930ac400c400", 6, P2P_WIRE_ERROR_PACKETS },
    { "history that answers 5 bytes", std::string ("5a0105070091930ac40c") + kBody1 + "c4050000000000", 6, P2P_WIRE_ERROR_PACKETS },
    { "file without a type", "5a0106" + a + b + "01a0", 7, P2P_WIRE_ERROR_PACKETS },
    { "file of negative size", "5a0106" + a + b + "ffa0a0", 8, P2P_WIRE_ERROR_PACKETS },
    { "file with a long name", "5a0106" + a + b + "01da0100" + std::string (512, '4') + "a0", 8, P2P_WIRE_ERROR_LIMIT },
    { "file with a long type", "5a0106" + a + b + "01a0d980" + std::string (256, '4'), 8, P2P_WIRE_ERROR_LIMIT },
    { "fetch of half an id", "5a010709c410" + std::string (32, '0') + "0001", 7, P2P_WIRE_ERROR_PACKETS },
    { "chunk too large", "5a010809" + b + "00c5c001" + std::string (2 * 49153, '0'), 7, P2P_WIRE_ERROR_LIMIT },
    { "chunk that is text", "5a010809" + b + "00a0", 7, P2P_WIRE_ERROR_PACKETS },
    { "call to a port of the system", "5a010909cd03ff", 5, P2P_WIRE_ERROR_PACKETS },
    { "call to no port", "5a01090900", 5, P2P_WIRE_ERROR_PACKETS },
    { "call to port 65536", "5a010909ce00010000", 5, P2P_WIRE_ERROR_PACKETS },
    { "call to port 2^32 + 4444", "5a010909cf000000010000115c", 5, P2P_WIRE_ERROR_PACKETS },
    { "call to a negative port", "5a010909ff", 5, P2P_WIRE_ERROR_PACKETS },
    { "call without a port", "5a010909", 4, P2P_WIRE_ERROR_PACKETS },
    { "called with a long address", "5a010a0900d941" + std::string (2 * 65, '4'), 6, P2P_WIRE_ERROR_LIMIT },
    { "called with bytes for an address", "5a010a0900c400", 6, P2P_WIRE_ERROR_PACKETS },
    { "called without an outcome", "5a010a09", 4, P2P_WIRE_ERROR_PACKETS },
  };

  for (const Bad &bad : cases)
    {
      Failure failure;

      EXPECT_EQ (read (bad.hex, bad.n, &failure), nullptr) << bad.what;
      EXPECT_TRUE (failure.is (bad.code)) << bad.what << ": " << failure;
    }
}

/* A page that a packer put together of 33 bodies of 2,000 bytes: the last is too much. */
TEST (AppFrame, HistoryIsBounded)
{
  for (guint n : { 32u, 33u })
    {
      Message one = said (P2P_FLAG_BROADCAST, 0, std::string (2000, 'x'));
      Blob body = own (p2p_message_dup_body (one.get ()));
      std::string item = "930ac5" + to_hex (Bytes { static_cast<guint8> (g_bytes_get_size (body.get ()) >> 8), static_cast<guint8> (g_bytes_get_size (body.get ())) }) +
                         to_hex (to_vector (body.get ())) + "c400";
      std::string all = "5a01050700dc00" + to_hex (Bytes { static_cast<guint8> (n) });
      Failure failure;

      for (guint i = 0; i < n; i++)
        all += item;
      Frame page = read (all, 6, &failure);
      EXPECT_EQ (page != nullptr, n == 32) << failure;
      if (page == nullptr)
        {
          EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_LIMIT)) << failure;
        }
    }
}

/* What later versions add behind is no fault; who wants more than is given gets so much. */
TEST (AppFrame, RoomForLater)
{
  EXPECT_NE (read ("5a0101a34164610193010203", 6), nullptr);
  Frame page = read (std::string ("5a010507009196" "0ac40c") + kBody1 + "c400" "c400" "81a16105" "930102" "03" "07", 7);
  ASSERT_TRUE (page != nullptr);
  EXPECT_EQ (p2p_app_frame_get_items (page.get ())->len, 1u);
  Frame ask = read ("5a0104070000cd1000c400", 8);
  ASSERT_TRUE (ask != nullptr);
  EXPECT_EQ (p2p_app_frame_get_n (ask.get ()), static_cast<guint> (P2P_APP_MAX_HISTORY));
  Frame fetch = read (std::string ("5a010709c420") + kB + "00cf7fffffffffffffff", 7);
  ASSERT_TRUE (fetch != nullptr);
  EXPECT_EQ (p2p_app_frame_get_n (fetch.get ()), static_cast<guint> (P2P_APP_MAX_FETCH));
}

/* ---- bodies ---- */

TEST (Body, IsTheBytesOfTheSender)
{
  Blob body = to_blob (from_hex (kBody2));
  Message message = own (p2p_message_new_from_body (body.get (), nullptr));

  ASSERT_TRUE (message != nullptr);
  EXPECT_STREQ (p2p_message_get_sender (message.get ()), "3b");
  EXPECT_EQ (p2p_message_get_time (message.get ()), 1001);
  EXPECT_TRUE (same (own (p2p_message_dup_body (message.get ())).get (), body.get ()));
  Message other = said (P2P_FLAG_BROADCAST, 0, "x");
  Blob bytes = own (p2p_message_dup_body (other.get ()));
  Message again = own (p2p_message_new_from_body (bytes.get (), nullptr));
  EXPECT_TRUE (same (own (p2p_message_get_id (again.get ())).get (), own (p2p_message_get_id (other.get ())).get ()));
  Blob frame = own (p2p_message_to_bytes (other.get ())), same_frame = own (p2p_message_to_bytes (again.get ()));
  EXPECT_TRUE (same (frame.get (), same_frame.get ()));
}

TEST (Body, IsCheckedAsFromTheWire)
{
  for (const char *hex : { "", "c1", "90", "9400a23261cd03e8", "9500a23261cd03e800a26869ff", "9500a23261cb7ff8000000000000" "00a26869" })
    {
      Failure failure;
      Blob body = to_blob (from_hex (hex));

      EXPECT_EQ (own (p2p_message_new_from_body (body.get (), &failure)), nullptr) << hex;
      EXPECT_FALSE (failure.empty ()) << hex;
    }
  Failure failure;
  Blob huge = blob_of (std::string (P2P_LIMIT_FRAME + 1, 'x'));
  EXPECT_EQ (own (p2p_message_new_from_body (huge.get (), &failure)), nullptr);
  EXPECT_TRUE (failure.is (P2P_WIRE_ERROR_TOO_LARGE)) << failure;
}

}
