/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and secrets, in files and in a keyring that is there, locked, denied, mute, or dies. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake-secrets.h"
#include "rt-wait.h"
#include "store/rt-vault.h"

#define REF "11111111-2222-4333-8444-555555555555"

/* One bus for all tests of the program. */
typedef struct {
  char    *folder;
  char    *path;
  RtVault *vault;
} Fixture;

static FakeSecrets *
get_secrets (gboolean begin)
{
  static FakeSecrets *secrets = NULL;
  static gboolean begun = FALSE;

  if (!begun && begin)
    secrets = fake_secrets_new ();
  begun = begun || begin;
  return secrets;
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  g_autofree char *top = NULL;
  g_autoptr (GError) error = NULL;

  top = g_dir_make_tmp ("rt-vault-XXXXXX", &error);
  g_assert_no_error (error);
  self->folder = g_build_filename (top, "identities", NULL);
  self->vault = rt_vault_new (self->folder, FALSE);
  self->path = rt_vault_dup_path (self->vault, REF, RT_VAULT_KEY);
}

static void
set_up_keyring (Fixture *self, gconstpointer unused)
{
  set_up (self, unused);
  g_object_unref (self->vault);
  self->vault = rt_vault_new (self->folder, TRUE);
  if (get_secrets (TRUE) != NULL)
    fake_secrets_start (get_secrets (FALSE));
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_autofree char *top = g_path_get_dirname (self->folder);

  g_object_unref (self->vault);
  if (get_secrets (FALSE) != NULL)
    fake_secrets_stop (get_secrets (FALSE));
  rt_remove_tree (top);
  g_free (self->folder);
  g_free (self->path);
}

#define KEYRING_OR_SKIP(secrets) \
  FakeSecrets *secrets = get_secrets (FALSE); \
  if (secrets == NULL) \
    { \
      g_test_skip ("needs libsecret, dbus-daemon and python3-gi"); \
      return; \
    }

static void
start_again (Fixture *self)
{
  g_object_unref (self->vault);
  self->vault = rt_vault_new (self->folder, TRUE);
}

static GBytes *
load (Fixture *self, RtVaultPlace *place, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  rt_vault_load_key_async (self->vault, REF, "Identity of “quoll”", NULL, rt_wait_result_cb, &result);
  rt_wait_result (result);
  return rt_vault_load_key_finish (self->vault, result, place, error);
}

static GBytes *
load_well (Fixture *self, RtVaultPlace expected)
{
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;
  GBytes *seed = load (self, &place, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (seed), ==, 32);
  g_assert_cmpint (place, ==, expected);
  return seed;
}

static void
assert_fails (Fixture *self, int code)
{
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;

  g_assert_null (load (self, &place, &error));
  g_assert_error (error, RT_STORE_ERROR, code);
  g_assert_true (g_utf8_strlen (error->message, -1) > 5);
}

