/* SPDX-License-Identifier: LGPL-3.0-or-later */
#include "p2p-gio-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* The system may say that a socket is ready where nothing came: under a lack of memory, again and again. */
#define MAX_FRUITLESS 100

typedef enum {
  WAITER_SILENT,                /* no whole ClientHello yet */
  WAITER_READY,                 /* waits for its turn */
  WAITER_RUNNING,               /* in a thread */
} WaiterState;

/*
 * Where accepted connections are until TLS is set up. GIO's handshake takes a thread for as long as the peer likes, so it begins when the
 * peer's first message is there whole, and few run at once. Each waiter has its time, all states together. When all places are taken, one
 * goes for the newcomer: of the net (IPv4 /24, IPv6 /48) and in it the address that has most of them, the oldest; an idle flood so only
 * throws out itself. One that stays in its thread while others wait loses it after a while, to one of the net that has the fewest.
 */
struct _P2pGioGate {
  P2pGioEnv *env;
  const P2pLimits *limits;
  P2pGioGateFunc done;
  gpointer data;
  GPtrArray *waiters;           /* Waiter, the oldest first */
  guint64 turn_timer;
};

typedef struct {
  P2pGioGate *gate;
  GSocketConnection *connection;
  char *host;
  guint16 port;
  guint64 net;
  WaiterState state;
  GSource *source;
  guint64 timer;
  gsize seen;
  guint fruitless;
  gint64 started;               /* running since */
  P2pGioHandshake *handshake;
} Waiter;

static void start_waiters (P2pGioGate *self);

static P2pClock *
get_clock (P2pGioGate *self)
{
  return self->env->base.clock;
}

static void
clear_source (Waiter *waiter)
{
  if (waiter->source != NULL)
    g_source_destroy (waiter->source);
  g_clear_pointer (&waiter->source, g_source_unref);
}

static void
free_waiter (Waiter *waiter)
{
  clear_source (waiter);
  p2p_clock_cancel (get_clock (waiter->gate), waiter->timer);
  if (waiter->handshake != NULL)
    p2p_gio_handshake_cancel (waiter->handshake);
  g_object_unref (waiter->connection);
  g_free (waiter->host);
  g_free (waiter);
}

/* The last thing that a function here does: the owner may free the gate for it. */
static void
end_waiter (Waiter *waiter, GTlsConnection *stream, GError *error_taken)
{
  P2pGioGate *self = waiter->gate;
  g_autoptr (GSocketConnection) connection = g_object_ref (waiter->connection);
  g_autoptr (GError) error = error_taken;
  g_autofree char *host = g_strdup (waiter->host);
  P2pPipeAddress address = { host, waiter->port };

  g_ptr_array_remove (self->waiters, waiter);
  start_waiters (self);
  self->done (connection, stream, &address, error, self->data);
}

static GError *
new_error (Waiter *waiter, P2pLinkError code, const char *words)
{
  g_autofree char *address = p2p_gio_format_address (waiter->host, waiter->port);

  return g_error_new (P2P_LINK_ERROR, (gint) code, "%s: %s", address, words);
}

static void
timed_out_cb (gpointer data)
{
  Waiter *waiter = data;

  waiter->timer = 0;
  end_waiter (waiter, NULL, new_error (waiter, P2P_LINK_ERROR_TIMED_OUT, "The peer did not set up encryption in time"));
}

/* ---- turns ---- */

static guint
count_running (P2pGioGate *self)
{
  guint n = 0;

  for (guint i = 0; i < self->waiters->len; i++)
    n += ((Waiter *) g_ptr_array_index (self->waiters, i))->state == WAITER_RUNNING;
  return n;
}

/* The /24 or /48; addresses that are none are one net. */
static guint64
find_net (const char *host)
{
  g_autofree char *bare = g_strndup (host, strcspn (host, "%"));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (bare);
  gsize n = address == NULL ? 0 : g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 ? 6 : 3;
  guint64 net = n;

  for (gsize i = 0; i < n; i++)
    net = net << 8 | g_inet_address_to_bytes (address)[i];
  return net;
}

