/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids in the place of bodies: who is told what, who is asked for what, and how often. */
#include "own-peer.h"

#include <string.h>

#define MILLISECOND G_TIME_SPAN_MILLISECOND
#define MANY 7                  /* one more than eager_links */

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
      g_assert_cmpuint (own_count_feeds (nodes->pdata[i]), >=, P2P_LIMIT_EAGER_FEEDS);
      g_assert_cmpuint (own_count_feeds (nodes->pdata[i]), <=, P2P_LIMIT_EAGER_FEEDS + 1);
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
      g_assert_cmpuint (own_count_feeds (nodes->pdata[i]), ==, P2P_LIMIT_EAGER_LINKS);
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
  g_assert_cmpuint (own_count_feeds (alice), ==, P2P_LIMIT_EAGER_FEEDS);

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
      g_assert_false (own_peer_at (alice, raw[i])->pruned);
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

/* Announced and not there: asked for after a while, once more later, then given up. */
static void
test_never_comes (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  g_autoptr (RawPeer) raw = own_dial (mesh, "raw", alice);
  guint8 id[32];

  own_fake_id (1, id);
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
  g_assert_cmpuint (own_peer_at (alice, raw)->n_wanted, ==, 0);
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
  g_assert_true (own_peer_at (alice, plain)->is_own);
  early = mesh_stats (alice).dropped[P2P_DROP_EARLY];
  own_fake_id (1, id);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/lazy/dense", test_dense);
  g_test_add_func ("/mesh/lazy/few-links", test_few_links);
  g_test_add_func ("/mesh/lazy/third-copy", test_third_copy);
  g_test_add_func ("/mesh/lazy/ids", test_ids);
  g_test_add_func ("/mesh/lazy/never-comes", test_never_comes);
  g_test_add_func ("/mesh/lazy/next-is-asked", test_next_is_asked);
  g_test_add_func ("/mesh/lazy/patience", test_patience);
  g_test_add_func ("/mesh/lazy/not-able", test_not_able);
  g_test_add_func ("/mesh/lazy/feeds-die", test_feeds_die);
  g_test_add_func ("/mesh/lazy/withdrawn", test_withdrawn);
  return g_test_run ();
}
