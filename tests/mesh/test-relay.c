/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"

#include <string.h>

/* left - ours - right: a line with a raw peer at each end and one of our nodes between them. */
typedef struct {
  MeshFixture *mesh;
  MeshNode *ours;
  RawPeer *left;
  RawPeer *right;
} Line;

static Line *
line_new (void)
{
  Line *line = g_new0 (Line, 1);

  line->mesh = mesh_fixture_new (1);
  line->ours = mesh_add (line->mesh, "ours");
  line->left = raw_dial (line->mesh, "left", line->ours);
  line->right = raw_dial (line->mesh, "right", line->ours);
  raw_handshake (line->left);
  raw_handshake (line->right);
  g_ptr_array_set_size (line->left->messages, 0);
  g_ptr_array_set_size (line->right->messages, 0);
  return line;
}

static void
line_free (Line *line)
{
  g_assert_null (line->right->error);
  raw_free (line->left);
  raw_free (line->right);
  mesh_fixture_free (line->mesh);
  g_free (line);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

/* Nothing crossed, and nobody was punished for it. */
static void
assert_stopped (Line *line)
{
  g_assert_cmpuint (line->right->messages->len, ==, 0);
  g_assert_cmpuint (line->left->messages->len, ==, 0);
  g_assert_cmpuint (line->ours->messages->len, ==, 0);
  g_assert_null (line->left->error);
}

static void
test_line (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *a = mesh_add (mesh, "a");
  MeshNode *b = mesh_add (mesh, "b");
  MeshNode *c = mesh_add (mesh, "c");

  p2p_mesh_node_set_max_outgoing (a->node, 0);
  p2p_mesh_node_set_max_outgoing (c->node, 0);
  mesh_connect (a, b);
  mesh_connect (c, b);
  g_assert_null (mesh_peer (a, c));
  mesh_send (a, "one");
  mesh_run (mesh, SECOND);
  mesh_send (b, "two");
  mesh_send (c, "three");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (b, "one"), ==, 1);
  g_assert_cmpuint (mesh_heard (c, "one"), ==, 1);
  g_assert_cmpuint (mesh_heard (a, "one"), ==, 0);
  g_assert_cmpuint (mesh_heard (a, "two"), ==, 1);
  g_assert_cmpuint (mesh_heard (c, "two"), ==, 1);
  g_assert_cmpuint (mesh_heard (a, "three"), ==, 1);
  g_assert_cmpuint (mesh_stats (b).relayed, ==, 2);
  g_assert_cmpuint (mesh_stats (a).duplicates + mesh_stats (b).duplicates + mesh_stats (c).duplicates, ==, 0);
  /* What c gets is what a made: same id, sender and time. */
  {
    P2pMessage *message = g_ptr_array_index (c->messages, 0);

    g_assert_cmpstr (p2p_message_get_sender (message), ==, p2p_mesh_node_get_id (a->node));
    g_assert_cmpstr (mesh_name_of (mesh, p2p_message_get_sender (message)), ==, "a");
  }
}

static void
test_ring (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *nodes[6];

  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      nodes[i] = mesh_add (mesh, name);
      p2p_mesh_node_set_max_outgoing (nodes[i]->node, 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    mesh_connect (nodes[i], nodes[(i + 1) % G_N_ELEMENTS (nodes)]);
  for (guint i = 0; i < G_N_ELEMENTS (nodes); i++)
    {
      g_autofree char *text = g_strdup_printf ("from %u", i);

      mesh_send (nodes[i], text);
      mesh_run (mesh, SECOND);
      for (guint j = 0; j < G_N_ELEMENTS (nodes); j++)
        g_assert_cmpuint (mesh_heard (nodes[j], text), ==, i == j ? 0 : 1);
    }
}

static void
test_no_echo (void)
{
  g_autoptr (Line) line = line_new ();

  raw_send (line->left, P2P_FLAG_BROADCAST, "[<@x 0>, <'hello'>]");
  g_assert_cmpuint (raw_count (line->right, 0, 0), ==, 1);
  g_assert_cmpuint (line->left->messages->len, ==, 0);
  /* Nor to the one it is named after, whoever brings it. */
  raw_send_full (line->left, 0, line->right->id, P2P_ID_FORM_STR, mesh_now (line->mesh), "[<@x 0>, <'yours'>]");
  g_assert_cmpuint (line->right->messages->len, ==, 1);
  g_assert_cmpuint (mesh_heard (line->ours, "yours"), ==, 1);
}

static void
test_bytes_stay (void)
{
  g_autoptr (Line) line = line_new ();
  gint64 now = mesh_now (line->mesh);
  gsize n_sent, n_got;
  g_autoptr (P2pMessage) sent = p2p_message_new_full (0, line->left->id, P2P_ID_FORM_BIN, now, g_variant_new_parsed ("[<@x 0>, <@d 1.5>, <()>]"), NULL);
  const guint8 *a, *b;

  raw_send_full (line->left, 0, line->left->id, P2P_ID_FORM_BIN, now, "[<@x 0>, <@d 1.5>, <()>]");
  a = p2p_message_peek_plain (sent, &n_sent);
  b = p2p_message_peek_plain (raw_last (line->right, 0, 0), &n_got);
  g_assert_cmpmem (a, n_sent, b, n_got);
}

static void
test_expiry (void)
{
  static const struct { int offset; gboolean good; } cases[] = {
    { -3600, FALSE }, { -61, FALSE }, { -60, TRUE }, { -1, TRUE }, { 0, TRUE }, { 60, TRUE }, { 61, FALSE }, { 100000, FALSE },
  };
  g_autoptr (Line) line = line_new ();
  guint expired = 0;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *packets = g_strdup_printf ("[<@x 0>, <'%d'>]", cases[i].offset);

      raw_send_full (line->left, 0, line->left->id, P2P_ID_FORM_STR, mesh_now (line->mesh) + cases[i].offset, packets);
      expired += cases[i].good ? 0 : 1;
      g_assert_cmpuint (line->right->messages->len, ==, i + 1 - expired);
      g_assert_cmpuint (line->ours->messages->len, ==, i + 1 - expired);
      g_assert_cmpuint (mesh_stats (line->ours).dropped[P2P_DROP_EXPIRED], ==, expired);
      g_ptr_array_set_size (line->left->messages, 0);
    }
}

