/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Limits of a node that no other test sets: each as it is set, and exceeded. */
#include "raw-peer.h"

typedef struct {
  MeshFixture *mesh;
  MeshNode *alice;
  RawPeer *raw;
} Fixture;

static void
begin (Fixture *self)
{
  self->alice = mesh_add (self->mesh, "alice");
  self->raw = raw_dial (self->mesh, "raw", self->alice);
  raw_handshake (self->raw);
}

static void
fixture_init (Fixture *self)
{
  *self = (Fixture) { .mesh = mesh_fixture_new (1) };
}

static void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->raw, raw_free);
  mesh_fixture_free (self->mesh);
}

/* ---- addresses ---- */

static void
tell_peers (RawPeer *raw, guint n)
{
  g_autoptr (GString) list = g_string_new ("[<@x 7>, <@av [");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (list, "%s<[<[<'10.0.77.%u'>, <@x 4000>]>, <'p%c'>]>", i > 0 ? ", " : "", i + 1, 'A' + i);
  g_string_append (list, "]>]");
  raw_send (raw, P2P_FLAG_WHISPER, "%s", list->str);
}

static void
test_addresses (void)
{
  Fixture f;

  fixture_init (&f);
  f.mesh->limits.addresses = 4;
  begin (&f);
  tell_peers (f.raw, 10);
  g_assert_cmpuint (p2p_address_book_get_n (p2p_mesh_node_get_addresses (f.alice->node)), ==, 4);
  fixture_clear (&f);
}

/* Six addresses of one net that keep us waiting: so many of them at once, and not one more. */
static void
test_links_per_prefix (void)
{
  for (guint limit = 1; limit <= 3; limit++)
    {
      Fixture f;

      fixture_init (&f);
      f.mesh->limits.links_per_prefix = limit;
      begin (&f);
      p2p_mesh_node_set_max_outgoing (f.alice->node, 100);
      for (guint i = 0; i < 6; i++)
        {
          g_autofree char *name = g_strdup_printf ("silent%u", i), *address = g_strdup_printf ("203.0.113.%u", i + 1);

          test_host_set_silent (test_world_add_host_at (f.mesh->world, name, address), TRUE);
          p2p_mesh_node_add_address (f.alice->node, address, 4000, NULL, 0, 0);
        }
      mesh_run (f.mesh, 8 * SECOND);
      g_assert_cmpuint (test_host_get_n_dials (f.alice->host), ==, limit);
      fixture_clear (&f);
    }
}

static void
test_address_failures (void)
{
  Fixture f;
  P2pKnown *known;

  fixture_init (&f);
  f.mesh->limits.address_failures = 3;
  begin (&f);
  test_host_set_refusing (test_world_add_host_at (f.mesh->world, "dead", "10.0.77.1"), TRUE);
  tell_peers (f.raw, 1);
  known = p2p_address_book_find (p2p_mesh_node_get_addresses (f.alice->node), "10.0.77.1", 4000);
  for (gint64 end = test_world_now (f.mesh->world) + 60 * SECOND; known->failures < 3; mesh_run (f.mesh, SECOND / 10))
    {
      g_assert_cmpint (known->state, !=, P2P_ADDRESS_STATE_GIVEN_UP);
      g_assert_cmpint (test_world_now (f.mesh->world), <, end);
    }
  g_assert_cmpint (known->state, ==, P2P_ADDRESS_STATE_GIVEN_UP);
  mesh_run (f.mesh, 60 * SECOND);
  g_assert_cmpuint (known->attempts, ==, 3);
  fixture_clear (&f);
}

/* The pauses between the last attempts at an address that the program wants, at most a fifth longer or shorter than the limit. */
static void
check_pauses (gboolean alone)
{
  Fixture f;
  P2pKnown *known;
  const guint limit = alone ? 6 : 20;

  fixture_init (&f);
  f.mesh->limits.redial_alone_seconds = 6;
  f.mesh->limits.redial_seconds = 20;
  begin (&f);
  if (alone)
    g_clear_pointer (&f.raw, raw_free);
  test_host_set_refusing (test_world_add_host (f.mesh->world, "dead"), TRUE);
  known = p2p_mesh_node_add_address (f.alice->node, "dead", 4000, NULL, P2P_ADDRESS_PINNED, 0);
  mesh_run (f.mesh, 400 * SECOND);
  g_assert_cmpuint (known->history->len, ==, P2P_KNOWN_HISTORY);
  for (guint i = 1; i < P2P_KNOWN_HISTORY; i++)
    {
      gint64 pause = g_array_index (known->history, P2pAttempt, i).when - g_array_index (known->history, P2pAttempt, i - 1).when;

      g_assert_cmpint (pause, >=, limit * SECOND * 8 / 10);
      g_assert_cmpint (pause, <=, limit * SECOND * 12 / 10 + 2 * SECOND);
    }
  fixture_clear (&f);
}

