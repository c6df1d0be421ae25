/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private networks: who has the secret is in, in this life and in the next; without it nothing begins. */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#include "secret-test.h"
#include "model/archive/rt-archive-export.h"
#include "model/networks/rt-invitation.h"
#include "model/networks/rt-secret-words.h"
#include "model/reach/rt-reach.h"

typedef struct {
  Person ada, bob;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  person_init (&self->bob);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
  person_clear (&self->bob);
}

/* ---- made, kept, left ---- */

static void
test_kept (Fixture *self, gconstpointer data)
{
  RtNetwork *network = join (&self->ada, "friends", " " RIGHT "\n", NULL);
  g_autofree char *path = dup_path (&self->ada, network), *again = NULL;
  GStatBuf st;

  assert_private (network, RIGHT);
  person_end (&self->ada);
  g_assert_cmpint (g_stat (path, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 07777, ==, 0600);
  /* in its file, and in no other: not in the database, nor in what that has beside it */
  g_assert_true (holds (self->ada.folder, RIGHT, NULL));
  g_assert_false (holds (self->ada.folder, RIGHT, path));

  person_begin (&self->ada);
  network = person_get (&self->ada, 0);
  assert_private (network, RIGHT);
  again = load_secret (network, NULL);
  g_assert_cmpstr (again, ==, RIGHT);
  /* off and on */
  rt_network_stop (network);
  rt_network_start (network);
  g_assert_cmpint (rt_network_get_state (network), ==, RT_NETWORK_STARTING);
  g_assert_null (rt_network_get_socket (network));
  assert_private (network, RIGHT);
  rt_networks_remove (self->ada.networks, network);
  person_end (&self->ada);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (holds (self->ada.folder, RIGHT, NULL));
}

/* The row of it lost that it is private, as in a database that was mended: it is private all the same, and never up without its secret. */
static void
test_mended (Fixture *self, gconstpointer data)
{
  RtNetwork *network = join (&self->ada, "friends", RIGHT, NULL);
  g_autofree char *path = dup_path (&self->ada, network);

  for (guint i = 0; i < 2; i++)
    {
      gboolean gone = i == 1;
      g_autofree char *file = g_build_filename (self->ada.folder, "roundtable.db", NULL);
      sqlite3 *db = NULL;

      person_end (&self->ada);
      g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_exec (db, "UPDATE networks SET has_secret = 0", NULL, NULL, NULL), ==, SQLITE_OK);
      g_assert_cmpint (sqlite3_changes (db), ==, 1);
      sqlite3_close (db);
      if (gone)
        g_assert_cmpint (g_unlink (path), ==, 0);
      person_begin (&self->ada);
      network = person_get (&self->ada, 0);
      if (gone)
        assert_fails (network, RT_SECRET_LOST, "secret");
      else
        assert_private (network, RIGHT);
    }
}

static void
test_kinds (Fixture *self, gconstpointer data)
{
  static const char * const kinds[] = { "mesh", "sync", "chord" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (RtNetworkConfig) ours = make_private (kinds[i], RIGHT, NULL), theirs = NULL;
      g_autofree char *address = NULL;
      RtNetwork *ada, *bob;

      g_object_set (ours, "kind", kinds[i], NULL);
      ada = rt_networks_add (self->ada.networks, ours, NULL);
      wait_up (ada);
      address = network_dup_address (ada);
      theirs = make_private (kinds[i], RIGHT, address);
      g_object_set (theirs, "kind", kinds[i], NULL);
      bob = rt_networks_add (self->bob.networks, theirs, NULL);
      wait_peers (bob, 1);
      wait_peers (ada, 1);
      g_assert_nonnull (rt_network_send_text (bob, "among us", NULL));
      wait_rows (ada, 1);
      g_assert_cmpstr (rt_message_item_get_text (row_at (ada, 0)), ==, "among us");
    }
}

/* ---- who does not know it ---- */

