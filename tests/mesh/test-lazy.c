/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids in the place of bodies: who is told what, who is asked for what, and how often. */
#include "own-peer.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

#define MILLISECOND G_TIME_SPAN_MILLISECOND
#define MANY 7                  /* one more than eager_links */

static P2pPeer *
peer_of (MeshNode *node, RawPeer *raw)
{
  P2pPeer *peer = p2p_mesh_node_find_peer (node->node, raw->id);

  g_assert_nonnull (peer);
  return peer;
}

static void
make_id (guint number, guint8 *id)
{
  g_autofree char *text = g_strdup_printf ("id %u", number);

  p2p_sha256 ((const guint8 *) text, strlen (text), id);
}

static guint
count_feeds (MeshNode *node)
{
  guint n = 0;

  for (guint i = 0; i < p2p_mesh_node_get_n_peers (node->node); i++)
    n += !p2p_mesh_node_get_peer (node->node, i)->pruned;
  return n;
}

static GPtrArray *
add_full_mesh (MeshFixture *mesh, guint n)
{
  GPtrArray *nodes = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);
      MeshNode *node = mesh_add (mesh, name);

      for (guint j = 0; j < i; j++)
        mesh_connect (node, nodes->pdata[j]);
      g_ptr_array_add (nodes, node);
    }
  return nodes;
}

/* Everybody in turn; each is heard by all the others, once. */
static void
talk (GPtrArray *nodes, guint n, gint64 pause)
{
  static guint number;

  for (guint i = 0; i < n; i++)
    {
      MeshNode *speaker = nodes->pdata[i % nodes->len];
      g_autofree char *text = g_strdup_printf ("message %u", number++);

      mesh_send (speaker, text);
      mesh_run (speaker->fixture, pause);
      for (guint j = 0; j < nodes->len; j++)
        g_assert_cmpuint (mesh_heard (nodes->pdata[j], text), ==, nodes->pdata[j] != speaker);
    }
}

static void
test_dense (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (GPtrArray) nodes = add_full_mesh (mesh, 10);
  guint64 bodies = 0, saved = 0;

  talk (nodes, 20, 2 * SECOND);
  for (guint i = 0; i < nodes->len; i++)
    {
      bodies -= mesh_stats (nodes->pdata[i]).delivered + mesh_stats (nodes->pdata[i]).duplicates;
      saved -= mesh_stats (nodes->pdata[i]).bodies_saved;
      g_assert_cmpuint (count_feeds (nodes->pdata[i]), >=, P2P_LIMIT_EAGER_FEEDS);
      g_assert_cmpuint (count_feeds (nodes->pdata[i]), <=, P2P_LIMIT_EAGER_FEEDS + 1);
    }
  talk (nodes, 40, 2 * SECOND);
  for (guint i = 0; i < nodes->len; i++)
    {
      bodies += mesh_stats (nodes->pdata[i]).delivered + mesh_stats (nodes->pdata[i]).duplicates;
      saved += mesh_stats (nodes->pdata[i]).bodies_saved;
    }
  /* A flood brings each of them nearly nine. */
  g_assert_cmpuint (bodies, <=, 3 * 40 * nodes->len);
  g_assert_cmpuint (saved, >=, 4 * 40 * nodes->len);
}

/* As many links as are eager: all bring bodies, nothing else is said. */
static void
test_few_links (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (GPtrArray) nodes = add_full_mesh (mesh, P2P_LIMIT_EAGER_LINKS + 1);

  talk (nodes, 14, SECOND);
  for (guint i = 0; i < nodes->len; i++)
    {
      g_assert_cmpuint (count_feeds (nodes->pdata[i]), ==, P2P_LIMIT_EAGER_LINKS);
      g_assert_cmpuint (mesh_stats (nodes->pdata[i]).ihave_out, ==, 0);
      g_assert_cmpuint (mesh_stats (nodes->pdata[i]).bodies_saved, ==, 0);
    }
}

