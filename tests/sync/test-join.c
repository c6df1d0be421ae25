/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nodes of the originals: what they are told, what is kept from them, and what is made of what they say. */
#include "node-fixture.h"

#include <string.h>

/* ours with py and js linked, by hand */
static RawPeer *
dial_py (SyncNode *ours, const char *name)
{
  RawPeer *raw = raw_dial (ours->fixture->mesh, name, ours->mesh);

  raw_handshake_bin (raw);
  sync_run_seconds (ours->fixture, 1);
  return raw;
}

static RawPeer *
dial_js (SyncNode *ours, const char *name)
{
  RawPeer *raw = raw_dial (ours->fixture->mesh, name, ours->mesh);

  raw_handshake (raw);
  sync_run_seconds (ours->fixture, 1);
  return raw;
}

static guint
count_told (RawPeer *raw)
{
  return raw_count (raw, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE);
}

static guint
count_heard (RawPeer *raw)
{
  return raw_count (raw, P2P_FLAG_BROADCAST, P2P_SUBFLAG_STORE) + raw_count (raw, P2P_FLAG_BROADCAST, P2P_SUBFLAG_DELTA);
}

static char *
last_hex (RawPeer *raw, gint64 flag, gint64 subflag)
{
  return sync_hex (raw_last (raw, flag, subflag));
}

#define assert_heard(raw, subflag, hex) \
  G_STMT_START { g_autofree char *heard = last_hex (raw, P2P_FLAG_BROADCAST, subflag); g_assert_cmpstr (heard, ==, hex); } G_STMT_END

static char *
to_hex (const char *text)
{
  GString *hex = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    g_string_append_printf (hex, "%02x", (guchar) *c);
  return g_string_free (hex, FALSE);
}

/* The payloads of messages-*-0.7.870.json: "store sync", "delta sync" and "store sync delete". */
#define STORE_HEX "0bc4036b6579a576616c7565"
#define DELTA_HEX "11c4036b657981a16101"
#define DELETE_HEX "0bc4036b6579c0"

static void
test_as_the_originals (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  g_autoptr (RawPeer) py = dial_py (ours, "py");
  gboolean third = FALSE;

  sync_set (ours, "key", "'value'");
  sync_run_seconds (self, 2);
  assert_heard (py, P2P_SUBFLAG_STORE, STORE_HEX);
  g_assert_cmpint (p2p_message_get_sender_form (raw_last (py, P2P_FLAG_BROADCAST, P2P_SUBFLAG_STORE)), ==, P2P_ID_FORM_STR);
  sync_delete (ours, "key");
  sync_run_seconds (self, 2);
  assert_heard (py, P2P_SUBFLAG_STORE, DELETE_HEX);
  sync_set (ours, "key", "@a{sv} {}");
  sync_run_seconds (self, 2);
  sync_delta (ours, "key", "{'a': <@x 1>}");
  sync_run_seconds (self, 2);
  assert_heard (py, P2P_SUBFLAG_DELTA, DELTA_HEX);

  /* More in the same second: a number that the originals do not look at. */
  sync_set (ours, "key", "'value'");
  sync_set (ours, "key", "'value'");
  sync_set (ours, "key", "'value'");
  sync_delete (ours, "key");
  sync_run (self, SECOND / 10);
  assert_heard (py, P2P_SUBFLAG_STORE, DELETE_HEX "06");
  g_assert_cmpuint (count_heard (py), ==, 8);
  for (guint i = 0; i < py->messages->len; i++)
    {
      g_autofree char *hex = sync_hex (g_ptr_array_index (py->messages, i));

      third |= g_str_equal (hex, STORE_HEX "04");
    }
  g_assert_true (third);
}

static void
test_told (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  g_autoptr (RawPeer) py = NULL;
  g_autoptr (RawPeer) js = NULL;
  g_autofree char *owner = to_hex (p2p_mesh_node_get_id (ours->mesh->node));
  g_autofree char *expected = NULL;
  g_autofree char *told = NULL;

  sync_set (ours, "key", "'value'");
  sync_set (ours, "gone", "'value'");
  sync_delete (ours, "gone");
  expected = g_strdup_printf (STORE_HEX "d9%02x%sce%08x", (guint) strlen (owner) / 2, owner, (guint) mesh_now (self->mesh));
  sync_run_seconds (self, 5);
  py = dial_py (ours, "py");
  g_assert_cmpuint (count_told (py), ==, 1);
  told = last_hex (py, P2P_FLAG_WHISPER, P2P_SUBFLAG_STORE);
  g_assert_cmpstr (told, ==, expected);
  /* js2p stumbles over some names, so nobody may write them while one is there. */
  g_assert_cmpint (sync_set (ours, "__proto__", "1"), ==, -1);
  g_assert_cmpint (sync_set (ours, "constructor", "1"), ==, -1);
  js = dial_js (ours, "js");
  g_assert_cmpuint (count_told (js), ==, 1);
  g_assert_cmpint (sync_set (ours, "constructor", "2"), ==, P2P_TABLE_ERROR_JS2P_KEY);
  g_assert_cmpint (sync_set (ours, "constructors", "2"), ==, -1);
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <@ay [byte 0x76, 0x61, 0x6c, 0x75, 0x65, 0x4f, 0x66]>, <@x 1>]");
  g_assert_cmpstr (sync_get (ours, "valueOf"), ==, "1");
  sync_run_seconds (self, 1);
  g_assert_cmpuint (count_heard (js), ==, 1);
  g_assert_null (js->error);
}

