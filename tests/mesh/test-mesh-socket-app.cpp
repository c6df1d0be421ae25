/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The public API over real loopback sockets: what programs tell each other beside the text. */
#include "socket-fixture.hpp"

namespace {

/* A node whose program listens to application frames. What it gets, with its messages, is in one list, in the order in which it came. */
class Talker : public Node {
public:
  Talker () : Node ("app") { Listen (); }
  explicit Talker (gpointer made) : Node (P2P_MESH_SOCKET (made)) { Listen (); }

  void Listen ()
  {
    g_signal_connect_swapped (socket, "app-frame", G_CALLBACK (OnFrame), this);
    g_signal_connect_swapped (socket, "message", G_CALLBACK (OnText), this);
  }

  ~Talker ()
  {
    for (P2pAppFrame *frame : frames)
      p2p_app_frame_unref (frame);
    for (P2pMessage *message : messages)
      p2p_message_unref (message);
  }

  guint64 dropped (P2pDropReason reason) { return p2p_mesh_socket_get_dropped (socket, reason); }

  std::vector<P2pAppFrame *> frames;
  std::vector<P2pMessage *> messages;
  std::vector<std::string> order;

private:
  static void OnFrame (Talker *self, P2pAppFrame *frame, P2pMessage *message, P2pConnection *connection)
  {
    g_assert_true (P2P_IS_CONNECTION (connection));
    g_assert_cmpint (p2p_message_get_subflag (message), ==, 0x5a);
    self->frames.push_back (p2p_app_frame_ref (frame));
    self->order.push_back ("frame " + std::to_string (p2p_app_frame_get_op (frame)));
  }
  static void OnText (Talker *self, P2pMessage *message, P2pConnection *)
  {
    self->messages.push_back (p2p_message_ref (message));
    self->order.push_back (TextOf (message));
  }
};

GBytes *
IdFrom (guint8 first)
{
  guint8 id[P2P_APP_ID_LENGTH] = { first };

  return g_bytes_new (id, sizeof id);
}

/* A reply to some message, and a file, about nothing yet. */
GPtrArray *
MakeFrames ()
{
  GPtrArray *frames = g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (p2p_app_frame_unref));
  g_autoptr (GBytes) id = IdFrom (1);

  g_ptr_array_add (frames, p2p_app_frame_new_reply (nullptr, id, nullptr));
  g_ptr_array_add (frames, p2p_app_frame_new_file (nullptr, id, 5, "a.txt", "text/plain", nullptr));
  return frames;
}

void
ExpectAbout (P2pAppFrame *frame, P2pMessage *message)
{
  g_autoptr (GBytes) id = p2p_message_get_id (message);

  ASSERT_NE (p2p_app_frame_get_about (frame), nullptr);
  EXPECT_TRUE (g_bytes_equal (p2p_app_frame_get_about (frame), id));
}

struct Whispered { bool done = false; gboolean ok = FALSE; P2pMessage *message = nullptr; GError *error = nullptr;
                   ~Whispered () { g_clear_pointer (&message, p2p_message_unref); g_clear_error (&error); } };

void
OnTextWhispered (GObject *source, GAsyncResult *result, gpointer data)
{
  auto *w = static_cast<Whispered *> (data);
  w->ok = p2p_mesh_socket_whisper_text_with_finish (P2P_MESH_SOCKET (source), result, &w->message, &w->error);
  w->done = true;
}

void
OnFrameWhispered (GObject *source, GAsyncResult *result, gpointer data)
{
  auto *w = static_cast<Whispered *> (data);
  w->ok = p2p_mesh_socket_whisper_app_finish (P2P_MESH_SOCKET (source), result, &w->error);
  w->done = true;
}