static void
test_wrong (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, "friends", RIGHT, NULL), *other, *none;
  g_autofree char *address = network_dup_address (ada), *report = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RtReach) reach = NULL;
  g_autoptr (RtNetworkConfig) open = NULL;
  const RtReachAttempt *attempt;
  const RtReachWords *words;

  other = join (&self->bob, "friends", WRONG, NULL);
  g_assert_false (connect_and_wait (other, address, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET);
  g_assert_nonnull (strstr (error->message, "has another secret"));
  g_clear_error (&error);
  /* it says so where a person looks: the network, the address, why it cannot be reached */
  g_assert_nonnull (strstr (rt_network_get_error (other), "has another secret"));
  g_assert_cmpstr (rt_network_get_state_text (other), ==, rt_network_get_error (other));
  reach = rt_reach_new (other, address);
  g_assert_cmpuint (rt_reach_get_attempts (reach)->len, >=, 1);
  attempt = rt_reach_get_attempts (reach)->pdata[0];
  g_assert_cmpint (attempt->code, ==, P2P_LINK_ERROR_SECRET);
  words = rt_reach_get_words (reach);
  g_assert_nonnull (strstr (words->cause, "secret"));
  g_assert_cmpint (words->fix, ==, RT_FIX_EDIT_NETWORK);
  rt_reach_check (reach);
  rt_wait_until (!rt_reach_is_checking (reach));
  g_assert_cmpint (rt_reach_get_step (reach, RT_STEP_ENCRYPTION, NULL), ==, RT_STEP_OK);
  g_assert_cmpint (rt_reach_get_step (reach, RT_STEP_HANDSHAKE, NULL), ==, RT_STEP_FAILED);
  report = rt_reach_dup_report (reach);
  g_assert_nonnull (strstr (report, "P2P_LINK_ERROR_SECRET"));
  g_assert_null (strstr (report, WRONG));
  /* who was knocked at is told, too */
  rt_wait_until (rt_network_get_error (ada) != NULL);
  g_assert_nonnull (strstr (rt_network_get_error (ada), "has another secret"));
  g_assert_cmpuint (rt_network_get_n_peers (ada), ==, 0);
  rt_networks_remove (self->bob.networks, other);

  /* a network of the same name without one is another */
  open = make_config ("friends", NULL);
  g_object_set (open, "encryption", P2P_ENCRYPTION_SSL, NULL);
  none = rt_networks_add (self->bob.networks, open, NULL);
  wait_up (none);
  g_assert_false (p2p_mesh_socket_get_has_secret (rt_network_get_socket (none)));
  g_assert_false (connect_and_wait (none, address, &error));
  g_assert_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_SECRET);
  g_clear_error (&error);
  g_assert_cmpuint (rt_network_get_n_peers (ada), ==, 0);
  g_assert_cmpuint (count_rows (none), ==, 0);
}

/* ---- edited ---- */

static gboolean
edit (Person *person, RtNetwork *network, const char *property, const char *value, GError **error)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (network));

  if (value == NULL)
    g_object_set (config, property, FALSE, NULL);
  else
    g_object_set (config, property, value, NULL);
  return rt_networks_update (person->networks, network, config, error);
}