/* Of what is told at joining only that is news which nothing living is known of, or which the same owner wrote later. */
static void
test_hear_told (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  g_autoptr (RawPeer) py = dial_py (ours, "py");
  g_autoptr (RawPeer) other = dial_js (ours, "other");
  gint64 now = mesh_now (self->mesh);

  /* str and bin are one key */
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'k'>, <'one'>, <'%s'>, <@x %d>]", other->id, (int) now - 7000);
  g_assert_cmpstr (sync_get (ours, "k"), ==, "'one'");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <@ay [byte 0x6b]>, <'two'>, <'%s'>, <@d %d>]", other->id, (int) now - 6000);
  g_assert_cmpstr (sync_get (ours, "k"), ==, "'two'");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'k'>, <'three'>, <'%s'>, <@x %d>]", other->id, (int) now - 6500);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'k'>, <'four'>, <'%s'>, <@x %d>]", py->id, (int) now);
  g_assert_cmpstr (sync_get (ours, "k"), ==, "'two'");
  g_assert_cmpuint (mesh_dropped (ours->mesh), ==, 0);
  /* A message of the owner is better than what is told of it, and nothing of the future is taken. */
  raw_send (other, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <'five'>]");
  g_assert_cmpstr (sync_get (ours, "k"), ==, "'five'");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'f'>, <'six'>, <'%s'>, <@x %d>]", other->id, (int) now + 100);
  g_assert_cmpuint (sync_drops (ours, P2P_DROP_REFUSED), ==, 1);
  g_assert_cmpuint (sync_count (ours, "refused f TIME"), ==, 1);
  /* For ever squatting (security.md D) is over. */
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'f'>, <'six'>, <'%s'>, <@x 4611686018427387904>]", other->id);
  g_assert_cmpstr (sync_get (ours, "f"), ==, "");
  /* What was deleted stays so. */
  g_assert_cmpint (sync_set (ours, "d", "1"), ==, -1);
  sync_run_seconds (self, 1);
  g_assert_cmpint (sync_delete (ours, "d"), ==, -1);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'d'>, <@x 1>, <'%s'>, <@x %d>]", p2p_mesh_node_get_id (ours->mesh->node), (int) mesh_now (self->mesh) - 1);
  g_assert_cmpstr (sync_get (ours, "d"), ==, "");
}

/* The last of an original's writes in one second is its value, as with the originals, whatever their ids; far from it, too. */
static void
test_in_one_second (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  SyncNode *far = sync_add (self, "far");
  g_autoptr (RawPeer) py = dial_py (ours, "py");

  sync_connect (far, ours);
  for (guint round = 0; round < 4; round++)
    {
      g_autofree char *expected = g_strdup_printf ("'%u-%u'", round, 9);

      for (guint i = 0; i < 10; i++)
        {
          g_autofree char *packets = g_strdup_printf ("[<@x 11>, <@ay [byte 0x6b]>, <'%u-%u'>]", round, i);

          raw_send_full (py, P2P_FLAG_BROADCAST, py->id, P2P_ID_FORM_BIN, mesh_now (self->mesh) + round, packets);
        }
      g_assert_cmpstr (sync_get (ours, "k"), ==, expected);
      raw_send_full (py, P2P_FLAG_BROADCAST, py->id, P2P_ID_FORM_BIN, mesh_now (self->mesh) + round, "[<@x 11>, <@ay [byte 0x6b]>, <()>]");
      g_assert_cmpstr (sync_get (ours, "k"), ==, "");
      raw_send_full (py, P2P_FLAG_BROADCAST, py->id, P2P_ID_FORM_BIN, mesh_now (self->mesh) + round, "[<@x 11>, <@ay [byte 0x6b]>, <'again'>]");
      g_assert_cmpstr (sync_get (ours, "k"), ==, "'again'");
    }
  sync_run_seconds (self, 70);
  g_assert_cmpstr (sync_get (far, "k"), ==, "'again'");
  g_assert_true (sync_equal (ours, far));
}

