/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test-env-private.h"

#define DIAL_TIME (10 * G_TIME_SPAN_SECOND)
#define BACKLOG 128
/* How a TLS client begins, for a listener that expects none. */
static const guint8 client_hello[] = { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03 };

typedef struct {
  TestHost *host;
  guint64 handle;
  guint16 port;
  gboolean secure;
  gboolean accepting;
  P2pAcceptFunc accept;
  P2pAdmitFunc admit;           /* nullable */
  gpointer data;
  GQueue backlog;               /* TestConn */
} TestListener;

typedef struct {
  TestHost *host;
  guint64 handle;
  char *name;
  guint16 port;
  gboolean secure;
  P2pDialFunc done;
  gpointer data;
  guint64 event;
  gint64 deadline;
  TestConn *conn;               /* made; the news is under way */
  TestListener *waiting_at;     /* for its accept: TLS needs the other side */
  GError *error;
} TestDial;

static gint64
travel_time (TestHost *host, TestHost *other)
{
  gint64 time = test_world_get_delay (host->world, host, other);

  if (host->world->path.jitter > 0)
    time += (gint64) test_rng_below (&host->network_rng, (guint64) host->world->path.jitter);
  return time;
}

static void
free_dial (gpointer data)
{
  TestDial *dial = data;

  g_clear_error (&dial->error);
  g_free (dial->name);
  g_free (dial);
}

static void
finish_dial_cb (gpointer data)
{
  TestDial *dial = data;
  P2pDialFunc done = dial->done;
  gpointer user_data = dial->data;
  P2pPipe *pipe = dial->conn != NULL ? test_conn_get_pipe (dial->conn, 0) : NULL;
  g_autoptr (GError) error = g_steal_pointer (&dial->error);

  test_world_note (dial->host->world, TEST_EVENT_DIALLED, dial->host, pipe != NULL, dial->port);
  g_hash_table_remove (dial->host->dials, &dial->handle);
  done (pipe, error, user_data);
}

static void
finish_dial (TestDial *dial, gint64 delay)
{
  dial->event = p2p_timer_heap_add (dial->host->world->events, dial->host->world->now + delay, finish_dial_cb, dial);
}

static void G_GNUC_PRINTF (4, 5)
fail_dial (TestDial *dial, gint64 delay, P2pLinkError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  dial->error = g_error_new_valist (P2P_LINK_ERROR, code, format, arguments);
  va_end (arguments);
  finish_dial (dial, delay);
}

static void
time_out_dial (TestDial *dial)
{
  fail_dial (dial, MAX (0, dial->deadline - dial->host->world->now), P2P_LINK_ERROR_TIMED_OUT,
             "%s:%u: no answer in time", dial->name, dial->port);
}

static TestHost *
resolve (TestHost *host, const char *name)
{
  if (g_str_equal (name, "localhost") || g_str_equal (name, "127.0.0.1") || g_str_equal (name, "::1"))
    return host;
  return test_world_find_host (host->world, name);
}

static TestListener *
find_listener (TestHost *host, guint16 port)
{
  for (guint i = 0; i < host->listeners->len; i++)
    {
      TestListener *listener = host->listeners->pdata[i];

      if (listener->port == port)
        return listener;
    }
  return NULL;
}

static void
accept_conn (TestListener *listener, TestConn *conn)
{
  P2pPipe *pipe = test_conn_get_pipe (conn, 1);
  g_autoptr (GError) error = NULL;
  P2pPipeAddress address;

  pipe->ops->get_peer (pipe, &address);
  if (listener->admit == NULL || listener->admit (&address, 0, &error, listener->data))
    {
      listener->accept (pipe, &address, NULL, listener->data);
    }
  else
    {
      g_autofree char *host = g_strdup (address.host);

      address.host = host;
      pipe->ops->close (pipe);
      listener->accept (NULL, &address, error, listener->data);
    }
}

/* Somebody meets a listener of the other kind: what each of them sees of it. */
static void
meet_unlike (TestDial *dial, TestListener *listener, TestConn *conn)
{
  P2pPipe *dialled = test_conn_get_pipe (conn, 0), *accepted = test_conn_get_pipe (conn, 1);

  if (dial->secure)
    {
      dialled->ops->write (dialled, client_hello, sizeof client_hello);
      dialled->ops->close (dialled);
      fail_dial (dial, 2 * travel_time (dial->host, listener->host), P2P_LINK_ERROR_TLS, "%s:%u: no TLS there", dial->name, dial->port);
      accept_conn (listener, conn);
    }
  else
    {
      accepted->ops->close (accepted);
      dial->conn = conn;
      finish_dial (dial, travel_time (dial->host, listener->host));
    }
}

