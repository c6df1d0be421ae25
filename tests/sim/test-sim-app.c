/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Application frames in networks of ours and py2p's kind, where nobody dials but who is told to, so that they pass by way of models of the original: what answers
 * a message reaches every one of ours once, with the message, long after it, or never, and no message, link or node pays for that.
 */
#include "sim-main.h"

#define N_OURS 4
#define N_FOREIGN 3
#define SPACING (1500 * MILLISECOND)
#define FIRST_WORD ((N_OURS + N_FOREIGN + 2) * SPACING)
#define N_WORDS 12
#define LAST_WAIT (15 * SECOND)

typedef enum {
  TOGETHER,
  LATER,
  NEVER,
  BROKEN,                       /* of a shape that is none */
  N_MODES,
} Mode;

typedef struct {
  guint8 about[P2P_SHA256_LENGTH];
  guint origin;                 /* host */
  guint8 heard[N_OURS + N_FOREIGN];
} Frame;

typedef struct {
  GArray *frames;               /* of Frame */
} Beside;

static void
app_cb (SimNode *node, P2pAppFrame *frame)
{
  Beside *beside = node->net->data;
  GBytes *about = p2p_app_frame_get_about (frame);

  for (guint i = 0; about != NULL && i < beside->frames->len; i++)
    {
      Frame *one = &g_array_index (beside->frames, Frame, i);

      if (memcmp (one->about, g_bytes_get_data (about, NULL), sizeof one->about) != 0)
        continue;
      if (one->heard[node->host_index]++ > 0)
        sim_net_fail (node->net, "h%u heard twice what h%u answered", node->host_index, one->origin);
      return;
    }
  sim_net_fail (node->net, "h%u heard of an answer that nobody gave", node->host_index);
}

static void
prepare (SimNet *net, const SimScenario *scenario)
{
  Beside *beside = g_new0 (Beside, 1);

  beside->frames = g_array_new (FALSE, TRUE, sizeof (Frame));
  net->data = beside;
  net->app = app_cb;
}

static void
clear (SimNet *net)
{
  Beside *beside = net->data;

  g_array_unref (beside->frames);
  g_free (beside);
  net->data = NULL;
}

static void
say_beside (SimNode *node, const guint8 *id)
{
  Beside *beside = node->net->data;
  Frame frame = { .origin = node->host_index };
  g_autoptr (GBytes) about = g_bytes_new (id, P2P_SHA256_LENGTH);
  g_autoptr (P2pAppFrame) reply = p2p_app_frame_new_reply (about, about, NULL);
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_app (node->node, P2P_FLAG_BROADCAST, reply, NULL);

  memcpy (frame.about, id, sizeof frame.about);
  frame.heard[node->host_index] = 1;
  g_array_append_val (beside->frames, frame);
  p2p_mesh_node_send_message (node->node, message);
}

static void
say_broken (SimNode *node)
{
  GVariant *packets = g_variant_new_parsed ("[<@x 90>, <@x 1>, <@x 2>, <%x>]", (gint64) node->net->n_text);
  g_autoptr (P2pMessage) message = p2p_mesh_node_new_message (node->node, P2P_FLAG_BROADCAST, packets, NULL);

  p2p_mesh_node_send_message (node->node, message);
}

/* What is answered in the words of the text is of no matter here: the frame names it. Later: what was said longest ago, and not answered yet. */
static void
act (SimNet *net, const SimScenario *scenario, gint64 value)
{
  SimNode *node = sim_net_get (net, (guint) value / N_MODES);
  Beside *beside = net->data;
  SimCast *cast;

  if (node == NULL || node->node == NULL)
    return;
  switch ((Mode) (value % N_MODES))
    {
    case TOGETHER:
      {
        /* In one turn: which of the two comes first is up to the net. */
        cast = sim_net_send (net, node->host_index, 60);
        say_beside (node, cast->id);
        break;
      }
    case LATER:
      for (guint i = 0; i < net->casts->len; i++)
        {
          gboolean answered = FALSE;

          cast = net->casts->pdata[i];
          for (guint j = 0; j < beside->frames->len; j++)
            answered |= memcmp (g_array_index (beside->frames, Frame, j).about, cast->id, sizeof cast->id) == 0;
          if (!answered && net->nodes->pdata[cast->origin] == node)
            {
              say_beside (node, cast->id);
              break;
            }
        }
      break;
    case NEVER:
      sim_net_send (net, node->host_index, 60);
      break;
    case BROKEN:
    default:
      say_broken (node);
      break;
    }
}