/* How many are here from its net, and with the same from its address. */
static guint64
find_crowd (P2pGioGate *self, Waiter *waiter)
{
  guint64 crowd = 0;

  for (guint i = 0; i < self->waiters->len; i++)
    crowd += (guint64) (((Waiter *) g_ptr_array_index (self->waiters, i))->net == waiter->net) << 32;
  return crowd + p2p_gio_gate_count_same (self, waiter->host);
}

/* Where the fewest come from, the newest: behind those who came to keep us busy nobody would ever get his turn. */
static Waiter *
choose_next (P2pGioGate *self)
{
  Waiter *next = NULL;
  guint64 fewest = G_MAXUINT64;

  for (guint i = 0; i < self->waiters->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (self->waiters, i);
      guint64 crowd;

      if (waiter->state != WAITER_READY)
        continue;
      crowd = find_crowd (self, waiter);
      if (crowd <= fewest)
        {
          next = waiter;
          fewest = crowd;
        }
    }
  return next;
}

static Waiter *
find_longest_running (P2pGioGate *self)
{
  Waiter *longest = NULL;

  for (guint i = 0; i < self->waiters->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (self->waiters, i);

      if (waiter->state == WAITER_RUNNING && (longest == NULL || waiter->started < longest->started))
        longest = waiter;
    }
  return longest;
}

static void
handshake_done_cb (GTlsConnection *stream, const GError *error, gpointer data)
{
  Waiter *waiter = data;

  waiter->handshake = NULL;
  end_waiter (waiter, stream, error != NULL ? g_error_copy (error) : NULL);
}

static void
turn_over_cb (gpointer data)
{
  P2pGioGate *self = data;
  Waiter *longest = find_longest_running (self);

  self->turn_timer = 0;
  if (longest == NULL || choose_next (self) == NULL)
    return;
  end_waiter (longest, NULL, new_error (longest, P2P_LINK_ERROR_TLS, "The peer was slow to set up encryption, and others waited for its turn"));
}

static void
start_waiters (P2pGioGate *self)
{
  guint running = count_running (self);
  Waiter *next;

  while (running < self->limits->tls_handshakes && (next = choose_next (self)) != NULL)
    {
      g_autofree char *address = p2p_gio_format_address (next->host, next->port);

      next->state = WAITER_RUNNING;
      next->started = p2p_clock_now (get_clock (self));
      next->handshake = p2p_gio_handshake_new (self->env, next->connection, TRUE, address, self->limits->tls_seconds, handshake_done_cb, next);
      running++;
    }
  p2p_clock_cancel (get_clock (self), self->turn_timer);
  self->turn_timer = 0;
  if (running > 0 && choose_next (self) != NULL)
    {
      gint64 end = find_longest_running (self)->started + self->limits->tls_patience * G_TIME_SPAN_SECOND;

      self->turn_timer = p2p_clock_schedule (get_clock (self), MAX (end - p2p_clock_now (get_clock (self)), 0), turn_over_cb, self);
    }
}

/* ---- what the peer says first ---- */

