/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Redis under measurement, for keys and values: HSET and PUBLISH of each key, up to 128 commands at a time; who subscribed takes the
 * values. A client of its own, of just what that needs. Argument: the port of the server.
 */
#include "bench-agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIPELINED 128
#define BUFFER (1u << 20)

static int out_fd, in_fd;
static char out[BUFFER];
static size_t out_used;
static unsigned n_pending;
static BenchRecord record;
static pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t record_done = PTHREAD_COND_INITIALIZER;

static int
dial (int port)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  int one = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  for (int i = 0; i < 100; i++)
    {
      if (connect (fd, (struct sockaddr *) &to, sizeof to) == 0)
        return fd;
      usleep (20000);
    }
  fprintf (stderr, "no redis at port %d\n", port);
  exit (1);
}

static void
write_all (int fd, const char *bytes, size_t length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, bytes, length);

      if (n <= 0)
        exit (1);
      bytes += n;
      length -= (size_t) n;
    }
}

static void
append (const char *bytes, size_t length)
{
  memcpy (out + out_used, bytes, length);
  out_used += length;
}

static void
append_text (const char *text)
{
  append (text, strlen (text));
}

static void
append_bulk (const void *bytes, size_t length)
{
  char head[32];

  append (head, (size_t) snprintf (head, sizeof head, "$%zu\r\n", length));
  append (bytes, length);
  append_text ("\r\n");
}

/* Every answer is a line, as long as nothing goes wrong. */
static void
flush (void)
{
  char in[4096];

  write_all (out_fd, out, out_used);
  out_used = 0;
  while (n_pending > 0)
    {
      ssize_t n = read (out_fd, in, sizeof in);

      if (n <= 0)
        exit (1);
      for (ssize_t i = 0; i < n && n_pending > 0; i++)
        if (in[i] == '\n')
          n_pending--;
    }
}

static void
set (const char *key, const void *value, size_t length)
{
  append_text ("*4\r\n$4\r\nHSET\r\n$1\r\nh\r\n");
  append_bulk (key, strlen (key));
  append_bulk (value, length);
  append_text ("*3\r\n$7\r\nPUBLISH\r\n$1\r\nk\r\n");
  append_bulk (value, length);
  n_pending += 2;
  if (n_pending >= PIPELINED)
    flush ();
}

/* *3 $7 message $1 k $N value: the value is the fourth length's; SUBSCRIBE's answer ends with a number. */
static void *
receive (void *unused)
{
  static char in[BUFFER];
  size_t used = 0;

  (void) unused;
  for (;;)
    {
      static const char prefix[] = "*3\r\n$7\r\nmessage\r\n$1\r\nk\r\n$";
      ssize_t n = read (in_fd, in + used, sizeof in - used);
      size_t offset = 0;

      if (n <= 0)
        exit (1);
      used += (size_t) n;
      while (used - offset > sizeof prefix)
        {
          char *start = in + offset + sizeof prefix - 1;
          char *line;
          size_t length, whole;

          if (memcmp (in + offset, prefix, sizeof prefix - 1) != 0)
            {
              fprintf (stderr, "redis said something else\n");
              exit (1);
            }
          line = memchr (start, '\n', used - offset - sizeof prefix + 1);
          if (line == NULL)
            break;
          length = strtoul (start, NULL, 10);
          whole = (size_t) (line + 1 - (in + offset)) + length + 2;
          if (used - offset < whole)
            break;
          pthread_mutex_lock (&record_lock);
          if (bench_record_take (&record, line + 1, length))
            pthread_cond_signal (&record_done);
          pthread_mutex_unlock (&record_lock);
          offset += whole;
        }
      memmove (in, in + offset, used - offset);
      used -= offset;
    }
  return NULL;
}

static void
publish (uint32_t run, uint32_t n, uint32_t size, uint32_t pace)
{
  uint8_t *value = malloc (size);
  uint64_t begin = bench_now (), next = begin;

  memset (value, 'x', size);
  for (uint32_t i = 0; i < n; i++)
    {
      char key[32];

      if (pace > 0)
        {
          struct timespec until = { (time_t) (next / 1000000000u), (long) (next % 1000000000u) };

          clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
          next += pace * 1000ull;
        }
      bench_fill_head (value, run, i);
      snprintf (key, sizeof key, "key-%u-%u", run, i);
      set (key, value, size);
      if (pace > 0)
        flush ();
    }
  flush ();
  printf ("{\"ok\":1,\"t0\":%llu,\"t1\":%llu}\n", (unsigned long long) begin, (unsigned long long) bench_now ());
  fflush (stdout);
  free (value);
}

static void
wait_for_all (unsigned ms)
{
  struct timespec until;

  clock_gettime (CLOCK_REALTIME, &until);
  until.tv_sec += ms / 1000;
  pthread_mutex_lock (&record_lock);
  while (record.got < record.want)
    if (pthread_cond_timedwait (&record_done, &record_lock, &until) == ETIMEDOUT)
      break;
  bench_record_print (&record);
  pthread_mutex_unlock (&record_lock);
}

static void
subscribe (void)
{
  char in[256];
  unsigned lines = 0;

  write_all (in_fd, "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\nk\r\n", 26);
  /* *3, $9, subscribe, $1, k, :1 */
  while (lines < 6)
    {
      ssize_t n = read (in_fd, in, 1);

      if (n <= 0)
        exit (1);
      lines += in[0] == '\n';
    }
}

int
main (int argc, char **argv)
{
  char line[256], verb[32];
  unsigned a, b, c, d;
  pthread_t thread;

  if (argc < 2)
    return 2;
  bench_record_init (&record);
  out_fd = dial (atoi (argv[1]));
  in_fd = dial (atoi (argv[1]));
  subscribe ();
  pthread_create (&thread, NULL, receive, NULL);
  printf ("{\"ok\":1,\"addr\":\"%s\"}\n", argv[1]);
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      a = b = c = d = 0;
      if (sscanf (line, "%31s %u %u %u %u", verb, &a, &b, &c, &d) < 1)
        continue;
      if (strcmp (verb, "connect") == 0)
        printf ("{\"ok\":1}\n");
      else if (strcmp (verb, "expect") == 0)
        {
          pthread_mutex_lock (&record_lock);
          bench_record_expect (&record, a, b);
          pthread_mutex_unlock (&record_lock);
          printf ("{\"ok\":1}\n");
        }
      else if (strcmp (verb, "set") == 0)
        publish (a, b, c, d);
      else if (strcmp (verb, "wait") == 0)
        wait_for_all (a);
      else
        break;
      fflush (stdout);
    }
  _exit (0);
}
