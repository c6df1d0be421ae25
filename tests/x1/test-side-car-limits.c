/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of what waits for signatures, each exceeded. */
#include "x1-fixture.h"

/* A node of these limits, and a link that speaks for alice, whose key it knows. */
typedef struct {
  X1Fixture *x1;
  P2pLimits *limits;
  MeshNode *bob;
  RawPeer *raw;
  P2pIdentity *identity;
  char *alice;
} Fixture;

static void
set_up (Fixture *self)
{
  self->x1 = x1_fixture_new (1);
  self->limits = &self->x1->mesh->limits;
  self->identity = x1_identity ("alice");
  self->alice = p2p_identity_get_node_id (self->identity, self->x1->mesh->protocol);
}

static P2pMessage *
make (Fixture *self, const char *text)
{
  return x1_make (self->x1, self->alice, 0, text);
}

static void
give (Fixture *self, const char *text)
{
  g_autoptr (P2pMessage) said = make (self, text);

  x1_give (self->raw, said);
}

static void
give_car (Fixture *self, const char *text)
{
  g_autoptr (P2pMessage) said = make (self, text);
  g_autoptr (P2pMessage) car = x1_sign (self->x1, self->identity, NULL, &said, 1);

  x1_give (self->raw, car);
}

static void
start (Fixture *self)
{
  self->bob = x1_add (self->x1, "bob");
  self->raw = x1_raw (self->x1, "raw", self->bob);
  give_car (self, "known");
  give (self, "known");
  g_assert_cmpuint (x1_heard (self->bob, "known", TRUE), ==, 1);
}

static void
tear_down (Fixture *self)
{
  g_clear_pointer (&self->raw, raw_free);
  p2p_identity_unref (self->identity);
  g_free (self->alice);
  x1_fixture_free (self->x1);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, tear_down)

static void
test_sign_milliseconds (void)
{
  g_auto (Fixture) f = { 0 };
  MeshNode *slow, *single;

  set_up (&f);
  f.limits->sign_milliseconds = 1000;
  slow = x1_add (f.x1, "slow");
  f.limits->sign_milliseconds = 0;
  single = x1_add (f.x1, "single");
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      mesh_send (slow, text);
      mesh_send (single, text);
      mesh_run (f.x1->mesh, SECOND / 20);
    }
  g_assert_cmpuint (x1_stats (slow).side_cars_out, ==, 1);
  g_assert_cmpuint (x1_stats (single).side_cars_out, ==, 10);
  mesh_run (f.x1->mesh, SECOND);
  g_assert_cmpuint (x1_stats (slow).side_cars_out, ==, 2);
  g_assert_cmpuint (x1_stats (slow).signed_out, ==, 10);
}

static void
test_proof_milliseconds (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (RawPeer) other = NULL;
  MeshNode *none;

  set_up (&f);
  f.limits->proof_milliseconds = 100;
  start (&f);
  give (&f, "waits");
  mesh_run (f.x1->mesh, 89 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (mesh_heard (f.bob, "waits"), ==, 0);
  mesh_run (f.x1->mesh, G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (x1_heard (f.bob, "waits", FALSE), ==, 1);

  f.limits->proof_milliseconds = 0;
  none = x1_add (f.x1, "none");
  other = x1_raw (f.x1, "other", none);
  {
    g_autoptr (P2pMessage) first = make (&f, "first");
    g_autoptr (P2pMessage) second = make (&f, "second");
    g_autoptr (P2pMessage) car = x1_sign (f.x1, f.identity, NULL, &first, 1);

    x1_give (other, car);
    x1_give (other, second);
  }
  g_assert_cmpuint (x1_heard (none, "second", FALSE), ==, 1);
}

/* Signatures that come first, and messages that do. */
static void
test_proof_seconds (void)
{
  g_auto (Fixture) f = { 0 };

  set_up (&f);
  f.limits->proof_seconds = 2;
  start (&f);
  {
    g_autoptr (P2pMessage) soon = make (&f, "soon");
    g_autoptr (P2pMessage) late = make (&f, "late");
    g_autoptr (P2pMessage) after = make (&f, "after");
    g_autoptr (P2pMessage) car = x1_sign (f.x1, f.identity, NULL, (P2pMessage *[]) { soon, late }, 2);
    g_autoptr (P2pMessage) next = x1_sign (f.x1, f.identity, NULL, &after, 1);

    x1_give (f.raw, car);
    mesh_run (f.x1->mesh, SECOND);
    x1_give (f.raw, soon);
    x1_give (f.raw, after);
    mesh_run (f.x1->mesh, SECOND);
    x1_give (f.raw, late);
    mesh_run (f.x1->mesh, SECOND);
    g_assert_cmpuint (x1_heard (f.bob, "soon", TRUE), ==, 1);
    g_assert_cmpuint (x1_heard (f.bob, "late", FALSE), ==, 1);
    g_assert_cmpuint (x1_heard (f.bob, "after", FALSE), ==, 1);
    /* Told of a second and a half ago; then more than two. */
    x1_give (f.raw, next);
    g_assert_cmpuint (mesh_count (f.bob, "proved"), ==, 1);
  }
  give (&f, "forgotten");
  mesh_run (f.x1->mesh, 3 * SECOND);
  give (&f, "another");
  mesh_run (f.x1->mesh, SECOND);
  g_assert_cmpuint (x1_stats (f.bob).unverified, ==, 4);
}

/* So many, a quarter of them for a link. What is too much is told of at once, and is not lost. */
static void
test_held_messages (void)
{
  g_auto (Fixture) f = { 0 };

  set_up (&f);
  f.limits->held_messages = 12;
  start (&f);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      give (&f, text);
    }
  g_assert_cmpuint (x1_stats (f.bob).held, ==, 3);
  g_assert_cmpuint (x1_stats (f.bob).unheld, ==, 2);
  g_assert_cmpuint (x1_heard (f.bob, "4", FALSE), ==, 1);
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_TOO_MANY], ==, 2);
  mesh_run (f.x1->mesh, SECOND);
  g_assert_cmpuint (f.bob->messages->len, ==, 6);
  g_assert_null (f.raw->error);
}

