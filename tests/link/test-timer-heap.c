/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "p2p/link/p2p-timer-heap.h"

typedef struct {
  gint64 time;
  guint64 handle;
  guint number;
} Expected;

static void
nothing (gpointer data)
{
}

static gint
compare_expected (gconstpointer a, gconstpointer b)
{
  const Expected *x = a, *y = b;

  if (x->time != y->time)
    return x->time < y->time ? -1 : 1;
  return x->number < y->number ? -1 : x->number > y->number;
}

/* Random edits against a plain array, sorted when it is looked at. */
static void
test_random_edits (void)
{
  g_autoptr (P2pTimerHeap) heap = p2p_timer_heap_new ();
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (Expected));
  guint number = 0;

  for (guint i = 0; i < 20000; i++)
    {
      gint action = g_test_rand_int_range (0, 10);

      if (action < 5)
        {
          Expected timer = { g_test_rand_int_range (0, 50), 0, number };

          timer.handle = p2p_timer_heap_add (heap, timer.time, nothing, GUINT_TO_POINTER (number));
          number++;
          g_assert_cmpuint (timer.handle, !=, 0);
          g_array_append_val (expected, timer);
        }
      else if (action < 8 && expected->len > 0)
        {
          guint index = (guint) g_test_rand_int_range (0, (gint) expected->len);
          guint64 handle = g_array_index (expected, Expected, index).handle;

          g_assert_true (p2p_timer_heap_remove (heap, handle));
          g_assert_false (p2p_timer_heap_remove (heap, handle));
          g_array_remove_index_fast (expected, index);
        }
      else
        {
          gint64 until = g_test_rand_int_range (0, 60), time;
          P2pTimerFunc func;
          gpointer data;

          g_array_sort (expected, compare_expected);
          g_assert_cmpint (p2p_timer_heap_peek (heap, &time), ==, expected->len > 0);
          if (expected->len > 0)
            g_assert_cmpint (time, ==, g_array_index (expected, Expected, 0).time);
          if (p2p_timer_heap_pop (heap, until, &func, &data))
            {
              g_assert_cmpuint (expected->len, >, 0);
              g_assert_cmpint (g_array_index (expected, Expected, 0).time, <=, until);
              g_assert_cmpuint (GPOINTER_TO_UINT (data), ==, g_array_index (expected, Expected, 0).number);
              g_assert_false (p2p_timer_heap_remove (heap, g_array_index (expected, Expected, 0).handle));
              g_array_remove_index (expected, 0);
            }
          else
            {
              g_assert_true (expected->len == 0 || g_array_index (expected, Expected, 0).time > until);
            }
        }
      g_assert_cmpuint (p2p_timer_heap_get_length (heap), ==, expected->len);
    }
}

static void
test_mark (void)
{
  g_autoptr (P2pTimerHeap) heap = p2p_timer_heap_new ();
  P2pTimerFunc func;
  gpointer data;
  guint64 mark;

  p2p_timer_heap_add (heap, 5, nothing, GUINT_TO_POINTER (1));
  mark = p2p_timer_heap_mark (heap);
  p2p_timer_heap_add (heap, 5, nothing, GUINT_TO_POINTER (2));

  g_assert_true (p2p_timer_heap_pop_marked (heap, 10, mark, &func, &data));
  g_assert_cmpuint (GPOINTER_TO_UINT (data), ==, 1);
  g_assert_false (p2p_timer_heap_pop_marked (heap, 10, mark, &func, &data));
  g_assert_true (p2p_timer_heap_pop_marked (heap, 10, p2p_timer_heap_mark (heap), &func, &data));
  g_assert_cmpuint (GPOINTER_TO_UINT (data), ==, 2);
}

static void
test_foreign_handles (void)
{
  g_autoptr (P2pTimerHeap) heap = p2p_timer_heap_new ();

  g_assert_false (p2p_timer_heap_remove (heap, 0));
  g_assert_false (p2p_timer_heap_remove (heap, 1));
  g_assert_false (p2p_timer_heap_remove (heap, G_MAXUINT64));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/timer-heap/random-edits", test_random_edits);
  g_test_add_func ("/link/timer-heap/mark", test_mark);
  g_test_add_func ("/link/timer-heap/foreign-handles", test_foreign_handles);
  return g_test_run ();
}
