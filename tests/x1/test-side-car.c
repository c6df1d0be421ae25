/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What everybody is told is signed, and whoever hears it knows whose it is; whatever is on the way, nothing is lost. */
#include "x1-fixture.h"

#include <string.h>

static const char *
text_of (guint i)
{
  static char text[32];

  g_snprintf (text, sizeof text, "%u", i);
  return text;
}

/* The first, and others of the same moment; at the other end and behind it. */
static void
test_hops (void)
{
  g_autoptr (X1Fixture) x1 = x1_fixture_new (1);
  MeshNode *alice = x1_add (x1, "alice"), *bob = x1_add (x1, "bob");
  MeshNode *old = x1_add_plain (x1, "old"), *carol = x1_add (x1, "carol");

  mesh_connect (bob, alice);
  mesh_connect (bob, old);
  mesh_connect (carol, old);
  for (guint i = 0; i < 5; i++)
    mesh_send (alice, text_of (i));
  mesh_run (x1->mesh, SECOND / 5);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpuint (x1_heard (bob, text_of (i), TRUE), ==, 1);
      g_assert_cmpuint (x1_heard (carol, text_of (i), TRUE), ==, 1);
      g_assert_cmpuint (mesh_heard (old, text_of (i)), ==, 1);
    }
  g_assert_cmpuint (x1_stats (alice).side_cars_out, ==, 2);
  g_assert_cmpuint (x1_stats (carol).verified, ==, 5);
  g_assert_cmpuint (x1_stats (carol).unverified, ==, 0);
  /* Who knows nothing of it is told nothing of it. */
  g_assert_cmpuint (old->messages->len, ==, 5);
}

/* So many that they are signed in several parts; once each, in their order. */
static void
test_burst (void)
{
  g_autoptr (X1Fixture) x1 = x1_fixture_new (1);
  MeshNode *alice = x1_add (x1, "alice"), *bob = x1_add (x1, "bob"), *carol = x1_add (x1, "carol");

  mesh_connect (bob, alice);
  mesh_connect (carol, bob);
  for (guint i = 0; i < 2000; i++)
    mesh_send (alice, text_of (i));
  mesh_run (x1->mesh, SECOND);
  g_assert_cmpuint (carol->messages->len, ==, 2000);
  for (guint i = 0; i < 2000; i++)
    {
      P2pMessage *message = carol->messages->pdata[i];
      g_autofree char *heard = p2p_message_dup_text (message);

      g_assert_cmpstr (heard, ==, text_of (i));
      g_assert_true (p2p_message_get_verified (message));
    }
  g_assert_cmpuint (x1_stats (alice).side_cars_out, ==, 5);
  g_assert_cmpuint (x1_stats (carol).held, ==, 0);
}

/* What was said last is signed before the links end. */
static void
test_close (void)
{
  g_autoptr (X1Fixture) x1 = x1_fixture_new (1);
  MeshNode *alice = x1_add (x1, "alice"), *bob = x1_add (x1, "bob");

  mesh_connect (bob, alice);
  for (guint i = 0; i < 3; i++)
    mesh_send (alice, text_of (i));
  x1_drop (alice);
  mesh_run (x1->mesh, SECOND);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (x1_heard (bob, text_of (i), TRUE), ==, 1);
  g_assert_cmpuint (mesh_count (bob, "removed"), ==, 1);
}

/* We ourselves have the proofs, too: at once of one that is alone. */
static void
test_own (void)
{
  g_autoptr (X1Fixture) x1 = x1_fixture_new (1);
  MeshNode *alice = x1_add (x1, "alice");
  g_autoptr (P2pMessage) message = x1_make (x1, p2p_mesh_node_get_id (alice->node), 0, "alone");
  g_autoptr (GBytes) proof = NULL;
  g_autoptr (GBytes) id = p2p_message_get_id (message);
  g_autoptr (P2pVerifier) verifier = p2p_verifier_new ();

  p2p_mesh_node_send_message (alice->node, message);
  g_assert_true (p2p_message_get_verified (message));
  proof = p2p_message_get_proof (message);
  g_assert_true (p2p_verifier_check_message (verifier, proof, p2p_protocol_get_id (x1->mesh->protocol), p2p_mesh_node_get_id (alice->node), id, NULL));
  g_assert_cmpuint (mesh_count (alice, "proved alice"), ==, 1);
  mesh_send (alice, "second");
  mesh_send (alice, "third");
  g_assert_cmpuint (mesh_count (alice, "proved alice"), ==, 1);
  mesh_run (x1->mesh, SECOND / 50);
  g_assert_cmpuint (mesh_count (alice, "proved alice"), ==, 3);
}

/* Who comes later asks for what was said, and for the signatures. */
static void
test_late (void)
{
  g_autoptr (X1Fixture) x1 = x1_fixture_new (1);
  MeshNode *alice = x1_add (x1, "alice"), *bob = x1_add (x1, "bob"), *late = x1_add (x1, "late");

  mesh_connect (bob, alice);
  for (guint i = 0; i < 50; i++)
    mesh_send (alice, text_of (i));
  mesh_run (x1->mesh, 20 * SECOND);
  mesh_send (alice, "alone");
  mesh_run (x1->mesh, 20 * SECOND);
  mesh_connect (late, bob);
  mesh_run (x1->mesh, 5 * SECOND);
  g_assert_cmpuint (late->messages->len, ==, 51);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpuint (x1_heard (late, text_of (i), TRUE), ==, 1);
  g_assert_cmpuint (x1_heard (late, "alone", TRUE), ==, 1);
}

/* Questions for nodes say nothing of anybody. */
static void
test_not_signed (void)
{
  g_autoptr (X1Fixture) x1 = x1_fixture_new (1);
  MeshNode *alice = x1_add (x1, "alice"), *bob = x1_add (x1, "bob");

  mesh_connect (bob, alice);
  p2p_mesh_node_whisper_to (alice->node, "nobody", P2P_ID_FORM_STR, NULL, NULL, NULL);
  mesh_run (x1->mesh, SECOND);
  g_assert_cmpuint (x1_stats (alice).signed_out, ==, 0);
  g_assert_cmpuint (x1_stats (bob).held, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/side-car/hops", test_hops);
  g_test_add_func ("/x1/side-car/burst", test_burst);
  g_test_add_func ("/x1/side-car/close", test_close);
  g_test_add_func ("/x1/side-car/own", test_own);
  g_test_add_func ("/x1/side-car/late", test_late);
  g_test_add_func ("/x1/side-car/not-signed", test_not_signed);
  return g_test_run ();
}
