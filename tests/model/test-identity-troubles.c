/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody is made somebody else without a word, and nothing leaves under another identity than it was written under: keys that cannot be read, are exchanged or gone, lists that are lost, and what waits meanwhile. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "network-test.h"
#include "store/rt-store.h"

typedef struct {
  Person        ada;
  RtIdentities *all;            /* not owned */
} Fixture;

static void
begin (Fixture *self)
{
  person_begin (&self->ada);
  self->all = rt_networks_get_identities (self->ada.networks);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  person_init (&self->ada);
  self->all = rt_networks_get_identities (self->ada.networks);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  person_clear (&self->ada);
}

static guint
count (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->all));
}

static RtIdentity *
of (Fixture *self, RtNetwork *network)
{
  return rt_identities_get_of_network (self->all, network);
}

static char *
dup_path (Fixture *self, RtIdentity *identity)
{
  return rt_vault_dup_path (rt_identities_get_vault (self->all), rt_identity_get_ref (identity), RT_VAULT_KEY);
}

static RtNetwork *
try_to_join (Fixture *self, const char *subnet, const char *ref, GError **error)
{
  g_autoptr (RtNetworkConfig) config = make_config (subnet, NULL);

  g_object_set (config, "identity", ref, NULL);
  return rt_networks_add (self->ada.networks, config, error);
}

static RtNetwork *
join_as (Fixture *self, const char *subnet, RtIdentity *identity)
{
  g_autoptr (GError) error = NULL;
  RtNetwork *network = try_to_join (self, subnet, rt_identity_get_ref (identity), &error);

  g_assert_no_error (error);
  wait_up (network);
  rt_wait_until (rt_identity_get_public_key (identity) != NULL);
  return network;
}

static gboolean
become (Fixture *self, RtNetwork *network, const char *ref, GError **error)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (network));

  g_object_set (config, "identity", ref, NULL);
  return rt_networks_update (self->ada.networks, network, config, error);
}

