/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A node in a network that breaks: what it dials, when, and how the network grows together again. */
#include "raw-peer.h"

static P2pKnown *
find_known (MeshNode *self, const char *host, guint16 port)
{
  return p2p_address_book_find (p2p_mesh_node_get_addresses (self->node), host, port);
}

static P2pKnown *
known_of (MeshNode *self, MeshNode *other)
{
  return find_known (self, test_host_get_address (other->host), 4000);
}

/* Both know where the other is, whoever dialled, and both dial at once when the line breaks. */
static void
test_cut (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  mesh_connect (alice, bob);
  mesh_run (mesh, 30 * SECOND);
  g_assert_cmpint (known_of (alice, bob)->state, ==, P2P_ADDRESS_STATE_LINKED);
  g_assert_cmpint (known_of (bob, alice)->state, ==, P2P_ADDRESS_STATE_LINKED);
  g_assert_cmpint (known_of (bob, alice)->source, ==, P2P_ADDRESS_SOURCE_INCOMING);
  test_conn_cut (test_world_get_conn (mesh->world, 0));
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_count (alice, "removed bob"), ==, 1);
  mesh_run (mesh, 2 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  g_assert_nonnull (mesh_peer (bob, alice));
  g_assert_cmpuint (test_world_get_n_conns (mesh->world), ==, 1);
}

/* The dials of an address that refuses, as the world saw them. */
static void
test_pauses (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *alice = mesh_add (mesh, "alice");
  TestHost *absent = test_world_add_host (mesh->world, "absent");
  gint64 expected = 1, last = 0;
  guint dials = 0;

  mesh_connect (mesh_add (mesh, "friend"), alice);
  p2p_mesh_node_add_address (alice->node, test_host_get_address (absent), 4000, NULL, P2P_ADDRESS_PINNED, 0);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 1);
  last = test_world_now (mesh->world);
  for (guint i = 0; i < 2000 * 20; i++)
    {
      guint made;

      mesh_run (mesh, SECOND / 20);
      made = test_host_get_dials_made (alice->host) - 1;
      if (made == dials)
        continue;
      g_assert_cmpuint (made, ==, dials + 1);
      g_assert_cmpint (test_world_now (mesh->world) - last, >=, expected * SECOND * 8 / 10);
      g_assert_cmpint (test_world_now (mesh->world) - last, <=, expected * SECOND * 12 / 10 + SECOND / 4);
      last = test_world_now (mesh->world);
      expected = MIN (expected * 2, 300);
      dials = made;
    }
  g_assert_cmpuint (dials, >=, 13);
  g_assert_cmpuint (dials, <=, 16);
  /* Now somebody is there. */
  {
    MeshNode *late = mesh_add (mesh, "absent");

    p2p_mesh_node_set_max_outgoing (late->node, 0);
    mesh_run (mesh, 361 * SECOND);
    g_assert_nonnull (mesh_peer (alice, late));
    g_assert_true (p2p_mesh_node_forget_address (alice->node, test_host_get_address (absent), 4000));
    g_assert_nonnull (mesh_peer (alice, late));
    p2p_mesh_node_close (late->node);
    dials = test_host_get_dials_made (alice->host);
    mesh_run (mesh, 600 * SECOND);
    g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, dials);
  }
}

/* Alone, a node never waits for more than 15 s and a fifth. */
static void
test_alone (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");

  mesh_connect (alice, bob);
  test_host_set_refusing (bob->host, TRUE);
  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  mesh_run (mesh, 20 * SECOND);
  test_conn_cut (test_world_get_conn (mesh->world, 0));
  mesh_run (mesh, 3600 * SECOND);
  g_assert_null (mesh_peer (alice, bob));
  g_assert_cmpint (known_of (alice, bob)->state, ==, P2P_ADDRESS_STATE_WAITING);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), >, 3600 / 18);
  test_host_set_refusing (bob->host, FALSE);
  mesh_run (mesh, 19 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
}

