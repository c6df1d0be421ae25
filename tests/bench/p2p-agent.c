/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Roundtable's library under measurement: a mesh node, or ("signed") one with a key, or ("kv") one with a table, or ("dht") one with a distributed table,
 * in one thread, by its public API.
 */
#include "bench-agent.h"

#include <glib-unix.h>
#include "p2p/p2p.h"

/* The application's own back-pressure: above this much waiting on a link the loop turns before the next message is made. */
#define QUEUE_HIGH (1024u * 1024)

static P2pMeshSocket *node;
static P2pSyncSocket *table;    /* the same, or NULL */
static P2pChordSocket *chord;   /* so, too */
static guint64 asked;
static BenchRecord record;
static gboolean is_signed;      /* what is not verified did not come */
static GMainLoop *loop;
static guint wait_timeout;
static GByteArray *input;

static void
answer (gboolean ok)
{
  printf ("{\"ok\":%d}\n", ok);
  fflush (stdout);
}

static void
end_wait (void)
{
  g_clear_handle_id (&wait_timeout, g_source_remove);
  bench_record_print (&record);
}

static gboolean
wait_over_cb (gpointer unused)
{
  wait_timeout = 0;
  end_wait ();
  return G_SOURCE_REMOVE;
}

static void
message_cb (P2pMeshSocket *socket, P2pMessage *message, P2pConnection *connection, gpointer unused)
{
  gsize length;
  const guint8 *bytes = p2p_message_peek_bytes (message, &length);

  if (bytes == NULL || (is_signed && !p2p_message_get_verified (message)))
    return;
  if (bench_record_take (&record, bytes, length) && wait_timeout != 0)
    end_wait ();
}

static void
update_cb (P2pSyncSocket *socket, GBytes *key, GVariant *value, P2pSyncEntry *entry, gpointer unused)
{
  gsize length;
  const guint8 *bytes;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return;
  bytes = g_variant_get_fixed_array (value, &length, 1);
  if (bench_record_take (&record, bytes, length) && wait_timeout != 0)
    end_wait ();
}

static gboolean
send_one (guint run, guint i, const guint8 *payload, guint size)
{
  char key[32];

  if (table == NULL)
    return p2p_mesh_socket_send_bytes (node, payload, size, NULL) >= 0;
  g_snprintf (key, sizeof key, "key-%u-%u", run, i);
  return p2p_sync_socket_set_text (table, key, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, payload, size, 1), NULL);
}

static gsize
longest_queue (void)
{
  GListModel *links = p2p_mesh_socket_get_routing_table (node);
  gsize longest = 0;

  for (guint i = 0; i < g_list_model_get_n_items (links); i++)
    {
      g_autoptr (P2pConnection) connection = g_list_model_get_item (links, i);

      longest = MAX (longest, p2p_connection_get_queued (connection));
    }
  return longest;
}

static gboolean
time_has_come_cb (gpointer unused)
{
  return G_SOURCE_REMOVE;
}

static void
publish (guint run, guint n, guint size, guint pace)
{
  g_autofree guint8 *payload = g_malloc (size);
  guint64 begin = bench_now (), next = begin;
  guint bad = 0;

  memset (payload, 'x', size);
  for (guint i = 0; i < n; i++)
    {
      if (pace > 0)
        {
          while (bench_now () < next)
            {
              /* as a program with a timer would: the loop runs until the time has come */
              g_autoptr (GSource) timer = g_timeout_source_new (0);

              g_source_set_ready_time (timer, g_get_monotonic_time () + (gint64) (next - bench_now ()) / 1000);
              g_source_set_callback (timer, time_has_come_cb, NULL, NULL);
              g_source_attach (timer, NULL);
              g_main_context_iteration (NULL, TRUE);
              g_source_destroy (timer);
            }
          next += pace * 1000ull;
        }
      bench_fill_head (payload, run, i);
      if (!send_one (run, i, payload, size))
        bad++;
      /* look at the queue now and then: often enough to stay under the mark */
      if ((i + 1) % MAX (1, 65536 / (size + 128)) == 0)
        do
          g_main_context_iteration (NULL, FALSE);
        while (longest_queue () > QUEUE_HIGH && (g_main_context_iteration (NULL, TRUE), TRUE));
    }
  while (longest_queue () > 0)
    g_main_context_iteration (NULL, TRUE);
  printf ("{\"ok\":%d,\"t0\":%llu,\"t1\":%llu,\"bad\":%u}\n", bad == 0, (unsigned long long) begin, (unsigned long long) bench_now (), bad);
  fflush (stdout);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (P2pConnection) connection = p2p_mesh_socket_connect_to_finish (node, result, &error);

  if (connection == NULL)
    fprintf (stderr, "connect: %s\n", error->message);
  answer (connection != NULL);
}

static void
put_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  gboolean done = p2p_chord_socket_set_finish (chord, result, NULL, NULL);

  printf ("{\"ok\":1,\"us\":%.1f,\"done\":%d}\n", (double) (bench_now () - asked) / 1e3, done);
  fflush (stdout);
}

static void
get_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  g_autoptr (GVariant) value = p2p_chord_socket_get_finish (chord, result, NULL);
  double took = (double) (bench_now () - asked) / 1e3;

  printf ("{\"ok\":1,\"us\":%.1f,\"value\":\"%s\"}\n", took,
          value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING) ? g_variant_get_string (value, NULL) : "");
  fflush (stdout);
}