static void
test_duplicates (void)
{
  g_autoptr (Line) line = line_new ();
  gint64 now = mesh_now (line->mesh);

  for (guint i = 0; i < 5; i++)
    {
      raw_send_full (line->left, 0, line->left->id, P2P_ID_FORM_STR, now, "[<@x 0>, <'again'>]");
      raw_send_full (line->right, 0, line->left->id, P2P_ID_FORM_STR, now, "[<@x 0>, <'again'>]");
      mesh_run (line->mesh, SECOND);
    }
  g_assert_cmpuint (line->right->messages->len, ==, 1);
  g_assert_cmpuint (line->left->messages->len, ==, 0);
  g_assert_cmpuint (mesh_stats (line->ours).duplicates, ==, 9);
  g_assert_cmpuint (mesh_heard (line->ours, "again"), ==, 1);
}

/* Two equal messages of one second are two messages. */
static void
test_repetition (void)
{
  g_autoptr (Line) line = line_new ();

  for (guint i = 0; i < 4; i++)
    mesh_send (line->ours, "hi");
  mesh_run (line->mesh, SECOND);
  g_assert_cmpuint (raw_count (line->left, 0, 0), ==, 4);
  for (guint i = 1; i < 4; i++)
    g_assert_true (memcmp (p2p_message_peek_id (line->left->messages->pdata[0]), p2p_message_peek_id (line->left->messages->pdata[i]), 32) != 0);
}

static void
test_link_local (void)
{
  static const int subflags[] = { 1, 3, 4, 5, 7, 9, 0x0c, 0x0d, 0x0e, 0x0f, 0x10 };
  g_autoptr (Line) line = line_new ();
  P2pPeer *left = p2p_mesh_node_get_peer (line->ours->node, 0);

  for (guint i = 0; i < G_N_ELEMENTS (subflags); i++)
    raw_send (line->left, P2P_FLAG_BROADCAST, "[<@x %d>, <'%s'>, <'%s'>, <[<'10.0.0.66'>, <@x 66>]>, <@av []>]",
              subflags[i], line->right->id, p2p_protocol_get_id (line->mesh->protocol));
  assert_stopped (line);
  g_assert_cmpuint (mesh_stats (line->ours).dropped[P2P_DROP_LINK_LOCAL], ==, G_N_ELEMENTS (subflags));
  /* A4: nobody was re-keyed. */
  g_assert_cmpstr (p2p_peer_get_id (left), ==, line->left->id);
  g_assert_cmpuint (p2p_peer_get_port (left), ==, 4000);
}