static void
test_not_dialled (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) raw = NULL;
  guint dials;

  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  /* Ourselves are found out once. */
  p2p_mesh_node_add_address (alice->node, "alice", 4000, NULL, P2P_ADDRESS_PINNED, 0);
  mesh_run (mesh, 600 * SECOND);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, 1);
  g_assert_cmpint (find_known (alice, "alice", 4000)->state, ==, P2P_ADDRESS_STATE_GIVEN_UP);
  /* Whom our program sent away, pinned or not, until it says so. */
  p2p_mesh_node_add_address (alice->node, test_host_get_address (bob->host), 4000, NULL, P2P_ADDRESS_PINNED, 0);
  mesh_run (mesh, SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
  p2p_mesh_node_disconnect (alice->node, mesh_peer (alice, bob));
  dials = test_host_get_dials_made (alice->host);
  mesh_run (mesh, 600 * SECOND);
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, dials);
  mesh_connect (alice, bob);

  /* Ports of the system, whoever tells them; of one who comes, too. */
  dials = test_host_get_dials_made (alice->host);
  raw = raw_dial (mesh, "raw", alice);
  raw_handshake (raw);
  raw_send (raw, P2P_FLAG_WHISPER, "[<@x 7>, <[<[<[<'10.0.0.99'>, <@x 22>]>, <'abc'>]>]>]");
  mesh_run (mesh, 60 * SECOND);
  g_assert_null (find_known (alice, "10.0.0.99", 22));
  g_assert_cmpuint (test_host_get_dials_made (alice->host), ==, dials);
}

/* A liar who says that he is where somebody else was reached: nobody believes him, and the other is dialled all the same. */
static void
test_liar (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  g_autoptr (RawPeer) liar = raw_dial (mesh, "liar", alice);

  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  p2p_mesh_node_add_address (alice->node, test_host_get_address (bob->host), 4000, NULL, P2P_ADDRESS_PINNED, 0);
  mesh_run (mesh, SECOND);
  test_host_set_refusing (bob->host, TRUE);
  test_conn_cut (test_world_find_conn (mesh->world, alice->host, bob->host));
  mesh_run (mesh, SECOND);
  raw_send (liar, P2P_FLAG_WHISPER, "[<@x 5>, <'%s'>, <'%s'>, <[<'%s'>, <@x 4000>]>, <@av []>]",
            liar->id, p2p_protocol_get_id (mesh->protocol), test_host_get_address (bob->host));
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
  g_assert_cmpstr (known_of (alice, bob)->id, ==, p2p_mesh_node_get_id (bob->node));
  test_host_set_refusing (bob->host, FALSE);
  mesh_run (mesh, 60 * SECOND);
  g_assert_nonnull (mesh_peer (alice, bob));
}

/* ---- a network in two halves ---- */

#define N_NODES 12
#define N_HALF (N_NODES / 2)

typedef struct {
  MeshNode *nodes[N_NODES];
} Halves;

static void
set_apart (Halves *halves, gboolean apart)
{
  for (guint i = N_HALF; i < N_NODES; i++)
    test_host_set_group (halves->nodes[i]->host, apart);
}

static guint
count_heard (Halves *halves, const char *text)
{
  guint n = 0;

  for (guint i = 0; i < N_NODES; i++)
    n += mesh_heard (halves->nodes[i], text) == 1;
  return n;
}

static void
check_halves (guint64 seed, gint64 span)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (seed);
  Halves halves;

  for (guint i = 0; i < N_NODES; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      halves.nodes[i] = mesh_add (mesh, name);
      if (i > 0)
        mesh_connect (halves.nodes[i], halves.nodes[test_rng_below (test_world_get_rng (mesh->world), i)]);
    }
  mesh_run (mesh, 60 * SECOND);
  mesh_send (halves.nodes[0], "all together");
  mesh_run (mesh, 2 * SECOND);
  g_assert_cmpuint (count_heard (&halves, "all together"), ==, N_NODES - 1);

  set_apart (&halves, TRUE);
  mesh_run (mesh, span);
  mesh_send (halves.nodes[0], "we are few");
  mesh_run (mesh, 2 * SECOND);
  g_assert_cmpuint (count_heard (&halves, "we are few"), ==, N_HALF - 1);

  set_apart (&halves, FALSE);
  mesh_run (mesh, 10 * SECOND);
  mesh_send (halves.nodes[0], "all together again");
  mesh_run (mesh, 2 * SECOND);
  g_assert_cmpuint (count_heard (&halves, "all together again"), ==, N_NODES - 1);
}

