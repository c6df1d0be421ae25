/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rt-wait.h"
#include "store/rt-key-file.h"

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("rt-key-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "identities", "one.key", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  rt_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static guint
mode_of (const char *path)
{
  struct stat st;

  g_assert_cmpint (stat (path, &st), ==, 0);
  return st.st_mode & 07777;
}

static guint
count_files (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_create_and_reuse (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) first = NULL, again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_path_get_dirname (self->path);
  mode_t mask = umask (0);

  /* a careless umask changes nothing */
  g_assert_true (rt_key_file_load_or_create (self->path, &first, &error));
  umask (mask);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (first), ==, 32);
  g_assert_cmphex (mode_of (self->path), ==, 0600);
  g_assert_cmphex (mode_of (folder), ==, 0700);
  g_assert_cmpuint (count_files (self->path), ==, 1);

  g_assert_true (rt_key_file_load_or_create (self->path, &again, &error));
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (first, again));
}

static void
test_generate (void)
{
  g_autoptr (GBytes) a = rt_key_file_generate (), b = rt_key_file_generate ();

  g_assert_cmpuint (g_bytes_get_size (a), ==, 32);
  g_assert_false (g_bytes_equal (a, b));
}

static void
test_wrong_size (Fixture *self, gconstpointer data)
{
  static const gsize sizes[] = { 0, 1, 31, 33, 64, 100000 };
  g_autofree char *folder = g_path_get_dirname (self->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *content = g_malloc0 (sizes[i] + 1);
      g_autofree char *after = NULL;
      g_autoptr (GBytes) seed = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      memset (content, 'k', sizes[i]);
      g_assert_true (g_file_set_contents (self->path, content, (gssize) sizes[i], NULL));
      g_assert_false (rt_key_file_load_or_create (self->path, &seed, &error));
      g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY);
      g_assert_nonnull (strstr (error->message, self->path));
      g_assert_null (seed);
      /* not written over */
      g_assert_true (g_file_get_contents (self->path, &after, &length, NULL));
      g_assert_cmpmem (after, length, content, sizes[i]);
    }
}

static void
test_no_regular_file (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) seed = NULL;
  g_autoptr (GError) error = NULL;

  /* a folder of this name, then a pipe that nobody writes to: neither may hold us up */
  g_assert_cmpint (g_mkdir_with_parents (self->path, 0700), ==, 0);
  g_assert_false (rt_key_file_load_or_create (self->path, &seed, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY);
  g_clear_error (&error);
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  g_assert_false (rt_key_file_load_or_create (self->path, &seed, &error));
  g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_BAD_KEY);
}

static void
test_file_in_place_of_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GBytes) seed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (folder, "x", 1, NULL));
  g_assert_false (rt_key_file_load_or_create (self->path, &seed, &error));
  g_assert_nonnull (error);
  g_assert_cmpint ((int) error->domain, ==, (int) RT_STORE_ERROR);
  g_assert_null (seed);
}

static void
test_mode_is_narrowed (Fixture *self, gconstpointer data)
{
  static const guint modes[] = { 0644, 0640, 0604, 0666, 0777 };
  g_autoptr (GBytes) first = NULL;

  g_assert_true (rt_key_file_load_or_create (self->path, &first, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (GBytes) again = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (g_chmod (self->path, (int) modes[i]), ==, 0);
      g_test_expect_message ("rt-store", G_LOG_LEVEL_MESSAGE, "*0600 now*");
      g_assert_true (rt_key_file_load_or_create (self->path, &again, &error));
      g_test_assert_expected_messages ();
      g_assert_no_error (error);
      g_assert_cmphex (mode_of (self->path), ==, 0600);
      g_assert_true (g_bytes_equal (first, again));
    }
}

/* A process that waits for the gun, makes or reads the key and writes it into its pipe. */
static pid_t
start_racer (const char *path, int gun, int out)
{
  pid_t child = fork ();

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      GBytes *seed = NULL;
      char byte;

      while (read (gun, &byte, 1) < 0 && errno == EINTR)
        ;
      if (!rt_key_file_load_or_create (path, &seed, NULL) || write (out, g_bytes_get_data (seed, NULL), 32) != 32)
        _exit (1);
      _exit (0);
    }
  return child;
}

