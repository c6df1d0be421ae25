/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-net.h"
#include "p2p/wire/p2p-compression.h"

#include <string.h>

/* What the net notes in the trace. */
enum {
  NOTE_START = TEST_EVENT_OTHER,
  NOTE_END,
  NOTE_SENT,                    /* the beginning of the id, bytes */
  NOTE_DELIVERED,               /* the beginning of the id, hops */
  NOTE_WHISPERED,
  NOTE_ADDED,                   /* number of the other host */
  NOTE_REMOVED,
};

const char *
sim_note_get_name (guint kind)
{
  static const char *names[] = { "start", "end", "sent", "delivered", "whispered", "added", "removed" };

  return kind >= NOTE_START && kind - NOTE_START < G_N_ELEMENTS (names) ? names[kind - NOTE_START] : "other";
}

void
sim_net_fail (SimNet *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (self->failure != NULL)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  self->failure = g_strdup_printf ("%.6f s: %s", test_world_now (self->world) / (double) SECOND, text);
}

static gboolean
has_failed (gpointer data)
{
  return ((SimNet *) data)->failure != NULL;
}

gboolean
sim_net_run (SimNet *self, gint64 span)
{
  return !test_world_run_until (self->world, has_failed, self, span);
}

static guint64
begin_of_id (const guint8 *id)
{
  guint64 begin;

  memcpy (&begin, id, sizeof begin);
  return begin;
}

/* ---- events ---- */

SimNode *
sim_net_find (SimNet *self, const char *id)
{
  return id != NULL ? g_hash_table_lookup (self->nodes_by_id, id) : NULL;
}

guint
sim_cast_get_hops (SimCast *self, SimNode *node)
{
  return node != NULL && node->index < self->hops->len ? self->hops->data[node->index] : 0;
}

static void
set_hops (SimCast *self, SimNode *node, guint hops)
{
  guint known = self->hops->len;

  if (node->index >= known)
    {
      g_byte_array_set_size (self->hops, node->net->nodes->len);
      memset (self->hops->data + known, 0, self->hops->len - known);
    }
  self->hops->data[node->index] = (guint8) MIN (hops, SIM_HOPS_UNKNOWN);
}

void
sim_net_hear (SimNet *self, SimCast *cast, SimNode *node, SimNode *from)
{
  guint hops = sim_cast_get_hops (cast, from);

  if (sim_cast_get_hops (cast, node) != 0)
    {
      sim_net_fail (self, "%s heard a message of %s twice, %.3f s after it was sent", test_host_get_name (node->host),
                    test_host_get_name (((SimNode *) self->nodes->pdata[cast->origin])->host),
                    (test_world_now (self->world) - cast->sent) / (double) SECOND);
      return;
    }
  hops = hops == 0 || hops == SIM_HOPS_UNKNOWN ? SIM_HOPS_UNKNOWN : hops + 1;
  set_hops (cast, node, hops);
  cast->n_delivered++;
  cast->heard_last = test_world_now (self->world);
  test_world_note (self->world, NOTE_DELIVERED, node->host, begin_of_id (cast->id), hops);
}

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  SimNode *self = data;
  SimNet *net = self->net;
  SimNode *origin;
  SimCast *cast;

  if (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    {
      self->whispers++;
      test_world_note (net->world, NOTE_WHISPERED, self->host, begin_of_id (p2p_message_peek_id (message)), 0);
      return;
    }
  cast = g_hash_table_lookup (net->casts_by_id, p2p_message_peek_id (message));
  if (cast != NULL)
    {
      sim_net_hear (net, cast, self, sim_net_find (net, p2p_peer_get_id (peer)));
      return;
    }
  origin = sim_net_find (net, p2p_message_get_sender (message));
  if (origin == NULL || net->kinds->data[origin->host_index] == SIM_KIND_OWN)
    sim_net_fail (net, "%s heard a message that nobody sent", test_host_get_name (self->host));
  self->strays++;
}

static void
app_cb (P2pAppFrame *frame, P2pMessage *message, P2pPeer *peer, gpointer data)
{
  SimNode *self = data;

  if (self->net->app != NULL)
    self->net->app (self, frame);
}

static void
note_peer (SimNode *self, guint kind, P2pPeer *peer)
{
  SimNode *other = sim_net_find (self->net, p2p_peer_get_id (peer));

  test_world_note (self->net->world, kind, self->host, other != NULL ? test_host_get_number (other->host) : 0, p2p_peer_get_outgoing (peer));
}

static void
note_known (SimNode *self, guint host)
{
  if (host < 64)
    self->known |= G_GUINT64_CONSTANT (1) << host;
}