static void
test_bad_told (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  g_autoptr (RawPeer) py = dial_py (ours, "py");

  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'k'>, <'v'>, <'0OIl'>, <@x 1>]");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'k'>, <'v'>, <'abc'>, <@d nan>]");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'k'>, <()>, <'abc'>, <@x 1>]");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <@x 1>, <'v'>, <'abc'>, <@x 1>]");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>]");
  g_assert_cmpuint (sync_drops (ours, P2P_DROP_SHAPE), ==, 5);
  /* A write is for everybody, and what is told at joining for one. */
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 11>, <'k'>, <'v'>]");
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 17>, <'k'>, <@a{sv} {}>]");
  raw_send (py, P2P_FLAG_BROADCAST, "[<@x 11>, <'k'>, <'v'>, <'abc'>, <@x 1>]");
  g_assert_cmpuint (sync_drops (ours, P2P_DROP_REFUSED), ==, 3);
  raw_send (py, P2P_FLAG_WHISPER, "[<@x 5>, <'1'>]");
  g_assert_cmpuint (sync_drops (ours, P2P_DROP_UNEXPECTED), ==, 1);
  g_assert_cmpstr (sync_get (ours, "k"), ==, "");
  g_assert_null (py->error);
}

/* Whatever would make an original stumble stays on its side, and costs nobody a link. */
static void
test_firebreak (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  SyncNode *own = sync_add (self, "own");
  g_autoptr (RawPeer) left = dial_py (ours, "left");
  g_autoptr (RawPeer) py = dial_py (ours, "py");
  g_autoptr (RawPeer) js = dial_js (ours, "js");

  sync_connect (ours, own);
  /* a delete of what nobody has; of what was deleted */
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 11>, <@ay [byte 0x61]>, <()>]");
  g_assert_cmpuint (count_heard (py) + count_heard (js), ==, 0);
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 11>, <@ay [byte 0x6b]>, <'v'>]");
  g_assert_cmpuint (count_heard (py), ==, 1);
  g_assert_cmpuint (count_heard (js), ==, 1);
  sync_run_seconds (self, 1);
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 11>, <@ay [byte 0x6b]>, <()>]");
  g_assert_cmpuint (count_heard (py), ==, 2);
  g_assert_cmpuint (count_heard (js), ==, 1);
  sync_run_seconds (self, 1);
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 11>, <@ay [byte 0x6b]>, <()>]");
  g_assert_cmpuint (count_heard (py), ==, 2);
  /* Nodes of ours hear all of it. */
  sync_run_seconds (self, 2);
  g_assert_cmpstr (sync_get (own, "k"), ==, "");
  g_assert_true (sync_equal (ours, own));

  /* a delta onto what is no map */
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 11>, <@ay [byte 0x74]>, <'text'>]");
  sync_run_seconds (self, 1);
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 17>, <@ay [byte 0x74]>, <{'a': <@x 1>}>]");
  g_assert_cmpuint (count_heard (py), ==, 3);
  g_assert_cmpuint (sync_drops (ours, P2P_DROP_REFUSED), ==, 1);
  g_assert_cmpuint (sync_count (ours, "refused t NOT_A_MAP"), ==, 1);
  g_assert_cmpstr (sync_get (ours, "t"), ==, "'text'");

  /* a key of text: py2p could never again say what its table holds */
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 11>, <'text'>, <'v'>]");
  raw_send (left, P2P_FLAG_BROADCAST, "[<@x 17>, <'map'>, <{'a': <@x 1>}>]");
  g_assert_cmpuint (count_heard (py), ==, 3);
  g_assert_cmpstr (sync_get (ours, "text"), ==, "'v'");
  sync_run_seconds (self, 1);
  g_assert_true (sync_equal (ours, own));
  g_assert_null (left->error);
  g_assert_null (py->error);
  g_assert_null (js->error);
}

/* js2p can take no delete (quirk J2): while one is linked all get the empty string. */
static void
test_delete_with_js2p (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  SyncNode *own = sync_add (self, "own");
  g_autoptr (RawPeer) py = dial_py (ours, "py");
  g_autoptr (RawPeer) js = dial_js (ours, "js");

  sync_connect (ours, own);
  sync_set (ours, "key", "'value'");
  sync_run_seconds (self, 2);
  sync_delete (ours, "key");
  sync_run_seconds (self, 2);
  assert_heard (py, P2P_SUBFLAG_STORE, "0bc4036b6579a001");
  assert_heard (js, P2P_SUBFLAG_STORE, "0bc4036b6579a001");
  g_assert_cmpstr (sync_get (own, "key"), ==, "");
  g_assert_cmpuint (p2p_sync_table_get_n_keys (p2p_sync_node_get_table (own->sync)), ==, 0);
  g_assert_true (sync_equal (ours, own));
}

