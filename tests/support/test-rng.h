/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/*
 * Random numbers of a test: eight bytes of state (splitmix64), so that everything that chooses has a generator of its own. One draw
 * more in one place shifts no other, and a seed goes on meaning what it meant. Never draw twice among the arguments of one call or
 * in one initializer: compilers differ in what they evaluate first.
 */
typedef struct {
  guint64 state;
} TestRng;

static inline guint64
test_rng_next (TestRng *self)
{
  guint64 z = self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ z >> 31;
}

/* Of a seed, for one concern (a name), and within it for one of many. */
static inline TestRng
test_rng_make (guint64 seed, const char *concern, guint64 which)
{
  TestRng self = { seed };

  self.state = test_rng_next (&self) + which;
  for (; *concern != '\0'; concern++)
    self.state = test_rng_next (&self) + (guint8) *concern;
  return self;
}

/* 0 to n - 1; 0 where n is 0 */
static inline guint64
test_rng_below (TestRng *self, guint64 n)
{
  return n == 0 ? 0 : (guint64) (((unsigned __int128) test_rng_next (self) * n) >> 64);
}

static inline gint64
test_rng_between (TestRng *self, gint64 least, gint64 most)
{
  return least + (gint64) test_rng_below (self, (guint64) (most - least) + 1);
}

/* 0 to below 1 */
static inline double
test_rng_double (TestRng *self)
{
  return (double) (test_rng_next (self) >> 11) / 9007199254740992.0;
}

static inline gboolean
test_rng_chance (TestRng *self, double chance)
{
  return test_rng_double (self) < chance;
}

static inline double
test_rng_normal (TestRng *self)
{
  double radius = sqrt (-2 * log (1 - test_rng_double (self)));

  return radius * cos (2 * G_PI * test_rng_double (self));
}

G_END_DECLS
