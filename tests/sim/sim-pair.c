/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim-pair.h"

#include <string.h>

#include "p2p/wire/p2p-digest.h"

#define PORT 4000
#define N_IDENTITIES 64
#define DIAL_SPAN (300 * G_TIME_SPAN_MILLISECOND)
/* From the last moment at which somebody may dial */
#define SETTLE_SPAN (2 * G_TIME_SPAN_SECOND)
#define TALK_SPAN G_TIME_SPAN_SECOND
#define MIN_DELAY (5 * G_TIME_SPAN_MILLISECOND)
#define MAX_DELAY (200 * G_TIME_SPAN_MILLISECOND)
#define SEGMENT 1460

/* ---- ours ---- */

static void
message_cb (P2pMessage *message, P2pPeer *peer, gpointer data)
{
  SimPairEnd *end = data;

  if (p2p_message_get_flag (message) == P2P_FLAG_BROADCAST)
    end->broadcasts++;
  else
    end->whispers++;
}

static void
log_cb (guint level, const char *text, gpointer data)
{
  SimPairEnd *end = data;

  g_printerr ("%8.3f  %s: %s\n", p2p_clock_now (test_host_get_env (end->host)->clock) / 1e6, test_host_get_name (end->host), text);
}

static P2pIdentity *
take_identity (guint64 number)
{
  guint8 seed[32];
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = g_strdup_printf ("pair %" G_GUINT64_FORMAT, number % N_IDENTITIES);

  p2p_sha256 ((const guint8 *) text, strlen (text), seed);
  bytes = g_bytes_new (seed, sizeof seed);
  return p2p_identity_new_from_seed (bytes, NULL);
}

static void
start_own (SimPair *self, guint index, guint64 identity)
{
  static const P2pMeshNodeEvents events = { .message = message_cb, .log = log_cb };
  SimPairEnd *end = &self->ends[index];
  g_autoptr (P2pIdentity) key = take_identity (identity);

  end->own = p2p_mesh_node_new (test_host_get_env (end->host), self->protocol, key, NULL, NULL);
  p2p_mesh_node_set_events (end->own, &events, end);
  if (self->kind == SIM_PAIR_PROVEN)
    {
      end->x1 = p2p_x1_new (end->own);
      p2p_mesh_node_set_late_hello (end->own, self->seed % 2 == 0);
    }
  if (!p2p_mesh_node_listen (end->own, test_host_get_address (end->host), PORT, NULL))
    g_assert_not_reached ();
}

static void
start_model (SimPair *self, guint index)
{
  SimPairEnd *end = &self->ends[index];
  Sim07Options options = { .host = test_host_get_address (end->host), .port = PORT, .protocol_id = p2p_protocol_get_id (self->protocol) };

  end->model = sim07_peer_new (test_host_get_env (end->host), &options);
}

static const char *
id_of (SimPairEnd *end)
{
  return end->own != NULL ? p2p_mesh_node_get_id (end->own) : sim07_peer_get_id (end->model);
}

/* ---- what the seed says ---- */

static void
choose_path (SimPair *self, TestRng *rng)
{
  self->path.delay = MIN_DELAY + (gint64) test_rng_below (rng, (guint32) (MAX_DELAY - MIN_DELAY));
  if (test_rng_below (rng, 2) == 0)
    self->path.jitter = 1 + (gint64) test_rng_below (rng, (guint32) (MAX_DELAY - MIN_DELAY));
  /* Whatever the pieces: towards py2p some of them kill a link, which is another matter (quirk B2). */
  switch (test_rng_below (rng, 8))
    {
    case 0:
      self->path.chunk = 1;
      break;
    case 1:
    case 2:
    case 3:
      self->path.chunk = self->kind != SIM_PAIR_MODEL ? SEGMENT : 0;
      self->path.chunk_random = TRUE;
      break;
    default:
      break;
    }
}

