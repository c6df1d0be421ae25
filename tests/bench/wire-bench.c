/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a message costs: making one of three packets and reading one, in nanoseconds of CPU time. Machines that are shared
 * give very different figures from run to run, so the best of several rounds counts. Prints one line of JSON.
 *
 * wire-bench [ROUNDS [MESSAGES]]
 */
#include <stdlib.h>
#include <time.h>

#include "p2p/wire/p2p-message-private.h"

#define SENDER "Dj1x6oHZsxzaT2nYdeXnTuNqrLW3ZgVbTGQpCQ5g5WiqaMzy8HHGVVWRwQmtVdPvn"
#define BUILT_TIME 1483228800
/* Of text in the message, as the chat benchmarks send. */
#define TEXT_LENGTH 64

typedef struct {
  GVariant *packets;
  const guint8 *body;
  gsize length;
} Work;

typedef void (*Step) (const Work *work, guint number);

static gint64
get_cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
}

static GVariant *
make_packets (guint number)
{
  char text[TEXT_LENGTH + 1];
  GVariant *children[3];

  g_snprintf (text, sizeof text, "%0*u", TEXT_LENGTH, number);
  children[0] = g_variant_new_variant (g_variant_new_int64 (P2P_SUBFLAG_BROADCAST));
  children[1] = g_variant_new_variant (g_variant_new_string (text));
  children[2] = g_variant_new_variant (g_variant_new_int64 (number));
  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, children, G_N_ELEMENTS (children));
}

static void
serialise (const Work *work,
           guint       number)
{
  p2p_message_unref (p2p_message_new (P2P_FLAG_BROADCAST, SENDER, BUILT_TIME + number, work->packets, NULL));
}

static void
make_and_serialise (const Work *work,
                    guint       number)
{
  p2p_message_unref (p2p_message_new (P2P_FLAG_BROADCAST, SENDER, BUILT_TIME, make_packets (number), NULL));
}

static P2pMessage *
read_body (const Work *work)
{
  P2pMessage *message = p2p_message_parse_body (work->body, work->length, NULL, 0, NULL, NULL);

  if (message == NULL)
    g_error ("wire-bench: its own message cannot be read");
  return message;
}

static void
parse (const Work *work,
       guint       number)
{
  p2p_message_unref (read_body (work));
}

static void
parse_to_values (const Work *work,
                 guint       number)
{
  P2pMessage *message = read_body (work);

  g_variant_unref (p2p_message_get_packets (message));
  p2p_message_unref (message);
}

static gdouble
measure (Step        step,
         const Work *work,
         guint       rounds,
         guint       n)
{
  gdouble best = G_MAXDOUBLE;

  for (guint round = 0; round < rounds; round++)
    {
      gint64 before = get_cpu_time ();
      gdouble each;

      for (guint i = 0; i < n; i++)
        step (work, i);
      each = (gdouble) (get_cpu_time () - before) / n;
      best = MIN (best, each);
    }
  return best;
}

int
main (int   argc,
      char *argv[])
{
  guint rounds = argc > 1 ? (guint) MAX (1, atoi (argv[1])) : 10;
  guint n = argc > 2 ? (guint) MAX (1, atoi (argv[2])) : 100000;
  g_autoptr (GVariant) packets = g_variant_ref_sink (make_packets (1));
  g_autoptr (P2pMessage) message = p2p_message_new (P2P_FLAG_BROADCAST, SENDER, BUILT_TIME, packets, NULL);
  Work work = { .packets = packets };

  work.body = p2p_message_peek_plain (message, &work.length);
  g_print ("{\"bench\": \"wire\", \"packets\": 3, \"frame_bytes\": %" G_GSIZE_FORMAT ", \"rounds\": %u, \"messages\": %u, "
           "\"unit\": \"ns of CPU\", \"serialise\": %.0f, \"make_values_and_serialise\": %.0f, \"parse\": %.0f, "
           "\"parse_to_values\": %.0f}\n",
           p2p_message_get_length (message) + 4, rounds, n,
           measure (serialise, &work, rounds, n), measure (make_and_serialise, &work, rounds, n),
           measure (parse, &work, rounds, n), measure (parse_to_values, &work, rounds, n));
  return 0;
}
