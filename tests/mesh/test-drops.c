/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "raw-peer.h"

#include "p2p/wire/p2p-frame.h"

#include <string.h>

/* Every reason for which a node drops something, provoked; and what that costs whoever is at the other end. */

typedef struct {
  MeshFixture *mesh;
  MeshNode *ours;
  RawPeer *raw;
} Fixture;

static void
fixture_clear (Fixture *self)
{
  raw_free (self->raw);
  mesh_fixture_free (self->mesh);
}

static void
fixture_init (Fixture *self)
{
  self->mesh = mesh_fixture_new (1);
  self->mesh->limits.frame = 256 * 1024;
  self->mesh->limits.frame_rate = 0;
}

/* After the limits were chosen. */
static void
begin (Fixture *self)
{
  self->ours = mesh_add (self->mesh, "ours");
  self->raw = raw_dial (self->mesh, "raw", self->ours);
}

static void
begin_established (Fixture *self)
{
  begin (self);
  raw_handshake (self->raw);
}

static void
say_hello (RawPeer *raw, guint caps)
{
  g_autofree char *packets = g_strdup_printf ("[<@x 88>, <@x 1>, <@x 1>, <@x %u>, <@ay []>, <@ay [%s byte 0]>, <@x 100000>]", caps,
                                              "byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, "
                                              "byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, "
                                              "byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1, byte 1,");

  raw_send (raw, P2P_FLAG_WHISPER, "%s", packets);
}

static void
send_bytes (Fixture *self, const guint8 *bytes, gsize length)
{
  p2p_link_send_raw (self->raw->link, bytes, length, NULL);
  mesh_run (self->mesh, SECOND / 10);
}

static void
send_broadcast (Fixture *self, const char *sender, int offset, const char *packets)
{
  raw_send_full (self->raw, P2P_FLAG_BROADCAST, sender, P2P_ID_FORM_STR, mesh_now (self->mesh) + offset, packets);
}

/* ---- one function a reason ---- */

static void
make_empty (Fixture *self)
{
  begin_established (self);
  send_bytes (self, (const guint8 *) "\0\0\0\0", 4);
}

static void
make_too_large (Fixture *self)
{
  begin_established (self);
  send_bytes (self, (const guint8 *) "\xff\xff\xff\xff", 4);
}

static void
make_stalled (Fixture *self)
{
  begin_established (self);
  send_bytes (self, (const guint8 *) "\0\0\1\0abc", 7);
  mesh_run (self->mesh, 61 * SECOND);
}

static gpointer
no_memory (gsize length, gpointer data)
{
  return length > 50000 ? NULL : g_malloc (length);
}

static void
make_memory (Fixture *self)
{
  g_autofree guint8 *bytes = g_malloc0 (100000);

  self->mesh->limits.allocate = no_memory;
  begin_established (self);
  memcpy (bytes, "\0\3\0\0", 4);
  send_bytes (self, bytes, 90000);
}

static void
make_checksum (Fixture *self)
{
  guint8 bytes[44] = { 0, 0, 0, 40, 1, 2, 3 };

  begin_established (self);
  send_bytes (self, bytes, sizeof bytes);
}