/* The first two copies are welcome; whoever brings a third is told to send ids. */
static void
test_third_copy (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  RawPeer *raw[MANY];
  g_autoptr (P2pMessage) first = NULL;
  g_autoptr (P2pMessage) missing = NULL;

  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);

      raw[i] = own_dial (mesh, name, alice);
    }
  first = own_make (raw[0], "one and all");
  for (guint i = 0; i < MANY; i++)
    {
      own_give (raw[i], first);
      mesh_run (mesh, SECOND / 10);
      g_assert_cmpuint (own_count (raw[i], P2P_CONTROL_PRUNE), ==, i >= P2P_LIMIT_EAGER_FEEDS);
    }
  g_assert_cmpuint (mesh_heard (alice, "one and all"), ==, 1);
  g_assert_cmpuint (count_feeds (alice), ==, P2P_LIMIT_EAGER_FEEDS);

  /* Who has what the two did not bring brings bodies again. */
  mesh_run (mesh, 3 * SECOND);
  missing = own_make (raw[6], "only one has it");
  own_send_ids (raw[6], P2P_CONTROL_IHAVE, p2p_message_peek_id (missing), 1);
  mesh_run (mesh, SECOND);
  g_assert_true (own_has_id (raw[6], P2P_CONTROL_IWANT, p2p_message_peek_id (missing)));
  g_assert_cmpuint (own_count (raw[6], P2P_CONTROL_GRAFT), ==, 1);
  own_give (raw[6], missing);
  g_assert_cmpuint (mesh_heard (alice, "only one has it"), ==, 1);
  g_assert_cmpuint (mesh_stats (alice).recovered, ==, 1);

  /* With few links left all of them bring bodies. */
  raw_free (raw[0]);
  mesh_run (mesh, SECOND);
  for (guint i = 1; i < MANY; i++)
    {
      g_assert_false (peer_of (alice, raw[i])->pruned);
      g_assert_cmpuint (own_count (raw[i], P2P_CONTROL_GRAFT), ==, i >= P2P_LIMIT_EAGER_FEEDS);
      raw_free (raw[i]);
    }
}

/* Who wants ids gets ids, a moment later and together, and the bodies that he asks for, so often and no more. */
static void
test_ids (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (GByteArray) ids = NULL;

  mesh_connect (bob, alice);
  raw = own_dial (mesh, "raw", alice);
  own_send (raw, P2P_CONTROL_PRUNE);
  mesh_send (bob, "first");
  mesh_send (bob, "second");
  mesh_run (mesh, 50 * MILLISECOND);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_IHAVE), ==, 0);
  mesh_run (mesh, 100 * MILLISECOND);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_IHAVE), ==, 1);
  ids = own_get_ids (raw, P2P_CONTROL_IHAVE);
  g_assert_cmpuint (ids->len, ==, 2 * 32);
  g_assert_cmpuint (own_heard (raw, "first") + own_heard (raw, "second"), ==, 0);
  g_assert_cmpuint (mesh_stats (alice).bodies_saved, ==, 2);

  for (guint i = 1; i <= P2P_LIMIT_SERVES + 2; i++)
    {
      own_send_ids (raw, P2P_CONTROL_IWANT, ids->data, 2);
      g_assert_cmpuint (own_heard (raw, "first"), ==, MIN (i, P2P_LIMIT_SERVES));
      g_assert_cmpuint (own_heard (raw, "second"), ==, MIN (i, P2P_LIMIT_SERVES));
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_RATE], ==, 2);

  own_send (raw, P2P_CONTROL_GRAFT);
  mesh_send (bob, "third");
  mesh_run (mesh, 50 * MILLISECOND);
  g_assert_cmpuint (own_heard (raw, "third"), ==, 1);
  /* What we say ourselves goes out whole. */
  own_send (raw, P2P_CONTROL_PRUNE);
  mesh_send (alice, "our own");
  mesh_run (mesh, 50 * MILLISECOND);
  g_assert_cmpuint (own_heard (raw, "our own"), ==, 1);
  g_assert_null (raw->error);
}

/* A new link of the same node begins no new count. */
static void
test_served_is_remembered (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (RawPeer) first = NULL;
  MeshNode *alice;

  mesh->limits.serves = 2;
  alice = mesh_add (mesh, "alice");
  first = raw_dial (mesh, "first", alice);
  raw_handshake (first);
  mesh_send (alice, "kept");
  for (guint i = 0; i < 4; i++)
    {
      RawPeer *raw = own_dial (mesh, "raw", alice);
      g_autoptr (GByteArray) ids = own_get_ids (raw, P2P_CONTROL_IHAVE);

      g_assert_cmpuint (ids->len, ==, 32);
      own_send_ids (raw, P2P_CONTROL_IWANT, ids->data, 1);
      g_assert_cmpuint (own_heard (raw, "kept"), ==, i < 2);
      raw_free (raw);
      mesh_run (mesh, SECOND);
    }
  {
    g_autoptr (RawPeer) other = own_dial (mesh, "other", alice);
    g_autoptr (GByteArray) ids = own_get_ids (other, P2P_CONTROL_IHAVE);

    own_send_ids (other, P2P_CONTROL_IWANT, ids->data, 1);
    g_assert_cmpuint (own_heard (other, "kept"), ==, 1);
  }
}

