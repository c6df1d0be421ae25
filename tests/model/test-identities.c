/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who a person is: in one network or in several, in another life, out of a file, and when his keyring says no. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fake-secrets.h"
#include "network-test.h"
#include "model/identity/rt-passphrase.h"
#include "store/rt-store.h"

typedef struct {
  Person        ada;
  RtIdentities *all;            /* not owned */
} Fixture;

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

static void
live_again (Fixture *self)
{
  person_end (&self->ada);
  person_begin (&self->ada);
  self->all = rt_networks_get_identities (self->ada.networks);
}

static RtIdentity *
get (Fixture *self, guint position)
{
  g_autoptr (RtIdentity) identity = g_list_model_get_item (G_LIST_MODEL (self->all), position);

  return identity;              /* the list keeps it */
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

static guint
count_users (Fixture *self, RtIdentity *identity)
{
  g_autoptr (GPtrArray) users = rt_identities_dup_users (self->all, identity);

  return users->len;
}

static RtNetwork *
join_as (Fixture *self, const char *subnet, RtIdentity *identity)
{
  g_autoptr (RtNetworkConfig) config = make_config (subnet, NULL);
  g_autoptr (GError) error = NULL;
  RtNetwork *network;

  g_object_set (config, "identity", rt_identity_get_ref (identity), NULL);
  network = rt_networks_add (self->ada.networks, config, &error);
  g_assert_no_error (error);
  wait_up (network);
  return network;
}

static gboolean
become (Fixture *self, RtNetwork *network, const char *ref)
{
  g_autoptr (RtNetworkConfig) config = rt_network_config_copy (rt_network_get_config (network));

  g_object_set (config, "identity", ref, NULL);
  return rt_networks_update (self->ada.networks, network, config, NULL);
}

static char *
dup_path (Fixture *self, const char *ref)
{
  return rt_vault_dup_path (rt_identities_get_vault (self->all), ref, RT_VAULT_KEY);
}

/* ---- one for each, one for several ---- */

static void
test_of_its_own (Fixture *self, gconstpointer data)
{
  RtNetwork *first = person_join (&self->ada, "first", NULL), *second = person_join (&self->ada, "second", NULL);
  g_autofree char *digits = NULL, *words = NULL, *other = NULL;

  g_assert_cmpuint (count (self), ==, 2);
  g_assert_true (of (self, first) == get (self, 0));
  g_assert_true (of (self, first) != of (self, second));
  g_assert_cmpstr (rt_identity_get_title (get (self, 0)), ==, "first");
  g_assert_cmpstr (rt_identity_get_name (get (self, 0)), ==, "");
  g_assert_false (rt_identity_get_shared (get (self, 0)));
  g_assert_cmpint (rt_identity_get_place (get (self, 0)), ==, RT_VAULT_FILE);
  g_assert_null (rt_identity_get_trouble (get (self, 0)));
  g_assert_cmpuint (count_users (self, get (self, 0)), ==, 1);
  digits = rt_identity_dup_digits (get (self, 0));
  words = rt_identity_dup_words (get (self, 0));
  other = rt_identity_dup_digits (get (self, 1));
  g_assert_cmpuint (strlen (digits), ==, 23);
  g_assert_nonnull (strchr (words, ' '));
  g_assert_cmpstr (digits, !=, other);
  /* left, it is gone */
  rt_networks_remove (self->ada.networks, first);
  rt_wait_until (count (self) == 1);
  g_assert_true (of (self, second) == get (self, 0));
}

static void
test_shared (Fixture *self, gconstpointer data)
{
  RtIdentity *me = rt_identities_add (self->all, "  Ada\nherself ");
  RtNetwork *first, *second;
  g_autofree char *digits = NULL, *again = NULL, *path = NULL, *first_id = NULL;

  g_assert_cmpstr (rt_identity_get_name (me), ==, "Ada herself");
  rt_wait_until (rt_identity_get_public_key (me) != NULL);
  first = join_as (self, "first", me);
  second = join_as (self, "second", me);
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_cmpuint (count_users (self, me), ==, 2);
  /* the same key, and another id in each network: that is how the wire has it */
  g_assert_cmpstr (network_get_id (first), !=, network_get_id (second));
  first_id = g_strdup (network_get_id (first));
  digits = rt_identity_dup_digits (me);
  path = dup_path (self, rt_identity_get_ref (me));
  live_again (self);
  me = get (self, 0);
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_cmpstr (rt_identity_get_title (me), ==, "Ada herself");
  g_assert_true (rt_identity_get_shared (me));
  again = rt_identity_dup_digits (me);
  g_assert_cmpstr (again, ==, digits);
  wait_up (person_get (&self->ada, 0));
  g_assert_cmpstr (network_get_id (person_get (&self->ada, 0)), ==, first_id);
  /* it outlives them both */
  rt_networks_remove (self->ada.networks, person_get (&self->ada, 0));
  rt_networks_remove (self->ada.networks, person_get (&self->ada, 0));
  live_again (self);
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
}

/* What was of one network is of both, and stays when one is left. */
static void
test_of_another (Fixture *self, gconstpointer data)
{
  RtNetwork *first = person_join (&self->ada, "first", NULL), *second = join_as (self, "second", of (self, first));
  RtIdentity *me = of (self, first);

  g_assert_true (of (self, second) == me);
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_true (rt_identity_get_shared (me));
  rt_networks_remove (self->ada.networks, first);
  live_again (self);
  g_assert_cmpuint (count (self), ==, 1);
  wait_up (person_get (&self->ada, 0));
  g_assert_true (of (self, person_get (&self->ada, 0)) == get (self, 0));
  g_assert_cmpstr (rt_identity_get_title (get (self, 0)), ==, "first");
}

static void
test_becomes_another (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  RtIdentity *before = of (self, network), *me = rt_identities_add (self->all, "Me");
  g_autofree char *old_id = g_strdup (network_get_id (network)), *fresh = g_uuid_string_random ();

  g_assert_true (become (self, network, rt_identity_get_ref (me)));
  wait_up (network);
  g_assert_cmpstr (network_get_id (network), !=, old_id);
  g_assert_true (of (self, network) == me);
  /* the old one is not lost: he can be it again */
  g_assert_cmpuint (count (self), ==, 2);
  g_assert_cmpuint (count_users (self, before), ==, 0);
  live_again (self);
  network = person_get (&self->ada, 0);
  wait_up (network);
  g_assert_cmpstr (rt_identity_get_title (of (self, network)), ==, "Me");
  g_assert_true (become (self, network, ""));
  wait_up (network);
  g_assert_cmpstr (network_get_id (network), ==, old_id);
  /* somebody new */
  g_assert_true (become (self, network, fresh));
  wait_up (network);
  g_assert_cmpstr (network_get_id (network), !=, old_id);
  g_assert_cmpuint (count (self), ==, 3);
  g_assert_false (rt_identity_get_shared (of (self, network)));
  g_assert_false (become (self, network, "no ref"));
}

static void
test_name (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autoptr (RtNetworkConfig) config = NULL;

  rt_identities_rename (self->all, of (self, network), "At work\u202e");
  g_assert_cmpstr (rt_identity_get_title (of (self, network)), ==, "At work");
  live_again (self);
  network = person_get (&self->ada, 0);
  g_assert_cmpstr (rt_identity_get_title (of (self, network)), ==, "At work");
  rt_identities_rename (self->all, of (self, network), "");
  g_assert_cmpstr (rt_identity_get_title (of (self, network)), ==, "net");
  config = rt_network_config_copy (rt_network_get_config (network));
  g_object_set (config, "subnet", "renamed", NULL);
  g_assert_true (rt_networks_update (self->ada.networks, network, config, NULL));
  g_assert_cmpstr (rt_identity_get_title (of (self, network)), ==, "renamed");
}

/* A key that was there, and is not, is no reason to be somebody else without a word. */
static void
test_key_is_gone (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autofree char *path = dup_path (self, rt_identity_get_ref (of (self, network))), *id = g_strdup (network_get_id (network)), *aside = g_strconcat (path, ".aside", NULL);

  person_end (&self->ada);
  g_assert_cmpint (g_rename (path, aside), ==, 0);
  person_begin (&self->ada);
  self->all = rt_networks_get_identities (self->ada.networks);
  network = person_get (&self->ada, 0);
  rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_assert_nonnull (strstr (rt_network_get_error (network), path));
  g_assert_nonnull (rt_identity_get_trouble (of (self, network)));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (aside, path), ==, 0);
  rt_identities_retry (self->all);
  wait_up (network);
  g_assert_cmpstr (network_get_id (network), ==, id);
  rt_wait_until (rt_identity_get_trouble (of (self, network)) == NULL);
}