/* 200,000 equal letters: what an honest py2p makes of a long silly message. */
static void
send_one_letter (Fixture *self)
{
  g_autofree char *text = g_strnfill (200000, 'a');
  g_autoptr (P2pMessage) message = p2p_message_new (0, self->raw->id, mesh_now (self->mesh), g_variant_new_parsed ("[<@x 0>, <%s>]", text), NULL);
  gsize length;
  const guint8 *plain = p2p_message_peek_plain (message, &length);
  g_autoptr (GBytes) bytes = g_bytes_new (plain, length);
  g_autoptr (GBytes) frame = p2p_frame_build (bytes, P2P_COMPRESSION_BZ2, NULL);

  send_bytes (self, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
}

static void
make_ratio (Fixture *self)
{
  begin_established (self);
  send_one_letter (self);
}

static void
make_malformed (Fixture *self)
{
  begin_established (self);
  raw_send_body (self->raw, (const guint8 *) "\xc1", 1);
}

static void
make_complex (Fixture *self)
{
  GString *packets = g_string_new ("<@x 0>");

  self->mesh->limits.depth = 4;
  begin_established (self);
  for (guint i = 0; i < 6; i++)
    {
      g_string_prepend (packets, "<[");
      g_string_append (packets, "]>");
    }
  g_string_prepend (packets, "[<@x 0>, ");
  g_string_append (packets, "]");
  send_broadcast (self, self->raw->id, 0, packets->str);
  g_string_free (packets, TRUE);
}

static void
make_early (Fixture *self)
{
  begin (self);
  raw_send (self->raw, P2P_FLAG_BROADCAST, "[<@x 0>, <'hi'>]");
}

static void
make_handshake (Fixture *self)
{
  begin_established (self);
  raw_send (self->raw, P2P_FLAG_WHISPER, "[<@x 5>, <'other'>, <'x'>, <@av []>, <@av []>]");
}

static void
make_sender (Fixture *self)
{
  begin_established (self);
  send_broadcast (self, "0OIl", 0, "[<@x 0>, <'hi'>]");
}

static void
make_forged (Fixture *self)
{
  begin_established (self);
  raw_send_full (self->raw, P2P_FLAG_WHISPER, "abc", P2P_ID_FORM_STR, mesh_now (self->mesh), "[<@x 2>, <'hi'>]");
}

static void
make_impersonated (Fixture *self)
{
  begin_established (self);
  mesh_run (self->mesh, 30 * SECOND);
  send_broadcast (self, p2p_mesh_node_get_id (self->ours->node), 0, "[<@x 0>, <'I never said it'>]");
}

static void
make_shape (Fixture *self)
{
  begin_established (self);
  send_broadcast (self, self->raw->id, 0, "[<@x 8>]");
}

static void
make_link_local (Fixture *self)
{
  begin_established (self);
  send_broadcast (self, self->raw->id, 0, "[<@x 7>, <@av []>]");
}

static void
make_unexpected (Fixture *self)
{
  begin_established (self);
  raw_send (self->raw, P2P_FLAG_WHISPER, "[<@x 3>]");
}

static void
make_expired (Fixture *self)
{
  begin_established (self);
  send_broadcast (self, self->raw->id, -61, "[<@x 0>, <'hi'>]");
}

static void
make_unmarked_response (Fixture *self)
{
  begin_established (self);
  send_broadcast (self, self->raw->id, 0, "[<@x 10>, <'r'>, <[<[<'10.0.0.9'>, <@x 4000>]>, <'abc'>]>]");
}

static P2pLayerVerdict
refuse_cb (P2pMessage *message, P2pPeer *source, gpointer data)
{
  return P2P_LAYER_REFUSE;
}

static void
make_refused (Fixture *self)
{
  static const P2pMeshLayer layer = { .validate = refuse_cb };

  begin_established (self);
  p2p_mesh_node_set_layer (self->ours->node, &layer, NULL);
  send_broadcast (self, self->raw->id, 0, "[<@x 11>, <'k'>, <'v'>]");
  p2p_mesh_node_set_layer (self->ours->node, NULL, NULL);
}

static void
make_rate (Fixture *self)
{
  begin_established (self);
  for (guint i = 0; i < 3; i++)
    raw_send (self->raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x %u>]>]", 16 + i % 2);
  g_assert_cmpuint (mesh_dropped (self->ours), ==, 0);
  raw_send (self->raw, P2P_FLAG_RENEGOTIATE, "[<@x 1>, <[<@x 19>]>]");
}