/* Announced and not there: asked for after a while, once more later, then given up. */
static void
test_never_comes (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = own_dial (mesh, "raw", alice);
  guint8 id[32];

  make_id (1, id);
  own_send_ids (raw, P2P_CONTROL_IHAVE, id, 1);         /* takes 100 ms */
  mesh_run (mesh, 180 * MILLISECOND);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_IWANT), ==, 0);
  mesh_run (mesh, 200 * MILLISECOND);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_IWANT), ==, 1);
  mesh_run (mesh, 2 * SECOND);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_IWANT), ==, 2);
  g_assert_cmpuint (alice->node->wanted->len, ==, 1);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (own_count (raw, P2P_CONTROL_IWANT), ==, 2);
  g_assert_cmpuint (alice->node->wanted->len, ==, 0);
  g_assert_cmpuint (peer_of (alice, raw)->n_wanted, ==, 0);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_NOT_HELD], ==, 1);
  g_assert_cmpuint (mesh_stats (alice).recovered, ==, 0);
  g_assert_null (raw->error);
}

/* One after the other, and the link that ends is not asked. */
static void
test_next_is_asked (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  RawPeer *gone = own_dial (mesh, "gone", alice);
  g_autoptr (RawPeer) mute = own_dial (mesh, "mute", alice);
  g_autoptr (RawPeer) good = own_dial (mesh, "good", alice);
  g_autoptr (P2pMessage) message = own_make (good, "here it is");
  const guint8 *id = p2p_message_peek_id (message);

  own_send_ids (gone, P2P_CONTROL_IHAVE, id, 1);
  own_send_ids (mute, P2P_CONTROL_IHAVE, id, 1);
  raw_free (gone);
  own_send_ids (good, P2P_CONTROL_IHAVE, id, 1);
  mesh_run (mesh, 500 * MILLISECOND);
  g_assert_cmpuint (own_count (mute, P2P_CONTROL_IWANT), ==, 1);
  g_assert_cmpuint (own_count (good, P2P_CONTROL_IWANT), ==, 0);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (own_count (good, P2P_CONTROL_IWANT), ==, 1);
  own_give (good, message);
  g_assert_cmpuint (mesh_heard (alice, "here it is"), ==, 1);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (own_count (mute, P2P_CONTROL_IWANT) + own_count (good, P2P_CONTROL_IWANT), ==, 2);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_NOT_HELD], ==, 0);
}

/* What comes by itself in time is not asked for. */
static void
test_patience (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) one = own_dial (mesh, "one", alice);
  g_autoptr (RawPeer) two = own_dial (mesh, "two", alice);
  g_autoptr (P2pMessage) message = own_make (one, "on its way");

  own_send_ids (one, P2P_CONTROL_IHAVE, p2p_message_peek_id (message), 1);
  own_give (two, message);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IWANT) + own_count (two, P2P_CONTROL_IWANT), ==, 0);
  g_assert_cmpuint (mesh_stats (alice).recovered, ==, 0);
  g_assert_cmpuint (alice->node->wanted->len, ==, 0);
}