static void
test_halves (void)
{
  for (guint64 seed = 1; seed <= 10; seed++)
    check_halves (seed, 30 * SECOND);
}

/* ---- nodes that go ---- */

#define N_FEW 10

typedef enum { LINE, STAR, TREE, N_SHAPES } Shape;

static void
check_kill (Shape shape, guint victim, gboolean told, gint64 bar)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (victim + 1);
  MeshNode *nodes[N_FEW];
  guint heard = 0;

  mesh->limits.discover_seconds = P2P_LIMIT_DISCOVER_SECONDS;
  for (guint i = 0; i < N_FEW; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      nodes[i] = mesh_add (mesh, name);
      if (i > 0)
        mesh_connect (nodes[i], nodes[shape == LINE ? i - 1 : shape == STAR ? 0 : test_rng_below (test_world_get_rng (mesh->world), i)]);
    }
  mesh_run (mesh, 10 * SECOND);
  test_host_vanish (nodes[victim]->host, told);
  mesh_drop (nodes[victim]);
  mesh_run (mesh, bar);
  for (guint i = 0; i < N_FEW; i++)
    {
      g_autofree char *text = g_strdup_printf ("from %u", i);

      if (i != victim)
        mesh_send (nodes[i], text);
    }
  mesh_run (mesh, 2 * SECOND);
  for (guint i = 0; i < N_FEW; i++)
    for (guint j = 0; j < N_FEW; j++)
      {
        g_autofree char *text = g_strdup_printf ("from %u", i);

        if (i != j && i != victim && j != victim)
          heard += mesh_heard (nodes[j], text);
      }
  if (heard != (N_FEW - 1) * (N_FEW - 2))
    g_error ("shape %u, n%u killed%s: %u of %u heard", shape, victim, told ? "" : " without a word", heard, (N_FEW - 1) * (N_FEW - 2));
  test_host_return (nodes[victim]->host);
}

/* Ten of ours, any of them is killed: within 10 s everybody hears everybody. Where nobody is told, the links to it have to be found dead. */
static void
test_kill_any (void)
{
  for (Shape shape = LINE; shape < N_SHAPES; shape++)
    for (guint victim = 0; victim < N_FEW; victim++)
      {
        check_kill (shape, victim, TRUE, 10 * SECOND);
        check_kill (shape, victim, FALSE, 10 * SECOND);
      }
}

/* A node comes again at its address: as itself, or as another. */
static void
check_restart (gboolean told, gboolean as_another, gint64 away)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshNode *again;

  p2p_mesh_node_set_max_outgoing (bob->node, 0);
  mesh_connect (alice, bob);
  mesh_run (mesh, 20 * SECOND);
  test_host_vanish (bob->host, told);
  mesh_drop (bob);
  mesh_run (mesh, away);
  test_host_return (bob->host);
  again = mesh_add_full (mesh, "bob", mesh->protocol, as_another ? 77 : 0);
  p2p_mesh_node_set_max_outgoing (again->node, 0);
  /* The longest pause of a node that is alone, and a fifth of it. */
  mesh_run (mesh, 18 * SECOND);
  g_assert_nonnull (mesh_peer (alice, again));
  g_assert_nonnull (mesh_peer (again, alice));
  g_assert_cmpstr (known_of (alice, again)->id, ==, p2p_mesh_node_get_id (again->node));
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 1);
}

static void
test_restart (void)
{
  for (guint i = 0; i < 4; i++)
    {
      check_restart (i & 1, i & 2, SECOND / 10);
      check_restart (i & 1, i & 2, 3 * SECOND);
      check_restart (i & 1, i & 2, 600 * SECOND);
    }
}

/* The lines are dead for a minute, as when a computer sleeps, and live again. */
static void
test_sleep (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (3);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *bob = mesh_add (mesh, "bob");
  MeshNode *carol = mesh_add (mesh, "carol");

  mesh_connect (alice, bob);
  mesh_connect (carol, bob);
  mesh_run (mesh, 10 * SECOND);
  test_host_set_group (bob->host, 1);
  mesh_run (mesh, 120 * SECOND);
  g_assert_null (mesh_peer (alice, bob));
  g_assert_nonnull (mesh_peer (alice, carol));
  test_host_set_group (bob->host, 0);
  /* The dial that is under way has to fail first. */
  mesh_run (mesh, 50 * SECOND);
  mesh_send (bob, "awake");
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (mesh_heard (alice, "awake"), ==, 1);
  g_assert_cmpuint (mesh_heard (carol, "awake"), ==, 1);
}

