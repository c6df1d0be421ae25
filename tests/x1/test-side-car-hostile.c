/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures that do not come, come late, or are made up: what was said is heard once all the same, and nobody is believed. */
#include "x1-fixture.h"

#include <string.h>

/* bob, who hears of alice by way of somebody in between, and has her key. */
typedef struct {
  X1Fixture *x1;
  MeshNode *bob;
  RawPeer *between;
  P2pIdentity *identity;
  char *alice;
} Fixture;

static void
give_one (Fixture *self, RawPeer *by, gint64 offset, const char *text, gboolean car, gboolean message)
{
  g_autoptr (P2pMessage) said = x1_make (self->x1, self->alice, offset, text);
  g_autoptr (P2pMessage) signature = x1_sign (self->x1, self->identity, NULL, &said, 1);

  if (car)
    x1_give (by, signature);
  if (message)
    x1_give (by, said);
}

static void
set_up (Fixture *self)
{
  self->x1 = x1_fixture_new (1);
  self->bob = x1_add (self->x1, "bob");
  self->between = x1_raw (self->x1, "between", self->bob);
  self->identity = x1_identity ("alice");
  self->alice = p2p_identity_get_node_id (self->identity, self->x1->mesh->protocol);
  give_one (self, self->between, 0, "known", TRUE, TRUE);
  g_assert_cmpuint (x1_heard (self->bob, "known", TRUE), ==, 1);
}

static void
tear_down (Fixture *self)
{
  g_clear_pointer (&self->between, raw_free);
  p2p_identity_unref (self->identity);
  g_free (self->alice);
  x1_fixture_free (self->x1);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, tear_down)

static void
wait (Fixture *self, gint64 span)
{
  mesh_run (self->x1->mesh, span);
}