static void
test_held_bytes (void)
{
  g_auto (Fixture) f = { 0 };
  g_autofree char *large = g_strnfill (600, 'x');
  g_autofree char *other = g_strnfill (600, 'y');

  set_up (&f);
  f.limits->held_bytes = 4000;
  start (&f);
  give (&f, large);
  give (&f, other);
  g_assert_cmpuint (x1_stats (f.bob).held, ==, 1);
  g_assert_cmpuint (x1_heard (f.bob, other, FALSE), ==, 1);
  mesh_run (f.x1->mesh, SECOND);
  g_assert_cmpuint (x1_heard (f.bob, large, FALSE), ==, 1);
}

/* The oldest of a link makes room for its newest; those of others stay. */
static void
test_held_proofs (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (RawPeer) other = NULL;

  set_up (&f);
  f.limits->held_proofs = 8;
  start (&f);
  other = x1_raw (f.x1, "other", f.bob);
  {
    g_autoptr (P2pMessage) said = make (&f, "of another");
    g_autoptr (P2pMessage) car = x1_sign (f.x1, f.identity, NULL, &said, 1);

    x1_give (other, car);
  }
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      give_car (&f, text);
    }
  give (&f, "of another");
  give (&f, "1");
  give (&f, "2");
  g_assert_cmpuint (x1_stats (f.bob).verified, ==, 4);
  give (&f, "0");
  g_assert_cmpuint (x1_stats (f.bob).held, ==, 1);
}

/* Whoever makes up signatures has us check few of them, and leaves the others theirs. */
/* A side-car with a signature that is made up. */
static void
give_made_up (Fixture *f, P2pIdentity *identity, const char *text)
{
  g_autofree char *id = p2p_identity_get_node_id (identity, f->x1->mesh->protocol);
  g_autoptr (P2pMessage) said = x1_make (f->x1, id, 0, text);
  g_autoptr (P2pMessage) car = x1_sign (f->x1, identity, NULL, &said, 1);
  g_autoptr (GBytes) body = p2p_message_dup_body (car);
  guint8 *bytes = g_memdup2 (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_autoptr (GBytes) bent = NULL;
  g_autoptr (P2pMessage) made_up = NULL;

  bytes[g_bytes_get_size (body) - 60] ^= 1;
  bent = g_bytes_new_take (bytes, g_bytes_get_size (body));
  made_up = p2p_message_new_from_body (bent, NULL);
  g_assert_true (p2p_link_send (f->raw->link, made_up, P2P_LINK_SEND_PLAIN, NULL));
}

/* Something is signed with his key, and nobody takes him for one who never did. */
static void
prove_key (Fixture *f)
{
  g_autoptr (P2pMessage) said = make (f, "first");
  g_autoptr (P2pMessage) car = x1_sign (f->x1, f->identity, NULL, &said, 1);

  x1_give (f->raw, car);
  mesh_run (f->x1->mesh, SECOND);
}

static void
test_signature_checks (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (P2pIdentity) mallory = x1_identity ("mallory");
  g_autoptr (RawPeer) other = NULL;
  guint64 before, bad, many;

  set_up (&f);
  f.limits->signature_checks = 40;
  start (&f);
  other = x1_raw (f.x1, "other", f.bob);
  mesh_run (f.x1->mesh, SECOND);
  prove_key (&f);
  before = p2p_verifier_get_n_checked (x1_of (f.bob)->verifier);
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      give_made_up (&f, f.identity, text);
    }
  mesh_run (f.x1->mesh, SECOND / 100);
  bad = mesh_stats (f.bob).dropped[P2P_DROP_FORGED_SIGNATURE];
  many = mesh_stats (f.bob).dropped[P2P_DROP_RATE];
  g_assert_cmpuint (bad, ==, 10);
  g_assert_cmpuint (bad + many, ==, 100);
  g_assert_cmpuint (p2p_verifier_get_n_checked (x1_of (f.bob)->verifier) - before, ==, 10);
  g_assert_null (f.raw->error);
  {
    g_autoptr (P2pMessage) said = make (&f, "by another way");
    g_autoptr (P2pMessage) car = x1_sign (f.x1, f.identity, NULL, &said, 1);

    x1_give (other, car);
    x1_give (other, said);
  }
  g_assert_cmpuint (x1_heard (f.bob, "by another way", TRUE), ==, 1);
}