TEST (MeshSocketApp, TextWithFrames)
{
  Talker a, b;
  g_autoptr (GPtrArray) frames = MakeFrames ();
  g_autoptr (P2pMessage) open = nullptr;
  g_autoptr (P2pMessage) whispered = nullptr;

  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, nullptr, "to all", frames, &open, nullptr), 1);
  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, b.id ().c_str (), "to you", frames, &whispered, nullptr), 1);
  ASSERT_TRUE (WaitFor ([&] { return b.order.size () == 6; }));
  /* Right before their message; and that is a plain text. */
  EXPECT_EQ (b.order, (std::vector<std::string>{ "frame 2", "frame 6", "to all", "frame 2", "frame 6", "to you" }));
  ExpectAbout (b.frames[0], open);
  ExpectAbout (b.frames[1], open);
  ExpectAbout (b.frames[2], whispered);
  EXPECT_EQ (p2p_message_get_flag (whispered), P2P_FLAG_WHISPER);
  EXPECT_EQ (p2p_message_get_n_packets (b.messages[0]), 2u);
  EXPECT_EQ (memcmp (p2p_message_peek_id (b.messages[1]), p2p_message_peek_id (whispered), 32), 0);
  EXPECT_STREQ (p2p_app_frame_get_file_name (b.frames[1]), "a.txt");
  EXPECT_EQ (p2p_app_frame_get_about (static_cast<P2pAppFrame *> (frames->pdata[0])), nullptr);
  /* recv() has the texts alone. */
  g_autoptr (GPtrArray) queue = p2p_mesh_socket_recv_many (b.socket, 10);
  EXPECT_EQ (queue->len, 2u);

  /* The same text of the same second is another message, and its frames are about that. */
  g_autoptr (P2pMessage) again = nullptr;
  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, nullptr, "to all", frames, &again, nullptr), 1);
  ASSERT_TRUE (WaitFor ([&] { return b.order.size () == 9; }));
  ExpectAbout (b.frames[4], again);
  EXPECT_NE (memcmp (p2p_message_peek_id (again), p2p_message_peek_id (open), 32), 0);
  /* Without frames it is send_text(). */
  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, nullptr, "alone", nullptr, nullptr, nullptr), 1);
  ASSERT_TRUE (b.Hears ("alone"));
  EXPECT_EQ (b.frames.size (), 6u);
}

TEST (MeshSocketApp, Refusals)
{
  Talker a;
  GError *error = nullptr;
  g_autoptr (GPtrArray) frames = MakeFrames ();
  g_autoptr (P2pAppFrame) ask = p2p_app_frame_new_history_ask (1, 0, 1, 1, 0, nullptr, nullptr);
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("A", P2P_APP_NAME_NONE, nullptr);
  std::string huge (5 * 1024 * 1024, 'x');

  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, "2", "x", frames, nullptr, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_CONNECTED));
  g_clear_error (&error);
  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, nullptr, "\xff", frames, nullptr, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE));
  g_clear_error (&error);
  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, nullptr, huge.c_str (), frames, nullptr, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_TOO_LARGE));
  g_clear_error (&error);
  EXPECT_EQ (p2p_mesh_socket_send_app (a.socket, ask, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE));
  g_clear_error (&error);
  EXPECT_EQ (p2p_mesh_socket_send_app (a.socket, name, nullptr), 0);
  Whispered text, frame;
  p2p_mesh_socket_whisper_text_with_async (a.socket, "2", "x", frames, nullptr, OnTextWhispered, &text);
  p2p_mesh_socket_whisper_app_async (a.socket, "2", name, nullptr, OnFrameWhispered, &frame);
  EXPECT_FALSE (text.done || frame.done);
  ASSERT_TRUE (WaitFor ([&] { return text.done && frame.done; }));
  EXPECT_TRUE (g_error_matches (text.error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND));
  EXPECT_TRUE (g_error_matches (frame.error, P2P_LINK_ERROR, P2P_LINK_ERROR_NOT_FOUND));

  EXPECT_TRUE (p2p_mesh_socket_close (a.socket, nullptr));
  EXPECT_EQ (p2p_mesh_socket_send_app (a.socket, name, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED));
  g_clear_error (&error);
  EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, nullptr, "x", frames, nullptr, &error), -1);
  EXPECT_TRUE (g_error_matches (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED));
  g_clear_error (&error);
  Whispered late;
  p2p_mesh_socket_whisper_text_with_async (a.socket, "2", "x", frames, nullptr, OnTextWhispered, &late);
  ASSERT_TRUE (WaitFor ([&] { return late.done; }));
  EXPECT_TRUE (g_error_matches (late.error, P2P_LINK_ERROR, P2P_LINK_ERROR_SOCKET_CLOSED));
}

/* In networks with a table, shared or spread, as in those without. */
TEST (MeshSocketApp, EveryKindOfNetwork)
{
  g_autoptr (P2pProtocol) protocol = p2p_protocol_new ("app", "Plaintext");

  for (bool ring : { false, true })
    {
      auto make = [&]
        {
          return ring ? Talker (p2p_chord_socket_new (protocol, nullptr, nullptr, 0, nullptr)) : Talker (p2p_sync_socket_new (protocol, nullptr, nullptr, TRUE, nullptr));
        };
      Talker a = make (), b = make (), c = make ();
      g_autoptr (GPtrArray) frames = MakeFrames ();
      Whispered text;

      for (Talker *t : { &a, &b, &c })
        p2p_mesh_socket_set_max_outgoing (t->socket, 0);
      ASSERT_TRUE (a.ConnectTo (b));
      ASSERT_TRUE (c.ConnectTo (b));
      EXPECT_EQ (p2p_mesh_socket_send_text_with (a.socket, nullptr, "to all", frames, nullptr, nullptr), 1);
      ASSERT_TRUE (WaitFor ([&] { return b.order.size () == 3 && c.order.size () == 3; })) << ring;
      /* On a ring HELLO follows the handshake: nobody waits for it. */
      p2p_mesh_socket_whisper_text_with_async (a.socket, c.id ().c_str (), "far away", frames, nullptr, OnTextWhispered, &text);
      ASSERT_TRUE (WaitFor ([&] { return text.done && c.order.size () == 6; })) << ring << " " << c.order.size ();
      EXPECT_EQ (c.order, (std::vector<std::string>{ "frame 2", "frame 6", "to all", "frame 2", "frame 6", "far away" }));
      ExpectAbout (c.frames[2], text.message);
    }
}