static RtVaultPlace
move (Fixture *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;

  rt_vault_move_async (self->vault, REF, RT_VAULT_KEY, "Identity of “quoll”", rt_wait_result_cb, &result);
  rt_wait_result (result);
  g_assert_true (rt_vault_move_finish (self->vault, result, &place, &error));
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

static GBytes *
make_file (Fixture *self, char fill)
{
  char seed[32];

  memset (seed, fill, sizeof seed);
  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents_full (self->path, seed, sizeof seed, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  return g_bytes_new (seed, sizeof seed);
}

static gsize
file_size (Fixture *self)
{
  struct stat st;

  g_assert_cmpint (stat (self->path, &st), ==, 0);
  g_assert_cmphex (st.st_mode & 07777, ==, 0600);
  return (gsize) st.st_size;
}

static guint
count_files (Fixture *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  guint n = 0;

  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    n += *name != '.';
  return n;
}

/* ---- files ---- */

static void
test_files (Fixture *self, gconstpointer unused)
{
  g_autoptr (GBytes) first = load_well (self, RT_VAULT_FILE), again = load_well (self, RT_VAULT_FILE);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_bytes_equal (first, again));
  g_assert_cmpuint (file_size (self), ==, 32);
  g_assert_cmpint (move (self), ==, RT_VAULT_NOWHERE);   /* nobody looked: there is no keyring to move to */
  g_assert_true (remove_key (self, &error));
  g_assert_cmpuint (count_files (self), ==, 0);
  g_assert_true (remove_key (self, &error));
  g_assert_no_error (error);
}

static void
test_secret (Fixture *self, gconstpointer unused)
{
  g_autoptr (GBytes) secret = g_bytes_new ("the password of a network", 25), longer = NULL, found = NULL, none = NULL;
  g_autoptr (GAsyncResult) storing = NULL, again = NULL, looking = NULL, other = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = rt_vault_dup_path (self->vault, REF, "secret");
  RtVaultPlace place;
  struct stat st;

  longer = g_bytes_new_take (g_strnfill (RT_VAULT_MAX_LENGTH, 'x'), RT_VAULT_MAX_LENGTH);
  rt_vault_store_async (self->vault, REF, "secret", "Password of “quoll”", secret, rt_wait_result_cb, &storing);
  rt_vault_store_async (self->vault, REF, "secret", "Password of “quoll”", longer, rt_wait_result_cb, &again);
  rt_vault_lookup_async (self->vault, REF, "secret", NULL, rt_wait_result_cb, &looking);
  rt_vault_lookup_async (self->vault, REF, RT_VAULT_KEY, NULL, rt_wait_result_cb, &other);
  rt_wait_until (storing != NULL && again != NULL && looking != NULL && other != NULL);
  g_assert_true (rt_vault_store_finish (self->vault, storing, &place, &error));
  g_assert_true (rt_vault_store_finish (self->vault, again, &place, &error));
  found = rt_vault_lookup_finish (self->vault, looking, &place, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (found, longer));
  g_assert_cmpint (place, ==, RT_VAULT_FILE);
  g_assert_cmpint (stat (path, &st), ==, 0);
  g_assert_cmphex (st.st_mode & 07777, ==, 0600);
  /* of another kind there is none, and looking makes none */
  none = rt_vault_lookup_finish (self->vault, other, &place, &error);
  g_assert_null (none);
  g_assert_no_error (error);
  g_assert_cmpint (place, ==, RT_VAULT_NOWHERE);
}

static void
test_bad_file (Fixture *self, gconstpointer unused)
{
  static const char * const bad[] = {
    "", "too short", "Roundtable: what was here is in the keyring of the desktop (Secret Service), as item ../../etc/passwd\n",
    "Roundtable: what was here is in the keyring of the desktop (Secret Service), as item ",
  };

  g_assert_cmpint (g_mkdir_with_parents (self->folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *after = NULL;

      g_assert_true (g_file_set_contents_full (self->path, bad[i], -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
      assert_fails (self, RT_STORE_ERROR_BAD_KEY);
      g_assert_true (g_file_get_contents (self->path, &after, NULL, NULL));
      g_assert_cmpstr (after, ==, bad[i]);
    }
}

/* ---- the keyring ---- */

static void
test_keyring (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GBytes) first = load_well (self, RT_VAULT_KEYRING), again = NULL;
  g_autofree char *note = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  fake_secrets_assert (secrets, "items", "1");
  fake_secrets_assert (secrets, "labels", "Identity of “quoll”");
  start_again (self);
  again = load_well (self, RT_VAULT_KEYRING);
  g_assert_true (g_bytes_equal (first, again));
  g_assert_cmpint (move (self), ==, RT_VAULT_KEYRING);
  /* nothing of it is on the disk */
  g_assert_true (g_file_get_contents (self->path, &note, &length, NULL));
  g_assert_null (memmem (note, length, g_bytes_get_data (first, NULL), 32));
  fake_secrets_assert (secrets, "items", "1");
  fake_secrets_assert (secrets, "prompts", "0");
  g_assert_true (remove_key (self, &error));
  fake_secrets_assert (secrets, "items", "0");
  g_assert_cmpuint (count_files (self), ==, 0);
}

static void
test_move (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GBytes) file = make_file (self, 'm'), before = load_well (self, RT_VAULT_FILE), after = NULL;

  g_assert_true (g_bytes_equal (file, before));
  g_assert_cmpint (move (self), ==, RT_VAULT_KEYRING);
  fake_secrets_assert (secrets, "items", "1");
  g_assert_cmpuint (file_size (self), !=, 32);
  after = load_well (self, RT_VAULT_KEYRING);
  g_assert_true (g_bytes_equal (file, after));
}

/* Nothing is stored, nobody is asked, and the file stays. */
static void
assert_not_moved (Fixture *self)
{
  g_autoptr (GBytes) file = make_file (self, 'n'), found = NULL;

  g_assert_cmpint (move (self), ==, RT_VAULT_FILE);
  g_assert_cmpuint (file_size (self), ==, 32);
  found = load_well (self, RT_VAULT_FILE);
  g_assert_true (g_bytes_equal (file, found));
}

static void
test_not_moved (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  static const char * const cases[] = { "lock", "bare", "volatile", "mangle", "die 1", "die 2", NULL };

  for (guint i = 0; cases[i] != NULL; i++)
    {
      fake_secrets_assert (secrets, cases[i], "ok");
      assert_not_moved (self);
      if (!g_str_has_prefix (cases[i], "die"))
        {
          fake_secrets_assert (secrets, "prompts", "0");
          /* nor is anything left there that is of no use */
          fake_secrets_assert (secrets, "items", "0");
        }
      fake_secrets_stop (secrets);
      fake_secrets_start (secrets);
    }
  fake_secrets_stop (secrets);
  assert_not_moved (self);
}

/* A keyring that takes nothing is no reason to have no key. */
static void
test_absent (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GBytes) first = NULL, again = NULL;

  fake_secrets_stop (secrets);
  first = load_well (self, RT_VAULT_FILE);
  g_assert_cmpuint (file_size (self), ==, 32);
  fake_secrets_start (secrets);
  again = load_well (self, RT_VAULT_FILE);
  g_assert_true (g_bytes_equal (first, again));
  g_assert_cmpint (move (self), ==, RT_VAULT_KEYRING);
}

static void
test_locked (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GBytes) first = load_well (self, RT_VAULT_KEYRING), again = NULL, third = NULL;

  fake_secrets_assert (secrets, "lock", "ok");
  again = load_well (self, RT_VAULT_KEYRING);
  g_assert_true (g_bytes_equal (first, again));
  fake_secrets_assert (secrets, "prompts", "1");
  third = load_well (self, RT_VAULT_KEYRING);
  fake_secrets_assert (secrets, "prompts", "1");
}

