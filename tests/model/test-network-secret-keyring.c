/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The secret of a private network in the keyring of the desktop: there, locked away, not there any more. */
#include <glib/gstdio.h>

#include "fake-secrets.h"
#include "secret-test.h"
#include "model/networks/rt-invitation.h"

/* One bus for the whole program. NULL: the test is skipped. */
static FakeSecrets *
get_secrets (void)
{
  static FakeSecrets *secrets = NULL;

  if (secrets == NULL)
    secrets = fake_secrets_new ();
  return secrets;
}

static char *
dup_key_path (Person *person, RtNetwork *network)
{
  return rt_vault_dup_path (rt_identities_get_vault (rt_networks_get_identities (person->networks)), rt_identity_get_ref (rt_network_get_identity (network)), RT_VAULT_KEY);
}

static void
test_keyring (void)
{
  FakeSecrets *secrets = get_secrets ();
  Person ada = { 0 };
  g_autofree char *path = NULL, *text = NULL, *note = NULL, *key_path = NULL, *key = NULL;
  gsize key_length;
  g_autoptr (GError) error = NULL;
  RtNetwork *network, *other;

  if (secrets == NULL)
    return;
  person_init (&ada);
  /* from before there was a keyring: it moves there with the key */
  network = join (&ada, "friends", RIGHT, NULL);
  path = dup_path (&ada, network);
  key_path = dup_key_path (&ada, network);
  person_end (&ada);
  g_assert_true (g_file_get_contents (key_path, &key, &key_length, NULL));
  fake_secrets_start (secrets);
  ada.keyring = TRUE;
  person_begin (&ada);
  assert_private (person_get (&ada, 0), RIGHT);
  person_end (&ada);
  fake_secrets_assert (secrets, "items", "2");
  g_assert_true (g_file_get_contents (path, &note, NULL, NULL));
  g_assert_true (g_str_has_prefix (note, "Roundtable: what was here is in the keyring"));
  g_assert_false (holds (ada.folder, RIGHT, NULL));

  /* locked, and he does not want to open it: nothing begins */
  fake_secrets_assert (secrets, "lock", "ok");
  fake_secrets_assert (secrets, "deny", "ok");
  person_begin (&ada);
  network = person_get (&ada, 0);
  rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_assert_nonnull (strstr (rt_network_get_error (network), "keyring"));
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_UNREAD);
  g_assert_null (load_secret (network, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_cmpint (rt_network_get_secret_state (network), ==, RT_SECRET_LOCKED);
  person_end (&ada);
  /* also where only the secret is locked away: he is asked once more when he tries again */
  g_assert_true (g_file_set_contents (key_path, key, (gssize) key_length, NULL));
  person_begin (&ada);
  network = person_get (&ada, 0);
  assert_fails (network, RT_SECRET_LOCKED, "The secret of this network is kept in the keyring");
  g_assert_null (rt_invitation_new (rt_network_get_config (network), NULL, NULL));
  fake_secrets_assert (secrets, "allow", "ok");
  rt_identities_retry (rt_networks_get_identities (ada.networks));
  assert_private (network, RIGHT);
  person_end (&ada);
  fake_secrets_assert (secrets, "lock", "ok");
  person_begin (&ada);
  assert_private (person_get (&ada, 0), RIGHT);
  person_end (&ada);

  /* the service is not there: the same */
  fake_secrets_stop (secrets);
  person_begin (&ada);
  network = person_get (&ada, 0);
  rt_wait_until (rt_network_get_state (network) == RT_NETWORK_FAILED);
  g_assert_null (rt_network_get_socket (network));
  person_end (&ada);

  /* the keyring was emptied: what was in it is lost */
  ada.keyring = FALSE;
  person_begin (&ada);
  other = join (&ada, "others", RIGHT, NULL);
  g_clear_pointer (&path, g_free);
  path = dup_path (&ada, other);
  person_end (&ada);
  g_assert_true (g_file_set_contents (path, note, -1, NULL));
  fake_secrets_start (secrets);
  ada.keyring = TRUE;
  person_begin (&ada);
  other = person_get (&ada, 1);
  assert_fails (other, RT_SECRET_LOST, "not kept here any more");
  g_assert_true (rt_networks_retype_secret (ada.networks, other, RIGHT, NULL));
  assert_private (other, RIGHT);
  live_again (&ada);
  other = person_get (&ada, 1);
  assert_private (other, RIGHT);
  text = load_secret (other, NULL);
  g_assert_cmpstr (text, ==, RIGHT);
  /* leaving takes it out of the keyring, too: there are the keys of both, and one secret */
  fake_secrets_assert (secrets, "items", "3");
  rt_networks_remove (ada.networks, other);
  person_end (&ada);
  fake_secrets_assert (secrets, "items", "1");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  person_clear (&ada);
  fake_secrets_stop (secrets);
}

static gboolean
is_file_of (const char *path, const char *text)
{
  g_autofree char *content = NULL;

  return g_file_get_contents (path, &content, NULL, NULL) && g_str_equal (content, text);
}

/* Typed again while the keyring was locked it is in a file, and what the keyring has of it is old: leaving takes both away. */
static void
test_both (void)
{
  FakeSecrets *secrets = get_secrets ();
  Person ada = { 0 };
  g_autofree char *path = NULL, *key_path = NULL, *key = NULL;
  gsize key_length;
  RtNetwork *network;

  if (secrets == NULL)
    {
      g_test_skip ("needs libsecret, dbus-daemon and python3-gi");
      return;
    }
  person_init (&ada);
  network = join (&ada, "friends", RIGHT, NULL);
  path = dup_path (&ada, network);
  key_path = dup_key_path (&ada, network);
  person_end (&ada);
  g_assert_true (g_file_get_contents (key_path, &key, &key_length, NULL));
  fake_secrets_start (secrets);
  ada.keyring = TRUE;
  person_begin (&ada);
  assert_private (person_get (&ada, 0), RIGHT);
  person_end (&ada);
  fake_secrets_assert (secrets, "items", "2");
  g_assert_true (g_file_set_contents (key_path, key, (gssize) key_length, NULL));

  fake_secrets_assert (secrets, "lock", "ok");
  fake_secrets_assert (secrets, "deny", "ok");
  person_begin (&ada);
  network = person_get (&ada, 0);
  assert_fails (network, RT_SECRET_LOCKED, "kept in the keyring");
  g_assert_true (rt_networks_retype_secret (ada.networks, network, RIGHT, NULL));
  assert_private (network, RIGHT);
  rt_wait_until (is_file_of (path, RIGHT));
  fake_secrets_assert (secrets, "unlock", "ok");
  rt_networks_remove (ada.networks, network);
  person_end (&ada);
  fake_secrets_assert (secrets, "items", "0");
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  person_clear (&ada);
  fake_secrets_stop (secrets);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network-secret/keyring", test_keyring);
  g_test_add_func ("/network-secret/keyring/both", test_both);
  return g_test_run ();
}