/* Made and kept before it was sent; twice is once. */
TEST (MeshSocketApp, MadeBefore)
{
  Talker a, b;
  GError *error = nullptr;
  GVariant *packets[] = { g_variant_new_variant (g_variant_new_int64 (0)), g_variant_new_variant (g_variant_new_string ("kept")) };
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, 2));
  g_autoptr (P2pMessage) made = p2p_message_new (P2P_FLAG_BROADCAST, a.id ().c_str (), g_get_real_time () / G_USEC_PER_SEC, all, nullptr);
  g_autoptr (P2pMessage) other = p2p_message_new (P2P_FLAG_BROADCAST, b.id ().c_str (), 1000, all, nullptr);
  g_autoptr (P2pMessage) whisper = p2p_message_new (P2P_FLAG_WHISPER, a.id ().c_str (), 1000, all, nullptr);

  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, made, nullptr), 0);
  ASSERT_TRUE (a.ConnectTo (b));
  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, made, nullptr), 1);
  EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, made, nullptr), 1);
  EXPECT_EQ (p2p_mesh_socket_send_text (a.socket, "last", nullptr), 1);
  ASSERT_TRUE (b.Hears ("last"));
  EXPECT_EQ (b.heard, (std::vector<std::string>{ "kept", "last" }));
  for (P2pMessage *bad : { other, whisper })
    {
      EXPECT_EQ (p2p_mesh_socket_send_message (a.socket, bad, &error), -1);
      EXPECT_TRUE (g_error_matches (error, P2P_WIRE_ERROR, P2P_WIRE_ERROR_VALUE));
      g_clear_error (&error);
    }
}

/* To one who is no neighbour: found, dialled, told. And cancelled on the way. */
TEST (MeshSocketApp, FarAway)
{
  Talker a, b, c;
  g_autoptr (GPtrArray) frames = MakeFrames ();
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("A", P2P_APP_NAME_ASK, nullptr);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Whispered text, frame, cancelled, before;

  for (Talker *t : { &a, &b, &c })
    p2p_mesh_socket_set_max_outgoing (t->socket, 0);
  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (c.ConnectTo (b));
  p2p_mesh_socket_whisper_text_with_async (a.socket, c.id ().c_str (), "given up", frames, cancellable, OnTextWhispered, &cancelled);
  g_cancellable_cancel (cancellable);
  p2p_mesh_socket_whisper_text_with_async (a.socket, c.id ().c_str (), "not begun", frames, cancellable, OnTextWhispered, &before);
  p2p_mesh_socket_whisper_text_with_async (a.socket, c.id ().c_str (), "far away", frames, nullptr, OnTextWhispered, &text);
  p2p_mesh_socket_whisper_app_async (a.socket, c.id ().c_str (), name, nullptr, OnFrameWhispered, &frame);
  ASSERT_TRUE (WaitFor ([&] { return text.done && frame.done && cancelled.done && before.done && c.order.size () >= 4; }));
  EXPECT_TRUE (text.ok && frame.ok) << (text.error ? text.error->message : "");
  EXPECT_TRUE (g_error_matches (cancelled.error, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED));
  EXPECT_TRUE (g_error_matches (before.error, P2P_LINK_ERROR, P2P_LINK_ERROR_CANCELLED));
  EXPECT_EQ (c.order, (std::vector<std::string>{ "frame 2", "frame 6", "far away", "frame 1" }));
  ASSERT_NE (text.message, nullptr);
  ExpectAbout (c.frames[0], text.message);
  EXPECT_TRUE (b.order.empty ());
  EXPECT_TRUE (p2p_connection_get_own (p2p_mesh_socket_get_connection (a.socket, c.id ().c_str ())));
}