/* It is waited for, not for ever; when it comes after all, that is told. */
static void
test_stripped (void)
{
  g_auto (Fixture) f = { 0 };

  set_up (&f);
  give_one (&f, f.between, 0, "stripped", FALSE, TRUE);
  wait (&f, 480 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (mesh_heard (f.bob, "stripped"), ==, 0);
  g_assert_cmpuint (x1_stats (f.bob).held, ==, 1);
  wait (&f, 20 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (x1_heard (f.bob, "stripped", FALSE), ==, 1);
  g_assert_cmpuint (x1_stats (f.bob).overtime, ==, 1);
  wait (&f, 10 * SECOND);
  g_assert_cmpuint (mesh_count (f.bob, "proved"), ==, 0);
}

static void
test_late (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (P2pMessage) said = NULL;
  g_autoptr (P2pMessage) car = NULL;

  set_up (&f);
  said = x1_make (f.x1, f.alice, 0, "late");
  car = x1_sign (f.x1, f.identity, NULL, &said, 1);
  x1_give (f.between, said);
  wait (&f, 5 * SECOND);
  g_assert_cmpuint (x1_heard (f.bob, "late", FALSE), ==, 1);
  x1_give (f.between, car);
  g_assert_cmpuint (mesh_count (f.bob, "proved stranger"), ==, 1);
  g_assert_cmpuint (x1_stats (f.bob).proved, ==, 1);
  g_assert_cmpuint (mesh_heard (f.bob, "late"), ==, 1);
}

/* Signed after it was sent: handled when the signature is there. */
static void
test_reordered (void)
{
  g_auto (Fixture) f = { 0 };
  P2pMessage *said[3];
  g_autoptr (P2pMessage) car = NULL;

  set_up (&f);
  for (guint i = 0; i < 3; i++)
    {
      said[i] = x1_make (f.x1, f.alice, i, "reordered");
      x1_give (f.between, said[i]);
    }
  g_assert_cmpuint (mesh_heard (f.bob, "reordered"), ==, 0);
  car = x1_sign (f.x1, f.identity, NULL, said, 3);
  x1_give (f.between, car);
  g_assert_cmpuint (x1_heard (f.bob, "reordered", TRUE), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      P2pMessage *heard = f.bob->messages->pdata[f.bob->messages->len - 3 + i];

      g_assert_cmpint (p2p_message_get_time (heard), ==, p2p_message_get_time (said[i]));
      p2p_message_unref (said[i]);
    }
}

static int
place_of (Fixture *self, const char *text)
{
  for (guint i = 0; i < self->bob->messages->len; i++)
    {
      g_autofree char *heard = p2p_message_dup_text (self->bob->messages->pdata[i]);

      if (g_strcmp0 (heard, text) == 0)
        return (int) i;
    }
  return -1;
}

/* Whoever makes things up in her name, or takes signatures away, delays nothing that is proved, signed before it is said or after. */
static void
test_made_up (void)
{
  static const char *const texts[] = { "second", "made up again", "third" };
  g_auto (Fixture) f = { 0 };
  P2pMessage *said[G_N_ELEMENTS (texts)], *signed_later[2];
  g_autoptr (P2pMessage) car = NULL;

  set_up (&f);
  give_one (&f, f.between, 0, "made up", FALSE, TRUE);
  give_one (&f, f.between, 0, "first", TRUE, TRUE);
  g_assert_cmpint (place_of (&f, "first"), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      said[i] = x1_make (f.x1, f.alice, 0, texts[i]);
      x1_give (f.between, said[i]);
    }
  signed_later[0] = said[0];
  signed_later[1] = said[2];
  car = x1_sign (f.x1, f.identity, NULL, signed_later, 2);
  x1_give (f.between, car);
  g_assert_cmpint (place_of (&f, "second"), ==, 2);
  g_assert_cmpint (place_of (&f, "third"), ==, 3);
  g_assert_cmpuint (f.bob->messages->len, ==, 4);
  g_assert_cmpuint (x1_stats (f.bob).held, ==, 2);
  wait (&f, SECOND);
  g_assert_cmpuint (x1_heard (f.bob, "made up", FALSE), ==, 1);
  g_assert_cmpuint (x1_heard (f.bob, "made up again", FALSE), ==, 1);
  g_assert_cmpuint (x1_stats (f.bob).overtime, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    p2p_message_unref (said[i]);
}

/* A program may end its node when it hears of something: what is left waits for nobody then. */
static void
test_ended (void)
{
  enum { BY_SIGNATURE, PROVED, OVERTIME, LINK_ENDS, N_WAYS };

  for (guint way = 0; way < N_WAYS; way++)
    {
      g_auto (Fixture) f = { 0 };
      P2pMessage *said[2];
      g_autoptr (P2pMessage) car = NULL;

      set_up (&f);
      for (guint i = 0; i < 2; i++)
        {
          said[i] = x1_make (f.x1, f.alice, i, "ended");
          x1_give (f.between, said[i]);
        }
      if (way == PROVED)
        wait (&f, SECOND);
      f.bob->act_at = way == PROVED ? "proved" : "message";
      f.bob->act = x1_drop;
      car = x1_sign (f.x1, f.identity, NULL, said, 2);
      if (way == BY_SIGNATURE || way == PROVED)
        x1_give (f.between, car);
      else if (way == LINK_ENDS)
        g_clear_pointer (&f.between, raw_free);
      wait (&f, SECOND);
      g_assert_null (f.bob->node);
      g_assert_cmpuint (mesh_heard (f.bob, "ended"), ==, way == PROVED ? 2 : 1);
      g_assert_cmpuint (mesh_count (f.bob, "proved"), ==, way == PROVED ? 1 : 0);
      for (guint i = 0; i < 2; i++)
        p2p_message_unref (said[i]);
    }
}

/* Mallory, with a key of his own, about what alice said, and about what he says in her name. */
static void
test_forged (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (P2pIdentity) mallory = x1_identity ("mallory");
  g_autofree char *id = NULL;
  g_autoptr (P2pMessage) forged = NULL;
  g_autoptr (P2pMessage) his_car = NULL;
  g_autoptr (P2pMessage) her_car = NULL;

  set_up (&f);
  forged = x1_make (f.x1, f.alice, 0, "forged");
  his_car = x1_sign (f.x1, mallory, NULL, &forged, 1);
  her_car = x1_sign (f.x1, mallory, f.alice, &forged, 1);
  x1_give (f.between, his_car);
  x1_give (f.between, her_car);
  x1_give (f.between, forged);
  wait (&f, SECOND);
  g_assert_cmpuint (x1_heard (f.bob, "forged", FALSE), ==, 1);
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_FORGED_SIGNATURE], ==, 1);
  /* What he signs himself is his, and takes nothing of hers away. */
  id = p2p_identity_get_node_id (mallory, f.x1->mesh->protocol);
  g_assert_nonnull (p2p_x1_find_key (x1_of (f.bob), id));
  give_one (&f, f.between, 0, "hers", TRUE, TRUE);
  g_assert_cmpuint (x1_heard (f.bob, "hers", TRUE), ==, 1);
  g_assert_null (f.between->error);
}

/* Her key, and a signature that is not hers; about one that is to come, so that the right one has to count all the same. */
static void
test_bad_signature (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (P2pMessage) said = NULL;
  g_autoptr (P2pMessage) car = NULL;
  g_autoptr (P2pMessage) bad = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) bent = NULL;
  gsize length;
  guint8 *bytes;

  set_up (&f);
  said = x1_make (f.x1, f.alice, 0, "said");
  car = x1_sign (f.x1, f.identity, NULL, &said, 1);
  body = p2p_message_dup_body (car);
  length = g_bytes_get_size (body);
  bytes = g_memdup2 (g_bytes_get_data (body, NULL), length);
  bytes[length - 60] ^= 1;      /* in the signature: the leaf after it takes 35 */
  bent = g_bytes_new_take (bytes, length);
  bad = p2p_message_new_from_body (bent, NULL);
  x1_give (f.between, bad);
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_FORGED_SIGNATURE], ==, 1);
  x1_give (f.between, car);
  x1_give (f.between, said);
  g_assert_cmpuint (x1_heard (f.bob, "said", TRUE), ==, 1);
}

