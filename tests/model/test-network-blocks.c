/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sqlite3.h>
#include <string.h>

#include "network-test.h"
#include "model/people/rt-people.h"

/* Ada and Eve are each linked with Bob, not with each other. */
typedef struct {
  Person ada, bob, eve;
  RtNetwork *a, *b, *e;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *address = NULL;

  person_init (&self->ada);
  person_init (&self->bob);
  person_init (&self->eve);
  self->b = person_join (&self->bob, "net", NULL);
  address = network_dup_address (self->b);
  self->a = person_join (&self->ada, "net", address);
  self->e = person_join (&self->eve, "net", address);
  wait_peers (self->b, 2);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
  person_clear (&self->eve);
}

static void
block (RtNetwork *network, const char *id)
{
  g_autoptr (GError) error = NULL;
  gboolean done = rt_network_block (network, RT_BLOCK_PERSON, id, &error);

  g_assert_no_error (error);
  g_assert_true (done);
}

static guint
count_blocks (RtNetwork *network)
{
  return g_list_model_get_n_items (rt_network_get_blocks (network));
}

static void
say (RtNetwork *network, const char *text)
{
  g_autoptr (GError) error = NULL;

  rt_network_send_text (network, text, &error);
  g_assert_no_error (error);
}

static gboolean
has_heard (RtNetwork *network, const char *text)
{
  for (guint i = 0; i < count_rows (network); i++)
    if (g_str_equal (rt_message_item_get_text (row_at (network, i)), text))
      return TRUE;
  return FALSE;
}

