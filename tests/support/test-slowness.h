/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How slow is this machine? For bars on the time of a processor. */
#pragma once

#include <glib.h>
#include <time.h>

/* Milliseconds of the work below on the machine on which the bars were set (2 cores of a virtual one, 2025). */
#define TEST_SLOWNESS_REFERENCE 6.0

static double G_GNUC_UNUSED
test_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

/* 1 where the bars were set, and on anything faster; 3 on a machine that takes three times as long for the same, just now. */
static double G_GNUC_UNUSED
test_slowness (void)
{
  double best = G_MAXDOUBLE;

  for (guint round = 0; round < 5; round++)
    {
      g_autoptr (GHashTable) table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      double start = test_cpu_ms ();

      for (guint i = 0; i < 40000; i++)
        g_hash_table_add (table, g_strdup_printf ("%u and %u", i, i * 7));
      best = MIN (best, test_cpu_ms () - start);
    }
  return MAX (1.0, best / TEST_SLOWNESS_REFERENCE);
}
