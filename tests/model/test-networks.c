/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "network-test.h"

typedef struct {
  Person ada;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
}

static guint
count_networks (Person *person)
{
  return g_list_model_get_n_items (G_LIST_MODEL (person->networks));
}

static char *
dup_key_path (Person *person, RtNetwork *network)
{
  g_autofree char *name = g_strconcat (rt_network_config_get_uuid (rt_network_get_config (network)), ".key", NULL);

  return g_build_filename (person->folder, "identities", name, NULL);
}

static char *
dup_error (Person *person)
{
  char *error;

  g_object_get (person->networks, "error", &error, NULL);
  return error;
}

static void
test_first_run (Fixture *self, gconstpointer data)
{
  gboolean loaded;
  g_autofree char *error = dup_error (&self->ada);
  guint notified = 0;

  g_object_get (self->ada.networks, "loaded", &loaded, NULL);
  g_assert_true (loaded);
  g_assert_cmpstr (error, ==, NULL);
  g_assert_cmpstr (rt_networks_get_user_name (self->ada.networks), ==, NULL);
  g_assert_cmpuint (count_networks (&self->ada), ==, 0);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (self->ada.networks)) == RT_TYPE_NETWORK);

  g_signal_connect_swapped (self->ada.networks, "notify::user-name", G_CALLBACK (g_atomic_int_inc), &notified);
  rt_networks_set_user_name (self->ada.networks, "  Ada\nLovelace\xE2\x80\xAE ");
  g_assert_cmpstr (rt_networks_get_user_name (self->ada.networks), ==, "Ada Lovelace");
  rt_networks_set_user_name (self->ada.networks, "Ada Lovelace");
  g_assert_cmpuint (notified, ==, 1);
  g_signal_handlers_disconnect_by_data (self->ada.networks, &notified);
  person_end (&self->ada);
  person_begin (&self->ada);
  g_assert_cmpstr (rt_networks_get_user_name (self->ada.networks), ==, "Ada Lovelace");
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, guint *changes)
{
  (*changes)++;
}