static void
added_cb (P2pPeer *peer, gpointer data)
{
  SimNode *other = sim_net_find (((SimNode *) data)->net, p2p_peer_get_id (peer));

  if (other != NULL)
    note_known (data, other->host_index);
  note_peer (data, NOTE_ADDED, peer);
}

static void
removed_cb (P2pPeer *peer, const GError *error, gpointer data)
{
  note_peer (data, NOTE_REMOVED, peer);
}

static void
link_failed_cb (const char *address, const GError *error, gpointer data)
{
  ((SimNode *) data)->failed++;
}

static void
clock_skew_cb (gint64 skew, gpointer data)
{
  SimNode *self = data;

  self->skew = skew;
  if (self->skew_told == 0 && skew != 0)
    self->skew_told = test_world_now (self->net->world);
}

/* What a model's program got since we looked. */
static void
listen_to_model (SimNode *self)
{
  GPtrArray *heard = sim07_peer_get_heard (self->model);

  while (self->n_heard < heard->len)
    {
      Sim07Heard *one = heard->pdata[self->n_heard++];
      SimCast *cast = g_hash_table_lookup (self->net->casts_by_id, one->id);

      if (cast != NULL)
        sim_net_hear (self->net, cast, self, NULL);
      else
        self->whispers++;
    }
}

static void
observe (TestWorld *world, TestHost *host, gpointer data)
{
  SimNet *self = data;
  guint index = test_host_get_number (host) - 1;
  SimNode *node = index < self->current->len ? self->current->pdata[index] : NULL;
  g_autofree char *fault = NULL;

  if (node == NULL)
    return;
  if (node->model != NULL)
    {
      listen_to_model (node);
      return;
    }
  node->unchecked++;
  fault = p2p_mesh_node_check (node->node, node->unchecked >= self->check_every);
  if (node->unchecked >= self->check_every)
    node->unchecked = 0;
  if (fault != NULL)
    sim_net_fail (self, "%s: %s", test_host_get_name (host), fault);
}

/* ---- the net ---- */

static void
free_cast (gpointer data)
{
  SimCast *cast = data;

  g_byte_array_unref (cast->hops);
  g_free (cast);
}

static guint
hash_cast_id (gconstpointer id)
{
  return (guint) begin_of_id (id);
}

static gboolean
equal_cast_ids (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, P2P_SHA256_LENGTH) == 0;
}

SimNet *
sim_net_new (guint64 seed, guint n_hosts)
{
  SimNet *self = g_new0 (SimNet, 1);

  self->world = test_world_new (seed);
  self->protocol = p2p_protocol_new ("simulator", P2P_ENCRYPTION_PLAINTEXT);
  p2p_limits_init (&self->limits);
  self->check_every = 1;
  self->hosts = g_ptr_array_new ();
  self->identities = g_ptr_array_new ();
  self->current = g_ptr_array_new ();
  self->nodes = g_ptr_array_new_with_free_func (g_free);
  self->nodes_by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->casts = g_ptr_array_new_with_free_func (free_cast);
  self->casts_by_id = g_hash_table_new (hash_cast_id, equal_cast_ids);
  for (guint i = 0; i < n_hosts; i++)
    {
      g_autofree char *name = g_strdup_printf ("h%u", i);
      /* Public addresses, four to a /16 and two to a /24 of it. */
      g_autofree char *address = g_strdup_printf ("%u.%u.%u.%u", 11 + i / 4 % 100, i / 400, i % 2, 1 + i % 4);

      g_ptr_array_add (self->hosts, test_world_add_host_at (self->world, name, address));
    }
  self->kinds = g_byte_array_new ();
  g_byte_array_set_size (self->kinds, n_hosts);
  memset (self->kinds->data, SIM_KIND_OWN, n_hosts);
  self->methods = g_byte_array_new ();
  g_byte_array_set_size (self->methods, n_hosts);
  memset (self->methods->data, SIM_ALL_METHODS, n_hosts);
  g_ptr_array_set_size (self->current, (int) n_hosts);
  g_ptr_array_set_size (self->identities, (int) n_hosts);
  test_world_set_observer (self->world, observe, self);
  return self;
}

static void
end_life (SimNode *node)
{
  SimNet *net = node->net;

  net->current->pdata[node->host_index] = NULL;
  node->died = test_world_now (net->world);
  test_world_note (net->world, NOTE_END, node->host, 0, 0);
  if (net->dies != NULL)
    net->dies (node);
  g_clear_pointer (&node->node, p2p_mesh_node_unref);
  g_clear_pointer (&node->model, sim07_peer_free);
}