static void
test_user_subflags (void)
{
  static const char *packets[] = {
    "[<'tx_relay'>, <'x'>]", "[<@ay [byte 0x74, 0x78]>]", "[<@x 112>]", "[<@x 49>, <()>]", "[<@d 2.5>]", "[<true>]", "[<()>]",
    "[<@av []>, <@x 1>]", "[<@a{sv} {'k': <@x 1>}>]", "[<@x -7>]", "[<@t 18446744073709551615>]", "[<'0'>, <'no flag'>]",
  };
  g_autoptr (Line) line = line_new ();

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      g_autoptr (GVariant) sent = g_variant_ref_sink (g_variant_new_parsed (packets[i]));
      g_autoptr (GVariant) got = NULL;

      raw_send (line->left, P2P_FLAG_BROADCAST, "%s", packets[i]);
      g_assert_cmpuint (line->right->messages->len, ==, i + 1);
      g_assert_cmpuint (line->ours->messages->len, ==, i + 1);
      got = p2p_message_get_packets (g_ptr_array_index (line->ours->messages, i));
      g_assert_true (g_variant_equal (got, sent));
      raw_send (line->left, P2P_FLAG_WHISPER, "%s", packets[i]);
      g_assert_cmpuint (line->right->messages->len, ==, i + 1);
      g_assert_cmpuint (line->ours->messages->len, ==, i + 2);
      g_ptr_array_remove_index (line->ours->messages, i + 1);
    }
}

static void
test_other_flags (void)
{
  g_autoptr (Line) line = line_new ();

  /* A main flag that nobody knows: not passed on, and heard by its sub-flag. */
  raw_send (line->left, 0x70, "[<@x 0>, <'odd'>]");
  g_assert_cmpuint (line->right->messages->len, ==, 0);
  g_assert_cmpuint (mesh_heard (line->ours, "odd"), ==, 1);
  raw_send (line->left, 0x70, "[<@x 8>, <'*'>]");
  g_assert_cmpuint (raw_count (line->left, P2P_FLAG_WHISPER, P2P_SUBFLAG_PEERS), ==, 1);
  /* Our no-op is nothing. */
  raw_send (line->left, P2P_FLAG_WHISPER, "[<@x 87>]");
  g_assert_cmpuint (line->ours->messages->len, ==, 1);
}

/* security.md A2 and A3, as bytes that no packer of ours would write. sender: a fixstr "abc". */
static void
test_hostile (void)
{
#define SENDER 0xa3, 'a', 'b', 'c'
#define NOW 0xce, 0, 0, 0, 0
  static const struct { const char *what; guint8 bytes[32]; gsize length; } frames[] = {
    { "no payload", { 0x93, 0, SENDER, NOW }, 11 },
    { "time is text", { 0x95, 0, SENDER, 0xa1, 'x', 0, 0xa1, 'h' }, 11 },
    { "time is NaN", { 0x95, 0, SENDER, 0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0xa1, 'h' }, 18 },
    { "time is infinite", { 0x95, 0, SENDER, 0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0xa1, 'h' }, 18 },
    { "time is a fraction", { 0x95, 0, SENDER, 0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0, 0xa1, 'h' }, 18 },
    { "request without arguments", { 0x94, 0, SENDER, NOW, 8 }, 12 },
    { "peers are a number", { 0x95, 0, SENDER, NOW, 7, 5 }, 13 },
    { "store without value", { 0x95, 0, SENDER, NOW, 11, 0xc4, 1, 'k' }, 15 },
    { "delta of a number", { 0x96, 0, SENDER, NOW, 17, 0xc4, 1, 'k', 5 }, 16 },
    { "notify of nothing", { 0x94, 0, SENDER, NOW, 6 }, 12 },
    { "response of a number", { 0x96, 0, SENDER, NOW, 10, 0xa4, 'x', '1', '.', 'a', 5 }, 18 },
    { "flag is text", { 0x95, 0xa1, 'x', SENDER, NOW, 0, 0 }, 14 },
    { "sender is a number", { 0x95, 0, 7, NOW, 0, 0 }, 10 },
    { "sender is no base58", { 0x95, 0, 0xa3, '0', 'O', 'l', NOW, 0, 0 }, 13 },
    { "sender is empty", { 0x95, 0, 0xa0, NOW, 0, 0 }, 10 },
    { "array ends early", { 0x96, 0, SENDER, NOW, 0, 0 }, 13 },
    { "bytes after the end", { 0x94, 0, SENDER, NOW, 0, 0, 0 }, 14 },
    { "no array", { 0x05 }, 1 },
  };
  g_autoptr (Line) line = line_new ();
  guint malformed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      guint8 bytes[32];
      guint64 before = mesh_dropped (line->ours);

      memcpy (bytes, frames[i].bytes, sizeof bytes);
      for (gsize at = 0; at + 5 <= frames[i].length; at++)
        if (bytes[at] == 0xce)
          {
            guint32 now = GUINT32_TO_BE ((guint32) mesh_now (line->mesh));

            memcpy (bytes + at + 1, &now, sizeof now);
            break;
          }
      g_test_message ("%s", frames[i].what);
      raw_send_body (line->left, bytes, frames[i].length);
      assert_stopped (line);
      g_assert_cmpuint (mesh_dropped (line->ours), ==, before + 1);
      malformed++;
    }
  /* And the line still works. */
  raw_send (line->left, P2P_FLAG_BROADCAST, "[<@x 0>, <'after all that'>]");
  g_assert_cmpuint (raw_count (line->right, 0, 0), ==, 1);
  g_assert_cmpuint (malformed, ==, G_N_ELEMENTS (frames));
}