SimPair *
sim_pair_new (guint64 seed, SimPairKind kind)
{
  static const char *const names[] = { "one", "two" };
  SimPair *self = g_new0 (SimPair, 1);
  TestRng *rng;
  guint64 identity;

  self->seed = seed;
  self->kind = kind;
  self->world = test_world_new (seed);
  self->protocol = p2p_protocol_new ("pair", P2P_ENCRYPTION_PLAINTEXT);
  rng = test_world_get_rng (self->world);
  choose_path (self, rng);
  test_world_set_path (self->world, &self->path);
  identity = test_rng_below (rng, N_IDENTITIES);
  for (guint i = 0; i < 2; i++)
    {
      SimPairEnd *end = &self->ends[i];

      end->host = test_world_add_host (self->world, names[i]);
      if (i == 1 && kind == SIM_PAIR_MODEL)
        start_model (self, i);
      else
        start_own (self, i, identity + i * (1 + test_rng_below (rng, N_IDENTITIES - 1)));
    }
  for (guint i = 0; i < 2; i++)
    {
      SimPairEnd *end = &self->ends[i];

      end->dials = 1 + test_rng_below (rng, G_N_ELEMENTS (end->dial_at));
      for (guint j = 0; j < end->dials; j++)
        {
          end->dial_at[j] = (gint64) test_rng_below (rng, (guint32) DIAL_SPAN);
          end->dial_id[j] = test_rng_below (rng, 2) == 0;
        }
    }
  return self;
}

void
sim_pair_free (SimPair *self)
{
  for (guint i = 0; i < 2; i++)
    {
      if (self->ends[i].own != NULL)
        p2p_mesh_node_set_events (self->ends[i].own, NULL, NULL);
      g_clear_pointer (&self->ends[i].x1, p2p_x1_free);
      g_clear_pointer (&self->ends[i].own, p2p_mesh_node_unref);
      g_clear_pointer (&self->ends[i].model, sim07_peer_free);
    }
  test_world_advance (self->world, 5 * G_TIME_SPAN_SECOND);
  test_world_free (self->world);
  p2p_protocol_unref (self->protocol);
  g_free (self);
}

/* ---- the run ---- */

typedef struct {
  SimPair *pair;
  guint from;
  guint index;
} Dial;

static void
ignore_cb (P2pPeer *peer, const GError *error, gpointer data)
{
}

static void
dial_cb (gpointer data)
{
  Dial *dial = data;
  SimPairEnd *from = &dial->pair->ends[dial->from], *to = &dial->pair->ends[1 - dial->from];
  const char *id = from->dial_id[dial->index] ? id_of (to) : NULL;

  /* By name and by address, so that two dials are two. */
  if (from->own != NULL)
    p2p_mesh_node_connect (from->own, dial->index % 2 == 0 ? test_host_get_address (to->host) : test_host_get_name (to->host), PORT, id, ignore_cb, NULL);
  else
    sim07_peer_connect (from->model, test_host_get_address (to->host), PORT, id);
}

static char *
check_own_pair (SimPair *self)
{
  P2pPeer *peers[2];
  P2pPipeAddress at[2];

  for (guint i = 0; i < 2; i++)
    {
      guint n = p2p_mesh_node_get_n_peers (self->ends[i].own);

      if (n != 1)
        return g_strdup_printf ("%s has %u links", test_host_get_name (self->ends[i].host), n);
      peers[i] = p2p_mesh_node_get_peer (self->ends[i].own, 0);
      if (self->kind == SIM_PAIR_PROVEN && !p2p_peer_get_proven (peers[i]))
        return g_strdup_printf ("at %s the other has proved nothing", test_host_get_name (self->ends[i].host));
      p2p_link_get_own (p2p_peer_get_link (peers[i]), &at[i]);
    }
  if (at[0].port != p2p_peer_get_peer_port (peers[1]) || at[1].port != p2p_peer_get_peer_port (peers[0]))
    return g_strdup ("each has another link");
  return NULL;
}

