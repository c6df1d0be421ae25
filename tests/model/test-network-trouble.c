/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing can be written for a while: the chat goes on, says so, and what was said meanwhile is kept when it can be. */
#include <sqlite3.h>
#include <string.h>

#include "model/network/rt-network-private.h"
#include "network-test.h"

/* Every write of a message fails from now on; or none. */
static void
set_trouble (Person *person, gboolean trouble)
{
  g_autofree char *path = g_build_filename (person->folder, "roundtable.db", NULL);
  sqlite3 *db = NULL;
  char *error = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  sqlite3_exec (db, trouble ? "CREATE TRIGGER trouble BEFORE INSERT ON messages BEGIN SELECT RAISE (ABORT, 'the disk is in trouble'); END" : "DROP TRIGGER trouble", NULL, NULL, &error);
  g_assert_cmpstr (error, ==, NULL);
  sqlite3_close (db);
}

static void
test_goes_on (void)
{
  Person ada, bob;
  RtNetwork *a, *b;
  g_autofree char *address = NULL;
  RtMessageItem *own;

  person_init (&ada);
  person_init (&bob);
  a = person_join (&ada, "trouble", NULL);
  address = network_dup_address (a);
  b = person_join (&bob, "trouble", address);
  wait_peers (a, 1);
  wait_peers (b, 1);
  rt_network_send_text (a, "before", NULL);
  wait_rows (b, 1);
  set_trouble (&ada, TRUE);
  own = rt_network_send_text (a, "meanwhile", NULL);
  rt_wait_until (rt_message_item_get_delivery (own) == RT_DELIVERY_HANDED);
  wait_rows (b, 2);
  rt_network_send_text (b, "heard it", NULL);
  wait_rows (a, 3);
  rt_wait_until (rt_network_get_error (a) != NULL);
  g_assert_true (g_str_has_prefix (rt_network_get_error (a), "What is said is not kept at the moment. "));
  /* it can be read all the same */
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 2)), ==, "heard it");
  set_trouble (&ada, FALSE);
  rt_wait_until (rt_network_get_error (a) == NULL);

  person_end (&ada);
  person_begin (&ada);
  a = person_get (&ada, 0);
  rt_wait_until (rt_network_get_chat_loaded (a));
  g_assert_cmpuint (count_rows (a), ==, 3);
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 1)), ==, "meanwhile");
  g_assert_cmpint (rt_message_item_get_delivery (row_at (a, 1)), ==, RT_DELIVERY_HANDED);
  g_assert_cmpstr (rt_message_item_get_text (row_at (a, 2)), ==, "heard it");
  person_clear (&ada);
  person_clear (&bob);
}

/* What was said cannot be read at all: a network without a history, which says so, and talks. */
static void
test_unreadable (void)
{
  Person ada;
  g_autofree char *path = NULL;
  RtNetwork *a;
  sqlite3 *db = NULL;

  person_init (&ada);
  a = person_join (&ada, "unreadable", NULL);
  rt_network_send_text (a, "before", NULL);
  person_end (&ada);
  path = g_build_filename (ada.folder, "roundtable.db", NULL);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA foreign_keys = OFF; ALTER TABLE messages RENAME TO elsewhere", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  person_begin (&ada);
  a = person_get (&ada, 0);
  wait_up (a);
  g_assert_true (rt_network_get_chat_loaded (a));
  g_assert_null (rt_network_get_chat (a));
  g_assert_true (g_str_has_prefix (rt_network_get_error (a), "What was said here before cannot be read"));
  g_assert_nonnull (rt_network_send_text (a, "and on", NULL));
  g_assert_cmpuint (count_rows (a), ==, 1);
  person_clear (&ada);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/model/network-trouble/goes-on", test_goes_on);
  g_test_add_func ("/model/network-trouble/unreadable", test_unreadable);
  return g_test_run ();
}
