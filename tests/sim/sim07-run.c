/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Feeds recorded sequences to the model of py2p and tells what it did: tests/interop/test_model.py compares that with the real one.
 * On standard input, a command a line; on standard output, at the end of each sequence, what came of it.
 *
 *   node ID HOST PORT PROTOCOL METHODS   a model; METHODS are numbers with commas between, or -
 *   table LEASING                        it shares a table, with leases (1) or without
 *   utc SECONDS                          what its clock says from now on
 *   listen ADDRESS PORT                  somebody listens there; what it dials there are links d0.0, d0.1 ..., at the next such address d1.0 ...
 *   open LINK                            a link to it
 *   send LINK HEX                        in one piece
 *   close LINK
 *   set KEY VALUE                        its program does it; KEY is bytes in hex (-: none), VALUE MessagePack
 *   delete KEY
 *   delta KEY MAP
 *   wait                                 two seconds
 *   end
 *
 *   got LINK open|closed HEX             all bytes that came
 *   heard ID
 *   entry KEY LINK out|in                in the order of the table; KEY is MessagePack in hex
 *   dead                                 its thread ended
 *   raised N                             so many of what its program did
 *   value KEY VALUE OWNER TIME           of its table, in order, each as MessagePack in hex
 *   end
 */
#include <stdio.h>
#include <string.h>

#include "sim07-sync.h"
#include "test-env.h"

#define WAIT (2 * G_TIME_SPAN_SECOND)

typedef struct {
  char *name;
  P2pPipe *pipe;
  GByteArray *got;
  gboolean closed;
  guint16 own_port, peer_port;
} Link;

typedef struct {
  TestWorld *world;
  TestHost *host, *outside;
  Sim07Peer *peer;
  Sim07Sync *sync;              /* NULL: it has no table */
  guint n_raised;
  char *address;
  guint16 port;
  GPtrArray *links;
  GPtrArray *listeners;         /* of Listener */
} Run;

typedef struct {
  Run *run;
  guint index;
  TestHost *host;
  guint64 handle;
  guint n_dialled;
} Listener;

static void
received_cb (gpointer data, const guint8 *bytes, gsize length)
{
  g_byte_array_append (((Link *) data)->got, bytes, (guint) length);
}

static void
writable_cb (gpointer data)
{
}

static void
closed_cb (gpointer data, const GError *error)
{
  ((Link *) data)->closed = TRUE;
}

static Link *
add_link (Run *run, const char *name)
{
  Link *link = g_new0 (Link, 1);

  link->name = g_strdup (name);
  link->got = g_byte_array_new ();
  g_ptr_array_add (run->links, link);
  return link;
}

static void
start_link (Link *link, P2pPipe *pipe)
{
  static const P2pPipeEvents events = { received_cb, writable_cb, closed_cb };
  P2pPipeAddress address;

  link->pipe = pipe;
  pipe->ops->get_own (pipe, &address);
  link->own_port = address.port;
  pipe->ops->get_peer (pipe, &address);
  link->peer_port = address.port;
  pipe->ops->start (pipe, &events, link);
}

static void
close_link (Link *link)
{
  P2pPipe *pipe = g_steal_pointer (&link->pipe);

  if (pipe != NULL)
    pipe->ops->close (pipe);
}

static void
free_link (gpointer data)
{
  Link *link = data;

  close_link (link);
  g_byte_array_unref (link->got);
  g_free (link->name);
  g_free (link);
}

static Link *
find_link (Run *run, const char *name)
{
  for (guint i = 0; i < run->links->len; i++)
    if (g_str_equal (((Link *) run->links->pdata[i])->name, name))
      return run->links->pdata[i];
  return NULL;
}

static void
opened_cb (P2pPipe *pipe, const GError *error, gpointer data)
{
  g_assert_no_error (error);
  start_link (data, pipe);
}

