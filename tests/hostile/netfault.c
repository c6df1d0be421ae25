/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * netfault HOST:PORT [SEED]: a TCP proxy with faults, between whoever connects to it and HOST:PORT. It listens on a loopback port of
 * its own, prints "port N", and takes commands on standard input, one a line; each is answered by "ok" or "error WORDS". They apply to
 * all connections, those that come later too; DIR is "in" (towards HOST:PORT), "out" or "both":
 *
 *   delay DIR MS [JITTER]   what arrives is passed on so many milliseconds later, and up to JITTER more
 *   rate DIR BYTES          at most so many bytes a second; 0: as many as come
 *   chunk DIR N             at most N bytes a write; 1: a drip
 *   header DIR on|off       writes end four bytes into a frame, where they can: the header goes alone
 *   stall DIR on|off        nothing is passed on
 *   cut DIR N               both ends are closed when N more bytes have been passed on
 *   half DIR                the end of input is passed on, though there was none
 *   freeze                  nothing moves any more on the connections that there are, as when a cable is cut; later ones are well
 *   reset                   all connections are reset
 *   close                   all connections are closed
 *   refuse on|off           new connections are closed at once
 *   clear                   no more faults
 *   stats                   "ok CONNECTIONS IN OUT": how many are open, and bytes passed on
 */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 65536
/* What one direction holds before reading stops. */
#define MOST_HELD (4 * 1024 * 1024)

enum { IN, OUT, N_DIRECTIONS };

typedef struct {
  guint delay_ms, jitter_ms, rate, chunk;
  gboolean header, stall;
  gint64 cut;                   /* bytes left until; -1: never */
  guint64 passed;
} Faults;

typedef struct {
  gint64 due;
  GBytes *bytes;
  gsize done;
} Piece;

/* One direction of a connection. */
typedef struct {
  int from, to;
  GQueue pieces;
  gsize held;
  gint64 last_due;
  gint64 rate_due;              /* when the next byte may go, where the rate is limited */
  gboolean ended, shut;
  guint frame_left;             /* bytes of the frame that is under way; in its header, of that */
  guint header_have;
  guint8 header[4];
} Way;

typedef struct {
  Way ways[N_DIRECTIONS];
  gboolean frozen, dead;
} Connection;

typedef struct {
  struct sockaddr_in target;
  int listener;
  Faults faults[N_DIRECTIONS];
  gboolean refuse;
  GPtrArray *connections;
  GRand *random;
  GString *input;
  gboolean input_ended;
} Proxy;

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_bytes_unref (piece->bytes);
  g_free (piece);
}

static void
end_connection (Connection *connection, gboolean reset)
{
  struct linger linger = { 1, 0 };

  if (connection->dead)
    return;
  connection->dead = TRUE;
  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      if (reset)
        setsockopt (connection->ways[i].from, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
      close (connection->ways[i].from);
      g_queue_clear_full (&connection->ways[i].pieces, piece_free);
    }
}

static void
clear_faults (Proxy *self)
{
  for (guint i = 0; i < N_DIRECTIONS; i++)
    self->faults[i] = (Faults) { .cut = -1, .passed = self->faults[i].passed };
  self->refuse = FALSE;
}

/* ---- bytes ---- */

/* How many of the bytes up to the place where a header ends, so that a write ends there. */
static gsize
up_to_header (Way *way, const guint8 *bytes, gsize length)
{
  gsize used = 0;

  while (used < length)
    {
      if (way->frame_left > 0)
        {
          gsize part = MIN (length - used, way->frame_left);

          way->frame_left -= part;
          used += part;
          continue;
        }
      way->header[way->header_have++] = bytes[used++];
      if (way->header_have == 4)
        {
          way->header_have = 0;
          way->frame_left = (guint) way->header[0] << 24 | (guint) way->header[1] << 16 | (guint) way->header[2] << 8 | way->header[3];
          return used;
        }
    }
  return used;
}

static void
take (Proxy *self, Way *way, const Faults *faults)
{
  guint8 bytes[READ_BYTES];
  gssize n = recv (way->from, bytes, sizeof bytes, MSG_DONTWAIT);
  gint64 now = g_get_monotonic_time ();
  Piece *piece;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0)
    {
      way->ended = TRUE;
      return;
    }
  piece = g_new0 (Piece, 1);
  piece->bytes = g_bytes_new (bytes, (gsize) n);
  piece->due = now + (gint64) faults->delay_ms * 1000;
  if (faults->jitter_ms > 0)
    piece->due += g_rand_int_range (self->random, 0, (gint32) faults->jitter_ms * 1000 + 1);
  piece->due = MAX (piece->due, way->last_due);
  way->last_due = piece->due;
  way->held += (gsize) n;
  g_queue_push_tail (&way->pieces, piece);
}

/* When the next bytes are due; G_MAXINT64: there are none. */
static gint64
next_due (Way *way, const Faults *faults)
{
  Piece *piece = g_queue_peek_head (&way->pieces);

  if (piece == NULL || faults->stall)
    return G_MAXINT64;
  return MAX (piece->due, faults->rate > 0 ? way->rate_due : 0);
}

