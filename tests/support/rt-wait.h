/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting on the main context for a condition or a result, never for a time. */
#pragma once

#include <stdio.h>
#include <gio/gio.h>

/* Long enough for a slow, busy machine; reached only when something is broken. */
#define RT_WAIT_SECONDS 60

static gboolean G_GNUC_UNUSED
rt_wait_ring_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the loop until condition holds; fails the test when it never does. */
#define rt_wait_until(condition) \
  G_STMT_START { \
    gboolean rt_late_ = FALSE; \
    guint rt_timer_ = g_timeout_add_seconds (RT_WAIT_SECONDS, rt_wait_ring_cb, &rt_late_); \
    while (!(condition) && !rt_late_) \
      g_main_context_iteration (NULL, TRUE); \
    if (rt_late_) \
      g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition); \
    g_source_remove (rt_timer_); \
  } G_STMT_END

/* Runs the loop for so long: for what must not happen. */
static void G_GNUC_UNUSED
rt_wait_milliseconds (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, rt_wait_ring_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void G_GNUC_UNUSED
rt_wait_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Pass rt_wait_result_cb and &result to an _async(), then wait: GAsyncResult *result = NULL at first. */
#define rt_wait_result(result) rt_wait_until ((result) != NULL)

static void G_GNUC_UNUSED
rt_remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  if (dir != NULL)
    for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
      {
        g_autofree char *child = g_build_filename (path, name, NULL);

        rt_remove_tree (child);
      }
  remove (path);
}