static void
test_redial (void)
{
  check_pauses (FALSE);
  check_pauses (TRUE);
}

/* ---- messages ---- */

static void
say (Fixture *self, int age, const char *text)
{
  g_autofree char *packets = g_strdup_printf ("[<@x 0>, <'%s'>]", text);

  raw_send_full (self->raw, P2P_FLAG_BROADCAST, self->raw->id, P2P_ID_FORM_STR, mesh_now (self->mesh) - age, packets);
}

/* More ids than there is room for: the oldest are forgotten, and what comes again is new. */
static void
test_seen_ids (void)
{
  for (guint others = 4; others <= 304; others += 300)
    {
      Fixture f;
      gint64 now;

      fixture_init (&f);
      f.mesh->limits.seen_ids = 16;
      begin (&f);
      now = mesh_now (f.mesh);
      for (guint round = 0; round < 2; round++)
        {
          raw_send_full (f.raw, P2P_FLAG_BROADCAST, f.raw->id, P2P_ID_FORM_STR, now, "[<@x 0>, <'again'>]");
          for (guint i = 0; i < others; i++)
            {
              g_autofree char *text = g_strdup_printf ("other %u %u", round, i);

              say (&f, 0, text);
            }
        }
      g_assert_cmpuint (mesh_heard (f.alice, "again"), ==, others < 16 ? 1 : 2);
      fixture_clear (&f);
    }
}

static void
test_seen_seconds (void)
{
  Fixture f;
  gint64 now;

  fixture_init (&f);
  f.mesh->limits.seen_seconds = 5;
  f.mesh->limits.message_age_seconds = 30;
  begin (&f);
  now = mesh_now (f.mesh);
  for (guint i = 0; i < 3; i++)
    {
      raw_send_full (f.raw, P2P_FLAG_BROADCAST, f.raw->id, P2P_ID_FORM_STR, now, "[<@x 0>, <'again'>]");
      g_assert_cmpuint (mesh_heard (f.alice, "again"), ==, i < 2 ? 1 : 2);
      /* Four seconds, then longer than two spans. */
      mesh_run (f.mesh, i == 0 ? 4 * SECOND : 11 * SECOND);
    }
  fixture_clear (&f);
}

static void
test_message_age (void)
{
  Fixture f;

  fixture_init (&f);
  f.mesh->limits.message_age_seconds = 5;
  begin (&f);
  say (&f, 4, "late");
  say (&f, 7, "too late");
  say (&f, -4, "early");
  say (&f, -7, "too early");
  g_assert_cmpuint (mesh_heard (f.alice, "late"), ==, 1);
  g_assert_cmpuint (mesh_heard (f.alice, "early"), ==, 1);
  g_assert_cmpuint (mesh_heard (f.alice, "too late") + mesh_heard (f.alice, "too early"), ==, 0);
  g_assert_cmpuint (mesh_dropped (f.alice), ==, 2);
  fixture_clear (&f);
}

/* ---- penalties ---- */

static void
check_forgiven (guint decay, guint each, gboolean forgiven)
{
  Fixture f;

  fixture_init (&f);
  f.mesh->limits.penalty_decay = decay;
  begin (&f);
  for (guint i = 0; i < 30 && f.raw->error == NULL; i++)
    {
      raw_send_full (f.raw, P2P_FLAG_WHISPER, "abc", P2P_ID_FORM_STR, mesh_now (f.mesh), "[<@x 2>, <'hi'>]");
      mesh_run (f.mesh, each * SECOND);
    }
  g_assert_true (forgiven == (f.raw->error == NULL));
  fixture_clear (&f);
}