static void
test_edited (Fixture *self, gconstpointer data)
{
  RtNetwork *network = join (&self->ada, "friends", RIGHT, "127.0.0.1:9");
  g_autofree char *path = dup_path (&self->ada, network), *content = NULL;
  g_autoptr (GError) error = NULL;
  P2pMeshSocket *socket = rt_network_get_socket (network);
  GBytes *original_key = rt_identity_get_public_key (rt_network_get_identity (network));

  /* the same, however it is typed: nothing begins anew */
  g_assert_true (edit (&self->ada, network, "secret", RIGHT " ", NULL));
  g_assert_true (rt_network_get_socket (network) == socket);
  /* left empty it is the one that is kept */
  g_assert_true (edit (&self->ada, network, "secret", "", NULL));
  g_assert_true (rt_network_get_socket (network) == socket);
  assert_private (network, RIGHT);
  /* what is wrong changes nothing */
  g_assert_false (edit (&self->ada, network, "secret", "short", &error));
  g_assert_nonnull (strstr (error->message, "too short"));
  g_clear_error (&error);
  g_assert_false (edit (&self->ada, network, "encryption", P2P_ENCRYPTION_PLAINTEXT, &error));
  g_assert_nonnull (strstr (error->message, "encrypted (SSL)"));
  g_clear_error (&error);
  g_assert_true (rt_network_get_socket (network) == socket);

  /* another one is another network: what waits there is not for these */
  g_assert_nonnull (rt_network_send_text (network, "for my friends", NULL));
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 0)), ==, RT_DELIVERY_QUEUED);
  g_assert_true (edit (&self->ada, network, "secret", WRONG, NULL));
  assert_private (network, WRONG);
  g_assert_cmpint (rt_message_item_get_delivery (row_at (network, 0)), ==, RT_DELIVERY_CANCELLED);
  g_assert_true (rt_identity_get_public_key (rt_network_get_identity (network)) == original_key);
  live_again (&self->ada);
  network = person_get (&self->ada, 0);
  assert_private (network, WRONG);

  /* without one, too; and what was kept of it is gone */
  g_assert_true (edit (&self->ada, network, "has-secret", NULL, NULL));
  wait_up (network);
  g_assert_false (p2p_mesh_socket_get_has_secret (rt_network_get_socket (network)));
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_NONE);
  live_again (&self->ada);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  network = person_get (&self->ada, 0);
  wait_up (network);
  g_assert_false (p2p_mesh_socket_get_has_secret (rt_network_get_socket (network)));

  /* and one again */
  g_assert_true (edit (&self->ada, network, "secret", RIGHT, NULL));
  assert_private (network, RIGHT);
  live_again (&self->ada);
  assert_private (person_get (&self->ada, 0), RIGHT);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, RIGHT);
}

