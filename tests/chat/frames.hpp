/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of application frames share. */
#pragma once

#include "../wire/vectors.h"

#include "p2p/chat/p2p-app-frame.h"
#include "p2p/wire/p2p-value.h"

using Frame = std::unique_ptr<P2pAppFrame, decltype (&p2p_app_frame_unref)>;
using List = std::unique_ptr<GPtrArray, decltype (&g_ptr_array_unref)>;

inline Frame own (P2pAppFrame *frame) { return Frame (frame, p2p_app_frame_unref); }
inline List own (GPtrArray *list) { return List (list, g_ptr_array_unref); }

/* 32 bytes that count up from the first. */
inline Blob
id_from (guint8 first)
{
  Bytes id;

  for (guint i = 0; i < P2P_APP_ID_LENGTH; i++)
    id.push_back (static_cast<guint8> (first + i));
  return to_blob (id);
}

inline Blob
blob_of (const std::string &text)
{
  return own (g_bytes_new (text.data (), text.size ()));
}

/* The packets of a frame as they stand on the wire. */
inline Bytes
packets_of (P2pAppFrame *frame, gsize *n = nullptr)
{
  Value packets = take (p2p_app_frame_pack (frame));
  g_autoptr (GByteArray) into = g_byte_array_new ();
  gsize count;

  EXPECT_TRUE (p2p_packets_serialise (packets.get (), into, n != nullptr ? n : &count, nullptr));
  return Bytes (into->data, into->data + into->len);
}

/* A message with these packed packets, as one that came: NULL when they are no packets. */
inline Message
message_of (const Bytes &packed, gsize n, gint64 flag = P2P_FLAG_WHISPER)
{
  Message made = own (p2p_message_new_packed (flag, "2a", P2P_ID_FORM_STR, 1000, packed.data (), packed.size (), n));
  Blob frame = own (p2p_message_to_bytes (made.get ()));

  return own (p2p_message_parse (frame.get (), FALSE, nullptr, 0, nullptr, nullptr));
}

inline bool
same (GBytes *one, GBytes *other)
{
  return (one == nullptr) == (other == nullptr) && (one == nullptr || g_bytes_equal (one, other));
}