static void
make_too_many (Fixture *self)
{
  g_autoptr (GString) ids = g_string_new (NULL);

  begin_established (self);
  say_hello (self->raw, P2P_CAP_LAZY_PUSH);
  for (guint i = 0; i < 513 * 32; i++)
    g_string_append_printf (ids, "%sbyte 7", i > 0 ? ", " : "");
  raw_send (self->raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 7>, <@ay [%s]>]", ids->str);
}

static void
make_unknown_operation (Fixture *self)
{
  begin_established (self);
  say_hello (self->raw, P2P_CAP_LAZY_PUSH);
  raw_send (self->raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 99>]");
}

static void
make_peer_limit (Fixture *self)
{
  g_autofree char *text = g_strnfill (200000, 'p');

  begin_established (self);
  say_hello (self->raw, P2P_CAP_MAX_FRAME);
  mesh_send (self->ours, text);
}

static void
make_queue_full (Fixture *self)
{
  g_autofree char *text = g_strnfill (2000, 'q');

  self->mesh->limits.out_queue = 1024;
  begin_established (self);
  mesh_send (self->ours, text);
}

static void
make_recv (Fixture *self)
{
  begin_established (self);
  /* The queue is the shell's (tests of the socket fill it); the node counts for it. */
  p2p_mesh_node_note_drop (self->ours->node, NULL, P2P_DROP_RECV, NULL);
}

static void
make_blocked (Fixture *self)
{
  begin_established (self);
  p2p_mesh_node_block (self->ours->node, P2P_BLOCK_ID, "stranger", NULL);
  send_broadcast (self, "stranger", 0, "[<@x 0>, <'never mind'>]");
}

static void
make_lab (Fixture *self)
{
  begin_established (self);
  p2p_mesh_node_set_lab (self->ours->node, 0, 0, P2P_LAB_ALL_LOST);
  send_broadcast (self, "stranger", 0, "[<@x 0>, <'never mind'>]");
}

typedef struct {
  void (*make) (Fixture *self);
  gboolean ends;                /* the link */
  gboolean nobody;              /* the peer is not the one that it is counted for */
} Case;

static const Case cases[P2P_N_DROP_REASONS] = {
  [P2P_DROP_EMPTY] = { .make = make_empty, .ends = TRUE },
  [P2P_DROP_TOO_LARGE] = { .make = make_too_large, .ends = TRUE },
  [P2P_DROP_STALLED] = { .make = make_stalled, .ends = TRUE },
  [P2P_DROP_MEMORY] = { .make = make_memory, .ends = TRUE },
  [P2P_DROP_CHECKSUM] = { .make = make_checksum, .ends = TRUE },
  [P2P_DROP_RATIO] = { .make = make_ratio },
  [P2P_DROP_MALFORMED] = { .make = make_malformed },
  [P2P_DROP_COMPLEX] = { .make = make_complex },
  [P2P_DROP_EARLY] = { .make = make_early },
  [P2P_DROP_HANDSHAKE] = { .make = make_handshake },
  [P2P_DROP_SENDER] = { .make = make_sender },
  [P2P_DROP_FORGED] = { .make = make_forged },
  [P2P_DROP_IMPERSONATED] = { .make = make_impersonated },
  [P2P_DROP_SHAPE] = { .make = make_shape },
  [P2P_DROP_LINK_LOCAL] = { .make = make_link_local },
  [P2P_DROP_UNEXPECTED] = { .make = make_unexpected },
  [P2P_DROP_EXPIRED] = { .make = make_expired },
  [P2P_DROP_UNMARKED_RESPONSE] = { .make = make_unmarked_response },
  [P2P_DROP_REFUSED] = { .make = make_refused },
  [P2P_DROP_RATE] = { .make = make_rate },
  [P2P_DROP_TOO_MANY] = { .make = make_too_many },
  [P2P_DROP_UNKNOWN_OPERATION] = { .make = make_unknown_operation },
  [P2P_DROP_QUEUE_FULL] = { .make = make_queue_full },
  [P2P_DROP_PEER_LIMIT] = { .make = make_peer_limit },
  [P2P_DROP_RECV] = { .make = make_recv, .nobody = TRUE },
  [P2P_DROP_BLOCKED] = { .make = make_blocked },
  [P2P_DROP_LAB] = { .make = make_lab },
};