static void
arrive_cb (gpointer data)
{
  TestDial *dial = data;
  TestHost *target = resolve (dial->host, dial->name);
  TestListener *listener = find_listener (target, dial->port);
  TestConn *conn;

  dial->event = 0;
  test_world_note (dial->host->world, TEST_EVENT_ARRIVE, target, dial->host->number, dial->port);
  if (target->silent || target->away || test_hosts_apart (dial->host, target))
    {
      time_out_dial (dial);
      return;
    }
  if (target->refusing || listener == NULL)
    {
      fail_dial (dial, travel_time (dial->host, target), P2P_LINK_ERROR_REFUSED, "%s:%u: nobody listens there", dial->name, dial->port);
      return;
    }
  if (!listener->accepting && listener->backlog.length >= BACKLOG)
    {
      time_out_dial (dial);
      return;
    }

  conn = test_conn_new (dial->host->world, dial->host, target, dial->host->next_port++, dial->port, dial->secure && listener->secure);
  if (dial->secure != listener->secure)
    {
      meet_unlike (dial, listener, conn);
      return;
    }
  dial->conn = conn;
  if (!listener->accepting)
    {
      g_queue_push_tail (&listener->backlog, conn);
      if (dial->secure)
        {
          dial->waiting_at = listener;
          return;
        }
    }
  finish_dial (dial, travel_time (dial->host, target));
  if (listener->accepting)
    accept_conn (listener, conn);
}

static guint64
transport_dial (P2pTransport *base, const char *name, guint16 port, gboolean secure, P2pDialFunc done, gpointer data)
{
  TestHost *host = ((TestTransport *) base)->host;
  TestHost *target = resolve (host, name);
  TestDial *dial = g_new0 (TestDial, 1);

  dial->host = host;
  dial->handle = host->next_handle++;
  dial->name = g_strdup (name);
  dial->port = port;
  dial->secure = secure;
  dial->done = done;
  dial->data = data;
  dial->deadline = host->world->now + DIAL_TIME;
  g_hash_table_insert (host->dials, &dial->handle, dial);
  host->dials_made++;

  if (secure && !host->has_tls)
    fail_dial (dial, 0, P2P_LINK_ERROR_TLS_UNAVAILABLE, "This host has no TLS");
  else if (target != NULL)
    dial->event = p2p_timer_heap_add (host->world->events, host->world->now + travel_time (host, target), arrive_cb, dial);
  else if (g_hostname_is_ip_address (name))
    fail_dial (dial, 0, P2P_LINK_ERROR_UNREACHABLE, "%s:%u: there is no way to it", name, port);
  else
    fail_dial (dial, 0, P2P_LINK_ERROR_NOT_RESOLVED, "%s: no such host", name);
  return dial->handle;
}

static void
transport_cancel_dial (P2pTransport *base, guint64 handle)
{
  TestHost *host = ((TestTransport *) base)->host;
  TestDial *dial = g_hash_table_lookup (host->dials, &handle);

  if (dial == NULL)
    return;
  if (dial->event != 0)
    p2p_timer_heap_remove (host->world->events, dial->event);
  if (dial->conn != NULL)
    {
      P2pPipe *pipe = test_conn_get_pipe (dial->conn, 0);

      pipe->ops->close (pipe);
    }
  g_hash_table_remove (host->dials, &handle);
}

static guint16
choose_port (TestHost *host)
{
  guint16 port;

  do
    port = host->next_port++;
  while (find_listener (host, port) != NULL);
  return port;
}

static guint64
transport_listen (P2pTransport *base, const char *address, guint16 port, gboolean secure,
                  P2pAcceptFunc accept, gpointer data, guint16 *bound, GError **error)
{
  TestHost *host = ((TestTransport *) base)->host;
  TestListener *listener;

  if (secure && !host->has_tls)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_TLS_UNAVAILABLE, "This host has no TLS");
      return 0;
    }
  if (address != NULL && !g_str_equal (address, "0.0.0.0") && !g_str_equal (address, "::") && resolve (host, address) != host)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_LISTEN, "%s is not an address of %s", address, host->name);
      return 0;
    }
  if (port != 0 && find_listener (host, port) != NULL)
    {
      g_set_error (error, P2P_LINK_ERROR, P2P_LINK_ERROR_ADDRESS_IN_USE, "%s:%u is in use", address != NULL ? address : "*", port);
      return 0;
    }

  listener = g_new0 (TestListener, 1);
  listener->host = host;
  listener->handle = host->next_handle++;
  listener->port = port != 0 ? port : choose_port (host);
  listener->secure = secure;
  listener->accepting = TRUE;
  listener->accept = accept;
  listener->data = data;
  g_queue_init (&listener->backlog);
  g_ptr_array_add (host->listeners, listener);
  if (bound != NULL)
    *bound = listener->port;
  return listener->handle;
}

