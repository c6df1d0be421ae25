/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-scenario.h"

#include <string.h>

SimScenario *
sim_scenario_new (guint64 seed, guint n_hosts, gint64 duration)
{
  SimScenario *self = g_new0 (SimScenario, 1);

  self->seed = seed;
  self->n_hosts = n_hosts;
  self->duration = duration;
  self->path = (TestPath) { .delay = 40 * MILLISECOND, .spread = 0.7, .least = 5 * MILLISECOND, .most = 200 * MILLISECOND };
  p2p_limits_init (&self->limits);
  self->events = g_array_new (FALSE, FALSE, sizeof (SimEvent));
  return self;
}

SimScenario *
sim_scenario_copy (const SimScenario *self)
{
  SimScenario *copy = g_memdup2 (self, sizeof *self);

  copy->events = g_array_new (FALSE, FALSE, sizeof (SimEvent));
  g_array_append_vals (copy->events, self->events->data, self->events->len);
  return copy;
}

void
sim_scenario_free (SimScenario *self)
{
  g_array_unref (self->events);
  g_free (self);
}

void
sim_scenario_add (SimScenario *self, gint64 time, SimEventKind kind, guint a, guint b, gint64 value)
{
  SimEvent event = { time, kind, a, b, value };

  g_array_append_val (self->events, event);
}

/* ---- as text ---- */

static const char *names[] = {
  "start", "key", "py2p", "methods", "return", "leave", "crash", "connect", "disconnect", "send", "whisper", "ask", "cut", "stall", "resume", "sever",
  "group", "skew", "slow", "refuse", "silent", "set", "delete", "delta", "peace", "check",
};

static void
print_event (GString *text, const SimEvent *event)
{
  g_string_append_printf (text, "%12.6f s  %-10s h%u", event->time / (double) SECOND, names[event->kind], event->a);
  switch (event->kind)
    {
    case SIM_RETURN:
    case SIM_CONNECT:
    case SIM_DISCONNECT:
    case SIM_CUT:
    case SIM_STALL:
    case SIM_RESUME:
      g_string_append_printf (text, " h%u", event->b);
      break;
    case SIM_SET:
    case SIM_DELETE:
    case SIM_DELTA:
      g_string_append_printf (text, " key %u %" G_GINT64_FORMAT, event->b, event->value);
      break;
    case SIM_WHISPER:
    case SIM_GROUP:
      g_string_append_printf (text, " h%u %" G_GINT64_FORMAT, event->b, event->value);
      break;
    case SIM_CRASH:
      g_string_append (text, event->value != 0 ? " and its system tells" : " without a word");
      break;
    case SIM_KEY:
    case SIM_PY2P:
    case SIM_METHODS:
    case SIM_SEND:
    case SIM_SKEW:
    case SIM_SLOW:
    case SIM_REFUSE:
    case SIM_SILENT:
    case SIM_CHECK:
      g_string_append_printf (text, " %" G_GINT64_FORMAT, event->value);
      break;
    case SIM_START:
    case SIM_LEAVE:
    case SIM_SEVER:
    case SIM_ASK:
    case SIM_PEACE:
    default:
      break;
    }
  g_string_append_c (text, '\n');
}

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const SimEvent *one = *(const SimEvent *const *) a, *two = *(const SimEvent *const *) b;

  if (one->time != two->time)
    return one->time < two->time ? -1 : 1;
  return one < two ? -1 : one > two;
}

char *
sim_scenario_print (const SimScenario *self)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();

  g_string_append_printf (text, "seed %" G_GUINT64_FORMAT ", %u hosts, %.1f s, delay %.1f ms%s%s%s%s%s\n", self->seed, self->n_hosts,
                          self->duration / (double) SECOND, self->path.delay / (double) MILLISECOND,
                          self->path.spread > 0 ? " (log-normal)" : "", self->path.chunk > 0 ? ", in pieces" : "",
                          self->path.split_headers ? ", cut in headers" : "",
                          self->compressing ? ", compressing" : "", self->secure ? ", secure" : "");
  for (guint i = 0; i < self->events->len; i++)
    g_ptr_array_add (order, &g_array_index (self->events, SimEvent, i));
  g_ptr_array_sort (order, compare_events);
  for (guint i = 0; i < order->len; i++)
    print_event (text, order->pdata[i]);
  return g_string_free (text, FALSE);
}

/* ---- a run ---- */

typedef struct {
  SimNet *net;
  const SimScenario *scenario;
} Run;

typedef struct {
  Run *run;
  const SimEvent *event;
} Due;

static TestConn *
find_conn (SimNet *net, guint a, guint b)
{
  TestConn *conn = test_world_find_conn (net->world, net->hosts->pdata[a], net->hosts->pdata[b]);

  return conn != NULL ? conn : test_world_find_conn (net->world, net->hosts->pdata[b], net->hosts->pdata[a]);
}

static void
part_from (SimNet *net, guint a, guint b)
{
  SimNode *node = sim_net_get (net, a);
  SimNode *other = sim_net_get (net, b);
  P2pPeer *peer = node != NULL && node->node != NULL && other != NULL ? p2p_mesh_node_find_peer (node->node, sim_node_get_id (other)) : NULL;

  if (peer != NULL)
    p2p_mesh_node_disconnect (node->node, peer);
}

static void
do_to_conn (SimNet *net, const SimEvent *event)
{
  TestConn *conn = find_conn (net, event->a, event->b);

  if (conn == NULL)
    return;
  if (event->kind == SIM_CUT)
    test_conn_cut (conn);
  else
    test_conn_stall (conn, event->kind == SIM_STALL);
}