static void
test_reason (gconstpointer data)
{
  P2pDropReason reason = GPOINTER_TO_UINT (data);
  const Case *c = &cases[reason];
  Fixture fixture;
  guint64 by_peers = 0;
  P2pNodeStats stats;
  P2pPeer *peer = NULL;

  if (reason == P2P_DROP_NOT_HELD || reason == P2P_DROP_FORGED_SIGNATURE)
    {
      g_test_skip ("tests of its own: mesh-lazy, mesh-lazy-limits; those of suite x1");
      return;
    }
  g_assert_nonnull (c->make);   /* a reason that nothing leads to */
  fixture_init (&fixture);
  c->make (&fixture);
  stats = mesh_stats (fixture.ours);
  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    g_assert_cmpuint (stats.dropped[i], ==, i == reason ? 1 : 0);
  g_assert_true ((fixture.raw->error != NULL) == c->ends);
  if (fixture.ours->node->table->len > 0)
    peer = g_ptr_array_index (fixture.ours->node->table, 0);
  else if (fixture.ours->node->pending->len > 0)
    peer = g_ptr_array_index (fixture.ours->node->pending, 0);
  if (peer != NULL)
    by_peers = p2p_peer_get_dropped (peer, reason);
  if (!c->ends)
    g_assert_cmpuint (by_peers, ==, c->nobody ? 0 : 1);
  fixture_clear (&fixture);
}

static void
test_names (void)
{
  for (P2pDropReason i = 0; i < P2P_N_DROP_REASONS; i++)
    {
      const char *words = p2p_drop_reason_get_words (i);

      g_assert_true (g_str_has_prefix (words, "a ") || g_str_has_prefix (words, "an ") || g_str_has_prefix (words, "bytes "));
      g_assert_false (g_str_has_suffix (words, "."));
      for (P2pDropReason j = 0; j < i; j++)
        {
          g_assert_cmpstr (p2p_drop_reason_get_nick (i), !=, p2p_drop_reason_get_nick (j));
          g_assert_cmpstr (words, !=, p2p_drop_reason_get_words (j));
        }
    }
}

/* ---- what it costs ---- */

static void
forge (Fixture *self)
{
  raw_send_full (self->raw, P2P_FLAG_WHISPER, "abc", P2P_ID_FORM_STR, mesh_now (self->mesh), "[<@x 2>, <'hi'>]");
}

/* One each ten seconds, for ever, is forgiven; ten within a second are not, and nine are. */
static void
test_penalty (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  begin_established (&fixture);
  for (guint i = 0; i < 50; i++)
    {
      forge (&fixture);
      mesh_run (fixture.mesh, 10 * SECOND);
    }
  for (guint i = 0; i < 9; i++)
    forge (&fixture);
  g_assert_null (fixture.raw->error);
  g_assert_cmpuint (mesh_count (fixture.ours, "removed"), ==, 0);
  /* 10 each, less what the tenths of a second between them forgave */
  forge (&fixture);
  g_assert_null (fixture.raw->error);
  forge (&fixture);
  g_assert_nonnull (fixture.raw->error);
  g_assert_cmpuint (mesh_count (fixture.ours, "removed stranger MISBEHAVED"), ==, 1);
  g_assert_cmpuint (mesh_stats (fixture.ours).dropped[P2P_DROP_FORGED], ==, 61);
  fixture_clear (&fixture);
}