/* One write. FALSE: the connection is over. */
static gboolean
pass (Way *way, Faults *faults)
{
  Piece *piece = g_queue_peek_head (&way->pieces);
  gint64 now = g_get_monotonic_time ();
  gsize length;
  const guint8 *bytes;
  Way before = *way;
  gssize n;

  bytes = g_bytes_get_data (piece->bytes, &length);
  bytes += piece->done;
  length -= piece->done;
  if (faults->chunk > 0)
    length = MIN (length, faults->chunk);
  if (faults->rate > 0)
    length = MIN (length, MAX (faults->rate / 100, 1));
  if (faults->cut >= 0)
    length = MIN (length, (gsize) faults->cut);
  if (faults->header)
    length = up_to_header (way, bytes, length);
  if (length == 0)
    return FALSE;

  n = send (way->to, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN && errno != EINTR)
    return FALSE;
  if (faults->header && n != (gssize) length)
    {
      /* Where it is in a frame, is counted again by what went. */
      way->frame_left = before.frame_left;
      way->header_have = before.header_have;
      if (n > 0)
        up_to_header (way, bytes, (gsize) n);
    }
  if (n < 0)
    return TRUE;
  faults->passed += (guint64) n;
  way->held -= (gsize) n;
  if (faults->rate > 0)
    way->rate_due = MAX (now, way->rate_due) + n * G_TIME_SPAN_SECOND / faults->rate;
  if (faults->cut >= 0 && (faults->cut -= n) == 0)
    {
      faults->cut = -1;
      return FALSE;
    }
  piece->done += (gsize) n;
  if (piece->done == g_bytes_get_size (piece->bytes))
    piece_free (g_queue_pop_head (&way->pieces));
  return TRUE;
}

static void
shut (Way *way)
{
  way->shut = TRUE;
  shutdown (way->to, SHUT_WR);
}

static void
take_connection (Proxy *self)
{
  int one = 1;
  int near = accept (self->listener, NULL, NULL), far;
  Connection *connection;

  if (near < 0)
    return;
  far = self->refuse ? -1 : socket (AF_INET, SOCK_STREAM, 0);
  if (far < 0 || connect (far, (struct sockaddr *) &self->target, sizeof self->target) != 0)
    {
      if (far >= 0)
        close (far);
      close (near);
      return;
    }
  setsockopt (near, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt (far, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connection = g_new0 (Connection, 1);
  connection->ways[IN] = (Way) { .from = near, .to = far };
  connection->ways[OUT] = (Way) { .from = far, .to = near };
  g_ptr_array_add (self->connections, connection);
}

/* ---- commands ---- */

static const char *
set_fault (Proxy *self, const char *name, guint way, const char *value, const char *more)
{
  Faults *faults = &self->faults[way];
  guint64 number = value != NULL ? g_ascii_strtoull (value, NULL, 10) : 0;
  gboolean on = g_strcmp0 (value, "on") == 0;

  if (g_str_equal (name, "half"))
    {
      for (guint i = 0; i < self->connections->len; i++)
        shut (&((Connection *) g_ptr_array_index (self->connections, i))->ways[way]);
      return NULL;
    }
  if (value == NULL)
    return "a value is missing";
  if (g_str_equal (name, "delay"))
    {
      faults->delay_ms = (guint) number;
      faults->jitter_ms = more != NULL ? (guint) g_ascii_strtoull (more, NULL, 10) : 0;
    }
  else if (g_str_equal (name, "rate"))
    faults->rate = (guint) number;
  else if (g_str_equal (name, "chunk"))
    faults->chunk = (guint) number;
  else if (g_str_equal (name, "cut"))
    faults->cut = (gint64) number;
  else if (g_str_equal (name, "header"))
    faults->header = on;
  else if (g_str_equal (name, "stall"))
    faults->stall = on;
  else
    return "there is no such command";
  return NULL;
}

static const char *
set_ways (Proxy *self, char **words)
{
  const char *error = "a direction is missing: in, out or both";

  for (guint way = 0; way < N_DIRECTIONS && words[1] != NULL; way++)
    if (g_str_equal (words[1], "both") || g_str_equal (words[1], way == IN ? "in" : "out"))
      error = set_fault (self, words[0], way, words[2], words[2] != NULL ? words[3] : NULL);
  return error;
}

static void
end_all (Proxy *self, gboolean reset)
{
  for (guint i = 0; i < self->connections->len; i++)
    end_connection (g_ptr_array_index (self->connections, i), reset);
}

static void
freeze_all (Proxy *self)
{
  for (guint i = 0; i < self->connections->len; i++)
    ((Connection *) g_ptr_array_index (self->connections, i))->frozen = TRUE;
}

static void
run_command (Proxy *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  const char *error = NULL;

  if (words[0] == NULL)
    return;
  if (g_str_equal (words[0], "stats"))
    {
      printf ("ok %u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", self->connections->len, self->faults[IN].passed, self->faults[OUT].passed);
      return;
    }
  if (g_str_equal (words[0], "freeze"))
    freeze_all (self);
  else if (g_str_equal (words[0], "reset") || g_str_equal (words[0], "close"))
    end_all (self, g_str_equal (words[0], "reset"));
  else if (g_str_equal (words[0], "clear"))
    clear_faults (self);
  else if (g_str_equal (words[0], "refuse"))
    self->refuse = g_strcmp0 (words[1], "on") == 0;
  else
    error = set_ways (self, words);
  if (error != NULL)
    printf ("error %s\n", error);
  else
    puts ("ok");
}

static void
read_commands (Proxy *self)
{
  char bytes[4096];
  gssize n = read (STDIN_FILENO, bytes, sizeof bytes);
  char *end;

  if (n <= 0)
    {
      self->input_ended = TRUE;
      return;
    }
  g_string_append_len (self->input, bytes, n);
  while ((end = strchr (self->input->str, '\n')) != NULL)
    {
      *end = '\0';
      run_command (self, self->input->str);
      g_string_erase (self->input, 0, end - self->input->str + 1);
    }
  fflush (stdout);
}

/* ---- turns ---- */

static void
serve (Proxy *self, Connection *connection)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < N_DIRECTIONS && !connection->dead && !connection->frozen; i++)
    {
      Way *way = &connection->ways[i];

      if (!way->ended && way->held < MOST_HELD)
        take (self, way, &self->faults[i]);
      if (next_due (way, &self->faults[i]) <= now && !pass (way, &self->faults[i]))
        end_connection (connection, FALSE);
      else if (way->ended && way->pieces.length == 0 && !way->shut)
        shut (way);
    }
  if (!connection->dead && connection->ways[IN].shut && connection->ways[OUT].shut && connection->ways[IN].ended && connection->ways[OUT].ended)
    end_connection (connection, FALSE);
}