static void
finish (SimNet *net, const SimScenario *scenario)
{
  Beside *beside = net->data;
  guint missing = 0, unheard = 0, others = 0;
  P2pNodeStats stats;

  for (guint i = 0; i < beside->frames->len; i++)
    for (guint j = 0; j < N_OURS; j++)
      missing += g_array_index (beside->frames, Frame, i).heard[j] == 0;
  for (guint i = 0; i < net->casts->len; i++)
    for (guint j = 0; j < scenario->n_hosts; j++)
      unheard += sim_cast_get_hops (net->casts->pdata[i], sim_net_get (net, j)) == 0;
  /* To the programs of the originals nothing but texts came. */
  for (guint j = N_OURS; j < scenario->n_hosts; j++)
    others += sim_net_get (net, j)->whispers;
  sim_net_sum_stats (net, &stats);
  sim_net_note (net, "%u frames, %u texts, %" G_GUINT64_FORMAT " of no shape", beside->frames->len, net->casts->len, stats.dropped[P2P_DROP_SHAPE]);
  if (missing > 0)
    sim_net_fail (net, "%u times one of ours missed a frame", missing);
  if (unheard > 0)
    sim_net_fail (net, "%u times somebody missed a text", unheard);
  if (others > 0)
    sim_net_fail (net, "%u times an original heard something else than a text", others);
  if (beside->frames->len == 0)
    sim_net_fail (net, "nobody said a frame");
  if (sim_net_count_parts (net, 0, NULL) != 1)
    sim_net_fail (net, "the network fell apart");
}

/* Ours and theirs in turn, each dialling one that was there before: between two of ours there is mostly one of theirs. */
static SimScenario *
make_beside (guint64 seed, gboolean deep)
{
  TestRng rng = test_rng_make (seed, "beside", 0);
  SimScenario *self = sim_scenario_new (seed, N_OURS + N_FOREIGN, FIRST_WORD + N_WORDS * SECOND + LAST_WAIT);

  self->compressing = TRUE;
  self->limits.dials_per_minute = 0;
  for (guint i = 0; i < self->n_hosts; i++)
    {
      guint host = i % 2 == 0 ? i / 2 : N_OURS + i / 2;

      if (host >= N_OURS)
        sim_scenario_add (self, 0, SIM_PY2P, host, 0, 1);
      sim_scenario_add (self, 0, SIM_START, host, 0, 0);
      if (i > 0)
        {
          guint before = i - 1 - (guint) test_rng_below (&rng, (i + 1) / 2) / 2 * 2;
          guint other = before % 2 == 0 ? before / 2 : N_OURS + before / 2;

          sim_scenario_add (self, i * SPACING, SIM_CONNECT, host, other, 0);
        }
    }
  for (guint i = 0; i < N_WORDS; i++)
    sim_scenario_add (self, FIRST_WORD + i * SECOND + test_rng_between (&rng, 0, SECOND / 2), SIM_CHECK, 0, 0,
                      test_rng_below (&rng, N_OURS) * N_MODES + (i == 0 ? TOGETHER : test_rng_below (&rng, N_MODES)));
  self->prepare = prepare;
  self->check = act;
  self->finish = finish;
  self->clear = clear;
  return self;
}

int
main (int argc, char **argv)
{
  static const SimBar bars[] = {
    { .name = "beside", .make = make_beside, .seeds = 40, .deep_seeds = 400, .twice = TRUE },
  };

  return sim_main (argc, argv, bars, G_N_ELEMENTS (bars));
}