void
sim_net_free (SimNet *self)
{
  test_world_set_observer (self->world, NULL, NULL);
  for (guint i = 0; i < self->current->len; i++)
    {
      SimNode *node = self->current->pdata[i];

      if (node == NULL)
        continue;
      if (node->node != NULL)
        p2p_mesh_node_set_events (node->node, NULL, NULL);
      end_life (node);
    }
  test_world_advance (self->world, 10 * SECOND);
  test_world_free (self->world);
  p2p_protocol_unref (self->protocol);
  g_ptr_array_unref (self->hosts);
  for (guint i = 0; i < self->identities->len; i++)
    g_clear_pointer ((P2pIdentity **) &self->identities->pdata[i], p2p_identity_unref);
  g_ptr_array_unref (self->identities);
  g_byte_array_unref (self->kinds);
  g_byte_array_unref (self->methods);
  g_ptr_array_unref (self->current);
  g_hash_table_unref (self->nodes_by_id);
  g_hash_table_unref (self->casts_by_id);
  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->casts);
  g_free (self->failure);
  g_free (self->note);
  g_free (self);
}

/* ---- nodes ---- */

void
sim_net_set_key (SimNet *self, guint host, gint64 key)
{
  g_autofree char *name = g_strdup_printf ("%s %" G_GINT64_FORMAT, test_host_get_name (self->hosts->pdata[host]), key);
  g_autoptr (GBytes) bytes = NULL;
  guint8 seed[32];

  p2p_sha256 ((const guint8 *) name, strlen (name), seed);
  bytes = g_bytes_new (seed, sizeof seed);
  g_clear_pointer ((P2pIdentity **) &self->identities->pdata[host], p2p_identity_unref);
  self->identities->pdata[host] = p2p_identity_new_from_seed (bytes, NULL);
}

static P2pIdentity *
get_identity (SimNet *self, guint host)
{
  if (self->identities->pdata[host] == NULL)
    sim_net_set_key (self, host, 0);
  return self->identities->pdata[host];
}

/* FALSE: what it is by default. */
static gboolean
choose_methods (SimNode *self, guint8 *methods, gsize *n_methods)
{
  guint8 mask = self->net->methods->data[self->host_index];
  gsize n;
  const guint8 *all = p2p_get_compression_methods (&n);

  *n_methods = 0;
  for (gsize i = 0; mask != SIM_ALL_METHODS && i < MIN (n, 7); i++)
    if ((mask >> i & 1) != 0)
      methods[(*n_methods)++] = all[i];
  return mask != SIM_ALL_METHODS || !self->net->compressing;
}

static void
start_own (SimNode *self)
{
  static const P2pMeshNodeEvents events = {
    .added = added_cb,
    .removed = removed_cb,
    .link_failed = link_failed_cb,
    .message = message_cb,
  .app = app_cb,
    .clock_skew = clock_skew_cb,
  };
  SimNet *net = self->net;
  guint8 methods[8];
  gsize n_methods;
  g_autoptr (GError) error = NULL;

  self->node = p2p_mesh_node_new (test_host_get_env (self->host), net->protocol, get_identity (net, self->host_index), &net->limits, &error);
  g_assert_no_error (error);
  p2p_mesh_node_set_events (self->node, &events, self);
  if (choose_methods (self, methods, &n_methods))
    p2p_mesh_node_set_methods (self->node, methods, n_methods);
  if (net->max_outgoing > 0)
    p2p_mesh_node_set_max_outgoing (self->node, net->max_outgoing);
  if (net->born != NULL)
    net->born (self);
  p2p_mesh_node_listen (self->node, test_host_get_address (self->host), SIM_PORT, &error);
  g_assert_no_error (error);
}

static void
start_model (SimNode *self)
{
  guint8 methods[8];
  Sim07Options options = { .host = test_host_get_address (self->host), .port = SIM_PORT, .protocol_id = p2p_protocol_get_id (self->net->protocol) };

  if (choose_methods (self, methods, &options.n_methods))
    options.methods = methods;
  self->model = sim07_peer_new (test_host_get_env (self->host), &options);
  if (self->net->born != NULL)
    self->net->born (self);
}

SimNode *
sim_net_start (SimNet *self, guint host)
{
  SimNode *node;

  if (self->current->pdata[host] != NULL)
    return NULL;
  node = g_new0 (SimNode, 1);
  node->net = self;
  node->index = self->nodes->len;
  node->host_index = host;
  node->host = self->hosts->pdata[host];
  node->born = test_world_now (self->world);
  test_host_return (node->host);
  g_ptr_array_add (self->nodes, node);
  self->current->pdata[host] = node;
  test_world_note (self->world, NOTE_START, node->host, 0, 0);
  if (self->kinds->data[host] == SIM_KIND_PY2P)
    start_model (node);
  else
    start_own (node);
  g_hash_table_replace (self->nodes_by_id, g_strdup (sim_node_get_id (node)), node);
  return node;
}