/* Asked once; then not again before the person says so. And never is another key made. */
static void
test_denied (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GBytes) first = load_well (self, RT_VAULT_KEYRING), again = NULL;
  g_autoptr (GError) error = NULL;

  fake_secrets_assert (secrets, "lock", "ok");
  fake_secrets_assert (secrets, "deny", "ok");
  for (guint i = 0; i < 3; i++)
    assert_fails (self, RT_STORE_ERROR_LOCKED);
  fake_secrets_assert (secrets, "prompts", "1");
  g_assert_false (remove_key (self, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED);
  g_assert_cmpuint (count_files (self), ==, 1);
  rt_vault_ask_again (self->vault);
  assert_fails (self, RT_STORE_ERROR_LOCKED);
  fake_secrets_assert (secrets, "prompts", "2");
  fake_secrets_assert (secrets, "allow", "ok");
  rt_vault_ask_again (self->vault);
  again = load_well (self, RT_VAULT_KEYRING);
  g_assert_true (g_bytes_equal (first, again));
  fake_secrets_assert (secrets, "items", "1");
}

static void
test_gone (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GBytes) first = load_well (self, RT_VAULT_KEYRING);
  g_autoptr (GError) error = NULL;

  fake_secrets_assert (secrets, "forget", "ok");
  assert_fails (self, RT_STORE_ERROR_GONE);
  /* the service went: that is another thing */
  fake_secrets_stop (secrets);
  assert_fails (self, RT_STORE_ERROR_LOCKED);
  g_assert_false (remove_key (self, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_LOCKED);
  g_clear_error (&error);
  /* a program that may not use keyrings does not make another key either */
  g_object_unref (self->vault);
  self->vault = rt_vault_new (self->folder, FALSE);
  assert_fails (self, RT_STORE_ERROR_LOCKED);
  start_again (self);
  fake_secrets_start (secrets);
  g_assert_true (remove_key (self, &error));
  g_assert_cmpuint (count_files (self), ==, 0);
}

/* What reads dies with the answer owed; the next one has it. */
static void
test_dies (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GBytes) first = load_well (self, RT_VAULT_KEYRING);

  fake_secrets_assert (secrets, "die 1", "ok");
  assert_fails (self, RT_STORE_ERROR_LOCKED);
  g_assert_cmpuint (count_files (self), ==, 1);
}

/* The loop goes on while it does not answer. */
static void
test_mute (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) seed = NULL;
  g_autoptr (GError) error = NULL;
  gint64 longest = 0, last = g_get_monotonic_time ();
  RtVaultPlace place;

  fake_secrets_assert (secrets, "mute", "ok");
  rt_vault_load_key_async (self->vault, REF, "x", NULL, rt_wait_result_cb, &result);
  while (result == NULL)
    {
      gint64 now;

      rt_wait_milliseconds (10);
      now = g_get_monotonic_time ();
      longest = MAX (longest, now - last);
      last = now;
    }
  seed = rt_vault_load_key_finish (self->vault, result, &place, &error);
  g_assert_no_error (error);
  g_assert_cmpint (place, ==, RT_VAULT_FILE);
  g_test_message ("the longest turn took %" G_GINT64_FORMAT " ms", longest / 1000);
  g_assert_cmpint (longest, <, 2 * G_USEC_PER_SEC);
}