/* Of another message, of another network, again and again, and when its time is over. */
static void
test_replayed (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (P2pMessage) said = NULL;
  g_autoptr (P2pMessage) other = NULL;
  g_autoptr (P2pMessage) car = NULL;
  g_autoptr (P2pProtocol) elsewhere = p2p_protocol_new ("elsewhere", P2P_ENCRYPTION_PLAINTEXT);
  g_autoptr (P2pMessage) foreign = NULL;
  P2pProtocol *here;

  set_up (&f);
  said = x1_make (f.x1, f.alice, 0, "said");
  other = x1_make (f.x1, f.alice, 0, "other");
  car = x1_sign (f.x1, f.identity, NULL, &said, 1);
  here = f.x1->mesh->protocol;
  f.x1->mesh->protocol = elsewhere;
  foreign = x1_sign (f.x1, f.identity, f.alice, &other, 1);
  f.x1->mesh->protocol = here;
  x1_give (f.between, car);
  x1_give (f.between, foreign);
  for (guint i = 0; i < 5; i++)
    {
      x1_give (f.between, said);
      x1_give (f.between, car);
      x1_give (f.between, other);
    }
  wait (&f, SECOND);
  g_assert_cmpuint (x1_heard (f.bob, "said", TRUE), ==, 1);
  g_assert_cmpuint (x1_heard (f.bob, "other", FALSE), ==, 1);
  g_assert_cmpuint (f.bob->messages->len, ==, 3);
  wait (&f, 300 * SECOND);
  x1_give (f.between, car);
  x1_give (f.between, said);
  wait (&f, SECOND);
  g_assert_cmpuint (f.bob->messages->len, ==, 3);
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_EXPIRED], ==, 2);
}

/* Of somebody of whom nothing is known: an original, or the first that we hear of him. */
static void
test_unknown (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (P2pIdentity) carol = x1_identity ("carol");
  g_autofree char *id = NULL;
  g_autoptr (P2pMessage) said = NULL;
  g_autoptr (P2pMessage) car = NULL;

  set_up (&f);
  id = p2p_identity_get_node_id (carol, f.x1->mesh->protocol);
  said = x1_make (f.x1, id, 0, "hello");
  car = x1_sign (f.x1, carol, NULL, &said, 1);
  x1_give (f.between, said);
  g_assert_cmpuint (x1_heard (f.bob, "hello", FALSE), ==, 1);
  x1_give (f.between, car);
  g_assert_cmpuint (mesh_count (f.bob, "proved"), ==, 1);
  raw_send (f.between, P2P_FLAG_BROADCAST, "[<@x 0>, <'of an original'>]");
  g_assert_cmpuint (x1_heard (f.bob, "of an original", FALSE), ==, 1);
}

