/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The faults of the fake world are the faults that they claim to be: the simulator stands on it. */
#include "test-env.h"
#include <string.h>

#define SECOND G_TIME_SPAN_SECOND
#define MILLISECOND G_TIME_SPAN_MILLISECOND

typedef struct {
  P2pPipe *pipe;
  GArray *sizes;                /* gsize: of what came at once */
  gsize total;
  gint64 last;                  /* when something came */
  guint closed;
  GError *error;
} End;

typedef struct {
  TestWorld *world;
  TestHost *a, *b;
  End ends[2];
} Pair;

static TestWorld *clock_of_ends;

static void
received_cb (gpointer data, const guint8 *bytes, gsize length)
{
  End *end = data;

  g_array_append_val (end->sizes, length);
  end->total += length;
  end->last = test_world_now (clock_of_ends);
}

static void
writable_cb (gpointer data)
{
}

static void
closed_cb (gpointer data, const GError *error)
{
  End *end = data;

  end->closed++;
  if (error != NULL)
    end->error = g_error_copy (error);
}

static void
pair_init (Pair *self, guint64 seed, TestPath path)
{
  static const P2pPipeEvents events = { received_cb, writable_cb, closed_cb };

  self->world = clock_of_ends = test_world_new (seed);
  test_world_set_path (self->world, &path);
  self->a = test_world_add_host (self->world, "a");
  self->b = test_world_add_host (self->world, "b");
  test_world_pair (self->world, self->a, self->b, FALSE, &self->ends[0].pipe, &self->ends[1].pipe);
  for (guint i = 0; i < 2; i++)
    {
      self->ends[i].sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
      self->ends[i].pipe->ops->start (self->ends[i].pipe, &events, &self->ends[i]);
    }
}

static void
pair_clear (Pair *self)
{
  for (guint i = 0; i < 2; i++)
    {
      self->ends[i].pipe->ops->close (self->ends[i].pipe);
      g_array_unref (self->ends[i].sizes);
      g_clear_error (&self->ends[i].error);
    }
  test_world_advance (self->world, SECOND);
  test_world_free (self->world);
}

static void
pair_write (Pair *self, guint end, gsize length)
{
  g_autofree guint8 *bytes = g_malloc0 (length);

  g_assert_cmpuint (self->ends[end].pipe->ops->write (self->ends[end].pipe, bytes, length), ==, length);
}

static void
dialled_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  g_assert_null (pipe);
  *(int *) data = error->code;
}

static void
test_partition (void)
{
  Pair pair = { 0 };
  P2pTransport *transport;
  int code = -1;

  pair_init (&pair, 1, (TestPath) { .delay = MILLISECOND });
  pair_write (&pair, 0, 10);
  test_host_set_group (pair.b, 1);
  transport = test_host_get_env (pair.a)->transport;
  transport->ops->dial (transport, test_host_get_address (pair.b), 1, FALSE, dialled_cb, &code);
  test_world_advance (pair.world, 30 * SECOND);
  g_assert_cmpint (code, ==, P2P_LINK_ERROR_TIMED_OUT);
  g_assert_cmpuint (pair.ends[1].total, ==, 0);
  test_host_set_group (pair.b, 0);
  test_world_advance (pair.world, SECOND);
  g_assert_cmpuint (pair.ends[1].total, ==, 10);
  pair_clear (&pair);
}

static void
test_vanish (void)
{
  Pair pair = { 0 };

  /* Killed: what it wrote arrives, then the news. */
  pair_init (&pair, 1, (TestPath) { .delay = MILLISECOND });
  pair_write (&pair, 1, 10);
  test_host_vanish (pair.b, TRUE);
  pair_write (&pair, 1, 10);
  test_world_advance (pair.world, SECOND);
  g_assert_cmpuint (pair.ends[0].total, ==, 10);
  g_assert_error (pair.ends[0].error, P2P_LINK_ERROR, P2P_LINK_ERROR_CLOSED_BY_PEER);
  pair_clear (&pair);

  /* Without power: nothing, until it is back and hears of the conn again. */
  memset (&pair, 0, sizeof pair);
  pair_init (&pair, 1, (TestPath) { .delay = MILLISECOND });
  test_host_vanish (pair.b, FALSE);
  pair_write (&pair, 0, 10);
  test_world_advance (pair.world, 100 * SECOND);
  g_assert_cmpuint (pair.ends[0].closed, ==, 0);
  test_host_return (pair.b);
  test_world_advance (pair.world, 100 * SECOND);
  g_assert_cmpuint (pair.ends[0].closed, ==, 0);
  pair_write (&pair, 0, 10);
  test_world_advance (pair.world, SECOND);
  g_assert_cmpuint (pair.ends[0].closed, ==, 1);
  g_assert_cmpuint (pair.ends[1].total, ==, 0);
  pair_clear (&pair);
}