/* As many programs as there are, at once, with or without a file: they are the same person. */
static void
two_programs (Fixture *self, gboolean with_file)
{
  g_autoptr (GBytes) file = with_file ? make_file (self, 't') : NULL;
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "store", "test-vault", NULL);
  GSubprocess *programs[4];
  g_autofree char *first = NULL;
  g_autoptr (GError) error = NULL;
  FakeSecrets *secrets = get_secrets (FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      programs[i] = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--load", self->folder, NULL);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *told = NULL;

      g_assert_true (g_subprocess_communicate_utf8 (programs[i], NULL, NULL, &told, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (strlen (told), ==, 64);
      if (first == NULL)
        first = g_steal_pointer (&told);
      else
        g_assert_cmpstr (told, ==, first);
      g_clear_object (&programs[i]);
    }
  g_assert_cmpint (move (self), ==, RT_VAULT_KEYRING);
  if (with_file)
    fake_secrets_assert (secrets, "items", "1");
}

static void
test_two_programs (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autoptr (GError) error = NULL;

  two_programs (self, FALSE);
  g_assert_true (remove_key (self, &error));
  g_assert_no_error (error);
  fake_secrets_assert (secrets, "items", "0");
  two_programs (self, TRUE);
}

/* Killed at any moment of the move, nothing is lost. */
static void
test_killed (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "store", "test-vault", NULL);

  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (GBytes) file = make_file (self, (char) ('a' + i)), found = NULL;
      g_autoptr (GSubprocess) process = NULL;
      g_autoptr (GError) error = NULL;
      RtVaultPlace place;

      process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, program, "--load", self->folder, NULL);
      g_assert_no_error (error);
      rt_wait_milliseconds (5 * i);
      g_subprocess_force_exit (process);
      g_assert_true (g_subprocess_wait (process, NULL, NULL));
      found = load (self, &place, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (found, file));
      g_assert_cmpint (move (self), ==, RT_VAULT_KEYRING);
      /* what a killed one had stored is not left behind */
      fake_secrets_assert (secrets, "items", "1");
    }
}

/* What it says to a file of libsecret's own, as in a sandbox. */
static void
test_sandbox (Fixture *self, gconstpointer unused)
{
  KEYRING_OR_SKIP (secrets)
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "store", "test-vault", NULL);
  g_autofree char *top = g_path_get_dirname (self->folder), *kept = g_build_filename (top, "kept", NULL), *first = NULL, *again = NULL;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);

  g_subprocess_launcher_setenv (launcher, "SECRET_BACKEND", "file", TRUE);
  g_subprocess_launcher_setenv (launcher, "SECRET_FILE_TEST_PATH", kept, TRUE);
  g_subprocess_launcher_setenv (launcher, "SECRET_FILE_TEST_PASSWORD", "what the portal gives", TRUE);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) process = g_subprocess_launcher_spawn (launcher, &error, program, "--load", self->folder, NULL);

      g_assert_no_error (error);
      g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, i == 0 ? &first : &again, NULL, &error));
    }
  g_assert_cmpuint (strlen (first), ==, 64);
  g_assert_cmpstr (first, ==, again);
  g_assert_cmpuint (file_size (self), !=, 32);
  g_assert_true (g_file_test (kept, G_FILE_TEST_IS_REGULAR));
  fake_secrets_assert (secrets, "items", "0");
}

/* ---- another program ---- */

static int
run_load (const char *folder)
{
  Fixture self = { (char *) folder, NULL, rt_vault_new (folder, TRUE) };
  g_autoptr (GError) error = NULL;
  RtVaultPlace place;
  g_autoptr (GBytes) seed = load (&self, &place, &error);
  gsize length;
  const guint8 *bytes;

  if (seed == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  move (&self);
  bytes = g_bytes_get_data (seed, &length);
  for (gsize i = 0; i < length; i++)
    g_print ("%02x", bytes[i]);
  g_object_unref (self.vault);
  return 0;
}

int
main (int argc, char *argv[])
{
  int status;

  if (argc == 3 && g_str_equal (argv[1], "--load"))
    return run_load (argv[2]);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/vault/" name, Fixture, NULL, set_up, func, tear_down)
#define ADD_KEYRING(name, func) g_test_add ("/vault/keyring/" name, Fixture, NULL, set_up_keyring, func, tear_down)
  ADD ("files", test_files);
  ADD ("secret", test_secret);
  ADD ("bad-file", test_bad_file);
  ADD_KEYRING ("present", test_keyring);
  ADD_KEYRING ("move", test_move);
  ADD_KEYRING ("not-moved", test_not_moved);
  ADD_KEYRING ("absent", test_absent);
  ADD_KEYRING ("locked", test_locked);
  ADD_KEYRING ("denied", test_denied);
  ADD_KEYRING ("gone", test_gone);
  ADD_KEYRING ("dies", test_dies);
  ADD_KEYRING ("mute", test_mute);
  ADD_KEYRING ("two-programs", test_two_programs);
  ADD_KEYRING ("killed", test_killed);
  ADD_KEYRING ("sandbox", test_sandbox);
  status = g_test_run ();
  if (get_secrets (FALSE) != NULL)
    fake_secrets_free (get_secrets (FALSE));
  return status;
}