static void
sever (SimNet *net)
{
  for (guint i = 0; i < test_world_get_n_conns (net->world); i++)
    {
      TestConn *conn = test_world_get_conn (net->world, i);

      if (test_host_get_group (test_conn_get_host (conn, 0)) != test_host_get_group (test_conn_get_host (conn, 1)))
        test_conn_cut (conn);
    }
}

static void
make_peace (SimNet *net)
{
  for (guint i = 0; i < net->hosts->len; i++)
    {
      TestHost *host = net->hosts->pdata[i];

      test_host_set_group (host, 0);
      test_host_set_refusing (host, FALSE);
      test_host_set_silent (host, FALSE);
      test_host_set_read_rate (host, 0);
    }
  for (guint i = 0; i < test_world_get_n_conns (net->world); i++)
    test_conn_stall (test_world_get_conn (net->world, i), FALSE);
  net->peace = TRUE;
}

static void
do_to_host (SimNet *net, const SimEvent *event)
{
  TestHost *host = net->hosts->pdata[event->a];

  if (event->kind == SIM_SKEW)
    test_host_set_utc_skew (host, event->value * MILLISECOND);
  else if (event->kind == SIM_SLOW)
    test_host_set_read_rate (host, (gsize) event->value);
  else if (event->kind == SIM_REFUSE)
    test_host_set_refusing (host, event->value != 0);
  else
    test_host_set_silent (host, event->value != 0);
}

static void
event_cb (gpointer data)
{
  Due *due = data;
  const SimEvent *event = due->event;
  SimNet *net = due->run->net;
  SimNode *node = sim_net_get (net, event->a);

  if (net->failure != NULL)
    return;
  switch (event->kind)
    {
    case SIM_START:
      sim_net_start (net, event->a);
      break;
    case SIM_KEY:
      sim_net_set_key (net, event->a, event->value);
      break;
    case SIM_PY2P:
      net->kinds->data[event->a] = event->value != 0 ? SIM_KIND_PY2P : SIM_KIND_OWN;
      break;
    case SIM_METHODS:
      net->methods->data[event->a] = (guint8) event->value;
      break;
    case SIM_RETURN:
      if (sim_net_start (net, event->a) != NULL)
        sim_net_connect (net, event->a, event->b);
      break;
    case SIM_LEAVE:
      sim_net_leave (net, event->a);
      break;
    case SIM_CRASH:
      sim_net_crash (net, event->a, event->value != 0);
      break;
    case SIM_CONNECT:
      sim_net_connect (net, event->a, event->b);
      break;
    case SIM_DISCONNECT:
      part_from (net, event->a, event->b);
      break;
    case SIM_SEND:
      sim_net_send (net, event->a, (gsize) event->value);
      break;
    case SIM_WHISPER:
      sim_net_whisper (net, event->a, event->b, (gsize) event->value);
      break;
    case SIM_ASK:
      if (node != NULL && node->node != NULL)
        p2p_mesh_node_request_peers (node->node);
      break;
    case SIM_CUT:
    case SIM_STALL:
    case SIM_RESUME:
      do_to_conn (net, event);
      break;
    case SIM_SEVER:
      sever (net);
      break;
    case SIM_SET:
    case SIM_DELETE:
    case SIM_DELTA:
      due->run->scenario->write (net, event);
      break;
    case SIM_PEACE:
      make_peace (net);
      break;
    case SIM_GROUP:
      for (guint i = event->a; i <= event->b; i++)
        test_host_set_group (net->hosts->pdata[i], (guint) event->value);
      break;
    case SIM_SKEW:
    case SIM_SLOW:
    case SIM_REFUSE:
    case SIM_SILENT:
      do_to_host (net, event);
      break;
    case SIM_CHECK:
    default:
      if (due->run->scenario->check != NULL)
        due->run->scenario->check (net, due->run->scenario, event->value);
      break;
    }
}

void
sim_net_note (SimNet *net, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_free (net->note);
  net->note = g_strdup_vprintf (format, args);
  va_end (args);
}

void
sim_scenario_run (const SimScenario *self, TestTracer tracer, gpointer data, SimResult *result)
{
  g_autofree Due *due = g_new (Due, self->events->len);
  SimNet *net = sim_net_new (self->seed, self->n_hosts);
  Run run = { net, self };

  test_world_set_path (net->world, &self->path);
  test_world_set_tracer (net->world, tracer, data);
  net->limits = self->limits;
  net->max_outgoing = self->max_outgoing;
  net->compressing = self->compressing;
  if (self->secure)
    {
      p2p_protocol_unref (net->protocol);
      net->protocol = p2p_protocol_new ("simulator", P2P_ENCRYPTION_SSL);
    }
  net->check_every = MAX (1, self->check_every);
  if (self->prepare != NULL)
    self->prepare (net, self);
  for (guint i = 0; i < self->events->len; i++)
    {
      due[i] = (Due) { &run, &g_array_index (self->events, SimEvent, i) };
      test_world_schedule (net->world, due[i].event->time, event_cb, &due[i]);
    }
  if (sim_net_run (net, self->duration) && self->finish != NULL)
    self->finish (net, self);
  *result = (SimResult) { g_steal_pointer (&net->failure), g_steal_pointer (&net->note),
                          test_world_get_hash (net->world), test_world_get_n_events (net->world), { 0 } };
  memcpy (result->counts, net->counts, sizeof result->counts);
  test_world_set_tracer (net->world, NULL, NULL);
  if (self->clear != NULL)
    self->clear (net);
  /* What is left of the events finds a net that has failed, and does nothing. */
  if (net->failure == NULL)
    net->failure = g_strdup ("it is over");
  sim_net_free (net);
}

void
sim_result_clear (SimResult *self)
{
  g_clear_pointer (&self->failure, g_free);
  g_clear_pointer (&self->note, g_free);
}