static gboolean
is_over (int fd)
{
  struct pollfd poller = { .fd = fd, .events = POLLRDHUP };

  return poll (&poller, 1, 0) > 0 && (poller.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* poll() shall not wake us before there is so much. */
static void
set_low_mark (int fd, gsize bytes)
{
  int mark = (int) bytes;

  setsockopt (fd, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark);
}

static gboolean
readable_cb (gint fd, GIOCondition condition, gpointer data)
{
  Waiter *waiter = data;
  P2pGioGate *self = waiter->gate;
  guint8 bytes[P2P_GIO_MAX_HELLO];
  gssize n = recv (fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
  gsize needed;

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (n > 0 && p2p_gio_hello_is_whole (bytes, (gsize) n, &needed))
    {
      set_low_mark (fd, 1);
      clear_source (waiter);
      waiter->state = WAITER_READY;
      start_waiters (self);
      return G_SOURCE_REMOVE;
    }
  if (n <= 0 || is_over (fd))
    {
      end_waiter (waiter, NULL, new_error (waiter, P2P_LINK_ERROR_CLOSED_BY_PEER, "The peer closed the connection before it set up encryption"));
      return G_SOURCE_REMOVE;
    }
  waiter->fruitless = (gsize) n == waiter->seen ? waiter->fruitless + 1 : 0;
  waiter->seen = (gsize) n;
  if (needed == 0 || waiter->fruitless >= MAX_FRUITLESS)
    {
      end_waiter (waiter, NULL, new_error (waiter, P2P_LINK_ERROR_TLS, "The peer does not speak TLS: it may be in a network without encryption"));
      return G_SOURCE_REMOVE;
    }
  set_low_mark (fd, needed);
  return G_SOURCE_CONTINUE;
}

/* ---- places ---- */

guint
p2p_gio_gate_count_same (P2pGioGate *self, const char *host)
{
  guint n = 0;

  for (guint i = 0; i < self->waiters->len; i++)
    n += g_str_equal (((Waiter *) g_ptr_array_index (self->waiters, i))->host, host);
  return n;
}

/* Where most come from, the oldest that is not in a thread, silent ones before those that said something. */
static Waiter *
choose_loser (P2pGioGate *self)
{
  Waiter *loser = NULL;
  guint64 most = 0;

  for (guint i = 0; i < self->waiters->len; i++)
    {
      Waiter *waiter = g_ptr_array_index (self->waiters, i);
      guint64 crowd;

      if (waiter->state == WAITER_RUNNING)
        continue;
      crowd = find_crowd (self, waiter);
      if (loser == NULL || crowd > most || (crowd == most && waiter->state < loser->state))
        {
          loser = waiter;
          most = crowd;
        }
    }
  return loser;
}

void
p2p_gio_gate_add (P2pGioGate *self, GSocketConnection *connection, const P2pPipeAddress *address)
{
  Waiter *loser = self->waiters->len >= self->limits->pending_links ? choose_loser (self) : NULL;
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->gate = self;
  waiter->connection = g_object_ref (connection);
  waiter->host = g_strdup (address->host);
  waiter->port = address->port;
  waiter->net = find_net (address->host);
  waiter->source = g_unix_fd_source_new (g_socket_get_fd (g_socket_connection_get_socket (connection)), G_IO_IN);
  g_source_set_static_name (waiter->source, "[p2p] connection before TLS");
  g_source_set_priority (waiter->source, P2P_GIO_PRIORITY);
  g_source_set_callback (waiter->source, G_SOURCE_FUNC (readable_cb), waiter, NULL);
  g_source_attach (waiter->source, self->env->context);
  waiter->timer = p2p_clock_schedule (get_clock (self), self->limits->tls_seconds * G_TIME_SPAN_SECOND, timed_out_cb, waiter);
  g_ptr_array_add (self->waiters, waiter);
  if (loser != NULL)
    end_waiter (loser, NULL, new_error (loser, P2P_LINK_ERROR_TOO_MANY, "Too many connections wait for encryption to be set up, and this was the oldest of its address"));
}

void
p2p_gio_gate_set_limits (P2pGioGate *self, const P2pLimits *limits)
{
  self->limits = limits;
}

P2pGioGate *
p2p_gio_gate_new (P2pGioEnv *env, P2pGioGateFunc done, gpointer data)
{
  P2pGioGate *self = g_new0 (P2pGioGate, 1);

  self->env = env;
  self->limits = p2p_limits_or_default (NULL);
  self->done = done;
  self->data = data;
  self->waiters = g_ptr_array_new_with_free_func ((GDestroyNotify) free_waiter);
  return self;
}

void
p2p_gio_gate_free (P2pGioGate *self)
{
  p2p_clock_cancel (get_clock (self), self->turn_timer);
  g_ptr_array_unref (self->waiters);
  g_free (self);
}