/* Whoever announces without end has his share of the room, and others have theirs. */
static void
test_announced_without_end (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autofree guint8 *ids = g_malloc (512 * 32);
  MeshNode *alice;
  g_autoptr (RawPeer) flood = NULL;
  g_autoptr (RawPeer) friend = NULL;
  g_autoptr (P2pMessage) message = NULL;

  mesh->limits.awaited_messages = 400;
  alice = mesh_add (mesh, "alice");
  flood = own_dial (mesh, "flood", alice);
  friend = own_dial (mesh, "friend", alice);
  for (guint round = 0; round < 5; round++)
    {
      for (guint i = 0; i < 512; i++)
        make_id (round * 512 + i, ids + 32 * i);
      own_send_ids (flood, P2P_CONTROL_IHAVE, ids, 512);
      g_assert_cmpuint (peer_of (alice, flood)->n_wanted, <=, 100);
      g_assert_cmpuint (alice->node->wanted->len, <=, 100);
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_TOO_MANY], ==, 5);
  message = own_make (friend, "all the same");
  own_send_ids (friend, P2P_CONTROL_IHAVE, p2p_message_peek_id (message), 1);
  mesh_run (mesh, SECOND / 2);
  g_assert_true (own_has_id (friend, P2P_CONTROL_IWANT, p2p_message_peek_id (message)));
  g_assert_null (flood->error);
  mesh_run (mesh, 20 * SECOND);
  g_assert_cmpuint (alice->node->wanted->len, ==, 0);
}

/* What is not kept, and what nobody may ask for. */
static void
test_refused (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = own_dial (mesh, "raw", alice);
  guint8 ids[64];

  make_id (1, ids);
  make_id (2, ids + 32);
  own_send_ids (raw, P2P_CONTROL_IWANT, ids, 2);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_NOT_HELD], ==, 1);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 7>, <@ay [byte 1]>]");
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 8>]");
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_SHAPE], ==, 2);
  /* To and fro, more often than anybody needs. */
  for (guint i = 0; i < 10; i++)
    {
      own_send (raw, P2P_CONTROL_PRUNE);
      own_send (raw, P2P_CONTROL_GRAFT);
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_RATE], ==, 4);
}

/* Who did not say that he knows how is told nothing of it, and heard in nothing of it. */
static void
test_not_able (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) original = NULL;
  g_autoptr (RawPeer) plain = NULL;
  guint8 id[32];
  guint64 early;

  original = raw_dial (mesh, "original", alice);
  raw_handshake (original);
  mesh_send (alice, "before");
  plain = raw_dial (mesh, "plain", alice);
  raw_send (plain, P2P_FLAG_WHISPER, "[<@x 88>, <@x 1>, <@x 1>, <@x 97>, <@ay []>, "
            "<@ay [byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, "
            "byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0, byte 0]>, <@x 70000>]");
  raw_handshake (plain);
  g_assert_true (peer_of (alice, plain)->is_own);
  early = mesh_stats (alice).dropped[P2P_DROP_EARLY];
  make_id (1, id);
  own_send_ids (original, P2P_CONTROL_IHAVE, id, 1);
  own_send (original, P2P_CONTROL_PRUNE);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_EARLY], ==, early + 2);
  own_send_ids (plain, P2P_CONTROL_IHAVE, id, 1);
  own_send_ids (plain, P2P_CONTROL_IWANT, id, 1);
  own_send (plain, P2P_CONTROL_PRUNE);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_UNEXPECTED], ==, 3);
  mesh_send (alice, "after");
  mesh_run (mesh, 5 * SECOND);
  for (P2pControlOp op = P2P_CONTROL_IHAVE; op <= P2P_CONTROL_GRAFT; op++)
    {
      g_assert_cmpuint (own_count (original, op), ==, 0);
      g_assert_cmpuint (own_count (plain, op), ==, 0);
    }
  g_assert_cmpuint (own_heard (original, "before") + own_heard (plain, "before"), ==, 1);
  g_assert_cmpuint (own_heard (original, "after") + own_heard (plain, "after"), ==, 2);
}

/* Links that bring bodies end without a word: others take their place, and nothing is lost. */
static void
test_feeds_die (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  g_autoptr (GPtrArray) nodes = add_full_mesh (mesh, 12);
  MeshNode *listener = nodes->pdata[5];
  MeshNode *speaker = NULL;
  guint killed = 0;

  talk (nodes, 24, 2 * SECOND);
  for (guint i = 0; i < nodes->len; i++)
    {
      MeshNode *node = nodes->pdata[i];

      if (node == listener)
        continue;
      if (!mesh_peer (listener, node)->pruned)
        {
          test_host_vanish (node->host, FALSE);
          killed++;
        }
      else if (speaker == NULL && mesh_peer (node, listener)->send_ids == FALSE)
        speaker = node;
    }
  g_assert_cmpuint (killed, >=, P2P_LIMIT_EAGER_FEEDS);
  for (guint i = 0; i < nodes->len && speaker == NULL; i++)
    if (nodes->pdata[i] != listener && mesh_peer (listener, nodes->pdata[i])->pruned)
      speaker = nodes->pdata[i];
  g_assert_nonnull (speaker);
  mesh_send (speaker, "is anybody there?");
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (mesh_heard (listener, "is anybody there?"), ==, 1);
}