SimNode *
sim_net_get (SimNet *self, guint host)
{
  return host < self->current->len ? self->current->pdata[host] : NULL;
}

void
sim_net_leave (SimNet *self, guint host)
{
  SimNode *node = sim_net_get (self, host);

  if (node != NULL)
    end_life (node);
}

void
sim_net_crash (SimNet *self, guint host, gboolean told)
{
  SimNode *node = sim_net_get (self, host);

  if (node == NULL)
    return;
  test_host_vanish (node->host, told);
  end_life (node);
}

const char *
sim_node_get_id (SimNode *self)
{
  if (self->node != NULL)
    return p2p_mesh_node_get_id (self->node);
  return self->model != NULL ? sim07_peer_get_id (self->model) : NULL;
}

gboolean
sim_node_has_link (SimNode *self, SimNode *other)
{
  const char *id = sim_node_get_id (other);
  Sim07Conn *conn;

  if (id == NULL || self == other)
    return FALSE;
  if (self->node != NULL)
    return p2p_mesh_node_find_peer (self->node, id) != NULL;
  conn = self->model != NULL ? sim07_peer_find (self->model, id) : NULL;
  return conn != NULL && sim07_conn_has_id (conn) && !sim07_conn_is_over (conn);
}

void
sim_net_connect (SimNet *self, guint from, guint to)
{
  SimNode *node = sim_net_get (self, from);
  const char *address = test_host_get_address (self->hosts->pdata[to]);

  if (node != NULL && node->node != NULL)
    p2p_mesh_node_connect (node->node, address, SIM_PORT, NULL, NULL, NULL);
  else if (node != NULL)
    sim07_peer_connect (node->model, address, SIM_PORT, NULL);
}

/* ---- what is said ---- */

static char *
new_text (SimNet *self, gsize length)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%" G_GUINT64_FORMAT " ", ++self->n_text);
  while (text->len < length)
    g_string_append_printf (text, "word %" G_GSIZE_FORMAT " ", text->len);
  return g_string_free (text, FALSE);
}

static GVariant *
new_packets (const char *text)
{
  GVariant *packets[2];

  packets[0] = g_variant_new_variant (g_variant_new_int64 (0));
  packets[1] = g_variant_new_variant (g_variant_new_string (text));
  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets));
}

static SimCast *
add_cast (SimNode *node, const guint8 *id, gsize length)
{
  SimNet *net = node->net;
  SimCast *cast = g_new0 (SimCast, 1);

  memcpy (cast->id, id, sizeof cast->id);
  cast->origin = node->index;
  cast->sent = test_world_now (net->world);
  cast->hops = g_byte_array_new ();
  set_hops (cast, node, 1);
  g_ptr_array_add (net->casts, cast);
  g_hash_table_insert (net->casts_by_id, cast->id, cast);
  test_world_note (net->world, NOTE_SENT, node->host, begin_of_id (cast->id), length);
  return cast;
}

SimCast *
sim_net_send (SimNet *self, guint host, gsize length)
{
  SimNode *node = sim_net_get (self, host);
  g_autofree char *text = NULL;
  g_autoptr (P2pMessage) message = NULL;
  guint8 id[P2P_SHA256_LENGTH];
  SimCast *cast;

  if (node == NULL)
    return NULL;
  text = new_text (self, length);
  if (node->model != NULL)
    return sim07_peer_say (node->model, text, id) ? add_cast (node, id, length) : NULL;
  message = p2p_mesh_node_new_message (node->node, P2P_FLAG_BROADCAST, new_packets (text), NULL);
  cast = add_cast (node, p2p_message_peek_id (message), length);
  p2p_mesh_node_send_message (node->node, message);
  return cast;
}

void
sim_net_whisper (SimNet *self, guint from, guint to, gsize length)
{
  SimNode *node = sim_net_get (self, from);
  SimNode *other = sim_net_get (self, to);
  g_autofree char *text = NULL;

  if (node == NULL || other == NULL || node == other)
    return;
  text = new_text (self, length);
  if (node->model != NULL)
    sim07_peer_whisper (node->model, sim_node_get_id (other), text);
  else
    p2p_mesh_node_whisper_to (node->node, sim_node_get_id (other), P2P_ID_FORM_STR, new_packets (text), NULL, NULL);
}
