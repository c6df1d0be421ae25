/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "model/transfers/rt-attachment-private.h"

#define HASH "0123456789abcdef0123456789abcdef"

static void
check_name (const char *name, const char *expected)
{
  g_autofree char *clean = rt_attachment_clean_name (name);

  g_assert_cmpstr (clean, ==, expected);
}

static void
test_names (void)
{
  g_autofree char *many = g_strnfill (3000, 'x');
  g_autofree char *many_png = g_strconcat (many, ".png", NULL);
  g_autofree char *clean = NULL;

  check_name ("photo.png", "photo.png");
  check_name ("Ümläute 日本.txt", "Ümläute 日本.txt");
  /* out of the folder */
  check_name ("../../.ssh/authorized_keys", "authorized_keys");
  check_name ("C:\\Windows\\win.ini", "win.ini");
  check_name ("/etc/passwd", "passwd");
  check_name ("..", "file");
  check_name ("", "file");
  check_name (NULL, "file");
  check_name ("a/", "file");
  /* hidden, an option, a home */
  check_name (".bashrc", "bashrc");
  check_name ("-rf", "rf");
  check_name ("~root", "root");
  /* "photo\u202Egnp.exe" looks like photoexe.png */
  check_name ("photo\xE2\x80\xAEgnp.exe", "photognp.exe");
  check_name ("a\xE2\x80\x8B" "b.txt", "a_b.txt");
  check_name ("two\nlines\t.txt", "two lines .txt");
  check_name ("what?*:<>|\".txt", "what_______.txt");
  check_name ("end. . ", "end");
  check_name ("\xFF\xFE", "__");
  clean = rt_attachment_clean_name (many_png);
  g_assert_cmpuint (strlen (clean), ==, RT_ATTACHMENT_MAX_NAME);
  g_assert_true (g_str_has_suffix (clean, "x.png"));
}

static void
test_text (void)
{
  g_autoptr (GBytes) file = g_bytes_new_static (HASH, 32);
  g_autoptr (RtAttachment) a = rt_attachment_new_offered (file, 1234567, "photo.png", "image/png", "ada");
  g_autoptr (RtAttachment) empty = rt_attachment_new_offered (file, 0, "x", "nonsense", "ada");
  g_autofree char *line = rt_attachment_dup_line (a), *none = rt_attachment_dup_line (empty);
  g_autofree char *alone = rt_attachment_dup_text (a, NULL), *with = rt_attachment_dup_text (a, "Look:\nhere");

  g_assert_cmpstr (line, ==, "photo.png (1.2 MB)");
  g_assert_cmpstr (none, ==, "x (0 bytes)");
  g_assert_cmpstr (alone, ==, line);
  g_assert_cmpstr (with, ==, "Look:\nhere\nphoto.png (1.2 MB)");
  g_assert_cmpuint (rt_attachment_find_written (a, with), ==, strlen ("Look:\nhere"));
  g_assert_cmpuint (rt_attachment_find_written (a, alone), ==, 0);
  /* another text hides nothing */
  g_assert_cmpuint (rt_attachment_find_written (a, "no photo.png (1.2 MB)"), ==, strlen ("no photo.png (1.2 MB)"));
  g_assert_cmpuint (rt_attachment_find_written (a, ""), ==, 0);
  g_assert_cmpstr (rt_attachment_get_mime_type (empty), ==, "application/octet-stream");
  g_assert_true (rt_attachment_get_is_picture (a));
  g_assert_false (rt_attachment_get_is_picture (empty));
}