static void
dialled_us_cb (P2pPipe *pipe, const P2pPipeAddress *address, const GError *error, gpointer data)
{
  Listener *listener = data;
  g_autofree char *name = g_strdup_printf ("d%u.%u", listener->index, listener->n_dialled++);

  start_link (add_link (listener->run, name), pipe);
}

static guint
parse_number (const char *text)
{
  return (guint) g_ascii_strtoull (text, NULL, 10);
}

static void
begin (Run *run, char **words)
{
  g_auto (GStrv) numbers = g_strsplit (g_str_equal (words[5], "-") ? "" : words[5], ",", -1);
  guint8 methods[8];
  Sim07Options options = { .host = words[2], .port = (guint16) parse_number (words[3]), .protocol_id = words[4], .id = words[1], .methods = methods };

  for (; numbers[options.n_methods] != NULL; options.n_methods++)
    methods[options.n_methods] = (guint8) parse_number (numbers[options.n_methods]);
  run->world = test_world_new (1);
  run->host = test_world_add_host (run->world, words[2]);
  run->outside = test_world_add_host (run->world, "outside");
  run->address = g_strdup (words[2]);
  run->port = options.port;
  run->links = g_ptr_array_new_with_free_func (free_link);
  run->listeners = g_ptr_array_new_with_free_func (g_free);
  run->peer = sim07_peer_new (test_host_get_env (run->host), &options);
}

static void
set_utc (Run *run, gint64 seconds)
{
  P2pClock *clock = test_host_get_env (run->host)->clock;

  test_host_set_utc_skew (run->host, 0);
  /* In the middle of that second. */
  test_host_set_utc_skew (run->host, seconds * G_TIME_SPAN_SECOND + G_TIME_SPAN_SECOND / 2 - p2p_clock_utc (clock));
}

static void
add_listener (Run *run, const char *address, guint16 port)
{
  Listener *listener = g_new0 (Listener, 1);
  P2pTransport *transport;

  listener->run = run;
  listener->index = run->listeners->len;
  listener->host = test_world_find_host (run->world, address);
  if (listener->host == NULL)
    listener->host = test_world_add_host (run->world, address);
  transport = test_host_get_env (listener->host)->transport;
  listener->handle = transport->ops->listen (transport, NULL, port, FALSE, dialled_us_cb, listener, NULL, NULL);
  g_ptr_array_add (run->listeners, listener);
}