static void
write_text (Fixture *self, const char *text)
{
  g_autoptr (RtStore) store = rt_store_new ();
  g_autofree char *path = g_build_filename (self->ada.folder, "roundtable.db", NULL);
  g_autoptr (GAsyncResult) opening = NULL, writing = NULL, closing = NULL;

  rt_store_open_async (store, path, NULL, rt_wait_result_cb, &opening);
  rt_wait_result (opening);
  g_assert_true (rt_store_open_finish (store, opening, NULL, NULL));
  rt_store_set_profile_async (store, "identities", text, rt_wait_result_cb, &writing);
  rt_wait_result (writing);
  rt_store_close_async (store, rt_wait_result_cb, &closing);
  rt_wait_result (closing);
}

/* The key of a network is in its file, whatever is remembered of it beside. (What is lost with it: test-identity-troubles.c.) */
static void
test_unreadable_list (Fixture *self, gconstpointer data)
{
  static const char * const bad[] = { "no key file at all", "[identity nonsense]\nname=x\n", "[identity 11111111-2222-4333-8444-555555555555]\n[identity ../../x]\n" };
  g_autofree char *id = g_strdup (network_get_id (person_join (&self->ada, "net", NULL)));

  person_end (&self->ada);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      write_text (self, bad[i]);
      person_begin (&self->ada);
      wait_up (person_get (&self->ada, 0));
      g_assert_cmpstr (network_get_id (person_get (&self->ada, 0)), ==, id);
      person_end (&self->ada);
    }
  /* without any, as before there were identities: each network has its own */
  write_text (self, "");
  person_begin (&self->ada);
  self->all = rt_networks_get_identities (self->ada.networks);
  wait_up (person_get (&self->ada, 0));
  g_assert_cmpstr (network_get_id (person_get (&self->ada, 0)), ==, id);
}