static void
test_rates (void)
{
  Pair pair = { 0 };

  pair_init (&pair, 1, (TestPath) { .delay = MILLISECOND, .rate = 1000 });
  pair_write (&pair, 0, 500);
  pair_write (&pair, 0, 1500);
  test_world_advance (pair.world, 1 * SECOND);
  g_assert_cmpuint (pair.ends[1].total, ==, 500);
  test_world_advance (pair.world, 2 * SECOND);
  g_assert_cmpuint (pair.ends[1].total, ==, 2000);
  g_assert_cmpint (pair.ends[1].last, ==, SECOND + 2 * SECOND + MILLISECOND);

  test_host_set_read_rate (pair.a, 2000);
  pair_write (&pair, 1, 2000);
  test_world_advance (pair.world, 20 * SECOND);
  g_assert_cmpuint (pair.ends[0].total, ==, 2000);
  g_assert_cmpuint (pair.ends[0].sizes->len, ==, 10);
  pair_clear (&pair);
}

/* Frames of ten bytes, and the reader is given all of some of them and four bytes of the next. */
static void
test_split_headers (void)
{
  Pair pair = { 0 };
  guint8 bytes[70] = { 0 };
  guint cuts = 0;
  gsize at = 0;

  for (guint i = 0; i < sizeof bytes; i += 14)
    bytes[i + 3] = 10;
  pair_init (&pair, 3, (TestPath) { .delay = MILLISECOND, .split_headers = TRUE });
  pair.ends[0].pipe->ops->write (pair.ends[0].pipe, bytes, 3);
  for (guint i = 0; i < 40; i++)
    {
      pair.ends[0].pipe->ops->write (pair.ends[0].pipe, bytes + 3, sizeof bytes - 3);
      pair.ends[0].pipe->ops->write (pair.ends[0].pipe, bytes, 3);
      test_world_advance (pair.world, SECOND);
    }
  for (guint i = 0; i < pair.ends[1].sizes->len; i++)
    {
      at += g_array_index (pair.ends[1].sizes, gsize, i);
      cuts += at % 14 == 4;
      g_assert_true (at % 14 == 4 || at % 14 == 3);
    }
  g_assert_cmpuint (at, ==, 40 * 70 + 3);
  g_assert_cmpuint (cuts, >, 20);
  pair_clear (&pair);
}

static void
test_delays (void)
{
  TestWorld *world = test_world_new (5);
  TestPath path = { .delay = 40 * MILLISECOND, .spread = 0.7, .least = 5 * MILLISECOND, .most = 200 * MILLISECOND };
  TestHost *hosts[60];
  guint below = 0, all = 0;
  gint64 least = G_MAXINT64, most = 0;

  test_world_set_path (world, &path);
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *name = g_strdup_printf ("h%u", i);

      hosts[i] = test_world_add_host (world, name);
    }
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    for (guint j = 0; j < i; j++)
      {
        gint64 delay = test_world_get_delay (world, hosts[i], hosts[j]);

        g_assert_cmpint (delay, ==, test_world_get_delay (world, hosts[j], hosts[i]));
        least = MIN (least, delay);
        most = MAX (most, delay);
        below += delay < path.delay;
        all++;
      }
  g_assert_cmpint (least, >=, path.least);
  g_assert_cmpint (most, <=, path.most);
  g_assert_cmpint (most, >, 3 * path.delay);
  g_assert_cmpuint (below, >, all * 45 / 100);
  g_assert_cmpuint (below, <, all * 55 / 100);
  test_world_free (world);
}

static guint64
hash_of_run (guint64 seed, gsize length)
{
  Pair pair = { 0 };
  guint64 hash;

  pair_init (&pair, seed, (TestPath) { .delay = MILLISECOND, .jitter = MILLISECOND, .chunk = 100, .chunk_random = TRUE });
  pair_write (&pair, 0, length);
  pair_write (&pair, 1, 700);
  test_world_advance (pair.world, SECOND);
  hash = test_world_get_hash (pair.world);
  pair_clear (&pair);
  return hash;
}

static void
test_hash (void)
{
  g_assert_cmpuint (hash_of_run (1, 1000), ==, hash_of_run (1, 1000));
  g_assert_cmpuint (hash_of_run (1, 1000), !=, hash_of_run (2, 1000));
  g_assert_cmpuint (hash_of_run (1, 1000), !=, hash_of_run (1, 1001));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fake-faults/partition", test_partition);
  g_test_add_func ("/fake-faults/vanish", test_vanish);
  g_test_add_func ("/fake-faults/rates", test_rates);
  g_test_add_func ("/fake-faults/split-headers", test_split_headers);
  g_test_add_func ("/fake-faults/delays", test_delays);
  g_test_add_func ("/fake-faults/hash", test_hash);
  return g_test_run ();
}