/* Two keys of py2p's may lead to one link. */
static char *
check_model_pair (SimPair *self)
{
  Sim07Peer *model = self->ends[1].model;
  guint n = p2p_mesh_node_get_n_peers (self->ends[0].own);
  Sim07Conn *live = NULL;
  P2pPeer *peer;
  P2pPipeAddress at;

  if (n != 1)
    return g_strdup_printf ("ours has %u links", n);
  if (sim07_peer_is_dead (model))
    return g_strdup ("py2p's thread is dead");
  for (guint i = 0; i < sim07_peer_get_n_entries (model); i++)
    {
      Sim07Conn *conn = sim07_peer_get_entry (model, i);

      if (sim07_conn_is_over (conn))
        return g_strdup ("py2p has a dead entry");
      if (live != NULL && live != conn)
        return g_strdup ("py2p has two links");
      live = conn;
    }
  if (live == NULL || !sim07_conn_has_id (live))
    return g_strdup ("py2p has no link");
  peer = p2p_mesh_node_get_peer (self->ends[0].own, 0);
  p2p_link_get_own (p2p_peer_get_link (peer), &at);
  if (at.port != sim07_conn_get_peer_port (live) || p2p_peer_get_peer_port (peer) != sim07_conn_get_own_port (live))
    return g_strdup ("each has another link");
  return NULL;
}

static char *
check_links (SimPair *self)
{
  return self->kind != SIM_PAIR_MODEL ? check_own_pair (self) : check_model_pair (self);
}

static void
talk (SimPair *self, guint from)
{
  SimPairEnd *end = &self->ends[from];
  P2pPeer *peer;
  g_autoptr (P2pMessage) broadcast = NULL;
  g_autoptr (P2pMessage) whisper = NULL;

  if (end->model != NULL)
    {
      sim07_peer_say (end->model, "to all", NULL);
      sim07_peer_whisper (end->model, id_of (&self->ends[1 - from]), "to you");
      return;
    }
  broadcast = p2p_mesh_node_new_message (end->own, P2P_FLAG_BROADCAST, g_variant_new_parsed ("[<@x 0>, <'to all'>]"), NULL);
  p2p_mesh_node_send_message (end->own, broadcast);
  whisper = p2p_mesh_node_new_message (end->own, P2P_FLAG_WHISPER, g_variant_new_parsed ("[<@x 2>, <'to you'>]"), NULL);
  peer = p2p_mesh_node_get_peer (end->own, 0);
  p2p_mesh_node_send_to (end->own, peer, whisper, P2P_LINK_SEND_DEFAULT, NULL);
}

static char *
check_talk (SimPair *self)
{
  for (guint i = 0; i < 2; i++)
    {
      SimPairEnd *end = &self->ends[i];

      if (end->model != NULL)
        {
          end->broadcasts = sim07_peer_count_heard (end->model, "to all");
          end->whispers = sim07_peer_count_heard (end->model, "to you");
        }
      if (end->broadcasts != 1 || end->whispers != 1)
        return g_strdup_printf ("%s heard the broadcast %u times and the whisper %u times", test_host_get_name (end->host), end->broadcasts, end->whispers);
    }
  return NULL;
}

static gboolean
is_settled (gpointer data)
{
  g_autofree char *wrong = check_links (data);

  return wrong == NULL;
}

char *
sim_pair_run (SimPair *self, gboolean verbose)
{
  Dial dials[2][3];
  gint64 began = test_world_now (self->world);
  char *wrong;

  for (guint i = 0; i < 2; i++)
    {
      if (verbose && self->ends[i].own != NULL)
        p2p_mesh_node_set_debug_level (self->ends[i].own, 5);
      for (guint j = 0; j < self->ends[i].dials; j++)
        {
          dials[i][j] = (Dial) { self, i, j };
          test_world_schedule (self->world, self->ends[i].dial_at[j], dial_cb, &dials[i][j]);
        }
    }
  test_world_advance (self->world, DIAL_SPAN);
  test_world_run_until (self->world, is_settled, self, SETTLE_SPAN);
  self->settled = test_world_now (self->world) - began;
  test_world_advance (self->world, DIAL_SPAN + SETTLE_SPAN - self->settled);
  wrong = check_links (self);
  if (wrong != NULL)
    return wrong;
  talk (self, 0);
  talk (self, 1);
  test_world_advance (self->world, TALK_SPAN);
  wrong = check_talk (self);
  return wrong != NULL ? wrong : check_links (self);
}