/* A page that was asked for comes; another does not. Who does not listen drops and counts. */
TEST (MeshSocketApp, Answers)
{
  Talker a, b;
  Node deaf ("app");
  g_autoptr (P2pAppFrame) ask = p2p_app_frame_new_history_ask (5, 0, 100, 10, 0, nullptr, nullptr);
  g_autoptr (P2pAppFrame) name = p2p_app_frame_new_name ("A", P2P_APP_NAME_NONE, nullptr);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (reinterpret_cast<GDestroyNotify> (p2p_app_history_item_free));
  Whispered asked, answered, again;

  ASSERT_TRUE (a.ConnectTo (b));
  ASSERT_TRUE (a.ConnectTo (deaf));
  EXPECT_GT (p2p_mesh_socket_send_text (a.socket, "said", nullptr), 0);
  ASSERT_TRUE (b.Hears ("said"));
  g_ptr_array_add (items, p2p_app_history_item_new (50, b.messages[0], nullptr));
  g_autoptr (P2pAppFrame) page = p2p_app_frame_new_history (5, P2P_APP_HISTORY_END, items, nullptr);
  p2p_mesh_socket_whisper_app_async (a.socket, b.id ().c_str (), ask, nullptr, OnFrameWhispered, &asked);
  ASSERT_TRUE (WaitFor ([&] { return asked.done && b.frames.size () == 1; }));
  p2p_mesh_socket_whisper_app_async (b.socket, a.id ().c_str (), page, nullptr, OnFrameWhispered, &answered);
  p2p_mesh_socket_whisper_app_async (b.socket, a.id ().c_str (), page, nullptr, OnFrameWhispered, &again);
  ASSERT_TRUE (WaitFor ([&] { return again.done && a.dropped (P2P_DROP_UNEXPECTED) == 1; }));
  ASSERT_EQ (a.frames.size (), 1u);
  auto *item = static_cast<P2pAppHistoryItem *> (p2p_app_frame_get_items (a.frames[0])->pdata[0]);
  EXPECT_EQ (TextOf (item->message), "said");
  EXPECT_EQ (p2p_message_get_sender (item->message), a.id ());

  EXPECT_EQ (p2p_mesh_socket_send_app (a.socket, name, nullptr), 2);
  EXPECT_TRUE (WaitFor ([&] { return p2p_mesh_socket_get_dropped (deaf.socket, P2P_DROP_UNKNOWN_OPERATION) == 1 && b.frames.size () == 2; }));
  EXPECT_EQ (deaf.heard, (std::vector<std::string>{ "said" }));
}

/* What a program does when it hears that what it says is signed: within the call that said it. */
struct Drop { P2pMeshSocket *socket; bool close; int heard; };

void
OnProved (P2pMeshSocket *socket, GBytes *, const char *, GBytes *, Drop *drop)
{
  if (drop->heard++ > 0)
    return;
  if (drop->close)
    p2p_mesh_socket_close (socket, nullptr);
  else
    g_clear_object (&drop->socket);
}

TEST (MeshSocketApp, AProgramDropsTheSocketWhileItSpeaks)
{
  for (int close = 0; close < 2; close++)
    for (int through = 0; through < 2; through++)
      {
        g_autoptr (P2pProtocol) protocol = p2p_protocol_new ("drop", P2P_ENCRYPTION_PLAINTEXT);
        guint8 seeds[2][32] = { { 1 }, { 2 } };
        g_autoptr (GBytes) seed_a = g_bytes_new (seeds[0], 32);
        g_autoptr (GBytes) seed_b = g_bytes_new (seeds[1], 32);
        g_autoptr (P2pIdentity) a = p2p_identity_new_from_seed (seed_a, nullptr);
        g_autoptr (P2pIdentity) b = p2p_identity_new_from_seed (seed_b, nullptr);
        g_autofree char *bob = p2p_identity_get_node_id (b, protocol);
        g_autoptr (GBytes) key = p2p_identity_get_public_key (b);
        g_autoptr (GPtrArray) frames = MakeFrames ();
        Drop drop = { p2p_mesh_socket_new (protocol, a, nullptr, nullptr), close == 1, 0 };
        P2pMeshSocket *socket = drop.socket;

        p2p_mesh_socket_pin_key (socket, key);
        g_signal_connect (socket, "message-proved", G_CALLBACK (OnProved), &drop);
        if (through)
          {
            GVariant *parts[] = { g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_WHISPER)), g_variant_new_variant (g_variant_new_string ("hello")) };
            g_autoptr (GVariant) packets = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARIANT, parts, G_N_ELEMENTS (parts)));
            g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_WHISPER, p2p_mesh_socket_get_id (socket), g_get_real_time () / G_USEC_PER_SEC, packets, nullptr);

            EXPECT_EQ (p2p_mesh_socket_whisper_message_through (socket, bob, message, frames, nullptr), 0);
          }
        else
          EXPECT_EQ (p2p_mesh_socket_send_text_with (socket, nullptr, "hello", frames, nullptr, nullptr), 0);
        EXPECT_GT (drop.heard, 0);
        EXPECT_EQ (drop.socket == nullptr, close == 0);
        g_clear_object (&drop.socket);
      }
}

}