/* ---- who else is there? ---- */

/* Its only neighbour tells of whom it knows with its handshake, and somebody comes there later. */
static gboolean
is_discovered (guint seconds)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *hub, *late;

  mesh->limits.discover_seconds = seconds;
  alice = mesh_add (mesh, "alice");
  hub = mesh_add (mesh, "hub");
  late = mesh_add (mesh, "late");
  p2p_mesh_node_set_max_outgoing (hub->node, 0);
  p2p_mesh_node_set_max_outgoing (late->node, 0);
  mesh_connect (alice, hub);
  mesh_connect (late, hub);
  mesh_run (mesh, 5 * SECOND);
  return mesh_peer (alice, late) != NULL;
}

static void
test_discovery (void)
{
  g_assert_true (is_discovered (60));
  g_assert_false (is_discovered (0));
}

static void
test_discovery_pauses (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = NULL;
  RawPeer *raw;
  guint asked;

  mesh->limits.discover_seconds = 60;
  mesh->limits.idle_seconds = 100000;
  alice = mesh_add (mesh, "alice");
  raw = raw_dial (mesh, "raw", alice);
  raw_handshake (raw);
  mesh_run (mesh, SECOND);
  asked = raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST);
  mesh_run (mesh, 600 * SECOND);
  asked = raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST) - asked;
  /* 2 + 4 + 8 + 16 + 32 + 60 + 60..., a fifth more or less */
  g_assert_cmpuint (asked, >=, 12);
  g_assert_cmpuint (asked, <=, 17);
  /* Who wants no links asks nobody. */
  p2p_mesh_node_set_max_outgoing (alice->node, 0);
  asked = raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST);
  mesh_run (mesh, 600 * SECOND);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), ==, asked);
  raw_free (raw);
}

/* ---- an enemy who names many ---- */

#define N_FRIENDS 4
#define N_SYBILS 40

static void
check_eclipse (guint64 seed)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (seed);
  MeshNode *friends[N_FRIENDS], *sybils[N_SYBILS], *victim;
  guint kept = 0, others = 0;

  mesh->limits.discover_seconds = P2P_LIMIT_DISCOVER_SECONDS;
  for (guint i = 0; i < N_FRIENDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("friend%u", i);
      g_autofree char *address = g_strdup_printf ("198.%u.7.1", 18 + i);

      test_world_add_host_at (mesh->world, name, address);
      friends[i] = mesh_add (mesh, name);
      p2p_mesh_node_set_max_outgoing (friends[i]->node, 0);
    }
  test_world_add_host_at (mesh->world, "victim", "192.0.2.1");
  victim = mesh_add (mesh, "victim");
  for (guint i = 0; i < N_FRIENDS; i++)
    p2p_mesh_node_add_address (victim->node, test_host_get_address (friends[i]->host), 4000, NULL, P2P_ADDRESS_DEFAULT, 0);
  mesh_run (mesh, 20 * SECOND);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (victim->node), ==, N_FRIENDS);
  /* They know each other, and come all of them. */
  for (guint i = 0; i < N_SYBILS; i++)
    {
      g_autofree char *name = g_strdup_printf ("sybil%u", i);
      g_autofree char *address = g_strdup_printf ("%u.%u.7.1", 30 + i % 8, 1 + i / 8);

      test_world_add_host_at (mesh->world, name, address);
      sybils[i] = mesh_add (mesh, name);
      if (i > 0)
        mesh_connect (sybils[i], sybils[i - 1]);
    }
  for (guint i = 0; i < N_SYBILS; i += 4)
    mesh_connect (sybils[i], victim);
  mesh_run (mesh, 60 * SECOND);
  /* All its own links break at once. */
  for (guint i = test_world_get_n_conns (mesh->world); i > 0; i--)
    if (test_conn_get_host (test_world_get_conn (mesh->world, i - 1), 0) == victim->host)
      test_conn_cut (test_world_get_conn (mesh->world, i - 1));
  mesh_run (mesh, 120 * SECOND);
  for (guint i = 0; i < N_FRIENDS; i++)
    kept += mesh_peer (victim, friends[i]) != NULL;
  for (guint i = 0; i < N_SYBILS; i++)
    others += mesh_peer (victim, sybils[i]) != NULL;
  g_test_message ("seed %u: %u of %u friends beside %u others", (guint) seed, kept, N_FRIENDS, others);
  g_assert_cmpuint (kept, >=, 2);
}

