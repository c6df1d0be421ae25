/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the originals leave open about their writes: the order within a second, and how their ids are spelled. */
#include "node-fixture.h"

static RawPeer *
dial_py (SyncNode *ours, const char *name)
{
  RawPeer *raw = raw_dial (ours->fixture->mesh, name, ours->mesh);

  raw_handshake_bin (raw);
  sync_run_seconds (ours->fixture, 1);
  return raw;
}

/* What came last in a second holds, as with them, for they number nothing. */
static void
test_same_second (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  g_autoptr (RawPeer) py = dial_py (ours, "py");

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <@x %u>]", i);
      g_assert_cmpstr (sync_get (ours, "k"), ==, text);
    }
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <()>]");
  g_assert_cmpstr (sync_get (ours, "k"), ==, "");
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <'again'>]");
  g_assert_cmpstr (sync_get (ours, "k"), ==, "'again'");
}

/* Who numbers them is taken at his word: what has no number was his first of that second, whenever it comes. */
static void
test_numbered (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  g_autoptr (RawPeer) py = dial_py (ours, "py");

  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <'second'>, <@x 2>]");
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <'first'>]");
  g_assert_cmpstr (sync_get (ours, "k"), ==, "'second'");
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <'third'>, <@x 4>]");
  g_assert_cmpstr (sync_get (ours, "k"), ==, "'third'");
}

/* Two of ours that heard them the other way round agree when they compare. */
static void
test_other_way_round (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *one = sync_add (self, "one");
  SyncNode *two = sync_add (self, "two");
  g_autoptr (RawPeer) py = dial_py (one, "py");
  g_autoptr (RawPeer) other = dial_py (two, "other");
  gint64 now = mesh_now (self->mesh);

  for (guint i = 0; i < 4; i++)
    {
      const char *packets[] = { "[<@x 11>, <'k'>, <'a'>]", "[<@x 11>, <'k'>, <'b'>]" };

      raw_send_full (i % 2 == 0 ? py : other, P2P_FLAG_BROADCAST, py->id, P2P_ID_FORM_BIN, now, packets[i == 1 || i == 2]);
    }
  g_assert_cmpstr (sync_get (one, "k"), ==, "'b'");
  g_assert_cmpstr (sync_get (two, "k"), ==, "'a'");
  sync_connect (one, two);
  sync_run_seconds (self, 5);
  g_assert_true (sync_equal (one, two));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/heard/same-second", test_same_second);
  g_test_add_func ("/sync/heard/numbered", test_numbered);
  g_test_add_func ("/sync/heard/other-way-round", test_other_way_round);
  return g_test_run ();
}