static char *
export (Fixture *self, RtIdentity *identity, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_identities_export_async (self->all, identity, "correct horse battery", NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_identities_export_finish (self->all, result, error);
}

static RtIdentity *
import (Fixture *self, const char *text, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_identities_import_async (self->all, text, "correct horse battery", "From the backup", NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_identities_import_finish (self->all, result, error);
}

static RtMessageItem *
write_to (RtNetwork *network, const char *recipient, const char *text)
{
  g_autoptr (GError) error = NULL;
  RtMessageItem *item = rt_network_send (network, text, recipient, NULL, NULL, &error);

  g_assert_no_error (error);
  rt_wait_until (rt_message_item_get_delivery (item) == RT_DELIVERY_QUEUED);
  return item;
}

static RtMessageItem *
find_row (RtNetwork *network, const char *text)
{
  for (guint i = 0; i < count_rows (network); i++)
    if (g_strcmp0 (rt_message_item_get_text (row_at (network, i)), text) == 0)
      return row_at (network, i);
  return NULL;
}

static void
assert_not_sent (RtNetwork *network, const char *text)
{
  RtMessageItem *item = find_row (network, text);

  g_assert_nonnull (item);
  rt_wait_until (rt_message_item_get_delivery (item) == RT_DELIVERY_CANCELLED);
  g_assert_nonnull (strstr (rt_message_item_get_delivery_error (item), "somebody else"));
}

static void
assert_failed (Fixture *self, RtNetwork *network, const char *words)
{
  rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_test_message ("%s", rt_network_get_error (network));
  g_assert_nonnull (strstr (rt_network_get_error (network), words));
  g_assert_nonnull (rt_identity_get_trouble (of (self, network)));
  g_assert_false (g_str_has_suffix (rt_identity_get_trouble (of (self, network)), "."));
}

/* ---- keys ---- */

/* A link to itself, and one to a disk that is not there: root cannot read those either. */
static void
test_unreadable_key (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autofree char *path = dup_path (self, of (self, network)), *id = g_strdup (network_get_id (network)), *aside = g_strconcat (path, ".aside", NULL);
  const char *links[] = { path, "/nowhere/at/all.key" };

  for (guint known = 0; known < 2; known++)
    for (guint i = 0; i < G_N_ELEMENTS (links); i++)
      {
        if (known == 0)
          {
            RtStore *store = rt_store_new ();
            g_autoptr (GAsyncResult) opening = NULL, writing = NULL, closing = NULL;
            g_autofree char *database = g_build_filename (self->ada.folder, "roundtable.db", NULL);

            /* as one whose key was made, and who was ended before it was noted */
            person_end (&self->ada);
            rt_store_open_async (store, database, NULL, rt_wait_result_cb, &opening);
            rt_wait_result (opening);
            rt_store_set_profile_async (store, "identities", "", rt_wait_result_cb, &writing);
            rt_wait_result (writing);
            rt_store_close_async (store, rt_wait_result_cb, &closing);
            rt_wait_result (closing);
            g_object_unref (store);
          }
        else
          {
            write_to (network, "somebody", "for you alone");
            person_end (&self->ada);
          }
        g_assert_cmpint (g_rename (path, aside), ==, 0);
        g_assert_cmpint (symlink (links[i], path), ==, 0);
        begin (self);
        network = person_get (&self->ada, 0);
        assert_failed (self, network, "cannot be read");
        g_assert_nonnull (strstr (rt_network_get_error (network), "nobody else meanwhile"));
        g_assert_cmpint (g_unlink (path), ==, 0);
        g_assert_cmpint (g_rename (aside, path), ==, 0);
        rt_network_start (network);
        wait_up (network);
        g_assert_cmpstr (network_get_id (network), ==, id);
        rt_wait_until (rt_identity_get_trouble (of (self, network)) == NULL);
        if (known == 1)
          g_assert_cmpint (rt_message_item_get_delivery (find_row (network, "for you alone")), ==, RT_DELIVERY_QUEUED);
      }
}

/* The wrong backup, or the file of another profile. */
static void
test_exchanged_key (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  RtIdentity *before = of (self, network), *again;
  g_autofree char *path = dup_path (self, before), *id = g_strdup (network_get_id (network)), *digits = rt_identity_dup_digits (before), *text = NULL, *now = NULL, *content = NULL;
  g_autoptr (GError) error = NULL;
  char other[32];
  gsize length;

  text = export (self, before, &error);
  g_assert_no_error (error);
  rt_network_stop (network);
  memset (other, 9, sizeof other);
  g_assert_true (g_file_set_contents_full (path, other, sizeof other, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  rt_network_start (network);
  assert_failed (self, network, "another key");
  now = rt_identity_dup_digits (before);
  g_assert_cmpstr (now, ==, digits);
  /* nor does it leave as a backup of the one that it is not */
  g_assert_null (export (self, before, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY);
  g_clear_error (&error);
  /* the way out that the words name */
  again = import (self, text, &error);
  g_assert_no_error (error);
  g_assert_true (again != before);
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  g_assert_cmpmem (content, length, other, sizeof other);
  g_assert_null (import (self, text, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_true (become (self, network, rt_identity_get_ref (again), NULL));
  wait_up (network);
  g_assert_cmpstr (network_get_id (network), ==, id);
}

/* What an export is for. */
static void
test_restore (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  RtIdentity *me = of (self, network);
  g_autofree char *path = dup_path (self, me), *id = g_strdup (network_get_id (network)), *text = NULL;
  g_autoptr (GError) error = NULL;

  text = export (self, me, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      /* gone; and cut off */
      person_end (&self->ada);
      g_assert_cmpint (g_unlink (path), ==, 0);
      if (i == 1)
        g_assert_true (g_file_set_contents (path, "", 0, NULL));
      begin (self);
      network = person_get (&self->ada, 0);
      me = of (self, network);
      rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
      if (i == 0)
        assert_failed (self, network, "import an export");
      g_assert_true (import (self, text, &error) == me);
      g_assert_no_error (error);
      g_assert_null (rt_identity_get_trouble (me));
      g_assert_cmpuint (count (self), ==, 1);
      /* nobody has to go online again by hand */
      wait_up (network);
      g_assert_cmpstr (network_get_id (network), ==, id);
    }
  g_assert_null (import (self, text, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

/* Who closes the dialog before it is done does not find the identity in his list afterwards. */
static void
test_cancelled_import (Fixture *self, gconstpointer data)
{
  RtIdentity *me = rt_identities_add (self->all, "Me");
  g_autofree char *text = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) removing = NULL, importing = NULL;
  g_autoptr (GError) error = NULL;

  rt_wait_until (rt_identity_get_public_key (me) != NULL);
  text = export (self, me, &error);
  g_assert_no_error (error);
  rt_identities_remove_async (self->all, me, rt_wait_result_cb, &removing);
  rt_wait_result (removing);
  g_assert_cmpuint (count (self), ==, 0);
  rt_identities_import_async (self->all, text, "correct horse battery", "Me", cancellable, rt_wait_result_cb, &importing);
  g_cancellable_cancel (cancellable);
  rt_wait_result (importing);
  g_assert_null (rt_identities_import_finish (self->all, importing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (count (self), ==, 0);
  me = import (self, text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rt_identity_get_title (me), ==, "From the backup");
  g_assert_cmpuint (count (self), ==, 1);
}

/* ---- what waits ---- */

static void
test_queue (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autofree char *fresh = g_uuid_string_random (), *other = g_uuid_string_random ();
  Person bob;
  RtNetwork *his;
  g_autofree char *address = NULL;

  write_to (network, "somebody", "for you alone");
  write_to (network, NULL, "for all");
  g_assert_true (become (self, network, fresh, NULL));
  wait_up (network);
  assert_not_sent (network, "for you alone");
  assert_not_sent (network, "for all");
  /* as he wants it now */
  write_to (network, NULL, "by the new one");
  /* of a start before which it was not loaded */
  person_end (&self->ada);
  begin (self);
  network = person_get (&self->ada, 0);
  g_assert_true (become (self, network, other, NULL));
  wait_up (network);
  assert_not_sent (network, "by the new one");

  /* sent all the same, if he says so */
  person_init (&bob);
  his = person_join (&bob, "net", NULL);
  address = network_dup_address (his);
  rt_network_retry (network, find_row (network, "for all"));
  g_assert_cmpint (rt_message_item_get_delivery (find_row (network, "for all")), ==, RT_DELIVERY_QUEUED);
  g_assert_true (connect_and_wait (network, address, NULL));
  rt_wait_until (find_row (his, "for all") != NULL);
  g_assert_cmpstr (rt_message_item_get_sender (find_row (his, "for all")), ==, network_get_id (network));
  g_assert_null (find_row (his, "for you alone"));
  g_assert_null (find_row (his, "by the new one"));
  person_clear (&bob);
}

/* ---- what is remembered ---- */

static void
change_stored (Fixture *self, const char *list, gboolean change_list, const char *identity)
{
  g_autoptr (RtStore) store = rt_store_new ();
  g_autofree char *path = g_build_filename (self->ada.folder, "roundtable.db", NULL);
  g_autoptr (GAsyncResult) opening = NULL, writing = NULL, loading = NULL, saving = NULL, closing = NULL;
  g_autoptr (GPtrArray) networks = NULL;

  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &opening);
  rt_wait_result (opening);
  g_assert_true (rt_store_open_finish (store, opening, NULL, NULL));
  if (change_list)
    {
      rt_store_set_profile_async (store, "identities", list, rt_wait_result_cb, &writing);
      rt_wait_result (writing);
      g_assert_true (rt_store_set_profile_finish (store, writing, NULL));
    }
  if (identity != NULL)
    {
      RtStoreNetwork *row;

      rt_store_load_networks_async (store, rt_wait_result_cb, &loading);
      rt_wait_result (loading);
      networks = rt_store_load_networks_finish (store, loading, NULL);
      row = networks->pdata[0];
      g_free (row->identity);
      row->identity = g_strdup (identity);
      rt_store_save_network_async (store, row, rt_wait_result_cb, &saving);
      rt_wait_result (saving);
    }
  rt_store_close_async (store, rt_wait_result_cb, &closing);
  rt_wait_result (closing);
}

static char *
dup_stored (Fixture *self, const char *key)
{
  g_autoptr (RtStore) store = rt_store_new ();
  g_autofree char *path = g_build_filename (self->ada.folder, "roundtable.db", NULL);
  g_autoptr (GAsyncResult) opening = NULL, reading = NULL, closing = NULL;

  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &opening);
  rt_wait_result (opening);
  rt_store_get_profile_async (store, key, rt_wait_result_cb, &reading);
  rt_wait_result (reading);
  rt_store_close_async (store, rt_wait_result_cb, &closing);
  rt_wait_result (closing);
  return rt_store_get_profile_finish (store, reading, NULL);
}

/* Nobody had been met yet under the one that he was: it was never had in this life. */
static void
test_queue_of_nobody (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autofree char *path = dup_path (self, of (self, network)), *fresh = g_uuid_string_random ();

  person_end (&self->ada);
  g_assert_cmpint (g_unlink (path), ==, 0);
  begin (self);
  network = person_get (&self->ada, 0);
  rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
  write_to (network, "somebody", "for you alone");
  g_assert_true (become (self, network, fresh, NULL));
  assert_not_sent (network, "for you alone");
  wait_up (network);
}

/* However it came that he is somebody else than when he wrote it. */
static void
test_queue_of_an_earlier_life (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  RtIdentity *me = rt_identities_add (self->all, "Me");
  g_autofree char *ref = g_strdup (rt_identity_get_ref (me));

  rt_wait_until (rt_identity_get_public_key (me) != NULL);
  write_to (network, "somebody", "for you alone");
  person_end (&self->ada);
  change_stored (self, NULL, FALSE, ref);
  begin (self);
  network = person_get (&self->ada, 0);
  wait_up (network);
  g_assert_true (rt_identities_find (self->all, ref) == of (self, network));
  assert_not_sent (network, "for you alone");
}

static void
assert_told (Fixture *self, gboolean told)
{
  g_autofree char *words = NULL;

  g_object_get (self->ada.networks, "error", &words, NULL);
  g_assert_cmpint (words != NULL && strstr (words, "could not be read in full") != NULL, ==, told);
}

/* A salvaged database may have lost the list, or it was damaged: who he is in a network is with the network, and his keys are in their folder. */
static void
test_lost_list (Fixture *self, gconstpointer data)
{
  static const char * const lists[] = { NULL, "", "no key file at all", "[identity nonsense]\nname=x\n" };
  RtNetwork *network;
  RtIdentity *me = rt_identities_add (self->all, "Me"), *unused = rt_identities_add (self->all, "Unused");
  g_autofree char *id = NULL, *digits = NULL, *ref = g_strdup (rt_identity_get_ref (me)), *idle = g_strdup (rt_identity_get_ref (unused));

  rt_wait_until (rt_identity_get_public_key (me) != NULL && rt_identity_get_public_key (unused) != NULL);
  network = join_as (self, "net", me);
  id = g_strdup (network_get_id (network));
  digits = rt_identity_dup_digits (me);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autofree char *again = NULL, *aside = NULL;

      person_end (&self->ada);
      change_stored (self, lists[i], TRUE, NULL);
      begin (self);
      network = person_get (&self->ada, 0);
      wait_up (network);
      g_assert_cmpstr (network_get_id (network), ==, id);
      me = rt_identities_find (self->all, ref);
      g_assert_true (of (self, network) == me);
      again = rt_identity_dup_digits (me);
      g_assert_cmpstr (again, ==, digits);
      /* an empty list is a whole one: there was nobody else */
      if (i != 1)
        {
          g_assert_nonnull (rt_identities_find (self->all, idle));
          g_assert_true (rt_identity_get_shared (me));
        }
      if (i < 2)
        continue;
      assert_told (self, TRUE);
      person_end (&self->ada);
      aside = dup_stored (self, "identities-aside");
      g_assert_cmpstr (aside, ==, lists[i]);
      begin (self);
      wait_up (person_get (&self->ada, 0));
      /* once is enough */
      assert_told (self, FALSE);
    }
}

/* Of a list with one group that is none the others count. */
static void
test_damaged_list (Fixture *self, gconstpointer data)
{
  RtIdentity *me = rt_identities_add (self->all, "Me");
  RtNetwork *network = join_as (self, "net", me);
  g_autofree char *id = g_strdup (network_get_id (network)), *list = NULL, *bad = NULL;

  person_end (&self->ada);
  list = dup_stored (self, "identities");
  bad = g_strconcat ("[identity nonsense]\nname=x\n\n", list, "\n[identity ../../x]\n", NULL);
  change_stored (self, bad, TRUE, NULL);
  begin (self);
  network = person_get (&self->ada, 0);
  wait_up (network);
  g_assert_cmpstr (network_get_id (network), ==, id);
  g_assert_cmpstr (rt_identity_get_title (of (self, network)), ==, "Me");
  g_assert_true (become (self, network, "", NULL));
  wait_up (network);
}

/* List and key: then there is nothing to be known of him, and nobody is made up in his place. */
static void
test_lost_list_and_key (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autofree char *path = dup_path (self, of (self, network)), *fresh = g_uuid_string_random ();

  person_end (&self->ada);
  change_stored (self, NULL, TRUE, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  begin (self);
  network = person_get (&self->ada, 0);
  assert_failed (self, network, "not there any more");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  /* unless he says so */
  g_assert_true (become (self, network, fresh, NULL));
  wait_up (network);
}

/* ---- away ---- */

/* Whoever chooses one while it is being removed would be somebody new at the next start. */
static void
test_leaving (Fixture *self, gconstpointer data)
{
  RtNetwork *first = person_join (&self->ada, "first", NULL), *second = person_join (&self->ada, "second", NULL);
  RtIdentity *me = rt_identities_add (self->all, "Me"), *own = of (self, first);
  g_autoptr (GAsyncResult) removing = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *ref = g_strdup (rt_identity_get_ref (me)), *own_ref = g_strdup (rt_identity_get_ref (own));

  rt_wait_until (rt_identity_get_public_key (me) != NULL);
  rt_identities_remove_async (self->all, me, rt_wait_result_cb, &removing);
  g_assert_true (rt_identity_get_leaving (me));
  g_assert_null (try_to_join (self, "third", ref, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "Me"));
  g_clear_error (&error);
  g_assert_false (become (self, second, ref, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  rt_identities_remove_async (self->all, me, rt_wait_result_cb, &again);
  rt_wait_until (removing != NULL && again != NULL);
  g_assert_true (rt_identities_remove_finish (self->all, removing, NULL));
  g_assert_false (rt_identities_remove_finish (self->all, again, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  /* a network that is left takes its own along */
  rt_networks_remove (self->ada.networks, first);
  g_assert_false (become (self, second, own_ref, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  rt_wait_until (count (self) == 1);
  /* what could not be removed can be used still */
  me = rt_identities_add (self->all, "Me");
  rt_wait_until (rt_identity_get_public_key (me) != NULL);
  {
    g_autofree char *path = dup_path (self, me), *inside = g_build_filename (path, "x", NULL);
    g_autoptr (GAsyncResult) failing = NULL;

    g_assert_cmpint (g_unlink (path), ==, 0);
    g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
    rt_identities_remove_async (self->all, me, rt_wait_result_cb, &failing);
    rt_wait_result (failing);
    g_assert_false (rt_identities_remove_finish (self->all, failing, NULL));
    g_assert_false (rt_identity_get_leaving (me));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/identity-troubles/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("unreadable-key", test_unreadable_key);
  ADD ("exchanged-key", test_exchanged_key);
  ADD ("restore", test_restore);
  ADD ("cancelled-import", test_cancelled_import);
  ADD ("queue", test_queue);
  ADD ("queue-of-nobody", test_queue_of_nobody);
  ADD ("queue-of-an-earlier-life", test_queue_of_an_earlier_life);
  ADD ("lost-list", test_lost_list);
  ADD ("damaged-list", test_damaged_list);
  ADD ("lost-list-and-key", test_lost_list_and_key);
  ADD ("leaving", test_leaving);
  return g_test_run ();
}
