/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said to be erased is erased, wherever an earlier try left it. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "fake-secrets.h"
#include "rt-wait.h"
#include "store/rt-vault.h"

#define REF "11111111-2222-4333-8444-555555555555"

typedef struct {
  char    *folder;
  char    *path;
  RtVault *vault;
} Fixture;

/* One bus for all tests of the program. */
static FakeSecrets *secrets;

static void
set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("rt-vault-XXXXXX", &error);
  g_assert_no_error (error);
  self->vault = rt_vault_new (self->folder, TRUE);
  self->path = rt_vault_dup_path (self->vault, REF, RT_VAULT_KEY);
  fake_secrets_start (secrets);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_object_unref (self->vault);
  fake_secrets_stop (secrets);
  rt_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static RtVaultPlace
load (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) seed = NULL;
  RtVaultPlace place;

  rt_vault_load_key_async (self->vault, REF, "label", NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  seed = rt_vault_load_key_finish (self->vault, result, &place, &error);
  g_assert_no_error (error);
  return place;
}

static gboolean
remove_key (Fixture *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_vault_remove_async (self->vault, REF, RT_VAULT_KEY, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_vault_remove_finish (self->vault, result, error);
}

static void
make_file (Fixture *self)
{
  char seed[32];

  memset (seed, 's', sizeof seed);
  g_assert_true (g_file_set_contents_full (self->path, seed, sizeof seed, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
}

/* A file, and an item that the keyring did not give back when it was stored. */
static void
test_item_beside_file (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (load (self), ==, RT_VAULT_KEYRING);
  make_file (self);
  g_assert_cmpint (load (self), ==, RT_VAULT_FILE);
  fake_secrets_assert (secrets, "items", "1");
  g_assert_true (remove_key (self, &error));
  g_assert_no_error (error);
  fake_secrets_assert (secrets, "items", "0");
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* A note that nobody can read now leads to something all the same. */
static void
test_unreadable_note (Fixture *self, gconstpointer unused)
{
  g_autoptr (RtVault) files = rt_vault_new (self->folder, FALSE), keyring = g_object_ref (self->vault);
  g_autoptr (GError) error = NULL;
  GStatBuf st;

  g_assert_cmpint (load (self), ==, RT_VAULT_KEYRING);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_cmpint (symlink (self->path, self->path), ==, 0);
  /* who cannot ask the keyring does not say that it is erased */
  g_set_object (&self->vault, files);
  g_assert_false (remove_key (self, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_UNREADABLE);
  g_assert_nonnull (strstr (error->message, "cannot be read"));
  g_assert_cmpint (g_lstat (self->path, &st), ==, 0);
  g_clear_error (&error);
  fake_secrets_assert (secrets, "items", "1");
  g_set_object (&self->vault, keyring);
  g_assert_true (remove_key (self, &error));
  g_assert_no_error (error);
  fake_secrets_assert (secrets, "items", "0");
  g_assert_cmpint (g_lstat (self->path, &st), !=, 0);
}

/* Another program moves keys just now: it is known where ours is all the same. */
static void
test_locked_folder (Fixture *self, gconstpointer unused)
{
  g_autofree char *lock = g_build_filename (self->folder, ".lock", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;
  int fd;

  make_file (self);
  fd = open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  rt_vault_move_async (self->vault, REF, RT_VAULT_KEY, "label", rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_vault_move_finish (self->vault, result, &place, &error));
  g_assert_no_error (error);
  g_assert_cmpint (place, ==, RT_VAULT_FILE);
  close (fd);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  secrets = fake_secrets_new ();
  if (secrets == NULL)
    {
      g_print ("1..0 # SKIP needs libsecret, dbus-daemon and python3-gi\n");
      return 0;
    }
#define ADD(name, func) g_test_add ("/vault-leftovers/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("item-beside-file", test_item_beside_file);
  ADD ("unreadable-note", test_unreadable_note);
  ADD ("locked-folder", test_locked_folder);
  status = g_test_run ();
  fake_secrets_free (secrets);
  return status;
}