static void
test_exactly_ten (void)
{
  for (guint n = 9; n <= 10; n++)
    {
      Fixture fixture;
      g_autoptr (GVariant) packets = g_variant_ref_sink (g_variant_new_parsed ("[<@x 2>, <'hi'>]"));
      g_autoptr (P2pMessage) forged = NULL;

      fixture_init (&fixture);
      begin_established (&fixture);
      forged = p2p_message_new (P2P_FLAG_WHISPER, "abc", mesh_now (fixture.mesh), packets, NULL);
      for (guint i = 0; i < n; i++)
        p2p_link_send (fixture.raw->link, forged, P2P_LINK_SEND_PLAIN, NULL);
      mesh_run (fixture.mesh, SECOND);
      g_assert_true ((fixture.raw->error != NULL) == (n == 10));
      fixture_clear (&fixture);
    }
}

static void
test_penalty_off (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  fixture.mesh->limits.penalty = 0;
  begin_established (&fixture);
  for (guint i = 0; i < 100; i++)
    forge (&fixture);
  g_assert_null (fixture.raw->error);
  fixture_clear (&fixture);
}

/* Everything that a peer of the originals may have relayed in good faith, again and again. */
static void
relay_garbage (Fixture *self, guint times)
{
  for (guint i = 0; i < times && self->raw->error == NULL; i++)
    {
      send_broadcast (self, "0OIl", 0, "[<@x 0>, <'hi'>]");
      send_broadcast (self, "abc", 0, "[<@x 8>]");
      send_broadcast (self, "abc", 0, "[<@x 7>, <@av []>]");
      send_broadcast (self, "abc", 0, "[<@x 5>, <'abc'>, <'x'>, <@av []>, <@av []>]");
      send_broadcast (self, "abc", -100, "[<@x 0>, <'hi'>]");
      send_broadcast (self, "abc", 0, "[<@x 10>, <'r'>, <[<[<'10.0.0.9'>, <@x 4000>]>, <'abc'>]>]");
      send_broadcast (self, p2p_mesh_node_get_id (self->ours->node), 50, "[<@x 0>, <'yours'>]");
      raw_send_body (self->raw, (const guint8 *) "\xc1", 1);
      send_one_letter (self);
      raw_send (self->raw, P2P_FLAG_WHISPER, "[<@x 7>, <[<5>, <[<'x'>]>]>]");
    }
}

static void
test_honest_relayer (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  begin_established (&fixture);
  relay_garbage (&fixture, 30);
  g_assert_null (fixture.raw->error);
  g_assert_cmpuint (mesh_dropped (fixture.ours), ==, 30 * 11);
  g_assert_cmpuint (fixture.ours->messages->len, ==, 0);
  g_assert_cmpfloat (p2p_mesh_node_get_peer (fixture.ours->node, 0)->penalty, ==, 0);
  fixture_clear (&fixture);
}

/* Who says that he looks first is to blame for it; but not for a clock, or for limits of ours. */
static void
test_own_relayer (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  begin_established (&fixture);
  say_hello (fixture.raw, P2P_CAP_VALIDATES);
  for (guint i = 0; i < 30; i++)
    {
      send_broadcast (&fixture, "abc", -100, "[<@x 0>, <'hi'>]");
      send_broadcast (&fixture, "abc", 100, "[<@x 0>, <'hi'>]");
      send_one_letter (&fixture);
    }
  g_assert_null (fixture.raw->error);
  relay_garbage (&fixture, 30);
  g_assert_nonnull (fixture.raw->error);
  g_assert_cmpuint (mesh_count (fixture.ours, "removed stranger MISBEHAVED"), ==, 1);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < P2P_N_DROP_REASONS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/mesh/drops/reason/%s", p2p_drop_reason_get_nick (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_reason);
    }
  g_test_add_func ("/mesh/drops/names", test_names);
  g_test_add_func ("/mesh/drops/penalty", test_penalty);
  g_test_add_func ("/mesh/drops/exactly-ten", test_exactly_ten);
  g_test_add_func ("/mesh/drops/penalty-off", test_penalty_off);
  g_test_add_func ("/mesh/drops/honest-relayer", test_honest_relayer);
  g_test_add_func ("/mesh/drops/own-relayer", test_own_relayer);
  return g_test_run ();
}