/* Of the same name there may be several; of the same secret one. */
static void
test_twice (Fixture *self, gconstpointer data)
{
  RtNetwork *first = join (&self->ada, "friends", RIGHT, NULL), *second = join (&self->ada, "friends", WRONG, NULL);
  g_autoptr (RtNetworkConfig) again = make_private ("friends", RIGHT, NULL), missing = make_private ("others", RIGHT, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (network_get_id (first), !=, network_get_id (second));
  g_assert_null (rt_networks_add (self->ada.networks, again, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (edit (&self->ada, second, "secret", RIGHT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_error (&error);
  assert_private (second, WRONG);
  g_object_set (missing, "secret", "", NULL);
  g_assert_null (rt_networks_add (self->ada.networks, missing, &error));
  g_assert_nonnull (strstr (error->message, "needs a secret"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->ada.networks)), ==, 2);
}

/* Stopped while the secret is being prepared, in whatever moment: it is off then, and on again when it is asked for. */
static void
test_stopped_meanwhile (Fixture *self, gconstpointer data)
{
  RtNetwork *network = join (&self->ada, "friends", RIGHT, NULL);

  for (guint i = 0; i < 20; i++)
    {
      rt_network_stop (network);
      rt_network_start (network);
      for (guint turns = 0; turns < i; turns++)
        g_main_context_iteration (NULL, FALSE);
      if (i % 3 == 0)
        rt_wait_milliseconds (i * 5);
    }
  rt_network_stop (network);
  rt_network_start (network);
  rt_network_stop (network);
  rt_wait_milliseconds (300);
  g_assert_cmpint (rt_network_get_state (network), ==, RT_NETWORK_STOPPED);
  g_assert_null (rt_network_get_socket (network));
  rt_network_start (network);
  assert_private (network, RIGHT);
  /* removed while it begins */
  rt_network_stop (network);
  rt_network_start (network);
  rt_networks_remove (self->ada.networks, network);
  live_again (&self->ada);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->ada.networks)), ==, 0);
}

/* ---- when it cannot be had ---- */

static void
test_lost (Fixture *self, gconstpointer data)
{
  static const struct { const char *content; gssize length; } bad[] = { { NULL, 0 }, { "", 0 }, { "short", 5 }, { WRONG, sizeof WRONG - 1 }, { "right-horse\0battery", 19 }, { "\377\377\377\377\377\377\377\377\377\377\377\377\377", 13 } };
  RtNetwork *network = join (&self->ada, "friends", RIGHT, NULL);
  g_autofree char *path = dup_path (&self->ada, network), *id = g_strdup (network_get_id (network)), *long_text = g_strnfill (20000, 'x');
  g_autoptr (GError) error = NULL;
  g_autoptr (RtInvitation) invitation = rt_invitation_new (rt_network_get_config (network), NULL, NULL);

  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      person_end (&self->ada);
      if (i == G_N_ELEMENTS (bad))
        g_assert_true (g_file_set_contents (path, long_text, -1, NULL));
      else if (bad[i].content == NULL)
        g_assert_cmpint (g_unlink (path), ==, 0);
      else
        g_assert_true (g_file_set_contents (path, bad[i].content, bad[i].length, NULL));
      person_begin (&self->ada);
      network = person_get (&self->ada, 0);
      assert_fails (network, RT_SECRET_LOST, "invitation");
      /* trying again makes it no better, and does not let it begin without */
      rt_network_start (network);
      assert_fails (network, RT_SECRET_LOST, "invitation");
      g_assert_null (load_secret (network, &error));
      g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_GONE);
      g_clear_error (&error);
      g_assert_null (rt_invitation_new (rt_network_get_config (network), NULL, NULL));
      /* an edit of something else does not either */
      g_assert_true (edit (&self->ada, network, "out-address", i % 2 == 0 ? "example.org:1" : "", NULL));
      assert_fails (network, RT_SECRET_LOST, "invitation");
    }
  /* typed again: it is the same network, and the same person in it */
  g_assert_false (rt_networks_retype_secret (self->ada.networks, network, "short", &error));
  g_assert_nonnull (strstr (error->message, "too short"));
  g_clear_error (&error);
  g_assert_cmpint (rt_network_get_state (network), ==, RT_NETWORK_FAILED);
  /* mistyped, or an invitation of somebody who would like to have what is shared there: it is known not to be the one */
  g_assert_false (rt_networks_retype_secret (self->ada.networks, network, WRONG, &error));
  g_assert_nonnull (strstr (error->message, "not the secret"));
  g_clear_error (&error);
  assert_fails (network, RT_SECRET_LOST, "invitation");
  g_free (invitation->secret);
  invitation->secret = g_strdup (WRONG);
  g_assert_false (rt_invitation_is_to (invitation, rt_network_get_config (network)));
  g_assert_false (rt_invitation_gives_secret (invitation, rt_network_get_config (network)));
  g_free (invitation->secret);
  invitation->secret = g_strdup (RIGHT);
  g_assert_true (rt_invitation_gives_secret (invitation, rt_network_get_config (network)));
  g_assert_nonnull (join (&self->ada, "friends", WRONG, NULL));
  g_assert_true (rt_networks_retype_secret (self->ada.networks, network, invitation->secret, NULL));
  assert_private (network, RIGHT);
  g_assert_cmpstr (network_get_id (network), ==, id);
  g_assert_null (rt_network_get_error (network));
  live_again (&self->ada);
  network = person_get (&self->ada, 0);
  assert_private (network, RIGHT);
  /* edited meanwhile to another one, that is remembered */
  g_assert_true (edit (&self->ada, network, "secret", "third-horse-battery", NULL));
  assert_private (network, "third-horse-battery");
  person_end (&self->ada);
  g_assert_cmpint (g_unlink (path), ==, 0);
  person_begin (&self->ada);
  network = person_get (&self->ada, 0);
  assert_fails (network, RT_SECRET_LOST, "invitation");
  g_assert_false (rt_networks_retype_secret (self->ada.networks, network, RIGHT, NULL));
  g_assert_true (rt_networks_retype_secret (self->ada.networks, network, " third-horse-battery\n", NULL));
  assert_private (network, "third-horse-battery");
}