/* How many storing nodes it knows: all are to, before anything is measured. */
static void
tell_ring (void)
{
  printf ("{\"ok\":1,\"n\":%u}\n", g_list_model_get_n_items (p2p_chord_socket_get_ring (chord)));
  fflush (stdout);
}

/* put KEY VALUE, get KEY, ring */
static gboolean
run_dht (const char *line)
{
  char key[64], value[256];

  asked = bench_now ();
  if (chord == NULL)
    return FALSE;
  if (sscanf (line, "put %63s %255s", key, value) == 2)
    p2p_chord_socket_set_text_async (chord, key, g_variant_new_string (value), 0, NULL, put_cb, NULL);
  else if (sscanf (line, "get %63s", key) == 1)
    p2p_chord_socket_get_text_async (chord, key, 0, NULL, get_cb, NULL);
  else if (strcmp (line, "ring") == 0)
    tell_ring ();
  else
    return FALSE;
  return TRUE;
}

static void
run_line (const char *line)
{
  char verb[32];
  unsigned a = 0, b = 0, c = 0, d = 0;

  if (run_dht (line) || sscanf (line, "%31s %u %u %u %u", verb, &a, &b, &c, &d) < 1)
    return;
  if (strcmp (verb, "connect") == 0)
    p2p_mesh_socket_connect_to_async (node, "127.0.0.1", (guint16) a, NULL, NULL, connected_cb, NULL);
  else if (strcmp (verb, "expect") == 0)
    {
      bench_record_expect (&record, a, b);
      answer (TRUE);
    }
  else if (strcmp (verb, "pub") == 0 || strcmp (verb, "set") == 0)
    publish (a, b, c, d);
  else if (strcmp (verb, "wait") == 0)
    {
      wait_timeout = g_timeout_add (a, wait_over_cb, NULL);
      if (record.got >= record.want)
        end_wait ();
    }
  else
    g_main_loop_quit (loop);
}

/* Another for each process: who they are does not matter. */
static P2pIdentity *
make_identity (void)
{
  guint8 seed[P2P_IDENTITY_SEED_LENGTH] = { 0 };
  guint64 now = bench_now ();
  g_autoptr (GBytes) bytes = NULL;

  memcpy (seed, &now, sizeof now);
  bytes = g_bytes_new (seed, sizeof seed);
  return p2p_identity_new_from_seed (bytes, NULL);
}

static gboolean
stdin_cb (int fd, GIOCondition condition, gpointer unused)
{
  guint8 chunk[4096];
  gssize n = read (fd, chunk, sizeof chunk);
  guint8 *end;

  if (n <= 0)
    {
      g_main_loop_quit (loop);
      return G_SOURCE_REMOVE;
    }
  g_byte_array_append (input, chunk, n);
  while (input->len > 0 && (end = memchr (input->data, '\n', input->len)) != NULL)
    {
      g_autofree char *line = g_strndup ((char *) input->data, end - input->data);

      g_byte_array_remove_range (input, 0, end - input->data + 1);
      run_line (line);
    }
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  gboolean kv = argc > 1 && strcmp (argv[1], "kv") == 0;
  gboolean dht = argc > 1 && strcmp (argv[1], "dht") == 0;
  g_autoptr (P2pProtocol) protocol = p2p_protocol_new ("bench", argc > 1 && !kv && !dht && strcmp (argv[1], "signed") != 0 ? argv[1] : "Plaintext");
  g_autoptr (P2pIdentity) identity = argc > 1 && strcmp (argv[1], "signed") == 0 ? make_identity () : NULL;
  g_autoptr (P2pLimits) limits = p2p_limits_new ();
  g_autoptr (GError) error = NULL;

  is_signed = identity != NULL;
  bench_record_init (&record);
  /* It reads the signal, as the window does. */
  limits->recv_queue = 0;
  if (dht)
    node = (P2pMeshSocket *) p2p_chord_socket_new (protocol, NULL, limits, 0, &error);
  else if (kv)
    node = (P2pMeshSocket *) p2p_sync_socket_new (protocol, NULL, limits, TRUE, &error);
  else
    node = p2p_mesh_socket_new (protocol, identity, limits, &error);
  table = kv ? P2P_SYNC_SOCKET (node) : NULL;
  chord = dht ? P2P_CHORD_SOCKET (node) : NULL;
  if (node == NULL || !p2p_mesh_socket_listen (node, "127.0.0.1", 0, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  g_signal_connect (node, "message", G_CALLBACK (message_cb), NULL);
  if (table != NULL)
    g_signal_connect (table, "update", G_CALLBACK (update_cb), NULL);
  if (chord != NULL)
    p2p_chord_socket_join (chord);
  input = g_byte_array_new ();
  loop = g_main_loop_new (NULL, FALSE);
  g_unix_fd_add (0, G_IO_IN | G_IO_HUP, stdin_cb, NULL);
  printf ("{\"ok\":1,\"addr\":\"%u\"}\n", p2p_mesh_socket_get_port (node));
  fflush (stdout);
  g_main_loop_run (loop);
  p2p_mesh_socket_close (node, NULL);
  g_clear_object (&node);
  g_clear_pointer (&input, g_byte_array_unref);
  g_main_loop_unref (loop);
  return 0;
}