static void
test_two_processes (Fixture *self, gconstpointer data)
{
  enum { ROUNDS = 30, RACERS = 4 };

  for (guint round = 0; round < ROUNDS; round++)
    {
      int gun[2], out[RACERS][2];
      pid_t racers[RACERS];
      guint8 first[32];

      g_assert_cmpint (pipe (gun), ==, 0);
      for (guint i = 0; i < RACERS; i++)
        {
          g_assert_cmpint (pipe (out[i]), ==, 0);
          racers[i] = start_racer (self->path, gun[0], out[i][1]);
        }
      g_assert_cmpint (write (gun[1], "go!!", RACERS), ==, RACERS);
      for (guint i = 0; i < RACERS; i++)
        {
          guint8 seed[32];
          int status;

          g_assert_cmpint (waitpid (racers[i], &status, 0), ==, racers[i]);
          g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
          g_assert_cmpint (read (out[i][0], seed, sizeof seed), ==, 32);
          if (i == 0)
            memcpy (first, seed, sizeof seed);
          g_assert_cmpmem (seed, 32, first, 32);
          close (out[i][0]);
          close (out[i][1]);
        }
      close (gun[0]);
      close (gun[1]);
      g_assert_cmpuint (count_files (self->path), ==, 1);
      g_assert_true (rt_key_file_remove (self->path, NULL));
    }
}

/* It is there: whoever took that for nothing would make another one. */
static void
test_unreadable (Fixture *self, gconstpointer data)
{
  const char *targets[] = { self->path, "/nowhere/at/all.key" };
  g_autofree char *folder = g_path_get_dirname (self->path);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_autoptr (GBytes) seed = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (symlink (targets[i], self->path), ==, 0);
      g_assert_false (rt_key_file_load_or_create (self->path, &seed, &error));
      g_assert_error (error, RT_STORE_ERROR, RT_STORE_ERROR_UNREADABLE);
      g_assert_nonnull (strstr (error->message, self->path));
      g_assert_cmpint (g_unlink (self->path), ==, 0);
    }
}

static char *
leave (Fixture *self, const char *end, gint64 age)
{
  g_autofree char *path = g_strconcat (self->path, end, NULL);
  struct timespec then = { .tv_sec = (time_t) (g_get_real_time () / G_USEC_PER_SEC - age) };

  g_assert_true (g_file_set_contents (path, "the seed", 8, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, path, (const struct timespec[]) { then, then }, 0), ==, 0);
  return g_steal_pointer (&path);
}

/* What was begun by a program that was killed then is a key, too. */
static void
test_unfinished (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) seed = NULL, again = NULL;
  g_autofree char *old = NULL, *fresh = NULL, *own = NULL, *other = NULL;

  g_assert_true (rt_key_file_load_or_create (self->path, &seed, NULL));
  old = leave (self, ".new-aB3dE6", 3600);
  /* somebody may be at it */
  fresh = leave (self, ".new-zzzzzz", 1);
  /* what a person put aside is his */
  own = leave (self, ".backup", 3600);
  other = leave (self, ".new-one", 3600);
  g_assert_true (rt_key_file_load_or_create (self->path, &again, NULL));
  g_assert_true (g_bytes_equal (seed, again));
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fresh, G_FILE_TEST_EXISTS));
  g_assert_true (rt_key_file_remove (self->path, NULL));
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (own, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

static void
test_remove (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) first = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (rt_key_file_remove (self->path, &error));
  g_assert_true (rt_key_file_load_or_create (self->path, &first, &error));
  g_assert_true (rt_key_file_remove (self->path, &error));
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_assert_true (rt_key_file_load_or_create (self->path, &second, &error));
  g_assert_no_error (error);
  g_assert_false (g_bytes_equal (first, second));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/store/key-file/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("create-and-reuse", test_create_and_reuse);
  g_test_add_func ("/store/key-file/generate", test_generate);
  ADD ("wrong-size", test_wrong_size);
  ADD ("no-regular-file", test_no_regular_file);
  ADD ("file-in-place-of-folder", test_file_in_place_of_folder);
  ADD ("mode-is-narrowed", test_mode_is_narrowed);
  ADD ("two-processes", test_two_processes);
  ADD ("unreadable", test_unreadable);
  ADD ("unfinished", test_unfinished);
  ADD ("remove", test_remove);
  return g_test_run ();
}