static GBytes *
read_hex (const char *hex)
{
  gsize n = strlen (hex) / 2;
  guint8 *bytes = g_malloc (n + 1);

  for (gsize i = 0; i < n; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (bytes, n);
}

static void
feed (Link *link, const char *hex)
{
  g_autoptr (GBytes) bytes = read_hex (hex);

  if (link != NULL && link->pipe != NULL && !link->closed)
    link->pipe->ops->write (link->pipe, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* words: the command, the key and, unless it is a delete, the value */
static void
change (Run *run, char **words)
{
  g_autoptr (GBytes) key = read_hex (words[1]);
  g_autoptr (GBytes) packed = words[2] != NULL ? read_hex (words[2]) : NULL;
  g_autoptr (Sim07Value) value = packed != NULL ? sim07_value_unpack (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed)) : NULL;
  gboolean done = g_str_equal (words[0], "delta") ? sim07_sync_delta (run->sync, key, value) : sim07_sync_set (run->sync, key, value);

  run->n_raised += !done;
}

static void
print_hex (const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    printf ("%02x", bytes[i]);
}

static void
print_value (Sim07Value *value)
{
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  sim07_value_pack (value, packed);
  print_hex (packed->data, packed->len);
}

static void
report_table (Run *run)
{
  printf ("raised %u\n", run->n_raised);
  for (guint i = 0; i < sim07_sync_get_n_keys (run->sync); i++)
    {
      Sim07SyncEntry entry;

      sim07_sync_get_nth (run->sync, i, &entry);
      printf ("value ");
      print_value (entry.key);
      putchar (' ');
      print_value (entry.value);
      putchar (' ');
      print_value (entry.owner);
      putchar (' ');
      print_value (entry.time);
      putchar ('\n');
    }
}

static const char *
link_of (Run *run, Sim07Conn *conn)
{
  for (guint i = 0; i < run->links->len; i++)
    {
      Link *link = run->links->pdata[i];

      if (link->own_port == sim07_conn_get_peer_port (conn) && link->peer_port == sim07_conn_get_own_port (conn))
        return link->name;
    }
  return "over";
}

static void
report (Run *run)
{
  GPtrArray *heard = sim07_peer_get_heard (run->peer);

  for (guint i = 0; i < run->links->len; i++)
    {
      Link *link = run->links->pdata[i];

      printf ("got %s %s ", link->name, link->closed ? "closed" : "open");
      print_hex (link->got->data, link->got->len);
      putchar ('\n');
    }
  for (guint i = 0; i < heard->len; i++)
    {
      printf ("heard ");
      print_hex (((Sim07Heard *) heard->pdata[i])->id, 32);
      putchar ('\n');
    }
  for (guint i = 0; i < sim07_peer_get_n_entries (run->peer); i++)
    {
      Sim07Conn *conn = sim07_peer_get_entry (run->peer, i);

      printf ("entry ");
      print_value (sim07_peer_get_key (run->peer, i));
      printf (" %s %s\n", link_of (run, conn), sim07_conn_get_outgoing (conn) ? "out" : "in");
    }
  if (sim07_peer_is_dead (run->peer))
    puts ("dead");
  if (run->sync != NULL)
    report_table (run);
  puts ("end");
  fflush (stdout);
}

static void
end (Run *run)
{
  report (run);
  g_clear_pointer (&run->peer, sim07_peer_free);
  run->sync = NULL;
  run->n_raised = 0;
  test_world_settle (run->world);
  g_ptr_array_unref (run->links);
  for (guint i = 0; i < run->listeners->len; i++)
    {
      Listener *listener = run->listeners->pdata[i];
      P2pTransport *transport = test_host_get_env (listener->host)->transport;

      transport->ops->unlisten (transport, listener->handle);
    }
  g_ptr_array_unref (run->listeners);
  test_world_settle (run->world);
  test_world_free (run->world);
  g_free (run->address);
}

static void
obey (Run *run, char **words)
{
  P2pTransport *transport = run->world != NULL ? test_host_get_env (run->outside)->transport : NULL;

  if (g_str_equal (words[0], "node"))
    begin (run, words);
  else if (g_str_equal (words[0], "table"))
    run->sync = sim07_sync_new (run->peer, parse_number (words[1]) != 0);
  else if (g_str_equal (words[0], "set") || g_str_equal (words[0], "delete") || g_str_equal (words[0], "delta"))
    change (run, words);
  else if (g_str_equal (words[0], "utc"))
    set_utc (run, g_ascii_strtoll (words[1], NULL, 10));
  else if (g_str_equal (words[0], "listen"))
    add_listener (run, words[1], (guint16) parse_number (words[2]));
  else if (g_str_equal (words[0], "open"))
    transport->ops->dial (transport, run->address, run->port, FALSE, opened_cb, add_link (run, words[1]));
  else if (g_str_equal (words[0], "send"))
    feed (find_link (run, words[1]), words[2]);
  else if (g_str_equal (words[0], "close") && find_link (run, words[1]) != NULL)
    close_link (find_link (run, words[1]));
  else if (g_str_equal (words[0], "wait"))
    test_world_advance (run->world, WAIT);
  if (g_str_equal (words[0], "end"))
    end (run);
  else
    test_world_settle (run->world);
}

int
main (void)
{
  Run run = { 0 };
  char *line = NULL;
  size_t size = 0;

  while (getline (&line, &size, stdin) > 0)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);

      if (words[0] != NULL && *words[0] != '\0')
        obey (&run, words);
    }
  free (line);
  return 0;
}
