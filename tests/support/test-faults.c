/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be wrong with a host, how long the way to another is, and the record of all that happened. */
#include "test-env-private.h"

#include <string.h>

/* ---- ways ---- */

gint64
test_world_get_delay (TestWorld *self, TestHost *a, TestHost *b)
{
  const TestPath *path = &self->path;
  guint low = MIN (a->number, b->number), high = MAX (a->number, b->number);
  gint64 delay;
  TestRng rng;

  if (path->spread <= 0)
    return path->delay;
  /* Of the two hosts alone, whoever dials and however often. */
  rng = test_rng_make (self->seed, "delay", (guint64) low << 32 | high);
  delay = (gint64) (path->delay * exp (path->spread * test_rng_normal (&rng)));
  return CLAMP (delay, path->least, path->most);
}

/* ---- faults ---- */

static void
wake_conns (TestWorld *self, TestHost *host)
{
  GList *next;

  for (GList *l = self->conns.head; l != NULL; l = next)
    {
      next = l->next;
      if (test_conn_get_host (l->data, 0) == host || test_conn_get_host (l->data, 1) == host)
        test_conn_wake (l->data);
    }
}

void
test_host_set_group (TestHost *self, guint group)
{
  self->group = group;
  wake_conns (self->world, self);
}

guint
test_host_get_group (TestHost *self)
{
  return self->group;
}

void
test_host_set_read_rate (TestHost *self, gsize rate)
{
  self->read_rate = rate;
  wake_conns (self->world, self);
}

void
test_host_vanish (TestHost *self, gboolean told)
{
  GList *next;

  self->vanished = TRUE;
  self->away = !told;
  for (GList *l = self->world->conns.head; l != NULL; l = next)
    {
      next = l->next;
      if (test_conn_get_host (l->data, 0) == self || test_conn_get_host (l->data, 1) == self)
        test_conn_vanish (l->data, self, told);
    }
}

void
test_host_return (TestHost *self)
{
  self->vanished = FALSE;
  self->away = FALSE;
}

/* ---- the record ---- */

void
test_world_note (TestWorld *self, guint kind, TestHost *host, guint64 a, guint64 b)
{
  const guint64 words[] = { (guint64) self->now, (guint64) kind << 32 | (host != NULL ? host->number : 0), a, b };
  TestRng mixer = { self->hash };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    mixer.state = test_rng_next (&mixer) ^ words[i];
  self->hash = test_rng_next (&mixer);
  if (host != NULL)
    self->touched = host;
  if (self->tracer != NULL)
    self->tracer (self->now, kind, host, a, b, self->tracer_data);
}

void
test_world_mix (TestWorld *self, const guint8 *bytes, gsize length)
{
  guint64 hash = self->hash ^ length;

  for (gsize i = 0; i < length; i += sizeof hash)
    {
      guint64 word = 0;

      memcpy (&word, bytes + i, MIN (sizeof word, length - i));
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 32;
    }
  self->hash = hash;
}

guint64
test_world_get_hash (TestWorld *self)
{
  return self->hash;
}

guint64
test_world_get_n_events (TestWorld *self)
{
  return self->n_events;
}

void
test_world_set_observer (TestWorld *self, TestObserver observer, gpointer data)
{
  self->observer = observer;
  self->observer_data = data;
}

void
test_world_set_tracer (TestWorld *self, TestTracer tracer, gpointer data)
{
  self->tracer = tracer;
  self->tracer_data = data;
}

const char *
test_event_kind_get_name (guint kind)
{
  static const char *names[] = { "timer", "job", "arrive", "dialled", "accept", "bytes", "writable", "closed" };

  return kind < G_N_ELEMENTS (names) ? names[kind] : "other";
}
