/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-net.h"

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

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  SimNode *self = data;
  SimNet *net = self->net;
  SimCast *cast;
  guint hops;

  if (p2p_message_get_flag (message) != P2P_FLAG_BROADCAST)
    {
      self->whispers++;
      test_world_note (net->world, NOTE_WHISPERED, self->host, begin_of_id (p2p_message_peek_id (message)), 0);
      return;
    }
  cast = g_hash_table_lookup (net->casts_by_id, p2p_message_peek_id (message));
  if (cast == NULL)
    {
      sim_net_fail (net, "%s heard a message that nobody sent", test_host_get_name (self->host));
      return;
    }
  if (sim_cast_get_hops (cast, self) != 0)
    {
      sim_net_fail (net, "%s heard a message of %s twice, %.3f s after it was sent", test_host_get_name (self->host),
                    test_host_get_name (((SimNode *) net->nodes->pdata[cast->origin])->host),
                    (test_world_now (net->world) - cast->sent) / (double) SECOND);
      return;
    }
  hops = sim_cast_get_hops (cast, sim_net_find (net, p2p_peer_get_id (peer)));
  hops = hops == 0 ? SIM_HOPS_UNKNOWN : hops + 1;
  set_hops (cast, self, hops);
  cast->n_delivered++;
  test_world_note (net->world, NOTE_DELIVERED, self->host, begin_of_id (cast->id), hops);
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
observe (TestWorld *world, TestHost *host, gpointer data)
{
  SimNet *self = data;
  guint index = test_host_get_number (host) - 1;
  SimNode *node = index < self->current->len ? self->current->pdata[index] : NULL;
  g_autofree char *fault = NULL;

  if (node == NULL)
    return;
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
  g_clear_pointer (&node->node, p2p_mesh_node_unref);
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

SimNode *
sim_net_start (SimNet *self, guint host)
{
  static const P2pMeshNodeEvents events = {
    .added = added_cb,
    .removed = removed_cb,
    .link_failed = link_failed_cb,
    .message = message_cb,
  };
  static const guint8 none[1];
  g_autoptr (GError) error = NULL;
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
  node->node = p2p_mesh_node_new (test_host_get_env (node->host), self->protocol, get_identity (self, host), &self->limits, &error);
  g_assert_no_error (error);
  p2p_mesh_node_set_events (node->node, &events, node);
  if (!self->compressing)
    p2p_mesh_node_set_methods (node->node, none, 0);
  if (self->max_outgoing > 0)
    p2p_mesh_node_set_max_outgoing (node->node, self->max_outgoing);
  g_ptr_array_add (self->nodes, node);
  self->current->pdata[host] = node;
  g_hash_table_replace (self->nodes_by_id, g_strdup (p2p_mesh_node_get_id (node->node)), node);
  test_world_note (self->world, NOTE_START, node->host, 0, 0);
  p2p_mesh_node_listen (node->node, test_host_get_address (node->host), SIM_PORT, &error);
  g_assert_no_error (error);
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

void
sim_net_connect (SimNet *self, guint from, guint to)
{
  SimNode *node = sim_net_get (self, from);

  if (node != NULL)
    p2p_mesh_node_connect (node->node, test_host_get_address (self->hosts->pdata[to]), SIM_PORT, NULL, NULL, NULL);
}

/* ---- what is said ---- */

static GVariant *
new_packets (SimNet *self, gsize length)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GVariant *packets[2];

  g_string_printf (text, "%" G_GUINT64_FORMAT " ", ++self->n_text);
  while (text->len < length)
    g_string_append_printf (text, "word %" G_GSIZE_FORMAT " ", text->len);
  packets[0] = g_variant_new_variant (g_variant_new_int64 (0));
  packets[1] = g_variant_new_variant (g_variant_new_string (text->str));
  return g_variant_new_array (G_VARIANT_TYPE_VARIANT, packets, G_N_ELEMENTS (packets));
}

SimCast *
sim_net_send (SimNet *self, guint host, gsize length)
{
  SimNode *node = sim_net_get (self, host);
  g_autoptr (P2pMessage) message = NULL;
  SimCast *cast;

  if (node == NULL)
    return NULL;
  message = p2p_mesh_node_new_message (node->node, P2P_FLAG_BROADCAST, new_packets (self, length), NULL);
  cast = g_new0 (SimCast, 1);
  memcpy (cast->id, p2p_message_peek_id (message), sizeof cast->id);
  cast->origin = node->index;
  cast->sent = test_world_now (self->world);
  cast->hops = g_byte_array_new ();
  set_hops (cast, node, 1);
  g_ptr_array_add (self->casts, cast);
  g_hash_table_insert (self->casts_by_id, cast->id, cast);
  test_world_note (self->world, NOTE_SENT, node->host, begin_of_id (cast->id), length);
  p2p_mesh_node_send_message (node->node, message);
  return cast;
}

void
sim_net_whisper (SimNet *self, guint from, guint to, gsize length)
{
  SimNode *node = sim_net_get (self, from);
  SimNode *other = sim_net_get (self, to);

  if (node != NULL && other != NULL && node != other)
    p2p_mesh_node_whisper_to (node->node, p2p_mesh_node_get_id (other->node), P2P_ID_FORM_STR, new_packets (self, length), NULL, NULL);
}

/* ---- what it looks like ---- */

guint
sim_net_count_alive (SimNet *self)
{
  guint n = 0;

  for (guint i = 0; i < self->current->len; i++)
    n += self->current->pdata[i] != NULL;
  return n;
}

static gboolean
is_old_enough (SimNet *self, SimNode *node, gint64 age)
{
  return node != NULL && test_world_now (self->world) - node->born >= age;
}

guint
sim_net_count_parts (SimNet *self, gint64 age, guint *part)
{
  g_autofree guint *own = part == NULL ? g_new (guint, self->current->len) : NULL;
  g_autofree guint *waiting = g_new (guint, self->current->len);
  guint n_parts = 0;

  if (part == NULL)
    part = own;
  memset (part, 0, self->current->len * sizeof *part);
  for (guint first = 0; first < self->current->len; first++)
    {
      guint n_waiting = 0;

      if (part[first] != 0 || !is_old_enough (self, self->current->pdata[first], age))
        continue;
      part[first] = ++n_parts;
      waiting[n_waiting++] = first;
      while (n_waiting > 0)
        {
          SimNode *node = self->current->pdata[waiting[--n_waiting]];

          for (guint i = 0; i < p2p_mesh_node_get_n_peers (node->node); i++)
            {
              SimNode *other = sim_net_find (self, p2p_peer_get_id (p2p_mesh_node_get_peer (node->node, i)));

              if (other == NULL || other->node == NULL || part[other->host_index] != 0 || !is_old_enough (self, other, age))
                continue;
              /* What only one of them has in its table, or what is dead without their knowing, joins nothing. */
              if (p2p_mesh_node_find_peer (other->node, p2p_mesh_node_get_id (node->node)) == NULL ||
                  test_host_get_group (node->host) != test_host_get_group (other->host))
                continue;
              part[other->host_index] = n_parts;
              waiting[n_waiting++] = other->host_index;
            }
        }
    }
  return n_parts;
}

guint
sim_net_count_known_parts (SimNet *self)
{
  guint n = MIN (self->current->len, 64);
  guint64 left = 0;
  guint parts = 0;

  for (guint i = 0; i < n; i++)
    if (self->current->pdata[i] != NULL)
      left |= G_GUINT64_CONSTANT (1) << i;
  for (; left != 0; parts++)
    {
      guint64 part = left & -left, before;

      do
        {
          before = part;
          for (guint i = 0; i < n; i++)
            {
              SimNode *node = self->current->pdata[i];
              guint64 bit = G_GUINT64_CONSTANT (1) << i;

              if (node != NULL && (part & bit) != 0)
                part |= node->known & left;
              else if (node != NULL && (node->known & part) != 0)
                part |= bit;
            }
        }
      while (part != before);
      left &= ~part;
    }
  return parts;
}

void
sim_net_sum_stats (SimNet *self, P2pNodeStats *sum)
{
  memset (sum, 0, sizeof *sum);
  for (guint i = 0; i < self->current->len; i++)
    {
      SimNode *node = self->current->pdata[i];
      P2pNodeStats stats;

      if (node == NULL)
        continue;
      p2p_mesh_node_get_stats (node->node, &stats);
      sum->messages_in += stats.messages_in;
      sum->messages_out += stats.messages_out;
      sum->bytes_in += stats.bytes_in;
      sum->bytes_out += stats.bytes_out;
      sum->relayed += stats.relayed;
      sum->duplicates += stats.duplicates;
      sum->delivered += stats.delivered;
      sum->links_established += stats.links_established;
    }
}
