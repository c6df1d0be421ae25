/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids whose key is known: how many are remembered, and which go first. */
#include "auth-fixture.h"

#include <string.h>

typedef struct {
  MeshFixture *mesh;
  MeshNode *bob;
  P2pX1 *x1;
  GString *log;
} World;

static void
known_cb (const char *id, const guint8 *pub, gpointer data)
{
  World *self = data;

  g_string_append_c (self->log, '+');
  /* Whoever is told may ask for more. */
  p2p_x1_find_key (self->x1, id);
}

static void
certified_cb (const char *id, gpointer data)
{
  World *self = data;

  g_string_append_c (self->log, 'c');
}

static const P2pMeshLayer layer = { .certified = certified_cb };

static void
make_world (World *self, guint max)
{
  *self = (World) { .mesh = mesh_fixture_new (1), .log = g_string_new (NULL) };
  self->mesh->limits.known_keys = max;
  self->bob = mesh_add (self->mesh, "bob");
  self->x1 = p2p_x1_new (self->bob->node);
  p2p_x1_set_key_func (self->x1, known_cb, self);
  p2p_mesh_node_set_layer (self->bob->node, &layer, self);
}

static void
world_clear (World *self)
{
  p2p_mesh_node_set_layer (self->bob->node, NULL, NULL);
  p2p_mesh_node_close (self->bob->node);
  p2p_x1_free (self->x1);
  mesh_fixture_free (self->mesh);
  g_string_free (self->log, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

/* Any y is a point or is none: nobody looks before something is signed. */
static const guint8 *
number (guint n)
{
  static guint8 pub[32];

  memset (pub, 9, sizeof pub);
  pub[0] = (guint8) n;
  pub[1] = (guint8) (n >> 8);
  return pub;
}

static gboolean
knows (World *self, guint n)
{
  g_autofree char *id = p2p_key_to_node_id (number (n), p2p_protocol_get_id (self->mesh->protocol));
  const guint8 *pub = p2p_x1_find_key (self->x1, id);

  return pub != NULL && memcmp (pub, number (n), 32) == 0;
}

static void
test_told (void)
{
  g_auto (World) world = { 0 };
  const char *id;

  make_world (&world, 8);
  id = p2p_x1_note_key (world.x1, number (1), FALSE);
  g_assert_nonnull (id);
  g_assert_cmpstr (world.log->str, ==, "c+");
  /* once */
  g_assert_true (p2p_x1_note_key (world.x1, number (1), TRUE) == id);
  g_assert_true (p2p_x1_pin (world.x1, number (1)));
  g_assert_cmpstr (world.log->str, ==, "c+");
  g_assert_true (knows (&world, 1));
  g_assert_false (knows (&world, 2));
  /* What is no key has no id. */
  g_assert_null (p2p_x1_note_key (world.x1, (const guint8[32]) { 1 }, TRUE));
  g_assert_false (p2p_x1_pin (world.x1, (const guint8[32]) { 0 }));
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 2);
}

/* Those that were only shown go before those with which something was signed, the oldest heard first; what was pinned stays. */
static void
test_room (void)
{
  g_auto (World) world = { 0 };

  make_world (&world, 6);
  for (guint i = 1; i <= 2; i++)
    g_assert_nonnull (p2p_x1_note_key (world.x1, number (i), TRUE));
  for (guint i = 3; i <= 5; i++)
    g_assert_nonnull (p2p_x1_note_key (world.x1, number (i), FALSE));
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 6);
  p2p_x1_note_key (world.x1, number (3), FALSE);
  for (guint i = 100; i < 1100; i++)
    g_assert_nonnull (p2p_x1_note_key (world.x1, number (i), FALSE));
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 6);
  g_assert_true (knows (&world, 1) && knows (&world, 2) && knows (&world, 1099));
  g_assert_false (knows (&world, 3) || knows (&world, 4));
  /* Four of them are pinned with our own, and two proven: with 1 something was signed last. That somebody names 2 is nothing. */
  for (guint i = 6; i <= 8; i++)
    g_assert_true (p2p_x1_pin (world.x1, number (i)));
  p2p_x1_note_key (world.x1, number (1), TRUE);
  p2p_x1_note_key (world.x1, number (2), FALSE);
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 6);
  g_assert_null (p2p_x1_note_key (world.x1, number (9), FALSE));
  g_assert_nonnull (p2p_x1_note_key (world.x1, number (10), TRUE));
  g_assert_true (knows (&world, 1) && knows (&world, 10) && knows (&world, 6) && knows (&world, 8));
  g_assert_false (knows (&world, 2));
  /* A quarter of the places is not for pins. */
  g_assert_true (p2p_x1_pin (world.x1, number (11)));
  g_assert_false (p2p_x1_pin (world.x1, number (12)));
  g_assert_true (p2p_x1_pin (world.x1, number (11)));
  g_assert_nonnull (p2p_x1_note_key (world.x1, number (14), TRUE));
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 6);
}

/* The key of a neighbour is not forgotten while he is there. */
static void
test_neighbour (void)
{
  g_auto (World) world = { 0 };
  MeshNode *alice;
  g_autoptr (P2pX1) a = NULL;

  make_world (&world, 4);
  alice = mesh_add (world.mesh, "alice");
  a = p2p_x1_new (alice->node);
  mesh_connect (alice, world.bob);
  for (guint i = 1; i <= 50; i++)
    p2p_x1_note_key (world.x1, number (i), TRUE);
  g_assert_nonnull (p2p_x1_find_key (world.x1, p2p_mesh_node_get_id (alice->node)));
  g_assert_true (knows (&world, 50));
  g_assert_cmpuint (p2p_x1_get_n_keys (world.x1), ==, 4);
  p2p_mesh_node_close (alice->node);
  mesh_run (world.mesh, SECOND);
  for (guint i = 1; i <= 50; i++)
    p2p_x1_note_key (world.x1, number (i), TRUE);
  g_assert_null (p2p_x1_find_key (world.x1, p2p_mesh_node_get_id (alice->node)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/keys/told", test_told);
  g_test_add_func ("/x1/keys/room", test_room);
  g_test_add_func ("/x1/keys/neighbour", test_neighbour);
  return g_test_run ();
}