/* Who shows that he has it, by its id or by the body, is not told of it. */
static void
test_withdrawn (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) speaker = own_dial (mesh, "speaker", alice);
  g_autoptr (RawPeer) raw = own_dial (mesh, "raw", alice);
  g_autoptr (P2pMessage) told = own_make (speaker, "told");
  g_autoptr (P2pMessage) given = own_make (speaker, "given");
  g_autoptr (P2pMessage) unknown = own_make (speaker, "unknown");
  g_autoptr (GByteArray) ids = NULL;

  own_send (raw, P2P_CONTROL_PRUNE);
  own_give (speaker, told);
  own_give (speaker, given);
  own_give (speaker, unknown);
  own_give (raw, given);
  own_send_ids (raw, P2P_CONTROL_IHAVE, p2p_message_peek_id (told), 1);
  mesh_run (mesh, SECOND);
  ids = own_get_ids (raw, P2P_CONTROL_IHAVE);
  g_assert_cmpuint (ids->len, ==, 32);
  g_assert_cmpmem (ids->data, 32, p2p_message_peek_id (unknown), 32);
}

/* What is asked for leaves half of a link's queue to what is said now. */
static void
test_half_a_queue (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  const guint8 plain = 0;
  MeshNode *alice;
  g_autoptr (RawPeer) friend = NULL;
  g_autoptr (RawPeer) raw = NULL;
  g_autoptr (GByteArray) ids = NULL;
  P2pPeer *peer;

  mesh->limits.out_queue = 512 * 1024;
  alice = mesh_add (mesh, "alice");
  p2p_mesh_node_set_methods (alice->node, &plain, 0);
  friend = raw_dial (mesh, "friend", alice);
  raw_handshake (friend);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u ", i);
      g_autofree char *text = g_strnfill (10000, 'x');

      memcpy (text, number, strlen (number));
      mesh_send (alice, text);
      mesh_run (mesh, 10 * MILLISECOND);
    }
  raw = own_dial (mesh, "raw", alice);
  ids = own_get_ids (raw, P2P_CONTROL_IHAVE);
  g_assert_cmpuint (ids->len, ==, 300 * 32);
  peer = peer_of (alice, raw);
  test_host_set_read_rate (raw->host, 10);
  /* The network takes some of it, so that he has to ask for more. */
  for (guint i = 0; i < 5 && p2p_link_get_queued (peer->link) <= 256 * 1024; i++)
    {
      own_send_ids (raw, P2P_CONTROL_IWANT, ids->data, 300);
      g_assert_cmpuint (p2p_link_get_queued (peer->link), <=, 256 * 1024 + 10500);
    }
  g_assert_cmpuint (p2p_link_get_queued (peer->link), >, 256 * 1024);
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_QUEUE_FULL], >=, 1);
}

/* What a slow reader had no room for he hears when he reads again. */
static void
test_slow_reader (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  const guint8 plain = 0;
  MeshNode *alice;
  MeshNode *bob;
  MeshNode *carol;

  mesh->limits.out_queue = 128 * 1024;
  alice = mesh_add (mesh, "alice");
  p2p_mesh_node_set_methods (alice->node, &plain, 0);
  bob = mesh_add (mesh, "bob");
  carol = mesh_add (mesh, "carol");
  /* He hears of it by nobody else. */
  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  p2p_mesh_node_set_max_outgoing (carol->node, 0);
  mesh_connect (bob, alice);
  mesh_connect (carol, alice);
  g_assert_null (mesh_peer (carol, bob));
  test_host_set_read_rate (bob->host, 10);
  for (guint i = 0; i < 400; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u ", i);
      g_autofree char *text = g_strnfill (4000, 'x');

      memcpy (text, number, strlen (number));
      mesh_send (alice, text);
      mesh_run (mesh, 2 * MILLISECOND);
    }
  g_assert_cmpuint (mesh_stats (alice).dropped[P2P_DROP_QUEUE_FULL], >, 100);
  mesh_run (mesh, 5 * SECOND);
  g_assert_cmpuint (bob->messages->len, <, 300);
  test_host_set_read_rate (bob->host, 0);
  mesh_run (mesh, 40 * SECOND);
  g_assert_cmpuint (bob->messages->len, ==, 400);
}