static void
test_pack (void)
{
  g_autoptr (GBytes) file = g_bytes_new_static (HASH, 32), short_file = g_bytes_new_static (HASH, 31);
  g_autoptr (RtAttachment) a = rt_attachment_new_offered (file, 77, "ö.gif", "IMAGE/gif", "ada"), b = NULL;
  g_autoptr (RtAttachment) own = rt_attachment_new_own ("mine", 5, "text/plain"), again = NULL;
  g_autoptr (GBytes) packed = rt_attachment_pack (a), own_packed = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  g_assert_null (rt_attachment_new_offered (short_file, 77, "x", "text/plain", "ada"));
  g_assert_null (rt_attachment_new_offered (file, (guint64) RT_ATTACHMENT_MAX_SIZE + 1, "x", "text/plain", "ada"));
  b = rt_attachment_new_packed (packed);
  g_assert_nonnull (b);
  g_assert_true (g_bytes_equal (rt_attachment_get_file (b), file));
  g_assert_cmpstr (rt_attachment_get_name (b), ==, "ö.gif");
  g_assert_cmpstr (rt_attachment_get_mime_type (b), ==, "image/gif");
  g_assert_cmpstr (rt_attachment_get_offerer (b), ==, "ada");
  g_assert_cmpuint (rt_attachment_get_size (b), ==, 77);
  g_assert_cmpint (rt_attachment_get_state (b), ==, RT_ATTACHMENT_OFFERED);
  g_assert_false (rt_attachment_get_own (b));

  g_assert_null (rt_attachment_pack (own));
  rt_attachment_set_prepared (own, file, 6, "text/plain", "/somewhere");
  g_assert_cmpint (rt_attachment_get_state (own), ==, RT_ATTACHMENT_HERE);
  own_packed = rt_attachment_pack (own);
  again = rt_attachment_new_packed (own_packed);
  g_assert_true (rt_attachment_get_own (again));
  g_assert_null (rt_attachment_get_offerer (again));
  g_assert_cmpuint (rt_attachment_get_size (again), ==, 6);

  /* a database may hold anything */
  for (guint i = 0; i < 2000; i++)
    {
      gsize length = (gsize) g_rand_int_range (rand, 0, 80);
      g_autofree guint8 *noise = g_malloc (length + 1);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (RtAttachment) c = NULL;

      for (gsize j = 0; j < length; j++)
        noise[j] = (guint8) g_rand_int (rand);
      bytes = g_bytes_new (noise, length);
      c = rt_attachment_new_packed (bytes);
      g_assert_true (c == NULL || rt_attachment_get_size (c) <= RT_ATTACHMENT_MAX_SIZE);
    }
}

static void
count_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_states (void)
{
  g_autoptr (GBytes) file = g_bytes_new_static (HASH, 32);
  g_autoptr (RtAttachment) a = rt_attachment_new_offered (file, 1000, "x", "text/plain", "ada");
  guint progress = 0, state = 0;

  g_signal_connect (a, "notify::progress", G_CALLBACK (count_cb), &progress);
  g_signal_connect (a, "notify::state", G_CALLBACK (count_cb), &state);
  rt_attachment_set_state (a, RT_ATTACHMENT_FETCHING, NULL);
  rt_attachment_set_state (a, RT_ATTACHMENT_FETCHING, NULL);
  g_assert_cmpuint (state, ==, 1);
  for (guint i = 0; i <= 1000; i++)
    rt_attachment_set_progress (a, i / 1000.0);
  g_assert_cmpuint (progress, >=, 50);
  g_assert_cmpuint (progress, <=, 101);
  g_assert_cmpfloat (rt_attachment_get_progress (a), ==, 1);
  rt_attachment_set_here (a, "/there");
  g_assert_cmpstr (rt_attachment_get_path (a), ==, "/there");
  rt_attachment_set_state (a, RT_ATTACHMENT_FAILED, "no");
  g_assert_null (rt_attachment_get_path (a));
  g_assert_cmpstr (rt_attachment_get_error (a), ==, "no");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attachment/names", test_names);
  g_test_add_func ("/attachment/text", test_text);
  g_test_add_func ("/attachment/pack", test_pack);
  g_test_add_func ("/attachment/states", test_states);
  return g_test_run ();
}