/* The link that brought it ends: what waits is proved by way of another, or told of before the last link is gone. */
static void
test_link_ends (void)
{
  g_auto (Fixture) f = { 0 };
  g_autoptr (RawPeer) second = NULL;

  set_up (&f);
  second = x1_raw (f.x1, "second", f.bob);
  give_one (&f, f.between, 0, "waits", FALSE, TRUE);
  g_clear_pointer (&f.between, raw_free);
  wait (&f, SECOND / 10);
  g_assert_cmpuint (mesh_count (f.bob, "removed"), ==, 1);
  g_assert_cmpuint (mesh_heard (f.bob, "waits"), ==, 0);
  {
    g_autoptr (P2pMessage) said = x1_make (f.x1, f.alice, 0, "waits");
    g_autoptr (P2pMessage) car = x1_sign (f.x1, f.identity, NULL, &said, 1);

    x1_give (second, car);
  }
  g_assert_cmpuint (x1_heard (f.bob, "waits", TRUE), ==, 1);

  give_one (&f, second, 0, "the last", FALSE, TRUE);
  g_clear_pointer (&second, raw_free);
  wait (&f, SECOND / 10);
  g_assert_cmpuint (mesh_count (f.bob, "removed"), ==, 2);
  g_assert_cmpuint (x1_heard (f.bob, "the last", FALSE), ==, 1);
  /* Before the end of the link, as if it had come just then. */
  g_assert_true (strstr (f.bob->log->str, "message") < g_strrstr (f.bob->log->str, "removed"));
  wait (&f, SECOND);
  g_assert_cmpuint (f.bob->messages->len, ==, 3);
}

/* Whatever is malformed is counted, and costs who relays it nothing. */
static void
test_malformed (void)
{
  static const char *packets[] = {
    "[<@x 89>]",
    "[<@x 89>, <@x 1>]",
    "[<@x 89>, <'x'>, <'x'>, <'x'>, <'x'>]",
    "[<@x 89>, <@x 1>, <@x 1>, <@x 1>, <@x 1>]",
    "[<@x 89>, <@x 1>, <'short'>, <'short'>, <'short'>]",
    "[<@x 89>, <@x 1>, <'12345678901234567890123456789012'>, <'1234567890123456789012345678901234567890123456789012345678901234'>, <''>]",
    "[<@x 89>, <@x 1>, <'12345678901234567890123456789012'>, <'1234567890123456789012345678901234567890123456789012345678901234'>, <'x'>]",
  };
  g_auto (Fixture) f = { 0 };

  set_up (&f);
  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    raw_send_full (f.between, P2P_FLAG_BROADCAST, f.between->id, P2P_ID_FORM_STR, mesh_now (f.x1->mesh), packets[i]);
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_SHAPE], ==, G_N_ELEMENTS (packets));
  raw_send (f.between, P2P_FLAG_BROADCAST, "[<@x 89>, <@x 2>, <'of a later version'>]");
  g_assert_cmpuint (mesh_stats (f.bob).dropped[P2P_DROP_UNKNOWN_OPERATION], ==, 1);
  g_assert_null (f.between->error);
  g_assert_cmpuint (f.bob->messages->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/x1/hostile/stripped", test_stripped);
  g_test_add_func ("/x1/hostile/late", test_late);
  g_test_add_func ("/x1/hostile/reordered", test_reordered);
  g_test_add_func ("/x1/hostile/made-up", test_made_up);
  g_test_add_func ("/x1/hostile/ended", test_ended);
  g_test_add_func ("/x1/hostile/forged", test_forged);
  g_test_add_func ("/x1/hostile/bad-signature", test_bad_signature);
  g_test_add_func ("/x1/hostile/replayed", test_replayed);
  g_test_add_func ("/x1/hostile/unknown", test_unknown);
  g_test_add_func ("/x1/hostile/link-ends", test_link_ends);
  g_test_add_func ("/x1/hostile/malformed", test_malformed);
  return g_test_run ();
}
