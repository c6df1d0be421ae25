/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a node keeps of its table: the latest record of each key, whatever happened to the program or the disk. */
#include "rt-record-file.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define NETWORK "network"

typedef struct {
  char *folder;
  char *path;
  GString *told;                /* "key=record " of each, in order */
  GString *trouble;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("records-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "table.records", NULL);
  f->told = g_string_new (NULL);
  f->trouble = g_string_new (NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *fresh = g_strconcat (f->path, ".new", NULL);

  /* Writing anew leaves nothing beside */
  g_assert_false (g_file_test (fresh, G_FILE_TEST_EXISTS));
  g_unlink (f->path);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
  g_string_free (f->told, TRUE);
  g_string_free (f->trouble, TRUE);
}

static void
tell (GBytes *key, GBytes *record, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->told, "%.*s=%.*s ", (int) g_bytes_get_size (key), (const char *) g_bytes_get_data (key, NULL),
                          (int) MIN (g_bytes_get_size (record), 8), (const char *) g_bytes_get_data (record, NULL));
}

static void
note_trouble (const GError *error, gpointer data)
{
  Fixture *f = data;

  g_string_append (f->trouble, error != NULL ? "trouble " : "well ");
}

static RtRecordFile *
open_file (Fixture *f, gsize *torn)
{
  g_autoptr (GError) error = NULL;
  RtRecordFile *file;

  g_string_truncate (f->told, 0);
  file = rt_record_file_open (f->folder, NETWORK, tell, f, torn, &error);
  g_assert_no_error (error);
  rt_record_file_set_trouble (file, note_trouble, f);
  return file;
}

static void
put (RtRecordFile *file, const char *key, const char *record)
{
  g_autoptr (GBytes) name = g_bytes_new (key, strlen (key));
  g_autoptr (GBytes) what = record != NULL ? g_bytes_new (record, strlen (record)) : NULL;

  rt_record_file_put (file, name, what);
}

static void
check (Fixture *f, const char *told)
{
  gsize torn;
  g_autoptr (RtRecordFile) file G_GNUC_UNUSED = open_file (f, &torn);

  g_assert_cmpstr (f->told->str, ==, told);
  g_assert_cmpuint (torn, ==, 0);
}

static void
test_latest (Fixture *f, gconstpointer data)
{
  RtRecordFile *file = open_file (f, NULL);

  put (file, "a", "1");
  put (file, "b", "1");
  put (file, "c", "1");
  put (file, "a", "2");
  put (file, "b", NULL);
  put (file, "never", NULL);
  rt_record_file_close (file);
  check (f, "c=1 a=2 ");
  check (f, "c=1 a=2 ");

  file = open_file (f, NULL);
  put (file, "c", NULL);
  put (file, "b", "3");
  rt_record_file_close (file);
  check (f, "a=2 b=3 ");
}

/* Killed at any byte: what was whole before is there, and what comes after is kept. */
static void
test_torn (Fixture *f, gconstpointer data)
{
  g_autofree char *whole = NULL;
  gsize length, before;
  RtRecordFile *file = open_file (f, NULL);

  put (file, "a", "first");
  g_assert_true (rt_record_file_flush (file, NULL));
  before = rt_record_file_get_size (file);
  put (file, "b", "second");
  rt_record_file_close (file);
  g_assert_true (g_file_get_contents (f->path, &whole, &length, NULL));

  for (gsize cut = before; cut < length; cut++)
    {
      gsize torn;

      g_assert_true (g_file_set_contents (f->path, whole, (gssize) cut, NULL));
      file = open_file (f, &torn);
      g_assert_cmpstr (f->told->str, ==, "a=first ");
      g_assert_cmpuint (torn, ==, cut - before);
      put (file, "c", "third");
      rt_record_file_close (file);
      check (f, "a=first c=third ");
    }
  /* Another byte than was written ends it too */
  whole[length - 1] ^= 1;
  g_assert_true (g_file_set_contents (f->path, whole, (gssize) length, NULL));
  {
    gsize torn;
    g_autoptr (RtRecordFile) again G_GNUC_UNUSED = open_file (f, &torn);

    g_assert_cmpuint (torn, ==, length - before);
    g_assert_cmpstr (f->told->str, ==, "a=first ");
  }
}

static void
test_not_ours (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *kept = NULL;
  RtRecordFile *file = open_file (f, NULL);

  put (file, "a", "1");
  g_assert_null (rt_record_file_open (f->folder, NETWORK, tell, f, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
  g_clear_error (&error);
  rt_record_file_close (file);

  g_assert_null (rt_record_file_open (f->folder, "another", tell, f, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_nonnull (strstr (error->message, "another network"));
  g_clear_error (&error);
  check (f, "a=1 ");

  g_assert_true (g_file_set_contents (f->path, "This is a letter to my aunt.", -1, NULL));
  g_assert_null (rt_record_file_open (f->folder, NETWORK, tell, f, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_assert_true (g_file_get_contents (f->path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "This is a letter to my aunt.");
}

/* What is outdated does not pile up, and what comes while the file is written anew is in the new one. */
static void
test_rewrite (Fixture *f, gconstpointer data)
{
  g_autofree char *large = g_strnfill (1024 * 1024, 'x');
  RtRecordFile *file = open_file (f, NULL);
  guint n = 0;

  put (file, "still", "here");
  while (!rt_record_file_is_rewriting (file))
    {
      put (file, "large", large);
      g_assert_cmpuint (++n, <, 100);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  put (file, "meanwhile", "1");
  put (file, "large", NULL);
  while (rt_record_file_is_rewriting (file))
    g_main_context_iteration (NULL, TRUE);
  put (file, "after", "1");
  g_assert_cmpuint (rt_record_file_get_size (file), <, 3 * strlen (large));
  rt_record_file_close (file);
  check (f, "still=here meanwhile=1 after=1 ");
}

/* A disk that is full, by a limit on the size of files: it is told once, nothing torn stays, and what waited is written later. */
static void
test_full (Fixture *f, gconstpointer data)
{
  struct rlimit before, small;
  RtRecordFile *file = open_file (f, NULL);

  put (file, "a", "1");
  g_assert_true (rt_record_file_flush (file, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = rt_record_file_get_size (file) + 10;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  put (file, "b", "2");
  put (file, "c", "3");
  while (f->trouble->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  put (file, "d", "4");
  while (strchr (f->trouble->str, 'w') == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (f->trouble->str, ==, "trouble well ");
  rt_record_file_close (file);
  check (f, "a=1 b=2 c=3 d=4 ");
}

/* A killed program loses nothing of the turns of its loop that are over. */
static void
test_killed (Fixture *f, gconstpointer data)
{
  int status;
  pid_t child = fork ();

  if (child == 0)
    {
      RtRecordFile *file = open_file (f, NULL);

      put (file, "a", "1");
      put (file, "b", "2");
      while (g_main_context_iteration (NULL, FALSE))
        ;
      put (file, "c", "3");
      rt_record_file_pass_on (file);
      put (file, "d", "4");
      kill (getpid (), SIGKILL);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  check (f, "a=1 b=2 c=3 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/record-file/latest", Fixture, NULL, set_up, test_latest, tear_down);
  g_test_add ("/record-file/torn", Fixture, NULL, set_up, test_torn, tear_down);
  g_test_add ("/record-file/not-ours", Fixture, NULL, set_up, test_not_ours, tear_down);
  g_test_add ("/record-file/rewrite", Fixture, NULL, set_up, test_rewrite, tear_down);
  g_test_add ("/record-file/full", Fixture, NULL, set_up, test_full, tear_down);
  g_test_add ("/record-file/killed", Fixture, NULL, set_up, test_killed, tear_down);
  return g_test_run ();
}