static void
test_silence (Fixture *self, gconstpointer data)
{
  const char *eve = network_get_id (self->e);
  g_autoptr (GError) error = NULL;
  RtBlock *found;

  say (self->e, "before");
  rt_wait_until (has_heard (self->a, "before"));
  block (self->a, eve);
  block (self->a, eve);
  g_assert_cmpuint (count_blocks (self->a), ==, 1);
  found = rt_network_find_block (self->a, RT_BLOCK_PERSON, eve);
  g_assert_cmpstr (rt_block_get_what (found), ==, eve);
  g_assert_true (rt_person_get_blocked (rt_people_find (rt_network_get_people (self->a), eve)));
  say (self->e, "to nobody");
  rt_wait_until (has_heard (self->b, "to nobody"));
  /* What comes by the same way later is here: so it was, too. */
  say (self->b, "after it");
  rt_wait_until (has_heard (self->a, "after it"));
  g_assert_false (has_heard (self->a, "to nobody"));
  g_assert_cmpuint (p2p_mesh_socket_get_dropped (rt_network_get_socket (self->a), P2P_DROP_BLOCKED), >, 0);
  /* What was said stays, and nothing is whispered there. */
  g_assert_true (has_heard (self->a, "before"));
  g_assert_null (rt_network_whisper_text (self->a, eve, "hello?", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);

  rt_network_unblock (self->a, found);
  g_assert_cmpuint (count_blocks (self->a), ==, 0);
  g_assert_null (rt_network_find_block (self->a, RT_BLOCK_PERSON, eve));
  g_assert_false (rt_person_get_blocked (rt_people_find (rt_network_get_people (self->a), eve)));
  say (self->e, "again");
  rt_wait_until (has_heard (self->a, "again"));
}

static void
test_link (Fixture *self, gconstpointer data)
{
  const char *ada = network_get_id (self->a);

  block (self->b, ada);
  wait_peers (self->b, 1);
  wait_peers (self->a, 0);
  rt_network_unblock (self->b, rt_network_find_block (self->b, RT_BLOCK_PERSON, ada));
  /* Ada wants the link, and comes back by herself. */
  wait_peers (self->b, 2);
}

/* The next life knows, before anybody is heard. */
static void
test_kept (Fixture *self, gconstpointer data)
{
  g_autofree char *eve = g_strdup (network_get_id (self->e));
  g_autoptr (GError) error = NULL;
  RtBlock *found;

  say (self->e, "I am here");
  rt_wait_until (has_heard (self->a, "I am here"));
  block (self->a, eve);
  rt_network_block (self->a, RT_BLOCK_ADDRESS, "192.0.2.9", &error);
  g_assert_no_error (error);
  person_end (&self->ada);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  wait_up (self->a);
  g_assert_cmpuint (count_blocks (self->a), ==, 2);
  g_assert_true (p2p_mesh_socket_is_blocked (rt_network_get_socket (self->a), eve, NULL));
  g_assert_true (p2p_mesh_socket_is_blocked (rt_network_get_socket (self->a), NULL, "192.0.2.9"));
  rt_wait_until (rt_network_get_chat_loaded (self->a));
  g_assert_true (rt_person_get_blocked (rt_people_find (rt_network_get_people (self->a), eve)));
  wait_peers (self->b, 2);
  say (self->e, "still here");
  rt_wait_until (has_heard (self->b, "still here"));
  say (self->b, "well");
  rt_wait_until (has_heard (self->a, "well"));
  g_assert_false (has_heard (self->a, "still here"));

  found = rt_network_find_block (self->a, RT_BLOCK_PERSON, eve);
  rt_network_unblock (self->a, found);
  person_end (&self->ada);
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  wait_up (self->a);
  g_assert_cmpuint (count_blocks (self->a), ==, 1);
}

/* Between two lives. */
static void
change_database (Person *person, const char *sql)
{
  g_autofree char *path = g_build_filename (person->folder, "roundtable.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* What the node does not take stands in the list, and why. */
static void
test_not_holding (Fixture *self, gconstpointer data)
{
  RtBlock *found;

  g_assert_true (rt_network_block (self->a, RT_BLOCK_ADDRESS, "192.0.2.9", NULL));
  person_end (&self->ada);
  change_database (&self->ada, "INSERT INTO blocks SELECT uuid, 1, '127.0.0.1', NULL, 5 FROM networks; INSERT INTO blocks SELECT uuid, 0, 'with 0 and l', NULL, 6 FROM networks");
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  rt_wait_until (count_blocks (self->a) == 3);
  wait_up (self->a);
  g_assert_null (rt_network_get_blocks_error (self->a));
  found = rt_network_find_block (self->a, RT_BLOCK_ADDRESS, "127.0.0.1");
  g_assert_nonnull (strstr (rt_block_get_problem (found), "address of this computer"));
  g_assert_false (p2p_mesh_socket_is_blocked (rt_network_get_socket (self->a), NULL, "127.0.0.1"));
  found = rt_network_find_block (self->a, RT_BLOCK_PERSON, "with 0 and l");
  g_assert_nonnull (strstr (rt_block_get_problem (found), "is not the id"));
  found = rt_network_find_block (self->a, RT_BLOCK_ADDRESS, "192.0.2.9");
  g_assert_null (rt_block_get_problem (found));
  g_assert_true (p2p_mesh_socket_is_blocked (rt_network_get_socket (self->a), NULL, "192.0.2.9"));
}

/* Whoever was blocked is heard again: that is said. */
static void
test_unreadable (Fixture *self, gconstpointer data)
{
  block (self->a, network_get_id (self->e));
  person_end (&self->ada);
  change_database (&self->ada, "DROP TABLE blocks");
  person_begin (&self->ada);
  self->a = person_get (&self->ada, 0);
  wait_up (self->a);
  rt_wait_until (rt_network_get_blocks_error (self->a) != NULL);
  g_assert_nonnull (strstr (rt_network_get_blocks_error (self->a), "Who is blocked cannot be read"));
  g_assert_cmpuint (count_blocks (self->a), ==, 0);
}

/* Who tells us what was said while we were away tells of him, too. */
static void
test_catching_up (Fixture *self, gconstpointer data)
{
  g_autofree char *eve = g_strdup (network_get_id (self->e));

  say (self->e, "hello");
  rt_wait_until (has_heard (self->a, "hello"));
  block (self->a, eve);
  rt_network_stop (self->a);
  wait_peers (self->b, 1);
  say (self->e, "while she is away");
  rt_wait_until (has_heard (self->b, "while she is away"));
  say (self->b, "hear, hear");
  rt_network_start (self->a);
  rt_wait_until (has_heard (self->a, "hear, hear"));
  g_assert_false (has_heard (self->a, "while she is away"));
}

static void
expect_refusal (RtNetwork *network, RtBlockKind kind, const char *what, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (rt_network_block (network, kind, what, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, part));
  g_assert_null (rt_network_find_block (network, kind, what));
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *long_id = g_strnfill (200, 'a');
  g_autofree char *own = g_strdup (network_get_id (self->a));

  expect_refusal (self->a, RT_BLOCK_PERSON, own, "That is you");
  expect_refusal (self->a, RT_BLOCK_PERSON, "", "not the id");
  expect_refusal (self->a, RT_BLOCK_PERSON, long_id, "not the id");
  expect_refusal (self->a, RT_BLOCK_PERSON, "with 0 and l", "is not the id");
  expect_refusal (self->a, RT_BLOCK_ADDRESS, "127.0.0.1", "address of this computer");
  expect_refusal (self->a, RT_BLOCK_ADDRESS, "no host at all", "no host");
  g_assert_cmpuint (count_blocks (self->a), ==, 0);
  /* Off, there is nobody to ask but the network itself. */
  rt_network_stop (self->a);
  expect_refusal (self->a, RT_BLOCK_PERSON, own, "That is you");
  /* this computer is it by these names, too, and whatever the node listens at */
  expect_refusal (self->a, RT_BLOCK_ADDRESS, "127.0.0.2", "address of this computer");
  expect_refusal (self->a, RT_BLOCK_ADDRESS, "::1", "address of this computer");
  expect_refusal (self->a, RT_BLOCK_ADDRESS, "localhost", "address of this computer");
  block (self->a, network_get_id (self->e));
  rt_network_start (self->a);
  wait_up (self->a);
  g_assert_true (p2p_mesh_socket_is_blocked (rt_network_get_socket (self->a), network_get_id (self->e), NULL));
}

static void
test_many (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < P2P_LIMIT_BLOCKED; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.1.%u.%u", i / 250, i % 250 + 1);

      g_assert_true (rt_network_block (self->a, RT_BLOCK_ADDRESS, host, NULL));
    }
  expect_refusal (self->a, RT_BLOCK_PERSON, network_get_id (self->e), "unblock some first");
  say (self->e, "busy?");
  rt_wait_until (has_heard (self->a, "busy?"));
  rt_network_unblock (self->a, rt_network_find_block (self->a, RT_BLOCK_ADDRESS, "10.1.0.1"));
  block (self->a, network_get_id (self->e));
  g_assert_cmpuint (count_blocks (self->a), ==, P2P_LIMIT_BLOCKED);
}

static void
test_titles (void)
{
  g_autoptr (RtBlock) named = rt_block_new (RT_BLOCK_PERSON, "abcdefghijkmnopqrstuvwxyz", "Eve\n\xe2\x80\xae", 1);
  g_autoptr (RtBlock) nameless = rt_block_new (RT_BLOCK_PERSON, "abcdefghijkmnopqrstuvwxyz", NULL, 1);
  g_autoptr (RtBlock) host = rt_block_new (RT_BLOCK_ADDRESS, "192.0.2.1", NULL, 1);
  g_autofree char *one = rt_block_dup_title (named), *two = rt_block_dup_title (nameless), *three = rt_block_dup_title (host);

  g_assert_true (g_str_has_prefix (one, "Eve"));
  g_assert_null (strstr (one, "\xe2\x80\xae"));
  g_assert_null (strchr (one, '\n'));
  g_assert_null (strstr (two, "Eve"));
  g_assert_cmpstr (three, ==, "192.0.2.1");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/network-blocks/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("silence", test_silence);
  ADD ("link", test_link);
  ADD ("kept", test_kept);
  ADD ("not-holding", test_not_holding);
  ADD ("unreadable", test_unreadable);
  ADD ("catching-up", test_catching_up);
  ADD ("refused", test_refused);
  ADD ("many", test_many);
  g_test_add_func ("/network-blocks/titles", test_titles);
  return g_test_run ();
}