/* ---- files ---- */

static char *
export (Fixture *self, RtIdentity *identity, const char *passphrase, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_identities_export_async (self->all, identity, passphrase, NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_identities_export_finish (self->all, result, error);
}

static RtIdentity *
import (Fixture *self, const char *text, const char *passphrase, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_identities_import_async (self->all, text, passphrase, "From elsewhere", NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_identities_import_finish (self->all, result, error);
}

static gboolean
remove_identity (Fixture *self, RtIdentity *identity, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_identities_remove_async (self->all, identity, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_identities_remove_finish (self->all, result, error);
}

static void
test_export_and_import (Fixture *self, gconstpointer data)
{
  RtNetwork *network = person_join (&self->ada, "net", NULL);
  g_autofree char *text = NULL, *digits = rt_identity_dup_digits (of (self, network)), *again = NULL, *id = g_strdup (network_get_id (network)), *other_id = NULL;
  g_autoptr (GError) error = NULL;
  RtIdentity *imported;
  Fixture bob = { 0 };

  text = export (self, of (self, network), "correct horse battery", &error);
  g_assert_no_error (error);
  /* he is it already */
  g_assert_null (import (self, text, "correct horse battery", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "net"));
  g_clear_error (&error);
  set_up (&bob, NULL);
  g_assert_null (import (&bob, text, "wrong", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_null (import (&bob, "what is this", "correct horse battery", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpuint (count (&bob), ==, 0);
  imported = import (&bob, text, "correct horse battery", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (rt_identity_get_title (imported), ==, "From elsewhere");
  again = rt_identity_dup_digits (imported);
  g_assert_cmpstr (again, ==, digits);
  /* on the other computer he is who he was here */
  person_end (&self->ada);
  person_begin (&self->ada);
  self->all = rt_networks_get_identities (self->ada.networks);
  rt_network_stop (person_get (&self->ada, 0));
  live_again (&bob);
  other_id = g_strdup (network_get_id (join_as (&bob, "net", get (&bob, 0))));
  g_assert_cmpstr (other_id, ==, id);
  tear_down (&bob, NULL);
}

static void
test_remove (Fixture *self, gconstpointer data)
{
  RtIdentity *me = rt_identities_add (self->all, "Me");
  g_autofree char *path = dup_path (self, rt_identity_get_ref (me));
  g_autoptr (GError) error = NULL;
  RtNetwork *network = join_as (self, "net", me);

  g_assert_false (remove_identity (self, me, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_true (become (self, network, ""));
  wait_up (network);
  g_assert_true (remove_identity (self, me, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count (self), ==, 1);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  live_again (self);
  g_assert_cmpuint (count (self), ==, 1);
}

static void
test_passphrase (void)
{
  static const struct { const char *passphrase; RtPassphraseStrength strength; } cases[] = {
    { "", RT_PASSPHRASE_TOO_SHORT }, { "sevench", RT_PASSPHRASE_TOO_SHORT }, { "ääääääää", RT_PASSPHRASE_WEAK }, { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", RT_PASSPHRASE_WEAK },
    { "password", RT_PASSPHRASE_WEAK }, { "horse battery staple", RT_PASSPHRASE_FAIR }, { "correct horse battery staple", RT_PASSPHRASE_STRONG },
    { "hT7!kq2#Zr9$w", RT_PASSPHRASE_FAIR }, { "hT7!kq2#Zr9$wLp0&x%mB3", RT_PASSPHRASE_STRONG },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].passphrase);
      g_assert_cmpint (rt_passphrase_get_strength (cases[i].passphrase), ==, cases[i].strength);
      g_assert_cmpint (strlen (rt_passphrase_get_words (cases[i].strength)), >, 3);
    }
}

/* ---- with a keyring ---- */

/* A person from before there were keyrings; then his keyring is locked, and he does not want to open it. */
static void
test_keyring (Fixture *self, gconstpointer data)
{
  FakeSecrets *secrets = fake_secrets_new ();
  g_autofree char *first_id = NULL, *second_id = NULL, *path = NULL;
  g_autoptr (GError) error = NULL;
  RtNetwork *first, *second;

  if (secrets == NULL)
    return;
  first_id = g_strdup (network_get_id (person_join (&self->ada, "first", NULL)));
  second_id = g_strdup (network_get_id (person_join (&self->ada, "second", NULL)));
  path = dup_path (self, rt_identity_get_ref (get (self, 0)));
  person_end (&self->ada);
  fake_secrets_start (secrets);

  self->ada.keyring = TRUE;
  person_begin (&self->ada);
  self->all = rt_networks_get_identities (self->ada.networks);
  rt_wait_until (rt_identity_get_place (get (self, 0)) == RT_VAULT_KEYRING && rt_identity_get_place (get (self, 1)) == RT_VAULT_KEYRING);
  fake_secrets_assert (secrets, "items", "2");
  fake_secrets_assert (secrets, "labels", "Roundtable: who you are in “first”|Roundtable: who you are in “second”");

  fake_secrets_assert (secrets, "lock", "ok");
  fake_secrets_assert (secrets, "deny", "ok");
  live_again (self);
  first = person_get (&self->ada, 0);
  second = person_get (&self->ada, 1);
  rt_wait_until (rt_network_get_state (first) == RT_NETWORK_FAILED && rt_network_get_state (second) == RT_NETWORK_FAILED);
  g_assert_nonnull (strstr (rt_network_get_error (first), "keyring"));
  g_assert_nonnull (rt_identity_get_trouble (of (self, first)));
  /* he was asked once, not for each */
  fake_secrets_assert (secrets, "prompts", "1");
  g_assert_false (remove_identity (self, of (self, first), &error));

  fake_secrets_assert (secrets, "allow", "ok");
  rt_identities_retry (self->all);
  wait_up (first);
  wait_up (second);
  g_assert_cmpstr (network_get_id (first), ==, first_id);
  g_assert_cmpstr (network_get_id (second), ==, second_id);
  rt_wait_until (rt_identity_get_trouble (of (self, first)) == NULL);
  fake_secrets_assert (secrets, "prompts", "2");
  /* leaving takes the key out of the keyring, too */
  rt_networks_remove (self->ada.networks, first);
  person_end (&self->ada);
  fake_secrets_assert (secrets, "items", "1");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  fake_secrets_free (secrets);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/identities/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("of-its-own", test_of_its_own);
  ADD ("shared", test_shared);
  ADD ("of-another", test_of_another);
  ADD ("becomes-another", test_becomes_another);
  ADD ("name", test_name);
  ADD ("key-is-gone", test_key_is_gone);
  ADD ("unreadable-list", test_unreadable_list);
  ADD ("export-and-import", test_export_and_import);
  ADD ("remove", test_remove);
  g_test_add_func ("/identities/passphrase", test_passphrase);
  ADD ("keyring", test_keyring);
  return g_test_run ();
}