static void
test_deep (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint32 now = GUINT32_TO_BE ((guint32) mesh_now (line->mesh));
  const guint8 head[] = { 0x95, 0, SENDER, 0xce };
  const guint8 zero = 0;
  const guint8 nest = 0x91;

  g_byte_array_append (bytes, head, sizeof head);
  g_byte_array_append (bytes, (guint8 *) &now, sizeof now);
  g_byte_array_append (bytes, &zero, 1);
  for (guint i = 0; i < 900; i++)
    g_byte_array_append (bytes, &nest, 1);
  g_byte_array_append (bytes, &zero, 1);
  raw_send_body (line->left, bytes->data, bytes->len);
  assert_stopped (line);
}

/* A frame that is broken, rather than bad, is the neighbour's own doing. */
static void
test_broken_frame (void)
{
  g_autoptr (Line) line = line_new ();
  static const guint8 frame[] = { 0, 0, 0, 40, 1, 2, 3 };
  guint8 bytes[44] = { 0 };

  memcpy (bytes, frame, sizeof frame);
  p2p_link_send_raw (line->left->link, bytes, sizeof bytes, NULL);
  mesh_run (line->mesh, SECOND);
  g_assert_error (line->left->error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
  g_assert_cmpuint (mesh_count (line->ours, "removed stranger FRAME"), ==, 1);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (line->ours->node), ==, 1);
}

static void
test_waterfall (void)
{
  g_autoptr (Line) line = line_new ();
  g_autoptr (P2pMessage) message = p2p_message_new (0, line->left->id, mesh_now (line->mesh), g_variant_new_parsed ("[<@x 0>, <'w'>]"), NULL);
  g_autoptr (P2pMessage) old = p2p_message_new (0, line->left->id, mesh_now (line->mesh) - 100, g_variant_new_parsed ("[<@x 0>, <'w'>]"), NULL);
  g_autoptr (P2pMessage) whisper = p2p_message_new (2, line->left->id, mesh_now (line->mesh), g_variant_new_parsed ("[<@x 2>, <'w'>]"), NULL);

  g_assert_true (p2p_mesh_node_waterfall (line->ours->node, message));
  g_assert_false (p2p_mesh_node_waterfall (line->ours->node, message));
  g_assert_false (p2p_mesh_node_waterfall (line->ours->node, old));
  g_assert_false (p2p_mesh_node_waterfall (line->ours->node, whisper));
  mesh_run (line->mesh, SECOND);
  g_assert_cmpuint (line->right->messages->len, ==, 1);
  g_assert_cmpuint (line->left->messages->len, ==, 0);
}

static void
test_log (void)
{
  g_autoptr (Line) line = line_new ();
  gboolean in = FALSE, out = FALSE;

  g_assert_cmpuint (line->ours->lines->len, ==, 0);
  p2p_mesh_node_set_debug_level (line->ours->node, 5);
  raw_send (line->left, P2P_FLAG_BROADCAST, "[<@x 0>, <'hello'>]");
  for (guint i = 0; i < line->ours->lines->len; i++)
    {
      in |= g_str_has_prefix (line->ours->lines->pdata[i], "from ");
      out |= g_str_has_prefix (line->ours->lines->pdata[i], "to ");
    }
  g_assert_true (in && out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/relay/line", test_line);
  g_test_add_func ("/mesh/relay/ring", test_ring);
  g_test_add_func ("/mesh/relay/no-echo", test_no_echo);
  g_test_add_func ("/mesh/relay/bytes-stay", test_bytes_stay);
  g_test_add_func ("/mesh/relay/expiry", test_expiry);
  g_test_add_func ("/mesh/relay/duplicates", test_duplicates);
  g_test_add_func ("/mesh/relay/repetition", test_repetition);
  g_test_add_func ("/mesh/relay/link-local", test_link_local);
  g_test_add_func ("/mesh/relay/user-subflags", test_user_subflags);
  g_test_add_func ("/mesh/relay/other-flags", test_other_flags);
  g_test_add_func ("/mesh/relay/hostile", test_hostile);
  g_test_add_func ("/mesh/relay/deep", test_deep);
  g_test_add_func ("/mesh/relay/broken-frame", test_broken_frame);
  g_test_add_func ("/mesh/relay/waterfall", test_waterfall);
  g_test_add_func ("/mesh/relay/log", test_log);
  return g_test_run ();
}
