/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/*
 * What every system under measurement does alike: the record of what arrived, and the answers on standard output.
 * A payload begins with run (u32), sequence (u32) and send time (u64, ns of CLOCK_MONOTONIC, which all processes share), all in the machine's
 * order. Commands come a line each on standard input:
 *
 *   connect ADDR        expect RUN N        pub RUN N SIZE PACE_US        wait MS        quit
 *
 * and each is answered by one line of JSON.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_MAX_MESSAGES 1000000u
#define BENCH_MAX_LATENCIES 5000u

typedef struct {
  uint32_t run, seq;
  uint64_t sent;
} BenchHead;

typedef struct {
  uint32_t run, want, got, dup;
  uint64_t first, last, bytes;
  uint8_t *seen;
  float *latencies;
} BenchRecord;

static inline uint64_t
bench_now (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);
  return (uint64_t) t.tv_sec * 1000000000u + (uint64_t) t.tv_nsec;
}

static inline void
bench_record_init (BenchRecord *self)
{
  memset (self, 0, sizeof *self);
  self->seen = calloc (BENCH_MAX_MESSAGES, 1);
  self->latencies = calloc (BENCH_MAX_LATENCIES, sizeof (float));
}

static inline void
bench_record_expect (BenchRecord *self, uint32_t run, uint32_t want)
{
  self->run = run;
  self->want = want < BENCH_MAX_MESSAGES ? want : BENCH_MAX_MESSAGES;
  self->got = self->dup = 0;
  self->first = self->last = self->bytes = 0;
  memset (self->seen, 0, self->want);
}

/* TRUE when that was the last one waited for */
static inline int
bench_record_take (BenchRecord *self, const void *payload, size_t length)
{
  BenchHead head;
  uint64_t now;

  if (length < sizeof head)
    return 0;
  memcpy (&head, payload, sizeof head);
  if (head.run != self->run || head.seq >= self->want)
    return 0;
  if (self->seen[head.seq]++)
    {
      self->dup++;
      return 0;
    }
  now = bench_now ();
  if (self->got == 0)
    self->first = now;
  self->last = now;
  self->bytes += length;
  if (self->got < BENCH_MAX_LATENCIES)
    self->latencies[self->got] = (float) (now - head.sent) / 1e3f;
  return ++self->got == self->want;
}

static inline void
bench_record_print (const BenchRecord *self)
{
  printf ("{\"ok\":1,\"n\":%u,\"dup\":%u,\"first\":%llu,\"last\":%llu,\"lat\":[", self->got, self->dup,
          (unsigned long long) self->first, (unsigned long long) self->last);
  if (self->got <= BENCH_MAX_LATENCIES)
    for (uint32_t i = 0; i < self->got; i++)
      printf ("%s%.1f", i ? "," : "", (double) self->latencies[i]);
  printf ("]}\n");
  fflush (stdout);
}

static inline void
bench_fill_head (uint8_t *payload, uint32_t run, uint32_t seq)
{
  BenchHead head = { run, seq, bench_now () };

  memcpy (payload, &head, sizeof head);
}