static void
test_eclipse (void)
{
  for (guint64 seed = 1; seed <= 5; seed++)
    check_eclipse (seed);
}

/* ---- originals ---- */

static void
say_as (RawPeer *raw, MeshNode *speaker, const char *text)
{
  g_autofree char *packets = g_strdup_printf ("[<@x 0>, <'%s'>]", text);

  raw_send_full (raw, P2P_FLAG_BROADCAST, p2p_mesh_node_get_id (speaker->node), P2P_ID_FORM_STR, mesh_now (raw->fixture), packets);
  mesh_run (raw->fixture, SECOND);
}

/* Who is heard by way of an original and not known is asked for, now and then. */
static void
test_speaker (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  MeshNode *stranger = mesh_add (mesh, "stranger");
  MeshNode *friend = mesh_add (mesh, "friend");
  g_autoptr (RawPeer) raw = raw_dial (mesh, "raw", alice);
  guint asked;

  raw_handshake (raw);
  mesh_connect (alice, friend);
  mesh_run (mesh, SECOND);
  asked = raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST);
  say_as (raw, friend, "I am known");
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), ==, asked);
  say_as (raw, stranger, "and I am not");
  g_assert_cmpuint (mesh_heard (alice, "and I am not"), ==, 1);
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), ==, asked + 1);
  say_as (raw, stranger, "I still am not");
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), ==, asked + 1);
  mesh_run (mesh, 10 * SECOND);
  say_as (raw, stranger, "am I now?");
  g_assert_cmpuint (raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_REQUEST), ==, asked + 2);
}

/* Among originals we keep more links, and where one was lost we look for those that it left alone. */
static void
test_wish (void)
{
  static const char *const names[] = { "bob", "carol", "dave", "erin" };
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice = mesh_add (mesh, "alice");
  RawPeer *raw;

  g_assert_cmpuint (p2p_mesh_node_get_wish (alice->node), ==, 4);
  raw = raw_dial (mesh, "raw", alice);
  raw_handshake (raw);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (p2p_mesh_node_get_wish (alice->node), ==, 16);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      MeshNode *node = mesh_add (mesh, names[i]);

      mesh_connect (node, alice);
      g_assert_cmpuint (p2p_mesh_node_get_wish (alice->node), ==, i < G_N_ELEMENTS (names) - 1 ? 4 : 8);
    }
  raw_free (raw);
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (p2p_mesh_node_get_wish (alice->node), ==, 16);
  mesh_run (mesh, 60 * SECOND);
  g_assert_cmpuint (p2p_mesh_node_get_wish (alice->node), ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/healing/cut", test_cut);
  g_test_add_func ("/mesh/healing/pauses", test_pauses);
  g_test_add_func ("/mesh/healing/alone", test_alone);
  g_test_add_func ("/mesh/healing/not-dialled", test_not_dialled);
  g_test_add_func ("/mesh/healing/liar", test_liar);
  g_test_add_func ("/mesh/healing/halves", test_halves);
  g_test_add_func ("/mesh/healing/kill-any", test_kill_any);
  g_test_add_func ("/mesh/healing/restart", test_restart);
  g_test_add_func ("/mesh/healing/sleep", test_sleep);
  g_test_add_func ("/mesh/healing/discovery", test_discovery);
  g_test_add_func ("/mesh/healing/discovery-pauses", test_discovery_pauses);
  g_test_add_func ("/mesh/healing/eclipse", test_eclipse);
  g_test_add_func ("/mesh/healing/speaker", test_speaker);
  g_test_add_func ("/mesh/healing/wish", test_wish);
  return g_test_run ();
}