static void
test_penalty_decay (void)
{
  check_forgiven (5, 2, TRUE);
  check_forgiven (5, 1, FALSE);
  check_forgiven (0, 30, FALSE);
}

/* A flood of bad beginnings is counted, and told at its own pace. */
static void
test_failures_per_second (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;
  RawPeer *raws[40];
  MeshResult result = { 0 };
  g_autoptr (GVariant) status = NULL;
  gint64 began = test_world_now (mesh->world);

  mesh->limits.failures_per_second = 3;
  mesh->limits.status_entries = 2;
  mesh->limits.links_per_address = 1;
  mesh->limits.accepts_per_second = 1000;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raws[i] = raw_dial (mesh, "hasty", alice);
  g_assert_cmpuint (mesh_stats (alice).incoming_failed, ==, G_N_ELEMENTS (raws) - 1);
  g_assert_cmpuint (alice->failed + mesh_stats (alice).incoming_untold, ==, G_N_ELEMENTS (raws) - 1);
  g_assert_cmpuint (alice->failed, >=, 3);
  g_assert_cmpuint (alice->failed, <=, 3 * (guint) ((test_world_now (mesh->world) - began) / SECOND + 1));

  /* Our own dials are always told. */
  mesh_drop (bob);
  alice->failed = 0;
  for (guint i = 0; i < 5; i++)
    {
      p2p_mesh_node_connect (alice->node, "bob", 4000, NULL, mesh_result_cb, &result);
      mesh_run (mesh, SECOND / 10);
      mesh_result_clear (&result);
    }
  g_assert_cmpuint (alice->failed, ==, 5);
  status = p2p_mesh_node_get_status (alice->node);
  g_assert_cmpuint (g_variant_n_children (status), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
}

/* However many come in, there is room for our own dials. */
static void
test_reserve (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;
  RawPeer *raws[20];

  mesh->limits.links = 20;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);

      raws[i] = raw_dial (mesh, name, alice);
      raw_handshake (raws[i]);
    }
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 15);
  mesh_connect (alice, bob);
  for (guint i = 0; i < G_N_ELEMENTS (raws); i++)
    raw_free (raws[i]);
}

static void
test_link_limit (void)
{
  g_autoptr (MeshFixture) mesh = mesh_fixture_new (1);
  MeshNode *alice, *bob;
  g_auto (MeshResult) result = { 0 };
  RawPeer *raws[3];

  mesh->limits.links = 2;
  alice = mesh_add (mesh, "alice");
  bob = mesh_add (mesh, "bob");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("raw%u", i);

      raws[i] = raw_dial (mesh, name, alice);
      raw_handshake (raws[i]);
    }
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 2);
  p2p_mesh_node_connect (alice->node, test_host_get_address (bob->host), 4000, NULL, mesh_result_cb, &result);
  mesh_run (mesh, SECOND);
  g_assert_error (result.error, P2P_LINK_ERROR, P2P_LINK_ERROR_TOO_MANY);
  /* With room there is a place for the one who waited. */
  p2p_mesh_node_disconnect (alice->node, p2p_mesh_node_get_peer (alice->node, 0));
  mesh_run (mesh, SECOND);
  g_assert_cmpuint (p2p_mesh_node_get_n_peers (alice->node), ==, 2);
  g_assert_cmpuint (mesh_count (alice, "removed stranger CLOSED"), ==, 1);
  for (guint i = 0; i < 3; i++)
    raw_free (raws[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/limits/addresses", test_addresses);
  g_test_add_func ("/mesh/limits/links-per-prefix", test_links_per_prefix);
  g_test_add_func ("/mesh/limits/address-failures", test_address_failures);
  g_test_add_func ("/mesh/limits/redial", test_redial);
  g_test_add_func ("/mesh/limits/seen-ids", test_seen_ids);
  g_test_add_func ("/mesh/limits/seen-seconds", test_seen_seconds);
  g_test_add_func ("/mesh/limits/message-age", test_message_age);
  g_test_add_func ("/mesh/limits/penalty-decay", test_penalty_decay);
  g_test_add_func ("/mesh/limits/failures-per-second", test_failures_per_second);
  g_test_add_func ("/mesh/limits/links", test_link_limit);
  g_test_add_func ("/mesh/limits/reserve", test_reserve);
  return g_test_run ();
}