/* A large table neither fills a turn of the loop nor the queue of the link; deletes of what was not told yet are not told. */
static void
test_paced (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours = sync_add (self, "ours");
  RawPeer *py;
  guint told;

  sync_fill (ours, "k", 3000);
  py = raw_dial (self->mesh, "py", ours->mesh);
  raw_handshake_bin (py);
  for (guint i = 0; i < 3000 && count_told (py) == 0; i++)
    sync_run (self, G_TIME_SPAN_MILLISECOND);
  told = count_told (py);
  g_assert_cmpuint (told, >, 0);
  sync_run_seconds (self, 30);
  g_assert_cmpuint (count_told (py), ==, 3000);
  raw_free (py);

  /* Who does not read is not told more than his share of the queue. */
  ours->sync->limits.out_queue = 8 * 1024;
  py = raw_dial (self->mesh, "other", ours->mesh);
  test_host_set_read_rate (py->host, 500);
  raw_handshake (py);
  sync_run_seconds (self, 5);
  g_assert_cmpuint (count_told (py), >, 0);
  g_assert_cmpuint (p2p_peer_get_queued (own_peer_at (ours->mesh, py)), <, 2048);
  raw_free (py);
}

/* The table is told a link once in a while; who comes back goes on where it ended. */
static void
test_once (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  SyncNode *ours;
  RawPeer *py;

  self->mesh->limits.table_dump_seconds = 20;
  ours = sync_add (self, "ours");
  sync_fill (ours, "k", 10);
  py = dial_py (ours, "py");
  g_assert_cmpuint (count_told (py), ==, 10);
  raw_free (py);
  sync_run_seconds (self, 1);
  py = dial_py (ours, "py");
  g_assert_cmpuint (count_told (py), ==, 0);
  sync_run_seconds (self, 30);
  g_assert_cmpuint (count_told (py), ==, 10);
  sync_run_seconds (self, 100);
  g_assert_cmpuint (count_told (py), ==, 10);
  raw_free (py);
}

/* Whoever comes as another each time gets it no more often than the others. */
static void
test_dumps (void)
{
  g_autoptr (SyncFixture) self = sync_fixture_new (TRUE);
  g_autoptr (RawPeer) one = NULL;
  g_autoptr (RawPeer) other = NULL;
  g_autoptr (RawPeer) third = NULL;
  SyncNode *ours;

  self->mesh->limits.table_dumps = 1;
  ours = sync_add (self, "ours");
  sync_set (ours, "a", "1");
  sync_set (ours, "b", "2");
  one = dial_py (ours, "one");
  g_assert_cmpuint (count_told (one), ==, 2);
  other = dial_py (ours, "other");
  sync_run_seconds (self, 30);
  g_assert_cmpuint (count_told (other), ==, 0);
  /* He has nothing yet, so a delete would make him stumble; a value he can have at once. */
  sync_delete (ours, "a");
  sync_set (ours, "b", "3");
  sync_run_seconds (self, 1);
  g_assert_cmpuint (count_heard (one), ==, 2);
  g_assert_cmpuint (count_heard (other), ==, 1);
  /* Nor is it to be had by going and coming. */
  raw_free (g_steal_pointer (&other));
  sync_run_seconds (self, 1);
  other = dial_py (ours, "other");
  g_assert_cmpuint (count_told (other), ==, 0);
  sync_run_seconds (self, 60);
  g_assert_cmpuint (count_told (other), ==, 1);
  third = dial_py (ours, "third");
  g_assert_cmpuint (count_told (third), ==, 0);
  sync_run_seconds (self, 61);
  g_assert_cmpuint (count_told (third), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/join/as-the-originals", test_as_the_originals);
  g_test_add_func ("/sync/join/told", test_told);
  g_test_add_func ("/sync/join/hear-told", test_hear_told);
  g_test_add_func ("/sync/join/in-one-second", test_in_one_second);
  g_test_add_func ("/sync/join/bad-told", test_bad_told);
  g_test_add_func ("/sync/join/firebreak", test_firebreak);
  g_test_add_func ("/sync/join/delete-with-js2p", test_delete_with_js2p);
  g_test_add_func ("/sync/join/paced", test_paced);
  g_test_add_func ("/sync/join/once", test_once);
  g_test_add_func ("/sync/join/dumps", test_dumps);
  return g_test_run ();
}