/* No room to keep it: it is known for now, and the person is told. */
static void
test_unkept (Fixture *self, gconstpointer data)
{
  RtNetwork *network = join (&self->ada, "friends", RIGHT, NULL);
  g_autofree char *path = dup_path (&self->ada, network);

  /* a folder stands in its place */
  rt_wait_until (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_true (edit (&self->ada, network, "secret", WRONG, NULL));
  rt_wait_until (rt_network_get_secret_state (network) == RT_SECRET_UNKEPT);
  wait_up (network);
  rt_wait_until (rt_network_get_error (network) != NULL);
  g_assert_nonnull (strstr (rt_network_get_error (network), "typed again"));
  g_assert_cmpstr (rt_network_config_get_secret (rt_network_get_config (network)), ==, WRONG);
  /* it says so still, when it comes back */
  rt_network_stop (network);
  rt_network_start (network);
  wait_up (network);
  g_assert_nonnull (strstr (rt_network_get_error (network), "typed again"));
  live_again (&self->ada);
  network = person_get (&self->ada, 0);
  assert_fails (network, RT_SECRET_LOST, "cannot be read");
  /* typed again it is as before; once there is room, it is kept */
  g_assert_true (rt_networks_retype_secret (self->ada.networks, network, WRONG, NULL));
  rt_wait_until (rt_network_get_secret_state (network) == RT_SECRET_UNKEPT);
  wait_up (network);
  rt_wait_until (rt_network_get_error (network) != NULL);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  rt_network_stop (network);
  rt_network_start (network);
  rt_wait_until (rt_network_get_secret_state (network) == RT_SECRET_KEPT && rt_network_get_socket (network) != NULL);
  g_assert_null (rt_network_get_error (network));
  live_again (&self->ada);
  assert_private (person_get (&self->ada, 0), WRONG);
}

/* ---- an invitation, and what is not told ---- */

static void
test_invitation (Fixture *self, gconstpointer data)
{
  RtNetwork *ada = join (&self->ada, "friends", RIGHT, NULL), *bob;
  g_autofree char *address = network_dup_address (ada), *link = NULL;
  const char *addresses[] = { address, NULL };
  g_autoptr (RtInvitation) made = rt_invitation_new (rt_network_get_config (ada), NULL, addresses), read = NULL;
  g_autoptr (RtNetworkConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  link = rt_invitation_to_uri (made);
  g_assert_nonnull (strstr (link, "v=2&"));
  g_assert_nonnull (strstr (link, "&secret=" RIGHT "&to="));
  read = rt_invitation_parse (link, -1, &error);
  g_assert_no_error (error);
  config = rt_invitation_dup_config (read);
  bob = rt_networks_add (self->bob.networks, config, &error);
  g_assert_no_error (error);
  wait_peers (bob, 1);
  assert_private (bob, RIGHT);
  g_assert_true (rt_invitation_is_to (read, rt_network_get_config (bob)));
}

static void
test_archive (Fixture *self, gconstpointer data)
{
  RtNetwork *network = join (&self->ada, "friends", RIGHT, NULL);
  g_autofree char *path = g_build_filename (self->bob.folder, "archive", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtArchiveAbout about = { 0 };

  g_assert_nonnull (rt_network_send_text (network, "nothing special", NULL));
  about.title = about.subnet = rt_network_get_title (network);
  rt_archive_export_async (rt_network_get_chat (network), &about, file, 0, 0, NULL, NULL, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_archive_export_finish (result, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (holds (self->bob.folder, "nothing special", NULL));
  g_assert_false (holds (self->bob.folder, RIGHT, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/network-secret/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("kept", test_kept);
  ADD ("mended", test_mended);
  ADD ("kinds", test_kinds);
  ADD ("wrong", test_wrong);
  ADD ("edited", test_edited);
  ADD ("twice", test_twice);
  ADD ("stopped-meanwhile", test_stopped_meanwhile);
  ADD ("lost", test_lost);
  ADD ("unkept", test_unkept);
  ADD ("invitation", test_invitation);
  ADD ("archive", test_archive);
  return g_test_run ();
}
