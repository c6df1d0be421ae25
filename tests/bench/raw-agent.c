/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The floor: TCP over loopback and nothing else. A frame is a length (u32, big-endian), the SHA-256 of the payload, the payload;
 * one send() a frame. A message that was not seen before goes on to the other links, so that a line of three has a floor too.
 * The main thread sends, one other thread receives.
 */
#include "bench-agent.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEADER (4 + 32)
#define MAX_LINKS 16
#define BUFFER (1u << 20)

typedef struct {
  int fd;
  pthread_mutex_t lock;
  uint8_t *in;
  size_t used;
} Link;

static Link links[MAX_LINKS];
static int n_links;
static int listener, poller;
static EVP_MD *sha256;
static BenchRecord record;
static pthread_mutex_t record_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t record_done = PTHREAD_COND_INITIALIZER;

static void
add_link (int fd)
{
  int one = 1, size = 8 << 20;
  Link *link = &links[n_links];
  struct epoll_event event = { EPOLLIN, { .ptr = link } };

  if (n_links == MAX_LINKS)
    abort ();
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  link->fd = fd;
  pthread_mutex_init (&link->lock, NULL);
  link->in = malloc (BUFFER);
  link->used = 0;
  n_links++;
  epoll_ctl (poller, EPOLL_CTL_ADD, fd, &event);
}

static void
send_all (Link *link, const uint8_t *bytes, size_t length)
{
  pthread_mutex_lock (&link->lock);
  while (length > 0)
    {
      ssize_t n = send (link->fd, bytes, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        break;
      bytes += n;
      length -= (size_t) n;
    }
  pthread_mutex_unlock (&link->lock);
}

static void
digest (EVP_MD_CTX *context, const uint8_t *bytes, size_t length, uint8_t *out)
{
  EVP_DigestInit_ex2 (context, sha256, NULL);
  EVP_DigestUpdate (context, bytes, length);
  EVP_DigestFinal_ex (context, out, NULL);
}

static void
take_frame (Link *from, uint8_t *frame, size_t length, EVP_MD_CTX *context)
{
  uint8_t sum[32];
  uint32_t dup;

  digest (context, frame + HEADER, length - HEADER, sum);
  if (memcmp (sum, frame + 4, 32) != 0)
    {
      fprintf (stderr, "wrong checksum\n");
      return;
    }
  pthread_mutex_lock (&record_lock);
  dup = record.dup;
  if (bench_record_take (&record, frame + HEADER, length - HEADER))
    pthread_cond_signal (&record_done);
  dup = record.dup - dup;
  pthread_mutex_unlock (&record_lock);
  if (dup == 0)
    for (int i = 0; i < n_links; i++)
      if (&links[i] != from)
        send_all (&links[i], frame, length);
}

static void
read_link (Link *link, EVP_MD_CTX *context)
{
  size_t offset = 0;
  ssize_t n = recv (link->fd, link->in + link->used, BUFFER - link->used, MSG_DONTWAIT);

  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
    epoll_ctl (poller, EPOLL_CTL_DEL, link->fd, NULL);
  if (n <= 0)
    return;
  link->used += (size_t) n;
  while (link->used - offset >= 4)
    {
      uint32_t length;

      memcpy (&length, link->in + offset, 4);
      length = ntohl (length) + 4;
      if (link->used - offset < length)
        break;
      take_frame (link, link->in + offset, length, context);
      offset += length;
    }
  memmove (link->in, link->in + offset, link->used - offset);
  link->used -= offset;
}

static void *
receive (void *unused)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  struct epoll_event events[MAX_LINKS];

  (void) unused;
  for (;;)
    {
      int n = epoll_wait (poller, events, MAX_LINKS, -1);

      for (int i = 0; i < n; i++)
        {
          if (events[i].data.ptr != NULL)
            {
              read_link (events[i].data.ptr, context);
              continue;
            }
          int fd = accept (listener, NULL, NULL);
          if (fd >= 0)
            add_link (fd);
        }
    }
  return NULL;
}

static void
publish (uint32_t run, uint32_t n, uint32_t size, uint32_t pace)
{
  EVP_MD_CTX *context = EVP_MD_CTX_new ();
  uint8_t *frame = malloc (HEADER + size);
  uint32_t length = htonl (size + 32);
  uint64_t begin = bench_now (), next = begin;

  memset (frame, 'x', HEADER + size);
  memcpy (frame, &length, 4);
  for (uint32_t i = 0; i < n; i++)
    {
      if (pace > 0)
        {
          struct timespec until = { (time_t) (next / 1000000000u), (long) (next % 1000000000u) };

          clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
          next += pace * 1000ull;
        }
      bench_fill_head (frame + HEADER, run, i);
      digest (context, frame + HEADER, size, frame + 4);
      for (int k = 0; k < n_links; k++)
        send_all (&links[k], frame, HEADER + size);
    }
  printf ("{\"ok\":1,\"t0\":%llu,\"t1\":%llu}\n", (unsigned long long) begin, (unsigned long long) bench_now ());
  fflush (stdout);
  free (frame);
  EVP_MD_CTX_free (context);
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

int
main (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  struct epoll_event event = { EPOLLIN, { .ptr = NULL } };
  char line[256], verb[32];
  unsigned a, b, c, d;
  pthread_t thread;

  bench_record_init (&record);
  sha256 = EVP_MD_fetch (NULL, "SHA256", NULL);
  poller = epoll_create1 (0);
  listener = socket (AF_INET, SOCK_STREAM, 0);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 || listen (listener, 64) != 0)
    return 1;
  getsockname (listener, (struct sockaddr *) &address, &length);
  epoll_ctl (poller, EPOLL_CTL_ADD, listener, &event);
  pthread_create (&thread, NULL, receive, NULL);
  printf ("{\"ok\":1,\"addr\":\"%u\"}\n", ntohs (address.sin_port));
  fflush (stdout);

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      a = b = c = d = 0;
      if (sscanf (line, "%31s %u %u %u %u", verb, &a, &b, &c, &d) < 1)
        continue;
      if (strcmp (verb, "connect") == 0)
        {
          struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons ((uint16_t) a), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
          int fd = socket (AF_INET, SOCK_STREAM, 0);
          int failed = connect (fd, (struct sockaddr *) &to, sizeof to);

          if (!failed)
            add_link (fd);
          printf ("{\"ok\":%d}\n", !failed);
        }
      else if (strcmp (verb, "expect") == 0)
        {
          pthread_mutex_lock (&record_lock);
          bench_record_expect (&record, a, b);
          pthread_mutex_unlock (&record_lock);
          printf ("{\"ok\":1}\n");
        }
      /* a key of 32 bytes and its value are one payload here */
      else if (strcmp (verb, "set") == 0)
        publish (a, b, c + 32, d);
      else if (strcmp (verb, "pub") == 0)
        publish (a, b, c, d);
      else if (strcmp (verb, "wait") == 0)
        wait_for_all (a);
      else
        break;
      fflush (stdout);
    }
  _exit (0);
}
