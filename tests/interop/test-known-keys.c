/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose keys a node keeps: a flood of strangers takes no place of those who come again, and newcomers have theirs after it. */
#include "rt-known-keys.h"

#include <string.h>

#include <glib/gstdio.h>

static GBytes *
make_key (guint n)
{
  guint8 key[32] = { 0 };

  memcpy (key, &n, sizeof n);
  return g_bytes_new (key, sizeof key);
}

static gboolean
note (RtKnownKeys *keys, guint n, gint64 now)
{
  g_autoptr (GBytes) key = make_key (n);
  g_autoptr (GError) error = NULL;
  gboolean came_back = rt_known_keys_note (keys, key, now, &error);

  g_assert_no_error (error);
  return came_back;
}

static gboolean
has (RtKnownKeys *keys, guint n)
{
  g_autoptr (GBytes) key = make_key (n);

  return rt_known_keys_has (keys, key);
}

static void
test_flood (void)
{
  g_autofree char *folder = g_dir_make_tmp ("known-XXXXXX", NULL), *path = g_build_filename (folder, "known.keys", NULL), *text = NULL;
  g_autoptr (RtKnownKeys) keys = rt_known_keys_new (path);

  /* a friend who comes each day */
  g_assert_false (note (keys, 1, 1000));
  g_assert_false (note (keys, 1, 1001));
  g_assert_true (note (keys, 1, 1000 + 86400));
  g_assert_false (note (keys, 1, 1000 + 90000));
  /* strangers, four times as many as there is room for; and a newcomer after them */
  for (guint i = 0; i < 4 * RT_KNOWN_KEYS_MAX; i++)
    note (keys, 100 + i, 200000);
  note (keys, 2, 200001);
  g_assert_cmpuint (rt_known_keys_count (keys), ==, RT_KNOWN_KEYS_MAX);
  g_assert_true (has (keys, 1) && has (keys, 2));
  g_assert_false (has (keys, 100));
  /* all of them come back, and have no more than half: there is room for newcomers still */
  for (guint i = 0; i < 4 * RT_KNOWN_KEYS_MAX; i++)
    {
      note (keys, 100 + i, 300000 + i);
      note (keys, 100 + i, 400000 + i);
    }
  for (guint i = 3; i < 13; i++)
    note (keys, i, 500000);
  for (guint i = 3; i < 13; i++)
    g_assert_true (has (keys, i));
  g_assert_cmpuint (rt_known_keys_count (keys), ==, RT_KNOWN_KEYS_MAX);
  /* the file has a bound as well */
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpuint (strlen (text), <=, (2 * RT_KNOWN_KEYS_MAX + 1) * 66);
  g_unlink (path);
  g_rmdir (folder);
}

/* In the next run they are known, and what is damaged, or of an older version, spoils nothing. */
static void
test_again (void)
{
  g_autofree char *folder = g_dir_make_tmp ("known-XXXXXX", NULL), *path = g_build_filename (folder, "known.keys", NULL), *text = NULL, *more = NULL;

  {
    g_autoptr (RtKnownKeys) keys = rt_known_keys_new (path);

    note (keys, 1, 1000);
    note (keys, 2, 1000);
    note (keys, 1, 9000);
  }
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  more = g_strconcat ("xyz\n", text, "0123\n", "03000000", "00000000000000000000000000000000000000000000000000000000\n", NULL);
  g_assert_true (g_file_set_contents (path, more, -1, NULL));
  {
    g_autoptr (RtKnownKeys) keys = rt_known_keys_new (path);

    g_assert_cmpuint (rt_known_keys_count (keys), ==, 3);
    g_assert_true (has (keys, 1) && has (keys, 2) && has (keys, 3));
    /* one was known to come back, the other does now */
    g_assert_false (note (keys, 1, 20000));
    g_assert_true (note (keys, 2, 20000));
    for (guint i = 0; i < 2 * RT_KNOWN_KEYS_MAX; i++)
      note (keys, 100 + i, 20000);
    g_assert_true (has (keys, 1) && has (keys, 2));
    g_assert_false (has (keys, 3));
  }
  {
    g_autoptr (RtKnownKeys) keys = rt_known_keys_new (path);

    g_assert_cmpuint (rt_known_keys_count (keys), ==, RT_KNOWN_KEYS_MAX);
    g_assert_true (has (keys, 1) && has (keys, 2));
  }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/known-keys/flood", test_flood);
  g_test_add_func ("/known-keys/again", test_again);
  return g_test_run ();
}