static void
test_remembered_in_order (Fixture *self, gconstpointer data)
{
  static const char * const names[] = { "zebra", "Küche", "alpha" };
  guint changes = 0;

  g_signal_connect (self->ada.networks, "items-changed", G_CALLBACK (items_changed_cb), &changes);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    person_join (&self->ada, names[i], "10.255.255.1:4444 [::1]:1");
  g_assert_cmpuint (changes, ==, 3);
  g_signal_handlers_disconnect_by_data (self->ada.networks, &changes);
  person_end (&self->ada);

  person_begin (&self->ada);
  g_assert_cmpuint (count_networks (&self->ada), ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      RtNetwork *network = person_get (&self->ada, i);
      RtNetworkConfig *config = rt_network_get_config (network);

      g_assert_cmpstr (rt_network_get_title (network), ==, names[i]);
      g_assert_cmpstr (rt_network_config_get_encryption (config), ==, "Plaintext");
      g_assert_cmpstr (rt_network_config_get_listen_host (config), ==, "127.0.0.1");
      g_assert_cmpuint (rt_network_config_get_listen_port (config), >, 0);
      g_assert_cmpuint (g_strv_length ((char **) rt_network_config_get_peers (config)), ==, 2);
      g_assert_cmpstr (rt_network_config_get_peers (config)[1], ==, "[::1]:1");
      wait_up (network);
    }
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (RtNetworkConfig) good = make_config ("net", NULL);
  g_autoptr (RtNetworkConfig) same = make_config ("net", NULL);
  g_autoptr (RtNetworkConfig) encrypted = make_config ("net", NULL);
  g_autoptr (RtNetworkConfig) nameless = make_config ("", NULL);
  g_autoptr (RtNetworks) unloaded = rt_networks_new (self->ada.folder);
  g_autoptr (GError) error = NULL;
  RtNetwork *first, *second;

  g_assert_null (rt_networks_add (unloaded, good, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (rt_networks_add (self->ada.networks, nameless, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "The network needs a name");
  g_clear_error (&error);
  first = rt_networks_add (self->ada.networks, good, &error);
  g_assert_no_error (error);
  g_assert_nonnull (first);
  g_assert_null (rt_networks_add (self->ada.networks, same, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "“net”"));
  g_clear_error (&error);

  /* another encryption is another network; but it cannot become the same by an edit */
  g_object_set (encrypted, "encryption", P2P_ENCRYPTION_SSL, NULL);
  second = rt_networks_add (self->ada.networks, encrypted, &error);
  g_assert_no_error (error);
  g_object_set (encrypted, "encryption", P2P_ENCRYPTION_PLAINTEXT, NULL);
  g_assert_false (rt_networks_update (self->ada.networks, second, encrypted, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpstr (rt_network_config_get_encryption (rt_network_get_config (second)), ==, "SSL");
  g_assert_cmpuint (count_networks (&self->ada), ==, 2);
}

static void
test_edit_is_remembered (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autoptr (RtNetworkConfig) edited = rt_network_config_copy (rt_network_get_config (network));
  g_autofree char *key_path = dup_key_path (&self->ada, network);
  g_autoptr (GError) error = NULL;

  g_object_set (edited, "announce", RT_ANNOUNCE_MEMBERS, "map-port", TRUE, NULL);
  g_assert_true (rt_networks_update (self->ada.networks, network, edited, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (rt_network_config_get_announce (rt_network_get_config (network)), ==, RT_ANNOUNCE_MEMBERS);
  g_assert_true (rt_network_config_get_map_port (rt_network_get_config (network)));
  g_object_set (edited, "subnet", "renamed", "out-address", "example.org:4444", "max-outgoing", 9u, NULL);
  g_assert_true (rt_networks_update (self->ada.networks, network, edited, &error));
  g_assert_no_error (error);
  person_end (&self->ada);
  person_begin (&self->ada);
  network = person_get (&self->ada, 0);
  g_assert_cmpuint (count_networks (&self->ada), ==, 1);
  g_assert_cmpstr (rt_network_get_title (network), ==, "renamed");
  g_assert_cmpstr (rt_network_config_get_out_address (rt_network_get_config (network)), ==, "example.org:4444");
  g_assert_cmpuint (rt_network_config_get_max_outgoing (rt_network_get_config (network)), ==, 9);
  g_assert_true (g_file_test (key_path, G_FILE_TEST_IS_REGULAR));
  /* what the old one was open to is not the new one's */
  g_assert_cmpstr (rt_network_config_get_announce (rt_network_get_config (network)), ==, RT_ANNOUNCE_NO);
  g_assert_false (rt_network_config_get_map_port (rt_network_get_config (network)));
  wait_up (network);
  {
    g_auto (GStrv) addresses = rt_network_dup_own_addresses (network);

    g_assert_cmpstr (addresses[0], ==, "example.org:4444");
  }
}

static void
test_remove (Fixture *self, gconstpointer data)
{
  RtNetwork *first = person_join (&self->ada, "first", NULL);
  RtNetwork *second = person_join (&self->ada, "second", NULL);
  g_autofree char *first_key = dup_key_path (&self->ada, first);
  g_autofree char *second_key = dup_key_path (&self->ada, second);
  g_autofree char *third_key = NULL;
  g_autoptr (RtNetworkConfig) config = make_config ("third", NULL);
  struct stat st;
  RtNetwork *third;

  g_assert_cmpint (stat (first_key, &st), ==, 0);
  g_assert_cmphex (st.st_mode & 0777, ==, 0600);
  g_object_add_weak_pointer (G_OBJECT (first), (gpointer *) &first);
  rt_networks_remove (self->ada.networks, first);
  g_assert_cmpuint (count_networks (&self->ada), ==, 1);
  rt_wait_until (first == NULL);
  rt_wait_until (!g_file_test (first_key, G_FILE_TEST_EXISTS));

  /* one that is only just starting leaves no key behind either */
  third = rt_networks_add (self->ada.networks, config, NULL);
  third_key = dup_key_path (&self->ada, third);
  rt_networks_remove (self->ada.networks, third);
  person_end (&self->ada);
  g_assert_false (g_file_test (third_key, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (second_key, G_FILE_TEST_EXISTS));

  person_begin (&self->ada);
  g_assert_cmpuint (count_networks (&self->ada), ==, 1);
  g_assert_cmpstr (rt_network_get_title (person_get (&self->ada, 0)), ==, "second");
}

static void
test_bad_key_file (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autofree char *key_path = dup_key_path (&self->ada, network);
  g_autofree char *content = NULL;
  gsize length;

  rt_network_stop (network);
  g_assert_true (g_file_set_contents (key_path, "not 32 bytes", -1, NULL));
  rt_network_start (network);
  rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_assert_nonnull (strstr (rt_network_get_error (network), "is no key file"));
  g_assert_cmpstr (rt_network_get_state_text (network), ==, rt_network_get_error (network));
  g_assert_true (g_file_get_contents (key_path, &content, &length, NULL));
  g_assert_cmpmem (content, length, "not 32 bytes", 12);
}

static void
test_damaged_database (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->ada.folder, "roundtable.db", NULL);
  g_autofree char *garbage = g_strnfill (9000, 'g');
  g_autofree char *error = NULL;

  person_join (&self->ada, "net", NULL);
  person_end (&self->ada);
  g_assert_true (g_file_set_contents (path, garbage, 9000, NULL));
  person_begin (&self->ada);
  error = dup_error (&self->ada);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error, "damaged-1"));
  g_assert_cmpuint (count_networks (&self->ada), ==, 0);
  /* the new one works, and the words stay until the next start */
  person_join (&self->ada, "again", NULL);
  person_end (&self->ada);
  person_begin (&self->ada);
  g_clear_pointer (&error, g_free);
  error = dup_error (&self->ada);
  g_assert_cmpstr (error, ==, NULL);
  g_assert_cmpuint (count_networks (&self->ada), ==, 1);
}

/* No place to remember anything: a file where the folder should be. Everything else works. */
static void
test_in_memory (Fixture *self, gconstpointer data)
{
  Person eve = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL, *id = NULL;
  RtNetwork *network, *other;

  eve.folder = g_build_filename (self->ada.folder, "file", NULL);
  g_assert_true (g_file_set_contents (eve.folder, "x", 1, NULL));
  eve.networks = rt_networks_new (eve.folder);
  rt_networks_load_async (eve.networks, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_false (rt_networks_load_finish (eve.networks, result, &error));
  g_assert_nonnull (error);
  words = dup_error (&eve);
  g_assert_true (g_str_has_prefix (words, "What you do now will be forgotten. "));
  g_assert_nonnull (strstr (words, eve.folder));

  rt_networks_set_user_name (eve.networks, "Eve");
  network = person_join (&eve, "net", NULL);
  id = g_strdup (network_get_id (network));
  g_assert_nonnull (strstr (rt_network_get_error (network), "somebody else"));
  {
    g_autofree char *address = network_dup_address (network);

    other = person_join (&self->ada, "net", address);
  }
  wait_peers (network, 1);
  rt_network_send_text (network, "still here", NULL);
  wait_rows (other, 1);
  /* at least until the end of the program he is the same */
  rt_network_stop (network);
  rt_network_start (network);
  wait_up (network);
  g_assert_cmpstr (network_get_id (network), ==, id);
  g_clear_object (&result);
  person_end (&eve);
  g_free (eve.folder);
}

static void
test_shutdown_while_loading (Fixture *self, gconstpointer data)
{
  g_autoptr (GAsyncResult) loading = NULL, closing = NULL;
  RtNetworks *networks;

  person_join (&self->ada, "net", NULL);
  person_end (&self->ada);
  networks = rt_networks_new (self->ada.folder);
  rt_networks_load_async (networks, NULL, rt_wait_result_cb, &loading);
  rt_networks_shutdown_async (networks, rt_wait_result_cb, &closing);
  rt_wait_until (loading != NULL && closing != NULL);
  g_assert_true (rt_networks_shutdown_finish (networks, closing, NULL));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (networks)); i++)
    {
      g_autoptr (RtNetwork) network = g_list_model_get_item (G_LIST_MODEL (networks), i);

      g_assert_cmpint (rt_network_get_state (network), ==, RT_NETWORK_STOPPED);
    }
  g_clear_object (&loading);
  g_clear_object (&closing);
  g_assert_finalize_object (networks);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/model/networks/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("first-run", test_first_run);
  ADD ("remembered-in-order", test_remembered_in_order);
  ADD ("refused", test_refused);
  ADD ("edit-is-remembered", test_edit_is_remembered);
  ADD ("remove", test_remove);
  ADD ("bad-key-file", test_bad_key_file);
  ADD ("damaged-database", test_damaged_database);
  ADD ("in-memory", test_in_memory);
  ADD ("shutdown-while-loading", test_shutdown_while_loading);
  return g_test_run ();
}