/* The spans of time, and how many are told at once: as they are set. */
static void
test_limits (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice;
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) one = NULL;
  g_autoptr (RawPeer) two = NULL;
  guint8 id[32];

  mesh->limits.announce_milliseconds = 400;
  mesh->limits.announce_spacing_milliseconds = 4000;
  mesh->limits.announce_links = 1;
  mesh->limits.patience_milliseconds = 2000;
  alice = mesh_add (mesh, "alice");
  mesh_connect (bob, alice);
  one = own_dial (mesh, "one", alice);
  two = own_dial (mesh, "two", alice);
  own_send (one, P2P_CONTROL_PRUNE);
  own_send (two, P2P_CONTROL_PRUNE);
  mesh_send (bob, "told to one, then to the other");
  mesh_run (mesh, 350 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE) + own_count (two, P2P_CONTROL_IHAVE), ==, 0);
  mesh_run (mesh, 150 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE) + own_count (two, P2P_CONTROL_IHAVE), ==, 1);
  mesh_run (mesh, 2400 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE) + own_count (two, P2P_CONTROL_IHAVE), ==, 1);
  mesh_run (mesh, 3000 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IHAVE), ==, 1);
  g_assert_cmpuint (own_count (two, P2P_CONTROL_IHAVE), ==, 1);

  make_id (1, id);
  own_send_ids (one, P2P_CONTROL_IHAVE, id, 1);
  mesh_run (mesh, 1800 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IWANT), ==, 0);
  mesh_run (mesh, 300 * MILLISECOND);
  g_assert_cmpuint (own_count (one, P2P_CONTROL_IWANT), ==, 1);
}

/* From how many links bodies come, and from how many links on that is so. */
static void
test_feeds_limit (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  RawPeer *raw[3];
  MeshNode *alice;
  g_autoptr (P2pMessage) message = NULL;

  mesh->limits.eager_links = 2;
  mesh->limits.eager_feeds = 1;
  alice = mesh_add (mesh, "alice");
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);

      raw[i] = own_dial (mesh, name, alice);
    }
  message = own_make (raw[0], "enough");
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    own_give (raw[i], message);
  g_assert_cmpuint (count_feeds (alice), ==, 1);
  g_assert_false (peer_of (alice, raw[0])->pruned);
  /* So many get whole what we say ourselves, whatever they want. */
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    own_send (raw[i], P2P_CONTROL_PRUNE);
  mesh_send (alice, "ours");
  mesh_run (mesh, 50 * MILLISECOND);
  g_assert_cmpuint (own_heard (raw[0], "ours") + own_heard (raw[1], "ours") + own_heard (raw[2], "ours"), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    raw_free (raw[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/lazy/dense", test_dense);
  g_test_add_func ("/mesh/lazy/few-links", test_few_links);
  g_test_add_func ("/mesh/lazy/third-copy", test_third_copy);
  g_test_add_func ("/mesh/lazy/ids", test_ids);
  g_test_add_func ("/mesh/lazy/served-is-remembered", test_served_is_remembered);
  g_test_add_func ("/mesh/lazy/never-comes", test_never_comes);
  g_test_add_func ("/mesh/lazy/next-is-asked", test_next_is_asked);
  g_test_add_func ("/mesh/lazy/patience", test_patience);
  g_test_add_func ("/mesh/lazy/announced-without-end", test_announced_without_end);
  g_test_add_func ("/mesh/lazy/refused", test_refused);
  g_test_add_func ("/mesh/lazy/not-able", test_not_able);
  g_test_add_func ("/mesh/lazy/feeds-die", test_feeds_die);
  g_test_add_func ("/mesh/lazy/withdrawn", test_withdrawn);
  g_test_add_func ("/mesh/lazy/half-a-queue", test_half_a_queue);
  g_test_add_func ("/mesh/lazy/slow-reader", test_slow_reader);
  g_test_add_func ("/mesh/lazy/limits", test_limits);
  g_test_add_func ("/mesh/lazy/feeds-limit", test_feeds_limit);
  return g_test_run ();
}