static TestListener *
lookup_listener (P2pTransport *base, guint64 handle)
{
  TestHost *host = ((TestTransport *) base)->host;

  for (guint i = 0; i < host->listeners->len; i++)
    {
      TestListener *listener = host->listeners->pdata[i];

      if (listener->handle == handle)
        return listener;
    }
  return NULL;
}

static void
transport_set_gate (P2pTransport *base, guint64 handle, const P2pLimits *limits, P2pAdmitFunc admit)
{
  lookup_listener (base, handle)->admit = admit;
}

/* The dial that a conn came from, while it waits for TLS. */
static TestDial *
find_waiting_dial (TestConn *conn)
{
  GHashTableIter iter;
  gpointer dial;

  g_hash_table_iter_init (&iter, test_conn_get_host (conn, 0)->dials);
  while (g_hash_table_iter_next (&iter, NULL, &dial))
    if (((TestDial *) dial)->conn == conn && ((TestDial *) dial)->waiting_at != NULL)
      return dial;
  return NULL;
}

static void
transport_unlisten (P2pTransport *base, guint64 handle)
{
  TestListener *listener = lookup_listener (base, handle);
  TestConn *conn;

  if (listener == NULL)
    return;
  g_ptr_array_remove (listener->host->listeners, listener);
  while ((conn = g_queue_pop_head (&listener->backlog)) != NULL)
    {
      TestDial *dial = find_waiting_dial (conn);
      P2pPipe *pipe = test_conn_get_pipe (conn, 1);

      if (dial != NULL)
        {
          dial->waiting_at = NULL;
          finish_dial (dial, travel_time (dial->host, listener->host));
        }
      pipe->ops->close (pipe);
    }
  g_free (listener);
}

static void
accept_waiting_cb (gpointer data)
{
  TestHost *host = data;

  /* A callback may change the listeners: begin again after each. */
  for (guint i = 0; i < host->listeners->len; i++)
    {
      TestListener *listener = host->listeners->pdata[i];
      TestConn *conn = listener->accepting ? g_queue_pop_head (&listener->backlog) : NULL;
      TestDial *dial;

      if (conn == NULL)
        continue;
      dial = find_waiting_dial (conn);
      if (dial != NULL)
        {
          dial->waiting_at = NULL;
          finish_dial (dial, travel_time (dial->host, host));
        }
      p2p_timer_heap_add (host->world->events, host->world->now, accept_waiting_cb, host);
      test_world_note (host->world, TEST_EVENT_ACCEPT, host, test_conn_get_host (conn, 0)->number, 0);
      accept_conn (listener, conn);
      return;
    }
}

static void
transport_set_accepting (P2pTransport *base, guint64 handle, gboolean accepting)
{
  TestListener *listener = lookup_listener (base, handle);

  if (listener == NULL)
    return;
  listener->accepting = accepting;
  if (accepting && listener->backlog.length > 0)
    p2p_timer_heap_add (listener->host->world->events, listener->host->world->now, accept_waiting_cb, listener->host);
}

static gboolean
transport_has_tls (P2pTransport *base)
{
  return ((TestTransport *) base)->host->has_tls;
}

static char *
transport_lan_address (P2pTransport *base)
{
  return g_strdup (((TestTransport *) base)->host->address);
}

void
test_transport_init (TestHost *host)
{
  static const P2pTransportOps ops = {
    .dial = transport_dial,
    .cancel_dial = transport_cancel_dial,
    .listen = transport_listen,
    .set_gate = transport_set_gate,
    .unlisten = transport_unlisten,
    .set_accepting = transport_set_accepting,
    .has_tls = transport_has_tls,
    .lan_address = transport_lan_address,
  };

  host->transport = (TestTransport) { { &ops }, host };
  host->dials = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, free_dial);
  host->listeners = g_ptr_array_new ();
}

void
test_transport_clear (TestHost *host)
{
  g_hash_table_unref (host->dials);
  g_ptr_array_unref (host->listeners);
}

guint
test_host_get_n_dials (TestHost *self)
{
  return g_hash_table_size (self->dials);
}

guint
test_host_get_dials_made (TestHost *self)
{
  return self->dials_made;
}