/* ---- known-keys, where it is full ---- */

static guint
say_signed (Fixture *f, RawPeer *raw, const char *name)
{
  g_autoptr (P2pIdentity) key = x1_identity (name);
  g_autofree char *id = p2p_identity_get_node_id (key, f->x1->mesh->protocol);
  g_autoptr (P2pMessage) said = x1_make (f->x1, id, 0, name);
  g_autoptr (P2pMessage) car = x1_sign (f->x1, key, NULL, &said, 1);

  x1_give (raw, car);
  x1_give (raw, said);
  mesh_run (f->x1->mesh, SECOND);
  return x1_heard (f->bob, name, TRUE);
}

/* Who comes when all places are taken by keys that signed something is heard, and verified, too. */
static void
test_full (void)
{
  g_auto (Fixture) f = { 0 };

  set_up (&f);
  f.limits->known_keys = 8;
  start (&f);
  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("sybil %u", i);

      g_assert_cmpuint (say_signed (&f, f.raw, name), ==, 1);
    }
  g_assert_cmpuint (say_signed (&f, f.raw, "honest"), ==, 1);
  g_assert_cmpuint (p2p_x1_get_n_keys (x1_of (f.bob)), ==, 8);
}

/* Pins leave a quarter of the places. */
static void
test_pins (void)
{
  g_auto (Fixture) f = { 0 };
  guint n_pinned = 0;

  set_up (&f);
  f.limits->known_keys = 8;
  start (&f);
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("pin %u", i);
      g_autoptr (P2pIdentity) key = x1_identity (name);

      n_pinned += p2p_x1_pin (x1_of (f.bob), p2p_identity_peek_public_key (key));
    }
  /* and our own */
  g_assert_cmpuint (n_pinned, ==, 5);
  g_assert_cmpuint (say_signed (&f, f.raw, "newcomer"), ==, 1);
}

/* Keys that cost nothing take a quarter of what a link may have checked: who signed before has the rest. */
static void
test_newcomers (void)
{
  g_auto (Fixture) f = { 0 };
  guint most;

  set_up (&f);
  start (&f);
  g_assert_cmpuint (say_signed (&f, f.raw, "regular"), ==, 1);
  most = f.limits->signature_checks / 16;
  for (guint i = 0; i < f.limits->signature_checks; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody %u", i);
      g_autoptr (P2pIdentity) key = x1_identity (name);

      give_made_up (&f, key, name);
    }
  mesh_run (f.x1->mesh, SECOND / 10);
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_FORGED_SIGNATURE], <=, most + most / 5 + 1);
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_RATE], >, 0);
  {
    g_autoptr (P2pIdentity) key = x1_identity ("regular");
    g_autofree char *id = p2p_identity_get_node_id (key, f.x1->mesh->protocol);
    g_autoptr (P2pMessage) said = x1_make (f.x1, id, 0, "again");
    g_autoptr (P2pMessage) car = x1_sign (f.x1, key, NULL, &said, 1);

    x1_give (f.raw, car);
    x1_give (f.raw, said);
    mesh_run (f.x1->mesh, SECOND);
    g_assert_cmpuint (x1_heard (f.bob, "again", TRUE), ==, 1);
  }
}

/* ---- a link that comes back in the place of another ---- */

static void
test_moved (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (RawPeer) two = NULL;
  g_autoptr (P2pMessage) said = NULL;

  set_up (&f);
  start (&f);
  two = raw_dial (f.x1->mesh, "elsewhere", f.bob);
  g_free (two->id);
  two->id = g_strdup (f.raw->id);
  raw_handshake (two);
  mesh_run (f.x1->mesh, SECOND / 10);
  said = make (&f, "in the midst");
  x1_give (two, said);
  g_assert_cmpuint (mesh_heard (f.bob, "in the midst"), ==, 0);
  g_clear_pointer (&f.raw, raw_free);
  mesh_run (f.x1->mesh, 3 * SECOND);
  g_assert_cmpuint (mesh_heard (f.bob, "in the midst"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/limits/sign-milliseconds", test_sign_milliseconds);
  g_test_add_func ("/x1/limits/proof-milliseconds", test_proof_milliseconds);
  g_test_add_func ("/x1/limits/proof-seconds", test_proof_seconds);
  g_test_add_func ("/x1/limits/held-messages", test_held_messages);
  g_test_add_func ("/x1/limits/held-bytes", test_held_bytes);
  g_test_add_func ("/x1/limits/held-proofs", test_held_proofs);
  g_test_add_func ("/x1/limits/signature-checks", test_signature_checks);
  g_test_add_func ("/x1/limits/known-keys/full", test_full);
  g_test_add_func ("/x1/limits/known-keys/pins", test_pins);
  g_test_add_func ("/x1/limits/signature-checks/newcomers", test_newcomers);
  g_test_add_func ("/x1/limits/moved", test_moved);
  return g_test_run ();
}