static void
turn (Proxy *self)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (struct pollfd));
  struct pollfd fixed[2] = { { STDIN_FILENO, POLLIN, 0 }, { self->listener, POLLIN, 0 } };
  gint64 now = g_get_monotonic_time (), due = now + G_TIME_SPAN_SECOND;
  struct timespec timeout;

  g_array_append_vals (fds, fixed, G_N_ELEMENTS (fixed));
  for (guint i = 0; i < self->connections->len; i++)
    for (guint j = 0; j < N_DIRECTIONS && !((Connection *) g_ptr_array_index (self->connections, i))->frozen; j++)
      {
        Way *way = &((Connection *) g_ptr_array_index (self->connections, i))->ways[j];
        gint64 next = next_due (way, &self->faults[j]);
        struct pollfd fd = { way->to, next <= now ? POLLOUT : 0, 0 };

        if (next > now)
          due = MIN (due, next);
        if (fd.events != 0)
          g_array_append_val (fds, fd);
        fd = (struct pollfd) { way->from, POLLIN, 0 };
        if (!way->ended && way->held < MOST_HELD)
          g_array_append_val (fds, fd);
      }
  timeout = (struct timespec) { (due - now) / G_TIME_SPAN_SECOND, (due - now) % G_TIME_SPAN_SECOND * 1000 };
  ppoll ((struct pollfd *) (gpointer) fds->data, fds->len, &timeout, NULL);

  if (g_array_index (fds, struct pollfd, 0).revents != 0)
    read_commands (self);
  if (g_array_index (fds, struct pollfd, 1).revents != 0)
    take_connection (self);
  for (guint i = self->connections->len; i > 0; i--)
    {
      Connection *connection = g_ptr_array_index (self->connections, i - 1);

      serve (self, connection);
      if (connection->dead)
        g_ptr_array_remove_index_fast (self->connections, i - 1);
    }
}

int
main (int argc, char **argv)
{
  Proxy self = { 0 };
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof own;
  g_auto (GStrv) parts = argc >= 2 ? g_strsplit (argv[1], ":", 2) : NULL;

  if (argc < 2 || g_strv_length (parts) != 2 || inet_pton (AF_INET, parts[0], &self.target.sin_addr) != 1)
    {
      fputs ("netfault HOST:PORT [SEED]\n", stderr);
      return 2;
    }
  self.target.sin_family = AF_INET;
  self.target.sin_port = htons ((guint16) g_ascii_strtoull (parts[1], NULL, 10));
  self.random = g_rand_new_with_seed (argc > 2 ? (guint32) g_ascii_strtoull (argv[2], NULL, 10) : 1);
  self.connections = g_ptr_array_new_with_free_func (g_free);
  self.input = g_string_new (NULL);
  clear_faults (&self);
  self.listener = socket (AF_INET, SOCK_STREAM, 0);
  if (self.listener < 0 || bind (self.listener, (struct sockaddr *) &own, sizeof own) != 0 || listen (self.listener, 128) != 0 ||
      getsockname (self.listener, (struct sockaddr *) &own, &length) != 0)
    {
      perror ("netfault");
      return 1;
    }
  printf ("port %u\n", ntohs (own.sin_port));
  fflush (stdout);

  while (!self.input_ended)
    turn (&self);

  end_all (&self, FALSE);
  g_ptr_array_unref (self.connections);
  g_string_free (self.input, TRUE);
  g_rand_free (self.random);
  close (self.listener);
  return 0;
}
