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

static char *
last_told (RawPeer *raw)
{
  return sync_hex (raw_last (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE));
}

/* An owner is told as he spells himself, also by nodes that heard of him from ours alone, and after a restart. */
static void
test_forms (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *one = sync_add (self, "one");
  SyncNode *two = sync_add (self, "two");
  g_autoptr (RawPeer) py = dial_py (one, "py");
  g_autoptr (RawPeer) second = NULL;
  g_autoptr (RawPeer) third = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *told = NULL;
  g_autofree char *told_again = NULL;
  GString *owner = g_string_new (NULL);

  for (const char *c = py->id; *c != '\0'; c++)
    g_string_append_printf (owner, "%02x", (guchar) *c);
  expected = g_strdup_printf ("0bc4016b00c4%02x%sce%08x", (guint) owner->len / 2, owner->str, (guint) mesh_now (self->mesh));
  g_string_free (owner, TRUE);
  raw_send_full (py, P2P_FLAG_BROADCAST, py->id, P2P_ID_FORM_BIN, mesh_now (self->mesh), "[<@x 11>, <@ay [byte 0x6b]>, <@x 0>]");
  sync_run_seconds (self, 2);
  sync_connect (one, two);
  sync_run_seconds (self, 5);
  second = dial_py (two, "second");
  sync_run_seconds (self, 2);
  told = last_told (second);
  g_assert_cmpstr (told, ==, expected);
  one = sync_restart (one);
  sync_connect (one, two);
  sync_run_seconds (self, 10);
  third = dial_py (one, "third");
  sync_run_seconds (self, 2);
  told_again = last_told (third);
  g_assert_cmpstr (told_again, ==, expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/heard/same-second", test_same_second);
  g_test_add_func ("/sync/heard/numbered", test_numbered);
  g_test_add_func ("/sync/heard/other-way-round", test_other_way_round);
  g_test_add_func ("/sync/heard/forms", test_forms);
  return g_test_run ();
}
