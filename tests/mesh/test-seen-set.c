/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-env.h"
#include "test-slowness.h"

#include <string.h>

#include "p2p/mesh/p2p-seen-set.h"

static void
zero_fill (P2pRandom *self, guint8 *bytes, gsize length)
{
  memset (bytes, 7, length);
}

static const P2pRandomOps random_ops = { zero_fill };
static P2pRandom fixed = { &random_ops };

static const guint8 *
make_id (guint64 n)
{
  static guint8 id[P2P_SEEN_ID_LENGTH];
  guint64 mixed = n * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  for (guint i = 0; i < sizeof id; i += sizeof mixed)
    memcpy (id + i, &mixed, sizeof mixed);
  memcpy (id + 24, &n, sizeof n);
  return id;
}

static void
test_remembers (void)
{
  g_autoptr (P2pSeenSet) set = p2p_seen_set_new (&fixed, 131072, 120 * G_TIME_SPAN_SECOND);
  const gint64 start = 1000 * G_TIME_SPAN_SECOND;

  for (guint i = 0; i < 30000; i++)
    {
      g_assert_false (p2p_seen_set_contains (set, make_id (i), start));
      g_assert_true (p2p_seen_set_add (set, make_id (i), start));
    }
  for (guint i = 0; i < 30000; i++)
    {
      g_assert_true (p2p_seen_set_contains (set, make_id (i), start + 119 * G_TIME_SPAN_SECOND));
      g_assert_false (p2p_seen_set_add (set, make_id (i), start));
    }
  g_assert_cmpuint (p2p_seen_set_get_size (set), ==, 30000);
}

/* Never for less than the span, never for more than twice the span. */
static void
test_time (void)
{
  for (guint step = 1; step < 40; step += 3)
    {
      g_autoptr (P2pSeenSet) set = p2p_seen_set_new (&fixed, 131072, 120);
      gint64 arrived[400];
      guint n = 0;

      for (gint64 now = 1000; now < 3000; now += step, n++)
        {
          if (n < G_N_ELEMENTS (arrived))
            {
              arrived[n] = now;
              p2p_seen_set_add (set, make_id (n), now);
            }
          for (guint i = 0; i < MIN (n, G_N_ELEMENTS (arrived)); i++)
            {
              gboolean there = p2p_seen_set_contains (set, make_id (i), now);

              if (now - arrived[i] < 120)
                g_assert_true (there);
              if (now - arrived[i] > 240 + (gint64) step)
                g_assert_false (there);
            }
        }
    }
}

static void
test_bound (void)
{
  g_autoptr (P2pSeenSet) set = p2p_seen_set_new (&fixed, 1000, 120 * G_TIME_SPAN_SECOND);

  for (guint i = 0; i < 20000; i++)
    {
      p2p_seen_set_add (set, make_id (i), 5);
      g_assert_cmpuint (p2p_seen_set_get_size (set), <=, 1000);
      /* Of those, always the latest ones. */
      for (guint back = 0; back < MIN (i, 400); back += 57)
        g_assert_true (p2p_seen_set_contains (set, make_id (i - back), 5));
    }
}

/* Ids that an enemy chose alike are no slower to find: one by one they would cost some thousand times what others do. */
static void
test_alike (void)
{
  g_autoptr (P2pSeenSet) harmless = p2p_seen_set_new (&fixed, 131072, 120 * G_TIME_SPAN_SECOND);
  g_autoptr (P2pSeenSet) set = p2p_seen_set_new (&fixed, 131072, 120 * G_TIME_SPAN_SECOND);
  guint8 id[P2P_SEEN_ID_LENGTH] = { 0 };
  double began = test_cpu_ms (), others, alike;

  for (guint i = 0; i < 40000; i++)
    g_assert_true (p2p_seen_set_add (harmless, make_id (i), 5));
  others = test_cpu_ms () - began;
  began = test_cpu_ms ();

  for (guint i = 0; i < 40000; i++)
    {
      /* the low bits of every word are the same */
      for (guint word = 0; word < 4; word++)
        {
          guint32 high = GUINT32_TO_LE (i * 2654435761u + word);

          memcpy (id + word * 8 + 4, &high, sizeof high);
        }
      g_assert_true (p2p_seen_set_add (set, id, 5));
    }
  alike = test_cpu_ms () - began;
  g_test_message ("40,000 ids: %.1f ms, chosen alike: %.1f ms", others, alike);
  g_assert_cmpfloat (alike, <, 30 * others + 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mesh/seen-set/remembers", test_remembers);
  g_test_add_func ("/mesh/seen-set/time", test_time);
  g_test_add_func ("/mesh/seen-set/bound", test_bound);
  g_test_add_func ("/mesh/seen-set/alike", test_alike);
  return g_test_run ();
}
